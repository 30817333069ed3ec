"""What a text says of senses, document by document: all that prevalence and its uncertainty are computed from."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import UnknownWordError, require, similar_words
from ..statistics.quantification import confusion_of, estimate_shares, invert_confusion, temper
from ..text.corpus import Corpus
from .embeddings import SenseEmbeddings
from .gating import cut_contexts, sense_probabilities

__all__ = ["DocumentSums", "SenseTallies", "tally_senses", "word_ids"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Occurrences weighed at once.
_BLOCK = 262_144


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
    """Sums of sense probabilities over the occurrences of words in each document.

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
    sizes : int32[m]
        Occurrences in each document.
    sums : float32[m, K]
        Sums of their probabilities.
    products : float64[n, K, K]
        For each word, the sum over all its occurrences of the probabilities of two senses multiplied.
    blind : int64[n, T]
        Occurrences without any known word around them, which say nothing and are in no sum.
    temperature : float, default 1
        What the gates' evidence was flattened by.
    """

    labels: tuple[str, ...]
    words: Ids
    is_kept: NDArray[np.bool_]
    offsets: Ids
    sizes: NDArray[np.int32]
    sums: NDArray[np.float32]
    products: Floats
    blind: Ids
    temperature: float = 1.0
    _places: dict[int, int] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        n, k = self.is_kept.shape
        rows = len(self.sizes)
        for name, shape in (
            ("words", (n,)),
            ("offsets", (n * len(self.labels) + 1,)),
            ("sums", (rows, k)),
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
    def occurrences(self) -> Ids:
        """int64[n, T]: occurrences of each word in each slice that say something."""
        total = np.concatenate([[0], np.cumsum(self.sizes, dtype=np.int64)])
        return np.asarray(np.diff(total[self.offsets]).reshape(len(self.words), -1))

    @cached_property
    def documents(self) -> Ids:
        """int64[n, T]: documents with such an occurrence."""
        return np.asarray(np.diff(self.offsets).reshape(len(self.words), -1))

    @cached_property
    def mean_probabilities(self) -> Floats:
        """float64[n, T, K]: mean probability of each sense, which is no prevalence; NaN without occurrences."""
        sums = np.concatenate([np.zeros((1, self.sums.shape[1])), np.cumsum(self.sums, axis=0, dtype=np.float64)])
        shares = np.diff(sums[self.offsets], axis=0).reshape(*self.occurrences.shape, -1)
        counts = self.occurrences[:, :, None]
        return np.asarray(np.divide(shares, counts, out=np.full_like(shares, np.nan), where=counts > 0))

    @cached_property
    def prevalence(self) -> Floats:
        """float64[n, T, K]: the likeliest share of each sense in each slice; NaN without occurrences."""
        n, t, k = self.mean_probabilities.shape
        confusion = np.repeat(self.confusion, t, axis=0)
        kept = np.repeat(self.is_kept, t, axis=0)
        return estimate_shares(self.mean_probabilities.reshape(n * t, k), confusion, kept).reshape(n, t, k)

    def document_sums(self, place: int, slice_number: int) -> DocumentSums:
        """Return what the documents of a slice say of the word at a place of :attr:`words`."""
        cell = place * len(self.labels) + slice_number
        rows = slice(self.offsets[cell], self.offsets[cell + 1])
        parts = self.sums[rows].astype(np.float64) @ self._inverted[0][place]
        return DocumentSums(self.sizes[rows].astype(np.float64), parts)


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
    >>> from wordvec.text.vocabulary import Vocabulary
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
    >>> tallies.mean_probabilities.round(2).tolist()
    [[[0.98, 0.02], [0.34, 0.66]]]
    >>> tallies.prevalence.round(2).tolist()
    [[[1.0, 0.0], [0.31, 0.69]]]
    """
    if corpus.vocabulary.words != senses.vocabulary.words:
        corpus = corpus.recoded(senses.vocabulary)
    asked = word_ids(senses, words)
    is_kept = senses.prevalence[asked] > 0
    n, k, t = len(asked), senses.n_senses, len(corpus.labels)
    products, blind = np.zeros((n, k, k)), np.zeros(n * t, np.int64)
    keys, sizes, sums = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty((0, k))]
    for cells, documents, probabilities, seen in _weigh(senses, corpus, asked, temperature):
        blind += np.bincount(cells[~seen], minlength=n * t)
        cells, documents, probabilities = cells[seen], documents[seen], probabilities[seen]
        flat = np.einsum("nj,nk->njk", probabilities, probabilities).reshape(len(cells), -1)
        products += np.stack([np.bincount(cells // t, column, n) for column in flat.T], axis=1).reshape(n, k, k)
        found, inverse = np.unique(cells * len(corpus.documents) + documents, return_inverse=True)
        keys.append(found)
        sizes.append(np.bincount(inverse, minlength=len(found)))
        sums.append(np.stack([np.bincount(inverse, column, len(found)) for column in probabilities.T], axis=1))
    found, inverse = np.unique(np.concatenate(keys), return_inverse=True)
    size = np.bincount(inverse, np.concatenate(sizes), len(found)).astype(np.int32)
    parts = np.concatenate(sums)
    total = np.stack([np.bincount(inverse, part, len(found)) for part in parts.T], axis=1).astype(np.float32)
    cell = found // max(1, len(corpus.documents))
    order = np.lexsort((*total.T[::-1], size, cell))
    offsets = np.searchsorted(cell, np.arange(n * t + 1)).astype(np.int64)
    return SenseTallies(
        corpus.labels, asked, is_kept, offsets, size[order], total[order], products, blind.reshape(n, t), temperature
    )


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
