"""Variant spellings: ``musick`` becomes ``music``, ``muſic`` too, before words are counted."""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from .tables import LineSource
from .tokenize import MAX_TOKEN, tokenize
from .word_ids import FIRST_WORD, WordIds

__all__ = ["BUILT_IN", "MADE_OF_HALVES", "NormalIds", "Normalizer"]

#: Letters that a named part of the package replaces. Types of the printer only: æ and œ are letters of languages.
BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "long-s": {"ſ": "s", "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
}
#: In no word: stands in what is known by its halves so far (see :mod:`wordvec.text.hyphens`).
MADE_OF_HALVES = "\x1e"
#: Replacements that a report names.
_NAMED = 10
#: The number of the first entry in the table of words, which is no word.
_FIRST_ENTRY = FIRST_WORD - 1


@dataclass(frozen=True, eq=False)
class Normalizer:
    """Replace variant spellings of words by one spelling.

    Letters are replaced first, then whole words, once: what comes out is no variant itself.

    Parameters
    ----------
    letters : mapping of str to str
        A character and what stands in its place.
    variants : mapping of str to str
        A word, spelled as the tokenizer does, and the word in its place.
    parts : tuple of str
        Where these are from: names of built-in parts, and files.
    left_out : mapping of str to int
        Lines that say nothing, by reason.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "spellings.tsv"
    >>> _ = path.write_text("musick\\tmusic\\nColour\\tcolor\\n")
    >>> normalizer = Normalizer.from_parts(["long-s", path])
    >>> [normalizer.normalize(word) for word in ("muſick", "colour", "ſea", "war")]
    ['music', 'color', 'sea', 'war']
    """

    letters: Mapping[str, str] = field(default_factory=dict)
    variants: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def from_parts(cls, parts: Sequence[Path | str], *, tokenizer: str = "words", case: str = "lower") -> "Normalizer":
        """Read files of variant spellings, and take built-in parts by their names.

        A line of a file is a variant, a tab, and the word in its place, in UTF-8; blank lines do not count. Both are
        spelled as the tokenizer does. Lines that say the same as another, or replace a word by itself, are counted.

        Parameters
        ----------
        parts : sequence of path or str
            ``"long-s"`` (ſ and the ligatures of printers), or a plain, ``.gz``, ``.bz2`` or ``.xz`` file.
        tokenizer, case
            As for :func:`wordvec.text.tokenize.tokenize`, and as for the text.

        Raises
        ------
        FormatError
            Naming file and line: if a file cannot be read, a line is not two words, two lines disagree about a
            word, or what a word is replaced by is replaced itself.
        """
        letters = {one: other for part in parts for one, other in BUILT_IN.get(str(part), {}).items()}
        table = str.maketrans(letters)
        found: dict[str, tuple[str, str]] = {}  # variant to word and the place of the line
        left_out = {"duplicates": 0, "no_change": 0}
        for part in parts:
            if str(part) not in BUILT_IN:
                _read_variants(Path(part), table, (tokenizer, case), found, left_out)
        for variant, (word, place) in found.items():
            if word in found:
                again, other = found[word]
                what = "a circle" if again == variant else "a chain"
                raise FormatError(
                    f"{place}: {variant!r} becomes {word!r}, and {word!r} becomes {again!r} ({other}): {what}; "
                    "give each variant the word that it ends at."
                )
        variants = {variant: word for variant, (word, _) in found.items()}
        return cls(letters, variants, tuple(map(str, parts)), left_out)

    @property
    def names(self) -> list[str]:
        """The parts without their folders."""
        return [Path(part).name for part in self.parts]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what is replaced by what."""
        pairs = sorted([*self.letters.items(), *self.variants.items()])
        return hashlib.sha256("\n".join("\t".join(pair) for pair in pairs).encode()).hexdigest()

    @cached_property
    def _table(self) -> dict[int, str]:
        return str.maketrans(dict(self.letters))

    def normalize(self, word: str) -> str:
        """Return what stands in the place of a word; itself if it is no variant."""
        plain = word if word.isascii() or not self.letters else word.translate(self._table)
        plain = self.variants.get(plain, plain)
        return plain if len(plain) <= MAX_TOKEN else word


def _read_variants(
    path: Path,
    table: dict[int, str],
    spelled: tuple[str, str],
    found: dict[str, tuple[str, str]],
    left_out: dict[str, int],
) -> None:
    """Add the lines of a file to ``found`` and ``left_out``."""
    source = LineSource(path)
    tokenizer, case = spelled
    for number, line in source.lines():
        place = source.where(number)
        fields = line.split("\t")
        if len(fields) != 2:
            raise FormatError(f"{place}: expected a variant, a tab and a word, got {line.strip()[:60]!r}.")
        words = []
        for text in fields:
            tokens = tokenize(text.translate(table), tokenizer=tokenizer, case=case)
            if len(tokens) != 1:
                raise FormatError(
                    f"{place}: {text.strip()[:60]!r} is {len(tokens)} words to the tokenizer {tokenizer!r}; "
                    "a variant and what it becomes are one word each."
                )
            words += tokens
        variant, word = words
        if variant == word:
            left_out["no_change"] += 1
        elif variant not in found:
            found[variant] = word, place
        elif found[variant][0] == word:
            left_out["duplicates"] += 1
        else:
            other, there = found[variant]
            raise FormatError(
                f"{place}: {variant!r} becomes {word!r}, and {other!r} by {there}; leave one of the lines out."
            )


class NormalIds:
    """Variants over provisional ids: each word is looked up once, when it gets its id.

    Parameters
    ----------
    normalizer : Normalizer
        What becomes what.
    ids : WordIds
        Gives words their provisional ids.
    """

    def __init__(self, normalizer: Normalizer, ids: WordIds) -> None:
        self.normalizer, self._ids, self._read = normalizer, ids, 0
        self._n = _FIRST_ENTRY
        self._becomes = np.arange(1 << 12, dtype=np.int32)
        self._replaced = np.zeros(1 << 12, dtype=np.int64)

    def apply(self, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return provisional ids, those of variants replaced."""
        self._learn()
        return self._becomes[ids]

    def count(self, ids: NDArray[np.int32], times: NDArray[np.int64] | int = 1) -> None:
        """Count the variants among some ids: those that words had before and that are in the corpus."""
        np.add.at(self._replaced, ids, np.where(self._becomes[ids] == ids, 0, times))

    def report(self, kept: Mapping[str, int], words: Sequence[str]) -> dict[str, Any]:
        """Return what was replaced.

        Parameters
        ----------
        kept : mapping of str to int
            Word to id: replacements by other words are counted but not named.
        words : sequence of str
            The word with the provisional id ``FIRST_WORD``, and those after it.
        """
        found = np.flatnonzero(self._replaced)
        pairs = [(words[i - FIRST_WORD], words[self._becomes[i] - FIRST_WORD]) for i in found.tolist()]
        counts = self._replaced[found].tolist()
        order = sorted(range(len(pairs)), key=lambda i: (-counts[i], pairs[i]))
        named = [i for i in order if pairs[i][1] in kept][:_NAMED]
        return {
            "variants": len(self.normalizer.variants),
            "letters": len(self.normalizer.letters),
            "left_out": dict(self.normalizer.left_out),
            "types": len(pairs),
            "tokens": int(sum(counts)),
            "most_frequent": [[*pairs[i], counts[i]] for i in named],
        }

    def _learn(self) -> None:
        """Look new words up; what they become may be new, too."""
        while True:
            words, self._read = self._ids.new_words(self._read)
            if not words:
                return
            changed: list[int] = []
            targets: list[bytes] = []
            for number, word in enumerate(words, start=self._n):
                text = word.decode("utf-8", "replace")  # the first entry is no word
                target = text if MADE_OF_HALVES in text else self.normalizer.normalize(text)
                if target != text:
                    changed.append(number)
                    targets.append(unicodedata.normalize("NFC", target).encode())
            self._n += len(words)
            self._grow(len(self._ids) + FIRST_WORD + len(targets))
            if changed:
                self._becomes[changed] = self._ids.intern(targets)

    def _grow(self, size: int) -> None:
        """Make room for ``size`` ids."""
        if (old := len(self._becomes)) < size:
            new = max(size, 2 * old)
            self._becomes = np.concatenate([self._becomes, np.arange(old, new, dtype=np.int32)])
            self._replaced = np.concatenate([self._replaced, np.zeros(new - old, dtype=np.int64)])
