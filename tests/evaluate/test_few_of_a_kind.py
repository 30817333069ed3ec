"""A verdict never rests on the variance of what there is one of."""

import numpy as np
import pytest

from wordvec.evaluate.comparison.compare import compare_outcomes
from wordvec.evaluate.measures import AUC, MACRO_MEAN
from wordvec.evaluate.outcome import Outcome


@pytest.mark.parametrize("measure", [AUC, MACRO_MEAN], ids=lambda measure: measure.name)
def test_one_item_of_a_kind_is_too_few_however_many_others_there_are(measure):
    """The variance of what there is one of cannot be seen: no verdict may rest on it."""
    rng, kind = np.random.default_rng(1), np.append(np.zeros(100), 1.0)

    def asked(low, high):
        scores = np.append(rng.uniform(0.0, 0.1, 100) + low, high)
        values = np.stack([scores, kind], axis=1)
        items = np.arange(101)
        return [[Outcome("t", "d", "", "m", measure, items, values, items[:, None], "word", 0, "skip unknown")]]

    row = compare_outcomes({"A": asked(0.0, 0.9), "B": asked(0.05, 0.02)}, resamples=0).iloc[0]
    assert row["verdict"] == "not distinguishable"
    assert np.isnan(row["p"]) and "too few items with no word in common: no test" in row["remark"]
