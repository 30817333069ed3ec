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
@format_option
def evaluate(
    vectors: tuple[Path, ...],
    similarity: tuple[Path, ...],
    analogies: tuple[Path, ...],
    method: tuple[Literal["3cosadd", "3cosmul"], ...],
    restrict: int | None,
    case: Literal["ignore", "keep"],
    missing: Literal["skip", "error"],
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

    pairs, questions = _read_sets(similarity, analogies)
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
    _print(pd.concat(tables, ignore_index=True), table_format)


def _print(table: "pd.DataFrame", table_format: str | None) -> None:
    """Print all columns for programs; for people, what is the same in many rows goes to a remark."""
    from .output import note, print_table

    if table_format == "table" or (table_format is None and sys.stdout.isatty()):
        for digest, rows in table.groupby("dataset_sha256", sort=False):
            first = rows.iloc[0]
            note(
                f"{str(first['dataset']).split(': ')[0]} (SHA-256 {str(digest)[:12]}): {first['policy']}; "
                f"intervals 95 %, resampled by {first['unit']}."
            )
        hidden = ["task", "dataset_sha256", "policy", "unit", "seconds"]
        table = table.drop(columns=hidden if table["vectors"].nunique() > 1 else ["vectors", *hidden])
    print_table(table, table_format)


def _read_sets(similarity: tuple[Path, ...], analogies: tuple[Path, ...]) -> tuple[list["Pairs"], list["Questions"]]:
    """Read all test sets before any vectors, so that a bad one costs no time."""
    from wordvec.evaluate.analogy import read_questions
    from wordvec.evaluate.datasets import bundled
    from wordvec.evaluate.similarity import read_pairs

    from .output import note

    pairs = [read_pairs(path) for path in similarity]
    for held in pairs:
        for remark in held.notes:
            note(f"{held.name}: {remark}.")
    questions = [read_questions(path) for path in analogies]
    if not (pairs or questions):
        questions = [read_questions(bundled("questions-words.txt"))]
    return pairs, questions
