"""The part of the drift report about senses: how common each is in every slice, and how sure that is."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..drift.sense_change import measure_sense_change
from ..drift.sense_curves import list_prevalences
from ..errors import require
from ..senses.slices import SenseSlices
from .markup import number, text, token, tokens
from .plot import COLORS, figure_svg, quiet_setup
from .prevalence_plot import plot_prevalence

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Examples", "sense_panel"]

#: Lines of text in which a sense of a word occurs.
Examples = Mapping[tuple[str, int], Sequence[str]]

_EVENTS = {"born": "new", "died": "gone"}


def sense_panel(
    senses: SenseSlices,
    words: Collection[str],
    *,
    examples: Examples | None = None,
    most: int = 12,
    k: int = 6,
    min_count: int = 20,
) -> str:
    """Return the panel of senses as HTML; empty if none of the words has several senses that could be followed.

    Parameters
    ----------
    senses : SenseSlices
        Senses and their prevalences in slices.
    words : collection of str
        Words to show, in this order; those with one sense, and those unknown to ``senses``, are left out and counted.
    examples : mapping of (str, int) to sequence of str, optional
        Lines in which a sense of a word occurs, by word and number of the sense.
    most : int >= 1, default 12
        Words shown at most.
    k : int >= 1, default 6
        Neighbors of each sense.
    min_count : int >= 1, default 20
        Changes are tested for words that occur at least as often on both sides.

    Examples
    --------
    >>> from wordvec import Corpus, SenseEmbeddings, Vocabulary, align_senses
    >>> eye = np.eye(2, dtype=np.float32)
    >>> compass = SenseEmbeddings(
    ...     Vocabulary(("bank", "river", "money"), np.array([60, 30, 30])),
    ...     vectors=np.stack([eye, eye, eye[::-1]]),
    ...     prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
    ...     context=np.array([[0, 0], [9, 0], [0, 9]], np.float32),
    ...     gates=np.stack([0 * eye, eye]),
    ...     gate_biases=np.zeros((2, 2), np.float32),
    ...     gate_rows=np.array([1, 0, 0], np.int32),
    ... )
    >>> then, now = [["bank", "river"]] * 30, [["bank", "money"]] * 20 + [["bank", "river"]] * 10
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, vocabulary=compass.vocabulary)
    >>> panel = sense_panel(align_senses(compass, corpus), ["bank", "river"])
    >>> "1 with one sense" in panel, panel.count("<svg")
    (True, 1)
    """
    require(most >= 1, "most", "an integer >= 1", most)
    require(k >= 1, "k", "an integer >= 1", k)
    known = [word for word in dict.fromkeys(words) if word in senses]
    several = [word for word in known if len(senses.compass.kept(word)) > 1]
    followed = [word for word in several if senses.compass.vocabulary[word] in senses.tallies]
    shown = followed[:most]
    if not shown:
        return ""
    table = list_prevalences(senses, shown)
    changes = (
        measure_sense_change(senses, words=shown, against="first", min_count=min_count).changes
        if len(senses.labels) > 1
        else None
    )
    left = {
        "unknown to the senses": len(dict.fromkeys(words)) - len(known),
        "with one sense": len(known) - len(several),
        "whose senses were not weighed": len(several) - len(followed),
        "further down the list": len(followed) - len(shown),
    }
    parts = [_reading(), _left_out(left)]
    parts += [_word(senses, word, table, changes, examples or {}, k) for word in shown]
    return "\n".join(part for part in parts if part)


def _reading() -> str:
    return (
        "<h2 id='senses'>Which sense grew?</h2>"
        "<p>One word, several meanings: the program sorted the places where a word stands by the words around it, once "
        "for all slices, and then asked how many of them are of each sense in every slice. The numbers of senses mean "
        "nothing; read their neighbors, and the examples where there are some, and name them yourself.</p>"
        "<p>The sorting errs, and the shares shown here are corrected for that. The thin vertical lines are 95 % "
        "intervals: made anew from other documents of the same kind, 95 of 100 such intervals would hold the true "
        "share. Words in few documents have long ones. <strong>p</strong> says how often a difference as clear as "
        "that between the first and the last slice would come about if the documents had been dealt out to the two "
        "slices at random; <strong>q</strong> is the same, raised because several senses were asked about.</p>"
    )


def _left_out(counts: Mapping[str, int]) -> str:
    named = ", ".join(f"{number(n)} {why}" for why, n in counts.items() if n)
    return f"<p class='soft small'>Not shown of the words above: {named}.</p>" if named else ""


@quiet_setup()
def _word(
    senses: SenseSlices,
    word: str,
    table: "pd.DataFrame",
    changes: "pd.DataFrame | None",
    examples: Examples,
    k: int,
) -> str:
    figure = figure_svg(plot_prevalence(table, word))
    svg = figure.replace("<svg ", f"<svg role='img' aria-label='Senses of {text(word)} in every slice' ", 1)
    rows = "\n".join(
        _sense(senses, word, place, sense, table, changes, examples.get((word, sense), ()), k)
        for place, sense in enumerate(senses.compass.kept(word))
    )
    first, last = senses.labels[0], senses.labels[-1]
    ends = f"<th>{text(first)}</th><th>{text(last)}</th>" if first != last else f"<th>{text(first)}</th>"
    certain = "<th class='number'>p</th><th class='number'>q</th>" if changes is not None else ""
    return (
        f"<h3>{token(word)}</h3><figure>{svg}</figure>"
        f"<table class='ranked senses'><thead><tr><th>sense</th><th>neighbors</th>{ends}{certain}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table>"
    )


def _sense(
    senses: SenseSlices,
    word: str,
    place: int,
    sense: int,
    table: "pd.DataFrame",
    changes: "pd.DataFrame | None",
    lines: Sequence[str],
    k: int,
) -> str:
    color = COLORS[place % len(COLORS)]
    near = [neighbor.word.removesuffix("#1") for neighbor in senses.compass.nearest(word, sense, k=k)]
    own = table[(table["word"] == word) & (table["sense"] == sense)]
    ends = own.iloc[[0, -1]] if len(own) > 1 else own
    shares = "".join(f"<td data-label='{text(row.slice)}'>{_share(row)}</td>" for row in ends.itertuples())
    certain = _certain(changes, word, sense, senses.labels[-1])
    quoted = "".join(f"<li>{text(line)}</li>" for line in lines)
    details = f"<details><summary>examples</summary><ul class='small'>{quoted}</ul></details>" if quoted else ""
    name = senses.compass.labels.get(senses.compass.place(word, sense), "")
    named = f"<br><span class='soft small'>{text(name)}</span>" if name else ""
    return (
        f"<tr><td class='word'><span style='color:{color}'>{token(f'{word}#{sense}')}</span>{named}</td>"
        f"<td class='near' data-label='neighbors'>{tokens(near)}{details}</td>{shares}{certain}</tr>"
    )


def _share(row: Any) -> str:
    if not np.isfinite(row.prevalence):
        return f"<span class='soft small'>unknown: {text(row.reason)}</span>"
    return (
        f"{row.prevalence:.0%} <span class='soft small'>[{100 * row.low:.0f}–{100 * row.high:.0f}]<br>"
        f"{number(row.n)} times in {number(row.units)} documents</span>"
    ).replace("%", " %")


def _certain(changes: "pd.DataFrame | None", word: str, sense: int, last: str) -> str:
    if changes is None:
        return ""
    found = changes[(changes["word"] == word) & (changes["sense"] == sense) & (changes["target"] == last)]
    if not len(found):
        return "<td class='number' colspan='2'><span class='soft small'>too rare to test</span></td>"
    row = found.iloc[0]
    event = f"<br><strong>{_EVENTS[row['event']]}</strong>" if row["event"] else ""
    cells = zip(("p", "q"), (row["p"], row["q"]), strict=True)
    return "".join(
        f"<td class='number' data-label='{name}'>{_p(value)}{event if name == 'q' else ''}</td>"
        for name, value in cells
    )


def _p(value: float) -> str:
    if not np.isfinite(value):
        return "<span class='soft small'>none</span>"
    return "&lt; .001" if value < 0.001 else f"{value:.3f}".lstrip("0")
