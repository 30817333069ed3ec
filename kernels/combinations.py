"""How many columns of a product of rows score higher than a given one: by sums, quotients, directions of three rows."""

import numpy as np

from ._jit import kernel
from ._product import WIDE, WIDE_ROWS, add_product, multiply_wide
from .topk import pack_rows

_ONE = np.float32(1.0)


@kernel
def pair_products(A, i, B, j, out):
    """Write the product of row ``i[n]`` of ``A`` and row ``j[n]`` of ``B`` to ``out[n]``.

    The same bits as :func:`fill_products` and :func:`wordvec.kernels.topk.keep_best` have for these rows.

    Parameters
    ----------
    A, B : float32[., D]
        Two matrices.
    i, j : int64[N]
        Rows of ``A`` and of ``B``.
    out : float32[N]
        Overwritten.
    """
    for n in range(out.shape[0]):
        total = np.float32(0.0)
        for d in range(A.shape[1]):
            total = add_product(A[i[n], d], B[j[n], d], total)
        out[n] = total


@kernel
def fill_products(A, count, numbers, B, rows, first, last, scale, packed, tile, out):
    """Write the products of rows of ``A`` with rows ``rows[first:last]`` of ``B``, scaled, to ``out``.

    Parameters
    ----------
    A : float32[M, D]
        Its first ``count`` rows are used.
    count : int
        How many.
    numbers : int64[count + STEP - 1 or more]
        0, 1, 2 and so on; behind ``count`` any row of ``A``.
    B : float32[V, D]
        The other matrix.
    rows : int64[n]
        Rows of ``B``.
    first, last : int
        Which of them.
    scale : float32[n]
        What products with each of ``rows`` are multiplied by.
    packed : float32[1, D, WIDE]
        Scratch.
    tile : float32[WIDE_ROWS, WIDE]
        Scratch.
    out : float32[count, last - first or more]
        Overwritten.
    """
    panels = packed.shape[0]
    for start in range(first, last, panels * WIDE):
        pack_rows(B, rows, start, last, packed)
        for at in range(0, count, WIDE_ROWS):
            for panel in range(min(panels, (last - start + WIDE - 1) // WIDE)):
                multiply_wide(packed, panel, A, numbers, at, tile)
                low = start + panel * WIDE
                high = min(last, low + WIDE)
                factors = scale[low:high]
                for i in range(min(WIDE_ROWS, count - at)):
                    target = out[at + i, low - first : high - first]
                    for lane in range(target.shape[0]):
                        target[lane] = tile[i, lane] * factors[lane]


@kernel
def count_better(cosines, start, width, asked, places, own, level, epsilon, better, difference, quotient):
    r"""Count the columns that answer "a is to b as c is to which?" better than a given one, in two ways.

    With a, b and c the values of three rows in a column, shifted by one where they are multiplied, its scores are
    :math:`(b - a) + c` and :math:`(b + 1) / (a + 1 + \epsilon) \cdot (c + 1)`, rounded after every step.

    Parameters
    ----------
    cosines : float32[M, width or more]
        The rows; column j here is column ``start + j`` of the whole.
    start, width : int
        Which columns these are.
    asked : int64[N, 3]
        Rows a, b and c of each question. Neighboring questions with the same a and b are quick.
    places : int64[N, 4]
        Columns of the whole that a, b and c are in, which do not count; -1 for none; then the given column.
    own, level : float32[N, 2]
        Scores of the given column, and the largest numbers below them: earlier columns must exceed only these.
    epsilon : float32
        What keeps the quotient finite.
    better : int64[N, 2]
        Updated: how many columns score higher, or the same and come first; by sums, by quotients.
    difference, quotient : float32[width or more]
        Scratch.
    """
    for q in range(asked.shape[0]):
        a, b, c = asked[q, 0], asked[q, 1], asked[q, 2]
        if q == 0 or a != asked[q - 1, 0] or b != asked[q - 1, 1]:
            _prepare(cosines[a], cosines[b], width, epsilon, difference, quotient)
        row = cosines[c]
        middle = min(width, max(0, places[q, 3] - start))
        sums, quotients = _count(difference, quotient, row, 0, middle, level[q, 0], level[q, 1])
        better[q, 0] += sums
        better[q, 1] += quotients
        sums, quotients = _count(difference, quotient, row, middle, width, own[q, 0], own[q, 1])
        better[q, 0] += sums
        better[q, 1] += quotients
        for side in range(3):
            at = places[q, side] - start
            if 0 <= at < width:
                limit = level[q] if at < middle else own[q]
                sums, quotients = _count(difference, quotient, row, at, at + 1, limit[0], limit[1])
                better[q, 0] -= sums
                better[q, 1] -= quotients


@kernel
def _prepare(a, b, width, epsilon, difference, quotient):
    for j in range(width):
        difference[j] = b[j] - a[j]
        quotient[j] = (b[j] + _ONE) / (a[j] + (_ONE + epsilon))


@kernel
def _count(difference, quotient, c, first, last, limit, other_limit):
    sums, quotients = np.int32(0), np.int32(0)
    x, y, z = difference[first:last], quotient[first:last], c[first:last]
    for j in range(x.shape[0]):
        sums = np.int32(sums + (x[j] + z[j] > limit))
        quotients = np.int32(quotients + (y[j] * (z[j] + _ONE) > other_limit))
    return sums, quotients


@kernel
def fill_nearness(cosines, width, squares, lengths, least, out):
    r"""Write one over the distance of each row's vector and each column's to ``out``.

    By the law of cosines the squared distance is :math:`|d|^2 + |c|^2 - 2 \cos(c, d)`, of vectors whose length is 1
    or 0. It is rounded after every step.

    Parameters
    ----------
    cosines : float32[M, width or more]
        Products of the vectors.
    width : int
        How many columns.
    squares : float32[width]
        Squared lengths of the columns' vectors.
    lengths : float32[M]
        Squared lengths of the rows' vectors.
    least : float32
        Squared distances below this, which are rounding errors, are taken for it.
    out : float32[M, width or more]
        Overwritten.
    """
    for i in range(lengths.shape[0]):
        row, target = cosines[i, :width], out[i, :width]
        for j in range(width):
            square = (squares[j] + lengths[i]) - (row[j] + row[j])
            target[j] = _ONE / np.sqrt(max(square, least))


@kernel
def count_straighter(cosines, nearness, start, width, asked, places, shift, own, level, better, difference):
    r"""Count the columns d whose direction from c is nearer to that from a to b than a given one's.

    With a, b and c the values of three rows in a column, its score is :math:`((b - a) - s) / |d - c|`, with ``s`` the
    value of the first bracket in c's own column; it is rounded after every step.

    Parameters
    ----------
    cosines : float32[M, width or more]
        The rows; column j here is column ``start + j`` of the whole.
    nearness : float32[M, width or more]
        One over the distance of each row and column (:func:`fill_nearness`).
    start, width : int
        Which columns these are.
    asked : int64[N, 3]
        Rows a, b and c of each question. Neighboring questions with the same a and b are quick.
    places : int64[N, 4]
        Columns of the whole that a, b and c are in, which do not count; -1 for none; then the given column.
    shift : float32[N]
        s of each question.
    own, level : float32[N]
        Score of the given column, and the largest number below it: earlier columns must exceed only this.
    better : int64[N]
        Updated: how many columns score higher, or the same and come first.
    difference : float32[width or more]
        Scratch.
    """
    for q in range(asked.shape[0]):
        a, b, c = asked[q, 0], asked[q, 1], asked[q, 2]
        if q == 0 or a != asked[q - 1, 0] or b != asked[q - 1, 1]:
            for j in range(width):
                difference[j] = cosines[b, j] - cosines[a, j]
        row = nearness[c]
        middle = min(width, max(0, places[q, 3] - start))
        better[q] += _count_above(difference, row, shift[q], 0, middle, level[q])
        better[q] += _count_above(difference, row, shift[q], middle, width, own[q])
        for side in range(3):
            at = places[q, side] - start
            if 0 <= at < width:
                limit = level[q] if at < middle else own[q]
                better[q] -= _count_above(difference, row, shift[q], at, at + 1, limit)


@kernel
def _count_above(difference, nearness, shift, first, last, limit):
    count = np.int32(0)
    x, y = difference[first:last], nearness[first:last]
    for j in range(x.shape[0]):
        count = np.int32(count + ((x[j] - shift) * y[j] > limit))
    return count
