"""Which text belongs to which slice: labelled paths, a manifest, or header lines sorted into bins."""

import os
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import FormatError, ParameterError
from .folders import describe_files, find_files
from .readers import STANDARD_INPUT

__all__ = [
    "Bins",
    "Header",
    "Paths",
    "TextSlice",
    "check_headers",
    "find_headers",
    "label_slices",
    "parse_header",
    "read_manifest",
]

#: One path or several; a path is a file, a folder, or ``"-"`` for standard input.
Paths = Path | str | Sequence[Path | str]

_RANGE = re.compile(r"\s*(-?\d{1,18})\s*-\s*(-?\d{1,18})\s*")
_INTEGER = re.compile(r"\s*-?\d{1,18}\s*")
#: A header is looked for in this many characters at the start of a line.
_HEADER_LENGTH = 10_000


@dataclass(frozen=True)
class TextSlice:
    """A slice before it is read: its name and its files.

    Parameters
    ----------
    label : str
        Its name.
    files : tuple of str
        Paths of its text files; ``"-"`` is standard input.
    date : str or None
        When it is from, if that was said.
    optional : frozenset of str
        The files that were found in a folder rather than named: an empty one is no error.
    left_out : mapping of str to int
        What else the folders hold; see :class:`wordvec.text.folders.Found`.
    """

    label: str
    files: tuple[str, ...]
    date: str | None = None
    optional: frozenset[str] = frozenset()
    left_out: Mapping[str, int] = field(default_factory=dict)


class Header(NamedTuple):
    """What a header line says."""

    key: str
    name: str


def label_slices(paths: Iterable[tuple[str, Paths]], dates: Mapping[str, str] | None = None) -> tuple[TextSlice, ...]:
    """Return the slices that labelled paths make, in their order.

    Parameters
    ----------
    paths : iterable of (label, paths)
        Every label once.
    dates : mapping of str to str, optional
        Label to date.

    Raises
    ------
    ParameterError
        If there is no slice, or a label is empty.
    FormatError
        If a label comes twice, a file comes twice in one slice (also by another name), or a path does not
        exist or is a folder without text.
    """
    slices = tuple(_find(label, given, (dates or {}).get(label)) for label, given in paths)
    if not slices:
        raise ParameterError("slices must be at least one label with a path, got none")
    _check_labels([s.label for s in slices])
    if sum(s.files.count(STANDARD_INPUT) for s in slices) > 1:
        raise ParameterError("standard input ('-') can be read once only, got it as text more than once")
    return slices


def read_manifest(path: Path | str) -> tuple[TextSlice, ...]:
    """Return the slices of a TOML manifest, in the order of the file.

    A ``[[slice]]`` table has a ``label``, ``paths`` (a list, or one; relative to the manifest) and, if
    wanted, a ``date``.

    Parameters
    ----------
    path : Path or str
        The manifest.

    Raises
    ------
    FormatError
        If it is missing, is not TOML, or a slice is not as described.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "old.txt").write_text("sow broadcast")
    >>> _ = (folder / "slices.toml").write_text('[[slice]]\\nlabel = "1790-1859"\\npaths = ["old.txt"]\\ndate = 1825')
    >>> [(s.label, len(s.files), s.date) for s in read_manifest(folder / "slices.toml")]
    [('1790-1859', 1, '1825')]
    """
    path = Path(path)
    try:
        manifest = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise FormatError(f"the manifest {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # TOMLDecodeError, UnicodeDecodeError
        raise FormatError(f"the manifest {path} is not valid TOML: {error}.") from error
    tables = manifest.get("slice")
    if not isinstance(tables, list) or not tables or set(manifest) != {"slice"}:
        raise FormatError(f"the manifest {path} must hold [[slice]] tables and nothing else, got {_names(manifest)}.")
    rows = [_read_slice(path, number, table) for number, table in enumerate(tables, start=1)]
    dates = {label: date for label, _, date in rows if date is not None}
    try:
        return label_slices(((label, paths) for label, paths, _ in rows), dates)
    except (ParameterError, FormatError) as error:
        raise FormatError(f"the manifest {path}: {str(error).removesuffix('.')}.") from error


def parse_header(pattern: "re.Pattern[str]", line: str) -> Header | None:
    """Return what a header line says, or None if ``line`` is not one.

    The key is group 1 of the match, or the whole match; the name is what follows the match.
    """
    found = pattern.search(line[:_HEADER_LENGTH])
    if found is None:
        return None
    key = found.group(1) if pattern.groups and found.group(1) is not None else found.group()
    return Header(" ".join(key.split()), " ".join(line[found.end() : _HEADER_LENGTH].split()))


def find_headers(pattern: "re.Pattern[str]", lines: Sequence[str]) -> dict[int, Header]:
    """Return the header lines among ``lines``, by their number."""
    headers = ((number, parse_header(pattern, line.removesuffix("\r"))) for number, line in enumerate(lines))
    return {number: header for number, header in headers if header is not None}


def compile_header(pattern: str) -> "re.Pattern[str]":
    """Return ``pattern`` compiled, or raise :class:`ParameterError`."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ParameterError(f"header must be a regular expression, got {pattern!r}: {error}") from None


class Bins:
    """Slices as ranges of keys.

    Parameters
    ----------
    text : str
        Ranges of whole numbers, both ends included, and single keys: ``"1790-1859,1860-1899"``,
        ``"uk,us"``. The label of a slice is the text of its bin. Keys that are no whole numbers make no
        ranges: each is a bin of its own.

    Raises
    ------
    ParameterError
        If a bin is empty, comes twice, runs backwards or overlaps another.

    Examples
    --------
    >>> bins = Bins("1790-1859,1860-1899,spoken")
    >>> bins.labels, bins.find("1861"), bins.find("spoken"), bins.find("1900")
    (('1790-1859', '1860-1899', 'spoken'), 1, 2, None)
    """

    def __init__(self, text: str) -> None:
        self.labels = tuple(" ".join(part.split()) for part in text.split(","))
        _check_labels(self.labels, "bins")
        self._ranges: list[tuple[int, int, int]] = []  # first key, last key, number of the bin
        self._single: dict[str, int] = {}
        for number, label in enumerate(self.labels):
            if match := _RANGE.fullmatch(label):
                first, last = int(match[1]), int(match[2])
                if first > last:
                    raise ParameterError(f"bins must run from the lower to the higher key, got {label!r}")
                self._ranges.append((first, last, number))
            elif _INTEGER.fullmatch(label):
                self._ranges.append((int(label), int(label), number))
            else:
                self._single[label] = number
        for (_, last, one), (first, _, two) in pairwise(sorted(self._ranges)):
            if first <= last:
                raise ParameterError(f"bins must not overlap, got {self.labels[one]!r} and {self.labels[two]!r}")

    def find(self, key: str) -> int | None:
        """Return the number of the bin that ``key`` belongs to, or None."""
        if key in self._single:
            return self._single[key]
        if not _INTEGER.fullmatch(key):
            return None
        value = int(key)
        return next((number for first, last, number in self._ranges if first <= value <= last), None)


def check_headers(header: str | None, bins: Bins | None, keys: Collection[str], files: Sequence[str]) -> None:
    """Raise :class:`FormatError` if no line was a header, or a bin has none.

    Parameters
    ----------
    header : str or None
        The regular expression.
    bins : Bins or None
        What the keys are sorted into.
    keys : collection of str
        Those that were found.
    files : sequence of str
        Where.
    """
    if not keys:
        raise FormatError(
            f"header {header!r} matches no line of {describe_files(files)}; look at a header line and mend the "
            "expression."
        )
    if bins is not None:
        found = {bins.find(key) for key in keys}
        for number, label in enumerate(bins.labels):
            if number not in found:
                raise FormatError(describe_empty_bin(label, keys))


def describe_empty_bin(label: str, keys: Collection[str]) -> str:
    """Return the message about a bin that none of the keys seen belongs to."""
    hint = ""
    if "-" in label.lstrip("-") and not any(_INTEGER.fullmatch(key) for key in keys):
        hint = "; ranges are of whole numbers only, other keys are named one by one"
    return f"bin {label!r} matches no header; the keys seen {describe_keys(keys)}{hint}."


def describe_keys(keys: Collection[str]) -> str:
    """Return the keys seen, in a few words: a range if they are numbers."""
    if all(_INTEGER.fullmatch(key) for key in keys):
        numbers = [int(key) for key in keys]
        return f"run from {min(numbers)} to {max(numbers)}"
    shown = sorted(keys)[:5]
    return f"are {', '.join(map(repr, shown))}" + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")


def _find(label: str, given: Paths, date: str | None) -> TextSlice:
    paths = [given] if isinstance(given, str | Path) else list(given)
    if not paths:
        raise ParameterError(f"slice {label!r} must have at least one path, got none")
    files: list[str] = []
    optional: set[str] = set()
    left_out: Counter[str] = Counter()
    for path in paths:
        found = find_files(path)
        files += found.files
        left_out += found.left_out
        if found.files != [str(path)]:
            optional.update(found.files)
    _check_once(label, files)
    return TextSlice(label, tuple(files), date, frozenset(optional), dict(left_out))


def _check_once(label: str, files: Sequence[str]) -> None:
    """Raise :class:`FormatError` if a file is among ``files`` twice, be it by another name."""
    names: dict[object, str] = {}
    for name in files:
        if name == STANDARD_INPUT:  # label_slices counts it over all slices
            continue
        real = _identity(name)
        if real in names:
            same = f"{name} is given twice" if names[real] == name else f"{names[real]} and {name} are the same file"
            raise FormatError(f"slice {label!r}: {same}; give it once.")
        names[real] = name


def _identity(name: str) -> object:
    """Return what two names of one file, links of any kind among them, have in common."""
    try:
        found = os.stat(name)  # noqa: PTH116
    except OSError:
        return os.path.realpath(name)
    return (found.st_dev, found.st_ino) if found.st_ino else os.path.realpath(name)


def _check_labels(labels: Sequence[str], what: str = "slice labels") -> None:
    for number, label in enumerate(labels):
        if not label.strip() or not label.isprintable():
            raise ParameterError(f"{what} must be printable and not empty, got {label!r}")
        if label in labels[:number]:
            if what == "bins":
                raise ParameterError(f"bins must be unique, got {label!r} twice")
            raise FormatError(
                f"{what} must be unique, got {label!r} twice; several paths for one label need a folder or a manifest."
            )


def _read_slice(manifest: Path, number: int, table: Any) -> tuple[str, list[Path | str], str | None]:
    where = f"the manifest {manifest}, slice {number}"
    if not isinstance(table, dict) or not set(table) <= {"label", "paths", "date"}:
        raise FormatError(f"{where}: it must have label, paths and perhaps date, got {_names(table)}.")
    label, paths, date = table.get("label"), table.get("paths"), table.get("date")
    paths = [paths] if isinstance(paths, str) else paths
    if not isinstance(label, str):
        raise FormatError(f"{where}: label must be a string in quotes, got {label!r}.")
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) and path for path in paths):
        raise FormatError(f"{where}: paths must be a list of paths in quotes, got {paths!r}.")
    if STANDARD_INPUT in paths:
        raise FormatError(f"{where}: standard input ('-') has no place in a manifest; name a file.")
    return label, [manifest.parent / path for path in paths], None if date is None else str(date)


def _names(table: Any) -> str:
    return ", ".join(table) if isinstance(table, dict) and table else repr(table)
