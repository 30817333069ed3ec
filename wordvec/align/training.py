"""What every aligner that trains its slices shares: checks, seeds, threads, the floor of a slice."""

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings, Training
from ..errors import FormatError
from ..progress import Progress, Watcher
from ..text.corpus import Corpus
from ..threads import count_threads

__all__ = ["check_slices", "keep_frequent", "slice_seed", "slice_shares", "train_side_by_side"]


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
