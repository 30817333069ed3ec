"""From concepts to words: which rows of a vocabulary the names of a graph's concepts are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from ..text.tokenize import spell, tokenize
from ..text.vocabulary import Vocabulary
from .graph import KnowledgeGraph

__all__ = ["WAYS", "ConceptMap", "Match", "map_concepts"]

#: How a name can be found, the surest way first.
WAYS = ("exact", "lower", "phrase", "lemma", "tokens", "none")
EXACT, LOWER, PHRASE, LEMMA, TOKENS, NONE = range(len(WAYS))


class Match(NamedTuple):
    """How one name of a concept was found.

    Parameters
    ----------
    text, language : str
        The name.
    way : str
        One of :data:`WAYS`.
    words : tuple of str
        The word of the vocabulary, or those of its tokens that are known.
    known : float
        Share of its tokens that are known: 1 unless ``way`` is ``"tokens"`` or ``"none"``.
    """

    text: str
    language: str
    way: str
    words: tuple[str, ...]
    known: float


@dataclass(frozen=True, eq=False)
class ConceptMap:
    """How each name of each concept was found in a vocabulary; made by :func:`map_concepts`.

    Parameters
    ----------
    graph : KnowledgeGraph
        Whose concepts.
    vocabulary : Vocabulary
        Whose words.
    texts : tuple of str
        All names that were looked for, those of concept ``i`` from ``offsets[i]`` to ``offsets[i + 1] - 1``.
    languages : tuple of str
        The language of each.
    offsets : int64[N + 1]
        Where the names of each concept begin.
    ways : uint8[T]
        How each was found: a place in :data:`WAYS`.
    row_offsets, rows : int64[T + 1], int32[R]
        Rows of name ``t`` are ``rows[row_offsets[t]:row_offsets[t + 1]]``: one, or those of its known tokens.
    known : float32[T]
        Share of its tokens that are known.
    nodes : tuple of str
        Each name as the word it would be: ``heart_attack``.

    Examples
    --------
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> builder = GraphBuilder()
    >>> for text in ("Heart attack", "Infarct of the heart"):
    ...     builder.term("D1", text)
    >>> builder.term("D2", "Pleurisy")
    >>> vocabulary = Vocabulary.from_counts({"heart_attack": 3, "heart": 2})
    >>> found = map_concepts(builder.build(), vocabulary)
    >>> found.counts["concepts"]
    {'exact': 0, 'lower': 0, 'phrase': 1, 'lemma': 0, 'tokens': 0, 'none': 1}
    >>> found.matches("D1")[1]
    Match(text='Infarct of the heart', language='', way='tokens', words=('heart',), known=0.25)
    >>> found.unmapped
    ('D2',)
    """

    graph: KnowledgeGraph
    vocabulary: Vocabulary
    texts: tuple[str, ...]
    languages: tuple[str, ...]
    offsets: NDArray[np.int64]
    ways: NDArray[np.uint8]
    row_offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    known: NDArray[np.float32]
    nodes: tuple[str, ...]

    def __repr__(self) -> str:
        counts = self.counts["concepts"]
        shown = ", ".join(f"{n:,} {way}" for way, n in counts.items() if n)
        return f"ConceptMap({len(self.graph):,} concepts: {shown})"

    @property
    def best(self) -> NDArray[np.uint8]:
        """uint8[N]: the surest way in which a name of each concept was found."""
        best = np.full(len(self.graph), NONE, np.uint8)
        owners = np.repeat(np.arange(len(self.graph)), np.diff(self.offsets))
        np.minimum.at(best, owners, self.ways)
        return best

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many names (``"terms"``) and concepts were found in which way; a concept by its surest name."""
        return {
            what: dict(zip(WAYS, np.bincount(ways, minlength=len(WAYS)).tolist(), strict=True))
            for what, ways in (("terms", self.ways), ("concepts", self.best))
        }

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Concepts of which nothing is known, in the order of the graph."""
        return tuple(self.graph.concepts[i] for i in np.flatnonzero(self.best == NONE).tolist())

    @property
    def ambiguous(self) -> dict[str, tuple[str, ...]]:
        """Names of several concepts, spelled as a word, and whose they are; nothing is guessed."""
        owners: dict[str, list[int]] = {}
        for concept, (first, last) in enumerate(zip(self.offsets[:-1], self.offsets[1:], strict=True)):
            for node in sorted(set(self.nodes[first:last])):
                owners.setdefault(node, []).append(concept)
        concepts = self.graph.concepts
        return {node: tuple(concepts[i] for i in owners[node]) for node in sorted(owners) if len(owners[node]) > 1}

    def matches(self, concept: str) -> tuple[Match, ...]:
        """Return how each name of a concept was found."""
        number = self.graph.number(concept)
        return tuple(self._match(term) for term in range(int(self.offsets[number]), int(self.offsets[number + 1])))

    def _match(self, term: int) -> Match:
        rows = self.rows[self.row_offsets[term] : self.row_offsets[term + 1]].tolist()
        words = tuple(self.vocabulary.words[row] for row in rows)
        return Match(
            self.texts[term], self.languages[term], WAYS[self.ways[term]], words, round(float(self.known[term]), 4)
        )


def map_concepts(
    graph: KnowledgeGraph,
    vocabulary: Vocabulary,
    *,
    languages: Iterable[str] | None = None,
    lemmatize: Mapping[str, str] | Callable[[str], str] | None = None,
    use_tokens: bool = True,
) -> ConceptMap:
    """Find the names of all concepts among the words of a vocabulary.

    Each name is looked for as it is written (``exact``), then lowered (``lower``; a single word also without what the
    tokenizer cuts off), then as its tokens joined by ``_`` (``phrase``: ``heart_attack``, see ``wordvec encode
    --phrases-from``), then as its lemma, and then its tokens alone (``tokens``). A graph without names has the ids of
    its concepts for names.

    Parameters
    ----------
    graph : KnowledgeGraph
        Concepts and their names.
    vocabulary : Vocabulary
        Words.
    languages : iterable of str, optional
        Only names in these languages, by the codes of the graph; all by default.
    lemmatize : mapping or callable, optional
        Lowered word to its lemma. Nothing is stemmed unless this says so.
    use_tokens : bool, default True
        Whether names that are no word are described by those of their tokens that are.

    Raises
    ------
    ParameterError
        If the graph has no such language.
    """
    lookup = _Lookup(vocabulary, lemmatize, use_tokens)
    texts, codes, offsets = _names(graph, languages)
    ways, known = np.empty(len(texts), np.uint8), np.empty(len(texts), np.float32)
    row_offsets = np.zeros(len(texts) + 1, np.int64)
    rows: list[int] = []
    nodes: list[str] = []
    memory: dict[str, _Found] = {}
    for number, text in enumerate(texts):
        if text not in memory:
            memory[text] = lookup.find(text)
        found = memory[text]
        ways[number], known[number] = found.way, found.known
        rows += found.rows
        nodes.append(found.node)
        row_offsets[number + 1] = len(rows)
    return ConceptMap(
        graph, vocabulary, texts, codes, offsets, ways, row_offsets, np.array(rows, np.int32), known, tuple(nodes)
    )


def _names(
    graph: KnowledgeGraph, languages: Iterable[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.int64]]:
    """Return the names to look for, their languages, and where those of each concept begin."""
    terms = graph.terms
    if terms is None:
        if languages is not None:
            raise ParameterError("languages must be left out: this graph has no names, so no languages")
        return graph.concepts, ("",) * len(graph), np.arange(len(graph) + 1, dtype=np.int64)
    names = terms.language_names
    kept = np.ones(len(terms.texts), bool)
    if languages is not None:
        wanted = list(languages)
        for language in wanted:
            require(language in names, "languages", f"among {', '.join(map(repr, names))}", language)
        kept = np.isin(terms.languages, [names.index(language) for language in wanted])
    chosen = np.flatnonzero(kept).tolist()
    offsets = np.concatenate([[0], np.cumsum(kept, dtype=np.int64)])[terms.offsets]
    return tuple(terms.texts[i] for i in chosen), tuple(names[terms.languages[i]] for i in chosen), offsets


class _Found(NamedTuple):
    way: int
    rows: list[int]
    known: float
    node: str


class _Lookup(NamedTuple):
    """Where names are looked for, and how."""

    vocabulary: Vocabulary
    lemmatize: Mapping[str, str] | Callable[[str], str] | None
    use_tokens: bool

    def find(self, text: str) -> _Found:
        """Return how a name is found, and as which rows."""
        lowered = spell(text, "lower")
        tokens = tokenize(lowered.replace("_", " "), case="keep")
        cased = tokenize(text.replace("_", " "), case="keep")
        node = "_".join(tokens) or lowered.replace(" ", "_")
        joined = LOWER if len(tokens) == 1 else PHRASE
        tries = [(EXACT, text), (LOWER, lowered), (joined, "_".join(cased)), (joined, "_".join(tokens))]
        tries += [(PHRASE, text.replace(" ", "_")), (PHRASE, lowered.replace(" ", "_"))]
        if self.lemmatize is not None:
            tries += [(LEMMA, self._lemma(lowered)), (LEMMA, "_".join(map(self._lemma, tokens)))]
        for way, word in tries:
            row = self.vocabulary.get(word)
            if row >= 0:
                return _Found(way, [row], 1.0, node)
        if not self.use_tokens:
            return _Found(NONE, [], 0.0, node)
        rows = [row for row in (self._token(token) for token in zip(cased, tokens, strict=False)) if row >= 0]
        return _Found(TOKENS if rows else NONE, rows, len(rows) / max(1, len(tokens)), node)

    def _token(self, spellings: tuple[str, ...]) -> int:
        """Return the row of a token, in any of its spellings; -1 if there is none."""
        lemmas = () if self.lemmatize is None else (self._lemma(spellings[-1]),)
        return next((row for row in map(self.vocabulary.get, (*spellings, *lemmas)) if row >= 0), -1)

    def _lemma(self, word: str) -> str:
        if callable(self.lemmatize):
            return str(self.lemmatize(word))
        assert self.lemmatize is not None
        return self.lemmatize.get(word, word)
