"""Word ids on their way to an artefact: written as they come, renumbered when the vocabulary is known.

While text is read, nobody knows yet which words will be kept. So each slice's tokens go to disk under
provisional ids (in order of first appearance), with the lengths and line offsets of its sentences; at the
end they are copied to their place, in pieces, under the ids of the vocabulary. Memory holds the distinct
words, never the text.
"""

from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..artifact_writer import ArtifactWriter
from .phrases import Lists

__all__ = ["DOCUMENTS", "Mark", "SliceCounts", "SliceSpool", "count_ids", "number_documents", "write_slices"]

#: Ways to cut text into documents.
DOCUMENTS = ("blank", "line", "header", "file")
_ITEMS = 1 << 16
_CHUNK = 1 << 20


class Mark(NamedTuple):
    """Where in a slice a file or a header's text starts.

    Parameters
    ----------
    sentence : int
        Number, in the slice, of the first sentence that follows.
    file : int
        Number of the file.
    name, date : str
        What the input says about the text from here.
    row : int
        Number of the row that a table has about it, -1 for none.
    """

    sentence: int
    file: int
    name: str
    date: str
    row: int = -1


class _Column:
    """Numbers of one type, appended to a file in pieces of more than ``most``; no file stays open."""

    def __init__(self, path: Path, typecode: str, most: int) -> None:
        self._path, self._typecode, self.most = path, typecode, most
        self.held = array(typecode)

    def extend(self, values: NDArray[Any]) -> None:
        """Append an array."""
        self.held.frombytes(np.ascontiguousarray(values, dtype=self._typecode).data.cast("B"))
        self.flush(self.most)

    def flush(self, at: int = 0) -> None:
        """Write what is held if it is more than ``at`` numbers."""
        if len(self.held) > at:
            with self._path.open("ab") as stream:
                self.held.tofile(stream)
            self.held = array(self._typecode)

    def read(self, start: int, stop: int) -> NDArray[Any]:
        """Return numbers ``start`` to ``stop - 1``."""
        kind = np.dtype(self._typecode)
        if start == stop:
            return np.empty(0, dtype=kind)
        return np.fromfile(self._path, dtype=kind, count=stop - start, offset=start * kind.itemsize)

    def remove(self) -> None:
        """Delete the file."""
        self._path.unlink(missing_ok=True)


class SliceSpool:
    """The sentences of one slice under provisional ids.

    Parameters
    ----------
    folder : Path
        Where to put the temporary files.
    number : int
        Number of the slice.
    held : int
        How many numbers of each kind are in memory.

    Attributes
    ----------
    n_broken : int
        Words broken by unusual characters; whoever adds sentences counts them.
    """

    def __init__(self, folder: Path, number: int, held: int = _ITEMS) -> None:
        self.n_broken = 0
        self.marks: list[Mark] = []
        self.n_sentences = 0
        self.n_tokens = 0
        self._start = 0
        self._ids = _Column(folder / f"ids-{number}", "i", held)
        self._lengths = _Column(folder / f"lengths-{number}", "q", held)
        self._lines = _Column(folder / f"lines-{number}", "q", held)
        self._blank = _Column(folder / f"blank-{number}", "b", held)

    def mark(self, file: int, name: str, date: str, row: int = -1) -> None:
        """Say that what follows is from ``file``; replaces a mark that nothing followed."""
        if self.marks and self.marks[-1].sentence == self.n_sentences:
            self.marks.pop()
        self.marks.append(Mark(self.n_sentences, file, name, date, row))

    def add(self, ids: NDArray[np.int32]) -> None:
        """Add tokens to the sentence under way."""
        self._ids.extend(ids)
        self.n_tokens += len(ids)

    def extend(
        self,
        ids: NDArray[np.int32],
        lengths: NDArray[np.int64],
        lines: NDArray[np.int64],
        after_blank: NDArray[np.bool_],
    ) -> None:
        """Add whole sentences, where none is under way.

        Parameters
        ----------
        ids : int32[tokens]
            Their tokens, one sentence after the other.
        lengths : int64[sentences]
            How many each has, at least one.
        lines, after_blank : int64[sentences], bool[sentences]
            As for :meth:`end_sentence`.
        """
        self.add(ids)
        for column, values in ((self._lengths, lengths), (self._lines, lines), (self._blank, after_blank)):
            column.extend(values)
        self.n_sentences += len(lengths)
        self._start = self.n_tokens

    def end_sentence(self, line: int, after_blank: bool) -> bool:
        """End the sentence under way; return False, and forget it, if it has no token.

        Parameters
        ----------
        line : int
            Byte offset of its line.
        after_blank : bool
            Whether a blank line parts it from earlier text of the same file or header.
        """
        if self.n_tokens == self._start:
            return False
        self._lengths.held.append(self.n_tokens - self._start)
        self._lines.held.append(line)
        self._blank.held.append(after_blank)
        for column in (self._lengths, self._lines, self._blank):
            column.flush(column.most)
        self.n_sentences += 1
        self._start = self.n_tokens
        return True

    def finish(self) -> None:
        """Write what is still held in memory."""
        for column in self._columns():
            column.flush()

    def remove(self) -> None:
        """Delete the temporary files."""
        for column in self._columns():
            column.remove()

    def ids(self, start: int = 0, stop: int | None = None) -> Iterator[NDArray[np.int32]]:
        """Yield the provisional ids ``start`` to ``stop - 1`` in pieces."""
        stop = self.n_tokens if stop is None else stop
        for first in range(start, stop, _CHUNK):
            yield self._ids.read(first, min(stop, first + _CHUNK))

    def sentences(self) -> Iterator["_Sentences"]:
        """Yield the sentences in pieces."""
        token = 0
        for first in range(0, self.n_sentences, _ITEMS):
            last = min(self.n_sentences, first + _ITEMS)
            ends = token + np.cumsum(self._lengths.read(first, last), dtype=np.int64)
            yield _Sentences(first, token, ends, self._lines.read(first, last), self._blank.read(first, last) != 0)
            token = int(ends[-1])

    def _columns(self) -> tuple[_Column, ...]:
        return self._ids, self._lengths, self._lines, self._blank


class _Sentences(NamedTuple):
    """Consecutive sentences of a slice: the first one's number and first token, then one entry each."""

    first: int
    token: int
    ends: NDArray[np.int64]
    lines: NDArray[np.int64]
    after_blank: NDArray[np.bool_]


@dataclass
class SliceCounts:
    """What became of a slice's text.

    Parameters
    ----------
    label : str
        The slice.
    tokens_read, tokens : int
        Before and after words outside the vocabulary were dropped.
    sentences_read, sentences : int
        Lines with a word; those with a word of the vocabulary.
    documents_read, documents : int
        Documents with a word; those with a word of the vocabulary.
    words : int64[V]
        Occurrences of each word of the vocabulary.
    rows : list of int64[documents]
        Number of the row that a table has about each document, -1 for none; one array after the other.
    """

    label: str
    tokens_read: int
    sentences_read: int
    tokens: int = 0
    sentences: int = 0
    documents_read: int = 0
    documents: int = 0
    words: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    rows: list[NDArray[np.int64]] = field(default_factory=list)


def count_ids(spools: Sequence[SliceSpool], size: int) -> NDArray[np.int64]:
    """Return int64[size]: occurrences of each provisional id."""
    counts = np.zeros(size, dtype=np.int64)
    for spool in spools:
        for ids in spool.ids():
            counts += np.bincount(ids, minlength=size)
    return counts


def number_documents(spool: SliceSpool, documents: str) -> Iterator[tuple["_Sentences", NDArray[np.int64]]]:
    """Yield the sentences in pieces, and int64[sentences], the document of each, counted from 1.

    Parameters
    ----------
    spool : SliceSpool
        A slice.
    documents : {"blank", "line", "header", "file"}
        Where a document ends.
    """
    breaks, serial = _document_breaks(spool.marks, documents), 0
    for part in spool.sentences():
        new = np.isin(np.arange(part.first, part.first + len(part.ends)), breaks)
        if documents == "line":
            new[:] = True
        elif documents == "blank":
            new |= part.after_blank
        serials = serial + np.cumsum(new)
        serial = int(serials[-1])
        yield part, serials


def write_slices(
    writer: ArtifactWriter,
    spools: Sequence[tuple[str, SliceSpool]],
    final: NDArray[np.int32] | Lists,
    n_words: int,
    documents: str,
    *,
    with_lines: bool = True,
) -> list[SliceCounts]:
    """Write the payloads of a corpus from spooled slices, deleting these on the way.

    Parameters
    ----------
    writer : ArtifactWriter
        Gets ``ids``, ``offsets``, ``lines``, ``documents``, ``document_files``, ``document_names``, ``slices``
        and ``counts``.
    spools : sequence of (label, SliceSpool)
        The slices in their order.
    final : int32[provisional ids], or Lists
        Word id of each provisional id, -1 for a word that is dropped; or the word ids that it becomes.
    n_words : int
        Size of the vocabulary.
    documents : {"blank", "line", "header", "file"}
        Where a document ends.
    with_lines : bool, default True
        Whether ``lines``, and names in ``document_names``, are written.

    Returns
    -------
    list of SliceCounts
    """
    results = []
    named = documents == "file" or any(mark.date or mark.name for _, spool in spools for mark in spool.marks)
    with ExitStack() as stack:
        streams = _Streams(writer, stack, named, with_lines)
        for label, spool in spools:
            counts = SliceCounts(label, spool.n_tokens, spool.n_sentences, words=np.zeros(n_words, dtype=np.int64))
            _write_slice(streams, spool, final, documents, counts)
            results.append(counts)
            spool.remove()
        streams.finish()
    if streams.names is not None:
        writer.adopt("document_names", streams.names_path, ".tsv")
    writer.array("slices", np.cumsum([0, *(r.documents for r in results)], dtype=np.int64))
    writer.array("counts", np.stack([r.words for r in results]))
    return results


class _Streams:
    """The growing payloads of a corpus."""

    def __init__(self, writer: ArtifactWriter, stack: ExitStack, named: bool, with_lines: bool) -> None:
        self.ids = stack.enter_context(writer.stream("ids", np.int32))
        self.offsets = stack.enter_context(writer.stream("offsets", np.int64))
        self.lines = stack.enter_context(writer.stream("lines", np.int64)) if with_lines else None
        self.documents = stack.enter_context(writer.stream("documents", np.int64))
        self.files = stack.enter_context(writer.stream("document_files", np.int32))
        self.names_path = writer.scratch / "names"
        self.names = stack.enter_context(self.names_path.open("w", encoding="utf-8", newline="\n")) if named else None
        self.n_tokens = 0
        self.n_sentences = 0
        self.offsets.append(np.zeros(1, dtype=np.int64))

    def finish(self) -> None:
        """Close the last document."""
        self.documents.append(np.array([self.n_sentences], dtype=np.int64))


def _write_slice(
    streams: _Streams, spool: SliceSpool, final: NDArray[np.int32] | Lists, documents: str, counts: SliceCounts
) -> None:
    starts = np.array([mark.sentence for mark in spool.marks], dtype=np.int64)
    files = np.array([mark.file for mark in spool.marks], dtype=np.int32)
    rows = np.array([mark.row for mark in spool.marks], dtype=np.int64)
    last_kept = -1  # the document, as read, that the last kept sentence is in
    for part, serials in number_documents(spool, documents):
        numbers = np.arange(part.first, part.first + len(part.ends))
        counts.documents_read = int(serials[-1])
        ends = _write_ids(streams, spool, part, final, counts)
        kept = np.diff(ends, prepend=0) > 0
        streams.offsets.append(streams.n_tokens + ends[kept])
        if streams.lines is not None:
            streams.lines.append(part.lines[kept])
        opens = np.flatnonzero(np.diff(serials[kept], prepend=last_kept) != 0)
        streams.documents.append(streams.n_sentences + opens)
        marks = np.searchsorted(starts, numbers[kept][opens], side="right") - 1
        streams.files.append(files[marks])
        counts.rows.append(rows[marks])
        if streams.names is not None:
            names = ("" if streams.lines is None else spool.marks[m].name for m in marks)
            dates = (spool.marks[m].date for m in marks)
            streams.names.writelines(f"{name}\t{date}\n" for name, date in zip(names, dates, strict=True))
        if kept.any():
            last_kept = int(serials[kept][-1])
        streams.n_tokens += int(ends[-1])
        streams.n_sentences += int(kept.sum())
        counts.tokens += int(ends[-1])
        counts.sentences += int(kept.sum())
        counts.documents += len(opens)


def _document_breaks(marks: Sequence[Mark], documents: str) -> NDArray[np.int64]:
    """Return the numbers of the sentences at which the marks alone start a document."""
    if documents == "file":
        marks = [m for number, m in enumerate(marks) if number == 0 or m.file != marks[number - 1].file]
    return np.array([mark.sentence for mark in marks], dtype=np.int64)


def _write_ids(
    streams: _Streams, spool: SliceSpool, part: _Sentences, final: NDArray[np.int32] | Lists, counts: SliceCounts
) -> NDArray[np.int64]:
    """Write the kept tokens of some sentences; return int64[sentences], how many up to the end of each."""
    from ..kernels.phrases import keep_listed
    from ..kernels.renumber import keep_known

    ends = part.ends.copy()
    token, written = part.token, 0
    for raw in spool.ids(part.token, int(part.ends[-1])):
        here = slice(*np.searchsorted(part.ends, (token, token + len(raw)), side="right"))
        places = ends[here] - token
        if isinstance(final, Lists):
            words = np.empty(int(np.diff(final.offsets)[raw].sum()), dtype=np.int32)
            counts.tokens_read += int(final.parts[raw].sum()) - len(raw)
            kept = keep_listed(raw, final.offsets, final.others, places, words, counts.words)
        else:
            words = np.empty(len(raw), dtype=np.int32)
            kept = keep_known(raw, final, places, words, counts.words)
        ends[here] = written + places
        streams.ids.append(words[:kept])
        token += len(raw)
        written += kept
    return ends
