"""Multi-sense skip-gram: the kernels against their twins, and the twins against finite differences."""

import math

import naive_mssg as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from small_blocks import text_case
from wordvec.kernels.mssg import SenseRows, center_context, choose_sense, dot_rows, exp_negative, step_pair, train_mssg

from wordvec.train.mssg import make_bench
from wordvec.train.team import count_places, padded

V, P = 6, 32
ROOMS = np.array([3, 1, 3, 3, 1, 3])


def sense_rows(seed=0, threshold=-2.0, scale=0.5, pace=0.0):
    rng = np.random.default_rng(seed)
    rows = np.concatenate([[0], np.cumsum(ROOMS)])
    matrices = [padded(n, P) for n in (rows[-1], V, rows[-1])]
    for matrix in matrices:
        matrix[:] = rng.normal(0, scale, matrix.shape)
    used = np.where(ROOMS > 1, 0 if threshold > -2.0 else 3, 1).astype(np.int32)
    if threshold > -2.0:
        matrices[2][:] = 0.0
    running = padded(1, P), np.zeros(1), np.float32(pace)
    return SenseRows(rows, used, *matrices, np.zeros(rows[-1], np.int64), threshold, *running)


def doubled(senses):
    """Return the same in float64, for the twins to update."""
    W, U, sums = (matrix.astype(float) for matrix in (senses.W, senses.U, senses.sums))
    copies = {name: getattr(senses, name).copy() for name in ("used", "counts", "spread")}
    return senses._replace(W=W, U=U, sums=sums, middle=senses.middle.astype(float), **copies)


@settings(deadline=None)
@given(st.floats(-800.0, 0.0))
def test_the_exponential_equals_naive(x):
    assert exp_negative(x) == pytest.approx(naive.exp_negative(x), rel=1e-14, abs=1e-300)


def test_the_exponential_of_nothing_is_nothing():
    assert exp_negative(0.0) == 1.0
    assert exp_negative(-math.inf) == 0.0
    assert math.isnan(exp_negative(math.nan))


def test_products_equal_naive():
    senses, lanes = sense_rows(), np.zeros(16, np.float32)
    found = dot_rows(senses.W, 1, senses.U, 2, lanes)
    assert found == pytest.approx(naive.dot_rows(senses.W, 1, senses.U, 2), rel=1e-5)


@pytest.mark.parametrize("threshold", [-2.0, 0.0, 0.2])
def test_choices_equal_naive(threshold):
    senses, rng = sense_rows(1, threshold), np.random.default_rng(1)
    twin, lanes = doubled(senses), np.zeros(16, np.float32)
    for word in rng.integers(0, V, 60).tolist():
        mean = rng.normal(size=(1, P)).astype(np.float32)
        assert choose_sense(word, mean, senses, lanes) == naive.choose_sense(word, mean[0].astype(float), twin)
    assert senses.used.tolist() == twin.used.tolist()
    assert senses.counts.tolist() == twin.counts.tolist()
    assert_allclose(senses.sums, twin.sums, atol=1e-4)


@pytest.mark.parametrize("pace", [0.0, 0.1])
def test_centering_equals_naive(pace):
    senses, rng = sense_rows(1, pace=pace), np.random.default_rng(1)
    twin, lanes = doubled(senses), np.zeros(16, np.float32)
    for _ in range(20):
        mean = rng.normal(size=(1, P)).astype(np.float32)
        expected = naive.center_context(mean[0].astype(float), twin)
        center_context(mean, senses, lanes)
        assert_allclose(mean[0], expected, atol=1e-5)
    assert_allclose(senses.middle, twin.middle, atol=1e-5)
    assert_allclose(senses.spread, twin.spread, rtol=1e-5)


@pytest.mark.parametrize("negative", [1, 5, 8])
@pytest.mark.parametrize("scale", [0.05, 0.5, 5.0])
def test_a_pair_equals_naive(negative, scale):
    senses, rng = sense_rows(2, scale=scale), np.random.default_rng(2)
    twin, bench = doubled(senses), make_bench(1, negative, P)
    chosen = rng.integers(0, V, negative + 1)
    bench.outputs[0, [n // 6 * 8 + n % 6 for n in range(negative + 1)]] = chosen
    loss = step_pair(4, bench.outputs, negative, 0.05, senses.W, senses.U, bench.step, bench.lanes)
    assert bench.outputs.shape[1] == count_places(negative)
    assert loss == pytest.approx(naive.step_pair(4, chosen, 0.05, twin.W, twin.U), rel=1e-5)
    assert_allclose(senses.W, twin.W, atol=1e-5 * scale)
    assert_allclose(senses.U, twin.U, atol=1e-5 * scale)


def test_a_step_descends_the_gradient_by_finite_differences():
    """A step of rate 1 is minus the numerical gradient of the loss, for the sense and for every output row."""
    before, outputs, h = doubled(sense_rows(3)), [2, 0, 5, 1], 1e-5

    def loss(W, U):
        return naive.step_pair(4, outputs, 0.0, W.copy(), U.copy())

    W, U = before.W.copy(), before.U.copy()
    naive.step_pair(4, outputs, 1.0, W, U)
    for after, matrix, rows in ((W, before.W, [4, 3]), (U, before.U, range(V))):
        for row in rows:
            for d in (0, 7, 31):
                slopes = []
                for bump in (h, -h):
                    matrix[row, d] += bump
                    slopes.append(loss(before.W, before.U))
                    matrix[row, d] -= bump
                slope = (slopes[0] - slopes[1]) / (2 * h)
                assert after[row, d] - matrix[row, d] == pytest.approx(-slope, abs=1e-6)


@pytest.mark.parametrize("pace", [0.0, 0.1])
@pytest.mark.parametrize("threshold", [-2.0, 0.1])
@pytest.mark.parametrize("negative", [3, 8])
def test_a_span_equals_naive_however_it_is_cut(threshold, negative, pace):
    schedule, draws = text_case(0, negative)
    rates, results = np.array([0.05, 0.04, 0.03], np.float32), []
    twin = doubled(sense_rows(4, threshold, pace=pace))
    expected = naive.train_mssg(0, 3, 2, schedule, draws, rates, twin)
    for spans in ([(0, 3)], [(0, 1), (1, 3)]):
        senses, bench = sense_rows(4, threshold, pace=pace), make_bench(9, negative, P)
        losses, pairs = np.full(3, np.nan), np.full(3, np.nan)
        for first, last in spans:
            train_mssg(first, last, 2, schedule, draws, rates, senses, bench, losses, pairs)
        results.append(b"".join(a.tobytes() for a in (*senses[1:6], senses.middle, losses)))
    assert len(set(results)) == 1
    assert_allclose(losses, expected[0], rtol=1e-4)
    assert pairs.tolist() == expected[1]
    assert pairs[1] > 0
    assert senses.counts.tolist() == twin.counts.tolist()
    for name in ("W", "U", "sums"):
        assert_allclose(getattr(senses, name), getattr(twin, name), atol=2e-5)
