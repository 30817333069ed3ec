"""Many trainings in one: rows against a frozen output matrix, each for its own share of the text.

With ``U`` frozen, the skip-gram loss of a text is a sum over the rows of ``W``, and the steps of one row depend on no
other. So a word can have any number of rows, each of which sees only some of the word's uses, and all of them are
trained while the text is read once. A use belongs to an *entry*, a word in one part of the text (what a document is
drawn, left out or exchanged with), and for each *design* the entry names the row that the use trains, or none.

The pairs of a stretch of text are listed first (:func:`draw_pairs`), then put in the order of their words
(:func:`sort_pairs`), so that a word's rows stay in the cache while all its pairs have their turn (:func:`train_pairs`).
The order among the pairs of one word is that of the text, so the bits are the same for any stretches and any threads.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import inlined, kernel
from ._tile import dot_contexts, update_contexts
from ._vector import STRIDE
from .random import STEP, mix64, stream_of
from .steps import weigh_window
from .windows import draw_outputs

_32 = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


class Entries(NamedTuple):
    """Which uses there are, and which rows they train.

    Parameters
    ----------
    parts : int32[documents]
        The part of the text that each document belongs to.
    offsets : int64[parts + 1]
        The entries of part c are ``offsets[c]`` to ``offsets[c + 1] - 1``.
    words : int32[E]
        The word of each entry, ascending within a part.
    places : int32[E]
        The number of that word among those that have rows.
    rows : int16[E, K]
        For each design, which of the word's rows its uses train; -1 for none.
    keep : int64[n, R]
        Row r of a word sees a use if the use's 32 bits are below ``keep[place, r]``; 2**32 for all of them.
    """

    parts: NDArray[np.int32]
    offsets: NDArray[np.int64]
    words: NDArray[np.int32]
    places: NDArray[np.int32]
    rows: NDArray[np.int16]
    keep: NDArray[np.int64]


class Pairs(NamedTuple):
    """The pairs of a stretch of text.

    Parameters
    ----------
    words, reaches, entries : int32[longest stretch]
        The thinned text, how far each window reaches, and the entry of each word, -1 for one without rows.
    marks : int64[longest stretch]
        32 bits for each use, the same in every epoch: a use that a row does not see stays unseen.
    outputs : int32[windows, 8 * G]
        As in :class:`wordvec.kernels.windows.Windows`.
    rates : float32[windows]
        Learning rates.
    contexts, windows : int32[pairs]
        For each pair, which word of the thinned text is to predict, and in which window.
    order : int32[pairs]
        The pairs in the order of their words.
    starts : int64[n + 1]
        Word n's pairs are ``order[starts[n]:starts[n + 1]]``.
    """

    words: NDArray[np.int32]
    reaches: NDArray[np.int32]
    entries: NDArray[np.int32]
    marks: NDArray[np.int64]
    outputs: NDArray[np.int32]
    rates: NDArray[np.float32]
    contexts: NDArray[np.int32]
    windows: NDArray[np.int32]
    order: NDArray[np.int32]
    starts: NDArray[np.int64]


@inlined
def find_entry(word, words, low, high):
    """Return where ``word`` is in ``words[low:high]``, which ascend, or -1."""
    end = high
    while low < high:
        middle = (low + high) // 2
        if words[middle] < word:
            low = middle + 1
        else:
            high = middle
    return low if low < end and words[low] == word else -1


@kernel
def draw_pairs(first, last, epoch, schedule, rates, draws, kinds, entries, pairs):
    """List the pairs of blocks ``first`` to ``last - 1``: the draws are those of ``prepare_block``.

    Parameters
    ----------
    first, last, epoch : int
        Which.
    schedule : Schedule
        The text, with documents.
    rates : float32[B]
        Learning rate of each block.
    draws : tuple of Draws
        What to draw with.
    kinds : int8[documents]
        Which of them each document is drawn with.
    entries : Entries
        Whose uses count.
    pairs : Pairs
        Overwritten, except for ``order`` and ``starts``.

    Returns
    -------
    int
        The number of pairs.
    """
    words, reaches, found, marks = pairs.words, pairs.reaches, pairs.entries, pairs.marks
    n = w = end = 0
    for block in range(first, last):
        for g in range(schedule.blocks[block], schedule.blocks[block + 1]):
            document = schedule.documents[g]
            part = entries.parts[document]
            mine = draws[kinds[document]]
            window, negative, keep, table = mine.window, mine.negative, mine.keep, mine.table
            low, high = entries.offsets[part], entries.offsets[part + 1]
            if low == high:
                continue
            state = stream_of(mine.seed, epoch, g)
            position = np.int64(mix64(state ^ STEP) & np.uint64(table.shape[0] - 1))
            begin = end
            for token in range(schedule.starts[g], schedule.starts[g] + schedule.lengths[g]):
                state += STEP
                draw = mix64(state)
                word = schedule.ids[token]
                if np.int64(draw >> _32) < keep[word]:
                    words[end] = word
                    reaches[end] = 1 + np.int64(((draw & _LOW) * np.uint64(window)) >> _32)
                    found[end] = find_entry(word, entries.words, low, high)
                    marks[end] = np.int64(mix64(mine.seed ^ mix64(np.uint64(token) + STEP)) >> _32)
                    end += 1
            for center in range(begin, end):
                lowest = max(begin, center - reaches[center])
                highest = min(end, center + reaches[center] + 1)
                if highest - lowest == 1:
                    continue
                position = draw_outputs(words[center], table, position, negative, pairs.outputs, w)
                pairs.rates[w] = rates[block]
                for context in range(lowest, highest):
                    if context != center and found[context] >= 0:
                        pairs.contexts[n] = context
                        pairs.windows[n] = w
                        n += 1
                w += 1
    return n


@kernel
def sort_pairs(n, entries, pairs):
    """Put ``n`` pairs in the order of their words, those of a word in the order of the text.

    Parameters
    ----------
    n : int
        How many there are.
    entries : Entries
        Only read.
    pairs : Pairs
        ``order`` and ``starts`` are overwritten.
    """
    starts, order, contexts, found = pairs.starts, pairs.order, pairs.contexts, pairs.entries
    places = entries.places
    starts[:] = 0
    for i in range(n):
        starts[places[found[contexts[i]]] + 1] += 1
    for place in range(starts.shape[0] - 1):
        starts[place + 1] += starts[place]
    for i in range(n):
        place = places[found[contexts[i]]]
        order[starts[place]] = i
        starts[place] += 1
    for place in range(starts.shape[0] - 1, 0, -1):
        starts[place] = starts[place - 1]
    starts[0] = 0


@kernel
def train_pairs(first, last, entries, pairs, task, tile):
    r"""Take the steps of all pairs of words ``first`` to ``last - 1``, in every row that sees them.

    For the rows C of a word and the output rows U of a window, :math:`C \leftarrow C + \eta\,(y - \sigma(U C))\,U`:
    the step of skip-gram with the output rows frozen.

    Parameters
    ----------
    first, last : int
        Which of the words that have rows.
    entries : Entries
        Which rows a use trains.
    pairs : Pairs
        The pairs, sorted.
    task : Task
        Skip-gram, its output rows frozen. ``W`` has R rows for each word, one after the other.
    tile : Windows
        Room for one window of as many context words as there are designs.
    """
    W, U = task.W, task.U
    n_rows, n_designs = entries.keep.shape[1], entries.rows.shape[1]
    columns, places = W.shape[1], pairs.outputs.shape[1]
    rows, keep, contexts = entries.rows, entries.keep, tile.contexts
    for place in range(first, last):
        for i in range(pairs.starts[place], pairs.starts[place + 1]):
            pair = pairs.order[i]
            use, w = pairs.contexts[pair], pairs.windows[pair]
            entry, mark = pairs.entries[use], pairs.marks[use]
            n = 0
            for design in range(n_designs):
                row = rows[entry, design]
                if row >= 0 and mark < keep[place, row]:
                    contexts[n] = place * n_rows + row
                    n += 1
            if n == 0:
                continue
            tile.rows[1] = n
            tile.rates[0] = pairs.rates[w]
            for j in range(places):
                tile.outputs[0, j] = pairs.outputs[w, j]
            for group in range(0, task.groups, STRIDE):
                dot_contexts(W, U, tile, 0, group)
            weigh_window(0, task, tile)
            for group in range(0, task.groups, STRIDE):
                update_contexts(W, U, tile, 0, group, 0, columns, False)
