"""Graphs in other people's formats, and back."""

import networkx
import pytest

from wordvec import FormatError, OutputExistsError, ParameterError
from wordvec.knowledge.builder import GraphBuilder
from wordvec.knowledge.graph import KnowledgeGraph
from wordvec.knowledge.reading import read_graph
from wordvec.knowledge.writing import write_graph


def build(directed):
    builder = GraphBuilder(directed=directed)
    builder.term("D1", "Heart attack", "eng")
    builder.term("D1", "infarctus", "fra")
    builder.term("D2", "heart disease", "eng")
    builder.edge("D1", "D2", "isa", 0.25)
    builder.edge("D1", "D3", "part of")
    return builder.build({"source": "here"})


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("name", ["g.tsv", "g.tsv.gz", "g.wvg"])
def test_edges_there_and_back(tmp_path, directed, name):
    graph = build(directed)
    write_graph(graph, tmp_path / name)
    again = read_graph(tmp_path / name)
    assert list(again.edges()) == list(graph.edges()) and again.directed == directed


def test_a_lexicon(tmp_path):
    write_graph(build(True), tmp_path / "g.txt")
    assert (tmp_path / "g.txt").read_text().splitlines() == [
        "Heart_attack heart_disease infarctus",
        "infarctus Heart_attack heart_disease",
    ]
    write_graph(build(False), tmp_path / "h.txt")
    assert "heart_disease Heart_attack infarctus" in (tmp_path / "h.txt").read_text()
    words = GraphBuilder()
    words.edge("cat", "feline", "synonym")
    write_graph(words.build(), tmp_path / "w.txt")
    assert (tmp_path / "w.txt").read_text() == "cat feline\nfeline cat\n"


@pytest.mark.parametrize("directed", [False, True])
def test_graphml(tmp_path, directed):
    write_graph(build(directed), tmp_path / "g.graphml")
    found = networkx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    assert found.is_directed() == directed and found.nodes["D1"]["terms"] == "Heart attack|infarctus"
    again = KnowledgeGraph.from_networkx(networkx.MultiDiGraph(found) if directed else found)
    assert {edge.relation for edge in again.edges()} == {"isa", "part of"}
    assert min(edge.weight for edge in again.edges()) == 0.25


def test_what_a_format_cannot_hold(tmp_path):
    builder = GraphBuilder()
    builder.edge("a\tb", "c\x01")
    graph = builder.build()
    with pytest.raises(FormatError, match="cannot stand in a table: it has a control character or a blank at an end"):
        write_graph(graph, tmp_path / "g.tsv")
    with pytest.raises(FormatError, match="cannot stand in GraphML: it has a character that XML does not know"):
        write_graph(graph, tmp_path / "g.graphml")
    assert not list(tmp_path.iterdir()), "nothing half-written"
    write_graph(graph, tmp_path / "g.wvg")
    assert read_graph(tmp_path / "g.wvg").concepts == graph.concepts


def test_what_a_format_cannot_hold_is_left_out_and_counted(tmp_path):
    builder = GraphBuilder()
    for target in ("b", "c\x01", "\x01"):
        builder.edge("a", target)
    builder.edge("c\x01", "\x01")
    builder.term("b", "be\x02")
    builder.term("b", "bee")
    graph = builder.build()
    assert write_graph(graph, tmp_path / "g.tsv") == {"concepts": 2, "edges": 3}
    assert (tmp_path / "g.tsv").read_text() == "node1\tnode2\trelation\tweight\na\tb\trelated\t1\n"
    assert write_graph(graph, tmp_path / "g.graphml") == {"concepts": 2, "edges": 3, "names": 1}
    found = networkx.read_graphml(tmp_path / "g.graphml")
    assert set(found) == {"a", "b"} and found.nodes["b"]["terms"] == "bee"
    builder = GraphBuilder()
    builder.edge("a", "b", "is\ta")
    with pytest.raises(FormatError, match=r"the relation 'is\\ta' cannot stand in a table"):
        write_graph(builder.build(), tmp_path / "r.tsv")


def test_outputs_that_will_not_do(tmp_path):
    with pytest.raises(
        ParameterError, match=r"g.csv: the ending must be one of .wvg \(wvg\), .tsv \(edges\), .*or name"
    ):
        write_graph(build(True), tmp_path / "g.csv")
    with pytest.raises(ParameterError, match="format must be one of wvg, edges, lexicon, graphml, got 'csv'"):
        write_graph(build(True), tmp_path / "g.csv", format="csv")
    write_graph(build(True), tmp_path / "g.csv", format="edges")
    with pytest.raises(OutputExistsError, match="exists; choose another output"):
        write_graph(build(False), tmp_path / "g.csv", format="edges")
    write_graph(build(False), tmp_path / "g.csv", format="edges", overwrite=True)
    assert read_graph(tmp_path / "g.csv").directed is False
