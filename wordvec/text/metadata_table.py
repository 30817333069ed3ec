"""A table about text files, joined to them by their names."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from ..errors import FormatError
from .readers import COMPRESSED, STANDARD_INPUT
from .records import Records, check_columns, form_of
from .table_rows import TableFile, read_table

__all__ = ["MetadataTable"]

_NAMES = ("file", "filename", "path", "id")
_SHOWN = 3


class _Entry(NamedTuple):
    """A row: what it says, and where it is."""

    fields: dict[str, Any]
    line: int


class MetadataTable:
    """Rows by the name of the file, or document, that they are about.

    Parameters
    ----------
    path : str
        A CSV, TSV, JSON lines or Parquet file, with a column ``file``, ``filename``, ``path`` or ``id``, or the one
        that ``records.id_column`` names. A file's name there may lack its ending, and may begin with folders.
    records : Records
        The columns that there must be.
    encoding, errors : str
        Of the table.

    Attributes
    ----------
    without_row, without_file : list of str
        Names that did not meet, some of them; ``without_file`` after :meth:`finish`.
    n_without_row, n_without_file : int
        How many.

    Raises
    ------
    FormatError
        If it cannot be read, lacks a column, or two rows are about one file.
    """

    def __init__(self, path: str, records: Records, encoding: str = "utf-8", errors: str = "strict") -> None:
        self._path = path
        form = form_of(path, None)
        if form in ("text", "conllu"):
            raise FormatError(f"{path}: metadata are a table: .csv, .tsv, .jsonl or .parquet (or one of these packed).")
        file = TableFile(path, form, encoding, errors, records.quotes)
        wanted = {column: option for column, option in records.needed().items() if option != "--id-column"}
        if records.id_column is not None:
            wanted[records.id_column] = "--id-column"
        self._rows: dict[str, _Entry] = {}
        self._used: dict[str, str] = {}
        self.without_row: list[str] = []
        self.n_without_row = 0
        self.key = records.id_column or ""
        with closing(file):
            for line, fields in read_table(file, wanted):
                self._add(line, fields)

    def _add(self, line: int, fields: dict[str, Any]) -> None:
        where = f"{self._path}, line {line}"
        if not self.key:
            self.key = next((name for name in _NAMES if name in fields), "")
            if not self.key:
                check_columns(list(fields), {"file": "--id-column"}, self._path)
        name = PurePath(str(fields.get(self.key) or "").strip().replace("\\", "/")).as_posix()
        if name == ".":
            raise FormatError(f"{where}: the column {self.key!r} is empty; it names the file that the row is about.")
        if name in self._rows:
            raise FormatError(f"{where}: {name!r} has a row already, in line {self._rows[name].line}; take one out.")
        self._rows[name] = _Entry({key: value for key, value in fields.items() if key != self.key}, line)

    def __len__(self) -> int:
        return len(self._rows)

    def find(self, name: str) -> tuple[Mapping[str, Any], str] | None:
        """Return the row about a file (or document), and where it is; None, and count the file, if there is none."""
        for candidate in _spellings(name):
            entry = self._rows.get(candidate)
            if entry is None:
                continue
            if self._used.setdefault(candidate, name) != name:
                raise FormatError(
                    f"{self._path}, line {entry.line}: {candidate!r} is the name of both {self._used[candidate]} and "
                    f"{name}; write the folder in front of it."
                )
            return entry.fields, f"{self._path}, line {entry.line}"
        self.n_without_row += 1
        if len(self.without_row) < _SHOWN:
            self.without_row.append(name)
        return None

    def finish(self) -> dict[str, Any]:
        """Return what did not meet, for the report.

        Raises
        ------
        FormatError
            If no file has a row.
        """
        unused = [name for name in self._rows if name not in self._used]
        if not self._used:
            raise FormatError(
                f"no text has a row in {self._path}: its column {self.key!r} holds {', '.join(unused[:_SHOWN])}, the "
                f"texts are {', '.join(self.without_row)}; say which column names them (--id-column)."
            )
        return {
            "rows": len(self._rows),
            "files_without_row": self.n_without_row,
            "rows_without_file": len(unused),
            "examples": {"files_without_row": self.without_row, "rows_without_file": unused[:_SHOWN]},
        }


def _spellings(name: str) -> Iterator[str]:
    """Yield the ways in which a table may name a file: the most exact first.

    Examples
    --------
    >>> list(_spellings("a/b.txt.gz"))
    ['a/b.txt.gz', 'a/b.txt', 'a/b', 'b.txt.gz', 'b.txt', 'b']
    """
    parts = () if name == STANDARD_INPUT else Path(name).parts
    for first in range(len(parts)):
        spelled = PurePath(*parts[first:])
        yield spelled.as_posix()
        if spelled.suffix.lower() in COMPRESSED:
            spelled = spelled.with_suffix("")
            yield spelled.as_posix()
        if spelled.suffix and spelled.stem:
            yield spelled.with_suffix("").as_posix()
