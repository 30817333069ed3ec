"""Tests of differences: equal to SciPy's and to published values where there are any."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wordvec.errors import ParameterError
from wordvec.statistics.hypotheses import (
    adjust_holm,
    assess_difference,
    bootstrap_p,
    compare_correlations,
    equivalence_p,
    signed_rank_p,
)
from wordvec.statistics.units import shared_variance


def paired(n=60, gap=0.2, seed=1):
    rng = np.random.default_rng(seed)
    hard = rng.normal(size=n)
    return hard + rng.normal(size=n) + gap, hard + rng.normal(size=n)


@pytest.mark.parametrize("gap", [0.0, 0.2, 0.5])
def test_a_difference_of_means_of_independent_items_is_the_paired_t_test(gap):
    first, second = paired(gap=gap)
    moved = first - second
    influence = (moved - moved.mean()) / len(moved)
    found = assess_difference(moved.mean(), shared_variance(influence, np.arange(60)[:, None]), 59)
    theirs = scipy.stats.ttest_rel(first, second)
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    low, high = theirs.confidence_interval()
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)


def test_where_nothing_varies_there_is_no_p_but_for_no_difference():
    assert assess_difference(0.0, 0.0, 10) == (0.0, 0.0, 0.0, 1.0)
    for variance, freedom in ((0.0, 10), (math.nan, 10), (0.1, 0), (0.1, math.nan)):
        found = assess_difference(0.5, variance, freedom)
        assert found.value == 0.5 and all(math.isnan(x) for x in found[1:])


@given(st.floats(-1, 1), st.floats(1e-3, 1), st.floats(1, 500), st.floats(0.5, 0.999))
def test_p_and_the_interval_agree(value, spread, freedom, confidence):
    found = assess_difference(value, spread**2, freedom, confidence=confidence)
    excludes = found.low > 0.0 or found.high < 0.0
    if abs(found.p - (1.0 - confidence)) > 1e-9:
        assert excludes == (found.p < 1.0 - confidence)


@given(st.floats(-1, 1), st.floats(1e-3, 1), st.floats(1, 500), st.floats(0.01, 1))
def test_equivalence_is_a_90_percent_interval_within_the_margin(value, spread, freedom, margin):
    found = assess_difference(value, spread**2, freedom, confidence=0.9)
    p = equivalence_p(value, spread**2, freedom, margin)
    if abs(p - 0.05) > 1e-9:
        assert (p < 0.05) == (-margin < found.low and found.high < margin)
    assert equivalence_p(-value, spread**2, freedom, margin) == pytest.approx(p, rel=1e-9)


def test_equivalence_of_equal_answers_and_of_nothing():
    assert equivalence_p(0.0, 0.0, 10, margin=0.01) == 0.0
    assert math.isnan(equivalence_p(0.1, 0.0, 10, margin=0.01))
    with pytest.raises(ParameterError, match=r"margin must be above 0, got -0\.1"):
        equivalence_p(0.0, 1.0, 10, margin=-0.1)
    with pytest.raises(ParameterError, match=r"confidence must be between 0 and 1, got 95"):
        assess_difference(0.0, 1.0, 10, confidence=95)


@pytest.mark.parametrize(
    "p, adjusted",
    [
        # By hand: sorted, times n, n - 1, ... 1, never falling, at most 1.
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.6, 0.9], [1.0, 1.0, 1.0]),
        ([0.02, 0.02], [0.04, 0.04]),
        ([0.02, math.nan, 0.03], [0.04, math.nan, 0.04]),
        ([0.2], [0.2]),
        ([], []),
        ([math.nan], [math.nan]),
        # Holm (1979) as in R's p.adjust(c(0.0001, 0.0234, 0.02, 0.5), "holm").
        ([0.0001, 0.0234, 0.02, 0.5], [0.0004, 0.06, 0.06, 0.5]),
    ],
)
def test_holm_by_hand(p, adjusted):
    assert adjust_holm(np.array(p, dtype=float)) == pytest.approx(adjusted, nan_ok=True, abs=1e-12)


@given(arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 1)))
def test_holm_rejects_what_stepping_down_rejects(p):
    adjusted, alpha = adjust_holm(p), 0.05
    rejected = np.zeros(len(p), bool)
    for step, i in enumerate(np.argsort(p, kind="stable")):
        if p[i] * (len(p) - step) > alpha:
            break
        rejected[i] = True
    assert ((adjusted <= alpha) == rejected).all()
    assert (adjusted >= p).all() and (adjusted <= np.minimum(1.0, p * len(p)) + 1e-15).all()


def test_williams_is_that_of_psych():
    # r.test(103, .4, .5, .1): t = -0.89, p = 0.37.
    p = compare_correlations(0.4, 0.5, 0.1, 103)
    assert p == pytest.approx(0.37, abs=0.005)
    assert scipy.stats.t.isf(p / 2.0, 100) == pytest.approx(0.89, abs=0.005)
    assert compare_correlations(0.5, 0.4, 0.1, 103) == p


def test_williams_at_the_edges():
    assert compare_correlations(0.5, 0.5, 1.0, 50) == 1.0
    assert compare_correlations(0.5, 0.5, 0.3, 50) == pytest.approx(1.0)
    for first, second, between, n in ((0.5, 0.4, 0.3, 3), (math.nan, 0.4, 0.3, 50), (1.5, 0.4, 0.3, 50)):
        assert math.isnan(compare_correlations(first, second, between, n))


def test_williams_keeps_its_level():
    rng, wrong, n, trials = np.random.default_rng(5), 0, 60, 1000
    for _ in range(trials):
        truth = rng.normal(size=n)
        x, y = (0.6 * truth + rng.normal(size=n) for _ in range(2))
        r = np.corrcoef([truth, x, y])
        wrong += compare_correlations(r[0, 1], r[0, 2], r[1, 2], n) < 0.05
    assert 0.03 <= wrong / trials <= 0.07


def test_the_bootstrap_agrees_with_t_for_independent_items():
    first, second = paired(n=200, gap=0.2)
    moved = first - second
    influence = (moved - moved.mean()) / len(moved)
    units = np.arange(200)[:, None]
    t = assess_difference(moved.mean(), shared_variance(influence, units), 199).p
    p = bootstrap_p(np.array([moved.mean(), math.nan, 0.0]), np.stack([influence] * 3), units, resamples=8000)
    assert p[0] == pytest.approx(t, abs=0.01)
    assert math.isnan(p[1]) and p[2] == 1.0


def test_the_bootstrap_does_not_depend_on_what_else_is_asked():
    moved = np.random.default_rng(3).integers(-1, 2, size=(4, 300)).astype(float)
    influence = (moved - moved.mean(axis=1, keepdims=True)) / 300
    units = np.arange(300)[:, None] // 2
    together = bootstrap_p(moved.mean(axis=1), influence, units, resamples=500)
    apart = [
        bootstrap_p(m.mean(keepdims=True), i[None], units, resamples=500)[0]
        for m, i in zip(moved, influence, strict=True)
    ]
    assert together.tolist() == apart
    with pytest.raises(ParameterError, match="resamples must be an integer >= 1, got 0"):
        bootstrap_p(moved.mean(axis=1), influence, units, resamples=0)


@pytest.mark.parametrize("n", [1, 5, 6, 9, 20])
def test_signed_ranks_are_those_of_scipy(n):
    moved = np.random.default_rng(n).normal(0.3, 1.0, size=n)
    assert signed_rank_p(moved) == pytest.approx(scipy.stats.wilcoxon(moved, method="exact").pvalue, rel=1e-9)


@given(arrays(np.float64, st.integers(1, 9), elements=st.integers(-3, 3).map(float)))
def test_signed_ranks_with_ties_are_all_signs_tried(moved):
    there = moved[moved != 0.0]
    ranks = scipy.stats.rankdata(np.abs(there))
    signs = (np.arange(2 ** len(there)) >> np.arange(len(there))[:, None]) & 1
    sums, ours = ranks @ signs, ranks @ (there > 0.0)
    p = min(1.0, 2.0 * min((sums <= ours).mean(), (sums >= ours).mean()))
    assert signed_rank_p(moved) == pytest.approx(p, rel=1e-9)
    assert signed_rank_p(-moved) == pytest.approx(p, rel=1e-9)


def test_five_tasks_prove_nothing():
    assert signed_rank_p(np.arange(1.0, 6.0)) == 0.0625
    assert signed_rank_p(np.arange(1.0, 7.0)) == 0.03125
