"""What ``wordvec drift`` does about controls: nulls, and drift that is planted."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from ..errors import AlignmentError
from .drift_options import NULLS
from .output import format_table, note

if TYPE_CHECKING:
    from ..drift.control_runs import Assess, ControlResult
    from ..progress import Watcher
    from ..slices import AlignedSlices
    from ..text.corpus import Corpus

__all__ = ["check_controls", "parse_null", "print_controls", "run_controls"]

#: Nulls that take a rate.
_RATED = ("frequency", "ocr")
#: Columns of the summary for which a terminal has no room.
_NOT_ON_PAPER = ("source", "target", "measured", "drift_median")


def parse_null(text: str) -> tuple[str, float | None]:
    """Return the kind of a null and its rate: ``"ocr=0.1"`` is ``("ocr", 0.1)``.

    Examples
    --------
    >>> parse_null("shuffled"), parse_null("ocr=0.1")
    (('shuffled', None), ('ocr', 0.1))
    """
    kind, equals, number = text.partition("=")
    if kind not in NULLS:
        raise click.UsageError(f"--null must be one of {', '.join(NULLS)}, got {text!r}.")
    if not equals:
        return kind, None
    if kind not in _RATED:
        raise click.UsageError(f"--null {kind} takes no rate, got {text!r}; {' and '.join(_RATED)} do.")
    try:
        rate = float(number)
    except ValueError:
        rate = -1.0
    if not 0.0 < rate < 1.0:
        raise click.UsageError(f"the rate of --null {kind} must be more than 0 and less than 1, got {number!r}.")
    return kind, rate


def run_controls(
    aligned: "AlignedSlices",
    corpus: "Corpus",
    assess: "Assess",
    nulls: Sequence[str],
    plant: str | None,
    *,
    shares: Sequence[float] = (),
    source: str | None = None,
    target: str | None = None,
    unit: str = "document",
    strata: str | None = None,
    min_count: int = 20,
    seed: int = 1,
    threads: int | None = None,
    progress: "Watcher | None" = None,
) -> "list[ControlResult]":
    """Run the controls that were asked for, aligned as the user's slices were.

    Parameters
    ----------
    aligned : AlignedSlices
        The user's; its metadata say how it was trained.
    corpus : Corpus
        The text it was made from.
    assess : callable
        As for :func:`wordvec.drift.control_runs.run_control`.
    nulls : sequence of str
        As typed.
    plant : {"swap", "blend"} or None
        What to plant.
    shares : sequence of float
        Of planted drift; the usual ones if there are none.
    source, target : str, optional
        The first and the second slice by default.
    unit, strata, min_count, seed, threads, progress
        As for :func:`wordvec.drift.control_runs.run_control`.

    Raises
    ------
    AlignmentError
        If the slices were not made by the compass from this corpus, or with a lexicon.
    """
    from ..align.compass import CompassAligner
    from ..drift.control_runs import run_control
    from ..drift.planted import SHARES

    kinds: list[tuple[Any, float | None]] = [parse_null(text) for text in nulls]
    if plant is not None:
        kinds.append((plant, None))
    if not kinds:
        return []
    aligner = CompassAligner.of(aligned)
    check_controls(aligned, corpus)
    labels = _two_slices(aligned.labels, source, target)
    return [
        run_control(
            corpus,
            aligner,
            assess,
            kind,
            source=labels[0],
            target=labels[1],
            unit=unit,
            strata=strata,
            rate=rate,
            share=tuple(shares) or SHARES,
            min_count=min_count,
            seed=seed,
            threads=threads,
            progress=progress,
        )
        for kind, rate in kinds
    ]


def print_controls(results: "Sequence[ControlResult]", table_format: str, *, err: bool = False) -> None:
    """Print the summaries of nulls and plants, then the power surface of what was planted; remarks as notes.

    Parameters
    ----------
    results : sequence of ControlResult
        What :func:`run_controls` returned.
    table_format : {"table", "tsv", "json"}
        How.
    err : bool, default False
        Print to standard error: standard output is taken by another table.
    """
    from ..drift.control_runs import join_controls
    from ..drift.power import power_surface

    if not results:
        return
    summary = join_controls(results)
    shown = summary.drop(columns=list(_NOT_ON_PAPER)) if table_format == "table" else summary
    click.echo(format_table(shown, table_format), err=err)
    for result in results:
        stuck = result.settings.get("documents_not_exchanged", 0)
        if stuck:
            note(f"{result.kind}: {stuck} documents had nobody to change places with, so the null is not quite one.")
        if result.kind == "same-text":
            note(f"same-text: {result.target} holds the text of {result.source}; its drift is that of training alone.")
        if result.truth is None:
            continue
        settings = result.truth.attrs["settings"]
        note(
            f"{result.kind}: {settings['pairs']} pairs of {settings['eligible']} eligible words were planted in "
            f"{result.target}; found means q up to {result.level:g}."
        )
        if table_format == "table":
            click.echo("\npower", err=err)
        elif table_format == "tsv":
            click.echo(err=err)
        click.echo(format_table(power_surface(result.table, result.truth, level=result.level), table_format), err=err)


def _two_slices(labels: Sequence[str], source: str | None, target: str | None) -> tuple[str, str]:
    """Return the slices of the control, the first two that are not named otherwise, and say so if there are more."""
    first = source if source is not None else next(label for label in labels if label != target)
    second = target if target is not None else next(label for label in labels if label != first)
    if len(labels) > 2 and (source is None or target is None):
        note(f"controls are about {first} and {second}; the other slices stay as they are.")
    return first, second


def check_controls(aligned: "AlignedSlices", corpus: "Corpus") -> None:
    """Raise :class:`AlignmentError` unless the slices can be made again, by the compass from this corpus."""
    from ..align.compass import CompassAligner

    CompassAligner.of(aligned)
    if len(aligned.labels) < 2:
        raise AlignmentError(f"a control needs two slices, these vectors have {len(aligned.labels)}.")
    vocabulary, _ = corpus.vocabulary.select(corpus.word_counts)  # as the aligner read it
    if vocabulary.words != corpus.vocabulary.words:
        corpus = corpus.recoded(vocabulary)
    if corpus.labels != aligned.labels or corpus.digest != aligned.metadata.get("corpus"):
        raise AlignmentError(
            "the controls train the slices again, so they need the corpus that these slices were aligned from: "
            f"{', '.join(aligned.labels)}; the one given has {', '.join(corpus.labels)} or another text."
        )
    if "graph" in aligned.metadata:
        raise AlignmentError("these slices were aligned with a lexicon; controls can be run on slices without one.")
