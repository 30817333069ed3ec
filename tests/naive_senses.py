"""The disambiguated skip-gram in float64, pair after pair, as its equations are written."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from naive import STEP, decayed, mix64, stream_of, thin_sentence

NOISE_OF_GATES = 0xD1B54A32D192ED03


@dataclass
class SenseWindow:
    """One window: a center, the words to predict, noise words; then all that is computed of them.

    ``senses`` and ``gates`` are rows of M. Steps are what is added, before they are multiplied with a vector.
    """

    targets: list
    noise: list
    shares: list
    senses: list
    gates: list
    weight: float
    rate: float
    gumbels: list
    temperature: float = 0.0
    sense_steps: np.ndarray = field(default=None)
    gate_steps: np.ndarray = field(default=None)
    bias_steps: np.ndarray = field(default=None)
    gate_bias_steps: np.ndarray = field(default=None)
    loss: float = 0.0

    @property
    def words(self):
        return [*self.targets, *self.noise]


def draw_noise(targets, table, position, negative):
    noise, shares = [], []
    for _ in range(negative):
        for _ in range(8):
            word = int(table[position % len(table)])
            position += 1
            if word not in targets:
                break
        noise.append(word)
        shares.append(float(word not in targets))
    return noise, shares, position


def draw_gumbels(state, n_senses, quantiles):
    drawn, bits = [], 0
    for k in range(n_senses):
        if k % 5 == 0:
            state = (int(state) + STEP) & (1 << 64) - 1
            bits = mix64(state)
        drawn.append(float(quantiles[bits & 4095]))
        bits >>= 12
    return drawn, state


def place_rows(center, n_senses, gate_rows):
    return [center * n_senses + k for k in range(n_senses)], [int(gate_rows[center]) + k for k in range(n_senses)]


def prepare_senses(block, epoch, schedule, rate, draws):
    """Return the windows of a block."""
    windows, centers, used = [], {}, {}
    decays = draws.input_uses > 0
    for g in range(schedule.blocks[block], schedule.blocks[block + 1]):
        mass = float(schedule.weights[schedule.documents[g]]) if len(schedule.weights) else 1.0
        if mass == 0.0:
            continue
        state = stream_of(draws.seed, epoch, g)
        start, length = int(schedule.starts[g]), int(schedule.lengths[g])
        words, _ = thin_sentence(state, schedule.ids, start, length, draws.keep, draws.window)
        position = mix64(state ^ STEP) % len(draws.table)
        state = mix64(state ^ NOISE_OF_GATES)
        for place, center in enumerate(words):
            targets = words[max(0, place - draws.window) : place] + words[place + 1 : place + 1 + draws.window]
            if not targets:
                continue
            noise, shares, position = draw_noise(targets, draws.table, position, draws.negative)
            gumbels = [0.0] * draws.n_senses
            if len(draws.gumbels):
                gumbels, state = draw_gumbels(state, draws.n_senses, draws.gumbels)
            shares = [1.0] * len(targets) + shares
            weight = decayed(center, draws.input_uses, centers) if decays else 1.0
            if decays:
                shares = [s * decayed(w, draws.output_uses, used) for s, w in zip(shares, targets + noise, strict=True)]
            rows = place_rows(center, draws.n_senses, draws.gate_rows)
            windows.append(SenseWindow(targets, noise, shares, *rows, weight, float(rate) * mass, gumbels))
    return windows


def prepare(block, schedule, draws, task):
    windows = prepare_senses(block, task.epoch, schedule, task.rates[block], draws)
    for window in windows:
        window.temperature = float(task.temperatures[block])
    return windows


def softmax(a):
    e = np.exp(a - a.max())
    return e / e.sum()


def sigmoid(x):
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def context_of(window, t, task, U):
    """Return the mean of the words that choose the sense when word t is to be predicted."""
    chosen = [j for j in range(len(window.targets)) if not (task.excludes_target and j == t)]
    masses = np.array([float(task.masses[window.targets[j]]) for j in chosen])
    if masses.sum() <= 1e-12:
        return chosen, masses, np.zeros(U.shape[1])
    masses = masses / masses.sum()
    return chosen, masses, masses @ U[[window.targets[j] for j in chosen]]


def choices(window, x, M, gate_biases):
    """Return logits, opinion and relaxed choice of the gate for a context."""
    a = M[window.gates] @ x + gate_biases[window.gates]
    p = softmax(a)
    y = softmax((a + window.gumbels) / window.temperature) if window.temperature else p
    return a, p, y


def weigh_senses(window, task, U, M, biases, gate_biases):
    """Write losses and steps, from the gradients of the loss, pair by pair."""
    K, n = len(window.senses), len(window.targets)
    vectors = M[window.senses]
    tau = window.temperature or 1.0
    window.loss = 0.0
    window.sense_steps, window.gate_steps = np.zeros((n + len(window.noise), K)), np.zeros((n, K))
    window.bias_steps, window.gate_bias_steps = np.zeros(n + len(window.noise)), np.zeros(K)
    for t in range(n):
        chosen, masses, x = context_of(window, t, task, U)
        a, p, y = choices(window, x, M, gate_biases)
        h = y @ vectors
        dh = np.zeros_like(h)
        for entry in [t, *range(n, n + len(window.noise))]:
            if window.shares[entry] == 0.0:
                continue
            word, label = window.words[entry], float(entry == t)
            f = U[word] @ h + biases[word]
            error = sigmoid(f) - label
            window.loss += np.logaddexp(0.0, -f if label else f)
            dh += error * U[word]
            least = min(window.shares[entry], window.weight)
            window.sense_steps[entry] -= window.rate * least * error * y
            window.bias_steps[entry] -= window.rate * window.shares[entry] * error
        dy = vectors @ dh
        da = y * (dy - y @ dy) / tau - float(task.entropy) * p * (a - p @ a)  # log p + H = a - sum p a
        if task.update_gates:
            da = -window.rate * float(task.gate_rate) * window.weight * da
            window.gate_bias_steps += da
            for j, mass in zip(chosen, masses, strict=True):
                window.gate_steps[j] += da * mass


def score_senses(windows, task, U, M, biases, gate_biases):
    for window in windows:
        weigh_senses(window, task, U, M, biases, gate_biases)


def update_window(window, task, U, M):
    """Three senses at a time: context rows move one after the other, and sense and gate rows by all of them."""
    for first in range(0, len(window.senses), 3):
        senses, gates = window.senses[first : first + 3], window.gates[first : first + 3]
        before, moves, turns = M[senses].copy(), 0.0, 0.0
        for entry, word in enumerate(window.words):
            steps = window.sense_steps[entry, first : first + 3]
            moves = moves + np.outer(steps, U[word])
            if entry < len(window.targets):
                turns = turns + np.outer(window.gate_steps[entry, first : first + 3], U[word])
            if task.update_output:
                U[word] += steps @ before
        M[senses] += moves
        M[gates] += turns


def move_biases(windows, task, biases, gate_biases):
    for window in windows:
        if task.update_output:
            np.add.at(biases, window.words, window.bias_steps)
        gate_biases[window.gates] += window.gate_bias_steps


def update_rows(windows, task, U, M, biases, gate_biases):
    for window in windows:
        update_window(window, task, U, M)
    move_biases(windows, task, biases, gate_biases)


def race_senses(windows, task, U, M, biases, gate_biases):
    for window in windows:
        score_senses([window], task, U, M, biases, gate_biases)
        update_rows([window], task, U, M, biases, gate_biases)


def sum_sense_losses(windows):
    return sum(window.loss for window in windows), sum(len(window.targets) for window in windows)


def train_sense_blocks(first, last, schedule, draws, task, racing=False):
    """Return (U, M, biases, gate_biases, losses, pairs)."""
    arrays = [array.astype(float) for array in (task.U, task.M, task.biases, task.gate_biases)]
    sums = []
    for block in range(first, last):
        windows = prepare(block, schedule, draws, task)
        if racing:
            race_senses(windows, task, *arrays)
        else:
            score_senses(windows, task, *arrays)
            update_rows(windows, task, *arrays)
        sums.append(sum_sense_losses(windows))
    return *arrays, [loss for loss, _ in sums], [pairs for _, pairs in sums]


def tally_opinions(ids, offsets, window, context, masses, gates, biases, gate_rows):
    """Return float[V, K]: sums of the gates' opinions of all occurrences that have a context."""
    tallies = np.zeros((len(context), gates.shape[1]))
    for low, high in pairwise(offsets):
        for place in range(low, high):
            around = [ids[at] for at in range(max(low, place - window), min(high, place + window + 1)) if at != place]
            mass = masses[around].sum()
            if mass > 1e-12:
                gate = gate_rows[ids[place]]
                x = masses[around] @ context[around] / mass
                tallies[ids[place]] += softmax(gates[gate] @ x + biases[gate])
    return tallies


def by_kind(place, functions):
    return lambda *arguments: functions[type(arguments[place])](*arguments)
