"""The drift report of a table with statistics: a verdict, its words with their intervals, and its limits."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..drift.neighbors import list_neighbors
from ..senses.slices import SenseSlices
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from .assessed_words import Shown, rank_rows, words_section
from .controls import agreement_section, control_frame, null_section
from .interval_plot import path_rows, plot_paths
from .markup import between, number, text, token, tokens
from .plot import figure_svg, quiet_setup
from .quotes import Quotes, quote_words
from .record import method
from .search_box import SCRIPT, search_section
from .sections import compared
from .sense_panel import Examples, sense_panel
from .shell import page_html
from .verdict import cannot_tell, check_assessed, slice_units, tally, units_named, verdict

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["assessed_html"]

#: Words whose paths are drawn.
_PATHS = 9
#: Comparisons whose words are quoted: as many as are open.
_QUOTED = 6


def assessed_html(
    slices: AlignedSlices,
    table: "pd.DataFrame",
    *,
    top: int,
    k: int,
    title: str,
    senses: SenseSlices | None = None,
    examples: Examples | None = None,
    corpus: Corpus | None = None,
    control: "pd.DataFrame | Mapping[str, Any] | None" = None,
    agreement: "pd.DataFrame | Sequence[pd.DataFrame] | None" = None,
) -> str:
    """Return the report of a table of :func:`wordvec.drift.assess.assess_drift` as text.

    Parameters
    ----------
    slices, table, top, k, title, senses, examples, corpus, control, agreement
        As for :func:`wordvec.report.html.report_html`, which calls this.
    """
    check_assessed(table)
    settings: dict[str, Any] = dict(table.attrs.get("settings", {}))
    unit, min_count = str(settings.get("unit", "document")), int(settings.get("min_count", 20))
    comparisons = rank_rows(table, top, unit)
    words = list(dict.fromkeys(word for one in comparisons for word in one.first["word"]))
    nulls = control_frame(control)
    quotes = _quotes(comparisons, corpus, unit)
    panel = sense_panel(senses, words, examples=examples, min_count=min_count) if senses is not None else ""
    pairs = [((one.source, one.target), one.rows) for one in comparisons]
    parts = {
        "": f"<h1>{text(title)}</h1><p class='lead'>Words whose contexts differ between {between(slices.labels)}.</p>",
        "verdict": verdict(pairs, has_null=nulls is not None),
        "contents": "",
        "compared": compared(slices) + _units(slices, unit, corpus),
        "limits": cannot_tell(slices, settings, table.attrs.get("notes", ()), corpus),
        "words": words_section(comparisons, _near(slices, words, k, min_count), quotes, k) if words else "",
        "paths": _paths(slices, table, words),
        "search": search_section(table, unit) if words else "",
        "null": null_section(nulls, _rate(comparisons)),
        "agreement": agreement_section(agreement, top),
        "senses": panel,
        "left-out": _left_out(table.attrs, min_count),
        "method": method(slices, settings),
    }
    parts["contents"] = _contents([name for name, part in parts.items() if part])
    body = "\n".join(
        ["<a class='skip' href='#verdict'>Skip to the verdict</a>", "<main>", *filter(None, parts.values())]
    )
    return page_html(title, body + "\n</main>", script=SCRIPT if words else "")


def _rate(comparisons: Sequence[Shown]) -> float:
    """Return the share of the tested words that are called different."""
    counts = [tally(one.rows) for one in comparisons]
    return sum(n.called for n in counts) / max(1, sum(n.tested for n in counts))


_NAMES = {
    "compared": "What was compared",
    "limits": "What this cannot tell you",
    "words": "The words that differ most",
    "paths": "Through the slices",
    "search": "Look up a word",
    "null": "Where nothing differs",
    "agreement": "What other methods say",
    "senses": "Which sense grew?",
    "left-out": "What was left out",
    "method": "Method and settings",
}


def _contents(there: Collection[str]) -> str:
    links = "".join(f"<li><a href='#{name}'>{title}</a></li>" for name, title in _NAMES.items() if name in there)
    return f"<nav aria-label='Contents'><ul>{links}</ul></nav>"


def _near(slices: AlignedSlices, words: Sequence[str], k: int, min_count: int) -> dict[tuple[str, str], list[str]]:
    found = list_neighbors(slices, words, k=k, min_count=min_count)
    near: dict[tuple[str, str], list[str]] = {}
    for word, label, neighbor in zip(found["word"], found["slice"], found["neighbor"], strict=True):
        near.setdefault((word, label), []).append(neighbor)
    return near


def _quotes(comparisons: Sequence[Shown], corpus: Corpus | None, unit: str) -> dict[int, Quotes]:
    """Return sentences for the comparisons that are open."""
    if corpus is None:
        return {}
    return {
        place: quote_words(corpus, one.first["word"], (one.source, one.target), unit=unit)
        for place, one in enumerate(comparisons[:_QUOTED])
    }


def _units(slices: AlignedSlices, unit: str, corpus: Corpus | None) -> str:
    """Say how many units each slice has; empty where there is no corpus to ask."""
    if corpus is None:
        return f"<p>What the text is a sample of: {text(units_named(unit))}.</p>"
    listed = "; ".join(
        f"{token(label)}: {text(units_named(unit, n))}, the largest with {100 * largest:.2g} in 100 of its words"
        for label, (n, largest, _) in slice_units(slices, unit, corpus).items()
    )
    return f"<p>What the text is a sample of: {listed}.</p>"


@quiet_setup()
def _paths(slices: AlignedSlices, table: "pd.DataFrame", words: Sequence[str]) -> str:
    """Draw the words that differ most through the slices; empty for two slices."""
    if len(slices.labels) < 3 or not words:
        return ""
    rows, labels, against = path_rows(table)
    ranked = rows.sort_values("low", ascending=False, kind="stable", na_position="last")
    chosen = list(dict.fromkeys(ranked["word"]))[:_PATHS]
    if len(labels) < 3 or not chosen:
        return ""
    label = f"Paths of {', '.join(chosen)} through the slices"
    svg = figure_svg(plot_paths(table, chosen)).replace("<svg ", f"<svg role='img' aria-label='{text(label)}' ", 1)
    other = "the first slice" if against == "first" else "the slice before it"
    return (
        f"<h2 id='paths'>Through the slices</h2><figure>{svg}<figcaption>Each slice compared with {other}: the line is "
        "the drift, the band its interval, the dashed line the floor. A gap: the word was not compared there."
        f"</figcaption></figure>{_path_table(rows, chosen, labels)}"
    )


def _path_table(rows: "pd.DataFrame", words: Sequence[str], labels: Sequence[str]) -> str:
    """Return what the pictures show as a table, folded, for those who cannot see them."""
    known = {
        (row.word, row.target): f"{row.drift:.2f} ({row.low:.2f} to {row.high:.2f})"
        for row in rows[rows["word"].isin(words)].itertuples(index=False)
    }
    heads = "".join(f"<th scope='col'>{token(label)}</th>" for label in labels[1:])
    lines = "".join(
        f"<tr><th scope='row'>{token(word)}</th>"
        + "".join(f"<td>{known.get((word, label), 'not compared')}</td>" for label in labels[1:]).replace("nan", "?")
        + "</tr>"
        for word in words
    )
    return (
        "<details><summary>The same as numbers</summary><div class='wide'><table class='plain'><thead><tr><th "
        f"scope='col'>word</th>{heads}</tr></thead><tbody>{lines}</tbody></table></div></details>"
    )


def _left_out(attrs: Mapping[Any, Any], min_count: int) -> str:
    """List how many words each comparison left out, and why."""
    entries = attrs.get("left_out")
    head = "<h2 id='left-out'>What was left out</h2>"
    if not entries:
        return f"{head}<p>The table that this page was made from does not say how many words were left out.</p>"
    columns = {
        "compared": "words compared",
        "too_rare": f"fewer than {number(min_count)} times on a side",
        "few_units": "compared, but in too few texts for an interval",
    }
    rows = "".join(
        f"<tr><td>{token(e['source'])} → {token(e['target'])}</td>"
        + "".join(f"<td class='number'>{number(e[name]) if name in e else 'not said'}</td>" for name in columns)
        + "</tr>"
        for e in entries
    )
    heads = "".join(f"<th scope='col' class='number'>{name}</th>" for name in columns.values())
    named = tokens(dict.fromkeys(word for e in entries for word in e.get("words", ())))
    asked = f"<p>Asked for, but left out somewhere: {named}.</p>" if named else ""
    unknown = attrs.get("unknown", ())
    asked += f"<p>Asked for, but not in the vocabulary: {tokens(unknown)}.</p>" if unknown else ""
    return (
        f"{head}<table class='facts'><thead><tr><th scope='col'>comparison</th>{heads}</tr></thead><tbody>{rows}"
        f"</tbody></table>{asked}"
    )
