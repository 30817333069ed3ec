import naive
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from wordvec.kernels.sampling import fill_noise_table
from wordvec.kernels.window import draw_outputs, thin_sentence


@settings(deadline=None, max_examples=50)
@given(state=st.integers(0, 2**64 - 1), length=st.integers(0, 20), window=st.integers(1, 7), seed=st.integers(0, 99))
def test_thin_sentence_equals_naive(state, length, window, seed):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 6, length + 3, dtype=np.int32)
    keep = rng.integers(0, 2**32 + 1, 6)
    words, reaches = np.empty(length, np.int32), np.empty(length, np.int32)
    with np.errstate(over="ignore"):
        n = thin_sentence(np.uint64(state), ids, 2, length, keep, window, words, reaches)
    expected = naive.thin_sentence(state, ids, 2, length, keep, window)
    assert (words[:n].tolist(), reaches[:n].tolist()) == expected


def test_thinning_keeps_the_share_it_should_and_draws_every_reach_equally():
    n = 4000
    keep = np.array([2**31], np.int64)
    words, reaches = np.empty(n, np.int32), np.empty(n, np.int32)
    kept = thin_sentence(np.uint64(9), np.zeros(n, np.int32), 0, n, keep, 5, words, reaches)
    assert abs(kept / n - 0.5) < 0.03
    assert (abs(np.bincount(reaches[:kept], minlength=6)[1:] / kept - 0.2) < 0.03).all()


@settings(deadline=None, max_examples=50)
@given(center=st.integers(0, 4), position=st.integers(0, 40), size=st.integers(1, 8), seed=st.integers(0, 99))
def test_draw_outputs_equals_naive(center, position, size, seed):
    table = np.random.default_rng(seed).integers(0, 5, 16, dtype=np.int32)
    table[:2] = 0, 1
    outputs = np.empty(size, np.int32)
    after = draw_outputs(center, table, position, outputs)
    assert (outputs.tolist(), after) == naive.draw_outputs(center, table, position, size)
    assert center not in outputs[1:]


def test_fill_noise_table_equals_naive_and_keeps_the_shares():
    slots = np.array([5, 0, 2, 9])
    table = np.empty(16, np.int32)
    fill_noise_table(slots, np.uint64(4), table)
    assert table.tolist() == naive.fill_noise_table(slots, 4, 16).tolist()
    assert np.bincount(table, minlength=4).tolist() == slots.tolist()
