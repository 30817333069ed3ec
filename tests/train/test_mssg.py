"""Multi-sense skip-gram: what is found, what stays the same, and what bad input gets."""

import numpy as np
import pytest
from small_texts import FARM, RADIO
from synthetic import pseudo_words

from wordvec import Corpus, FormatError, ParameterError
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.train.mssg import MultiSenseSkipGram


def sentences():
    rng = np.random.default_rng(1)
    return [[*rng.choice(FARM if i % 3 else RADIO, 6).tolist(), "broadcast"] for i in range(600)]


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences(sentences(), min_count=1)


def bits(senses):
    names = ("vectors", "prevalence", "context", "gates", "gate_biases", "gate_rows", "context_weights")
    return b"".join(getattr(senses, name).tobytes() for name in names)


TRAINER = MultiSenseSkipGram(senses=2, dim=20, window=6, epochs=10, subsample=0, min_gate_count=600)


def test_two_meanings_are_told_apart(corpus):
    senses = TRAINER.train(corpus)
    assert isinstance(senses, SenseEmbeddings)
    assert senses.kept("broadcast") == (1, 2)
    assert senses.kept(FARM[0]) == (1,)
    chosen = [senses.disambiguate("broadcast", company).best for company in (FARM[:3], RADIO[:3])]
    assert chosen == [1, 2]
    assert senses.prevalence[senses.vocabulary["broadcast"], 0] == pytest.approx(2 / 3, abs=0.02)
    assert {n.word.split("#")[0] for n in senses.nearest("broadcast", 2, k=4)} <= set(RADIO)
    assert senses.metadata["threading"] == "sequential"
    losses = senses.metadata["losses"]
    assert len(losses) == 10
    assert losses[-1] < losses[0]


def gate_of(senses, word="broadcast"):
    row = senses.gate_rows[senses.vocabulary[word]]
    return senses.gates[row], senses.gate_biases[row]


def test_gates_read_the_cosine_with_centers_of_unit_length(corpus):
    trainer = MultiSenseSkipGram(
        senses=2, dim=20, window=6, epochs=10, subsample=0, min_gate_count=600, centered=False, sharpness=7.0
    )
    senses = trainer.train(corpus)
    gate, biases = gate_of(senses)
    np.testing.assert_allclose(np.linalg.norm(gate, axis=1), 7.0, rtol=1e-5)
    assert senses.unit_contexts
    assert not biases.any()


def test_gates_of_centered_contexts_take_their_mean_off(corpus):
    senses = TRAINER.train(corpus)
    gate, biases = gate_of(senses)
    assert not senses.unit_contexts
    lengths = np.linalg.norm(gate, axis=1)
    np.testing.assert_allclose(lengths, lengths[0], rtol=1e-5)
    # All contexts of "broadcast", and the others, are about the same mean: there, no sense is much more likely.
    shares = senses.prevalence[senses.vocabulary["broadcast"]]
    middle = shares @ [senses.context[[senses.vocabulary[w] for w in part]].mean(axis=0) for part in (FARM, RADIO)]
    logits = gate @ middle + biases
    assert abs(logits[0] - logits[1]) < TRAINER.sharpness / 2


def test_the_same_bits_whatever_the_order_of_lines_and_the_threads(corpus):
    backwards = Corpus.from_sentences(sentences()[::-1], vocabulary=corpus.vocabulary)
    expected = bits(TRAINER.train(corpus, threads=1))
    assert bits(TRAINER.train(backwards, threads=2)) == expected
    other = MultiSenseSkipGram(senses=2, dim=20, epochs=1, seed=2).train(corpus)
    assert bits(other) != bits(MultiSenseSkipGram(senses=2, dim=20, epochs=1).train(corpus))


def test_documents_of_weight_nothing_are_left_out(corpus):
    of_farms = np.array([i % 3 > 0 for i in range(600)], np.float32)
    farms = MultiSenseSkipGram(senses=2, dim=20, window=6, epochs=3, subsample=0).train(corpus, weights=of_farms)
    row = farms.vocabulary[RADIO[0]]
    assert abs(farms.vectors[row]).max() <= 0.5 / 20  # as it began
    assert np.allclose(farms.prevalence[row], [1, 0])  # never met: one sense


@pytest.mark.parametrize(("new_below", "expected"), [(-0.99, 1), (-0.5, 2)])
def test_new_senses_are_made_for_contexts_unlike_all_others(corpus, new_below, expected):
    trainer = MultiSenseSkipGram(
        senses=3, new_below=new_below, dim=20, window=6, epochs=10, subsample=0, min_gate_count=600
    )
    senses = trainer.train(corpus)
    assert len(senses.kept("broadcast")) == expected
    assert senses.metadata["model"] == "np-mssg"


def test_one_sense_is_a_skip_gram(corpus):
    senses = MultiSenseSkipGram(senses=1, dim=20, epochs=2).train(corpus)
    assert senses.vectors.shape[1] == 1
    assert (senses.prevalence == 1.0).all()
    assert senses.metadata["words_with_several_senses"] == 0


def test_progress_and_no_epochs(corpus):
    reports = []
    MultiSenseSkipGram(dim=8, epochs=2).train(corpus, progress=reports.append)
    assert reports[-1].done == reports[-1].total == 2 * corpus.n_tokens
    assert MultiSenseSkipGram(dim=8, epochs=0).train(corpus).metadata["losses"] == []


def test_bad_input(corpus):
    with pytest.raises(ParameterError, match="senses must be an integer from 1 to 100, got 0"):
        MultiSenseSkipGram(senses=0)
    with pytest.raises(ParameterError, match="min_gate_count must be an integer from 1 to"):
        MultiSenseSkipGram(min_gate_count=0)
    with pytest.raises(ParameterError, match=r"new_below must be between -1 and 1, or None for a fixed .* got 1\.0"):
        MultiSenseSkipGram(new_below=1.0)
    with pytest.raises(ParameterError, match="prune must be from 0 to below 1, got -0.1"):
        MultiSenseSkipGram(prune=-0.1)
    with pytest.raises(ParameterError, match="sharpness must be above 0 and finite, got inf"):
        MultiSenseSkipGram(sharpness=np.inf)
    with pytest.raises(ParameterError, match="dim must be an integer from 1 to 65536, got 0"):
        MultiSenseSkipGram(dim=0)
    with pytest.raises(
        FormatError, match="most frequent word, 'broadcast', occurs 600 times, and a word needs 601 occ"
    ):
        MultiSenseSkipGram(min_gate_count=601).train(corpus)
    with pytest.raises(ParameterError, match="lr must be small enough for the vectors to stay finite"):
        MultiSenseSkipGram(lr=0.999, dim=8, epochs=50, window=50, negative=100, subsample=0).train(corpus)


@pytest.mark.parametrize(("new_below", "least"), [(None, 0.7), (-0.5, 0.55)])
def test_pseudo_words_are_recovered(new_below, least):
    case = pseudo_words(1)
    count = 2 if new_below is None else 3
    trainer = MultiSenseSkipGram(senses=count, new_below=new_below, dim=50, window=4, epochs=3, subsample=0)
    senses = trainer.train(case.corpus)
    assert case.scores(senses).mean() >= least


def test_without_centering_senses_run_dry():
    """Why contexts are centered: the paper's way finds fewer of the senses that are there."""
    case = pseudo_words(1, tokens=60_000)
    found = [
        case.scores(
            MultiSenseSkipGram(senses=2, centered=on, dim=50, window=4, epochs=3, subsample=0).train(case.corpus)
        )
        for on in (True, False)
    ]
    assert found[0].mean() > found[1].mean() + 0.2
