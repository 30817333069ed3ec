"""What ``wordvec drift`` makes of senses: rows of a table, and sentences for the report."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import AlignmentError
from .text_cleaning import is_private

if TYPE_CHECKING:
    import pandas as pd

    from ..senses.slices import SenseSlices
    from ..slices import AlignedSlices

__all__ = ["measure", "quote_senses", "read_same_slices", "report_words"]

#: Sentences quoted of each sense.
_QUOTED = 3


def read_same_slices(path: Path, slices: "AlignedSlices") -> "SenseSlices":
    """Read senses, which must have been followed through the same slices."""
    from ..senses.slices import SenseSlices

    senses = SenseSlices.load(path)
    if senses.labels != slices.labels:
        raise AlignmentError(
            f"{path} has the slices {', '.join(senses.labels)}, the vectors have {', '.join(slices.labels)}; "
            "make both from one corpus."
        )
    return senses


def measure(
    slices: "AlignedSlices",
    senses: "SenseSlices | None",
    words: list[str] | None,
    measures: Sequence[str],
    common: Mapping[str, Any],
    own: Mapping[str, Any],
) -> "pd.DataFrame":
    """Return the drift table, with rows of senses if they were asked for.

    Parameters
    ----------
    slices : AlignedSlices
        Vectors.
    senses : SenseSlices or None
        Senses of the same slices, if there are any.
    words : list of str or None
        These words, known to the vectors; all if there is no list.
    measures : sequence of str
        Those of vectors, and ``"senses"``.
    common, own : mapping
        Arguments of both, and of :func:`wordvec.measure_drift`.
    """
    from ..drift.measures import measure_drift
    from ..drift.sense_change import measure_sense_change
    from ..drift.sense_tables import join_drift

    of_vectors = [name for name in measures if name != "senses"]
    if senses is None or "senses" not in measures:
        return measure_drift(slices, words=words, measures=of_vectors, **own)
    known = _known_to_both(slices, senses, words)
    of_senses = measure_sense_change(senses, words=known, **common).drift
    if not of_vectors:
        return of_senses
    table = measure_drift(slices, words=words, measures=of_vectors, **own)
    return join_drift(table, of_senses, first=measures[0] == "senses")


def _known_to_both(slices: "AlignedSlices", senses: "SenseSlices", words: list[str] | None) -> list[str] | None:
    """Return those words that have senses and vectors; None for all, where all that were weighed have vectors."""
    if words is not None:
        return [word for word in words if word in senses]
    weighed = [senses.compass.vocabulary.words[row] for row in senses.tallies.words.tolist()]
    known = [word for word in weighed if word in slices.vocabulary]
    return None if len(known) == len(weighed) else known


def report_words(table: "pd.DataFrame", top: int) -> list[str]:
    """Return the words of which a report shows the first ``top`` of each comparison, by its first measure."""
    several = "measure" in table.columns and len(table)
    ranked = table[table["measure"] == table["measure"].iloc[0]] if several else table
    return list(dict.fromkeys(ranked.groupby(["source", "target"], sort=False).head(top)["word"]))


def quote_senses(senses: "SenseSlices", path: Path, words: Collection[str]) -> dict[tuple[str, int], list[str]]:
    """Return sentences of a corpus in which the senses of words occur; words that do not occur have none."""
    from ..errors import FormatError
    from ..senses.examples import sense_examples
    from ..text.corpus import Corpus

    corpus, found = Corpus.load(path), dict[tuple[str, int], list[str]]()
    if is_private(corpus):
        return found
    for word in words:
        if word not in senses or len(senses.compass.kept(word)) == 1:
            continue
        try:
            examples = sense_examples(senses.compass, corpus, word, k=_QUOTED)
        except FormatError:  # it does not occur there
            continue
        for example in examples:
            found.setdefault((word, example.sense), []).append(" ".join(example.text.split()))
    return found
