"""Vectors of several languages as one labelled value in one space: slices whose labels are languages."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import AlignmentError, ParameterError, require
from ..slices import AlignedSlices
from ..text.vocabulary import Vocabulary
from .builder import GraphBuilder
from .graph import KnowledgeGraph

__all__ = ["join_languages", "make_finder", "map_languages", "name_edges"]

_BLOCK = 65_536


def join_languages(embeddings: Mapping[str, Embeddings], metadata: Mapping[str, Any] | None = None) -> AlignedSlices:
    """Put vectors of several languages, which lie in one space already, into one value.

    A language is a slice: ``joined["deu"]`` are its vectors, and all that knows slices (``wordvec nearest``,
    ``evaluate``, ``info``, ``convert --slice``) knows languages. A word that is written alike in two languages stands
    once in ``vocabulary``, with a count and a vector for either.

    Parameters
    ----------
    embeddings : mapping of str to Embeddings
        By code of language, as the graph writes it: ``{"eng": ..., "deu": ...}``.
    metadata : mapping, optional
        Kept, beside ``method``.

    Raises
    ------
    ParameterError
        If there is no language, or they differ in ``dim``.

    Examples
    --------
    >>> english = Embeddings(Vocabulary.from_counts({"sea": 3, "die": 1}), np.eye(2, dtype=np.float32))
    >>> german = Embeddings(Vocabulary.from_counts({"die": 9, "Meer": 2}), np.eye(2, dtype=np.float32))
    >>> joined = join_languages({"eng": english, "deu": german})
    >>> joined
    AlignedSlices(2 slices: eng, deu; 3 words, dim 2)
    >>> joined["deu"]["Meer"]
    array([0., 1.], dtype=float32)
    """
    require(bool(embeddings), "embeddings", "at least one language", "none")
    totals: dict[str, int] = {}
    for side in embeddings.values():
        for word, count in zip(side.vocabulary.words, side.vocabulary.counts.tolist(), strict=True):
            totals[word] = totals.get(word, 0) + count
    vocabulary = _make_vocabulary(totals)
    counts = np.zeros((len(embeddings), len(vocabulary)), dtype=np.int64)
    for number, side in enumerate(embeddings.values()):
        counts[number, [vocabulary.index[word] for word in side.vocabulary.words]] = side.vocabulary.counts
    facts = {"method": "languages", **(metadata or {})}
    return AlignedSlices(tuple(embeddings), tuple(embeddings.values()), vocabulary, counts, None, facts)


def map_languages(
    embeddings: Mapping[str, Embeddings],
    dictionaries: Mapping[str, Iterable[tuple[str, str]]],
    *,
    base: str,
    center: bool = False,
) -> AlignedSlices:
    r"""Rotate vectors of several languages into the space of one, each by a dictionary.

    For each language finds the orthogonal :math:`R` that minimizes :math:`\lVert A R - B \rVert_F`, where :math:`A`
    and :math:`B` hold the directions of words and of their translations in the base.

    Parameters
    ----------
    embeddings : mapping of str to Embeddings
        By code of language, all of one ``dim``.
    dictionaries : mapping of str to iterable of (str, str)
        For each language but the base: pairs of a word of the base and its translation. Pairs with a word that
        either side lacks are counted; a word not found as it is written is looked for in other letters.
    base : str
        The language that stays where it is.
    center : bool, default False
        Subtract each side's mean before fitting; what is applied is a rotation all the same.

    Returns
    -------
    AlignedSlices
        ``metadata["fits"]`` says for each language how many pairs the fit used (``pairs``), how many were not known
        (``unknown``), and whether they were enough to determine it (``determined``: at least ``dim``).

    Raises
    ------
    ParameterError
        If the base, a dictionary or a language is missing, or vectors differ in ``dim``.
    AlignmentError
        If no pair of a dictionary is known.

    Notes
    -----
    Works in float64 through BLAS: equal input gives the same table, not always the same last bit.

    References
    ----------
    Schönemann (1966), "A generalized solution of the orthogonal Procrustes problem"; Conneau et al. (2018), "Word
    translation without parallel data", section 2.1.

    Examples
    --------
    >>> english = Embeddings(Vocabulary.from_counts({"sea": 3, "war": 1}), np.eye(2, dtype=np.float32))
    >>> german = Embeddings(Vocabulary.from_counts({"Krieg": 3, "Meer": 1}), np.eye(2, dtype=np.float32))
    >>> pairs = [("sea", "Meer"), ("war", "Krieg"), ("peace", "Frieden")]
    >>> mapped = map_languages({"eng": english, "deu": german}, {"deu": pairs}, base="eng")
    >>> mapped["deu"]["Meer"].tolist(), mapped.metadata["fits"]["deu"]
    ([1.0, 0.0], {'pairs': 2, 'unknown': 1, 'determined': True})
    """
    names = ", ".join(embeddings)
    require(base in embeddings, "base", f"one of the languages ({names})", base)
    others = [label for label in embeddings if label != base]
    for label in dictionaries:
        require(label in others, "dictionaries", f"for languages other than the base ({', '.join(others)})", label)
    for label in others:
        require(label in dictionaries, "dictionaries", f"one for each of {', '.join(others)}", f"none for {label}")
        dim = embeddings[label].dim
        require(dim == embeddings[base].dim, f"dim of {label}", f"{embeddings[base].dim}, that of {base}", dim)
    mapped, fits = {base: embeddings[base]}, {}
    find = make_finder(embeddings[base].vocabulary)
    for label in others:
        mapped[label], fits[label] = _map(label, embeddings[label], embeddings[base], find, dictionaries[label], center)
    facts = {"method": "procrustes", "base": base, "center": center, "fits": fits}
    return join_languages({label: mapped[label] for label in embeddings}, facts)


def make_finder(vocabulary: Vocabulary) -> Callable[[str], int]:
    """Return a function from a word, or a term of several words, to its row; -1 if it has none.

    What is not found as it is written is looked for with ``_`` for blanks, then in other letters, where the most
    frequent spelling stands for all.

    Examples
    --------
    >>> find = make_finder(Vocabulary.from_counts({"Haus": 3, "new_york": 2, "haus": 1}))
    >>> find("haus"), find("HAUS"), find("New York"), find("Hut")
    (2, 0, 1, -1)
    """
    folded: dict[str, int] = {}
    for row, word in enumerate(vocabulary.words):
        folded.setdefault(word.casefold(), row)

    def find(text: str) -> int:
        row = vocabulary.get(text)
        if row < 0 and " " in text:
            row = vocabulary.get(text.replace(" ", "_"))
        if row < 0:
            row = folded.get(text.casefold(), -1)
        if row < 0 and " " in text:
            row = folded.get(text.replace(" ", "_").casefold(), -1)
        return row

    return find


def _map(
    label: str,
    source: Embeddings,
    target: Embeddings,
    find: Callable[[str], int],
    pairs: Iterable[tuple[str, str]],
    center: bool,
) -> tuple[Embeddings, dict[str, Any]]:
    """Return the rotated vectors, and what is to be said about the fit."""
    from scipy.linalg import orthogonal_procrustes

    own = make_finder(source.vocabulary)
    rows = np.array([(find(one), own(other)) for one, other in pairs], dtype=np.int64).reshape(-1, 2)
    known = np.unique(rows[(rows >= 0).all(axis=1)], axis=0)
    unknown = int(np.count_nonzero((rows < 0).any(axis=1)))
    if not len(known):
        raise AlignmentError(
            f"none of the {len(rows):,} pairs for {label!r} has both words in the vectors "
            f"({len(target):,} and {len(source):,} words); give pairs of a word of the base and its translation."
        )
    onto, base = (_directions(side.vectors[known[:, at]], center) for at, side in ((1, source), (0, target)))
    rotation = orthogonal_procrustes(onto, base)[0]
    vectors = np.empty(source.vectors.shape, dtype=np.float32)
    for start in range(0, len(source), _BLOCK):  # blocks: no float64 copy of the whole matrix
        vectors[start : start + _BLOCK] = source.vectors[start : start + _BLOCK].astype(np.float64) @ rotation
    fit = {"pairs": len(known), "unknown": unknown, "determined": len(known) >= source.dim}
    return Embeddings(source.vocabulary, vectors, {**source.metadata, "procrustes": fit}), fit


def _directions(vectors: NDArray[np.float32], center: bool) -> NDArray[np.float64]:
    rows = vectors.astype(np.float64)
    if not np.isfinite(rows).all():
        raise AlignmentError("a vector of a dictionary's word holds a number that is not finite; train it again.")
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    np.divide(rows, lengths, out=rows, where=lengths > 0)
    return rows - rows.mean(axis=0) if center else rows


def _make_vocabulary(totals: Mapping[str, int]) -> Vocabulary:
    """Return the words in order of their counts, those without any too: vectors from elsewhere may have none."""
    words = sorted(totals, key=lambda word: (-totals[word], word))
    return Vocabulary(tuple(words), np.array([totals[word] for word in words], dtype=np.int64))


def name_edges(graph: KnowledgeGraph, language: str, *, relations: Collection[str] = ("synonym",)) -> KnowledgeGraph:
    """Return a graph whose concepts are the edges of another: the words at both ends are names of one concept.

    For lists of synonyms, of which :class:`~wordvec.knowledge.specialize.Specializer` would learn nothing otherwise.

    Parameters
    ----------
    graph : KnowledgeGraph
        A graph of words.
    language : str
        Of nodes without names, which are their own.
    relations : collection of str, default ("synonym",)
        Which edges.

    Returns
    -------
    KnowledgeGraph
        Concepts with names and without edges. ``metadata["relations"]`` lists the relations.

    Raises
    ------
    ParameterError
        If the graph has no edge of one of these relations.

    Examples
    --------
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> builder = GraphBuilder()
    >>> builder.edge("cat", "feline", "synonym")
    >>> [term.text for term in name_edges(builder.build(), "eng").terms_of("cat feline")]
    ['cat', 'feline']
    """
    for name in relations:
        if name not in graph.relation_names:
            have = ", ".join(graph.relation_names) or "no edges"
            raise ParameterError(
                f"relations must be among those of the graph, which has {have}, got {name!r}; name that of a list "
                "(--graph synonym=FILE), or choose (--relation)."
            )
    builder = GraphBuilder()
    for edge in graph.edges():
        if edge.relation in relations:
            for end in sorted((edge.source, edge.target)):
                names = graph.terms_of(end) if graph.terms is not None else []
                for text, spoken in [(term.text, term.language) for term in names] or [(end, language)]:
                    builder.term(" ".join(sorted((edge.source, edge.target))), text, spoken)
    return builder.build({**graph.metadata, "relations": sorted(relations)})
