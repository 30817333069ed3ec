"""``--graph`` and ``--phrases-from``: a knowledge graph on the command line."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wordvec import AlignedSlices, Corpus, SenseEmbeddings, Training
from wordvec.cli import cli
from wordvec.cli.graph_input import describe_lexicon
from wordvec.knowledge.builder import GraphBuilder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("old.txt").write_text("a heart attack is bad\nthe stroke is bad\nheart of gold\n" * 40)
    Path("new.txt").write_text("one heart attack or stroke\nwe hear the news\nasthma attack\n" * 30)
    builder = GraphBuilder()
    for concept, text in (("D1", "Heart attack"), ("D2", "Stroke"), ("D3", "Asthma attack risk")):
        builder.term(concept, text, "eng")
    builder.edge("D1", "D2", "related")
    builder.edge("D2", "D3", "isa")
    builder.build().save("g.wvg")
    Path("list.txt").write_text("heart attack\nasthma attack\n")
    return tmp_path


QUICK = ("--dim", 8, "--epochs", 1, "--subsample", 0)
ENCODE = ("encode", "--slice", "a=old.txt", "--slice", "b=new.txt", "-o")


def test_phrases_from_a_graph_or_a_list(folder: Path) -> None:
    result = run(*ENCODE, "g.wvc", "--phrases-from", "g.wvg")
    assert result.exit_code == 0
    assert "  phrases: 1 of 2 found, 70 times" in result.stderr.splitlines()
    assert "  phrases left out: 1 single words" in result.stderr.splitlines()
    assert "heart_attack" in Corpus.load("g.wvc").vocabulary
    result = run(*ENCODE, "l.wvc", "--phrases-from", "list.txt", "--min-count", 31)
    told = "  phrases: 2 of 2 found, 100 times; 1 of them (30 times) rarer than --min-count, so taken apart again"
    assert told in result.stderr.splitlines()
    result = run(*ENCODE, "m.wvc", "--phrases-from", "list.txt", "--min-count", 31, "--max-size", 99)
    assert "(30 times) rarer than --min-count or beyond --max-size, so taken apart again" in result.stderr
    result = run(*ENCODE, "v.wvc", "--phrases-from", "list.txt", "--vocabulary", "g.wvc")
    assert "1 of them (30 times) outside --vocabulary, so taken apart again" in result.stderr
    Path("more.txt").write_text("of gold\n")
    result = run(
        *ENCODE, "b.wvc", "--phrases-from", "list.txt", "--phrases-from", "g.wvg", "--phrases-from", "more.txt"
    )
    assert result.exit_code == 0 and "  phrases: 3 of 4 found, 140 times" in result.stderr.splitlines()
    assert {"asthma_attack", "heart_attack", "of_gold"} <= set(Corpus.load("b.wvc").vocabulary.words)
    Path("singles.txt").write_text("asthma\n")
    result = run(*ENCODE, "s.wvc", "--phrases-from", "singles.txt")
    assert result.exit_code == 3
    assert "singles.txt has no phrase of several words; the first is 'asthma'" in result.stderr


def test_text_encoded_against_such_words_is_read_the_same_way(folder: Path) -> None:
    run(*ENCODE, "g.wvc", "--phrases-from", "g.wvg")
    Path("later.txt").write_text("A heart attack\n")
    assert run("encode", "later.txt", "-o", "later.wvc", "--vocabulary", "g.wvc").exit_code == 0
    assert Corpus.load("later.wvc").sentence(0) == ["a", "heart_attack"]
    run("train", "g.wvc", "-o", "v.wv", *QUICK)
    assert run("encode", "later.txt", "-o", "again.wvc", "--vocabulary", "v.wv").exit_code == 0
    assert Corpus.load("again.wvc").sentence(0) == ["a", "heart_attack"]
    assert run("senses", "train", "g.wvc", "-o", "s.wv", "--method", "clusters", *QUICK).exit_code == 0
    assert SenseEmbeddings.load("s.wv").metadata["phrases"]["number"] == 2
    assert "heart_attack" in run("senses", "tag", "s.wv", "later.txt", "--plain").stdout


def test_train_with_a_graph(folder: Path) -> None:
    run(*ENCODE, "g.wvc", "--phrases-from", "g.wvg")
    result = run("train", "g.wvc", "-o", "v.wv", *QUICK, "--graph", "g.wvg", "--graph-weight", 0.5)
    assert result.exit_code == 0
    assert "  graph of weight 0.5: 2 words linked (2 related)" in result.stderr.splitlines()
    assert Training.load("v.wv").embeddings.metadata["graph"]["weight"] == 0.5
    result = run("train", "g.wvc", "-o", "w.wv", *QUICK, "--graph", "g.wvg", "--relation", "isa")
    assert result.exit_code == 3 and "the graph links no two words of the vocabulary" in result.stderr
    result = run("train", "g.wvc", "-o", "w.wv", *QUICK, "--relation", "isa")
    assert result.exit_code == 2 and "--directed are of --graph, which is not there" in result.stderr
    Path("pairs.txt").write_text("heart_attack stroke\n")
    result = run("train", "g.wvc", "-o", "l.wv", *QUICK, "--graph", "alike=pairs.txt", "--graph-format", "pairs")
    assert result.exit_code == 0 and "2 words linked (2 alike)" in result.stderr
    result = run("train", "g.wvc", "-o", "w.wv", *QUICK, "--graph", "g.wvg", "--graph-weight", 99)
    assert result.exit_code == 2 and "graph_weight must be from 0 to 10" in result.stderr


def test_a_graph_of_phrases_that_the_text_has_not(folder: Path) -> None:
    builder = GraphBuilder()
    for number in range(200):
        builder.term(f"P{number}", f"attack of kind {number}")
    builder.term("A", "attack")
    builder.term("B", "stroke")
    builder.edge("A", "B")
    builder.build().save("p.wvg")
    hint = (
        "  2 of 202 concepts with names are words of the vocabulary (1.0%); most names are of several words: encode "
        "the text with wordvec encode --phrases-from GRAPH and train on that"
    )
    result = run("train", "old.txt", "new.txt", "-o", "v.wv", *QUICK, "--graph", "p.wvg")
    assert result.exit_code == 0 and hint in result.stderr.splitlines()
    result = run("retrofit", "v.wv", "--graph", "p.wvg", "-o", "r.wv")
    assert result.exit_code == 0 and hint in result.stderr.splitlines()
    result = run("retrofit", "v.wv", "--graph", "g.wvg", "--method", "expanded", "-o", "s.wv")
    assert result.exit_code == 0 and "concepts with names" not in result.stderr


def test_a_graph_of_many_relations_is_told_in_one_line() -> None:
    edges = {f"r{n}": n for n in range(1, 9)}
    account = {"weight": 0.1, "linked_words": 9, "edges": edges, "left_out": {}}
    told = "  graph of weight 0.1: 9 words linked (8 r8, 7 r7, 6 r6, 5 r5, 4 r4, 6 of 3 more relations)"
    assert describe_lexicon(account) == [told]


def test_align_with_a_graph(folder: Path) -> None:
    run(*ENCODE, "g.wvc", "--phrases-from", "g.wvg")
    result = run("align", "g.wvc", "-o", "a.wvs", *QUICK, "--graph", "g.wvg")
    assert result.exit_code == 0
    assert "  graph of weight 0.1: 2 words linked (2 related)" in result.stderr.splitlines()
    result = run("align", "--slice", "c=new.txt", "--add-to", "a.wvs", "-o", "b.wvs", "--graph", "g.wvg")
    assert result.exit_code == 0, result.stderr
    assert "heart_attack" in AlignedSlices.load("b.wvs")["c"]
    result = run("align", "--slice", "c=new.txt", "--add-to", "a.wvs", "-o", "d.wvs")
    assert result.exit_code == 3 and "aligned with a lexicon; give it again (lexicon=, --graph)" in result.stderr
    result = run("align", "g.wvc", "-o", "p.wvs", *QUICK, "--method", "procrustes", "--graph", "g.wvg")
    assert result.exit_code == 2 and "--graph is for --method compass" in result.stderr


@pytest.mark.parametrize("pairs", ["heart attack,Stroke\n", "word1;word2;score\nstroke;heart_attack;7\n"])
def test_joint_training_without_the_pairs_of_a_test(folder: Path, pairs: str) -> None:
    run(*ENCODE, "g.wvc", "--phrases-from", "g.wvg")
    Path("edges.tsv").write_text("source\ttarget\nheart_attack\tstroke\nheart_attack\tgold\n")
    Path("test.csv").write_text(pairs)
    barred = ("--graph", "edges.tsv", "--exclude-eval", "test.csv", *QUICK)
    for command, to in (("train", "v.wv"), ("align", "a.wvs")):
        result = run(command, "g.wvc", "-o", to, *barred)
        assert result.exit_code == 0, result.stderr
        assert "  1 edges left out that are one of 1 test pairs" in result.stderr.splitlines()
        assert "2 words linked (" in result.stderr
    result = run("train", "g.wvc", "-o", "w.wv", "--exclude-eval", "test.csv", *QUICK)
    assert result.exit_code == 2 and "--exclude-eval is of --graph, which is not there." in result.stderr
    result = run("train", "g.wvc", "-o", "w.wv", "--graph", "edges.tsv", "--exclude-eval", "no.csv", *QUICK)
    assert result.exit_code == 3 and "no.csv does not exist." in result.stderr
