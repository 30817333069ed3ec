"""Counts of neighbors, and steps of GloVe and Mittens: kernels against their twins."""

import naive_constraints as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose, assert_array_equal
from wordvec.kernels.cooccurrence import count_contexts, place_items
from wordvec.kernels.glove import Anchors, Logs, Side, descend_rows

EXAMPLES = 3 if config.DISABLE_JIT else 40


@settings(deadline=None, max_examples=EXAMPLES)
@given(sentences=st.lists(st.lists(st.integers(0, 4), max_size=7), min_size=1, max_size=6), window=st.integers(1, 4))
def test_counts_equal_naive(sentences, window):
    ids = np.array([item for sentence in sentences for item in sentence], np.int32)
    offsets = np.concatenate([[0], np.cumsum([len(sentence) for sentence in sentences])])
    opens = np.zeros(len(ids) + 1, np.bool_)
    opens[offsets] = True
    begins = np.concatenate([[0], np.cumsum(np.bincount(ids, minlength=5))]).astype(np.int64)
    places = np.empty(len(ids), np.uint32)
    place_items(ids, begins[:-1].copy(), places)
    assert_array_equal(places, naive.place_items(ids.tolist(), 5))
    shares, dense = np.array([7, 5, 3, 2][:window]), np.zeros((5, 5), np.int64)
    sums, touched = np.zeros(5, np.int64), np.empty(5, np.int64)
    for first, last in ((0, 2), (2, 5)):
        indices, weights, sizes = np.empty(25, np.int32), np.empty(25, np.int64), np.empty(last - first, np.int64)
        text = shares, ids, opens, begins, places
        count_contexts(first, last, *text, sums, touched, indices, weights, sizes)
        n = int(sizes.sum())
        dense[np.repeat(np.arange(first, last), sizes), indices[:n]] = weights[:n]
        assert (np.diff(indices[: sizes[0]]) > 0).all()
    assert_array_equal(dense, naive.count_contexts(shares.tolist(), sentences, 5))
    assert not sums.any()


def problem(seed, n=6, dim=3):
    rng = np.random.default_rng(seed)
    X = (rng.uniform(0.5, 200, (n, n)) * (rng.random((n, n)) < 0.6)).astype(np.float32)
    sides = [
        (rng.normal(size=(n, dim)), rng.normal(size=n), rng.uniform(0.1, 3, (n, dim)), rng.uniform(0.1, 3, n))
        for _ in range(2)
    ]
    return X, sides, rng.normal(size=(n, dim)), rng.random(n) < 0.5


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 9999), mu=st.floats(0.0, 2.0))
def test_steps_equal_naive(seed, mu):
    X, sides, given_rows, known = problem(seed)
    rows, columns = np.nonzero(X)
    values = X[rows, columns]
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=6))]).astype(np.int64)
    logs = Logs(
        indptr, columns.astype(np.int32), np.log(values), np.minimum(values / 100, 1).astype(np.float32) ** 0.75
    )
    logs = Logs(*logs[:3], logs.shares.astype(np.float32))
    mine, other = (Side(*(part.astype(np.float32) for part in side)) for side in sides)
    new_rows, new_biases, losses = np.empty((6, 3), np.float32), np.empty(6, np.float32), np.empty((6, 2))
    anchors = Anchors(given_rows.astype(np.float32), known, np.float32(mu))
    for first, last in ((0, 4), (4, 6)):
        descend_rows(first, last, logs, anchors, np.float32(0.05), mine, other, new_rows, new_biases, losses)
    expected = naive.descend_rows(X.astype(float), *sides, given_rows, known, mu, 0.05)
    for found, twin in zip((new_rows, new_biases, mine.row_sums, mine.bias_sums), expected, strict=True):
        assert_allclose(found, twin, rtol=1e-4, atol=1e-4)
    (W, a, *_), (C, b, *_) = sides
    assert losses.sum() == pytest.approx(naive.glove_loss(X.astype(float), W, C, a, b, given_rows, known, mu), rel=1e-4)


def test_slopes_are_finite_differences():
    X, ((W, a, *_), (C, b, *_)), given_rows, known = problem(1)
    held = given_rows, known, 0.7
    slopes, slope = naive.glove_slopes(X, W, C, a, b, *held)
    for array, found in ((W, slopes), (a, slope)):
        for place in np.ndindex(array.shape):
            ends = []
            for step in (1e-5, -1e-5):
                other = array.copy()
                other[place] += step
                rows, biases = (other, a) if array is W else (W, other)
                ends.append(naive.glove_loss(X, rows, C, biases, b, *held))
            assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(found[place], abs=1e-6)
