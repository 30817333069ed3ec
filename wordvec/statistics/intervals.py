"""Where a score may lie: 95 % intervals by formula.

The general one is :func:`score_interval`: from a score, its variance and its bounds. Where all answers are
alike there is no variance to go by, and :func:`exact_interval` and :func:`fisher_interval` say what can be said.
"""

import math
from dataclasses import dataclass

from ..errors import require

__all__ = ["Interval", "exact_interval", "fisher_interval", "score_interval"]


@dataclass(frozen=True)
class Interval:
    """Where a score may lie.

    Parameters
    ----------
    low, high : float
        Ends of the interval; NaN where the data allow none.
    unit : str
        What another draw of the data would draw anew and, in brackets, the formula where it is not the usual one.
    confidence : float, default 0.95
        Nominal coverage.
    """

    low: float
    high: float
    unit: str
    confidence: float = 0.95


def score_interval(
    score: float,
    variance: float,
    *,
    bounds: tuple[float, float],
    freedom: float,
    unit: str,
    confidence: float = 0.95,
) -> Interval:
    r"""Return the interval of a score that lies between two bounds, from its variance.

    The score is stretched to the whole line by :math:`\log((s - l) / (h - s))`, which is Fisher's transformation
    for a correlation (times two) and the log odds for a share; there the interval is symmetric, of Student's t
    times the standard error, so that it never passes a bound. Without an upper bound it is stretched by
    :math:`\log(s - l)`.

    Parameters
    ----------
    score : float
        Between the bounds; on a bound, or NaN, there is no interval.
    variance : float >= 0
        Of the score, as :func:`~wordvec.statistics.units.shared_variance` estimates it.
    bounds : (float, float)
        Lowest and highest possible score; the highest may be infinite.
    freedom : float > 0
        Degrees of freedom of the variance.
    unit : str
        What another draw of the data would draw anew; named in the result.
    confidence : float, default 0.95
        Nominal coverage, between 0 and 1.

    Examples
    --------
    >>> found = score_interval(0.9, 0.04**2, bounds=(0.0, 1.0), freedom=60, unit="question")
    >>> round(found.low, 3), round(found.high, 3)
    (0.787, 0.956)
    """
    require(0.0 < confidence < 1.0, "confidence", "between 0 and 1", confidence)
    low, high = bounds
    if not (low < score < high and variance > 0.0 and freedom > 0.0):
        return Interval(math.nan, math.nan, unit, confidence)
    from scipy.special import stdtrit

    if math.isinf(high):
        reach = math.sqrt(variance) * float(stdtrit(freedom, 0.5 + confidence / 2.0)) / (score - low)
        left, right = (low + (score - low) * math.exp(min(z, 700.0)) for z in (-reach, reach))
        return Interval(left, right, unit, confidence)
    place = math.log((score - low) / (high - score))
    slope = 1.0 / (score - low) + 1.0 / (high - score)
    reach = slope * math.sqrt(variance) * float(stdtrit(freedom, 0.5 + confidence / 2.0))
    left, right = (
        low + (high - low) / (1.0 + math.exp(-z)) if z > -700.0 else low for z in (place - reach, place + reach)
    )
    return Interval(left, right, unit, confidence)


def fisher_interval(
    correlation: float, n: int, *, rank: bool = False, unit: str = "pair", confidence: float = 0.95
) -> Interval:
    """Return the interval of a correlation by Fisher's z transformation.

    A perfect correlation has no z. It is taken for half a step of Spearman's less,
    ``1 - 6 / (n (n^2 - 1))``, so that its interval has a width that falls with ``n``.

    Parameters
    ----------
    correlation : float
        Pearson's or Spearman's coefficient, -1 to 1.
    n : int
        Number of pairs; under 4 the formula says nothing, and the interval is -1 to 1.
    rank : bool, default False
        True for Spearman's, whose z has the larger variance ``(1 + r^2 / 2) / (n - 3)``.
    unit : str, default "pair"
        What one observation is; named in the result.
    confidence : float, default 0.95
        Nominal coverage, between 0 and 1.

    References
    ----------
    Fisher (1921) for Pearson's; Bonett and Wright (2000), "Sample size requirements for estimating
    Pearson, Kendall and Spearman correlations", Psychometrika 65, for Spearman's.

    Examples
    --------
    >>> found = fisher_interval(0.5, 103)
    >>> round(found.low, 3), round(found.high, 3)
    (0.339, 0.632)
    """
    require(0.0 < confidence < 1.0, "confidence", "between 0 and 1", confidence)
    if math.isnan(correlation):
        return Interval(math.nan, math.nan, unit, confidence)
    if n < 4:
        return Interval(-1.0, 1.0, unit, confidence)
    from scipy.special import ndtri

    most = 1.0 - 6.0 / (n * (n * n - 1))
    held = min(max(correlation, -most), most) if abs(correlation) >= 1.0 else correlation
    spread = float(ndtri(0.5 + confidence / 2.0)) * math.sqrt((1.0 + rank * held**2 / 2.0) / (n - 3))
    z = math.atanh(held)
    low, high = min(math.tanh(z - spread), correlation), max(math.tanh(z + spread), correlation)
    return Interval(low, high, unit, confidence)


def exact_interval(mean: float, n: int, *, unit: str, confidence: float = 0.95) -> Interval:
    """Return the interval of a mean of ``n`` independent scores between 0 and 1, by the binomial distribution.

    Clopper and Pearson's interval, which is exact for hits and misses, read between whole numbers of
    hits. Scores between 0 and 1 spread less than hits and misses of the same mean do, so for them it is wide.

    Parameters
    ----------
    mean : float
        The mean, 0 to 1.
    n : int
        How many independent scores; 0 says nothing, and the interval is 0 to 1.
    unit : str
        What one score is; named in the result.
    confidence : float, default 0.95
        Nominal coverage, between 0 and 1.

    References
    ----------
    Clopper and Pearson (1934), "The use of confidence or fiducial limits illustrated in the case of the
    binomial", Biometrika 26.

    Examples
    --------
    >>> found = exact_interval(0.0, 12, unit="question")
    >>> found.low, round(found.high, 3)
    (0.0, 0.265)
    """
    require(0.0 < confidence < 1.0, "confidence", "between 0 and 1", confidence)
    if math.isnan(mean):
        return Interval(math.nan, math.nan, unit, confidence)
    from scipy.special import betaincinv

    hits, tail = mean * n, (1.0 - confidence) / 2.0
    low = float(betaincinv(hits, n - hits + 1.0, tail)) if hits > 0.0 else 0.0
    high = float(betaincinv(hits + 1.0, n - hits, 1.0 - tail)) if hits < n else 1.0
    return Interval(low, high, unit, confidence)
