"""From a line of text to words: the plain Python tokenizers.

Both are defined by what follows, so that a faster one can be compared with them token by token.

``words``
    1. Soft hyphens (U+00AD) are removed, then the text is brought to NFC.
    2. ``’`` (U+2019) becomes ``'``; ``‐`` (U+2010) and ``‑`` (U+2011) become ``-``: one word, one spelling.
    3. A token is a letter or number followed by letters, numbers and marks (Unicode categories L, N,
       M). It goes on over one apostrophe or hyphen if a letter or number comes next, and over zero-width
       joiners and non-joiners (U+200C, U+200D) if a letter, number or mark comes next. Everything else
       separates tokens.
``whitespace``
    1. The text is brought to NFC.
    2. Tokens are what :meth:`str.split` returns.

Then each token by itself is lowered with :meth:`str.lower` and, if it is not ASCII, brought to NFC again
(``case="lower"``), or left as it is (``case="keep"``). A token of more than 255 characters, as found or as
spelled then, is no word: whoever encodes drops and counts it.

White space ends a token in both, whatever stands around it: a text may be cut there.

Chinese, Japanese, Thai, Lao, Khmer and Burmese are written without spaces: ``words`` takes a whole clause for one
word there. :func:`is_unsegmented` notices; such text is segmented first, and read with ``whitespace``.
"""

import unicodedata
from collections.abc import Callable

import regex

from ..errors import require

__all__ = [
    "CASES",
    "MAX_TOKEN",
    "TOKENIZERS",
    "find_whitespace_tokens",
    "find_words",
    "is_unsegmented",
    "spell",
    "tokenize",
]

#: A longer token is not taken for a word.
MAX_TOKEN = 255
CASES = ("lower", "keep")

_WORD = regex.compile(
    r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*+(?:(?:['-][\p{L}\p{N}]|[\u200c\u200d]++[\p{L}\p{N}\p{M}])[\p{L}\p{N}\p{M}]*+)*+"
)
_ASCII_WORD = regex.compile(r"[A-Za-z0-9]++(?:['-][A-Za-z0-9]++)*+", flags=regex.ASCII)


#: Letters of scripts without spaces, and how long a word in them is at most, with few exceptions.
_CLAUSES = (
    (regex.compile(r"[\p{Han}\p{Hiragana}]"), 4),
    (regex.compile(r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"), 12),
)


def find_words(text: str) -> list[str]:
    """Return the ``words`` tokens of a text, their case as it was."""
    if text.isascii():
        return list(_ASCII_WORD.findall(text))
    text = unicodedata.normalize("NFC", text.replace("\u00ad", ""))
    text = text.replace("\u2019", "'").replace("\u2010", "-").replace("\u2011", "-")
    return list(_WORD.findall(text))


def find_whitespace_tokens(text: str) -> list[str]:
    """Return the ``whitespace`` tokens of a text, their case as it was."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text)).split()


#: Name of a tokenizer to the function that finds its tokens.
TOKENIZERS: dict[str, Callable[[str], list[str]]] = {"words": find_words, "whitespace": find_whitespace_tokens}


def spell(token: str, case: str) -> str:
    """Return the word that a token stands for: lowered for ``case="lower"``, itself for ``"keep"``."""
    if case == "keep":
        return token
    lowered = token.lower()
    return lowered if lowered.isascii() else unicodedata.normalize("NFC", lowered)


def is_unsegmented(token: str) -> bool:
    """Tell whether a token is, by its script and length, several words of a script that is written without spaces.

    Longer than 4 characters with a Chinese character or Hiragana, or longer than 12 with a Thai, Lao, Khmer or
    Burmese one.

    Examples
    --------
    >>> is_unsegmented("我们今天去公园"), is_unsegmented("公园"), is_unsegmented("parks")
    (True, False, False)
    """
    return not token.isascii() and any(len(token) > most and script.search(token) for script, most in _CLAUSES)


def tokenize(text: str, *, tokenizer: str = "words", case: str = "lower") -> list[str]:
    """Cut a text into words.

    Parameters
    ----------
    text : str
        A line, or any text.
    tokenizer : {"words", "whitespace"}, default "words"
        Which rules; see the head of this module.
    case : {"lower", "keep"}, default "lower"
        ``"keep"`` for German nouns, for ALL and all, for US and us.

    Raises
    ------
    ParameterError
        If ``tokenizer`` or ``case`` is none of these.

    Examples
    --------
    >>> tokenize("The farmers’ well-known “Café” didn’t open.")
    ['the', 'farmers', 'well-known', 'café', "didn't", 'open']
    >>> tokenize("ALL of it, all.", tokenizer="whitespace", case="keep")
    ['ALL', 'of', 'it,', 'all.']
    """
    require(tokenizer in TOKENIZERS, "tokenizer", f"one of {', '.join(TOKENIZERS)}", tokenizer)
    require(case in CASES, "case", f"one of {', '.join(CASES)}", case)
    return [spell(token, case) for token in TOKENIZERS[tokenizer](text)]
