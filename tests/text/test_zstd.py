"""Files packed with Zstandard."""

import sys
from pathlib import Path

import pytest

from wordvec.errors import FormatError
from wordvec.text.encode import encode
from wordvec.text.readers import LineReader

LINES = [f"line {number} of a text" for number in range(50_000)]


def pack(text: bytes) -> bytes:
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.compress(text)
    packed: bytes = pytest.importorskip("zstandard").compress(text)
    return packed


def test_what_was_packed_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.txt.zst"
    half = len(LINES) // 2
    frames = [pack("".join(f"{line}\n" for line in part).encode()) for part in (LINES[:half], LINES[half:])]
    path.write_bytes(b"".join(frames))
    assert [piece.text for piece in LineReader(str(path)).pieces()] == LINES
    corpus = encode(tmp_path, min_count=1)
    assert corpus.line(7) == "line 7 of a text" and len(corpus) == len(LINES)
    (tmp_path / "t.csv.zst").write_bytes(pack(b"text\nthe sea\n"))
    assert encode(tmp_path / "t.csv.zst", min_count=1).sentence(0) == ["the", "sea"]


@pytest.mark.parametrize(
    "change", [lambda p: p[:-5], lambda p: p[: len(p) // 2], lambda p: p + b"junk", lambda p: b"x"]
)
def test_what_is_damaged_is_named(tmp_path: Path, change) -> None:
    path = tmp_path / "t.txt.zst"
    path.write_bytes(change(pack("\n".join(LINES).encode())))
    with pytest.raises(FormatError, match=r"t\.txt\.zst is damaged or cut short after \d+ bytes of text \("):
        list(LineReader(str(path)).pieces())


def test_a_packed_file_needs_its_ending(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_bytes(pack(b"a b\n"))
    with pytest.raises(FormatError, match=r"t\.txt is compressed; give it a name that ends in \.zst\."):
        list(LineReader(str(tmp_path / "t.txt")).pieces())


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="Python reads it by itself")
def test_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.txt.zst").write_bytes(b"(\xb5/\xfd")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    message = (
        r"t\.txt\.zst: \.zst files need the package zstandard before Python 3\.14: pip install 'wordvec\[tables\]'\."
    )
    with pytest.raises(FormatError, match=message):
        list(LineReader(str(tmp_path / "t.txt.zst")).pieces())


def test_the_extra_of_parquet_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "t.parquet").write_bytes(b"PAR1")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    message = r"t\.parquet: Parquet needs the package pyarrow: pip install 'wordvec\[tables\]'\."
    with pytest.raises(FormatError, match=message):
        encode(tmp_path / "t.parquet")
