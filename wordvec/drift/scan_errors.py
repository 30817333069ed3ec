"""Words as a bad scan spells them: letters taken for others, letters lost."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..text.corpus import Corpus
from .rewriting import draw_tokens, rename, tokens_of_slice

__all__ = ["CONFUSIONS", "damage", "misreadings"]

#: What recognition of print takes for one another, in both directions.
CONFUSIONS = (
    ("e", "c"), ("c", "o"), ("e", "o"), ("a", "o"), ("h", "b"), ("n", "u"), ("f", "t"), ("f", "s"), ("i", "l"),
    ("l", "t"), ("i", "j"), ("y", "v"), ("g", "q"), ("l", "1"), ("i", "1"), ("o", "0"), ("s", "5"), ("m", "rn"),
    ("d", "cl"), ("h", "li"), ("w", "vv"), ("u", "ii"), ("m", "in"),
)  # fmt: skip


def misreadings(word: str) -> list[str]:
    """Return every way to misread a word once: one confusion of letters at one place, or one letter lost.

    A word may come twice where two slips give the same; an empty one is the loss of a word of one letter.

    Examples
    --------
    >>> misreadings("he")
    ['hc', 'ho', 'be', 'lie', 'e', 'h']
    """
    found = []
    for one, other in sorted({*CONFUSIONS, *((b, a) for a, b in CONFUSIONS)}):
        start = word.find(one)
        while start >= 0:
            found.append(word[:start] + other + word[start + len(one) :])
            start = word.find(one, start + 1)
    return found + [word[:i] + word[i + 1 :] for i in range(len(word))]


def damage(corpus: Corpus, slice_number: int, rate: float, seed: int) -> tuple[Corpus, dict[str, Any]]:
    """Misread a share of a slice's tokens, each once.

    Every token is damaged with probability ``rate``, into one of its :func:`misreadings`, all equally likely. Where
    that is a word of the vocabulary (form for from) it becomes this word; otherwise it is a form so rare that it has
    no vector, and is gone, as words outside the vocabulary are.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    slice_number : int
        The slice to damage.
    rate : float
        Share of its tokens, between 0 and 1.
    seed : int
        Another seed damages others.

    Returns
    -------
    corpus : Corpus
        With the damaged slice.
    account : dict
        ``tokens_damaged``, of them ``tokens_lost``, and ``tokens_misread``, which became other words.

    Notes
    -----
    :data:`CONFUSIONS` was put together by hand: letters of like shape in Latin print. A letter lost applies to any
    script. Real errors come in bad pages and depend on the word's length; these are spread evenly.

    Examples
    --------
    >>> corpus = Corpus.from_sentences({"a": [["sun", "son"]] * 50, "b": [["sun", "son"]] * 50}, min_count=1)
    >>> made, account = damage(corpus, 1, 0.2, seed=1)
    >>> made.counts[0].tolist(), account["tokens_damaged"] == account["tokens_lost"] + account["tokens_misread"]
    ([50, 50], True)
    """
    positions = tokens_of_slice(corpus, slice_number)
    draws = draw_tokens(corpus, positions, slice_number, seed)
    hit = _unit_interval(draws) < rate
    positions, slips = positions[hit], draw_tokens(corpus, positions[hit], slice_number, seed + 1)
    met, of = np.unique(corpus.ids[positions], return_inverse=True)
    outcomes, starts = _outcomes(corpus, met)
    kinds = np.diff(starts)[of]
    new = outcomes[starts[of] + np.minimum((_unit_interval(slips) * kinds).astype(np.int64), kinds - 1)]
    lost = int((new < 0).sum())
    account = {"tokens_damaged": len(new), "tokens_lost": lost, "tokens_misread": len(new) - lost}
    return rename(corpus, positions, new), account


def _outcomes(corpus: Corpus, met: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the ids, or -1, of all misreadings of some words, and where each word's begin."""
    index, words = corpus.vocabulary.index, corpus.vocabulary.words
    listed: list[int] = []
    starts = [0]
    for number in met.tolist():
        listed += [index.get(form, -1) for form in misreadings(words[number])]
        starts.append(len(listed))
    return np.array(listed, dtype=np.int32), np.array(starts, dtype=np.int64)


def _unit_interval(draws: NDArray[np.uint64]) -> NDArray[np.float64]:
    return np.asarray((draws >> np.uint64(11)).astype(np.float64) * 2.0**-53)
