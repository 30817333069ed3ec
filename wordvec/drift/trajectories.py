"""The path of a word through the slices, seen from where it began."""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from ..slices import AlignedSlices
from .neighborhoods import row_cosines

__all__ = ["trajectory_drifts"]


def trajectory_drifts(slices: AlignedSlices, words: Collection[str], *, min_count: int = 20) -> NDArray[np.float64]:
    """Return float64[words, slices]: how far each word is from its first slice, as one minus the cosine.

    Parameters
    ----------
    slices : AlignedSlices
        Slices in one space.
    words : collection of str
        The words, one row each.
    min_count : int >= 1, default 20
        NaN where a word occurs less often; its first slice is the first in which it occurs often enough.

    Raises
    ------
    UnknownWordError
        If a word is not in the vocabulary.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("war",), np.array([90]))
    >>> rows = [Embeddings(words, np.array([v], np.float32)) for v in ([1, 0], [3, 4], [0, 1])]
    >>> slices = AlignedSlices(("1", "2", "3"), tuple(rows), words, np.array([[30], [20], [40]]))
    >>> trajectory_drifts(slices, ["war"]).round(3).tolist()
    [[0.0, 0.4, 1.0]]
    """
    require(min_count >= 1, "min_count", "an integer >= 1", min_count)
    out = np.full((len(words), len(slices.labels)), np.nan)
    for line, word in enumerate(words):
        vectors = slices.trajectory(word)
        directed = np.isfinite(vectors).all(axis=1) & (vectors != 0).any(axis=1)
        there = np.flatnonzero(directed & (slices.counts[:, slices.vocabulary[word]] >= min_count))
        if len(there):
            first = np.broadcast_to(vectors[there[0]], (len(there), slices.dim))
            out[line, there] = 1.0 - row_cosines(vectors[there], first)
    return out
