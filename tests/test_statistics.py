"""Intervals: reproducible, of the right coverage, and in agreement with the formula."""

import math

import numpy as np
import pytest
import scipy.stats

from wordvec.errors import ParameterError
from wordvec.evaluate.similarity import pearson, spearman
from wordvec.statistics import (
    bootstrap_interval,
    correlation_interval,
    exact_interval,
    fisher_interval,
    percentile_interval,
    pigeonhole_means,
)


def correlated(n, r, seed=3):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return x, r * x + math.sqrt(1 - r * r) * rng.normal(size=n)


def test_same_seed_same_interval():
    x, y = correlated(80, 0.6)
    one, two = (bootstrap_interval(spearman, x, y, unit="pair", resamples=200, seed=4) for _ in range(2))
    other = bootstrap_interval(spearman, x, y, unit="pair", resamples=200, seed=5)
    assert one == two
    assert one != other
    assert (one.unit, one.resamples, one.confidence) == ("pair", 200, 0.95)


@pytest.mark.parametrize("statistic, rank", [(pearson, False), (spearman, True)])
def test_bootstrap_agrees_with_fisher(statistic, rank):
    x, y = correlated(600, 0.5)
    drawn = bootstrap_interval(statistic, x, y, unit="pair", resamples=2000)
    formula = fisher_interval(float(statistic(x, y)), 600, rank=rank)
    assert drawn.low == pytest.approx(formula.low, abs=0.02)
    assert drawn.high == pytest.approx(formula.high, abs=0.02)


def test_bootstrap_agrees_with_scipy():
    x, y = correlated(60, 0.4)
    ours = bootstrap_interval(pearson, x, y, unit="pair", resamples=4000)
    theirs = scipy.stats.bootstrap((x, y), pearson, paired=True, n_resamples=4000, method="percentile")
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.02)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.02)


def test_no_interval_where_there_is_none():
    for found in (
        bootstrap_interval(pearson, np.ones(1), np.ones(1), unit="pair"),
        bootstrap_interval(pearson, np.ones(9), np.arange(9.0), unit="pair", resamples=50),
        fisher_interval(math.nan, 50),
        correlation_interval(pearson, np.ones(9), np.arange(9.0), rank=False),
        correlation_interval(pearson, np.ones(1), np.ones(1), rank=False),
        exact_interval(math.nan, 9, unit="question"),
    ):
        assert math.isnan(found.low) and math.isnan(found.high)


@pytest.mark.parametrize(
    "n, unit", [(2, "pair (too few)"), (3, "pair (too few)"), (4, "pair (Fisher)"), (9, "pair (Fisher)")]
)
def test_few_pairs_in_perfect_order_prove_little(n, unit):
    x = np.arange(float(n))
    for sign in (1.0, -1.0):
        found = correlation_interval(spearman, x, sign * x, rank=True)
        assert found.unit == unit
        assert -1.0 <= found.low < found.high <= 1.0
        assert sign in (found.low, found.high)
        if n < 4:
            assert (found.low, found.high) == (-1.0, 1.0)


def test_a_perfect_correlation_has_a_width_that_falls():
    widths = []
    for n in (4, 9, 10, 50):
        x = np.arange(float(n))
        found = correlation_interval(spearman, x, x**3, rank=True)
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0.0


def test_enough_pairs_are_resampled():
    x, y = correlated(10, 0.5)
    found = correlation_interval(pearson, x, y, rank=False, resamples=200, seed=4)
    assert found == bootstrap_interval(pearson, x, y, unit="pair", resamples=200, seed=4)


def test_few_pairs_cover_the_truth():
    rng, r, hits = np.random.default_rng(11), 0.5, 0
    for _ in range(300):
        x = rng.normal(size=6)
        y = r * x + math.sqrt(1 - r * r) * rng.normal(size=6)
        found = correlation_interval(pearson, x, y, rank=False)
        hits += found.low <= r <= found.high
    assert 0.91 <= hits / 300 <= 0.99


@pytest.mark.parametrize("hits, n", [(0, 12), (12, 12), (0, 1), (3, 7)])
def test_the_exact_interval_is_that_of_scipy(hits, n):
    ours = exact_interval(hits / n, n, unit="question")
    theirs = scipy.stats.binomtest(hits, n).proportion_ci(method="exact")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert (ours.unit, ours.resamples) == ("question", 0)


def test_the_exact_interval_between_whole_numbers_and_of_nothing():
    half = exact_interval(0.5, 1, unit="question")
    assert half.low < 0.01 < 0.99 < half.high
    assert (exact_interval(0.3, 0, unit="x").low, exact_interval(0.3, 0, unit="x").high) == (0.0, 1.0)


def test_percentiles_leave_out_replicates_that_do_not_exist():
    found = percentile_interval(np.array([np.nan, 1.0, 2.0, 3.0]), unit="x")
    assert 1.0 <= found.low < found.high <= 3.0


def test_pigeonhole_equals_the_plain_sum():
    rng = np.random.default_rng(0)
    units = np.array([(i, j) for i in range(6) for j in range(6) if i != j])
    values = rng.random((len(units), 2))
    sums, weights = pigeonhole_means(values, units, resamples=40, rng=np.random.default_rng(9))
    twin = np.random.default_rng(9)
    draws = twin.multinomial(6, np.full(6, 1 / 6), size=40)
    for r in range(40):
        weight = np.array([draws[r, i] * draws[r, j] for i, j in units])
        assert weights[r] == weight.sum()
        np.testing.assert_allclose(sums[r], weight @ values)


def test_pigeonhole_is_wider_than_questions_taken_as_independent():
    # All questions of a pair stand and fall together: 12 pairs, not 132 questions.
    good = np.arange(12) % 2
    units = np.array([(i, j) for i in range(12) for j in range(12) if i != j])
    values = good[units[:, 0]].astype(float)
    sums, weights = pigeonhole_means(values[:, None], units, resamples=500, rng=np.random.default_rng(1))
    clustered = percentile_interval(sums[:, 0] / weights, unit="pair")
    naive = bootstrap_interval(np.mean, values, unit="question")
    assert clustered.high - clustered.low > 2 * (naive.high - naive.low)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: fisher_interval(0.5, 9, confidence=1.0), "confidence must be between 0 and 1, got 1.0"),
        (lambda: exact_interval(0.5, 9, unit="x", confidence=0.0), "confidence must be between 0 and 1, got 0.0"),
        (
            lambda: bootstrap_interval(np.mean, np.ones(3), unit="x", resamples=0),
            "resamples must be an integer >= 1, got 0",
        ),
        (
            lambda: bootstrap_interval(pearson, np.ones(3), np.ones(2), unit="x"),
            r"samples must be of one length, got \[3, 2\]",
        ),
        (
            lambda: pigeonhole_means(np.ones((2, 1)), np.zeros((3, 2), int), rng=np.random.default_rng(1)),
            r"units.shape must be \(2, 2\), got \(3, 2\)",
        ),
    ],
)
def test_messages(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
