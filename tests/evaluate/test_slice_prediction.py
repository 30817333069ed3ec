"""The slice of a held-out sentence: planted topics, a plain twin, what cannot be scored, the baselines."""

import numpy as np
import pytest

from wordvec import CBOW, CompassAligner, Corpus, SkipGram
from wordvec.align.procrustes import train_slices_procrustes
from wordvec.errors import AlignmentError, ParameterError, UnknownWordError
from wordvec.evaluate.slice_prediction import evaluate_slice_prediction, predict_slice, score_slice_prediction


def texts(seed, sentences=400):
    """Slices in which the same words keep other company: even with even in one, neighbors by tens in the other."""
    rng = np.random.default_rng(seed)
    found = {"parity": [], "tens": []}
    for _ in range(sentences):
        draws, kind = rng.integers(0, 10, (2, 10)), rng.integers(0, 2, 2)
        found["parity"].append([f"w{2 * i + kind[0]}" for i in draws[0]])
        found["tens"].append([f"w{10 * kind[1] + i}" for i in draws[1]])
    return found


@pytest.fixture(scope="module", params=[SkipGram, CBOW])
def aligned(request):
    corpus = Corpus.from_sentences(texts(1), min_count=1)
    return CompassAligner(request.param(dim=16, epochs=10, subsample=0, window=3)).align(corpus)


def test_the_company_of_words_tells_the_slice(aligned):
    held_out = Corpus.from_sentences(texts(2, 100), min_count=1)
    table = evaluate_slice_prediction(aligned, held_out)
    found = dict(zip(table["metric"], table["score"], strict=True))
    assert found["accuracy"] > 0.9
    assert found["majority (baseline) accuracy"] == 0.5
    assert found["unigram (baseline) accuracy"] < 0.7  # the words are the same, only their company is not
    assert found["mean posterior"] > 0.8
    assert set(table["unit"]) <= {"document", "document (exact)"}
    assert table["n"].tolist() == [200] * len(table)


def twin(aligned, sentence, label, noise, window=3, negative=5):
    """Return the log-likelihood of a sentence, word by word, in plain loops."""

    def log_sigmoid(x):
        return -np.log1p(np.exp(-x))

    U, C = aligned.compass.context, aligned[label]
    total, scored = 0.0, 0
    for place, word in enumerate(sentence):
        near = [
            sentence[i] for i in range(max(0, place - window), min(len(sentence), place + window + 1)) if i != place
        ]
        if not near:
            continue
        rows = (
            [C[w] for w in near] if aligned.metadata["model"] == "skipgram" else [np.mean([C[w] for w in near], axis=0)]
        )
        values = [
            log_sigmoid(U[word] @ h) + negative / len(noise) * sum(log_sigmoid(-(U[n] @ h)) for n in noise)
            for h in rows
        ]
        total, scored = total + np.mean(values), scored + 1
    return total / scored


def test_likelihoods_equal_a_plain_twin(aligned):
    sentences = {"tens": [["w1", "w2", "w3", "w4", "w8", "w1"], ["w11", "w12"]], "parity": [["w2", "w4", "w18"]]}
    held_out = Corpus.from_sentences(sentences, min_count=1)
    table = predict_slice(aligned, held_out)
    noise = table.attrs["noise"]
    assert len(noise) == 100
    flat = sentences["tens"] + sentences["parity"]
    for label in aligned.labels:
        expected = [twin(aligned, sentence, label, noise) for sentence in flat]
        assert table[f"ll {label}"].to_numpy() == pytest.approx(np.array(expected), rel=1e-5)
    assert table["words"].tolist() == [6, 2, 3]
    again = predict_slice(aligned, held_out, noise=noise)
    assert again.equals(table)
    both = np.exp(table[["ll parity", "ll tens"]].to_numpy() * table[["words"]].to_numpy())
    share = both / both.sum(axis=1, keepdims=True)
    assert table["posterior"].to_numpy() == pytest.approx([share[0, 1], share[1, 1], share[2, 0]])


def test_what_cannot_be_scored_is_counted(aligned):
    held_out = Corpus.from_sentences({"tens": [["w1"], ["unheard", "unseen"], ["w1", "w2", "unheard"]]}, min_count=1)
    table = predict_slice(aligned, held_out)
    assert table["words"].tolist() == [0, 0, 2]
    assert table["left_out"].tolist() == [1, 0, 0]  # a word alone; what the compass does not know is not counted
    assert table["predicted"].tolist()[:2] == ["", ""]
    accuracy = score_slice_prediction(table)[0]
    assert (len(accuracy), accuracy.missing) == (1, 2)


def test_what_is_wrong_is_said(aligned):
    held_out = Corpus.from_sentences({"tens": [["w1", "w2"]]}, min_count=1)
    with pytest.raises(ParameterError, match=r"corpus.labels must be some of parity, tens, got 'other'"):
        predict_slice(aligned, Corpus.from_sentences({"other": [["w1", "w2"]]}, min_count=1))
    with pytest.raises(ParameterError, match="noise_words must be an integer >= 1, got 0"):
        predict_slice(aligned, held_out, noise_words=0)
    with pytest.raises(ParameterError, match="noise must be at least one word"):
        predict_slice(aligned, held_out, noise=[])
    with pytest.raises(UnknownWordError, match="unheard"):
        predict_slice(aligned, held_out, noise=["w1", "unheard"])
    corpus = Corpus.from_sentences(texts(1, 50), min_count=1)
    rotated = train_slices_procrustes(corpus, SkipGram(dim=8, epochs=1, subsample=0))
    with pytest.raises(AlignmentError, match="these slices have none; align them with CompassAligner"):
        predict_slice(rotated, held_out)
