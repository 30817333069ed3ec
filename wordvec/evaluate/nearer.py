"""How many words are nearer to a query than the right one, and what its place among them is worth."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..search import run_spans
from ..threads import count_threads

__all__ = ["count_nearer", "expected_hits", "expected_reciprocals"]

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ids = NDArray[np.int64]

#: Queries that are answered together; words at a time.
_QUERIES, _WIDTH = 2048, 1024
#: Panels of words that are packed together.
_PANELS = 4


def count_nearer(
    embeddings: Embeddings,
    queries: Floats,
    right: Ids,
    candidates: Ids,
    barred: tuple[Ids, Ids],
    *,
    threads: int | None = None,
) -> tuple[Ids, Ids]:
    """Count for each query the words with a higher cosine than the right one has, and with the same.

    A cosine depends on the query and the word alone, to the last bit: equal vectors tie, and the counts are the
    same for any number of threads.

    Parameters
    ----------
    embeddings : Embeddings
        The words.
    queries : float64[n, D]
        Vectors, of any length; all cosines with zeros are 0.
    right : int64[n]
        The row of the right word of each query, one of ``candidates``.
    candidates : int64[m]
        Rows of the words that are compared, each once.
    barred : (int64[b], int64[b])
        Numbers of queries and rows that are not compared for them, each pair once, never the right row; rows that
        are no candidates do not matter.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise.

    Returns
    -------
    better, equal : int64[n]
        How many other candidates have a higher cosine, and the same. Where a cosine with the right word is not
        finite, all are better.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("cat", "dog", "tax"), np.array([3, 2, 1]))
    >>> embeddings = Embeddings(words, np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]], np.float32))
    >>> none = np.zeros(0, np.int64)
    >>> better, equal = count_nearer(embeddings, np.eye(2), np.array([1, 2]), np.arange(3), (none, none))
    >>> better.tolist(), equal.tolist()
    ([1, 0], [0, 0])
    """
    from ..kernels.combinations import pair_products

    lengths = np.linalg.norm(queries, axis=1, keepdims=True)
    units = np.divide(queries, lengths, out=np.zeros_like(queries), where=lengths > 0).astype(np.float32)
    scale = np.divide(1.0, embeddings.norms, out=np.zeros_like(embeddings.norms), where=embeddings.norms > 0)
    vectors = np.ascontiguousarray(embeddings.vectors).view(np.ndarray)
    vectors.setflags(write=False)

    def cosines(numbers: Ids, rows: Ids) -> Singles:
        found = np.empty(len(rows), dtype=np.float32)
        pair_products(units, numbers, vectors, rows, found)
        return found * scale[rows]

    own = cosines(np.arange(len(units)), np.ascontiguousarray(right))
    counts = np.zeros((2, len(units)), dtype=np.int64)
    for start in range(0, len(units), _QUERIES):
        part = slice(start, start + _QUERIES)
        counts[:, part] = _count(units[part], own[part], vectors, candidates, scale[candidates], threads)
    counts[1] -= 1  # the right word itself
    numbers, rows = (side[np.isin(barred[1], candidates)] for side in barred)
    others = cosines(numbers, rows)
    np.subtract.at(counts[0], numbers, others > own[numbers])
    np.subtract.at(counts[1], numbers, others == own[numbers])
    lost = ~np.isfinite(own)
    return np.where(lost, len(candidates), counts[0]), np.where(lost, 0, counts[1])


def _count(units: Singles, own: Singles, vectors: Singles, candidates: Ids, scale: Singles, threads: int | None) -> Ids:
    """Return int64[2, n]: candidates with a higher cosine than ``own``, and with the same."""
    from ..kernels._product import STEP, WIDE, WIDE_ROWS
    from ..kernels.combinations import fill_products

    count, dim = units.shape
    numbers = np.concatenate([np.arange(count), np.full(STEP - 1, count - 1)])
    limit = own[:, None]

    def work(take: Callable[[], tuple[int, int] | None]) -> Ids:
        found = np.zeros((2, count), dtype=np.int64)
        packed, tile = np.empty((_PANELS, dim, WIDE), np.float32), np.empty((WIDE_ROWS, WIDE), np.float32)
        cosines = np.empty((count, _WIDTH), np.float32)
        while span := take():
            fill_products(units, count, numbers, vectors, candidates, *span, scale, packed, tile, cosines)
            part = cosines[:, : span[1] - span[0]]
            found[0] += np.count_nonzero(part > limit, axis=1)
            found[1] += np.count_nonzero(part == limit, axis=1)
        return found

    return np.asarray(sum(run_spans(len(candidates), _WIDTH, count_threads(threads), work)))


def expected_hits(better: Ids, equal: Ids, k: int) -> Floats:
    """Return float64[n], how likely the right word is among the first ``k``, words as near as it in random order.

    Parameters
    ----------
    better, equal : int64[n]
        How many other words are nearer, and as near.
    k : int >= 1
        How many words are looked at.

    Examples
    --------
    >>> expected_hits(np.array([0, 0, 1, 9]), np.array([0, 1, 0, 3]), 1).tolist()
    [1.0, 0.5, 0.0, 0.0]
    >>> expected_hits(np.array([9]), np.array([3]), 10).tolist()
    [0.25]
    """
    return np.asarray(np.clip(k - better, 0, equal + 1) / (equal + 1.0))


def expected_reciprocals(better: Ids, equal: Ids) -> Floats:
    """Return float64[n], the mean of 1 / rank of the right word, words as near as it in random order.

    Parameters
    ----------
    better, equal : int64[n]
        How many other words are nearer, and as near.

    Examples
    --------
    >>> expected_reciprocals(np.array([0, 1, 0]), np.array([0, 0, 1])).tolist()
    [1.0, 0.5, 0.75]
    """
    if not len(better):
        return np.zeros(0)
    sums = np.concatenate([[0.0], np.cumsum(1.0 / np.arange(1, int((better + equal).max()) + 2))])
    with_ties = (sums[better + equal + 1] - sums[better]) / (equal + 1.0)
    return np.asarray(np.where(equal > 0, with_ties, 1.0 / (better + 1.0)))
