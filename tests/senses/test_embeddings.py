"""The value that several vectors per word are."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from small_senses import small_senses

from wordvec import Embeddings, ParameterError, UnknownWordError
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.senses.gating import Contexts, cut_contexts, sense_probabilities


def test_a_context_decides_between_senses() -> None:
    senses = small_senses()
    assert senses.disambiguate("bank", ["river", "water"]).best == 1
    assert senses.disambiguate("bank", ["money", "loan"]).best == 2


def test_the_word_itself_is_no_context_and_unknown_words_are_listed() -> None:
    found = small_senses().disambiguate("bank", ["bank", "zebra"])
    assert found.n_known == 0
    assert found.unknown == ("zebra",)
    np.testing.assert_allclose(found.probabilities, (0.6, 0.4))  # the prevalence stands in


def test_pruned_senses_have_no_probability_and_no_number() -> None:
    senses = small_senses()
    assert senses.kept("river") == (1,)
    assert senses.disambiguate("river", ["money"]).probabilities == (1.0,)
    with pytest.raises(
        ParameterError, match=r"sense of 'river' must be one of 1, got 2: river#2 was pruned as too rare"
    ):
        senses.nearest("river", 2)
    with pytest.raises(ParameterError, match=r"sense of 'bank' must be one of 1, 2, got 9: there is no bank#9"):
        senses["bank", 9]
    with pytest.raises(UnknownWordError, match="'zebra' is not among"):
        senses.kept("zebra")


@pytest.mark.parametrize("rule", ["gate", "cosine"])
def test_probabilities_sum_to_one_and_temperature_flattens(rule: str) -> None:
    senses = small_senses()
    words, contexts = np.array([0, 0, 1]), Contexts.of([[1, 2], [3], []])
    sharp = sense_probabilities(senses, words, contexts, rule=rule)  # type: ignore[arg-type]
    flat = sense_probabilities(senses, words, contexts, rule=rule, temperature=10.0)  # type: ignore[arg-type]
    np.testing.assert_allclose(sharp.sum(axis=1), 1.0)
    assert (flat[:2].max(axis=1) < sharp[:2].max(axis=1)).all()
    assert (sharp.argmax(axis=1) == flat.argmax(axis=1)).all()


def test_contexts_end_with_the_sentence() -> None:
    found = cut_contexts(np.arange(9, dtype=np.int32), np.array([0, 4, 4, 9]), np.array([0, 3, 6]), window=2)
    parts = [found.ids[a:b].tolist() for a, b in zip(found.offsets, found.offsets[1:], strict=False)]
    assert parts == [[1, 2], [1, 2], [4, 5, 7, 8]]


def test_merged_vectors_are_means_by_prevalence() -> None:
    senses = small_senses()
    merged = senses.merge()
    assert isinstance(merged, Embeddings)
    np.testing.assert_allclose(merged["bank"], 0.6 * senses["bank", 1] + 0.4 * senses["bank", 2], rtol=1e-6)


def test_neighbors_of_a_sense_are_senses_of_other_words() -> None:
    found = small_senses().nearest("bank", 2, k=2)
    assert {neighbor.word for neighbor in found} == {"money#1", "loan#1"}


def test_saved_and_opened_again_nothing_is_lost(tmp_path: Path) -> None:
    senses = small_senses()
    senses.save(tmp_path / "s")
    again = SenseEmbeddings.load(tmp_path / "s")
    assert again.vocabulary.words == senses.vocabulary.words
    assert again.labels == senses.labels
    np.testing.assert_array_equal(again.vectors, senses.vectors)
    np.testing.assert_array_equal(again.prevalence, senses.prevalence)
    assert again.disambiguate("bank", ["loan"]) == senses.disambiguate("bank", ["loan"])


def test_a_window_keeps_the_nearest_known_words() -> None:
    senses = small_senses()
    context = ["loan", "money", "zebra", "bank", "of", "the", "river", "water", "water", "water"]
    assert senses.disambiguate("bank", context).best == 1
    found = senses.disambiguate("bank", context, at=3, window=1)
    assert found.n_known == 2 and found.unknown == ("zebra", "of", "the")
    assert found.probabilities == senses.disambiguate("bank", ["money", "river"]).probabilities
    assert senses.disambiguate("bank", context[:6], window=1) == senses.disambiguate(
        "bank", context[:6], at=3, window=1
    )
    assert senses.disambiguate("bank", ["loan", "bank", "bank"], at=1).n_known == 2  # the other bank is context
    assert senses.disambiguate("bank", ["loan", "Banks"], at=1).unknown == ()  # the word in another form


def test_a_window_needs_a_place() -> None:
    senses = small_senses()
    with pytest.raises(ParameterError, match="at must be given with window as the context does not hold the word"):
        senses.disambiguate("bank", ["loan"], window=2)
    with pytest.raises(ParameterError, match="at must be a place in the context, 0 to 0, got 1"):
        senses.disambiguate("bank", ["loan"], at=1)
    with pytest.raises(ParameterError, match="window must be an integer >= 1, got 0"):
        senses.disambiguate("bank", ["loan"], at=0, window=0)


def test_a_context_without_known_words_says_so() -> None:
    found = small_senses().disambiguate("bank", ["zebra"])
    assert found.is_prevalence and found.best == 1
    assert not small_senses().disambiguate("bank", ["loan"]).is_prevalence
    silent = dataclasses.replace(small_senses(), context_weights=np.array([1, 0, 1, 1, 1], np.float32))
    found = silent.disambiguate("bank", ["river"])  # known, and without weight
    assert found.is_prevalence and found.probabilities == (0.6, 0.4)


def test_senses_as_words() -> None:
    senses = small_senses()
    assert senses.split.vocabulary.words == ("bank#1", "river#1", "water#1", "bank#2", "money#1", "loan#1")
    assert senses.split.vocabulary.counts.tolist() == [6, 6, 5, 4, 4, 3]
    plain = senses.as_words(plain=True)
    assert plain.vocabulary.words == ("bank#1", "river", "water", "bank#2", "money", "loan")
    np.testing.assert_array_equal(plain["bank#2"], senses["bank", 2])


def test_names_of_senses() -> None:
    senses = small_senses()
    assert senses.find("bank") == [("bank", 1), ("bank", 2)]
    assert senses.find("bank#2") == [("bank", 2)]
    assert senses.label("bank", 2) == "depository.n.01" and senses.label("bank", 1) == ""
    with pytest.raises(ParameterError, match="river#2 was pruned as too rare"):
        senses.find("river#2")
    for name in ("zebra", "zebra#1", "bank#x", "bank#"):
        with pytest.raises(UnknownWordError):
            senses.find(name)
