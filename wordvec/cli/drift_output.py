"""What the ways of using ``wordvec drift`` write and print."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .drift_options import TOP, OutputInput
from .output import format_table, note, on_terminal, print_table

if TYPE_CHECKING:
    import pandas as pd

    from ..slices import AlignedSlices

__all__ = [
    "STDOUT",
    "check_table_output",
    "note_left_out",
    "note_wide_intersection",
    "print_drift",
    "rows_of_report",
    "shown_rows",
    "table_bytes",
    "write_outputs",
]

#: As an output: standard output.
STDOUT = Path("-")


def check_table_output(path: Path) -> None:
    """Raise :class:`ResourceError` if the file is to be Parquet, and nothing here writes it."""
    from importlib.util import find_spec

    if _is_parquet(path) and find_spec("pyarrow") is None:
        from ..errors import ResourceError

        raise ResourceError(
            f"{path}: Parquet needs the package pyarrow: pip install 'wordvec[tables]', or name a .tsv file."
        )


def table_bytes(table: "pd.DataFrame", path: Path) -> bytes:
    """Return a table as the name of its file asks: Parquet, with all digits and ``attrs``, or tab-separated text."""
    if not _is_parquet(path):
        return (format_table(table, "tsv") + "\n").encode("utf-8", "replace")
    from io import BytesIO

    stream = BytesIO()
    table.reset_index(drop=True).to_parquet(stream, engine="pyarrow", index=False)
    return stream.getvalue()


def write_outputs(outputs: Mapping[Path, bytes], overwrite: bool) -> None:
    """Write all to their files, or none if one cannot be written; then what goes to standard output."""
    from contextlib import ExitStack

    from ..disk import flush, writing

    with ExitStack() as stack:
        for path, content in outputs.items():
            if path != STDOUT:
                stream = stack.enter_context(writing(path, overwrite=overwrite))
                stream.write(content)
                flush(stream)  # a full disk is noticed before the first file takes its place
    if STDOUT in outputs:
        click.echo(outputs[STDOUT].decode("utf-8"), nl=False)


def shown_rows(
    table: "pd.DataFrame",
    shown: OutputInput,
    chosen: Sequence[str] | None,
    by: Sequence[str] = ("source", "target", "measure"),
) -> "pd.DataFrame | None":
    """Return the rows to print, the first of each group, or None for nothing."""
    if STDOUT in (shown.output, shown.report) or shown.top == 0:
        return None
    if shown.top is None and shown.output is not None and not on_terminal():
        return None
    if shown.top is None and chosen is not None:
        return table
    kinds = [name for name in by if name in table]
    rows = TOP if shown.top is None else shown.top
    return table.groupby(kinds, sort=False).head(rows) if kinds else table.head(rows)


def rows_of_report(shown: OutputInput, chosen: Sequence[str] | None) -> int:
    """Return how many words of a comparison the report shows."""
    return shown.top or (TOP if chosen is None else len(chosen))


def print_drift(
    slices: "AlignedSlices",
    rows: "pd.DataFrame",
    shown: OutputInput,
    min_count: int,
    narrow: "pd.DataFrame | None" = None,
) -> None:
    """Print rows of drift with the neighbors of their words.

    Parameters
    ----------
    slices : AlignedSlices
        Where neighbors are.
    rows : pandas.DataFrame
        What :func:`shown_rows` returned.
    shown : OutputInput
        How to print.
    min_count : int
        Neighbors are among words that occur so often.
    narrow : pandas.DataFrame, optional
        The same rows as a terminal has room for them.
    """
    as_table = (shown.table_format or ("table" if on_terminal() else "tsv")) == "table"
    if as_table:
        print_table(rows if narrow is None else narrow, "table")
    if shown.neighbors == 0 or (as_table and not len(rows)):
        if not as_table:
            print_table(rows, shown.table_format)
        return
    from ..drift.neighbors import list_neighbors

    found = list_neighbors(slices, rows["word"], k=shown.neighbors, min_count=min_count)
    near: dict[tuple[str, str], list[str]] = {}
    for word, label, neighbor in zip(found["word"], found["slice"], found["neighbor"], strict=True):
        near.setdefault((word, label), []).append(neighbor)
    if as_table:
        _print_neighbors(rows, near)
        return
    sides = {
        f"neighbors_{side}": [" ".join(near.get(key, [])) for key in zip(rows["word"], rows[side], strict=True)]
        for side in ("source", "target")
    }
    print_table(rows.assign(**sides), shown.table_format)


def _print_neighbors(rows: "pd.DataFrame", near: Mapping[tuple[str, str], list[str]]) -> None:
    """Print, for each word once, its neighbors in every slice that one of its rows compares."""
    wanted: dict[str, dict[str, None]] = {}
    for word, source, target in zip(rows["word"], rows["source"], rows["target"], strict=True):
        wanted.setdefault(word, {}).update({source: None, target: None})
    from ..report.markup import clean

    click.echo("\nnearest neighbors")
    for word, labels in wanted.items():
        width = max(map(len, labels))
        click.echo(f"\n{clean(word)}")
        for label in labels:
            listed = " ".join(near.get((word, label), ["(none frequent enough)"]))
            click.echo(f"  {label:<{width}}  {clean(listed)}")


def note_left_out(table: "pd.DataFrame", min_count: int) -> None:
    """Say how many words each comparison has, and what became of the others."""
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


def note_wide_intersection(table: "pd.DataFrame") -> None:
    """Say so if intersection looks at too many neighbors to tell words apart."""
    from ..drift.remarks import wide_intersection

    wide = wide_intersection(table.attrs)
    if wide is not None:
        note(
            f"intersection looks at {wide.k} neighbors, more than a tenth of the {wide.shared} words that "
            f"{wide.source} and {wide.target} share: many meet there by chance, and all drifts come out lower and "
            f"more alike. Pass --k-intersection {wide.advised} or less."
        )


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() == ".parquet"


def _names(words: Iterable[str]) -> str:
    listed = ", ".join(words)
    return f" ({listed})" if listed else ""
