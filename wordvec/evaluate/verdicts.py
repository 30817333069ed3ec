"""What people read of a comparison: better, worse or not distinguishable, and what to know beside."""

import math
from typing import TYPE_CHECKING

from .compare import Verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["comparison_remarks", "verdict_table"]


def verdict_table(scores: "pd.DataFrame", compared: "pd.DataFrame", *, further: bool = False) -> "pd.DataFrame":
    """Return what people read: for each test set a line per configuration, its score, and what it is better than.

    Parameters
    ----------
    scores : pandas.DataFrame
        From :func:`~wordvec.evaluate.configurations.score_configurations`.
    compared : pandas.DataFrame
        From :func:`compare_outcomes`.
    further : bool, default False
        Whether rows that are not primary are there too.

    Returns
    -------
    pandas.DataFrame
        Columns ``dataset``, ``metric``, ``model``, ``score``, ``low``, ``high``, ``sd seeds`` (where a
        configuration has several), ``n``, ``dropped`` and ``verdict``: ``"better than B; not distinguishable from
        C"``.

    Examples
    --------
    >>> import numpy as np
    >>> from wordvec.evaluate.compare import compare_outcomes
    >>> from wordvec.evaluate.configurations import score_configurations
    >>> from wordvec.evaluate.measures import MEAN
    >>> from wordvec.evaluate.outcome import Outcome
    >>> def asked(hits):
    ...     values = np.array([hits], dtype=float).T
    ...     return [Outcome("synonyms", "toy", "", "accuracy", MEAN, np.arange(len(hits)), values,
    ...                     np.arange(len(hits))[:, None], "question", 0, "skip unknown")]
    >>> models = {"A": [asked([1] * 9 + [0] * 3)], "B": [asked([0] * 8 + [1] + [0] * 3)]}
    >>> verdict_table(score_configurations(models), compare_outcomes(models))["verdict"].tolist()
    ['better than B', 'worse than A']
    """
    import pandas as pd

    shown = scores if further else scores[scores["primary"]]
    keys = ["task", "dataset", "dataset_sha256", "metric", "policy"]
    said: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for row in compared.to_dict("records"):
        key, phrase = tuple(row[k] for k in keys), _phrases(row["verdict"], row["margin"])
        said.setdefault((*key, row["first"]), {}).setdefault(phrase[0], []).append(row["second"])
        said.setdefault((*key, row["second"]), {}).setdefault(phrase[1], []).append(row["first"])
    lines = []
    for row in shown.to_dict("records"):
        parts = said.get((*(row[k] for k in keys), row["model"]), {})
        said_here = [f"{phrase} {', '.join(parts[phrase])}" for phrase in sorted(parts, key=_place)]
        lines.append("no score" if math.isnan(row["score"]) else "; ".join(said_here) or "nothing to compare with")
    columns = ["dataset", "metric", "model", "score", "low", "high", "sd_seeds", "n", "dropped"]
    found = pd.DataFrame(shown[columns]).reset_index(drop=True).assign(verdict=lines)
    found = found.drop(columns="sd_seeds") if found["sd_seeds"].isna().all() else found
    return found.rename(columns={"sd_seeds": "sd seeds"})


def _place(phrase: str) -> int:
    return next(i for i, start in enumerate(("better", "worse", "as good", "not")) if phrase.startswith(start))


def _phrases(verdict: Verdict, margin: float) -> tuple[str, str]:
    """Return what a verdict says about the first, and about the second."""
    if verdict == "equivalent":
        return (f"as good, within {margin:g}, as",) * 2
    if verdict == "not distinguishable":
        return ("not distinguishable from",) * 2
    return ("better than", "worse than") if verdict == "better" else ("worse than", "better than")


def comparison_remarks(compared: "pd.DataFrame") -> list[str]:
    """Return sentences that belong under a table of verdicts: what was corrected for, dropped, and is unknown.

    Parameters
    ----------
    compared : pandas.DataFrame
        From :func:`compare_outcomes`.

    Examples
    --------
    >>> from wordvec.evaluate.compare import compare_outcomes
    >>> comparison_remarks(compare_outcomes({"A": [[]], "B": [[]]}))
    []
    """
    found = []
    family = int((compared["primary"] & compared["p"].notna()).sum())
    if family > 1:
        found.append(f"Verdicts are adjusted for {family} comparisons (Holm); intervals are not.")
    lost = compared[(compared["dropped"] > 0) & compared["primary"]].drop_duplicates(["dataset", "metric"])
    for row in lost.to_dict("records"):
        found.append(
            f"{row['dataset']}: {row['n']} items are common to all models, {row['dropped']} are not and are left out."
        )
    for remark, rows in compared[compared["remark"] != ""].groupby("remark", sort=False):
        where = rows["dataset"].drop_duplicates().tolist()
        everywhere = len(rows) == len(compared)
        found.append(f"{remark}." if everywhere else f"{', '.join(where[:3])}{' ...' * (len(where) > 3)}: {remark}.")
    return [sentence[0].upper() + sentence[1:] if sentence.startswith("one seed") else sentence for sentence in found]
