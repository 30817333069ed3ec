"""Scores as pure functions of arrays, and what each item adds to them.

Every score of this package is one of a few measures of an array with a row per item: a mean, a mean of category
means, a ratio of sums, a correlation, an agreement of two labellings. Each comes with its influence function, the
derivative of the score with respect to the weight of every item. Intervals and comparisons need no more
(:mod:`wordvec.statistics.units`).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AGREEMENT",
    "AUC",
    "AVERAGE_PRECISION",
    "BEST_Z",
    "COUNT",
    "GROUP_MEAN",
    "GROUP_SPEARMAN",
    "MACRO_MEAN",
    "MEAN",
    "MEASURES",
    "PEARSON",
    "RATIO",
    "RATIO_GAIN",
    "SPEARMAN",
    "V_MEASURE",
    "Measure",
    "auc",
    "average_precision",
    "pearson",
    "spearman",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measure:
    """One way from the values of items to a score.

    Parameters
    ----------
    name : str
        As it stands in a store of results.
    bounds : (float, float)
        Lowest and highest possible score.
    score : callable
        float64[n, C] to float; NaN where there is no score.
    influence : callable
        float64[n, C] to float64[n], which sums to zero: what another draw of each item would change.
    """

    name: str
    bounds: tuple[float, float]
    score: Callable[[Floats], float]
    influence: Callable[[Floats], Floats]


def spearman(x: Floats, y: Floats) -> float:
    """Return Spearman's rank correlation, ties given their average rank; NaN where one side is constant.

    Parameters
    ----------
    x, y : float64[n]
        Paired values.

    Examples
    --------
    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0]))
    1.0
    """
    from scipy.stats import rankdata

    return pearson(rankdata(x), rankdata(y))


def pearson(x: Floats, y: Floats) -> float:
    """Return Pearson's correlation; NaN where one side is constant.

    Parameters
    ----------
    x, y : float64[n]
        Paired values.

    Examples
    --------
    >>> round(pearson(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0])), 3)
    0.99
    """
    if len(x) < 2:
        return float("nan")
    x, y = x - x.mean(), y - y.mean()
    spread = np.sqrt((x @ x) * (y @ y))
    return float(np.clip((x @ y) / spread, -1.0, 1.0)) if spread > 0 else float("nan")


def _standard(x: Floats) -> tuple[Floats, float]:
    """Return values less their mean, in units of their spread, and the spread."""
    x = x - x.mean()
    spread = float(np.sqrt((x @ x) / len(x)))
    return (x / spread if spread > 0 else np.full(len(x), np.nan)), spread


def _pearson_influence(values: Floats) -> Floats:
    x, y = (_standard(column)[0] for column in values.T)
    n = len(values)
    r = (x @ y) / n
    return np.asarray((x * y - r / 2.0 * (x * x + y * y)) / n)


def _spearman_influence(values: Floats) -> Floats:
    """Return the influence on Pearson's correlation of the ranks, and through the ranks of all others."""
    from scipy.stats import rankdata

    n = len(values)
    ranks = np.stack([rankdata(column) for column in values.T], axis=1)
    (x, spread_x), (y, spread_y) = (_standard(column) for column in ranks.T)
    r = (x @ y) / n
    # One more of item k raises the rank of what is above it by one, of what is equal to it by a half.
    through = _sum_above(values[:, 0], (y - r * x) / (n * spread_x))
    through += _sum_above(values[:, 1], (x - r * y) / (n * spread_y))
    return np.asarray(_pearson_influence(ranks) + through - through.mean())


def _sum_above(values: Floats, gradient: Floats) -> Floats:
    """Return for each value the sum of the gradients of greater values, and half of that of equal ones."""
    order = np.argsort(values, kind="stable")
    ordered, sums = values[order], np.concatenate([[0.0], np.cumsum(gradient[order])])
    left, right = sums[np.searchsorted(ordered, values, "left")], sums[np.searchsorted(ordered, values, "right")]
    return np.asarray(sums[-1] - (left + right) / 2.0)


def _mean_influence(values: Floats) -> Floats:
    return np.asarray((values[:, 0] - values[:, 0].mean()) / len(values))


def _category_means(values: Floats) -> tuple[Floats, NDArray[np.int64], Floats]:
    """Return the mean and the size of each category, and which category each item is of."""
    _, category = np.unique(values[:, 1], return_inverse=True)
    sizes = np.bincount(category).astype(np.float64)
    return np.bincount(category, values[:, 0]) / sizes, category, sizes


def _macro_mean(values: Floats) -> float:
    return float(_category_means(values)[0].mean())


def _macro_influence(values: Floats) -> Floats:
    means, category, sizes = _category_means(values)
    return np.asarray((values[:, 0] - means[category]) / (sizes[category] * len(means)))


def _ratio(values: Floats) -> float:
    above, below = values.sum(axis=0)
    return float(above / below) if below > 0 else float("nan")


def _ratio_influence(values: Floats) -> Floats:
    return np.asarray((values[:, 0] - _ratio(values) * values[:, 1]) / values[:, 1].sum())


def _ratio_gain(values: Floats) -> float:
    return _ratio(values[:, :2]) - _ratio(values[:, 2:])


def _ratio_gain_influence(values: Floats) -> Floats:
    return _ratio_influence(values[:, :2]) - _ratio_influence(values[:, 2:])


def _v_measure(values: Floats) -> float:
    shared, first, second = (np.sum(part * weight) for part, weight in _information(values))
    return float(2.0 * shared / (first + second)) if first + second > 0 else 1.0


def _v_influence(values: Floats) -> Floats:
    (shared, _), (first, _), (second, _) = _information(values)
    total = (first.mean() + second.mean()) or 1.0
    v = 2.0 * shared.mean() / total
    spread = 2.0 * (shared - shared.mean()) - v * (first - first.mean() + second - second.mean())
    return np.asarray(spread / (total * len(values)))


def _information(values: Floats) -> list[tuple[Floats, Floats]]:
    """Return per item the information shared by the two labellings and that in each, and the weights of items."""
    n = len(values)
    (_, one), (_, other) = (np.unique(column, return_inverse=True) for column in values.T)
    _, both = np.unique(one * (int(other.max()) + 1) + other, return_inverse=True)
    logs = [np.log(np.bincount(part)[part] / n) for part in (both, one, other)]
    weight = np.full(n, 1.0 / n)
    return [(logs[0] - logs[1] - logs[2], weight), (-logs[1], weight), (-logs[2], weight)]


def auc(scores: Floats, labels: Floats) -> float:
    """Return the area under the ROC curve: how often a positive item scores above a negative one, ties as halves.

    Parameters
    ----------
    scores : float64[n]
        Higher for what is held for positive.
    labels : float64[n]
        1 for positive items, 0 for negative ones; NaN is returned where one kind is absent.

    Examples
    --------
    >>> auc(np.array([3.0, 2.0, 2.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0]))
    0.875
    """
    positive = labels > 0
    if positive.all() or not positive.any():
        return float("nan")
    low, high = np.sort(scores[~positive]), scores[positive]
    halves = np.searchsorted(low, high, "left").sum() + np.searchsorted(low, high, "right").sum()
    return float(halves / (2 * len(low) * len(high)))


def _placements(scores: Floats, positive: NDArray[np.bool_]) -> Floats:
    """Return for each positive item the share of negative ones below it, for each negative that of positive above."""
    high, low = np.sort(scores[positive]), np.sort(scores[~positive])
    below = (np.searchsorted(low, scores, "left") + np.searchsorted(low, scores, "right")) / (2.0 * len(low))
    under = (np.searchsorted(high, scores, "left") + np.searchsorted(high, scores, "right")) / (2.0 * len(high))
    return np.asarray(np.where(positive, below, 1.0 - under))


def _auc_influence(values: Floats) -> Floats:
    """Return the placement values less their mean (DeLong et al. 1988): the score is linear in either kind."""
    positive = values[:, 1] > 0
    placements = _placements(values[:, 0], positive)
    size = np.where(positive, positive.sum(), (~positive).sum())
    return np.asarray((placements - placements[positive].mean()) / size)


def average_precision(scores: Floats, labels: Floats) -> float:
    """Return the mean over positive items of the precision among all that score as high; ties stay together.

    Parameters
    ----------
    scores, labels : float64[n]
        As in :func:`auc`.

    Examples
    --------
    >>> average_precision(np.array([3.0, 2.0, 2.0, 1.0]), np.array([1.0, 1.0, 0.0, 0.0]))
    0.8333333333333333
    """
    positive = labels > 0
    if positive.all() or not positive.any():
        return float("nan")
    hits, all_above = _at_or_above(scores, positive)
    return float((hits / all_above)[positive].mean())


def _at_or_above(scores: Floats, positive: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return for each item how many positive ones, and how many at all, have its score or a higher one."""
    high, ordered = np.sort(scores[positive]), np.sort(scores)
    hits = len(high) - np.searchsorted(high, scores, "left")
    return hits.astype(np.float64), (len(ordered) - np.searchsorted(ordered, scores, "left")).astype(np.float64)


def _average_precision_influence(values: Floats) -> Floats:
    r"""Return the derivative of :math:`\sum_{i+} w_i T_i / N_i / \sum_{i+} w_i`.

    :math:`T_i` and :math:`N_i` weigh the positive and all items that score no less than i. The weight of k is in
    those of every i that scores no more: there a positive k adds :math:`(N_i - T_i)/N_i^2`, a negative takes
    :math:`T_i/N_i^2`.
    """
    scores, positive = values[:, 0], values[:, 1] > 0
    hits, above = _at_or_above(scores, positive)
    precision, low = hits[positive] / above[positive], scores[positive]
    order = np.argsort(low, kind="stable")
    gain, loss = (
        np.concatenate([[0.0], np.cumsum(part[order])])
        for part in ((1.0 - precision) / above[positive], precision / above[positive])
    )
    reached = np.searchsorted(low[order], scores, "right")
    found = np.where(positive, gain[reached], -loss[reached])
    found[positive] += precision - precision.mean()
    return np.asarray(found / len(low))


Grouped = Callable[[Floats], float]


def _group_scores(values: Floats, groups: Floats, score: Grouped) -> tuple[Floats, NDArray[np.int64]]:
    """Return the score of each group, NaN for those that have none, and the group of each item."""
    _, group = np.unique(groups, return_inverse=True)
    order = np.argsort(group, kind="stable")
    parts = np.split(values[order], np.cumsum(np.bincount(group))[:-1])
    return np.array([score(part) for part in parts]), group


def _over_groups(name: str, bounds: tuple[float, float], score: Grouped) -> Measure:
    """Return the mean over groups, numbered by the last column, of a score of the other columns.

    Groups are what is drawn: an item has its share of what its group adds. Groups without a score do not count.
    """

    def mean(values: Floats) -> float:
        scores, _ = _group_scores(values[:, :-1], values[:, -1], score)
        return float(np.nanmean(scores)) if np.isfinite(scores).any() else float("nan")

    def influence(values: Floats) -> Floats:
        scores, group = _group_scores(values[:, :-1], values[:, -1], score)
        scored = np.isfinite(scores)
        adds = np.where(scored, scores - np.mean(scores[scored]), 0.0) / scored.sum()
        return np.asarray((adds / np.bincount(group))[group])

    return Measure(name, bounds, mean, influence)


def _best_z(values: Floats) -> float:
    """Return how far the best item of the asked relation is above the best of each, in standard deviations."""
    asked = values[:, 2] > 0
    if not asked.any():
        return float("nan")
    kinds, kind = np.unique(values[:, 1], return_inverse=True)
    best = np.full(len(kinds), -np.inf)
    np.maximum.at(best, kind, values[:, 0])
    spread = float(best.std())
    return float((best[kind[asked.argmax()]] - best.mean()) / spread) if spread > 0.0 else float("nan")


#: Of one column: the share of right answers, the mean of reciprocal ranks.
MEAN = Measure("mean", (0.0, 1.0), lambda values: float(values[:, 0].mean()), _mean_influence)
#: Of one column: the mean of agreements that are 0 by chance, such as adjusted Rand indices.
AGREEMENT = Measure("mean agreement", (-1.0, 1.0), lambda values: float(values[:, 0].mean()), _mean_influence)
#: Of one column: the mean of numbers of something.
COUNT = Measure("mean count", (0.0, math.inf), lambda values: float(values[:, 0].mean()), _mean_influence)
#: Of two, value and number of the category: the mean of the means of categories.
MACRO_MEAN = Measure("macro mean", (0.0, 1.0), _macro_mean, _macro_influence)
#: Of two: the sum of the first divided by the sum of the second (accuracy over sentences, F1).
RATIO = Measure("ratio", (0.0, 1.0), _ratio, _ratio_influence)
#: Of four: how much the ratio of the first two is above that of the others (gain over random vectors).
RATIO_GAIN = Measure("ratio gain", (-1.0, 1.0), _ratio_gain, _ratio_gain_influence)
#: Of two: correlations.
SPEARMAN = Measure("spearman", (-1.0, 1.0), lambda values: spearman(*values.T), _spearman_influence)
PEARSON = Measure("pearson", (-1.0, 1.0), lambda values: pearson(*values.T), _pearson_influence)
#: Of two, class and cluster: twice what the labellings share, divided by what both hold (Rosenberg, Hirschberg 2007).
V_MEASURE = Measure("v-measure", (0.0, 1.0), _v_measure, _v_influence)
#: Of two, score and label (1 or 0): area under the ROC curve, average precision.
AUC = Measure("auc", (0.0, 1.0), lambda values: auc(*values.T), _auc_influence)
AVERAGE_PRECISION = Measure(
    "average precision", (0.0, 1.0), lambda values: average_precision(*values.T), _average_precision_influence
)
#: Of value and group: the mean over groups of their means, where groups are what is drawn.
GROUP_MEAN = _over_groups("group mean", (0.0, 1.0), lambda values: float(values[:, 0].mean()))
#: Of two and group: the mean over groups of Spearman's correlation.
GROUP_SPEARMAN = _over_groups("group spearman", (-1.0, 1.0), lambda values: spearman(*values.T))
#: Of similarity, relation, whether that is the asked one, and concept: the mean over concepts of the z of the asked
#: relation's best item among the best of all relations. Of up to 17 relations no z is beyond 4.
BEST_Z = _over_groups("best z", (-4.0, 4.0), _best_z)

MEASURES = {
    measure.name: measure
    for measure in (
        MEAN,
        MACRO_MEAN,
        RATIO,
        RATIO_GAIN,
        SPEARMAN,
        PEARSON,
        V_MEASURE,
        AUC,
        AVERAGE_PRECISION,
        GROUP_MEAN,
        GROUP_SPEARMAN,
        BEST_Z,
        AGREEMENT,
        COUNT,
    )
}
