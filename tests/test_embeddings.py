import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import (
    AlignedSlices,
    CorruptFileError,
    Embeddings,
    FormatError,
    ParameterError,
    Training,
    UnknownWordError,
    Vocabulary,
)
from wordvec.artifact_writer import ArtifactWriter


def make(vectors, words=None):
    vectors = np.asarray(vectors, np.float32)
    words = tuple(words or (f"w{i}" for i in range(len(vectors))))
    return Embeddings(Vocabulary(words, np.arange(len(words))[::-1].copy()), vectors)


def test_shapes_and_types_are_checked():
    vocabulary = Vocabulary(("a", "b"), np.array([1, 1]))
    with pytest.raises(ParameterError, match=r"vectors.shape must be \(2, dim\), got \(3, 4\)"):
        Embeddings(vocabulary, np.zeros((3, 4), np.float32))
    with pytest.raises(ParameterError, match="vectors.dtype must be float32, got 'float64'"):
        Embeddings(vocabulary, np.zeros((2, 4)))


def test_a_session_shows_sizes_and_not_the_content():
    words = Vocabulary(tuple(f"w{i}" for i in range(1200)), np.arange(1200, 0, -1))
    rows = Embeddings(words, np.zeros((1200, 100), np.float32))
    assert repr(rows) == "Embeddings(1,200 words, dim 100)"
    assert repr(Training(rows, rows, (2.5, 1.23456))) == "Training(1,200 words, dim 100, loss 1.235 after 2 epochs)"
    assert repr(Training(rows, rows, (1.5,))) == "Training(1,200 words, dim 100, loss 1.500 after 1 epoch)"
    assert repr(Training(rows, rows, ())) == "Training(1,200 words, dim 100)"
    slices = AlignedSlices(("uk", "us"), (rows, rows), words, np.ones((2, 1200), np.int64))
    assert repr(slices) == "AlignedSlices(2 slices: uk, us; 1,200 words, dim 100)"
    many = AlignedSlices(tuple("abcdefgh"), (rows,) * 8, words, np.ones((8, 1200), np.int64))
    assert repr(many) == "AlignedSlices(8 slices: a, b, c, d, e, f and 2 more; 1,200 words, dim 100)"
    assert repr(AlignedSlices((), (), words, np.ones((0, 1200), np.int64))) == "AlignedSlices(0 slices; 1,200 words)"


def test_vectors_are_read_only():
    embeddings = make(np.eye(3))
    with pytest.raises(ValueError, match="read-only"):
        embeddings["w0"][0] = 5


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 999), n=st.integers(1, 30), k=st.integers(1, 40), grid=st.booleans())
def test_nearest_equals_sorting_everything(seed, n, k, grid):
    rng = np.random.default_rng(seed)
    vectors = rng.integers(-1, 2, (n, 3)) if grid else rng.normal(size=(n, 3))  # a grid makes ties
    embeddings = make(vectors)
    similarity = embeddings.similarities("w0")
    expected = [i for i in np.argsort(-similarity, kind="stable") if i != 0][:k]
    found = embeddings.nearest("w0", k=k)
    assert [n.word for n in found] == [f"w{i}" for i in expected]


def test_nearest_by_vector_with_exclusions():
    embeddings = make([[1, 0], [1, 0.1], [0, 1], [0, 0]])
    found = embeddings.nearest(np.array([1.0, 0.0]), k=2, exclude=["w0", "unheard-of"])
    assert [n.word for n in found] == ["w1", "w2"]
    assert embeddings.similarities("w3").tolist() == [0, 0, 0, 0]
    with pytest.raises(UnknownWordError):
        embeddings.nearest("w9")
    with pytest.raises(ParameterError, match="k must be an integer >= 1, got 0"):
        embeddings.nearest("w0", k=0)
    with pytest.raises(ParameterError, match=r"query.shape must be \(2,\), got \(3,\)"):
        embeddings.nearest(np.zeros(3))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 999), n=st.integers(1, 50), k=st.integers(1, 60), asked=st.integers(0, 50))
def test_many_words_are_answered_as_one(seed, n, k, asked):
    rng = np.random.default_rng(seed)
    embeddings = make(rng.integers(-1, 2, (n, 4)))
    words = [f"w{i}" for i in rng.integers(0, n, asked)]
    found = embeddings.nearest_many(words, k=k, exclude=["w1", "unheard-of"], threads=2)
    assert found.rows.shape == found.similarities.shape and found.rows.dtype == np.int64
    for word, rows, similarities in zip(words, *found, strict=True):
        one = embeddings.nearest(word, k=k, exclude=["w1"])
        assert [(n.word, n.similarity) for n in one] == [
            (f"w{row}", s) for row, s in zip(rows.tolist(), similarities.tolist(), strict=True) if row >= 0
        ]


def test_many_vectors_are_not_left_out_of_anything():
    embeddings = make([[1, 0], [1, 0.1], [0, 1], [0, 0], [np.nan, 1]])
    found = embeddings.nearest_many(embeddings.vectors[:2].astype(float) * 9, k=9)
    assert found.rows.tolist() == [[0, 1, 2, 3, 4], [1, 0, 2, 3, 4]]
    assert found.similarities[0].tolist() == [1.0, pytest.approx(0.995037), 0.0, 0.0, -np.inf]
    assert embeddings.nearest_many([], k=2).rows.shape == (0, 2)
    with pytest.raises(UnknownWordError, match="'w9' is not among the 5 words"):
        embeddings.nearest_many(["w0", "w9"])
    with pytest.raises(ParameterError, match=r"queries.shape must be \(n, 2\), got \(2,\)"):
        embeddings.nearest_many(np.zeros(2))
    with pytest.raises(ParameterError, match="queries must be a sequence of words or vectors, got 'w0'"):
        embeddings.nearest_many("w0")
    with pytest.raises(ParameterError, match="threads must be an integer >= 1, got 0"):
        embeddings.nearest_many(["w0"], threads=0)


def test_round_trip(tmp_path):
    embeddings = make([[1, 2], [3, 4]], ["sea", "wär"])
    embeddings.save(tmp_path / "x.wv")
    loaded = Embeddings.load(tmp_path / "x.wv")
    assert loaded.vectors.tolist() == [[1, 2], [3, 4]]
    assert loaded.vocabulary.words == ("sea", "wär")
    with pytest.raises(FormatError, match="holds embeddings, expected slices"):
        AlignedSlices.load(tmp_path / "x.wv")


def test_parts_that_do_not_fit_are_refused(tmp_path):
    with ArtifactWriter(tmp_path / "x.wv", kind="embeddings") as writer:
        Vocabulary(("a",), np.array([1])).save(writer)
        writer.array("vectors", np.zeros((2, 2), np.float32))
        writer.commit({})
    with pytest.raises(CorruptFileError, match=r"x.wv: vectors.shape must be \(1, dim\), got \(2, 2\)"):
        Embeddings.load(tmp_path / "x.wv")


def test_slices_must_be_of_one_kind():
    a, b = make(np.eye(2)), make(np.ones((2, 3)))
    counts = np.ones((2, 2), np.int64)
    with pytest.raises(ParameterError, match=r"embeddings must be of one dim, got \[2, 3\]"):
        AlignedSlices(("x", "y"), (a, b), a.vocabulary, counts)
    with pytest.raises(ParameterError, match="labels must be without duplicates"):
        AlignedSlices(("x", "x"), (a, a), a.vocabulary, counts)
    with pytest.raises(ParameterError, match=r"counts.shape must be \(2, 2\) \(slices, words\), got \(1, 2\)"):
        AlignedSlices(("x", "y"), (a, a), a.vocabulary, counts[:1])
    with pytest.raises(ParameterError, match="slice must be one of x, y, got 'z'"):
        AlignedSlices(("x", "y"), (a, a), a.vocabulary, counts)["z"]
