"""``wordvec senses plot``: a picture of a word's senses."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import overwrite_option

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot"]

_PATH = click.Path(path_type=Path)
_ENDINGS = (".svg", ".png", ".pdf")


@click.command()
@click.argument("senses", type=_PATH)
@click.argument("word")
@click.option("--corpus", type=_PATH, required=True, metavar="CORPUS", help="Take the word's contexts from here.")
@click.option("-o", "--output", type=_PATH, required=True, metavar="FILE", help="Picture: .svg, .png or .pdf.")
@click.option(
    "--points", type=click.IntRange(3), default=2_000, show_default=True, help="Draw at most so many contexts."
)
@overwrite_option
def plot(senses: Path, word: str, corpus: Path, output: Path, points: int, overwrite: bool) -> None:
    """Draw the contexts of WORD in CORPUS, colored by sense, with the words that are typical of each.

    Each point is an occurrence. Points near each other stand among words that are used alike.

    \b
    Example:
        wordvec senses plot senses.wv broadcast --corpus corpus.wvc -o broadcast.svg
    """
    from ..disk import check_file_output, writing
    from ..errors import ParameterError
    from ..files.formats import read_senses
    from ..report.plot import quiet_setup
    from ..text.corpus import Corpus
    from .output import note

    ending = output.suffix.lower()
    if ending not in _ENDINGS:
        raise ParameterError(f"output must end in {', '.join(_ENDINGS)}, got {output.name!r}")
    check_file_output(output, overwrite=overwrite)
    loaded = read_senses(senses)
    with quiet_setup():
        from ..report.sense_plot import plot_senses

        figure = plot_senses(loaded, Corpus.load(corpus), word, most=points)
        content = _render(figure, ending)
    with writing(output, overwrite=overwrite) as stream:
        stream.write(content)
    note(f"{output} written: {word}, {len(loaded.kept(word))} senses")


def _render(figure: "Figure", ending: str) -> bytes:
    """Return the picture as a file; equal figures give equal bytes."""
    import io
    import warnings

    from ..report.plot import figure_svg

    if ending == ".svg":
        return ('<?xml version="1.0" encoding="utf-8"?>\n' + figure_svg(figure) + "\n").encode("utf-8", "replace")
    stream = io.BytesIO()
    metadata = {"CreationDate": None} if ending == ".pdf" else {"Software": None}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(stream, format=ending[1:], dpi=150, metadata=metadata)
    return stream.getvalue()
