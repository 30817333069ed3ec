"""Several vectors per word: one for each sense, and gates that tell from a context which sense is meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..artifact import open_artifact
from ..artifact_writer import ArtifactWriter
from ..embeddings import Embeddings, Neighbor
from ..errors import CorruptFileError, ParameterError, require
from ..text.vocabulary import Vocabulary
from .gating import Contexts, Rule, sense_probabilities

__all__ = ["Disambiguation", "SenseEmbeddings"]

_PAYLOADS = ("vectors", "prevalence", "context", "gates", "gate_biases", "gate_rows", "context_weights")


class Disambiguation(NamedTuple):
    """Which sense of a word a context speaks of.

    Parameters
    ----------
    senses : tuple of int
        The numbers of the senses that were kept, from 1.
    probabilities : tuple of float
        One for each of them; they sum to 1.
    n_known : int
        Known words in the context. Without any, the probabilities are the word's prevalences.
    unknown : tuple of str
        Words of the context that are not in the vocabulary.
    """

    senses: tuple[int, ...]
    probabilities: tuple[float, ...]
    n_known: int
    unknown: tuple[str, ...]

    @property
    def best(self) -> int:
        """The number of the most probable sense, the smallest of equals."""
        return self.senses[int(np.argmax(self.probabilities))]


@dataclass(frozen=True, eq=False)
class SenseEmbeddings:
    """Up to K vectors per word, one for each of its senses.

    Senses have numbers from 1, the most prevalent first; a sense of prevalence 0 was pruned. Written with its word, a
    sense is ``word#k``.

    Parameters
    ----------
    vocabulary : Vocabulary
        V words.
    vectors : float32[V, K, D]
        The vector of each sense; what stands in the places of pruned senses means nothing.
    prevalence : float64[V, K]
        Share of each sense in the word's occurrences: rows descend and sum to 1.
    context : float32[V, D]
        Vectors of the words of a context, which gates read: the output vectors of a training.
    gates, gate_biases : float32[G, K, D], float32[G, K]
        The gate of words w is ``softmax(gates[g] @ x + gate_biases[g])``, g = ``gate_rows[w]``, with x the mean of the
        context words' vectors.
    gate_rows : int32[V]
        Which gate each word has; rare words may share one.
    context_weights : float32[V], optional
        How much each word counts in the mean of a context; 1 by default.
    labels : mapping of (int, int) to str, optional
        The name of a sense, by word id and place (0 .. K - 1): a synset of a given inventory, for instance.
    metadata : mapping
        How they were made; ``window`` is how many words on either side are a context.
    unit_contexts : bool, default False
        Whether gates read the mean vector of a context scaled to unit length.

    References
    ----------
    Grzegorczyk and Kurdziel (2018), "Disambiguated skip-gram model".

    Examples
    --------
    >>> words = Vocabulary(("bank", "river", "money"), np.array([6, 3, 3]))
    >>> eye = np.eye(2, dtype=np.float32)
    >>> senses = SenseEmbeddings(
    ...     words,
    ...     vectors=np.stack([eye, eye, eye[::-1]]),
    ...     prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
    ...     context=np.array([[0, 0], [4, 0], [0, 4]], np.float32),
    ...     gates=np.stack([0 * eye, eye]),
    ...     gate_biases=np.zeros((2, 2), np.float32),
    ...     gate_rows=np.array([1, 0, 0], np.int32),
    ... )
    >>> senses
    SenseEmbeddings(3 words, 4 senses, dim 2)
    >>> found = senses.disambiguate("bank", ["the", "river"])
    >>> found.best, round(found.probabilities[0], 2), found.unknown
    (1, 0.98, ('the',))
    """

    vocabulary: Vocabulary
    vectors: NDArray[np.float32]
    prevalence: NDArray[np.float64]
    context: NDArray[np.float32]
    gates: NDArray[np.float32]
    gate_biases: NDArray[np.float32]
    gate_rows: NDArray[np.int32]
    context_weights: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    labels: Mapping[tuple[int, int], str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    unit_contexts: bool = False

    def __post_init__(self) -> None:
        n = len(self.vocabulary)
        if not len(self.context_weights):
            object.__setattr__(self, "context_weights", np.ones(n, np.float32))
        sizes = self.vectors.shape if self.vectors.ndim == 3 else (0, 0, 0)
        n_gates = len(self.gates)
        for name, shape in (
            ("vectors", (n, max(1, sizes[1]), sizes[2])),
            ("prevalence", (n, sizes[1])),
            ("gates", (n_gates, sizes[1], self.context.shape[-1])),
            ("gate_biases", (n_gates, sizes[1])),
            ("gate_rows", (n,)),
            ("context_weights", (n,)),
        ):
            array = getattr(self, name)
            require(array.shape == shape, f"{name}.shape", str(shape), array.shape)
            array.setflags(write=False)
        require(self.context.shape[:1] == (n,), "context.shape", f"({n}, dim)", self.context.shape)
        self.context.setflags(write=False)
        rows = self.gate_rows
        require(not n or 0 <= rows.min() <= rows.max() < n_gates, "gate_rows", f"from 0 to {n_gates - 1}", "others")

    def __repr__(self) -> str:
        kept = int(np.count_nonzero(self.prevalence))
        return f"SenseEmbeddings({len(self):,} words, {kept:,} senses, dim {self.dim})"

    def __len__(self) -> int:
        return len(self.vocabulary)

    def __contains__(self, word: object) -> bool:
        return word in self.vocabulary

    @property
    def dim(self) -> int:
        """Length of a sense's vector."""
        return int(self.vectors.shape[2])

    @property
    def n_senses(self) -> int:
        """K: how many senses a word can have."""
        return int(self.vectors.shape[1])

    @property
    def window(self) -> int:
        """Words on either side that are a context, where a text and not a context is given."""
        return int(self.metadata.get("window", 5))

    def kept(self, word: str) -> tuple[int, ...]:
        """Return the numbers of the senses of ``word`` that were not pruned."""
        return tuple((np.flatnonzero(self.prevalence[self.vocabulary[word]]) + 1).tolist())

    def place(self, word: str, sense: int) -> tuple[int, int]:
        """Return where a sense is: the word's id and the sense's place, from 0.

        Raises
        ------
        UnknownWordError
            If the word is unknown.
        ParameterError
            If it has no such sense, or had it and lost it.
        """
        row, kept = self.vocabulary[word], self.kept(word)
        listed = ", ".join(map(str, kept))
        if sense not in kept:
            was = 1 <= sense <= self.n_senses
            fate = f"{word}#{sense} was pruned as too rare" if was else f"there is no {word}#{sense}"
            raise ParameterError(f"sense of {word!r} must be one of {listed}, got {sense!r}: {fate}")
        return row, sense - 1

    def __getitem__(self, key: tuple[str, int]) -> NDArray[np.float32]:
        """Return the vector of a sense: ``senses["bank", 2]``."""
        vector: NDArray[np.float32] = self.vectors[self.place(*key)]
        return vector

    @cached_property
    def mean_vectors(self) -> NDArray[np.float32]:
        """float32[V, D]: the mean of each word's kept senses, each counted alike (the cosine rule's contexts)."""
        is_kept = (self.prevalence > 0).astype(np.float32)
        shares = is_kept / is_kept.sum(axis=1, keepdims=True)
        return np.asarray(np.einsum("vk,vkd->vd", shares, self.vectors))

    def merge(self) -> Embeddings:
        """Return one vector per word: the mean of its senses, weighed by prevalence."""
        merged = np.einsum("vk,vkd->vd", self.prevalence.astype(np.float32), self.vectors)
        return Embeddings(self.vocabulary, merged, {**self.metadata, "merged": "mean of senses by prevalence"})

    @cached_property
    def split(self) -> Embeddings:
        """Every kept sense as a word of its own, ``word#k``, counted by its prevalence: for search and export."""
        rows, places = np.nonzero(self.prevalence)
        counts = np.rint(self.prevalence[rows, places] * self.vocabulary.counts[rows]).astype(np.int64)
        order = np.argsort(-counts, kind="stable")
        words = self.vocabulary.words
        names = tuple(f"{words[row]}#{place + 1}" for row, place in zip(rows[order], places[order], strict=True))
        vectors = np.ascontiguousarray(self.vectors[rows[order], places[order]])
        return Embeddings(Vocabulary(names, counts[order]), vectors, self.metadata)

    def nearest(self, word: str, sense: int, *, k: int = 10) -> list[Neighbor]:
        """Return the ``k`` senses of other words whose vectors have the highest cosine with a sense, as ``word#k``."""
        self.place(word, sense)
        own = [f"{word}#{number}" for number in self.kept(word)]
        return self.split.nearest(f"{word}#{sense}", k=k, exclude=own)

    def disambiguate(
        self, word: str, context: Sequence[str], *, rule: Rule = "gate", temperature: float = 1.0
    ) -> Disambiguation:
        """Say which sense of ``word`` a context speaks of.

        Parameters
        ----------
        word : str
            The word.
        context : sequence of str
            The words around it; ``word`` itself, where it is among them, is left out.
        rule, temperature
            As for :func:`wordvec.senses.gating.sense_probabilities`.

        Raises
        ------
        UnknownWordError
            If the word is unknown. Unknown words of the context are listed in the result.
        """
        require(not isinstance(context, str), "context", "a sequence of words", context)
        row = self.vocabulary[word]
        others = [(token, self.vocabulary.get(token)) for token in context]
        known = [number for _, number in others if number >= 0 and number != row]
        chances = sense_probabilities(self, np.array([row]), Contexts.of([known]), rule=rule, temperature=temperature)[
            0
        ]
        kept = self.kept(word)
        unknown = tuple(token for token, number in others if number < 0)
        return Disambiguation(kept, tuple(float(chances[number - 1]) for number in kept), len(known), unknown)

    def save(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Write the senses as an artefact folder."""
        with ArtifactWriter(path, kind="senses", overwrite=overwrite) as writer:
            self.vocabulary.save(writer)
            for name in _PAYLOADS:
                writer.array(name, getattr(self, name))
            if self.labels:
                rows = sorted(self.labels.items())
                writer.text("labels", (f"{row}\t{place + 1}\t{label}" for (row, place), label in rows))
            writer.commit({**self.metadata, "unit_contexts": self.unit_contexts})

    @classmethod
    def load(cls, path: Path | str, *, mmap: bool = True) -> "SenseEmbeddings":
        """Open senses written by ``wordvec senses train`` or :meth:`save`.

        Raises
        ------
        FormatError
            If ``path`` holds something else.
        CorruptFileError
            If its parts do not fit together.
        """
        artifact = open_artifact(path, "senses")
        metadata = {k: v for k, v in artifact.metadata.items() if k not in ("payloads", "children", "versions")}
        unit_contexts = bool(metadata.pop("unit_contexts", False))
        arrays = {name: artifact.array(name, mmap=mmap) for name in _PAYLOADS}
        try:
            labels = {}
            for line in artifact.lines("labels") if "labels" in artifact else ():
                row, number, label = line.split("\t", 2)
                labels[int(row), int(number) - 1] = label
            words = Vocabulary.load(artifact)
            return cls(words, **arrays, labels=labels, metadata=metadata, unit_contexts=unit_contexts)
        except (ParameterError, ValueError) as error:
            raise CorruptFileError(f"{artifact.path}: {error}.") from error
