"""The account of what a graph did to vectors, and test pairs that are kept out of it."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.stats import rankdata

from wordvec import Embeddings, ParameterError, Vocabulary
from wordvec.knowledge.account import Move, MovedPair, account_moves, account_pairs, exclude_pairs
from wordvec.knowledge.expanded import expanded_retrofit
from wordvec.knowledge.retrofit import retrofit
from wordvec.lexicon import Lexicon, make_csr

NAMES = ("cat", "feline", "dog", "Tax", "law")
PAIRS = [("cat", "feline"), ("cat", "dog"), ("Tax", "law")]


def example(pairs=PAIRS, seed=1):
    words = Vocabulary(NAMES, np.arange(5, 0, -1))
    rows = np.random.default_rng(seed).normal(size=(5, 4)).astype(np.float32)
    return Embeddings(words, rows), Lexicon.from_pairs(pairs, words)


def test_every_word_with_an_edge_is_accounted_for():
    before, graph = example(PAIRS[:2])
    after = retrofit(before, graph, solver="direct")
    table = account_moves(before, after, graph, top=2)
    assert list(table.columns) == list(Move._fields)
    assert sorted(table["word"]) == ["cat", "dog", "feline"] and table["cosine"].is_monotonic_increasing
    row = table.set_index("word").loc["cat"]
    old, new = before["cat"].astype(float), after["cat"].astype(float)
    ways = np.array([after[word] - old for word in ("feline", "dog")])
    total = ways.sum(axis=0)
    shares = ways @ total / (total @ total)
    assert row.degree == 2
    assert_allclose(row.distance, np.linalg.norm(new - old))
    assert_allclose(row.cosine, old @ new / np.linalg.norm(old) / np.linalg.norm(new))
    assert_allclose(row.pull, np.linalg.norm(total / 2))
    named = {"feline": shares[0], "dog": shares[1]}
    first, second = sorted(named, key=lambda word: -abs(named[word]))
    assert row.pulled_by == f"{first} (synonym {named[first]:.2f}), {second} (synonym {named[second]:.2f})"
    assert_allclose(shares.sum(), 1)
    # Where the equations hold, a word moved by its mean pull, halved by alpha = 1.
    assert_allclose(row.distance, row.pull / 2, rtol=1e-5)


def test_weights_count_and_few_are_named():
    before, _ = example()
    ends = np.array([[0, 1], [0, 2]])
    graph = Lexicon(
        before.vocabulary, *make_csr(ends[:, 0], ends[:, 1], np.array([1.0, 1e6]), np.array([0, 1]), 5), ("a", "b")
    )
    table = account_moves(before, retrofit(before, graph), graph, top=1)
    assert table["pulled_by"].tolist() == ["dog (b 1.00)"]
    assert account_moves(before, retrofit(before, graph), graph, top=0)["pulled_by"].tolist() == [""]


def test_nodes_that_got_a_vector_have_no_distance():
    before, graph = example([("cat", "feline")])
    sources = np.array([0, 1, 0, 5])
    targets = np.array([1, 0, 5, 0])
    csr = make_csr(sources, targets, np.ones(4), np.zeros(4), 7)
    graph = replace(graph, indptr=csr[0], indices=csr[1], weights=csr[2], relations=csr[3], extras=("lynx", "lost"))
    after = expanded_retrofit(before, graph)
    table = account_moves(before, after, graph).set_index("word")
    assert list(table.index[-1:]) == ["lynx"] and np.isnan(table.loc["lynx", "distance"])
    assert table.loc["lynx", "pulled_by"] == "cat (synonym 1.00)" and table.loc["cat", "degree"] == 2
    plain = account_moves(before, retrofit(before, graph), graph).set_index("word")  # here lynx has no vector
    assert plain.loc["cat", "degree"] == 1 and "lynx" not in plain.index


def test_test_pairs_that_changed_places():
    before, graph = example()
    after = retrofit(before, graph)
    asked = [("cat", "dog"), ("cat", "law"), ("dog", "law"), ("feline", "dog"), ("cat", "ox")]
    scores = [9.0, 1.0, 2.0, 2.0, 5.0]
    table = account_pairs(before, after, graph, asked, scores, top=1)
    assert list(table.columns) == list(MovedPair._fields) and table.attrs["missing"] == 1 and len(table) == 4
    assert table["change"].abs().is_monotonic_decreasing
    rows = table.set_index(["word1", "word2"]).loc[asked[:4]]
    assert rows["rank"].tolist() == [1.0, 4.0, 2.5, 2.5]
    for held, name in ((before, "before"), (after, "after")):
        cosines = [held[a] @ held[b] / np.linalg.norm(held[a]) / np.linalg.norm(held[b]) for a, b in asked[:4]]
        assert_allclose(rows[f"cosine_{name}"], cosines, rtol=1e-5)
        assert rows[f"rank_{name}"].tolist() == rankdata(-np.array(cosines)).tolist()
    assert (rows["change"] == rows["rank_before"] - rows["rank_after"]).all()
    farther = (rows["rank_after"] - rows["rank"]).abs() - (rows["rank_before"] - rows["rank"]).abs()
    assert (rows["nearer"] == -farther).all()
    assert rows.loc[("dog", "law"), "because_of"] == "dog < cat (synonym 1.00), law < Tax (synonym 1.00)"


def test_edges_that_are_test_pairs_are_left_out_and_counted():
    _, graph = example()
    found = exclude_pairs(graph, [("DOG", "cat"), ("cat", "dog"), ("tax", "Law"), ("cat", "ox"), ("feline", "dog")])
    assert found.metadata["excluded"] == {"pairs": 4, "edges": 2}
    assert found.neighbors("cat") == ["feline"] and found.degrees.tolist() == [1, 1, 0, 0, 0]
    assert exclude_pairs(found, [("cat", "feline")]).metadata["excluded"] == {"pairs": 1, "edges": 3}
    assert exclude_pairs(graph, []).n_pairs == 3
    phrases = Vocabulary(("heart_attack", "infarct"), np.array([2, 1]))
    joined = Lexicon.from_pairs([("heart_attack", "infarct")], phrases)
    assert exclude_pairs(joined, [("infarct", "heart attack")]).n_pairs == 0


def test_what_does_not_belong_together_is_refused():
    before, graph = example()
    after = retrofit(before, graph)
    other = Embeddings(Vocabulary(("a",), np.array([1])), before.vectors[:1])
    with pytest.raises(ParameterError, match="lexicon must be over the vocabulary of the vectors before"):
        account_moves(other, other, graph)
    with pytest.raises(ParameterError, match="after must have the words and the dim of the vectors before"):
        account_moves(before, other, graph)
    with pytest.raises(ParameterError, match="scores must be one for each of 1 pairs, got 2"):
        account_pairs(before, after, graph, [("cat", "dog")], [1, 2])
    with pytest.raises(ParameterError, match="top must be an integer >= 0, got -1"):
        account_moves(before, after, graph, top=-1)
