"""The tables that ``wordvec drift`` makes: of all measures, of change points, of slices without an order."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import AlignmentError
from . import drift_senses
from .output import note, watching

if TYPE_CHECKING:
    import pandas as pd

    from ..senses.slices import SenseSlices
    from ..slices import AlignedSlices

__all__ = ["measure_all", "summarize"]


def measure_all(
    slices: "AlignedSlices",
    senses: "SenseSlices | None",
    corpus: Path | None,
    words: list[str] | None,
    measures: Sequence[str],
    common: Mapping[str, Any],
    own: Mapping[str, Any],
    *,
    residual: bool,
) -> "pd.DataFrame":
    """Return the drift table by all measures asked for.

    Parameters
    ----------
    slices, senses, words, measures, common, own
        As for :func:`wordvec.cli.drift_senses.measure`, with ``"contexts"`` among the measures.
    corpus : Path or None
        Where the text is, for ``"contexts"``.
    residual : bool
        Whether to add what is left of drift beyond frequency.
    """
    measures = list(dict.fromkeys(measures))
    among = None if residual else words  # the residual is from what all words have
    others = [name for name in measures if name != "contexts"]
    tables = [drift_senses.measure(slices, senses, among, others, common, own)] if others else []
    if "contexts" in measures and corpus is not None:
        tables.append(_contexts(slices, corpus, among, {**common, "ordered": own["ordered"]}))
    table = tables[0]
    if len(tables) > 1:
        from ..drift.joining import join_measures

        table = join_measures(tables, measures)
    return _with_residual(table, words) if residual else table


def _contexts(
    slices: "AlignedSlices", path: Path, words: list[str] | None, options: Mapping[str, Any]
) -> "pd.DataFrame":
    from ..drift.contexts import measure_contexts
    from ..text.corpus import Corpus

    corpus = Corpus.load(path)
    if corpus.labels != slices.labels:
        raise AlignmentError(
            f"{path} has the slices {', '.join(corpus.labels)}, the vectors have {', '.join(slices.labels)}; "
            "pass the corpus that they were made from."
        )
    known = None if words is None else [word for word in words if word in corpus.vocabulary]
    with watching() as progress:
        return measure_contexts(corpus, words=known, progress=progress, **options)


def _with_residual(table: "pd.DataFrame", words: list[str] | None) -> "pd.DataFrame":
    from ..drift.residuals import add_residual

    found = add_residual(table)
    for entry in found.attrs["residual"]:
        if entry["why"]:
            note(f"no residual of {entry['measure']}, {entry['source']} → {entry['target']}: {entry['why']}.")
    if words is None:
        return found
    attrs = found.attrs
    found = found[found["word"].isin(set(words))].reset_index(drop=True)
    found.attrs = attrs
    return found


def summarize(table: "pd.DataFrame", summary: str, words: list[str] | None) -> "pd.DataFrame":
    """Return change points or dispersion of the words of a drift table, and say what they cannot tell."""
    if summary == "dispersion":
        from ..drift.dispersion import measure_dispersion

        found = measure_dispersion(table)
        if found.attrs["incomplete"]:
            note(f"{found.attrs['incomplete']} words are not in all slices; their dispersion is of fewer pairs.")
        return found if words is None else found[found["word"].isin(set(words))]
    from ..drift.change_points import find_change_points

    found = find_change_points(table, words=words)
    facts = found.attrs
    note(f"change points: {facts['tested']} words tested, {facts['incomplete']} left out that some slice lacks.")
    why = found["why"].iloc[0] if len(found) else ""
    if why:
        note(f"change points: no word gets a q: {why}.")
    elif facts["needed"] > 1:
        note(
            f"change points: p cannot fall below {facts['p_least']:.2g}, so that {facts['needed']} of these words must "
            "change for any to have q <= 0.05; name the words of interest to test fewer."
        )
    return found
