"""``wordvec evaluate``: test sets by option and suite, scores, verdicts, the store, and what is refused."""

import json
from dataclasses import replace

import numpy as np
import pytest
from small_vectors import CAPITALS, WORDS, planted, run, table

from wordvec import AlignedSlices, Embeddings, Vocabulary
from wordvec.evaluate.comparison.store import read_results

PAIRS = "".join(
    f"{one}\t{other}\t{score}\n"
    for score, (one, other) in enumerate((a, b) for a in WORDS.words for b in WORDS.words if a < b)
)


@pytest.fixture
def pairs(tmp_path):
    (tmp_path / "pairs.txt").write_text(PAIRS)
    return tmp_path / "pairs.txt"


def test_evaluate_uses_the_google_analogies(vectors):
    rows = table(run("evaluate", vectors))
    assert len(rows) == 16 * 4
    row = next(r for r in rows if r["dataset"].endswith(": all") and r["metric"] == "3cosadd accuracy")
    assert int(row["n"]) + int(row["missing"]) == 19544
    assert float(row["score"]) == 1.0
    assert list(row)[:5] == ["vectors", "model", "task", "dataset", "dataset_sha256"]


def test_evaluate_files_and_several_vectors(tmp_path, vectors, aligned):
    (tmp_path / "pairs.txt").write_text("France-n Italy-n 9\nSpain-n Rome-n 2\nGreece-n Oslo-n 1\nsea-n rome-n 3\n")
    (tmp_path / "asked.txt").write_text(": capitals\nFrance Paris Italy Rome\n")
    result = run(
        "evaluate", vectors, aligned, "--similarity", tmp_path / "pairs.txt", "--analogies", tmp_path / "asked.txt",
        "--method", "3cosadd",
    )  # fmt: skip
    assert result.exit_code == 3
    assert f"pairs.txt: no item whose words are all known to {aligned} [now]\n" in result.stderr
    assert f"asked.txt: no item whose words are all known to {aligned} [now]\n" in result.stderr
    result.exit_code = 0
    rows = table(result)
    assert "pairs.txt: parts of speech such as '-n' cut off every word." in result.stderr
    assert len(rows) == 3 * (2 + 6)
    assert list(dict.fromkeys(r["vectors"] for r in rows)) == [str(vectors), f"{aligned} [then]", f"{aligned} [now]"]
    assert (rows[0]["metric"], rows[0]["n"], rows[0]["missing"]) == ("spearman", "3", "1")


def test_evaluate_only_what_was_asked_for(tmp_path, vectors):
    (tmp_path / "pairs.txt").write_text("France Italy 9\nSpain Rome 2\n")
    result = run("evaluate", vectors, "--similarity", tmp_path / "pairs.txt", "--case", "keep", "--format", "json")
    rows = json.loads(result.stdout)
    assert [(r["metric"], r["n"], r["score"]) for r in rows] == [("spearman", 0, None), ("pearson", 0, None)]
    result = run("evaluate", vectors, "--similarity", tmp_path / "pairs.txt", "--case", "keep", "--missing", "error")
    assert (result.exit_code, result.stderr.strip()) == (
        3,
        "Error: 'France' is not among the 9 words of this vocabulary. Did you mean 'france'?",
    )


def test_evaluate_reads_the_questions_before_the_vectors(tmp_path):
    (tmp_path / "asked.txt").write_text("a b c\n")
    result = run("evaluate", tmp_path / "none.wv", "--analogies", tmp_path / "asked.txt")
    assert result.exit_code == 3
    assert "asked.txt, line 1: expected four words, got 3." in result.stderr


def test_evaluate_for_people_is_narrow(tmp_path, vectors):
    (tmp_path / "asked.txt").write_text(": capitals\nFrance Paris Italy Rome\n")
    arguments = ("--analogies", tmp_path / "asked.txt", "--method", "3cosadd", "--format", "table")
    result = run("evaluate", vectors, *arguments)
    assert result.exit_code == 0
    assert result.stdout.split("\n")[0].split() == ["dataset", "metric", "score", "low", "high", "n", "missing"]
    assert "asked.txt (SHA-256 " in result.stderr
    said = "): skip unknown, ignore case; intervals 95 %, over another draw of units: word pair (exact)."
    assert said in result.stderr


def test_evaluate_shows_people_the_whole_before_its_categories(tmp_path, vectors):
    countries = list(CAPITALS)
    text = ": one\n" + "".join(f"{a} {CAPITALS[a]} {b} {CAPITALS[b]}\n" for a in countries for b in countries if a != b)
    (tmp_path / "asked.txt").write_text(text + ": none\nOslo Norway Rome Italy\n")
    arguments = ("evaluate", vectors, "--analogies", tmp_path / "asked.txt", "--method", "3cosadd")
    result = run(*arguments, "--format", "table")
    shown = [line.split()[1] for line in result.stdout.rstrip().split("\n")[1:]]
    assert shown == ["all", "macro", "all", "macro"]
    assert "asked.txt: nothing known in none.\n" in result.stderr
    assert "Categories with known questions: 1; show them with --by-category.\n" in result.stderr
    result = run(*arguments, "--format", "table", "--by-category")
    shown = [line.split()[1] for line in result.stdout.rstrip().split("\n")[1:]]
    assert shown == ["all", "macro", "all", "macro", "one", "one"]
    assert "nan" not in result.stdout
    assert len(table(run(*arguments))) == 8


def test_evaluate_without_any_known_question(tmp_path, vectors):
    (tmp_path / "asked.txt").write_text(": none\nOslo Norway Bern Schweiz\n")
    (tmp_path / "pairs.txt").write_text("Oslo Bern 9\nBern Oslo 2\n")
    asked = ("--analogies", tmp_path / "asked.txt", "--similarity", tmp_path / "pairs.txt", "--format", "table")
    result = run("evaluate", vectors, *asked)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "pairs.txt: nothing known.\n" in result.stderr
    assert "asked.txt: nothing known.\n" in result.stderr
    assert "; no interval.\n" in result.stderr
    assert "no score; are these vectors of the language and spelling of the test set?" in result.stderr


def test_evaluate_with_odd_columns(tmp_path, vectors):
    path = tmp_path / "pairs.tsv"
    path.write_text("France\tItaly\tx\ty\t9\nSpain\tRome\tx\ty\t2\n")
    result = run("evaluate", vectors, "--similarity", path)
    assert result.exit_code == 3
    assert (
        "keep to 3 or name them: columns=(1, 2, 3) in Python, columns = [1, 2, 3] in a suite, --columns for similarity."
        in result.stderr
    )
    rows = table(run("evaluate", vectors, "--similarity", path, "--columns", "1,2,5"))
    assert [r["n"] for r in rows] == ["2", "2"]
    result = run("evaluate", vectors, "--similarity", path, "--columns", "1,2,9")
    assert (result.exit_code, "there is no column 9 among France, Italy" in result.stderr) == (3, True)
    result = run("evaluate", vectors, "--similarity", path, "--columns", "1,2")
    assert result.exit_code == 2
    assert (
        "--columns must be three numbers or names with commas between them, such as 1,2,5, got '1,2'." in result.stderr
    )
    result = run("evaluate", vectors, "--columns", "1,2,5")
    assert (result.exit_code, "--columns is for --similarity files, and there is none." in result.stderr) == (2, True)


def test_one_model_beside_another_and_random_vectors(tmp_path, vectors, pairs):
    planted(noise=2.0).save(tmp_path / "noisy.wv")
    arguments = ("--similarity", pairs, "--test", "analogy=questions-words.txt", "--format", "table", "--margin", "0.5")
    result = run("evaluate", vectors, tmp_path / "noisy.wv", *arguments, "--random", "--comparison", tmp_path / "c.tsv")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(
        f"A = {vectors}\nB = {tmp_path / 'noisy.wv'}\nC = random vectors\n\npairs.txt, spearman"
    )
    assert "questions-words.txt: all, 3cosadd accuracy, " in result.stdout
    assert "A against B over 2 test sets: higher in" in result.stdout
    assert "As good as: the difference is within 0.5 (two one-sided tests).\n" in result.stderr
    assert f"One seed of {vectors}, {tmp_path / 'noisy.wv'}, random vectors: variance between" in result.stderr
    lines = (tmp_path / "c.tsv").read_text().splitlines()
    assert lines[0].split("\t")[:6] == ["task", "dataset", "dataset_sha256", "metric", "first", "second"]
    assert len(lines) > 3 * 2


def test_seeds_are_one_model(tmp_path, pairs):
    for seed in (1, 2, 3):
        planted(noise=0.5, seed=seed).save(tmp_path / f"a-{seed}.wv")
    paths = [tmp_path / f"a-{seed}.wv" for seed in (1, 2, 3)]
    shown = ("--similarity", pairs, "--format", "table")
    result = run("evaluate", *paths, *shown)
    assert f"{tmp_path / 'a-*.wv'}: 3 sets of vectors are seeds of one model." in result.stderr
    assert result.stdout.split("\n")[0].split() == [
        "dataset", "metric", "seeds", "score", "low", "high", "sd_seeds", "se_items", "se_seeds", "n", "missing",
    ]  # fmt: skip
    assert result.stdout == run("evaluate", tmp_path / "a-*.wv", *shown).stdout
    apart = run("evaluate", *paths, *shown, "--apart")
    assert apart.stdout.startswith(f"A = {paths[0]}\nB = {paths[1]}\nC = {paths[2]}\n")
    planted(noise=1.5, seed=2).save(tmp_path / "b.wv")
    beside = run("evaluate", *paths, tmp_path / "b.wv", *shown)
    assert f"A = {tmp_path / 'a-*.wv'} (3 seeds)\nB = {tmp_path / 'b.wv'}\n" in beside.stdout
    assert "sd of seeds" in beside.stdout
    assert len(table(run("evaluate", *paths, "--similarity", pairs))) == 3 * 2


def test_a_later_run_compares_with_an_earlier_one_without_its_vectors(tmp_path, vectors, pairs):
    store = tmp_path / "results.jsonl"
    arguments = ("--similarity", pairs, "--store", store)
    first = table(run("evaluate", vectors, *arguments))
    assert [r.model for r in read_results(store)] == [str(vectors)]
    planted(noise=1.0).save(tmp_path / "other.wv")
    both = table(run("evaluate", tmp_path / "other.wv", *arguments))
    assert [row["vectors"] for row in both] == [str(tmp_path / "other.wv")] * 2 + [str(vectors)] * 2
    assert both[2]["score"] == first[0]["score"]
    vectors_gone = run("evaluate", "--store", store, "--format", "table")
    assert vectors_gone.stdout.startswith(f"A = {vectors}\nB = {tmp_path / 'other.wv'}\n")
    planted(noise=0.1, seed=5).save(vectors, overwrite=True)
    before = store.read_bytes()
    result = run("evaluate", vectors, *arguments)
    assert (result.exit_code, store.read_bytes()) == (3, before)
    assert (
        f"{store} holds results of other vectors called '{vectors}'; score all seeds of a model together"
        in result.stderr
    )
    assert run("evaluate", "--store", tmp_path / "none.jsonl").exit_code == 3
    assert "Missing argument 'VECTORS...'; or --store FILE" in run("evaluate").stderr


def test_vectors_are_not_compared_with_themselves_under_another_name(tmp_path, vectors, pairs):
    arguments = ("--similarity", pairs, "--store", tmp_path / "r.jsonl")
    assert run("evaluate", vectors, *arguments).exit_code == 0
    before = (tmp_path / "r.jsonl").read_bytes()
    vectors.rename(tmp_path / "moved.wv")
    result = run("evaluate", tmp_path / "moved.wv", *arguments)
    assert result.exit_code == 3
    assert f"holds these vectors as {str(vectors)!r}, not as {str(tmp_path / 'moved.wv')!r}" in result.stderr
    assert (tmp_path / "r.jsonl").read_bytes() == before


def test_a_store_takes_random_vectors_of_several_vocabularies(tmp_path, vectors, aligned, pairs):
    arguments = ("--similarity", pairs, "--store", tmp_path / "r.jsonl", "--random")
    assert run("evaluate", vectors, *arguments).exit_code == 0
    few = Vocabulary(WORDS.words[:6], WORDS.counts[:6])
    Embeddings(few, planted().vectors[:6]).save(tmp_path / "few.wv")
    assert run("evaluate", tmp_path / "few.wv", *arguments).exit_code == 0
    held = read_results(tmp_path / "r.jsonl")
    assert [result.model for result in held].count("random vectors") == 2
    shown = run("evaluate", "--store", tmp_path / "r.jsonl", "--format", "table").stdout
    assert "C = random vectors\n" in shown, "one baseline, not two seeds"


def test_a_suite_names_many_test_sets(tmp_path, vectors, pairs):
    (tmp_path / "groups.tsv").write_text("france\tland\nitaly\tland\nspain\tland\nparis\ttown\nrome\ttown\n")
    suite = tmp_path / "mine.toml"
    suite.write_text(
        '[[test]]\ntask = "similarity"\nfile = "pairs.txt"\n'
        '[[test]]\ntask = "categorization"\nfile = "groups.tsv"\n'
        '[[test]]\ntask = "analogy"\nfile = "questions-words.txt"\nmethod = ["3cosavg"]\nexclude = false\n'
    )
    rows = table(run("evaluate", vectors, "--suite", suite))
    assert list(dict.fromkeys(row["task"] for row in rows)) == ["similarity", "categorization", "analogy"]
    assert "3cosavg accuracy, question words allowed" in {row["metric"] for row in rows}


@pytest.mark.parametrize(
    "text, message",
    [
        ("[[test]", "is not a suite, which is a TOML file"),
        ("", "a suite holds a table [[test]] for each test set and nothing else; there is none."),
        ("name = 'x'\n[[test]]\n", "and nothing else; got name."),
        ("[[test]]\ntask = 'similarity'\n", "test 1: a test needs a task and a file, both texts."),
        ("[[test]]\ntask = 'guess'\nfile = 'x'\n", "task must be one of similarity, analogy, "),
        ("[[test]]\ntask = 'similarity'\nfile = 'x'\ndim = 3\n", "'dim' is no option of similarity; it takes columns."),
        ("[[test]]\ntask = 'outliers'\nfile = 'x'\ndim = 3\n", "'dim' is no option of outliers; it takes none."),
        ("[[test]]\ntask = 'analogy'\nfile = 'x'\nexclude = 'no'\n", "exclude must be true or false, got 'no'."),
        ("[[test]]\ntask = 'bilingual'\nfile = 'x'\n", "bilingual needs 'target', the name of a file"),
        ("[[test]]\ntask = 'similarity'\nfile = 'x'\n", "x does not exist."),
    ],
)
def test_a_bad_suite_is_named_by_test(tmp_path, vectors, text, message):
    (tmp_path / "bad.toml").write_text(text)
    result = run("evaluate", vectors, "--suite", tmp_path / "bad.toml")
    assert result.exit_code == 3
    assert message in result.stderr


def test_slices_are_asked_temporal_analogies(tmp_path, aligned, vectors):
    (tmp_path / "roles.csv").write_text("year,capital\n1900,paris\n2000,rome\n")
    late = replace(planted(), vectors=planted().vectors[::1])
    AlignedSlices(("1900", "2000"), (planted(), late), WORDS, np.ones((2, 9), int)).save(tmp_path / "t.wvs")
    result = run("evaluate", tmp_path / "t.wvs", "--test", f"temporal={tmp_path / 'roles.csv'}")
    rows = table(result)
    assert {row["vectors"] for row in rows} == {str(tmp_path / "t.wvs")}
    assert {row["dataset"] for row in rows} == {"roles.csv: all", "roles.csv: static", "roles.csv: dynamic"}
    (tmp_path / "late.csv").write_text("year,capital\n1900,paris\n1950,rome\n2000,rome\n")
    result = run("evaluate", tmp_path / "t.wvs", "--test", f"temporal={tmp_path / 'late.csv'}")
    assert f"late.csv: {tmp_path / 't.wvs'}: 4 of 6 items left out: " in result.stderr
    result = run("evaluate", vectors, "--test", f"temporal={tmp_path / 'roles.csv'}")
    assert result.exit_code == 3
    assert f"{vectors} holds no slices; temporal analogies need them: wordvec align" in result.stderr


def test_two_languages(tmp_path, vectors):
    words = Vocabulary(tuple(word.upper() + "o" for word in WORDS.words), WORDS.counts)
    replace(planted(), vocabulary=words).save(tmp_path / "other.wv")
    (tmp_path / "words.tsv").write_text("".join(f"{word}\t{word}o\n" for word in WORDS.words))
    (tmp_path / "s.toml").write_text('[[test]]\ntask = "bilingual"\nfile = "words.tsv"\ntarget = "other.wv"\n')
    rows = table(run("evaluate", vectors, "--suite", tmp_path / "s.toml"))
    assert next(row["score"] for row in rows if row["metric"] == "cosine P@1") == "1"


def test_items_with_unknown_words_are_counted_where_models_are_compared(tmp_path, vectors):
    planted(noise=0.3).save(tmp_path / "noisy.wv")
    (tmp_path / "odd.txt").write_text(PAIRS + "paris\tatlantis\t1\n")
    result = run("evaluate", vectors, tmp_path / "noisy.wv", "--similarity", tmp_path / "odd.txt", "--format", "table")
    assert "odd.txt, spearman, 36 items, 1 with unknown words\n" in result.stdout


def test_the_list_of_known_sets():
    rows = table(run("evaluate", "--list"))
    assert [row["name"] for row in rows if row["shipped"] == "True"] == [
        "UMNSRS-sim.txt", "UMNSRS-rel.txt", "questions-words.txt",
    ]  # fmt: skip
    assert "yes" in run("evaluate", "--list", "--format", "table").stdout


def test_test_sets_that_others_predict(tmp_path, pairs):
    for seed in range(4):
        planted(noise=0.4 * seed, seed=seed).save(tmp_path / f"{seed}.wv")
    (tmp_path / "copy.txt").write_text(PAIRS + "france sea 3\n".replace(" ", "\t"))
    arguments = ("--similarity", pairs, "--similarity", tmp_path / "copy.txt", "--apart", "--select-tasks")
    result = run("evaluate", *(tmp_path / f"{seed}.wv" for seed in range(4)), *arguments)
    assert result.exit_code == 0, result.stderr
    assert "Test sets to keep: " in result.stderr
    result = run("evaluate", *(tmp_path / f"{seed}.wv" for seed in range(3)), *arguments)
    assert result.exit_code == 2
    assert "--select-tasks needs at least 4 models, with those of --store; there are 3." in result.stderr
    assert result.stdout.count("spearman") == 6  # the scores are not lost


@pytest.mark.parametrize(
    "arguments, message",
    [
        (("--test", "similarity"), "--test must be TASK=FILE, such as categorization=ap.csv, got 'similarity'."),
        (("--test", "guess=x"), "--test: task must be one of similarity, "),
        (("--form", "msr"), "--form is for --analogies files, and there is none."),
        (("--comparison", "c.tsv"), "--comparison needs at least two models, or results of earlier ones in --store."),
        (("--margin", "0"), "Invalid value for '--margin'"),
    ],
)
def test_bad_options(tmp_path, vectors, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    result = run("evaluate", vectors, *arguments)
    assert result.exit_code in (2, 3)
    assert message in result.stderr
    assert not (tmp_path / "c.tsv").exists()


def test_one_test_set_is_asked_once(vectors, pairs):
    result = run("evaluate", vectors, "--similarity", pairs, "--test", f"similarity={pairs}")
    assert result.exit_code == 3
    assert "pairs.txt is asked twice for similarity; name each test set once in a run." in result.stderr


def test_two_files_of_one_name_are_two_test_sets(tmp_path, pairs):
    """Also where tasks are chosen: scores of two sets are never averaged because they are called alike."""
    for seed in (1, 2, 3, 4):
        planted(0.3 * seed, seed).save(tmp_path / f"m{seed}.wv")
    (tmp_path / "other").mkdir()
    lines = PAIRS.splitlines(keepends=True)
    (tmp_path / "other" / "pairs.txt").write_text("".join(reversed(lines[5:])))
    sets = ("--similarity", pairs, "--similarity", tmp_path / "other" / "pairs.txt")
    result = run("evaluate", *sorted(tmp_path.glob("m*.wv")), *sets, "--select-tasks", "--format", "table", "--apart")
    assert result.exit_code == 0, result.stderr
    assert "pairs.txt (similarity, spearman) (" in result.stderr


def test_a_store_takes_random_vectors_beside_every_model(tmp_path, pairs):
    """Those of the first run have other lengths than those of the second; neither is refused, nor a second seed."""
    options = ("--similarity", pairs, "--random", "--store", tmp_path / "results.jsonl", "--format", "tsv")
    for name, noise in (("a", 0.1), ("b", 0.2)):
        planted(noise).save(tmp_path / f"{name}.wv")
        found = table(run("evaluate", tmp_path / f"{name}.wv", *options))
    assert [row["vectors"].split("/")[-1] for row in found[::2]] == ["b.wv", "random vectors", "a.wv"]
    again = table(run("evaluate", "--store", tmp_path / "results.jsonl", "--format", "tsv"))
    assert sum(row["vectors"] == "random vectors" for row in again) == 2


def test_slices_are_asked_gold_changes_and_pairs(tmp_path, vectors):
    late = replace(planted(), vectors=planted().vectors[[1, 0, *range(2, 9)]].copy())
    slices = AlignedSlices(("1900", "2000"), (planted(), late), WORDS, np.ones((2, 9), int))
    slices.save(tmp_path / "t.wvs")
    first, second, third = WORDS.words[:3]
    (tmp_path / "gold.tsv").write_text(f"{first}\t0.9\n{second}\t0.8\n{third}\t0.1\nunheard\t0.5\n")
    (tmp_path / "both.tsv").write_text(f"{first}\t1\n{second}\t1\n{third}\t0\nunheard\t0\n")
    (tmp_path / "pairs.tsv").write_text(f"{first}\t{second}\n")
    result = run("evaluate", tmp_path / "t.wvs", "--test", f"drift={tmp_path / 'gold.tsv'}")
    rows = {row["metric"]: row for row in table(result)}
    assert list(rows) == ["cosine spearman", "frequency (baseline) spearman"]
    assert (rows["cosine spearman"]["n"], rows["cosine spearman"]["missing"]) == ("3", "1")
    assert f"gold.tsv: {tmp_path / 't.wvs'}: 1 of 4 words have no drift: unheard." in result.stderr
    suite = '[[test]]\ntask = "drift"\nfile = "gold.tsv"\nbinary = "both.tsv"\nmeasure = "lncs2"\n'
    suite += '[[test]]\ntask = "slice-pairs"\nfile = "pairs.tsv"\nsource_slice = "2000"\ntarget_slice = "1900"\n'
    (tmp_path / "gold.toml").write_text(suite)
    result = run("evaluate", tmp_path / "t.wvs", "--suite", tmp_path / "gold.toml")
    found = {(row["task"], row["metric"]): row["score"] for row in table(result)}
    assert ("drift", "lncs2 AUC") in found
    assert float(found["slice pairs", "P@1"]) == 1.0
    assert float(found["slice pairs", "same word (baseline) P@1"]) == 0.0
    for task, what in (("drift", "gold changes"), ("slice-pairs", "pairs across slices")):
        file = tmp_path / ("gold.tsv" if task == "drift" else "pairs.tsv")
        result = run("evaluate", vectors, "--test", f"{task}={file}")
        assert result.exit_code == 3
        assert f"{vectors} holds no slices; {what} need them: wordvec align" in result.stderr
