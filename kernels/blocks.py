"""How threads share a training: block by block with the same bits, or racing."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _atomic
from ._jit import inlined, kernel
from ._tile import prefetch_row, weigh
from ._vector import LANES, OUTPUTS, STRIDE
from .cbow import score_cbow, update_cbow
from .skipgram import score_skipgram, update_skipgram
from .windows import prepare_block

#: Which architecture is trained, and how.
SKIPGRAM, CBOW, CBOW_EXACT = 0, 1, 2
#: Windows scored at a time by a thread.
_SHARE = 8
#: A thread that waits looks so often before it gives the CPU away.
_PATIENCE = 2_000
#: Counters of a span: blocks claimed for preparation, arrivals at barriers, blocks claimed by racing threads.
PREPARED, ARRIVED, CLAIMED = 0, _atomic.APART, 2 * _atomic.APART
#: From here on, two counters for each place of the ring: the block that is ready there, and its windows claimed.
RING = 3 * _atomic.APART
#: Rows are asked for so many windows ahead.
_AHEAD = 2
#: Rows of so many are weighed at once; the product of their losses fits in a double.
_CHUNK = 64
_LARGE = 1e150


class Task(NamedTuple):
    """What is trained in one epoch.

    Parameters
    ----------
    model : int
        :data:`SKIPGRAM`, :data:`CBOW` or :data:`CBOW_EXACT`.
    epoch : int
        With the seed and a segment's number, it keys all randomness.
    update_output : bool
        False leaves ``U`` alone: training against a compass.
    rates : float32[B]
        Learning rate of each block.
    W, U : float32[V, P]
        Input and output vectors, padded; updated in place.
    losses, pairs : float64[B]
        Overwritten for each block: sum of its losses in nats, and number of its pairs (of windows, for CBOW).
    """

    model: int
    epoch: int
    update_output: bool
    rates: NDArray[np.float32]
    W: NDArray[np.float32]
    U: NDArray[np.float32]
    losses: NDArray[np.float64]
    pairs: NDArray[np.float64]


@kernel
def counters_size(places):
    """Return how many int64 the counters of a span need, all 0 at first but the number of its first block."""
    return RING + 2 * places * _atomic.APART


@inlined
def score_windows(first, last, model, W, U, windows):
    """Score windows ``first`` to ``last - 1``, weigh their pairs, and write their losses.

    Parameters
    ----------
    first, last : int
        Which windows.
    model : int
        :data:`SKIPGRAM`, :data:`CBOW` or :data:`CBOW_EXACT`.
    W, U : float32[V, P]
        Only read.
    windows : Windows
        ``scores`` and ``losses`` of these windows are overwritten.
    """
    n = windows.sizes[0]
    for w in range(first, last):
        if w + _AHEAD < n:
            _prefetch(w + _AHEAD, W, U, windows)
        if model == SKIPGRAM:
            score_skipgram(w, W, U, windows)
        else:
            score_cbow(w, W, U, windows)
    for w in range(first, last):
        weigh_window(w, model != SKIPGRAM, windows)


@inlined
def weigh_window(w, mean, windows):
    r"""Turn the scores of a window into the coefficients of its pairs' steps, and write its loss.

    The loss of a score s is :math:`-\log\sigma(s)` for the center and :math:`-\log\sigma(-s)` for a noise word. The
    coefficient is minus its derivative, times the learning rate and the weight that touch decay leaves.

    Parameters
    ----------
    w : int
        Which window.
    mean : bool
        Whether the mean of its context words was scored, in one row, or each of them.
    windows : Windows
        ``scores`` and ``losses`` of the window are overwritten.

    References
    ----------
    Mikolov et al. (2013), "Distributed representations of words and phrases and their compositionality", eq. 4.
    """
    scores, shares, weights, rate = windows.scores, windows.shares, windows.weights, windows.rates[w]
    first, last = windows.rows[w], windows.rows[w] + 1 if mean else windows.rows[w + 1]
    loss = 0.0
    product = 1.0
    for place in range(0, weights.shape[1], STRIDE):
        label = 1.0 if place == 0 else 0.0
        for start in range(first, last, _CHUNK):
            stop = min(last, start + _CHUNK)
            wrong, above = weigh(scores, start, stop, w, place, shares, weights, label, rate, mean)
            loss += wrong
            product *= above
            if product > _LARGE:
                loss += math.log(product)
                product = 1.0
    windows.losses[w, 0] = loss
    windows.losses[w, 1] = product


@inlined
def _prefetch(w, W, U, windows):
    """Ask for the rows that window w adds to those before it."""
    for place in range(0, windows.outputs.shape[1], STRIDE):
        for j in range(OUTPUTS):
            prefetch_row(U, windows.outputs[w, place + j])
    prefetch_row(W, windows.contexts[windows.rows[w + 1] - 1])


@inlined
def update_windows(first, last, low, high, model, update_output, W, U, windows):
    """Take the steps of windows ``first`` to ``last - 1`` in columns ``low`` to ``high - 1``."""
    for w in range(first, last):
        if model == SKIPGRAM:
            update_skipgram(w, low, high, update_output, W, U, windows)
        else:
            update_cbow(w, low, high, model == CBOW_EXACT, update_output, W, U, windows)


@kernel
def sum_losses(block, task, windows):
    """Write the loss and the number of pairs of a block whose windows are scored."""
    total = 0.0
    product = 1.0
    for w in range(windows.sizes[0]):
        total += windows.losses[w, 0]
        product *= windows.losses[w, 1]
        if product > _LARGE:
            total += math.log(product)
            product = 1.0
    task.losses[block] = total + math.log(product)
    task.pairs[block] = windows.sizes[1] if task.model == SKIPGRAM else windows.sizes[0]


@kernel
def train_racing(last, schedule, draws, task, windows, counters):
    """Train on blocks, up to ``last - 1``, that no other thread has claimed yet: one window after the other.

    Several threads update the same rows without asking each other, so the result depends on chance; with one
    thread it does not. It is the algorithm that all others do, and the reference for the quality of
    :func:`train_blocks`.

    Parameters
    ----------
    last : int
        Blocks to train end here; they begin at ``counters[CLAIMED]``.
    schedule, draws, task : Schedule, Draws, Task
        What to train.
    windows : Windows
        Of this thread.
    counters : int64[counters_size(0)]
        Shared by all threads.

    References
    ----------
    Recht et al. (2011), "Hogwild: a lock-free approach to parallelizing stochastic gradient descent".
    """
    model, W, U = task.model, task.W, task.U
    block = _atomic.add(counters, CLAIMED, 1)
    while block < last:
        prepare_block(block, task.epoch, schedule, task.rates[block], draws, windows)
        for w in range(windows.sizes[0]):
            score_windows(w, w + 1, model, W, U, windows)
            update_windows(w, w + 1, 0, W.shape[1], model, task.update_output, W, U, windows)
        sum_losses(block, task, windows)
        block = _atomic.add(counters, CLAIMED, 1)


@kernel
def train_blocks(thread, threads, first, last, schedule, draws, task, ring, counters):
    """Train on blocks ``first`` to ``last - 1``: called by several threads, with the same bits for any number.

    A block is done in two phases. First all its windows are scored, against vectors that nobody changes, by whoever
    is free. Then every thread takes the steps of all windows, in the order of the text, in its own columns of the
    rows. So each number is the result of one fixed sequence of operations, whoever does them. Touch decay (see
    :func:`wordvec.kernels.windows.decayed`) makes up for scores that are a block old. Windows are drawn ahead of
    time, by threads that would wait.

    Parameters
    ----------
    thread, threads : int
        Number of this thread, from 0; how many there are.
    first, last : int
        Which blocks. Consecutive spans give the bits of one call, with any number of threads in each.
    schedule, draws, task : Schedule, Draws, Task
        What to train.
    ring : tuple of Windows
        Shared by all threads; one place is enough for one thread.
    counters : int64[counters_size(len(ring))]
        Shared by all threads: zeros, but ``counters[PREPARED]`` is ``first`` and the ring's first counters -1.
    """
    model, W, U = task.model, task.W, task.U
    vectors = W.shape[1] // LANES
    low, high = vectors * thread // threads * LANES, vectors * (thread + 1) // threads * LANES
    arrivals = 0
    for block in range(first, last):
        place = block % len(ring)
        _await_block(block, last, schedule, draws, task, ring, counters)
        windows = ring[place]
        n = windows.sizes[0]
        claims = RING + (2 * place + 1) * _atomic.APART
        start = _atomic.add(counters, claims, _SHARE)
        while start < n:
            score_windows(start, min(n, start + _SHARE), model, W, U, windows)
            start = _atomic.add(counters, claims, _SHARE)
        arrivals += threads
        _meet(arrivals, block, block, schedule, draws, task, ring, counters)
        if thread == 0:
            sum_losses(block, task, windows)
        update_windows(0, n, low, high, model, task.update_output, W, U, windows)
        arrivals += threads
        _meet(arrivals, block, last, schedule, draws, task, ring, counters)


@kernel
def _await_block(block, last, schedule, draws, task, ring, counters):
    """Return when the windows of a block are drawn; help if need be."""
    ready = RING + 2 * (block % len(ring)) * _atomic.APART
    looks = 0
    while _atomic.read(counters, ready) != block:
        if not _prepare_next(block, last, schedule, draws, task, ring, counters):
            looks = _pause(looks)


@kernel
def _meet(arrivals, block, last, schedule, draws, task, ring, counters):
    """Return when all threads have come here; meanwhile draw windows of later blocks, below ``last``."""
    arrived = _atomic.add(counters, ARRIVED, 1) + 1
    if arrived < arrivals:
        _prepare_next(block, last, schedule, draws, task, ring, counters)
    looks = 0
    while _atomic.read(counters, ARRIVED) < arrivals:
        looks = _pause(looks)


@kernel
def _pause(looks):
    if looks < _PATIENCE:
        _atomic.relax()
    else:
        _atomic.breathe()
    return looks + 1


@kernel
def _prepare_next(block, last, schedule, draws, task, ring, counters):
    """Draw the windows of the next block that nobody has taken, if the ring has a free place; tell whether."""
    following = _atomic.read(counters, PREPARED)
    if following >= min(last, block + len(ring)):
        return False
    if not _atomic.exchange(counters, PREPARED, following, following + 1):
        return False
    place = following % len(ring)
    prepare_block(following, task.epoch, schedule, task.rates[following], draws, ring[place])
    _atomic.publish(counters, RING + (2 * place + 1) * _atomic.APART, 0)
    _atomic.publish(counters, RING + 2 * place * _atomic.APART, following)
    return True
