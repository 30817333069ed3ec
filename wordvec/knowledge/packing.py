"""Edges into compressed sparse rows with little memory beside them: each edge as one sortable number."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ResourceError

__all__ = ["Packed", "edge_keys", "give_back_memory", "pack_edges"]

#: So many edges are taken apart at once.
_CHUNK = 1 << 18


class Packed(NamedTuple):
    """Compressed sparse rows, and how many edges came again.

    Parameters
    ----------
    indptr : int64[N + 1]
        Where the edges of each concept start.
    indices : int32[E]
        The other end, rising for each concept.
    relations : uint16[E]
        Relation of each edge.
    weights : float32[E]
        A broadcast view of one number where all are the same.
    duplicates : int
        Edges that were there already.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    relations: NDArray[np.uint16]
    weights: NDArray[np.float32]
    duplicates: int


def edge_keys(
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    relations: NDArray[np.uint16],
    n_concepts: int,
    n_relations: int,
    *,
    directed: bool,
) -> NDArray[np.int64]:
    """Return each edge as one number, ``(source * N + target) * R + relation``, which sorts as the triple does.

    Parameters
    ----------
    sources, targets : int32[E]
        Ends of each edge, in ``0 .. n_concepts - 1``.
    relations : uint16[E]
        Relation of each edge.
    n_concepts, n_relations : int
        N and R.
    directed : bool
        Otherwise the smaller end is the source.

    Raises
    ------
    ResourceError
        If N * N * R does not fit 63 bits.

    Examples
    --------
    >>> edge_keys(np.array([2], np.int32), np.array([1], np.int32), np.zeros(1, np.uint16), 3, 1, directed=False)
    array([5])
    """
    if n_concepts * n_concepts * n_relations >= 1 << 63:
        raise ResourceError(f"{n_concepts:,} concepts and {n_relations:,} relations are more than a graph can hold.")
    keys = np.empty(len(sources), np.int64)
    for span in _spans(len(keys)):
        ends = sources[span].astype(np.int64), targets[span].astype(np.int64)
        low, high = ends if directed else (np.minimum(*ends), np.maximum(*ends))
        keys[span] = (low * n_concepts + high) * n_relations + relations[span]
    return keys


def pack_edges(
    keys: NDArray[np.int64], weights: NDArray[np.float32] | None, n_concepts: int, n_relations: int, *, directed: bool
) -> Packed:
    """Sort edges by source, target and relation, each once, with its largest weight.

    Where all weights are the same, no more than the keys is moved. Sorted keys are rows already; of an undirected
    graph they are the upper triangle, and what is below the diagonal is put before it in each row, without another
    sort of both.

    Parameters
    ----------
    keys : int64[E]
        Of :func:`edge_keys`; overwritten. The two ends of an edge are never the same.
    weights : float32[E], optional
        Weight of each edge; all 1 if None.
    n_concepts, n_relations : int
        N and R.
    directed : bool
        Otherwise an edge stands with both of its ends.

    Examples
    --------
    >>> ends = np.array([2, 0, 0], np.int32), np.array([0, 2, 1], np.int32)
    >>> keys = edge_keys(*ends, np.zeros(3, np.uint16), 3, 1, directed=False)
    >>> packed = pack_edges(keys, None, 3, 1, directed=False)
    >>> packed.indptr.tolist(), packed.indices.tolist(), packed.duplicates
    ([0, 2, 3, 4], [1, 2, 0, 0], 1)
    """
    uniform = np.ones(1, np.float32)
    if weights is not None and (not len(weights) or (weights == weights[0]).all()):
        uniform, weights = (weights[:1].copy() if len(weights) else uniform), None
    before = len(keys)
    keys, weights = _unique(keys, weights)
    size, r = len(keys), max(1, n_relations)
    rows = np.arange(n_concepts + 1, dtype=np.int64) * n_concepts * r
    indptr = np.searchsorted(keys, rows).astype(np.int64)
    targets, relations = np.empty(size, np.int32), np.empty(size, np.uint16)
    for span in _spans(size):
        pair, relations[span] = np.divmod(keys[span], r)
        targets[span] = pair % max(1, n_concepts)
    del keys
    if not directed:
        indptr, targets, relations, weights = _mirror(indptr, targets, relations, weights)
    held = np.broadcast_to(uniform, targets.shape) if weights is None else weights
    return Packed(indptr, targets, relations, held, before - size)


def _unique(
    keys: NDArray[np.int64], weights: NDArray[np.float32] | None
) -> tuple[NDArray[np.int64], NDArray[np.float32] | None]:
    """Return the keys sorted, each once, and the largest weight of each."""
    if weights is None:
        keys.sort()
    else:
        order = np.argsort(keys)  # of equal keys the largest weight counts, whichever comes first
        keys, weights = keys[order], weights[order]
        del order
    fresh = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    if fresh.all():
        return keys, weights
    if weights is not None:
        weights = np.maximum.reduceat(weights, np.flatnonzero(fresh))
    return keys[fresh], weights


def _mirror(
    indptr: NDArray[np.int64],
    targets: NDArray[np.int32],
    relations: NDArray[np.uint16],
    weights: NDArray[np.float32] | None,
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.uint16], NDArray[np.float32] | None]:
    """Return rows in which each edge stands with both ends, from rows that have each with its smaller end."""
    size, n = len(targets), len(indptr) - 1
    sources = np.repeat(np.arange(n, dtype=np.int32), np.diff(indptr))
    order = np.argsort(targets, kind="stable")  # by the larger end, then by the smaller, then by relation
    starts = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(targets, minlength=n), out=starts[1:])
    both = indptr + starts
    # To row i go first the edges whose larger end it is, then those whose smaller end it is.
    columns: list[NDArray[np.int32] | NDArray[np.uint16] | NDArray[np.float32]] = []
    below: tuple[NDArray[np.int32] | NDArray[np.uint16] | NDArray[np.float32], ...] = (sources, relations)
    above: tuple[NDArray[np.int32] | NDArray[np.uint16] | NDArray[np.float32], ...] = (targets, relations)
    if weights is not None:
        below, above = (*below, weights), (*above, weights)
    for lower, upper in zip(below, above, strict=True):
        column = np.empty(2 * size, upper.dtype)
        for span in _spans(size):
            place = np.arange(span.start, span.stop)
            column[place + starts[sources[span] + np.int64(1)]] = upper[span]
            chosen = order[span]
            column[place + indptr[targets[chosen]]] = lower[chosen]
        columns.append(column)
    indices, numbers, *rest = columns
    return both, indices, numbers, rest[0] if rest else None  # type: ignore[return-value]


def give_back_memory() -> None:
    """Ask the C library to return what was freed to the system, where it has a way (glibc).

    Otherwise some 30 MB that a graph of a million edges needed while it was built stay with the process.
    """
    import ctypes

    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):  # macOS, Windows, musl
        return


def _spans(size: int) -> list[slice]:
    return [slice(start, min(start + _CHUNK, size)) for start in range(0, size, _CHUNK)]
