"""One inventory of senses for all slices: planted prevalences come back, and slices share gates and numbers."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from planted_senses import StubTrainer, planted_compass, planted_corpus

from wordvec import AlignmentError, CorruptFileError, FormatError, ParameterError
from wordvec.align import sense_slices
from wordvec.align.gate_temperature import measure_temperature, merge_words
from wordvec.align.sense_slices import align_senses, settle_temperature
from wordvec.senses.slices import SenseSlices
from wordvec.senses.tallies import tally_senses


@pytest.fixture(scope="module")
def corpus():
    return planted_corpus({"then": 0.8, "now": 0.3}, 120)


@pytest.fixture(scope="module")
def slices(corpus):
    return align_senses(StubTrainer(), corpus)


def test_planted_prevalences_come_back_and_counting_shrinks_them(slices):
    planted = np.array([0.8, 0.3])
    counted = slices.tallies.decided_shares[0, :, 0]
    assert counted[0] < 0.76 and counted[1] > 0.33
    found, low, high = (part[:, 0, 0] for part in (slices.prevalence, slices.low, slices.high))
    assert found == pytest.approx(planted, abs=0.05)
    assert (low <= planted).all() and (planted <= high).all()
    assert (high - low < 0.3).all()


def test_a_sense_is_pruned_only_where_it_is_rare_everywhere(slices):
    assert slices.compass.kept("bank") == (1, 2)
    assert slices.metadata["left_out"]["senses rare in every slice"] == 1
    born = planted_corpus({"then": 1.0, "after": 1.0, "later": 1.0, "now": 0.6}, 60, wrong=0.02)
    found = align_senses(planted_compass(), born)
    assert found.compass.kept("bank") == (1, 2)
    assert found["then"].kept("bank") == (1, 2) and found["then"].prevalence[0, 1] < 0.02
    assert found["now"].prevalence[0, 1] == pytest.approx(0.4, abs=0.1)


def test_slices_have_vectors_of_their_own_and_the_gates_of_the_compass(slices, corpus):
    for label, counts in zip(corpus.labels, corpus.counts, strict=True):
        part = slices[label]
        assert part.gates is slices.compass.gates and part.context is slices.compass.context
        assert part["river", 1].tolist() == [corpus[label].n_tokens] * 4
        assert part["odd", 1].tolist() == slices.compass["odd", 1].tolist()  # it does not occur
        assert counts[-1] == 0
        assert part.prevalence.sum(axis=1) == pytest.approx(1.0)
    assert slices.metadata["trainer"]["prune"] == 0.05


def test_senses_that_are_there_need_no_training(corpus):
    found = align_senses(planted_compass(), corpus, resamples=50)
    assert found.vectors == () and found["now"].vectors is found.compass.vectors
    trained = align_senses(planted_compass(), corpus, slice_trainer=StubTrainer(), resamples=50)
    assert len(trained.vectors) == 2
    assert trained.prevalence.tolist() == found.prevalence.tolist() or np.isnan(found.prevalence).any()


def test_the_same_intervals_whatever_else_is_asked_for(corpus):
    every = align_senses(planted_compass(), corpus, words=["bank", "river"], resamples=50)
    one = align_senses(planted_compass(), corpus, words=["bank"], resamples=50)
    assert every.low[:, 0].tolist() == one.low[:, 0].tolist()


def test_artefact(slices, tmp_path):
    slices.save(tmp_path / "x.wvss")
    found = SenseSlices.load(tmp_path / "x.wvss")
    assert repr(found) == repr(slices) == "SenseSlices(2 slices: then, now; 10 words, 1 with several senses)"
    for name in ("counts", "documents", "prevalence", "low", "high", "separation"):
        np.testing.assert_array_equal(getattr(found, name), getattr(slices, name))
    assert found.tallies.decided.tolist() == slices.tallies.decided.tolist()
    assert found.metadata["method"] == "sense compass"
    np.testing.assert_array_equal(found["now"].vectors, slices["now"].vectors)
    again = tmp_path / "y.wvss"
    slices.save(again)
    assert (again / "metadata.json").read_bytes() == (tmp_path / "x.wvss" / "metadata.json").read_bytes()
    slices.compass.save(tmp_path / "senses.wvs")
    with pytest.raises(FormatError):
        SenseSlices.load(tmp_path / "senses.wvs")
    text = (again / "metadata.json").read_text("utf-8")
    (again / "metadata.json").write_text(text.replace('"now"', '"then"'), "utf-8")
    with pytest.raises(CorruptFileError, match="labels must be without duplicates"):
        SenseSlices.load(again)


def test_what_cannot_be_known_is_nan_and_says_why(corpus):
    compass = planted_compass()
    blunt = replace(compass, gates=compass.gates * 0.02, prevalence=compass.prevalence * [1, 1, 0])
    found = align_senses(blunt, corpus, temperature=1.0, prune=0.0, resamples=50)
    assert found.tallies.is_refuted[0] and np.isfinite(found.prevalence[:, 0]).all()
    one_sided = planted_corpus({"then": 0.5, "now": 0.5}, 3)
    alike = replace(compass, gates=np.zeros_like(compass.gates), prevalence=compass.prevalence * [1, 1, 0])
    found = align_senses(alike, one_sided, prune=0.0, resamples=50)
    assert np.isnan(found.prevalence[:, 0, :2]).all()
    assert found.why_unknown("bank", 1, "now") == (
        "the gate cannot tell it from the word's other senses (separation 0.00)"
    )
    assert found["now"].prevalence[0].tolist() == pytest.approx([10 / 19, 9 / 19, 0.0])
    other = align_senses(compass, corpus, words=["river"], resamples=50)
    assert other.why_unknown("bank", 1, "now") == "not measured: it was not among the words asked for"
    assert other.why_unknown("odd", 1, "now") == "not measured: it was not among the words asked for"


def test_flat_gates_are_sharpened_where_slices_refute_them():
    compass = planted_compass()
    flat = replace(compass, gates=compass.gates * 0.1, prevalence=compass.prevalence * [1, 1, 0])
    corpus = planted_corpus({"then": 1.0, "now": 0.1}, 60, wrong=0.05)
    assert tally_senses(flat, corpus).is_refuted.all()
    settled = settle_temperature(flat, corpus)
    assert settled < 1.0
    assert not tally_senses(flat, corpus, temperature=settled).is_refuted.any()


def test_of_many_words_some_are_tried(monkeypatch):
    compass, corpus = planted_compass(), planted_corpus({"then": 0.8, "now": 0.3})
    every = replace(compass, prevalence=np.full_like(compass.prevalence, 1 / 3))
    asked = []

    def tally(senses, corpus, *, words, temperature):
        asked.append(tuple(words))
        return tally_senses(senses, corpus, words=words, temperature=temperature)

    monkeypatch.setattr(sense_slices, "tally_senses", tally)
    for most, number in ((500, 10), (10, 10), (9, 5), (3, 3)):
        monkeypatch.setattr(sense_slices, "_TRIED", most)
        settle_temperature(every, corpus)
        assert len(asked[-1]) == number and asked[-1][0] == "bank"


@dataclass(frozen=True)
class PairTrainer:
    """Makes gates that know the merged pairs of a text, and are ``sure`` times too sure of themselves."""

    pairs: tuple[tuple[str, str], ...]
    sure: float
    seed: int = 1

    def train(self, corpus, **_):
        compass = planted_compass()
        words = corpus.vocabulary
        side = np.array([{"w": 1.0, "m": -1.0}.get(word[0], 0.0) for word in words], np.float32)
        n = len(words)
        prevalence = np.tile([1.0, 0.0], (n, 1))
        merged = [words.index[a] for a, _ in self.pairs if a in words]
        prevalence[merged] = 0.5
        gates = np.zeros((2, 2, 1), np.float32)
        gates[1] = np.array([[1.0], [-1.0]]) * np.log(4) * 1.5 * self.sure  # three words, each right in 4 of 5
        rows = np.zeros(n, np.int32)
        rows[merged] = 1
        return type(compass)(
            words,
            vectors=np.zeros((n, 2, 1), np.float32),
            prevalence=prevalence,
            context=side[:, None],
            gates=gates,
            gate_biases=np.zeros((2, 2), np.float32),
            gate_rows=rows,
            metadata={"window": 3},
        )


def pseudo_corpus(seed=1):
    """Return text in which x0 x1 .. alternate: even ones stand among w-words, odd ones among m-words."""
    from wordvec import Corpus

    rng = np.random.default_rng(seed)
    common = [f"{kind}{i}" for i in range(50) for kind in "wm"]
    sentences = [[word, word] for word in common] * 20
    for number in range(40):
        for _ in range(200):
            sides = (rng.random(3) < 0.2) != (number % 2 == 0)
            near = [f"{'w' if side else 'm'}{rng.integers(50)}" for side in sides]
            sentences.append([near[0], f"x{number:02d}", near[1], near[2]])
    return Corpus.from_sentences(sentences, min_count=1)


@pytest.mark.parametrize("sure", [1.0, 3.0])
def test_pseudo_words_tell_how_sure_gates_may_be(sure):
    corpus = pseudo_corpus()
    merged = merge_words(corpus, 2, min_count=150, seed=3)
    assert merged.corpus.n_tokens == corpus.n_tokens and len(merged.corpus.vocabulary) == len(corpus.vocabulary) - 2
    names = tuple((merged.corpus.vocabulary.words[i], "") for i in merged.words.tolist())
    found = measure_temperature(PairTrainer(names, sure), corpus, pairs=2, min_count=150, seed=3)
    assert found.pairs == 2 and found.told_apart >= 1
    assert found.temperature == pytest.approx(sure, rel=0.25)
    assert found.loss_after <= found.loss_before and found.right > 0.85


def test_pseudo_words_need_text_and_gates():
    small = planted_corpus({"now": 0.5}, 3)
    with pytest.raises(FormatError, match="pseudo-words need words with 100 occurrences"):
        merge_words(small, 5)
    with pytest.raises(FormatError, match="none of 1 pseudo-words was told apart by its gate"):
        measure_temperature(PairTrainer((), 1.0), pseudo_corpus(), pairs=1, min_count=150)
    with pytest.raises(ParameterError, match="pairs must be an integer >= 1, got 0"):
        merge_words(small, 0)


def test_bad_input(corpus):
    compass = planted_compass()
    for name, value, said in (
        ("prune", 1.0, r"prune must be at least 0 and below 1, got 1\.0"),
        ("min_separation", 0.0, r"min_separation must be between 0 and 1, got 0\.0"),
        ("min_slice_count", 0, "min_slice_count must be an integer >= 1, got 0"),
        ("resamples", 0, "resamples must be an integer >= 1, got 0"),
    ):
        with pytest.raises(ParameterError, match=said):
            align_senses(compass, corpus, **{name: value})

    @dataclass(frozen=True)
    class Other(StubTrainer):
        def train(self, corpus, **_):
            return replace(compass, vectors=np.zeros((10, 3, 7), np.float32))

    with pytest.raises(AlignmentError, match=r"slice 'then': its senses have vectors of shape \(10, 3, 7\)"):
        align_senses(compass, corpus, slice_trainer=Other())
    found = align_senses(compass, corpus, resamples=50)
    with pytest.raises(ParameterError, match="slice must be one of then, now, got 'when'"):
        found["when"]
    with pytest.raises(ParameterError, match="vectors must be none or 2, one for each slice, got 1"):
        replace(found, vectors=(compass.vectors,))
