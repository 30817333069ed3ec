"""Tables and lists line by line, from files that may be anything: what every reader of them is guarded by."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..errors import FormatError
from .readers import COMPRESSED, Block, LineReader

__all__ = ["USUAL", "Limits", "LineSource", "bare_name", "beside", "check_text", "combined_digest", "read_lines"]

#: A compressed file is looked at for its ratio once it has given so many bytes.
_FREE_BYTES = 8 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f]")


class Limits(NamedTuple):
    """What a file may hold; more is refused while it is read.

    Parameters
    ----------
    line_bytes : int
        Of one line, in UTF-8. A line is in memory as a whole; at least 262,144.
    total_bytes : int
        Of the whole file, after decompression.
    ratio : int
        Bytes after decompression to bytes before, looked at from 8 MiB on. Text packs 3 to 20 times; a bomb, a
        thousand times and more.
    advice : str
        What to say of a longer line.
    """

    line_bytes: int = 1 << 20
    total_bytes: int = 1 << 30
    ratio: int = 200
    advice: str = "is it a table?"


#: Enough for a table of senses, a list of words, an ontology.
USUAL = Limits()


@dataclass
class LineSource:
    """One file, read line by line within limits.

    Parameters
    ----------
    path : Path
        Text, plain, ``.gz``, ``.bz2`` or ``.xz``.
    encoding, errors : str
        As for :class:`wordvec.text.readers.LineReader`.
    limits : Limits
        What it may hold.
    sha256 : str
        Of the text, known once all lines were read.
    undecodable : int
        Characters replaced or left out, known once all lines were read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "pairs.txt"
    >>> _ = path.write_text("cat feline\\n\\nhot warm\\n")
    >>> list(LineSource(path).lines())
    [(1, 'cat feline'), (3, 'hot warm')]
    """

    path: Path
    encoding: str = "utf-8"
    errors: str = "strict"
    limits: Limits = USUAL
    sha256: str = ""
    undecodable: int = 0

    def where(self, line: int) -> str:
        """Return file and line, for a message."""
        return f"{self.path}, line {line}"

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the number and the text of each line that is not blank.

        Raises
        ------
        FormatError
            If the file cannot be read, is not in its encoding, is empty, or a line or all of it is too large.
        """
        reader = LineReader(str(self.path), encoding=self.encoding, errors=self.errors)
        found = False
        for number, text in read_lines(reader, self.limits):
            if text and not text.isspace():
                found = True
                yield number, text
        if not found:
            raise FormatError(f"{self.path} is empty.")
        self.sha256, self.undecodable = reader.sha256, reader.undecodable

    def head(self, count: int = 1) -> list[tuple[int, str]]:
        """Return the first lines that are not blank, ``count`` at most."""
        found = []
        with closing(self.lines()) as lines:  # type: ignore[type-var]  # a generator
            for numbered in lines:
                found.append(numbered)
                if len(found) == count:
                    break
        return found

    def rows(self, least: int, most: int, separator: str = "\t") -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the fields, without blanks around them, of each line.

        Raises
        ------
        FormatError
            If a line has fewer than ``least`` or more than ``most`` fields, or a control character; and as
            :meth:`lines`.
        """
        for number, line in self.lines():
            fields = [field.strip() for field in line.split(separator)]
            if not least <= len(fields) <= most:
                wanted = f"{least}" if least == most else f"{least} to {most}"
                raise FormatError(
                    f"{self.where(number)}: expected {wanted} columns separated by tabs, got {len(fields)}."
                )
            if _CONTROL.search(line):
                check_text(line, self.where(number))
            yield number, fields


def read_lines(reader: LineReader, limits: Limits) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each line, also of a blank one.

    Raises
    ------
    FormatError
        If the file cannot be read, is not in its encoding, or a line or all of it is too large.
    """
    parts: list[str] = []
    for block in reader.blocks():
        _check(reader, block, limits)
        texts = _decode(reader, block)
        if block.given or not block.ends:
            parts += texts
            texts = ["".join(parts)] if block.ends else []
            if block.ends:
                parts = []
        for number, text in enumerate(texts, start=block.number):
            yield number, text.removesuffix("\r")


def _check(reader: LineReader, block: Block, limits: Limits) -> None:
    if block.given + len(block.text) > limits.line_bytes and (block.given or not block.ends):
        raise FormatError(f"{reader.name}, line {block.number}: more than {limits.line_bytes:,} bytes; {limits.advice}")
    if reader.n_bytes > limits.total_bytes:
        raise FormatError(f"{reader.name} holds more than {limits.total_bytes:,} bytes; no such file is as large.")
    if reader.is_plain or reader.n_bytes <= _FREE_BYTES:
        return
    if reader.n_bytes > limits.ratio * max(1, reader.position):
        raise FormatError(
            f"{reader.name} unpacks to more than {limits.ratio} times its size, as no text does; "
            "unpack it yourself if it is what it should be."
        )


def _decode(reader: LineReader, block: Block) -> list[str]:
    """Return the lines of a block: all at once, or one by one to name, or to count, what is undecodable."""
    try:
        return block.text.removesuffix(b"\n").decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return list(reader.decode(block))


def check_text(line: str, where: str) -> None:
    """Raise :class:`FormatError` if a line holds a control character other than a tab."""
    if odd := _CONTROL.search(line):
        raise FormatError(f"{where}: holds the control character {odd.group()!r}; is it text?")


def beside(folder: Path, name: str) -> Path | None:
    """Return the file of this name in a folder, plain or compressed; None if there is none."""
    places = (folder / (name + ending) for ending in ("", *COMPRESSED))
    return next((place for place in places if place.is_file()), None)


def bare_name(path: Path) -> str:
    """Return the name of a file without a compression ending."""
    return path.stem if path.suffix.lower() in COMPRESSED else path.name


def combined_digest(sources: Iterable[LineSource] | Sequence[LineSource]) -> str:
    """Return one SHA-256 for all files that were read: their names and contents, in the order of the names."""
    lines = sorted(f"{source.path.name}\0{source.sha256}\n" for source in sources)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
