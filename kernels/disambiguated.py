"""The disambiguated skip-gram: a word's senses share its occurrences by gates that read the context.

A center word has K sense vectors and a gate with K rows; its mixed vector predicts every word of its window. Sense and
gate rows are rows of one matrix ``M``, context vectors and noise words rows of ``U``. Everything a window needs of the
long vectors are dot products of its sense and gate rows with its words (``dot_contexts``);
all else is arithmetic on small tables (:mod:`wordvec.kernels.gates`).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import inlined, kernel
from ._place import prefetch_words
from ._tile import dot_contexts, update_senses
from ._vector import STRIDE
from .gates import PARTS, choose, clear_unused, judge_noise, judge_targets, open_gate, weigh_gate
from .sense_windows import TRIO, prepare_senses
from .windows import SPARE

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_LARGE = 1e150


class SenseTask(NamedTuple):
    """What is trained in one epoch.

    Parameters
    ----------
    epoch : int
        With the seed and a segment's number, it keys all randomness.
    update_output, update_gates : bool
        False leaves ``U`` and its biases alone, or the gates.
    excludes_target : bool
        Whether the word to predict is left out of the context that chooses the sense.
    entropy : float32
        What an uncertain gate costs, in nats of loss for each nat of entropy; below 0 it is rewarded.
    gate_rate : float32
        The learning rate of gates is so many times that of vectors.
    rates, temperatures : float32[B]
        For each block: learning rate; temperature of the relaxed choice, 0 for the gate's own opinion.
    U, M : float32[V, P], float32[R, P]
        Context vectors; sense and gate rows. Padded, updated in place.
    biases, gate_biases : float32[V], float32[R]
        A bias for each row of ``U``, and for the gate rows of ``M``.
    masses : float32[V]
        How much a word counts in the mean of a context.
    losses, pairs : float64[B]
        Overwritten for each block: sum of its losses in nats, and number of its pairs.
    """

    epoch: int
    update_output: bool
    update_gates: bool
    excludes_target: bool
    entropy: np.float32
    gate_rate: np.float32
    rates: NDArray[np.float32]
    temperatures: NDArray[np.float32]
    U: NDArray[np.float32]
    M: NDArray[np.float32]
    biases: NDArray[np.float32]
    gate_biases: NDArray[np.float32]
    masses: NDArray[np.float32]
    losses: NDArray[np.float64]
    pairs: NDArray[np.float64]


@inlined
def prepare(block, schedule, draws, task, windows):
    """Do :func:`prepare_senses` for a task."""
    windows.temperatures[0] = task.temperatures[block]
    prepare_senses(block, task.epoch, schedule, task.rates[block], draws, windows)


@kernel
def score_senses(first, last, task, windows):
    r"""Score windows ``first`` to ``last - 1``, and turn their scores into the coefficients of their steps.

    With :math:`p_t = \mathrm{softmax}(G x_t + \beta)` the gate's opinion when word t is to be predicted,
    :math:`y_t` its relaxed choice (Gumbel-softmax) and :math:`h_t = \sum_k y_{tk} V_k`, the loss is
    :math:`\sum_t [-\log\sigma(u_t h_t + b_t) - \sum_o \log\sigma(-u_o h_t - b_o) + \lambda H(p_t)]` over words t to
    predict and noise words o. Nothing flows back into the context :math:`x_t`, the mean of the other words' vectors.

    Parameters
    ----------
    first, last : int
        Which windows.
    task : SenseTask
        What is trained; only read.
    windows : SenseWindows
        ``scores``, ``steps``, ``gate_steps`` and ``losses`` of these windows are overwritten.

    References
    ----------
    Grzegorczyk and Kurdziel (2018), "Disambiguated skip-gram model", eq. 3 to 7, with negative sampling (Mikolov et al.
    2013) for the sampled softmax.
    """
    U, M, biases, gate_biases, masses = task.U, task.M, task.biases, task.gate_biases, task.masses
    rows, targets, contexts, shares = windows.rows, windows.targets, windows.contexts, windows.shares
    scores, weights, steps, gate_steps = windows.scores, windows.weights, windows.steps, windows.gate_steps
    gumbels, rates, outputs, losses = windows.gumbels, windows.rates, windows.outputs, windows.losses
    K, temperature = gumbels.shape[1], windows.temperatures[0]
    tables = np.empty((PARTS * K + 3, 2 * windows.reach[0]), np.float32)
    for w in range(first, last):
        prefetch_words(U, M, windows, w + SPARE, windows.reach[1] + 1, 0, U.shape[1])
        for place in range(0, scores.shape[1], STRIDE):
            dot_contexts(U, M, windows, w, place)
    for w in range(first, last):
        start, n, gate, rate = rows[w], targets[w], outputs[w, TRIO], rates[w]
        open_gate(start, n, K, gate, task.excludes_target, gate_biases, masses, contexts, scores, tables)
        choose(n, K, w, temperature, task.entropy, gumbels, tables)
        loss, product = judge_targets(w, start, n, K, rate, biases, contexts, shares, weights, scores, steps, tables)
        for entry in range(start + n, rows[w + 1]):
            wrong, above = judge_noise(w, entry, n, K, rate, biases, contexts, shares, weights, scores, steps, tables)
            loss += wrong
            product *= above
            if product > _LARGE:
                loss += math.log(product)
                product = 1.0
        cold = _ONE / temperature if temperature > _ZERO else _ONE
        pace = -rate * task.gate_rate if task.update_gates else _ZERO
        weigh_gate(
            w, start, n, K, cold, pace, task.excludes_target, masses, contexts, weights, scores, gate_steps, tables
        )
        clear_unused(start, rows[w + 1], K, scores)
        losses[w, 0], losses[w, 1] = loss, product


@kernel
def update_rows(low, high, task, windows):
    """Take the steps of all windows of a block, which are weighed, in columns ``low`` to ``high - 1``.

    Parameters
    ----------
    low, high : int
        Columns, multiples of 16. Biases go with the first.
    task : SenseTask
        What is trained, updated in place. Context rows meet the values of sense rows before, three senses at a time,
        and sense and gate rows those of the context rows when their turn came.
    windows : SenseWindows
        Only read.
    """
    U, M = task.U, task.M
    for w in range(windows.sizes[0]):
        if high - low < U.shape[1]:
            prefetch_words(U, M, windows, w + SPARE, windows.reach[1] + 1, low, high)
        for place in range(0, windows.scores.shape[1], STRIDE):
            update_senses(U, M, windows, w, place, low, high, task.update_output)
    if low == 0 and high > 0:  # of many threads some may have no column
        move_biases(0, windows.sizes[0], task, windows)


@kernel
def move_biases(first, last, task, windows):
    """Take the steps of the biases of windows ``first`` to ``last - 1``."""
    biases, gate_biases, steps, gate_steps = task.biases, task.gate_biases, windows.steps, windows.gate_steps
    rows, contexts, outputs = windows.rows, windows.contexts, windows.outputs
    for w in range(first, last):
        if task.update_output:
            for entry in range(rows[w], rows[w + 1]):
                biases[contexts[entry]] += steps[entry]
        if task.update_gates:
            for k in range(gate_steps.shape[1]):
                gate_biases[outputs[w, TRIO] + k] += gate_steps[w, k]


@kernel
def race_senses(task, windows):
    """Train on a block, one window after the other."""
    U, M, columns = task.U, task.M, task.U.shape[1]
    for w in range(windows.sizes[0]):
        score_senses(w, w + 1, task, windows)
        for place in range(0, windows.scores.shape[1], STRIDE):
            update_senses(U, M, windows, w, place, 0, columns, task.update_output)
        move_biases(w, w + 1, task, windows)


@kernel
def sum_sense_losses(block, task, windows):
    """Write the loss and the number of pairs of a block whose windows are scored."""
    total = 0.0
    losses = windows.losses
    for w in range(windows.sizes[0]):
        total += losses[w, 0] + math.log(losses[w, 1])
    task.losses[block] = total
    task.pairs[block] = windows.sizes[1]
