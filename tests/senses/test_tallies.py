"""Sums by document: they are what plain loops say, whatever the order of the text."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from planted_senses import planted_compass, planted_corpus

from wordvec import Corpus, ParameterError, UnknownWordError, align_senses, measure_sense_change
from wordvec.senses.tallies import tally_senses
from wordvec.statistics.quantification import adjust_prior
from wordvec.text.documents import Documents


def test_decisions_are_those_of_single_contexts_by_document():
    senses, corpus = planted_compass(), planted_corpus({"then": 0.8, "now": 0.3}, 5)
    found = tally_senses(senses, corpus)
    rows, decisions, said = [[], []], [], []
    for t in (0, 1):
        for document in range(corpus.slice_offsets[t], corpus.slice_offsets[t + 1]):
            decided = [0, 0, 0]
            for number in range(corpus.documents.offsets[document], corpus.documents.offsets[document + 1]):
                told = senses.disambiguate("bank", corpus.sentence(number))
                decided[told.best - 1] += 1
                decisions.append(told.best - 1)
                said.append(told.probabilities)
            rows[t].append(decided)
    assert found.words.tolist() == [0] and 0 in found and found.place(0) == 0
    for t in (0, 1):
        sums = found.decided[found.offsets[t] : found.offsets[t + 1]].tolist()
        assert sorted(sums) == sorted(rows[t])
    prior = senses.prevalence[:1]
    likely = np.array(said) * adjust_prior(np.array(said), prior, tolerance=1e-4) / prior
    likely /= likely.sum(axis=1, keepdims=True)
    products = [likely[np.array(decisions) == sense].sum(axis=0) for sense in range(3)]
    np.testing.assert_allclose(found.products[0].T, products, atol=1e-3)
    assert found.documents.tolist() == [[5, 5]]
    assert found.occurrences.tolist() == [[sum(map(sum, part)) for part in rows]]


def test_the_order_of_documents_does_not_matter():
    senses, corpus = planted_compass(), planted_corpus({"now": 0.6}, 8)
    ends = corpus.documents.offsets
    parts = [[corpus.sentence(n) for n in range(a, b)] for a, b in pairwise(ends.tolist())]
    turned = Corpus.from_sentences({"now": [s for part in parts[::-1] for s in part]}, vocabulary=corpus.vocabulary)
    sizes = np.cumsum([0, *map(len, parts[::-1])])
    turned = replace(
        turned, documents=Documents(sizes, np.zeros(8, np.int32)), slice_offsets=np.array([0, 8], dtype=np.int64)
    )
    one, other = tally_senses(senses, corpus), tally_senses(senses, turned)
    assert one.decided.tolist() == other.decided.tolist()
    assert one.products == pytest.approx(other.products)


def test_a_view_of_a_slice_has_the_documents_of_the_whole():
    senses, corpus = planted_compass(), planted_corpus({"then": 0.8, "now": 0.3}, 6)
    whole, part = tally_senses(senses, corpus), tally_senses(senses, corpus["now"])
    assert part.decided.tolist() == whole.decided[whole.offsets[1] :].tolist()


def test_occurrences_that_say_nothing_are_counted_and_in_no_sum():
    senses = planted_compass()
    sentences = [["bank"], ["river", "bank"], ["nothing", "bank"]]
    corpus = Corpus.from_sentences({"now": sentences}, min_count=1)
    found = tally_senses(senses, corpus)
    assert found.blind.tolist() == [[2]] and found.occurrences.tolist() == [[1]]


def test_errors_that_slices_refute_are_not_undone():
    senses = replace(planted_compass(), prevalence=planted_compass().prevalence * [1, 1, 0])
    flat = replace(senses, gates=senses.gates * 0.05)
    corpus = planted_corpus({"then": 1.0, "now": 0.02}, 60, wrong=0.05)
    assert tally_senses(flat, corpus).is_refuted.tolist() == [True]
    assert tally_senses(flat, corpus).corrections[0].tolist() == np.eye(3).tolist()
    assert tally_senses(senses, corpus).is_refuted.tolist() == [False]


def test_bad_input():
    senses, corpus = planted_compass(), planted_corpus({"now": 0.6}, 3)
    with pytest.raises(UnknownWordError, match="'bnak' is not among the 10 words of this vocabulary"):
        tally_senses(senses, corpus, words=["bank", "bnak"])
    found = tally_senses(senses, corpus, words=["river"])
    assert found.words.tolist() == [1] and found.prevalence[0, 0, 0] == 1.0
    with pytest.raises(ParameterError, match=r"tallies' decided\.shape must be \(3, 3\), got \(3, 1\)"):
        replace(tally_senses(senses, corpus), decided=np.zeros((3, 1), np.int32))
    with pytest.raises(ParameterError, match="tallies' offsets must be ascending from 0 to 3"):
        replace(tally_senses(senses, corpus), offsets=np.array([0, 2]))


def test_words_of_one_sense_leave_nothing_to_weigh():
    compass = planted_compass()
    prevalence = np.zeros_like(compass.prevalence)
    prevalence[:, 0] = 1.0
    corpus = planted_corpus({"then": 0.5, "now": 0.5})
    slices = align_senses(replace(compass, prevalence=prevalence), corpus)
    assert slices.tallies.documents.shape == (0, 2) and slices.tallies.decided_shares.shape == (0, 2, 3)
    found = measure_sense_change(slices)
    assert len(found.changes) == len(found.drift) == 0
