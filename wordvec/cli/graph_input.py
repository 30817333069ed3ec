"""Where a command takes a knowledge graph: a folder made by ``wordvec graph convert``, or a file of one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..artifact import is_artifact

if TYPE_CHECKING:
    from ..knowledge.graph import KnowledgeGraph
    from ..lexicon import Lexicon
    from ..text.vocabulary import Vocabulary

__all__ = ["GraphInput", "describe_lexicon", "graph_options", "open_graph", "read_lexicon", "read_names"]

_PATH = click.Path(path_type=Path)
#: Endings of files that are lists of phrases, not graphs.
_LISTS = (".txt",)
_PACKED = (".gz", ".bz2", ".xz")


@dataclass(frozen=True, kw_only=True)
class GraphInput:
    """What the options of :func:`graph_options` said."""

    path: Path | None
    weight: float
    relations: tuple[str, ...]


_OPTIONS = (
    click.option(
        "--graph",
        type=_PATH,
        metavar="FILE",
        help="Draw the words of linked concepts together: a knowledge graph, or a lexicon of words.",
    ),
    click.option(
        "--graph-weight",
        type=float,
        default=0.1,
        show_default=True,
        help="How much a neighbor counts against what a word's own text says.",
    ),
    click.option(
        "--relation", "relations", multiple=True, metavar="NAME", help="Only edges of this relation; repeatable."
    ),
)


def graph_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of joint training, passed on as ``graph``."""

    @wraps(function)
    def command(**options: Any) -> None:
        path, weight, relations = (options.pop(name) for name in ("graph", "graph_weight", "relations"))
        if path is None and relations:
            raise click.UsageError("--relation chooses edges of --graph, which is not there.")
        function(graph=GraphInput(path=path, weight=weight, relations=relations), **options)

    decorated: Callable[..., None] = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def open_graph(path: Path) -> "KnowledgeGraph":
    """Load a graph that was saved, or read a file of another format."""
    from ..knowledge.graph import KnowledgeGraph

    if is_artifact(path):
        return KnowledgeGraph.load(path)
    from ..knowledge.reading import read_graph

    return read_graph(path)


def read_lexicon(given: GraphInput, vocabulary: "Vocabulary") -> "Lexicon | None":
    """Return the lexicon of a graph over a vocabulary; None if no graph was given."""
    if given.path is None:
        return None
    from ..knowledge.mapping import make_lexicon

    return make_lexicon(open_graph(given.path), vocabulary, relations=given.relations or None)


def read_names(path: Path) -> list[str]:
    """Return the names of a graph's concepts, or the phrases of a list: a .txt file, packed or not."""
    suffixes = [suffix for suffix in path.suffixes if suffix not in _PACKED]
    if path.is_file() and suffixes[-1:] in ([], *([ending] for ending in _LISTS)):
        from ..text.phrases import read_phrases

        return read_phrases(path)
    graph = open_graph(path)
    return list(graph.concepts if graph.terms is None else graph.terms.texts)


def describe_lexicon(account: Mapping[str, Any] | None) -> list[str]:
    """Return what a training says of its graph, in words."""
    if account is None:
        return []
    edges = ", ".join(f"{n:,} {relation}" for relation, n in account["edges"].items())
    lines = [f"  graph of weight {account['weight']:g}: {account['linked_words']:,} words linked ({edges})"]
    left_out = ", ".join(f"{n:,} {reason.replace('_', ' ')}" for reason, n in account["left_out"].items())
    return lines + ([f"  edges left out: {left_out}"] if left_out else [])
