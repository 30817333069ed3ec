from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wordvec import AlignedSlices, Corpus, Training
from wordvec.cli import cli


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, arguments)))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("old.txt").write_text("we sow the seed in the field\nthe sea is wide\n" * 40)
    Path("new.txt").write_text("we hear the news in the field\nthe war is long\n" * 30)
    Path("long.txt").write_text("sea war peace " * 1000)
    assert run("encode", "--slice", "a=old.txt", "--slice", "b=new.txt", "-o", "c.wvc").exit_code == 0
    return tmp_path


QUICK = ("--dim", 8, "--epochs", 1, "--subsample", 0)


def test_train_takes_a_corpus_or_texts_and_says_what_came_out(folder: Path) -> None:
    result = run("train", "c.wvc", "-o", "v.wv", *QUICK)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith("v.wv written: 13 words, 8 dimensions, loss ")
    assert result.stderr.rstrip().endswith("nats per pair")
    training = Training.load("v.wv")
    assert training.embeddings.metadata["settings"]["dim"] == 8
    assert training.embeddings.metadata["corpus"] == Corpus.load("c.wvc").digest
    result = run("train", "old.txt", "new.txt", "-o", "w.wv", *QUICK, "--model", "cbow")
    assert result.stderr.rstrip().endswith("nats per window")
    assert Training.load("w.wv").embeddings.metadata["model"] == "cbow"


def test_the_same_command_writes_the_same_bytes_for_any_threads(folder: Path) -> None:
    for name, threads in (("1.wvs", 1), ("2.wvs", 2)):
        assert run("align", "c.wvc", "-o", name, *QUICK, "--threads", threads).exit_code == 0
    assert Path("1.wvs/metadata.json").read_bytes() == Path("2.wvs/metadata.json").read_bytes()
    assert run("validate", "2.wvs").exit_code == 0


def test_words_that_do_not_occur_and_pairs_that_are_lost_are_counted(folder: Path) -> None:
    result = run("train", "old.txt", "-o", "v.wv", *QUICK, "--vocabulary", "c.wvc")
    assert "  4 words of the vocabulary do not occur in this text and have no vector" in result.stderr.splitlines()
    result = run("train", "long.txt", "-o", "l.wv", *QUICK, "--window", 2)
    assert "  12 word pairs lost where lines of over 1,000 words were cut" in result.stderr.splitlines()
    result = run("align", "--slice", "l=long.txt", "-o", "l.wvs", *QUICK, "--window", 2)
    assert "  12 word pairs lost where lines of over 1,000 words were cut" in result.stderr.splitlines()


def test_align_prints_shares_and_the_proof(folder: Path) -> None:
    result = run("align", "c.wvc", "-o", "a.wvs", *QUICK)
    lines = result.stderr.splitlines()
    assert lines[:3] == [
        "a.wvs written: 13 words, 8 dimensions",
        "  slice a: 440 tokens (57.1%), 9 words",
        "  slice b: 330 tokens (42.9%), 9 words",
    ]
    digest = AlignedSlices.load("a.wvs").metadata["compass_sha256"]
    assert lines[3] == f"  the compass is the same before and after every slice: {digest[:16]}"


def test_a_slice_is_added_however_its_text_comes(folder: Path) -> None:
    assert run("align", "c.wvc", "-o", "a.wvs", *QUICK, "--min-slice-count", 2).exit_code == 0
    Path("late.txt").write_text("we hear the zeppelin in the field\nthe war is long\n" * 20)
    assert run("encode", "--slice", "late=late.txt", "-o", "late.wvc", "--vocabulary", "a.wvs").exit_code == 0
    result = run("align", "--slice", "late=late.txt", "--add-to", "a.wvs", "-o", "text.wvs")
    assert "  20 tokens (1 words) left out: the compass does not know them" in result.stderr.splitlines()
    assert run("align", "late.wvc", "--add-to", "a.wvs", "-o", "corpus.wvs").exit_code == 0
    by_text, by_corpus, old = (AlignedSlices.load(p) for p in ("text.wvs", "corpus.wvs", "a.wvs"))
    assert by_text.labels == ("a", "b", "late")
    assert by_text["late"].vectors.tobytes() == by_corpus["late"].vectors.tobytes()
    assert by_text["a"].vectors.tobytes() == old["a"].vectors.tobytes()
    assert run("validate", "text.wvs").exit_code == 0
    for option, value in (("--dim", 9), ("--min-count", 2), ("--vocabulary", "c.wvc"), ("--method", "compass")):
        result = run("align", "--slice", "x=late.txt", "--add-to", "a.wvs", "-o", "no.wvs", option, value)
        assert result.exit_code == 2
        message = f"Error: {option} is fixed by --add-to: new slices use the settings and words of a.wvs."
        assert result.stderr.splitlines()[-1] == message
    result = run("align", "--slice", "a=late.txt", "--add-to", "a.wvs", "-o", "no.wvs")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        2,
        "Error: label must be new, got 'a', which is already a slice",
    )
    assert not Path("no.wvs").exists()


def test_procrustes(folder: Path) -> None:
    assert run("align", "c.wvc", "-o", "p.wvs", "--method", "procrustes", *QUICK).exit_code == 0
    aligned = AlignedSlices.load("p.wvs")
    assert (aligned.metadata["method"], aligned.compass) == ("procrustes", None)
    result = run("align", "c.wvc", "-o", "q.wvs", "--method", "procrustes", "--init", "compass")
    assert result.exit_code == 2
    assert "--init compass is for --method compass; leave it out." in result.stderr
    result = run("align", "old.txt", "--add-to", "p.wvs", "-o", "q.wvs")
    assert (result.exit_code, result.stderr.strip()) == (
        3,
        "Error: these slices were aligned by procrustes, not by the compass.",
    )


METHODS = ("linear", "local-linear", "vector-init", "temporal-referencing", "static", "unaligned", "word-injection")


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_a_name(method: str, folder: Path) -> None:
    words = ("--words", "the,field") if method == "word-injection" else ()
    result = run("align", "c.wvc", "-o", "m.wvs", "--method", method, *words, *QUICK)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    assert AlignedSlices.load("m.wvs").metadata["method"] == method
    assert run("validate", "m.wvs").exit_code == 0


def test_options_of_methods_and_what_is_said_of_them(folder: Path) -> None:
    Path("anchors.txt").write_text("the\nfield\nin\nnowhere\n")
    for typed, lines in (
        (
            ("--method", "procrustes", "--base", "a", "--anchors", "anchors.txt", "--center", "--no-normalize"),
            ["  slice b onto a: 3 shared words, 1 anchors missing; too few to determine a rotation"],
        ),
        (("--balance", "cap"), ["  slice a is 50.0% of the compass", "  slice b is 50.0% of the compass"]),
        (("--leave-out", "b"), ["  slice a is 100.0% of the compass", "  120 tokens (4 words) left out"]),
        (("--equal-tokens", "--method", "unaligned"), ["  slice a thinned from 440 tokens to 332"]),
        (("--method", "temporal-referencing", "--words", "the"), ["  1 word has a vector for each slice"]),
        (
            ("--method", "linear", "--share", 1.0, "--base", "previous"),
            ["  slice b onto a: 5 shared words, fitted on 5"],
        ),
        (("--method", "local-linear", "--neighbors", 2), ["  slice a onto b: 5 shared words"]),
    ):
        result = run("align", "c.wvc", "-o", "o.wvs", "--overwrite", *QUICK, *typed)
        assert result.exit_code == 0, result.stderr
        for line in lines:
            assert any(found.startswith(line) for found in result.stderr.splitlines()), result.stderr
    Path("words.txt").write_text("the\nzeppelin\n")
    result = run("align", "c.wvc", "-o", "w.wvs", "--method", "word-injection", "--words-file", "words.txt", *QUICK)
    assert "Left out as unknown: 1 of the 2 words asked for." in result.stderr
    assert "  1 word was replaced by one for each slice" in result.stderr.splitlines()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("--anchors", "old.txt"), "--anchors is for --method procrustes; leave it out."),
        (("--method", "static", "--equal-tokens"), "--equal-tokens is for --method compass or procrustes or linear or"),
        (("--method", "linear", "--no-normalize"), "--no-normalize is for --method procrustes; leave it out."),
        (("--method", "linear", "--graph", "g.tsv"), "--graph is for --method compass; leave it out."),
        (("--method", "compass", "--words-file", "old.txt"), "--words-file is for --method temporal-referencing or"),
        (
            ("--method", "word-injection"),
            "--method word-injection needs words to replace; give --words or --words-file.",
        ),
        (("--add-to", "a.wvs", "--balance", "cap"), "--balance is fixed by --add-to: new slices use the settings and"),
    ],
)
def test_an_option_that_is_not_of_the_method_is_a_usage_error(
    typed: tuple[str, ...], message: str, folder: Path
) -> None:
    result = run("align", "c.wvc", "-o", "no.wvs", *typed)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not Path("no.wvs").exists()


@pytest.mark.parametrize("command", ["train", "align"])
def test_an_output_that_cannot_be_is_refused_before_any_work(
    command: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_work(*_: object, **__: object) -> None:
        raise AssertionError("worked before looking at the output")

    monkeypatch.setattr("wordvec.text.corpus.Corpus.load", no_work)
    for output, options, code, message in (
        ("c.wvc", (), 3, "c.wvc exists"),
        ("c.wvc", ("--overwrite",), 3, "c.wvc holds corpus, not "),
        ("old.txt", ("--overwrite",), 3, "old.txt exists and is not a wordvec artefact"),
        ("old.txt/x", (), 4, "old.txt is not a folder"),
    ):
        result = run(command, "c.wvc", "-o", output, *options)
        assert result.exit_code == code, result.output
        assert message in result.stderr


def test_bad_settings_and_bad_corpora(folder: Path) -> None:
    for arguments, code, message in (
        (("train", "c.wvc", "--dim", 0), 2, "dim must be an integer from 1 to 65536, got 0"),
        (("train", "c.wvc", "--lr", 1.5), 2, "lr must be between 0 and 1, got 1.5"),
        (("train", "c.wvc", "--min-count", 2), 2, "c.wvc is encoded already; --min-count is for text. Leave it out."),
        (("train", "none.wvc"), 3, "none.wvc does not exist."),
        (("align",), 2, "give text paths, or --slice LABEL=PATH, or --manifest FILE; got nothing."),
        (("align", "c.wvc", "--min-slice-count", 999), 3, "slice 'a' has no word with 999 occurrences"),
    ):
        result = run(*arguments, "-o", "out")
        assert result.exit_code == code, result.output
        assert message in result.stderr and "Traceback" not in result.output
        assert not Path("out").exists()
