"""Exact nearest rows: products of rows tile by tile, and for each query a pool of the best."""

import numpy as np

from ._jit import kernel
from ._product import NARROW_ROWS, WIDE, WIDE_ROWS, multiply_narrow, multiply_wide

#: A place in a pool that nothing has taken yet: below every key.
EMPTY = np.iinfo(np.int64).min

_LAST_ROW = (1 << 32) - 1
_LOW_BITS = (1 << 31) - 1
#: Columns of a row that are moved at a time: a cache line.
_PART = 16
_WORST = np.float32(-np.inf)
_WORST_BITS = int(_WORST.view(np.int32))


@kernel
def pack_rows(A, rows, first, last, packed):
    """Lay rows ``rows[first:last]`` of a matrix out for the lanes of a tile; lanes without a row become 0.

    Parameters
    ----------
    A : float32[V, D]
        The matrix.
    rows : int64[n]
        Rows of ``A``.
    first, last : int
        Which of them.
    packed : float32[P, D, L]
        Overwritten: number ``first + p * L + l`` goes to ``packed[p, :, l]``.
    """
    panels, columns, lanes = packed.shape
    for p in range(panels):
        start = first + p * lanes
        for part in range(0, columns, _PART):  # a part of every row at a time, which stays in the cache
            stop = min(columns, part + _PART)
            for lane in range(lanes):
                if start + lane < last:
                    row = rows[start + lane]
                    for d in range(part, stop):
                        packed[p, d, lane] = A[row, d]
                else:
                    for d in range(part, stop):
                        packed[p, d, lane] = 0.0


@kernel
def key_of(score, row):
    """Return an int64 that is larger for a higher score, and of equal scores for the lower row.

    ``score`` is float32, NaN counts as minus infinity; ``row`` is below 2**32. -0.0 is below 0.0: add 0.0
    to a score whose sign of zero means nothing.
    """
    single = np.float32(score)
    bits = np.int64(single.view(np.int32))
    if not score >= _WORST:
        bits = np.int64(_WORST_BITS)
    if bits < 0:
        bits ^= _LOW_BITS
    return bits * (_LAST_ROW + 1) + (_LAST_ROW - np.int64(row))


@kernel
def score_of(key):
    """Return the float32 score of a key."""
    bits = key >> 32
    if bits < 0:
        bits ^= _LOW_BITS
    single = np.int32(bits)
    return single.view(np.float32)


@kernel
def select_best(keys, n, k):
    """Rearrange ``keys[:n]`` (int64, all different) so that the ``k`` largest come first; return the k-th largest.

    Quickselect: linear time on average, whatever k is. ``1 <= k <= n``.
    """
    low, high = 0, n - 1
    while low < high:
        a, b, c = keys[low], keys[(low + high) // 2], keys[high]
        pivot = max(min(a, b), min(max(a, b), c))
        i, j = low, high
        while i <= j:
            while keys[i] > pivot:
                i += 1
            while keys[j] < pivot:
                j -= 1
            if i <= j:
                keys[i], keys[j] = keys[j], keys[i]
                i += 1
                j -= 1
        if k - 1 <= j:
            high = j
        elif k - 1 >= i:
            low = i
        else:
            break
    return keys[k - 1]


@kernel
def keep_best(packed, A, rows, first, last, block, scale, bias, k, pools, used, floor, wide, narrow):
    """Score rows ``rows[first:last]`` of a matrix against each query, and keep the best keys of each.

    The score of row r is ``(query . A[r]) * scale[r] + bias[r]``, rounded after every step in float32.

    Parameters
    ----------
    packed : float32[P, D, L]
        The queries, from :func:`pack_rows`; L is ``WIDE`` or ``NARROW``.
    A : float32[V, D]
        The matrix.
    rows : int64[n + STEP - 1 or more]
        Rows of ``A``, ascending, of which the last ones may be anything that is in ``A``.
    first, last : int
        Which of them. Spans that go into the same pools must ascend too.
    block : int
        Multiple of ``STEP``: so many rows meet all queries before the next ones are read.
    scale, bias : float32[V]
        What a product is multiplied by, and what is added then.
    k : int
        How many are wanted for each query.
    pools : int64[Q, more than k]
        Updated: keys (:func:`key_of`), the ``k`` highest among them. The more room, the less often it is tidied up.
    used : int64[Q]
        Updated: how many keys are in each pool.
    floor : float32[P, L]
        Updated: a score that a later row must exceed; NaN as long as every row is welcome, infinity in
        lanes without a query.
    wide, narrow : float32[WIDE_ROWS, WIDE], float32[NARROW_ROWS, NARROW]
        Scratch.
    """
    panels, _, lanes = packed.shape
    for start in range(first, last, block):
        stop = min(last, start + block)
        for panel in range(panels):
            if lanes == WIDE:
                for at in range(start, stop, WIDE_ROWS):
                    multiply_wide(packed, panel, A, rows, at, wide)
                    count = min(WIDE_ROWS, stop - at)
                    _offer(wide, count, panel, rows, at, scale, bias, k, pools, used, floor)
            else:
                for at in range(start, stop, NARROW_ROWS):
                    multiply_narrow(packed, panel, A, rows, at, narrow)
                    count = min(NARROW_ROWS, stop - at)
                    _offer(narrow, count, panel, rows, at, scale, bias, k, pools, used, floor)


@kernel
def _offer(products, count, panel, rows, at, scale, bias, k, pools, used, floor):
    """Turn the products of a tile into scores, and put those above the floor of their query into its pool."""
    lanes = products.shape[1]
    for i in range(count):
        row = rows[at + i]
        factor, shift = scale[row], bias[row]
        above = 0
        for lane in range(lanes):  # counting needs no branch: whole vectors at a time
            products[i, lane] = products[i, lane] * factor + shift
            above += not products[i, lane] <= floor[panel, lane]
        if above > 0:
            for lane in range(lanes):
                query = panel * lanes + lane
                if not products[i, lane] <= floor[panel, lane] and query < pools.shape[0]:
                    pool = pools[query]
                    pool[used[query]] = key_of(products[i, lane], row)
                    used[query] += 1
                    if used[query] == pool.shape[0]:
                        floor[panel, lane] = score_of(select_best(pool, used[query], k))
                        used[query] = k
