"""Weighted least squares of logarithms of counts, perhaps held near given vectors: GloVe, and Mittens.

Pennington et al. (2014), "GloVe: global vectors for word representation", eq. 8; Dingwall and Potts (2018), "Mittens:
an extension of GloVe for learning domain-specialized representations", eq. 3.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel


class Logs(NamedTuple):
    """Logarithms of counts and their weights, in compressed sparse rows.

    Parameters
    ----------
    indptr, indices : int64[V + 1], int32[n]
        Cells of row i are ``indices[indptr[i]:indptr[i + 1]]``.
    values, shares : float32[n]
        Logarithm of each count, and its weight.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    values: NDArray[np.float32]
    shares: NDArray[np.float32]


class Anchors(NamedTuple):
    """Vectors that sums of both matrices' rows are held near.

    Parameters
    ----------
    rows : float32[V, D]
        Given vectors; nothing where there is none.
    known : bool[V]
        Whether there is one.
    mu : float32
        How much they weigh.
    """

    rows: NDArray[np.float32]
    known: NDArray[np.bool_]
    mu: np.float32


class Side(NamedTuple):
    """One of the two matrices.

    Parameters
    ----------
    rows, biases : float32[V, D], float32[V]
        Parameters.
    row_sums, bias_sums : float32[V, D], float32[V]
        Sums of their squared slopes.
    """

    rows: NDArray[np.float32]
    biases: NDArray[np.float32]
    row_sums: NDArray[np.float32]
    bias_sums: NDArray[np.float32]


@kernel
def descend_rows(first, last, logs, anchors, lr, mine, other, new_rows, new_biases, losses):
    """Take a step of AdaGrad in rows ``first`` to ``last - 1`` of one matrix.

    The loss is half of ``sum f_ij (w_i . c_j + a_i + b_j - log X_ij)^2 + mu sum |w_i + c_i - r_i|^2``, over the cells
    that are there. Nothing is read that is written, so any spans, on any threads, give the same bits.

    Parameters
    ----------
    first, last : int
        Rows.
    logs : Logs
        Rows are those of ``mine``, columns those of ``other``.
    anchors : Anchors
        As above.
    lr : float32
        Learning rate.
    mine, other : Side
        The matrix that is moved, whose sums are updated, and the other one.
    new_rows, new_biases : float32[V, D], float32[V]
        Overwritten for these rows.
    losses : float64[V, 2]
        Likewise: the loss of the row before the step, of its cells and of its anchor.
    """
    indptr, indices, values, shares = logs
    given, known, mu = anchors
    W, a, row_sums, bias_sums = mine
    C, b, _, _ = other
    columns = W.shape[1]
    for i in range(first, last):
        slope, cost, held = np.float32(0.0), 0.0, 0.0
        for d in range(columns):
            new_rows[i, d] = 0.0
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            error = a[i] + b[j] - values[e]
            for d in range(columns):
                error += W[i, d] * C[j, d]
            weighted = shares[e] * error
            cost += np.float64(weighted) * np.float64(error)
            slope += weighted
            for d in range(columns):
                new_rows[i, d] += weighted * C[j, d]
        if known[i]:
            for d in range(columns):
                gap = W[i, d] + C[i, d] - given[i, d]
                held += np.float64(gap) * np.float64(gap)
                new_rows[i, d] += mu * gap
        losses[i, 0], losses[i, 1] = 0.5 * cost, 0.5 * np.float64(mu) * held
        for d in range(columns):
            step = new_rows[i, d]
            row_sums[i, d] += step * step
            new_rows[i, d] = W[i, d] - lr * step / np.sqrt(row_sums[i, d])
        bias_sums[i] += slope * slope
        new_biases[i] = a[i] - lr * slope / np.sqrt(bias_sums[i])
