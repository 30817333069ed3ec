"""Counts of neighbors: equal to plain loops, whatever the threads and the order of sentences."""

import naive_constraints as naive
import numpy as np
import pytest

from wordvec import Corpus, FormatError, ParameterError, Progress, Vocabulary
from wordvec.knowledge import cooccurrence
from wordvec.knowledge.cooccurrence import Cooccurrences, count_cooccurrences


def sentences(seed=1, n=60):
    rng = np.random.default_rng(seed)
    return [[f"w{i}" for i in rng.zipf(1.5, rng.integers(0, 15)) % 12] for _ in range(n)]


def corpus(texts):
    return Corpus.from_sentences(texts, vocabulary=Vocabulary(tuple(f"w{i}" for i in range(12)), np.arange(12, 0, -1)))


SHARES = {
    "distance": lambda d, window: 1 / d,
    "shrunk": lambda d, window: (window - d + 1) / window,
    "flat": lambda d, window: 1.0,
}


@pytest.mark.parametrize("weighting", SHARES)
def test_counts_equal_plain_loops(weighting):
    texts = sentences()
    counts = count_cooccurrences(corpus(texts), window=4, weighting=weighting)
    ids = [[int(word[1:]) for word in sentence] for sentence in texts]
    wanted = sum(
        SHARES[weighting](d, 4) * naive.count_contexts([0] * (d - 1) + [1], ids, 12).astype(float) for d in range(1, 5)
    )
    dense = counts.to_scipy().toarray()
    assert np.allclose(dense, wanted, rtol=1e-6) and (dense == dense.T).all()


def test_neither_threads_nor_spans_nor_the_order_of_sentences_matter(monkeypatch):
    texts = sentences()
    one = count_cooccurrences(corpus(texts), window=3, threads=1)
    monkeypatch.setattr(cooccurrence, "_CELLS", 20)
    two = count_cooccurrences(corpus(texts[::-1]), window=3, threads=3)
    for name in ("indptr", "indices", "values"):
        assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
    assert one.metadata["corpus"] == two.metadata["corpus"]


def test_a_slice_is_counted_alone():
    whole = Corpus.from_sentences({"then": [["a", "b"]] * 3, "now": [["a", "c"]] * 2}, min_count=1)
    dense = count_cooccurrences(whole["now"]).to_scipy().toarray()
    a, b, c = (whole.vocabulary[word] for word in "abc")
    assert dense[a, c] == 2 and dense[a, b] == 0


def test_a_corpus_on_the_disk_and_progress(tmp_path):
    held, seen = corpus(sentences()), []
    held.save(tmp_path / "c.wvc")
    counts = count_cooccurrences(Corpus.load(tmp_path / "c.wvc"), progress=seen.append)
    assert counts.values.tobytes() == count_cooccurrences(held).values.tobytes()
    assert seen[-1] == Progress("co-occurrences", held.n_tokens, held.n_tokens, "words")


def test_what_cannot_be_counted():
    held = corpus(sentences())
    with pytest.raises(ParameterError, match="window must be an integer from 1 to 1000, got 0"):
        count_cooccurrences(held, window=0)
    with pytest.raises(ParameterError, match="weighting must be 'distance' or 'shrunk' or 'flat', got 'square'"):
        count_cooccurrences(held, weighting="square")
    with pytest.raises(FormatError, match="no two words of this corpus stand in one sentence"):
        count_cooccurrences(corpus([["w1"], ["w2"]]))
    with pytest.raises(ParameterError, match=r"values must be positive and finite, got \[-1.0\]"):
        Cooccurrences.from_dense(Vocabulary.from_counts({"a": 1, "b": 1}), np.array([[0, -1], [1, 0]]))
    with pytest.raises(ParameterError, match=r"matrix.shape must be \(2, 2\), got \(1, 2\)"):
        Cooccurrences.from_dense(Vocabulary.from_counts({"a": 1, "b": 1}), np.ones((1, 2)))
