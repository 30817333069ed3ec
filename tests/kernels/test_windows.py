"""Drawing the windows of a block, against the twins."""

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_blocks import text_case
from wordvec.kernels.sampling import fill_noise_table
from wordvec.kernels.windows import decayed, draw_outputs, prepare_block, thin_sentence

from wordvec.train.team import make_windows


@settings(deadline=None, max_examples=50)
@given(state=st.integers(0, 2**64 - 1), length=st.integers(0, 20), window=st.integers(1, 7), seed=st.integers(0, 99))
def test_thin_sentence_equals_naive(state, length, window, seed):
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 6, length + 3, dtype=np.int32)
    keep = rng.integers(0, 2**32 + 1, 6)
    words, reaches = np.empty(length + 4, np.int32), np.empty(length + 4, np.int32)
    with np.errstate(over="ignore"):
        end = thin_sentence(np.uint64(state), ids, 2, length, keep, window, words, reaches, 4)
    expected = naive.thin_sentence(state, ids, 2, length, keep, window)
    assert (words[4:end].tolist(), reaches[4:end].tolist()) == expected


def test_thinning_keeps_the_share_it_should_and_draws_every_reach_equally():
    n = 4000
    keep = np.array([2**31], np.int64)
    words, reaches = np.empty(n, np.int32), np.empty(n, np.int32)
    kept = thin_sentence(np.uint64(9), np.zeros(n, np.int32), 0, n, keep, 5, words, reaches, 0)
    assert abs(kept / n - 0.5) < 0.03
    assert (abs(np.bincount(reaches[:kept], minlength=6)[1:] / kept - 0.2) < 0.03).all()


@settings(deadline=None, max_examples=50)
@given(center=st.integers(0, 4), position=st.integers(0, 40), negative=st.integers(1, 14), seed=st.integers(0, 99))
def test_draw_outputs_equals_naive(center, position, negative, seed):
    table = np.random.default_rng(seed).integers(0, 5, 16, dtype=np.int32)
    table[:2] = 0, 1
    outputs = np.full((2, 24), -1, np.int32)
    after = draw_outputs(center, table, position, negative, outputs, 1)
    found = [word for place, word in enumerate(outputs[1].tolist()) if place % 8 < 6]
    assert (found[: negative + 1], after) == naive.draw_outputs(center, table, position, negative)
    assert center not in found[1 : negative + 1]
    assert set(found[negative + 1 :]) <= {center}  # rows that exist, for tiles to load
    assert (outputs[0] == -1).all()


def test_the_first_uses_of_a_row_count_in_full_and_later_ones_less():
    touches = np.zeros((2, 4096), np.int32)
    weights = [decayed(7, np.float32(3), touches, 1) for _ in range(300)]
    twin = {}
    assert weights == pytest.approx([naive.decayed(7, 3, twin) for _ in range(300)])
    assert weights[:3] == [1.0] * 3
    assert weights[299] == pytest.approx(0.01)
    assert decayed(7 + 4096, np.float32(3), touches, 1) < 0.01  # shares the counter
    assert decayed(7, np.float32(3), touches, 0) == 1.0


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 999),
    negative=st.integers(1, 13),
    window=st.integers(1, 9),
    block=st.integers(0, 2),
    decay=st.booleans(),
)
def test_prepare_block_equals_naive(seed, negative, window, block, decay):
    schedule, draws = text_case(seed, negative, window, decay)
    windows = make_windows(17, window, negative)
    expected = naive.prepare_block(block, 4, schedule, 0.05, draws)
    prepare_block(block, 4, schedule, np.float32(0.05), draws, windows)
    assert windows.sizes[:2].tolist() == [len(expected), sum(len(w.contexts) for w in expected)]
    used = [place for place in range(windows.outputs.shape[1]) if place % 8 < 6][: negative + 1]
    for w, window_ in enumerate(expected):
        first, last = windows.rows[w : w + 2]
        assert windows.contexts[first:last].tolist() == window_.contexts
        assert windows.shares[first:last].tolist() == pytest.approx(window_.shares)
        assert windows.outputs[w, used].tolist() == window_.outputs
        assert windows.weights[w, used].tolist() == pytest.approx(window_.weights)
        assert np.delete(windows.weights[w], used).sum() == 0
        assert windows.rates[w] == pytest.approx(window_.rate)


def test_without_weights_every_document_counts_once():
    schedule, draws = text_case()
    plain = schedule._replace(documents=np.empty(0, np.int32), weights=np.empty(0, np.float32))
    ones = schedule._replace(weights=np.ones(3, np.float32))
    found = []
    for text in (plain, ones):
        windows = make_windows(17, 3, 3)
        prepare_block(0, 4, text, np.float32(0.05), draws, windows)
        found.append((windows.contexts.tobytes(), windows.rates.tobytes(), windows.sizes.tolist()))
        assert len(naive.prepare_block(0, 4, text, 0.05, draws)) == windows.sizes[0] > 0
    assert found[0] == found[1]


def test_fill_noise_table_equals_naive_and_keeps_the_shares():
    slots = np.array([5, 0, 2, 9])
    table = np.empty(16, np.int32)
    fill_noise_table(slots, np.uint64(4), table)
    assert table.tolist() == naive.fill_noise_table(slots, 4, 16).tolist()
    assert np.bincount(table, minlength=4).tolist() == slots.tolist()
