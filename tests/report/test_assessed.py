"""The report with statistics: what it says, that it is marked where something is missing, and that words are inert."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from assessed_tables import DISTINCT, EVIL, make

from wordvec import AlignedSlices, Corpus, Embeddings, ParameterError, measure_drift
from wordvec.report.controls import null_section
from wordvec.report.html import report_html, write_report
from wordvec.report.search_box import search_section, searchable
from wordvec.report.verdict import chance


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.open, self.ids = [], set(), [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in ("meta", "br", "img", "link", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(page):
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == [] and len(set(reader.ids)) == len(reader.ids)
    return reader


def plain(page):
    return re.sub(r"\s+", " ", re.sub(r"<(style|script)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL))


@pytest.mark.parametrize(("n_slices", "against"), [(2, "previous"), (3, "previous"), (3, "first"), (9, "first")])
def test_one_safe_file(n_slices, against):
    slices, table = make(n_slices, against=against)
    page = report_html(slices, table, top=10, k=4)
    found = read(page)
    assert found.tags.count("script") == 2 and not {"img", "link", "iframe", "object"} & set(found.tags)
    assert not {name for name in found.attributes if name.startswith("on")} | (found.attributes & {"src", "srcset"})
    outside = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert "http" not in outside.replace("http-equiv", "") and "\x00" not in page and "\u2028" not in held(page)
    assert "Mind the &lt;gap&gt;." in page
    assert page == report_html(slices, table, top=10, k=4)
    assert ("Through the slices" in page) == (n_slices > 2) == ("The same as numbers" in page)


def held(page):
    return re.search(r"<script type='application/json' id='words-json'>(.*?)</script>", page, re.DOTALL).group(1)


def test_the_words_in_the_search_box_cannot_break_out():
    slices, table = make()
    text = held(report_html(slices, table))
    assert "<" not in text and ">" not in text and "&" not in text and text.isascii()
    rows = json.loads(text)["rows"]
    lone = table.assign(word=pd.Series(["\ud800"] * len(table), dtype=object))  # text of Arrow has no lone surrogates
    assert "\ud800" not in search_section(lone, "document")
    assert len(rows) == len(table) and rows[0][0] == EVIL[0] and rows[0][2] == 0.9 and rows[-1][3] is None


def test_the_verdict():
    slices, table = make(words=DISTINCT)
    called, tested = int((table["q"] < 0.05).sum()), int(table["q"].notna().sum())
    said = plain(report_html(slices, table))
    assert (
        f"30 words were compared between slice &lt;0&gt; &amp; co and slice &lt;1&gt; &amp; co . {called} differ"
        in said
    )
    assert f"{round(100 * called / tested)} in 100 of the {tested} that could be tested" in said
    assert f"By chance alone about 1 of these {called} would be there at most" in said
    assert "not even one in 19 of 20 such reports" in said and "That most words differ" not in said
    table["q"] = 0.3
    assert "No word differs for sure by more than it differs inside a slice" in plain(report_html(slices, table))
    table["q"] = 0.001
    assert "ask how much a word differs" in plain(report_html(slices, table))
    table["q"] = np.nan
    assert "none could be tested against how much it differs inside a slice" in plain(report_html(slices, table))
    assert "No word could be compared." in report_html(slices, table.iloc[:0])


def test_the_verdict_of_several_comparisons():
    slices, table = make(3, words=DISTINCT)
    said = plain(report_html(slices, table))
    assert "2 comparisons. So many words differ" in said and said.count("By chance alone about 5 in 100") == 1
    assert "slice &lt;1&gt; &amp; co → slice &lt;2&gt; &amp; co : 30 compared, 13 differ" in said
    slices, table = make(11, words=DISTINCT)
    assert "<summary>All 10 comparisons</summary>" in report_html(slices, table)


def test_what_is_missing_is_marked():
    slices, table = make()
    without = report_html(slices, table)
    assert "No null was run." in without and "No null was run for this page." in without
    assert "this page was made without the corpus" in without
    null = {"control": "shuffled", "tested": 900, "below": 0.048, "called": 0}
    page = plain(report_html(slices, table, control=null))
    assert "No null was run" not in page and "4.8 in 100" in page and "it finds no more than it should" in page
    bare = report_html(slices, measure_drift(slices))
    assert "Without statistics." in bare and "Without statistics." not in without
    assert "shuffled: the texts of both slices dealt out at random" in plain(
        report_html(slices, measure_drift(slices), control=pd.DataFrame([null]))
    )


def test_a_null_that_finds_too_much_is_said():
    row = {"control": "same-text", "words": "all", "tested": 900, "below": 0.05, "called": 40, "drift_most": 0.4}
    alarm = "Too many false alarms."
    assert alarm in null_section(pd.DataFrame([{**row, "word_most": "<b>"}]), 0.5)
    assert "<bdi>&lt;b&gt;</bdi>" in null_section(pd.DataFrame([{**row, "word_most": "<b>"}]), 0.5)
    assert alarm not in null_section(pd.DataFrame([{**row, "called": 3}]), 0.5)
    assert alarm in null_section(pd.DataFrame([{**row, "called": 0, "below": 0.2}]), 0.5)
    planted = pd.DataFrame([{**row, "control": "swap", "words": "planted", "called": 900}])
    assert "nothing above is free of planted differences" in null_section(planted, 0.5)
    with pytest.raises(
        ParameterError, match=r"^control must say control, tested, below, called, it lacks below, called"
    ):
        report_html(*make(), control={"control": "shuffled", "tested": 3})


def test_words_are_ranked_by_the_lower_end():
    slices, table = make(words=DISTINCT)
    table.loc[20, "low"] = 0.95
    page = report_html(slices, table.sample(frac=1.0, random_state=1), top=3)
    ranked = re.findall(r"<th scope='row' class='word'><a href='#word-1-\d'><bdi>(\w+)</bdi>", page)
    assert ranked == ["word20", "word0", "word1"]
    first = page[page.index("<td class='drift'") :]
    assert "; floor 0.10</span>" in first[:1500] and "class='dot hollow'" in first[:900]
    assert "<strong class='small'>few</strong>" in first[:1500] and "1 word: fewer than 5 units in a slice" in page


@pytest.mark.parametrize(
    ("p", "words"),
    [
        (0.00024, "less than 1 in 4,000"),
        (0.0099, "less than 1 in 100"),
        (0.001, "less than 1 in 900"),
        (0.01, "about 1 in 100"),
        (0.9999, "about 99 in 100"),
        (0.0, "less than 1 in 1,000,000"),
        (np.nan, "not known"),
    ],
)
def test_chances_in_words(p, words):
    assert chance(p) == words


def test_chances_in_words_are_true():
    for p in 10 ** -np.random.default_rng(1).uniform(2.01, 6, 2000):
        bound = float(chance(p).removeprefix("less than 1 in ").replace(",", ""))
        assert p < 1 / bound <= 2.1 * p


def test_a_page_of_a_large_vocabulary_stays_small():
    n = 60_000
    _, table = make(words=DISTINCT[:1])
    table = pd.concat([table] * n, ignore_index=True)
    rng = np.random.default_rng(1)
    table["word"] = [f"word{i}" for i in range(n)]
    drift = rng.normal(0.4, 0.1, n)
    table = table.assign(drift=drift, low=drift - 0.1, high=drift + 0.1, q=rng.random(n), floor=0.1, p_floor=0.2)
    table["count_source"] = rng.integers(20, 9000, n)
    section = search_section(table, "document")
    assert "20,000 of 60,000 compared words can be found here" in section and "The rest is in the table" in section
    assert len(section) < 2_000_000
    held_words = set(searchable(table)["word"])
    counts = table["count_source"] + table["count_target"]
    assert set(table.nlargest(5_000, "low")["word"]) <= held_words
    assert set(table.loc[counts.nlargest(5_000).index, "word"]) <= held_words


def test_agreement_of_methods():
    slices, table = make()
    names = {"source": "a", "target": "b"}
    words = pd.DataFrame({"word": ["<b>"], **names, "drift x": [0.5], "rank x": [1.0], "agree": [2], "rank": [1.0]})
    rates = pd.DataFrame({**names, "at_least": [1], "words": [30], "rate": [0.3], "expected": [0.2], "null": [np.nan]})
    page = report_html(slices, table, agreement=[words, rates])
    assert (
        "What other methods say" in page and "share if methods chose by lot" in page and "<bdi>&lt;b&gt;</bdi>" in page
    )
    read(page)
    assert "What other methods say" not in report_html(slices, table)
    assert "What other methods say" in report_html(slices, measure_drift(slices), agreement=words)


def test_sentences_units_and_few_voices():
    words = ("bank", "river", "boat", "money", "loan", "the")
    then = [["the", "bank", "river", "boat"]] * 6
    now = [["the", "bank", "money", "loan"]] * 6
    corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    vocabulary = corpus.vocabulary
    rows = Embeddings(vocabulary, np.eye(len(vocabulary), dtype=np.float32))
    slices = AlignedSlices(("then", "now"), (rows, rows), vocabulary, corpus.counts)
    _, table = make(words=words)
    table = table.assign(source="then", target="now")
    table.attrs["settings"] = {"unit": "document", "min_count": 1}
    page = report_html(slices, table, corpus=corpus)
    assert "<mark>bank</mark>" in page and "The corpus has no lines to quote:" in page
    assert "then : 6 documents, the largest with 17 in 100 of its words" in plain(page)
    assert "has only 6 documents" in page
    private = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    private.metadata["settings"] = {"examples": False}
    hidden = report_html(slices, table, corpus=private)
    assert "<mark>" not in hidden and "made to keep none" in hidden
    table.attrs["settings"] = {"unit": "speaker"}
    with pytest.raises(ParameterError, match=r"^unit must be one of document in this corpus, got 'speaker'$"):
        report_html(slices, table, corpus=corpus)


def test_it_does_not_assume_time_nor_speak_of_meaning():
    slices, table = make(words=DISTINCT)
    null = {"control": "shuffled", "tested": 9, "below": 0.1, "called": 0}
    seen = plain(report_html(slices, table)) + plain(report_html(slices, table, control=null))
    assert not re.findall(r"\b(?:earlier|later|old|new|changed?|vanished|began|unchanged)\b", seen)


def test_errors_and_files(tmp_path):
    slices, table = make()
    write_report(tmp_path / "drift.html", slices, table)
    assert (tmp_path / "drift.html").stat().st_size > 10_000
    with pytest.raises(
        ParameterError, match=r"^table must be a table with statistics, it lacks p, why; make it with assess_drift\.$"
    ):
        report_html(slices, table.drop(columns=["p", "why"]))
    table.attrs.clear()
    assert "does not say how many words were left out" in report_html(slices, table)
