"""Files that reach the disk whole: digests, flushed streams, replacements in one step."""

import errno
import gzip
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from .errors import CorruptFileError, OutputExistsError, ResourceError

__all__ = [
    "DISK_TROUBLE",
    "EXISTS",
    "ArrayFile",
    "check_file_output",
    "check_folder",
    "flush",
    "sha256",
    "sync_folder",
    "write_json",
    "write_text",
    "writing",
]

#: Errors of a disk that does not take what is written.
DISK_TROUBLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)
#: What to say, on the command line and in Python, after the name of an output that is already there.
EXISTS = "exists; choose another output or pass --overwrite (in Python: overwrite=True)."


class ArrayFile:
    """A ``.npy`` file of unknown length, written piece by piece.

    Parameters
    ----------
    path : Path
        File to write.
    dtype : dtype
        Of its items.
    row_shape : tuple of int
        Shape without the first axis.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "ids.npy"
    >>> with ArrayFile(path, np.dtype(np.int32), ()) as file:
    ...     file.append(np.array([3, 1]))
    ...     file.append(np.array([2]))
    >>> np.load(path).tolist(), file.shape
    ([3, 1, 2], (3,))
    """

    def __init__(self, path: Path, dtype: np.dtype[Any], row_shape: tuple[int, ...]) -> None:
        self._path, self.dtype, self._row_shape = path, dtype, row_shape
        self._rows = 0

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of what was written so far."""
        return (self._rows, *self._row_shape)

    def __enter__(self) -> "ArrayFile":
        self._stream: BinaryIO = self._path.open("w+b")
        self._header()
        return self

    def append(self, rows: NDArray[Any]) -> None:
        """Add ``rows`` (first axis) at the end."""
        part = np.ascontiguousarray(rows, dtype=self.dtype)
        self._stream.write(part.data.cast("B") if part.size else b"")
        self._rows += part.shape[0]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self._stream.seek(0)
            self._header()
            flush(self._stream)
        self._stream.close()

    def _header(self) -> None:
        # NumPy pads the header so that a first axis of up to 21 digits can be filled in later.
        description = {"descr": self.dtype.str, "fortran_order": False, "shape": self.shape}
        np.lib.format.write_array_header_1_0(self._stream, description)


def sha256(path: Path) -> str:
    """Return the SHA-256 of the file ``path`` in hexadecimal."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise CorruptFileError(f"{path} is missing.") from error


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write ``value`` as JSON to ``path``, in one step, over an earlier file; NaN is refused."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n", overwrite=True)


def write_text(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write ``text`` in UTF-8 so that ``path`` holds the old content or all of the new one.

    Characters that UTF-8 cannot hold (lone surrogates) become ``?``. Errors are :func:`writing`'s.
    """
    with writing(path, overwrite=overwrite) as stream:
        stream.write(text.encode("utf-8", "replace"))


def check_file_output(path: Path, *, overwrite: bool) -> None:
    """Raise :class:`ResourceError` if a file may not be written at ``path``; for use before long work.

    Parameters
    ----------
    path : Path
        File to write.
    overwrite : bool
        Whether a file that is already there may be replaced.
    """
    # os.path says no where Path raises: of what lies in a folder that may not be looked into.
    if os.path.isdir(path):  # noqa: PTH112
        raise OutputExistsError(f"{path} is a folder; choose another output.")
    if not overwrite and os.path.lexists(path):
        raise OutputExistsError(f"{path} {EXISTS}")
    check_folder(path)


def check_folder(path: Path) -> None:
    """Raise :class:`ResourceError` unless the folder of ``path`` can be written to, or can be made.

    Parameters
    ----------
    path : Path
        File or folder to write. Folders above it that are missing are made when it is written.
    """
    parent = next(folder for folder in path.absolute().parents if os.path.lexists(folder))
    if not os.path.isdir(parent):  # noqa: PTH112
        raise ResourceError(f"cannot write {path}: {parent} is not a folder.")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise ResourceError(f"cannot write {path}: {parent} is not writable.")


@contextmanager
def writing(path: Path, *, overwrite: bool = False) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of ``path`` once it is complete; packed if the name ends in ``.gz``.

    Folders above it that are missing are made. Equal content makes equal bytes: the gzip header holds
    neither time nor name.

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
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                    yield cast(IO[bytes], packed)
            else:
                yield raw
            flush(raw)
        temporary.replace(path)
    except OSError as error:
        ours = error.filename is not None and Path(error.filename) in (temporary, *path.parents)  # not an input
        if ours or error.errno in (*DISK_TROUBLE, errno.EACCES, errno.EROFS):
            raise ResourceError(f"cannot write {path}: {error.strerror}. Nothing was changed.") from error
        raise
    finally:
        with suppress(OSError):  # gone, or never made: its folder or its name would not do
            temporary.unlink()


def flush(stream: IO[Any]) -> None:
    """Push what was written to the open file ``stream`` down to the disk."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(path: Path) -> None:
    """Push the entries of the folder ``path`` down to the disk, where the system can."""
    if os.name == "posix":
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
