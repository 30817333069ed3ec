"""Where the right answers to query vectors stand among all words of a vocabulary: counted, never sorted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from ..search import nearest_rows, run_spans
from ..threads import count_threads
from .words import Lookup

__all__ = [
    "Candidates",
    "Places",
    "candidates_of",
    "csls_bias",
    "find_places",
    "precision_at",
    "reciprocal_ranks",
    "unit_rows",
]

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

#: Queries that are answered, or words whose neighbors are found, together.
_BLOCK = 1 << 12
#: Words at a time: as many columns of scores as this many numbers are room for, within limits.
_CELLS, _FEWEST, _MOST = 1 << 21, 64, 1024
#: Panels of words that are packed together.
_PANELS = 4
#: What is better than an answer that cannot be found.
_NEVER = int(np.iinfo(np.int64).max)


class Places(NamedTuple):
    """Where the best right answer to each query stands.

    Parameters
    ----------
    better : int64[n]
        Wrong words that score higher; the largest int64 where no right answer can be found.
    tied : int64[n]
        Wrong words that score the same.
    """

    better: Ids
    tied: Ids


@dataclass(frozen=True, eq=False)
class Candidates:
    """Words that may be found.

    Parameters
    ----------
    vectors : float32[V, D]
        All vectors.
    rows : int64[m]
        Those that stand for a word and have a direction, ascending.
    scale : float32[V]
        One over the length of a vector; 0 where it has no direction.
    """

    vectors: Floats
    rows: Ids
    scale: Floats


def candidates_of(lookup: Lookup) -> Candidates:
    """Return the words of a lookup that stand for a word and have a direction.

    Parameters
    ----------
    lookup : Lookup
        The vectors.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> from wordvec.evaluate.words import look_up
    >>> words = Vocabulary(("Sea", "sea", "war", "nil"), np.arange(4, 0, -1))
    >>> rows = np.array([[1, 0], [1, 1], [0, 2], [0, 0]], np.float32)
    >>> candidates_of(look_up(Embeddings(words, rows))).rows.tolist()
    [0, 2]
    """
    norms = lookup.embeddings.norms
    sound = np.isfinite(norms) & (norms > 0)
    scale = np.zeros(len(norms), dtype=np.float32)
    np.divide(1.0, norms, out=scale, where=sound)
    # One type of array, whoever asks: each kernel is compiled once. Nobody's matrix is copied unless it is strided.
    vectors = np.ascontiguousarray(lookup.embeddings.vectors).view(np.ndarray)
    vectors.setflags(write=False)
    scale.setflags(write=False)
    return Candidates(vectors, np.flatnonzero(lookup.usable & sound[: len(lookup.usable)]), scale)


def unit_rows(vectors: NDArray[np.float64]) -> Floats:
    """Return float32[n, D], vectors of length 1; zeros where a vector has no direction.

    Parameters
    ----------
    vectors : float64[n, D]
        The vectors.

    Examples
    --------
    >>> unit_rows(np.array([[0.0, 2.0], [0.0, 0.0]])).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(vectors, axis=1)
    found = np.zeros(vectors.shape)
    sound = np.isfinite(lengths) & (lengths > 0)
    found[sound] = vectors[sound] / lengths[sound, None]
    return found.astype(np.float32)


def csls_bias(far: Candidates, near: Candidates, among: Ids, k: int, *, threads: int | None = None) -> Floats:
    r"""Return float32[V], what is added to the cosine with each word of the far side so that CSLS ranks them.

    :math:`\mathrm{CSLS}(x, y) = 2\cos(x, y) - r_T(x) - r_S(y)` orders the y as :math:`\cos(x, y) - r_S(y) / 2` does.

    Parameters
    ----------
    far : Candidates
        The words y.
    near : Candidates
        The words that are asked for neighbors of y.
    among : int64[m]
        Which rows of ``near``, ascending; with none, every bias is 0.
    k : int >= 1
        How many neighbors :math:`r_S(y)` is the mean cosine with; at most as many as there are.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise.

    References
    ----------
    Conneau, Lample, Ranzato, Denoyer and Jégou (2018), "Word translation without parallel data", section 2.3.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> from wordvec.evaluate.words import look_up
    >>> words = Vocabulary(("sea", "war"), np.arange(2, 0, -1))
    >>> side = candidates_of(look_up(Embeddings(words, np.array([[1, 0], [0, 1]], np.float32))))
    >>> csls_bias(side, side, side.rows, 2).tolist()
    [-0.25, -0.25]
    """
    bias = np.zeros(len(far.scale), dtype=np.float32)
    for start in range(0, len(far.rows) if len(among) else 0, _BLOCK):
        part = far.rows[start : start + _BLOCK]
        units = far.vectors[part] * far.scale[part, None]
        found = nearest_rows(units, near.vectors, k, scale=near.scale, candidates=among, threads=threads)
        bias[part] = -found.similarities.mean(axis=1, dtype=np.float64) / 2
    return bias


def find_places(
    units: Floats, candidates: Candidates, answers: Ids, biases: list[Floats], *, threads: int | None = None
) -> list[Places]:
    """Count the words that are nearer to each query than the best of its right answers.

    The score of row r is ``(query . vectors[r]) * scale[r] + bias[r]``, rounded after every step in float32. It
    depends on the query and the row alone, to the last bit, so that equal vectors tie and the counts are the same
    for any number of threads.

    Parameters
    ----------
    units : float32[n, D]
        The queries, of length 1 or 0.
    candidates : Candidates
        Among which words to count.
    answers : int64[p, 2]
        Number of a query and row of a right answer to it: other right answers are no rivals.
    biases : list of float32[V]
        What is added to the cosines: one set of places for each.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise.

    Returns
    -------
    list of Places
        As many as there are biases.

    Notes
    -----
    Beside the vectors this takes, for each thread, the cosines of 4,096 queries with at most 1,024 words.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> from wordvec.evaluate.words import look_up
    >>> words = Vocabulary(("north", "east", "northern"), np.arange(3, 0, -1))
    >>> among = candidates_of(look_up(Embeddings(words, np.array([[0, 1], [1, 0], [0, 2]], np.float32))))
    >>> query = np.array([[0.6, 0.8]], np.float32)
    >>> find_places(query, among, np.array([[0, 1]]), [np.zeros(3, np.float32)])
    [Places(better=array([2]), tied=array([0]))]
    >>> find_places(query, among, np.array([[0, 0]]), [np.zeros(3, np.float32)])
    [Places(better=array([0]), tied=array([1]))]
    """
    n = len(units)
    require(threads is None or threads >= 1, "threads", "an integer >= 1", threads)
    # A word without a direction cannot be found; a word that is right twice is right once.
    answers = np.unique(answers[np.isin(answers[:, 1], candidates.rows)], axis=0)
    found = [Places(np.full(n, _NEVER), np.zeros(n, dtype=np.int64)) for _ in biases]
    asked = np.unique(answers[:, 0])
    for start in range(0, len(asked), _BLOCK):
        part = asked[start : start + _BLOCK]
        low, high = np.searchsorted(answers[:, 0], [part[0], part[-1] + 1])
        local = np.stack([np.searchsorted(part, answers[low:high, 0]), answers[low:high, 1]], axis=1)
        own, right = _own_scores(np.ascontiguousarray(units[part]), candidates, local, biases)
        counts = _count(np.ascontiguousarray(units[part]), candidates, own, biases, count_threads(threads))
        for (better, tied), above, level, alike in zip(found, counts[0], counts[1], right, strict=True):
            better[part], tied[part] = above, level - above - alike
    return found


def _own_scores(
    units: Floats, candidates: Candidates, answers: Ids, biases: list[Floats]
) -> tuple[list[Floats], list[Ids]]:
    """Return for each bias the score of each query's best right answer, and how many right answers have it."""
    from ..kernels.combinations import pair_products

    rows = np.ascontiguousarray(answers[:, 1])
    products = np.empty(len(answers), dtype=np.float32)
    pair_products(units, np.ascontiguousarray(answers[:, 0]), candidates.vectors, rows, products)
    own, right = [], []
    for bias in biases:
        scores = products * candidates.scale[rows] + bias[rows]
        best = np.full(len(units), -np.inf, dtype=np.float32)
        np.maximum.at(best, answers[:, 0], scores)
        own.append(best)
        right.append(np.bincount(answers[scores == best[answers[:, 0]], 0], minlength=len(units)))
    return own, right


def _count(
    units: Floats, candidates: Candidates, own: list[Floats], biases: list[Floats], threads: int
) -> NDArray[np.int64]:
    """Return int64[2, B, n]: for each bias and query how many words score more than ``own``, and how many not less."""
    from ..kernels._product import STEP, WIDE, WIDE_ROWS
    from ..kernels.combinations import fill_products

    count, dim = units.shape
    units.setflags(write=False)
    numbers = np.concatenate([np.arange(count), np.full(STEP - 1, count - 1)])
    width = max(_FEWEST, min(_MOST, _CELLS // count // _FEWEST * _FEWEST))
    scale, shifts = candidates.scale[candidates.rows], [bias[candidates.rows] for bias in biases]

    def work(take: Callable[[], tuple[int, int] | None]) -> NDArray[np.int64]:
        found = np.zeros((2, len(biases), count), dtype=np.int64)
        packed, tile = np.empty((_PANELS, dim, WIDE), np.float32), np.empty((WIDE_ROWS, WIDE), np.float32)
        cosines, scores = np.empty((count, width), np.float32), np.empty((count, width), np.float32)
        while span := take():
            first, last = span
            given = (units, count, numbers, candidates.vectors, candidates.rows, first, last, scale)
            fill_products(*given, packed, tile, cosines)
            for b, (limit, shift) in enumerate(zip(own, shifts, strict=True)):
                part = np.add(cosines[:, : last - first], shift[first:last], out=scores[:, : last - first])
                found[0, b] += np.count_nonzero(part > limit[:, None], axis=1)
                found[1, b] += np.count_nonzero(part >= limit[:, None], axis=1)
        return found

    return np.asarray(sum(run_spans(len(candidates.rows), width, threads, work)))


def precision_at(places: Places, k: int) -> NDArray[np.float64]:
    """Return float64[n], whether a right answer is among the first ``k``: between 0 and 1 where a tie decides.

    What is tied may stand in any order: this is the share of orders in which the answer is among the first ``k``.

    Parameters
    ----------
    places : Places
        Where the answers stand.
    k : int
        How many words are looked at.

    Examples
    --------
    >>> precision_at(Places(np.array([0, 0, 4, 5]), np.array([0, 1, 3, 0])), 5).tolist()
    [1.0, 1.0, 0.25, 0.0]
    """
    free = np.maximum(k - np.minimum(places.better, k), 0)
    return np.asarray(np.minimum(free / (places.tied + 1.0), 1.0))


def reciprocal_ranks(places: Places, depth: int | None = None) -> NDArray[np.float64]:
    """Return float64[n], one over the rank of each answer: its mean over all orders of what is tied.

    Parameters
    ----------
    places : Places
        Where the answers stand.
    depth : int, optional
        Beyond this rank an answer counts 0.

    Examples
    --------
    >>> places = Places(np.array([0, 1, 10, 0]), np.array([0, 0, 0, 1]))
    >>> reciprocal_ranks(places, 10).tolist()
    [1.0, 0.5, 0.0, 0.75]
    >>> round(float(reciprocal_ranks(places)[2]), 4)
    0.0909
    """
    from scipy.special import digamma

    better, tied = places.better.astype(np.float64), places.tied.astype(np.float64)
    lost = places.better == _NEVER if depth is None else places.better >= depth
    better[lost] = 0.0
    last = better + tied + 1.0 if depth is None else np.minimum(better + tied + 1.0, depth)
    # The sum of 1/j over the places better + 1 to last.
    sums = np.where(places.tied > 0, digamma(last + 1.0) - digamma(better + 1.0), 1.0 / (better + 1.0))
    return np.asarray(np.where(lost, 0.0, sums / (tied + 1.0)))
