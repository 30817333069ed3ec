"""Lines of text, cut into tokens, and what became of them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["CutLines", "LineCounts"]


class CutLines(NamedTuple):
    """Whole lines, cut into tokens.

    Parameters
    ----------
    text : bytes
        The lines in UTF-8; undecodable bytes are replaced or left out.
    places : int64[lines + 1]
        Where each begins in ``text``; the byte before the next is its line feed.
    offsets : int64[lines]
        Where each begins in its file.
    ids : int32[tokens]
        Provisional ids.
    ends : int64[lines + 1]
        How many tokens there are before each line, and in all.
    """

    text: bytes
    places: NDArray[np.int64]
    offsets: NDArray[np.int64]
    ids: NDArray[np.int32]
    ends: NDArray[np.int64]

    def find_blank(self, first: int, last: int) -> NDArray[np.bool_]:
        """Return bool[last - first]: which of these lines are white space only."""
        blank: NDArray[np.bool_] = np.diff(self.places[first : last + 1]) == 1
        silent = np.diff(self.ends[first : last + 1]) == 0
        for line in np.flatnonzero(silent & ~blank).tolist():
            start, stop = self.places[first + line : first + line + 2].tolist()
            blank[line] = not self.text[start : stop - 1].decode().strip()
        return blank


@dataclass
class LineCounts:
    """What became of the lines of the input."""

    read: int = 0
    sentences: int = 0
    blank: int = 0
    headers: int = 0
    outside_bins: int = 0
    without_words: int = 0
    without_slice: int = 0
