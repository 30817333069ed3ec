"""Which test sets ``wordvec evaluate`` was asked for."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

if TYPE_CHECKING:
    from wordvec.evaluate.tasks import Test

__all__ = ["Asked", "gather_tests", "test_options"]

_PATH = click.Path(path_type=Path)
_METHODS = ("3cosadd", "3cosmul", "3cosavg", "pairdirection")


class Asked(NamedTuple):
    """The options that name test sets."""

    similarity: tuple[Path, ...]
    columns: str | None
    analogies: tuple[Path, ...]
    form: str | None
    method: tuple[str, ...]
    question_words: str
    candidates: str
    test: tuple[str, ...]
    suite: tuple[Path, ...]


_OPTIONS = (
    click.option("--similarity", type=_PATH, multiple=True, metavar="FILE", help="Word pairs with scores; repeatable."),
    click.option(
        "--columns",
        metavar="W1,W2,SCORE",
        help="Columns of the --similarity files, by number from 1 or by name (default: found by their names).",
    ),
    click.option(
        "--analogies",
        type=_PATH,
        multiple=True,
        metavar="FILE",
        help="Analogy questions, or a folder of BATS; repeatable (default without any file: the Google analogies).",
    ),
    click.option(
        "--form",
        type=click.Choice(["google", "msr", "bats"]),
        help="Form of the --analogies files (default: found by their first line).",
    ),
    click.option(
        "--method",
        type=click.Choice(_METHODS),
        multiple=True,
        help="How analogies are answered; repeatable (default: 3cosadd and 3cosmul).",
    ),
    click.option(
        "--question-words",
        type=click.Choice(["exclude", "allow", "both"]),
        default="exclude",
        show_default=True,
        help="Whether a word of an analogy question may be its answer.",
    ),
    click.option(
        "--candidates",
        type=click.Choice(["all", "asked"]),
        default="all",
        show_default=True,
        help="Whether any word may be the answer to an analogy, or only words that are one in the file.",
    ),
    click.option(
        "--test",
        multiple=True,
        metavar="TASK=FILE",
        help="A test set of any task, such as categorization=ap.csv; repeatable. FILE may be one that ships. "
        "Tests of two files, or with options, go into a suite.",
    ),
    click.option(
        "--suite",
        type=_PATH,
        multiple=True,
        metavar="FILE.toml",
        help="A list of test sets, each with its options; repeatable.",
    ),
)


def test_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that name test sets; the command gets them as one value, ``asked``."""

    @wraps(command)
    def gathered(**options: Any) -> None:
        asked = Asked(**{name: options.pop(name) for name in Asked._fields})
        command(asked=asked, **options)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered


test_options.__test__ = False  # type: ignore[attr-defined]  # not one of pytest's


def gather_tests(asked: Asked) -> "list[Test]":
    """Read all test sets before any vectors, so that a bad one costs no time; print what rules decided."""
    from wordvec.evaluate.suite import check_repeats, read_suite, read_test

    from .output import note

    columns = None if asked.columns is None else _chosen(asked.columns)
    if columns and not asked.similarity:
        raise click.UsageError("--columns is for --similarity files, and there is none.")
    if asked.form and not asked.analogies:
        raise click.UsageError("--form is for --analogies files, and there is none.")
    tests = [read_test("similarity", path, {"columns": columns} if columns else {}) for path in asked.similarity]
    analogies: list[Path | str] = list(asked.analogies)
    if not (tests or analogies or asked.test or asked.suite):
        analogies = ["questions-words.txt"]
    for path in analogies:
        tests += [read_test("analogy", path, options) for options in _analogy_options(asked)]
    for named in asked.test:
        task, found, file = named.partition("=")
        if not (task and found and file):
            raise click.UsageError(f"--test must be TASK=FILE, such as categorization=ap.csv, got {named!r}.")
        tests.append(read_test(task, file, where="--test"))
    for suite in asked.suite:
        tests += read_suite(suite)
    check_repeats(tests)
    for remark in dict.fromkeys(f"{test.data.name}: {remark}" for test in tests for remark in test.notes):
        note(f"{remark}.")
    return tests


def _analogy_options(asked: Asked) -> list[dict[str, Any]]:
    """Return the options of each way in which analogies are asked."""
    shared: dict[str, Any] = {"candidates": asked.candidates}
    if asked.method:
        shared["method"] = list(asked.method)
    if asked.form:
        shared["form"] = asked.form
    ways = {"exclude": (True,), "allow": (False,), "both": (True, False)}[asked.question_words]
    return [{**shared, "exclude": exclude} for exclude in ways]


def _chosen(columns: str) -> list[int | str]:
    """Return the columns that ``--columns`` names."""
    parts = [int(part) if part.strip().isdecimal() else part.strip() for part in columns.split(",")]
    if len(parts) != 3 or "" in parts:
        raise click.UsageError(
            f"--columns must be three numbers or names with commas between them, such as 1,2,5, got {columns!r}."
        )
    return parts
