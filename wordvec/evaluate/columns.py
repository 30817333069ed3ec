"""Tables of test sets: what separates the columns, and which of them is which, by rule."""

import csv
import re
from collections.abc import Sequence

from ..errors import FormatError
from .datasets import Dataset

__all__ = ["find_columns", "read_rows"]

Row = tuple[int, list[str]]


def read_rows(source: Dataset, shown: str, separators: str = "\t;,") -> list[Row]:
    """Return line number and fields of each line that is not blank; all lines have as many fields.

    Parameters
    ----------
    source : Dataset
        The text.
    shown : str
        How errors name it.
    separators : str
        The first of these that the first line has separates the fields. Fields between commas or semicolons may
        stand in double quotes.

    Raises
    ------
    FormatError
        Naming file and line, if there is no separator, a quote is left open or a line has more or fewer fields.

    Examples
    --------
    >>> read_rows(Dataset("toy", 'cat,"an animal, small"\\n', ""), "toy")
    [(1, ['cat', 'an animal, small'])]
    """
    lines = list(source.lines())
    number, first = lines[0]
    separator = next((s for s in separators if s in first), None)
    if separator is None:
        allowed = " or ".join({"\t": "tabs", ";": "semicolons", ",": "commas"}[s] for s in separators)
        raise FormatError(f"{shown}, line {number}: expected columns with {allowed} between them, got {first[:60]!r}.")
    rows: list[Row] = []
    for number, line in lines:
        try:
            fields = (
                line.strip("\r\n").split(separator)
                if separator == "\t"
                else next(csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True))
            )
        except csv.Error as error:
            raise FormatError(f"{shown}, line {number}: {error}.") from error
        rows.append((number, [field.strip() for field in fields]))
        if len(fields) != len(rows[0][1]):
            raise FormatError(
                f"{shown}, line {number}: expected {len(rows[0][1])} columns like the first line, got {len(fields)}."
            )
    return rows


def find_columns(
    first: Sequence[str],
    roles: Sequence[tuple[str, set[str]]],
    columns: Sequence[int | str] | None,
    where: str,
) -> tuple[bool, list[int]]:
    """Return whether the first line is a header, and the column, from 0, of each role.

    Columns that are named decide. Else it is a header if it has exactly one name of each role, upper and lower
    case, spaces and punctuation ignored. Else there must be as many columns as roles, in their order.

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

    Raises
    ------
    FormatError
        If this does not tell.

    Examples
    --------
    >>> find_columns(["No.", "Word", "Class"], [("word", {"word"}), ("category", {"class"})], None, "toy, line 1")
    (True, [1, 2])
    """
    names = [re.sub(r"[\W_]", "", field).lower() for field in first]
    fitting = [[i for i, name in enumerate(names) if name in allowed] for _, allowed in roles]
    named = all(len(found) == 1 for found in fitting)
    if columns is not None:
        if len(columns) != len(roles):
            wanted = ", ".join(role for role, _ in roles)
            raise FormatError(f"{where}: expected {len(roles)} columns to be named ({wanted}), got {len(columns)}.")
        return named or any(isinstance(c, str) for c in columns), [_chosen(column, first, where) for column in columns]
    if named:
        return True, [found[0] for found in fitting]
    if len(first) == len(roles) and not any(fitting):
        return False, list(range(len(roles)))
    wanted = " and ".join(role for role, _ in roles)
    raise FormatError(
        f"{where}: cannot tell which of {len(first)} columns are {wanted} ({', '.join(first[:8])[:120]}); "
        f"keep these {len(roles)}, or name them, as in columns=({', '.join(map(str, range(1, len(roles) + 1)))})."
    )


def _chosen(column: int | str, first: Sequence[str], where: str) -> int:
    if isinstance(column, int) and 1 <= column <= len(first):
        return column - 1
    if isinstance(column, str) and column in first:
        return list(first).index(column)
    raise FormatError(f"{where}: there is no column {column!r} among {', '.join(first[:20])[:200]}.")
