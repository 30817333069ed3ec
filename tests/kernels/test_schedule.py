import naive
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from wordvec.kernels.schedule import count_segments, cut_blocks, cut_segments


@settings(deadline=None, max_examples=50)
@given(
    documents=st.lists(st.lists(st.integers(0, 12), max_size=4), max_size=5),
    limit=st.integers(1, 6),
    seed=st.integers(0, 99),
)
def test_segments_equal_naive(documents, limit, seed):
    offsets = np.cumsum([0, *(n for document in documents for n in document)])
    document_offsets = np.cumsum([0, *map(len, documents)])
    order = np.random.default_rng(seed).permutation(len(documents))
    expected = naive.cut_segments(offsets, document_offsets, order, limit)
    n = count_segments(offsets, document_offsets, order, limit)
    assert n == len(expected) == naive.count_segments(offsets, document_offsets, order, limit)
    starts, lengths, found = np.empty(n, np.int64), np.empty(n, np.int32), np.empty(n, np.int32)
    cut_segments(offsets, document_offsets, order, limit, starts, lengths, found)
    assert list(zip(starts, lengths, found, strict=True)) == expected
    assert lengths.sum() == offsets[-1]  # no token is lost


@settings(deadline=None, max_examples=50)
@given(lengths=st.lists(st.integers(1, 9), max_size=30), size=st.integers(1, 20))
def test_blocks_equal_naive(lengths, size):
    blocks = np.empty(len(lengths) + 1, np.int64)
    n = cut_blocks(np.array(lengths, np.int32), size, blocks)
    assert blocks[: n + 1].tolist() == naive.cut_blocks(lengths, size)
