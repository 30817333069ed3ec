"""From a block of text to windows whose center chooses among senses: drawn before any vector is touched."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import inlined, kernel
from ._vector import STRIDE
from .random import STEP, mix64, stream_of
from .windows import SPARE, decayed, thin_sentence

#: Senses in a group of eight places: three sense rows, then three gate rows, and two places without a row.
TRIO = 3
#: Quantiles of the Gumbel distribution in a table, by the bits of a draw.
GUMBEL_BITS = 12
#: A noise word that is among the words to predict is replaced by the next of the table, so many times at most.
_TRIES = 8
_GUMBEL_MASK = np.uint64((1 << GUMBEL_BITS) - 1)
_GUMBELS_OF_A_DRAW = 64 // GUMBEL_BITS
_NOISE_OF_GATES = np.uint64(0xD1B54A32D192ED03)
_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


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
    """Draw the windows of a block: thin its sentences, draw noise words and noise of gates, weigh repeated uses.

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
