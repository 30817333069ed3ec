"""``wordvec encode`` and the input options that it shares."""

import gzip
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from wordvec.artifact_writer import ArtifactWriter
from wordvec.cli import cli
from wordvec.cli.corpus_input import TextInput, corpus_options, load_corpus
from wordvec.embeddings import Embeddings
from wordvec.files.formats import write_vectors
from wordvec.progress import Progress, Watcher
from wordvec.text.corpus import Corpus
from wordvec.text.vocabulary import Vocabulary


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["encode", *map(str, arguments)], input=stdin)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "old.txt").write_text("we sow the seed broadcast\nthe sea\n" * 5)
    (tmp_path / "new.txt").write_text("the live broadcast\nof the war\n" * 5)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_example_of_the_help(folder: Path) -> None:
    example = next(line for line in run("--help").output.splitlines() if "wordvec encode --slice" in line)
    result = run(*example.split()[2:])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "65 of 65 tokens and 9 of 9 words kept; documents end at: line",
        "  slice 1790-1859: 10 documents, 10 sentences, 35 tokens (53.8%)",
        "  slice 1960-2021: 10 documents, 10 sentences, 30 tokens (46.2%)",
        "corpus.wvc written",
    ]
    corpus = Corpus.load(folder / "corpus.wvc")
    assert corpus.labels == ("1790-1859", "1960-2021")
    assert corpus["1960-2021"].line(0) == "the live broadcast"


def test_the_report_names_every_loss(folder: Path) -> None:
    text = b"# 1790\na a b\n\n...\nc\n" + b"x" * 300 + b" \xff a\n# 2050\nout\n"
    Path("t.txt").write_bytes(text)
    Path("t").mkdir()
    Path("t/a.txt").write_bytes(text)
    for name in ("b.txt", "c.text", "d.md", "e.docx", ".hidden/f.txt"):
        Path("t", name).parent.mkdir(exist_ok=True)
        Path("t", name).touch()
    options = ("--header", "^# (.*)", "--bins", "1790", "--errors", "replace", "--max-size", "2", "-o", "out")
    result = run("t", *options, "--min-count", "1", "--documents", "line")
    assert result.stderr.splitlines() == [
        "4 of 6 tokens and 2 of 3 words kept; documents end at: line",
        "  slice 1790: 2 documents, 2 sentences, 4 tokens (100.0%)",
        "  tokens left out: 1 beyond max size (1 words), 1 too long",
        "  lines left out: 1 blank, 2 headers, 1 outside bins, 1 without words, 1 without kept words",
        "  documents left out: 1 without kept words, 1 outside bins",
        "  files left out: 1 empty, 3 with other endings (.docx 1, .md 1, .text 1), 1 hidden",
        "  characters replaced by U+FFFD: 1 not in the encoding",
        "out written",
    ]


def test_standard_input_and_manifest(folder: Path) -> None:
    assert run("-", "-o", "in.wvc", "--min-count", 1, stdin=b"a b\n\nc d\n").exit_code == 0
    assert Corpus.load("in.wvc").line(1) == "c d"
    assert Corpus.load("in.wvc").metadata["documents"] == "blank"
    Path("m.toml").write_text(
        '[[slice]]\nlabel = "x"\npaths = "old.txt"\n[[slice]]\nlabel = "y"\npaths = ["new.txt"]\n'
    )
    assert run("--manifest", "m.toml", "-o", "m.wvc").exit_code == 0
    assert Corpus.load("m.wvc").labels == ("x", "y")


def test_headers_without_bins_make_one_slice_and_the_report_says_so(folder: Path) -> None:
    Path("h.txt").write_text("# 1790\na b\n# 1990\nb a\n")
    options = ("--header", r"^# (\d+)", "--min-count", "1", "--overwrite", "-o", "h.wvc")
    assert run("h.txt", *options).stderr.splitlines()[1] == "  headers end documents; no --bins, so one slice"
    by_file = run("h.txt", *options, "--documents", "file").stderr
    assert by_file.splitlines()[1] == "  headers are left out; no --bins, so one slice"
    assert "no --bins" not in run("h.txt", *options, "--bins", "1700-1999").stderr
    assert "no --bins" not in run("--slice", "a=h.txt", "--slice", "b=h.txt", *options).stderr


def test_the_report_says_that_text_is_not_segmented(folder: Path) -> None:
    remark = (
        "  75% of the tokens are runs of a script written without spaces; segment the text first and use "
        "--tokenizer whitespace"
    )
    Path("zh.txt").write_text("我们今天去公园。公园\n我们今天去公园，我们今天看花\n", encoding="utf-8")
    options = ("--min-count", "1", "--overwrite", "-o", "out")
    assert remark in run("zh.txt", *options).stderr.splitlines()
    assert "without spaces" not in run("zh.txt", *options, "--tokenizer", "whitespace").stderr
    Path("few.txt").write_text("the sea of\n" * 100 + "我们今天去公园\n", encoding="utf-8")
    assert "without spaces" not in run("few.txt", *options).stderr


def test_the_report_counts_files_of_an_old_macintosh(folder: Path) -> None:
    Path("mac.txt").write_bytes(b"a b\rb a\ra\rb\r")
    said = run("mac.txt", "-o", "out", "--min-count", "1").stderr.splitlines()
    assert "  files with CR line ends (old Macintosh): 1; each CR was read as a line end" in said


def test_standard_input_that_is_closed(folder: Path) -> None:
    command = [sys.executable, "-c", "from wordvec.cli import main; main()", "encode", "-", "-o", "out"]
    shell = " ".join(map(shlex.quote, command)) + " <&-"
    result = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=False)
    message = "Error: standard input is closed; pipe text into the command, or name a file.\n"
    assert (result.returncode, result.stderr) == (3, message)
    assert not Path("out").exists()


def test_a_vocabulary_from_any_artifact(folder: Path) -> None:
    words = Vocabulary(("the", "sea"), np.array([9, 8]))
    Embeddings(words, np.eye(2, dtype=np.float32)).save("v.wv")
    assert run("old.txt", "-o", "a.wvc", "--vocabulary", "v.wv").exit_code == 0
    assert run("new.txt", "-o", "b.wvc", "--vocabulary", "a.wvc").exit_code == 0
    corpus = Corpus.load("b.wvc")
    assert (corpus.vocabulary.words, corpus.counts.tolist()) == (("the", "sea"), [[10, 0]])
    with ArtifactWriter("none", kind="embeddings") as writer:
        writer.commit({})
    result = run("old.txt", "-o", "c.wvc", "--vocabulary", "none")
    assert result.exit_code == 3
    message = "Error: none has no vocabulary; give a corpus, vectors, aligned slices or a list of words.\n"
    assert result.stderr == message
    assert run("old.txt", "-o", "c.wvc", "--vocabulary", "gone.txt").exit_code == 3


def test_a_list_that_begins_with_a_number_is_a_list(folder: Path) -> None:
    (folder / "list.txt").write_text("1990\t25\nthe\t9\nsea\t9\n")
    assert run("old.txt", "-o", "n.wvc", "--vocabulary", "list.txt").exit_code == 0
    assert Corpus.load(folder / "n.wvc").vocabulary.words == ("1990", "the", "sea")


def test_a_vocabulary_from_a_file_of_vectors_or_a_list_of_words(folder: Path) -> None:
    vectors = Embeddings(Vocabulary(("the", "sea", "king"), np.array([9, 8, 7])), np.eye(3, dtype=np.float32))
    write_vectors(vectors, "v.txt", "word2vec")
    write_vectors(vectors, "v.bin", "word2vec-binary")
    Path("glove.txt").write_text("the 1 0\nsea 0 1\nking 1 1\n")
    Path("list.txt").write_text("the\nsea\nking\n")
    Path("counted.txt").write_text("the\t9\nsea\t8\nking\t7\n")
    Path("packed.gz").write_bytes(gzip.compress(b"the\r\nsea\r\nking\r\n"))
    for name in ("v.txt", "v.bin", "glove.txt", "list.txt", "counted.txt", "packed.gz"):
        result = run("old.txt", "-o", "a.wvc", "--vocabulary", name, "--overwrite")
        assert result.exit_code == 0, result.stderr
        assert "  words of the vocabulary that do not occur: 1 of 3" in result.stderr.splitlines()
        corpus = Corpus.load("a.wvc")
        assert (corpus.vocabulary.words, corpus.counts.tolist()) == (("the", "sea", "king"), [[10, 5, 0]])
        assert corpus.vocabulary.counts.tolist() == ([9, 8, 7] if name == "counted.txt" else [0, 0, 0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "out"], "give text paths, or --slice LABEL=PATH, or --manifest FILE; got nothing."),
        (
            ["old.txt", "--slice", "a=new.txt", "-o", "out"],
            "give text paths, or --slice LABEL=PATH, or --manifest FILE; got more than one of these.",
        ),
        (["--slice", "old.txt", "-o", "out"], "--slice must be LABEL=PATH, got 'old.txt'."),
        (["--slice", "=old.txt", "-o", "out"], "--slice must be LABEL=PATH, got '=old.txt'."),
        (
            ["--slice", "a=old.txt", "--header", "#", "--bins", "1", "-o", "out"],
            "--bins makes the slices itself: give text paths without --slice and --manifest.",
        ),
        (["old.txt", "--bins", "1", "-o", "out"], "--bins needs --header REGEX, which finds the header lines."),
        (
            ["old.txt", "--documents", "header", "-o", "out"],
            "--documents header needs --header REGEX, which finds the header lines.",
        ),
        (
            ["old.txt", "--header", "(", "-o", "out"],
            "header must be a regular expression, got '(': missing ), unterminated subpattern at position 0",
        ),
        (
            ["old.txt", "--vocabulary", "x", "--min-count", "5", "-o", "out"],
            "--min-count chooses words, and --vocabulary has chosen them: leave one out.",
        ),
    ],
)
def test_usage_errors(folder: Path, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.endswith(f"Error: {message}\n")
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (None, [], "bad.txt does not exist."),
        (b"", [], "bad.txt is empty."),
        (
            "très étonné".encode("cp1252"),
            [],
            "bad.txt, line 1, byte offset 2: the byte 0xe8 is not UTF-8 here; pass --encoding cp1252, which fits the "
            "text around it, or --errors replace.",
        ),
        (
            b"a\0b",
            [],
            "bad.txt, line 1, byte offset 1: there is a NUL byte, so this is not plain text in utf-8; take the file "
            "out, or pass the --encoding that it is in (utf-16?).",
        ),
        (b"a a a", [], "bad.txt: there is one distinct word, 'a' (3 times); vectors need at least two."),
        (
            b"# 1800\na b",
            ["--header", "# (.*)", "--bins", "1790-1799"],
            "bin '1790-1799' matches no header; the keys seen run from 1800 to 1800.",
        ),
    ],
)
def test_bad_text_ends_with_exit_code_3_and_nothing_written(
    folder: Path, content: bytes | None, options: list[str], message: str
) -> None:
    if content is not None:
        Path("bad.txt").write_bytes(content)
    before = sorted(folder.iterdir())
    result = run("bad.txt", *options, "-o", "out")
    assert (result.exit_code, result.stderr) == (3, f"Error: {message}\n")
    assert sorted(folder.iterdir()) == before


def test_a_folder_without_text(folder: Path) -> None:
    Path("empty").mkdir()
    result = run("empty", "-o", "out")
    assert result.exit_code == 3
    assert result.stderr.startswith("Error: the folder empty holds no text: no file in it ends in .txt,")


def test_duplicate_slice_labels(folder: Path) -> None:
    result = run("--slice", "a=old.txt", "--slice", "a=new.txt", "-o", "out")
    assert result.exit_code == 3
    assert result.stderr == (
        "Error: slice labels must be unique, got 'a' twice; several paths for one label need a folder or a manifest.\n"
    )


def test_an_output_that_exists(folder: Path) -> None:
    assert run("old.txt", "-o", "out").exit_code == 0
    result = run("old.txt", "-o", "out")
    assert (result.exit_code, result.stderr) == (
        3,
        "Error: out exists; choose another output or pass --overwrite (in Python: overwrite=True).\n",
    )
    assert run("new.txt", "-o", "out", "--overwrite").exit_code == 0
    result = run("out", "-o", "again")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, "Error: out is a wordvec artefact, not text.")


def test_control_c(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(report: Progress) -> None:
        raise KeyboardInterrupt

    @contextmanager
    def watching() -> Iterator[Watcher | None]:
        yield interrupt

    monkeypatch.setattr("wordvec.cli.encode.watching", watching)
    before = sorted(folder.iterdir())
    result = run("old.txt", "-o", "out")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted; nothing half-written is left behind.\n"
    assert sorted(folder.iterdir()) == before


@click.command()
@corpus_options("CORPUS")
@click.option("--dim", default=3)
def probe(texts: TextInput, dim: int) -> None:
    corpus = load_corpus(texts)
    click.echo(f"{corpus.labels} {corpus.n_tokens} {dim}")


def test_a_corpus_argument_is_a_folder_or_text_encoded_on_the_way(folder: Path) -> None:
    assert run("old.txt", "-o", "old.wvc").exit_code == 0
    runner = CliRunner()
    assert runner.invoke(probe, ["old.wvc", "--dim", "4"]).stdout == "('all',) 35 4\n"
    on_the_way = runner.invoke(probe, ["--slice", "a=old.txt", "--slice", "b=new.txt"])
    assert on_the_way.stdout == "('a', 'b') 65 3\n"
    assert "slice a: 10 documents" in on_the_way.stderr
    Path("packed.txt.gz").write_bytes(gzip.compress(Path("old.txt").read_bytes()))
    assert runner.invoke(probe, ["old.txt", "packed.txt.gz"]).stdout == "('all',) 70 3\n"
    refused = runner.invoke(probe, ["old.wvc", "--case", "keep"])
    assert refused.exit_code == 2
    assert refused.stderr.endswith("Error: old.wvc is encoded already; --case is for text. Leave it out.\n")


def test_real_speeches(shared_data: Path, tmp_path: Path) -> None:
    speeches = shared_data / "corpus/sotu/sotu-1790-2021.txt.xz"
    bins = "1790-1859,1860-1899,1900-1959,1960-2021"
    assert run(speeches, "--header", r"^### (\d{4})", "--bins", bins, "-o", tmp_path / "out").exit_code == 0
    corpus = Corpus.load(tmp_path / "out")
    assert len(corpus.documents) == 233
    assert corpus.documents.names is not None and corpus.documents.names[0] == "george_washington"
    assert corpus.line(0).startswith("Fellow - Citizens of the Senate")
    assert corpus.metadata["digest"] == corpus.digest
