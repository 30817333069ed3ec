"""From what a reader meets, line by line, to a graph; what is left out is counted."""

import math
from array import array
from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, require
from .graph import KnowledgeGraph, Terms
from .packing import edge_keys, give_back_memory, pack_edges

__all__ = ["GraphBuilder"]

_MAX_RELATIONS = 1 << 16
#: What is known of a concept.
_DEFINED, _WORD = 1, 2


class GraphBuilder:
    """Gather concepts, names and edges in any order, then :meth:`build` a graph.

    The graph does not depend on the order in which edges come: an edge that comes again keeps its largest weight.
    What is left out is counted: ``loops`` (edges from a concept to itself), ``duplicates``, ``zero_weights``,
    ``dangling`` (edges to concepts that are not defined), ``empty_terms``, ``duplicate_terms``. It holds ten bytes an
    edge, fourteen if weights differ, and hands all over when it builds: it builds once.

    Parameters
    ----------
    directed : bool, default False
        Whether the direction of edges says something.
    closed : bool, default False
        Concepts exist only if :meth:`concept`, :meth:`word` or :meth:`term` names them; edges to others are
        dangling. Otherwise an edge makes its ends.

    Examples
    --------
    >>> builder = GraphBuilder(directed=True)
    >>> builder.term("D001", "Heart attack", "eng")
    >>> builder.edge("D001", "D002", "isa")
    >>> builder.edge("D001", "D001", "isa")
    >>> graph = builder.build()
    >>> graph.terms_of("D001"), graph.metadata["left_out"]
    ((Term(text='Heart attack', language='eng'),), {'loops': 1})
    """

    def __init__(self, *, directed: bool = False, closed: bool = False) -> None:
        self.directed, self.closed = directed, closed
        self.left_out: Counter[str] = Counter()
        self._numbers: dict[str, int] = {}
        self._defined = bytearray()
        self._relations: dict[str, int] = {}
        self._languages: dict[str, int] = {}
        self._edges = array("i"), array("i"), array("H")
        self._weights: array[float] | None = None  # made when one is not 1
        self._texts: list[str] = []
        self._owners, self._codes, self._ranks = array("i"), array("H"), array("B")

    def __contains__(self, concept: object) -> bool:
        return concept in self._numbers

    def concept(self, concept: str) -> None:
        """Say that a concept exists."""
        self._defined[self._number(concept)] |= _DEFINED

    def word(self, concept: str) -> None:
        """Say that a concept is a word: where others have names and it is given none, it is its own name."""
        self._defined[self._number(concept)] |= _DEFINED | _WORD

    def term(self, concept: str, text: str, language: str = "", rank: int = 0) -> None:
        """Give a concept a name; underscores and runs of blanks become one blank.

        Parameters
        ----------
        concept : str
            Its id.
        text, language : str
            The name.
        rank : int, default 0
            From 0 to 255. Names of a concept stand by rank, then in the order in which they came; the first is the
            preferred one.
        """
        self.concept(concept)
        text = " ".join(text.replace("_", " ").split())
        if not text:
            self.left_out["empty_terms"] += 1
            return
        self._texts.append(text)
        self._owners.append(self._numbers[concept])
        self._codes.append(self._languages.setdefault(language, len(self._languages)))
        self._ranks.append(rank)

    def edge(
        self, source: str, target: str, relation: str = "related", weight: float = 1.0, where: str = "edge"
    ) -> None:
        """Add an edge.

        Parameters
        ----------
        source, target : str
            Ids of concepts.
        relation : str, default "related"
            What the target is to the source.
        weight : float, default 1
            From 0; edges of weight 0 are left out and counted.
        where : str, default "edge"
            File and line, for a message.

        Raises
        ------
        FormatError
            If the weight is negative, NaN, infinite or no number, or there are more than 65,536 relations.
        """
        if weight != 1.0:
            weight = self._check_weight(weight, where)
        if source == target or weight == 0:
            self.left_out["loops" if source == target else "zero_weights"] += 1
            return
        number = self._relations.setdefault(relation, len(self._relations))
        if number >= _MAX_RELATIONS:
            raise FormatError(f"{where}: more than {_MAX_RELATIONS:,} relations; is {relation[:40]!r} one?")
        sources, targets, relations = self._edges
        sources.append(self._number(source))
        targets.append(self._number(target))
        relations.append(number)
        if self._weights is not None:
            self._weights.append(weight)

    def _check_weight(self, weight: float, where: str) -> float:
        """Return a weight that is not 1 as a number; from now on edges have weights of their own."""
        try:
            weight = float(weight)
        except (TypeError, ValueError):
            weight = math.nan
        if not 0 <= weight < 3e38:
            raise FormatError(f"{where}: a weight must be a finite number from 0, got {weight:g}.")
        if self._weights is None:
            self._weights = array("f", [1.0]) * len(self._edges[0])
        return weight

    def build(self, metadata: Mapping[str, Any] | None = None) -> KnowledgeGraph:
        """Return the graph.

        Parameters
        ----------
        metadata : mapping, optional
            Kept in the graph, with ``left_out`` added.

        Raises
        ------
        FormatError
            If there is no concept.
        """
        if not self._numbers:
            raise FormatError("the graph is empty: no concept and no edge was read.")
        place, concepts = self._sorted_concepts()
        if self._texts:
            self._name_words()
        self._numbers = {}
        terms = self._make_terms(place, len(concepts)) if self._texts else None
        names, relation_place = _sorted_names(self._relations)
        sizes = len(concepts), len(names)
        keys, weights = self._kept_edges(place, relation_place, sizes)
        del place
        packed = pack_edges(keys, weights, *sizes, directed=self.directed)
        del keys, weights
        give_back_memory()
        self.left_out["duplicates"] += packed.duplicates
        facts = dict(metadata or {}) | {"left_out": {k: v for k, v in sorted(self.left_out.items()) if v}}
        return KnowledgeGraph(
            concepts,
            packed.indptr,
            packed.indices,
            packed.relations,
            packed.weights,
            names,
            self.directed,
            terms,
            facts,
        )

    def _number(self, concept: str) -> int:
        number = self._numbers.get(concept)
        if number is None:
            require(concept != "", "concept", "an id that is not empty", concept)
            number = self._numbers[concept] = len(self._numbers)
            self._defined.append(0)
        return number

    def _name_words(self) -> None:
        """Make words that have no name names of themselves."""
        named = set(self._owners)
        for concept, number in self._numbers.items():
            if self._defined[number] & _WORD and number not in named:
                self.term(concept, concept)

    def _sorted_concepts(self) -> tuple[NDArray[np.int32], tuple[str, ...]]:
        """Return the place of each concept in code-point order (-1: not defined), and those that are kept."""
        defined = np.frombuffer(bytes(self._defined), np.uint8)
        kept = sorted(c for c, n in self._numbers.items() if not self.closed or defined[n])
        place = np.full(len(self._numbers), -1, np.int32)
        for new, concept in enumerate(kept):
            place[self._numbers[concept]] = new
        return place, tuple(kept)

    def _kept_edges(
        self, place: NDArray[np.int32], relation_place: NDArray[np.int64], sizes: tuple[int, int]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32] | None]:
        """Hand over keys and weights (None: all 1) of the edges between defined concepts."""
        first, second, relation = (np.frombuffer(column, dtype=column.typecode) for column in self._edges)
        weight = None if self._weights is None else np.frombuffer(self._weights, np.float32)
        self._edges, self._weights = (array("i"), array("i"), array("H")), None
        source = place[first]
        del first
        target = place[second]
        del second
        relation = relation_place.astype(np.uint16)[relation]
        if self.closed:
            known = (source >= 0) & (target >= 0)
            self.left_out["dangling"] += int(np.count_nonzero(~known))
            source, target, relation = source[known], target[known], relation[known]
            weight = None if weight is None else weight[known]
        return edge_keys(source, target, relation, *sizes, directed=self.directed), weight

    def _make_terms(self, place: NDArray[np.int32], n_concepts: int) -> Terms:
        """Return the names in the order of concepts, each name of a concept and a language once."""
        languages, language_place = _sorted_names(self._languages)
        owners = place[np.frombuffer(self._owners, self._owners.typecode)]
        codes = language_place[np.frombuffer(self._codes, self._codes.typecode)]
        texts: list[str] = []
        kept_codes: list[int] = []
        kept_owners: list[int] = []
        seen: set[tuple[int, int, str]] = set()
        ranks = np.frombuffer(self._ranks, np.uint8)
        for i in np.lexsort((ranks, owners)).tolist():
            key = int(owners[i]), int(codes[i]), self._texts[i]
            if key in seen:
                self.left_out["duplicate_terms"] += 1
                continue
            if kept_owners and kept_owners[-1] != key[0]:
                seen.clear()
            seen.add(key)
            kept_owners.append(key[0])
            kept_codes.append(key[1])
            texts.append(key[2])
        self._texts = []
        offsets = np.zeros(n_concepts + 1, np.int64)
        np.cumsum(np.bincount(np.array(kept_owners, np.int64), minlength=n_concepts), out=offsets[1:])
        return Terms(tuple(texts), np.array(kept_codes, np.uint16), offsets, languages)


def _sorted_names(numbers: Mapping[str, int]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return names in code-point order, and for each number so far its place among them."""
    names = tuple(sorted(numbers))
    place = np.zeros(len(names), np.int64)
    for new, name in enumerate(names):
        place[numbers[name]] = new
    return names, place
