"""``wordvec drift --agreement``: several alignments of the same slices side by side, and where methods agree."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..errors import AlignmentError
from .drift_options import DriftInput
from .drift_output import STDOUT, rows_of_report, shown_rows, table_bytes, write_outputs
from .drift_slices import Opened
from .output import note, on_terminal, print_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Agreement", "find_agreement", "print_agreement", "show_agreement"]


class Agreement(NamedTuple):
    """What several methods find.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`wordvec.drift.agreement.compare_methods`.
    rates : pandas.DataFrame
        Of :func:`wordvec.drift.agreement.agreement_rates`.
    correlations : pandas.DataFrame
        Of :func:`wordvec.drift.agreement.correlate_methods`.
    """

    table: "pd.DataFrame"
    rates: "pd.DataFrame"
    correlations: "pd.DataFrame"


def show_agreement(asked: DriftInput, opened: Opened) -> None:
    """Write and print what several methods find; a report is about the first of them."""
    found, shown, outputs = find_agreement(asked), asked.shown, dict[Path, bytes]()
    if shown.output is not None:
        outputs[shown.output] = table_bytes(found.table, shown.output)
    if shown.report is not None:
        outputs[shown.report] = _report(asked, opened, found).encode("utf-8", "replace")
    write_outputs(outputs, shown.overwrite)
    print_agreement(found, asked, opened.chosen)
    for path in outputs:
        if path != STDOUT:
            note(f"wrote {path}")


def find_agreement(asked: DriftInput) -> Agreement:
    """Compare the alignments that were named, with the null if there is one.

    Raises
    ------
    AlignmentError
        If they are not of the same slices.
    """
    from ..drift.agreement import agreement_rates, compare_methods, correlate_methods

    names = _names(asked.paths)

    def compare(paths: Sequence[Path]) -> "pd.DataFrame":
        tables = _measure(asked, names, paths)
        return compare_methods(tables, measures=asked.measure.measures, top=asked.agreement.agreement_top)

    table = compare(asked.paths)
    nulls = asked.agreement.agreement_nulls
    return Agreement(table, agreement_rates(table, compare(nulls) if nulls else None), correlate_methods(table))


def _measure(asked: DriftInput, names: Sequence[str], paths: Sequence[Path]) -> "dict[str, pd.DataFrame]":
    """Return the drift table of each method, of all words."""
    from ..drift.measures import measure_drift
    from ..slices import AlignedSlices

    tables, labels = {}, dict[str, tuple[str, ...]]()
    for name, path in zip(names, paths, strict=True):
        slices = AlignedSlices.load(path)
        first = next(iter(labels), name)
        labels[name] = slices.labels
        if slices.labels != labels[first]:
            raise AlignmentError(
                f"{path} has the slices {', '.join(slices.labels)}, {first} has {', '.join(labels[first])}; "
                "compare methods on the same slices."
            )
        tables[name] = measure_drift(
            slices,
            measures=list(dict.fromkeys(asked.measure.measures)),
            against=asked.against,
            ordered=not asked.scope.unordered,
            min_count=asked.scope.min_count,
            k=asked.measure.k,
            k_intersection=asked.measure.k_intersection,
            anchors=asked.measure.anchors,
            t=asked.measure.t,
        )
    return tables


def print_agreement(
    found: Agreement, asked: DriftInput, chosen: Sequence[str] | None, *, beside_stats: bool = False
) -> None:
    """Print the words, the rates and the correlations, and say how far methods agree.

    Parameters
    ----------
    found : Agreement
        What methods find.
    asked : DriftInput
        How to print.
    chosen : sequence of str or None
        Print these words only.
    beside_stats : bool, default False
        Whether the table with statistics went before: then only a terminal shows more tables.
    """
    shown = asked.shown
    as_table = (shown.table_format or ("table" if on_terminal() else "tsv")) == "table"
    mine = found.table if chosen is None else found.table[found.table["word"].isin(set(chosen))]
    rows = shown_rows(mine, shown, chosen, by=("source", "target"))
    if rows is not None and (as_table or not beside_stats):
        if as_table and beside_stats:
            click.echo("\nseveral methods")
        print_table(rows, shown.table_format)
        if as_table:
            click.echo("\nrank correlations")
            print_table(found.correlations, "table")
            click.echo("\nwords among the first of several methods")
            print_table(found.rates, "table")
    _note_agreement(found, asked)


def _note_agreement(found: Agreement, asked: DriftInput) -> None:
    for entry in found.table.attrs["left_out"]:
        between = f"{entry['source']} → {entry['target']}"
        lacking = f"left out: {entry['not_by_all']} by some only."
        note(f"{between}: {entry['compared']} words compared by all methods; {lacking}")
    rates = found.rates
    for row in rates[rates["at_least"] == len(found.table.attrs["methods"])].itertuples():
        has_null = bool(asked.agreement.agreement_nulls)
        in_null = f"{row.null:.2%} in the null" if has_null else "no null was given (--agreement-null)"
        note(
            f"{row.source} → {row.target}: {row.words} words are among the first {asked.agreement.agreement_top} of "
            f"all methods, {row.rate:.2%} of all; {row.expected:.2%} if methods were independent, {in_null}. Methods "
            "read the same text: this describes, it is no vote."
        )


def _report(asked: DriftInput, opened: Opened, found: Agreement) -> str:
    """Return the report of the first alignment, with what the others say."""
    from ..report.html import report_html

    table = next(iter(_measure(asked, _names(asked.paths[:1]), asked.paths[:1]).values()))
    if opened.chosen is not None:
        attrs = table.attrs
        table = table[table["word"].isin(set(opened.chosen))].reset_index(drop=True)
        table.attrs = attrs
    table.attrs["unknown"] = opened.unknown
    top = rows_of_report(asked.shown, opened.chosen)
    return report_html(opened.slices, table, top=top, k=asked.shown.neighbors or 10, agreement=list(found))


def _names(paths: Sequence[Path]) -> list[str]:
    """Return a name for each path: its last part without the ending, or all of it where that is not enough."""
    short = [Path(os.path.realpath(path)).stem for path in paths]
    return short if len(set(short)) == len(short) else [str(path) for path in paths]
