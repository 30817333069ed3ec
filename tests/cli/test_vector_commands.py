"""The commands that read vectors: evaluate, nearest, convert, info, validate."""

import numpy as np
import pytest
from small_vectors import WORDS, planted, run, table

from wordvec import AlignedSlices, Embeddings, Vocabulary
from wordvec.files.word2vec import read_word2vec, write_word2vec


@pytest.mark.parametrize("command", ["evaluate", "nearest", "convert", "info", "validate"])
def test_help_ends_with_an_example(command):
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"wordvec {command} " in result.stdout.split("Example:")[1]


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
    mixed = run("nearest", vectors, "pariss", "rome", "zzz", "-k", 1)
    assert [row["word"] for row in table(mixed)] == ["rome"]
    assert "'zzz' is not among" in mixed.stderr and "Left out as unknown: 2 of the 3 words asked for." in mixed.stderr
    result = run("nearest", vectors, "pariss", "zzz")
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


def test_info_and_validate_of_a_graph(tmp_path):
    (tmp_path / "synonyms.txt").write_text("cat feline\nwarm hot\n")
    assert run("graph", "convert", tmp_path / "synonyms.txt", "-o", tmp_path / "g.wvg").exit_code == 0
    listed = table(run("info", tmp_path / "g.wvg"))
    rows = {row["property"]: row["value"] for row in listed}
    assert len(rows) == len(listed)
    assert rows["kind"] == "graph" and rows["edges"] == "2, in both directions" and rows["read as"] == "pairs"
    assert not [name for name in rows if name.startswith(("graph", "reading"))]
    assert run("validate", tmp_path / "g.wvg").stdout == "ok: 6 files checked\n"
    damaged = next((tmp_path / "g.wvg").glob("weights*"))
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    assert run("validate", tmp_path / "g.wvg").exit_code == 5
