"""The parts of the drift report that explain: what was compared, how to read it, how sure one can be."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from ..drift.remarks import WideIntersection
from ..slices import AlignedSlices
from .markup import number, text, token, tokens

__all__ = ["certainty", "compared", "left_out", "reading", "usual_counts"]

#: Rare words are said to lead a list whose median count is below this share of that of all words.
_RARE = 0.75
#: Longer tables of comparisons are folded.
_LONG = 20

_MEASURES = {
    "cosine": "how far apart the word's two places on the map are",
    "lncs2": "how much its closeness to its nearest words differs",
    "moving_lncs2": "how far apart its two places are, mixed with how much its closeness to its nearest words differs",
    "intersection": "the share of its nearest words in one slice that are not among its nearest words in the other",
    "second_order": "how much its closeness to the most frequent words that both slices have differs",
    "contexts": "how far apart the shares of the words around it are (Jensen-Shannon divergence in bits, 0 to 1)",
    "senses": "how far apart the shares of its senses are (Jensen-Shannon divergence in bits, 0 to 1)",
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
        "itself makes them look as if they were used differently.</p>"
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
        "<em>what</em> differs. <span class='then'>Bold orange</span> neighbors are found only in the first of a "
        "word's two lists, <span class='now'>bold blue</span> ones only in the second; "
        "<span class='kept'>plain gray</span> ones are in both.</p>"
        f"<p><strong>Drift</strong> says {text(_MEASURES.get(first, 'how much the use of the word differs'))}: 0 means "
        "used in the same company, 1 and above that the two have nothing recognizable in common. It ranks words "
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
    unknown = table_attrs.get("unknown", ())
    asked += f"<p>Asked for, but not in the vocabulary: {tokens(unknown)}.</p>" if unknown else ""
    table = (
        "<table class='facts'><thead><tr><th>comparison</th><th class='number'>words compared</th>"
        f"<th class='number'>fewer than {number(min_count)} times on a side</th>"
        f"<th class='number'>no place on the map</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    if len(entries) > _LONG:
        table = f"<details><summary>All {len(entries)} comparisons</summary>{table}</details>"
    return (
        f"{head}<p>A word is compared only where it occurs at least {number(min_count)} times on both sides. A "
        "word that is frequent on one side only is therefore missing from that comparison, and present in others "
        f"where both sides have enough of it.</p>{table}{asked}"
    )


def certainty(min_count: int, wide: WideIntersection | None, *, has_senses: bool = False) -> str:
    """Say honestly how far the ranking can be trusted; ``wide`` is what is to be said of intersection."""
    untested = (
        "No test of significance was made of drift."
        if has_senses
        else "No test of significance was made for this page."
    )
    tested = " (The shares of senses, further up, were tested.)" if has_senses else ""
    return (
        "<h2 id='certainty'>How sure can one be?</h2><ul>"
        f"<li><strong>{untested}</strong>{tested} Every word drifts a little even where "
        "nothing differs, because each slice holds other sentences and a map is never exact. Nobody can say from "
        "this page alone how much drift chance would give; small differences in rank mean nothing.</li>"
        "<li><strong>Rare words drift by noise.</strong> The place of a word that occurs a few dozen times rests on a "
        f"few dozen sentences. Words under {number(min_count)} occurrences on a side were left out; for the others "
        "read the two counts beside the drift, and the line above each list that compares its counts with those of "
        f"all words.</li>{_wide(wide)}"
        "<li><strong>Other company is not always another meaning.</strong> Another topic, author, genre or source, "
        "another spelling, or errors of scanning alter the company of a word too. A word with two senses, each "
        "frequent in another slice, looks like a word with one sense that moved.</li>"
        "<li><strong>What to do next.</strong> Go back to the sentences of both slices. Repeat "
        "<code>wordvec align</code> with another <code>--seed</code>, then <code>wordvec drift</code>, and keep what "
        "stays. Give <code>wordvec drift</code> another <code>--measure</code>, or a higher "
        "<code>--min-count</code>.</li></ul>"
    )


def _wide(wide: WideIntersection | None) -> str:
    if wide is None:
        return ""
    return (
        f"<li><strong>Intersection looks at too many neighbors here.</strong> {number(wide.k)} are more than a tenth "
        f"of the {number(wide.shared)} words that {token(wide.source)} and {token(wide.target)} share. Many then meet "
        f"by chance, and all drifts come out lower and more alike. "
        f"<code>--k-intersection {wide.advised}</code> or less tells words apart "
        "better.</li>"
    )


def usual_counts(shown: Sequence[int], everything: Sequence[int]) -> str:
    """Compare how often the words of a list occur with how often all compared words do, by their medians.

    Parameters
    ----------
    shown, everything : sequence of int
        Occurrences of each word on the side that has fewer of it: of the list, and of all compared words.
    """
    if len(shown) == len(everything):
        return ""
    here, there = median(shown), median(everything)
    rare = (
        " Rare words lead this list, and chance alone would make them: a higher <code>--min-count</code> shows what "
        "is behind them."
        if here < _RARE * there
        else ""
    )
    return (
        f"<p class='soft small'>On the side that has fewer of it, a word of this list occurs {here:,.0f} times "
        f"(median), one of all {number(len(everything))} compared words {there:,.0f} times.{rare}</p>"
    )
