"""Files of temporal analogies: who was to one year what another was to another."""

import re
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path

from ...errors import FormatError
from .columns import read_rows
from .datasets import Dataset, read_dataset

__all__ = ["TemporalAnalogies", "read_temporal"]

Item = tuple[str, str, str, str]

#: Names of columns as they are compared: lower case, letters and digits only.
_NAMES = [{"w1", "word1"}, {"y1", "year1", "t1", "time1"}, {"w2", "word2"}, {"y2", "year2", "t2", "time2"}]
_DATED = re.compile(r"(.+)-(\d+)")


@dataclass(frozen=True, eq=False)
class TemporalAnalogies:
    """Words that mean in one year what others mean in another.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    items : tuple of (str, str, str, str)
        Word, year, the word that meant the same in another year, that year.
    notes : tuple of str
        What was read from the file by rule.
    """

    name: str
    sha256: str
    items: tuple[Item, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.items)


def read_temporal(path: Path | str | Dataset) -> TemporalAnalogies:
    r"""Read temporal analogies, plain or compressed, in one of three forms.

    The separator is the first of tab, semicolon and comma that the first line has, otherwise white space.

    1. A table, if the first field of the first line is ``year``: a row for each year, a column for each role,
       which the first line names; in each cell who held the role (Szymański's). Each role asks from every year for
       every other one. An empty cell asks nothing.
    2. Pairs, two fields a line: ``reagan-1987<TAB>clinton-1997``, the year behind the last hyphen (Yao et al.).
    3. Four fields a line: word, year, word, year; a first line of ``w1 y1 w2 y2``, or ``word1``, ``year1`` and so
       on, is a header.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.

    Raises
    ------
    FormatError
        Naming file and line, if a line is not of the form of the first one, or a year has two rows.

    Examples
    --------
    >>> found = read_temporal(Dataset("toy", "Year,President,Mayor\n1988,reagan,koch\n1998,clinton,giuliani\n", ""))
    >>> len(found), found.items[0]
    (4, ('reagan', '1988', 'clinton', '1998'))
    >>> read_temporal(Dataset("toy", "reagan-1988\tclinton-1998\n", "")).items
    (('reagan', '1988', 'clinton', '1998'),)
    """
    source = read_dataset(path)
    rows = read_rows(source, "\t;, ")
    head = rows[0][1]
    if _plain(head[0]) == "year":
        items, notes = _read_table(rows, source)
    elif len(head) in (2, 4):
        items, notes = _read_lines(rows, source)
    else:
        raise FormatError(
            f"{source.where(rows[0][0])}: expected a header that begins with 'year', or two fields like "
            f"reagan-1988, or word, year, word, year; got {len(head)} {'field' if len(head) == 1 else 'fields'}."
        )
    if not items:
        raise FormatError(f"{source.shown} holds no analogy between two years.")
    return TemporalAnalogies(source.name, source.sha256, tuple(items), tuple(notes))


def _plain(field: str) -> str:
    return re.sub(r"[\W_]", "", field).lower()


def _read_table(rows: list[tuple[int, list[str]]], source: Dataset) -> tuple[list[Item], list[str]]:
    """Return the analogies of a table of years and roles, role by role."""
    roles = rows[0][1][1:]
    years: dict[str, list[str]] = {}
    for number, fields in rows[1:]:
        where = source.where(number)
        if not fields[0]:
            raise FormatError(f"{where}: the year is empty.")
        if fields[0] in years:
            raise FormatError(f"{where}: the year {fields[0]} is there twice.")
        years[fields[0]] = fields[1:]
    items: list[Item] = []
    for role in range(len(roles)):
        held = [(holders[role], year) for year, holders in years.items() if holders[role]]
        items += [(*one, *other) for one, other in permutations(held, 2)]
    empty = sum(not holder for holders in years.values() for holder in holders)
    notes = [f"a table of {len(years)} years and {len(roles)} roles"]
    return items, notes + ([f"{empty} of {len(years) * len(roles)} cells are empty"] if empty else [])


def _read_lines(rows: list[tuple[int, list[str]]], source: Dataset) -> tuple[list[Item], list[str]]:
    """Return the analogies of a file that has one on each line, in two or four fields."""
    head, notes, items = rows[0][1], [], []
    if len(head) == 4 and all(_plain(field) in names for field, names in zip(head, _NAMES, strict=True)):
        notes.append(f"line {rows[0][0]} taken for a header: {' '.join(head)}")
        rows = rows[1:]
    for number, fields in rows:
        where = source.where(number)
        if len(fields) == 2:
            dated = [_DATED.fullmatch(field) for field in fields]
            for match, field in zip(dated, fields, strict=True):
                if not match:
                    raise FormatError(f"{where}: expected a word and a year, such as reagan-1988, got {field!r}.")
            fields = [part for match in dated if match for part in match.groups()]
        if not all(fields):
            raise FormatError(f"{where}: a word or a year is empty.")
        items.append((fields[0], fields[1], fields[2], fields[3]))
    return items, notes
