"""However fast text is read, the corpus is that of the plain Python tokenizer, byte by byte."""

import gzip
import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plain_intake import PlainIntake

from wordvec.errors import FormatError
from wordvec.text import encode as encode_module
from wordvec.text import intake as intake_module
from wordvec.text.encode import encode
from wordvec.text.intake import Intake
from wordvec.text.reading import Reading


def encoded(paths: list[Path], reading: Reading, folder: Path, intake: type[Intake], min_count: int = 1) -> Any:
    """Return the metadata of a corpus, which hold the digests of all payloads; or the message of the error."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode_module, "Intake", intake)
        try:
            encode(paths, reading=reading, min_count=min_count, output=folder / intake.__name__, overwrite=True)
        except FormatError as error:
            return str(error)
    return json.loads((folder / intake.__name__ / "metadata.json").read_text("utf-8"))


def check_equal(paths: list[Path], reading: Reading, folder: Path, min_count: int = 1) -> Any:
    fast, plain = (encoded(paths, reading, folder, kind, min_count) for kind in (Intake, PlainIntake))
    assert fast == plain
    return fast


LINES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\n\0"), max_size=30),
    st.sampled_from(["", " ", "\u3000", "\t\r", "...", "- '", "# 1790 One", "# 1990 two é", "# 2050"]),
    st.sampled_from(
        ["a b", "É é’é", "cafe\u0301 co\u00adop", "中" * 90, "x" * 300, "é" * 300, "ẞ İI ΟΔΟΣ K Å", "ａ　ｂ"]
    ),
    st.text(st.sampled_from("aB0é’'-\u0301\u00ad\u200d—. \u3000\x1c\x85\u2028"), max_size=150),
)
READINGS = st.builds(
    Reading,
    tokenizer=st.sampled_from(["words", "whitespace"]),
    case=st.sampled_from(["lower", "keep"]),
    errors=st.sampled_from(["strict", "replace", "ignore"]),
    documents=st.sampled_from([None, "blank", "line", "file"]),
    header=st.sampled_from([None, None, r"^# (\d+)$", r"^# (\d+)"]),
)
BROKEN = st.sampled_from([b"", b"", b"", b"\xff", b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\0"])


@settings(deadline=None, max_examples=80)
@given(
    lines=st.lists(LINES, max_size=12),
    reading=READINGS,
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    ending=st.sampled_from([".txt", ".gz"]),
    broken=BROKEN,
    place=st.integers(0, 300),
    bins=st.sampled_from([None, "1700-1799,1900-1999"]),
    block=st.sampled_from([8, 64, 1 << 18]),
)
def test_any_text_gives_the_corpus_of_the_plain_tokenizer(
    tmp_path_factory: pytest.TempPathFactory,
    lines: list[str],
    reading: Reading,
    end: str,
    ending: str,
    broken: bytes,
    place: int,
    bins: str | None,
    block: int,
) -> None:
    folder = tmp_path_factory.mktemp("intake")
    content = end.join(["# 1790", "a b a", *lines, "# 1990", "b a"]).encode()
    content = content[:place] + broken + content[place:]
    paths = [folder / f"text{ending}", folder / "plain.txt"]
    paths[0].write_bytes(gzip.compress(content, 0) if ending == ".gz" else content)
    paths[1].write_text("b a\n\na é")
    if reading.header is not None:
        reading = Reading(**{**reading.settings(), "bins": bins})  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake_module, "LineReader", lambda *a, **k: _Reader(*a, **k, block=block))
        check_equal(paths, reading, folder)


_Reader = intake_module.LineReader


def test_very_long_lines_give_the_corpus_of_the_plain_tokenizer(tmp_path: Path) -> None:
    words = ["word", "é", "x" * 300, "中" * 90, "\u3000", "cafe\u0301", "ΟΔΟΣ"]
    path, packed = tmp_path / "a.txt", tmp_path / "b.txt.xz"
    long = [" ".join(words * 5_000), "é中" * 90_000, " " * 600_000, "a b", "# 5 " + "header " * 60_000, "b c"]
    path.write_text("\n".join(long), encoding="utf-8")
    packed.write_bytes(lzma.compress(path.read_bytes(), preset=0))
    for header in (None, "^# (5)"):
        report = check_equal([path, packed], Reading(header=header), tmp_path)["report"]
        assert report["tokens"]["too_long"] > 0
        assert report["unsegmented"]["tokens"] > 0


CORPORA = {
    "eltec-hun": ["eltec-hun/*.xz"],
    "ungd": ["ungd/ungd-19*.xz"],
    "sotu": ["sotu/*.xz"],
    "gutenberg": ["gutenberg-19c/uk.txt.xz"],
    "medical": ["medical/craft*.xz", "medical/pubmedqa*.xz"],
    "german": ["semeval2020-downsampled/german/*.xz"],
}


@pytest.mark.parametrize("name", CORPORA)
def test_real_texts_give_the_corpus_of_the_plain_tokenizer(shared_data: Path, tmp_path: Path, name: str) -> None:
    paths, size = [], 3_000_000
    for packed in sorted(path for pattern in CORPORA[name] for path in (shared_data / "corpus").glob(pattern)):
        with lzma.open(packed) as stream:
            paths.append(tmp_path / packed.stem)
            paths[-1].write_bytes(stream.read(size).rpartition(b"\n")[0])
        size //= 2
    assert paths
    rule = "^### ([0-9]{4})" if name == "sotu" else None
    check_equal(paths, Reading(header=rule), tmp_path, min_count=2)
    tokens = Reading(tokenizer="whitespace", case="keep")
    assert check_equal(paths[-1:], tokens, tmp_path / "tokens", min_count=2)["report"]["lines"]["read"] > 100
