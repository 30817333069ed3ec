"""What is in a knowledge graph: sizes, relations, cycles, names that mean several things, what was left out."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .graph import KnowledgeGraph

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ambiguous_names", "describe_graph", "find_cycles"]

#: Relations whose target is above the source, without underscores and in lower case; and those whose target is below.
_HIERARCHIES = {
    "is a": (
        {"isa", "hypernym", "instancehypernym", "instanceof", "parent", "broader", "subclassof"},
        {"inverseisa", "hyponym", "instancehyponym", "child", "narrower", "hassubclass"},
    ),
    "part of": (
        {"partof", "partholonym", "memberholonym", "substanceholonym"},
        {"haspart", "partmeronym", "membermeronym", "substancemeronym"},
    ),
}
#: So many relations and languages have a row of their own.
_ROWS = 30


def find_cycles(graph: KnowledgeGraph) -> dict[str, tuple[str, ...]]:
    """Return, for each kind of hierarchy, the concepts that are above themselves.

    Relations of a kind are taken together: ``hypernym``, ``is_a``, ``parent`` and the like as they are, ``hyponym``,
    ``child`` and the like the other way round. A concept is on a cycle if it shares a strongly connected component
    with another one.

    Parameters
    ----------
    graph : KnowledgeGraph
        Undirected ones have no hierarchies.

    Returns
    -------
    dict of str to tuple of str
        ``"is a"`` and ``"part of"``, as far as the graph has such relations, to ids in code-point order.

    Examples
    --------
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> builder = GraphBuilder(directed=True)
    >>> for source, target, relation in [("a", "b", "is_a"), ("a", "b", "child"), ("c", "a", "is_a")]:
    ...     builder.edge(source, target, relation)
    >>> find_cycles(builder.build())
    {'is a': ('a', 'b')}
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    found: dict[str, tuple[str, ...]] = {}
    if not graph.directed:
        return found
    plain = [name.lower().replace("_", "").replace("-", "").replace(" ", "") for name in graph.relation_names]
    sources = np.repeat(np.arange(len(graph), dtype=np.int32), np.diff(graph.indptr))
    for kind, (up, down) in _HIERARCHIES.items():
        way = np.array([(name in up) - (name in down) for name in plain], np.int8)[graph.relations]
        if not way.any():
            continue
        low = np.concatenate([sources[way > 0], graph.indices[way < 0]])
        high = np.concatenate([graph.indices[way > 0], sources[way < 0]])
        matrix = csr_array((np.ones(len(low), np.int8), (low, high)), shape=(len(graph), len(graph)))
        _, labels = connected_components(matrix, directed=True, connection="strong")
        found[kind] = tuple(graph.concepts[i] for i in np.flatnonzero(np.bincount(labels)[labels] > 1))
    return found


def ambiguous_names(graph: KnowledgeGraph) -> dict[tuple[str, str], int]:
    """Return the names that several concepts have in one language, with how many.

    Parameters
    ----------
    graph : KnowledgeGraph
        Without names nothing is ambiguous.

    Returns
    -------
    dict of (str, str) to int
        Text and language, case kept, to number of concepts; the most ambiguous first, then in code-point order.
    """
    if graph.terms is None:
        return {}
    terms = graph.terms
    counts = Counter(zip(terms.texts, terms.languages.tolist(), strict=True))
    several = [(key, count) for key, count in counts.items() if count > 1]
    several.sort(key=lambda item: (-item[1], item[0]))
    return {(text, terms.language_names[code]): count for (text, code), count in several}


def describe_graph(graph: KnowledgeGraph) -> "pd.DataFrame":
    """Describe a graph.

    Parameters
    ----------
    graph : KnowledgeGraph
        As it was read.

    Returns
    -------
    pandas.DataFrame
        Columns ``property`` and ``value``, both text: concepts, names by language, edges by relation, weights,
        degrees, cycles, ambiguous names, where it comes from, what was left out.

    Examples
    --------
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> builder = GraphBuilder()
    >>> builder.edge("cat", "feline", "synonym")
    >>> describe_graph(builder.build()).values.tolist()[1:4]
    [['names', 'the concepts themselves'], ['edges', '1, in both directions'], ['edges synonym', '1']]
    """
    import pandas as pd

    rows = [*_names(graph), *_edges(graph), *_troubles(graph), *_origin(graph.metadata)]
    return pd.DataFrame([(name, str(value)) for name, value in rows], columns=["property", "value"])


def _names(graph: KnowledgeGraph) -> Iterator[tuple[str, Any]]:
    yield "concepts", f"{len(graph):,}"
    if graph.terms is None:
        yield "names", "the concepts themselves"
        return
    terms = graph.terms
    several = sum(" " in text for text in terms.texts)
    yield "names", f"{len(terms.texts):,}, of them {several:,} of several words"
    unnamed = int(np.count_nonzero(np.diff(terms.offsets) == 0))
    if unnamed:
        yield "concepts without a name", f"{unnamed:,}"
    counts = np.bincount(terms.languages, minlength=len(terms.language_names))
    if terms.language_names != ("",):
        yield from _largest("names in", [name or "no language" for name in terms.language_names], counts)


def _edges(graph: KnowledgeGraph) -> Iterator[tuple[str, Any]]:
    yield "edges", f"{graph.n_edges:,}, {'in one direction' if graph.directed else 'in both directions'}"
    counts = np.bincount(graph.relations, minlength=len(graph.relation_names))
    yield from _largest("edges", graph.relation_names, counts if graph.directed else counts // 2)
    if not len(graph.indices):
        return
    low, high = float(graph.weights.min()), float(graph.weights.max())
    yield "weights", f"{low:g}" if low == high else f"{low:g} to {high:g}"
    degrees = np.diff(graph.indptr)
    if graph.directed:
        degrees = degrees + np.bincount(graph.indices, minlength=len(graph))
    largest = int(degrees.argmax())
    yield "edges of a concept", f"{degrees.mean():.1f} on average, {int(np.median(degrees)):,} in the middle"
    yield "most edges", f"{int(degrees[largest]):,}: {_call(graph, largest)}"
    yield "concepts without edges", f"{int(np.count_nonzero(degrees == 0)):,}"


def _troubles(graph: KnowledgeGraph) -> Iterator[tuple[str, Any]]:
    for kind, concepts in find_cycles(graph).items():
        some = f": {', '.join(concepts[:5])}{', …' if len(concepts) > 5 else ''}" if concepts else ""
        yield f"concepts on a cycle of {kind}", f"{len(concepts):,}{some}"
    if graph.terms is not None:
        names = ambiguous_names(graph)
        some = ", ".join(f"{text} ({count})" for (text, _), count in list(names.items())[:5])
        yield (
            "names of several concepts",
            f"{len(names):,}{': ' + some if some else ''}{', …' if len(names) > 5 else ''}",
        )


def _origin(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    left_out = metadata.get("left_out", {})
    for what, count in left_out.items():
        yield f"left out: {what.replace('_', ' ')}", f"{count:,}"
    if not left_out:
        yield "left out", "nothing"
    for what, count in list(metadata.get("semantic_types", {}).items())[:_ROWS]:
        yield f"semantic type {what}", f"{count:,}"
    for note in metadata.get("notes", ()):
        yield "note", note
    for key in ("format", "source", "sha256"):
        if metadata.get(key):
            yield key, metadata[key]


def _largest(what: str, names: Any, counts: NDArray[Any]) -> Iterator[tuple[str, str]]:
    """Yield a row for each of the largest, and one for the others."""
    order = sorted(range(len(names)), key=lambda i: (-int(counts[i]), names[i]))
    for i in order[:_ROWS]:
        yield f"{what} {names[i]}", f"{int(counts[i]):,}"
    if len(order) > _ROWS:
        yield f"{what} {len(order) - _ROWS:,} others", f"{int(counts[order[_ROWS:]].sum()):,}"


def _call(graph: KnowledgeGraph, number: int) -> str:
    """Return the id of a concept and its preferred name, if it has one."""
    concept = graph.concepts[number]
    if graph.terms is None or graph.terms.offsets[number] == graph.terms.offsets[number + 1]:
        return concept
    return f"{concept} ({graph.terms.texts[int(graph.terms.offsets[number])]})"
