"""Reading texts once: every line goes to its slice as provisional ids, and everything left out is counted."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..progress import Progress, Watcher
from .ahead import fetch_ahead
from .broken import TAIL, count_broken
from .cut_lines import CutLines, LineCounts, cut_mended
from .document_rows import Row
from .folders import size_of
from .hyphens import HyphenIds, hold_broken
from .normalize import NormalIds, Normalizer
from .phrases import PhraseIds, PhraseMerger
from .readers import BLOCK, Block, LineReader
from .reading import Reading
from .record_intake import LONG, Cell, RecordIntake, cut_text
from .records import Record
from .sources import Bins, Header, TextSlice, check_headers, compile_header, find_headers, parse_header
from .spool import SliceSpool
from .table_rows import TableFile
from .tokenize import is_unsegmented
from .word_ids import FIRST_WORD, TOO_LONG_CLAUSE, WordIds

__all__ = ["Intake", "Reading"]


class Intake:
    """Read files into one spool per slice.

    Parameters
    ----------
    folder : Path
        For temporary files.
    reading : Reading
        How to read.
    sources : sequence of TextSlice
        What to read; with bins, their labels do not count.
    progress : callable, optional
        Is told how many bytes were read.
    merger : PhraseMerger, optional
        Phrases that become words.
    normalizer : Normalizer, optional
        Variant spellings and what they become.
    examples : bool, default True
        Whether lines of files that cannot be quoted from are kept.

    Attributes
    ----------
    labels : tuple of str
    spools : list of SliceSpool
        One per slice.
    words : list of str
        The word with the provisional id ``FIRST_WORD``, and those after it; some may be from lines that are no text.
    lines : LineCounts
    files : list of dict
        For each file its path, bytes, SHA-256, and whether its lines were kept.
    left_out : dict of str to int
        What folders hold besides, as in :class:`wordvec.text.folders.Found`.
    kept : Path
        The lines of files that cannot be quoted from, as UTF-8; present if ``n_kept`` is not 0.
    """

    def __init__(
        self,
        folder: Path,
        reading: Reading,
        sources: Sequence[TextSlice],
        progress: Watcher | None,
        merger: PhraseMerger | None = None,
        normalizer: Normalizer | None = None,
        examples: bool = True,
    ) -> None:
        self._reading, self._sources, self._progress = reading, sources, progress
        self._header = None if reading.header is None else compile_header(reading.header)
        self._bins = None if reading.bins is None else Bins(reading.bins)
        self.tables = RecordIntake(folder, reading, sources)
        self._ids = WordIds(*self.tables.tokenizer)
        self.hyphens = HyphenIds(self._ids) if reading.join_hyphens else None
        self.normal = None if normalizer is None else NormalIds(normalizer, self._ids)
        self.phrases = None if merger is None else PhraseIds(merger, self._ids.intern)
        self.labels = self._bins.labels if self._bins else tuple(source.label for source in sources)
        self.spools = [SliceSpool(folder, number) for number in range(len(self.labels))]
        self._examples = examples
        self.words: list[str] = []
        self.lines = LineCounts()
        self.files: list[dict[str, Any]] = []
        self.kept = folder / "text"
        self.n_kept = self.undecodable = self.empty_files = self.files_with_returns = self.documents_outside = 0
        self.documents_without_slice = 0
        self._keys: set[str] = set()
        self._blank_between = False
        left_out = sum((Counter(source.left_out) for source in sources), Counter())
        self.left_out = dict(sorted(left_out.items()))
        self._sizes = [size_of(file) for source in sources for file in source.files]

    def read(self) -> None:
        """Read everything.

        Raises
        ------
        FormatError
            If a file cannot be read or is empty, no line is a header, or a bin stays without one.
        """
        with self.kept.open("wb") as kept:
            self._keep: Callable[[bytes], int] = kept.write
            for number, source in enumerate(self._sources):
                for name in source.files:
                    self._read_file(name, self.spools[0 if self._bins else number], source)
        self.tables.finish()
        if self.tables.makes_slices:
            self.labels, self.spools = self.tables.slices()
        for spool in self.spools:
            spool.finish()
        self.update_words()
        if self._header is not None:
            check_headers(self._reading.header, self._bins, self._keys, [entry["path"] for entry in self.files])

    @property
    def broken(self) -> list[int]:
        """Words broken by unusual characters, for each slice."""
        return [spool.n_broken for spool in self.spools]

    def update_words(self) -> None:
        """Bring ``words`` up to date."""
        self.words = self._ids.words()

    @property
    def documents(self) -> str:
        """Where documents end: as asked, or as the text suggests."""
        given = self._reading.documents or self.tables.documents
        if given is not None:
            return given
        if self._header is not None:
            return "header"
        return "blank" if self._blank_between else "line"

    def count_unsegmented(self, counts: NDArray[np.int64]) -> int:
        """Return how many tokens, counted by provisional id, are clauses without spaces; 0 if they came cut."""
        if self.tables.tokenizer[0] == "whitespace":
            return 0
        found = [number for number, word in enumerate(self.words) if not word.isascii() and is_unsegmented(word)]
        return int(counts[FIRST_WORD:][found].sum()) + int(counts[TOO_LONG_CLAUSE])

    def _read_file(self, name: str, spool: SliceSpool, source: TextSlice) -> None:
        if not self.tables.is_text(name):
            self._read_records(name, spool)
            return
        reader = LineReader(name, encoding=self._reading.encoding, errors=self._reading.errors)
        self._target: SliceSpool | None = None if self._bins else spool
        self._default, self._seen_text, self._after_blank = spool, False, False
        if self.tables.metadata is not None:
            self._open_document(self.tables.row_of_file(name), spool)
        elif self._target is not None:
            by_file = self._reading.documents == "file"
            named = by_file or self._header is not None
            shown = " ".join(Path(name).name.split()) if named else ""
            self._target.mark(len(self.files), shown, (source.date or "") if by_file else "")
        self._read_lines(reader)
        if reader.n_bytes == 0:
            if name not in source.optional:
                raise FormatError(f"{reader.name} is empty.")
            self.empty_files += 1
        self.undecodable += reader.undecodable
        self.files_with_returns += reader.has_returns
        entry = {"path": name, "kept": not reader.is_quotable, "bytes": reader.n_bytes, "sha256": reader.sha256}
        self.files.append(entry)

    def _read_records(self, name: str, spool: SliceSpool) -> None:
        """Read a table, or annotated text."""
        with closing(self.tables.open(name)) as file:
            for records in self.tables.batches(file):
                self._report(file.reader.position)
                self._take_records(records, file, spool)
        self.undecodable += file.reader.undecodable
        self.files_with_returns += file.reader.has_returns
        self.files.append({"path": name, "kept": True, "bytes": file.n_bytes, "sha256": file.sha256})

    def _take_records(self, records: Sequence[Record], file: TableFile, spool: SliceSpool) -> None:
        ends, lines = self._cut_records(records)
        places, tokens = ([], []) if lines is None else (lines.places.tolist(), lines.ends.tolist())
        for record, first, last in zip(records, [0, *ends], ends, strict=False):
            if record.fields is not None:
                self._open_document(self.tables.row(record, file), spool)
            if lines is not None and last == first + 1:
                if self.normal is not None and self._target is not None:
                    self.normal.count(lines.cut_ids[lines.cut_ends[first] : lines.cut_ends[last]])
                self._take_line(lines.text[places[first] : places[last]], lines.ids[tokens[first] : tokens[last]])
                continue
            if lines is not None:
                self.lines.read += last - first
                self._take_text(lines, first, last, not self._examples)
                continue
            for block in cut_text(record.text):
                take = self._take_part if block.given or not block.ends else self._take_lines
                take(Cell(), block)

    def _take_line(self, text: bytes, ids: NDArray[np.int32]) -> None:
        """Take the only line of a record, which is not blank."""
        self.lines.read += 1
        kept = self.n_kept
        if self._target is not None:
            self._target.n_broken += count_broken(text)
            if self._examples:
                self.n_kept += self._keep(text)
            self._target.add(ids)
        self._end_line(kept, False)

    def _cut_records(self, records: Sequence[Record]) -> tuple[list[int], CutLines | None]:
        """Cut records into tokens; return the number of lines up to the end of each, and the lines (not of a long one).

        A line is kept as it is quoted, which need not be how its words were found.
        """
        ends = np.cumsum([record.text.count("\n") + 1 for record in records]).tolist()
        if len(records) == 1 and records[0].words is None and len(records[0].text) > LONG:
            return ends, None
        words = "\n".join(r.text if r.words is None else r.words for r in records).encode() + b"\n"
        lines = self._cut_lines(Cell(), Block(words, 1, 0, 0, True, b"", 0), None, starts=set(ends))
        if all(record.words is None for record in records):
            return ends, lines
        text = "\n".join(record.text for record in records).encode() + b"\n"
        breaks = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
        return ends, lines._replace(text=text, places=np.concatenate([[0], breaks + 1]))

    def _open_document(self, row: Row, spool: SliceSpool) -> None:
        """Start the document that a row is about."""
        self._seen_text, self._after_blank = False, False
        self._target = self.tables.route(row, spool, self.spools)
        if self._target is not None:
            self._target.mark(len(self.files), row.name, row.date, row.number)
        elif self._bins is not None:
            self.documents_outside += 1
        else:
            self.documents_without_slice += 1

    def _pass_over(self, lines: int) -> None:
        """Count lines that are in no slice."""
        what = "without_slice" if self.tables.makes_slices else "outside_bins"
        setattr(self.lines, what, getattr(self.lines, what) + lines)

    def _read_lines(self, reader: LineReader) -> None:
        seen, size = -1, self._sizes[len(self.files)]
        large = size is not None and size > BLOCK  # a regular file that is worth a thread
        with closing(fetch_ahead(reader.blocks()) if large else reader.blocks()) as blocks:
            for block in blocks if self.hyphens is None else hold_broken(blocks):
                if block.position != seen:
                    seen = block.position
                    self._report(seen)
                if block.given or not block.ends:
                    self._take_part(reader, block)
                else:
                    self._take_lines(reader, block)

    def _take_lines(self, reader: LineReader | Cell, block: Block) -> None:
        """Take whole lines: headers, and the text between them."""
        decoded = None if self._header is None else list(reader.decode(block))
        found = {} if self._header is None or decoded is None else find_headers(self._header, decoded)
        lines = self._cut_lines(reader, block, decoded, set(found))
        n_lines = len(lines.offsets)
        self.lines.read += n_lines
        for first, last in pairwise([-1, *found, n_lines]):
            if first >= 0:
                self._take_header(found[first])
            if last > first + 1:
                self._take_text(lines, first + 1, last, reader.is_quotable or not self._examples)

    def _cut_lines(
        self,
        reader: LineReader | Cell,
        block: Block,
        decoded: Sequence[str] | None,
        headers: Collection[int] = (),
        starts: Collection[int] = (),
    ) -> CutLines:
        """Cut the lines of a block into tokens; some may be headers, or begin a document."""
        text, cut = block.text, self._ids.cut(block.text)
        if cut is not None:
            breaks = cut.breaks
        else:
            breaks = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n"))
            mended = "\n".join(reader.decode(block) if decoded is None else decoded)
            text, cut = cut_mended(self._ids, mended + "\n" * text.endswith(b"\n"))
        whole = text.endswith(b"\n")
        places = np.concatenate([[0], cut.breaks + 1, [] if whole else [len(text) + 1]]).astype(np.int64)
        offsets = np.concatenate([[0], breaks + 1])[: len(places) - 1] + block.offset
        ends = np.concatenate([[0], cut.ends, [] if whole else [len(cut.ids)]]).astype(np.int64)
        if self.hyphens is not None:
            self.hyphens.mark(text, cut.breaks, cut.ids, ends, headers, starts)
        ids = cut.ids if self.normal is None else self.normal.apply(cut.ids)
        cut_ends = ends.copy() if self.phrases is not None and self.normal is not None else ends
        ids = ids if self.phrases is None else self.phrases.merge(ids, ends)
        return CutLines(text, places, offsets, ids, ends, cut.ids, cut_ends)

    def _take_text(self, lines: CutLines, first: int, last: int, is_quotable: bool) -> None:
        """Take lines ``first`` to ``last - 1``, none of them a header."""
        blank = lines.find_blank(first, last)
        n_blank = int(np.count_nonzero(blank))
        self.lines.blank += n_blank
        if self._target is None:
            self._pass_over(last - first - n_blank)
            return
        self._target.n_broken += count_broken(lines.text[lines.places[first] : lines.places[last]])
        if self.normal is not None:
            self.normal.count(lines.cut_ids[lines.cut_ends[first] : lines.cut_ends[last]])
        offsets = lines.offsets[first:last] if is_quotable else self._keep_lines(lines, first, last, blank)
        lengths = np.diff(lines.ends[first : last + 1])
        spoken = np.flatnonzero(lengths)
        blanks = np.concatenate([[0], np.cumsum(blank)[spoken], [n_blank]])
        after_blank = np.diff(blanks) > 0
        after_blank[0] = self._after_blank or (self._seen_text and after_blank[0])
        if len(spoken):
            ids = lines.ids[lines.ends[first] : lines.ends[last]]
            self._target.extend(ids, lengths[spoken], offsets[spoken], after_blank[:-1])
            self._blank_between = self._blank_between or bool(after_blank[:-1].any())
            self._seen_text = True
        self._after_blank = bool(after_blank[-1])
        self.lines.sentences += len(spoken)
        self.lines.without_words += last - first - n_blank - len(spoken)

    def _keep_lines(self, lines: CutLines, first: int, last: int, blank: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Keep the lines that are not blank; return int64[lines], where each of these is then."""
        offsets, text = lines.pack(first, last, blank)
        offsets += self.n_kept
        self.n_kept += self._keep(text)
        return offsets

    def _take_part(self, reader: LineReader | Cell, block: Block) -> None:
        """Take a part of a very long line."""
        (text,) = reader.decode(block)
        text = text.removesuffix("\r") if block.ends else text
        if not block.given:
            self.lines.read += 1
            header = None if self._header is None else parse_header(self._header, text)
            if header is not None:
                self._take_header(header)
            self._in_header, self._is_blank, self._tail = header is not None, True, b""
            self._line = block.offset if reader.is_quotable else self.n_kept
        if self._in_header:
            return
        self._is_blank = self._is_blank and not text.strip()
        if self._target is not None:
            if self._examples and not reader.is_quotable and not (self._is_blank and block.ends):
                self.n_kept += self._keep((text + "\n" * block.ends).encode("utf-8"))
            encoded, cut = cut_mended(self._ids, text)
            near = self._tail + encoded
            self._target.n_broken += count_broken(near) - count_broken(self._tail)
            self._tail = near[-TAIL:]
            ids = cut.ids if self.normal is None else self.normal.apply(cut.ids)
            if self.normal is not None:
                self.normal.count(cut.ids)
            self._target.add(ids if self.phrases is None else self.phrases.merge_part(ids, block.ends))
        if block.ends:
            self._end_line(self._line, self._is_blank)

    def _end_line(self, line: int, is_blank: bool) -> None:
        if is_blank:
            self.lines.blank += 1
            self._after_blank = self._seen_text
        elif self._target is None:
            self._pass_over(1)
        elif self._target.end_sentence(line, self._after_blank):
            self._blank_between = self._blank_between or self._after_blank
            self._seen_text, self._after_blank = True, False
            self.lines.sentences += 1
        else:
            self.lines.without_words += 1

    def _take_header(self, header: Header) -> None:
        """Start what a header line announces."""
        self.lines.headers += 1
        self._keys.add(header.key)
        self._seen_text, self._after_blank = False, False
        self._target = self._default
        if self._bins is not None:
            number = self._bins.find(header.key)
            self._target = None if number is None else self.spools[number]
        elif self.tables.makes_slices:
            self._target = self.tables.route_header(header.key)
        if self._target is None and self.tables.makes_slices:
            self.documents_without_slice += 1
        elif self._target is None:
            self.documents_outside += 1
        else:
            self._target.mark(len(self.files), header.name, header.key)

    def _report(self, position: int) -> None:
        if self._progress is not None:
            done = sum(size or 0 for size in self._sizes[: len(self.files)]) + position
            total = 0 if None in self._sizes else sum(size or 0 for size in self._sizes)
            self._progress(Progress("reading", done, total, "bytes"))
