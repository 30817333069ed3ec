"""From files to lines: plain and compressed files, standard input, any encoding, in bounded memory."""

import codecs
import hashlib
import sys
from collections.abc import Callable, Generator, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import regex

from ..errors import FormatError
from .decoding import describe_undecodable, is_utf8, to_utf8, wide_encoding

__all__ = ["BLOCK", "COMPRESSED", "STANDARD_INPUT", "Block", "LineReader", "Piece", "safe_cut"]

#: Bytes read at once; about how much of a very long line is in memory at any time.
BLOCK = 1 << 18
STANDARD_INPUT = "-"
#: Endings of files that are decompressed on the way.
COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
#: First bytes of a compressed file to the ending that it should have.
_MAGIC = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}

#: So many carriage returns, and no line feed, in the first block are the line ends of an old Macintosh.
_ENOUGH_RETURNS = 3
#: Characters that a token may hold: where there is no white space, a long line is cut elsewhere.
_LAST_BREAK = regex.compile(r"(?r)[^\p{L}\p{N}\p{M}'\u2019\-\u2010\u2011\u00ad\u200c\u200d]")
_LAST_SPACE = regex.compile(r"(?r)\s")
#: More than a token may have (255), so that both halves of a token that is cut are no words.
_MARGIN = 256


class Piece(NamedTuple):
    """A line, or a part of a very long one.

    Parameters
    ----------
    text : str
        Without the line end. The parts of a line, joined, are the line.
    number : int
        Number of the line, from 1.
    offset : int
        Byte at which the line starts in the (uncompressed) file; counted in UTF-8 if that is not its encoding.
    ends : bool
        Whether the line ends with this piece.
    """

    text: str
    number: int
    offset: int
    ends: bool


class Block(NamedTuple):
    """Some lines, or a part of a very long one, in UTF-8 (perhaps broken, where the file claims to be UTF-8).

    Parameters
    ----------
    text : bytes
        Whole lines, a line feed after each (but the last of a file); or, if ``given`` is not 0 or ``ends`` is False,
        a part of a line, without one.
    number : int
        Number of the first line, from 1.
    offset : int
        Byte at which the first line starts, as in :class:`Piece`.
    given : int
        How many bytes of that line came before.
    ends : bool
        Whether the last line ends here.
    around : bytes
        Text around it, from which to guess its encoding.
    position : int
        How much of the file (before decompression) was read by then.
    """

    text: bytes
    number: int
    offset: int
    given: int
    ends: bool
    around: bytes
    position: int


class LineReader:
    """Read one file line by line; afterwards tell its size, its digest and what could not be decoded.

    Parameters
    ----------
    name : str
        Path of a plain, ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` file, or ``"-"`` for standard input.
    encoding : str, default "utf-8"
        Any text encoding that Python knows; a byte-order mark is not text.
    errors : {"strict", "replace", "ignore"}, default "strict"
        What to do with bytes that the encoding does not know: refuse the file, put U+FFFD in their
        place, or leave them out. In the last two cases they are counted in ``undecodable``.
    block : int, default 262144
        Bytes to read at once.

    Attributes
    ----------
    n_bytes : int
        Bytes read so far, after decompression.
    position : int
        The same before decompression.
    undecodable : int
        Characters replaced or left out so far.
    has_returns : bool
        Whether its lines end with CR alone, as on a Macintosh before 2001: each CR was read as a line end.
    """

    def __init__(self, name: str, *, encoding: str = "utf-8", errors: str = "strict", block: int = BLOCK) -> None:
        self.name = "standard input" if name == STANDARD_INPUT else name
        self.n_bytes = self.position = self.undecodable = 0
        self._path = None if name == STANDARD_INPUT else Path(name)
        self._is_file = self._path is not None and self._path.is_file()  # not a named pipe
        self.is_plain = self._is_file and not name.lower().endswith(COMPRESSED)
        self.has_returns = False
        self._nul: int | None = None
        self._encoding, self._errors, self._block = encoding, errors, max(8, block)
        self._sha256 = hashlib.sha256()
        self._raw: IO[bytes] | None = None

    @property
    def is_quotable(self) -> bool:
        """Whether a line can be read again from the file at its offset: it is plain, UTF-8, and has line feeds."""
        return self.is_plain and is_utf8(self._encoding) and not self.has_returns

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes read so far, after decompression."""
        return self._sha256.hexdigest()

    def blocks(self) -> Generator[Block, None, None]:
        """Yield the text of the file in blocks of whole lines, and very long lines in parts cut between tokens.

        Raises
        ------
        FormatError
            If the file cannot be read, or is no text. Whether a block is UTF-8 is not looked at.
        """
        number, start, given = 1, 0, 0  # line, its offset, and how much of it was handed on
        pending = around = b""
        for block in self._with_line_feeds(self._text()):
            if start == 0 and number == 1 and not pending and not given and block.startswith(codecs.BOM_UTF8):
                block, start = block[3:], 3
            around = pending + block
            if b"\0" in block:
                self._refuse_nul(number + around[: around.index(b"\0")].count(b"\n"))
            taken = 0
            if given and (end := around.find(b"\n") + 1):
                yield Block(around[: end - 1], number, start, given, True, around, self.position)
                start += given + end
                number, given, taken = number + 1, 0, end
            if not given and (end := around.rfind(b"\n") + 1) > taken:
                lines = around[taken:end]
                yield Block(lines, number, start, 0, True, around, self.position)
                start += len(lines)
                number, taken = number + _count_feeds(lines), end
            pending = around[taken:]
            while len(pending) >= self._block and (cut := safe_cut(pending)):
                yield Block(pending[:cut], number, start, given, False, around, self.position)
                pending, given = pending[cut:], given + cut
        if pending or given:
            yield Block(pending, number, start, given, True, around, self.position)

    def pieces(self) -> Iterator[Piece]:
        """Yield the lines of the file, very long ones in pieces that are cut between tokens.

        Raises
        ------
        FormatError
            Naming file, line and byte of what cannot be read as text.
        """
        for block in self.blocks():
            offset, lines = block.offset, block.text.removesuffix(b"\n").split(b"\n")
            for number, text in enumerate(self.decode(block), start=block.number):
                yield Piece(text.removesuffix("\r") if block.ends else text, number, offset, block.ends)
                offset += len(lines[number - block.number]) + 1

    def decode(self, block: Block) -> Iterator[str]:
        """Yield the lines of a block, or the part of one; count what cannot be decoded.

        Raises
        ------
        FormatError
            Naming file, line and byte of what cannot be decoded.
        """
        at = block.offset + block.given
        for number, line in enumerate(block.text.removesuffix(b"\n").split(b"\n"), start=block.number):
            yield self._decode(line, number, at, block.around)
            at += len(line) + 1

    def close(self) -> None:
        """Close the file, if it is open: whoever stops in the middle does so."""
        if self._raw is not None:
            self._raw.close()

    def _text(self) -> Iterator[bytes]:
        """Yield blocks of UTF-8 (perhaps broken, where the file claims to be UTF-8)."""
        blocks = self._blocks()
        if is_utf8(self._encoding):
            return blocks
        return to_utf8(blocks, self.name, self._encoding, self._errors, self._count)

    def _with_line_feeds(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Yield ``blocks``, their carriage returns as line feeds if the first block says that these end the lines."""
        first = next(blocks, b"")
        self.has_returns = b"\n" not in first and first[:-1].count(b"\r") >= _ENOUGH_RETURNS
        after_return = False
        for block in chain([first], blocks):
            if self.has_returns:
                text = b" " + block[1:] if after_return and block.startswith(b"\n") else block
                after_return = text.endswith(b"\r")
                yield text.replace(b"\r\n", b" \n").replace(b"\r", b"\n")
            else:
                yield block

    def _count(self, undecodable: int) -> None:
        self.undecodable += undecodable

    def _blocks(self) -> Iterator[bytes]:
        """Yield the file's bytes, decompressed."""
        try:
            with self._open() as stream:
                while block := self._read(stream):
                    if not self.n_bytes:
                        self._check_start(block)
                    if b"\0" in block and self._nul is None:
                        self._nul = self.n_bytes + block.index(b"\0")
                    self._sha256.update(block)
                    self.n_bytes += len(block)
                    self.position = self._raw.tell() if self._raw is not None and self._is_file else self.n_bytes
                    yield block
        finally:
            self.close()  # a decompressor leaves the file below it open

    def _open(self) -> IO[bytes]:
        if self._path is None:
            if sys.stdin is None:  # what Python makes of a closed one
                raise FormatError("standard input is closed; pipe text into the command, or name a file.")
            return _Borrowed(sys.stdin.buffer)  # type: ignore[return-value]
        try:
            self._raw = self._path.open("rb")
        except OSError as error:
            raise FormatError(f"{self.name} cannot be read: {error.strerror}.") from error
        stream: IO[bytes] = _opener(self._path.suffix.lower())(self._raw)
        return stream

    def _read(self, stream: IO[bytes]) -> bytes:
        from lzma import LZMAError
        from zlib import error as ZlibError

        from .zstd import ZstdError

        try:
            return stream.read(self._block)
        except (EOFError, OSError, LZMAError, ZlibError, ZstdError) as error:
            if self.is_plain or self._path is None:
                raise FormatError(f"{self.name} cannot be read: {error}.") from error
            raise FormatError(
                f"{self.name} is damaged or cut short after {self.n_bytes} bytes of text ({error}); "
                "fetch or compress it again."
            ) from error

    def _check_start(self, block: bytes) -> None:
        if is_utf8(self._encoding) and (wide := wide_encoding(block)):
            raise FormatError(f"{self.name} is {wide.upper()}, not UTF-8; pass --encoding {wide}.")
        for magic, ending in _MAGIC.items():
            if self.is_plain and block.startswith(magic):
                raise FormatError(f"{self.name} is compressed; give it a name that ends in {ending}.")

    def _refuse_nul(self, number: int) -> None:
        is_one_byte = len("\0".encode(self._encoding)) == 1
        offset = f", byte offset {self._nul}" if is_one_byte else ""
        raise FormatError(
            f"{self.name}, line {number}{offset}: there is a NUL byte, so this is not plain text in {self._encoding}; "
            "take the file out, or pass the --encoding that it is in (utf-16?)."
        )

    def _decode(self, line: bytes, number: int, offset: int, around: bytes) -> str:
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            if self._errors == "strict":
                where = f"{self.name}, line {number}, byte offset {offset + error.start}"
                raise FormatError(describe_undecodable(where, error, "utf-8", around)) from None
        text = line.decode("utf-8", "replace")
        self._count(text.count("\ufffd"))
        return text.replace("\ufffd", "") if self._errors == "ignore" else text


class _Borrowed:
    """A stream that stays open after a ``with`` block: standard input is not ours to close."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.read = stream.read

    def __enter__(self) -> "_Borrowed":
        return self

    def __exit__(self, *_: object) -> None:
        return None


def _opener(ending: str) -> Callable[[IO[bytes]], Any]:
    """Return what turns an open file into a stream of text bytes."""
    import bz2
    import gzip
    import lzma

    from .zstd import open_zstd

    kinds: dict[str, Callable[[IO[bytes]], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    kinds[".zst"] = open_zstd
    return kinds.get(ending, lambda stream: stream)


def _count_feeds(text: bytes) -> int:
    """Return how many line feeds a text has."""
    return int(np.count_nonzero(np.frombuffer(text, dtype=np.uint8) == ord("\n")))


def safe_cut(pending: bytes) -> int:
    """Return how many bytes of an unfinished line can go without cutting a word in two; 0 is to wait for more.

    White space is the place. In a run without any (at least 4096 characters, so no token of the whitespace
    tokenizer), a character that is in no word will do if both sides keep more than a token may have; failing that
    the run is cut anywhere, as it is no word (and counts as one too long in each of its pieces).
    """
    space = max(pending.rfind(b" "), pending.rfind(b"\t"))
    if space >= 0:
        return space + 1
    text, _ = codecs.utf_8_decode(pending, "surrogateescape", False)
    found = _LAST_SPACE.search(text)
    if found is None:
        if len(text) < 16 * _MARGIN:
            return 0
        found = _LAST_BREAK.search(text, _MARGIN, len(text) - _MARGIN)
    end = len(text) - _MARGIN if found is None else found.end()
    return len(text[:end].encode("utf-8", "surrogateescape"))
