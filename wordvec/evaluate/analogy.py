"""Is Paris to France as Rome is to Italy? Analogy questions over a whole vocabulary."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, require
from ..progress import Watcher
from .datasets import Dataset, read_dataset
from .measures import MACRO_MEAN, MEAN
from .outcome import Outcome, outcome_table, timed
from .ranks import METHODS, Method, answer_ranks
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Questions", "evaluate_analogies", "read_questions", "score_analogies"]

_DEPTH = 10


@dataclass(frozen=True, eq=False)
class Questions:
    """Analogy questions: a is to b as c is to d.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    words : tuple of (str, str, str, str)
        ``a, b, c, d`` of each question.
    categories : tuple of str
        Names of the categories.
    category : int64[n]
        Which category each question belongs to.
    """

    name: str
    sha256: str
    words: tuple[tuple[str, str, str, str], ...]
    categories: tuple[str, ...]
    category: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.words)


def read_questions(path: Path | str | Dataset) -> Questions:
    """Read analogy questions: four words a line, ``: name`` before each category.

    Parameters
    ----------
    path : Path, str or Dataset
        A file in the form of Google's ``questions-words.txt``, plain or compressed. Questions before
        the first category line belong to ``"uncategorized"``.

    Raises
    ------
    FormatError
        Naming file and line, if a line has not four words, or there is no question.

    Examples
    --------
    >>> found = read_questions(Dataset("toy", ": family\\nboy girl king queen\\n", ""))
    >>> found.words[0], found.categories
    (('boy', 'girl', 'king', 'queen'), ('family',))
    """
    source = path if isinstance(path, Dataset) else read_dataset(path)
    shown = source.name if isinstance(path, Dataset) else str(path)
    names: dict[str, int] = {}
    words: list[tuple[str, str, str, str]] = []
    category: list[int] = []
    current = "uncategorized"
    for number, line in source.lines():
        if line.startswith(":"):
            current = line[1:].strip()
            if not current:
                raise FormatError(f"{shown}, line {number}: the category has no name.")
            continue
        fields = line.split()
        if len(fields) != 4:
            raise FormatError(f"{shown}, line {number}: expected four words, got {len(fields)}.")
        words.append((fields[0], fields[1], fields[2], fields[3]))
        category.append(names.setdefault(current, len(names)))
    if not words:
        raise FormatError(f"{shown} holds no question: four words on a line.")
    return Questions(source.name, source.sha256, tuple(words), tuple(names), np.array(category, dtype=np.int64))


def evaluate_analogies(
    embeddings: Embeddings,
    questions: Questions | Path | str,
    *,
    method: Sequence[Method] = METHODS,
    restrict: int | None = None,
    case: CasePolicy = "ignore",
    missing: MissingPolicy = "skip",
    threads: int | None = None,
    progress: Watcher | None = None,
) -> "pd.DataFrame":
    r"""Answer analogy questions with the best word of the vocabulary.

    3CosAdd takes the word d with the highest :math:`\cos(d,b) - \cos(d,a) + \cos(d,c)`, 3CosMul that
    with the highest :math:`\cos(d,b)\cos(d,c) / (\cos(d,a) + 0.001)`, cosines shifted to [0, 1]. The
    words of the question are no answers. Exact ties go to the word that comes first.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    questions : Questions, Path or str
        Questions, or a file of them (see :func:`read_questions`).
    method : sequence of {"3cosadd", "3cosmul"}
        Which to use; both by default.
    restrict : int >= 1, optional
        Use the first (most frequent) so many words only, in questions and as answers.
    case : {"ignore", "keep"}, default "ignore"
        With ``"ignore"``, the most frequent of words that differ in case only stands for all.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a question with an unknown word: leave it out and count it, raise, or take zeros or the
        mean vector for the word; a question whose answer is unknown then counts as wrong.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the scores are the same for any number.
    progress : callable, optional
        Told how many questions are answered.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`. For each method and category top-1
        accuracy and MRR\@10 (mean of 1/rank, 0 beyond rank 10); ``: all`` is over all questions (micro),
        ``: macro`` the mean of the categories that have a question left.

    Raises
    ------
    FormatError
        If the file is not one of questions.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Notes
    -----
    The intervals are over another draw of word pairs: questions that share one are not independent. See
    :meth:`~wordvec.evaluate.outcome.Outcome.interval` for what is done where all answers are alike.

    References
    ----------
    Mikolov et al. (2013), "Efficient estimation of word representations in vector space"; Levy and
    Goldberg (2014), "Linguistic regularities in sparse and explicit word representations".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("france", "paris", "italy", "rome", "law"), np.arange(5, 0, -1))
    >>> rows = np.array([[3, 0, 0], [3, 0, 1], [0, 3, 0], [0, 3, 1], [1, 1, 0]], np.float32)
    >>> asked = read_questions(Dataset("toy", ": capitals\nFrance Paris Italy Rome\n", ""))
    >>> table = evaluate_analogies(Embeddings(words, rows), asked, method=["3cosadd"])
    >>> table[["dataset", "metric", "score"]].values.tolist()[0]
    ['toy: capitals', '3cosadd accuracy', 1.0]
    """
    held = questions if isinstance(questions, Questions) else read_questions(questions)
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    return outcome_table(score_analogies(lookup, held, method=method, threads=threads, progress=progress))


def score_analogies(
    lookup: Lookup,
    questions: Questions,
    *,
    method: Sequence[Method] = METHODS,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> list[Outcome]:
    """Return for each question whether it was answered: by method, accuracy and MRR, category, all and macro.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    questions : Questions
        What to ask.
    method, threads, progress
        See :func:`evaluate_analogies`.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    unknown = [name for name in method if name not in METHODS]
    require(bool(method) and not unknown, "method", "'3cosadd' or '3cosmul'", unknown[0] if unknown else None)
    start = time.perf_counter()
    rows = lookup.rows(questions.words)
    kept = lookup.kept(rows)
    ranks = answer_ranks(lookup.embeddings, rows[kept], lookup.usable, method, threads=threads, progress=progress)
    items, units = np.flatnonzero(kept), _pairs(questions, lookup)[kept]
    category, lost = questions.category[kept], np.asarray((rows < 0).any(axis=1))
    outcomes = []
    for name in method:
        for measure in _MEASURES:
            values = np.stack([_measured(ranks[name], measure), category], axis=1)
            whole = Outcome(
                "analogy",
                f"{questions.name}: all",
                questions.sha256,
                f"{name} {measure}",
                MEAN,
                items,
                values,
                units,
                "word pair",
                int(lost.sum()),
                lookup.policy,
            )
            for k, label in enumerate(questions.categories):
                part = whole.take(items[category == k])
                missing = int(lost[questions.category == k].sum())
                outcomes.append(replace(part, dataset=f"{questions.name}: {label}", missing=missing))
            outcomes += [whole, replace(whole, dataset=f"{questions.name}: macro", measure=MACRO_MEAN)]
    return timed(outcomes, time.perf_counter() - start)


_MEASURES = ("accuracy", f"MRR@{_DEPTH}")


def _measured(ranks: NDArray[np.int64], measure: str) -> NDArray[np.float64]:
    """Return float64[n], what each question adds to a measure."""
    if measure == "accuracy":
        return np.asarray(ranks == 1, dtype=np.float64)
    return np.asarray(np.where(ranks <= _DEPTH, 1.0 / ranks, 0.0), dtype=np.float64)


def _pairs(questions: Questions, lookup: Lookup) -> NDArray[np.int64]:
    """Return int64[n, 2], the numbers of the word pairs (a, b) and (c, d) of each question."""
    numbers: dict[tuple[int, str, str], int] = {}
    found = np.empty((len(questions), 2), dtype=np.int64)
    for i, (a, b, c, d) in enumerate(questions.words):
        category = int(questions.category[i])
        for side, (one, other) in enumerate(((a, b), (c, d))):
            found[i, side] = numbers.setdefault((category, lookup.fold(one), lookup.fold(other)), len(numbers))
    return found
