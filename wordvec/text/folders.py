"""From paths to text files: what a folder holds, and what of it is left out."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ..artifact import is_ours
from ..errors import FormatError
from .readers import COMPRESSED, STANDARD_INPUT
from .records import ENDINGS

__all__ = ["Found", "describe_files", "describe_left_out", "find_files", "size_of"]

_ENDINGS = (".txt", ".txt.gz", ".txt.bz2", ".txt.xz", ".txt.zst")
#: Endings of what is read in a folder without text: annotated text or, without that, too, tables.
_ANNOTATED = (".conllu",)
_TABLES = tuple(ending for ending in ENDINGS if ending not in _ANNOTATED)
#: What is left out for other reasons than its ending.
_HIDDEN, _ARTIFACTS, _LINKS, _NO_ENDING = "hidden", "artefacts", "links to folders", "no ending"
_SINGULAR = {_HIDDEN: "hidden", _ARTIFACTS: "artefact", _LINKS: "link to a folder"}
_LONGEST_ENDING = 12
_SHOWN_ENDINGS = 5


class Found(NamedTuple):
    """The text files that a path stands for.

    Parameters
    ----------
    files : list of str
        Their paths.
    left_out : Counter of str
        What else a folder holds, by ending (``".docx"``, ``"no ending"``), or as ``"hidden"`` files and
        folders, ``"artefacts"`` and ``"links to folders"``; what these hold is not counted.
    """

    files: list[str]
    left_out: Counter[str]


def find_files(path: Path | str) -> Found:
    """Return the text files that a path stands for.

    Parameters
    ----------
    path : Path or str
        A file, ``"-"`` for standard input, or a folder: then all files below it that end in ``.txt``,
        ``.txt.gz``, ``.txt.bz2``, ``.txt.xz`` or ``.txt.zst``, in the order of their names. Hidden files and folders,
        artefacts and links to folders are left out, and counted. Without any text, the files of CoNLL-U below it;
        without these, too, the tables.

    Raises
    ------
    FormatError
        If there is no such file, no text in the folder, or a folder that cannot be read.
    """
    name = str(path)
    if name == STANDARD_INPUT:
        return Found([name], Counter())
    _check_name(name)
    path = Path(path)
    if not path.exists():
        raise FormatError(f"{name} does not exist.")
    return _walk(path) if path.is_dir() else Found([name], Counter())


def _walk(path: Path) -> Found:
    found: list[Path] = []
    others: list[Path] = []
    left_out: Counter[str] = Counter()
    for folder, folders, files in os.walk(path, onerror=_refuse):
        kept = []
        for name in folders:
            reason = _reason_against(Path(folder, name))
            if reason is None:
                kept.append(name)
            else:
                left_out[reason] += 1
        folders[:] = kept
        for name in files:
            if name.startswith("."):
                left_out[_HIDDEN] += 1
            elif name.lower().endswith(_ENDINGS):
                found.append(Path(folder, name))
            else:
                left_out[_ending(name)] += 1
                others.append(Path(folder, name))
    for endings in (_ANNOTATED, _TABLES):
        if not found:
            found = [file for file in others if _unpacked_ending(file.name) in endings]
            left_out -= Counter(_ending(file.name) for file in found)
    if not found:
        held = f"; it has {describe_left_out(left_out)}" if left_out else ""
        raise FormatError(f"the folder {path} holds no text: no file in it ends in {', '.join(_ENDINGS)}{held}.")
    names = [str(file) for file in sorted(found, key=lambda file: file.relative_to(path).parts)]
    for name in names:
        _check_name(name)
    return Found(names, left_out)


def describe_files(names: Sequence[str]) -> str:
    """Return the names of files for a message, the first two of them if there are more than three.

    Examples
    --------
    >>> describe_files(["-"]), describe_files(["a.txt", "b.txt"]), describe_files(["a.txt", "b.txt", "c.txt", "d.txt"])
    ('standard input', 'a.txt and b.txt', 'a.txt, b.txt and 2 more files')
    """
    shown = ["standard input" if name == STANDARD_INPUT else name for name in names]
    if len(shown) > 3:
        shown[2:] = [f"{len(shown) - 2:,} more files"]
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def describe_left_out(counts: dict[str, int]) -> str:
    """Return in words what was left out of folders.

    Examples
    --------
    >>> describe_left_out({".docx": 1, ".md": 2, "hidden": 1})
    '3 with other endings (.md 2, .docx 1), 1 hidden'
    """
    endings = sorted((-n, ending) for ending, n in counts.items() if ending not in _SINGULAR)
    parts = []
    if endings:
        shown = ", ".join(f"{ending} {-n:,}" for n, ending in endings[:_SHOWN_ENDINGS])
        more = f" and {len(endings) - _SHOWN_ENDINGS} more" if len(endings) > _SHOWN_ENDINGS else ""
        total = -sum(n for n, _ in endings)
        parts.append(f"{total:,} with {'another ending' if total == 1 else 'other endings'} ({shown}{more})")
    for reason, one in _SINGULAR.items():
        if n := counts.get(reason, 0):
            parts.append(f"{n:,} {one if n == 1 else reason}")
    return ", ".join(parts)


def _reason_against(folder: Path) -> str | None:
    """Return why a folder in a folder is not entered."""
    if folder.name.startswith("."):
        return _HIDDEN
    if folder.is_symlink():
        return _LINKS
    return _ARTIFACTS if is_ours(folder) else None


def _ending(name: str) -> str:
    """Return by which ending a file is counted: ``.docx``, ``.csv.gz``."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    ending = "".join(suffixes[-2:] if suffixes and suffixes[-1] in COMPRESSED else suffixes[-1:])
    return ending if 1 < len(ending) <= _LONGEST_ENDING and ending.isprintable() and " " not in ending else _NO_ENDING


def _unpacked_ending(name: str) -> str:
    """Return the ending of a file, one that says how it is packed not counted."""
    path = Path(name)
    return (Path(path.stem).suffix if path.suffix.lower() in COMPRESSED else path.suffix).lower()


def _refuse(error: OSError) -> None:
    """Raise :class:`FormatError` for a folder that cannot be listed."""
    raise FormatError(f"the folder {error.filename} cannot be read: {error.strerror}.") from error


def _check_name(name: str) -> None:
    """Raise :class:`FormatError` for a file name that cannot be written to the metadata."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise FormatError(f"the file name {name!a} is not valid Unicode; rename the file.") from None


def size_of(name: str) -> int | None:
    """Return the size of a file, None if it is not known beforehand."""
    return Path(name).stat().st_size if name != "-" and Path(name).is_file() else None
