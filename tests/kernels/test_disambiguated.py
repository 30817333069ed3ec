"""The kernel of the disambiguated skip-gram against its twin, and the twin against finite differences."""

import naive
import naive_senses
import numpy as np
import pytest
from numba import config
from numpy.testing import assert_allclose
from small_blocks import text_case
from wordvec.kernels.disambiguated import SenseTask
from wordvec.kernels.sense_windows import SenseDraws

from wordvec.train.team import Team, padded

V, P = 6, 48


def sense_case(K=3, *, seed=0, negative=3, noisy=True, decay=False, excludes=True, update_output=True, gates=True):
    """Return a schedule of three blocks, draws and a task with a shared gate for half of the words."""
    schedule, plain = text_case(seed, negative, decay=decay)
    rng = np.random.default_rng(seed)
    n_gates = 4
    gate_rows = (V * K + K * np.array([0, 1, 2, 0, 3, 0])).astype(np.int32)
    quantiles = -np.log(-np.log((np.arange(4096) + 0.5) / 4096)) if noisy else np.empty(0)
    draws = SenseDraws(*plain, K, gate_rows, quantiles.astype(np.float32))
    U, M = padded(V, P), padded(V * K + n_gates * K, P)
    U[:], M[:] = rng.normal(0, 0.3, U.shape), rng.normal(0, 0.3, M.shape)
    biases, gate_biases = (rng.normal(0, 0.1, n).astype(np.float32) for n in (V, len(M)))
    rates = np.array([0.05, 0.04, 0.03], np.float32)
    temperatures = np.array([1.0, 0.7, 0.5], np.float32) * np.float32(noisy)
    masses = rng.uniform(0.2, 1.0, V).astype(np.float32)
    flags = update_output, gates, excludes, np.float32(0.1), np.float32(2.0)
    arrays = U, M, biases, gate_biases, masses, np.zeros(3), np.zeros(3)
    return schedule, draws, SenseTask(2, *flags, rates, temperatures, *arrays)


@pytest.mark.parametrize("racing", [False, True])
@pytest.mark.parametrize("K", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("excludes", [False, True])
def test_a_span_equals_naive(racing, K, noisy, excludes):
    schedule, draws, task = sense_case(K, noisy=noisy, excludes=excludes, decay=not racing)
    U, M, biases, gate_biases, losses, pairs = naive_senses.train_sense_blocks(0, 3, schedule, draws, task, racing)
    with Team(1, "racing" if racing else "blocks", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    assert task.pairs.tolist() == pairs
    assert_allclose(task.losses, losses, rtol=1e-5)
    for mine, twin in ((task.U, U), (task.M, M), (task.biases, biases), (task.gate_biases, gate_biases)):
        assert_allclose(mine, twin, atol=2e-6)


@pytest.mark.parametrize("negative", [1, 5, 8])
@pytest.mark.parametrize(("update_output", "gates"), [(False, True), (False, False), (True, False)])
def test_what_is_frozen_stays_byte_equal(negative, update_output, gates):
    schedule, draws, task = sense_case(negative=negative, update_output=update_output, gates=gates)
    output = task.U.tobytes() + task.biases.tobytes()
    gate = task.M[V * 3 :].tobytes() + task.gate_biases.tobytes()
    U, M, *_ = naive_senses.train_sense_blocks(0, 3, schedule, draws, task)
    with Team(1, "blocks", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    assert_allclose(task.U, U, atol=2e-6)
    assert_allclose(task.M, M, atol=2e-6)
    assert update_output or task.U.tobytes() + task.biases.tobytes() == output
    assert gates or task.M[V * 3 :].tobytes() + task.gate_biases.tobytes() == gate


@pytest.mark.parametrize("K", [2, 5])
def test_spans_and_threads_give_the_bits_of_one_call(K):
    results = []
    for plan in ([(0, 3, 1)], [(0, 1, 1), (1, 3, 1)], [(0, 3, 2)], [(0, 3, 5)], [(0, 1, 3), (1, 2, 1), (2, 3, 2)]):
        schedule, draws, task = sense_case(K, decay=True)
        for first, last, threads in plan:
            with Team(1 if config.DISABLE_JIT else threads, "blocks", schedule, draws) as team:
                team.train(first, last, schedule, draws, task)
        results.append(b"".join(array.tobytes() for array in (task.U, task.M, task.biases, task.gate_biases)))
    assert len(set(results)) == 1


def one_window(seed=0, noisy=True, entropy=0.1, excludes=True):
    """Return a window of distinct words for the twin, its task, and parameters."""
    rng = np.random.default_rng(seed)
    _, _, task = sense_case(3, noisy=noisy, excludes=excludes)
    task = task._replace(gate_rate=np.float32(1.0), entropy=np.float32(entropy))
    window = naive_senses.SenseWindow(
        [0, 1, 2], [3, 4], [1.0] * 5, [0, 1, 2], [18, 19, 20], 1.0, 1.0, rng.gumbel(size=3).tolist(), 0.5 * noisy
    )
    return window, task, [a.astype(float) for a in (task.U, task.M, task.biases, task.gate_biases)]


def loss_with_fixed_contexts(window, task, start, arrays):
    """The loss where contexts are what they were at ``start``: nothing flows back into them."""
    U, M, biases, gate_biases = arrays
    loss = 0.0
    for t, target in enumerate(window.targets):
        _, _, x = naive_senses.context_of(window, t, task, start)
        _, p, y = naive_senses.choices(window, x, M, gate_biases)
        h = y @ M[window.senses]
        loss += np.logaddexp(0.0, -(U[target] @ h + biases[target]))
        loss += sum(np.logaddexp(0.0, U[o] @ h + biases[o]) for o in window.noise)
        loss += float(task.entropy) * -(p @ np.log(p))
    return loss


@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize("excludes", [False, True])
@pytest.mark.parametrize("block", range(4))
def test_steps_descend_the_gradient_of_every_block(noisy, excludes, block):
    window, task, arrays = one_window(noisy=noisy, excludes=excludes)
    moved = [a.copy() for a in arrays]
    naive_senses.weigh_senses(window, task, *moved)
    U, M = moved[:2]
    naive_senses.update_window(window, task, U, M)
    naive_senses.move_biases([window], task, *moved[2:])
    step, start, h = moved[block] - arrays[block], arrays[0].copy(), 1e-6
    for place in np.ndindex(*[min(size, 24) if axis == 0 else 3 for axis, size in enumerate(step.shape)]):
        slopes = []
        for bump in (h, -h):
            arrays[block][place] += bump
            slopes.append(loss_with_fixed_contexts(window, task, start, arrays))
            arrays[block][place] -= bump
        assert -step[place] == pytest.approx((slopes[0] - slopes[1]) / (2 * h), abs=1e-6)


@pytest.mark.parametrize("logits", [np.zeros(3), np.array([60.0, 0.0, 0.0])])
def test_uncertainty_has_no_slope_where_all_is_even_or_decided(logits):
    p = naive_senses.softmax(logits)
    assert_allclose(p * (logits - p @ logits), 0.0, atol=1e-12)


def test_equal_senses_with_an_even_gate_stay_equal():
    schedule, draws, task = sense_case(3, noisy=False)
    task.M[: V * 3] = np.repeat(task.M[: V * 3 : 3], 3, axis=0)
    task.M[V * 3 :], task.gate_biases[:] = 0.0, 0.0
    with Team(1, "racing", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    senses = task.M[: V * 3].reshape(V, 3, P)
    assert_allclose(senses, np.repeat(senses[:, :1], 3, axis=1), atol=1e-7)
    assert abs(task.M[V * 3 :]).max() < 1e-7


@pytest.mark.parametrize("temperature", [1e-3, 1e3])
def test_the_temperature_decides_how_soft_a_choice_is(temperature):
    window, task, (U, M, _, gate_biases) = one_window()
    window.temperature = temperature
    _, _, x = naive_senses.context_of(window, 0, task, U)
    _, _, y = naive_senses.choices(window, x, M, gate_biases)
    assert_allclose(sorted(y), [0, 0, 1] if temperature < 1 else [1 / 3] * 3, atol=1e-2)


def test_sampled_choices_are_as_frequent_as_the_gate_says():
    _, draws, _ = sense_case(3)
    logits, state, n = np.array([0.5, 0.0, -1.0]), 7, 20_000
    counts = np.zeros(3)
    for _ in range(n):
        drawn, state = naive_senses.draw_gumbels(state, 3, draws.gumbels)
        counts[np.argmax(logits + drawn)] += 1
    p = naive_senses.softmax(logits)
    assert (abs(counts / n - p) < 4 * np.sqrt(p * (1 - p) / n)).all()


def naive_skipgram(schedule, draws, task):
    """Skip-gram with the center as input, whole windows and biases: one sense."""
    U, W, b = task.U.astype(float), task.M[:V].astype(float), task.biases.astype(float)
    for block in range(3):
        for window in naive_senses.prepare_senses(block, task.epoch, schedule, task.rates[block], draws):
            center, words = window.senses[0], window.words
            n, before = len(window.targets), W[window.senses[0]].copy()
            move, scores = 0.0, [naive_senses.sigmoid(U[w] @ before + b[w]) for w in words]
            for entry, word in enumerate(words):
                error = scores[entry] - 1.0 if entry < n else n * scores[entry] * window.shares[entry]
                step = -window.rate * error
                move = move + step * U[word]
                U[word] += step * before
                b[word] += step
            W[center] += move
    return U, W, b


def test_one_sense_is_plain_skipgram():
    schedule, draws, task = sense_case(1, noisy=True)
    U, W, b = naive_skipgram(schedule, draws, task)
    with Team(1, "racing", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    assert_allclose(task.U, U, atol=1e-6)
    assert_allclose(task.M[:V], W, atol=1e-6)
    assert_allclose(task.biases, b, atol=1e-6)
    assert naive.STEP == naive_senses.STEP


@pytest.mark.skipif(config.DISABLE_JIT, reason="plain Python has one thread")
def test_racing_threads_train_every_block_once():
    schedule, draws, task = sense_case(3)
    with Team(3, "racing", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    assert np.isfinite(task.M).all()
    assert task.pairs.tolist() == naive_senses.train_sense_blocks(0, 3, schedule, draws, task)[-1]
