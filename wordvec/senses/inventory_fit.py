"""Gates of an inventory's senses, fitted to the contexts of their words: their common scale, and sweeps of EM."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..text.corpus import Corpus
from .gating import Contexts, average_contexts, cut_contexts
from .inventory_profiles import Frame, Profiles

__all__ = ["Entries", "Seen", "WordContexts", "choose_scale", "spread", "sweep"]

#: Words, and contexts of each, on which the scale of all gates is chosen.
_WORDS, _EACH = 500, 100
_CHUNK = 20_000


class Entries(NamedTuple):
    """Senses of n words in K places each; places past a word's last have no prior.

    Parameters
    ----------
    words : int64[n]
        Ids.
    prior : float64[n, K]
        Shares; rows sum to 1.
    directions, shifts : float64[n, K, D]
        Where senses lie among contexts and among word vectors; 0 for a spare one.
    """

    words: NDArray[np.int64]
    prior: NDArray[np.float64]
    directions: NDArray[np.float64]
    shifts: NDArray[np.float64]


class Seen(NamedTuple):
    """Mean vectors of the contexts of one word: in the frame of the gates, and among word vectors."""

    place: int
    means: NDArray[np.float64]
    plain: NDArray[np.float64]


def spread(profiles: Profiles, n_places: int, spare: int) -> Entries:
    """Return senses in ``n_places`` places, ``spare`` of them free, with a smaller share than an average sense."""
    sizes = np.diff(profiles.starts)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    places = np.arange(len(rows)) - np.repeat(profiles.starts[:-1], sizes)
    n, dim = len(sizes), profiles.directions.shape[1]
    prior = np.zeros((n, n_places))
    directions = np.zeros((n, n_places, dim))
    shifts = np.zeros((n, n_places, profiles.shifts.shape[1]))
    prior[rows, places] = profiles.prior
    directions[rows, places] = profiles.directions
    shifts[rows, places] = profiles.shifts
    if spare:
        prior[np.arange(n), sizes] = 1.0 / (sizes + 1)
        prior /= prior.sum(axis=1, keepdims=True)
    return Entries(profiles.words, prior, directions, shifts)


class WordContexts:
    """Contexts of words in a corpus, a bounded number of each, which do not depend on the order of its documents."""

    def __init__(self, corpus: Corpus, frame: Frame, plain: Frame, window: int, most: int, seed: int) -> None:
        self._corpus, self._frames, self._window, self._most = corpus, (frame, plain), window, most
        first, last = int(corpus.offsets[0]), int(corpus.offsets[-1])
        ids = corpus.ids[first:last]
        self._sorted = np.argsort(ids, kind="stable") + first
        self._starts = np.cumsum([0, *np.bincount(ids, minlength=len(corpus.vocabulary)).tolist()])
        self._seed = _mix(np.array([seed + 1], np.uint64))
        self._begins = corpus.offsets[corpus.documents.offsets]
        self._digests = corpus.document_digests

    def read(self, words: NDArray[np.int64], most: int | None = None) -> Iterator[Seen]:
        """Yield the contexts of each word that has any, with its place among ``words``."""
        held: list[NDArray[np.int64]] = []
        numbers: list[int] = []
        size = 0
        for place, word in enumerate(words.tolist()):
            held.append(self._draw(word, self._most if most is None else min(most, self._most)))
            numbers.append(place)
            size += len(held[-1])
            if size >= _CHUNK or place == len(words) - 1:
                yield from self._average(words, numbers, held)
                held, numbers, size = [], [], 0

    def _draw(self, word: int, most: int) -> NDArray[np.int64]:
        """Return places of a word in the text, drawn and ordered by what their document says and where they are."""
        places = self._sorted[self._starts[word] : self._starts[word + 1]]
        document = np.searchsorted(self._begins, places, side="right") - 1
        within = (places - self._begins[document]).astype(np.uint64)
        keys = _mix(self._digests[document] ^ _mix(within ^ self._seed))
        return np.asarray(places[np.argsort(keys, kind="stable")[:most]])

    def _average(self, words: NDArray[np.int64], numbers: list[int], held: list[NDArray[np.int64]]) -> Iterator[Seen]:
        corpus, sizes = self._corpus, [len(places) for places in held]
        around = cut_contexts(corpus.ids, corpus.offsets, np.concatenate(held), self._window)
        centers = np.repeat(words[numbers], sizes)
        lengths = np.diff(around.offsets)
        is_other = around.ids != np.repeat(centers, lengths)
        before = np.concatenate([[0], np.cumsum(is_other)]).astype(np.int64)
        contexts = Contexts(around.ids[is_other], before[around.offsets])
        means, is_known = zip(*(_means(contexts, frame) for frame in self._frames), strict=True)
        ends = np.cumsum([0, *sizes])
        for number, start, stop in zip(numbers, ends[:-1], ends[1:], strict=True):
            known = np.flatnonzero(is_known[0][start:stop] & is_known[1][start:stop]) + start
            if len(known):
                yield Seen(number, means[0][known], means[1][known])


def _means(contexts: Contexts, frame: Frame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    means, is_known = average_contexts(contexts, frame.table, frame.weights)
    found = means.astype(np.float64)
    if frame.is_unit:
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        found = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)
    return found, is_known


def _mix(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return keys stirred (the finaliser of SplitMix64)."""
    with np.errstate(over="ignore"):
        keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return keys ^ (keys >> np.uint64(31))


def choose_scale(entries: Entries, contexts: WordContexts | None, glosses: NDArray[np.float64], target: float) -> float:
    """Return the scale of all gates for which the highest probability is ``target`` on average, priors aside.

    Parameters
    ----------
    entries : Entries
        Senses.
    contexts : WordContexts or None
        Where to take contexts from; None takes ``glosses`` for contexts of every word.
    glosses : float64[g, D]
        Means of glosses, in the frame.
    target : float
        Between 0.5 and 1.
    """
    several = np.flatnonzero((entries.prior > 0).sum(axis=1) > 1)
    several = several[np.unique(np.linspace(0, len(several) - 1, _WORDS).astype(np.int64))] if len(several) else several
    if contexts is None:
        seen = [(place, glosses) for place in several.tolist()]
    else:
        seen = [(int(several[found.place]), found.means) for found in contexts.read(entries.words[several], _EACH)]
    if not seen:
        return 1.0
    scores = [means @ entries.directions[place].T for place, means in seen]
    masks = [np.broadcast_to(entries.prior[place] > 0, s.shape) for (place, _), s in zip(seen, scores, strict=True)]
    table = np.where(np.concatenate(masks), np.concatenate(scores), -np.inf)
    table -= table.max(axis=1, keepdims=True)
    shares = np.concatenate([np.full(len(s), 1.0 / len(s)) for s in scores]) / len(scores)
    low, high = 1e-3, 1e4
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        highest = 1.0 / np.exp(middle * table).sum(axis=1)
        low, high = (middle, high) if float(shares @ highest) < target else (low, middle)
    return float(np.sqrt(low * high))


def sweep(
    entries: Entries, start: Entries, contexts: WordContexts, frames: tuple[Frame, Frame], scale: float, anchor: float
) -> tuple[Entries, int]:
    """Return senses after one round of expectation and maximisation, and how many contexts were read.

    Parameters
    ----------
    entries : Entries
        Senses before.
    start : Entries
        What the inventory says; counts like ``anchor`` contexts.
    contexts : WordContexts
        Where to take contexts from.
    frames : (Frame, Frame)
        Of the gates and of the word vectors.
    scale : float
        Of the gates.
    anchor : float
        See above.
    """
    prior, directions, shifts = entries.prior.copy(), entries.directions.copy(), entries.shifts.copy()
    several = np.flatnonzero((entries.prior > 0).sum(axis=1) > 1)
    n_read = 0
    for found in contexts.read(entries.words[several]):
        place = int(several[found.place])
        with np.errstate(divide="ignore"):
            logits = scale * found.means @ entries.directions[place].T + np.log(entries.prior[place])
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        mass, n = shares.sum(axis=0), len(shares)
        prior[place] = (mass + anchor * start.prior[place]) / (n + anchor)
        for means, table, frame, to in (
            (found.means, start.directions, frames[0], directions),
            (found.plain, start.shifts, frames[1], shifts),
        ):
            typical = float(np.linalg.norm(means, axis=1).mean())
            moved = frame.directions(shares.T @ means + anchor * typical * table[place])
            # A sense that nothing is known of is believed as far as contexts speak for it.
            is_spare = ~table[place].any(axis=1)
            to[place] = moved * np.where(is_spare, mass / (mass + anchor), 1.0)[:, None]
        n_read += n
    return Entries(entries.words, prior, directions, shifts), n_read
