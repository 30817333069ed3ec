"""How common each sense of a word is in every slice: as a table, and as a line of bars for a terminal."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np

from ..senses.slices import SenseSlices
from ..senses.tallies import word_ids

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["draw_curves", "list_prevalences"]

_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"


def list_prevalences(slices: SenseSlices, words: Collection[str] | None = None) -> "pd.DataFrame":
    """Return the prevalence of every sense in every slice, with its interval.

    Parameters
    ----------
    slices : SenseSlices
        What :func:`wordvec.align.sense_slices.align_senses` made.
    words : collection of str, optional
        These words; all that have several senses if none are named.

    Returns
    -------
    pandas.DataFrame
        Columns ``word sense slice prevalence low high n units reason``, in the order of words, senses, slices. ``n``
        are the word's occurrences in the slice, ``units`` the documents behind the interval; ``reason`` says why a
        prevalence is NaN.

    Raises
    ------
    UnknownWordError
        If some of ``words`` are not in the vocabulary.

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
    >>> table = list_prevalences(align_senses(senses, corpus))
    >>> table[["word", "sense", "slice", "prevalence", "n"]].round(2).values.tolist()[:2]
    [['bank', 1, 'then', 1.0, 30], ['bank', 1, 'now', 0.33, 30]]
    >>> for line in draw_curves(table):
    ...     print(line)
    bank#1  █▃  100 % [92-100] then, 33 % [16-53] now
    bank#2  ▁▆  0 % [0-8] then, 67 % [47-84] now
    """
    import pandas as pd

    rows = []
    for row in word_ids(slices.compass, words).tolist():
        word = slices.compass.vocabulary.words[row]
        for number in slices.compass.kept(word):
            for t, label in enumerate(slices.labels):
                shares = (part[t, row, number - 1] for part in (slices.prevalence, slices.low, slices.high))
                sizes = int(slices.counts[t, row]), int(slices.documents[t, row])
                rows.append((word, number, label, *shares, *sizes, slices.why_unknown(word, number, label)))
    columns = ["word", "sense", "slice", "prevalence", "low", "high", "n", "units", "reason"]
    return pd.DataFrame(rows, columns=columns)


def draw_curves(table: "pd.DataFrame") -> list[str]:
    """Return a line for each sense: a bar for each slice, and the first and last prevalence with their intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`list_prevalences` returns it. A slice of unknown prevalence is a dot.

    Examples
    --------
    See :func:`list_prevalences`.
    """
    groups = list(table.groupby(["word", "sense"], sort=False))
    names = [f"{word}#{sense}" for (word, sense), _ in groups]
    width = max(map(len, names), default=0)
    lines = []
    for name, (_, rows) in zip(names, groups, strict=True):
        bars = "".join(_bar(share) for share in rows["prevalence"])
        known = rows[np.isfinite(rows["prevalence"])]
        ends = known.iloc[[0, -1]] if len(known) > 1 else known
        said = ", ".join(
            f"{row.prevalence:.0%} [{100 * row.low:.0f}-{100 * row.high:.0f}] {row.slice}".replace("%", " %")
            for row in ends.itertuples()
        )
        lines.append(f"{name:<{width}}  {bars}  {said or rows['reason'].iloc[0]}")
    return lines


def _bar(share: float) -> str:
    return _BARS[min(len(_BARS) - 1, int(share * len(_BARS)))] if np.isfinite(share) else _GAP
