"""``wordvec convert``."""

from pathlib import Path

import click

from .options import overwrite_option


@click.command()
@click.argument("source", metavar="IN", type=click.Path(path_type=Path))
@click.argument("output", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["word2vec", "word2vec-binary", "artifact"]),
    default=None,
    help="What to write (default: by the ending of OUT).",
)
@click.option("--slice", "label", metavar="LABEL", help="Which slice of aligned slices or senses (.wvs).")
@overwrite_option
def convert(source: Path, output: Path, output_format: str | None, label: str | None, overwrite: bool) -> None:
    """Convert vectors from IN to OUT.

    IN is an artefact (.wv, .wvs), a word2vec text or binary file, or GloVe text; what it is is told by its
    content. OUT is an artefact if it ends in .wv, word2vec text if in .txt or .vec, word2vec binary if in
    .bin; files are packed if .gz follows. Each sense of a word becomes a word of its own, as bank#2;
    `wordvec senses export` can merge them instead.

    \b
    Example:
        wordvec convert vectors.wv vectors.txt
    """
    from wordvec.files.formats import check_vectors_output, guess_format, read_vectors, write_vectors

    from .output import note

    chosen = output_format or guess_format(output)
    check_vectors_output(output, chosen, overwrite=overwrite)
    embeddings = read_vectors(source, label=label)
    write_vectors(embeddings, output, chosen, overwrite=overwrite)
    note(f"{output}: {len(embeddings)} words, dim {embeddings.dim}, {chosen}.")
    if chosen != "artifact" and embeddings.vocabulary.counts.any():
        note("Counts and settings have no place in this format and were left out.")
    elif chosen == "artifact" and not embeddings.vocabulary.counts.any():
        note("The input holds no counts: they are 0, unknown; words keep the order of the file.")
