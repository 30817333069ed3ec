"""A knowledge graph as a value: concepts, their names, and typed, weighted edges."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..artifact import open_artifact
from ..artifact_writer import ArtifactWriter
from ..errors import CorruptFileError, ParameterError, require, similar_words

if TYPE_CHECKING:
    import networkx

__all__ = ["Edge", "KnowledgeGraph", "Term", "Terms"]


class Term(NamedTuple):
    """A name of a concept.

    Parameters
    ----------
    text : str
        As the source writes it, blanks for underscores.
    language : str
        Code of the source (``"eng"``, ``"ENG"``, ``"fr"``); empty where none is given.
    """

    text: str
    language: str = ""


class Edge(NamedTuple):
    """One edge of a graph.

    Parameters
    ----------
    source, target : str
        Ids of concepts.
    relation : str
        What the target is to the source: ``hypernym`` says that the target is the hypernym.
    weight : float
        Positive.
    """

    source: str
    target: str
    relation: str
    weight: float


@dataclass(frozen=True, eq=False)
class Terms:
    """The names of all concepts: those of concept ``i`` are ``texts[offsets[i]:offsets[i + 1]]``, preferred one first.

    Parameters
    ----------
    texts : tuple of str
        Names.
    languages : uint16[T]
        Number of each name's language in ``language_names``.
    offsets : int64[N + 1]
        Where the names of each concept start.
    language_names : tuple of str
        ``("",)`` where the source gives none.
    """

    texts: tuple[str, ...]
    languages: NDArray[np.uint16]
    offsets: NDArray[np.int64]
    language_names: tuple[str, ...] = ("",)


@dataclass(frozen=True, eq=False)
class KnowledgeGraph:
    """Concepts, their names in one or more languages, and typed, weighted edges in compressed sparse rows.

    Parameters
    ----------
    concepts : tuple of str
        Ids, each once, in code-point order.
    indptr : int64[N + 1]
        Edges of concept ``i`` are ``indptr[i]:indptr[i + 1]``, sorted by target and relation.
    indices : int32[E]
        The concept at the far end. An edge of an undirected graph stands with both of its ends.
    relations : uint16[E]
        Number of each edge's relation in ``relation_names``.
    weights : float32[E]
        Positive and finite; may be a broadcast view of one number.
    relation_names : tuple of str
        Sorted.
    directed : bool
        Whether the direction of an edge says something.
    terms : Terms, optional
        Names; without them the id of a concept is its name, as in lists of words.
    metadata : mapping
        ``source``, ``format``, ``sha256``, and what was left out and why, with counts, under ``left_out``.

    Examples
    --------
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> builder = GraphBuilder()
    >>> builder.edge("cat", "feline", "synonym")
    >>> graph = builder.build()
    >>> graph
    KnowledgeGraph(2 concepts, 1 edge: synonym)
    >>> list(graph.edges())
    [Edge(source='cat', target='feline', relation='synonym', weight=1.0)]
    """

    concepts: tuple[str, ...]
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    relations: NDArray[np.uint16]
    weights: NDArray[np.float32]
    relation_names: tuple[str, ...]
    directed: bool = False
    terms: Terms | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, edges = len(self.concepts), len(self.indices)
        require(self.indptr.shape == (n + 1,), "indptr.shape", f"({n + 1},)", self.indptr.shape)
        require(int(self.indptr[-1]) == edges, "indptr[-1]", f"the number of edges, {edges}", int(self.indptr[-1]))
        for name in ("relations", "weights"):
            shape = getattr(self, name).shape
            require(shape == (edges,), f"{name}.shape", f"({edges},)", shape)
        for array in (self.indptr, self.indices, self.relations, self.weights):
            array.setflags(write=False)

    def __repr__(self) -> str:
        kind = "directed edge" if self.directed else "edge"
        names = ", ".join(self.relation_names[:5]) + (", …" if len(self.relation_names) > 5 else "")
        return (
            f"KnowledgeGraph({len(self):,} concept{'' if len(self) == 1 else 's'}, "
            f"{self.n_edges:,} {kind}{'' if self.n_edges == 1 else 's'}: {names})"
        )

    def __len__(self) -> int:
        return len(self.concepts)

    def __contains__(self, concept: object) -> bool:
        return concept in self.index

    @cached_property
    def index(self) -> dict[str, int]:
        """Number of each concept; made when first asked for, and larger than the edges."""
        return {concept: number for number, concept in enumerate(self.concepts)}

    @property
    def n_edges(self) -> int:
        """Edges; one of an undirected graph counts once."""
        return len(self.indices) if self.directed else len(self.indices) // 2

    def number(self, concept: str) -> int:
        """Return the number of a concept.

        Raises
        ------
        ParameterError
            If it is not in the graph; names those that look like it.
        """
        if concept not in self.index:
            near = similar_words(concept, self.concepts)
            hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
            raise ParameterError(f"{concept!r} is not among the {len(self):,} concepts of this graph.{hint}")
        return self.index[concept]

    def terms_of(self, concept: str) -> tuple[Term, ...]:
        """Return the names of a concept, the preferred one first; its id where the graph has no names."""
        number = self.number(concept)
        if self.terms is None:
            return (Term(concept.replace("_", " ")),)
        span = slice(int(self.terms.offsets[number]), int(self.terms.offsets[number + 1]))
        names = self.terms.language_names
        codes = self.terms.languages[span].tolist()
        return tuple(Term(text, names[code]) for text, code in zip(self.terms.texts[span], codes, strict=True))

    def neighbors(self, concept: str) -> tuple[Edge, ...]:
        """Return the edges of a concept, in the order of targets."""
        number = self.number(concept)
        return tuple(self._edges(number, number + 1))

    def edges(self) -> Iterator[Edge]:
        """Yield all edges, in the order of their ends; one of an undirected graph once, the smaller end first."""
        return (edge for edge in self._edges(0, len(self)) if self.directed or edge.source <= edge.target)

    def _edges(self, start: int, end: int) -> Iterator[Edge]:
        for number in range(start, end):
            span = slice(int(self.indptr[number]), int(self.indptr[number + 1]))
            columns = self.indices[span].tolist(), self.relations[span].tolist(), self.weights[span].tolist()
            for target, relation, weight in zip(*columns, strict=True):
                yield Edge(self.concepts[number], self.concepts[target], self.relation_names[relation], weight)

    def to_networkx(self) -> "networkx.MultiGraph[str]":
        """Return a networkx ``MultiGraph`` (``MultiDiGraph`` if directed) keyed by relation, with weights and terms.

        It takes some 600 bytes an edge; this graph takes 10 or 20.
        """
        import networkx

        result: networkx.MultiGraph[str] = networkx.MultiDiGraph() if self.directed else networkx.MultiGraph()
        for concept in self.concepts:
            names = [tuple(term) for term in self.terms_of(concept)] if self.terms is not None else []
            result.add_node(concept, **({"terms": names} if names else {}))
        for source, target, relation, weight in self.edges():
            result.add_edge(source, target, key=relation, weight=weight)
        return result

    @classmethod
    def from_networkx(
        cls, graph: "networkx.Graph[Any]", *, relation: str = "relation", weight: str = "weight"
    ) -> "KnowledgeGraph":
        """Build from a networkx graph of any kind.

        Parameters
        ----------
        graph : networkx.Graph, DiGraph, MultiGraph or MultiDiGraph
            Nodes become ids by ``str``; two that look the same are an error. The node attribute ``terms`` (strings, or
            pairs of string and language) gives names.
        relation : str, default "relation"
            Attribute that names an edge's relation; where it is missing the key of a multigraph if that is a string,
            else ``"related"``.
        weight : str, default "weight"
            Attribute of an edge's weight, 1 where it is missing.

        Raises
        ------
        ParameterError
            If two nodes have the same text.
        FormatError
            If a weight is negative, NaN, infinite or no number.
        """
        from .builder import GraphBuilder

        builder = GraphBuilder(directed=graph.is_directed())
        ids = [str(node) for node in graph]
        require(
            len(set(ids)) == len(ids), "graph", "nodes whose texts differ", f"{len(ids)} nodes with {len(set(ids))}"
        )
        for node, attributes in graph.nodes(data=True):
            builder.concept(str(node))
            for term in attributes.get("terms", ()):
                builder.term(str(node), *((term,) if isinstance(term, str) else term))
        views: Any = graph.edges
        rows: Iterable[Any] = views(keys=True, data=True) if graph.is_multigraph() else views(data=True)
        for source, target, *key, attributes in rows:
            fallback = key[0] if key and isinstance(key[0], str) else "related"
            where = f"edge {source} - {target}"
            builder.edge(
                str(source), str(target), str(attributes.get(relation, fallback)), attributes.get(weight, 1.0), where
            )
        return builder.build({"source": "networkx", "format": "networkx"})

    def save(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Write the graph as an artefact (a folder, by custom ``.wvg``), whole or not at all.

        Raises
        ------
        OutputExistsError
            If something is there and ``overwrite`` is False.
        ResourceError
            If the disk is full or cannot be written.
        """
        with ArtifactWriter(path, kind="graph", overwrite=overwrite) as writer:
            for name in ("indptr", "indices", "relations"):
                writer.array(name, getattr(self, name))
            writer.array("weights", np.ascontiguousarray(self.weights))
            writer.text("concepts", map(_escape, self.concepts), ".txt")
            if self.terms is not None:
                writer.text("terms", map(_escape, self.terms.texts), ".txt")
                writer.array("term_languages", self.terms.languages)
                writer.array("term_offsets", self.terms.offsets)
            languages = list(self.terms.language_names) if self.terms is not None else []
            head = {"directed": self.directed, "relations": list(self.relation_names), "languages": languages}
            writer.commit({"graph": head, "reading": dict(self.metadata)})

    @classmethod
    def load(cls, path: Path | str) -> "KnowledgeGraph":
        """Read a graph that :meth:`save` wrote; arrays stay on the disk until they are used.

        Raises
        ------
        FormatError
            If the artefact is of another kind.
        CorruptFileError
            If files are damaged, or do not fit together.
        """
        artifact = open_artifact(path, "graph")
        head = artifact.metadata["graph"]
        arrays = [artifact.array(name) for name in ("indptr", "indices", "relations", "weights")]
        concepts = tuple(map(_unescape, artifact.lines("concepts")))
        indptr, indices, relations, weights = arrays
        _check(path, indptr, indices, relations, weights, len(concepts), len(head["relations"]))
        terms = None
        if "terms" in artifact.metadata["payloads"]:
            texts = tuple(map(_unescape, artifact.lines("terms")))
            terms = Terms(
                texts, artifact.array("term_languages"), artifact.array("term_offsets"), tuple(head["languages"])
            )
            _check_terms(path, terms, len(concepts))
        names = tuple(head["relations"])
        return cls(
            concepts, indptr, indices, relations, weights, names, head["directed"], terms, artifact.metadata["reading"]
        )


def _check(
    path: Path | str,
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    relations: NDArray[np.uint16],
    weights: NDArray[np.float32],
    n_concepts: int,
    n_relations: int,
) -> None:
    fits = (
        indptr.shape == (n_concepts + 1,)
        and len(indices) == len(relations) == len(weights)
        and _rises(indptr, len(indices))
        and (not len(indices) or (indices.min() >= 0 and indices.max() < n_concepts and relations.max() < n_relations))
        and bool(np.all(np.isfinite(weights) & (weights > 0)))
    )
    if not fits:
        raise CorruptFileError(f"{path}: the edges of this graph do not fit its concepts.")


def _check_terms(path: Path | str, terms: Terms, n_concepts: int) -> None:
    size = len(terms.texts)
    fits = terms.offsets.shape == (n_concepts + 1,) and _rises(terms.offsets, size) and len(terms.languages) == size
    if not fits or (size and terms.languages.max() >= len(terms.language_names)):
        raise CorruptFileError(f"{path}: the names of this graph do not fit its concepts.")


def _rises(offsets: NDArray[np.int64], end: int) -> bool:
    return bool(offsets[0] == 0 and offsets[-1] == end and np.all(np.diff(offsets) >= 0))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    parts = text.split("\\\\")
    return "\\".join(part.replace("\\n", "\n").replace("\\r", "\r") for part in parts)
