"""Batches of pairs that are drawn together or pushed apart, each relative to others of its batch.

Mrkšić et al. (2017), "Semantic specialization of distributional word vector spaces using monolingual and cross-lingual
constraints", eq. 1 to 4.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel
from .random import STEP, mix64, stream_of

_32 = np.uint64(32)
_40 = np.uint64(40)


class Pull(NamedTuple):
    """What one batch does.

    Parameters
    ----------
    attract_margin, repel_margin : float64
        By how much a pair must be nearer, or farther, than its negatives.
    regularization : float64
        Of half the squared distance to the original vectors.
    chance : float64
        That a negative is any other row of the batch, and not the worst one.
    lr, clip : float64
        Of AdaGrad, and the largest size of a slope.
    """

    attract_margin: float
    repel_margin: float
    regularization: float
    chance: float
    lr: float
    clip: float


class Room(NamedTuple):
    """Memory for one batch of up to B pairs: places 2 i and 2 i + 1 are the ends of pair i.

    Parameters
    ----------
    words, firsts, negatives : int64[2 B]
        The row of each place, the first place of the same row, and the place of its negative (-1: none).
    units : float32[2 B, D]
        Rows at length 1.
    turned : float32[D, 2 B]
        The same, transposed.
    lengths : float32[2 B]
        Lengths of the rows.
    products : float32[2 B, 2 B]
        Cosines.
    slopes : float32[2 B, D]
        Gradient with respect to ``units``, at the first place of each row.
    """

    words: NDArray[np.int64]
    firsts: NDArray[np.int64]
    negatives: NDArray[np.int64]
    units: NDArray[np.float32]
    turned: NDArray[np.float32]
    lengths: NDArray[np.float32]
    products: NDArray[np.float32]
    slopes: NDArray[np.float32]


@kernel
def find_negatives(n, sign, chance, state, words, products, negatives):
    """Choose another row of the batch for each of ``n`` places: the nearest, the farthest, or sometimes any.

    Parameters
    ----------
    n : int
        Places; an even number.
    sign : float
        1 for the nearest, -1 for the farthest.
    chance : float
        How often any row is drawn instead.
    state : uint64
        First state of the stream of draws; two for each place.
    words : int64[n or more]
        Rows; neither the place's own nor its partner's is chosen, wherever in the batch they stand.
    products : float32[n or more, n or more]
        Cosines of places.
    negatives : int64[n or more]
        Overwritten: places, the first of equals; -1 where there is no other row.
    """
    for place in range(n):
        own, partner = words[place], words[place ^ 1]
        best, others = -1, 0
        for other in range(n):
            if words[other] != own and words[other] != partner:
                others += 1
                if best < 0 or sign * (products[place, other] - products[place, best]) > 0.0:
                    best = other
        coin = np.float64(np.int64(mix64(state + STEP) >> _40)) * 2.0**-24
        state += STEP + STEP
        if coin < chance and others > 0:
            left = np.int64(((mix64(state) >> _32) * np.uint64(others)) >> _32)
            best = -1
            while left >= 0:
                best += 1
                if words[best] != own and words[best] != partner:
                    left -= 1
        negatives[place] = best


@kernel
def score_batch(n, sign, margin, regularization, originals, room):
    """Write the gradient of a batch with respect to its unit vectors, and return its loss.

    With s = ``sign`` (1 attracts, -1 repels), the pair (l, r) and negatives x and y costs
    ``max(0, m + s (cos(l, x) - cos(l, r))) + max(0, m + s (cos(r, y) - cos(l, r)))``, and each end
    ``regularization |unit - original|^2 / 2``.

    Parameters
    ----------
    n : int
        Places; twice the number of pairs.
    sign, margin, regularization : float
        As above.
    originals : float32[C, D]
        Original unit vectors.
    room : Room
        ``slopes`` is overwritten; what they are made of is given.

    Returns
    -------
    float64
        The loss, before any step.
    """
    words, firsts, negatives, units = room.words, room.firsts, room.negatives, room.units
    products, slopes = room.products, room.slopes
    columns = units.shape[1]
    keep = np.float32(regularization)
    loss = 0.0
    for place in range(n):
        for d in range(columns):
            slopes[place, d] = 0.0
    for place in range(n):
        partner, negative, first = place ^ 1, negatives[place], firsts[place]
        word = words[place]
        apart = 0.0
        for d in range(columns):
            gap = units[place, d] - originals[word, d]
            apart += np.float64(gap) * np.float64(gap)
            slopes[first, d] += keep * gap
        loss += 0.5 * regularization * apart
        if negative < 0:
            continue
        excess = margin + sign * (np.float64(products[place, negative]) - np.float64(products[place, partner]))
        if excess > 0.0:
            loss += excess
            pull = np.float32(sign)
            mate, other = firsts[partner], firsts[negative]
            for d in range(columns):
                slopes[first, d] += pull * (units[negative, d] - units[partner, d])
                slopes[mate, d] -= pull * units[place, d]
                slopes[other, d] += pull * units[place, d]
    return loss


@kernel
def train_batches(first, last, seed, epoch, starts, signs, pairs, pull, originals, rows, attract, repel, room, losses):
    """Take the steps of batches ``first`` to ``last - 1``, one after the other.

    Parameters
    ----------
    first, last : int
        Batches.
    seed, epoch : uint64, int
        With the batch's number, they key all draws.
    starts : int64[b + 1]
        Batch i is ``pairs[starts[i]:starts[i + 1]]``.
    signs : float64[b]
        1 where pairs attract, -1 where they repel.
    pairs : int64[n, 2]
        Rows.
    pull : Pull
        Settings.
    originals : float32[C, D]
        Original unit vectors.
    rows : float32[C, D]
        Updated.
    attract, repel : float32[C, D]
        Updated: sums of squared slopes of attracting and of repelling batches.
    room : Room
        Scratch.
    losses : float64[b]
        Overwritten for these batches.
    """
    words, negatives, products = room.words, room.negatives, room.products
    for batch in range(first, last):
        n = 0
        for p in range(starts[batch], starts[batch + 1]):
            words[n], words[n + 1] = pairs[p, 0], pairs[p, 1]
            n += 2
        _gather(n, rows, room)
        sign = signs[batch]
        find_negatives(n, sign, pull.chance, stream_of(seed, epoch, batch), words, products, negatives)
        margin = pull.attract_margin if sign > 0.0 else pull.repel_margin
        losses[batch] = score_batch(n, sign, margin, pull.regularization, originals, room)
        _descend(n, pull.lr, pull.clip, rows, attract if sign > 0.0 else repel, room)


@kernel
def _gather(n, rows, room):
    """Write the unit vectors of a batch, their cosines, and where each row stands first."""
    words, firsts, units, turned = room.words, room.firsts, room.units, room.turned
    lengths, products = room.lengths, room.products
    columns = rows.shape[1]
    for place in range(n):
        word = words[place]
        square = 0.0
        for d in range(columns):
            square += np.float64(rows[word, d]) * np.float64(rows[word, d])
        length = np.float32(np.sqrt(square)) if square > 0.0 else np.float32(1.0)
        lengths[place] = length
        for d in range(columns):
            units[place, d] = rows[word, d] / length
            turned[d, place] = units[place, d]
        firsts[place] = place
        for before in range(place):
            if words[before] == word:
                firsts[place] = before
                break
    for place in range(n):
        for other in range(n):
            products[place, other] = 0.0
        for d in range(columns):  # lanes of vectors are other places: each sum keeps its order
            factor = units[place, d]
            for other in range(n):
                products[place, other] += factor * turned[d, other]


@kernel
def _descend(n, lr, clip, rows, sums, room):
    """Take a step of AdaGrad in each row of a batch, through the scaling to unit length."""
    words, firsts, units, lengths, slopes = room.words, room.firsts, room.units, room.lengths, room.slopes
    columns = rows.shape[1]
    rate, most = np.float32(lr), np.float32(clip)
    for place in range(n):
        if firsts[place] != place:
            continue
        word = words[place]
        along = 0.0
        for d in range(columns):
            along += np.float64(slopes[place, d]) * np.float64(units[place, d])
        outward = np.float32(along)
        for d in range(columns):
            slope = (slopes[place, d] - outward * units[place, d]) / lengths[place]
            slope = min(most, max(-most, slope))
            sums[word, d] += slope * slope
            rows[word, d] -= rate * slope / np.sqrt(sums[word, d])
