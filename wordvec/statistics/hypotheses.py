"""Whether two scores differ: tests, equivalence, and the price of asking many questions."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from .units import draw_weights

__all__ = [
    "Difference",
    "adjust_holm",
    "assess_difference",
    "bootstrap_p",
    "compare_correlations",
    "equivalence_p",
    "signed_rank_p",
]

Floats = NDArray[np.float64]


class Difference(NamedTuple):
    """A difference of two scores.

    Parameters
    ----------
    value : float
        First minus second.
    low, high : float
        Ends of its 95 % interval.
    p : float
        Two-sided p of no difference, by Student's t; NaN where there is no variance to go by.
    """

    value: float
    low: float
    high: float
    p: float


def assess_difference(value: float, variance: float, freedom: float, *, confidence: float = 0.95) -> Difference:
    """Test a difference of known variance against zero.

    Parameters
    ----------
    value : float
        The difference.
    variance : float >= 0
        Its variance.
    freedom : float > 0
        Degrees of freedom of the variance.
    confidence : float, default 0.95
        Nominal coverage of the interval, between 0 and 1.

    Examples
    --------
    >>> round(assess_difference(0.03, 0.01**2, 400).p, 4)
    0.0029
    """
    require(0.0 < confidence < 1.0, "confidence", "between 0 and 1", confidence)
    if value == 0.0 and variance == 0.0:
        return Difference(0.0, 0.0, 0.0, 1.0)
    if not (variance > 0.0 and freedom > 0.0):
        return Difference(value, math.nan, math.nan, math.nan)
    from scipy.special import stdtr, stdtrit

    spread = math.sqrt(variance)
    reach = float(stdtrit(freedom, 0.5 + confidence / 2.0)) * spread
    return Difference(value, value - reach, value + reach, 2.0 * float(stdtr(freedom, -abs(value) / spread)))


def equivalence_p(value: float, variance: float, freedom: float, margin: float) -> float:
    """Return p of two one-sided tests (TOST): small where a difference is surely within ``margin`` of zero.

    Parameters
    ----------
    value, variance, freedom : float
        The difference, its variance and the degrees of freedom of that.
    margin : float > 0
        How large a difference does not matter.

    References
    ----------
    Schuirmann (1987), "A comparison of the two one-sided tests procedure and the power approach", Journal of
    Pharmacokinetics and Biopharmaceutics 15.

    Examples
    --------
    >>> round(equivalence_p(0.002, 0.003**2, 400, margin=0.01), 4)
    0.004
    """
    require(margin > 0.0, "margin", "above 0", margin)
    if value == 0.0 and variance == 0.0:
        return 0.0
    if not (variance > 0.0 and freedom > 0.0):
        return math.nan
    from scipy.special import stdtr

    spread = math.sqrt(variance)
    return max(float(stdtr(freedom, -(margin - value) / spread)), float(stdtr(freedom, -(margin + value) / spread)))


def adjust_holm(p: Floats) -> Floats:
    """Return p values adjusted for their number by Holm's steps; NaN stays NaN and does not count.

    Parameters
    ----------
    p : float64[n]
        p values of one family of questions.

    References
    ----------
    Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6.

    Examples
    --------
    >>> adjust_holm(np.array([0.01, 0.04, 0.03])).round(2).tolist()
    [0.03, 0.06, 0.06]
    """
    found = np.full(len(p), np.nan)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    steps = np.arange(len(order), 0, -1) * p[order]
    found[order] = np.minimum(1.0, np.maximum.accumulate(steps)) if len(order) else steps
    return found


def bootstrap_p(
    differences: Floats, influence: Floats, units: NDArray[np.int64], *, resamples: int = 2000, seed: int = 1
) -> Floats:
    """Return two-sided p of differences between scores of the same items, by a paired bootstrap over their units.

    Units are drawn with replacement, the same for all differences, and each difference is moved by what its items
    then add. p is the share of resamples, the data counted as one, that move it as far as it is from zero. With
    two units an item the bootstrap errs on the wide side, and p with it: this is a cross-check of
    :func:`assess_difference`.

    Parameters
    ----------
    differences : float64[k]
        The differences.
    influence : float64[k, n]
        What each item adds to each difference.
    units : int64[n, 1] or int64[n, 2]
        The units of each item.
    resamples : int >= 1, default 2000
        How many resamples to draw.
    seed : int, default 1
        Of the resamples.

    Returns
    -------
    float64[k]
        NaN for a difference that is NaN.

    References
    ----------
    Efron and Tibshirani (1993), "An introduction to the bootstrap", section 16.4; Owen (2007), "The pigeonhole
    bootstrap", Annals of Applied Statistics 1.

    Examples
    --------
    >>> gain = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0, -1.0, 1.0, 0.0])
    >>> influence = (gain - gain.mean())[None] / len(gain)
    >>> bool(bootstrap_p(np.array([gain.mean()]), influence, np.arange(10)[:, None])[0] < 0.05)
    True
    """
    require(resamples >= 1, "resamples", "an integer >= 1", resamples)
    rng, size = np.random.default_rng(seed), max(1, 2_000_000 // max(1, units.size))
    beyond = np.zeros(len(differences))
    for start in range(0, resamples, size):
        moved = draw_weights(units, min(size, resamples - start), rng) @ influence.T
        # Hits and misses tie often: the last bit of a sum must not decide.
        beyond += (np.abs(moved) >= np.abs(differences) * (1.0 - 1e-9)).sum(axis=0)
    return np.where(np.isnan(differences), np.nan, (1.0 + beyond) / (resamples + 1.0))


def compare_correlations(first: float, second: float, between: float, n: int) -> float:
    """Return two-sided p that two correlations with the same third variable are equal, by Williams' test.

    The formula takes the n pairs for independent and normal; it is a cross-check of :func:`assess_difference`,
    which needs neither.

    Parameters
    ----------
    first, second : float
        Correlation of each of two variables with the third.
    between : float
        Correlation of the two with each other.
    n : int
        Number of pairs; NaN is returned under 4.

    References
    ----------
    Williams (1959), "The comparison of regression variables", JRSS B 21; Steiger (1980), "Tests for comparing
    elements of a correlation matrix", Psychological Bulletin 87, equation 7.

    Examples
    --------
    >>> round(compare_correlations(0.4, 0.5, 0.1, 103), 2)
    0.37
    """
    if n < 4 or any(math.isnan(r) or abs(r) > 1.0 for r in (first, second, between)):
        return math.nan
    determinant = 1.0 - first**2 - second**2 - between**2 + 2.0 * first * second * between
    mean = (first + second) / 2.0
    below = 2.0 * (n - 1) / (n - 3) * max(determinant, 0.0) + mean**2 * (1.0 - between) ** 3
    if below <= 0.0:
        return 1.0 if first == second else math.nan
    from scipy.special import stdtr

    t = (first - second) * math.sqrt((n - 1) * (1.0 + between) / below)
    return 2.0 * float(stdtr(n - 3, -abs(t)))


def signed_rank_p(differences: Floats) -> float:
    """Return two-sided p of Wilcoxon's signed-rank test, exact with ties too.

    Differences of zero are left out; equal ones have their average rank. p is that of all ways of giving signs to
    the ranks, so that n differences cannot have one below ``2 / 2**n``.

    Parameters
    ----------
    differences : float64[n]
        Differences of paired scores, one a task.

    References
    ----------
    Wilcoxon (1945), "Individual comparisons by ranking methods", Biometrics Bulletin 1; Demšar (2006), "Statistical
    comparisons of classifiers over multiple data sets", JMLR 7.

    Examples
    --------
    >>> signed_rank_p(np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])), signed_rank_p(np.zeros(3))
    (0.03125, 1.0)
    """
    from scipy.stats import rankdata

    moved = differences[differences != 0.0]
    doubled = np.rint(2.0 * rankdata(np.abs(moved))).astype(np.int64)  # half ranks are whole numbers
    ways = np.ones(1)
    for rank in doubled.tolist():
        ways = (np.pad(ways, (0, rank)) + np.pad(ways, (rank, 0))) / 2.0
    positive = int(doubled[moved > 0.0].sum())
    return float(min(1.0, 2.0 * min(ways[: positive + 1].sum(), ways[positive:].sum())))
