"""``wordvec nearest``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import format_option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wordvec import Embeddings


@click.command()
@click.argument("vectors", type=click.Path(path_type=Path))
@click.argument("words", metavar="WORD...", nargs=-1, required=True)
@click.option("--slice", "label", metavar="LABEL", help="Only this slice (default: all).")
@click.option("-k", type=click.IntRange(1), default=10, show_default=True, help="How many neighbors.")
@format_option
def nearest(vectors: Path, words: tuple[str, ...], label: str | None, k: int, table_format: str | None) -> None:
    """Show the words whose vectors point most nearly the same way as WORD's.

    VECTORS is an artefact (.wv, .wvs), a word2vec text or binary file, or GloVe text.

    \b
    Example:
        wordvec nearest aligned.wvs broadcast --slice 1960-2021 -k 5
    """
    import pandas as pd

    from wordvec.files.formats import read_every_slice

    from .output import note, print_table

    slices = read_every_slice(vectors, label=label)
    _refuse_unknown(words, slices)
    rows = []
    for word in words:
        for name, embeddings in slices.items():
            if word not in embeddings:
                note(f"{word!r} is not in slice {name}, or too rare there.")
                continue
            for rank, neighbor in enumerate(embeddings.nearest(word, k=k), start=1):
                rows.append((word, name, rank, neighbor.word, neighbor.similarity))
    print_table(pd.DataFrame(rows, columns=["word", "slice", "rank", "neighbor", "similarity"]), table_format)


def _refuse_unknown(words: "Iterable[str]", slices: "Mapping[str, Embeddings]") -> None:
    """Raise if a word is in no slice, with one line for each such word."""
    from wordvec.errors import FormatError, UnknownWordError, similar_words

    everywhere = dict.fromkeys(word for embeddings in slices.values() for word in embeddings.vocabulary)
    unknown = [w for w in dict.fromkeys(words) if not any(w in embeddings for embeddings in slices.values())]
    if unknown:
        errors = (UnknownWordError(w, len(everywhere), similar_words(w, everywhere)) for w in unknown)
        raise FormatError("\n".join(map(str, errors)))
