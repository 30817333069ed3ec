"""From blocks of text to word ids, fast: what :mod:`wordvec.text.tokenize` defines, done in compiled code.

Three passes over a block of UTF-8: its capitals are lowered and its characters replaced by what they count as
(:func:`wordvec.kernels.fold.fold_text`), its words are found, and looked up in a hash table.

What a character counts as is asked of the plain tokenizer, character by character, when a text first has it. The
answer holds wherever the character stands, because only those are answered for that neither change under NFC nor
have a part in a change of their neighbors. A run of text (between white space) with any other character goes to
the plain tokenizer as a whole; its ids are remembered, as the same runs come again.
"""

import secrets
import unicodedata
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .tokenize import MAX_TOKEN, TOKENIZERS, is_unsegmented, spell

__all__ = ["FIRST_WORD", "TOO_LONG", "TOO_LONG_CLAUSE", "Cut", "WordIds", "describe_character"]

#: Provisional ids of tokens that are too long to be a word; those of the second kind are clauses of a script
#: without spaces. The id before ``FIRST_WORD`` stands for a run that the plain tokenizer has to cut.
TOO_LONG, TOO_LONG_CLAUSE, _RUN, FIRST_WORD = range(4)
#: Bytes that the characters of a token may take.
_MOST_BYTES = 4 * MAX_TOKEN
#: A byte that ends a word in both tokenizers and is no place to cut a run.
_SEPARATOR = b"\x1f"
#: Words that are looked up together, while the next ones' slots are fetched.
_TOGETHER = 64
#: Remembered runs, and bytes of one.
_MOST_RUNS, _LONGEST_RUN = 1 << 17, 256
_PAD = 128


class Cut(NamedTuple):
    """The tokens of a block of text.

    Parameters
    ----------
    ids : int32[tokens]
        Their provisional ids.
    ends : int64[line feeds]
        How many tokens there are up to each line feed.
    breaks : int64[line feeds]
        Where in the block the line feeds are.
    """

    ids: NDArray[np.int32]
    ends: NDArray[np.int64]
    breaks: NDArray[np.int64]


class WordIds:
    """Give the tokens of text their provisional ids; a word that is new gets the next one.

    Parameters
    ----------
    tokenizer : {"words", "whitespace"}
        How text is cut into tokens.
    case : {"lower", "keep"}
        How they are spelled.

    Examples
    --------
    >>> ids = WordIds("words", "lower")
    >>> cut = ids.cut("The sea, the “Sea”.\\nŒuvre cafe\\u0301.\\n".encode())
    >>> [ids.words()[i - FIRST_WORD] for i in cut.ids], cut.ends.tolist()
    (['the', 'sea', 'the', 'sea', 'œuvre', 'café'], [4, 6])
    """

    def __init__(self, tokenizer: str, case: str) -> None:
        from ..kernels.fold import MARK

        self._find, self._case = TOKENIZERS[tokenizer], case
        self._spaces, self._lower = tokenizer == "whitespace", np.uint8(32 if case == "lower" else 0)
        self._characters = np.zeros(1 << 16, dtype=np.uint32)
        self._buffers = _Buffers(0)
        self._words = _Table(_RUN)
        self._words.intern([bytes([MARK])])
        self._forget_runs()

    def __len__(self) -> int:
        return len(self._words) - FIRST_WORD

    def words(self) -> list[str]:
        """Return the words so far; the first has the id ``FIRST_WORD``."""
        return b"\n".join(self._words.listing()[1:]).decode().split("\n") if len(self) else []

    def new_words(self, start: int) -> tuple[list[bytes], int]:
        """Return the table's words in UTF-8 from a byte of it on, and where those that will come begin.

        At byte 0 is the entry before ``FIRST_WORD``, which is no word.
        """
        return self._words.listing(start), self._words.n_bytes

    def intern(self, words: Sequence[bytes]) -> NDArray[np.int32]:
        """Return the provisional ids of some words in UTF-8."""
        return self._words.intern(words) if words else np.empty(0, np.int32)

    def cut(self, text: bytes) -> Cut | None:
        """Return the tokens of ``text``, arrays that the next call may overwrite; None if it is not UTF-8."""
        from ..kernels.fold import BROKEN, DONE, fold_text
        from ..kernels.tokens import find_words

        n = len(text)
        if n > self._buffers.size:
            self._buffers = _Buffers(n)
        raw, folded, breaks, runs, starts, stops, ends, numbers = self._buffers.arrays
        raw[:n] = np.frombuffer(text, dtype=np.uint8)
        raw[n : n + _PAD] = 0
        state = np.zeros(4, dtype=np.int64)
        while (answer := fold_text(raw, n, self._characters, self._lower, state, folded, breaks, runs)) != DONE:
            if answer == BROKEN:
                return None
            self._characters[answer] = describe_character(chr(answer), self._find, self._case)
        _, size, n_lines, n_runs = state.tolist()
        n_words = find_words(folded, size, self._spaces, starts, stops, ends)
        ids, ends = numbers[:n_words], ends[:n_lines]
        self._words.look_up(folded, starts[:n_words], stops[:n_words], MAX_TOKEN, ids)
        if not ids.all():
            for word in np.flatnonzero(ids == TOO_LONG).tolist():
                ids[word] = self._number_long(folded[starts[word] : stops[word]].tobytes().decode())
        if n_runs:
            ids = self._replace_runs(raw, runs[:n_runs].astype(np.int32), ids, ends)
        return Cut(ids, ends, breaks[:n_lines])

    def _number_long(self, token: str) -> int:
        """Return the id of a token of many bytes, which may be few characters."""
        if len(token) > MAX_TOKEN:
            return TOO_LONG_CLAUSE if is_unsegmented(token) else TOO_LONG
        return int(self._words.intern([token.encode()])[0])

    def _forget_runs(self) -> None:
        """Begin a new table of runs; run r has the ids ``_run_ids[_run_offsets[r]:_run_offsets[r + 1]]``."""
        self._runs = _Table(1)
        self._run_offsets, self._run_ids = np.zeros(2, dtype=np.int64), np.empty(0, dtype=np.int32)

    def _replace_runs(
        self, text: NDArray[np.uint8], places: NDArray[np.int32], ids: NDArray[np.int32], ends: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """Return ``ids`` with those of each run where it was marked; ``ends`` are corrected."""
        from ..kernels.renumber import replace_numbers

        if len(self._runs) > _MOST_RUNS:
            self._forget_runs()
        known, which = self._runs.n_bytes, np.empty(len(places), dtype=np.int32)
        starts, stops = np.ascontiguousarray(places.T)
        self._runs.look_up(text, starts, stops, _LONGEST_RUN, which)
        if self._runs.n_bytes > known:
            self._run_offsets, self._run_ids = self._append_runs(self._runs.listing(known))
        offsets, run_ids = self._run_offsets, self._run_ids
        long = np.flatnonzero(which == 0)
        if len(long):  # not remembered: they are unlikely to come again
            which[long] = len(self._runs) + np.arange(len(long))
            offsets, run_ids = self._append_runs([text[a:b].tobytes() for a, b in places[long].tolist()])
        added = int((offsets[which + 1] - offsets[which]).sum())
        out = np.empty(len(ids) - len(which) + added, dtype=np.int32)
        replace_numbers(ids, _RUN, which, offsets, run_ids, ends, out)
        return out

    def _append_runs(self, runs: Sequence[bytes]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the tables of runs with these at the end, as the plain tokenizer finds and spells their tokens."""
        words: list[bytes] = []
        tokens = [[self._spell(token, words) for token in self._find(run.decode())] for run in runs]
        numbers = np.concatenate([[TOO_LONG, TOO_LONG_CLAUSE], self._words.intern(words)]).astype(np.int32)
        ends = np.cumsum([len(each) for each in tokens]) + self._run_offsets[-1]
        ids = numbers[[each for here in tokens for each in here]] if any(tokens) else np.empty(0, dtype=np.int32)
        return np.concatenate([self._run_offsets, ends]), np.concatenate([self._run_ids, ids])

    def _spell(self, token: str, words: list[bytes]) -> int:
        """Append the word of a token; return its place there, counted from 2, or what the token is instead."""
        word = spell(token, self._case) if len(token) <= MAX_TOKEN else ""
        if not 0 < len(word) <= MAX_TOKEN:
            return TOO_LONG_CLAUSE if is_unsegmented(token) else TOO_LONG
        words.append(word.encode())
        return len(words) + 1


class _Table:
    """Byte strings without line feeds and their numbers: ``first``, and so on as they come."""

    def __init__(self, first: int) -> None:
        from ..kernels.tokens import WordTable

        self._table = WordTable(
            np.zeros((1 << 14, 4), dtype=np.uint64),
            np.zeros(1 << 18, dtype=np.uint8),
            np.array([first, 0], dtype=np.int64),
            np.array([secrets.randbits(64)], dtype=np.uint64),
        )
        self._keys = np.zeros((_TOGETHER, 3), dtype=np.uint64)

    def __len__(self) -> int:
        """Return the number that the next one gets."""
        return int(self._table.sizes[0])

    @property
    def n_bytes(self) -> int:
        """Bytes of all, a line feed after each."""
        return int(self._table.sizes[1])

    def listing(self, start: int = 0) -> list[bytes]:
        """Return those whose bytes begin at ``start`` or later in the table, in their order."""
        return bytes(self._table.words[start : self.n_bytes]).split(b"\n")[:-1]

    def intern(self, words: Sequence[bytes]) -> NDArray[np.int32]:
        """Return the numbers of some."""
        text = np.frombuffer(b"\n".join(words) + bytes(_PAD), dtype=np.uint8)
        lengths = np.fromiter(map(len, words), dtype=np.int32, count=len(words))
        stops = np.cumsum(lengths + 1, dtype=np.int32) - np.int32(1)
        numbers = np.empty(len(words), dtype=np.int32)
        self.look_up(text, stops - lengths, stops, _MOST_BYTES, numbers)
        return numbers

    def look_up(
        self,
        text: NDArray[np.uint8],
        starts: NDArray[np.int32],
        stops: NDArray[np.int32],
        longest: int,
        out: NDArray[np.int32],
    ) -> None:
        """Write the numbers of those at some places of a text, new ones for new ones, 0 for those that are longer."""
        from ..kernels.tokens import number_words

        done = 0
        while (done := number_words(text, starts, stops, done, longest, self._table, self._keys, out)) < len(starts):
            self._grow(longest)

    def _grow(self, longest: int) -> None:
        """Make room for more."""
        from ..kernels.tokens import copy_slots

        slots, words, sizes, seed = self._table
        if sizes[0] + _TOGETHER > len(slots) // 2:
            slots = np.zeros((2 * len(slots), 4), dtype=np.uint64)
            copy_slots(self._table.slots, seed[0], slots)
        if sizes[1] + _TOGETHER * (longest + 1) > len(words):
            words = np.concatenate([words, np.zeros(len(words), dtype=np.uint8)])
        self._table = self._table._replace(slots=slots, words=words)


class _Buffers:
    """Arrays for blocks of up to ``size`` bytes, used again and again."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.arrays = (
            np.zeros(size + _PAD, dtype=np.uint8),
            np.zeros(2 * size + _PAD, dtype=np.uint8),
            np.empty(size + 1, dtype=np.int64),
            np.empty((size // 3 + 2, 2), dtype=np.int64),
            np.empty(size + 2, dtype=np.int32),
            np.empty(size + 2, dtype=np.int32),
            np.empty(size + 1, dtype=np.int64),
            np.empty(size + 2, dtype=np.int32),
        )


def describe_character(character: str, find: Callable[[str], list[str]], case: str) -> int:
    """Return what a character beyond ASCII counts as, in the form of :func:`wordvec.kernels.fold.fold_text`'s table.

    Parameters
    ----------
    character : str
        One character up to U+FFFF.
    find : callable
        The plain tokenizer: text to tokens.
    case : {"lower", "keep"}
        How tokens are spelled.

    Examples
    --------
    >>> [hex(describe_character(c, TOKENIZERS["words"], "lower")) for c in "É—’Σ"]
    ['0x200a9c3', '0x100001f', '0x1000027', '0x80000000']
    """
    from ..kernels.fold import HARD

    alone, between = find(character), find(f"a{character}a")
    stands_for = None
    if not _is_inert(character):
        pass
    elif alone == [character] and between == [f"a{character}a"]:
        stands_for = _lowered(character, case)
    elif not alone and between == ["a", "a"]:
        stands_for = _SEPARATOR
    elif not alone and between in (["a'a"], ["a-a"]):
        stands_for = between[0][1].encode()
    if stands_for is None:
        return int(HARD)
    return int.from_bytes(stands_for, "little") | len(stands_for) << 24


def _is_inert(character: str) -> bool:
    """Tell whether NFC leaves a character alone, and its neighbors, too, if they are such characters.

    What joins the character before it is a mark, or a letter of Hangul that is written with its fellows.
    """
    return (
        not "\ud800" <= character <= "\udfff"
        and not "\u1100" <= character <= "\u11ff"
        and not unicodedata.category(character).startswith("M")
        and not unicodedata.combining(character)
        and unicodedata.normalize("NFC", character) == character
    )


def _lowered(character: str, case: str) -> bytes | None:
    """Return a character of a word as it is spelled in any surroundings, in UTF-8; None if these matter."""
    word = spell(character, case)
    same = spell(f"a{character}", case) == f"a{word}" and spell(f"a{character}a", case) == f"a{word}a"
    if len(word) != 1 or word > "\uffff" or not _is_inert(word) or not same:
        return None
    return word.encode()
