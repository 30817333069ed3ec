"""The contrastive loss: kernels against their twins, known values, and finite differences."""

import naive_contrastive as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose
from wordvec.kernels.contrastive import (
    contrast_rows,
    draw_back,
    join_directions,
    mark_kin,
    multiply_rows,
    normalize_rows,
)

EXAMPLES = 5 if config.DISABLE_JIT else 60
SEEDS = st.integers(0, 2**32 - 1)


def in_spans(kernel, size, cut, *arguments):
    """Run a kernel for two spans of rows."""
    kernel(0, cut, *arguments)
    kernel(cut, size, *arguments)


def pairs_marks(n):
    """Return the marks of n pairs: row i and row i + n."""
    return marks_of(np.arange(2 * n), np.arange(2 * n + 1), np.tile(np.arange(n), 2))


def marks_of(items, offsets, groups):
    heads, marks = np.full(groups.max(initial=0) + 1, -1), np.empty((len(items), len(items)), np.uint8)
    entries = np.empty((int((offsets[items + 1] - offsets[items]).sum()), 2), np.int64)
    mark_kin(items, offsets, groups, heads, entries, marks)
    assert (heads == -1).all()
    return marks


def loss_of(rows, marks, tau=0.07, cut=1):
    """Return the mean loss of a batch and its derivatives by the rows, as training has them."""
    size = len(rows)
    units, lengths, losses = np.empty_like(rows), np.empty(size), np.empty(size)
    scores, sums, slopes = np.empty((size, size)), np.empty((size, size)), np.empty_like(rows)
    in_spans(normalize_rows, size, cut, rows, units, lengths)
    in_spans(multiply_rows, size, cut, units, np.ascontiguousarray(units.T), scores)
    in_spans(contrast_rows, size, cut, tau, marks, scores, losses)
    in_spans(join_directions, size, cut, scores, sums)
    in_spans(multiply_rows, size, cut, sums, units, slopes)
    in_spans(draw_back, size, cut, 1 / size, units, lengths, slopes)
    return losses.mean(), slopes


@given(SEEDS, st.integers(1, 9), st.integers(1, 7), st.integers(1, 9))
@settings(max_examples=EXAMPLES, deadline=None)
def test_products_equal_naive_whatever_the_spans(seed, n, depth, columns):
    rng = np.random.default_rng(seed)
    A, B = rng.normal(size=(n, depth)), rng.normal(size=(depth, columns))
    found, again = np.empty((n, columns)), np.empty((n, columns))
    in_spans(multiply_rows, n, n // 2, A, B, found)
    in_spans(multiply_rows, n, n, A, B, again)
    assert found.tobytes() == again.tobytes()
    assert_allclose(found, naive.multiply_rows(A, B), atol=1e-12)


@given(SEEDS, st.integers(1, 6), st.integers(1, 8))
@settings(max_examples=EXAMPLES, deadline=None)
def test_lengths_and_the_way_back_equal_naive(seed, n, dim):
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(n, dim))
    rows[0] = 0
    units, lengths, slopes = np.empty_like(rows), np.empty(n), rng.normal(size=(n, dim))
    in_spans(normalize_rows, n, n // 2, rows, units, lengths)
    for mine, twin in zip((units, lengths), naive.normalize_rows(rows), strict=True):
        assert_allclose(mine, twin, atol=1e-12)
    expected = naive.draw_back(0.3, units, lengths, slopes)
    in_spans(draw_back, n, n // 2, 0.3, units, lengths, slopes)
    assert_allclose(slopes, expected, atol=1e-12)
    assert not slopes[0].any()


@given(SEEDS, st.integers(1, 12))
@settings(max_examples=EXAMPLES, deadline=None)
def test_marks_equal_naive(seed, size):
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(rng.integers(0, 4, 6))])
    groups, items = rng.integers(0, 5, offsets[-1]), rng.integers(0, 6, size)
    assert marks_of(items, offsets, groups).tolist() == naive.mark_kin(items, offsets, groups).tolist()


@given(SEEDS, st.integers(1, 9), st.sampled_from((0.05, 0.07, 1.0)))
@settings(max_examples=EXAMPLES, deadline=None)
def test_losses_equal_naive(seed, size, tau):
    rng = np.random.default_rng(seed)
    scores, marks = rng.uniform(-1, 1, (size, size)), rng.integers(0, 3, (size, size)).astype(np.uint8)
    slopes, losses = naive.contrast_rows(tau, marks, scores)
    found = np.empty(size)
    in_spans(contrast_rows, size, size // 2, tau, marks, scores, found)
    assert_allclose(found, losses, rtol=1e-12, atol=1e-12)
    assert_allclose(scores, slopes, rtol=1e-11, atol=1e-11)
    sums = np.empty_like(scores)
    in_spans(join_directions, size, size // 2, scores, sums)
    assert_allclose(sums, naive.join_directions(scores))


@pytest.mark.parametrize("n", [2, 4, 16])
def test_vectors_that_are_all_alike_cost_the_logarithm_of_their_number(n):
    loss, slopes = loss_of(np.tile([[0.3, -1.0, 2.0]], (2 * n, 1)), pairs_marks(n))
    assert loss == pytest.approx(np.log(2 * n - 1), abs=1e-12)
    assert np.abs(slopes).max() < 1e-12


def test_perfect_pairs_among_opposites_cost_nothing():
    pair = np.array([[1.0, 2.0], [-1.0, -2.0]])
    assert loss_of(np.tile(pair, (2, 1)), pairs_marks(2))[0] < 1e-11


def test_the_two_of_a_pair_may_change_places():
    rng = np.random.default_rng(3)
    one, other = rng.normal(size=(2, 5, 4))
    there, back = (loss_of(np.concatenate(sides), pairs_marks(5)) for sides in ((one, other), (other, one)))
    assert there[0] == pytest.approx(back[0], abs=1e-12)
    assert_allclose(there[1][:5], back[1][5:], atol=1e-12)


@pytest.mark.parametrize("kin", ["pairs", "groups"])
def test_derivatives_are_finite_differences(kin):
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(8, 3))
    if kin == "pairs":
        marks = pairs_marks(4)
    else:  # one synset of three, one of two, a word of both, and a word twice
        items, offsets = np.array([0, 1, 2, 3, 4, 3, 5, 0]), np.array([0, 1, 2, 4, 5, 6, 6])
        marks = marks_of(items, offsets, np.array([0, 0, 0, 1, 1, 2]))
        assert set(marks.ravel().tolist()) == {0, 1, 2}
    slopes = loss_of(rows, marks)[1]
    numbers = np.empty_like(rows)
    for place in np.ndindex(rows.shape):
        step = np.zeros_like(rows)
        step[place] = 1e-6
        numbers[place] = (loss_of(rows + step, marks)[0] - loss_of(rows - step, marks)[0]) / 2e-6
    assert_allclose(slopes, numbers, atol=1e-6)


def test_spans_change_no_bit():
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(12, 5))
    runs = [loss_of(rows, pairs_marks(6), cut=cut) for cut in (0, 1, 5, 12)]
    assert len({(loss, slopes.tobytes()) for loss, slopes in runs}) == 1
