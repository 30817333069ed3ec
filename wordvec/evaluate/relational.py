"""Is weapon to knife as vehicle to car? Relational similarity: how well pairs show a relation (SemEval-2012 task 2)."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError
from .geometry import cosines, unit_rows
from .measures import GROUP_MEAN, GROUP_SPEARMAN, SPEARMAN
from .outcome import Outcome, outcome_table, timed
from .sets.datasets import Dataset, combined_digest, read_dataset
from .sets.numbering import number_pairs
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RelationClasses", "evaluate_relational", "max_diff", "read_relational", "score_relational"]

_GOLD = re.compile(r'\s*(-?\d+(?:\.\d+)?)\s+"([^"]*)"\s*')
_QUOTED = re.compile(r'"([^"]*)"')
_PAIRS_IN_QUESTION = 4

Pair = tuple[str, str]


@dataclass(frozen=True, eq=False)
class RelationClasses:
    """Classes of relations: pairs that are a pattern of each, and pairs that people rated by it.

    Parameters
    ----------
    name, sha256 : str
        Of the folder they are from, and the digest of its files' digests.
    classes : tuple of str
        Names of the classes, as in ``"1a"``.
    paradigms : tuple of tuple of (str, str)
        The pairs that are the pattern of each class.
    words : tuple of (str, str)
        The rated pairs.
    ratings : float64[n]
        How well each pair shows the relation: percent of times it was chosen as the best, less percent as the worst.
    relation : int64[n]
        The class of each pair.
    questions : int64[Q, 4]
        Numbers of the pairs that were shown together.
    notes : tuple of str
        Questions that ratings do not decide.
    """

    name: str
    sha256: str
    classes: tuple[str, ...]
    paradigms: tuple[tuple[Pair, ...], ...]
    words: tuple[Pair, ...]
    ratings: NDArray[np.float64]
    relation: NDArray[np.int64]
    questions: NDArray[np.int64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_relational(folder: Path | str) -> RelationClasses:
    """Read a folder of SemEval-2012 task 2, ``dev`` or ``test``.

    For every ``GoldRatings-1a.txt`` (a line is a rating and a quoted pair, as in ``50.0 "weapon:spear"``; lines
    that begin with ``#`` are comments) there are ``Phase1Questions-1a.txt`` (the pairs below "Consider the following
    word pairs:" are the pattern) and ``Phase2Questions-1a.txt`` (a line is four quoted pairs).

    Parameters
    ----------
    folder : Path or str
        With these files.

    Raises
    ------
    FormatError
        If a file is missing, naming it, or a line is not as above, naming file and line.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "GoldRatings-1a.txt").write_text('50 "tree:oak"\\n10 "bird:owl"\\n0 "a:b"\\n-9 "oak:tree"\\n')
    >>> _ = (folder / "Phase1Questions-1a.txt").write_text("Consider the following word pairs:\\n\\nflower:tulip\\n")
    >>> _ = (folder / "Phase2Questions-1a.txt").write_text('"tree:oak","bird:owl","a:b","oak:tree"\\n')
    >>> found = read_relational(folder)
    >>> found.classes, found.paradigms, found.words[0], found.questions.tolist()
    (('1a',), ((('flower', 'tulip'),),), ('tree', 'oak'), [[0, 1, 2, 3]])
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FormatError(f"{folder} is no folder; name one of SemEval-2012 task 2, dev or test.")
    names = [path.name[len("GoldRatings-") : -len(".txt")] for path in folder.glob("GoldRatings-*.txt")]
    if not names:
        below = sorted({path.parent.name for path in folder.glob("*/GoldRatings-*.txt")})
        hint = f" Name one of {', '.join(below)} in it." if below else ""
        raise FormatError(f"{folder} holds no GoldRatings-*.txt, as the folders of SemEval-2012 task 2 do.{hint}")
    names.sort(key=lambda name: (int(re.match(r"\d*", name)[0] or 0), name))  # type: ignore[index]
    paradigms: list[tuple[Pair, ...]] = []
    words: list[Pair] = []
    ratings: list[float] = []
    relation: list[int] = []
    questions: list[list[int]] = []
    sources: list[Dataset] = []
    for k, name in enumerate(names):
        paths = [folder / f"{kind}-{name}.txt" for kind in ("GoldRatings", "Phase1Questions", "Phase2Questions")]
        gold, pattern, asked = (read_dataset(path) for path in paths)
        sources += (gold, pattern, asked)
        rated = _read_gold(gold)
        paradigms.append(_read_pattern(pattern))
        numbers = {pair: len(words) + i for i, pair in enumerate(rated)}
        questions += _read_questions(asked, numbers)
        words += rated
        ratings += rated.values()
        relation += [k] * len(rated)
    judged, shown = np.array(ratings), np.array(questions, dtype=np.int64).reshape(-1, _PAIRS_IN_QUESTION)
    flat = int(_undecided(judged[shown]).sum())
    notes = (f"{flat} questions left out: all four pairs have one rating",) if flat else ()
    whole = folder.resolve()
    return RelationClasses(
        f"{whole.parent.name}/{whole.name}",
        combined_digest((source.name, source) for source in sources),
        tuple(names),
        tuple(paradigms),
        tuple(words),
        judged,
        np.array(relation, dtype=np.int64),
        shown,
        notes,
    )


def _pair(text: str, where: str) -> Pair:
    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 2 or not all(parts):
        raise FormatError(f"{where}: expected a pair such as weapon:knife, got {text!r}.")
    return parts[0], parts[1]


def _read_gold(source: Dataset) -> dict[Pair, float]:
    found: dict[Pair, float] = {}
    for number, line in source.lines():
        if line.startswith("#"):
            continue
        where, match = source.where(number), _GOLD.fullmatch(line)
        if match is None:
            raise FormatError(f'{where}: expected a rating and a pair, as in 50.0 "weapon:spear"; got {line[:60]!r}.')
        pair = _pair(match[2], where)
        if pair in found:
            raise FormatError(f"{where}: {match[2]!r} is rated twice.")
        found[pair] = float(match[1])
    if not found:
        raise FormatError(f"{source.shown} holds no rated pair.")
    return found


def _read_pattern(source: Dataset) -> tuple[Pair, ...]:
    found: list[Pair] = []
    begun = False
    for number, line in source.lines():
        if line.startswith("Consider the following word pairs"):
            begun = True
        elif begun and line.rstrip().endswith("?"):
            break
        elif begun:
            found.append(_pair(line, source.where(number)))
    if not found:
        raise FormatError(f'{source.shown} holds no pair below "Consider the following word pairs:".')
    return tuple(found)


def _read_questions(source: Dataset, numbers: dict[Pair, int]) -> list[list[int]]:
    found = []
    for number, line in source.lines():
        where = source.where(number)
        pairs = [_pair(text, where) for text in _QUOTED.findall(line)]
        if len(pairs) != _PAIRS_IN_QUESTION:
            raise FormatError(f"{where}: expected four pairs in quotes, got {len(pairs)}.")
        unrated = [pair for pair in pairs if pair not in numbers]
        if unrated:
            raise FormatError(f"{where}: {':'.join(unrated[0])!r} has no rating in the file of ratings.")
        found.append([numbers[pair] for pair in pairs])
    return found


def _undecided(ratings: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.asarray(ratings.max(axis=1, initial=-np.inf) <= ratings.min(axis=1, initial=np.inf))


def max_diff(scores: NDArray[np.float64], ratings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[Q], how much of each question is right: half for the best pair, half for the worst.

    Where several pairs score the same, one of them is taken to be drawn: the share of those that have the best
    rating counts. Any pair with the best rating is right.

    Parameters
    ----------
    scores : float64[Q, K]
        Of the K pairs of each question, by the model.
    ratings : float64[Q, K]
        Of the same pairs, by people.

    Examples
    --------
    >>> max_diff(np.array([[3.0, 2.0, 1.0, 0.0], [1.0, 1.0, 1.0, 1.0]]), np.array([[9.0, 5.0, 0.0, 5.0]] * 2)).tolist()
    [0.5, 0.25]
    """
    found = np.zeros(len(scores))
    for sign in (1.0, -1.0):
        chosen, right = (
            sign * part == (sign * part).max(axis=1, keepdims=True, initial=-np.inf) for part in (scores, ratings)
        )
        found += 0.5 * (chosen & right).sum(axis=1) / chosen.sum(axis=1)
    return found


def evaluate_relational(
    embeddings: Embeddings,
    data: RelationClasses | Path | str,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
    classes: bool = False,
) -> "pd.DataFrame":
    """Compare how well pairs show a relation, by their offsets, with what people said.

    The ``offset`` score of a pair is the cosine of its offset, b - a of vectors of length one, with the mean offset
    of the pairs that are the pattern of the class. ``cosine (baseline)`` is that of the two words, which knows no
    relation. ``spearman`` is the correlation with the ratings, averaged over classes. ``MaxDiff`` is the accuracy of
    telling the best and the worst of four pairs, each counted as a half, averaged over classes. What people answered
    to each question is not in the published folders, so the best and the worst are those by rating.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    data : RelationClasses, Path or str
        Classes, or a folder of them (see :func:`read_relational`).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a pair with an unknown word: leave it out and count it, raise, or take zeros or the mean
        vector for the word. With ``"skip"``, patterns are of the pairs that are known; a class with none left is
        left out, and its pairs count as missing.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.
    classes : bool, default False
        Whether to add a row for each class.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`; ``n`` and ``missing`` count pairs, in rows of
        MaxDiff questions. The interval is over another draw of classes; in rows of one class, of words.

    Raises
    ------
    FormatError
        If the folder is not one of relation classes.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    References
    ----------
    Jurgens et al. (2012), "SemEval-2012 task 2: measuring degrees of relational similarity"; Zhila et al. (2013),
    "Combining heterogeneous models for measuring relational similarity"; Mikolov, Yih and Zweig (2013), "Linguistic
    regularities in continuous space word representations".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("tree", "oak", "bird", "owl", "fish", "eel"), np.arange(6, 0, -1))
    >>> rows = np.array([[3, 0, 0], [3, 0, 1], [0, 3, 0], [0, 3, 1], [2, 2, 1], [2, 2, 2]], np.float32)
    >>> rated = (("bird", "owl"), ("fish", "eel"), ("owl", "bird"))
    >>> data = RelationClasses("toy", "", ("1a",), ((("tree", "oak"),),), rated, np.array([50.0, 20.0, -60.0]),
    ...                        np.zeros(3, np.int64), np.empty((0, 4), np.int64))
    >>> evaluate_relational(Embeddings(words, rows), data)[["metric", "score"]].values.tolist()[0]
    ['offset spearman', 1.0]
    """
    held = data if isinstance(data, RelationClasses) else read_relational(data)
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    return outcome_table(score_relational(lookup, held, classes=classes))


def score_relational(lookup: Lookup, data: RelationClasses, *, classes: bool = False) -> list[Outcome]:
    """Return for each pair its score beside its rating, and for each question whether it was answered.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    data : RelationClasses
        Classes of relations.
    classes : bool, default False
        Whether to add each class.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    rows = lookup.rows(data.words)
    patterns, known = _patterns(lookup, data.paradigms)
    kept = lookup.kept(rows) & known[data.relation]
    lost = (rows < 0).any(axis=1) | ~known[data.relation]
    decided = ~_undecided(data.ratings[data.questions])
    asked, away = decided & kept[data.questions].all(axis=1), decided & lost[data.questions].any(axis=1)
    vectors = [unit_rows(lookup.vectors(rows[:, side])) for side in (0, 1)]
    scores = {
        "offset": cosines(vectors[1] - vectors[0], patterns[data.relation]),
        "cosine (baseline)": cosines(vectors[0], vectors[1]),
    }
    group = data.relation[:, None]
    rated, single = [], []
    for name, scored in scores.items():
        values = np.stack([scored, data.ratings, data.relation], axis=1)[kept]
        whole = Outcome(
            "relational similarity",
            f"{data.name}: macro",
            data.sha256,
            f"{name} spearman",
            GROUP_SPEARMAN,
            np.flatnonzero(kept),
            values,
            group[kept],
            "relation class",
            int(lost.sum()),
            lookup.policy,
        )
        right = max_diff(scored[data.questions[asked]], data.ratings[data.questions[asked]])
        relation = data.relation[data.questions[asked, 0]]
        answered = replace(
            whole,
            metric=f"{name} MaxDiff",
            measure=GROUP_MEAN,
            items=np.flatnonzero(asked),
            values=np.stack([right, relation], axis=1),
            units=relation[:, None],
            missing=int(away.sum()),
        )
        rated += [whole, answered]
        single += _each_class(whole, data, kept, lost) if classes else []
    return timed([*rated, *single], time.perf_counter() - start)


def _patterns(lookup: Lookup, paradigms: Sequence[Sequence[Pair]]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return float64[K, D], the mean offset of each class, and bool[K], whether a pair of its pattern is known."""
    found = np.zeros((len(paradigms), lookup.embeddings.vectors.shape[1]))
    known = np.zeros(len(paradigms), dtype=np.bool_)
    for k, pairs in enumerate(paradigms):
        rows = lookup.rows(pairs)
        rows = rows[lookup.kept(rows)]
        known[k] = len(rows) > 0
        if known[k]:
            first, second = (unit_rows(lookup.vectors(rows[:, side])) for side in (0, 1))
            found[k] = (second - first).mean(axis=0)
    return found, known


def _each_class(
    whole: Outcome, data: RelationClasses, kept: NDArray[np.bool_], lost: NDArray[np.bool_]
) -> list[Outcome]:
    """Return an outcome for each class, over another draw of words."""
    numbers = number_pairs(data.words)[kept]
    words = replace(whole, measure=SPEARMAN, values=whole.values[:, :2], units=numbers, unit="word")
    found = []
    for k, name in enumerate(data.classes):
        part = words.take(np.flatnonzero(data.relation == k))
        missing = int(lost[data.relation == k].sum())
        found.append(replace(part, dataset=f"{data.name}: {name}", missing=missing))
    return found
