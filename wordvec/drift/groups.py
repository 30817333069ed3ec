"""Groups of documents inside a slice: what a word drifts between them is no change between slices."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..text.corpus import Corpus

__all__ = ["Grouping", "group_documents"]

Ids = NDArray[np.int64]

#: A group with a smaller share of its slice is pointed out.
_LOPSIDED = 0.2


class Grouping(NamedTuple):
    """Two groups in either of two slices.

    Parameters
    ----------
    halves : int64[documents]
        The group of each document, 0 or 1.
    is_split : tuple of bool
        Whether each slice has two groups.
    notes : tuple of str
        How the groups were made.
    """

    halves: Ids
    is_split: tuple[bool, bool]
    notes: tuple[str, ...]


def group_documents(corpus: Corpus, within: str | None) -> Grouping:
    """Cut the documents of each of two slices into two groups of about equally many tokens.

    Parameters
    ----------
    corpus : Corpus
        Two slices.
    within : str or None
        ``"date"``: earlier and later documents, a date never in both; ``"order"``: as they stand; a column: its
        values are dealt out to the two groups, the largest first, each to the smaller one. None: the date, where
        both slices have several; else the order.

    Examples
    --------
    >>> corpus = Corpus.from_sentences({"then": [["a"], ["b"]], "now": [["b"], ["a"]]}, min_count=1)
    >>> found = group_documents(corpus, None)
    >>> found.halves.tolist(), found.notes
    ([0, 1, 0, 1], ('groups inside a slice are its first and second half, as the documents stand',))
    """
    tokens = np.diff(corpus.offsets[corpus.documents.offsets]).astype(np.int64)
    bounds = corpus.slice_offsets.tolist()
    sides = [slice(bounds[0], bounds[1]), slice(bounds[1], bounds[2])]
    dates = corpus.documents.dates
    if within is None:
        within = "date" if dates is not None and all(len(set(dates[side]) - {""}) > 1 for side in sides) else "order"
    if within == "order":
        keys = [np.arange(side.stop - side.start) for side in sides]
        note = "groups inside a slice are its first and second half, as the documents stand"
    elif within == "date" and "date" not in corpus.documents.columns:
        corpus.units("date")  # raises if there are none
        keys = [np.unique(np.array(dates[side] if dates else ()), return_inverse=True)[1] for side in sides]
        note = "groups inside a slice are its earlier and its later documents"
    else:
        codes = corpus.units(within).codes.astype(np.int64)
        keys = [codes[side] for side in sides]
        note = f"groups inside a slice are two sets of values of {within}"
    ordered = within in ("order", "date") and within not in corpus.documents.columns
    cut = _cut_ordered if ordered else _deal_out
    parts = [cut(key, tokens[side]) for key, side in zip(keys, sides, strict=True)]
    is_split = tuple(bool(part.any() and not part.all()) for part in parts)
    notes = [note]
    for label, split in zip(corpus.labels, is_split, strict=True):
        if not split:
            notes.append(f"slice {label!r} has no two groups by {within}, so its own drift is not in the floor")
    for label, part, side, split in zip(corpus.labels, parts, sides, is_split, strict=True):
        share = float(tokens[side][part == 1].sum()) / max(1, int(tokens[side].sum()))
        if split and min(share, 1 - share) < _LOPSIDED:
            notes.append(
                f"groups inside slice {label!r} have {1 - share:.0%} and {share:.0%} of its words, as many documents "
                f"are alike in {within}: its floor is of little text"
            )
    undated = [sum(not date for date in dates[side]) if dates else 0 for side in sides]
    if ordered and within == "date" and any(undated):
        notes.append(
            f"documents without a date ({undated[0]} and {undated[1]}) are among the earlier ones of their slice"
        )
    return Grouping(np.concatenate(parts).astype(np.int64), (is_split[0], is_split[1]), tuple(notes))


def _cut_ordered(keys: Ids, tokens: Ids) -> Ids:
    """Return 0 for the first keys and 1 for the others, cut where half of the tokens are nearest."""
    if not len(keys):
        return np.zeros(0, np.int64)
    sizes = np.bincount(keys, weights=tokens)
    before = np.cumsum(sizes)[:-1]
    if not len(before):
        return np.zeros(len(keys), np.int64)
    cut = int(np.argmin(np.abs(before - sizes.sum() / 2)))
    return (keys > cut).astype(np.int64)


def _deal_out(keys: Ids, tokens: Ids) -> Ids:
    """Return a group for each document, those of one key in one group; documents without a key are in the first."""
    known = keys >= 0
    values, codes = np.unique(keys[known], return_inverse=True)
    sizes = np.bincount(codes, weights=tokens[known], minlength=len(values))
    filled, group = [0.0, 0.0], np.zeros(len(values), np.int64)
    for value in np.argsort(-sizes, kind="stable").tolist():
        group[value] = int(filled[1] < filled[0])
        filled[group[value]] += sizes[value]
    found = np.zeros(len(keys), np.int64)
    found[known] = group[codes]
    return found
