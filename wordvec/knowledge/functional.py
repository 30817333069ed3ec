"""Functional retrofitting: a relation may turn and shift the vectors it joins, and how is learnt."""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, require
from ..lexicon import Lexicon
from ..progress import Progress, Watcher
from ..threads import count_threads
from .retrofit import check_pair, describe
from .solvers import Beta, Sweeper, make_pulls

__all__ = ["FunctionalRetrofit", "RelationMap", "functional_retrofit"]

Floats = NDArray[np.float32]

#: Edges of which the products are held at once.
_EDGES = 8192


class RelationMap(NamedTuple):
    """Where a relation leads: a word is expected at ``matrix @ q + offset``, q being its neighbor's vector.

    Parameters
    ----------
    matrix : float32[D, D]
        The identity if nothing was learnt.
    offset : float32[D]
        0 if nothing was learnt.
    edges : int
        How many it was learnt from.
    error : float
        Mean squared distance of words from where it expects them, over that with the identity; 1 if nothing was learnt.
    """

    matrix: Floats
    offset: Floats
    edges: int
    error: float


class FunctionalRetrofit(NamedTuple):
    """What functional retrofitting returns.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    maps : dict of str to RelationMap
        One for each relation with an edge between two words.
    """

    embeddings: Embeddings
    maps: dict[str, RelationMap]


class _Edges(NamedTuple):
    """The edges of one relation: rows ``nodes`` are pulled, by rows ``sources[indices]``."""

    nodes: NDArray[np.int64]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    betas: Floats
    sources: NDArray[np.int64]


def functional_retrofit(
    embeddings: Embeddings,
    lexicon: Lexicon,
    *,
    alpha: float = 1.0,
    beta: Beta = "degree",
    penalty: float = 10.0,
    learn: bool = True,
    iterations: int = 10,
    tolerance: float = 1e-4,
    threads: int | None = 1,
    progress: Watcher | None = None,
) -> FunctionalRetrofit:
    """Retrofit with a linear map for each relation, as a hypernym is not where a synonym is.

    By turns, maps are learnt and vectors move. Each map is a ridge regression: the least of ``sum_ij beta_ij |A_r q_j +
    b_r - q_i|^2`` with ``penalty`` times the squares of ``A_r - I`` and of ``b_r``. Then each vector becomes the mean
    of its old vector, weighted by ``alpha``, and of where its neighbors' maps expect it, ``A_r q_j + b_r``, weighted by
    ``beta_ij``, all as they were. What a vector does to its neighbors' terms is not looked at, so that the turns lead
    to a balance, and need not lead to the minimum of one sum. So a relation with few edges pulls as in plain
    retrofitting. The paper shrinks ``A_r`` toward 0, and also pushes words away from random others; this does not. A
    relation that has a direction should have another name backwards, or its map must serve both ways.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    lexicon : Lexicon
        Over the same vocabulary; edges to its extras do not count.
    alpha, beta
        As for :func:`~wordvec.knowledge.retrofit.retrofit`.
    penalty : float > 0, default 10
        How much maps are held at the identity, in edges with unit vectors.
    learn : bool, default True
        Without it all maps are the identity: plain retrofitting.
    iterations : int >= 0, default 10
        Turns, at most.
    tolerance : float >= 0, default 1e-4
        Stop when what the equations of the vectors lack is at most this part of their right-hand sides.
    threads, progress
        As for :func:`~wordvec.knowledge.retrofit.retrofit`.

    Raises
    ------
    FormatError
        If no edge joins two words, a vector is not finite, or the maps make vectors grow without end.
    ParameterError
        If a parameter is outside its domain, or the lexicon is over other words.

    Notes
    -----
    Works through BLAS: equal input gives the same table, not always the same last bit.

    References
    ----------
    Lengerich, Maas and Potts (2018), "Retrofitting distributional embeddings to knowledge graphs with functional
    relations", equations 2 and 5.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary.from_counts({"cat": 2, "feline": 1})
    >>> embeddings = Embeddings(words, np.array([[3, 0], [0, 3]], np.float32))
    >>> lexicon = Lexicon.from_pairs([("cat", "feline")], words)
    >>> found = functional_retrofit(embeddings, lexicon, learn=False, iterations=50, tolerance=1e-7)
    >>> found.embeddings["cat"].round(3).tolist()
    [2.0, 1.0]
    """
    require(0 < penalty < math.inf, "penalty", "a finite number above 0", penalty)
    require(isinstance(iterations, int) and iterations >= 0, "iterations", "an integer >= 0", iterations)
    require(0 <= tolerance < math.inf, "tolerance", "a finite number >= 0", tolerance)
    workers = count_threads(threads)
    check_pair(embeddings, lexicon)
    pulls = make_pulls(lexicon, alpha=alpha, beta=beta)
    groups = _by_relation(lexicon, beta)
    starts = np.array(embeddings.vectors, np.float32, order="C")
    rows, nodes = starts.copy(), pulls.nodes
    scale = float(np.linalg.norm(alpha * starts[nodes].astype(np.float64))) or 1.0
    maps = {name: _identity(embeddings.dim, group) for name, group in groups.items()}
    done, residual = 0, math.inf
    while True:
        if learn and done < iterations:
            maps = {name: _fit(rows, group, penalty) for name, group in groups.items()}
        moved = _pull_all(rows, starts, pulls.diagonal, alpha, nodes, groups, maps, workers)
        with np.errstate(over="ignore", invalid="ignore"):
            lack = (moved[nodes].astype(np.float64) - rows[nodes]) * pulls.diagonal[:, None]
            residual = float(np.linalg.norm(lack)) / scale
        if not math.isfinite(residual):
            raise FormatError(
                "the maps of the relations make vectors grow without end; give a larger penalty or alpha."
            )
        if done == iterations or residual <= tolerance:
            break
        rows, done = moved, done + 1
        if progress is not None:
            progress(Progress("retrofit", done, iterations, "iterations"))
    settings: dict[str, Any] = {
        "method": "functional",
        "alpha": alpha,
        "beta": beta,
        "penalty": penalty,
        "learn": learn,
    }
    settings |= {"iterations": iterations, "tolerance": tolerance}
    report = {
        "words": len(nodes),
        "edges": len(pulls.indices),
        "edges_to_extras": len(lexicon.indices) - len(pulls.indices),
        "iterations": done,
        "residual": residual,
        "converged": residual <= tolerance,
        "maps": {name: {"edges": found.edges, "error": found.error} for name, found in maps.items()},
    }
    found = Embeddings(embeddings.vocabulary, rows, describe(embeddings, lexicon, settings, report))
    return FunctionalRetrofit(found, maps)


def _by_relation(lexicon: Lexicon, beta: Beta) -> dict[str, _Edges]:
    """Return the edges between words, by relation."""
    size = len(lexicon.vocabulary)
    sources = np.repeat(np.arange(lexicon.n_nodes, dtype=np.int64), lexicon.degrees)
    among = (sources < size) & (lexicon.indices < size)
    degrees = np.bincount(sources[among], minlength=size)
    found = {}
    for number, name in enumerate(lexicon.relation_names):
        chosen = among & (lexicon.relations == number)
        if not chosen.any():
            continue
        pulled, weights = sources[chosen], lexicon.weights[chosen].astype(np.float64)
        nodes, counts = np.unique(pulled, return_counts=True)
        pulling, places = np.unique(lexicon.indices[chosen], return_inverse=True)
        betas = weights / degrees[pulled] if beta == "degree" else weights
        indptr = np.concatenate([[0], np.cumsum(counts)])
        found[name] = _Edges(nodes, indptr, places.astype(np.int32), betas.astype(np.float32), pulling.astype(np.int64))
    return found


def _identity(dim: int, edges: _Edges) -> RelationMap:
    return RelationMap(np.eye(dim, dtype=np.float32), np.zeros(dim, np.float32), len(edges.indices), 1.0)


def _fit(rows: Floats, edges: _Edges, penalty: float) -> RelationMap:
    """Return the map by ridge regression of what words are beyond their neighbors on the neighbors."""
    dim = rows.shape[1]
    gram, right, square = np.zeros((dim + 1, dim + 1)), np.zeros((dim + 1, dim)), 0.0
    pulled = np.repeat(edges.nodes, np.diff(edges.indptr))
    for start in range(0, len(pulled), _EDGES):
        part = slice(start, start + _EDGES)
        x = np.ones((len(pulled[part]), dim + 1))
        x[:, :dim] = rows[edges.sources[edges.indices[part]]]
        y = rows[pulled[part]] - x[:, :dim]
        weighted = x * edges.betas[part, None]
        gram += weighted.T @ x
        right += weighted.T @ y
        square += float((edges.betas[part, None] * y * y).sum())
    change = np.linalg.solve(gram + penalty * np.eye(dim + 1), right)
    left = square - 2 * float((change * right).sum()) + float((change * (gram @ change)).sum())
    error = max(left, 0.0) / square if square > 0 else 1.0
    matrix = (np.eye(dim) + change[:dim].T).astype(np.float32)
    return RelationMap(matrix, change[dim].astype(np.float32), len(pulled), error)


def _pull_all(
    rows: Floats,
    starts: Floats,
    diagonal: NDArray[np.float64],
    alpha: float,
    nodes: NDArray[np.int64],
    groups: dict[str, _Edges],
    maps: dict[str, RelationMap],
    threads: int,
) -> Floats:
    """Return the vectors after one turn, each with the maps and its neighbors as they were."""
    from wordvec.kernels.retrofit import Pulls

    totals = np.zeros_like(rows)
    totals[nodes] = np.float32(alpha) * starts[nodes]
    for name, edges in groups.items():
        with np.errstate(over="ignore", invalid="ignore"):
            expected = rows[edges.sources] @ maps[name].matrix.T + maps[name].offset
        n = len(edges.nodes)
        # The rows that pull stand in a matrix of their own, so the kernel's answer to "what lacks" is of no use here.
        pulls = Pulls(np.arange(n), edges.indptr, edges.indices, edges.betas, np.ones(n, np.float32), np.ones(n))
        source = np.zeros((max(n, len(expected)), rows.shape[1]), np.float32)
        source[: len(expected)] = expected
        held = totals[edges.nodes]
        Sweeper(pulls, rows.shape[1], threads)(held, source, held)
        totals[edges.nodes] = held
    moved = rows.copy()
    moved[nodes] = totals[nodes] / diagonal[:, None]
    return moved
