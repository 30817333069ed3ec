"""Clustering of contexts: the kernels against their twins, and against scikit-learn."""

from itertools import pairwise

import naive_clusters as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose
from wordvec.kernels.lloyd import Occurrences, cluster_points, cluster_words, gather_contexts, pick_occurrences

from wordvec.train.context_clusters import make_room

EXAMPLES = 3 if config.DISABLE_JIT else 40
WORDS = 6


def text(seed, sentences=30):
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(rng.integers(0, 9, sentences))]).astype(np.int64)
    ids = rng.integers(0, WORDS, offsets[-1]).astype(np.int32)
    return rng, ids, offsets, np.bincount(ids, minlength=WORDS)


def picked(seed, quota=7):
    rng, ids, offsets, counts = text(seed)
    order, quotas = rng.permutation(len(offsets) - 1), np.minimum(counts, quota)
    begins = np.concatenate([[0], np.cumsum(quotas)])
    places = Occurrences(ids, offsets, begins, np.full(begins[-1], -1), np.full(begins[-1], -1))
    pick_occurrences(np.uint64(seed), order, counts, quotas, np.empty(WORDS, int), np.empty(WORDS, int), places)
    return rng, order, counts, quotas, places


def unit_points(seed, n, dim, groups=3):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(groups, dim))[rng.integers(0, groups, n)] + 0.4 * rng.normal(size=(n, dim))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


def clustered(points, senses, restarts, limit, state):
    room = make_room(len(points) + 3, points.shape[1], senses, restarts)
    for array in room:
        array[:] = 99 if array is not room.numbers else array
    room.points[: len(points)] = points
    centers, counts = np.empty((senses, points.shape[1]), np.float32), np.empty(senses, np.int64)
    return (
        cluster_points(len(points), senses, restarts, limit, np.uint64(state), room, centers, counts),
        centers,
        counts,
    )


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 999), quota=st.integers(0, 60))
def test_picking_equals_naive(seed, quota):
    _, order, counts, quotas, places = picked(seed, quota)
    expected = naive.pick_occurrences(seed, order, counts, quotas, places.ids, places.offsets)
    found = list(zip(places.places.tolist(), places.sentences.tolist(), strict=True))
    assert [found[a:b] for a, b in pairwise(places.begins)] == expected
    for mine in expected:
        assert len(set(mine)) == len(mine)


@settings(deadline=None, max_examples=EXAMPLES)
@given(seed=st.integers(0, 999), window=st.integers(1, 5), dim=st.integers(1, 20))
def test_contexts_equal_naive(seed, window, dim):
    rng, *_, places = picked(seed)
    rows = rng.normal(size=(WORDS, dim)).astype(np.float32)
    rows[2] = 0.0  # a word without a direction: a context of nothing else is no point
    for word in range(WORDS):
        points = np.full((8, dim), np.nan, np.float32)
        n = gather_contexts(word, window, places, rows, points)
        expected = naive.gather_contexts(word, window, places, rows)
        assert n == len(expected)
        assert_allclose(points[:n], expected, atol=2e-5)


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    seed=st.integers(0, 999),
    n=st.integers(5, 60),
    dim=st.integers(2, 20),
    senses=st.integers(1, 5),
    restarts=st.integers(1, 6),
    limit=st.integers(1, 3),
)
def test_clusters_equal_naive(seed, n, dim, senses, restarts, limit):
    points = unit_points(seed, n, dim)
    loss, centers, counts = clustered(points, senses, restarts, limit, seed)
    expected = naive.cluster_points(points.astype(float), senses, restarts, limit, seed)
    assert loss == pytest.approx(expected[0], rel=1e-4, abs=1e-4)
    assert counts.sum() == n
    if (counts == expected[2]).all():  # else two restarts, or two centers, are as good
        assert_allclose(centers, expected[1], atol=1e-4)


def test_points_that_coincide_are_clustered_all_the_same():
    points = np.tile(unit_points(1, 1, 8), (20, 1))
    loss, centers, counts = clustered(points, 3, 4, 10, 7)
    assert loss == pytest.approx(0.0, abs=1e-5)
    assert sorted(counts) == [0, 0, 20]
    assert np.isfinite(centers).all()


def test_words_equal_naive_whatever_the_spans():
    rng, *_, places = picked(5, quota=20)
    rows, words = rng.normal(size=(WORDS, 12)).astype(np.float32), np.array([0, 2, 3, 5])
    found = []
    for cuts in ([0, 4], [0, 1, 3, 4]):
        centers, counts, losses = np.empty((4, 2, 12), np.float32), np.empty((4, 2), np.int64), np.empty(4)
        room = make_room(20, 12, 2, 3)
        for first, last in pairwise(cuts):
            task = np.uint64(3), words, 2, (2, 3, 20), places, rows, room
            cluster_words(first, last, *task, centers, counts, losses)
        found.append((centers, counts, losses))
    for mine, same, twin in zip(*found, naive.cluster_words(3, words, 2, (2, 3, 20), places, rows), strict=True):
        assert mine.tobytes() == same.tobytes()
        assert_allclose(mine, twin, atol=1e-4)


def test_a_word_with_fewer_contexts_than_senses_has_one():
    rng, *_, places = picked(5, quota=2)
    centers, counts, losses = np.ones((1, 3, 4), np.float32), np.ones((1, 3), np.int64), np.ones(1)
    rows = rng.normal(size=(WORDS, 4)).astype(np.float32)
    room = make_room(2, 4, 3, 2)
    cluster_words(0, 1, np.uint64(1), np.array([1]), 3, (3, 2, 5), places, rows, room, centers, counts, losses)
    assert counts.tolist() == [[2, 0, 0]]
    assert not centers.any()


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain loops are slow")
@pytest.mark.parametrize("groups", [1, 4])
def test_the_loss_is_scikit_learns(groups):
    from sklearn.cluster import KMeans

    for seed in range(5):
        points = unit_points(seed, 1_500, 50, groups)
        loss, _, _ = clustered(points, 4, 4, 100, seed)
        peer = KMeans(4, n_init=4, max_iter=100, random_state=seed).fit(points).inertia_
        assert loss == pytest.approx(peer, rel=0.01 if groups > 1 else 0.02)
