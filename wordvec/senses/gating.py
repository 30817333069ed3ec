"""How a context tells the senses of a word apart: linear gates over the mean of its words, or cosines."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import require

if TYPE_CHECKING:
    from .embeddings import SenseEmbeddings

__all__ = ["Contexts", "Rule", "average_contexts", "cut_contexts", "sense_probabilities"]

Rule = Literal["gate", "cosine"]

#: Contexts weighed at once.
_CHUNK = 4_096


class Contexts(NamedTuple):
    """The words around some occurrences, those occurrences left out.

    Parameters
    ----------
    ids : int32[N]
        Known words, by their place in the vocabulary.
    offsets : int64[n + 1]
        Context i is ``ids[offsets[i]:offsets[i + 1]]``; it may be empty.

    Examples
    --------
    >>> Contexts.of([[1, 2], [], [3]]).offsets.tolist()
    [0, 2, 2, 3]
    """

    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, contexts: Iterable[Sequence[int] | NDArray[np.integer[Any]]]) -> "Contexts":
        """Join contexts, each given as word ids; negative ids (unknown words) are left out."""
        known = [np.asarray(context, dtype=np.int32) for context in contexts]
        known = [context[context >= 0] for context in known]
        offsets = np.cumsum([0, *(len(context) for context in known)], dtype=np.int64)
        ids = np.concatenate(known) if known else np.empty(0, np.int32)
        return cls(ids, offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def between(self, first: int, last: int) -> "Contexts":
        """Return contexts ``first`` to ``last - 1``."""
        start, stop = self.offsets[first], self.offsets[last]
        return Contexts(self.ids[start:stop], self.offsets[first : last + 1] - start)


def cut_contexts(
    ids: NDArray[np.int32], offsets: NDArray[np.int64], places: NDArray[np.int64], window: int
) -> Contexts:
    """Return the words around places of a text: up to ``window`` on either side, within the sentence.

    Parameters
    ----------
    ids : int32[N]
        A text.
    offsets : int64[S + 1]
        Sentence s is ``ids[offsets[s]:offsets[s + 1]]``.
    places : int64[n]
        Positions in ``ids``, each within a sentence.
    window : int >= 1
        Words on either side.

    Examples
    --------
    >>> text, sentences = np.arange(6, dtype=np.int32), np.array([0, 4, 6])
    >>> cut_contexts(text, sentences, np.array([1, 4]), window=2).ids.tolist()
    [0, 2, 3, 5]
    """
    sentence = np.searchsorted(offsets, places, side="right") - 1
    reach = np.arange(-window, window + 1)
    reach = reach[reach != 0]
    around = places[:, None] + reach
    inside = (around >= offsets[sentence][:, None]) & (around < offsets[sentence + 1][:, None])
    return Contexts(
        np.ascontiguousarray(ids[around[inside]], dtype=np.int32),
        np.concatenate([[0], np.cumsum(inside.sum(axis=1))]).astype(np.int64),
    )


def average_contexts(
    contexts: Contexts, vectors: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return float32[n, D], the weighted mean vector of each context, and bool[n], whether it has any weight.

    Parameters
    ----------
    contexts : Contexts
        Word ids.
    vectors : float32[V, D]
        A vector for each word.
    weights : float32[V]
        How much each word counts, at least 0.
    """
    from scipy.sparse import csr_array

    shape = (len(contexts), len(vectors))
    table = csr_array((weights[contexts.ids], contexts.ids, contexts.offsets), shape=shape)
    mass = np.asarray(table.sum(axis=1), dtype=np.float32)
    is_known = mass > 0
    means = np.asarray(table @ vectors, dtype=np.float32)
    means[is_known] /= mass[is_known, None]
    return means, is_known


def sense_probabilities(
    senses: "SenseEmbeddings",
    words: NDArray[np.int64],
    contexts: Contexts,
    *,
    rule: Rule = "gate",
    temperature: float = 1.0,
) -> NDArray[np.float64]:
    """Return float64[n, K]: how probable each sense of each word is in its context; rows sum to 1.

    Parameters
    ----------
    senses : SenseEmbeddings
        What tells them apart.
    words : int64[n]
        Words, by their place in the vocabulary.
    contexts : Contexts
        One for each; see :class:`Contexts`. Where a context has no known word, the prevalence stands in.
    rule : {"gate", "cosine"}, default "gate"
        By the gate: softmax of a linear function of the context's mean vector (Grzegorczyk and Kurdziel 2018, eq. 4);
        or in proportion to (1 + cosine) / 2 of each sense's vector with the mean of the context words' vectors.
    temperature : float > 0, default 1
        Divides the gate's logits: above 1 flattens probabilities, below 1 sharpens them. The cosine rule raises
        its scores to the power 1 / temperature.
    """
    require(rule in ("gate", "cosine"), "rule", "'gate' or 'cosine'", rule)
    require(temperature > 0, "temperature", "above 0", temperature)
    require(len(words) == len(contexts), "contexts", f"as many as words, {len(words)}", len(contexts))
    found = np.empty((len(words), senses.n_senses))
    for first in range(0, len(words), _CHUNK):
        last = min(len(words), first + _CHUNK)
        score = _gate_scores if rule == "gate" else _cosine_scores
        chunk = words[first:last]
        logits, is_known = score(senses, chunk, contexts.between(first, last))
        found[first:last] = _softmax(logits / temperature, senses.prevalence[chunk] > 0)
        found[first:last][~is_known] = senses.prevalence[chunk][~is_known]
    return found


def _gate_scores(
    senses: "SenseEmbeddings", words: NDArray[np.int64], contexts: Contexts
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    means, is_known = average_contexts(contexts, senses.context, senses.context_weights)
    if senses.unit_contexts:
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        means = np.divide(means, lengths, out=np.zeros_like(means), where=lengths > 0)
    gates = senses.gate_rows[words]
    logits = np.einsum("nkd,nd->nk", senses.gates[gates], means) + senses.gate_biases[gates]
    return logits.astype(np.float64), is_known


def _cosine_scores(
    senses: "SenseEmbeddings", words: NDArray[np.int64], contexts: Contexts
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    means, is_known = average_contexts(contexts, senses.mean_vectors, senses.context_weights)
    vectors = senses.vectors[words].astype(np.float64)
    products = np.einsum("nkd,nd->nk", vectors, means.astype(np.float64))
    lengths = np.linalg.norm(vectors, axis=2) * np.linalg.norm(means, axis=1)[:, None]
    cosines = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)
    return np.log(np.maximum((1.0 + cosines) / 2.0, 1e-12)), is_known


def _softmax(logits: NDArray[np.float64], is_kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return probabilities of the kept senses; the others have none."""
    masked = np.where(is_kept, logits, -np.inf)
    shares = np.exp(masked - masked.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
