"""``wordvec drift``: contexts, residual, change points, slices without an order, and several alignments."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from wordvec import AlignedSlices, Corpus, Embeddings, Vocabulary, measure_drift
from wordvec.cli import cli
from wordvec.drift.contexts import measure_contexts
from wordvec.drift.dispersion import measure_dispersion

N = 80
LABELS = tuple(f"{year}" for year in range(1900, 1990, 10))


def make(seed=0, labels=LABELS):
    rng, base = np.random.default_rng(seed), np.random.default_rng(1).normal(size=(N, 8))
    words = Vocabulary(tuple(f"w{i:02d}" for i in range(N)), np.arange(N, 0, -1) + 500)
    rows = []
    for t in range(len(labels)):
        own = base + 0.2 * rng.normal(size=base.shape)
        own[0] = (base[0] if t < 5 else -base[0]) + 0.1 * own[1]
        rows.append(Embeddings(words, own.astype(np.float32)))
    counts = rng.integers(30, 300, size=(len(labels), N))
    return AlignedSlices(labels, tuple(rows), words, counts, None, {"method": "procrustes"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables")
    make().save(path / "aligned.wvs")
    make(5).save(path / "other.wvs")
    rng = np.random.default_rng(2)
    said = {label: [[f"w{i:02d}" for i in rng.integers(0, N, 6)] for _ in range(500)] for label in LABELS}
    Corpus.from_sentences(said, min_count=1).save(path / "corpus.wvc")
    return path


def run(*arguments):
    return CliRunner().invoke(cli, ["drift", *map(str, arguments)])


def rows(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_second_order_from_so_many_anchors(folder):
    options = ("--measure", "second_order", "--anchors", 9, "--format", "json", "--top", 3, "--against", "first")
    found = rows(run(folder / "aligned.wvs", *options))
    expected = measure_drift(make(), measures="second_order", anchors=9, against="first")
    assert [row["drift"] for row in found[:3]] == pytest.approx(list(expected["drift"].head(3)))


def test_contexts_beside_the_cosine_and_alone(folder):
    options = ("--corpus", folder / "corpus.wvc", "--words", "w03,w07", "--format", "json", "--against", "first")
    result = run(folder / "aligned.wvs", "--measure", "contexts", "--measure", "cosine", *options)
    found = rows(result)
    assert [(row["measure"], row["target"]) for row in found[:6]] == [
        *[("contexts", "1910")] * 2,
        *[("cosine", "1910")] * 2,
        *[("contexts", "1920")] * 2,
    ]
    corpus = Corpus.load(folder / "corpus.wvc")
    expected = measure_contexts(corpus, words=["w03", "w07"], against="first")
    assert [row["drift"] for row in found if row["measure"] == "contexts"] == pytest.approx(list(expected["drift"]))
    assert found[0]["chance"] == pytest.approx(expected["chance"].iloc[0]) and found[2]["chance"] is None
    assert (
        "1900 → 1910: 2 words compared by contexts; left out: 0 under 20 occurrences on a side, 0 without a word"
        in (result.stderr)
    )
    alone = run(folder / "aligned.wvs", "--measure", "contexts", *options)
    assert len(rows(alone)) == 16 and "2 words compared; left out: 0 under 20" in alone.stderr


def test_contexts_need_the_text_of_the_same_slices(folder, tmp_path):
    result = run(folder / "aligned.wvs", "--measure", "contexts")
    assert result.exit_code == 2 and "--measure contexts needs --corpus, whose words it counts." in result.stderr
    Corpus.from_sentences({"x": [["a", "b"]], "y": [["a", "b"]]}, min_count=1).save(tmp_path / "c.wvc")
    result = run(folder / "aligned.wvs", "--measure", "contexts", "--corpus", tmp_path / "c.wvc")
    assert result.exit_code == 3 and "c.wvc has the slices x, y, the vectors have 1900, 1910," in result.stderr


def test_the_residual_is_from_all_words(folder):
    found = rows(run(folder / "aligned.wvs", "--residual", "--words", "w00,w01", "--format", "json"))
    whole = rows(run(folder / "aligned.wvs", "--residual", "--top", N, "--format", "json"))
    expected = {(row["word"], row["target"]): row["residual"] for row in whole}
    assert len(found) == 16 and all(row["residual"] == expected[row["word"], row["target"]] for row in found)
    few = run(folder / "aligned.wvs", "--residual", "--min-count", 150, "--format", "json")
    assert "no residual of cosine, 1900 → 1910: " in few.stderr and rows(few)[0]["residual"] is None


def test_change_points_replace_the_table(folder, tmp_path):
    out = tmp_path / "points.tsv"
    result = run(folder / "aligned.wvs", "--change-points", "--format", "json", "--top", 1, "-o", out)
    found = rows(result)
    assert (found[0]["word"], found[0]["at"]) == ("w00", "1950")
    assert "change points: 80 words tested, 0 left out that some slice lacks." in result.stderr
    assert "p cannot fall below 0.029, so that 46 of these words must change for any to have q <= 0.05" in result.stderr
    assert len(out.read_text("utf-8").splitlines()) == 81 and f"wrote {out}" in result.stderr
    one = rows(run(folder / "aligned.wvs", "--change-points", "--words", "w00", "--format", "json"))
    assert len(one) == 1 and one[0]["q"] <= 0.05
    make(labels=LABELS[:6]).save(tmp_path / "few.wvs")
    few = run(tmp_path / "few.wvs", "--change-points")
    assert "no word gets a q: 5 slices: p cannot fall below 0.2, nor below 1/5! with any statistic." in few.stderr


def test_slices_without_an_order_are_compared_two_by_two(folder):
    found = rows(run(folder / "aligned.wvs", "--unordered", "--words", "w00", "--format", "json"))
    assert len(found) == len(LABELS) * (len(LABELS) - 1) / 2
    table = rows(run(folder / "aligned.wvs", "--dispersion", "--top", 2, "--format", "json"))
    expected = measure_dispersion(measure_drift(make(), ordered=False))
    assert [row["word"] for row in table] == list(expected["word"].head(2))
    assert table[0]["dispersion"] == pytest.approx(expected["dispersion"].iloc[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--unordered", "--against", "previous"], "--unordered slices have no previous one; use --against every or"),
        (["--unordered", "--change-points"], "--change-points needs slices in order of time; it does not go with"),
        (["--dispersion", "--against", "first"], "--dispersion compares every two slices; leave --against first out."),
        (["--change-points", "--against", "every"], "--change-points needs --against first or previous."),
        (["--agreement"], "--agreement is of two methods or more: name several ALIGNED, or several --measure."),
        (["other.wvs"], "2 aligned slices were named; to put methods side by side add --agreement, else name one."),
        (["other.wvs", "--agreement", "--agreement-null", "x"], "was given 1 time(s) for 2 ALIGNED: give one for each"),
        (["other.wvs", "--agreement", "--residual"], "--agreement compares drift, not what is left of it: leave"),
        (["--agreement-top", "5"], "--agreement-top is for --agreement: add it, or leave --agreement-top out."),
        (["--null", "shuffled"], "--null is for --stats: add it, or leave --null out."),
        (["--unit", "author"], "--unit is for --stats: add it, or leave --unit out."),
        (["--stats"], "--stats needs --corpus CORPUS, the corpus that ALIGNED was made from."),
        (["--stats", "--corpus", "c", "--measure", "lncs2"], "--stats measures the cosine; --measure is for a table"),
        (["--stats", "--corpus", "c", "--residual"], "--stats measures the cosine; --residual is for a table without"),
        (["--stats", "--corpus", "c", "--null", "plain"], "--null must be one of same-text, shuffled, frequency, ocr,"),
        (["--stats", "--corpus", "c", "--plant-share", "0.5"], "--plant-share is for --plant swap or --plant blend:"),
        (["--corpus", "c"], "To count words: --measure contexts; for intervals and tests: --stats."),
        (["--dispersion", "--residual"], "--change-points and --dispersion make tables of their own, without --report"),
    ],
)
def test_options_that_do_not_go_together(folder, options, message):
    result = run(folder / "aligned.wvs", *options)
    assert result.exit_code == 2 and message in " ".join(result.stderr.split())


def test_agreement_of_alignments_beside_chance_and_a_null(folder, tmp_path):
    paths = [folder / "aligned.wvs", folder / "other.wvs"]
    nulls = [part for path in paths for part in ("--agreement-null", path)]
    out = tmp_path / "agreement.tsv"
    options = ("--agreement", *nulls, "--agreement-top", 5, "--top", 2, "-o", out, "--format", "tsv")
    shown = run(*paths, *options)
    assert shown.exit_code == 0, shown.output
    header, *lines = shown.stdout.splitlines()
    assert header.split("\t")[5:] == ["drift aligned", "rank aligned", "drift other", "rank other", "agree", "rank"]
    assert len(lines) == 16 and len(out.read_text("utf-8").splitlines()) == 1 + 8 * N
    assert "1900 → 1910: 80 words compared by all methods; left out: 0 by some only." in shown.stderr
    assert "0.39% if methods were independent" in shown.stderr
    assert "in the null. Methods read the same text" in shown.stderr and f"wrote {out}" in shown.stderr
    shown = run(*paths, "--agreement", "--format", "table", "--words", "w00", "--report", tmp_path / "both.html")
    assert "rank correlations" in shown.stdout
    assert "no null was given (--agreement-null)" in shown.stderr
    page = (tmp_path / "both.html").read_text("utf-8")
    assert "What other methods say" in page


def test_agreement_of_measures_with_their_settings(folder):
    options = ("--agreement", "--measure", "cosine", "--measure", "lncs2", "--k", 5, "--against", "first")
    found = rows(run(folder / "aligned.wvs", *options, "--format", "json", "--top", N))
    expected = measure_drift(make(), measures="lncs2", k=5, against="first").set_index(["word", "target"])["drift"]
    assert len(found) == 8 * N
    for row in found[::50]:
        assert row["drift aligned lncs2"] == pytest.approx(expected[row["word"], row["target"]])


def test_agreement_is_of_the_same_slices(folder, tmp_path):
    make(labels=LABELS[:6]).save(tmp_path / "few.wvs")
    result = run(folder / "aligned.wvs", tmp_path / "few.wvs", "--agreement")
    assert result.exit_code == 3 and "few.wvs has the slices 1900, 1910" in result.stderr
    assert result.stderr.endswith("compare methods on the same slices.\n")


@pytest.mark.parametrize("options", [[], ["--change-points"], ["--dispersion"], ["--agreement", "--measure", "lncs2"]])
def test_parquet_by_the_name_of_the_file(folder, tmp_path, options):
    import pandas as pd

    pytest.importorskip("pyarrow")
    if "--agreement" in options:
        options = [*options, "--measure", "cosine"]
    for ending in ("tsv", "parquet"):
        assert run(folder / "aligned.wvs", *options, "-o", tmp_path / f"t.{ending}").exit_code == 0
    text = pd.read_csv(tmp_path / "t.tsv", sep="\t", keep_default_na=False, na_values=[""], dtype={"at": str})
    table = pd.read_parquet(tmp_path / "t.parquet")
    assert list(table.columns) == list(text.columns) and len(table) == len(text) > 0
    numbers = table.select_dtypes("number").columns
    np.testing.assert_allclose(table[numbers], text[numbers], rtol=1e-5, atol=1e-6)
    assert table["word"].tolist() == text["word"].tolist()


def test_parquet_without_pyarrow_is_refused_at_once(folder, tmp_path, monkeypatch):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pyarrow" else found(name))
    result = run(folder / "aligned.wvs", "-o", tmp_path / "t.parquet")
    assert result.exit_code == 4
    message = "t.parquet: Parquet needs the package pyarrow: pip install 'wordvec[tables]', or name a .tsv file."
    assert message in result.stderr and not (tmp_path / "t.parquet").exists()
