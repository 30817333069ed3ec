"""Directions without favorites: rows are turned and stretched until every direction varies alike."""

import math

import numpy as np

from ._jit import kernel

#: A column that varies less than this share of the mean column is stretched no further: it is noise.
_FLOOR = 1e-6


@kernel
def whiten_rows(rows, weights, columns, out):
    """Write the direction of each row after whitening: with the weighted covariance ``C = L L'``, that of
    ``inv(L) (row - mean)``.

    Distances between what is written are those of any other whitening (Mahalanobis), since L differs from the
    square root of C by a rotation. All sums run in the order of rows, in float64.

    Parameters
    ----------
    rows : float32[V, P]
        Rows that are all zeros are written as zeros.
    weights : float64[V]
        How much each row counts in mean and covariance.
    columns : int
        How many columns are in use; the others are written as zeros.
    out : float32[V, P]
        Overwritten: unit vectors, or zeros.

    References
    ----------
    Kessy, Lewin and Strimmer (2018), "Optimal whitening and decorrelation".
    """
    n, D = rows.shape[0], columns
    mean, row = np.zeros(D), np.zeros(D)
    factor = np.zeros((D, D))
    total = 0.0
    for i in range(n):
        total += weights[i]
        for d in range(D):
            mean[d] += weights[i] * rows[i, d]
    for d in range(D):
        mean[d] /= total
    for i in range(n):
        for d in range(D):
            row[d] = rows[i, d] - mean[d]
        for d in range(D):
            share = weights[i] * row[d] / total
            for e in range(d + 1):
                factor[d, e] += share * row[e]
    _factorize(D, factor)
    for i in range(n):
        is_nothing, square = True, 0.0
        for d in range(D):
            is_nothing &= rows[i, d] == 0
            value = np.float64(rows[i, d]) - mean[d]
            for e in range(d):
                value -= factor[d, e] * row[e]
            row[d] = value / factor[d, d]
            square += row[d] * row[d]
        scale = 0.0 if is_nothing or square == 0.0 else 1.0 / math.sqrt(square)
        for d in range(rows.shape[1]):
            out[i, d] = np.float32(row[d] * scale) if d < D else np.float32(0.0)


@kernel
def _factorize(D, factor):
    """Replace the lower half of a covariance by its Cholesky factor."""
    floor = 0.0
    for d in range(D):
        floor += factor[d, d] / D
    floor = max(floor * _FLOOR, 1e-30)
    for d in range(D):
        for e in range(d + 1):
            value = factor[d, e]
            for k in range(e):
                value -= factor[d, k] * factor[e, k]
            factor[d, e] = math.sqrt(max(value, floor)) if d == e else value / factor[e, e]
