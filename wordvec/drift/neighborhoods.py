"""The company a word keeps: nearest neighbors in each slice."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..search import nearest_rows
from ..slices import AlignedSlices

__all__ = ["BLOCK", "Space", "nearest_words", "row_cosines", "shared_mask", "spaces_of"]

#: Words whose neighbors are held at a time.
BLOCK = 1024


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
    scale = embeddings.reciprocals
    sound = scale > 0
    rows = slices.rows(label)
    ids = np.full(len(scale), -1, dtype=np.int64)
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


def nearest_words(
    space: Space, words: NDArray[np.int64], k: int, allowed: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the ids of the ``k`` words nearest to each word, and their cosines, ties in the order of rows.

    Parameters
    ----------
    space : Space
        The slice.
    words : int64[n]
        Word ids; none is its own neighbor.
    k : int
        How many; at most as many as may be found are returned.
    allowed : bool[rows of the slice], optional
        Rows that may be found. Those without a direction or outside the vocabulary never are.

    Returns
    -------
    int64[n, min(k, m)], float32[n, min(k, m)]
        Word ids, -1 where a word has too few candidates, and cosines, minus infinity there.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("sea", "war", "tax"), np.array([9, 7, 5]))
    >>> rows = Embeddings(words, np.array([[1, 0], [1, 0], [0, 1]], np.float32))
    >>> space = spaces_of(AlignedSlices(("now",), (rows,), words, np.ones((1, 3), int)))[0]
    >>> ids, cosines = nearest_words(space, np.array([0, 2]), 1)
    >>> ids.tolist(), cosines.tolist()
    ([[1], [0]], [[1.0], [0.0]])
    """
    may = space.ids >= 0 if allowed is None else allowed & (space.ids >= 0)
    candidates = np.flatnonzero(may)
    if k < 1:
        return np.empty((len(words), 0), dtype=np.int64), np.empty((len(words), 0), dtype=np.float32)
    found = nearest_rows(
        space.units(words), space.vectors, k, scale=space.scale, candidates=candidates, own=space.rows[words]
    )
    return np.where(found.rows >= 0, space.ids[found.rows], -1), found.similarities


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
