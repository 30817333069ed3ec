"""Outcomes: their intervals, where resampling cannot help, and what another selection of items makes of them."""

import math

import numpy as np
import pytest

from wordvec.evaluate.measures import MACRO_MEAN, MEAN, PEARSON, SPEARMAN
from wordvec.evaluate.outcome import Outcome, outcome_table, timed
from wordvec.evaluate.scores import Score
from wordvec.statistics.intervals import exact_interval, fisher_interval


def outcome_of(measure, values, units=None, missing=0):
    values = np.asarray(values, dtype=float)
    numbers = np.arange(len(values))[:, None] if units is None else np.asarray(units)
    items = np.arange(len(values))
    return Outcome("task", "toy", "sha", "metric", measure, items, values, numbers, "word", missing, "skip unknown")


def test_a_row_holds_everything():
    hits = np.arange(20) % 3 == 0
    [row] = outcome_table(timed([outcome_of(MEAN, hits[:, None], missing=4)], 1.5)).itertuples(index=False)
    assert row._fields == Score._fields
    assert (row.task, row.dataset, row.dataset_sha256, row.metric) == ("task", "toy", "sha", "metric")
    assert row.score == pytest.approx(0.35)
    assert row.low < row.score < row.high
    assert (row.n, row.missing, row.policy, row.unit, row.seconds) == (20, 4, "skip unknown", "word", 1.5)


def test_shared_units_make_the_interval_wider():
    rng = np.random.default_rng(0)
    good = rng.random(12) < 0.5
    units = np.array([(i, j) for i in range(12) for j in range(12) if i != j])
    hits = (good[units[:, 0]])[:, None]
    shared, alone = outcome_of(MEAN, hits, units).interval(), outcome_of(MEAN, hits).interval()
    assert shared.high - shared.low > 2 * (alone.high - alone.low)


@pytest.mark.parametrize("hits", [0.0, 1.0])
def test_equal_answers_have_the_exact_interval(hits):
    found = outcome_of(MEAN, np.full((12, 1), hits)).interval()
    assert found == exact_interval(hits, 12, unit="word (exact)")


def test_few_independent_items_have_a_formula():
    x = np.arange(9.0)
    few = outcome_of(SPEARMAN, np.stack([x, x[::-1]], axis=1)).interval()
    assert few == fisher_interval(-1.0, 9, rank=True, unit="word (Fisher)")
    assert outcome_of(PEARSON, [[1, 2], [2, 3], [3, 9]]).interval().unit == "word (too few)"
    # Forty pairs that all share a word are one independent pair.
    star = np.stack([np.zeros(40, int), np.arange(1, 41)], axis=1)
    assert outcome_of(PEARSON, np.random.default_rng(1).random((40, 2)), star).interval().unit == "word (too few)"
    assert outcome_of(MEAN, [[1.0], [0.0], [1.0]]).interval().unit == "word (exact)"


def test_a_perfect_order_of_many_has_a_width():
    x = np.arange(50.0)
    found = outcome_of(SPEARMAN, np.stack([x, x**3], axis=1)).interval()
    assert found.unit == "word (Fisher)"
    assert 0.9 < found.low < found.high == 1.0


def test_nothing_left_is_no_score():
    for measure in (MEAN, SPEARMAN):
        row = outcome_of(measure, np.empty((0, 2)), missing=7).row()
        assert math.isnan(row.score) and math.isnan(row.low) and math.isnan(row.high)
        assert (row.n, row.missing) == (0, 7)


def test_macro_counts_no_more_of_a_category_than_the_smallest_has():
    values = np.array([[1.0, 0.0]] * 10 + [[1.0, 1.0]])
    assert outcome_of(MACRO_MEAN, values).interval() == exact_interval(1.0, 2, unit="word (exact)")


def test_taking_items_keeps_what_belongs_together():
    whole = outcome_of(MEAN, np.arange(6.0)[:, None], np.arange(12).reshape(6, 2))
    part = whole.take(np.array([5, 1, 77]))
    assert part.items.tolist() == [1, 5]
    assert part.values.ravel().tolist() == [1.0, 5.0]
    assert part.units.tolist() == [[2, 3], [10, 11]]
    assert part.key == whole.key
