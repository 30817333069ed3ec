"""Knowledge graphs as values: built in any order, saved, and taken to networkx and back."""

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import CorruptFileError, FormatError, ParameterError
from wordvec.knowledge.builder import GraphBuilder
from wordvec.knowledge.graph import Edge, KnowledgeGraph, Term
from wordvec.lexicon import Lexicon
from wordvec.text.vocabulary import Vocabulary

EDGES = [("cat", "feline", "synonym", 1.0), ("cat", "dog", "related", 0.5), ("hot", "cold", "antonym", 2.0)]


def build(edges=EDGES, directed=False, **metadata):
    builder = GraphBuilder(directed=directed)
    for edge in edges:
        builder.edge(*edge)
    return builder.build(metadata)


def parts(graph):
    arrays = [getattr(graph, name).tolist() for name in ("indptr", "indices", "relations", "weights")]
    terms = graph.terms and (graph.terms.texts, graph.terms.languages.tolist(), graph.terms.language_names)
    return graph.concepts, graph.relation_names, graph.directed, arrays, terms


ANY_EDGES = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from("abcd"), st.sampled_from(("r", "s")), st.sampled_from((0.5, 1.0))
    )
)


@given(ANY_EDGES, st.booleans(), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_edges_never_matters(edges, directed, random):
    again = list(edges)
    random.shuffle(again)
    if not any(source != target for source, target, *_ in edges):
        with pytest.raises(FormatError, match="the graph is empty"):
            build(edges, directed)
        return
    graph = build(edges, directed)
    assert parts(graph) == parts(build(again, directed))
    ends = {(s, t, r) if directed else (*sorted((s, t)), r) for s, t, r, _ in edges if s != t}
    assert {edge[:3] for edge in graph.edges()} == ends and graph.n_edges == len(ends)
    assert graph.metadata["left_out"] == {
        key: n
        for key, n in {
            "duplicates": sum(s != t for s, t, *_ in edges) - len(ends),
            "loops": sum(s == t for s, t, *_ in edges),
        }.items()
        if n
    }


def test_an_undirected_edge_stands_with_both_ends():
    graph = build()
    assert graph.neighbors("feline") == (Edge("feline", "cat", "synonym", 1.0),)
    assert [edge.target for edge in graph.neighbors("cat")] == ["dog", "feline"]
    assert build(directed=True).neighbors("feline") == ()
    assert repr(graph) == "KnowledgeGraph(5 concepts, 3 edges: antonym, related, synonym)"


def test_names_of_a_concept_and_a_concept_without_names():
    builder = GraphBuilder(closed=True)
    for text, language in [("Heart_attack", "eng"), ("infarctus", "fra"), ("Heart  attack", "eng"), (" ", "eng")]:
        builder.term("D1", text, language)
    builder.edge("D1", "D9")
    graph = builder.build()
    assert graph.terms_of("D1") == (Term("Heart attack", "eng"), Term("infarctus", "fra"))
    assert graph.metadata["left_out"] == {"dangling": 1, "duplicate_terms": 1, "empty_terms": 1}
    assert build().terms_of("cat") == (Term("cat"),)
    with pytest.raises(ParameterError, match=r"'felin' is not among the 5 concepts .* Did you mean 'feline'\?"):
        build().terms_of("felin")


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf"), "heavy", None])
def test_a_weight_that_is_none_is_refused_with_its_place(weight):
    with pytest.raises(FormatError, match=r"edges.tsv, line 7: a weight must be a finite number from 0"):
        GraphBuilder().edge("a", "b", "r", weight, "edges.tsv, line 7")


@pytest.mark.parametrize("directed", [False, True])
def test_networkx_and_back(directed):
    graph = build(directed=directed)
    assert parts(KnowledgeGraph.from_networkx(graph.to_networkx())) == parts(graph)
    plain = KnowledgeGraph.from_networkx(networkx.path_graph(3))
    assert plain.concepts == ("0", "1", "2") and plain.relation_names == ("related",)
    twins = networkx.Graph([(1, "1")])
    with pytest.raises(ParameterError, match="graph must be nodes whose texts differ"):
        KnowledgeGraph.from_networkx(twins)


def test_saved_and_loaded(tmp_path):
    builder = GraphBuilder(directed=True)
    builder.term("a\\nb\nc", "odd name", "x")
    builder.edge("a\\nb\nc", "d", "isa", 0.5)
    graph = builder.build({"source": "here"})
    graph.save(tmp_path / "g.wvg")
    again = KnowledgeGraph.load(tmp_path / "g.wvg")
    assert parts(again) == parts(graph) and again.metadata == graph.metadata
    build().save(tmp_path / "g.wvg", overwrite=True)
    loaded = KnowledgeGraph.load(tmp_path / "g.wvg")
    assert parts(loaded) == parts(build())


def test_a_graph_whose_files_do_not_fit_is_refused(tmp_path):
    graph = build()
    broken = KnowledgeGraph(
        graph.concepts, graph.indptr, graph.indices + 99, graph.relations, graph.weights, graph.relation_names
    )
    broken.save(tmp_path / "g.wvg")
    with pytest.raises(CorruptFileError, match="do not fit its concepts"):
        KnowledgeGraph.load(tmp_path / "g.wvg")


def test_a_lexicon_from_pairs_counts_what_it_leaves_out():
    vocabulary = Vocabulary.from_counts({"a": 3, "b": 2, "c": 1})
    lexicon = Lexicon.from_pairs([("a", "b"), ("b", "a"), ("a", "a"), ("a", "x"), ("c", "b")], vocabulary)
    assert lexicon.metadata == {"unknown": 1, "loops": 1, "duplicates": 1}
    assert lexicon.neighbors("b") == ["a", "c"] and lexicon.degrees.tolist() == [1, 2, 1] and lexicon.n_pairs == 2
    empty = Lexicon.from_pairs([], vocabulary)
    assert repr(empty) == "Lexicon(0 of 3 words, 0 edges: synonym)"
    with pytest.raises(ParameterError, match=r"weights.dtype must be float32, got 'float64'"):
        Lexicon(vocabulary, lexicon.indptr, lexicon.indices, np.ones(4), lexicon.relations)
