"""Controls from start to end, with a plain assessment in place of the real one."""

import numpy as np
import pandas as pd
import pytest
from drift.controlled import plain_assessment, two_slices

from wordvec import AlignedSlices, CompassAligner, Corpus, SkipGram
from wordvec.drift.control_runs import ControlResult, join_controls, run_control
from wordvec.drift.power import power_surface
from wordvec.errors import AlignmentError, ParameterError

ALIGNER = CompassAligner(SkipGram(dim=16, epochs=1, negative=3, window=3))


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return two_slices(700)


@pytest.mark.parametrize("kind", ["same-text", "shuffled", "ocr"])
def test_a_null_is_summed_up(corpus: Corpus, kind: str) -> None:
    result = run_control(corpus, ALIGNER, plain_assessment, kind)
    frame = result.to_frame()
    assert frame[["control", "words", "source", "target"]].to_numpy().tolist() == [[kind, "all", "then", "now"]]
    row = frame.iloc[0]
    assert row["measured"] == row["tested"] == len(result.table) > 500
    assert row["below"] == pytest.approx(0.05, abs=0.002) and row["low"] < 0.05 < row["high"]
    assert row["called"] == int((result.table["q"] <= 0.05).sum())
    assert row["drift_median"] < row["drift_95"] < row["drift_most"]
    assert row["drift_most"] == result.table.set_index("word")["drift"][row["word_most"]]
    assert result.truth is None and result.settings["kind"] == kind


def test_the_frequency_null_shows_the_thinned_words_apart(corpus: Corpus) -> None:
    result = run_control(corpus, ALIGNER, plain_assessment, "frequency", rate=0.4, portion=0.2)
    frame = result.to_frame().set_index("words")
    assert list(frame.index) == ["thinned", "others"]
    assert frame.loc["thinned", "measured"] == len(result.settings["words"])
    assert frame["measured"].sum() == len(result.table)


def test_words_that_swapped_all_contexts_are_found() -> None:
    # Words of a topic occur together, so that another topic's contexts are another vector.
    rng = np.random.default_rng(1)
    topics = rng.integers(0, 40, size=8_000)
    sentences = [[f"w{t:02d}{i:02d}" for i in rng.integers(0, 30, size=8)] for t in topics.tolist()]
    text = Corpus.from_sentences({"then": sentences[:4_000], "now": sentences[4_000:]}, min_count=1)
    trainer = SkipGram(dim=16, epochs=5, negative=3, window=4, subsample=0)
    result = run_control(
        text, CompassAligner(trainer), plain_assessment, "swap", share=[1.0], portion=0.04, min_count=15, level=0.1
    )
    frame = result.to_frame().set_index("words")
    assert list(frame.index) == ["planted", "others"]
    assert frame.loc["planted", "below"] > 0.8 > 0.2 > frame.loc["others", "below"]
    assert result.truth is not None
    found = power_surface(result.table, result.truth, level=0.2, value="p", by=["share"])
    assert found.loc[0, "power"] > 0.8 and found.loc[0, "planted"] == len(result.truth)


def test_planted_words_are_those_of_the_truth(corpus: Corpus) -> None:
    result = run_control(corpus, ALIGNER, plain_assessment, "blend", share=0.5)
    assert result.truth is not None
    groups = result.groups()
    hosts = set(result.truth.loc[result.truth["role"] == "host", "word"])
    assert set(groups["planted"]["word"]) == hosts
    assert not set(groups["others"]["word"]) & set(result.truth["word"])


def test_results_are_joined(corpus: Corpus) -> None:
    table = pd.DataFrame({"word": ["a", "b"], "drift": [0.1, np.nan], "p": [np.nan, np.nan], "q": [np.nan, np.nan]})
    nothing = ControlResult("shuffled", "then", "now", table, {})
    row = nothing.to_frame().iloc[0]
    assert (row["tested"], row["called"], row["drift_most"], row["word_most"]) == (0, 0, 0.1, "a")
    assert np.isnan(row["below"]) and len(join_controls([nothing, nothing])) == 2
    empty = ControlResult("shuffled", "then", "now", table.iloc[:0], {}).to_frame().iloc[0]
    assert empty["measured"] == 0 and empty["word_most"] == "" and np.isnan(empty["drift_most"])
    with pytest.raises(ParameterError, match="results must be at least one, got 0"):
        join_controls([])


def test_bad_arguments(corpus: Corpus) -> None:
    def nothing(aligned: AlignedSlices, made: Corpus) -> pd.DataFrame:
        return plain_assessment(aligned, made).iloc[:0]

    def without_p(aligned: AlignedSlices, made: Corpus) -> pd.DataFrame:
        return plain_assessment(aligned, made).drop(columns="p")

    with pytest.raises(ParameterError, match="kind must be one of same-text, .*, swap, blend, got 'none'"):
        run_control(corpus, ALIGNER, plain_assessment, "none")
    with pytest.raises(ParameterError, match="level must be more than 0 and less than 1, got 0"):
        run_control(corpus, ALIGNER, plain_assessment, "shuffled", level=0)
    with pytest.raises(ParameterError, match="assess must return the columns .*, got none called 'p'"):
        run_control(corpus, ALIGNER, without_p, "shuffled")
    with pytest.raises(AlignmentError, match="of the shuffled control has no row from then to now; assess pairs"):
        run_control(corpus, ALIGNER, nothing, "shuffled")
