"""Several alignments of the same slices side by side: where methods agree."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import format_table, note, on_terminal, print_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["show_agreement"]

_TOP = 20


def show_agreement(
    paths: Sequence[Path],
    *,
    null: Sequence[Path] = (),
    words: Sequence[str] | None = None,
    measures: Sequence[str] = ("cosine",),
    against: str | None = None,
    ordered: bool = True,
    min_count: int = 20,
    top: int = 100,
    rows: int | None = None,
    output: Path | None = None,
    table_format: str | None = None,
    overwrite: bool = False,
) -> None:
    """Compare alignments, write and print what they find, and say how far they agree.

    Parameters
    ----------
    paths : sequence of Path
        Aligned slices; with one path, several measures are compared.
    null : sequence of Path
        As many, in the same order: the same methods on slices between which nothing differs.
    words : sequence of str, optional
        Print these only.
    measures, against, ordered, min_count, top
        As for :func:`wordvec.drift.agreement.compare_methods`.
    rows : int, optional
        Rows to print for each comparison, 20 by default.
    output : Path, optional
        File for every row.
    table_format, overwrite
        As elsewhere on the command line.
    """
    from ..disk import check_file_output, flush, writing
    from ..drift.agreement import agreement_rates, compare_methods, correlate_methods
    from ..slices import AlignedSlices

    if len(null) not in (0, len(paths)):
        raise click.UsageError(f"{len(null)} null(s) for {len(paths)} alignment(s): give one for each, in their order.")
    if output is not None:
        check_file_output(output, overwrite=overwrite)
    names = _names(paths)

    def compare(of: Sequence[Path]) -> "pd.DataFrame":
        methods = {name: AlignedSlices.load(path) for name, path in zip(names, of, strict=True)}
        options = {"ordered": ordered, "min_count": min_count, "top": top}
        return compare_methods(methods, measures=measures, against=against, **options)  # type: ignore[arg-type]

    table = compare(paths)
    rates = agreement_rates(table, compare(null) if null else None)
    if output is not None:
        with writing(output, overwrite=overwrite) as stream:
            stream.write((format_table(table, "tsv") + "\n").encode("utf-8", "replace"))
            flush(stream)
    shown = table if words is None else table[table["word"].isin(set(words))]
    print_table(shown.groupby(["source", "target"], sort=False).head(rows or _TOP), table_format)
    if table_format == "table" or (table_format is None and on_terminal()):
        click.echo("\nrank correlations")
        print_table(correlate_methods(table), "table")
        click.echo("\nwords among the first of several methods")
        print_table(rates, "table")
    for entry in table.attrs["left_out"]:
        between = f"{entry['source']} → {entry['target']}"
        lacking = f"left out: {entry['not_by_all']} by some only."
        note(f"{between}: {entry['compared']} words compared by all methods; {lacking}")
    for row in rates[rates["at_least"] == len(table.attrs["methods"])].itertuples():
        by_chance = "no null was given" if not null else f"{row.null:.2%} in the null"
        note(
            f"{row.source} → {row.target}: {row.words} words are among the first {top} of all methods, {row.rate:.2%} "
            f"of all; {row.expected:.2%} if methods were independent, {by_chance}. Methods read the same text: this "
            "describes, it is no vote."
        )
    if output is not None:
        note(f"wrote {output}")


def _names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each path: its last part without the ending, or all of it where that is not enough."""
    short = [Path(os.path.realpath(path)).stem for path in paths]
    return short if len(set(short)) == len(short) else [str(path) for path in paths]
