"""What :mod:`wordvec.kernels._tile` does, in plain loops: for reading, for comparing, and with the JIT off."""

import math

from ._vector import OUTPUTS, STRIDE


def _dot(A, i, B, j):
    total = A.dtype.type(0.0)
    for d in range(A.shape[1]):
        total += A[i, d] * B[j, d]
    return total


def dot_contexts(W, U, contexts, first, last, outputs, window, place, scores):
    """Score each context row against six output rows."""
    for e in range(first, last):
        for j in range(OUTPUTS):
            scores[e, place + j] = _dot(W, contexts[e], U, outputs[window, place + j])


def dot_mean(W, U, contexts, first, last, outputs, window, place, scores):
    """Score the mean of the context rows against six output rows."""
    hidden = W[contexts[first:last]].mean(axis=0)
    for j in range(OUTPUTS):
        scores[first, place + j] = (hidden * U[outputs[window, place + j]]).sum()


def weigh(scores, first, last, window, place, shares, weights, label, rate, mean):
    """Turn scores into coefficients; return (loss, 1)."""
    loss = 0.0
    for e in range(first, last):
        for j in range(OUTPUTS):
            weight = min(1.0 if mean else shares[e], weights[window, place + j])
            if weight > 0.0:
                truth = label if j == 0 else 0.0
                score = float(scores[e, place + j])
                z = math.exp(-min(abs(score), 87.0))
                sigma = 1.0 / (1.0 + z) if score >= 0.0 else z / (1.0 + z)
                wrong = -score if truth else score
                loss += (wrong if wrong > 0.0 or math.isnan(wrong) else 0.0) + math.log(1.0 + z)
                scores[e, place + j] = rate * weight * (truth - sigma)
            else:
                scores[e, place + j] = 0.0
    return loss, 1.0


def update_contexts(W, U, contexts, first, last, outputs, window, place, coefficients, low, high, update_output):
    """Move context rows, then output rows, in some columns."""
    six = outputs[window, place : place + OUTPUTS]
    before = U[six, low:high]
    steps = before * 0
    for e in range(first, last):
        for j in range(OUTPUTS):
            steps[j] += coefficients[e, place + j] * W[contexts[e], low:high]
        for j in range(OUTPUTS):
            W[contexts[e], low:high] += coefficients[e, place + j] * before[j]
    if update_output:
        for j in range(OUTPUTS):
            U[six[j], low:high] += steps[j]


def update_mean(W, U, contexts, shares, first, last, outputs, window, coefficients, scale, low, high, update_output):
    """Move output rows by the mean, and context rows by what the output rows say, in some columns."""
    hidden = W[contexts[first:last], low:high].mean(axis=0)
    total = hidden * 0
    for j in range(outputs.shape[1]):
        if j % STRIDE < OUTPUTS:
            total += coefficients[first, j] * U[outputs[window, j], low:high]
            if update_output:
                U[outputs[window, j], low:high] += coefficients[first, j] * hidden
    for e in range(first, last):
        W[contexts[e], low:high] += scale * shares[e] * total


def copy_items(source, start, n, target, to):
    """Copy some items."""
    target[to : to + n] = source[start : start + n]


def prefetch_row(A, row):
    """With loops there is no hurry."""
