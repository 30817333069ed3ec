"""How far slices without an order lie apart in the use of a word, and which of them is the odd one out."""

from typing import TYPE_CHECKING

import numpy as np

from ..errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure_dispersion"]


def measure_dispersion(table: "pd.DataFrame") -> "pd.DataFrame":
    """Sum up the drift of each word between all pairs of slices.

    Parameters
    ----------
    table : pandas.DataFrame
        A drift table of every pair: ``measure_drift(slices, ordered=False)``.

    Returns
    -------
    pandas.DataFrame
        Columns ``word measure dispersion odd drift_odd drift_others slices count_min``, by measure as they come, then
        by dispersion, the highest first, then by word: ``dispersion`` is the mean drift over the pairs of slices that
        have the word, ``odd`` the slice that lies farthest from the others on average, ``drift_odd`` its mean drift
        from them, ``drift_others`` the mean drift among those (NaN where only two slices have the word; ``odd``
        is then empty), ``slices`` how many have the word, ``count_min`` its fewest occurrences in these.
        ``attrs["incomplete"]`` counts words that not all slices have: their dispersion is of fewer pairs.

    Raises
    ------
    ParameterError
        If not every two slices are compared.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = [("uk", "us", 0.1), ("uk", "india", 0.6), ("us", "india", 0.5)]
    >>> rows = [("lift", source, target, "cosine", drift, 50, 60) for source, target, drift in pairs]
    >>> columns = ["word", "source", "target", "measure", "drift", "count_source", "count_target"]
    >>> found = measure_dispersion(pd.DataFrame(rows, columns=columns)).iloc[0]
    >>> found["odd"], [float(found[name].round(2)) for name in ("dispersion", "drift_odd", "drift_others")]
    ('india', [0.4, 0.55, 0.1])
    """
    import pandas as pd

    pairs = list(dict.fromkeys(zip(table["source"], table["target"], strict=True)))
    labels = list(dict.fromkeys(label for pair in pairs for label in pair))
    if {frozenset(pair) for pair in pairs} != {frozenset((a, b)) for a in labels for b in labels if a != b}:
        raise ParameterError("every two slices must be compared; measure with against='every'.")
    parts = [_of_measure(table[table["measure"] == kind], labels) for kind in dict.fromkeys(table["measure"])]
    found = pd.concat(parts, ignore_index=True) if parts else _of_measure(table, labels)
    lacking = found.loc[found["slices"] < len(labels), "word"]
    found.attrs = {"incomplete": int(lacking.nunique()), "settings": table.attrs.get("settings", {})}
    return found


def _of_measure(table: "pd.DataFrame", labels: list[str]) -> "pd.DataFrame":
    """Return a row for each word by one measure."""
    import pandas as pd

    table = table[np.isfinite(table["drift"].to_numpy(dtype=np.float64))]
    words = sorted(set(table["word"]))
    row = {word: number for number, word in enumerate(words)}
    column = {label: number for number, label in enumerate(labels)}
    size = (len(words), len(labels))
    far, compared, fewest = np.zeros(size), np.zeros(size), np.full(size, np.iinfo(np.int64).max)
    places = np.array([row[word] for word in table["word"]], dtype=np.int64)
    drift = table["drift"].to_numpy(dtype=np.float64)
    for end in ("source", "target"):
        at = np.array([column[label] for label in table[end]], dtype=np.int64)
        np.add.at(far, (places, at), drift)
        np.add.at(compared, (places, at), 1.0)
        np.minimum.at(fewest, (places, at), table[f"count_{end}"].to_numpy(dtype=np.int64))
    total, pairs = far.sum(axis=1) / 2.0, compared.sum(axis=1) / 2.0
    apart = np.divide(far, compared, out=np.full(size, -np.inf), where=compared > 0)
    odd = apart.argmax(axis=1) if len(words) else np.empty(0, dtype=np.int64)
    lines = np.arange(len(words))
    rest = pairs - compared[lines, odd]
    others = np.divide(total - far[lines, odd], rest, out=np.full(len(words), np.nan), where=rest > 0)
    found = pd.DataFrame(
        {
            "word": words,
            "measure": table["measure"].iloc[0] if len(table) else "",
            "dispersion": total / pairs,
            "odd": [labels[at] if pair > 1 else "" for at, pair in zip(odd.tolist(), pairs, strict=True)],
            "drift_odd": apart[lines, odd],
            "drift_others": others,
            "slices": (compared > 0).sum(axis=1),
            "count_min": fewest.min(axis=1, initial=np.iinfo(np.int64).max),
        }
    )
    return found.iloc[np.argsort(-found["dispersion"].to_numpy(), kind="stable")].reset_index(drop=True)
