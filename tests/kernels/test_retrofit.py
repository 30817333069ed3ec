"""Sweeps of retrofitting: the kernel against its twin, whatever the columns are shared out to."""

from itertools import pairwise

import naive_retrofit as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose
from wordvec.kernels.retrofit import Pulls, pull_rows

EXAMPLES = 5 if config.DISABLE_JIT else 60


def graph(seed, size, edges):
    rng = np.random.default_rng(seed)
    sources, targets = rng.integers(0, size, (2, edges))
    order = np.lexsort((targets, sources))
    nodes, counts = np.unique(sources, return_counts=True)
    betas = rng.random(edges).astype(np.float32)
    indptr = np.concatenate([[0], np.cumsum(counts)])
    alphas = rng.random(len(nodes)).astype(np.float32)
    diagonal = alphas + np.add.reduceat(betas.astype(float), indptr[:-1])
    return rng, Pulls(nodes, indptr, targets[order].astype(np.int32), betas, alphas, diagonal)


def sweep(pulls, starts, source, target, cuts, *, moves=True):
    dim = starts.shape[1]
    sums, totals, squares = np.full(dim, 7, np.float32), np.full(dim, 7.0), np.zeros(dim)
    for low, high in pairwise(cuts):
        pull_rows(0, len(pulls.nodes), low, high, pulls, starts, source, target, moves, sums, totals, squares)
    return squares


@settings(deadline=None, max_examples=EXAMPLES)
@given(
    seed=st.integers(0, 999),
    size=st.integers(1, 9),
    edges=st.sampled_from([1, 5, 20, 200]),
    dim=st.integers(1, 40),
    jacobi=st.booleans(),
    moves=st.booleans(),
)
def test_a_sweep_equals_naive(seed, size, edges, dim, jacobi, moves):
    rng, pulls = graph(seed, size, edges)
    starts, source = rng.normal(size=(2, size, dim)).astype(np.float32)
    twin_source = source.astype(float)
    target, twin_target = (source.copy(), twin_source.copy()) if jacobi else (source, twin_source)
    squares = np.zeros(dim)
    naive.pull_rows(0, len(pulls.nodes), 0, dim, pulls, starts, twin_source, twin_target, moves, squares)
    found = sweep(pulls, starts, source, target, [0, dim], moves=moves)
    assert_allclose(target, twin_target, atol=1e-5)
    assert_allclose(found, squares, rtol=1e-3, atol=1e-4)


def test_columns_may_be_shared_out_and_rows_taken_in_parts():
    rng, pulls = graph(3, 40, 400)
    starts = rng.normal(size=(40, 50)).astype(np.float32)
    found = []
    for cuts in ([0, 50], [0, 16, 32, 50], [0, 1, 50]):
        rows = starts.copy()
        found.append((rows, sweep(pulls, starts, rows, rows, cuts)))
    for rows, squares in found:
        assert rows.tobytes() == found[0][0].tobytes() and squares.tobytes() == found[0][1].tobytes()
    rows, parts = starts.copy(), np.zeros(50)
    for first, last in ((0, 7), (7, len(pulls.nodes))):
        scratch = np.empty(50, np.float32), np.empty(50)
        pull_rows(first, last, 0, 50, pulls, starts, rows, rows, True, *scratch, parts)
    assert rows.tobytes() == found[0][0].tobytes()


def test_no_edges_move_nothing():
    empty = np.zeros(0, np.int64), np.zeros(1, np.int64), np.zeros(0, np.int32)
    pulls = Pulls(*empty, np.zeros(0, np.float32), np.zeros(0, np.float32), np.zeros(0))
    starts = np.random.default_rng(1).normal(size=(3, 5)).astype(np.float32)
    rows = starts.copy()
    assert not sweep(pulls, starts, rows, rows, [0, 5]).any() and rows.tobytes() == starts.tobytes()


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain loops are slow")
def test_a_hub_of_a_million_alike_neighbors_is_a_fixed_point():
    n = 1_000_000
    beta = np.float32(1 / n)
    pulls = Pulls(
        np.array([0]),
        np.array([0, n]),
        np.arange(1, n + 1, dtype=np.int32),
        np.full(n, beta),
        np.ones(1, np.float32),
        np.array([1 + n * float(beta)]),
    )
    rows = np.full((n + 1, 2), 0.7, np.float32)
    sweep(pulls, rows.copy(), rows, rows, [0, 2])
    assert_allclose(rows[0], 0.7, rtol=1e-6)
