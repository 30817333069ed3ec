"""The panel of senses: shown only with senses, safe, and the same each time."""

import numpy as np
import pytest
from planted_senses import planted_compass, planted_corpus

from wordvec import AlignedSlices, Embeddings, ParameterError, measure_drift
from wordvec.align.sense_slices import align_senses
from wordvec.drift.sense_curves import list_prevalences
from wordvec.report.html import report_html
from wordvec.report.prevalence_plot import plot_prevalence
from wordvec.report.sense_panel import sense_panel


@pytest.fixture(scope="module")
def senses():
    return align_senses(planted_compass(), planted_corpus({"then": 1.0, "now": 0.4}, 40), resamples=100)


@pytest.fixture(scope="module")
def slices(senses):
    rng = np.random.default_rng(1)
    words = senses.compass.vocabulary
    rows = tuple(Embeddings(words, rng.normal(size=(len(words), 4)).astype(np.float32)) for _ in senses.labels)
    return AlignedSlices(senses.labels, rows, words, senses.counts)


def test_it_is_there_only_with_senses(slices, senses):
    table = measure_drift(slices, min_count=5)
    without, page = report_html(slices, table), report_html(slices, table, senses=senses)
    assert "Which sense grew?" not in without and "Which sense grew?" in page
    assert page.count("<svg") == without.count("<svg") + 1
    assert page == report_html(slices, table, senses=senses)


def test_what_it_says(senses):
    examples = {("bank", 2): ["a <b>bank</b> & its loan"]}
    panel = sense_panel(senses, ["bank", "river", "nothing"], examples=examples)
    assert "Not shown of the words above: 1 unknown to the senses, 1 with one sense." in panel
    assert "a &lt;b&gt;bank&lt;/b&gt; &amp; its loan" in panel and "<b>" not in panel
    assert "<strong>new</strong>" in panel and "&lt; .001" in panel
    assert "times in 40 documents" in panel
    assert sense_panel(senses, ["river"]) == ""


def test_rare_words_and_single_slices(senses):
    assert "too rare to test" in sense_panel(senses, ["bank"], min_count=100_000)
    one = align_senses(planted_compass(), planted_corpus({"now": 0.5}, 10), resamples=50)
    assert ">q</th>" not in sense_panel(one, ["bank"])


def test_a_chart_has_a_line_and_a_name_for_each_sense(senses):
    figure = plot_prevalence(list_prevalences(senses, ["bank"]), "bank")
    axes = figure.axes[0]
    assert len(axes.lines) == 2 and sorted(text.get_text() for text in axes.texts) == ["bank#1", "bank#2"]
    with pytest.raises(ParameterError, match="word must be one of the table's, got 'river'"):
        plot_prevalence(list_prevalences(senses, ["bank"]), "river")
