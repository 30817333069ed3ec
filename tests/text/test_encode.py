"""Text becomes a corpus: what goes in comes out, and what does not is counted."""

import gzip
import io
import json
import tracemalloc
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.artifact import open_artifact
from wordvec.errors import FormatError, ParameterError, ResourceError
from wordvec.progress import Progress
from wordvec.text.corpus import Corpus
from wordvec.text.encode import Reading, encode, encode_slices
from wordvec.text.tokenize import MAX_TOKEN, tokenize
from wordvec.text.vocabulary import Vocabulary


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def documents(corpus: Corpus) -> list[list[str]]:
    """Return each document as its sentences."""
    offsets = corpus.documents.offsets
    sentences = [" ".join(sentence) for sentence in corpus.sentences()]
    return [sentences[a:b] for a, b in pairwise(offsets)]


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\0")), max_size=12)


@settings(deadline=None, max_examples=40)
@given(LINES, st.integers(1, 2), st.sampled_from(["words", "whitespace"]), st.sampled_from(["lower", "keep"]))
def test_a_sentence_is_the_tokens_of_its_line_that_are_in_the_vocabulary(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], min_count: int, tokenizer: str, case: str
) -> None:
    lines = [line.removesuffix("\r").removeprefix("\ufeff") for line in lines] + ["a b a b"]
    path = write(tmp_path_factory.mktemp("encode"), "text.txt", "\r\n".join(lines))
    cut = [tokenize(line, tokenizer=tokenizer, case=case) for line in lines]
    counts = Counter(token for tokens in cut for token in tokens if len(token) <= MAX_TOKEN)
    corpus = encode(path, reading=Reading(tokenizer=tokenizer, case=case), min_count=min_count)
    assert corpus.vocabulary.words == Vocabulary.from_counts(counts, min_count=min_count).words
    kept = [[t for t in tokens if t in corpus.vocabulary] for tokens in cut]
    assert list(corpus.sentences()) == [tokens for tokens in kept if tokens]
    quoted = [line for line, tokens in zip(lines, kept, strict=True) if tokens]
    assert [corpus.line(number) for number in range(len(corpus))] == [line.rstrip("\r\n") for line in quoted]
    report = corpus.metadata["report"]["tokens"]
    assert report["read"] == sum(map(len, cut)) == sum(report.values()) - report["read"]


def test_order_of_slices_and_files_leaves_the_vocabulary_and_the_digest_alone(tmp_path: Path) -> None:
    texts = {f"s{i}": write(tmp_path, f"{i}.txt", f"b a c{i}\nc0 d d{i}\n") for i in range(3)}
    one = encode_slices(texts, min_count=1)
    two = encode_slices(dict(reversed(texts.items())), min_count=1)
    three = encode(list(texts.values()), min_count=1)
    assert one.vocabulary.words == two.vocabulary.words == three.vocabulary.words
    assert one.metadata["digest"] == two.metadata["digest"] == three.metadata["digest"] == one.digest
    assert np.array_equal(one.counts, two.counts[::-1])
    assert np.array_equal(one.word_counts, one.vocabulary.counts)
    assert three.labels == ("all",)


def test_equal_runs_write_equal_files(tmp_path: Path) -> None:
    text = write(tmp_path, "text.txt.gz", gzip.compress(b"one two\n\nthree two\n"))
    for name in ("a", "b"):
        encode(text, min_count=1, output=tmp_path / name)
    contents = [
        {p.name: p.read_bytes() for p in (tmp_path / name).iterdir() if p.name != "run.json"} for name in ("a", "b")
    ]
    assert contents[0] == contents[1]
    assert open_artifact(tmp_path / "a").verify() == 9


@pytest.mark.parametrize(
    ("how", "text", "rule", "expected"),
    [
        (None, "a\nb\n", "line", [["a"], ["b"]]),
        (None, "\n\na\nb\n \n\n", "line", [["a"], ["b"]]),
        (None, "a\nb\n \nc\n\n\nb\n", "blank", [["a", "b"], ["c"], ["b"]]),
        ("line", "a\n\nb c\n", "line", [["a"], ["b c"]]),
        ("file", "a\n\nb c\n", "file", [["a", "b c"]]),
        ("blank", "a\nb c\n", "blank", [["a", "b c"]]),
        # A dropped line (z is outside the vocabulary) takes no boundary with it.
        ("blank", "a\n\nz\nb\n\nz\n\nc", "blank", [["a"], ["b"], ["c"]]),
    ],
)
def test_documents(tmp_path: Path, how: str | None, text: str, rule: str, expected: list[list[str]]) -> None:
    words = Vocabulary(("a", "b", "c"), np.array([3, 2, 1]))
    path = write(tmp_path, "text.txt", text)
    corpus = encode(path, reading=Reading(documents=how), vocabulary=words)
    assert corpus.metadata["documents"] == rule
    assert documents(corpus) == expected
    # A file always ends a document, in a slice and between slices.
    copy = write(tmp_path, "copy.txt", text)
    twice = encode([path, copy], reading=Reading(documents=how), vocabulary=words)
    assert documents(twice) == expected * 2
    assert documents(encode_slices({"x": path, "y": path}, reading=Reading(documents=how), vocabulary=words)) == (
        expected * 2
    )


HEADERS = "preamble\n# 1790 one\na b\n\nb\n# 1990 two\nc\n# 1795\nb a\n# 2050 out\nz z\n"


def test_headers_cut_documents_and_bins_cut_slices(tmp_path: Path) -> None:
    path = write(tmp_path, "text.txt", HEADERS)
    reading = Reading(header=r"^# (\d+)", bins="1700-1799,1900-1999")
    corpus = encode([path, write(tmp_path, "copy.txt", HEADERS)], reading=reading, min_count=1)
    assert corpus.labels == ("1700-1799", "1900-1999")
    assert documents(corpus["1700-1799"]) == [["a b", "b"], ["b a"]] * 2
    assert documents(corpus["1900-1999"]) == [["c"], ["c"]]
    assert corpus.documents.names == ("one", "", "one", "", "two", "two")
    assert corpus.documents.dates == ("1790", "1795", "1790", "1795", "1990", "1990")
    assert corpus.documents.files.tolist() == [0, 0, 1, 1, 0, 1]
    assert corpus["1900-1999"].line(1) == "c"
    report = corpus.metadata["report"]
    assert report["documents"] == {"read": 8, "kept": 6, "without_kept_words": 0, "outside_bins": 2}
    assert report["lines"] == {
        "read": 22,
        "sentences": 8,
        "blank": 2,
        "headers": 8,
        "outside_bins": 4,
        "without_words": 0,
        "without_kept_words": 0,
    }


def test_headers_without_bins_name_documents(tmp_path: Path) -> None:
    path = write(tmp_path, "text.txt", HEADERS)
    corpus = encode_slices({"x": path}, reading=Reading(header=r"^# (\d+)"), min_count=1)
    assert documents(corpus) == [["preamble"], ["a b", "b"], ["c"], ["b a"], ["z z"]]
    assert corpus.documents.names == ("text.txt", "one", "two", "", "out")
    assert corpus.metadata["documents"] == "header"


def test_an_earlier_vocabulary_keeps_its_words_order_and_counts(tmp_path: Path) -> None:
    words = Vocabulary(("sea", "war", "gone"), np.array([70, 50, 2]))
    corpus = encode(write(tmp_path, "text.txt", "war the war\nsea\n"), vocabulary=words, output=tmp_path / "out")
    assert (corpus.vocabulary.words, corpus.vocabulary.counts.tolist()) == (words.words, [70, 50, 2])
    assert corpus.counts.tolist() == [[1, 2, 0]]
    assert corpus.metadata["report"]["tokens"] == {
        "read": 4,
        "kept": 3,
        "below_min_count": 0,
        "outside_vocabulary": 1,
        "too_long": 0,
    }
    assert corpus.metadata["settings"]["vocabulary"] == words.digest


def test_lines_can_be_quoted_whatever_they_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "\ufeffFirst, LINE\r\n\r\n...\r\nSécond Line\r\n"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    paths = {
        "plain": write(tmp_path, "a.txt", text),
        "packed": write(tmp_path, "b.txt.gz", gzip.compress(text.encode())),
        "piped": "-",
    }
    for output in (tmp_path / "out", None):
        if output is None:
            monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        corpus = encode_slices(paths, min_count=1, output=output)
        assert [corpus.line(n) for n in range(6)] == ["First, LINE", "Sécond Line"] * 3
        assert corpus["piped"].line(1) == "Sécond Line"
    wide = write(tmp_path, "c.txt", text.encode("utf-16"))
    assert encode(wide, reading=Reading(encoding="utf-16"), min_count=1).line(1) == "Sécond Line"


def test_a_source_that_changed_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "one two\nthree\n")
    corpus = encode(path, min_count=1)
    path.write_text("changed\n")
    with pytest.raises(FormatError, match=r"a\.txt has changed since this corpus was made from it; encode it again\.$"):
        corpus.line(0)
    path.unlink()
    with pytest.raises(FormatError, match=r"a\.txt, which this corpus quotes, cannot be read: No such file"):
        corpus.line(0)


def test_slice_dates_reach_the_metadata(tmp_path: Path) -> None:
    from wordvec.text.sources import read_manifest

    write(tmp_path, "a.txt", "one two")
    manifest = write(tmp_path, "m.toml", '[[slice]]\nlabel = "x"\npaths = "a.txt"\ndate = 1825\n')
    assert encode_slices(read_manifest(manifest), min_count=1).metadata["dates"] == ["1825"]


def test_a_very_long_line_is_one_sentence_in_bounded_memory(tmp_path: Path) -> None:
    path = write(tmp_path, "text.txt", " ".join(f"word{i % 1000}" for i in range(400_000)))
    assert path.stat().st_size > 2_900_000
    encode(path, min_count=1, output=tmp_path / "warm")
    tracemalloc.start()
    corpus = encode(path, min_count=1, output=tmp_path / "out")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (corpus.n_sentences, corpus.n_tokens) == (1, 400_000)
    assert corpus.ids[-3:].tolist() == [corpus.vocabulary[f"word{i}"] for i in (997, 998, 999)]
    assert peak < 32_000_000  # dominated by the pieces of 2^20 ids


def test_many_sentences_and_tokens_cross_the_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    lines = [" ".join(f"w{i}" for i in rng.integers(0, 30, rng.integers(0, 9))) for _ in range(300)]
    path = write(tmp_path, "text.txt", "\n".join(lines))
    whole = encode_slices({"a": path, "b": path}, min_count=50)
    monkeypatch.setattr("wordvec.text.spool._ITEMS", 7)
    monkeypatch.setattr("wordvec.text.spool._CHUNK", 5)
    pieces = encode_slices({"a": path, "b": path}, min_count=50)
    for name in ("ids", "offsets", "counts", "slice_offsets"):
        assert np.array_equal(getattr(whole, name), getattr(pieces, name))
    assert np.array_equal(whole.documents.offsets, pieces.documents.offsets)
    assert np.array_equal(whole.documents.files, pieces.documents.files)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "{path} is empty."),
        ("\n ... \n", {}, "there is no word in the 2 lines of {path}; look at the text and at --tokenizer."),
        ("a a\na", {}, "{path}: there is one distinct word, 'a' (3 times); vectors need at least two."),
        ("a", {}, "{path}: there is one distinct word, 'a' (once); vectors need at least two."),
        (
            "a a b",
            {},
            "{path}: no word occurs 5 times (--min-count): the most frequent of 2, 'a', occurs 2 times; lower "
            "--min-count or add text.",
        ),
        (
            "a a b",
            {"min_count": 2},
            "{path}: one word of 2 is left, 'a'; vectors need at least two: lower --min-count or raise --max-size.",
        ),
        (
            "a b",
            {"vocabulary": Vocabulary(("z",), np.array([1]))},
            "slice 'all' has no word of the vocabulary (1 words) among the 2 that were read for it; look at its "
            "files, or take a vocabulary made from such text.",
        ),
        (
            "a b",
            {"reading": Reading(header="^# (.*)")},
            "header '^# (.*)' matches no line of {path}; look at a header line and mend the expression.",
        ),
        (
            "# 1790\na b\n# 2021\na b",
            {"reading": Reading(header=r"^# (\d+)", bins="1700-1799,1800-1899")},
            "bin '1800-1899' matches no header; the keys seen run from 1790 to 2021.",
        ),
        (
            "# HU11 x\na b",
            {"reading": Reading(header=r"^# (\S+)", bins="HU1-HU50")},
            "bin 'HU1-HU50' matches no header; the keys seen are 'HU11'; ranges are of whole numbers only, other keys "
            "are named one by one.",
        ),
    ],
)
def test_text_that_makes_no_corpus(tmp_path: Path, text: str, options: dict[str, object], message: str) -> None:
    path = write(tmp_path, "text.txt", text)
    with pytest.raises(FormatError) as caught:
        encode(path, output=tmp_path / "out", **options)  # type: ignore[arg-type]
    assert str(caught.value) == message.format(path=path)
    assert [p.name for p in tmp_path.iterdir()] == ["text.txt"]


def test_a_slice_without_words_is_named(tmp_path: Path) -> None:
    paths = {"full": write(tmp_path, "a.txt", "a b\n" * 5), "poor": write(tmp_path, "b.txt", "c\n")}
    with pytest.raises(FormatError) as caught:
        encode_slices(paths, output=tmp_path / "out")
    assert str(caught.value) == (
        "slice 'poor' has no word of the vocabulary (2 words) among the 1 that were read for it; look at its files, "
        "or lower --min-count."
    )


def test_old_macintosh_text_has_lines_that_can_be_quoted(tmp_path: Path) -> None:
    corpus = encode(write(tmp_path, "a.txt", "One two\rthree\r\rtwo four\rfive\r"), min_count=1)
    assert documents(corpus) == [["one two", "three"], ["two four", "five"]]
    assert [corpus.line(n) for n in range(4)] == ["One two", "three", "two four", "five"]
    assert corpus.metadata["report"]["files"]["with_cr_line_ends"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tokenizer": "x"}, "tokenizer must be one of words, whitespace, got 'x'"),
        ({"case": "x"}, "case must be one of lower, keep, got 'x'"),
        ({"errors": "x"}, "errors must be one of strict, replace, ignore, got 'x'"),
        ({"documents": "x"}, "documents must be one of blank, line, header, file, got 'x'"),
        ({"documents": "header"}, "documents='header' needs a header: the regular expression of such a line"),
        ({"bins": "1-2"}, "bins need a header: a regular expression whose group 1 is the key that is binned"),
    ],
)
def test_reading_options_out_of_their_domain(options: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Reading(**options)
    assert str(caught.value) == message


def test_bins_and_labels_exclude_each_other(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "a b")
    with pytest.raises(ParameterError, match=r"^bins make the slices themselves: encode the texts without labels"):
        encode_slices({"x": path}, reading=Reading(header="x", bins="1-2"))
    with pytest.raises(ParameterError, match=r"^min_count must be an integer >= 1, got 0$"):
        encode(path, min_count=0)
    with pytest.raises(ParameterError, match=r"^vocabulary must have at least one word, got none$"):
        encode(path, vocabulary=Vocabulary((), np.array([], dtype=np.int64)))


def test_an_output_that_exists_is_refused_and_can_be_overwritten(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "a b")
    encode(path, min_count=1, output=tmp_path / "out")
    with pytest.raises(
        ResourceError, match=r"out exists; choose another output or pass --overwrite \(in Python: overwrite=True\)\.$"
    ):
        encode(path, min_count=1, output=tmp_path / "out")
    path.write_text("c d e")
    assert len(encode(path, min_count=1, output=tmp_path / "out", overwrite=True).vocabulary) == 3
    names = {entry["file"] for entry in json.loads((tmp_path / "out/metadata.json").read_text())["payloads"].values()}
    assert {p.name for p in (tmp_path / "out").iterdir()} == names | {"metadata.json", "run.json"}


@pytest.mark.parametrize("stage", ["reading", "writing"])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, stage: str) -> None:
    path = write(tmp_path, "a.txt", "a b")

    def interrupt(report: Progress) -> None:
        if report.stage == stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode(path, min_count=1, output=tmp_path / "out", progress=interrupt)
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_progress_counts_the_bytes_on_disk(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt.gz", gzip.compress(b"a b\n" * 70_000))
    seen: list[Progress] = []
    copy = write(tmp_path, "b.txt.gz", path.read_bytes())
    encode([path, copy], min_count=1, progress=seen.append)
    reading = [report for report in seen if report.stage == "reading"]
    assert {report.total for report in reading} == {2 * path.stat().st_size}
    assert [r.done for r in reading] == sorted(r.done for r in reading)
    assert reading[-1].done == reading[-1].total
