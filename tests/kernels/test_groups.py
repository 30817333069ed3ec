"""The kernel that counts groups, against its plain twin."""

import naive_groups as naive
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from wordvec.kernels.groups import count_groups

EXAMPLES = 20 if config.DISABLE_JIT else 300


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    st.lists(st.integers(0, 4), max_size=30),
    st.lists(st.lists(st.integers(0, 6), max_size=3), min_size=5, max_size=5),
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 1)), max_size=6),
    st.integers(0, 30),
)
def test_counting_groups_equals_naive(numbers, lists, parts, cut):
    ends = sorted(min(end, len(numbers)) for end, _ in parts)
    groups = np.cumsum([step for _, step in parts], dtype=np.int64)
    offsets = np.cumsum([0, *map(len, lists)], dtype=np.int64)
    others = np.array([other for each in lists for other in each], np.int32)
    seen, counts = np.full(7, -1, np.int64), np.zeros(7, np.int64)
    whole = np.array(numbers, np.int32)
    cut = min(cut, len(numbers))
    for start, stop in ((0, cut), (cut, len(numbers))):  # in two calls, as a text comes in pieces
        places = np.clip(np.array(ends, np.int64) - start, 0, stop - start)
        count_groups(whole[start:stop], places, groups, offsets, others, seen, counts)
    expected = naive.count_groups(numbers, ends, groups.tolist(), lists)
    assert counts.tolist() == [expected.get(number, 0) for number in range(7)]
