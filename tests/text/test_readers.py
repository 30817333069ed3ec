"""Files become lines, whatever their packing, encoding and line length."""

import bz2
import gzip
import io
import lzma
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import FormatError, ParameterError
from wordvec.text.decoding import check_encoding, guess_encoding
from wordvec.text.readers import LineReader
from wordvec.text.tokenize import MAX_TOKEN, tokenize

TEXT = "one two\r\nthrée\n\nfour"


def lines(path: Path, **options: object) -> list[str]:
    """Return the lines of a file, pieces joined."""
    joined, parts = [], []
    for piece in LineReader(str(path), **options).pieces():  # type: ignore[arg-type]
        parts.append(piece.text)
        if piece.ends:
            joined.append("".join(parts))
            parts = []
    assert not parts
    return joined


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        (".txt", bytes),
        (".gz", gzip.compress),
        (".bz2", bz2.compress),
        (".xz", lzma.compress),
    ],
)
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("block", [8, 1 << 18])
def test_lines_of_plain_and_compressed_files(
    tmp_path: Path, ending: str, pack: Callable[[bytes], bytes], mark: bytes, block: int
) -> None:
    path = tmp_path / f"text{ending}"
    path.write_bytes(pack(mark + TEXT.encode()))
    assert lines(path, block=block) == ["one two", "thrée", "", "four"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig"])
@pytest.mark.parametrize("block", [8, 1 << 18])
def test_lines_in_other_encodings(tmp_path: Path, encoding: str, block: int) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert lines(path, encoding=encoding, block=block) == ["one two", "thrée", "", "four"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(TEXT.encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert lines(Path("-")) == ["one two", "thrée", "", "four"]
    assert not stream.buffer.closed


@pytest.mark.parametrize("block", [8, 11])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_carriage_returns_alone_are_line_ends(tmp_path: Path, block: int, encoding: str) -> None:
    path = tmp_path / "mac.txt"
    path.write_bytes("a\rb\rc\rd\r\rf\r".encode(encoding))
    reader = LineReader(str(path), encoding=encoding, block=max(block, 40))
    assert [piece.text for piece in reader.pieces()] == ["a", "b", "c", "d", "", "f"]
    assert (reader.has_returns, reader.is_quotable) == (True, False)
    # Line ends of other kinds that follow in such a file end lines, too, also where a block ends between CR and LF.
    path.write_bytes(b"a\rb\rc\rd" + b"\rxx\r\ny\nz")
    assert [line.strip() for line in lines(path, block=block)] == ["a", "b", "c", "d", "xx", "y", "z"]
    # One or two, or line feeds beside them, are no line ends.
    for text in ("a\rb\rc", "a\rb\rc\rd\re\n", "a\rb\rc\r"):
        path.write_text(text, newline="")
        reader = LineReader(str(path))
        assert (len(list(reader.pieces())), reader.has_returns) == (1, False)


ROWS = st.text(st.characters(codec="utf-8", exclude_characters="\n\0")).filter(lambda row: row.count("\r") < 3)


@settings(deadline=None)
@given(st.lists(ROWS), st.booleans(), st.integers(8, 64))
def test_offsets_find_the_line_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str], bom: bool, block: int
) -> None:
    path = tmp_path_factory.mktemp("offsets") / "text.txt"
    rows = [row.removesuffix("\r").removeprefix("\ufeff") for row in rows]
    path.write_bytes(b"\xef\xbb\xbf" * bom + "".join(row + "\r\n" for row in rows).encode())
    read = path.read_bytes()
    starts = {piece.number: piece.offset for piece in LineReader(str(path), block=block).pieces()}
    assert len(starts) == len(rows)
    for number, row in enumerate(rows, start=1):
        assert read[starts[number] :].split(b"\r\n")[0].decode() == row.split("\r\n")[0]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "é", "word", " ", "\u3000", "\n", ",", "'", "-", "x" * 300, "y" * 5000]), max_size=60
    )
)
def test_reading_in_small_blocks_loses_no_token(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    path = tmp_path_factory.mktemp("blocks") / "text.txt"
    text = "".join(parts)
    path.write_text(text, encoding="utf-8")
    for name in ("words", "whitespace"):
        pieces = LineReader(str(path), block=8).pieces()
        found = [token for piece in pieces for token in tokenize(piece.text, tokenizer=name)]
        assert [t for t in found if len(t) <= MAX_TOKEN] == [
            t for t in tokenize(text, tokenizer=name) if len(t) <= MAX_TOKEN
        ]
    assert lines(path, block=8) == text.split("\n")[: None if parts and not text.endswith("\n") else -1]


def test_a_very_long_line_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_text(" ".join(f"w{i}" for i in range(430_000)), encoding="utf-8")
    assert path.stat().st_size > 3_000_000
    reader = LineReader(str(path), block=1 << 16)
    tracemalloc.start()
    count = sum(piece.text.count("w") for piece in reader.pieces())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 430_000
    assert peak < 1_000_000


def check_refused(path: Path, content: bytes, message: str, **options: object) -> None:
    path.write_bytes(content)
    with pytest.raises(FormatError) as caught:
        lines(path, **options)
    assert str(caught.value) == message.format(path=path)


def test_bytes_that_are_not_utf8_are_refused_with_the_encoding_to_type(tmp_path: Path) -> None:
    french = "Il était une fois un garçon très étonné.\n"
    check_refused(
        tmp_path / "old.txt",
        b"fine\n" + french.encode("cp1252"),
        "{path}, line 2, byte offset 8: the byte 0xe9 is not UTF-8 here; pass --encoding cp1252, which fits the text "
        "around it, or --errors replace.",
    )
    check_refused(
        tmp_path / "wide.txt", french.encode("utf-16"), "{path} is UTF-16, not UTF-8; pass --encoding utf-16."
    )
    check_refused(
        tmp_path / "unmarked.txt",
        b"abcd",
        "{path} has no byte-order mark of UTF-16; pass --encoding utf-16-le or utf-16-be, or the encoding that "
        "it is in.",
        encoding="utf-16",
    )
    check_refused(
        tmp_path / "half.txt",
        "ab\nc".encode("utf-16-le") + b"\x00",
        "{path}, line 2, byte offset 8: the byte 0x00 is not utf-16-le here; pass the --encoding that the text is in, "
        "or --errors replace.",
        encoding="utf-16-le",
    )


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le café était fermé à midi", "cp1252"),
        ("Die Straße führt über die Brücke nach Köln", "cp1252"),
        ("Привет мир, это русский текст о погоде и о политике.", "cp1251"),
        ("Žluťoučký kůň úpěl ďábelské ódy. Příliš mnoho.", "cp1250"),
    ],
)
def test_guesses(text: str, encoding: str) -> None:
    assert guess_encoding(text.encode(encoding)) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "shift_jis"])
def test_undecodable_bytes_can_be_replaced_or_left_out_and_are_counted(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(b"good\nb\xffad\n")
    for errors, expected in (("replace", ["good", "b\ufffdad"]), ("ignore", ["good", "bad"])):
        reader = LineReader(str(path), encoding=encoding, errors=errors)
        assert [piece.text for piece in reader.pieces()] == expected
        assert reader.undecodable == 1


def test_files_that_are_no_text(tmp_path: Path) -> None:
    check_refused(
        tmp_path / "a.txt",
        b"one\ntwo\0\n",
        "{path}, line 2, byte offset 7: there is a NUL byte, so this is not plain text in utf-8; take the file out, or "
        "pass the --encoding that it is in (utf-16?).",
    )
    check_refused(
        tmp_path / "latin.txt",
        b"\xe9\xe9\n\xe9two\0\n",
        "{path}, line 2, byte offset 7: there is a NUL byte, so this is not plain text in cp1252; take the file out, "
        "or pass the --encoding that it is in (utf-16?).",
        encoding="cp1252",
    )
    check_refused(
        tmp_path / "wide.txt",
        "a\n\0".encode("utf-16"),
        "{path}, line 2: there is a NUL byte, so this is not plain text in utf-16; take the file out, or pass the "
        "--encoding that it is in (utf-16?).",
        encoding="utf-16",
    )
    check_refused(tmp_path / "b.txt", gzip.compress(b"a"), "{path} is compressed; give it a name that ends in .gz.")


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_damaged_compressed_files(tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(bytes(str(list(range(50_000))), "ascii"))
    for content in (packed[: len(packed) // 2], b"not compressed at all", packed[:400] + b"\0\xff" * 60 + packed[520:]):
        path = tmp_path / f"text{ending}"
        path.write_bytes(content)
        with pytest.raises(
            FormatError, match=r"is damaged or cut short after \d+ bytes of text \(.*; fetch or compress"
        ):
            lines(path)


def test_unknown_encodings_are_refused() -> None:
    for name in ("utf-9", "rot13", "base64", "undefined", "idna", "unicode_escape"):
        with pytest.raises(ParameterError, match=r"^encoding must be a text encoding that Python knows, such as"):
            check_encoding(name)
    check_encoding("latin-1")
