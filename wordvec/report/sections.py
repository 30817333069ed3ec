"""The parts of the drift report that explain: what was compared, how to read it, how sure one can be."""

from collections.abc import Mapping, Sequence
from typing import Any

from .._version import versions
from ..slices import AlignedSlices
from .markup import definition_list, number, text, token, tokens

__all__ = ["certainty", "compared", "left_out", "method", "reading"]

#: Under this many times the floor, a row is marked as resting on few occurrences. A rule of thumb.
FEW = 5
#: Longer tables of comparisons are folded.
_LONG = 20

_MEASURES = {
    "cosine": "how far the word's own place on the map moved",
    "lncs2": "how much its closeness to its nearest words changed",
    "moving_lncs2": "a mixture of how far its place moved and how much its closeness to its nearest words changed",
    "intersection": "the share of its nearest words that gave way to others",
}
_AGAINST = {
    "previous": "each slice with the one before it",
    "first": "each slice with the first",
    "every": "every slice with every earlier one",
}


def compared(slices: AlignedSlices) -> str:
    """Say which slices there are, how large each is, and whether they differ in size."""
    sizes = [int(row.sum()) for row in slices.counts]
    whole = max(1, sum(sizes))
    rows = "".join(
        f"<tr><td>{token(label)}</td><td class='number'>{number(size)}</td>"
        f"<td class='number'>{size / whole:.0%}</td><td class='number'>{number(len(embeddings))}</td></tr>"
        for label, size, embeddings in zip(slices.labels, sizes, slices.embeddings, strict=True)
    )
    return (
        "<h2 id='compared'>What was compared</h2>"
        f"<p>{len(slices.labels)} slices of text. Only words of the common vocabulary "
        f"({number(len(slices.vocabulary))} different words) are counted.</p>"
        "<table class='facts'><thead><tr><th>slice</th><th class='number'>running words</th>"
        "<th class='number'>share</th><th class='number'>different words placed</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>{_unequal(slices, sizes)}"
    )


def _unequal(slices: AlignedSlices, sizes: Sequence[int]) -> str:
    largest, smallest = max(sizes), min(sizes)
    if smallest * 2 >= largest:
        return ""
    by = f"{largest / smallest:.1f} times as large as" if smallest else "incomparably larger than"
    return (
        f"<p><strong>The slices differ in size:</strong> {token(slices.labels[sizes.index(largest)])} is {by} "
        f"{token(slices.labels[sizes.index(smallest)])}. Words are placed less exactly in a small slice, which by "
        "itself makes them look as if they had moved.</p>"
    )


def reading(measures: Sequence[str], k: int) -> str:
    """Explain neighbors and drift to a reader who has never seen a vector."""
    first = measures[0] if measures else "cosine"
    others = "".join(
        f" The smaller figure marked <em>{text(m)}</em>: {text(_MEASURES.get(m, 'the same in another way'))}."
        for m in measures[1:]
    )
    return (
        "<h2 id='reading'>How to read it</h2>"
        "<p>A word is known by the company it keeps. A <em>bank</em> among <em>river</em>, <em>grass</em> and "
        "<em>steep</em> is another <em>bank</em> than one among <em>money</em>, <em>loan</em> and <em>credit</em>. "
        "The program read each slice and gave every word a place on a map, so that words used in similar "
        "company lie close together. All slices share one map, and so the place of a word in one slice can be "
        "compared with its place in another.</p>"
        f"<p><strong>Neighbors</strong> are the {k} words that lie nearest to a word in one slice: the words "
        "that were used most like it. They need not occur beside it. Read them first, because they show "
        "<em>what</em> changed. <span class='then'>Bold orange</span> neighbors are found in the earlier list "
        "only, <span class='now'>bold blue</span> ones in the later list only; <span class='kept'>plain gray</span> "
        "ones are in both.</p>"
        f"<p><strong>Drift</strong> says {text(_MEASURES.get(first, 'how much the word changed'))}: 0 means "
        "used in the same company, 1 and above that nothing of the old use can be recognized. It ranks words "
        f"against each other within one comparison and is no percentage of anything.{others}</p>"
    )


def left_out(table_attrs: Mapping[Any, Any], min_count: int) -> str:
    """List how many words each comparison left out, and why."""
    entries = table_attrs.get("left_out")
    head = "<h2 id='left-out'>What was left out</h2>"
    if not entries:
        return f"{head}<p>The table that this page was made from does not say how many words were left out.</p>"
    rows = "".join(
        f"<tr><td>{token(e['source'])} → {token(e['target'])}</td>"
        + "".join(f"<td class='number'>{number(e[name])}</td>" for name in ("compared", "too_rare", "absent"))
        + "</tr>"
        for e in entries
    )
    named = [word for e in entries for word in e["words"]]
    asked = f"<p>Asked for, but left out somewhere: {tokens(dict.fromkeys(named))}.</p>" if named else ""
    table = (
        "<table class='facts'><thead><tr><th>comparison</th><th class='number'>words compared</th>"
        f"<th class='number'>fewer than {number(min_count)} times on a side</th>"
        f"<th class='number'>no place on the map</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    if len(entries) > _LONG:
        table = f"<details><summary>All {len(entries)} comparisons</summary>{table}</details>"
    return (
        f"{head}<p>A word is compared only where it occurs at least {number(min_count)} times on both sides. A "
        "word that came into use or vanished is therefore missing from a comparison in which one side has too few "
        f"of it, and present in the others.</p>{table}{asked}"
    )


def certainty(min_count: int) -> str:
    """Say honestly how far the ranking can be trusted."""
    return (
        "<h2 id='certainty'>How sure can one be?</h2><ul>"
        "<li><strong>No test of significance was made for this page.</strong> Every word drifts a little even where "
        "nothing changed, because each slice holds other sentences and a map is never exact. Nobody can say from "
        "this page alone how much drift chance would give; small differences in rank mean nothing.</li>"
        "<li><strong>Rare words drift by noise.</strong> The place of a word that occurs a few dozen times rests on a "
        f"few dozen sentences. Words under {number(min_count)} occurrences were left out; those under "
        f"{number(FEW * min_count)} on either side are marked <em>few occurrences</em> (a rule of thumb), and their "
        "drift is not to be relied upon without reading the sentences.</li>"
        "<li><strong>New company is not always a new meaning.</strong> A new topic, author, genre or source, another "
        "spelling, or errors of scanning change the company of a word too. Two senses that trade places in "
        "frequency look like one sense that moved.</li>"
        "<li><strong>What to do next.</strong> Go back to the sentences of both slices; repeat the run with another "
        "<code>--seed</code> and keep what stays; look at a second measure; raise <code>--min-count</code>.</li></ul>"
    )


def method(slices: AlignedSlices, settings: Mapping[str, Any]) -> str:
    """List what another person needs to make this page again."""
    entries = [(name, _value(name, value)) for name, value in settings.items()]
    ignored = ("format", "kind", "labels", "settings", "slices")  # the page begins with the slices
    recorded = {k: v for k, v in slices.metadata.items() if k not in ignored}
    if isinstance(slices.metadata.get("settings"), Mapping):
        recorded["settings"] = slices.metadata["settings"]
    entries += [(f"alignment: {name}", value) for name, value in _flat(recorded)]
    entries += [("vector length (dim)", str(slices.dim))]
    entries += [(f"version of {name}", version) for name, version in versions().items()]
    return (
        "<h2 id='method'>Method and settings</h2>"
        "<p>Word vectors were made for each slice and brought into one space; drift is one minus a similarity of a "
        "word's two sides. For the record:</p>" + definition_list(entries)
    )


def _value(name: str, value: object) -> str:
    if name == "against":
        return f"{value} ({_AGAINST.get(str(value), 'as the table says')})"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def _flat(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> list[tuple[str, str]]:
    """Return nested metadata as dotted names and short values; long lists and deep tables are cut."""
    found: list[tuple[str, str]] = []
    for name, value in record.items():
        if isinstance(value, Mapping) and depth < 3:
            found += _flat(value, f"{prefix}{name}.", depth + 1)
            continue
        shown = str(value)
        found.append((f"{prefix}{name}", shown if len(shown) <= 160 else f"{shown[:159]}…"))
    return found
