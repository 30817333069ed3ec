"""The one shape in which every evaluator reports."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Score", "score_table"]


class Score(NamedTuple):
    """One score with what it rests on: a row of every evaluation table.

    Parameters
    ----------
    task : str
        ``"similarity"`` or ``"analogy"``.
    dataset : str
        File name; for analogies ``"questions-words.txt: family"``, with ``": all"`` for all questions
        together (micro average) and ``": macro"`` for the mean of the categories.
    dataset_sha256 : str
        SHA-256 of the test set, uncompressed: sets differ by file, not only by name.
    metric : str
        ``"spearman"``, ``"pearson"``, ``"3cosadd accuracy"``, ``"3cosadd MRR@10"``, ...
    score, low, high : float
        The score and the ends of its 95 % interval; NaN where nothing is left to score.
    n, missing : int
        Pairs or questions used, and left out because a word is unknown.
    policy : str
        What was done about unknown words, letter case and rare words.
    unit : str
        What the interval rests on: ``"pair"`` where word pairs were resampled; where too few are left, or
        all answers alike, ``"pair (Fisher)"``, ``"pair (too few)"`` or ``"disjoint question (exact)"``,
        see :mod:`wordvec.statistics` and :func:`~wordvec.evaluate.analogy.evaluate_analogies`.
    seconds : float
        Time taken by the whole data set (by all rows of it together).
    """

    task: str
    dataset: str
    dataset_sha256: str
    metric: str
    score: float
    low: float
    high: float
    n: int
    missing: int
    policy: str
    unit: str
    seconds: float


def score_table(scores: Iterable[Score]) -> "pd.DataFrame":
    """Return scores as a data frame with one column per field of :class:`Score`.

    Parameters
    ----------
    scores : iterable of Score
        The rows.

    Examples
    --------
    >>> list(score_table([]).columns)[:4]
    ['task', 'dataset', 'dataset_sha256', 'metric']
    """
    import pandas as pd

    return pd.DataFrame(list(scores), columns=list(Score._fields))
