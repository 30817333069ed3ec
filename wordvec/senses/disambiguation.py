"""What a context says about a word, and which words of it are asked."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..errors import require

__all__ = ["Disambiguation", "known_around"]


class Disambiguation(NamedTuple):
    """Which sense of a word a context speaks of.

    Parameters
    ----------
    senses : tuple of int
        The numbers of the senses that were kept, from 1.
    probabilities : tuple of float
        One for each of them; they sum to 1.
    n_known : int
        Known words of the context that carry weight. Without any, the probabilities are the word's prevalences.
    unknown : tuple of str
        Words of the context that are not in the vocabulary.
    """

    senses: tuple[int, ...]
    probabilities: tuple[float, ...]
    n_known: int
    unknown: tuple[str, ...]

    @property
    def best(self) -> int:
        """The number of the most probable sense, the smallest of equals."""
        return self.senses[int(np.argmax(self.probabilities))]

    @property
    def is_prevalence(self) -> bool:
        """Whether no word of the context was known, so that the word's prevalences stand in."""
        return self.n_known == 0


def known_around(row: int, ids: Sequence[int], at: int | None, window: int | None) -> list[int]:
    """Return the ids of the known words of a context.

    Parameters
    ----------
    row : int
        The word in question.
    ids : sequence of int
        The context, -1 for unknown words.
    at : int, optional
        Where the word stands, which is left out; otherwise all its occurrences are.
    window : int >= 1, optional
        Only so many of the nearest known words on either side of ``at``, or of the first occurrence of the word.

    Examples
    --------
    >>> known_around(7, [1, -1, 2, 7, 3, 7], at=None, window=None), known_around(7, [1, -1, 2, 7, 3, 7], 3, 1)
    ([1, 2, 3], [2, 3])
    """
    if at is not None:
        require(0 <= at < len(ids), "at", f"a place in the context, 0 to {len(ids) - 1}", at)
    if window is None:
        return [
            number for place, number in enumerate(ids) if number >= 0 and (number != row if at is None else place != at)
        ]
    require(window >= 1, "window", "an integer >= 1", window)
    if at is None:
        require(row in ids, "at", "given with window as the context does not hold the word", at)
        at = ids.index(row)
    before, after = ([number for number in part if number >= 0] for part in (ids[:at], ids[at + 1 :]))
    return [*before[-window:], *after[:window]]
