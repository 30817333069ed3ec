"""What a text says of senses, document by document: all that prevalence and its uncertainty are computed from."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import UnknownWordError, require, similar_words
from ..statistics.quantification import adjust_prior, confusion_of, estimate_shares, invert_confusion, temper
from ..text.corpus import Corpus
from .embeddings import SenseEmbeddings
from .gating import cut_contexts, sense_probabilities

__all__ = ["DocumentSums", "SenseTallies", "tally_senses", "word_ids"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Occurrences weighed at once.
_BLOCK = 262_144
#: Standard errors beyond 0 or 1 by which a share refutes the errors that were undone; and the least that matters.
_BEYOND = 3.0
_MARGIN = 0.05
#: Shares in all slices together are known well enough when a step moves none by more.
_SETTLED = 1e-4


class DocumentSums(NamedTuple):
    """What the documents of one slice say of one word.

    Parameters
    ----------
    sizes : float64[G]
        Occurrences of the word in each of its G documents, those without any known word around them left out.
    parts : float64[G, K]
        How many of them are of each sense, the errors of the gates undone; may be below 0 or above the size.
    """

    sizes: Floats
    parts: Floats


@dataclass(frozen=True, eq=False)
class SenseTallies:
    """How often the gates decided for each sense, in each document, and how often they err by their own account.

    Made by :func:`tally_senses`. Documents stand in no order that anybody gave them, so that results do not depend on
    the order of the text.

    Parameters
    ----------
    labels : tuple of str
        Names of the T slices.
    words : int64[n]
        The n words tallied, by their place in the vocabulary, ascending.
    is_kept : bool[n, K]
        Senses that were not pruned.
    offsets : int64[n * T + 1]
        Documents of the word at place i in slice t are rows ``offsets[i * T + t]`` to ``offsets[i * T + t + 1] - 1``.
    decided : int32[m, K]
        Occurrences in each document that were given to each sense, the most probable one.
    products : float64[n, K, K]
        For each word, the sum over all its occurrences of the probability of a true sense (rows), where the sense of
        the column was decided for; probabilities are those under the shares that are likeliest in all slices together
        (:func:`wordvec.statistics.quantification.adjust_prior`).
    blind : int64[n, T]
        Occurrences without any known word around them, which say nothing and are in no sum.
    temperature : float, default 1
        What the gates' evidence was flattened by, above 1, or sharpened by, below 1.
    """

    labels: tuple[str, ...]
    words: Ids
    is_kept: NDArray[np.bool_]
    offsets: Ids
    decided: NDArray[np.int32]
    products: Floats
    blind: Ids
    temperature: float = 1.0
    _places: dict[int, int] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        n, k = self.is_kept.shape
        rows = len(self.decided)
        for name, shape in (
            ("words", (n,)),
            ("offsets", (n * len(self.labels) + 1,)),
            ("decided", (rows, k)),
            ("products", (n, k, k)),
            ("blind", (n, len(self.labels))),
        ):
            array = getattr(self, name)
            require(array.shape == shape, f"tallies' {name}.shape", str(shape), array.shape)
            array.setflags(write=False)
        ends = self.offsets
        climbs = ends[0] == 0 and ends[-1] == rows and bool((np.diff(ends) >= 0).all())
        require(climbs, "tallies' offsets", f"ascending from 0 to {rows}", "others")
        self._places.update({int(word): place for place, word in enumerate(self.words)})

    def __contains__(self, word: int) -> bool:
        return word in self._places

    def place(self, word: int) -> int:
        """Return which row of the tallies a word of the vocabulary has."""
        return self._places[word]

    @cached_property
    def confusion(self) -> Floats:
        """float64[n, K, K]: how each word's occurrences of one sense are seen as each, over all slices."""
        return confusion_of(self.products)

    @cached_property
    def _inverted(self) -> tuple[Floats, Floats]:
        return invert_confusion(self.confusion)

    @property
    def separation(self) -> Floats:
        """float64[n, K]: how well each sense is told from the others, 0 to 1; 1 where a word has one sense."""
        return self._inverted[1]

    @cached_property
    def is_refuted(self) -> NDArray[np.bool_]:
        """bool[n]: whether slices show that a word's gate errs less than its probabilities say.

        If errors as frequent as that are undone, the share of a sense in some slice comes out below 0 or above 1, by
        more than .05 and more than three standard errors. Then decisions are taken as they are.
        """
        found = np.zeros(len(self.words), np.bool_)
        for place in range(len(self.words)):
            if not self.separation[place][self.is_kept[place]].all():
                continue  # errors that cannot be undone are not undone
            for t in np.flatnonzero(self.documents[place] > 1).tolist():
                sizes, parts = self._unmixed(place, t, self._inverted[0][place])
                share = parts.sum(axis=0) / sizes.sum()
                left = parts - share * sizes[:, None]
                error = np.sqrt((left**2).sum(axis=0) * len(sizes) / (len(sizes) - 1.0)) / sizes.sum()
                # No error is known to be smaller than that of one occurrence of another sense.
                error = np.maximum(error, 1.0 / sizes.sum())
                found[place] |= bool((np.maximum(-share, share - 1.0) > np.maximum(_BEYOND * error, _MARGIN)).any())
        return found

    @cached_property
    def corrections(self) -> Floats:
        """float64[n, K, K]: what undoes errors in decisions; it leaves them as they are where errors are refuted."""
        plain = np.broadcast_to(np.eye(self.is_kept.shape[1]), self.confusion.shape)
        return np.where(self.is_refuted[:, None, None], plain, self._inverted[0])

    @cached_property
    def occurrences(self) -> Ids:
        """int64[n, T]: occurrences of each word in each slice that say something."""
        return np.asarray(self._sums.sum(axis=2))

    @cached_property
    def _sums(self) -> Ids:
        total = np.zeros((len(self.decided) + 1, self.decided.shape[1]), np.int64)
        np.cumsum(self.decided, axis=0, out=total[1:])
        return np.diff(total[self.offsets], axis=0).reshape(len(self.words), len(self.labels), total.shape[1])

    @cached_property
    def documents(self) -> Ids:
        """int64[n, T]: documents with such an occurrence."""
        return np.asarray(np.diff(self.offsets).reshape(len(self.words), len(self.labels)))

    @cached_property
    def decided_shares(self) -> Floats:
        """float64[n, T, K]: the share of decisions for each sense, which is no prevalence; NaN without occurrences."""
        counts = self.occurrences[:, :, None]
        blank = np.full(self._sums.shape, np.nan)
        return np.asarray(np.divide(self._sums, counts, out=blank, where=counts > 0))

    @cached_property
    def prevalence(self) -> Floats:
        """float64[n, T, K]: the likeliest share of each sense in each slice; NaN without occurrences."""
        n, t, k = self.decided_shares.shape
        own = np.broadcast_to(np.eye(k), self.confusion.shape)
        confusion = np.repeat(np.where(self.is_refuted[:, None, None], own, self.confusion), t, axis=0)
        kept = np.repeat(self.is_kept, t, axis=0)
        return estimate_shares(self.decided_shares.reshape(n * t, k), confusion, kept).reshape(n, t, k)

    def document_sums(self, place: int, slice_number: int) -> DocumentSums:
        """Return what the documents of a slice say of the word at a place of :attr:`words`."""
        return self._unmixed(place, slice_number, self.corrections[place])

    def _unmixed(self, place: int, slice_number: int, correction: Floats) -> DocumentSums:
        cell = place * len(self.labels) + slice_number
        decided = self.decided[self.offsets[cell] : self.offsets[cell + 1]].astype(np.float64)
        return DocumentSums(decided.sum(axis=1), decided @ correction)


def word_ids(senses: SenseEmbeddings, words: Collection[str] | None) -> Ids:
    """Return the ids of words, ascending, each once; of all words with several senses if none are named.

    Raises
    ------
    UnknownWordError
        If some are not in the vocabulary; it names them all.
    """
    if words is None:
        return np.flatnonzero((senses.prevalence > 0).sum(axis=1) > 1)
    unknown = [word for word in dict.fromkeys(words) if word not in senses.vocabulary]
    if unknown:
        known = senses.vocabulary.words
        raise UnknownWordError(unknown[0], len(known), similar_words(unknown[0], known), unknown[1:])
    return np.array(sorted({senses.vocabulary[word] for word in words}), dtype=np.int64)


def tally_senses(
    senses: SenseEmbeddings, corpus: Corpus, *, words: Collection[str] | None = None, temperature: float = 1.0
) -> SenseTallies:
    """Weigh every occurrence of words in a corpus, and add up by document.

    Parameters
    ----------
    senses : SenseEmbeddings
        What tells senses apart.
    corpus : Corpus
        Text in slices; words unknown to ``senses`` are dropped.
    words : collection of str, optional
        These words; all that have several senses if none are named.
    temperature : float > 0, default 1
        What evidence is flattened by: :func:`wordvec.statistics.quantification.temper`.

    Raises
    ------
    UnknownWordError
        If some of ``words`` are not in the vocabulary.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> eye = np.eye(2, dtype=np.float32)
    >>> senses = SenseEmbeddings(
    ...     Vocabulary(("bank", "river", "money"), np.array([6, 3, 3])),
    ...     vectors=np.stack([eye, eye, eye[::-1]]),
    ...     prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
    ...     context=np.array([[0, 0], [4, 0], [0, 4]], np.float32),
    ...     gates=np.stack([0 * eye, eye]),
    ...     gate_biases=np.zeros((2, 2), np.float32),
    ...     gate_rows=np.array([1, 0, 0], np.int32),
    ... )
    >>> then, now = [["bank", "river"]] * 3, [["bank", "money"]] * 2 + [["bank", "river"]]
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, vocabulary=senses.vocabulary)
    >>> tallies = tally_senses(senses, corpus)
    >>> tallies.decided.tolist(), tallies.offsets.tolist()
    ([[1, 0], [1, 0], [1, 0], [0, 1], [0, 1], [1, 0]], [0, 3, 6])
    >>> tallies.confusion.round(2).tolist()
    [[[0.98, 0.02], [0.02, 0.98]]]
    >>> tallies.prevalence.round(2).tolist()
    [[[1.0, 0.0], [0.33, 0.67]]]
    """
    if corpus.vocabulary.words != senses.vocabulary.words:
        corpus = corpus.recoded(senses.vocabulary)
    asked = word_ids(senses, words)
    is_kept = senses.prevalence[asked] > 0
    n, k, t = len(asked), senses.n_senses, len(corpus.labels)
    blind = np.zeros(n * t, np.int64)
    keys, sums = [np.empty(0, np.int64)], [np.empty((0, k), np.int64)]
    seen_words, seen_chances = [np.empty(0, np.int64)], [np.empty((0, k), np.float32)]
    for cells, documents, probabilities, seen in _weigh(senses, corpus, asked, temperature):
        blind += np.bincount(cells[~seen], minlength=n * t)
        cells, documents, probabilities = cells[seen], documents[seen], probabilities[seen]
        chosen = np.argmax(probabilities, axis=1)
        seen_words.append(cells // t * k + chosen)
        seen_chances.append(probabilities.astype(np.float32))
        found, inverse = np.unique(cells * len(corpus.documents) + documents, return_inverse=True)
        keys.append(found)
        sums.append(np.bincount(inverse * k + chosen, minlength=len(found) * k).reshape(-1, k))
    found, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    decided = np.zeros((len(found), k), np.int32)
    np.add.at(decided, inverse, np.concatenate(sums).astype(np.int32))
    cell = found // max(1, len(corpus.documents))
    products = _products(np.concatenate(seen_words), np.concatenate(seen_chances), senses.prevalence[asked])
    order = np.lexsort((*decided.T[::-1], cell))
    offsets = np.searchsorted(cell, np.arange(n * t + 1)).astype(np.int64)
    return SenseTallies(
        corpus.labels, asked, is_kept, offsets, decided[order], products, blind.reshape(n, t), temperature
    )


def _products(rows: Ids, chances: NDArray[np.float32], prior: Floats) -> Floats:
    """Return float64[n, K, K], as :attr:`SenseTallies.products`; ``rows`` are a word's place x K + the decision."""
    n, k = prior.shape
    words = rows // k
    # Senses may come from another text, in which they were more or less common than in all of this one.
    shares = adjust_prior(chances, prior, groups=words, tolerance=_SETTLED)
    weights = np.divide(shares, prior, out=np.zeros_like(prior), where=prior > 0)[words]
    adjusted = chances * weights
    adjusted /= np.maximum(adjusted.sum(axis=1, keepdims=True), 1e-300)
    columns = [np.bincount(rows, column, n * k).reshape(n, k) for column in adjusted.T]
    return np.stack(columns, axis=1).astype(np.float64)  # whole numbers where nothing was counted


def _weigh(
    senses: SenseEmbeddings, corpus: Corpus, asked: Ids, temperature: float
) -> Iterator[tuple[Ids, Ids, Floats, NDArray[np.bool_]]]:
    """Yield, by blocks: cells (word's place x T + slice), documents, probabilities, whether anything was seen."""
    places_of = np.full(len(senses), -1, dtype=np.int64)
    places_of[asked] = np.arange(len(asked))
    starts = corpus.offsets[corpus.documents.offsets]
    for first in range(int(corpus.offsets[0]), int(corpus.offsets[-1]), 4 * _BLOCK):
        ids = corpus.ids[first : min(first + 4 * _BLOCK, int(corpus.offsets[-1]))]
        every = first + np.flatnonzero(places_of[ids] >= 0)
        for start in range(0, len(every), _BLOCK):
            at = every[start : start + _BLOCK]
            words = corpus.ids[at].astype(np.int64)
            documents = np.searchsorted(starts, at, side="right") - 1
            slices = np.searchsorted(corpus.slice_offsets, documents, side="right") - 1
            contexts = cut_contexts(corpus.ids, corpus.offsets, at, senses.window)
            chances = temper(sense_probabilities(senses, words, contexts), senses.prevalence[words], temperature)
            mass = np.concatenate([[0.0], np.cumsum(senses.context_weights[contexts.ids], dtype=np.float64)])
            seen = np.diff(mass[contexts.offsets]) > 0
            yield places_of[words] * len(corpus.labels) + slices, documents, chances, seen
