"""A table about text files gives them dates, slices and columns."""

from pathlib import Path
from typing import Any

import pytest

from wordvec.errors import FormatError
from wordvec.text.corpus import Corpus
from wordvec.text.encode import Reading, encode
from wordvec.text.records import Records


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = tmp_path / "texts"
    (texts / "sub").mkdir(parents=True)
    for name, text in (("a.txt", "the sea\n\nthe war\n"), ("b.txt", "the sea\n"), ("sub/c.txt", "the war\n")):
        (texts / name).write_text(text)
    return tmp_path


def read(folder: Path, table: str, documents: str | None = None, bins: str | None = None, **options: Any) -> Corpus:
    (folder / "metadata.csv").write_text(table)
    records = Records(**{"metadata": str(folder / "metadata.csv"), **options})
    reading = Reading(documents=documents, bins=bins, records=records)
    return encode(folder / "texts", reading=reading, min_count=1)


@pytest.mark.parametrize("names", ["a.txt b.txt c.txt", "a b c", "texts/a.txt texts/b sub/c.txt", r"a b sub\c.txt"])
@pytest.mark.parametrize("column", ["file", "filename", "path", "id"])
def test_names_with_and_without_ending_and_folders(folder: Path, names: str, column: str) -> None:
    a, b, c = names.split()
    table = f"{column},year,author\n{c},1859,Ann\n{a},1846,Ann\n{b},1851,Bob\n"
    corpus = read(folder, table, date_column="year", slice_by="decade")
    assert corpus.labels == ("1840s", "1850s") and corpus.documents.names == ("a.txt", "b.txt", "c.txt")
    assert corpus.documents.dates == ("1846", "1851", "1859") and corpus.units("author").codes.tolist() == [0, 1, 0]
    assert list(corpus.documents.columns) == ["author"] and corpus.metadata["documents"] == "file"
    assert corpus.line(0) == "the sea" and not corpus.lines.files[0][1]  # quoted from the file itself


def test_what_does_not_meet_is_counted_and_named(folder: Path) -> None:
    corpus = read(folder, "file,year\na.txt,1846\nx.txt,1850\ny.txt,1850\n", date_column="year")
    assert corpus.documents.dates == ("1846", "", "")
    told = corpus.metadata["report"]["metadata"]
    assert told == {
        "rows": 3,
        "files_without_row": 2,
        "rows_without_file": 2,
        "examples": {
            "files_without_row": [str(folder / "texts/b.txt"), str(folder / "texts/sub/c.txt")],
            "rows_without_file": ["x.txt", "y.txt"],
        },
    }
    sliced = read(folder, "file,year\na.txt,1846\n", date_column="year", bins="1800-1899")
    assert sliced.labels == ("1800-1899",) and sliced.documents.names == ("a.txt",)
    assert sliced.metadata["report"]["documents"]["outside_bins"] == 2


def test_documents_within_a_file_share_its_row(folder: Path) -> None:
    corpus = read(folder, "file,author\na,Ann\nb,Bob\nc,Cy\n", documents="blank")
    assert corpus.documents.names == ("a.txt", "a.txt", "b.txt", "c.txt")
    assert corpus.units("author").codes.tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ("name,year\na,1846\n", {}, "has no column 'file' (--id-column); its columns are name, year."),
        ("file,year\na,1846\na,1847\n", {}, "metadata.csv, line 3: 'a' has a row already, in line 2; take one out."),
        ("file,year\n,1846\n", {}, "metadata.csv, line 2: the column 'file' is empty; it names the file that the row"),
        (
            "file,year\na,1846\n",
            {"date_column": "yaer"},
            "has no column 'yaer' (--date-column); its columns are file, y",
        ),
        ("file,year\nx,1846\n", {}, "no text has a row in "),
        ("file,year\na,1846\n", {"metadata": "m.txt"}, "m.txt: metadata are a table: .csv, .tsv, .jsonl or .parquet"),
        ("file,year\na,1846\n", {"metadata": "no.csv"}, "no.csv cannot be read: No such file or directory."),
    ],
)
def test_what_is_refused_is_named(folder: Path, table: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(folder, table, **options)
    assert message in str(caught.value)


def test_a_row_is_about_one_file(folder: Path) -> None:
    (folder / "texts/sub/a.txt").write_text("the sea\n")
    with pytest.raises(
        FormatError, match=r"line 2: 'a' is the name of both .*/a\.txt and .*/sub/a\.txt; write the fold"
    ):
        read(folder, "file,year\na,1846\n")
    corpus = read(folder, "file,year\nsub/a,1847\na,1846\n", date_column="year")
    assert corpus.documents.dates == ("1846", "", "1847", "")


def test_the_name_column_may_be_said(folder: Path) -> None:
    corpus = read(folder, "id,text_file\n7,a.txt\n8,b.txt\n", id_column="text_file")
    assert corpus.documents.names == ("a.txt", "b.txt", "c.txt")
