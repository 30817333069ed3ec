"""A corpus of chosen documents of another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .corpus import Corpus
from .documents import Column, Documents

__all__ = ["count_document_tokens", "take_documents"]

Ids = NDArray[np.int64]


def count_document_tokens(corpus: Corpus) -> Ids:
    """Return int64[documents]: the tokens of each document.

    Examples
    --------
    >>> count_document_tokens(Corpus.from_sentences([["a", "b"], ["b"]], min_count=1)).tolist()
    [2, 1]
    """
    return np.asarray(np.diff(corpus.offsets[corpus.documents.offsets]), dtype=np.int64)


def take_documents(corpus: Corpus, chosen: Mapping[str, Ids]) -> Corpus:
    """Return a corpus of copies of chosen documents, in the order given, with the vocabulary of ``corpus``.

    Parameters
    ----------
    corpus : Corpus
        Whose documents.
    chosen : mapping of str to int64[n]
        The label of each new slice, and the numbers of its documents; a document may be taken more than once.

    Examples
    --------
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"], ["b"]], "now": [["b", "c"]]}, min_count=1)
    >>> twice = take_documents(corpus, {"x": np.array([2, 1, 2])})
    >>> list(twice.sentences()), twice.word_counts.tolist()
    ([['b', 'c'], ['b'], ['b', 'c']], [3, 0, 2])
    """
    documents = np.concatenate([np.asarray(numbers, dtype=np.int64) for numbers in chosen.values()])
    sentences, sentence_ends = _spread(corpus.documents.offsets, documents)
    tokens, token_ends = _spread(corpus.offsets, sentences)
    ids = np.ascontiguousarray(corpus.ids[tokens], dtype=np.int32)
    slice_offsets = np.cumsum([0, *(len(numbers) for numbers in chosen.values())], dtype=np.int64)
    cuts = token_ends[sentence_ends[slice_offsets]]
    size = len(corpus.vocabulary)
    counts = np.stack([np.bincount(ids[a:b], minlength=size) for a, b in pairwise(cuts.tolist())]).astype(np.int64)
    lines = corpus.lines
    whole = ("report", "digest", "labels", "dates")
    return replace(
        corpus,
        ids=ids,
        offsets=token_ends,
        documents=_pick(corpus.documents, documents, sentence_ends),
        labels=tuple(chosen),
        slice_offsets=slice_offsets,
        counts=counts,
        lines=None if lines is None else replace(lines, offsets=np.asarray(lines.offsets)[sentences]),
        metadata={key: value for key, value in corpus.metadata.items() if key not in whole},
    )


def _spread(offsets: Ids, chosen: Ids) -> tuple[Ids, Ids]:
    """Return the items of the chosen spans, one span after the other, and the offsets of the new spans."""
    starts = np.asarray(offsets[:-1], dtype=np.int64)[chosen]
    lengths = np.asarray(np.diff(offsets), dtype=np.int64)[chosen]
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return np.repeat(starts - ends[:-1], lengths) + np.arange(ends[-1]), ends


def _pick(documents: Documents, chosen: Ids, offsets: Ids) -> Documents:
    def texts(of: Sequence[str] | None) -> tuple[str, ...] | None:
        return None if of is None else tuple(of[number] for number in chosen.tolist())

    columns = {name: Column(column.codes[chosen], column.values) for name, column in documents.columns.items()}
    return Documents(offsets, documents.files[chosen], texts(documents.names), texts(documents.dates), columns)
