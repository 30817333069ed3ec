"""``wordvec retrofit``."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..artifact_writer import check_output
from ..disk import check_file_output
from .options import format_option, output_option, overwrite_option
from .output import note, watching
from .retrofit_report import Report, pairs_path, read_test_pairs, report_retrofit

if TYPE_CHECKING:
    from wordvec import Embeddings
    from wordvec.lexicon import Lexicon
    from wordvec.progress import Watcher
    from wordvec.text.vocabulary import Vocabulary

__all__ = ["retrofit"]

_PATH = click.Path(path_type=Path)
_SWEEPS = ("iterations", "tolerance")
#: Which settings each method has; others are refused.
_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "faruqui": ("solver", "alpha", "beta", *_SWEEPS),
    "expanded": ("original_weight", "self_weight", "iterations"),
    "functional": ("alpha", "beta", "penalty", *_SWEEPS),
}
_METHOD_OPTIONS = (
    click.option(
        "--solver",
        type=click.Choice(["gauss_seidel", "jacobi", "cg", "direct"]),
        help="Of faruqui: sweeps in the order of words, sweeps of all at once, conjugate gradient, or the exact "
        "solution (default: gauss_seidel).",
    ),
    click.option("--alpha", type=float, help="How much a word is held where it was (default: 1)."),
    click.option(
        "--beta",
        type=click.Choice(["degree", "weight"]),
        help="How much an edge pulls: its weight over the word's number of edges, or its weight (default: degree).",
    ),
    click.option("--iterations", type=int, help="Sweeps, at most (default: 10; of expanded, 5)."),
    click.option("--tolerance", type=float, help="Stop at this relative residual (default: 0.0001)."),
    click.option("--original-weight", type=float, help="Of expanded: share of a word's old vector (default: 0.15)."),
    click.option("--self-weight", type=float, help="Of expanded: a node among its neighbors (default: 1)."),
    click.option("--penalty", type=float, help="Of functional: how much maps are held at the identity (default: 10)."),
)
_NAMES = ("solver", "alpha", "beta", "iterations", "tolerance", "original_weight", "self_weight", "penalty")


def _method_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the methods; it gets those that were typed as ``chosen``."""

    @wraps(function)
    def command(**options: Any) -> None:
        given = {name: options.pop(name) for name in _NAMES}
        function(chosen={name: value for name, value in given.items() if value is not None}, **options)

    decorated: Callable[..., None] = command
    for option in reversed(_METHOD_OPTIONS):
        decorated = option(decorated)
    return decorated


@click.command()
@click.argument("vectors", type=_PATH)
@click.option(
    "--graph", "graphs", type=_PATH, multiple=True, required=True, metavar="FILE", help="A knowledge graph; repeatable."
)
@output_option
@click.option(
    "--method",
    type=click.Choice(list(_SETTINGS)),
    default="faruqui",
    show_default=True,
    help="faruqui: neighbors move together; expanded: nodes without a vector get one; functional: a map per relation.",
)
@_method_options
@click.option("--center/--no-center", default=None, help="Subtract the mean vector first (expanded always may).")
@click.option("--unit/--no-unit", default=None, help="Give vectors unit length (expanded: at the end).")
@click.option("--relations", metavar="A,B", help="Use these relations only (default: all).")
@click.option(
    "--relation-weight",
    "relation_weights",
    multiple=True,
    metavar="NAME=W",
    help="Multiply the weights of a relation; repeatable.",
)
@click.option(
    "--exclude-eval",
    type=_PATH,
    multiple=True,
    metavar="FILE",
    help="Leave out edges whose two ends are a pair of this test set, and count them; repeatable.",
)
@click.option(
    "--evaluate",
    "evaluated",
    type=_PATH,
    multiple=True,
    metavar="FILE",
    help="Word pairs with scores: correlations before and after; repeatable.",
)
@click.option(
    "--account",
    type=_PATH,
    metavar="FILE.tsv",
    help="Write how far each word moved and who pulled it; with --evaluate also, to FILE.pairs.tsv, which test pairs "
    "changed places because of which edges.",
)
@click.option(
    "--threads",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Threads that share the columns; does not change the result. Sweeps wait for memory: more are seldom quicker.",
)
@format_option
@overwrite_option
def retrofit(
    vectors: Path,
    graphs: tuple[Path, ...],
    output: Path,
    method: str,
    chosen: dict[str, Any],
    center: bool | None,
    unit: bool | None,
    relations: str | None,
    relation_weights: tuple[str, ...],
    exclude_eval: tuple[Path, ...],
    evaluated: tuple[Path, ...],
    account: Path | None,
    threads: int,
    table_format: str | None,
    overwrite: bool,
) -> None:
    """Move words of VECTORS toward the words that a knowledge graph joins them with.

    VECTORS is an artefact (.wv), a word2vec text or binary file, or GloVe text. Words that no edge joins stay as they
    are, to the bit. Tune nothing on a test set whose pairs are edges of the graph: --exclude-eval takes them out.

    \b
    Example:
        wordvec retrofit vectors.wv --graph synonyms.txt -o retrofitted.wv
    \b
    More:
        wordvec retrofit vectors.wv --graph wordnet --relation-weight hypernym=0.5 --center -o out.wv
        wordvec retrofit vectors.wv --graph ppdb.txt --evaluate SimLex-999.txt --exclude-eval SimLex-999.txt \\
            --account account.tsv -o out.wv
    """
    odd = [f"--{name.replace('_', '-')}" for name in chosen if name not in _SETTINGS[method]]
    if odd:
        raise click.UsageError(f"{odd[0]} is no option of --method {method}; leave it out.")
    weights = _read_weights(relation_weights)
    _check_outputs(output, account, evaluated, overwrite=overwrite)
    read = {path: read_test_pairs(path) for path in dict.fromkeys((*evaluated, *exclude_eval))}
    tests, barred = ([read[path] for path in dict.fromkeys(paths)] for paths in (evaluated, exclude_eval))
    from wordvec.files.formats import read_vectors
    from wordvec.knowledge.account import exclude_pairs
    from wordvec.knowledge.retrofit import prepare_vectors

    embeddings = read_vectors(vectors)
    names = None if relations is None else [name.strip() for name in relations.split(",")]
    lexicon = _read_lexicon(graphs, embeddings.vocabulary, names, weights, extras=method == "expanded")
    note(f"{lexicon}")
    if barred:
        lexicon = exclude_pairs(lexicon, [pair for pairs in barred for pair in pairs.words])
        note("  {edges:,} edges left out that are one of {pairs:,} test pairs".format(**lexicon.metadata["excluded"]))
    if method == "expanded":
        given = (("center", center), ("unit", unit))
        chosen |= {name: value for name, value in given if value is not None}
        before = prepare_vectors(embeddings, center=center is not False, unit=unit is not False)
    else:
        before = embeddings = prepare_vectors(embeddings, center=bool(center), unit=bool(unit))
    with watching() as progress:
        after = _RUN[method](embeddings, lexicon, chosen, threads, progress)
    after.save(output, overwrite=overwrite)
    report_retrofit(Report(before, after, lexicon, output, account, overwrite), tests, table_format)


def _faruqui(
    embeddings: "Embeddings", lexicon: "Lexicon", chosen: dict[str, Any], threads: int, progress: "Watcher"
) -> "Embeddings":
    from wordvec.knowledge.retrofit import retrofit

    return retrofit(embeddings, lexicon, threads=threads, progress=progress, **chosen)


def _expanded(
    embeddings: "Embeddings", lexicon: "Lexicon", chosen: dict[str, Any], threads: int, progress: "Watcher"
) -> "Embeddings":
    from wordvec.knowledge.expanded import expanded_retrofit

    return expanded_retrofit(embeddings, lexicon, threads=threads, progress=progress, **chosen)


def _functional(
    embeddings: "Embeddings", lexicon: "Lexicon", chosen: dict[str, Any], threads: int, progress: "Watcher"
) -> "Embeddings":
    from wordvec.knowledge.functional import functional_retrofit

    return functional_retrofit(embeddings, lexicon, threads=threads, progress=progress, **chosen).embeddings


#: What each method does; its settings stand in ``_SETTINGS``.
_RUN = {"faruqui": _faruqui, "expanded": _expanded, "functional": _functional}


def _check_outputs(output: Path, account: Path | None, evaluated: tuple[Path, ...], *, overwrite: bool) -> None:
    check_output(output, "embeddings", overwrite=overwrite)
    if account is not None:
        check_file_output(account, overwrite=overwrite)
        if evaluated:
            check_file_output(pairs_path(account), overwrite=overwrite)


def _read_weights(given: tuple[str, ...]) -> dict[str, float]:
    weights = {}
    for text in given:
        name, found, weight = text.rpartition("=")
        try:
            weights[name] = float(weight)
        except ValueError:
            found = ""
        if not (name and found):
            raise click.UsageError(f"--relation-weight must be NAME=W, such as hypernym=0.5, got {text!r}.")
    return weights


def _read_lexicon(
    paths: tuple[Path, ...],
    vocabulary: "Vocabulary",
    relations: list[str] | None,
    weights: Mapping[str, float],
    *,
    extras: bool,
) -> "Lexicon":
    """Return the edges that the files hold between words of the vectors, and with ``extras`` to other nodes."""
    from wordvec.knowledge.retrofit import keep_relations, weigh_relations

    lexicon = _read_lists(paths, vocabulary, extras=extras)
    lexicon = lexicon if relations is None else keep_relations(lexicon, relations)
    return weigh_relations(lexicon, weights) if weights else lexicon


def _read_lists(paths: tuple[Path, ...], vocabulary: "Vocabulary", *, extras: bool) -> "Lexicon":
    """Read lists of a word and its neighbors, one a line, all synonyms."""
    from wordvec.lexicon import Lexicon
    from wordvec.senses.inventory_graph import Source
    from wordvec.text.vocabulary import Vocabulary

    def known(word: str) -> str:
        return word if vocabulary.get(word) >= 0 else word.lower()

    pairs = []
    for path in paths:
        for _, line in Source(path).lines():
            head, *others = line.split()
            pairs += [(known(head), known(other)) for other in others]
    if not extras:
        return Lexicon.from_pairs(pairs, vocabulary)
    new = tuple(sorted({word for pair in pairs for word in pair if vocabulary.get(word) < 0}))
    whole = Vocabulary(vocabulary.words + new, [*vocabulary.counts.tolist(), *[0] * len(new)])  # type: ignore[arg-type]
    return replace(Lexicon.from_pairs(pairs, whole), vocabulary=vocabulary, extras=new)
