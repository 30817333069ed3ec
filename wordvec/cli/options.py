"""Options that mean the same in every command."""

from pathlib import Path

import click

__all__ = [
    "format_option",
    "output_option",
    "overwrite_option",
    "seed_option",
    "threads_option",
]

_PATH = click.Path(path_type=Path)

output_option = click.option("-o", "--output", type=_PATH, required=True, help="Folder to write.", metavar="PATH")
overwrite_option = click.option("--overwrite", is_flag=True, help="Replace the output if it is already there.")
seed_option = click.option("--seed", default=1, show_default=True, help="The same seed gives the same bits.")
threads_option = click.option(
    "--threads",
    type=click.IntRange(1),
    default=None,
    help="Threads to use (default: all); never changes the result.",
)
format_option = click.option(
    "--format",
    "table_format",
    type=click.Choice(["table", "tsv", "json"]),
    default=None,
    help="How to print the table (default: table on a terminal, else tsv).",
)
