"""Pieces of HTML in which no token can be anything but text."""

import html
import unicodedata
from collections.abc import Iterable, Sequence

__all__ = ["between", "clean", "definition_list", "neighbors", "number", "text", "token", "tokens"]

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def clean(value: object) -> str:
    """Return ``value`` with control characters and lone surrogates replaced, safe to draw or to print.

    Examples
    --------
    >>> clean("a\\x1b[31mb") == "a\N{REPLACEMENT CHARACTER}[31mb"
    True
    """
    return "".join(_REPLACEMENT if unicodedata.category(c) in ("Cc", "Cs") else c for c in str(value))


def text(value: object) -> str:
    """Return ``value`` escaped for element content and quoted attributes; control characters are replaced.

    Examples
    --------
    >>> text('"><img onerror=x>')
    '&quot;&gt;&lt;img onerror=x&gt;'
    """
    return html.escape(clean(value), quote=True)


def token(word: object, kind: str = "") -> str:
    """Return a word of the corpus, isolated so that its writing direction cannot disturb its surroundings."""
    escaped = f"<bdi>{text(word)}</bdi>"
    return f'<span class="{kind}">{escaped}</span>' if kind else escaped


def tokens(words: Iterable[object]) -> str:
    """Return words with commas between them."""
    return ", ".join(token(word) for word in words)


def number(value: int | float) -> str:
    """Return a count with its thousands apart."""
    return f"{value:,}"


def definition_list(entries: Sequence[tuple[str, str]]) -> str:
    """Return names and values as a list; both are escaped here."""
    rows = "".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in entries)
    return f'<dl class="settings">{rows}</dl>'


def neighbors(here: Sequence[str], there: Sequence[str], kind: str) -> str:
    """Return neighbors of a word in one slice, those that the other slice lacks marked with ``kind``."""
    if not here:
        return "<span class='soft'>none frequent enough</span>"
    return ", ".join(token(word, "kept" if word in there else kind) for word in here)


def between(labels: Sequence[str]) -> str:
    """Return the names of two slices, or of the first and last of more."""
    if len(labels) == 2:
        return f"{token(labels[0])} and {token(labels[1])}"
    return f"{len(labels)} slices of text, {token(labels[0])} to {token(labels[-1])}"
