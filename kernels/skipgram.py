"""Skip-gram with negative sampling: one window, and a span of blocks."""

import math

import numpy as np

from ._jit import kernel
from ._vector import add_scaled_row, dot_rows
from .logistic import exp_negative
from .random import STEP, mix64, stream_of
from .window import draw_outputs, thin_sentence

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@kernel
def skipgram_window(words, low, high, center, outputs, lr, update_output, W, U, scores, rows):
    r"""Take one gradient step on all pairs of a window: its context words and the center word.

    Descends, for each context word x, :math:`-\log\sigma(u_c\cdot w_x) - \sum_k\log\sigma(-u_k\cdot w_x)`,
    where :math:`u_c, u_k` are the rows of ``U`` in ``outputs``. All context words meet the same noise
    words; every gradient is taken at the values before the window.

    Parameters
    ----------
    words : int32[n]
        A thinned sentence.
    low, high, center : int
        The context words are ``words[low:high]`` without ``words[center]``.
    outputs : int32[K + 1]
        Rows of ``U``: the center word, then the noise words; they may repeat.
    lr : float32
        Learning rate of this step.
    update_output : bool
        False leaves ``U`` alone: training against a compass.
    W, U : float32[V, P]
        Input and output vectors, padded; updated in place.
    scores : float32[2 * window or more, K + 1]
        Scratch.
    rows : float32[K + 1, P]
        Scratch.

    Returns
    -------
    float64
        Sum over the pairs of their loss before the step, in nats.

    References
    ----------
    Mikolov et al. (2013), "Distributed representations of words and phrases and their
    compositionality", eq. 4. The input row is the context word's, as in word2vec.
    """
    loss = 0.0
    n_outputs = outputs.shape[0]
    i = 0
    for position in range(low, high):
        if position == center:
            continue
        product = 1.0
        for j in range(n_outputs):
            score = np.float64(dot_rows(W, words[position], U, outputs[j]))
            z = exp_negative(-abs(score))
            product *= 1.0 + z
            sigma = 1.0 / (1.0 + z) if score >= 0.0 else z / (1.0 + z)
            label = 1.0 if j == 0 else 0.0
            loss += max(0.0, -score if j == 0 else score)
            scores[i, j] = lr * np.float32(label - sigma)
        loss += math.log(product)
        i += 1
    if update_output:
        rows[:, :] = _ZERO
        i = 0
        for position in range(low, high):
            if position != center:
                for j in range(n_outputs):
                    add_scaled_row(rows, j, scores[i, j], W, words[position])
                i += 1
    i = 0
    for position in range(low, high):
        if position != center:
            for j in range(n_outputs):
                add_scaled_row(W, words[position], scores[i, j], U, outputs[j])
            i += 1
    if update_output:
        for j in range(n_outputs):
            add_scaled_row(U, outputs[j], _ONE, rows, j)
    return loss


@kernel
def train_skipgram(
    first,
    last,
    seed,
    epoch,
    schedule,
    rates,
    keep,
    table,
    window,
    update_output,
    W,
    U,
    scratch,
    losses,
    pairs,
):
    """Train on blocks ``first`` to ``last - 1`` of one epoch.

    Calling it for consecutive spans gives the same bits as one call for all blocks.

    Parameters
    ----------
    first, last : int
        Which blocks.
    seed, epoch : int
        With the segment's number, they key all randomness.
    schedule : Schedule
        The text; see :class:`wordvec.kernels.schedule.Schedule`.
    rates : float32[B]
        Learning rate of each block in this epoch.
    keep, table, window
        As for ``thin_sentence`` and ``draw_outputs`` in :mod:`wordvec.kernels.window`.
    update_output, W, U
        As for :func:`skipgram_window`.
    scratch : Scratch
        See :class:`wordvec.kernels.window.Scratch`.
    losses : float64[B]
        Overwritten for each block: weighted sum of its pairs' losses, in nats.
    pairs : float64[B]
        Overwritten: weighted number of pairs.
    """
    ids, starts, lengths, documents, weights, blocks = schedule
    words, reaches, outputs, scores, rows = scratch
    for block in range(first, last):
        loss = 0.0
        count = 0.0
        for g in range(blocks[block], blocks[block + 1]):
            weight = weights[documents[g]]
            if weight == _ZERO:
                continue
            lr = rates[block] * weight
            state = stream_of(seed, epoch, g)
            n = thin_sentence(state, ids, starts[g], lengths[g], keep, window, words, reaches)
            position = np.int64(mix64(state ^ STEP) & np.uint64(table.shape[0] - 1))
            for center in range(n):
                low = max(0, center - reaches[center])
                high = min(n, center + reaches[center] + 1)
                if high - low > 1:
                    position = draw_outputs(words[center], table, position, outputs)
                    loss += weight * skipgram_window(
                        words, low, high, center, outputs, lr, update_output, W, U, scores, rows
                    )
                    count += weight * (high - low - 1)
        losses[block] = loss
        pairs[block] = count
