"""Mixtures of log-linear context models: how the contexts of a word fall into senses, given vectors of context words.

A context word c is drawn by sense k in proportion to ``q(c) exp(u_c . v_k)``. All that a context says of a sense is
then in the sum of its words' vectors and its mass, so the expectation-maximisation of a word needs little more than its
contexts' sums; the normaliser is a mean over some words drawn from q.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import inlined, kernel
from ._vector import LANES
from .gates import exp_below
from .lloyd import cluster_points, gather_contexts
from .random import stream_of

_ZERO, _HALF, _ONE = np.float32(0.0), np.float32(0.5), np.float32(1.0)
#: What a first label is worth.
_SURE = np.float32(0.8)


class Base(NamedTuple):
    """What contexts are measured against.

    Parameters
    ----------
    rows : float32[V, P]
        Vectors of context words times their masses, padded to whole vectors.
    masses : float32[V]
        How much each word counts.
    sample, columns : float32[B, P], float32[P, B]
        Vectors of words drawn from q, by rows and by columns.
    variances : float32[P]
        Their variance in each column: how far a step may go.
    starts : float32[V, P]
        What the first clusters see of each word; zeros where ``rows`` has zeros, and nowhere else.
    """

    rows: NDArray[np.float32]
    masses: NDArray[np.float32]
    sample: NDArray[np.float32]
    columns: NDArray[np.float32]
    variances: NDArray[np.float32]
    starts: NDArray[np.float32]


class MixtureRoom(NamedTuple):
    """Memory of one thread, for up to n contexts of a word and K senses.

    Parameters
    ----------
    sums, mass : float32[n, P], float32[n]
        Of each context.
    shares : float32[n, K]
        How far a context is of each sense.
    scores : float32[K, B]
        Scores of the words of the sample, then their probabilities.
    totals, means : float32[K, P]
        Sum of the contexts of each sense; what its model expects of a word.
    vectors : float32[K + 1, P]
        The senses, and last the word as a whole.
    norms, sizes, weights : float32[K]
        Logarithm of each normaliser; contexts and mass of each sense.
    centers, counts : float32[K, P], int64[K]
        First clusters.
    """

    sums: NDArray[np.float32]
    mass: NDArray[np.float32]
    shares: NDArray[np.float32]
    scores: NDArray[np.float32]
    totals: NDArray[np.float32]
    means: NDArray[np.float32]
    vectors: NDArray[np.float32]
    norms: NDArray[np.float32]
    sizes: NDArray[np.float32]
    weights: NDArray[np.float32]
    centers: NDArray[np.float32]
    counts: NDArray[np.int64]


@kernel
def sum_contexts(word, window, occurrences, base, sums, mass):
    """Write the sum of the rows around each occurrence of a word, and the mass of these words.

    Parameters
    ----------
    word, window, occurrences
        As for :func:`wordvec.kernels.lloyd.gather_contexts`, which leaves out the same contexts.
    base : Base
        Rows and masses.
    sums, mass : float32[n, P], float32[n]
        Overwritten from the start.

    Returns
    -------
    int
        How many contexts were written.
    """
    ids, offsets, begins, places, sentences = occurrences
    rows, masses = base.rows, base.masses
    n = 0
    for o in range(begins[word], begins[word + 1]):
        place, sentence = places[o], sentences[o]
        sums[n] = _ZERO
        mass[n] = _ZERO
        for at in range(max(offsets[sentence], place - window), min(offsets[sentence + 1], place + window + 1)):
            other = ids[at]
            if other != word:
                mass[n] += masses[other]
                for d in range(rows.shape[1]):
                    sums[n, d] += rows[other, d]
        is_nothing = True
        for d in range(rows.shape[1]):
            is_nothing &= sums[n, d] == _ZERO
        if not is_nothing:
            n += 1
    return n


@kernel
def expect_words(first, last, base, room):
    """Write the mean vector of a word of each sense's model, and the logarithm of its normaliser.

    Parameters
    ----------
    first, last : int
        Which rows of ``room.vectors``.
    base : Base
        The sample.
    room : MixtureRoom
        ``means`` and ``norms`` are overwritten from the start; ``scores`` is scratch.
    """
    sample, columns, vectors, scores = base.sample, base.columns, room.vectors, room.scores
    n = sample.shape[0]
    for k in range(last - first):
        for b in range(n):
            scores[k, b] = _ZERO
        for d in range(columns.shape[0]):
            weight = vectors[first + k, d]
            for b in range(n):
                scores[k, b] += weight * columns[d, b]
        top = scores[k, 0]
        for b in range(n):
            top = max(top, scores[k, b])
        total = 0.0
        for b in range(n):
            scores[k, b] = exp_below(scores[k, b] - top)
        for b in range(n):
            total += scores[k, b]
        room.norms[k] = top + np.float32(math.log(total / n))
        room.means[k] = _ZERO
        for b in range(n):
            share = np.float32(scores[k, b] / total)
            for d in range(sample.shape[1]):
                room.means[k, d] += share * sample[b, d]


@kernel
def assign_contexts(n, senses, flatness, room):
    """Write how far each of ``n`` contexts is of each sense: expectation.

    Parameters
    ----------
    n, senses : int
        How many.
    flatness : float32
        Words of a context speak for each other: what they say counts one over this.
    room : MixtureRoom
        ``shares`` are overwritten; of contexts, vectors, norms and sizes.
    """
    sums, mass, shares, vectors, norms, sizes = room.sums, room.mass, room.shares, room.vectors, room.norms, room.sizes
    columns = sums.shape[1]
    lanes = np.empty(LANES, np.float32)
    for i in range(n):
        top = -np.float32(np.inf)
        for k in range(senses):
            lanes[:] = _ZERO
            for d in range(0, columns, LANES):
                for lane in range(LANES):
                    lanes[lane] += sums[i, d + lane] * vectors[k, d + lane]
            score = _ZERO
            for lane in range(LANES):
                score += lanes[lane]
            prior = np.float32(math.log(max(sizes[k], np.float32(1e-3)) / n))
            shares[i, k] = (score - mass[i] * norms[k]) / flatness + prior
            top = max(top, shares[i, k])
        total = _ZERO
        for k in range(senses):
            shares[i, k] = exp_below(shares[i, k] - top)
            total += shares[i, k]
        for k in range(senses):
            shares[i, k] /= total


@inlined
def _begin(n, senses, room, points):
    """Take the nearest center as a first label that is not quite sure."""
    shares, centers = room.shares, room.centers
    for i in range(n):
        best, nearest = -np.inf, 0
        for k in range(senses):
            score = 0.0
            for d in range(centers.shape[1]):
                score += centers[k, d] * (points[i, d] - _HALF * centers[k, d])
            if score > best:
                best, nearest = score, k
        for k in range(senses):
            shares[i, k] = (_ONE - _SURE) / np.float32(senses)
        shares[i, nearest] += _SURE


@inlined
def _gather(n, senses, room):
    """Write what the contexts of each sense add up to."""
    sums, mass, shares, totals, sizes, weights = (
        room.sums,
        room.mass,
        room.shares,
        room.totals,
        room.sizes,
        room.weights,
    )
    totals[:senses] = _ZERO
    sizes[:senses] = _ZERO
    weights[:senses] = _ZERO
    for i in range(n):
        for k in range(senses):
            share = shares[i, k]
            sizes[k] += share
            weights[k] += share * mass[i]
            for d in range(sums.shape[1]):
                totals[k, d] += share * sums[i, d]


@inlined
def _step(place, k, pull, towards, rate, base, room):
    """Move the vector at ``place`` up the likelihood of the contexts of sense k, less a pull towards another vector."""
    weight = room.weights[k]
    for d in range(base.variances.shape[0]):
        away = room.vectors[place, d] - (room.vectors[towards, d] if towards >= 0 else _ZERO)
        slope = room.totals[k, d] - weight * room.means[k, d] - pull * away
        room.vectors[place, d] += rate * slope / (weight * base.variances[d] + pull)


@kernel
def fit_mixtures(first, last, seed, words, window, settings, rates, occurrences, base, clusters, room, results):
    """Fit a mixture to the contexts of words ``words[first]`` to ``words[last - 1]``: k-means, then EM.

    Parameters
    ----------
    first, last : int
        Which.
    seed : uint64
        With the word's number, it keys all draws.
    words : int64[m]
        Words.
    window : int
        Up to so many places on either side are a context, within the sentence.
    settings : (int, int, int, int, int)
        Senses; restarts and limit of k-means; rounds of EM; steps of the vectors in each.
    rates : (float32, float32, float32)
        How far a step goes; how strongly senses are pulled to the word as a whole, in mass of contexts; flatness, as in
        :func:`assign_contexts`.
    occurrences : Occurrences
        Where words stand.
    base : Base
        What contexts are measured against.
    clusters, room : Room, MixtureRoom
        Scratch.
    results : (float32[m, K, P], float32[m, K], float32[m, K], float32[m])
        Rows ``first`` to ``last - 1`` are overwritten: vectors, logarithms of normalisers and shares of senses; mean
        mass of a context. Where a word has fewer contexts than senses, its first sense has all.

    References
    ----------
    Dempster, Laird and Rubin (1977), "Maximum likelihood from incomplete data via the EM algorithm"; Bartunov et al.
    (2016), "Breaking sticks and ambiguities with adaptive skip-gram", whose sense posterior is of this form.
    """
    senses, restarts, limit, rounds, steps = settings
    rate, pull, flatness = rates
    vectors, norms, shares, mean_mass = results
    for number in range(first, last):
        word = words[number]
        n = sum_contexts(word, window, occurrences, base, room.sums, room.mass)
        room.vectors[:] = _ZERO
        room.norms[:] = _ZERO
        room.sizes[:] = _ZERO
        room.sizes[0] = _ONE
        total = _ZERO
        for i in range(n):
            total += room.mass[i]
        mean_mass[number] = total / np.float32(max(1, n))
        if n >= senses:
            gather_contexts(word, window, occurrences, base.starts, clusters.points)
            state = stream_of(seed, 1, word)
            cluster_points(n, senses, restarts, limit, state, clusters, room.centers, room.counts)
            room.shares[:n, 0] = _ONE
            _gather(n, 1, room)
            for _ in range(rounds):  # the word as a whole
                expect_words(senses, senses + 1, base, room)
                _step(senses, 0, pull, -1, rate, base, room)
            for k in range(senses):
                room.vectors[k] = room.vectors[senses]
            _begin(n, senses, room, clusters.points)
            for _ in range(rounds):
                _gather(n, senses, room)
                for _ in range(steps):
                    expect_words(0, senses, base, room)
                    for k in range(senses):
                        _step(k, k, pull, senses, rate, base, room)
                expect_words(0, senses, base, room)
                assign_contexts(n, senses, flatness, room)
            _gather(n, senses, room)
        for k in range(senses):
            vectors[number, k] = room.vectors[k]
            norms[number, k] = room.norms[k]
            shares[number, k] = room.sizes[k] / np.float32(max(1, n))
        if n < senses:
            shares[number, 0] = _ONE
