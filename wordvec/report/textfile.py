"""Text files written whole or not at all."""

import os
import secrets
from pathlib import Path

from ..errors import ResourceError

__all__ = ["check_text_output", "write_text"]


def check_text_output(path: Path, *, overwrite: bool) -> None:
    """Raise :class:`ResourceError` if a text file may not be written at ``path``; for use before long work."""
    if path.is_dir():
        raise ResourceError(f"{path} is a folder; give the name of a file to write.")
    if not overwrite and (path.exists() or path.is_symlink()):
        raise ResourceError(f"{path} exists; choose another output or pass --overwrite.")
    if not path.parent.is_dir():
        raise ResourceError(f"cannot write {path}: the folder {path.parent} does not exist.")


def write_text(path: Path, text: str, *, overwrite: bool = False) -> None:
    """Write ``text`` as UTF-8 with ``\\n`` line ends, replacing the file at once.

    Characters that UTF-8 cannot hold (lone surrogates) become ``?``.

    Raises
    ------
    ResourceError
        If the file is there and ``overwrite`` is False, or the disk does not take it.
    """
    check_text_output(path, overwrite=overwrite)
    temporary = path.with_name(f".{path.name}.partial-{secrets.token_hex(4)}")
    try:
        with temporary.open("wb") as stream:
            stream.write(text.encode("utf-8", "replace"))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise ResourceError(f"cannot write {path}: {error.strerror}. Nothing was changed.") from error
    finally:
        temporary.unlink(missing_ok=True)
