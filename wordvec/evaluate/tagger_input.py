"""What a tagger sees of a text: windows of words, a vector for each word, and random vectors in their place."""

import hashlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..senses.embeddings import SenseEmbeddings
from ..senses.gating import sense_probabilities
from .sense_tags import gather_contexts
from .sets.contexts import Occurrence
from .sets.tagged_text import TaggedText
from .tagger import SHAPES, TaggerSettings
from .words import Lookup

__all__ = ["Seen", "reading_order", "see", "window_positions", "word_shapes"]

Ids = NDArray[np.int64]

#: Tokens whose senses are weighed at once.
_TOKENS = 4_096


class Seen(NamedTuple):
    """What a tagger sees.

    Parameters
    ----------
    tables : (float32[U + 1, D + 2], float32[U + 1, D + 2])
        What is seen of each kind of word, by its vector and by a random one. The last two columns mark that there
        is no word (the last row) and that the word is unknown. Of vectors of senses, every token of a word that has
        several is a kind of its own.
    train : int64[N, W]
        Windows to learn from, rows of a table, in reading order; columns of shapes may follow.
    targets : int64[N]
        Number of the label in the middle of each.
    labels : str[K]
        The labels.
    ends : int64[S]
        Where in ``train`` each sentence ends, in reading order.
    test : int64[M, W]
        Windows to tag.
    known : bool[M]
        Whether the word in the middle of each has a vector.
    """

    tables: tuple[NDArray[np.float32], NDArray[np.float32]]
    train: Ids
    targets: Ids
    labels: NDArray[np.str_]
    ends: Ids
    test: Ids
    known: NDArray[np.bool_]


def see(lookup: Lookup, train: TaggedText, test: TaggedText, settings: TaggerSettings) -> Seen:
    """Return the windows of two texts, and vectors and random vectors of their words.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`). Of senses a token is seen by the mean of its word's
        senses, weighed by how probable they are in its sentence.
    train, test : TaggedText
        The text to learn from and the text to tag.
    settings : TaggerSettings
        Window, shapes and seed.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> from wordvec.evaluate.words import look_up
    >>> vectors = Embeddings(Vocabulary(("a",), np.array([1])), np.ones((1, 3), np.float32))
    >>> text = TaggedText("", "", "pos", ("a", "b"), ("X", "Y"), np.array([0, 2]), np.arange(1), "sentence")
    >>> found = see(look_up(vectors), text, text, TaggerSettings(window=1))
    >>> found.known.tolist(), found.test.tolist(), found.tables[0].shape
    ([True, False], [[2, 1, 0], [1, 0, 2]], (3, 5))
    """
    words = sorted(set(train.words) | set(test.words))
    rows, first, kind = np.unique(lookup.rows((word,) for word in words)[:, 0], return_index=True, return_inverse=True)
    number = dict(zip(words, kind.tolist(), strict=True))
    learnt, asked = (np.array([number[word] for word in text.words], dtype=np.int64) for text in (train, test))
    # By word, not by row: other vectors of this length see the same random ones.
    random = np.random.default_rng(settings.seed).standard_normal((len(words), lookup.embeddings.vectors.shape[1]))
    random = random[first] * (rows >= 0)[:, None]
    vectors, source = lookup.vectors(rows), np.arange(len(rows))
    if lookup.senses is not None:
        for text, kinds in ((train, learnt), (test, asked)):
            places, told = _in_context(lookup, lookup.senses, rows[kinds], text)
            vectors, source = np.concatenate([vectors, told]), np.concatenate([source, kinds[places]])
            kinds[places] = len(source) - len(places) + np.arange(len(places))
        rows, random = rows[source], random[source]
    counts = np.bincount(learnt, minlength=len(rows)) * (rows >= 0)
    marked = (rows < 0) & (lookup.missing == "skip")
    order = reading_order(train, settings.seed)
    lengths = np.diff(train.starts)[order]
    ends = np.cumsum(lengths)
    places = np.repeat(train.starts[order] - (ends - lengths), lengths) + np.arange(len(train.words))
    labels, targets = np.unique(np.array(train.labels), return_inverse=True)
    return Seen(
        (_table(vectors, counts, marked), _table(random, counts, marked)),
        _windows(train, learnt, len(rows), settings)[places],
        targets[places],
        labels,
        ends,
        _windows(test, asked, len(rows), settings),
        rows[asked] >= 0,
    )


def _in_context(
    lookup: Lookup, senses: SenseEmbeddings, rows: Ids, text: TaggedText
) -> tuple[Ids, NDArray[np.float64]]:
    """Return the tokens whose word has several senses, and for each the mean of these as its sentence weighs them."""
    places = np.flatnonzero((rows >= 0) & (np.count_nonzero(senses.prevalence, axis=1)[rows] > 1))
    sentence = np.searchsorted(text.starts, places, side="right") - 1
    starts, ends = text.starts[sentence].tolist(), text.starts[sentence + 1].tolist()
    around = [
        Occurrence(text.words[start:place], text.words[place + 1 : end])
        for start, place, end in zip(starts, places.tolist(), ends, strict=True)
    ]
    contexts = gather_contexts(lookup, rows[places], around, senses.window)
    vectors = np.empty((len(places), senses.dim))
    for first in range(0, len(places), _TOKENS):
        part = places[first : first + _TOKENS]
        chances = sense_probabilities(senses, rows[part], contexts.between(first, first + len(part)))
        vectors[first : first + len(part)] = np.einsum("nk,nkd->nd", chances, senses.vectors[rows[part]])
    return places, vectors


def _table(vectors: NDArray[np.float64], counts: Ids, marked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return float32[U + 1, D + 2]: vectors with mean 0 and variance 1 over tokens, marks for no word, unknown word."""
    kinds, dim = vectors.shape
    total = max(int(counts.sum()), 1)
    centered = vectors - (vectors * counts[:, None]).sum(axis=0) / total
    scale = float(np.sqrt((np.square(centered).sum(axis=1) * counts).sum() / (total * dim)))
    table = np.zeros((kinds + 1, dim + 2), dtype=np.float32)
    table[:-1, :dim] = centered / (scale or 1.0)
    table[:-1][marked] = 0.0
    table[-1, dim] = 1.0
    table[:-1, dim + 1] = marked
    return table


def _windows(text: TaggedText, kinds: Ids, outside: int, settings: TaggerSettings) -> Ids:
    places = window_positions(text.starts, settings.window)
    found = np.append(kinds, outside)[places]
    if settings.shape:
        found = np.concatenate([found, np.append(word_shapes(text.words), len(SHAPES))[places]], axis=1)
    return found


def reading_order(text: TaggedText, seed: int) -> Ids:
    """Return int64[S], the sentences in an order drawn from the seed and from what they say, not from their place.

    Parameters
    ----------
    text : TaggedText
        The sentences.
    seed : int >= 0
        Another seed gives another order.

    Examples
    --------
    >>> text = TaggedText("", "", "pos", ("a", "b"), ("X", "Y"), np.array([0, 1, 2]), np.arange(2), "sentence")
    >>> sorted(reading_order(text, 1).tolist())
    [0, 1]
    """
    key = str(seed).encode()
    digests = [
        hashlib.blake2b("\n".join(words + labels).encode("utf-8", "surrogatepass"), digest_size=16, key=key).digest()
        for words, labels in zip(text.sentences(text.words), text.sentences(text.labels), strict=True)
    ]
    return np.array(sorted(range(len(digests)), key=digests.__getitem__), dtype=np.int64)


def window_positions(starts: Ids, window: int) -> Ids:
    """Return int64[N, 2 * window + 1], the places of the tokens around each, N for those outside its sentence.

    Parameters
    ----------
    starts : int64[S + 1]
        Where each sentence begins, and N.
    window : int >= 0
        Tokens on either side.

    Examples
    --------
    >>> window_positions(np.array([0, 2, 3]), 1).tolist()
    [[3, 0, 1], [0, 1, 3], [3, 2, 3]]
    """
    lengths, count = np.diff(starts), int(starts[-1])
    low, high = np.repeat(starts[:-1], lengths), np.repeat(starts[1:], lengths)
    places = np.arange(count)[:, None] + np.arange(-window, window + 1)
    inside = (places >= low[:, None]) & (places < high[:, None])
    return np.asarray(np.where(inside, places, count))


def word_shapes(words: tuple[str, ...]) -> Ids:
    """Return int64[N], how each word is written: lower case, title, upper, mixed, digits, other, as numbers from 0.

    Parameters
    ----------
    words : tuple of str
        The words.

    Examples
    --------
    >>> word_shapes(("cat", "Ada", "A", "USA", "McKay", "12.5", "!")).tolist()
    [0, 1, 1, 2, 3, 4, 5]
    """
    return np.array([_shape(word) for word in words], dtype=np.int64)


def _shape(word: str) -> int:
    if any(letter.isdigit() for letter in word):
        name = "digits"
    elif not any(letter.isalpha() for letter in word):
        name = "other"
    elif word == word.lower():
        name = "lower"
    elif word[0].isupper() and word[1:] == word[1:].lower():
        name = "title"
    else:
        name = "upper" if word == word.upper() else "mixed"
    return SHAPES.index(name)
