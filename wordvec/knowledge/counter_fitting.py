"""Counter-fitting: synonyms nearer, antonyms apart, and what was near stays near."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings, scale_rows
from ..errors import require
from ..lexicon import Lexicon
from ..progress import Progress, Watcher
from ..search import nearest_rows, run_spans
from ..threads import count_threads
from .constraints import ANTONYM, SYNONYM, Constraints, list_names, read_constraints
from .retrofit import describe

__all__ = ["counter_fit"]

#: Rows that a thread takes at a time.
_ROWS = 512
#: A pair is looked for a little beyond the radius, because the search rounds in another order than the step.
_SLACK = 1e-5


@dataclass(frozen=True, eq=False)
class _Pairs:
    """All terms of the loss, each pair with both of its ends (see :func:`wordvec.kernels.constraints.step_rows`)."""

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weights: NDArray[np.float32]
    limits: NDArray[np.float32]


def counter_fit(
    embeddings: Embeddings,
    lexicon: Lexicon,
    *,
    repel: float = 0.1,
    attract: float = 0.1,
    preserve: float = 0.1,
    delta: float = 1.0,
    gamma: float = 0.0,
    rho: float = 0.2,
    iterations: int = 20,
    neighbors: int = 100,
    synonyms: str | Collection[str] = SYNONYM,
    antonyms: str | Collection[str] = ANTONYM,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> Embeddings:
    r"""Move words so that synonyms come together and antonyms go apart, with as little damage as possible.

    With the cosine distance D of vectors now, and D' before, the loss is

    .. math:: k_1 \sum_{antonyms} \max(0, \delta - D) + k_2 \sum_{synonyms} \max(0, D - \gamma)
              + k_3 \sum_{D' \leq \rho} \max(0, D - D').

    In each iteration every word takes one step along the mean gradient of its terms that cost anything, from the
    vectors before the iteration, and is scaled to length 1. There is no chance in it; the result is the same for any
    number of threads and any order of edges.

    Parameters
    ----------
    embeddings : Embeddings
        Vectors; they are scaled to length 1.
    lexicon : Lexicon
        Edges between words of the same vocabulary. The weight of an edge multiplies its term.
    repel, attract, preserve : float >= 0, default 0.1
        k1, k2 and k3. With ``preserve=0`` no neighbors are searched.
    delta : float in [0, 2], default 1
        Distance that antonyms should have.
    gamma : float in [0, 2], default 0
        Distance that synonyms may have.
    rho : float in [0, 2], default 0.2
        Pairs as near as this should not drift apart.
    iterations : int >= 0, default 20
        Steps.
    neighbors : int >= 1, default 100
        At most so many neighbors of a word are preserved, the nearest ones, so that memory stays bounded; how many
        words have more is counted.
    synonyms, antonyms : str or collection of str
        Relations of the lexicon. Pairs that are both are taken for antonyms only.
    threads : int >= 1, optional
        Threads to use; one for each CPU by default.
    progress : callable, optional
        Called after each iteration.

    Returns
    -------
    Embeddings
        All vectors at length 1. Words in no constraint have the bits of their scaled input; those of length 0 stay 0.
        ``metadata["counter_fitting"]`` has the settings, the counts (``preserved``: pairs held; ``cut``: words with
        more near neighbors than ``neighbors``; ``contradictory``: synonym pairs dropped) and the loss before each
        step and after the last.

    Raises
    ------
    ParameterError
        If a number is out of its domain, or a relation is not in the lexicon.
    AlignmentError
        If the lexicon was made for another vocabulary.
    FormatError
        If no pair of the lexicon constrains a word with a vector.

    Notes
    -----
    Only pairs of words that both stand in a constraint are preserved; other words never move, and what moves away from
    them is not held back. A pair that just has its original distance counts as free, not as pulling.

    References
    ----------
    Mrkšić et al. (2016), "Counter-fitting word vectors to linguistic constraints", sec. 2.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> from wordvec.knowledge.constraints import join_pairs
    >>> vocabulary = Vocabulary.from_counts({"east": 3, "west": 2, "orient": 1})
    >>> before = Embeddings(vocabulary, np.array([[1, 0.2], [1, 0.1], [0.3, 1]], np.float32))
    >>> lexicon = join_pairs({"synonym": [("east", "orient")], "antonym": [("east", "west")]}, vocabulary)
    >>> after = counter_fit(before, lexicon)
    >>> [bool(e.similarities("east")[1] > 0.5) for e in (before, after)]
    [True, False]
    """
    for name, value in (("repel", repel), ("attract", attract), ("preserve", preserve)):
        require(0.0 <= value < math.inf, name, "from 0 and finite", value)
    for name, value in (("delta", delta), ("gamma", gamma), ("rho", rho)):
        require(0.0 <= value <= 2.0, name, "a distance from 0 to 2", value)
    require(isinstance(iterations, int) and iterations >= 0, "iterations", "an integer >= 0", iterations)
    require(isinstance(neighbors, int) and neighbors >= 1, "neighbors", "an integer >= 1", neighbors)
    n_threads = count_threads(threads)
    found = read_constraints(embeddings, lexicon, synonyms, antonyms)
    rows, vectors = found.rows, scale_rows(embeddings.vectors)
    units = vectors[rows]
    near, cut = _near_pairs(units, rho, neighbors, n_threads) if preserve else (np.empty((0, 2), np.int64), 0)
    held = near[~np.isin(_keys(near, len(rows)), _keys(np.searchsorted(rows, found.antonyms), len(rows)))]
    pairs = _join(units, rows, found, held, (repel, attract, preserve), (delta, gamma))
    units, losses = _iterate(units, pairs, iterations, n_threads, progress)
    vectors[rows] = units
    settings = {"repel": repel, "attract": attract, "preserve": preserve, "delta": delta, "gamma": gamma, "rho": rho}
    settings |= {"iterations": iterations, "neighbors": neighbors}
    named = {"synonyms": list_names(synonyms), "antonyms": list_names(antonyms)}
    report = {"counts": {**found.counts, "preserved": len(held), "cut": cut}, "losses": losses}
    facts = describe(embeddings, lexicon, {"settings": settings, **named}, report, record="counter_fitting")
    return Embeddings(embeddings.vocabulary, vectors, facts)


def _near_pairs(units: NDArray[np.float32], rho: float, neighbors: int, threads: int) -> tuple[NDArray[np.int64], int]:
    """Return int64[n, 2], pairs within a distance of ``rho``, the lower row first; and how many rows had too many."""
    own = np.arange(len(units))
    found = nearest_rows(units, units, neighbors + 1, scale=np.ones(len(units), np.float32), own=own, threads=threads)
    is_near = (found.rows >= 0) & (1.0 - found.similarities <= rho + _SLACK)
    cut = int(np.count_nonzero(is_near[:, neighbors:].any(axis=1)))
    is_near[:, neighbors:] = False
    of, place = np.nonzero(is_near)
    ends = np.sort(np.stack([of, found.rows[of, place]], axis=1), axis=1)
    return np.unique(ends, axis=0).reshape(-1, 2), cut


def _keys(pairs: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    keys: NDArray[np.int64] = pairs[:, 0] * size + pairs[:, 1]
    return keys


def _join(
    units: NDArray[np.float32],
    rows: NDArray[np.int64],
    found: Constraints,
    held: NDArray[np.int64],
    strengths: tuple[float, float, float],
    limits: tuple[float, float],
) -> _Pairs:
    """Return all terms of the loss, over positions in ``rows``."""
    from ..kernels.constraints import measure_pairs

    repel, attract, preserve = strengths
    pairs = np.concatenate([np.searchsorted(rows, found.antonyms), np.searchsorted(rows, found.synonyms), held])
    weights = np.concatenate(
        [-repel * found.antonym_weights, attract * found.synonym_weights, np.full(len(held), preserve)]
    )
    limit = np.repeat([*limits, np.nan], [len(found.antonyms), len(found.synonyms), len(held)])
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    kind = np.tile(np.repeat([0, 1, 2], [len(found.antonyms), len(found.synonyms), len(held)]), 2)
    order = np.lexsort((kind, ends[:, 1], ends[:, 0]))
    indptr = np.zeros(len(rows) + 1, np.int64)
    np.cumsum(np.bincount(ends[:, 0], minlength=len(rows)), out=indptr[1:])
    indices = ends[order, 1].astype(np.int32)
    now = np.empty(len(indices), np.float32)
    measure_pairs(0, len(rows), indptr, indices, units, now)
    wanted = np.tile(limit, 2)[order].astype(np.float32)
    # What is held has the very distance that a step will measure, so that nothing pulls before anything moved.
    wanted = np.where(np.isnan(wanted), now, wanted)
    return _Pairs(indptr, indices, np.tile(weights, 2)[order].astype(np.float32), wanted)


def _iterate(
    units: NDArray[np.float32], pairs: _Pairs, iterations: int, threads: int, progress: Watcher | None
) -> tuple[NDArray[np.float32], list[float]]:
    """Return the rows after all steps, and the loss before each and after the last."""
    from ..kernels.constraints import step_rows

    moved, sums, losses = np.empty_like(units), np.empty(len(units)), []
    task = pairs.indptr, pairs.indices, pairs.weights, pairs.limits

    def work(take: Callable[[], tuple[int, int] | None]) -> None:
        while span := take():
            step_rows(*span, *task, units, moved, sums)

    for iteration in range(iterations + 1):
        run_spans(len(units), _ROWS, threads, work)
        losses.append(math.fsum(sums) / 2.0)  # each pair stands with both of its ends
        if iteration == iterations:
            break
        units, moved = moved, units
        if progress is not None:
            progress(Progress("counter-fitting", iteration + 1, iterations, "iterations"))
    return units, losses
