"""How threads share a training: block by block with the same bits, or racing."""

import numpy as np

from . import _atomic
from ._jit import inlined, kernel
from ._place import prefetch_write
from ._vector import LANES
from .steps import score_windows, sum_losses, update_windows
from .windows import SPARE, prepare_block

#: Windows scored at a time by a thread.
_SHARE = 32
#: A thread that waits looks so often before it gives the CPU away.
_PATIENCE = 2_000
#: Counters of a span: blocks claimed for preparation, arrivals at barriers, blocks claimed by racing threads.
PREPARED, ARRIVED, CLAIMED = 0, _atomic.APART, 2 * _atomic.APART
#: From here on, two counters for each place of the ring: the block that is ready there, and its windows claimed.
RING = 3 * _atomic.APART


@kernel
def counters_size(places):
    """Return how many int64 the counters of a span need, all 0 at first but the number of its first block."""
    return RING + 2 * places * _atomic.APART


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
