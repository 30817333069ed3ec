"""Agreement of found with given senses: against scikit-learn, plain twins and tables made by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score, v_measure_score
from sklearn.metrics.cluster import pair_confusion_matrix

from wordvec.errors import ParameterError
from wordvec.evaluate.agreement import (
    adjusted_rand,
    fuzzy_b_cubed,
    fuzzy_information,
    hard_labels,
    paired_f,
    v_measure,
)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), n=st.integers(1, 40), kinds=st.integers(1, 6), found=st.integers(1, 6))
def test_hard_measures_agree_with_scikit_learn(seed, n, kinds, found):
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, kinds, n), rng.integers(0, found, n)
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)
    assert v_measure(one, other) == pytest.approx(v_measure_score(one, other), abs=1e-12)
    ((_, only_other), (only_one, both)) = pair_confusion_matrix(one, other)
    expected = 2 * both / (2 * both + only_one + only_other) if both else 0.0
    assert paired_f(one, other) == pytest.approx(expected, abs=1e-12)


def test_paired_f_by_hand():
    # Given 012 and 345: 6 pairs; found 01, 2345: 7 pairs; in both 01, 34, 35, 45: 4.
    assert paired_f(np.array([0, 0, 0, 1, 1, 1]), np.array([7, 7, 2, 2, 2, 2])) == pytest.approx(8 / 13)
    assert paired_f(np.array([0, 0, 1]), np.array([0, 1, 0])) == 0.0


def test_the_most_weighed_label_is_taken_and_the_first_of_equals():
    assert hard_labels(np.array([[0.4, 0.4, 0.2], [0.1, 0.2, 0.7]])).tolist() == [0, 2]


def plain_b_cubed(gold, found):
    """Fuzzy B-cubed pair by pair, as it is defined."""

    def shares(rows):
        return [{k: w / sum(row) for k, w in enumerate(row) if w > 0} for row in rows]

    def alike(one, other):
        return sum(1 - abs(one.get(k, 0) - other.get(k, 0)) for k in one.keys() | other.keys())

    def side(own, theirs):
        total = 0.0
        for i in range(len(own)):
            near = [j for j in range(len(own)) if j != i and own[i].keys() & own[j].keys()]
            ratios = [min(alike(own[i], own[j]), alike(theirs[i], theirs[j])) / alike(own[i], own[j]) for j in near]
            total += sum(ratios) / len(near) if near else 0.0
        return total / len(own)

    gold, found = shares(gold), shares(found)
    precision, recall = side(found, gold), side(gold, found)
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_fuzzy_b_cubed_is_its_plain_twin(seed):
    rng = np.random.default_rng(seed)
    one, other = (
        rng.integers(1, 5, (9, k)) * (rng.random((9, k)) < 0.6) + np.eye(k)[rng.integers(0, k, 9)] for k in (3, 4)
    )
    assert fuzzy_b_cubed(one, other) == pytest.approx(plain_b_cubed(one, other), abs=1e-12)


def test_fuzzy_b_cubed_by_hand():
    # i and j are in a: .5 and 1, and b: .5 and 0: C = .5 + .5 = 1. Found alike: C = 1. So both sides are 1 over 1.
    assert fuzzy_b_cubed(np.array([[1.0, 1.0], [2.0, 0.0]]), np.ones((2, 1))) == pytest.approx((1.0, 1.0, 1.0))
    # Every instance apart shares nothing with another: no precision, no recall.
    assert fuzzy_b_cubed(np.ones((3, 1)), np.eye(3)) == (0.0, 0.0, 0.0)
    # Several found senses of weight 1/2 each, alike in all: C_found = 2, C_given = 1.
    assert fuzzy_b_cubed(np.ones((4, 1)), np.ones((4, 2)))[:2] == pytest.approx((0.5, 1.0))
    with pytest.raises(ParameterError, match=r"found.shape must be \(3, K\), a row for each instance, got \(2, 1\)"):
        fuzzy_b_cubed(np.ones((3, 1)), np.ones((2, 1)))


def test_fuzzy_information_by_hand():
    # Given halves 01|23, found 0|123. Of all four senses H(given) = log 2; H(found) = h(1/4) + h(3/4).
    gold, found = np.eye(2)[[0, 0, 1, 1]], np.eye(2)[[0, 1, 1, 1]]
    h = -(0.25 * np.log(0.25) + 0.75 * np.log(0.75))
    shared = np.log(2) + h + 0.25 * np.log(0.25) * 2 + 0.5 * np.log(0.5)  # H(X) + H(Y) - H(X, Y)
    assert fuzzy_information(gold, found) == pytest.approx(0.5 * (4 * shared) / (2 * np.log(2)))


def test_fuzzy_information_knows_its_ends():
    rng = np.random.default_rng(3)
    weights = rng.random((40, 4)) * (rng.random((40, 4)) < 0.7) + np.eye(4)[rng.integers(0, 4, 40)]
    assert fuzzy_information(weights, weights) == pytest.approx(1.0)
    assert fuzzy_information(weights, weights[:, ::-1] * 3.0) == pytest.approx(1.0)
    assert fuzzy_information(np.ones((5, 1)), np.ones((5, 1))) == 0.0
    assert fuzzy_information(np.eye(2)[rng.integers(0, 2, 4000)], np.eye(3)[rng.integers(0, 3, 4000)]) < 0.01


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_fuzzy_measures_lie_between_0_and_1(seed):
    rng = np.random.default_rng(seed)
    one, other = (np.maximum(rng.normal(size=(12, k)), 0) + np.eye(k)[rng.integers(0, k, 12)] for k in (2, 3))
    for value in (fuzzy_information(one, other), *fuzzy_b_cubed(one, other)):
        assert 0.0 <= value <= 1.0 + 1e-12


def test_pairs_are_the_same_in_another_order_of_instances():
    rng = np.random.default_rng(5)
    one, other = rng.random((20, 3)), rng.random((20, 2))
    order = rng.permutation(20)
    assert fuzzy_b_cubed(one[order], other[order]) == pytest.approx(fuzzy_b_cubed(one, other))
