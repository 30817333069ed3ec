"""Vectors of several slices in one space."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .artifact import open_artifact
from .artifact_writer import ArtifactWriter
from .embeddings import Embeddings, Training, load_embeddings
from .errors import CorruptFileError, ParameterError, require
from .text.vocabulary import Vocabulary

__all__ = ["AlignedSlices"]

#: Slices that a representation names; the rest are counted.
_NAMED = 6


@dataclass(frozen=True, eq=False)
class AlignedSlices:
    """Embeddings of several slices that may be compared word by word.

    Each slice holds only the words that it has enough of (``min_slice_count`` at alignment), ordered
    by their counts in that slice; ``vocabulary`` is the whole corpus's.

    Parameters
    ----------
    labels : tuple of str
        Names of the slices, in order of time (or as given).
    embeddings : tuple of Embeddings
        One per slice, all of one ``dim``, in one space.
    vocabulary : Vocabulary
        Words of the whole corpus.
    counts : int64[T, V]
        Occurrences of each word of ``vocabulary`` in each slice, too rare ones included.
    compass : Training, optional
        The training on the whole corpus whose output vectors all slices share, where the method has one.
    metadata : mapping
        Method, settings, shares.
    run : mapping
        What differs between equal runs: seconds, threads.

    Examples
    --------
    >>> words = Vocabulary(("sea", "war"), np.array([4, 3]))
    >>> then = Embeddings(words, np.eye(2, dtype=np.float32))
    >>> now = Embeddings(words, np.eye(2, dtype=np.float32)[::-1].copy())
    >>> aligned = AlignedSlices(("then", "now"), (then, now), words, np.array([[2, 2], [2, 1]]))
    >>> aligned
    AlignedSlices(2 slices: then, now; 2 words, dim 2)
    >>> aligned["now"]["sea"]
    array([0., 1.], dtype=float32)
    >>> aligned.rows("now").tolist()
    [0, 1]
    """

    labels: tuple[str, ...]
    embeddings: tuple[Embeddings, ...]
    vocabulary: Vocabulary
    counts: NDArray[np.int64]
    compass: Training | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(len(set(self.labels)) == len(self.labels), "labels", "without duplicates", self.labels)
        n = len(self.labels)
        require(len(self.embeddings) == n, "embeddings", f"{n} slices", len(self.embeddings))
        shape = (n, len(self.vocabulary))
        require(self.counts.shape == shape, "counts.shape", f"{shape} (slices, words)", self.counts.shape)
        dims = {e.dim for e in self.embeddings}
        require(len(dims) <= 1, "embeddings", "of one dim", sorted(dims))
        self.counts.setflags(write=False)

    def __repr__(self) -> str:
        n, names = len(self.labels), ", ".join(self.labels[:_NAMED])
        more = f" and {n - _NAMED} more" if n > _NAMED else ""
        listed = f"{n} {'slice' if n == 1 else 'slices'}{': ' if n else ''}{names}{more}"
        dim = f", dim {self.dim}" if n else ""
        return f"AlignedSlices({listed}; {len(self.vocabulary):,} words{dim})"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.embeddings[0].dim

    def number(self, label: str) -> int:
        """Return the position of the slice called ``label``."""
        if label not in self.labels:
            raise ParameterError(f"slice must be one of {', '.join(self.labels)}, got {label!r}")
        return self.labels.index(label)

    def __getitem__(self, label: str) -> Embeddings:
        """Return the vectors of the slice called ``label``."""
        return self.embeddings[self.number(label)]

    def rows(self, label: str) -> NDArray[np.int64]:
        """Return int64[V]: the row in slice ``label`` of each word of the vocabulary, -1 where it has none."""
        return self._rows[self.number(label)]

    @cached_property
    def _rows(self) -> tuple[NDArray[np.int64], ...]:
        found = []
        for embeddings in self.embeddings:
            index = embeddings.vocabulary.index
            found.append(np.array([index.get(word, -1) for word in self.vocabulary], dtype=np.int64))
        return tuple(found)

    def trajectory(self, word: str) -> NDArray[np.float32]:
        """Return float32[T, D], the vector of ``word`` in each slice; NaN where the slice has none."""
        self.vocabulary[word]
        out = np.full((len(self.labels), self.dim), np.nan, dtype=np.float32)
        for t, embeddings in enumerate(self.embeddings):
            if word in embeddings:
                out[t] = embeddings[word]
        return out

    def save(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Write the compass and all slices as one artefact folder; each part is an artefact of its own."""
        with ArtifactWriter(path, kind="slices", overwrite=overwrite) as writer:
            if self.compass is not None:
                self.compass.save(writer.child_folder("compass"))
                writer.adopt_child("compass")
            for number, embeddings in enumerate(self.embeddings, start=1):
                name = f"slices/{number:04d}"
                embeddings.save(writer.child_folder(name))
                writer.adopt_child(name)
            self.vocabulary.save(writer)
            writer.array("counts", self.counts)
            writer.commit({**self.metadata, "labels": list(self.labels)}, self.run)

    @classmethod
    def load(cls, path: Path | str, *, mmap: bool = True) -> "AlignedSlices":
        """Open slices written by ``wordvec align`` or :meth:`save`.

        Raises
        ------
        FormatError
            If ``path`` holds something else.
        CorruptFileError
            If its parts do not fit together.
        """
        artifact = open_artifact(path, "slices")
        labels = artifact.labels
        parts = artifact.metadata.get("children", {})
        slices = (artifact.child(f"slices/{number:04d}") for number in range(1, len(labels) + 1))
        embeddings = tuple(load_embeddings(part, "vectors", mmap=mmap) for part in slices)
        compass = Training.load(artifact.child("compass").path, mmap=mmap) if "compass" in parts else None
        metadata = {k: v for k, v in artifact.metadata.items() if k not in ("payloads", "children", "versions")}
        try:
            counts = artifact.array("counts", mmap=mmap)
            return cls(labels, embeddings, Vocabulary.load(artifact), counts, compass, metadata)
        except ParameterError as error:
            raise CorruptFileError(f"{artifact.path}: {error}.") from error
