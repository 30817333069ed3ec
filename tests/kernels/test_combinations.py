"""Counting better answers: the kernels against their twins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from naive import count_better as naive_count_better
from naive import count_straighter as naive_count_straighter
from naive import fill_nearness as naive_fill_nearness
from naive import fill_products as naive_fill_products
from naive import pair_products as naive_pair_products
from numba import config
from wordvec.kernels._product import STEP, WIDE, WIDE_ROWS
from wordvec.kernels.combinations import count_better, count_straighter, fill_nearness, fill_products, pair_products

EXAMPLES = 5 if config.DISABLE_JIT else 60
EPSILON = np.float32(0.002)


def products(A, count, B, rows, first, last, scale, panels):
    packed, tile = np.empty((panels, A.shape[1], WIDE), np.float32), np.empty((WIDE_ROWS, WIDE), np.float32)
    out = np.full((count, last - first), 9, np.float32)
    numbers = np.concatenate([np.arange(count), np.full(STEP - 1, count - 1)])
    fill_products(A, count, numbers, B, rows, first, last, scale, packed, tile, out)
    return out


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 20),
    n=st.integers(1, 200),
    dim=st.integers(1, 20),
    panels=st.integers(1, 3),
)
def test_products_equal_naive(seed, count, n, dim, panels):
    rng = np.random.default_rng(seed)
    if config.DISABLE_JIT:
        count, n, dim = 1 + count % 4, 1 + n % 30, 1 + dim % 4
    A, B = (rng.integers(-3, 4, (rows, dim)).astype(np.float32) for rows in (count + 2, n + 4))
    rows = rng.permutation(n + 4)[:n]
    scale = rng.choice([0.5, 1.0, 4.0], n).astype(np.float32)
    first = int(rng.integers(0, n))
    found = products(A, count, B, rows, first, n, scale, panels)
    assert (found == naive_fill_products(A, count, B, rows, first, n, scale)).all()


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 20), dim=st.integers(1, 9))
def test_products_of_pairs_equal_naive(seed, n, dim):
    rng = np.random.default_rng(seed)
    A, B = (rng.integers(-3, 4, (9, dim)).astype(np.float32) for _ in range(2))
    i, j = rng.integers(0, 9, (2, n))
    out = np.empty(n, np.float32)
    pair_products(A, i, B, j, out)
    assert (out == naive_pair_products(A, i, B, j)).all()


@pytest.mark.skipif(config.DISABLE_JIT, reason="the plain loops have no tiles")
def test_products_of_pairs_have_the_bits_of_the_whole():
    rng = np.random.default_rng(3)
    A, B = rng.normal(size=(7, 61)).astype(np.float32), rng.normal(size=(150, 61)).astype(np.float32)
    whole = products(A, 7, B, np.arange(150), 0, 150, np.ones(150, np.float32), 2)
    i, j = rng.integers(0, 7, 500), rng.integers(0, 150, 500)
    out = np.empty(500, np.float32)
    pair_products(A, i, B, j, out)
    assert (out == whole[i, j]).all()


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(4, 60), count=st.integers(0, 12), grid=st.booleans())
def test_counts_equal_naive(seed, n, count, grid):
    rng = np.random.default_rng(seed)
    # A grid of quarters makes many ties.
    cosines = rng.integers(-4, 5, (4, n)) / 4 if grid else rng.uniform(-1, 1, (4, n))
    cosines = cosines.astype(np.float32)
    asked = rng.integers(0, 4, (count, 3))
    places = np.array([rng.permutation(n)[:4] for _ in range(count)], np.int64).reshape(-1, 4)
    places[:, :3][rng.random((count, 3)) < 0.3] = -1
    x, y, z = (np.array([cosines[row, j] for row, j in zip(side, places[:, 3], strict=True)]) for side in asked.T)
    own = np.empty((count, 2), np.float32)
    if count:
        own[:] = np.stack([(y - x) + z, (y + np.float32(1)) / (x + (np.float32(1) + EPSILON)) * (z + np.float32(1))], 1)
    level = np.nextafter(own, np.float32(-np.inf))
    better = np.zeros((count, 2), np.int64)
    difference, quotient = np.empty((2, n), np.float32)
    cut = int(rng.integers(0, n + 1))
    for first, last in ((0, cut), (cut, n)):
        part = np.ascontiguousarray(cosines[:, first:last])
        count_better(part, first, last - first, asked, places, own, level, EPSILON, better, difference, quotient)
    assert (better == naive_count_better(cosines, asked, places, EPSILON)).all()


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(1, 6), n=st.integers(1, 40))
def test_nearness_equals_naive(seed, count, n):
    rng = np.random.default_rng(seed)
    cosines = rng.uniform(-1, 1, (count, n)).astype(np.float32)
    cosines[rng.random((count, n)) < 0.2] = 1.0
    squares, lengths = (rng.integers(0, 2, size).astype(np.float32) for size in (n, count))
    out = np.full((count, n + 2), 9, np.float32)
    fill_nearness(cosines, n, squares, lengths, np.float32(1e-6), out)
    np.testing.assert_allclose(out[:, :n], naive_fill_nearness(cosines, squares, lengths, np.float32(1e-6)), rtol=2e-7)
    assert (out[:, n:] == 9).all()


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 2**32 - 1), n=st.integers(4, 60), count=st.integers(0, 12), grid=st.booleans())
def test_straighter_equals_naive(seed, n, count, grid):
    rng = np.random.default_rng(seed)
    # A grid of quarters makes many ties.
    cosines = rng.integers(-4, 5, (4, n)) / 4 if grid else rng.uniform(-1, 1, (4, n))
    nearness = rng.choice([0.5, 1.0, 2.0], (4, n)) if grid else rng.uniform(0.5, 20, (4, n))
    cosines, nearness = cosines.astype(np.float32), nearness.astype(np.float32)
    shift = (rng.integers(-4, 5, count) / 4).astype(np.float32)
    asked = rng.integers(0, 4, (count, 3))
    places = np.array([rng.permutation(n)[:4] for _ in range(count)], np.int64).reshape(-1, 4)
    places[:, :3][rng.random((count, 3)) < 0.3] = -1
    x, y, z = (
        np.array([m[row, j] for row, j in zip(side, places[:, 3], strict=True)], np.float32)
        for m, side in zip((cosines, cosines, nearness), asked.T, strict=True)
    )
    own = ((y - x) - shift) * z
    level = np.nextafter(own, np.float32(-np.inf))
    better, difference = np.zeros(count, np.int64), np.empty(n, np.float32)
    cut = int(rng.integers(0, n + 1))
    for first, last in ((0, cut), (cut, n)):
        parts = (np.ascontiguousarray(matrix[:, first:last]) for matrix in (cosines, nearness))
        given_ = (asked, places, shift, own, level, better, difference)
        count_straighter(*parts, first, last - first, *given_)
    assert (better == naive_count_straighter(cosines, nearness, asked, places, shift)).all()
