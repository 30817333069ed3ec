"""Zstandard: Python 3.14 reads it by itself, a package does so before."""

import sys
from types import TracebackType
from typing import IO, Any

from ..errors import FormatError

__all__ = ["ZstdError", "open_zstd"]

#: How far back a file may refer (``zstd --long=31``), as a power of 2: the large public archives need it.
_WINDOW = 31
#: Bytes that are unpacked in one go: what they may become, some 30,000 times as much, is in memory.
_STEP = 1 << 10


if sys.version_info >= (3, 14):
    from compression.zstd import ZstdError
else:

    class ZstdError(Exception):
        """Bytes that are no Zstandard, or end too early."""


def open_zstd(stream: IO[bytes]) -> Any:
    """Return a stream of what ``stream`` unpacks to.

    Raises
    ------
    FormatError
        Before Python 3.14, if the package ``zstandard`` is missing.
    """
    if sys.version_info >= (3, 14):
        from compression import zstd

        return zstd.open(stream, options={zstd.DecompressionParameter.window_log_max: _WINDOW})
    try:
        import zstandard  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        name = getattr(stream, "name", "this file")
        raise FormatError(
            f"{name}: .zst files need the package zstandard before Python 3.14: pip install 'wordvec[tables]'."
        ) from None
    return _Unpacked(stream, zstandard)


class _Unpacked:
    """What a Zstandard file unpacks to; unlike the package's own stream it notices an end that comes too early."""

    def __init__(self, stream: IO[bytes], zstandard: Any) -> None:
        self._stream, self._package = stream, zstandard
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=1 << _WINDOW)
        self._frame: Any = None
        self._rest, self._held, self._at = b"", b"", 0

    def __enter__(self) -> "_Unpacked":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return None

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        parts, missing = [], size
        while missing:
            if self._at == len(self._held):
                self._held, self._at = self._more(), 0
                if not self._held:
                    break
            parts.append(self._held[self._at : self._at + missing])
            self._at += len(parts[-1])
            missing -= len(parts[-1])
        return b"".join(parts)

    def _more(self) -> bytes:
        """Return some bytes, none at the end."""
        while True:
            packed = self._rest or self._stream.read(_STEP)
            self._rest = b""
            if not packed:
                if self._frame is not None:
                    raise ZstdError("the end of a frame is missing")
                return b""
            if self._frame is None:
                self._frame = self._unpacker.decompressobj()
            try:
                found: bytes = self._frame.decompress(packed)
            except self._package.ZstdError as error:
                raise ZstdError(str(error)) from None
            if self._frame.eof:
                self._rest, self._frame = self._frame.unused_data, None
            if found:
                return found
