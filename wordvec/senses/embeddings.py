"""Several vectors per word: one for each sense, and gates that tell from a context which sense is meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artifact import open_artifact
from ..artifact_writer import ArtifactWriter
from ..embeddings import Embeddings, Neighbor
from ..errors import CorruptFileError, ParameterError, require
from ..text.vocabulary import Vocabulary
from .checks import find_damage
from .disambiguation import Disambiguation, known_around
from .gating import Contexts, Rule, sense_probabilities

__all__ = ["Disambiguation", "SenseEmbeddings"]

_PAYLOADS = {
    "vectors": np.float32,
    "prevalence": np.float64,
    "context": np.float32,
    "gates": np.float32,
    "gate_biases": np.float32,
    "gate_rows": np.int32,
    "context_weights": np.float32,
}
#: What metadata say about the folder, not about the senses.
_OF_THE_FOLDER = ("format", "kind", "payloads", "children", "versions")


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
        if self.context_weights.size == 0:
            object.__setattr__(self, "context_weights", np.ones(n, np.float32))
        fits = self.context.ndim == 2 and len(self.context) == n
        require(fits, "context.shape", f"({n}, dim)", self.context.shape)
        self.context.setflags(write=False)
        sizes = self.vectors.shape if self.vectors.ndim == 3 else (0, 0, 0)
        n_gates = len(self.gates) if self.gates.ndim else 0
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
        if n:
            low, high = int(self.gate_rows.min()), int(self.gate_rows.max())
            require(0 <= low <= high < n_gates, "gate_rows", f"from 0 to {n_gates - 1}", f"{low} to {high}")

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

    def label(self, word: str, sense: int) -> str:
        """Return the name that a sense has in an inventory, or an empty string."""
        return self.labels.get(self.place(word, sense), "")

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

    def find(self, name: str) -> list[tuple[str, int]]:
        """Return the senses that a name stands for: every one of a word, or the one that is written ``word#k``.

        Raises
        ------
        UnknownWordError
            If the word is unknown.
        ParameterError
            If the word has no sense of that number.

        Examples
        --------
        >>> words, one = Vocabulary(("bank", "c#"), np.array([2, 1])), np.ones((2, 2, 1), np.float32)
        >>> shares, gate = np.array([[0.5, 0.5], [1.0, 0.0]]), np.zeros(2, np.int32)
        >>> senses = SenseEmbeddings(words, one, shares, one[:, 0], one[:1], one[:1, :, 0], gate)
        >>> senses.find("bank"), senses.find("bank#2"), senses.find("c#")
        ([('bank', 1), ('bank', 2)], [('bank', 2)], [('c#', 1)])
        """
        word, mark, number = name.rpartition("#")
        if name not in self and mark and word in self and number.isascii() and number.isdigit():
            self.place(word, int(number))
            return [(word, int(number))]
        return [(name, sense) for sense in self.kept(name)]

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
        return self.as_words()

    def as_words(self, *, plain: bool = False) -> Embeddings:
        """Return every kept sense as a word of its own, the most frequent first.

        Parameters
        ----------
        plain : bool, default False
            Whether words with one sense keep their plain form; otherwise they are ``word#1``.

        Returns
        -------
        Embeddings
            Its counts are the word's, times the prevalence of the sense, rounded.
        """
        rows, places = np.nonzero(self.prevalence)
        counts = np.rint(self.prevalence[rows, places] * self.vocabulary.counts[rows]).astype(np.int64)
        order = np.argsort(-counts, kind="stable")
        rows, places = rows[order], places[order]
        words, is_single = self.vocabulary.words, np.count_nonzero(self.prevalence, axis=1) == 1
        names = tuple(
            words[row] if plain and single else f"{words[row]}#{place + 1}"
            for row, place, single in zip(rows.tolist(), places.tolist(), is_single[rows].tolist(), strict=True)
        )
        vectors = np.ascontiguousarray(self.vectors[rows, places])
        return Embeddings(Vocabulary(names, counts[order]), vectors, self.metadata)

    def nearest(self, word: str, sense: int, *, k: int = 10) -> list[Neighbor]:
        """Return the ``k`` senses of other words whose vectors have the highest cosine with a sense, as ``word#k``."""
        self.place(word, sense)
        own = [f"{word}#{number}" for number in self.kept(word)]
        return self.split.nearest(f"{word}#{sense}", k=k, exclude=own)

    def disambiguate(
        self,
        word: str,
        context: Sequence[str],
        *,
        at: int | None = None,
        window: int | None = None,
        rule: Rule = "gate",
        temperature: float = 1.0,
    ) -> Disambiguation:
        """Say which sense of ``word`` a context speaks of.

        Parameters
        ----------
        word : str
            The word.
        context : sequence of str
            The words around it.
        at : int, optional
            Where in ``context`` the word stands, from 0, whatever form it has there; it is no context of its own.
            Otherwise every occurrence of ``word`` in ``context`` is left out.
        window : int >= 1, optional
            Only the nearest known words count, this many on either side; all of them otherwise. Needs a place: ``at``,
            or an occurrence of ``word`` in ``context``, the first of which is taken.
        rule, temperature
            As for :func:`wordvec.senses.gating.sense_probabilities`.

        Raises
        ------
        UnknownWordError
            If the word is unknown. Unknown words of the context are listed in the result.
        ParameterError
            If ``at`` is outside the context, or ``window`` is given without a place.
        """
        require(not isinstance(context, str), "context", "a sequence of words", context)
        row = self.vocabulary[word]
        ids = [self.vocabulary.get(token) for token in context]
        known = known_around(row, ids, at, window)
        chances = sense_probabilities(self, np.array([row]), Contexts.of([known]), rule=rule, temperature=temperature)
        kept = self.kept(word)
        n_known = int(np.count_nonzero(self.context_weights[known] > 0))
        unknown = tuple(token for place, token in enumerate(context) if ids[place] < 0 and place != at)
        return Disambiguation(kept, tuple(float(chances[0, number - 1]) for number in kept), n_known, unknown)

    def save(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Write the senses as an artefact folder."""
        with ArtifactWriter(path, kind="senses", overwrite=overwrite) as writer:
            self.vocabulary.save(writer)
            for name, dtype in _PAYLOADS.items():
                writer.array(name, np.asarray(getattr(self, name), dtype=dtype))
            if self.labels:
                rows = sorted(self.labels.items())
                writer.text("labels", (f"{row}\t{place + 1}\t{' '.join(name.split())}" for (row, place), name in rows))
            writer.commit({**self.metadata, "unit_contexts": self.unit_contexts})

    @classmethod
    def load(cls, path: Path | str, *, mmap: bool = True) -> "SenseEmbeddings":
        """Open senses written by ``wordvec senses train`` or :meth:`save`.

        Raises
        ------
        FormatError
            If ``path`` holds something else.
        CorruptFileError
            If its parts do not fit together: shapes, vectors that are not finite, prevalences that are no shares, gates
            or labels of senses that there are not.
        """
        artifact = open_artifact(path, "senses")
        metadata = {k: v for k, v in artifact.metadata.items() if k not in _OF_THE_FOLDER}
        unit_contexts = bool(metadata.pop("unit_contexts", False))
        arrays: dict[str, NDArray[Any]] = {}
        for name, dtype in _PAYLOADS.items():
            arrays[name] = artifact.array(name, mmap=mmap)
            if arrays[name].dtype != dtype:
                raise CorruptFileError(f"{artifact.path}: {name!r} is {arrays[name].dtype}, not {np.dtype(dtype)}.")
        words = Vocabulary.load(artifact)
        try:
            labels = dict(map(_read_label, artifact.lines("labels"))) if "labels" in artifact else {}
            senses = cls(words, **arrays, labels=labels, metadata=metadata, unit_contexts=unit_contexts)
        except ParameterError as error:
            raise CorruptFileError(f"{artifact.path}: {error}.") from error
        damage = find_damage(senses)
        if damage is not None:
            raise CorruptFileError(f"{artifact.path}: {damage}.")
        return senses


def _read_label(line: str) -> tuple[tuple[int, int], str]:
    """Return a word id and the place of a sense, from 0, and its label."""
    row, _, rest = line.partition("\t")
    number, tab, label = rest.partition("\t")
    sound = tab and all(part.isascii() and part.isdigit() and len(part) < 10 for part in (row, number))
    require(bool(sound), "a label", "'word id, tab, sense, tab, label'", line)
    return (int(row), int(number) - 1), label
