"""What people read of a comparison: better, worse or not distinguishable, and what to know beside."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .compare import Verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["VERDICTS", "comparison_remarks", "verdict_table"]


#: The columns of verdicts, in this order.
VERDICTS = ("better than", "worse than", "as good as", "not distinguishable from")


def verdict_table(
    scores: "pd.DataFrame",
    compared: "pd.DataFrame",
    *,
    further: bool = False,
    short: Mapping[str, str] | None = None,
) -> "pd.DataFrame":
    """Return what people read: for each test set a line per configuration, its score, and what it is better than.

    Parameters
    ----------
    scores : pandas.DataFrame
        From :func:`~wordvec.evaluate.comparison.configurations.score_configurations`.
    compared : pandas.DataFrame
        From :func:`compare_outcomes`.
    further : bool, default False
        Whether rows that are not primary are there too.
    short : mapping of str to str, optional
        What configurations are called in verdicts, if not by their names.

    Returns
    -------
    pandas.DataFrame
        Columns ``dataset``, ``metric``, ``model``, ``score``, ``low``, ``high``, ``sd seeds`` (where a
        configuration has several), ``n``, ``dropped``, and one for each of :data:`VERDICTS` that was given, which
        names the other configurations.

    Examples
    --------
    >>> import numpy as np
    >>> from wordvec.evaluate.comparison.compare import compare_outcomes
    >>> from wordvec.evaluate.comparison.configurations import score_configurations
    >>> from wordvec.evaluate.measures import MEAN
    >>> from wordvec.evaluate.outcome import Outcome
    >>> def asked(hits):
    ...     values = np.array([hits], dtype=float).T
    ...     return [Outcome("synonyms", "toy", "", "accuracy", MEAN, np.arange(len(hits)), values,
    ...                     np.arange(len(hits))[:, None], "question", 0, "skip unknown")]
    >>> models = {"A": [asked([1] * 9 + [0] * 3)], "B": [asked([0] * 8 + [1] + [0] * 3)]}
    >>> verdict_table(score_configurations(models), compare_outcomes(models))[["better than", "worse than"]].values
    array([['B', ''],
           ['', 'A']], dtype=object)
    """
    import pandas as pd

    shown = scores if further else scores[scores["primary"]]
    keys = ["task", "dataset", "dataset_sha256", "metric", "policy"]
    said: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for row in compared[compared["difference"].notna()].to_dict("records"):
        key = tuple(row[k] for k in keys)
        for name, other, verdict in zip(
            (row["first"], row["second"]), (row["second"], row["first"]), _both_ways(row["verdict"]), strict=True
        ):
            said.setdefault((*key, name), {}).setdefault(verdict, []).append((short or {}).get(other, other))
    lines = [said.get((*(row[k] for k in keys), row["model"]), {}) for row in shown.to_dict("records")]
    columns = ["dataset", "metric", "model", "score", "low", "high", "sd_seeds", "n", "dropped"]
    found = pd.DataFrame(shown[columns]).reset_index(drop=True)
    found = found.drop(columns="sd_seeds") if found["sd_seeds"].isna().all() else found
    for verdict in VERDICTS:
        if any(verdict in line for line in lines):
            found[verdict] = [", ".join(line.get(verdict, ())) for line in lines]
    return found.rename(columns={"sd_seeds": "sd seeds"})


def _both_ways(verdict: Verdict) -> tuple[str, str]:
    """Return what a verdict says about the first, and about the second."""
    better, worse, same, unknown = VERDICTS
    ways = {"better": (better, worse), "worse": (worse, better), "equivalent": (same, same)}
    return ways.get(verdict, (unknown, unknown))


def comparison_remarks(compared: "pd.DataFrame") -> list[str]:
    """Return sentences that belong under a table of verdicts: what was corrected for, dropped, and is unknown.

    Parameters
    ----------
    compared : pandas.DataFrame
        From :func:`compare_outcomes`.

    Examples
    --------
    >>> from wordvec.evaluate.comparison.compare import compare_outcomes
    >>> comparison_remarks(compare_outcomes({"A": [[]], "B": [[]]}))
    []
    """
    import pandas as pd

    found = []
    tested = compared["p"].notna()
    family, beside = (int((tested & (compared["family"] == f"primary{part}")).sum()) for part in ("", ", reference"))
    if family > 1:
        apart = f", those with random vectors for {beside}" if beside else ""
        found.append(f"Verdicts are adjusted for {family} comparisons{apart} (Holm); intervals are not.")
    margins = compared["margin"].dropna().unique()
    if len(margins):
        found.append(f"As good as: the difference is within {margins[0]:g} (two one-sided tests).")
    lost = compared[(compared["dropped"] > 0) & compared["primary"]].drop_duplicates(["dataset", "metric"])
    for row in lost.to_dict("records"):
        found.append(
            f"{row['dataset']}: {row['n']} items are common to all models, {row['dropped']} are not and are left out."
        )
    seeds = pd.concat(
        [
            compared[["first", "seeds_first"]].set_axis(["model", "seeds"], axis=1),
            compared[["second", "seeds_second"]].set_axis(["model", "seeds"], axis=1),
        ]
    )
    alone = list(dict.fromkeys(seeds["model"][seeds["seeds"] == 1]))
    if alone:
        found.append(f"One seed of {', '.join(alone)}: variance between trainings unknown.")
    where: dict[str, list[str]] = {}
    for row in compared.to_dict("records"):
        for remark in filter(None, row["remark"].split("; ")):
            if not remark.startswith("one seed"):
                where.setdefault(remark, []).append(row["dataset"])
    for remark, datasets in where.items():
        names = list(dict.fromkeys(datasets))
        found.append(f"{', '.join(names[:3])}{' ...' * (len(names) > 3)}: {remark}.")
    return found
