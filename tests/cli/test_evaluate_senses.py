"""``wordvec evaluate`` of vectors of senses: tasks of senses, other tasks by merged vectors, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from small_senses import small_senses
from small_vectors import run, table

from wordvec.cli.evaluate_tables import RANDOM

XML = "<c><lexelt item='bank.n'>{}</lexelt></c>"
ONE = "<instance id='{}'>{}<context>the {} <head>bank</head></context></instance>"
SENSES = [("river", "shore"), ("water", "shore"), ("money", "firm"), ("loan", "firm")] * 2


@pytest.fixture
def senses(tmp_path):
    small_senses().save(tmp_path / "senses.wv")
    return tmp_path / "senses.wv"


@pytest.fixture
def files(tmp_path):
    answers = [ONE.format(i, f"<answer senseid='{sense}'/>", word) for i, (word, sense) in enumerate(SENSES)]
    (tmp_path / "answered.xml").write_text(XML.format("".join(answers)))
    (tmp_path / "asked.xml").write_text(XML.format("".join(ONE.format(i, "", w) for i, (w, _) in enumerate(SENSES))))
    (tmp_path / "asked.key").write_text("".join(f"bank.n {i} {sense}/3\n" for i, (_, sense) in enumerate(SENSES)))
    for part in ("train", "dev"):
        (tmp_path / f"{part}.data.txt").write_text(
            f"bank\tN\t1-1\triver bank {part}\twater bank\nbank\tN\t1-1\triver bank {part}\tloan bank\n" * 4
        )
        (tmp_path / f"{part}.gold.txt").write_text("T\nF\n" * 4)
    lines = [("river", 9), ("money", 2), ("water", 8), ("loan", 1), ("bank", 10)]
    (tmp_path / "scws.txt").write_text(
        "".join(f"{i}\tbank\tn\t{w}\tn\triver <b>bank</b>\tthe <b>{w}</b>\t{s}\n" for i, (w, s) in enumerate(lines))
    )
    (tmp_path / "pairs.txt").write_text("river water 9\nmoney loan 8\nriver money 1\nbank loan 4\n")
    return tmp_path


def test_all_tasks_of_senses_in_one_run(senses, files):
    result = run(
        "evaluate", senses, "--test", f"induction={files / 'answered.xml'}", "--test", f"wic={files / 'dev.data.txt'}",
        "--test", f"scws={files / 'scws.txt'}", "--similarity", files / "pairs.txt",
    )  # fmt: skip
    rows = {(row["task"], row["metric"]): row for row in table(result)}
    assert float(rows["induction", "ARI"]["score"]) == 1.0 and float(rows["induction", "k"]["score"]) == 2.0
    assert float(rows["wic", "AvgSimC accuracy"]["score"]) == 1.0
    assert rows["scws", "AvgSimC spearman"]["n"] == rows["scws", "one vector (baseline) spearman"]["n"] == "5"
    merged = table(run("evaluate", _merged(senses), "--similarity", files / "pairs.txt"))
    assert [row["score"] for row in merged] == [rows["similarity", name]["score"] for name in ("spearman", "pearson")]
    assert "answered.xml: 8 instances of 1 words." in result.stderr
    assert "dev.data.txt: threshold from train.data.txt, 8 pairs." in result.stderr


def _merged(senses):
    small_senses().merge().save(senses.with_name("merged.wv"))
    return senses.with_name("merged.wv")


def test_suites_have_options_of_contexts(senses, files):
    (files / "suite.toml").write_text(
        '[[test]]\ntask = "induction"\nfile = "asked.xml"\nkey = "asked.key"\nwindow = 1\nrule = "cosine"\n'
        '[[test]]\ntask = "induction"\nfile = "asked.xml"\nkey = "asked.key"\nwindow = 0\ntokenizer = "words"\n'
        '[[test]]\ntask = "wic"\nfile = "dev.data.txt"\ntrain = "train.data.txt"\ngold = "dev.gold.txt"\n'
        'train_gold = "train.gold.txt"\ntemperature = 2\n[[test]]\ntask = "scws"\nfile = "scws.txt"\nwindow = 3\n'
    )
    rows = table(run("evaluate", senses, "--suite", files / "suite.toml"))
    metrics = [(row["dataset"], row["metric"]) for row in rows]
    assert ("asked.xml", "ARI, cosine rule, window 1") in metrics and ("asked.xml, words tokens", "ARI") in metrics
    assert ("dev.data.txt", "AvgSimC accuracy, temperature 2") in metrics
    assert ("scws.txt", "AvgSimC spearman, window 3") in metrics


def test_vectors_without_senses_are_refused_before_anything_is_scored(senses, files):
    result = run("evaluate", _merged(senses), "--test", f"induction={files / 'answered.xml'}")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "holds one vector per word; induction (answered.xml) needs vectors of senses" in result.stderr


def test_random_vectors_are_asked_what_they_can_answer(senses, files):
    asked = ("--test", f"induction={files / 'answered.xml'}", "--test", f"scws={files / 'scws.txt'}")
    rows = table(run("evaluate", senses, "--random", *asked))
    assert {(row["model"] == RANDOM, row["task"]) for row in rows} == {
        (False, "induction"), (False, "scws"), (True, "scws"),
    }  # fmt: skip


def test_the_number_of_labels_and_baselines_stand_beside_a_comparison(senses, files):
    turned = small_senses()
    replace(turned, gate_biases=np.array([[0, 0], [9, 0]], np.float32)).save(files / "other.wv")
    more = "".join(f"<lexelt item='bank.{pos}'>{{}}</lexelt>" for pos in "nvjar") + "<lexelt item='bank-n'>{}</lexelt>"
    one = (files / "answered.xml").read_text().partition("<lexelt item='bank.n'>")[2].partition("</lexelt>")[0]
    (files / "more.xml").write_text(f"<c>{more.format(*[one] * 6)}</c>")
    result = run(
        "evaluate", senses, files / "other.wv", "--test", f"induction={files / 'more.xml'}", "--format", "table"
    )
    assert result.exit_code == 0, result.stderr
    assert "  k: A 2.000, B 1.000\n" in result.stdout
    assert "  one sense (baseline) ARI: A 0.000, B 0.000\n" in result.stdout


def test_unknown_words_alone_are_no_success(senses, files):
    text = (files / "answered.xml").read_text().replace("bank.n", "zebra.n")
    (files / "zebra.xml").write_text(text)
    result = run("evaluate", senses, "--test", f"induction={files / 'zebra.xml'}")
    assert result.exit_code == 3 and "zebra.xml: no item whose words are all known to" in result.stderr


def test_results_of_senses_are_kept_by_all_that_tells_them_apart(senses, files):
    store, asked = files / "r.jsonl", ("--test", f"induction={files / 'answered.xml'}")
    assert run("evaluate", senses, *asked, "--store", store).exit_code == 0
    other = small_senses()
    replace(other, gates=np.ascontiguousarray(other.gates[:, ::-1])).save(senses, overwrite=True)
    result = run("evaluate", senses, *asked, "--store", store)
    assert result.exit_code == 3 and "holds results of other vectors called" in result.stderr


@pytest.mark.parametrize(
    "option, message",
    [
        ('rule = "dice"', "rule must be 'gate' or 'cosine', got 'dice'"),
        ("temperature = 0", "temperature must be above 0, got 0"),
        ("window = -1", "window must be an integer >= 1, or None for all words, got -1"),
        ('window = "all"', "window must be a whole number, got 'all'"),
        ('key = "none.key"', "none.key does not exist"),
    ],
)
def test_bad_options(senses, files, option, message):
    (files / "suite.toml").write_text(f'[[test]]\ntask = "induction"\nfile = "answered.xml"\n{option}\n')
    result = run("evaluate", senses, "--suite", files / "suite.toml")
    assert result.exit_code != 0 and message in result.stderr
