"""Every aligner through one door: what all of them must do, and the swap test of each."""

import numpy as np
import pytest
from synthetic import cosines, mapped_share, swap_corpus, swapped_names, target_ranks, word

from wordvec import CBOW, AlignedSlices, Corpus, FormatError, ParameterError, SkipGram, UnknownWordError, Vocabulary
from wordvec.align.methods import METHODS, align_slices

SETTINGS = {"dim": 50, "window": 3, "negative": 10, "epochs": 8, "subsample": 0}
#: Least share of swapped words that map to each other, skip-gram and CBOW; none for the methods that cannot.
LEAST = {
    "compass": (0.9, 0.95),
    "procrustes": (0.8, 0.9),
    "linear": (0.6, 0.75),
    "local-linear": (0.65, 0.8),
    "vector-init": (0.9, 0.4),
    "temporal-referencing": (0.9, 0.9),
    "word-injection": (0.4, 0.7),
}
UNORDERED = ["compass", "procrustes", "linear", "local-linear", "temporal-referencing", "word-injection", "static"]


@pytest.fixture(scope="module")
def case():
    return swap_corpus(seed=1)


@pytest.fixture(scope="module")
def texts():
    rng = np.random.default_rng(5)
    found = {}
    for label, low in (("old", 0), ("new", 3), ("newest", 5)):
        lines = low + rng.integers(0, 25, size=(120 + 20 * low, 9))
        found[label] = [[f"w{i}" for i in line] for line in lines.tolist()]
    found["new"][0] = ["once", "w5", "w6"]
    return found


def options_of(method, words=("w5", "w7")):
    options = {"words": list(words)} if method == "word-injection" else {}
    return {**options, "base": "new"} if "base" in METHODS[method] else options


def align(texts, method, *, threads=None, options=None, **settings):
    corpus = Corpus.from_sentences(texts, min_count=1)
    trainer = SkipGram(dim=6, epochs=2, subsample=0)
    options = options_of(method) if options is None else options
    return align_slices(corpus, trainer, method=method, threads=threads, **options, **settings)


def parts(aligned):
    """Return the vectors of each slice, by label, in the order of the words."""
    return {label: (aligned[label].vocabulary.words, aligned[label].vectors.tobytes()) for label in aligned.labels}


@pytest.mark.parametrize("trainer", [SkipGram, CBOW])
@pytest.mark.parametrize("method", LEAST)
def test_swapped_words_are_found(method, trainer, case):
    sources, targets = swapped_names(case)
    stable = [word(i) for i in case.stable]
    options = {"words": sources} if method == "word-injection" else {}
    aligned = align_slices(case.corpus, trainer(**SETTINGS), method=method, **options)
    changed, same = cosines(aligned, sources), cosines(aligned, stable)
    assert (changed[:, None] < same[None]).mean() >= 0.99
    assert mapped_share(aligned, sources, targets) >= LEAST[method][trainer is CBOW]
    assert mapped_share(aligned, stable, stable) >= 0.7


def test_the_controls_find_nothing(case):
    sources, targets = swapped_names(case)
    static, unaligned = (align_slices(case.corpus, CBOW(**SETTINGS), method=m) for m in ("static", "unaligned"))
    ranks = target_ranks(static, sources, targets)
    assert mapped_share(static, sources, targets) == 0.0
    assert 0.4 < np.mean(1 / ranks) <= 0.5
    assert np.allclose(cosines(static, sources), 1.0, atol=1e-6)
    stable = [word(i) for i in case.stable]
    changed, same = cosines(unaligned, sources), cosines(unaligned, stable)
    assert 0.3 < (changed[:, None] < same[None]).mean() < 0.7
    assert mapped_share(unaligned, stable, stable) <= 0.05


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_what_it_did_and_keeps_rare_words_out(method, texts, tmp_path):
    aligned = align(texts, method, min_slice_count=5)
    assert aligned.labels == ("old", "new", "newest")
    assert aligned.metadata["method"] == method
    assert aligned.metadata["settings"]["min_slice_count"] == 5
    assert aligned.metadata["settings"]["trainer"]["dim"] == 6
    assert [part["label"] for part in aligned.metadata["slices"]] == ["old", "new", "newest"]
    assert aligned.counts[1, aligned.vocabulary["once"]] == 1
    for t, label in enumerate(aligned.labels):
        here = aligned[label]
        assert set(here.vocabulary) == {w for w, n in zip(aligned.vocabulary, aligned.counts[t], strict=True) if n >= 5}
        counts = dict(zip(aligned.vocabulary, aligned.counts[t].tolist(), strict=True))
        assert dict(zip(here.vocabulary, here.vocabulary.counts.tolist(), strict=True)) == {
            w: counts[w] for w in here.vocabulary
        }
        rare = sum(0 < n < 5 for n in counts.values())
        assert here.metadata["left_out"] == {"words below min_slice_count": rare}
        assert here.metadata["label"] == label
    aligned.save(tmp_path / "a.wvs")
    assert parts(AlignedSlices.load(tmp_path / "a.wvs")) == parts(aligned)


@pytest.mark.parametrize("method", METHODS)
def test_threads_change_no_byte(method, texts):
    one, two = (parts(align(texts, method, threads=n)) for n in (1, 3))
    assert one == two


@pytest.mark.parametrize("method", [*UNORDERED, "unaligned"])
def test_the_order_and_the_names_of_slices_change_no_byte(method, texts):
    options = options_of(method)
    one = parts(align(texts, method, options=options))
    names = {"newest": "x", "old": "y", "new": "new"}
    other = parts(align({names[k]: texts[k] for k in names}, method, options=options))
    assert {names[label]: part for label, part in one.items()} == other


@pytest.mark.parametrize("method", METHODS)
def test_words_that_no_slice_has_are_no_words_of_the_result(method, texts):
    plain = Corpus.from_sentences(texts, min_count=1)
    words = Vocabulary(("ghost", *plain.vocabulary.words[::-1]), np.full(len(plain.vocabulary) + 1, 999))
    trainer, options = SkipGram(dim=6, epochs=2, subsample=0), options_of(method)
    corpus = Corpus.from_sentences(texts, vocabulary=words)
    found = align_slices(corpus, trainer, method=method, **options)
    assert "ghost" not in found.vocabulary
    assert parts(found) == parts(align_slices(plain, trainer, method=method, **options))


@pytest.mark.parametrize("method", set(METHODS) - {"static"})
def test_slices_are_thinned_to_equal_tokens(method, texts):
    aligned = align(texts, method, equal_tokens=True)
    tokens = aligned.counts.sum(axis=1)
    assert tokens.max() - tokens.min() <= 9
    assert aligned.metadata["thinned"]["tokens"] == 9 * 120
    assert aligned.metadata["corpus"] == align(texts, method).metadata["corpus"]  # of all text
    assert [part["before"] for part in aligned.metadata["thinned"]["slices"]] == [1080, 1614, 1980]


def test_temporal_referencing_of_chosen_words(texts):
    aligned = align(texts, "temporal-referencing", options={"words": ["w7", "w9"]})
    drift = {
        w for w in aligned["old"].vocabulary if w in aligned["new"] and (aligned["old"][w] != aligned["new"][w]).any()
    }
    assert drift == {"w7", "w9"}
    assert aligned.metadata["referenced_words"] == 2
    assert aligned.metadata["settings"]["words"] == ["w7", "w9"]


def test_injected_words_alone_differ(texts):
    aligned = align(texts, "word-injection")
    drift = {
        w for w in aligned["old"].vocabulary if w in aligned["new"] and (aligned["old"][w] != aligned["new"][w]).any()
    }
    assert drift == {"w5", "w7"}
    assert aligned.metadata["injected_words"] == 2


def test_a_chain_starts_from_the_slice_before(texts):
    corpus = Corpus.from_sentences(texts, min_count=1)
    still = align_slices(corpus, SkipGram(dim=6, epochs=0), method="vector-init", min_slice_count=1)
    shared = [w for w in still["old"].vocabulary if w in still["newest"]]
    assert all((still["old"][w] == still["newest"][w]).all() for w in shared)
    # Three slices of one text are one training of three times the epochs, but for the learning rate and the seed.
    same = Corpus.from_sentences({label: texts["old"] for label in "abc"}, min_count=1)
    moved = align_slices(same, SkipGram(dim=6, epochs=2, subsample=0), method="vector-init")
    losses = [moved[label].metadata["losses"] for label in "abc"]
    assert losses[0][0] > losses[1][0] > losses[2][0]  # it goes on from where it was, in both matrices
    assert {"initial_sha256", "initial_context_sha256"} <= set(moved["b"].metadata)


@pytest.mark.parametrize(
    ("method", "options", "message"),
    [
        ("rotate", {}, "method must be one of compass, procrustes, linear, local-linear, vector-init, "),
        ("procrustes", {"init": "random"}, "init is for method compass; leave it out with procrustes."),
        ("compass", {"anchors": ["w5"]}, "anchors is for method procrustes; leave it out with compass."),
        ("static", {"equal_tokens": True}, "equal_tokens is for method compass or procrustes or linear"),
        ("compass", {"base": "old"}, "base is for method procrustes or linear or local-linear; leave it out"),
        ("word-injection", {}, "method word-injection needs words to replace; give them"),
        ("word-injection", {"words": []}, "words must be one word at least, got 0"),
        ("linear", {"share": 0.0}, "share must be above 0 and at most 1, got 0.0"),
        ("local-linear", {"neighbors": 0}, "neighbors must be an integer >= 1, got 0"),
        (
            "linear",
            {"base": "oldest"},
            "base must be 'first', 'last', 'previous' or the label of a slice, got 'oldest'",
        ),
        ("compass", {"balance": "even"}, "balance must be 'none', 'upsample' or 'cap', got 'even'"),
    ],
)
def test_options_that_do_not_fit(method, options, message, texts):
    with pytest.raises(ParameterError) as caught:
        align(texts, method, options=options)
    assert str(caught.value).startswith(message)


def test_words_that_cannot_be_chosen(texts):
    every = {w for lines in texts.values() for line in lines for w in line}
    with pytest.raises(ParameterError, match=r"words must be some words, not all: slices must share some, got 31"):
        align(texts, "word-injection", options={"words": every})
    with pytest.raises(UnknownWordError, match="'nowhere' is not among the 31 words of this vocabulary"):
        align(texts, "temporal-referencing", options={"words": ["nowhere"]})


@pytest.mark.parametrize("method", METHODS)
def test_a_slice_with_too_little_text(method, texts):
    with pytest.raises(FormatError, match="slice 'empty' has fewer than two distinct words of the vocabulary"):
        align({**texts, "empty": []}, method)
