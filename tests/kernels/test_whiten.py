"""Whitening against its twin."""

import naive_whiten
import numpy as np
import pytest
from numpy.testing import assert_allclose
from wordvec.kernels.whiten import whiten_rows


@pytest.mark.parametrize("columns", [1, 3, 8])
def test_whitened_rows_equal_naive_and_vary_alike_in_every_direction(columns):
    rng = np.random.default_rng(columns)
    rows = np.zeros((200, 16), np.float32)
    rows[:, :columns] = rng.normal(2.0, 1.0, (200, columns)) @ rng.normal(0, 1, (columns, columns))
    rows[7] = 0.0
    weights, out = rng.uniform(0.1, 2.0, 200), np.full((200, 16), 9.0, np.float32)
    whiten_rows(rows, weights, columns, out)
    assert_allclose(out, naive_whiten.whiten_rows(rows, weights, columns), atol=2e-5)
    assert not out[7].any()
    assert_allclose(np.linalg.norm(np.delete(out, 7, 0), axis=1), 1.0, rtol=1e-5)


def test_a_direction_in_which_nothing_varies_stays_finite():
    rows = np.ones((5, 4), np.float32)
    rows[:, 0] = range(5)
    out = np.zeros((5, 4), np.float32)
    whiten_rows(rows, np.ones(5), 4, out)
    assert np.isfinite(out).all()
