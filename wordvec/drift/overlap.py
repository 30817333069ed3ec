"""Whether slices can be compared at all: their sizes, and the words they share."""

from typing import TYPE_CHECKING

import numpy as np

from ..errors import AlignmentError, require
from ..slices import AlignedSlices
from ..text.corpus import Corpus

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["balance_warnings", "describe_balance"]

#: Shared words among those of the slice that has fewer: below the first, vectors cannot be trusted across slices; below
#: the second they are less sure. Where all words are renamed at random, most are still found at .3, and few at .1.
_OVERLAP_BAD, _OVERLAP_LOW = 0.3, 0.5
#: One slice is so many times another: drift is biased; the smaller one is hardly learnt beside it.
_RATIO_HIGH, _RATIO_BAD = 3.0, 50.0
_COLUMNS = (
    "source",
    "target",
    "tokens_source",
    "tokens_target",
    "ratio",
    "words_source",
    "words_target",
    "shared",
    "overlap",
    "tokens_shared_source",
    "tokens_shared_target",
    "above_floor",
)


def describe_balance(slices: Corpus | AlignedSlices, *, min_count: int = 5, floor: int = 20) -> "pd.DataFrame":
    """Compare the sizes and the vocabularies of slices, two by two.

    Parameters
    ----------
    slices : Corpus or AlignedSlices
        Their words count as often as they occur in each slice.
    min_count : int >= 1, default 5
        A slice has a word if it has it so many times.
    floor : int >= 1, default 20
        Words that both slices have so many times are those whose drift is measured.

    Returns
    -------
    pandas.DataFrame
        A row for each two slices, the earlier one as ``source``: tokens of each; ``ratio``, the larger number by the
        smaller; words of each, and how many are ``shared``; ``overlap``, shared words by those of the slice that has
        fewer (1 if one vocabulary is part of the other, whatever their sizes); ``tokens_shared_source`` and
        ``_target``, the share of each slice's tokens that are shared words; and ``above_floor``, words
        that both have often enough. ``attrs["settings"]`` keeps ``min_count`` and ``floor``.

    Raises
    ------
    ParameterError
        If a number is not as described.
    AlignmentError
        If two slices have no word in common.

    Examples
    --------
    >>> corpus = Corpus.from_sentences({"then": [["a", "b", "c"]] * 5, "now": [["a", "b"]] * 20}, min_count=1)
    >>> table = describe_balance(corpus)
    >>> table[["ratio", "shared", "overlap", "above_floor"]].round(2).values.tolist()
    [[2.67, 2.0, 1.0, 0.0]]
    """
    import pandas as pd

    require(min_count >= 1, "min_count", "an integer >= 1", min_count)
    require(floor >= 1, "floor", "an integer >= 1", floor)
    counts = np.asarray(slices.counts, dtype=np.float64)  # exact up to 2^53
    has, enough = (counts >= min_count).astype(np.float64), (counts >= floor).astype(np.float64)
    tokens, words = counts.sum(axis=1), has.sum(axis=1)
    shared, common, above = has @ has.T, (counts * has) @ has.T, enough @ enough.T
    rows = []
    for b in range(1, len(slices.labels)):
        for a in range(b):
            source, target = slices.labels[a], slices.labels[b]
            if not shared[a, b]:
                raise AlignmentError(
                    f"slices {source!r} and {target!r} have no word in common that each has {min_count} times or more "
                    f"({int(words[a]):,} and {int(words[b]):,} words): they cannot be compared; look at their "
                    "language, spelling and case, or add text."
                )
            sizes = tokens[[a, b]]
            row = [source, target, *sizes.astype(int).tolist(), sizes.max() / max(1.0, sizes.min())]
            row += [int(words[a]), int(words[b]), int(shared[a, b]), shared[a, b] / min(words[a], words[b])]
            row += [common[a, b] / sizes[0], common[b, a] / sizes[1], int(above[a, b])]
            rows.append(row)
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table.attrs["settings"] = {"min_count": min_count, "floor": floor}
    return table


def balance_warnings(table: "pd.DataFrame") -> list[str]:
    """Return what a reader of drift between these slices must know, in words, the worst pair of each kind.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`describe_balance` returned.

    Examples
    --------
    >>> sentences = {"then": [["a", "b"]] * 80, "now": [["a", "b"]] * 20}
    >>> for line in balance_warnings(describe_balance(Corpus.from_sentences(sentences, min_count=1))):
    ...     print(line)
    slice 'then' is 4.0 times the size of 'now' (160 and 40 tokens): vectors of the larger one are surer, which alone \
makes drift; compare at equal tokens too
    """
    if not len(table):
        return []
    return [line for line in (_tell_ratio(table), _tell_overlap(table), _tell_floor(table)) if line]


def _tell_ratio(table: "pd.DataFrame") -> str:
    row = table.iloc[int(table["ratio"].argmax())]
    if row["ratio"] <= _RATIO_HIGH:
        return ""
    pair = [(int(row["tokens_source"]), row["source"]), (int(row["tokens_target"]), row["target"])]
    (small, smaller), (large, larger) = sorted(pair, key=lambda each: each[0])
    said = f"slice {larger!r} is {row['ratio']:.1f} times the size of {smaller!r} ({large:,} and {small:,} tokens)"
    others = _count_others(int((table["ratio"] > _RATIO_HIGH).sum()))
    if row["ratio"] > _RATIO_BAD:
        return (
            f"{said}{others}: what is learnt of both together is learnt of the larger one; do not read drift between "
            "them before both have equal tokens"
        )
    return f"{said}{others}: vectors of the larger one are surer, which alone makes drift; compare at equal tokens too"


def _tell_overlap(table: "pd.DataFrame") -> str:
    row = table.iloc[int(table["overlap"].argmin())]
    if row["overlap"] >= _OVERLAP_LOW:
        return ""
    fewer = min(int(row["words_source"]), int(row["words_target"]))
    others = _count_others(int((table["overlap"] < _OVERLAP_LOW).sum()))
    said = (
        f"slices {row['source']!r} and {row['target']!r} share {int(row['shared']):,} of {fewer:,} words "
        f"({row['overlap']:.1%}){others}"
    )
    if row["overlap"] < _OVERLAP_BAD:
        return f"{said}: too few to bring their vectors into one space; drift between them says little"
    return f"{said}: the fewer they share, the less sure is the space their vectors are compared in"


def _tell_floor(table: "pd.DataFrame") -> str:
    row = table.iloc[int(table["above_floor"].argmin())]
    if row["above_floor"]:
        return ""
    floor = table.attrs["settings"]["floor"]
    others = _count_others(int((table["above_floor"] == 0).sum()))
    return (
        f"no word occurs {floor} times in both {row['source']!r} and {row['target']!r}{others}: no drift is measured "
        "there; add text, or lower the floor"
    )


def _count_others(pairs: int) -> str:
    """Return how many more pairs are like the one that is named."""
    return f", and {pairs - 1:,} more {'pair' if pairs == 2 else 'pairs'} like it" if pairs > 1 else ""
