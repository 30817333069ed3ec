"""What ``wordvec drift`` reads: aligned slices, senses of the same slices, and the words that are asked about."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..errors import AlignmentError
from .drift_options import DriftInput
from .drift_senses import read_same_slices
from .output import note
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
    """Read what the command line names; unknown words are told, and slices that can hardly be compared."""
    from ..slices import AlignedSlices

    words = chosen_words(asked.scope.words, asked.scope.words_file)
    slices = AlignedSlices.load(asked.paths[0])
    senses = None if asked.texts.senses is None else read_same_slices(asked.texts.senses, slices)
    chosen, unknown = (None, []) if words is None else known_words(words, slices.vocabulary)
    _note_balance(slices, asked)
    return Opened(slices, senses, chosen, unknown)


def _note_balance(slices: "AlignedSlices", asked: DriftInput) -> None:
    """Say which slices are too unlike in size or words; raise if none that are compared have a word in common."""
    import pandas as pd

    from ..drift.measures import slice_pairs
    from ..drift.overlap import balance_warnings, describe_balance

    # Without statistics the account of left-out words says how many reach the floor.
    floor, tables, errors = asked.scope.min_count if asked.stats.stats else 1, list["pd.DataFrame"](), []
    for pair in slice_pairs(len(slices.labels), asked.against):
        two = replace(
            slices,
            labels=tuple(slices.labels[number] for number in pair),
            embeddings=tuple(slices.embeddings[number] for number in pair),
            counts=slices.counts[list(pair)],
        )
        try:
            tables.append(describe_balance(two, min_count=1, floor=max(1, floor)))
        except AlignmentError as error:
            errors.append(error)
    if errors and not tables:
        raise errors[0]
    for other in errors:
        note(str(other))
    if tables:
        joined = pd.concat(tables, ignore_index=True)
        joined.attrs = tables[0].attrs
        for line in balance_warnings(joined):
            note(f"{line}.")
