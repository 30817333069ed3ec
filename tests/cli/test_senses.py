"""``wordvec senses``, and what the other commands make of senses."""

import dataclasses
import json
import re
import sys
from types import SimpleNamespace
from typing import ClassVar

import numpy as np
import pytest
from click.testing import CliRunner
from small_senses import small_senses
from small_texts import write_periods
from small_vectors import run, table

from wordvec import Embeddings, SenseEmbeddings, encode
from wordvec.cli import cli
from wordvec.cli.senses import senses as group
from wordvec.files.word2vec import read_word2vec

TEXT = "The bank of the river.\nMoney, a loan and a bank!\n\nA bank by the water.\nA bank for money.\nbank\n"


@pytest.fixture
def senses(tmp_path):
    small_senses().save(tmp_path / "senses.wv")
    return tmp_path / "senses.wv"


@pytest.fixture
def text(tmp_path):
    (tmp_path / "text.txt").write_text(TEXT, "utf-8")
    return tmp_path / "text.txt"


@pytest.fixture
def corpus(tmp_path, text):
    encode(text, min_count=1, output=tmp_path / "corpus.wvc")
    return tmp_path / "corpus.wvc"


@pytest.mark.parametrize("name", group.commands)
def test_help_ends_with_an_example(name):
    result = run("senses", name, "--help")
    assert result.exit_code == 0
    assert f"wordvec senses {name} " in result.stdout.split("Example:")[1]
    assert f"wordvec senses {name} " in run("senses", "--help").stdout


def test_show(senses):
    rows = table(run("senses", "show", senses, "bank", "-k", 2))
    assert [(r["word"], r["sense"], r["label"], r["prevalence"], r["count"]) for r in rows] == [
        ("bank", "1", "", "0.6", "6"), ("bank", "2", "depository.n.01", "0.4", "4"),
    ]  # fmt: skip
    assert rows[1]["neighbors"] == "money loan"
    assert [r["sense"] for r in table(run("senses", "show", senses, "bank#2", "river"))] == ["2", "1"]
    assert "label" not in table(run("senses", "show", senses, "river"))[0]


def test_show_quotes_a_corpus(senses, corpus):
    rows = table(run("senses", "show", senses, "bank", "--corpus", corpus, "--examples", 2))
    assert rows[0]["examples"] == "The bank of the river. | A bank by the water."
    assert set(rows[1]["examples"].split(" | ")) == {"A bank for money.", "Money, a loan and a bank!"}
    shown = run("senses", "show", senses, "bank", "--corpus", corpus, "--format", "table").stdout
    assert "\nbank#2  depository.n.01\n  with: money" in shown
    assert re.search(r"\n  0\.\d\d  The bank of the river\.\n", shown)
    found = json.loads(run("senses", "show", senses, "bank", "--corpus", corpus, "--format", "json").stdout)
    assert found[0]["examples"][0] == "The bank of the river."
    none = run("senses", "show", senses, "bank", "--corpus", corpus, "--examples", 0, "--format", "table").stdout
    assert "The bank of" not in none


def test_show_says_what_it_cannot(senses, corpus, text):
    result = run("senses", "show", senses, "zebra", "rivr")
    assert result.exit_code == 3
    assert result.stderr.splitlines() == [
        "Error: 'zebra' is not among the 5 words of this vocabulary.",
        "'rivr' is not among the 5 words of this vocabulary. Did you mean 'river'?",
    ]
    result = run("senses", "show", senses, "river#2")
    assert (result.exit_code, result.stderr) == (
        2, "Error: sense of 'river' must be one of 1, got 2: river#2 was pruned as too rare\n",
    )  # fmt: skip
    text.write_text("gone", "utf-8")
    result = run("senses", "show", senses, "bank", "--corpus", corpus)
    assert result.exit_code == 0 and "the bank of the river" in result.stdout
    assert result.stderr.startswith("Examples are put together from the words of the corpus: ")
    encode([write(text, "river water\n")], min_count=1, output=corpus, overwrite=True)
    result = run("senses", "show", senses, "bank", "river", "--corpus", corpus)
    assert result.exit_code == 0 and len(table(result)) == 3
    assert result.stderr == "'bank' does not occur in this corpus; give the one that the senses were trained on.\n"


def write(path, text):
    path.write_text(text, "utf-8")
    return path


def test_tag(senses, text, tmp_path):
    result = run("senses", "tag", senses, text)
    tagged = "the bank#1 of the river#1\nmoney#1 a loan#1 and a bank#2\n\na bank#1 by the water#1\n"
    tagged += "a bank#2 for money#1\nbank#1\n"
    assert (result.exit_code, result.stdout) == (0, tagged)
    assert result.stderr.splitlines() == [
        "21 words, 5 of them of several senses, 5 of one",
        "  unknown words, passed through as they are: 11 (52.4%)",
        "  without a known word around them, so of the most prevalent sense: 1",
    ]
    out = tmp_path / "out" / "tagged.txt"
    result = run("senses", "tag", senses, text, text, "-o", out, "--plain")
    assert result.exit_code == 0 and result.stdout == ""
    assert result.stderr.startswith(f"{out} written: 42 words")
    assert out.read_text("utf-8").startswith("the bank#1 of the river\nmoney a loan and a bank#2\n")
    assert len(out.read_text("utf-8").splitlines()) == 12


def test_tag_reads_standard_input_and_other_encodings(senses, tmp_path):
    result = CliRunner().invoke(cli, ["senses", "tag", str(senses), "-"], input="River BANK\n")
    assert result.stdout == "river#1 bank#1\n"
    (tmp_path / "old.txt").write_bytes("bank café\n".encode("cp1252"))
    result = run("senses", "tag", senses, tmp_path / "old.txt", "--encoding", "cp1252")
    assert result.stdout == "bank#1 café\n"
    result = run("senses", "tag", senses, tmp_path / "old.txt", "--errors", "replace")
    assert "  characters replaced or left out, as they are not in the encoding: 1\n" in result.stderr
    result = run("senses", "tag", senses, tmp_path / "old.txt", "--encoding", "klingon")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    result = CliRunner().invoke(
        cli, ["senses", "tag", str(senses), "-", "--tokenizer", "whitespace", "--case", "keep"], input="Bank bank,\n"
    )
    assert result.stdout == "Bank bank,\n"


def test_a_line_of_any_length_stays_one(senses, tmp_path):
    (tmp_path / "long.txt").write_text("river bank " * 60_000 + "\nbank\n", "utf-8")
    result = run("senses", "tag", senses, tmp_path / "long.txt", "--plain")
    assert result.stdout == " ".join(["river bank#1"] * 60_000) + "\nbank#1\n"


def test_tag_writes_all_or_nothing(senses, tmp_path):
    bad, out = tmp_path / "bad.txt", tmp_path / "out.txt"
    bad.write_bytes(b"river bank\n" * 5_000 + b"\xff\n")
    result = run("senses", "tag", senses, bad, "-o", out)
    assert result.exit_code == 3 and "line 5001" in result.stderr
    assert not out.exists() and sorted(p.name for p in tmp_path.iterdir()) == ["bad.txt", "senses.wv"]
    out.write_text("mine", "utf-8")
    result = run("senses", "tag", senses, bad, "-o", out)
    assert result.exit_code == 3 and "exists; choose another output" in result.stderr
    assert run("senses", "tag", senses, bad, "-o", out, "--overwrite").exit_code == 3
    assert out.read_text("utf-8") == "mine"
    result = run("senses", "tag", senses, tmp_path / "none.txt")
    assert (result.exit_code, result.stderr) == (3, f"Error: {tmp_path / 'none.txt'} does not exist.\n")


def test_export(senses, tmp_path):
    result = run("senses", "export", senses, tmp_path / "split.txt")
    assert result.stderr == f"{tmp_path / 'split.txt'}: 6 senses, dim 2, word2vec.\n"
    split = read_word2vec(tmp_path / "split.txt", format="word2vec")
    assert set(split.vocabulary.words) == {"bank#1", "bank#2", "river#1", "water#1", "money#1", "loan#1"}
    run("senses", "export", senses, tmp_path / "merged.wv", "--merge")
    merged = Embeddings.load(tmp_path / "merged.wv")
    np.testing.assert_allclose(merged["bank"], small_senses().merge()["bank"])
    run("senses", "export", senses, tmp_path / "plain.bin", "--plain")
    assert "river" in read_word2vec(tmp_path / "plain.bin", format="word2vec-binary")
    assert run("senses", "export", senses, tmp_path / "x.txt", "--plain", "--merge").exit_code == 2
    result = run("senses", "export", senses, tmp_path / "x.csv")
    assert result.exit_code == 2 and "output must end in .wv" in result.stderr


@pytest.mark.parametrize("name", ["v.txt", "v.vec.gz", "v.bin", "v.wv"])
def test_convert_writes_every_sense_as_a_word(name, senses, tmp_path):
    assert run("convert", senses, tmp_path / name).exit_code == 0
    assert run("convert", tmp_path / name, tmp_path / "again.wv").exit_code == 0
    again = Embeddings.load(tmp_path / "again.wv")
    np.testing.assert_allclose(again["bank#2"], small_senses()["bank", 2], rtol=1e-6)
    assert len(again) == 6


def test_info_and_validate(senses):
    rows = {r["property"]: r["value"] for r in table(run("info", senses))}
    assert rows["kind"] == "senses" and rows["senses"] == "6" and rows["labels"] == "1"
    assert rows["words by number of senses"] == "4 of 1, 1 of 2"
    assert run("validate", senses).stdout == "ok: 10 files checked\n"
    odd = dataclasses.replace(small_senses(), prevalence=small_senses().prevalence[:, ::-1], labels={})
    odd.save(senses, overwrite=True)
    result = run("validate", senses)
    assert result.exit_code == 5
    assert "the senses of 'bank' are not in the order of their prevalence" in result.stderr
    payload = next(senses.glob("gates-*.npy"))
    payload.write_bytes(payload.read_bytes()[:-1] + b"\x7f")
    assert run("validate", senses).exit_code == 5


def test_nearest_takes_senses(senses, corpus):
    rows = table(run("nearest", senses, "bank#2", "-k", 2))
    assert [(r["word"], r["neighbor"]) for r in rows] == [("bank#2", "money#1"), ("bank#2", "loan#1")]
    assert {r["word"] for r in table(run("nearest", senses, "bank", "bank#2"))} == {"bank#1", "bank#2"}
    result = run("nearest", senses, "bank#3")
    assert (result.exit_code, result.stderr) == (
        2, "Error: sense of 'bank' must be one of 1, 2, got 3: there is no bank#3\n",
    )  # fmt: skip
    assert run("nearest", senses, "zebra#1").exit_code == 3
    result = run("nearest", senses, "bank", "--slice", "now")
    assert result.exit_code == 2 and "holds no slices" in result.stderr


def test_plot(senses, corpus, tmp_path):
    for name, start in (("bank.svg", b"<?xml"), ("bank.png", b"\x89PNG"), ("bank.pdf", b"%PDF")):
        result = run("senses", "plot", senses, "bank", "--corpus", corpus, "-o", tmp_path / name)
        assert (result.exit_code, result.stderr) == (0, f"{tmp_path / name} written: bank, 2 senses\n")
        first = (tmp_path / name).read_bytes()
        assert first.startswith(start)
        run("senses", "plot", senses, "bank", "--corpus", corpus, "-o", tmp_path / name, "--overwrite")
        assert (tmp_path / name).read_bytes() == first
    result = run("senses", "plot", senses, "bank", "--corpus", corpus, "-o", tmp_path / "bank.svg")
    assert result.exit_code == 3 and "exists" in result.stderr
    result = run("senses", "plot", senses, "bank", "--corpus", corpus, "-o", tmp_path / "bank.gif")
    assert (result.exit_code, result.stderr) == (2, "Error: output must end in .svg, .png, .pdf, got 'bank.gif'\n")
    result = run("senses", "plot", senses, "loan", "--corpus", corpus, "-o", tmp_path / "x.svg")
    assert result.exit_code == 3 and "'loan' has 1 context with a known word" in result.stderr


@pytest.mark.parametrize("command", ["show", "tag", "export", "plot"])
def test_other_artefacts_are_refused(command, vectors, corpus, text, tmp_path):
    rest = {
        "show": ["bank"],
        "tag": [text],
        "export": [tmp_path / "o.txt"],
        "plot": ["bank", "--corpus", corpus, "-o", tmp_path / "o.svg"],
    }[command]
    result = run("senses", command, vectors, *rest)
    assert (result.exit_code, result.stderr) == (
        3,
        f"Error: {vectors} holds embeddings, expected senses or sense-slices.\n",
    )


class Trainer:
    """Stands in for the trainer; the last one made and what it was asked are looked at."""

    made: ClassVar[dict] = {}

    def __init__(self, **settings):
        type(self).made = settings

    def train(self, corpus, *, threads, racing, progress, checkpoints):
        type(self).made |= {"threads": threads, "racing": racing, "tokens": corpus.n_tokens}
        assert checkpoints is not None
        return small_senses()


def test_train_hands_its_options_on(corpus, text, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wordvec.train.disambiguated", SimpleNamespace(DisambiguatedSkipGram=Trainer))
    out = tmp_path / "trained.wv"
    result = run("senses", "train", corpus, "-o", out)
    assert result.exit_code == 0
    assert Trainer.made == {"threads": None, "racing": False, "tokens": 21}
    told = "5 words, 6 senses, 1 of them labelled (words of several senses: 1), 2 dimensions"
    assert result.stderr == f"{out} written: {told}\n"
    assert run("validate", out).exit_code == 0
    result = run("senses", "train", corpus, "-o", out)
    assert result.exit_code == 3 and "exists; choose another output" in result.stderr
    given = {
        "senses": 5, "dim": 20, "window": 7, "negative": 3, "gate_epochs": 1, "epochs": 9, "lr": 0.1, "subsample": 0.5,
        "noise_power": 0.25, "entropy": 0.3, "min_gate_count": 50, "prune": 0.1, "seed": 4,
    }  # fmt: skip
    options = [part for name, value in given.items() for part in ("--" + name.replace("_", "-"), value)]
    result = run("senses", "train", text, "-o", out, "--overwrite", "--min-count", 1, "--threads", 2, "--racing",
                 *options)  # fmt: skip
    assert result.exit_code == 0 and "21 of 21 tokens" in result.stderr
    assert Trainer.made == {**given, "threads": 2, "racing": True, "tokens": 21}


@pytest.mark.parametrize("preset", ["ours", "paper", "official"])
def test_options_go_before_a_preset(preset, corpus, tmp_path):
    options = ["--preset", preset, "--dim", 8, "--epochs", 1, "--min-gate-count", 2, "--choice-temperature", 0.7]
    result = run("senses", "train", corpus, "-o", tmp_path / "s.wv", "--subsample", 0, *options)
    assert result.exit_code == 0, result.stderr
    settings = SenseEmbeddings.load(tmp_path / "s.wv").metadata["settings"]
    assert (settings["dim"], settings["epochs"], settings["temperature"]) == (8, 1, 0.7)
    assert settings["senses"] == (5 if preset == "official" else 3)
    assert settings["start"] == ("contexts" if preset == "ours" else "shared")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--gate-epochs", 2, "--method", "mssg"], "--gate-epochs is no option of --method mssg; leave it out."),
        (["--new-below", 0.1], "--new-below is no option of --method disambiguated; leave it out."),
        (["--preset", "official", "--method", "clusters"], "--preset is no option of --method clusters; leave it out."),
        (["--method", "inventory"], "--method inventory needs --inventory PATH."),
        (["--method", "mssg", "--inventory", "x"], "--inventory is no option of --method mssg; leave one of them out."),
        (["--spare"], "--spare needs --inventory PATH."),
        (["--language", "EN"], "--language needs --inventory PATH."),
        (["--vectors", "v.wv"], "--vectors is no option of --method disambiguated, which trains its own."),
        (
            ["--method", "clusters", "--vectors", "v.wv", "--dim", 9],
            "--dim is for training, and --vectors are trained already: leave one out.",
        ),
    ],
)
def test_train_refuses_options_of_other_methods(options, message, corpus, tmp_path):
    result = run("senses", "train", corpus, "-o", tmp_path / "out.wv", *options)
    assert result.exit_code == 2 and result.stderr.splitlines()[-1] == f"Error: {message}"


@pytest.mark.parametrize("method", ["clusters", "mssg"])
def test_train_by_simpler_methods(method, tmp_path):
    write_periods(tmp_path)
    slices = ["--slice", f"then={tmp_path / 'old.txt'}", "--slice", f"now={tmp_path / 'new.txt'}"]
    settings = ["--senses", 2, "--dim", 8, "--epochs", 1, "--case", "keep"]
    result = run("senses", "train", *slices, "-o", tmp_path / "s.wv", "--method", method, *settings)
    assert result.exit_code == 0, result.stderr
    made = SenseEmbeddings.load(tmp_path / "s.wv")
    assert (made.n_senses, made.dim, made.metadata["case"]) == (2, 8, "keep")
    assert run("validate", tmp_path / "s.wv").exit_code == 0


def test_clusters_take_vectors_that_are_there(tmp_path):
    write_periods(tmp_path)
    run("train", tmp_path / "new.txt", "-o", tmp_path / "v.wv", "--dim", 6, "--epochs", 1)
    run("convert", tmp_path / "v.wv", tmp_path / "v.txt")
    for name in ("v.wv", "v.txt"):
        result = run("senses", "train", tmp_path / "old.txt", "--method", "clusters", "--vectors", tmp_path / name,
                     "-o", tmp_path / "s.wv", "--overwrite")  # fmt: skip
        assert result.exit_code == 0, result.stderr
        made, given = SenseEmbeddings.load(tmp_path / "s.wv"), Embeddings.load(tmp_path / "v.wv")
        assert made.vocabulary.words == given.vocabulary.words and made.dim == 6


def test_clusters_need_one_vector_per_word(senses, corpus, tmp_path):
    result = run("senses", "train", corpus, "-o", tmp_path / "o.wv", "--method", "clusters", "--vectors", senses)
    message = f"Error: {senses} holds senses; --vectors needs one vector per word, as wordvec train makes.\n"
    assert (result.exit_code, result.stderr) == (3, message)


def test_train_with_an_inventory(text, corpus, tmp_path, monkeypatch):
    entries = "bank\tbank.n.01\tbeside the river\twater\nbank\tbank.n.02\tmoney\tloan|money\n"
    inventory = write(tmp_path / "inventory.tsv", entries)
    out = tmp_path / "labelled.wv"
    result = run("senses", "train", corpus, "-o", out, "--inventory", inventory, "--dim", 8, "--window", 3,
                 "--subsample", 0)  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert result.stderr.startswith(f"{inventory} read as table: 1 lemma, 2 senses\n")
    assert (
        "  words with an entry: 1, without one, and with one sense: " in result.stderr
        and "2 of them labelled" in result.stderr
    )
    labelled = SenseEmbeddings.load(out)
    assert sorted(labelled.labels.values()) == ["bank.n.01", "bank.n.02"] and labelled.window == 3

    class Started(Trainer):
        senses = 3

        def train(self, corpus, *, initial=None, threads, racing, progress, checkpoints):
            type(self).made["initial"] = initial
            return small_senses()

    monkeypatch.setitem(sys.modules, "wordvec.train.disambiguated", SimpleNamespace(DisambiguatedSkipGram=Started))
    result = run("senses", "train", corpus, "-o", out, "--overwrite", "--method", "disambiguated", "--inventory",
                 inventory, "--spare", "--subsample", 0)  # fmt: skip
    assert result.exit_code == 0, result.stderr
    initial = Started.made["initial"]
    assert initial.n_senses == 3 and len(initial.labels) == 2 and len(initial.kept("bank")) == 3


def test_tag_reads_text_as_it_was_read_in_training(tmp_path):
    metadata = {"tokenizer": "whitespace", "case": "keep"}
    dataclasses.replace(small_senses(), metadata=metadata).save(tmp_path / "s.wv")
    for options, tagged in (
        ((), "Bank bank,"),
        (("--case", "lower"), "bank#1 bank,"),
        (("--tokenizer", "words"), "Bank bank#1"),
    ):
        result = CliRunner().invoke(cli, ["senses", "tag", str(tmp_path / "s.wv"), "-", *options], input="Bank bank,\n")
        assert result.stdout == tagged + "\n"
