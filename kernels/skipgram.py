"""Skip-gram with negative sampling: one window, and a span of blocks."""

import math

import numpy as np

from ._jit import kernel
from ._tile import CHUNK, OUTPUTS, TILES, score_tile, update_tile, weigh_tile
from ._vector import add_scaled_row, dot_rows
from .logistic import exp_negative
from .random import STEP, mix64, stream_of
from .window import draw_outputs, gather_contexts, prefetch_ahead, thin_sentence

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@kernel
def skipgram_window(contexts, n, outputs, lr, update_output, W, U, scratch):
    r"""Take one gradient step on all pairs of a window: its context words and the center word.

    Descends, for each context word x, :math:`-\log\sigma(u_c\cdot w_x) - \sum_k\log\sigma(-u_k\cdot w_x)`,
    where :math:`u_c, u_k` are the rows of ``U`` in ``outputs``. All context words meet the same noise
    words, at the values of ``U`` before the window; the scores are those before the window too.

    Parameters
    ----------
    contexts : int32[n or more]
        Rows of ``W``; a word may occur twice, and then moves twice.
    n : int
        How many there are.
    outputs : int32[K + 1]
        Rows of ``U``: the center word, then the noise words; they may repeat.
    lr : float32
        Learning rate of this step.
    update_output : bool
        False leaves ``U`` alone: training against a compass.
    W, U : float32[V, P]
        Input and output vectors, padded; updated in place.
    scratch : Scratch
        See :class:`wordvec.kernels.window.Scratch`.

    Returns
    -------
    float64
        Sum over the pairs of their loss before the step, in nats.

    Notes
    -----
    Six outputs go through register tiles (:mod:`wordvec.kernels._tile`), other numbers through plain
    loops over rows; both compute the same, in another order of additions.

    References
    ----------
    Mikolov et al. (2013), "Distributed representations of words and phrases and their
    compositionality", eq. 4. The input row is the context word's, as in word2vec.
    """
    scores, tally = scratch.scores, scratch.tally
    if TILES and outputs.shape[0] == OUTPUTS:
        score_tile(W, U, contexts, n, outputs, scores)
        loss = 0.0
        for first in range(0, n, CHUNK):
            weigh_tile(scores, first, min(n, first + CHUNK), lr, tally)
            loss += tally[0] + math.log(tally[1])
        update_tile(W, U, contexts, n, outputs, scores, update_output)
        return loss
    loss = _weigh_rows(contexts, n, outputs, lr, W, U, scores)
    _update_rows(contexts, n, outputs, update_output, W, U, scores, scratch.rows)
    return loss


@kernel
def _weigh_rows(contexts, n, outputs, lr, W, U, scores):
    """Write the coefficient of each pair to ``scores``; return the sum of the losses."""
    loss = 0.0
    for i in range(n):
        product = 1.0
        for j in range(outputs.shape[0]):
            score = np.float64(dot_rows(W, contexts[i], U, outputs[j]))
            z = exp_negative(-abs(score))
            product *= 1.0 + z
            sigma = 1.0 / (1.0 + z) if score >= 0.0 else z / (1.0 + z)
            label = 1.0 if j == 0 else 0.0
            loss += max(0.0, -score if j == 0 else score)
            scores[i, j] = lr * np.float32(label - sigma)
        loss += math.log(product)
    return loss


@kernel
def _update_rows(contexts, n, outputs, update_output, W, U, scores, steps):
    """Move each context row, and sum up in ``steps`` what it asks of the output rows; then move those."""
    if update_output:
        steps[: outputs.shape[0], :] = _ZERO
    for i in range(n):
        if update_output:
            for j in range(outputs.shape[0]):
                add_scaled_row(steps, j, scores[i, j], W, contexts[i])
        for j in range(outputs.shape[0]):
            add_scaled_row(W, contexts[i], scores[i, j], U, outputs[j])
    if update_output:
        for j in range(outputs.shape[0]):
            add_scaled_row(U, outputs[j], _ONE, steps, j)


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
    words, reaches, outputs, contexts = scratch.words, scratch.reaches, scratch.outputs, scratch.contexts
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
                    prefetch_ahead(words, n, center, window, table, position, outputs.shape[0], W, U)
                    m = gather_contexts(words, low, high, center, contexts)
                    loss += weight * skipgram_window(contexts, m, outputs, lr, update_output, W, U, scratch)
                    count += weight * m
        losses[block] = loss
        pairs[block] = count
