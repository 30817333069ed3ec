"""WordNet: its own database files, which they are and the synsets in them, or the ``wn`` package."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import FormatError, ParameterError
from .tables import LineSource, beside

__all__ = ["WORDNET_FILES", "DataLine", "Pointer", "find_wordnet", "open_wn", "read_data", "wordnet_lines"]

#: Parts of speech to the endings of their files.
WORDNET_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_MARKER = re.compile(r"\((?:a|p|ip)\)$")
_POINTERS = {
    "!": "antonym", "@": "hypernym", "@i": "instance_hypernym", "~": "hyponym", "~i": "instance_hyponym",
    "#m": "member_holonym", "#s": "substance_holonym", "#p": "part_holonym", "%m": "member_meronym",
    "%s": "substance_meronym", "%p": "part_meronym", "=": "attribute", "+": "derivation", "*": "entailment",
    ">": "cause", "^": "also_see", "$": "verb_group", "&": "similar", "<": "participle", ";c": "domain_topic",
    "-c": "member_domain_topic", ";r": "domain_region", "-r": "member_domain_region", ";u": "domain_usage",
    "-u": "member_domain_usage", "\\": "pertainym",
}  # fmt: skip


class Pointer(NamedTuple):
    """From a synset to another, or from one of its words to a word of another.

    Parameters
    ----------
    relation : str
        What the other synset is to this one.
    target : str
        Id of the other synset.
    word, target_word : int
        Number of the word, from 1, in either; 0 for the synset as a whole.
    """

    relation: str
    target: str
    word: int
    target_word: int


class DataLine(NamedTuple):
    """One synset of a data file.

    Parameters
    ----------
    synset : str
        Its id, ``offset-part``; adjective satellites are ``a``.
    words : list of str
        Underscores for blanks, syntactic markers taken off.
    gloss : str
        Definition and examples.
    pointers : list of Pointer
        Its edges.
    """

    synset: str
    words: list[str]
    gloss: str
    pointers: list[Pointer]


def find_wordnet(folder: Path | str) -> dict[str, Path]:
    """Return the WordNet database files of a folder, by name without a compression ending.

    Parameters
    ----------
    folder : Path
        Where ``index.noun`` and ``data.noun`` might be.
    """
    names = [f"{kind}.{ending}" for ending in WORDNET_FILES.values() for kind in ("index", "data")]
    found = {name: beside(Path(folder), name) for name in (*names, "cntlist.rev", "index.sense")}
    return {name: path for name, path in found.items() if path is not None}


def wordnet_lines(source: LineSource) -> Iterator[tuple[int, str]]:
    """Yield the lines below the licence, whose lines start with two blanks."""
    return ((number, line) for number, line in source.lines() if not line.startswith("  "))


def read_data(source: LineSource, part: str) -> Iterator[DataLine]:
    """Read ``offset lexfile type w_cnt word lex_id ... p_cnt pointer ... | gloss``; counts of words are in base 16.

    Parameters
    ----------
    source : LineSource
        ``data.noun``, ``data.verb``, ``data.adj`` or ``data.adv``.
    part : {"n", "v", "a", "r"}
        Its part of speech.

    Raises
    ------
    FormatError
        Naming file and line of what is not as the WordNet manual (wndb) says.
    """
    for number, line in wordnet_lines(source):
        head, _, gloss = line.partition("|")
        fields = head.split()
        try:
            offset, kind, n_words = fields[0], fields[2], int(fields[3], 16)
            words = fields[4 : 4 + 2 * n_words : 2]
            at = 4 + 2 * n_words
            n_pointers = int(fields[at])
            groups = [fields[at + 1 + 4 * i : at + 5 + 4 * i] for i in range(n_pointers)]
            fits = len(offset) == 8 and offset.isdigit() and kind.replace("s", "a") == part and words
            if not fits or any(len(group) != 4 for group in groups):
                raise ValueError
            pointers = [
                Pointer(_POINTERS[symbol], f"{target}-{letter}", int(ends[:2], 16), int(ends[2:], 16))
                for symbol, target, letter, ends in groups
            ]
        except (ValueError, IndexError, KeyError):
            raise FormatError(
                f"{source.where(number)}: not a synset as WordNet's data.{WORDNET_FILES[part]} has them, "
                f"got {line[:60]!r}."
            ) from None
        yield DataLine(f"{offset}-{part}", [_MARKER.sub("", word) for word in words], gloss.strip(), pointers)


def open_wn(lexicon: str) -> tuple[Any, str]:
    """Return a wordnet of the ``wn`` package, which the user has installed, and which has downloaded it.

    Parameters
    ----------
    lexicon : str
        What ``wn.Wordnet`` takes: ``"oewn:2024"``.

    Returns
    -------
    tuple of (wn.Wordnet, str)
        The wordnet, and the version of the package.

    Raises
    ------
    ParameterError
        If the package is not installed, or has no such lexicon.
    """
    try:
        import wn  # type: ignore[import-not-found]
    except ImportError as error:
        raise ParameterError("the package wn is not installed; pip install wn, or read WordNet's own files.") from error
    try:
        return wn.Wordnet(lexicon), str(wn.__version__)
    except wn.Error as error:
        raise ParameterError(f"wn has no {lexicon!r} ({error}); python -m wn download {lexicon}") from error
