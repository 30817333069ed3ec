"""Neighbors then and now."""

import numpy as np
import pytest

from wordvec import AlignedSlices, Embeddings, ParameterError, UnknownWordError, Vocabulary
from wordvec.drift.neighborhoods import nearest_words, spaces_of
from wordvec.drift.neighbors import list_neighbors


@pytest.fixture
def slices():
    rng = np.random.default_rng(0)
    vocabulary = Vocabulary(tuple(f"w{i}" for i in range(30)), np.arange(130, 100, -1))
    counts = rng.integers(5, 60, size=(2, 30))
    found = []
    for t in range(2):
        kept = sorted(range(30 - t), key=lambda i: (-counts[t, i], i))
        words = Vocabulary(tuple(vocabulary.words[i] for i in kept), counts[t, kept])
        found.append(Embeddings(words, rng.normal(size=(len(kept), 5)).astype(np.float32)))
    return AlignedSlices(("then", "now"), tuple(found), vocabulary, counts)


def test_agrees_with_nearest(slices):
    table = list_neighbors(slices, ["w3", "w1", "w3"], k=4, min_count=1)
    assert list(dict.fromkeys(table["word"])) == ["w3", "w1"]
    for (word, label), rows in table.groupby(["word", "slice"], sort=False):
        expected = slices[label].nearest(word, k=4)
        assert list(rows["neighbor"]) == [n.word for n in expected]
        assert list(rows["similarity"]) == pytest.approx([n.similarity for n in expected], abs=1e-5)
        assert list(rows["rank"]) == [1, 2, 3, 4]


def test_rare_neighbors_are_not_listed_and_counts_are_the_slices(slices):
    table = list_neighbors(slices, ["w0"], k=40, min_count=20)
    for row in table.itertuples():
        assert row.count == slices.counts[slices.number(row.slice), slices.vocabulary[row.neighbor]] >= 20
    frequent = (slices.counts[0][1:] >= 20).sum()
    assert (table["slice"] == "then").sum() == frequent


def test_a_word_without_a_vector_is_named(slices):
    table = list_neighbors(slices, ["w29"], k=3)
    assert set(table["slice"]) == {"then"}
    assert table.attrs["absent"] == [("w29", "now")]


def test_no_words_give_an_empty_table(slices):
    table = list_neighbors(slices, [])
    assert list(table.columns) == ["word", "slice", "rank", "neighbor", "similarity", "count"]
    assert len(table) == 0


def test_blocks_change_nothing(slices, monkeypatch):
    whole = list_neighbors(slices, slices.vocabulary.words, k=3)
    monkeypatch.setattr("wordvec.drift.neighbors.BLOCK", 7)
    blocks = list_neighbors(slices, slices.vocabulary.words, k=3)
    assert list(blocks["neighbor"]) == list(whole["neighbor"])


def test_errors(slices):
    with pytest.raises(UnknownWordError, match=r"^'nowhere' is not among the 30 words"):
        list_neighbors(slices, ["nowhere"])
    with pytest.raises(ParameterError, match=r"^k must be an integer >= 1, got 0$"):
        list_neighbors(slices, ["w1"], k=0)
    with pytest.raises(ParameterError, match=r"^min_count must be an integer >= 1, got 0$"):
        list_neighbors(slices, ["w1"], min_count=0)


def test_ties_go_to_the_first_rows():
    words = Vocabulary(tuple("abcdef"), np.arange(6, 0, -1))
    rows = np.array([[1, 0], [1, 1], [1, 1], [1, 0], [1, 1], [-1, 0]], np.float32)
    space = spaces_of(AlignedSlices(("now",), (Embeddings(words, rows),), words, np.ones((1, 6), np.int64)))[0]
    query = np.array([0])
    assert nearest_words(space, query, 3)[0].tolist() == [[3, 1, 2]]
    assert nearest_words(space, query, 9)[0].tolist() == [[3, 1, 2, 4, 5, -1]]
    assert nearest_words(space, query, 0)[0].shape == (1, 0)
    ids, cosines = nearest_words(space, query, 3, np.array([1, 0, 0, 0, 1, 0], np.bool_))
    assert (ids.tolist(), cosines.round(4).tolist()) == ([[4, -1]], [[np.float32(0.7071), -np.inf]])
