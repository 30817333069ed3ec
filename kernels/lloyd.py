"""K-means of what surrounds words: contexts are averaged, then centers move to the mean of the points nearest to them.

Lloyd (1982), "Least squares quantization in PCM"; first centers as in Arthur and Vassilvitskii (2007), "k-means++".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel
from ._product import NARROW, NARROW_ROWS, multiply_narrow
from .random import STEP, mix64, stream_of

_32 = np.uint64(32)
_40 = np.uint64(40)
_ZERO, _ONE, _TWO = np.float32(0.0), np.float32(1.0), np.float32(2.0)


class Occurrences(NamedTuple):
    """Places of a text where words stand.

    Parameters
    ----------
    ids : int32[N]
        A text.
    offsets : int64[S + 1]
        Sentence s is ``ids[offsets[s]:offsets[s + 1]]``.
    begins : int64[V + 1]
        Those of word w are ``places[begins[w]:begins[w + 1]]``.
    places, sentences : int64[n]
        Positions in ``ids``, and the sentence of each.
    """

    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]
    begins: NDArray[np.int64]
    places: NDArray[np.int64]
    sentences: NDArray[np.int64]


class Room(NamedTuple):
    """Memory in which one thread clusters up to n points of D columns, R times K centers at once.

    Parameters
    ----------
    points : float32[n, D]
        The points, of unit length.
    packed : float32[ceil(n / NARROW), D, NARROW]
        The same for the lanes of a tile.
    nearest : float32[R, n]
        Squared distance to the nearest first center so far.
    labels : int32[R, n]
        The center of each point.
    centers, sums : float32[M, D]
        Of all restarts; M is R K, rounded up to whole tiles.
    halves : float32[M]
        Half the squared length of each center.
    numbers : int64[M]
        0 .. M - 1.
    tile : float32[NARROW_ROWS, NARROW]
        Products of centers and points.
    scores : float32[M, NARROW]
        The same for all centers.
    sizes : int64[M]
        Points of each center.
    losses : float64[R]
        Sum of squared distances of points to their centers.
    """

    points: NDArray[np.float32]
    packed: NDArray[np.float32]
    nearest: NDArray[np.float32]
    labels: NDArray[np.int32]
    centers: NDArray[np.float32]
    sums: NDArray[np.float32]
    halves: NDArray[np.float32]
    numbers: NDArray[np.int64]
    tile: NDArray[np.float32]
    scores: NDArray[np.float32]
    sizes: NDArray[np.int64]
    losses: NDArray[np.float64]


@kernel
def pick_occurrences(seed, order, counts, quotas, seen, due, occurrences):
    """Choose some occurrences of each word, spread evenly over the text.

    Occurrence numbers are cut to as many stretches of equal length as are wanted, and one is drawn from each.

    Parameters
    ----------
    seed : uint64
        With the word's number, it keys all draws.
    order : int64[S]
        Sentences in the order in which they are read.
    counts, quotas : int64[V]
        How often each word occurs, and how many occurrences are wanted, at most as many.
    seen, due : int64[V]
        Overwritten: scratch.
    occurrences : Occurrences
        ``places`` and ``sentences`` are overwritten; ``begins`` are the sums of ``quotas``.
    """
    ids, offsets, begins, places, sentences = occurrences
    seen[:] = 0
    for word in range(counts.shape[0]):
        due[word] = _draw_next(seed, word, 0, counts[word], quotas[word])
    for position in range(order.shape[0]):
        sentence = order[position]
        for place in range(offsets[sentence], offsets[sentence + 1]):
            word = ids[place]
            number = seen[word]
            seen[word] = number + 1
            if number == due[word] >> _SHIFT:
                taken = due[word] & _TAKEN
                at = begins[word] + taken
                places[at], sentences[at] = place, sentence
                due[word] = _draw_next(seed, word, taken + 1, counts[word], quotas[word])


#: A number of an occurrence, and of how many are taken, share 64 bits.
_SHIFT, _TAKEN = 24, (1 << 24) - 1


@kernel
def _draw_next(seed, word, taken, count, quota):
    """Return the number of the occurrence to take after ``taken`` others, and ``taken``; -1 after the last."""
    if taken >= quota:
        return -1
    first = taken * count // quota
    width = (taken + 1) * count // quota - first
    draw = mix64(stream_of(seed, 0, word) + np.uint64(taken + 1) * STEP)
    chosen = first + np.int64(((draw >> _32) * np.uint64(width)) >> _32)
    return chosen << _SHIFT | taken


@kernel
def gather_contexts(word, window, occurrences, rows, points):
    """Write the direction of the sum of the rows around each occurrence of a word.

    Parameters
    ----------
    word : int
        Which; its own row is never in the sum.
    window : int
        Up to so many places on either side, within the sentence.
    occurrences : Occurrences
        Where it stands.
    rows : float32[V, D]
        A row for each word, weighted.
    points : float32[n, D]
        Overwritten from the start: unit vectors. Contexts that add up to nothing are left out.

    Returns
    -------
    int
        How many were written.
    """
    ids, offsets, begins, places, sentences = occurrences
    columns = rows.shape[1]
    n = 0
    for o in range(begins[word], begins[word + 1]):
        place, sentence = places[o], sentences[o]
        for d in range(columns):
            points[n, d] = 0.0
        for at in range(max(offsets[sentence], place - window), min(offsets[sentence + 1], place + window + 1)):
            other = ids[at]
            if other != word:
                for d in range(columns):
                    points[n, d] += rows[other, d]
        square = 0.0
        for d in range(columns):
            square += np.float64(points[n, d]) * np.float64(points[n, d])
        if square > 0.0:
            scale = np.float32(1.0 / np.sqrt(square))
            for d in range(columns):
                points[n, d] *= scale
            n += 1
    return n


@kernel
def cluster_points(n, senses, restarts, limit, state, room, centers, counts):
    """Cluster points ``room.points[:n]`` of unit length several times, and keep the clustering of the least loss.

    All restarts go on until no point of any changes its center, so that one pass over the points serves them all.

    Parameters
    ----------
    n : int
        How many points, ``senses`` at least.
    senses, restarts : int
        Centers of a clustering; clusterings.
    limit : int
        How often centers move, at most.
    state : uint64
        First state of the stream that first centers are drawn with.
    room : Room
        All but the first ``n`` points is overwritten.
    centers : float32[senses, D]
        Overwritten.
    counts : int64[senses]
        Overwritten: how many points each has; 0 is possible where points coincide.

    Returns
    -------
    float64
        The sum of squared distances of points to their centers.
    """
    points, packed = room.points, room.packed
    panels = (n + NARROW - 1) // NARROW
    for p in range(panels):
        for lane in range(NARROW):
            i = p * NARROW + lane
            for d in range(points.shape[1]):
                packed[p, d, lane] = points[i, d] if i < n else np.float32(0.0)
    _draw_centers(n, senses, restarts, state, room)
    room.labels[:, :n] = -1
    step = 0
    while _assign(n, senses, restarts, room) and step < limit:
        _move_centers(senses * restarts, room)
        step += 1
    best = 0
    for restart in range(1, restarts):
        if room.losses[restart] < room.losses[best]:
            best = restart
    for sense in range(senses):
        row = best * senses + sense
        counts[sense] = room.sizes[row]
        for d in range(centers.shape[1]):
            centers[sense, d] = room.centers[row, d]
    return room.losses[best]


@kernel
def _draw_centers(n, senses, restarts, state, room):
    """Draw first centers among the points: the first evenly, others in proportion to their squared distance."""
    points, packed, centers, nearest = room.points, room.packed, room.centers, room.nearest
    numbers, tile = room.numbers, room.tile
    nearest[:, :n] = 4.0
    centers[:] = 0.0
    for sense in range(senses):
        for restart in range(restarts):
            state += STEP
            unit = np.float64(np.int64(mix64(state) >> _40)) * 2.0**-24
            chosen = _choose(unit, nearest[restart], n)
            for d in range(points.shape[1]):
                centers[restart * senses + sense, d] = points[chosen, d]
        for p in range((n + NARROW - 1) // NARROW):
            for first in range(0, senses * restarts, NARROW_ROWS):
                multiply_narrow(packed, p, centers, numbers, first, tile)
                for row in range(NARROW_ROWS):
                    restart = (first + row) // senses
                    if (first + row) % senses == sense and restart < restarts:
                        for lane in range(min(NARROW, n - p * NARROW)):
                            i = p * NARROW + lane
                            square = max(_ZERO, _TWO - _TWO * tile[row, lane])
                            nearest[restart, i] = min(nearest[restart, i], square)
    _measure(senses * restarts, room)


@kernel
def _choose(unit, weights, n):
    """Return the place where the running sum of ``weights[:n]`` passes ``unit`` of all; any place if all are 0."""
    total = 0.0
    for i in range(n):
        total += weights[i]
    if not total > 0.0:
        return np.int64(unit * n)
    left = unit * total
    for i in range(n - 1):
        if left < weights[i]:
            return i
        left -= weights[i]
    return n - 1


@kernel
def _measure(rows, room):
    """Write half the squared length of each center."""
    centers, halves = room.centers, room.halves
    for row in range(rows):
        square = 0.0
        for d in range(centers.shape[1]):
            square += np.float64(centers[row, d]) * np.float64(centers[row, d])
        halves[row] = np.float32(0.5 * square)


@kernel
def _assign(n, senses, restarts, room):
    """Give each point to its nearest center, add the points of each up, and return how many points changed."""
    points, packed, labels, centers, sums = room.points, room.packed, room.labels, room.centers, room.sums
    halves, numbers, tile, scores, sizes, losses = (
        room.halves,
        room.numbers,
        room.tile,
        room.scores,
        room.sizes,
        room.losses,
    )
    columns = points.shape[1]
    sums[:] = 0.0
    sizes[:] = 0
    losses[:] = 0.0
    changed = 0
    for p in range((n + NARROW - 1) // NARROW):
        for first in range(0, senses * restarts, NARROW_ROWS):
            multiply_narrow(packed, p, centers, numbers, first, tile)
            for row in range(NARROW_ROWS):
                for lane in range(NARROW):
                    scores[first + row, lane] = tile[row, lane] - halves[first + row]
        for lane in range(min(NARROW, n - p * NARROW)):
            i = p * NARROW + lane
            for restart in range(restarts):
                begin = restart * senses
                best = begin
                for row in range(begin + 1, begin + senses):
                    if scores[row, lane] > scores[best, lane]:
                        best = row
                changed += labels[restart, i] != best
                labels[restart, i] = best
                losses[restart] += 1.0 - 2.0 * np.float64(scores[best, lane])
                sizes[best] += 1
                for d in range(columns):
                    sums[best, d] += points[i, d]
    return changed


@kernel
def _move_centers(rows, room):
    """Move centers to the mean of their points; one without points stays."""
    centers, sums, sizes = room.centers, room.sums, room.sizes
    for row in range(rows):
        if sizes[row]:
            share = _ONE / np.float32(sizes[row])
            for d in range(centers.shape[1]):
                centers[row, d] = sums[row, d] * share
    _measure(rows, room)


@kernel
def cluster_words(first, last, seed, words, window, settings, occurrences, rows, room, centers, counts, losses):
    """Cluster the contexts of words ``words[first]`` to ``words[last - 1]``.

    Parameters
    ----------
    first, last : int
        Which.
    seed : uint64
        With the word's number, it keys all draws.
    words : int64[m]
        Words.
    window : int
        As in :func:`gather_contexts`.
    settings : (int, int, int)
        Senses, restarts and limit, as in :func:`cluster_points`.
    occurrences : Occurrences
        Where the words stand.
    rows : float32[V, D]
        As in :func:`gather_contexts`.
    room : Room
        Scratch.
    centers : float32[m, senses, D]
        Rows ``first`` to ``last - 1`` are overwritten; 0 where a word has fewer contexts than senses.
    counts : int64[m, senses]
        Likewise: contexts of each sense; all are counted as the first sense's where there are too few.
    losses : float64[m]
        Likewise: the sum of squared distances.
    """
    senses, restarts, limit = settings
    for number in range(first, last):
        word = words[number]
        n = gather_contexts(word, window, occurrences, rows, room.points)
        if n < senses:
            centers[number] = 0.0
            counts[number] = 0
            counts[number, 0] = n
            losses[number] = 0.0
        else:
            state = stream_of(seed, 1, word)
            losses[number] = cluster_points(n, senses, restarts, limit, state, room, centers[number], counts[number])
