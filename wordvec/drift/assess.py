"""Drift with an interval, a p-value and a false-discovery rate for every word."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..align.training import slice_seed
from ..errors import AlignmentError, require
from ..progress import Watcher
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..train.skipgram import SkipGram
from .assess_table import Measured, make_table, tell_resolution
from .comparison import AssessmentSettings, Comparison
from .estimates import Corrected, correct_drift, split_rows
from .measures import Against, slice_pairs, word_rows
from .units import Uses, count_uses, make_plan

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["assess_drift"]

Ids = NDArray[np.int64]

_NOTES = (
    "Contexts differ: why, numbers do not say. Genre, authors, spelling and scanning errors change contexts, too.",
    "Intervals are over units of text, with the compass as it is; that the compass is an estimate is not in them.",
)


def assess_drift(
    aligned: AlignedSlices,
    corpus: Corpus,
    *,
    words: Collection[str] | None = None,
    against: Against = "previous",
    unit: str = "document",
    strata: str | None = None,
    within: str | None = None,
    min_count: int = 20,
    min_units: int = 5,
    splits: int = 16,
    floors: int = 8,
    permutations: int = 20,
    lr: float = 0.1,
    confidence: float = 0.95,
    seed: int = 1,
    max_memory: int = 1 << 30,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> "pd.DataFrame":
    r"""Say for every word how far its contexts drifted, and how sure that is.

    Words are trained again, many times in one pass, against the compass as it is: on each slice, on halves of its
    units, on groups inside it, and on slices whose units were exchanged.

    Parameters
    ----------
    aligned : AlignedSlices
        Two slices or more, aligned by the compass with skip-gram.
    corpus : Corpus
        The text that they were made from.
    words : collection of str, optional
        These words; every word otherwise. False-discovery rates are over the words that are tested.
    against : {"previous", "first", "every"}, default "previous"
        As for :func:`wordvec.measure_drift`.
    unit : str, default "document"
        What the text is a sample of: documents, or a column such as the author, whose documents belong together
        (:meth:`Corpus.units`).
    strata : str, optional
        A column (genre, source) within which units are exchanged.
    within : str, optional
        What tells groups inside a slice apart: a column (speaker, source), whose values are dealt out to two groups;
        ``"date"``, earlier against later; ``"order"``, the documents as they stand. By default the date, where
        the documents of each slice have several, else the order.
    min_count : int >= 1, default 20
        A word is left out of a comparison if it occurs less often in either slice.
    min_units : int >= 2, default 5
        A word with fewer units in either slice has no interval and no p.
    splits, floors, permutations : int, default 16, 8, 20
        Random halves of the units of a slice, the same within the groups inside a slice (at most ``splits``), and
        exchanges of units between slices. 0 floors or permutations leave out what depends on them.
    lr : float in (0, 1), default 0.1
        Learning rate of the replicates at the start. Noise is corrected for, and training that stops early is not:
        at a trainer's 0.025 rare words would look more alike than they are.
    confidence : float, default 0.95
        Nominal coverage of the intervals.
    seed : int >= 0, default 1
        Of all draws.
    max_memory : int, default 2**30
        Bytes for the rows of replicates; if they need more, words are taken in turns, each reading the text again.
    threads : int >= 1, optional
        Threads to use. The result does not depend on it.
    progress : callable, optional
        Called several times a second with a :class:`Progress`.

    Returns
    -------
    pandas.DataFrame
        One row for each word and pair of slices, by the lower end of the interval, the largest first. ``drift`` is
        corrected for noise and may be below 0; ``drift_raw`` is one minus the cosine of the two rows; ``low`` and
        ``high`` end the interval of ``drift``. ``p`` is of an exchange of units between the slices. ``floor`` is the
        drift between groups inside a slice, ``p_floor`` tests that the drift is not beyond it, and ``q`` is its
        Benjamini-Hochberg value over the words tested in a pair. Reliabilities are the mean cosine of two halves.
        ``why`` says why a number is missing. ``attrs``: ``settings``, ``left_out`` (a dictionary for each pair) and
        ``notes`` (sentences about what the numbers do and do not say).

    Raises
    ------
    AlignmentError
        If the slices were not aligned by a skip-gram compass, there are fewer than two, the corpus is not theirs, or
        every comparison has a slice with fewer than ``min_units`` units.
    ParameterError
        If an argument is outside its domain, or the corpus has no such column.
    UnknownWordError
        If some of ``words`` are not in the vocabulary.

    Notes
    -----
    What is estimated is the drift that unlimited text from the same sources would show against this compass: see
    :func:`wordvec.drift.estimates.correct_drift` for the correction and its error. Rows that are trained on few uses
    say less of what is special to a slice: where a word has fewer than about a hundred, a strong drift comes out too
    small, and the interval is one of drift that so little text can show. That the compass itself is an estimate is
    not in it.

    Exchanging whole documents would test whether a word became more frequent. So each word's own units are exchanged,
    keeping their number in each slice, and the side with more uses than it had sees a random share of them.
    That two real periods differ in topics makes this null false for nearly every word; hence the second test, against
    the drift that the word shows inside a slice.

    References
    ----------
    Benjamini and Hochberg (1995), "Controlling the false discovery rate"; Dubossarsky, Weinshall and Grossman (2017),
    "Outta control: laws of semantic change and inherent biases in word representation models", for the need of a null;
    Di Carlo, Bianchi and Palmonari (2019) for the compass.

    Examples
    --------
    >>> from wordvec import CompassAligner, SkipGram
    >>> then, now = [["the", "king", "rules", "us"]] * 30, [["the", "people", "rules", "us"]] * 30
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    >>> aligned = CompassAligner(SkipGram(dim=8, epochs=2, subsample=0)).align(corpus)
    >>> table = assess_drift(aligned, corpus, splits=4, floors=2, permutations=4)
    >>> sorted(table["word"])
    ['rules', 'the', 'us']
    """
    settings = AssessmentSettings(
        against=against,
        unit=unit,
        strata=strata,
        within=within,
        min_count=min_count,
        min_units=min_units,
        splits=splits,
        floors=floors,
        permutations=permutations,
        lr=lr,
        confidence=confidence,
        seed=seed,
    )
    require(max_memory >= 1 << 20, "max_memory", "an integer >= 1048576, in bytes", max_memory)
    trainer = _trainer_of(aligned)
    corpus = _own_corpus(aligned, corpus)
    for column in (unit, strata):
        if column is not None:
            corpus.units(column)  # raises for a column that is not there, before anything takes time
    pairs = [(aligned.labels[s], aligned.labels[t]) for s, t in slice_pairs(len(aligned.labels), against)]
    _check_units(corpus, pairs, unit, min_units)
    asked = np.arange(len(aligned.vocabulary)) if words is None else word_rows(aligned, words)
    tables, left_out, notes = [], [], list(_NOTES)
    for labels in pairs:
        comparison = Comparison(corpus, labels, settings)
        frequent = (comparison.corpus.counts[:, asked] >= min_count).all(axis=0)
        table = _assess(comparison, trainer, aligned, asked[frequent], max_memory, threads, progress)
        rare = [aligned.vocabulary.words[row] for row in asked[~frequent].tolist()] if words is not None else []
        few = sum(why.startswith("fewer than") for why in table["why"])
        sizes = {"compared": int(frequent.sum()), "too_rare": int((~frequent).sum()), "few_units": few}
        left_out.append({"source": labels[0], "target": labels[1], **sizes, "words": rare})
        tables.append(table)
        notes += [*tell_resolution(comparison, table), *comparison.notes()]
    import pandas as pd

    whole = pd.concat(tables, ignore_index=True)
    whole.attrs = {"settings": asdict(settings), "left_out": left_out, "notes": notes}
    return whole


def _trainer_of(aligned: AlignedSlices) -> SkipGram:
    """Return the settings with which slices were aligned, or say why they will not do."""
    if len(aligned.labels) < 2:
        raise AlignmentError(f"drift needs two slices or more; these hold {len(aligned.labels)}.")
    settings = aligned.metadata.get("settings")
    is_compass = aligned.compass is not None and aligned.metadata.get("method") == "compass"
    if not is_compass or aligned.metadata.get("model") != SkipGram.model or not isinstance(settings, dict):
        method, model = aligned.metadata.get("method", "unknown"), aligned.metadata.get("model", "unknown")
        raise AlignmentError(
            f"statistics need slices aligned by the compass with skip-gram; these are {method}, {model}. Only there "
            "every word can be trained again by itself: wordvec align --method compass --model skipgram."
        )
    return SkipGram(**settings["trainer"])


def _own_corpus(aligned: AlignedSlices, corpus: Corpus) -> Corpus:
    """Return the corpus in the ids of the slices, or say that it is another one."""
    missing = [label for label in aligned.labels if label not in corpus.labels]
    if missing:
        raise AlignmentError(
            f"the corpus has no slice {missing[0]!r}; its slices are {', '.join(corpus.labels)}. Give the corpus that "
            "these slices were aligned from."
        )
    if corpus.vocabulary.words != aligned.vocabulary.words:
        corpus = corpus.recoded(aligned.vocabulary)
    for number, label in enumerate(aligned.labels):
        if not np.array_equal(corpus.counts[corpus.labels.index(label)], aligned.counts[number]):
            raise AlignmentError(
                f"slice {label!r} of the corpus has other words than that of the aligned slices; give the corpus that "
                "they were aligned from."
            )
    return corpus


def _check_units(corpus: Corpus, pairs: Sequence[tuple[str, str]], unit: str, min_units: int) -> None:
    """Raise :class:`AlignmentError` if no comparison has enough units for any number."""
    sizes = {label: _count_units(corpus, label, unit) for label in dict.fromkeys(sum(pairs, ()))}
    if any(min(sizes[source], sizes[target]) >= min_units for source, target in pairs):
        return
    listed = ", ".join(f"{label!r} has {size:,}" for label, size in sizes.items())
    name = "documents" if unit == "document" else f"units ({unit})"
    raise AlignmentError(
        f"no statistics are possible: intervals and tests are over {name}, and both slices of a comparison need "
        f"{min_units} or more; {listed}. Encode the text with more documents (one a file, a row or a header line), or "
        "choose another unit."
    )


def _count_units(corpus: Corpus, label: str, unit: str) -> int:
    """Return the number of units of a slice; a document without one is its own."""
    slices, number = corpus.slice_offsets, corpus.labels.index(label)
    codes = corpus.units(unit).codes[slices[number] : slices[number + 1]]
    return len(np.unique(codes[codes >= 0])) + int((codes < 0).sum())


def _assess(
    comparison: Comparison,
    trainer: SkipGram,
    aligned: AlignedSlices,
    words: Ids,
    max_memory: int,
    threads: int | None,
    progress: Watcher | None,
) -> "pd.DataFrame":
    """Return the table of one pair of slices: words in turns, as many as the memory takes."""
    from .replicates import make_pass, train_replicates

    settings, parts, corpus = comparison.settings, comparison.parts, comparison.corpus
    assert aligned.compass is not None
    seeded = replace(trainer, lr=settings.lr, seed=slice_seed(trainer.seed, corpus.digest))
    common = make_pass(corpus, seeded, aligned.compass.context)
    uses = count_uses(corpus, parts, words)
    shards = max(1, -(-len(words) * settings.rows * common.U.shape[1] * 4 // max_memory))
    stretches = len(common.stretches) * len(common.rates)
    found = []
    for shard in range(shards):
        mine = words[shard::shards]
        own = np.isin(uses.words, mine)
        held = Uses(uses.parts[own], uses.words[own], uses.counts[own])
        places = np.searchsorted(mine, held.words)
        shape = {"splits": settings.splits, "floors": settings.floors, "exchanges": settings.permutations}
        plan = make_plan(parts, held, places, len(mine), **shape, seed=settings.seed)
        turn = {"before": shard * stretches, "total": shards * stretches}
        rows = train_replicates(common, parts, held, places, plan, threads=threads, progress=progress, **turn)
        found.append(_measure(rows, comparison, held, mine))
    order = np.argsort(np.concatenate([words[shard::shards] for shard in range(shards)]), kind="stable")
    measured = Measured(*(_join(values, order) for values in zip(*found, strict=True)))
    return make_table(comparison, aligned.vocabulary.words, words, measured, comparison.count_units(uses, words))


def _join(values: Sequence[Any], order: Ids) -> Any:
    """Return the words of all turns in their own order."""
    if isinstance(values[0], Corrected):
        return Corrected(*(_join(parts, order) for parts in zip(*values, strict=True)))
    return np.concatenate(values)[order]


def _measure(rows: NDArray[np.float32], comparison: Comparison, uses: Uses, words: Ids) -> Measured:
    """Return what the rows of some words say."""
    settings = comparison.settings
    taken = split_rows(rows, settings.splits, settings.floors, settings.permutations)
    raw = 1.0 - np.einsum("nd,nd->n", taken.whole[:, 0], taken.whole[:, 1]).astype(np.float64)
    distances = 1.0 - np.einsum("nbd,nbd->nb", taken.exchanges[:, :, 0], taken.exchanges[:, :, 1]).astype(np.float64)
    drift = correct_drift(taken.splits[:, :, 0], taken.splits[:, :, 1])
    values, variances = [np.full(len(rows), np.nan)], [np.full(len(rows), np.nan)]
    for side in (0, 1):
        if settings.floors and comparison.groups.is_split[side]:
            groups = taken.floors[:, :, side]
            inside = correct_drift(groups[:, :, 0], groups[:, :, 1], is_disjoint=comparison.has_nested_units(side))
            enough = comparison.has_groups(uses, words, side)
            values.append(np.where(enough, inside.drift, np.nan))
            variances.append(np.where(enough, inside.variance, np.nan))
    number = np.isfinite(values).sum(axis=0)
    some = number > 0
    floor = np.where(some, np.nansum(values, axis=0) / np.maximum(number, 1), np.nan)
    variance = np.where(some, np.nansum(variances, axis=0) / np.maximum(number, 1) ** 2, np.nan)
    return Measured(raw, distances, drift, floor, variance)
