"""``wordvec train``."""

from pathlib import Path
from typing import Any

import click

from ..artifact_writer import check_output
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

__all__ = ["train"]


@click.command()
@corpus_options("CORPUS")
@output_option
@trainer_options
@joint_options
@threads_option
@racing_option
@checkpoint_options
@overwrite_option
def train(
    texts: TextInput,
    output: Path,
    model: str,
    hyper: dict[str, Any],
    graph: GraphInput,
    threads: int | None,
    racing: bool,
    minutes: float,
    resume: bool,
    overwrite: bool,
) -> None:
    """Train one set of vectors on CORPUS, all its slices together.

    CORPUS is a folder made by `wordvec encode`, or text, which is then encoded on the way. The same
    corpus, settings and seed give the same vectors, bit for bit, for any number of threads
    (unless they race). With --graph, the words of linked concepts are drawn together while the text is read.

    \b
    Example:
        wordvec train corpus.wvc -o vectors.wv --dim 50
    """
    trainer = make_trainer(model, hyper)
    check_output(output, "embeddings", overwrite=overwrite)
    keeping = checkpointing(output, minutes, resume=resume, overwrite=overwrite)
    with keeping as checkpoints, watching() as progress:
        corpus = load_corpus(texts, progress)
        lexicon = read_lexicon(graph, corpus.vocabulary)
        with deferred():
            training = trainer.train(
                corpus,
                lexicon=lexicon,
                graph_weight=graph.weight,
                threads=threads,
                racing=racing,
                progress=progress,
                stage=f"training {model}",
                checkpoints=checkpoints,
            )
        training.save(output, overwrite=overwrite)
    unit = "window" if model == "cbow" else "pair"
    loss = f", loss {training.losses[-1]:.4f} nats per {unit}" if training.losses else ""
    note(f"{output} written: {len(training.embeddings):,} words, {trainer.dim} dimensions{loss}")
    for line in describe_lexicon(training.embeddings.metadata.get("graph")):
        note(line)
    absent = training.embeddings.metadata.get("words_without_occurrence")
    if absent:
        note(f"  {absent:,} words of the vocabulary do not occur in this text and have no vector")
    lost = training.embeddings.metadata["pairs_lost_at_cuts"]
    if lost:
        note(f"  {lost:,} word pairs lost where lines of over 1,000 words were cut")
