"""One training on all slices: static vectors, temporal referencing, word injection."""

import time
from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..errors import UnknownWordError, require
from ..progress import Watcher
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..text.vocabulary import Vocabulary
from ..train.cbow import CBOW
from ..train.references import number_slices, train_referenced
from ..train.skipgram import SkipGram
from .training import cut_slices, gather_slices, prepare_slices

__all__ = ["train_slices_injected", "train_slices_referenced", "train_slices_static"]


def train_slices_static(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    min_slice_count: int = 5,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train once on all slices and let each have the same vectors: the control in which nothing drifts.

    Parameters
    ----------
    corpus, trainer, min_slice_count, threads, racing, progress, checkpoints
        As for :func:`train_slices_procrustes`.

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"]] * 9, "now": [["b", "a"]] * 9}, min_count=1)
    >>> aligned = train_slices_static(corpus, SkipGram(dim=4, epochs=1, subsample=0))
    >>> bool((aligned["then"]["a"] == aligned["now"]["a"]).all())
    True
    """
    began = time.perf_counter()
    corpus = prepare_slices(corpus, min_slice_count)
    training = trainer.train(
        corpus, threads=threads, racing=racing, progress=progress, stage="compass", checkpoints=checkpoints
    )
    rows = np.arange(len(corpus.vocabulary))
    about = {**training.embeddings.metadata, "losses": list(training.losses)}
    slices = cut_slices(corpus, training.embeddings.vectors, rows, min_slice_count, about)
    more = {"threading": training.embeddings.metadata["threading"]}
    settings = {"min_slice_count": min_slice_count}
    return gather_slices(
        "static", trainer, corpus, slices, settings, compass=training, more=more, threads=threads, began=began
    )


def train_slices_referenced(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    words: Collection[str] | None = None,
    equal_tokens: bool = False,
    min_slice_count: int = 5,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train one model in which words have a vector for each slice and the words they meet have one for all.

    Every input row belongs to a word in a slice, every output row to a word: what a word is in a slice is told by
    the same partners everywhere, as with a compass, but these partners are learnt together with the slices.

    Parameters
    ----------
    corpus, trainer, min_slice_count, equal_tokens, threads, racing, progress, checkpoints
        As for :func:`train_slices_procrustes`.
    words : collection of str, optional
        Words that have a vector for each slice; all by default. The others have one for all slices: their drift is
        0 by construction and says nothing.

    Raises
    ------
    UnknownWordError
        If one of ``words`` is not in the vocabulary.

    References
    ----------
    Dubossarsky et al. (2019), "Time-out: temporal referencing for robust modeling of lexical semantic change".

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"]] * 9, "now": [["b", "a"]] * 9}, min_count=1)
    >>> aligned = train_slices_referenced(corpus, SkipGram(dim=4, epochs=1, subsample=0), words=["a"])
    >>> bool((aligned["then"]["a"] == aligned["now"]["a"]).all())
    False
    >>> bool((aligned["then"]["b"] == aligned["now"]["b"]).all())
    True
    """
    began = time.perf_counter()
    corpus = prepare_slices(corpus, min_slice_count, equal_tokens=equal_tokens, seed=trainer.seed)
    chosen = np.arange(len(corpus.vocabulary)) if words is None else _ids_of(corpus.vocabulary, words)
    found = train_referenced(
        trainer, corpus, chosen, threads=threads, racing=racing, progress=progress, checkpoints=checkpoints
    )
    about = {"model": trainer.model, "seed": trainer.seed, "losses": list(found.losses), **found.account}
    slices = cut_slices(corpus, found.vectors, found.rows, min_slice_count, about)
    settings = {
        "min_slice_count": min_slice_count,
        "words": None if words is None else sorted(corpus.vocabulary.words[i] for i in chosen.tolist()),
        "equal_tokens": equal_tokens,
    }
    more = {"threading": found.account["threading"], "referenced_words": len(chosen)}
    return gather_slices(
        "temporal-referencing", trainer, corpus, slices, settings, more=more, threads=threads, began=began
    )


def train_slices_injected(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    words: Collection[str],
    equal_tokens: bool = False,
    min_slice_count: int = 5,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train once on all slices, in which chosen words are replaced by one word for each slice.

    Parameters
    ----------
    corpus, trainer, min_slice_count, equal_tokens, threads, racing, progress, checkpoints
        As for :func:`train_slices_procrustes`.
    words : collection of str
        Words to replace: few, or little is left that the slices share. All others have one vector for all slices:
        their drift is 0 by construction and says nothing.

    Raises
    ------
    ParameterError
        If ``words`` is empty or holds every word.
    UnknownWordError
        If one of them is not in the vocabulary.

    References
    ----------
    Schlechtweg et al. (2019), "A wind of change: detecting and evaluating lexical semantic change across times and
    domains", sec. 4.2; Ferrari, Donati and Gnesi (2017), "Detecting domain-specific ambiguities".

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"]] * 9, "now": [["b", "a"]] * 9}, min_count=1)
    >>> aligned = train_slices_injected(corpus, SkipGram(dim=4, epochs=1, subsample=0), words=["a"])
    >>> bool((aligned["then"]["a"] == aligned["now"]["a"]).all())
    False
    """
    began = time.perf_counter()
    corpus = prepare_slices(corpus, min_slice_count, equal_tokens=equal_tokens, seed=trainer.seed)
    chosen = _ids_of(corpus.vocabulary, words)
    require(len(chosen) > 0, "words", "one word at least", 0)
    require(len(chosen) < len(corpus.vocabulary), "words", "some words, not all: slices must share some", len(chosen))
    numbers = number_slices(corpus)
    injected, rows = _inject(corpus, chosen, numbers)
    training = trainer.train(injected, threads=threads, racing=racing, progress=progress, checkpoints=checkpoints)
    place = np.full(len(injected.vocabulary), -1, dtype=np.int64)
    index = injected.vocabulary.index
    place[[index[word] for word in training.embeddings.vocabulary]] = np.arange(len(training.embeddings))
    about = {**training.embeddings.metadata, "losses": list(training.losses)}
    slices = cut_slices(corpus, training.embeddings.vectors, place[rows], min_slice_count, about)
    settings = {
        "min_slice_count": min_slice_count,
        "words": sorted(corpus.vocabulary.words[i] for i in chosen.tolist()),
        "equal_tokens": equal_tokens,
    }
    more = {"threading": training.embeddings.metadata["threading"], "injected_words": len(chosen)}
    return gather_slices("word-injection", trainer, corpus, slices, settings, more=more, threads=threads, began=began)


def _ids_of(vocabulary: Vocabulary, words: Collection[str]) -> NDArray[np.int64]:
    """Return the ids of ``words``, ascending, each once, or raise :class:`UnknownWordError` naming the unknown."""
    unknown = [word for word in words if word not in vocabulary]
    if unknown:
        raise UnknownWordError(unknown[0], len(vocabulary), others=unknown[1:4])
    return np.unique(np.array([vocabulary[word] for word in words], dtype=np.int64))


def _inject(corpus: Corpus, chosen: NDArray[np.int64], numbers: NDArray[np.int64]) -> tuple[Corpus, NDArray[np.int64]]:
    """Return the corpus with a word for each chosen word and slice, and int64[T, V], the id of each word there."""
    n_words, n_slices = len(corpus.vocabulary), len(corpus.labels)
    rows = np.tile(np.arange(n_words), (n_slices, 1))
    for t in range(n_slices):
        rows[t, chosen] = n_words + numbers[t] * len(chosen) + np.arange(len(chosen))
    words = corpus.vocabulary.words
    names = [f"{words[i]}\n{number}" for number in range(n_slices) for i in chosen.tolist()]
    base = int(corpus.offsets[0])
    ends = corpus.offsets[corpus.documents.offsets[corpus.slice_offsets]] - base
    ids = np.empty(corpus.n_tokens, dtype=np.int32)
    for t in range(n_slices):
        first, last = int(ends[t]), int(ends[t + 1])
        ids[first:last] = rows[t][corpus.ids[base + first : base + last]]
    counts = np.bincount(ids, minlength=n_words + len(names)).astype(np.int64)
    vocabulary = Vocabulary((*words, *names), counts)
    whole = replace(
        corpus,
        vocabulary=vocabulary,
        ids=ids,
        offsets=corpus.offsets - base,
        labels=("all",),
        slice_offsets=corpus.slice_offsets[[0, -1]],
        counts=counts[None],
        lines=None,
    )
    return whole, rows
