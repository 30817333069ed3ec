"""A graph over the words of a vocabulary: what retrofitting and joint training read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import require
from .text.vocabulary import Vocabulary

__all__ = ["Lexicon", "make_csr"]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Weighted, typed edges between rows of a vocabulary, and perhaps nodes that the vocabulary lacks.

    Node ``i`` is word ``i`` of the vocabulary for ``i < V``, and ``extras[i - V]`` from there on. The edges of node
    ``i`` are ``indices[indptr[i]:indptr[i + 1]]``: the nodes that pull on it. They are sorted by neighbor and relation,
    so the order in which edges were read never matters.

    Parameters
    ----------
    vocabulary : Vocabulary
        The words of the vectors.
    indptr : int64[N + 1]
        Where the edges of each node start; ``N = V + len(extras)``.
    indices : int32[E]
        The neighbor at the far end of each edge.
    weights : float32[E]
        Positive and finite.
    relations : uint16[E]
        Number of each edge's relation in ``relation_names``.
    relation_names : tuple of str
        For example ``("synonym", "antonym")``.
    extras : tuple of str
        Nodes without a vector, for expanded retrofitting.
    metadata : mapping
        Where it came from, and what was left out and why, with counts.

    Raises
    ------
    ParameterError
        If shapes or types differ from these.

    Examples
    --------
    >>> vocabulary = Vocabulary.from_counts({"cat": 3, "feline": 2, "tax": 1})
    >>> lexicon = Lexicon.from_pairs([("cat", "feline"), ("cat", "lion")], vocabulary)
    >>> lexicon
    Lexicon(2 of 3 words, 1 edge: synonym)
    >>> lexicon.neighbors("feline")
    ['cat']
    >>> lexicon.metadata["unknown"]
    1
    """

    vocabulary: Vocabulary
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    weights: NDArray[np.float32]
    relations: NDArray[np.uint16]
    relation_names: tuple[str, ...] = ("synonym",)
    extras: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, edges = len(self.vocabulary) + len(self.extras), len(self.indices)
        require(self.indptr.shape == (n + 1,), "indptr.shape", f"({n + 1},)", self.indptr.shape)
        require(int(self.indptr[-1]) == edges, "indptr[-1]", f"the number of edges, {edges}", int(self.indptr[-1]))
        types = {"indptr": np.int64, "indices": np.int32, "weights": np.float32, "relations": np.uint16}
        for name, dtype in types.items():
            array = getattr(self, name)
            require(array.dtype == dtype, f"{name}.dtype", np.dtype(dtype).name, str(array.dtype))
            array.setflags(write=False)
        for name in ("weights", "relations"):
            shape = getattr(self, name).shape
            require(shape == (edges,), f"{name}.shape", f"({edges},)", shape)

    def __repr__(self) -> str:
        linked = int(np.count_nonzero(self.degrees[: len(self.vocabulary)]))
        pairs = self.n_pairs
        extras = f" and {len(self.extras):,} more nodes" if self.extras else ""
        edges = f"{pairs:,} edge{'' if pairs == 1 else 's'}"
        return (
            f"Lexicon({linked:,} of {len(self.vocabulary):,} words{extras}, {edges}: {', '.join(self.relation_names)})"
        )

    @property
    def n_nodes(self) -> int:
        """Words of the vocabulary and extras."""
        return len(self.indptr) - 1

    @property
    def n_pairs(self) -> int:
        """Edges, those that lead both ways counted once."""
        source = np.repeat(np.arange(self.n_nodes, dtype=np.int64), self.degrees)
        keys = np.minimum(source, self.indices) * self.n_nodes + np.maximum(source, self.indices)
        return len(np.unique(keys * len(self.relation_names) + self.relations))

    @property
    def degrees(self) -> NDArray[np.int64]:
        """int64[N]: how many edges pull on each node."""
        return np.diff(self.indptr)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Words of the vocabulary, then extras."""
        return self.vocabulary.words + self.extras

    def neighbors(self, word: str) -> list[str]:
        """Return the nodes that pull on a word, in the order of the edges.

        Raises
        ------
        UnknownWordError
            If the word is not in the vocabulary.
        """
        row, words, size = self.vocabulary[word], self.vocabulary.words, len(self.vocabulary)
        found = self.indices[self.indptr[row] : self.indptr[row + 1]].tolist()
        return [words[i] if i < size else self.extras[i - size] for i in found]

    @classmethod
    def from_pairs(
        cls, pairs: Iterable[tuple[str, str]], vocabulary: Vocabulary, *, relation: str = "synonym"
    ) -> "Lexicon":
        """Build a lexicon of one relation from pairs of words; each pair pulls both ways.

        Parameters
        ----------
        pairs : iterable of (str, str)
            Words.
        vocabulary : Vocabulary
            Pairs with a word outside it are left out and counted in ``metadata["unknown"]``, as are pairs of a word
            with itself (``"loops"``) and pairs that come again in either order (``"duplicates"``).
        relation : str, default "synonym"
            Its name.
        """
        rows = np.array([(vocabulary.get(a), vocabulary.get(b)) for a, b in pairs], np.int64).reshape(-1, 2)
        known = (rows >= 0).all(axis=1)
        loops = known & (rows[:, 0] == rows[:, 1])
        kept = np.sort(rows[known & ~loops], axis=1)
        unique = np.unique(kept, axis=0)
        ends = np.concatenate([unique, unique[:, ::-1]])
        csr = make_csr(ends[:, 0], ends[:, 1], np.ones(len(ends)), np.zeros(len(ends)), len(vocabulary))
        counts = {
            "unknown": int(np.count_nonzero(~known)),
            "loops": int(np.count_nonzero(loops)),
            "duplicates": len(kept) - len(unique),
        }
        return cls(vocabulary, *csr, (relation,), metadata=counts)


def make_csr(
    sources: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any], relations: NDArray[Any], n_nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32], NDArray[np.uint16]]:
    """Sort edges by source, target and relation into indptr, indices, weights and relations.

    Parameters
    ----------
    sources, targets : int[E]
        Ends of each edge, in ``0 .. n_nodes - 1``.
    weights : float[E]
        Weight of each edge.
    relations : int[E]
        Relation of each edge.
    n_nodes : int
        Number of nodes.

    Returns
    -------
    tuple of (int64[N + 1], int32[E], float32[E], uint16[E])
        Compressed sparse rows.

    Examples
    --------
    >>> make_csr(np.array([2, 0]), np.array([0, 2]), np.ones(2), np.zeros(2), 3)[:2]
    (array([0, 1, 1, 2]), array([2, 0], dtype=int32))
    """
    order = np.lexsort((relations, targets, sources))
    indptr = np.zeros(n_nodes + 1, np.int64)
    np.cumsum(np.bincount(np.asarray(sources, np.int64), minlength=n_nodes), out=indptr[1:])
    return (
        indptr,
        targets[order].astype(np.int32),
        weights[order].astype(np.float32),
        relations[order].astype(np.uint16),
    )
