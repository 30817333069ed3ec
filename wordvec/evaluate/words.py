"""Which row of the vectors a word of a test set means, and what is done about words that have none."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import UnknownWordError, require, similar_words
from ..senses.embeddings import SenseEmbeddings

__all__ = ["CasePolicy", "Lookup", "MissingPolicy", "look_up"]

CasePolicy = Literal["ignore", "keep"]
MissingPolicy = Literal["skip", "error", "zero", "mean"]

_MISSING = {
    "skip": "skip unknown",
    "error": "unknown is an error",
    "zero": "zero for unknown",
    "mean": "mean for unknown",
}


@dataclass(frozen=True, eq=False)
class Lookup:
    """Vectors as test sets ask for them: by words that may be unknown or written in other letters.

    Made by :func:`look_up`, once for all test sets.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    index : mapping of str to int
        Word, folded if case is ignored, to row.
    usable : bool[N]
        Rows that stand for a word; with case ignored only the first of ``Polish, polish``.
    case : {"ignore", "keep"}
        How words are compared.
    missing : {"skip", "error", "zero", "mean"}
        What is done about items with an unknown word: they are left out and counted, raise an error, or are
        answered with zeros, or the mean vector, for the word, and counted.
    restrict : int, optional
        How many of the first words were allowed.
    senses : SenseEmbeddings, optional
        The vectors of senses that ``embeddings`` are merged from, for the tasks that tell senses apart.
    """

    embeddings: Embeddings
    index: Mapping[str, int]
    usable: NDArray[np.bool_]
    case: CasePolicy
    missing: MissingPolicy
    restrict: int | None = None
    senses: SenseEmbeddings | None = None

    def fold(self, word: str) -> str:
        """Return ``word`` as it is compared: with case ignored, in lower case."""
        return word.casefold() if self.case == "ignore" else word

    def get(self, word: str) -> int:
        """Return the row of ``word``, -1 if it is unknown.

        What is not found as it is written is looked for in composed letters (NFC), then with ``_`` for spaces
        and spaces for ``_``.
        """
        row = self.index.get(self.fold(word), -1)
        if row < 0 and not word.isascii():
            word = unicodedata.normalize("NFC", word)
            row = self.index.get(self.fold(word), -1)
        for old, new in ((" ", "_"), ("_", " ")):
            if row < 0 and old in word:
                row = self.index.get(self.fold(word.replace(old, new)), -1)
        return row

    def rows(self, items: Iterable[Sequence[str]]) -> NDArray[np.int64]:
        """Return int64[n, k], the rows of the k words of each item, -1 for unknown ones.

        Raises
        ------
        UnknownWordError
            If there are any and ``missing`` is ``"error"``.
        """
        found = []
        for words in items:
            found.append([self.get(word) for word in words])
            if self.missing == "error" and -1 in found[-1]:
                raise self.unknown(words[found[-1].index(-1)])
        return np.array(found, dtype=np.int64).reshape(len(found), len(found[0]) if found else 0)

    def kept(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return bool[n]: which items are scored, by the rows of their words.

        Where not one word of any is known, none is, whatever ``missing`` says: a score of substitutes alone
        would be one of nothing.
        """
        known = rows >= 0
        return np.asarray(known.all(axis=1) | (self.missing in ("zero", "mean") and bool(known.any())))

    def vectors(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return float64[..., D], the vectors of rows; for unknown words zeros or the mean of all vectors."""
        found = self.embeddings.vectors[rows].astype(np.float64)
        unknown = rows < 0
        if unknown.any():
            found[unknown] = self._mean if self.missing == "mean" else 0.0
        return np.asarray(found)

    @cached_property
    def _mean(self) -> NDArray[np.float64]:
        return np.asarray(self.embeddings.vectors.mean(axis=0, dtype=np.float64))

    def unknown(self, word: str) -> UnknownWordError:
        """Return the error that says that ``word`` is not there."""
        return UnknownWordError(word, len(self.index), similar_words(self.fold(word), self.index.keys()))

    @property
    def policy(self) -> str:
        """How words are found, for a table: ``"skip unknown, ignore case, first 30000 words"``."""
        parts = [_MISSING[self.missing], "ignore case" if self.case == "ignore" else "keep case"]
        if self.restrict is not None:
            parts.append(f"first {self.restrict} words")
        return ", ".join(parts)


def look_up(
    embeddings: Embeddings | SenseEmbeddings,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> Lookup:
    """Prepare vectors for test sets.

    Parameters
    ----------
    embeddings : Embeddings or SenseEmbeddings
        The vectors, in order of frequency. Of senses, most tasks are asked of what they are merged to
        (:meth:`~wordvec.senses.embeddings.SenseEmbeddings.merge`).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about items with an unknown word: leave them out and count them, raise, or take zeros or the
        mean of all vectors for the word.
    case : {"ignore", "keep"}, default "ignore"
        With ``"ignore"``, words that differ in case only are one word, and the first of them, the most
        frequent, stands for all.
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("paris", "Paris", "Rome", "New_York"), np.array([4, 3, 2, 1]))
    >>> found = look_up(Embeddings(words, np.eye(4, dtype=np.float32)))
    >>> found.get("PARIS"), found.get("rome"), found.get("new york"), found.get("Oslo"), found.usable.tolist()
    (0, 2, 3, -1, [True, False, True, True])
    """
    require(missing in _MISSING, "missing", "'skip', 'error', 'zero' or 'mean'", missing)
    require(case in ("ignore", "keep"), "case", "'ignore' or 'keep'", case)
    require(restrict is None or restrict >= 1, "restrict", "an integer >= 1", restrict)
    senses = embeddings if isinstance(embeddings, SenseEmbeddings) else None
    merged = embeddings.merge() if isinstance(embeddings, SenseEmbeddings) else embeddings
    words = merged.vocabulary.words[:restrict]
    usable = np.zeros(len(words), dtype=np.bool_)
    index: dict[str, int] = {}
    for row, word in enumerate(words):
        key = word.casefold() if case == "ignore" else word
        if key not in index:
            index[key] = row
            usable[row] = True
    return Lookup(merged, index, usable, case, missing, restrict, senses)
