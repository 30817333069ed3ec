"""Contrastive loss of a batch of vectors, some of which are kin: cosines, softmax, and the way back.

For N pairs (2N vectors, each with one of kin) it is NT-Xent of Chen et al. (2020), "A simple framework for contrastive
learning"; where a vector has several of kin, the supervised loss of Khosla et al. (2020), "Supervised contrastive
learning", eq. 2. A batch goes through spans of its rows, each row being one thread's: no bit depends on the spans.
"""

import math

import numpy as np

from ._jit import inlined, kernel

#: What one vector of a batch is to another.
STRANGER, KIN, SAME = np.uint8(0), np.uint8(1), np.uint8(2)
_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
#: Adding it rounds to an integer, which then stands in the last bits.
_ROUND = 6755399441055744.0
_BIAS, _PLACES = np.int64(1023), np.int64(52)
_LOWEST = -700.0
_ROWS = 4


@inlined
def _exp_below(x):
    """Return e**x of a float64 that is at most 0, to 1e-15: the same bits everywhere, and no branch."""
    y = max(_LOWEST, x)
    shifted = y * _LOG2E + _ROUND
    n = shifted - _ROUND
    r = (y - n * _LN2_HIGH) - n * _LN2_LOW
    p = 1.605904383682161e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 1.984126984126984e-04
    p = p * r + 1.3888888888888889e-03
    p = p * r + 8.333333333333333e-03
    p = p * r + 4.1666666666666664e-02
    p = p * r + 1.6666666666666666e-01
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * np.int64((np.int64(n) + _BIAS) << _PLACES).view(np.float64)


@kernel
def multiply_rows(first, last, A, B, out):
    """Write rows ``first`` to ``last - 1`` of the product ``A @ B``; each sum runs from the first term to the last.

    Parameters
    ----------
    first, last : int
        Which rows.
    A : float64[n, K]
        Left factor.
    B : float64[K, m]
        Right factor.
    out : float64[n, m]
        These rows are overwritten.
    """
    columns, depth = out.shape[1], B.shape[0]
    even = first + (last - first) // _ROWS * _ROWS
    for i in range(first, even, _ROWS):  # four rows at a time read B once
        o0, o1, o2, o3 = out[i], out[i + 1], out[i + 2], out[i + 3]
        o0[:] = 0.0
        o1[:] = 0.0
        o2[:] = 0.0
        o3[:] = 0.0
        for k in range(depth):
            a0, a1, a2, a3 = A[i, k], A[i + 1, k], A[i + 2, k], A[i + 3, k]
            b = B[k]
            for j in range(columns):
                o0[j] += a0 * b[j]
                o1[j] += a1 * b[j]
                o2[j] += a2 * b[j]
                o3[j] += a3 * b[j]
    for i in range(even, last):
        o0 = out[i]
        o0[:] = 0.0
        for k in range(depth):
            a0 = A[i, k]
            b = B[k]
            for j in range(columns):
                o0[j] += a0 * b[j]


@kernel
def normalize_rows(first, last, rows, units, lengths):
    """Write rows divided by their lengths, and the lengths; a row of zeros stays one.

    Parameters
    ----------
    first, last : int
        Which rows.
    rows : float64[M, D]
        Any.
    units : float64[M, D]
        These rows are overwritten.
    lengths : float64[M]
        Likewise.
    """
    for i in range(first, last):
        square = 0.0
        for d in range(rows.shape[1]):
            square += rows[i, d] * rows[i, d]
        lengths[i] = math.sqrt(square)
        scale = 1.0 / lengths[i] if lengths[i] > 0.0 else 0.0
        for d in range(rows.shape[1]):
            units[i, d] = rows[i, d] * scale


@kernel
def mark_kin(items, offsets, groups, heads, entries, marks):
    """Mark what the items of a batch are to each other: kin if they share a group, same if they are one item.

    Parameters
    ----------
    items : int64[M]
        Item of each row of the batch.
    offsets : int64[n + 1]
        The groups of item i are ``groups[offsets[i]:offsets[i + 1]]``.
    groups : int64[m]
        Numbers of groups.
    heads : int64[G]
        Scratch for each group: all -1, and left so.
    entries : int64[E, 2]
        Scratch: as many as the rows of the batch have groups, all counted.
    marks : uint8[M, M]
        Overwritten with ``STRANGER``, ``KIN`` and ``SAME``.
    """
    size, n = items.shape[0], 0
    marks[:] = STRANGER
    for i in range(size):
        for g in range(offsets[items[i]], offsets[items[i] + 1]):
            group = groups[g]
            at = heads[group]
            while at >= 0:  # the rows of this group so far, the last one first
                other = entries[at, 0]
                marks[i, other], marks[other, i] = KIN, KIN
                at = entries[at, 1]
            entries[n, 0], entries[n, 1] = i, heads[group]
            heads[group] = n
            n += 1
    for i in range(size):
        for g in range(offsets[items[i]], offsets[items[i] + 1]):
            heads[groups[g]] = -1
        for j in range(size):
            if items[i] == items[j]:
                marks[i, j] = SAME


@kernel
def contrast_rows(first, last, tau, marks, scores, losses):
    r"""Turn cosines into the loss of each row and its derivatives by those cosines.

    With K the rows that are not the same as i, and P those of kin, row i costs
    :math:`-1/|P| \sum_{p \in P} \log (e^{s_{ip}/\tau} / \sum_{k \in K} e^{s_{ik}/\tau})`; without kin it costs nothing.

    Parameters
    ----------
    first, last : int
        Which rows.
    tau : float
        Temperature, above 0.
    marks : uint8[M, M]
        Of :func:`mark_kin`.
    scores : float64[M, M]
        Cosines; these rows are overwritten with derivatives.
    losses : float64[M]
        These are overwritten, in nats.
    """
    size, sharp = scores.shape[0], 1.0 / tau
    for i in range(first, last):
        row, mark = scores[i], marks[i]
        top, near, kin = -np.inf, 0.0, 0
        for j in range(size):
            if mark[j] != SAME:
                top = max(top, row[j])
            if mark[j] == KIN:
                near += row[j]
                kin += 1
        if kin == 0:
            row[:] = 0.0
            losses[i] = 0.0
            continue
        pull = sharp / kin
        for j in range(size):  # no branch inside, so that several go at once
            row[j] = _exp_below(min(0.0, (row[j] - top) * sharp))
        total = 0.0
        for j in range(size):
            if mark[j] == SAME:
                row[j] = 0.0
            total += row[j]
        losses[i] = (top - near / kin) * sharp + math.log(total)
        share = sharp / total
        for j in range(size):
            row[j] = row[j] * share - (pull if mark[j] == KIN else 0.0)


@kernel
def join_directions(first, last, scores, sums):
    """Write rows of ``scores`` plus its transpose: a cosine belongs to two rows.

    Parameters
    ----------
    first, last : int
        Which rows.
    scores : float64[M, M]
        Derivatives, of :func:`contrast_rows`.
    sums : float64[M, M]
        These rows are overwritten.
    """
    for i in range(first, last):
        for j in range(scores.shape[0]):
            sums[i, j] = scores[i, j] + scores[j, i]


@kernel
def draw_back(first, last, scale, units, lengths, gradients):
    """Turn derivatives by unit vectors into those by the rows they were made from.

    Parameters
    ----------
    first, last : int
        Which rows.
    scale : float
        What all are multiplied by.
    units, lengths : float64[M, D], float64[M]
        Of :func:`normalize_rows`. A row without length has no derivative.
    gradients : float64[M, D]
        These rows are overwritten.
    """
    for i in range(first, last):
        along = 0.0
        for d in range(units.shape[1]):
            along += gradients[i, d] * units[i, d]
        factor = scale / lengths[i] if lengths[i] > 0.0 else 0.0
        for d in range(units.shape[1]):
            gradients[i, d] = (gradients[i, d] - along * units[i, d]) * factor
