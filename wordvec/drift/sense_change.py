"""Which sense of a word grew, between which slices, and how sure that is."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..align.sense_slices import document_rng
from ..errors import AlignmentError, require
from ..senses.slices import SenseSlices
from ..senses.tallies import word_ids
from ..statistics.resampling import (
    Permutations,
    bootstrap_shares,
    interval_of,
    permutation_p,
    resampled_difference,
)
from .measures import Against, slice_pairs
from .sense_tables import SenseSettings, change_table, drift_table, left_out_of

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SenseChange", "divergence", "measure_sense_change"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_FEW_DOCUMENTS = "fewer than two documents on a side"


class SenseChange(NamedTuple):
    """What changed between slices, sense by sense and word by word.

    Parameters
    ----------
    changes : pandas.DataFrame
        A row for each sense and pair of slices: ``word sense source target prevalence_source prevalence_target change
        low high p q event count_source count_target documents_source documents_target reason``. ``change`` is target
        minus source, ``low`` and ``high`` its interval over documents, ``p`` of a permutation of documents, ``q``
        adjusted for the number of rows, ``event`` "born", "died" or "". Where something cannot be said it is NaN and
        ``reason`` says why.
    drift : pandas.DataFrame
        A row for each word and pair, in the form of :func:`wordvec.measure_drift` (``word source target measure drift
        count_source count_target``, the measure being ``senses``), then ``chance`` and ``p``.
    """

    changes: "pd.DataFrame"
    drift: "pd.DataFrame"


def measure_sense_change(
    slices: SenseSlices,
    *,
    words: Collection[str] | None = None,
    against: Against = "previous",
    min_count: int = 20,
    resamples: int = 1_000,
    permutations: int = 10_000,
    confidence: float = 0.95,
    adjust: Literal["bh", "holm"] = "bh",
    level: float = 0.05,
    absent: float = 0.02,
    floor: float = 0.05,
    seed: int = 1,
) -> SenseChange:
    """Measure how the prevalence of every sense differs between slices.

    Parameters
    ----------
    slices : SenseSlices
        Two slices or more.
    words : collection of str, optional
        These words; all whose senses were weighed if none are named.
    against : {"previous", "first", "every"}, default "previous"
        Compare each slice with the one before it, with the first, or with every earlier one.
    min_count : int >= 1, default 20
        A word is left out of a comparison if it occurs less often on either side.
    resamples : int >= 1, default 1000
        Resamples of documents behind each interval.
    permutations : int >= 1, default 10000
        Most permutations of documents behind each p; 1,000 are enough where nothing changed.
    confidence : float, default 0.95
        Nominal coverage of the intervals.
    adjust : {"bh", "holm"}, default "bh"
        q by Benjamini and Hochberg (among the changes called, the share of false ones) or Holm (any false one).
    level : float, default 0.05
        q up to which a birth or death is called.
    absent, floor : float, default 0.02 and 0.05
        A sense is born if q is at most ``level``, its earlier prevalence is below ``floor`` with an interval that
        reaches down to ``absent``, and its later interval lies above ``floor`` and above the earlier one; it died if
        the same holds with the slices exchanged.
    seed : int >= 0, default 1
        Of resamples and permutations.

    Returns
    -------
    SenseChange
        Two tables. In both, rows are by pair in slice order; changes then by size, words that moved most first.
        ``drift`` is the Jensen-Shannon divergence of the word's two distributions over senses in bits, 0 to 1. It is
        never negative, so it is above 0 even where nothing changed: ``chance`` is its mean when documents are
        shuffled between the two slices, and ``p`` the permutation p that any sense changed. ``drift.attrs`` has
        ``left_out`` and ``settings`` as :func:`wordvec.measure_drift` has, and ``note``.

    Raises
    ------
    AlignmentError
        If there are fewer than two slices.
    UnknownWordError
        If some of ``words`` are not in the vocabulary.

    References
    ----------
    Lin (1991), "Divergence measures based on the Shannon entropy"; Benjamini and Hochberg (1995), "Controlling the
    false discovery rate"; the tests are those of :mod:`wordvec.statistics.resampling`.

    Examples
    --------
    >>> from wordvec import Corpus, SenseEmbeddings, Vocabulary, align_senses
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
    >>> found = measure_sense_change(align_senses(senses, corpus))
    >>> found.changes[["word", "sense", "change", "event"]].round(2).values.tolist()
    [['bank', 1, -0.67, ''], ['bank', 2, 0.67, 'born']]
    >>> found.drift[["word", "measure", "drift"]].round(2).values.tolist()
    [['bank', 'senses', 0.46]]
    """
    settings = SenseSettings(
        against, min_count, resamples, permutations, confidence, adjust, level, absent, floor, seed
    )
    _check(settings)
    if len(slices.labels) < 2:
        raise AlignmentError(f"change of senses needs two slices or more; these hold {len(slices.labels)}.")
    asked = slices.tallies.words if words is None else word_ids(slices.compass, words)
    changes: list[dict[str, Any]] = []
    drifts: list[dict[str, Any]] = []
    left_out: list[dict[str, Any]] = []
    for s, t in slice_pairs(len(slices.labels), against):
        often = np.asarray((slices.counts[[s, t]][:, asked] >= min_count).all(axis=0), np.bool_)
        seen = np.array([w in slices.tallies and slices.documents[[s, t], w].all() for w in asked.tolist()], np.bool_)
        tried = np.flatnonzero(often & seen)
        found = list(_compare_words(slices, asked[tried], (s, t), settings))
        changes += [row for rows, _ in found for row in rows]
        told = np.array([np.isfinite(row["drift"]) for _, row in found], np.bool_)
        drifts += [row for (_, row), is_told in zip(found, told, strict=True) if is_told]
        compared = np.zeros(len(asked), np.bool_)
        compared[tried[told]] = True
        left_out.append(left_out_of(slices, asked, (s, t), often, compared, words is not None))
    return SenseChange(change_table(changes, settings), drift_table(drifts, left_out, settings))


def divergence(first: Floats, second: Floats) -> Floats:
    """Return float64[...], the Jensen-Shannon divergence of distributions in bits: 0 alike, 1 nothing in common.

    Parameters
    ----------
    first, second : float64[..., K]
        Distributions along the last axis.

    Examples
    --------
    >>> divergence(np.array([[1.0, 0.0], [0.5, 0.5]]), np.array([[0.0, 1.0], [0.5, 0.5]])).tolist()
    [1.0, 0.0]
    """
    middle = (first + second) / 2.0
    return np.asarray(np.maximum(0.0, _entropy(middle) - (_entropy(first) + _entropy(second)) / 2.0))


def _entropy(shares: Floats) -> Floats:
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(-(shares * logs).sum(axis=-1))


def _check(settings: SenseSettings) -> None:
    against, adjust = settings.against, settings.adjust
    require(against in ("previous", "first", "every"), "against", "'previous', 'first' or 'every'", against)
    require(adjust in ("bh", "holm"), "adjust", "'bh' or 'holm'", adjust)
    for name in ("min_count", "resamples", "permutations"):
        require(getattr(settings, name) >= 1, name, "an integer >= 1", getattr(settings, name))
    for name in ("confidence", "level"):
        require(0.0 < getattr(settings, name) < 1.0, name, "between 0 and 1", getattr(settings, name))
    absent, floor = settings.absent, settings.floor
    require(0.0 <= absent <= floor < 1.0, "absent, floor", "ascending, from 0 and below 1", (absent, floor))


def _compare_words(
    slices: SenseSlices, words: NDArray[np.int64], pair: tuple[int, int], settings: SenseSettings
) -> Iterator[tuple[list[dict[str, Any]], dict[str, Any]]]:
    """Yield the rows of changes, and the row of drift, of each word."""
    s, t = pair
    for word in words.tolist():
        kept = np.flatnonzero(slices.compass.prevalence[word] > 0)
        change, ends, tested = _compare(slices, word, pair, settings)
        common = {"word": slices.compass.vocabulary.words[word], "source": slices.labels[s], "target": slices.labels[t]}
        sizes = {"count_source": int(slices.counts[s, word]), "count_target": int(slices.counts[t, word])}
        rows = []
        for k in kept.tolist():
            known = np.isfinite(slices.prevalence[pair, word, k]).all()
            why = slices.why_unknown(common["word"], k + 1, common["source"]) if not known else ""
            rows.append(
                {
                    **common,
                    **sizes,
                    "sense": k + 1,
                    "prevalence_source": slices.prevalence[s, word, k],
                    "prevalence_target": slices.prevalence[t, word, k],
                    "change": change[k],
                    "low": ends[0, k] if known else np.nan,
                    "high": ends[1, k] if known else np.nan,
                    "p": tested.p[k] if known and tested is not None else np.nan,
                    "documents_source": int(slices.documents[s, word]),
                    "documents_target": int(slices.documents[t, word]),
                    "reason": why or ("" if tested is not None else _FEW_DOCUMENTS),
                    "ends": (slices.low[pair, word, k], slices.high[pair, word, k]),
                }
            )
        yield rows, {**common, **sizes, **_drift_of(slices, word, pair, tested)}


def _compare(
    slices: SenseSlices, word: int, pair: tuple[int, int], settings: SenseSettings
) -> tuple[Floats, Floats, Permutations | None]:
    """Return float64[K] changes, float64[2, K] their intervals, and the test; none with too few documents."""
    tallies, name = slices.tallies, slices.compass.vocabulary.words[word]
    sums = [tallies.document_sums(tallies.place(word), t) for t in pair]
    labels = [slices.labels[t] for t in pair]
    drawn = [
        bootstrap_shares(*side, settings.resamples, document_rng(settings.seed, name, label))
        for side, label in zip(sums, labels, strict=True)
    ]
    change = slices.prevalence[pair[1], word] - slices.prevalence[pair[0], word]
    ends = interval_of(resampled_difference(*drawn), settings.confidence, (-1.0, 1.0))
    ends = np.stack([np.fmin(ends[0], change), np.fmax(ends[1], change)])
    if min(len(side.sizes) for side in sums) < 2:
        return change, ends, None
    sizes, parts = (np.concatenate(both) for both in zip(*sums, strict=True))
    rng, known = document_rng(settings.seed, name, *labels), np.flatnonzero(np.isfinite(change))
    if not len(known):
        return change, ends, None
    found = permutation_p(sizes, parts[:, known], len(sums[0].sizes), rng, permutations=settings.permutations)
    p, chance = np.full(len(change), np.nan), np.full((*found.chance.shape[:2], len(change)), np.nan)
    p[known], chance[:, :, known] = found.p, found.chance
    return change, ends, Permutations(p, found.p_any, chance)


def _drift_of(slices: SenseSlices, word: int, pair: tuple[int, int], tested: Permutations | None) -> dict[str, Any]:
    """Return divergence, what chance gives, and p; senses that cannot be told apart are taken together."""
    shares = slices.prevalence[pair, word]
    known = np.asarray(np.isfinite(shares).all(axis=0), np.bool_)
    one = (slices.compass.prevalence[word] > 0).sum() == 1
    drift = divergence(*_grouped(shares, known)) if known[slices.compass.prevalence[word] > 0].any() else np.nan
    chance = np.nan
    if tested is not None:
        shuffled = _grouped(np.clip(tested.chance, 0.0, 1.0), known)
        chance = float(divergence(shuffled[:, 0], shuffled[:, 1]).mean())
    return {
        "measure": "senses",
        "drift": 0.0 if one else float(drift),
        "chance": chance,
        "p": tested.p_any if tested is not None else np.nan,
    }


def _grouped(shares: Floats, known: Mask) -> Floats:
    """Return distributions over the known senses and one class for what is left of 1, scaled to sum to 1."""
    rest = np.clip(1.0 - shares[..., known].sum(axis=-1, keepdims=True), 0.0, 1.0)
    whole = np.concatenate([shares[..., known], rest], axis=-1)
    return np.asarray(whole / whole.sum(axis=-1, keepdims=True))
