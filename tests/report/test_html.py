"""The drift report: it is one safe file, says the same each time, and holds for odd inputs."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from wordvec import AlignedSlices, Embeddings, ParameterError, ResourceError, Vocabulary, measure_drift
from wordvec.report.html import report_html, write_report

EVIL = ('<script>alert("x")</script>', '"><img src=x onerror=alert(1)>', "' onload='x", "</style>", "&lt;", "\x00\x0b")


def make(n_slices=2, n=30, words=EVIL):
    rng = np.random.default_rng(n_slices)
    names = (*words, *(f"word{i}" for i in range(n - len(words))))
    vocabulary = Vocabulary(names, np.arange(n, 0, -1) + 500)
    rows = tuple(Embeddings(vocabulary, rng.normal(size=(n, 5)).astype(np.float32)) for _ in range(n_slices))
    labels = tuple(f"slice <{t}> & co" for t in range(n_slices))
    metadata = {"method": "compass", "trainer": {"dim": 5, "note": "<b>bold</b>"}}
    return AlignedSlices(labels, rows, vocabulary, rng.integers(30, 400, size=(n_slices, n)), None, metadata)


class _Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.open = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br", "img", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def elements(page):
    parser = _Elements()
    parser.feed(page)
    parser.close()
    assert parser.open == []
    return parser


@pytest.mark.parametrize(("n_slices", "measures"), [(2, ("cosine",)), (3, ("lncs2", "cosine")), (20, ("cosine",))])
def test_one_safe_file_for_any_number_of_slices(n_slices, measures):
    slices = make(n_slices)
    table = measure_drift(slices, measures=measures, k=5)
    page = report_html(slices, table, top=30, k=4)
    found = elements(page)
    assert not found.tags & {"script", "img", "link", "iframe", "object", "b"}
    assert not {name for name in found.attributes if name.startswith("on")} | (found.attributes & {"src", "srcset"})
    outside = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert "http" not in outside.replace("http-equiv", "") and "@import" not in page and "url(http" not in page
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in page
    assert "\x00" not in page and "slice &lt;0&gt; &amp; co" in page
    assert page.count("<svg") == 1
    assert page == report_html(slices, table, top=30, k=4)


def test_it_says_what_a_reader_needs():
    slices = make(2, words=())
    table = measure_drift(slices, min_count=100)
    page = report_html(slices, table, top=3, k=2)
    left_out = table.attrs["left_out"][0]
    assert f"3 of {left_out['compared']} compared words" in page
    for heading in ("What was compared", "How to read it", "The words that changed most", "What was left out"):
        assert heading in page
    for heading in ("How sure can one be?", "Method and settings", "version of wordvec"):
        assert heading in page
    assert "No test of significance was made" in page
    assert "A word is known by the company it keeps." in page
    assert f"<td class='number'>{left_out['too_rare']}</td>" in page
    assert "alignment: trainer.dim" in page
    top = table.iloc[0]
    assert f"<td class='word'><bdi>{top['word']}</bdi>" in page
    assert f">{top['count_source']:,}</td>" in page
    few = (table.head(3)[["count_source", "count_target"]].min(axis=1) < 500).sum()
    assert page.count("few occurrences</span>") == few > 0


def test_lost_and_gained_neighbors_are_marked():
    words = Vocabulary(("war", "horse", "tank", "army"), np.array([90, 80, 70, 60]))
    then = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 0, 1], [0.8, 0, 0.3]], np.float32)
    now = np.array([[1, 0, 0], [0, 0, 1], [0.9, 0.1, 0], [0.8, 0, 0.3]], np.float32)
    slices = AlignedSlices(
        ("then", "now"), (Embeddings(words, then), Embeddings(words, now)), words, np.full((2, 4), 200)
    )
    page = report_html(slices, measure_drift(slices, words=["war"]), k=2)
    assert '<span class="then"><bdi>horse</bdi></span>' in page
    assert '<span class="now"><bdi>tank</bdi></span>' in page
    assert page.count('<span class="kept"><bdi>army</bdi></span>') == 2


@pytest.mark.parametrize("n_slices", [2, 3])
def test_one_word_and_no_word(n_slices):
    slices = make(n_slices)
    one = report_html(slices, measure_drift(slices, words=["word3"]))
    assert "<bdi>word3</bdi>" in one
    elements(one)
    none = report_html(slices, measure_drift(slices, words=["word3"], min_count=1000))
    assert "No word could be compared." in none and "<svg" not in none
    assert "Asked for, but left out somewhere: <bdi>word3</bdi>." in none
    elements(none)


def test_unequal_slices_are_pointed_out():
    slices = make()
    counts = slices.counts.copy()
    counts[1] *= 10
    uneven = AlignedSlices(slices.labels, slices.embeddings, slices.vocabulary, counts)
    assert "The slices differ in size:" in report_html(uneven, measure_drift(uneven))
    assert "The slices differ in size:" not in report_html(slices, measure_drift(slices))
    counts = slices.counts.copy()
    counts[1] = 0
    empty = AlignedSlices(slices.labels, slices.embeddings, slices.vocabulary, counts)
    assert "incomparably larger than" in report_html(empty, measure_drift(empty))


def test_a_table_without_its_attributes_still_works():
    slices = make()
    table = measure_drift(slices)
    table.attrs.clear()
    assert "does not say how many words were left out" in report_html(slices, table)


def test_the_file_appears_whole_and_is_not_overwritten(tmp_path):
    slices, path = make(), tmp_path / "drift.html"
    table = measure_drift(slices)
    write_report(path, slices, table)
    assert path.read_text("utf-8") == report_html(slices, table)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(
        ResourceError,
        match=r"drift\.html exists; choose another output or pass --overwrite \(in Python: overwrite=True\)\.$",
    ):
        write_report(path, slices, table)
    write_report(path, slices, table, title="Changed", overwrite=True)
    assert "<h1>Changed</h1>" in path.read_text("utf-8")
    with pytest.raises(ResourceError, match=r"is a folder; choose another output\.$"):
        write_report(tmp_path, slices, table)
    write_report(tmp_path / "new" / "drift.html", slices, table)
    assert (tmp_path / "new" / "drift.html").is_file()


def test_a_failure_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    slices = make()
    with pytest.raises(ResourceError, match=r"^cannot write .*: No space left on device\. Nothing was changed\.$"):
        write_report(tmp_path / "drift.html", slices, measure_drift(slices))
    assert list(tmp_path.iterdir()) == []


def test_lone_surrogates_do_not_stop_it(tmp_path):
    slices = make(words=("\ud800",))
    write_report(tmp_path / "drift.html", slices, measure_drift(slices, words=["\ud800"]))
    assert "�" in (tmp_path / "drift.html").read_text("utf-8")


def test_parameters():
    slices = make()
    table = measure_drift(slices)
    with pytest.raises(ParameterError, match=r"^top must be an integer >= 1, got 0$"):
        report_html(slices, table, top=0)
    with pytest.raises(ParameterError, match=r"^k must be an integer >= 1, got 0$"):
        report_html(slices, table, k=0)
    with pytest.raises(ParameterError, match=r"^table must be a drift table, it lacks measure; make it"):
        report_html(slices, table.drop(columns="measure"))
    with pytest.raises(ParameterError, match=r"^slice must be one of .*, got 'elsewhere'$"):
        report_html(slices, table.assign(source="elsewhere"))
