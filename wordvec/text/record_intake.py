"""What an intake asks about tables and annotated text: the records of a file, and the slice each belongs to."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError
from .conllu import TOKENIZER, read_conllu
from .dates import Date
from .document_rows import DocumentRows, Row, check_few
from .documents import Column
from .metadata_table import MetadataTable
from .readers import BLOCK, Block, safe_cut
from .reading import Reading
from .records import CELL_LIMIT, Record, Records, check_columns, family, form_of
from .sources import Bins, TextSlice, describe_keys
from .spool import SliceSpool
from .table_rows import TableFile, read_table

__all__ = ["LONG", "Cell", "RecordIntake", "cut_text"]

#: A record with more bytes of text is taken block by block.
LONG = 4 * BLOCK
_MOST_SLICES = 1000
#: Numbers that a slice's spool holds in memory where there may be many slices.
_HELD = 1 << 12


class RecordIntake:
    """Read records, and sort documents into slices by what tables say of them.

    Parameters
    ----------
    folder : Path
        For temporary files.
    reading : Reading
        How to read.
    sources : sequence of TextSlice
        What will be read.

    Attributes
    ----------
    family : {"text", "table", "conllu"}
        What the files are.
    makes_slices : bool
        Whether slices are what documents are found to say, and not known beforehand.
    rows : DocumentRows
        What is known of the documents.
    metadata : MetadataTable or None
        The table about plain text files.
    """

    def __init__(self, folder: Path, reading: Reading, sources: Sequence[TextSlice]) -> None:
        self._folder, self._reading = folder, reading
        self._records = reading.records or Records()
        self.family = family((name for source in sources for name in source.files), self._records)
        self._check()
        self._bins = None if reading.bins is None else Bins(reading.bins)
        self.makes_slices = self._records.slice_by is not None and self._bins is None
        if self.makes_slices and len(sources) > 1:
            raise ParameterError("slice_by makes the slices itself: encode the texts without labels, or leave it out")
        self.rows = DocumentRows(self._records, self._bins is not None)
        named = self._records.metadata
        self.metadata = None if named is None else MetadataTable(named, self._records, reading.encoding, reading.errors)
        self._spools: dict[str, SliceSpool] = {}
        self._keys: set[str] = set()
        self._seen: dict[str, None] = {}
        self._counts: Counter[str] = Counter()
        self.n_empty = 0

    @property
    def is_used(self) -> bool:
        """Whether documents have rows."""
        return self.family != "text" or self.metadata is not None

    @property
    def documents(self) -> str | None:
        """What ends a document, if that is not for lines of text to say."""
        if self.family != "text":
            return "row" if self.family == "table" else "newdoc"
        return "file" if self.metadata is not None else None

    @property
    def tokenizer(self) -> tuple[str, str]:
        """Tokenizer and case of the lines that are handed on."""
        return TOKENIZER if self.family == "conllu" else (self._reading.tokenizer, self._reading.case)

    def is_text(self, name: str) -> bool:
        """Whether a file is plain text."""
        return form_of(name, self._records) == "text"

    def open(self, name: str) -> TableFile:
        """Return a table, or a file of annotated text, to read."""
        reading, form = self._reading, form_of(name, self._records)
        return TableFile(name, form, reading.encoding, reading.errors, self._records.quotes)

    def batches(self, file: TableFile) -> Iterator[list[Record]]:
        """Yield the records of a file, some at a time; a very long one comes alone."""
        held: list[Record] = []
        size = 0
        for record in self._read_conllu(file) if file.form == "conllu" else self._read_table(file):
            if held and size + len(record.text) > BLOCK:
                yield held
                held, size = [], 0
            held.append(record)
            size += len(record.text)
        if held:
            yield held

    def row(self, record: Record, file: TableFile) -> Row:
        """Return what is known of the document that a record begins."""
        assert record.fields is not None
        where = file.where(record.line)
        fields = record.fields
        if file.form == "conllu" and self.metadata is not None:
            found = self.metadata.find(str(fields["id"])) or self.metadata.find(file.name)
            fields = {**fields, **(found[0] if found else {})}
        return self.rows.add(fields, where, f"{file.short}:{record.line}")

    def row_of_file(self, name: str) -> Row:
        """Return what the metadata say of a text file."""
        assert self.metadata is not None
        found = self.metadata.find(name)
        fields, where = found or ({}, name)
        return self.rows.add(fields, where, " ".join(Path(name).name.split()))

    def route(self, row: Row, default: SliceSpool, bins: Sequence[SliceSpool]) -> SliceSpool | None:
        """Return where a document goes: by its bin, by its own slice, or to ``default``; None for nowhere."""
        if self._bins is not None:
            self._keys.update([row.label] if row.label else [])
            number = self._bins.find(row.label or "")
            return None if number is None else bins[number]
        return self._spool(row.label) if self.makes_slices else default

    def route_header(self, key: str) -> SliceSpool | None:
        """Return where what follows a header line goes, by the date that it holds."""
        date: Date | None = self.rows.read_date(key, f"the header {key!r}")
        return self._spool(self.rows.label_of(date))

    def slices(self) -> tuple[tuple[str, ...], list[SliceSpool]]:
        """Return the slices that were made, in their order."""
        if not self._spools:
            why = ", ".join(f"{what.replace('_', ' ')}: {', '.join(shown)}" for what, shown in
                            sorted(self.rows.examples.items()))  # fmt: skip
            raise FormatError(
                f"no document says its slice (slice_by {self._records.slice_by!r}); {why or 'none was read'}."
            )
        labels = self.rows.order(set(self._spools))
        return tuple(labels), [self._spools[label] for label in labels]

    def finish(self) -> None:
        """Raise :class:`FormatError` for a bin without documents, or columns that no document had."""
        if self.family == "conllu" and self.metadata is None and self.rows.n:
            check_columns(self._seen, self._records.needed(), "CoNLL-U (comments after # newdoc)")
        if self._bins is None or not self.is_used:
            return
        found = {self._bins.find(key) for key in self._keys}
        for number, label in enumerate(self._bins.labels):
            if number not in found:
                seen = describe_keys(self._keys) if self._keys else "are none"
                raise FormatError(f"bin {label!r} has no document; the years or values seen {seen}.")

    def columns(self, rows: NDArray[np.int64]) -> dict[str, Column]:
        """Return the columns of the documents with these rows."""
        return self.rows.columns(rows) if self.is_used else {}

    def report(self) -> dict[str, Any]:
        """Return what was counted of rows, and of files and their rows; empty if there are none."""
        if not self.is_used and not self.rows.counts:
            return {}
        told: dict[str, Any] = {"rows": {"empty_text": self.n_empty, **self.rows.report()}}
        if self.metadata is not None:
            told["metadata"] = self.metadata.finish()
        if self.family == "conllu":
            told["annotation"] = dict(sorted(self._counts.items()))
        return told

    def _spool(self, label: str | None) -> SliceSpool | None:
        if not label:
            return None
        if label not in self._spools:
            self._spools[label] = SliceSpool(self._folder, len(self._spools), _HELD)
            check_few(set(self._spools), _MOST_SLICES, self._records.slice_by)
        return self._spools[label]

    def _check(self) -> None:
        """Raise :class:`ParameterError` for options that files of this kind have no use for."""
        records, reading = self._records, self._reading
        if self.family != "text":
            kind = "a row of a table is a document" if self.family == "table" else "# newdoc begins a document"
            for option in ("header", "documents"):
                if getattr(reading, option) is not None:
                    raise ParameterError(f"{option} is for plain text; {kind}: leave {option} out")
            if self.family == "table" and records.metadata is not None:
                raise ParameterError("metadata is about text files; a table has columns of its own: leave it out")
            if self.family == "conllu" and records.text_column is not None:
                raise ParameterError("text_column is for tables; in CoNLL-U layer says which words are read")
        elif records.metadata is None:
            given = [name for name in ("text_column", "id_column", "columns") if getattr(records, name) is not None]
            given += ["date_column"] if records.date_column is not None and reading.header is None else []
            given += ["slice_by"] if records.slice_by is not None and reading.header is None else []
            if given:
                raise ParameterError(
                    f"{given[0]} needs a table (.csv, .tsv, .jsonl, .parquet; or text_format), CoNLL-U, or metadata; "
                    "the texts are plain text"
                )
        if records.layer != "form" and self.family != "conllu":
            raise ParameterError(f"layer {records.layer!r} needs CoNLL-U (.conllu, or text_format conllu)")

    def _read_table(self, file: TableFile) -> Iterator[Record]:
        column = self._records.text_column or "text"
        for line, fields in read_table(file, {column: "--text-column", **self._records.needed()}):
            text = self._text(fields.pop(column, None), column, file.where(line))
            if text:
                yield Record(text, line, fields)
            else:
                self.n_empty += 1

    def _read_conllu(self, file: TableFile) -> Iterator[Record]:
        reading = self._reading
        for record in read_conllu(file, self._records.layer, reading.tokenizer, reading.case, self._counts):
            if record.fields is not None and len(self._seen) < _MOST_SLICES:
                self._seen.update(dict.fromkeys(record.fields))
            yield record

    def _text(self, value: object, column: str, where: str) -> str:
        """Return the text of a cell, its lines parted by line feeds; ``""`` if it has none."""
        if isinstance(value, bytes):
            value = value.decode("utf-8", "surrogateescape")
        if value is None or (isinstance(value, float) and value != value):
            return ""
        if not isinstance(value, str):
            kind = {list: "a list", dict: "an object", bool: "true or false"}.get(type(value), "a number or date")
            raise FormatError(f"{where}: column {column!r} must hold text, got {kind}; name another (--text-column).")
        if len(value) > CELL_LIMIT:
            raise FormatError(
                f"{where}: the text has {len(value):,} characters, and a cell may have {CELL_LIMIT:,}; cut it into "
                "several rows."
            )
        if "\0" in value:
            raise FormatError(f"{where}: there is a NUL character in column {column!r}; is it text?")
        if "\r" in value:
            value = value.replace("\r\n", "\n").replace("\r", "\n")
        return self._encodable(value, column, where) if value.strip() else ""

    def _encodable(self, value: str, column: str, where: str) -> str:
        """Return a text without halves of characters, which JSON may hold and UTF-8 may not."""
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            if self._reading.errors == "strict":
                raise FormatError(
                    f"{where}: column {column!r} holds {value[error.start]!a}, half a character; mend the text, "
                    "or pass --errors replace."
                ) from None
            mended = value.encode("utf-8", "replace").decode("utf-8")
            halves = sum("\ud800" <= character <= "\udfff" for character in value)
            self.rows.counts["half_characters"] += halves
            return mended
        return value


class Cell:
    """What is asked about a cell that is read as a file would be: its lines are kept, and are UTF-8."""

    is_quotable = False

    def decode(self, block: Block) -> list[str]:
        """Return the lines of a block, or the part of one."""
        return block.text.decode().removesuffix("\n").split("\n")


def cut_text(text: str) -> Iterator[Block]:
    """Yield a text in blocks of whole lines, and very long lines in parts cut between words."""
    held: list[bytes] = []
    size = 0
    for raw in text.split("\n"):
        line = raw.encode("utf-8")
        if held and size + len(line) > BLOCK:
            yield Block(b"".join(held), 1, 0, 0, True, b"", 0)
            held, size = [], 0
        if len(line) <= BLOCK:
            held.append(line + b"\n")
            size += len(line) + 1
            continue
        given = 0
        while len(line) - given > BLOCK:
            cut = safe_cut(line[given : given + BLOCK]) or BLOCK
            yield Block(line[given : given + cut], 1, 0, given, False, b"", 0)
            given += cut
        yield Block(line[given:], 1, 0, given, True, b"", 0)
    if held:
        yield Block(b"".join(held), 1, 0, 0, True, b"", 0)
