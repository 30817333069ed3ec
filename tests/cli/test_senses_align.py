"""``wordvec senses align`` and ``change``, and what other commands make of senses in slices."""

import dataclasses
import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from planted_senses import StubTrainer, planted_compass, planted_corpus
from small_vectors import run, table

from wordvec import AlignedSlices, Embeddings, SenseSlices, align_senses


@pytest.fixture(scope="module")
def corpus():
    return planted_corpus({"then": 0.9, "now": 0.3})


@pytest.fixture
def folder(tmp_path, corpus):
    corpus.save(tmp_path / "corpus.wvc")
    planted_compass().save(tmp_path / "senses.wv")
    align_senses(planted_compass(), corpus).save(tmp_path / "senses.wvs")
    return tmp_path


@pytest.fixture
def aligned(folder, corpus):
    """Vectors in the same slices and words."""
    words, stream = corpus.vocabulary, np.random.default_rng(1)
    rows = [Embeddings(words, stream.normal(size=(len(words), 4)).astype(np.float32)) for _ in corpus.labels]
    AlignedSlices(corpus.labels, tuple(rows), words, np.asarray(corpus.counts)).save(folder / "aligned.wvs")
    return folder / "aligned.wvs"


def test_align(folder, corpus):
    out = folder / "new.wvs"
    result = run("senses", "align", folder / "senses.wv", folder / "corpus.wvc", "-o", out, "--temperature", 1)
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith(f"{out} written: ") and "  slice then: " in result.stderr
    found = SenseSlices.load(out)
    assert found.labels == ("then", "now") and found.tallies.temperature == 1.0
    result = run("senses", "align", folder / "senses.wv", folder / "corpus.wvc", "-o", out)
    assert result.exit_code == 3 and "exists; choose another output" in result.stderr
    word = found.compass.vocabulary.words[int(found.tallies.words[0])]
    result = run("senses", "align", folder / "senses.wv", folder / "corpus.wvc", "-o", out, "--overwrite", "--words",
                 f"{word},zzz")  # fmt: skip
    assert result.exit_code == 0 and "Left out as unknown: 1 of the 2 words asked for." in result.stderr


def test_align_says_that_senses_were_pruned_before_slices_were_looked_at(folder):
    metadata = {"settings": {"prune": 0.05}, "pruned": 1_234}
    dataclasses.replace(planted_compass(), metadata=metadata).save(folder / "pruned.wv")
    result = run("senses", "align", folder / "pruned.wv", folder / "corpus.wvc", "-o", folder / "new.wvs")
    assert "pruned.wv lost 1,234 senses when it was trained, each below 5% of its word" in result.stderr
    assert "train with --prune 0, or give - for SENSES" in result.stderr


def test_align_trains_first_where_senses_are_a_dash(folder, corpus, monkeypatch):
    made = {}

    def make(**settings):
        made.update(settings)
        return StubTrainer()

    monkeypatch.setitem(sys.modules, "wordvec.train.disambiguated", SimpleNamespace(DisambiguatedSkipGram=make))
    out = folder / "new.wvs"
    result = run("senses", "align", "-", folder / "corpus.wvc", "-o", out, "--senses", 2, "--seed", 7)
    assert result.exit_code == 0, result.stderr
    assert made == {"senses": 2, "seed": 7} and SenseSlices.load(out).vectors


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--dim", 5], 2, "--dim is for training, and {senses} is trained already: leave it out."),
        (["--preset", "official"], 2, "--preset is for training, and {senses} is trained already: leave it out."),
        (
            ["--slice-vectors"], 3,
            "{senses} was made by another program; --slice-vectors needs senses of the disambiguated skip-gram. "
            "Leave it out: slices then share the vectors.",
        ),
        (["--words", "zzz"], 3, "'zzz' is not among the "),
    ],
)  # fmt: skip
def test_align_says_what_it_cannot(options, code, message, folder):
    senses = folder / "senses.wv"
    plain = dataclasses.replace(planted_compass(), metadata={})
    plain.save(senses, overwrite=True)
    result = run("senses", "align", senses, folder / "corpus.wvc", "-o", folder / "new.wvs", *options)
    assert result.exit_code == code
    assert f"Error: {message.format(senses=senses)}" in result.stderr


def test_change(folder):
    rows = table(run("senses", "change", folder / "senses.wvs"))
    assert {row["source"] for row in rows} == {"then"} and len({row["word"] for row in rows}) >= 1
    assert {"prevalence_source", "change", "low", "high", "p", "q", "event", "reason"} <= set(rows[0])
    word = rows[0]["word"]
    result = run("senses", "change", folder / "senses.wvs", "--words", word, "--format", "table")
    assert result.exit_code == 0 and f"{word}#1" in result.stdout and " %" in result.stdout
    assert "then → now: 1 words compared; left out: 0 under 20 occurrences on a side" in result.stderr
    result = run("senses", "change", folder / "senses.wvs", "--min-count", 10**6)
    assert result.exit_code == 0 and len(table(result)) == 0
    assert run("senses", "change", folder / "senses.wvs", "--events").exit_code == 0
    result = run("senses", "change", folder / "senses.wv")
    assert result.stderr == f"Error: {folder / 'senses.wv'} holds senses, expected sense-slices.\n"


def test_show_draws_a_curve(folder, corpus):
    loaded = SenseSlices.load(folder / "senses.wvs")
    word = loaded.compass.vocabulary.words[int(loaded.tallies.words[0])]
    shown = run("senses", "show", folder / "senses.wvs", word, "--format", "table").stdout
    assert "\nshares in the slices then, now\n" in shown and f"\n  {word}#1  " in shown
    rows = json.loads(run("senses", "show", folder / "senses.wvs", word, "--format", "json").stdout)
    share = loaded.prevalence[0, loaded.compass.vocabulary[word], 0]
    assert rows[0]["prevalence then"] == pytest.approx(share) and rows[0]["low then"] <= share <= rows[0]["high then"]


def test_other_commands_read_senses_in_slices(folder):
    path = folder / "senses.wvs"
    rows = {row["property"]: row["value"] for row in table(run("info", path))}
    assert rows["kind"] == "sense-slices" and rows["vectors of slices"] == "those of all together"
    assert "slice then" in rows and "words followed" in rows
    assert run("validate", path).exit_code == 0
    loaded = SenseSlices.load(path)
    word = loaded.compass.vocabulary.words[int(loaded.tallies.words[0])]
    assert {row["slice"] for row in table(run("nearest", path, f"{word}#1", "-k", 2))} == {""}
    assert {row["slice"] for row in table(run("nearest", path, word, "--slice", "now"))} == {"now"}
    assert run("nearest", path, word, "--slice", "never").exit_code == 2
    for options in (("convert", path, folder / "c.wv"), ("senses", "export", path, folder / "e.wv")):
        assert run(*options).exit_code == 0
        assert run(*options, "--slice", "now", "--overwrite").exit_code == 0
    words, row = Embeddings.load(folder / "e.wv").vocabulary, loaded.compass.vocabulary[word]
    share = loaded["now"].prevalence[row, 0]
    assert words.counts[words[f"{word}#1"]] == round(share * loaded.compass.vocabulary.counts[row])
    result = run("senses", "export", folder / "senses.wv", folder / "x.wv", "--slice", "now")
    assert result.exit_code == 2 and "holds no slices" in result.stderr


def test_validate_finds_shares_outside_their_interval(folder):
    path = folder / "senses.wvs"
    loaded = SenseSlices.load(path)
    odd = dataclasses.replace(loaded, low=np.where(np.isfinite(loaded.low), 0.999, loaded.low))
    odd.save(path, overwrite=True)
    result = run("validate", path)
    assert result.exit_code == 5 and "in then is no share within its interval." in result.stderr
    dataclasses.replace(loaded, counts=-np.asarray(loaded.counts)).save(path, overwrite=True)
    assert "a count is negative." in run("validate", path).stderr


def test_drift_has_rows_of_senses(aligned, folder):
    rows = table(run("drift", aligned, "--measure", "cosine", "--measure", "senses", "--senses", folder / "senses.wvs"))
    assert [row["measure"] for row in rows if row["measure"] == "senses"] and rows[0]["measure"] == "cosine"
    assert rows[0]["chance"] == "" and float(rows[-1]["chance"]) >= 0 and float(rows[-1]["p"]) > 0
    result = run("drift", aligned, "--measure", "senses", "--measure", "cosine", "--senses", folder / "senses.wvs",
                 "--report", folder / "r.html", "--corpus", folder / "corpus.wvc")  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "words compared by senses; left out: " in result.stderr
    assert "senses: The divergence of two samples is above 0 even where nothing changed" in result.stderr
    page = (folder / "r.html").read_text("utf-8")
    assert "Which sense grew?" in page and "Jensen-Shannon" in page and "<summary>examples</summary>" in page
    assert "No test of significance was made of drift." in page
    only = table(run("drift", aligned, "--measure", "senses", "--senses", folder / "senses.wvs"))
    assert {row["measure"] for row in only} == {"senses"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--measure", "senses"], "--measure senses needs --senses; make them with: wordvec senses align"),
        (["--corpus", "c"], "--corpus is for examples of senses in a report: it needs --senses and --report."),
        (["--senses", "s"], "--senses is for --report, or for --measure senses: add one of them."),
    ],
)
def test_drift_needs_what_belongs_together(options, message, aligned):
    result = run("drift", aligned, *options)
    assert result.exit_code == 2 and message in result.stderr


def test_drift_refuses_other_slices(aligned, folder, corpus):
    other = planted_corpus({"before": 0.9, "after": 0.3})
    align_senses(planted_compass(), other).save(folder / "other.wvs")
    result = run("drift", aligned, "--measure", "senses", "--senses", folder / "other.wvs")
    assert result.exit_code != 0
    assert "has the slices before, after, the vectors have then, now; make both from one corpus." in result.stderr
