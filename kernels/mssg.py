"""Multi-sense skip-gram: each occurrence goes to the sense whose contexts are most like its own, and trains it."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel
from ._vector import LANES, OUTPUTS, STRIDE
from .random import STEP, mix64, stream_of
from .windows import draw_outputs, thin_sentence

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_LOG2E, _LN2_HIGH, _LN2_LOW = 1.4426950408889634, 0.693147180369123816490, 1.90821492927058770002e-10


class SenseRows(NamedTuple):
    """Vectors of senses, and the contexts that each was met in.

    Parameters
    ----------
    rows : int64[V + 1]
        The senses of word w are rows ``rows[w]`` to ``rows[w + 1] - 1``, as many as it may have.
    used : int32[V]
        How many of them it has.
    W : float32[S, P]
        Vectors of senses, padded.
    U : float32[V, P]
        Vectors of context words, padded: what senses predict, and what contexts are means of.
    sums : float32[S, P]
        The sum of the contexts that each sense was met in.
    counts : int64[S]
        How many occurrences each sense has had in this epoch.
    threshold : float
        A context whose cosine with the mean of every sense's contexts is below makes a new sense, as long as there is
        a row for it; -2 for never.
    middle : float32[1, P]
        A running mean of all contexts, which is taken off each.
    spread : float64[1]
        A running mean of the squared length of what is left.
    pace : float32
        How much one context changes either; 0 takes nothing off.
    """

    rows: NDArray[np.int64]
    used: NDArray[np.int32]
    W: NDArray[np.float32]
    U: NDArray[np.float32]
    sums: NDArray[np.float32]
    counts: NDArray[np.int64]
    threshold: float
    middle: NDArray[np.float32]
    spread: NDArray[np.float64]
    pace: np.float32


class Bench(NamedTuple):
    """Memory for the windows of a sentence.

    Parameters
    ----------
    words, reaches : int32[longest segment + 1]
        The thinned text; how far each word's window reaches.
    outputs : int32[1, 8 * G]
        A context word and its noise words, six in every eight places.
    mean, step : float32[P]
        The mean of a context; the step of a sense.
    lanes : float32[16]
        Partial sums.
    """

    words: NDArray[np.int32]
    reaches: NDArray[np.int32]
    outputs: NDArray[np.int32]
    mean: NDArray[np.float32]
    step: NDArray[np.float32]
    lanes: NDArray[np.float32]


@kernel
def dot_rows(A, i, B, j, lanes):
    """Return the product of ``A[i]`` and ``B[j]``, float32, added up in 16 lanes that are folded in one fixed order."""
    lanes[:] = _ZERO
    for start in range(0, A.shape[1], LANES):
        for lane in range(LANES):
            lanes[lane] += A[i, start + lane] * B[j, start + lane]
    width = LANES // 2
    while width:
        for lane in range(width):
            lanes[lane] += lanes[lane + width]
        width //= 2
    return lanes[0]


@kernel
def exp_negative(x):
    """Return e**x of a float64 that is at most 0, to 1e-15, by sums and products alone: the same bits everywhere."""
    if not x > -700.0:
        return 0.0 if x <= -700.0 else x
    n = math.floor(x * _LOG2E + 0.5)
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    total = 1.0
    for k in range(14, 0, -1):
        total = 1.0 + total * r / k
    return math.ldexp(total, int(n))


@kernel
def center_context(mean, senses, lanes):
    """Take the running mean of all contexts, which this one then is part of, off a context.

    What all contexts share would else decide: the sense that has met the most has the center most like any context,
    and takes them all.

    Parameters
    ----------
    mean : float32[1, P]
        The context; overwritten.
    senses : SenseRows
        ``middle`` and ``spread`` are updated.
    lanes : float32[16]
        Scratch.
    """
    middle, spread, pace = senses.middle, senses.spread, senses.pace
    for d in range(mean.shape[1]):
        middle[0, d] += pace * (mean[0, d] - middle[0, d])
        mean[0, d] -= middle[0, d] if pace > _ZERO else _ZERO
    spread[0] += np.float64(pace) * (np.float64(dot_rows(mean, 0, mean, 0, lanes)) - spread[0])


@kernel
def choose_sense(word, mean, senses, lanes):
    """Return the row of the sense whose contexts are most like this one, which then is one of them.

    Parameters
    ----------
    word : int
        Which word's sense.
    mean : float32[1, P]
        The context.
    senses : SenseRows
        ``sums``, ``counts`` and, where a sense is new, ``used`` are updated.
    lanes : float32[16]
        Scratch.
    """
    sums, first = senses.sums, senses.rows[word]
    used = np.int64(senses.used[word])
    room = senses.rows[word + 1] - first
    best, nearest = first, -2.0
    if room > 1:
        length = math.sqrt(np.float64(dot_rows(mean, 0, mean, 0, lanes)))
        for row in range(first, first + used):
            scale = math.sqrt(np.float64(dot_rows(sums, row, sums, row, lanes))) * length
            cosine = np.float64(dot_rows(sums, row, mean, 0, lanes)) / scale if scale > 0.0 else 0.0
            if cosine > nearest:
                best, nearest = row, cosine
        if used < room and (used == 0 or nearest < senses.threshold):
            best = first + used
            senses.used[word] = used + 1
        for d in range(sums.shape[1]):
            sums[best, d] += mean[0, d]
    senses.counts[best] += 1
    return best


@kernel
def step_pair(row, outputs, negative, rate, W, U, step, lanes):
    r"""Take the step of a sense and a context word, and return its loss in nats.

    The loss is :math:`-\log\sigma(u_c \cdot v) - \sum_n \log\sigma(-u_n \cdot v)`, with the context word c and noise
    words n; its gradient is exact as long as no word repeats.

    Parameters
    ----------
    row : int
        Row of the sense in ``W``.
    outputs : int32[1, 8 * G]
        Rows of ``U``, six in every eight places: the context word, then noise words.
    negative : int
        How many noise words.
    rate : float
        Learning rate.
    W, U : float32[S, P], float32[V, P]
        Vectors, updated.
    step : float32[P]
        Overwritten: scratch.
    lanes : float32[16]
        Scratch.
    """
    columns = W.shape[1]
    step[:] = _ZERO
    loss = 0.0
    for number in range(negative + 1):
        word = outputs[0, number // OUTPUTS * STRIDE + number % OUTPUTS]
        score = np.float64(dot_rows(W, row, U, word, lanes))
        z = exp_negative(-abs(score))
        sigma = 1.0 / (1.0 + z) if score >= 0.0 else z / (1.0 + z)
        wrong = -score if number == 0 else score
        loss += (wrong if not wrong <= 0.0 else 0.0) + math.log(1.0 + z)
        label = 1.0 if number == 0 else 0.0
        coefficient = np.float32(rate * (label - sigma))
        for d in range(columns):
            step[d] += coefficient * U[word, d]
        for d in range(columns):
            U[word, d] += coefficient * W[row, d]
    for d in range(columns):
        W[row, d] += step[d]
    return loss


@kernel
def train_mssg(first, last, epoch, schedule, draws, rates, senses, bench, losses, pairs):
    """Train blocks ``first`` to ``last - 1``, window after window.

    Parameters
    ----------
    first, last, epoch : int
        Which blocks, in which pass over the text.
    schedule : Schedule
        The text; see :class:`wordvec.kernels.schedule.Schedule`.
    draws : Draws
        What to draw windows with; see :class:`wordvec.kernels.windows.Draws`.
    rates : float32[B]
        Learning rate of each block.
    senses : SenseRows
        Updated.
    bench : Bench
        Scratch.
    losses, pairs : float64[B]
        Overwritten for each block: sum of its losses in nats, number of its pairs.
    """
    ids, starts, lengths, documents, masses, blocks = schedule
    words, reaches, outputs, mean, step, lanes = bench
    W, U, table = senses.W, senses.U, draws.table
    context = mean.reshape(1, mean.shape[0])
    for block in range(first, last):
        losses[block] = pairs[block] = 0.0
        for g in range(blocks[block], blocks[block + 1]):
            mass = masses[documents[g]] if masses.shape[0] else _ONE
            if mass == _ZERO:
                continue
            state = stream_of(draws.seed, epoch, g)
            end = thin_sentence(state, ids, starts[g], lengths[g], draws.keep, draws.window, words, reaches, 0)
            position = np.int64(mix64(state ^ STEP) & np.uint64(table.shape[0] - 1))
            for center in range(end):
                low, high = max(0, center - reaches[center]), min(end, center + reaches[center] + 1)
                if high - low == 1:
                    continue
                mean[:] = _ZERO
                for at in range(low, high):
                    if at != center:
                        for d in range(mean.shape[0]):
                            mean[d] += U[words[at], d]
                share = _ONE / np.float32(high - low - 1)
                for d in range(mean.shape[0]):
                    mean[d] *= share
                center_context(context, senses, lanes)
                row = choose_sense(words[center], context, senses, lanes)
                for at in range(low, high):
                    if at != center:
                        position = draw_outputs(words[at], table, position, draws.negative, outputs, 0)
                        rate = np.float64(rates[block] * mass)
                        losses[block] += step_pair(row, outputs, draws.negative, rate, W, U, step, lanes)
                        pairs[block] += 1.0
