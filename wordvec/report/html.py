"""The drift report: one self-contained page for readers who have never seen a vector."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..disk import check_file_output, write_text
from ..drift.neighbors import list_neighbors
from ..drift.remarks import wide_intersection
from ..errors import require
from ..senses.slices import SenseSlices
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from .assessed import assessed_html
from .controls import agreement_section, control_frame, null_section
from .markup import between, neighbors, number, text, token, tokens
from .plot import check_table, figure_svg, plot_drift, plot_trajectories, quiet_setup
from .record import method
from .sections import certainty, compared, left_out, reading, usual_counts
from .sense_panel import Examples, sense_panel
from .shell import page_html
from .verdict import is_assessed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["report_html", "write_report"]

#: Comparisons shown open; the rest unfold at a click.
_OPEN = 6
_LINES = 7
_NO_STATISTICS = (
    "<p class='mark'><strong>Without statistics.</strong> This page ranks words by how far they drift and does not say "
    "how much of that is chance: it has no intervals, no tests and no null. <code>wordvec drift --stats</code> gives "
    "them.</p>"
)


def write_report(
    path: Path | str,
    slices: AlignedSlices,
    table: "pd.DataFrame",
    *,
    top: int = 20,
    k: int = 10,
    title: str = "Which words are used differently?",
    senses: SenseSlices | None = None,
    examples: Examples | None = None,
    corpus: Corpus | None = None,
    control: "pd.DataFrame | Mapping[str, Any] | None" = None,
    agreement: "pd.DataFrame | Sequence[pd.DataFrame] | None" = None,
    overwrite: bool = False,
) -> None:
    """Write the drift report as one HTML file that needs nothing else, no network either.

    Parameters
    ----------
    path : Path or str
        File to write; it appears whole or not at all.
    slices : AlignedSlices
        What ``table`` was measured on.
    table : pandas.DataFrame
        As :func:`wordvec.drift.assess.assess_drift` returns it: ranked by the lower end of the interval. Or as
        :func:`wordvec.measure_drift` returns it: ranked by its first measure, and marked as without statistics.
    top : int >= 1, default 20
        Words shown for each pair of slices.
    k : int >= 1, default 10
        Neighbors shown for each word and slice.
    title : str
        Headline.
    senses : SenseSlices, optional
        Senses of the same words: how common each is in every slice is shown for the words that differ most.
    examples : mapping of (str, int) to sequence of str, optional
        Lines in which a sense of a word occurs, by word and number of the sense.
    corpus : Corpus, optional
        The text: sentences that show each word in either slice, for a table with statistics.
    control : pandas.DataFrame or mapping, optional
        What a control found where nothing differs (see :func:`wordvec.report.controls.control_frame`); a page without
        one is marked so.
    agreement : pandas.DataFrame or sequence of these, optional
        What several methods say of the same slices.
    overwrite : bool, default False
        Replace a file that is there.

    Raises
    ------
    ResourceError
        If the file is there already or cannot be written.
    ParameterError
        If ``top`` or ``k`` is below 1, ``table`` does not fit ``slices``, or ``control`` lacks something.
    AlignmentError
        If the corpus lacks a slice.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from wordvec import Embeddings, Vocabulary, measure_drift
    >>> words = Vocabulary(("sea", "war"), np.array([90, 70]))
    >>> then = Embeddings(words, np.array([[1, 0], [0, 1]], np.float32))
    >>> now = Embeddings(words, np.array([[1, 0], [1, 1]], np.float32))
    >>> slices = AlignedSlices(("then", "now"), (then, now), words, np.array([[40, 30], [50, 40]]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(f"{folder}/drift.html", slices, measure_drift(slices))
    """
    path = Path(path)
    check_file_output(path, overwrite=overwrite)
    write_text(
        path,
        report_html(
            slices,
            table,
            top=top,
            k=k,
            title=title,
            senses=senses,
            examples=examples,
            corpus=corpus,
            control=control,
            agreement=agreement,
        ),
        overwrite=overwrite,
    )


def report_html(
    slices: AlignedSlices,
    table: "pd.DataFrame",
    *,
    top: int = 20,
    k: int = 10,
    title: str = "Which words are used differently?",
    senses: SenseSlices | None = None,
    examples: Examples | None = None,
    corpus: Corpus | None = None,
    control: "pd.DataFrame | Mapping[str, Any] | None" = None,
    agreement: "pd.DataFrame | Sequence[pd.DataFrame] | None" = None,
) -> str:
    """Return the drift report as text; equal input gives equal text. See :func:`write_report`.

    Examples
    --------
    >>> import numpy as np
    >>> from wordvec import Embeddings, Vocabulary, measure_drift
    >>> words = Vocabulary(("sea", "war"), np.array([90, 70]))
    >>> then = Embeddings(words, np.array([[1, 0], [0, 1]], np.float32))
    >>> now = Embeddings(words, np.array([[1, 0], [1, 1]], np.float32))
    >>> slices = AlignedSlices(("then", "now"), (then, now), words, np.array([[40, 30], [50, 40]]))
    >>> page = report_html(slices, measure_drift(slices))
    >>> page[:15], "<bdi>war</bdi>" in page
    ('<!DOCTYPE html>', True)
    """
    require(top >= 1, "top", "an integer >= 1", top)
    require(k >= 1, "k", "an integer >= 1", k)
    assessed = is_assessed(table)
    if not assessed:
        check_table(table)
    for label in dict.fromkeys([*table["source"], *table["target"]]):
        slices.number(label)
    if assessed:
        return assessed_html(
            slices,
            table,
            top=top,
            k=k,
            title=title,
            senses=senses,
            examples=examples,
            corpus=corpus,
            control=control,
            agreement=agreement,
        )
    nulls = control_frame(control)
    settings = dict(table.attrs.get("settings", {}))
    page = _Page(slices, table, top, k, int(settings.get("min_count", 20)))
    panel = sense_panel(senses, page.words, examples=examples, min_count=page.min_count) if senses is not None else ""
    parts = [
        f"<h1>{text(title)}</h1>",
        f"<p class='lead'>Words whose company differs between {between(slices.labels)}.</p>",
        _NO_STATISTICS,
        page.summary(),
        compared(slices),
        reading(page.measures, k),
        page.ranked(),
        page.chart(),
        panel,
        null_section(nulls) if nulls is not None else "",
        agreement_section(agreement, top),
        left_out(table.attrs, page.min_count),
        certainty(page.min_count, wide_intersection(table.attrs), has_senses=bool(panel)),
        method(slices, settings or {"measures": page.measures}),
    ]
    body = "\n".join(part for part in parts if part)
    return page_html(title, body)


@dataclass(frozen=True, eq=False)
class _Comparison:
    """The shown rows of one pair of slices; ``usual`` are the counts of all its words, on the rarer side."""

    source: str
    target: str
    rows: "pd.DataFrame"
    usual: Sequence[int]
    others: Mapping[str, Sequence[tuple[str, float]]]


class _Page:
    """What the parts of the page that show words have in common."""

    def __init__(self, slices: AlignedSlices, table: "pd.DataFrame", top: int, k: int, min_count: int) -> None:
        self.slices, self.min_count = slices, min_count
        self.measures = [str(m) for m in dict.fromkeys(table["measure"])]
        self.comparisons = list(_comparisons(table, self.measures, top))
        self.ranking = table[table["measure"] == self.measures[0]] if self.measures else table
        self.words = list(dict.fromkeys(word for one in self.comparisons for word in one.rows["word"]))
        found = list_neighbors(slices, self.words, k=k, min_count=min_count)
        self.near: dict[tuple[str, str], list[str]] = {}
        for word, label, neighbor in zip(found["word"], found["slice"], found["neighbor"], strict=True):
            self.near.setdefault((word, label), []).append(neighbor)

    def summary(self) -> str:
        """Name the words at the top of each comparison."""
        if not self.comparisons:
            return (
                "<p><strong>No word could be compared.</strong> None of the words asked for occurs at least "
                f"{number(self.min_count)} times on both sides of a comparison. Use more text, or a lower "
                "<code>--min-count</code> if you accept that rare words drift by chance.</p>"
            )
        lines = "".join(
            f"<li><a href='#pair-{i}'>{token(one.source)} → {token(one.target)}</a>: "
            f"{tokens(one.rows['word'].head(6))}</li>"
            for i, one in enumerate(self.comparisons, start=1)
        )
        if len(self.comparisons) > _OPEN:
            summary = f"The words that differ most in {len(self.comparisons)} comparisons, in short"
            return f"<details><summary>{summary}</summary><ul>{lines}</ul></details>"
        return f"<p>The words that differ most, in short:</p><ul>{lines}</ul>"

    def ranked(self) -> str:
        """Show every comparison with its words, counts and neighbors."""
        if not self.comparisons:
            return ""
        parts = ["<h2 id='words'>The words that differ most</h2>"]
        if len(self.comparisons) > _OPEN:
            parts.append(
                f"<p class='soft'>The first {_OPEN} of {len(self.comparisons)} comparisons are open; click on a "
                "line to unfold another (and before printing, those that you want on paper).</p>"
            )
        for i, one in enumerate(self.comparisons, start=1):
            name = f"{token(one.source)} → {token(one.target)}"
            of = f"{number(len(one.rows))} of {number(len(one.usual))} compared words"
            body = usual_counts(_rarer(one.rows), one.usual) + self._table(one)
            if len(self.comparisons) > _OPEN:
                is_open = " open" if i <= _OPEN else ""
                parts.append(
                    f"<details id='pair-{i}'{is_open}><summary>{name} <span class='soft'>({of})</span>"
                    f"</summary>{body}</details>"
                )
            else:
                parts.append(f"<h3 id='pair-{i}'>{name} <span class='soft small'>({of})</span></h3>{body}")
        return "\n".join(parts)

    def _table(self, one: _Comparison) -> str:
        widest = max(1.0, float(one.rows["drift"].max()))
        rows = "\n".join(self._row(one, rank, row, widest) for rank, row in enumerate(one.rows.itertuples(), start=1))
        then, now = text(one.source), text(one.target)
        return (
            "<table class='ranked'><thead><tr><th></th><th>word</th><th>drift</th>"
            f"<th class='number'>times in<br>{then}</th><th class='number'>times in<br>{now}</th>"
            f"<th>neighbors in {then}</th><th>neighbors in {now}</th></tr></thead>\n<tbody>\n{rows}\n</tbody></table>"
        )

    def _row(self, one: _Comparison, rank: int, row: Any, widest: float) -> str:
        others = "".join(
            f"<span class='other'>{text(measure)} {drift:.2f}</span>" for measure, drift in one.others.get(row.word, ())
        )
        width = 100 * max(0.0, row.drift) / widest
        then, now = self.near.get((row.word, one.source), []), self.near.get((row.word, one.target), [])
        labels = text(one.source), text(one.target)
        return (
            f"<tr><td class='number rank soft'>{rank}</td><td class='word'>{token(row.word)}</td>"
            f"<td class='drift' data-label='drift'>{row.drift:.2f}"
            f"<span class='bar' style='width:{width:.0f}%'></span>{others}</td>"
            f'<td class="number" data-label="times in {labels[0]}">{number(row.count_source)}</td>'
            f'<td class="number" data-label="times in {labels[1]}">{number(row.count_target)}</td>'
            f'<td class="near" data-label="neighbors in {labels[0]}">{neighbors(then, now, "then")}</td>'
            f'<td class="near" data-label="neighbors in {labels[1]}">{neighbors(now, then, "now")}</td></tr>'
        )

    @quiet_setup()
    def chart(self) -> str:
        """Draw the words that drifted most: their paths, or bars where there are two slices only."""
        if not self.comparisons:
            return ""
        ranking = self.ranking.sort_values("drift", ascending=False, kind="stable")
        if len(self.slices.labels) == 2:
            figure = plot_drift(ranking, top=15)
            caption = "Longer bars: the company of the word differs more. Beside each bar: how often the word occurs."
        else:
            words = list(dict.fromkeys(ranking["word"]))[:_LINES]
            figure = plot_trajectories(self.slices, words, min_count=self.min_count)
            caption = (
                f"The {len(words)} words with the highest drift in any comparison, each compared with the first slice "
                f"in which it occurs {number(self.min_count)} times. Where the slices are periods, a line that rises "
                "and stays up is a lasting change, one that comes down again a passing one. A gap: too few occurrences."
                if len(words) > 1
                else "The word compared with the first slice in which it occurs often enough."
            )
        svg = figure_svg(figure).replace(
            "<svg ", "<svg role='img' aria-label='Chart of the words that differ most' ", 1
        )
        return (
            f"<h2 id='chart'>The difference in a picture</h2><figure>{svg}<figcaption>{caption}</figcaption></figure>"
        )


def _comparisons(table: "pd.DataFrame", measures: Sequence[str], top: int) -> Iterator[_Comparison]:
    """Yield the pairs in the order of the table, each with its ``top`` rows of the first measure."""
    for (source, target), rows in table.groupby(["source", "target"], sort=False):
        ranked = rows[rows["measure"] == measures[0]].sort_values("drift", ascending=False, kind="stable")
        shown = ranked.head(top)
        rest = rows[(rows["measure"] != measures[0]) & rows["word"].isin(shown["word"])]
        others: dict[str, list[tuple[str, float]]] = {}
        for word, measure, drift in zip(rest["word"], rest["measure"], rest["drift"], strict=True):
            others.setdefault(word, []).append((str(measure), float(drift)))
        if len(shown):
            yield _Comparison(str(source), str(target), shown, _rarer(ranked), others)


def _rarer(rows: "pd.DataFrame") -> list[int]:
    """Return how often each row's word occurs on the side that has fewer of it."""
    return [min(pair) for pair in zip(rows["count_source"].tolist(), rows["count_target"].tolist(), strict=True)]
