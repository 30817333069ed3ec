"""How sure a number is: intervals by resampling, and by formula where there is too little to resample.

What is resampled decides what an interval means, so it is an argument everywhere and part of
every result: ``"pair"`` says that another draw of word pairs might have been made. Resampling cannot
show what never happened: of a few items, or of equal ones, it makes an interval that is too narrow
or has no width. :func:`correlation_interval` and :func:`exact_interval` are for these.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import require

__all__ = [
    "Interval",
    "bootstrap_interval",
    "correlation_interval",
    "exact_interval",
    "fisher_interval",
    "percentile_interval",
    "pigeonhole_means",
]

Statistic = Callable[..., NDArray[np.float64]]

#: Fewer pairs than this are too few to resample.
_FEW = 10
#: Weights of this many bytes are drawn at once.
_BLOCK = 1 << 25


@dataclass(frozen=True)
class Interval:
    """Where a score may lie.

    Parameters
    ----------
    low, high : float
        Ends of the interval; NaN where the data allow none.
    confidence : float
        Its nominal coverage: 0.95.
    unit : str
        What was resampled, or what a formula counted and, in brackets, which.
    resamples : int
        How often; 0 for a formula.
    """

    low: float
    high: float
    confidence: float
    unit: str
    resamples: int


def percentile_interval(replicates: NDArray[np.float64], *, unit: str, confidence: float = 0.95) -> Interval:
    """Return the middle ``confidence`` share of bootstrap ``replicates``.

    Replicates that are NaN (a resample in which the score does not exist) are left out; if more than
    half are, there is no interval: both ends are NaN.

    Parameters
    ----------
    replicates : float64[R]
        The score of each resample.
    unit : str
        What was resampled.
    confidence : float, default 0.95
        Nominal coverage, between 0 and 1.

    Examples
    --------
    >>> percentile_interval(np.arange(101.0), unit="pair", confidence=0.9).high
    95.0
    """
    require(0.0 < confidence < 1.0, "confidence", "between 0 and 1", confidence)
    there = replicates[~np.isnan(replicates)]
    if len(there) * 2 <= len(replicates):
        return Interval(math.nan, math.nan, confidence, unit, len(replicates))
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(there, [tail, 1.0 - tail])
    return Interval(float(low), float(high), confidence, unit, len(replicates))


def bootstrap_interval(
    statistic: Statistic,
    *samples: NDArray[np.float64],
    unit: str,
    confidence: float = 0.95,
    resamples: int = 1000,
    seed: int = 1,
) -> Interval:
    """Return the percentile bootstrap interval of a statistic of paired samples.

    Parameters
    ----------
    statistic : callable
        ``statistic(*samples, axis=-1)``, vectorised over the leading axes; NaN where undefined.
    *samples : float64[n]
        One or more arrays whose entry ``i`` belongs together.
    unit : str
        What one entry is; named in the result.
    confidence : float, default 0.95
        Nominal coverage, between 0 and 1.
    resamples : int >= 1, default 1000
        How many resamples of ``n`` entries to draw.
    seed : int, default 1
        The same seed gives the same interval.

    Examples
    --------
    >>> x = np.arange(50.0)
    >>> found = bootstrap_interval(np.mean, x, unit="day")
    >>> bool(found.low < x.mean() < found.high), found.unit
    (True, 'day')
    """
    require(resamples >= 1, "resamples", "an integer >= 1", resamples)
    n = len(samples[0])
    require(all(len(s) == n for s in samples), "samples", "of one length", [len(s) for s in samples])
    if n < 2:
        return percentile_interval(np.full(resamples, np.nan), unit=unit, confidence=confidence)
    # Not scipy.stats.bootstrap: it gives no interval when the score of a single resample is NaN.
    rng = np.random.default_rng(seed)
    replicates = np.empty(resamples)
    step = max(1, _BLOCK // (8 * n))
    for start in range(0, resamples, step):
        rows = slice(start, min(start + step, resamples))
        drawn = rng.integers(0, n, size=(rows.stop - rows.start, n))
        replicates[rows] = statistic(*(sample[drawn] for sample in samples), axis=-1)
    return percentile_interval(replicates, unit=unit, confidence=confidence)


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
        return Interval(math.nan, math.nan, confidence, unit, 0)
    if n < 4:
        return Interval(-1.0, 1.0, confidence, unit, 0)
    from scipy.special import ndtri

    most = 1.0 - 6.0 / (n * (n * n - 1))
    held = min(max(correlation, -most), most) if abs(correlation) >= 1.0 else correlation
    spread = float(ndtri(0.5 + confidence / 2.0)) * math.sqrt((1.0 + rank * held**2 / 2.0) / (n - 3))
    z = math.atanh(held)
    low, high = min(math.tanh(z - spread), correlation), max(math.tanh(z + spread), correlation)
    return Interval(low, high, confidence, unit, 0)


def correlation_interval(
    statistic: Statistic,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    *,
    rank: bool,
    unit: str = "pair",
    resamples: int = 1000,
    seed: int = 1,
) -> Interval:
    """Return the 95 % interval of a correlation: by resampling, or by Fisher's formula where that fails.

    Resampling fails with fewer than 10 pairs, and where all resamples are equal, as they are of a perfect
    order. Then ``unit`` says so: ``"pair (Fisher)"``, or ``"pair (too few)"`` under 4 pairs, where nothing
    but -1 to 1 can be said. Both ends are NaN where there is no correlation: one pair, or a constant side.

    Parameters
    ----------
    statistic : callable
        The correlation, as for :func:`bootstrap_interval`.
    x, y : float64[n]
        The two sides.
    rank : bool
        True for Spearman's.
    unit : str, default "pair"
        What one entry is.
    resamples : int >= 1, default 1000
        How many resamples to draw.
    seed : int, default 1
        Of the resampling.

    Examples
    --------
    >>> def pearson(x, y, axis=-1):
    ...     return np.corrcoef(x, y)[0, 1]
    >>> found = correlation_interval(pearson, np.arange(5.0), np.array([1.0, 0, 3, 2, 4]), rank=False)
    >>> round(found.low, 2), round(found.high, 2), found.unit
    (-0.28, 0.99, 'pair (Fisher)')
    """
    n = len(x)
    score = float(statistic(x, y)) if n > 1 else math.nan
    if n >= _FEW or math.isnan(score):
        drawn = bootstrap_interval(statistic, x, y, unit=unit, resamples=resamples, seed=seed)
        if math.isnan(score) or drawn.low < drawn.high:
            return drawn
    return fisher_interval(score, n, rank=rank, unit=f"{unit} ({'Fisher' if n > 3 else 'too few'})")


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
        return Interval(math.nan, math.nan, confidence, unit, 0)
    from scipy.special import betaincinv

    hits, tail = mean * n, (1.0 - confidence) / 2.0
    low = float(betaincinv(hits, n - hits + 1.0, tail)) if hits > 0.0 else 0.0
    high = float(betaincinv(hits + 1.0, n - hits, 1.0 - tail)) if hits < n else 1.0
    return Interval(low, high, confidence, unit, 0)


def pigeonhole_means(
    values: NDArray[np.float64],
    units: NDArray[np.int64],
    *,
    resamples: int = 1000,
    rng: np.random.Generator,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Resample the units behind values that each belong to two units.

    An analogy question joins two word pairs, and a pair sits in many questions, so questions are not
    independent and must not be resampled as if they were. Here the units are drawn with replacement,
    and a value counts as often as the product of its units' draws. The mean of a resample is the
    first result divided by the second.

    Parameters
    ----------
    values : float64[n, M]
        M scores of each of n observations.
    units : int64[n, 2]
        The two units of each observation, numbered from 0 without gaps.
    resamples : int >= 1, default 1000
        How many resamples R to draw.
    rng : numpy.random.Generator
        Where randomness comes from; advanced.

    Returns
    -------
    sums : float64[R, M]
        Weighted sums of each score.
    weights : float64[R]
        Sums of the weights; 0 where a resample held no observation.

    References
    ----------
    Owen (2007), "The pigeonhole bootstrap", Annals of Applied Statistics 1. It errs on the wide side.

    Examples
    --------
    >>> hits = np.array([[1.0], [0.0], [1.0]])
    >>> pairs = np.array([[0, 1], [0, 2], [1, 2]])
    >>> sums, weights = pigeonhole_means(hits, pairs, resamples=5, rng=np.random.default_rng(1))
    >>> sums.shape, weights.shape
    ((5, 1), (5,))
    """
    require(resamples >= 1, "resamples", "an integer >= 1", resamples)
    require(units.shape == (len(values), 2), "units.shape", f"({len(values)}, 2)", units.shape)
    size = int(units.max()) + 1 if len(units) else 0
    sums, weights = np.zeros((resamples, values.shape[1])), np.zeros(resamples)
    if size == 0:
        return sums, weights
    counts = _joined(np.ones(len(values)), units, size)
    scores = [_joined(values[:, m], units, size) for m in range(values.shape[1])]
    step = max(1, _BLOCK // (8 * size))
    for start in range(0, resamples, step):
        rows = slice(start, min(start + step, resamples))
        draws = rng.multinomial(size, np.full(size, 1.0 / size), size=rows.stop - rows.start).astype(np.float64)
        weights[rows] = ((draws @ counts) * draws).sum(axis=1)
        for m, score in enumerate(scores):
            sums[rows, m] = ((draws @ score) * draws).sum(axis=1)
    return sums, weights


def _joined(values: NDArray[np.float64], units: NDArray[np.int64], size: int) -> Any:
    """Return a sparse float64[size, size]: the sum of the values that join two units."""
    from scipy.sparse import csr_array

    return csr_array((values, (units[:, 0], units[:, 1])), shape=(size, size))
