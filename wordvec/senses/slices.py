"""Senses through time: one inventory of senses for all slices, and in each slice their prevalence and vectors."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artifact import open_artifact
from ..artifact_writer import ArtifactWriter
from ..errors import CorruptFileError, ParameterError, require
from .embeddings import SenseEmbeddings
from .tallies import SenseTallies

__all__ = ["SenseSlices"]

Floats = NDArray[np.float64]

_ESTIMATES = ("counts", "documents", "prevalence", "low", "high", "separation")
_TALLIES = ("words", "is_kept", "offsets", "decided", "products", "blind")
#: Prevalence that stands for 0 in a slice's own senses, where 0 means pruned.
_RARE = 1e-6


@dataclass(frozen=True, eq=False)
class SenseSlices:
    """The senses of a compass, and in every slice how common each is and which vector it has.

    A sense has the same number in all slices. It is pruned only where it is rare in every slice.

    Parameters
    ----------
    labels : tuple of str
        Names of the T slices, in order of time (or as given).
    compass : SenseEmbeddings
        The senses of all slices together; its gates and context vectors hold for all of them.
    counts : int64[T, V]
        Occurrences of each word in each slice.
    documents : int64[T, V]
        Documents of each slice in which a word's senses could be weighed: the units of the intervals.
    prevalence, low, high : float64[T, V, K]
        Share of each sense in the word's occurrences in a slice, and the ends of its interval; 1 for a word of one
        sense, NaN where nothing can be said: no occurrence, or a sense that the gate cannot tell from others.
    separation : float64[V, K]
        How well the gate tells each sense from the others, 0 to 1.
    tallies : SenseTallies
        Sums by document, from which differences between slices are tested.
    vectors : tuple of float32[V, K, D]
        For each slice the vector of each sense, trained with the gates and context vectors of the compass; none
        where no slice was trained.
    metadata, run : mapping
        Settings; what differs between equal runs.

    Examples
    --------
    >>> from wordvec import Corpus, Vocabulary, align_senses
    >>> eye = np.eye(2, dtype=np.float32)
    >>> senses = SenseEmbeddings(
    ...     Vocabulary(("bank", "river", "money"), np.array([60, 30, 30])),
    ...     vectors=np.stack([eye, eye, eye[::-1]]),
    ...     prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
    ...     context=np.array([[0, 0], [9, 0], [0, 9]], np.float32),
    ...     gates=np.stack([0 * eye, eye]),
    ...     gate_biases=np.zeros((2, 2), np.float32),
    ...     gate_rows=np.array([1, 0, 0], np.int32),
    ... )
    >>> then, now = [["bank", "river"]] * 30, [["bank", "money"]] * 20 + [["bank", "river"]] * 10
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, vocabulary=senses.vocabulary)
    >>> slices = align_senses(senses, corpus)
    >>> slices
    SenseSlices(2 slices: then, now; 3 words, 1 with several senses)
    >>> slices.prevalence[:, 0].round(2).tolist()
    [[1.0, 0.0], [0.33, 0.67]]
    >>> slices["now"].kept("bank")
    (1, 2)
    """

    labels: tuple[str, ...]
    compass: SenseEmbeddings
    counts: NDArray[np.int64]
    documents: NDArray[np.int64]
    prevalence: Floats
    low: Floats
    high: Floats
    separation: Floats
    tallies: SenseTallies
    vectors: tuple[NDArray[np.float32], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require(len(set(self.labels)) == len(self.labels), "labels", "without duplicates", self.labels)
        n, (words, senses) = len(self.labels), self.compass.prevalence.shape
        shapes = {"counts": (n, words), "documents": (n, words), "separation": (words, senses)}
        for name in _ESTIMATES:
            array, shape = getattr(self, name), shapes.get(name, (n, words, senses))
            require(array.shape == shape, f"{name}.shape", str(shape), array.shape)
            array.setflags(write=False)
        require(len(self.vectors) in (0, n), "vectors", f"none or {n}, one for each slice", len(self.vectors))
        for array in self.vectors:
            require(array.shape == self.compass.vectors.shape, "vectors", str(self.compass.vectors.shape), array.shape)
            array.setflags(write=False)
        require(self.tallies.labels == self.labels, "tallies", f"of the slices {self.labels}", self.tallies.labels)

    def __repr__(self) -> str:
        n = len(self.labels)
        several = int(((self.compass.prevalence > 0).sum(axis=1) > 1).sum())
        named = ", ".join(self.labels[:6]) + (f" and {n - 6} more" if n > 6 else "")
        listed = f"{n} {'slice' if n == 1 else 'slices'}: {named}"
        return f"SenseSlices({listed}; {len(self.compass):,} words, {several:,} with several senses)"

    def __contains__(self, word: object) -> bool:
        return word in self.compass

    def number(self, label: str) -> int:
        """Return the position of the slice called ``label``."""
        if label not in self.labels:
            raise ParameterError(f"slice must be one of {', '.join(self.labels)}, got {label!r}")
        return self.labels.index(label)

    def __getitem__(self, label: str) -> SenseEmbeddings:
        """Return the senses of the slice called ``label``: its vectors and prevalences, the gates of the compass.

        A sense that is absent in the slice, but not in all, is kept with a prevalence of a millionth. Where the slice
        says nothing of a word's senses, the prevalences of the compass stand.
        """
        t = self.number(label)
        kept = self.compass.prevalence > 0
        known = np.isfinite(self.prevalence[t]).all(axis=1)[:, None]
        shares = np.where(known, np.nan_to_num(self.prevalence[t]), self.compass.prevalence)
        shares = np.where(kept, np.maximum(shares, _RARE), 0.0)
        return replace(
            self.compass,
            vectors=self.vectors[t] if self.vectors else self.compass.vectors,
            prevalence=shares / shares.sum(axis=1, keepdims=True),
            metadata={**self.compass.metadata, "label": label},
        )

    def why_unknown(self, word: str, sense: int, label: str) -> str:
        """Say why the prevalence of a sense in a slice is NaN; "" if it is known."""
        row, place = self.compass.place(word, sense)
        t = self.number(label)
        if np.isfinite(self.prevalence[t, row, place]):
            return ""
        if row not in self.tallies:
            return "not measured: it was not among the words asked for"
        if not self.documents[t, row]:
            return "no occurrence in the slice" if not self.counts[t, row] else "no known word around its occurrences"
        return f"the gate cannot tell it from the word's other senses (separation {self.separation[row, place]:.2f})"

    def save(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Write the compass and the slices as one artefact folder."""
        with ArtifactWriter(path, kind="sense-slices", overwrite=overwrite) as writer:
            self.compass.save(writer.child_folder("compass"))
            writer.adopt_child("compass")
            for name in _ESTIMATES:
                writer.array(name, getattr(self, name))
            for name in _TALLIES:
                writer.array(f"tallies_{name}", getattr(self.tallies, name))
            for number, vectors in enumerate(self.vectors, start=1):
                writer.array(f"vectors_{number:04d}", vectors)
            own = {"labels": list(self.labels), "temperature": self.tallies.temperature, "trained": bool(self.vectors)}
            writer.commit({**self.metadata, **own}, self.run)

    @classmethod
    def load(cls, path: Path | str, *, mmap: bool = True) -> "SenseSlices":
        """Open slices written by :meth:`save`.

        Raises
        ------
        FormatError
            If ``path`` holds something else.
        CorruptFileError
            If its parts do not fit together.
        """
        artifact = open_artifact(path, "sense-slices")
        metadata = {k: v for k, v in artifact.metadata.items() if k not in ("payloads", "children", "versions")}
        temperature, trained = metadata.pop("temperature", 1.0), metadata.pop("trained", False)
        labels = artifact.labels
        names = [f"vectors_{number:04d}" for number in range(1, len(labels) + 1)] if trained else []
        compass = SenseEmbeddings.load(artifact.child("compass").path, mmap=mmap)
        estimates: dict[str, Any] = {name: artifact.array(name, mmap=mmap) for name in _ESTIMATES}
        sums: dict[str, Any] = {name: artifact.array(f"tallies_{name}", mmap=mmap) for name in _TALLIES}
        vectors = tuple(artifact.array(name, mmap=mmap) for name in names)
        try:
            tallies = SenseTallies(labels, **sums, temperature=float(temperature))
            return cls(labels, compass, **estimates, tallies=tallies, vectors=vectors, metadata=metadata)
        except (ParameterError, ValueError, TypeError) as error:
            raise CorruptFileError(f"{artifact.path}: {error}.") from error
