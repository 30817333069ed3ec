"""Rows of a matrix that are pulled by other rows: the sweeps of retrofitting.

Faruqui et al. (2015), "Retrofitting word vectors to semantic lexicons", equation 1 and the update below it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel
from ._place import prefetch_row

#: Edges that are added in one pass over the columns, while the rows of as many more are asked for.
_TOGETHER = 4
#: Edges that are added up in float32.
_BLOCK = 64
_ZERO = np.float32(0.0)


class Pulls(NamedTuple):
    """Which rows pull on which, and how much.

    Parameters
    ----------
    nodes : int64[n]
        Rows that move, in the order in which they do.
    indptr : int64[n + 1]
        What pulls on ``nodes[k]`` is ``indptr[k]:indptr[k + 1]``.
    indices : int32[E]
        The rows that pull.
    betas : float32[E]
        How much each pulls.
    alphas : float32[n]
        How much a row is held where it started.
    diagonal : float64[n]
        What the sum is divided by: ``alphas[k]`` and its ``betas``.
    """

    nodes: NDArray[np.int64]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    betas: NDArray[np.float32]
    alphas: NDArray[np.float32]
    diagonal: NDArray[np.float64]


@kernel
def pull_rows(first, last, low, high, pulls, starts, source, target, moves, sums, totals, squares):
    """Move rows to the mean of where they started and of what pulls on them, weighted: one sweep.

    ``target[i] = (alpha_i starts[i] + sum_j beta_ij source[j]) / diagonal_i``. With one array for ``source`` and
    ``target`` a row is pulled by rows that moved before it (Gauss and Seidel), with two by rows as they were (Jacobi).
    A column depends on no other column, so that threads may share them out. Edges are added up in their order, 64 at a
    time in float32 and these sums in float64: a row that a million others pull on loses nothing.

    Parameters
    ----------
    first, last : int
        Sweep over ``nodes[first]`` to ``nodes[last - 1]``.
    low, high : int
        Columns ``low`` to ``high - 1`` only.
    pulls : Pulls
        Who pulls.
    starts, source : float32[V, D]
        Read.
    target : float32[V, D]
        Rows ``nodes`` are overwritten.
    moves : bool
        Whether they are; otherwise ``squares`` are all that is found.
    sums : float32[D]
        Scratch: columns ``low`` to ``high - 1``.
    totals : float64[D]
        Likewise.
    squares : float64[D]
        Added to: the square of ``alpha_i starts[i] + sum_j beta_ij source[j] - diagonal_i source[i]``, which is what
        each row's equation lacked before it was moved.
    """
    nodes, indptr, indices, betas, alphas, diagonal = pulls
    edges = indices.shape[0]
    begin, end = np.uint64(low), np.uint64(high)  # an index that cannot be negative is not looked at
    for k in range(first, last):
        node, alpha, divisor = nodes[k], np.float64(alphas[k]), diagonal[k]
        for d in range(begin, end):
            totals[d] = alpha * np.float64(starts[node, d])
        for block in range(indptr[k], indptr[k + 1], _BLOCK):
            stop = min(block + _BLOCK, indptr[k + 1])
            for d in range(begin, end):
                sums[d] = _ZERO
            for e in range(block, stop - _TOGETHER + 1, _TOGETHER):
                for ahead in range(e + _TOGETHER, min(e + 2 * _TOGETHER, edges)):
                    prefetch_row(source, indices[ahead], low, high)
                i, beta_i = indices[e], betas[e]
                j, beta_j = indices[e + 1], betas[e + 1]
                m, beta_m = indices[e + 2], betas[e + 2]
                n, beta_n = indices[e + 3], betas[e + 3]
                for d in range(begin, end):
                    some = sums[d] + beta_i * source[i, d] + beta_j * source[j, d]
                    sums[d] = some + beta_m * source[m, d] + beta_n * source[n, d]
            for e in range(stop - (stop - block) % _TOGETHER, stop):
                if e + _TOGETHER < edges:
                    prefetch_row(source, indices[e + _TOGETHER], low, high)
                i, beta_i = indices[e], betas[e]
                for d in range(begin, end):
                    sums[d] += beta_i * source[i, d]
            for d in range(begin, end):
                totals[d] += np.float64(sums[d])
        scale = 1.0 / divisor
        for d in range(begin, end):
            lack = totals[d] - divisor * np.float64(source[node, d])
            squares[d] += lack * lack
        if moves:
            for d in range(begin, end):
                target[node, d] = np.float32(totals[d] * scale)
