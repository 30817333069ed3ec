import numpy as np

from wordvec import Corpus
from wordvec.text.documents import Column, Documents
from wordvec.text.selection import count_document_tokens, take_documents


def make():
    lines = [["a", "b"], ["c"], [], ["a", "a", "d"], ["b", "d"]]
    plain = Corpus.from_sentences({"x": lines[:3], "y": lines[3:]}, min_count=1)
    speakers = Column.from_values(["Ann", "Bob", "Ann"])
    documents = Documents(
        np.array([0, 2, 4, 5]), np.zeros(3, np.int32), ("one", "two", "three"), None, {"who": speakers}
    )
    return Corpus(
        plain.vocabulary,
        plain.ids,
        plain.offsets,
        documents,
        ("x", "y"),
        np.array([0, 1, 3]),
        plain.counts,
        None,
        {"k": 1},
    )


def test_documents_are_taken_with_all_that_is_said_of_them():
    corpus = make()
    found = take_documents(corpus, {"p": np.array([2, 0]), "q": np.array([], np.int64), "r": np.array([1, 1])})
    assert found.labels == ("p", "q", "r")
    assert list(found.sentences()) == [["b", "d"], ["a", "b"], ["c"], [], ["a", "a", "d"], [], ["a", "a", "d"]]
    assert found.documents.names == ("three", "one", "two", "two")
    assert found.units("who").codes.tolist() == [0, 0, 1, 1]
    assert found.slice_offsets.tolist() == [0, 2, 2, 4]
    for t, label in enumerate(found.labels):
        said = [w for sentence in found[label].sentences() for w in sentence]
        assert found.counts[t].tolist() == [said.count(w) for w in found.vocabulary]
    assert found.metadata == {"k": 1}


def test_of_a_view_and_its_tokens():
    corpus = make()
    assert count_document_tokens(corpus).tolist() == [3, 3, 2]
    view = corpus["y"]
    assert count_document_tokens(view).tolist() == [3, 2]
    assert list(take_documents(view, {"z": np.array([1])}).sentences()) == [["b", "d"]]


def test_lines_can_still_be_quoted(tmp_path, monkeypatch):
    from click.testing import CliRunner

    from wordvec.cli import cli

    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.txt").write_text("one sea here\ntwo sea there\nthree sea anywhere\n")
    run = CliRunner().invoke(cli, ["encode", "t.txt", "-o", "c.wvc", "--min-count", "1"])
    assert run.exit_code == 0, run.output
    corpus = Corpus.load("c.wvc")
    found = take_documents(corpus, {"all": np.array([1, 1])})
    assert found.line(found.n_sentences - 1) == corpus.line(corpus.n_sentences - 2) == "two sea there"
