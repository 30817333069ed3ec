"""What ``wordvec evaluate`` prints: scores, verdicts, and what to know beside them."""

import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from .output import format_table, note, print_table

if TYPE_CHECKING:
    import pandas as pd

    from wordvec.evaluate.outcome import Outcome

__all__ = ["RANDOM", "show_known_sets", "show_results"]

#: What random vectors are called.
RANDOM = "random vectors"


class _Run(Protocol):
    @property
    def model(self) -> str: ...
    @property
    def vectors(self) -> str: ...
    @property
    def outcomes(self) -> "list[Outcome]": ...


def show_known_sets(table_format: str | None) -> None:
    """Print the test sets that are known, and which of them ship."""
    from wordvec.evaluate.sets.datasets import list_known

    known = list_known()
    known = known[["name", "task", "items", "shipped", "licence", "source", "sha256"]]
    if table_format == "table" or (table_format is None and sys.stdout.isatty()):
        known = known.drop(columns=["source", "sha256"])
        known["shipped"] = known["shipped"].map({True: "yes", False: ""})
        note("Sources and checksums: --format tsv. Sets that ship need no path: --test similarity=UMNSRS-sim.txt")
    print_table(known, table_format)


def show_results(
    runs: Sequence[_Run],
    kept: Sequence[_Run],
    by_category: bool,
    margin: float | None,
    comparison: Path | None,
    select_tasks: bool,
    table_format: str | None,
) -> None:
    """Print scores of one model, or the comparison of several; ``kept`` are results of an earlier run."""
    models: dict[str, list[list[Outcome]]] = {}
    for run in (*runs, *kept):
        models.setdefault(run.model, []).append(run.outcomes)
    for_people = table_format == "table" or (table_format is None and sys.stdout.isatty())
    several = len(models) > 1
    compared = _compared(models, margin) if several and (for_people or comparison is not None) else None
    if not for_people:
        print_table(_rows((*runs, *kept)), table_format)
    elif len(models) == 1 and len(runs) + len(kept) == 1:
        _show_one(_rows((*runs, *kept)), by_category)
    else:
        _show_many(models, compared, by_category)
    if comparison is not None:
        _write(comparison, compared)
    if select_tasks:
        _show_selection(models)


def _rows(runs: Sequence[_Run]) -> "pd.DataFrame":
    """Return a row for each outcome of each set of vectors."""
    import pandas as pd

    from wordvec.evaluate.outcome import outcome_table

    tables = []
    for run in runs:
        table = outcome_table(run.outcomes)
        table.insert(0, "vectors", run.vectors)
        table.insert(1, "model", run.model)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _compared(models: "Mapping[str, list[list[Outcome]]]", margin: float | None) -> "pd.DataFrame":
    from wordvec.evaluate.comparison.compare import compare_outcomes

    return compare_outcomes(models, margin=margin, reference=RANDOM)


def _write(path: Path, compared: "pd.DataFrame | None") -> None:
    from ..disk import write_text

    if compared is None:
        raise click.UsageError("--comparison needs at least two models, or results of earlier ones in --store.")
    write_text(path, format_table(compared, "tsv") + "\n", overwrite=True)


def _show_many(models: "Mapping[str, list[list[Outcome]]]", compared: "pd.DataFrame | None", by_category: bool) -> None:
    """Print each model's score and what it is better than, and what the test sets together say."""
    from wordvec.evaluate.comparison.configurations import score_configurations
    from wordvec.evaluate.comparison.verdicts import comparison_remarks, verdict_table

    scores = score_configurations(models)
    if compared is None:
        shown = scores if by_category else scores[scores["primary"]]
        print_table(shown[["dataset", "metric", "seeds", *_SPREAD, "n", "missing"]], "table")
        return
    short = _short_names(list(models))
    for name, called in short.items():
        seeds = len(models[name])
        click.echo(f"{called} = {name}" + (f" ({seeds} seeds)" if seeds > 1 else ""))
    click.echo()
    table = verdict_table(scores, compared, further=by_category, short=short)
    _show_verdicts(table, short, scores, compared)
    for remark in comparison_remarks(compared):
        note(remark)
    _show_across(models, short)


def _missing(scores: "pd.DataFrame") -> dict[tuple[str, str], int]:
    """Return how many items of each row have unknown words, of the model that knows fewest."""
    found: dict[tuple[str, str], int] = {}
    for row in scores.to_dict("records"):
        key = row["dataset"], row["metric"]
        found[key] = max(found.get(key, 0), row["missing"])
    return found


#: How many labels were used says what an agreement of labels is worth.
_BESIDE = {"ARI": "k"}
_SPREAD = ("score", "low", "high", "sd_seeds", "se_items", "se_seeds")


def _short_names(names: Sequence[str]) -> dict[str, str]:
    """Return letters for models, so that verdicts stay short."""
    from string import ascii_uppercase

    return {name: ascii_uppercase[i] if i < 26 else f"M{i + 1}" for i, name in enumerate(names)}


def _show_verdicts(
    table: "pd.DataFrame", short: Mapping[str, str], scores: "pd.DataFrame", compared: "pd.DataFrame"
) -> None:
    """Print a block for each test set: a line for each model, with its score and how it compares."""
    from wordvec.evaluate.comparison.verdicts import VERDICTS

    missing = _missing(scores)
    width = max(len(letter) for letter in short.values())
    for (dataset, metric, n), rows in table.groupby(["dataset", "metric", "n"], sort=False):
        lost = missing[str(dataset), str(metric)]
        click.echo(f"{dataset}, {metric}, {n} items" + (f", {lost} with unknown words" if lost else ""))
        for row in rows.to_dict("records"):
            said = "; ".join(f"{verdict} {row[verdict]}" for verdict in VERDICTS if row.get(verdict))
            spread = row.get("sd seeds", math.nan)
            seeds = "" if math.isnan(spread) else f"  sd of seeds {spread:.3f}"
            score = f"{_three(row['score']):>6}  {_three(row['low']):>6} to {_three(row['high']):<6}"
            click.echo(f"  {short[row['model']]:<{width}}  {score}{seeds}  {said}".rstrip())
        _show_baselines(str(dataset), str(metric), scores, short)
        _show_differences(compared[(compared["dataset"] == dataset) & (compared["metric"] == metric)], short)


def _show_baselines(dataset: str, metric: str, scores: "pd.DataFrame", short: Mapping[str, str]) -> None:
    """Print what the same score is of something that cannot know the answer, and what must stand beside it."""
    kind, _, split = metric.partition(", ")
    for other, rows in scores[scores["dataset"] == dataset].groupby("metric", sort=False):
        name, _, its_split = str(other).partition(", ")
        baseline = "(baseline)" in name and name.split()[-1] == kind.split()[-1] and its_split in ("", split)
        if baseline or (name == _BESIDE.get(kind) and its_split == split):
            told = ", ".join(f"{short[row['model']]} {_three(row['score'])}" for row in rows.to_dict("records"))
            click.echo(f"  {other}: {told}")


def _show_differences(compared: "pd.DataFrame", short: Mapping[str, str]) -> None:
    """Print the differences of up to three models, those with random vectors left out."""
    rows = compared[(compared["first"] != RANDOM) & (compared["second"] != RANDOM) & compared["p"].notna()]
    for row in rows.to_dict("records") if len(rows) <= 3 else ():
        pair = f"{short[row['first']]} - {short[row['second']]}"
        ends = f"{_three(row['low']):>6} to {_three(row['high']):<6}"
        click.echo(f"  {pair}  {_three(row['difference']):>6}  {ends}  p {row['p']:.3f}, adjusted {row['p_holm']:.3f}")


def _three(value: float) -> str:
    """Return a score with three digits after the point, more if it is small."""
    if math.isnan(value):
        return "-"
    return f"{value:.3f}" if value == 0.0 or abs(value) >= 0.01 else f"{value:.4f}"


def _show_across(models: "Mapping[str, list[list[Outcome]]]", short: Mapping[str, str]) -> None:
    """Print what the test sets together say, where there are several that all models were asked."""
    from wordvec.evaluate.comparison.across import compare_across

    from ..errors import AlignmentError

    reference = RANDOM if RANDOM in models else None
    if len(models) - (reference is not None) < 2:
        return
    try:
        found = compare_across(models, random=reference)
    except AlignmentError as error:
        note(str(error))
        return
    if len(found.scores.columns) < 2:
        return
    ranking = found.ranking.assign(model=found.ranking["model"].map(short))
    for name, digits in (("mean", 3), ("borda", 1), ("pgr", 1)):
        if name in ranking:
            ranking[name] = [f"{value:.{digits}f}" for value in ranking[name]]
    click.echo()
    print_table(ranking, "table")
    for row in found.pairs.to_dict("records"):
        click.echo(
            f"{short[row['first']]} against {short[row['second']]} over {row['tasks']} test sets: higher in "
            f"{row['higher']}, lower in {row['lower']}, equal in {row['equal']}; Wilcoxon's p {row['p']:.3f}, "
            f"adjusted {row['p_holm']:.3f}: {row['verdict']}"
        )
    for remark in found.remarks:
        note(remark)


def _show_selection(models: "Mapping[str, list[list[Outcome]]]") -> None:
    """Say which test sets others predict."""
    from wordvec.evaluate.comparison.across import label_tasks
    from wordvec.evaluate.comparison.configurations import score_configurations
    from wordvec.evaluate.comparison.selection import select_tasks

    scores = score_configurations(models)
    primary = scores[scores["primary"]]
    primary = primary.assign(called=label_tasks(primary))  # two files may have one name
    types = dict(zip(primary["called"], primary["task"], strict=True))
    wide = primary.pivot(index="model", columns="called", values="score").reindex(columns=list(types)).dropna(axis=1)
    if len(wide) < 4:
        raise click.UsageError(f"--select-tasks needs at least 4 models, with those of --store; there are {len(wide)}.")
    found = select_tasks(wide, {name: types[name] for name in wide.columns})
    click.echo()
    if len(found.removed):
        print_table(found.removed, "table")
    note(f"Test sets to keep: {', '.join(found.kept)}.")
    for remark in found.remarks:
        note(remark)


def _show_one(table: "pd.DataFrame", by_category: bool) -> None:
    """Print the scores of one set of vectors: the overall ones first, and remarks."""
    import pandas as pd

    for digest, rows in table.groupby("dataset_sha256", sort=False):
        first = rows.iloc[0]
        name = str(first["dataset"]).split(": ")[0]
        units = sorted(set(rows["unit"][rows["n"] > 0]))
        said = f"intervals 95 %, over another draw of units: {', '.join(units)}" if units else "no interval"
        note(f"{name} (SHA-256 {str(digest)[:12]}): {first['policy']}; {said}.")
    for name, rows in table[table["n"] == 0].groupby(table["dataset"].str.split(": ").str[0], sort=False):
        known = table["dataset"].str.startswith(str(name)) & (table["n"] > 0)
        parts = [str(dataset).removeprefix(f"{name}: ") for dataset in rows["dataset"].unique()]
        note(f"{name}: nothing known" + (f" in {', '.join(parts)}." if known.any() else "."))
    parts_of = table["dataset"].str.contains(": ", regex=False)
    overall = ~parts_of | table["dataset"].str.endswith((": all", ": macro", ": static", ": dynamic"))
    overall |= ~table["task"].isin(["analogy", "relational"])
    categories = table["dataset"][~overall & (table["n"] > 0)].nunique()
    if categories and not by_category:
        note(f"Categories with known questions: {categories}; show them with --by-category.")
    shown = pd.concat([table[overall], table[~overall]] if by_category else [table[overall]])
    shown = shown[shown["n"] > 0].drop(
        columns=["vectors", "model", "task", "dataset_sha256", "policy", "unit", "seconds"]
    )
    if len(shown):
        print_table(shown, "table")
