"""Options about tables and annotated text, and what is told of them."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..text.records import Records
    from .corpus_input import TextInput

__all__ = ["RECORD_OPTIONS", "read_records", "tell_records"]

RECORD_OPTIONS = (
    click.option(
        "--text-format",
        type=click.Choice(["text", "csv", "tsv", "jsonl", "parquet", "conllu"]),
        help="What the files are (default: the ending tells; other endings are plain text).",
    ),
    click.option(
        "--text-column",
        metavar="NAME",
        help="Column of a table that holds the text, a sentence a line (default: text).",
    ),
    click.option("--date-column", metavar="NAME", help="Column of the date: 1846, 1846-03 or 1846-03-21."),
    click.option("--date-format", metavar="FORMAT", help="How else dates are written: %d/%m/%Y is 21/03/1846."),
    click.option(
        "--id-column",
        metavar="NAME",
        help="Column of the document's name (default: id), or of the file's in --metadata (default: file, filename, "
        "path or id).",
    ),
    click.option(
        "--columns",
        metavar="NAMES",
        help="Columns to keep of each document, as unit or stratum: speaker,genre (default: all of labels).",
    ),
    click.option(
        "--slice-by",
        metavar="WHAT",
        help="Slices by year, decade, century or '25 years' of the date, or by the values of a column.",
    ),
    click.option(
        "--metadata",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Table of what is known of each text file: a row a file, joined by its name.",
    ),
    click.option(
        "--layer",
        type=click.Choice(["form", "lemma", "lemma_pos"]),
        default="form",
        show_default=True,
        help="Words of CoNLL-U: as written, lemmas, or bank_NOUN.",
    ),
    click.option(
        "--quotes/--no-quotes", default=True, show_default=True, help="Whether cells of CSV and TSV may be in quotes."
    ),
)
#: What is counted of rows, in words.
_COUNTED = {
    "empty_text": "without text",
    "undated": "without a date",
    "unreadable_dates": "with a date that cannot be read",
    "dates_out_of_range": "with a year before 1, after 9999 or of two digits",
    "without_slice": "without a value of --slice-by",
    "duplicate_ids": "with a name that another has, too",
    "half_characters": "with halves of characters, which were replaced",
}
_ANNOTATED = {
    "ranges": "lines of several words (their parts are read)",
    "empty_nodes": "empty nodes left out",
    "punctuation": "words without a letter or number left out",
    "without_lemma": "words without the layer left out",
}
_COLUMNS_SHOWN = 5


def read_records(texts: "TextInput") -> "Records | None":
    """Return what the options say of tables, None if they say nothing."""
    from ..text.records import Records

    columns = (
        None if texts.columns is None else tuple(name.strip() for name in texts.columns.split(",") if name.strip())
    )
    records = Records(
        text_format=texts.text_format,
        text_column=texts.text_column,
        date_column=texts.date_column,
        date_format=texts.date_format,
        id_column=texts.id_column,
        columns=columns,
        slice_by=texts.slice_by,
        layer=texts.layer,
        metadata=None if texts.metadata is None else str(texts.metadata),
        quotes=texts.quotes,
    )
    return None if records == Records() else records


def tell_records(report: dict[str, Any], columns: list[str]) -> list[str]:
    """Return the lines of an encoding's report about rows, their columns and metadata."""
    rows = report.get("rows")
    if rows is None:
        return []
    shown = [f"  rows: {rows['read']:,} with text"]
    shown += [
        f"  rows {words}: {rows[what]:,}{_some(rows, what)}" for what, words in _COUNTED.items() if rows.get(what)
    ]
    if columns:
        shown.append(f"  columns: {', '.join(columns)}")
    if left_out := rows["columns_left_out"]:
        told = [f"{name} ({why})" for name, why in list(left_out.items())[:_COLUMNS_SHOWN]]
        more = f" and {len(left_out) - _COLUMNS_SHOWN:,} more" if len(left_out) > _COLUMNS_SHOWN else ""
        shown.append(f"  columns left out: {', '.join(told)}{more}; --columns NAME keeps one")
    if metadata := report.get("metadata"):
        for what in ("files_without_row", "rows_without_file"):
            if metadata[what]:
                shown.append(f"  {what.replace('_', ' ')}: {metadata[what]:,}{_some(metadata, what)}")
    annotation = report.get("annotation", {})
    parts = [f"{annotation[what]:,} {words}" for what, words in _ANNOTATED.items() if annotation.get(what)]
    return shown + ([f"  annotation: {', '.join(parts)}"] if parts else [])


def _some(counted: dict[str, Any], what: str) -> str:
    examples = counted["examples"].get(what, [])
    more = ", ..." if counted[what] > len(examples) else ""
    return f" ({'; '.join(examples)}{more})" if examples else ""
