"""Counts of nearer words, and what a place is worth."""

import itertools

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary
from wordvec.evaluate import retrieval
from wordvec.evaluate.nearer import count_nearer, expected_hits, expected_reciprocals

NONE = (np.zeros(0, np.int64), np.zeros(0, np.int64))


def embeddings_of(rows):
    vocabulary = Vocabulary(tuple(f"w{i}" for i in range(len(rows))), np.arange(len(rows), 0, -1))
    return Embeddings(vocabulary, np.asarray(rows, np.float32))


def plain_counts(embeddings, queries, right, candidates, barred):
    better, equal = [], []
    left_out = set(zip(*(side.tolist() for side in barred), strict=True))
    for number, query in enumerate(queries):
        cosines = {}
        for row in candidates.tolist():
            vector = embeddings.vectors[row].astype(float)
            length = np.linalg.norm(vector) * np.linalg.norm(query)
            cosines[row] = round(float(vector @ query / length), 6) if length else 0.0
        own = cosines.pop(int(right[number]))
        values = [value for row, value in cosines.items() if (number, row) not in left_out]
        better.append(sum(value > own for value in values))
        equal.append(sum(value == own for value in values))
    return better, equal


@pytest.mark.parametrize("queries_at_once, threads", [(2048, 1), (3, 2), (16, 3)])
def test_counts_equal_their_plain_twin(monkeypatch, queries_at_once, threads):
    monkeypatch.setattr(retrieval, "_QUERIES", queries_at_once)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(1500, 9))
    rows[700:1400] = rows[:700]  # every one of them ties
    rows[1450] = 0.0
    embeddings = embeddings_of(rows)
    candidates = np.sort(rng.choice(1500, 1300, replace=False))
    right = rng.choice(candidates, 40)
    queries = rows[right] + 0.5 * rng.normal(size=(40, 9))
    queries[7] = 0.0
    numbers, others = np.divmod(rng.choice(40 * 1500, 900, replace=False), 1500)
    fine = others != right[numbers]
    barred = numbers[fine], others[fine]
    better, equal = count_nearer(embeddings, queries, right, candidates, barred, threads=threads)
    expected = plain_counts(embeddings, queries, right, candidates, barred)
    assert (better.tolist(), equal.tolist()) == expected
    assert 10 < (equal == 1).sum() < 40 and equal[7] > 1200


def test_a_vector_that_is_not_finite_is_never_found():
    embeddings = embeddings_of([[1.0, 0.0], [np.inf, 1.0], [0.0, 1.0]])
    with np.errstate(all="ignore"):
        better, equal = count_nearer(embeddings, np.array([[1.0, 0.1]]), np.array([1]), np.arange(3), NONE)
    assert (better.tolist(), equal.tolist()) == ([3], [0])


def test_no_queries():
    better, equal = count_nearer(embeddings_of(np.eye(3)), np.zeros((0, 3)), NONE[0], np.arange(3), NONE)
    assert better.shape == equal.shape == (0,)
    assert expected_hits(better, equal, 1).shape == expected_reciprocals(better, equal).shape == (0,)


@pytest.mark.parametrize("better, equal, k", list(itertools.product([0, 1, 4], [0, 1, 3], [1, 3, 5])))
def test_expectations_over_all_orders_of_ties(better, equal, k):
    places = range(better + 1, better + equal + 2)
    counts = np.array([better]), np.array([equal])
    assert expected_hits(*counts, k)[0] == pytest.approx(np.mean([place <= k for place in places]))
    assert expected_reciprocals(*counts)[0] == pytest.approx(np.mean([1 / place for place in places]))


def test_reciprocal_ranks_by_hand():
    found = expected_reciprocals(np.array([0, 1, 10]), np.zeros(3, np.int64))
    assert found.tolist() == [1.0, 0.5, 1 / 11]
