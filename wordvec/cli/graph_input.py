"""Where a command takes knowledge graphs: folders made by ``wordvec graph convert``, or files of any format."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import note

if TYPE_CHECKING:
    from ..knowledge.graph import KnowledgeGraph
    from ..lexicon import Lexicon
    from ..text.vocabulary import Vocabulary

__all__ = [
    "FORMATS",
    "GraphInput",
    "describe_lexicon",
    "exclude_option",
    "exclude_tests",
    "graph_options",
    "hint_at_phrases",
    "joint_options",
    "read_excluded",
    "read_lexicon",
    "read_names",
]

#: As in wordvec.knowledge.forms, which is not loaded for a page of help.
FORMATS = (
    "wvg", "umls", "wordnet", "wn", "omw", "babelnet", "obo", "mesh", "conceptnet", "synsets", "edges", "lexicon",
    "pairs",
)  # fmt: skip
#: Endings of files that are lists of phrases, not graphs.
_LISTS = (".txt",)
_PACKED = (".gz", ".bz2", ".xz")
#: So many relations are named.
_LISTED = 5
#: Share of concepts below which a graph counts as not found.
_FEW = 0.02


@dataclass(frozen=True, kw_only=True)
class GraphInput:
    """What the options of :func:`graph_options` said.

    Parameters
    ----------
    paths : tuple of Path
        Graphs, which become one; none if none were given.
    list_relations : mapping of Path to str
        Relations that were named for word lists among them.
    format, languages, directed
        As for :func:`wordvec.knowledge.reading.read_graph`.
    relations : tuple of str
        Edges of these relations are wanted; all if there are none.
    weight : float
        Of the graph's term, in joint training.
    excluded : tuple of Path
        Test sets whose pairs are no edges, in joint training.
    """

    paths: tuple[Path, ...] = ()
    list_relations: Mapping[Path, str]
    format: str | None = None
    languages: tuple[str, ...] = ()
    directed: bool | None = None
    relations: tuple[str, ...] = ()
    weight: float = 0.1
    excluded: tuple[Path, ...] = ()

    def read(self) -> "KnowledgeGraph":
        """Return the graph."""
        from ..knowledge.reading import read_graph

        return read_graph(
            self.paths,
            format=self.format,
            languages=self.languages or None,
            list_relation=self.list_relations,
            directed=self.directed,
        )


_READING = (
    click.option(
        "--graph-format", type=click.Choice(FORMATS), help="What a graph is (default: names and first lines tell)."
    ),
    click.option("--graph-language", multiple=True, metavar="CODE", help="Only names in it; repeatable."),
    click.option(
        "--directed/--undirected",
        default=None,
        help="Whether edges have a direction (default: by format); to be said where graphs differ in it.",
    ),
)
_RELATIONS = click.option(
    "--relation", "relations", multiple=True, metavar="NAME", help="Only edges of this relation; repeatable."
)
_WEIGHT = click.option(
    "--graph-weight",
    type=float,
    default=0.1,
    show_default=True,
    help="How much a neighbor counts against what a word's own text says.",
)
#: Gives a command the option of test sets that no edge may give away.
exclude_option = click.option(
    "--exclude-eval",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="FILE",
    help="Leave out edges whose two ends are a pair of this test set (scores are not needed); repeatable.",
)
_NAMED = "A knowledge graph, or a list of words; NAME=FILE says what the words of a list are to each other; repeatable."


def graph_options(
    *, required: bool = True, edges: bool = True, help: str = _NAMED
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of reading graphs, passed on as ``graph``.

    Parameters
    ----------
    required : bool, default True
        Whether one graph is needed at least.
    edges : bool, default True
        Whether relations may be chosen.
    help : str
        Of ``--graph``.
    """
    source = click.option("--graph", "graphs", multiple=True, required=required, metavar="[NAME=]FILE", help=help)
    return _adder((source, *_READING, *([_RELATIONS] if edges else [])))


def joint_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of joint training, passed on as ``graph``."""
    source = click.option(
        "--graph",
        "graphs",
        multiple=True,
        metavar="[NAME=]FILE",
        help="Draw the words of linked concepts together: a knowledge graph, or a list of words; NAME=FILE says what "
        "the words of a list are to each other; repeatable.",
    )
    return _adder((source, *_READING, _RELATIONS, _WEIGHT, exclude_option), joint=True)(function)


def _adder(
    options: tuple[Callable[[Callable[..., None]], Callable[..., None]], ...],
    *,
    joint: bool = False,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def add(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def command(**given: Any) -> None:
            graphs, relations = given.pop("graphs"), given.pop("relations", ())
            reading = {
                "format": given.pop("graph_format"),
                "languages": given.pop("graph_language"),
                "directed": given.pop("directed"),
            }
            if not graphs and (relations or any(value not in (None, ()) for value in reading.values())):
                raise click.UsageError(
                    "--relation, --graph-format, --graph-language and --directed are of --graph, which is not there."
                )
            own = {"weight": given.pop("graph_weight"), "excluded": given.pop("exclude_eval")} if joint else {}
            if joint and own["excluded"] and not graphs:
                raise click.UsageError("--exclude-eval is of --graph, which is not there.")
            named = _split_names(graphs)
            paths = tuple(path for path, _ in named)
            lists = {path: name for path, name in named if name}
            function(
                graph=GraphInput(paths=paths, list_relations=lists, relations=relations, **reading, **own), **given
            )

        decorated: Callable[..., None] = command
        for option in reversed(options):
            decorated = option(decorated)
        return decorated

    return add


def _split_names(graphs: tuple[str, ...]) -> list[tuple[Path, str]]:
    """Return path and name of each ``NAME=FILE``; a file that is called so is one."""
    found: list[tuple[Path, str]] = []
    for text in graphs:
        name, equals, path = text.partition("=")
        if not equals or Path(text).exists():
            found.append((Path(text), ""))
        elif name.strip() and path:
            found.append((Path(path), name.strip()))
        else:
            raise click.UsageError(f"--graph must be FILE or NAME=FILE, such as antonym=list.txt, got {text!r}.")
    twice = [path for number, (path, _) in enumerate(found) if path in dict(found[:number])]
    if twice:
        raise click.UsageError(f"--graph names {twice[0]} twice.")
    return found


def read_lexicon(given: GraphInput, vocabulary: "Vocabulary") -> "Lexicon | None":
    """Return the lexicon of a graph over a vocabulary; None if no graph was given."""
    if not given.paths:
        return None
    from ..knowledge.mapping import make_lexicon

    barred = read_excluded(given.excluded)  # a test set that is not there is told first
    lexicon = make_lexicon(given.read(), vocabulary, relations=given.relations or None)
    for line in hint_at_phrases(lexicon.metadata):
        note(line)
    return exclude_tests(lexicon, barred)


def hint_at_phrases(told: Mapping[str, Any]) -> list[str]:
    """Return how more of a graph would be found, where next to nothing is and most names are of several words.

    Parameters
    ----------
    told : mapping
        Metadata of a lexicon.
    """
    ways, named = told["found"]["concepts"], told["named_concepts"]
    found = sum(ways[way] for way in ("exact", "lower", "phrase", "lemma"))
    if ways["phrase"] or found >= _FEW * named or 2 * told["phrases_missed"] <= sum(told["found"]["terms"].values()):
        return []
    return [
        f"  {found:,} of {named:,} concepts with names are words of the vocabulary ({found / named:.1%}); most names "
        "are of several words: encode the text with wordvec encode --phrases-from GRAPH and train on that"
    ]


def read_excluded(paths: Sequence[Path]) -> list[tuple[str, str]]:
    """Return the word pairs of files, or of test sets that ship, with or without scores."""
    from ..evaluate.sets.datasets import BUNDLED, bundled
    from ..evaluate.sets.pairs import read_word_pairs

    ships = {path for path in paths if str(path) in BUNDLED and not path.exists()}
    return [pair for path in paths for pair in read_word_pairs(bundled(str(path)) if path in ships else path)]


def exclude_tests(lexicon: "Lexicon", pairs: Sequence[tuple[str, str]]) -> "Lexicon":
    """Return the lexicon without edges that are pairs of test sets; say how many there were."""
    if not pairs:
        return lexicon
    from ..knowledge.account import exclude_pairs
    from .output import note

    found = exclude_pairs(lexicon, pairs)
    note("  {edges:,} edges left out that are one of {pairs:,} test pairs".format(**found.metadata["excluded"]))
    return found


def read_names(path: Path) -> list[str]:
    """Return the names of a graph's concepts, or the phrases of a list: a .txt file, packed or not."""
    suffixes = [suffix for suffix in path.suffixes if suffix not in _PACKED]
    if path.is_file() and suffixes[-1:] in ([], *([ending] for ending in _LISTS)):
        from ..text.phrases import read_phrases

        return read_phrases(path)
    from ..knowledge.reading import read_graph

    graph = read_graph(path)
    return list(graph.concepts if graph.terms is None else graph.terms.texts)


def describe_lexicon(account: Mapping[str, Any] | None) -> list[str]:
    """Return what a training says of its graph, in words."""
    if account is None:
        return []
    largest = sorted(account["edges"].items(), key=lambda item: (-item[1], item[0]))
    edges = ", ".join(f"{n:,} {relation}" for relation, n in largest[:_LISTED])
    if len(largest) > _LISTED:
        edges += f", {sum(n for _, n in largest[_LISTED:]):,} of {len(largest) - _LISTED:,} more relations"
    lines = [f"  graph of weight {account['weight']:g}: {account['linked_words']:,} words linked ({edges})"]
    left_out = ", ".join(f"{n:,} {reason.replace('_', ' ')}" for reason, n in account["left_out"].items())
    return lines + ([f"  edges left out: {left_out}"] if left_out else [])
