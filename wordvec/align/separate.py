"""Slices that are trained one by one: without any alignment, and each from where the one before it ended."""

import time
from dataclasses import replace

import numpy as np

from ..checkpoints import Checkpoints
from ..embeddings import Embeddings
from ..kernels.random import fill_uniform
from ..progress import Watcher
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..train.cbow import CBOW
from ..train.skipgram import SkipGram
from .training import gather_slices, keep_frequent, prepare_slices, slice_seed, train_separately

__all__ = ["train_slices_chained", "train_slices_unaligned"]


def train_slices_unaligned(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    equal_tokens: bool = False,
    min_slice_count: int = 5,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train every slice on its own and leave the results as they are: the control in which every word drifts.

    Measures that compare words inside each slice (neighbors, LNCS2) need no alignment and may be used; cosines
    between slices mean nothing.

    Parameters
    ----------
    corpus, trainer, min_slice_count, equal_tokens, threads, racing, progress, checkpoints
        As for :func:`train_slices_procrustes`.

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"]] * 9, "now": [["b", "a"]] * 9}, min_count=1)
    >>> train_slices_unaligned(corpus, SkipGram(dim=4, epochs=1, subsample=0)).metadata["method"]
    'unaligned'
    """
    began = time.perf_counter()
    corpus = prepare_slices(corpus, min_slice_count, equal_tokens=equal_tokens, seed=trainer.seed)
    slices = train_separately(
        corpus,
        trainer,
        min_slice_count=min_slice_count,
        threads=threads,
        racing=racing,
        progress=progress,
        checkpoints=checkpoints,
    )
    settings = {"min_slice_count": min_slice_count, "equal_tokens": equal_tokens}
    return gather_slices("unaligned", trainer, corpus, slices, settings, threads=threads, began=began)


def train_slices_chained(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    equal_tokens: bool = False,
    min_slice_count: int = 5,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train the slices one after the other, each from the vectors with which the one before it ended.

    Both matrices are handed on; a word that a slice lacks keeps its vectors for the next. What a slice does not
    overwrite stays, so words look more stable than they are, rare ones above all, and the order of slices counts.

    Parameters
    ----------
    corpus, trainer, min_slice_count, equal_tokens, threads, racing, progress, checkpoints
        As for :func:`train_slices_procrustes`. Slices cannot be trained side by side.

    References
    ----------
    Kim et al. (2014), "Temporal analysis of language through neural language models".

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"]] * 9, "now": [["b", "a"]] * 9}, min_count=1)
    >>> aligned = train_slices_chained(corpus, SkipGram(dim=4, epochs=0, subsample=0))
    >>> bool((aligned["then"]["a"] == aligned["now"]["a"]).all())
    True
    """
    began = time.perf_counter()
    corpus = prepare_slices(corpus, min_slice_count, equal_tokens=equal_tokens, seed=trainer.seed)
    vocabulary = corpus.vocabulary
    W, U = (np.zeros((len(vocabulary), trainer.dim), dtype=np.float32) for _ in range(2))
    fill_uniform(np.uint64(trainer.seed), np.float32(0.5 / trainer.dim), trainer.dim, W)
    slices = []
    for label in corpus.labels:
        part = corpus[label]
        training = replace(trainer, seed=slice_seed(trainer.seed, part.digest)).train(
            part,
            initial=Embeddings(vocabulary, W.copy()),
            initial_context=Embeddings(vocabulary, U.copy()),
            threads=threads,
            racing=racing,
            progress=progress,
            stage=f"slice {label}",
            checkpoints=checkpoints,
        )
        rows = [vocabulary.index[word] for word in training.embeddings.vocabulary]
        W[rows], U[rows] = training.embeddings.vectors, training.context.vectors
        slices.append(keep_frequent(training, min_slice_count, {**training.embeddings.metadata, "label": label}))
    settings = {"min_slice_count": min_slice_count, "equal_tokens": equal_tokens}
    return gather_slices("vector-init", trainer, corpus, tuple(slices), settings, threads=threads, began=began)
