"""Where the gates of single words start: at the mixture that the contexts of a word are best explained by."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..progress import Progress, Watcher
from ..search import run_spans
from ..text.corpus import Corpus
from .context_clusters import make_room, pick

if TYPE_CHECKING:
    from ..kernels.mixtures import Base, MixtureRoom

__all__ = ["fit_gates", "make_mixture_room"]

Floats = NDArray[np.float32]

#: Occurrences of a word that are looked at, and words drawn from the noise that contexts are measured against.
OCCURRENCES, SAMPLE = 1_000, 512
#: Words on either side, within the sentence, that tell senses apart.
_WINDOW = 25
#: Restarts and limit of k-means, rounds of EM, steps of the vectors in each.
_EFFORT = 4, 30, 3, 2
#: How far a step goes, what senses are pulled to the word as a whole with, and how much the words of a context repeat
#: each other.
_RATE, _PULL, _FLATNESS = 0.15, 30.0, 1.0
#: Weight of words for the first clusters: a / (a + share of the text), as in Arora, Liang and Ma (2017).
_SMOOTHING = 1e-4
#: Words that a thread takes at a time.
_WORDS = 32


def fit_gates(
    corpus: Corpus,
    words: NDArray[np.int64],
    vectors: Floats,
    masses: Floats,
    table: NDArray[np.int32],
    *,
    dim: int,
    senses: int,
    window: int,
    seed: int,
    threads: int,
    progress: Watcher | None,
) -> tuple[Floats, Floats]:
    """Return float32[m, K, P] and float32[m, K]: gates of ``words`` and their biases, which read the mean of a context.

    Parameters
    ----------
    corpus : Corpus
        Where the words occur.
    words : int64[m]
        Ids.
    vectors : float32[V, P]
        Vectors of context words, padded.
    masses : float32[V]
        How much each counts.
    table : int32[T]
        Shuffled noise words.
    dim, senses, window, seed, threads, progress
        As for the trainer; a context is the sentence as far as 25 words on either side, or twice the window.
    """
    from ..kernels.mixtures import fit_mixtures

    counts = corpus.word_counts
    wanted = np.zeros_like(counts)
    wanted[words] = OCCURRENCES
    places = pick(corpus, counts, wanted, seed)
    base = _make_base(vectors, masses, table, counts, dim)
    most, reach = int(np.diff(places.begins).max(initial=1)), max(_WINDOW, 2 * window)
    shape, columns = (len(words), senses), vectors.shape[1]
    results = (
        np.zeros((*shape, columns), np.float32),
        np.zeros(shape, np.float32),
        np.zeros(shape, np.float32),
        np.zeros(len(words), np.float32),
    )
    done = [0]

    def work(take: Callable[[], tuple[int, int] | None]) -> None:
        clusters, room = make_room(most, columns, senses, _EFFORT[0]), make_mixture_room(most, columns, senses)
        rates = np.float32(_RATE), np.float32(_PULL), np.float32(_FLATNESS)
        while span := take():
            task = np.uint64(seed), words, reach, (senses, *_EFFORT), rates, places, base, clusters, room
            fit_mixtures(*span, *task, results)
            done[0] += span[1] - span[0]  # a report that is off by a few words does no harm
            if progress is not None:
                progress(Progress("contexts", done[0], len(words), "words"))

    run_spans(len(words), _WORDS, threads, work)
    found, norms, shares, mass = results
    gates = found * (mass / np.float32(_FLATNESS))[:, None, None]
    biases = np.log(np.maximum(shares, 1e-6)) - norms * (mass / np.float32(_FLATNESS))[:, None]
    return gates, biases.astype(np.float32)


def _make_base(
    vectors: Floats, masses: Floats, table: NDArray[np.int32], counts: NDArray[np.int64], dim: int
) -> "Base":
    """Return what contexts are measured against: noise words, evenly spaced in order of frequency."""
    from ..kernels.mixtures import Base
    from ..kernels.whiten import whiten_rows

    drawn = np.sort(table)
    mass = np.cumsum(masses[drawn].astype(np.float64))
    spots = np.searchsorted(mass, (np.arange(SAMPLE) + 0.5) / SAMPLE * mass[-1])
    sample = np.ascontiguousarray(vectors[drawn[spots]])
    variances = sample.var(axis=0, dtype=np.float64).astype(np.float32)
    starts = np.zeros_like(vectors)
    whiten_rows(vectors, counts.astype(np.float64) ** 0.75, dim, starts)
    starts *= (_SMOOTHING / (_SMOOTHING + counts / max(1, int(counts.sum()))))[:, None]
    rows = np.ascontiguousarray(vectors * masses[:, None])
    return Base(rows, masses, sample, np.ascontiguousarray(sample.T), variances, starts)


def make_mixture_room(points: int, columns: int, senses: int) -> "MixtureRoom":
    """Return the memory that fitting up to so many contexts of a word takes."""
    from ..kernels.mixtures import MixtureRoom

    def floats(*shape: int) -> Floats:
        return np.zeros(shape, np.float32)

    return MixtureRoom(
        sums=floats(points + 1, columns),
        mass=floats(points + 1),
        shares=floats(points, senses),
        scores=floats(senses, SAMPLE),
        totals=floats(senses, columns),
        means=floats(senses, columns),
        vectors=floats(senses + 1, columns),
        norms=floats(senses),
        sizes=floats(senses),
        weights=floats(senses),
        centers=floats(senses, columns),
        counts=np.zeros(senses, np.int64),
    )
