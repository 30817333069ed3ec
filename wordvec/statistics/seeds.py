"""How far a mean over training seeds may lie from that of other seeds and other test items.

A model trained S times has S scores on the same items. Their mean moves with another draw of items and with
another draw of seeds, and what single items do under single seeds is in both. The two variances are added and what
was counted twice is taken off, as in Cameron, Gelbach and Miller's two-way clustering.

Simulated (``tests/test_seeds.py``, differences of two models of 3 or 5 seeds, 200 questions or 250 word pairs that
share words, 2,000 draws a case): where models differ on items at all, 95 % intervals cover the true difference in 93.6
to 96.4 of 100 draws, whether seeds do nothing, shift whole scores or stir single items; where only seeds do anything,
in 92.1 to 96.7, the least with 3 seeds. With 2 seeds it is 91.2 to 97.4.

Seeds of two configurations are taken for independent. Trained with the same seeds, they start alike, and what single
items do under single seeds agrees a little (correlations of .1 to .4 measured for two window sizes): then the variance
of a difference errs on the wide side.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from .units import count_units, shared_variance

__all__ = ["Seeds", "Variance", "add_variances", "seed_variance"]

Floats = NDArray[np.float64]


class Seeds(NamedTuple):
    """What the seeds of one configuration add to the variance of its mean score.

    Parameters
    ----------
    size : int
        How many seeds S there are.
    deviation : float
        Standard deviation of the scores of single seeds; NaN with one seed.
    variance : float
        Of the mean over S seeds: the deviation's square divided by S; NaN with one seed.
    both : float
        The part of it that the items' variance holds as well; NaN with one seed.
    """

    size: int
    deviation: float
    variance: float
    both: float


class Variance(NamedTuple):
    """Variance of a score, or of a difference of scores, by where it comes from.

    Parameters
    ----------
    items : float
        From another draw of the test set's units.
    seeds : float
        From another draw of seeds; NaN where every configuration has one.
    total : float
        Of both together, what is in both counted once.
    freedom : float
        Degrees of freedom of the total.
    """

    items: float
    seeds: float
    total: float
    freedom: float


def seed_variance(scores: Floats, influence: Floats, units: NDArray[np.int64]) -> Seeds:
    r"""Return what the seeds of a configuration add to the variance of the mean of their scores.

    With :math:`s^2` the variance of the S scores, the mean has :math:`s^2 / S`. What items do under single seeds
    is in that, and in the variance over items too:
    :math:`\frac{S}{S - 1} \frac{1}{S^2} \sum_s \mathrm{Var}(\psi_s - \bar\psi)`, each by
    :func:`~wordvec.statistics.units.shared_variance`.

    Parameters
    ----------
    scores : float64[S]
        A score for each seed, of the same items.
    influence : float64[S, n]
        What each item adds to each score.
    units : int64[n, 1] or int64[n, 2]
        The units of each item.

    Examples
    --------
    >>> found = seed_variance(np.array([0.6, 0.62, 0.64]), np.zeros((3, 4)), np.arange(4)[:, None])
    >>> round(found.deviation, 3), round(found.variance, 6), found.both
    (0.02, 0.000133, 0.0)
    """
    count = len(scores)
    require(count >= 1, "scores", "of at least one seed", count)
    if count < 2:
        return Seeds(count, math.nan, math.nan, math.nan)
    deviation = float(scores.std(ddof=1)) if np.ptp(scores) > 0.0 else 0.0
    apart = influence - influence.mean(axis=0)
    both = sum(shared_variance(row, units) for row in apart) / (count * (count - 1))
    return Seeds(count, deviation, deviation**2 / count, both)


def add_variances(influence: Floats, units: NDArray[np.int64], seeds: Sequence[Seeds]) -> Variance:
    r"""Return the variance of a sum or difference of mean scores over items and seeds.

    It is :math:`V_I + \sum (V_S - V_{IS})` over the configurations, and never less than :math:`V_I` or
    :math:`\sum V_S`. The degrees of freedom are Welch's and Satterthwaite's: units - 1 for :math:`V_I`, which holds
    what items do under single seeds, and S - 1 for what seeds add to it, :math:`V_S - V_{IS}`.

    Parameters
    ----------
    influence : float64[n]
        What each item adds to the score or difference, averaged over seeds.
    units : int64[n, 1] or int64[n, 2]
        The units of each item.
    seeds : sequence of Seeds
        Of each configuration in it; one of a single seed adds nothing that is known.

    References
    ----------
    Cameron, Gelbach and Miller (2011), "Robust inference with multiway clustering", Journal of Business & Economic
    Statistics 29, equation 2.3; Satterthwaite (1946), "An approximate distribution of estimates of variance
    components", Biometrics Bulletin 2.

    Examples
    --------
    >>> influence, units = np.array([0.01, -0.01, 0.02, -0.02]), np.arange(4)[:, None]
    >>> found = add_variances(influence, units, [Seeds(3, 0.02, 0.02**2 / 3, 0.0)])
    >>> round(found.items, 5), round(found.seeds, 5), round(found.total, 5), round(found.freedom, 1)
    (0.00133, 0.00013, 0.00147, 3.6)
    """
    items, freedom = shared_variance(influence, units), count_units(units) - 1.0
    known = [part for part in seeds if part.size > 1]
    if not known:
        return Variance(items, math.nan, items, freedom)
    drawn, both = sum(part.variance for part in known), sum(part.both for part in known)
    if not freedom > 0.0:
        return Variance(items, drawn, math.nan, freedom)
    twice = min(1.0, items / both) if both > 0.0 else 0.0  # no more is in both than items have
    added = [part.variance - twice * part.both for part in known]
    below = items**2 / freedom + sum(
        max(more, 0.0) ** 2 / (part.size - 1) for more, part in zip(added, known, strict=True)
    )
    total = items + max(sum(added), 0.0)
    return Variance(items, drawn, total, total**2 / below if below > 0.0 else freedom)
