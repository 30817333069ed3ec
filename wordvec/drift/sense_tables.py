"""The tables of change of senses: their order, what is called a birth or a death, what was left out."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..senses.slices import SenseSlices
from ..statistics.hypotheses import adjust_holm

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SenseSettings", "change_table", "drift_table", "join_drift", "left_out_of"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: In this order in the table of changes.
_CHANGES = (
    "word",
    "sense",
    "source",
    "target",
    "prevalence_source",
    "prevalence_target",
    "change",
    "low",
    "high",
    "p",
    "q",
    "event",
    "count_source",
    "count_target",
    "documents_source",
    "documents_target",
    "reason",
)
_DRIFT = ("word", "source", "target", "measure", "drift", "count_source", "count_target", "chance", "p")
_NOTE = (
    "The divergence of two samples is above 0 even where nothing changed, most where a word is rare: compare it with "
    "chance, its mean when documents are shuffled between the two slices."
)


class SenseSettings(NamedTuple):
    """The arguments of :func:`wordvec.drift.sense_change.measure_sense_change`."""

    against: str
    min_count: int
    resamples: int
    permutations: int
    confidence: float
    adjust: str
    level: float
    absent: float
    floor: float
    seed: int


def change_table(rows: list[dict[str, Any]], settings: SenseSettings) -> "pd.DataFrame":
    """Return a row for each sense and pair of slices, with q and births and deaths, by pair and size of change."""
    import pandas as pd

    ends = np.array([row.pop("ends") for row in rows]).reshape(-1, 2, 2)  # rows, low or high, source or target
    table = pd.DataFrame(rows, columns=[name for name in _CHANGES if name not in ("q", "event")])
    p = table["p"].to_numpy(dtype=np.float64)
    q = adjust_holm(p) if settings.adjust == "holm" else _adjust_bh(p)
    shares = table[["prevalence_source", "prevalence_target"]].to_numpy(dtype=np.float64)
    missing = (shares < settings.floor) & (ends[:, 0] <= settings.absent)
    there = ends[:, 0] > settings.floor
    sure = q <= settings.level
    event = np.full(len(table), "", dtype=object)
    event[sure & missing[:, 0] & there[:, 1] & (ends[:, 1, 0] < ends[:, 0, 1])] = "born"
    event[sure & there[:, 0] & missing[:, 1] & (ends[:, 1, 1] < ends[:, 0, 0])] = "died"
    table = table.assign(q=q, event=event)[list(_CHANGES)]
    pairs = {pair: number for number, pair in enumerate(dict.fromkeys(zip(table.source, table.target, strict=True)))}
    place = [pairs[pair] for pair in zip(table.source, table.target, strict=True)]
    size = table["change"].abs().fillna(-1.0)
    most = size.groupby([np.array(place, dtype=np.int64), table["word"]]).transform("max")
    order = pd.DataFrame({"place": place, "most": -most, "word": table["word"], "sense": table["sense"]})
    table = table.loc[order.sort_values(["place", "most", "word", "sense"], kind="stable").index].reset_index(drop=True)
    table.attrs["settings"] = settings._asdict()
    return table


def _adjust_bh(p: Floats) -> Floats:
    """Return p adjusted by Benjamini and Hochberg's steps; NaN stays NaN and does not count."""
    from scipy.stats import false_discovery_control

    q, there = np.full(len(p), np.nan), np.isfinite(p)
    q[there] = false_discovery_control(p[there]) if there.any() else p[there]
    return q


def drift_table(rows: list[dict[str, Any]], left_out: list[dict[str, Any]], settings: SenseSettings) -> "pd.DataFrame":
    """Return a row for each word and pair, by pair in slice order, the most changed first."""
    import pandas as pd

    table = pd.DataFrame(rows, columns=list(_DRIFT))
    pairs = {(entry["source"], entry["target"]): number for number, entry in enumerate(left_out)}
    place = [pairs[pair] for pair in zip(table["source"], table["target"], strict=True)]
    order = np.lexsort((table["word"].to_numpy(dtype=str), -table["drift"].to_numpy(dtype=np.float64), np.array(place)))
    table = table.iloc[order].reset_index(drop=True)
    table.attrs["left_out"] = left_out
    table.attrs["settings"] = {"measures": ["senses"], **settings._asdict()}
    table.attrs["note"] = _NOTE
    return table


def join_drift(table: "pd.DataFrame", of_senses: "pd.DataFrame", *, first: bool = False) -> "pd.DataFrame":
    """Return a drift table with the rows of senses beside those of other measures, pair by pair.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`wordvec.measure_drift` returns it.
    of_senses : pandas.DataFrame
        ``drift`` of :func:`wordvec.measure_sense_change`, for the same pairs.
    first : bool, default False
        Whether rows of senses come first in a pair.

    Returns
    -------
    pandas.DataFrame
        Columns of both: ``chance`` and ``p`` are NaN for other measures. Its attributes are the first table's, with
        ``senses`` among the measures, ``left_out_senses`` and ``note`` those of the second.

    Examples
    --------
    >>> import pandas as pd
    >>> pair = {"word": ["sea"], "source": "then", "target": "now"}
    >>> cosine = pd.DataFrame({**pair, "measure": "cosine", "drift": 0.4})
    >>> senses = pd.DataFrame({**pair, "measure": "senses", "drift": 0.1, "chance": 0.02, "p": 0.01})
    >>> join_drift(cosine, senses)[["measure", "drift", "chance"]].values.tolist()
    [['cosine', 0.4, nan], ['senses', 0.1, 0.02]]
    """
    import pandas as pd

    pairs = [*zip(table["source"], table["target"], strict=True)]
    pairs += zip(of_senses["source"], of_senses["target"], strict=True)
    number = {pair: place for place, pair in enumerate(dict.fromkeys(pairs))}
    blank = table.assign(chance=np.nan, p=np.nan)
    parts = (of_senses, blank) if first else (blank, of_senses)
    joined = pd.concat([part for part in parts if len(part)] or [blank], ignore_index=True)[list(blank.columns)]
    place = [number[pair] for pair in zip(joined["source"], joined["target"], strict=True)]
    joined = joined.iloc[np.argsort(np.array(place, np.int64), kind="stable")].reset_index(drop=True)
    settings = dict(table.attrs.get("settings", {}))
    names = [part.attrs.get("settings", {}).get("measures", ()) for part in (table, of_senses)]
    measures = [name for some in (reversed(names) if first else names) for name in some]
    joined.attrs = {**table.attrs, "settings": {**settings, "measures": measures}}
    joined.attrs["left_out_senses"] = of_senses.attrs.get("left_out", [])
    joined.attrs["note"] = of_senses.attrs.get("note", "")
    return joined


def left_out_of(
    slices: SenseSlices, asked: NDArray[np.int64], pair: tuple[int, int], often: Mask, compared: Mask, named: bool
) -> dict[str, Any]:
    """Say how many words a comparison left out and why, in the keys of a drift table's ``left_out``.

    Parameters
    ----------
    slices : SenseSlices
        What was compared.
    asked : int64[n]
        Words asked for.
    pair : (int, int)
        Numbers of the two slices.
    often, compared : bool[n]
        Whether a word occurs often enough on both sides; whether it was compared.
    named : bool
        Whether somebody named the words; then those that were left out are listed.
    """
    words = slices.compass.vocabulary.words
    rarer = slices.counts[list(pair)][:, asked].min(axis=0)
    return {
        "source": slices.labels[pair[0]],
        "target": slices.labels[pair[1]],
        "compared": int(compared.sum()),
        "too_rare": int((~often).sum()),
        "absent": int((often & ~compared).sum()),
        "words": [words[i] for i in asked[~compared].tolist()] if named else [],
        "shared": int((rarer > 0).sum()),
        "largest_floor": int(rarer.max(initial=0)),
    }
