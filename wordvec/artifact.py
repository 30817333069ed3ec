"""Artefacts: folders that hold arrays, a table or two, and a JSON file that names them.

A folder one can read with ``less``: ``metadata.json`` (kind, settings, and for each
payload its file, shape, dtype and SHA-256), UTF-8 tables, and ``.npy`` payloads that can be
memory-mapped. A payload's file name holds its digest, and ``metadata.json`` is replaced last,
atomically: a reader trusts only what the metadata names, so a crash at any moment leaves the
earlier artefact whole. Time, host and thread count go to ``run.json``, so that equal runs make
equal artefacts.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .disk import sha256
from .errors import CorruptFileError, FormatError

__all__ = ["FORMAT", "KINDS", "METADATA", "RUN", "Artifact", "is_artifact", "is_inside", "is_ours", "open_artifact"]

#: Number of the layout written by this version; readers accept it and older ones.
FORMAT = 1
#: What an artefact may hold.
KINDS = ("corpus", "embeddings", "slices", "senses", "sense-slices", "graph", "checkpoint")
METADATA = "metadata.json"
RUN = "run.json"
_MAX_METADATA = 64 * 1024 * 1024


def is_artifact(path: Path) -> bool:
    """Tell whether ``path`` is a folder with a ``metadata.json``, whoever wrote it."""
    return (Path(path) / METADATA).is_file()


def is_ours(path: Path) -> bool:
    """Tell whether ``path`` is an artefact that this package wrote and can read."""
    try:
        return open_artifact(path).kind in KINDS
    except (FormatError, CorruptFileError):
        return False


def is_inside(name: str) -> bool:
    """Tell whether ``name``, read from metadata, is the name of something inside its folder."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


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
            raise CorruptFileError(f"{self.path / METADATA}: labels must be a list of names, got {labels!r}.")
        return tuple(labels)

    def __contains__(self, name: object) -> bool:
        return name in self.metadata.get("payloads", {})

    def file(self, name: str) -> Path:
        """Return the path of payload ``name`` after checking that its size is the recorded one."""
        entry = self._entry("payloads", name)
        filename = str(entry.get("file", ""))
        if not is_inside(filename) or "/" in filename:
            raise CorruptFileError(f"{self.path}: payload {name!r} has the unsafe file name {filename!r}.")
        path = self.path / filename
        try:
            size = path.stat().st_size
        except OSError as error:
            raise CorruptFileError(f"{path} is missing or unreadable ({error.strerror}).") from error
        if size != entry.get("bytes"):
            raise CorruptFileError(f"{path} has {size} bytes, {METADATA} says {entry.get('bytes')}.")
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
                f"{path} holds {array.dtype.str}{list(array.shape)}, {METADATA} says "
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
        folder = str(entry.get("folder", ""))
        if not is_inside(folder):
            raise CorruptFileError(f"{self.path}: part {name!r} has the unsafe folder {folder!r}.")
        path = self.path / folder
        if not is_artifact(path):
            raise CorruptFileError(f"{path} is missing; {self.path} was written with it.")
        opened = open_artifact(path)
        if sha256(path / METADATA) != entry.get("sha256"):
            raise CorruptFileError(f"{path / METADATA} is not the file that {self.path} was written with.")
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
            raise CorruptFileError(f"{self.path / METADATA} names no {name!r} among its {table}.")
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
    file = path / METADATA
    if not path.exists():
        raise FormatError(f"{path} does not exist.")
    if not file.is_file():
        raise FormatError(f"{path} is not a wordvec artefact: it is no folder with a {METADATA} inside.")
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
