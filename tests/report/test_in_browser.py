"""The report in a real browser: nothing runs but the search box, and it can be used with keys and by ear."""

import numpy as np
import pytest
from assessed_tables import DISTINCT, EVIL, make
from browser import browsing

from wordvec.report.html import write_report
from wordvec.report.verdict import chance

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with browsing(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    slices, table = make(3, against="first")
    path = tmp_path_factory.mktemp("report") / "drift.html"
    write_report(path, slices, table)
    return path


def find(page, text):
    page.look("document.querySelector('#query').focus(); document.querySelector('#query').value = ''")
    page.type(text)
    return page.look("document.querySelector('#found').textContent")


def test_nothing_runs_and_nothing_is_asked_for(page, report):
    page.trouble.clear()
    page.asked.clear()
    page.open(report)
    find(page, "script")
    find(page, "img")
    assert page.trouble == [] and page.asked == [report.resolve().as_uri()]
    assert page.look("document.title") == "Which words are used differently?"
    assert page.look("document.querySelectorAll('img, iframe, #results script').length") == 0
    page.look("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 1\">')")
    assert page.look("document.title") == "Which words are used differently?"  # the page's own policy refuses it
    assert page.trouble and all("Content Security Policy" in said for said in page.trouble)


def test_the_search_box(page, report):
    page.open(report)
    assert page.look("document.querySelector('#without-script').hidden") is True
    assert find(page, "WORD1") == "22 rows"
    assert page.look("document.querySelector('#results tbody th').textContent") == "word1"
    assert find(page, "word") == "60 rows; the first 25 are shown"
    assert page.look("document.querySelectorAll('#results tbody tr').length") == 25
    assert find(page, "nowhere").startswith("No word here")
    find(page, EVIL[0][:12])
    assert page.look("document.querySelector('#results tbody th').textContent") == EVIL[0]
    find(page, DISTINCT[-1])
    assert "unknown" not in page.look("document.querySelector('#results tbody').textContent")
    said = page.look("document.querySelector('#results tbody').textContent")
    assert "-0.02, no interval; no floor" in said and "(fewer than 5 units in a slice)" in said


def test_chances_read_the_same_as_in_the_table(page, tmp_path):
    values = [0.5, 0.034, 0.01, 0.0099, 0.001, 0.00024, 3e-5, 1e-6, 1e-9, 0.0]
    slices, table = make(words=tuple(f"word{i}" for i in range(len(values) + 1)))
    table.loc[: len(values) - 1, "q"] = values
    write_report(tmp_path / "drift.html", slices, table)
    page.open(tmp_path / "drift.html")
    for number, value in enumerate(values):
        find(page, f"word{number}")
        assert page.look("document.querySelector('#results tbody tr').lastChild.textContent") == chance(value)


def test_it_reads_without_a_script(page, report):
    page.open(report, script=False)
    seen = page.look("document.body.innerText")
    assert "The box needs a script" in seen and DISTINCT[0] in seen
    assert page.look("getComputedStyle(document.querySelector('#find')).display") == "none"


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_it_fits_the_window(page, report, width):
    page.open(report, width=width)
    find(page, "word")
    assert page.look("document.documentElement.scrollWidth") <= width


def test_dark_and_paper(page, report):
    shades = []
    for dark in (False, True):
        page.open(report, dark=dark)
        shades.append(page.look("getComputedStyle(document.body).backgroundColor"))
    assert shades == ["rgb(255, 255, 255)", "rgb(20, 24, 29)"]
    page.call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert page.look("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.look("getComputedStyle(document.querySelector('#search')).display") == "none"
    page.call("Emulation.setEmulatedMedia", media="")
    assert len(page.call("Page.printToPDF")["data"]) > 10_000


def test_keys_and_ears(page, report):
    page.open(report)
    stops = []
    for _ in range(3):
        page.press("Tab")
        stops.append(page.look("document.activeElement.textContent"))
    assert stops == ["Skip to the verdict", "what is missing", "What was compared"]
    heard = page.heard()
    for role, name in (
        ("main", ""),
        ("region", "Verdict"),
        ("navigation", "Contents"),
        ("heading", "What this cannot tell you"),
        ("searchbox", "Word, or a part of it"),
    ):
        assert any(r == role and n.startswith(name) for r, n in heard), (role, name)
    assert sum(role == "rowheader" for role, _ in heard) >= 20
    assert any(role in ("image", "img") and name.startswith("Paths of ") for role, name in heard)
    levels = page.look("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => Number(h.nodeName[1]))")
    assert levels[0] == 1 and all(step <= 1 for step in np.diff(levels))


@pytest.mark.parametrize("dark", [False, True])
def test_contrast(page, report, dark):
    page.open(report, dark=dark)
    page.look(
        """
        function light(c) {
          var v = c.match(/[\\d.]+/g).slice(0, 3).map(x => x / 255);
          v = v.map(x => x <= 0.03928 ? x / 12.92 : Math.pow((x + 0.055) / 1.055, 2.4));
          return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
        }
        function behind(e) {
          for (; e; e = e.parentElement) {
            var c = getComputedStyle(e).backgroundColor;
            if (c !== "rgba(0, 0, 0, 0)") return c;
          }
        }
        window.poor = [...document.querySelectorAll("main p, main td, main th, main a, main span, main li, main mark")]
          .filter(e => {
            var a = light(getComputedStyle(e).color), b = light(behind(e));
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
          }).map(e => e.outerHTML.slice(0, 80));
        """
    )
    assert page.look("window.poor") == []
