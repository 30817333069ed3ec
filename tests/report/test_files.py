"""Figures and tables as files: the same bytes each time, whole, and in the formats that they are asked for."""

import sys

import numpy as np
import pandas as pd
import pytest
from assessed_tables import DISTINCT, EVIL, make

from wordvec import ParameterError, ResourceError
from wordvec.report.interval_plot import plot_intervals, plot_paths, write_figure
from wordvec.report.tables import write_tables


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_figures_have_the_same_bytes(tmp_path, ending, begins):
    _, table = make(words=DISTINCT)
    for name in ("one", "two"):
        write_figure(tmp_path / f"{name}.{ending}", plot_intervals(table))
    one, two = ((tmp_path / f"{name}.{ending}").read_bytes() for name in ("one", "two"))
    assert one == two and one.startswith(begins)
    with pytest.raises(ResourceError, match="exists; choose another output"):
        write_figure(tmp_path / f"one.{ending}", plot_intervals(table))
    with pytest.raises(ParameterError, match=r"^path must be a file that ends in \.svg or \.png, got 'one\.bmp'$"):
        write_figure(tmp_path / "one.bmp", plot_intervals(table))


def test_the_interval_plot():
    _, table = make(3, words=(*EVIL[:5], *DISTINCT))
    axes = plot_intervals(table, top=4).axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert len(names) == 4 and names[0].startswith(EVIL[0]) and "→" in names[0]
    with pytest.raises(ParameterError, match="it lacks low; make it with assess_drift"):
        plot_intervals(table.drop(columns="low"))
    plot_intervals(table.iloc[:0])


@pytest.mark.parametrize(("against", "first"), [("first", 0.0), ("previous", np.nan)])
def test_paths(against, first):
    _, table = make(4, words=DISTINCT, against=against)
    table = table[~((table["word"] == "word1") & (table["target"] == "slice <2> & co"))]
    figure = plot_paths(table, ["word1", "word2"])
    drawn = figure.axes[0].lines[0].get_ydata()
    np.testing.assert_equal(drawn[0], first)
    assert np.isnan(drawn[2]) and drawn[1] == pytest.approx(table.loc[1, "drift"])
    with pytest.raises(ParameterError, match=r"^words must be in the table, got 'sea'"):
        plot_paths(table, ["sea"])
    with pytest.raises(ParameterError, match=r"^words must be one word or more, got \[\]"):
        plot_paths(table, [])


def test_tables(tmp_path):
    _, table = make()
    write_tables(tmp_path / "drift.tsv", table)
    again = pd.read_csv(tmp_path / "drift.tsv", sep="\t", keep_default_na=False)
    assert list(again) == list(table) and len(again) == len(table) and again["word"][0] == EVIL[0]
    with pytest.raises(
        ParameterError, match=r"^path must be a file that ends in \.tsv or \.parquet, got 'drift\.xls'$"
    ):
        write_tables(tmp_path / "drift.xls", table)
    with pytest.raises(ResourceError, match="exists; choose another output"):
        write_tables(tmp_path / "drift.tsv", table)


def test_parquet_keeps_every_digit_and_the_settings(tmp_path):
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    _, table = make(words=DISTINCT)
    write_tables(tmp_path / "drift.parquet", table)
    again = pd.read_parquet(tmp_path / "drift.parquet")
    pd.testing.assert_frame_equal(again, table, check_dtype=False)
    assert again.attrs == table.attrs


def test_without_pyarrow(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        ResourceError, match=r"^Parquet needs pyarrow, which is not installed: pip install 'wordvec\[tables\]'"
    ):
        write_tables(tmp_path / "drift.parquet", make()[1])
    assert list(tmp_path.iterdir()) == []
