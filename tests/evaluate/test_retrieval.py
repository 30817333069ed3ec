"""The places of right answers: a plain twin, a hand table, all orders of what is tied, the bias of CSLS."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec import Embeddings, Vocabulary
from wordvec.errors import ParameterError
from wordvec.evaluate import retrieval
from wordvec.evaluate.retrieval import (
    Candidates,
    Places,
    candidates_of,
    csls_bias,
    find_places,
    precision_at,
    reciprocal_ranks,
)
from wordvec.evaluate.words import look_up

NONE = np.zeros((0, 2), np.int64)


def space(rows):
    words = Vocabulary(tuple(f"w{i}" for i in range(len(rows))), np.arange(len(rows), 0, -1))
    return Embeddings(words, np.asarray(rows, np.float32))


def plain_places(embeddings, queries, rows, answers, bias, barred):
    better, tied = [], []
    for number, query in enumerate(queries):
        right = {row for n, row in answers.tolist() if n == number}
        left_out = {row for n, row in barred.tolist() if n == number}
        scores = {}
        for row in rows.tolist():
            vector = embeddings.vectors[row].astype(float)
            length = np.linalg.norm(vector) * np.linalg.norm(query)
            scores[row] = round(float(vector @ query / length) if length else 0.0, 6) + float(bias[row])
        own = max(scores[row] for row in right)
        others = [score for row, score in scores.items() if row not in right | left_out]
        better.append(sum(score > own for score in others))
        tied.append(sum(score == own for score in others))
    return better, tied


@pytest.mark.parametrize("at_once, threads", [(4096, 1), (3, 2), (16, 3)])
def test_places_equal_their_plain_twin(monkeypatch, at_once, threads):
    monkeypatch.setattr(retrieval, "_BLOCK", at_once)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(1500, 9))
    rows[700:1400] = rows[:700]  # every one of them ties
    rows[1450] = 0.0  # found by nobody
    embeddings = space(rows)
    chosen = np.sort(rng.choice(1500, 1300, replace=False))
    among = Candidates.of(embeddings, chosen)
    right = rng.choice(among.rows, 40)
    queries = 3.0 * rows[right] + rng.normal(size=(40, 9))
    queries[7] = 0.0
    more = np.stack([rng.integers(0, 40, 30), rng.choice(among.rows, 30)], axis=1)
    answers = np.concatenate([np.stack([np.arange(40), right], axis=1), more])
    barred = np.stack(np.divmod(rng.choice(40 * 1500, 900, replace=False), 1500), axis=1)
    barred = barred[[pair not in answers.tolist() for pair in barred.tolist()]]
    steps = np.where(np.arange(1500) % 3 == 0, 0.25, 0.0).astype(np.float32)
    biases = [np.zeros(1500, np.float32), steps]
    found = find_places(queries, among, answers, biases=biases, barred=barred, threads=threads)
    for places, bias in zip(found, biases, strict=True):
        wanted = plain_places(embeddings, queries, among.rows, answers, bias, barred)
        assert (places.better.tolist(), places.tied.tolist()) == wanted
    assert 10 < (found[0].tied == 1).sum() < 40 and found[0].tied[7] > 1200
    (alone,) = find_places(queries, among, answers, barred=barred)
    assert alone.better.tolist() == found[0].better.tolist()
    (free,) = find_places(queries, among, answers)
    assert (free.tied >= alone.tied).all() and (free.tied > alone.tied).any()


def test_what_cannot_be_found_has_the_last_place():
    rows = np.array([[1.0, 0.0], [np.inf, 1.0], [0.0, 1.0], [0.0, 0.0]])
    with np.errstate(all="ignore"):
        among = candidates_of(look_up(space(rows)))
    assert among.rows.tolist() == [0, 2]
    (places,) = find_places(np.ones((3, 2)), among, np.array([[0, 1], [1, 2], [2, 3]]))
    assert precision_at(places, 10**6).tolist() == [0.0, 1.0, 0.0]
    assert reciprocal_ranks(places).tolist() == [0.0, 0.75, 0.0]
    (places,) = find_places(np.ones((3, 2)), among, NONE)
    assert reciprocal_ranks(places, 10).tolist() == [0.0, 0.0, 0.0]


def test_no_queries():
    (places,) = find_places(np.zeros((0, 3)), Candidates.of(space(np.eye(3))), NONE)
    assert precision_at(places, 1).shape == reciprocal_ranks(places).shape == (0,)


def test_threads_are_checked_even_if_nothing_is_asked():
    with pytest.raises(ParameterError, match="threads must be an integer >= 1, got 0"):
        find_places(np.zeros((0, 3)), Candidates.of(space(np.eye(3))), NONE, threads=0)


def test_hand_table():
    places = Places(np.array([0, 1, 10]), np.zeros(3, np.int64))
    assert reciprocal_ranks(places, 10).mean() == pytest.approx((1 + 0.5 + 0) / 3)
    assert reciprocal_ranks(places).tolist() == [1.0, 0.5, 1 / 11]
    assert [precision_at(places, k).tolist() for k in (1, 2, 11)] == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


@given(better=st.integers(0, 30), tied=st.integers(0, 30), depth=st.integers(1, 40))
def test_ties_are_the_mean_over_all_orders(better, tied, depth):
    ranks = np.arange(better + 1, better + tied + 2)
    places = Places(np.array([better]), np.array([tied]))
    assert precision_at(places, depth)[0] == pytest.approx(np.mean(ranks <= depth))
    assert reciprocal_ranks(places, depth)[0] == pytest.approx(np.mean(np.where(ranks <= depth, 1 / ranks, 0)))
    assert reciprocal_ranks(places)[0] == pytest.approx(np.mean(1 / ranks))


def test_the_bias_is_half_of_what_csls_takes_off():
    rng = np.random.default_rng(7)
    near, far = rng.normal(size=(40, 6)), rng.normal(size=(30, 6))
    sides = [candidates_of(look_up(space(rows))) for rows in (far, near)]
    x, y = (v / np.linalg.norm(v, axis=1)[:, None] for v in (near, far))
    wanted = -np.sort(-(y @ x.T), axis=1)[:, :4].mean(axis=1) / -2
    assert csls_bias(*sides, 4) == pytest.approx(wanted, abs=1e-6)
    few = candidates_of(look_up(space(near)), np.arange(20, 90))
    assert csls_bias(sides[0], few, 50) == pytest.approx((y @ x[20:].T).mean(axis=1) / -2, abs=1e-6)
    assert not csls_bias(sides[0], candidates_of(look_up(space(near)), np.zeros(0, np.int64)), 4).any()
