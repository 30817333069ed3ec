"""Unit vectors that pull and push each other along weighted pairs, all at once: the step of counter-fitting.

Mrkšić et al. (2016), "Counter-fitting word vectors to linguistic constraints", sec. 2.
"""

import numpy as np

from ._jit import kernel


@kernel
def _product(units, i, j):
    """Return the float32 inner product of two rows; the same bits for (i, j) and (j, i)."""
    a = b = c = d = e = f = g = h = np.float32(0.0)
    columns = units.shape[1]
    whole = columns - columns % 8
    for k in range(0, whole, 8):  # eight sums that do not wait for each other
        a += units[i, k] * units[j, k]
        b += units[i, k + 1] * units[j, k + 1]
        c += units[i, k + 2] * units[j, k + 2]
        d += units[i, k + 3] * units[j, k + 3]
        e += units[i, k + 4] * units[j, k + 4]
        f += units[i, k + 5] * units[j, k + 5]
        g += units[i, k + 6] * units[j, k + 6]
        h += units[i, k + 7] * units[j, k + 7]
    total = ((a + e) + (c + g)) + ((b + f) + (d + h))
    for k in range(whole, columns):
        total += units[i, k] * units[j, k]
    return total


@kernel
def measure_pairs(first, last, indptr, indices, units, distances):
    """Write the cosine distance of each pair of rows ``first`` to ``last - 1``.

    Parameters
    ----------
    first, last : int
        Rows.
    indptr, indices : int64[C + 1], int32[E]
        Pairs of row i are ``indices[indptr[i]:indptr[i + 1]]``.
    units : float32[C, D]
        Vectors of length 1.
    distances : float32[E]
        Overwritten for these rows.
    """
    for i in range(first, last):
        for e in range(indptr[i], indptr[i + 1]):
            distances[e] = np.float32(1.0) - _product(units, i, indices[e])


@kernel
def step_rows(first, last, indptr, indices, weights, limits, units, moved, losses):
    """Move rows ``first`` to ``last - 1`` along the mean gradient of their pairs, and scale them to length 1.

    A pair of positive weight k and limit l costs ``k max(0, D - l)``, one of negative weight ``-k max(0, l - D)``,
    where D is the cosine distance. Pairs that cost nothing do not count in the mean, and a row of such pairs alone
    keeps its bits. All rows are read before any is moved, so any spans, on any threads, give the same bits.

    Parameters
    ----------
    first, last : int
        Rows.
    indptr, indices : int64[C + 1], int32[E]
        Pairs of row i are ``indices[indptr[i]:indptr[i + 1]]``; each pair stands with both of its ends.
    weights, limits : float32[E]
        As above.
    units : float32[C, D]
        Vectors of length 1.
    moved : float32[C, D]
        Overwritten for these rows.
    losses : float64[C]
        Likewise: what the pairs of each row cost before the step.
    """
    columns = units.shape[1]
    for i in range(first, last):
        count, loss = 0, 0.0
        for d in range(columns):
            moved[i, d] = 0.0
        for e in range(indptr[i], indptr[i + 1]):
            j, weight = indices[e], weights[e]
            product = _product(units, i, j)
            excess = (np.float32(1.0) - product) - limits[e]
            if weight < 0.0:
                excess = -excess
            if excess > 0.0:
                count += 1
                loss += abs(np.float64(weight)) * np.float64(excess)
                for d in range(columns):
                    moved[i, d] -= weight * (units[i, d] * product - units[j, d])
        losses[i] = loss
        square = 0.0
        if count > 0:
            share = np.float32(1.0) / np.float32(count)
            for d in range(columns):
                moved[i, d] = units[i, d] + share * moved[i, d]
                square += np.float64(moved[i, d]) * np.float64(moved[i, d])
        if square > 0.0:
            scale = np.float32(1.0 / np.sqrt(square))
            for d in range(columns):
                moved[i, d] *= scale
        else:  # nothing pulls, or the step ends in the origin, which has no direction
            for d in range(columns):
                moved[i, d] = units[i, d]
