"""gensim's KeyedVectors, there and back."""

import sys

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, ParameterError, ResourceError
from wordvec.files.gensim import from_gensim, to_gensim

WORDS = ("new york", "café", "x", "y")


def some(counts=(9, 5, 5, 1)):
    rng = np.random.default_rng(0)
    return Embeddings(Vocabulary(WORDS, np.array(counts)), rng.normal(size=(4, 6)).astype(np.float32))


def test_there_and_back():
    pytest.importorskip("gensim")
    embeddings = some()
    keyed = to_gensim(embeddings)
    assert keyed.similarity("x", "y") == pytest.approx(float(embeddings.similarities("x")[3]), abs=1e-6)
    assert [word for word, _ in keyed.most_similar("x", topn=3)] == [n.word for n in embeddings.nearest("x", k=3)]
    assert keyed.get_vecattr("new york", "count") == 9
    back = from_gensim(keyed)
    assert back.vocabulary.words == WORDS
    assert back.vocabulary.counts.tolist() == [9, 5, 5, 1]
    assert back.vectors.tobytes() == embeddings.vectors.tobytes()


def test_the_copy_can_grow_and_change_alone():
    pytest.importorskip("gensim")
    embeddings = some()
    keyed = to_gensim(embeddings)
    keyed.add_vectors(["z"], np.ones((1, 6), np.float32))
    keyed.vectors[0] = 0
    assert keyed.similarity("z", "z") == pytest.approx(1.0)
    assert embeddings.vectors[0].any() and "z" not in embeddings


def test_counts_that_gensim_made_up_are_not_taken_for_counts():
    pytest.importorskip("gensim")
    assert from_gensim(to_gensim(some((4, 3, 2, 1)))).vocabulary.counts.tolist() == [0, 0, 0, 0]


def test_keyed_vectors_without_counts():
    models = pytest.importorskip("gensim.models")
    keyed = models.KeyedVectors(2)
    keyed.add_vectors(["a", "b"], np.eye(2))
    assert from_gensim(keyed).vocabulary.counts.tolist() == [0, 0]


def test_what_is_refused():
    models = pytest.importorskip("gensim.models")
    model = models.Word2Vec([["a", "b"]] * 3, vector_size=2, min_count=1, workers=1)
    with pytest.raises(ParameterError, match=r"of a model, pass model.wv\), got Word2Vec"):
        from_gensim(model)
    assert set(from_gensim(model.wv).vocabulary) == {"a", "b"}
    keyed = models.KeyedVectors(1)
    keyed.add_vectors([3], np.eye(1))
    with pytest.raises(FormatError, match=r"keyed_vectors: every key must be a word, got 3\."):
        from_gensim(keyed)
    keyed = models.KeyedVectors(1)
    keyed.add_vectors(["a"], np.array([[np.nan]]))
    with pytest.raises(FormatError, match="keyed_vectors: the vector of 'a' is not finite"):
        from_gensim(keyed)


def test_without_gensim(monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(ResourceError, match=r"gensim is not installed; install it with 'pip install gensim'"):
        to_gensim(some())
