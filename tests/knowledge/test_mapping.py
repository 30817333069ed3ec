"""Concepts are found among words, each way is counted, and a lexicon links what the graph links."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec import FormatError, ParameterError, Vocabulary
from wordvec.knowledge.builder import GraphBuilder
from wordvec.knowledge.mapping import make_lexicon, map_concepts

#: Number 0 is the most frequent.
WORDS = ["heart_attack", "heart", "attack", "stroke", "infarction", "DNA", "runs", "kidney_disease", "cold", "café"]
VOCABULARY = Vocabulary.from_counts({word: 100 - n for n, word in enumerate(WORDS)})
TERMS = [
    ("D1", "Heart Attack", "eng"),
    ("D1", "infarction", "eng"),
    ("D1", "Infarct of the heart", "eng"),
    ("D2", "Stroke", "eng"),
    ("D2", "AVC", "fra"),
    ("D3", "DNA", "eng"),
    ("D4", "run", "eng"),
    ("D5", "Cold", "eng"),
    ("D6", "(cold)", "eng"),
    ("D7", "Pleuritis", "eng"),
    ("D8", "Cafe\u0301", "fra"),
]
EDGES = [("D1", "D2", "related", 1.0), ("D1", "D7", "related", 1.0), ("D2", "D5", "isa", 0.5), ("D5", "D6", "isa", 2.0)]


def build(terms=TERMS, edges=EDGES, directed=False):
    builder = GraphBuilder(directed=directed)
    for term in terms:
        builder.term(*term)
    for edge in edges:
        builder.edge(*edge)
    return builder.build({"source": "here"})


def found(concept, **options):
    return [(match.way, match.words) for match in map_concepts(build(), VOCABULARY, **options).matches(concept)]


def test_each_way_to_find_a_name():
    assert found("D1") == [("phrase", ("heart_attack",)), ("exact", ("infarction",)), ("tokens", ("heart",))]
    assert found("D2") == [("lower", ("stroke",)), ("none", ())]
    assert found("D3") == [("exact", ("DNA",))]
    assert found("D4") == [("none", ())]
    assert found("D4", lemmatize={"run": "runs"}) == [("lemma", ("runs",))]
    assert found("D4", lemmatize=lambda word: f"{word}s") == [("lemma", ("runs",))]
    assert found("D6") == [("lower", ("cold",))]
    assert found("D8") == [("lower", ("café",))]
    assert found("D1", use_tokens=False)[2] == ("none", ())
    assert map_concepts(build(), VOCABULARY).matches("D1")[2].known == 0.25


def test_counts_what_maps_to_nothing_and_what_is_ambiguous():
    mapped = map_concepts(build(), VOCABULARY)
    assert mapped.counts["concepts"] == {"exact": 2, "lower": 4, "phrase": 0, "lemma": 0, "tokens": 0, "none": 2}
    assert mapped.counts["terms"] == {"exact": 2, "lower": 4, "phrase": 1, "lemma": 0, "tokens": 1, "none": 3}
    assert mapped.unmapped == ("D4", "D7")
    assert mapped.ambiguous == {"cold": ("D5", "D6")}
    assert repr(mapped) == "ConceptMap(8 concepts: 2 exact, 4 lower, 2 none)"
    english = map_concepts(build(), VOCABULARY, languages=["eng"])
    assert len(english.texts) == 9 and english.unmapped == ("D4", "D7", "D8")
    with pytest.raises(ParameterError, match="languages must be among 'eng', 'fra', got 'deu'"):
        map_concepts(build(), VOCABULARY, languages=["deu"])


def test_a_list_of_words_has_its_ids_for_names():
    graph = build((), [("heart_attack", "Stroke", "synonym", 1.0), ("heart_attack", "heart attack", "synonym", 1.0)])
    mapped = map_concepts(graph, VOCABULARY)
    assert [match.way for concept in graph.concepts for match in mapped.matches(concept)] == [
        "lower",
        "phrase",
        "exact",
    ]
    assert make_lexicon(graph, VOCABULARY).neighbors("stroke") == ["heart_attack"]
    with pytest.raises(ParameterError, match="languages must be left out: this graph has no names"):
        map_concepts(graph, VOCABULARY, languages=["eng"])


def pairs(lexicon):
    names = lexicon.relation_names
    for node, word in enumerate(lexicon.nodes):
        for e in range(lexicon.indptr[node], lexicon.indptr[node + 1]):
            edge = names[lexicon.relations[e]], float(lexicon.weights[e])
            yield word, lexicon.nodes[lexicon.indices[e]], *edge


def test_a_lexicon_has_the_pairs_of_linked_concepts_and_of_names():
    lexicon = make_lexicon(build(), VOCABULARY)
    one_way = {
        ("heart_attack", "infarction", "synonym", 1.0),
        ("heart_attack", "stroke", "related", 1.0),
        ("infarction", "stroke", "related", 1.0),
        ("stroke", "cold", "isa", 0.5),
    }
    assert set(pairs(lexicon)) == one_way | {(b, a, *rest) for a, b, *rest in one_way}
    assert lexicon.metadata["left_out"] == {"edges_of_concepts_without_a_word": 1, "loops": 2}
    assert lexicon.metadata["edges"] == {"isa": 2, "related": 4, "synonym": 2}
    assert lexicon.metadata["ambiguous_names"] == 1 and lexicon.metadata["ambiguous_examples"] == ["cold"]
    assert lexicon.metadata["graph"] == {"source": "here", "concepts": 8, "edges": 4}


def test_relations_and_their_weights():
    assert make_lexicon(build(), VOCABULARY, relations=["isa"], synonyms=False).relation_names == ("isa",)
    weights = {"related": 3.0, "synonym": 0}
    lexicon = make_lexicon(build(), VOCABULARY, relation_weights=weights)
    assert ("stroke", "infarction", "related", 3.0) in set(pairs(lexicon)) and "synonym" not in lexicon.relation_names
    assert lexicon.metadata["left_out"]["zero_weights"] == 2
    with pytest.raises(ParameterError, match=r"relations must be among those of the graph, got 'relatd'. Did you mean"):
        make_lexicon(build(), VOCABULARY, relations=["relatd"])
    with pytest.raises(ParameterError, match="relation_weights must be of isa, related, synonym, got 'part'"):
        make_lexicon(build(), VOCABULARY, relation_weights={"part": 1})
    with pytest.raises(ParameterError, match=r"relation_weights\['isa'\] must be a finite number from 0, got -1"):
        make_lexicon(build(), VOCABULARY, relation_weights={"isa": -1})


def test_a_directed_edge_pulls_both_ends_or_its_source():
    graph = build(directed=True)
    assert set(pairs(make_lexicon(graph, VOCABULARY))) == set(pairs(make_lexicon(build(), VOCABULARY)))
    lexicon = make_lexicon(graph, VOCABULARY, both_ways=False, synonyms=False)
    assert lexicon.neighbors("stroke") == ["cold"] and lexicon.neighbors("cold") == []


ISA = [("stroke", "cold", "Hypernym", 0.5), ("cold", "stroke", "hyponym", 1.0), ("heart", "cold", "hyponym", 1.0)]


@pytest.mark.parametrize("directed", [False, True])
def test_an_edge_and_its_inverse_are_one(directed):
    graph = build((), ISA, directed)
    lexicon = make_lexicon(graph, VOCABULARY)
    one_way = {("stroke", "cold", "Hypernym", 1.0), ("heart", "cold", "hyponym", 1.0)}
    assert set(pairs(lexicon)) == one_way | {(b, a, *rest) for a, b, *rest in one_way}
    assert lexicon.metadata["left_out"] == {"inverses": 2}
    assert lexicon.metadata["edges"] == {"Hypernym": 2, "hyponym": 2, "synonym": 0}

    def weigh(**weights):
        edges = set(pairs(make_lexicon(graph, VOCABULARY, relation_weights=weights)))
        return [(relation, weight) for a, b, relation, weight in edges if (a, b) == ("stroke", "cold")]

    assert weigh(Hypernym=0.5) == weigh(Hypernym=0.5, hyponym=0) == [("Hypernym", 0.5)]
    assert weigh(hyponym=0.5) == [("hyponym", 0.5)] and weigh(Hypernym=0) == []
    assert weigh(hyponym=0) == [("Hypernym", 1.0)]
    only = make_lexicon(graph, VOCABULARY, relations=["hyponym"])
    assert only.relation_names == ("hyponym",) and "inverses" not in only.metadata["left_out"]


def test_edges_of_one_direction_keep_their_inverses():
    lexicon = make_lexicon(build((), ISA, True), VOCABULARY, both_ways=False)
    assert set(pairs(lexicon)) == set(ISA) and lexicon.metadata["left_out"] == {}


def test_names_without_a_row_become_nodes():
    lexicon = make_lexicon(build(), VOCABULARY, extras=True)
    assert lexicon.extras == ("avc", "infarct_of_the_heart", "pleuritis", "run")
    edges = set(pairs(lexicon))
    assert ("infarct_of_the_heart", "heart", "token", 1.0) in edges
    assert not any(a == "heart" for a, *_ in edges)  # a part does not follow the whole
    assert ("pleuritis", "heart_attack", "related", 1.0) in edges and ("avc", "stroke", "synonym", 1.0) in edges
    bare = GraphBuilder()
    bare.term("D2", "stroke")
    bare.edge("D2", "X9", "isa")
    assert make_lexicon(bare.build(), VOCABULARY, extras=True).extras == ("X9",)


def test_a_concept_of_very_many_names_does_not_explode():
    words = [f"w{i:03d}" for i in range(300)]
    vocabulary = Vocabulary.from_counts({word: 1000 - i for i, word in enumerate(words)})
    graph = build([("A", w, "") for w in words[:250]] + [("B", w, "") for w in words[250:]], [("A", "B", "isa", 1.0)])
    lexicon = make_lexicon(graph, vocabulary, max_names=5)
    assert lexicon.metadata["edges"] == {"isa": 50, "synonym": 2 * (10 + 245 + 10 + 45)}
    assert lexicon.metadata["left_out"]["pairs_beyond_max_names"] == 250 * 50 - 25 + 250 * 249 // 2 + 50 * 49 // 2 - 310
    assert lexicon.neighbors("w200") == ["w000"]
    with pytest.raises(ParameterError, match="max_names must be an integer >= 1, got 0"):
        make_lexicon(graph, vocabulary, max_names=0)


def test_an_empty_intersection_says_what_both_sides_look_like():
    strange = Vocabulary.from_counts({"Haus": 2, "Hof": 1})
    with pytest.raises(FormatError, match=r"links no two words .* 8 concepts \('Heart Attack', .* 8 none; .* 'Haus'"):
        make_lexicon(build(), strange)


@settings(deadline=None, max_examples=40)
@given(st.randoms(use_true_random=False), st.booleans(), st.integers(1, 3))
def test_the_order_of_lines_never_matters(random, extras, max_names):
    terms, edges = list(TERMS) + [("D1", word, "eng") for word in WORDS], list(EDGES)
    first = make_lexicon(build(terms, edges), VOCABULARY, extras=extras, max_names=max_names)
    random.shuffle(terms)
    random.shuffle(edges)
    again = make_lexicon(build(terms, edges), VOCABULARY, extras=extras, max_names=max_names)
    for name in ("indptr", "indices", "weights", "relations"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert (first.extras, first.relation_names) == (again.extras, again.relation_names)
    assert first.metadata == again.metadata
