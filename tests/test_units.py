"""Variance over shared units: against plain double sums, resampling, and what is known to be true."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import ParameterError
from wordvec.statistics.units import count_disjoint, count_units, draw_weights, shared_variance


def plain_variance(influence, units):
    """The definition: products of all items that share a unit; never less than products inside pairs of units."""
    sets = [frozenset(row) for row in units.tolist()]
    n, count = len(sets), len(frozenset().union(*sets))
    shared = sum(influence[i] * influence[j] for i in range(n) for j in range(n) if sets[i] & sets[j])
    inside = sum(influence[i] * influence[j] for i in range(n) for j in range(n) if sets[i] == sets[j])
    return count / (count - 1) * (max(shared, inside) if units.shape[1] == 2 else shared)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 30), st.integers(2, 12), st.sampled_from([1, 2]), st.integers(0, 2**32))
def test_the_variance_is_the_plain_double_sum(n, size, width, seed):
    rng = np.random.default_rng(seed)
    units = rng.integers(0, size, (n, width))
    influence = rng.normal(size=n)
    influence -= influence.mean()
    if count_units(units) < 2:
        assert np.isnan(shared_variance(influence, units))
        return
    assert shared_variance(influence, units) == pytest.approx(plain_variance(influence, units), rel=1e-9, abs=1e-12)
    assert shared_variance(influence, units[:, ::-1]) == pytest.approx(shared_variance(influence, units), abs=1e-12)


def test_independent_items_have_the_variance_of_a_mean():
    x = np.random.default_rng(1).normal(size=50)
    influence = (x - x.mean()) / 50
    expected = x.var(ddof=1) / 50
    assert shared_variance(influence, np.arange(50)[:, None]) == pytest.approx(expected)
    # Words of their own on both sides are as good as no words.
    assert shared_variance(influence, np.arange(100).reshape(50, 2)) == pytest.approx(expected, rel=0.02)


def test_a_copied_item_is_no_new_item():
    x = np.random.default_rng(2).normal(size=20)
    influence = (x - x.mean()) / 20
    for units in (np.arange(20)[:, None], np.arange(40).reshape(20, 2)):
        once = shared_variance(influence, units)
        twice = shared_variance(np.repeat(influence, 3) / 3, np.repeat(units, 3, axis=0))
        assert twice == pytest.approx(once)


def test_the_interval_agrees_with_scipys_bootstrap_of_independent_items():
    x = np.random.default_rng(3).exponential(size=80)
    ours = np.sqrt(shared_variance((x - x.mean()) / 80, np.arange(80)[:, None]))
    theirs = scipy.stats.bootstrap((x,), np.mean, n_resamples=4000, random_state=4).standard_error
    assert ours == pytest.approx(theirs, rel=0.06)


def test_all_pairs_of_few_units_vary_as_the_units_do():
    # y_ij = a_i + a_j: the mean of all pairs has four times the variance of the mean of a.
    rng, size, found, means = np.random.default_rng(5), 30, [], []
    units = np.array([(i, j) for i in range(size) for j in range(i)])
    for _ in range(300):
        a = rng.normal(size=size)
        y = a[units].sum(axis=1)
        found.append(shared_variance((y - y.mean()) / len(y), units))
        means.append(y.mean())
    assert np.mean(found) == pytest.approx(4 / size, rel=0.1)
    assert np.var(means) == pytest.approx(4 / size, rel=0.25)


def test_counts():
    units = np.array([[0, 1], [1, 2], [2, 3], [4, 4]])
    assert count_units(units) == 5
    assert count_disjoint(units) == 3
    assert count_disjoint(np.empty((0, 2), np.int64)) == 0


def test_weights_are_products_of_draws():
    units = np.array([[7, 7], [7, 9], [9, 11]])
    weights = draw_weights(units, 200, np.random.default_rng(1))
    assert weights.shape == (200, 3)
    seven, nine = np.sqrt(weights[:, 0]), np.zeros(200)
    np.divide(weights[:, 1], seven, out=nine, where=seven > 0)
    assert ((seven + nine)[seven > 0] <= 3).all()
    alone = draw_weights(np.arange(40)[:, None], 500, np.random.default_rng(1))
    assert (alone.sum(axis=1) == 40).all()


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: shared_variance(np.ones(3), np.zeros((3, 3), int)), r"units.shape must be \(n, 1\) or \(n, 2\)"),
        (
            lambda: shared_variance(np.ones(3), np.zeros((2, 1), int)),
            r"units.shape must be \(3, 1 or 2\), got \(2, 1\)",
        ),
        (lambda: draw_weights(np.zeros((2, 1), int), 0, np.random.default_rng(1)), "resamples must be an integer >= 1"),
    ],
)
def test_messages(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


def test_numbers_of_units_may_be_as_large_as_they_like():
    influence, small = np.array([0.1, -0.2, 0.3, -0.2]), np.array([[0, 1], [0, 2], [3, 4], [3, 5]])
    assert shared_variance(influence, small + 2**62) == shared_variance(influence, small)
