"""Plain twins of the kernels that move vectors along constraints and counts; see :mod:`naive`."""

import numpy as np
from naive import STEP, mix64, stream_of


def measure_pairs(first, last, indptr, indices, units):
    """Return the distances of the pairs of these rows."""
    return np.array([1.0 - units[i] @ units[indices[e]] for i in range(first, last) for e in range(*indptr[i : i + 2])])


def step_rows(first, last, indptr, indices, weights, limits, units):
    """Return (moved, losses) of these rows."""
    moved, losses = [], []
    for i in range(first, last):
        slopes, loss = [], 0.0
        for e in range(indptr[i], indptr[i + 1]):
            j = indices[e]
            cosine = units[i] @ units[j]
            excess = np.sign(weights[e]) * ((1.0 - cosine) - limits[e])
            if excess > 0:
                loss += abs(weights[e]) * excess
                slopes.append(weights[e] * (units[i] * cosine - units[j]))  # of the cosine distance on the sphere
        row = units[i] - np.mean(slopes, axis=0) if slopes else units[i]
        moved.append(row / np.linalg.norm(row) if slopes and row.any() else units[i])
        losses.append(loss)
    return np.array(moved), np.array(losses)


def find_negatives(n, sign, chance, state, words, products):
    """Return the place of each place's negative."""
    negatives = []
    for place in range(n):
        others = [q for q in range(n) if words[q] not in (words[place], words[place ^ 1])]
        coin, draw = mix64(state + STEP) >> 40, mix64(state + 2 * STEP) >> 32
        state += 2 * STEP
        if not others:
            negatives.append(-1)
        elif coin / 2**24 < chance:
            negatives.append(others[draw * len(others) >> 32])
        else:
            negatives.append(max(others, key=lambda q: (sign * products[place, q], -q)))
    return np.array(negatives)


def batch_loss(sign, margin, regularization, originals, rows, words, negatives):
    """Return the loss of a batch of rows of any length: what :func:`score_batch` is the gradient of."""
    units = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    at, loss = units[words], 0.0
    for place, word in enumerate(words):
        loss += 0.5 * regularization * ((at[place] - originals[word]) ** 2).sum()
        if negatives[place] >= 0:
            cosines = at[place] @ at[negatives[place]], at[place] @ at[place ^ 1]
            loss += max(0.0, margin + sign * (cosines[0] - cosines[1]))
    return loss


def score_batch(sign, margin, regularization, originals, rows, words, negatives):
    """Return (loss, slopes): the loss, and its gradient with respect to ``rows``, float64[C, D]."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    units = rows / lengths
    slopes = np.zeros_like(rows)
    for place, word in enumerate(words):
        slopes[word] += regularization * (units[word] - originals[word])
        if negatives[place] < 0:
            continue
        partner, negative = words[place ^ 1], words[negatives[place]]
        if margin + sign * (units[word] @ units[negative] - units[word] @ units[partner]) > 0:
            slopes[word] += sign * (units[negative] - units[partner])
            slopes[negative] += sign * units[word]
            slopes[partner] -= sign * units[word]
    slopes = (slopes - (slopes * units).sum(axis=1, keepdims=True) * units) / lengths
    return batch_loss(sign, margin, regularization, originals, rows, words, negatives), slopes


def train_batches(seed, epoch, starts, signs, pairs, pull, originals, rows, attract, repel):
    """Return (rows, attract, repel, losses) after all batches."""
    rows, sums, losses = rows.copy(), {1.0: attract.copy(), -1.0: repel.copy()}, []
    for batch, sign in enumerate(signs):
        words = pairs[starts[batch] : starts[batch + 1]].ravel()
        at = (rows / np.linalg.norm(rows, axis=1, keepdims=True))[words]
        drawn = find_negatives(len(words), sign, pull.chance, stream_of(seed, epoch, batch), words, at @ at.T)
        margin = pull.attract_margin if sign > 0 else pull.repel_margin
        loss, slopes = score_batch(sign, margin, pull.regularization, originals, rows, words, drawn)
        slopes = np.clip(slopes, -pull.clip, pull.clip)
        sums[sign] += slopes**2
        rows -= pull.lr * slopes / np.sqrt(sums[sign])
        losses.append(loss)
    return rows, sums[1.0], sums[-1.0], np.array(losses)


def glove_loss(X, W, C, a, b, given, known, mu, xmax=100.0, alpha=0.75):
    """Return the loss of dense counts: what :func:`descend_rows` takes steps against."""
    there = X > 0
    error = np.where(there, W @ C.T + a[:, None] + b - np.log(np.where(there, X, 1.0)), 0.0)
    held = (((W + C) - given)[known] ** 2).sum()
    return 0.5 * (np.minimum(X / xmax, 1.0) ** alpha * error**2).sum() + 0.5 * mu * held


def glove_slopes(X, W, C, a, b, given, known, mu, xmax=100.0, alpha=0.75):
    """Return its gradient with respect to W and a."""
    there = X > 0
    error = np.where(there, W @ C.T + a[:, None] + b - np.log(np.where(there, X, 1.0)), 0.0)
    weighted = np.minimum(X / xmax, 1.0) ** alpha * error
    return weighted @ C + mu * known[:, None] * (W + C - given), weighted.sum(axis=1)


def descend_rows(X, mine, other, given, known, mu, lr):
    """Return (rows, biases, row_sums, bias_sums) of one matrix after a step of AdaGrad."""
    (W, a, row_sums, bias_sums), (C, b) = mine, other[:2]
    slopes, slope = glove_slopes(X, W, C, a, b, given, known, mu)
    row_sums, bias_sums = row_sums + slopes**2, bias_sums + slope**2
    return W - lr * slopes / np.sqrt(row_sums), a - lr * slope / np.sqrt(bias_sums), row_sums, bias_sums


def place_items(ids, size):
    """Return the places of each item, one list after the other."""
    return np.array([place for item in range(size) for place, other in enumerate(ids) if other == item], int)


def count_contexts(shares, sentences, size):
    """Return int[size, size]: what each pair of items adds up to."""
    counts = np.zeros((size, size), np.int64)
    for sentence in sentences:
        for i, item in enumerate(sentence):
            for j, other in enumerate(sentence):
                if 0 < abs(i - j) <= len(shares):
                    counts[item, other] += shares[abs(i - j) - 1]
    return counts
