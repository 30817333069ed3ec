"""``wordvec evaluate``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from .options import format_option

if TYPE_CHECKING:
    import pandas as pd

    from wordvec.evaluate.analogy import Questions
    from wordvec.evaluate.similarity import Pairs

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("vectors", type=_PATH, nargs=-1, required=True)
@click.option("--similarity", type=_PATH, multiple=True, metavar="FILE", help="Word pairs with scores; repeatable.")
@click.option(
    "--columns",
    metavar="W1,W2,SCORE",
    help="Columns of the --similarity files, by number from 1 or by name (default: found by their names).",
)
@click.option(
    "--analogies",
    type=_PATH,
    multiple=True,
    metavar="FILE",
    help="Analogy questions; repeatable (default without any file: the Google analogies).",
)
@click.option(
    "--method",
    type=click.Choice(["3cosadd", "3cosmul"]),
    multiple=True,
    help="How analogies are answered; repeatable (default: both).",
)
@click.option("--restrict", type=click.IntRange(1), help="Use the first so many (most frequent) words only.")
@click.option(
    "--case",
    type=click.Choice(["ignore", "keep"]),
    default="ignore",
    show_default=True,
    help="Whether Paris in a test set may mean paris.",
)
@click.option(
    "--missing",
    type=click.Choice(["skip", "error"]),
    default="skip",
    show_default=True,
    help="What to do about questions with unknown words; those skipped are counted.",
)
@click.option("--by-category", is_flag=True, help="Show the categories of analogies too (tsv and json always do).")
@format_option
def evaluate(
    vectors: tuple[Path, ...],
    similarity: tuple[Path, ...],
    columns: str | None,
    analogies: tuple[Path, ...],
    method: tuple[Literal["3cosadd", "3cosmul"], ...],
    restrict: int | None,
    case: Literal["ignore", "keep"],
    missing: Literal["skip", "error"],
    by_category: bool,
    table_format: str | None,
) -> None:
    """Score VECTORS on word similarity and analogies.

    VECTORS are artefacts (.wv; of .wvs every slice is scored), word2vec text or binary files, or GloVe
    text. Each score comes with a 95 % interval, the number of questions used and of those missing.

    \b
    Example:
        wordvec evaluate vectors.wv --restrict 30000
    """
    import pandas as pd

    from wordvec.evaluate.analogy import evaluate_analogies
    from wordvec.evaluate.similarity import evaluate_similarity
    from wordvec.files.formats import read_every_slice

    from .output import watching

    pairs, questions = _read_sets(similarity, columns, analogies)
    tables = []
    for path in vectors:
        for label, embeddings in read_every_slice(path).items():
            found = [
                evaluate_similarity(embeddings, held, missing=missing, case=case, restrict=restrict) for held in pairs
            ]
            for asked in questions:
                with watching() as progress:
                    found.append(
                        evaluate_analogies(
                            embeddings,
                            asked,
                            method=method or ("3cosadd", "3cosmul"),
                            restrict=restrict,
                            case=case,
                            missing=missing,
                            progress=progress,
                        )
                    )
            table = pd.concat(found, ignore_index=True)
            table.insert(0, "vectors", f"{path} [{label}]" if label else str(path))
            tables.append(table)
    _print(pd.concat(tables, ignore_index=True), table_format, by_category)


def _print(table: "pd.DataFrame", table_format: str | None, by_category: bool) -> None:
    """Print all rows and columns for programs; for people the overall scores first, and remarks."""
    import pandas as pd

    from .output import note, print_table

    if not (table_format == "table" or (table_format is None and sys.stdout.isatty())):
        print_table(table, table_format)
        return
    for digest, rows in table.groupby("dataset_sha256", sort=False):
        first = rows.iloc[0]
        name = str(first["dataset"]).split(": ")[0]
        note(f"{name} (SHA-256 {str(digest)[:12]}): {first['policy']}; {_intervals(set(rows['unit'][rows['n'] > 0]))}.")
    for (vectors, _), rows in table[table["n"] == 0].groupby(["vectors", "dataset_sha256"], sort=False):
        where = f"{vectors}, " if table["vectors"].nunique() > 1 else ""
        note(where + _unknown(str(rows["task"].iloc[0]), rows["dataset"].unique().tolist()))
    overall = (table["task"] != "analogy") | table["dataset"].str.endswith((": all", ": macro"))
    categories = table["dataset"][~overall & (table["n"] > 0)].nunique()
    if categories and not by_category:
        note(f"Categories with known questions: {categories}; show them with --by-category.")
    shown = pd.concat([table[overall], table[~overall]] if by_category else [table[overall]])
    hidden = ["task", "dataset_sha256", "policy", "unit", "seconds"]
    if table["vectors"].nunique() == 1:
        hidden.append("vectors")
    shown = shown[shown["n"] > 0].drop(columns=hidden)
    if len(shown):
        print_table(shown, "table")


def _unknown(task: str, datasets: list[str]) -> str:
    """Say of what parts of one test set nothing is known."""
    name = datasets[0].split(": ")[0]
    if task == "similarity":
        return f"{name}: no pair known."
    parts = [dataset.removeprefix(f"{name}: ") for dataset in datasets]
    return f"{name}: no question known" + ("." if "all" in parts else f" in {', '.join(parts)}.")


def _intervals(units: set[str]) -> str:
    """Say what the intervals rest on."""
    formulas = " or ".join(sorted(units - {"pair"}))
    if "pair" not in units:
        return f"intervals 95 %, by {formulas}" if formulas else "no interval"
    few = f", of few or equal answers by {formulas}" if formulas else ""
    return f"intervals 95 %, resampled by pair{few}"


def _read_sets(
    similarity: tuple[Path, ...], columns: str | None, analogies: tuple[Path, ...]
) -> tuple[list["Pairs"], list["Questions"]]:
    """Read all test sets before any vectors, so that a bad one costs no time."""
    from wordvec.evaluate.analogy import read_questions
    from wordvec.evaluate.datasets import bundled
    from wordvec.evaluate.similarity import read_pairs

    from .output import note

    chosen = None if columns is None else _chosen(columns)
    if chosen and not similarity:
        raise click.UsageError("--columns is for --similarity files, and there is none.")
    pairs = [read_pairs(path, columns=chosen) for path in similarity]
    for held in pairs:
        for remark in held.notes:
            note(f"{held.name}: {remark}.")
    questions = [read_questions(path) for path in analogies]
    if not (pairs or questions):
        questions = [read_questions(bundled("questions-words.txt"))]
    return pairs, questions


def _chosen(columns: str) -> tuple[int | str, int | str, int | str]:
    """Return the columns that ``--columns`` names."""
    parts = [int(part) if part.strip().isdecimal() else part.strip() for part in columns.split(",")]
    if len(parts) != 3 or "" in parts:
        raise click.UsageError(
            f"--columns must be three numbers or names with commas between them, such as 1,2,5, got {columns!r}."
        )
    return (parts[0], parts[1], parts[2])
