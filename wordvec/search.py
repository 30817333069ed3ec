"""Exact search: the rows of a matrix that score highest for each query, for whoever asks for neighbors."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import require
from .threads import count_threads

if TYPE_CHECKING:
    from .embeddings import Embeddings

__all__ = ["Candidates", "Nearest", "nearest_rows", "run_spans"]

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

#: Queries that are answered together: their packed rows stay in a core's cache.
_QUERIES = 1024
#: Rows that meet all queries before the next ones are read: 192 x 300 floats are a quarter of a core's cache.
_BLOCK = 192
#: Products of two numbers that a kernel is called for, so that threads share the work evenly and Ctrl-C is heard.
_FEWEST, _MOST = 1 << 22, 1 << 30
#: Keys that the pools of one thread hold.
_KEYS = 1 << 22


class Nearest(NamedTuple):
    """The rows that score highest for each query, the best first, ties in the order of rows.

    Parameters
    ----------
    rows : int64[n, k]
        Rows of the matrix; -1 where there are too few.
    similarities : float32[n, k]
        Their scores; minus infinity where there are too few, and for a score that is not a number.
    """

    rows: Ids
    similarities: Floats


def nearest_rows(
    queries: Floats,
    vectors: Floats,
    k: int,
    *,
    scale: Floats,
    bias: Floats | None = None,
    candidates: Ids | None = None,
    own: Ids | None = None,
    threads: int | None = None,
) -> Nearest:
    """Find the ``k`` rows with the highest score for each query, all rows compared.

    The score of row r is ``(query . vectors[r]) * scale[r] + bias[r]``; with unit queries and a ``scale`` of one
    over each row's length it is the cosine. It depends on the query and the row alone, to the last bit: not on
    the other queries, the number of threads, or the CPU.

    Parameters
    ----------
    queries : float32[n, D]
        One query a row.
    vectors : float32[V, D]
        The matrix; may be a memory map.
    k : int >= 1
        How many; at most as many as there are candidates.
    scale : float32[V]
        What the product with each row is multiplied by.
    bias : float32[V], optional
        What is added then; 0 otherwise.
    candidates : int64[m], optional
        Rows that may be found, in ascending order; all otherwise.
    own : int64[n], optional
        A row for each query that is left out of its answer; -1 for none.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise.

    Returns
    -------
    Nearest
        Of shape ``(n, min(k, m))``.

    Raises
    ------
    ParameterError
        If ``k`` or ``threads`` is below 1.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [0, 1], [0.8, 0.6]], np.float32)
    >>> found = nearest_rows(vectors[:1], vectors, 2, scale=np.ones(3, np.float32))
    >>> found.rows.tolist(), found.similarities.round(2).tolist()
    ([[0, 2]], [[1.0, 0.800000011920929]])
    """
    require(k >= 1, "k", "an integer >= 1", k)
    chosen = np.arange(len(vectors)) if candidates is None else candidates
    width = min(k, len(chosen))
    found = Nearest(np.full((len(queries), width), -1), np.full((len(queries), width), -np.inf, dtype=np.float32))
    if not width:
        return found
    # One more than wanted, where the query's own row may be among them.
    wanted = min(k + (own is not None), len(chosen))
    task = _Task(vectors, chosen, scale, bias, wanted, count_threads(threads))
    step = max(16, min(_QUERIES, _KEYS // task.room))
    for start in range(0, len(queries), step):
        part = slice(start, start + step)
        rows, scores = task.answer(np.ascontiguousarray(queries[part], dtype=np.float32))
        if own is not None:
            rows, scores = _leave_out(rows, scores, own[part])
        found.rows[part], found.similarities[part] = rows[:, :width], scores[:, :width]
    return found


@dataclass(frozen=True, eq=False)
class Candidates:
    """Words that may be found.

    Parameters
    ----------
    vectors : float32[V, D]
        All vectors.
    scale : float32[V]
        One over the length of a vector; 0 where it has no direction.
    rows : int64[m]
        Those that may be found and have a direction, ascending.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("sea", "war", "nil"), np.array([3, 2, 1]))
    >>> found = Candidates.of(Embeddings(words, np.array([[2, 0], [0, 1], [0, 0]], np.float32)))
    >>> found.rows.tolist(), found.units(found.rows).tolist()
    ([0, 1], [[1.0, 0.0], [0.0, 1.0]])
    """

    vectors: Floats
    scale: Floats
    rows: Ids

    @classmethod
    def of(cls, embeddings: "Embeddings", rows: Ids | None = None) -> "Candidates":
        """Return those of ``rows``, of all otherwise, that have a direction."""
        # One type of array, whoever asks: each kernel is compiled once. Nobody's matrix is copied unless it is strided.
        vectors = np.ascontiguousarray(embeddings.vectors).view(np.ndarray)
        vectors.setflags(write=False)
        scale = embeddings.reciprocals
        sound = np.flatnonzero(scale > 0)
        return cls(vectors, scale, sound if rows is None else np.intersect1d(sound, rows))

    def units(self, rows: Ids) -> Floats:
        """Return float32[n, D], the vectors of rows at length 1."""
        units: Floats = self.vectors[rows] * self.scale[rows, None]
        return units

    def nearest(self, units: Floats, k: int, *, bias: Floats | None = None, threads: int | None = None) -> Nearest:
        """Return the candidates with the highest score for each unit vector (see :func:`nearest_rows`)."""
        return nearest_rows(units, self.vectors, k, scale=self.scale, bias=bias, candidates=self.rows, threads=threads)


class _Task:
    """What is the same for all queries of a search."""

    def __init__(
        self, vectors: Floats, candidates: Ids, scale: Floats, bias: Floats | None, k: int, threads: int
    ) -> None:
        from .kernels._product import STEP

        # One type of array, whoever asks: each kernel is compiled once. Nobody's matrix is copied unless it is strided.
        self.vectors = np.ascontiguousarray(vectors).view(np.ndarray)
        self.vectors.setflags(write=False)
        self.n = len(candidates)
        self.rows = np.concatenate([candidates, np.full(STEP - 1, candidates[-1])]).astype(np.int64)
        self.scale = np.ascontiguousarray(scale, dtype=np.float32).view()
        self.bias = np.zeros_like(self.scale) if bias is None else np.ascontiguousarray(bias, dtype=np.float32).view()
        self.scale.setflags(write=False)
        self.bias.setflags(write=False)
        self.k, self.threads = k, threads
        #: Keys that a pool has room for; it is tidied up when it is full.
        self.room = min(self.n, k + max(k, 8))

    def answer(self, queries: Floats) -> tuple[Ids, Floats]:
        """Return rows and scores of the best candidates of each query, [Q, k]."""
        from .kernels._product import NARROW, WIDE
        from .kernels.topk import pack_rows

        lanes = WIDE if len(queries) > 2 * NARROW else NARROW
        packed = np.empty((-(-len(queries) // lanes), queries.shape[1], lanes), dtype=np.float32)
        sources = queries.view()
        sources.setflags(write=False)
        pack_rows(sources, np.arange(len(queries)), 0, len(queries), packed)
        spans = self.n, self._span(packed.size), self.threads
        keys = np.concatenate(run_spans(*spans, lambda take: self._search(packed, len(queries), take)), axis=1)
        keys.sort(axis=1)
        return _decoded(keys[:, : -self.k - 1 : -1])

    def _span(self, numbers: int) -> int:
        """Return how many rows to hand to a kernel at a time: a multiple of the block."""
        most = min(_MOST // max(1, numbers), -(-self.n // (4 * self.threads)))
        return -(-max(1, most, _FEWEST // max(1, numbers)) // _BLOCK) * _BLOCK

    def _search(self, packed: Floats, n_queries: int, take: Callable[[], tuple[int, int] | None]) -> Ids:
        """Return the keys of the best rows of all spans that this thread takes, EMPTY where there are too few."""
        from .kernels._product import NARROW, NARROW_ROWS, WIDE, WIDE_ROWS
        from .kernels.topk import EMPTY, keep_best

        pools, used = np.empty((n_queries, self.room), dtype=np.int64), np.zeros(n_queries, dtype=np.int64)
        floor = np.full((packed.shape[0], packed.shape[2]), np.inf, dtype=np.float32)
        floor.reshape(-1)[:n_queries] = np.nan
        tiles = np.empty((WIDE_ROWS, WIDE), np.float32), np.empty((NARROW_ROWS, NARROW), np.float32)
        given = (packed, self.vectors, self.rows)
        kept = (self.scale, self.bias, self.k, pools, used, floor, *tiles)
        while span := take():
            keep_best(*given, *span, _BLOCK, *kept)
        pools[np.arange(self.room) >= used[:, None]] = EMPTY
        return pools


def run_spans(
    n: int, span: int, threads: int, work: Callable[[Callable[[], tuple[int, int] | None]], Any]
) -> list[Any]:
    """Call ``work`` on several threads, each taking spans of ``range(n)`` in ascending order until none is left.

    Parameters
    ----------
    n, span : int
        How many things there are, and how many to take at a time.
    threads : int
        How many threads at most.
    work : callable
        Given a function that returns the next span, first and last, or None.

    Examples
    --------
    >>> run_spans(5, 2, 1, lambda take: list(iter(take, None)))
    [[(0, 2), (2, 4), (4, 5)]]
    """
    spans = deque((first, min(n, first + span)) for first in range(0, n, span))

    def take() -> tuple[int, int] | None:
        try:
            return spans.popleft()
        except IndexError:
            return None

    workers = max(1, min(threads, len(spans)))
    if workers == 1:
        return [work(take)]
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            return [future.result() for future in [pool.submit(work, take) for _ in range(workers)]]
        finally:
            spans.clear()  # after an error or Ctrl-C, threads stop when their span is done


def _decoded(keys: Ids) -> tuple[Ids, Floats]:
    """Return the rows and scores of keys (:func:`wordvec.kernels.topk.key_of`); -1 and minus infinity for none."""
    from .kernels.topk import EMPTY

    empty = keys == EMPTY
    rows = (1 << 32) - 1 - (keys & ((1 << 32) - 1))
    bits = keys >> 32
    scores = np.where(bits < 0, bits ^ ((1 << 31) - 1), bits).astype(np.int32).view(np.float32)
    rows[empty], scores[empty] = -1, -np.inf
    return rows, scores


def _leave_out(rows: Ids, scores: Floats, own: Ids) -> tuple[Ids, Floats]:
    """Move each query's own row behind the others, as nothing."""
    there = rows == own[:, None]
    order = np.argsort(there, axis=1, kind="stable")
    rows = np.where(there, -1, rows)
    scores = np.where(there, np.float32(-np.inf), scores)
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(scores, order, axis=1)
