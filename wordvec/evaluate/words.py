"""Which row of the vectors a word of a test set means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import UnknownWordError, require, similar_words
from ..text.vocabulary import Vocabulary

__all__ = ["CasePolicy", "MissingPolicy", "WordRows", "find_rows"]

CasePolicy = Literal["ignore", "keep"]
MissingPolicy = Literal["skip", "error"]


@dataclass(frozen=True)
class WordRows:
    """The words that may be asked for, and the rows they stand for.

    Parameters
    ----------
    index : mapping of str to int
        Word, folded if case is ignored, to row.
    usable : bool[N]
        Rows that stand for a word; with case ignored only the first of ``Polish, polish``.
    case : {"ignore", "keep"}
        How words are compared.
    size : int
        Number of words in the whole vocabulary.
    """

    index: Mapping[str, int]
    usable: NDArray[np.bool_]
    case: CasePolicy
    size: int

    def fold(self, word: str) -> str:
        """Return ``word`` as it stands in :attr:`index`."""
        return word.casefold() if self.case == "ignore" else word

    def get(self, word: str) -> int:
        """Return the row of ``word``, -1 if it is unknown."""
        return self.index.get(self.fold(word), -1)

    def unknown(self, word: str) -> UnknownWordError:
        """Return the error that says that ``word`` is not there."""
        return UnknownWordError(word, len(self.index), similar_words(self.fold(word), self.index.keys()))

    def policy(self, missing: MissingPolicy) -> str:
        """Return how words were found, for a table: ``"skip unknown, ignore case, first 30000 words"``."""
        parts = [
            "skip unknown" if missing == "skip" else "unknown is an error",
            "ignore case" if self.case == "ignore" else "keep case",
        ]
        if len(self.usable) < self.size:
            parts.append(f"first {len(self.usable)} words")
        return ", ".join(parts)


def find_rows(vocabulary: Vocabulary, *, case: CasePolicy = "ignore", restrict: int | None = None) -> WordRows:
    """Return the rows that the words of a test set may mean.

    Parameters
    ----------
    vocabulary : Vocabulary
        Words in order of frequency.
    case : {"ignore", "keep"}, default "ignore"
        With ``"ignore"``, words that differ in case only are one word, and the first of them, the most
        frequent, stands for all.
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Examples
    --------
    >>> found = find_rows(Vocabulary(("paris", "Paris", "Rome"), np.array([3, 2, 1])))
    >>> found.get("PARIS"), found.get("rome"), found.get("Oslo"), found.usable.tolist()
    (0, 2, -1, [True, False, True])
    """
    require(case in ("ignore", "keep"), "case", "'ignore' or 'keep'", case)
    require(restrict is None or restrict >= 1, "restrict", "an integer >= 1", restrict)
    words = vocabulary.words[:restrict]
    usable = np.zeros(len(words), dtype=np.bool_)
    index: dict[str, int] = {}
    for row, word in enumerate(words):
        key = word.casefold() if case == "ignore" else word
        if key not in index:
            index[key] = row
            usable[row] = True
    return WordRows(index, usable, case, len(vocabulary))
