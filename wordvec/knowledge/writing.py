"""Write a knowledge graph: ours, a table of edges, a lexicon for retrofitting, GraphML."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..disk import writing
from ..errors import FormatError, ParameterError, require
from .graph import KnowledgeGraph

__all__ = ["OUTPUTS", "write_graph"]

#: Format to the endings of its files.
OUTPUTS = {
    "wvg": (".wvg",),
    "edges": (".tsv", ".tsv.gz"),
    "lexicon": (".txt", ".txt.gz"),
    "graphml": (".graphml", ".xml"),
}
#: What XML cannot hold, not even escaped.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write_graph(graph: KnowledgeGraph, path: Path | str, *, format: str | None = None, overwrite: bool = False) -> None:
    """Write a graph, whole or not at all.

    ===========  ===============  =================================================================================
    format       ending           what is kept
    ===========  ===============  =================================================================================
    ``wvg``      ``.wvg``         everything
    ``edges``    ``.tsv``         a header and edges by their ids; no names. ``source  target`` of a directed graph,
                                  ``node1  node2`` of another, so that reading it gives the same edges
    ``lexicon``  ``.txt``         a word, then its neighbors in code-point order: other names of its concepts, and the
                                  names of theirs; blanks as underscores. Neither weights nor relations
    ``graphml``  ``.graphml``     everything but metadata, through networkx; the names of a concept in one attribute,
                                  joined by ``|``
    ===========  ===============  =================================================================================

    Parameters
    ----------
    graph : KnowledgeGraph
        Any.
    path : Path or str
        File to write; a folder for ``wvg``. Files ending in ``.gz`` are packed.
    format : str, optional
        By default the ending says it.
    overwrite : bool, default False
        Replace what is there.

    Raises
    ------
    ParameterError
        If the format cannot be told.
    FormatError
        If an id or a name cannot be written so: a tab in a table, a control character in XML.
    ResourceError
        If the output is there, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> builder = GraphBuilder()
    >>> builder.edge("cat", "feline", "synonym")
    >>> path = Path(tempfile.mkdtemp()) / "edges.tsv"
    >>> write_graph(builder.build(), path)
    >>> path.read_text().splitlines()
    ['node1\\tnode2\\trelation\\tweight', 'cat\\tfeline\\tsynonym\\t1']
    """
    path = Path(path)
    require(format is None or format in OUTPUTS, "format", f"one of {', '.join(OUTPUTS)}", format)
    if format is None:
        format = next((f for f, endings in OUTPUTS.items() if path.name.lower().endswith(endings)), None)
    if format is None:
        endings = ", ".join(f"{ends[0]} ({name})" for name, ends in OUTPUTS.items())
        raise ParameterError(f"{path}: the ending must be one of {endings}; or name the format.")
    if format == "wvg":
        graph.save(path, overwrite=overwrite)
        return
    with writing(path, overwrite=overwrite) as stream:
        if format == "graphml":
            _write_graphml(graph, stream)
        else:
            for line in _edge_lines(graph) if format == "edges" else _lexicon_lines(graph):
                stream.write(line.encode("utf-8") + b"\n")


def _edge_lines(graph: KnowledgeGraph) -> Iterator[str]:
    yield "\t".join((*(("source", "target") if graph.directed else ("node1", "node2")), "relation", "weight"))
    for name in (*graph.concepts, *graph.relation_names):
        if any(ord(c) < 32 for c in name) or name != name.strip():
            raise FormatError(
                f"{name[:60]!r} cannot stand in a table: it has a control character or a blank at an end."
            )
    for source, target, relation, weight in graph.edges():
        yield f"{source}\t{target}\t{relation}\t{weight:.9g}"


def _lexicon_lines(graph: KnowledgeGraph) -> Iterator[str]:
    words = [_words(graph, number) for number in range(len(graph))]
    near: dict[str, set[str]] = {}
    for number, own in enumerate(words):
        span = slice(int(graph.indptr[number]), int(graph.indptr[number + 1]))
        others = {word for target in graph.indices[span].tolist() for word in words[target]} | set(own)
        for word in own:
            near.setdefault(word, set()).update(others)
    for word in sorted(near):
        others = near[word] - {word}
        if others:
            yield " ".join((word, *sorted(others)))


def _words(graph: KnowledgeGraph, number: int) -> list[str]:
    """Return the names of a concept as words without blanks; its id where the graph has no names."""
    if graph.terms is None:
        texts: tuple[str, ...] = (graph.concepts[number],)
    else:
        texts = graph.terms.texts[int(graph.terms.offsets[number]) : int(graph.terms.offsets[number + 1])]
    return ["_".join(text.split()) for text in texts]


def _write_graphml(graph: KnowledgeGraph, stream: IO[bytes]) -> None:
    import networkx

    for name in (*graph.concepts, *graph.relation_names, *(graph.terms.texts if graph.terms is not None else ())):
        if _NOT_XML.search(name):
            raise FormatError(f"{name[:60]!r} cannot stand in GraphML: it has a character that XML does not know.")
    result = graph.to_networkx()
    for _, attributes in result.nodes(data=True):
        if "terms" in attributes:
            terms = attributes.pop("terms")
            attributes["terms"] = "|".join(text for text, _ in terms)
            attributes["languages"] = "|".join(language for _, language in terms)
    for _, _, relation, attributes in result.edges(keys=True, data=True):
        attributes["relation"] = relation
    networkx.write_graphml_xml(result, stream, encoding="utf-8")
