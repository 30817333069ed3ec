"""Lengths and angles of vectors, row by row."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["cosines", "unit_rows"]

Floats = NDArray[np.float64]


def unit_rows(vectors: Floats) -> Floats:
    """Return float64[n, D], vectors of length 1; zeros where a vector has no direction: no length, or no finite one.

    Parameters
    ----------
    vectors : float64[n, D]
        The vectors.

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    sound = np.isfinite(lengths) & (lengths > 0)
    return np.asarray(np.divide(vectors, lengths, out=np.zeros_like(vectors), where=sound))


def cosines(first: Floats, second: Floats) -> Floats:
    """Return float64[n], the cosine of each pair of rows; 0 where a vector has no length.

    Rounded to 12 digits, so that what is equal ties although sums were made in another order.

    Parameters
    ----------
    first, second : float64[n, D]
        The vectors.

    Examples
    --------
    >>> cosines(np.array([[3.0, 0.0], [1.0, 1.0]]), np.array([[2.0, 0.0], [0.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    products: Floats = np.einsum("nd,nd->n", first, second)
    return np.asarray(np.divide(products, lengths, out=np.zeros(len(first)), where=lengths > 0).round(12))
