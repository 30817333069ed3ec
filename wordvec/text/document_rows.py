"""What tables say of documents, gathered row by row: names, dates, slices, and columns that are units and strata."""

import re
from array import array
from collections import Counter
from collections.abc import Mapping
from datetime import date as day
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError
from .dates import AmbiguousDateError, Date, OutOfRangeError, read_date
from .documents import Column
from .records import Records, Slicing

__all__ = ["DocumentRows", "Row", "check_few", "show_cell"]

#: A value of a column of labels has no more characters; a longer one is text.
_LONGEST_VALUE = 1000
#: Columns that nobody asked for: no more than this many, with no more bytes of distinct values each, ...
_MOST_COLUMNS, _MOST_BYTES = 100, 64 << 20
#: ... and not as many values as rows if these are longer than names are.
_LONG, _NEARLY_ALL, _FEW_ROWS = 40, 0.9, 20
_SHOWN = 3


class Row(NamedTuple):
    """What is known of a document.

    Parameters
    ----------
    name : str
        Its name.
    date : str
        Its date, ``""`` if it has none.
    number : int
        Number of its row, from 0.
    year : str
        Its year, ``""`` if it has none.
    label : str or None
        Its slice or, with bins, the value that is binned; None if it has none.
    """

    name: str
    date: str
    number: int
    year: str
    label: str | None


class DocumentRows:
    """Take rows; afterwards tell their columns, and what was wrong with them.

    Parameters
    ----------
    records : Records
        Which columns are what.
    has_bins : bool
        Whether documents are sorted into bins: by ``slice_by``, or by their years.

    Examples
    --------
    >>> rows = DocumentRows(Records(date_column="year", slice_by="decade"), False)
    >>> rows.add({"id": "a", "year": "1846", "speaker": "Ann"}, "t.csv, line 2", "t.csv:2")
    Row(name='a', date='1846', number=0, year='1846', label='1840s')
    >>> rows.columns(np.array([0]))["speaker"].values
    ('Ann',)
    """

    def __init__(self, records: Records, has_bins: bool) -> None:
        self._records, self._has_bins = records, has_bins
        self._slicing = None if records.slice_by is None or has_bins else Slicing(records.slice_by)
        self._by = None if records.slice_by is None or records.span is not None else records.slice_by
        roles = (records.text_column or "text", records.date_column, self.id_column)
        self._roles = frozenset(role for role in roles if role is not None and role not in (records.columns or ()))
        self._columns: dict[str, _Values] = {}
        self._names: set[str] = set()
        self._left_out: dict[str, str] = {}
        self._uncounted = 0
        self.n = 0
        self.counts: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}

    @property
    def id_column(self) -> str:
        """Column of the name."""
        return self._records.id_column or "id"

    @property
    def slices(self) -> bool:
        """Whether rows say which slice they are in."""
        return self._slicing is not None or self._has_bins

    def add(self, fields: Mapping[str, Any], where: str, name: str) -> Row:
        """Take what a table says of one document.

        Parameters
        ----------
        fields : mapping of str to object
            Cells by column.
        where : str
            File and line, for messages.
        name : str
            The document's name, if no column holds it.

        Raises
        ------
        FormatError
            If a date may be read in two ways, or a cell of a column that was asked for is no label.
        """
        date = self._date(fields, where)
        given = show_cell(fields.get(self.id_column))
        if given:
            if given in self._names:
                self.note("duplicate_ids", given)
            self._names.add(given)
        for column, value in fields.items():
            if column not in self._roles:
                self._take(column, value, where)
        year = "" if date is None else str(date.year)
        by = "" if self._by is None else show_cell(fields.get(self._by)) or ""
        binned = year if self._by is None else by
        label = binned if self._slicing is None else self._slicing.label(date, by)
        if self.slices and not label and self._by is not None:
            self.note("without_slice", where)
        self.n += 1
        return Row(given or name, "" if date is None else date.text, self.n - 1, year, label or None)

    def read_date(self, value: object, where: str) -> Date | None:
        """Return the date that a cell holds; count it if it holds none."""
        try:
            known = _read_date if isinstance(value, str | int | float) else read_date
            date = known(value, self._records.date_format)
        except AmbiguousDateError as error:
            raise FormatError(
                f"{where}: the date '{error}' may be read in two ways; say which is day and month: "
                "--date-format '%d/%m/%Y' or '%m/%d/%Y' (with the marks of this date)."
            ) from None
        except OutOfRangeError as error:
            self.note("dates_out_of_range", str(error))
            return None
        except ValueError:
            self.note("unreadable_dates", str(show_cell(value) or type(value).__name__)[:60])
            return None
        if date is None:
            self.note("undated", where)
        return date

    def label_of(self, date: Date | None) -> str | None:
        """Return the slice of what was found under a header line with this date."""
        assert self._slicing is not None
        return self._slicing.label(date, "") or None

    def order(self, labels: set[str]) -> list[str]:
        """Return the slices in their order."""
        assert self._slicing is not None
        return self._slicing.order(labels)

    def note(self, what: str, example: str) -> None:
        """Count something, with some examples."""
        self.counts[what] += 1
        shown = self.examples.setdefault(what, [])
        if len(shown) < _SHOWN and example not in shown:
            shown.append(example)

    def columns(self, rows: NDArray[np.int64]) -> dict[str, Column]:
        """Return the columns of these rows, in their order; those that are no labels are left out."""
        found = {}
        for name, values in self._columns.items():
            if name not in self._asked() and (why := values.why_not(self.n)):
                self._left_out[name] = why
                continue
            codes = values.codes(self.n)[rows]
            present, first, where = np.unique(codes, return_index=True, return_inverse=True)
            order = np.argsort(np.argsort(np.where(present < 0, len(rows), first)))
            new = np.where(codes < 0, -1, order[where]).astype(np.int32)
            known = np.flatnonzero(present >= 0)
            by_order = known[np.argsort(order[known])]
            listing = values.listing()
            found[name] = Column(new, tuple(listing[code] for code in present[by_order].tolist()))
        if self._records.columns is not None:
            return {name: found[name] for name in self._records.columns}
        return found

    def report(self) -> dict[str, Any]:
        """Return what was counted."""
        left_out = dict(sorted(self._left_out.items()))
        if self._uncounted:
            left_out["..."] = f"{self._uncounted:,} cells of columns beyond the first {_MOST_COLUMNS}"
        return {"read": self.n, **dict(sorted(self.counts.items())), "examples": dict(sorted(self.examples.items())),
                "columns_left_out": left_out}  # fmt: skip

    def _asked(self) -> tuple[str, ...]:
        return (*(self._records.columns or ()), *([] if self._by is None else [self._by]))

    def _date(self, fields: Mapping[str, Any], where: str) -> Date | None:
        column = self._records.date_column
        return None if column is None else self.read_date(fields.get(column), where)

    def _take(self, column: str, value: Any, where: str) -> None:
        """Take a cell of a column."""
        asked = column in self._asked()
        if column in self._left_out or (self._records.columns is not None and not asked):
            return
        if not column.strip() or not column.isprintable() or len(column) > _LONGEST_VALUE:
            self._left_out[repr(column)[:40]] = "no name that can be shown"
            return
        held = self._columns.get(column)
        if held is None:
            if len(self._columns) >= _MOST_COLUMNS and not asked:
                self._uncounted += 1
                return
            held = self._columns[column] = _Values()
        shown = show_cell(value)
        if shown is None or len(shown) > _LONGEST_VALUE:
            why = "no single values" if shown is None else f"values of more than {_LONGEST_VALUE:,} characters"
            if asked:
                raise FormatError(f"{where}: column {column!r} has {why}; a unit or stratum is a short label.")
            self._left_out[column] = why
            del self._columns[column]
            return
        held.add(self.n, shown)
        if not asked and held.n_bytes > _MOST_BYTES:
            self._left_out[column] = f"more than {_MOST_BYTES:,} bytes of distinct values"
            del self._columns[column]


class _Values:
    """The values of one column so far."""

    def __init__(self) -> None:
        self._index: dict[str, int] = {}
        self._codes = array("i")
        self.n_bytes = self._n_given = 0

    def add(self, row: int, value: str) -> None:
        """Take the value of a row; rows that were passed over have none."""
        if not value:
            return
        if len(self._codes) < row:
            self._codes.extend([-1] * (row - len(self._codes)))
        code = self._index.setdefault(value, len(self._index))
        if code == len(self._index) - 1:
            self.n_bytes += len(value)
        self._codes.append(code)
        self._n_given += 1

    def codes(self, rows: int) -> NDArray[np.int32]:
        """Return int32[rows]: which value each row has, -1 for none."""
        out = np.full(rows, -1, dtype=np.int32)
        out[: len(self._codes)] = np.frombuffer(self._codes, dtype=np.int32) if self._codes else -1
        return out

    def listing(self) -> list[str]:
        """Return the distinct values."""
        return list(self._index)

    def why_not(self, rows: int) -> str | None:
        """Return why this is no column of labels, None if it may be one."""
        if not self._index:
            return "empty"
        distinct = len(self._index)
        long = sum(map(len, self._index)) > _LONG * distinct
        if rows >= _FEW_ROWS and distinct >= _NEARLY_ALL * self._n_given and long:
            return f"long values, nearly all distinct ({distinct:,})"
        return None


def show_cell(value: object) -> str | None:
    """Return a cell as a label: white space is one space, 3.0 is 3, no value is ``""``; None for a list or an object.

    Examples
    --------
    >>> [show_cell(value) for value in (" a\\n b", 1846.0, None, True, [1])]
    ['a b', '1846', '', 'true', None]
    """
    if value is None:
        return ""
    if isinstance(value, str):
        shown = " ".join(value.split())
        return shown if shown.isprintable() else _SURROGATES.sub("\ufffd", shown)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return "" if value != value else str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, int):
        return str(value) if abs(value) < 10**30 else None
    return value.isoformat() if isinstance(value, day) else None


_read_date = lru_cache(maxsize=1 << 14, typed=True)(read_date)
_SURROGATES = re.compile("[\ud800-\udfff]")


def check_few(labels: set[str], most: int, slice_by: str | None) -> None:
    """Raise :class:`ParameterError` if there are more slices than anybody compares."""
    if len(labels) > most:
        raise ParameterError(
            f"slice_by {slice_by!r} makes more than {most:,} slices; take a column of fewer values, or bins"
        )
