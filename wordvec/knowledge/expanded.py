"""Expanded retrofitting: nodes of a graph that no corpus gave a vector get one from their neighbors."""

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, require
from ..lexicon import Lexicon
from ..progress import Progress, Watcher
from ..text.vocabulary import Vocabulary
from ..threads import count_threads
from .retrofit import check_pair, describe
from .solvers import Sweeper, make_pulls, nothing_in_common

__all__ = ["expanded_retrofit"]

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

#: Names of nodes without a path that the metadata list.
_LISTED = 1000


def expanded_retrofit(
    embeddings: Embeddings,
    lexicon: Lexicon,
    *,
    original_weight: float = 0.15,
    self_weight: float = 1.0,
    iterations: int = 5,
    center: bool = True,
    unit: bool = True,
    threads: int | None = 1,
    progress: Watcher | None = None,
) -> Embeddings:
    """Retrofit, and give vectors to the extras of a lexicon that have a path to a word.

    Each iteration moves every node to the mean of itself and its neighbors that have a vector by then, centers all
    nodes, and mixes the words with what they were. Centering keeps vectors from gathering around common hypernyms. Then
    nodes that are farther from any word than there were iterations take the mean of their neighbors, nearest first.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    lexicon : Lexicon
        Over the same vocabulary, with extras.
    original_weight : float from 0 to 1, default 0.15
        Share of a word's old vector in each iteration; with 1 words stay where they are, centered.
    self_weight : float >= 0, default 1
        Weight of a node among its neighbors.
    iterations : int >= 0, default 5
        How many.
    center, unit : bool, default True
        Whether to subtract the mean, before and in each iteration, and to give unit length at the end.
    threads, progress
        As for :func:`~wordvec.knowledge.retrofit.retrofit`.

    Returns
    -------
    Embeddings
        The words, then the extras that were reached, with count 0. Extras without a path to a word are left out:
        ``metadata["retrofit"]`` counts them (``unreachable``) and lists up to 1,000 (``unreachable_nodes``).

    Raises
    ------
    FormatError
        If no edge leads to a word, or a vector of its words is not finite.
    ParameterError
        If a parameter is outside its domain, or the lexicon is over other words.

    References
    ----------
    Speer, Chin and Havasi (2017), "ConceptNet 5.5: An open multilingual graph of general knowledge", section 3.2.

    Examples
    --------
    >>> from dataclasses import replace
    >>> words = Vocabulary.from_counts({"cat": 2, "tax": 1})
    >>> embeddings = Embeddings(words, np.eye(2, dtype=np.float32))
    >>> pairs = Lexicon.from_pairs([("cat", "lynx")], Vocabulary.from_counts({"cat": 3, "tax": 2, "lynx": 1}))
    >>> lexicon = replace(pairs, vocabulary=words, extras=("lynx",))
    >>> found = expanded_retrofit(embeddings, lexicon)
    >>> found.vocabulary.words, found.nearest("lynx", k=1)[0].word
    (('cat', 'tax', 'lynx'), 'cat')
    """
    require(0 <= original_weight <= 1, "original_weight", "a number from 0 to 1", original_weight)
    require(0 <= self_weight < 1e9, "self_weight", "a finite number from 0", self_weight)
    require(isinstance(iterations, int) and iterations >= 0, "iterations", "an integer >= 0", iterations)
    workers = count_threads(threads)
    check_pair(embeddings, lexicon)
    hops = _count_hops(lexicon)
    if not lexicon.degrees[: len(embeddings)].any() and not (hops > 0).any():
        raise FormatError(nothing_in_common(lexicon))
    rows = np.zeros((lexicon.n_nodes, embeddings.dim), np.float32)
    rows[: len(embeddings)] = embeddings.vectors
    graph = _Graph(lexicon, hops, self_weight, workers)
    if center:
        _center(rows, hops == 0)
    originals = rows[: len(embeddings)].copy()
    for number in range(iterations):
        rows = graph.average(rows, number)
        if center:
            _center(rows, (hops >= 0) & (hops <= number + 1))
        words = rows[: len(embeddings)]
        words *= np.float32(1 - original_weight)
        words += np.float32(original_weight) * originals
        if progress is not None:
            progress(Progress("retrofit", number + 1, iterations, "iterations"))
    for far in range(iterations + 1, int(hops.max(initial=0)) + 1):
        graph.fill(rows, far)
    if unit:
        _normalize(rows)
    return _expand(embeddings, lexicon, rows, hops, (original_weight, self_weight, iterations, center, unit))


def _count_hops(lexicon: Lexicon) -> Ids:
    """Return how many edges each node is away from the nearest word; -1 where there is no path."""
    sources = np.repeat(np.arange(lexicon.n_nodes, dtype=np.int64), lexicon.degrees)
    order = np.argsort(lexicon.indices, kind="stable")  # edges by the node that pulls
    pulled = sources[order]
    starts = np.concatenate([[0], np.cumsum(np.bincount(lexicon.indices, minlength=lexicon.n_nodes))])
    hops = np.full(lexicon.n_nodes, -1, np.int64)
    hops[: len(lexicon.vocabulary)] = 0
    frontier = np.arange(len(lexicon.vocabulary))
    far = 0
    while len(frontier):
        far += 1
        counts = starts[frontier + 1] - starts[frontier]
        places = np.repeat(starts[frontier] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        met = pulled[places + np.arange(len(places))]
        frontier = np.unique(met[hops[met] < 0])
        hops[frontier] = far
    return hops


class _Graph:
    """Means of nodes and of those of their neighbors that have a vector."""

    def __init__(self, lexicon: Lexicon, hops: Ids, self_weight: float, threads: int) -> None:
        self.pulls = make_pulls(lexicon, alpha=1.0, beta="weight", size=lexicon.n_nodes)
        self.hops, self.self_weight, self.threads = hops, self_weight, threads

    def average(self, rows: Floats, before: int) -> Floats:
        """Return the means; nodes at most ``before`` edges away from a word have a vector so far."""
        pulls, there = self.pulls, (self.hops >= 0) & (self.hops <= before)
        alphas = np.float32(self.self_weight) * there[pulls.nodes].astype(np.float32)
        mass = np.add.reduceat(pulls.betas.astype(np.float64) * there[pulls.indices], pulls.indptr[:-1])
        diagonal = alphas.astype(np.float64) + mass
        diagonal[diagonal == 0] = 1.0  # none of its neighbors has a vector: it stays 0, or as it is
        alone = (mass == 0) & there[pulls.nodes]
        alphas[alone], diagonal[alone] = 1.0, 1.0
        moved = rows.copy()
        Sweeper(pulls._replace(alphas=alphas, diagonal=diagonal), rows.shape[1], self.threads)(rows, rows, moved)
        return moved

    def fill(self, rows: Floats, far: int) -> None:
        """Give nodes ``far`` edges away the mean of their neighbors that are nearer."""
        pulls = self.pulls
        for k in np.flatnonzero(self.hops[pulls.nodes] == far).tolist():
            edges = slice(int(pulls.indptr[k]), int(pulls.indptr[k + 1]))
            neighbors = pulls.indices[edges]
            nearer = (self.hops[neighbors] >= 0) & (self.hops[neighbors] < far)
            weights = pulls.betas[edges][nearer].astype(np.float64)
            total = (weights[:, None] * rows[neighbors[nearer]]).sum(axis=0)
            rows[pulls.nodes[k]] = total / weights.sum()


def _center(rows: Floats, there: NDArray[np.bool_]) -> None:
    """Subtract the mean of the rows that are there from them."""
    chosen = np.flatnonzero(there)
    total = np.zeros(rows.shape[1])
    for start in range(0, len(chosen), 4096):
        total += rows[chosen[start : start + 4096]].sum(axis=0, dtype=np.float64)
    mean = (total / len(chosen)).astype(np.float32)
    for start in range(0, len(chosen), 4096):
        rows[chosen[start : start + 4096]] -= mean


def _normalize(rows: Floats) -> None:
    for start in range(0, len(rows), 4096):
        block = rows[start : start + 4096]
        lengths = np.linalg.norm(block.astype(np.float64), axis=1, keepdims=True).astype(np.float32)
        np.divide(block, lengths, out=block, where=lengths > 0)


def _expand(
    embeddings: Embeddings, lexicon: Lexicon, rows: Floats, hops: Ids, chosen: tuple[float, float, int, bool, bool]
) -> Embeddings:
    """Return the words and the extras that were reached."""
    size = len(embeddings)
    reached = np.flatnonzero(hops[size:] > 0)
    lost = [lexicon.extras[i] for i in np.flatnonzero(hops[size:] < 0).tolist()]
    words = embeddings.vocabulary.words + tuple(lexicon.extras[i] for i in reached.tolist())
    counts = np.concatenate([embeddings.vocabulary.counts, np.zeros(len(reached), np.int64)])
    if lost:
        rows = rows[np.concatenate([np.arange(size), size + reached])]
    names = ("original_weight", "self_weight", "iterations", "center", "unit")
    settings = {"method": "expanded", **dict(zip(names, chosen, strict=True))}
    report = {
        "words": int(np.count_nonzero(lexicon.degrees[:size])),
        "edges": len(lexicon.indices),
        "added": len(reached),
        "farthest": int(hops.max(initial=0)),
        "unreachable": len(lost),
        "unreachable_nodes": lost[:_LISTED],
    }
    return Embeddings(Vocabulary(words, counts), rows, describe(embeddings, lexicon, settings, report))
