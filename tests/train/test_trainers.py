import hashlib
import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from wordvec import CBOW, AlignmentError, Corpus, FormatError, ParameterError, SkipGram, Training, Vocabulary

SENTENCES = [["the", animal, "sat", "on", "the", place] for animal in ["cat", "dog", "cow"] for place in ("mat", "log")]
TRAINERS = [SkipGram, CBOW]


@pytest.fixture(scope="module")
def corpus():
    return Corpus.from_sentences(SENTENCES * 40, min_count=1)


def bits(training):
    return training.embeddings.vectors.tobytes() + training.context.vectors.tobytes()


@pytest.mark.parametrize("trainer", TRAINERS)
def test_same_settings_same_bits_for_any_number_of_threads(trainer, corpus):
    runs = [trainer(dim=20, epochs=2).train(corpus, threads=n) for n in (None, 1, 2, 4)]
    assert len({bits(run) for run in runs}) == 1
    assert len({run.losses for run in runs}) == 1
    assert bits(trainer(dim=20, epochs=2, seed=2).train(corpus)) != bits(runs[0])


#: Prints a digest of what both trainers make of a text, with and without a compass, small and large enough for blocks.
PROGRAM = """
import hashlib, sys
from wordvec import CBOW, Corpus, SkipGram
threads = int(sys.argv[1])
lines = [[f"w{(i * i + 7 * j * j + i * j) % 999}" for j in range(2 + i % 25)] for i in range(5_000)]
lines += [["burst"] * 200]
for corpus in (Corpus.from_sentences(lines[:200], min_count=1), Corpus.from_sentences(lines, min_count=1)):
    for trainer in (SkipGram, CBOW):
        for dim, negative in ((100, 5), (300, 5), (17, 8)):
            made = trainer(dim=dim, epochs=1, negative=negative)
            training = made.train(corpus, threads=threads)
            frozen = made.train(corpus, threads=threads, compass=training.context)
            for part in (training, frozen):
                bits = part.embeddings.vectors.tobytes() + part.context.vectors.tobytes()
                print(part.embeddings.metadata["threading"], hashlib.sha256(bits).hexdigest(), part.losses)
"""


def run_program(threads, **environment):
    command = [sys.executable, "-c", PROGRAM, str(threads)]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def digests():
    """What one thread of a fresh process makes."""
    found = run_program(1, PYTHONHASHSEED="0")
    assert [line.split()[0] for line in found.splitlines()] == ["sequential"] * 12 + ["blocks"] * 12
    assert len(set(found.splitlines())) == 24
    return found


@pytest.mark.parametrize("threads", [2, 3, 4, 8])
def test_same_bits_in_fresh_processes_for_any_number_of_threads(threads, digests):
    assert run_program(threads, PYTHONHASHSEED="1") == digests


@pytest.mark.skipif(platform.machine() != "x86_64", reason="tells Numba to make code for other x86 CPUs")
@pytest.mark.parametrize("cpu", ["haswell", "skylake-avx512", "x86-64"])
def test_same_bits_in_the_code_of_other_cpus(cpu, digests):
    assert run_program(2, NUMBA_CPU_NAME=cpu, NUMBA_CPU_FEATURES=FEATURES[cpu]) == digests


#: Vectors of 8 floats, of 16, and of 4 without fused multiply-add.
FEATURES = {"haswell": "+avx2,+fma", "skylake-avx512": "+avx512f,+avx512vl,+avx512dq,+avx2,+fma", "x86-64": "+sse2"}


@pytest.fixture(scope="module")
def large():
    """A text that is trained in blocks: 60,000 tokens of 600 words in four topics, and bursts."""
    rng = np.random.default_rng(0)
    topics = rng.integers(0, 4, 3_000)
    sentences = [[f"{topic}.{word}" for word in rng.integers(0, 150, 20)] for topic in topics.tolist()]
    sentences[::300] = [["buffalo"] * 200] * 10
    return Corpus.from_sentences(sentences, min_count=1)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_racing_is_said_and_as_good(trainer, large):
    """One word of each topic is nearest to the others of its topic, whoever trains."""
    for racing, threads in ((False, 1), (False, 2), (True, 1), (True, 2)):
        training = trainer(dim=20, epochs=3).train(large, threads=threads, racing=racing)
        assert training.embeddings.metadata["threading"] == ("racing" if racing else "blocks")
        assert training.run["threads"] == threads
        near = training.embeddings.nearest("2.1", k=10)
        assert sum(word.startswith("2.") for word, _ in near) >= 8


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("subsample", [0.0, 1e-3])
def test_bursts_and_a_high_rate_stay_finite_and_near_what_one_window_at_a_time_gives(trainer, subsample, large):
    settings = trainer(dim=20, epochs=3, lr=0.05, subsample=subsample)
    blocks, one_by_one = (settings.train(large, threads=1, racing=racing) for racing in (False, True))
    assert np.isfinite(blocks.embeddings.vectors).all()
    norms = [np.linalg.norm(part.embeddings.vectors, axis=1).max() for part in (blocks, one_by_one)]
    assert norms[0] < 1.5 * norms[1] + 1
    assert blocks.losses[-1] < 1.03 * one_by_one.losses[-1]


def test_small_and_narrow_texts_are_trained_window_by_window(corpus):
    assert SkipGram(dim=4, epochs=1).train(corpus).embeddings.metadata["threading"] == "sequential"
    few_words = Corpus.from_sentences([["a", "b", "c", "d", "e"]] * 12_000, min_count=1)
    training = SkipGram(dim=4, epochs=1, subsample=0, lr=0.1).train(few_words, threads=2)
    assert training.embeddings.metadata["threading"] == "sequential"
    assert np.isfinite(training.embeddings.vectors).all()


@pytest.mark.parametrize("trainer", TRAINERS)
def test_the_loss_starts_where_it_must_and_falls(trainer, corpus):
    losses = trainer(dim=20, epochs=30, lr=0.05).train(corpus).losses
    assert len(losses) == 30
    # With U = 0 every score is 0, so the first loss is near (1 + negative) ln 2 and never above it.
    assert losses[0] <= 6 * np.log(2) + 1e-3
    assert losses[-1] < losses[0] < 6 * np.log(2) + 1e-3


@pytest.mark.parametrize("trainer", TRAINERS)
def test_words_with_like_company_end_near_each_other(trainer, corpus):
    embeddings = trainer(dim=20, epochs=60, lr=0.05, subsample=0).train(corpus).embeddings
    assert {n.word for n in embeddings.nearest("cat", k=2)} == {"dog", "cow"}


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_compass_stays_byte_equal_and_the_slice_differs(trainer, corpus):
    compass = trainer(dim=20, epochs=2).train(corpus)
    before = compass.context.vectors.tobytes()
    part = trainer(dim=20, epochs=2, seed=5).train(corpus, compass=compass.context)
    assert compass.context.vectors.tobytes() == before == part.context.vectors.tobytes()
    assert not np.allclose(part.embeddings.vectors, compass.embeddings.vectors)
    assert part.embeddings.metadata["compass_sha256_before"] == part.embeddings.metadata["compass_sha256_after"]
    assert part.embeddings.metadata["compass_sha256_after"] == hashlib.sha256(before).hexdigest()


@pytest.mark.parametrize("trainer", TRAINERS)
def test_no_epochs_leaves_the_start(trainer, corpus):
    given = trainer(dim=20, epochs=1).train(corpus)
    same = trainer(dim=20, epochs=0).train(corpus, initial=given.embeddings, compass=given.context)
    assert bits(same) == bits(given)
    assert same.losses == ()
    fresh = trainer(dim=20, epochs=0).train(corpus)
    assert abs(fresh.embeddings.vectors).max() < 0.5 / 20
    assert (fresh.context.vectors == 0).all()


def test_the_exact_gradient_is_another_training(corpus):
    ours, exact = (CBOW(dim=10, epochs=2, subsample=0, gradient=g).train(corpus) for g in ("word2vec", "exact"))
    assert bits(ours) != bits(exact)
    # Divided by the size of the window, a context word's steps are shorter.
    start = CBOW(dim=10, epochs=0).train(corpus).embeddings.vectors
    moved = [np.linalg.norm(run.embeddings.vectors - start) for run in (ours, exact)]
    assert moved[1] < moved[0]


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf])
def test_a_weight_is_no_debt(corpus, weight):
    weights = np.ones(len(corpus.documents), np.float32)
    weights[3] = weight
    with pytest.raises(ParameterError, match="weights must be finite and not negative, got"):
        SkipGram(dim=4).train(corpus, weights=weights)


def test_a_document_of_weight_zero_is_not_read(corpus):
    weights = np.ones(len(corpus.documents), np.float32)
    weights[::2] = 0
    half = SkipGram(dim=10, epochs=1).train(corpus, weights=weights)
    assert bits(half) != bits(SkipGram(dim=10, epochs=1).train(corpus))
    none = SkipGram(dim=10, epochs=1).train(corpus, weights=np.zeros_like(weights))
    assert (none.context.vectors == 0).all()
    assert none.losses == (0.0,)


@pytest.mark.parametrize("trainer", TRAINERS)
def test_a_bursty_text_and_a_high_rate_stay_finite(trainer):
    sentences = [*SENTENCES * 5, ["buffalo"] * 200, *SENTENCES * 5]
    corpus = Corpus.from_sentences(sentences, min_count=1)
    vectors = trainer(dim=20, epochs=5, lr=0.05, subsample=0).train(corpus).embeddings.vectors
    assert np.isfinite(vectors).all()
    assert abs(vectors).max() < 50


def test_divergence_is_reported_with_the_setting_to_lower(corpus):
    wild = SkipGram(dim=4, epochs=3).train(corpus)
    huge = wild.embeddings.__class__(wild.embeddings.vocabulary, np.full_like(wild.embeddings.vectors, 1e38))
    with pytest.raises(ParameterError, match="lr must be small enough for the vectors to stay finite"):
        SkipGram(dim=4, epochs=3, lr=0.9).train(corpus, initial=huge, compass=huge)


@pytest.mark.parametrize("trainer", TRAINERS)
@pytest.mark.parametrize("negative", [5, 4])  # tiles, plain loops
def test_a_compass_that_is_not_a_number_is_noticed(trainer, negative, corpus):
    compass = trainer(dim=4, epochs=1, negative=negative).train(corpus)
    rows = compass.context.vectors.copy()
    rows[0] = np.nan
    broken = type(compass.context)(compass.context.vocabulary, rows)
    with pytest.raises(ParameterError, match="lr must be small enough for the vectors to stay finite"):
        trainer(dim=4, epochs=1, negative=negative, subsample=0).train(corpus, compass=broken)


def test_what_a_training_was_given_is_in_its_metadata(corpus):
    plain = SkipGram(dim=4, epochs=1, subsample=0).train(corpus)
    weights = np.ones(len(corpus.documents), np.float32)
    given = SkipGram(dim=4, epochs=1, subsample=0).train(corpus, initial=plain.embeddings, weights=weights)
    assert set(given.embeddings.metadata) - set(plain.embeddings.metadata) == {"initial_sha256", "weights_sha256"}


def test_one_word_is_not_a_corpus():
    with pytest.raises(FormatError, match="fewer than two distinct words"):
        SkipGram(dim=4).train(Corpus.from_sentences([["a", "a", "a"]], min_count=1))


def test_a_text_that_thinning_empties_is_refused():
    corpus = Corpus.from_sentences([["a", "b"]] * 3, min_count=1)
    with pytest.raises(FormatError, match=r"nothing could be learnt: .* turn thinning off \(--subsample 0\)"):
        SkipGram(dim=4, epochs=2, subsample=1e-9).train(corpus)
    assert SkipGram(dim=4, epochs=2, subsample=0).train(corpus).losses[0] > 0


def test_a_compass_of_another_vocabulary_is_refused(corpus):
    other = Corpus.from_sentences([["x", "y", "z"]] * 5, min_count=1)
    compass = SkipGram(dim=4, epochs=1, subsample=0).train(other).context
    with pytest.raises(AlignmentError, match=r"compass and corpus have different vocabularies \(3 and 8 words"):
        SkipGram(dim=4).train(corpus, compass=compass)
    with pytest.raises(ParameterError, match=r"compass.dim must be 5, the trainer's, got 4"):
        SkipGram(dim=5).train(other, compass=compass)


def test_words_that_do_not_occur_get_no_vector():
    vocabulary = Vocabulary(("a", "b", "ghost"), np.array([3, 2, 1]))
    corpus = Corpus.from_sentences([["a", "b", "b"]] * 9, vocabulary=vocabulary)
    training = SkipGram(dim=4, epochs=1, subsample=0).train(corpus)
    assert training.embeddings.vocabulary.words == ("b", "a")
    assert training.embeddings.vocabulary.counts.tolist() == [18, 9]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dim": 0}, "dim must be an integer from 1 to 65536, got 0"),
        ({"window": True}, "window must be an integer from 1 to 1000, got True"),
        ({"negative": 2.5}, "negative must be an integer from 1 to 500, got 2.5"),
        ({"epochs": -1}, "epochs must be an integer from 0 to 10000, got -1"),
        ({"lr": 1.0}, "lr must be between 0 and 1, got 1.0"),
        ({"subsample": -0.1}, "subsample must be from 0 (off) to 1, got -0.1"),
        ({"noise_power": 2}, "noise_power must be from -1 to 1, got 2"),
        ({"seed": -1}, "seed must be an integer from 0 to 2**63 - 1, got -1"),
    ],
)
@pytest.mark.parametrize("trainer", TRAINERS)
def test_settings_outside_their_domain(trainer, settings, message):
    with pytest.raises(ParameterError) as caught:
        trainer(**settings)
    assert str(caught.value) == message


def test_training_round_trip_and_equal_folders(corpus, tmp_path):
    training = CBOW(dim=7, epochs=2, gradient="exact").train(corpus)
    training.save(tmp_path / "a.wv")
    CBOW(dim=7, epochs=2, gradient="exact").train(corpus, threads=1).save(tmp_path / "b.wv")
    loaded = Training.load(tmp_path / "a.wv")
    assert bits(loaded) == bits(training)
    assert loaded.losses == training.losses
    assert (tmp_path / "a.wv/metadata.json").read_bytes() == (tmp_path / "b.wv/metadata.json").read_bytes()


def test_progress_is_reported(corpus):
    seen = []
    SkipGram(dim=4, epochs=2).train(corpus, progress=seen.append, stage="compass")
    assert seen[-1].done == seen[-1].total == 2 * corpus.n_tokens
    assert {report.stage for report in seen} == {"compass"}
    assert all(report.loss > 0 for report in seen)


def test_very_many_passes_over_a_very_small_text():
    corpus = Corpus.from_sentences([["a", "b", "c"]] * 3, min_count=1)
    losses = SkipGram(dim=4, epochs=3_000, subsample=0).train(corpus).losses
    assert len(losses) == 3_000
    assert losses[-1] < losses[0]


def test_an_interrupt_between_spans_gets_through(corpus):
    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        SkipGram(dim=4).train(corpus, progress=interrupt)


def test_optimum_is_shifted_pmi():
    """Levy and Goldberg (2014): with room enough, w.u = log(#(w,c) N / (#w #c k)) at the optimum."""
    rng = np.random.default_rng(0)
    sentences = [list(rng.choice(list("abc"), size=2, p=[0.5, 0.3, 0.2])) for _ in range(20_000)]
    sentences = [s if rng.random() < 0.7 else [s[0], s[0]] for s in sentences]
    corpus = Corpus.from_sentences(sentences, min_count=1)
    k = 5
    trained = SkipGram(dim=8, window=1, negative=k, epochs=40, subsample=0, noise_power=1.0).train(corpus)
    words = trained.embeddings.vocabulary.words
    scores = trained.embeddings.vectors @ trained.context.vectors.T
    pairs = np.zeros((3, 3))
    for first, second in sentences:
        pairs[words.index(first), words.index(second)] += 1
        pairs[words.index(second), words.index(first)] += 1
    share = trained.embeddings.vocabulary.counts / trained.embeddings.vocabulary.counts.sum()
    # A noise word equal to the center is drawn again, so the noise of center c is the others' share.
    expected = np.empty((3, 3))
    for x in range(3):
        for c in range(3):
            noise = sum(pairs[x, o] * share[c] / (1 - share[o]) for o in range(3) if o != c)
            expected[x, c] = np.log(pairs[x, c] / (k * noise))
    assert_allclose(scores, expected, atol=0.15)
