"""Every error the package raises on purpose.

A message names the thing, its domain, the value found, and the next step.
The command line turns each class into an exit code (:attr:`WordvecError.exit_code`).
"""

import difflib
from collections.abc import Collection

__all__ = [
    "AlignmentError",
    "CorruptFileError",
    "FormatError",
    "OutputExistsError",
    "ParameterError",
    "ResourceError",
    "UnknownWordError",
    "WordvecError",
    "require",
]


class WordvecError(Exception):
    """Base of all errors raised on purpose."""

    exit_code = 1


class ParameterError(WordvecError, ValueError):
    """A parameter is outside its domain."""

    exit_code = 2


class UnknownWordError(WordvecError, KeyError):
    """A word is not in the vocabulary.

    Parameters
    ----------
    word : str
        The word asked for.
    size : int
        Number of words in the vocabulary.
    suggestions : collection of str
        Words that look like it.
    others : collection of str
        More words that were asked for and are not there.
    """

    exit_code = 3

    def __init__(self, word: str, size: int, suggestions: Collection[str] = (), others: Collection[str] = ()) -> None:
        message = f"{word!r} is not among the {size} words of this vocabulary."
        if suggestions:
            message += f" Did you mean {' or '.join(repr(s) for s in suggestions)}?"
        if others:
            message += f" Not there either: {', '.join(map(repr, others))}."
        super().__init__(message)

    def __str__(self) -> str:  # KeyError would show the repr of its argument
        return str(self.args[0])


class FormatError(WordvecError, ValueError):
    """Input that is not what it should be: text, vectors, test sets, options files."""

    exit_code = 3


class AlignmentError(WordvecError, ValueError):
    """Slices, a compass and a corpus that do not belong together."""

    exit_code = 3


class ResourceError(WordvecError, OSError):
    """Out of disk or memory, or an output that may not be written."""

    exit_code = 4


class OutputExistsError(ResourceError):
    """The output is already there."""

    exit_code = 3


class CorruptFileError(WordvecError, ValueError):
    """A file of ours that is damaged: wrong size, wrong digest, missing payload."""

    exit_code = 5


def require(condition: bool, name: str, domain: str, got: object) -> None:
    """Raise :class:`ParameterError` as ``{name} must be {domain}, got {got}`` unless ``condition`` holds."""
    if not condition:
        raise ParameterError(f"{name} must be {domain}, got {got!r}")


def similar_words(word: str, words: Collection[str], limit: int = 3) -> list[str]:
    """Return at most ``limit`` members of ``words`` spelt like ``word``."""
    near = [w for w in words if abs(len(w) - len(word)) <= 2 and w[:1].lower() == word[:1].lower()]
    return difflib.get_close_matches(word, near[:20_000], n=limit, cutoff=0.75)
