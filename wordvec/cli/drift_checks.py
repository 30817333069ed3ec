"""What the options of ``wordvec drift`` must agree on, looked at before anything takes time."""

import os
from pathlib import Path

import click

from ..disk import check_file_output
from .drift_controls import parse_null
from .drift_options import AgreementInput, ControlInput, DriftInput, StatsInput
from .drift_output import STDOUT, check_table_output
from .option_groups import option_names, typed_options

__all__ = ["check_options"]

#: The measures that are not made of aligned vectors alone.
_OF_TEXT = ("contexts", "senses")


def check_options(asked: DriftInput) -> None:
    """Raise :class:`click.UsageError` for options that lack one another or do not go together.

    Raises
    ------
    ResourceError
        If a file cannot be written, or pyarrow is missing for Parquet.
    """
    typed = typed_options()
    _check_switches(asked, typed)
    _check_order(asked)
    _check_summary(asked)
    _check_stats(asked, typed)
    _check_controls(asked)
    _check_texts(asked)
    _check_agreement(asked, typed)
    _check_files(asked)


def _check_switches(asked: DriftInput, typed: set[str]) -> None:
    """Refuse options of a group whose switch is off."""
    groups = (
        (StatsInput, "--stats", asked.stats.stats),
        (ControlInput, "--stats", asked.stats.stats),
        (AgreementInput, "--agreement", asked.agreement.agreement),
    )
    for kind, switch, is_on in groups:
        lone = [option for option in option_names(kind) if option in typed and not is_on]
        if lone:
            raise click.UsageError(f"{lone[0]} is for {switch}: add it, or leave {lone[0]} out.")
    if len(asked.paths) > 1 and not asked.agreement.agreement:
        raise click.UsageError(
            f"{len(asked.paths)} aligned slices were named; to put methods side by side add --agreement, else name one."
        )


def _check_order(asked: DriftInput) -> None:
    against, summary = asked.scope.against, asked.measure.summary
    if asked.scope.unordered and summary == "change_points":
        raise click.UsageError("--change-points needs slices in order of time; it does not go with --unordered.")
    if asked.scope.unordered and against == "previous":
        raise click.UsageError("--unordered slices have no previous one; use --against every or first.")
    if summary == "dispersion" and against not in (None, "every"):
        raise click.UsageError(f"--dispersion compares every two slices; leave --against {against} out.")
    if summary == "change_points" and against == "every":
        raise click.UsageError("--change-points needs --against first or previous.")


def _check_summary(asked: DriftInput) -> None:
    others = (asked.shown.report, asked.measure.residual, asked.stats.stats, asked.agreement.agreement)
    if asked.measure.summary is not None and any(others):
        raise click.UsageError(
            "--change-points and --dispersion make tables of their own, without --report, --residual, --stats and "
            "--agreement."
        )


def _check_stats(asked: DriftInput, typed: set[str]) -> None:
    if not asked.stats.stats:
        return
    if asked.texts.corpus is None:
        raise click.UsageError("--stats needs --corpus CORPUS, the corpus that ALIGNED was made from.")
    if asked.agreement.agreement:
        return  # the measures are those of the methods
    clash = ("--measure", "--residual", "--k", "--k-intersection", "--anchors", "--t")
    found = [option for option in clash if option in typed]
    if found:
        raise click.UsageError(f"--stats measures the cosine; {found[0]} is for a table without it. Leave one out.")


def _check_controls(asked: DriftInput) -> None:
    for null in asked.controls.nulls:
        parse_null(null)
    if asked.controls.plant_shares and asked.controls.plant is None:
        raise click.UsageError("--plant-share is for --plant swap or --plant blend: add one of them.")


def _check_texts(asked: DriftInput) -> None:
    senses, corpus, report, measures = (
        *(asked.texts.senses, asked.texts.corpus),
        *(asked.shown.report, asked.measure.measures),
    )
    if senses is None and "senses" in measures:
        step = "make them with: wordvec senses align SENSES CORPUS -o OUT"
        raise click.UsageError(f"--measure senses needs --senses; {step}")
    if "contexts" in measures:
        if corpus is None:
            raise click.UsageError("--measure contexts needs --corpus, whose words it counts.")
    elif corpus is not None and not asked.stats.stats and (senses is None or report is None):
        raise click.UsageError(
            "--corpus is for examples of senses in a report: it needs --senses and --report. To count words: "
            "--measure contexts; for intervals and tests: --stats."
        )
    if senses is not None and report is None and "senses" not in measures:
        raise click.UsageError("--senses is for --report, or for --measure senses: add one of them.")


def _check_agreement(asked: DriftInput, typed: set[str]) -> None:
    if not asked.agreement.agreement:
        return
    paths, nulls, measures = asked.paths, asked.agreement.agreement_nulls, dict.fromkeys(asked.measure.measures)
    if len(paths) * len(measures) < 2:
        raise click.UsageError("--agreement is of two methods or more: name several ALIGNED, or several --measure.")
    for measure in _OF_TEXT:
        if measure in measures:
            raise click.UsageError(f"--agreement is about aligned vectors; leave --measure {measure} out.")
    if asked.measure.residual:
        raise click.UsageError("--agreement compares drift, not what is left of it: leave --residual out.")
    if len(nulls) not in (0, len(paths)):
        raise click.UsageError(
            f"--agreement-null was given {len(nulls)} time(s) for {len(paths)} ALIGNED: give one for each, in their "
            "order."
        )
    if asked.texts.senses is not None and not asked.stats.stats:
        raise click.UsageError("--senses does not go with --agreement, unless --stats is there, too.")


def _check_files(asked: DriftInput) -> None:
    output, report = asked.shown.output, asked.shown.report
    if output is not None and report is not None and os.path.realpath(output) == os.path.realpath(report):
        raise click.UsageError("-o and --report name the same file; give two names.")
    for path in (output, report):
        if _is_file(path):
            assert path is not None
            check_file_output(path, overwrite=asked.shown.overwrite)
    if output is not None:
        check_table_output(output)


def _is_file(path: Path | None) -> bool:
    return path not in (None, STDOUT)
