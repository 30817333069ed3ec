"""The training kernels against their twins: windows, spans, threads, frozen outputs."""

from itertools import pairwise

import naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose
from small_blocks import text_case
from wordvec.kernels import _plain, _tile
from wordvec.kernels.blocks import counters_size
from wordvec.kernels.steps import CBOW, CBOW_EXACT, SKIPGRAM, Task, score_share, sum_losses, update_share

from wordvec.train.team import Team, count_places, make_windows, padded

V, P = 6, 48
MODELS = [SKIPGRAM, CBOW, CBOW_EXACT]


def random_rows(rng, scale):
    rows = padded(V, P)
    rows[:] = rng.normal(0, scale, (V, P))
    return rows


def one_window(seed, n, negative, scale):
    """Return the same window for kernels and for twins, and vectors."""
    rng = np.random.default_rng(seed)
    W, U = random_rows(rng, scale), random_rows(rng, scale)
    windows = make_windows(1, max(1, n), negative)
    used = np.flatnonzero(windows.weights[0])
    twin = naive.Window(
        rng.integers(0, V, n).tolist(),
        rng.uniform(0.1, 1.0, n).astype(np.float32).tolist(),
        rng.integers(0, V, negative + 1).tolist(),
        rng.uniform(0.1, 1.0, negative + 1).astype(np.float32).tolist(),
        float(np.float32(0.05)),
    )
    windows.rows[1:] = n
    windows.contexts[:n], windows.shares[:n] = twin.contexts, twin.shares
    windows.outputs[0, used], windows.weights[0, used] = twin.outputs, twin.weights
    windows.rates[0], windows.scores[:] = twin.rate, np.nan  # nothing may be read before it is written
    windows.sizes[:2] = 1, n
    return windows, twin, W, U


def one_task(model, negative, n, update_output, W, U):
    sums = np.zeros(1, np.float32), W, U, np.zeros(1), np.zeros(1)
    return Task(model, count_places(negative), 1 + n // 64, 0, update_output, *sums)


cases = given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 150),
    negative=st.integers(1, 14),
    scale=st.sampled_from([1e-3, 0.1, 0.5, 3.0]),
    model=st.sampled_from(MODELS),
    update_output=st.booleans(),
)


@settings(deadline=None, max_examples=150)
@cases
def test_a_window_equals_naive(seed, n, negative, scale, model, update_output):
    windows, twin, W, U = one_window(seed, n, negative, scale)
    frozen = U.tobytes()
    new_W, new_U = W.astype(float), U.astype(float)
    naive.score_windows([twin], model, new_W, new_U)
    naive.update_windows([twin], model, update_output, new_W, new_U)
    task = one_task(model, negative, n, update_output, W, U)
    score_share(0, 1, task, windows)
    sum_losses(0, task, windows)
    expected = naive.sum_losses([twin], model)
    assert_allclose(task.losses[0], expected[0], rtol=1e-4, atol=1e-4)
    assert task.pairs[0] == expected[1]
    update_share(0, P, task, windows)
    size = max(abs(new_W).max(), abs(new_U).max())
    assert_allclose(W, new_W, rtol=3e-4, atol=3e-5 * size)
    assert_allclose(U, new_U, rtol=3e-4, atol=3e-5 * size)
    assert update_output or U.tobytes() == frozen


@settings(deadline=None, max_examples=30)
@cases
def test_updating_columns_apart_gives_the_bits_of_updating_them_together(
    seed, n, negative, scale, model, update_output
):
    results = []
    for cuts in ([0, P], [0, 16, P], [0, 32, P], [0, 16, 32, P]):
        windows, _, W, U = one_window(seed, n, negative, scale)
        task = one_task(model, negative, n, update_output, W, U)
        score_share(0, 1, task, windows)
        for low, high in pairwise(cuts):
            update_share(low, high, task, windows)
        results.append(W.tobytes() + U.tobytes())
    assert len(set(results)) == 1


@pytest.mark.parametrize("scale", [0.0, 1.0, 1e3, 1e18])
def test_losses_are_right_or_not_finite_for_scores_of_any_size(scale):
    windows, twin, W, U = one_window(3, 7, 5, 1.0)
    W *= np.float32(scale)
    with np.errstate(all="ignore"):
        score_share(0, 1, one_task(SKIPGRAM, 5, 7, True, W, U), windows)
    naive.score_skipgram(twin, W.astype(float), U.astype(float))
    naive.weigh_window(twin, mean=False)
    assert_allclose(windows.losses[0, 0] + np.log(windows.losses[0, 1]), twin.loss, rtol=1e-4)
    used = np.flatnonzero(windows.weights[0])
    assert_allclose(windows.scores[:7][:, used], twin.steps, atol=1e-6)


def test_a_score_that_is_not_a_number_shows_in_the_loss():
    windows, _, W, U = one_window(3, 7, 5, 1.0)
    U[windows.outputs[0, 2]] = np.nan
    score_share(0, 1, one_task(SKIPGRAM, 5, 7, True, W, U), windows)
    assert np.isnan(windows.losses[0, 0])


@pytest.mark.skipif(config.DISABLE_JIT, reason="compares tiles with plain loops")
def test_tiles_and_plain_loops_have_the_same_names():
    assert set(_tile.__all__) == {name for name in vars(_plain) if not name.startswith("_")} & set(_tile.__all__)


def test_naive_steps_descend_the_gradient():
    """The twins themselves: a step is -lr times the numerical gradient of the loss."""
    for model in (SKIPGRAM, CBOW_EXACT):
        _, twin, W, U = one_window(5, 4, 5, 0.5)
        twin.rate, twin.shares, twin.weights = 1.0, [1.0] * 4, [1.0] * 6
        twin.contexts, twin.outputs = [0, 1, 2, 1], [3, 4, 5, 0, 1, 2]

        def step(W, U, twin=twin, model=model):
            W, U = W.astype(float).copy(), U.astype(float).copy()
            naive.score_windows([twin], model, W, U)
            naive.update_windows([twin], model, True, W, U)
            return twin.loss, W, U

        # A word that occurs twice moves twice, and its outputs see it move: compare words that do not.
        assert_descends(step, W.astype(float), U.astype(float), rows=(0, 2) if model == SKIPGRAM else range(3))


def assert_descends(step, W, U, rows, h=1e-5):
    _, new_W, _ = step(W, U)
    for row in rows:
        bump = np.zeros_like(W)
        bump[row, 3] = h
        slope = (step(W + bump, U)[0] - step(W - bump, U)[0]) / (2 * h)
        assert new_W[row, 3] - W[row, 3] == pytest.approx(-slope, abs=1e-6)


def task_case(model, seed=0, negative=3, update_output=True, decay=True):
    schedule, draws = text_case(seed, negative, decay=decay)
    rng = np.random.default_rng(seed)
    W, U = random_rows(rng, 0.3), random_rows(rng, 0.3)
    rates = np.array([0.05, 0.04, 0.03], np.float32)
    shape = model, count_places(negative), 1
    return schedule, draws, Task(*shape, 2, update_output, rates, W, U, np.zeros(3), np.zeros(3))


@pytest.mark.parametrize("racing", [False, True])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("update_output", [True, False])
@pytest.mark.parametrize("negative", [3, 5, 8])
def test_a_span_equals_naive(racing, model, update_output, negative):
    schedule, draws, task = task_case(model, 0, negative, update_output, decay=not racing)
    twin = naive.train_racing if racing else naive.train_blocks
    W, U, losses, pairs = twin(0, 3, schedule, draws, task)
    before = task.U.tobytes()
    with Team(1, "racing" if racing else "blocks", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    assert_allclose(task.W, W, atol=1e-5)
    assert_allclose(task.U, U, atol=1e-5)
    assert_allclose(task.losses, losses, rtol=1e-4)
    assert task.pairs.tolist() == pairs
    assert task.pairs[1] > 0  # the weighted document was read
    assert update_output or task.U.tobytes() == before


@pytest.mark.parametrize("model", MODELS)
def test_spans_and_threads_give_the_bits_of_one_call(model):
    results = []
    for plan in ([(0, 3, 1)], [(0, 1, 1), (1, 3, 1)], [(0, 3, 2)], [(0, 3, 5)], [(0, 1, 3), (1, 2, 1), (2, 3, 2)]):
        schedule, draws, task = task_case(model)
        for first, last, threads in plan:
            with Team(1 if config.DISABLE_JIT else threads, "blocks", schedule, draws) as team:
                team.train(first, last, schedule, draws, task)
        results.append(b"".join(a.tobytes() for a in (task.W, task.U, task.losses, task.pairs)))
    assert len(set(results)) == 1


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python has one thread")
def test_racing_threads_train_every_block_once():
    schedule, draws, task = task_case(SKIPGRAM)
    with Team(3, "racing", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    assert np.isfinite(task.W).all()
    _, _, _, pairs = naive.train_racing(0, 3, schedule, draws, task)
    assert task.pairs.tolist() == pairs
    assert (task.losses > 0).tolist() == [n > 0 for n in pairs]


def test_counters_have_room():
    assert counters_size(4) == naive.counters_size(4)
