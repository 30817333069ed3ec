"""Graphs that are not what they should be: each is refused with its place, or counted."""

import gzip
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from wordvec import FormatError, ParameterError
from wordvec.knowledge.description import ambiguous_names, describe_graph, find_cycles
from wordvec.knowledge.reading import read_graph

MINI = Path(__file__).parent / "mini"
CONSO = "C0000001|ENG|P|L1|PF|S1|Y|A1||M1|D1|MSH|MH|D1|heart|0|N|256|\n"
REL = "C0000001|A1|AUI|PAR|C0000002|A2|AUI||R1||MSH|MSH|||N||\n"


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("MRCONSO.RRF", CONSO + "C1|ENG|P\n", r"MRCONSO.RRF, line 2: expected 18 fields separated by \|, .* found 3"),
        ("MRREL.RRF", REL + REL[:-2] + "x|y|\n", r"MRREL.RRF, line 2: expected 16 fields .* as MRREL has, found 17"),
        ("MRREL.RRF", REL.replace("PAR", "ZZ"), r"line 1: REL must be one of PAR, CHD, .*, got 'ZZ'"),
        ("MRREL.RRF", REL.replace("C0000002", ""), "line 1: the second CUI is empty"),
        ("MRREL.RRF", REL.replace("C0000001", ""), "line 1: the CUI is empty"),
        ("MRSTY.RRF", "C1|T047|B|Disease|AT|256|7\n", r"line 1: expected 6 fields .* as MRSTY has, found 7"),
        ("x.RRF", "C0000001|a|b|c|d|e|f\n", r"expected fields separated by \|: 18 \(MRCONSO\), .*; found 7"),
        ("e.tsv", "source\ttarget\tweight\na\tb\t-1\n", "e.tsv, line 2: a weight must be a finite number .*, got -1"),
        ("e.tsv", "source\ttarget\tweight\na\tb\tnan\n", "line 2: a weight must be a finite number from 0, got nan"),
        ("e.tsv", "source\ttarget\tweight\na\tb\t1\na\tb\tinf\n", "line 3: a weight must be .*, got inf"),
        ("e.tsv", "source\ttarget\tweight\na\tb\theavy\n", "line 2: a weight must be a finite number from 0"),
        ("e.tsv", "source\ttarget\na\tb\tc\n", "e.tsv, line 2: expected 2 columns separated by tabs, got 3"),
        ("e.tsv", "source\ttarget\na\t\n", "e.tsv, line 2: the target is empty"),
        ("e.tsv", "source\ttarget\na\tb\x07\n", r"e.tsv, line 2: holds the control character '\\x07'; is it text\?"),
        ("p.txt", "a b\n" * 120 + "a b c d\n", "p.txt, line 121: expected two words and perhaps a weight, got 4"),
        ("p.txt", "a b -2\n", "p.txt, line 1: a weight must be a finite number from 0, got -2"),
        ("v.txt", "the 0.1 0.2 0.3\nof 0.2 0.3 0.4\n", "v.txt looks like vectors: words and numbers"),
        ("w.txt", "the\nof\n", "w.txt: one word a line; a graph needs words that belong together"),
        ("t.tsv", "a\tb\tc\td\te\n", "t.tsv, line 1: cannot tell the format of 5 columns .*give it a header"),
        ("empty.txt", "", "empty.txt is empty"),
        ("blank.txt", "\n \n", "blank.txt is empty"),
        ("b.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "b.txt, line 3, byte offset 8: there is a NUL byte"),
        ("l.txt", "chat félin\n".encode("latin-1") * 3, r"l.txt, line 1, byte offset 6: the byte 0xe9 .*--encoding "),
        ("m.txt", "chat félin\n".encode() + "chat félin\n".encode("latin-1"), "line 2, byte offset 18: the byte 0xe9"),
        ("x.gz", b"\x1f\x8b broken", "x.gz is damaged or cut short"),
        ("data.noun", "00000100 17 n 01\n", "data.noun is a file; WordNet's database is a folder: name that"),
        ("x.obo", "[Term]\nname: no id\n", r"x.obo, line 2: a \[Term\] without an id ends here"),
        ("x.obo", "[Term]\nid: X:1\nfree text\n", "x.obo, line 3: expected a tag and a value"),
        ("x.obo", "[Term]\nid: X:1\nrelationship: part_of\n", "x.obo: obonet cannot read it"),
        ("x.obo", "format-version: 1.2\n", r"there is no \[Term\] in it that is not obsolete"),
        ("wn.tab", "# Toy\tfra\tx\ty\n1-n\tfra:lemma\tmot\n", "wn.tab, line 2: expected a synset .*separated by tabs"),
        ("wn.tab", "# Toy\n00000100-n\tlemma\tmot\n", None),
        (
            "m.tsv",
            "Tree Number\tDesc Ui\tTerm\nZ9\tD1\tX\n",
            r"m.tsv, line 2: expected a tree number .* got 'Z9'",
        ),
        ("m.tsv", "C14\tD1\tX\nC14\tD2\tY\n", "m.tsv, line 2: C14 is the place of D1 and of D2"),
        ("c.csv", "/a/[x]\t/r/IsA\t/c/en/a\t/c/en/b\t{\n", "c.csv, line 1: expected JSON with a weight in column 5"),
        ("c.csv", '/a/[x]\t/r/IsA\t/c/en/a\t/c/en/b\t{"weight": -1}\n', "c.csv, line 1: a weight must be .* got -1"),
        ("c.csv", "/a/[x]\t/r/IsA\t/c/en/a\t/c/en/b\t\nrest\n", "c.csv, line 2: expected assertion, relation"),
        ("bn.tsv", "bn:00000001n\tEN\t\n", "bn.tsv, line 1: the last column is empty"),
        ("bn.tsv", "bn:00000001n\tEN\tcat\n\tEN\tx\n", "bn.tsv, line 2: the synset is empty"),
        ("s.tsv", "synset\tlemmas\n1\t\n", "s.tsv, line 2: the synset has no lemmas"),
    ],
)
def test_broken_files_are_refused_with_their_place(tmp_path, name, content, message):
    path = write(tmp_path / name, content)
    with pytest.raises(FormatError, match=message):
        read_graph(path, format="omw" if message is None else None)


def test_formats_that_the_file_has_not(tmp_path):
    path = write(tmp_path / "x.tsv", "a\tb\n")
    with pytest.raises(FormatError, match="expected a header with source and target"):
        read_graph(path, format="edges")
    with pytest.raises(FormatError, match="expected a header with synset and lemmas"):
        read_graph(path, format="synsets")
    with pytest.raises(FormatError, match="a graph of ours is a folder"):
        read_graph(path, format="wvg")
    with pytest.raises(FormatError, match="holds no graph of format wordnet.*else name a file of it: x.tsv"):
        read_graph(tmp_path, format="wordnet")
    write(tmp_path / "y.tsv", "a\tb\n")
    with pytest.raises(FormatError, match=r"holds no graph; expected MRCONSO.RRF or MRREL.RRF, data.noun"):
        read_graph(tmp_path)
    with pytest.raises(FormatError, match="does not exist"):
        read_graph(tmp_path / "missing.txt")
    with pytest.raises(ParameterError, match="list_relation must be a name that is not empty, got ' '"):
        read_graph(path, list_relation=" ")


def test_a_bar_at_the_end_of_a_row_may_be_missing(tmp_path):
    write(tmp_path / "MRCONSO.RRF", CONSO.replace("256|", "256") + CONSO.replace("C0000001", "C0000002"))
    write(tmp_path / "MRREL.RRF", REL.replace("||\n", "|\n"))
    assert read_graph(tmp_path).n_edges == 1


def test_other_encodings(tmp_path):
    path = write(tmp_path / "l.txt", "chat félin\n".encode("latin-1"))
    assert "félin" in read_graph(path, encoding="latin-1")
    replaced = read_graph(path, errors="replace")
    assert replaced.metadata["left_out"] == {"undecodable_characters": 1}


def test_cycles_are_counted(tmp_path):
    pairs = ((1, 2), (2, 3), (3, 1), (4, 1))
    rows = [f"C000000{a}|A1|AUI|PAR|C000000{b}|A2|AUI||R1||MSH|MSH|||N||\n" for a, b in pairs]
    graph = read_graph(write(tmp_path / "MRREL.RRF", "".join(rows)))
    assert find_cycles(graph) == {"is a": ("C0000001", "C0000002", "C0000003")}
    shown = dict(describe_graph(graph).values.tolist())
    assert shown["concepts on a cycle of is a"] == "3: C0000001, C0000002, C0000003"
    ontology = read_graph(write(tmp_path / "x.obo", "[Term]\nid: A\nis_a: B\n\n[Term]\nid: B\nis_a: A\n"))
    assert find_cycles(ontology) == {"is a": ("A", "B")}
    assert find_cycles(read_graph(MINI / "umls")) == {"is a": ()}
    assert find_cycles(read_graph(MINI / "lexicon.txt")) == {}


def test_a_name_of_several_concepts_is_counted_not_guessed():
    graph = read_graph(MINI / "umls")
    assert ambiguous_names(graph) == {("Cold", "ENG"): 2}
    assert dict(describe_graph(graph).values.tolist())["names of several concepts"] == "1: Cold (2)"


def test_a_hub(tmp_path):
    words = " ".join(f"w{i}" for i in range(200_000))
    graph = read_graph(write(tmp_path / "hub.txt", f"hub {words}\nhub x y\n"))
    assert graph.n_edges == 200_002
    assert dict(describe_graph(graph).values.tolist())["most edges"] == "200,002: hub"


GROWTH = """
import resource, sys
from wordvec.errors import WordvecError
from wordvec.knowledge.reading import read_graph
import obonet
read_graph(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_graph(sys.argv[2])
except WordvecError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def bomb(name):
    if name == "line.txt":  # 300 MB and no line end; holes in the file would be NUL bytes
        return b"a" * (300 << 20)
    if name == "line.obo.gz":
        return gzip.compress(b"[Term]\nid: A\nname: " + b"a" * (300 << 20), 1)
    if name == "rows.txt.xz":
        return lzma.compress(b"cat feline\n" * (10 << 20), preset=1)
    if name == "rows.obo.gz":
        return gzip.compress(b"[Term]\nid: A\n\n" * (10 << 20), 9)
    return gzip.compress(REL.encode() * (2 << 20), 9)


@pytest.mark.parametrize("name", ["line.txt", "line.obo.gz", "rows.txt.xz", "rows.obo.gz", "MRREL.RRF.gz"])
def test_bombs_and_endless_lines_are_refused_early(tmp_path, name):
    path = write(tmp_path / name, bomb(name))
    run = [sys.executable, "-c", GROWTH, str(MINI / "toy.obo"), str(path)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    path.unlink()
    message, growth = done.stdout.splitlines()
    assert "is it a table?" in message or "unpacks to more than 200 times its size" in message
    assert float(growth) < 64, "MB"
