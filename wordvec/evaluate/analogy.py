"""Is Paris to France as Rome is to Italy? Analogy questions over a whole vocabulary."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, require
from ..progress import Watcher
from ..statistics import Interval, exact_interval, percentile_interval, pigeonhole_means
from .datasets import Dataset, read_dataset
from .ranks import METHODS, Method, answer_ranks
from .scores import Score, score_table
from .words import CasePolicy, MissingPolicy, WordRows, find_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Questions", "evaluate_analogies", "read_questions"]

_DEPTH = 10
#: Fewer disjoint questions than this are too few to resample their pairs.
_FEW = 5


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
    resamples: int = 1000,
    seed: int = 1,
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
    missing : {"skip", "error"}, default "skip"
        What to do about a question with an unknown word: leave it out and count it, or raise.
    resamples : int >= 1, default 1000
        Bootstrap resamples behind the intervals. The word pairs of each category are resampled, not
        the questions, which share pairs (see :func:`~wordvec.statistics.pigeonhole_means`). Where all
        answers are alike or the pairs are few, the notes below apply.
    seed : int, default 1
        Of the resampling.
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
    Resampling says nothing of 12 wrong answers to 12 questions, or of 3 pairs. With fewer than 5 disjoint
    questions (no two sharing a pair, found one by one in the order of the file), or where all resamples
    are equal, the interval is that of the same mean over the disjoint questions, which are independent
    (:func:`~wordvec.statistics.exact_interval`); ``macro`` counts as many from each category as the one
    with the fewest has. ``unit`` is then ``"disjoint question (exact)"``.

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
    require(missing in ("skip", "error"), "missing", "'skip' or 'error'", missing)
    unknown = [name for name in method if name not in METHODS]
    require(bool(method) and not unknown, "method", "'3cosadd' or '3cosmul'", unknown[0] if unknown else None)
    start = time.perf_counter()
    held = questions if isinstance(questions, Questions) else read_questions(questions)
    rows = find_rows(embeddings.vocabulary, case=case, restrict=restrict)
    ids = np.array([[rows.get(word) for word in words] for words in held.words], dtype=np.int64).reshape(-1, 4)
    known: NDArray[np.bool_] = np.asarray((ids >= 0).all(axis=1))
    if missing == "error" and not known.all():
        words = held.words[int(np.argmin(known))]
        raise rows.unknown(next(word for word in words if rows.get(word) < 0))
    ranks = answer_ranks(embeddings, ids[known], rows.usable, method, threads=threads, progress=progress)
    metrics = {f"{name} {measure}": _measured(ranks[name], measure) for name in method for measure in _MEASURES}
    table = _summarise(held, known, _pairs(held, rows)[known], metrics, resamples, seed)
    seconds, policy = time.perf_counter() - start, rows.policy(missing)
    return score_table(
        Score(
            "analogy",
            f"{held.name}: {name}",
            held.sha256,
            metric,
            score,
            i.low,
            i.high,
            n,
            left,
            policy,
            i.unit,
            seconds,
        )
        for name, metric, score, i, n, left in table
    )


_MEASURES = ("accuracy", f"MRR@{_DEPTH}")


def _measured(ranks: NDArray[np.int64], measure: str) -> NDArray[np.float64]:
    """Return float64[n], what each question adds to a measure."""
    if measure == "accuracy":
        return np.asarray(ranks == 1, dtype=np.float64)
    return np.asarray(np.where(ranks <= _DEPTH, 1.0 / ranks, 0.0), dtype=np.float64)


def _pairs(questions: Questions, rows: WordRows) -> NDArray[np.int64]:
    """Return int64[n, 2], the numbers of the word pairs (a, b) and (c, d) of each question."""
    numbers: dict[tuple[int, str, str], int] = {}
    found = np.empty((len(questions), 2), dtype=np.int64)
    for i, (a, b, c, d) in enumerate(questions.words):
        category = int(questions.category[i])
        for side, (one, other) in enumerate(((a, b), (c, d))):
            found[i, side] = numbers.setdefault((category, rows.fold(one), rows.fold(other)), len(numbers))
    return found


def _summarise(
    questions: Questions,
    known: NDArray[np.bool_],
    pairs: NDArray[np.int64],
    metrics: dict[str, NDArray[np.float64]],
    resamples: int,
    seed: int,
) -> list[tuple[str, str, float, Interval, int, int]]:
    """Return category, metric, score, interval, n and missing of each row of the table."""
    values = np.stack(list(metrics.values()), axis=1)
    category = questions.category[known]
    rng = np.random.default_rng(seed)
    n, total = len(questions.categories), np.bincount(questions.category)
    used = np.bincount(category, minlength=n)
    sums, weights = np.zeros((n, resamples, len(metrics))), np.zeros((n, resamples))
    means, disjoint = np.full((n, len(metrics)), np.nan), np.zeros(n, dtype=np.int64)
    for k in np.flatnonzero(used):
        mine = category == k
        _, units = np.unique(pairs[mine], return_inverse=True)
        sums[k], weights[k] = pigeonhole_means(values[mine], units.reshape(-1, 2), resamples=resamples, rng=rng)
        means[k] = values[mine].mean(axis=0)
        disjoint[k] = _count_disjoint(pairs[mine])
    with np.errstate(invalid="ignore"):
        replicates = sums / weights[:, :, None]
        micro = sums.sum(axis=0) / weights.sum(axis=0)[:, None]
    there = used > 0
    whole = [values.mean(axis=0), means[there].mean(axis=0)] if there.any() else [means[0], means[0]]
    groups = [
        (name, means[k], replicates[k], int(disjoint[k]), int(used[k]), int(total[k]))
        for k, name in enumerate(questions.categories)
    ]
    groups.append(("all", whole[0], micro, int(disjoint.sum()), int(used.sum()), len(questions)))
    macro = replicates[there].mean(axis=0) if there.any() else micro
    fewest = int(disjoint[there].min() * there.sum()) if there.any() else 0
    groups.append(("macro", whole[1], macro, fewest, int(used.sum()), len(questions)))
    return [
        (name, metric, float(mean[m]), _interval(float(mean[m]), drawn[:, m], independent), count, size - count)
        for name, mean, drawn, independent, count, size in groups
        for m, metric in enumerate(metrics)
    ]


def _interval(mean: float, replicates: NDArray[np.float64], independent: int) -> Interval:
    """Return the interval of a mean, by resampling if this can show something."""
    drawn = percentile_interval(replicates, unit="pair")
    if math.isnan(mean) or (independent >= _FEW and drawn.low < drawn.high):
        return drawn
    return exact_interval(mean, independent, unit="disjoint question (exact)")


def _count_disjoint(pairs: NDArray[np.int64]) -> int:
    """Return how many questions, taken in order, have no pair in common with one taken before."""
    taken: set[int] = set()
    count = 0
    for one, other in pairs.tolist():
        if one not in taken and other not in taken:
            taken |= {one, other}
            count += 1
    return count
