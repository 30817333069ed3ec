"""Plain twins of the kernels of the contrastive loss; see :mod:`naive`."""

import numpy as np


def multiply_rows(A, B):
    return np.array([[sum(a * b for a, b in zip(row, column, strict=True)) for column in B.T] for row in A])


def normalize_rows(rows):
    lengths = np.array([np.sqrt((row**2).sum()) for row in rows])
    return np.array([row / n if n else row for row, n in zip(rows, lengths, strict=True)]), lengths


def mark_kin(items, offsets, groups):
    of = [set(groups[offsets[i] : offsets[i + 1]].tolist()) for i in items]
    return np.array(
        [
            [2 if items[i] == items[j] else int(bool(of[i] & of[j])) for j in range(len(items))]
            for i in range(len(items))
        ]
    ).reshape(len(items), len(items))


def contrast_rows(tau, marks, scores):
    """Return the derivatives by the cosines, and the losses."""
    slopes, losses = np.zeros(scores.shape), np.zeros(len(scores))
    for i, (mark, row) in enumerate(zip(marks, scores, strict=True)):
        kin, others = np.flatnonzero(mark == 1), np.flatnonzero(mark != 2)
        if not len(kin):
            continue
        total = np.exp(row[others] / tau).sum()
        losses[i] = -np.log(np.exp(row[kin] / tau) / total).mean()
        slopes[i, others] = np.exp(row[others] / tau) / total / tau
        slopes[i, kin] -= 1 / (tau * len(kin))
    return slopes, losses


def join_directions(scores):
    return scores + scores.T


def draw_back(scale, units, lengths, gradients):
    rows = np.zeros(units.shape)
    for i, (unit, length) in enumerate(zip(units, lengths, strict=True)):
        if length:
            rows[i] = scale * (np.eye(len(unit)) - np.outer(unit, unit)) @ gradients[i] / length
    return rows
