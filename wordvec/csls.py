"""Neighbors across two spaces without hubs: cross-domain similarity local scaling."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .embeddings import Embeddings
from .errors import require
from .progress import Progress, Watcher
from .search import Candidates, Nearest

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["csls_neighbors", "usual_cosines"]

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

#: Words whose neighborhoods are measured between two reports of progress.
_BLOCK = 4096


def csls_neighbors(
    source: Embeddings,
    target: Embeddings,
    words: Collection[str],
    *,
    k: int = 10,
    neighborhood: int = 10,
    restrict: int | None = None,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> "pd.DataFrame":
    r"""List the words of one space that lie nearest to words of another, hubs held back.

    Some vectors, *hubs*, are near to everything. The cosine of two words is therefore compared with what is usual
    around either: :math:`\mathrm{CSLS}(x, y) = 2\cos(x, y) - r_T(x) - r_S(y)`, where :math:`r_T(x)` is the mean
    cosine of x with its nearest words in the target space, and :math:`r_S(y)` that of y in the source space.

    Parameters
    ----------
    source, target : Embeddings
        Two sets of vectors in one space: slices of one alignment, or languages that were mapped onto each other.
    words : collection of str
        Words of ``source``; duplicates are listed once.
    k : int >= 1, default 10
        How many words of ``target`` to list for each.
    neighborhood : int >= 1, default 10
        How many neighbors the means are taken over; at most as many as there are.
    restrict : int >= 1, optional
        Use the first (most frequent) so many words of either space only; ``words`` may be others.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the table is the same for any number.
    progress : callable, optional
        Told how many words of ``target`` have met all of ``source``, which is what takes the time.

    Returns
    -------
    pandas.DataFrame
        Columns ``word rank neighbor csls cosine``: by word as given, the highest ``csls`` (-4 to 4) first, ties in
        the order of the target's vocabulary. ``attrs["absent"]`` lists the words whose vector has no direction.

    Raises
    ------
    UnknownWordError
        If a word is not in ``source``.
    ParameterError
        If the vectors are not of one ``dim``, or a number is below 1.

    Notes
    -----
    All pairs are compared, nothing is approximated: the time is that of a product of both matrices. Unlike
    :meth:`~wordvec.embeddings.Embeddings.nearest`, a word is not left out of its own neighbors: they are of
    another space, where it may well be the answer.

    References
    ----------
    Conneau, Lample, Ranzato, Denoyer and Jégou (2018), "Word translation without parallel data", section 2.3.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> english = Embeddings(Vocabulary(("sea", "war"), np.array([5, 4])), np.array([[1, 0.1], [0.1, 1]], np.float32))
    >>> german = Embeddings(Vocabulary(("Krieg", "Meer"), np.array([3, 2])), np.array([[0, 1], [1, 0]], np.float32))
    >>> csls_neighbors(english, german, ["sea"], k=1, neighborhood=1).round(3).values.tolist()
    [['sea', 1, 'Meer', 0.0, 0.995]]
    """
    import pandas as pd

    for name, value in (("k", k), ("neighborhood", neighborhood), ("restrict", restrict), ("threads", threads)):
        require(value is None or value >= 1, name, "an integer >= 1", value)
    require(source.dim == target.dim, "target.dim", f"{source.dim}, that of the source", target.dim)
    asked = np.array([source.vocabulary[word] for word in dict.fromkeys(words)], dtype=np.int64)
    near, far = (Candidates.of(side, np.arange(len(side))[:restrict]) for side in (source, target))
    there = near.scale[asked] > 0
    absent, asked = [source.vocabulary.words[row] for row in asked[~there]], asked[there]
    usual_near = _mean_cosines(near.units(asked), far, neighborhood, threads)
    bias = np.zeros(len(target), dtype=np.float32)
    if len(asked):  # nobody asks: nothing to compare
        bias[far.rows] = -usual_cosines(far, near, neighborhood, threads=threads, progress=progress) / 2
    # Half the score orders words as the score does: cos(x, y) - r_S(y) / 2.
    found = far.nearest(near.units(asked), k, bias=bias, threads=threads)
    columns = _columns(source, target, asked, found, usual_near, bias)
    table = pd.DataFrame(columns)
    table.attrs["absent"] = absent
    return table


def usual_cosines(
    words: Candidates, others: Candidates, k: int, *, threads: int | None = None, progress: Watcher | None = None
) -> Floats:
    """Return float32[m], the mean cosine of each of some words with its ``k`` nearest ones among others.

    Parameters
    ----------
    words, others : Candidates
        Of two spaces, of one ``dim``.
    k : int >= 1
        How many; at most as many as there are. Of none, the mean is 0.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise.
    progress : callable, optional
        Told how many words are done.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> side = Candidates.of(Embeddings(Vocabulary(("sea", "war"), np.array([2, 1])), np.eye(2, dtype=np.float32)))
    >>> usual_cosines(side, side, 1).tolist(), usual_cosines(side, side, 2).tolist()
    ([1.0, 1.0], [0.5, 0.5])
    """
    usual = np.zeros(len(words.rows), dtype=np.float32)
    for start in range(0, len(usual), _BLOCK):
        rows = words.rows[start : start + _BLOCK]
        usual[start : start + _BLOCK] = _mean_cosines(words.units(rows), others, k, threads)
        if progress is not None:
            progress(Progress("neighborhoods", start + len(rows), len(usual), "words"))
    return usual


def _mean_cosines(units: Floats, others: Candidates, k: int, threads: int | None) -> Floats:
    """Return float32[n], the mean cosine of each unit vector with its nearest rows; 0 where there are none."""
    found = others.nearest(units, k, threads=threads).similarities
    if not found.shape[1]:
        return np.zeros(len(units), dtype=np.float32)
    return np.asarray(found.mean(axis=1, dtype=np.float64), dtype=np.float32)


def _columns(
    source: Embeddings, target: Embeddings, asked: Ids, found: Nearest, usual_near: Floats, bias: Floats
) -> dict[str, NDArray[np.generic]]:
    """Return the columns of the table."""
    line, place = np.nonzero(found.rows >= 0)
    rows = found.rows[line, place]
    half = found.similarities[line, place].astype(np.float64)
    names, others = (np.array(e.vocabulary.words, dtype=object) for e in (source, target))
    return {
        "word": names[asked[line]],
        "rank": place + 1,
        "neighbor": others[rows],
        "csls": 2 * half - usual_near[line],
        "cosine": half - bias[rows],
    }
