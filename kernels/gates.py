"""How a gate chooses among senses, and what the words of a window say of its choice: arithmetic on small tables.

A table of a window has a column for each word to predict. Scores are dot products of the window's words with the sense
and gate rows of its center; see :func:`wordvec.kernels.disambiguated.score_senses`.
"""

import numpy as np

from ._jit import inlined, kernel
from ._vector import STRIDE
from .sense_windows import TRIO

#: Rows of the small tables of a window, K of each: first the gate's opinion, then the relaxed choice, what the words
#: say of a sense, the gate's slope; then three of one row each.
_CHOICE, _VERDICT, _SLOPE, PARTS = 1, 2, 3, 4
_INVERSE, _ERROR, _ABOVE = 0, 1, 2
_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
_LOG2E = np.float32(1.4426950408889634)
_SMALLEST = np.float32(-126.0)
_TINY = np.float32(1e-12)
#: What an opinion of 1 adds to a tally.
_UNIT = np.float32(1 << 20)


@inlined
def exp_below(x):
    """Return e**x for x <= 0, below 2**-126 as that: a polynomial, so that the bits are the same everywhere."""
    y = max(_SMALLEST, x * _LOG2E)
    k = np.floor(y + _HALF)
    r = y - k
    p = np.float32(1.535336188319500e-4)
    p = p * r + np.float32(1.339887440266574e-3)
    p = p * r + np.float32(9.618437357674640e-3)
    p = p * r + np.float32(5.550332471162809e-2)
    p = p * r + np.float32(2.402264791363012e-1)
    p = p * r + np.float32(6.931472028550421e-1)
    p = p * r + _ONE
    return p * np.int32(np.int32(np.int32(k) + np.int32(127)) << np.int32(23)).view(np.float32)


@inlined
def _lane(k):
    """Return the place of a sense; its gate's is three further on."""
    return STRIDE * (k // TRIO) + k % TRIO


@inlined
def open_gate(start, n, K, gate, excludes_target, gate_biases, masses, contexts, scores, tables):
    """Write the gate's logits for each word to predict to the rows of opinions."""
    inverse = PARTS * K + _INVERSE
    total = _ZERO
    for t in range(n):
        total += masses[contexts[start + t]]
    for t in range(n):
        left = total - masses[contexts[start + t]] if excludes_target else total
        tables[inverse, t] = _ONE / left if left > _TINY else _ZERO
    for k in range(K):
        lane = _lane(k) + TRIO
        summed = _ZERO
        for t in range(n):
            summed += masses[contexts[start + t]] * scores[start + t, lane]
        bias = gate_biases[gate + k]
        for t in range(n):
            own = masses[contexts[start + t]] * scores[start + t, lane] if excludes_target else _ZERO
            tables[k, t] = (summed - own) * tables[inverse, t] + bias


@inlined
def choose(n, K, w, temperature, entropy, gumbels, tables):
    """Turn logits into opinions and choices; begin the gate's slope with what uncertainty costs, -p (a - mean a)."""
    mean = PARTS * K + _ERROR
    for k in range(K):
        for t in range(n):
            tables[_VERDICT * K + k, t] = tables[k, t]
    if temperature > _ZERO:
        cold = _ONE / temperature
        for k in range(K):
            for t in range(n):
                tables[_CHOICE * K + k, t] = (tables[k, t] + gumbels[w, k]) * cold
        _soften(tables, _CHOICE * K, K, n, mean)
    _soften(tables, 0, K, n, mean)
    if not temperature > _ZERO:
        for k in range(K):
            for t in range(n):
                tables[_CHOICE * K + k, t] = tables[k, t]
    for t in range(n):
        tables[mean, t] = _ZERO
    for k in range(K):
        for t in range(n):
            tables[mean, t] += tables[k, t] * tables[_VERDICT * K + k, t]
    for k in range(K):
        for t in range(n):
            tables[_SLOPE * K + k, t] = -entropy * tables[k, t] * (tables[_VERDICT * K + k, t] - tables[mean, t])
            tables[_VERDICT * K + k, t] = _ZERO


@inlined
def judge_targets(w, start, n, K, rate, biases, contexts, shares, weights, scores, steps, tables):
    """Weigh the words to predict, each by its own mixture of senses; return their loss as ``a + log(b)``."""
    error, over = PARTS * K + _ERROR, PARTS * K + _ABOVE
    for t in range(n):
        f = biases[contexts[start + t]]
        for k in range(K):
            f += tables[_CHOICE * K + k, t] * scores[start + t, _lane(k)]
        tables[error, t] = f
    loss, product = 0.0, 1.0
    for t in range(n):
        f = tables[error, t]
        z = exp_below(-abs(f))
        tables[over, t] = _ONE + z
        tables[error, t] = (_ONE if f >= _ZERO else z) / (_ONE + z) - _ONE
        loss += max(_ZERO, -f) if f == f else f
    for t in range(n):
        product *= tables[over, t]
        entry, e = start + t, tables[error, t]
        steps[entry] = -rate * shares[entry] * e
        for k in range(K):
            lane = _lane(k)
            tables[_VERDICT * K + k, t] += e * scores[entry, lane]
            scores[entry, lane] = -rate * min(shares[entry], weights[w, lane]) * e * tables[_CHOICE * K + k, t]
    return loss, product


@inlined
def judge_noise(w, entry, n, K, rate, biases, contexts, shares, weights, scores, steps, tables):
    """Weigh a noise word, which each word's mixture of senses meets; return the loss as ``a + log(b)``."""
    error, over = PARTS * K + _ERROR, PARTS * K + _ABOVE
    share, bias = shares[entry], biases[contexts[entry]]
    is_used = share > _ZERO
    for t in range(n):
        tables[error, t] = bias
    for k in range(K):
        score = scores[entry, _lane(k)]
        for t in range(n):
            tables[error, t] += tables[_CHOICE * K + k, t] * score
    loss, product, total = 0.0, 1.0, _ZERO
    for t in range(n):
        f = tables[error, t]
        z = exp_below(-abs(f))
        tables[over, t] = _ONE + z if is_used else _ONE
        tables[error, t] = (_ONE if f >= _ZERO else z) / (_ONE + z) if is_used else _ZERO
        wrong = max(_ZERO, f) if f == f else f
        loss += wrong if is_used else _ZERO
    for t in range(n):
        product *= tables[over, t]
        total += tables[error, t]
    steps[entry] = -rate * share * total
    for k in range(K):
        lane = _lane(k)
        score, mixed = scores[entry, lane], _ZERO
        for t in range(n):
            tables[_VERDICT * K + k, t] += tables[error, t] * score
            mixed += tables[error, t] * tables[_CHOICE * K + k, t]
        scores[entry, lane] = -rate * min(share, weights[w, lane]) * mixed
        scores[entry, lane + TRIO] = _ZERO
    return loss, product


@inlined
def weigh_gate(w, start, n, K, cold, pace, excludes_target, masses, contexts, weights, scores, gate_steps, tables):
    """Turn what the words say of each sense into the coefficients of the gate's rows, one for each context word."""
    inverse, mean = PARTS * K + _INVERSE, PARTS * K + _ERROR
    for t in range(n):
        tables[mean, t] = _ZERO
    for k in range(K):
        for t in range(n):
            tables[mean, t] += tables[_CHOICE * K + k, t] * tables[_VERDICT * K + k, t]
    for k in range(K):
        lane = _lane(k) + TRIO
        summed = biased = _ZERO
        for t in range(n):
            away = tables[_VERDICT * K + k, t] - tables[mean, t]
            slope = tables[_SLOPE * K + k, t] + cold * tables[_CHOICE * K + k, t] * away
            biased += slope
            tables[_SLOPE * K + k, t] = slope * tables[inverse, t]
            summed += tables[_SLOPE * K + k, t]
        mine = pace * weights[w, lane]
        gate_steps[w, k] = mine * biased
        for t in range(n):
            own = tables[_SLOPE * K + k, t] if excludes_target else _ZERO
            scores[start + t, lane] = mine * masses[contexts[start + t]] * (summed - own)


@inlined
def clear_unused(start, last, K, scores):
    """Places without a sense take no steps."""
    for k in range(K, scores.shape[1] // STRIDE * TRIO):
        lane = _lane(k)
        for entry in range(start, last):
            scores[entry, lane] = scores[entry, lane + TRIO] = _ZERO


@inlined
def _soften(tables, row, K, n, spare):
    """Replace logits in rows ``row`` to ``row + K - 1`` by their softmax, column by column."""
    for t in range(n):
        tables[spare, t] = tables[row, t]
    for k in range(1, K):
        for t in range(n):
            tables[spare, t] = max(tables[spare, t], tables[row + k, t])
    for k in range(K):
        for t in range(n):
            tables[row + k, t] = exp_below(tables[row + k, t] - tables[spare, t])
    for t in range(n):
        tables[spare, t] = tables[row, t]
    for k in range(1, K):
        for t in range(n):
            tables[spare, t] += tables[row + k, t]
    for k in range(K):
        for t in range(n):
            tables[row + k, t] /= tables[spare, t]


@kernel
def tally_opinions(first, last, window, text, model, means, tallies):
    """Add the gates' opinions of occurrences ``first`` to ``last - 1`` to counts of senses.

    Parameters
    ----------
    first, last : int
        Sentences.
    window : int
        Words on either side, within the sentence, that are the context.
    text : (int32[N], int64[S + 1])
        Words, and where sentences begin.
    model : (float32[V, D], float32[V], float32[G, K, D], float32[G, K], int32[V])
        Context vectors, their masses, gates, their biases, and each word's gate.
    means : float32[D + K]
        Scratch.
    tallies : int64[V, K]
        Increased: opinions in units of 2**-20, integers so that the order of adding does not matter.
    """
    ids, offsets = text
    context, masses, gates, biases, gate_rows = model
    columns, senses = context.shape[1], gates.shape[1]
    for sentence in range(first, last):
        low, high = offsets[sentence], offsets[sentence + 1]
        for place in range(low, high):
            word = ids[place]
            mass = _ZERO
            means[:] = _ZERO
            for at in range(max(low, place - window), min(high, place + window + 1)):
                if at != place:
                    weight = masses[ids[at]]
                    mass += weight
                    for d in range(columns):
                        means[d] += weight * context[ids[at], d]
            if mass <= _TINY:
                continue
            gate = gate_rows[word]
            top, total = -np.float32(np.inf), _ZERO
            for k in range(senses):
                logit = _ZERO
                for d in range(columns):
                    logit += gates[gate, k, d] * means[d]
                means[columns + k] = logit / mass + biases[gate, k]
                top = max(top, means[columns + k])
            for k in range(senses):
                means[columns + k] = exp_below(means[columns + k] - top)
                total += means[columns + k]
            for k in range(senses):
                tallies[word, k] += np.int64(means[columns + k] / total * _UNIT)
