"""Do words drift most whose change people rate highest? Gold sets of words that changed, asked of aligned slices."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import AlignmentError, ParameterError, require
from ..slices import AlignedSlices
from ..text.vocabulary import Vocabulary
from .measures import AUC, AVERAGE_PRECISION, MEAN, SPEARMAN
from .outcome import Outcome, outcome_table, timed
from .sets.drift_targets import DriftTargets, read_drift_targets
from .sets.numbering import number_keys
from .standing import THRESHOLD, drift_standing
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DriftTargets", "evaluate_drift", "pair_of_slices", "read_drift_targets", "score_drift", "slices_of"]

Floats = NDArray[np.float64]
#: Missing targets that a note names; the rest are counted.
_NAMED = 12
_NEEDED = ("word", "source", "target", "count_source", "count_target")


def pair_of_slices(labels: Sequence[str], source: str | None = None, target: str | None = None) -> tuple[str, str]:
    """Return which slice leads to which: the first to the last, unless they are named.

    Parameters
    ----------
    labels : sequence of str
        Names of the slices.
    source, target : str, optional
        The two that are asked for.

    Raises
    ------
    ParameterError
        If a name is not there, both are one, or there are fewer than two slices.

    Examples
    --------
    >>> pair_of_slices(["1850", "1900", "1950"]), pair_of_slices(["uk", "us"], "us", "uk")
    (('1850', '1950'), ('us', 'uk'))
    """
    require(len(labels) > 1, "slices", "two or more", list(labels))
    found = (labels[0] if source is None else source, labels[-1] if target is None else target)
    for name, label in zip(("source_slice", "target_slice"), found, strict=True):
        require(label in labels, name, f"one of {', '.join(labels)}", label)
    require(found[0] != found[1], "target_slice", f"another slice than {found[0]}", found[1])
    return found


def slices_of(lookups: Mapping[str, Lookup]) -> AlignedSlices:
    """Return the slices behind lookups: the words of each with their counts there.

    Parameters
    ----------
    lookups : mapping of str to Lookup
        The slices, by label.

    Examples
    --------
    >>> words = Vocabulary(("sea", "war"), np.array([4, 3]))
    >>> side = look_up(Embeddings(words, np.eye(2, dtype=np.float32)))
    >>> slices_of({"then": side, "now": side}).counts.tolist()
    [[4, 3], [4, 3]]
    """
    parts = [lookup.embeddings for lookup in lookups.values()]
    held = [dict(zip(part.vocabulary.words, part.vocabulary.counts.tolist(), strict=True)) for part in parts]
    totals: dict[str, int] = {}
    for counts in held:
        for word, count in counts.items():
            totals[word] = totals.get(word, 0) + count
    words = sorted(totals, key=lambda word: (-totals[word], word))
    table = np.array([[counts.get(word, 0) for word in words] for counts in held], dtype=np.int64)
    vocabulary = Vocabulary(tuple(words), table.sum(axis=0))
    return AlignedSlices(tuple(lookups), tuple(parts), vocabulary, table)


def evaluate_drift(
    slices: "AlignedSlices | pd.DataFrame",
    targets: DriftTargets | Path | str,
    *,
    measure: str = "cosine",
    source_slice: str | None = None,
    target_slice: str | None = None,
    threshold: float = THRESHOLD,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Compare how far words drift with what people say of their change.

    Parameters
    ----------
    slices : AlignedSlices or pandas.DataFrame
        Slices in one space, or a table of drift as :func:`~wordvec.drift.measures.measure_drift` and others make.
    targets : DriftTargets, Path or str
        Words with their change, or a file (see :func:`~wordvec.evaluate.sets.drift_targets.read_drift_targets`).
    measure : str, default "cosine"
        Of slices: one of :data:`~wordvec.drift.measures.MEASURES`. Of a table: which of its measures, or the name of
        a column of numbers that are higher for more drift (``"drift"``, ``"drift_raw"``, ``"low"``).
    source_slice, target_slice : str, optional
        Labels; the first and the last otherwise.
    threshold : float
        A word is called changed if its drift stands so many standard deviations above that of words as frequent
        (:func:`~wordvec.evaluate.standing.drift_standing`). The default was fixed on planted words, without labels.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        ``"error"`` raises for a word without a drift; with any other it is left out, counted, and named in
        ``attrs["notes"]``: nothing can stand in for it.
    case : {"ignore", "keep"}, default "ignore"
        A word that is not there as it is written may, with ``"ignore"``, be there in other letters (then the most
        frequent); ``attrs["notes"]`` says how many were. Of German text that was lower-cased that makes one word of
        a verb and a noun.
    restrict : int >= 1, optional
        Only the so many most frequent of the words that drift.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`. Of graded change Spearman's correlation; of
        binary change AUC, AP (average precision), and accuracy by the threshold. Beside them ``(baseline)`` rows:
        how far the word's share of the text moved (the absolute difference of logs: the frequency baseline of
        SemEval-2020 task 1), the share of changed words (AP of random order), and the accuracy of calling all words
        what most are.

    Raises
    ------
    FormatError
        If the file cannot be read.
    AlignmentError
        If a table has no drift between the two slices.
    UnknownWordError
        If ``missing="error"`` and a word has no drift.
    ParameterError
        If an argument is out of its domain.

    Notes
    -----
    The interval is over another draw of words. It does not hold another corpus or another seed; for seeds, give the
    outcomes of several to :func:`~wordvec.evaluate.comparison.compare.compare_outcomes`.

    Examples
    --------
    >>> from wordvec.evaluate.sets.datasets import Dataset
    >>> words = Vocabulary(("sea", "war", "ship"), np.array([9, 8, 7]))
    >>> then = Embeddings(words, np.array([[1, 0], [0, 1], [1, 1]], np.float32))
    >>> now = Embeddings(words, np.array([[1, 0], [1, 0], [1, 0.5]], np.float32))
    >>> aligned = AlignedSlices(("then", "now"), (then, now), words, np.array([[5, 4, 4], [4, 4, 3]]))
    >>> gold = read_drift_targets(Dataset("toy", "sea 0.1\\nship 0.2\\nwar 0.9\\n", ""))
    >>> table = evaluate_drift(aligned, gold)
    >>> table[["metric", "score", "n", "missing"]].values.tolist()[0]
    ['cosine spearman', 1.0, 3, 0]
    """
    held = targets if isinstance(targets, DriftTargets) else read_drift_targets(targets)
    start = time.perf_counter()
    if isinstance(slices, AlignedSlices):
        drifts = _measure(slices, measure, source_slice, target_slice)
    else:
        drifts = _select(slices, measure, source_slice, target_slice)
    lookup = _lookup(drifts, missing, case, restrict)
    found = outcome_table(timed(_outcomes(drifts, held, lookup, threshold), time.perf_counter() - start))
    found.attrs["notes"] = (*held.notes, *_notes(drifts, held, lookup, threshold))
    return found


def score_drift(
    lookups: Mapping[str, Lookup],
    targets: DriftTargets,
    *,
    measure: str = "cosine",
    source_slice: str | None = None,
    target_slice: str | None = None,
    threshold: float = THRESHOLD,
) -> tuple[list[Outcome], tuple[str, ...]]:
    """Return what the drift of slices says of targets, and what to know beside it.

    Parameters
    ----------
    lookups : mapping of str to Lookup
        The vectors of each slice (see :func:`~wordvec.evaluate.temporal.look_up_slices`), with one policy.
    targets, measure, source_slice, target_slice, threshold
        See :func:`evaluate_drift`.

    Raises
    ------
    ParameterError, UnknownWordError
        As :func:`evaluate_drift`.

    Examples
    --------
    >>> from wordvec.evaluate.sets.datasets import Dataset
    >>> words = Vocabulary(("sea", "war"), np.array([9, 8]))
    >>> sides = {name: look_up(Embeddings(words, np.eye(2, dtype=np.float32))) for name in ("then", "now")}
    >>> outcomes, notes = score_drift(sides, read_drift_targets(Dataset("toy", "sea 1\\nwar 0\\npax 1\\n", "")))
    >>> outcomes[0].metric, outcomes[0].score, notes[0]
    ('cosine AUC', 0.5, '1 of 3 words have no drift: pax')
    """
    start, first = time.perf_counter(), next(iter(lookups.values()))
    drifts = _measure(slices_of(lookups), measure, source_slice, target_slice)
    lookup = _lookup(drifts, first.missing, first.case, first.restrict)
    outcomes = timed(_outcomes(drifts, targets, lookup, threshold), time.perf_counter() - start)
    return outcomes, _notes(drifts, targets, lookup, threshold)


class _Drifts(NamedTuple):
    """The drift of all words between two slices, the most frequent words first."""

    name: str
    words: tuple[str, ...]
    drift: Floats
    counts: NDArray[np.int64]


def _measure(slices: AlignedSlices, measure: str, source: str | None, target: str | None) -> _Drifts:
    """Return the drift of all words that both slices have, by one measure."""
    from ..drift.measures import measure_drift

    pair = pair_of_slices(slices.labels, source, target)
    numbers = [slices.number(label) for label in pair]
    two = replace(
        slices,
        labels=pair,
        embeddings=tuple(slices.embeddings[number] for number in numbers),
        counts=np.array(slices.counts[numbers]),
        compass=None,
    )
    return _select(measure_drift(two, measures=(measure,), min_count=1), measure, *pair)


def _select(table: "pd.DataFrame", measure: str, source: str | None, target: str | None) -> _Drifts:
    """Return what a table of drift holds of two slices."""
    absent = [name for name in _NEEDED if name not in table.columns]
    if absent:
        raise AlignmentError(
            f"a table of drift has the columns {', '.join(_NEEDED)}; {', '.join(absent)} is not there."
        )
    pairs = list(dict.fromkeys(zip(table["source"], table["target"], strict=True)))
    source, target = source or (pairs[0][0] if pairs else None), target or (pairs[-1][1] if pairs else None)
    if (source, target) not in pairs:
        shown = ", ".join(f"{one} to {other}" for one, other in pairs[:_NAMED]) or "nothing"
        raise AlignmentError(f"the table has no drift from {source} to {target}; it has {shown}.")
    rows = table[(table["source"] == source) & (table["target"] == target)]
    column = measure
    if "measure" in rows.columns and measure in set(rows["measure"]):
        rows, column = rows[rows["measure"] == measure], "drift"
    if column not in rows.columns or rows[column].dtype.kind != "f":
        known = sorted(set(rows["measure"])) if "measure" in rows.columns else []
        known += [name for name in rows.columns if rows[name].dtype.kind == "f"]
        raise ParameterError(f"measure must be one of {', '.join(known)} in this table, got {measure!r}")
    rows = rows[np.isfinite(rows[column])]
    if rows["word"].duplicated().any():
        word = rows["word"][rows["word"].duplicated()].iloc[0]
        raise AlignmentError(f"the table has several rows for {word!r} from {source} to {target}; name its measure.")
    counts = rows[["count_source", "count_target"]].to_numpy(dtype=np.int64)
    words, drift = rows["word"].to_numpy(dtype=object), rows[column].to_numpy(dtype=np.float64)
    order = np.lexsort((words.astype(str), -counts.sum(axis=1)))
    return _Drifts(measure, tuple(words[order].tolist()), drift[order], counts[order])


def _lookup(drifts: _Drifts, missing: MissingPolicy, case: CasePolicy, restrict: int | None) -> Lookup:
    """Return where targets are looked for: among the words that drift, whose rows are those of ``drifts``."""
    vocabulary = Vocabulary(drifts.words, drifts.counts.sum(axis=1))
    return look_up(
        Embeddings(vocabulary, np.zeros((len(vocabulary), 1), dtype=np.float32)),
        missing=missing,
        case=case,
        restrict=restrict,
    )


def _rows(drifts: _Drifts, targets: DriftTargets, lookup: Lookup) -> NDArray[np.int64]:
    """Return the row of each target: as it is written, else in other letters; -1 for none."""
    last = len(drifts.words) if lookup.restrict is None else lookup.restrict
    written = lookup.embeddings.vocabulary.index
    found = np.full(len(targets), -1)
    for number, word in enumerate(targets.words):
        row = written.get(word, last)
        found[number] = row if row < last else lookup.rows([(word,)])[0, 0]
    return found


def _notes(drifts: _Drifts, targets: DriftTargets, lookup: Lookup, threshold: float) -> tuple[str, ...]:
    """Return which targets have no drift, how many were found in other letters, and how many have no standing."""
    rows = _rows(drifts, targets, lookup)
    lost = [word for word, row in zip(targets.words, rows.tolist(), strict=True) if row < 0]
    other = sum(row >= 0 and drifts.words[row] != word for word, row in zip(targets.words, rows.tolist(), strict=True))
    notes = []
    if lost:
        shown = ", ".join(lost[:_NAMED]) + (f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else "")
        notes.append(f"{len(lost)} of {len(targets)} words have no drift: {shown}")
    if other:
        notes.append(f"{other} of {len(targets)} words found in other letters only; --case keep leaves them out")
    if targets.binary is not None and (rows >= 0).any():
        alone = int(np.isnan(drift_standing(drifts.drift, drifts.counts, rows[rows >= 0])).sum())
        told = f"called changed above {threshold:g} standard deviations of words as frequent, fixed without labels"
        notes.append(f"{alone} words have too few as frequent beside them: no accuracy" if alone else told)
    return tuple(notes)


def _outcomes(drifts: _Drifts, targets: DriftTargets, lookup: Lookup, threshold: float) -> list[Outcome]:
    rows = _rows(drifts, targets, lookup)
    kept = rows >= 0
    items, rows = np.flatnonzero(kept), rows[kept]
    logs = np.log(drifts.counts[rows]) - np.log(np.maximum(drifts.counts.sum(axis=0), 1))
    moved = np.abs(logs[:, 1] - logs[:, 0])
    blank = Outcome(
        "drift",
        targets.name,
        targets.sha256,
        "",
        MEAN,
        items,
        np.zeros((len(items), 1)),
        number_keys(targets.words)[items][:, None],
        "word",
        int((~kept).sum()),
        lookup.policy,
    )
    ways = {drifts.name: drifts.drift[rows], "frequency (baseline)": moved}
    found = []
    if targets.graded is not None:
        gold = targets.graded[items]
        found += [
            replace(blank, metric=f"{way} spearman", measure=SPEARMAN, values=np.stack([values, gold], axis=1))
            for way, values in ways.items()
        ]
    if targets.binary is not None:
        standing = drift_standing(drifts.drift, drifts.counts, rows)
        found += _binary(blank, ways, targets.binary[items], standing, drifts.name, threshold)
    return found


def _binary(
    blank: Outcome, ways: Mapping[str, Floats], labels: Floats, standing: Floats, name: str, threshold: float
) -> list[Outcome]:
    """Return how well changed and unchanged words are told apart: ranked, and by the threshold."""
    found = [
        replace(blank, metric=f"{way} {short}", measure=measure, values=np.stack([values, labels], axis=1))
        for measure, short in ((AUC, "AUC"), (AVERAGE_PRECISION, "AP"))
        for way, values in ways.items()
    ]
    found.append(replace(blank, metric="share of changed (baseline) AP", values=labels[:, None]))
    if len(labels) and np.isfinite(standing).all():
        hits = ((standing > threshold) == (labels > 0)).astype(np.float64)
        most = float(labels.mean() > 0.5)
        found.append(replace(blank, metric=f"{name} accuracy", values=hits[:, None]))
        found.append(replace(blank, metric="majority (baseline) accuracy", values=(labels == most)[:, None] * 1.0))
    return found
