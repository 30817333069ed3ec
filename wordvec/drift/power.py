"""What tests of drift do where the truth is known: what they find, what they call in error."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from ..statistics.intervals import exact_interval
from .planted import COUNT_BANDS, UNIT_BANDS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AXES", "FalseDiscoveries", "false_discoveries", "power_surface", "rejection_table"]

#: What power may be broken down by.
AXES = ("share", "count", "units")
LEVELS = (0.01, 0.05, 0.1)
#: What an interval over words of one draw is about.
_UNIT = "planted pair"


class FalseDiscoveries(NamedTuple):
    """What was called where nothing changed.

    Parameters
    ----------
    proportions : pandas.DataFrame
        A row for each level: ``level called false planted proportion``: words with q up to the level, those of them
        that are unchanged, planted ones in the table, and false by called (0 where none is called).
    rejections : pandas.DataFrame
        A row for each level and decile of unchanged words, as :func:`rejection_table` gives it.
    """

    proportions: "pd.DataFrame"
    rejections: "pd.DataFrame"


def power_surface(
    table: "pd.DataFrame",
    truth: "pd.DataFrame",
    *,
    level: float = 0.05,
    value: Literal["q", "p"] = "q",
    by: Sequence[str] = AXES,
    count_bands: Sequence[int] | None = None,
    unit_bands: Sequence[int] | None = None,
    confidence: float = 0.95,
) -> "pd.DataFrame":
    """Return how often planted drift is found, over bands of count and of units and the share that was planted.

    Parameters
    ----------
    table : pandas.DataFrame
        What the planted corpus gave: ``word source target`` and ``q`` or ``p``, one row for each word and pair.
    truth : pandas.DataFrame
        Of :func:`wordvec.drift.planted.plant_drift`.
    level : float, default 0.05
        A word is found if its value is at most this.
    value : {"q", "p"}, default "q"
        Which one decides.
    by : sequence of {"share", "count", "units"}, default all three
        What to break down by; nothing gives one row.
    count_bands, unit_bands : sequence of int, optional
        Where bands begin; those that were planted in by default.
    confidence : float, default 0.95
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        ``share count_from count_to units_from units_to`` as asked (an open end is NaN), then ``planted`` words,
        ``tested`` (those with a value), ``found``, ``power`` (found by tested, NaN where none was) and its interval
        ``low high`` by Clopper and Pearson. The two words of a pair are found or missed together, more or less, so
        the interval counts pairs. Words that were not tested are no part of the power: their number says so.

    Raises
    ------
    ParameterError
        If a parameter is outside its domain, or the table lacks a column or the compared slices.

    Examples
    --------
    >>> import pandas as pd
    >>> truth = pd.DataFrame({"word": ["sea", "war"], "partner": ["war", "sea"], "source": "then", "target": "now",
    ...     "share": 0.5, "expected": "changed", "count_source": 60, "count_target": 60,
    ...     "units_source": 12, "units_target": 12})
    >>> table = pd.DataFrame({"word": ["sea", "war"], "source": "then", "target": "now", "q": [0.01, 0.3]})
    >>> surface = power_surface(table, truth, by=["count"])
    >>> surface[["count_from", "count_to", "tested", "found", "power"]].to_numpy().tolist()
    [[50.0, 100.0, 2.0, 1.0, 0.5]]
    """
    import pandas as pd

    _check(level, value)
    require(set(by) <= set(AXES), "by", f"some of {', '.join(AXES)}", list(by))
    changed = truth[truth["expected"] == "changed"]
    rows = changed.merge(_compared(table, truth, (value,)), on="word", how="left")
    settings = truth.attrs.get("settings", {})
    edges = {
        "count": count_bands or settings.get("count_bands", COUNT_BANDS),
        "units": unit_bands or settings.get("unit_bands", UNIT_BANDS),
    }
    rows["pair"] = [" ".join(sorted(pair)) for pair in zip(rows["word"], rows["partner"], strict=True)]
    axes = [name for name in AXES if name in by]
    for name in set(axes) - {"share"}:
        column = "count" if name == "count" else "units"
        less = np.minimum(rows[f"{column}_source"], rows[f"{column}_target"])
        rows[name] = np.digitize(less, edges[name]) - 1
    groups = rows.groupby(axes, sort=True) if axes else [((), rows)]
    found = [
        _named(axes, key, edges) | _power(group[value].to_numpy(dtype=float), group["pair"], level, confidence)
        for key, group in groups
    ]
    names = [n for axis in axes for n in (["share"] if axis == "share" else [f"{axis}_from", f"{axis}_to"])]
    return pd.DataFrame(found, columns=[*names, "planted", "tested", "found", "power", "low", "high"])


def false_discoveries(
    table: "pd.DataFrame", truth: "pd.DataFrame", *, levels: Sequence[float] = LEVELS, confidence: float = 0.95
) -> FalseDiscoveries:
    """Return what was called in error beside planted words, all others being unchanged.

    They are unchanged only if drift was planted in a null (:func:`wordvec.drift.controls.null_corpus`).

    Parameters
    ----------
    table : pandas.DataFrame
        ``word source target p q count_source count_target units_source units_target``.
    truth : pandas.DataFrame
        Of :func:`wordvec.drift.planted.plant_drift`.
    levels : sequence of float, default (0.01, 0.05, 0.1)
        Of q for proportions, of p for rejections.
    confidence : float, default 0.95
        Of the intervals.

    Raises
    ------
    ParameterError
        If a parameter is outside its domain, or the table lacks a column or the compared slices.
    """
    import pandas as pd

    for level in levels:
        _check(level, "q")
    columns = ("p", "q", "count_source", "count_target", "units_source", "units_target")
    rows = _compared(table, truth, columns)
    planted = rows["word"].isin(truth.loc[truth["expected"] == "changed", "word"])
    q, proportions = rows["q"].to_numpy(dtype=float), list[dict[str, Any]]()
    for level in levels:
        called = q <= level
        false = int((called & ~planted).sum())
        share = false / max(int(called.sum()), 1)
        counted = {"called": int(called.sum()), "false": false, "planted": int(planted.sum()), "proportion": share}
        proportions.append({"level": level, **counted})
    others = rows[~rows["word"].isin(truth["word"])]
    return FalseDiscoveries(pd.DataFrame(proportions), rejection_table(others, levels=levels, confidence=confidence))


def rejection_table(
    table: "pd.DataFrame", *, levels: Sequence[float] = LEVELS, confidence: float = 0.95
) -> "pd.DataFrame":
    """Return how often unchanged words are called different, by decile of count and of dispersion.

    Dispersion is the number of units by the number of uses, in both slices together, as a rank among the words of
    the same decile of count: the first decile are words whose uses come in few units, for words of their count.

    Parameters
    ----------
    table : pandas.DataFrame
        Unchanged words: ``p count_source count_target units_source units_target``. Words without a p are left out.
    levels : sequence of float, default (0.01, 0.05, 0.1)
        A word is called if its p is at most the level.
    confidence : float, default 0.95
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        ``level by decile words rejected rate low high``; ``by`` is ``all`` (decile 0), ``count`` or ``dispersion``,
        whose deciles go from 1 to 10. Intervals are Clopper and Pearson's over words. Words of one draw share
        documents, so the spread over draws is wider.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"p": [i / 100 for i in range(1, 101)], "count_source": range(100), "count_target": 50,
    ...     "units_source": 10, "units_target": 10})
    >>> found = rejection_table(table, levels=[0.05])
    >>> found.loc[found["by"] == "all", ["words", "rejected", "rate"]].to_numpy().tolist(), len(found)
    ([[100.0, 5.0, 0.05]], 21)
    """
    import pandas as pd

    _check_columns(table, ("p", "count_source", "count_target", "units_source", "units_target"))
    tested = table[table["p"].notna()]
    p = tested["p"].to_numpy(dtype=float)
    counts = (tested["count_source"] + tested["count_target"]).to_numpy(dtype=float)
    units = (tested["units_source"] + tested["units_target"]).to_numpy(dtype=float)
    by_count = _deciles(counts)
    spread = np.zeros(len(p), dtype=np.int64)
    for decile in range(1, 11):
        inside = by_count == decile
        spread[inside] = _deciles((units / np.maximum(counts, 1.0))[inside])
    rows: list[dict[str, Any]] = []
    for level in levels:
        _check(level, "p")
        for name, deciles in (("all", np.zeros(len(p), np.int64)), ("count", by_count), ("dispersion", spread)):
            for decile in np.unique(deciles).tolist():
                inside = deciles == decile
                words, rejected = int(inside.sum()), int((p[inside] <= level).sum())
                found = exact_interval(rejected / words, words, unit="word", confidence=confidence)
                rows.append({
                    "level": level, "by": name, "decile": decile, "words": words, "rejected": rejected,
                    "rate": rejected / words, "low": found.low, "high": found.high,
                })  # fmt: skip
    return pd.DataFrame(rows, columns=["level", "by", "decile", "words", "rejected", "rate", "low", "high"])


def _deciles(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return 1 to 10 by rank; equal values come together."""
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    ordered = np.sort(values)
    middle = (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / 2.0
    return np.asarray(np.minimum(10, 1 + np.floor(10.0 * middle / len(values))), dtype=np.int64)


def _compared(table: "pd.DataFrame", truth: "pd.DataFrame", columns: Sequence[str]) -> "pd.DataFrame":
    """Return the rows about the slices in which drift was planted, with these columns."""
    _check_columns(table, ("word", "source", "target", *columns))
    require(len(truth) > 0, "truth", "at least one planted word", len(truth))
    source, target = truth["source"].iloc[0], truth["target"].iloc[0]
    rows = table[(table["source"] == source) & (table["target"] == target)]
    if not len(rows):
        raise ParameterError(f"table must compare {source} with {target}, where drift was planted, got no such row")
    twice = rows.loc[rows["word"].duplicated(), "word"].tolist()
    require(not twice, "table", "one row for each word and pair of slices", twice[:1])
    found: pd.DataFrame = rows.loc[:, ["word", *columns]]
    return found


def _named(axes: Sequence[str], key: Any, edges: dict[str, Sequence[int]]) -> dict[str, float]:
    """Return what the cell of a surface is called: its share, and where its bands begin and end."""
    found: dict[str, float] = {}
    for name, at in zip(axes, key if isinstance(key, tuple) else (key,), strict=True):
        if name == "share":
            found["share"] = float(at)
            continue
        bands = [0, *edges[name]]
        found[f"{name}_from"] = bands[at + 1]
        found[f"{name}_to"] = bands[at + 2] if at + 2 < len(bands) else np.nan
    return found


def _power(values: NDArray[np.float64], pairs: "pd.Series[str]", level: float, confidence: float) -> dict[str, Any]:
    tested = ~np.isnan(values)
    found = int((values[tested] <= level).sum())
    share = found / int(tested.sum()) if tested.any() else np.nan
    interval = exact_interval(share, int(pairs[tested].nunique()), unit=_UNIT, confidence=confidence)
    counts = {"planted": len(values), "tested": int(tested.sum()), "found": found}
    return {**counts, "power": share, "low": interval.low, "high": interval.high}


def _check(level: float, value: str) -> None:
    require(0.0 < level < 1.0, "level", "more than 0 and less than 1", level)
    require(value in ("q", "p"), "value", "q or p", value)


def _check_columns(table: "pd.DataFrame", columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ParameterError(
            f"table must have the columns {', '.join(columns)}, got none called {missing[0]!r}; "
            "it is what assess_drift returns"
        )
