"""A corpus made from another one: documents moved, tokens renamed or taken away, by draws that the content decides."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from ..text.corpus import Corpus
from ..text.documents import Column, Documents

__all__ = [
    "count_units",
    "document_keys",
    "draw_tokens",
    "gather",
    "own_units",
    "part_seed",
    "pick_slices",
    "rename",
    "sentences_of",
    "tokens_of_slice",
    "word_keys",
]

Ids = NDArray[np.int64]
Keys = NDArray[np.uint64]

#: What the metadata say of the text as it was encoded, which no longer is this text.
_OF_THE_TEXT = ("report", "digest", "labels", "dates", "recoding")
_STEP = np.uint64(0x9E3779B97F4A7C15)


def pick_slices(corpus: Corpus, source: str | None, target: str | None) -> tuple[int, int]:
    """Return the numbers of two different slices; both must be named unless there are just two."""
    labels = corpus.labels
    if len(labels) < 2:
        raise ParameterError(f"a control needs two slices, got a corpus with {len(labels)}; encode it with slices")
    if len(labels) > 2 and (source is None or target is None):
        raise ParameterError(f"source and target must be named, as there are {len(labels)} slices: {', '.join(labels)}")
    picked = (labels[0] if source is None else source, labels[1] if target is None else target)
    for name, label in zip(("source", "target"), picked, strict=True):
        require(label in labels, name, f"one of {', '.join(labels)}", label)
    require(picked[0] != picked[1], "target", "another slice than source", picked[1])
    return labels.index(picked[0]), labels.index(picked[1])


def part_seed(seed: int, *names: str) -> int:
    """Return the seed of one purpose, so that no two purposes share their draws."""
    require(seed >= 0, "seed", "an integer >= 0", seed)
    mixed = hashlib.sha256("\n".join([str(seed), *names]).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(mixed[:8], "little") >> 1


def word_keys(words: tuple[str, ...], ids: Ids, seed: int) -> Keys:
    """Return uint64[n], a draw for each word that its spelling decides, not its id."""
    start = f"{seed}\n".encode()
    spelt = (words[i].encode("utf-8", "surrogatepass") for i in ids.tolist())
    return np.array([int.from_bytes(hashlib.sha256(start + w).digest()[:8], "little") for w in spelt], dtype=np.uint64)


def document_keys(corpus: Corpus, documents: Ids, seed: int) -> Keys:
    """Return uint64[n], a draw for each of ``documents`` that its text decides; copies get distinct ones."""
    from ..kernels.digest import mix_all

    digests = corpus.document_digests[documents]
    order = np.argsort(digests, kind="stable")
    begins = np.flatnonzero(np.append(True, np.diff(digests[order]) != 0)) if len(order) else order
    copies = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    digests[order] += copies.astype(np.uint64) * _STEP
    keys = np.empty_like(digests)
    mix_all(np.uint64(seed), digests, keys)
    return keys


def draw_tokens(corpus: Corpus, positions: Ids, slice_number: int, seed: int) -> Keys:
    """Return uint64[n], a draw for each token: its document's text and its place therein decide.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    positions : int64[n]
        Indices into ``corpus.ids``, all in one slice.
    slice_number : int
        The slice.
    seed : int
        Another seed gives other draws.
    """
    from ..kernels.digest import mix_all

    first, last = (int(d) for d in corpus.slice_offsets[slice_number : slice_number + 2])
    keys = document_keys(corpus, np.arange(first, last), seed)
    starts = corpus.offsets[corpus.documents.offsets[first : last + 1]]
    of = np.searchsorted(starts, positions, side="right") - 1
    values = keys[of] + (positions - starts[of]).astype(np.uint64) * _STEP
    draws = np.empty(len(positions), dtype=np.uint64)
    mix_all(np.uint64(seed), values, draws)
    return draws


def tokens_of_slice(corpus: Corpus, slice_number: int) -> Ids:
    """Return int64[n]: where the tokens of a slice are in ``corpus.ids``."""
    ends = corpus.offsets[corpus.documents.offsets[corpus.slice_offsets[slice_number : slice_number + 2]]]
    return np.arange(int(ends[0]), int(ends[1]), dtype=np.int64)


def own_units(column: Column) -> Ids:
    """Return int64[documents]: unit numbers; a document of which the column says nothing is a unit of its own."""
    codes = column.codes.astype(np.int64)
    nameless = np.flatnonzero(codes < 0)
    codes[nameless] = len(column.values) + np.arange(len(nameless))
    return codes


def count_units(corpus: Corpus, slice_number: int, units: Ids) -> Ids:
    """Return int64[V]: in how many units of a slice each word occurs."""
    positions, size = tokens_of_slice(corpus, slice_number), len(corpus.vocabulary)
    first, last = (int(d) for d in corpus.slice_offsets[slice_number : slice_number + 2])
    starts = corpus.offsets[corpus.documents.offsets[first : last + 1]]
    of = np.repeat(units[first:last], np.diff(starts))
    met = np.unique(of * size + corpus.ids[positions])
    return np.bincount(met % size, minlength=size).astype(np.int64)


def sentences_of(corpus: Corpus, documents: Ids) -> Ids:
    """Return int64[n]: the sentences of ``documents``, one document after the other."""
    offsets = corpus.documents.offsets
    return _spans(offsets[documents], offsets[documents + 1] - offsets[documents])


def gather(
    corpus: Corpus, documents: Ids, slice_offsets: Ids, sentences: Ids | None = None, sizes: Ids | None = None
) -> Corpus:
    """Return a corpus of these documents in this order, with the labels that there are.

    Parameters
    ----------
    corpus : Corpus
        Where they come from.
    documents : int64[n]
        Which ones; one may come twice.
    slice_offsets : int64[T + 1]
        Where slices begin among them.
    sentences, sizes : int64[S], int64[n], optional
        Their sentences, and how many each document has; as they are in ``corpus`` by default.
    """
    table = corpus.documents
    if sentences is None or sizes is None:
        sentences, sizes = sentences_of(corpus, documents), np.diff(table.offsets)[documents]
    lengths = np.diff(corpus.offsets)[sentences]
    picked = Documents(
        _ends(sizes),
        table.files[documents],
        None if table.names is None else tuple(table.names[d] for d in documents.tolist()),
        None if table.dates is None else tuple(table.dates[d] for d in documents.tolist()),
        {name: Column(column.codes[documents], column.values) for name, column in table.columns.items()},
    )
    lines = corpus.lines
    made = replace(
        corpus,
        ids=corpus.ids[_spans(corpus.offsets[sentences], lengths)],
        offsets=_ends(lengths),
        documents=picked,
        slice_offsets=np.asarray(slice_offsets, dtype=np.int64),
        lines=None if lines is None else replace(lines, offsets=lines.offsets[sentences]),
    )
    return _settled(made)


def rename(corpus: Corpus, positions: Ids, new: NDArray[np.int32]) -> Corpus:
    """Return the corpus with other words, or none, at some places.

    The lines of the input no longer say what the sentences say, so they are left behind; which file a document came
    from becomes a column.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    positions : int64[n]
        Indices into ``corpus.ids``.
    new : int32[n]
        The ids there; -1 takes the token away.
    """
    base = int(corpus.offsets[0])
    ids = np.array(corpus.ids[base : int(corpus.offsets[-1])])
    ids[positions - base] = new
    kept = ids >= 0
    before = np.concatenate([[0], np.cumsum(kept, dtype=np.int64)])
    documents = corpus.documents
    if corpus.lines is not None and "file" not in documents.columns:
        documents = replace(documents, columns={**documents.columns, "file": corpus.units("file")})
    return _settled(
        replace(corpus, ids=ids[kept], offsets=before[corpus.offsets - base], documents=documents, lines=None)
    )


def _settled(corpus: Corpus) -> Corpus:
    """Return the corpus with its words counted anew and in the order of their counts."""
    ends = corpus.offsets[corpus.documents.offsets[corpus.slice_offsets]]
    size = len(corpus.vocabulary)
    counts = np.stack([np.bincount(corpus.ids[a:b], minlength=size) for a, b in pairwise(ends.tolist())])
    kept: Mapping[str, Any] = {k: v for k, v in corpus.metadata.items() if k not in _OF_THE_TEXT}
    made = replace(corpus, counts=counts.astype(np.int64), metadata=kept)
    vocabulary, rows = corpus.vocabulary.select(made.word_counts)
    if np.array_equal(rows, np.arange(size)):
        return replace(made, vocabulary=vocabulary)
    return replace(made.recoded(vocabulary), metadata=kept)


def _spans(starts: Ids, lengths: Ids) -> Ids:
    """Return the numbers from each start on, ``lengths`` of them, one span after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(total, dtype=np.int64)


def _ends(sizes: Ids) -> Ids:
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
