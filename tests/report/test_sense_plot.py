"""The picture of a word's senses: what it says, and that no token can break it."""

import dataclasses

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from small_senses import small_senses

from wordvec import Corpus, FormatError, UnknownWordError, Vocabulary
from wordvec.report.plot import figure_svg
from wordvec.report.sense_plot import plot_senses, project_contexts

SENTENCES = [["river", "bank", "water"], ["water", "bank"], ["money", "bank", "loan"], ["loan", "bank"]] * 6


def corpus_of(senses, sentences=SENTENCES):
    return Corpus.from_sentences(sentences, vocabulary=senses.vocabulary)


def drawn(figure):
    return sum(len(c.get_offsets()) for c in figure.axes[0].collections if isinstance(c, PathCollection))


def test_every_context_is_a_point_and_every_sense_is_named():
    senses = small_senses()
    figure = plot_senses(senses, corpus_of(senses), "bank")
    assert drawn(figure) == 24 + 2  # and the means
    names = [text.get_text() for text in figure.axes[0].texts]
    assert [name.split("\n")[0] for name in names] == ["bank#1", "bank#2"]
    assert set(names[0].split("\n")[1].split(", ")) == {"river", "water"}
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["bank#1: 50%", "bank#2 (depository.n.01): 50%"]
    assert figure.axes[0].get_title(loc="right") == "24 of 24 occurrences"
    svg = figure_svg(figure)
    assert "bank#2" in svg and figure_svg(plot_senses(senses, corpus_of(senses), "bank")) == svg


def test_of_many_contexts_some_are_drawn():
    senses = small_senses()
    figure = plot_senses(senses, corpus_of(senses), "bank", most=10)
    assert drawn(figure) == 10 + 2
    assert figure.axes[0].get_title(loc="right") == "10 of 24 occurrences"


@pytest.mark.parametrize("word", ["_hidden", "$x^2$", "<script>", "日本語", "a\\$b$c$", "nul\x00l"])
def test_any_token_can_be_drawn(word):
    senses = small_senses()
    renamed = dataclasses.replace(
        senses, vocabulary=Vocabulary((word, "$river$", "_water", "money", "loan"), senses.vocabulary.counts)
    )
    sentences = [[{"bank": word, "river": "$river$", "water": "_water"}.get(w, w) for w in s] for s in SENTENCES]
    svg = figure_svg(plot_senses(renamed, corpus_of(renamed, sentences), word))
    assert svg.startswith("<svg") and "<script>" not in svg


def test_one_sense_and_equal_contexts_can_be_drawn():
    senses = small_senses()
    figure = plot_senses(senses, corpus_of(senses, [["river", "water"]] * 4), "river")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["river#1: 100%"]
    assert figure_svg(figure)


def test_too_little_to_draw():
    senses = small_senses()
    sentences = [["river", "bank"], ["bank"], ["bank", "water"]]
    with pytest.raises(FormatError, match="'bank' has 2 contexts with a known word in this corpus; a plot needs 3"):
        plot_senses(senses, corpus_of(senses, sentences), "bank")
    with pytest.raises(UnknownWordError):
        plot_senses(senses, corpus_of(senses), "zebra")


def test_a_projection_keeps_what_varies_most():
    rng = np.random.default_rng(0)
    means = (rng.normal(size=(50, 6)) * [9, 4, 1, 1, 1, 1]).astype(np.float32)
    points, shares = project_contexts(means)
    assert points.shape == (50, 2) and 1 > shares[0] > shares[1] > 0
    for column, axis in enumerate(points.T):
        assert abs(np.corrcoef(axis, means[:, column])[0, 1]) > 0.9
        assert axis[np.abs(axis).argmax()] > 0
    np.testing.assert_allclose(project_contexts(-means)[0].std(axis=0), points.std(axis=0), rtol=1e-6)
    points, shares = project_contexts(np.ones((4, 1), np.float32))
    assert not points.any() and shares == (0.0, 0.0)
