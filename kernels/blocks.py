"""How threads share a training: block by block with the same bits, or racing."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _atomic
from ._jit import inlined, kernel
from ._place import prefetch_read, prefetch_write
from ._tile import weigh
from ._vector import LANES, STRIDE
from .cbow import score_cbow, update_cbow
from .skipgram import score_skipgram, update_skipgram
from .windows import SPARE, prepare_block

#: Which architecture is trained, and how.
SKIPGRAM, CBOW, CBOW_EXACT = 0, 1, 2
#: Windows scored at a time by a thread.
_SHARE = 32
#: A thread that waits looks so often before it gives the CPU away.
_PATIENCE = 2_000
#: Counters of a span: blocks claimed for preparation, arrivals at barriers, blocks claimed by racing threads.
PREPARED, ARRIVED, CLAIMED = 0, _atomic.APART, 2 * _atomic.APART
#: From here on, two counters for each place of the ring: the block that is ready there, and its windows claimed.
RING = 3 * _atomic.APART
_LARGE = 1e150


class Task(NamedTuple):
    """What is trained in one epoch.

    Parameters
    ----------
    model : int
        :data:`SKIPGRAM`, :data:`CBOW` or :data:`CBOW_EXACT`.
    groups, parts : int
        Places for the output words of a window, eight for every six; how many times 64 context words it has at most.
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
    groups: int
    parts: int
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
def score_windows(first, last, task, W, U, windows, losses):
    """Score windows ``first`` to ``last - 1``, weigh their pairs, and write their losses.

    Parameters
    ----------
    first, last : int
        Which windows.
    task : Task
        What is trained.
    W, U : float32[V, P]
        Its vectors; only read.
    windows : Windows
        ``scores`` of these windows are overwritten. Windows after the last are looked at: there is room.
    losses : float64[windows, 2]
        Those of ``windows``, overwritten.
    """
    for w in range(first, last):
        prefetch_read(W, U, windows, w + SPARE, 0, W.shape[1])
        if task.model == SKIPGRAM:
            score_skipgram(w, task.groups, W, U, windows)
        else:
            score_cbow(w, task.groups, W, U, windows)
    for w in range(first, last):
        losses[w, 0], losses[w, 1] = weigh_window(w, task, windows)


@inlined
def weigh_window(w, task, windows):
    r"""Turn the scores of a window into the coefficients of its pairs' steps.

    The loss of a score s is :math:`-\log\sigma(s)` for the center and :math:`-\log\sigma(-s)` for a noise word. The
    coefficient is minus its derivative, times the learning rate and the weight that touch decay leaves.

    Parameters
    ----------
    w : int
        Which window.
    task : Task
        What is trained: for CBOW, the mean of the context words was scored, in one row.
    windows : Windows
        ``scores`` of the window are overwritten.

    Returns
    -------
    (float64, float64)
        a and b: the loss of the window is ``a + log(b)`` nats.

    References
    ----------
    Mikolov et al. (2013), "Distributed representations of words and phrases and their compositionality", eq. 4.
    """
    loss = 0.0
    product = 1.0
    for place in range(0, task.groups, STRIDE):
        label = np.float32(1.0) if place == 0 else np.float32(0.0)
        for part in range(task.parts if task.model == SKIPGRAM else 1):
            wrong, above = weigh(windows, w, place, label, task.model != SKIPGRAM, part)
            loss += wrong
            product *= above
            if product > _LARGE:
                loss += math.log(product)
                product = 1.0
    return loss, product


@inlined
def update_windows(first, last, low, high, task, W, U, windows):
    """Take the steps of windows ``first`` to ``last - 1`` in columns ``low`` to ``high - 1``."""
    for w in range(first, last):
        if task.model == SKIPGRAM:
            update_skipgram(w, task.groups, low, high, task.update_output, W, U, windows)
        else:
            update_cbow(w, low, high, task.model == CBOW_EXACT, task.update_output, W, U, windows)


@kernel
def score_share(first, last, task, windows):
    """Do :func:`score_windows`: compiled once, for all who call it for more than one window."""
    score_windows(first, last, task, task.W, task.U, windows, windows.losses)


@kernel
def update_share(low, high, task, windows):
    """Do :func:`update_windows` for all windows of a block.

    Who has some of the columns only has scored some of the windows only: rows are in the caches of another core.
    """
    W, U = task.W, task.U
    for w in range(windows.sizes[0]):
        if high - low < W.shape[1]:
            prefetch_write(W, U, windows, w + SPARE, low, high)
        update_windows(w, w + 1, low, high, task, W, U, windows)


@inlined
def sum_losses(block, task, windows):
    """Write the loss and the number of pairs of a block whose windows are scored."""
    total = 0.0
    product = 1.0
    losses = windows.losses
    for w in range(windows.sizes[0]):
        total += losses[w, 0]
        product *= losses[w, 1]
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
    W, U, losses, columns = task.W, task.U, windows.losses, task.W.shape[1]
    block = _atomic.add(counters, CLAIMED, 1)
    while block < last:
        prepare_block(block, task.epoch, schedule, task.rates[block], draws, windows)
        for w in range(windows.sizes[0]):
            score_windows(w, w + 1, task, W, U, windows, losses)
            update_windows(w, w + 1, 0, columns, task, W, U, windows)
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
    vectors = task.W.shape[1] // LANES
    low, high = vectors * thread // threads * LANES, vectors * (thread + 1) // threads * LANES
    arrivals, meeting = 0, np.int64(ARRIVED)  # not a literal: Numba would compile _wait for it once more
    for block in range(first, last):
        place = block % len(ring)
        ready = RING + 2 * place * _atomic.APART
        _wait(ready, block, block, last, schedule, draws, task, ring, counters)
        windows = ring[place]
        n = windows.sizes[0]
        claims = ready + _atomic.APART
        start = _atomic.add(counters, claims, _SHARE)
        while start < n:
            score_share(start, min(n, start + _SHARE), task, windows)
            start = _atomic.add(counters, claims, _SHARE)
        arrivals += threads
        _atomic.add(counters, ARRIVED, 1)  # nobody draws windows here: the others would wait for it
        _wait(meeting, arrivals, block, block, schedule, draws, task, ring, counters)
        if thread == 0:
            sum_losses(block, task, windows)
        update_share(low, high, task, windows)
        arrivals += threads
        _atomic.add(counters, ARRIVED, 1)
        _wait(meeting, arrivals, block, last, schedule, draws, task, ring, counters)


@kernel
def _wait(number, goal, block, last, schedule, draws, task, ring, counters):
    """Return when a counter has reached ``goal``; meanwhile draw windows of blocks after ``block``, below ``last``."""
    looks = 0
    while _atomic.read(counters, number) < goal:
        if not _prepare_next(block, last, schedule, draws, task, ring, counters):
            looks = _pause(looks)


@inlined
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
