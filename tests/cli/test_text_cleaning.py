"""Options of ``wordvec encode`` about the state of a text, and what is said of a private one."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from wordvec.cli import cli
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.text.vocabulary import Vocabulary


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [*map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "old.txt").write_text("sow the muſick broad-\ncast\nthe ſea bank\n\nthe colour of bank river\n")
    (tmp_path / "new.txt").write_text("the live broadcast\nof the war\n\nthe sea bank money\n")
    (tmp_path / "map.tsv").write_text("musick\tmusic\ncolour\tcolor\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


SLICES = ("--slice", "old=old.txt", "--slice", "new=new.txt", "--min-count", "1", "-o", "c.wvc")


def test_what_was_replaced_and_joined_is_told(folder: Path) -> None:
    result = run("encode", *SLICES, "--normalise", "long-s", "--normalise", "map.tsv", "--join-hyphens")
    assert result.exit_code == 0, result.output
    assert "variants replaced: 3 words, 3 times: colour → color (1), muſick → music (1), ſea → sea (1)" in result.output
    assert "words broken by a line end: 1; 1 joined, 0 compounds with a hyphen, 0 left as two words" in result.output
    shown = run("info", "c.wvc").output
    assert "lexicon\tother slices" in shown
    assert "text of old\t" in shown and "of the words outside the lexicon, 0.00% single letters" in shown


def test_a_lexicon_is_named(folder: Path) -> None:
    (folder / "words.txt").write_text("the\nsea\nlive\nbroadcast\nof\nwar\nbank\nmoney\n")
    assert run("encode", *SLICES, "--lexicon", "words.txt").exit_code == 0
    shown = run("info", "c.wvc").output
    assert "lexicon\twords.txt" in shown and "text of new\t0.00% of the words outside the lexicon" in shown


def test_a_map_in_error_is_named(folder: Path) -> None:
    (folder / "map.tsv").write_text("a\tb\nb\ta\n")
    result = run("encode", *SLICES, "--normalise", "map.tsv")
    assert result.exit_code == 3
    assert "map.tsv, line 1: 'a' becomes 'b', and 'b' becomes 'a' (map.tsv, line 2): a circle" in result.output


def test_words_of_one_document_are_dropped(folder: Path) -> None:
    result = run("encode", *SLICES, "--min-documents", "2")
    assert "tokens left out: 12 below min documents (12 words)" in result.output, result.output
    words = run("info", "c.wvc").output
    assert "first words\tthe bank of" in words


def test_options_that_exclude_each_other(folder: Path) -> None:
    (folder / "words.txt").write_text("the\nsea\n")
    arguments = [each for each in SLICES if each not in ("--min-count", "1")]
    result = run("encode", *arguments, "--vocabulary", "words.txt", "--min-documents", "2")
    assert result.exit_code == 2 and "--min-documents chooses words, and --vocabulary has chosen them" in result.output
    result = run("encode", *SLICES, "--documents", "line", "--join-hyphens")
    assert result.exit_code == 2 and "--join-hyphens joins lines, and --documents line parts them" in result.output


def test_nothing_is_quoted_from_a_private_corpus(folder: Path) -> None:
    result = run("encode", *SLICES, "--no-examples")
    assert "no lines, paths or names of documents are kept; the words of each sentence are" in result.output
    assert "old.txt" not in run("info", "c.wvc").output
    eye = np.eye(2, dtype=np.float32)
    SenseEmbeddings(
        Vocabulary(("bank", "river", "money"), np.array([6, 3, 3])),
        vectors=np.stack([eye, eye, eye[::-1]]),
        prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
        context=np.array([[0, 0], [4, 0], [0, 4]], np.float32),
        gates=np.stack([0 * eye, eye]),
        gate_biases=np.zeros((2, 2), np.float32),
        gate_rows=np.array([1, 0, 0], np.int32),
    ).save("s.wvs")
    shown = run("senses", "show", "s.wvs", "bank", "--corpus", "c.wvc")
    assert shown.exit_code == 0, shown.output
    assert "No examples: this corpus was made with --no-examples: it keeps no lines" in shown.output
    assert "sea bank" not in shown.output
