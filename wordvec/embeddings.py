"""Word vectors: a matrix, its vocabulary and where it came from."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .artifact import Artifact, open_artifact
from .artifact_writer import ArtifactWriter
from .errors import CorruptFileError, ParameterError, require
from .text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from .search import Nearest

__all__ = ["Embeddings", "Neighbor", "Training", "load_embeddings", "matrix_digest", "scale_rows"]

#: Rows that are scaled at a time: a mapped matrix is not copied whole.
_ROWS_AT_ONCE = 65_536


class Neighbor(NamedTuple):
    """A word and how near it is to what was asked.

    Parameters
    ----------
    word : str
        The word.
    similarity : float
        Its cosine with the query, -1 to 1.
    """

    word: str
    similarity: float


@dataclass(frozen=True, eq=False)
class Embeddings:
    """One vector per word.

    Parameters
    ----------
    vocabulary : Vocabulary
        Row ``i`` of ``vectors`` belongs to word ``i``.
    vectors : float32[V, D]
        Made read-only; may be a memory map.
    metadata : mapping
        How they were made.

    Examples
    --------
    >>> vocabulary = Vocabulary(("cat", "dog", "tax"), np.array([3, 2, 1]))
    >>> rows = np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]], np.float32)
    >>> embeddings = Embeddings(vocabulary, rows)
    >>> embeddings
    Embeddings(3 words, dim 2)
    >>> embeddings.nearest("cat", k=1)[0].word
    'dog'
    """

    vocabulary: Vocabulary
    vectors: NDArray[np.float32]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(
            self.vectors.ndim == 2 and len(self.vectors) == len(self.vocabulary),
            "vectors.shape",
            f"({len(self.vocabulary)}, dim)",
            self.vectors.shape,
        )
        require(self.vectors.dtype == np.float32, "vectors.dtype", "float32", str(self.vectors.dtype))
        self.vectors.setflags(write=False)

    def __repr__(self) -> str:
        return f"Embeddings({len(self):,} words, dim {self.dim})"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.vectors.shape[1])

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __contains__(self, word: object) -> bool:
        return word in self.vocabulary

    def __getitem__(self, word: str) -> NDArray[np.float32]:
        """Return the vector of ``word``, or raise :class:`UnknownWordError`."""
        row: NDArray[np.float32] = self.vectors[self.vocabulary[word]]
        return row

    @cached_property
    def norms(self) -> NDArray[np.float32]:
        """float32[V]: the Euclidean length of each vector."""
        norms = np.empty(len(self), dtype=np.float32)
        for start in range(0, len(self), 65_536):
            norms[start : start + 65_536] = np.linalg.norm(self.vectors[start : start + 65_536], axis=1)
        norms.setflags(write=False)
        return norms

    def similarities(self, query: str | NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Return float32[V], the cosine of ``query`` with every word; 0 where a vector has no length."""
        vector = np.asarray(self[query] if isinstance(query, str) else query, dtype=np.float32)
        require(vector.shape == (self.dim,), "query.shape", f"({self.dim},)", vector.shape)
        lengths = self.norms * np.float32(np.linalg.norm(vector))
        products = self.vectors @ vector
        np.divide(products, lengths, out=products, where=lengths > 0)
        products[lengths == 0] = 0.0
        return products

    def nearest(
        self, query: str | NDArray[np.floating[Any]], *, k: int = 10, exclude: Collection[str] = ()
    ) -> list[Neighbor]:
        """Return the ``k`` words with the highest cosine to ``query``, ties in vocabulary order.

        Parameters
        ----------
        query : str or float[D]
            A word, which is then left out of its own neighbors, or a vector.
        k : int >= 1, default 10
            How many.
        exclude : collection of str
            Words to leave out.

        Raises
        ------
        UnknownWordError
            If the query is a word outside the vocabulary.
        """
        if isinstance(query, str):
            found = self.nearest_many([query], k=k, exclude=exclude)
        else:
            vector = np.asarray(query)
            require(vector.shape == (self.dim,), "query.shape", f"({self.dim},)", vector.shape)
            found = self.nearest_many(vector[None], k=k, exclude=exclude)
        words, pairs = self.vocabulary.words, zip(found.rows[0].tolist(), found.similarities[0].tolist(), strict=True)
        return [Neighbor(words[row], similarity) for row, similarity in pairs if row >= 0]

    def nearest_many(
        self,
        queries: Sequence[str] | NDArray[np.floating[Any]],
        *,
        k: int = 10,
        exclude: Collection[str] = (),
        threads: int | None = None,
    ) -> "Nearest":
        """Find the ``k`` words with the highest cosine to each query, all words compared, ties in vocabulary order.

        Parameters
        ----------
        queries : sequence of str, or float[n, D]
            Words, each of which is left out of its own neighbors, or vectors.
        k : int >= 1, default 10
            How many; at most as many as there are words.
        exclude : collection of str
            Words to leave out everywhere.
        threads : int >= 1, optional
            As many as the machine has CPUs otherwise.

        Returns
        -------
        Nearest
            ``rows``, int64[n, k], positions in the vocabulary, -1 where there are too few words, and
            ``similarities``, float32[n, k]. The same bits for any number of threads and whatever is asked beside.

        Raises
        ------
        UnknownWordError
            If a query is a word outside the vocabulary.
        ParameterError
            If ``k`` or ``threads`` is below 1, or vectors are not of this ``dim``.

        Examples
        --------
        >>> words = Vocabulary(("cat", "dog", "tax"), np.array([3, 2, 1]))
        >>> embeddings = Embeddings(words, np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]], np.float32))
        >>> found = embeddings.nearest_many(["cat", "tax"], k=1)
        >>> [words.words[row] for row in found.rows[:, 0]], found.similarities.shape
        (['dog', 'dog'], (2, 1))
        """
        from .search import nearest_rows

        require(not isinstance(queries, str), "queries", "a sequence of words or vectors", queries)
        own = None
        if isinstance(queries, np.ndarray):
            fits = queries.ndim == 2 and queries.shape[1] == self.dim
            require(fits, "queries.shape", f"(n, {self.dim})", queries.shape)
            vectors = queries.astype(np.float32)
        else:
            own = np.array([self.vocabulary[word] for word in queries], dtype=np.int64)
            vectors = self.vectors[own]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        with np.errstate(invalid="ignore"):  # infinity over infinity: like nothing
            units = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths != 0)
        barred = [row for row in map(self.vocabulary.get, exclude) if row >= 0]
        candidates = np.delete(np.arange(len(self)), barred) if barred else None
        scale = self.reciprocals
        return nearest_rows(units, self.vectors, k, scale=scale, candidates=candidates, own=own, threads=threads)

    @cached_property
    def reciprocals(self) -> NDArray[np.float32]:
        """float32[V]: one over the length of each vector; 0 where it has no direction."""
        reciprocals = np.zeros_like(self.norms)
        np.divide(1.0, self.norms, out=reciprocals, where=self.norms > 0)
        reciprocals.setflags(write=False)
        return reciprocals

    def save(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Write the vectors as an artefact folder."""
        with ArtifactWriter(path, kind="embeddings", overwrite=overwrite) as writer:
            self.vocabulary.save(writer)
            writer.array("vectors", self.vectors)
            writer.commit(self.metadata)

    @classmethod
    def load(cls, path: Path | str, *, mmap: bool = True) -> "Embeddings":
        """Open vectors written by ``wordvec train``, ``wordvec convert`` or :meth:`save`.

        Raises
        ------
        FormatError
            If ``path`` holds something else.
        CorruptFileError
            If its parts do not fit together.
        """
        return load_embeddings(open_artifact(path, "embeddings"), "vectors", mmap=mmap)


@dataclass(frozen=True, eq=False)
class Training:
    """What a trainer returns.

    Parameters
    ----------
    embeddings : Embeddings
        The published vectors: rows of the input matrix W.
    context : Embeddings
        Rows of the output matrix U: what a compass is made of.
    losses : tuple of float
        Mean loss of each epoch, in nats per pair.
    run : mapping
        What differs between equal runs: seconds, threads.
    """

    embeddings: Embeddings
    context: Embeddings
    losses: tuple[float, ...]
    run: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        epochs = "1 epoch" if len(self.losses) == 1 else f"{len(self.losses)} epochs"
        after = f", loss {self.losses[-1]:.3f} after {epochs}" if self.losses else ""
        return f"Training({len(self.embeddings):,} words, dim {self.embeddings.dim}{after})"

    def save(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Write vectors and context vectors as one artefact folder."""
        with ArtifactWriter(path, kind="embeddings", overwrite=overwrite) as writer:
            self.embeddings.vocabulary.save(writer)
            writer.array("vectors", self.embeddings.vectors)
            writer.array("context", self.context.vectors)
            writer.commit({**self.embeddings.metadata, "losses": list(self.losses)}, self.run)

    @classmethod
    def load(cls, path: Path | str, *, mmap: bool = True) -> "Training":
        """Open an artefact that stores context vectors too."""
        artifact = open_artifact(path, "embeddings")
        embeddings = load_embeddings(artifact, "vectors", mmap=mmap)
        context = load_embeddings(artifact, "context", mmap=mmap, vocabulary=embeddings.vocabulary)
        return cls(embeddings, context, tuple(artifact.metadata.get("losses", ())))


def matrix_digest(matrix: NDArray[np.float32], dim: int) -> str:
    """Return the SHA-256 of the first ``dim`` columns, as row-major float32 bytes."""
    digest = hashlib.sha256()
    for start in range(0, len(matrix), 4_096):
        digest.update(np.ascontiguousarray(matrix[start : start + 4_096, :dim]).data)
    return digest.hexdigest()


def load_embeddings(
    artifact: Artifact, payload: str, *, mmap: bool = True, vocabulary: Vocabulary | None = None
) -> Embeddings:
    """Return the vectors stored as ``payload`` in ``artifact``."""
    words = Vocabulary.load(artifact) if vocabulary is None else vocabulary
    vectors = artifact.array(payload, mmap=mmap)
    metadata = {k: v for k, v in artifact.metadata.items() if k not in ("payloads", "children", "versions")}
    try:
        return Embeddings(words, vectors, metadata)
    except ParameterError as error:
        raise CorruptFileError(f"{artifact.path}: {error}.") from error


def scale_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return float32[V, D], rows at length 1; those of length 0 stay 0.

    Examples
    --------
    >>> scale_rows(np.array([[3, 4], [0, 0]], np.float32)).tolist()
    [[0.6000000238418579, 0.800000011920929], [0.0, 0.0]]
    """
    units = np.zeros(vectors.shape, np.float32)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        rows = np.asarray(vectors[start : start + _ROWS_AT_ONCE], dtype=np.float64)
        lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
        np.divide(rows, lengths, out=units[start : start + _ROWS_AT_ONCE], where=lengths > 0, casting="same_kind")
    return units
