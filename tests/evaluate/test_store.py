"""Results on the disk: a round trip changes nothing, and a damaged file is refused by line."""

import base64
import json
import math
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import CorruptFileError, FormatError
from wordvec.evaluate.comparison.store import Result, add_results, read_results
from wordvec.evaluate.measures import MEASURES
from wordvec.evaluate.outcome import Outcome


def outcome_of(n=9, measure="mean", metric="accuracy", seed=0):
    rng = np.random.default_rng(seed)
    values, units = rng.random((n, 2)), rng.integers(0, 9, (n, 2))
    items = np.sort(rng.choice(5 * n + 1, n, replace=False))
    return Outcome("task", "täst", "ab", metric, MEASURES[measure], items, values, units, "word", 3, "skip", 0.25)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 40), st.sampled_from(["mean", "ratio", "spearman", "v-measure"]), st.integers(0, 2**32))
def test_a_round_trip_changes_nothing(tmp_path_factory, n, measure, seed):
    path = tmp_path_factory.mktemp("store") / "results.jsonl"
    outcome = outcome_of(n, measure, seed=seed)
    add_results(path, [Result("a", "d1", (outcome,))])
    [found] = read_results(path)
    assert (found.model, found.vectors_sha256) == ("a", "d1")
    [back] = found.outcomes
    for name in ("items", "values", "units"):
        assert getattr(back, name).tobytes() == getattr(outcome, name).tobytes()
    assert back.key == outcome.key
    assert (back.unit, back.missing, back.seconds, back.measure) == ("word", 3, 0.25, outcome.measure)
    assert json.loads(path.read_text("utf-8"))["score"] == (None if math.isnan(outcome.score) else outcome.score)


def test_seeds_and_models_stay_apart_and_a_second_run_replaces_the_first(tmp_path):
    path = tmp_path / "results.jsonl"
    add_results(path, [Result("a", "d1", (outcome_of(), outcome_of(metric="MRR"))), Result("a", "d2", (outcome_of(),))])
    add_results(path, [Result("b", "d3", (outcome_of(),)), Result("a", "d1", (outcome_of(seed=5),))])
    found = read_results(path)
    assert [(r.model, r.vectors_sha256, len(r.outcomes)) for r in found] == [
        ("a", "d1", 2),
        ("a", "d2", 1),
        ("b", "d3", 1),
    ]
    assert found[0].outcomes[0].score == outcome_of(seed=5).score
    assert len(path.read_text("utf-8").splitlines()) == 4


def broken(change):
    entry = json.loads(json.dumps(TEMPLATE))
    change(entry)
    return json.dumps(entry)


def packed(array, shape):
    return {"shape": shape, "zlib": base64.b64encode(zlib.compress(array.tobytes())).decode()}


TEMPLATE = {
    **dict.fromkeys(("model", "vectors_sha256", "task", "dataset", "dataset_sha256", "metric", "policy", "unit"), "x"),
    "measure": "mean",
    "missing": 0,
    "seconds": 1.0,
    "items": packed(np.arange(2), [2]),
    "values": packed(np.ones(2), [2, 1]),
    "units": packed(np.arange(2), [2, 1]),
}


@pytest.mark.parametrize(
    "line, error, message",
    [
        ("{", FormatError, r"results.jsonl, line 2: not a result, which is one JSON object a line"),
        ("[]", FormatError, r"line 2: not a result, which is one JSON object a line \(a list\)"),
        (broken(lambda e: e.pop("metric")), FormatError, r"line 2: .* no metric"),
        (broken(lambda e: e.update(model=3)), FormatError, r"line 2: .* no text where it belongs"),
        (broken(lambda e: e.update(measure="eval")), FormatError, "measure must be one of mean, macro mean"),
        (broken(lambda e: e.update(items=7)), CorruptFileError, "line 2, items: damaged array"),
        (broken(lambda e: e["items"].update(shape=[3])), CorruptFileError, "16 bytes for a shape of"),
        (broken(lambda e: e["items"].update(shape=[10**12])), CorruptFileError, "a shape of"),
        (broken(lambda e: e["values"].update(zlib="////")), CorruptFileError, "line 2, values: damaged array"),
        (broken(lambda e: e.update(items=packed(np.zeros(2, int), [2]))), CorruptFileError, "do not belong together"),
        (broken(lambda e: e.update(items=packed(np.zeros(1, int), [1]))), CorruptFileError, "do not belong together"),
        (broken(lambda e: e["items"].update(packed(np.zeros(10**7), [2]))), CorruptFileError, "17 bytes for a shape"),
    ],
)
def test_damage_is_named_by_line_and_nothing_is_lost(tmp_path, line, error, message):
    path = tmp_path / "results.jsonl"
    path.write_text(json.dumps(TEMPLATE) + "\n" + line + "\n", "utf-8")
    before = path.read_bytes()
    with pytest.raises(error, match=message):
        read_results(path)
    with pytest.raises(error, match=message):
        add_results(path, [Result("a", "d1", (outcome_of(),))])
    assert path.read_bytes() == before


def test_no_file_and_no_text(tmp_path):
    with pytest.raises(FormatError, match=r"none.jsonl does not exist, or is no file; --store writes one"):
        read_results(tmp_path / "none.jsonl")
    (tmp_path / "x.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match="is not a file of results: it is not UTF-8"):
        read_results(tmp_path / "x.jsonl")


@pytest.mark.parametrize(
    "change, error, message",
    [
        (lambda e: e.update(missing=None), FormatError, "line 1: missing and seconds must be numbers"),
        (lambda e: e.update(seconds="x"), FormatError, "line 1: missing and seconds must be numbers"),
        (lambda e: e.update(measure="macro mean"), CorruptFileError, "do not belong together"),
        (lambda e: e.update(values=packed(np.ones(0), [2, 0])), CorruptFileError, "do not belong together"),
        (lambda e: e.update(units=packed(np.ones(0, int), [2, 0])), CorruptFileError, "do not belong together"),
        (lambda e: e.update(units=packed(np.ones(6, int), [2, 3])), CorruptFileError, "do not belong together"),
    ],
)
def test_fields_that_fit_no_measure_are_damage(tmp_path, change, error, message):
    (tmp_path / "results.jsonl").write_text(broken(change) + "\n", "utf-8")
    with pytest.raises(error, match=message):
        read_results(tmp_path / "results.jsonl")


def test_nesting_without_end_is_no_result(tmp_path):
    (tmp_path / "results.jsonl").write_text("[" * 200_000 + "\n", "utf-8")
    with pytest.raises(FormatError, match="line 1: not a result"):
        read_results(tmp_path / "results.jsonl")
