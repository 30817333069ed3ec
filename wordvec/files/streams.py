"""Reading files that may lie, and writing files that appear whole or not at all."""

import errno
import gzip
import io
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from ..errors import FormatError, ResourceError

__all__ = ["check_file_output", "largest_content", "reading", "writing"]

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
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FormatError(f"{path} is damaged gzip: {error}.") from error


def check_file_output(path: Path, *, overwrite: bool) -> None:
    """Raise :class:`ResourceError` if a file may not be written at ``path``.

    Parameters
    ----------
    path : Path
        File to write.
    overwrite : bool
        Whether a file that is already there may be replaced.
    """
    if path.is_dir():
        raise ResourceError(f"{path} is a folder; choose another output.")
    if not overwrite and (path.exists() or path.is_symlink()):
        raise ResourceError(f"{path} exists; choose another output or pass --overwrite.")
    if not path.absolute().parent.is_dir():
        raise ResourceError(f"cannot write {path}: its folder does not exist.")


@contextmanager
def writing(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of ``path`` once it is complete; packed if the name ends in ``.gz``.

    Equal content makes equal bytes: the gzip header holds neither time nor name.

    Parameters
    ----------
    path : Path
        File to write.
    overwrite : bool, default False
        Replace a file that is already there.

    Raises
    ------
    ResourceError
        If ``path`` exists and may not be replaced, or cannot be written; nothing is left behind.
    """
    check_file_output(path, overwrite=overwrite)
    temporary = path.with_name(f".{path.name}.partial-{secrets.token_hex(4)}")
    try:
        with temporary.open("xb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                    yield cast(IO[bytes], packed)
            else:
                yield raw
            raw.flush()
            os.fsync(raw.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG, errno.EACCES, errno.EROFS):
            raise ResourceError(f"cannot write {path}: {error.strerror}. Nothing was changed.") from error
        raise
    finally:
        temporary.unlink(missing_ok=True)
