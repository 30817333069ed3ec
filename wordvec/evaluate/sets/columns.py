"""Tables of test sets: what separates the columns, which line is a header, which column is which, by rule."""

import csv
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ...errors import FormatError
from .datasets import Dataset

__all__ = [
    "Columns",
    "Role",
    "Table",
    "checked_number",
    "checked_word",
    "find_columns",
    "is_numeric",
    "read_rows",
    "read_table",
]

Row = tuple[int, list[str]]
#: What a column is for, and the names that a header may have for it, in lower case, letters and digits only.
Role = tuple[str, AbstractSet[str]]
#: Numbers, from 1, or names of columns, one for each role.
Columns = Sequence[int | str]

_SEPARATORS = {"\t": "a tab", ";": "a semicolon", ",": "a comma", ":": "a colon", " ": "white space"}


@dataclass(frozen=True, eq=False)
class Table:
    """The lines of a table, as far as they are asked for.

    Parameters
    ----------
    rows : tuple of (str, tuple of str)
        File and line, for messages, and one field for each role.
    notes : tuple of str
        What was found by rule: the columns, where there are more than roles, and a header.
    width : int
        How many columns the first line has.
    name : str
        Of the test set: of the file and, where a user chose them, of the columns, for other columns are other items.
    """

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    width: int
    name: str


def read_table(
    source: Dataset,
    roles: Sequence[Role],
    columns: Columns | None = None,
    *,
    separators: str = "\t;,",
    unnamed: Sequence[int] | None = None,
    value: Callable[[str], bool] | None = None,
    ragged: bool = False,
) -> Table:
    """Read the columns that a task needs.

    Parameters
    ----------
    source : Dataset
        The text.
    roles, columns, unnamed, value
        See :func:`find_columns`.
    separators : str
        See :func:`read_rows`.
    ragged : bool, default False
        Whether lines may have more or fewer fields than the first, as long as those that are asked for are there.

    Raises
    ------
    FormatError
        Naming file and line, if the rules do not tell, a line does not fit, or there is none below the header.

    Examples
    --------
    >>> roles = [("word", {"word"}), ("category", {"class"})]
    >>> found = read_table(Dataset("toy", "No.,Word,Class\\n1,cat,animal\\n", ""), roles)
    >>> found.rows, found.notes
    ((('toy, line 2', ('cat', 'animal')),), ('columns 2 and 3 of 3', 'line 1 taken for a header: No. Word Class'))
    """
    rows = read_rows(source, separators, least=len(roles), ragged=ragged)
    line, first = rows[0]
    header, places = find_columns(first, roles, columns, source.where(line), unnamed=unnamed, value=value)
    if len(rows) == header:
        raise FormatError(f"{source.shown} holds a header and no line below it.")
    notes, found = [], []
    if len(first) > len(roles):
        *most, last = (str(place + 1) for place in places)
        notes.append(f"columns {', '.join(most)} and {last} of {len(first)}")
    if header:
        notes.append(f"line {line} taken for a header: {' '.join(first).strip()[:60]}")
    for number, fields in rows[header:]:
        if len(fields) <= max(places):
            raise FormatError(f"{source.where(number)}: expected {max(places) + 1} columns or more, got {len(fields)}.")
        found.append((source.where(number), tuple(fields[place] for place in places)))
    chosen = "" if columns is None else f", columns {' '.join(str(place + 1) for place in places)}"
    return Table(tuple(found), tuple(notes), len(first), source.name + chosen)


def read_rows(source: Dataset, separators: str = "\t;,", *, least: int = 2, ragged: bool = False) -> list[Row]:
    """Return line number and fields of each line that is not blank.

    Parameters
    ----------
    source : Dataset
        The text.
    separators : str
        The first of these that makes ``least`` fields of the first line separates all. White space at the ends of
        that line does not count, and a colon only in a line without white space; a space stands for any white
        space, and for no separator at all. Fields between commas or semicolons may stand in double quotes.
    least : int, default 2
        How many columns there must be.
    ragged : bool, default False
        Whether lines may have more or fewer fields than the first.

    Raises
    ------
    FormatError
        Naming file and line, if there is no separator, a quote is left open or a line has more or fewer fields.

    Examples
    --------
    >>> read_rows(Dataset("toy", 'cat,"an animal, small"\\n', ""))
    [(1, ['cat', 'an animal, small'])]
    >>> read_rows(Dataset("toy", "a b\\tc\\n\\nd\\te\\n", ""))
    [(1, ['a b', 'c']), (3, ['d', 'e'])]
    """
    lines = list(source.lines())
    if not lines:
        raise FormatError(f"{source.shown} is empty.")
    number, first = lines[0][0], lines[0][1].strip()
    separator = next((s for s in separators if s == " " or _parts(first, s) >= least), None)
    if separator is None:
        *most, last = (_SEPARATORS[s] for s in separators)
        allowed = f"{', '.join(most)} or {last}"
        raise FormatError(f"{source.where(number)}: expected columns with {allowed} between them, got {first[:60]!r}.")
    rows: list[Row] = []
    for number, line in lines:
        rows.append((number, _split(line, separator, source.where(number))))
        if len(rows[-1][1]) != len(rows[0][1]) and not ragged:
            raise FormatError(
                f"{source.where(number)}: expected {len(rows[0][1])} columns like the first line, got "
                f"{len(rows[-1][1])} ({_SEPARATORS[separator]} between columns)."
            )
    return rows


def _parts(line: str, separator: str) -> int:
    return 1 if separator == ":" and len(line.split()) > 1 else 1 + line.count(separator)


def _split(line: str, separator: str, where: str) -> list[str]:
    if separator == " ":
        return line.split()
    try:
        # White space at the ends is no field, a tab before an empty first field is one.
        quoted = csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True)
        fields = next(quoted) if separator in ";," else line.split(separator)
    except csv.Error as error:
        raise FormatError(f"{where}: {error}; is a quotation mark missing?") from error
    return [field.strip() for field in fields]


def find_columns(
    first: Sequence[str],
    roles: Sequence[Role],
    columns: Columns | None,
    where: str,
    *,
    unnamed: Sequence[int] | None = None,
    value: Callable[[str], bool] | None = None,
) -> tuple[bool, list[int]]:
    """Return whether the first line is a header, and the column, from 0, of each role.

    Columns that are named decide; then the line is a header if one of them is given by its name, or the line has
    names of all roles (of three, two will do), or its last field that is asked for is no value. Else it is a header
    if it has exactly one name of each role, upper and lower case, spaces and punctuation ignored. Else there must
    be as many columns as roles, in their order. Such a first line is a header if its last field is no value, and
    must not have the names of roles elsewhere than in their places. Where values say nothing, it is no header, and
    must not have such names at all.

    Parameters
    ----------
    first : sequence of str
        Fields of the first line.
    roles : sequence of (str, set of str)
        What each column is for, and the names that a header may have for it: lower case letters and digits.
    columns : sequence of int or str, optional
        Numbers, from 1, or names of the columns.
    where : str
        File and line, for errors.
    unnamed : sequence of int, optional
        Numbers, from 1, of the columns of a table whose header does not tell; the highest says how many there are.
    value : callable, optional
        Tells whether a field may be what the last role is for, a number say.

    Raises
    ------
    FormatError
        If this does not tell.

    Examples
    --------
    >>> find_columns(["No.", "Word", "Class"], [("word", {"word"}), ("category", {"class"})], None, "toy, line 1")
    (True, [1, 2])
    >>> find_columns(["cat", "7"], [("word", {"word"}), ("count", {"count"})], None, "toy, line 1", value=is_numeric)
    (False, [0, 1])
    """
    plain = [re.sub(r"[\W_]", "", field).lower() for field in first]
    fitting = [[i for i, name in enumerate(plain) if name in names] for _, names in roles]
    if columns is not None:
        places = _chosen(columns, roles, first, where)
        named = sum(map(bool, fitting)) >= max(2, len(roles) - 1) or any(isinstance(c, str) for c in columns)
        return named or (value is not None and not value(first[places[-1]])), places
    if all(len(found) == 1 for found in fitting):
        return True, [found[0] for found in fitting]
    order = [number - 1 for number in unnamed or range(1, len(roles) + 1)]
    if len(first) == max(order) + 1:
        if value is not None and value(first[order[-1]]):
            return False, order
        allowed: list[set[int]] = [{place} if value is not None else set() for place in order]
        if all(set(found) <= fine for found, fine in zip(fitting, allowed, strict=True)):
            return value is not None, order
    numbers = range(1, len(roles) + 1)
    raise FormatError(
        f"{where}: cannot tell which of {len(first)} columns are {_listed(roles)} ({', '.join(first[:8])[:120]}); "
        f"keep to {max(order) + 1} or name them: columns=({', '.join(map(str, numbers))}) in Python, "
        f"columns = {list(numbers)} in a suite, --columns for similarity."
    )


def _listed(roles: Sequence[Role]) -> str:
    *most, last = (role for role, _ in roles)
    return f"{', '.join(most)} and {last}"


def _chosen(columns: Columns, roles: Sequence[Role], first: Sequence[str], where: str) -> list[int]:
    """Return the columns, counted from 0, that a user named by their numbers from 1 or their names."""
    if len(columns) != len(roles):
        raise FormatError(f"{where}: expected {len(roles)} columns to be named ({_listed(roles)}), got {len(columns)}.")
    places = []
    for column in columns:
        if isinstance(column, int) and 1 <= column <= len(first):
            places.append(column - 1)
        elif isinstance(column, str) and column in first:
            places.append(list(first).index(column))
        else:
            raise FormatError(f"{where}: there is no column {column!r} among {', '.join(first[:20])[:200]}.")
    return places


def is_numeric(text: str) -> bool:
    """Return whether text is a number, infinity and NaN among them.

    Parameters
    ----------
    text : str
        A field.

    Examples
    --------
    >>> is_numeric("3.5"), is_numeric("nan"), is_numeric("score")
    (True, True, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text  # 1_0 is ten to Python only


def checked_number(text: str, where: str) -> float:
    """Return the number that a field holds.

    Parameters
    ----------
    text : str
        A score of a test set.
    where : str
        File and line, for the message.

    Raises
    ------
    FormatError
        If it is no finite number.

    Examples
    --------
    >>> checked_number("3.5", "toy, line 1")
    3.5
    """
    if not (is_numeric(text) and math.isfinite(float(text))):
        raise FormatError(f"{where}: the score must be a number, got {text[:60]!r}.")
    return float(text)


def checked_word(word: str, where: str) -> str:
    """Return ``word``, which must be one.

    Parameters
    ----------
    word : str
        A field of a test set.
    where : str
        File and line, for the message.

    Raises
    ------
    FormatError
        If it is empty or holds a control character, as text in UTF-16 does.

    Examples
    --------
    >>> checked_word("renal failure", "toy, line 1")
    'renal failure'
    """
    if not word:
        raise FormatError(f"{where}: a word is empty.")
    odd = next((c for c in word if unicodedata.category(c) == "Cc"), None)
    if odd is not None:
        raise FormatError(f"{where}: {word[:40]!r} holds the control character {odd!r}; is the file UTF-8 text?")
    return word
