"""``wordvec demo``: from two centuries of speeches to a drift report, in one command."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..disk import write_text
from ..errors import OutputExistsError
from .options import seed_option, threads_option
from .output import format_table, note, watching

if TYPE_CHECKING:
    import pandas as pd

    from ..progress import Watcher
    from ..slices import AlignedSlices
    from ..text.corpus import Corpus

#: Early republic; civil war and the railway age; two world wars; the age of television.
ERAS = "1790-1859,1860-1899,1900-1959,1960-2021"
HEADER = r"^### (\d{4})"
CORPUS = "corpus/sotu-1790-2021.txt.xz"
#: Words need this many occurrences in both eras: the rarer a word, the more of its drift is chance.
FLOOR = 50
#: Says that the folder is a demo's own.
MARK = "README.txt"
PARTS = (MARK, "corpus.wvc", "aligned.wvs", "drift.tsv", "report.html")


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder to write; results of an earlier demo in it are replaced.",
    metavar="PATH",
)
@click.option(
    "--overwrite",
    is_flag=True,
    help="Write into a folder that no demo made, over files of the same names.",
)
@click.option("--top", type=click.IntRange(1), default=15, show_default=True, help="How many words to print.")
@seed_option
@threads_option
def demo(output: Path, overwrite: bool, top: int, seed: int, threads: int | None) -> None:
    """Find the words whose use changed most in the State of the Union addresses, 1790-2021.

    Cuts the addresses that come with the package into four eras, trains vectors for each era in one
    common space, and compares the first era with the last. Writes the corpus, the vectors, the table
    and a report for the browser. Takes a minute or two.

    \b
    Example:
        wordvec demo -o demo
    """
    _check_folder(output, overwrite)
    from ..align.compass import CompassAligner
    from ..drift.measures import measure_drift
    from ..report.html import write_report
    from ..train.skipgram import SkipGram

    aligner = CompassAligner(SkipGram(seed=seed))
    with _folder(output), watching() as watch:
        corpus = _encode(output, watch)
        aligned = aligner.align(corpus, threads=threads, progress=watch)
        aligned.save(output / "aligned.wvs", overwrite=True)
        table = measure_drift(aligned, against="every", min_count=FLOOR)
        write_text(output / "drift.tsv", format_table(table, "tsv") + "\n", overwrite=True)
        ends = _first_and_last(table, aligned)
        write_report(output / "report.html", aligned, ends, overwrite=True)
    _print_eras(corpus)
    shown = _most_changed(ends, aligned, top)
    click.echo(f"\nWords whose company changed most between {aligned.labels[0]} and {aligned.labels[-1]},")
    click.echo(f"of those said at least {FLOOR} times in both (drift 0: the same company; 1: nothing in common)\n")
    click.echo(format_table(shown, "table"))
    _print_next_steps(output, str(shown["word"].iloc[0]) if len(shown) else "power")


def _encode(output: Path, watch: "Watcher | None") -> "Corpus":
    from importlib.resources import as_file, files

    from ..text.encode import encode
    from ..text.intake import Reading

    reading = Reading(header=HEADER, bins=ERAS)
    with as_file(files("wordvec.data").joinpath(CORPUS)) as path:
        return encode(path, reading=reading, output=output / "corpus.wvc", overwrite=True, progress=watch)


def _first_and_last(table: "pd.DataFrame", aligned: "AlignedSlices") -> "pd.DataFrame":
    """Return the rows, and the account of left-out words, that compare the first era with the last."""
    first, last = aligned.labels[0], aligned.labels[-1]
    ends = table[(table["source"] == first) & (table["target"] == last)]
    ends.attrs["left_out"] = [
        pair for pair in table.attrs.get("left_out", ()) if (pair["source"], pair["target"]) == (first, last)
    ]
    return ends


def _most_changed(ends: "pd.DataFrame", aligned: "AlignedSlices", top: int) -> "pd.DataFrame":
    """Return the first ``top`` words of a ranking with their neighbors then and now."""
    import pandas as pd

    from ..drift.neighbors import list_neighbors

    chosen = ends.head(top)
    near = list_neighbors(aligned, chosen["word"].tolist(), k=5, min_count=FLOOR)
    company = near.groupby(["word", "slice"])["neighbor"].agg(", ".join)
    shown = pd.DataFrame({"word": chosen["word"], "drift": chosen["drift"].map("{:.2f}".format)})
    for label in (aligned.labels[0], aligned.labels[-1]):
        shown[f"near it in {label}"] = [company.get((word, label), "") for word in chosen["word"]]
    return shown


def _check_folder(output: Path, overwrite: bool) -> None:
    """Raise :class:`OutputExistsError` unless the folder is new, an earlier demo's, or meant to be shared."""
    if output.exists() and not output.is_dir():
        raise OutputExistsError(f"{output} is a file; choose another folder with --output.")
    if overwrite or not output.is_dir():
        return
    inside = sorted(path.name for path in output.iterdir())
    others = [name for name in inside if name not in PARTS] if MARK in inside else inside
    if others:
        raise OutputExistsError(
            f"{output} holds {others[0]!r}, which no demo wrote; choose another folder with "
            "--output, or pass --overwrite to write the demo's files beside or over it."
        )


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """Make the folder and mark it as the demo's; take it away again if nothing came into it."""
    path.mkdir(parents=True, exist_ok=True)
    mark = path / MARK
    write_text(mark, "Written by `wordvec demo`; the next one replaces it.\n", overwrite=True)
    try:
        yield
    finally:
        if list(path.iterdir()) == [mark]:
            mark.unlink()
            path.rmdir()


def _print_eras(corpus: "Corpus") -> None:
    click.echo("State of the Union addresses of the presidents of the United States, in four eras")
    for label, tokens in zip(corpus.labels, corpus.counts.sum(axis=1).tolist(), strict=True):
        click.echo(f"  {label}  {tokens:>9,} words")


def _print_next_steps(output: Path, word: str) -> None:
    note(f"\nThe report: {output / 'report.html'} (open it in a browser)")
    note(f"The table:  {output / 'drift.tsv'}")
    wordvec = "wordvec" if shutil.which("wordvec") else sys.argv[0]
    note("\nNext, try")
    note(f"  {wordvec} nearest {output / 'aligned.wvs'} {word}")
    note(f"  {wordvec} drift {output / 'aligned.wvs'} --against previous")
    note(f"  {wordvec} encode --slice 1790-1859=old.txt --slice 1960-2021=new.txt -o corpus.wvc")
