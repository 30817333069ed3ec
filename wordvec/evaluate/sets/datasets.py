"""Test sets: the ones that ship with the package, and files of the user's own."""

import bz2
import gzip
import hashlib
import io
import lzma
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ...errors import FormatError, ParameterError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BUNDLED", "Dataset", "bundled", "combined_digest", "list_known", "read_dataset"]

#: Name of a shipped test set to its file below ``wordvec.data``.
BUNDLED = {
    "UMNSRS-rel.txt": "similarity/UMNSRS-rel.txt.xz",
    "UMNSRS-sim.txt": "similarity/UMNSRS-sim.txt.xz",
    "questions-words.txt": "analogy/questions-words.txt.xz",
}

_MAX_BYTES = 256 * 1024 * 1024
_OPENERS = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}


@dataclass(frozen=True)
class Dataset:
    """The text of a test set.

    Parameters
    ----------
    name : str
        File name without a compression ending.
    text : str
        Its content.
    sha256 : str
        SHA-256 of the uncompressed bytes.
    path : str, optional
        Where it is, for messages.
    """

    name: str
    text: str
    sha256: str
    path: str = ""

    @property
    def shown(self) -> str:
        """How messages call it."""
        return self.path or self.name

    def where(self, line: int) -> str:
        """Return file and line, for a message."""
        return f"{self.shown}, line {line}"

    def lines(self) -> Iterator[tuple[int, str]]:
        """Yield the number and the text of each line that is not blank; numbers as an editor shows them."""
        for number, line in enumerate(io.StringIO(self.text, newline=None), start=1):
            if line.strip():
                yield number, line.rstrip("\n")


def bundled(name: str) -> Dataset:
    """Return a test set that ships with the package.

    Parameters
    ----------
    name : str
        One of :data:`BUNDLED`: ``"questions-words.txt"``, the Google analogies, or ``"UMNSRS-sim.txt"`` and
        ``"UMNSRS-rel.txt"``, clinical terms.

    Raises
    ------
    ParameterError
        If there is no such set.

    Examples
    --------
    >>> bundled("questions-words.txt").text[:26]
    ': capital-common-countries'
    """
    if name not in BUNDLED:
        raise ParameterError(f"name must be one of {', '.join(BUNDLED)}, got {name!r}")
    file = resources.files("wordvec.data").joinpath(*BUNDLED[name].split("/"))
    return _decode(name, name, lzma.decompress(file.read_bytes()))


def list_known() -> "pd.DataFrame":
    """Return the test sets that this package has a reader for and knows by their checksum.

    Returns
    -------
    pandas.DataFrame
        Columns ``name task items licence source sha256 shipped``: ``source`` is a repository on GitHub and the
        folder in it, ``sha256`` that of the uncompressed text, and ``shipped`` is true of the sets that come
        with the package, which :func:`bundled` returns.

    Examples
    --------
    >>> known = list_known()
    >>> known.loc[known["shipped"], "name"].tolist()
    ['UMNSRS-sim.txt', 'UMNSRS-rel.txt', 'questions-words.txt']
    """
    import pandas as pd

    with resources.files("wordvec.data").joinpath("catalog.tsv").open(encoding="utf-8") as stream:
        table = pd.read_csv(stream, sep="\t", keep_default_na=False, dtype=str)
    table["shipped"] = table["shipped"] != ""
    return table


def read_dataset(path: Path | str | Dataset) -> Dataset:
    """Read a test set, which may be compressed (``.gz``, ``.xz``, ``.bz2``).

    Parameters
    ----------
    path : Path, str or Dataset
        A UTF-8 text file, with or without byte order mark; or what was read before, which is returned.

    Raises
    ------
    FormatError
        If the file is missing, empty, damaged, larger than 256 MiB or not UTF-8.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "pairs.txt.gz"
    >>> _ = path.write_bytes(gzip.compress(b"cat dog 3\\n"))
    >>> read_dataset(path).name, list(read_dataset(path).lines())
    ('pairs.txt', [(1, 'cat dog 3')])
    """
    if isinstance(path, Dataset):
        return path
    path = Path(path)
    if not path.exists():
        raise FormatError(f"{path} does not exist.")
    if path.is_dir():
        raise FormatError(f"{path} is a folder; name a file of test questions.")
    opener = _OPENERS.get(path.suffix)
    try:
        stream: IO[bytes]
        with opener(path, "rb") if opener else path.open("rb") as stream:  # type: ignore[operator]
            content = stream.read(_MAX_BYTES + 1)
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, OSError) as error:
        raise FormatError(f"{path} cannot be read: {error}.") from error
    if len(content) > _MAX_BYTES:
        raise FormatError(f"{path} holds more than {_MAX_BYTES} bytes; a test set is smaller.")
    return _decode(path.name.removesuffix(path.suffix) if opener else path.name, str(path), content)


def _decode(name: str, shown: str, content: bytes) -> Dataset:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise FormatError(
            f"{shown}, line {line}: byte {error.start} is not UTF-8; convert the file, "
            "for example with: iconv -f latin1 -t utf-8"
        ) from error
    if not text.strip():
        raise FormatError(f"{shown} is empty.")
    return Dataset(name, text, hashlib.sha256(content).hexdigest(), shown)


def combined_digest(files: Iterable[tuple[str, Dataset]]) -> str:
    """Return the SHA-256 of several files: of a line for each, its name, a zero and its own SHA-256.

    Parameters
    ----------
    files : iterable of (str, Dataset)
        Names and files, in an order that does not depend on the machine.

    Examples
    --------
    >>> combined_digest([("a", Dataset("a", "", "00"))])[:8], combined_digest([("b", Dataset("b", "", "00"))])[:8]
    ('49043ff6', '3cba908c')
    """
    lines = (f"{name}\0{source.sha256}\n" for name, source in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
