"""Rows of CSV, TSV, JSON lines and Parquet, one after the other, from files that may be anything."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import FormatError
from .readers import COMPRESSED, STANDARD_INPUT, LineReader
from .records import CELL_LIMIT, check_columns
from .tables import Limits, read_lines

__all__ = ["LIMITS", "TableFile", "read_table"]

#: What may be in a file of text: lines up to a cell's size, and no end of them.
LIMITS = Limits(CELL_LIMIT, 1 << 62, advice="no row may have more: cut the text into several rows")
_QUOTE = '"'
_SEPARATORS = ",;\t|"
#: Rows of JSON after which a column that none of them had is missing.
_ENOUGH_ROWS = 1000
#: Names of columns that a message may list, gathered from lines of JSON.
_MOST_NAMES = 1000
#: Rows of Parquet in memory at once.
_BATCH = 64


@dataclass
class TableFile:
    """A file while it is read, and what is known of it afterwards.

    Parameters
    ----------
    name : str
        Its path, or ``"-"``.
    form : str
        One of :data:`wordvec.text.records.FORMS`.
    encoding, errors : str
        As for :class:`wordvec.text.readers.LineReader`.
    quotes : bool
        As in :class:`wordvec.text.records.Records`.
    reader : LineReader
        What reads it (not a Parquet file).
    shown, short : str
        Its name in messages, and without folders.
    n_bytes, position, undecodable : int
        As there.
    sha256 : str
        Of the text, or of a Parquet file.
    """

    name: str
    form: str
    encoding: str = "utf-8"
    errors: str = "strict"
    quotes: bool = True
    reader: LineReader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = LineReader(self.name, encoding=self.encoding, errors=self.errors)
        self._raw: tuple[int, str] | None = None
        self.shown, self.short = self.reader.name, Path(self.reader.name).name
        self._unit = "row" if self.form == "parquet" else "line"

    def where(self, line: int) -> str:
        """Return file and line (or row), for a message."""
        return f"{self.shown}, {self._unit} {line}"

    @property
    def n_bytes(self) -> int:
        """Bytes read so far, after decompression."""
        return self.reader.n_bytes if self._raw is None else self._raw[0]

    @property
    def sha256(self) -> str:
        """SHA-256 of what was read."""
        return self.reader.sha256 if self._raw is None else self._raw[1]

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield number and text of each line, within :data:`LIMITS`."""
        return read_lines(self.reader, LIMITS)

    def close(self) -> None:
        """Close it, if it was not read to the end."""
        self.reader.close()

    def digest_raw(self) -> None:
        """Take size and digest from the bytes of the file: it is not read as text."""
        import hashlib

        with Path(self.name).open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            self._raw = stream.tell(), digest


def read_table(file: TableFile, wanted: Mapping[str, str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the line (or the row of a Parquet file) at which each row starts, and its cells by column.

    Parameters
    ----------
    file : TableFile
        What to read.
    wanted : mapping of str to str
        Columns that there must be, each with the option that names it.

    Raises
    ------
    FormatError
        If the file cannot be read, is not what it should be, has no rows, or lacks a column.
    """
    readers = {"csv": _read_delimited, "tsv": _read_delimited, "jsonl": _read_json, "parquet": _read_parquet}
    found = False
    for row in readers[file.form](file, wanted):
        found = True
        yield row
    if not found:
        what = "is empty" if file.n_bytes == 0 else "has no rows"
        raise FormatError(f"{file.shown} {what}.")


def _read_delimited(file: TableFile, wanted: Mapping[str, str]) -> Iterator[tuple[int, dict[str, Any]]]:
    lines = file.lines()
    number, head = next(((n, line) for n, line in lines if line.strip()), (0, ""))
    if not head:
        return
    separator = "\t" if file.form == "tsv" else _find_separator(head)
    rows = _Delimited(file.shown, separator, file.quotes)
    names = [" ".join(name.split()) for name in rows.cells(number, head, lines)]
    for name in names:
        if name and names.count(name) > 1:
            raise FormatError(f"{file.shown}, line {number}: there are two columns {name!r}; rename one.")
    check_columns([name for name in names if name], wanted, file.shown)
    width = len(names)
    for number, line in lines:
        if not line:
            continue
        cells = line.split(separator) if _QUOTE not in line or not file.quotes else rows.cells(number, line, lines)
        if len(cells) != width:
            raise FormatError(
                f"{file.shown}, line {number}: the row has {len(cells)} cells and the header {width}; is there a "
                f"separator ({separator!r}) or a quote in a cell that is not in quotes?"
            )
        yield number, dict(zip(names, cells, strict=True))


def _find_separator(head: str) -> str:
    """Return what parts the names of a header; a comma if nothing does."""
    outside = "".join(head.split(_QUOTE)[::2])
    return max(_SEPARATORS, key=lambda mark: (outside.count(mark), -_SEPARATORS.index(mark)))


class _Delimited:
    """Cells of rows with quotes, as RFC 4180 has them: a cell in quotes may hold separators, line ends and ``\"\"``."""

    def __init__(self, file: str, separator: str, quotes: bool) -> None:
        self._file, self._separator, self._quotes = file, separator, quotes

    def cells(self, number: int, line: str, lines: Iterator[tuple[int, str]]) -> list[str]:
        """Return the cells of the row that starts with ``line``, taking more of ``lines`` if a quote is open."""
        if not self._quotes:
            return line.split(self._separator)
        cells: list[str] = []
        at = 0
        while True:
            if line.startswith(_QUOTE, at):
                cell, line, at = self._quoted(number, line, at + 1, lines)
                cells.append(cell)
                if at < len(line) and line[at] != self._separator:
                    raise FormatError(
                        f"{self._file}, the row of line {number}: {line[at : at + 20]!r} follows a closing quote in "
                        f'cell {len(cells)}; a quote inside a cell is written twice (""). {self._remedy()}'
                    )
                end = at
            else:
                end = line.find(self._separator, at)
                end = len(line) if end < 0 else end
                cells.append(line[at:end])
            if end >= len(line):
                return cells
            at = end + 1

    def _quoted(self, number: int, line: str, at: int, lines: Iterator[tuple[int, str]]) -> tuple[str, str, int]:
        """Return a cell in quotes that begins at ``at``, the line that it ends in, and where in it."""
        parts: list[str] = []
        size = 0
        while True:
            end = line.find(_QUOTE, at)
            if end < 0:
                parts += [line[at:], "\n"]
                size += len(line) - at + 1
                if size > CELL_LIMIT:
                    raise FormatError(
                        f"{self._file}, line {number}: a cell in quotes has more than {CELL_LIMIT:,} bytes; is a quote "
                        f"never closed? {self._remedy()}"
                    )
                following = next(lines, None)
                if following is None:
                    raise FormatError(
                        f"{self._file}, line {number}: a quote is opened in this row and never closed. {self._remedy()}"
                    )
                line, at = following[1], 0
            elif line.startswith(_QUOTE, end + 1):
                parts.append(line[at : end + 1])
                at = end + 2
            else:
                return "".join([*parts, line[at:end]]), line, end + 1

    def _remedy(self) -> str:
        return "Pass --no-quotes if quotes are only characters here."


def _read_json(file: TableFile, wanted: Mapping[str, str]) -> Iterator[tuple[int, dict[str, Any]]]:
    seen: dict[str, None] = {}
    missing = set(wanted)
    n_rows = 0
    for number, line in file.lines():
        if not line or line.isspace():
            continue
        row = _parse_object(line, f"{file.shown}, line {number}")
        if missing:
            n_rows += 1
            missing.difference_update(row)
            seen.update(dict.fromkeys(list(row)[: _MOST_NAMES - len(seen)]))
            if n_rows == _ENOUGH_ROWS:
                check_columns(seen, {name: wanted[name] for name in wanted if name in missing}, file.shown)
        yield number, row
    if missing and n_rows:
        check_columns(seen, {name: wanted[name] for name in wanted if name in missing}, file.shown)


def _parse_object(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        told = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        whole = " The file may be one JSON value; this reads one object a line." if line.strip() in ("[", "{") else ""
        raise FormatError(f"{where}: this is no JSON ({told}).{whole}") from None
    if not isinstance(row, dict):
        found = {list: "an array", str: "a string", type(None): "null"}.get(type(row), "a number")
        raise FormatError(f"{where}: expected a JSON object ({{...}}), got {found}; each line is one document.")
    return row


def _read_parquet(file: TableFile, wanted: Mapping[str, str]) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        import pyarrow  # type: ignore[import-untyped,import-not-found,unused-ignore]
        from pyarrow import parquet
    except ImportError:
        raise FormatError(f"{file.shown}: Parquet needs the package pyarrow: pip install 'wordvec[tables]'.") from None
    if file.name == STANDARD_INPUT or not Path(file.name).is_file():
        raise FormatError(f"{file.shown}: Parquet is read from its end, so it must be a file, not a stream.")
    if file.name.lower().endswith(COMPRESSED):
        raise FormatError(f"{file.shown}: Parquet is packed inside; unpack the file first.")
    try:
        with parquet.ParquetFile(file.name) as table:
            names = table.schema_arrow.names
            check_columns(names, wanted, file.shown)
            _check_sizes(table, file.shown)
            number = 0
            strings = [
                item.name for item in table.schema_arrow if pyarrow.types.is_string(item.type)
            ]  # as dictionaries: a value that comes a million times is in memory once
        with parquet.ParquetFile(file.name, read_dictionary=strings) as table:
            for batch in table.iter_batches(batch_size=_BATCH, use_threads=False):
                columns = [_cells(column) for column in batch.columns]
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, dict(zip(names, cells, strict=True))
    except (pyarrow.ArrowException, OSError) as error:
        told = " ".join(str(error).split())[:200]
        raise FormatError(f"{file.shown} is damaged or is no Parquet file ({told}).") from error
    file.digest_raw()


def _cells(column: Any) -> Iterator[Any]:
    """Yield the values of a column one by one; what Python has no value for, as text."""
    for scalar in column:
        try:
            yield scalar.as_py()
        except (ValueError, OverflowError):
            yield str(scalar)


def _check_sizes(table: Any, name: str) -> None:
    """Raise :class:`FormatError` if a part of the table unpacks to more than any text does."""
    told = table.metadata
    for group in range(told.num_row_groups):
        for number in range(told.num_columns):
            part = told.row_group(group).column(number)
            packed, size = part.total_compressed_size, part.total_uncompressed_size
            if size > CELL_LIMIT and size > LIMITS.ratio * max(1, packed):
                raise FormatError(
                    f"{name} unpacks to more than {LIMITS.ratio} times its size, as no text does; write it anew if it "
                    "is what it should be."
                )
