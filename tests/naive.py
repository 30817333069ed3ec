"""The same mathematics as the kernels, written to be believed rather than fast.

One function per kernel, the same name, plain Python or NumPy in float64. Where a kernel writes into
an argument, its twin returns a new array. When a kernel and its twin disagree, the kernel is wrong
until proven otherwise.
"""

import math

import numpy as np

_MASK = (1 << 64) - 1
STEP = 0x9E3779B97F4A7C15


def mix64(value):
    z = int(value) & _MASK
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _MASK
    return z ^ (z >> 31)


def stream_of(seed, epoch, sentence):
    state = mix64(int(seed) + STEP)
    state = mix64(state + (int(epoch) + 1) * STEP)
    return mix64(state + (int(sentence) + 1) * STEP)


def fill_uniform(seed, scale, columns, shape):
    out = np.zeros(shape)
    for row in range(shape[0]):
        state = stream_of(seed, 0, row)
        for d in range(columns):
            draw = mix64(state + (d + 1) * STEP) >> 40
            out[row, d] = ((draw + 0.5) / 2**23 - 1.0) * scale
    return out


def exp_negative(x):
    return math.exp(max(x, -60.0))


def fill_noise_table(slots, seed, size):
    table = [word for word, n in enumerate(slots) for _ in range(n)]
    state = mix64(int(seed) ^ STEP)
    for last in range(size - 1, 0, -1):
        state += STEP
        chosen = (mix64(state) >> 32) * (last + 1) >> 32
        table[last], table[chosen] = table[chosen], table[last]
    return np.array(table)


def cut_segments(offsets, document_offsets, order, limit):
    found = []
    for document in order:
        for sentence in range(document_offsets[document], document_offsets[document + 1]):
            for start in range(offsets[sentence], offsets[sentence + 1], limit):
                found.append((start, min(limit, offsets[sentence + 1] - start), document))
    return found


def count_segments(offsets, document_offsets, order, limit):
    return len(cut_segments(offsets, document_offsets, order, limit))


def cut_blocks(lengths, size):
    blocks, tokens = [0], 0
    for g, length in enumerate(lengths):
        tokens += length
        if tokens >= size:
            blocks.append(g + 1)
            tokens = 0
    if blocks[-1] != len(lengths):
        blocks.append(len(lengths))
    return blocks


def document_digests(ids, offsets, document_offsets):
    digests = []
    for document in range(len(document_offsets) - 1):
        digest = STEP
        for sentence in range(document_offsets[document], document_offsets[document + 1]):
            if offsets[sentence] < offsets[sentence + 1]:
                digest = mix64(digest ^ STEP)
            for token in ids[offsets[sentence] : offsets[sentence + 1]]:
                digest = mix64(digest + int(token) + 1)
        digests.append(digest)
    return digests


def mix_all(seed, values):
    return [mix64(mix64(int(seed) + STEP) ^ int(value)) for value in values]


def thin_sentence(state, ids, start, length, keep, window):
    words, reaches = [], []
    for number, token in enumerate(range(start, start + length), start=1):
        draw = mix64(int(state) + number * STEP)
        if draw >> 32 < keep[ids[token]]:
            words.append(int(ids[token]))
            reaches.append(1 + ((draw & 0xFFFFFFFF) * window >> 32))
    return words, reaches


def draw_outputs(center, table, position, size):
    outputs = [int(center)]
    while len(outputs) < size:
        word = int(table[position % len(table)])
        position += 1
        if word != center:
            outputs.append(word)
    return outputs, position


def _sigmoid(x):
    return 0.5 * (1.0 + math.tanh(0.5 * x))


def gather_contexts(words, low, high, center):
    return [int(words[p]) for p in range(low, high) if p != center]


def prefetch_ahead(*arguments):
    """A hint has no result."""


def skipgram_window(contexts, outputs, lr, update_output, W, U):
    """Return (loss, W, U): steps at the scores before the window, context rows moving one after the other."""
    W, U = W.astype(float), U.astype(float)
    loss, new_W, new_U = 0.0, W.copy(), U.copy()
    for x in contexts:
        steps = []
        for j, o in enumerate(outputs):
            score = W[x] @ U[o]
            label = float(j == 0)
            loss += np.logaddexp(0.0, -score if label else score)
            steps.append(lr * (label - _sigmoid(score)))
        for step, o in zip(steps, outputs, strict=True):
            new_U[o] += step * new_W[x]
        new_W[x] += sum(step * U[o] for step, o in zip(steps, outputs, strict=True))
    return loss, new_W, new_U if update_output else U


def cbow_window(contexts, outputs, lr, exact, update_output, W, U):
    """Return (loss, W, U) after one step on the mean of the context, output rows moving one after the other."""
    W, U = W.astype(float), U.astype(float)
    hidden = np.mean([W[x] for x in contexts], axis=0)
    loss, step, new_W, new_U = 0.0, np.zeros_like(hidden), W.copy(), U.copy()
    for j, o in enumerate(outputs):
        score = hidden @ U[o]
        label = float(j == 0)
        loss += np.logaddexp(0.0, -score if label else score)
        step += lr * (label - _sigmoid(score)) * new_U[o]
        if update_output:
            new_U[o] += lr * (label - _sigmoid(score)) * hidden
    for x in contexts:
        new_W[x] += step / len(contexts) if exact else step
    return loss, new_W, new_U


def _train(take_step, unit, first, last, seed, epoch, schedule, rates, keep, table, window, negative, W, U):
    """Return (W, U, losses, pairs) after blocks ``first`` to ``last - 1``."""
    losses, pairs = {}, {}
    for block in range(first, last):
        losses[block] = pairs[block] = 0.0
        for g in range(schedule.blocks[block], schedule.blocks[block + 1]):
            weight = float(schedule.weights[schedule.documents[g]])
            state = stream_of(seed, epoch, g)
            words, reaches = thin_sentence(state, schedule.ids, schedule.starts[g], schedule.lengths[g], keep, window)
            position = mix64(state ^ STEP) % len(table)
            for center, reach in enumerate(reaches):
                low, high = max(0, center - reach), min(len(words), center + reach + 1)
                if high - low == 1 or weight == 0.0:
                    continue
                outputs, position = draw_outputs(words[center], table, position, negative + 1)
                loss, W, U = take_step(words, low, high, center, outputs, float(rates[block]) * weight, W, U)
                losses[block] += weight * loss
                pairs[block] += weight * unit(high - low - 1)
    return W, U, list(losses.values()), list(pairs.values())


def train_skipgram(first, last, seed, epoch, schedule, rates, keep, table, window, update_output, W, U, negative):
    def step(words, low, high, center, outputs, lr, W, U):
        return skipgram_window(gather_contexts(words, low, high, center), outputs, lr, update_output, W, U)

    arguments = (first, last, seed, epoch, schedule, rates, keep, table, window, negative, W, U)
    return _train(step, lambda m: m, *arguments)


def train_cbow(exact, first, last, seed, epoch, schedule, rates, keep, table, window, update_output, W, U, negative):
    def step(words, low, high, center, outputs, lr, W, U):
        return cbow_window(gather_contexts(words, low, high, center), outputs, lr, exact, update_output, W, U)

    arguments = (first, last, seed, epoch, schedule, rates, keep, table, window, negative, W, U)
    return _train(step, lambda m: 1, *arguments)


def pack_rows(A, rows, first, last, shape):
    packed = np.zeros(shape)
    for place, row in enumerate(rows[first:last]):
        packed[place // shape[2], :, place % shape[2]] = A[row]
    return packed


def key_of(score, row):
    """Return a tuple that sorts as the kernel's key does."""
    return (-np.inf if np.isnan(score) else float(score), -int(row))


def score_of(key):
    return key[0]


def select_best(keys, n, k):
    """Return (the set of the k largest keys, the least of them)."""
    best = sorted(keys[:n])[::-1][:k]
    return set(best), best[-1]


def keep_best(queries, A, rows, scale, bias, k):
    """Return the k best (row, score) of each query, the best first, ties in the order of rows."""
    found = []
    for query in queries:
        scores = {int(row): np.float32(query @ A[row]) * scale[row] + bias[row] for row in rows}
        best = sorted(scores, key=lambda row: key_of(scores[row], row))[::-1][:k]
        found.append([(row, key_of(scores[row], row)[0]) for row in best])
    return found


def pair_products(A, i, B, j):
    return np.array([A[x] @ B[y] for x, y in zip(i, j, strict=True)])


def fill_products(A, count, B, rows, first, last, scale):
    chosen = rows[first:last]
    return A[:count] @ B[chosen].T * scale[first:last]


def count_better(cosines, asked, places, epsilon):
    """Return int64[N, 2]: how many columns answer each question better than the given one, by either method."""
    better = []
    for (a, b, c), (*barred, given) in zip(asked, places, strict=True):
        x, y, z = cosines[a], cosines[b], cosines[c]
        one = np.float32(1.0)
        ahead = []
        for scores in ((y - x) + z, (y + one) / (x + (one + epsilon)) * (z + one)):
            rivals = [j for j in range(len(scores)) if j not in barred and j != given]
            ahead.append(sum(scores[j] > scores[given] or (scores[j] == scores[given] and j < given) for j in rivals))
        better.append(ahead)
    return np.array(better).reshape(-1, 2)
