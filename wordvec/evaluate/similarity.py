"""Do the similarities of vectors agree with those that people see?"""

import csv
import math
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
from .datasets import Dataset, read_dataset
from .measures import PEARSON, SPEARMAN
from .outcome import Outcome, outcome_table, timed
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Pairs", "cosines", "evaluate_similarity", "read_pairs", "score_similarity"]

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


def evaluate_similarity(
    embeddings: Embeddings,
    pairs: Pairs | Path | str,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Compare cosines with judgements of similarity: Spearman's and Pearson's correlation.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    pairs : Pairs, Path or str
        Word pairs, or a file of them (see :func:`read_pairs`).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a pair with an unknown word: leave it out and count it, raise, or take zeros or the
        mean vector for the word.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        Two rows with the columns of :class:`~wordvec.evaluate.scores.Score`. The interval is over another draw
        of words: pairs that share one are not independent.

    Raises
    ------
    FormatError
        If the file is not one of word pairs.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("cat", "dog", "tax", "law"), np.array([4, 3, 2, 1]))
    >>> rows = np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0], [0.3, 1.0]], np.float32)
    >>> asked = (("cat", "dog"), ("cat", "tax"), ("dog", "law"), ("cat", "ox"))
    >>> pairs = Pairs("toy", "", asked, np.array([9.0, 1.0, 2.0, 7.0]))
    >>> table = evaluate_similarity(Embeddings(words, rows), pairs)
    >>> table[["metric", "n", "missing"]].values.tolist()
    [['spearman', 3, 1], ['pearson', 3, 1]]
    """
    held = pairs if isinstance(pairs, Pairs) else read_pairs(pairs)
    return outcome_table(score_similarity(look_up(embeddings, missing=missing, case=case, restrict=restrict), held))


def score_similarity(lookup: Lookup, pairs: Pairs) -> list[Outcome]:
    """Return the cosine of each pair beside its judgement, as Spearman's and as Pearson's correlation.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    pairs : Pairs
        Word pairs.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    rows = lookup.rows(pairs.words)
    kept, missing = lookup.kept(rows), int((rows < 0).any(axis=1).sum())
    values = np.stack([cosines(*(lookup.vectors(rows[kept, side]) for side in (0, 1))), pairs.scores[kept]], axis=1)
    numbers: dict[str, int] = {}
    units = np.array([[numbers.setdefault(word.casefold(), len(numbers)) for word in pair] for pair in pairs.words])
    items = np.flatnonzero(kept)
    outcomes = [
        Outcome(
            "similarity",
            pairs.name,
            pairs.sha256,
            measure.name,
            measure,
            items,
            values,
            units[kept],
            "word",
            missing,
            lookup.policy,
        )
        for measure in (SPEARMAN, PEARSON)
    ]
    return timed(outcomes, time.perf_counter() - start)


def cosines(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[n], the cosine of each pair of rows; 0 where a vector has no length.

    Parameters
    ----------
    first, second : float64[n, D]
        The vectors.

    Examples
    --------
    >>> cosines(np.array([[3.0, 0.0], [1.0, 1.0]]), np.array([[2.0, 0.0], [0.0, 0.0]])).tolist()
    [1.0, 0.0]
    """
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    products: NDArray[np.float64] = np.einsum("nd,nd->n", first, second)
    found = np.zeros(len(first))
    np.divide(products, lengths, out=found, where=lengths > 0)
    return found


def read_pairs(path: Path | str | Dataset, *, columns: Columns | None = None) -> Pairs:
    """Read a file of word pairs and scores, one pair a line, plain or compressed.

    The separator is the first of tab, semicolon, comma (two or more in the first line), colon (two or
    more, in a line without white space) and white space. The first line is a header if its fields
    include ``word1`` and ``word2`` (also ``term1``, ``w1``; case and punctuation ignored); then the
    score is the one column called like a score (``score``, ``SimLex999``, ``Average Score``, ...). A
    first line of three fields whose third is no number is a header too. Without a header there must be
    three columns: word, word, score. If *every* word ends in a part of speech, as in ``sun-n``, the
    suffixes are cut off, and ``notes`` says so.

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
        Naming file and line, if the rules find no three columns or a score is no number.

    Examples
    --------
    >>> found = read_pairs(Dataset("men", "sun-n moon-n 40\\nrun-v walk-v 35.5\\n", ""))
    >>> found.words, found.scores.tolist()
    ((('sun', 'moon'), ('run', 'walk')), [40.0, 35.5])
    """
    source = path if isinstance(path, Dataset) else read_dataset(path)
    shown = source.name if isinstance(path, Dataset) else str(path)
    rows = _split(source, shown)
    header, (first, second, score) = _find_columns(rows[0][1], columns, f"{shown}, line {rows[0][0]}")
    words, scores = [], []
    for number, fields in rows[header:]:
        where = f"{shown}, line {number}"
        if len(fields) <= max(first, second, score):
            raise FormatError(f"{where}: expected {len(rows[0][1])} columns like the first line, got {len(fields)}.")
        if not (fields[first] and fields[second]):
            raise FormatError(f"{where}: a word is empty.")
        words.append((fields[first], fields[second]))
        scores.append(_number(fields[score], where))
    if not words:
        raise FormatError(f"{shown} holds a header and no pair.")
    notes = [f"columns {first + 1}, {second + 1} and {score + 1} of {len(rows[0][1])}"] if len(rows[0][1]) > 3 else []
    if header:
        notes.append(f"line {rows[0][0]} taken for a header: {' '.join(rows[0][1])[:60]}")
    if all(_POS_SUFFIX.fullmatch(word[-3:]) for pair in words for word in pair):
        words = [(one[:-2], other[:-2]) for one, other in words]
        notes.append("parts of speech such as '-n' cut off every word")
    return Pairs(source.name, source.sha256, tuple(words), np.array(scores), tuple(notes))


def _split(source: Dataset, shown: str) -> list[tuple[int, list[str]]]:
    """Return line number and fields of each line that is not blank."""
    lines = list(source.lines())
    if not lines:
        raise FormatError(f"{shown} is empty.")
    first = lines[0][1].strip()
    separator = next((s for s in "\t;," if first.count(s) >= 2), None)
    if separator is None and first.count(":") >= 2 and not first.split(maxsplit=1)[1:]:
        separator = ":"
    rows = []
    for number, line in lines:
        try:
            quoted = separator in (";", ",") and next(csv.reader([line], delimiter=separator, skipinitialspace=True))
        except csv.Error as error:
            raise FormatError(f"{shown}, line {number}: {error}.") from error
        rows.append((number, [field.strip() for field in quoted or _cut(line, separator)]))
    return rows


def _cut(line: str, separator: str | None) -> list[str]:
    # White space at the ends is no field, a tab before an empty first field is one.
    return line.split() if separator is None else line.strip("\r\n").split(separator)


def _find_columns(first: Sequence[str], columns: Columns | None, where: str) -> tuple[bool, tuple[int, int, int]]:
    """Return whether ``first`` is a header, and the columns (from 0) of words and score."""
    names = [re.sub(r"[\W_]", "", field).lower() for field in first]
    named = bool(_FIRST & set(names)) and bool(_SECOND & set(names))
    if columns is not None:
        one, two, score = (_chosen(column, first, where) for column in columns)
        return named or any(isinstance(c, str) for c in columns) or not _is_number(first[score]), (one, two, score)
    if named:
        one = next(i for i, name in enumerate(names) if name in _FIRST)
        two = next(i for i, name in enumerate(names) if name in _SECOND)
        scores = [i for i, name in enumerate(names) if name in _SCORES]
        if len(scores) == 1:
            return True, (one, two, scores[0])
        if len(first) == 3:
            return True, (one, two, 3 - one - two)
    elif len(first) == 3:
        return not _is_number(first[2]), (0, 1, 2)
    raise FormatError(
        f"{where}: cannot tell which of {len(first)} columns are word1, word2 and score "
        f"({', '.join(first[:8])[:120]}); keep these three, or name them, "
        "as in --columns 1,2,5 (in Python: columns=(1, 2, 5))."
    )


def _chosen(column: int | str, first: Sequence[str], where: str) -> int:
    if isinstance(column, int) and 1 <= column <= len(first):
        return column - 1
    if isinstance(column, str) and column in first:
        return list(first).index(column)
    raise FormatError(f"{where}: there is no column {column!r} among {', '.join(first[:20])}.")


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str, where: str) -> float:
    if not _is_number(text):
        raise FormatError(f"{where}: the score must be a number, got {text!r}.")
    return float(text)
