"""``wordvec senses train``."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from ..artifact_writer import check_output
from .corpus_input import TextInput, corpus_options, load_corpus
from .options import output_option, overwrite_option, racing_option, threads_option
from .output import note, watching

__all__ = ["train"]

#: Option to argument of the trainer; options that were not typed are left to its defaults.
_ARGUMENTS = {
    "--senses": "senses",
    "--dim": "dim",
    "--window": "window",
    "--negative": "negative",
    "--gate-epochs": "gate_epochs",
    "--epochs": "epochs",
    "--lr": "lr",
    "--subsample": "subsample",
    "--noise-power": "noise_power",
    "--entropy": "entropy",
    "--min-gate-count": "min_gate_count",
    "--prune": "prune",
    "--seed": "seed",
}

_TRAINER_OPTIONS = (
    click.option(
        "--preset",
        type=click.Choice(["ours", "official"]),
        default="ours",
        show_default=True,
        help="Our settings, or those of the released program; options that are given go before either.",
    ),
    click.option("--senses", type=int, help="Senses that a word can have (default: 3)."),
    click.option("--dim", type=int, help="Length of a vector (default: 100)."),
    click.option("--window", type=int, help="Words on either side that are the context (default: 5)."),
    click.option("--negative", type=int, help="Noise words a window is told apart from (default: 5)."),
    click.option("--gate-epochs", type=int, help="Passes over the text with one gate for all words, at first."),
    click.option("--epochs", type=int, help="Passes over the text after that, with a gate for each word."),
    click.option("--lr", type=float, help="Learning rate at the start."),
    click.option("--subsample", type=float, help="Thin out words above this share of the text."),
    click.option("--noise-power", type=float, help="Noise words are drawn by count to this power."),
    click.option("--entropy", type=float, help="What uncertain gates cost: the more, the fewer senses are kept."),
    click.option("--min-gate-count", type=int, help="Rarer words share one gate."),
    click.option("--prune", type=float, help="Senses below this share of their word are dropped."),
    click.option("--seed", type=int, help="The same seed gives the same bits (default: 1)."),
)


def _trainer_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give the command the trainer's options; it gets those that were typed as ``hyper``."""

    @wraps(function)
    def command(**options: Any) -> None:
        given = {name: options.pop(name) for name in _ARGUMENTS.values()}
        function(hyper={name: value for name, value in given.items() if value is not None}, **options)

    decorated: Callable[..., None] = command
    for option in reversed(_TRAINER_OPTIONS):
        decorated = option(decorated)
    return decorated


def _make_trainer(preset: str, hyper: dict[str, Any]) -> Any:
    """Return the trainer that the options describe."""
    trainer = import_module("wordvec.train.disambiguated").DisambiguatedSkipGram
    return trainer.official(**hyper) if preset == "official" else trainer(**hyper)


@click.command()
@corpus_options("CORPUS")
@output_option
@_trainer_options
@threads_option
@racing_option
@overwrite_option
def train(
    texts: TextInput,
    output: Path,
    preset: str,
    hyper: dict[str, Any],
    threads: int | None,
    racing: bool,
    overwrite: bool,
) -> None:
    """Train several vectors per word on CORPUS, all its slices together (disambiguated skip-gram).

    CORPUS is a folder made by `wordvec encode`, or text, which is then encoded on the way. Which sense
    is meant is told from the words around it; nobody has to say what the senses are, or how many.

    \b
    Example:
        wordvec senses train corpus.wvc -o senses.wv --senses 3
    """
    trainer = _make_trainer(preset, hyper)
    check_output(output, "senses", overwrite=overwrite)
    with watching() as progress:
        corpus = load_corpus(texts, progress)
        senses = trainer.train(corpus, threads=threads, racing=racing, progress=progress)
    senses.save(output, overwrite=overwrite)
    kept = (senses.prevalence > 0).sum(axis=1)
    note(
        f"{output} written: {len(senses):,} words, {int(kept.sum()):,} senses "
        f"(words of several senses: {int((kept > 1).sum()):,}), {senses.dim} dimensions"
    )
