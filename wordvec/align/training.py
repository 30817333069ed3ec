"""What every aligner that trains its slices shares: checks, seeds, threads, the floor of a slice."""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..embeddings import Embeddings, Training
from ..errors import FormatError, require
from ..progress import Progress, Watcher
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..threads import count_threads
from ..train.cbow import CBOW
from ..train.skipgram import SkipGram
from .balance import thin_slices

__all__ = [
    "check_slices",
    "cut_slices",
    "gather_slices",
    "keep_frequent",
    "prepare_slices",
    "slice_seed",
    "slice_shares",
    "train_separately",
    "train_side_by_side",
]


def prepare_slices(corpus: Corpus, min_slice_count: int, *, equal_tokens: bool = False, seed: int = 1) -> Corpus:
    """Return the corpus in the ids of the words that occur, its slices thinned if wished, or say what is amiss."""
    require(min_slice_count >= 1, "min_slice_count", "an integer >= 1", min_slice_count)
    require(len(corpus.labels) >= 1, "corpus", "of one slice at least", len(corpus.labels))
    corpus = _with_words_that_occur(corpus)
    if equal_tokens:
        thinned = thin_slices(corpus, seed=seed)
        about = {**thinned.metadata["thinned"], "corpus": corpus.digest}
        corpus = _with_words_that_occur(replace(thinned, metadata={**thinned.metadata, "thinned": about}))
    check_slices(corpus, min_slice_count)
    return corpus


def _with_words_that_occur(corpus: Corpus) -> Corpus:
    vocabulary, _ = corpus.vocabulary.select(corpus.word_counts)
    if vocabulary.words != corpus.vocabulary.words:  # it was encoded against an earlier vocabulary
        return corpus.recoded(vocabulary)
    return corpus if vocabulary is corpus.vocabulary else replace(corpus, vocabulary=vocabulary)


def check_slices(corpus: Corpus, min_slice_count: int) -> None:
    """Raise :class:`FormatError` for the first slice that has too little text to train on."""
    for label, counts in zip(corpus.labels, corpus.counts, strict=True):
        if np.count_nonzero(counts) < 2:
            raise FormatError(
                f"slice {label!r} has fewer than two distinct words of the vocabulary; "
                "give it more text or lower --min-count."
            )
        if counts.max() < min_slice_count:
            raise FormatError(
                f"slice {label!r} has no word with {min_slice_count} occurrences (the most frequent has "
                f"{counts.max()}); give it more text or lower --min-slice-count."
            )


def slice_seed(seed: int, digest: str) -> int:
    """Return the seed of a slice: drawn from the trainer's seed and the slice's text."""
    mixed = hashlib.sha256(f"{seed} {digest}".encode()).digest()
    return int.from_bytes(mixed[:8], "little") >> 1


def keep_frequent(training: Training, min_slice_count: int, metadata: Mapping[str, Any]) -> Embeddings:
    """Return the vectors of the words that a slice has enough of; what is left out is in the metadata."""
    found = training.embeddings
    vocabulary, rows = found.vocabulary.select(found.vocabulary.counts, min_count=min_slice_count)
    left_out = {"words below min_slice_count": len(found) - len(vocabulary)}
    losses = list(training.losses)
    return Embeddings(vocabulary, found.vectors[rows], {**metadata, "losses": losses, "left_out": left_out})


def cut_slices(
    corpus: Corpus,
    vectors: NDArray[np.float32],
    rows: NDArray[np.int64],
    min_slice_count: int,
    metadata: Mapping[str, Any],
) -> tuple[Embeddings, ...]:
    """Return the vectors of each slice's frequent words, from one matrix of which ``rows``, int64[T, V], says whose.

    ``rows`` may be int64[V], the same for all slices.
    """
    found = []
    for t, label in enumerate(corpus.labels):
        vocabulary, words = corpus.vocabulary.select(corpus.counts[t], min_count=min_slice_count)
        of_slice = rows if rows.ndim == 1 else rows[t]
        left_out = {"words below min_slice_count": int(np.count_nonzero(corpus.counts[t])) - len(vocabulary)}
        about = {**metadata, "label": label, "left_out": left_out}
        found.append(Embeddings(vocabulary, np.ascontiguousarray(vectors[of_slice[words]]), about))
    return tuple(found)


def gather_slices(
    method: str,
    trainer: SkipGram | CBOW,
    corpus: Corpus,
    slices: tuple[Embeddings, ...],
    settings: Mapping[str, Any],
    *,
    compass: Training | None = None,
    more: Mapping[str, Any] | None = None,
    threads: int | None = None,
    began: float = 0.0,
) -> AlignedSlices:
    """Return slices as a value, with what every method says of itself; ``began`` is when the clock started."""
    metadata: dict[str, Any] = {
        "method": method,
        "model": trainer.model,
        "settings": {"trainer": asdict(trainer), **settings},
        "seed": trainer.seed,
        "corpus": corpus.metadata.get("thinned", {}).get("corpus") or corpus.digest,
        "slices": slice_shares(corpus.labels, corpus.counts, slices),
        **(more or {}),
    }
    if "thinned" in corpus.metadata:
        metadata["thinned"] = {k: v for k, v in corpus.metadata["thinned"].items() if k != "corpus"}
    run = {"threads": count_threads(threads), "seconds": round(time.perf_counter() - began, 3)}
    return AlignedSlices(corpus.labels, slices, corpus.vocabulary, corpus.counts, compass, metadata, run)


def train_separately(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    min_slice_count: int,
    threads: int | None,
    racing: bool,
    progress: Watcher | None,
    checkpoints: Checkpoints | None = None,
) -> tuple[Embeddings, ...]:
    """Train each slice on its own; the seed of each is drawn from the trainer's and the slice's text."""

    def train(label: str, share: int, watch: Watcher) -> Embeddings:
        part = corpus[label]
        seeded = replace(trainer, seed=slice_seed(trainer.seed, part.digest))
        training = seeded.train(
            part, threads=share, racing=racing, progress=watch, stage=f"slice {label}", checkpoints=checkpoints
        )
        return keep_frequent(training, min_slice_count, {**training.embeddings.metadata, "label": label})

    return train_side_by_side(train, corpus.labels, threads, progress)


def slice_shares(
    labels: Sequence[str], counts: NDArray[np.int64], slices: Sequence[Embeddings]
) -> list[dict[str, Any]]:
    """Return what each slice holds: tokens, share of all tokens, words with a vector."""
    tokens = counts.sum(axis=1)
    total = int(tokens.sum())
    return [
        {"label": label, "tokens": int(n), "share": round(int(n) / total, 6), "words": len(embeddings)}
        for label, n, embeddings in zip(labels, tokens, slices, strict=True)
    ]


class _Stopped(Exception):
    """Raised inside a worker's progress report to end it after an error or Ctrl-C elsewhere."""


def train_side_by_side(
    train: Callable[[str, int, Watcher], Embeddings],
    labels: Sequence[str],
    threads: int | None,
    progress: Watcher | None,
) -> tuple[Embeddings, ...]:
    """Run ``train`` for every label, which is given its share of the threads; stop all of them when one fails."""
    n_threads, stop = count_threads(threads), threading.Event()
    share = max(1, n_threads // len(labels))

    def watch(report: Progress) -> None:
        if stop.is_set():
            raise _Stopped
        if progress is not None:
            progress(report)

    with ThreadPoolExecutor(max_workers=min(n_threads, len(labels))) as pool:
        jobs = [pool.submit(train, label, share, watch) for label in labels]
        try:
            wait(jobs, return_when=FIRST_EXCEPTION)
            for job in jobs:
                if job.done():
                    job.result()  # raises what went wrong first
            return tuple(job.result() for job in jobs)
        except BaseException:
            stop.set()
            pool.shutdown(cancel_futures=True)
            raise
