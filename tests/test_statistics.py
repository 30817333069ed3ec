"""Intervals: reproducible, of the right coverage, and in agreement with the formula."""

import math

import numpy as np
import pytest
import scipy.stats

from wordvec.errors import ParameterError
from wordvec.evaluate.similarity import pearson, spearman
from wordvec.statistics import bootstrap_interval, fisher_interval, percentile_interval, pigeonhole_means


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
        fisher_interval(0.5, 3),
        fisher_interval(math.nan, 50),
    ):
        assert math.isnan(found.low) and math.isnan(found.high)
    assert fisher_interval(1.0, 10).low == 1.0


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
