"""Files of word pairs with a judgement each."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .columns import Columns, Role, checked_number, checked_word, is_numeric, read_rows, read_table
from .datasets import Dataset, read_dataset

__all__ = [
    "SEPARATORS",
    "WORDS",
    "Pairs",
    "checked_pair",
    "count_repeats",
    "cut_parts_of_speech",
    "read_pairs",
    "read_word_pairs",
]

#: What may separate the columns of a table of word pairs (see :func:`~wordvec.evaluate.sets.columns.read_rows`).
SEPARATORS = "\t;,: "
#: The columns of two words, and how headers call them.
WORDS: list[Role] = [("word1", {"word1", "term1", "w1"}), ("word2", {"word2", "term2", "w2"})]
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
    source = read_dataset(path)
    table = read_table(source, [*WORDS, ("score", _SCORES)], columns, separators=SEPARATORS, value=is_numeric)
    words = [checked_pair(fields, where) for where, fields in table.rows]
    scores = [checked_number(fields[2], where) for where, fields in table.rows]
    words, cut = cut_parts_of_speech(words)
    ordered = [tuple(sorted(word.casefold() for word in pair)) for pair in words]
    notes = [*table.notes, *cut, *count_repeats(ordered, scores, "scores", "pairs more than once, in either order")]
    return Pairs(table.name, source.sha256, tuple(words), np.array(scores), tuple(notes))


def read_word_pairs(path: Path | str | Dataset) -> tuple[tuple[str, str], ...]:
    """Read the words of a file of word pairs, with or without scores.

    Where the first line has two fields, every line is two words, and the first a header if it says ``word1 word2``
    or the like; else the file is read as :func:`read_pairs` does.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.

    Raises
    ------
    FormatError
        As for :func:`read_pairs`.

    Examples
    --------
    >>> read_word_pairs(Dataset("plain", "cat\\tfeline\\nsea\\tocean\\n", ""))
    (('cat', 'feline'), ('sea', 'ocean'))
    >>> read_word_pairs(Dataset("scored", "cat feline 9\\nsea law 1\\n", ""))
    (('cat', 'feline'), ('sea', 'law'))
    """
    source = read_dataset(path)
    if len(read_rows(source, SEPARATORS, least=2)[0][1]) > 2:
        return read_pairs(source).words
    table = read_table(source, WORDS, separators=SEPARATORS)
    return tuple(cut_parts_of_speech([checked_pair(fields, where) for where, fields in table.rows])[0])


def checked_pair(fields: Sequence[str], where: str) -> tuple[str, str]:
    """Return the first two fields, which must be words.

    Parameters
    ----------
    fields : sequence of str
        Of a line.
    where : str
        File and line, for the message.

    Raises
    ------
    FormatError
        If one is empty or holds a control character.

    Examples
    --------
    >>> checked_pair(["cat", "dog", "3"], "toy, line 1")
    ('cat', 'dog')
    """
    return checked_word(fields[0], where), checked_word(fields[1], where)


def count_repeats(keys: Sequence[Hashable], judged: Sequence[Hashable], what: str, often: str) -> list[str]:
    """Return what there is to note about items that are there more than once; nothing if there are none.

    Parameters
    ----------
    keys : sequence
        Items; equal ones are one item.
    judged : sequence
        What each line says of its item.
    what, often : str
        What that is, and what the items are, for the note.

    Examples
    --------
    >>> count_repeats([("cat", "dog"), ("cat", "dog")], [1, 0], "labels", "pairs more than once")
    ['2 lines hold 1 pairs more than once; all kept; labels differ in 1']
    """
    found: dict[Hashable, list[Hashable]] = {}
    for key, value in zip(keys, judged, strict=True):
        found.setdefault(key, []).append(value)
    more = [values for values in found.values() if len(values) > 1]
    unequal, lines = sum(len(set(values)) > 1 for values in more), sum(map(len, more))
    return [f"{lines} lines hold {len(more)} {often}; all kept; {what} differ in {unequal}"] if more else []


def cut_parts_of_speech(words: Sequence[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return words without ``-n`` and the like, and a note, if every word has such an end; else the words and none.

    Parameters
    ----------
    words : sequence of (str, str)
        Pairs of words.

    Examples
    --------
    >>> cut_parts_of_speech([("sun-n", "shine-v")])
    ([('sun', 'shine')], ["parts of speech such as '-n' cut off every word"])
    >>> cut_parts_of_speech([("sun-n", "follow-up")])
    ([('sun-n', 'follow-up')], [])
    """
    if not all(_POS_SUFFIX.fullmatch(word[-3:]) for pair in words for word in pair):
        return list(words), []
    return [(one[:-2], other[:-2]) for one, other in words], ["parts of speech such as '-n' cut off every word"]
