"""Words that a line end broke: ``broad-`` and, on the next line, ``cast`` become ``broadcast``.

While text is read, nobody knows yet which words it has. So the halves of a broken word get provisional ids of their
own, and what they become is decided when everything was read and counted:

1. If the text has the joined word elsewhere (``broadcast``), or the compound (``well-known``), they become the one that
   is more frequent there; the joined word on a tie.
2. Else, if both halves are words of the text, found five times or more elsewhere, they stay two words.
3. Else they are joined.

A line end breaks a word if a letter and a hyphen (``-``, ``‐``, a soft hyphen or ``¬``) end the line and a letter that
is no capital begins the next line. Nothing is joined over a blank line, a header line, the end of a file, or into a
line of more than 262,144 bytes. A joined word is in the sentence of its first half, and in no phrase.
"""

from collections.abc import Collection, Generator, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .normalize import MADE_OF_HALVES, NormalIds
from .readers import Block
from .tokenize import MAX_TOKEN
from .word_ids import FIRST_WORD, WordIds

__all__ = ["HyphenIds", "hold_broken"]

#: Both halves this often elsewhere: they are two words.
_WORD = 5
#: Joins that a report names.
_NAMED = 10
#: The last bytes of the hyphens, and what may follow them on a line.
_LAST = np.zeros(256, dtype=np.bool_)
_LAST[[*b"- \t\r", 0x90, 0xAD, 0xAC]] = True
_HYPHENS = (b"-", "‐".encode(), "\u00ad".encode(), "¬".encode())
#: Bytes of lines, each ending in half a word, that are held back for the next line.
_HELD = 1 << 16
#: Bytes at a line end or start that are looked at.
_NEAR = 64


def hold_broken(blocks: Iterable[Block]) -> Generator[Block, None, None]:
    """Yield blocks of text so that a line that may end in half a word is in one block with the next line.

    Parameters
    ----------
    blocks : iterable of Block
        As :meth:`wordvec.text.readers.LineReader.blocks` yields them. Parts of very long lines stay as they are.
    """
    held: Block | None = None
    for block in blocks:
        is_whole = not block.given and block.ends
        if held is not None and is_whole:
            joined = held.text + block.text
            block = held._replace(text=joined, around=held.text + block.around, position=block.position)
        elif held is not None:
            yield held
        held, text = None, block.text
        start = _find_unfinished(text) if is_whole and text.endswith(b"\n") else len(text)
        if start < len(text):
            number = block.number + text.count(b"\n", 0, start)
            held = block._replace(text=text[start:], number=number, offset=block.offset + start)
            block = block._replace(text=text[:start])
        if block.text or not is_whole:
            yield block
    if held is not None:
        yield held


def _find_unfinished(text: bytes) -> int:
    """Return where in whole lines the last ones begin that all end in half a word; they wait for the next line."""
    start = len(text)
    while start and len(text) - start < _HELD and _ends_broken(text, start - 1):
        start = text.rfind(b"\n", 0, start - 1) + 1
    return start


def _ends_broken(text: bytes, end: int) -> bool:
    """Tell whether the line of ``text`` that a line feed at ``end`` ends has a letter and a hyphen there."""
    start = max(text.rfind(b"\n", 0, end) + 1, end - _NEAR)
    line = text[start:end].rstrip(b" \t\r")
    hyphen = next((hyphen for hyphen in _HYPHENS if line.endswith(hyphen)), None)
    return hyphen is not None and line[: -len(hyphen)][-4:].decode("utf-8", "ignore")[-1:].isalpha()


def _goes_on(text: bytes, start: int) -> bool:
    """Tell whether the line that begins at ``start`` begins with a letter that is no capital."""
    letter = text[start : start + _NEAR].lstrip(b" \t")[:4].decode("utf-8", "ignore")[:1]
    return letter.isalpha() and not letter.isupper() and not letter.istitle()


class HyphenIds:
    """Broken words over provisional ids.

    Parameters
    ----------
    ids : WordIds
        Gives words their provisional ids.
    """

    def __init__(self, ids: WordIds) -> None:
        self._ids, self._read = ids, 0
        self._words: list[bytes] = []  # entry k has the number FIRST_WORD - 1 + k
        self._halves: dict[tuple[int, int], tuple[int, int]] = {}

    def mark(
        self,
        text: bytes,
        breaks: NDArray[np.int64],
        ids: NDArray[np.int32],
        ends: NDArray[np.int64],
        skipped: Collection[int],
        starts: Collection[int] = (),
    ) -> None:
        """Give the halves of broken words their own ids, in place.

        Parameters
        ----------
        text : bytes
            Whole lines.
        breaks : int64[line feeds]
            Where the line feeds are.
        ids : int32[tokens]
            Provisional ids; changed.
        ends : int64[lines + 1]
            How many tokens there are before each line, and in all.
        skipped : collection of int
            Lines that are no text: headers.
        starts : collection of int
            Lines that begin a document: nothing is joined with what is before them.
        """
        tails = np.frombuffer(text, dtype=np.uint8)[np.maximum(breaks - 1, 0)]
        for line in np.flatnonzero(_LAST[tails]).tolist():
            at = int(breaks[line])
            if line + 2 >= len(ends) or line in skipped or line + 1 in skipped or line + 1 in starts:
                continue
            if not _ends_broken(text, at) or not _goes_on(text, at + 1):
                continue
            first, second = int(ends[line + 1]) - 1, int(ends[line + 1])
            if first < ends[line] or second >= ends[line + 2]:
                continue
            ids[first], ids[second] = self._number(int(ids[first]), int(ids[second]))

    def settle(
        self, counts: NDArray[np.int64], normal: NormalIds | None
    ) -> tuple[NDArray[np.int64], dict[int, list[int]], dict[str, Any]]:
        """Decide what becomes of the halves.

        Parameters
        ----------
        counts : int64[provisional ids]
            Occurrences of each.
        normal : NormalIds, optional
            Variants: it is their replacements that are looked for.

        Returns
        -------
        counts : int64[provisional ids]
            After the decision; there may be new ids.
        becomes : dict of int to list of int
            What each half becomes, provisional ids.
        told : dict
            What to report.
        """
        spelled = {pair: self._spell(pair) for pair in self._halves}
        found = [pair for pair, halves in self._halves.items() if counts[halves[0]]]
        forms = [self._ids.intern([spelled[pair][which] for pair in found]) for which in (0, 1)]
        pairs = np.array(found, dtype=np.int32).reshape(-1, 2)
        raw = [*forms, pairs[:, 0], pairs[:, 1]]
        if normal is not None:
            forms, pairs = [normal.apply(form) for form in forms], normal.apply(pairs)
        counts = np.concatenate([counts, np.zeros(len(self._ids) + FIRST_WORD - len(counts), dtype=np.int64)])
        joined, compound = (counts[form] for form in forms)
        known = (joined > 0) | (compound > 0)
        apart = ~known & (counts[pairs] >= _WORD).all(axis=1)
        hyphened = known & (compound > joined)
        becomes: dict[int, list[int]] = {}
        times = counts[[self._halves[pair][0] for pair in found]]
        named: list[tuple[int, int]] = []
        for i, pair in enumerate(found):
            left, right = self._halves[pair]
            whole = int(forms[1 if hyphened[i] else 0][i])
            becomes[left], becomes[right] = ([int(pairs[i, 0])], [int(pairs[i, 1])]) if apart[i] else ([whole], [])
            for half in (left, right):
                counts[becomes[half]] += counts[half]
                counts[half] = 0
            if not apart[i]:
                named.append((int(times[i]), whole))
        if normal is not None:
            for form, chosen in zip(raw, (~apart & ~hyphened, hyphened, apart, apart), strict=True):
                normal.count(form[chosen], times[chosen])
        groups = {
            "joined": ~apart & ~hyphened,
            "with_hyphen": hyphened,
            "left_apart": apart,
            "joined_without_evidence": ~known & ~apart,
        }
        told = {name: {"types": int(g.sum()), "line_ends": int(times[g].sum())} for name, g in groups.items()}
        self._named = named
        return counts, becomes, {"line_ends": int(times.sum()), **told}

    def most_frequent(self, kept: Mapping[str, int], words: list[str]) -> list[list[Any]]:
        """Return the most frequent joined words that are kept, with how often they were joined."""
        totals: dict[str, int] = {}
        for times, whole in self._named:
            word = words[whole - FIRST_WORD]
            totals[word] = totals.get(word, 0) + times
        order = sorted(totals, key=lambda word: (-totals[word], word))
        return [[word, totals[word]] for word in order if word in kept][:_NAMED]

    def _number(self, first: int, second: int) -> tuple[int, int]:
        """Return the ids of the halves of a broken word."""
        if first < FIRST_WORD or second < FIRST_WORD:
            return first, second  # too long for a word
        pair = first, second
        if pair not in self._halves:
            one, other = (self._word(number) for number in pair)
            if MADE_OF_HALVES.encode() in one + other:  # a line of one token that goes on over both its ends
                return pair
            mark = MADE_OF_HALVES.encode()
            left, right = self._ids.intern([one + mark + other, mark + one + mark + other]).tolist()
            self._halves[pair] = left, right
        return self._halves[pair]

    def _word(self, number: int) -> bytes:
        if number - FIRST_WORD + 1 >= len(self._words):
            new, self._read = self._ids.new_words(self._read)
            self._words += new
        return self._words[number - FIRST_WORD + 1]

    def _spell(self, pair: tuple[int, int]) -> tuple[bytes, bytes]:
        """Return a broken word joined, and as a compound; its first half where that would be too long."""
        first, second = (self._word(number) for number in pair)
        for hyphen in _HYPHENS:
            first = first.removesuffix(hyphen)
        if len((first + second).decode()) >= MAX_TOKEN:
            return first, first
        return first + second, first + b"-" + second
