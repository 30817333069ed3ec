"""``wordvec info``."""

from pathlib import Path

import click

from .options import format_option


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@format_option
def info(path: Path, table_format: str | None) -> None:
    """Describe a corpus, vectors, aligned slices, senses, a knowledge graph, or a vector file at PATH.

    Prints what it is, its size, its slices with their shares, how it was made and with which versions.

    \b
    Example:
        wordvec info vectors.wv
    """
    from wordvec.files.describe import describe

    from .output import print_table

    print_table(describe(path), table_format)
