"""What an assessed drift table says in plain words, and what it cannot say."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..errors import ParameterError
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from .markup import number, text, token

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LEVEL",
    "cannot_tell",
    "chance",
    "check_assessed",
    "is_assessed",
    "missing_reasons",
    "slice_units",
    "tally",
    "units_named",
    "verdict",
]

#: A word is said to differ if its q is below this.
LEVEL = 0.05
#: Above this share of words that differ, whether a word does says little.
_MOST_WORDS = 0.5
#: Longer lists of comparisons are folded.
_LONG = 8
#: A unit that holds a larger share of a slice's words than this is pointed out.
_DOMINANT = 0.1
#: Fewer units in a slice than this are few.
_FEW = 50
_NEEDED = (
    *("word", "source", "target", "drift", "low", "high", "p", "p_floor", "q", "floor"),
    *("count_source", "count_target", "units_source", "units_target", "why"),
)


class Tally(NamedTuple):
    """How many words of a comparison were compared, could be tested, and differ."""

    compared: int
    tested: int
    called: int
    exchanged: int
    low_p: int


def is_assessed(table: "pd.DataFrame") -> bool:
    """Tell whether a drift table has intervals and tests, as :func:`wordvec.drift.assess.assess_drift` makes it."""
    return {"low", "high", "floor", "q"} <= set(table.columns)


def check_assessed(table: "pd.DataFrame") -> None:
    """Raise :class:`ParameterError` unless ``table`` has the columns of an assessed drift table."""
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        raise ParameterError(
            f"table must be a table with statistics, it lacks {', '.join(missing)}; make it with assess_drift."
        )


def tally(rows: "pd.DataFrame") -> Tally:
    """Count the words of one comparison.

    Examples
    --------
    >>> import pandas as pd
    >>> tally(pd.DataFrame({"p": [0.001, 0.2, None], "q": [0.01, 0.3, None]}))
    Tally(compared=3, tested=2, called=1, exchanged=2, low_p=1)
    """
    q, p = rows["q"].to_numpy(dtype=float), rows["p"].to_numpy(dtype=float)
    called, low_p = int(np.count_nonzero(q < LEVEL)), int(np.count_nonzero(p < LEVEL))
    return Tally(len(rows), int(np.isfinite(q).sum()), called, int(np.isfinite(p).sum()), low_p)


def chance(p: float) -> str:
    """Return a probability in words; below one in a hundred as a bound.

    Examples
    --------
    >>> chance(0.00024), chance(0.034), chance(0.001), chance(1e-30)
    ('less than 1 in 4,000', 'about 3 in 100', 'less than 1 in 900', 'less than 1 in 1,000,000')
    """
    if not np.isfinite(p):
        return "not known"
    if p >= 0.01:
        return f"about {min(99, int(100 * p + 0.5))} in 100"
    if p < 1e-6:
        return "less than 1 in 1,000,000"
    size = 10 ** int(np.floor(np.log10(1 / p) + 1e-9))
    digit = int(1 / p / size + 1e-9)
    while digit and p * digit * size >= 1 - 1e-9:
        digit -= 1
    return f"less than 1 in {digit * size if digit else 9 * size // 10:,}"


def units_named(unit: str, n: int | None = None) -> str:
    """Return what the units of a text are called, with how many they are."""
    name = "document" if unit == "document" else f"unit ({unit})"
    plural = "documents" if unit == "document" else f"units ({unit})"
    return plural if n is None else f"{number(n)} {name if n == 1 else plural}"


def verdict(groups: "Sequence[tuple[tuple[str, str], pd.DataFrame]]", *, has_null: bool) -> str:
    """Say how many words were compared, how many differ, and what chance alone would give.

    Parameters
    ----------
    groups : sequence of ((str, str), pandas.DataFrame)
        The rows of each comparison.
    has_null : bool
        Whether a control without any difference was run.
    """
    if not sum(len(rows) for _, rows in groups):
        return (
            "<section class='verdict' id='verdict' aria-label='Verdict'><p><strong>No word could be compared.</strong> "
            "None is frequent enough on both sides of a comparison. Use more text.</p></section>"
        )
    tallies = [(pair, tally(rows)) for pair, rows in groups]
    body = _several(tallies) if len(tallies) > 1 else f"<p>{_one(*tallies[0])}</p>"
    null = (
        ""
        if has_null
        else "<p class='mark'><strong>No null was run.</strong> Nobody has checked, on this text, how many words "
        "are found where nothing differs: <a href='#null'>what is missing</a>.</p>"
    )
    return f"<section class='verdict' id='verdict' aria-label='Verdict'>{body}{null}</section>"


def _several(tallies: Sequence[tuple[tuple[str, str], Tally]]) -> str:
    """Return a line for each comparison, and once what chance would give."""
    lines = "".join(
        f"<li>{token(source)} → {token(target)}: {number(n.compared)} compared, <strong>{number(n.called)} differ"
        f"</strong>{f' ({_share(n)})' if n.tested else '; none could be tested'}</li>"
        for (source, target), n in tallies
    )
    called, tested = sum(n.called for _, n in tallies), sum(n.tested for _, n in tallies)
    listed = f"<ul>{lines}</ul>"
    if len(tallies) > _LONG:
        listed = f"<details><summary>All {len(tallies)} comparisons</summary>{listed}</details>"
    by_chance = (
        "<p>By chance alone about 5 in 100 of the words that differ would be there at most, and if no word differed, "
        f"not even one in 19 of 20 comparisons.{_most(called, tested)}</p>"
    )
    return (
        f"<p><strong>{len(tallies)} comparisons.</strong> So many words differ in the contexts that they are used in, "
        "by more than they differ inside a slice (q &lt; .05, for each comparison by itself):</p>"
        f"{listed}{by_chance if called else ''}"
    )


def _share(n: Tally) -> str:
    return f"{100 * n.called / n.tested:.0f} in 100 of the {number(n.tested)} that could be tested"


def _most(called: int, tested: int) -> str:
    """Return a warning where nearly all words differ."""
    if called <= _MOST_WORDS * tested:
        return ""
    return (
        " That most words differ says that the slices hold unlike texts: ask <em>how much</em> a word differs, not "
        "whether, and read from the top of the list."
    )


def _one(pair: tuple[str, str], n: Tally) -> str:
    between = f"{token(pair[0])} and {token(pair[1])}"
    words = "word was" if n.compared == 1 else "words were"
    if not n.tested:
        return (
            f"<strong>{number(n.compared)} {words} compared between {between}; none could be tested</strong> "
            "against how much it differs inside a slice. Intervals, where there are some, are all that can be said."
        )
    if not n.called:
        return (
            f"<strong>{number(n.compared)} {words} compared between {between}. No word differs for sure</strong> by "
            f"more than it differs inside a slice (q &lt; .05; {number(n.tested)} could be tested)."
        )
    false = max(1, int(LEVEL * n.called + 0.5))
    verb = "differs" if n.called == 1 else "differ"
    return (
        f"<strong>{number(n.compared)} {words} compared between {between}. {number(n.called)} {verb}</strong> in the "
        f"contexts that they are used in, by more than they differ inside a slice (q &lt; .05; {_share(n)}). "
        f"By chance alone about {number(false)} of these "
        f"{number(n.called)} would be there at most, and if no word differed, not even one in 19 of 20 such "
        f"reports.{_most(n.called, n.tested)}"
    )


def cannot_tell(
    slices: AlignedSlices, settings: Mapping[str, Any], notes: Collection[str], corpus: Corpus | None
) -> str:
    """Say what the numbers leave open: why contexts differ, and what the text is a sample of."""
    unit = str(settings.get("unit", "document"))
    few = _few_units(slices, unit, corpus)
    listed = "".join(f"<li>{text(note)}</li>" for note in dict.fromkeys(notes))
    remarks = f"<h3>Notes of the assessment</h3><ul>{listed}</ul>" if listed else ""
    return (
        "<h2 id='limits'>What this cannot tell you</h2><ul>"
        "<li><strong>Why contexts differ.</strong> A word is found here because other words stand around it. Another "
        "topic, genre, author or source does that, another spelling does, and so do errors of scanning (OCR). Whether "
        "the word is <em>meant</em> otherwise is for a reader of the sentences to say.</li>"
        "<li><strong>Whether your slices are alike in kind.</strong> If one holds speeches and the other minutes, "
        "nearly every word differs, and rightly so. Compare like with like.</li>"
        f"<li><strong>What other texts would show.</strong> Intervals are over {text(units_named(unit))} like those "
        f"that were read: texts by other people, of other places, are not in them.{few}</li>"
        "<li><strong>That a word did not differ.</strong> A word that is not called may be too rare to tell, or "
        "used in both ways on both sides.</li>"
        f"</ul>{remarks}"
    )


def _few_units(slices: AlignedSlices, unit: str, corpus: Corpus | None) -> str:
    """Name slices that rest on few units, or on one large one; empty where there is no corpus to ask."""
    if corpus is None:
        return ""
    found = []
    for label, (n, largest, name) in slice_units(slices, unit, corpus).items():
        if n < _FEW:
            found.append(f"{token(label)} has only {text(units_named(unit, n))}")
        if largest > _DOMINANT and n > 1:
            called = f" ({text(name)})" if name else ""
            found.append(f"one unit{called} holds {100 * largest:.0f} in 100 words of {token(label)}")
    if not found:
        return ""
    return f" <strong>Few voices:</strong> {'; '.join(found)}. What such a one does looks like what all do."


def slice_units(slices: AlignedSlices, unit: str, corpus: Corpus) -> dict[str, tuple[int, float, str]]:
    """Return, for each slice, the number of its units, the share of words in the largest, and the name of that."""
    column = corpus.units(unit)
    tokens_of = np.diff(corpus.offsets[corpus.documents.offsets]).astype(np.float64)
    found = {}
    for label in slices.labels:
        t = corpus.labels.index(label)
        first, last = int(corpus.slice_offsets[t]), int(corpus.slice_offsets[t + 1])
        codes, sizes = column.codes[first:last], tokens_of[first:last]
        known = codes >= 0
        sums = np.bincount(codes[known], weights=sizes[known], minlength=1)
        most = int(sums.argmax())
        name = column.values[most] if sums[most] > 0 and unit != "document" else ""
        n = len(np.unique(codes[known])) + int(np.count_nonzero(~known))
        found[label] = (n, float(max(sums.max(), sizes[~known].max(initial=0.0)) / max(1.0, sizes.sum())), name)
    return found


def missing_reasons(rows: "pd.DataFrame") -> str:
    """List why words have no q, with how many; empty if all have one."""
    reasons = rows.loc[rows["why"] != "", "why"].value_counts()
    if not len(reasons):
        return ""
    listed = "; ".join(
        f"{number(int(n))} {'word' if n == 1 else 'words'}: {text(why)}"
        for why, n in sorted(reasons.items(), key=lambda x: -x[1])
    )
    return f"<p class='soft small'>Without a q: {listed}.</p>"
