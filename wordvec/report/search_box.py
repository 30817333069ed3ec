"""A box that finds any word of a drift table in the page itself, without a network."""

import json
from typing import TYPE_CHECKING

import numpy as np

from .markup import clean, number

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_ROWS", "SCRIPT", "search_section", "searchable"]

#: Rows of the table that a page holds at most: about 2 MB.
MOST_ROWS = 20_000

#: Columns of numbers, and how many digits after the point they have in the page; 0 for four digits in all.
_COLUMNS = {"drift": 3, "low": 3, "high": 3, "floor": 3, "p_floor": 0, "q": 0}
_COUNTS = ("count_source", "units_source", "count_target", "units_target")


def searchable(table: "pd.DataFrame", most: int = MOST_ROWS) -> "pd.DataFrame":
    """Return the rows of the words that a page can hold: half of them the highest, the others the most frequent.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`wordvec.drift.assess.assess_drift` returns it.
    most : int >= 1
        Rows at most, but those of one word at least.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"word": ["a", "b", "c"], "source": "s", "target": "t", "low": [0.9, 0.5, 0.1]}
    >>> table = pd.DataFrame({**rows, "count_source": [5, 6, 90], "count_target": [5, 6, 90]})
    >>> searchable(table, 2)["word"].tolist()
    ['a', 'c']
    """
    if len(table) <= most:
        return table
    pairs = len(table[["source", "target"]].drop_duplicates())
    words = max(1, most // pairs)
    by_drift = table.sort_values("low", ascending=False, kind="stable", na_position="last")["word"].drop_duplicates()
    by_count = (
        table.assign(_n=table["count_source"] + table["count_target"])
        .sort_values("_n", ascending=False, kind="stable")["word"]
        .drop_duplicates()
    )
    chosen = dict.fromkeys(by_drift.head((words + 1) // 2))
    for word in by_count:
        if len(chosen) >= words:
            break
        chosen[word] = None
    return table[table["word"].isin(set(chosen))]


def search_section(table: "pd.DataFrame", unit: str, most: int = MOST_ROWS) -> str:
    """Return the box and the words that it finds, as JSON that no word can break out of."""
    rows = searchable(table, most)
    words, all_words = rows["word"].nunique(), table["word"].nunique()
    held = (
        f"All {number(all_words)} compared words can be found here."
        if words == all_words
        else f"{number(words)} of {number(all_words)} compared words can be found here: those whose lower end is "
        "highest, and the most frequent. The rest is in the table (TSV or Parquet)."
    )
    return (
        "<h2 id='search'>Look up a word</h2>"
        f"<p class='soft'>{held}</p>"
        "<form id='find' role='search' hidden><label for='query'>Word, or a part of it</label> "
        "<input id='query' type='search' autocomplete='off' spellcheck='false'></form>"
        "<p id='without-script' class='mark'>The box needs a script, which is switched off or still loading. The "
        "words at the top of each list are above, and every word is in the table (TSV or Parquet).</p>"
        "<p id='found' role='status' aria-live='polite'></p><div id='results' class='wide'></div>"
        f"<script type='application/json' id='words-json'>{_json(rows, unit)}</script>"
    )


def _json(rows: "pd.DataFrame", unit: str) -> str:
    pairs = list(dict.fromkeys(zip(rows["source"], rows["target"], strict=True)))
    number_of = {pair: place for place, pair in enumerate(pairs)}
    reasons = list(dict.fromkeys(rows["why"]))
    figures = [
        [_short(value, digits) for value in rows[name].to_numpy(dtype=np.float64).tolist()]
        for name, digits in _COLUMNS.items()
    ]
    counts = [rows[name].astype(int).tolist() for name in _COUNTS]
    places = [number_of[pair] for pair in zip(rows["source"], rows["target"], strict=True)]
    whys = [reasons.index(why) for why in rows["why"]] if len(reasons) < 1000 else [0] * len(rows)
    held = {
        "unit": "documents" if unit == "document" else f"units ({clean(unit)})",
        "pairs": [[clean(label) for label in pair] for pair in pairs],
        "why": [clean(why) for why in reasons],
        "rows": list(zip([clean(word) for word in rows["word"]], places, *figures, *counts, whys, strict=True)),
    }
    plain = json.dumps(held, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _short(value: float, digits: int) -> float | int | None:
    """Return a number with few digits: ``digits`` after the point, or four in all if that is 0; None for none."""
    if not np.isfinite(value):
        return None
    short = round(value, digits) if digits else float(f"{value:.4g}")
    return int(short) if short == int(short) else short


SCRIPT = """
"use strict";
(function () {
  var data = JSON.parse(document.getElementById("words-json").textContent);
  var query = document.getElementById("query"), found = document.getElementById("found");
  var results = document.getElementById("results"), most = 25;
  var keys = data.rows.map(function (row) { return fold(row[0]); });
  document.getElementById("find").hidden = false;
  document.getElementById("without-script").hidden = true;
  function fold(word) { return word.normalize("NFC").toLowerCase(); }
  function thousands(n) { return String(n).replace(/\\B(?=(\\d{3})+$)/g, ","); }
  function chance(p) {
    if (p === null) return "not known";
    if (p >= 0.01) return "about " + Math.min(99, Math.floor(100 * p + 0.5)) + " in 100";
    if (p < 1e-6) return "less than 1 in 1,000,000";
    var size = Math.pow(10, Math.floor(Math.log10(1 / p) + 1e-9)), digit = Math.floor(1 / p / size + 1e-9);
    while (digit && p * digit * size >= 1 - 1e-9) digit -= 1;
    return "less than 1 in " + thousands(digit ? digit * size : 9 * size / 10);
  }
  function cell(row, kind, content, label) {
    var made = document.createElement(kind);
    if (kind === "th") made.scope = row.parentNode && row.parentNode.nodeName === "THEAD" ? "col" : "row";
    if (label) made.setAttribute("data-label", label);
    made.appendChild(typeof content === "string" ? document.createTextNode(content) : content);
    row.appendChild(made);
  }
  function two(x) { return x === null ? "unknown" : x.toFixed(2).replace("-0.00", "0.00"); }
  function show(row) {
    var line = document.createElement("tr"), pair = data.pairs[row[1]], word = document.createElement("bdi");
    word.textContent = row[0];
    cell(line, "th", word);
    cell(line, "td", pair[0] + " \\u2192 " + pair[1], "slices");
    cell(line, "td", two(row[2]) + (row[3] === null ? ", no interval" : ", " + two(row[3]) + " to " + two(row[4])) +
      (row[5] === null ? "; no floor" : "; floor " + two(row[5])), "drift");
    cell(line, "td", thousands(row[8]) + " in " + thousands(row[9]) + "; " + thousands(row[10]) + " in " +
      thousands(row[11]), "times and " + data.unit);
    cell(line, "td", chance(row[6]), "by chance (p)");
    cell(line, "td", chance(row[7]) + (data.why[row[12]] ? " (" + data.why[row[12]] + ")" : ""),
      "false in the list so far (q)");
    return line;
  }
  function look() {
    var asked = fold(query.value.trim()), exact = [], first = [], inside = [];
    results.textContent = "";
    if (!asked) { found.textContent = ""; return; }
    keys.forEach(function (key, i) {
      var at = key.indexOf(asked);
      if (at < 0) return;
      (key === asked ? exact : at === 0 ? first : inside).push(i);
    });
    var all = exact.concat(first, inside), shown = all.slice(0, most);
    found.textContent = !all.length ? "No word here has that in it: it is too rare, or it is not in this page." :
      thousands(all.length) + (all.length === 1 ? " row" : " rows") +
      (all.length > most ? "; the first " + most + " are shown" : "");
    if (!all.length) return;
    var table = document.createElement("table"), head = table.createTHead().insertRow();
    table.className = "ranked found";
    ["word", "slices", "drift with its interval", "times and " + data.unit, "by chance (p)",
      "false in the list so far (q)"].forEach(function (name) { cell(head, "th", name); });
    var body = table.createTBody();
    shown.forEach(function (i) { body.appendChild(show(data.rows[i])); });
    results.appendChild(table);
  }
  query.addEventListener("input", look);
  document.getElementById("find").addEventListener("submit", function (event) { event.preventDefault(); look(); });
  look();
})();
"""
