"""Do the similarities of vectors agree with those that people see?"""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..embeddings import Embeddings
from .geometry import cosines
from .measures import PEARSON, SPEARMAN
from .outcome import Outcome, outcome_table, timed
from .sets.numbering import number_pairs
from .sets.pairs import Pairs, read_pairs
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Pairs", "evaluate_similarity", "read_pairs", "score_similarity"]


def evaluate_similarity(
    embeddings: Embeddings,
    pairs: Pairs | Path | str,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Compare cosines with judgements of similarity: Spearman's and Pearson's correlation.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    pairs : Pairs, Path or str
        Word pairs, or a file of them (see :func:`read_pairs`).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a pair with an unknown word: leave it out and count it, raise, or take zeros or the
        mean vector for the word.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        Two rows with the columns of :class:`~wordvec.evaluate.scores.Score`. The interval is over another draw
        of words: pairs that share one are not independent.

    Raises
    ------
    FormatError
        If the file is not one of word pairs.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("cat", "dog", "tax", "law"), np.array([4, 3, 2, 1]))
    >>> rows = np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0], [0.3, 1.0]], np.float32)
    >>> asked = (("cat", "dog"), ("cat", "tax"), ("dog", "law"), ("cat", "ox"))
    >>> pairs = Pairs("toy", "", asked, np.array([9.0, 1.0, 2.0, 7.0]))
    >>> table = evaluate_similarity(Embeddings(words, rows), pairs)
    >>> table[["metric", "n", "missing"]].values.tolist()
    [['spearman', 3, 1], ['pearson', 3, 1]]
    """
    held = pairs if isinstance(pairs, Pairs) else read_pairs(pairs)
    return outcome_table(score_similarity(look_up(embeddings, missing=missing, case=case, restrict=restrict), held))


def score_similarity(lookup: Lookup, pairs: Pairs) -> list[Outcome]:
    """Return the cosine of each pair beside its judgement, as Spearman's and as Pearson's correlation.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    pairs : Pairs
        Word pairs.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    rows = lookup.rows(pairs.words)
    kept, missing = lookup.kept(rows), int((rows < 0).any(axis=1).sum())
    values = np.stack([cosines(*(lookup.vectors(rows[kept, side]) for side in (0, 1))), pairs.scores[kept]], axis=1)
    units = number_pairs(pairs.words)
    items = np.flatnonzero(kept)
    outcomes = [
        Outcome(
            "similarity",
            pairs.name,
            pairs.sha256,
            measure.name,
            measure,
            items,
            values,
            units[kept],
            "word",
            missing,
            lookup.policy,
        )
        for measure in (SPEARMAN, PEARSON)
    ]
    return timed(outcomes, time.perf_counter() - start)
