"""``wordvec encode``."""

from pathlib import Path

import click

from .corpus_input import TextInput, corpus_options, encode_input, report_lines
from .options import output_option, overwrite_option
from .output import note, watching

__all__ = ["encode"]


@click.command()
@corpus_options("TEXT...")
@output_option
@overwrite_option
def encode(texts: TextInput, output: Path, overwrite: bool) -> None:
    """Turn texts into a corpus of word ids.

    TEXT is a plain, .gz, .bz2 or .xz file, a folder of such .txt files, or - for standard input. A line
    is a sentence: no window crosses its end. Slices come from --slice, from a --manifest, or from
    --header and --bins. What is left out is counted and reported.

    \b
    Example:
        wordvec encode --slice 1790-1859=old.txt --slice 1960-2021=new.txt -o corpus.wvc
    \b
    More:
        wordvec encode speeches.txt.xz --header '^### (\\d{4})' --bins 1790-1859,1860-1899 -o corpus.wvc
        wordvec encode --manifest slices.toml -o corpus.wvc
        zcat text.gz | wordvec encode - -o corpus.wvc --case keep
    """
    with watching() as progress:
        corpus = encode_input(texts, output=output, overwrite=overwrite, progress=progress)
    for line in report_lines(corpus):
        note(line)
    note(f"{output} written")
