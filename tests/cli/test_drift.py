"""``wordvec drift``: what it prints, writes, leaves alone and refuses."""

import json
import os
import shlex
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from wordvec import AlignedSlices, Embeddings, Vocabulary, measure_drift
from wordvec.cli import cli
from wordvec.cli.drift_options import MEASURES
from wordvec.drift import measures as drift_measures


@pytest.fixture(scope="module")
def slices():
    rng = np.random.default_rng(0)
    words = ("war", "sea", "broadcast", "nan", "None", '"', *(f"w{i}" for i in range(34)))
    vocabulary = Vocabulary(words, np.arange(40, 0, -1) + 500)
    counts = rng.integers(30, 90, size=(3, 40))
    counts[0, 1] = 3  # sea is too rare in 1800
    rows = tuple(Embeddings(vocabulary, rng.normal(size=(40, 6)).astype(np.float32)) for _ in range(3))
    return AlignedSlices(("1800", "1850", "1900"), rows, vocabulary, counts, None, {"method": "procrustes"})


@pytest.fixture
def aligned(slices, tmp_path):
    slices.save(tmp_path / "aligned.wvs")
    return tmp_path / "aligned.wvs"


_MAIN = f"{shlex.quote(sys.executable)} -c 'from wordvec.cli import main; main()'"


def run(*arguments):
    return CliRunner().invoke(cli, ["drift", *map(str, arguments)])


def test_prints_the_top_of_every_pair_with_neighbors(aligned, slices):
    result = run(aligned, "--top", 3, "--neighbors", 2, "--format", "json")
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)
    expected = measure_drift(slices).groupby("target", sort=False).head(3)
    assert [row["word"] for row in rows] == list(expected["word"])
    assert [row["drift"] for row in rows] == pytest.approx(list(expected["drift"]))
    assert rows[0]["count_source"] == expected["count_source"].iloc[0]
    nearest = [n.word for n in slices["1800"].nearest(rows[0]["word"], k=3) if n.word != "sea"][:2]
    assert rows[0]["neighbors_source"] == " ".join(nearest)
    assert "1800 → 1850: 39 words compared; left out: 1 under 20 occurrences on a side, 0 without" in result.stderr
    assert "1850 → 1900: 40 words compared; left out: 0" in result.stderr


def test_tsv_is_the_default_away_from_a_terminal(aligned):
    lines = run(aligned).stdout.splitlines()
    assert lines[0].split("\t") == [
        *("word", "source", "target", "measure", "drift", "count_source", "count_target"),
        *("neighbors_source", "neighbors_target"),
    ]
    assert len(lines) == 1 + 2 * 20
    plain = run(aligned, "--neighbors", 0).stdout.splitlines()
    assert plain[0].endswith("count_target")


def test_a_table_is_followed_by_neighbors(aligned):
    output = run(aligned, "--words", "war", "--format", "table", "--neighbors", 3).stdout
    table, _, neighbors = output.partition("\nnearest neighbors\n")
    assert "war" in table and "neighbors_source" not in table
    lines = neighbors.strip().splitlines()
    assert lines[0] == "war"
    assert [line.split()[0] for line in lines[1:]] == ["1800", "1850", "1900"]
    assert all(len(line.split()) == 4 for line in lines[1:])


def test_output_takes_every_row_and_stdout_stays_quiet(aligned, slices, tmp_path):
    out = tmp_path / "drift.tsv"
    result = run(aligned, "-o", out, "--against", "every", "--measure", "lncs2", "--measure", "cosine", "--k", 5)
    assert result.exit_code == 0 and result.stdout == ""
    found = pd.read_csv(out, sep="\t", keep_default_na=False, dtype={"source": str, "target": str})
    expected = measure_drift(slices, against="every", measures=("lncs2", "cosine"), k=5)
    assert list(found["word"]) == list(expected["word"])
    assert list(found.columns) == list(expected.columns)
    np.testing.assert_allclose(found["drift"], expected["drift"], rtol=1e-5, atol=1e-6)
    assert f"wrote {out}" in result.stderr
    assert len(run(aligned, "-o", out, "--overwrite", "--top", 2).stdout.splitlines()) == 5


def test_words_from_the_line_and_from_a_file(aligned, tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("\ufeffsea\r\n\nbroadcast\n", encoding="utf-8")
    result = run(aligned, "--words", "war, broadcast", "--words-file", file)
    words = {line.split("\t")[0] for line in result.stdout.splitlines()[1:]}
    assert words == {"war", "sea", "broadcast"}
    assert "left out: 1 under 20 occurrences on a side, 0 without a vector (sea)." in result.stderr


def test_unknown_words_are_named_and_left_out(aligned, tmp_path):
    report = tmp_path / "d.html"
    result = run(aligned, "--words", "braodcast,war,xyz", "--format", "json", "--report", report)
    assert result.exit_code == 0, result.output
    assert {row["word"] for row in json.loads(result.stdout)} == {"war"}
    assert result.stderr.splitlines()[:3] == [
        "'braodcast' is not among the 40 words of this vocabulary. Did you mean 'broadcast'?",
        "'xyz' is not among the 40 words of this vocabulary.",
        "Left out as unknown: 2 of the 3 words asked for.",
    ]
    unknown = "not in the vocabulary: <bdi>braodcast</bdi>, <bdi>xyz</bdi>."
    assert unknown in report.read_text("utf-8")
    many = tmp_path / "words.txt"
    many.write_text("\n".join(["war", *(f"x{i}" for i in range(8))]))
    result = run(aligned, "--words-file", many)
    assert result.exit_code == 0
    assert "\nNot there either: 'x5', 'x6', 'x7'.\nLeft out as unknown: 8 of the 9 words asked for." in result.stderr
    result = run(aligned, "--words", "xyz,zyx")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.splitlines() == [
        "Error: 'xyz' is not among the 40 words of this vocabulary.",
        "'zyx' is not among the 40 words of this vocabulary.",
    ]


def test_a_dash_is_standard_output(aligned, slices, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(aligned, "-o", "-", "--report", tmp_path / "d.html")
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 1 + len(measure_drift(slices))
    assert "wrote -" not in result.stderr and (tmp_path / "d.html").is_file()
    page = run(aligned, "--report", "-").stdout
    assert page == (tmp_path / "d.html").read_text("utf-8")
    assert run(aligned, "-o", "-", "--report", "-").exit_code == 2
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("failing", ["page", "disk", "interrupt"])
def test_both_files_are_written_or_none(aligned, tmp_path, monkeypatch, failing):
    def fail(*_, **__):
        raise KeyboardInterrupt if failing == "interrupt" else OSError(28, "No space left on device")

    if failing == "disk":
        calls = []
        monkeypatch.setattr("os.fsync", lambda _: calls.append(1) if not calls else fail())
    else:
        monkeypatch.setattr("wordvec.report.html.list_neighbors", fail)
    before = set(tmp_path.iterdir())
    arguments = (aligned, "-o", tmp_path / "x.tsv", "--report", tmp_path / "x.html")
    assert run(*arguments).exit_code == (130 if failing == "interrupt" else 4)
    assert set(tmp_path.iterdir()) == before
    monkeypatch.undo()
    assert run(*arguments).exit_code == 0
    assert set(tmp_path.iterdir()) == before | {tmp_path / "x.tsv", tmp_path / "x.html"}


def test_one_file_for_two_outputs_is_refused_however_it_is_spelt(aligned, tmp_path):
    other = tmp_path / "sub" / ".." / "d.tsv"
    (tmp_path / "sub").mkdir()
    result = run(aligned, "-o", tmp_path / "d.tsv", "--report", other)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        "Error: -o and --report name the same file; give two names.",
    )
    assert not (tmp_path / "d.tsv").exists()


def test_too_large_a_neighborhood_is_remarked(aligned):
    result = run(aligned, "--measure", "intersection")
    assert (
        "intersection looks at 1000 neighbors, more than a tenth of the 40 words that 1800 and 1850 share: many meet "
        "there by chance, and all drifts come out lower and more alike. Pass --k-intersection 4 or less.\n"
    ) in result.stderr
    assert "a tenth" not in run(aligned, "--measure", "intersection", "--k-intersection", 4).stderr
    assert "a tenth" not in run(aligned).stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("command", ["drift {} --words war,xyz", "drift {} -o -"])
def test_a_closed_stream_is_no_reason_to_fail(aligned, tmp_path, closed, command):
    line = f"{_MAIN} {command.format(shlex.quote(str(aligned)))} {closed}"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
    assert "Traceback" not in done.stderr and done.returncode == 0, done.stderr


def test_the_report_is_written(aligned, tmp_path):
    report = tmp_path / "drift.html"
    result = run(aligned, "--report", report, "--top", 4)
    assert result.exit_code == 0
    page = report.read_text("utf-8")
    assert page.startswith("<!DOCTYPE html>") and "4 of 39 compared words" in page
    before = report.read_bytes()
    assert run(aligned, "--report", report).exit_code == 3
    assert report.read_bytes() == before


def test_equal_runs_write_equal_reports(aligned, tmp_path):
    for seed in ("1", "2"):
        arguments = ["drift", str(aligned), "--report", str(tmp_path / f"{seed}.html"), "--top", "3"]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(
            [sys.executable, "-c", "from wordvec.cli import main; main()", *arguments],
            env=environment,
            check=True,
            capture_output=True,
        )
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()


def test_tokens_cannot_steer_the_terminal(tmp_path):
    words = Vocabulary(("\x1b[31mred", "plain", "other"), np.array([90, 80, 70]))
    rows = Embeddings(words, np.array([[1, 0], [1, 1], [0, 1]], np.float32))
    AlignedSlices(("a", "b"), (rows, rows), words, np.full((2, 3), 50)).save(tmp_path / "x.wvs")
    neighbors = run(tmp_path / "x.wvs", "--words", "plain", "--format", "table").stdout.partition("nearest")[2]
    assert "red" in neighbors and "\x1b" not in neighbors


def test_refusals(aligned, tmp_path):
    (tmp_path / "latin.txt").write_bytes(b"war\nna\xefve\n")
    (tmp_path / "empty.txt").write_text("\n\n")
    taken = tmp_path / "taken.tsv"
    taken.write_text("mine")
    cases = [
        ([tmp_path / "none.wvs"], 3, "none.wvs does not exist."),
        ([taken], 3, "is not a wordvec artefact"),
        (
            [aligned, "-o", taken],
            3,
            "taken.tsv exists; choose another output or pass --overwrite (in Python: overwrite=True).",
        ),
        ([aligned, "-o", taken / "d.tsv"], 4, "taken.tsv is not a folder."),
        (
            [aligned, "--words", "braodcast"],
            3,
            "'braodcast' is not among the 40 words of this vocabulary. Did you mean",
        ),
        ([aligned, "--words", " , "], 2, "--words names no word."),
        ([aligned, "--words-file", tmp_path / "empty.txt"], 2, "empty.txt names no word."),
        ([aligned, "--words-file", tmp_path / "gone.txt"], 3, "gone.txt is not a file; --words-file wants one word"),
        ([aligned, "--words-file", tmp_path / "latin.txt"], 3, "latin.txt: line 2 is not UTF-8 (byte 6); save it"),
        ([aligned, "--min-count", 0], 2, "min_count must be an integer >= 1, got 0"),
        ([aligned, "--t", 2], 2, "t must be between 0 and 1, got 2.0"),
        ([aligned, "--measure", "cosin"], 2, "cosin"),
    ]
    for arguments, code, message in cases:
        result = run(*arguments)
        assert result.exit_code == code, (arguments, result.output)
        assert message in result.stderr
        assert "Traceback" not in result.output
    assert taken.read_text() == "mine"


def test_no_word_left(aligned, slices, tmp_path):
    for table_format in ("table", "tsv", "json"):
        result = run(aligned, "--min-count", 1000, "--format", table_format)
        assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == []
    floor = slices.counts[1:].min(axis=0).max()
    hint = "1850 → 1900: none of the words occurs 1000 times on both sides; the highest --min-count that leaves one is"
    assert f"{hint} {floor}.\n" in result.stderr
    assert run(aligned, "--min-count", floor, "--format", "json").stdout != "[]\n"
    assert run(aligned, "--min-count", 1000, "--report", tmp_path / "d.html").exit_code == 0


def test_help_has_an_example_and_the_measures_agree():
    assert "Example:\n" in run("--help").stdout
    assert (*drift_measures.MEASURES, "contexts", "senses") == MEASURES
