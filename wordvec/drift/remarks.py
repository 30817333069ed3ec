"""What a reader of a drift table should know about its settings."""

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["WideIntersection", "wide_intersection"]

#: Above this share of the words that two slices have in common, neighbors meet by chance too often.
_SHARE = 0.1


class WideIntersection(NamedTuple):
    """The comparison in which intersection looks at too large a share of the words.

    Parameters
    ----------
    source, target : str
        Labels of the two slices.
    shared : int
        Words with a vector in both.
    k : int
        Neighbors that intersection looks at.
    advised : int
        A tenth of ``shared``, at least 1.
    """

    source: str
    target: str
    shared: int
    k: int
    advised: int


def wide_intersection(attrs: Mapping[Any, Any]) -> WideIntersection | None:
    """Tell whether intersection looked at more than a tenth of the words that two slices share.

    Two neighborhoods that have nothing to do with each other then still have so many words in common that
    every word looks alike on both sides; where they are as large as the slices, every drift is 0.

    Parameters
    ----------
    attrs : mapping
        The ``attrs`` of a table that :func:`wordvec.measure_drift` made.

    Returns
    -------
    WideIntersection or None
        The comparison with the fewest shared words, or None if intersection was not measured or fits.

    Examples
    --------
    >>> pair = {"source": "uk", "target": "us", "shared": 2000}
    >>> settings = {"measures": ["intersection"], "k_intersection": 1000}
    >>> wide_intersection({"settings": settings, "left_out": [pair]})
    WideIntersection(source='uk', target='us', shared=2000, k=1000, advised=200)
    >>> wide_intersection({"settings": {**settings, "k_intersection": 200}, "left_out": [pair]}) is None
    True
    """
    settings, pairs = attrs.get("settings", {}), attrs.get("left_out", ())
    if "intersection" not in settings.get("measures", ()) or not pairs:
        return None
    least = min(pairs, key=lambda pair: int(pair["shared"]))
    k, shared = int(settings["k_intersection"]), int(least["shared"])
    if k <= _SHARE * shared:
        return None
    return WideIntersection(str(least["source"]), str(least["target"]), shared, k, max(1, int(_SHARE * shared)))
