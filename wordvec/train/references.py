"""Temporal referencing: one training in which a word has a vector of its own in each slice."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..errors import require
from ..kernels._vector import ROWS
from ..kernels.random import fill_uniform
from ..kernels.references import ReferenceTask
from ..kernels.steps import CBOW as CBOW_STEP
from ..kernels.steps import CBOW_EXACT, SKIPGRAM
from ..progress import Watcher
from ..text.corpus import Corpus
from ..threads import count_threads
from .cbow import CBOW
from .keeping import Keeper
from .loop import describe_run, digest_array, make_watch, run_epochs
from .schedule import block_rates, block_tokens, choose_threading, lost_pairs, make_draws, make_schedule
from .skipgram import SkipGram
from .team import Team, count_places, padded

__all__ = ["Referenced", "number_slices", "train_referenced"]


class Referenced(NamedTuple):
    """What one training on all slices gives.

    Parameters
    ----------
    vectors : float32[R, D]
        Input vectors; ``rows`` says whose they are.
    context : float32[V, D]
        Output vectors of the words, which all slices share.
    rows : int64[T, V]
        The row of ``vectors`` of each word in each slice; a word that is not referenced has one row in all of them.
    losses : tuple of float
        Mean loss of each epoch.
    account : dict
        How the text was trained.
    """

    vectors: NDArray[np.float32]
    context: NDArray[np.float32]
    rows: NDArray[np.int64]
    losses: tuple[float, ...]
    account: dict[str, Any]


def train_referenced(
    trainer: SkipGram | CBOW,
    corpus: Corpus,
    words: NDArray[np.int64],
    *,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> Referenced:
    """Train one model of all slices, in which ``words`` have an input vector for each slice.

    Output vectors belong to words, whatever the slice: so a vector of a slice tells which words surround the word
    there, and those words are the same for all slices.

    Parameters
    ----------
    trainer : SkipGram or CBOW
        How to train.
    corpus : Corpus
        Its slices.
    words : int64[n]
        Ids of the words that are referenced, in ascending order.
    threads, racing, progress, checkpoints
        As for :meth:`SkipGram.train`.

    Raises
    ------
    ParameterError
        If words times slices are too many.
    FormatError
        If the text is too small.

    References
    ----------
    Dubossarsky et al. (2019), "Time-out: temporal referencing for robust modeling of lexical semantic change".
    """
    n_words, n_slices = len(corpus.vocabulary), len(corpus.labels)
    fits = n_words * (n_slices + 1) < 2**31
    require(fits, "words times slices", "fewer than 2**31", n_words * (n_slices + 1))
    order = number_slices(corpus)
    rows = _number_rows(n_words, order, words)
    tokens = _with_slices(corpus, order)
    counts = corpus.word_counts
    schedule = make_schedule(tokens, trainer.seed)
    threading = choose_threading(trainer, counts, racing)
    draws = make_draws(trainer, counts, threading)
    draws = draws._replace(keep=np.tile(draws.keep, n_slices + 1))
    W, U = padded(int(rows.max(initial=0)) + 1, trainer.dim), padded(n_words, trainer.dim)
    fill_uniform(np.uint64(trainer.seed), np.float32(0.5 / trainer.dim), trainer.dim, W)
    n_blocks = len(schedule.blocks) - 1
    numbered = np.vstack([np.arange(n_words)[None], rows[np.argsort(order)]]).astype(np.int32).ravel()
    plain = np.tile(np.arange(n_words, dtype=np.int32), n_slices + 1)
    shape = (_step(trainer), count_places(trainer.negative), -(-2 * trainer.window // ROWS))
    empty = np.empty(0, np.float32)
    task = ReferenceTask(*shape, 0, True, empty, W, U, np.zeros(n_blocks), np.zeros(n_blocks), plain, numbered)
    n_threads = count_threads(threads)
    kept = None
    if checkpoints is not None:
        run = describe_run(trainer, corpus, threading)
        kept = checkpoints.stage("training", {**run, "slices": order.tolist(), "words": digest_array(words)})
    keeper = Keeper(kept, {"W": W, "U": U, "losses": task.losses, "pairs": task.pairs})
    with Team(n_threads, threading, schedule, draws) as team:
        rates = block_rates(schedule, trainer.lr, trainer.epochs)
        tasks = (task._replace(epoch=epoch, rates=rates[epoch]) for epoch in range(trainer.epochs))
        watch = make_watch(trainer, progress, "training", trainer.epochs * int(block_tokens(schedule).sum()))
        losses = run_epochs(tasks, schedule, draws, team, watch, keeper)
    lost = lost_pairs(corpus, trainer.window)
    account = {"threading": threading, "pairs_lost_at_cuts": lost}
    return Referenced(W[:, : trainer.dim].copy(), U[:, : trainer.dim].copy(), rows, tuple(losses), account)


def number_slices(corpus: Corpus) -> NDArray[np.int64]:
    """Return int64[T]: the number of each slice, by its content, so that the order they are given in does not count."""
    digests = [corpus[label].digest for label in corpus.labels]
    order = sorted(range(len(digests)), key=digests.__getitem__)
    numbers = np.empty(len(digests), dtype=np.int64)
    numbers[order] = np.arange(len(digests))
    return numbers


def _number_rows(n_words: int, numbers: NDArray[np.int64], words: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return int64[T, V]: rows 0 to V - 1 for words, but each of ``words`` has rows of its own in further slices."""
    rows = np.tile(np.arange(n_words, dtype=np.int64), (len(numbers), 1))
    for t, number in enumerate(numbers.tolist()):
        if number > 0:
            rows[t, words] = n_words + (number - 1) * len(words) + np.arange(len(words))
    return rows


def _with_slices(corpus: Corpus, numbers: NDArray[np.int64]) -> Corpus:
    """Return the corpus with tokens that say word and slice: ``word + V * (1 + number of the slice)``."""
    base, end = int(corpus.offsets[0]), int(corpus.offsets[-1])
    ends = corpus.offsets[corpus.documents.offsets[corpus.slice_offsets]]
    ids = corpus.ids[base:end] + np.repeat((1 + numbers) * len(corpus.vocabulary), np.diff(ends)).astype(np.int32)
    return replace(corpus, ids=ids.astype(np.int32), offsets=corpus.offsets - base, lines=None)


def _step(trainer: SkipGram | CBOW) -> int:
    if isinstance(trainer, SkipGram):
        return int(SKIPGRAM)
    return int(CBOW_EXACT if trainer.gradient == "exact" else CBOW_STEP)
