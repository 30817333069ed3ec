import hashlib

import numpy as np
import pytest
from synthetic import (
    WORDS,
    cosine,
    cosines,
    mapped_share,
    renamed_corpus,
    static,
    swap_corpus,
    swapped_names,
    target_ranks,
    word,
)

from wordvec import (
    CBOW,
    AlignedSlices,
    AlignmentError,
    CompassAligner,
    Corpus,
    FormatError,
    ParameterError,
    SkipGram,
    Vocabulary,
    measure_drift,
)
from wordvec.align.procrustes import train_slices_procrustes

SMALL = {"dim": 50, "window": 3, "negative": 10, "epochs": 8, "subsample": 0}
TRAINERS = [SkipGram, CBOW]


@pytest.fixture(scope="module")
def case():
    return swap_corpus(seed=1)


@pytest.fixture(scope="module", params=TRAINERS)
def aligned(request, case):
    return CompassAligner(trainer=request.param(**SMALL)).align(case.corpus)


@pytest.fixture(scope="module")
def tiny():
    texts = {"old": [["king", "rules", "land", str(n % 7)] for n in range(90)]}
    texts["new"] = [["people", "rule", "the", "land", str(n % 5)] for n in range(60)]
    return texts


def tiny_aligner(**settings):
    return CompassAligner(trainer=SkipGram(dim=8, epochs=2, subsample=0), **settings)


def auc(low, high):
    return (low[:, None] < high[None, :]).mean()


@pytest.fixture(scope="module", params=TRAINERS)
def five(request):
    """Return the swap test of five seeds: the case and its aligned slices."""
    cases = [(swap_corpus(seed), request.param(**SMALL, seed=seed)) for seed in range(1, 6)]
    return request.param, [(case, CompassAligner(trainer).align(case.corpus)) for case, trainer in cases]


def test_swapped_words_map_to_each_other_and_drift_most(five):
    trainer, runs = five
    mapped, stayed, told_apart = [], [], []
    for case, aligned in runs:
        sources, stable = swapped_names(case)[0], [word(i) for i in case.stable]
        mapped.append(mapped_share(aligned, *swapped_names(case)))
        stayed.append(mapped_share(aligned, stable, stable))
        told_apart.append(auc(cosines(aligned, sources), cosines(aligned, stable)))
    assert np.mean(mapped) >= (0.98 if trainer is CBOW else 0.95)
    assert np.mean(stayed) >= 0.95
    assert np.mean(told_apart) >= 0.99


def test_the_static_baseline_maps_no_swapped_word(five):
    for case, aligned in five[1]:
        baseline = static(aligned.compass.embeddings, case.corpus.vocabulary, case.corpus.counts)
        assert mapped_share(baseline, *swapped_names(case)) == 0.0
        ranks = target_ranks(baseline, *swapped_names(case))
        assert (ranks >= 2).all()  # the word itself is the nearest
        assert 0.4 < np.mean(1 / ranks) <= 0.5


def test_procrustes_finds_swapped_words_too(case):
    aligned = train_slices_procrustes(case.corpus, CBOW(**SMALL))
    assert mapped_share(aligned, *swapped_names(case)) >= 0.90
    stable, sources = [word(i) for i in case.stable], swapped_names(case)[0]
    assert auc(cosines(aligned, sources), cosines(aligned, stable)) >= 0.99
    assert aligned.compass is None
    assert [part["label"] for part in aligned.metadata["slices"]] == ["A", "B"]


def test_the_compass_is_byte_equal_after_every_slice(aligned):
    digest = hashlib.sha256(aligned.compass.context.vectors.tobytes()).hexdigest()
    assert aligned.metadata["compass_sha256"] == digest
    for embeddings in aligned.embeddings:
        assert embeddings.metadata["compass_sha256_before"] == digest
        assert embeddings.metadata["compass_sha256_after"] == digest


@pytest.mark.parametrize(("trainer", "least"), [(CBOW, 0.94), (SkipGram, 0.97)])
def test_a_slice_that_is_the_whole_corpus_finds_the_compass_again(trainer, least, case):
    whole = {"all": [s for label in "AB" for s in case.corpus[label].sentences()]}
    corpus = Corpus.from_sentences(whole, min_count=5)
    aligned = CompassAligner(trainer=trainer(**SMALL)).align(corpus)
    own, compass = aligned["all"], aligned.compass.embeddings
    assert np.mean([cosine(own[w], compass[w]) for w in own.vocabulary]) >= least
    frequent = [w for w in own.vocabulary if own.vocabulary.counts[own.vocabulary[w]] >= 200]
    assert all(compass.nearest(own[w], k=1)[0].word == w for w in frequent)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_two_seeds_on_one_slice_agree(trainer, case):
    compass = trainer(**SMALL).train(case.corpus)
    found = [trainer(**SMALL, seed=s).train(case.corpus["A"], compass=compass.context).embeddings for s in (5, 6)]
    twice = AlignedSlices(("x", "y"), tuple(found), case.corpus.vocabulary, case.corpus.counts[[0, 0]])
    table = measure_drift(twice, measures=("cosine", "intersection"), k_intersection=25, min_count=20)
    drift = table.groupby("measure")["drift"].mean()
    assert drift["cosine"] <= 0.02
    assert drift["intersection"] <= 0.15


def test_overlap_curve_falls_only_when_nearly_all_words_are_renamed():
    found = {}
    for share in (0.1, 0.5, 1.0):
        corpus, renamed = renamed_corpus(seed=3, share=share)
        aligned = CompassAligner(trainer=CBOW(**SMALL)).align(corpus)
        known = [i for i in renamed if word(i) in aligned["A"] and word(i + WORDS) in aligned["B"]]
        found[share] = mapped_share(aligned, [word(i) for i in known], [word(i + WORDS) for i in known])
        same = [word(i) for i in range(WORDS) if i not in set(renamed) and word(i) in aligned["A"]]
        assert share == 1.0 or mapped_share(aligned, same, same) >= 0.97
    assert found[0.1] >= 0.97
    assert found[0.5] >= 0.95
    assert found[1.0] <= 0.05


def test_starting_from_the_compass_leaves_old_meaning_behind(case):
    sources, _ = swapped_names(case)
    random, started = (CompassAligner(trainer=CBOW(**SMALL), init=i).align(case.corpus) for i in ("random", "compass"))
    assert cosines(started, sources).mean() > cosines(random, sources).mean() + 0.2


@pytest.mark.parametrize("init", ["random", "compass"])
def test_no_epochs_leave_the_start(tiny, init):
    corpus = Corpus.from_sentences(tiny, min_count=1)
    aligned = CompassAligner(trainer=SkipGram(dim=8, epochs=0), init=init, min_slice_count=1).align(corpus)
    rows = [aligned.compass.embeddings.vocabulary[w] for w in aligned["new"].vocabulary]
    equal = aligned["new"].vectors == aligned.compass.embeddings.vectors[rows]
    assert equal.all() if init == "compass" else not equal.any()


def test_relabelling_and_reordering_slices_changes_no_byte(tiny):
    one = tiny_aligner().align(Corpus.from_sentences(tiny, min_count=1))
    other = tiny_aligner().align(Corpus.from_sentences({"x": tiny["new"], "y": tiny["old"]}, min_count=1))
    for name in ("embeddings", "context"):
        ours, theirs = (getattr(a.compass, name).vectors.tobytes() for a in (one, other))
        assert ours == theirs
    assert one["old"].vectors.tobytes() == other["y"].vectors.tobytes()
    assert one["new"].vectors.tobytes() == other["x"].vectors.tobytes()


def test_threads_change_no_byte(tiny):
    corpus = Corpus.from_sentences(tiny, min_count=1)
    runs = [tiny_aligner().align(corpus, threads=n) for n in (1, 2, 4)]
    assert len({b"".join(e.vectors.tobytes() for e in run.embeddings) for run in runs}) == 1


def test_rare_words_have_counts_but_no_vector(tiny):
    corpus = Corpus.from_sentences({**tiny, "new": [*tiny["new"], ["king", "land"]]}, min_count=1)
    aligned = tiny_aligner(min_slice_count=5).align(corpus)
    assert "king" not in aligned["new"]
    assert aligned.counts[1, aligned.vocabulary["king"]] == 1
    assert aligned.rows("new")[aligned.vocabulary["king"]] == -1
    assert np.isnan(aligned.trajectory("king")[1]).all()
    assert aligned["new"].metadata["left_out"] == {"words below min_slice_count": 1}


def test_shares_are_reported(tiny):
    aligned = tiny_aligner().align(Corpus.from_sentences(tiny, min_count=1))
    shares = [(s["label"], s["tokens"], s["share"]) for s in aligned.metadata["slices"]]
    assert shares == [("old", 360, 0.545455), ("new", 300, 0.454545)]


def test_round_trip_and_proof_on_disk(tiny, tmp_path):
    corpus = Corpus.from_sentences(tiny, min_count=1)
    tiny_aligner().align(corpus).save(tmp_path / "a.wvs")
    tiny_aligner().align(corpus, threads=1).save(tmp_path / "b.wvs")
    loaded = AlignedSlices.load(tmp_path / "a.wvs")
    assert loaded["old"].vectors.tobytes() == tiny_aligner().align(corpus)["old"].vectors.tobytes()
    assert loaded.compass.context.vectors.shape == (len(corpus.vocabulary), 8)
    assert (tmp_path / "a.wvs/metadata.json").read_bytes() == (tmp_path / "b.wvs/metadata.json").read_bytes()
    loaded.save(tmp_path / "b.wvs", overwrite=True)
    assert AlignedSlices.load(tmp_path / "b.wvs").labels == ("old", "new")


def test_adding_a_slice_leaves_the_others_and_equals_training_it_at_once(tiny):
    aligner = tiny_aligner(min_slice_count=1)
    old = aligner.align(Corpus.from_sentences(tiny, min_count=1))
    later = Corpus.from_sentences({"later": [["people", "rule", "zeppelin"]] * 30}, min_count=1)
    grown = aligner.add(old, later)
    assert grown.labels == ("old", "new", "later")
    assert [e.vectors.tobytes() for e in grown.embeddings[:2]] == [e.vectors.tobytes() for e in old.embeddings]
    assert "zeppelin" not in grown["later"]
    assert grown.metadata["added"] == [
        {"labels": ["later"], "corpus": later.digest, "dropped": {"tokens": 30, "types": 1}}
    ]
    assert grown.compass is old.compass
    again = aligner.add(old, Corpus.from_sentences({"x": tiny["new"]}, min_count=1))
    assert again["x"].vectors.tobytes() == old["new"].vectors.tobytes()
    assert CompassAligner.of(grown) == aligner


def test_adding_is_refused_when_it_would_not_compare(tiny):
    aligner = tiny_aligner()
    aligned = aligner.align(Corpus.from_sentences(tiny, min_count=1))
    new = Corpus.from_sentences({"new": tiny["new"]}, min_count=1)
    with pytest.raises(ParameterError, match="label must be new, got 'new', which is already a slice"):
        aligner.add(aligned, new)
    with pytest.raises(AlignmentError, match=r"aligned with other settings: epochs \(2, now 9\)"):
        CompassAligner(trainer=SkipGram(dim=8, epochs=9, subsample=0)).add(aligned, new)
    with pytest.raises(AlignmentError, match="have no compass; only slices aligned by the compass can be added to"):
        aligner.add(AlignedSlices(aligned.labels, aligned.embeddings, aligned.vocabulary, aligned.counts), new)
    with pytest.raises(FormatError, match="slice 'z' has fewer than two distinct words of the vocabulary"):
        aligner.add(aligned, Corpus.from_sentences({"z": [["q", "r"]] * 9}, min_count=1))


def test_an_earlier_vocabulary_may_be_in_another_order_and_have_words_that_no_slice_has(tiny):
    plain = Corpus.from_sentences(tiny, min_count=1)
    words = Vocabulary(("ghost", *plain.vocabulary.words[::-1]), np.full(len(plain.vocabulary) + 1, 999))
    corpus = Corpus.from_sentences(tiny, vocabulary=words)
    aligned = tiny_aligner().align(corpus)
    assert "ghost" not in aligned.vocabulary
    assert aligned["old"].vectors.tobytes() == tiny_aligner().align(plain)["old"].vectors.tobytes()


def test_slices_with_too_little_text(tiny):
    with pytest.raises(FormatError, match="slice 'empty' has fewer than two distinct words of the vocabulary; give it"):
        tiny_aligner().align(Corpus.from_sentences({**tiny, "empty": []}, min_count=1))
    with pytest.raises(FormatError, match=r"slice 'new' has no word with 50 occurrences \(the most frequent has 3\)"):
        corpus = Corpus.from_sentences({**tiny, "new": [["king", "land"]] * 3}, min_count=1)
        tiny_aligner(min_slice_count=50).align(corpus)


def test_an_interrupt_gets_through(tiny):
    def interrupt(report):
        if report.stage == "slice new":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tiny_aligner().align(Corpus.from_sentences(tiny, min_count=1), progress=interrupt, threads=2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"trainer": "cbow"}, "trainer must be a SkipGram or CBOW, got 'cbow'"),
        ({"init": "copy"}, "init must be 'random' or 'compass', got 'copy'"),
        ({"min_slice_count": 0}, "min_slice_count must be an integer >= 1, got 0"),
    ],
)
def test_settings_outside_their_domain(settings, message):
    with pytest.raises(ParameterError) as caught:
        CompassAligner(**settings)
    assert str(caught.value) == message


def test_adding_a_slice_leaves_the_drift_between_the_others(tiny):
    from wordvec.drift.measures import MEASURES

    aligner = tiny_aligner(min_slice_count=1)
    old = aligner.align(Corpus.from_sentences(tiny, min_count=1))
    grown = aligner.add(old, Corpus.from_sentences({"later": [["people", "rule", "land"]] * 30}, min_count=1))
    before, after = (measure_drift(s, measures=MEASURES, min_count=1, k=2, k_intersection=2) for s in (old, grown))
    assert set(after["target"]) == {"new", "later"}
    kept = after[after["target"] == "new"].reset_index(drop=True)
    assert before.to_csv() == kept.to_csv()
