"""Words that a command is asked about, and what becomes of those it does not know."""

from pathlib import Path
from typing import TYPE_CHECKING

from .output import note

if TYPE_CHECKING:
    from ..text.vocabulary import Vocabulary

__all__ = ["chosen_words", "known_words"]

#: Unknown words for which similar ones are looked up.
_SUGGESTED = 5


def chosen_words(words: str | None, file: Path | None) -> list[str] | None:
    """Return the words asked for, or None if none were named."""
    from ..errors import ParameterError

    if words is None and file is None:
        return None
    named = [] if words is None else [word.strip() for word in words.split(",")]
    if file is not None:
        named += _lines(file)
    named = [word for word in dict.fromkeys(named) if word]
    if not named:
        raise ParameterError(f"{'--words' if file is None else file} names no word.")
    return named


def known_words(words: list[str], vocabulary: "Vocabulary") -> tuple[list[str], list[str]]:
    """Return the words of the vocabulary and the others, all of which are named on standard error."""
    from ..errors import FormatError, UnknownWordError, similar_words

    unknown = [word for word in words if word not in vocabulary]
    near = {word: similar_words(word, vocabulary.words) for word in unknown[:_SUGGESTED]}
    lines = [str(UnknownWordError(word, len(vocabulary), found)) for word, found in near.items()]
    if len(unknown) > _SUGGESTED:
        lines.append(f"Not there either: {', '.join(map(repr, unknown[_SUGGESTED:]))}.")
    if len(unknown) == len(words):
        raise FormatError("\n".join(lines))
    if unknown:
        note("\n".join([*lines, f"Left out as unknown: {len(unknown)} of the {len(words)} words asked for."]))
    return [word for word in words if word in vocabulary], unknown


def _lines(file: Path) -> list[str]:
    from ..errors import FormatError

    if not file.is_file():
        raise FormatError(f"{file} is not a file; --words-file wants one word a line.")
    try:
        return [line.strip() for line in file.read_text("utf-8-sig").split("\n")]
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise FormatError(f"{file}: line {line} is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
