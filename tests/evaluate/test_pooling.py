"""Vectors of texts: the mean, smooth inverse frequency, common components."""

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary
from wordvec.errors import ParameterError
from wordvec.evaluate import pooling
from wordvec.evaluate.pooling import pool
from wordvec.evaluate.words import look_up

WORDS = [f"w{i}" for i in range(50)]


def lookup_of(counts=None, dim=6, **options):
    counts = np.arange(500, 450, -1) ** 2 if counts is None else counts
    vectors = np.random.default_rng(3).normal(size=(50, dim)).astype(np.float32)
    return look_up(Embeddings(Vocabulary(tuple(WORDS), counts), vectors), **options)


def some_texts(n=40):
    rng = np.random.default_rng(4)
    return [[f"w{i}" for i in rng.integers(0, 60, rng.integers(0, 12))] for _ in range(n)]


def plain_pool(lookup, texts, a):
    counts, vectors, known = lookup.embeddings.vocabulary.counts, [], []
    for text in texts:
        total, found = np.zeros(lookup.embeddings.dim), 0
        for token in text:
            if token in lookup.embeddings:
                row = lookup.embeddings.vocabulary[token]
                weight = 1.0 if a is None else a / (a + counts[row] / counts.sum())
                total += weight * lookup.embeddings.vectors[row]
                found += 1
        vectors.append(total / max(found, 1))
        known.append(found)
    return np.array(vectors), np.array(known)


@pytest.mark.parametrize("tokens", [1, 7, 1 << 13])
@pytest.mark.parametrize("name, a", [("mean", None), ("sif", 1e-3), ("sif", 0.5)])
def test_equals_its_plain_twin_however_texts_are_cut_into_parts(monkeypatch, tokens, name, a):
    monkeypatch.setattr(pooling, "_TOKENS", tokens)
    lookup, texts = lookup_of(), some_texts()
    vectors, known = pool(lookup, texts, pooling=name, a=a or 1e-3)
    expected, counted = plain_pool(lookup, texts, a)
    np.testing.assert_allclose(vectors, expected, atol=1e-12)
    assert known.tolist() == counted.tolist()
    assert 0 in known  # a text without a known token is there, and is zeros
    alone = np.concatenate([pool(lookup, [text], pooling=name, a=a or 1e-3)[0] for text in texts])
    assert np.array_equal(alone, vectors)


def test_limits_of_the_weights():
    texts = some_texts()
    mean, _ = pool(lookup_of(), texts)
    np.testing.assert_allclose(pool(lookup_of(), texts, pooling="sif", a=1e9)[0], mean, atol=1e-6)
    even, _ = pool(lookup_of(np.full(50, 7)), texts, pooling="sif", a=0.02)  # p = 1/50: each word counts half
    np.testing.assert_allclose(even, mean / 2.0, atol=1e-12)


@pytest.mark.parametrize("remove", [1, 2, 6])
def test_common_components_are_the_first_singular_vectors(remove):
    texts = some_texts()
    vectors, _ = pool(lookup_of(), texts, pooling="sif")
    left, sizes, right = np.linalg.svd(vectors, full_matrices=False)
    sizes[:remove] = 0.0
    np.testing.assert_allclose(
        pool(lookup_of(), texts, pooling="sif", remove=remove)[0], left * sizes @ right, atol=1e-10
    )


def test_words_are_found_as_in_other_tasks():
    lookup = look_up(Embeddings(Vocabulary(("New_York", "x"), np.array([2, 1])), np.eye(2, dtype=np.float32)))
    assert pool(lookup, [["new york", "X", "y"]])[1].tolist() == [2]
    assert pool(look_up(lookup.embeddings, case="keep"), [["new york", "X", "y"]])[1].tolist() == [0]
    assert pool(look_up(lookup.embeddings, restrict=1, missing="error"), [["New_York", "x"]])[1].tolist() == [1]


def test_no_texts():
    vectors, known = pool(lookup_of(), [], remove=1)
    assert vectors.shape == (0, 6) and known.shape == (0,)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"pooling": "max"}, "pooling must be 'mean' or 'sif', got 'max'"),
        ({"a": 0.0}, "a must be a number > 0, got 0.0"),
        ({"remove": 7}, "remove must be an integer 0 to 6, got 7"),
    ],
)
def test_options_outside_their_domain(options, message):
    with pytest.raises(ParameterError, match=message):
        pool(lookup_of(), [["w1"]], **options)


def test_sif_needs_counts():
    with pytest.raises(ParameterError, match="these vectors hold no word counts .* use pooling='mean'"):
        pool(lookup_of(np.zeros(50)), [["w1"]], pooling="sif")
