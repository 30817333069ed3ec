"""The company a word keeps: nearest neighbors in each slice, in blocks of matrix products."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..slices import AlignedSlices

__all__ = ["Space", "block_size", "nearest_ids", "row_cosines", "shared_mask", "similarity_block", "spaces_of"]

#: Similarities held at a time (float32): 64 MB.
_CELLS = 1 << 24


@dataclass(frozen=True, eq=False)
class Space:
    """The vectors of one slice, addressed by the word ids of the whole corpus.

    Parameters
    ----------
    vectors : float32[n, D]
        Rows of the slice.
    scale : float32[n]
        One over each row's length; 0 for a row that has none, which then counts as absent.
    ids : int64[n]
        Word id of each row; -1 for a word outside the corpus's vocabulary.
    rows : int64[V]
        Row of each word id; -1 where the slice has no vector with a direction.
    mean : float64[D]
        Mean vector, which stands in for a word that the slice lacks.
    """

    vectors: NDArray[np.float32]
    scale: NDArray[np.float32]
    ids: NDArray[np.int64]
    rows: NDArray[np.int64]
    mean: NDArray[np.float64]

    @property
    def size(self) -> int:
        """Number of words that have a direction here."""
        return int(np.count_nonzero(self.rows >= 0))

    def units(self, words: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return float32[..., D]: unit vectors of word ids; the unit mean vector where a word is absent or -1."""
        rows = np.where(words >= 0, self.rows[words], -1)
        with np.errstate(invalid="ignore"):  # row -1 may be anything; it is replaced below
            found = self.vectors[rows] * self.scale[rows][..., None]
        length = float(np.linalg.norm(self.mean))
        found[rows < 0] = (self.mean / length if length > 0 else self.mean).astype(np.float32)
        return found


def spaces_of(slices: AlignedSlices) -> list[Space]:
    """Return one :class:`Space` per slice."""
    return [_space(slices, label) for label in slices.labels]


def _space(slices: AlignedSlices, label: str) -> Space:
    embeddings = slices[label]
    norms = embeddings.norms
    sound = np.isfinite(norms) & (norms > 0)
    scale = np.zeros(len(norms), dtype=np.float32)
    np.divide(1.0, norms, out=scale, where=sound)
    rows = slices.rows(label)
    ids = np.full(len(norms), -1, dtype=np.int64)
    present = np.flatnonzero(rows >= 0)
    ids[rows[present]] = present
    ids[~sound] = -1
    present = present[sound[rows[present]]]
    directed = np.full(len(rows), -1, dtype=np.int64)
    directed[present] = rows[present]
    total = np.zeros(embeddings.dim)
    kept = np.flatnonzero(ids >= 0)
    for start in range(0, len(kept), 65_536):
        total += embeddings.vectors[kept[start : start + 65_536]].sum(axis=0, dtype=np.float64)
    return Space(embeddings.vectors, scale, ids, directed, total / max(1, len(kept)))


def block_size(spaces: list[Space]) -> int:
    """Return how many words to compare with whole slices at a time."""
    widest = max(len(space.ids) for space in spaces)
    return max(1, min(1024, _CELLS // max(1, widest)))


def similarity_block(space: Space, words: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return float32[B, n]: cosines of word ids with every row of ``space``.

    The word itself, and rows without a direction or outside the vocabulary, get minus infinity.
    """
    with np.errstate(invalid="ignore", over="ignore"):  # rows that are not finite are struck out below
        similarity = space.units(words) @ space.vectors.T
        similarity *= space.scale
    similarity[:, space.ids < 0] = -np.inf
    own = space.rows[words]
    has = np.flatnonzero(own >= 0)
    similarity[has, own[has]] = -np.inf
    return similarity


def nearest_ids(similarity: NDArray[np.float32], ids: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """Return the ids of the ``k`` highest similarities of each row, highest first, ties in column order.

    Parameters
    ----------
    similarity : float32[B, n]
        Minus infinity marks what may not be chosen.
    ids : int64[n]
        Word id of each column.
    k : int
        How many; at most ``n`` are returned.

    Returns
    -------
    int64[B, min(k, n)]
        Word ids; -1 where a row has too few candidates.

    Examples
    --------
    >>> similarity = np.array([[0.2, 0.9, 0.2, -np.inf]], dtype=np.float32)
    >>> nearest_ids(similarity, np.array([7, 5, 3, 1]), 2).tolist()
    [[5, 7]]
    """
    k = min(k, similarity.shape[1])
    if k <= 0:
        return np.empty((len(similarity), 0), dtype=np.int64)
    columns = _top_columns(similarity, k)
    values = np.take_along_axis(similarity, columns, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")  # columns ascend, so equal values stay in order
    chosen = ids[np.take_along_axis(columns, order, axis=1)]
    chosen[np.isneginf(np.take_along_axis(values, order, axis=1))] = -1
    return chosen


def _top_columns(similarity: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Return int64[B, k], columns of the k highest values in ascending order, ties to the lower column."""
    n = similarity.shape[1]
    if k == n:
        return np.broadcast_to(np.arange(n), similarity.shape)
    threshold = np.partition(similarity, n - k, axis=1)[:, n - k, None]
    taken = similarity >= threshold
    for row in np.flatnonzero(np.count_nonzero(taken, axis=1) > k):  # ties at the threshold
        tied = np.flatnonzero(similarity[row] == threshold[row])
        spare = np.count_nonzero(taken[row]) - k
        taken[row, tied[len(tied) - spare :]] = False
    return np.nonzero(taken)[1].reshape(len(similarity), k)


def shared_mask(first: NDArray[np.int64], second: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    """Return bool, the shape of ``second``: whether each id is in the same row of ``first``; -1 never is.

    Examples
    --------
    >>> shared_mask(np.array([[1, 2], [3, -1]]), np.array([[2, 4], [-1, 3]]), size=5).tolist()
    [[True, False], [False, True]]
    """
    found = np.zeros((len(first), size + 1), dtype=np.bool_)
    lines = np.arange(len(first))[:, None]
    found[lines, first] = True  # -1 lands in the spare last column
    found[:, size] = False
    return np.asarray(found[lines, second])


def row_cosines(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return float64[n], the cosine of each row of ``a`` with the same row of ``b``.

    Two rows without length are alike (1); one without length is like nothing (0).

    Examples
    --------
    >>> row_cosines(np.array([[2.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 3.0], [0.0, 0.0]])).tolist()
    [0.0, 1.0]
    """
    a, b = a.astype(np.float64), b.astype(np.float64)
    dots = np.einsum("ij,ij->i", a, b)
    lengths = np.sqrt(np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b))
    cosines = np.where((a == 0).all(axis=1) & (b == 0).all(axis=1), 1.0, 0.0)
    np.divide(dots, lengths, out=cosines, where=lengths > 0)
    return np.clip(cosines, -1.0, 1.0)
