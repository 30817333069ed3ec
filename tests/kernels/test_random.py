import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from wordvec.kernels.digest import document_digests, mix_all
from wordvec.kernels.random import fill_uniform, mix64, stream_of

uint64 = st.integers(0, 2**64 - 1)


def wrapping(function):
    """Let NumPy's scalars wrap around inside hypothesis, whose examples leave the fixture's context."""

    def inside(*args, **kwargs):
        with np.errstate(over="ignore"):
            return function(*args, **kwargs)

    inside.__name__ = function.__name__
    return inside


@settings(deadline=None)
@given(value=uint64)
def test_mix64_equals_naive(value):
    assert wrapping(mix64)(np.uint64(value)) == naive.mix64(value)


def test_mix64_is_the_published_splitmix64():
    # First outputs of SplitMix64 from state 0, as in its authors' C code.
    states = [(n * naive.STEP) & (2**64 - 1) for n in (1, 2)]
    assert [int(mix64(np.uint64(s))) for s in states] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


@settings(deadline=None)
@given(seed=st.integers(0, 2**63 - 1), epoch=st.integers(0, 1000), sentence=st.integers(0, 2**40))
def test_stream_of_equals_naive(seed, epoch, sentence):
    assert wrapping(stream_of)(np.uint64(seed), epoch, sentence) == naive.stream_of(seed, epoch, sentence)


def test_fill_uniform_equals_naive_and_pads_with_zeros():
    out = np.full((5, 16), 7.0, np.float32)
    fill_uniform(np.uint64(3), np.float32(0.25), 10, out)
    assert_allclose(out, naive.fill_uniform(3, 0.25, 10, (5, 16)), atol=1e-7)
    assert (out[:, 10:] == 0).all()


def test_fill_uniform_is_uniform():
    stats = pytest.importorskip("scipy.stats")
    out = np.empty((40, 64), np.float32)
    fill_uniform(np.uint64(1), np.float32(0.5), 64, out)
    assert stats.kstest(out.ravel() + 0.5, "uniform").pvalue > 0.01


@settings(deadline=None, max_examples=50)
@given(lengths=st.lists(st.lists(st.integers(0, 4), max_size=4), max_size=4), seed=st.integers(0, 99))
def test_document_digests_equal_naive(lengths, seed):
    sentences = [n for document in lengths for n in document]
    offsets = np.cumsum([0, *sentences])
    documents = np.cumsum([0, *map(len, lengths)])
    ids = np.random.default_rng(seed).integers(0, 9, offsets[-1], dtype=np.int32)
    out = np.empty(len(lengths), np.uint64)
    wrapping(document_digests)(ids, offsets, documents, out)
    assert out.tolist() == naive.document_digests(ids, offsets, documents)


def test_document_digests_tell_sentence_breaks_apart():
    ids, documents = np.array([1, 2], np.int32), np.array([0, 2])
    out = np.empty((2, 1), np.uint64)
    document_digests(ids, np.array([0, 1, 2]), documents, out[0])
    document_digests(ids, np.array([0, 2, 2]), documents, out[1])
    assert out[0] != out[1]


def test_mix_all_equals_naive():
    values = np.array([0, 1, 2**64 - 1], np.uint64)
    out = np.empty(3, np.uint64)
    mix_all(np.uint64(5), values, out)
    assert out.tolist() == naive.mix_all(5, values.tolist())
