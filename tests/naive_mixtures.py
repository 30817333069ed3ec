"""Mixtures of context models in float64, from their definition."""

import numpy as np


def sum_contexts(word, window, ids, offsets, sentences, places, rows, masses):
    """Return the sum of rows and of masses around each place; contexts that add up to nothing are left out."""
    sums, mass = [], []
    for sentence, place in zip(sentences, places, strict=True):
        span = range(max(offsets[sentence], place - window), min(offsets[sentence + 1], place + window + 1))
        around = [ids[at] for at in span if ids[at] != word]
        total = rows[around].sum(axis=0) if around else np.zeros(rows.shape[1])
        if total.any():
            sums.append(total)
            mass.append(masses[around].sum())
    return np.array(sums).reshape(-1, rows.shape[1]), np.array(mass)


def expect_words(vectors, sample):
    """Return the mean of u under q(u) exp(u v) for each v, and the logarithm of its normaliser."""
    weights = np.exp(sample @ vectors.T)
    return (weights / weights.sum(axis=0)).T @ sample, np.log(weights.mean(axis=0))


def assign_contexts(sums, mass, vectors, norms, sizes, flatness):
    logits = (sums @ vectors.T - mass[:, None] * norms) / flatness + np.log(np.maximum(sizes, 1e-3) / len(sums))
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def fit_mixtures(sums, mass, centers, sample, variances, rounds, steps, rates):
    """Return vectors, norms and prevalences of the mixture that starts at the nearest of some centers."""
    rate, pull, flatness = rates
    K = len(centers)

    def step(vector, total, weight, mean, towards):
        return vector + rate * (total - weight * mean - pull * (vector - towards)) / (weight * variances + pull)

    whole = np.zeros(sums.shape[1])
    for _ in range(rounds):
        whole = step(whole, sums.sum(axis=0), mass.sum(), expect_words(whole[None], sample)[0][0], 0.0)
    points = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    nearest = (points @ centers.T - 0.5 * (centers**2).sum(axis=1)).argmax(axis=1)
    shares = np.eye(K)[nearest] * 0.8 + 0.2 / K
    vectors = np.tile(whole, (K, 1))
    for _ in range(rounds):
        totals, weights, sizes = shares.T @ sums, shares.T @ mass, shares.sum(axis=0)
        for _ in range(steps):
            means, _ = expect_words(vectors, sample)
            vectors = np.array(
                [step(v, t, w, m, whole) for v, t, w, m in zip(vectors, totals, weights, means, strict=True)]
            )
        norms = expect_words(vectors, sample)[1]
        shares = assign_contexts(sums, mass, vectors, norms, sizes, flatness)
    return vectors, norms, shares.sum(axis=0) / len(sums)
