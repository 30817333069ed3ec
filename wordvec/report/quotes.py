"""Sentences of the corpus that show a word in either of two slices, chosen for what differs around it."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import AlignmentError, require
from ..senses.examples import quote_line
from ..text.corpus import Corpus

__all__ = ["Quote", "Quotes", "quote_words"]

Ids = NDArray[np.int64]

#: Words on either side that are looked at; tokens of a (mapped) corpus looked through at once.
_WINDOW, _BLOCK = 8, 1 << 22
#: Occurrences of a word in a slice that are looked at; of more, so many evenly spaced ones.
_MOST = 2_000
#: Weight of the prior: so many imagined documents, with words as both slices have them.
_PRIOR = 10.0
#: A context shorter than this counts as this long: one telling word alone makes poor reading.
_SHORT = 8
#: Share of the words of two contexts that may be in both of them.
_ALIKE = 0.5


class Quote(NamedTuple):
    """A word in its sentence.

    Parameters
    ----------
    text : str
        The line, cut around the word.
    start, end : int
        The word is ``text[start:end]``; both 0 where it could not be found.
    source : str
        The document: its name and date, as far as they are known.
    """

    text: str
    start: int
    end: int
    source: str


class Quotes(NamedTuple):
    """Sentences for a report.

    Parameters
    ----------
    of : mapping of (str, str, str) to list of Quote
        By word, slice, and the slice with which that one is compared.
    is_private : bool
        Whether the corpus was made to keep no examples; then there are none.
    has_lines : bool
        Whether they are from lines as they were written, not words of the corpus put together again.
    """

    of: dict[tuple[str, str, str], list[Quote]]
    is_private: bool = False
    has_lines: bool = True


def quote_words(
    corpus: Corpus,
    words: Collection[str],
    pair: tuple[str, str],
    *,
    k: int = 2,
    width: int = 180,
    unit: str = "document",
) -> Quotes:
    """Return sentences that show words in two slices.

    Parameters
    ----------
    corpus : Corpus
        The text; it has both slices.
    words : collection of str
        The words; those that do not occur have no sentences.
    pair : (str, str)
        Labels of the slices.
    k : int >= 1, default 2
        Sentences of each word and slice at most.
    width : int >= 20, default 180
        Characters of a line to show around the word.
    unit : str, default "document"
        No unit is quoted twice for a word and slice unless there are too few (:meth:`Corpus.units`).

    Returns
    -------
    Quotes
        Those first whose other words tell the slices apart best: the words of a context are weighed by how many more
        documents of its slice than of the other have them around this word, as a log-odds ratio with a prior, divided
        by its standard error. Where nothing differs they are spread over the units.

    Raises
    ------
    AlignmentError
        If the corpus lacks one of the slices.
    ParameterError
        If an argument is outside its domain.

    References
    ----------
    Monroe, Colaresi and Quinn (2008), "Fightin' words", equation 22, for the weight of a word.

    Examples
    --------
    >>> then, now = [["a", "river", "bank"]] * 3, [["a", "money", "bank"]] * 3
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    >>> found = quote_words(corpus, ["bank"], ("then", "now"), k=1)
    >>> found.of["bank", "now", "then"][0].text, found.has_lines
    ('a money bank', False)
    """
    require(k >= 1, "k", "an integer >= 1", k)
    require(width >= 20, "width", "an integer >= 20", width)
    for label in pair:
        if label not in corpus.labels:
            raise AlignmentError(
                f"the corpus has no slice {label!r}; its slices are {', '.join(corpus.labels)}. Give the corpus that "
                "these slices were aligned from."
            )
    if corpus.metadata.get("settings", {}).get("examples") is False:  # encoded with --no-examples
        return Quotes({}, is_private=True)
    chosen: dict[tuple[str, str, str], list[Quote]] = {}
    has_lines = True
    known = [word for word in dict.fromkeys(words) if word in corpus.vocabulary.index]
    rows = np.array([corpus.vocabulary.index[word] for word in known], dtype=np.int64)
    places = [_find(corpus, rows, label) for label in pair]
    units = corpus.units(unit).codes.astype(np.int64)
    lone = units < 0
    units[lone] = units.max(initial=0) + 1 + np.arange(int(lone.sum()))
    for number, word in enumerate(known):
        sides = [_Side(corpus, int(rows[number]), found[number], units) for found in places]
        weights = _tell_apart(sides[0], sides[1])
        for side, sign, labels in zip(sides, (-1.0, 1.0), (pair, pair[::-1]), strict=True):
            quotes = []
            for i in _choose(side, sign * side.scores(weights), k):
                text, start, end, is_line = _quote(corpus, side, i, word, width)
                has_lines &= is_line
                quotes.append(Quote(text, start, end, _source(corpus, int(side.documents[i]))))
            chosen[word, labels[0], labels[1]] = quotes
    return Quotes(chosen, has_lines=has_lines)


def _find(corpus: Corpus, rows: Ids, label: str) -> list[Ids]:
    """Return where each of some words stands in a slice, at most ``_MOST`` places, evenly spaced."""
    which = np.full(len(corpus.vocabulary), -1, dtype=np.int32)
    which[rows] = np.arange(len(rows))
    t = corpus.labels.index(label)
    bounds = corpus.offsets[corpus.documents.offsets[corpus.slice_offsets[t : t + 2]]]
    places, numbers = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    for start in range(int(bounds[0]), int(bounds[1]), _BLOCK):
        found = which[corpus.ids[start : min(start + _BLOCK, int(bounds[1]))]]
        here = np.flatnonzero(found >= 0)
        places.append(here + start)
        numbers.append(found[here])
    every, number = np.concatenate(places), np.concatenate(numbers)
    order = np.argsort(number, kind="stable")
    parts = np.split(every[order], np.cumsum(np.bincount(number, minlength=len(rows)))[:-1]) if len(rows) else []
    return [
        part[np.unique(np.linspace(0, len(part) - 1, _MOST).astype(np.int64))] if len(part) else part for part in parts
    ]


class _Side:
    """The contexts of a word in one slice; ``ids`` and ``of`` list the distinct words of each context."""

    def __init__(self, corpus: Corpus, row: int, places: Ids, units: Ids) -> None:
        self.row, self.places, self.size = row, places, len(corpus.vocabulary)
        self.sentences = np.searchsorted(corpus.offsets, places, side="right") - 1
        self.documents = np.searchsorted(corpus.documents.offsets, self.sentences, side="right") - 1
        self.units = units[self.documents]
        starts = np.maximum(corpus.offsets[self.sentences], places - _WINDOW)
        stops = np.minimum(corpus.offsets[self.sentences + 1], places + _WINDOW + 1)
        self.lengths = stops - starts - 1
        of = np.repeat(np.arange(len(places)), stops - starts)
        at = np.arange(len(of)) - np.repeat(np.cumsum(stops - starts) - (stops - starts), stops - starts)
        ids = np.asarray(corpus.ids[at + starts[of]], dtype=np.int64)
        keys = np.unique(of[ids != row] * self.size + ids[ids != row])
        self.of, self.ids = keys // self.size, keys % self.size

    def count(self) -> NDArray[np.float64]:
        """Return float64[V]: in how many documents each word is around this one."""
        pairs = np.unique(self.documents[self.of] * self.size + self.ids)
        return np.bincount(pairs % self.size, minlength=self.size).astype(np.float64)

    def scores(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return float64[n]: the weights of each context's words, by its length."""
        sums = np.bincount(self.of, weights=weights[self.ids], minlength=len(self.places))
        return np.asarray(sums / np.maximum(self.lengths, _SHORT), dtype=np.float64)

    def words(self, i: int) -> frozenset[int]:
        """Return the words of a context."""
        return frozenset(self.ids[self.of == i].tolist())


def _tell_apart(first: _Side, second: _Side) -> NDArray[np.float64]:
    """Return float64[V]: how much a word around tells that this is the second slice, not the first."""
    a, b = first.count(), second.count()
    whole = a + b
    prior = _PRIOR * whole / max(1.0, float(whole.sum())) * max(1, int(np.count_nonzero(whole))) / 2 + 0.01
    total_a, total_b, total = a.sum(), b.sum(), prior.sum()
    odds_a = np.log((a + prior) / (total_a + total - a - prior + 1.0))
    odds_b = np.log((b + prior) / (total_b + total - b - prior + 1.0))
    return np.asarray(np.where(whole > 0, (odds_b - odds_a) / np.sqrt(1 / (a + prior) + 1 / (b + prior)), 0.0))


def _choose(side: _Side, scores: NDArray[np.float64], k: int) -> list[int]:
    """Return up to ``k`` contexts that differ, the best first: from units of their own, then from any."""
    if not len(scores):
        return []
    rounded = np.round(scores, 6)  # rounding noise decides nothing
    if np.ptp(rounded) == 0.0:  # nothing to choose by: spread over the text
        order = np.unique(np.linspace(0, len(scores) - 1, 4 * k).astype(np.int64))
    else:
        order = np.lexsort((side.places, -rounded))[: 50 * k]
    chosen: list[int] = []
    for once_each in (True, False):
        used = {int(side.units[i]) for i in chosen}
        said = [side.words(i) for i in chosen]
        for i in order.tolist():
            if len(chosen) == k:
                return chosen
            if i in chosen or (once_each and int(side.units[i]) in used):
                continue
            words = side.words(i)
            if not any(words == other or len(words & other) > _ALIKE * len(words | other) for other in said):
                chosen.append(i)
                used.add(int(side.units[i]))
                said.append(words)
    return chosen


def _quote(corpus: Corpus, side: _Side, i: int, word: str, width: int) -> tuple[str, int, int, bool]:
    place, sentence = int(side.places[i]), int(side.sentences[i])
    which = int(np.count_nonzero(corpus.ids[int(corpus.offsets[sentence]) : place] == side.row))
    return quote_line(corpus, sentence, word, which, width)


def _source(corpus: Corpus, document: int) -> str:
    """Return what is known of a document: its name and its date."""
    documents = corpus.documents
    name = documents.names[document] if documents.names is not None else ""
    date = documents.dates[document] if documents.dates is not None else ""
    if not name and corpus.lines is not None:
        name = corpus.lines.files[int(documents.files[document])][0].replace("\\", "/").rpartition("/")[2]
    return f"{name}, {date}" if name and date and date not in name else name or date
