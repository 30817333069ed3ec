"""``wordvec retrofit``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..artifact_writer import check_output
from ..disk import check_file_output
from .graph_input import GraphInput, exclude_option, exclude_tests, graph_options, hint_at_phrases, read_excluded
from .options import format_option, output_option, overwrite_option
from .output import note, watching
from .retrofit_methods import CONSTRAINING, METHODS, RECORDS, check_settings, method_options, run_method
from .retrofit_report import Report, pairs_path, read_test_pairs, report_retrofit

if TYPE_CHECKING:
    from wordvec.lexicon import Lexicon
    from wordvec.text.vocabulary import Vocabulary

__all__ = ["retrofit"]

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("vectors", type=_PATH)
@graph_options()
@output_option
@click.option(
    "--method",
    type=click.Choice(list(METHODS)),
    default="faruqui",
    show_default=True,
    help="faruqui: neighbors move together; expanded: nodes without a vector get one; functional: a map per relation; "
    "counter-fitting and attract-repel: synonyms move together and antonyms apart.",
)
@method_options
@click.option("--center/--no-center", default=None, help="Subtract the mean vector first (expanded always may).")
@click.option(
    "--unit/--no-unit",
    default=None,
    help="Give vectors unit length (expanded: at the end; counter-fitting and attract-repel always do).",
)
@click.option(
    "--relation-weight",
    "relation_weights",
    multiple=True,
    metavar="NAME=W",
    help="Multiply the weights of a relation; repeatable.",
)
@exclude_option
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
    graph: GraphInput,
    output: Path,
    method: str,
    chosen: dict[str, Any],
    center: bool | None,
    unit: bool | None,
    relation_weights: tuple[str, ...],
    exclude_eval: tuple[Path, ...],
    evaluated: tuple[Path, ...],
    account: Path | None,
    threads: int,
    table_format: str | None,
    overwrite: bool,
) -> None:
    """Move words of VECTORS toward the words that a knowledge graph joins them with, and away from antonyms.

    VECTORS is an artefact (.wv), a word2vec text or binary file, or GloVe text. Words that no edge joins stay as they
    are, to the bit (counter-fitting, attract-repel: but for their length). Tune nothing on a test set whose pairs are
    edges of the graph: --exclude-eval takes them out.

    A graph is whatever `wordvec graph info` can read; several become one. The relation of a word list is synonym or
    antonym if its file's name says so; else name it, as in --graph antonym=list.txt.

    \b
    Example:
        wordvec retrofit vectors.wv --graph synonyms.txt -o retrofitted.wv
    \b
    More:
        wordvec retrofit vectors.wv --graph synonyms.txt --relation-weight synonym=0.5 --center -o out.wv
        wordvec retrofit vectors.wv --method counter-fitting --graph synonym=ppdb.txt --graph antonym=ant.txt -o out.wv
        wordvec retrofit vectors.wv --graph synonym=ppdb.txt --evaluate SimLex-999.txt \\
            --exclude-eval SimLex-999.txt --account account.tsv -o out.wv
    """
    check_settings(method, chosen, unit)
    weights = _read_weights(relation_weights)
    _check_outputs(output, account, evaluated, overwrite=overwrite)
    tests = [read_test_pairs(path) for path in dict.fromkeys(evaluated)]
    barred = read_excluded(exclude_eval)
    from wordvec.files.formats import read_vectors
    from wordvec.knowledge.retrofit import prepare_vectors

    embeddings = read_vectors(vectors)
    lexicon = exclude_tests(_read_lexicon(graph, embeddings.vocabulary, weights, method), barred)
    if method == "expanded":
        given = (("center", center), ("unit", unit))
        chosen |= {name: value for name, value in given if value is not None}
        before = embeddings
    else:
        before = embeddings = prepare_vectors(
            embeddings, center=bool(center), unit=bool(unit) or method in CONSTRAINING
        )
    with watching() as progress:
        after = run_method(method, embeddings, lexicon, chosen, threads, progress)
    after.save(output, overwrite=overwrite)
    repelling = tuple(chosen.get("antonyms", ("antonym",))) if method in CONSTRAINING else ()
    report = Report(before, after, lexicon, output, account, overwrite, RECORDS[method], repelling)
    report_retrofit(report, tests, table_format)


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


def _read_lexicon(graph: GraphInput, vocabulary: "Vocabulary", weights: dict[str, float], method: str) -> "Lexicon":
    """Return the edges of a graph between words of the vectors, and of method expanded to other nodes; say so."""
    from wordvec.knowledge.mapping import make_lexicon

    read = graph.read()
    names = dict.fromkeys((*read.relation_names, "synonym", "token"))
    for name in weights:
        if name not in names:
            shown = ", ".join(n for n in names if n != "token")
            raise click.UsageError(f"--relation-weight must be of {shown}, got {name!r}.")
    lexicon = make_lexicon(
        read,
        vocabulary,
        relations=graph.relations or None,
        relation_weights=weights,
        extras=method == "expanded",
        both_ways=method != "functional",  # what is learnt for a relation leads from its target to its source
    )
    note(f"{lexicon}")
    left_out = ", ".join(f"{n:,} {why.replace('_', ' ')}" for why, n in lexicon.metadata["left_out"].items())
    if left_out:
        note(f"  left out: {left_out}")
    for line in hint_at_phrases(lexicon.metadata):
        note(line)
    if method not in CONSTRAINING and "antonym" in lexicon.relation_names:
        note(
            f"  antonyms move together too by --method {method}; choose relations by --relation, or a method that "
            "tells antonyms: counter-fitting, attract-repel"
        )
    return lexicon
