"""The disambiguated skip-gram as a user trains it."""

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from synthetic import pseudo_words

from wordvec import AlignmentError, Corpus, FormatError, ParameterError, SkipGram
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.train.disambiguated import DisambiguatedSkipGram

RIVER = [["the", "bank", "of", "the", place, "water", "flows"] for place in ("river", "stream", "lake")]
MONEY = [["the", "bank", "lends", thing, "to", "the", "firm"] for thing in ("money", "loans", "funds")]
SMALL = DisambiguatedSkipGram(senses=2, dim=12, subsample=0)


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences((RIVER + MONEY) * 60, min_count=1)


def bits(senses):
    arrays = senses.vectors, senses.prevalence, senses.context, senses.gates, senses.gate_biases, senses.gate_rows
    return hashlib.sha256(b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)).hexdigest()


def test_the_senses_of_a_word_are_found(corpus):
    senses = SMALL.train(corpus)
    assert senses.kept("bank") == (1, 2)
    river, money = (senses.disambiguate("bank", words).best for words in (["river", "water"], ["money", "firm"]))
    assert river != money
    np.testing.assert_allclose(senses.prevalence.sum(axis=1), 1.0)
    assert (np.diff(senses.prevalence, axis=1) <= 0).all()
    assert abs(senses.prevalence[senses.vocabulary["bank"], 0] - 0.5) < 0.1


@pytest.mark.parametrize("start", ["contexts", "shared"])
def test_same_settings_same_bits_for_any_number_of_threads(corpus, start):
    trainer = replace(SMALL, start=start, temperature=0.5, entropy=0.1)
    assert len({bits(trainer.train(corpus, threads=n)) for n in (None, 1, 2, 4)}) == 1
    assert bits(replace(trainer, seed=2).train(corpus)) != bits(trainer.train(corpus))


#: Prints a digest of what a text that is trained in blocks makes.
PROGRAM = """
import sys
sys.path[:0] = sys.argv[2:]
from test_disambiguated import bits
from wordvec import Corpus
from wordvec.train.disambiguated import DisambiguatedSkipGram
lines = [[f"w{(i * i + 7 * j * j + i * j) % 999}" for j in range(2 + i % 25)] for i in range(5_000)]
corpus = Corpus.from_sentences(lines + [["burst"] * 200], min_count=1)
for settings in ({}, {"senses": 5, "start": "shared", "temperature": 0.5}):
    senses = DisambiguatedSkipGram(dim=20, gate_epochs=1, epochs=1, **settings).train(corpus, threads=int(sys.argv[1]))
    print(senses.metadata["threading"], bits(senses), senses.metadata["losses"])
"""


def run_program(threads):
    here = Path(__file__).parent
    command = [sys.executable, "-c", PROGRAM, str(threads), str(here), str(here.parent)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_same_bits_in_fresh_processes_for_any_number_of_threads():
    alone = run_program(1)
    assert [line.split()[0] for line in alone.splitlines()] == ["blocks"] * 2
    assert run_program(2) == run_program(5) == alone


@pytest.mark.parametrize("threads", [1, 2])
def test_racing_is_said(corpus, threads):
    senses = SMALL.train(corpus, racing=True, threads=threads)
    assert senses.metadata["threading"] == "racing"
    assert np.isfinite(senses.vectors).all()


PAPER = replace(DisambiguatedSkipGram.paper(), dim=50, window=4, subsample=0, entropy=0.3, gate_lr=2.0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pseudo_words_fall_apart_and_other_words_do_not(seed):
    words = pseudo_words(seed)
    senses = replace(PAPER, seed=seed).train(words.corpus)
    assert np.mean(words.scores(senses)) >= 0.7
    ambiguous, ordinary = words.kept(senses)
    assert 1.7 <= ambiguous <= 2.4
    assert ordinary <= 1.5


def test_without_the_first_stage_senses_collapse():
    """Nothing makes the senses of a word differ but chance; with a cost of uncertainty, one of them takes all."""
    words = pseudo_words(1)
    with_it = replace(PAPER, entropy=0.4, lr=0.025).train(words.corpus)
    without = replace(PAPER, entropy=0.4, lr=0.025, gate_epochs=0, epochs=5).train(words.corpus)
    punished = replace(PAPER, entropy=0.4, lr=0.025, gate_entropy=0.4).train(words.corpus)
    scores = [np.mean(words.scores(senses)) for senses in (with_it, without, punished)]
    assert scores[0] > 0.5
    assert scores[1] < 0.1
    assert scores[2] < 0.1


def test_the_more_uncertainty_costs_the_fewer_senses_stay():
    words = pseudo_words(2)
    kept = [np.count_nonzero(replace(PAPER, entropy=cost).train(words.corpus).prevalence) for cost in (-0.1, 0.2, 0.6)]
    assert kept[0] > kept[1] > kept[2]


def test_one_sense_is_skipgram_with_words_near_their_like(corpus):
    senses = replace(SMALL, senses=1, epochs=20).train(corpus)
    assert (senses.prevalence == 1).all()
    near = {neighbor.word for neighbor in senses.nearest("money", 1, k=2)}
    assert near == {"loans#1", "funds#1"}


def test_a_compass_stays_byte_equal_and_senses_keep_their_numbers(corpus):
    compass = SMALL.train(corpus)
    part = replace(SMALL, seed=9).train(corpus, compass=compass)
    for name in ("context", "context_weights"):
        assert getattr(part, name).tobytes() == getattr(compass, name).tobytes()
    assert not np.array_equal(part.vectors, compass.vectors)
    np.testing.assert_array_equal(part.prevalence > 0, compass.prevalence > 0)
    words = (["river", "water"], ["money", "firm"])
    assert [part.disambiguate("bank", w).best for w in words] == [compass.disambiguate("bank", w).best for w in words]


def test_a_start_is_kept_where_nothing_is_trained(corpus, tmp_path):
    given = SMALL.train(corpus)
    same = replace(SMALL, epochs=0, gate_epochs=0).train(corpus, initial=given)
    np.testing.assert_array_equal(same.vectors, given.vectors)
    labelled = replace(given, labels={(given.vocabulary["bank"], 1): "bank.n.02"})
    again = SMALL.train(corpus, initial=labelled)
    assert list(again.labels.values()) == ["bank.n.02"]
    again.save(tmp_path / "senses.wv")
    assert bits(SenseEmbeddings.load(tmp_path / "senses.wv")) == bits(again)


def test_the_label_of_a_pruned_sense_goes_and_is_told(corpus, tmp_path):
    given = SMALL.train(corpus)
    bank, water = given.vocabulary["bank"], given.vocabulary["water"]
    labelled = replace(given, labels={(bank, 0): "bank.n.01", (bank, 1): "bank.n.02", (water, 0): "water.n.01"})
    senses = replace(SMALL, prune=0.6).train(corpus, initial=labelled)
    assert len(senses.labels) == 2 and len(senses.metadata["labels_pruned"]) == 1
    senses.save(tmp_path / "s.wv")
    assert SenseEmbeddings.load(tmp_path / "s.wv").labels == senses.labels


def test_a_sense_that_a_slice_does_not_speak_of_is_not_lost(corpus):
    compass = SMALL.train(corpus)
    part = Corpus.from_sentences(RIVER * 60, vocabulary=corpus.vocabulary)
    found = SMALL.train(part, compass=compass)
    np.testing.assert_array_equal(found.prevalence > 0, compass.prevalence > 0)
    assert found.prevalence[compass.vocabulary["bank"]].max() > 0.75


def test_a_word_without_any_context_has_one_sense():
    lines = (RIVER + MONEY) * 10 + [["alone"]]
    senses = SMALL.train(Corpus.from_sentences(lines, min_count=1))
    assert senses.kept("alone") == (1,)


def test_rare_words_share_a_gate_and_a_word_that_occurs_once_has_a_prevalence():
    lines = (RIVER + MONEY) * 10 + [["once", "upon", "a", "time"]]
    senses = replace(SMALL, min_gate_count=50).train(Corpus.from_sentences(lines, min_count=1))
    assert len(senses.gates) <= 3 + 2  # the frequent words', and the shared one in either order
    row = senses.vocabulary["once"]
    assert np.isfinite(senses.prevalence[row]).all()
    assert senses.prevalence[row].sum() == pytest.approx(1.0)


def test_bad_settings_and_partners_are_refused(corpus):
    with pytest.raises(ParameterError, match="senses must be an integer from 1 to 100, got 0"):
        DisambiguatedSkipGram(senses=0)
    with pytest.raises(ParameterError, match="start must be 'contexts' or 'shared', got 'nowhere'"):
        DisambiguatedSkipGram(start="nowhere")
    with pytest.raises(ParameterError, match="prune must be from 0 to below 1, got 1"):
        DisambiguatedSkipGram(prune=1)
    tiny = Corpus.from_sentences(RIVER, min_count=1)
    with pytest.raises(FormatError, match=r"too small to induce senses: .*'the', occurs 6 times, and a word needs 20"):
        SMALL.train(tiny)
    given = SMALL.train(corpus)
    with pytest.raises(AlignmentError, match="compass and corpus have different vocabularies"):
        replace(SMALL, min_gate_count=1).train(tiny, compass=given)
    with pytest.raises(ParameterError, match=r"initial must have 3 senses of dim 12, as the trainer, got \(2, 12\)"):
        replace(SMALL, senses=3).train(corpus, initial=given)
    with pytest.raises(ParameterError, match="initial must have gates that read the mean of output vectors"):
        SMALL.train(corpus, initial=replace(given, unit_contexts=True))


def test_presets_are_what_they_say():
    official = DisambiguatedSkipGram.official()
    assert (official.senses, official.dim, official.entropy, official.exclude_target) == (5, 300, 0.0, False)
    assert SkipGram().window == official.window == 5
