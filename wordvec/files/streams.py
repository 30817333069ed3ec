"""Reading files that may lie."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from ..errors import FormatError

__all__ = ["DAMAGED_GZIP", "largest_content", "reading"]

#: What Python raises where gzip is cut or changed.
DAMAGED_GZIP = (EOFError, zlib.error, gzip.BadGzipFile)

_GZIP = b"\x1f\x8b"
#: No deflate stream grows by more than this when it is unpacked.
_MAX_RATIO = 1032


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(2) == _GZIP


def largest_content(path: Path) -> int:
    """Return how many bytes ``path`` can hold at most, unpacked: its size, or for gzip a bound on it.

    Parameters
    ----------
    path : Path
        A file.

    Examples
    --------
    >>> largest_content(Path(__file__)) == Path(__file__).stat().st_size
    True
    """
    size = path.stat().st_size
    return size * _MAX_RATIO if _is_gzip(path) else size


@contextmanager
def reading(path: Path) -> Iterator[IO[bytes]]:
    """Open ``path`` for reading, unpacked if it is gzip (by content, not by name).

    Parameters
    ----------
    path : Path
        A file.

    Raises
    ------
    FormatError
        If it is missing, a folder, empty, or damaged gzip.
    """
    if not path.exists():
        raise FormatError(f"{path} does not exist.")
    if path.is_dir():
        raise FormatError(f"{path} is a folder, neither an artefact of wordvec nor a file of vectors.")
    if path.stat().st_size == 0:
        raise FormatError(f"{path} is empty.")
    try:
        if _is_gzip(path):
            with gzip.open(path, "rb") as packed, io.BufferedReader(packed, 1 << 20) as stream:
                yield cast(IO[bytes], stream)
        else:
            with path.open("rb", buffering=1 << 20) as plain:
                yield plain
    except DAMAGED_GZIP as error:
        raise FormatError(f"{path} is damaged gzip: {error}.") from error
