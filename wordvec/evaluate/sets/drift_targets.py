"""Files of words with what people say of their change: SemEval-2020 task 1, GEMS, DURel, and tables like them."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError, require
from .columns import Columns, Role, checked_number, checked_word, is_numeric, read_rows, read_table
from .datasets import Dataset, combined_digest, read_dataset

__all__ = ["DriftTargets", "read_drift_targets"]

Floats = NDArray[np.float64]

_ROLES: list[Role] = [
    ("word", frozenset({"word", "lexeme", "lemma", "target", "targetword"})),
    ("change", frozenset({"average", "mean", "lsc", "change", "graded", "binary", "score", "gold", "label"})),
]
_SUFFIX = re.compile(r"(?<=.)_(?:nn|vb|jj|rb|n|v|a|noun|verb|adj|adv)$")
_RATER = re.compile(r"(?:p|r|rater|judge|annotator)\d+", re.IGNORECASE)
#: Means in files are rounded; further off is said.
_ROUNDED = 0.051


@dataclass(frozen=True, eq=False)
class DriftTargets:
    """Words, and how much people found their use to change between two periods or places.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from; of several files the names joined by ``" + "`` and the digest of the digests.
    words : tuple of str
        The words, as they are written in the file.
    graded : float64[n], optional
        How much each changed, higher for more; the unit is the file's.
    binary : float64[n], optional
        1 for what changed, 0 for what did not.
    ratings : float64[n, R], optional
        What each of R raters said, where the file tells; NaN where one said nothing.
    notes : tuple of str
        What was read by rule.
    """

    name: str
    sha256: str
    words: tuple[str, ...]
    graded: Floats | None
    binary: Floats | None
    ratings: Floats | None = None
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_drift_targets(
    path: Path | str | Dataset,
    *,
    binary: Path | str | Dataset | None = None,
    words: Path | str | Dataset | None = None,
    columns: Columns | None = None,
    parts_of_speech: Literal["keep", "cut"] = "keep",
) -> DriftTargets:
    r"""Read words with graded change, binary change, or both.

    Two columns, word and value, without a header (SemEval-2020 task 1 and the means of GEMS); a table whose header
    names them ``word``, ``lexeme``, ``lemma`` or ``target``, and ``average``, ``mean``, ``LSC``, ``change``,
    ``graded``, ``binary``, ``score``, ``gold`` or ``label`` (GEMS with its raters, DURel); or values alone, one a
    line, for the list of ``words`` (DURel's ``rank.tsv``). Values that are all 0 or 1 are binary, others graded.
    Higher is more change, so DURel's negative numbers are taken as they are.

    Parameters
    ----------
    path : Path, str or Dataset
        The file, plain or compressed.
    binary : Path, str or Dataset, optional
        A second file, of the binary change of the same words, in any order.
    words : Path, str or Dataset, optional
        The list of words, one a line: what values alone belong to; beside a file of words, what it must hold.
    columns : (int or str, int or str), optional
        Names or numbers from 1 of the columns of word and value.
    parts_of_speech : {"keep", "cut"}, default "keep"
        SemEval's English words end in ``_nn`` and ``_vb``, as in its corpora; ``"cut"`` takes that off for other text.

    Raises
    ------
    FormatError
        Naming file and line, if there are no such columns, a word is there twice, a value is no number, ``binary``
        holds other values than 0 and 1, or the files are not of the same words.

    References
    ----------
    Schlechtweg et al. (2020), "SemEval-2020 task 1: unsupervised lexical semantic change detection"; Gulordava and
    Baroni (2011), "A distributional similarity approach to the detection of semantic change in the Google Books
    Ngram corpus"; Schlechtweg, Schulte im Walde and Eckmann (2018), "Diachronic usage relatedness (DURel)".

    Examples
    --------
    >>> graded = Dataset("task2", "attack_nn\t0.14\nplane_nn\t0.88\n", "")
    >>> both = read_drift_targets(graded, binary=Dataset("task1", "plane_nn\t1\nattack_nn\t0\n", ""))
    >>> both.words, both.graded.tolist(), both.binary.tolist()
    (('attack_nn', 'plane_nn'), [0.14, 0.88], [0.0, 1.0])
    >>> read_drift_targets(graded, parts_of_speech="cut").words
    ('attack', 'plane')
    """
    require(parts_of_speech in ("keep", "cut"), "parts_of_speech", "'keep' or 'cut'", parts_of_speech)
    source = read_dataset(path)
    listed = None if words is None else read_dataset(words)
    name, named, values, ratings, notes = _read_values(source, listed, columns)
    files, is_binary = [source], bool(np.isin(values, (0.0, 1.0)).all())
    graded, labels = (None, values) if is_binary and binary is None else (values, None)
    if binary is not None:
        other = read_dataset(binary)
        labels = _read_labels(other, source, named)
        files.append(other)
    if listed is not None:
        files.append(listed)
    if parts_of_speech == "cut":
        named, cut = _cut(named, source)
        notes = [*notes, cut]
    kinds = [kind for kind, held in (("graded", graded), ("binary", labels)) if held is not None]
    notes = [f"{len(named)} words with {' and '.join(kinds)} change", *notes]
    digest = source.sha256 if len(files) == 1 else combined_digest((file.name, file) for file in files)
    joined = " + ".join([name, *(file.name for file in files[1:])])
    return DriftTargets(joined, digest, named, graded, labels, ratings, tuple(notes))


Values = tuple[str, tuple[str, ...], Floats, Floats | None, list[str]]


def _read_values(source: Dataset, listed: Dataset | None, columns: Columns | None) -> Values:
    """Return name, words, values, what raters said, and notes."""
    first = next(source.lines(), (0, ""))[1].strip()
    if columns is None and is_numeric(first):
        if listed is None:
            raise FormatError(f"{source.where(1)}: {first!r} is a value without a word; name the list (words=...).")
        words = _read_words(listed)
        values = np.array([checked_number(line.strip(), source.where(number)) for number, line in source.lines()])
        if len(values) != len(words):
            raise FormatError(f"{source.shown} holds {len(values)} values for {len(words)} words of {listed.shown}.")
        return source.name, words, values, None, []
    table = read_table(source, _ROLES, columns, separators="\t;, ", value=is_numeric)
    words = _once([checked_word(fields[0], where) for where, fields in table.rows], source)
    values = np.array([checked_number(fields[1], where) for where, fields in table.rows])
    notes = list(table.notes)
    if listed is not None:
        _check_same(words, _read_words(listed), source, listed)
    ratings = _read_ratings(source) if table.width > len(_ROLES) else None
    if ratings is not None:
        notes.append(_describe_ratings(ratings, values))
    return table.name, words, values, ratings, notes


def _read_labels(other: Dataset, source: Dataset, words: tuple[str, ...]) -> Floats:
    """Return the labels of ``words`` from a file of its own."""
    _, named, values, _, _ = _read_values(other, None, None)
    odd = values[~np.isin(values, (0.0, 1.0))]
    if len(odd):
        raise FormatError(f"{other.shown}: binary change must be 0 or 1, got {odd[0]:g}.")
    _check_same(words, named, source, other)
    found = dict(zip(named, values.tolist(), strict=True))
    return np.array([found[word] for word in words])


def _read_words(listed: Dataset) -> tuple[str, ...]:
    return _once([checked_word(line.strip(), listed.where(number)) for number, line in listed.lines()], listed)


def _once(words: list[str], source: Dataset) -> tuple[str, ...]:
    seen: set[str] = set()
    for word in words:
        if word in seen:
            raise FormatError(f"{source.shown}: the word {word!r} is there twice.")
        seen.add(word)
    return tuple(words)


def _check_same(words: tuple[str, ...], others: tuple[str, ...], source: Dataset, other: Dataset) -> None:
    odd = sorted(set(words) ^ set(others))
    if odd:
        raise FormatError(
            f"{source.shown} and {other.shown} are not of the same words: {len(odd)} are in one only ({odd[0]!r})."
        )


def _cut(words: tuple[str, ...], source: Dataset) -> tuple[tuple[str, ...], str]:
    """Return words without their parts of speech, and how many had one."""
    plain = [_SUFFIX.sub("", word) for word in words]
    cut = sum(one != other for one, other in zip(plain, words, strict=True))
    return _once(plain, source), f"part of speech cut from {cut} of {len(words)} words"


def _read_ratings(source: Dataset) -> Floats | None:
    """Return what each rater said, by the names of the columns; None where no column is one of a rater."""
    rows = read_rows(source, "\t;, ")
    places = [place for place, name in enumerate(rows[0][1]) if _RATER.fullmatch(name.strip())]
    if not places:
        return None
    held = [[row[place] for place in places] for _, row in rows[1:]]
    return np.array([[float(cell) if is_numeric(cell) else np.nan for cell in row] for row in held])


def _describe_ratings(ratings: Floats, means: Floats) -> str:
    """Say how many raters there are, how well one agrees with the others, and which means are not theirs."""
    from ..measures import spearman

    agreement = []
    for rater in range(ratings.shape[1]):
        others = np.delete(ratings, rater, axis=1)
        known = np.isfinite(ratings[:, rater]) & np.isfinite(others).any(axis=1)
        agreement.append(spearman(ratings[known, rater], np.nanmean(others[known], axis=1)))
    said = f"{ratings.shape[1]} raters, each with the mean of the others: Spearman {np.nanmean(agreement):.2f}"
    rated = np.isfinite(ratings).any(axis=1)
    off = int((np.abs(np.nanmean(ratings[rated], axis=1) - means[rated]) > _ROUNDED).sum())
    return said + (f"; {off} means are not those of the ratings" if off else "")
