"""The kernels that join phrases, against their plain twins."""

import naive_phrases as naive
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from wordvec.kernels.phrases import keep_listed, merge_phrases

from wordvec.text.phrases import _make_table

EXAMPLES = 20 if config.DISABLE_JIT else 300
NUMBERS = st.lists(st.integers(0, 4), max_size=30)
PHRASES = st.lists(st.lists(st.integers(0, 3), min_size=2, max_size=4).map(tuple), max_size=8, unique=True)


@settings(deadline=None, max_examples=EXAMPLES)
@given(NUMBERS, PHRASES, st.lists(st.integers(0, 30), max_size=6), st.integers(0, 30))
def test_merging_equals_naive(numbers, phrases, ends, stop):
    ends, stop = sorted(min(end, len(numbers)) for end in ends), min(stop, len(numbers))
    ids = np.arange(100, 100 + len(phrases), dtype=np.int32)
    out, places = np.full(len(numbers), -9, np.int32), np.array(ends, np.int64)
    known = dict(zip(phrases, ids.tolist(), strict=True))
    parts = np.array([part for phrase in phrases for part in phrase], np.int32)
    table = _make_table(parts, np.array([len(phrase) for phrase in phrases], np.int64), ids)
    read, written = merge_phrases(np.array(numbers, np.int32), stop, places, table, out)
    assert (read, out[:written].tolist(), places.tolist()) == naive.merge_phrases(numbers, stop, ends, known)


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    NUMBERS,
    st.lists(st.lists(st.integers(0, 6), max_size=3), min_size=5, max_size=5),
    st.lists(st.integers(1, 30), max_size=6),
)
def test_listing_equals_naive(numbers, lists, ends):
    ends = sorted(end for end in ends if end <= len(numbers))
    offsets = np.cumsum([0, *map(len, lists)])
    others = np.array([other for each in lists for other in each], np.int32)
    expected, new = naive.keep_listed(numbers, lists, ends)
    out, places, counts = np.empty(len(expected), np.int32), np.array(ends, np.int64), np.zeros(7, np.int64)
    assert keep_listed(np.array(numbers, np.int32), offsets, others, places, out, counts) == len(expected)
    assert (out.tolist(), places.tolist()) == (expected, new)
    assert counts.tolist() == [expected.count(number) for number in range(7)]
