"""The command line. A command parses, calls the library, prints."""

import io
import os
import signal
import sys
from importlib import import_module
from typing import Any

import click

from .._version import __version__
from ..disk import DISK_TROUBLE
from ..errors import ResourceError, WordvecError
from .interrupt import press

__all__ = ["cli", "main"]

#: Command to its one-line help; its module here has the same name and a function of that name.
COMMANDS = {
    "encode": "Turn texts into a corpus of word ids.",
    "train": "Train skip-gram or CBOW vectors.",
    "align": "Train one set of vectors per slice, all in one space.",
    "drift": "Rank the words that changed between slices.",
    "retrofit": "Move words toward those that a knowledge graph joins them with.",
    "senses": "Several vectors per word, one for each sense: train, show, tag, follow through slices.",
    "graph": "Knowledge graphs, word lists, ontologies: describe and convert them.",
    "specialize": "Draw synonyms of a graph together, in one language or several.",
    "evaluate": "Score vectors on test sets, and say which are better.",
    "nearest": "Show the nearest neighbors of words.",
    "convert": "Convert vectors between formats.",
    "info": "Describe an artefact or a vector file.",
    "validate": "Check an artefact or a vector file.",
    "doctor": "Look at what wordvec runs on, and compile everything ahead.",
    "demo": "Run the whole story on two centuries of speeches.",
}


class _Failure(click.ClickException):
    """An error with its exit code, shown as one line."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.code = exit_code

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """What the process ends with."""
        return self.code


class _Commands(click.Group):
    """Loads a command's module when it is asked for; turns errors into exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f".{name}", __name__), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except WordvecError as error:
            raise _Failure(str(error), error.exit_code) from error
        except (KeyboardInterrupt, click.Abort):
            click.echo("Interrupted; nothing half-written is left behind.", err=True)
            ctx.exit(130)
        except MemoryError as error:
            raise _Failure("out of memory; use a smaller --dim or --max-size.", 4) from error
        except BrokenPipeError:
            raise  # whoever read our output has stopped; click ends without a word
        except OSError as error:
            code = ResourceError.exit_code if error.errno in DISK_TROUBLE else 3
            where = f"{error.filename}: " if error.filename else ""
            raise _Failure(f"{where}{error.strerror or error}.", code) from error
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            if os.environ.get("WORDVEC_DEBUG"):
                raise
            what = f"{type(error).__name__}: {error}"
            remedy = "please report it, with what the same command prints under WORDVEC_DEBUG=1"
            raise _Failure(f"a mistake in wordvec itself ({what}); {remedy}.", 1) from error


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="wordvec")
def cli() -> None:
    """Static and cross-corpus word embeddings: which words changed between texts, and how?

    \b
    Example:
        wordvec demo
    """


def main() -> None:
    """Run the command line."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started us
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a word shows its escape
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # see wordvec.__main__
        signal.signal(signal.SIGINT, press)
    signal.signal(signal.SIGTERM, press)
    try:
        cli()
    except OSError as error:  # standard output is on a full disk
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        click.echo(f"Error: standard output: {error.strerror}.", err=True)
        raise SystemExit(ResourceError.exit_code) from error
