"""What a lexicon says about pairs, and what of it is left out."""

import numpy as np
import pytest

from wordvec import AlignmentError, Embeddings, FormatError, ParameterError, Vocabulary
from wordvec.embeddings import scale_rows
from wordvec.knowledge.constraints import join_pairs, read_constraints
from wordvec.lexicon import Lexicon, make_csr

WORDS = ("a", "b", "c", "d", "nil")


def vectors(words=WORDS):
    rows = np.random.default_rng(1).normal(size=(len(words), 4)).astype(np.float32)
    rows[[i for i, word in enumerate(words) if word == "nil"]] = 0.0
    return Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), rows)


def lexicon(**pairs):
    return join_pairs({name: [tuple(pair) for pair in those] for name, those in pairs.items()}, vectors().vocabulary)


def test_contradictory_pairs_are_antonyms_and_counted():
    found = read_constraints(vectors(), lexicon(synonym=["ab", "bc"], antonym=["ba", "cd"]), "synonym", "antonym")
    assert found.synonyms.tolist() == [[1, 2]] and found.antonyms.tolist() == [[0, 1], [2, 3]]
    assert found.counts["contradictory"] == 1 and found.counts["words"] == 4 and found.rows.tolist() == [0, 1, 2, 3]


def test_several_relations_are_one_and_the_largest_weight_counts():
    vocabulary = vectors().vocabulary
    edges = np.array([[0, 1, 0], [1, 0, 1], [2, 3, 0]])  # one way each: a pair all the same
    csr = make_csr(edges[:, 0], edges[:, 1], np.array([0.5, 2.0, 1.0]), edges[:, 2], 5)
    held = Lexicon(vocabulary, *csr, ("alias", "synonym"))
    found = read_constraints(vectors(), held, ("synonym", "alias"), "antonym")
    assert found.synonyms.tolist() == [[0, 1], [2, 3]] and found.synonym_weights.tolist() == [2.0, 1.0]
    assert len(found.antonyms) == 0


def test_nodes_without_a_vector_and_vectors_without_a_direction_are_counted():
    csr = make_csr(np.array([0, 0, 0]), np.array([1, 5, 4]), np.ones(3), np.zeros(3), 6)
    held = Lexicon(vectors().vocabulary, *csr, ("synonym",), ("phrase",))
    counts = read_constraints(vectors(), held, "synonym", "antonym").counts
    assert (counts["synonyms"], counts["synonyms_without_vector"], counts["synonyms_of_length_zero"]) == (1, 1, 1)


def test_what_does_not_fit_is_refused():
    held = lexicon(synonym=["ab"], isa=["bc"])
    with pytest.raises(ParameterError, match="'opposite' is not a relation of this lexicon, which has synonym, isa."):
        read_constraints(vectors(), held, "synonym", "opposite")
    with pytest.raises(ParameterError, match=r"synonyms and antonyms must be different relations, got \['isa'\]"):
        read_constraints(vectors(), held, ("synonym", "isa"), "isa")
    with pytest.raises(AlignmentError, match="over a vocabulary of 5 words, which is not that of the 2 vectors"):
        read_constraints(vectors(("a", "b")), held, "synonym", "antonym")
    broken = vectors()
    rows = broken.vectors.copy()
    rows[2, 1] = np.nan
    with pytest.raises(FormatError, match="the vector of 'c' is not finite"):
        read_constraints(Embeddings(broken.vocabulary, rows), held, "synonym", "antonym")
    with pytest.raises(ParameterError, match="pairs must be a mapping with one relation at least"):
        join_pairs({}, broken.vocabulary)


def test_an_empty_lexicon_is_an_error_and_not_a_copy():
    says = r"has no synonyms or antonyms among the 5 words \(synonyms of length zero 1; its relations: synonym, isa\)"
    with pytest.raises(FormatError, match=says):
        read_constraints(vectors(), lexicon(synonym=[("a", "nil")], isa=["ab"]), "synonym", "antonym")
    with pytest.raises(
        FormatError, match=r"\(it has none between two of them; its relations: isa\); name its relations"
    ):
        read_constraints(vectors(), lexicon(isa=["ab"]), "synonym", "antonym")


def test_joined_pairs_count_what_each_relation_leaves_out():
    held = lexicon(synonym=["ab", "ba", "aa", "ax"], antonym=["cd"])
    assert held.metadata == {
        "synonym": {"unknown": 1, "loops": 1, "duplicates": 1},
        "antonym": {"unknown": 0, "loops": 0, "duplicates": 0},
    }
    assert held.neighbors("a") == ["b"] and held.n_pairs == 2


def test_scaled_rows():
    units = scale_rows(vectors().vectors)
    assert np.allclose(np.linalg.norm(units, axis=1), [1, 1, 1, 1, 0])
