"""Figures: what they say, and that no token can break them."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest

from wordvec import AlignedSlices, Embeddings, ParameterError, UnknownWordError, Vocabulary, measure_drift
from wordvec.drift.trajectories import trajectory_drifts
from wordvec.report.plot import figure_svg, plot_companions, plot_drift, plot_trajectories

#: Half a character: no file holds it, and where Arrow is installed no column of pandas does.
HALF = chr(0xD800) if find_spec("pyarrow") is None else chr(0xFFFD)
ODD = ("_hidden", "$x^2$", "100%", "<script>", "日本語", "عربي", "a\\$b$c$", "nul\x00l", HALF, "{}", "&amp;")


@pytest.fixture
def slices():
    rng = np.random.default_rng(0)
    vocabulary = Vocabulary((*ODD, "sea", "war"), np.arange(13, 0, -1) + 100)
    rows = tuple(Embeddings(vocabulary, rng.normal(size=(13, 4)).astype(np.float32)) for _ in range(3))
    counts = rng.integers(30, 90, size=(3, 13))
    return AlignedSlices(("1800", "1850", "1900"), rows, vocabulary, counts)


def test_trajectories_start_at_zero_and_have_gaps(slices):
    counts = slices.counts.copy()
    counts[0, slices.vocabulary["sea"]] = 3
    slices = AlignedSlices(slices.labels, slices.embeddings, slices.vocabulary, counts)
    drifts = trajectory_drifts(slices, ["sea", "war"])
    assert np.isnan(drifts[0, 0]) and drifts[0, 1] == pytest.approx(0, abs=1e-12)
    a, b = slices["1850"]["sea"].astype(float), slices["1900"]["sea"].astype(float)
    assert drifts[0, 2] == pytest.approx(1 - a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    assert drifts[1, 0] == pytest.approx(0, abs=1e-12)
    assert np.isnan(trajectory_drifts(slices, ["sea"], min_count=1000)).all()


@pytest.mark.parametrize("words", [[], ["sea"], ["sea", "war", *ODD]])
def test_trajectories_draw_one_line_a_word(slices, words):
    figure = plot_trajectories(slices, words)
    assert len(figure.axes[0].lines) == len(words)
    svg = figure_svg(figure)
    assert svg.startswith("<svg") and svg.endswith("</svg>")
    assert figure_svg(plot_trajectories(slices, words)) == svg
    assert "<script>" not in svg and "<metadata" not in svg
    for word in set(words) & {"sea", "_hidden", "$x^2$", "日本語"}:
        assert word in svg


def test_companions(slices):
    figure = plot_companions(slices, "sea", ["war", "$x^2$"])
    a, b = slices["1850"]["sea"].astype(float), slices["1850"]["war"].astype(float)
    drawn = figure.axes[0].lines[0].get_ydata()
    assert drawn[1] == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    assert figure.axes[0].get_title(loc="left") == "Words close to sea"


@pytest.mark.parametrize("against", ["previous", "first"])
def test_drift_bars(slices, against):
    table = measure_drift(slices, against=against, measures=("lncs2", "cosine"))
    figure = plot_drift(table, top=5)
    axes = figure.axes[0]
    assert len(axes.patches) == 5
    assert axes.get_xlabel() == "drift (0 = used alike; measure: lncs2)"
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == sorted(widths, reverse=True)
    assert figure_svg(plot_drift(table, top=30))


def test_an_empty_table_is_drawn_empty(slices):
    assert figure_svg(plot_drift(measure_drift(slices, min_count=10_000)))


def test_titles_do_not_assume_time(slices):
    two = AlignedSlices(("uk", "us"), slices.embeddings[:2], slices.vocabulary, slices.counts[:2])
    title = plot_drift(measure_drift(two)).axes[0].get_title(loc="left")
    assert title == "The words that differ most between uk and us"
    axes = plot_trajectories(slices, ["sea"]).axes[0]
    assert axes.get_title(loc="left") == "How far each word is from its first slice"
    assert axes.get_ylabel() == "drift from its first slice (0 = used alike)"


def test_pyplot_stays_out(slices):
    assert "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()


def test_errors(slices):
    with pytest.raises(UnknownWordError, match=r"^'nowhere' is not among the 13 words"):
        plot_trajectories(slices, ["nowhere"])
    table = measure_drift(slices)
    with pytest.raises(ParameterError, match=r"^top must be an integer >= 1, got 0$"):
        plot_drift(table, top=0)
    with pytest.raises(ParameterError, match=r"^table must be a drift table, it lacks drift, count_source; make it"):
        plot_drift(table.drop(columns=["drift", "count_source"]))
    with pytest.raises(ParameterError, match=r"^min_count must be an integer >= 1, got 0$"):
        plot_trajectories(slices, ["sea"], min_count=0)
