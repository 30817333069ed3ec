"""What is wrong with a table, or with the options about it, is named: file, line, and what to do."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from small_tables import by_decade, write_csv, write_jsonl

import wordvec.text.record_intake
import wordvec.text.table_rows
from wordvec.errors import FormatError, ParameterError
from wordvec.text.encode import Reading, encode, encode_slices
from wordvec.text.records import Records

REFUSED = [
    ("t.csv", "text,year\na,1846,x\n", "line 2: the row has 3 cells and the header 2; is there a separator (',')"),
    ("t.csv", "text,year\na b\n", "line 2: the row has 1 cells and the header 2"),
    ("t.csv", 'text,year\n"a b,1846\nc d,1847\n', "line 2: a quote is opened in this row and never closed. Pass --no"),
    ("t.csv", 'text,year\n"a"b,1846\n', "the row of line 2: 'b,1846' follows a closing quote in cell 1; a quote"),
    ("t.csv", "text,text\na,b\n", "line 1: there are two columns 'text'; rename one."),
    (
        "t.csv",
        "Text,year\na,1846\n",
        "t.csv has no column 'text' (--text-column); its columns are Text, year. Did you m",
    ),
    ("t.csv", "text,date\na,1846\n", "t.csv has no column 'year' (--date-column); its columns are text, date."),
    ("t.csv", "text,year\n", "t.csv has no rows."),
    ("t.csv", "", "t.csv is empty."),
    ("t.csv", "text,year\nthe sea,3/4/1846\n", "line 2: the date '3/4/1846' may be read in two ways; say which is day"),
    ("t.csv", "text,year\nthe sea,n.d.\n", "no document says its slice (slice_by 'decade'); unreadable dates: n.d.."),
    ("t.jsonl", '{"text": "a", "year": 1846}\n{"text": \n', "line 2: this is no JSON ("),
    ("t.jsonl", "[\n{}\n]\n", "line 1: this is no JSON"),
    ("t.jsonl", "[1]\n", "line 1: expected a JSON object ({...}), got an array; each line is one document."),
    ("t.jsonl", "3\n", "line 1: expected a JSON object ({...}), got a number"),
    ("t.jsonl", "[" * 100_000 + "\n", "line 1: this is no JSON (it is nested too deep)."),
    ("t.jsonl", '{"text": 3, "year": 1846}\n', "line 1: column 'text' must hold text, got a number or date; name an"),
    ("t.jsonl", '{"text": ["a"], "year": 1846}\n', "line 1: column 'text' must hold text, got a list"),
    ("t.jsonl", '{"body": "a", "year": 1846}\n', "has no column 'text' (--text-column); its columns are body, year."),
    ("t.jsonl", '{"text": "a \\ud800", "year": 1846}\n', "line 1: column 'text' holds '\\ud800', half a character; "),
    ("t.jsonl", '{"text": "a \\u0000", "year": 1846}\n', "line 1: there is a NUL character in column 'text'; is it"),
]


@pytest.mark.parametrize(("name", "content", "message"), REFUSED)
def test_what_is_refused_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises((FormatError, ParameterError)) as caught:
        by_decade(tmp_path / name)
    assert message in str(caught.value)


def test_a_cell_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordvec.text.record_intake, "CELL_LIMIT", 100)
    path = write_jsonl(tmp_path / "t.jsonl", [{"text": "a " * 51}])
    message = r"line 1: the text has 102 characters, and a cell may have 100; cut it into several rows\."
    with pytest.raises(FormatError, match=message):
        encode(path)
    monkeypatch.setattr(wordvec.text.table_rows, "CELL_LIMIT", 100)
    (tmp_path / "t.csv").write_text('text\n"' + "a\n" * 60 + '"\n')
    with pytest.raises(FormatError, match="line 2: a cell in quotes has more than 100 bytes; is a quote never closed"):
        encode(tmp_path / "t.csv")


def test_an_endless_line_and_a_bomb_are_refused_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordvec.text.table_rows, "LIMITS", wordvec.text.table_rows.LIMITS._replace(line_bytes=1 << 20))
    (tmp_path / "t.csv").write_text("text\n" + "a " * (1 << 20) + "\n")
    with pytest.raises(FormatError, match=r"line 2: more than 1,048,576 bytes; no row may have more: cut the text"):
        encode(tmp_path / "t.csv")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b"text\n" + b"a b\n" * (4 << 20)))
    with pytest.raises(FormatError, match=r"b\.csv\.gz unpacks to more than 200 times its size, as no text does"):
        encode(tmp_path / "b.csv.gz")


def test_half_a_character_is_replaced_and_counted_if_asked(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"text": "a b\\ud800"}\n')
    corpus = encode(tmp_path / "t.jsonl", reading=Reading(errors="replace"), min_count=1)
    assert corpus.line(0) == "a b?" and corpus.metadata["report"]["rows"]["half_characters"] == 1


def test_too_many_slices_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wordvec.text.record_intake, "_MOST_SLICES", 2)
    path = write_csv(tmp_path / "t.csv", [{"text": "a b", "user": f"u{n}"} for n in range(3)])
    with pytest.raises(ParameterError, match="slice_by 'user' makes more than 2 slices; take a column of fewer values"):
        encode(path, reading=Reading(records=Records(slice_by="user")), min_count=1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text_format": "xml"}, "text_format must be one of text, csv, tsv, jsonl, parquet, conllu, got 'xml'"),
        ({"layer": "stem"}, "layer must be one of form, lemma, lemma_pos, got 'stem'"),
        ({"date_format": "%d/%m/%Y"}, "date_format must be given with date_column, got '%d/%m/%Y'"),
        ({"columns": ("a", "a")}, "columns must be names, each once, got ('a', 'a')"),
    ],
)
def test_records_are_checked(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Records(**options)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("reading", "message"),
    [
        ({"records": Records(slice_by="decade")}, "slice_by 'decade' needs date_column: the column of a table or of"),
        (
            {"records": Records(slice_by="decade", date_column="d"), "bins": "1-2"},
            "slice_by 'decade' and bins both make slices of dates; leave one out",
        ),
        ({"records": Records(), "bins": "1-2"}, "bins of a table need date_column or slice_by: a column whose years"),
        (
            {"records": Records(slice_by="x"), "header": "#"},
            "slice_by must be year, decade, century or N years with he",
        ),
        ({"records": Records(metadata="m.csv"), "header": "#"}, "header and metadata both say what a text is; leave"),
    ],
)
def test_slices_that_nothing_makes_are_refused(reading: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Reading(**reading)
    assert str(caught.value).startswith(message)


def test_options_of_another_kind_of_file_are_refused(tmp_path: Path) -> None:
    table, text, words = tmp_path / "t.csv", tmp_path / "t.txt", tmp_path / "t.conllu"
    table.write_text("text\na b\n")
    text.write_text("a b\n")
    words.write_text("1\ta\ta\tX\t_\t_\t0\t_\t_\t_\n")
    for paths, reading, message in (
        (table, Reading(documents="line"), "documents is for plain text; a row of a table is a document: leave"),
        (words, Reading(header="#"), "header is for plain text; # newdoc begins a document: leave header out"),
        (table, Reading(records=Records(metadata="m")), "metadata is about text files; a table has columns of its"),
        (words, Reading(records=Records(text_column="t")), "text_column is for tables; in CoNLL-U layer says which"),
        (text, Reading(records=Records(text_column="t")), "text_column needs a table (.csv, .tsv, .jsonl, .parquet;"),
        (text, Reading(records=Records(slice_by="t")), "slice_by needs a table (.csv, .tsv, .jsonl, .parquet; or"),
        (table, Reading(records=Records(layer="lemma")), "layer 'lemma' needs CoNLL-U (.conllu, or text_format conl"),
        ([table, text], Reading(), f"{table} is a table, {text} is plain text; one corpus is made of one kind: en"),
    ):
        with pytest.raises((ParameterError, FormatError)) as caught:
            encode(paths, reading=reading)
        assert str(caught.value).startswith(message)
    with pytest.raises(ParameterError, match="slice_by makes the slices itself: encode the texts without labels"):
        encode_slices({"a": table, "b": table}, reading=Reading(records=Records(slice_by="x")), min_count=1)
    labeled = encode_slices({"a": table, "b": table}, min_count=1)
    assert labeled.labels == ("a", "b") and labeled.documents.names == ("t.csv:2", "t.csv:2")
