"""Numbers for what a test set asks about: what is equal has one number."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["number_keys", "number_pairs", "number_words"]

Ids = NDArray[np.int64]


def number_keys(keys: Iterable[Hashable]) -> Ids:
    """Return int64[n], a number for each key, from 0 in the order in which they come.

    Parameters
    ----------
    keys : iterable
        Of anything that can be compared.

    Examples
    --------
    >>> number_keys(["b", "a", "b"]).tolist()
    [0, 1, 0]
    """
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def number_words(words: Iterable[str]) -> Ids:
    """Return int64[n], a number for each word, letter case ignored.

    Parameters
    ----------
    words : iterable of str
        The words.

    Examples
    --------
    >>> number_words(["cat", "Dog", "dog"]).tolist()
    [0, 1, 1]
    """
    return number_keys(word.casefold() for word in words)


def number_pairs(pairs: Sequence[tuple[str, str]]) -> Ids:
    """Return int64[n, 2], a number for every word of pairs, letter case ignored.

    Parameters
    ----------
    pairs : sequence of (str, str)
        The pairs.

    Examples
    --------
    >>> number_pairs([("cat", "dog"), ("Dog", "cow")]).tolist()
    [[0, 1], [1, 2]]
    """
    return number_words(word for pair in pairs for word in pair).reshape(-1, 2)
