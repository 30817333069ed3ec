"""The step of a graph in a training: linked rows are drawn towards each other while the text is read."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import steps
from ._jit import inlined, kernel
from .random import STEP, mix64, stream_of

_32 = np.uint64(32)
_TWO, _HALF = np.float32(2.0), np.float32(0.5)


class GraphTask(NamedTuple):
    """What is trained in one epoch, with a graph over the rows of ``W``.

    Parameters
    ----------
    model, groups, parts, epoch, update_output, rates, W, U, losses, pairs
        As in :class:`wordvec.kernels.steps.Task`.
    seed : uint64
        With the epoch and the block, it keys the draws of edges; not the seed of the windows.
    weight : float32
        How much the distance of linked rows counts: lambda.
    indptr : int64[V + 1]
        The edges of row i are ``indptr[i]`` to ``indptr[i + 1] - 1``.
    indices : int32[E]
        The row at the far end of each, another one.
    bounds : uint32[E]
        An edge of a row is drawn if it is the first whose bound is not below 32 random bits; the last one's of each
        row is 2**32 - 1.
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
    seed: np.uint64
    weight: np.float32
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    bounds: NDArray[np.uint32]


@inlined
def draw_edge(draw, first, last, bounds):
    """Return which of the edges ``first`` to ``last - 1`` is drawn: the first one whose bound is not below ``draw``.

    Parameters
    ----------
    draw : uint32
        Random bits.
    first, last : int
        The edges of a row, one at least.
    bounds : uint32[E]
        As in :class:`GraphTask`.
    """
    low, high = first, last - 1
    while low < high:
        middle = (low + high) // 2
        if bounds[middle] < draw:
            low = middle + 1
        else:
            high = middle
    return low


@inlined
def pull_linked(low, high, task, windows):
    r"""Draw each window's center word and one of its neighbors together, in columns ``low`` to ``high - 1``.

    The neighbor j of the center i is drawn in proportion to the weights of i's edges; the loss is
    :math:`\lambda\|C_i - C_j\|^2`, and both rows take its step. Every column is a sequence of operations of its own,
    in the order of the text, so whoever has which columns changes no bit.

    Parameters
    ----------
    low, high : int
        Columns.
    task : GraphTask
        ``W`` is updated in place; two rows meet half-way at most.
    windows : Windows
        A block's, drawn by :func:`prepare`; only read.
    """
    W, indptr, indices, bounds = task.W, task.indptr, task.indices, task.bounds
    outputs, rates, weight = windows.outputs, windows.rates, task.weight
    state = stream_of(task.seed, task.epoch, windows.sizes[2])
    for w in range(windows.sizes[0]):
        state += STEP
        center = outputs[w, 0]
        first, last = indptr[center], indptr[center + 1]
        if first == last:
            continue
        neighbor = indices[draw_edge(np.uint32(mix64(state) >> _32), first, last, bounds)]
        step = min(_HALF, _TWO * weight * rates[w])
        for d in range(low, high):
            change = step * (W[center, d] - W[neighbor, d])
            W[center, d] -= change
            W[neighbor, d] += change


@inlined
def prepare(block, schedule, draws, task, windows):
    """Do :func:`wordvec.kernels.steps.prepare`, and remember which block it was."""
    steps.prepare(block, schedule, draws, task, windows)
    windows.sizes[2] = block


@kernel
def update_and_pull(low, high, task, windows):
    """Take the steps of a block's text, and then those of its edges, in columns ``low`` to ``high - 1``."""
    steps.update_share(low, high, task, windows)
    pull_linked(low, high, task, windows)


@inlined
def race_and_pull(task, windows):
    """Train window after window, and then take the steps of the block's edges."""
    steps.race_windows(task, windows)
    pull_linked(0, task.W.shape[1], task, windows)
