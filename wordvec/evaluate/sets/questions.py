"""Analogy questions, and the three forms in which people keep them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError, require
from .datasets import Dataset, combined_digest, read_dataset
from .numbering import number_keys

__all__ = ["Form", "Questions", "read_questions"]

Form = Literal["google", "msr", "bats"]
Words = tuple[str, str, str, str]

#: A relation between parts of speech, as in the MSR set: JJ_JJR, nnpos_nn.
_TAG = re.compile(r"(JJ|NN|RB|VB)[A-Z]*_(JJ|NN|RB|VB)[A-Z]*", re.IGNORECASE)
_NO_CATEGORY = "uncategorized"
#: Questions that lines of word pairs may make; BATS makes 98,000.
_MOST = 1 << 21


@dataclass(frozen=True, eq=False)
class Questions:
    """Analogy questions: a is to b as c is to d.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from; of a folder, the digest of the names and digests of its files.
    words : tuple of (str, str, str, str)
        ``a, b, c, d`` of each question.
    categories : tuple of str
        Names of the categories.
    category : int64[n]
        Which category each question belongs to.
    also : tuple of tuple of str
        Words beside ``d`` that are right too, for each question; empty if no question has any.
    notes : tuple of str
        What was found by rule, and what is there twice.
    """

    name: str
    sha256: str
    words: tuple[Words, ...]
    categories: tuple[str, ...]
    category: NDArray[np.int64]
    also: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_questions(path: Path | str | Dataset, *, form: Form | None = None) -> Questions:
    r"""Read analogy questions in the form of Google, MSR or BATS.

    * ``"google"``: four words a line, and a line ``: name`` before each category.
    * ``"msr"``: four words a line and no categories; or five fields, one of which is a tag such as ``JJ_JJR`` and
      names the category.
    * ``"bats"``: a file for each category, or a folder that holds such files, in subfolders or not. A line is a word,
      a tab and its answers, ``tree<TAB>trees`` or ``dog<TAB>mammal/animal``. The questions are all ordered pairs of
      lines of a file: the first answer of the one line is shown, and any answer of the other is right. A
      category is called like its file.

    Without ``form`` the first line decides: with ``:`` it is Google's; with one tab, BATS; with five fields of
    which one is a tag, MSR. Four words are Google's too, and an error, because the category has no name: a file
    without categories is read where ``form="msr"`` says that this is meant. A folder is BATS. ``notes`` tells
    what was found unless it is Google's. Questions that are there twice are kept, and counted in ``notes``.

    Parameters
    ----------
    path : Path, str or Dataset
        A file, plain or compressed, or a folder.
    form : {"google", "msr", "bats"}, optional
        Overrules the first line.

    Raises
    ------
    FormatError
        Naming file and line, if a line has not the fields that the form wants, a question stands before any
        category, or there is no question.

    Examples
    --------
    >>> found = read_questions(Dataset("toy", ": family\nboy girl king queen\n", ""))
    >>> found.words[0], found.categories
    (('boy', 'girl', 'king', 'queen'), ('family',))
    >>> found = read_questions(Dataset("E05.txt", "dog\tpuppy/pup\ncat\tkitten\n", ""))
    >>> found.words, found.also
    ((('dog', 'puppy', 'cat', 'kitten'), ('cat', 'kitten', 'dog', 'puppy')), ((), ('pup',)))
    """
    require(form in (None, "google", "msr", "bats"), "form", "'google', 'msr' or 'bats'", form)
    if not isinstance(path, Dataset) and Path(path).is_dir():
        if form not in (None, "bats"):
            raise FormatError(f"{path} is a folder, which is read as form='bats'; name a file for form={form!r}.")
        return _read_folder(Path(path))
    source = read_dataset(path)
    lines = list(source.lines())
    if not lines:
        raise FormatError(f"{source.shown} is empty.")
    form = form or _form_of(lines[0][1])
    if form == "bats":
        return _of_pairs(source.name, source.sha256, [(_stem(source.name), source)], ())
    read = _read_google if form == "google" else _read_msr
    words, labels, notes = read(lines, source)
    if not words:
        raise FormatError(f"{source.shown} holds no question: four words on a line.")
    return _questions(source.name, source.sha256, words, labels, (), notes)


def _form_of(line: str) -> Form:
    """Return the form of a file by its first line."""
    if line.lstrip().startswith(":"):
        return "google"
    if len(line.strip().split("\t")) == 2:
        return "bats"
    return "msr" if _tags(line.split()) else "google"


def _tags(fields: Sequence[str]) -> list[int]:
    """Return which of five fields are tags."""
    return [i for i, field in enumerate(fields) if len(fields) == 5 and _TAG.fullmatch(field)]


def _read_google(lines: Iterable[tuple[int, str]], source: Dataset) -> tuple[list[Words], list[str], list[str]]:
    words: list[Words] = []
    labels: list[str] = []
    counts: dict[str, int] = {}
    current = None
    for number, line in lines:
        where, line = source.where(number), line.strip()
        if line.startswith(":"):
            current = line[1:].strip()
            if not current:
                raise FormatError(f"{where}: the category has no name.")
            if current in ("all", "macro"):
                raise FormatError(f"{where}: a category may not be called {current!r}, as a row of every table is.")
            counts.setdefault(current, 0)
            continue
        words.append(_four(line.split(), where))
        if current is None:
            raise FormatError(
                f"{where}: a question before any category; put a line such as ': family' before it, or, "
                "if the file has no categories, read it with form='msr'."
            )
        labels.append(current)
        counts[current] += 1
    empty = [name for name, count in counts.items() if not count]
    return words, labels, [f"no question in {', '.join(empty)}"] if empty else []


def _read_msr(lines: Sequence[tuple[int, str]], source: Dataset) -> tuple[list[Words], list[str], list[str]]:
    tags = _tags(lines[0][1].split())
    tag = tags[0] if len(tags) == 1 else None
    words: list[Words] = []
    labels: list[str] = []
    for number, line in lines:
        where, fields, label = source.where(number), line.split(), _NO_CATEGORY
        if fields[0].startswith(":"):
            raise FormatError(f"{where}: a category line, which form='msr' has none of; read it with form='google'.")
        if tag is not None:
            if tag not in _tags(fields):
                raise FormatError(
                    f"{where}: expected five fields with a tag such as JJ_JJR in place {tag + 1}, "
                    f"as in the first line, got {len(fields)}: {' '.join(fields)[:60]}"
                )
            label = fields.pop(tag)
        words.append(_four(fields, where))
        labels.append(label)
    how = "categories" if tag is None else f"tags in place {tag + 1} for categories"
    return words, labels, [f"read in MSR form, {how if tag is not None else 'without ' + how}"]


def _four(fields: Sequence[str], where: str) -> Words:
    if len(fields) != 4:
        raise FormatError(f"{where}: expected four words, got {len(fields)}.")
    return fields[0], fields[1], fields[2], fields[3]


def _read_folder(folder: Path) -> Questions:
    """Read a BATS folder."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    chosen = [path for path in paths if ".txt" in (path.suffix, Path(path.stem).suffix)]
    others = sorted(path.name for path in set(paths).difference(chosen))
    if not chosen:
        raise FormatError(
            f"{folder} holds no .txt file of word pairs; a BATS folder has some such as "
            "1_Inflectional_morphology/I01 [noun - plural_reg].txt"
        )
    found = []
    for path in chosen:
        source = read_dataset(path)
        found.append(((path.parent / source.name).relative_to(folder).as_posix(), source))
    found.sort(key=lambda entry: entry[0])
    stems = [_stem(source.name) for _, source in found]
    # Files of two subfolders may have one name.
    labels = [stem if stems.count(stem) == 1 else _stem(entry[0]) for stem, entry in zip(stems, found, strict=True)]
    files = [(label, source) for label, (_, source) in zip(labels, found, strict=True)]
    left = (f"left out {len(others)} files that are no .txt: {', '.join(others)[:60]}",) if others else ()
    return _of_pairs(folder.resolve().name, combined_digest(found), files, left)


def _stem(name: str) -> str:
    return name.removesuffix(".txt")


def _of_pairs(name: str, sha256: str, files: Sequence[tuple[str, Dataset]], notes: Sequence[str]) -> Questions:
    """Return as questions all ordered pairs of lines of each file (category, text)."""
    words: list[Words] = []
    labels: list[str] = []
    also: list[tuple[str, ...]] = []
    empty = 0
    for label, source in files:
        entries = []
        for number, line in source.lines():
            word, answers, lost = _word_and_answers(line, source.where(number))
            entries.append((word, answers))
            empty += lost
        if len(entries) < 2:
            raise FormatError(f"{source.shown} holds {len(entries)} word pair; a question takes two.")
        total = len(words) + len(entries) * (len(entries) - 1)
        if total > _MOST:
            raise FormatError(
                f"{source.shown}: its {len(entries)} lines make {total} questions in all; at most {_MOST}."
            )
        for i, (a, first) in enumerate(entries):
            for j, (c, answers) in enumerate(entries):
                if i != j:
                    words.append((a, first[0], c, answers[0]))
                    also.append(answers[1:])
                    labels.append(label)
    notes = [f"read in BATS form: {len(files)} categories", *notes]
    if empty:
        notes.append(f"left out {empty} empty answers")
    return _questions(name, sha256, words, labels, also if any(also) else (), notes)


def _word_and_answers(line: str, where: str) -> tuple[str, tuple[str, ...], int]:
    """Return the word of a line, its answers without repetitions, and how many empty ones were left out."""
    fields = [field.strip() for field in (line.strip().split("\t") if "\t" in line else line.split())]
    if len(fields) != 2:
        raise FormatError(f"{where}: expected a word, a tab and its answers (one/two), got {len(fields)} fields.")
    given = [answer.strip() for answer in fields[1].split("/")]
    answers = tuple(dict.fromkeys(answer for answer in given if answer))
    if not (fields[0] and answers):
        raise FormatError(f"{where}: the {'answer' if fields[0] else 'word'} is empty.")
    return fields[0], answers, sum(not answer for answer in given)


def _questions(
    name: str,
    sha256: str,
    words: Sequence[Words],
    labels: Sequence[str],
    also: Sequence[tuple[str, ...]],
    notes: Sequence[str],
) -> Questions:
    category, names = number_keys(labels), tuple(dict.fromkeys(labels))
    again = len(words) - len(set(zip(words, labels, strict=True)))
    notes = [*notes, f"{again} questions are there more than once, and count each time"] if again else notes
    return Questions(name, sha256, tuple(words), names, category, tuple(also), tuple(notes))
