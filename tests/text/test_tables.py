"""Tables line by line: what is read, and what is refused."""

import gzip

import pytest

from wordvec import FormatError
from wordvec.text.tables import Limits, LineSource, bare_name, beside, combined_digest


def write(path, content):
    path.write_bytes(content)
    return path


def test_lines_without_blank_ones(tmp_path):
    long = "é" * 300_000  # longer than a block of the reader
    text = f"\ufeffone\r\n\n \r\n{long} {long}\nthree"
    source = LineSource(write(tmp_path / "x", text.encode()), limits=Limits(1 << 21))

    assert list(source.lines()) == [(1, "one"), (4, f"{long} {long}"), (5, "three")]


@pytest.mark.parametrize("length", [(1 << 20) - 1, (1 << 20) + 1])
def test_a_line_of_a_mebibyte(tmp_path, length):
    source = LineSource(write(tmp_path / "x", b"a " * (length // 2) + b"a" * (length % 2) + b"\nb\n"))
    if length < 1 << 20:
        assert [len(line) for _, line in source.lines()] == [length, 1]
        return
    with pytest.raises(FormatError, match=r"x, line 1: more than 1,048,576 bytes; is it a table\?"):
        list(source.lines())


def test_limits_of_a_file(tmp_path):
    path = write(tmp_path / "x", b"line\n" * 1000)
    with pytest.raises(FormatError, match=r"x holds more than 999 bytes; no such file is as large"):
        list(LineSource(path, limits=Limits(total_bytes=999)).lines())
    packed = write(tmp_path / "x.gz", gzip.compress(b"line\n" * (2 << 20)))
    with pytest.raises(FormatError, match=r"x.gz unpacks to more than 200 times its size, as no text does; unpack it"):
        list(LineSource(packed).lines())
    assert len(list(LineSource(packed, limits=Limits(ratio=2000)).lines())) == 2 << 20


def test_rows(tmp_path):
    source = LineSource(write(tmp_path / "x", b" a \tb\nc\td\te\n"))
    assert list(source.rows(2, 3)) == [(1, ["a", "b"]), (2, ["c", "d", "e"])]
    with pytest.raises(FormatError, match=r"x, line 2: expected 2 columns separated by tabs, got 3"):
        list(source.rows(2, 2))
    with pytest.raises(FormatError, match=r"x, line 1: expected 3 to 4 columns separated by tabs, got 2"):
        list(source.rows(3, 4))


def test_undecodable_characters_are_counted(tmp_path):
    path = write(tmp_path / "x", b"caf\xe9\nok\n")
    source = LineSource(path, errors="replace")
    assert list(source.lines()) == [(1, "caf\ufffd"), (2, "ok")] and source.undecodable == 1
    with pytest.raises(FormatError, match=r"x, line 1, byte offset 3: the byte 0xe9 is not UTF-8 here"):
        list(LineSource(path).lines())


def test_the_first_lines_and_digests(tmp_path):
    one, two = (LineSource(write(tmp_path / name, b"a\nb\nc\n")) for name in ("1", "2"))
    assert one.head(2) == [(1, "a"), (2, "b")] and one.sha256 == ""
    for source in (one, two):
        list(source.lines())
    assert one.sha256 == two.sha256 and combined_digest([one, two]) == combined_digest([two, one])
    assert combined_digest([one]) != combined_digest([two])


def test_files_by_their_bare_names(tmp_path):
    path = write(tmp_path / "table.tsv.xz", b"")
    assert beside(tmp_path, "table.tsv") == path and beside(tmp_path, "other.tsv") is None
    assert bare_name(path) == "table.tsv" and bare_name(tmp_path / "a.txt") == "a.txt"
