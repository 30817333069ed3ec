"""``wordvec drift``: rank the words that changed between slices."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .drift_agreement import show_agreement
from .drift_checks import check_options
from .drift_options import (
    SECTIONS,
    AgreementInput,
    ControlInput,
    DriftInput,
    MeasureInput,
    OutputInput,
    ScopeInput,
    StatsInput,
    TextInput,
    agreement_options,
    control_options,
    measure_options,
    output_options,
    scope_options,
    stats_options,
    text_options,
)
from .drift_output import (
    STDOUT,
    note_left_out,
    note_wide_intersection,
    print_drift,
    rows_of_report,
    shown_rows,
    table_bytes,
    write_outputs,
)
from .drift_senses import quote_senses, report_words
from .drift_slices import Opened, open_slices
from .drift_stats import show_stats
from .drift_tables import measure_all, summarize
from .option_groups import SectionedCommand
from .output import note, print_table

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["drift"]


@click.command(cls=SectionedCommand, sections=SECTIONS)
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1, required=True, metavar="ALIGNED...")
@scope_options
@measure_options
@output_options
@text_options
@stats_options
@control_options
@agreement_options
def drift(
    paths: tuple[Path, ...],
    scope: ScopeInput,
    measure: MeasureInput,
    shown: OutputInput,
    texts: TextInput,
    stats: StatsInput,
    controls: ControlInput,
    agreement: AgreementInput,
) -> None:
    """Rank the words that changed between the slices in ALIGNED.

    Drift is one minus a similarity: 0 says unchanged. A table on a terminal is followed by the nearest
    neighbors of each word in each slice; as tsv or json they stand in the columns neighbors_source and
    neighbors_target. What was left out, and why, goes to standard error.

    With --stats, drift is freed from noise, with an interval, and ranked by its lower end; p is of an
    exchange of units between the slices, q of drift beyond the word's own inside a slice (floor). A null
    (--null shuffled) tells what the same statistics find where nothing changed.

    With --agreement, several ALIGNED are compared: the same slices, aligned by several methods. With --stats
    beside it, the statistics are of the first one.

    \b
    Example:
        wordvec drift aligned.wvs -o drift.tsv --report drift.html
        wordvec drift aligned.wvs --stats --corpus corpus.wvc --null shuffled -o stats.tsv --report stats.html
        wordvec drift aligned.wvs --agreement --measure cosine --measure lncs2
        wordvec drift aligned.wvs --measure senses --senses senses.wvs --corpus corpus.wvc --report senses.html
    \b
    More:
        wordvec drift aligned.wvs rotated.wvs --agreement -o methods.parquet
        wordvec drift aligned.wvs --stats --corpus corpus.wvc --plant swap --plant-share 0.5
        wordvec drift aligned.wvs --change-points -o points.tsv
    """
    asked = DriftInput(
        paths=paths,
        scope=scope,
        measure=measure,
        shown=shown,
        texts=texts,
        stats=stats,
        controls=controls,
        agreement=agreement,
    )
    check_options(asked)
    opened = open_slices(asked)
    if stats.stats:
        show_stats(asked, opened)
    elif agreement.agreement:
        show_agreement(asked, opened)
    elif measure.summary is not None:
        _show_summary(asked, opened, measure.summary)
    else:
        _show_drift(asked, opened)


def _show_drift(asked: DriftInput, opened: Opened) -> None:
    """Write and print the drift table as it is measured, and its report."""
    table = _measure(asked, opened, opened.chosen)
    shown, outputs = asked.shown, dict[Path, bytes]()
    if shown.output is not None:
        outputs[shown.output] = table_bytes(table, shown.output)
    if shown.report is not None:
        outputs[shown.report] = _report(asked, opened, table).encode("utf-8", "replace")
    write_outputs(outputs, shown.overwrite)
    rows = shown_rows(table, shown, opened.chosen)
    if rows is not None:
        print_drift(opened.slices, rows, shown, asked.scope.min_count)
    note_left_out(table, asked.scope.min_count)
    note_wide_intersection(table)
    if "senses" in asked.measure.measures:
        note(f"senses: {table.attrs['note']}")
    _note_written(*outputs)


def _show_summary(asked: DriftInput, opened: Opened, summary: str) -> None:
    """Write and print a table that has one row for each word and measure."""
    among = None if summary == "change_points" else opened.chosen
    table = _measure(asked, opened, among)
    note_left_out(table, asked.scope.min_count)
    found, shown = summarize(table, summary, opened.chosen), asked.shown
    if shown.output is not None:
        write_outputs({shown.output: table_bytes(found, shown.output)}, shown.overwrite)
    rows = shown_rows(found, shown, opened.chosen, by=("measure",))
    if rows is not None:
        print_table(rows, shown.table_format)
    if shown.output is not None:
        _note_written(shown.output)


def _measure(asked: DriftInput, opened: Opened, words: list[str] | None) -> "pd.DataFrame":
    """Return the drift table of all measures."""
    measure, scope = asked.measure, asked.scope
    common = {"against": asked.against, "min_count": scope.min_count}
    own = {
        "ordered": not scope.unordered,
        "k": measure.k,
        "k_intersection": measure.k_intersection,
        "anchors": measure.anchors,
        "t": measure.t,
    }
    table = measure_all(
        opened.slices,
        opened.senses,
        asked.texts.corpus,
        words,
        measure.measures,
        common,
        {**common, **own},
        residual=measure.residual,
    )
    table.attrs["unknown"] = opened.unknown
    return table


def _report(asked: DriftInput, opened: Opened, table: "pd.DataFrame") -> str:
    """Return the report, with senses of its words and sentences of these."""
    from ..report.html import report_html

    top = rows_of_report(asked.shown, opened.chosen)
    examples = None
    if opened.senses is not None and asked.texts.corpus is not None:
        examples = quote_senses(opened.senses, asked.texts.corpus, report_words(table, top))
    k = asked.shown.neighbors or 10
    return report_html(opened.slices, table, top=top, k=k, senses=opened.senses, examples=examples)


def _note_written(*paths: Path) -> None:
    for path in paths:
        if path != STDOUT:
            note(f"wrote {path}")
