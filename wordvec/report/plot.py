"""Figures for scripts and pages: drawn without pyplot, so that nothing is shown or kept behind one's back."""

import io
import logging
import re
import warnings
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..drift.trajectories import trajectory_drifts
from ..errors import ParameterError, require
from ..slices import AlignedSlices
from .markup import clean

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "COLORS",
    "MARKERS",
    "figure_svg",
    "new_figure",
    "plot_companions",
    "plot_drift",
    "plot_trajectories",
    "quiet_setup",
    "shown",
    "style",
]

#: Okabe and Ito's colors, which people with any color vision tell apart; yellow is left out on white.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
#: Fonts that may be installed and have what DejaVu lacks.
_FALLBACKS = (
    "Noto Sans",
    "Noto Sans CJK JP",
    "Noto Sans CJK SC",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Arial Unicode MS",
    "Hiragino Sans",
    "PingFang SC",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "WenQuanYi Zen Hei",
)


def plot_trajectories(slices: AlignedSlices, words: Collection[str], *, min_count: int = 20) -> "Figure":
    """Draw how far each word is from its first slice.

    Parameters
    ----------
    slices : AlignedSlices
        Slices in one space, in order.
    words : collection of str
        One line each, best not more than eight.
    min_count : int >= 1, default 20
        A line has a gap where its word occurs less often.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with ``figure.savefig("drift.svg")``.

    Raises
    ------
    UnknownWordError
        If a word is not in the vocabulary.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("war",), np.array([90]))
    >>> rows = [Embeddings(words, np.array([v], np.float32)) for v in ([1, 0], [3, 4], [0, 1])]
    >>> slices = AlignedSlices(("1", "2", "3"), tuple(rows), words, np.array([[30], [20], [40]]))
    >>> figure = plot_trajectories(slices, ["war"])
    >>> figure.axes[0].get_ylabel()
    'drift from its first slice (0 = used alike)'
    """
    words = list(dict.fromkeys(words))
    drifts = trajectory_drifts(slices, words, min_count=min_count)
    title = "How far each word is from its first slice"
    return _lines(slices.labels, words, drifts, title, "drift from its first slice (0 = used alike)", floor=0.0)


def plot_companions(slices: AlignedSlices, word: str, companions: Collection[str], *, min_count: int = 20) -> "Figure":
    """Draw how close ``word`` was to other words in each slice.

    Parameters
    ----------
    slices : AlignedSlices
        The slices, in order; they need not be in one space.
    word : str
        The word looked at.
    companions : collection of str
        One line each: the cosine of the two words inside each slice.
    min_count : int >= 1, default 20
        A line has a gap where either word occurs less often.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    UnknownWordError
        If a word is not in the vocabulary.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("sea", "war"), np.array([90, 70]))
    >>> then = Embeddings(words, np.array([[1, 0], [0, 1]], np.float32))
    >>> now = Embeddings(words, np.array([[1, 0], [1, 1]], np.float32))
    >>> slices = AlignedSlices(("then", "now"), (then, now), words, np.array([[40, 30], [50, 40]]))
    >>> plot_companions(slices, "war", ["sea"]).axes[0].lines[0].get_ydata().round(3).tolist()
    [0.0, 0.707]
    """
    companions = list(dict.fromkeys(companions))
    slices.vocabulary[word]
    values = np.full((len(companions), len(slices.labels)), np.nan)
    for line, other in enumerate(companions):
        pair = [slices.vocabulary[word], slices.vocabulary[other]]
        for t, embeddings in enumerate(slices.embeddings):
            if word in embeddings and other in embeddings and slices.counts[t, pair].min() >= min_count:
                a, b = embeddings[word].astype(float), embeddings[other].astype(float)
                lengths = np.linalg.norm(a) * np.linalg.norm(b)
                values[line, t] = a @ b / lengths if lengths > 0 else np.nan
    return _lines(slices.labels, companions, values, f"Words close to {shown(word)}", "similarity (1 = used alike)")


def plot_drift(table: "pd.DataFrame", *, top: int = 20) -> "Figure":
    """Draw the words of a drift table that differ most as bars, with their counts.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`wordvec.measure_drift` returns it; of several measures, the first is drawn.
    top : int >= 1, default 20
        How many rows, the highest drift of all pairs first.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ParameterError
        If the table lacks a column of a drift table.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary, measure_drift
    >>> words = Vocabulary(("sea", "war"), np.array([90, 70]))
    >>> then = Embeddings(words, np.array([[1, 0], [0, 1]], np.float32))
    >>> now = Embeddings(words, np.array([[1, 0], [1, 1]], np.float32))
    >>> slices = AlignedSlices(("then", "now"), (then, now), words, np.array([[40, 30], [50, 40]]))
    >>> [label.get_text() for label in plot_drift(measure_drift(slices)).axes[0].get_yticklabels()]
    ['war', 'sea']
    """
    require(top >= 1, "top", "an integer >= 1", top)
    check_table(table)
    rows = table[table["measure"] == table["measure"].iloc[0]] if len(table) else table
    rows = rows.sort_values("drift", ascending=False, kind="stable").head(top)
    several = len(rows[["source", "target"]].drop_duplicates()) > 1
    measure = str(rows["measure"].iloc[0]) if len(rows) else "no rows"
    labels = rows["word"].astype(str)
    if several:
        labels = labels + "  (" + rows["source"] + " → " + rows["target"] + ")"
    with style():
        figure, axes = new_figure((7.2, 1.3 + 0.27 * max(1, len(rows))))
        places = np.arange(len(rows))
        axes.barh(places, rows["drift"], color=COLORS[0], height=0.65)
        axes.set_yticks(places, [shown(label) for label in labels])
        axes.invert_yaxis()
        for place, row in zip(places, rows.itertuples(), strict=True):
            note = f"{row.drift:.2f} ({row.count_source:,} → {row.count_target:,} times)"
            end = (max(0.0, row.drift), float(place))
            axes.annotate(note, end, (5, 0), textcoords="offset points", va="center", fontsize=8.5, color="#444444")
        axes.set_xlim(0, 1.45 * max([0.2, *rows["drift"]]))
        axes.set_xlabel(f"drift (0 = used alike; measure: {measure})")
        between = "" if several or not len(rows) else f" between {rows['source'].iloc[0]} and {rows['target'].iloc[0]}"
        axes.set_title(shown(f"The words that differ most{between}"), loc="left", fontweight="bold")
        axes.grid(axis="x", color="#dddddd")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
    return figure


def check_table(table: "pd.DataFrame") -> None:
    """Raise :class:`ParameterError` unless ``table`` has the columns of a drift table."""
    needed = ("word", "source", "target", "measure", "drift", "count_source", "count_target")
    missing = [name for name in needed if name not in table.columns]
    if missing:
        raise ParameterError(f"table must be a drift table, it lacks {', '.join(missing)}; make it with measure_drift.")


def figure_svg(figure: "Figure") -> str:
    """Return ``figure`` as an ``<svg>`` element: text stays text, equal figures give equal text.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure_svg(Figure())[:4]
    '<svg'
    """
    import matplotlib as mpl

    stream = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with mpl.rc_context({"svg.hashsalt": "wordvec", "svg.fonttype": "none"}), warnings.catch_warnings():
        # The reader's own fonts draw the text, so glyphs that are missing here do not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(stream, format="svg", metadata=metadata)
    text = stream.getvalue()
    svg = text[text.index("<svg") :].rstrip()
    return re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)


@contextmanager
def quiet_setup() -> Iterator[None]:
    """Keep off the terminal what matplotlib logs when it finds no home for its caches or fills them."""
    logger = logging.getLogger("matplotlib")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _lines(
    labels: Sequence[str],
    names: Sequence[str],
    values: "np.ndarray[Any, np.dtype[np.float64]]",
    title: str,
    axis: str,
    floor: float | None = None,
) -> "Figure":
    with style():
        figure, axes = new_figure((6.8, 4.3))
        places = np.arange(len(labels))
        handles = []
        for number, line in enumerate(values):
            color, marker = COLORS[number % len(COLORS)], MARKERS[number % len(MARKERS)]
            handles += axes.plot(places, line, color=color, marker=marker, markersize=5.5, linewidth=1.8)
        crowded = sum(map(len, labels)) > 60
        axes.set_xticks(
            places, [shown(x) for x in labels], rotation=45 if crowded else 0, ha="right" if crowded else "center"
        )
        axes.set_xlim(-0.3, max(0.3, len(labels) - 0.7))
        if floor is not None:
            highest = np.nanmax(values) if np.isfinite(values).any() else 0.0
            axes.set_ylim(floor - 0.02, 1.08 * max(0.25, float(highest)))
        axes.set_ylabel(axis)
        axes.set_title(shown(title), loc="left", fontweight="bold")
        axes.grid(axis="y", color="#dddddd")
        if names:
            columns = max(1, min(len(names), 60 // (4 + max(map(len, names)))))
            legend = figure.legend(
                handles, [" "] * len(names), loc="outside lower center", ncols=columns, frameon=False
            )
            for text, name in zip(legend.get_texts(), names, strict=True):
                text.set_text(shown(name))  # set late: a label that begins with _ would be left out
    return figure


def new_figure(size: tuple[float, float]) -> "tuple[Figure, Axes]":
    """Return an empty figure, ``size`` inches wide and high, and its axes without a frame above and on the right."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


@contextmanager
def style() -> Iterator[None]:
    """Draw with our font sizes, and with installed fonts for scripts that the first one lacks."""
    import matplotlib as mpl
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist}
    families = ["DejaVu Sans", *(name for name in _FALLBACKS if name in installed)]
    with mpl.rc_context({"font.family": families, "font.size": 10, "axes.titlesize": 11.5, "axes.titlepad": 10}):
        yield


def shown(text: str) -> str:
    """Return ``text`` for a figure: no formulas (``$``), no control characters."""
    return clean(text).replace("$", r"\$")
