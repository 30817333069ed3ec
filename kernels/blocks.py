"""How threads share a training: block by block with the same bits, or racing."""

import numpy as np

from . import _atomic, disambiguated, graph_term, references, steps
from ._jit import by_kind, inlined, kernel
from ._vector import LANES
from .disambiguated import SenseTask
from .graph_term import GraphTask
from .references import ReferenceTask
from .steps import Task

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


#: What is done with a block, by what is trained: draw its windows, score some of them, update some columns, train
#: window after window, sum up.
_prepare = by_kind(
    3,
    {
        Task: steps.prepare,
        GraphTask: graph_term.prepare,
        ReferenceTask: references.prepare,
        SenseTask: disambiguated.prepare,
    },
)
_score = by_kind(
    2,
    {
        Task: steps.score_share,
        GraphTask: steps.score_share,
        ReferenceTask: steps.score_share,
        SenseTask: disambiguated.score_senses,
    },
)
_update = by_kind(
    2,
    {
        Task: steps.update_share,
        GraphTask: graph_term.update_and_pull,
        ReferenceTask: steps.update_share,
        SenseTask: disambiguated.update_rows,
    },
)
_race = by_kind(
    0,
    {
        Task: steps.race_windows,
        GraphTask: graph_term.race_and_pull,
        ReferenceTask: steps.race_windows,
        SenseTask: disambiguated.race_senses,
    },
)
_sum = by_kind(
    1,
    {
        Task: steps.sum_losses,
        GraphTask: steps.sum_losses,
        ReferenceTask: steps.sum_losses,
        SenseTask: disambiguated.sum_sense_losses,
    },
)


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
    schedule, draws, task : Schedule, Draws, Task, GraphTask or ReferenceTask; or Schedule, SenseDraws, SenseTask
        What to train.
    windows : Windows or SenseWindows
        Of this thread.
    counters : int64[counters_size(0)]
        Shared by all threads.

    References
    ----------
    Recht et al. (2011), "Hogwild: a lock-free approach to parallelizing stochastic gradient descent".
    """
    block = _atomic.add(counters, CLAIMED, 1)
    while block < last:
        _prepare(block, schedule, draws, task, windows)
        _race(task, windows)
        _sum(block, task, windows)
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
    schedule, draws, task : Schedule, Draws, Task, GraphTask or ReferenceTask; or Schedule, SenseDraws, SenseTask
        What to train.
    ring : tuple of Windows or of SenseWindows
        Shared by all threads; one place is enough for one thread.
    counters : int64[counters_size(len(ring))]
        Shared by all threads: zeros, but ``counters[PREPARED]`` is ``first`` and the ring's first counters -1.
    """
    vectors = task.U.shape[1] // LANES
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
            _score(start, min(n, start + _SHARE), task, windows)
            start = _atomic.add(counters, claims, _SHARE)
        arrivals += threads
        _atomic.add(counters, ARRIVED, 1)  # nobody draws windows here: the others would wait for it
        _wait(meeting, arrivals, block, block, schedule, draws, task, ring, counters)
        if thread == 0:
            _sum(block, task, windows)
        _update(low, high, task, windows)
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
    _prepare(following, schedule, draws, task, ring[place])
    _atomic.publish(counters, RING + (2 * place + 1) * _atomic.APART, 0)
    _atomic.publish(counters, RING + 2 * place * _atomic.APART, following)
    return True
