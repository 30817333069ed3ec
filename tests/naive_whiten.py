"""The plain twin of :mod:`wordvec.kernels.whiten`."""

import numpy as np


def whiten_rows(rows, weights, columns):
    """Return unit vectors of whitened rows, by NumPy's own Cholesky factor."""
    used = rows[:, :columns].astype(float)
    mean = weights @ used / weights.sum()
    factor = np.linalg.cholesky((used - mean).T @ ((used - mean) * weights[:, None]) / weights.sum())
    white = np.linalg.solve(factor, (used - mean).T).T
    white /= np.linalg.norm(white, axis=1, keepdims=True)
    white[~rows.any(axis=1)] = 0.0
    return np.pad(white, ((0, 0), (0, rows.shape[1] - columns)))
