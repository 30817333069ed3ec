"""When a word's drift changed its level: a mean-shift test over the order of slices."""

from collections.abc import Collection
from importlib import import_module
from itertools import pairwise
from math import ceil, comb
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from .residuals import LEAST_WORDS, fit_counts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["drift_series", "find_change_points", "segment_series"]

Numbers = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Orders that are tried at once, the first time; after so many as extreme as the word's own order, no more are.
_BATCH = 100
_ENOUGH = 25


class Series(NamedTuple):
    """The drift of words through slices.

    Parameters
    ----------
    words, labels : tuple of str
        One each per row and column; the columns are slices in their order.
    drifts, centered, levels : float64[words, T]
        Drift; drift less what words of the same counts have in that slice, so that what moves all words is no change of
        one; and this divided by its spread over the vocabulary in the slice.
    counts : int64[words, T]
        Occurrences on the rarer side of each comparison.
    incomplete : int
        Words that were left out because some slice lacks them.
    """

    words: tuple[str, ...]
    labels: tuple[str, ...]
    drifts: Numbers
    centered: Numbers
    levels: Numbers
    counts: Ids
    incomplete: int


def drift_series(table: "pd.DataFrame") -> Series:
    """Read series from a drift table of ordered slices and one measure, and normalize them over the vocabulary.

    Parameters
    ----------
    table : pandas.DataFrame
        Drift of each slice against the first (or the one before) of all words, not of a few: they are what a slice is
        normalized by.

    Raises
    ------
    ParameterError
        If the slices have no order, a slice is compared with several others, there are several measures, or too few
        words are in all slices.
    """
    settings = table.attrs.get("settings", {})
    if settings.get("ordered", True) is False:
        raise ParameterError("these slices have no order: they have no change points or paths. Measure the dispersion.")
    kinds = list(dict.fromkeys(table["measure"])) if "measure" in table.columns else [""]
    if len(kinds) > 1:
        raise ParameterError(f"a series must be of one measure, got {', '.join(kinds)}; choose the rows of one.")
    labels = tuple(dict.fromkeys(table["target"]))
    if len(table[["source", "target"]].drop_duplicates()) > len(labels):
        raise ParameterError("each slice must be compared with one other; measure with against='first' or 'previous'.")
    drifts = table.pivot(index="word", columns="target", values="drift")[list(labels)].sort_index()
    rarer = table.assign(rarer=table[["count_source", "count_target"]].min(axis=1))
    counts = rarer.pivot(index="word", columns="target", values="rarer").loc[drifts.index, list(labels)]
    whole = np.isfinite(drifts.to_numpy(dtype=np.float64)).all(axis=1)
    if whole.sum() < LEAST_WORDS:
        raise ParameterError(
            f"{int(whole.sum())} words are in all slices; {LEAST_WORDS} are needed to tell a change of one word from a "
            "change of all. Measure all words, or lower min_count."
        )
    values = drifts.to_numpy(dtype=np.float64)[whole]
    sizes = counts.to_numpy(dtype=np.float64)[whole]
    centered, levels = np.empty_like(values), np.zeros_like(values)
    for t in range(len(labels)):
        left = values[:, t] - fit_counts(values[:, t], sizes[:, t : t + 1])
        left -= np.median(left)
        spread = 1.4826 * float(np.median(np.abs(left)))
        centered[:, t] = left
        if spread > 0.0:
            levels[:, t] = left / spread
    words = tuple(str(word) for word in drifts.index[whole])
    return Series(words, labels, values, centered, levels, sizes.astype(np.int64), int((~whole).sum()))


def find_change_points(
    table: "pd.DataFrame",
    *,
    words: Collection[str] | None = None,
    permutations: int = 20_000,
    least: int = 2,
    level: float = 0.05,
    seed: int = 1,
) -> "pd.DataFrame":
    r"""Find for each word the slice from which on its drift is at another level, and test it.

    A word's statistic is the largest, over all places to cut its series in two, of the difference of both means over
    its standard error. p is the share of orders of the slices whose statistic is as large.

    Parameters
    ----------
    table : pandas.DataFrame
        Drift of all words in each slice against the first: ``measure_drift(slices, against="first")``, or a table with
        statistics of the same form. The first slice itself has no row, so T + 1 slices make series of T.
    words : collection of str, optional
        Test these only; all are used to normalize slices nonetheless.
    permutations : int >= 1, default 20000
        Most orders to try for a word; fewer where p is plainly large.
    least : int >= 1, default 2
        Slices on either side of a cut, at least. A single slice that stands out is no change of level.
    level : float, default 0.05
        What p must be able to reach; otherwise no word gets a q.
    seed : int >= 0, default 1
        Of the orders, which are the same for all words.

    Returns
    -------
    pandas.DataFrame
        Columns ``word measure at before after change statistic p p_least q count_min why``, by p, then by statistic:
        ``at`` is the label of the first slice at the new level, ``before`` and ``after`` the mean drifts of both
        sides, ``change`` their difference (a word may also come back), ``p_least`` the smallest p that any data could
        have with this cut, ``q`` Benjamini and Hochberg's value over the words tested, ``count_min`` the word's fewest
        occurrences, and ``why`` says why there is no q. ``attrs``: ``slices``, ``tested``, ``incomplete`` (words that
        some slice lacks), ``p_least`` (with the best cut), ``needed`` (how many words must have that p for any q to be
        at most ``level``), ``settings``.

    Raises
    ------
    ParameterError
        As :func:`drift_series`; or if there are fewer than ``2 * least`` slices, a word is not in the series, or an
        argument is outside its domain.

    Notes
    -----
    With T slices p cannot fall below 1/T!, and as the order inside either side does not matter, not below
    :math:`2 / \binom{T}{j}` with j slices before the cut. The test says that the order of the slices matters, not that
    there was one step: a slow change is found too, and cut where one step fits best. Where neighboring slices share
    texts or authors, orders are not exchangeable and p is too small.

    References
    ----------
    Kulkarni, Al-Rfou, Perozzi and Skiena (2015), "Statistically significant detection of linguistic change", section 4,
    here studentized, two-sided and normalized by counts too; Phipson and Smyth (2010), "Permutation p-values should
    never be zero"; Besag and Clifford (1991), "Sequential Monte Carlo p-values", for ending early.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> drifts = 0.2 + 0.02 * rng.normal(size=(100, 12))
    >>> drifts[7, 5:] += 0.3
    >>> rows = [(f"w{i:02d}", "t0", f"t{t + 1}", drifts[i, t], 90, 90) for t in range(12) for i in range(100)]
    >>> table = pd.DataFrame(rows, columns=["word", "source", "target", "drift", "count_source", "count_target"])
    >>> found = find_change_points(table).iloc[0]
    >>> found["word"], found["at"], float(found["change"].round(1)), bool(found["p"] < 0.005)
    ('w07', 't6', 0.3, True)
    """
    require(permutations >= 1, "permutations", "an integer >= 1", permutations)
    require(least >= 1, "least", "an integer >= 1", least)
    require(0.0 < level < 1.0, "level", "between 0 and 1", level)
    require(seed >= 0, "seed", "an integer >= 0", seed)
    series = drift_series(table)
    chosen = _chosen(series, words)
    slices = len(series.labels)
    if slices < 2 * least:
        raise ParameterError(
            f"{slices} slices are compared; a cut with {least} on either side needs {2 * least}: cut time more finely."
        )
    values = series.levels[chosen]
    seen, cuts = _shift(values, least)
    cuts += least
    p = _permuted_p(values, seen, least, permutations, seed)
    lowest = np.array([2.0 / comb(slices, j) for j in range(slices + 1)])
    best = float(lowest[least : slices - least + 1].min())
    q, why = np.full(len(p), np.nan), ""
    if best > level:
        why = f"{slices} slices: p cannot fall below {best:.2g}, nor below 1/{slices}! with any statistic"
    elif 1.0 / (permutations + 1) > level:
        why = f"{permutations} permutations: p cannot fall below {1.0 / (permutations + 1):.2g}"
    elif len(p):
        from scipy.stats import false_discovery_control

        q = false_discovery_control(p)
    found = _change_table(table, series, chosen, cuts, least)
    found = found.assign(statistic=seen, p=p, p_least=lowest[cuts], q=q, why=why)[list(_COLUMNS)]
    order = np.lexsort((found["word"].to_numpy(dtype=str), -seen, p))
    found = found.iloc[order].reset_index(drop=True)
    settings = {"permutations": permutations, "least": least, "level": level, "seed": seed}
    found.attrs = {"slices": list(series.labels), "tested": len(p), "incomplete": series.incomplete, "p_least": best}
    found.attrs["needed"] = ceil(max(best, 1.0 / (permutations + 1)) * len(p) / level)
    found.attrs["settings"] = {**table.attrs.get("settings", {}), **settings}
    return found


_COLUMNS = (
    *("word", "measure", "at", "before", "after", "change"),
    *("statistic", "p", "p_least", "q", "count_min", "why"),
)


def _chosen(series: Series, words: Collection[str] | None) -> Ids:
    """Return the rows of these words in the series; all if none are named."""
    if words is None:
        return np.arange(len(series.words), dtype=np.int64)
    place = {word: row for row, word in enumerate(series.words)}
    lacking = [word for word in words if word not in place]
    if lacking:
        raise ParameterError(f"words must be frequent enough in every slice, got {', '.join(map(repr, lacking))}")
    return np.array(sorted({place[word] for word in words}), dtype=np.int64)


def _change_table(table: "pd.DataFrame", series: Series, chosen: Ids, cuts: Ids, least: int) -> "pd.DataFrame":
    """Return what does not need the test: where, from what to what."""
    import pandas as pd

    drifts = series.drifts[chosen]
    places = np.arange(drifts.shape[1]) >= cuts[:, None]
    after = (drifts * places).sum(axis=1) / places.sum(axis=1)
    before = (drifts * ~places).sum(axis=1) / (~places).sum(axis=1)
    measure = table["measure"].iloc[0] if "measure" in table.columns else ""
    return pd.DataFrame(
        {
            "word": [series.words[row] for row in chosen.tolist()],
            "measure": measure,
            "at": [series.labels[cut] for cut in cuts.tolist()],
            "before": before,
            "after": after,
            "change": after - before,
            "count_min": series.counts[chosen].min(axis=1),
        }
    )


def _shift(values: Numbers, least: int) -> tuple[Numbers, Ids]:
    """Return float64[n], the largest studentized difference of means over all cuts, and int64[n], which cut it is."""
    slices = values.shape[1]
    before = np.arange(least, slices - least + 1)
    sums = np.cumsum(values, axis=1)
    squares = (values**2).sum(axis=1)[:, None]
    total = sums[:, -1:]
    first = sums[:, before - 1]
    second = total - first
    between = second / (slices - before) - first / before
    within = squares - first**2 / before - second**2 / (slices - before)
    # What is left of equal values is rounding.
    within = np.maximum(within, 1e-12 * np.maximum(squares, 1e-300))
    error = np.sqrt(within / max(1, slices - 2) * (1.0 / before + 1.0 / (slices - before)))
    statistic = np.where(squares > 0.0, np.abs(between) / error, 0.0)
    best = statistic.argmax(axis=1)
    return statistic[np.arange(len(values)), best], best


def _permuted_p(values: Numbers, seen: Numbers, least: int, permutations: int, seed: int) -> Numbers:
    """Return float64[n], p by orders of the columns, ending early for rows of which enough were as extreme."""
    rng = np.random.default_rng(seed)
    hits, p = np.zeros(len(values), np.int64), np.full(len(values), np.nan)
    bar = seen * (1.0 - 1e-9)  # the last bit of a sum must not decide
    open_rows = np.arange(len(values))
    done, batch = 0, _BATCH
    while done < permutations and len(open_rows):
        orders = rng.permuted(np.tile(np.arange(values.shape[1]), (min(batch, permutations - done), 1)), axis=1)
        extreme = np.stack([_shift(values[open_rows][:, order], least)[0] >= bar[open_rows] for order in orders])
        counted = hits[open_rows] + np.cumsum(extreme, axis=0)
        hits[open_rows] = counted[-1]
        ended = counted[-1] >= _ENOUGH
        at = done + 1 + np.argmax(counted >= _ENOUGH, axis=0)
        p[open_rows[ended]] = _ENOUGH / at[ended]
        open_rows = open_rows[~ended]
        done, batch = done + len(orders), min(2 * batch, 10 * _BATCH)
    p[open_rows] = (hits[open_rows] + 1.0) / (done + 1.0)
    return p


def segment_series(
    table: "pd.DataFrame",
    words: Collection[str],
    *,
    method: Literal["pelt", "binseg"] = "pelt",
    penalty: float | None = None,
    least: int = 2,
) -> "pd.DataFrame":
    """Cut the series of chosen words into any number of levels, with the package ``ruptures``.

    This tests nothing: see :func:`find_change_points`.

    Parameters
    ----------
    table : pandas.DataFrame
        As for :func:`find_change_points`, of all words.
    words : collection of str
        Whose series to cut.
    method : {"pelt", "binseg"}, default "pelt"
        The exact search, or binary segmentation. Both by squared error.
    penalty : float > 0, optional
        What each cut must gain, in variances of a series' noise; by default 3 log T, for T slices.
    least : int >= 1, default 2
        Fewest slices of a level.

    Returns
    -------
    pandas.DataFrame
        Columns ``word at before after change``: a row for each cut; words without one have no row
        (``attrs["without"]``).

    Raises
    ------
    ParameterError
        As :func:`find_change_points`, or if ``ruptures`` is not installed.

    References
    ----------
    Killick, Fearnhead and Eckley (2012), "Optimal detection of changepoints with a linear computational cost"; Truong,
    Oudre and Vayatis (2020), "Selective review of offline change point detection methods".
    """
    if method not in ("pelt", "binseg"):
        raise ParameterError(f"method must be pelt or binseg, got {method!r}")
    require(least >= 1, "least", "an integer >= 1", least)
    require(penalty is None or penalty > 0.0, "penalty", "above 0", penalty)
    try:
        ruptures = import_module("ruptures")
    except ImportError as error:
        step = "pip install 'wordvec[changepoints]', or use find_change_points."
        raise ParameterError(f"the package ruptures is not installed; {step}") from error
    import pandas as pd

    series = drift_series(table)
    slices = len(series.labels)
    if slices < 2 * least:
        raise ParameterError(
            f"{slices} slices are compared; a cut with {least} on either side needs {2 * least}: cut time more finely."
        )
    rows, without = [], []
    for row in _chosen(series, words).tolist():
        values, drifts = series.centered[row], series.drifts[row]
        # Differences of neighbors see the noise, not the levels.
        noise = float(np.median(np.abs(np.diff(values)))) / (0.6745 * np.sqrt(2.0))
        scaled = (values / noise if noise > 0.0 else values)[:, None]
        search = (ruptures.Pelt if method == "pelt" else ruptures.Binseg)(model="l2", min_size=least, jump=1)
        ends = search.fit(scaled).predict(pen=penalty or 3.0 * np.log(slices))
        begins = [0, *ends]
        if len(ends) == 1:
            without.append(series.words[row])
        means = [float(drifts[a:b].mean()) for a, b in pairwise(begins)]
        rows += [
            (series.words[row], series.labels[at], before, after, after - before)
            for at, (before, after) in zip(ends, pairwise(means), strict=False)
        ]
    found = pd.DataFrame(rows, columns=["word", "at", "before", "after", "change"])
    found.attrs = {"without": without, "slices": list(series.labels), "incomplete": series.incomplete}
    return found
