"""Text with a label on every token: CoNLL-U, and columns as in CoNLL-2003."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError, require
from .datasets import Dataset, read_dataset
from .entities import count_broken, find_scheme, iob2, split_label

__all__ = ["TaggedText", "TaggingTask", "read_tagged_text"]

TaggingTask = Literal["pos", "ner"]

_CONLLU_COLUMNS, _UPOS = 10, 4
_CONLLU_ID = re.compile(r"\d+(?:([-.])\d+)?")
#: With spaces between columns "# O" is a token and its label; these are comments all the same.
_COMMENT = re.compile(r"#\s*(?:[\w.]+\s*=|newdoc\b|newpar\b|begin document\b|end document\b)")
_NEW_DOCUMENT = re.compile(r"#\s*(?:newdoc\b|doc\b|begin document\b)")
_BORDER = "-DOCSTART-"
#: Real files hold a mistyped label; more than one in so many is another column.
_MOST_STRAY = 1000


@dataclass(frozen=True, eq=False)
class TaggedText:
    """Sentences of words with a label each.

    Parameters
    ----------
    name, sha256 : str
        Of the file.
    task : {"pos", "ner"}
        Whether a label belongs to its token alone, or tells where entities begin and go on (then in IOB2).
    words, labels : tuple of str
        Of all N tokens.
    starts : int64[S + 1]
        Where each sentence begins, and N.
    units : int64[S]
        Number of the document of each sentence; of the sentence itself where the file has no documents.
    unit : {"document", "sentence"}
        Which of the two.
    notes : tuple of str
        What was read from the file by rule: columns, scheme, labels that were repaired.
    """

    name: str
    sha256: str
    task: TaggingTask
    words: tuple[str, ...]
    labels: tuple[str, ...]
    starts: NDArray[np.int64]
    units: NDArray[np.int64]
    unit: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.starts) - 1

    def sentences(self, values: tuple[str, ...] | list[str]) -> list[tuple[str, ...]]:
        """Return what belongs to each sentence.

        Parameters
        ----------
        values : tuple or list of N str
            Words, labels, or other labels.
        """
        return [tuple(values[a:b]) for a, b in pairwise(self.starts.tolist())]


class _Layout(NamedTuple):
    """Where what stands in a line of a token."""

    conllu: bool
    tab: bool
    width: int
    word: int
    label: int
    first: int  # the line that this was read from


class _Tokens(NamedTuple):
    """What stands in the lines of a file."""

    lines: list[int]
    words: list[str]
    labels: list[str]
    starts: list[int]
    documents: list[int]


def read_tagged_text(
    path: Path | str | Dataset, *, task: TaggingTask | None = None, column: int | None = None
) -> TaggedText:
    r"""Read a file of a token and its labels a line, with blank lines between sentences, plain or compressed.

    It is CoNLL-U if its first token has ten columns between tabs and a number in the first; then words are in
    column 2, and multiword tokens (``1-2``) and empty nodes (``8.1``) are left out. Otherwise words are in
    column 1. Columns are between tabs if the first token's are, else between spaces.

    Without ``task``, CoNLL-U is for parts of speech and other files are for entities. Without ``column``, parts of
    speech are in column 4 of CoNLL-U (UPOS) and in column 2 of other files, entities are in the last column.

    A line that begins with ``#`` and has no tab is a comment; in a file with spaces between columns, only one like
    ``# name = value``. Documents begin at ``# newdoc``, ``# doc = ...``, ``#begin document`` and ``-DOCSTART-``.

    Labels of entities are IOB1, IOB2, IOBES or BILOU (:func:`~wordvec.evaluate.sets.entities.find_scheme`). Broken ones
    are repaired as ``conlleval`` reads them, an I that continues nothing begins an entity, and counted. If no more
    than one label in 1,000 is none of the scheme, it is read as O and counted.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.
    task : {"pos", "ner"}, optional
        What its labels are.
    column : int >= 1, optional
        Where they are.

    Raises
    ------
    FormatError
        Naming file and line, if a line has not as many columns as the first, has no word or label, or if the
        column does not hold such labels.

    Examples
    --------
    >>> found = read_tagged_text(Dataset("toy", "Ada\tB-PER\nran\tO\n\nPest\tI-LOC\n", ""))
    >>> found.words, found.labels, found.starts.tolist()
    (('Ada', 'ran', 'Pest'), ('B-PER', 'O', 'B-LOC'), [0, 2, 3])
    >>> found.notes
    ('words in column 1, labels in column 2 of 2', 'labels are IOB2', '1 broken label repaired')
    """
    require(task in (None, "pos", "ner"), "task", "'pos' or 'ner'", task)
    require(column is None or column >= 1, "column", "an integer >= 1", column)
    source = read_dataset(path)
    shown = source.shown
    layout, task = _find_layout(source, shown, task, column)
    tokens = _read_tokens(source, shown, layout)
    notes = [f"words in column {layout.word + 1}, labels in column {layout.label + 1} of {layout.width}"]
    starts = np.array([*tokens.starts, len(tokens.words)], dtype=np.int64)
    units, unit = np.array(tokens.documents, dtype=np.int64), "document"
    if units[0] == units[-1]:
        units, unit = np.arange(len(units), dtype=np.int64), "sentence"
    else:
        notes.append(f"{len(np.unique(units))} documents")
    labels = tokens.labels
    if task == "ner":
        labels, more = _read_entities(tokens, starts, shown, layout)
        notes += more
    return TaggedText(
        source.name, source.sha256, task, tuple(tokens.words), tuple(labels), starts, units, unit, tuple(notes)
    )


def _find_layout(
    source: Dataset, shown: str, task: TaggingTask | None, column: int | None
) -> tuple[_Layout, TaggingTask]:
    lines = ((n, line) for n, line in source.lines() if not _is_comment(line, True) and not line.startswith(_BORDER))
    number, line = next(lines, (0, ""))
    if not number:
        raise FormatError(f"{shown} holds no token.")
    where = f"{shown}, line {number}"
    tab = "\t" in line
    fields = _fields(line, tab)
    conllu = tab and len(fields) == _CONLLU_COLUMNS and _CONLLU_ID.fullmatch(fields[0]) is not None
    task = task or ("pos" if conllu else "ner")
    if len(fields) < 2:
        raise FormatError(f"{where}: expected a word and a label, between tabs or spaces, got {line[:60]!r}.")
    if column is None and conllu and task == "ner":
        raise FormatError(f"{where}: CoNLL-U has no column of entities; say which one holds them (column=10).")
    if column is None:
        column = _UPOS if conllu else 2 if task == "pos" else len(fields)
    word = 1 if conllu else 0
    if column > len(fields) or column == word + 1:
        raise FormatError(f"{where}: column must be one of {len(fields)} and not that of the words, got {column}.")
    return _Layout(conllu, tab, len(fields), word, column - 1, number), task


def _is_comment(line: str, tab: bool) -> bool:
    return line.startswith("#") and "\t" not in line and (tab or _COMMENT.match(line) is not None)


def _fields(line: str, tab: bool) -> list[str]:
    return line.split("\t") if tab else re.split(r"[ \t]+", line.strip(" \t"))


def _read_tokens(source: Dataset, shown: str, layout: _Layout) -> _Tokens:
    found = _Tokens([], [], [], [], [])
    previous, document, border = 0, 0, True
    for number, line in source.lines():  # without the blank ones
        border |= number != previous + 1
        previous = number
        if _is_comment(line, layout.tab) or line.startswith(_BORDER):
            if line.startswith(_BORDER) or _NEW_DOCUMENT.match(line):
                document, border = document + 1, True
            continue
        token = _read_token(line, f"{shown}, line {number}", layout)
        if token is None:
            continue
        if border:
            found.starts.append(len(found.words))
            found.documents.append(document)
            border = False
        found.lines.append(number)
        found.words.append(token[0])
        found.labels.append(token[1])
    if not found.words:
        raise FormatError(f"{shown} holds no token.")
    return found


def _read_token(line: str, where: str, layout: _Layout) -> tuple[str, str] | None:
    """Return word and label; None for a multiword token or an empty node."""
    fields = _fields(line, layout.tab)
    if len(fields) != layout.width:
        raise FormatError(
            f"{where}: expected {layout.width} columns like line {layout.first}, got {len(fields)}: {line[:60]!r}."
        )
    if layout.conllu:
        number = _CONLLU_ID.fullmatch(fields[0])
        if number is None:
            raise FormatError(f"{where}: the first column must be a number such as 3, 3-4 or 3.1, got {fields[0]!r}.")
        if number[1]:
            return None
    word, label = fields[layout.word], fields[layout.label].strip()
    if not word:
        raise FormatError(f"{where}: the word is empty.")
    if label in ("", "_"):
        raise FormatError(f"{where}: {word[:60]!r} has no label in column {layout.label + 1}; name another column.")
    return word, label


def _read_entities(
    tokens: _Tokens, starts: NDArray[np.int64], shown: str, layout: _Layout
) -> tuple[list[str], list[str]]:
    """Return labels in IOB2 and what was done to get them."""
    stray = [i for i, label in enumerate(tokens.labels) if split_label(label) is None]
    if stray:
        first = f"line {tokens.lines[stray[0]]}: {tokens.labels[stray[0]][:60]!r}"
        if len(stray) * _MOST_STRAY > len(tokens.labels):
            raise FormatError(
                f"{shown}, {first} in column {layout.label + 1} is no label of an entity, such as O, B-PER or I-PER; "
                "name the column that holds them, or ask for parts of speech."
            )
        stray_note = [f"{_counted(len(stray), 'label')} of no entity read as O ({first})"]
    else:
        stray_note = []
    sentences = [tokens.labels[a:b] for a, b in pairwise(starts.tolist())]
    scheme = find_scheme(sentences)
    broken = sum(count_broken(labels, scheme) for labels in sentences)
    notes = [f"labels are {scheme}", *stray_note]
    if broken:
        notes.append(f"{_counted(broken, 'broken label')} repaired")
    written = [label for labels in sentences for label in iob2(labels)]
    if set(written) == {"O"}:
        raise FormatError(f"{shown} holds no entity: column {layout.label + 1} says O of every token.")
    return written, notes


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
