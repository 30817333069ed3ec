"""From text to prevalences: pairs of words are merged, their shares planted in two slices, senses trained and found."""

from dataclasses import replace

import numpy as np
import pytest
from synthetic import WORDS, latent_neighbors, walk, word

from wordvec import Corpus
from wordvec.align.sense_slices import align_senses
from wordvec.drift.sense_change import measure_sense_change
from wordvec.senses.gating import cut_contexts, sense_probabilities
from wordvec.text.documents import Documents
from wordvec.train.disambiguated import DisambiguatedSkipGram

SHARES = {"then": 0.8, "now": 0.3}
PAIRS = 16  # the first half changes, the second half stays at a half


@pytest.fixture(scope="module")
def planted():
    """Return a corpus in documents of ten sentences, the merged pairs, and which word stood at every place."""
    rng = np.random.default_rng(5)
    neighbors = latent_neighbors(rng)
    chosen, free = [], rng.permutation(200).tolist()
    while len(chosen) < PAIRS:
        first = free.pop()
        second = next(i for i in free if not set(neighbors[first]) & {i, *neighbors[i]})
        free.remove(second)
        chosen.append((first, second))
    pairs = np.array(chosen)
    parts = {label: _thinned(walk(neighbors, 200_000, rng), pairs, share, rng) for label, share in SHARES.items()}
    surface = np.arange(WORDS)
    surface[pairs[:, 1]] = pairs[:, 0]
    named = {label: [[word(i) for i in surface[s].tolist()] for s in part] for label, part in parts.items()}
    corpus = Corpus.from_sentences(named, min_count=1)
    starts = np.array([0, *np.cumsum([len(part) for part in parts.values()])])
    ends = np.unique(np.concatenate([np.arange(0, starts[-1], 10), starts]))
    documents = Documents(ends, np.zeros(len(ends) - 1, np.int32))
    corpus = replace(corpus, documents=documents, slice_offsets=np.searchsorted(ends, starts).astype(np.int64))
    return corpus, pairs, np.concatenate([s for part in parts.values() for s in part])


def _thinned(sentences, pairs, share, rng):
    """Return sentences without so many of one word of each pair that the other's share is as planted."""
    counts = np.bincount(np.concatenate(sentences), minlength=WORDS)
    keep = np.ones(WORDS)
    for number, (first, second) in enumerate(pairs.tolist()):
        wanted = share if number < PAIRS // 2 else 0.5
        ratio = wanted / (1 - wanted) * counts[second] / counts[first]
        keep[first], keep[second] = min(1.0, ratio), min(1.0, 1.0 / ratio)
    return [sentence[rng.random(len(sentence)) < keep[sentence]] for sentence in sentences]


@pytest.fixture(scope="module")
def slices(planted):
    trainer = replace(DisambiguatedSkipGram.paper(), dim=50, window=4, prune=0.0)
    return align_senses(trainer.train(planted[0], threads=1), planted[0], resamples=200)


def _second_senses(slices, corpus, name, is_second):
    """Return bool[K], which senses are the second word's, and how often the gate is right."""
    row = slices.compass.vocabulary[name]
    places = np.flatnonzero(corpus.ids == corpus.vocabulary[name])
    contexts = cut_contexts(corpus.ids, corpus.offsets, places, slices.compass.window)
    chances = sense_probabilities(slices.compass, np.full(len(places), row), contexts)
    second = is_second[places]
    own = chances[second].mean(axis=0) > chances[~second].mean(axis=0)
    return own, float((own[chances.argmax(axis=1)] == second).mean())


def test_planted_shares_come_back_and_changes_are_told_from_none(planted, slices):
    corpus, pairs, text = planted
    errors, moved = [], {}
    drift = measure_sense_change(slices, resamples=50, permutations=500).drift.set_index("word")
    for number, (first, second) in enumerate(pairs.tolist()):
        name = word(first)
        own, right = _second_senses(slices, corpus, name, text == second)
        if right < 0.85:  # the training's affair, which its own tests look at
            continue
        row = slices.compass.vocabulary[name]
        found = slices.prevalence[:, row][:, own].sum(axis=1)
        border = len(text) - corpus["now"].n_tokens
        here = text[:border], text[border:]
        true = [(part == second).sum() / np.isin(part, (first, second)).sum() for part in here]
        errors += [abs(a - b) for a, b in zip(found, true, strict=True) if np.isfinite(a)]
        moved[name] = number < PAIRS // 2
    assert len(errors) >= PAIRS and np.mean(errors) <= 0.03 and np.mean(np.array(errors) <= 0.05) >= 0.85
    p = drift["p"]
    assert all(p[name] < 0.01 for name, has_changed in moved.items() if has_changed and name in p)
    assert (p.drop([name for name, has_changed in moved.items() if has_changed and name in p]) < 0.05).mean() <= 0.08
