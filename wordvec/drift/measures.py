"""How far words moved between slices."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import AlignmentError, ParameterError, UnknownWordError, require, similar_words
from ..slices import AlignedSlices
from .neighborhoods import BLOCK, Space, nearest_words, row_cosines, spaces_of
from .similarities import Anchors, intersection, lncs2, second_order

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURES", "intersection", "lncs2", "measure_drift", "slice_pairs", "word_rows"]

#: Every measure, in the order in which help and errors name them.
MEASURES = ("cosine", "lncs2", "moving_lncs2", "intersection", "second_order")

Against = Literal["previous", "first", "every"]
Numbers = NDArray[np.float64]
Ids = NDArray[np.int64]

_COLUMNS = ("word", "source", "target", "measure", "drift", "count_source", "count_target")


@dataclass(frozen=True, kw_only=True)
class _Settings:
    """What the measures need to know; kept in the table's ``attrs``."""

    measures: tuple[str, ...]
    against: str
    ordered: bool
    min_count: int
    k: int
    k_intersection: int
    t: float
    duplicates: bool
    anchors: int | tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.measures or not set(self.measures) <= set(MEASURES):
            raise ParameterError(f"measures must be some of {', '.join(MEASURES)}, got {list(self.measures)!r}")
        object.__setattr__(self, "measures", tuple(dict.fromkeys(self.measures)))
        require(self.against in ("previous", "first", "every"), "against", "previous, first or every", self.against)
        if not self.ordered:
            require(self.against != "previous", "against", "first or every where slices have no order", self.against)
        for name in ("min_count", "k", "k_intersection"):
            require(getattr(self, name) >= 1, name, "an integer >= 1", getattr(self, name))
        require(0.0 <= self.t <= 1.0, "t", "between 0 and 1", self.t)
        many = self.anchors if isinstance(self.anchors, int) else len(self.anchors)
        require(many >= 2, "anchors", "2 words or more, or how many", self.anchors)

    @property
    def neighbors(self) -> int:
        """How many nearest neighbors the measures look at; 0 if none does."""
        of = {"lncs2": self.k, "moving_lncs2": self.k, "intersection": self.k_intersection}
        return max(of.get(measure, 0) for measure in self.measures)


def measure_drift(
    slices: AlignedSlices,
    *,
    words: Collection[str] | None = None,
    measures: Sequence[str] = ("cosine",),
    against: Against | None = None,
    ordered: bool = True,
    min_count: int = 20,
    k: int = 25,
    k_intersection: int = 1000,
    t: float = 0.5,
    duplicates: bool = False,
    anchors: int | Collection[str] = 1000,
) -> "pd.DataFrame":
    r"""Measure how far each word moved between slices.

    Drift is one minus a similarity: 0 says unchanged.

    Parameters
    ----------
    slices : AlignedSlices
        Two slices or more.
    words : collection of str, optional
        Measure these only; every word otherwise.
    measures : sequence of str, default ("cosine",)
        ``"cosine"`` compares the word's own vectors, so it needs slices in one space. ``"lncs2"`` compares
        the word's similarities to the union of its ``k`` nearest neighbors in either slice;
        ``"intersection"`` is the share of its ``k_intersection`` nearest neighbors that stay;
        ``"second_order"`` compares its similarities to the ``anchors``, the same for all words: none of these
        depends on the alignment. ``"moving_lncs2"`` is :math:`(1-t)\,\mathrm{lncs2} + t\,\mathrm{cosine}`.
    against : {"previous", "first", "every"}, optional
        Compare each slice with the one before it, with the first, or with every earlier one; by default
        with the one before, or with every earlier one where slices have no order.
    ordered : bool, default True
        False for slices without an order (places, genres): none then comes before another.
    min_count : int >= 1, default 20
        A word is left out of a row if it occurs less often in that row's source or target.
    k : int >= 1, default 25
        Neighbors in lncs2, out of all words of the slice; at most as many as there are.
    k_intersection : int >= 1, default 1000
        Neighbors in intersection; at most as many as there are in the smaller slice. More than a tenth of
        the words that both slices have say little, for then many are shared by chance:
        :func:`wordvec.drift.remarks.wide_intersection` tells.
    t : float from 0 to 1, default 0.5
        Weight of the cosine in moving_lncs2.
    duplicates : bool, default False
        Let a neighbor shared by both slices count twice in lncs2, as the original code does.
    anchors : int >= 2 or collection of str, default 1000
        For second_order: how many of the most frequent words that both slices have, or these words.

    Returns
    -------
    pandas.DataFrame
        Columns ``word source target measure drift count_source count_target``: by pair in slice order, then
        by measure, the most changed first, ties in code-point order. ``attrs["left_out"]`` has a dictionary
        per pair: ``source``, ``target``, ``compared``, ``too_rare`` (under ``min_count``), ``absent`` (often
        enough, but without a vector), ``words`` (those among ``words`` that were left out), ``shared`` (words
        with a vector in both slices, asked for or not), ``largest_floor`` (the highest ``min_count`` that
        leaves a word; 0 if none does) and, with second_order, ``anchors`` (how many there were).
        ``attrs["settings"]`` holds the arguments.

    Raises
    ------
    UnknownWordError
        If some of ``words`` or ``anchors`` are not in the vocabulary; it names them all.
    AlignmentError
        If there are fewer than two slices, one is too small for a measure of neighbors, or lacks an anchor.
    ParameterError
        If an argument is outside its domain.

    Notes
    -----
    A neighbor that a slice lacks is replaced by the mean vector of that slice. Rare words drift by chance:
    read the counts.

    References
    ----------
    Hamilton, Leskovec and Jurafsky (2016), "Cultural shift or linguistic drift?" (neighbors' similarities
    as a vector); Eger and Mehler (2016), "On the linearity of semantic change", and Yin, Sachidananda and
    Prabhakar (2018), "The global anchor method" (second_order);
    Gonen et al. (2020), "Simple, interpretable and stable method for detecting
    words with usage change across corpora" (intersection of neighbors); Bianchi, Di Carlo, Nicoli and
    Palmonari (2020), "Compass-aligned distributional embeddings for studying semantic
    differences across corpora" (lncs2 and its moving form).

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("sea", "war"), np.array([90, 70]))
    >>> then = Embeddings(words, np.array([[1, 0], [0, 1]], np.float32))
    >>> now = Embeddings(words, np.array([[1, 0], [1, 0]], np.float32))
    >>> slices = AlignedSlices(("then", "now"), (then, now), words, np.array([[40, 30], [50, 40]]))
    >>> table = measure_drift(slices)
    >>> table[["word", "drift", "count_source", "count_target"]].values.tolist()
    [['war', 1.0, 30, 40], ['sea', 0.0, 40, 50]]
    >>> table.attrs["left_out"][0]["too_rare"]
    0
    """
    chosen = _Settings(
        measures=(measures,) if isinstance(measures, str) else tuple(measures),
        against=against or ("previous" if ordered else "every"),
        ordered=ordered,
        min_count=min_count,
        k=k,
        k_intersection=k_intersection,
        t=t,
        duplicates=duplicates,
        anchors=anchors if isinstance(anchors, int) else tuple(anchors),
    )
    if len(slices.labels) < 2:
        raise AlignmentError(f"drift needs two slices or more; these hold {len(slices.labels)}.")
    asked = np.arange(len(slices.vocabulary)) if words is None else word_rows(slices, words)
    spaces = spaces_of(slices)
    _check_neighborhoods(slices, spaces, chosen)
    pairs = slice_pairs(len(slices.labels), chosen.against)
    masks = [(slices.counts[s][asked] >= min_count) & (slices.counts[t_][asked] >= min_count) for s, t_ in pairs]
    present = [space.rows[asked] >= 0 for space in spaces]
    compared = [mask & present[s] & present[t_] for mask, (s, t_) in zip(masks, pairs, strict=True)]
    seen_from = _anchors(slices, spaces, pairs, chosen)
    drifts = _measure(spaces, asked, pairs, compared, seen_from, chosen)
    table = _table(slices, asked, pairs, compared, drifts, chosen)
    named = words is not None
    table.attrs["left_out"] = [
        {**_left_out(slices, asked, pair, mask, kept, named), **_sizes(slices, spaces, asked, pair)}
        for pair, mask, kept in zip(pairs, masks, compared, strict=True)
    ]
    for entry, anchored in zip(table.attrs["left_out"], seen_from, strict=True):
        entry.update({} if anchored is None else {"anchors": len(anchored.ids)})
    listed = anchors if isinstance(anchors, int) else list(anchors)
    table.attrs["settings"] = {**asdict(chosen), "measures": list(chosen.measures), "anchors": listed}
    return table


def word_rows(slices: AlignedSlices, words: Collection[str]) -> Ids:
    """Return the ids of ``words`` in ascending order, each once."""
    unknown = [word for word in dict.fromkeys(words) if word not in slices.vocabulary]
    if unknown:
        known = slices.vocabulary.words
        raise UnknownWordError(unknown[0], len(known), similar_words(unknown[0], known), unknown[1:])
    return np.array(sorted({slices.vocabulary[word] for word in words}), dtype=np.int64)


def slice_pairs(n: int, against: str) -> list[tuple[int, int]]:
    """Return the (source, target) numbers of the slices to compare, in order.

    Examples
    --------
    >>> slice_pairs(3, "previous"), slice_pairs(3, "first"), slice_pairs(3, "every")
    ([(0, 1), (1, 2)], [(0, 1), (0, 2)], [(0, 1), (0, 2), (1, 2)])
    """
    if against == "previous":
        return [(t - 1, t) for t in range(1, n)]
    if against == "first":
        return [(0, t) for t in range(1, n)]
    return [(s, t) for s in range(n) for t in range(s + 1, n)]


def _measure(
    spaces: list[Space],
    asked: Ids,
    pairs: Sequence[tuple[int, int]],
    compared: Sequence[NDArray[np.bool_]],
    anchors: "Sequence[Anchors | None]",
    settings: _Settings,
) -> list[dict[str, Numbers]]:
    """Return, for each pair, the drift of its compared words by each measure."""
    found: list[dict[str, list[Numbers]]] = [{m: [] for m in settings.measures} for _ in pairs]
    for start in range(0, len(asked), BLOCK):
        block = asked[start : start + BLOCK]
        kept = [mask[start : start + BLOCK] for mask in compared]
        near = _neighbors(spaces, block, pairs, kept, settings.neighbors)
        for number, (s, t) in enumerate(pairs):
            words = block[kept[number]]
            sides = (near[s][kept[number]], near[t][kept[number]])
            found_here = _similarity(spaces[s], spaces[t], words, sides, anchors[number], settings)
            for measure, similarity in found_here.items():
                found[number][measure].append(1.0 - similarity)
    return [{m: np.concatenate([*parts, np.empty(0)]) for m, parts in one.items()} for one in found]


def _neighbors(
    spaces: list[Space],
    block: Ids,
    pairs: Sequence[tuple[int, int]],
    kept: Sequence[NDArray[np.bool_]],
    k: int,
) -> list[Ids]:
    """Return int64[B, k] per slice: the neighbors of each word of the block that a pair compares there."""
    near = []
    for number, space in enumerate(spaces):
        needed = np.zeros(len(block), dtype=np.bool_)
        for mask, pair in zip(kept, pairs, strict=True):
            if number in pair:
                needed |= mask
        width = min(k, max(0, space.size - 1))
        ids = np.full((len(block), width), -1, dtype=np.int64)
        if width and needed.any():
            ids[needed] = nearest_words(space, block[needed], width)[0]
        near.append(ids)
    return near


def _similarity(
    source: Space, target: Space, words: Ids, near: tuple[Ids, Ids], anchors: Anchors | None, settings: _Settings
) -> dict[str, Numbers]:
    """Return the similarity of each word's two sides by each measure asked for."""
    measures = settings.measures
    out: dict[str, Numbers] = {}
    if "cosine" in measures or "moving_lncs2" in measures:
        out["cosine"] = row_cosines(source.vectors[source.rows[words]], target.vectors[target.rows[words]])
    if "lncs2" in measures or "moving_lncs2" in measures:
        close = [side[:, : settings.k] for side in near]
        out["lncs2"] = lncs2(source, target, words, *close, duplicates=settings.duplicates)
    if "moving_lncs2" in measures:
        out["moving_lncs2"] = (1.0 - settings.t) * out["lncs2"] + settings.t * out["cosine"]
    if "intersection" in measures:
        width = min(settings.k_intersection, near[0].shape[1], near[1].shape[1])
        out["intersection"] = intersection(near[0][:, :width], near[1][:, :width], len(source.rows))
    if anchors is not None:
        out["second_order"] = second_order(source, target, words, anchors)
    return {measure: out[measure] for measure in measures}


def _table(
    slices: AlignedSlices,
    asked: Ids,
    pairs: Sequence[tuple[int, int]],
    compared: Sequence[NDArray[np.bool_]],
    drifts: Sequence[dict[str, Numbers]],
    settings: _Settings,
) -> "pd.DataFrame":
    import pandas as pd

    words = np.array(slices.vocabulary.words, dtype=object)
    rank = np.empty(len(words), dtype=np.int64)
    rank[sorted(range(len(words)), key=slices.vocabulary.words.__getitem__)] = np.arange(len(words))
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in _COLUMNS}
    for (s, t), mask, by_measure in zip(pairs, compared, drifts, strict=True):
        ids = asked[mask]
        for measure in settings.measures:
            drift = by_measure[measure]
            order = np.lexsort((rank[ids], -drift))
            sorted_ids = ids[order]
            labels = (slices.labels[s], slices.labels[t], measure)
            fixed = (np.full(len(order), label, dtype=object) for label in labels)
            counts = (slices.counts[s][sorted_ids], slices.counts[t][sorted_ids])
            for name, column in zip(_COLUMNS, (words[sorted_ids], *fixed, drift[order], *counts), strict=True):
                parts[name].append(column)
    return pd.DataFrame({name: np.concatenate(columns) for name, columns in parts.items()})


def _left_out(
    slices: AlignedSlices,
    asked: Ids,
    pair: tuple[int, int],
    frequent: NDArray[np.bool_],
    compared: NDArray[np.bool_],
    named: bool,
) -> dict[str, Any]:
    words = slices.vocabulary.words
    return {
        "source": slices.labels[pair[0]],
        "target": slices.labels[pair[1]],
        "compared": int(compared.sum()),
        "too_rare": int((~frequent).sum()),
        "absent": int((frequent & ~compared).sum()),
        "words": [words[i] for i in asked[~compared]] if named else [],
    }


def _sizes(slices: AlignedSlices, spaces: Sequence[Space], asked: Ids, pair: tuple[int, int]) -> dict[str, int]:
    """Return how many words both slices have, and the count of the commonest asked word on its rarer side."""
    both = (spaces[pair[0]].rows >= 0) & (spaces[pair[1]].rows >= 0)
    rarer = np.minimum(slices.counts[pair[0]], slices.counts[pair[1]])[asked[both[asked]]]
    return {"shared": int(both.sum()), "largest_floor": int(rarer.max(initial=0))}


def _anchors(
    slices: AlignedSlices, spaces: Sequence[Space], pairs: Sequence[tuple[int, int]], settings: _Settings
) -> list[Anchors | None]:
    """Return the anchors of each pair of slices; None where no measure looks at them."""
    if "second_order" not in settings.measures:
        return [None] * len(pairs)
    given = None if isinstance(settings.anchors, int) else word_rows(slices, settings.anchors)
    by_count = np.argsort(-slices.vocabulary.counts, kind="stable")
    found: list[Anchors | None] = []
    for s, t in pairs:
        both = (spaces[s].rows >= 0) & (spaces[t].rows >= 0)
        # A pair's own, so that its drift stays the same when a slice is added.
        ids = by_count[both[by_count]][: settings.anchors] if given is None else given
        lacking = ids[~both[ids]]
        names = f"{slices.labels[s]!r} and {slices.labels[t]!r}"
        if len(lacking):
            listed = ", ".join(slices.vocabulary.words[i] for i in lacking[:6].tolist())
            raise AlignmentError(f"not every anchor has a vector in both {names}: {listed}. Leave such anchors out.")
        if len(ids) < 2:
            raise AlignmentError(f"{names} share {len(ids)} word(s); second_order needs 2 anchors. Measure the cosine.")
        found.append(Anchors.between(spaces[s], spaces[t], ids))
    return found


def _check_neighborhoods(slices: AlignedSlices, spaces: Sequence[Space], settings: _Settings) -> None:
    if settings.neighbors == 0:
        return
    for label, space in zip(slices.labels, spaces, strict=True):
        if space.size < 2:
            raise AlignmentError(
                f"slice {label!r} holds {space.size} word(s); {' and '.join(settings.measures)} need at least 2. "
                "Measure the cosine, or align again with a lower min_slice_count."
            )
