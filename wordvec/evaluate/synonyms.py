"""Which of a few words means the same as another?"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError
from .geometry import cosines
from .measures import MEAN
from .outcome import Outcome, outcome_table, timed
from .sets.columns import read_rows
from .sets.datasets import Dataset, combined_digest, read_dataset
from .sets.numbering import number_keys
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Choices", "choice_hit", "evaluate_synonyms", "read_choices", "score_synonyms"]

_QUESTION = re.compile(r"(\d+)[.)]\s+([^\s|:][^|:]*)")
_CHOICE = re.compile(r"([A-Za-z])[.)]\s+(\S.*)")
_ANSWER = re.compile(r"(\d+)[.)]?\s+(?:.*\s)?([A-Za-z])[.)]?")
#: Cosines that differ by less are equal.
_EQUAL = 1e-9


@dataclass(frozen=True, eq=False)
class Choices:
    """Words, each with a synonym and words that are none.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    words : tuple of str
        The words asked for.
    choices : tuple of tuples of str
        The choices for each, the right one first. The order does not matter for the score.
    notes : tuple of str
        In which form the file was read.
    """

    name: str
    sha256: str
    words: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_choices(path: Path | str | Dataset, answers: Path | str | Dataset | None = None) -> Choices:
    """Read synonym questions. The first line of the file says in which of four forms it is, and ``notes`` repeats it.

    ========================================================= ====================================================
    first line                                                form
    ========================================================= ====================================================
    ``1. enormously``                                         as the TOEFL questions are handed out: the word with
                                                              its number, then ``a. appropriately`` and so on, a
                                                              line for each choice. The answers are in a file of
                                                              their own: the number first on the line, the letter
                                                              last.
    a header with ``word``, ``answer`` and one ``choice...``  a table, tabs or commas between the columns, which
    at least                                                  are in any order; choices may be empty, and may
                                                              name the answer again.
    has ``|``: ``rusty | corroded | black | dirty``           the word, the right choice, the others
    has ``:``: ``rusty: corroded, black, dirty``              the word, the right choice, the others
    ========================================================= ====================================================

    Lines that begin with ``#`` are comments in the last two forms.

    Parameters
    ----------
    path : Path, str or Dataset
        The questions.
    answers : Path, str or Dataset, optional
        The answers, for the first form.

    Raises
    ------
    FormatError
        Naming file and line, if the form cannot be told, a question has no answer, no wrong choice or a choice
        twice, or there is no question.

    Examples
    --------
    >>> found = read_choices(Dataset("esl", "rusty | corroded | black | dirty | painted\\n", ""))
    >>> found.words, found.choices, found.notes
    (('rusty',), (('corroded', 'black', 'dirty', 'painted'),), ("separated by '|', the first choice is right",))
    >>> asked = Dataset("toefl.qst", "1. enormously\\na. uniquely\\nb. tremendously\\n", "")
    >>> read_choices(asked, Dataset("toefl.ans", "1 (a,a,-) 0 b\\n", "")).choices
    (('tremendously', 'uniquely'),)
    """
    source = read_dataset(path)
    shown = source.shown
    lines = [(number, line) for number, line in source.lines() if not line.lstrip().startswith("#")]
    if not lines:
        raise FormatError(f"{shown} holds no question.")
    first, sha256 = lines[0][1].strip(), source.sha256
    names = [name.strip() for name in re.split(r"[\t,]", first.lower())]
    if _QUESTION.fullmatch(first):
        if answers is None:
            raise FormatError(f"{shown}: questions with numbers and letters need a file of answers.")
        key = read_dataset(answers)
        found = _read_lettered(lines, shown, _read_key(key), key.shown)
        sha256 = combined_digest((one.name, one) for one in (source, key))
        note = f"questions with letters, answers from {key.name}"
    elif {"word", "answer"} <= set(names) and any(name.startswith("choice") for name in names):
        found, note = _read_table(source), "a table with a header"
    elif "|" in first or ":" in first:
        separator = "|" if "|" in first else ":"
        found = [_read_line(line, separator, source.where(number)) for number, line in lines]
        note = f"separated by {separator!r}, the first choice is right"
    else:
        raise FormatError(
            f"{shown}, line {lines[0][0]}: expected 'word | right | wrong | wrong', 'word: right, wrong, wrong', a "
            f"header with word, answer and choice1, or '1. word', got {first[:60]!r}."
        )
    if answers is not None and not note.startswith("questions"):
        raise FormatError(f"{shown} names its answers itself ({note}); leave the file of answers out.")
    return Choices(source.name, sha256, tuple(word for word, _ in found), tuple(c for _, c in found), (note,))


_Question = tuple[str, tuple[str, ...]]


def _question(word: str, right: str, choices: Sequence[str], where: str) -> _Question:
    """Return a question, the right choice first, the others as they came."""
    wrong = [choice for choice in choices if choice != right]
    if not (word and right and wrong):
        raise FormatError(f"{where}: expected a word, its synonym and one other choice at least.")
    if len(set(wrong)) < len(wrong):
        twice = next(choice for choice in wrong if wrong.count(choice) > 1)
        raise FormatError(f"{where}: {twice!r} is among the choices twice.")
    return word, (right, *wrong)


def _read_line(line: str, separator: str, where: str) -> _Question:
    head, _, rest = line.partition(separator)
    fields = [field.strip() for field in rest.split("|" if separator == "|" else ",")]
    if "" in fields:
        raise FormatError(f"{where}: expected a word, its synonym and one other choice at least, none of them empty.")
    if fields[0] in fields[1:]:
        raise FormatError(f"{where}: {fields[0]!r} is among the choices twice.")
    return _question(head.strip(), fields[0], fields[1:], where)


def _read_table(source: Dataset) -> list[_Question]:
    rows = read_rows(source, "\t,", least=3)
    names = [name.lower() for name in rows[0][1]]
    word, answer = names.index("word"), names.index("answer")
    columns = [i for i, name in enumerate(names) if name.startswith("choice")]
    if len(rows) == 1:
        raise FormatError(f"{source.shown} holds a header and no line below it.")
    return [
        _question(fields[word], fields[answer], [fields[i] for i in columns if fields[i]], source.where(number))
        for number, fields in rows[1:]
    ]


def _read_lettered(
    lines: list[tuple[int, str]], shown: str, key: dict[str, tuple[int, str]], shown_key: str
) -> list[_Question]:
    """Return questions of the form with letters."""
    blocks: list[tuple[int, str, str, dict[str, str]]] = []
    for number, line in lines:
        question, choice = _QUESTION.fullmatch(line.strip()), _CHOICE.fullmatch(line.strip())
        if question:
            blocks.append((number, question[1], question[2], {}))
        elif choice and choice[1].lower() not in blocks[-1][3]:
            blocks[-1][3][choice[1].lower()] = choice[2]
        else:
            raise FormatError(f"{shown}, line {number}: expected '1. word' or 'a. choice', got {line.strip()[:60]!r}.")
    found = []
    for number, name, word, choices in blocks:
        if name not in key:
            raise FormatError(f"{shown}, line {number}: {shown_key} has no answer to question {name}.")
        at, letter = key[name]
        if letter not in choices:
            raise FormatError(f"{shown_key}, line {at}: question {name} has no choice {letter!r}.")
        wrong = [choice for other, choice in choices.items() if other != letter]
        if choices[letter] in wrong:
            raise FormatError(f"{shown}, line {number}: {choices[letter]!r} is among the choices twice.")
        found.append(_question(word, choices[letter], wrong, f"{shown}, line {number}"))
    if len({name for _, name, _, _ in blocks}) < len(blocks) or len(key) != len(blocks):
        raise FormatError(f"{shown} holds {len(blocks)} questions, {shown_key} {len(key)} answers; numbers must match.")
    return found


def _read_key(source: Dataset) -> dict[str, tuple[int, str]]:
    """Return the line and the letter of each question's answer."""
    key: dict[str, tuple[int, str]] = {}
    for number, line in source.lines():
        match = _ANSWER.fullmatch(line.strip())
        if not match or match[1] in key:
            wrong = "a number that was there before" if match else repr(line.strip()[:60])
            raise FormatError(f"{source.where(number)}: expected a question's number and a letter, got {wrong}.")
        key[match[1]] = number, match[2].lower()
    return key


def evaluate_synonyms(
    embeddings: Embeddings,
    choices: Choices | Path | str,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Choose the synonym of each word by the highest cosine: accuracy.

    A right choice that shares the highest cosine with others (to 1e-9) counts one over their number.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    choices : Choices, Path or str
        Questions, or a file of them (see :func:`read_choices`, which also takes a second file with the answers).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a question with an unknown word, be it the word, the right choice or a wrong one: leave it
        out and count it, raise, or take zeros or the mean vector; a question whose right choice is unknown then
        counts as wrong. Fewer choices would make a question easier, hence none is left out by itself.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        One row with the columns of :class:`~wordvec.evaluate.scores.Score`. The interval is over another draw of
        questions. By chance, the accuracy is one over the number of choices.

    Raises
    ------
    FormatError
        If the file is not one of synonym questions.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    References
    ----------
    Landauer and Dumais (1997), "A solution to Plato's problem", Psychological Review 104.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("big", "large", "tax"), np.array([3, 2, 1]))
    >>> rows = np.array([[1.0, 0.1], [0.9, 0.2], [0.1, 1.0]], np.float32)
    >>> asked = Choices("toy", "", ("big", "big"), (("large", "tax"), ("huge", "tax")))
    >>> evaluate_synonyms(Embeddings(words, rows), asked)[["metric", "score", "n", "missing"]].values.tolist()
    [['accuracy', 1.0, 1, 1]]
    """
    held = choices if isinstance(choices, Choices) else read_choices(choices)
    return outcome_table(score_synonyms(look_up(embeddings, missing=missing, case=case, restrict=restrict), held))


def score_synonyms(lookup: Lookup, choices: Choices) -> list[Outcome]:
    """Return for each question whether the synonym is chosen.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    choices : Choices
        Questions.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    items, hits, missing = [], [], 0
    for item, (word, offered) in enumerate(zip(choices.words, choices.choices, strict=True)):
        rows = lookup.rows([(word, *offered)])
        missing += bool((rows < 0).any())
        if lookup.kept(rows)[0]:
            vectors = lookup.vectors(rows[0])
            found = cosines(np.repeat(vectors[:1], len(offered), axis=0), vectors[1:])
            items.append(item)
            hits.append(choice_hit(found) if rows[0, 1] >= 0 else 0.0)
    asked = zip(choices.words, choices.choices, strict=True)
    units = number_keys((word, offered[0], *sorted(offered)) for word, offered in asked)
    used = np.array(items, dtype=np.int64)
    outcome = Outcome(
        "synonyms",
        choices.name,
        choices.sha256,
        "accuracy",
        MEAN,
        used,
        np.array(hits, dtype=np.float64)[:, None],
        units[used, None],
        "question",
        missing,
        lookup.policy,
    )
    return timed([outcome], time.perf_counter() - start)


def choice_hit(similarities: NDArray[np.float64]) -> float:
    """Return 1 if the first is the highest, one over the number of those that share this place, else 0.

    Parameters
    ----------
    similarities : float64[k]
        Of the choices, the right one first.

    Examples
    --------
    >>> choice_hit(np.array([0.9, 0.1])), choice_hit(np.array([0.9, 0.9, 0.1])), choice_hit(np.array([0.1, 0.9]))
    (1.0, 0.5, 0.0)
    """
    if (similarities > similarities[0] + _EQUAL).any():
        return 0.0
    return 1.0 / int((similarities >= similarities[0] - _EQUAL).sum())
