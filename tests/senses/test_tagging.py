"""Text with senses: line by line what one context after the other says."""

import dataclasses

import numpy as np
import pytest
from small_senses import small_senses

from wordvec import Corpus, ParameterError
from wordvec.senses import tagging
from wordvec.senses.tagging import tag_corpus, tag_text

LINES = [
    "The bank of the river.",
    "Money, a loan and a bank!",
    "",
    "bank",
    "zebra zebra",
    "water bank money loan bank river water",
]


def test_words_become_senses_and_unknown_words_stay():
    tagged = list(tag_text(small_senses(), LINES))
    assert [line.tokens() for line in tagged] == [
        ["the", "bank#1", "of", "the", "river#1"],
        ["money#1", "a", "loan#1", "and", "a", "bank#2"],
        [],
        ["bank#1"],
        ["zebra", "zebra"],
        ["water#1", "bank#2", "money#1", "loan#1", "bank#1", "river#1", "water#1"],
    ]
    assert tagged[0].tokens(plain=True) == ["the", "bank#1", "of", "the", "river"]
    assert [line.senses.count(0) for line in tagged] == [3, 3, 0, 0, 2, 0]
    assert [line.n_without_context for line in tagged] == [0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize("rule", ["gate", "cosine"])
def test_a_tag_is_what_disambiguation_says(rule):
    senses = small_senses()
    rng = np.random.default_rng(0)
    lines = [list(rng.choice([*senses.vocabulary.words, "zebra"], size=n)) for n in rng.integers(1, 12, size=60)]
    tagged = list(tag_text(senses, map(" ".join, lines), rule=rule, window=2))
    for words, line in zip(lines, tagged, strict=True):
        for at, word in enumerate(words):
            if word == "zebra":
                assert line.senses[at] == 0
            else:
                assert line.senses[at] == senses.disambiguate(word, words, at=at, window=2, rule=rule).best


def test_chunks_do_not_matter(monkeypatch):
    whole = list(tag_text(small_senses(), LINES * 3))
    corpus = Corpus.from_sentences([line.lower().strip(".!").replace(",", "").split() for line in LINES], min_count=1)
    corpus = corpus.recoded(small_senses().vocabulary)
    numbers = tag_corpus(small_senses(), corpus)
    for lines, places in ((1, 1), (2, 3), (7, 2)):
        monkeypatch.setattr(tagging, "_LINES", lines)
        monkeypatch.setattr(tagging, "_PLACES", places)
        monkeypatch.setattr(tagging, "_TOKENS", lines)
        assert list(tag_text(small_senses(), LINES * 3)) == whole
        np.testing.assert_array_equal(tag_corpus(small_senses(), corpus), numbers)


def test_a_corpus_is_tagged_as_its_text_is():
    slices = {"then": [["the", "bank", "river"], ["money", "bank"]], "now": [["loan", "bank"], ["bank"]]}
    corpus = Corpus.from_sentences(slices, vocabulary=small_senses().vocabulary)
    seen = []
    found = tag_corpus(small_senses(), corpus, progress=seen.append)
    assert found.tolist() == [1, 1, 1, 2, 1, 2, 1] and found.dtype == np.uint8
    assert (seen[-1].done, seen[-1].total, seen[-1].unit) == (7, 7, "words")
    assert tag_corpus(small_senses(), corpus["now"]).tolist() == [1, 2, 1]


def test_options_that_cannot_be():
    senses = small_senses()
    other = Corpus.from_sentences([["a", "b"]], min_count=1)
    with pytest.raises(ParameterError, match=r"corpus.vocabulary must be that of the senses \(corpus.recoded"):
        tag_corpus(senses, other)
    with pytest.raises(ParameterError, match="window must be an integer >= 1, got 0"):
        tag_text(senses, [], window=0)
    with pytest.raises(ParameterError, match="tokenizer must be one of words, whitespace, got 'bytes'"):
        tag_text(senses, [], tokenizer="bytes")
    with pytest.raises(ParameterError, match="case must be one of lower, keep, got 'upper'"):
        tag_text(senses, [], case="upper")


def test_lines_are_read_as_they_are_needed():
    def endless():
        while True:
            yield "the bank"

    assert next(tag_text(small_senses(), endless())).tokens() == ["the", "bank#1"]


def test_the_first_sense_need_not_be_kept():
    senses = small_senses()
    prevalence = np.array(senses.prevalence)
    prevalence[0] = 0.0, 1.0
    assert next(tag_text(dataclasses.replace(senses, prevalence=prevalence), ["bank"])).senses == (2,)
