"""The places of right answers: a hand table, all orders of what is tied, the bias of CSLS."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec import Embeddings, Vocabulary
from wordvec.evaluate.retrieval import (
    Places,
    candidates_of,
    csls_bias,
    find_places,
    precision_at,
    reciprocal_ranks,
    unit_rows,
)
from wordvec.evaluate.words import look_up


def space(rows, prefix):
    words = Vocabulary(tuple(f"{prefix}{i}" for i in range(len(rows))), np.arange(len(rows), 0, -1))
    return Embeddings(words, np.asarray(rows, np.float32))


def test_hand_table():
    places = Places(np.array([0, 1, 10]), np.zeros(3, np.int64))
    assert reciprocal_ranks(places, 10).mean() == pytest.approx((1 + 0.5 + 0) / 3)
    assert reciprocal_ranks(places).mean() == pytest.approx((1 + 0.5 + 1 / 11) / 3)
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
    sides = [candidates_of(look_up(space(rows, "x"))) for rows in (far, near)]
    x, y = (v / np.linalg.norm(v, axis=1)[:, None] for v in (near, far))
    wanted = -np.sort(-(y @ x.T), axis=1)[:, :4].mean(axis=1) / -2
    assert csls_bias(*sides, sides[1].rows, 4) == pytest.approx(wanted, abs=1e-6)
    assert not csls_bias(*sides, np.zeros(0, np.int64), 4).any()


def test_a_query_without_an_answer_is_not_found():
    among = candidates_of(look_up(space(np.eye(3), "t")))
    units = unit_rows(np.eye(3))
    (places,) = find_places(units, among, np.array([[1, 1]]), [np.zeros(3, np.float32)])
    assert precision_at(places, 10**6).tolist() == [0.0, 1.0, 0.0]
    assert reciprocal_ranks(places).tolist() == [0.0, 1.0, 0.0]
    (places,) = find_places(units, among, np.zeros((0, 2), np.int64), [np.zeros(3, np.float32)])
    assert reciprocal_ranks(places, 10).tolist() == [0.0, 0.0, 0.0]
