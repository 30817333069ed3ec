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

    TEXT is a plain, .gz, .bz2, .xz or .zst file, a folder of such .txt files, or - for standard input. A
    line is a sentence: no window crosses its end. A table (.csv, .tsv, .jsonl, .parquet) has a document in each
    row; CoNLL-U (.conllu) is read as annotated. Slices come from --slice, from a --manifest, from --header and
    --bins, or from --date-column or a column and --slice-by or --bins. What is left out is counted and reported.

    \b
    Example:
        wordvec encode --slice 1790-1859=old.txt --slice 1960-2021=new.txt -o corpus.wvc
    \b
    More:
        wordvec encode speeches.txt.xz --header '^### (\\d{4})' --bins 1790-1859,1960-2021 -o speeches.wvc
        wordvec encode --manifest slices.toml -o periods.wvc
        wordvec encode speeches.csv --date-column year --slice-by decade --columns speaker,party -o speeches.wvc
        wordvec encode letters/ --metadata letters.csv --date-column date --bins 1790-1859,1860-1899 -o letters.wvc
        wordvec encode corpus.conllu --layer lemma -o lemmas.wvc
        zcat text.gz | wordvec encode - -o text.wvc --case keep
    """
    with watching() as progress:
        corpus = encode_input(texts, output=output, overwrite=overwrite, progress=progress)
    for line in report_lines(corpus):
        note(line)
    note(f"{output} written")
