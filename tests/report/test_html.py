"""The drift report: it is one safe file, says the same each time, and holds for odd inputs."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib.util import find_spec

import numpy as np
import pytest

from wordvec import AlignedSlices, Embeddings, ParameterError, ResourceError, Vocabulary, measure_drift
from wordvec.drift.measures import MEASURES
from wordvec.report.html import report_html, write_report
from wordvec.report.sections import usual_counts

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
    for heading in ("What was compared", "How to read it", "The words that differ most", "What was left out"):
        assert heading in page
    for heading in ("How sure can one be?", "Method and settings", "version of wordvec"):
        assert heading in page
    assert "No test of significance was made" in page
    assert "A word is known by the company it keeps." in page
    assert f"<td class='number'>{left_out['too_rare']}</td>" in page
    assert "<dt>length of a vector (dim)</dt><dd>5</dd>" in page
    top = table.iloc[0]
    assert f"<td class='word'><bdi>{top['word']}</bdi>" in page
    assert f">{top['count_source']:,}</td>" in page
    rarer = table[["count_source", "count_target"]].min(axis=1)
    assert f"a word of this list occurs {rarer.head(3).median():,.0f} times (median)" in page
    assert f"one of all {len(table)} compared words {rarer.median():,.0f} times." in page
    assert "Repeat <code>wordvec align</code> with another <code>--seed</code>" in page


def test_it_does_not_assume_time():
    slices = make(2, words=())
    uk = AlignedSlices(("uk", "us"), slices.embeddings, slices.vocabulary, slices.counts)
    page = report_html(uk, measure_drift(uk, measures=MEASURES, k=5))
    seen = re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert not re.findall(r"\b(?:earlier|later|old|new|changed?|vanished|began|unchanged|before)\b", seen)
    assert "are found only in the first of a word's two lists" in re.sub(r"\s+", " ", seen)


def test_rare_words_at_the_top_are_pointed_out():
    rare, common = [25] * 10, [90] * 30
    assert "Rare words lead this list" in usual_counts(rare, rare + common)
    assert "Rare words lead" not in usual_counts(common, common + rare)
    assert usual_counts(rare, rare) == ""


def test_settings_are_plain_words_and_only_those_that_matter():
    slices = make(2, words=())
    metadata = {
        "method": "procrustes",
        "corpus": "15199e91d49eb6d8f6a1e3b429577e92116969ad7e7d98f1321d4c5fc8ff1d66",
        "fits": [{"slice": "uk", "shared_words": 1417, "center": False, "base": None}],
        "settings": {"trainer": {"dim": 5, "subsample": None, "seed": 3}, "base": None},
        "seed": 3,
    }
    slices = AlignedSlices(("uk", "us"), slices.embeddings, slices.vocabulary, slices.counts, None, metadata)

    def recorded(**options):
        page = report_html(slices, measure_drift(slices, **options))
        return dict(re.findall("<dt>(.*?)</dt><dd>(.*?)</dd>", page))

    cosine = recorded()
    assert cosine["measure"] == "cosine" and cosine["compared (against)"] == "uk with us"
    assert cosine["fewest occurrences on either side (min_count)"] == "20"
    assert cosine["digest of the corpus"] == "15199e91d49eb6d8…"
    assert cosine["fits"] == "slice uk, shared words 1,417, center no"
    assert cosine["seed of align (seed)"] == "3"
    assert not any(name.endswith(("(k)", "(t)", "(k_intersection)", "(duplicates)", "(subsample)")) for name in cosine)
    assert not any(re.search(r"None|True|False|[\[\]{}]", value) for value in cosine.values())
    more = recorded(measures=MEASURES, duplicates=True, k=7)
    assert more["measures"] == "cosine, lncs2, moving_lncs2, intersection, second_order"
    assert more["words that second_order looks from (anchors)"] == "1,000"
    assert more["nearest words for lncs2 and moving_lncs2 (k)"] == "7"
    assert more["weight of the cosine in moving_lncs2 (t)"] == "0.5"
    assert more["nearest words for intersection (k_intersection)"] == "1,000"
    assert more["a neighbor that both slices share (duplicates)"] == "counts twice"


def test_intersection_of_too_many_neighbors_is_remarked():
    slices = make(2)
    page = report_html(slices, measure_drift(slices, measures=["intersection"]))
    assert "1,000 are more than a tenth of the 30 words that" in page and "<code>--k-intersection 3</code>" in page
    assert "more than a tenth" not in report_html(slices, measure_drift(slices))


def test_matplotlib_without_a_home_is_silent(tmp_path):
    code = (
        "import numpy as np; from wordvec import *; from wordvec.report.html import report_html;"
        "v = Vocabulary(('sea', 'war'), np.array([90, 70])); e = Embeddings(v, np.eye(2, dtype=np.float32));"
        "s = AlignedSlices(('uk', 'us'), (e, e), v, np.full((2, 2), 40)); report_html(s, measure_drift(s))"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("MPL", "XDG_"))}
    environment = {**clean, "HOME": "/dev/null/home", "TMPDIR": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""


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


@pytest.mark.skipif(find_spec("pyarrow") is not None, reason="with Arrow, pandas holds no half characters")
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
