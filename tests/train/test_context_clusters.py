"""Senses by clustering contexts: what is found, what stays the same, and what bad input gets."""

import numpy as np
import pytest
from small_texts import FARM, RADIO
from synthetic import pseudo_words

from wordvec import AlignmentError, Corpus, FormatError, ParameterError, SkipGram
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.senses.gating import average_contexts, cut_contexts, sense_probabilities
from wordvec.train.context_clusters import ContextClusters


def sentences():
    rng = np.random.default_rng(1)
    return [[*rng.choice(FARM if i % 3 else RADIO, 6).tolist(), "broadcast"] for i in range(600)]


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences(sentences(), min_count=1)


@pytest.fixture(scope="module")
def training(corpus):
    return SkipGram(dim=20, epochs=10, subsample=0).train(corpus)


CLUSTERS = ContextClusters(senses=2, window=6)


def bits(senses):
    names = ("vectors", "prevalence", "context", "gates", "gate_biases", "gate_rows", "context_weights")
    return b"".join(getattr(senses, name).tobytes() for name in names)


def test_two_meanings_are_told_apart(corpus, training):
    senses = CLUSTERS.induce(corpus, training)
    assert isinstance(senses, SenseEmbeddings)
    first, second = (senses.disambiguate("broadcast", company).best for company in (FARM[:3], RADIO[:3]))
    assert (first, second) == (1, 2)  # two lines of three are about farms
    np.testing.assert_allclose(senses.prevalence[senses.vocabulary["broadcast"]], [2 / 3, 1 / 3], atol=1e-9)
    assert {n.word.split("#")[0] for n in senses.nearest("broadcast", 1, k=5)} <= set(FARM)
    assert senses.window == 6


def test_same_settings_same_bits_for_any_number_of_threads_and_any_order_of_lines(corpus, training):
    expected = bits(CLUSTERS.induce(corpus, training, threads=1))
    assert bits(CLUSTERS.induce(corpus, training, threads=3)) == expected
    backwards = Corpus.from_sentences(sentences()[::-1], vocabulary=corpus.vocabulary)
    assert bits(CLUSTERS.induce(backwards, training)) == expected
    few = ContextClusters(senses=2, occurrences=50, seed=2)
    assert bits(few.induce(corpus, training)) == bits(few.induce(backwards, training, threads=2))


def test_a_saved_corpus_and_saved_vectors_give_the_same(corpus, training, tmp_path):
    corpus.save(tmp_path / "c")
    training.save(tmp_path / "t")
    opened = Corpus.load(tmp_path / "c"), type(training).load(tmp_path / "t")
    found = CLUSTERS.induce(*opened)
    assert bits(found) == bits(CLUSTERS.induce(corpus, training))
    found.save(tmp_path / "s")
    assert bits(SenseEmbeddings.load(tmp_path / "s")) == bits(found)


def test_a_slice_gives_what_the_same_text_alone_gives(corpus, training):
    both = Corpus.from_sentences({"other": [["seed"]] * 30, "mine": sentences()}, vocabulary=corpus.vocabulary)
    assert bits(CLUSTERS.induce(both["mine"], training)) == bits(CLUSTERS.induce(corpus, training))


def test_gates_are_the_rule_of_the_nearest_center(corpus, training):
    senses = ContextClusters(senses=2, window=6, sharpness=7.0).induce(corpus, training)
    word = senses.vocabulary["broadcast"]
    places = np.flatnonzero(corpus.ids == word)
    contexts = cut_contexts(corpus.ids, corpus.offsets, places, 6)
    means, _ = average_contexts(contexts, senses.context, senses.context_weights)
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    centers = senses.gates[senses.gate_rows[word]] / 7.0
    squares = ((means[:, None] - centers) ** 2).sum(axis=2)
    found = sense_probabilities(senses, np.full(len(places), word), contexts)
    assert (found.argmax(axis=1) == squares.argmin(axis=1)).all()
    for sense in range(2):  # centers are means, to be exact
        np.testing.assert_allclose(centers[sense], means[found.argmax(axis=1) == sense].mean(axis=0), atol=1e-5)
    shift = senses["broadcast", 1] - training.embeddings["broadcast"] / np.linalg.norm(training.embeddings["broadcast"])
    np.testing.assert_allclose(shift, centers[0] - means.mean(axis=0), atol=1e-5)


def test_rare_words_keep_one_sense_and_everything_is_counted(corpus, training):
    counts = dict(zip(corpus.vocabulary.words, corpus.word_counts.tolist(), strict=True))
    senses = ContextClusters(senses=2, min_gate_count=400, occurrences=100).induce(corpus, training)
    report = senses.metadata["clustered"]
    frequent = [word for word, count in counts.items() if count >= 400]
    assert report["words"] == len(frequent)
    assert report["words_too_rare"] == len(counts) - len(frequent)
    assert report["occurrences"] + report["occurrences_without_context"] == 100 * len(frequent)
    assert report["senses"] == np.count_nonzero(senses.prevalence)
    assert all(senses.kept(word) == (1,) for word, count in counts.items() if count < 400)


def test_rare_clusters_are_pruned_and_the_rest_renormalised(corpus, training):
    whole = ContextClusters(senses=3, prune=0.0, window=6).induce(corpus, training)
    shares = whole.prevalence[whole.vocabulary["broadcast"]]
    pruned = ContextClusters(senses=3, prune=float(shares[2]) + 1e-6, window=6).induce(corpus, training)
    found = pruned.prevalence[pruned.vocabulary["broadcast"]]
    assert pruned.kept("broadcast") == (1, 2)
    np.testing.assert_allclose(found[:2], shares[:2] / shares[:2].sum())
    np.testing.assert_array_equal(pruned["broadcast", 2], whole["broadcast", 2])
    rows = pruned.prevalence
    np.testing.assert_allclose(rows.sum(axis=1), 1.0)
    assert (np.diff(rows, axis=1) <= 0).all()
    lone = ContextClusters(senses=2, prune=0.9, window=6).induce(corpus, training)
    assert lone.kept("broadcast") == (1,)
    assert lone.gate_rows[lone.vocabulary["broadcast"]] == 0


def test_output_vectors_serve_too_and_need_a_training(corpus, training):
    clusters = ContextClusters(senses=2, matrix="output")
    assert clusters.induce(corpus, training).disambiguate("broadcast", RADIO[:4]).best == 2
    domain = r"matrix must be 'input' where vectors come without their output matrix \(give a Training\), got 'output'"
    with pytest.raises(ParameterError, match=domain):
        clusters.induce(corpus, training.embeddings)


def test_a_corpus_of_another_vocabulary_is_read_in_the_words_of_the_vectors(corpus, training):
    more = Corpus.from_sentences([[*line, "tractor"] for line in sentences()], min_count=1)
    senses = CLUSTERS.induce(more, training.embeddings)
    assert "tractor" not in senses
    assert senses.disambiguate("broadcast", FARM[:3]).best == 1
    with pytest.raises(AlignmentError, match="none of the words of the vectors; give the text that they were made"):
        CLUSTERS.induce(Corpus.from_sentences([["nothing", "else"]] * 9, min_count=1), training)


def test_a_text_too_small_says_how_many_occurrences_it_needs(training):
    small = Corpus.from_sentences([["broadcast", "seed"]] * 12, min_count=1)
    message = r"its most frequent word, '(seed|broadcast)', occurs 12 times, and a word needs 20 occurrences; give more"
    with pytest.raises(FormatError, match=message):
        ContextClusters().induce(small, training)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"senses": 1}, "senses must be an integer from 2 to 100, got 1"),
        ({"window": 0}, "window must be an integer from 1 to 1000, got 0"),
        ({"min_gate_count": 2}, "min_gate_count must be an integer from 3 to"),
        ({"occurrences": 2.5}, "occurrences must be an integer from 3 to 1000000, got 2.5"),
        ({"smoothing": 0.0}, "smoothing must be above 0 and finite, got 0.0"),
        ({"prune": 1.0}, "prune must be from 0 to below 1, got 1.0"),
        ({"sharpness": 0}, "sharpness must be above 0 and finite, got 0"),
        ({"matrix": "both"}, "matrix must be 'input' or 'output', got 'both'"),
        ({"seed": -1}, "seed must be an integer from 0 to"),
    ],
)
def test_settings_outside_their_domain(settings, message):
    with pytest.raises(ParameterError, match=message):
        ContextClusters(**settings)


def test_progress_ends_with_all_occurrences(corpus, training):
    reports = []
    CLUSTERS.induce(corpus, training, threads=1, progress=reports.append, stage="finding senses")
    assert reports[-1].done == reports[-1].total > 0
    assert reports[-1].stage == "finding senses"


def test_pseudo_words_are_recovered():
    case = pseudo_words(1, tokens=120_000)
    training = SkipGram(dim=50, window=4, epochs=5, subsample=0).train(case.corpus)
    senses = ContextClusters(senses=2, window=4).induce(case.corpus, training)
    assert case.scores(senses).mean() >= 0.6
