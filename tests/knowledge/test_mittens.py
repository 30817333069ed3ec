"""Mittens and GloVe: against dense twins, exact answers, and given vectors."""

import naive_constraints as naive
import numpy as np
import pytest

from wordvec import Embeddings, FormatError, ParameterError, Training, Vocabulary
from wordvec.knowledge.cooccurrence import Cooccurrences
from wordvec.knowledge.mittens import Mittens


def counts(n=8, seed=1, symmetric=True, density=0.7):
    rng = np.random.default_rng(seed)
    X = rng.uniform(0.5, 150, (n, n)) * (rng.random((n, n)) < density)
    X = (X + X.T if symmetric else X).astype(np.float32)
    return Cooccurrences.from_dense(Vocabulary(tuple(f"w{i}" for i in range(n)), np.arange(n, 0, -1)), X), X


def given(words=("w3", "w0", "zebra"), dim=3, seed=2):
    rows = np.random.default_rng(seed).normal(size=(len(words), dim)).astype(np.float32)
    return Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), rows)


def dense(trainer, held, X, embeddings, dim):
    """Return w + c after the steps of the dense twin, from where the trainer starts."""
    from wordvec.knowledge.mittens import _given

    r, known = _given(held, embeddings, dim)
    sides = [tuple(part.astype(float) for part in side) for side in trainer._start(r, known, dim)]
    for _ in range(trainer.iterations):
        task = r, known, trainer.mu, trainer.lr
        sides = [
            naive.descend_rows(X.astype(float), sides[0], sides[1], *task),
            naive.descend_rows(X.T.astype(float), sides[1], sides[0], *task),
        ]
    return sides[0][0] + sides[1][0]


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("mu", [0.0, 0.5])
def test_sparse_rows_equal_the_dense_twin(symmetric, mu):
    held, X = counts(symmetric=symmetric)
    trainer, known = Mittens(mu=mu, iterations=30), given()
    training = trainer.train(held, known)
    assert np.allclose(training.embeddings.vectors, dense(trainer, held, X, known, 3), atol=1e-3)
    facts = training.embeddings.metadata
    assert (facts["known"], facts["unknown"], facts["unused"], facts["cells"]) == (2, 6, 1, len(held.values))


def test_without_weight_it_is_glove():
    held, X = counts()
    trainer = Mittens(dim=3, mu=0.0, iterations=30)
    glove = trainer.train(held)
    assert np.allclose(glove.embeddings.vectors, dense(trainer, held, X, None, 3), atol=1e-3)
    assert glove.embeddings.metadata["model"] == "glove" and glove.losses[-1] < glove.losses[0] / 2


def test_with_a_large_weight_known_words_have_their_vectors():
    held, _ = counts()
    known = given()
    training = Mittens(mu=1e4, lr=0.01, iterations=300).train(held, known)
    for word in ("w3", "w0"):
        assert np.allclose(training.embeddings[word], known[word], atol=0.02)
    loose = Mittens(mu=1e-4, lr=0.01, iterations=300).train(held, known)
    assert loose.embeddings.metadata["distance"] > 10 * training.embeddings.metadata["distance"]


def test_logarithms_of_rank_one_are_fitted_exactly():
    a = np.random.default_rng(1).uniform(-1.5, 1.5, 8)
    X = np.exp(np.outer(a, a) + 2.0).astype(np.float32)
    held = Cooccurrences.from_dense(counts()[0].vocabulary, X)
    training = Mittens(dim=1, mu=0.0, lr=0.5, xmax=1.0, iterations=3000).train(held)
    assert training.losses[-1] < 1e-6 * training.losses[0]


def test_threads_do_not_matter_and_the_seed_does():
    held, _ = counts(n=600, density=0.02)
    one, two = (Mittens(dim=5, mu=0.0, iterations=3).train(held, threads=n).embeddings.vectors for n in (1, 3))
    assert one.tobytes() == two.tobytes()
    assert Mittens(dim=5, mu=0.0, iterations=3, seed=2).train(held).embeddings.vectors.tobytes() != one.tobytes()


def test_what_does_not_go_together():
    held, _ = counts()
    with pytest.raises(ParameterError, match="mu must be 0 without vectors to stay near, got 0.1; give embeddings"):
        Mittens().train(held)
    with pytest.raises(ParameterError, match="dim must be that of the vectors, 3, or None, got 5"):
        Mittens(dim=5).train(held, given())
    with pytest.raises(FormatError, match="none of the 8 words that were counted has a vector among the 1 given"):
        Mittens().train(held, given(("zebra",)))
    nan = Embeddings(given().vocabulary, np.full((3, 3), np.nan, np.float32))
    with pytest.raises(FormatError, match="the vector of 'w0' is not finite"):
        Mittens().train(held, nan)
    empty = Cooccurrences.from_dense(held.vocabulary, np.zeros((8, 8)))
    with pytest.raises(FormatError, match="there are no counts: every cell is 0"):
        Mittens(mu=0.0).train(empty)
    huge = Embeddings(given().vocabulary, np.full((3, 3), 1e30, np.float32))
    with np.errstate(all="ignore"), pytest.raises(ParameterError, match="the vectors did not stay finite"):
        Mittens().train(held, huge)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"dim": 0}, "dim must be an integer from 1 to 65536, got 0"),
        ({"mu": -0.1}, "mu must be from 0 and finite, got -0.1"),
        ({"xmax": 0.0}, "xmax must be above 0 and finite, got 0.0"),
        ({"alpha": float("nan")}, "alpha must be above 0 and finite, got nan"),
        ({"lr": 1.0}, "lr must be between 0 and 1, got 1.0"),
        ({"iterations": -1}, "iterations must be an integer from 0 to 1000000, got -1"),
    ],
)
def test_settings_out_of_their_domain(settings, says):
    with pytest.raises(ParameterError, match=says):
        Mittens(**settings)


def test_what_was_done_is_saved(tmp_path):
    training = Mittens(iterations=3).train(counts()[0], given())
    training.save(tmp_path / "v.wv")
    again = Training.load(tmp_path / "v.wv")
    assert again.losses == training.losses and again.embeddings.metadata["known"] == 2


def test_progress_tells_the_loss():
    seen = []
    training = Mittens(dim=2, mu=0.0, iterations=3).train(counts()[0], progress=seen.append)
    assert [p.done for p in seen] == [1, 2, 3] and tuple(p.loss for p in seen) == training.losses


def test_what_was_given_is_a_setting():
    held, _ = counts()
    plain = given()
    told = [Mittens(iterations=0).train(held, plain).embeddings.metadata["settings"]["given"]]
    for dim, seed in ((3, 1), (3, 2), (4, 1)):
        trained = Embeddings(plain.vocabulary, plain.vectors, {"settings": {"dim": dim, "seed": seed}})
        told.append(Mittens(iterations=0).train(held, trained).embeddings.metadata["settings"]["given"])
    assert list(told[0]) == ["words", "vectors_sha256"]
    assert told[1] == told[2] == {"settings": {"dim": 3}, "model": None, "corpus": None} != told[3]
