"""Retrofitting as one sparse linear system: conjugate gradient, and the exact solution."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, ResourceError
from ..progress import Progress, Watcher

if TYPE_CHECKING:
    from wordvec.kernels.retrofit import Pulls

__all__ = ["Solution", "solve_cg", "solve_directly"]

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

#: Columns that are solved for together: blocks of the same width whatever the machine.
_COLUMNS = 32
#: A factor of a graph that hangs together takes memory with the square of its words; beyond this nobody waits for it.
_MOST_JOINED = 30_000


class Solution(NamedTuple):
    """What a solver found.

    Parameters
    ----------
    rows : float32[V, D]
        The vectors; rows that no edge pulls on have the bits that they had.
    iterations : int
        Sweeps, or steps of conjugate gradient; 1 for the direct solution.
    residual : float
        Length of what all equations together lack, over that of their right-hand sides.
    converged : bool
        Whether that is at most the tolerance.
    """

    rows: Floats
    iterations: int
    residual: float
    converged: bool


class _System(NamedTuple):
    """Equations ``matrix @ x = scales * alpha * starts[active]`` of the rows that edges touch."""

    active: NDArray[np.int64]
    matrix: Any
    scales: Doubles


def solve_cg(
    pulls: "Pulls", starts: Floats, *, iterations: int, tolerance: float, progress: Watcher | None = None
) -> Solution:
    """Solve by conjugate gradient, preconditioned by the diagonal, in float64, 32 columns at a time.

    Parameters
    ----------
    pulls : Pulls
        Who pulls on whom.
    starts : float32[V, D]
        The vectors.
    iterations : int >= 0
        Steps, at most.
    tolerance : float >= 0
        Every block of columns stops when its relative residual is at most this.
    progress : callable, optional
        Told after each block.

    Raises
    ------
    ParameterError
        If an edge does not pull both ways alike: the method is for symmetric equations.

    References
    ----------
    Hestenes and Stiefel (1952), "Methods of conjugate gradients for solving linear systems".
    """
    system = _make_system(pulls, len(starts))
    matrix, scales = system.matrix, system.scales[:, None]
    if not _is_symmetric(matrix):
        raise ParameterError(
            "solver must be gauss_seidel, jacobi or direct where edges do not pull both ways alike, got 'cg'"
        )

    def find(right: Doubles, x: Doubles) -> tuple[Doubles, int]:
        goal = tolerance * float(np.linalg.norm(right / scales))
        return _conjugate(matrix, right, x, lambda r: float(np.linalg.norm(r / scales)) <= goal, iterations)

    return _solve_blocks(system, pulls, starts, find, tolerance, progress)


def solve_directly(pulls: "Pulls", starts: Floats, *, progress: Watcher | None = None) -> Solution:
    """Solve exactly, by a sparse factorisation in float64: what the other solvers are tested against.

    Parameters
    ----------
    pulls, starts, progress
        As for :func:`solve_cg`.

    Raises
    ------
    ResourceError
        If more than 30,000 words hang together: the factor would fill up.
    """
    from scipy.sparse import csgraph
    from scipy.sparse.linalg import splu

    system = _make_system(pulls, len(starts))
    _, labels = csgraph.connected_components(system.matrix, directed=False)
    joined = int(np.bincount(labels).max())
    if joined > _MOST_JOINED:
        raise ResourceError(
            f"solver 'direct' is for graphs of which at most {_MOST_JOINED:,} words hang together, and of this one "
            f"{joined:,} do; use 'gauss_seidel' or 'cg' with a small tolerance."
        )
    factor = splu(
        system.matrix.tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    return _solve_blocks(system, pulls, starts, lambda right, x: (factor.solve(right), 1), math.inf, progress)


def _make_system(pulls: "Pulls", size: int) -> _System:
    """Return the equations as a sparse matrix; with every row times its degree if it is not symmetric without."""
    from scipy import sparse

    active = np.union1d(pulls.nodes, pulls.indices)
    place = np.full(size, -1, np.int64)
    place[active] = np.arange(len(active))
    n, alpha = len(active), float(pulls.alphas[0])
    degrees = np.zeros(n, np.int64)
    degrees[place[pulls.nodes]] = np.diff(pulls.indptr)
    indptr = np.concatenate([[0], np.cumsum(degrees)])
    edges = sparse.csr_matrix((pulls.betas.astype(np.float64), place[pulls.indices], indptr), shape=(n, n))
    diagonal = np.full(n, alpha)  # a row that only pulls stays
    diagonal[place[pulls.nodes]] = pulls.diagonal
    matrix, scales = (sparse.diags(diagonal) - edges).tocsr(), np.ones(n)
    if not _is_symmetric(matrix):
        scales = np.maximum(degrees, 1).astype(np.float64)
        matrix = (sparse.diags(scales) @ matrix).tocsr()
    return _System(active, matrix, scales)


def _is_symmetric(matrix: Any) -> bool:
    difference, size = abs(matrix - matrix.T), abs(matrix) + abs(matrix.T)
    return bool((difference - 1e-5 * size).max() <= 0)


def _solve_blocks(
    system: _System,
    pulls: "Pulls",
    starts: Floats,
    find: Callable[[Doubles, Doubles], tuple[Doubles, int]],
    tolerance: float,
    progress: Watcher | None,
) -> Solution:
    """Solve for some columns after the others; write rows that edges pull on, and no others."""
    active, matrix, scales = system.active, system.matrix, system.scales[:, None]
    rows, moving = np.array(starts, np.float32, order="C"), np.searchsorted(system.active, pulls.nodes)
    lacked, sides, done, alpha, dim = 0.0, 0.0, 0, float(pulls.alphas[0]), starts.shape[1]
    for low in range(0, dim, _COLUMNS):
        block = slice(low, low + _COLUMNS)
        x = starts[active, block].astype(np.float64)
        side = alpha * x
        x, steps = find(scales * side, x)
        left = side - (matrix @ x) / scales
        lacked, sides = lacked + float((left * left).sum()), sides + float((side * side).sum())
        done = max(done, steps)
        if steps:
            rows[pulls.nodes, block] = x[moving]
        if progress is not None:
            progress(Progress("retrofit", min(low + _COLUMNS, dim), dim, "columns"))
    residual = math.sqrt(lacked / (sides or 1.0))
    return Solution(rows, done, residual, residual <= tolerance)


def _conjugate(
    matrix: Any, right: Doubles, x: Doubles, is_enough: Callable[[Doubles], bool], iterations: int
) -> tuple[Doubles, int]:
    """Return the solution for some columns, each with steps of its own, and how many steps were taken."""
    inverse = 1.0 / matrix.diagonal()[:, None]
    r = right - matrix @ x
    z = inverse * r
    p, product = z, (r * z).sum(axis=0)
    for step in range(iterations):
        if is_enough(r):
            return x, step
        image = matrix @ p
        length = (p * image).sum(axis=0)
        ahead = np.divide(product, length, out=np.zeros_like(product), where=length > 0)
        x, r = x + ahead * p, r - ahead * image
        z = inverse * r
        before, product = product, (r * z).sum(axis=0)
        p = z + np.divide(product, before, out=np.zeros_like(product), where=before > 0) * p
    return x, iterations
