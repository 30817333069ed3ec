"""A plain list of words as a vocabulary."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import FormatError
from .readers import LineReader
from .vocabulary import Vocabulary

__all__ = ["read_word_list"]


def read_word_list(path: Path | str) -> Vocabulary:
    """Read a list of words: one a line, perhaps with a tab and its count, in UTF-8.

    Words keep their order and their case, and are brought to NFC, as the tokenizers do. Blank lines do not
    count. Without a count, the count is 0: unknown.

    Parameters
    ----------
    path : Path or str
        A plain, ``.gz``, ``.bz2`` or ``.xz`` file.

    Raises
    ------
    FormatError
        Naming file and line: if it cannot be read, holds no word, a line holds something else, or a word
        comes twice.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "words.txt"
    >>> _ = path.write_text("sea\\nwar\\n")
    >>> read_word_list(path)
    Vocabulary(2 words: sea, war)
    """
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    for number, line in _lines(path):
        if not line.strip():
            continue
        word, tab, count = unicodedata.normalize("NFC", line).rstrip().partition("\t")
        word, here = word.strip(), f"{path}, line {number}"
        if len(word.split()) != 1 or (tab and not (count.isascii() and count.isdigit() and len(count) < 19)):
            raise FormatError(
                f"{here}: expected a word, or a word, a tab and its count, got {line.strip()[:60]!r}; "
                "a vocabulary is a corpus, vectors, aligned slices, or a list of words."
            )
        if word in counts:
            raise FormatError(f"{here}: the word {word!r} is there already, in line {first[word]}.")
        counts[word], first[word] = int(count or 0), number
    if not counts:
        raise FormatError(f"{path} holds no word.")
    return Vocabulary(tuple(counts), np.array(list(counts.values()), dtype=np.int64))


def _lines(path: Path | str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers, very long ones cut short: these are no words anyway."""
    start = ""
    for piece in LineReader(str(path)).pieces():
        start = start or piece.text
        if piece.ends:
            yield piece.number, start
            start = ""
