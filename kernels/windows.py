"""From a block of text to windows: which words meet which, drawn before any vector is touched."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import inlined, kernel
from ._place import copy_items
from ._vector import OUTPUTS, STRIDE
from .random import STEP, mix64, stream_of

#: Rows are asked for so many windows ahead; so many windows after the last have rows to ask for.
SPARE = 3
_32 = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


class Windows(NamedTuple):
    """The windows of a block, and room for what is computed of them.

    Vectors of words and of pairs have 16 items more than they need, for copies by whole vectors; those of windows have
    :data:`SPARE` windows more, for rows that are asked for ahead of time.

    Window w predicts, or is predicted by, its context words ``contexts[rows[w]:rows[w + 1]]``.

    Parameters
    ----------
    words, reaches : int32[longest block]
        The thinned text; how far each word's window reaches.
    rows : int64[windows + 1]
        Where the context words of each window begin.
    contexts : int32[pairs]
        Rows of ``W``.
    shares : float32[pairs]
        What touch decay leaves of each step of a context row, 0 to 1.
    outputs : int32[windows, 8 * G]
        Rows of ``U``, six in every eight places: the center first, then noise words; they may repeat.
    weights : float32[windows, 8 * G]
        What touch decay leaves of each step of an output row; 0 where there is none.
    rates : float32[windows]
        Learning rates.
    scores : float32[pairs, 8 * G]
        For each pair its score, and then the coefficient of its step.
    losses : float64[windows, 2]
        The loss of a window is ``losses[w, 0] + log(losses[w, 1])`` nats.
    inputs, touches : float32[longest block], int32[2, T]
        For :func:`prepare_block`: shares of the words; uses of each row in this block.
    sizes : int64[3]
        Number of windows, number of pairs of a center and a context word; for whoever wants it, which block it is.
    """

    words: NDArray[np.int32]
    reaches: NDArray[np.int32]
    rows: NDArray[np.int64]
    contexts: NDArray[np.int32]
    shares: NDArray[np.float32]
    outputs: NDArray[np.int32]
    weights: NDArray[np.float32]
    rates: NDArray[np.float32]
    scores: NDArray[np.float32]
    losses: NDArray[np.float64]
    inputs: NDArray[np.float32]
    touches: NDArray[np.int32]
    sizes: NDArray[np.int64]


class Draws(NamedTuple):
    """What the windows of a text are drawn with.

    Parameters
    ----------
    seed : uint64
        With the epoch and the segment's number, it keys all randomness.
    keep : int64[V]
        A token of word w stays if its 32-bit draw is below ``keep[w]``; 2**32 keeps all.
    table : int32[T]
        Shuffled noise words, at least two distinct ones; T is a power of two.
    window : int
        Largest reach; each token's is uniform on 1 .. ``window``.
    negative : int
        Noise words of a window.
    input_uses, output_uses : float32
        So many uses of a row within a block count in full; see :func:`decayed`. 0 for both: nothing is written to
        shares and weights.
    """

    seed: np.uint64
    keep: NDArray[np.int64]
    table: NDArray[np.int32]
    window: int
    negative: int
    input_uses: np.float32
    output_uses: np.float32


@inlined
def thin_sentence(state, ids, start, length, keep, window, words, reaches, at):
    """Copy a sentence without the frequent words that subsampling drops, and draw window sizes.

    One draw per token: its high half decides whether the token stays (word2vec's rule is in
    ``keep``), its low half how far its window reaches.

    Parameters
    ----------
    state : uint64
        First state of the sentence's stream.
    ids : int32[N]
        Token ids; the sentence is ``ids[start:start + length]``.
    start, length : int
        Which tokens.
    keep, window
        As in :class:`Draws`.
    words, reaches : int32[at + length or more]
        Overwritten from ``at`` on: the words that stay, and their reaches.
    at : int
        Where to write.

    Returns
    -------
    int
        The place after the last word that stays.
    """
    n = at
    for token in range(start, start + length):
        state += STEP
        draw = mix64(state)
        word = ids[token]
        words[n] = word
        reaches[n] = 1 + np.int64(((draw & _LOW) * np.uint64(window)) >> _32)
        n += np.int64(draw >> _32) < keep[word]
    return n


@inlined
def draw_outputs(center, table, position, negative, outputs, w):
    """Fill ``outputs[w]`` with the center and then noise words, read from the table in order.

    A noise word equal to the center is passed over, as drawing again would. Places without a word are filled
    with the center.

    Parameters
    ----------
    center : int
        The word to predict.
    table : int32[T]
        As in :class:`Draws`.
    position : int
        Where to read on.
    negative : int
        How many noise words.
    outputs : int32[windows, 8 * G]
        Row w is overwritten: six words in every eight places.
    w : int
        Which window.

    Returns
    -------
    int
        The position after the last entry read.
    """
    mask = table.shape[0] - 1
    left = negative
    for group in range(0, outputs.shape[1], STRIDE):
        for place in range(group, group + OUTPUTS):
            word = center
            if place > 0 and left > 0:
                left -= 1
                word = table[position & mask]
                position += 1
                while word == center:
                    word = table[position & mask]
                    position += 1
            outputs[w, place] = word
    return position


@inlined
def decayed(word, full, touches, side):
    """Return the weight of the next use of a row in this block, and count it.

    The n-th use weighs min(1, full / n): all steps of a block start from the same scores, so a row that is used
    often would otherwise overshoot, the more so the higher the learning rate. Rows share the counters (a power of
    two), by the low bits of their number.
    """
    place = word & (touches.shape[1] - 1)
    n = touches[side, place] + 1
    touches[side, place] = n
    if n <= full:
        return _ONE
    return full / np.float32(n)


@kernel
def prepare_block(block, epoch, schedule, rate, draws, windows):
    """Draw the windows of a block: thin its sentences, draw reaches and noise words, weigh repeated uses.

    Parameters
    ----------
    block, epoch : int
        Which.
    schedule : Schedule
        The text; see :class:`wordvec.kernels.schedule.Schedule`.
    rate : float32
        Learning rate of this block.
    draws : Draws
        What to draw with.
    windows : Windows
        Overwritten, except for scores and losses. Documents of weight 0 have no windows.
    """
    ids, starts, lengths, documents, masses, blocks = schedule
    words, reaches, inputs, touches = windows.words, windows.reaches, windows.inputs, windows.touches
    rows, contexts, shares, outputs = windows.rows, windows.contexts, windows.shares, windows.outputs
    weights, rates, keep, table = windows.weights, windows.rates, draws.keep, draws.table
    window, negative, decays = draws.window, draws.negative, draws.input_uses > _ZERO
    touches[:] = 0
    w = e = end = 0
    rows[0] = 0
    for g in range(blocks[block], blocks[block + 1]):
        mass = masses[documents[g]] if masses.shape[0] else _ONE
        if mass == _ZERO:
            continue
        state = stream_of(draws.seed, epoch, g)
        begin = end
        end = thin_sentence(state, ids, starts[g], lengths[g], keep, window, words, reaches, begin)
        position = np.int64(mix64(state ^ STEP) & np.uint64(table.shape[0] - 1))
        if decays:
            for p in range(begin, end):
                inputs[p] = decayed(words[p], draws.input_uses, touches, 0)
        for center in range(begin, end):
            low = max(begin, center - reaches[center])
            high = min(end, center + reaches[center] + 1)
            if high - low == 1:
                continue
            _gather(words, low, center, high, contexts, e)
            position = draw_outputs(words[center], table, position, negative, outputs, w)
            if decays:
                _gather(inputs, low, center, high, shares, e)
                _weigh_outputs(outputs, w, negative, draws.output_uses, touches, weights)
            rates[w] = rate * mass
            e += high - low - 1
            w += 1
            rows[w] = e
    windows.sizes[0] = w
    windows.sizes[1] = e
    for after in range(w, w + SPARE):  # may be asked for ahead of time
        rows[after + 1] = e + 1
        outputs[after] = 0
        contexts[e] = 0


@inlined
def _gather(items, low, center, high, target, at):
    """Copy ``items[low:high]`` without ``items[center]``."""
    copy_items(items, low, center - low, target, at)
    copy_items(items, center + 1, high - center - 1, target, at + center - low)


@inlined
def _weigh_outputs(outputs, w, negative, uses, touches, weights):
    used = 0
    for group in range(0, outputs.shape[1], STRIDE):
        for place in range(group, group + OUTPUTS):
            weight = _ZERO
            if used <= negative:
                weight = decayed(outputs[w, place], uses, touches, 1)
                used += 1
            weights[w, place] = weight
