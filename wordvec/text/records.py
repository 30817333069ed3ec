"""Tables and annotated text as input: which cells are the text, its date, its name, its slice."""

import difflib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import regex

from ..errors import FormatError, ParameterError, require
from .dates import Date, check_date_format
from .readers import COMPRESSED

__all__ = [
    "CELL_LIMIT",
    "ENDINGS",
    "FORMS",
    "LAYERS",
    "Record",
    "Records",
    "Slicing",
    "check_columns",
    "family",
    "form_of",
]

#: Forms of input; "text" is plain text, a sentence a line.
FORMS = ("text", "csv", "tsv", "jsonl", "parquet", "conllu")
LAYERS = ("form", "lemma", "lemma_pos")
#: Bytes of one cell, or of one row of a CSV file or a line of JSON.
CELL_LIMIT = 64 << 20
#: Ending of a file's name to its form.
ENDINGS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".conllu": "conllu",
}
_PERIODS = {"year": 1, "decade": 10, "century": 100}
_YEARS = regex.compile(r"([1-9]\d{0,3}) years?")
#: A message lists so many columns.
_LISTED = 20


class Record(NamedTuple):
    """A document of a table, or a part of one.

    Parameters
    ----------
    text : str
        Lines, each a sentence, as they are quoted.
    line : int
        Where in the file it starts: the line, or the row of a Parquet file; from 1.
    fields : mapping of str to object, or None
        What the table says of the document besides its text; None if it goes on with the document before.
    words : str or None
        As many lines as ``text``, words between spaces, where the text came as words; else None.
    """

    text: str
    line: int
    fields: Mapping[str, Any] | None
    words: str | None = None


@dataclass(frozen=True, kw_only=True)
class Records:
    """How tables and annotated text are read; each row is a document.

    Parameters
    ----------
    text_format : {"text", "csv", "tsv", "jsonl", "parquet", "conllu"}, optional
        What the files are; if None the ending tells, and any other ending is plain text.
    text_column : str, optional
        Column of the text; each line of a cell is a sentence. If None: ``text``.
    date_column : str, optional
        Column of the date: 1846, 1846-03 or 1846-03-21.
    date_format : str, optional
        How else dates are written: ``"%d/%m/%Y"``; see :func:`wordvec.text.dates.read_date`.
    id_column : str, optional
        Column of the document's name, and in ``metadata`` of the file's. If None: ``id`` where there is one; in
        ``metadata`` the first of ``file``, ``filename``, ``path`` and ``id``.
    columns : tuple of str, optional
        Columns to keep for each document, as unit or stratum. If None: all others that look like labels; what is
        left out is reported.
    slice_by : str, optional
        ``"year"``, ``"decade"``, ``"century"`` or ``"25 years"`` of the date, or a column: each value is a slice.
    layer : {"form", "lemma", "lemma_pos"}, default "form"
        Which words of CoNLL-U are read: as written, lemmas, or ``bank_NOUN``.
    metadata : str, optional
        Table of what is known of each plain text file (or document of CoNLL-U), joined by its name.
    quotes : bool, default True
        Whether a cell of CSV or TSV may stand in quotes. If not, a quote is a character as any other.

    Raises
    ------
    ParameterError
        If one of them is not as described.

    Examples
    --------
    >>> Records(date_column="year", slice_by="decade").layer
    'form'
    """

    text_format: str | None = None
    text_column: str | None = None
    date_column: str | None = None
    date_format: str | None = None
    id_column: str | None = None
    columns: tuple[str, ...] | None = None
    slice_by: str | None = None
    layer: str = "form"
    metadata: str | None = None
    quotes: bool = True

    def __post_init__(self) -> None:
        allowed = f"one of {', '.join(FORMS)}"
        require(self.text_format is None or self.text_format in FORMS, "text_format", allowed, self.text_format)
        require(self.layer in LAYERS, "layer", f"one of {', '.join(LAYERS)}", self.layer)
        if self.date_format is not None:
            check_date_format(self.date_format)
            require(self.date_column is not None, "date_format", "given with date_column", self.date_format)
        if self.columns is not None:
            repeated = len(set(self.columns)) < len(self.columns)
            require(not repeated and all(self.columns), "columns", "names, each once", self.columns)

    @property
    def span(self) -> int | None:
        """How many years a slice is, or None if slices are no periods."""
        return None if self.slice_by is None else _span(self.slice_by)

    def needed(self) -> dict[str, str]:
        """Return the columns that were named, each with the option that named it."""
        named = {"--date-column": self.date_column, "--id-column": self.id_column}
        if self.slice_by is not None and self.span is None:
            named["--slice-by"] = self.slice_by
        found = {column: option for option, column in named.items() if column is not None}
        return found | {column: "--columns" for column in self.columns or () if column not in found}

    def settings(self) -> dict[str, Any]:
        """Return the options as a dict."""
        return asdict(self)


def form_of(name: str, records: Records | None) -> str:
    """Return which of ``FORMS`` a file is: what was asked for, or what its ending says.

    Examples
    --------
    >>> form_of("speeches.csv.gz", None), form_of("speeches.txt", None), form_of("-", Records(text_format="jsonl"))
    ('csv', 'text', 'jsonl')
    """
    if records is not None and records.text_format is not None:
        return records.text_format
    path = Path(name)
    ending = Path(path.stem).suffix if path.suffix.lower() in COMPRESSED else path.suffix
    return ENDINGS.get(ending.lower(), "text")


def family(names: Iterable[str], records: Records | None) -> str:
    """Return what all files are: ``"text"``, ``"table"`` or ``"conllu"``.

    Raises
    ------
    FormatError
        If some are one and some another.
    """
    seen: dict[str, str] = {}
    for name in names:
        form = form_of(name, records)
        seen.setdefault(form if form in ("text", "conllu") else "table", name)
    if len(seen) > 1:
        told = {"text": "plain text", "table": "a table", "conllu": "CoNLL-U"}
        listed = ", ".join(f"{name} is {told[kind]}" for kind, name in seen.items())
        raise FormatError(f"{listed}; one corpus is made of one kind: encode them apart, or say which (--text-format).")
    return next(iter(seen), "text")


def check_columns(names: Collection[str], wanted: Mapping[str, str], where: str) -> None:
    """Raise :class:`FormatError` if a column is not among ``names``.

    Parameters
    ----------
    names : collection of str
        Columns that there are.
    wanted : mapping of str to str
        Columns that there must be, each with the option that names it.
    where : str
        The file.
    """
    for column, option in wanted.items():
        if column in names:
            continue
        listed = ", ".join(list(names)[:_LISTED]) + (
            f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        )
        near = difflib.get_close_matches(column.lower(), {name.lower(): name for name in names}, n=1, cutoff=0.6)
        spelled = [name for name in names if near and name.lower() == near[0]]
        hint = f" Did you mean {spelled[0]!r}?" if spelled else ""
        raise FormatError(f"{where} has no column {column!r} ({option}); its columns are {listed}.{hint}")


class Slicing:
    """Which slice a document belongs to, by its date or by a column.

    Parameters
    ----------
    slice_by : str
        As in :class:`Records`.

    Examples
    --------
    >>> decades = Slicing("decade")
    >>> decades.label(Date("1846-03", 1846), ""), decades.order({"1850s", "990s", "1840s"})
    ('1840s', ['990s', '1840s', '1850s'])
    >>> Slicing("25 years").label(Date("1846", 1846), ""), Slicing("speaker").label(None, "Ann")
    ('1825-1849', 'Ann')
    """

    def __init__(self, slice_by: str) -> None:
        self._span, self._suffix = _span(slice_by), "s" if slice_by == "decade" else ""

    def label(self, date: Date | None, value: str) -> str:
        """Return the slice of a document with this date and this value of the column; ``""`` for none."""
        if self._span is None:
            return value if value.isprintable() else ""
        if date is None:
            return ""
        first = date.year - date.year % self._span
        if self._suffix or self._span == 1:
            return f"{first}{self._suffix}"
        return f"{max(1, first)}-{first + self._span - 1}"

    def order(self, labels: Collection[str]) -> list[str]:
        """Return the labels by time, or by number or name."""
        if self._span is not None:
            return sorted(labels, key=lambda label: int(label.split("-")[0].removesuffix("s")))
        numbers = all(label.isdecimal() and len(label) < 10 for label in labels)
        return sorted(labels, key=lambda label: (int(label) if numbers else 0, label))


def _span(slice_by: str) -> int | None:
    match = _YEARS.fullmatch(slice_by)
    return int(match[1]) if match else _PERIODS.get(slice_by)


def check_slices(records: Records, bins: str | None, has_header: bool) -> None:
    """Raise :class:`ParameterError` if what makes the slices contradicts itself, or has nothing to go by."""
    by_time = records.span is not None
    if bins is not None and by_time:
        raise ParameterError(f"slice_by {records.slice_by!r} and bins both make slices of dates; leave one out")
    if by_time and records.date_column is None and not has_header:
        raise ParameterError(
            f"slice_by {records.slice_by!r} needs date_column: the column of a table or of metadata that holds it"
        )
    if bins is not None and records.date_column is None and records.slice_by is None and not has_header:
        raise ParameterError("bins of a table need date_column or slice_by: a column whose years or values are binned")
    if has_header and records.slice_by is not None and not by_time:
        raise ParameterError(f"slice_by must be year, decade, century or N years with header, got {records.slice_by!r}")
    if has_header and records.metadata is not None:
        raise ParameterError("header and metadata both say what a text is; leave one out")
