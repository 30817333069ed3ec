"""``wordvec senses align`` and ``wordvec senses change``: senses through time."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..artifact_writer import check_output
from .corpus_input import TextInput, corpus_options, load_corpus
from .options import format_option, output_option, overwrite_option, racing_option, threads_option
from .output import note, print_table, watching
from .senses_train import make_disambiguated, remember_reading, sense_trainer_options
from .words import chosen_words, known_words

if TYPE_CHECKING:
    import pandas as pd

    from ..senses.slices import SenseSlices

__all__ = ["align", "change"]

_PATH = click.Path(path_type=Path)
_TOP = 20
#: Settings that senses which are there already can be given.
_OF_ALIGNMENT = ("seed", "prune")
#: Columns of changes that a terminal has room for.
_SHORT = ("source", "target", "change", "low", "high", "p", "q", "event")


@click.command()
@click.argument("source", metavar="SENSES", type=_PATH)
@corpus_options("CORPUS")
@output_option
@click.option("--words", help="Only these words, with commas between them.", metavar="A,B,C")
@click.option("--words-file", type=_PATH, help="Only the words in this file, one a line.", metavar="FILE")
@click.option(
    "--slice-vectors",
    is_flag=True,
    help="Also train vectors of the senses in each slice (SENSES of the disambiguated skip-gram).",
)
@click.option(
    "--min-slice-count",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="A word with fewer occurrences in a slice keeps the vectors of all slices there.",
)
@click.option(
    "--temperature",
    type=float,
    help="What makes gates less sure, above 1, or surer, below (default: found from what the slices refute).",
)
@sense_trainer_options
@threads_option
@racing_option
@overwrite_option
def align(
    source: Path,
    texts: TextInput,
    output: Path,
    words: str | None,
    words_file: Path | None,
    slice_vectors: bool,
    min_slice_count: int,
    temperature: float | None,
    preset: str,
    hyper: dict[str, Any],
    threads: int | None,
    racing: bool,
    overwrite: bool,
) -> None:
    """Follow SENSES through the slices of CORPUS: how common is each in every one?

    SENSES come from `wordvec senses train` on all slices together; or they are -, and are trained first (the options
    of training are for that). The same senses are looked for in all slices, and how often they are taken
    for each other is undone. CORPUS is a folder made by `wordvec encode`, or text with --slice.

    \b
    Example:
        wordvec senses align senses.wv corpus.wvc -o senses.wvs
    """
    from ..align.sense_slices import align_senses

    check_output(output, "sense-slices", overwrite=overwrite)
    asked = chosen_words(words, words_file)
    compass, trainer = _source(source, preset, hyper, slice_vectors)
    with watching() as progress:
        corpus = load_corpus(texts, progress)
        known = known_words(asked, getattr(compass, "vocabulary", corpus.vocabulary))[0] if asked is not None else None
        found = align_senses(
            compass,
            corpus,
            slice_trainer=trainer,
            words=known,
            temperature=temperature,
            prune=hyper.get("prune"),
            min_slice_count=min_slice_count,
            seed=hyper.get("seed", 1),
            threads=threads,
            racing=racing,
            progress=progress,
        )
    found = replace(found, compass=remember_reading(found.compass, corpus))
    found.save(output, overwrite=overwrite)
    _report(found, output)
    _warn_of_pruned(source, getattr(compass, "metadata", {}))


def _source(path: Path, preset: str, hyper: Mapping[str, Any], slice_vectors: bool) -> tuple[Any, Any]:
    """Return senses or what trains them, and what trains the vectors of slices."""
    from ..errors import FormatError
    from ..senses.embeddings import SenseEmbeddings
    from ..train.disambiguated import DisambiguatedSkipGram

    if path == Path("-"):
        return make_disambiguated(preset, hyper), None
    odd = [f"--{name.replace('_', '-')}" for name in hyper if name not in _OF_ALIGNMENT]
    odd += ["--preset"] if preset != "ours" else []
    if odd:
        raise click.UsageError(f"{odd[0]} is for training, and {path} is trained already: leave it out.")
    senses = SenseEmbeddings.load(path)
    if not slice_vectors:
        return senses, None
    if senses.metadata.get("model") != "disambiguated":
        raise FormatError(
            f"{path} was made by {senses.metadata.get('model', 'another program')}; --slice-vectors needs senses of "
            "the disambiguated skip-gram. Leave it out: slices then share the vectors."
        )
    return senses, DisambiguatedSkipGram(**senses.metadata["settings"])


def _report(slices: "SenseSlices", output: Path) -> None:
    """Say what was followed, and what was left out."""
    several = int(((slices.compass.prevalence > 0).sum(axis=1) > 1).sum())
    followed = len(slices.tallies.words)
    note(f"{output} written: {several:,} words with several senses, {followed:,} of them followed")
    for label, counts in zip(slices.labels, slices.counts, strict=True):
        note(f"  slice {label}: {int(counts.sum()):,} tokens")
    for what, count in slices.metadata["left_out"].items():
        if count:
            note(f"  {what}: {count:,}")
    if (temperature := slices.tallies.temperature) != 1.0:
        note(f"  gates were taken at a temperature of {temperature:g}: above 1 less sure than they say, below 1 surer")


def _warn_of_pruned(source: Path, metadata: Mapping[str, Any]) -> None:
    """Say that senses which were rare in all slices together are gone already: one of them may have been born."""
    pruned, least = metadata.get("pruned", 0), metadata.get("settings", {}).get("prune", 0.0)
    if pruned and least:
        note(
            f"  {source} lost {pruned:,} senses when it was trained, each below {least:.0%} of its word in all slices "
            "together; one that is new in a single slice may be among them: train with --prune 0, or give - for SENSES"
        )


@click.command()
@click.argument("slices", type=_PATH)
@click.option("--words", help="Only these words, with commas between them.", metavar="A,B,C")
@click.option("--words-file", type=_PATH, help="Only the words in this file, one a line.", metavar="FILE")
@click.option(
    "--against",
    type=click.Choice(["previous", "first", "every"]),
    default="previous",
    show_default=True,
    help="Compare each slice with the one before it, with the first, or with every earlier one.",
)
@click.option("--min-count", default=20, show_default=True, help="Leave a word out where a side has fewer of it.")
@click.option(
    "--top",
    type=click.IntRange(1),
    default=None,
    help=f"Words to print for each comparison [default: {_TOP}; all with --words].",
)
@click.option("--events", is_flag=True, help="Only senses that were born or died.")
@click.option("--seed", default=1, show_default=True, help="Of the resamples and permutations.")
@format_option
def change(
    slices: Path,
    words: str | None,
    words_file: Path | None,
    against: str,
    min_count: int,
    top: int | None,
    events: bool,
    seed: int,
    table_format: str | None,
) -> None:
    """Which sense of a word grew between the slices of SLICES, and how sure is that?

    The table has a row for each sense and pair of slices, words that moved most first: how common the sense
    was and is, the change with its interval over documents, p, q (which counts how many were asked), and
    whether the sense was born or died. `wordvec drift --measure senses` has one figure for each word.

    \b
    Example:
        wordvec senses change senses.wvs --words broadcast
    """
    from ..drift.sense_change import measure_sense_change
    from ..senses.slices import SenseSlices
    from .output import on_terminal

    loaded = SenseSlices.load(slices)
    asked = chosen_words(words, words_file)
    known = None if asked is None else known_words(asked, loaded.compass.vocabulary)[0]
    found = measure_sense_change(
        loaded,
        words=known,
        against=against,  # type: ignore[arg-type]  # click checked it
        min_count=min_count,
        seed=seed,
    )
    rows = found.changes[found.changes["event"] != ""] if events else found.changes
    chosen = table_format or ("table" if on_terminal() else "tsv")
    print_table(_shorten(rows, top or (None if known else _TOP), chosen), chosen)
    for entry in found.drift.attrs["left_out"]:
        named = f" ({', '.join(entry['words'])})" if entry["words"] else ""
        note(
            f"{entry['source']} → {entry['target']}: {entry['compared']:,} words compared; left out: "
            f"{entry['too_rare']:,} under {min_count} occurrences on a side, {entry['absent']:,} whose senses were not "
            f"weighed{named}."
        )


def _shorten(rows: "pd.DataFrame", top: int | None, table_format: str) -> "pd.DataFrame":
    """Return the first words of each comparison, for a terminal with fewer columns."""
    if top is not None and len(rows):
        rank = rows.groupby(["source", "target"], sort=False)["word"].transform(lambda words: words.factorize()[0])
        rows = rows[rank < top]
    if table_format != "table":
        return rows
    ends = {"source": rows["prevalence_source"], "target": rows["prevalence_target"]}
    names = rows["word"] + "#" + rows["sense"].astype(str)
    short = rows[list(_SHORT)].copy()
    short.insert(0, "sense", names)
    for place, (name, shares) in enumerate(ends.items()):
        short.insert(3 + place, f"in {name}", shares)
    for name in ("in source", "in target", "change", "low", "high"):
        short[name] = short[name].map(lambda share: "" if share != share else f"{100 * share:.0f} %")
    for name in ("p", "q"):
        short[name] = short[name].map(lambda value: "" if value != value else f"{value:.3g}")
    return short
