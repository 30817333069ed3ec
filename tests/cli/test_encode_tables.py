"""``wordvec encode`` of tables, CoNLL-U, and text with metadata."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wordvec.cli import cli
from wordvec.text.corpus import Corpus


def run(*arguments: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["encode", *arguments], input=stdin)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = ["id,when,speaker,text,note"]
    rows += [f"s{n},{1840 + n},{'Ann' if n % 2 else 'Bob'},the sea and the war,n" for n in range(20)]
    (tmp_path / "speeches.csv").write_text(
        "\n".join([*rows, "s3,,Ann,the sea,", "s21,n.d.,Ann,the sea,", "s22,1850,A,,"])
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_slices_by_decade_and_what_is_told(folder: Path) -> None:
    options = ["--date-column", "when", "--slice-by", "decade", "--columns", "speaker", "--min-count", "1"]
    result = run("speeches.csv", *options, "-o", "out.wvc")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "100 of 100 tokens and 4 of 4 words kept; documents end at: row",
        "  slice 1840s: 10 documents, 10 sentences, 50 tokens (50.0%)",
        "  slice 1850s: 10 documents, 10 sentences, 50 tokens (50.0%)",
        "  rows: 22 with text",
        "  rows without text: 1",
        "  rows without a date: 1 (speeches.csv, line 22)",
        "  rows with a date that cannot be read: 1 (n.d.)",
        "  rows with a name that another has, too: 1 (s3)",
        "  columns: speaker",
        "  lines left out: 2 without slice",
        "  documents left out: 2 without slice",
        "out.wvc written",
    ]
    corpus = Corpus.load(folder / "out.wvc")
    assert corpus.units("speaker").values == ("Bob", "Ann") and corpus.documents.dates[0] == "1840"
    assert run("speeches.csv", *options, "-o", "out.wvc").exit_code == 3  # it is there


def test_every_option_does_something(folder: Path) -> None:
    def corpus(*arguments: str, stdin: bytes | None = None) -> Corpus:
        result = run(*arguments, "--min-count", "1", "-o", "out.wvc", "--overwrite", stdin=stdin)
        assert result.exit_code == 0, result.output
        return Corpus.load(folder / "out.wvc", mmap=False)

    (folder / "t.dat").write_text('name\tday\tbody\nx\t21/03/1846\t"a sea\n')
    table = ("t.dat", "--text-format", "tsv", "--text-column", "body", "--no-quotes", "--id-column", "name")
    found = corpus(*table, "--date-column", "day", "--date-format", "%d/%m/%Y", "--slice-by", "25 years")
    assert (found.labels, found.documents.names) == (("1825-1849",), ("x",))
    assert (found.documents.dates, found.line(0)) == (("1846-03-21",), '"a sea')
    found = corpus("speeches.csv", "--date-column", "when", "--bins", "1840-1845,1846-1859")
    assert found.labels == ("1840-1845", "1846-1859")
    assert corpus("speeches.csv", "--slice-by", "speaker").labels == ("Ann", "Bob")
    (folder / "letters").mkdir()
    for name in ("a", "b"):
        (folder / "letters" / f"{name}.txt").write_text("the sea\n")
    (folder / "letters.csv").write_text("file,year\na,1846\n")
    found = corpus("letters", "--metadata", "letters.csv", "--date-column", "year")
    assert found.documents.dates == ("1846", "")
    (folder / "t.conllu").write_text("1\tSeas\tsea\tNOUN\t_\t_\t0\t_\t_\t_\n2\tsaw\tsee\tVERB\t_\t_\t0\t_\t_\t_\n")
    assert corpus("t.conllu", "--layer", "lemma_pos").sentence(0) == ["sea_NOUN", "see_VERB"]
    found = corpus("-", "--text-format", "jsonl", stdin=b'{"text": "the sea"}\n')
    assert found.documents.names == ("standard input:1",)


def test_files_and_rows_that_do_not_meet_are_named(folder: Path) -> None:
    (folder / "letters").mkdir()
    for name in ("a", "b"):
        (folder / "letters" / f"{name}.txt").write_text("the sea\n")
    (folder / "letters.csv").write_text("file,year\na,1846\nx,1850\n")
    result = run("letters", "--metadata", "letters.csv", "--date-column", "year", "--min-count", "1", "-o", "out.wvc")
    assert "  files without row: 1 (letters/b.txt)\n  rows without file: 1 (x)\n" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["speeches.csv", "--text-column", "body"],
            3,
            "speeches.csv has no column 'body' (--text-column); its columns",
        ),
        (
            ["speeches.csv", "--date-column", "When"],
            3,
            "its columns are id, when, speaker, text, note. Did you mean 'wh",
        ),
        (["speeches.csv", "--slice-by", "decade"], 2, "slice_by 'decade' needs date_column"),
        (
            ["--slice", "a=speeches.csv", "--slice-by", "speaker"],
            2,
            "--slice-by makes the slices itself: give text pat",
        ),
        (["speeches.csv", "--bins", "1840-1849"], 2, "--bins needs --header REGEX, which finds the header lines."),
        (["speeches.csv", "--date-column", "when", "--date-format", "%y"], 2, "date_format must be a pattern of strpt"),
        (["nothing.csv"], 3, "nothing.csv does not exist."),
    ],
)
def test_what_is_refused_is_named_in_a_line(folder: Path, arguments: list[str], code: int, message: str) -> None:
    result = run(*arguments, "-o", "out.wvc")
    assert result.exit_code == code and message in result.stderr
    assert "Traceback" not in result.output and not (folder / "out.wvc").exists()


def test_other_commands_read_tables_too(folder: Path) -> None:
    arguments = ["align", "speeches.csv", "--date-column", "when", "--slice-by", "decade", "--min-count", "1"]
    result = CliRunner().invoke(cli, [*arguments, "--dim", "4", "--epochs", "1", "--subsample", "0", "-o", "out.wvs"])
    assert result.exit_code == 0, result.output
    assert "slice 1850s: 10 documents" in result.stderr
