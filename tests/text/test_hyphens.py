"""Words that a line end broke are joined where the text says so."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wordvec.text.intake as intake_module
from wordvec.errors import ParameterError
from wordvec.text.corpus import Corpus
from wordvec.text.encode import Reading, encode
from wordvec.text.hyphens import hold_broken
from wordvec.text.normalize import Normalizer
from wordvec.text.readers import LineReader


def join(folder: Path, text: str, **options: Any) -> Corpus:
    path = folder / "t.txt"
    path.write_text(text, encoding="utf-8", newline="")
    reading = Reading(join_hyphens=True, **options.pop("reading", {}))
    return encode(path, reading=reading, **{"min_count": 1, **options})


def sentences(corpus: Corpus) -> list[list[str]]:
    return list(corpus.sentences())


def test_a_word_that_is_known_elsewhere_is_joined(tmp_path: Path) -> None:
    corpus = join(tmp_path, "a broad-\ncast\nthe broadcast\n")
    assert sentences(corpus) == [["a", "broadcast"], ["the", "broadcast"]]
    told = corpus.metadata["report"]["hyphens"]
    assert told["joined"] == {"types": 1, "line_ends": 1} and told["joined_without_evidence"]["types"] == 0
    assert told["most_frequent"] == [["broadcast", 1]] and told["line_ends"] == 1
    report = corpus.metadata["report"]
    assert report["tokens"]["read"] == 4 == report["slices"][0]["tokens_read"]
    assert report["lines"]["without_kept_words"] == 1
    assert corpus.line(0) == "a broad-" and corpus.line(1) == "the broadcast"


def test_a_compound_that_is_known_elsewhere_keeps_its_hyphen(tmp_path: Path) -> None:
    corpus = join(tmp_path, "a well-\nknown man\nwell-known well-known wellknown\n")
    assert sentences(corpus)[:2] == [["a", "well-known"], ["man"]]
    assert corpus.metadata["report"]["hyphens"]["with_hyphen"] == {"types": 1, "line_ends": 1}


def test_two_words_stay_two_in_their_own_lines(tmp_path: Path) -> None:
    corpus = join(tmp_path, "a semi-\nofficial man\n" + "semi official\n" * 5)
    assert sentences(corpus)[:2] == [["a", "semi"], ["official", "man"]]
    assert corpus.metadata["report"]["hyphens"]["left_apart"] == {"types": 1, "line_ends": 1}
    rare = join(tmp_path, "a semi-\nofficial man\n" + "semi official\n" * 4)
    assert sentences(rare)[:2] == [["a", "semiofficial"], ["man"]]
    assert rare.metadata["report"]["hyphens"]["joined_without_evidence"] == {"types": 1, "line_ends": 1}


@pytest.mark.parametrize("end", ["-\n", "- \r\n", "\u2010\n", "\u00ad\n", "¬\n", "-\n   "])
def test_hyphens_and_line_ends_of_all_kinds(tmp_path: Path, end: str) -> None:
    assert sentences(join(tmp_path, f"Über{end}ſatz der\n"))[0] == ["überſatz"]


@pytest.mark.parametrize(
    "text", ["a sea-\n\nward b\n", "a sea-\nWard b\n", "a sea--\nward b\n", "a 5-\nward b\n", "a sea-\n5 b\n", "a sea-"]
)
def test_what_is_no_broken_word_stays(tmp_path: Path, text: str) -> None:
    plain = join(tmp_path, text)
    assert plain.metadata["report"]["hyphens"]["line_ends"] == 0
    assert plain.digest == encode(tmp_path / "t.txt", min_count=1).digest


def test_headers_and_files_are_in_between(tmp_path: Path) -> None:
    corpus = join(tmp_path, "# 1\na sea-\n# 2\nward b\n", reading={"header": "^# ([0-9])"})
    assert corpus.metadata["report"]["hyphens"]["line_ends"] == 0
    for name, text in (("a.txt", "a sea-\n"), ("b.txt", "ward b\n")):
        (tmp_path / name).write_text(text)
    two = encode([tmp_path / "a.txt", tmp_path / "b.txt"], reading=Reading(join_hyphens=True), min_count=1)
    assert two.metadata["report"]["hyphens"]["line_ends"] == 0


def test_the_joined_word_is_a_variant_too(tmp_path: Path) -> None:
    corpus = join(tmp_path, "a muſ-\nick\nthe music\n", normalizer=Normalizer.from_parts(["long-s"], case="lower"))
    assert sentences(corpus)[0] == ["a", "musick"]
    assert corpus.metadata["report"]["normalization"]["most_frequent"] == [["muſick", "musick", 1]]


def test_a_word_over_three_lines_is_joined_once(tmp_path: Path) -> None:
    assert sentences(join(tmp_path, "a go-\nvern-\nment b\n")) == [["a", "govern"], ["ment", "b"]]


def test_words_of_whitespace_text_lose_their_hyphen(tmp_path: Path) -> None:
    corpus = join(tmp_path, "a broad-\ncast\n", reading={"tokenizer": "whitespace"})
    assert sentences(corpus) == [["a", "broadcast"]]


def test_lines_that_are_documents_are_not_joined() -> None:
    with pytest.raises(ParameterError, match="join_hyphens joins lines, and documents='line' parts them"):
        Reading(join_hyphens=True, documents="line")


LINES = st.lists(
    st.sampled_from(["a", "sea-", "b sea-", "ward", "ward x", "", "ward-", "Ward", "# 1", "sea¬"]), max_size=9
)


@settings(deadline=None, max_examples=60)
@given(LINES, st.sampled_from(["\n", "\r\n"]), st.integers(10, 24), st.booleans())
def test_the_cut_into_blocks_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], end: str, block: int, has_header: bool
) -> None:
    folder = tmp_path_factory.mktemp("hyphens")
    text = end.join(["a seaward", *lines])
    reading = {"header": "^# ([0-9])"} if has_header and "# 1" in lines else {}
    whole = join(folder, text, reading=reading)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake_module, "LineReader", lambda *a, **k: LineReader(*a, **k, block=block))
        pieces = join(folder, text, reading=reading)
    assert sentences(pieces) == sentences(whole)
    assert pieces.metadata["report"] == whole.metadata["report"]
    assert [pieces.line(n) for n in range(len(pieces))] == [whole.line(n) for n in range(len(whole))]


def test_blocks_give_the_same_lines_when_some_are_held(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text("sea-\nward\n" * 50 + "x" * 40 + "\nsea-")
    blocks = list(hold_broken(LineReader(str(path), block=16).blocks()))
    joined = b"".join(b.text + b"\n" * (b.ends and not b.text.endswith(b"\n")) for b in blocks)
    assert joined.rstrip() == path.read_bytes().rstrip()
    for block in blocks:
        start = path.read_bytes()[block.offset + block.given :]
        assert start.startswith(block.text) and path.read_bytes()[: block.offset].count(b"\n") == block.number - 1
    assert not any(b.text.endswith(b"-\n") for b in blocks)
