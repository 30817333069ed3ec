"""Intervals by formula: of the right coverage, inside the bounds, and in agreement with SciPy."""

import math

import numpy as np
import pytest
import scipy.stats

from wordvec.errors import ParameterError
from wordvec.statistics.intervals import exact_interval, fisher_interval, score_interval


def test_no_interval_where_there_is_none():
    for found in (
        score_interval(math.nan, 1.0, bounds=(0.0, 1.0), freedom=5, unit="x"),
        score_interval(1.0, 0.1, bounds=(0.0, 1.0), freedom=5, unit="x"),
        score_interval(0.5, 0.0, bounds=(0.0, 1.0), freedom=5, unit="x"),
        score_interval(0.5, math.nan, bounds=(0.0, 1.0), freedom=5, unit="x"),
        score_interval(0.5, 0.1, bounds=(0.0, 1.0), freedom=0, unit="x"),
        fisher_interval(math.nan, 50),
        exact_interval(math.nan, 9, unit="question"),
    ):
        assert math.isnan(found.low) and math.isnan(found.high)


def test_the_interval_of_a_correlation_is_fishers():
    r, n = 0.5, 400
    formula = fisher_interval(r, n)
    ours = score_interval(r, (1 - r * r) ** 2 / (n - 3), bounds=(-1.0, 1.0), freedom=1e9, unit="pair")
    assert (ours.low, ours.high) == pytest.approx((formula.low, formula.high), abs=1e-6)


def test_the_interval_of_a_share_is_that_of_its_log_odds():
    p, n = 0.9, 200
    ours = score_interval(p, p * (1 - p) / n, bounds=(0.0, 1.0), freedom=1e9, unit="x")
    spread = 1.959964 / math.sqrt(n * p * (1 - p))
    ends = [1 / (1 + math.exp(-(math.log(p / (1 - p)) + sign * spread))) for sign in (-1, 1)]
    assert (ours.low, ours.high) == pytest.approx(tuple(ends), abs=1e-6)


@pytest.mark.parametrize("score", [0.001, 0.5, 0.999])
@pytest.mark.parametrize("variance", [1e-12, 1e-3, 10.0, 1e9])
def test_an_interval_stays_inside_its_bounds(score, variance):
    found = score_interval(score, variance, bounds=(0.0, 1.0), freedom=3, unit="x")
    assert 0.0 <= found.low < score < found.high <= 1.0


def test_fewer_degrees_of_freedom_are_wider():
    widths = []
    for freedom in (1, 3, 30, 3000):
        found = score_interval(0.4, 0.01, bounds=(0.0, 1.0), freedom=freedom, unit="x")
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)


@pytest.mark.parametrize("n, expected", [(2, (-1.0, 1.0)), (3, (-1.0, 1.0)), (4, None), (9, None)])
def test_few_pairs_in_perfect_order_prove_little(n, expected):
    for sign in (1.0, -1.0):
        found = fisher_interval(sign, n, rank=True)
        assert -1.0 <= found.low < found.high <= 1.0
        assert sign in (found.low, found.high)
        assert expected is None or (found.low, found.high) == expected


def test_few_pairs_cover_the_truth():
    rng, r, hits = np.random.default_rng(11), 0.5, 0
    for _ in range(300):
        x = rng.normal(size=6)
        y = r * x + math.sqrt(1 - r * r) * rng.normal(size=6)
        found = fisher_interval(float(np.corrcoef(x, y)[0, 1]), 6)
        hits += found.low <= r <= found.high
    assert 0.91 <= hits / 300 <= 0.99


@pytest.mark.parametrize("hits, n", [(0, 12), (12, 12), (0, 1), (3, 7)])
def test_the_exact_interval_is_that_of_scipy(hits, n):
    ours = exact_interval(hits / n, n, unit="question")
    theirs = scipy.stats.binomtest(hits, n).proportion_ci(method="exact")
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert (ours.unit, ours.confidence) == ("question", 0.95)


def test_the_exact_interval_between_whole_numbers_and_of_nothing():
    half = exact_interval(0.5, 1, unit="question")
    assert half.low < 0.01 < 0.99 < half.high
    assert (exact_interval(0.3, 0, unit="x").low, exact_interval(0.3, 0, unit="x").high) == (0.0, 1.0)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: fisher_interval(0.5, 9, confidence=1.0), "confidence must be between 0 and 1, got 1.0"),
        (lambda: exact_interval(0.5, 9, unit="x", confidence=0.0), "confidence must be between 0 and 1, got 0.0"),
        (
            lambda: score_interval(0.5, 1.0, bounds=(0, 1), freedom=1, unit="x", confidence=2.0),
            "confidence must be between 0 and 1, got 2.0",
        ),
    ],
)
def test_messages(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
