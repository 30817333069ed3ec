"""Is colour in one slice what color is in another? Pairs of words that mean the same in two slices."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..slices import AlignedSlices
from .gold_drift import pair_of_slices
from .measures import MEAN
from .outcome import Outcome, outcome_table, timed
from .retrieval import Places, candidates_of, find_places, precision_at, reciprocal_ranks
from .sets.numbering import number_pairs
from .sets.slice_pairs import SlicePairs, read_slice_pairs
from .temporal import look_up_slices
from .words import CasePolicy, Lookup, MissingPolicy

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SlicePairs", "evaluate_slice_pairs", "read_slice_pairs", "score_slice_pairs"]

#: Missing pairs that a note names; the rest are counted.
_NAMED = 6


def evaluate_slice_pairs(
    aligned: AlignedSlices,
    pairs: SlicePairs | Path | str,
    *,
    source_slice: str | None = None,
    target_slice: str | None = None,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
    threads: int | None = None,
) -> "pd.DataFrame":
    r"""Find the word of one slice that says what a word says in another: US ``color`` for UK ``colour``.

    The vector of the first word in its slice is compared with all words of the second slice by cosine, the first
    word itself among them, if it is there.

    Parameters
    ----------
    aligned : AlignedSlices
        The slices, in one space.
    pairs : SlicePairs, Path or str
        The pairs, or a file of them (see :func:`~wordvec.evaluate.sets.slice_pairs.read_slice_pairs`).
    source_slice, target_slice : str, optional
        Where the first and the second word of each pair are looked for: the first and the last slice otherwise.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a pair with a word that its slice does not have.
    case : {"ignore", "keep"}, default "ignore"
        With ``"ignore"``, the most frequent of words that differ in case only stands for all.
    restrict : int >= 1, optional
        Use the first (most frequent) so many words of each slice only.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the scores are the same for any number.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`: P\@1, P\@10 and MRR (the mean of one over the
        rank), and beside them ``same word (baseline)``: the vector that the first word has in the *second* slice is
        asked instead, as if words meant the same everywhere. A first word that the second slice does not have is
        wrong there, for nothing is known of it. ``attrs["notes"]`` says which pairs are missing.

    Raises
    ------
    FormatError, UnknownWordError, ParameterError
        As :func:`~wordvec.evaluate.temporal.evaluate_temporal`.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> from wordvec.evaluate.sets.datasets import Dataset
    >>> rows = np.eye(2, dtype=np.float32)
    >>> uk = Embeddings(Vocabulary(("colour", "sea"), np.array([4, 3])), rows)
    >>> us = Embeddings(Vocabulary(("color", "sea"), np.array([4, 3])), rows)
    >>> every = Vocabulary(("sea", "color", "colour"), np.array([6, 4, 4]))
    >>> aligned = AlignedSlices(("uk", "us"), (uk, us), every, np.array([[3, 0, 4], [3, 4, 0]]))
    >>> table = evaluate_slice_pairs(aligned, read_slice_pairs(Dataset("toy", '{"colour": "color"}', "")))
    >>> table[["metric", "score"]].values.tolist()[:2]
    [['P@1', 1.0], ['P@10', 1.0]]
    """
    held = pairs if isinstance(pairs, SlicePairs) else read_slice_pairs(pairs)
    lookups = look_up_slices(aligned, missing=missing, case=case, restrict=restrict)
    named = {"source_slice": source_slice, "target_slice": target_slice}
    outcomes, notes = score_slice_pairs(lookups, held, threads=threads, **named)
    table = outcome_table(outcomes)
    table.attrs["notes"] = (*held.notes, *notes)
    return table


def score_slice_pairs(
    lookups: Mapping[str, Lookup],
    pairs: SlicePairs,
    *,
    source_slice: str | None = None,
    target_slice: str | None = None,
    threads: int | None = None,
) -> tuple[list[Outcome], tuple[str, ...]]:
    """Return for each pair where its second word stands among those of its slice, and which pairs are missing.

    Parameters
    ----------
    lookups : mapping of str to Lookup
        The vectors of each slice (see :func:`~wordvec.evaluate.temporal.look_up_slices`), with one policy.
    pairs, source_slice, target_slice, threads
        See :func:`evaluate_slice_pairs`.

    Raises
    ------
    ParameterError, UnknownWordError
        As :func:`evaluate_slice_pairs`.
    """
    start = time.perf_counter()
    here, there = (lookups[label] for label in pair_of_slices(list(lookups), source_slice, target_slice))
    one = here.rows([(word,) for word, _ in pairs.words]).ravel()
    other = there.rows([(word,) for _, word in pairs.words]).ravel()
    both = np.stack([one, other], axis=1)
    items = np.flatnonzero(here.kept(both))
    asked = here.vectors(one[items])
    twins = np.array([there.get(pairs.words[item][0]) for item in items.tolist()], dtype=np.int64)
    still = np.where((twins >= 0)[:, None], there.embeddings.vectors[twins].astype(np.float64), 0.0)
    answers = np.stack([np.arange(len(items)), other[items]], axis=1)
    places = _places(asked, there, answers, threads)
    same = _places(still, there, answers[twins >= 0], threads)
    blank = Outcome(
        "slice pairs",
        pairs.name,
        pairs.sha256,
        "",
        MEAN,
        items,
        np.zeros((len(items), 1)),
        number_pairs(pairs.words)[items],
        "word",
        int((both < 0).any(axis=1).sum()),
        here.policy,
    )
    outcomes = [
        replace(blank, metric=f"{way}{metric}", values=values[:, None])
        for way, held in (("", places), ("same word (baseline) ", same))
        for metric, values in _measured(held).items()
    ]
    lost = [f"{a} - {b}" for (a, b), row in zip(pairs.words, both, strict=True) if (row < 0).any()]
    notes = []
    if lost:
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        notes.append(f"{len(lost)} of {len(pairs)} pairs have an unknown word: {', '.join(lost[:_NAMED])}{more}")
    return timed(outcomes, time.perf_counter() - start), tuple(notes)


def _places(vectors: NDArray[np.float64], there: Lookup, answers: NDArray[np.int64], threads: int | None) -> Places:
    return find_places(vectors, candidates_of(there), answers, threads=threads)[0]


def _measured(places: Places) -> dict[str, NDArray[np.float64]]:
    """Return what each pair adds to each metric."""
    found = {f"P@{depth}": precision_at(places, depth) for depth in (1, 10)}
    return {**found, "MRR": reciprocal_ranks(places)}
