"""``wordvec drift --stats``: what it prints and writes, and what checks it."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from drift.controlled import corpus_of, text_of

from wordvec import CompassAligner, SkipGram
from wordvec.cli import cli
from wordvec.drift.assess import assess_drift
from wordvec.drift.control_runs import run_control

ALIGNER = CompassAligner(SkipGram(dim=8, epochs=1, negative=2, window=2))
QUICK = ("--splits", 2, "--permutations", 3, "--min-count", 15)
SETTINGS = {"splits": 2, "floors": 2, "permutations": 3, "min_count": 15}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path, rng = tmp_path_factory.mktemp("stats"), np.random.default_rng(1)
    corpus = corpus_of({label: text_of(rng, 500) for label in ("1900", "1950", "2000")})
    corpus.save(path / "corpus.wvc")
    ALIGNER.align(corpus).save(path / "aligned.wvs")
    one = corpus_of({label: text_of(rng, 1) * 40 for label in ("a", "b")})
    one.save(path / "other.wvc")
    return path, corpus


def run(path, *arguments):
    command = ["drift", path / "aligned.wvs", "--stats", "--corpus", path / "corpus.wvc", *QUICK, *arguments]
    result = CliRunner().invoke(cli, [str(part) for part in command])
    assert "Traceback" not in result.output
    return result


def test_the_table_is_that_of_the_library(folder, tmp_path):
    path, corpus = folder
    pytest.importorskip("pyarrow")
    result = run(path, "-o", tmp_path / "t.parquet", "--top", 2, "--format", "json", "--neighbors", 0)
    assert result.exit_code == 0, result.output
    expected = assess_drift(ALIGNER.align(corpus), corpus, **SETTINGS)
    found = pd.read_parquet(tmp_path / "t.parquet")
    pd.testing.assert_frame_equal(found, expected.reset_index(drop=True), check_dtype=False)
    assert found.attrs["left_out"] == expected.attrs["left_out"]
    shown = json.loads(result.stdout)
    assert [row["word"] for row in shown] == list(expected.groupby("target", sort=False).head(2)["word"])
    assert "words drifted beyond their drift inside a slice (q < 0.05" in result.stderr
    assert "no null was run: how many words these tests find where nothing changed is not known" in result.stderr
    terminal = run(path, "--format", "table", "--words", "w0001,w0002", "--neighbors", 2).stdout
    assert terminal.split()[:4] == ["word", "source", "target", "drift"] and "count_source" not in terminal


def test_controls_follow_the_table_and_stand_in_the_report(folder, tmp_path):
    path, corpus = folder
    out, page = tmp_path / "t.tsv", tmp_path / "t.html"
    nulls = ("--null", "shuffled", "--null", "ocr=0.1", "--plant", "swap", "--plant-share", 0.5, "--control-seed", 3)
    result = run(path, *nulls, "-o", out, "--report", page, "--format", "tsv", "--top", 1, "--neighbors", 0)
    assert result.exit_code == 0, result.output
    table, controls, power = result.stdout.split("\n\n")
    assert len(table.splitlines()) == 3 and controls.startswith("control\twords\tsource")
    assert [line.split("\t")[:2] for line in controls.splitlines()[1:]] == [
        *(["shuffled", "all"], ["ocr", "all"]),
        *(["swap", "planted"], ["swap", "others"]),
    ]
    assert power.startswith("share\tcount_from")
    assert "controls are about 1900 and 1950; the other slices stay as they are.\n" in result.stderr
    assert result.stderr.count("controls are about") == 1
    assert "control 2 of 3, ocr=0.1: aligning and assessing again." in result.stderr
    assert "no null was run" not in result.stderr
    assert result.stderr.index(f"wrote {out}") < result.stderr.index("control 1 of 3")

    def assess(aligned, made):
        return assess_drift(aligned, made, **SETTINGS)

    aligner = CompassAligner.of(ALIGNER.align(corpus))
    pair = {"source": "1900", "target": "1950", "min_count": 15, "seed": 3}
    row = run_control(corpus, aligner, assess, "shuffled", **pair).to_frame().iloc[0]
    printed = controls.splitlines()[1].split("\t")
    assert [int(printed[4]), float(printed[6])] == [row["measured"], pytest.approx(row["below"], rel=1e-4)]
    text = page.read_text("utf-8")
    assert "the texts of both slices dealt out at random" in text and "No null was run for this page" not in text


def test_a_table_on_standard_output_stays_one_table(folder):
    path, _ = folder
    result = run(path, "--words", "w0001,w0002", "--null", "same-text", "-o", "-", "--format", "json")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert len(lines) == 5 and {line.count("\t") for line in lines} == {lines[0].count("\t")}
    assert "same-text  all" in result.stderr


def test_refits_and_agreement_beside_the_statistics(folder, tmp_path):
    path, _ = folder
    words = ("--words", "w0001,w0002,w0003")
    several = ("--agreement", "--measure", "cosine", "--measure", "second_order", "--agreement-top", 10)
    page = tmp_path / "t.html"
    result = run(path, *words, "--refit-compass", 3, *several, "--format", "table", "--report", page)
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[0].split()[-1] == "counts" and " sd_refits " in result.stdout
    assert "several methods" in result.stdout and "rank correlations" in result.stdout
    assert "1900 → 1950: aligned 3 times with other seeds, raw drift of a word varies by a standard" in result.stderr
    text = page.read_text("utf-8")
    assert "No null was run for this page" in text and "What other methods say" in text


def test_what_cannot_be_is_said_before_anything_is_trained(folder, tmp_path):
    path, corpus = folder
    wrong = ["drift", path / "aligned.wvs", "--stats", "--null", "shuffled", "--corpus", path / "other.wvc"]
    result = CliRunner().invoke(cli, [str(part) for part in wrong])
    assert result.exit_code == 3 and "need the corpus that these slices were aligned from" in result.stderr
    CompassAligner(SkipGram(dim=4, epochs=1)).align(corpus).save(tmp_path / "aligned.wvs")
    corpus_of({"1900": [[["a", "b"] * 30]], "1950": [[["a", "b"] * 30]]}).save(tmp_path / "corpus.wvc")
    result = run(tmp_path)
    assert result.exit_code == 3 and "the corpus has no slice '2000'" in result.stderr


def test_unlike_slices_are_told_with_their_numbers(tmp_path):
    rng = np.random.default_rng(4)
    small, large = text_of(rng, 60), text_of(rng, 60) + [[["w0001", "w0002", "w0003"] * 80] for _ in range(640)]
    corpus = corpus_of({"small": small, "large": large})
    corpus.save(tmp_path / "corpus.wvc")
    ALIGNER.align(corpus).save(tmp_path / "aligned.wvs")
    result = run(tmp_path, "--min-count", 1000)
    assert result.exit_code == 0, result.output
    assert "slice 'large' is 52.2 times the size of 'small' (156,600 and 3,000 tokens)" in result.stderr
    assert "no word occurs 1000 times in both 'small' and 'large'" in result.stderr
    assert "small → large: 0 words compared" in result.stderr
    plain = CliRunner().invoke(cli, ["drift", str(tmp_path / "aligned.wvs")])
    assert "is 52.2 times the size of 'small'" in plain.stderr


def test_slices_without_a_common_word(tmp_path):
    rng = np.random.default_rng(4)
    corpus = corpus_of({"a": text_of(rng, 60), "b": text_of(rng, 60, start=1200)})
    corpus.save(tmp_path / "corpus.wvc")
    ALIGNER.align(corpus).save(tmp_path / "aligned.wvs")
    result = run(tmp_path)
    assert result.exit_code == 3 and "slices 'a' and 'b' have no word in common" in result.stderr


def test_help_shows_options_by_purpose():
    text = CliRunner().invoke(cli, ["drift", "--help"]).stdout
    headings = [line for line in text.splitlines() if line and line[0] != " " and line.endswith(":")]
    assert headings == [
        *("Words and slices:", "Measures:", "What is written and printed:", "Text and senses:", "Statistics:"),
        *("Checks, with --stats:", "Several methods:", "Other:"),
    ]
    for option in ("--words", "--change-points", "--dispersion", "--null KIND", "--agreement-null", "--help"):
        assert f"  {option}" in text or f", {option}" in text
