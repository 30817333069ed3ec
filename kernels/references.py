"""Windows over words that have a row for each slice: what a word meets is shared, the word itself is the slice's."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import steps
from ._jit import inlined
from ._vector import OUTPUTS, STRIDE
from .random import mix64
from .windows import decayed

_ZERO = np.float32(0.0)


class ReferenceTask(NamedTuple):
    """What is trained in one epoch, where a token's number says its slice, too.

    Numbers below the number of words are words, and the noise table holds them alone; all numbers of tokens are above.

    Parameters
    ----------
    model, groups, parts, epoch, update_output, rates, W, U, losses, pairs
        As in :class:`wordvec.kernels.steps.Task`.
    words : int32[E]
        The row of ``U`` of each number: its word, whatever the slice.
    rows : int32[E]
        The row of ``W`` of each number: the word's in that slice, or the word's in all of them.
    """

    model: int
    groups: int
    parts: int
    epoch: int
    update_output: bool
    rates: NDArray[np.float32]
    W: NDArray[np.float32]
    U: NDArray[np.float32]
    losses: NDArray[np.float64]
    pairs: NDArray[np.float64]
    words: NDArray[np.int32]
    rows: NDArray[np.int32]


@inlined
def redraw(block, w, place, center, table):
    """Return the noise word that takes the place of one that is the center itself, keyed by where it stood.

    Parameters
    ----------
    block, w, place : int
        Where.
    center : int
        The word that may not be drawn.
    table : int32[T]
        As in :class:`wordvec.kernels.windows.Draws`: two distinct words at least.
    """
    mask = table.shape[0] - 1
    position = np.int64(mix64(np.uint64(((block << 16) + w << 16) + place)) & np.uint64(mask))
    while table[position] == center:
        position = position + 1 & mask
    return table[position]


@inlined
def refer_windows(block, task, draws, windows):
    """Turn the numbers of tokens in the windows of a block to rows of ``W`` and of ``U``.

    Uses of output rows are counted anew, since those of one word in several slices are uses of one row.

    Parameters
    ----------
    block : int
        Which block.
    task : ReferenceTask
        What the numbers mean.
    draws : Draws
        What the windows were drawn with.
    windows : Windows
        ``contexts``, ``outputs``, ``weights`` and ``touches`` are overwritten.
    """
    contexts, outputs, weights, touches = windows.contexts, windows.outputs, windows.weights, windows.touches
    words, rows, table, negative = task.words, task.rows, draws.table, draws.negative
    for e in range(windows.sizes[1]):
        contexts[e] = rows[contexts[e]]
    touches[1, :] = 0
    for w in range(windows.sizes[0]):
        center = words[outputs[w, 0]]
        used = 0
        for group in range(0, outputs.shape[1], STRIDE):
            for place in range(group, group + OUTPUTS):
                word = center
                if 0 < used <= negative:
                    word = outputs[w, place]
                    if word == center:
                        word = redraw(block, w, place, center, table)
                outputs[w, place] = word
                if used <= negative and draws.output_uses > _ZERO:
                    weights[w, place] = decayed(word, draws.output_uses, touches, 1)
                used += 1


@inlined
def prepare(block, schedule, draws, task, windows):
    """Do :func:`wordvec.kernels.steps.prepare`, and turn numbers to rows."""
    steps.prepare(block, schedule, draws, task, windows)
    refer_windows(block, task, draws, windows)
