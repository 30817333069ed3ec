"""Exact top-k: the kernels against their twins, on numbers whose products are exact in any order."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import keep_best as naive_keep_best
from naive import key_of as naive_key_of
from naive import pack_rows as naive_pack_rows
from naive import select_best as naive_select_best
from numba import config
from wordvec.kernels._product import NARROW, NARROW_ROWS, STEP, WIDE, WIDE_ROWS
from wordvec.kernels.topk import keep_best, key_of, pack_rows, score_of, select_best

EXAMPLES = 5 if config.DISABLE_JIT else 60
SCORES = st.floats(width=32, allow_nan=True, allow_infinity=True).filter(lambda x: x != 0 or not np.signbit(x))


def test_a_step_is_a_multiple_of_either_tile():
    assert STEP % WIDE_ROWS == STEP % NARROW_ROWS == 0


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 99), n=st.integers(1, 70), dim=st.integers(1, 40), first=st.integers(0, 3))
@pytest.mark.parametrize("lanes", sorted({WIDE, NARROW}))
def test_packing_equals_naive(lanes, seed, n, dim, first):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(20, dim)).astype(np.float32)
    rows = rng.integers(0, 20, first + n)
    packed = np.full((-(-n // lanes), dim, lanes), 9, np.float32)
    pack_rows(A, rows, first, first + n, packed)
    assert (packed == naive_pack_rows(A, rows, first, first + n, packed.shape)).all()


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(SCORES, st.integers(0, 2**32 - 1)), min_size=2, max_size=2))
def test_keys_sort_by_score_and_then_by_row(pairs):
    keys = [int(key_of(np.float32(score), row)) for score, row in pairs]
    twins = [naive_key_of(np.float32(score), row) for score, row in pairs]
    assert (keys[0] > keys[1]) == (twins[0] > twins[1])
    assert (keys[0] == keys[1]) == (twins[0] == twins[1])
    assert score_of(keys[0]) == np.float32(twins[0][0])


@settings(deadline=None, max_examples=200)
@given(keys=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=50, unique=True), data=st.data())
def test_selection_equals_sorting(keys, data):
    n = data.draw(st.integers(1, len(keys)))
    k = data.draw(st.integers(1, n))
    held = np.array(keys, np.int64)
    least = select_best(held, n, k)
    assert (set(held[:k].tolist()), int(least)) == naive_select_best(keys, n, k)
    assert held[n:].tolist() == keys[n:]


def search(queries, A, rows, scale, bias, k, room, spans, lanes):
    """Run the kernel as a search does; return (row, score) lists of each query."""
    packed = np.empty((-(-len(queries) // lanes), A.shape[1], lanes), np.float32)
    pack_rows(queries, np.arange(len(queries)), 0, len(queries), packed)
    pools, used = np.zeros((len(queries), room), np.int64), np.zeros(len(queries), np.int64)
    floor = np.full((packed.shape[0], lanes), np.inf, np.float32)
    floor.reshape(-1)[: len(queries)] = np.nan
    tiles = np.empty((WIDE_ROWS, WIDE), np.float32), np.empty((NARROW_ROWS, NARROW), np.float32)
    padded = np.concatenate([rows, np.full(STEP - 1, rows[-1])])
    for first, last in pairwise(spans):
        keep_best(packed, A, padded, first, last, STEP, scale, bias, k, pools, used, floor, *tiles)
    found = []
    for pool, n in zip(pools, used, strict=True):
        best = sorted(map(int, pool[:n]), reverse=True)[:k]
        found.append([(2**32 - 1 - (key & (2**32 - 1)), score_of(key)) for key in best])
    return found


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    seed=st.integers(0, 2**32 - 1),
    n_queries=st.integers(1, 70),
    n=st.integers(1, 80),
    dim=st.integers(1, 20),
    k=st.integers(1, 30),
    spare=st.integers(1, 20),
    holes=st.booleans(),
)
@pytest.mark.parametrize("lanes", sorted({WIDE, NARROW}))
def test_the_best_rows_equal_sorting_everything(lanes, seed, n_queries, n, dim, k, spare, holes):
    rng = np.random.default_rng(seed)
    if config.DISABLE_JIT:
        n_queries, n, dim = 1 + n_queries % 3, 1 + n % 30, 1 + dim % 4
    # Small integers and halves: exact in any order of addition, and full of ties.
    queries = rng.integers(-2, 3, (n_queries, dim)).astype(np.float32)
    A = rng.integers(-2, 3, (n + 5, dim)).astype(np.float32)
    if holes:
        A[rng.integers(0, n + 5, 3), 0] = np.nan
        A[rng.integers(0, n + 5)] = np.inf
    scale, bias = rng.choice([0.0, 0.5, 1.0, 2.0], n + 5).astype(np.float32), rng.integers(-1, 2, n + 5) / 2
    rows = np.sort(rng.choice(n + 5, n, replace=False))
    cuts = STEP * rng.integers(0, 1 + n // STEP, 2)
    spans = [0, *sorted(map(int, cuts)), n]
    with np.errstate(invalid="ignore"):
        bias = bias.astype(np.float32)
        expected = naive_keep_best(queries, A, rows, scale, bias, k)
        assert search(queries, A, rows, scale, bias, k, k + spare, spans, lanes) == expected


@pytest.mark.skipif(config.DISABLE_JIT, reason="the plain loops have no tiles")
def test_a_score_depends_on_its_query_and_row_alone():
    rng = np.random.default_rng(1)
    queries, A = (rng.normal(size=(n, 37)).astype(np.float32) for n in (90, 200))
    scale, bias = rng.random(200).astype(np.float32), rng.normal(size=200).astype(np.float32)
    every = np.arange(200)
    wide = search(queries, A, every, scale, bias, 200, 201, [0, 200], WIDE)
    narrow = search(queries[7:9], A, every[3:], scale, bias, 200, 201, [0, 24, 197], NARROW)
    for i, found in zip((7, 8), narrow, strict=True):
        assert dict(found) == {row: score for row, score in wide[i] if row >= 3}
    assert wide[5][:10] == search(queries[5:6], A, every, scale, bias, 10, 12, [0, 12, 200], NARROW)[0]
    exact = (queries.astype(float) @ A.T.astype(float)) * scale + bias
    assert np.abs([[s - exact[i, r] for r, s in found] for i, found in enumerate(wide)]).max() < 1e-5
