"""The path of a word through the slices, seen from where it began."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from ..slices import AlignedSlices
from .neighborhoods import row_cosines

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["list_trajectories", "trajectory_drifts"]


def trajectory_drifts(slices: AlignedSlices, words: Collection[str], *, min_count: int = 20) -> NDArray[np.float64]:
    """Return float64[words, slices]: how far each word is from its first slice, as one minus the cosine.

    Parameters
    ----------
    slices : AlignedSlices
        Slices in one space.
    words : collection of str
        The words, one row each.
    min_count : int >= 1, default 20
        NaN where a word occurs less often; its first slice is the first in which it occurs often enough.

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
    >>> trajectory_drifts(slices, ["war"]).round(3).tolist()
    [[0.0, 0.4, 1.0]]
    """
    require(min_count >= 1, "min_count", "an integer >= 1", min_count)
    out = np.full((len(words), len(slices.labels)), np.nan)
    for line, word in enumerate(words):
        vectors = slices.trajectory(word)
        directed = np.isfinite(vectors).all(axis=1) & (vectors != 0).any(axis=1)
        there = np.flatnonzero(directed & (slices.counts[:, slices.vocabulary[word]] >= min_count))
        if len(there):
            first = np.broadcast_to(vectors[there[0]], (len(there), slices.dim))
            out[line, there] = 1.0 - row_cosines(vectors[there], first)
    return out


def list_trajectories(table: "pd.DataFrame", words: Collection[str] | None = None) -> "pd.DataFrame":
    """Turn a drift table into the path of each word through the slices, with a band where the table has one.

    Parameters
    ----------
    table : pandas.DataFrame
        Drift of each slice against the first, the one before, or any one other; of ordered slices. Columns ``low`` and
        ``high`` become the band.
    words : collection of str, optional
        These only, in this order; otherwise all, as they first occur.

    Returns
    -------
    pandas.DataFrame
        Columns ``word measure slice drift low high count``: for each word and measure a row per slice in order, NaN
        where the word was not compared. Where all are compared with one slice, that slice is the start, with drift 0.
        ``low`` and ``high`` are NaN where the table has no interval. ``attrs["missing"]`` lists the words that have no
        row in the table.

    Raises
    ------
    ParameterError
        If the slices have no order, or a slice is compared with several others.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("war", "1", "2", "cosine", 0.4, 0.3, 0.5, 30, 20), ("war", "1", "3", "cosine", 1.0, 0.8, 1.1, 30, 40)]
    >>> columns = ["word", "source", "target", "measure", "drift", "low", "high", "count_source", "count_target"]
    >>> list_trajectories(pd.DataFrame(rows, columns=columns))[["slice", "drift", "low", "count"]].values.tolist()
    [['1', 0.0, 0.0, 30.0], ['2', 0.4, 0.3, 20.0], ['3', 1.0, 0.8, 40.0]]
    """
    import pandas as pd

    if table.attrs.get("settings", {}).get("ordered", True) is False:
        raise ParameterError("these slices have no order: they have no change points or paths. Measure the dispersion.")
    labels = list(dict.fromkeys(table["target"]))
    if len(table[["source", "target"]].drop_duplicates()) > len(labels):
        raise ParameterError("each slice must be compared with one other; measure with against='first' or 'previous'.")
    sources = list(dict.fromkeys(table["source"]))
    start = sources if len(sources) == 1 else []
    seen = table if "measure" in table.columns else table.assign(measure="")
    known = dict.fromkeys(seen["word"])
    asked = list(known if words is None else dict.fromkeys(words))
    chosen = seen[seen["word"].isin(set(asked))]
    columns = ["word", "measure", "slice", "drift", "low", "high", "count"]
    here = chosen.rename(columns={"target": "slice", "count_target": "count"})
    here = here.reindex(columns=columns)
    if start:
        first = chosen.drop_duplicates(["word", "measure"]).rename(columns={"count_source": "count"})
        first = first.assign(slice=start[0], drift=0.0, low=0.0, high=0.0)
        if not {"low", "high"} <= set(table.columns):
            first = first.assign(low=np.nan, high=np.nan)
        here = pd.concat([first.reindex(columns=columns), here], ignore_index=True)
    kinds = list(dict.fromkeys(seen["measure"]))
    paths = [w for w in asked if w in known]
    index = pd.MultiIndex.from_product([paths, kinds, [*start, *labels]], names=columns[:3])
    found = here.set_index(columns[:3]).reindex(index).reset_index().astype({"count": np.float64})
    found.attrs = {"missing": [word for word in asked if word not in known]}
    return found
