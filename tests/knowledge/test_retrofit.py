"""Retrofitting: the oracles that follow from its equations, its solvers against each other, and what it refuses."""

from dataclasses import replace

import naive_retrofit as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from wordvec import Embeddings, FormatError, ParameterError, ResourceError, Vocabulary
from wordvec.files.models import find_configurations
from wordvec.knowledge import linear_system
from wordvec.knowledge.retrofit import keep_relations, prepare_vectors, retrofit, weigh_relations
from wordvec.lexicon import Lexicon, make_csr

ITERATIVE = ("gauss_seidel", "jacobi", "cg")
SOLVERS = (*ITERATIVE, "direct")
EXACTLY = {"iterations": 300, "tolerance": 1e-7}


def words(n):
    return Vocabulary(tuple(f"w{i}" for i in range(n)), np.arange(n, 0, -1))


def vectors(n, dim=5, seed=1):
    return Embeddings(words(n), np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32))


def lexicon(n, pairs, weights=None, *, both=True, relations=None):
    """Edges between words by number; each pulls both ways."""
    ends, weights = np.array(pairs, np.int64).reshape(-1, 2), np.ones(len(pairs)) if weights is None else weights
    kinds = np.zeros(len(ends), np.int64) if relations is None else np.array(relations)
    if both:
        ends, weights, kinds = np.concatenate([ends, ends[:, ::-1]]), np.tile(weights, 2), np.tile(kinds, 2)
    names = ("synonym", "hypernym")[: int(kinds.max(initial=0)) + 1]
    return Lexicon(words(n), *make_csr(ends[:, 0], ends[:, 1], weights, kinds, n), names)


def random_lexicon(seed, n=30, edges=50):
    rng = np.random.default_rng(seed)
    ends = np.unique(np.sort(rng.integers(0, n, (edges, 2)), axis=1), axis=0)
    ends = ends[ends[:, 0] != ends[:, 1]]
    return lexicon(n, ends, rng.uniform(0.1, 2.0, len(ends)))


def edge_list(found):
    sources = np.repeat(np.arange(found.n_nodes), found.degrees)
    return list(zip(sources, found.indices, found.weights, strict=True))


@given(st.integers(0, 500), st.sampled_from(SOLVERS), st.sampled_from(["degree", "weight"]), st.floats(0.2, 5))
@settings(max_examples=60, deadline=None)
def test_every_solver_finds_the_solution(seed, solver, beta, alpha):
    graph, before = random_lexicon(seed), vectors(30, seed=seed)
    found = retrofit(before, graph, solver=solver, alpha=alpha, beta=beta, iterations=1000, tolerance=1e-7)
    expected = naive.exact(before.vectors, edge_list(graph), alpha=alpha, beta=beta)
    assert_allclose(found.vectors, expected, atol=1e-5)
    report = found.metadata["retrofit"]
    assert report["residual"] <= 3e-6  # what float32 can give; a residual of 1e-7 is not always reached
    assert report["converged"] == (report["residual"] <= 1e-7)
    assert report["words"] == np.count_nonzero(graph.degrees)


@given(st.integers(0, 500), st.sampled_from(["gauss_seidel", "jacobi", "direct"]))
@settings(max_examples=20, deadline=None)
def test_edges_that_pull_one_way_only(seed, solver):
    rng = np.random.default_rng(seed)
    graph = lexicon(12, np.unique(rng.integers(0, 12, (20, 2)), axis=0), both=False)
    before = vectors(12)
    found = retrofit(before, graph, solver=solver, **EXACTLY)
    assert_allclose(found.vectors, naive.exact(before.vectors, edge_list(graph), alpha=1, beta="degree"), atol=1e-5)
    still = graph.degrees == 0
    assert found.vectors[still].tobytes() == before.vectors[still].tobytes()


def test_sweeps_are_those_of_the_plain_implementation():
    graph, before = random_lexicon(4), vectors(30)
    flat = replace(graph, weights=np.ones_like(graph.weights))
    names = before.vocabulary.words
    plain = {
        word: [names[j] for j in flat.indices[flat.indptr[i] : flat.indptr[i + 1]]] for i, word in enumerate(names)
    }
    rows = {word: before[word].astype(float) for word in names}
    for iterations in (1, 3):
        expected = naive.retrofit(rows, plain, iterations=iterations)
        found = retrofit(before, flat, iterations=iterations, tolerance=0)
        assert_allclose(found.vectors, np.array([expected[word] for word in names]), atol=1e-6)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1), st.randoms())
@settings(max_examples=30, deadline=None)
def test_the_order_of_edges_never_matters(pairs, random):
    named = [(f"w{a}", f"w{b}") for a, b in pairs]
    turned = [pair[::-1] if random.random() < 0.5 else pair for pair in named]
    random.shuffle(turned)
    before, graphs = vectors(8), [Lexicon.from_pairs(some, words(8)) for some in (named, turned)]
    if not graphs[0].n_pairs:
        return
    for solver in SOLVERS:
        one, other = (retrofit(before, graph, solver=solver) for graph in graphs)
        assert one.vectors.tobytes() == other.vectors.tobytes()
        assert one.metadata["retrofit"]["lexicon_sha256"] == other.metadata["retrofit"]["lexicon_sha256"]


@pytest.mark.parametrize("solver", SOLVERS)
def test_two_words_meet_at_a_third_of_the_way(solver):
    before = vectors(2)
    a, b = before.vectors
    found = retrofit(before, lexicon(2, [(0, 1)]), solver=solver, **EXACTLY).vectors
    assert_allclose(found, [(2 * a + b) / 3, (a + 2 * b) / 3], atol=1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_words_without_an_edge_keep_their_bits(solver):
    before = vectors(6)
    found = retrofit(before, lexicon(6, [(1, 4)]), solver=solver)
    still = [0, 2, 3, 5]
    assert found.vectors[still].tobytes() == before.vectors[still].tobytes()
    assert not np.array_equal(found.vectors[[1, 4]], before.vectors[[1, 4]])


@pytest.mark.parametrize("solver", ITERATIVE)
def test_no_sweeps_or_a_large_alpha_change_no_bit(solver):
    before, graph = vectors(30), random_lexicon(2)
    found = retrofit(before, graph, solver=solver, iterations=0)
    assert found.vectors.tobytes() == before.vectors.tobytes()
    assert not found.metadata["retrofit"]["converged"] and found.metadata["retrofit"]["residual"] > 0.01
    held = retrofit(before, graph, solver=solver, alpha=1e20, tolerance=0)
    assert held.vectors.tobytes() == before.vectors.tobytes()


@pytest.mark.parametrize("beta", ["degree", "weight"])
def test_alike_words_of_a_clique_stay(beta):
    rows = np.tile(np.array([0.3, -0.7, 1.1], np.float32), (5, 1))
    graph = lexicon(5, [(a, b) for a in range(5) for b in range(a)])
    assert_allclose(retrofit(Embeddings(words(5), rows), graph, beta=beta).vectors, rows, rtol=2e-7)


@pytest.mark.parametrize("beta", ["degree", "weight"])
def test_moving_all_words_moves_the_result(beta):
    before, graph = vectors(30), random_lexicon(6)
    moved = Embeddings(before.vocabulary, before.vectors + np.float32(3))
    one, other = (retrofit(some, graph, beta=beta, **EXACTLY).vectors for some in (before, moved))
    assert_allclose(other, one + 3, atol=1e-5)


def test_the_mean_of_a_component_stays_where_pulls_are_mutual():
    before, graph = vectors(30), random_lexicon(7)
    found = retrofit(before, graph, beta="weight", **EXACTLY).vectors
    assert_allclose(found.mean(axis=0), before.vectors.mean(axis=0), atol=1e-6)


@pytest.mark.parametrize("beta", ["degree", "weight"])
def test_words_stay_in_the_hull_of_their_component(beta):
    before, graph = vectors(30), random_lexicon(8)
    found = retrofit(before, graph, beta=beta).vectors
    assert (found <= before.vectors.max(axis=0) + 1e-6).all() and (found >= before.vectors.min(axis=0) - 1e-6).all()


@pytest.mark.parametrize("solver", ["gauss_seidel", "jacobi"])
def test_threads_change_no_bit(solver):
    before, graph = vectors(30, dim=70), random_lexicon(9)
    found = [retrofit(before, graph, solver=solver, threads=n) for n in (1, 2, 4)]
    assert len({some.vectors.tobytes() for some in found}) == 1
    assert len({some.metadata["retrofit"]["residual"] for some in found}) == 1


def test_sweeps_end_at_the_residual():
    before, graph = vectors(30), random_lexicon(3)
    loose, tight = (retrofit(before, graph, iterations=500, tolerance=t).metadata["retrofit"] for t in (1e-2, 1e-6))
    assert loose["converged"] and loose["residual"] <= 1e-2 and loose["iterations"] < tight["iterations"] < 500
    reports = []
    retrofit(before, graph, iterations=3, tolerance=0, progress=reports.append)
    assert [(report.done, report.total) for report in reports] == [(1, 3), (2, 3), (3, 3)]


def test_relations_are_weighed_and_chosen():
    graph = lexicon(4, [(0, 1), (0, 2), (2, 3)], relations=[0, 1, 1])
    light = weigh_relations(graph, {"hypernym": 0.25})
    assert light.weights.tolist() == [1, 0.25, 1, 0.25, 0.25, 0.25] and light.metadata["relation_weights"] == {
        "hypernym": 0.25
    }
    before = vectors(4)
    found = retrofit(before, weigh_relations(graph, {"hypernym": 0}), **EXACTLY)
    assert found.vectors.tobytes() == retrofit(before, keep_relations(graph, ["synonym"]), **EXACTLY).vectors.tobytes()
    expected = naive.exact(before.vectors, edge_list(light), alpha=1, beta="degree")
    assert_allclose(retrofit(before, light, **EXACTLY).vectors, expected, atol=1e-5)
    with pytest.raises(
        ParameterError, match=r"'hyponym' is not among those .* \(synonym, hypernym\). Did you mean 'hyp"
    ):
        weigh_relations(graph, {"hyponym": 1})
    with pytest.raises(
        ParameterError, match="the weight of relation 'hypernym' must be a finite number from 0, got -1"
    ):
        weigh_relations(graph, {"hypernym": -1})


def test_edges_to_extras_do_not_pull():
    graph = lexicon(4, [(0, 1), (0, 2), (0, 3)])
    short = replace(graph, vocabulary=words(3), extras=("more",))
    before = vectors(3)
    found = retrofit(before, short)
    assert found.metadata["retrofit"]["edges_to_extras"] == 2
    assert found.vectors.tobytes() == retrofit(before, lexicon(3, [(0, 1), (0, 2)])).vectors.tobytes()


def test_vectors_are_prepared_in_order():
    before = vectors(20)
    assert prepare_vectors(before) is before
    found = prepare_vectors(before, center=True, unit=True)
    centered = before.vectors - before.vectors.mean(axis=0)
    assert_allclose(found.vectors, centered / np.linalg.norm(centered, axis=1, keepdims=True), atol=1e-6)
    assert found.metadata["prepared"] == ["center", "unit"]
    zero = Embeddings(words(2), np.zeros((2, 3), np.float32))
    assert not prepare_vectors(zero, unit=True).vectors.any()


def test_an_empty_intersection_is_an_error():
    graph = Lexicon.from_pairs([("w0", "x"), ("y", "z")], words(3))
    message = (
        r"joins no two words of these vectors: 3 words, 0 other nodes, 0 edges \(unknown 2, loops 0, duplicates 0\)"
    )
    with pytest.raises(FormatError, match=message + ". Are graph and vectors of one language"):
        retrofit(vectors(3), graph)


def test_lexicons_of_other_words_and_broken_vectors_are_refused():
    with pytest.raises(
        ParameterError, match="lexicon must be over the vocabulary of the vectors, got one over 4 other"
    ):
        retrofit(vectors(3), lexicon(4, [(0, 1)]))
    rows = vectors(4).vectors.copy()
    rows[2, 1] = np.nan
    broken = Embeddings(words(4), rows)
    with pytest.raises(FormatError, match="the vector of 'w2' holds numbers that are not finite"):
        retrofit(broken, lexicon(4, [(0, 2)]))
    assert np.isnan(retrofit(broken, lexicon(4, [(0, 1)])).vectors[2, 1])  # out of the lexicon


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0}, "alpha must be a finite number above 0, got 0"),
        ({"alpha": float("inf")}, "alpha must be a finite number above 0, got inf"),
        ({"beta": "deg"}, "beta must be 'degree' or 'weight', got 'deg'"),
        ({"solver": "lu"}, "solver must be gauss_seidel, jacobi, cg or direct, got 'lu'"),
        ({"iterations": -1}, "iterations must be an integer >= 0, got -1"),
        ({"tolerance": float("nan")}, "tolerance must be a finite number >= 0, got nan"),
        ({"threads": 0}, "threads must be an integer >= 1, got 0"),
        ({"alpha": 1e38}, "must add up to less than 1e30; make them smaller"),
    ],
)
def test_parameters_have_domains(options, message):
    with pytest.raises(ParameterError, match=message):
        retrofit(vectors(2), lexicon(2, [(0, 1)]), **options)


def test_conjugate_gradient_is_for_mutual_pulls():
    with pytest.raises(ParameterError, match="direct where edges do not pull both ways alike, got 'cg'"):
        retrofit(vectors(3), lexicon(3, [(0, 1), (1, 2)], both=False), solver="cg")


def test_a_graph_too_large_for_a_factor_is_refused(monkeypatch):
    monkeypatch.setattr(linear_system, "_MOST_JOINED", 2)
    before = vectors(5)
    assert retrofit(before, lexicon(5, [(0, 1), (2, 3)]), solver="direct").metadata["retrofit"]["converged"]
    with pytest.raises(ResourceError, match="at most 2 words hang together, and of this one 3 do; use 'gauss_seidel'"):
        retrofit(before, lexicon(5, [(0, 1), (1, 3)]), solver="direct")


def test_retrofitted_seeds_are_seeds_of_one_model_and_not_of_the_plain_one(tmp_path):
    graph = lexicon(4, [(0, 1)])
    for seed in (1, 2):
        facts = {"model": "skipgram", "corpus": "c", "settings": {"seed": seed, "dim": 5}}
        plain = Embeddings(words(4), vectors(4, seed=seed).vectors, facts)
        plain.save(tmp_path / f"plain-{seed}.wv")
        retrofit(plain, graph).save(tmp_path / f"moved-{seed}.wv")
        retrofit(prepare_vectors(plain, unit=True), graph).save(tmp_path / f"unit-{seed}.wv")
    found = find_configurations([str(path) for path in sorted(tmp_path.iterdir())])
    assert sorted(len(one.paths) for one in found) == [2, 2, 2]
    again = retrofit(retrofit(plain, graph, alpha=2.0), graph)
    assert again.metadata["retrofit"]["after"]["alpha"] == 2.0
