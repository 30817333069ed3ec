"""The table of an assessment: intervals, tests, and why a number is missing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .comparison import Comparison
from .estimates import Corrected, exchange_p, least_p

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "Measured", "make_table", "tell_resolution"]

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

#: The columns of :func:`wordvec.drift.assess.assess_drift`.
COLUMNS = [
    "word",
    "source",
    "target",
    "drift",
    "drift_raw",
    "low",
    "high",
    "p",
    "p_floor",
    "q",
    "floor",
    "count_source",
    "count_target",
    "units_source",
    "units_target",
    "reliability_source",
    "reliability_target",
    "unit",
    "why",
]

#: The level that a single word's p would have to reach over all words.
_LEVEL = 0.05


class Measured(NamedTuple):
    """What the rows of some words say.

    Parameters
    ----------
    raw : float64[n]
        Distance of the two rows.
    distances : float64[n, B]
        The same after each exchange.
    drift : Corrected
        Drift freed from noise.
    floor, floor_variance : float64[n]
        The drift between groups inside a slice, over the slices that have such groups; NaN for none.
    """

    raw: Floats
    distances: Floats
    drift: Corrected
    floor: Floats
    floor_variance: Floats


def make_table(
    comparison: Comparison, names: Sequence[str], words: Ids, measured: Measured, units: Ids
) -> "pd.DataFrame":
    """Return the rows of one pair of slices.

    Parameters
    ----------
    comparison : Comparison
        The two slices.
    names : sequence of str
        The vocabulary.
    words : int64[n]
        Which words.
    measured : Measured
        What their rows say.
    units : int64[2, n]
        The units of each word in either slice.
    """
    import pandas as pd

    settings, counts = comparison.settings, comparison.corpus.counts[:, words]
    drift, fewest = measured.drift.drift, units.min(axis=0, initial=np.iinfo(np.int64).max)
    enough, known = fewest >= settings.min_units, np.isfinite(drift)
    freedom = np.maximum(fewest - 1, 1)
    error = np.sqrt(np.where(enough, measured.drift.variance, np.nan))
    reach = error * _student(freedom, 0.5 + settings.confidence / 2)
    p = np.full(len(words), np.nan)
    if measured.distances.shape[1] and enough.any():
        p[enough] = exchange_p(
            measured.raw[enough], measured.distances[enough], counts.min(axis=0)[enough], fewest[enough]
        )
    p_floor = _test_floor(measured, enough, freedom)
    columns = {
        "word": [names[row] for row in words.tolist()],
        "source": comparison.labels[0],
        "target": comparison.labels[1],
        "drift": drift,
        "drift_raw": measured.raw,
        "low": drift - reach,
        "high": drift + reach,
        "p": p,
        "p_floor": p_floor,
        "q": _adjust(np.where(comparison.no_q != "", np.nan, p_floor)),
        "floor": measured.floor,
        "count_source": counts[0],
        "count_target": counts[1],
        "units_source": units[0],
        "units_target": units[1],
        "reliability_source": measured.drift.first,
        "reliability_target": measured.drift.second,
        "unit": settings.unit,
        "why": _reasons(comparison, enough, known, p_floor),
    }
    table = pd.DataFrame(columns, columns=COLUMNS)
    by_name = table.sort_values("word", kind="stable")
    return by_name.sort_values(["low", "drift"], ascending=False, kind="stable", na_position="last")


def tell_resolution(comparison: Comparison, table: "pd.DataFrame") -> list[str]:
    """Return a sentence if exchanges are too few for the smallest p to stand a correction over the words."""
    tested, draws = int(table["p"].notna().sum()), comparison.settings.permutations
    if not tested or not draws:
        return []
    least = least_p(tested, draws)
    if least <= _LEVEL / tested:
        return []
    needed = -(-draws * least * tested // _LEVEL)
    between, words = " → ".join(comparison.labels), "word" if tested == 1 else "words"
    return [
        f"{between}: with {draws} exchanges of {tested:,} {words} p cannot fall below {least:.2g}; a single one of "
        f"them would need {_LEVEL / tested:.2g} to stand a correction over all, and that about {needed:,.0f} exchanges "
        "(--permutations). q is of another test, which has no such limit."
    ]


def _reasons(comparison: Comparison, enough: NDArray[np.bool_], known: NDArray[np.bool_], p_floor: Floats) -> list[str]:
    """Return, for each word, why a number is missing."""
    settings = comparison.settings
    found = []
    for some, sound, p in zip(enough, known, p_floor, strict=True):
        if not some:
            found.append(f"fewer than {settings.min_units} units in a slice")
        elif not sound:
            found.append("its halves are not alike at all: too little text")
        elif comparison.no_q:
            found.append(comparison.no_q)
        else:
            found.append("" if np.isfinite(p) else "too few units in the groups inside a slice")
    return found


def _test_floor(measured: Measured, enough: NDArray[np.bool_], freedom: Ids) -> Floats:
    """Return p of one-sided tests that the drift is not beyond that inside a slice."""
    from scipy.special import stdtr

    beyond = measured.drift.drift - np.maximum(measured.floor, 0.0)
    error = np.sqrt(measured.drift.variance + measured.floor_variance)
    return np.where(enough, stdtr(freedom, -beyond / error), np.nan)


def _student(freedom: Ids, level: float) -> Floats:
    from scipy.special import stdtrit

    return np.asarray(stdtrit(freedom, level), dtype=np.float64)


def _adjust(p: Floats) -> Floats:
    """Return Benjamini-Hochberg values of those that are known."""
    from scipy.stats import false_discovery_control

    known = np.isfinite(p)
    found = np.full(len(p), np.nan)
    if known.any():
        found[known] = false_discovery_control(p[known])
    return found
