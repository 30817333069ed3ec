"""A control from start to end: the corpus made, aligned, assessed, and summed up as a report prints it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ..errors import AlignmentError, ParameterError, require
from ..progress import Watcher
from ..slices import AlignedSlices
from ..statistics.intervals import exact_interval
from ..text.corpus import Corpus
from .controls import NULLS, NullKind, null_corpus
from .planted import COUNT_BANDS, PLANTS, SHARES, PlantKind, plant_drift

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Aligner", "Assess", "ControlResult", "join_controls", "run_control"]

#: What makes the drift table, with ``word source target drift p q`` at least.
Assess = Callable[[AlignedSlices, Corpus], "pd.DataFrame"]
_COLUMNS = ("word", "source", "target", "drift", "p", "q")


class Aligner(Protocol):
    """What :func:`run_control` asks of an aligner, for example of a :class:`~wordvec.align.compass.CompassAligner`."""

    def align(self, corpus: Corpus, *, threads: int | None = None, progress: Watcher | None = None) -> AlignedSlices:
        """Return vectors of the slices in one space."""


@dataclass(frozen=True, eq=False)
class ControlResult:
    """What a control gave.

    Parameters
    ----------
    kind : str
        A null (``same-text shuffled frequency ocr``) or a way to plant (``swap blend``).
    source, target : str
        The slices that were made alike.
    table : pandas.DataFrame
        What the assessment gave for these two slices.
    settings : mapping
        The account of the corpus, ``metadata["control"]``.
    truth : pandas.DataFrame, optional
        Of planted drift.
    level : float, default 0.05
        Of p and q in the summary.
    """

    kind: str
    source: str
    target: str
    table: "pd.DataFrame"
    settings: Mapping[str, Any]
    truth: "pd.DataFrame | None" = None
    level: float = 0.05

    def groups(self) -> "dict[str, pd.DataFrame]":
        """Return the rows of the table by what was done to their words: those touched, the others, or all alike."""
        if self.truth is not None:
            planted = self.truth.loc[self.truth["expected"] == "changed", "word"]
            names, touched = ("planted", "others"), self.table["word"].isin(planted)
            rest = ~self.table["word"].isin(self.truth["word"])
        elif self.kind == "frequency":
            touched = self.table["word"].isin(self.settings["words"])
            names, rest = ("thinned", "others"), ~touched
        else:
            return {"all": self.table}
        return {names[0]: self.table[touched], names[1]: self.table[rest]}

    def to_frame(self) -> "pd.DataFrame":
        """Return a row for each group of words, as a report prints it.

        Returns
        -------
        pandas.DataFrame
            ``control words source target measured tested below low high called drift_median drift_95 drift_most
            word_most``: words with a row, words with a p, share of these with p up to the level and its interval
            (Clopper and Pearson's over words, which share documents: too narrow, if anything), words with q up to the
            level, the median and the 95 % quantile of drift, and the largest one.
        """
        import pandas as pd

        rows = [self._row(name, group) for name, group in self.groups().items()]
        return pd.DataFrame(rows)

    def _row(self, name: str, group: "pd.DataFrame") -> dict[str, Any]:
        p = group["p"].to_numpy(dtype=float)
        tested = int((~np.isnan(p)).sum())
        share = float((p <= self.level).sum() / tested) if tested else np.nan
        interval = exact_interval(share, tested, unit="word")
        drift = group["drift"].to_numpy(dtype=float)
        known = drift[~np.isnan(drift)]
        middle, most = np.quantile(known, [0.5, 0.95]) if len(known) else (np.nan, np.nan)
        return {
            "control": self.kind,
            "words": name,
            "source": self.source,
            "target": self.target,
            "measured": len(group),
            "tested": tested,
            "below": share,
            "low": interval.low,
            "high": interval.high,
            "called": int((group["q"].to_numpy(dtype=float) <= self.level).sum()),
            "drift_median": float(middle),
            "drift_95": float(most),
            "drift_most": float(known.max()) if len(known) else np.nan,
            "word_most": str(group["word"].iloc[int(np.nanargmax(drift))]) if len(known) else "",
        }


def run_control(
    corpus: Corpus,
    aligner: Aligner,
    assess: Assess,
    kind: NullKind | PlantKind,
    *,
    source: str | None = None,
    target: str | None = None,
    unit: str = "document",
    strata: str | None = None,
    rate: float | None = None,
    share: float | Sequence[float] = SHARES,
    portion: float | None = None,
    min_count: int = 20,
    level: float = 0.05,
    seed: int = 1,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> ControlResult:
    """Make a control from a corpus, align it as the corpus itself was, assess it, and sum up what came out.

    Parameters
    ----------
    corpus : Corpus
        The user's.
    aligner : Aligner
        The one that aligned it; ``CompassAligner.of(aligned)`` gives it back.
    assess : callable
        Takes the aligned slices and the corpus of the control; returns the drift table.
    kind : {"same-text", "shuffled", "frequency", "ocr", "swap", "blend"}
        A null as for :func:`~wordvec.drift.controls.null_corpus`, or drift planted in the shuffled null, as for
        :func:`~wordvec.drift.planted.plant_drift`.
    source, target : str, optional
        The slices; the first and the second of a corpus that has just two.
    unit : str, default "document"
        What is exchanged, and counted.
    strata : str, optional
        Units are exchanged inside documents of one value of this column.
    rate : float, optional
        Of ``"frequency"`` and ``"ocr"``.
    share : float or sequence of float, default (0.1, 0.25, 0.5, 1.0)
        Of ``"swap"`` and ``"blend"``.
    portion : float, optional
        Share of the eligible words that are touched: 0.1 of ``"frequency"``, 0.05 of ``"swap"`` and ``"blend"``.
    min_count : int >= 1, default 20
        The floor of the assessment.
    level : float, default 0.05
        Of p and q in the summary.
    seed : int >= 0, default 1
        Of the control; the aligner and the assessment have their own.
    threads, progress
        As for the aligner.

    Raises
    ------
    ParameterError
        If a parameter is outside its domain.
    AlignmentError
        If the assessment has no row for the two slices.
    """
    require(kind in (*NULLS, *PLANTS), "kind", f"one of {', '.join((*NULLS, *PLANTS))}", kind)
    require(0.0 < level < 1.0, "level", "more than 0 and less than 1", level)
    made, truth = _make(corpus, kind, (source, target), (unit, strata), rate, share, portion, min_count, seed)
    control = made.metadata["control"]
    aligned = aligner.align(made, threads=threads, progress=progress)
    table = assess(aligned, made)
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise ParameterError(f"assess must return the columns {', '.join(_COLUMNS)}, got none called {missing[0]!r}")
    rows = table[(table["source"] == control["source"]) & (table["target"] == control["target"])]
    if not len(rows):
        raise AlignmentError(
            f"the assessment of the {kind} control has no row from {control['source']} to {control['target']}; "
            "assess pairs of slices that include it, or lower min_count"
        )
    return ControlResult(kind, control["source"], control["target"], rows, control, truth, level)


def join_controls(results: Sequence[ControlResult]) -> "pd.DataFrame":
    """Return the summaries of several controls in one table."""
    import pandas as pd

    require(len(results) > 0, "results", "at least one", len(results))
    return pd.concat([result.to_frame() for result in results], ignore_index=True)


def _make(
    corpus: Corpus,
    kind: NullKind | PlantKind,
    slices: tuple[str | None, str | None],
    grouping: tuple[str, str | None],
    rate: float | None,
    share: float | Sequence[float],
    portion: float | None,
    min_count: int,
    seed: int,
) -> "tuple[Corpus, pd.DataFrame | None]":
    """Return the corpus of a control, and what was planted in it."""
    source, target = slices
    unit, strata = grouping
    null: NullKind = "shuffled" if kind == "swap" or kind == "blend" else kind
    made = null_corpus(
        corpus,
        null,
        source=source,
        target=target,
        unit=unit,
        strata=strata,
        rate=rate,
        portion=0.1 if portion is None else portion,
        min_count=min_count,
        seed=seed,
    )
    if kind != "swap" and kind != "blend":
        return made, None
    planted = plant_drift(
        made,
        source=source,
        target=target,
        share=share,
        kind=kind,
        portion=0.05 if portion is None else portion,
        unit=unit,
        count_bands=(min_count, *(edge for edge in COUNT_BANDS if edge > min_count)),
        seed=seed,
    )
    return planted.corpus, planted.truth
