"""Kernels of counter-fitting and Attract-Repel against their twins, and gradients against finite differences."""

import naive_constraints as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose, assert_array_equal
from wordvec.kernels.attract_repel import Pull, find_negatives, score_batch, train_batches
from wordvec.kernels.constraints import measure_pairs, step_rows

from wordvec.knowledge.attract_repel import make_room

EXAMPLES = 3 if config.DISABLE_JIT else 40


def unit_rows(rng, n, dim):
    rows = rng.normal(size=(n, dim))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def terms(seed, n=7, dim=11, edges=15):
    """Return units and symmetric terms, all of whose excesses are well away from 0."""
    rng = np.random.default_rng(seed)
    units = unit_rows(rng, n, dim)
    found = {}
    for a, b in rng.integers(0, n, (edges, 2)).tolist():
        limit, weight = float(rng.uniform(0, 2)), float(rng.choice([-1, 1]) * rng.uniform(0.05, 0.5))
        distance = 1.0 - units[a].astype(float) @ units[b].astype(float)
        if a != b and abs(distance - limit) > 1e-3:
            found[a, b] = found[b, a] = weight, limit
    ends = np.array(sorted(found), np.int64).reshape(-1, 2)
    indptr = np.concatenate([[0], np.cumsum(np.bincount(ends[:, 0], minlength=n))]).astype(np.int64)
    values = np.array([found[tuple(pair)] for pair in ends.tolist()], np.float32).reshape(-1, 2)
    return units, indptr, ends[:, 1].astype(np.int32), values[:, 0].copy(), values[:, 1].copy()


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 9999), cut=st.integers(0, 7))
def test_steps_equal_naive_whatever_the_spans(seed, cut):
    units, indptr, indices, weights, limits = terms(seed)
    moved, losses = np.full_like(units, np.nan), np.full(7, np.nan)
    for first, last in ((0, cut), (cut, 7)):
        step_rows(first, last, indptr, indices, weights, limits, units, moved, losses)
    expected = naive.step_rows(0, 7, indptr, indices, weights, limits, units.astype(float))
    assert_allclose(moved, expected[0], atol=2e-6)
    assert_allclose(losses, expected[1], atol=2e-6)
    assert_allclose(np.linalg.norm(moved, axis=1), 1.0, atol=1e-6)
    still = losses == 0
    assert_array_equal(moved[still], units[still])
    distances = np.empty(len(indices), np.float32)
    measure_pairs(0, 7, indptr, indices, units, distances)
    assert_allclose(distances, naive.measure_pairs(0, 7, indptr, indices, units.astype(float)), atol=1e-6)


def test_a_step_into_the_origin_is_not_taken():
    units = np.array([[1, 0], [-1, 0]], np.float32)
    given = np.array([0, 1, 2]), np.array([1, 0], np.int32), np.full(2, 1.0, np.float32), np.zeros(2, np.float32)
    moved, losses = np.empty_like(units), np.empty(2)
    step_rows(0, 2, *given, units, moved, losses)
    assert_array_equal(moved, units)  # opposite vectors: the slope is 0
    assert losses.tolist() == [2.0, 2.0]


def batch(seed, pairs=4, words=6, dim=5):
    rng = np.random.default_rng(seed)
    rows = (unit_rows(rng, words, dim) * rng.uniform(0.5, 2, (words, 1))).astype(np.float32)
    ends = np.array([rng.choice(words, 2, replace=False) for _ in range(pairs)])
    return rng, rows, unit_rows(rng, words, dim), ends


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    seed=st.integers(0, 9999), pairs=st.integers(1, 6), sign=st.sampled_from((1.0, -1.0)), chance=st.floats(0.0, 1.0)
)
def test_negatives_equal_naive(seed, pairs, sign, chance):
    rng, _, _, ends = batch(seed, pairs)
    words, n = ends.ravel(), 2 * pairs
    at = unit_rows(rng, 6, 5)[words]
    products, negatives = at @ at.T, np.empty(n, np.int64)
    find_negatives(n, sign, chance, np.uint64(seed), words, products, negatives)
    assert_array_equal(negatives, naive.find_negatives(n, sign, chance, seed, words, products))
    for place, negative in enumerate(negatives):
        assert negative < 0 or words[negative] not in (words[place], words[place ^ 1])


def filled(rows, words, negatives):
    """Return a room in which a batch waits to be scored."""
    room, n = make_room(len(words) // 2, rows.shape[1]), len(words)
    room.words[:], room.negatives[:] = words, negatives
    room.firsts[:] = [words.tolist().index(word) for word in words]
    room.units[:] = rows[words] / np.linalg.norm(rows[words], axis=1, keepdims=True)
    room.products[:n, :n] = room.units @ room.units.T
    return room


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 9999), sign=st.sampled_from((1.0, -1.0)))
def test_losses_and_slopes_equal_naive(seed, sign):
    rng, rows, originals, ends = batch(seed)
    words = ends.ravel()
    negatives = naive.find_negatives(8, sign, 0.5, seed, words, rng.normal(size=(8, 8)))
    room = filled(rows, words, negatives)
    loss = score_batch(8, sign, 0.6, 0.3, originals, room)
    wanted, slopes = naive.score_batch(sign, 0.6, 0.3, originals, rows.astype(float), words, negatives)
    assert loss == pytest.approx(wanted, abs=1e-5)
    for place in np.unique(room.firsts):
        unit, length = room.units[place], np.linalg.norm(rows[words[place]])
        along = (room.slopes[place] - (room.slopes[place] @ unit) * unit) / length
        assert_allclose(along, slopes[words[place]], atol=1e-5)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_slopes_are_finite_differences(sign):
    for seed in range(5):
        rng, rows, originals, ends = batch(seed)
        rows, words = rows.astype(float), ends.ravel()
        negatives = naive.find_negatives(8, sign, 0.5, seed, words, rng.normal(size=(8, 8)))
        task = words, negatives
        _, slopes = naive.score_batch(sign, 0.6, 0.3, originals, rows, *task)
        for place in np.ndindex(rows.shape):
            ends_at = []
            for step in (1e-6, -1e-6):
                other = rows.copy()
                other[place] += step
                ends_at.append(naive.batch_loss(sign, 0.6, 0.3, originals, other, *task))
            assert (ends_at[0] - ends_at[1]) / 2e-6 == pytest.approx(slopes[place], abs=1e-6)


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 9999), cut=st.integers(0, 4))
def test_training_equals_naive_whatever_the_spans(seed, cut):
    rng, rows, originals, ends = batch(seed, pairs=9, words=12)
    starts, signs = np.array([0, 3, 6, 7, 9]), rng.choice([1.0, -1.0], 4)
    pull = Pull(0.6, 0.1, 0.01, 0.5, 0.05, 2.0)
    sums = np.full_like(rows, 0.1), np.full_like(rows, 0.1)
    moved, losses, room = rows.copy(), np.empty(4), make_room(3, 5)
    for first, last in ((0, cut), (cut, 4)):
        task = np.uint64(seed), 2, starts, signs, ends, pull, originals, moved, *sums, room, losses
        train_batches(first, last, *task)
    wide = (array.astype(float) for array in (originals, rows, np.full_like(rows, 0.1), np.full_like(rows, 0.1)))
    expected = naive.train_batches(seed, 2, starts, signs, ends, pull, *wide)
    for mine, twin in zip((moved, *sums, losses), expected, strict=True):
        assert_allclose(mine, twin, atol=1e-4)


def test_a_batch_of_one_pair_has_no_negative_and_costs_nothing():
    _, rows, _, _ = batch(1)
    originals = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    moved, losses = rows.copy(), np.empty(1)
    sums = np.full_like(rows, 0.1), np.full_like(rows, 0.1)
    pull, room = Pull(0.6, 0.0, 0.0, 0.5, 0.05, 2.0), make_room(1, 5)
    task = np.array([0, 1]), np.ones(1), np.array([[2, 4]]), pull, originals, moved, *sums, room, losses
    train_batches(0, 1, np.uint64(1), 0, *task)
    assert losses[0] == 0.0
    assert_array_equal(moved, rows)
