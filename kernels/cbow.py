"""Continuous bag of words with negative sampling: one window, and a span of blocks."""

import math

import numpy as np

from ._jit import kernel
from ._tile import OUTPUTS, TILES, mean_row, score_row, spread_row, step_row, weigh_tile
from ._vector import add_scaled_row, dot_rows
from .logistic import exp_negative
from .random import STEP, mix64, stream_of
from .window import draw_outputs, gather_contexts, prefetch_ahead, thin_sentence

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@kernel
def cbow_window(contexts, n, outputs, lr, exact, update_output, W, U, scratch):
    r"""Take one gradient step on a window: predict the center word from the mean of its context.

    Descends :math:`-\log\sigma(u_c\cdot h) - \sum_k\log\sigma(-u_k\cdot h)` with
    :math:`h=\frac1n\sum_x w_x`, at the scores before the window.

    Parameters
    ----------
    contexts : int32[n or more]
        Rows of ``W``; a word may occur twice, and then moves twice.
    n : int
        How many there are, at least one, unchecked.
    outputs : int32[K + 1]
        Rows of ``U``: the center word, then the noise words; they may repeat, and then move twice.
    lr : float32
        Learning rate of this step.
    exact : bool
        True divides the context words' step by n, as the derivative of the mean says; False gives
        each of them the whole step, as word2vec does.
    update_output : bool
        False leaves ``U`` alone: training against a compass.
    W, U : float32[V, P]
        Input and output vectors, padded; updated in place.
    scratch : Scratch
        See :class:`wordvec.kernels.window.Scratch`.

    Returns
    -------
    float64
        The loss of the window before the step, in nats.

    Notes
    -----
    Six outputs go through register tiles (:mod:`wordvec.kernels._tile`), other numbers through plain
    loops over rows; both compute the same, in another order of additions.

    References
    ----------
    Mikolov et al. (2013), "Efficient estimation of word representations in vector space", sec. 3.1.
    """
    scores, tally, rows = scratch.scores, scratch.tally, scratch.rows
    share = _ONE / np.float32(n)
    if TILES and outputs.shape[0] == OUTPUTS:
        mean_row(W, contexts, n, rows)
        score_row(rows, 0, U, outputs, scores)
        weigh_tile(scores, 0, 1, lr, tally)
        step_row(U, outputs, scores, rows, update_output)
        spread_row(W, contexts, n, share if exact else _ONE, rows)
        return tally[0] + math.log(tally[1])
    rows[:2, :] = _ZERO
    for i in range(n):
        add_scaled_row(rows, 0, share, W, contexts[i])
    loss = 0.0
    product = 1.0
    for j in range(outputs.shape[0]):
        score = np.float64(dot_rows(rows, 0, U, outputs[j]))
        z = exp_negative(-abs(score))
        product *= 1.0 + z
        sigma = 1.0 / (1.0 + z) if score >= 0.0 else z / (1.0 + z)
        label = 1.0 if j == 0 else 0.0
        loss += max(0.0, -score if j == 0 else score)
        scores[0, j] = lr * np.float32(label - sigma)
    for j in range(outputs.shape[0]):
        add_scaled_row(rows, 1, scores[0, j], U, outputs[j])
        if update_output:
            add_scaled_row(U, outputs[j], scores[0, j], rows, 0)
    for i in range(n):
        add_scaled_row(W, contexts[i], share if exact else _ONE, rows, 1)
    return loss + math.log(product)


@kernel
def train_cbow(
    exact,
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

    The arguments are those of :func:`wordvec.kernels.skipgram.train_skipgram`, with ``exact`` of
    :func:`cbow_window` before them; what counts as a pair is a window.
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
                    loss += weight * cbow_window(contexts, m, outputs, lr, exact, update_output, W, U, scratch)
                    count += weight
        losses[block] = loss
        pairs[block] = count
