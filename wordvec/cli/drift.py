"""``wordvec drift``: rank the words that changed between slices."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .drift_senses import quote_senses, read_same_slices, report_words
from .drift_stats import StatsInput, assess, check_stats, note_stats, shown_columns, stats_options
from .drift_tables import choose_against, measure_all, summarize
from .options import format_option, overwrite_option
from .output import format_table, note, on_terminal, print_table
from .words import chosen_words, known_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from ..senses.slices import SenseSlices
    from ..slices import AlignedSlices

__all__ = ["drift"]

#: The names in ``wordvec.drift.measures``, repeated so that ``--help`` need not load it.
MEASURES = ("cosine", "lncs2", "moving_lncs2", "intersection", "second_order", "contexts", "senses")
_PATH = click.Path(path_type=Path)
_TOP = 20
#: As an output: standard output.
_STDOUT = Path("-")


@click.command()
@click.argument("aligned", type=_PATH)
@click.option(
    "-o", "--output", type=_PATH, help="File for every row, tab-separated; - for standard output.", metavar="FILE"
)
@click.option(
    "--report", type=_PATH, help="File for the illustrated report (HTML); - for standard output.", metavar="FILE"
)
@click.option("--words", help="Only these words, with commas between them.", metavar="A,B,C")
@click.option("--words-file", type=_PATH, help="Only the words in this file, one a line.", metavar="FILE")
@click.option(
    "--measure",
    "measures",
    type=click.Choice(MEASURES),
    multiple=True,
    default=("cosine",),
    show_default=True,
    help="How to measure; may be repeated. The report ranks by the first; senses needs --senses, contexts --corpus.",
)
@click.option(
    "--against",
    type=click.Choice(["previous", "first", "every"]),
    help="Compare each slice with the one before it, with the first, or with every earlier one "
    "[default: previous; every with --unordered or --dispersion; first with --change-points].",
)
@click.option("--unordered", is_flag=True, help="The slices have no order: places, genres, registers.")
@click.option("--residual", is_flag=True, help="Add a column: drift beyond what words of the same counts have.")
@click.option(
    "--change-points",
    "summary",
    flag_value="change_points",
    help="Instead of drift: since which slice each word is at another level, tested by the order of slices.",
)
@click.option(
    "--dispersion",
    "summary",
    flag_value="dispersion",
    help="Instead of drift: each word's mean drift over every two slices, and which slice is the odd one out.",
)
@click.option("--min-count", default=20, show_default=True, help="Leave a word out where a side has fewer of it.")
@click.option(
    "--top",
    type=click.IntRange(0),
    default=None,
    help=f"Rows to print for each comparison and measure [default: {_TOP}; all with --words; "
    "none with -o when the output is no terminal].",
)
@click.option(
    "--neighbors",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Nearest neighbors to print for each word and slice.",
)
@click.option("--k", default=25, show_default=True, help="Neighbors that lncs2 looks at.")
@click.option(
    "--k-intersection",
    default=1000,
    show_default=True,
    help="Neighbors that intersection looks at, best at most a tenth of the words that both slices have.",
)
@click.option(
    "--anchors",
    default=1000,
    show_default=True,
    help="Most frequent words of both slices that second_order looks from.",
)
@click.option("--t", default=0.5, show_default=True, help="Weight of the cosine in moving_lncs2.")
@click.option(
    "--senses",
    "sense_path",
    type=_PATH,
    metavar="SENSES",
    help="Senses in the same slices (wordvec senses align): the report says which sense grew.",
)
@click.option(
    "--corpus",
    type=_PATH,
    metavar="CORPUS",
    help="The text: for --stats and contexts; with --senses, to quote examples in the report.",
)
@stats_options
@format_option
@overwrite_option
def drift(
    aligned: Path,
    output: Path | None,
    report: Path | None,
    words: str | None,
    words_file: Path | None,
    measures: tuple[str, ...],
    against: str | None,
    unordered: bool,
    residual: bool,
    summary: str | None,
    min_count: int,
    top: int | None,
    neighbors: int,
    k: int,
    k_intersection: int,
    anchors: int,
    t: float,
    sense_path: Path | None,
    corpus: Path | None,
    stats: StatsInput,
    table_format: str | None,
    overwrite: bool,
) -> None:
    """Rank the words that changed between the slices in ALIGNED.

    Drift is one minus a similarity: 0 says unchanged. A table on a terminal is followed by the nearest
    neighbors of each word in each slice; as tsv or json they stand in the columns neighbors_source and
    neighbors_target. What was left out, and why, goes to standard error.

    With --stats, drift is freed from noise, with an interval, and ranked by its lower end; p is of an
    exchange of units between the slices, q of drift beyond the word's own inside a slice (floor).

    \b
    Example:
        wordvec drift aligned.wvs -o drift.tsv --report drift.html
        wordvec drift aligned.wvs --stats --corpus corpus.wvc -o drift.tsv
        wordvec drift aligned.wvs --measure senses --senses senses.wvs --corpus corpus.wvc --report senses.html
    """
    from ..disk import check_file_output
    from ..slices import AlignedSlices

    check_stats(stats, corpus)
    _check_senses(measures, sense_path, None if stats.stats else corpus, report)
    against = choose_against(against, unordered, summary)
    if summary is not None and (report is not None or residual or stats.stats):
        raise click.UsageError(
            "--change-points and --dispersion make tables of their own, without --report, --residual and --stats."
        )
    if output is not None and report is not None and os.path.realpath(output) == os.path.realpath(report):
        raise click.UsageError("-o and --report name the same file; give two names.")
    for path in (output, report):
        if path not in (None, _STDOUT):
            check_file_output(path, overwrite=overwrite)
    asked = chosen_words(words, words_file)
    slices = AlignedSlices.load(aligned)
    senses = None if sense_path is None else read_same_slices(sense_path, slices)
    chosen, unknown = (None, []) if asked is None else known_words(asked, slices.vocabulary)
    common = {"against": against, "min_count": min_count}
    own = {**common, "ordered": not unordered, "k": k, "k_intersection": k_intersection, "anchors": anchors, "t": t}
    among = None if summary == "change_points" else chosen
    if stats.stats and corpus is not None:
        table = assess(stats, slices, corpus, chosen, against, min_count)
    else:
        table = measure_all(slices, senses, corpus, among, measures, common, own, residual=residual)
    table.attrs["unknown"] = unknown
    if summary is not None:
        _note_left_out(table, min_count)
        _finish(summarize(table, summary, chosen), output, top, chosen, table_format, overwrite)
        return
    texts: dict[Path, str] = {}
    if output is not None:
        texts[output] = format_table(table, "tsv") + "\n"
    if report is not None:
        rows = top or (_TOP if chosen is None else len(chosen))
        texts[report] = _report(slices, table, senses, corpus, rows, neighbors or 10)
    _write(texts, overwrite)
    shown = None if _STDOUT in texts else _shown(table, top, chosen, output)
    if shown is not None:
        as_format = table_format or ("table" if on_terminal() else "tsv")
        _print(
            slices,
            shown_columns(shown) if stats.stats and as_format == "table" else shown,
            neighbors,
            min_count,
            as_format,
        )
    if stats.stats:
        note_stats(table)
    else:
        _note_left_out(table, min_count)
        _note_wide_intersection(table)
    if "senses" in measures:
        note(f"senses: {table.attrs['note']}")
    for path in texts:
        if path != _STDOUT:
            note(f"wrote {path}")


def _finish(
    found: "pd.DataFrame",
    output: Path | None,
    top: int | None,
    chosen: Sequence[str] | None,
    table_format: str | None,
    overwrite: bool,
) -> None:
    """Write and print a table that has one row for each word."""
    if output is not None:
        _write({output: format_table(found, "tsv") + "\n"}, overwrite)
    rows = len(found) if chosen is not None and top is None else _TOP if top is None else top
    if output != _STDOUT and rows and (output is None or top is not None or on_terminal()):
        print_table(found.head(rows), table_format)
    if output not in (None, _STDOUT):
        note(f"wrote {output}")


def _check_senses(measures: Sequence[str], senses: Path | None, corpus: Path | None, report: Path | None) -> None:
    """Raise :class:`click.UsageError` for options about senses that lack one another."""
    if senses is None and "senses" in measures:
        step = "make them with: wordvec senses align SENSES CORPUS -o OUT"
        raise click.UsageError(f"--measure senses needs --senses; {step}")
    if "contexts" in measures:
        if corpus is None:
            raise click.UsageError("--measure contexts needs --corpus, whose words it counts.")
    elif corpus is not None and (senses is None or report is None):
        raise click.UsageError(
            "--corpus is for examples of senses in a report: it needs --senses and --report. To count words: "
            "--measure contexts."
        )
    if senses is not None and report is None and "senses" not in measures:
        raise click.UsageError("--senses is for --report, or for --measure senses: add one of them.")


def _report(
    slices: "AlignedSlices",
    table: "pd.DataFrame",
    senses: "SenseSlices | None",
    corpus: Path | None,
    top: int,
    k: int,
) -> str:
    """Return the report, with senses of its words and sentences of these."""
    from ..report.html import report_html

    examples = None
    if senses is not None and corpus is not None:
        examples = quote_senses(senses, corpus, report_words(table, top))
    return report_html(slices, table, top=top, k=k, senses=senses, examples=examples)


def _write(texts: "Mapping[Path, str]", overwrite: bool) -> None:
    """Write every text to its file, or none if one cannot be written; then what goes to standard output."""
    from contextlib import ExitStack

    from ..disk import flush, writing

    with ExitStack() as stack:
        for path, text in texts.items():
            if path != _STDOUT:
                stream = stack.enter_context(writing(path, overwrite=overwrite))
                stream.write(text.encode("utf-8", "replace"))
                flush(stream)  # a full disk is noticed before the first file takes its place
    if _STDOUT in texts:
        click.echo(texts[_STDOUT], nl=False)


def _shown(
    table: "pd.DataFrame", top: int | None, chosen: Sequence[str] | None, output: Path | None
) -> "pd.DataFrame | None":
    """Return the rows to print, or None for nothing."""
    if top is None and output is not None and not on_terminal():
        return None
    if top == 0:
        return None
    if top is None and chosen is not None:
        return table
    kinds = [name for name in ("source", "target", "measure") if name in table]
    return table.groupby(kinds, sort=False).head(top or _TOP)


def _print(slices: "AlignedSlices", shown: "pd.DataFrame", neighbors: int, min_count: int, table_format: str) -> None:
    as_table = table_format == "table"
    if neighbors == 0 or (as_table and not len(shown)):
        print_table(shown, table_format)
        return
    from ..drift.neighbors import list_neighbors

    found = list_neighbors(slices, shown["word"], k=neighbors, min_count=min_count)
    near: dict[tuple[str, str], list[str]] = {}
    for word, label, neighbor in zip(found["word"], found["slice"], found["neighbor"], strict=True):
        near.setdefault((word, label), []).append(neighbor)
    if as_table:
        print_table(shown, table_format)
        _print_neighbors(shown, near)
        return
    sides = {
        f"neighbors_{side}": [" ".join(near.get(key, [])) for key in zip(shown["word"], shown[side], strict=True)]
        for side in ("source", "target")
    }
    print_table(shown.assign(**sides), table_format)


def _print_neighbors(shown: "pd.DataFrame", near: dict[tuple[str, str], list[str]]) -> None:
    """Print, for each word once, its neighbors in every slice that one of its rows compares."""
    wanted: dict[str, dict[str, None]] = {}
    for word, source, target in zip(shown["word"], shown["source"], shown["target"], strict=True):
        wanted.setdefault(word, {}).update({source: None, target: None})
    from ..report.markup import clean

    click.echo("\nnearest neighbors")
    for word, labels in wanted.items():
        width = max(map(len, labels))
        click.echo(f"\n{clean(word)}")
        for label in labels:
            listed = " ".join(near.get((word, label), ["(none frequent enough)"]))
            click.echo(f"  {label:<{width}}  {clean(listed)}")


def _note_left_out(table: "pd.DataFrame", min_count: int) -> None:
    lacking_by = {"": "a vector", "senses": "senses that were weighed", "contexts": "a word beside them"}
    alone = list(table.attrs["settings"]["measures"])
    lacking_by[""] = lacking_by.get(alone[0], lacking_by[""]) if len(alone) == 1 else lacking_by[""]
    for kind, lacking in lacking_by.items():
        name = f" by {kind}" if kind else ""
        for entry in table.attrs.get(f"left_out_{kind}" if kind else "left_out", []):
            between = f"{entry['source']} → {entry['target']}"
            note(
                f"{between}: {entry['compared']} words compared{name}; left out: "
                f"{entry['too_rare']} under {min_count} occurrences on a side, {entry['absent']} without {lacking}"
                f"{_names(entry['words'])}."
            )
            if not entry["compared"] and lacking == "a vector":
                floor = entry["largest_floor"]
                most = f"the highest --min-count that leaves one is {floor}" if floor else "none has a vector in both"
                note(f"{between}: none of the words occurs {min_count} times on both sides; {most}.")


def _note_wide_intersection(table: "pd.DataFrame") -> None:
    from ..drift.remarks import wide_intersection

    wide = wide_intersection(table.attrs)
    if wide is not None:
        note(
            f"intersection looks at {wide.k} neighbors, more than a tenth of the {wide.shared} words that "
            f"{wide.source} and {wide.target} share: many meet there by chance, and all drifts come out lower and "
            f"more alike. Pass --k-intersection {wide.advised} or less."
        )


def _names(words: Iterable[str]) -> str:
    listed = ", ".join(words)
    return f" ({listed})" if listed else ""
