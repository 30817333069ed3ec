"""Phrases as words: ``heart attack`` becomes ``heart_attack``, the longest match from the left."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, require
from .readers import LineReader
from .tokenize import MAX_TOKEN, tokenize
from .vocabulary import Vocabulary

__all__ = ["JOINER", "Lists", "PhraseIds", "PhraseMerger", "make_lists", "read_phrases"]

#: What stands between the tokens of a phrase that became a word.
JOINER = "_"
#: Tokens of a phrase, at most.
_LONGEST = 32


@dataclass(frozen=True, eq=False)
class PhraseMerger:
    """Join the tokens of known phrases: at each token from the left, the longest phrase that begins there.

    Phrases that overlap are not both found: ``a b c`` with the phrases ``a b`` and ``b c`` becomes ``a_b c``.

    Parameters
    ----------
    phrases : tuple of tuple of str
        Each of two tokens or more, spelled as the tokenizer does; sorted, without duplicates.
    left_out : mapping of str to int
        What was no phrase, by reason.

    Examples
    --------
    >>> merger = PhraseMerger.from_texts(["Heart attack", "attack rate", "heart attack risk", "Asthma"])
    >>> merger.merge(["heart", "attack", "rate", "and", "heart", "attack", "risk"])
    ['heart_attack', 'rate', 'and', 'heart_attack_risk']
    >>> merger.left_out
    {'single_words': 1}
    """

    phrases: tuple[tuple[str, ...], ...]
    left_out: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(self.phrases == tuple(sorted(set(self.phrases))), "phrases", "sorted and distinct", "others")
        for phrase in self.phrases:
            require(2 <= len(phrase) <= _LONGEST, "phrases", f"of 2 to {_LONGEST} tokens", " ".join(phrase)[:60])

    def __len__(self) -> int:
        return len(self.phrases)

    @classmethod
    def from_texts(cls, texts: Iterable[str], *, tokenizer: str = "words", case: str = "lower") -> "PhraseMerger":
        """Cut phrases into tokens as a text is cut; underscores count as blanks.

        Single words, phrases without a word, of more than 32 tokens or 255 characters, and repeated ones are left
        out and counted.

        Parameters
        ----------
        texts : iterable of str
            Phrases.
        tokenizer, case
            As for :func:`wordvec.text.tokenize.tokenize`, and as for the text.
        """
        left_out: Counter[str] = Counter()
        found: set[tuple[str, ...]] = set()
        for text in texts:
            phrase = tuple(tokenize(text.replace(JOINER, " "), tokenizer=tokenizer, case=case))
            reason = _find_fault(phrase, found)
            if reason:
                left_out[reason] += 1
            else:
                found.add(phrase)
        return cls(tuple(sorted(found)), dict(sorted(left_out.items())))

    @classmethod
    def from_vocabulary(cls, vocabulary: Vocabulary) -> "PhraseMerger":
        """Return the phrases among words that were made with phrases: those with an underscore inside."""
        parts = {tuple(word.split(JOINER)) for word in vocabulary.words if JOINER in word}
        return cls(tuple(sorted(phrase for phrase in parts if all(phrase) and len(phrase) <= _LONGEST)))

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the phrases."""
        return hashlib.sha256("\n".join(map(" ".join, self.phrases)).encode()).hexdigest()

    @cached_property
    def _tree(self) -> dict[Any, Any]:
        tree: dict[Any, Any] = {}
        for phrase in self.phrases:
            node = tree
            for token in phrase:
                node = node.setdefault(token, {})
            node[None] = JOINER.join(phrase)
        return tree

    def merge(self, tokens: Sequence[str]) -> list[str]:
        """Return the tokens of a line, phrases joined."""
        return [word for word, _ in self.runs(tokens)]

    def runs(self, tokens: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Yield the words of a line, each with how many tokens it is made of."""
        place = 0
        while place < len(tokens):
            node, word, length = self._tree, tokens[place], 1
            for at in range(place, len(tokens)):
                if tokens[at] not in node:
                    break
                node = node[tokens[at]]
                if None in node:
                    word, length = node[None], at + 1 - place
            yield word, length
            place += length


def _find_fault(phrase: tuple[str, ...], found: set[tuple[str, ...]]) -> str | None:
    """Return why a phrase is left out, if it is."""
    if len(phrase) < 2:
        return "single_words" if phrase else "without_words"
    if len(phrase) > _LONGEST or len(JOINER.join(phrase)) > MAX_TOKEN:
        return "too_long"
    return "duplicates" if phrase in found else None


class Lists(NamedTuple):
    """What each provisional id becomes: ``others[offsets[i]:offsets[i + 1]]``, ids of the vocabulary.

    ``parts`` is int64[provisional ids]: the tokens that each was made of, if it is taken apart, else 1.
    """

    offsets: NDArray[np.int64]
    others: NDArray[np.int32]
    parts: NDArray[np.int64]


class PhraseIds:
    """Phrases over provisional ids.

    Parameters
    ----------
    merger : PhraseMerger
        The phrases.
    intern : callable
        Gives words their provisional ids, int32[words].
    """

    def __init__(self, merger: PhraseMerger, intern: Callable[[Sequence[bytes]], NDArray[np.int32]]) -> None:
        spoken = [token for phrase in merger.phrases for token in phrase]
        tokens = sorted(set(spoken))
        number = dict(zip(tokens, intern([token.encode() for token in tokens]).tolist(), strict=True))
        self.ids = intern([JOINER.join(phrase).encode() for phrase in merger.phrases])
        self._parts = np.fromiter((number[token] for token in spoken), np.int32, len(spoken))
        self._lengths = np.fromiter(map(len, merger.phrases), np.int64, len(merger))
        self._longest = int(self._lengths.max(initial=1))
        self._table = _make_table(self._parts, self._lengths, self.ids)
        self._held = np.empty(0, np.int32)
        self.merger = merger

    def merge(self, ids: NDArray[np.int32], ends: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return the ids of whole lines, phrases joined; ``ends``, where lines end, are corrected."""
        from ..kernels.phrases import merge_phrases

        out = np.empty(len(ids), np.int32)
        _, written = merge_phrases(ids, len(ids), ends, self._table, out)
        return out[:written]

    def merge_part(self, ids: NDArray[np.int32], is_last: bool) -> NDArray[np.int32]:
        """Return the ids of a part of a line, phrases joined; the end of a part waits for the next one."""
        from ..kernels.phrases import merge_phrases

        ids = np.concatenate([self._held, ids])
        stop = len(ids) if is_last else max(0, len(ids) - self._longest + 1)
        out = np.empty(len(ids), np.int32)
        read, written = merge_phrases(ids, stop, np.empty(0, np.int64), self._table, out)
        self._held = ids[read:].copy()
        return out[:written]

    def spread(self, counts: NDArray[np.int64]) -> None:
        """Count phrases, in ``counts`` of provisional ids, as the tokens that they are made of."""
        found = counts[self.ids]
        counts[self.ids] = 0
        np.add.at(counts, self._parts, np.repeat(found, self._lengths))

    def take_apart(self, counts: NDArray[np.int64], kept: NDArray[np.bool_]) -> dict[int, list[int]]:
        """Return what phrases that are no words become: shorter ones that are, and tokens.

        Parameters
        ----------
        counts : int64[provisional ids]
            Occurrences; those of phrases that are taken apart move to what they become.
        kept : bool[phrases]
            Which are words.

        Returns
        -------
        dict of int to list of int
            Provisional ids.
        """
        from ..kernels.phrases import merge_phrases

        table = _make_table(self._parts[np.repeat(kept, self._lengths)], self._lengths[kept], self.ids[kept])
        gone = ~kept & (counts[self.ids] > 0)
        parts, ends = self._parts[np.repeat(gone, self._lengths)], np.cumsum(self._lengths[gone])
        out = np.empty(len(parts), np.int32)
        _, written = merge_phrases(parts, len(parts), ends, table, out)
        numbers = self.ids[gone]
        np.add.at(counts, out[:written], np.repeat(counts[numbers], np.diff(ends, prepend=0)))
        counts[numbers] = 0
        pieces = np.split(out[:written], ends[:-1]) if len(numbers) else []
        return dict(zip(numbers.tolist(), (piece.tolist() for piece in pieces), strict=True))


def _make_table(parts: NDArray[np.int32], lengths: NDArray[np.int64], ids: NDArray[np.int32]) -> Any:
    """Return the tree of some sequences, which stand in ``parts`` end to end, and the number of each at its end.

    Its nodes are numbered level by level, those of a level by the node before them and the number that leads there.
    """
    from ..kernels.phrases import PhraseTable

    starts, parents, n_nodes = np.cumsum(lengths) - lengths, np.ones(len(ids), np.int64), 2
    keys, levels, ends = [np.empty(0, np.int64)], [np.empty(0, np.int64)], np.zeros(len(ids), np.int64)
    for level in range(int(lengths.max(initial=0))):
        active = np.flatnonzero(lengths > level)
        found, place = np.unique((parents[active] << 32) + parts[starts[active] + level], return_inverse=True)
        parents[active] = n_nodes + place
        ends[active] = parents[active]
        keys.append(found)
        levels.append(n_nodes + np.arange(len(found)))
        n_nodes += len(found)
    marks = np.full(n_nodes, -1, np.int32)
    marks[ends] = ids
    key, nodes = np.concatenate(keys), np.concatenate(levels)
    before, numbers = key >> 32, (key & (2**32 - 1)).astype(np.int32)
    first = before == 1
    roots = np.zeros(int(numbers[first].max(initial=-1)) + 1, np.int32)
    roots[numbers[first]] = nodes[first]
    offsets = np.concatenate([[0], np.cumsum(np.bincount(before, minlength=n_nodes))]).astype(np.int64)
    return PhraseTable(roots, offsets, numbers, nodes.astype(np.int32), marks)


def make_lists(final: NDArray[np.int32], split: Mapping[int, Sequence[int]]) -> Lists:
    """Return what each provisional id becomes.

    Parameters
    ----------
    final : int32[provisional ids]
        Word id of each, -1 for those that are dropped.
    split : mapping of int to ids
        Those that become several; see :meth:`PhraseIds.take_apart`.
    """
    lengths, sizes = (final >= 0).astype(np.int64), np.ones(len(final), np.int64)
    parts = {number: [w for w in final[list(others)].tolist() if w >= 0] for number, others in split.items()}
    for number, words in parts.items():
        lengths[number], sizes[number] = len(words), len(split[number])
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    others = np.empty(int(offsets[-1]), np.int32)
    plain = np.flatnonzero(final >= 0)
    others[offsets[plain]] = final[plain]
    for number, words in parts.items():
        others[offsets[number] : offsets[number + 1]] = words
    return Lists(offsets, others, sizes)


def read_phrases(path: Path | str) -> list[str]:
    """Read a list of phrases: one a line, in UTF-8; blank lines do not count.

    Parameters
    ----------
    path : Path or str
        A plain, ``.gz``, ``.bz2`` or ``.xz`` file.

    Raises
    ------
    FormatError
        Naming file and line: if it cannot be read, holds no phrase, or a line has more than 10,000 characters.
    """
    phrases = []
    for piece in LineReader(str(path)).pieces():
        if not piece.ends or len(piece.text) > 10_000:
            raise FormatError(f"{path}, line {piece.number}: over 10,000 characters are no phrase; one phrase a line.")
        if piece.text.strip():
            phrases.append(piece.text)
    if not phrases:
        raise FormatError(f"{path} holds no phrase.")
    return phrases
