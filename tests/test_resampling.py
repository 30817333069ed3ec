"""Shares over documents: intervals hold what they should, shuffled documents tell nothing apart."""

import numpy as np
import pytest

from wordvec import ParameterError
from wordvec.statistics.resampling import bootstrap_shares, interval_of, permutation_p, resampled_difference


def documents(share, count, rng, spread=1.0):
    """Return sizes of documents, and how much of each is of two classes; occurrences in one go together."""
    sizes = rng.geometric(0.25, size=count)
    inside = rng.beta(share * spread, (1 - share) * spread, size=count)
    first = rng.binomial(sizes, inside)
    return sizes.astype(float), np.stack([first, sizes - first], axis=1).astype(float)


@pytest.mark.parametrize(("share", "count"), [(0.5, 30), (0.8, 12), (0.95, 60)])
def test_intervals_hold_the_share_in_93_of_100_draws(share, count):
    rng, held = np.random.default_rng(count), 0
    for _ in range(300):
        low, high = interval_of(bootstrap_shares(*documents(share, count, rng), 300, rng))[:, 0]
        held += low <= share <= high
    assert held >= 0.93 * 300


def test_intervals_of_differences_hold_them():
    rng, held = np.random.default_rng(4), 0
    for _ in range(300):
        sides = [bootstrap_shares(*documents(share, 25, rng), 300, rng) for share in (0.8, 0.3)]
        low, high = interval_of(resampled_difference(*sides), bounds=(-1.0, 1.0))[:, 0]
        held += low <= -0.5 <= high
    assert held >= 0.93 * 300


def test_documents_that_all_agree_have_an_interval_and_few_a_wide_one():
    rng = np.random.default_rng(5)
    one = [interval_of(bootstrap_shares(np.full(n, 4.0), np.full((n, 1), 4.0), 500, rng))[:, 0] for n in (1, 5, 50)]
    assert all(high == 1.0 for _, high in one)
    lows = [low for low, _ in one]
    assert lows == sorted(lows) and lows[0] == 0.0 and 0.9 < lows[2] < 0.98


def test_shuffled_documents_are_called_different_in_5_of_100_cases_and_one_class_is_the_mirror_of_the_other():
    rng, called = np.random.default_rng(6), 0
    for _ in range(400):
        first, second = documents(0.8, 12, rng, 0.5), documents(0.8, 40, rng, 0.5)
        sizes, parts = (np.concatenate(both) for both in zip(first, second, strict=True))
        found = permutation_p(sizes, parts, 12, rng, permutations=199)
        assert found.p[0] == found.p[1] == found.p_any
        called += found.p[0] <= 0.05
    assert called <= 0.075 * 400


def test_permutations_go_on_only_where_they_are_needed():
    rng = np.random.default_rng(7)
    first, second = documents(0.95, 40, rng), documents(0.1, 40, rng)
    sizes, parts = (np.concatenate(both) for both in zip(first, second, strict=True))
    assert permutation_p(sizes, parts, 40, rng, permutations=9_999).p[0] == pytest.approx(1 / 10_000)
    same = permutation_p(sizes[:40], parts[:40], 20, rng, permutations=10_000)
    assert len(same.chance) == 1_000 and 0.0 < same.p[0] <= 1.0
    equal = permutation_p(np.ones(8), np.ones((8, 1)), 4, rng, permutations=100)
    assert equal.p.tolist() == [1.0]


def test_parameters_are_checked():
    rng = np.random.default_rng(1)
    with pytest.raises(ParameterError, match=r"n_first must be from 2 to 2, two documents on either side, got 1"):
        permutation_p(np.ones(4), np.ones((4, 1)), 1, rng)
    with pytest.raises(ParameterError, match=r"resamples must be an integer >= 1, got 0"):
        bootstrap_shares(np.ones(4), np.ones((4, 1)), 0, rng)
    with pytest.raises(ParameterError, match=r"confidence must be between 0 and 1, got 1"):
        interval_of(bootstrap_shares(np.ones(4), np.ones((4, 1)), 10, rng), 1)
    with pytest.raises(ParameterError, match=r"permutations must be an integer >= 1, got 0"):
        permutation_p(np.ones(4), np.ones((4, 1)), 2, rng, permutations=0)
