"""From synsets and the edges between them to senses: what the readers of WordNet and of synset tables share."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import FormatError
from ..text.readers import LineReader
from .inventory import InventorySense, Related, fold

__all__ = ["Source", "Synset", "join_synsets", "relate"]

_MAX_BYTES = 1 << 30
_MAX_LINE = 1 << 20


@dataclass
class Source:
    """One file of an inventory, read line by line.

    Parameters
    ----------
    path : Path
        UTF-8 text, plain, ``.gz``, ``.bz2`` or ``.xz``.
    sha256 : str
        Of the text, known once all lines were read.
    """

    path: Path
    sha256: str = ""

    def where(self, line: int) -> str:
        """Return file and line, for a message."""
        return f"{self.path}, line {line}"

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the number and the text of each line that is not blank.

        Raises
        ------
        FormatError
            If the file cannot be read, is not UTF-8, is empty, or a line or all of it is too large.
        """
        reader, parts, size, found = LineReader(str(self.path)), [], 0, False
        for piece in reader.pieces():
            if reader.n_bytes > _MAX_BYTES:
                raise FormatError(f"{self.path} holds more than {_MAX_BYTES:,} bytes; an inventory is smaller.")
            parts.append(piece.text)
            size += len(piece.text)
            if size > _MAX_LINE:
                raise FormatError(f"{self.where(piece.number)}: more than {_MAX_LINE:,} characters; is it a table?")
            if piece.ends:
                text = "".join(parts)
                parts, size = [], 0
                if text.strip():
                    found = True
                    yield piece.number, text
        if not found:
            raise FormatError(f"{self.path} is empty.")
        self.sha256 = reader.sha256

    def first(self) -> str:
        """Return the first line that is not blank."""
        return next(self.lines())[1]


@dataclass
class Synset:
    """A node of the graph while it is read.

    Parameters
    ----------
    part : str
        Part of speech.
    lemmas : list of str
        Its words, underscores for blanks.
    gloss : str
        Definition and examples.
    related : list of Related
        Its own words as synonyms, then its neighbors' words.
    """

    part: str
    lemmas: list[str]
    gloss: str
    related: list[Related] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.related = [Related(spaced(lemma), "synonym") for lemma in self.lemmas]


def spaced(lemma: str) -> str:
    """Return a lemma with blanks for underscores."""
    return lemma.replace("_", " ")


def relate(synsets: Mapping[str, Synset], edges: Iterable[tuple[str, str, str, str | None]]) -> int:
    """Add the words of neighbors to each synset; return how many edges lead out of the graph.

    Parameters
    ----------
    synsets : mapping of str to Synset
        The graph, changed in place.
    edges : iterable of (str, str, str, str or None)
        Synset, relation, synset, and the one word that is meant of the second; None for all.
    """
    loose = 0
    for first, relation, second, word in edges:
        if relation == "antonym":  # stands in the same contexts, and tells no senses apart
            continue
        if first not in synsets or second not in synsets:
            loose += 1
            continue
        words = synsets[second].lemmas if word is None else [word]
        synsets[first].related += [Related(spaced(w), relation) for w in words]
    return loose


def join_synsets(
    synsets: Mapping[str, Synset], label: Callable[[str, str], str] = lambda lemma, synset: synset
) -> dict[str, tuple[InventorySense, ...]]:
    """Return the senses of each lemma, in the order of the synsets.

    Parameters
    ----------
    synsets : mapping of str to Synset
        The graph, neighbors added.
    label : callable, optional
        Lemma and id of a synset to the label of the sense; the id itself by default.
    """
    entries: dict[str, list[InventorySense]] = defaultdict(list)
    for number, synset in synsets.items():
        related = tuple(dict.fromkeys(synset.related))
        for lemma in dict.fromkeys(map(fold, synset.lemmas)):
            entries[lemma].append(InventorySense(label(lemma, number), number, synset.gloss, related, synset.part))
    return {lemma: tuple(senses) for lemma, senses in entries.items()}


def combined_digest(sources: Iterable[Source]) -> str:
    """Return one SHA-256 for all files that were read: their names and contents, in the order of the names."""
    lines = sorted(f"{source.path.name}\0{source.sha256}\n" for source in sources)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
