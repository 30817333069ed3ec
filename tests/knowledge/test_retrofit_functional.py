"""Functional retrofitting: with the identity it is plain, and planted maps are found."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from wordvec import Embeddings, FormatError, ParameterError, Vocabulary
from wordvec.knowledge import functional
from wordvec.knowledge.functional import RelationMap, functional_retrofit
from wordvec.knowledge.retrofit import retrofit
from wordvec.lexicon import Lexicon, make_csr


def example(n=40, edges=120, relations=2, seed=1, dim=6):
    rng = np.random.default_rng(seed)
    words = Vocabulary(tuple(f"w{i}" for i in range(n)), np.arange(n, 0, -1))
    ends = np.unique(rng.integers(0, n, (edges, 2)), axis=0)
    ends = ends[ends[:, 0] != ends[:, 1]]
    kinds = rng.integers(0, relations, len(ends))
    csr = make_csr(ends[:, 0], ends[:, 1], rng.uniform(0.5, 1.5, len(ends)), kinds, n)
    rows = rng.normal(size=(n, dim)).astype(np.float32)
    return Embeddings(words, rows), Lexicon(words, *csr, ("isa", "near")[:relations])


@pytest.mark.parametrize("beta", ["degree", "weight"])
@pytest.mark.parametrize("options", [{"learn": False}, {"penalty": 1e12}])
def test_with_the_identity_it_is_plain_retrofitting(beta, options):
    before, graph = example()
    shared = {"alpha": 0.7, "beta": beta, "iterations": 500, "tolerance": 1e-6}
    found = functional_retrofit(before, graph, **shared, **options)
    assert_allclose(
        found.embeddings.vectors, retrofit(before, graph, solver="direct", alpha=0.7, beta=beta).vectors, atol=1e-5
    )
    assert found.embeddings.metadata["retrofit"]["converged"]
    for one in found.maps.values():
        assert_allclose(one.matrix, np.eye(6), atol=1e-6)
        assert_allclose(one.offset, 0, atol=1e-6)


def test_as_many_turns_as_sweeps_of_jacobi():
    before, graph = example()
    one = functional_retrofit(before, graph, learn=False, iterations=3, tolerance=0).embeddings.vectors
    assert_allclose(one, retrofit(before, graph, solver="jacobi", iterations=3, tolerance=0).vectors, atol=1e-6)


def test_a_planted_map_is_found():
    rng = np.random.default_rng(3)
    turn, _ = np.linalg.qr(rng.normal(size=(5, 5)))
    base = rng.normal(size=(300, 5))
    shifted = base @ turn.T + 2.0 + 0.01 * rng.normal(size=base.shape)
    words = Vocabulary(tuple(f"w{i:03}" for i in range(600)), np.arange(600, 0, -1))
    before = Embeddings(words, np.concatenate([base, shifted]).astype(np.float32))
    csr = make_csr(np.arange(300) + 300, np.arange(300), np.ones(300), np.zeros(300), 600)
    found = functional_retrofit(before, Lexicon(words, *csr, ("isa",)), penalty=1e-3)
    isa = found.maps["isa"]
    assert_allclose(isa.matrix, turn, atol=0.02)
    assert_allclose(isa.offset, 2.0, atol=0.02)
    assert isa.error < 1e-3 and isa.edges == 300
    assert found.embeddings.metadata["retrofit"]["maps"]["isa"]["edges"] == 300
    assert_allclose(found.embeddings.vectors, before.vectors, atol=0.05)  # who is where the map expects it stays
    assert np.abs(retrofit(before, Lexicon(words, *csr, ("isa",))).vectors - before.vectors).max() > 0.5


def test_words_without_an_edge_keep_their_bits():
    before, graph = example(edges=10)
    still = graph.degrees == 0
    found = functional_retrofit(before, graph, threads=2).embeddings
    assert found.vectors[still].tobytes() == before.vectors[still].tobytes()
    nothing = functional_retrofit(before, graph, iterations=0).embeddings
    assert nothing.vectors.tobytes() == before.vectors.tobytes()


def test_what_is_refused():
    before, graph = example()
    with pytest.raises(ParameterError, match="penalty must be a finite number above 0, got 0"):
        functional_retrofit(before, graph, penalty=0)
    with pytest.raises(ParameterError, match="iterations must be an integer >= 0, got -1"):
        functional_retrofit(before, graph, iterations=-1)
    empty = Lexicon.from_pairs([], before.vocabulary)
    with pytest.raises(FormatError, match="joins no two words"):
        functional_retrofit(before, empty)


def test_maps_that_make_vectors_grow_are_told(monkeypatch):
    before, graph = example()
    grown = RelationMap(1000 * np.eye(6, dtype=np.float32), np.zeros(6, np.float32), 1, 1.0)
    monkeypatch.setattr(functional, "_fit", lambda *_: grown)
    with pytest.raises(FormatError, match="make vectors grow without end; give a larger penalty or alpha"):
        functional_retrofit(before, graph, iterations=100, tolerance=0)
