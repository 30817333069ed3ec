"""The words of an assessed drift table: ranked with their intervals, then one by one with neighbors and sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .markup import neighbors, number, text, token
from .quotes import Quote, Quotes
from .verdict import LEVEL, chance, missing_reasons, tally

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Shown", "interval_svg", "rank_rows", "words_section"]

#: Comparisons shown open; the rest unfold at a click.
OPEN = 6
#: A word in fewer units than this on a side is marked.
_FEW = 10


@dataclass(frozen=True, eq=False)
class Shown:
    """One comparison: its rows by the lower end of the interval, and how many of them are shown.

    Parameters
    ----------
    source, target : str
        The slices.
    rows : pandas.DataFrame
        Every row, the highest lower end first.
    top : int
        So many are shown.
    unit : str
        What the columns of units count.
    """

    source: str
    target: str
    rows: "pd.DataFrame"
    top: int
    unit: str

    @property
    def first(self) -> "pd.DataFrame":
        """The rows that are shown."""
        return self.rows.head(self.top)


def rank_rows(table: "pd.DataFrame", top: int, unit: str) -> list[Shown]:
    """Return the comparisons in the order of the table, each ranked by the lower end of the interval."""
    found = []
    for (source, target), rows in table.groupby(["source", "target"], sort=False):
        ranked = rows.sort_values(["low", "drift"], ascending=False, kind="stable", na_position="last")
        found.append(Shown(str(source), str(target), ranked, top, unit))
    return found


def words_section(
    comparisons: Sequence[Shown], near: Mapping[tuple[str, str], Sequence[str]], quotes: Mapping[int, Quotes], k: int
) -> str:
    """Return the ranked words of every comparison, and a card for each word.

    Parameters
    ----------
    comparisons : sequence of Shown
        What to show.
    near : mapping of (str, str) to sequence of str
        The neighbors of a word in a slice.
    quotes : mapping of int to Quotes
        Sentences, by the place of the comparison; empty where there is no corpus.
    k : int
        Neighbors that were asked for.
    """
    parts = ["<h2 id='words'>The words that differ most</h2>", _reading(k, comparisons)]
    folded = len(comparisons) > OPEN
    if folded:
        parts.append(
            f"<p class='soft'>The first {OPEN} of {len(comparisons)} comparisons are open; unfold another by its line "
            "(and before printing, those that you want on paper).</p>"
        )
    for i, one in enumerate(comparisons, start=1):
        name = f"{token(one.source)} → {token(one.target)}"
        n = tally(one.rows)
        of = f"{number(min(one.top, n.compared))} of {number(n.compared)} compared words; {number(n.called)} differ"
        body = (
            _exchanged(n.exchanged, n.low_p) + _table(one, i) + missing_reasons(one.rows) + _cards(one, i, near, quotes)
        )
        if folded:
            is_open = " open" if i <= OPEN else ""
            parts.append(
                f"<details id='pair-{i}'{is_open}><summary>{name} <span class='soft'>({of})</span></summary>"
                f"{body}</details>"
            )
        else:
            parts.append(f"<h3 id='pair-{i}'>{name} <span class='soft small'>({of})</span></h3>{body}")
    return "\n".join(parts)


def _reading(k: int, comparisons: Sequence[Shown]) -> str:
    """Explain the table to a reader who has never seen an interval."""
    return (
        "<p>Words are ranked by the <strong>lower end</strong> of the interval of their drift: those come first of "
        "which it is surest that their contexts differ much. <strong>Drift</strong> is 0 where a word is used in the "
        "same contexts and about 1 where the two have nothing in common; it is corrected for the noise of few "
        "occurrences, and may therefore fall a little below 0.</p>"
        "<ul><li>The <strong>line</strong> is the 95 % interval of the drift, the <strong>dot</strong> its best single "
        "value: filled where the word differs (q &lt; .05), hollow where that is not sure.</li>"
        "<li>The orange <strong>tick</strong> is the floor: how far the word drifts between two groups of texts "
        "<em>inside</em> a slice. A drift that is not beyond the floor is nothing that sets the slices apart.</li>"
        "<li><strong>p</strong> says how often the drift would look so far beyond the floor by chance, for a word "
        "that is not. <strong>q</strong> is for the list: of all words as clear as this one or clearer, at most about "
        "such a share is there by chance.</li>"
        f"<li><strong>Neighbors</strong> are the {k} words used most like it in one slice; they need not stand beside "
        "it. <span class='then'>Bold orange</span> ones are found only in the first slice's list, <span class='now'>"
        "bold blue</span> ones only in the second's, <span class='kept'>plain gray</span> ones in both.</li></ul>"
    ).replace("95 %", f"{_percent(comparisons)} %")


def _percent(comparisons: Sequence[Shown]) -> str:
    settings: Mapping[str, Any] = comparisons[0].rows.attrs.get("settings", {}) if comparisons else {}
    return f"{100 * float(settings.get('confidence', 0.95)):.4g}"


def _exchanged(n: int, low_p: int) -> str:
    """Say what the exchange of units gave, and what chance would."""
    if not n:
        return ""
    return (
        f"<p class='soft small'>A weaker question: is the difference larger than if the word's own texts were dealt "
        f"out to the two slices at random? It is for {number(low_p)} of {number(n)} words (p &lt; .05); chance alone "
        f"would give about {number(int(LEVEL * n + 0.5))}. Two slices with different topics make this true of most "
        "words, hence the floor.</p>"
    )


def _table(one: Shown, place: int) -> str:
    rows = one.first
    low, high = _extent(rows)
    body = "\n".join(
        _row(one, place, rank, row, low, high) for rank, row in enumerate(rows.itertuples(index=False), start=1)
    )
    return (
        "<table class='ranked assessed'><caption class='unseen'>Words by the lower end of the interval of their "
        f"drift, {text(one.source)} to {text(one.target)}</caption><thead><tr><th scope='col'><span class='unseen'>"
        "rank</span></th><th scope='col'>word</th>"
        f"<th scope='col'>drift with its interval{_axis(low, high)}</th>"
        f"<th scope='col'>times and {_units(one.unit)}</th><th scope='col'>by chance (p)</th>"
        f"<th scope='col'>false in the list so far (q)</th></tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _axis(low: float, high: float) -> str:
    """Draw the scale above the bars."""
    marks = ""
    for tick in (0.0, 0.5, 1.0, 1.5):
        if low <= tick <= high + 0.02:
            x = _place(tick, low, high)
            marks += f"<line class='zero' x1='{x}' x2='{x}' y1='13' y2='18'/><text x='{x}' y='11'>{tick:.3g}</text>"
    return f"<svg class='interval axis' viewBox='0 0 200 20' aria-hidden='true'>{marks}</svg>"


def _place(value: float, low: float, high: float) -> str:
    """Return where a drift is on the axis of a bar."""
    return f"{6 + 188 * (min(max(value, low), high) - low) / (high - low):.1f}"


def _units(unit: str) -> str:
    return "documents" if unit == "document" else f"units ({text(unit)})"


def _extent(rows: "pd.DataFrame") -> tuple[float, float]:
    """Return the ends of the axis that the bars of a table share."""
    values = rows[["low", "high", "drift", "floor"]].to_numpy(dtype=float)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    return max(-1.0, min(0.0, low)), min(2.0, max(0.5, high))


def _row(one: Shown, place: int, rank: int, row: Any, low: float, high: float) -> str:
    sides = (
        (one.source, row.count_source, row.units_source),
        (one.target, row.count_target, row.units_target),
    )
    counts = "<br>".join(
        f"<span class='soft'>{text(label)}</span> {number(int(n))} <span class='soft'>in</span> {number(int(units))}"
        + (" <strong class='small'>few</strong>" if units < _FEW else "")
        for label, n, units in sides
    )
    why = f"<br><span class='soft small'>{text(row.why)}</span>" if row.why else ""
    number_p, number_q = (
        f"<br><span class='soft small'>{shown}</span>" if shown else "" for shown in map(_figure, (row.p_floor, row.q))
    )
    return (
        f"<tr><td class='number rank soft'>{rank}</td>"
        f"<th scope='row' class='word'><a href='#word-{place}-{rank}'>{token(row.word)}</a></th>"
        f"<td class='drift' data-label='drift'>{interval_svg(row, low, high)}{_in_words(row)}</td>"
        f"<td class='counts' data-label='times and {_units(one.unit)}'><span class='block'>{counts}</span></td>"
        f"<td data-label='by chance (p)'>{chance(row.p_floor)}{number_p}</td>"
        f"<td data-label='false in the list so far (q)'>{chance(row.q)}{number_q}{why}</td></tr>"
    )


def _in_words(row: Any) -> str:
    """Return what the bar shows, as numbers."""
    ends = f", {row.low:.2f} to {row.high:.2f}" if np.isfinite(row.low) else ", no interval"
    drift = f"{row.drift:.2f}" if np.isfinite(row.drift) else "unknown"
    floor = f"; floor {row.floor:.2f}" if np.isfinite(row.floor) else "; no floor"
    return f"<span class='small'><strong>{drift}</strong>{ends}{floor}</span>".replace("-0.00", "0.00")


def _figure(value: float) -> str:
    """Return a probability as a short number; empty for none, or where words have said all there is."""
    if not np.isfinite(value) or value < 1e-6:
        return ""
    return f"{value:.3f}".lstrip("0") if value >= 0.001 else f"{value:.6f}".lstrip("0")


def interval_svg(row: Any, low: float, high: float) -> str:
    """Draw the interval, the drift and the floor of one word on an axis from ``low`` to ``high``.

    It is hidden from screen readers: the numbers stand beside it.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> row = SimpleNamespace(drift=0.6, low=0.5, high=0.7, floor=0.1, q=0.01)
    >>> interval_svg(row, 0.0, 1.0).count("<line"), "class='dot'" in interval_svg(row, 0.0, 1.0)
    (3, True)
    """

    def at(value: float) -> str:
        return _place(value, low, high)

    parts = [f"<line class='zero' x1='{at(0.0)}' x2='{at(0.0)}' y1='2' y2='18'/>"]
    if np.isfinite(row.floor):
        parts.append(f"<line class='floor' x1='{at(row.floor)}' x2='{at(row.floor)}' y1='3' y2='17'/>")
    if np.isfinite(row.low):
        parts.append(f"<line class='interval' x1='{at(row.low)}' x2='{at(row.high)}' y1='10' y2='10'/>")
    if np.isfinite(row.drift):
        kind = "dot" if row.q < LEVEL else "dot hollow"
        parts.append(f"<circle class='{kind}' cx='{at(row.drift)}' cy='10' r='3.6'/>")
    return f"<svg class='interval' viewBox='0 0 200 20' aria-hidden='true'>{''.join(parts)}</svg>"


def _cards(one: Shown, place: int, near: Mapping[tuple[str, str], Sequence[str]], quotes: Mapping[int, Quotes]) -> str:
    """Return the neighbors, and sentences where there are some, of every shown word."""
    found = quotes.get(place - 1)
    head = "<h4>Word by word: neighbors" + (" and sentences" if found and found.of else "") + "</h4>"
    cards = []
    for rank, row in enumerate(one.first.itertuples(index=False), start=1):
        word = str(row.word)
        then, now = near.get((word, one.source), []), near.get((word, one.target), [])
        sides = "".join(
            f"<div><p class='soft small side'>{token(label)}</p><p class='near'>{listed}</p>"
            f"{_sentences(found, word, label, other)}</div>"
            for label, other, listed in (
                (one.source, one.target, neighbors(then, now, "then")),
                (one.target, one.source, neighbors(now, then, "now")),
            )
        )
        cards.append(
            f"<article class='card' id='word-{place}-{rank}'><h5>{token(row.word)} <span class='soft small'>"
            f"{_in_words(row)}</span></h5><div class='sides'>{sides}</div></article>"
        )
    return head + _how_chosen(found) + "\n".join(cards)


def _how_chosen(found: Quotes | None) -> str:
    if found is None:
        return "<p class='soft small'>No sentences: this page was made without the corpus (give it one).</p>"
    if found.is_private:
        return "<p class='soft small'>No sentences: the corpus was made to keep none (--no-examples).</p>"
    lines = (
        ""
        if found.has_lines
        else " <strong>The corpus has no lines to quote:</strong> some are put together again from the words that were "
        "counted, without punctuation and rare words."
    )
    return (
        "<p class='soft small'>Sentences were picked because the words around differ most between the slices, from as "
        f"many texts as there are. They illustrate; they are no proof and no fair sample.{lines}</p>"
    )


def _sentences(found: Quotes | None, word: str, label: str, other: str) -> str:
    quotes = found.of.get((word, label, other), []) if found is not None else []
    return f"<ul class='sentences'>{''.join(map(_sentence, quotes))}</ul>" if quotes else ""


def _sentence(quote: Quote) -> str:
    before, word, after = (
        text(" ".join(part.split())) if part.strip() else ""
        for part in (quote.text[: quote.start], quote.text[quote.start : quote.end], quote.text[quote.end :])
    )
    spaces = (" " * quote.text[: quote.start].endswith(" "), " " * quote.text[quote.end :].startswith(" "))
    marked = f"{before}{spaces[0]}<mark>{word}</mark>{spaces[1]}{after}" if word else after
    source = f" <cite>{text(quote.source)}</cite>" if quote.source else ""
    return f"<li><span dir='auto'>{marked}</span>{source}</li>"
