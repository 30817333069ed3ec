"""``wordvec align``."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..artifact_writer import check_output
from .align_options import METHOD_OPTIONS, check_method, describe_method, method_options, read_words
from .corpus_input import TextInput, corpus_options, load_corpus
from .graph_input import GraphInput, describe_lexicon, joint_options, read_lexicon
from .interrupt import deferred
from .options import (
    checkpoint_options,
    checkpointing,
    make_trainer,
    output_option,
    overwrite_option,
    racing_option,
    threads_option,
    trainer_options,
)
from .output import note, watching

if TYPE_CHECKING:
    from ..align.methods import Method
    from ..checkpoints import Checkpoints
    from ..progress import Watcher
    from ..slices import AlignedSlices

__all__ = ["align"]


@click.command()
@corpus_options("CORPUS")
@output_option
@method_options
@click.option(
    "--min-slice-count",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="A word with fewer occurrences in a slice has no vector there.",
)
@click.option(
    "--add-to", type=click.Path(path_type=Path), metavar="OLD", help="Add slices to these; settings are theirs."
)
@trainer_options
@joint_options
@threads_option
@racing_option
@checkpoint_options
@overwrite_option
def align(
    texts: TextInput,
    output: Path,
    method: "Method",
    chosen: dict[str, Any],
    min_slice_count: int,
    add_to: Path | None,
    model: str,
    hyper: dict[str, Any],
    graph: GraphInput,
    threads: int | None,
    racing: bool,
    minutes: float,
    resume: bool,
    overwrite: bool,
) -> None:
    """Train one set of vectors per slice of CORPUS, all in one space.

    CORPUS is a folder made by `wordvec encode`, or text with --slice, --manifest or --header, which is
    then encoded on the way. With --add-to, its slices are trained against the compass of OLD, whose
    own slices stay byte for byte.

    \b
    Example:
        wordvec align corpus.wvc -o aligned.wvs
    \b
    More:
        wordvec align --slice then=old.txt --slice now=new.txt -o cbow.wvs --model cbow --epochs 10
        wordvec align --slice later=newest.txt --add-to aligned.wvs -o grown.wvs
        wordvec align corpus.wvc -o rotated.wvs --method procrustes --base first
        wordvec align corpus.wvc -o even.wvs --balance cap --equal-tokens
    """
    check_method(method, chosen, has_graph=bool(graph.paths))
    check_output(output, "slices", overwrite=overwrite)
    keeping = checkpointing(output, minutes, resume=resume, overwrite=overwrite)
    with keeping as checkpoints, watching() as progress:
        if add_to is not None:
            aligned = _add(texts, add_to, graph, threads, racing, progress, checkpoints)
        else:
            from ..align.methods import align_slices

            trainer = make_trainer(model, hyper)
            corpus = load_corpus(texts, progress)
            lexicon, words = read_lexicon(graph, corpus.vocabulary), read_words(chosen, corpus.vocabulary)
            with deferred():
                aligned = align_slices(
                    corpus,
                    trainer,
                    method=method,
                    min_slice_count=min_slice_count,
                    lexicon=lexicon,
                    graph_weight=graph.weight,
                    threads=threads,
                    racing=racing,
                    progress=progress,
                    checkpoints=checkpoints,
                    **words,
                )
        aligned.save(output, overwrite=overwrite)
    _report(aligned, output)


def _add(
    texts: TextInput,
    old: Path,
    graph: GraphInput,
    threads: int | None,
    racing: bool,
    progress: "Watcher | None",
    checkpoints: "Checkpoints | None",
) -> "AlignedSlices":
    from ..align.compass import CompassAligner
    from ..slices import AlignedSlices

    context = click.get_current_context()
    settings = {"method", *METHOD_OPTIONS, "min_slice_count", "model", "dim", "window", "negative", "epochs", "lr"}
    settings |= {
        "subsample",
        "noise_power",
        "seed",
        "graph_weight",
        "vocabulary",
        "min_count",
        "max_size",
        "phrases_from",
    }
    typed = click.core.ParameterSource.COMMANDLINE
    clash = sorted(name for name in settings if context.get_parameter_source(name) == typed)
    if clash:
        option = f"--{clash[0].replace('_', '-')}"
        raise click.UsageError(f"{option} is fixed by --add-to: new slices use the settings and words of {old}.")
    aligned = AlignedSlices.load(old)
    aligner = CompassAligner.of(aligned)
    corpus = load_corpus(texts if _is_encoded(texts) else replace(texts, vocabulary=old), progress)
    lexicon = read_lexicon(graph, aligned.vocabulary)
    with deferred():
        grown = aligner.add(
            aligned, corpus, lexicon=lexicon, threads=threads, racing=racing, progress=progress, checkpoints=checkpoints
        )
    dropped = grown.metadata["added"][-1]["dropped"]
    if dropped["tokens"]:
        note(f"  {dropped['tokens']:,} tokens ({dropped['types']:,} words) left out: the compass does not know them")
    return grown


def _is_encoded(texts: TextInput) -> bool:
    from ..artifact import is_artifact

    return len(texts.paths) == 1 and is_artifact(texts.paths[0])


def _report(aligned: "AlignedSlices", output: Path) -> None:
    note(f"{output} written: {len(aligned.vocabulary):,} words, {aligned.dim} dimensions")
    for part in aligned.metadata["slices"]:
        note(f"  slice {part['label']}: {part['tokens']:,} tokens ({part['share']:.1%}), {part['words']:,} words")
    for line in describe_method(aligned.metadata):
        note(line)
    for line in describe_lexicon(aligned.metadata.get("graph")):
        note(line)
    lost = sum(embeddings.metadata.get("pairs_lost_at_cuts", 0) for embeddings in aligned.embeddings)
    if lost:
        note(f"  {lost:,} word pairs lost where lines of over 1,000 words were cut")
    if "compass_sha256" in aligned.metadata:
        note(f"  the compass is the same before and after every slice: {aligned.metadata['compass_sha256'][:16]}")
