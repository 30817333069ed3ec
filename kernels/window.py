"""What both trainers share: thinning a sentence, drawing reaches and noise words."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel
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
    scores : float32[2 * window, K + 1]
        A coefficient for each pair of a context word and an output word.
    rows : float32[K + 1, P]
        Sums of vectors; at least two rows.
    """

    words: NDArray[np.int32]
    reaches: NDArray[np.int32]
    outputs: NDArray[np.int32]
    scores: NDArray[np.float32]
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
