"""Slices of unequal size: the compass's text, thinned slices, slices left out."""

import hashlib

import numpy as np
import pytest

from wordvec import AlignedSlices, CompassAligner, Corpus, FormatError, ParameterError, SkipGram
from wordvec.align.balance import compass_text, thin_slices
from wordvec.align.leave_out import leave_slices_out
from wordvec.text.selection import take_documents

TRAINER = SkipGram(dim=6, epochs=2, subsample=0)


@pytest.fixture(scope="module")
def texts():
    rng = np.random.default_rng(2)
    sizes = {"large": 100, "small": 40, "middle": 60}
    found = {label: rng.integers(0, 20, size=(n, 10)).tolist() for label, n in sizes.items()}
    found["large"][0] = [77] * 10
    return {label: [[f"w{i}" for i in line] for line in lines] for label, lines in found.items()}


@pytest.fixture(scope="module")
def corpus(texts):
    return Corpus.from_sentences(texts, min_count=1)


def test_without_balance_the_text_is_the_corpus(corpus):
    text = compass_text(corpus, "none", ())
    assert text.corpus is corpus and text.weights is None
    assert text.shares == {"large": 0.5, "small": 0.2, "middle": 0.3}


@pytest.mark.parametrize(("balance", "total"), [("upsample", 1000), ("cap", 400)])
def test_balanced_slices_count_the_same(corpus, balance, total):
    text = compass_text(corpus, balance, ())
    weighed = {}
    for t, label in enumerate(text.corpus.labels):
        first, last = text.corpus.slice_offsets[t : t + 2]
        weighed[label] = float(text.weights[first:last].sum()) * 10
    assert all(abs(mass - total) < 0.01 for mass in weighed.values())
    assert text.weights.max() <= 1.0 and text.weights.min() > 0.5 * (balance == "upsample")
    assert set(text.shares.values()) == {0.333333}
    # noise words follow the weights; no word vanishes
    assert abs(text.corpus.counts.sum(axis=1) - total).max() <= 21
    assert ((text.corpus.word_counts > 0) == (corpus.word_counts > 0)).all()


@pytest.mark.parametrize("settings", [{"balance": "upsample"}, {"balance": "cap"}, {"leave_out": ("small",)}])
def test_aligned_so_threads_and_order_change_no_byte(texts, settings):
    aligner = CompassAligner(TRAINER, **settings)
    one = aligner.align(Corpus.from_sentences(texts, min_count=1), threads=1)
    turned = {label: texts[label] for label in ("small", "middle", "large")}
    other = aligner.align(Corpus.from_sentences(turned, min_count=1), threads=2)
    for label in texts:
        assert one[label].vectors.tobytes() == other[label].vectors.tobytes()
    assert one.compass.context.vectors.tobytes() == other.compass.context.vectors.tobytes()
    digest = hashlib.sha256(one.compass.context.vectors.tobytes()).hexdigest()
    assert one.metadata["compass_sha256"] == digest
    assert all(e.metadata["compass_sha256_before"] == digest for e in one.embeddings)


def test_balance_changes_the_compass_and_shares_are_recorded(corpus):
    plain, even = CompassAligner(TRAINER).align(corpus), CompassAligner(TRAINER, balance="cap").align(corpus)
    assert plain.compass.context.vectors.tobytes() != even.compass.context.vectors.tobytes()
    assert [part["compass_share"] for part in even.metadata["slices"]] == [0.333333] * 3
    assert "compass_share" not in plain.metadata["slices"][0]
    assert even.vocabulary.words == plain.vocabulary.words == even.compass.embeddings.vocabulary.words


def test_slices_of_equal_size_need_no_balance():
    rng = np.random.default_rng(4)
    texts = {label: [[f"w{i}" for i in line] for line in rng.integers(0, 9, (30, 8)).tolist()] for label in "ab"}
    corpus = Corpus.from_sentences(texts, min_count=1)
    plain, even = (CompassAligner(TRAINER, balance=b).align(corpus) for b in ("none", "upsample"))
    np.testing.assert_allclose(plain["a"].vectors, even["a"].vectors, atol=1e-6)


def test_a_slice_that_is_left_out_is_aligned_and_its_own_words_are_dropped(corpus, tmp_path):
    aligner = CompassAligner(TRAINER, leave_out=("large",))
    aligned = aligner.align(corpus)
    assert aligned.labels == ("large", "small", "middle")
    assert "w77" not in aligned.vocabulary and "w77" not in aligned["large"]
    assert aligned.metadata["dropped"] == {"tokens": 10, "types": 1}
    assert [part["compass_share"] for part in aligned.metadata["slices"]] == [0.0, 0.4, 0.6]
    others = take_documents(corpus, {"rest": np.arange(100, 200)})
    alone = CompassAligner(TRAINER).align(Corpus.from_sentences({"rest": list(others.sentences())}, min_count=1))
    by_word = {w: aligned.compass.context.vectors[aligned.vocabulary[w]].shape for w in aligned.vocabulary}
    assert set(by_word) == set(alone.vocabulary)
    aligned.save(tmp_path / "a.wvs")
    assert CompassAligner.of(AlignedSlices.load(tmp_path / "a.wvs")) == aligner


def test_every_slice_is_left_out_once(corpus):
    found = dict(leave_slices_out(CompassAligner(TRAINER), corpus))
    assert list(found) == ["large", "small", "middle"]
    assert len({aligned.metadata["compass_sha256"] for aligned in found.values()}) == 3
    for label, aligned in found.items():
        assert aligned.metadata["settings"]["leave_out"] == (label,)


def test_what_cannot_be_left_out(corpus):
    with pytest.raises(
        ParameterError, match=r"leave_out must be among the slices \(large, small, middle\), got 'tiny'"
    ):
        CompassAligner(TRAINER, leave_out=("tiny",)).align(corpus)
    with pytest.raises(ParameterError, match="leave_out must be some slices, not all: the compass needs text"):
        CompassAligner(TRAINER, leave_out=("large", "small", "middle")).align(corpus)
    with pytest.raises(ParameterError, match="leave_out must be a tuple of labels, got 'large'"):
        CompassAligner(TRAINER, leave_out="large")


def test_thinning_depends_on_seed_and_content_alone(texts, corpus):
    thinned = thin_slices(corpus)
    assert thinned.counts.sum(axis=1).tolist() == [400, 400, 400]
    turned = thin_slices(
        Corpus.from_sentences({"m": texts["middle"], "l": texts["large"], "s": texts["small"]}, min_count=1)
    )
    for one, other in (("large", "l"), ("small", "s"), ("middle", "m")):
        assert thinned[one].digest == turned[other].digest
    assert thin_slices(corpus, seed=2)["large"].digest != thinned["large"].digest
    assert list(thinned["small"].sentences()) == list(corpus["small"].sentences())
    assert thinned.metadata["thinned"]["slices"][0] == {"label": "large", "tokens": 400, "before": 1000}


def test_thinned_slices_keep_the_compass_of_all_text(corpus):
    plain, even = CompassAligner(TRAINER).align(corpus), CompassAligner(TRAINER, equal_tokens=True).align(corpus)
    assert plain.metadata["compass_sha256"] == even.metadata["compass_sha256"]
    assert even.counts.sum(axis=1).tolist() == [400, 400, 400]
    assert plain["small"].vectors.tobytes() == even["small"].vectors.tobytes()


def test_a_slice_is_added_at_the_tokens_of_the_others(texts, corpus):
    aligner = CompassAligner(TRAINER, equal_tokens=True)
    aligned = aligner.align(corpus)
    grown = aligner.add(aligned, Corpus.from_sentences({"later": texts["large"]}, min_count=1))
    assert grown.counts.sum(axis=1).tolist() == [400] * 4
    assert "compass_share" in grown.metadata["slices"][0]


def test_large_documents_cannot_be_thinned():
    texts = {"one": [["a", "b"] * 50], "two": [["b", "a"]] * 10}
    with pytest.raises(FormatError, match=r"slice 'one' has 100 tokens in 1 documents, which cannot be thinned to 20;"):
        thin_slices(Corpus.from_sentences(texts, min_count=1))
    with pytest.raises(ParameterError, match="tokens must be an integer >= 1, got 0"):
        thin_slices(Corpus.from_sentences(texts, min_count=1), tokens=0)
