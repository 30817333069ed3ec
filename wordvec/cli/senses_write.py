"""``wordvec senses export``."""

from pathlib import Path

import click

from .options import overwrite_option

__all__ = ["export"]


@click.command()
@click.argument("senses", type=click.Path(path_type=Path))
@click.argument("output", metavar="OUT", type=click.Path(path_type=Path))
@click.option("--merge", is_flag=True, help="One vector per word: the mean of its senses, weighed by prevalence.")
@click.option("--plain", is_flag=True, help="Words with one sense are written without a number.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["word2vec", "word2vec-binary", "artifact"]),
    default=None,
    help="What to write (default: by the ending of OUT).",
)
@click.option("--slice", "label", metavar="LABEL", help="Of senses in slices: the vectors and prevalences of this one.")
@overwrite_option
def export(
    senses: Path,
    output: Path,
    merge: bool,
    plain: bool,
    output_format: str | None,
    label: str | None,
    overwrite: bool,
) -> None:
    """Write SENSES as plain vectors to OUT: every sense as a word of its own, word#k, or merged.

    OUT is an artefact if it ends in .wv, word2vec text if in .txt or .vec, word2vec binary if in .bin.
    Senses that were pruned are left out.

    \b
    Example:
        wordvec senses export senses.wv merged.txt --merge
    """
    from ..files.formats import check_vectors_output, guess_format, read_senses, write_vectors
    from .output import note

    if merge and plain:
        raise click.UsageError("--merge leaves no sense to number; leave --plain out.")
    chosen = output_format or guess_format(output)
    check_vectors_output(output, chosen, overwrite=overwrite)
    loaded = read_senses(senses, label=label)
    embeddings = loaded.merge() if merge else loaded.as_words(plain=plain)
    write_vectors(embeddings, output, chosen, overwrite=overwrite)
    what = "words, senses merged" if merge else "senses"
    note(f"{output}: {len(embeddings):,} {what}, dim {embeddings.dim}, {chosen}.")
