"""Plain twins of the kernels of multi-sense skip-gram; see :mod:`naive`."""

import math

import numpy as np
from naive import STEP, _sigmoid, draw_outputs, mix64, stream_of, thin_sentence


def dot_rows(A, i, B, j):
    return float(A[i].astype(float) @ B[j].astype(float))


def exp_negative(x):
    return math.exp(x)


def center_context(mean, senses):
    """Return the centered context; ``senses`` are updated."""
    senses.middle[:] += float(senses.pace) * (mean - senses.middle)
    left = mean - senses.middle[0] if senses.pace else mean
    senses.spread[0] += float(senses.pace) * (left @ left - senses.spread[0])
    return left


def choose_sense(word, mean, senses):
    """Return the row; ``senses`` (arrays of float64) are updated."""
    first, last = senses.rows[word], senses.rows[word + 1]
    best = first
    if last - first > 1:
        alive = range(first, first + senses.used[word])
        lengths = [np.linalg.norm(senses.sums[row]) * np.linalg.norm(mean) for row in alive]
        cosines = [senses.sums[row] @ mean / n if n else 0.0 for row, n in zip(alive, lengths, strict=True)]
        best = first + int(np.argmax(cosines)) if cosines else first
        is_new = not cosines or max(cosines) < senses.threshold
        if is_new and len(cosines) < last - first:
            best = first + len(cosines)
            senses.used[word] += 1
        senses.sums[best] += mean
    senses.counts[best] += 1
    return best


def step_pair(row, outputs, rate, W, U):
    """Return the loss; output rows move one after the other, then the sense."""
    step, loss = np.zeros(W.shape[1]), 0.0
    for number, word in enumerate(outputs):
        score = W[row] @ U[word]
        loss += np.logaddexp(0.0, score if number else -score)
        coefficient = rate * (float(number == 0) - _sigmoid(score))
        step += coefficient * U[word]
        U[word] += coefficient * W[row]
    W[row] += step
    return loss


def train_mssg(first, last, epoch, schedule, draws, rates, senses):
    """Return (losses, pairs); ``senses`` are updated."""
    losses, pairs = [], []
    for block in range(first, last):
        block_losses = []
        for g in range(schedule.blocks[block], schedule.blocks[block + 1]):
            mass = float(schedule.weights[schedule.documents[g]]) if len(schedule.weights) else 1.0
            state = stream_of(draws.seed, epoch, g)
            start, length = int(schedule.starts[g]), int(schedule.lengths[g])
            words, reaches = thin_sentence(state, schedule.ids, start, length, draws.keep, draws.window)
            position = mix64(state ^ STEP) % len(draws.table)
            for center, reach in enumerate(reaches if mass else ()):
                around = [*words[max(0, center - reach) : center], *words[center + 1 : center + reach + 1]]
                if not around:
                    continue
                context = center_context(np.mean([senses.U[w] for w in around], axis=0), senses)
                row = choose_sense(words[center], context, senses)
                for word in around:
                    outputs, position = draw_outputs(word, draws.table, position, draws.negative)
                    block_losses.append(step_pair(row, outputs, float(rates[block]) * mass, senses.W, senses.U))
        losses.append(sum(block_losses))
        pairs.append(len(block_losses))
    return losses, pairs
