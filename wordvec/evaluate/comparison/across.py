"""Models over many tasks: who is ahead, in how many, and by how much of what there is to gain."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import AlignmentError, require
from ...statistics.hypotheses import adjust_holm, signed_rank_p
from .compare import compare_outcomes
from .configurations import Models, score_configurations

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Across", "borda_points", "compare_across", "label_tasks"]

#: Scores that differ by less are equal.
_DIGITS = 12


@dataclass(frozen=True, eq=False)
class Across:
    """Models over tasks; made by :func:`compare_across`.

    Parameters
    ----------
    scores : pandas.DataFrame
        Models x tasks, of all tasks where each model has a score.
    ranking : pandas.DataFrame
        ``model``, ``tasks``, ``mean`` score, ``borda`` points, and with random vectors ``pgr``, the mean gain in
        per cent, and ``pgr_tasks``, over how many tasks; most points first.
    pairs : pandas.DataFrame
        ``first``, ``second``, ``tasks``, ``higher``, ``lower``, ``equal``, ``mean_difference``, ``p`` and ``p_holm``
        of Wilcoxon's signed-rank test, ``verdict``, ``remark``.
    gain : pandas.DataFrame or None
        Performance gain ratio in per cent, models x tasks; None without random vectors.
    remarks : tuple of str
        What was left out, and what so few tasks can show.
    """

    scores: "pd.DataFrame"
    ranking: "pd.DataFrame"
    pairs: "pd.DataFrame"
    gain: "pd.DataFrame | None"
    remarks: tuple[str, ...]


def compare_across(
    models: Models,
    *,
    random: str | None = None,
    confidence: float = 0.95,
    primary: Collection[tuple[str, str]] | None = None,
) -> Across:
    r"""Compare models over tasks, each task with one score: Wilcoxon's signed-rank test, Borda count, gain ratio.

    A task is a test set, its score that of the primary row (first of ``": all"``, else first), on the items that
    all models answered, mean over seeds. Another draw of *tasks* is the chance here: what single tasks show is in
    :func:`~wordvec.evaluate.comparison.compare.compare_outcomes`.

    A model has a Borda point for each model that it beats in a task, half a one for a tie. The performance gain
    ratio of model a is :math:`100 (p_a - p_r) / (p_b - p_r)`, b the best model of the task and r random vectors;
    NaN in tasks where b is not better than r (p above 1 - confidence, not adjusted).

    Parameters
    ----------
    models : mapping of str to sequence of sequence of Outcome
        For each configuration the outcomes of each seed.
    random : str, optional
        Which of them is of random vectors (see :func:`~wordvec.evaluate.comparison.baseline.random_embeddings`); it is
        not ranked.
    confidence : float, default 0.95
        Verdicts are at 1 - confidence, after Holm's correction for the number of pairs.
    primary : collection of (str, str), optional
        Data set and metric of the rows to take.

    Raises
    ------
    ParameterError
        If there are fewer than two models, or ``random`` is none of them.
    AlignmentError
        If there is no task that all models have a score for.

    References
    ----------
    Demšar (2006), "Statistical comparisons of classifiers over multiple data sets", JMLR 7; Lai, Liu, He and Zhao
    (2016), "How to generate a good word embedding", IEEE Intelligent Systems 31, for the gain ratio.

    Examples
    --------
    >>> from wordvec.evaluate.measures import MEAN
    >>> from wordvec.evaluate.outcome import Outcome
    >>> def asked(*rights):
    ...     items, units = np.arange(10), np.arange(10)[:, None]
    ...     return [[Outcome("synonyms", f"set {i}", "", "accuracy", MEAN, items, (items[:, None] < right) * 1.0, units,
    ...                      "question", 0, "skip unknown") for i, right in enumerate(rights)]]
    >>> found = compare_across({"A": asked(9, 8, 7), "B": asked(6, 5, 7), "random": asked(0, 1, 2)}, random="random")
    >>> found.ranking[["model", "tasks", "borda"]].values.tolist()
    [['A', 3, 2.5], ['B', 3, 0.5]]
    >>> found.gain.round(0).values.tolist()
    [[100.0, 100.0, 100.0], [67.0, 57.0, 100.0]]
    >>> found.pairs[["p", "verdict", "remark"]].values.tolist()
    [[0.5, 'not distinguishable', '2 tasks differ: p cannot be below 0.5']]
    """
    require(random is None or random in models, "random", f"one of {', '.join(models)}", random)
    ranked = [name for name in models if name != random]
    require(len(ranked) >= 2, "models", "at least two configurations beside random vectors", list(models))
    table = score_configurations(models, primary=primary)
    table = table[table["primary"]]
    labels = _labels(table)
    wide, remarks = _wide(table, labels, list(models))
    scores, gain = wide.loc[ranked], None
    if random is not None:
        tests = compare_outcomes(models, resamples=0, primary=primary)
        useful = _useful(scores, tests[tests["primary"]], labels, random, 1.0 - confidence)
        gain = 100.0 * (scores - wide.loc[random]) / (scores.max() - wide.loc[random]).where(useful)
        if not useful.all():
            lost = ", ".join(useful.index[~useful])
            remarks.append(f"No gain ratio where the best model is not better than random vectors: {lost}.")
    pairs = _pairs(scores, 1.0 - confidence)
    if len(scores.columns) < 6:
        least = 2.0 / 2 ** len(scores.columns)
        remarks.append(f"{len(scores.columns)} tasks: Wilcoxon's p cannot be below {least:g}, whatever the models.")
    return Across(scores, _ranking(scores, gain), pairs, gain, tuple(remarks))


def _keys(table: "pd.DataFrame") -> list[tuple[str, ...]]:
    columns = ["task", "dataset", "dataset_sha256", "metric", "policy"]
    return list(table[columns].itertuples(index=False, name=None))


def label_tasks(table: "pd.DataFrame") -> list[str]:
    """Return what the task of each row is called: its test set, with more where two would be called alike.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`~wordvec.evaluate.comparison.configurations.score_configurations`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("synonyms", "esl", "6f9a", "accuracy", "skip"), ("synonyms", "esl", "07c1", "accuracy", "skip")]
    >>> label_tasks(pd.DataFrame(rows, columns=["task", "dataset", "dataset_sha256", "metric", "policy"]))[0]
    'esl (synonyms, accuracy) (6f9a, skip)'
    """
    labels = _labels(table)
    return [labels[key] for key in _keys(table)]


def _labels(table: "pd.DataFrame") -> dict[tuple[str, ...], str]:
    """Return what each task is called: its test set, with more where two would be called alike."""
    found = {key: key[1].removesuffix(": all") for key in _keys(table)}
    for parts in ((0, 3), (2, 4)):  # task and metric, then file and policy
        names = list(found.values())
        twice = {name for name in names if names.count(name) > 1}
        found = {
            key: f"{name} ({', '.join(key[i][:40] for i in parts)})" if name in twice else name
            for key, name in found.items()
        }
    return found


def _wide(
    table: "pd.DataFrame", labels: dict[tuple[str, ...], str], models: list[str]
) -> tuple["pd.DataFrame", list[str]]:
    """Return models x tasks, of complete tasks, and what was left out."""
    named = table.assign(label=label_tasks(table))
    wide = named.pivot(index="model", columns="label", values="score")
    wide = wide.reindex(index=models, columns=list(labels.values())).rename_axis(columns="task")
    complete = wide.notna().all()
    remarks = [f"{name}: left out, not every model has a score." for name in wide.columns[~complete]]
    if not complete.any():
        raise AlignmentError(f"{', '.join(models)} have no task in common. Score all of them on the same test sets.")
    return wide.loc[:, complete], remarks


def _useful(
    scores: "pd.DataFrame", tests: "pd.DataFrame", labels: dict[tuple[str, ...], str], random: str, alpha: float
) -> "pd.Series[bool]":
    """Return for each task whether its best model is surely better than random vectors."""
    import pandas as pd

    found = dict.fromkeys(scores.columns, False)
    best = scores.idxmax()
    for key, row in zip(_keys(tests), tests.to_dict("records"), strict=True):
        name, sides = labels[key], {row["first"], row["second"]}
        if name in found and sides == {best[name], random}:
            ahead = row["difference"] if row["second"] == random else -row["difference"]
            found[name] = bool(ahead > 0.0 and row["p"] <= alpha)
    return pd.Series(list(found.values()), index=list(found), dtype=bool)


def borda_points(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[M], the Borda count of models: a point for each model beaten in each task, half one for a tie.

    Parameters
    ----------
    scores : float64[M, T]
        Scores of M models in T tasks.

    Examples
    --------
    >>> borda_points(np.array([[0.9, 0.5], [0.7, 0.5], [0.1, 0.2]])).tolist()
    [3.5, 2.5, 0.0]
    """
    from scipy.stats import rankdata

    points: NDArray[np.float64] = (rankdata(np.round(scores, _DIGITS), axis=0) - 1.0).sum(axis=1)
    return points


def _ranking(scores: "pd.DataFrame", gain: "pd.DataFrame | None") -> "pd.DataFrame":
    import pandas as pd

    found = pd.DataFrame(
        {
            "model": list(scores.index),
            "tasks": scores.shape[1],
            "mean": scores.mean(axis=1).to_numpy(),
            "borda": borda_points(scores.to_numpy()),
        }
    )
    if gain is not None:
        found = found.assign(pgr=gain.mean(axis=1).to_numpy(), pgr_tasks=gain.notna().sum(axis=1).to_numpy())
    return found.sort_values(["borda", "mean"], ascending=False, kind="stable").reset_index(drop=True)


def _pairs(scores: "pd.DataFrame", alpha: float) -> "pd.DataFrame":
    """Return Wilcoxon's test of each pair of models."""
    import pandas as pd
    from scipy.stats import rankdata

    rows, ahead = [], []
    for one, other in combinations(scores.index, 2):
        moved = np.round((scores.loc[one] - scores.loc[other]).to_numpy(), _DIGITS)
        higher, lower = int((moved > 0.0).sum()), int((moved < 0.0).sum())
        few, total = higher + lower, len(moved)
        remark = f"{few} tasks differ: p cannot be below {2.0 / 2**few if few else 1.0:g}" if few < 6 else ""
        rows.append((one, other, total, higher, lower, total - few, moved.mean(), signed_rank_p(moved), remark))
        signed = moved[moved != 0.0]
        ahead.append(float(np.sign(signed) @ rankdata(np.abs(signed))))  # the test is of ranks, not of the mean
    columns = ["first", "second", "tasks", "higher", "lower", "equal", "mean_difference", "p", "remark"]
    found = pd.DataFrame(rows, columns=columns)
    adjusted = adjust_holm(found["p"].to_numpy())
    words = [
        "not distinguishable" if p > alpha else "better" if side > 0.0 else "worse"
        for p, side in zip(adjusted.tolist(), ahead, strict=True)
    ]
    found.insert(8, "p_holm", adjusted)
    found.insert(9, "verdict", words)
    return found
