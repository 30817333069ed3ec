"""The same mathematics as the kernels, written to be believed rather than fast.

One function per kernel, the same name, plain Python or NumPy in float64. Where a kernel writes into
an argument, its twin returns a new array. When a kernel and its twin disagree, the kernel is wrong
until proven otherwise.
"""

import math
import re
from dataclasses import dataclass, field

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


def draw_outputs(center, table, position, negative):
    outputs = [int(center)]
    while len(outputs) <= negative:
        word = int(table[position % len(table)])
        position += 1
        if word != center:
            outputs.append(word)
    return outputs, position


def decayed(word, full, touches):
    """``touches`` is a dict of uses so far."""
    touches[word % 4096] = n = touches.get(word % 4096, 0) + 1
    return min(1.0, full / n)


@dataclass
class Window:
    """One window, with everything that is computed of it."""

    contexts: list
    shares: list
    outputs: list
    weights: list
    rate: float
    scores: list = field(default_factory=list)
    steps: list = field(default_factory=list)
    loss: float = 0.0


def prepare_block(block, epoch, schedule, rate, draws):
    """Return the windows of a block."""
    windows, inputs, outputs = [], {}, {}
    for g in range(schedule.blocks[block], schedule.blocks[block + 1]):
        mass = float(schedule.weights[schedule.documents[g]]) if len(schedule.weights) else 1.0
        if mass == 0.0:
            continue
        state = stream_of(draws.seed, epoch, g)
        start, length = int(schedule.starts[g]), int(schedule.lengths[g])
        words, reaches = thin_sentence(state, schedule.ids, start, length, draws.keep, draws.window)
        position = mix64(state ^ STEP) % len(draws.table)
        decay = draws.input_uses > 0
        shares = [decayed(word, draws.input_uses, inputs) if decay else 1.0 for word in words]
        for center, reach in enumerate(reaches):
            places = [p for p in range(max(0, center - reach), min(len(words), center + reach + 1)) if p != center]
            if not places:
                continue
            drawn, position = draw_outputs(words[center], draws.table, position, draws.negative)
            weights = [decayed(word, draws.output_uses, outputs) if decay else 1.0 for word in drawn]
            contexts, mine = [words[p] for p in places], [shares[p] for p in places]
            windows.append(Window(contexts, mine, drawn, weights, float(rate) * mass))
    return windows


def score_skipgram(window, W, U):
    window.scores = [[float(W[x] @ U[o]) for o in window.outputs] for x in window.contexts]


def score_cbow(window, W, U):
    hidden = np.mean([W[x] for x in window.contexts], axis=0)
    window.scores = [[float(hidden @ U[o]) for o in window.outputs]]


def _sigmoid(x):
    return 0.5 * (1.0 + math.tanh(0.5 * x))


def weigh_window(window, mean):
    """Write steps and loss; the mean of the context words has no share of its own."""
    window.loss, window.steps = 0.0, []
    for row, scores in enumerate(window.scores):
        steps = []
        for j, (score, weight) in enumerate(zip(scores, window.weights, strict=True)):
            label = float(j == 0)
            window.loss += np.logaddexp(0.0, -score if label else score)
            least = weight if mean else min(window.shares[row], weight)
            steps.append(window.rate * least * (label - _sigmoid(score)))
        window.steps.append(steps)


def score_windows(windows, model, W, U):
    for window in windows:
        (score_cbow if model else score_skipgram)(window, W, U)
        weigh_window(window, mean=model > 0)


def update_skipgram(window, update_output, W, U):
    """Six output rows at a time, context rows moving one after the other."""
    for six in range(0, len(window.outputs), 6):
        outputs = window.outputs[six : six + 6]
        before, moves = [U[o].copy() for o in outputs], [0.0 for _ in outputs]
        for x, steps in zip(window.contexts, window.steps, strict=True):
            for j, step in enumerate(steps[six : six + 6]):
                moves[j] = moves[j] + step * W[x]
            W[x] += sum(step * u for step, u in zip(steps[six : six + 6], before, strict=True))
        if update_output:
            for o, move in zip(outputs, moves, strict=True):
                U[o] += move


def update_cbow(window, exact, update_output, W, U):
    """Output rows move one after the other, then the context rows."""
    hidden = np.mean([W[x] for x in window.contexts], axis=0)
    total = np.zeros_like(hidden)
    for o, step in zip(window.outputs, window.steps[0], strict=True):
        total += step * U[o]
        if update_output:
            U[o] += step * hidden
    for x, share in zip(window.contexts, window.shares, strict=True):
        W[x] += share * total / (len(window.contexts) if exact else 1)


def update_windows(windows, model, update_output, W, U):
    for window in windows:
        if model == 0:
            update_skipgram(window, update_output, W, U)
        else:
            update_cbow(window, model == 2, update_output, W, U)


def score_share(windows, model, W, U):
    score_windows(windows, model, W, U)


def update_share(windows, model, update_output, W, U):
    update_windows(windows, model, update_output, W, U)


def sum_losses(windows, model):
    return sum(w.loss for w in windows), sum(len(w.contexts) if model == 0 else 1 for w in windows)


def train_racing(first, last, schedule, draws, task):
    """Return (W, U, losses, pairs): score and update window by window."""
    W, U, sums = task.W.astype(float), task.U.astype(float), []
    for block in range(first, last):
        windows = prepare_block(block, task.epoch, schedule, task.rates[block], draws)
        for window in windows:
            score_windows([window], task.model, W, U)
            update_windows([window], task.model, task.update_output, W, U)
        sums.append(sum_losses(windows, task.model))
    return W, U, [loss for loss, _ in sums], [pairs for _, pairs in sums]


def train_blocks(first, last, schedule, draws, task):
    """Return (W, U, losses, pairs): score all windows of a block, then update with all."""
    W, U, sums = task.W.astype(float), task.U.astype(float), []
    for block in range(first, last):
        windows = prepare_block(block, task.epoch, schedule, task.rates[block], draws)
        score_windows(windows, task.model, W, U)
        update_windows(windows, task.model, task.update_output, W, U)
        sums.append(sum_losses(windows, task.model))
    return W, U, [loss for loss, _ in sums], [pairs for _, pairs in sums]


def counters_size(places):
    return 16 * (3 + 2 * places)


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


def fill_nearness(cosines, squares, lengths, least):
    gaps = np.add.outer(lengths, squares) - 2 * cosines
    return 1 / np.sqrt(np.maximum(gaps, least))


def count_straighter(cosines, nearness, asked, places, shift):
    """Return int64[N]: how many columns have a direction more like the asked one than the given column's."""
    better = []
    for (a, b, c), (*barred, given), s in zip(asked, places, shift, strict=True):
        scores = ((cosines[b] - cosines[a]) - s) * nearness[c]
        rivals = [j for j in range(len(scores)) if j not in barred and j != given]
        better.append(sum(scores[j] > scores[given] or (scores[j] == scores[given] and j < given) for j in rivals))
    return np.array(better, np.int64)


def fold_text(text, entries, lower):
    """Return (folded, line feeds, runs); ``entries`` has the bytes of each character, None for a hard one."""
    folded, runs = bytearray(), []
    for found in re.finditer(rb"[ \t\r\n]|[^ \t\r\n]+", text):
        run = found.group()
        parts = [c.encode() if c < "\x80" else entries.get(c) for c in run.decode()]
        parts = [part.lower() if lower and part and part.isascii() else part for part in parts]
        if None in parts:
            runs.append((found.start(), found.end()))
        folded += b"\xff" if None in parts else b"".join(parts)
    return bytes(folded), [place for place, byte in enumerate(text) if byte == 10], runs


def find_words(text, spaces):
    """Return (where each word is, how many there are up to each line feed)."""
    rule = rb"[^\t-\r\x1c- ]+" if spaces else rb"[0-9A-Za-z\x80-\xff]+(?:['-][0-9A-Za-z\x80-\xff]+)*"
    words = [found.span() for found in re.finditer(rule, text)]
    return words, [sum(stop <= found.start() for _, stop in words) for found in re.finditer(b"\n", text)]


def number_words(words, longest, known):
    """Return the number of each word; ``known``, a dict, learns those that it lacks."""
    return [known.setdefault(word, len(known)) if len(word) <= longest else 0 for word in words]


def copy_slots(old):
    """Return the rows that hold something, in any order."""
    return sorted(row.tolist() for row in old if row[2])


def replace_numbers(numbers, mark, which, lists, ends):
    marks = iter(which)
    parts = [lists[next(marks)] if number == mark else [number] for number in numbers]
    return [n for part in parts for n in part], [sum(map(len, parts[:end])) for end in ends]


def keep_known(numbers, final, ends):
    kept = [final[number] for number in numbers if final[number] >= 0]
    return kept, [sum(final[number] >= 0 for number in numbers[:end]) for end in ends]
