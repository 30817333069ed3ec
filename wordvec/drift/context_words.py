"""Which words came into the company of a word, and which left it."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError, UnknownWordError, require, similar_words
from ..text.corpus import Corpus

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["list_contexts"]

Numbers = NDArray[np.float64]
Ids = NDArray[np.int64]


class _Side(NamedTuple):
    """The words around a word in one slice.

    Parameters
    ----------
    counts, units : int64[V]
        How often each stands there, and in how many units.
    squares, products : float64[V]
        Sum over units of its squared count, and of its count times all that the unit has.
    sizes : int64[units]
        How many words stand around the word in each unit that has it.
    """

    counts: Ids
    units: Ids
    squares: Numbers
    products: Numbers
    sizes: Ids


def list_contexts(
    corpus: Corpus,
    word: str,
    *,
    source: str | None = None,
    target: str | None = None,
    window: int = 5,
    unit: str = "document",
    min_count: int = 5,
    top: int | None = 20,
    confidence: float = 0.95,
) -> "pd.DataFrame":
    r"""List the words whose share around a word grew and shrank most between two slices.

    Parameters
    ----------
    corpus : Corpus
        Holds both slices.
    word : str
        The word in the middle.
    source, target : str, optional
        Labels of the two slices; may be left away where there are just two.
    window : int in [1, 1000], default 5
        Words on either side, within the sentence; each counts once.
    unit : str, default "document"
        What goes together (:meth:`Corpus.units`): a word that one document repeats is weak evidence. A document that
        the column says nothing of is a unit of its own; ``attrs["without_unit"]`` counts these.
    min_count : int >= 1, default 5
        Context words are left out (and counted in ``attrs["too_rare"]``) if both slices together have fewer of them
        around the word.
    top : int >= 1, optional, default 20
        Rows for each direction; None for all.
    confidence : float, default 0.95
        Nominal coverage of the intervals, one by one.

    Returns
    -------
    pandas.DataFrame
        Columns ``word source target context direction count_source count_target units_source units_target
        share_source share_target log_odds low high``: what ``"grew"`` first, then what ``"shrank"``, each by the end of
        its interval that is nearer to 0, so that no rare word leads by chance. ``log_odds`` is the natural logarithm of
        the ratio of odds, target over source; ``low`` and ``high`` are its interval, NaN where a slice has the word
        in fewer than two units. ``attrs``: ``contexts`` (words counted around the word, by slice), ``too_rare``,
        ``same`` (context words whose odds are equal), ``without_unit``, ``settings``.

    Raises
    ------
    UnknownWordError
        If the vocabulary lacks the word.
    FormatError
        If a slice has no word beside it.
    ParameterError
        If an argument is outside its domain.

    Notes
    -----
    A half is added to each count. The variance of the log-odds, :math:`\sum 1/(y + 1/2) + 1/(n - y + 1/2)` over both
    slices for y of n, is multiplied by the design effect, how much more y varies between units than independent draws
    would (at least 1). Among hundreds of context words some intervals miss by chance.

    References
    ----------
    Gart (1966), "Alternative analyses of contingency tables", JRSS B 28; Monroe, Colaresi and Quinn (2008), "Fightin'
    words", Political Analysis 16, for ranking by more than a difference; Kish (1965), "Survey sampling", for the
    design effect.

    Examples
    --------
    >>> then, now = [["cast", "the", "seed"]] * 20, [["cast", "the", "vote"]] * 20
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    >>> found = list_contexts(corpus, "cast")
    >>> found[["context", "direction", "count_source", "count_target"]].values.tolist()
    [['vote', 'grew', 0, 20], ['seed', 'shrank', 20, 0]]
    >>> bool(found["low"].iloc[0] > 1)
    True
    """
    require(isinstance(window, int) and 1 <= window <= 1_000, "window", "an integer from 1 to 1000", window)
    require(min_count >= 1, "min_count", "an integer >= 1", min_count)
    require(top is None or top >= 1, "top", "an integer >= 1, or None", top)
    require(0.0 < confidence < 1.0, "confidence", "between 0 and 1", confidence)
    if word not in corpus.vocabulary:
        words = corpus.vocabulary.words
        raise UnknownWordError(word, len(words), similar_words(word, words))
    labels = _labels(corpus, source, target)
    found = [_side(corpus[label], word, window, unit) for label in labels]
    sides = [side for side, _ in found]
    table = _table(corpus, word, labels, sides, min_count, confidence)
    both = sides[0].counts + sides[1].counts
    ranked = _ranked(table, top)
    ranked.attrs = {
        "contexts": [int(side.counts.sum()) for side in sides],
        "too_rare": int(((both > 0) & (both < min_count)).sum()),
        "same": int((table["direction"] == "same").sum()),
        "without_unit": sum(lacking for _, lacking in found),
        "settings": {"window": window, "unit": unit, "min_count": min_count, "confidence": confidence},
    }
    return ranked


def _labels(corpus: Corpus, source: str | None, target: str | None) -> tuple[str, str]:
    """Return the two slices to compare."""
    if source is None and target is None and len(corpus.labels) == 2:
        return corpus.labels[0], corpus.labels[1]
    listed = ", ".join(corpus.labels)
    if source is None or target is None:
        raise ParameterError(f"source and target must be two of {listed}, got {source!r} and {target!r}")
    for label in (source, target):
        require(label in corpus.labels, "slice", f"one of {listed}", label)
    require(source != target, "target", "another slice than source", target)
    return source, target


def _side(part: Corpus, word: str, window: int, unit: str) -> tuple[_Side, int]:
    """Count the words around a word in a corpus of one slice; also in how many documents without a unit it is."""
    size, start = len(part.vocabulary), int(part.offsets[0])
    ids = part.ids[start : int(part.offsets[-1])]
    offsets = part.offsets - start
    places = np.flatnonzero(ids == part.vocabulary[word])
    sentences = np.searchsorted(offsets, places, side="right") - 1
    documents = np.searchsorted(part.documents.offsets, sentences, side="right") - 1
    codes = part.units(unit).codes.astype(np.int64)[documents]
    lone = codes < 0
    _, units = np.unique(np.where(lone, -1 - documents, codes), return_inverse=True)
    whose, others = [], []
    for step in (*range(-window, 0), *range(1, window + 1)):
        at = places + step
        inside = (at >= offsets[sentences]) & (at < offsets[sentences + 1])
        whose.append(units[inside])
        others.append(ids[at[inside]].astype(np.int64))
    owner, other = np.concatenate(whose), np.concatenate(others)
    if not len(owner):
        raise FormatError(f"no word stands beside {word!r} in slice {part.labels[0]!r}: there is nothing to count.")
    sizes = np.bincount(owner)
    cells, counts = np.unique(owner * size + other, return_counts=True)
    context, of = cells % size, cells // size

    def total(weights: NDArray[Any]) -> Numbers:
        return np.asarray(np.bincount(context, weights, minlength=size), np.float64)

    side = _Side(
        total(counts).astype(np.int64),
        np.bincount(context, minlength=size),
        total(counts.astype(np.float64) ** 2),
        total(counts * sizes[of].astype(np.float64)),
        sizes[sizes > 0],
    )
    return side, len(np.unique(documents[lone]))


def _table(
    corpus: Corpus, word: str, labels: tuple[str, str], sides: list[_Side], min_count: int, confidence: float
) -> "pd.DataFrame":
    """Return a row for each context word that is frequent enough, in the order of the vocabulary."""
    import pandas as pd
    from scipy.special import ndtri

    kept = np.flatnonzero(sides[0].counts + sides[1].counts >= min_count)
    totals = [int(side.counts.sum()) for side in sides]
    odds, variance = np.zeros(len(kept)), np.zeros(len(kept))
    for sign, side, n in zip((-1.0, 1.0), sides, totals, strict=True):
        hits, misses = side.counts[kept] + 0.5, n - side.counts[kept] + 0.5
        odds += sign * np.log(hits / misses)
        variance += 1.0 / hits + 1.0 / misses
    reach = float(ndtri(0.5 + confidence / 2.0)) * np.sqrt(variance * _design_effect(sides, totals, kept))
    columns: dict[str, Any] = {"word": word, "source": labels[0], "target": labels[1]}
    columns["context"] = [corpus.vocabulary.words[i] for i in kept.tolist()]
    columns["direction"] = np.select([odds > 0.0, odds < 0.0], ["grew", "shrank"], "same")
    for name in ("counts", "units"):
        for side, end in zip(sides, ("source", "target"), strict=True):
            columns[f"{name.replace('counts', 'count')}_{end}"] = getattr(side, name)[kept]
    for side, n, end in zip(sides, totals, ("source", "target"), strict=True):
        columns[f"share_{end}"] = side.counts[kept] / n
    return pd.DataFrame(columns | {"log_odds": odds, "low": odds - reach, "high": odds + reach})


def _design_effect(sides: list[_Side], totals: list[int], kept: Ids) -> Numbers:
    """Return float64[kept], by how much counts vary more between units than if words were drawn one by one."""
    if min(len(side.sizes) for side in sides) < 2:
        return np.full(len(kept), np.nan)
    seen, alone = np.zeros(len(kept)), np.zeros(len(kept))
    for side, n in zip(sides, totals, strict=True):
        share, units = side.counts[kept] / n, len(side.sizes)
        of_sizes = float((side.sizes.astype(np.float64) ** 2).sum())
        squares = side.squares[kept] - 2.0 * share * side.products[kept] + share**2 * of_sizes
        seen += squares * units / (units - 1.0)
        alone += n * share * (1.0 - share)
    return np.maximum(np.divide(seen, alone, out=np.ones(len(kept)), where=alone > 0), 1.0)


def _ranked(table: "pd.DataFrame", top: int | None) -> "pd.DataFrame":
    """Return what grew and what shrank, each by the nearer end of its interval, at most ``top`` rows of each."""
    import pandas as pd

    parts = []
    for direction, sign, end in (("grew", 1.0, "low"), ("shrank", -1.0, "high")):
        part = table[table["direction"] == direction]
        sure = (sign * part[end]).fillna(-np.inf)
        order = pd.DataFrame({"sure": -sure, "size": -part["log_odds"].abs(), "context": part["context"]})
        parts.append(part.loc[order.sort_values(["sure", "size", "context"], kind="stable").index][:top])
    return pd.concat(parts, ignore_index=True)
