"""What ``wordvec drift --stats`` asks, and what it says: intervals and tests for every word."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .output import note, watching

if TYPE_CHECKING:
    import pandas as pd

    from ..slices import AlignedSlices

__all__ = ["StatsInput", "assess", "check_stats", "note_stats", "shown_columns", "stats_options"]

_MB = 1 << 20
#: What a terminal shows; the file has all columns.
_SHOWN = ("word", "source", "target", "drift", "low", "high", "p", "q", "floor", "count_source", "count_target")
#: A false-discovery rate at which findings are counted.
_LEVEL = 0.05


@dataclass(frozen=True, kw_only=True)
class StatsInput:
    """What the options of :func:`stats_options` said."""

    stats: bool
    unit: str
    strata: str | None
    within: str | None
    min_units: int
    splits: int
    permutations: int
    lr: float
    confidence: float
    seed: int
    max_memory: int
    threads: int | None


_OPTIONS = (
    click.option("--stats", is_flag=True, help="Intervals, p and q for every word; needs --corpus, takes minutes."),
    click.option(
        "--unit",
        default="document",
        show_default=True,
        help="With --stats: what the text is a sample of; a column such as author, or date, or file.",
    ),
    click.option("--strata", metavar="COLUMN", help="With --stats: exchange units within these only (genre, source)."),
    click.option(
        "--within",
        metavar="COLUMN",
        help="With --stats: groups inside a slice, whose drift is the floor; date, order, or a column "
        "(default: date, else order).",
    ),
    click.option("--min-units", default=5, show_default=True, help="With --stats: a word with fewer has no p."),
    click.option("--splits", default=16, show_default=True, help="With --stats: random halves of each slice."),
    click.option("--permutations", default=20, show_default=True, help="With --stats: exchanges of units."),
    click.option("--lr", default=0.1, show_default=True, help="With --stats: learning rate of the replicates."),
    click.option("--confidence", default=0.95, show_default=True, help="With --stats: coverage of the intervals."),
    click.option("--seed", default=1, show_default=True, help="With --stats: of all draws."),
    click.option(
        "--max-memory",
        type=click.IntRange(1),
        default=1024,
        show_default=True,
        help="With --stats: MB for vectors; with less, words take turns and the text is read more often.",
    ),
    click.option("--threads", type=click.IntRange(1), default=None, help="With --stats: threads (default: all)."),
)


def stats_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of statistics, and pass them on as ``stats``."""

    @wraps(function)
    def command(**options: Any) -> None:
        stats = StatsInput(**{field.name: options.pop(field.name) for field in fields(StatsInput)})
        function(stats=stats, **options)

    decorated: Callable[..., None] = command
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def check_stats(stats: StatsInput, corpus: Path | None) -> None:
    """Raise :class:`click.UsageError` for options that lack one another."""
    typed = _typed()
    own = [f"--{field.name.replace('_', '-')}" for field in fields(StatsInput) if field.name != "stats"]
    if not stats.stats:
        lone = [option for option in own if option in typed]
        if lone:
            raise click.UsageError(f"{lone[0]} is for --stats: add it, or leave {lone[0]} out.")
        return
    if corpus is None:
        raise click.UsageError("--stats needs --corpus CORPUS, the corpus that ALIGNED was made from.")
    clash = [option for option in ("--measure", "--senses", "--k", "--k-intersection", "--t") if option in typed]
    if clash:
        raise click.UsageError(f"--stats measures the cosine; {clash[0]} is for a table without it. Leave one out.")


def assess(
    stats: StatsInput, slices: "AlignedSlices", corpus: Path, words: list[str] | None, against: Any, min_count: int
) -> "pd.DataFrame":
    """Return the table of :func:`wordvec.drift.assess.assess_drift`."""
    from ..drift.assess import assess_drift
    from ..text.corpus import Corpus

    with watching() as progress:
        return assess_drift(
            slices,
            Corpus.load(corpus),
            words=words,
            against=against,
            unit=stats.unit,
            strata=stats.strata,
            within=stats.within,
            min_count=min_count,
            min_units=stats.min_units,
            splits=stats.splits,
            floors=min(8, stats.splits),
            permutations=stats.permutations,
            lr=stats.lr,
            confidence=stats.confidence,
            seed=stats.seed,
            max_memory=stats.max_memory * _MB,
            threads=stats.threads,
            progress=progress,
        )


def shown_columns(table: "pd.DataFrame") -> "pd.DataFrame":
    """Return the columns that fit a terminal."""
    return table[list(_SHOWN)]


def note_stats(table: "pd.DataFrame") -> None:
    """Say what was tested and found, what was left out, and what the numbers do not say."""
    for entry in table.attrs["left_out"]:
        between = f"{entry['source']} → {entry['target']}"
        mine = table[(table["source"] == entry["source"]) & (table["target"] == entry["target"])]
        floor = table.attrs["settings"]["min_count"]
        listed = f" ({', '.join(entry['words'])})" if entry["words"] else ""
        note(
            f"{between}: {entry['compared']:,} words compared; left out: {entry['too_rare']:,} under {floor} "
            f"occurrences on a side{listed}; without p and interval: {entry['few_units']:,} with too few units."
        )
        tested, found = int(mine["q"].notna().sum()), int((mine["q"] < _LEVEL).sum())
        if tested:
            note(
                f"{between}: {found:,} of {tested:,} words drifted beyond their drift inside a slice (q < {_LEVEL}: "
                f"of these, about {_LEVEL:.0%} by chance)."
            )
    for line in table.attrs["notes"]:
        note(line)


def _typed() -> set[str]:
    """Return the options that were typed on the command line."""
    context = click.get_current_context()
    source = click.core.ParameterSource.COMMANDLINE
    return {
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name and context.get_parameter_source(parameter.name) == source
    }
