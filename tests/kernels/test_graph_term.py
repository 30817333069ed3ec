"""The graph term in the training kernels, against its twin."""

from itertools import pairwise

import naive_graph as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose
from small_blocks import text_case
from wordvec.kernels.graph_term import GraphTask, draw_edge, prepare, pull_linked, update_and_pull
from wordvec.kernels.steps import CBOW, SKIPGRAM, score_share

from wordvec.train.team import Team, count_places, make_windows, padded

V, P = 6, 48
#: Rows 0, 1, 3 and 4 are linked, the others are not.
INDPTR, INDICES = np.array([0, 3, 4, 4, 5, 6, 6]), np.array([1, 3, 4, 0, 0, 0], np.int32)
BOUNDS = np.array([2**30, 2**31, 2**32 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1], np.uint32)


def graph_case(seed=0, model=SKIPGRAM, weight=0.5, racing=False, update_output=True):
    schedule, draws = text_case(seed, decay=not racing)
    rng = np.random.default_rng(seed)
    W, U = padded(V, P), padded(V, P)
    W[:], U[:] = rng.normal(0, 0.3, (2, V, P))
    rates = np.array([0.05, 0.04, 0.03], np.float32)
    text = model, count_places(3), 1, 2, update_output, rates, W, U, np.zeros(3), np.zeros(3)
    return schedule, draws, GraphTask(*text, np.uint64(2**63 + seed), np.float32(weight), INDPTR, INDICES, BOUNDS)


cases = given(
    seed=st.integers(0, 999), model=st.sampled_from([SKIPGRAM, CBOW]), weight=st.sampled_from([0.01, 0.5, 9.0, 1e3])
)


@pytest.mark.parametrize("racing", [False, True])
@settings(deadline=None, max_examples=5 if config.DISABLE_JIT else 40)
@cases
def test_a_span_equals_naive(racing, seed, model, weight):
    schedule, draws, task = graph_case(seed, model, weight, racing, update_output=seed % 2 == 0)
    frozen = task.U.tobytes()
    W, U = naive.train(0, 3, schedule, draws, task, racing)
    with Team(1, "racing" if racing else "blocks", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    assert_allclose(task.W, W, atol=1e-5)
    assert_allclose(task.U, U, atol=1e-5)
    assert seed % 2 == 0 or task.U.tobytes() == frozen


@settings(deadline=None, max_examples=5 if config.DISABLE_JIT else 40)
@cases
def test_columns_apart_have_the_bits_of_columns_together(seed, model, weight):
    results = []
    for cuts in ([0, P], [0, 16, P], [0, 32, P], [0, 16, 32, P]):
        schedule, draws, task = graph_case(seed, model, weight)
        windows = make_windows(20, 3, 3)
        prepare(0, schedule, draws, task, windows)
        score_share(0, windows.sizes[0], task, windows)
        for low, high in pairwise(cuts):
            update_and_pull(low, high, task, windows)
        results.append(task.W.tobytes() + task.U.tobytes())
    assert len(set(results)) == 1


@pytest.mark.parametrize("plan", [[(0, 1, 1), (1, 3, 1)], [(0, 3, 2)], [(0, 3, 5)], [(0, 1, 3), (1, 2, 1), (2, 3, 2)]])
def test_spans_and_threads_give_the_bits_of_one_call(plan):
    results = []
    for spans in ([(0, 3, 1)], plan):
        schedule, draws, task = graph_case()
        for first, last, threads in spans:
            with Team(1 if config.DISABLE_JIT else threads, "blocks", schedule, draws) as team:
                team.train(first, last, schedule, draws, task)
        results.append(task.W.tobytes() + task.U.tobytes())
    assert len(set(results)) == 1


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=9), st.integers(0, 2**32 - 1), st.integers(0, 3))
def test_an_edge_is_drawn_as_naive(found, draw, before):
    bounds = np.array([7] * before + [*sorted(found), 2**32 - 1], np.uint32)
    assert draw_edge(np.uint32(draw), before, len(bounds), bounds) == naive.draw_edge(
        draw, before, len(bounds), bounds.tolist()
    )


def test_the_step_is_the_numerical_gradient_of_the_loss():
    """One window at a rate of one: a row moves by minus the slope of the loss, and so does its neighbor."""
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(2, P))
    slope, h = naive.loss_slope(a, b, 0.3), 1e-5
    for d in range(P):
        bump = np.zeros(P)
        bump[d] = h
        ups, downs = naive.pull_loss(a + bump, b, 0.3), naive.pull_loss(a - bump, b, 0.3)
        assert slope[d] == pytest.approx((ups - downs) / (2 * h), abs=1e-6)
        ups, downs = naive.pull_loss(a, b + bump, 0.3), naive.pull_loss(a, b - bump, 0.3)
        assert -slope[d] == pytest.approx((ups - downs) / (2 * h), abs=1e-6)
    schedule, draws, task = graph_case()
    windows = make_windows(20, 3, 3)
    prepare(0, schedule, draws, task, windows)
    windows.sizes[0], windows.outputs[0, 0], windows.rates[0] = 1, 1, 0.125  # row 1 has one neighbor, row 0
    before = task.W.astype(float)
    pull_linked(0, P, task, windows)
    expected = 0.125 * naive.loss_slope(before[1], before[0], 0.5)
    assert_allclose(task.W[1] - before[1], -expected, atol=1e-6)
    assert_allclose(task.W[0] - before[0], expected, atol=1e-6)
    assert (task.W[2:] == before[2:]).all()
