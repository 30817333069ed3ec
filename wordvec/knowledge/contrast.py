"""One step after another of a contrastive training: a batch forward, its loss, and the way back to maps and rows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Adam", "Batch", "Crew", "Maps", "apply_map", "contrast"]

Floats = NDArray[np.float64]
_BLOCK = 16_384
#: Below so many rows a part is not worth a thread.
_LEAST = 32


class Maps(NamedTuple):
    """Residual maps ``q = v + (v A) B``, one or one for each language.

    Parameters
    ----------
    A : float64[L, D, r]
        Drawn.
    B : float64[L, r, D]
        Zero at first: the map is the identity.
    """

    A: Floats
    B: Floats


class Batch(NamedTuple):
    """What one batch consists of.

    Parameters
    ----------
    rows : float64[M, D]
        Vectors before the map, those of one map together.
    bounds : tuple of (int, int, int)
        Map, first row and end.
    marks : uint8[M, M]
        What rows are to each other (:func:`wordvec.kernels.contrastive.mark_kin`).
    """

    rows: Floats
    bounds: tuple[tuple[int, int, int], ...]
    marks: NDArray[np.uint8]


class Crew:
    """Threads that share the rows of a step; how many changes no bit.

    Parameters
    ----------
    threads : int >= 1
        How many.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def run(self, kernel: Callable[..., None], size: int, *arguments: Any) -> None:
        """Run a kernel for rows 0 to ``size - 1``."""
        parts = min(self._threads, max(1, size // _LEAST))
        if self._pool is None or parts == 1:
            kernel(0, size, *arguments)
            return
        cuts = [size * n // parts for n in range(parts + 1)]
        for done in [self._pool.submit(kernel, cuts[n], cuts[n + 1], *arguments) for n in range(parts)]:
            done.result()

    def multiply(self, A: Floats, B: Floats) -> Floats:
        """Return ``A @ B``, summed in one order."""
        from ..kernels.contrastive import multiply_rows

        out = np.empty((len(A), B.shape[1]))
        self.run(multiply_rows, len(A), np.ascontiguousarray(A), np.ascontiguousarray(B), out)
        return out


class Adam:
    """Adam of Kingma and Ba (2015), "Adam: A method for stochastic optimization", algorithm 1; bias-corrected.

    Parameters
    ----------
    shape : tuple of int
        Of what is learnt. Rows of it that get no gradient in a step may be left out of it: they then wait.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._first, self._second = np.zeros(shape), np.zeros(shape)
        self._left = np.ones((2, shape[0], *(1 for _ in shape[1:])))

    def step(self, values: Floats, gradient: Floats, lr: float, where: Any = slice(None)) -> None:
        """Move ``values[where]`` against their gradient."""
        for moment, decay, seen, left in (
            (self._first, 0.9, gradient, self._left[0]),
            (self._second, 0.999, gradient * gradient, self._left[1]),
        ):
            moment[where] = decay * moment[where] + (1 - decay) * seen
            left[where] *= decay
        mean = self._first[where] / (1 - self._left[0][where])
        spread = np.sqrt(self._second[where] / (1 - self._left[1][where]))
        values[where] -= lr * mean / (spread + 1e-8)


def contrast(batch: Batch, maps: Maps, tau: float, crew: Crew) -> tuple[float, Maps, Floats]:
    """Return the mean loss of a batch, and its derivatives by the maps and by the rows before them.

    Parameters
    ----------
    batch : Batch
        What to compare.
    maps : Maps
        As they are.
    tau : float
        Temperature.
    crew : Crew
        Who does it.

    Returns
    -------
    (float, Maps, float64[M, D])
        Nats per row, and derivatives.
    """
    from ..kernels.contrastive import contrast_rows, draw_back, join_directions, normalize_rows

    size, dim = batch.rows.shape
    mapped, inner = np.empty((size, dim)), []
    for number, first, end in batch.bounds:
        inner.append(crew.multiply(batch.rows[first:end], maps.A[number]))
        mapped[first:end] = batch.rows[first:end] + crew.multiply(inner[-1], maps.B[number])
    units, lengths, losses, sums = np.empty((size, dim)), np.empty(size), np.empty(size), np.empty((size, size))
    crew.run(normalize_rows, size, mapped, units, lengths)
    scores = crew.multiply(units, units.T)
    crew.run(contrast_rows, size, tau, batch.marks, scores, losses)
    crew.run(join_directions, size, scores, sums)
    slopes = crew.multiply(sums, units)
    crew.run(draw_back, size, 1.0 / size, units, lengths, slopes)
    by_maps = Maps(np.zeros(maps.A.shape), np.zeros(maps.B.shape))
    by_rows = slopes.copy()
    for (number, first, end), held in zip(batch.bounds, inner, strict=True):
        through = crew.multiply(slopes[first:end], maps.B[number].T)
        by_maps.B[number] = crew.multiply(held.T, slopes[first:end])
        by_maps.A[number] = crew.multiply(batch.rows[first:end].T, through)
        by_rows[first:end] += crew.multiply(through, maps.A[number].T)
    return float(losses.mean()), by_maps, by_rows


def apply_map(vectors: NDArray[np.float32], A: Floats, B: Floats, crew: Crew) -> NDArray[np.float32]:
    """Return float32[V, D], vectors through one map; the very same bits where the map is the identity."""
    if not B.any():
        return vectors
    out = np.empty(vectors.shape, dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):  # blocks: no float64 copy of the whole matrix
        rows = vectors[start : start + _BLOCK].astype(np.float64)
        out[start : start + _BLOCK] = rows + crew.multiply(crew.multiply(rows, A), B)
    return out
