"""Files that reach the disk whole: digests, flushed streams, replacements in one step."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from .errors import CorruptFileError

__all__ = ["ArrayFile", "flush", "sha256", "sync_folder", "write_json", "write_text"]


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
    """Write ``value`` as JSON to ``path``, as :func:`write_text` does; NaN is refused."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write ``text`` in UTF-8 so that ``path`` holds the old content or all of the new one."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            flush(stream)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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
