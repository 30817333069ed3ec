"""Mixtures of context models and counts of senses against their twins."""

import naive_mixtures
import naive_senses
import numpy as np
from numpy.testing import assert_allclose
from wordvec.kernels.gates import tally_opinions
from wordvec.kernels.lloyd import Occurrences
from wordvec.kernels.mixtures import Base, assign_contexts, expect_words, fit_mixtures, sum_contexts

from wordvec.train.context_clusters import make_room
from wordvec.train.sense_start import make_mixture_room

V, P, B, K = 9, 16, 40, 2


def text(rng, n=60):
    """Return a text whose word 0 stands among words 1-4 in odd sentences and 5-8 in even ones."""
    sentences = [[0, *rng.integers(1, 5, 5)] if s % 2 else [*rng.integers(5, 9, 4), 0] for s in range(n)]
    ids = np.concatenate(sentences).astype(np.int32)
    offsets = np.cumsum([0, *map(len, sentences)], dtype=np.int64)
    places = np.flatnonzero(ids == 0)
    begins = np.array([0, *[len(places)] * V], np.int64)
    return Occurrences(ids, offsets, begins, places, np.arange(n))


def a_base(rng):
    vectors, masses = rng.normal(0, 0.6, (V, P)).astype(np.float32), rng.uniform(0.3, 1.0, V).astype(np.float32)
    sample = vectors[rng.integers(0, V, B)]
    rows = vectors * masses[:, None]
    return Base(rows, masses, sample, np.ascontiguousarray(sample.T), sample.var(axis=0) + 0.1, rows.copy())


def test_sums_of_contexts_equal_naive():
    rng = np.random.default_rng(1)
    places, base = text(rng), a_base(rng)
    room = make_mixture_room(60, P, K)
    n = sum_contexts(0, 3, places, base, room.sums, room.mass)
    expected = naive_mixtures.sum_contexts(
        0, 3, places.ids, places.offsets, places.sentences, places.places, base.rows, base.masses
    )
    assert n == len(expected[0]) == 60
    assert_allclose(room.sums[:n], expected[0], rtol=1e-5)
    assert_allclose(room.mass[:n], expected[1], rtol=1e-5)


def test_expectation_and_assignment_equal_naive():
    rng = np.random.default_rng(2)
    places, base = text(rng), a_base(rng)
    room = make_mixture_room(60, P, K)._replace(scores=np.zeros((K, B), np.float32))
    n = sum_contexts(0, 3, places, base, room.sums, room.mass)
    room.vectors[:] = rng.normal(0, 1, room.vectors.shape)
    expect_words(0, K, base, room)
    means, norms = naive_mixtures.expect_words(room.vectors[:K].astype(float), base.sample.astype(float))
    assert_allclose(room.means, means, atol=1e-5)
    assert_allclose(room.norms, norms, atol=1e-5)
    room.sizes[:] = 40, 20
    assign_contexts(n, K, np.float32(2.0), room)
    shares = naive_mixtures.assign_contexts(room.sums[:n], room.mass[:n], room.vectors[:K], norms, room.sizes, 2.0)
    assert_allclose(room.shares[:n], shares, atol=1e-4)


def fitted(rng, rates):
    places, base = text(rng), a_base(rng)
    room = make_mixture_room(60, P, K)._replace(scores=np.zeros((K, B), np.float32))
    results = (np.zeros((1, K, P)), np.zeros((1, K)), np.zeros((1, K)), np.zeros(1))
    results = tuple(array.astype(np.float32) for array in results)
    clusters = make_room(60, P, K, 2)
    settings = K, 2, 20, 8, 2
    fit_mixtures(0, 1, np.uint64(1), np.array([0]), 5, settings, rates, places, base, clusters, room, results)
    return results, room, base


def test_a_mixture_equals_naive_and_finds_what_was_planted():
    rates = np.float32(0.15), np.float32(10.0), np.float32(1.0)
    (vectors, norms, shares, mass), room, base = fitted(np.random.default_rng(3), rates)
    sums, masses = room.sums[:60].astype(float), room.mass[:60].astype(float)
    arrays = room.centers.astype(float), base.sample.astype(float), base.variances.astype(float)
    expected = naive_mixtures.fit_mixtures(sums, masses, *arrays, 8, 2, [float(rate) for rate in rates])
    assert_allclose(vectors[0], expected[0], atol=2e-3)
    assert_allclose(norms[0], expected[1], atol=2e-3)
    assert_allclose(shares[0], expected[2], atol=1e-3)
    assert_allclose(mass[0], masses.mean(), rtol=1e-5)
    found = (room.shares[:60, 0] > 0.5).astype(int)
    assert len(set(found[::2])) == len(set(found[1::2])) == 1 != len(set(found))


def test_a_word_with_too_few_contexts_keeps_one_sense():
    rng = np.random.default_rng(4)
    places, base = text(rng, n=1), a_base(rng)
    results = tuple(np.full(shape, 7.0, np.float32) for shape in ((1, K, P), (1, K), (1, K), (1,)))
    rates = np.float32(0.1), np.float32(1.0), np.float32(1.0)
    room = make_mixture_room(60, P, K)
    task = np.uint64(1), np.array([0]), 5, (K, 1, 5, 2, 1), rates, places, base, make_room(60, P, K, 1), room, results
    fit_mixtures(0, 1, *task)
    assert results[2].tolist() == [[1.0, 0.0]]
    assert (results[0] == 0).all()


def test_counts_of_senses_equal_naive():
    rng = np.random.default_rng(5)
    places = text(rng, n=20)
    context, gates = rng.normal(0, 1, (V, 6)).astype(np.float32), rng.normal(0, 1, (3, K, 6)).astype(np.float32)
    masses, biases = rng.uniform(0, 1, V).astype(np.float32), rng.normal(0, 1, (3, K)).astype(np.float32)
    rows = rng.integers(0, 3, V).astype(np.int32)
    tallies = np.zeros((V, K), np.int64)
    model = context, masses, gates, biases, rows
    for first in range(0, 20, 5):
        scratch = np.empty(6 + K, np.float32)
        tally_opinions(first, first + 5, 2, (places.ids, places.offsets), model, scratch, tallies)
    expected = naive_senses.tally_opinions(places.ids, places.offsets, 2, context, masses, gates, biases, rows)
    assert_allclose(tallies / 2**20, expected, atol=1e-4)
