"""Which sense grew: planted changes are found, births and deaths named, nothing is called in error."""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from planted_senses import planted_compass, planted_corpus
from scipy.spatial.distance import jensenshannon

from wordvec import AlignmentError, ParameterError, UnknownWordError
from wordvec.align.sense_slices import align_senses
from wordvec.drift.sense_change import divergence, measure_sense_change
from wordvec.drift.sense_curves import draw_curves, list_prevalences

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
DRIFT = ["word", "source", "target", "measure", "drift", "count_source", "count_target"]


@pytest.fixture(scope="module")
def slices():
    corpus = planted_corpus({"then": 0.8, "between": 0.8, "now": 0.3}, 100)
    return align_senses(planted_compass(), corpus, resamples=300)


@pytest.fixture(scope="module")
def simulation(request) -> ModuleType:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        spec = importlib.util.spec_from_file_location("sense_change_benchmark", BENCHMARKS / "sense_change.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCHMARKS))
    return module


def test_a_planted_change_is_found_and_no_other(slices):
    found = measure_sense_change(slices, resamples=300)
    table = found.changes.set_index(["source", "target", "sense"])
    changed, same = table.loc[("between", "now", 1)], table.loc[("then", "between", 1)]
    assert changed["change"] == pytest.approx(-0.5, abs=0.08)
    assert changed["low"] <= -0.5 <= changed["high"] < 0
    assert changed["p"] < 0.001 and changed["q"] < 0.01 and changed["event"] == ""
    assert same["p"] > 0.05 and same["low"] < 0 < same["high"]
    mirror = table.loc[("between", "now", 2)]
    assert mirror["change"] == pytest.approx(-changed["change"]) and mirror["p"] == changed["p"]
    assert found.changes.attrs["settings"]["adjust"] == "bh"


def test_divergence_stands_in_a_drift_table(slices):
    drift = measure_sense_change(slices, against="every", resamples=50).drift
    assert list(drift.columns[:7]) == DRIFT and set(drift["measure"]) == {"senses"}
    pairs = list(zip(drift["source"], drift["target"], strict=True))
    assert pairs == [("then", "between"), ("then", "now"), ("between", "now")]
    shares = slices.prevalence[[1, 2], 0, :2]
    assert drift["drift"].iloc[2] == pytest.approx(jensenshannon(*shares, base=2) ** 2)
    assert drift["drift"].iloc[2] > 20 * drift["chance"].iloc[2] and drift["p"].iloc[2] < 0.001
    assert drift["drift"].iloc[0] < 0.02 and drift["chance"].iloc[0] > 0
    assert drift.attrs["left_out"][0]["compared"] == 1 and "shuffled" in drift.attrs["note"]
    other = pd.DataFrame({name: drift[name] for name in DRIFT}).assign(measure="cosine")
    assert len(pd.concat([other, drift])) == 6


def test_births_and_deaths():
    corpus = planted_corpus({"then": 1.0, "now": 0.5, "later": 1.0}, 50)
    compass = replace(planted_compass(), prevalence=planted_compass().prevalence * [1, 1, 0])
    table = measure_sense_change(align_senses(compass, corpus, prune=0, resamples=300), resamples=300).changes
    events = {(row.target, row.sense): row.event for row in table.itertuples()}
    assert events == {("now", 1): "", ("now", 2): "born", ("later", 1): "", ("later", 2): "died"}


def test_what_is_left_out_is_counted(slices):
    table = measure_sense_change(slices, words=["bank", "odd", "river"], resamples=50).drift
    entry = table.attrs["left_out"][0]
    assert (entry["compared"], entry["too_rare"], entry["absent"]) == (1, 1, 1)
    assert entry["words"] == ["river", "odd"] or entry["words"] == ["odd", "river"]
    none = measure_sense_change(slices, min_count=100_000, resamples=50)
    assert len(none.drift) == len(none.changes) == 0
    assert none.drift.attrs["left_out"][0]["too_rare"] == 1


def test_few_documents_have_no_p_and_say_so():
    corpus = planted_corpus({"then": 0.8, "now": 0.3}, 1, seed=4)
    compass = replace(planted_compass(), prevalence=planted_compass().prevalence * [1, 1, 0])
    found = measure_sense_change(align_senses(compass, corpus, prune=0, resamples=50), min_count=1, resamples=50)
    known = found.changes[np.isfinite(found.changes["change"])]
    assert set(known["reason"]) <= {"fewer than two documents on a side"} and known["p"].isna().all()


def test_the_same_tables_each_time_and_for_any_selection(slices):
    one, other = (measure_sense_change(slices, words=words, resamples=50) for words in (None, ["bank"]))
    pd.testing.assert_frame_equal(one.changes, other.changes)
    pd.testing.assert_frame_equal(one.drift, other.drift)


def test_curves(slices):
    table = list_prevalences(slices, ["bank"])
    assert table["slice"].tolist() == ["then", "between", "now"] * 2
    assert (table["low"] <= table["prevalence"]).all() and (table["prevalence"] <= table["high"]).all()
    assert table["units"].tolist() == [100] * 6 and set(table["reason"]) == {""}
    first, second = draw_curves(table)
    assert first.startswith("bank#1  ") and "then, " in first and first.endswith(" now")
    assert len(second.split()[1]) == 3
    lone = list_prevalences(slices, ["odd"])
    assert lone["reason"].iloc[0] == "not measured: it was not among the words asked for"
    assert draw_curves(lone) == ["odd#1  ···  not measured: it was not among the words asked for"]


def test_divergence_of_distributions():
    rng = np.random.default_rng(1)
    first, second = rng.dirichlet(np.ones(4), size=(2, 50))
    theirs = [jensenshannon(p, q, base=2) ** 2 for p, q in zip(first, second, strict=True)]
    assert divergence(first, second) == pytest.approx(np.array(theirs))


def test_bad_input(slices):
    for name, value, said in (
        ("against", "last", "against must be 'previous', 'first' or 'every', got 'last'"),
        ("adjust", "none", "adjust must be 'bh' or 'holm', got 'none'"),
        ("min_count", 0, "min_count must be an integer >= 1, got 0"),
        ("level", 0, "level must be between 0 and 1, got 0"),
        ("floor", 0.01, r"absent, floor must be ascending, from 0 and below 1, got \(0\.02, 0\.01\)"),
    ):
        with pytest.raises(ParameterError, match=said):
            measure_sense_change(slices, **{name: value})
    with pytest.raises(UnknownWordError):
        measure_sense_change(slices, words=["bnak"])
    one = align_senses(planted_compass(), planted_corpus({"now": 0.5}, 10), resamples=50)
    with pytest.raises(AlignmentError, match="change of senses needs two slices or more; these hold 1"):
        measure_sense_change(one)


@pytest.mark.parametrize("sure", [1.0, 2.0])
def test_simulated_prevalences_are_recovered_and_covered(simulation, sure):
    found = simulation.simulate(simulation.Case((0.8, 0.3), sure=sure), 200, 1, resamples=200, permutations=200)
    assert found["error"] <= 0.02 and found["mean gate"] < 0.75
    assert found["covered"] >= 0.93 and found["change covered"] >= 0.92
    assert found["called"] == 1.0


def test_simulated_slices_without_change_are_not_called_changed(simulation):
    case = simulation.Case((0.8, 0.8), documents=(12, 40), icc=0.8)
    found = simulation.simulate(case, 300, 2, resamples=100, permutations=200)
    assert found["called"] <= 0.08 and found["born"] == 0.0
