"""Units, their uses of each word, and which uses belong to which replicate."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..text.corpus import Corpus
from ..text.documents import Column

__all__ = ["Parts", "Plan", "Uses", "count_uses", "cut_parts", "make_plan"]

Ids = NDArray[np.int64]

#: Tokens whose parts and words are counted at once.
_BLOCK = 1 << 22
#: A row that sees all uses.
_ALL = 1 << 32


class Parts(NamedTuple):
    """The parts of a text of two slices: what is drawn, left out or exchanged as a whole.

    Parameters
    ----------
    of_document : int32[documents]
        The part of each document.
    sides, halves, units, strata : int64[parts]
        Each part's slice (0 or 1), the group of documents within the slice (0 or 1), its unit, and its stratum.
    """

    of_document: NDArray[np.int32]
    sides: Ids
    halves: Ids
    units: Ids
    strata: Ids


class Uses(NamedTuple):
    """How often each part uses each of some words, ascending by part and then word.

    Parameters
    ----------
    parts, words, counts : int64[E]
        Occurrences.
    """

    parts: Ids
    words: Ids
    counts: Ids


@dataclass(frozen=True)
class Plan:
    """Which of a word's rows each of its uses trains; see :class:`wordvec.kernels.replicates.Entries`.

    Rows 0 and 1 are the slices as they are. Each of the ``splits`` has four rows: two halves of the units of either
    slice. Each of the ``floors`` has eight: the same for either group within a slice. Each of the ``exchanges`` has
    two: slices whose units were exchanged.

    Parameters
    ----------
    rows : int16[E, K]
        For each entry and design the row, -1 for none.
    keep : int64[n, R]
        Which share of its uses a row sees, out of 2**32.
    splits, floors, exchanges : int
        How many.
    """

    rows: NDArray[np.int16]
    keep: Ids
    splits: int
    floors: int
    exchanges: int

    @property
    def n_rows(self) -> int:
        """Rows of a word."""
        return int(self.keep.shape[1])


def cut_parts(corpus: Corpus, unit: Column, strata: Column | None, halves: NDArray[np.int64]) -> Parts:
    """Return the parts of a text of two slices: documents of one unit, slice, group and stratum.

    A document of which the table does not say the unit is a unit of its own.

    Parameters
    ----------
    corpus : Corpus
        Two slices.
    unit, strata : Column
        What is exchanged, and within what.
    halves : int64[documents]
        The group of each document within its slice, 0 or 1.

    Examples
    --------
    >>> corpus = Corpus.from_sentences({"then": [["a"], ["b"]], "now": [["b"]]}, min_count=1)
    >>> cut_parts(corpus, Column.from_values(["x", "x", "x"]), None, np.array([0, 0, 0])).sides.tolist()
    [0, 1]
    """
    n = len(corpus.documents)
    sides = (np.arange(n) >= corpus.slice_offsets[1]).astype(np.int64)
    units = unit.codes.astype(np.int64)
    unknown = units < 0
    units[unknown] = len(unit.values) + np.arange(int(unknown.sum()))
    groups = np.zeros(n, np.int64) if strata is None else strata.codes.astype(np.int64) + 1
    table = np.stack([sides, halves, units, groups])
    distinct, of_document = np.unique(table, axis=1, return_inverse=True)
    return Parts(of_document.reshape(-1).astype(np.int32), *distinct)


def count_uses(corpus: Corpus, parts: Parts, words: Ids) -> Uses:
    """Return how often each part uses each of ``words`` (ids, ascending).

    Examples
    --------
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"], ["b"]], "now": [["b"]]}, min_count=1)
    >>> parts = cut_parts(corpus, corpus.units(), None, np.zeros(3, int))
    >>> count_uses(corpus, parts, np.array([0])).counts.tolist()
    [1, 1, 1]
    """
    size = len(corpus.vocabulary)
    asked = np.zeros(size, dtype=np.bool_)
    asked[words] = True
    ends = corpus.offsets[corpus.documents.offsets]
    lengths = np.diff(ends)
    keys, counts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for start in range(int(ends[0]), int(ends[-1]), _BLOCK):
        stop = min(start + _BLOCK, int(ends[-1]))
        ids = np.asarray(corpus.ids[start:stop])
        first, last = np.searchsorted(ends, (start, stop - 1), side="right") - 1
        held = np.minimum(ends[first + 1 : last + 2], stop) - np.maximum(ends[first : last + 1], start)
        of_token = np.repeat(parts.of_document[first : last + 1], np.where(lengths[first : last + 1] > 0, held, 0))
        chosen = asked[ids]
        found, n = np.unique(of_token[chosen].astype(np.int64) * size + ids[chosen], return_counts=True)
        keys.append(found)
        counts.append(n)
    every, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    total = np.bincount(inverse, weights=np.concatenate(counts), minlength=len(every)).astype(np.int64)
    return Uses(every // size, every % size, total)


def make_plan(
    parts: Parts, uses: Uses, places: Ids, n_words: int, *, splits: int, floors: int, exchanges: int, seed: int
) -> Plan:
    """Deal the units of each word out to halves and to exchanged slices.

    What is drawn for a word depends on the seed, the word and its units alone.

    Parameters
    ----------
    parts, uses : Parts, Uses
        The text.
    places : int64[E]
        The number of each entry's word among those that have rows, from 0 to ``n_words - 1``.
    n_words : int
        How many words have rows.
    splits, floors, exchanges : int
        How many of each; ``floors`` at most ``splits``, whose halves they share.
    seed : int
        Of the draws.

    Notes
    -----
    A unit's part in one slice goes to one half, whatever its groups. In an exchange every word keeps its number of
    units in each slice (and stratum). A unit that uses it in both slices changes sides with probability one half;
    the others are dealt out anew. A slice that has more uses then than it had sees a share of them only.
    """
    held = _Held(parts, uses, places)
    width, n_rows = 1 + splits + floors + exchanges, 2 + 4 * splits + 8 * floors + 2 * exchanges
    rows = np.full((len(uses.parts), width), -1, dtype=np.int16)
    keep = np.full((n_words, n_rows), _ALL, dtype=np.int64)
    side, half = parts.sides[uses.parts], parts.halves[uses.parts]
    rows[:, 0] = side
    base = 2
    for number in range(splits):
        which = held.halve(seed, number)
        rows[:, 1 + number] = base + 4 * number + 2 * side + which
        if number < floors:
            rows[:, 1 + splits + number] = base + 4 * splits + 8 * number + 4 * side + 2 * half + which
    base += 4 * splits + 8 * floors
    observed = _sums(places, side, uses.counts, n_words)
    for number in range(exchanges):
        new = held.exchange(seed, number)
        first = base + 2 * number
        rows[:, 1 + splits + floors + number] = first + new
        found = _sums(places, new, uses.counts, n_words)
        share = np.minimum(1.0, observed / np.maximum(found, 1))
        keep[:, first : first + 2] = (share * _ALL).astype(np.int64)
    return Plan(rows, keep, splits, floors, exchanges)


def _sums(places: Ids, sides: Ids, counts: Ids, n_words: int) -> NDArray[np.float64]:
    """Return float64[n, 2]: the uses of each word on each side."""
    found = np.bincount(2 * places + sides, weights=counts.astype(np.float64), minlength=2 * n_words)
    return np.asarray(found, dtype=np.float64).reshape(n_words, 2)


class _Held:
    """The members of each word: units, each in one slice."""

    def __init__(self, parts: Parts, uses: Uses, places: Ids) -> None:
        side, unit = parts.sides[uses.parts], parts.units[uses.parts]
        key = np.stack([places, unit, side])
        order = np.lexsort(key[::-1])
        ordered = key[:, order]
        begins = np.concatenate([[True], (ordered[:, 1:] != ordered[:, :-1]).any(axis=0)])[: len(order)]
        self._member = np.empty(len(order), dtype=np.int64)
        self._member[order] = np.cumsum(begins) - 1
        firsts = order[begins]
        self._place, self._unit, self._side = places[firsts], unit[firsts], side[firsts]
        self._words = uses.words[firsts]
        self._half, self._stratum = parts.halves[uses.parts[firsts]], parts.strata[uses.parts[firsts]]
        same = (self._place[1:] == self._place[:-1]) & (self._unit[1:] == self._unit[:-1])
        self._is_paired = np.zeros(len(firsts), dtype=np.bool_)
        self._is_paired[1:] |= same
        self._is_paired[:-1] |= same

    def halve(self, seed: int, number: int) -> Ids:
        """Return int64[E]: 0 or 1, half of each word's units in each slice (and group) being 0."""
        draw = self._draws(seed, 2 * number)
        order = np.lexsort([draw, self._half, self._side, self._place])
        group = 2 * self._place + self._side
        begins = _begins(group[order])
        coin = self._coins(seed, 2 * number)[order]
        which = np.empty(len(order), dtype=np.int64)
        which[order] = (np.arange(len(order)) - begins + coin) % 2
        return which[self._member]

    def exchange(self, seed: int, number: int) -> Ids:
        """Return int64[E]: the slice of each entry after an exchange."""
        draw = self._draws(seed, 2 * number + 1)
        new = self._side.copy()
        flips = (self._unit_draws(seed, 2 * number + 1) >> np.uint64(63)).astype(np.int64)
        new[self._is_paired] ^= flips[self._is_paired]
        alone = np.flatnonzero(~self._is_paired)
        place, stratum, side = self._place[alone], self._stratum[alone], self._side[alone]
        before = np.lexsort([side, stratum, place])  # the sides to be dealt out: those of the group, in order
        after = np.lexsort([draw[alone], stratum, place])
        dealt = np.empty(len(alone), dtype=np.int64)
        dealt[after] = side[before]
        new[alone] = dealt
        return np.asarray(new[self._member])

    def _draws(self, seed: int, stream: int) -> NDArray[np.uint64]:
        """Return uint64[members]: one draw for each."""
        return _mixed(self._unit_draws(seed, stream), self._side.astype(np.uint64))

    def _unit_draws(self, seed: int, stream: int) -> NDArray[np.uint64]:
        """Return uint64[members]: one draw for each word and unit."""
        keyed = _mixed(np.full(1, seed, np.uint64), np.full(1, stream, np.uint64))
        return _mixed(_mixed(keyed, self._words.astype(np.uint64)), self._unit.astype(np.uint64))

    def _coins(self, seed: int, stream: int) -> Ids:
        """Return int64[members]: 0 or 1 for each word and slice."""
        keyed = _mixed(np.full(1, seed, np.uint64), np.full(1, stream, np.uint64))
        word = _mixed(_mixed(keyed, self._words.astype(np.uint64)), (self._side + 2**40).astype(np.uint64))
        return (word >> np.uint64(63)).astype(np.int64)


def _begins(groups: Ids) -> Ids:
    """Return, for each item of sorted ``groups``, where its group begins."""
    starts = np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]])[: len(groups)])
    return np.repeat(starts, np.diff(np.append(starts, len(groups))))


def _mixed(first: NDArray[np.uint64], second: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return well-mixed bits of pairs of numbers (SplitMix64's finalizer)."""
    z = first + (second + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)), dtype=np.uint64)
