"""The parts of the drift report that check the method itself: where nothing differs, and by other methods."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParameterError
from .markup import number, text, token
from .verdict import LEVEL

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["agreement_section", "control_frame", "null_section"]

_NEEDED = ("control", "tested", "below", "called")
_KINDS = {
    "same-text": "the same text in both slices, read twice",
    "shuffled": "the texts of both slices dealt out at random",
    "frequency": "texts dealt out at random, then most uses of some words taken away from one slice",
    "ocr": "texts dealt out at random, then one slice damaged like a bad scan",
    "swap": "texts dealt out at random, then some words given each other's contexts on purpose",
    "blend": "texts dealt out at random, then some words given other words' contexts in part, on purpose",
}
#: Of fewer words a share of small p is not judged.
_MANY = 100
#: Controls into which differences were planted: what they find is power, not error.
_PLANTED = ("swap", "blend")
#: What the columns of tables about methods are called.
_NAMES = {
    "at_least": "methods that agree, at least",
    "rate": "share",
    "expected": "share if methods chose by lot",
    "null": "share in the null",
    "rho": "rank correlation",
    "agree": "methods that have it among their first",
    "low": "from",
    "high": "to",
    "overlap": "first words in common",
}


def control_frame(control: "pd.DataFrame | Mapping[str, Any] | None") -> "pd.DataFrame | None":
    """Return what controls found as a table, one row each.

    Parameters
    ----------
    control : pandas.DataFrame or mapping
        ``control`` (its kind), ``tested`` (words), ``below`` (share of these with p < .05), ``called`` (words with
        q < .05); perhaps ``words`` (which), ``drift_most`` and ``word_most`` (the largest drift and its word).

    Raises
    ------
    ParameterError
        If one of the first four is missing.

    Examples
    --------
    >>> control_frame({"control": "shuffled", "tested": 900, "below": 0.048, "called": 0})["tested"].tolist()
    [900]
    """
    import pandas as pd

    if control is None:
        return None
    frame = pd.DataFrame([dict(control)]) if isinstance(control, Mapping) else control
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise ParameterError(
            f"control must say {', '.join(_NEEDED)}, it lacks {', '.join(missing)}; make it with run_control."
        )
    return frame if len(frame) else None


def null_section(control: "pd.DataFrame | None", rate: float = 0.0) -> str:
    """Show what was found where nothing differs, or say that nobody looked.

    Parameters
    ----------
    control : pandas.DataFrame, optional
        As :func:`control_frame` returns it.
    rate : float, default 0.0
        The share of tested words that the page calls different.
    """
    head = "<h2 id='null'>Where nothing differs: the null</h2>"
    if control is None:
        return (
            f"{head}<p class='mark'><strong>No null was run for this page.</strong> A null makes two slices of the "
            "same kind of text, between which nothing differs, and treats them exactly as yours were treated. Words "
            "found there are false alarms. Without one, nobody has checked that the method keeps what it promises "
            "<em>on this text</em>.</p>"
        )
    has_names = "drift_most" in control.columns
    rows = "".join(_control_row(row, has_names) for row in control.to_dict("records"))
    most = "<th scope='col' class='number'>largest drift</th>" if has_names else ""
    return (
        f"{head}<p>The same method on slices between which nothing differs (or only what the line says). About 5 in "
        "100 words should have p &lt; .05, and hardly any should be called different.</p>"
        "<table class='facts'><thead><tr><th scope='col'>what was done</th><th scope='col' class='number'>words "
        "tested</th><th scope='col' class='number'>p &lt; .05</th><th scope='col' class='number'>called different "
        f"(q &lt; .05)</th>{most}</tr></thead><tbody>{rows}</tbody></table>{_judgement(control, rate)}"
    )


def _control_row(row: Mapping[Any, Any], has_names: bool) -> str:
    kind, words = str(row["control"]), str(row.get("words", ""))
    which = "" if words in ("", "all", "nan") else f" <span class='soft'>({text(words)} words)</span>"
    tested = int(row["tested"])
    below = f"{100 * float(row['below']):.1f} in 100" if np.isfinite(float(row["below"])) else "none tested"
    most = ""
    if has_names:
        drift, word = float(row["drift_most"]), str(row.get("word_most", "") or "")
        shown = f"{drift:.2f}" if np.isfinite(drift) else "unknown"
        most = f"<td class='number'>{shown}{f' ({token(word)})' if word else ''}</td>"
    return (
        f"<tr><td>{text(kind)}: {text(_KINDS.get(kind, 'a control'))}{which}</td><td class='number'>{number(tested)}"
        f"</td><td class='number'>{below}</td><td class='number'>{number(int(row['called']))}</td>{most}</tr>"
    )


def _judgement(control: "pd.DataFrame", rate: float) -> str:
    """Say whether the nulls are as they should be."""
    planted = control["control"].isin(_PLANTED)
    if "words" in control.columns:
        planted &= control["words"].astype(str) == "planted"
    nulls = control[~planted]
    nulls = nulls[nulls["tested"] > 0]
    if not len(nulls):
        return "<p class='mark'><strong>No null was run:</strong> nothing above is free of planted differences.</p>"
    wrong = [row for row in nulls.to_dict("records") if _is_wrong(row, rate)]
    if wrong:
        named = "; ".join(
            f"{text(row['control'])}: {number(int(row['called']))} of {number(int(row['tested']))} words called, "
            f"{100 * float(row['below']):.1f} in 100 with p &lt; .05"
            for row in wrong
        )
        return (
            f"<p class='mark'><strong>Too many false alarms.</strong> {named}. Words are found where nothing (or only "
            "what the line says) differs: do not rely on those above before you know why.</p>"
        )
    return (
        "<p>Nothing speaks against the method here: where nothing differs, it finds no more than it should. One null "
        "is one draw of texts; another would give other numbers.</p>"
    )


def _is_wrong(row: Mapping[Any, Any], rate: float) -> bool:
    """Tell whether a null finds too much: more than a twentieth of what the page finds, or p that are too small."""
    tested, called = int(row["tested"]), int(row["called"])
    too_small = tested >= _MANY and float(row["below"]) > 2 * LEVEL
    return too_small or called > max(1.0, LEVEL * rate * tested)


def agreement_section(agreement: "pd.DataFrame | Sequence[pd.DataFrame] | None", top: int) -> str:
    """Show where several methods agree.

    Parameters
    ----------
    agreement : pandas.DataFrame or sequence of these, optional
        As the functions of ``wordvec.drift.agreement`` return them: words with ``agree``, rates, rank correlations.
    top : int
        Rows of words to show.
    """
    if agreement is None:
        return ""
    tables = list(agreement) if isinstance(agreement, Sequence) else [agreement]
    shown = "".join(_plain_table(table, top) for table in tables if len(table))
    if not shown:
        return ""
    return (
        "<h2 id='agreement'>What other methods say</h2><p>Methods read the same text, so that they err together: "
        "where they agree this is a description, not a vote. Set it beside how often they agree by chance or in the "
        f"null.</p>{shown}"
    )


def _plain_table(table: "pd.DataFrame", top: int) -> str:
    names = [name for name in table.columns if not str(name).startswith("rank")] if "agree" in table else table.columns
    cells = {str(name): [_cell(name, value) for value in table[name].head(top)] for name in names}
    heads = "".join(f"<th scope='col'>{text(_NAMES.get(name, name.replace('_', ' ')))}</th>" for name in cells)
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells.values(), strict=True))
    more = f"<p class='soft small'>The first {top} of {number(len(table))} rows.</p>" if len(table) > top else ""
    table_html = f"<table class='plain'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<div class='wide'>{table_html}</div>{more}"


def _cell(name: object, value: Any) -> str:
    if isinstance(value, float | np.floating):
        return (
            f"<td class='number'>{value + 0.0:.2f}</td>".replace("-0.00", "0.00")
            if np.isfinite(value)
            else "<td class='number'>none</td>"
        )
    if isinstance(value, int | np.integer):
        return f"<td class='number'>{number(int(value))}</td>"
    return f"<td>{token(value)}</td>"
