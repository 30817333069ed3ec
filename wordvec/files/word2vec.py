"""word2vec text and binary files, and their kin: fastText ``.vec`` and GloVe text.

A file is believed for what it holds, not for what its header says: a header that promises more
than the file can hold is refused before anything is allocated, and every word, number and row is
checked on the way. Files may be gzipped. The formats hold no counts, so the vocabulary of a file
that was read has the file's order and counts of 0, which mean "unknown".
"""

import codecs
import re
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ..disk import writing
from ..embeddings import Embeddings
from ..errors import FormatError, ResourceError
from ..text.vocabulary import Vocabulary
from .streams import largest_content, reading

__all__ = ["VectorFormat", "read_word2vec", "sniff_word2vec", "write_word2vec"]

#: ``"word2vec"``, ``"word2vec-binary"``, or ``"glove"``: text without a header line.
VectorFormat = str

_MAX_LINE = 8 * 1024 * 1024
_MAX_WORD = 64 * 1024
_MAX_DIM = 1 << 20
_CHUNK = 1 << 20
_HEADER = re.compile(rb"([0-9]{1,19})[ \t]+([0-9]{1,19})[ \t]*\r?\n?")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_NUMERIC = b"0123456789+-.eE \t\r\n"
_BOM = b"\xef\xbb\xbf"


def read_word2vec(path: Path | str, *, format: VectorFormat | None = None) -> Embeddings:
    """Read vectors in word2vec text or binary format, or GloVe text.

    Parameters
    ----------
    path : Path or str
        The file; unpacked on the way if it is gzip.
    format : {"word2vec", "word2vec-binary", "glove"}, optional
        Told by the content if it is not given.

    Returns
    -------
    Embeddings
        In the order of the file, all counts 0 (unknown).

    Raises
    ------
    FormatError
        Naming file, line (or row and byte) and what was expected: a header that the file's size
        belies, too few or too many rows, a row with the wrong number of numbers, NaN or infinity, an
        empty or repeated word, bytes that are not UTF-8, damaged gzip.
    ResourceError
        If the vectors do not fit into memory.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.txt"
    >>> _ = path.write_text("2 3\\ncat 1 0 0.5\\ndog 0 1 0.5\\n")
    >>> read_word2vec(path)["dog"]
    array([0. , 1. , 0.5], dtype=float32)
    """
    path = Path(path)
    found = sniff_word2vec(path) if format is None else format
    try:
        with reading(path) as stream:
            if found == "word2vec-binary":
                rows = _read_binary(path, stream)
            else:
                rows = _read_text(path, stream, header=found == "word2vec")
        words, vectors = rows.finished()
    except MemoryError as error:
        raise ResourceError(f"{path}: its vectors do not fit into memory.") from error
    metadata = {"source": {"file": path.name, "format": found}}
    return Embeddings(Vocabulary(words, np.zeros(len(words), dtype=np.int64)), vectors, metadata)


def sniff_word2vec(path: Path | str) -> VectorFormat:
    """Tell which format a file of vectors has, by its first bytes.

    A first line of two whole numbers is a header: what follows is text if the first row looks like
    text, else binary. Without a header, a word and two or more numbers are GloVe's text.

    Parameters
    ----------
    path : Path or str
        The file.

    Raises
    ------
    FormatError
        If it is none of these, or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.vec"
    >>> _ = path.write_text("1 2\\ncat 1 0.5\\n")
    >>> sniff_word2vec(path)
    'word2vec'
    """
    path = Path(path)
    with reading(path) as stream:
        first = stream.readline(_MAX_LINE + 1).removeprefix(_BOM)
        head = stream.read(_MAX_WORD)
    header = _HEADER.fullmatch(first)
    if header is None:
        fields = first.split()
        if len(fields) >= 3 and all(_is_number(field) for field in fields[1:]):
            return "glove"
        shown = first[:60].decode("utf-8", "replace").strip()
        raise FormatError(
            f"{path}, line 1: expected 'words dim' (word2vec) or a word and its numbers (GloVe), got {shown!r}; "
            "wordvec reads artefact folders, word2vec text and binary files, and GloVe text."
        )
    return "word2vec" if _looks_like_text(head[: max(256, 4 * int(header[2]))]) else "word2vec-binary"


def _looks_like_text(window: bytes) -> bool:
    """Tell rows of digits from rows of raw float32s: the latter are no UTF-8 and hold few digits."""
    if 2 * len(window.translate(None, delete=_NUMERIC)) < len(window):
        return True  # even if a word is in another encoding: the reader will say so
    try:
        codecs.getincrementaldecoder("utf-8")().decode(window)
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(window) is None


class _Rows:
    """The rows read so far. Room is made as rows arrive, never because a header asks for it."""

    def __init__(self, path: Path, dim: int, first_line: int | None) -> None:
        self.path, self.dim = path, dim
        self._first_line = first_line
        self._index: dict[str, int] = {}
        self._vectors = np.empty((min(1024, max(1, _CHUNK // dim)), dim), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._index)

    def where(self, row: int) -> str:
        """Name a row as a reader would look it up."""
        return f"row {row + 1}" if self._first_line is None else f"line {row + self._first_line}"

    def _removal(self, what: str) -> str:
        """Say how to take a row out of the file."""
        if self._first_line is None:
            return f"write the file as text with the program that made it, and remove {what}"
        return f"remove {what}" + (", and count one word less in line 1" if self._first_line == 2 else "")

    def add(self, raw: bytes, numbers: NDArray[np.float32], offset: int) -> None:
        """Take the next row; ``offset`` is the byte at which its word starts."""
        row = len(self._index)
        here = f"{self.path}, {self.where(row)}"
        if not raw:
            raise FormatError(f"{here}: the word is empty.")
        try:
            word = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(
                f"{here}: the word is not UTF-8 at byte {offset + error.start}: {raw[:40]!r}; "
                "was the file cut, or written in another encoding?"
            ) from error
        earlier = self._index.setdefault(word, row)
        if earlier != row:
            raise FormatError(
                f"{here}: the word {word!r} is there already, in {self.where(earlier)}; "
                f"{self._removal('one of the two')}."
            )
        if not np.isfinite(numbers).all():
            bad = int(np.flatnonzero(~np.isfinite(numbers))[0])
            raise FormatError(
                f"{here}: number {bad + 1} of {word!r} is {numbers[bad]}, expected a finite float32; "
                f"train again, or {self._removal('the word')}."
            )
        if row == len(self._vectors):
            self._vectors.resize((row + row // 2 + 1, self.dim), refcheck=False)
        self._vectors[row] = numbers

    def finished(self) -> tuple[tuple[str, ...], NDArray[np.float32]]:
        """Return the words and float32[V, D]."""
        self._vectors.resize((len(self._index), self.dim), refcheck=False)
        return tuple(self._index), self._vectors


def _read_header(path: Path, stream: IO[bytes], smallest_row: int, per_number: int) -> tuple[int, int, int]:
    """Return words, dim and bytes of the header, after comparing them with the size of the file."""
    line = stream.readline(_MAX_WORD)
    found = _HEADER.fullmatch(line.removeprefix(_BOM))
    if found is None:
        raise FormatError(
            f"{path}, line 1: expected 'words dim', got {line[:60].decode('utf-8', 'replace').strip()!r}."
        )
    count, dim = int(found[1]), int(found[2])
    if count < 1 or not 1 <= dim <= _MAX_DIM:
        raise FormatError(
            f"{path}, line 1: words must be at least 1 and dim 1 to {_MAX_DIM}, got {count} words and dim {dim}."
        )
    room = largest_content(path) - len(line) + 1
    most = room // (smallest_row + per_number * dim)
    if count > most:
        raise FormatError(
            f"{path}, line 1: the header promises {count} words of {dim} numbers, but the file has room for "
            f"{most} at most; it is cut, or is not a file of vectors."
        )
    return count, dim, len(line)


def _read_text(path: Path, stream: IO[bytes], *, header: bool) -> _Rows:
    """Read rows of a word and its numbers. The smallest row is ``w 0 0\\n``: 2 + 2 dim bytes."""
    count = None
    if header:
        count, dim, offset = _read_header(path, stream, 2, 2)
        rows = _Rows(path, dim, 2)
        line = _next_line(path, stream, 2)
    else:
        line = _next_line(path, stream, 1).removeprefix(_BOM)
        offset = 0
        rows = _Rows(path, max(1, len(line.split()) - 1), 1)
    while line:
        if not line.strip():
            _expect_blank(path, stream, rows)
            break
        if count is not None and len(rows) == count:
            raise FormatError(f"{path}, {rows.where(count)}: a row more than the {count} that the header promises.")
        word, numbers = _parse(path, line, rows)
        rows.add(word, numbers, offset)
        offset += len(line)
        line = _next_line(path, stream, len(rows) + 1 + header)
    if count is not None and len(rows) < count:
        raise FormatError(f"{path}: the header promises {count} words, the file ends after {len(rows)}.")
    return rows


def _parse(path: Path, line: bytes, rows: _Rows) -> tuple[bytes, NDArray[np.float32]]:
    """Return word and numbers of a line."""
    here = f"{path}, {rows.where(len(rows))}"
    if line[:1] in b" \t":
        raise FormatError(f"{here}: the word is empty.")
    fields = line.split()
    if len(fields) != rows.dim + 1:
        raise FormatError(f"{here}: expected a word and {rows.dim} numbers, got {len(fields) - 1} after the word.")
    if b"_" in line[len(fields[0]) :]:  # Python reads 1_000 as a number; no such file is meant
        raise FormatError(f"{here}: expected numbers after {_shown(fields[0])}, got one with an underscore.")
    try:
        wide = np.array(list(map(float, fields[1:])))
    except ValueError:
        wrong = next(field for field in fields[1:] if not _is_number(field))
        raise FormatError(f"{here}: expected a number, got {_shown(wrong)}.") from None
    with np.errstate(over="ignore"):
        return fields[0], wide.astype(np.float32)


def _next_line(path: Path, stream: IO[bytes], number: int) -> bytes:
    line = stream.readline(_MAX_LINE + 1)
    if len(line) > _MAX_LINE:
        raise FormatError(f"{path}, line {number} is longer than {_MAX_LINE} bytes; this is no file of vectors.")
    return line


def _expect_blank(path: Path, stream: IO[bytes], rows: _Rows) -> None:
    """Accept blank lines at the end of the file, and only there."""
    while chunk := stream.read(_CHUNK):
        if chunk.strip():
            raise FormatError(f"{path}, {rows.where(len(rows))}: the line is blank, expected a word and its numbers.")


def _read_binary(path: Path, stream: IO[bytes]) -> _Rows:
    """Read rows of a word, a space and little-endian float32s, with or without a line end after each."""
    count, dim, offset = _read_header(path, stream, 2, 4)
    rows = _Rows(path, dim, None)
    buffer, start = b"", 0
    for row in range(count):
        while True:
            space = buffer.find(b" ", start)
            if space >= 0 and len(buffer) >= space + 1 + 4 * dim:
                break
            if space < 0 and len(buffer) - start > _MAX_WORD:
                raise FormatError(f"{path}, row {row + 1}: no space within {_MAX_WORD} bytes from byte {offset}.")
            chunk = stream.read(_CHUNK)
            if not chunk:
                raise FormatError(
                    f"{path}: the header promises {count} words of {dim} numbers, the file ends in row {row + 1}, "
                    f"which starts at byte {offset}."
                )
            buffer, start = buffer[start:] + chunk, 0
        skipped = 1 if buffer[start : start + 1] == b"\n" else 0
        numbers = np.frombuffer(buffer, dtype="<f4", count=dim, offset=space + 1).astype(np.float32)
        rows.add(buffer[start + skipped : space], numbers, offset + skipped)
        offset += space + 1 + 4 * dim - start
        start = space + 1 + 4 * dim
    rest = buffer[start:] + stream.read(_CHUNK)
    if rest not in (b"", b"\n", b"\r\n"):
        raise FormatError(f"{path}: more bytes follow the {count} rows that the header promises, from byte {offset}.")
    return rows


def write_word2vec(embeddings: Embeddings, path: Path | str, *, binary: bool = False, overwrite: bool = False) -> None:
    """Write vectors in word2vec text or binary format, packed if the name ends in ``.gz``.

    The file appears whole or not at all. Reading it again gives the same words and the same bits.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors. Their counts and metadata have no place in the format.
    path : Path or str
        The file to write.
    binary : bool, default False
        Binary instead of text.
    overwrite : bool, default False
        Replace a file that is already there.

    Raises
    ------
    FormatError
        If there is no word, a word holds white space or is not text, or a number is not finite: no
        reader could tell where such a word ends. Nothing is written.
    ResourceError
        If the file exists, or there is no room.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.txt"
    >>> words = Vocabulary(("cat", "dog"), np.array([2, 1]))
    >>> write_word2vec(Embeddings(words, np.eye(2, dtype=np.float32)), path)
    >>> path.read_text()
    '2 2\\ncat 1 0\\ndog 0 1\\n'
    """
    path = Path(path)
    _check_words(embeddings, path)
    # Nine digits, not the shortest that identify the float32: readers parse to float64 first, and
    # rounding twice turns a few shortest forms (7.038531e-26) into the neighboring float32.
    row_format = b" ".join([b"%.9g"] * embeddings.dim) + b"\n"
    with writing(path, overwrite=overwrite) as stream:
        stream.write(b"%d %d\n" % (len(embeddings), embeddings.dim))
        for start in range(0, len(embeddings), 4096):
            block = np.asarray(embeddings.vectors[start : start + 4096], dtype="<f4")
            if not np.isfinite(block).all():
                row = start + int(np.flatnonzero(~np.isfinite(block).all(axis=1))[0])
                raise FormatError(f"{path}: the vector of {embeddings.vocabulary.words[row]!r} is not finite.")
            for word, row_values in zip(embeddings.vocabulary.words[start : start + 4096], block, strict=True):
                values = row_values.tobytes() + b"\n" if binary else row_format % tuple(row_values.tolist())
                stream.write(word.encode("utf-8") + b" " + values)


def _check_words(embeddings: Embeddings, path: Path) -> None:
    if not len(embeddings) or not embeddings.dim:
        raise FormatError(f"{path}: there are no vectors to write.")
    for word in embeddings.vocabulary:
        if any(character.isspace() for character in word):
            raise FormatError(
                f"{path}: the word {word!r} holds white space, which the word2vec formats cannot; "
                "replace it in the vocabulary, or write an artefact (.wv)."
            )
        try:
            word.encode("utf-8")
        except UnicodeEncodeError:
            raise FormatError(f"{path}: the word {word!r} cannot be written as UTF-8.") from None


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _shown(field: bytes) -> str:
    return repr(field[:40].decode("utf-8", "replace"))
