"""Quantification: shares are recovered through a classifier that errs, and refused where that cannot be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit, ndtri

from wordvec import ParameterError
from wordvec.statistics.quantification import (
    adjust_prior,
    confusion_of,
    estimate_shares,
    fit_temperature,
    invert_confusion,
    temper,
)


def honest(right, prior, share, size, rng):
    """Return honest probabilities of two classes under a prior, for occurrences of which a share is of the first."""
    strength = 2.0 * ndtri(right)
    is_first = rng.random(size) < share
    first = expit(logit(prior) + strength * (np.where(is_first, 0.5, -0.5) * strength + rng.normal(size=size)))
    return np.stack([first, 1.0 - first], axis=1), is_first


def test_a_mean_of_probabilities_shrinks_80_to_71_and_em_does_not():
    said = np.repeat([[1.0, 0.0], [0.0, 1.0]], [710, 290], axis=0)  # 80:20 decided for by a gate right in 85 %
    assert said.mean(axis=0).round(2).tolist() == [0.71, 0.29]
    errs = np.array([[[0.85, 0.15], [0.15, 0.85]]])
    assert estimate_shares(said.mean(axis=0)[None], errs)[0] == pytest.approx([0.8, 0.2])
    soft = np.where(said > 0, 0.85, 0.15)
    assert soft.mean(axis=0)[0] == pytest.approx(0.647, abs=0.001)
    assert adjust_prior(soft, np.array([[0.5, 0.5]]))[0] == pytest.approx([0.8, 0.2], abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_any_shares_are_recovered_through_any_confusion_that_can_be_inverted(a, b, seed):
    rng = np.random.default_rng(seed)
    shares = np.diff([0.0, *sorted((a, b)), 1.0])
    confusion = 0.4 * rng.dirichlet(np.ones(3), size=3) + 0.6 * np.eye(3)
    found = estimate_shares((shares @ confusion)[None], confusion[None])[0]
    assert found == pytest.approx(shares, abs=2e-3)
    assert found.sum() == pytest.approx(1.0) and found.min() >= 0.0


def test_outside_the_simplex_the_likeliest_shares_beat_any_others():
    rng = np.random.default_rng(1)
    confusion = 0.5 * rng.dirichlet(np.ones(3), size=3) + 0.5 * np.eye(3)
    seen = np.array([0.02, 0.9, 0.08])
    found = estimate_shares(seen[None], confusion[None])[0]
    others = rng.dirichlet(np.ones(3) * 0.3, size=5000)
    assert seen @ np.log(found @ confusion) >= (seen * np.log(others @ confusion)).sum(axis=1).max() - 1e-9
    assert (found == 0.0).any()


def test_a_confusion_comes_from_probabilities_and_fits_other_shares():
    rng = np.random.default_rng(2)
    pooled, truth = honest(0.85, 0.55, 0.55, 200_000, rng)
    decided = (pooled >= pooled.max(axis=1, keepdims=True)).astype(float)
    found = confusion_of((pooled.T @ decided)[None])[0]
    known = [[decided[truth == side, column].mean() for column in (0, 1)] for side in (True, False)]
    assert found == pytest.approx(np.array(known), abs=0.01)
    said, _ = honest(0.85, 0.55, 0.8, 100_000, rng)
    seen = (said >= said.max(axis=1, keepdims=True)).mean(axis=0)
    assert estimate_shares(seen[None], found[None])[0, 0] == pytest.approx(0.8, abs=0.01)
    assert adjust_prior(said, np.array([[0.55, 0.45]]))[0, 0] == pytest.approx(0.8, abs=0.01)
    assert said[:, 0].mean() < 0.75


def test_classes_that_look_alike_have_no_separation_and_others_keep_theirs():
    confusion = np.array([[[0.9, 0.05, 0.05], [0.1, 0.45, 0.45], [0.1, 0.45, 0.45]]])
    _, separation = invert_confusion(confusion)
    assert separation[0, 0] == pytest.approx(0.8) and separation[0, 1:].tolist() == [0.0, 0.0]
    nearly = confusion + np.array([[0, 0, 0], [0, 0.01, -0.01], [0, -0.01, 0.01]])
    assert 0.0 < invert_confusion(nearly)[1][0, 1] < 0.05


def test_missing_classes_missing_words_and_weights():
    errs = np.array([[[0.9, 0.1, 0.0], [0.1, 0.9, 0.0], [0.0, 0.0, 1.0]]])
    kept = np.array([[True, True, False]])
    assert estimate_shares(np.array([[0.5, 0.5, 0.0]]), errs, kept)[0].tolist() == pytest.approx([0.5, 0.5, 0.0])
    assert np.isnan(estimate_shares(np.full((1, 3), np.nan), errs)).all()
    assert confusion_of(np.zeros((1, 2, 2)))[0].tolist() == [[1.0, 0.0], [0.0, 1.0]]
    said = np.array([[0.9, 0.1], [0.2, 0.8], [0.9, 0.1]])
    prior = np.full((3, 2), 0.5)
    groups, weights = np.array([0, 0, 2]), np.array([2.0, 1.0, 1.0])
    found = adjust_prior(said, prior, groups=groups, weights=weights)
    assert np.isnan(found[1]).all() and found[2, 0] > 0.99
    twice = adjust_prior(said[[0, 0, 1]], prior[:1])
    assert found[0] == pytest.approx(twice[0], abs=1e-6)


def test_temperature_of_gates_that_are_too_sure_is_found():
    rng = np.random.default_rng(3)
    said, truth = honest(0.85, 0.6, 0.6, 50_000, rng)
    prior = np.tile([0.6, 0.4], (len(said), 1))
    sure = temper(said, prior, 0.5)
    right = np.stack([truth, ~truth], axis=1)
    assert fit_temperature(sure, prior, right) == pytest.approx(2.0, rel=0.05)
    assert temper(sure, prior, 2.0) == pytest.approx(said)
    assert temper(np.array([[1.0, 0.0, 0.0]]), np.array([[0.5, 0.5, 0.0]]), 2.0)[0, 2] == 0.0


def test_parameters_are_checked():
    with pytest.raises(ParameterError, match=r"temperature must be above 0, got 0"):
        temper(np.ones((1, 1)), np.ones((1, 1)), 0)
    with pytest.raises(ParameterError, match=r"seen\.shape must be \(1, 2\), got \(1, 3\)"):
        estimate_shares(np.ones((1, 3)), np.ones((1, 2, 2)))
    with pytest.raises(ParameterError, match=r"most must be above 1, got 1"):
        fit_temperature(np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1), bool), most=1)
