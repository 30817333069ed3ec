"""Lines of text, cut into tokens, and what became of them."""

from dataclasses import dataclass
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .word_ids import Cut, WordIds

__all__ = ["CutLines", "LineCounts", "cut_mended"]


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
    cut_ids, cut_ends : int32[tokens], int64[lines + 1]
        The same before variants were replaced and phrases were joined.
    """

    text: bytes
    places: NDArray[np.int64]
    offsets: NDArray[np.int64]
    ids: NDArray[np.int32]
    ends: NDArray[np.int64]
    cut_ids: NDArray[np.int32]
    cut_ends: NDArray[np.int64]

    def find_blank(self, first: int, last: int) -> NDArray[np.bool_]:
        """Return bool[last - first]: which of these lines are white space only."""
        blank: NDArray[np.bool_] = np.diff(self.places[first : last + 1]) == 1
        silent = np.diff(self.ends[first : last + 1]) == 0
        for line in np.flatnonzero(silent & ~blank).tolist():
            start, stop = self.places[first + line : first + line + 2].tolist()
            blank[line] = not self.text[start : stop - 1].decode().strip()
        return blank

    def pack(self, first: int, last: int, blank: NDArray[np.bool_]) -> tuple[NDArray[np.int64], bytes]:
        """Return the lines that are not blank, and int64[last - first], where each of these begins among them."""
        here = self.text[self.places[first] : self.places[last] - 1]
        if not blank.any() and b"\r" not in here:
            return self.places[first:last] - self.places[first], here + b"\n"
        kept = [line.removesuffix(b"\r") for line in compress(here.split(b"\n"), (~blank).tolist())]
        sizes = np.fromiter(map(len, kept), dtype=np.int64, count=len(kept)) + 1
        offsets = np.zeros(last - first, dtype=np.int64)
        offsets[~blank] = np.cumsum(sizes) - sizes
        return offsets, b"\n".join(kept) + b"\n" * bool(kept)


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


def cut_mended(ids: WordIds, text: str) -> tuple[bytes, Cut]:
    """Return a text in UTF-8, and its tokens."""
    encoded = text.encode("utf-8")
    cut = ids.cut(encoded)
    assert cut is not None, "what Python encodes is UTF-8"
    return encoded, cut
