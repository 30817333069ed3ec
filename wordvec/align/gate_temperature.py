"""How far the gates' probabilities can be believed: measured on pseudo-words, whose senses are known."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, require
from ..progress import Watcher
from ..senses.embeddings import SenseEmbeddings
from ..senses.gating import cut_contexts, sense_probabilities
from ..statistics.quantification import fit_temperature, temper
from ..text.corpus import Corpus
from .sense_slices import SenseTrainer

__all__ = ["GateTemperature", "PseudoWords", "measure_temperature", "merge_words"]

Ids = NDArray[np.int64]


class GateTemperature(NamedTuple):
    """What pseudo-words say of a trainer's gates.

    Parameters
    ----------
    temperature : float
        What evidence is to be flattened by: 1 for honest gates, above 1 for gates that are too sure of themselves.
    right : float
        Share of occurrences of pseudo-words that the gate gave to the right one of the two words, over those that
        were told apart, each counted alike; best and worst senses are matched to words by majority.
    pairs, told_apart : int
        Pseudo-words made, and those of which different senses belong to different words.
    loss_before, loss_after : float
        Mean log loss in nats before and after.
    """

    temperature: float
    right: float
    pairs: int
    told_apart: int
    loss_before: float
    loss_after: float


class PseudoWords(NamedTuple):
    """A corpus in which pairs of words were merged, and where.

    Parameters
    ----------
    corpus : Corpus
        The text; each pair has the name and id of its first word.
    words : int64[n]
        The merged words, in the ids of ``corpus``.
    places : int64[m]
        Their occurrences.
    is_second : bool[m]
        Whether the second word of the pair stood there.
    """

    corpus: Corpus
    words: Ids
    places: Ids
    is_second: NDArray[np.bool_]


def merge_words(corpus: Corpus, pairs: int, *, min_count: int = 100, seed: int = 1) -> PseudoWords:
    """Merge random pairs of words that are about equally frequent.

    Parameters
    ----------
    corpus : Corpus
        Any text.
    pairs : int >= 1
        How many pairs, at most; the 100 most frequent words are left alone, and a tenth of the others at most is used.
    min_count : int >= 1, default 100
        Words with fewer occurrences are left alone.
    seed : int >= 0, default 1
        Of the drawing.

    Raises
    ------
    FormatError
        If no pair can be made.

    Examples
    --------
    >>> from wordvec import Corpus
    >>> corpus = Corpus.from_sentences([[f"w{i}" for i in range(150)]] * 3, min_count=1)
    >>> merged = merge_words(corpus, 2, min_count=3)
    >>> len(merged.corpus.vocabulary), len(merged.words), merged.corpus.n_tokens
    (148, 2, 450)
    """
    require(pairs >= 1, "pairs", "an integer >= 1", pairs)
    counts = corpus.word_counts
    ranked = np.argsort(-counts, kind="stable")[100:]
    ranked = ranked[counts[ranked] >= min_count]
    if len(ranked) < 2:
        raise FormatError(
            f"pseudo-words need words with {min_count} occurrences, the 100 most frequent left out; this corpus has "
            f"{len(ranked)}. Give it more text or a lower min_count."
        )
    # Neighbors in rank have about equal counts.
    starts = np.arange(0, len(ranked) - 1, 2)
    chosen = np.random.default_rng(seed).choice(starts, min(pairs, max(1, len(ranked) // 20)), replace=False)
    chosen.sort()
    first, second = ranked[chosen], ranked[chosen + 1]
    merged = corpus.counts.copy()
    merged[:, first] += merged[:, second]
    merged[:, second] = 0
    vocabulary, rows = corpus.vocabulary.select(merged.sum(axis=0), min_count=1)
    to_new = np.full(len(counts), -1, dtype=np.int32)
    to_new[rows] = np.arange(len(rows))
    to_new[second] = to_new[first]
    old = np.asarray(corpus.ids)
    changed = replace(
        corpus, vocabulary=vocabulary, ids=to_new[old], counts=np.ascontiguousarray(merged[:, rows]), lines=None
    )
    start, stop = int(corpus.offsets[0]), int(corpus.offsets[-1])
    places = start + np.flatnonzero(np.isin(old[start:stop], np.concatenate([first, second])))
    return PseudoWords(changed, to_new[first].astype(np.int64), places, np.isin(old[places], second))


def measure_temperature(
    trainer: SenseTrainer,
    corpus: Corpus,
    *,
    pairs: int = 50,
    min_count: int = 100,
    seed: int = 1,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
) -> GateTemperature:
    """Train senses once more on a text in which pairs of words are merged, and see how sure gates may be.

    It costs a second training. Random pairs are easier to tell apart than a word's own senses are, and what is
    measured is not how often gates are right, but how much their probabilities promise beyond that.

    Parameters
    ----------
    trainer : trainer
        As for :func:`wordvec.align.sense_slices.align_senses`.
    corpus : Corpus
        The text that the senses are trained on.
    pairs : int >= 1, default 50
        How many pseudo-words, at most.
    min_count, seed
        As for :func:`merge_words`.
    threads, racing, progress
        As for the trainers.

    Raises
    ------
    FormatError
        If no pair can be made, or no pseudo-word was told apart.

    References
    ----------
    Gale, Church and Yarowsky (1992), "Work on statistical methods for word sense disambiguation", for pseudo-words;
    Guo et al. (2017), "On calibration of modern neural networks".
    """
    merged = merge_words(corpus, pairs, min_count=min_count, seed=seed)
    senses = trainer.train(merged.corpus, threads=threads, racing=racing, progress=progress)
    text = merged.corpus
    words = text.ids[merged.places].astype(np.int64)
    contexts = cut_contexts(text.ids, text.offsets, merged.places, senses.window)
    chances = sense_probabilities(senses, words, contexts)
    owner = _owners(senses, merged, words, chances)
    told = np.array([len(set(owner[w][senses.prevalence[w] > 0].tolist())) > 1 for w in merged.words.tolist()])
    if not told.any():
        raise FormatError(
            f"none of {len(told)} pseudo-words was told apart by its gate, so nothing can be learnt of gates from "
            "them. Train on more text, or with more senses."
        )
    used = np.isin(words, merged.words[told]) & (np.diff(contexts.offsets) > 0)
    words, chances, second = words[used], chances[used], merged.is_second[used]
    prior = senses.prevalence[words]
    is_true = np.stack([owner[w] for w in words.tolist()]) == second[:, None]
    weights = 1.0 / np.bincount(words)[words] / told.sum()
    temperature = fit_temperature(chances, prior, is_true, weights=weights)

    def loss(p: NDArray[np.float64]) -> float:
        return -float(weights @ np.log(np.maximum((p * is_true).sum(axis=1), 1e-12)))

    right = float(weights @ ((chances * is_true).sum(axis=1) > 0.5))
    after = loss(temper(chances, prior, temperature))
    return GateTemperature(temperature, right, len(told), int(told.sum()), loss(chances), after)


def _owners(
    senses: SenseEmbeddings, merged: PseudoWords, words: Ids, chances: NDArray[np.float64]
) -> dict[int, NDArray[np.bool_]]:
    """Return for each pseudo-word bool[K]: whether a sense is more of the second word than of the first."""
    found = {}
    for word in merged.words.tolist():
        here = words == word
        second = merged.is_second[here]
        # Each word's occurrences weigh alike, whichever of the two is more frequent.
        parts = [chances[here][side].mean(axis=0) if side.any() else 0.0 for side in (~second, second)]
        found[word] = np.broadcast_to(np.asarray(parts[1] > parts[0]), (senses.n_senses,)).copy()
    return found
