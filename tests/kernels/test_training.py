"""The training kernels against their twins: windows, whole spans, frozen outputs."""

from itertools import pairwise

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from wordvec.kernels.cbow import cbow_window, train_cbow
from wordvec.kernels.schedule import Schedule
from wordvec.kernels.skipgram import skipgram_window, train_skipgram
from wordvec.kernels.window import Scratch, gather_contexts

V, P = 6, 16

windows = {
    "seed": st.integers(0, 2**32 - 1),
    "n": st.integers(2, 8),
    "noise": st.lists(st.integers(0, V - 1), min_size=1, max_size=6),
    "scale": st.sampled_from([1e-3, 0.3, 1.0, 5.0]),
    "update_output": st.booleans(),
}


def case(seed, n, noise, scale):
    rng = np.random.default_rng(seed)
    W, U = (rng.normal(0, scale, (V, P)).astype(np.float32) for _ in range(2))
    words = rng.integers(0, V, n).astype(np.int32)
    center = int(rng.integers(0, n))
    low, high = int(rng.integers(0, center + 1)), int(rng.integers(center + 1, n + 1))
    if high - low == 1:
        low, high = 0, n
    outputs = np.array([words[center], *noise], np.int32)
    return words, low, high, center, outputs, W, U


def make_scratch(negative, window=10, longest=20):
    """Return scratch full of NaN: nothing may be read before it is written."""
    outputs = negative + 1
    return Scratch(
        np.full(longest, -1, np.int32),
        np.full(longest, -1, np.int32),
        np.full(outputs, -1, np.int32),
        np.full(2 * window, -1, np.int32),
        np.full((2 * window + 1, max(outputs, 8)), np.nan, np.float32),
        np.full(2, np.nan),
        np.full((outputs, P), np.nan, np.float32),
    )


def assert_same(found, expected, scale):
    (loss, W, U), (ref_loss, ref_W, ref_U) = found, expected
    assert_allclose(loss, ref_loss, rtol=1e-3, atol=1e-4)
    assert_allclose(W, ref_W, rtol=2e-4, atol=2e-4 * scale)
    assert_allclose(U, ref_U, rtol=2e-4, atol=2e-4 * scale)


@settings(deadline=None, max_examples=150)
@given(**windows)
def test_skipgram_window_equals_naive(seed, n, noise, scale, update_output):
    words, low, high, center, outputs, W, U = case(seed, n, noise, scale)
    contexts = naive.gather_contexts(words, low, high, center)
    expected = naive.skipgram_window(contexts, outputs, 0.05, update_output, W, U)
    lr, scratch = np.float32(0.05), make_scratch(len(noise))
    m = gather_contexts(words, low, high, center, scratch.contexts)
    assert scratch.contexts[:m].tolist() == contexts
    before = U.tobytes()
    loss = skipgram_window(scratch.contexts, m, outputs, lr, update_output, W, U, scratch)
    assert_same((loss, W, U), expected, scale)
    assert update_output or U.tobytes() == before


@settings(deadline=None, max_examples=50)
@given(seed=st.integers(0, 999), n=st.integers(1, 50), scale=st.sampled_from([0.01, 1.0, 30.0]))
def test_wide_windows_equal_naive(seed, n, scale):
    """Six outputs take the tiles, 16 context rows at a time; large scores saturate and stay finite."""
    rng = np.random.default_rng(seed)
    W, U = (rng.normal(0, scale, (V, P)).astype(np.float32) for _ in range(2))
    contexts, outputs = rng.integers(0, V, n).astype(np.int32), rng.integers(0, V, 6).astype(np.int32)
    expected = naive.skipgram_window(contexts, outputs, 0.001, True, W, U)
    scratch = make_scratch(5, window=25)
    loss = skipgram_window(contexts, n, outputs, np.float32(0.001), True, W, U, scratch)
    assert_same((loss, W, U), expected, scale)


@settings(deadline=None, max_examples=150)
@given(**windows, exact=st.booleans())
def test_cbow_window_equals_naive(seed, n, noise, scale, update_output, exact):
    words, low, high, center, outputs, W, U = case(seed, n, noise, scale)
    contexts = np.array(naive.gather_contexts(words, low, high, center), np.int32)
    expected = naive.cbow_window(contexts, outputs, 0.05, exact, update_output, W, U)
    lr, scratch, before = np.float32(0.05), make_scratch(len(noise)), U.tobytes()
    loss = cbow_window(contexts, len(contexts), outputs, lr, exact, update_output, W, U, scratch)
    assert_same((loss, W, U), expected, scale)
    assert update_output or U.tobytes() == before


def test_naive_steps_descend_the_gradient():
    """The twins themselves: a step is -lr times the numerical gradient of the loss."""
    _, low, high, center, outputs, W, U = case(5, 6, [1, 2, 2], 0.5)
    words = np.random.default_rng(5).permutation(V)  # a word that occurs twice in a window moves twice
    contexts = naive.gather_contexts(words, low, high, center)
    assert_descends(lambda W, U: naive.skipgram_window(contexts, outputs, 1.0, True, W, U), W, U)
    outputs = words[:3]  # so does an output, in CBOW
    assert_descends(lambda W, U: naive.cbow_window(contexts, outputs, 1.0, True, True, W, U), W, U)


def assert_descends(step, W, U, h=1e-5):
    _, new_W, new_U = step(W, U)
    for row in range(V):
        bump = np.zeros((V, P))
        bump[row, 3] = h
        slope_W = (step(W + bump, U)[0] - step(W - bump, U)[0]) / (2 * h)
        slope_U = (step(W, U + bump)[0] - step(W, U - bump)[0]) / (2 * h)
        assert new_W[row, 3] - W[row, 3] == pytest.approx(-slope_W, abs=1e-6)
        assert new_U[row, 3] - U[row, 3] == pytest.approx(-slope_U, abs=1e-6)


def span_case(seed=0, negative=3, window=3):
    rng = np.random.default_rng(seed)
    lengths = np.array([7, 1, 4, 9, 2, 6], np.int32)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    ids = rng.integers(0, V, lengths.sum(), dtype=np.int32)
    documents = np.array([0, 0, 1, 1, 2, 2], np.int32)
    weights = np.array([1.0, 2.0, 0.0], np.float32)
    schedule = Schedule(ids, starts, lengths, documents, weights, np.array([0, 2, 3, 6]))
    W, U = (rng.normal(0, 0.3, (V, P)).astype(np.float32) for _ in range(2))
    draws = (
        np.array([0.05, 0.04, 0.03], np.float32),
        rng.integers(2**31, 2**32 + 1, V),
        rng.integers(0, V, 32).astype(np.int32),
        window,
    )
    scratch = make_scratch(negative, window, longest=9)
    return schedule, draws, W, U, scratch


TRAINERS = [(train_skipgram, naive.train_skipgram, ()), (train_cbow, naive.train_cbow, (False,))]


@pytest.mark.parametrize(("kernel", "twin", "extra"), TRAINERS)
@pytest.mark.parametrize("update_output", [True, False])
@pytest.mark.parametrize("negative", [3, 5])
def test_span_equals_naive(kernel, twin, extra, update_output, negative):
    schedule, draws, W, U, scratch = span_case(negative=negative)
    losses, pairs = np.zeros(3), np.zeros(3)
    expected = twin(*extra, 0, 3, 11, 2, schedule, *draws, update_output, W, U, negative)
    before = U.tobytes()
    kernel(*extra, 0, 3, 11, 2, schedule, *draws, update_output, W, U, scratch, losses, pairs)
    assert_allclose(W, expected[0], atol=1e-5)
    assert_allclose(U, expected[1], atol=1e-5)
    assert_allclose(losses, expected[2], rtol=1e-4)
    assert pairs.tolist() == expected[3]
    assert pairs[1] > 0  # the weighted document was read
    assert update_output or U.tobytes() == before


@pytest.mark.parametrize(("kernel", "twin", "extra"), TRAINERS)
def test_spans_give_the_bits_of_one_call(kernel, twin, extra):
    results = []
    for cuts in ([0, 3], [0, 1, 2, 3]):
        schedule, draws, W, U, scratch = span_case()
        losses, pairs = np.zeros(3), np.zeros(3)
        for first, last in pairwise(cuts):
            kernel(*extra, first, last, 11, 2, schedule, *draws, True, W, U, scratch, losses, pairs)
        results.append(W.tobytes() + U.tobytes() + losses.tobytes() + pairs.tobytes())
    assert results[0] == results[1]
