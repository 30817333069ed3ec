"""What every reader of a graph is given: which part is wanted, where to put it, and how to open its files."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import ParameterError, require
from ..text.decoding import check_encoding
from ..text.reading import ERRORS
from ..text.tables import USUAL, Limits, LineSource
from .builder import GraphBuilder

__all__ = ["CHOICES", "LONG_LINES", "TABLES", "Intake", "Selection"]

#: Files of millions of rows: MRREL, assertions of ConceptNet.
TABLES = Limits(total_bytes=1 << 36)
#: Lists in which one line holds all neighbors of a word.
LONG_LINES = Limits(line_bytes=1 << 23, total_bytes=1 << 33)
#: What can be chosen by name, and what tells it.
CHOICES = {
    "languages": "names in languages",
    "relations": "edges with relations",
    "sources": "source vocabularies (MRCONSO and MRREL)",
    "term_types": "term types (MRCONSO)",
    "semantic_types": "semantic types (MRSTY)",
}
_LISTED = 12


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which part of a graph is wanted, and how its files are to be read: options of ``read_graph``.

    Parameters
    ----------
    languages, relations, sources, term_types, semantic_types : frozenset of str, optional
        Names in lower case; all if None.
    suppressed, lexical, list_relation, directed, encoding, errors
        As for the function.
    """

    languages: frozenset[str] | None = None
    relations: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    term_types: frozenset[str] | None = None
    semantic_types: frozenset[str] | None = None
    suppressed: bool = False
    lexical: bool = False
    list_relation: str | Mapping[Path, str] | None = None
    directed: bool | None = None
    encoding: str = "utf-8"
    errors: str = "strict"

    def __post_init__(self) -> None:
        check_encoding(self.encoding)
        require(self.errors in ERRORS, "errors", f"one of {', '.join(ERRORS)}", self.errors)
        given = self.list_relation
        for name in [given] if isinstance(given, str) else (given or {}).values():
            require(bool(name.strip()), "list_relation", "a name that is not empty", name)

    def relation_of(self, path: Path, usual: str) -> str:
        """Return the relation of a list that does not say its own: what was chosen, else what is usual."""
        given = self.list_relation
        return (given if isinstance(given, str) else (given or {}).get(path)) or usual

    @property
    def is_whole(self) -> bool:
        """Whether everything is wanted."""
        return all(getattr(self, kind) is None for kind in CHOICES)


def fold_names(names: str | Iterable[str] | None, kind: str) -> frozenset[str] | None:
    """Return names for a :class:`Selection`: one or several, whatever their case."""
    if names is None:
        return None
    given = [names] if isinstance(names, str) else list(names)
    require(bool(given) and all(given), kind, "one or more names", given)
    return frozenset(name.casefold() for name in given)


@dataclass
class Intake:
    """Where readers put what they find.

    Parameters
    ----------
    selection : Selection
        What is wanted.
    builder : GraphBuilder
        Takes concepts, names and edges.
    files : list of LineSource
        All that were opened.
    notes : list of str
        What files were taken for.
    facts : dict
        More for the metadata of the graph.
    defines : bool
        Whether something that was read says which concepts there are: edges to others are dangling.
    """

    selection: Selection
    builder: GraphBuilder
    files: list[LineSource] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    defines: bool = False

    def __post_init__(self) -> None:
        self._met: dict[str, set[str]] = {}
        self._others: dict[str, set[str]] = {}

    def open(self, path: Path, limits: Limits = USUAL) -> LineSource:
        """Return a file to be read line by line, once."""
        source = LineSource(path, self.selection.encoding, self.selection.errors, limits)
        self.files.append(source)
        return source

    def wants(self, kind: str, *names: str) -> bool:
        """Tell whether one of ``names`` is among what is wanted of a ``kind``; if not, one more is left out."""
        wanted: frozenset[str] | None = getattr(self.selection, kind)
        if wanted is None:
            return True
        met, others = self._met.setdefault(kind, set()), self._others.setdefault(kind, set())
        found = {name.casefold() for name in names} & wanted
        met |= found
        if not found:
            self.builder.left_out[f"other_{kind}"] += 1
            if len(others) <= 10 * _LISTED:
                others.add(names[0])
        return bool(found)

    def leave_out(self, what: str, count: int = 1) -> None:
        """Count something that is left out."""
        self.builder.left_out[what] += count

    def term(self, concept: str, text: str, language: str = "", rank: int = 0) -> None:
        """Give a concept a name, if its language is wanted; the concept there is in any case."""
        if self.wants("languages", language):
            self.builder.term(concept, text, language, min(rank, 255))
        else:
            self.builder.concept(concept)

    def edge(self, source: str, target: str, relation: str, weight: Any = 1.0, where: str = "edge") -> None:
        """Add an edge, if its relation is wanted."""
        if self.selection.relations is None or self.wants("relations", relation):
            self.builder.edge(source, target, relation, weight, where)

    def words(self, *concepts: str) -> None:
        """Say that those of these that are concepts (an edge may not have been wanted) are words."""
        for concept in concepts:
            if concept in self.builder:
                self.builder.word(concept)

    def check_choices(self) -> None:
        """Raise :class:`ParameterError` if something was asked for by name and nothing of that name was met."""
        for kind, what in CHOICES.items():
            wanted = getattr(self.selection, kind)
            if wanted is None:
                continue
            if kind not in self._met:
                raise ParameterError(f"{kind} chooses among {what}, and nothing that was read here has them.")
            missing = sorted(wanted - self._met[kind])
            if missing:
                there = sorted(self._others[kind] | self._met[kind])
                listed = ", ".join(there[:_LISTED]) + (", …" if len(there) > _LISTED else "")
                raise ParameterError(f"{kind} must be among those that were read ({listed}), got {missing[0]!r}")

    def metadata(self) -> dict[str, Any]:
        """Return what the graph is to say about where it comes from."""
        undecodable = sum(source.undecodable for source in self.files)
        if undecodable:
            self.leave_out("undecodable_characters", undecodable)
        return {"notes": self.notes, **self.facts}


def counted(numbers: Counter[str], limit: int = 200) -> dict[str, int]:
    """Return the largest counts, for metadata."""
    return dict(sorted(numbers.most_common(limit), key=lambda item: (-item[1], item[0])))
