"""What both trainers share: thinning a sentence, drawing reaches and noise words."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel
from ._tile import prefetch_row
from .random import STEP, mix64

_32 = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


class Scratch(NamedTuple):
    """Working memory of one thread.

    Parameters
    ----------
    words, reaches : int32[longest segment]
        A thinned sentence.
    outputs : int32[K + 1]
        The center word and its noise words.
    contexts : int32[2 * window]
        The context words of a window.
    scores : float32[2 * window + 1, max(K + 1, 8)]
        A coefficient for each pair of a context word and an output word.
    tally : float64[2]
        Parts of a window's loss.
    rows : float32[K + 1, P]
        Sums of vectors; at least two rows.
    """

    words: NDArray[np.int32]
    reaches: NDArray[np.int32]
    outputs: NDArray[np.int32]
    contexts: NDArray[np.int32]
    scores: NDArray[np.float32]
    tally: NDArray[np.float64]
    rows: NDArray[np.float32]


@kernel
def thin_sentence(state, ids, start, length, keep, window, words, reaches):
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
    keep : int64[V]
        A token of word w stays if its 32-bit draw is below ``keep[w]``; 2**32 keeps all.
    window : int
        Largest reach; each token's is uniform on 1 .. ``window``.
    words, reaches : int32[length or more]
        Overwritten: the words that stay, and their reaches.

    Returns
    -------
    int
        How many words stay.
    """
    n = 0
    for token in range(start, start + length):
        state += STEP
        draw = mix64(state)
        word = ids[token]
        if np.int64(draw >> _32) < keep[word]:
            words[n] = word
            reaches[n] = 1 + np.int64(((draw & _LOW) * np.uint64(window)) >> _32)
            n += 1
    return n


@kernel
def draw_outputs(center, table, position, outputs):
    """Fill ``outputs`` with the center and then noise words, read from the table in order.

    A noise word equal to the center is passed over, as drawing again would.

    Parameters
    ----------
    center : int
        The word to predict.
    table : int32[T]
        Shuffled noise words, at least two distinct ones; T is a power of two.
    position : int
        Where to read on.
    outputs : int32[K + 1]
        Overwritten: the center first, then K noise words, which may repeat.

    Returns
    -------
    int
        The position after the last entry read.
    """
    mask = table.shape[0] - 1
    outputs[0] = center
    for k in range(1, outputs.shape[0]):
        word = table[position & mask]
        position += 1
        while word == center:
            word = table[position & mask]
            position += 1
        outputs[k] = word
    return position


@kernel
def gather_contexts(words, low, high, center, contexts):
    """Copy ``words[low:high]`` without ``words[center]`` to ``contexts``; return how many there are."""
    n = 0
    for position in range(low, high):
        if position != center:
            contexts[n] = words[position]
            n += 1
    return n


@kernel
def prefetch_ahead(words, n, center, window, table, position, size, W, U):
    """Ask for the rows that the windows after the next will need: a hint that changes no bit.

    Parameters
    ----------
    words : int32[n or more]
        The thinned sentence.
    n, center, window : int
        Its length, where we are, and the largest reach.
    table, position : int32[T], int
        Noise words and where the next window reads on.
    size : int
        Outputs of a window.
    W, U : float32[V, P]
        Whose rows to ask for.
    """
    mask = table.shape[0] - 1
    for k in range(position + size - 1, position + 2 * size - 2):
        prefetch_row(U, table[k & mask])
    if center + 2 < n:
        prefetch_row(U, words[center + 2])
    if center + window + 2 < n:
        prefetch_row(W, words[center + window + 2])
