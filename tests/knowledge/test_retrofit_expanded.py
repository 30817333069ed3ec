"""Expanded retrofitting: who gets a vector, and from whom."""

from dataclasses import replace

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from wordvec import Embeddings, FormatError, ParameterError, Vocabulary
from wordvec.knowledge.expanded import expanded_retrofit
from wordvec.lexicon import Lexicon, make_csr

RAW = {"center": False, "unit": False}


def example(pairs, known, nodes, seed=1, dim=4):
    """Vectors of the first ``known`` of ``nodes`` nodes, and a lexicon in which the others are extras."""
    words = Vocabulary(tuple(f"w{i}" for i in range(known)), np.arange(known, 0, -1))
    rows = np.random.default_rng(seed).normal(size=(known, dim)).astype(np.float32)
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    ends = np.unique(np.concatenate([ends, ends[:, ::-1]]), axis=0)
    ends = ends[ends[:, 0] != ends[:, 1]]
    csr = make_csr(ends[:, 0], ends[:, 1], np.ones(len(ends)), np.zeros(len(ends)), nodes)
    extras = tuple(f"x{i}" for i in range(known, nodes))
    return Embeddings(words, rows), Lexicon(words, *csr, ("synonym",), extras)


CHAIN = [(0, 1), (1, 2)]


def test_a_chain_is_reached_node_by_node():
    before, graph = example(CHAIN, 1, 3)
    for iterations in (1, 2, 5):
        found = expanded_retrofit(before, graph, original_weight=1.0, iterations=iterations, **RAW)
        assert found.vocabulary.words == ("w0", "x1", "x2") and found.vocabulary.counts.tolist() == [1, 0, 0]
        assert_allclose(found.vectors, np.tile(before.vectors, (3, 1)), rtol=1e-6)  # there is nobody else to be like
    assert found.metadata["retrofit"]["farthest"] == 2 and found.metadata["retrofit"]["added"] == 2


def test_iterations_are_what_the_method_says():
    before, graph = example([(0, 2), (1, 2), (2, 3)], 2, 4)
    a, b = before.vectors.astype(float)
    one = expanded_retrofit(before, graph, iterations=1, original_weight=0.2, **RAW).vectors
    assert_allclose(one[:3], [a, b, (a + b) / 2], atol=1e-6)
    assert_allclose(one[3], (a + b) / 2, atol=1e-6)  # filled from the nearer neighbor
    two = expanded_retrofit(before, graph, iterations=2, original_weight=0.2, **RAW).vectors
    c = (a + b) / 2
    assert_allclose(two, [0.8 * (a + c) / 2 + 0.2 * a, 0.8 * (b + c) / 2 + 0.2 * b, c, c], atol=1e-6)
    heavy = expanded_retrofit(before, graph, iterations=2, original_weight=0.2, self_weight=3.0, **RAW).vectors
    assert_allclose(heavy[0], 0.8 * (3 * a + c) / 4 + 0.2 * a, atol=1e-6)


@pytest.mark.parametrize("unit", [False, True])
def test_words_that_keep_all_of_their_old_vector_are_the_centered_originals(unit):
    before, graph = example([(0, 1), (1, 2), (2, 5), (3, 4)], 4, 6)
    found = expanded_retrofit(before, graph, original_weight=1.0, unit=unit)
    centered = before.vectors - before.vectors.mean(axis=0)
    if unit:
        centered /= np.linalg.norm(centered, axis=1, keepdims=True)
    assert_allclose(found.vectors[:4], centered, atol=1e-6)


@given(
    st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=14),
    st.integers(1, 5),
    st.integers(0, 3),
)
@settings(max_examples=60, deadline=None)
def test_a_node_gets_a_vector_if_and_only_if_a_path_leads_to_a_word(pairs, known, iterations):
    before, graph = example(pairs, known, 12)
    network = networkx.Graph(pairs)
    network.add_nodes_from(range(12))
    near = set().union(*(networkx.node_connected_component(network, word) for word in range(known)))
    touched = any(a != b and min(a, b) < known for a, b in pairs)
    if not touched:
        with pytest.raises(FormatError, match="joins no two words"):
            expanded_retrofit(before, graph)
        return
    found = expanded_retrofit(before, graph, iterations=iterations, **RAW)
    assert set(found.vocabulary.words[known:]) == {f"x{i}" for i in near if i >= known}
    assert found.vectors.any(axis=1).all() and np.isfinite(found.vectors).all()
    lost = [f"x{i}" for i in range(known, 12) if i not in near]
    report = found.metadata["retrofit"]
    assert report["unreachable_nodes"] == lost and report["unreachable"] == len(lost)


def test_threads_change_no_bit_and_progress_is_told():
    rng = np.random.default_rng(2)
    before, graph = example(rng.integers(0, 60, (90, 2)), 30, 60, dim=70)
    reports = []
    found = [expanded_retrofit(before, graph, threads=n, progress=reports.append) for n in (1, 3)]
    assert found[0].vectors.tobytes() == found[1].vectors.tobytes()
    assert [report.done for report in reports] == [1, 2, 3, 4, 5] * 2


def test_parameters_have_domains():
    before, graph = example(CHAIN, 1, 3)
    for options, message in (
        ({"original_weight": 1.5}, "original_weight must be a number from 0 to 1, got 1.5"),
        ({"self_weight": -1}, "self_weight must be a finite number from 0, got -1"),
        ({"iterations": 1.5}, "iterations must be an integer >= 0, got 1.5"),
    ):
        with pytest.raises(ParameterError, match=message):
            expanded_retrofit(before, graph, **options)
    other = replace(graph, vocabulary=Vocabulary(("other",), np.array([1])))
    with pytest.raises(ParameterError, match="lexicon must be over the vocabulary of the vectors"):
        expanded_retrofit(before, other)
