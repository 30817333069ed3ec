"""The documents of a corpus, and the way back from its sentences to the lines they were."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError

__all__ = ["Column", "Documents", "Lines"]


@dataclass(frozen=True, eq=False)
class Column:
    """What one column of a table says of each document: its speaker, its source, its genre.

    Parameters
    ----------
    codes : int32[documents]
        Which of ``values`` each document has; -1 for none.
    values : tuple of str
        The distinct values, in the order in which they first occur.

    Examples
    --------
    >>> speakers = Column.from_values(["Ann", "Bob", "", "Ann"])
    >>> speakers.codes.tolist(), speakers.values
    ([0, 1, -1, 0], ('Ann', 'Bob'))
    """

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    @classmethod
    def from_values(cls, values: Iterable[str]) -> "Column":
        """Return the column of these values, one for each document; an empty one says nothing."""
        index: dict[str, int] = {}
        codes = [index.setdefault(value, len(index)) if value else -1 for value in values]
        return cls(np.array(codes, dtype=np.int32), tuple(index))


@dataclass(frozen=True, eq=False)
class Documents:
    """The document table of a corpus, in the corpus's order.

    Parameters
    ----------
    offsets : int64[documents + 1]
        Document ``d`` is sentences ``offsets[d]`` to ``offsets[d + 1] - 1``.
    files : int32[documents]
        Which input file each came from.
    names, dates : tuple of str or None
        One each per document where the input named them (header lines, files), else None.
    columns : mapping of str to Column
        What else the input's table says of each document.
    """

    offsets: NDArray[np.int64]
    files: NDArray[np.int32]
    names: tuple[str, ...] | None = None
    dates: tuple[str, ...] | None = None
    columns: Mapping[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def between(self, start: int, stop: int) -> "Documents":
        """Return documents ``start`` to ``stop - 1``, their sentences numbered from 0."""
        offsets = self.offsets[start : stop + 1]
        return Documents(
            offsets - offsets[0],
            self.files[start:stop],
            None if self.names is None else self.names[start:stop],
            None if self.dates is None else self.dates[start:stop],
            {name: Column(column.codes[start:stop], column.values) for name, column in self.columns.items()},
        )


@dataclass(frozen=True, eq=False)
class Lines:
    """Where the line behind each sentence is, so that results can quote it.

    Parameters
    ----------
    offsets : int64[S]
        Byte offset of each sentence's line in its file, or in ``kept``.
    files : tuple of (str, bool)
        For each input file its path as given, and whether its lines are in ``kept`` because it was
        compressed, piped, not UTF-8, or has CR line ends.
    kept : Path, optional
        UTF-8 file of kept lines.
    sizes : tuple of int, optional
        Bytes of each input file when it was read, by which a file that changed since is noticed.
    """

    offsets: NDArray[np.int64]
    files: tuple[tuple[str, bool], ...]
    kept: Path | None = None
    sizes: tuple[int, ...] = ()

    def read(self, sentence: int, file: int, limit: int = 1 << 20) -> str:
        """Return the line of ``sentence``, which came from ``file``; at most ``limit`` bytes of it."""
        name, is_kept = self.files[file]
        path = self.kept if is_kept else Path(name)
        if path is None:
            raise FormatError(f"the lines of {name} were not kept with this corpus; encode it again.")
        try:
            size = path.stat().st_size
            if self.sizes and not is_kept and size != self.sizes[file]:
                raise FormatError(f"{path} has changed since this corpus was made from it; encode it again.")
            with path.open("rb") as stream:
                stream.seek(int(self.offsets[sentence]))
                return stream.readline(limit).decode("utf-8", "replace").rstrip("\r\n").removeprefix("\ufeff")
        except OSError as error:
            raise FormatError(f"{path}, which this corpus quotes, cannot be read: {error.strerror}.") from error
