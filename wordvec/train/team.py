"""The threads of a training, and the memory they work in."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from ..kernels._atomic import IS_ATOMIC
from ..kernels._vector import LANES, OUTPUTS, STRIDE
from ..kernels.blocks import CLAIMED, PREPARED, RING, counters_size, train_blocks, train_racing
from ..kernels.disambiguated import SenseTask
from ..kernels.graph_term import GraphTask
from ..kernels.references import ReferenceTask
from ..kernels.schedule import Schedule
from ..kernels.sense_windows import TRIO, SenseDraws, SenseWindows
from ..kernels.steps import Task
from ..kernels.windows import SPARE, Draws, Windows
from .schedule import BLOCK, block_tokens

__all__ = ["Pace", "Team", "count_places", "make_sense_windows", "make_windows", "padded", "unpadded"]

#: Blocks whose windows are drawn ahead of time, the current one included.
_PLACES = 4
#: After so many spans, another number of threads has its turn.
_PATIENCE = 16
#: Rows copied at once.
_ROWS = 4_096


class Pace:
    """How many threads are fastest just now; since they change no bit, the clock may decide it.

    Where cores share no cache, or have other work, more threads can be slower. All, half of them, a quarter and so on
    are tried for one span each, then the fastest; now and then another one has its turn, so that change is noticed.

    Parameters
    ----------
    threads : int >= 1
        How many there may be.

    Examples
    --------
    >>> pace = Pace(2)
    >>> for speed in (9.0, 5.0, 6.0):  # the first span of all compiles: it does not count
    ...     pace.note(pace.choose(), speed)
    >>> pace.choose()
    1
    """

    def __init__(self, threads: int) -> None:
        self._choices = [threads]
        while self._choices[-1] > 1:
            self._choices.append(self._choices[-1] // 2)
        self._speeds: dict[int, float] = {}
        self._turn = -1

    def choose(self) -> int:
        """Return how many threads should train the next span."""
        untried = [threads for threads in self._choices if threads not in self._speeds]
        if self._turn < 0 or untried:
            return (untried or self._choices)[0]
        if self._turn % _PATIENCE == 0:
            return self._choices[self._turn // _PATIENCE % len(self._choices)]
        return max(self._choices, key=lambda threads: self._speeds[threads])

    def note(self, threads: int, speed: float) -> None:
        """Remember how fast a span was."""
        if self._turn >= 0:
            self._speeds[threads] = speed
        self._turn += 1


class Team:
    """Threads that train spans of blocks together.

    Parameters
    ----------
    threads : int >= 1
        How many there may be.
    mode : {"blocks", "racing", "sequential"}
        Whether all work on one block at a time, with the same bits for any number, as many as are of use
        (:class:`Pace`); or each takes blocks by itself; or one thread takes window after window.
    schedule : Schedule
        The text: its longest block says how much memory is needed.
    draws : Draws or SenseDraws
        Window and number of noise words, for the same reason.
    """

    def __init__(self, threads: int, mode: str, schedule: Schedule, draws: Draws | SenseDraws) -> None:
        self._in_blocks = mode == "blocks"
        alone = mode == "sequential" or not IS_ATOMIC
        self._threads = threads = 1 if alone else threads
        longest = int(block_tokens(schedule).max(initial=0))
        places = _PLACES if self._in_blocks and threads > 1 else threads
        widest = min(draws.window, int(schedule.lengths.max(initial=1)))
        windows: list[Windows | SenseWindows] = [_make_windows(longest, widest, draws) for _ in range(places)]
        self._own = windows
        self._ring = tuple(windows[number % len(windows)] for number in range(_PLACES))
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._pace = Pace(threads)

    def __enter__(self) -> "Team":
        return self

    @property
    def n_threads(self) -> int:
        """How many threads work."""
        return self._threads

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def train(
        self,
        first: int,
        last: int,
        schedule: Schedule,
        draws: Draws | SenseDraws,
        task: Task | GraphTask | ReferenceTask | SenseTask,
    ) -> float:
        """Train blocks ``first`` to ``last - 1`` of an epoch; return the seconds it took, more than 0."""
        threads = self._pace.choose() if self._in_blocks else self._threads
        began = time.perf_counter()
        self._train(threads, first, last, schedule, draws, task)
        seconds = max(1e-6, time.perf_counter() - began)
        self._pace.note(threads, (last - first) / seconds)
        return seconds

    def _train(
        self,
        threads: int,
        first: int,
        last: int,
        schedule: Schedule,
        draws: Draws | SenseDraws,
        task: Task | GraphTask | ReferenceTask | SenseTask,
    ) -> None:
        counters = np.zeros(counters_size(_PLACES), dtype=np.int64)
        counters[PREPARED] = counters[CLAIMED] = first
        counters[RING:] = -1

        def work(thread: int) -> None:
            if self._in_blocks:
                train_blocks(thread, threads, first, last, schedule, draws, task, self._ring, counters)
            else:
                train_racing(last, schedule, draws, task, self._own[thread], counters)

        if self._pool is None or threads == 1:
            work(0)
            return
        gate, is_complete = threading.Event(), False

        def work_together(thread: int) -> None:
            gate.wait()
            if is_complete:  # else a thread could not be started, and the others would wait for it for ever
                work(thread)

        try:
            jobs = [self._pool.submit(work_together, thread) for thread in range(threads)]
            is_complete = True
        finally:
            gate.set()
        for job in jobs:
            job.result()


def make_windows(longest: int, window: int, negative: int) -> Windows:
    """Return room for the windows of a block of up to ``longest`` tokens, with a reach of up to ``window``."""
    pairs, places = longest * 2 * window + LANES, count_places(negative)  # copies go by vectors, beyond the end
    tokens, most = longest + LANES, longest + SPARE
    weights = np.zeros((most, places), dtype=np.float32)
    used = [place for place in range(places) if place % STRIDE < OUTPUTS][: negative + 1]
    weights[:, used] = 1.0
    return Windows(
        words=np.zeros(tokens, np.int32),
        reaches=np.zeros(tokens, np.int32),
        rows=np.zeros(most + 1, np.int64),
        contexts=np.zeros(pairs, np.int32),
        shares=np.ones(pairs, np.float32),
        outputs=np.zeros((most, places), np.int32),
        weights=weights,
        rates=np.zeros(most, np.float32),
        scores=np.zeros((pairs, places), np.float32),
        losses=np.zeros((most, 2), np.float64),
        inputs=np.zeros(tokens, np.float32),
        touches=np.zeros((2, count_touches(negative)), np.int32),
        sizes=np.zeros(3, np.int64),
    )


def _make_windows(longest: int, window: int, draws: Draws | SenseDraws) -> Windows | SenseWindows:
    if isinstance(draws, SenseDraws):
        return make_sense_windows(longest, window, draws.negative, draws.n_senses)
    return make_windows(longest, window, draws.negative)


def make_sense_windows(longest: int, window: int, negative: int, senses: int) -> SenseWindows:
    """Return room for the windows of a block of up to ``longest`` tokens, with ``senses`` senses a word."""
    entries, places = longest * (2 * window + negative) + LANES, STRIDE * -(-senses // TRIO)
    tokens, most = longest + LANES, longest + SPARE
    lanes = [STRIDE * (k // TRIO) + k % TRIO for k in range(senses)]
    weights = np.zeros((most, places), dtype=np.float32)
    weights[:, lanes + [lane + TRIO for lane in lanes]] = 1.0
    return SenseWindows(
        words=np.zeros(tokens, np.int32),
        reaches=np.zeros(tokens, np.int32),
        rows=np.zeros(most + 1, np.int64),
        targets=np.zeros(most, np.int64),
        contexts=np.zeros(entries, np.int32),
        shares=np.ones(entries, np.float32),
        outputs=np.zeros((most, places), np.int32),
        weights=weights,
        rates=np.zeros(most, np.float32),
        gumbels=np.zeros((most, senses), np.float32),
        scores=np.zeros((entries, places), np.float32),
        steps=np.zeros(entries, np.float32),
        gate_steps=np.zeros((most, senses), np.float32),
        temperatures=np.zeros(1, np.float32),
        reach=np.array([window, negative], np.int64),
        losses=np.zeros((most, 2), np.float64),
        touches=np.zeros((2, count_touches(window + negative)), np.int32),
        sizes=np.zeros(2, np.int64),
    )


def count_touches(negative: int) -> int:
    """Return how many counters tell the uses of rows in a block: a power of two, about one for each output word."""
    return 1 << max(12, (BLOCK * (negative + 1) - 1).bit_length())


def count_places(negative: int) -> int:
    """Return the places for a window's output words: eight for every six."""
    return int(STRIDE * -(-(negative + 1) // OUTPUTS))


def padded(rows: int, columns: int) -> NDArray[np.float32]:
    """Return zeros, float32[rows, P], P a multiple of the vector width, each row 64-byte aligned."""
    width = -(-columns // LANES) * LANES
    memory = np.zeros(rows * width * 4 + 64, dtype=np.uint8)
    skip = -memory.ctypes.data % 64
    return memory[skip : skip + rows * width * 4].view(np.float32).reshape(rows, width)


def unpadded(matrix: NDArray[np.float32], rows: NDArray[np.int64], columns: int) -> NDArray[np.float32]:
    """Return ``matrix[rows, :columns]``, C-contiguous; where rows ascend, in the memory of ``matrix``."""
    if (rows[1:] <= rows[:-1]).any():
        return matrix[rows, :columns]
    packed = matrix.reshape(-1)[: len(rows) * columns].reshape(len(rows), columns)
    for start in range(0, len(rows), _ROWS):  # no row is written before it was read
        packed[start : start + _ROWS] = matrix[rows[start : start + _ROWS], :columns]
    return packed
