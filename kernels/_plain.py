"""What :mod:`wordvec.kernels._tile` does, in plain loops: for reading, for comparing, and with the JIT off."""

import math

from ._vector import OUTPUTS, ROWS, STRIDE


def _dot(A, i, B, j):
    total = A.dtype.type(0.0)
    for d in range(A.shape[1]):
        total += A[i, d] * B[j, d]
    return total


def dot_contexts(W, U, windows, w, place):
    """Score each context row against six output rows."""
    for e in range(windows.rows[w], windows.rows[w + 1]):
        for j in range(place, place + OUTPUTS):
            windows.scores[e, j] = _dot(W, windows.contexts[e], U, windows.outputs[w, j])


def dot_mean(W, U, windows, w, place):
    """Score the mean of the context rows against six output rows."""
    first, last = windows.rows[w : w + 2]
    hidden = W[windows.contexts[first:last]].mean(axis=0)
    for j in range(place, place + OUTPUTS):
        windows.scores[first, j] = (hidden * U[windows.outputs[w, j]]).sum()


def weigh(windows, w, place, label, mean, part):
    """Turn scores into coefficients; return (loss, 1)."""
    first = windows.rows[w] + part * ROWS
    last = first + 1 if mean else min(first + ROWS, windows.rows[w + 1])
    loss = 0.0
    for e in range(first, last):
        for j in range(place, place + OUTPUTS):
            weight = min(1.0 if mean else windows.shares[e], windows.weights[w, j])
            if weight > 0.0:
                truth = label if j == place else 0.0
                score = float(windows.scores[e, j])
                z = math.exp(-min(abs(score), 87.0))
                sigma = 1.0 / (1.0 + z) if score >= 0.0 else z / (1.0 + z)
                wrong = -score if truth else score
                loss += (wrong if wrong > 0.0 or math.isnan(wrong) else 0.0) + math.log(1.0 + z)
                windows.scores[e, j] = windows.rates[w] * weight * (truth - sigma)
            else:
                windows.scores[e, j] = 0.0
    return loss, 1.0


def update_contexts(W, U, windows, w, place, low, high, update_output):
    """Move context rows, then output rows, in some columns."""
    six, coefficients = windows.outputs[w, place : place + OUTPUTS], windows.scores[:, place : place + OUTPUTS]
    before = U[six, low:high]
    steps = before * 0
    for e in range(windows.rows[w], windows.rows[w + 1]):
        row = windows.contexts[e]
        for j in range(OUTPUTS):
            steps[j] += coefficients[e, j] * W[row, low:high]
        for j in range(OUTPUTS):
            W[row, low:high] += coefficients[e, j] * before[j]
    if update_output:
        for j in range(OUTPUTS):
            U[six[j], low:high] += steps[j]


def update_senses(U, M, windows, w, place, low, high, update_context):
    """Move three senses and three gates by the context rows, and those by the senses, in some columns."""
    six, coefficients = windows.outputs[w, place : place + OUTPUTS], windows.scores[:, place : place + OUTPUTS]
    before = M[six, low:high]
    steps = before * 0
    for e in range(windows.rows[w], windows.rows[w + 1]):
        row = windows.contexts[e]
        for j in range(OUTPUTS):
            steps[j] += coefficients[e, j] * U[row, low:high]
        for j in range(OUTPUTS // 2 if update_context else 0):
            U[row, low:high] += coefficients[e, j] * before[j]
    for j in range(OUTPUTS):
        M[six[j], low:high] += steps[j]


def update_mean(W, U, windows, w, exact, low, high, update_output):
    """Move output rows by the mean, and context rows by what the output rows say, in some columns."""
    first, last = windows.rows[w : w + 2]
    hidden = W[windows.contexts[first:last], low:high].mean(axis=0)
    total = hidden * 0
    for j in range(windows.outputs.shape[1]):
        if j % STRIDE < OUTPUTS:
            row, step = windows.outputs[w, j], windows.scores[first, j]
            total += step * U[row, low:high]
            if update_output:
                U[row, low:high] += step * hidden
    for e in range(first, last):
        W[windows.contexts[e], low:high] += windows.shares[e] * total / (last - first if exact else 1)


def prefetch_read(W, U, windows, w, low, high):
    """With loops there is no hurry."""


prefetch_write = prefetch_read


def prefetch_words(U, M, windows, w, count, low, high):
    """With loops there is no hurry."""


def prefetch_row(matrix, row, low, high):
    """With loops there is no hurry."""


def copy_items(source, start, n, target, to):
    """Copy some items."""
    target[to : to + n] = source[start : start + n]
