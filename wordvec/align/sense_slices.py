"""Senses of several slices: one inventory learnt on all of them, then each slice's prevalences and vectors."""

import time
import zlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, is_dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import AlignmentError, require
from ..progress import Progress, Watcher
from ..senses.embeddings import SenseEmbeddings
from ..senses.slices import SenseSlices
from ..senses.tallies import SenseTallies, tally_senses, word_ids
from ..statistics.resampling import bootstrap_shares, interval_of
from ..text.corpus import Corpus
from ..threads import count_threads
from .training import check_slices, slice_seed

__all__ = ["SenseTrainer", "align_senses", "document_rng", "estimate_slices", "prune_everywhere", "settle_temperature"]

Floats = NDArray[np.float64]

#: A slice with fewer occurrences of a word does not keep a sense alive.
_ENOUGH = 20
#: Tried one after the other, until no more than this share of words is refuted.
_TEMPERATURES = (1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.125)
_REFUTED = 0.05
#: On so many words at most, spread over all frequencies.
_TRIED = 500


class SenseTrainer(Protocol):
    """What :func:`align_senses` asks of a trainer: frozen hyper-parameters, ``seed`` and ``prune`` among them."""

    @property
    def seed(self) -> int:
        """Where all randomness comes from."""

    def train(
        self,
        corpus: Corpus,
        *,
        compass: SenseEmbeddings | None = None,
        threads: int | None = None,
        racing: bool = False,
        progress: Watcher | None = None,
    ) -> SenseEmbeddings:
        """Train senses; with a compass, vectors alone against its context vectors and gates, which stay."""


def align_senses(
    source: SenseEmbeddings | SenseTrainer,
    corpus: Corpus,
    *,
    slice_trainer: SenseTrainer | None = None,
    words: Collection[str] | None = None,
    temperature: float | None = None,
    prune: float | None = None,
    min_slice_count: int = 5,
    min_separation: float = 0.1,
    resamples: int = 1_000,
    confidence: float = 0.95,
    seed: int = 1,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
) -> SenseSlices:
    """Learn senses on all slices together, then estimate how common each is in every slice, and train its vectors.

    Context vectors and gates of the compass are frozen: they tell senses apart in all slices alike. A mean of gate
    probabilities is not a prevalence, because gates err in both directions; how much they err, each word's confusion,
    is taken from their probabilities over all slices, and undone (:mod:`wordvec.statistics.quantification`).

    Parameters
    ----------
    source : SenseEmbeddings or trainer
        The senses, or a ``DisambiguatedSkipGram`` that learns them on the whole corpus, without pruning, and then
        each slice's vectors.
    corpus : Corpus
        One slice at least.
    slice_trainer : trainer, optional
        Trains each slice's vectors where ``source`` is no trainer; without it, all slices have the compass's.
    words : collection of str, optional
        Estimate prevalences of these words; of all that have several senses if none are named.
    temperature : float > 0, optional
        What the gates' evidence is flattened by where they are too sure of themselves, or sharpened by, below 1:
        :func:`wordvec.align.gate_temperature.measure_temperature` measures it with pseudo-words. If none is given,
        probabilities are believed, unless the slices refute more than one word in twenty: then they are sharpened
        until that no longer holds (:func:`settle_temperature`).
    prune : float in [0, 1), optional
        The trainer's, or 0.05 if ``source`` is no trainer. A sense is pruned where fewer decisions than this share are
        for it in every slice with 20 occurrences of the word, or in all slices together where none has as many. The
        sense that is most often decided for always stays.
    min_slice_count : int >= 1, default 5
        A word with fewer occurrences in a slice keeps the compass's vectors there.
    min_separation : float in (0, 1), default 0.1
        A sense that the gate tells from others less well than this has no prevalence, but NaN.
    resamples : int >= 1, default 1000
        Resamples of documents behind each interval.
    confidence : float, default 0.95
        Nominal coverage of the intervals.
    seed : int >= 0, default 1
        Of the resamples.
    threads, racing, progress
        As for the trainers.

    Notes
    -----
    Prevalences are those of the senses that the compass found. If its gates draw the line elsewhere than a reader
    would, levels are shifted, in all slices alike; differences between slices depend on it less.

    Raises
    ------
    AlignmentError
        If a slice's vectors do not belong to the compass.
    FormatError
        If a slice has too little text.
    UnknownWordError
        If some of ``words`` are not in the vocabulary.

    References
    ----------
    Grzegorczyk and Kurdziel (2018) for the senses; Di Carlo, Bianchi and Palmonari (2019) for the compass; see
    :func:`wordvec.statistics.quantification.estimate_shares` and
    :func:`wordvec.statistics.resampling.bootstrap_shares` for the estimates.

    Examples
    --------
    See :class:`wordvec.senses.slices.SenseSlices`.
    """
    least = float(getattr(source, "prune", 0.05)) if prune is None else prune
    require(0.0 <= least < 1.0, "prune", "at least 0 and below 1", least)
    require(0.0 < min_separation < 1.0, "min_separation", "between 0 and 1", min_separation)
    require(min_slice_count >= 1, "min_slice_count", "an integer >= 1", min_slice_count)
    require(resamples >= 1, "resamples", "an integer >= 1", resamples)
    began = time.perf_counter()
    check_slices(corpus, 1)
    trainer, compass = slice_trainer, source
    if not isinstance(compass, SenseEmbeddings):
        trainer, settings = slice_trainer or compass, {"prune": 0.0} if hasattr(compass, "prune") else {}
        compass = replace(compass, **settings).train(corpus, threads=threads, racing=racing, progress=progress)  # type: ignore[type-var]
    corpus = corpus if corpus.vocabulary.words == compass.vocabulary.words else corpus.recoded(compass.vocabulary)
    compass, pruned = prune_everywhere(compass, corpus, least) if least else (compass, 0)
    vectors = _train_slices(trainer, compass, corpus, min_slice_count, threads, racing, progress) if trainer else ()
    if progress is not None:
        progress(Progress("weighing senses", 0, 2, "steps"))
    if temperature is None:
        temperature = settle_temperature(compass, corpus, words)
    if progress is not None:
        progress(Progress("weighing senses", 1, 2, "steps"))
    tallies = tally_senses(compass, corpus, words=words, temperature=temperature)
    metadata = {
        "method": "sense compass",
        "settings": {
            "temperature": tallies.temperature,
            "prune": least,
            "min_slice_count": min_slice_count,
            "min_separation": min_separation,
            "resamples": resamples,
            "confidence": confidence,
            "seed": seed,
        },
        "trainer": asdict(trainer) if is_dataclass(trainer) and not isinstance(trainer, type) else None,
        "corpus": corpus.digest,
        "left_out": {
            "senses rare in every slice": pruned,
            "words whose errors the slices refute": int(tallies.is_refuted.sum()),
            "occurrences without any known word around them": int(tallies.blind.sum()),
            **corpus.metadata.get("recoding", {}).get("dropped", {}),
        },
    }
    found = estimate_slices(
        compass,
        tallies,
        corpus.counts,
        vectors=vectors,
        min_separation=min_separation,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
        metadata=metadata,
        progress=progress,
    )
    run = {"threads": count_threads(threads), "seconds": round(time.perf_counter() - began, 3)}
    return replace(found, run=run)


def prune_everywhere(senses: SenseEmbeddings, corpus: Corpus, least: float) -> tuple[SenseEmbeddings, int]:
    """Return senses without those that are rare in every slice, and how many these are.

    Parameters
    ----------
    senses : SenseEmbeddings
        Senses, pruned or not.
    corpus : Corpus
        Text in slices, in the ids of the senses' vocabulary.
    least : float in [0, 1)
        A sense is rare in a slice where the gate decides for it in a smaller share of occurrences.
    """
    tallies = tally_senses(senses, corpus)
    frequent = tallies.occurrences >= _ENOUGH
    means = np.where(frequent[:, :, None], tallies.decided_shares, 0.0)
    own = senses.prevalence[tallies.words]
    some = np.asarray(frequent.any(axis=1), dtype=np.bool_)
    counts = tallies.occurrences[:, :, None]
    total = counts.sum(axis=1)
    whole = np.where(total > 0, np.nansum(counts * tallies.decided_shares, axis=1) / np.maximum(total, 1), 1.0)
    most = np.where(some[:, None], means.max(axis=1, initial=0.0), whole)
    stays = np.asarray(tallies.is_kept & (most >= least), dtype=np.bool_)
    stays[np.arange(len(own)), np.argmax(np.where(tallies.is_kept, most, -1.0), axis=1)] = True
    prevalence = senses.prevalence.copy()
    prevalence[tallies.words] = np.where(stays, own, 0.0)
    prevalence /= prevalence.sum(axis=1, keepdims=True)
    return replace(senses, prevalence=prevalence), int((tallies.is_kept & ~stays).sum())


def settle_temperature(compass: SenseEmbeddings, corpus: Corpus, words: Collection[str] | None = None) -> float:
    """Return the first temperature, from 1 down, at which the slices refute one word in twenty at most.

    Probabilities that are too flat (the gates of context clusters, whose scale means little) say that gates err more
    than they do. Undoing errors that were not made gives shares below 0 and above 1 in the slices that differ most
    (:attr:`wordvec.senses.tallies.SenseTallies.is_refuted`). Of many words 500 are tried, every so-manyth by frequency.

    Parameters
    ----------
    compass : SenseEmbeddings
        What tells senses apart.
    corpus : Corpus
        Text in slices, in the ids of the compass's vocabulary.
    words : collection of str, optional
        These words; all that have several senses if none are named.
    """
    asked = word_ids(compass, words)
    names = [compass.vocabulary.words[row] for row in asked[:: max(1, -(-len(asked) // _TRIED))].tolist()]
    temperature = 1.0
    for temperature in _TEMPERATURES if names else ():
        tallies = tally_senses(compass, corpus, words=names, temperature=temperature)
        if not len(tallies.words) or tallies.is_refuted.mean() <= _REFUTED:
            break
    return temperature


def _train_slices(
    trainer: SenseTrainer,
    compass: SenseEmbeddings,
    corpus: Corpus,
    min_slice_count: int,
    threads: int | None,
    racing: bool,
    progress: Watcher | None,
) -> tuple[NDArray[np.float32], ...]:
    """Return each slice's vectors; a word that is too rare there keeps the compass's."""
    found = []
    for label, counts in zip(corpus.labels, corpus.counts, strict=True):
        part = corpus[label]
        own = replace(trainer, seed=slice_seed(trainer.seed, part.digest))  # type: ignore[type-var]
        senses = own.train(part, compass=compass, threads=threads, racing=racing, progress=progress)
        if senses.vectors.shape != compass.vectors.shape or senses.vocabulary.words != compass.vocabulary.words:
            raise AlignmentError(
                f"slice {label!r}: its senses have vectors of shape {senses.vectors.shape}, the compass has "
                f"{compass.vectors.shape}; both need one vocabulary and one number of senses."
            )
        found.append(np.where((counts >= min_slice_count)[:, None, None], senses.vectors, compass.vectors))
    return tuple(found)


def document_rng(seed: int, *names: str) -> np.random.Generator:
    """Return the random stream of a word (in slices) that does not depend on which others were asked for.

    Examples
    --------
    >>> [int(document_rng(1, "bank", label).integers(100)) for label in ("now", "now")]
    [51, 51]
    """
    return np.random.default_rng([seed, *(zlib.crc32(name.encode("utf-8", "surrogatepass")) for name in names)])


def estimate_slices(
    compass: SenseEmbeddings,
    tallies: SenseTallies,
    counts: NDArray[np.int64],
    *,
    vectors: tuple[NDArray[np.float32], ...] = (),
    min_separation: float = 0.1,
    resamples: int = 1_000,
    confidence: float = 0.95,
    seed: int = 1,
    metadata: Mapping[str, Any] | None = None,
    progress: Watcher | None = None,
) -> SenseSlices:
    """Return the prevalence of every sense in every slice, with intervals over documents.

    Parameters
    ----------
    compass : SenseEmbeddings
        The senses.
    tallies : SenseTallies
        What the documents of all slices say: :func:`wordvec.senses.tallies.tally_senses`.
    counts : int64[T, V]
        Occurrences of each word in each slice.
    vectors, metadata
        As for :class:`wordvec.senses.slices.SenseSlices`.
    min_separation, resamples, confidence, seed, progress
        As for :func:`align_senses`.
    """
    n_slices, (size, k) = len(tallies.labels), compass.prevalence.shape
    several = np.asarray((compass.prevalence > 0).sum(axis=1) > 1, dtype=np.bool_)
    sole = np.where(several[:, None], np.nan, (compass.prevalence > 0).astype(np.float64))
    blank = np.where((counts > 0)[:, :, None], sole, np.nan)
    prevalence, low, high = blank.copy(), blank.copy(), blank.copy()
    documents, separation = np.zeros((n_slices, size), np.int64), np.where(several[:, None], np.nan, np.ones((1, k)))
    documents[:, tallies.words] = tallies.documents.T
    separation[tallies.words] = tallies.separation
    for place, word in enumerate(tallies.words.tolist()):
        if progress is not None and place % 256 == 0:
            progress(Progress("prevalence", place, len(tallies.words), "words"))
        kept = tallies.is_kept[place]
        known = ~kept | tallies.is_refuted[place] | (separation[word] >= min_separation)
        for t in np.flatnonzero(tallies.documents[place]).tolist():
            shares = tallies.prevalence[place, t]
            rng = document_rng(seed, compass.vocabulary.words[word], tallies.labels[t])
            ends = interval_of(bootstrap_shares(*tallies.document_sums(place, t), resamples, rng), confidence)
            found = (shares, np.minimum(ends[0], shares), np.maximum(ends[1], shares))
            for whole, part in zip((prevalence, low, high), found, strict=True):
                whole[t, word] = np.where(known, np.where(kept, part, 0.0), np.nan)
    return SenseSlices(
        tallies.labels, compass, counts, documents, prevalence, low, high, separation, tallies, vectors, metadata or {}
    )
