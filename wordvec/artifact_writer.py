"""Write artefacts whole or not at all; see :mod:`wordvec.artifact` for what they are."""

import os
import platform
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ._version import versions
from .artifact import FORMAT, METADATA, RUN, is_inside, is_ours, open_artifact
from .disk import DISK_TROUBLE, EXISTS, ArrayFile, check_folder, flush, sha256, sync_folder, write_json
from .errors import OutputExistsError, ResourceError, WordvecError

__all__ = ["ArtifactWriter", "check_output"]


class ArtifactWriter:
    """Write an artefact so that it appears whole or not at all.

    A new artefact is built in a hidden folder beside ``path`` and renamed at the end. Over an
    existing one (``overwrite=True``), new payloads are put beside the old ones and the metadata is
    replaced last; what only the earlier metadata named is then removed.

    Parameters
    ----------
    path : Path or str
        Folder to write.
    kind : str
        ``"corpus"``, ``"embeddings"`` or ``"slices"``.
    overwrite : bool, default False
        Replace an artefact that is already there. Anything else that exists is never replaced.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "x.wv"
    >>> with ArtifactWriter(folder, kind="embeddings") as writer:
    ...     writer.array("vectors", np.zeros((2, 3), np.float32))
    ...     writer.commit({"settings": {}})
    >>> open_artifact(folder).array("vectors").shape
    (2, 3)
    """

    def __init__(self, path: Path | str, *, kind: str, overwrite: bool = False) -> None:
        self.path = Path(path)
        self.kind = kind
        check_output(self.path, kind, overwrite=overwrite)
        self._replacing = self.path.exists()
        earlier = open_artifact(self.path).metadata if self._replacing else {}
        self._earlier = _named(earlier.get("payloads", {}), earlier.get("children", {}))
        self._payloads: dict[str, dict[str, Any]] = {}
        self._children: dict[str, dict[str, Any]] = {}
        self._committed = False
        token = secrets.token_hex(4)
        self._folder = self.path if self._replacing else self.path.parent / f".{self.path.name}.partial-{token}"
        self._scratch = self._folder / f".partial-{token}"
        try:
            self._scratch.mkdir(parents=True)
        except OSError as error:
            raise ResourceError(f"cannot write {self.path}: {error.strerror}.") from error

    @property
    def scratch(self) -> Path:
        """A folder on the same disk for temporary files; removed at the end."""
        return self._scratch

    def __enter__(self) -> "ArtifactWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._committed:
            self._discard()
        if isinstance(error, OSError) and error.errno in DISK_TROUBLE:
            raise ResourceError(f"cannot write {self.path}: {error.strerror}. Nothing was changed.") from error

    def array(self, name: str, array: NDArray[Any]) -> None:
        """Add ``array`` as payload ``name``."""
        with self.stream(name, array.dtype, array.shape[1:]) as stream:
            rows = max(1, (1 << 24) // max(1, array[:1].nbytes))
            for start in range(0, array.shape[0], rows):
                stream.append(array[start : start + rows])

    @contextmanager
    def stream(self, name: str, dtype: DTypeLike, row_shape: tuple[int, ...] = ()) -> Iterator[ArrayFile]:
        """Return a context manager that takes payload ``name`` piece by piece."""
        temporary = self._scratch / secrets.token_hex(8)
        with ArrayFile(temporary, np.dtype(dtype), row_shape) as file:
            yield file
        self.adopt(name, temporary, ".npy", shape=file.shape, dtype=file.dtype.str)

    def written(self, name: str) -> NDArray[Any]:
        """Return array payload ``name``, written but not yet committed, mapped read-only."""
        array: NDArray[Any] = np.load(self._folder / self._payloads[name]["file"], mmap_mode="r", allow_pickle=False)
        return array

    def text(self, name: str, lines: Iterable[str], suffix: str = ".tsv") -> None:
        """Add UTF-8 ``lines`` (without line ends) as payload ``name``."""
        temporary = self._scratch / secrets.token_hex(8)
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            for line in lines:
                stream.write(line)
                stream.write("\n")
            flush(stream)
        self.adopt(name, temporary, suffix)

    def adopt(
        self, name: str, temporary: Path, suffix: str, *, shape: tuple[int, ...] | None = None, dtype: str | None = None
    ) -> None:
        """Take the finished file ``temporary`` (in :attr:`scratch`) as payload ``name``, an array with its shape."""
        digest = sha256(temporary)
        file = f"{name}-{digest[:16]}{suffix}"
        size = temporary.stat().st_size
        temporary.replace(self._folder / file)
        self._payloads[name] = {"file": file, "bytes": size, "sha256": digest}
        if shape is not None:
            self._payloads[name] |= {"shape": list(shape), "dtype": dtype}

    def child_folder(self, name: str) -> Path:
        """Return a folder path in which to write the part called ``name``, for :meth:`adopt_child`."""
        return self._scratch / name.replace("/", "-")

    def adopt_child(self, name: str) -> None:
        """Take the artefact written at ``child_folder(name)`` as part ``name``."""
        source = self.child_folder(name)
        digest = sha256(source / METADATA)
        folder = f"{name}-{digest[:8]}"
        target = self._folder / folder
        target.parent.mkdir(exist_ok=True)
        if target.exists() and not _is_whole(target):
            shutil.rmtree(target)
        if target.exists():  # an equal part of the artefact that is being replaced: it may be needed until the end
            shutil.rmtree(source)
        else:
            source.rename(target)
        self._children[name] = {"folder": folder, "sha256": digest}

    def commit(self, metadata: Mapping[str, Any], run: Mapping[str, Any] | None = None) -> None:
        """Write the metadata and make the artefact visible.

        Parameters
        ----------
        metadata : mapping
            Everything that equal runs share: settings, seed, digests, reports.
        run : mapping, optional
            What differs between equal runs: threads, seconds. Time and host are added.
        """
        full = {**metadata, "format": FORMAT, "kind": self.kind, "versions": versions()}
        full["payloads"] = self._payloads
        if self._children:
            full["children"] = self._children
        shutil.rmtree(self._scratch)
        stamp = {"written": datetime.now(UTC).isoformat(timespec="seconds"), "host": platform.node()}
        write_json(self._folder / RUN, {**stamp, **(run or {})})
        write_json(self._folder / METADATA, full)
        sync_folder(self._folder)
        if not self._replacing:
            try:
                self._folder.rename(self.path)
            except OSError as error:
                raise OutputExistsError(f"{self.path} came to exist while this was written; it is kept.") from error
        self._committed = True
        sync_folder(self.path.parent)
        if self._replacing:
            self._sweep()

    def _sweep(self) -> None:
        """Remove what the earlier artefact named and this one does not; other files are not ours."""
        stale = self._earlier - _named(self._payloads, self._children)
        for name in sorted(stale):
            found = self.path / name
            if found.is_symlink() or not found.is_dir():
                found.unlink(missing_ok=True)
            else:
                shutil.rmtree(found, ignore_errors=True)

    def _discard(self) -> None:
        if not self._replacing:
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        shutil.rmtree(self._scratch, ignore_errors=True)
        for name in _named(self._payloads, self._children) - self._earlier:
            found = self.path / name
            shutil.rmtree(found, ignore_errors=True) if found.is_dir() else found.unlink(missing_ok=True)


def check_output(path: Path, kind: str, *, overwrite: bool) -> None:
    """Raise :class:`ResourceError` if an artefact may not be written at ``path``; for use before long work.

    Parameters
    ----------
    path : Path
        Folder to write.
    kind : str
        What it will hold; an artefact of another kind is never replaced.
    overwrite : bool
        Whether an artefact that is already there may be replaced.
    """
    if os.path.lexists(path):
        if not is_ours(path):
            raise OutputExistsError(f"{path} exists and is not a wordvec artefact; choose another output.")
        if not overwrite:
            raise OutputExistsError(f"{path} {EXISTS}")
        found = open_artifact(path).kind
        if found != kind:
            raise OutputExistsError(f"{path} holds {found}, not {kind}, and is not replaced; choose another output.")
    check_folder(path)


def _is_whole(folder: Path) -> bool:
    try:
        open_artifact(folder).verify()
    except WordvecError:
        return False
    return True


def _named(payloads: Mapping[str, Any], children: Mapping[str, Any]) -> set[str]:
    """Return the files and folders that the tables of an artefact name, those outside its folder left out."""
    entries = [(entry, "file") for entry in payloads.values()] + [(entry, "folder") for entry in children.values()]
    names = {str(entry.get(key, "")) for entry, key in entries if isinstance(entry, dict)}
    return {name for name in names if is_inside(name)}
