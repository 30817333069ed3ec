"""Write a knowledge graph: ours, a table of edges, a lexicon for retrofitting, GraphML."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
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


def write_graph(
    graph: KnowledgeGraph, path: Path | str, *, format: str | None = None, overwrite: bool = False
) -> dict[str, int]:
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

    Returns
    -------
    dict of str to int
        What the format cannot hold and is left out: ``concepts`` with such ids and their ``edges``, ``names``. In a
        table that is what has a control character or a blank at an end, in GraphML what XML does not know.

    Raises
    ------
    ParameterError
        If the format cannot be told.
    FormatError
        If a relation, or every concept or edge, cannot be written so.
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
    {}
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
        return {}
    left_out: Counter[str] = Counter()
    with writing(path, overwrite=overwrite) as stream:
        if format == "graphml":
            _write_graphml(graph, stream, left_out)
        else:
            for line in _edge_lines(graph, left_out) if format == "edges" else _lexicon_lines(graph):
                stream.write(line.encode("utf-8") + b"\n")
    return {what: count for what, count in left_out.items() if count}


def _barred(graph: KnowledgeGraph, fits: Callable[[str], bool], why: str, left_out: Counter[str]) -> set[str]:
    """Return the concepts that a format cannot hold, and count them and their edges.

    Raises
    ------
    FormatError
        If that leaves nothing of the graph, or a relation cannot be held.
    """
    relation = next((name for name in graph.relation_names if not fits(name)), None)
    if relation is not None:
        raise FormatError(f"the relation {relation[:60]!r} {why}.")
    barred = {concept for concept in graph.concepts if not fits(concept)}
    left_out["concepts"] += len(barred)
    if barred:
        left_out["edges"] += sum(edge.source in barred or edge.target in barred for edge in graph.edges())
    if len(barred) == len(graph) or (barred and left_out["edges"] == graph.n_edges):
        raise FormatError(f"{min(barred)[:60]!r} {why}; without such concepts there is no edge left.")
    return barred


def _edge_lines(graph: KnowledgeGraph, left_out: Counter[str]) -> Iterator[str]:
    yield "\t".join((*(("source", "target") if graph.directed else ("node1", "node2")), "relation", "weight"))
    why = "cannot stand in a table: it has a control character or a blank at an end"
    barred = _barred(graph, lambda name: min(name) >= " " and name == name.strip(), why, left_out)
    for source, target, relation, weight in graph.edges():
        if source not in barred and target not in barred:
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


def _write_graphml(graph: KnowledgeGraph, stream: IO[bytes], left_out: Counter[str]) -> None:
    import networkx

    why = "cannot stand in GraphML: it has a character that XML does not know"
    barred = _barred(graph, _is_xml, why, left_out)
    result = graph.to_networkx()
    result.remove_nodes_from(barred)
    for _, attributes in result.nodes(data=True):
        if "terms" in attributes:
            terms = attributes.pop("terms")
            kept = [term for term in terms if _is_xml(term[0])]
            left_out["names"] += len(terms) - len(kept)
            attributes["terms"] = "|".join(text for text, _ in kept)
            attributes["languages"] = "|".join(language for _, language in kept)
    for _, _, relation, attributes in result.edges(keys=True, data=True):
        attributes["relation"] = relation
    networkx.write_graphml_xml(result, stream, encoding="utf-8")


def _is_xml(text: str) -> bool:
    return not _NOT_XML.search(text)
