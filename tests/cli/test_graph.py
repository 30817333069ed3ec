"""``wordvec graph``."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from wordvec.cli import cli, graph_input
from wordvec.cli.graph import _OUTPUTS
from wordvec.knowledge.forms import FORMATS
from wordvec.knowledge.reading import read_graph
from wordvec.knowledge.writing import OUTPUTS

MINI = Path(__file__).parent.parent / "knowledge" / "mini"


def run(*words, code=0):
    result = CliRunner().invoke(cli, ["graph", *map(str, words)])
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def test_the_formats_are_those_of_the_library():
    assert graph_input.FORMATS == FORMATS and tuple(OUTPUTS) == _OUTPUTS


def test_info():
    rows = {row["property"]: row["value"] for row in json.loads(run("info", MINI / "umls", "--table", "json").stdout)}
    expected = {
        "concepts": "30",
        "names in FRE": "4",
        "edges": "37, in one direction",
        "edges parent": "17",
        "most edges": "9: C0012634 (Disease)",
        "concepts on a cycle of is a": "0",
        "names of several concepts": "1: Cold (2)",
        "left out: suppressed": "2",
        "left out: rows of no relation": "1",
        "semantic type Neoplastic Process": "4",
        "format": "umls",
    }
    assert {key: rows[key] for key in expected} == expected
    words = run("info", MINI / "synonyms.txt", MINI / "antonyms.txt", "--table", "tsv").stdout
    assert "names\tthe concepts themselves\n" in words and "edges antonym\t1\n" in words


def test_options_choose():
    chosen = (
        "--language",
        "eng",
        "--source",
        "MSH",
        "--term-type",
        "MH",
        "--relation",
        "PAR",
        "--semantic-type",
        "T047",
    )
    shown = run("info", MINI / "umls", *chosen).stdout
    assert "names in ENG\t13" in shown and "left out: other term types" not in shown
    assert "left out: other sources" in shown
    assert "edges antonym" in run("info", MINI / "wordnet", "--lexical").stdout
    assert "edges paraphrase" in run("info", MINI / "lexicon.txt", "--list-relation", "paraphrase", "--directed").stdout


def test_convert(tmp_path):
    result = run("convert", MINI / "umls", "-o", tmp_path / "g.wvg")
    assert "30 concepts, 37 directed edges" in result.stderr and "1 dangling" in result.stderr
    run("convert", tmp_path / "g.wvg", "-o", tmp_path / "g.tsv", "--relation", "parent")
    assert read_graph(tmp_path / "g.tsv").n_edges == 17
    run("convert", tmp_path / "g.wvg", "-o", tmp_path / "lexicon", "--to", "lexicon")
    assert "Myocardial_infarction " in (tmp_path / "lexicon").read_text("utf-8")
    run("convert", tmp_path / "g.wvg", "-o", tmp_path / "g.graphml")
    assert run("info", tmp_path / "g.wvg").stdout == run("info", MINI / "umls").stdout


@pytest.mark.parametrize("name", ["g.wvg", "g.tsv"])
def test_an_output_that_is_there_is_not_replaced_unasked(tmp_path, name):
    run("convert", MINI / "lexicon.txt", "-o", tmp_path / name)
    before = sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*"))
    result = run("convert", MINI / "missing.txt", "-o", tmp_path / name, code=3)
    assert f"{name} exists; choose another output or pass --overwrite" in result.stderr, "said before reading"
    assert sorted(path.stat().st_mtime_ns for path in tmp_path.rglob("*")) == before
    run("convert", MINI / "lexicon.txt", "-o", tmp_path / name, "--overwrite")


def test_errors_are_one_line(tmp_path):
    latin = tmp_path / "l.txt"
    latin.write_bytes("chat félin\n".encode("latin-1"))
    message = run("info", latin, code=3).stderr
    assert "l.txt, line 1, byte offset 6: the byte 0xe9 is not UTF-8 here; pass --encoding" in message
    assert len(message.splitlines()) == 1
    assert "concepts\t2" in run("info", latin, "--encoding", "latin-1").stdout
    assert "left out: undecodable characters\t1" in run("info", latin, "--errors", "replace").stdout
    assert "must be among those that were read" in run("info", MINI / "umls", "--relation", "isa", code=2).stderr
    assert "the ending must be one of" in run("convert", MINI / "umls", "-o", tmp_path / "g.x", code=2).stderr


def test_convert_says_what_a_format_cannot_hold(tmp_path):
    (tmp_path / "list.txt").write_text("cat feline \x01\n")
    result = run("convert", tmp_path / "list.txt", "-o", tmp_path / "g.tsv")
    told = "  not written, for the format cannot hold their characters: 1 concepts, 1 edges"
    assert told in result.stderr.splitlines()
