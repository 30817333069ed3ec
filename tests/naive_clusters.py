"""Plain twins of the kernels that tell senses apart by clusters of contexts; see :mod:`naive`."""

import numpy as np
from naive import STEP, mix64, stream_of


def pick_occurrences(seed, order, counts, quotas, ids, offsets):
    """Return, for each word, its chosen (place, sentence) pairs."""
    every = [[] for _ in counts]
    for sentence in order:
        for place in range(offsets[sentence], offsets[sentence + 1]):
            every[ids[place]].append((place, int(sentence)))
    chosen = []
    for word, (found, quota) in enumerate(zip(every, quotas.tolist(), strict=True)):
        state, mine = stream_of(seed, 0, word), []
        for i in range(quota):
            first, last = i * len(found) // quota, (i + 1) * len(found) // quota
            mine.append(found[first + ((mix64(state + (i + 1) * STEP) >> 32) * (last - first) >> 32)])
        chosen.append(mine)
    return chosen


def gather_contexts(word, window, occurrences, rows):
    """Return the unit vectors of a word's contexts."""
    ids, offsets, begins, places, sentences = occurrences
    points = []
    for place, sentence in zip(
        places[begins[word] : begins[word + 1]], sentences[begins[word] : begins[word + 1]], strict=True
    ):
        sentence_ids = ids[offsets[sentence] : offsets[sentence + 1]]
        at = place - offsets[sentence]
        around = [*sentence_ids[max(0, at - window) : at], *sentence_ids[at + 1 : at + 1 + window]]
        total = sum((rows[w].astype(float) for w in around if w != word), np.zeros(rows.shape[1]))
        if total.any():
            points.append(total / np.linalg.norm(total))
    return np.array(points).reshape(len(points), rows.shape[1])


def cluster_points(points, senses, restarts, limit, state):
    """Return (loss, centers, counts) of the best of several runs."""
    firsts = [[] for _ in range(restarts)]
    for _ in range(senses):  # the restarts take turns to draw
        for mine in firsts:
            state += STEP
            unit = (mix64(state) >> 40) / 2**24
            weights = np.array([min([4.0, *(((x - c) ** 2).sum() for c in mine)]) for x in points])
            passed = np.flatnonzero(unit * weights.sum() < np.cumsum(weights))
            mine.append(points[passed[0] if len(passed) else int(unit * len(points))])
    return min((_lloyd(points, np.array(mine), limit) for mine in firsts), key=lambda run: run[0])


def _lloyd(points, centers, limit):
    before = None
    for step in range(limit + 1):
        squares = ((points[:, None] - centers) ** 2).sum(axis=2)
        labels = squares.argmin(axis=1)
        if step == limit or (before is not None and (labels == before).all()):
            break
        before = labels
        for k in range(len(centers)):
            if (labels == k).any():
                centers[k] = points[labels == k].mean(axis=0)
    return squares.min(axis=1).sum(), centers, np.bincount(labels, minlength=len(centers))


def cluster_words(seed, words, window, settings, occurrences, rows):
    """Return (centers, counts, losses)."""
    senses, restarts, limit = settings
    found = []
    for word in words:
        points = gather_contexts(word, window, occurrences, rows)
        if len(points) < senses:
            found.append((0.0, np.zeros((senses, rows.shape[1])), np.array([len(points)] + [0] * (senses - 1))))
        else:
            found.append(cluster_points(points, senses, restarts, limit, stream_of(seed, 1, word)))
    return tuple(np.array([run[part] for run in found]) for part in (1, 2, 0))
