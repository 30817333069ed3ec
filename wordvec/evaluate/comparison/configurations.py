"""Configurations side by side: each trained with one seed or several, all scored on the items common to all."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import AlignmentError, FormatError, require
from ...statistics.intervals import Interval, score_interval
from ...statistics.seeds import Seeds, add_variances, seed_variance
from ..outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Common",
    "ConfigurationScore",
    "Models",
    "Summary",
    "match_outcomes",
    "score_configurations",
    "summarize",
    "too_few",
]

#: Name of a configuration to the outcomes of each of its seeds.
Models = Mapping[str, Sequence[Sequence[Outcome]]]
Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, eq=False)
class Common:
    """One row of one test set as several configurations have it, on the items that all their seeds answered.

    Parameters
    ----------
    runs : mapping of str to tuple of Outcome
        Outcomes of each configuration, one per seed, all of the same items and units.
    found : mapping of str to int
        How many items a configuration answered with at least one seed.
    total : int
        How many items at least one seed of at least one configuration answered.
    primary : bool
        Whether this is the row that stands for its test set.
    """

    runs: Mapping[str, tuple[Outcome, ...]]
    found: Mapping[str, int]
    total: int
    primary: bool

    @property
    def example(self) -> Outcome:
        """One of the outcomes, for what is equal in all: names, items, units."""
        return next(iter(self.runs.values()))[0]


class Summary(NamedTuple):
    """Several seeds of a configuration as one model.

    Parameters
    ----------
    score : float
        Mean of the scores of the seeds; NaN if one of them has none.
    influence : float64[n]
        What each item adds to it.
    seeds : Seeds
        What the seeds add to its variance.
    """

    score: float
    influence: NDArray[np.float64]
    seeds: Seeds


class ConfigurationScore(NamedTuple):
    """The score of a configuration on the items common to all: a row of :func:`score_configurations`.

    Parameters
    ----------
    task, dataset, dataset_sha256, metric : str
        As in :class:`~wordvec.evaluate.scores.Score`.
    model : str
        Name of the configuration.
    seeds : int
        How many seeds it was trained with.
    score : float
        Mean over the seeds.
    low, high : float
        95 % interval, over another draw of units and, with several seeds, over other seeds.
    sd_seeds : float
        Standard deviation of the scores of single seeds; NaN with one.
    se_items, se_seeds : float
        Standard errors of the mean over another draw of units, and over other seeds.
    n : int
        Items used: those that every seed of every configuration answered.
    dropped : int
        Items that this configuration answered and another did not.
    missing : int
        Items with an unknown word; the most of any seed.
    policy, unit : str
        As in :class:`~wordvec.evaluate.scores.Score`.
    primary : bool
        Whether the row stands for its test set (see :func:`match_outcomes`).
    """

    task: str
    dataset: str
    dataset_sha256: str
    metric: str
    model: str
    seeds: int
    score: float
    low: float
    high: float
    sd_seeds: float
    se_items: float
    se_seeds: float
    n: int
    dropped: int
    missing: int
    policy: str
    unit: str
    primary: bool


def match_outcomes(models: Models, *, primary: Collection[tuple[str, str]] | None = None) -> list[Common]:
    """Bring together what several configurations made of the same rows of the same test sets.

    Outcomes belong together if task, data set, SHA-256, metric and policy are equal. Items that a seed of a
    configuration lacks are left out of all others. One row of each test set is its primary one: of ``": all"`` the
    first if there is such a row, else the first of all.

    Parameters
    ----------
    models : mapping of str to sequence of sequence of Outcome
        For each configuration the outcomes of each seed.
    primary : collection of (str, str), optional
        Data set (``"questions-words.txt: all"``) and metric of the rows that are primary, if not those.

    Raises
    ------
    ParameterError
        If a configuration has no seed.
    FormatError
        If a seed has two outcomes for one row, or lacks one that another seed of its configuration has.
    AlignmentError
        If a test set was scored under another policy, or is another file, from one configuration to the next, or
        no item of any is common to two configurations.

    Examples
    --------
    >>> match_outcomes({"A": [[]], "B": [[]]})
    []
    """
    for name, seeds in models.items():
        nested = len(seeds) > 0 and not any(isinstance(seed, Outcome) for seed in seeds)
        require(nested, f"models[{name!r}]", "a list of outcomes for each seed, at least one", list(seeds)[:1])
    keyed = {name: [_by_key(name, i, seed) for i, seed in enumerate(seeds, 1)] for name, seeds in models.items()}
    _check_files_and_policies(models)
    keys = list(dict.fromkeys(key for seeds in keyed.values() for key in seeds[0]))
    chosen = _primary(keys) if primary is None else {key for key in keys if (key[1], key[3]) in set(primary)}
    found = []
    for key in keys:
        runs = {name: tuple(seed[key] for seed in seeds) for name, seeds in keyed.items() if key in seeds[0]}
        found.append(_common(runs, key in chosen))
    shared = [common for common in found if len(common.runs) > 1]
    if shared and not any(len(common.example) for common in shared):
        sets = list(dict.fromkeys(common.example.dataset.split(": ")[0] for common in shared))
        raise AlignmentError(
            f"{', '.join(models)} have no item in common in {', '.join(sets)}: no question whose words all of them "
            "know. Compare models of overlapping vocabularies, or choose another test set."
        )
    return found


def _by_key(name: str, number: int, outcomes: Sequence[Outcome]) -> dict[Key, Outcome]:
    found: dict[Key, Outcome] = {}
    for outcome in outcomes:
        if outcome.key in found:
            raise FormatError(f"{name}, seed {number}: two outcomes for {outcome.dataset}, {outcome.metric}.")
        found[outcome.key] = outcome
    return found


def _check_files_and_policies(models: Models) -> None:
    """Raise AlignmentError where outcomes of one name come from different files or policies."""
    held: dict[tuple[str, str, str], dict[str, set[tuple[str, str]]]] = {}
    for name, seeds in models.items():
        for number, seed in enumerate(seeds, 1):
            label = name if len(seeds) == 1 else f"{name} (seed {number})"
            for o in seed:
                held.setdefault((o.task, o.dataset, o.metric), {}).setdefault(label, set()).add((o.sha256, o.policy))
    for (_, dataset, metric), by_label in held.items():
        (first, one), *others = by_label.items()
        for label, other in others:
            if one.isdisjoint(other):
                (sha, policy), (other_sha, other_policy) = min(one), min(other)
                if sha != other_sha:
                    raise AlignmentError(
                        f"{dataset}: {first} was scored on a file of SHA-256 {sha[:12]}, {label} on one of "
                        f"{other_sha[:12]}. Score both on the same file."
                    )
                raise AlignmentError(
                    f"{dataset}, {metric}: {first} was scored with '{policy}', {label} with '{other_policy}'. "
                    "Score both in the same way."
                )
    for name, seeds in models.items():
        keys = [{o.key for o in seed} for seed in seeds]
        for number, (held_here, anywhere) in enumerate(zip(keys, [set().union(*keys)] * len(keys), strict=True), 1):
            lacking = sorted(anywhere - held_here)
            if lacking:
                raise FormatError(
                    f"{name}, seed {number}: no outcome for {lacking[0][1]}, {lacking[0][3]}, which another seed has."
                )


def _primary(keys: Iterable[Key]) -> set[Key]:
    """Return the row that stands for each test set: the first of ': all', else the first."""
    sets: dict[tuple[str, str, str, str], list[Key]] = {}
    for key in keys:
        task, dataset, sha256, _, policy = key
        sets.setdefault((task, dataset.split(": ")[0], sha256, policy), []).append(key)
    return {next((key for key in rows if key[1].endswith(": all")), rows[0]) for rows in sets.values()}


def _common(runs: Mapping[str, tuple[Outcome, ...]], primary: bool) -> Common:
    every = [outcome.items for seeds in runs.values() for outcome in seeds]
    items = reduce(np.intersect1d, every)
    kept = {name: tuple(o if len(o) == len(items) else o.take(items) for o in seeds) for name, seeds in runs.items()}
    (first, (example, *_)), *_ = kept.items()
    for name, seeds in kept.items():
        if any(not np.array_equal(o.units, example.units) for o in seeds):
            raise AlignmentError(
                f"{example.dataset}: {first} and {name} have different {example.unit}s for the same items. "
                "Score both with the same version of this package."
            )
    found = {name: len(reduce(np.union1d, [o.items for o in seeds])) for name, seeds in runs.items()}
    return Common(kept, found, len(reduce(np.union1d, every)), primary)


def summarize(outcomes: Sequence[Outcome]) -> Summary:
    """Return several seeds of a configuration as one model.

    Parameters
    ----------
    outcomes : sequence of Outcome
        One per seed, of the same items.

    Examples
    --------
    >>> from wordvec.evaluate.measures import MEAN
    >>> items, units = np.arange(4), np.arange(4)[:, None]
    >>> seeds = [np.array([[1.0], [0.0], [1.0], [1.0]]), np.array([[1.0], [0.0], [0.0], [1.0]])]
    >>> names = ("synonyms", "toy", "", "accuracy", MEAN, items)
    >>> found = summarize([Outcome(*names, hits, units, "question", 0, "skip unknown") for hits in seeds])
    >>> found.score, round(found.seeds.deviation, 3)
    (0.625, 0.177)
    """
    scores = np.array([outcome.score for outcome in outcomes])
    units = outcomes[0].units
    if np.isnan(scores).any():
        nothing = np.full((len(scores), len(units)), math.nan)
        return Summary(math.nan, nothing[0], Seeds(len(scores), math.nan, math.nan, math.nan))
    influence = np.array([outcome.influence() for outcome in outcomes])
    return Summary(float(scores.mean()), influence.mean(axis=0), seed_variance(scores, influence, units))


def score_configurations(models: Models, *, primary: Collection[tuple[str, str]] | None = None) -> "pd.DataFrame":
    """Score configurations on the items that all of them answered.

    Parameters
    ----------
    models : mapping of str to sequence of sequence of Outcome
        For each configuration the outcomes of each seed.
    primary : collection of (str, str), optional
        See :func:`match_outcomes`.

    Returns
    -------
    pandas.DataFrame
        A row for each configuration and row of a test set, with the columns of :class:`ConfigurationScore`. What
        only one configuration was scored on is there too.

    Raises
    ------
    ParameterError, FormatError, AlignmentError
        See :func:`match_outcomes`.

    Examples
    --------
    >>> len(score_configurations({"A": [[]]}))
    0
    """
    import pandas as pd

    rows = [
        _score(common, name, seeds)
        for common in match_outcomes(models, primary=primary)
        for name, seeds in common.runs.items()
    ]
    return pd.DataFrame(rows, columns=list(ConfigurationScore._fields))


def _score(common: Common, name: str, outcomes: tuple[Outcome, ...]) -> ConfigurationScore:
    first, found = outcomes[0], summarize(outcomes)
    items = seeds = math.nan
    interval = Interval(math.nan, math.nan, first.unit)
    if not math.isnan(found.score):
        variance = add_variances(found.influence, first.units, [found.seeds])
        items, seeds = math.sqrt(variance.items), math.sqrt(variance.seeds)
        interval = _interval(outcomes, found.score, variance.total, variance.freedom)
    return ConfigurationScore(
        first.task,
        first.dataset,
        first.sha256,
        first.metric,
        name,
        len(outcomes),
        found.score,
        interval.low,
        interval.high,
        found.seeds.deviation,
        items,
        seeds,
        len(first),
        common.found[name] - len(first),
        max(outcome.missing for outcome in outcomes),
        first.policy,
        interval.unit,
        common.primary,
    )


def _interval(outcomes: tuple[Outcome, ...], score: float, variance: float, freedom: float) -> Interval:
    """Return the interval of a mean over seeds; of too few items what covers the intervals of all seeds."""
    first = outcomes[0]
    if len(outcomes) > 1 and not too_few(first):
        bounds, unit = first.measure.bounds, f"{first.unit}, seed"
        found = score_interval(score, variance, bounds=bounds, freedom=freedom, unit=unit)
        if found.low < found.high:
            return found
    single = [outcome.interval() for outcome in outcomes]
    return Interval(min(i.low for i in single), max(i.high for i in single), single[0].unit)


def too_few(outcome: Outcome) -> bool:
    """Say whether ``outcome`` has too few independent items for a variance: under 10 pairs, 5 of others.

    Items are counted as for an interval: where there is one positive pair, or one question in a category, its own
    variance cannot be seen, however many others there are.
    """
    return outcome.independent() < (10 if outcome.measure.bounds[0] < 0.0 else 5)
