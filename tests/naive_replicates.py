"""Plain twins of the kernels that train many replicates in one pass."""

import math

from naive import STEP, draw_outputs, mix64, stream_of, thin_sentence


def find_entry(word, words, low, high):
    for place in range(low, high):
        if words[place] == word:
            return place
    return -1


def draw_pairs(first, last, epoch, schedule, rates, both, kinds, entries):
    """Return the pairs as (entry, mark, outputs, rate), in the order of the text."""
    pairs = []
    for block in range(first, last):
        for g in range(schedule.blocks[block], schedule.blocks[block + 1]):
            document = schedule.documents[g]
            part, draws = entries.parts[document], both[kinds[document]]
            low, high = entries.offsets[part : part + 2]
            if low == high:
                continue
            state, start, length = stream_of(draws.seed, epoch, g), int(schedule.starts[g]), int(schedule.lengths[g])
            words, reaches = thin_sentence(state, schedule.ids, start, length, draws.keep, draws.window)
            kept = [t for n, t in enumerate(range(start, start + length)) if _stays(state, n, schedule.ids[t], draws)]
            marks = [mix64(int(draws.seed) ^ mix64((token + STEP) % 2**64)) >> 32 for token in kept]
            position = mix64(state ^ STEP) % len(draws.table)
            for center, reach in enumerate(reaches):
                around = [p for p in range(max(0, center - reach), min(len(words), center + reach + 1)) if p != center]
                if not around:
                    continue
                outputs, position = draw_outputs(words[center], draws.table, position, draws.negative)
                for p in around:
                    entry = find_entry(words[p], entries.words, low, high)
                    if entry >= 0:
                        pairs.append((entry, marks[p], outputs, float(rates[block])))
    return pairs


def _stays(state, n, word, draws):
    return mix64((state + (n + 1) * STEP) % 2**64) >> 32 < draws.keep[word]


def sort_pairs(pairs, entries):
    """Return the pairs of each word, those of one word in the order of the text."""
    return [[pair for pair in pairs if entries.places[pair[0]] == place] for place in range(len(entries.keep))]


def train_pairs(sorted_pairs, entries, W, U):
    """Take every pair's step in every row that sees it; ``W`` is indexed by word and row."""
    for place, pairs in enumerate(sorted_pairs):
        for entry, mark, outputs, rate in pairs:
            for row in entries.rows[entry]:
                if row < 0 or mark >= entries.keep[place, row]:
                    continue
                steps = [rate * ((j == 0) - _sigmoid(float(W[place, row] @ U[o]))) for j, o in enumerate(outputs)]
                W[place, row] += sum(step * U[o] for step, o in zip(steps, outputs, strict=True))


def _sigmoid(x):
    return 0.5 * (1.0 + math.tanh(0.5 * x))
