"""Files of pairs of words that mean the same in two slices: colour and color."""

import json
from dataclasses import dataclass
from pathlib import Path

from ...errors import FormatError
from .columns import Columns, Role, checked_word, read_table
from .datasets import Dataset, read_dataset

__all__ = ["SlicePairs", "read_slice_pairs"]

_ROLES: list[Role] = [
    ("word of the first slice", frozenset({"word1", "source"})),
    ("word of the second slice", frozenset({"word2", "target"})),
]


@dataclass(frozen=True, eq=False)
class SlicePairs:
    """Words of one slice, each with the word that says the same in another.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    words : tuple of (str, str)
        The pairs.
    notes : tuple of str
        What was read by rule.
    """

    name: str
    sha256: str
    words: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_slice_pairs(path: Path | str | Dataset, *, columns: Columns | None = None) -> SlicePairs:
    r"""Read pairs of words from a table of two columns, or from JSON: an object of words to words.

    Parameters
    ----------
    path : Path, str or Dataset
        The file, plain or compressed. It is JSON if it begins with a brace.
    columns : (int or str, int or str), optional
        Names or numbers from 1 of the columns of a table with more than two.

    Raises
    ------
    FormatError
        Naming file and line or entry, if a line has no two words, or an entry of JSON is not one word to one other.

    Examples
    --------
    >>> read_slice_pairs(Dataset("toy", '{"colour": "color"}', "")).words
    (('colour', 'color'),)
    >>> read_slice_pairs(Dataset("toy", "lift\televator\n", "")).words
    (('lift', 'elevator'),)
    """
    source = read_dataset(path)
    notes: list[str] = []
    if source.text.lstrip().startswith("{"):
        name, pairs = source.name, _read_json(source)
    else:
        table = read_table(source, _ROLES, columns)
        name, notes = table.name, list(table.notes)
        pairs = [(checked_word(fields[0], where), checked_word(fields[1], where)) for where, fields in table.rows]
    once = dict.fromkeys(pairs)
    if len(once) < len(pairs):
        notes.append(f"{len(pairs) - len(once)} of {len(pairs)} pairs are there more than once; each counts once")
    still = sum(one == other for one, other in once)
    if still:
        notes.append(f"{still} of {len(once)} pairs have one word on both sides, which vectors that never move answer")
    return SlicePairs(name, source.sha256, tuple(once), tuple(notes))


def _read_json(source: Dataset) -> list[tuple[str, str]]:
    try:
        held = json.loads(source.text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FormatError(f"{source.shown} is not JSON: {error}.") from error
    pairs = []
    for one, other in held.items():
        if not isinstance(other, str) or len(other.split()) > 3:
            raise FormatError(f"{source.shown}: expected a word for {one!r}, got {str(other)[:60]!r}.")
        where = f"{source.shown}, entry {one!r}"
        pairs.append((checked_word(one, where), checked_word(other, where)))
    if not pairs:
        raise FormatError(f"{source.shown} holds no pair.")
    return pairs
