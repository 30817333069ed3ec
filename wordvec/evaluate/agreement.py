"""How well do found senses agree with given ones? Pure functions of the instances of one word.

Labels are numbers, and stand for themselves only: a found 0 need not be a given 0. Weights are a row per instance and
a column per sense, 0 for what an instance is not.
"""

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from .measures import V_MEASURE

__all__ = ["adjusted_rand", "fuzzy_b_cubed", "fuzzy_information", "hard_labels", "paired_f", "v_measure"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Weights between 0 and 1 are told apart in so many steps, 0 being one of its own.
_STEPS = 10
#: Pairs of instances that are compared at once.
_PAIRS = 1 << 20


def hard_labels(weights: Floats) -> Ids:
    """Return int64[n], the column of the greatest weight of each row; of equal ones the first.

    Parameters
    ----------
    weights : float64[n, K]
        Weights or probabilities.

    Examples
    --------
    >>> hard_labels(np.array([[0.2, 0.8], [0.5, 0.5]])).tolist()
    [1, 0]
    """
    return np.asarray(np.argmax(weights, axis=1), dtype=np.int64)


def adjusted_rand(given: Ids, found: Ids) -> float:
    """Return the adjusted Rand index of two labellings: 1 if they are the same, 0 on average by chance.

    Parameters
    ----------
    given, found : int64[n]
        Labels.

    References
    ----------
    Hubert and Arabie (1985), "Comparing partitions", Journal of Classification 2, equation 5.

    Examples
    --------
    >>> adjusted_rand(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    both, most = _pairs(_joined(given, found)), (_pairs(given) + _pairs(found)) / 2.0
    every = len(given) * (len(given) - 1) / 2.0
    expected = _pairs(given) * _pairs(found) / every if every else 0.0
    return (both - expected) / (most - expected) if most != expected else 1.0  # all alike, or all apart, in both


def v_measure(given: Ids, found: Ids) -> float:
    """Return the V-measure of two labellings, which many found labels raise by themselves.

    Parameters
    ----------
    given, found : int64[n]
        Labels.

    References
    ----------
    Rosenberg and Hirschberg (2007), "V-measure: a conditional entropy-based external cluster evaluation measure".

    Examples
    --------
    >>> v_measure(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 0]))
    0.0
    """
    return V_MEASURE.score(np.stack([given, found], axis=1).astype(np.float64))


def paired_f(given: Ids, found: Ids) -> float:
    """Return F of the pairs of instances that have the same label: one label for all has full recall, and a high F.

    It is 2 TP / (pairs of one found label + pairs of one given label), and 0 where no pair is in both.

    Parameters
    ----------
    given, found : int64[n]
        Labels.

    References
    ----------
    Manandhar, Klapaftis, Dligach and Pradhan (2010), "SemEval-2010 task 14: word sense induction & disambiguation".

    Examples
    --------
    >>> paired_f(np.array([0, 0, 1, 1]), np.array([0, 0, 0, 1]))
    0.4
    """
    both = _pairs(_joined(given, found))
    return 2.0 * both / (_pairs(given) + _pairs(found)) if both else 0.0


def _joined(given: Ids, found: Ids) -> Ids:
    """Return a label for each combination of two."""
    (_, one), (_, other) = (np.unique(labels, return_inverse=True) for labels in (given, found))
    return np.asarray(one * (len(other) + 1) + other, dtype=np.int64)


def _pairs(labels: Ids) -> float:
    counts = np.unique(labels, return_counts=True)[1].astype(np.float64)
    return float((counts * (counts - 1.0) / 2.0).sum())


def fuzzy_b_cubed(given: Floats, found: Floats) -> tuple[float, float, float]:
    r"""Return precision, recall and F of B-cubed for instances that have several senses, each with a weight.

    How alike instances i and j are in a labelling X is
    :math:`C_X(i,j) = \sum_{k \in X(i) \cup X(j)} 1 - |w_k(i) - w_k(j)|`, over the senses that either has. Precision
    is the mean over i of the mean of :math:`\min(C_X, C_Y) / C_X` over all other j that share a found sense (X) with
    i, 0 where there is none; recall is the same with the given senses. F is their harmonic mean.

    Parameters
    ----------
    given, found : float64[n, K]
        Weights >= 0 of given and of found senses; rows are brought to a sum of 1.

    References
    ----------
    Jurgens and Klapaftis (2013), "SemEval-2013 task 13: word sense induction for graded and non-graded senses",
    section 4; Amigó, Gonzalo, Artiles and Verdejo (2009), "A comparison of extrinsic clustering evaluation metrics".

    Examples
    --------
    >>> one_each = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> fuzzy_b_cubed(one_each, np.ones((3, 1)))
    (0.3333333333333333, 0.6666666666666666, 0.4444444444444444)
    """
    given, found = _shares(given), _shares(found)
    n = len(given)
    require(len(found) == n, "found.shape", f"({n}, K), a row for each instance", found.shape)
    sums = np.zeros(2)
    step = max(1, _PAIRS // max(n, 1))
    for first in range(0, n, step):
        rows = slice(first, min(n, first + step))
        alike = [_alike(weights, rows) for weights in (found, given)]
        least = np.minimum(alike[0][0], alike[1][0])
        own = np.arange(n)[None, :] == np.arange(n)[rows, None]
        for side, (likeness, shared) in enumerate(alike):
            others = shared & ~own
            ratio = np.divide(least, likeness, out=np.zeros_like(least), where=others)
            count = others.sum(axis=1)
            sums[side] += np.divide(ratio.sum(axis=1), count, out=np.zeros(len(count)), where=count > 0).sum()
    precision, recall = (float(total) / n if n else 0.0 for total in sums)
    both = precision + recall
    return precision, recall, 2.0 * precision * recall / both if both > 0.0 else 0.0


def _alike(weights: Floats, rows: slice) -> tuple[Floats, NDArray[np.bool_]]:
    """Return C of some instances with all, and whether they share a sense."""
    size = (rows.stop - rows.start, len(weights))
    likeness, shared = np.zeros(size), np.zeros(size, dtype=np.bool_)
    for column in weights.T:
        here, there = column[rows, None], column[None, :]
        likeness += np.where((here > 0) | (there > 0), 1.0 - np.abs(here - there), 0.0)
        shared |= (here > 0) & (there > 0)
    return likeness, shared


def fuzzy_information(given: Floats, found: Floats) -> float:
    r"""Return the normalized mutual information of labellings in which an instance has several senses with weights.

    A sense is a variable over instances: its weight there, 0 or one of ten steps to 1. What is known of a sense is
    said by the one sense of the other side that tells most, :math:`H(X|Y) = \sum_k \min_l H(X_k|Y_l)`; senses that
    tell by their absence do not count (equation B.14 of Lancichinetti et al.). The score is
    :math:`\frac{1}{2} [H(X) - H(X|Y) + H(Y) - H(Y|X)] / \max(H(X), H(Y))`; 0 where neither side tells anything apart.

    Parameters
    ----------
    given, found : float64[n, K]
        Weights >= 0 of given and of found senses; rows are brought to a sum of 1.

    Notes
    -----
    The task's own scorer bins weights in its own way, so its figures for graded keys differ a little; for keys of one
    sense each there is nothing to bin.

    References
    ----------
    Jurgens and Klapaftis (2013), as for :func:`fuzzy_b_cubed`; Lancichinetti, Fortunato and Kertész (2009),
    "Detecting the overlapping and hierarchical community structure in complex networks", appendix B.

    Examples
    --------
    >>> one_each = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> fuzzy_information(one_each, one_each[:, ::-1]), fuzzy_information(one_each, np.ones((3, 1)))
    (1.0, 0.0)
    """
    sides = [np.ceil(_shares(weights) * _STEPS - 1e-9).astype(np.int64).T for weights in (given, found)]
    sides = [side[side.any(axis=1)] for side in sides]
    whole = [sum(_entropy(sense) for sense in side) for side in sides]
    most = max(whole)
    if not most > 0.0:
        return 0.0
    left = [sum(_left(sense, other) for sense in side) for side, other in (sides, sides[::-1])]
    return float(0.5 * (whole[0] - left[0] + whole[1] - left[1]) / most)


def _left(sense: Ids, others: Ids) -> float:
    """Return what remains unknown of a sense when the most telling one of the others is known."""
    best = _entropy(sense)
    for other in others:
        share = [np.mean(((sense > 0) == a) & ((other > 0) == b)) for a, b in ((1, 1), (0, 0), (1, 0), (0, 1))]
        together, apart = (sum(-p * np.log(p) for p in part if p > 0) for part in (share[:2], share[2:]))
        if together >= apart:
            best = min(best, _entropy(sense * (_STEPS + 1) + other) - _entropy(other))
    return max(best, 0.0)


def _entropy(values: Ids) -> float:
    shares = np.unique(values, return_counts=True)[1] / len(values)
    return float(-(shares * np.log(shares)).sum())


def _shares(weights: Floats) -> Floats:
    sums = weights.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0), dtype=np.float64)
