"""Do similarities of words in context agree with those that people see there? (SCWS)"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import require
from ..senses.embeddings import SenseEmbeddings
from ..senses.gating import Contexts, Rule
from .geometry import cosines, unit_rows
from .measures import SPEARMAN
from .outcome import Outcome, outcome_table, timed
from .sense_tags import describe_rule, gather_contexts, probabilities, sense_rows
from .sets.context_pairs import ContextPairs, read_context_pairs
from .sets.numbering import number_pairs
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ContextPairs",
    "context_vectors",
    "evaluate_contextual_similarity",
    "read_context_pairs",
    "score_contextual_similarity",
    "similarities_in_context",
]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Known words on either side.
_WINDOW = 10
#: How much of the context is added to the word where there are no senses, and the share at which a word counts half.
_SHARE, _FREQUENT = 0.3, 1e-4
#: Pairs whose senses are compared at once: 50 MB for ten senses of 300 dimensions.
_CHUNK = 1024


def evaluate_contextual_similarity(
    embeddings: Embeddings | SenseEmbeddings,
    pairs: ContextPairs | Path | str,
    *,
    rule: Rule = "gate",
    temperature: float = 1.0,
    window: int | None = _WINDOW,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    r"""Compare similarities of words, each in a context, with judgements: Spearman's correlation.

    With P(i) the probability of sense i of a word in its context and s(i, j) the cosine of two senses' vectors:
    ``AvgSimC`` :math:`= \sum_{ij} P(i) P(j) s(i, j)`, ``MaxSimC`` is s of the most probable senses, ``AvgSim`` the mean
    of s over all pairs of senses, and ``AvgSim by prevalence`` the same, weighed by how frequent they are. Beside them
    stands what needs no senses, also for vectors that have none: the cosine of the words' vectors (of merged senses),
    and that of ``word + 0.3 context``, vectors of length 1 with 0.3 of their context's added. What senses are worth is
    the difference from the latter.

    Parameters
    ----------
    embeddings : Embeddings or SenseEmbeddings
        The vectors.
    pairs : ContextPairs, Path or str
        The pairs, or a file of them (see :func:`~wordvec.evaluate.sets.context_pairs.read_context_pairs`).
    rule, temperature
        See :func:`~wordvec.senses.gating.sense_probabilities`. ``AvgSimC`` wants probabilities that are not all 0 or 1.
    window : int >= 1, optional
        How many known words on either side are the context, 10 by default; None for all.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a pair with an unknown word: leave it out and count it, raise, or take zeros or the mean
        vector for the word.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`. The interval is over another draw of words.

    Raises
    ------
    FormatError
        If the file is not one of pairs in context.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Notes
    -----
    Similarities are rounded to 6 digits: pairs of a word with itself tie. The share of 0.3 was chosen on SCWS itself,
    so the row is a bar that is a little too high there.

    References
    ----------
    Huang, Socher, Manning and Ng (2012), "Improving word representations via global context and multiple word
    prototypes"; Reisinger and Mooney (2010), "Multi-prototype vector-space models of word meaning".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> from wordvec.evaluate.sets.datasets import Dataset
    >>> words = Vocabulary(("cat", "dog", "tax"), np.array([4, 3, 2]))
    >>> rows = np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]], np.float32)
    >>> lines = [f"{other}\tcat\tn\t{other}\tn\t<b>cat</b>\t<b>{other}</b>\t{score}" for other, score in
    ...          (("dog", 9), ("tax", 1))]
    >>> pairs = read_context_pairs(Dataset("toy", "\n".join(lines), ""))
    >>> table = evaluate_contextual_similarity(Embeddings(words, rows), pairs)
    >>> table[["metric", "score"]].values.tolist()[0]
    ['one vector (baseline) spearman', 1.0]
    """
    held = pairs if isinstance(pairs, ContextPairs) else read_context_pairs(pairs)
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    return outcome_table(score_contextual_similarity(lookup, held, rule=rule, temperature=temperature, window=window))


def score_contextual_similarity(
    lookup: Lookup,
    pairs: ContextPairs,
    *,
    rule: Rule = "gate",
    temperature: float = 1.0,
    window: int | None = _WINDOW,
) -> list[Outcome]:
    """Return of each pair the similarities in context beside its judgement.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    pairs : ContextPairs
        The pairs.
    rule, temperature, window
        See :func:`evaluate_contextual_similarity`.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    rows = lookup.rows(pairs.words)
    kept, missing = lookup.kept(rows), int((rows < 0).any(axis=1).sum())
    items = np.flatnonzero(kept)
    sides = []
    for side in (0, 1):
        around = [pairs.around[item][side] for item in items.tolist()]
        sides.append((rows[items, side], gather_contexts(lookup, rows[items, side], around, window)))
    found: dict[str, Floats] = {}
    usual = describe_rule("gate", 1.0, window, _WINDOW)
    if lookup.senses is not None:
        how = describe_rule(rule, temperature, window, _WINDOW)
        told = similarities_in_context(lookup, "scws", sides[0], sides[1], rule=rule, temperature=temperature)
        found |= {f"{name} spearman{how if name.endswith('C') else usual}": values for name, values in told.items()}
    alone = [lookup.vectors(side) for side, _ in sides]
    mixed = [
        unit_rows(vectors) + _SHARE * context_vectors(lookup, contexts)
        for vectors, (_, contexts) in zip(alone, sides, strict=True)
    ]
    found[f"one vector (baseline) spearman{usual}"] = cosines(alone[0], alone[1])
    found[f"word + {_SHARE} context (baseline) spearman{usual}"] = cosines(mixed[0], mixed[1])
    units = number_pairs(pairs.words)
    outcomes = [
        Outcome(
            "scws",
            pairs.name,
            pairs.sha256,
            metric,
            SPEARMAN,
            items,
            np.stack([values.round(6), pairs.scores[items]], axis=1),
            units[items],
            "word",
            missing,
            lookup.policy,
        )
        for metric, values in found.items()
    ]
    return timed(outcomes, time.perf_counter() - start)


def similarities_in_context(
    lookup: Lookup,
    task: str,
    first: tuple[Ids, Contexts],
    second: tuple[Ids, Contexts],
    *,
    rule: Rule = "gate",
    temperature: float = 1.0,
) -> dict[str, Floats]:
    """Return float64[n] by name, the similarities of words in context by their senses.

    See :func:`evaluate_contextual_similarity`.

    Parameters
    ----------
    lookup : Lookup
        The vectors of senses.
    task : str
        What asks, for messages.
    first, second : (int64[n], Contexts)
        The words of the pairs, -1 for unknown ones, and their contexts.
    rule, temperature
        See :func:`~wordvec.senses.gating.sense_probabilities`.

    Raises
    ------
    ParameterError
        If there is one vector per word, or an option is outside its domain.
    """
    count = len(first[0])
    require(len(second[0]) == count, "second", f"{count} words", len(second[0]))
    chances = [
        probabilities(lookup, task, rows, contexts, rule=rule, temperature=temperature)
        for rows, contexts in (first, second)
    ]
    found = {name: np.empty(count) for name in ("AvgSimC", "MaxSimC", "AvgSim", "AvgSim by prevalence")}
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        one, other = (sense_rows(lookup, task, rows[part]) for rows, _ in (first, second))
        near = np.einsum("nid,njd->nij", _units(one.vectors), _units(other.vectors))
        best = tuple(side[part].argmax(axis=1) for side in chances)
        even = [(held.prevalence > 0) / (held.prevalence > 0).sum(axis=1, keepdims=True) for held in (one, other)]
        found["AvgSimC"][part] = np.einsum("ni,nj,nij->n", chances[0][part], chances[1][part], near)
        found["MaxSimC"][part] = near[np.arange(len(near)), best[0], best[1]]
        found["AvgSim"][part] = np.einsum("ni,nj,nij->n", even[0], even[1], near)
        found["AvgSim by prevalence"][part] = np.einsum("ni,nj,nij->n", one.prevalence, other.prevalence, near)
    return found


def _units(vectors: Floats) -> Floats:
    return unit_rows(vectors.reshape(-1, vectors.shape[-1])).reshape(vectors.shape)


def context_vectors(lookup: Lookup, contexts: Contexts) -> Floats:
    r"""Return float64[n, D], a vector of length 1 for each context, zeros where it is empty.

    It is the mean of its words' vectors, brought to length 1 and weighed by :math:`a / (a + p(w))`, a = 1e-4, where
    counts are known, less what that mean is of any text; else contexts are alike because they are text.

    Parameters
    ----------
    lookup : Lookup
        The vectors; of senses those that they are merged to.
    contexts : Contexts
        Word ids.
    """
    from scipy.sparse import csr_array

    units = unit_rows(lookup.embeddings.vectors.astype(np.float64))
    counts = lookup.embeddings.vocabulary.counts.astype(np.float64)
    total = counts.sum()
    shares = counts / total if total > 0 else np.full(len(units), 1.0 / max(1, len(units)))
    weights = _FREQUENT / (_FREQUENT + shares) if total > 0 else np.ones(len(units))
    usual = (shares * weights) @ units / max(float(shares @ weights), 1e-300)
    table = csr_array((weights[contexts.ids], contexts.ids, contexts.offsets), shape=(len(contexts), len(units)))
    mass = np.asarray(table.sum(axis=1)).reshape(-1, 1)
    means = np.divide(np.asarray(table @ units), mass, out=np.zeros((len(contexts), units.shape[1])), where=mass > 0)
    return unit_rows(np.where(mass > 0, means - usual, 0.0))
