"""Pairs of words that a graph names one concept with, in one language or several: what specialization learns from."""

import zlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, require
from ..slices import AlignedSlices
from ..text.tokenize import tokenize
from .graph import KnowledgeGraph
from .languages import make_finder

__all__ = ["PairKind", "SynonymPairs", "gather_pairs"]

PairKind = Literal["synonym", "gloss", "both"]
Ids = NDArray[np.int64]
#: What stands for the language of a gloss in names of pairs.
_GLOSS = "gloss"


@dataclass(frozen=True, eq=False)
class SynonymPairs:
    """Pairs of items, each a word of a language or the gloss of a concept.

    Made by :func:`gather_pairs`. Items are ordered by language and row, glosses last, and pairs by their languages and
    items, so that the order in which the graph was read never matters.

    Parameters
    ----------
    languages : int64[n]
        Position of each item's language among the labels; a gloss has that of its words.
    rows : int64[n]
        The row of each word; of a gloss its number in ``glosses``.
    is_gloss : bool[n]
        Which items are glosses.
    glosses : float32[G, D]
        Mean direction of the known words of each.
    offsets, concepts : int64[n + 1], int64[m]
        Concepts of each item: ``concepts[offsets[i]:offsets[i + 1]]``, numbered from 0.
    pairs : int64[P, 2]
        Items.
    starts : int64[K + 1]
        Pairs of the k-th two languages are ``pairs[starts[k]:starts[k + 1]]``.
    names : tuple of str
        Those languages: ``"deu-eng"``, ``"deu-gloss"``.
    account : mapping
        Per language what was known, and what was left out and why, with counts.
    """

    languages: Ids
    rows: Ids
    is_gloss: NDArray[np.bool_]
    glosses: NDArray[np.float32]
    offsets: Ids
    concepts: Ids
    pairs: Ids
    starts: Ids
    names: tuple[str, ...]
    account: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.pairs)

    @property
    def n_concepts(self) -> int:
        """How many concepts the items have."""
        return int(self.concepts.max(initial=-1)) + 1


def gather_pairs(
    vectors: AlignedSlices,
    graph: KnowledgeGraph,
    *,
    kind: PairKind = "synonym",
    cap: int = 200,
    within: bool = True,
    languages: Sequence[str] | None = None,
    exclude: Mapping[str, Collection[str]] | None = None,
    glosses: Mapping[str, str] | None = None,
    gloss_language: str = "eng",
    seed: int = 1,
) -> SynonymPairs:
    """Pair the words that name one concept.

    Parameters
    ----------
    vectors : AlignedSlices
        Labels are codes of languages as the graph writes them.
    graph : KnowledgeGraph
        Its concepts' names with their languages; edges are not used.
    kind : {"synonym", "gloss", "both"}, default "synonym"
        Pairs of two names of a concept, of a name and the concept's gloss, or both.
    cap : int >= 1, default 200
        At most so many pairs of one concept, drawn by the seed; those beyond are counted.
    within : bool, default True
        Pair words of one language too.
    languages : sequence of str, optional
        Learn from these only; all otherwise.
    exclude : mapping of str to collection of str, optional
        Words, by language, that no pair may hold: those of the test dictionaries. Compared with case ignored.
    glosses : mapping of str to str, optional
        Definition by concept, for pairs of that kind.
    gloss_language : str, default "eng"
        What glosses are written in.
    seed : int
        Of what is drawn under a cap.

    Raises
    ------
    ParameterError
        If an argument is outside its domain.
    FormatError
        If graph and vectors have no language in common, a language has terms but no known word, or there are fewer
        than two pairs.

    Examples
    --------
    >>> from wordvec.embeddings import Embeddings
    >>> from wordvec.knowledge.builder import GraphBuilder
    >>> from wordvec.knowledge.languages import join_languages
    >>> from wordvec.text.vocabulary import Vocabulary
    >>> words = {"eng": ("sea", "war"), "deu": ("Meer", "See", "Krieg")}
    >>> sides = {k: Embeddings(Vocabulary(w, np.ones(len(w))), np.eye(len(w), 3, dtype="f")) for k, w in words.items()}
    >>> builder = GraphBuilder()
    >>> for concept, name, language in [("1", "sea", "eng"), ("1", "Meer", "deu"), ("1", "See", "deu"),
    ...                                 ("2", "war", "eng"), ("2", "Krieg", "deu"), ("2", "Fehde", "deu")]:
    ...     builder.term(concept, name, language)
    >>> found = gather_pairs(join_languages(sides), builder.build())
    >>> found.account["pairs"], found.account["languages"]["deu"]["unknown"]
    ({'deu-eng': 3, 'deu-deu': 1}, 1)
    """
    require(kind in ("synonym", "gloss", "both"), "kind", "'synonym', 'gloss' or 'both'", kind)
    require(cap >= 1, "cap", "an integer >= 1", cap)
    require(kind == "synonym" or bool(glosses), "glosses", f"given for pairs of kind {kind!r}", glosses)
    learnt = _check_languages(vectors, graph, languages, exclude)
    members, account = _find_members(vectors, graph, learnt, exclude or {})
    spans = [len(side) for side in vectors.embeddings]
    bases = np.concatenate([[0], np.cumsum(spans)]).astype(np.int64)
    keys = np.unique(bases[members[:, 1]] + members[:, 2])
    items = np.searchsorted(keys, bases[members[:, 1]] + members[:, 2])
    concepts, numbers = np.unique(members[:, 0], return_inverse=True)
    linked = np.unique(np.stack([numbers, items], axis=1), axis=0)
    owner = np.searchsorted(bases, keys, side="right") - 1
    left_out: Counter[str] = Counter()
    pairs = np.empty((0, 2), np.int64)
    if kind != "gloss":
        names = [graph.concepts[number] for number in concepts]
        pairs = _pair(linked, names, owner, cap, within, seed, left_out)
    vectors_of, of_concept = np.empty((0, vectors.dim), np.float32), np.empty(0, np.int64)
    if kind != "synonym":
        texts = [(glosses or {}).get(graph.concepts[number], "") for number in concepts]
        vectors_of, of_concept = _read_glosses(texts, vectors, gloss_language, left_out)
        linked, pairs = _pair_glosses(linked, pairs, of_concept, len(keys))
    written = vectors.number(gloss_language) if len(of_concept) else 0
    is_gloss = np.arange(len(keys) + len(of_concept)) >= len(keys)
    order = np.lexsort((linked[:, 0], linked[:, 1]))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(linked[:, 1], minlength=len(is_gloss)))]).astype(np.int64)
    ends = np.concatenate([owner, np.full(len(of_concept), len(vectors.labels))])
    pairs, starts, called = _by_languages(pairs, ends, (*vectors.labels, _GLOSS))
    account |= {"pairs": dict(zip(called, np.diff(starts).tolist(), strict=True)), "left_out": dict(left_out)}
    account["without_pairs"] = _without_pairs(vectors, learnt, pairs, ends)
    if len(pairs) < 2:
        raise FormatError(f"{_too_few(len(pairs), account)}")
    return SynonymPairs(
        np.concatenate([owner, np.full(len(of_concept), written)]).astype(np.int64),
        np.concatenate([keys - bases[owner], np.arange(len(of_concept))]).astype(np.int64),
        is_gloss,
        vectors_of,
        offsets,
        np.ascontiguousarray(linked[order, 0]),
        pairs,
        starts,
        called,
        account,
    )


def _check_languages(
    vectors: AlignedSlices,
    graph: KnowledgeGraph,
    languages: Sequence[str] | None,
    exclude: Mapping[str, Collection[str]] | None,
) -> list[int]:
    """Return the positions of the languages to learn from; those the graph does not know are among them."""
    listed = ", ".join(vectors.labels)
    for label in languages or ():
        require(label in vectors.labels, "languages", f"some of {listed}", label)
    for label in exclude or {}:
        require(label in vectors.labels, "exclude", f"words by language ({listed})", label)
    named = graph.terms.language_names if graph.terms is not None else ()
    learnt = [n for n, label in enumerate(vectors.labels) if languages is None or label in languages]
    if not any(vectors.labels[number] in named for number in learnt):
        shown = ", ".join(repr(name) for name in named[:10]) or "none"
        raise FormatError(
            f"the graph has terms of no language of these vectors: its languages are {shown}, those of the vectors "
            f"{', '.join(repr(vectors.labels[n]) for n in learnt)}. Label the vectors as the graph does."
        )
    return learnt


def _find_members(
    vectors: AlignedSlices, graph: KnowledgeGraph, learnt: Sequence[int], exclude: Mapping[str, Collection[str]]
) -> tuple[Ids, dict[str, Any]]:
    """Return int64[n, 3], concept, language and row of each known name, and what there is to say by language."""
    terms = graph.terms
    assert terms is not None
    owners = np.repeat(np.arange(len(graph)), np.diff(terms.offsets))
    found, account = [], {}
    for number in learnt:
        label = vectors.labels[number]
        code = terms.language_names.index(label) if label in terms.language_names else -1
        mine = np.flatnonzero(terms.languages == code) if code >= 0 else np.empty(0, np.int64)
        vocabulary = vectors.embeddings[number].vocabulary
        find = make_finder(vocabulary)
        rows = np.array([find(terms.texts[i]) for i in mine.tolist()], dtype=np.int64)
        known = rows >= 0
        if len(mine) and not known.any():
            raise FormatError(
                f"none of the {len(mine):,} terms of {label!r} in the graph is among the {len(vocabulary):,} words of "
                "its vectors; are they vectors of that language?"
            )
        barred = {word.casefold() for word in exclude.get(label, ())}
        kept = known.copy()
        if barred:
            kept[known] = [vocabulary.words[row].casefold() not in barred for row in rows[known].tolist()]
        account[label] = {
            "terms": len(mine),
            "unknown": int(np.count_nonzero(~known)),
            "excluded": int(np.count_nonzero(known & ~kept)),
            "words": len(np.unique(rows[kept])),
        }
        found.append(np.stack([owners[mine[kept]], np.full(kept.sum(), number), rows[kept]], axis=1))
    return np.concatenate(found).astype(np.int64), {"languages": account}


def _pair(
    linked: Ids, names: Sequence[str], owner: Ids, cap: int, within: bool, seed: int, left_out: Counter[str]
) -> Ids:
    """Return int64[P, 2], pairs of items of one concept, each pair once, the smaller item first."""
    bounds = np.searchsorted(linked[:, 0], np.arange(len(names) + 1))
    found = []
    for number in np.flatnonzero(np.diff(bounds) > 1).tolist():
        items = linked[bounds[number] : bounds[number + 1], 1]
        size = len(items)
        total = size * (size - 1) // 2
        if total <= cap:
            low, high = np.triu_indices(size, 1)
        else:  # drawn by the concept's name, so that other concepts do not matter
            left_out["beyond_cap"] += total - cap
            rng = np.random.default_rng([seed, zlib.crc32(names[number].encode("utf-8", "surrogatepass"))])
            low, high = _decode(rng.choice(total, cap, replace=False))
        found.append(np.stack([items[low], items[high]], axis=1))
    every = np.concatenate([np.empty((0, 2), np.int64), *found])
    if not within:
        every = every[owner[every[:, 0]] != owner[every[:, 1]]]
    unique = np.unique(every, axis=0)
    left_out["in_several_concepts"] += len(every) - len(unique)
    return unique


def _decode(numbers: Ids) -> tuple[Ids, Ids]:
    """Return low and high of the pairs (0, 1), (0, 2), (1, 2), (0, 3), … with these numbers."""
    high = ((1 + np.sqrt(1 + 8.0 * numbers)) // 2).astype(np.int64)
    high -= high * (high - 1) // 2 > numbers  # where the root was rounded up
    high += high * (high + 1) // 2 <= numbers
    return numbers - high * (high - 1) // 2, high


def _read_glosses(
    texts: Sequence[str], vectors: AlignedSlices, language: str, left_out: Counter[str]
) -> tuple[NDArray[np.float32], Ids]:
    """Return the mean direction of the known words of each gloss that has any, and its concept."""
    side = vectors[language]
    find: Callable[[str], int] = make_finder(side.vocabulary)
    found, concepts = [], []
    for number, text in enumerate(texts):
        rows = [row for row in map(find, tokenize(text, case="keep")) if row >= 0]
        mean = (side.vectors[rows].astype(np.float64) * side.reciprocals[rows, None]).sum(axis=0) if rows else None
        if mean is None or not mean.any():
            left_out["no_gloss" if not text else "unknown_gloss"] += 1
            continue
        found.append((mean / np.sqrt(np.square(mean).sum())).astype(np.float32))
        concepts.append(number)
    return np.array(found, np.float32).reshape(-1, vectors.dim), np.array(concepts, np.int64)


def _pair_glosses(linked: Ids, pairs: Ids, of_concept: Ids, n_words: int) -> tuple[Ids, Ids]:
    """Return concepts with items, and pairs, glosses added: each word of a concept with its gloss."""
    gloss = np.full(int(linked[:, 0].max(initial=-1)) + 1, -1, np.int64)
    gloss[of_concept] = n_words + np.arange(len(of_concept))
    mine = linked[gloss[linked[:, 0]] >= 0]
    more = np.stack([mine[:, 1], gloss[mine[:, 0]]], axis=1)
    glosses = np.stack([of_concept, gloss[of_concept]], axis=1)
    return np.concatenate([linked, glosses]), np.concatenate([pairs, more])


def _by_languages(pairs: Ids, ends: Ids, labels: Sequence[str]) -> tuple[Ids, Ids, tuple[str, ...]]:
    """Return pairs sorted by their two languages, where those of each start, and their names."""
    two = np.sort(ends[pairs], axis=1)
    keys = two[:, 0] * len(labels) + two[:, 1]
    order = np.lexsort((pairs[:, 1], pairs[:, 0], keys))
    found, starts = np.unique(keys[order], return_index=True)
    names = ["-".join(sorted((labels[k // len(labels)], labels[k % len(labels)]))) for k in found.tolist()]
    return pairs[order], np.append(starts, len(pairs)).astype(np.int64), tuple(names)


def _without_pairs(vectors: AlignedSlices, learnt: Sequence[int], pairs: Ids, ends: Ids) -> list[str]:
    seen = set(np.unique(ends[pairs]).tolist())
    return [vectors.labels[number] for number in learnt if number not in seen]


def _too_few(count: int, account: Mapping[str, Any]) -> str:
    told = "; ".join(
        f"{label}: {one['terms']:,} terms, {one['unknown']:,} unknown, {one['excluded']:,} excluded"
        for label, one in account["languages"].items()
    )
    said = "no concept has two known words" if not count else "there is one pair of known words"
    return f"{said}, and a contrast needs at least two pairs ({told})."
