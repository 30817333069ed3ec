"""The nearest neighbors of chosen words, slice by slice: the company they keep, then and now."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from ..slices import AlignedSlices
from .neighborhoods import BLOCK, Space, nearest_words, spaces_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["list_neighbors"]

_COLUMNS = ("word", "slice", "rank", "neighbor", "similarity", "count")


def list_neighbors(
    slices: AlignedSlices, words: Collection[str], *, k: int = 10, min_count: int = 20
) -> "pd.DataFrame":
    """List the ``k`` nearest neighbors of each word in each slice.

    Parameters
    ----------
    slices : AlignedSlices
        One slice or more.
    words : collection of str
        The words; duplicates are listed once.
    k : int >= 1, default 10
        How many neighbors.
    min_count : int >= 1, default 20
        Only words that occur this often in a slice are listed there.

    Returns
    -------
    pandas.DataFrame
        Columns ``word slice rank neighbor similarity count``: by word as given, slice, rank from 1.
        ``similarity`` is the cosine, ``count`` the occurrences of the neighbor in that slice; ties in the
        order of the slice's vocabulary. ``attrs["absent"]`` lists the ``(word, slice)`` without a vector.

    Raises
    ------
    UnknownWordError
        If a word is not in the vocabulary.
    ParameterError
        If ``k`` or ``min_count`` is below 1.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("sea", "war", "tax"), np.array([90, 70, 60]))
    >>> rows = Embeddings(words, np.array([[1, 0], [0, 1], [1, 2]], np.float32))
    >>> slices = AlignedSlices(("now",), (rows,), words, words.counts[None])
    >>> list_neighbors(slices, ["war"], k=1).round(3).values.tolist()
    [['war', 'now', 1, 'tax', 0.894, 60]]
    """
    import pandas as pd

    require(k >= 1, "k", "an integer >= 1", k)
    require(min_count >= 1, "min_count", "an integer >= 1", min_count)
    ids = np.array([slices.vocabulary[word] for word in dict.fromkeys(words)], dtype=np.int64)
    spaces = spaces_of(slices)
    names = np.array(slices.vocabulary.words, dtype=object)
    parts: list[dict[str, NDArray[Any]]] = []
    absent: list[tuple[str, str]] = []
    for number, (label, space) in enumerate(zip(slices.labels, spaces, strict=True)):
        here = space.rows[ids] >= 0
        absent += [(str(names[i]), label) for i in ids[~here]]
        frequent = _frequent(space, slices.counts[number], min_count)
        asked = np.flatnonzero(here)
        for start in range(0, len(asked), BLOCK):
            positions = asked[start : start + BLOCK]
            found = nearest_words(space, ids[positions], k, frequent)
            parts.append(_rows(positions, number, found, slices.counts[number]))
    columns = {name: np.concatenate([part[name] for part in parts] or [np.empty(0)]) for name in _FOUND}
    order = np.lexsort((columns["rank"], columns["slice"], columns["word"]))
    columns = {name: column[order] for name, column in columns.items()}
    labels = np.array(slices.labels, dtype=object)
    columns["word"] = names[ids][columns["word"].astype(np.int64)]
    columns["slice"] = labels[columns["slice"].astype(np.int64)]
    columns["neighbor"] = names[columns["neighbor"].astype(np.int64)]
    table = pd.DataFrame({name: columns[name] for name in _COLUMNS})
    table.attrs["absent"] = absent
    return table


_FOUND = ("word", "slice", "rank", "neighbor", "similarity", "count")


def _frequent(space: Space, counts: NDArray[np.int64], min_count: int) -> NDArray[np.bool_]:
    """Return bool[n]: which rows of the slice occur at least ``min_count`` times there."""
    return np.asarray((space.ids >= 0) & (counts[space.ids] >= min_count))


def _rows(
    positions: NDArray[np.int64],
    number: int,
    found: tuple[NDArray[np.int64], NDArray[np.float32]],
    counts: NDArray[np.int64],
) -> dict[str, NDArray[Any]]:
    near, similarity = found
    line, place = np.nonzero(near >= 0)
    neighbors = near[line, place]
    return {
        "word": positions[line],
        "slice": np.full(len(line), number, dtype=np.int64),
        "rank": place + 1,
        "neighbor": neighbors,
        "similarity": similarity[line, place].astype(np.float64),
        "count": counts[neighbors],
    }
