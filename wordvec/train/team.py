"""The threads of a training, and the memory they work in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from ..kernels._atomic import IS_ATOMIC
from ..kernels._vector import LANES, OUTPUTS, STRIDE
from ..kernels.blocks import CLAIMED, PREPARED, RING, Task, counters_size, train_blocks, train_racing
from ..kernels.schedule import Schedule
from ..kernels.windows import SPARE, Draws, Windows
from .schedule import BLOCK, block_tokens

__all__ = ["Team", "count_places", "make_windows", "padded", "unpadded"]

#: Blocks whose windows are drawn ahead of time, the current one included.
_PLACES = 4
#: Rows copied at once.
_ROWS = 4_096


class Team:
    """Threads that train spans of blocks together.

    Parameters
    ----------
    threads : int >= 1
        How many there may be.
    mode : {"blocks", "racing", "sequential"}
        Whether all work on one block at a time, with the same bits for any number; or each takes blocks by itself;
        or one thread takes window after window.
    schedule : Schedule
        The text: its longest block says how much memory is needed.
    draws : Draws
        Window and number of noise words, for the same reason.
    """

    def __init__(self, threads: int, mode: str, schedule: Schedule, draws: Draws) -> None:
        self._in_blocks = mode == "blocks"
        alone = mode == "sequential" or not IS_ATOMIC
        self._threads = threads = 1 if alone else threads
        longest = int(block_tokens(schedule).max(initial=0))
        places = _PLACES if self._in_blocks and threads > 1 else threads
        widest = min(draws.window, int(schedule.lengths.max(initial=1)))
        windows = [make_windows(longest, widest, draws.negative) for _ in range(places)]
        self._own = windows
        self._ring = tuple(windows[number % len(windows)] for number in range(_PLACES))
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

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

    def train(self, first: int, last: int, schedule: Schedule, draws: Draws, task: Task) -> None:
        """Train blocks ``first`` to ``last - 1`` of an epoch."""
        counters = np.zeros(counters_size(_PLACES), dtype=np.int64)
        counters[PREPARED] = counters[CLAIMED] = first
        counters[RING:] = -1

        def work(thread: int) -> None:
            if self._in_blocks:
                train_blocks(thread, self._threads, first, last, schedule, draws, task, self._ring, counters)
            else:
                train_racing(last, schedule, draws, task, self._own[thread], counters)

        if self._pool is None:
            work(0)
            return
        gate, is_complete = threading.Event(), False

        def work_together(thread: int) -> None:
            gate.wait()
            if is_complete:  # else a thread could not be started, and the others would wait for it for ever
                work(thread)

        try:
            jobs = [self._pool.submit(work_together, thread) for thread in range(self._threads)]
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
