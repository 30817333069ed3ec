"""What ``wordvec drift`` reads: aligned slices, senses of the same slices, and the words that are asked about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .drift_options import DriftInput
from .drift_senses import read_same_slices
from .words import chosen_words, known_words

if TYPE_CHECKING:
    from ..senses.slices import SenseSlices
    from ..slices import AlignedSlices

__all__ = ["Opened", "open_slices"]


@dataclass(frozen=True)
class Opened:
    """What was read.

    Parameters
    ----------
    slices : AlignedSlices
        Of the first path.
    senses : SenseSlices or None
        If they were named.
    chosen : list of str or None
        The words asked about that the slices know; None for all.
    unknown : list of str
        The words asked about that they do not know.
    """

    slices: "AlignedSlices"
    senses: "SenseSlices | None"
    chosen: list[str] | None
    unknown: list[str]


def open_slices(asked: DriftInput) -> Opened:
    """Read what the command line names; unknown words are told."""
    from ..slices import AlignedSlices

    words = chosen_words(asked.scope.words, asked.scope.words_file)
    slices = AlignedSlices.load(asked.paths[0])
    senses = None if asked.texts.senses is None else read_same_slices(asked.texts.senses, slices)
    chosen, unknown = (None, []) if words is None else known_words(words, slices.vocabulary)
    return Opened(slices, senses, chosen, unknown)
