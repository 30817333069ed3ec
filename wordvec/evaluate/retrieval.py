"""Where the right answers to query vectors stand among all words of a vocabulary: counted, never sorted."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..csls import usual_cosines
from ..search import Candidates, run_spans
from ..threads import count_threads
from .geometry import unit_rows
from .words import Lookup

__all__ = [
    "Candidates",
    "Places",
    "candidates_of",
    "csls_bias",
    "find_places",
    "precision_at",
    "reciprocal_ranks",
]

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

#: Queries that are answered together.
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


def candidates_of(lookup: Lookup, rows: Ids | None = None) -> Candidates:
    """Return the words of a lookup that stand for a word and have a direction.

    Parameters
    ----------
    lookup : Lookup
        The vectors.
    rows : int64[m], optional
        Only these.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> from wordvec.evaluate.words import look_up
    >>> words = Vocabulary(("Sea", "sea", "war", "nil"), np.arange(4, 0, -1))
    >>> vectors = np.array([[1, 0], [1, 1], [0, 2], [0, 0]], np.float32)
    >>> candidates_of(look_up(Embeddings(words, vectors))).rows.tolist()
    [0, 2]
    """
    usable = np.flatnonzero(lookup.usable)
    return Candidates.of(lookup.embeddings, usable if rows is None else np.intersect1d(usable, rows))


def csls_bias(far: Candidates, near: Candidates, k: int, *, threads: int | None = None) -> Floats:
    r"""Return float32[V], what is added to the cosine with each word of the far side so that CSLS ranks them.

    :math:`\mathrm{CSLS}(x, y) = 2\cos(x, y) - r_T(x) - r_S(y)` orders the y as :math:`\cos(x, y) - r_S(y) / 2` does.

    Parameters
    ----------
    far : Candidates
        The words y.
    near : Candidates
        The words that are asked for neighbors of y; with none, every bias is 0.
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
    >>> words = Vocabulary(("sea", "war"), np.arange(2, 0, -1))
    >>> side = Candidates.of(Embeddings(words, np.array([[1, 0], [0, 1]], np.float32)))
    >>> csls_bias(side, side, 2).tolist()
    [-0.25, -0.25]
    """
    bias = np.zeros(len(far.scale), dtype=np.float32)
    bias[far.rows] = -usual_cosines(far, near, k, threads=threads) / 2
    return bias


def find_places(
    queries: NDArray[np.float64],
    candidates: Candidates,
    answers: Ids,
    *,
    biases: Sequence[Floats] | None = None,
    barred: Ids | None = None,
    threads: int | None = None,
) -> list[Places]:
    """Count the words that are nearer to each query than the best of its right answers.

    The score of row r is ``(query . vectors[r]) * scale[r] + bias[r]``, rounded after every step in float32. It
    depends on the query and the row alone, to the last bit, so that equal vectors tie and the counts are the same
    for any number of threads.

    Parameters
    ----------
    queries : float64[n, D]
        Vectors, brought to length 1 and rounded to float32 first; all cosines with zeros are 0.
    candidates : Candidates
        Among which words to count.
    answers : int64[p, 2]
        Number of a query and row of a right answer to it: other right answers are no rivals.
    biases : sequence of float32[V], optional
        What is added to the cosines: one set of places for each. One, with nothing added, otherwise.
    barred : int64[b, 2], optional
        Number of a query and row that is not compared for it; never one of its right answers.
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
    >>> query = np.array([[3.0, 4.0]])
    >>> find_places(query, among, np.array([[0, 1]]))
    [Places(better=array([2]), tied=array([0]))]
    >>> find_places(query, among, np.array([[0, 0]]))
    [Places(better=array([0]), tied=array([1]))]
    >>> find_places(query, among, np.array([[0, 1]]), barred=np.array([[0, 2]]))
    [Places(better=array([1]), tied=array([0]))]
    """
    n, threads = len(queries), count_threads(threads)
    shifts = [np.zeros(len(candidates.scale), dtype=np.float32)] if biases is None else biases
    answers = _among(answers, candidates)
    rivals = _among(np.empty((0, 2), dtype=np.int64) if barred is None else barred, candidates)
    found = [Places(np.full(n, _NEVER), np.zeros(n, dtype=np.int64)) for _ in shifts]
    asked = np.unique(answers[:, 0])
    for start in range(0, len(asked), _BLOCK):
        part = asked[start : start + _BLOCK]
        units = unit_rows(queries[part]).astype(np.float32)
        units.setflags(write=False)
        right, away = (_of_queries(pairs, part) for pairs in (answers, rivals))
        scores, others = (_scores(units, candidates, pairs, shifts) for pairs in (right, away))
        own = [_highest(right[:, 0], score, len(part)) for score in scores]
        counts = _count(units, candidates, own, shifts, threads)
        for places, above, level, best, score, other in zip(found, *counts, own, scores, others, strict=True):
            # What is right, or barred, was counted with all others.
            above -= _tally(away[:, 0], other > best[away[:, 0]], len(part))
            level -= _tally(away[:, 0], other >= best[away[:, 0]], len(part))
            level -= _tally(right[:, 0], score == best[right[:, 0]], len(part))
            places.better[part], places.tied[part] = above, level - above
    return found


def _among(pairs: Ids, candidates: Candidates) -> Ids:
    """Return the pairs of query and row whose row is a candidate, by query, each once."""
    return np.unique(pairs[np.isin(pairs[:, 1], candidates.rows)], axis=0)


def _of_queries(pairs: Ids, part: Ids) -> Ids:
    """Return the pairs of some queries, ascending, with the queries numbered among these."""
    low, high = np.searchsorted(pairs[:, 0], [part[0], part[-1] + 1])
    pairs = pairs[low:high]
    pairs = pairs[np.isin(pairs[:, 0], part)]
    return np.stack([np.searchsorted(part, pairs[:, 0]), pairs[:, 1]], axis=1)


def _scores(units: Floats, candidates: Candidates, pairs: Ids, biases: Sequence[Floats]) -> list[Floats]:
    """Return float32[p] for each bias, the scores of pairs of query and row."""
    from ..kernels.combinations import pair_products

    numbers, rows = np.ascontiguousarray(pairs.T)
    products = np.empty(len(rows), dtype=np.float32)
    pair_products(units, numbers, candidates.vectors, rows, products)
    return [products * candidates.scale[rows] + bias[rows] for bias in biases]


def _highest(numbers: Ids, scores: Floats, count: int) -> Floats:
    """Return float32[count], the highest score of each query."""
    best = np.full(count, -np.inf, dtype=np.float32)
    np.maximum.at(best, numbers, scores)
    return best


def _tally(numbers: Ids, chosen: NDArray[np.bool_], count: int) -> Ids:
    """Return int64[count], how many of each query's pairs are chosen."""
    return np.bincount(numbers[chosen], minlength=count)


def _count(units: Floats, candidates: Candidates, own: Sequence[Floats], biases: Sequence[Floats], threads: int) -> Ids:
    """Return int64[2, B, n]: for each bias and query how many words score more than ``own``, and how many not less."""
    from ..kernels._product import STEP, WIDE, WIDE_ROWS
    from ..kernels.combinations import fill_products

    count, dim = units.shape
    numbers = np.concatenate([np.arange(count), np.full(STEP - 1, count - 1)])
    width = max(_FEWEST, min(_MOST, _CELLS // count // _FEWEST * _FEWEST))
    scale, shifts = candidates.scale[candidates.rows], [bias[candidates.rows] for bias in biases]

    def work(take: Callable[[], tuple[int, int] | None]) -> Ids:
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
