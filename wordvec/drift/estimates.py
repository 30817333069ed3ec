"""From the rows of replicates to drift, its error, and the null it is ranked in."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Corrected", "correct_drift", "exchange_p", "least_p", "split_rows"]

Floats = NDArray[np.float64]

#: A reliability below this says nothing, and nothing is divided by it.
_LEAST = 0.02
#: Words whose exchanges are ranked together, at least.
_BIN = 200


class Corrected(NamedTuple):
    """Drift freed from the noise of rows, by word.

    Parameters
    ----------
    drift, variance : float64[n]
        NaN where a reliability is too low.
    first, second : float64[n]
        Reliabilities: the mean cosine of halves of either side.
    """

    drift: Floats
    variance: Floats
    first: Floats
    second: Floats


class Rows(NamedTuple):
    """The unit rows of the words, taken apart.

    Parameters
    ----------
    whole : float32[n, 2, D]
        The slices as they are.
    splits : float32[n, S, 2, 2, D]
        By slice and half.
    floors : float32[n, F, 2, 2, 2, D]
        By slice, group within it and half.
    exchanges : float32[n, B, 2, D]
        By slice after an exchange.
    """

    whole: NDArray[np.float32]
    splits: NDArray[np.float32]
    floors: NDArray[np.float32]
    exchanges: NDArray[np.float32]


def split_rows(rows: NDArray[np.float32], splits: int, floors: int, exchanges: int) -> Rows:
    """Return rows (float32[n, R, D]) at length one and by their purpose; see :class:`wordvec.drift.units.Plan`."""
    n, _, dim = rows.shape
    lengths = np.sqrt(np.einsum("nrd,nrd->nr", rows, rows))[:, :, None]
    units = rows / np.maximum(lengths, np.float32(1e-30))
    ends = np.cumsum([2, 4 * splits, 8 * floors, 2 * exchanges])
    whole, halves, groups, exchanged = np.split(units, ends[:-1], axis=1)
    return Rows(
        whole,
        halves.reshape(n, splits, 2, 2, dim),
        groups.reshape(n, floors, 2, 2, 2, dim),
        exchanged.reshape(n, exchanges, 2, dim),
    )


def correct_drift(first: NDArray[np.float32], second: NDArray[np.float32], *, is_disjoint: bool = True) -> Corrected:
    r"""Return the drift between two sides at unlimited text, from random halves of each.

    Parameters
    ----------
    first, second : float32[n, S, 2, D]
        Unit rows: for each split the two halves of a side.
    is_disjoint : bool, default True
        Whether the halves of the two sides never share a unit. Else half i of one side shares units with half i of
        the other, and only cosines between halves of unlike number count.

    Notes
    -----
    A row is a signal and noise that is its own: with halves i and j, :math:`E\cos(a_i, b_j)` is the cosine of the
    signals times :math:`\sqrt{r_a r_b}`, and the reliability :math:`r_a = E\cos(a_1, a_2)`. So
    :math:`1 - \overline{\cos(a_i, b_j)} / \sqrt{r_a r_b}` is 0 on average for a word that did not drift, however few
    its uses. Spearman's correction for attenuation, with both terms at half the text: a formula that goes from half
    to all of it (Spearman and Brown's) would take for granted that more text changes noise alone, which does not
    hold for rows that were trained on little.

    The variance is that of half samples (a delete-half jackknife): with :math:`c_{ij} = \mu + \alpha_i + \beta_j +
    \gamma_{ij}` the squares of :math:`c_{11} - c_{22}` and :math:`c_{12} - c_{21}` hold twice what the mean over both
    halves has of :math:`\alpha, \beta`, and too much of :math:`\gamma`, which the interaction contrast tells.

    References
    ----------
    Spearman (1904), "The proof and measurement of association between two things"; Shao and Wu (1989), "A general
    theory for jackknife variance estimation".

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> signal = np.array([3.0, 0, 0, 0, 0, 0, 0, 0])
    >>> halves = [signal + rng.normal(size=(400, 9, 2, 8)) for _ in range(2)]
    >>> units = [(h / np.linalg.norm(h, axis=-1, keepdims=True)).astype(np.float32) for h in halves]
    >>> abs(float(correct_drift(*units).drift.mean())) < 0.02
    True
    """
    r_first = np.einsum("nsd,nsd->ns", first[:, :, 0], first[:, :, 1]).mean(axis=1, dtype=np.float64)
    r_second = np.einsum("nsd,nsd->ns", second[:, :, 0], second[:, :, 1]).mean(axis=1, dtype=np.float64)
    cross = np.einsum("nsid,nsjd->nsij", first, second).astype(np.float64)
    same, other = cross[:, :, 0, 0] + cross[:, :, 1, 1], cross[:, :, 0, 1] + cross[:, :, 1, 0]
    mean = ((same + other) / 4 if is_disjoint else other / 2).mean(axis=1)
    product = r_first * r_second
    is_known = (r_first > _LEAST) & (r_second > _LEAST)
    product = np.where(is_known, product, np.nan)
    contrast = (cross[:, :, 0, 0] - cross[:, :, 1, 1]) ** 2 + (cross[:, :, 0, 1] - cross[:, :, 1, 0]) ** 2
    sampling, interaction = contrast.mean(axis=1) / 8, ((same - other) ** 2).mean(axis=1) / 16
    least = sampling / 8  # what is left of the smallest honest variance when the contrast is large by chance
    variance = np.maximum(sampling - interaction, least) / product
    return Corrected(1.0 - mean / np.sqrt(product), variance, r_first, r_second)


def exchange_p(observed: Floats, exchanged: Floats, counts: NDArray[np.int64], units: NDArray[np.int64]) -> Floats:
    """Return float64[n]: how rarely a word's exchanged slices differ as much as its own do.

    Every statistic is studentised by the word's own exchanges, and then ranked among those of words like it.

    Parameters
    ----------
    observed : float64[n]
        Distance of the slices.
    exchanged : float64[n, B]
        The same after each exchange.
    counts, units : int64[n]
        Occurrences and units on the rarer side: words are sorted into bins of at least 200 by both.

    Notes
    -----
    An exchange is studentised by the others, the observed value by all of them; p is (1 + exchanges of the bin that
    reach it) / (1 + exchanges of the bin).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draws = rng.normal(size=(400, 21))
    >>> p = exchange_p(draws[:, 0], draws[:, 1:], np.arange(400), np.arange(400))
    >>> bool(0.02 < (p < 0.05).mean() < 0.09)
    True
    """
    n, draws = exchanged.shape
    total, squares = exchanged.sum(axis=1, keepdims=True), (exchanged**2).sum(axis=1, keepdims=True)
    left = draws - 1
    means = (total - exchanged) / left
    variances = (squares - exchanged**2 - left * means**2) / (left - 1)
    null = (exchanged - means) / np.sqrt(np.maximum(variances, 1e-30) * (1 + 1 / left))
    spread = exchanged.std(axis=1, ddof=1)
    own = (observed - exchanged.mean(axis=1)) / np.sqrt(np.maximum(spread**2, 1e-30) * (1 + 1 / draws))
    p = np.empty(n)
    for members in _bins(counts, units):
        pooled = np.sort(null[members].ravel())
        reached = len(pooled) - np.searchsorted(pooled, own[members], side="left")
        p[members] = (1 + reached) / (1 + len(pooled))
    return p


def least_p(words: int, draws: int) -> float:
    """Return the smallest p that :func:`exchange_p` can give to all words, whatever bin they are in.

    Examples
    --------
    >>> least_p(3, 20), least_p(2000, 20) < 1 / 4000
    (0.01639344262295082, True)
    """
    order = np.arange(words)
    return 1 / (1 + draws * min((len(members) for members in _bins(order, order)), default=0))


def _bins(counts: NDArray[np.int64], units: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return bins of at least 200 words (or one of all): by count, then by units within a band of counts."""
    n = len(counts)
    bands = max(1, int(np.sqrt(n / _BIN)))
    found = []
    for band in np.array_split(np.argsort(counts, kind="stable"), bands):
        inner = max(1, len(band) // _BIN)
        found += np.array_split(band[np.argsort(units[band], kind="stable")], inner)
    return found
