"""Pairs of words that should be near, and pairs that should not: what a lexicon says to counter-fitting and others."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import AlignmentError, FormatError, ParameterError, require
from ..lexicon import Lexicon, make_csr
from ..text.vocabulary import Vocabulary

__all__ = ["ANTONYM", "SYNONYM", "Constraints", "join_pairs", "list_names", "read_constraints"]

#: Relations that are looked for unless others are named.
SYNONYM, ANTONYM = "synonym", "antonym"


@dataclass(frozen=True, eq=False)
class Constraints:
    """Pairs of rows, in ascending order, each once, the lower row first.

    Parameters
    ----------
    synonyms, antonyms : int64[n, 2], int64[m, 2]
        Rows of the vocabulary.
    synonym_weights, antonym_weights : float32[n], float32[m]
        Weights of the edges, the largest where several relations join a pair.
    counts : mapping
        What was used, and what was left out and why.
    """

    synonyms: NDArray[np.int64]
    antonyms: NDArray[np.int64]
    synonym_weights: NDArray[np.float32]
    antonym_weights: NDArray[np.float32]
    counts: Mapping[str, int]

    @property
    def rows(self) -> NDArray[np.int64]:
        """int64[C]: the words of all pairs, ascending."""
        return np.unique(np.concatenate([self.synonyms.ravel(), self.antonyms.ravel()]))


def read_constraints(
    embeddings: Embeddings, lexicon: Lexicon, synonyms: str | Collection[str], antonyms: str | Collection[str]
) -> Constraints:
    """Return the pairs of a lexicon that constrain vectors.

    An edge counts for both of its ends. Pairs that are both synonyms and antonyms are antonyms, edges to nodes without
    a vector and pairs with a vector of length 0 are left out; all are counted.

    Parameters
    ----------
    embeddings : Embeddings
        Vectors.
    lexicon : Lexicon
        Edges between rows of the same vocabulary.
    synonyms, antonyms : str or collection of str
        Names of relations. A name that the lexicon lacks is an error, unless it is ``"synonym"`` or ``"antonym"``.

    Raises
    ------
    AlignmentError
        If the lexicon was made for another vocabulary.
    ParameterError
        If a relation is not in the lexicon, or is named on both sides.
    FormatError
        If a vector is not finite, or no pair is left.

    Examples
    --------
    >>> vocabulary = Vocabulary.from_counts({"hot": 3, "warm": 2, "cold": 1})
    >>> lexicon = join_pairs({"synonym": [("hot", "warm")], "antonym": [("hot", "cold")]}, vocabulary)
    >>> read = read_constraints(Embeddings(vocabulary, np.eye(3, dtype=np.float32)), lexicon, "synonym", "antonym")
    >>> read.synonyms.tolist(), read.antonyms.tolist(), read.counts["words"]
    ([[0, 1]], [[0, 2]], 3)
    """
    if lexicon.vocabulary.digest != embeddings.vocabulary.digest:
        raise AlignmentError(
            f"the lexicon is over a vocabulary of {len(lexicon.vocabulary):,} words, which is not that of the "
            f"{len(embeddings):,} vectors; make it anew for the vocabulary of the vectors."
        )
    near, far = _relations(lexicon, synonyms), _relations(lexicon, antonyms)
    both = sorted(lexicon.relation_names[i] for i in near & far)
    require(not both, "synonyms and antonyms", "different relations", both)
    has_direction = np.isfinite(embeddings.norms) & (embeddings.norms > 0)
    if not np.isfinite(embeddings.norms).all():
        bad = int(np.argmin(np.isfinite(embeddings.norms)))
        raise FormatError(f"the vector of {embeddings.vocabulary.words[bad]!r} is not finite; train or read it anew.")
    keys, weights = [], []
    counts: dict[str, int] = {}
    for name, numbers in (("synonym", near), ("antonym", far)):
        key, weight, left = _pairs(lexicon, numbers, has_direction)
        keys.append(key)
        weights.append(weight)
        counts |= {f"{name}s_{why}": n for why, n in left.items()}
    agrees = ~np.isin(keys[0], keys[1])
    counts["contradictory"] = int(np.count_nonzero(~agrees))
    found = [np.stack(np.divmod(key, len(embeddings)), axis=1) for key in (keys[0][agrees], keys[1])]
    facts = {"synonyms": len(found[0]), "antonyms": len(found[1]), **counts}
    if not len(found[0]) + len(found[1]):
        told = (
            ", ".join(f"{why.replace('_', ' ')} {n:,}" for why, n in facts.items() if n)
            or "it has none between two of them"
        )
        names = ", ".join(lexicon.relation_names)
        raise FormatError(
            f"the lexicon has no synonyms or antonyms among the {len(embeddings):,} words ({told}; its relations: "
            f"{names}); "
            "name its relations by synonyms= and antonyms= (--synonym-relation, --antonym-relation), or check that it "
            "is spelt like the vocabulary."
        )
    words = len(np.unique(np.concatenate(found)))
    return Constraints(found[0], found[1], weights[0][agrees], weights[1], {"words": words, **facts})


def list_names(names: str | Collection[str]) -> list[str]:
    """Return names of relations, each once, in the order of the alphabet; one may stand alone.

    Parameters
    ----------
    names : str or collection of str
        The names.

    Examples
    --------
    >>> list_names("synonym"), list_names(("near", "alike"))
    (['synonym'], ['alike', 'near'])
    """
    return [names] if isinstance(names, str) else sorted(set(names))


def _relations(lexicon: Lexicon, names: str | Collection[str]) -> set[int]:
    """Return the numbers of relations."""
    wanted = (names,) if isinstance(names, str) else tuple(names)
    have = {name: number for number, name in enumerate(lexicon.relation_names)}
    for name in wanted:
        if name not in have and name not in (SYNONYM, ANTONYM):
            raise ParameterError(f"{name!r} is not a relation of this lexicon, which has {', '.join(have)}.")
    return {have[name] for name in wanted if name in have}


def _pairs(
    lexicon: Lexicon, numbers: set[int], has_direction: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float32], dict[str, int]]:
    """Return a key for each pair of some relations, ascending; its weight; and what is left out."""
    size = len(lexicon.vocabulary)
    chosen = np.flatnonzero(np.isin(lexicon.relations, sorted(numbers)))
    source = (np.searchsorted(lexicon.indptr, chosen, side="right") - 1).astype(np.int64)
    target = lexicon.indices[chosen].astype(np.int64)
    low, high = np.minimum(source, target), np.maximum(source, target)
    order = np.lexsort((-lexicon.weights[chosen], high, low))
    low, high, weight = low[order], high[order], lexicon.weights[chosen][order]
    fresh = np.ones(len(low), bool)
    fresh[1:] = (np.diff(low) != 0) | (np.diff(high) != 0)
    low, high, weight = low[fresh], high[fresh], weight[fresh]
    is_word = high < size
    has_ends = np.zeros(len(low), bool)
    has_ends[is_word] = has_direction[low[is_word]] & has_direction[high[is_word]]
    kept = has_ends & (low != high)
    left = {
        "without_vector": int(np.count_nonzero(~is_word)),
        "of_length_zero": int(np.count_nonzero(is_word & ~has_ends)),
    }
    return low[kept] * size + high[kept], weight[kept], left


def join_pairs(pairs: Mapping[str, Iterable[tuple[str, str]]], vocabulary: Vocabulary) -> Lexicon:
    """Build a lexicon of several relations from pairs of words; each pair pulls both ways.

    Parameters
    ----------
    pairs : mapping of str to iterable of (str, str)
        Name of each relation to its pairs.
    vocabulary : Vocabulary
        Pairs with a word outside it, pairs of a word with itself and repeated ones are left out and counted, for each
        relation, in the metadata (see :meth:`Lexicon.from_pairs`).

    Raises
    ------
    ParameterError
        If there is no relation.

    Examples
    --------
    >>> vocabulary = Vocabulary.from_counts({"hot": 3, "warm": 2, "cold": 1})
    >>> join_pairs({"synonym": [("hot", "warm")], "antonym": [("hot", "cold"), ("hot", "icy")]}, vocabulary)
    Lexicon(3 of 3 words, 2 edges: synonym, antonym)
    """
    require(len(pairs) > 0, "pairs", "a mapping with one relation at least", dict(pairs))
    read = {name: Lexicon.from_pairs(those, vocabulary, relation=name) for name, those in pairs.items()}
    parts = list(read.values())
    sources = np.concatenate([np.repeat(np.arange(part.n_nodes), part.degrees) for part in parts])
    relations = np.repeat(np.arange(len(parts)), [len(part.indices) for part in parts])
    targets = np.concatenate([part.indices for part in parts])
    csr = make_csr(sources, targets, np.ones(len(targets)), relations, len(vocabulary))
    facts: dict[str, Any] = {name: dict(part.metadata) for name, part in read.items()}
    return Lexicon(vocabulary, *csr, tuple(read), metadata=facts)
