"""Corrected drift and its error, and p-values of exchanges, where the truth is known."""

import numpy as np
import pytest

from wordvec.drift.estimates import correct_drift, exchange_p, split_rows


def halves(rng, signal, noise, n, splits):
    """Return units rows of random halves of the same 16 units: noise belongs to units."""
    dim = len(signal)
    units = signal + noise * 4 * rng.normal(size=(n, 16, dim))
    rows = np.empty((n, splits, 2, dim))
    for split in range(splits):
        order = rng.permuted(np.tile(np.arange(16), (n, 1)), axis=1)
        for half in (0, 1):
            chosen = order[:, 8 * half : 8 * half + 8]
            rows[:, split, half] = np.take_along_axis(units, chosen[:, :, None], axis=1).mean(axis=1)
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("angle", [0.0, 0.5, 1.0, 1.5])
@pytest.mark.parametrize("noise", [0.03, 0.08])
def test_drift_is_freed_from_noise_and_its_interval_covers(angle, noise):
    rng = np.random.default_rng(7)
    dim, n = 40, 300
    first, second = np.zeros(dim), np.zeros(dim)
    first[0], second[:2] = 1.0, (np.cos(angle), np.sin(angle))
    found = correct_drift(halves(rng, first, noise, n, 12), halves(rng, second, noise, n, 12))
    truth = 1 - np.cos(angle)
    raw_bias = 1 - np.cos(angle) / (1 + 40 * noise**2 * 2)
    assert abs(found.drift.mean() - truth) < 0.02 < abs(raw_bias - truth) + 0.02
    covered = np.abs(found.drift - truth) < 1.96 * np.sqrt(found.variance)
    assert 0.90 < covered.mean() <= 1.0


def test_halves_that_are_not_alike_have_no_drift():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(5, 8, 2, 400))
    rows = (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)
    found = correct_drift(rows, rows)
    assert np.isnan(found.drift).any()
    assert (np.isnan(found.drift) == np.isnan(found.variance)).all()


def test_shared_units_do_not_pass_for_likeness():
    rng = np.random.default_rng(2)
    signal = np.zeros(30)
    signal[0] = 1.0
    rows = halves(rng, signal, 0.1, 300, 10)
    assert correct_drift(rows, rows).drift.mean() < -0.1
    assert abs(correct_drift(rows, rows, is_disjoint=False).drift.mean()) < 0.01


def test_exchanges_are_ranked_at_the_nominal_rate():
    rng = np.random.default_rng(3)
    scale, shift = rng.uniform(0.5, 4, 2_000), rng.uniform(0, 5, 2_000)
    draws = shift[:, None] + scale[:, None] * rng.gamma(2.0, size=(2_000, 21))
    counts = rng.integers(1, 500, 2_000)
    p = exchange_p(draws[:, 0], draws[:, 1:], counts, counts)
    for level in (0.01, 0.05, 0.1):
        assert abs((p <= level).mean() - level) < 3 * np.sqrt(level * (1 - level) / 2_000) + 0.1 * level
    found = exchange_p(draws[:, 0] + 20 * scale, draws[:, 1:], counts, counts)
    assert (found < 0.01).mean() > 0.9


def test_rows_are_taken_apart_by_their_purpose():
    rows = np.zeros((3, 2 + 4 * 2 + 8 * 1 + 2 * 3, 4), np.float32)
    rows[:, :, 0] = np.arange(rows.shape[1]) + 1.0
    rows[:, :, 1] = 1.0
    taken = split_rows(rows, 2, 1, 3)
    assert [part.shape for part in taken] == [(3, 2, 4), (3, 2, 2, 2, 4), (3, 1, 2, 2, 2, 4), (3, 3, 2, 4)]
    assert np.allclose(taken.exchanges[0, 2, 1], rows[0, -1] / np.linalg.norm(rows[0, -1]))
