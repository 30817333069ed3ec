"""The equations of retrofitting, and sweeps that solve them."""

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError, require
from ..lexicon import Lexicon
from ..progress import Progress, Watcher
from ..threads import count_threads
from .linear_system import Solution, solve_cg, solve_directly

if TYPE_CHECKING:
    from wordvec.kernels.retrofit import Pulls

__all__ = [
    "Beta",
    "Solution",
    "Solver",
    "Sweeper",
    "make_pulls",
    "nothing_in_common",
    "solve",
    "solve_cg",
    "solve_directly",
    "sweep_rows",
]

Beta = Literal["degree", "weight"]
Solver = Literal["gauss_seidel", "jacobi", "cg", "direct"]
Floats = NDArray[np.float32]


def make_pulls(lexicon: Lexicon, *, alpha: float, beta: Beta, size: int | None = None) -> "Pulls":
    """Return who pulls on whom in the equations of retrofitting.

    Parameters
    ----------
    lexicon : Lexicon
        The edges.
    alpha : float > 0
        How much a word is held where it was.
    beta : {"degree", "weight"}
        How much an edge pulls: its weight over the number of edges of the word it pulls on, or its weight.
    size : int, optional
        Use edges between the first ``size`` nodes only; by default those between words of the vocabulary.

    Raises
    ------
    FormatError
        If no edge is between two such nodes.
    ParameterError
        If ``alpha`` or ``beta`` is outside its domain, or the betas of a word are too large to be added up.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary.from_counts({"a": 3, "b": 2, "c": 1})
    >>> pulls = make_pulls(Lexicon.from_pairs([("a", "b"), ("b", "c")], words), alpha=1.0, beta="degree")
    >>> pulls.indices.tolist(), pulls.betas.tolist(), pulls.diagonal.tolist()
    ([1, 0, 2, 1], [1.0, 0.5, 0.5, 1.0], [2.0, 2.0, 2.0])
    """
    from wordvec.kernels.retrofit import Pulls

    require(0 < alpha < math.inf, "alpha", "a finite number above 0", alpha)
    require(beta in ("degree", "weight"), "beta", "'degree' or 'weight'", beta)
    last = len(lexicon.vocabulary) if size is None else size
    sources = np.repeat(np.arange(lexicon.n_nodes, dtype=np.int64), lexicon.degrees)
    kept = (sources < last) & (lexicon.indices < last)
    sources, indices, weights = sources[kept], lexicon.indices[kept], lexicon.weights[kept].astype(np.float64)
    if not len(indices):
        raise FormatError(nothing_in_common(lexicon))
    degrees = np.bincount(sources, minlength=last)
    nodes = np.flatnonzero(degrees)
    indptr = np.concatenate([[0], np.cumsum(degrees[nodes])])
    betas = (weights / degrees[sources] if beta == "degree" else weights).astype(np.float32)
    with np.errstate(over="ignore"):
        diagonal = np.float64(np.float32(alpha)) + np.add.reduceat(betas.astype(np.float64), indptr[:-1])
    if not bool(np.all(diagonal < 1e30)):
        raise ParameterError("alpha and the weights of a word's edges must add up to less than 1e30; make them smaller")
    alphas = np.full(len(nodes), alpha, np.float32)
    return Pulls(nodes, indptr, np.ascontiguousarray(indices), betas, alphas, diagonal)


def nothing_in_common(lexicon: Lexicon) -> str:
    """Return what to say of a lexicon without an edge between two words: an unchanged copy would be no answer.

    Parameters
    ----------
    lexicon : Lexicon
        Its counts of what was left out are in the message.
    """
    left = ", ".join(f"{name} {value:,}" for name, value in lexicon.metadata.items() if isinstance(value, int))
    return (
        f"the lexicon joins no two words of these vectors: {len(lexicon.vocabulary):,} words, "
        f"{len(lexicon.extras):,} other nodes, {lexicon.n_pairs:,} edges{f' ({left})' if left else ''}. "
        "Are graph and vectors of one language, and written alike (case, underscores)?"
    )


class Sweeper:
    """Sweeps over the equations of retrofitting, columns shared out to threads, the same bits for any number.

    Parameters
    ----------
    pulls : Pulls
        Who pulls on whom.
    dim : int
        Columns.
    threads : int
        How many, at most one for each 16 columns.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary.from_counts({"a": 2, "b": 1})
    >>> pulls = make_pulls(Lexicon.from_pairs([("a", "b")], words), alpha=1.0, beta="degree")
    >>> rows = np.array([[3.0], [0.0]], np.float32)
    >>> start = rows.copy()
    >>> _ = Sweeper(pulls, 1, 1)(start, rows, rows)
    >>> rows.ravel().tolist()
    [1.5, 0.75]
    """

    def __init__(self, pulls: "Pulls", dim: int, threads: int) -> None:
        self.pulls = pulls
        self._sums, self._totals, self._squares = np.empty(dim, np.float32), np.empty(dim), np.empty(dim)
        parts = max(1, min(threads, dim // 16))
        self._cuts = [dim * k // parts // 16 * 16 for k in range(parts)] + [dim]

    def __call__(self, starts: Floats, source: Floats, target: Floats, *, moves: bool = True) -> float:
        """Sweep once; return the length of what the equations of the rows in ``source`` lacked when they were met."""
        from wordvec.kernels.retrofit import pull_rows

        self._squares[:] = 0.0

        def pull(low: int, high: int) -> None:
            task = self.pulls, starts, source, target, moves, self._sums, self._totals, self._squares
            pull_rows(0, len(self.pulls.nodes), low, high, *task)

        spans = list(zip(self._cuts[:-1], self._cuts[1:], strict=True))
        if len(spans) == 1:
            pull(*spans[0])
        else:
            with ThreadPoolExecutor(len(spans)) as pool:
                list(pool.map(lambda span: pull(*span), spans))
        return math.sqrt(math.fsum(self._squares.tolist()))


def sweep_rows(
    pulls: "Pulls",
    starts: Floats,
    *,
    iterations: int,
    tolerance: float,
    jacobi: bool = False,
    threads: int | None = 1,
    progress: Watcher | None = None,
) -> Solution:
    """Solve by sweeps: in the order of rows (Gauss and Seidel), or all rows at once (Jacobi).

    Parameters
    ----------
    pulls : Pulls
        Who pulls on whom.
    starts : float32[V, D]
        The vectors.
    iterations : int >= 0
        Sweeps, at most.
    tolerance : float >= 0
        Stop when the relative residual is at most this; 0 for all sweeps.
    jacobi : bool, default False
        Pull by rows as they were before the sweep; takes one matrix more.
    threads : int >= 1, optional
        They share the columns; all CPUs if None.
    progress : callable, optional
        Told after each sweep.
    """
    rows = np.array(starts, np.float32, order="C")
    spare = rows.copy() if jacobi else rows
    starts = np.ascontiguousarray(starts).view(np.ndarray)
    starts.flags.writeable = False  # of one type, whoever asks: the kernel is compiled once
    sweep = Sweeper(pulls, rows.shape[1], count_threads(threads))
    scale = _right_hand_length(pulls, starts)
    done, residual = 0, None
    while done < iterations:
        met = sweep(starts, rows, spare) / scale
        rows, spare, done, residual = spare, rows, done + 1, None
        if progress is not None:
            progress(Progress("retrofit", done, iterations, "sweeps"))
        if met <= tolerance:  # of rows as they were met; are they as near now that all have moved?
            residual = sweep(starts, rows, rows, moves=False) / scale
            if residual <= tolerance:
                break
    if residual is None:
        residual = sweep(starts, rows, rows, moves=False) / scale
    return Solution(rows, done, residual, residual <= tolerance)


def _right_hand_length(pulls: "Pulls", starts: Floats) -> float:
    """Return the length of all right-hand sides together; 1 if they are all 0."""
    squares = np.zeros(starts.shape[1])
    for first in range(0, len(pulls.nodes), 4096):
        part = slice(first, first + 4096)
        held = pulls.alphas[part, None].astype(np.float64) * starts[pulls.nodes[part]]
        squares += (held * held).sum(axis=0)
    return math.sqrt(math.fsum(squares.tolist())) or 1.0


def solve(
    solver: Solver,
    pulls: "Pulls",
    starts: Floats,
    *,
    iterations: int,
    tolerance: float,
    threads: int | None = 1,
    progress: Watcher | None = None,
) -> Solution:
    """Solve by name; see :func:`sweep_rows` and :mod:`~wordvec.knowledge.linear_system`."""
    require(
        solver in ("gauss_seidel", "jacobi", "cg", "direct"), "solver", "gauss_seidel, jacobi, cg or direct", solver
    )
    require(isinstance(iterations, int) and iterations >= 0, "iterations", "an integer >= 0", iterations)
    require(0 <= tolerance < math.inf, "tolerance", "a finite number >= 0", tolerance)
    count_threads(threads)
    if solver == "direct":
        return solve_directly(pulls, starts, progress=progress)
    if solver == "cg":
        return solve_cg(pulls, starts, iterations=iterations, tolerance=tolerance, progress=progress)
    limits: dict[str, Any] = {"iterations": iterations, "tolerance": tolerance}
    return sweep_rows(pulls, starts, jacobi=solver == "jacobi", threads=threads, progress=progress, **limits)
