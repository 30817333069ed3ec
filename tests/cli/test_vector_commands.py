"""The commands that read vectors: evaluate, nearest, convert, info, validate."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from wordvec import AlignedSlices, Embeddings, Vocabulary
from wordvec.cli import cli
from wordvec.files.word2vec import read_word2vec, write_word2vec

CAPITALS = {"france": "paris", "italy": "rome", "spain": "madrid", "greece": "athens"}
WORDS = Vocabulary((*CAPITALS, *CAPITALS.values(), "sea"), np.arange(9, 0, -1))


def planted():
    grid = np.hstack([3 * np.eye(4), np.zeros((4, 1))])
    rows = np.vstack([grid, grid + np.eye(1, 5, 4), np.ones((1, 5))])
    return Embeddings(WORDS, rows.astype(np.float32), {"settings": {"seed": 1}})


def run(*arguments):
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def vectors(tmp_path):
    planted().save(tmp_path / "vectors.wv")
    return tmp_path / "vectors.wv"


@pytest.fixture
def aligned(tmp_path):
    late = Embeddings(Vocabulary(("paris", "rome", "café"), np.array([3, 2, 1])), np.eye(3, 5, dtype=np.float32))
    whole = Vocabulary((*WORDS.words, "café"), np.array([*range(10, 1, -1), 1]))
    counts = np.ones((2, 10), int)
    AlignedSlices(("then", "now"), (planted(), late), whole, counts).save(tmp_path / "aligned.wvs")
    return tmp_path / "aligned.wvs"


def table(result):
    assert result.exit_code == 0, result.stderr
    lines = result.stdout.rstrip("\n").split("\n")
    header = lines[0].split("\t")
    return [dict(zip(header, line.split("\t"), strict=True)) for line in lines[1:]]


@pytest.mark.parametrize("command", ["evaluate", "nearest", "convert", "info", "validate"])
def test_help_ends_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"wordvec {command} " in result.stdout.split("Example:")[1]


def test_evaluate_uses_the_google_analogies(vectors):
    rows = table(run("evaluate", vectors))
    assert len(rows) == 16 * 4
    row = next(r for r in rows if r["dataset"].endswith(": all") and r["metric"] == "3cosadd accuracy")
    assert int(row["n"]) + int(row["missing"]) == 19544
    assert float(row["score"]) == 1.0
    assert list(row)[:4] == ["vectors", "task", "dataset", "dataset_sha256"]


def test_evaluate_files_and_several_vectors(tmp_path, vectors, aligned):
    (tmp_path / "pairs.txt").write_text("France-n Italy-n 9\nSpain-n Rome-n 2\nGreece-n Oslo-n 1\nsea-n rome-n 3\n")
    (tmp_path / "asked.txt").write_text(": capitals\nFrance Paris Italy Rome\n")
    result = run(
        "evaluate", vectors, aligned, "--similarity", tmp_path / "pairs.txt", "--analogies", tmp_path / "asked.txt",
        "--method", "3cosadd",
    )  # fmt: skip
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
    assert result.stdout.split("\n")[0].split() == ["dataset", "metric", "score", "low", "high", "n", "missing"]
    assert "asked.txt (SHA-256 " in result.stderr
    assert "): skip unknown, ignore case; intervals 95 %, by disjoint question (exact)." in result.stderr
    planted().save(tmp_path / "other.wv")
    assert run("evaluate", vectors, tmp_path / "other.wv", *arguments).stdout.split()[0] == "vectors"


def test_evaluate_shows_people_the_whole_before_its_categories(tmp_path, vectors):
    countries = list(CAPITALS)
    text = ": one\n" + "".join(f"{a} {CAPITALS[a]} {b} {CAPITALS[b]}\n" for a in countries for b in countries if a != b)
    (tmp_path / "asked.txt").write_text(text + ": none\nOslo Norway Rome Italy\n")
    arguments = ("evaluate", vectors, "--analogies", tmp_path / "asked.txt", "--method", "3cosadd")
    result = run(*arguments, "--format", "table")
    shown = [line.split()[1] for line in result.stdout.rstrip().split("\n")[1:]]
    assert shown == ["all", "all", "macro", "macro"]
    assert "asked.txt: no question known in none.\n" in result.stderr
    assert "Categories with known questions: 1; show them with --by-category.\n" in result.stderr
    result = run(*arguments, "--format", "table", "--by-category")
    shown = [line.split()[1] for line in result.stdout.rstrip().split("\n")[1:]]
    assert shown == ["all", "all", "macro", "macro", "one", "one"]
    assert "nan" not in result.stdout
    assert len(table(run(*arguments))) == 8


def test_evaluate_without_any_known_question(tmp_path, vectors):
    (tmp_path / "asked.txt").write_text(": none\nOslo Norway Bern Schweiz\n")
    (tmp_path / "pairs.txt").write_text("Oslo Bern 9\nBern Oslo 2\n")
    asked = ("--analogies", tmp_path / "asked.txt", "--similarity", tmp_path / "pairs.txt", "--format", "table")
    result = run("evaluate", vectors, *asked)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "pairs.txt: no pair known.\n" in result.stderr
    assert "asked.txt: no question known.\n" in result.stderr
    assert "; no interval.\n" in result.stderr


def test_evaluate_with_odd_columns(tmp_path, vectors):
    path = tmp_path / "pairs.tsv"
    path.write_text("France\tItaly\tx\ty\t9\nSpain\tRome\tx\ty\t2\n")
    result = run("evaluate", vectors, "--similarity", path)
    assert result.exit_code == 3
    assert "keep these three, or name them, as in --columns 1,2,5 (in Python: columns=(1, 2, 5))." in result.stderr
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


def test_nearest(vectors):
    rows = table(run("nearest", vectors, "paris", "sea", "-k", 2))
    assert [(r["word"], r["slice"], r["rank"]) for r in rows] == [
        ("paris", "", "1"), ("paris", "", "2"), ("sea", "", "1"), ("sea", "", "2"),
    ]  # fmt: skip
    assert rows[0]["neighbor"] == "france"
    assert float(rows[0]["similarity"]) == pytest.approx(3 / 10**0.5, abs=1e-5)


def test_nearest_in_slices(aligned):
    result = run("nearest", aligned, "sea", "paris", "-k", 1)
    assert [(r["word"], r["slice"], r["neighbor"]) for r in table(result)] == [
        ("sea", "then", "paris"), ("paris", "then", "france"), ("paris", "now", "rome"),
    ]  # fmt: skip
    assert result.stderr == "'sea' occurs 1 time in now, without a vector there.\n"
    assert {r["slice"] for r in table(run("nearest", aligned, "paris", "--slice", "now"))} == {"now"}
    result = run("nearest", aligned, "paris", "--slice", "soon")
    assert (result.exit_code, result.stderr.strip()) == (2, "Error: slice must be one of then, now, got 'soon'")


def test_nearest_says_how_rare_a_word_is_that_has_no_vector(tmp_path):
    late = Embeddings(Vocabulary(("paris", "own"), np.array([8, 7])), np.eye(2, 5, dtype=np.float32))
    vocabulary = Vocabulary((*WORDS.words, "abandons"), np.arange(30, 20, -1))
    counts = np.full((3, 10), 9)
    counts[:, 9], counts[1:, 8], counts[2, 7] = (4, 1, 0), 2, 12
    metadata = {"settings": {"min_slice_count": 5}}
    slices = AlignedSlices(("uk", "us", "za"), (planted(), late, late), vocabulary, counts, None, metadata)
    slices.save(tmp_path / "a.wvs")
    result = run("nearest", tmp_path / "a.wvs", "abandons")
    assert (result.exit_code, result.stdout) == (3, "")
    rare = "'abandons' occurs 4 times in uk, 1 time in us and 0 times in za, too rare for a vector there"
    assert result.stderr == f"Error: {rare} (min_slice_count 5).\n"
    result = run("nearest", tmp_path / "a.wvs", "abandons", "--slice", "uk")
    assert result.stderr == "Error: 'abandons' occurs 4 times in uk, too rare for a vector there (min_slice_count 5).\n"
    result = run("nearest", tmp_path / "a.wvs", "abandons", "sea", "athens", "own", "-k", "1")
    assert [(r["word"], r["slice"]) for r in table(result)] == [
        ("sea", "uk"), ("athens", "uk"), ("own", "us"), ("own", "za"),
    ]  # fmt: skip
    assert result.stderr.splitlines() == [
        f"{rare} (min_slice_count 5).",
        "'sea' occurs 2 times in us and 2 times in za, too rare for a vector there (min_slice_count 5).",
        "'athens' occurs 9 times in us and 12 times in za, without a vector there (min_slice_count 5).",
        "'own' is not in uk.",
    ]
    assert "'abandon' is not among the 10 words of this vocabulary. Did you mean 'abandons'?" in (
        run("nearest", tmp_path / "a.wvs", "abandon").stderr
    )


def test_nearest_finds_a_word_in_another_unicode_form(aligned):
    rows = table(run("nearest", aligned, "cafe\u0301", "-k", 1))
    assert [(r["slice"], r["rank"]) for r in rows] == [("now", "1")]


def test_nearest_reports_every_unknown_word(vectors):
    result = run("nearest", vectors, "pariss", "rome", "zzz")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.strip().split("\n") == [
        "Error: 'pariss' is not among the 9 words of this vocabulary. Did you mean 'paris'?",
        "'zzz' is not among the 9 words of this vocabulary.",
    ]


@pytest.mark.parametrize("name", ["v.txt", "v.vec.gz", "v.bin", "v.bin.gz", "v.wv"])
def test_convert_and_back(tmp_path, vectors, name):
    result = run("convert", vectors, tmp_path / name)
    assert result.exit_code == 0, result.stderr
    assert "9 words, dim 5" in result.stderr
    assert ("left out" in result.stderr) == (name != "v.wv")
    assert run("convert", tmp_path / name, tmp_path / "back.wv").exit_code == 0
    back = Embeddings.load(tmp_path / "back.wv")
    assert back.vectors.tobytes() == planted().vectors.tobytes()
    assert back.vocabulary.words == WORDS.words


def test_convert_a_slice(tmp_path, aligned):
    result = run("convert", aligned, tmp_path / "v.txt")
    assert result.exit_code == 3
    assert "holds the slices then, now; choose one with --slice." in result.stderr
    assert run("convert", aligned, tmp_path / "v.txt", "--slice", "now").exit_code == 0
    assert read_word2vec(tmp_path / "v.txt").vocabulary.words == ("paris", "rome", "café")


def test_convert_keeps_what_is_there(tmp_path, vectors):
    (tmp_path / "v.txt").write_text("mine")
    result = run("convert", vectors, tmp_path / "v.txt")
    assert (result.exit_code, (tmp_path / "v.txt").read_text()) == (3, "mine")
    assert "exists; choose another output or pass --overwrite (in Python: overwrite=True)." in result.stderr
    assert run("convert", vectors, tmp_path / "v.txt", "--overwrite").exit_code == 0
    result = run("convert", vectors, tmp_path / "v.npz")
    assert result.exit_code == 2
    assert run("convert", vectors, tmp_path / "v.npz", "--format", "word2vec").exit_code == 0


def test_a_bad_input_leaves_nothing_behind(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"99999999999 300\ncat 1 2\n")
    result = run("convert", tmp_path / "bad.txt", tmp_path / "v.wv")
    assert result.exit_code == 3
    assert "the header promises 99999999999 words of 300 numbers" in result.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["bad.txt"]


def test_info(vectors, aligned):
    rows = {r["property"]: r["value"] for r in table(run("info", vectors))}
    assert (rows["kind"], rows["words"], rows["dim"], rows["settings.seed"]) == ("embeddings", "9", "5", "1")
    assert "slice now" in run("info", aligned, "--format", "table").stdout
    result = run("info", vectors.parent / "none")
    assert (result.exit_code, "none does not exist." in result.stderr) == (3, True)


def test_validate(tmp_path, vectors):
    result = run("validate", vectors)
    assert (result.exit_code, result.stdout) == (0, "ok: 3 files checked\n")
    write_word2vec(planted(), tmp_path / "v.txt")
    assert run("validate", tmp_path / "v.txt").stdout == "ok: 1 file checked\n"
    payload = next(vectors.glob("vectors-*.npy"))
    payload.write_bytes(payload.read_bytes()[:-1] + b"\x01")
    result = run("validate", vectors)
    assert result.exit_code == 5
    assert "was changed after it was written: its SHA-256 differs." in result.stderr
    (tmp_path / "v.txt").write_bytes(b"2 2\ncat 1.5 2.5\n")
    assert run("validate", tmp_path / "v.txt").exit_code == 5
    assert run("validate", tmp_path / "none.vec").exit_code == 3


@pytest.mark.parametrize("cut", [5, 30, -5])
def test_validate_a_packed_file_that_is_cut(tmp_path, cut):
    path = tmp_path / "v.vec.gz"
    write_word2vec(planted(), path)
    path.write_bytes(path.read_bytes()[:cut])
    result = run("validate", path)
    assert (result.exit_code, "v.vec.gz is damaged gzip: " in result.stderr) == (5, True), result.stderr
    assert run("info", path).exit_code == 3
