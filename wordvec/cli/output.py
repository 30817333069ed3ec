"""What commands print: tables to standard output, progress to standard error."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ..progress import Progress, Watcher

if TYPE_CHECKING:
    import pandas as pd
from .interrupt import check

__all__ = ["format_table", "note", "on_terminal", "print_table", "watching"]

#: Bars of finished stages that stay.
_KEPT = 4


def on_terminal() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()  # None: the shell closed it


def note(message: str) -> None:
    """Print the remark ``message`` to standard error."""
    click.echo(message, err=True)


def print_table(table: "pd.DataFrame", table_format: str | None) -> None:
    """Print ``table``; ``table_format`` is as for :func:`format_table`, None chooses by the terminal."""
    click.echo(format_table(table, table_format or ("table" if on_terminal() else "tsv")))


def format_table(table: "pd.DataFrame", table_format: str) -> str:
    """Return ``table`` as text; ``table_format`` is ``"table"``, ``"tsv"`` or ``"json"``."""
    if table_format == "tsv":
        return table.to_csv(sep="\t", index=False, float_format="%.6g", lineterminator="\n").rstrip("\n")
    if table_format == "json":
        rows = json.loads(table.to_json(orient="records", double_precision=10))
        return json.dumps(rows, ensure_ascii=False, indent=1)
    from io import StringIO

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="bold")
    numeric = {name: table[name].dtype.kind in "iuf" for name in table.columns}
    for name in table.columns:
        shown.add_column(Text(str(name)), justify="right" if numeric[name] else "left", overflow="fold")
    for row in table.itertuples(index=False):
        shown.add_row(*(Text(_cell(value)) for value in row))
    console = Console(file=StringIO(), width=_width(), highlight=False)
    console.print(shown)
    assert isinstance(console.file, StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().rstrip("\n").split("\n"))


@contextmanager
def watching() -> Iterator[Watcher]:
    """Give a watcher that looks for Ctrl-C and, where standard error is a terminal, draws progress bars."""
    if not sys.stderr.isatty():
        yield lambda report: check()
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[state]}"),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def watch(report: Progress) -> None:
            check()
            if report.stage not in tasks:
                for old in [task for task in bars.tasks if task.visible and task.finished][:-_KEPT]:
                    bars.update(old.id, visible=False)  # of many stages, the screen would be full
                tasks[report.stage] = bars.add_task(report.stage, total=report.total or None, state="")
            loss = "" if report.loss is None else f"loss {report.loss:.3f}"
            bars.update(tasks[report.stage], completed=report.done, state=loss)

        yield watch


def _width() -> int:
    import shutil

    return max(60, shutil.get_terminal_size((100, 24)).columns)


def _cell(value: object) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
