"""Options that mean the same in every command."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import note

if TYPE_CHECKING:
    from ..checkpoints import Checkpoints
    from ..train.cbow import CBOW
    from ..train.skipgram import SkipGram

__all__ = [
    "checkpoint_options",
    "checkpointing",
    "format_option",
    "make_trainer",
    "output_option",
    "overwrite_option",
    "racing_option",
    "seed_option",
    "threads_option",
    "trainer_options",
]

_PATH = click.Path(path_type=Path)

output_option = click.option("-o", "--output", type=_PATH, required=True, help="Folder to write.", metavar="PATH")
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace the output if it is already there.")
seed_option = click.option("--seed", default=1, show_default=True, help="The same seed gives the same bits.")
threads_option = click.option(
    "--threads",
    type=click.IntRange(1),
    default=None,
    help="Threads to use, at most (default: all); does not change the result. Slices train side by side.",
)
racing_option = click.option(
    "--racing",
    is_flag=True,
    help="Let threads race: as good, at times faster, and with more than one thread never the same bits again.",
)
_CHECKPOINT_OPTIONS = (
    click.option(
        "--checkpoint-every",
        "minutes",
        type=click.FloatRange(0),
        default=10.0,
        show_default=True,
        metavar="MINUTES",
        help="Keep what the training has reached so often, in OUTPUT.checkpoint; 0 never does.",
    ),
    click.option(
        "--resume", is_flag=True, help="Go on with a run that was stopped: the same bits as if it had not been."
    ),
)
format_option = click.option(
    "--format",
    "table_format",
    type=click.Choice(["table", "tsv", "json"]),
    default=None,
    help="How to print the table (default: table on a terminal, else tsv).",
)


_TRAINER_OPTIONS = (
    click.option(
        "--model", type=click.Choice(["skipgram", "cbow"]), default="skipgram", show_default=True, help="Which trainer."
    ),
    click.option("--dim", type=int, help="Length of a vector (default: 100)."),
    click.option("--window", type=int, help="Words on either side that count as context, at most (default: 5)."),
    click.option("--negative", type=int, help="Noise words a window is told apart from (default: 5)."),
    click.option("--epochs", type=int, help="Passes over the text (default: 5)."),
    click.option("--lr", type=float, help="Learning rate at the start (default: 0.025, cbow 0.05)."),
    click.option("--subsample", type=float, help="Thin out words above this share of the text (default: 0.001)."),
    click.option("--noise-power", type=float, help="Noise words are drawn by count to this power (default: 0.75)."),
    click.option("--seed", type=int, help="The same seed gives the same bits (default: 1)."),
)


def trainer_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of the trainers; it gets those that were typed as ``hyper``."""

    @wraps(function)
    def command(**options: Any) -> None:
        names = ("dim", "window", "negative", "epochs", "lr", "subsample", "noise_power", "seed")
        given = {name: options.pop(name) for name in names}
        function(hyper={name: value for name, value in given.items() if value is not None}, **options)

    decorated: Callable[..., None] = command
    for option in reversed(_TRAINER_OPTIONS):
        decorated = option(decorated)
    return decorated


def checkpoint_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of :func:`checkpointing`: ``minutes`` and ``resume``."""
    for option in reversed(_CHECKPOINT_OPTIONS):
        function = option(function)
    return function


@contextmanager
def checkpointing(output: Path, minutes: float, *, resume: bool, overwrite: bool) -> "Iterator[Checkpoints | None]":
    """Give what a run that writes ``output`` keeps its place in; it is removed when the block ends well."""
    from ..checkpoints import Checkpoints

    if minutes == 0:
        if resume:
            raise click.UsageError("--resume needs checkpoints; leave out --checkpoint-every 0.")
        yield None
        return
    folder = output.with_name(f"{output.name}.checkpoint")
    checkpoints = Checkpoints(folder, every=60.0 * minutes, resume=resume, overwrite=overwrite)
    if resume:
        note(f"going on from {folder}" if checkpoints.found else f"{folder} is not there: starting at the beginning")
    try:
        with checkpoints:
            yield checkpoints
    except BaseException:
        if checkpoints.found:
            note(f"{folder} keeps what was reached: the same command with --resume goes on from there.")
        raise


def make_trainer(model: str, hyper: dict[str, Any]) -> "SkipGram | CBOW":
    """Return the trainer that the options of :func:`trainer_options` describe."""
    from ..train.cbow import CBOW
    from ..train.skipgram import SkipGram

    return CBOW(**hyper) if model == CBOW.model else SkipGram(**hyper)
