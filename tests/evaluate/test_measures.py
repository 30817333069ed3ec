"""Measures: against scikit-learn and SciPy, and their influence against finite differences of weights."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.evaluate.measures import (
    MACRO_MEAN,
    MEAN,
    MEASURES,
    PEARSON,
    RATIO,
    SPEARMAN,
    V_MEASURE,
    pearson,
    spearman,
)

MANY = 1000


def values_for(name, n, rng):
    """Random values of the columns that a measure takes."""
    if name in ("spearman", "pearson"):
        x = rng.integers(0, 7, n) + rng.normal(size=n).round(1)
        return np.stack([x, x + rng.integers(0, 9, n)], axis=1).astype(float)
    if name == "ratio":
        return np.stack([rng.integers(0, 5, n), rng.integers(5, 9, n)], axis=1).astype(float)
    if name in ("best z", "group mean", "group spearman"):
        groups = np.arange(n) % 3
        if name == "best z":
            relation = np.arange(n) // 3 % 3
            return np.stack([rng.random(n), relation, relation == 0, groups], axis=1)
        return np.stack([rng.random(n), *([rng.random(n)] if "spearman" in name else []), groups], axis=1)
    if name == "ratio gain":
        return np.stack([rng.integers(0, 5, n), rng.integers(5, 9, n)] * 2, axis=1).astype(float)
    if name in ("auc", "average precision"):
        return np.stack([rng.normal(size=n).round(1), np.arange(n) % 2], axis=1)
    if name == "v-measure":
        classes = rng.integers(0, 3, n)
        return np.stack([classes, (classes + rng.integers(0, 2, n)) % 3], axis=1).astype(float)
    return np.stack([rng.random(n), np.arange(n) % 3], axis=1)


GROUPED = ("best z", "group mean", "group spearman")


@pytest.mark.parametrize("name", sorted(set(MEASURES) - set(GROUPED)))
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_influence_is_the_derivative_by_the_weight_of_an_item(name, seed):
    rng = np.random.default_rng(seed)
    values, measure = values_for(name, 14, rng), MEASURES[name]
    found = measure.influence(values)
    assert found.sum() == pytest.approx(0.0, abs=1e-12)
    many = np.repeat(values, MANY, axis=0)
    for item in (0, 5, 13):
        # One copy more of one item among a thousand of each: a small step of its weight.
        step = measure.score(np.concatenate([many, values[item : item + 1]])) - measure.score(many)
        assert step * MANY == pytest.approx(found[item], abs=2e-3)


@pytest.mark.parametrize("name", GROUPED)
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_influence_of_a_group_is_the_derivative_by_its_weight(name, seed):
    rng = np.random.default_rng(seed)
    values, measure, copies = values_for(name, 18, rng), MEASURES[name], 300
    found = measure.influence(values)
    assert found.sum() == pytest.approx(0.0, abs=1e-12)
    many = np.tile(values, (copies, 1))
    many[:, -1] += 3 * np.repeat(np.arange(copies), len(values))
    for group in range(3):
        more = values[values[:, -1] == group].copy()
        more[:, -1] = 3 * copies
        step = measure.score(np.concatenate([many, more])) - measure.score(many)
        assert step * copies == pytest.approx(found[values[:, -1] == group].sum(), abs=5e-3)


def test_correlations_are_those_of_scipy():
    rng = np.random.default_rng(1)
    x, y = rng.integers(0, 6, 90).astype(float), rng.integers(0, 6, 90).astype(float)
    assert spearman(x, y) == pytest.approx(scipy.stats.spearmanr(x, y).statistic, abs=1e-12)
    assert pearson(x, y) == pytest.approx(scipy.stats.pearsonr(x, y).statistic, abs=1e-12)
    assert np.isnan(spearman(np.ones(4), np.arange(4.0)))
    assert np.isnan(pearson(np.ones(1), np.ones(1)))
    assert SPEARMAN.score(np.stack([x, y], axis=1)) == spearman(x, y)
    assert PEARSON.score(np.stack([x, y], axis=1)) == pearson(x, y)


def test_v_measure_is_that_of_scikit_learn():
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(2)
    for _ in range(20):
        values = rng.integers(0, 4, (30, 2)).astype(float)
        assert V_MEASURE.score(values) == pytest.approx(metrics.v_measure_score(*values.T.astype(int)))
    assert V_MEASURE.score(np.stack([np.arange(6) % 3, 9 - np.arange(6) % 3], axis=1).astype(float)) == pytest.approx(1)
    assert V_MEASURE.score(np.zeros((5, 2))) == 1.0


def test_means_by_hand():
    values = np.array([[1.0, 7.0], [0.0, 7.0], [1.0, 3.0]])
    assert MEAN.score(values) == pytest.approx(2 / 3)
    assert MACRO_MEAN.score(values) == pytest.approx(0.75)
    assert RATIO.score(values) == pytest.approx(2 / 17)
    assert np.isnan(RATIO.score(np.zeros((3, 2))))
