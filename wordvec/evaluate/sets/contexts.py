"""The words around a word of a test set, as tokens."""

from typing import Literal, NamedTuple

from ...errors import require
from ...text.tokenize import TOKENIZERS, tokenize

__all__ = ["CONTEXT_TOKENIZERS", "ContextTokenizer", "Occurrence", "cut_at", "find_tokens"]

ContextTokenizer = Literal["alnum", "words", "whitespace"]
CONTEXT_TOKENIZERS = ("alnum", *TOKENIZERS)


class Occurrence(NamedTuple):
    """Where a word stands: the tokens before and after it, in the order of the text."""

    left: tuple[str, ...]
    right: tuple[str, ...]


def find_tokens(text: str, tokenizer: ContextTokenizer = "alnum") -> tuple[str, ...]:
    """Return the tokens of a context, in lower case.

    Parameters
    ----------
    text : str
        The context.
    tokenizer : {"alnum", "words", "whitespace"}, default "alnum"
        ``"alnum"``: what white space separates, if there is a letter or digit in it. The others are those of a corpus
        (:mod:`wordvec.text.tokenize`): a context is best cut as the text that the vectors are from was.

    Raises
    ------
    ParameterError
        If there is no such tokenizer.

    Examples
    --------
    >>> find_tokens("The bank 's rates , up 5 %")
    ('the', 'bank', "'s", 'rates', 'up', '5')
    """
    allowed = ", ".join(map(repr, CONTEXT_TOKENIZERS))
    require(tokenizer in CONTEXT_TOKENIZERS, "tokenizer", f"one of {allowed}", tokenizer)
    if tokenizer == "alnum":
        return tuple(token for token in text.lower().split() if any(letter.isalnum() for letter in token))
    return tuple(tokenize(text, tokenizer=tokenizer))


def cut_at(text: str, start: int, end: int, tokenizer: ContextTokenizer = "alnum") -> Occurrence:
    """Return the tokens before and after the characters ``start`` to ``end - 1`` of a text.

    What is left of a word that is cut in two (``access`` of ``accesses``) belongs to neither side.

    Parameters
    ----------
    text : str
        The text.
    start, end : int
        Where the word stands.
    tokenizer : {"alnum", "words", "whitespace"}, default "alnum"
        See :func:`find_tokens`.

    Examples
    --------
    >>> cut_at("two banks lend", 4, 8)
    Occurrence(left=('two',), right=('lend',))
    """
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return Occurrence(find_tokens(text[:start], tokenizer), find_tokens(text[end:], tokenizer))
