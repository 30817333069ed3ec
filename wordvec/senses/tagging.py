"""Text with the sense of every word: ``the bank of the river`` becomes ``the#1 bank#2 of#1 the#1 river#1``."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from ..progress import Progress, Watcher
from ..text.phrases import PhraseMerger
from ..text.tokenize import CASES, TOKENIZERS, tokenize
from .gating import Rule, cut_contexts, sense_probabilities

if TYPE_CHECKING:
    from ..text.corpus import Corpus
    from .embeddings import SenseEmbeddings

__all__ = ["TaggedLine", "tag_corpus", "tag_text"]

#: Lines read, and occurrences weighed, at once.
_LINES, _PLACES = 2_000, 50_000
#: Tokens of a corpus looked at between two looks at Ctrl-C.
_TOKENS = 1 << 18


class TaggedLine(NamedTuple):
    """A line of text, cut into words, and the sense that each word has there.

    Parameters
    ----------
    words : tuple of str
        All words of the line, as they are in the vocabulary or, if unknown, as the tokenizer spells them.
    senses : tuple of int
        A sense number for each, from 1; 0 for unknown words.
    has_one : tuple of bool
        Whether the word has one sense only.
    n_without_context : int
        Words of several senses without a known word around them: they have the most prevalent sense.
    """

    words: tuple[str, ...]
    senses: tuple[int, ...]
    has_one: tuple[bool, ...]
    n_without_context: int

    def tokens(self, *, plain: bool = False) -> list[str]:
        """Return the words as ``word#k``, unknown ones as they are.

        Parameters
        ----------
        plain : bool, default False
            Whether words with one sense stay plain, too; otherwise they are ``word#1``.
        """
        return [
            f"{word}#{sense}" if sense and not (plain and single) else word
            for word, sense, single in zip(self.words, self.senses, self.has_one, strict=True)
        ]


def tag_text(
    senses: "SenseEmbeddings",
    lines: Iterable[str],
    *,
    tokenizer: str = "words",
    case: str = "lower",
    window: int | None = None,
    rule: Rule = "gate",
    temperature: float = 1.0,
    phrases: PhraseMerger | None = None,
) -> Iterator[TaggedLine]:
    """Cut lines into words and say which sense each word has, from the words around it in its line.

    Parameters
    ----------
    senses : SenseEmbeddings
        What tells the senses apart.
    lines : iterable of str
        Text; read as it is needed, some thousand lines ahead.
    tokenizer, case : str
        How a line is cut into words, as for :func:`wordvec.encode`; best what the senses were trained with.
    window : int >= 1, optional
        Known words on either side that are the context; ``senses.window`` by default. Unknown words take no place.
    rule, temperature
        As for :func:`wordvec.senses.gating.sense_probabilities`.
    phrases : PhraseMerger, optional
        Phrases that are words, as where the senses were trained.

    Yields
    ------
    TaggedLine
        One for each line, in order, also for empty ones. A line's tags depend on that line alone.

    Raises
    ------
    ParameterError
        If an option is outside its domain.

    Examples
    --------
    >>> from wordvec import SenseEmbeddings, Vocabulary
    >>> words, eye = Vocabulary(("bank", "river", "money"), np.array([6, 3, 3])), np.eye(2, dtype=np.float32)
    >>> senses = SenseEmbeddings(
    ...     words,
    ...     vectors=np.stack([eye, eye, eye[::-1]]),
    ...     prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
    ...     context=np.array([[0, 0], [4, 0], [0, 4]], np.float32),
    ...     gates=np.stack([0 * eye, eye]),
    ...     gate_biases=np.zeros((2, 2), np.float32),
    ...     gate_rows=np.array([1, 0, 0], np.int32),
    ... )
    >>> [line.tokens(plain=True) for line in tag_text(senses, ["A river bank.", "Money, bank"])]
    [['a', 'river', 'bank#1'], ['money', 'bank#2']]
    """
    window = senses.window if window is None else window
    require(window >= 1, "window", "an integer >= 1", window)
    require(tokenizer in TOKENIZERS, "tokenizer", f"one of {', '.join(TOKENIZERS)}", tokenizer)
    require(case in CASES, "case", f"one of {', '.join(CASES)}", case)

    def cut(line: str) -> list[str]:
        words = tokenize(line, tokenizer=tokenizer, case=case)
        return words if phrases is None else phrases.merge(words)

    return _tag_chunks(senses, map(cut, lines), window, rule, temperature)


def _tag_chunks(
    senses: "SenseEmbeddings",
    lines: Iterator[list[str]],
    window: int,
    rule: Rule,
    temperature: float,
) -> Iterator[TaggedLine]:
    vocabulary, has_one = senses.vocabulary, _count_senses(senses) == 1
    while chunk := list(islice(lines, _LINES)):
        ids = np.array([vocabulary.get(word) for words in chunk for word in words], dtype=np.int32)
        ends = np.cumsum([0, *map(len, chunk)])
        known = np.flatnonzero(ids >= 0)
        offsets = np.searchsorted(known, ends).astype(np.int64)
        numbers, is_alone = np.zeros(len(ids), np.int64), np.zeros(len(ids), np.bool_)
        numbers[known], is_alone[known] = _tag_ids(senses, ids[known], offsets, window, rule, temperature)
        single = np.zeros(len(ids), np.bool_)
        single[known] = has_one[ids[known]]
        for words, first, last in zip(chunk, ends[:-1], ends[1:], strict=True):
            spelled = (word if i < 0 else vocabulary.words[i] for word, i in zip(words, ids[first:last], strict=True))
            shown = tuple(numbers[first:last].tolist()), tuple(single[first:last].tolist())
            yield TaggedLine(tuple(spelled), *shown, int(np.count_nonzero(is_alone[first:last])))


def tag_corpus(
    senses: "SenseEmbeddings",
    corpus: "Corpus",
    *,
    window: int | None = None,
    rule: Rule = "gate",
    temperature: float = 1.0,
    progress: Watcher | None = None,
) -> NDArray[np.uint8]:
    """Return uint8[N]: the sense number, from 1, of every token of a corpus, whatever slice it is in.

    Parameters
    ----------
    senses : SenseEmbeddings
        What tells the senses apart.
    corpus : Corpus
        Its words are those of ``senses``; bring it there with ``corpus.recoded(senses.vocabulary)``.
    window, rule, temperature
        As for :func:`tag_text`.
    progress : callable, optional
        Called with a :class:`wordvec.Progress` now and then.

    Raises
    ------
    ParameterError
        If the corpus has other words, or an option is outside its domain.
    """
    window = senses.window if window is None else window
    require(window >= 1, "window", "an integer >= 1", window)
    same = corpus.vocabulary.words == senses.vocabulary.words
    require(same, "corpus.vocabulary", "that of the senses (corpus.recoded(senses.vocabulary))", corpus.vocabulary)
    base, n = int(corpus.offsets[0]), corpus.n_tokens
    ends = corpus.offsets - base
    found = np.empty(n, np.uint8)
    first = 0
    while first < corpus.n_sentences:  # whole sentences, so that no context is cut
        last = max(first + 1, int(np.searchsorted(ends, ends[first] + _TOKENS, side="right")) - 1)
        start, stop = int(ends[first]), int(ends[last])
        ids = corpus.ids[base + start : base + stop]
        found[start:stop], _ = _tag_ids(senses, ids, ends[first : last + 1] - start, window, rule, temperature)
        first = last
        if progress is not None:
            progress(Progress("tagging", stop, n, "words"))
    return found


def _tag_ids(
    senses: "SenseEmbeddings",
    ids: NDArray[np.int32],
    offsets: NDArray[np.int64],
    window: int,
    rule: Rule,
    temperature: float,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the sense of each word of some sentences, and which words of several senses have no context."""
    numbers = _first_senses(senses)[ids]
    is_alone = np.zeros(len(ids), np.bool_)
    several = np.flatnonzero(_count_senses(senses)[ids] > 1)
    for first in range(0, len(several), _PLACES):
        places = several[first : first + _PLACES]
        contexts = cut_contexts(ids, offsets, places, window)
        words = ids[places].astype(np.int64)
        chances = sense_probabilities(senses, words, contexts, rule=rule, temperature=temperature)
        numbers[places] = chances.argmax(axis=1) + 1
        weighs = np.concatenate([[0], np.cumsum(senses.context_weights[contexts.ids] > 0)])
        is_alone[places] = weighs[contexts.offsets[1:]] == weighs[contexts.offsets[:-1]]
    return numbers, is_alone


def _count_senses(senses: "SenseEmbeddings") -> NDArray[np.int64]:
    """Return int64[V], how many senses of each word were kept."""
    return np.asarray(np.count_nonzero(senses.prevalence, axis=1), dtype=np.int64)


def _first_senses(senses: "SenseEmbeddings") -> NDArray[np.int64]:
    """Return int64[V], the number of the first kept sense of each word."""
    return np.asarray((senses.prevalence > 0).argmax(axis=1) + 1, dtype=np.int64)
