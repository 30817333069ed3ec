"""Edges into compressed sparse rows with little memory beside them: each edge as one sortable number."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ResourceError

__all__ = ["Packed", "pack_edges"]

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


def pack_edges(
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    relations: NDArray[np.uint16],
    weights: NDArray[np.float32] | None,
    n_concepts: int,
    n_relations: int,
    *,
    directed: bool,
) -> Packed:
    """Sort edges by source, target and relation, each once, with its largest weight.

    An edge is the number ``(source * N + target) * R + relation``: eight bytes that sort as the triple does. Where all
    weights are the same, nothing else is moved.

    Parameters
    ----------
    sources, targets : int32[E]
        Ends of each edge, in ``0 .. n_concepts - 1``; never the same.
    relations : uint16[E]
        Relation of each edge.
    weights : float32[E], optional
        Weight of each edge; all 1 if None.
    n_concepts, n_relations : int
        N and R.
    directed : bool
        Otherwise an edge is the same in both directions and stands with both of its ends.

    Raises
    ------
    ResourceError
        If N * N * R does not fit 63 bits.

    Examples
    --------
    >>> ends = np.array([2, 0, 0], np.int32), np.array([0, 2, 1], np.int32)
    >>> packed = pack_edges(*ends, np.zeros(3, np.uint16), None, 3, 1, directed=False)
    >>> packed.indptr.tolist(), packed.indices.tolist(), packed.duplicates
    ([0, 2, 3, 4], [1, 2, 0, 0], 1)
    """
    n, r = max(1, n_concepts), max(1, n_relations)
    if n * n * r >= 1 << 63:
        raise ResourceError(f"{n_concepts:,} concepts and {n_relations:,} relations are more than a graph can hold.")
    if weights is not None and (not len(weights) or (weights == weights[0]).all()):
        uniform, weights = weights[:1].copy(), None
    else:
        uniform = np.ones(1, np.float32)
    keys = np.empty(len(sources), np.int64)
    for span in _spans(len(keys)):
        ends = sources[span].astype(np.int64), targets[span].astype(np.int64)
        low, high = ends if directed else (np.minimum(*ends), np.maximum(*ends))
        keys[span] = (low * n + high) * r + relations[span]
    before = len(keys)
    keys, weights = _unique(keys, weights)
    duplicates = before - len(keys)
    if not directed:
        keys, weights = _with_reverse(keys, weights, n, r)
    indptr = np.searchsorted(keys, np.arange(n_concepts + 1, dtype=np.int64) * n * r).astype(np.int64)
    indices, numbers = np.empty(len(keys), np.int32), np.empty(len(keys), np.uint16)
    for span in _spans(len(keys)):
        pair, numbers[span] = np.divmod(keys[span], r)
        indices[span] = pair % n
    held = (
        np.broadcast_to(uniform if len(uniform) else np.ones(1, np.float32), keys.shape) if weights is None else weights
    )
    return Packed(indptr, indices, numbers, held, duplicates)


def _unique(
    keys: NDArray[np.int64], weights: NDArray[np.float32] | None
) -> tuple[NDArray[np.int64], NDArray[np.float32] | None]:
    """Return the keys sorted, each once, and the largest weight of each."""
    if weights is None:
        keys.sort()
    else:
        order = np.argsort(keys, kind="stable")
        keys, weights = keys[order], weights[order]
        del order
    fresh = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    if fresh.all():
        return keys, weights
    if weights is not None:
        weights = np.maximum.reduceat(weights, np.flatnonzero(fresh))
    return keys[fresh], weights


def _with_reverse(
    keys: NDArray[np.int64], weights: NDArray[np.float32] | None, n: int, r: int
) -> tuple[NDArray[np.int64], NDArray[np.float32] | None]:
    """Return sorted keys with those of the edges the other way round."""
    size = len(keys)
    both = np.empty(2 * size, np.int64)
    both[:size] = keys
    for span in _spans(size):
        pair, relation = np.divmod(keys[span], r)
        low, high = np.divmod(pair, n)
        both[size + span.start : size + span.stop] = (high * n + low) * r + relation
    if weights is None:
        both.sort()
        return both, None
    order = np.argsort(both, kind="stable")
    both = both[order]
    order[order >= size] -= size
    return both, weights[order]


def _spans(size: int) -> list[slice]:
    return [slice(start, min(start + _CHUNK, size)) for start in range(0, size, _CHUNK)]
