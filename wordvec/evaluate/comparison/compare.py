"""Is one model better than another? Differences on common items, with seeds and items both counted as chance."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import require
from ...statistics.hypotheses import (
    Difference,
    adjust_holm,
    assess_difference,
    bootstrap_p,
    compare_correlations,
    equivalence_p,
)
from ...statistics.seeds import Variance, add_variances
from ...statistics.units import count_disjoint
from ..measures import PEARSON, SPEARMAN
from ..outcome import Outcome
from .configurations import Common, Models, Summary, match_outcomes, summarize, too_few

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Compared", "Verdict", "compare_outcomes"]

Verdict = Literal["better", "worse", "equivalent", "not distinguishable"]
#: Sums of the same numbers in another order differ by less than this, scores that differ by more.
_ROUNDING = 1e-12


class Compared(NamedTuple):
    """Two configurations on one row of a test set: a row of :func:`compare_outcomes`.

    Parameters
    ----------
    task, dataset, dataset_sha256, metric : str
        As in :class:`~wordvec.evaluate.scores.Score`.
    first, second : str
        Names of the configurations.
    seeds_first, seeds_second : int
        How many seeds each has.
    score_first, score_second : float
        Means over seeds, on the common items.
    sd_seeds_first, sd_seeds_second : float
        Standard deviations of the scores of single seeds; NaN with one.
    difference, low, high : float
        First minus second, and its interval, not adjusted for the number of comparisons.
    se, se_items, se_seeds : float
        Standard error of the difference, and what it would be if only units, or only seeds, were drawn anew.
        ``se_seeds`` is NaN with one seed each.
    freedom : float
        Degrees of freedom of ``se``.
    p : float
        Two-sided p of no difference; NaN where there is no variance to go by.
    p_holm : float
        The same, adjusted by Holm's steps in its family.
    p_equivalence, p_equivalence_holm : float
        p of two one-sided tests that the difference is beyond the margin, and adjusted; NaN without a margin.
    margin : float
        How large a difference does not matter; NaN if not given.
    verdict : {"better", "worse", "equivalent", "not distinguishable"}
        The first is better or worse than the second if ``p_holm`` is small enough, else equivalent within the
        margin if ``p_equivalence_holm`` is.
    n : int
        Items used: those that every seed of every configuration answered.
    dropped : int
        Items that at least one of all configurations answered, and not all.
    p_williams : float
        p of Williams' test, of correlations only, where pairs are taken for independent; of several seeds the mean
        of their predictions is tested.
    p_bootstrap : float
        p of a paired bootstrap over units only.
    primary : bool
        Whether the row stands for its test set.
    family : str
        What it was adjusted with: ``"primary"`` or ``"further"`` rows, with ``", reference"`` those of the reference.
    policy, unit : str
        As in :class:`~wordvec.evaluate.scores.Score`.
    remark : str
        What to know about this row.
    """

    task: str
    dataset: str
    dataset_sha256: str
    metric: str
    first: str
    second: str
    seeds_first: int
    seeds_second: int
    score_first: float
    score_second: float
    sd_seeds_first: float
    sd_seeds_second: float
    difference: float
    low: float
    high: float
    se: float
    se_items: float
    se_seeds: float
    freedom: float
    p: float
    p_holm: float
    p_equivalence: float
    p_equivalence_holm: float
    margin: float
    verdict: Verdict
    n: int
    dropped: int
    p_williams: float
    p_bootstrap: float
    primary: bool
    family: str
    policy: str
    unit: str
    remark: str


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two configurations on one row, before anything is adjusted."""

    common: Common
    names: tuple[str, str]
    parts: tuple[Summary, Summary]
    influence: NDArray[np.float64]
    found: Difference
    variance: Variance
    p_equivalence: float
    remarks: tuple[str, ...]


def compare_outcomes(
    models: Models,
    *,
    margin: float | None = None,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 1,
    primary: Collection[tuple[str, str]] | None = None,
    reference: str | None = None,
) -> "pd.DataFrame":
    r"""Test each configuration against each other, on every row of every test set that they share.

    Scores are made anew from the items that all seeds of all configurations answered. The difference of two scores
    has the influence function :math:`\psi_A - \psi_B`, which leaves out what makes items hard for both, and the
    variance of :func:`~wordvec.statistics.units.shared_variance`; with several seeds that between seeds is added
    (:func:`~wordvec.statistics.seeds.add_variances`). p is Student's.

    p values are adjusted by Holm's steps in two families: all pairs of configurations over the primary rows, one
    row for each test set, and all pairs over all other rows (categories, further metrics). Equivalence has its own
    two. So a verdict depends on how many comparisons stand in the table, p does not.

    Where no item differs there is no variance to go by, and p of equivalence is the chance of that if as large a
    share of items as the margin did differ: :math:`(1 - m)^n` with n items that share no unit.

    Parameters
    ----------
    models : mapping of str to sequence of sequence of Outcome
        For each configuration the outcomes of each seed, as ``score_similarity``, ``score_analogies`` and the
        others return them.
    margin : float > 0, optional
        How large a difference does not matter. With it a verdict may be ``"equivalent"``.
    confidence : float, default 0.95
        Of the intervals; verdicts are at 1 - confidence.
    resamples : int >= 0, default 2000
        Of the bootstrap that stands beside; 0 for none.
    seed : int, default 1
        Of the bootstrap.
    primary : collection of (str, str), optional
        Data set and metric of the primary rows, if not the first of ``": all"``, else the first, of each test set.
    reference : str, optional
        A configuration that stands beside the others, such as random vectors: comparisons with it are families of
        their own, so that it costs the others nothing.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`Compared`. A row that only one configuration has is not there.

    Raises
    ------
    ParameterError
        If there are fewer than two configurations, one has no seed, or a number is out of its domain.
    FormatError, AlignmentError
        See :func:`~wordvec.evaluate.comparison.configurations.match_outcomes`.

    Examples
    --------
    >>> from wordvec.evaluate.measures import MEAN
    >>> def asked(hits):
    ...     values = np.array([hits], dtype=float).T
    ...     return [Outcome("synonyms", "toy", "", "accuracy", MEAN, np.arange(len(hits)), values,
    ...                     np.arange(len(hits))[:, None], "question", 0, "skip unknown")]
    >>> table = compare_outcomes({"A": [asked([1] * 10 + [0] * 2)], "B": [asked([0] * 9 + [1] + [0] * 2)]})
    >>> table[["first", "second", "difference", "verdict"]].values.tolist()
    [['A', 'B', 0.75, 'better']]
    """
    require(len(models) >= 2, "models", "at least two configurations", list(models))
    require(margin is None or margin > 0.0, "margin", "above 0", margin)
    require(0.0 < confidence < 1.0, "confidence", "between 0 and 1", confidence)
    require(resamples >= 0, "resamples", "an integer >= 0", resamples)
    pairs = []
    for common in match_outcomes(models, primary=primary):
        parts = {name: summarize(outcomes) for name, outcomes in common.runs.items()}
        for one, other in combinations(common.runs, 2):
            pairs.append(_compare(common, (one, other), (parts[one], parts[other]), margin, confidence))
    drawn = _bootstrap(pairs, resamples, seed)
    return _judged([_row(pair, p, margin, reference) for pair, p in zip(pairs, drawn, strict=True)], confidence)


def _compare(
    common: Common, names: tuple[str, str], parts: tuple[Summary, Summary], margin: float | None, confidence: float
) -> _Pair:
    one, other = parts
    influence, units = one.influence - other.influence, common.example.units
    value = one.score - other.score
    remarks = _remarks_on_seeds(names, parts)
    if math.isnan(value):
        nothing = Variance(math.nan, math.nan, math.nan, math.nan)
        why = "no score: too few items, or nothing varies" if len(units) else "no common item"
        return _Pair(
            common, names, parts, influence, Difference(value, value, value, value), nothing, value, (why, *remarks)
        )
    variance = add_variances(influence, units, [one.seeds, other.seeds])
    value = 0.0 if abs(value) <= _ROUNDING else value
    if not variance.total > _ROUNDING**2:
        variance = variance._replace(total=0.0)
    nothing_differs = value == 0.0 and variance.total == 0.0
    if too_few(common.example) and not nothing_differs:
        variance = variance._replace(total=math.nan)
        remarks = (f"too few items with no {common.example.unit} in common: no test", *remarks)
    elif value != 0.0 and variance.total == 0.0:
        remarks = ("every item differs alike: no variance to test by", *remarks)
    found = assess_difference(value, variance.total, variance.freedom, confidence=confidence)
    found = found._replace(p=1.0) if value == 0.0 else found
    same = math.nan
    if margin is not None and nothing_differs:
        same = max(0.0, 1.0 - margin) ** count_disjoint(units)
    elif margin is not None:
        same = equivalence_p(value, variance.total, variance.freedom, margin)
    return _Pair(common, names, parts, influence, found, variance, same, remarks)


def _remarks_on_seeds(names: tuple[str, str], parts: tuple[Summary, Summary]) -> tuple[str, ...]:
    alone = [name for name, part in zip(names, parts, strict=True) if part.seeds.size == 1]
    if not alone:
        return ()
    whose = "one seed each" if len(alone) == 2 else f"one seed of {alone[0]}"
    return (f"{whose}: variance between trainings unknown",)


def _bootstrap(pairs: list[_Pair], resamples: int, seed: int) -> list[float]:
    """Return p of the bootstrap for each pair; rows of the same items share their resamples."""
    found = [math.nan] * len(pairs)
    groups: dict[tuple[str, bytes, bytes], list[int]] = {}
    for i, pair in enumerate(pairs):
        outcome = pair.common.example
        if resamples and len(outcome) and not math.isnan(pair.found.value):
            groups.setdefault((outcome.sha256, outcome.items.tobytes(), outcome.units.tobytes()), []).append(i)
    for members in groups.values():
        values = np.array([pairs[i].found.value for i in members])
        influence = np.array([pairs[i].influence for i in members])
        units = pairs[members[0]].common.example.units
        drawn = bootstrap_p(values, influence, units, resamples=resamples, seed=seed)
        for i, p in zip(members, drawn.tolist(), strict=True):
            found[i] = p
    return found


def _williams(common: Common, names: tuple[str, str]) -> float:
    """Return p of Williams' test for two correlations; of several seeds of the mean of their predictions."""
    outcome = common.example
    if outcome.measure not in (SPEARMAN, PEARSON) or len(outcome) == 0:
        return math.nan
    one, other = (np.mean([o.values[:, 0] for o in common.runs[name]], axis=0) for name in names)
    truth = outcome.values[:, 1]
    first, second, between = (
        outcome.measure.score(np.stack(pair, axis=1)) for pair in ((one, truth), (other, truth), (one, other))
    )
    return compare_correlations(first, second, between, len(outcome))


def _row(pair: _Pair, p_bootstrap: float, margin: float | None, reference: str | None) -> Compared:
    outcome: Outcome = pair.common.example
    one, other = pair.parts
    return Compared(
        task=outcome.task,
        dataset=outcome.dataset,
        dataset_sha256=outcome.sha256,
        metric=outcome.metric,
        first=pair.names[0],
        second=pair.names[1],
        seeds_first=one.seeds.size,
        seeds_second=other.seeds.size,
        score_first=one.score,
        score_second=other.score,
        sd_seeds_first=one.seeds.deviation,
        sd_seeds_second=other.seeds.deviation,
        difference=pair.found.value,
        low=pair.found.low,
        high=pair.found.high,
        se=math.sqrt(pair.variance.total),
        se_items=math.sqrt(pair.variance.items),
        se_seeds=math.sqrt(pair.variance.seeds),
        freedom=pair.variance.freedom,
        p=pair.found.p,
        p_holm=math.nan,
        p_equivalence=pair.p_equivalence,
        p_equivalence_holm=math.nan,
        margin=math.nan if margin is None else margin,
        verdict="not distinguishable",
        n=len(outcome),
        dropped=pair.common.total - len(outcome),
        p_williams=_williams(pair.common, pair.names),
        p_bootstrap=p_bootstrap,
        primary=pair.common.primary,
        family=f"{'primary' if pair.common.primary else 'further'}{', reference' * (reference in pair.names)}",
        policy=outcome.policy,
        unit=outcome.unit,
        remark="; ".join(pair.remarks),
    )


def _judged(rows: list[Compared], confidence: float) -> "pd.DataFrame":
    """Adjust p in each family, and say what follows."""
    import pandas as pd

    raw, same = np.array([row.p for row in rows]), np.array([row.p_equivalence for row in rows])
    families, alpha = np.array([row.family for row in rows], dtype=np.str_), 1.0 - confidence
    adjusted, adjusted_same = np.full(len(rows), math.nan), np.full(len(rows), math.nan)
    for name in np.unique(families):
        family = families == name
        adjusted[family], adjusted_same[family] = adjust_holm(raw[family]), adjust_holm(same[family])
    done = []
    for row, p, q in zip(rows, adjusted.tolist(), adjusted_same.tolist(), strict=True):
        verdict, remark = _verdict(row.difference, p, q, alpha), row.remark
        if verdict in ("better", "worse") and q <= alpha:
            remark = "; ".join(filter(None, (f"different, yet surely by less than {row.margin:g}", remark)))
        done.append(row._replace(p_holm=p, p_equivalence_holm=q, verdict=verdict, remark=remark))
    return pd.DataFrame(done, columns=list(Compared._fields))


def _verdict(difference: float, p: float, p_equivalence: float, alpha: float) -> Verdict:
    if p <= alpha and difference != 0.0:
        return "better" if difference > 0.0 else "worse"
    return "equivalent" if p_equivalence <= alpha else "not distinguishable"
