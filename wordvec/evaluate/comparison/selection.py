"""Which tasks to run: those that the others do not predict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError, require

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Predictability", "Selection", "leave_one_out", "predictability", "select_tasks"]

Floats = NDArray[np.float64]


class Predictability(NamedTuple):
    """How well a task's scores are predicted from the other tasks'.

    Parameters
    ----------
    spearman, pearson : float
        Correlation of predicted and true scores over models; NaN where either is constant.
    mse : float
        Mean squared error, in units of the variance of the true scores.
    """

    spearman: float
    pearson: float
    mse: float


@dataclass(frozen=True, eq=False)
class Selection:
    """Tasks to keep, and what is lost with the others; made by :func:`select_tasks`.

    Parameters
    ----------
    kept : tuple of str
        Names of the tasks to run, in the order of the table.
    removed : pandas.DataFrame
        A row for each task removed, in that order: ``task``, ``type``; ``spearman``, ``pearson`` and ``mse`` of its
        prediction; ``mean_pearson`` and ``mean_spearman``, the correlation over models of the mean score over the
        tasks that were then left with that over all.
    remarks : tuple of str
        What to know.
    """

    kept: tuple[str, ...]
    removed: "pd.DataFrame"
    remarks: tuple[str, ...]


def select_tasks(
    scores: "pd.DataFrame",
    types: Mapping[str, str],
    *,
    spearman: float = 0.95,
    mse: float = 0.2,
    ridge: float = 1.0,
) -> Selection:
    """Remove tasks whose scores the others predict, the most predictable first, never the last of its type.

    Each task is predicted for each model by a ridge regression from all other tasks that are left, fitted without
    that model (:func:`leave_one_out`). As long as there is one with a Spearman correlation and a squared error good
    enough, the one of the highest correlation goes, of equals that of the lower error, then the first by name.

    Parameters
    ----------
    scores : pandas.DataFrame
        Models x tasks, complete.
    types : mapping of str to str
        What kind of task each is (``"similarity"``); of each kind one stays.
    spearman : float, default 0.95
        Least correlation of predicted with true scores, -1 to 1.
    mse : float >= 0, default 0.2
        Greatest mean squared error, in units of the variance of the true scores.
    ridge : float > 0, default 1
        Penalty on squared weights of scores of mean 0 and variance 1. Least squares without one would fit few
        models from many tasks without error.

    Raises
    ------
    FormatError
        Naming model and task, if a score is not there or no number, or a name is there twice.
    ParameterError
        If a task has no type, there are fewer than 4 models, or a number is out of its domain.

    References
    ----------
    Enevoldsen et al. (2025), "MMTEB: Massive Multilingual Text Embedding Benchmark", section 2.3, who use least
    squares.

    Examples
    --------
    >>> import pandas as pd
    >>> drawn = np.random.default_rng(1).normal(size=(12, 3))
    >>> table = pd.DataFrame({"WS353": drawn[:, 0], "Google": drawn[:, 1], "BATS": drawn[:, 2], "copy": drawn[:, 0]})
    >>> types = {"WS353": "similarity", "copy": "similarity", "Google": "analogy", "BATS": "analogy"}
    >>> found = select_tasks(table, types)
    >>> found.kept, found.removed["task"].tolist()
    (('Google', 'BATS', 'copy'), ['WS353'])
    """
    _check(scores, types, spearman, mse, ridge)
    left = sorted(map(str, scores.columns))
    values = {name: scores[name].to_numpy(dtype=np.float64) for name in left}
    whole, rows = np.mean([values[name] for name in left], axis=0), []
    while True:
        kinds = [types[name] for name in left]
        found = [
            (name, predictability(values[name], _others(values, left, name), ridge=ridge))
            for name in left
            if kinds.count(types[name]) > 1
        ]
        good = [(name, p) for name, p in found if p.spearman >= spearman and p.mse <= mse]
        if not good:
            break
        name, best = min(good, key=lambda one: (-round(one[1].spearman, 9), round(one[1].mse, 9), one[0]))
        left.remove(name)
        rows.append((name, types[name], *best, *_kept_of_mean(whole, np.mean([values[n] for n in left], axis=0))))
    return _selection(scores, left, rows)


def _others(values: Mapping[str, Floats], left: list[str], name: str) -> Floats:
    return np.stack([values[other] for other in left if other != name], axis=1)


def _kept_of_mean(whole: Floats, part: Floats) -> tuple[float, float]:
    """Return Pearson's and Spearman's correlation of the mean over all tasks and over those left."""
    from ..measures import pearson, spearman

    return pearson(whole, part), spearman(np.round(whole, 12), np.round(part, 12))


def _selection(scores: "pd.DataFrame", left: list[str], rows: Sequence[tuple[object, ...]]) -> Selection:
    import pandas as pd

    columns = ["task", "type", "spearman", "pearson", "mse", "mean_pearson", "mean_spearman"]
    removed = pd.DataFrame(rows, columns=columns)
    models, tasks = scores.shape
    remarks = []
    if models < 3 * tasks:
        remarks.append(
            f"{models} models and {tasks} tasks: with fewer than {3 * tasks} models, three a task, little trust can "
            "be put in which tasks predict which."
        )
    constant = [str(name) for name in scores.columns if scores[name].nunique() == 1]
    if constant:
        remarks.append(f"The same score for all models, so neither predicted nor removed: {', '.join(constant)}.")
    if rows:
        last = removed.iloc[-1]
        remarks.append(
            f"{len(rows)} of {tasks} tasks removed; over models the mean score of those left has a Pearson correlation "
            f"of {last['mean_pearson']:.3f}, its ranking a Spearman correlation of {last['mean_spearman']:.3f}, with "
            "that of all."
        )
    kept = tuple(str(name) for name in scores.columns if str(name) in left)
    return Selection(kept, removed, tuple(remarks))


def _check(scores: "pd.DataFrame", types: Mapping[str, str], spearman: float, mse: float, ridge: float) -> None:
    require(-1.0 <= spearman <= 1.0, "spearman", "between -1 and 1", spearman)
    require(mse >= 0.0, "mse", "at least 0", mse)
    require(ridge > 0.0, "ridge", "above 0", ridge)
    names, models = [str(name) for name in scores.columns], [str(name) for name in scores.index]
    for what, listed in (("task", names), ("model", models)):
        twice = sorted({name for name in listed if listed.count(name) > 1})
        if twice:
            raise FormatError(f"The table of scores has two {what}s called {twice[0]!r}.")
    for name, column in zip(names, scores.columns, strict=True):
        require(name in types, "types", f"a type for each task, also {name!r}", dict(types))
        for model, value in zip(models, scores[column].tolist(), strict=True):
            if not isinstance(value, int | float) or not np.isfinite(value):
                raise FormatError(f"The table of scores must be complete: {model!r} has {value!r} in {name!r}.")
    require(len(scores) >= 4, "scores", "of at least 4 models", len(scores))


def predictability(true: Floats, others: Floats, *, ridge: float = 1.0) -> Predictability:
    """Return how well scores in a task are predicted from those in others, each model by all other models.

    Parameters
    ----------
    true : float64[M]
        Scores of M models in a task.
    others : float64[M, T]
        Their scores in other tasks.
    ridge : float > 0, default 1
        See :func:`leave_one_out`.

    Examples
    --------
    >>> scores = np.random.default_rng(1).normal(size=(20, 3))
    >>> found = predictability(scores.sum(axis=1), scores)
    >>> found.spearman > 0.95, found.mse < 0.05
    (True, True)
    """
    from ..measures import pearson, spearman

    spread = float(true.std())
    if not spread > 1e-12 * (1.0 + float(np.abs(true).max())):
        return Predictability(np.nan, np.nan, np.nan)
    z = (true - true.mean()) / spread
    predicted = leave_one_out(z, others, ridge=ridge)
    # Rounded, so that the order of columns or models cannot break a tie.
    return Predictability(
        spearman(np.round(predicted, 9), np.round(z, 9)), pearson(predicted, z), float(np.mean((predicted - z) ** 2))
    )


def leave_one_out(true: Floats, others: Floats, *, ridge: float = 1.0) -> Floats:
    r"""Return float64[M], each value predicted by a ridge regression fitted to all others.

    The columns are first brought to mean 0 and variance 1 over all M. Nothing is fitted M times: with H the matrix
    that maps true values to fitted ones, the error without model i is the error with it divided by
    :math:`1 - H_{ii}`.

    Parameters
    ----------
    true : float64[M]
        What to predict.
    others : float64[M, T]
        From what; constant columns do nothing.
    ridge : float > 0, default 1
        Penalty on the squared weights; the intercept has none.

    References
    ----------
    Hastie, Tibshirani and Friedman (2009), "The elements of statistical learning", equation 7.64.

    Examples
    --------
    >>> x = np.arange(6.0)
    >>> leave_one_out(2.0 * x, x[:, None], ridge=1e-9).round(3).tolist()
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    """
    count, spread = len(true), others.std(axis=0)
    x = (others - others.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    u, singular, _ = np.linalg.svd(x, full_matrices=False)
    fitted = (u * (singular**2 / (singular**2 + ridge))) @ u.T + 1.0 / count
    return np.asarray(true - (true - fitted @ true) / (1.0 - np.diag(fitted)))
