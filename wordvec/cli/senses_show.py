"""``wordvec senses show``: what the senses of a word are."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from .nearest import find_senses
from .options import format_option
from .output import note, on_terminal, print_table
from .text_cleaning import is_private

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from ..senses.embeddings import SenseEmbeddings
    from ..senses.examples import Example
    from ..text.corpus import Corpus

__all__ = ["show"]

_PATH = click.Path(path_type=Path)


class _Usage(NamedTuple):
    """What a corpus shows of a sense."""

    context_words: list[str]
    examples: "list[Example]"


@click.command()
@click.argument("senses", type=_PATH)
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("--corpus", type=_PATH, metavar="CORPUS", help="Quote examples from this corpus.")
@click.option("-k", type=click.IntRange(1), default=8, show_default=True, help="How many neighbors.")
@click.option("--examples", type=click.IntRange(0), default=3, show_default=True, help="Examples of each sense.")
@click.option(
    "--width", type=click.IntRange(20), default=100, show_default=True, help="Characters of an example to show."
)
@format_option
def show(
    senses: Path,
    words: tuple[str, ...],
    corpus: Path | None,
    k: int,
    examples: int,
    width: int,
    table_format: str | None,
) -> None:
    """Show the senses of WORD: how frequent they are, their nearest neighbors, how they are used.

    WORD is a word, or one of its senses as bank#2. Examples are those sentences of CORPUS of which it is
    surest that they mean this sense; with them come the words that set it apart from the others. Where SENSES
    were followed through slices (`wordvec senses align`), their shares in every slice are shown, too.

    \b
    Example:
        wordvec senses show senses.wv broadcast --corpus corpus.wvc
    \b
    More:
        wordvec senses show senses.wvs broadcast --corpus corpus.wvc
    """
    from ..files.formats import read_senses, sniff

    loaded = read_senses(senses)
    asked = find_senses(loaded, words)
    used = {} if corpus is None else _look_up(loaded, corpus, asked, examples, width)
    chosen = table_format or ("table" if on_terminal() else "tsv")
    table = _table(loaded, asked, used, k, chosen)
    curves = _prevalences(senses, asked) if sniff(senses) == "sense-slices" else None
    if chosen != "table" and curves is not None:
        table = _add_slices(table, curves)
    print_table(table, chosen)
    if chosen == "table" and curves is not None:
        _print_curves(curves)
    if chosen == "table" and used:
        _print_usage(loaded, asked, used)


def _prevalences(path: Path, asked: "Sequence[tuple[str, int]]") -> "pd.DataFrame":
    """Return how common the senses asked for are in every slice."""
    from ..drift.sense_curves import list_prevalences
    from ..senses.slices import SenseSlices

    table = list_prevalences(SenseSlices.load(path), list(dict.fromkeys(word for word, _ in asked)))
    wanted = set(asked)
    return table[[key in wanted for key in zip(table["word"], table["sense"], strict=True)]]


def _add_slices(table: "pd.DataFrame", curves: "pd.DataFrame") -> "pd.DataFrame":
    """Return the table with three columns for each slice: prevalence, and the ends of its interval."""
    for label, part in curves.groupby("slice", sort=False):
        shares = part.set_index(["word", "sense"])[["prevalence", "low", "high"]].add_suffix(f" {label}")
        table = table.join(shares, on=["word", "sense"])
    return table


def _print_curves(curves: "pd.DataFrame") -> None:
    """Print a line of bars for each sense, one bar for each slice."""
    from ..drift.sense_curves import draw_curves
    from ..report.markup import clean

    click.echo(f"\nshares in the slices {clean(', '.join(dict.fromkeys(curves['slice'])))}")
    for line in draw_curves(curves):
        click.echo(f"  {clean(line)}")


def _look_up(
    senses: "SenseEmbeddings", path: Path, asked: "Sequence[tuple[str, int]]", k: int, width: int
) -> "Mapping[tuple[str, int], _Usage]":
    """Return how each sense is used in a corpus; words that do not occur there are named on standard error."""
    from ..errors import FormatError
    from ..senses.examples import choose_examples
    from ..senses.occurrences import find_occurrences, typical_words
    from ..text.corpus import Corpus

    corpus, used = Corpus.load(path), {}
    k = 0 if k and is_private(corpus) else k
    for word in dict.fromkeys(word for word, _ in asked):
        try:
            found = find_occurrences(senses, corpus, word)
        except FormatError as error:
            note(str(error))
            continue
        examples = choose_examples(found, corpus, k=k, width=width) if k else []
        if any(not example.is_line for example in examples):
            _note_lost_lines(corpus)
        for number in senses.kept(word):
            own = [example for example in examples if example.sense == number]
            used[word, number] = _Usage(typical_words(found, number), own)
    return used


def _note_lost_lines(corpus: "Corpus") -> None:
    from ..errors import FormatError

    try:
        corpus.line(0)
    except FormatError as error:
        note(f"Examples are put together from the words of the corpus: {error}")


def _table(
    senses: "SenseEmbeddings",
    asked: "Sequence[tuple[str, int]]",
    used: "Mapping[tuple[str, int], _Usage]",
    k: int,
    table_format: str,
) -> "pd.DataFrame":
    import pandas as pd

    rows = []
    for word, number in asked:
        row, place = senses.place(word, number)
        share = float(senses.prevalence[row, place])
        near = [shorten(senses, neighbor.word) for neighbor in senses.nearest(word, number, k=k)]
        count = round(share * int(senses.vocabulary.counts[row]))
        rows.append([word, number, senses.label(word, number), share, count, " ".join(near)])
    table = pd.DataFrame(rows, columns=["word", "sense", "label", "prevalence", "count", "neighbors"])
    if not table["label"].any():
        table = table.drop(columns="label")
    if table_format == "table" or not used:
        return table
    usage = [used.get(key, _Usage([], [])) for key in asked]
    table["context_words"] = [" ".join(one.context_words) for one in usage]
    quotes = [[" ".join(example.text.split()) for example in one.examples] for one in usage]
    table["examples"] = quotes if table_format == "json" else [" | ".join(some) for some in quotes]
    return table


def shorten(senses: "SenseEmbeddings", name: str) -> str:
    """Return ``river`` for ``river#1`` where that is the only sense of the word."""
    word = name.rpartition("#")[0]
    return word if len(senses.kept(word)) == 1 else name


def _print_usage(
    senses: "SenseEmbeddings",
    asked: "Sequence[tuple[str, int]]",
    used: "Mapping[tuple[str, int], _Usage]",
) -> None:
    """Print, below the table, examples of each sense and the words that set it apart."""
    from ..report.markup import clean

    for word, number in asked:
        if (word, number) not in used:
            continue
        usage = used[word, number]
        click.echo(f"\n{clean(word)}#{number}  {clean(senses.label(word, number))}".rstrip())
        click.echo(f"  with: {clean(' '.join(usage.context_words)) or '(nothing that sets it apart)'}")
        for example in usage.examples:
            click.echo(f"  {example.probability:.2f}  {clean(' '.join(example.text.split()))}")
        if not usage.examples:
            click.echo("  (the most probable sense nowhere in this corpus)")
