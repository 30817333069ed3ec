"""Figures of an assessed drift table: words with their intervals, and their paths with bands."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..disk import check_file_output, flush, writing
from ..errors import ParameterError, require
from .plot import COLORS, MARKERS, figure_svg, new_figure, quiet_setup, shown, style
from .verdict import LEVEL, check_assessed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["path_rows", "plot_intervals", "plot_paths", "write_figure"]

#: Dots per inch of a picture of pixels.
_DPI = 200


def plot_intervals(table: "pd.DataFrame", *, top: int = 20) -> "Figure":
    """Draw the words with the highest lower ends: their drift, its interval, and the floor.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`wordvec.drift.assess.assess_drift` returns it.
    top : int >= 1, default 20
        How many rows, over all pairs of slices.

    Returns
    -------
    matplotlib.figure.Figure
        A dot is filled where q < .05.

    Raises
    ------
    ParameterError
        If the table lacks a column.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"word": ["war"], "source": "then", "target": "now", "drift": 0.6, "low": 0.5, "high": 0.7, "p": 0.01}
    >>> more = {"p_floor": 0.01, "q": 0.01, "floor": 0.1, "count_source": 90, "count_target": 80, "units_source": 30}
    >>> figure = plot_intervals(pd.DataFrame({**row, **more, "units_target": 20, "why": ""}))
    >>> figure.axes[0].get_yticklabels()[0].get_text()
    'war'
    """
    require(top >= 1, "top", "an integer >= 1", top)
    check_assessed(table)
    rows = table.sort_values(["low", "drift"], ascending=False, kind="stable", na_position="last").head(top)
    several = len(rows[["source", "target"]].drop_duplicates()) > 1
    labels = rows["word"].astype(str)
    if several:
        labels = labels + "  (" + rows["source"] + " → " + rows["target"] + ")"
    with style():
        figure, axes = new_figure((7.2, 1.5 + 0.29 * max(1, len(rows))))
        places = np.arange(len(rows), dtype=np.float64)
        drift, low, high = (rows[name].to_numpy(dtype=np.float64) for name in ("drift", "low", "high"))
        called = rows["q"].to_numpy(dtype=np.float64) < LEVEL
        axes.hlines(places, low, high, color=COLORS[0], linewidth=2.2)
        axes.plot(rows["floor"], places, "|", color=COLORS[1], markersize=11, markeredgewidth=2.2, label="floor")
        face = [COLORS[0] if sure else "white" for sure in called]
        axes.scatter(drift, places, s=34, c=face, edgecolors=COLORS[0], linewidths=1.6, zorder=3, label="_")
        axes.set_yticks(places, [shown(label) for label in labels])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        ends = np.concatenate([drift, low, high, rows["floor"].to_numpy(dtype=np.float64), [0.0]])
        axes.set_xlim(max(-1.0, float(np.nanmin(ends))) - 0.03, min(2.0, max(0.5, float(np.nanmax(ends)))) + 0.03)
        axes.axvline(0.0, color="#999999", linewidth=0.9)
        _explain(axes, rows, several)
    return figure


def _explain(axes: "Axes", rows: "pd.DataFrame", several: bool) -> None:
    between = "" if several or not len(rows) else f" between {rows['source'].iloc[0]} and {rows['target'].iloc[0]}"
    axes.set_title(shown(f"Words whose contexts differ most{between}"), loc="left", fontweight="bold")
    axes.set_xlabel("corrected drift (0 = used alike) with its interval; | the drift inside a slice; filled: q < .05")
    axes.grid(axis="x", color="#dddddd")
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def path_rows(table: "pd.DataFrame") -> "tuple[pd.DataFrame, list[str], str]":
    """Return the rows of a table that make paths, the slices along these, and what each is compared with.

    Of slices compared with every other one, only comparisons with the first are taken.

    Returns
    -------
    tuple of (pandas.DataFrame, list of str, str)
        Rows, one at most for each word and slice; labels; ``"first"`` or ``"previous"``.
    """
    sources, targets = list(dict.fromkeys(table["source"])), list(dict.fromkeys(table["target"]))
    pairs = len(table[["source", "target"]].drop_duplicates())
    if pairs == len(targets) and len(sources) > 1:
        return table, [sources[0], *targets], "previous"
    first = table[table["source"] == sources[0]] if sources else table
    return first, [*sources[:1], *dict.fromkeys(first["target"])], "first"


def plot_paths(table: "pd.DataFrame", words: Collection[str]) -> "Figure":
    """Draw the drift of words through the slices, each with the band of its intervals.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`wordvec.drift.assess.assess_drift` returns it, of three slices or more.
    words : collection of str
        One small picture each, best not more than nine.

    Returns
    -------
    matplotlib.figure.Figure
        A gap where a word was not compared; a dashed line for the floor.

    Raises
    ------
    ParameterError
        If there are no words, or the table lacks a column or one of the words.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"word": "war", "source": "1", "target": ["2", "3"], "drift": [0.2, 0.6], "low": [0.1, 0.5], "p": 0.01}
    >>> more = {"high": [0.3, 0.7], "p_floor": 0.01, "q": 0.01, "floor": 0.1, "count_source": 90, "count_target": 80}
    >>> table = pd.DataFrame({**row, **more, "units_source": 30, "units_target": 20, "why": ""})
    >>> plot_paths(table, ["war"]).axes[0].lines[0].get_ydata().tolist()
    [0.0, 0.2, 0.6]
    """
    check_assessed(table)
    names = list(dict.fromkeys(words))
    require(len(names) >= 1, "words", "one word or more", names)
    rows, labels, against = path_rows(table)
    missing = [word for word in names if word not in set(rows["word"])]
    if missing:
        raise ParameterError(f"words must be in the table, got {missing[0]!r}; assess_drift compares what is frequent.")
    columns = min(3, len(names))
    lines = -(-len(names) // columns)
    with style():
        figure, blank = new_figure((2.6 * columns + 0.6, 2.1 * lines + 0.7))
        blank.remove()
        grid = figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False).ravel()
        for number, (axes, word) in enumerate(zip(grid, names, strict=False)):
            _path(axes, rows[rows["word"] == word], labels, against, number)
            axes.set_title(shown(word), loc="left", fontsize=10, fontweight="bold")
        for axes in grid[len(names) :]:
            axes.set_visible(False)
        values = rows.loc[rows["word"].isin(names), ["low", "high", "floor"]].to_numpy(dtype=np.float64)
        finite = values[np.isfinite(values)]
        top = float(finite.max()) if len(finite) else 1.0
        grid[0].set_ylim(min(-0.05, *(finite.tolist() or [0.0]), 0.0) - 0.02, min(2.0, max(0.5, top)) + 0.03)
        figure.supylabel(f"drift from the {'first slice' if against == 'first' else 'slice before'}", fontsize=9)
    return figure


def _path(axes: "Axes", rows: "pd.DataFrame", labels: list[str], against: str, number: int) -> None:
    """Draw one word: its line, the band of its intervals, and its floor."""
    places = np.arange(len(labels), dtype=np.float64)
    values = rows.set_index("target")[["drift", "low", "high", "floor"]].astype(np.float64).reindex(labels)
    drift, low, high, floor = values.to_numpy(dtype=np.float64).T.copy()
    if against == "first":
        drift[0] = low[0] = high[0] = 0.0
    color, marker = COLORS[number % len(COLORS)], MARKERS[number % len(MARKERS)]
    axes.plot(places, drift, color=color, marker=marker, markersize=4.5, linewidth=1.8, zorder=3)
    axes.fill_between(places, low, high, color=color, alpha=0.2, linewidth=0)
    axes.vlines(places, low, high, color=color, linewidth=1.0, alpha=0.6)
    axes.plot(places, floor, color="#666666", linestyle="--", linewidth=1.1)
    axes.grid(axis="y", color="#dddddd")
    crowded = sum(map(len, labels)) > 24
    names = [shown(label) for label in labels]
    axes.set_xticks(places, names, fontsize=8, rotation=45 if crowded else 0, ha="right" if crowded else "center")
    axes.set_xlim(-0.3, len(labels) - 0.7)
    axes.spines[["top", "right"]].set_visible(False)


@quiet_setup()
def write_figure(path: Path | str, figure: "Figure", *, overwrite: bool = False) -> None:
    """Write a figure as ``.svg`` or ``.png``: the same figure gives the same bytes, and the file appears whole.

    Parameters
    ----------
    path : Path or str
        File to write; its ending says the format.
    figure : matplotlib.figure.Figure
        As the functions of this room draw them.
    overwrite : bool, default False
        Replace a file that is there.

    Raises
    ------
    ParameterError
        If the name ends otherwise.
    ResourceError
        If the file is there already or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from matplotlib.figure import Figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_figure(f"{folder}/drift.svg", Figure())
    """
    path = Path(path)
    ending = path.suffix.lower()
    require(ending in (".svg", ".png"), "path", "a file that ends in .svg or .png", path.name)
    check_file_output(path, overwrite=overwrite)
    with writing(path, overwrite=overwrite) as stream:
        if ending == ".svg":
            head = "<?xml version='1.0' encoding='utf-8'?>\n"
            stream.write((head + figure_svg(figure) + "\n").encode("utf-8", "replace"))
        else:
            figure.savefig(stream, format="png", dpi=_DPI, metadata={"Software": None})
        flush(stream)
