"""Runs of numbers that stand for one: found from the left, the longest first."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel


class PhraseTable(NamedTuple):
    """Sequences of two numbers or more, as a tree.

    Parameters
    ----------
    roots : int32[any]
        The node that a first number leads to, 0 for none; numbers beyond the end begin no sequence.
    offsets : int64[nodes + 1]
        From node n on, numbers ``numbers[offsets[n]:offsets[n + 1]]`` lead to the same places in ``nodes``. Node 0
        stands for none.
    numbers, nodes : int32[any]
        Ascending for each node.
    marks : int32[nodes]
        The number of the sequence that ends at a node, -1 for none.
    """

    roots: NDArray[np.int32]
    offsets: NDArray[np.int64]
    numbers: NDArray[np.int32]
    nodes: NDArray[np.int32]
    marks: NDArray[np.int32]


@kernel
def merge_phrases(numbers, stop, ends, table, out):
    """Copy ``numbers``, known sequences replaced by the one number that they stand for; correct what ends where.

    From the left, at each place the longest sequence that begins there is taken. None goes across an end.

    Parameters
    ----------
    numbers : int32[n]
        What to copy.
    stop : int
        Where to stop reading: a sequence may begin before this place and end after it.
    ends : int64[any]
        Places in ``numbers``, ascending; those up to where reading stops are overwritten with the same in ``out``.
    table : PhraseTable
        The sequences.
    out : int32[n]
        Overwritten from the start.

    Returns
    -------
    (int, int)
        How many were read, and how many written.
    """
    roots, offsets, keys, nodes, marks = table.roots, table.offsets, table.numbers, table.nodes, table.marks
    line = k = o = 0
    while k < stop:
        while line < ends.shape[0] and ends[line] <= k:
            ends[line] = o
            line += 1
        number, length = numbers[k], 1
        out[o] = number
        node = roots[number] if number < roots.shape[0] else 0
        if node:
            limit = ends[line] if line < ends.shape[0] else numbers.shape[0]
            place = k + 1
            while node and place < limit:
                node = _follow(numbers[place], offsets[node], offsets[node + 1], keys, nodes)
                place += 1
                if node and marks[node] >= 0:
                    out[o], length = marks[node], place - k
        k += length
        o += 1
    while line < ends.shape[0] and ends[line] <= k:
        ends[line] = o
        line += 1
    return k, o


@kernel
def _follow(number, low, high, keys, nodes):
    """Return the node that a number leads to, 0 for none."""
    end = high
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < number:
            low = middle + 1
        else:
            high = middle
    return nodes[low] if low < end and keys[low] == number else 0


@kernel
def keep_listed(numbers, offsets, others, ends, out, counts):
    """Copy ``numbers``, each replaced by its list; correct what ends where, and count.

    Parameters
    ----------
    numbers : int32[n]
        Old numbers.
    offsets : int64[old numbers + 1]
        The list of number k is ``others[offsets[k]:offsets[k + 1]]``; it may be empty.
    others : int32[any]
        New numbers.
    ends : int64[any]
        Places in ``numbers`` (1 to n), ascending; overwritten with how many are written up to each.
    out : int32[all lists]
        Overwritten from the start.
    counts : int64[new numbers]
        Grow by how often each was written.

    Returns
    -------
    int
        How many were written.
    """
    line = kept = 0
    for k in range(numbers.shape[0]):
        while line < ends.shape[0] and ends[line] <= k:
            ends[line] = kept
            line += 1
        number = numbers[k]
        for place in range(offsets[number], offsets[number + 1]):
            out[kept] = others[place]
            counts[others[place]] += 1
            kept += 1
    for rest in range(line, ends.shape[0]):
        ends[rest] = kept
    return kept
