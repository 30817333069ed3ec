"""Which sense of a word the words around it speak of, for whole test sets."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from ..senses.embeddings import SenseEmbeddings
from ..senses.gating import Contexts, Rule, sense_probabilities
from .sets.contexts import Occurrence
from .words import Lookup

__all__ = ["SenseRows", "describe_rule", "gather_contexts", "held_senses", "probabilities", "sense_rows"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


class SenseRows(NamedTuple):
    """Vectors and prevalences of the senses of some words; of an unknown word there is one sense.

    Parameters
    ----------
    vectors : float64[n, K, D]
        Zeros for senses that a word does not have.
    prevalence : float64[n, K]
        Rows sum to 1; 0 for senses that a word does not have.
    """

    vectors: Floats
    prevalence: Floats


def held_senses(lookup: Lookup, task: str) -> SenseEmbeddings:
    """Return the senses that vectors hold.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    task : str
        What needs them, for the message.

    Raises
    ------
    ParameterError
        If there is one vector per word.
    """
    if lookup.senses is None:
        raise ParameterError(
            f"vectors must be those of senses for the task {task}, got one vector per word; "
            "wordvec senses train makes some"
        )
    return lookup.senses


def gather_contexts(lookup: Lookup, rows: Ids, around: Iterable[Occurrence], window: int | None = None) -> Contexts:
    """Return the known words around each occurrence, those that are the word itself left out.

    Parameters
    ----------
    lookup : Lookup
        The vectors.
    rows : int64[n]
        The word of each occurrence, -1 if it is unknown.
    around : iterable of Occurrence
        What stands before and after each.
    window : int >= 1, optional
        How many of the nearest known words on either side to take; all by default.

    Raises
    ------
    ParameterError
        If ``window`` is below 1.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> from wordvec.evaluate.words import look_up
    >>> words = Vocabulary(("bank", "river", "money"), np.array([3, 2, 1]))
    >>> lookup = look_up(Embeddings(words, np.eye(3, dtype=np.float32)))
    >>> around = Occurrence(("money", "river", "bank", "xyz"), ("money",))
    >>> gather_contexts(lookup, np.array([0]), [around], window=1).ids.tolist()
    [1, 2]
    """
    require(window is None or window >= 1, "window", "an integer >= 1, or None for all words", window)
    places: dict[str, int] = {}

    def known(tokens: Sequence[str], own: int) -> list[int]:
        found = []
        for token in tokens:
            row = places.get(token)
            if row is None:
                row = places[token] = lookup.get(token)
            if row >= 0 and row != own:
                found.append(row)
        return found

    contexts = []
    for row, (left, right) in zip(rows.tolist(), around, strict=True):
        before, after = known(left, row), known(right, row)
        contexts.append(before + after if window is None else before[-window:] + after[:window])
    return Contexts.of(contexts)


def probabilities(
    lookup: Lookup, task: str, rows: Ids, contexts: Contexts, *, rule: Rule = "gate", temperature: float = 1.0
) -> Floats:
    """Return float64[n, K], how probable each sense is in each context; of unknown words the first one is sure.

    Parameters
    ----------
    lookup : Lookup
        The vectors.
    task : str
        See :func:`held_senses`.
    rows : int64[n]
        The words, -1 for unknown ones.
    contexts : Contexts
        One for each (see :func:`gather_contexts`).
    rule, temperature
        See :func:`~wordvec.senses.gating.sense_probabilities`.

    Raises
    ------
    ParameterError
        If there is one vector per word, or an option is outside its domain.
    """
    senses = held_senses(lookup, task)
    found = sense_probabilities(senses, np.maximum(rows, 0), contexts, rule=rule, temperature=temperature)
    found[rows < 0] = np.eye(1, senses.n_senses)
    return found


def sense_rows(lookup: Lookup, task: str, rows: Ids) -> SenseRows:
    """Return vectors and prevalences of the senses of words.

    Parameters
    ----------
    lookup : Lookup
        The vectors.
    task : str
        See :func:`held_senses`.
    rows : int64[n]
        The words; -1 for unknown ones, which have one sense, with the vector that ``lookup.missing`` says.
    """
    senses = held_senses(lookup, task)
    prevalence = senses.prevalence[rows].astype(np.float64)
    vectors = np.where((prevalence > 0)[:, :, None], senses.vectors[rows].astype(np.float64), 0.0)
    unknown = rows < 0
    prevalence[unknown] = np.eye(1, senses.n_senses)
    vectors[unknown] = 0.0
    vectors[unknown, 0] = lookup.vectors(rows[unknown])
    return SenseRows(vectors, prevalence)


def describe_rule(rule: Rule, temperature: float, window: int | None, usual: int | None = None) -> str:
    """Return what is not as usual, to stand behind the name of a metric: ``", cosine rule, window 5"``.

    Parameters
    ----------
    rule, temperature
        See :func:`~wordvec.senses.gating.sense_probabilities`.
    window : int, optional
        See :func:`gather_contexts`.
    usual : int, optional
        The window that is not named.

    Examples
    --------
    >>> describe_rule("gate", 1.0, None), describe_rule("gate", 10.0, 5)
    ('', ', temperature 10, window 5')
    """
    parts = [f"{rule} rule"] if rule != "gate" else []
    parts += [f"temperature {temperature:g}"] if temperature != 1.0 else []
    parts += [f"window {'all' if window is None else window}"] if window != usual else []
    return "".join(f", {part}" for part in parts)
