"""``wordvec drift --stats``: intervals and tests for every word, what checks them, and what is said of them."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from .drift_agreement import find_agreement, print_agreement
from .drift_controls import check_controls, print_controls, run_controls
from .drift_options import DriftInput
from .drift_output import STDOUT, print_drift, rows_of_report, shown_rows, table_bytes, write_outputs
from .drift_senses import quote_senses, report_words
from .drift_slices import Opened
from .output import note, on_terminal, watching

if TYPE_CHECKING:
    import pandas as pd

    from ..drift.control_runs import ControlResult
    from ..drift.measures import Against
    from ..progress import Watcher
    from ..slices import AlignedSlices
    from ..text.corpus import Corpus
    from .drift_agreement import Agreement

__all__ = ["show_stats"]

_MB = 1 << 20
#: What a terminal shows; the file has all columns.
_SHOWN = ("drift", "low", "high", "p", "q", "floor")
#: A false-discovery rate at which findings are counted.
_LEVEL = 0.05
#: The column of ``--refit-compass``.
_REFITS = "sd_refits"


class _Checks(NamedTuple):
    """What was done beside the table."""

    results: "list[ControlResult]"
    agreement: "Agreement | None"


def show_stats(asked: DriftInput, opened: Opened) -> None:
    """Write and print the table with statistics, then run what checks it, then write the report.

    What took minutes is written as soon as it is there.
    """
    from ..text.corpus import Corpus

    assert asked.texts.corpus is not None
    corpus, slices, shown = Corpus.load(asked.texts.corpus), opened.slices, asked.shown
    if asked.has_controls or asked.controls.refit_compass:
        check_controls(slices, corpus)
    with watching() as progress:
        table = _assess(asked, slices, corpus, opened.chosen, asked.against, progress)
    if asked.controls.refit_compass:
        table = _add_refits(asked, slices, corpus, table)
    table.attrs["unknown"] = opened.unknown
    if shown.output is not None:
        _write(shown.output, table_bytes(table, shown.output), shown.overwrite)
    rows = shown_rows(table, shown, opened.chosen)
    if rows is not None:
        print_drift(slices, rows, shown, asked.scope.min_count, _narrow(rows))
    _note_stats(table)
    checks = _check(asked, opened, corpus)
    if not asked.controls.nulls:
        note(
            "no null was run: how many words these tests find where nothing changed is not known on this text. "
            "Add --null shuffled."
        )
    if shown.report is not None:
        page = _report(asked, opened, corpus, table, checks)
        _write(shown.report, page.encode("utf-8", "replace"), shown.overwrite)


def _assess(
    asked: DriftInput,
    slices: "AlignedSlices",
    corpus: "Corpus",
    words: Sequence[str] | None,
    against: "Against",
    progress: "Watcher",
) -> "pd.DataFrame":
    """Return the table of :func:`wordvec.drift.assess.assess_drift`."""
    from ..drift.assess import assess_drift

    stats = asked.stats
    return assess_drift(
        slices,
        corpus,
        words=words,
        against=against,
        unit=stats.unit,
        strata=stats.strata,
        within=stats.within,
        min_count=asked.scope.min_count,
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


def _narrow(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Return the columns for which a terminal has room: no slices where there are two, both counts in one."""
    pairs = rows[["source", "target"]].drop_duplicates()
    counts = [f"{a:,} → {b:,}" for a, b in zip(rows["count_source"], rows["count_target"], strict=True)]
    names = ["word", *(["source", "target"] if len(pairs) > 1 else []), *_SHOWN]
    return rows[[*names, *(name for name in (_REFITS,) if name in rows.columns)]].assign(counts=counts)


def _add_refits(asked: DriftInput, slices: "AlignedSlices", corpus: "Corpus", table: "pd.DataFrame") -> "pd.DataFrame":
    """Return the table with a column: how much raw drift varies when all is aligned again with other seeds."""
    from ..align.compass import CompassAligner
    from ..drift.refits import compass_spread

    refits = asked.controls.refit_compass
    assert refits is not None
    with watching() as progress:
        spread = compass_spread(
            corpus,
            CompassAligner.of(slices),
            refits=refits,
            against=asked.against,
            min_count=asked.scope.min_count,
            threads=asked.stats.threads,
            progress=progress,
        )
    keys = ["word", "source", "target"]
    found = table.merge(spread[[*keys, "drift_sd"]].rename(columns={"drift_sd": _REFITS}), on=keys, how="left")
    found.attrs = table.attrs
    for (source, target), rows in found.groupby(["source", "target"], sort=False):
        half = ((rows["high"] - rows["low"]) / 2).median()
        found.attrs["notes"].append(
            f"{source} → {target}: aligned {refits} times with other seeds, raw drift of a word varies by a standard "
            f"deviation of {rows[_REFITS].median():.3f} (the median word; one in 20 has more than "
            f"{rows[_REFITS].quantile(0.95):.3f}); the intervals, in which this is not, reach {half:.3f} to either "
            "side (the median word)."
        )
    return found


def _check(asked: DriftInput, opened: Opened, corpus: "Corpus") -> _Checks:
    """Run and print the controls and the comparison with other methods."""
    table_format = asked.shown.table_format or ("table" if on_terminal() else "tsv")
    is_taken = STDOUT in (asked.shown.output, asked.shown.report)
    results = _run_controls(asked, opened.slices, corpus)
    if results:
        if not is_taken:
            click.echo("\ncontrols" if table_format == "table" else "", nl=table_format != "json")
        print_controls(results, "table" if is_taken else table_format, err=is_taken)
    if not asked.agreement.agreement:
        return _Checks(results, None)
    agreement = find_agreement(asked)
    print_agreement(agreement, asked, opened.chosen, beside_stats=True)
    return _Checks(results, agreement)


def _run_controls(asked: DriftInput, slices: "AlignedSlices", corpus: "Corpus") -> "list[ControlResult]":
    """Return what nulls and plants give under the settings of the table, all words of two slices."""
    if not asked.has_controls:
        return []
    source, target = slices.labels[:2]
    if len(slices.labels) > 2:
        note(f"controls are about {source} and {target}; the other slices stay as they are.")
    kinds: list[tuple[list[str], str | None]] = [([null], None) for null in asked.controls.nulls]
    if asked.controls.plant is not None:
        kinds.append(([], asked.controls.plant))
    results = []
    for number, (nulls, plant) in enumerate(kinds, start=1):
        note(f"control {number} of {len(kinds)}, {plant or nulls[0]}: aligning and assessing again.")
        with watching() as progress:
            results += run_controls(
                slices,
                corpus,
                partial(_assess_pair, asked, (source, target), progress),
                nulls,
                plant,
                shares=asked.controls.plant_shares,
                source=source,
                target=target,
                unit=asked.stats.unit,
                strata=asked.stats.strata,
                min_count=asked.scope.min_count,
                seed=asked.controls.control_seed,
                threads=asked.stats.threads,
                progress=progress,
            )
    return results


def _assess_pair(
    asked: DriftInput, pair: tuple[str, str], progress: "Watcher", aligned: "AlignedSlices", corpus: "Corpus"
) -> "pd.DataFrame":
    """Assess two of the slices, with the settings of the table."""
    from dataclasses import replace

    numbers = [aligned.number(label) for label in pair]
    embeddings = tuple(aligned.embeddings[number] for number in numbers)
    two = replace(aligned, labels=pair, embeddings=embeddings, counts=aligned.counts[numbers])
    return _assess(asked, two, corpus, None, "previous", progress)


def _report(asked: DriftInput, opened: Opened, corpus: "Corpus", table: "pd.DataFrame", checks: _Checks) -> str:
    """Return the report, with what checked the table."""
    from ..drift.control_runs import join_controls
    from ..report.html import report_html

    top, examples = rows_of_report(asked.shown, opened.chosen), None
    if opened.senses is not None and asked.texts.corpus is not None:
        examples = quote_senses(opened.senses, asked.texts.corpus, report_words(table, top))
    return report_html(
        opened.slices,
        table,
        top=top,
        k=asked.shown.neighbors or 10,
        senses=opened.senses,
        examples=examples,
        corpus=corpus,
        control=join_controls(checks.results) if checks.results else None,
        agreement=None if checks.agreement is None else list(checks.agreement),
    )


def _note_stats(table: "pd.DataFrame") -> None:
    """Say what was tested and found, what was left out, and what the numbers do not say."""
    floor = table.attrs["settings"]["min_count"]
    for entry in table.attrs["left_out"]:
        between = f"{entry['source']} → {entry['target']}"
        mine = table[(table["source"] == entry["source"]) & (table["target"] == entry["target"])]
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


def _write(path: Path, content: bytes, overwrite: bool) -> None:
    write_outputs({path: content}, overwrite)
    if path != STDOUT:
        note(f"wrote {path}")
