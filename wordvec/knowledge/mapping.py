"""A lexicon from a graph: edges between the words of linked concepts, and between the names of one concept."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError, require, similar_words
from ..lexicon import Lexicon, make_csr
from ..text.vocabulary import Vocabulary
from .concept_map import LEMMA, NONE, TOKENS, WAYS, ConceptMap, Match, map_concepts
from .graph import KnowledgeGraph
from .inverses import pair_inverses

__all__ = ["WAYS", "ConceptMap", "Match", "make_lexicon", "map_concepts"]

SYNONYM, TOKEN = "synonym", "token"
#: Edges of the graph that are spelled out at once.
_TOGETHER = 1 << 18


def make_lexicon(
    graph: KnowledgeGraph,
    vocabulary: Vocabulary,
    *,
    relations: Iterable[str] | None = None,
    languages: Iterable[str] | None = None,
    relation_weights: Mapping[str, float] | None = None,
    synonyms: bool = True,
    extras: bool = False,
    both_ways: bool = True,
    max_names: int = 5,
    lemmatize: Mapping[str, str] | Callable[[str], str] | None = None,
) -> Lexicon:
    """Link the words of linked concepts, and the names of one concept with each other.

    A concept stands for the words that are its names (see :func:`map_concepts`); a name that is only known by its
    tokens stands for no word. A word that is a name of several concepts has the edges of all of them.

    Parameters
    ----------
    graph : KnowledgeGraph
        Concepts, names and edges.
    vocabulary : Vocabulary
        The words of the vectors.
    relations : iterable of str, optional
        Only edges of these relations; all by default.
    languages, lemmatize
        As for :func:`map_concepts`.
    relation_weights : mapping of str to float, optional
        Weights of edges are multiplied by that of their relation (``"synonym"`` among them); 1 by default, 0 leaves
        them out.
    synonyms : bool, default True
        Whether the names of one concept are linked, by the relation ``"synonym"``.
    extras : bool, default False
        Whether names that are no word become nodes, named ``heart_attack``, which those of their tokens that are
        words pull on (relation ``"token"``, in that direction only); a concept without any name gets a node of its
        id. For expanded retrofitting.
    both_ways : bool, default True
        Whether both ends of a directed edge pull on each other; else the source is pulled to the target only.
    max_names : int >= 1, default 5
        So many names of a concept, the most frequent ones, are linked with each other and with those of other
        concepts: at most ``max_names ** 2`` pairs for an edge. Further names are linked with the most frequent one.

    Returns
    -------
    Lexicon
        Where the same words are linked twice by one relation, the heavier edge stays; so it does, if ``both_ways``,
        where a relation and its inverse (``hypernym`` and ``hyponym``, ``isa`` and ``inverse_isa``) link them, as an
        edge of the relation that leads to the more general end: its weight in ``relation_weights`` is that of both,
        unless only the other has one. The order of the graph's
        edges and names does not matter. ``metadata`` has the counts: names and concepts by the way they were found,
        names of several concepts, edges by relation, pairs beyond ``max_names``, duplicates, inverses, edges of a word
        with itself, edges of concepts without a word.

    Raises
    ------
    ParameterError
        If the graph has no such relation or language, or a weight is negative or not finite.
    FormatError
        If nothing is linked; says what both sides look like.

    Examples
    --------
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> builder = GraphBuilder()
    >>> for concept, text in [("D1", "heart attack"), ("D1", "infarction"), ("D2", "stroke")]:
    ...     builder.term(concept, text)
    >>> builder.edge("D1", "D2", "related")
    >>> vocabulary = Vocabulary.from_counts({"heart_attack": 3, "stroke": 2, "infarction": 1})
    >>> lexicon = make_lexicon(builder.build(), vocabulary)
    >>> lexicon
    Lexicon(3 of 3 words, 3 edges: related, synonym)
    >>> lexicon.neighbors("heart_attack")
    ['stroke', 'infarction']
    """
    require(isinstance(max_names, int) and max_names >= 1, "max_names", "an integer >= 1", max_names)
    chosen = _choose_relations(graph, relations)
    weights = _check_weights(graph, relation_weights)
    found = map_concepts(graph, vocabulary, languages=languages, lemmatize=lemmatize)
    left_out: Counter[str] = Counter()
    nodes = _name_nodes(found, extras)
    names = sorted({graph.relation_names[r] for r in chosen.tolist()} | {SYNONYM} | ({TOKEN} if extras else set()))
    parts = list(_link_concepts(graph, nodes, chosen, names, max_names, both_ways or not graph.directed, left_out))
    if synonyms:
        parts.append(_link_synonyms(nodes, names.index(SYNONYM), max_names, left_out))
    if extras:
        parts.append(_link_tokens(found, nodes, names.index(TOKEN)))
    factors = np.array([weights.get(name, 1.0) for name in names])
    inverses = pair_inverses(names, weights) if both_ways or not graph.directed else []
    edges = _merge(parts, factors, inverses, left_out)
    if not len(edges.sources):
        raise FormatError(_describe_nothing(graph, vocabulary, found, left_out))
    used = np.unique(edges.relations)
    n = len(vocabulary) + len(nodes.extras)
    csr = make_csr(edges.sources, edges.targets, edges.weights, np.searchsorted(used, edges.relations), n)
    relation_names = tuple(names[r] for r in used.tolist())
    metadata = _describe(graph, found, edges, names, left_out, relation_weights, max_names)
    return Lexicon(vocabulary, *csr, relation_names, nodes.extras, metadata)


class _Nodes(NamedTuple):
    """The nodes that each concept stands for, the most frequent words first, then extras.

    ``offsets`` is int64[N + 1], ``numbers`` int64[nodes of concepts], ``extras`` their names.
    """

    offsets: NDArray[np.int64]
    numbers: NDArray[np.int64]
    extras: tuple[str, ...]
    places: Mapping[str, int]


class _Edges(NamedTuple):
    sources: NDArray[np.int64]
    targets: NDArray[np.int64]
    relations: NDArray[np.int64]
    weights: NDArray[np.float64]


def _choose_relations(graph: KnowledgeGraph, relations: Iterable[str] | None) -> NDArray[np.int64]:
    """Return the numbers of the relations that are wanted."""
    names = graph.relation_names
    if relations is None:
        return np.arange(len(names))
    wanted = [relations] if isinstance(relations, str) else list(relations)
    for name in wanted:
        if name not in names and name != SYNONYM:
            near = similar_words(name, names)
            hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else f" It has {', '.join(names[:10])}."
            raise ParameterError(f"relations must be among those of the graph, got {name!r}.{hint}")
    return np.array(sorted(names.index(name) for name in set(wanted) & set(names)), np.int64)


def _check_weights(graph: KnowledgeGraph, weights: Mapping[str, float] | None) -> Mapping[str, float]:
    for name, weight in (weights or {}).items():
        known = name in (*graph.relation_names, SYNONYM, TOKEN)
        require(known, "relation_weights", f"of {', '.join((*graph.relation_names[:10], SYNONYM))}", name)
        sound = isinstance(weight, int | float) and 0 <= weight < 3e38
        require(sound, f"relation_weights[{name!r}]", "a finite number from 0", weight)
    return weights or {}


def _name_nodes(found: ConceptMap, extras: bool) -> _Nodes:
    """Return which nodes each concept stands for, each once."""
    n, size = len(found.graph), len(found.vocabulary)
    owners = np.repeat(np.arange(n), np.diff(found.offsets))
    is_word = found.ways <= LEMMA
    words = found.rows[found.row_offsets[:-1][is_word]].astype(np.int64)
    keys = owners[is_word] * (1 << 40) + words
    index: dict[str, int] = {}
    if extras:
        others = np.flatnonzero(~is_word).tolist()
        bare = np.flatnonzero(np.diff(found.offsets) == 0).tolist()
        named = {found.nodes[t] for t in others} | {found.graph.concepts[i] for i in bare}
        index = {name: size + i for i, name in enumerate(sorted(named - set(found.vocabulary.index)))}
        more = [(int(owners[t]), index[found.nodes[t]]) for t in others if found.nodes[t] in index]
        more += [(i, index[found.graph.concepts[i]]) for i in bare if found.graph.concepts[i] in index]
        keys = np.concatenate([keys, np.array([i * (1 << 40) + node for i, node in more], np.int64)])
    keys = np.unique(keys)  # words are numbered by frequency, so a concept's most frequent name comes first
    offsets = np.searchsorted(keys, np.arange(n + 1) * (1 << 40))
    return _Nodes(offsets.astype(np.int64), keys & ((1 << 40) - 1), tuple(index), index)


def _link_concepts(
    graph: KnowledgeGraph,
    nodes: _Nodes,
    chosen: NDArray[np.int64],
    names: list[str],
    max_names: int,
    both_ways: bool,
    left_out: Counter[str],
) -> Iterable[_Edges]:
    """Yield the pairs of words of linked concepts."""
    sizes = np.diff(nodes.offsets)
    place = np.array([names.index(name) if name in names else -1 for name in graph.relation_names], np.int64)
    sources = np.repeat(np.arange(len(graph)), np.diff(graph.indptr))
    kept = np.isin(graph.relations, chosen)
    if not graph.directed:
        kept &= sources <= graph.indices
    every = np.flatnonzero(kept)
    known = (sizes[sources[every]] > 0) & (sizes[graph.indices[every]] > 0)
    left_out["edges_of_concepts_without_a_word"] += int(np.count_nonzero(~known))
    every = every[known]
    for start in range(0, len(every), _TOGETHER):
        edges = every[start : start + _TOGETHER]
        first, second = sources[edges], graph.indices[edges].astype(np.int64)
        widths = np.minimum(sizes[first], max_names), np.minimum(sizes[second], max_names)
        pairs = widths[0] * widths[1]
        left_out["pairs_beyond_max_names"] += int((sizes[first] * sizes[second] - pairs).sum())
        which = np.repeat(np.arange(len(edges)), pairs)
        inside = np.arange(len(which)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
        a = nodes.numbers[nodes.offsets[first][which] + inside // widths[1][which]]
        b = nodes.numbers[nodes.offsets[second][which] + inside % widths[1][which]]
        part = _Edges(a, b, place[graph.relations[edges]][which], graph.weights[edges][which].astype(np.float64))
        yield _both(part) if both_ways else part


def _link_synonyms(nodes: _Nodes, relation: int, max_names: int, left_out: Counter[str]) -> _Edges:
    """Return the pairs of names of one concept."""
    sizes = np.diff(nodes.offsets)
    pairs: list[tuple[int, int]] = []
    for concept in np.flatnonzero(sizes > 1).tolist():
        here = nodes.numbers[nodes.offsets[concept] : nodes.offsets[concept + 1]].tolist()
        core = here[:max_names]
        pairs += [(a, b) for i, a in enumerate(core) for b in core[i + 1 :]]
        pairs += [(core[0], b) for b in here[max_names:]]
        left_out["pairs_beyond_max_names"] += len(here) * (len(here) - 1) // 2
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    if len(pairs):
        left_out["pairs_beyond_max_names"] -= len(pairs)
    return _both(_Edges(ends[:, 0], ends[:, 1], np.full(len(ends), relation), np.ones(len(ends))))


def _link_tokens(found: ConceptMap, nodes: _Nodes, relation: int) -> _Edges:
    """Return the edges that lead from names without a row to the words among their tokens."""
    times: dict[tuple[int, int], int] = {}
    for term in np.flatnonzero(found.ways == TOKENS).tolist():
        node = nodes.places.get(found.nodes[term], -1)
        rows = Counter(found.rows[found.row_offsets[term] : found.row_offsets[term + 1]].tolist())
        if node >= 0:
            times.update({(node, row): max(n, times.get((node, row), 0)) for row, n in rows.items()})
    ends = np.array(list(times), np.int64).reshape(-1, 2)
    return _Edges(ends[:, 0], ends[:, 1], np.full(len(ends), relation), np.array(list(times.values()), np.float64))


def _both(edges: _Edges) -> _Edges:
    """Return edges and their reverse."""
    return _Edges(
        np.concatenate([edges.sources, edges.targets]),
        np.concatenate([edges.targets, edges.sources]),
        np.tile(edges.relations, 2),
        np.tile(edges.weights, 2),
    )


def _merge(
    parts: list[_Edges], factors: NDArray[np.float64], inverses: list[tuple[int, int]], left_out: Counter[str]
) -> _Edges:
    """Return all edges, each once and none beside its inverse, without loops and those of no weight."""
    edges = _Edges(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    loops = edges.sources == edges.targets
    left_out["loops"] += int(np.count_nonzero(loops))
    edges, count = _distinct(edges, np.flatnonzero(~loops))
    left_out["duplicates"] += count
    for kept, other in inverses:
        either = np.flatnonzero((edges.relations == kept) | (edges.relations == other))
        keys = edges.sources[either] * (1 << 32) + edges.targets[either]
        _, place, times = np.unique(keys, return_inverse=True, return_counts=True)
        edges.relations[either[times[place] > 1]] = kept
    if inverses:
        edges, left_out["inverses"] = _distinct(edges, np.arange(len(edges.sources)))
    weights = edges.weights * factors[edges.relations]
    weightless = weights.astype(np.float32) == 0
    left_out["zero_weights"] += int(np.count_nonzero(weightless))
    return _take(edges._replace(weights=weights), np.flatnonzero(~weightless))


def _distinct(edges: _Edges, chosen: NDArray[np.int64]) -> tuple[_Edges, int]:
    """Return the chosen edges in order, of equal ones the heaviest, and how many are not among them."""
    ends = edges.sources[chosen], edges.targets[chosen], edges.relations[chosen]
    order = chosen[np.lexsort((-edges.weights[chosen], ends[2], ends[1], ends[0]))]
    sources, targets, relations = edges.sources[order], edges.targets[order], edges.relations[order]
    fresh = np.ones(len(order), bool)
    fresh[1:] = (np.diff(sources) != 0) | (np.diff(targets) != 0) | (np.diff(relations) != 0)
    return _take(edges, order[fresh]), int(np.count_nonzero(~fresh))


def _take(edges: _Edges, chosen: NDArray[np.int64]) -> _Edges:
    """Return copies of the chosen edges."""
    return _Edges(edges.sources[chosen], edges.targets[chosen], edges.relations[chosen], edges.weights[chosen])


def _describe(
    graph: KnowledgeGraph,
    found: ConceptMap,
    edges: _Edges,
    names: list[str],
    left_out: Counter[str],
    relation_weights: Mapping[str, float] | None,
    max_names: int,
) -> dict[str, Any]:
    """Return the metadata of a lexicon."""
    source = {key: graph.metadata[key] for key in ("source", "format", "sha256") if key in graph.metadata}
    ambiguous = found.ambiguous
    missed = sum("_" in found.nodes[term] for term in np.flatnonzero(found.ways > LEMMA).tolist())
    return {
        "graph": {**source, "concepts": len(graph), "edges": graph.n_edges},
        "found": found.counts,
        "named_concepts": int(np.count_nonzero(np.diff(found.offsets))),
        "phrases_missed": missed,
        "unmapped_concepts": int(np.count_nonzero(found.best == NONE)),
        "ambiguous_names": len(ambiguous),
        "ambiguous_examples": list(ambiguous)[:10],
        "edges": {name: int(np.count_nonzero(edges.relations == r)) for r, name in enumerate(names)},
        "relation_weights": dict(sorted((relation_weights or {}).items())),
        "max_names": max_names,
        "left_out": {reason: n for reason, n in sorted(left_out.items()) if n},
    }


def _describe_nothing(
    graph: KnowledgeGraph, vocabulary: Vocabulary, found: ConceptMap, left_out: Mapping[str, int]
) -> str:
    """Return why nothing is linked, and what both sides look like."""
    theirs = ", ".join(map(repr, found.texts[:3])) or "no names"
    ours = ", ".join(map(repr, vocabulary.words[:3]))
    counts = ", ".join(f"{n:,} {way}" for way, n in found.counts["concepts"].items() if n)
    why = ", ".join(f"{n:,} {reason.replace('_', ' ')}" for reason, n in left_out.items() if n)
    why = f"; left out: {why}" if why else ""
    return (
        f"the graph links no two words of the vocabulary: its {len(graph):,} concepts ({theirs}) were found as "
        f"{counts}; the {len(vocabulary):,} words begin with {ours}{why}. Look at languages, case, and at phrases "
        "(wordvec encode --phrases-from)."
    )
