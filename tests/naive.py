"""The same mathematics as the kernels, written to be believed rather than fast.

One function per kernel, the same name, plain Python or NumPy in float64. Where a kernel writes into
an argument, its twin returns a new array. When a kernel and its twin disagree, the kernel is wrong
until proven otherwise.
"""

import math
import re

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
