"""What a model made of every item of a test set: all that a score, its interval and a comparison are made from."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..statistics.intervals import Interval, exact_interval, fisher_interval, score_interval
from ..statistics.units import count_disjoint, count_units, shared_variance
from .measures import AGREEMENT, AUC, AVERAGE_PRECISION, COUNT, MACRO_MEAN, PEARSON, SPEARMAN, Measure
from .scores import Score, score_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Outcome", "outcome_table", "timed"]

#: Fewer independent items than this are too few for an estimate of variance: of correlations, of the others.
_FEW_PAIRS, _FEW = 10, 5


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a model made of the items of a test set, by one metric.

    Parameters
    ----------
    task, dataset, sha256, metric : str
        As in :class:`~wordvec.evaluate.scores.Score`. Outcomes of two models are compared where these four and
        ``policy`` are equal.
    measure : Measure
        How ``values`` become a score.
    items : int64[n]
        Numbers of the items used, ascending, counted in the test set: the same for every model.
    values : float64[n, C]
        What the measure is of: hit or miss, predicted and true similarity, correct and all tokens.
    units : int64[n, 1] or int64[n, 2]
        What another draw of the test set would draw anew: the words of a pair, the pairs of an analogy. Numbers
        >= 0, the same for every model.
    unit : str
        What a unit is, in a word.
    missing : int
        Items with an unknown word: left out, or answered by substitutes, as ``policy`` says.
    policy : str
        See :attr:`~wordvec.evaluate.words.Lookup.policy`.
    seconds : float, default 0
        Time that the whole test set took.

    Examples
    --------
    >>> from wordvec.evaluate.measures import MEAN
    >>> hits = np.array([[1.0], [0.0], [1.0], [1.0], [0.0], [1.0], [1.0]])
    >>> found = Outcome("synonyms", "toy", "", "accuracy", MEAN, np.arange(7), hits, np.arange(7)[:, None], "question",
    ...                 0, "skip unknown")
    >>> round(found.score, 3), round(found.interval().low, 3), found.take(np.array([1, 2])).score
    (0.714, 0.215, 0.5)
    """

    task: str
    dataset: str
    sha256: str
    metric: str
    measure: Measure
    items: NDArray[np.int64]
    values: NDArray[np.float64]
    units: NDArray[np.int64]
    unit: str
    missing: int
    policy: str
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.items)

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What must be equal for two outcomes to be comparable."""
        return self.task, self.dataset, self.sha256, self.metric, self.policy

    @property
    def score(self) -> float:
        """The score; NaN where nothing is left, or nothing varies."""
        return self.measure.score(self.values) if len(self) else math.nan

    def influence(self) -> NDArray[np.float64]:
        """Return float64[n], what each item adds to the score."""
        return self.measure.influence(self.values)

    def take(self, items: NDArray[np.int64]) -> "Outcome":
        """Return the outcome on some items only, given by number."""
        chosen = np.isin(self.items, items)
        return replace(
            self, items=self.items[chosen], values=self.values[chosen], units=self.units[chosen], missing=self.missing
        )

    def interval(self) -> Interval:
        """Return the 95 % interval of the score over another draw of its units.

        Of few independent items, or where no answer differs, there is no variance to go by. Then the interval is
        Fisher's for a correlation and Clopper and Pearson's for other scores, of items with no unit in common,
        found one by one in order; ``unit`` says so. Counts that are all alike, and agreements that are all 0, have
        an interval without width, and few counts that differ have none.
        """
        score, correlation = self.score, self.measure in (PEARSON, SPEARMAN)
        if math.isnan(score):
            return Interval(math.nan, math.nan, self.unit)
        independent = self.independent()
        if independent >= (_FEW_PAIRS if correlation else _FEW):
            variance = shared_variance(self.influence(), self.units)
            freedom = count_units(self.units) - 1
            found = score_interval(score, variance, bounds=self.measure.bounds, freedom=freedom, unit=self.unit)
            if found.low < found.high:
                return found
        if correlation:
            how = "Fisher" if independent > 3 else "too few"
            return fisher_interval(
                score, independent, rank=self.measure.name == "spearman", unit=f"{self.unit} ({how})"
            )
        if (self.measure is AGREEMENT and score == 0.0) or self.measure is COUNT:
            if not self.influence().any():  # one label for everything has no agreement, whatever is drawn
                return Interval(score, score, f"{self.unit} (all alike)")
            if self.measure is COUNT:
                return Interval(math.nan, math.nan, f"{self.unit} (too few)")
        low, high = self.measure.bounds
        exact = exact_interval((score - low) / (high - low), independent, unit=f"{self.unit} (exact)")
        return replace(exact, low=low + (high - low) * exact.low, high=low + (high - low) * exact.high)

    def independent(self) -> int:
        """Return how many items share no unit; of categories, as many from each as the one with the fewest has.

        What ranks positive items above negative ones knows no more than the kind with the fewer tells.
        """
        if self.measure not in (MACRO_MEAN, AUC, AVERAGE_PRECISION):
            return count_disjoint(self.units)
        categories = np.unique(self.values[:, 1])
        fewest = min((count_disjoint(self.units[self.values[:, 1] == c]) for c in categories), default=0)
        return fewest * len(categories) if self.measure is MACRO_MEAN else fewest

    def row(self) -> Score:
        """Return the row of a table."""
        i = self.interval()
        name, sha256, n, seconds = self.dataset, self.sha256, len(self), self.seconds
        return Score(
            self.task,
            name,
            sha256,
            self.metric,
            self.score,
            i.low,
            i.high,
            n,
            self.missing,
            self.policy,
            i.unit,
            seconds,
        )


def outcome_table(outcomes: Iterable[Outcome]) -> "pd.DataFrame":
    """Return a data frame with a row for each outcome, with the columns of :class:`~wordvec.evaluate.scores.Score`.

    Parameters
    ----------
    outcomes : iterable of Outcome
        The rows.

    Examples
    --------
    >>> len(outcome_table([]))
    0
    """
    return score_table(outcome.row() for outcome in outcomes)


def timed(outcomes: Iterable[Outcome], seconds: float) -> list[Outcome]:
    """Return outcomes that say how long their test set took.

    Parameters
    ----------
    outcomes : iterable of Outcome
        All of one test set.
    seconds : float
        Time taken.

    Examples
    --------
    >>> timed([], 1.0)
    []
    """
    return [replace(outcome, seconds=seconds) for outcome in outcomes]
