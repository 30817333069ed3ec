"""``wordvec validate``."""

from pathlib import Path

import click


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def validate(path: Path) -> None:
    """Check that the corpus, vectors, senses, graph or vector file at PATH is whole.

    Every file is compared with its recorded SHA-256 and read; ids must be in range and vectors finite. In
    aligned slices, the compass must be the one that was there before and after each slice; in senses, each
    word's prevalences must sum to 1. Exit code 5 says that something is damaged.

    \b
    Example:
        wordvec validate vectors.wv
    """
    from wordvec.files.validate import validate as check

    checked = check(path)
    click.echo(f"ok: {checked} {'file' if checked == 1 else 'files'} checked")
