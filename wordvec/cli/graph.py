"""``wordvec graph``: knowledge graphs, looked at and converted."""

from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..disk import EXISTS
from ..errors import OutputExistsError
from .graph_input import FORMATS
from .options import overwrite_option
from .output import note

if TYPE_CHECKING:
    from ..knowledge.graph import KnowledgeGraph

__all__ = ["graph"]

_PATH = click.Path(path_type=Path)
#: As in wordvec.knowledge.writing, which is not loaded for a page of help.
_OUTPUTS = ("wvg", "edges", "lexicon", "graphml")

_READING = (
    click.option("--format", type=click.Choice(FORMATS), help="What GRAPH is (default: names and first lines tell)."),
    click.option("--language", "languages", multiple=True, metavar="CODE", help="Keep names in it; may be repeated."),
    click.option("--relation", "relations", multiple=True, metavar="NAME", help="Keep edges of it; may be repeated."),
    click.option("--source", "sources", multiple=True, metavar="SAB", help="Of UMLS: keep rows of this vocabulary."),
    click.option("--term-type", "term_types", multiple=True, metavar="TTY", help="Of UMLS: keep names of this type."),
    click.option("--semantic-type", "semantic_types", multiple=True, metavar="TUI", help="Of UMLS: keep its concepts."),
    click.option("--suppressed", is_flag=True, help="Of UMLS: keep rows that are suppressed or obsolete."),
    click.option("--lexical", is_flag=True, help="Of WordNet: keep relations of single words (antonyms), too."),
    click.option(
        "--list-relation",
        metavar="NAME",
        help="Relation of a word list (default: synonym or antonym if its name says so, else related).",
    ),
    click.option("--directed/--undirected", default=None, help="Whether edges have a direction (default: by format)."),
    click.option("--encoding", default="utf-8", show_default=True, help="Encoding of the files."),
    click.option(
        "--errors",
        type=click.Choice(["strict", "replace", "ignore"]),
        default="strict",
        show_default=True,
        help="What to do with bytes that are not in the encoding.",
    ),
)
_NAMES = (
    "format", "languages", "relations", "sources", "term_types", "semantic_types", "suppressed", "lexical",
    "list_relation", "directed", "encoding", "errors",
)  # fmt: skip


def _reading(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of reading and the paths; it gets the graph."""

    @wraps(function)
    def command(paths: tuple[Path, ...], **options: Any) -> None:
        from ..knowledge.reading import read_graph

        given = {name: options.pop(name) for name in _NAMES}
        chosen: dict[str, Any] = {name: None if value == () else value for name, value in given.items()}
        output = options.get("output")
        if output is not None and output.exists() and not options["overwrite"]:  # before long work
            raise OutputExistsError(f"{output} {EXISTS}")
        function(loaded=read_graph(paths, **chosen), **options)

    decorated: Callable[..., None] = command
    for option in reversed(_READING):
        decorated = option(decorated)
    return click.argument("paths", metavar="GRAPH...", nargs=-1, required=True, type=_PATH)(decorated)


@click.group()
def graph() -> None:
    """Read knowledge graphs: UMLS, WordNet, BabelNet, ontologies, lists of words.

    A graph has concepts, their names in one or more languages, and typed, weighted edges. Several GRAPHs become one;
    they meet in their concepts. Nothing is left out without being counted: `wordvec graph info` tells.

    \b
    Examples:
        wordvec graph info synonyms.txt
        wordvec graph convert synonyms.txt -o synonyms.wvg
    """


@graph.command()
@_reading
@click.option(
    "--table",
    "table_format",
    type=click.Choice(["table", "tsv", "json"]),
    default=None,
    help="How to print the table (default: table on a terminal, else tsv).",
)
def info(loaded: "KnowledgeGraph", table_format: str | None) -> None:
    """Describe a graph: concepts, names, languages, relations, degrees, cycles, and what was left out and why.

    \b
    Example:
        wordvec graph info synonyms.txt
    """
    from ..knowledge.description import describe_graph
    from .output import print_table

    print_table(describe_graph(loaded), table_format)


@graph.command()
@_reading
@click.option("-o", "--output", type=_PATH, required=True, metavar="PATH", help="File or folder to write.")
@click.option(
    "--to",
    "output_format",
    type=click.Choice(_OUTPUTS),
    default=None,
    help="What to write (default: by the ending of PATH: .wvg, .tsv, .txt, .graphml).",
)
@overwrite_option
def convert(loaded: "KnowledgeGraph", output: Path, output_format: str | None, overwrite: bool) -> None:
    """Write a graph as an artefact, a table of edges, a lexicon for retrofitting, or GraphML.

    A table of edges has ids and no names; a lexicon has words and their neighbors, no relations and weights. What
    the format cannot hold (control characters) is left out and counted.

    \b
    Example:
        wordvec graph convert synonyms.txt -o synonyms.wvg
    """
    from ..knowledge.writing import write_graph

    unwritten = write_graph(loaded, output, format=output_format, overwrite=overwrite)
    listed = _list_counts(loaded.metadata.get("left_out", {}))
    note(f"{loaded!r}" + (f"; left out: {listed}" if listed else ""))
    if unwritten:
        note(f"  not written, for the format cannot hold their characters: {_list_counts(unwritten)}")


def _list_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what.replace('_', ' ')}" for what, count in counts.items())
