"""Tables and CoNLL-U become corpora: each row a document with its name, date, slice and columns."""

import bz2
import csv
import gzip
import io
import lzma
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import ROWS, by_decade, seen, write_csv, write_jsonl

import wordvec.text.document_rows
import wordvec.text.record_intake
import wordvec.text.table_rows
from wordvec.errors import FormatError
from wordvec.text.corpus import Corpus
from wordvec.text.encode import Reading, encode
from wordvec.text.records import Records, form_of
from wordvec.text.table_rows import TableFile, read_table


def test_every_form_of_table_gives_the_same_corpus(tmp_path: Path) -> None:
    tables = [
        write_csv(tmp_path / "t.csv", ROWS),
        write_csv(tmp_path / "semicolon.csv", ROWS, ";"),
        write_csv(tmp_path / "t.tsv", ROWS, "\t"),
        write_jsonl(tmp_path / "t.jsonl", ROWS),
        write_jsonl(tmp_path / "t.ndjson", ROWS),
    ]
    plain = tables[0].read_bytes()
    for name, content in (
        ("bom.csv", b"\xef\xbb\xbf" + plain),
        ("lf.csv", plain.replace(b"\r\n", b"\n")),
        ("t.csv.gz", gzip.compress(plain)),
        ("t.csv.bz2", bz2.compress(plain)),
        ("t.csv.xz", lzma.compress(plain)),
    ):
        tables.append(tmp_path / name)
        tables[-1].write_bytes(content)
    expected = {
        "labels": ("1840s", "1850s"),
        "names": ("a", "b", "c"),
        "dates": ("1846", "1853", "1859"),
        "lines": [["the sea", "the old sea"], ["the war, the sea"], ["an old war"]],
        "columns": {"speaker": ["Ann", "Bob", "Ann"]},
    }
    digests = set()
    for table in tables:
        found = seen(by_decade(table))
        digests.add(found.pop("digest"))
        assert found == expected, table.name
    assert len(digests) == 1
    whole = by_decade(tables[0])
    assert whole.metadata["documents"] == "row" and whole.units("speaker").values == ("Ann", "Bob")
    assert whole["1850s"].documents.names == ("b", "c")


def test_parquet_gives_the_same_corpus(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pyarrow.Table.from_pylist(ROWS)
    expected = seen(by_decade(write_csv(tmp_path / "t.csv", ROWS)))
    for number, years in enumerate(
        (
            pyarrow.array([1846, 1853, 1859], pyarrow.int16()),
            pyarrow.array([1846.0, 1853.0, 1859.0]),
            pyarrow.array(["1846", "1853", "1859"]),
        )
    ):
        path = tmp_path / f"{number}.parquet"
        parquet.write_table(table.set_column(1, "year", years), path, row_group_size=2)
        assert seen(by_decade(path)) == expected
    days = pyarrow.array([-45_000, None, -40_000], pyarrow.int32()).cast(pyarrow.date32())
    parquet.write_table(table.set_column(1, "year", days), tmp_path / "days.parquet")
    corpus = by_decade(tmp_path / "days.parquet")
    assert corpus.documents.dates == ("1846-10-18", "1860-06-26")
    assert corpus.metadata["report"]["rows"]["undated"] == 1


def test_a_broken_parquet_file_is_named(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "t.parquet"
    path.write_bytes(b"PAR1 nonsense PAR1")
    with pytest.raises(FormatError, match=r"t\.parquet is damaged or is no Parquet file \("):
        encode(path)
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), path)
    whole = path.read_bytes()
    for cut in (len(whole) // 2, len(whole) - 3):
        path.write_bytes(whole[:cut])
        with pytest.raises(FormatError, match=r"t\.parquet is damaged or is no Parquet file \("):
            encode(path)
    with pytest.raises(FormatError, match="standard input: Parquet is read from its end, so it must be a file"):
        encode("-", reading=Reading(records=Records(text_format="parquet")))
    (tmp_path / "t.parquet.gz").write_bytes(gzip.compress(whole))
    with pytest.raises(FormatError, match=r"t\.parquet\.gz: Parquet is packed inside; unpack the file first\."):
        encode(tmp_path / "t.parquet.gz")


def test_a_value_that_comes_a_million_times_is_in_memory_once(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    long = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 200, pyarrow.int32()), ["word " * 2_000_000])
    parquet.write_table(pyarrow.table({"text": long}), tmp_path / "t.parquet")
    rows = read_table(TableFile(str(tmp_path / "t.parquet"), "parquet"), {"text": "--text-column"})
    assert len(next(rows)[1]["text"]) == 10_000_000  # all 200 would be 2 GB


CELLS = st.lists(st.lists(st.text(st.sampled_from('a b,;"\n\t|é'), max_size=6), min_size=2, max_size=2), max_size=6)


@settings(deadline=None, max_examples=60)
@given(CELLS, st.sampled_from([",", "\t"]), st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_cells_are_those_that_python_writes(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str, end: str, every: bool
) -> None:
    written = io.StringIO()
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    rows = [["x", "y"], *rows, ["last", "row"]]
    csv.writer(written, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    path = tmp_path_factory.mktemp("csv") / ("t.tsv" if separator == "\t" else "t.csv")
    path.write_text(written.getvalue(), newline="")
    found = [list(cells.values()) for _, cells in read_table(TableFile(str(path), form_of(str(path), None)), {})]
    assert found == rows[1:]


def test_quotes_are_characters_if_asked(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text('year\ttext\n1846\t"Come! the sea\n1847\ta 5" gun, the sea\n')
    corpus = by_decade(path, quotes=False)
    assert [corpus.line(n) for n in range(2)] == ['"Come! the sea', 'a 5" gun, the sea']


def test_what_is_left_out_is_counted_with_examples(tmp_path: Path) -> None:
    years = [1846, "", "n.d.", "-44", "46", 1850, 1851, 1852]
    texts = ["the sea", "a b", "a b", "a b", "a b", " \n ", "...", "the war"]
    rows = [{"id": f"r{n % 7}", "year": y, "text": t} for n, (y, t) in enumerate(zip(years, texts, strict=True))]
    corpus = by_decade(write_csv(tmp_path / "t.csv", rows))
    report = corpus.metadata["report"]
    assert report["rows"] == {
        "empty_text": 1,
        "read": 7,
        "dates_out_of_range": 2,
        "duplicate_ids": 1,
        "undated": 1,
        "unreadable_dates": 1,
        "examples": {
            "dates_out_of_range": ["-44", "46"],
            "duplicate_ids": ["r0"],
            "undated": [f"{tmp_path / 't.csv'}, line 3"],
            "unreadable_dates": ["n.d."],
        },
        "columns_left_out": {},
    }
    assert corpus.documents.names == ("r0", "r0") and corpus.documents.dates == ("1846", "1852")
    assert report["documents"]["without_slice"] == 4 and report["lines"]["without_slice"] == 4
    undated = encode(tmp_path / "t.csv", reading=Reading(records=Records(date_column="year")), min_count=1)
    assert undated.documents.dates == ("1846", "", "", "", "", "1852") and undated.labels == ("all",)


def test_slices_by_period_column_and_bins(tmp_path: Path) -> None:
    rows = [{"year": y, "place": p, "text": f"the sea {y}"} for y, p in ((1859, "10"), (999, "9"), (1846, ""))]
    path = write_csv(tmp_path / "t.csv", rows)

    def labels(slice_by: str | None, bins: str | None = None, date: str | None = "year") -> tuple[str, ...]:
        reading = Reading(bins=bins, records=Records(date_column=date, slice_by=slice_by))
        return encode(path, reading=reading, min_count=1).labels

    assert labels("year") == ("999", "1846", "1859")
    assert labels("decade") == ("990s", "1840s", "1850s")
    assert labels("century") == ("900-999", "1800-1899")
    assert labels("50 years") == ("950-999", "1800-1849", "1850-1899")
    assert labels("place") == ("9", "10")
    assert labels("place", "10,9", None) == ("10", "9")
    assert labels(None, "1846-1858,1859") == ("1846-1858", "1859")
    with pytest.raises(FormatError, match=r"bin '1700-1799' has no document; the years or values seen run from 999 to"):
        labels(None, "1700-1799")


def test_headers_hold_dates_too(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("# 1846 A\nthe sea\n# 1853 B\nthe war\n# n.d. C\nout\n# 1859 D\nthe sea\n")
    reading = Reading(header=r"^# (\S+)", records=Records(slice_by="decade"))
    corpus = encode(path, reading=reading, min_count=1)
    assert corpus.labels == ("1840s", "1850s") and corpus.documents.names == ("A", "B", "D")
    assert corpus.metadata["report"]["documents"]["without_slice"] == 1
    assert corpus.metadata["report"]["rows"]["unreadable_dates"] == 1


def test_columns_are_labels_unless_asked_for(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {
            "": n,
            "text": "the sea",
            "summary": f"a text about nothing that is long, and like no other: {n}",
            "genre": ["news", "novel"][n % 2],
            "none": "",
            "page": "x" * 1001 if n == 7 else "",
        }
        for n in range(30)
    ]
    path = write_csv(tmp_path / "t.csv", rows)
    corpus = encode(path, min_count=1)
    assert list(corpus.documents.columns) == ["genre"] and corpus.units("genre").codes.tolist() == [0, 1] * 15
    left_out = corpus.metadata["report"]["rows"]["columns_left_out"]
    assert left_out == {
        "''": "no name that can be shown",
        "none": "empty",
        "page": "values of more than 1,000 characters",
        "summary": "long values, nearly all distinct (30)",
    }
    asked = encode(path, reading=Reading(records=Records(columns=("summary", "genre"))), min_count=1)
    assert list(asked.documents.columns) == ["summary", "genre"] and len(asked.units("summary").values) == 30
    with pytest.raises(FormatError, match=r"line 9: column 'page' has values of more than 1,000 characters; a unit"):
        encode(path, reading=Reading(records=Records(columns=("page",))), min_count=1)


def test_columns_survive_the_disk_and_another_save(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "t.csv", ROWS)
    reading = Reading(records=Records(date_column="year", slice_by="speaker"))
    made = encode(path, reading=reading, min_count=1, output=tmp_path / "c")
    made.save(tmp_path / "d")
    for folder in ("c", "d"):
        loaded = Corpus.load(tmp_path / folder)
        assert seen(loaded) == seen(made)
        assert loaded.units("speaker").codes.tolist() == [0, 0, 1]
    again = encode(path, reading=reading, min_count=1, output=tmp_path / "e")
    assert seen(again) == seen(made)
    names = [sorted((p.name, p.read_bytes()) for p in (tmp_path / n).iterdir() if p.suffix != ".json") for n in "ce"]
    assert names[0] == names[1]


def test_a_long_cell_is_what_the_same_text_in_a_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "the sea and the war " * 200 + "\n" + "one line\n" * 100 + "\n\nthe end, " * 50
    (tmp_path / "t.txt").write_text(text)
    plain = encode(tmp_path / "t.txt", reading=Reading(documents="file"), min_count=1)
    path = write_jsonl(tmp_path / "t.jsonl", [{"text": text}])
    for block, long in ((1 << 18, 1 << 20), (1000, 2000)):
        monkeypatch.setattr(wordvec.text.record_intake, "BLOCK", block)
        monkeypatch.setattr("wordvec.text.intake.LONG", long)
        corpus = encode(path, min_count=1)
        assert corpus.metadata["digest"] == plain.metadata["digest"]
        assert [corpus.line(n) for n in range(len(corpus))] == [plain.line(n) for n in range(len(plain))]


def test_a_folder_without_text_is_its_tables(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", ROWS[:2])
    write_csv(tmp_path / "b.csv", ROWS[2:])
    (tmp_path / "notes.md").write_text("x")
    corpus = by_decade(tmp_path)
    assert corpus.documents.names == ("a", "b", "c") and corpus.documents.files.tolist() == [0, 0, 1]
    assert corpus.metadata["report"]["files"]["left_out"] == {".md": 1}
    (tmp_path / "t.txt").write_text("a b\n")
    plain = encode(tmp_path, min_count=1)
    assert plain.documents.files.tolist() == [0]
    assert plain.metadata["report"]["files"]["left_out"] == {".csv": 2, ".md": 1}


def test_any_text_format_and_encoding_may_be_said(tmp_path: Path) -> None:
    path = tmp_path / "t.dat"
    path.write_bytes("year;text\n1846;der Käse\n".encode("cp1252"))
    reading = Reading(encoding="cp1252", records=Records(text_format="csv", date_column="year", slice_by="year"))
    corpus = encode(path, reading=reading, min_count=1)
    assert corpus.labels == ("1846",) and corpus.line(0) == "der Käse"
    assert corpus.metadata["settings"]["records"]["text_format"] == "csv"
    as_text = encode(
        write_csv(tmp_path / "t.csv", ROWS), reading=Reading(records=Records(text_format="text")), min_count=1
    )
    assert as_text.metadata["documents"] != "row"


def test_debates_as_tables_are_the_debates_with_headers(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "corpus/ungd/ungd-1946-1956.txt.xz"
    rows: list[dict[str, Any]] = []
    with lzma.open(source, "rt", encoding="utf-8") as stream:
        for line in stream:
            if line.startswith("### "):
                rows.append({"year": line[4:8], "country": line[9:].strip(), "text": ""})
            else:
                rows[-1]["text"] += line
    bins = "1946-1950,1951-1956"
    headed = encode(source, reading=Reading(header=r"^### (\d{4})", bins=bins))
    reading = Reading(bins=bins, records=Records(date_column="year"))
    for table in (write_csv(tmp_path / "t.csv", rows), write_jsonl(tmp_path / "t.jsonl", rows)):
        corpus = encode(table, reading=reading)
        assert corpus.metadata["digest"] == headed.metadata["digest"]
        assert (corpus.counts == headed.counts).all() and corpus.documents.dates == headed.documents.dates
        assert [corpus.line(n) for n in range(0, len(corpus), 99)] == [
            headed.line(n) for n in range(0, len(corpus), 99)
        ]
