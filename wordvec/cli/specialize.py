"""``wordvec specialize``."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..artifact_writer import check_output
from ..errors import FormatError
from .graph_input import GraphInput, graph_options
from .options import output_option, overwrite_option, seed_option, threads_option
from .output import note, watching

if TYPE_CHECKING:
    from ..embeddings import Embeddings
    from ..knowledge.graph import KnowledgeGraph
    from ..slices import AlignedSlices

__all__ = ["specialize"]

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("vectors", nargs=-1, required=True, metavar="LANG=VECTORS...")
@graph_options(help="Concepts with names, or lists of synonyms (synonym=FILE); repeatable.")
@output_option
@click.option("--base", metavar="LANG", help="Language that the others are rotated onto (default: the first).")
@click.option(
    "--dictionary", "dictionaries", multiple=True, metavar="LANG=FILE", help="Word of the base and translation, a line."
)
@click.option(
    "--exclude", multiple=True, metavar="LANG-LANG=FILE", help="Test dictionary, whose words no pair may hold."
)
@click.option("--learn-from", multiple=True, metavar="LANG", help="Learn from these languages only; repeatable.")
@click.option("--tau", default=0.07, show_default=True, help="Temperature of the loss.")
@click.option("--batch-size", default=256, show_default=True, help="Pairs of a batch.")
@click.option("--rank", default=32, show_default=True, help="Rank of the map that is learnt.")
@click.option("--lr", default=0.01, show_default=True, help="Learning rate at the start.")
@click.option("--epochs", default=20, show_default=True, help="So often as many pairs are drawn as there are.")
@click.option(
    "--exponent", default=0.5, show_default=True, help="Two languages are drawn by their pairs to this power."
)
@click.option("--cap", default=200, show_default=True, help="At most so many pairs of one concept.")
@click.option("--own-maps", is_flag=True, help="A map for each language instead of one for all.")
@click.option("--rows", is_flag=True, help="Move the words of pairs themselves too.")
@click.option("--across-only", is_flag=True, help="No pairs of two words of one language.")
@seed_option
@threads_option
@overwrite_option
def specialize(
    vectors: tuple[str, ...],
    graph: GraphInput,
    output: Path,
    base: str | None,
    dictionaries: tuple[str, ...],
    exclude: tuple[str, ...],
    learn_from: tuple[str, ...],
    own_maps: bool,
    across_only: bool,
    threads: int | None,
    overwrite: bool,
    **settings: Any,
) -> None:
    """Draw words together that a graph names one concept with, in one language or several.

    Give vectors of each language with the code that the graph has for it, as in eng=english.wv, or one result of this
    command alone. With --dictionary, languages are first rotated onto the base; without, they must lie in one space
    already. Of a graph in which no concept has two names, such as a list of synonyms, the words that a synonym edge
    joins count as names of one concept (other relations: --relation). The output is vectors by language: slices, for
    `wordvec nearest`, `evaluate`, `info` and `convert --slice`.

    \b
    Example:
        wordvec specialize eng=vectors.wv --graph concepts.wvg -o special.wvs
    \b
    More:
        wordvec specialize eng=en.vec deu=de.vec --dictionary deu=train.en-de.tsv \\
            --graph wordnet.wvg --graph deu.wvg --exclude eng-deu=test.en-de.tsv -o both.wvs
    """
    from ..knowledge.specialize import Specializer

    check_output(output, "slices", overwrite=overwrite)
    specializer = Specializer(shared=not own_maps, within=not across_only, **settings)
    start = _read_languages(vectors, base, dictionaries)
    concepts = _read_concepts(graph, start.labels)
    note(f"  learning from {len(concepts):,} concepts, {specializer.epochs} epochs")
    with watching() as progress:
        done = specializer.specialize(
            start,
            concepts,
            languages=learn_from or None,
            exclude=_read_excluded(exclude),
            threads=threads,
            progress=progress,
        )
    done.save(output, overwrite=overwrite)
    _report(done, output, specializer.batch_size)


def _split(given: Sequence[str], option: str) -> list[tuple[str, Path]]:
    """Return name and path of each ``NAME=PATH``, each name once."""
    found = []
    for text in given:
        name, equals, path = text.partition("=")
        if not (name and equals and path):
            raise click.UsageError(f"{option} must look like deu=FILE, got {text!r}.")
        found.append((name, Path(path)))
    twice = [name for number, (name, _) in enumerate(found) if name in dict(found[:number])]
    if twice:
        raise click.UsageError(f"{option} names {twice[0]!r} twice.")
    return found


def _read_languages(vectors: tuple[str, ...], base: str | None, dictionaries: tuple[str, ...]) -> "AlignedSlices":
    from ..evaluate.bilingual import read_dictionary
    from ..files.formats import read_vectors
    from ..knowledge.languages import join_languages, map_languages
    from ..slices import AlignedSlices

    if len(vectors) == 1 and "=" not in vectors[0]:
        if dictionaries or base is not None:
            raise click.UsageError("--base and --dictionary rotate vectors that are given as LANG=VECTORS.")
        from ..artifact import is_artifact, open_artifact

        path = Path(vectors[0])
        if not is_artifact(path) or open_artifact(path).metadata.get("kind") != "slices":
            raise click.UsageError(f"vectors of one language need its code: write eng={path}, say.")
        return AlignedSlices.load(path)
    sides: dict[str, Embeddings] = {label: read_vectors(path) for label, path in _split(vectors, "LANG=VECTORS")}
    if not dictionaries:
        if base is not None:
            raise click.UsageError("--base is for --dictionary; leave it out where vectors lie in one space.")
        return join_languages(sides)
    pairs = {}
    for label, path in _split(dictionaries, "--dictionary"):
        held = read_dictionary(path)
        translated = zip(held.words, held.translations, strict=True)
        pairs[label] = [(word, other) for word, others in translated for other in others]
    mapped = map_languages(sides, pairs, base=base or next(iter(sides)))
    for label, fit in mapped.metadata["fits"].items():
        few = "" if fit["determined"] else f"; fewer than dim {mapped.dim}, so that the rotation is not determined"
        note(f"  {label} rotated by {fit['pairs']:,} pairs ({fit['unknown']:,} unknown){few}")
    return mapped


def _read_concepts(graph: GraphInput, labels: Sequence[str]) -> "KnowledgeGraph":
    """Return the graph if it has concepts with several names, else one whose concepts are its edges."""
    from ..knowledge.languages import name_edges

    # Edges of concepts are not used, so that their directions may differ.
    read = (replace(graph, directed=True) if len(graph.paths) > 1 and graph.directed is None else graph).read()
    if read.terms is not None and (read.terms.offsets[1:] - read.terms.offsets[:-1] > 1).any():
        return read
    if read.terms is None and len(labels) > 1:
        raise FormatError(
            f"the words of {', '.join(map(str, graph.paths))} have no language, and there are vectors of several "
            f"({', '.join(labels)}); give concepts with names, or words with their languages, as in {labels[0]}_word."
        )
    concepts = name_edges(read, labels[0], relations=graph.relations or ("synonym",))
    note(
        f"  no concept has two names: {len(concepts):,} edges ({', '.join(concepts.metadata['relations'])}) taken for "
        "concepts"
    )
    return concepts


def _read_excluded(given: tuple[str, ...]) -> dict[str, set[str]]:
    """Return the words of test dictionaries by language."""
    from ..evaluate.bilingual import read_dictionary

    words: dict[str, set[str]] = {}
    for name, path in _split(given, "--exclude"):
        one, dash, other = name.partition("-")
        if not (one and dash and other):
            raise click.UsageError(f"--exclude must look like eng-deu=FILE, got {name}={path}.")
        held = read_dictionary(path)
        words.setdefault(one, set()).update(held.words)
        words.setdefault(other, set()).update(word for several in held.translations for word in several)
    return words


def _report(done: "AlignedSlices", output: Path, batch_size: int) -> None:
    told = done.metadata["specialization"]
    count = "1 language" if len(done.labels) == 1 else f"{len(done.labels)} languages"
    note(f"{output} written: {count}, {done.dim} dimensions")
    for label, one in told["languages"].items():
        excluded = f", {one['excluded']:,} of the test" if one["excluded"] else ""
        note(f"  {label}: {one['words']:,} words of {one['terms']:,} terms ({one['unknown']:,} unknown{excluded})")
    note(f"  pairs: {', '.join(f'{number:,} {name}' for name, number in told['pairs'].items())}")
    for what, number in told["left_out"].items():
        if number:
            note(f"  {number:,} pairs left out: {what.replace('_', ' ')}")
    if told["without_pairs"]:
        note(f"  no pairs: {', '.join(told['without_pairs'])}")
    if told["batch_size"] < batch_size:
        note(f"  fewer pairs than a batch of {batch_size}: batches of {told['batch_size']}")
    if told["losses"]:
        note(f"  loss {told['losses'][0]:.3f} in the first epoch, {told['losses'][-1]:.3f} in the last")
