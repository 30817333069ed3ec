"""Sentences of a corpus that show a sense in use: by reading them a person names it."""

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ..errors import FormatError, require
from ..text.corpus import Corpus
from ..text.phrases import PhraseMerger
from ..text.tokenize import TOKENIZERS, spell
from .gating import Rule
from .occurrences import Occurrences, find_occurrences

if TYPE_CHECKING:
    from .embeddings import SenseEmbeddings

__all__ = ["Example", "choose_examples", "cut_around", "quote_line", "sense_examples"]

#: Share of the words of two contexts that may be in both of them.
_ALIKE = 0.5
#: What the tokenizers replace, one character for one.
_SAME = str.maketrans({"\u2019": "'", "\u2010": "-", "\u2011": "-"})


class Example(NamedTuple):
    """A word in its sentence.

    Parameters
    ----------
    sense : int
        The sense that the word has there, from 1.
    probability : float
        How sure that is, 0 to 1.
    text : str
        The line, cut around the word, with ``…`` where something was cut off.
    start, end : int
        The word is ``text[start:end]``; both 0 where it could not be found in the line.
    sentence, document : int
        Numbers in the corpus, from 0.
    is_line : bool
        Whether ``text`` is from the line as it was written, not words of the corpus put together again.
    """

    sense: int
    probability: float
    text: str
    start: int
    end: int
    sentence: int
    document: int
    is_line: bool


def sense_examples(
    senses: "SenseEmbeddings",
    corpus: Corpus,
    word: str,
    *,
    k: int = 3,
    width: int = 120,
    window: int | None = None,
    rule: Rule = "gate",
    temperature: float = 1.0,
    most: int = 20_000,
) -> list[Example]:
    """Return sentences in which a word has each of its senses, those first of which the gate is surest.

    Parameters
    ----------
    senses : SenseEmbeddings
        What tells the senses apart.
    corpus : Corpus
        Where to look, best what the senses were trained on.
    word : str
        The word.
    k : int >= 1, default 3
        Examples of each sense, fewer if there are not so many.
    width : int >= 20, default 120
        Characters of a line to show around the word.
    window, rule, temperature, most
        As for :func:`wordvec.senses.occurrences.find_occurrences`.

    Returns
    -------
    list of Example
        By sense, then by probability. Sentences that say nearly the same as an earlier one are left out, and no
        document is quoted twice for a sense unless there are too few.

    Raises
    ------
    UnknownWordError
        If the senses do not know the word.
    FormatError
        If the word does not occur in the corpus, or the corpus was made to keep no examples.

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
    >>> corpus = Corpus.from_sentences([["bank", "of", "a", "river"], ["money", "bank"]], min_count=1)
    >>> [(example.sense, example.text) for example in sense_examples(senses, corpus, "bank")]
    [(1, 'bank of a river'), (2, 'money bank')]
    """
    found = find_occurrences(senses, corpus, word, window=window, rule=rule, temperature=temperature, most=most)
    return choose_examples(found, corpus, k=k, width=width)


def choose_examples(occurrences: Occurrences, corpus: Corpus, *, k: int = 3, width: int = 120) -> list[Example]:
    """Choose examples among occurrences that were found already; see :func:`sense_examples`.

    Parameters
    ----------
    occurrences : Occurrences
        Of one word.
    corpus : Corpus
        The corpus in which they were found, in its own words.
    k, width
        As for :func:`sense_examples`.
    """
    require(k >= 1, "k", "an integer >= 1", k)
    require(width >= 20, "width", "an integer >= 20", width)
    corpus.check_quotable()
    chances = np.round(occurrences.probabilities, 6)  # rounding noise decides nothing
    best = chances.argmax(axis=1)
    sureness = chances[np.arange(len(best)), best]
    sizes = np.diff(occurrences.contexts.offsets)
    # A context of few words makes a gate sure for little reason, and is poor reading.
    is_short = sizes < np.median(sizes) / 2
    order = np.lexsort((occurrences.places, -sizes, -sureness, is_short))
    documents = np.searchsorted(corpus.documents.offsets, occurrences.sentences, side="right") - 1
    examples = []
    for sense in np.unique(best).tolist():
        candidates = order[best[order] == sense].tolist()
        chosen = _spread(occurrences, candidates, documents.tolist(), k)
        for i in sorted(chosen, key=candidates.index):
            quote = _quote(occurrences, corpus, i, width)
            sentence, document = int(occurrences.sentences[i]), int(documents[i])
            examples.append(Example(sense + 1, float(sureness[i]), *quote[:3], sentence, document, quote[3]))
    return examples


def _spread(occurrences: Occurrences, candidates: list[int], documents: list[int], k: int) -> list[int]:
    """Return up to ``k`` candidates that differ: first from documents of their own, then from any."""
    chosen: list[int] = []
    used: set[int] = set()
    said: list[frozenset[int]] = []
    for once_each in (True, False):
        for i in candidates:
            if len(chosen) == k:
                return chosen
            if i in chosen or (once_each and documents[i] in used):
                continue
            words = _words_of(occurrences, i)
            if not any(_are_alike(words, other) for other in said):
                chosen.append(i)
                used.add(documents[i])
                said.append(words)
    return chosen


def _words_of(occurrences: Occurrences, i: int) -> frozenset[int]:
    offsets = occurrences.contexts.offsets
    return frozenset(occurrences.contexts.ids[offsets[i] : offsets[i + 1]].tolist())


def _are_alike(one: frozenset[int], other: frozenset[int]) -> bool:
    return one == other or len(one & other) > _ALIKE * len(one | other)


def _quote(occurrences: Occurrences, corpus: Corpus, i: int, width: int) -> tuple[str, int, int, bool]:
    """Return a readable part of the sentence, where the word is in it, and whether it is the line as written."""
    place, sentence = int(occurrences.places[i]), int(occurrences.sentences[i])
    start = int(occurrences.corpus.offsets[sentence])
    which = int(np.count_nonzero(occurrences.corpus.ids[start:place] == occurrences.row))
    return quote_line(corpus, sentence, occurrences.corpus.vocabulary.words[occurrences.row], which, width)


def quote_line(corpus: Corpus, sentence: int, word: str, which: int, width: int) -> tuple[str, int, int, bool]:
    """Return a readable part of a sentence around one of its words.

    Parameters
    ----------
    corpus : Corpus
        The text.
    sentence : int
        Which sentence, from 0.
    word : str
        A word of it.
    which : int
        Which of the places where the sentence has the word, from 0.
    width : int
        Characters to keep.

    Returns
    -------
    tuple of (str, int, int, bool)
        The part; where the word begins and ends in it, both 0 where it could not be found; and whether the part is
        from the line as it was written, not words of the corpus put together again.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["the", "bank", "of", "a", "bank"]], min_count=1)
    >>> quote_line(corpus, 0, "bank", 1, 20)
    ('the bank of a bank', 14, 18, False)
    """
    try:
        line = corpus.line(sentence)
    except FormatError:  # made in memory, or the text is gone
        words = corpus.sentence(sentence)
        spots = [n for n, other in enumerate(words) if other == word]
        at = sum(len(other) + 1 for other in words[: spots[which]])
        return (*cut_around(" ".join(words), at, at + len(word), width), False)
    line = unicodedata.normalize("NFC", line.replace("\u00ad", ""))
    settings = corpus.metadata.get("settings", {})
    reading = str(settings.get("tokenizer", "words")), str(settings.get("case", "lower"))
    phrases = PhraseMerger.from_vocabulary(corpus.vocabulary) if "phrases" in settings else PhraseMerger(())
    spans = list(_find_word(line, word, *reading, phrases))
    at, end = spans[which] if which < len(spans) else (0, 0)
    return (*cut_around(line, at, end, width), True)


def _find_word(line: str, word: str, tokenizer: str, case: str, phrases: PhraseMerger) -> Iterator[tuple[int, int]]:
    """Yield where ``word`` begins and ends in a line that is in NFC and without soft hyphens."""
    text = line.translate(_SAME) if tokenizer == "words" else line
    places: list[tuple[int, int]] = []
    words: list[str] = []
    at = 0
    for token in TOKENIZERS[tokenizer](text):
        at = text.index(token, at)
        places.append((at, at + len(token)))
        words.append(spell(token, case))
        at += len(token)
    first = 0
    for found, length in phrases.runs(words):
        if found == word:
            yield places[first][0], places[first + length - 1][1]
        first += length


def cut_around(text: str, start: int, end: int, width: int) -> tuple[str, int, int]:
    """Cut a line to about ``width`` characters around one of its words, at spaces.

    Parameters
    ----------
    text : str
        The line.
    start, end : int
        The word is ``text[start:end]``.
    width : int
        Characters to keep, as many before the word as after it where there are so many.

    Returns
    -------
    tuple of (str, int, int)
        The part, with ``…`` where it was cut, and where the word is in it.

    Examples
    --------
    >>> cut_around("we sat on the bank of the river and talked", 14, 18, 20)
    ('… on the bank of the …', 9, 13)
    """
    room = max(0, width - (end - start))
    first = max(0, min(start - room // 2, len(text) - width))
    last = min(len(text), max(end + room - room // 2, first + width))
    if first > 0:
        space = text.rfind(" ", 0, first + 1) if text[first] == " " else text.find(" ", first, start)
        first = space + 1 if space >= 0 else first
    if last < len(text):
        space = last if text[last] == " " else text.rfind(" ", end, last)
        last = space if space >= 0 else last
    before = "… " if text[:first].strip() else ""
    after = " …" if text[last:].strip() else ""
    part = text[first:last]
    stripped = part.lstrip()
    shift = len(before) - first - (len(part) - len(stripped))
    return before + stripped.rstrip() + after, start + shift if end else 0, end + shift if end else 0
