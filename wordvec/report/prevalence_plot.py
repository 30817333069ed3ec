"""The chart of a word's senses through time."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParameterError
from .plot import COLORS, MARKERS, new_figure, shown, style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["plot_prevalence"]


def plot_prevalence(table: "pd.DataFrame", word: str) -> "Figure":
    """Draw how common each sense of a word is in each slice, with the interval.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`wordvec.drift.sense_curves.list_prevalences` returns it.
    word : str
        The word, one of those in the table.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ParameterError
        If the table does not have the word.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"word": "bank", "sense": [1, 1], "slice": ["then", "now"], "prevalence": [0.9, 0.4]}
    >>> table = pd.DataFrame({**rows, "low": [0.8, 0.3], "high": [0.95, 0.5]})
    >>> plot_prevalence(table, "bank").axes[0].lines[0].get_ydata().tolist()
    [90.0, 40.0]
    """
    rows = table[table["word"] == word]
    if not len(rows):
        raise ParameterError(f"word must be one of the table's, got {word!r}; list_prevalences makes it for words.")
    labels = list(dict.fromkeys(rows["slice"]))
    with style():
        figure, axes = new_figure((6.8, 3.3))
        places = np.arange(len(labels), dtype=np.float64)
        senses = list(rows.groupby("sense", sort=True))
        ends: list[tuple[float, str, str]] = []
        for line, (sense, part) in enumerate(senses):
            shares = 100 * part[["prevalence", "low", "high"]].to_numpy(dtype=np.float64)
            aside = places + 0.06 * (line - (len(senses) - 1) / 2)  # intervals beside, not on, each other
            color, marker = COLORS[line % len(COLORS)], MARKERS[line % len(MARKERS)]
            axes.plot(aside, shares[:, 0], color=color, marker=marker, markersize=5.5, linewidth=1.8)
            axes.vlines(aside, shares[:, 1], shares[:, 2], color=color, linewidth=1.2, alpha=0.7)
            known = shares[np.isfinite(shares[:, 0]), 0]
            ends += [(float(known[-1]), shown(f"{word}#{sense}"), color)] if len(known) else []
        ends.sort()
        heights = _apart(np.array([end for end, _, _ in ends]), 6.5)
        for height, (_, name, color) in zip(heights.tolist(), ends, strict=True):
            at = (places[-1], height)
            axes.annotate(name, at, (16, 0), textcoords="offset points", va="center", color=color, fontsize=9)
        crowded = sum(map(len, labels)) > 60
        names = [shown(label) for label in labels]
        axes.set_xticks(places, names, rotation=45 if crowded else 0, ha="right" if crowded else "center")
        axes.set_xlim(-0.3, max(0.3, len(labels) - 0.7) + 0.045 * (len(word) + 4) * max(1, len(labels) - 1) / 2)
        axes.set_ylim(-4, 104)
        axes.set_ylabel("share of the word's occurrences, %")
        axes.grid(axis="y", color="#dddddd")
    return figure


def _apart(heights: "np.ndarray[Any, np.dtype[np.float64]]", gap: float) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Return ascending heights moved up, then down below 100, so that labels there do not overlap.

    Examples
    --------
    >>> _apart(np.array([2.0, 3.0, 99.0, 100.0]), 6.0).tolist()
    [2.0, 8.0, 94.0, 100.0]
    """
    moved = heights.copy()
    for place in range(1, len(moved)):
        moved[place] = max(moved[place], moved[place - 1] + gap)
    ceiling = 100.0
    for place in range(len(moved) - 1, -1, -1):
        moved[place] = min(moved[place], ceiling)
        ceiling = moved[place] - gap
    return moved
