"""Files of word pairs with a judgement each: the rules by which separator, header and columns are found."""

import csv
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from .datasets import Dataset, read_dataset

__all__ = [
    "Columns",
    "Pairs",
    "check_columns",
    "checked_word",
    "cut_parts_of_speech",
    "find_column",
    "is_header",
    "read_pairs",
    "split_lines",
]

#: Column names as they are compared: lower case, letters and digits only.
_FIRST = {"word1", "term1", "w1"}
_SECOND = {"word2", "term2", "w2"}
_SCORES = {
    "averagescore",
    "goldstandard",
    "humanmean",
    "mean",
    "meanrating",
    "rating",
    "relatedness",
    "score",
    "similarity",
    "simlex999",
    "value",
}
_POS_SUFFIX = re.compile(r".-[nvjar]")

Columns = tuple[int | str, int | str, int | str]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Word pairs with the similarity that people gave them.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    words : tuple of (str, str)
        The pairs.
    scores : float64[n]
        Judgements, on any scale.
    notes : tuple of str
        What was read from the file by rule: columns chosen, suffixes cut off.
    """

    name: str
    sha256: str
    words: tuple[tuple[str, str], ...]
    scores: NDArray[np.float64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_pairs(path: Path | str | Dataset, *, columns: Columns | None = None) -> Pairs:
    """Read a file of word pairs and scores, one pair a line, plain or compressed.

    The separator is the first of tab, semicolon, comma (two or more in the first line), colon (two or
    more, in a line without white space) and white space; every line has as many fields as the first. The
    first line is a header if its fields include ``word1`` and ``word2`` (also ``term1``, ``w1``; case and
    punctuation ignored); then the score is the one column called like a score (``score``, ``SimLex999``,
    ``Average Score``, ...). A first line of three fields whose third is no number is a header too. Without a
    header there must be three columns: word, word, score. If *every* word ends in a part of speech, as in
    ``sun-n``, the suffixes are cut off. Pairs that are there twice, in either order, are all kept. ``notes``
    says what was done by rule, and counts the pairs that repeat.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.
    columns : (int or str, int or str, int or str), optional
        Names (with a header) or numbers from 1 of the columns of first word, second word and score,
        for files that the rules above do not cover.

    Raises
    ------
    FormatError
        Naming file and line, if the rules find no three columns, a line has more or fewer fields than the
        first, a word is empty, or a score is no finite number.

    Examples
    --------
    >>> found = read_pairs(Dataset("men", "sun-n moon-n 40\\nrun-v walk-v 35.5\\n", ""))
    >>> found.words, found.scores.tolist()
    ((('sun', 'moon'), ('run', 'walk')), [40.0, 35.5])
    """
    source = path if isinstance(path, Dataset) else read_dataset(path)
    shown = source.name if isinstance(path, Dataset) else str(path)
    rows = split_lines(source, shown)
    line, first_row = rows[0]
    header, (first, second, score) = _find_columns(first_row, columns, f"{shown}, line {line}")
    words: list[tuple[str, str]] = []
    scores = []
    for number, fields in rows[header:]:
        where = f"{shown}, line {number}"
        words.append((checked_word(fields[first], where), checked_word(fields[second], where)))
        scores.append(_number(fields[score], where))
    if not words:
        raise FormatError(f"{shown} holds a header and no pair.")
    notes = [f"columns {first + 1}, {second + 1} and {score + 1} of {len(first_row)}"] if len(first_row) > 3 else []
    if header:
        notes.append(f"line {line} taken for a header: {' '.join(first_row)[:60]}")
    words, cut = cut_parts_of_speech(words)
    notes += [cut] if cut else []
    return Pairs(source.name, source.sha256, tuple(words), np.array(scores), (*notes, *_repeats(words, scores)))


def _repeats(words: Sequence[tuple[str, str]], scores: Sequence[float]) -> list[str]:
    """Return what there is to note about pairs that are there more than once, in either order."""
    found: dict[tuple[str, ...], list[float]] = {}
    for pair, score in zip(words, scores, strict=True):
        found.setdefault(tuple(sorted(word.casefold() for word in pair)), []).append(score)
    more = [judged for judged in found.values() if len(judged) > 1]
    if not more:
        return []
    unequal, lines = sum(len(set(judged)) > 1 for judged in more), sum(map(len, more))
    return [
        f"{lines} lines hold {len(more)} pairs more than once, in either order; all kept; scores differ in {unequal}"
    ]


def cut_parts_of_speech(words: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], str]:
    """Return words without ``-n`` and the like, and a note, if every word has such an end; else the words and "".

    Parameters
    ----------
    words : sequence of (str, str)
        Pairs of words.

    Examples
    --------
    >>> cut_parts_of_speech([("sun-n", "shine-v")])
    ([('sun', 'shine')], "parts of speech such as '-n' cut off every word")
    >>> cut_parts_of_speech([("sun-n", "follow-up")])
    ([('sun-n', 'follow-up')], '')
    """
    if not all(_POS_SUFFIX.fullmatch(word[-3:]) for pair in words for word in pair):
        return list(words), ""
    return [(one[:-2], other[:-2]) for one, other in words], "parts of speech such as '-n' cut off every word"


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


def split_lines(source: Dataset, shown: str, least: int = 3) -> list[tuple[int, list[str]]]:
    """Return line number and fields of each line that is not blank.

    Parameters
    ----------
    source : Dataset
        A test set of one item a line.
    shown : str
        Its name, for messages.
    least : int >= 2, default 3
        How many fields a line has at least: one separator fewer makes a character the separator.

    Raises
    ------
    FormatError
        If a line has more or fewer fields than the first.

    Examples
    --------
    >>> split_lines(Dataset("toy", "a b\\tc\\n\\nd\\te\\n", ""), "toy", 2)
    [(1, ['a b', 'c']), (3, ['d', 'e'])]
    """
    lines = list(source.lines())
    if not lines:
        raise FormatError(f"{shown} is empty.")
    first = lines[0][1].strip()
    separator = next((s for s in "\t;," if first.count(s) >= least - 1), None)
    if separator is None and first.count(":") >= least - 1 and not first.split(maxsplit=1)[1:]:
        separator = ":"
    rows: list[tuple[int, list[str]]] = []
    for number, line in lines:
        try:
            quoted = separator in (";", ",") and next(csv.reader([line], delimiter=separator, skipinitialspace=True))
        except csv.Error as error:
            raise FormatError(f"{shown}, line {number}: {error}.") from error
        fields = [field.strip() for field in quoted or _cut(line, separator)]
        if rows and len(fields) != len(rows[0][1]):
            raise FormatError(
                f"{shown}, line {number}: expected {len(rows[0][1])} columns like the first line, got {len(fields)} "
                f"({_NAMES[separator]} between columns)."
            )
        rows.append((number, fields))
    return rows


_NAMES = {"\t": "a tab", ";": "a semicolon", ",": "a comma", ":": "a colon", None: "white space"}


def _cut(line: str, separator: str | None) -> list[str]:
    # White space at the ends is no field, a tab before an empty first field is one.
    return line.split() if separator is None else line.strip("\r\n").split(separator)


def is_header(fields: Sequence[str]) -> bool:
    """Return whether the fields of a line name the columns of two words.

    Parameters
    ----------
    fields : sequence of str
        Of the first line.

    Examples
    --------
    >>> is_header(["#Word 1", "Word 2", "Score"]), is_header(["cat", "dog", "3"])
    (True, False)
    """
    names = set(map(_plain, fields))
    return bool(_FIRST & names) and bool(_SECOND & names)


def check_columns(fields: Sequence[str], count: int, where: str, expected: str) -> None:
    """Raise an error unless there are as many fields as expected.

    Parameters
    ----------
    fields : sequence of str
        Of the first line.
    count : int
        How many there must be.
    where, expected : str
        File and line, and what the columns are, for the message.

    Raises
    ------
    FormatError
        Saying how to name columns.

    Examples
    --------
    >>> check_columns(["cat", "animal"], 2, "toy, line 1", "word and word")
    """
    if len(fields) != count:
        raise FormatError(
            f"{where}: expected {count} columns, {expected}; got {len(fields)} ({', '.join(fields[:8])[:120]}). "
            "Keep these, or name them (in Python: columns=(...), names or numbers from 1)."
        )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def _find_columns(first: Sequence[str], columns: Columns | None, where: str) -> tuple[bool, tuple[int, int, int]]:
    """Return whether ``first`` is a header, and the columns (from 0) of words and score."""
    names, named = [_plain(field) for field in first], is_header(first)
    if columns is not None:
        one, two, score = (find_column(column, first, where) for column in columns)
        return named or any(isinstance(c, str) for c in columns) or not _looks_numeric(first[score]), (one, two, score)
    if named:
        one = next(i for i, name in enumerate(names) if name in _FIRST)
        two = next(i for i, name in enumerate(names) if name in _SECOND)
        scores = [i for i, name in enumerate(names) if name in _SCORES]
        if len(scores) == 1:
            return True, (one, two, scores[0])
        if len(first) == 3:
            return True, (one, two, 3 - one - two)
    elif len(first) == 3:
        return not _looks_numeric(first[2]), (0, 1, 2)
    raise FormatError(
        f"{where}: cannot tell which of {len(first)} columns are word1, word2 and score "
        f"({', '.join(first[:8])[:120]}); keep these three, or name them, "
        "as in --columns 1,2,5 (in Python: columns=(1, 2, 5))."
    )


def find_column(column: int | str, first: Sequence[str], where: str) -> int:
    """Return the column, counted from 0, that a user named by its number from 1 or its name.

    Parameters
    ----------
    column : int or str
        Which.
    first : sequence of str
        The fields of the first line.
    where : str
        File and line, for the message.

    Raises
    ------
    FormatError
        If there is none.

    Examples
    --------
    >>> find_column("score", ["word1", "word2", "score"], "toy, line 1"), find_column(1, ["a", "b"], "toy, line 1")
    (2, 0)
    """
    if isinstance(column, int) and 1 <= column <= len(first):
        return column - 1
    if isinstance(column, str) and column in first:
        return list(first).index(column)
    raise FormatError(f"{where}: there is no column {column!r} among {', '.join(first[:20])}.")


def _looks_numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(text: str, where: str) -> float:
    if not (_looks_numeric(text) and math.isfinite(float(text))):
        raise FormatError(f"{where}: the score must be a number, got {text!r}.")
    return float(text)
