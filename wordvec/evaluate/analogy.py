"""Is Paris to France as Rome is to Italy? Analogy questions over a whole vocabulary."""

import hashlib
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import require
from ..progress import Watcher
from .measures import MACRO_MEAN, MEAN
from .outcome import Outcome, outcome_table, timed
from .ranks import METHODS, Method, answer_ranks
from .sets.numbering import number_keys
from .sets.questions import Form, Questions, read_questions
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Form", "Method", "Questions", "evaluate_analogies", "read_questions", "score_analogies"]

_DEPTH = 10
_MEASURES = ("accuracy", f"MRR@{_DEPTH}")


def evaluate_analogies(
    embeddings: Embeddings,
    questions: Questions | Path | str,
    *,
    method: Sequence[Method] = METHODS[:2],
    exclude: bool = True,
    candidates: Collection[str] = "all",
    restrict: int | None = None,
    case: CasePolicy = "ignore",
    missing: MissingPolicy = "skip",
    form: Form | None = None,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> "pd.DataFrame":
    r"""Answer analogy questions, a is to b as c is to which d, with the best word of the vocabulary.

    All vectors are taken at length 1. The word d is the one with the highest

    * 3CosAdd: :math:`\cos(d,b) - \cos(d,a) + \cos(d,c)`;
    * 3CosMul: :math:`\cos(d,b)\cos(d,c) / (\cos(d,a) + 0.001)`, cosines shifted to [0, 1];
    * 3CosAvg: :math:`\cos(d, c + m)`, with m the mean of :math:`b_i - a_i` over the other pairs of the category: all
      distinct ones that occur in it, on either side of a question, both words known, but (c, d) itself. It does not
      look at a and b, and is of use only where a category is one relation in one direction;
    * PairDirection: :math:`\cos(d - c, b - a)`; where a and b are the same, or nearer than 0.001,
      there is no direction, and no answer.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    questions : Questions, Path or str
        Questions, or a file or folder of them (see :func:`~wordvec.evaluate.sets.questions.read_questions`).
    method : sequence of {"3cosadd", "3cosmul", "3cosavg", "pairdirection"}
        Which to use; the first two by default.
    exclude : bool, default True
        The words of the question are no answers: a, b and c; for 3CosAvg c, as Drozd et al. do. With False they
        are, which shows how often the nearest word is just c; the metric then says "question words allowed".
    candidates : "all", "asked" or collection of str
        Which words may be answers: all; those that are the right answer to some question of the set; or the given
        ones, say the words that all models know, and then words that are not among them are unknown in questions
        too. ``policy`` says so.
    restrict : int >= 1, optional
        Use the first (most frequent) so many words only, in questions and as answers.
    case : {"ignore", "keep"}, default "ignore"
        With ``"ignore"``, the most frequent of words that differ in case only stands for all.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a question with an unknown word, or of whose right answers none is known: leave it out and
        count it, raise, or take zeros or the mean vector for a, b or c; a question whose answer is unknown then counts
        as wrong.
    form : {"google", "msr", "bats"}, optional
        Of the file; found by its first line otherwise.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the scores are the same for any number.
    progress : callable, optional
        Told how many questions are answered.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`. For each method and category top-1
        accuracy and MRR\@10 (mean of 1/rank, 0 beyond rank 10); ``: all`` is over all questions (micro),
        ``: macro`` the mean of the categories that have a question left. Of several right answers the best counts.
        Words with the same score, to the last bit, are ranked in the order of the vocabulary, which is that of
        frequency: all words alike, right or wrong.

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
    Goldberg (2014), "Linguistic regularities in sparse and explicit word representations", equations 1-4; Drozd,
    Gladkova and Matsuoka (2016), "Word embeddings, analogies, and machine learning: beyond king - man + woman =
    queen", section 3.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("france", "paris", "italy", "rome", "law"), np.arange(5, 0, -1))
    >>> rows = np.array([[3, 0, 0], [3, 0, 1], [0, 3, 0], [0, 3, 1], [1, 1, 0]], np.float32)
    >>> from wordvec.evaluate.sets.datasets import Dataset
    >>> asked = read_questions(Dataset("toy", ": capitals\nFrance Paris Italy Rome\n", ""))
    >>> table = evaluate_analogies(Embeddings(words, rows), asked, method=["3cosadd"])
    >>> table[["dataset", "metric", "score"]].values.tolist()[0]
    ['toy: capitals', '3cosadd accuracy', 1.0]
    """
    held = questions if isinstance(questions, Questions) else read_questions(questions, form=form)
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    return outcome_table(
        score_analogies(
            lookup, held, method=method, exclude=exclude, candidates=candidates, threads=threads, progress=progress
        )
    )


def score_analogies(
    lookup: Lookup,
    questions: Questions,
    *,
    method: Sequence[Method] = METHODS[:2],
    exclude: bool = True,
    candidates: Collection[str] = "all",
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
    method, exclude, candidates, threads, progress
        See :func:`evaluate_analogies`.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    unknown = [name for name in method if name not in METHODS]
    domain = " or ".join([", ".join(repr(name) for name in METHODS[:-1]), repr(METHODS[-1])])
    require(bool(method) and not unknown, "method", domain, unknown[0] if unknown else None)
    start = time.perf_counter()
    usable, policy = _candidates(lookup, candidates)
    rows, more, lost = _rows(lookup, questions, usable)
    if isinstance(candidates, str) and candidates == "asked":
        usable = usable & np.isin(np.arange(len(usable)), np.append(rows[:, 3], more[:, 1]))
    # Questions that are left out are there for 3CosAvg, which takes the mean over all known pairs.
    ranks = answer_ranks(
        lookup.embeddings,
        rows,
        usable,
        method,
        category=questions.category,
        more=more,
        exclude=exclude,
        substitute=lookup.vectors(np.array([-1]))[0].astype(np.float32) if lookup.missing == "mean" else None,
        threads=threads,
        progress=progress,
    )
    kept, units, outcomes = lookup.kept(np.where(lost, -1, 0)[:, None]), _pairs(questions, lookup), []
    for name in method:
        for measure in _MEASURES:
            metric = f"{name} {measure}" if exclude else f"{name} {measure}, question words allowed"
            outcomes += _outcomes(questions, metric, _measured(ranks[name], measure), kept, lost, units, policy)
    return timed(outcomes, time.perf_counter() - start)


def _outcomes(
    questions: Questions,
    metric: str,
    values: NDArray[np.float64],
    kept: NDArray[np.bool_],
    lost: NDArray[np.bool_],
    units: NDArray[np.int64],
    policy: str,
) -> list[Outcome]:
    """Return the outcomes of each category, of all questions, and of the mean of categories."""
    items, category = np.flatnonzero(kept), questions.category[kept]
    whole = Outcome(
        "analogy",
        f"{questions.name}: all",
        questions.sha256,
        metric,
        MEAN,
        items,
        np.stack([values[kept], category], axis=1),
        units[kept],
        "word pair",
        int(lost.sum()),
        policy,
    )
    parts = []
    for k, label in enumerate(questions.categories):
        part, missing = whole.take(items[category == k]), int(lost[questions.category == k].sum())
        parts.append(replace(part, dataset=f"{questions.name}: {label}", missing=missing))
    return [*parts, whole, replace(whole, dataset=f"{questions.name}: macro", measure=MACRO_MEAN)]


def _measured(ranks: NDArray[np.int64], measure: str) -> NDArray[np.float64]:
    """Return float64[n], what each question adds to a measure."""
    if measure == "accuracy":
        return np.asarray(ranks == 1, dtype=np.float64)
    return np.asarray(np.where(ranks <= _DEPTH, 1.0 / ranks, 0.0), dtype=np.float64)


def _candidates(lookup: Lookup, candidates: Collection[str]) -> tuple[NDArray[np.bool_], str]:
    """Return which rows may be answers, those of the test set still to be chosen, and the policy in words."""
    if isinstance(candidates, str):
        require(candidates in ("all", "asked"), "candidates", "'all', 'asked' or a collection of words", candidates)
        return lookup.usable, lookup.policy + (", answers of the set only" if candidates == "asked" else "")
    words = sorted({lookup.fold(word) for word in candidates})
    require(bool(words), "candidates", "'all', 'asked' or a collection of words", candidates)
    rows = np.array([lookup.get(word) for word in words])
    usable = lookup.usable & np.isin(np.arange(len(lookup.usable)), rows)
    digest = hashlib.sha256("\n".join(words).encode()).hexdigest()[:8]
    return usable, f"{lookup.policy}, {len(words)} given words ({digest}) only"


def _rows(
    lookup: Lookup, questions: Questions, usable: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return rows of a, b, c, d, -1 for unknown words, question and row of other answers, which questions lack a word.

    Raises
    ------
    UnknownWordError
        If any does, and ``lookup`` says so.
    """
    known: dict[str, int] = {}

    def row(word: str) -> int:
        if word not in known:
            found = lookup.get(word)
            known[word] = found if found >= 0 and usable[found] else -1
        return known[word]

    rows = np.array([[row(word) for word in words] for words in questions.words], dtype=np.int64).reshape(-1, 4)
    more = np.array([(i, row(word)) for i, words in enumerate(questions.also) for word in words], dtype=np.int64)
    more = more.reshape(-1, 2)
    more = more[more[:, 1] >= 0]
    answered = rows[:, 3] >= 0
    answered[more[:, 0]] = True
    lost = (rows[:, :3] < 0).any(axis=1) | ~answered
    if lookup.missing == "error" and lost.any():
        raise lookup.unknown(next(word for word in questions.words[int(np.argmax(lost))] if row(word) < 0))
    return rows, more, lost


def _pairs(questions: Questions, lookup: Lookup) -> NDArray[np.int64]:
    """Return int64[n, 2], the numbers of the word pairs (a, b) and (c, d) of each question."""
    folded = (tuple(map(lookup.fold, words)) for words in questions.words)
    asked = zip(questions.category.tolist(), folded, strict=True)
    return number_keys((category, *pair) for category, (a, b, c, d) in asked for pair in ((a, b), (c, d))).reshape(
        -1, 2
    )
