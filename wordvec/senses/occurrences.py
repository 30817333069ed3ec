"""Where a word stands in a corpus, what stands around it there, and which sense that makes it."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, require
from ..text.corpus import Corpus
from .gating import Contexts, Rule, average_contexts, cut_contexts, sense_probabilities

if TYPE_CHECKING:
    from .embeddings import SenseEmbeddings

__all__ = ["Occurrences", "find_occurrences", "typical_words"]

#: Tokens of a (mapped) corpus looked through at once.
_BLOCK = 1 << 22
#: Share of a text at which a word counts half: function words differ a little everywhere, and say nothing.
_FREQUENT = 1e-3


class Occurrences(NamedTuple):
    """Occurrences of one word, with their contexts.

    Parameters
    ----------
    corpus : Corpus
        The text, in the ids of the senses.
    row : int
        The word.
    places : int64[n]
        Where it stands in ``corpus.ids``, in order.
    sentences : int64[n]
        In which sentence that is.
    contexts : Contexts
        The words around it.
    probabilities : float64[n, K]
        Of its senses.
    n_found : int
        How often it occurs; if that is more than n, the n are spread evenly over the corpus.
    """

    corpus: Corpus
    row: int
    places: NDArray[np.int64]
    sentences: NDArray[np.int64]
    contexts: Contexts
    probabilities: NDArray[np.float64]
    n_found: int

    def means(self, senses: "SenseEmbeddings") -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return the mean vector of each context, as the gates of ``senses`` read it, and whether it has any."""
        means, is_known = average_contexts(self.contexts, senses.context, senses.context_weights)
        if senses.unit_contexts:
            lengths = np.linalg.norm(means, axis=1, keepdims=True)
            means = np.divide(means, lengths, out=np.zeros_like(means), where=lengths > 0)
        return means, is_known


def find_occurrences(
    senses: "SenseEmbeddings",
    corpus: Corpus,
    word: str,
    *,
    window: int | None = None,
    rule: Rule = "gate",
    temperature: float = 1.0,
    most: int = 20_000,
) -> Occurrences:
    """Find a word in a corpus and weigh its senses at every place.

    Parameters
    ----------
    senses : SenseEmbeddings
        What tells the senses apart.
    corpus : Corpus
        Where to look; its vocabulary may be another.
    word : str
        The word.
    window : int >= 1, optional
        Words on either side that are the context; ``senses.window`` by default.
    rule, temperature
        As for :func:`wordvec.senses.gating.sense_probabilities`.
    most : int >= 1, default 20,000
        Of more occurrences so many are taken, evenly spaced.

    Raises
    ------
    UnknownWordError
        If the senses do not know the word.
    FormatError
        If it does not occur in the corpus.
    ParameterError
        If an option is outside its domain.
    """
    window = senses.window if window is None else window
    require(window >= 1, "window", "an integer >= 1", window)
    require(most >= 1, "most", "an integer >= 1", most)
    row = senses.vocabulary[word]
    if corpus.vocabulary.words != senses.vocabulary.words:
        corpus = corpus.recoded(senses.vocabulary)
    first, last = int(corpus.offsets[0]), int(corpus.offsets[-1])
    parts = [
        np.flatnonzero(corpus.ids[start : min(last, start + _BLOCK)] == row) + start
        for start in range(first, last, _BLOCK)
    ]
    every = np.concatenate([np.empty(0, np.int64), *parts])
    if not len(every):
        raise FormatError(f"{word!r} does not occur in this corpus; give the one that the senses were trained on.")
    places = every[np.linspace(0, len(every) - 1, min(most, len(every))).astype(np.int64)]
    contexts = cut_contexts(corpus.ids, corpus.offsets, places, window)
    rows = np.full(len(places), row, dtype=np.int64)
    chances = sense_probabilities(senses, rows, contexts, rule=rule, temperature=temperature)
    sentences = np.searchsorted(corpus.offsets, places, side="right") - 1
    return Occurrences(corpus, row, places, sentences, contexts, chances, len(every))


def typical_words(occurrences: Occurrences, sense: int, *, k: int = 5, least: int = 2) -> list[str]:
    """Return the context words that set a sense apart from the other senses of its word.

    Parameters
    ----------
    occurrences : Occurrences
        Of the word.
    sense : int
        Number of the sense, from 1.
    k : int >= 1, default 5
        How many words, at most.
    least : int >= 1, default 2
        In how many contexts of the sense a word must be.

    Returns
    -------
    list of str
        By the log-likelihood ratio (Dunning 1993) of being in contexts of this sense rather than of the others; of a
        word with one sense, rather than elsewhere in the corpus. Only words that are relatively more frequent there;
        the ratio of a word with share p of the text is multiplied by 0.001 / (0.001 + p).

    References
    ----------
    Dunning (1993), "Accurate methods for the statistics of surprise and coincidence".
    """
    corpus, contexts = occurrences.corpus, occurrences.contexts
    numbers = np.repeat(occurrences.probabilities.argmax(axis=1) + 1, np.diff(contexts.offsets))
    n_words = len(corpus.vocabulary)
    here = np.bincount(contexts.ids[numbers == sense], minlength=n_words).astype(np.float64)
    there = np.bincount(contexts.ids[numbers != sense], minlength=n_words).astype(np.float64)
    if not there.any():
        there = np.maximum(corpus.word_counts - here, 0.0)
    here[occurrences.row] = 0.0
    share = (here + there) / max(1.0, here.sum() + there.sum())
    expected = share * here.sum(), share * there.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = sum(np.where(n > 0, n * np.log(n / e), 0.0) for n, e in zip((here, there), expected, strict=True))
    shares = corpus.word_counts / max(1, int(corpus.word_counts.sum()))
    ratio = np.round(2.0 * ratio * _FREQUENT / (_FREQUENT + shares), 6)
    ratio = np.where((here >= least) & (here > expected[0]), ratio, -1.0)
    best = np.argsort(-ratio, kind="stable")[:k]
    return [corpus.vocabulary.words[i] for i in best.tolist() if ratio[i] > 0]
