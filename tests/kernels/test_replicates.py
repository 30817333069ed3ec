"""Many trainings in one pass: the kernels against their twins."""

import naive_replicates as naive
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose
from wordvec.kernels.replicates import Entries, Pairs, draw_pairs, find_entry, sort_pairs, train_pairs
from wordvec.kernels.schedule import Schedule
from wordvec.kernels.steps import SKIPGRAM, Task
from wordvec.kernels.windows import Draws

from wordvec.train.team import count_places, make_windows, padded

EXAMPLES = 4 if config.DISABLE_JIT else 40
V, DIM = 7, 5


def case(seed, negative, designs, n_rows):
    """Return a small text, its draws, and entries that deal its uses out to rows at random."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 9, 12).astype(np.int32)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    ids = rng.integers(0, V, lengths.sum()).astype(np.int32)
    documents = np.sort(rng.integers(0, 5, 12)).astype(np.int32)
    blocks = np.array([0, 5, 6, 12], np.int64)
    schedule = Schedule(ids, starts, lengths, documents, np.ones(5, np.float32), blocks)
    draws = tuple(
        Draws(
            np.uint64(seed),
            rng.integers(2**30, 2**32, V),
            np.resize(rng.permutation(V), 16).astype(np.int32),
            2,
            negative,
            np.float32(0),
            np.float32(0),
        )
        for _ in range(2)
    )
    kinds = rng.integers(0, 2, 5).astype(np.int8)
    parts = rng.integers(0, 3, 5).astype(np.int32)
    tested = np.sort(rng.permutation(V)[:4])
    held = [(part, word) for part in range(3) for word in tested if rng.random() < 0.8]
    offsets = np.searchsorted([part for part, _ in held], range(4)).astype(np.int64)
    words = np.array([word for _, word in held], np.int32)
    rows = rng.integers(-1, n_rows, (len(held), designs)).astype(np.int16)
    for row in rows:  # a use trains no row twice
        row[np.isin(np.arange(designs), np.unique(row, return_index=True)[1], invert=True)] = -1
    entries = Entries(
        parts,
        offsets,
        words,
        np.searchsorted(tested, words).astype(np.int32),
        rows,
        rng.integers(2**30, 2**33, (4, n_rows)),
    )
    return rng, schedule, draws, kinds, entries


def room(n_tokens, negative):
    most = n_tokens + 3
    return Pairs(
        *(np.zeros(most, np.int32) for _ in range(3)),
        np.zeros(most, np.int64),
        np.zeros((most, count_places(negative)), np.int32),
        np.zeros(most, np.float32),
        *(np.zeros(n_tokens * 4, np.int32) for _ in range(3)),
        np.zeros(5, np.int64),
    )


@settings(deadline=None)
@given(words=st.lists(st.integers(0, 20), unique=True), word=st.integers(0, 20), low=st.integers(0, 5))
def test_finding_equals_naive(words, word, low):
    held = np.array(sorted(words), np.int32)
    low = min(low, len(held))
    assert find_entry(word, held, low, len(held)) == naive.find_entry(word, held, low, len(held))


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    seed=st.integers(0, 2**32 - 1), negative=st.integers(1, 8), designs=st.integers(1, 70), n_rows=st.integers(1, 90)
)
def test_a_pass_equals_naive(seed, negative, designs, n_rows):
    rng, schedule, draws, kinds, entries = case(seed, negative, designs, n_rows)
    pairs, rates = room(len(schedule.ids), negative), np.array([0.1, 0.05, 0.2], np.float32)
    U = padded(V, DIM)
    U[:, :DIM] = rng.normal(size=(V, DIM))
    W, expected = padded(4 * n_rows, DIM), np.zeros((4, n_rows, U.shape[1]))
    tile = make_windows(1, designs // 2 + 17, negative)
    nothing = np.zeros(1)
    shape = (SKIPGRAM, count_places(negative), -(-designs // 64), 0, False, np.zeros(1, np.float32))
    task = Task(*shape, W, U, nothing, nothing)
    for first, last in ((0, 2), (2, 3)):
        n = draw_pairs(first, last, 1, schedule, rates, draws, kinds, entries, pairs)
        sort_pairs(n, entries, pairs)
        drawn = naive.draw_pairs(first, last, 1, schedule, rates, draws, kinds, entries)
        ordered = naive.sort_pairs(drawn, entries)
        assert n == len(drawn)
        assert np.diff(pairs.starts).tolist() == [len(mine) for mine in ordered]
        found = [pairs.entries[pairs.contexts[i]] for i in pairs.order[:n]]
        assert found == [entry for mine in ordered for entry, *_ in mine]
        naive.train_pairs(ordered, entries, expected, U.astype(np.float64))
        train_pairs(0, 3, entries, pairs, task, tile)
        train_pairs(3, 4, entries, pairs, task, tile)
    assert_allclose(W.reshape(expected.shape), expected, atol=2e-5)
