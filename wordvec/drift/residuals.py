"""What is left of drift when its dependence on frequency is taken away."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["LEAST_WORDS", "add_residual", "fit_counts"]

Numbers = NDArray[np.float64]

#: Words that a fit needs: ten for each of its six coefficients.
LEAST_WORDS = 60
_KEYS = ("source", "target", "measure")
_STEPS = 100


def add_residual(table: "pd.DataFrame") -> "pd.DataFrame":
    r"""Add a column ``residual``: drift minus what words of the same counts usually have.

    In each comparison drift is fitted by the logarithms of both counts, their squares and their product, in a way that
    words far from the fit do not move it much (Huber's). The residual is beside the drift, not in its place: a word
    whose use differs often differs in frequency, too, and then part of the difference is taken away with it; and the
    residuals of rare words still spread more.

    Parameters
    ----------
    table : pandas.DataFrame
        A drift table with the columns ``drift``, ``count_source`` and ``count_target``, of many words: all that there
        are, not a few of interest. Comparisons are told apart by those of ``source``, ``target`` and ``measure`` that
        are columns.

    Returns
    -------
    pandas.DataFrame
        The same rows and attributes with the column ``residual``; above 0: more drift than words of these counts have.
        ``attrs["residual"]`` has a dictionary per comparison: its keys, ``words`` (in the fit), ``explained`` (the
        share of the variance of drift that the counts explain) and ``why`` (empty, or why there is no residual: fewer
        than 60 words).

    Raises
    ------
    ParameterError
        If the table lacks one of the columns.

    References
    ----------
    Huber (1964), "Robust estimation of a location parameter"; Dubossarsky, Weinshall and Grossman (2017), "Outta
    control: laws of semantic change and inherent biases in word representation models", for the bias.

    Examples
    --------
    >>> import pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> counts = rng.integers(20, 2000, size=300)
    >>> rare = pd.DataFrame({"drift": 2 / np.log(counts), "count_source": counts, "count_target": counts})
    >>> rare.loc[7, "drift"] += 0.5
    >>> found = add_residual(rare)
    >>> round(float(found.loc[7, "residual"]), 1), round(float(found["residual"].abs().median()), 2)
    (0.5, 0.0)
    """
    needed = ("drift", "count_source", "count_target")
    lacking = [name for name in needed if name not in table.columns]
    if lacking:
        raise ParameterError(f"a drift table must have the columns {', '.join(needed)}; it lacks {', '.join(lacking)}")
    keys = [name for name in _KEYS if name in table.columns]
    places = [np.arange(len(table))]
    if keys:
        places = [np.asarray(rows) for rows in table.groupby(keys, sort=False).indices.values()]
    residual = np.full(len(table), np.nan)
    drift = table["drift"].to_numpy(dtype=np.float64)
    counts = table[["count_source", "count_target"]].to_numpy(dtype=np.float64)
    told: list[dict[str, Any]] = []
    for rows in sorted(places, key=lambda rows: int(rows[0]) if len(rows) else 0):
        there = rows[np.isfinite(drift[rows])]
        entry: dict[str, Any] = {name: table[name].iloc[rows[0]] for name in keys if len(rows)}
        entry |= {"words": len(there), "explained": np.nan, "why": ""}
        if len(there) < LEAST_WORDS:
            entry["why"] = f"{len(there)} words; the fit needs {LEAST_WORDS}: measure all words, then choose"
        else:
            left = drift[there] - fit_counts(drift[there], counts[there])
            residual[there] = left
            spread = float(drift[there].var())
            entry["explained"] = max(0.0, 1.0 - float(left.var()) / spread) if spread > 0.0 else np.nan
        told.append(entry)
    found = table.assign(residual=residual)
    found.attrs = {**table.attrs, "residual": told}
    return found


def fit_counts(values: Numbers, counts: Numbers) -> Numbers:
    """Return float64[n], what a robust quadratic in the logarithms of counts says of each value.

    Parameters
    ----------
    values : float64[n]
        Finite; ``LEAST_WORDS`` of them or more.
    counts : float64[n, k]
        Counts, 0 or more.

    Notes
    -----
    Huber's M-estimate with 1.345 times the normalized median absolute deviation, found by reweighted least squares.
    """
    from sklearn.linear_model import LinearRegression
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    logs = StandardScaler().fit_transform(np.log(np.maximum(counts, 0.5)))
    terms = PolynomialFeatures(2, include_bias=False).fit_transform(logs)
    model = LinearRegression()
    weights = np.ones(len(values))
    fitted = np.zeros(len(values))
    for _ in range(_STEPS):
        before, fitted = fitted, model.fit(terms, values, sample_weight=weights).predict(terms)
        left = np.abs(values - fitted)
        bound = 1.345 * 1.4826 * float(np.median(left))
        if bound <= 0.0 or np.abs(fitted - before).max() <= 1e-9 * max(1.0, float(np.abs(values).max())):
            break
        weights = bound / np.maximum(left, bound)
    return np.asarray(fitted, dtype=np.float64)
