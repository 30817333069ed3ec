"""Artefacts: folders that hold arrays, a table or two, and a JSON file that names them.

A folder one can read with ``less``: ``metadata.json`` (kind, settings, and for each
payload its file, shape, dtype and SHA-256), UTF-8 tables, and ``.npy`` payloads that can be
memory-mapped. A payload's file name holds its digest, and ``metadata.json`` is replaced last,
atomically: a reader trusts only what the metadata names, so a crash at any moment leaves the
earlier artefact whole. Time, host and thread count go to ``run.json``, so that equal runs make
equal artefacts.
"""

import errno
import json
import platform
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ._version import versions
from .disk import ArrayFile, flush, sha256, sync_folder, write_json
from .errors import CorruptFileError, FormatError, ResourceError

__all__ = ["FORMAT", "Artifact", "ArtifactWriter", "is_artifact", "open_artifact", "versions"]

#: Number of the layout written by this version; readers accept it and older ones.
FORMAT = 1
_METADATA = "metadata.json"
_RUN = "run.json"
_MAX_METADATA = 64 * 1024 * 1024


def is_artifact(path: Path) -> bool:
    """Tell whether ``path`` is a folder with a ``metadata.json``."""
    return (Path(path) / _METADATA).is_file()


@dataclass(frozen=True)
class Artifact:
    """An artefact on disk, opened for reading; made by :func:`open_artifact`.

    Parameters
    ----------
    path : Path
        The folder.
    metadata : mapping
        The parsed ``metadata.json``.
    """

    path: Path
    metadata: Mapping[str, Any]

    @property
    def kind(self) -> str:
        """What the folder holds: ``"corpus"``, ``"embeddings"`` or ``"slices"``."""
        return str(self.metadata["kind"])

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the slices, in order; :class:`CorruptFileError` if the metadata names none."""
        labels = self.metadata.get("labels")
        if not (isinstance(labels, list) and labels and all(isinstance(label, str) for label in labels)):
            raise CorruptFileError(f"{self.path / _METADATA}: labels must be a list of names, got {labels!r}.")
        return tuple(labels)

    def __contains__(self, name: object) -> bool:
        return name in self.metadata.get("payloads", {})

    def file(self, name: str) -> Path:
        """Return the path of payload ``name`` after checking that its size is the recorded one."""
        entry = self._entry("payloads", name)
        filename = str(entry.get("file", ""))
        if PurePosixPath(filename).name != filename or "\\" in filename or filename in ("", ".", ".."):
            raise CorruptFileError(f"{self.path}: payload {name!r} has the unsafe file name {filename!r}.")
        path = self.path / filename
        try:
            size = path.stat().st_size
        except OSError as error:
            raise CorruptFileError(f"{path} is missing or unreadable ({error.strerror}).") from error
        if size != entry.get("bytes"):
            raise CorruptFileError(f"{path} has {size} bytes, {_METADATA} says {entry.get('bytes')}.")
        return path

    def array(self, name: str, *, mmap: bool = True) -> NDArray[Any]:
        """Return payload ``name`` as a read-only array.

        Parameters
        ----------
        name : str
            Name of the payload in the metadata.
        mmap : bool, default True
            Map the file instead of reading it.

        Raises
        ------
        CorruptFileError
            If the file is missing, or its size, shape or dtype is not the recorded one.
        """
        path = self.file(name)
        entry = self._entry("payloads", name)
        try:
            # Mapping refuses a header that promises more than the file holds; a plain load
            # would allocate first.
            array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, OSError, EOFError) as error:
            raise CorruptFileError(f"{path} is not a readable .npy file: {error}.") from error
        if list(array.shape) != entry.get("shape") or array.dtype.str != entry.get("dtype"):
            raise CorruptFileError(
                f"{path} holds {array.dtype.str}{list(array.shape)}, {_METADATA} says "
                f"{entry.get('dtype')}{entry.get('shape')}."
            )
        if not mmap:
            array = np.array(array)
            array.setflags(write=False)
        return array

    def lines(self, name: str) -> Iterator[str]:
        """Yield the lines of text payload ``name`` without their line ends."""
        path = self.file(name)
        try:
            with path.open(encoding="utf-8", newline="\n") as stream:
                for line in stream:
                    yield line.rstrip("\n")
        except UnicodeDecodeError as error:
            raise CorruptFileError(f"{path} is not UTF-8: {error}.") from error

    def child(self, name: str) -> "Artifact":
        """Open the artefact inside this one that is called ``name``."""
        entry = self._entry("children", name)
        folder = PurePosixPath(str(entry.get("folder", "")))
        if folder.is_absolute() or not folder.parts or ".." in folder.parts:
            raise CorruptFileError(f"{self.path}: part {name!r} has the unsafe folder {str(folder)!r}.")
        path = self.path / folder
        opened = open_artifact(path)
        if sha256(path / _METADATA) != entry.get("sha256"):
            raise CorruptFileError(f"{path / _METADATA} is not the file that {self.path} was written with.")
        return opened

    def verify(self) -> int:
        """Compare every payload, here and in the parts, with its recorded SHA-256.

        Returns
        -------
        int
            Number of files checked.

        Raises
        ------
        CorruptFileError
            Naming the first file that differs.
        """
        checked = 0
        for name, entry in self.metadata.get("payloads", {}).items():
            path = self.file(name)
            if sha256(path) != entry.get("sha256"):
                raise CorruptFileError(f"{path} was changed after it was written: its SHA-256 differs.")
            if path.suffix == ".npy":
                self.array(name)
            checked += 1
        for name in self.metadata.get("children", {}):
            checked += 1 + self.child(name).verify()
        return checked

    def _entry(self, table: str, name: str) -> Mapping[str, Any]:
        entry = self.metadata.get(table, {}).get(name)
        if not isinstance(entry, dict):
            raise CorruptFileError(f"{self.path / _METADATA} names no {name!r} among its {table}.")
        return entry


def open_artifact(path: Path | str, *kinds: str) -> Artifact:
    """Open the artefact in folder ``path``.

    Parameters
    ----------
    path : Path or str
        The folder.
    *kinds : str
        Kinds that are welcome; any if none is given.

    Raises
    ------
    FormatError
        If there is no artefact, or one of another kind or of a newer format.
    CorruptFileError
        If the metadata cannot be parsed.
    """
    path = Path(path)
    file = path / _METADATA
    if not path.exists():
        raise FormatError(f"{path} does not exist.")
    if not file.is_file():
        raise FormatError(f"{path} is not a wordvec artefact: it is no folder with a {_METADATA} inside.")
    if file.stat().st_size > _MAX_METADATA:
        raise CorruptFileError(f"{file} is larger than {_MAX_METADATA} bytes.")
    try:
        metadata = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError) as error:
        raise CorruptFileError(f"{file} is not valid JSON: {error}.") from error
    if not isinstance(metadata, dict) or not isinstance(metadata.get("kind"), str):
        raise CorruptFileError(f"{file} names no kind.")
    for table in ("payloads", "children"):
        if not isinstance(metadata.get(table, {}), dict):
            raise CorruptFileError(f"{file}: {table!r} is not a table.")
    number = metadata.get("format")
    if not isinstance(number, int) or number < 1:
        raise CorruptFileError(f"{file}: format must be a positive integer, got {number!r}.")
    if number > FORMAT:
        raise FormatError(f"{path} has format {number}; this wordvec reads up to {FORMAT}. Upgrade wordvec.")
    if kinds and metadata["kind"] not in kinds:
        raise FormatError(f"{path} holds {metadata['kind']}, expected {' or '.join(kinds)}.")
    return Artifact(path, metadata)


class ArtifactWriter:
    """Write an artefact so that it appears whole or not at all.

    A new artefact is built in a hidden folder beside ``path`` and renamed at the end. Over an
    existing one (``overwrite=True``), new payloads are put beside the old ones and the metadata is
    replaced last; what the new metadata does not name is then removed.

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
        check_output(self.path, overwrite=overwrite)
        self._replacing = self.path.exists()
        self._payloads: dict[str, dict[str, Any]] = {}
        self._children: dict[str, dict[str, Any]] = {}
        self._committed = False
        token = secrets.token_hex(4)
        self._folder = self.path if self._replacing else self.path.parent / f".{self.path.name}.partial-{token}"
        self._scratch = self._folder / f".partial-{token}"
        try:
            self._scratch.mkdir(parents=True)
        except OSError as error:
            raise ResourceError(f"cannot write to {self.path.parent}: {error.strerror}.") from error

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
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG):
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
        digest = sha256(source / _METADATA)
        folder = f"{name}-{digest[:8]}"
        target = self._folder / folder
        target.parent.mkdir(exist_ok=True)
        if target.exists():
            shutil.rmtree(target)
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
        full = {"format": FORMAT, "kind": self.kind, **metadata, "versions": versions()}
        full["payloads"] = self._payloads
        if self._children:
            full["children"] = self._children
        shutil.rmtree(self._scratch)
        stamp = {"written": datetime.now(UTC).isoformat(timespec="seconds"), "host": platform.node()}
        write_json(self._folder / _RUN, {**stamp, **(run or {})})
        write_json(self._folder / _METADATA, full)
        sync_folder(self._folder)
        if not self._replacing:
            self._folder.rename(self.path)
        self._committed = True
        sync_folder(self.path.parent)
        if self._replacing:
            self._sweep()

    def _named(self, metadata: Mapping[str, Any]) -> set[str]:
        files = {str(entry["file"]) for entry in metadata.get("payloads", {}).values()}
        return files | {str(entry["folder"]) for entry in metadata.get("children", {}).values()}

    def _sweep(self) -> None:
        """Remove what the current metadata does not name."""
        keep = self._named(json.loads((self.path / _METADATA).read_text("utf-8"))) | {_METADATA, _RUN}
        parents = {str(PurePosixPath(name).parent) for name in keep} - {"."}
        for found in [
            *self.path.iterdir(),
            *(p for parent in parents for p in (self.path / parent).iterdir()),
        ]:
            relative = found.relative_to(self.path).as_posix()
            if relative not in keep and relative not in parents:
                shutil.rmtree(found) if found.is_dir() else found.unlink()

    def _discard(self) -> None:
        if self._replacing:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._sweep()
        else:
            shutil.rmtree(self._folder, ignore_errors=True)


def check_output(path: Path, *, overwrite: bool) -> None:
    """Raise :class:`ResourceError` if an artefact may not be written at ``path``."""
    if not (path.exists() or path.is_symlink()):
        return
    if not is_artifact(path):
        raise ResourceError(f"{path} exists and is not a wordvec artefact; choose another output.")
    if not overwrite:
        raise ResourceError(f"{path} exists; choose another output or pass --overwrite.")
