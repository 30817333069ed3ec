"""The words of a corpus, their ids and their counts."""

import hashlib
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artifact import Artifact
from ..artifact_writer import ArtifactWriter
from ..errors import CorruptFileError, UnknownWordError, require, similar_words

__all__ = ["Vocabulary"]

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
#: Words, and characters of each, that are shown in a Python session.
_SHOWN_WORDS, _SHOWN_LENGTH = 3, 40
_UNESCAPES = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words with ids and counts, the most frequent first, ties in code-point order.

    ``vocabulary[word]``, ``word in vocabulary`` and :meth:`get` look for the word as it is typed, then for
    its NFC form (``e`` and a combining accent find ``é``); ``index`` knows the words themselves only.

    Parameters
    ----------
    words : tuple of str
        Word ``i`` has id ``i``. No duplicates, no empty string.
    counts : int64[V]
        Occurrences of each word in the whole corpus.

    Raises
    ------
    ParameterError
        If lengths differ, or a word is empty or occurs twice.

    Examples
    --------
    >>> vocabulary = Vocabulary.from_counts({"cat": 2, "sat": 3, "on": 2})
    >>> vocabulary
    Vocabulary(3 words: sat, cat, on)
    >>> vocabulary.words
    ('sat', 'cat', 'on')
    >>> vocabulary["cat"], vocabulary.get("dog")
    (1, -1)
    """

    words: tuple[str, ...]
    counts: NDArray[np.int64]

    def __post_init__(self) -> None:
        counts = np.array(self.counts, dtype=np.int64)
        counts.setflags(write=False)
        object.__setattr__(self, "counts", counts)
        require(counts.shape == (len(self.words),), "counts.shape", f"({len(self.words)},)", counts.shape)
        distinct = set(self.words)  # not the index, which is larger and which training never needs
        require(len(distinct) == len(self.words), "words", "without duplicates", self._first_duplicate())
        require("" not in distinct, "words", "without an empty word", "")

    @classmethod
    def from_counts(cls, counts: Mapping[str, int], *, min_count: int = 1, max_size: int | None = None) -> "Vocabulary":
        """Build a vocabulary from word counts.

        Parameters
        ----------
        counts : mapping of str to int
            Occurrences of each word.
        min_count : int >= 1, default 1
            Rarer words are left out.
        max_size : int >= 1, optional
            At most this many words, the most frequent ones.
        """
        require(min_count >= 1, "min_count", "an integer >= 1", min_count)
        require(max_size is None or max_size >= 1, "max_size", "an integer >= 1", max_size)
        words = sorted(word for word, count in counts.items() if count >= min_count)
        found = np.array([counts[word] for word in words], dtype=np.int64)
        order = np.argsort(-found, kind="stable")[:max_size]
        return cls(tuple(words[i] for i in order.tolist()), found[order])

    @classmethod
    def from_sentences(
        cls, sentences: Iterable[Sequence[str]], *, min_count: int = 5, max_size: int | None = None
    ) -> "Vocabulary":
        """Count the words of tokenised ``sentences``; see :meth:`from_counts` for the options."""
        counts: dict[str, int] = {}
        for sentence in sentences:
            for word in sentence:
                counts[word] = counts.get(word, 0) + 1
        return cls.from_counts(counts, min_count=min_count, max_size=max_size)

    def select(self, counts: NDArray[np.int64], *, min_count: int = 1) -> tuple["Vocabulary", NDArray[np.int64]]:
        """Return the words with at least ``min_count`` in ``counts``, most frequent first, and their ids here.

        Parameters
        ----------
        counts : int64[V]
            Other counts of these words, those of a slice for instance; the new vocabulary has them.
        min_count : int >= 1, default 1
            Words below it are left out.
        """
        require(min_count >= 1, "min_count", "an integer >= 1", min_count)
        ids = np.flatnonzero(counts >= min_count)
        rows = ids[np.argsort(-counts[ids], kind="stable")]
        ends = np.flatnonzero(np.diff(counts[rows], append=-1)) + 1
        for start, end in pairwise([0, *ends.tolist()]):  # ties in code-point order
            if end - start > 1:
                rows[start:end] = sorted(rows[start:end].tolist(), key=self.words.__getitem__)
        if np.array_equal(rows, np.arange(len(self))) and np.array_equal(counts, self.counts):
            return self, rows
        return Vocabulary(tuple(self.words[i] for i in rows.tolist()), counts[rows]), rows

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Word to id."""
        return {word: i for i, word in enumerate(self.words)}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the words in order (counts left out)."""
        listing = "\n".join(map(_escape, self.words))
        return hashlib.sha256(listing.encode("utf-8", "surrogatepass")).hexdigest()

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __repr__(self) -> str:
        cut = (word[:_SHOWN_LENGTH] + "…" * (len(word) > _SHOWN_LENGTH) for word in self.words[:_SHOWN_WORDS])
        listing = ", ".join(map(_escape, cut)) + ", …" * (len(self) > _SHOWN_WORDS)
        return f"Vocabulary({len(self):,} word{'s' * (len(self) != 1)}{': ' * (len(self) > 0)}{listing})"

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and self.get(word) >= 0

    def __getitem__(self, word: str) -> int:
        """Return the id of ``word``, or raise :class:`UnknownWordError` with words that look like it."""
        found = self.get(word)
        if found < 0:
            raise UnknownWordError(word, len(self), similar_words(word, self.words))
        return found

    def get(self, word: str, default: int = -1) -> int:
        """Return the id of ``word``, else that of its NFC form, else ``default``."""
        found = self.index.get(word)
        return self.index.get(unicodedata.normalize("NFC", word), default) if found is None else found

    def save(self, writer: ArtifactWriter) -> None:
        """Add the vocabulary to an artefact as a table ``word, count``."""
        pairs = zip(self.words, self.counts.tolist(), strict=True)
        writer.text("vocabulary", (f"{_escape(word)}\t{count}" for word, count in pairs))

    @classmethod
    def load(cls, artifact: Artifact) -> "Vocabulary":
        """Read the vocabulary of an artefact."""
        words: list[str] = []
        counts = array("q")
        for number, line in enumerate(artifact.lines("vocabulary"), start=1):
            word, tab, count = line.partition("\t")
            if not (word and tab and count.isascii() and count.isdigit() and len(count) < 19):
                raise CorruptFileError(
                    f"{artifact.path}: line {number} of the vocabulary is not 'word, tab, count': {line!r}."
                )
            words.append(_unescape(word))
            counts.append(int(count))
        if len(set(words)) != len(words):
            raise CorruptFileError(f"{artifact.path}: the vocabulary names a word twice.")
        return cls(tuple(words), np.array(counts, dtype=np.int64))

    def _first_duplicate(self) -> Any:
        seen: set[str] = set()
        return next((word for word in self.words if word in seen or seen.add(word)), None)  # type: ignore[func-returns-value]


def _escape(word: str) -> str:
    return word if word.isprintable() and "\\" not in word else word.translate(_ESCAPES)


def _unescape(word: str) -> str:
    if "\\" not in word:
        return word
    parts = iter(word)
    return "".join(_UNESCAPES.get(next(parts, "\\"), "?") if part == "\\" else part for part in parts)
