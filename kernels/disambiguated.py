"""The disambiguated skip-gram: a word's senses share its occurrences by gates that read the context.

A center word has K sense vectors and a gate with K rows; its mixed vector predicts every word of its window. Sense and
gate rows are rows of one matrix ``M``, context vectors and noise words rows of ``U``. Everything a window needs of the
long vectors are the dot products of its sense and gate rows with its words (:func:`wordvec.kernels._tile.dot_contexts`);
all else is arithmetic on small tables (:func:`weigh_senses`).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import inlined, kernel
from ._place import prefetch_words
from ._tile import dot_contexts, update_senses
from ._vector import STRIDE
from .random import STEP, mix64, stream_of
from .windows import SPARE, decayed, thin_sentence

#: Senses in a group of eight places: three sense rows, then three gate rows, and two places without a row.
TRIO = 3
#: Quantiles of the Gumbel distribution in a table, by the bits of a draw.
GUMBEL_BITS = 12
#: Rows of the small tables of a window, K for each sense's: the gate's opinion, the relaxed choice, what the words say of
#: a sense, the gate's slope; then three of one row each.
_OPINION, _CHOICE, _VERDICT, _SLOPE, _PARTS = 0, 1, 2, 3, 4
_INVERSE, _ERROR, _ABOVE = 0, 1, 2
#: A noise word that is among the words to predict is replaced by the next of the table, so many times at most.
_TRIES = 8
_GUMBEL_MASK = np.uint64((1 << GUMBEL_BITS) - 1)
_GUMBELS_OF_A_DRAW = 64 // GUMBEL_BITS
_NOISE_OF_GATES = np.uint64(0xD1B54A32D192ED03)
_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
_LOG2E = np.float32(1.4426950408889634)
_SMALLEST = np.float32(-126.0)
_TINY = np.float32(1e-12)
_LARGE = 1e150


class SenseDraws(NamedTuple):
    """What the windows of a text are drawn with; see also :class:`wordvec.kernels.windows.Draws`.

    Parameters
    ----------
    seed, keep, table, window, negative, input_uses, output_uses
        As there, but that every window reaches ``window`` words to both sides.
    n_senses : int
        K.
    gate_rows : int32[V]
        First row in ``M`` of each word's gate; its senses begin at row K times the word.
    gumbels : float32[4096]
        Quantiles of the Gumbel distribution; empty where gates are not sampled.
    """

    seed: np.uint64
    keep: NDArray[np.int64]
    table: NDArray[np.int32]
    window: int
    negative: int
    input_uses: np.float32
    output_uses: np.float32
    n_senses: int
    gate_rows: NDArray[np.int32]
    gumbels: NDArray[np.float32]


class SenseTask(NamedTuple):
    """What is trained in one epoch.

    Parameters
    ----------
    epoch : int
        With the seed and a segment's number, it keys all randomness.
    update_output, update_gates : bool
        False leaves ``U`` and its biases alone, or the gates.
    excludes_target : bool
        Whether the word to predict is left out of the context that chooses the sense.
    entropy : float32
        What an uncertain gate costs, in nats of loss for each nat of entropy; below 0 it is rewarded.
    gate_rate : float32
        The learning rate of gates is so many times that of vectors.
    rates, temperatures : float32[B]
        For each block: learning rate; temperature of the relaxed choice, 0 for the gate's own opinion.
    U, M : float32[V, P], float32[R, P]
        Context vectors; sense and gate rows. Padded, updated in place.
    biases, gate_biases : float32[V], float32[R]
        A bias for each row of ``U``, and for the gate rows of ``M``.
    masses : float32[V]
        How much a word counts in the mean of a context.
    losses, pairs : float64[B]
        Overwritten for each block: sum of its losses in nats, and number of its pairs.
    """

    epoch: int
    update_output: bool
    update_gates: bool
    excludes_target: bool
    entropy: np.float32
    gate_rate: np.float32
    rates: NDArray[np.float32]
    temperatures: NDArray[np.float32]
    U: NDArray[np.float32]
    M: NDArray[np.float32]
    biases: NDArray[np.float32]
    gate_biases: NDArray[np.float32]
    masses: NDArray[np.float32]
    losses: NDArray[np.float64]
    pairs: NDArray[np.float64]


class SenseWindows(NamedTuple):
    """The windows of a block, and room for what is computed of them.

    Parameters
    ----------
    words, reaches : int32[longest block]
        The thinned text; reaches are not used.
    rows : int64[windows + 1]
        Words of window w are ``contexts[rows[w]:rows[w + 1]]``: first those to predict, then noise words.
    targets : int64[windows]
        How many are to predict.
    contexts : int32[entries]
        Rows of ``U``.
    shares : float32[entries]
        What is left of each step of a row: touch decay, or 0 for a noise word that is also to predict.
    outputs : int32[windows, 8 * G]
        Rows of ``M``: in every eight places, those of three senses and of their gates.
    weights : float32[windows, 8 * G]
        What touch decay leaves of a step of these rows; 0 where there is none.
    rates : float32[windows]
        Learning rates.
    gumbels : float32[windows, K]
        Noise of the gate.
    scores : float32[entries, 8 * G]
        Dot products of words with senses and gates, then the coefficients of their steps.
    steps : float32[entries]
        Steps of the words' biases.
    gate_steps : float32[windows, K]
        Steps of the gates' biases.
    temperatures : float32[1]
        Of this block.
    reach : int64[2]
        Words on either side of a center at most; noise words of a window.
    losses : float64[windows, 2]
        The loss of a window is ``losses[w, 0] + log(losses[w, 1])`` nats.
    touches : int32[2, T]
        Uses of each row in this block.
    sizes : int64[2]
        Number of windows, number of pairs of a center and a word to predict.
    """

    words: NDArray[np.int32]
    reaches: NDArray[np.int32]
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    contexts: NDArray[np.int32]
    shares: NDArray[np.float32]
    outputs: NDArray[np.int32]
    weights: NDArray[np.float32]
    rates: NDArray[np.float32]
    gumbels: NDArray[np.float32]
    scores: NDArray[np.float32]
    steps: NDArray[np.float32]
    gate_steps: NDArray[np.float32]
    temperatures: NDArray[np.float32]
    reach: NDArray[np.int64]
    losses: NDArray[np.float64]
    touches: NDArray[np.int32]
    sizes: NDArray[np.int64]


@inlined
def _exp(x):
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
def draw_noise(contexts, first, n, table, position, negative, shares):
    """Write noise words after the words to predict, read from the table in order.

    A noise word that is to be predicted is passed over; after some tries it stays, with a share of 0.

    Parameters
    ----------
    contexts : int32[entries]
        Words to predict are ``contexts[first:first + n]``; what follows is overwritten.
    first, n : int
        Which.
    table : int32[T]
        Shuffled noise words, T a power of two.
    position : int
        Where to read on.
    negative : int
        How many.
    shares : float32[entries]
        Overwritten where ``contexts`` is: 1 or 0.

    Returns
    -------
    int
        The position after the last entry read.
    """
    mask = table.shape[0] - 1
    for entry in range(first + n, first + n + negative):
        is_among = True
        tries = 0
        while is_among and tries < _TRIES:
            word = table[position & mask]
            position += 1
            tries += 1
            is_among = False
            for target in range(first, first + n):
                is_among |= contexts[target] == word
        contexts[entry] = word
        shares[entry] = _ZERO if is_among else _ONE
    return position


@kernel
def prepare_senses(block, epoch, schedule, rate, draws, windows):
    """Draw the windows of a block: thin its sentences, draw noise words and the noise of the gates, weigh repeated uses.

    Parameters
    ----------
    block, epoch : int
        Which.
    schedule : Schedule
        The text.
    rate : float32
        Learning rate of this block.
    draws : SenseDraws
        What to draw with.
    windows : SenseWindows
        Overwritten, except for scores and what is computed of them. Documents of weight 0 have no windows.
    """
    ids, starts, lengths, documents, masses, blocks = schedule
    words, rows, contexts, shares = windows.words, windows.rows, windows.contexts, windows.shares
    targets, touches, rates, outputs, weights = (
        windows.targets,
        windows.touches,
        windows.rates,
        windows.outputs,
        windows.weights,
    )
    window, negative, n_senses = draws.window, draws.negative, draws.n_senses
    is_noisy, decays = draws.gumbels.shape[0] > 0, draws.input_uses > _ZERO
    touches[:] = 0
    w = e = end = pairs = 0
    rows[0] = 0
    for g in range(blocks[block], blocks[block + 1]):
        mass = masses[documents[g]] if masses.shape[0] else _ONE
        if mass == _ZERO:
            continue
        state = stream_of(draws.seed, epoch, g)
        begin = end
        end = thin_sentence(state, ids, starts[g], lengths[g], draws.keep, window, words, windows.reaches, begin)
        position = np.int64(mix64(state ^ STEP) & np.uint64(draws.table.shape[0] - 1))
        state = mix64(state ^ _NOISE_OF_GATES)
        for center in range(begin, end):
            low, high = max(begin, center - window), min(end, center + window + 1)
            n = high - low - 1
            if n == 0:
                continue
            for place in range(low, high):
                if place != center:
                    contexts[e] = words[place]
                    shares[e] = _ONE
                    e += 1
            position = draw_noise(contexts, e - n, n, draws.table, position, negative, shares)
            if is_noisy:
                state = draw_gumbels(state, n_senses, draws.gumbels, windows.gumbels, w)
            place_rows(words[center], n_senses, draws.gate_rows, outputs, w)
            if decays:
                own = decayed(words[center], draws.input_uses, touches, 0)
                for k in range(n_senses):
                    lane = STRIDE * (k // TRIO) + k % TRIO
                    weights[w, lane] = weights[w, lane + TRIO] = own
                for entry in range(e - n, e + negative):
                    shares[entry] *= decayed(contexts[entry], draws.output_uses, touches, 1)
            e += negative
            rates[w] = rate * mass
            targets[w] = n
            pairs += n
            w += 1
            rows[w] = e
    windows.sizes[0] = w
    windows.sizes[1] = pairs
    for after in range(w, w + SPARE):  # may be asked for ahead of time
        rows[after + 1] = e + 1
        outputs[after] = 0
        contexts[e] = 0


@inlined
def draw_gumbels(state, n_senses, quantiles, gumbels, w):
    """Fill ``gumbels[w]`` with quantiles of the Gumbel distribution, five for each draw; return the next state."""
    bits = np.uint64(0)
    for k in range(n_senses):
        if k % _GUMBELS_OF_A_DRAW == 0:
            state += STEP
            bits = mix64(state)
        gumbels[w, k] = quantiles[bits & _GUMBEL_MASK]
        bits >>= np.uint64(GUMBEL_BITS)
    return state


@inlined
def place_rows(center, n_senses, gate_rows, outputs, w):
    """Fill ``outputs[w]`` with the sense and gate rows of a word; places without one repeat the first."""
    senses, gates = center * n_senses, gate_rows[center]
    for group in range(0, outputs.shape[1], STRIDE):
        for place in range(TRIO):
            k = group // STRIDE * TRIO + place
            number = k if k < n_senses else 0
            outputs[w, group + place] = senses + number
            outputs[w, group + TRIO + place] = gates + number


@inlined
def prepare(block, schedule, draws, task, windows):
    """Do :func:`prepare_senses` for a task."""
    windows.temperatures[0] = task.temperatures[block]
    prepare_senses(block, task.epoch, schedule, task.rates[block], draws, windows)


@kernel
def score_senses(first, last, task, windows):
    r"""Score windows ``first`` to ``last - 1``, and turn their scores into the coefficients of their steps.

    With :math:`p_t = \mathrm{softmax}(G x_t + \beta)` the gate's opinion when word t is to be predicted,
    :math:`y_t` its relaxed choice (Gumbel-softmax) and :math:`h_t = \sum_k y_{tk} V_k`, the loss is
    :math:`\sum_t [-\log\sigma(u_t h_t + b_t) - \sum_o \log\sigma(-u_o h_t - b_o) + \lambda H(p_t)]` over words t to
    predict and noise words o. Nothing flows back into the context :math:`x_t`, the mean of the other words' vectors.

    Parameters
    ----------
    first, last : int
        Which windows.
    task : SenseTask
        What is trained; only read.
    windows : SenseWindows
        ``scores``, ``steps``, ``gate_steps`` and ``losses`` of these windows are overwritten.

    References
    ----------
    Grzegorczyk and Kurdziel (2018), "Disambiguated skip-gram model", eq. 3 to 7, with negative sampling (Mikolov et al.
    2013) for the sampled softmax.
    """
    U, M, biases, gate_biases, masses = task.U, task.M, task.biases, task.gate_biases, task.masses
    rows, targets, contexts, shares = windows.rows, windows.targets, windows.contexts, windows.shares
    scores, weights, steps, gate_steps = windows.scores, windows.weights, windows.steps, windows.gate_steps
    gumbels, rates, outputs, losses = windows.gumbels, windows.rates, windows.outputs, windows.losses
    K, temperature = gumbels.shape[1], windows.temperatures[0]
    tables = np.empty((_PARTS * K + 3, 2 * windows.reach[0]), np.float32)
    for w in range(first, last):
        prefetch_words(U, M, windows, w + SPARE, windows.reach[1] + 1, 0, U.shape[1])
        for place in range(0, scores.shape[1], STRIDE):
            dot_contexts(U, M, windows, w, place)
    for w in range(first, last):
        start, n, gate, rate = rows[w], targets[w], outputs[w, TRIO], rates[w]
        _open_gate(start, n, K, gate, task.excludes_target, gate_biases, masses, contexts, scores, tables)
        _choose(n, K, w, temperature, task.entropy, gumbels, tables)
        loss, product = _judge_targets(w, start, n, K, rate, biases, contexts, shares, weights, scores, steps, tables)
        for entry in range(start + n, rows[w + 1]):
            wrong, above = _judge_noise(w, entry, n, K, rate, biases, contexts, shares, weights, scores, steps, tables)
            loss += wrong
            product *= above
            if product > _LARGE:
                loss += math.log(product)
                product = 1.0
        cold = _ONE / temperature if temperature > _ZERO else _ONE
        pace = -rate * task.gate_rate if task.update_gates else _ZERO
        _weigh_gate(w, start, n, K, cold, pace, task.excludes_target, masses, contexts, weights, scores, gate_steps, tables)
        _clear_unused(start, rows[w + 1], K, scores)
        losses[w, 0], losses[w, 1] = loss, product


@inlined
def _lane(k):
    """Return the place of a sense; its gate's is three further on."""
    return STRIDE * (k // TRIO) + k % TRIO


@inlined
def _open_gate(start, n, K, gate, excludes_target, gate_biases, masses, contexts, scores, tables):
    """Write the gate's logits for each word to predict to the rows of opinions."""
    inverse = _PARTS * K + _INVERSE
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
def _choose(n, K, w, temperature, entropy, gumbels, tables):
    """Turn logits into opinions and choices; begin the gate's slope with what uncertainty costs, -p (a - mean a)."""
    mean = _PARTS * K + _ERROR
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
def _judge_targets(w, start, n, K, rate, biases, contexts, shares, weights, scores, steps, tables):
    """Weigh the words to predict, each by its own mixture of senses; return their loss as ``a + log(b)``."""
    error, over = _PARTS * K + _ERROR, _PARTS * K + _ABOVE
    for t in range(n):
        f = biases[contexts[start + t]]
        for k in range(K):
            f += tables[_CHOICE * K + k, t] * scores[start + t, _lane(k)]
        tables[error, t] = f
    loss, product = 0.0, 1.0
    for t in range(n):
        f = tables[error, t]
        z = _exp(-abs(f))
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
def _judge_noise(w, entry, n, K, rate, biases, contexts, shares, weights, scores, steps, tables):
    """Weigh a noise word, which each word's mixture of senses meets; return the loss as ``a + log(b)``."""
    error, over = _PARTS * K + _ERROR, _PARTS * K + _ABOVE
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
        z = _exp(-abs(f))
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
def _weigh_gate(w, start, n, K, cold, pace, excludes_target, masses, contexts, weights, scores, gate_steps, tables):
    """Turn what the words say of each sense into the coefficients of the gate's rows, one for each context word."""
    inverse, mean = _PARTS * K + _INVERSE, _PARTS * K + _ERROR
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
def _clear_unused(start, last, K, scores):
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
            tables[row + k, t] = _exp(tables[row + k, t] - tables[spare, t])
    for t in range(n):
        tables[spare, t] = tables[row, t]
    for k in range(1, K):
        for t in range(n):
            tables[spare, t] += tables[row + k, t]
    for k in range(K):
        for t in range(n):
            tables[row + k, t] /= tables[spare, t]


@kernel
def update_rows(low, high, task, windows):
    """Take the steps of all windows of a block, which are weighed, in columns ``low`` to ``high - 1``.

    Parameters
    ----------
    low, high : int
        Columns, multiples of 16. Biases go with the first.
    task : SenseTask
        What is trained, updated in place. Context rows meet the values of sense rows before, three senses at a time,
        and sense and gate rows those of the context rows when their turn came.
    windows : SenseWindows
        Only read.
    """
    U, M = task.U, task.M
    for w in range(windows.sizes[0]):
        if high - low < U.shape[1]:
            prefetch_words(U, M, windows, w + SPARE, windows.reach[1] + 1, low, high)
        for place in range(0, windows.scores.shape[1], STRIDE):
            update_senses(U, M, windows, w, place, low, high, task.update_output)
    if low == 0 and high > 0:  # of many threads some may have no column
        move_biases(0, windows.sizes[0], task, windows)


@kernel
def move_biases(first, last, task, windows):
    """Take the steps of the biases of windows ``first`` to ``last - 1``."""
    biases, gate_biases, steps, gate_steps = task.biases, task.gate_biases, windows.steps, windows.gate_steps
    rows, contexts, outputs = windows.rows, windows.contexts, windows.outputs
    for w in range(first, last):
        if task.update_output:
            for entry in range(rows[w], rows[w + 1]):
                biases[contexts[entry]] += steps[entry]
        if task.update_gates:
            for k in range(gate_steps.shape[1]):
                gate_biases[outputs[w, TRIO] + k] += gate_steps[w, k]


@kernel
def race_senses(task, windows):
    """Train on a block, one window after the other."""
    U, M, columns = task.U, task.M, task.U.shape[1]
    for w in range(windows.sizes[0]):
        score_senses(w, w + 1, task, windows)
        for place in range(0, windows.scores.shape[1], STRIDE):
            update_senses(U, M, windows, w, place, 0, columns, task.update_output)
        move_biases(w, w + 1, task, windows)


@kernel
def sum_sense_losses(block, task, windows):
    """Write the loss and the number of pairs of a block whose windows are scored."""
    total = 0.0
    losses = windows.losses
    for w in range(windows.sizes[0]):
        total += losses[w, 0] + math.log(losses[w, 1])
    task.losses[block] = total
    task.pairs[block] = windows.sizes[1]
