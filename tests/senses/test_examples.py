"""Sentences that show a sense: sure, different, and as they were written."""

import numpy as np
import pytest
from small_senses import small_senses

from wordvec import Corpus, FormatError, ParameterError, UnknownWordError, encode
from wordvec.senses.examples import _find_word, cut_around, sense_examples
from wordvec.senses.occurrences import find_occurrences, typical_words
from wordvec.text.phrases import PhraseMerger

TEXT = """\
The Bank of the river, with water.
The bank of that river, with water!
Money for a bank; a loan.

A bank near water.
A bank makes a loan of money, a loan.

Bank, the bank: river bank.
"""


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "text.txt").write_text(TEXT, "utf-8")
    return encode(tmp_path / "text.txt", min_count=1)


def test_examples_are_lines_of_the_text(corpus):
    found = sense_examples(small_senses(), corpus, "bank", k=2)
    assert [(e.sense, e.text, e.text[e.start : e.end]) for e in found] == [
        (1, "The Bank of the river, with water.", "Bank"),
        (1, "A bank near water.", "bank"),
        (2, "Money for a bank; a loan.", "bank"),
    ]
    assert [(e.sentence, e.document) for e in found] == [(0, 0), (3, 1), (2, 0)]
    assert all(e.is_line and 0.5 < e.probability <= 1 for e in found)
    assert sense_examples(small_senses(), corpus, "bank", k=2) == found


def test_every_occurrence_is_found_in_its_line(corpus):
    found = find_occurrences(small_senses(), corpus, "bank")
    assert found.n_found == 8 and found.sentences.tolist() == [0, 1, 2, 3, 4, 5, 5, 5]
    quotes = sense_examples(small_senses(), corpus, "bank", k=8)
    last = [e for e in quotes if e.sentence == 5]
    assert [e.text[e.start : e.end].lower() for e in last] == ["bank"] * len(last)


def test_what_says_the_same_is_quoted_once(corpus):
    quotes = [e.text for e in sense_examples(small_senses(), corpus, "bank", k=8) if e.sense == 1]
    assert "The Bank of the river, with water." in quotes
    assert "The bank of that river, with water!" not in quotes


def test_words_and_phrases_are_found_in_lines_with_phrases(tmp_path):
    (tmp_path / "text.txt").write_text("The river - Bank, no bank of water\nA bank of money\n", "utf-8")
    phrases = PhraseMerger.from_texts(["river bank"])
    corpus = encode(tmp_path / "text.txt", phrases=phrases, min_count=1)
    quotes = sense_examples(small_senses(), corpus, "bank", k=3)
    assert {(e.text[e.start : e.end], e.start) for e in quotes} == {("bank", 21), ("bank", 2)}
    assert list(_find_word("A river - Bank", "river_bank", "words", "lower", phrases)) == [(2, 14)]


def test_without_lines_words_are_put_together():
    corpus = Corpus.from_sentences([["bank", "x", "bank", "river"], ["loan", "bank"]], min_count=1)
    found = sense_examples(small_senses(), corpus, "bank")
    assert [e.text for e in found if e.sense == 2] == ["loan bank"]
    assert not any(e.is_line for e in found)
    assert all(e.text[e.start : e.end] == "bank" for e in found)


def test_of_many_occurrences_some_are_taken_evenly(corpus):
    found = find_occurrences(small_senses(), corpus, "bank", most=3)
    assert found.n_found == 8 and found.sentences.tolist() == [0, 3, 5]
    assert len(found.contexts) == len(found.probabilities) == 3


def test_a_slice_is_a_corpus():
    slices = {"then": [["river", "bank"]], "now": [["x"], ["money", "bank"]]}
    corpus = Corpus.from_sentences(slices, vocabulary=None, min_count=1)["now"]
    found = sense_examples(small_senses(), corpus, "bank")
    assert [(e.text, e.sense, e.sentence, e.document) for e in found] == [("money bank", 2, 1, 1)]


def test_odd_characters_do_not_move_the_word(tmp_path):
    (tmp_path / "text.txt").write_text("Cafe\u0301\u2019s ri\u00adver \u2014 the\u2010old bank\u2026 \u00e9\n", "utf-8")
    corpus = encode(tmp_path / "text.txt", min_count=1)
    (example,) = sense_examples(small_senses(), corpus, "bank")
    assert example.text[example.start : example.end] == "bank"
    assert example.text.startswith("Caf\u00e9\u2019s river")


def test_typical_words_set_a_sense_apart(corpus):
    found = find_occurrences(small_senses(), corpus, "bank")
    assert set(typical_words(found, 1, least=1)) == {"river", "water"}
    assert set(typical_words(found, 2, least=1)) == {"money", "loan"}
    assert typical_words(found, 2, k=1) == ["money"]
    alone = find_occurrences(small_senses(), corpus, "river")
    assert typical_words(alone, 1, least=2)  # against the rest of the corpus


def test_what_cannot_be_shown(corpus):
    with pytest.raises(UnknownWordError, match="'zebra' is not among"):
        sense_examples(small_senses(), corpus, "zebra")
    other = Corpus.from_sentences([["x", "y"]], min_count=1)
    with pytest.raises(FormatError, match="'bank' does not occur in this corpus; give the one that the senses were"):
        sense_examples(small_senses(), other, "bank")
    for options, message in (
        ({"k": 0}, "k must be an integer >= 1, got 0"),
        ({"width": 3}, "width must be an integer >= 20, got 3"),
        ({"window": 0}, "window must be an integer >= 1, got 0"),
        ({"most": 0}, "most must be an integer >= 1, got 0"),
    ):
        with pytest.raises(ParameterError, match=message):
            sense_examples(small_senses(), corpus, "bank", **options)


@pytest.mark.parametrize("width", [20, 25, 40, 400])
@pytest.mark.parametrize("n", [0, 3, 30])
def test_a_cut_keeps_the_word(width, n):
    for before, after in ((n, 30 - n), (n, n)):
        text = " ".join(["word"] * before + ["bank"] + ["other"] * after)
        start = text.index("bank")
        part, first, last = cut_around(text, start, start + 4, width)
        assert part[first:last] == "bank"
        assert len(part) <= width + 4
        assert part.startswith("… ") or part.startswith(text[:3])
        assert not part.startswith("… ") or text.startswith(part[2:5])  # cut at spaces


def test_a_cut_survives_text_without_spaces():
    text = "x" * 200 + "bank" + "y" * 200
    part, first, last = cut_around(text, 200, 204, 40)
    assert part[first:last] == "bank" and len(part) <= 44


def test_means_are_those_that_gates_read(corpus):
    senses = small_senses()
    means, is_known = find_occurrences(senses, corpus, "bank").means(senses)
    assert is_known.all()
    np.testing.assert_allclose(means[0], [2.0, 0.0])
