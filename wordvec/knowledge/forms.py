"""Which format a file or a folder is in: by its name, its header, its first lines."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from ..artifact import is_artifact
from ..errors import FormatError, require
from ..text.tables import LineSource, bare_name, beside
from ..text.wordnet_files import find_wordnet
from .babelnet import BABELNET_ID
from .edge_tables import find_columns, is_directed
from .intake import LONG_LINES, Selection
from .mesh import TREE_NUMBER
from .umls import RRF_FIELDS
from .word_lists import PREFIXED, is_number

__all__ = ["FORMATS", "Found", "find_form"]

FORMATS = (
    "wvg", "umls", "wordnet", "wn", "omw", "babelnet", "obo", "mesh", "conceptnet", "synsets", "edges", "lexicon",
    "pairs",
)  # fmt: skip
#: So many lines are looked at.
_LINES = 100
_CUI = re.compile(r"[A-Z]{1,2}\d{5,9}\Z")
_TAB = re.compile(r"wn-(?:data|wikt|cldr)-.*\.tab\Z")
_SYNSETS = ("synset", "lemmas")


@dataclass
class Found:
    """What is to be read, and as what.

    Parameters
    ----------
    format : str
        One of :data:`FORMATS`.
    path : Path
        As it was given.
    files : dict of str to list of Path
        Its files, by what they are: ``MRCONSO``, ``data.noun``; ``""`` where there is one kind only.
    directed : bool
        Whether the direction of its edges says something.
    prefixed : bool
        Whether the words of a list say their language.
    """

    format: str
    path: Path
    files: dict[str, list[Path]] = field(default_factory=dict)
    directed: bool = True
    prefixed: bool = False


def find_form(path: Path | str, format: str | None, selection: Selection) -> Found:
    """Return what a path is; see :func:`wordvec.knowledge.reading.read_graph` for the rules.

    Parameters
    ----------
    path : Path or str
        File or folder; of format ``wn`` the name of a lexicon.
    format : str, optional
        Wins over the rules.
    selection : Selection
        How files are to be read.

    Raises
    ------
    FormatError
        If it is not there, or cannot be told.
    """
    require(format is None or format in FORMATS, "format", f"one of {', '.join(FORMATS)}", format)
    if format == "wn" or (format is None and str(path).startswith("wn:")):
        return Found("wn", Path(str(path).removeprefix("wn:")))
    path = Path(path)
    if not path.exists():
        raise FormatError(f"{path} does not exist.")
    if path.is_dir():
        return _in_folder(path, format) or _in_single_file(path, format, selection)
    source = LineSource(path, selection.encoding, selection.errors, LONG_LINES)
    lines = [line for _, line in source.head(_LINES)]
    if format is None:
        format = _by_name(path) or _by_header(lines[0]) or _by_lines(source, lines)
    if format in ("wvg", "wordnet"):
        raise FormatError(
            f"{path} is a file; "
            + ("a graph of ours is a folder." if format == "wvg" else "WordNet's database is a folder: name that.")
        )
    kind = _rrf_kind(source, lines[0]) if format == "umls" else ""
    directed = format not in ("lexicon", "pairs") and (format != "edges" or is_directed(lines[0].split("\t")))
    prefixed = format in ("lexicon", "pairs") and all(map(_is_prefixed, lines))
    return Found(format, path, {kind: [path]}, directed, prefixed)


def _in_folder(folder: Path, format: str | None) -> Found | None:
    if format in (None, "wvg") and is_artifact(folder):
        return Found("wvg", folder)
    if format in (None, "umls"):
        for place in (folder, folder / "META"):
            rrf = {name: beside(place, f"{name}.RRF") for name in RRF_FIELDS}
            if rrf["MRCONSO"] or rrf["MRREL"]:
                return Found("umls", folder, {name: [path] for name, path in rrf.items() if path})
    if format in (None, "wordnet"):
        for place in (folder, folder / "dict"):
            found = find_wordnet(place)
            if any(name.startswith("data.") for name in found):
                return Found("wordnet", folder, {name: [path] for name, path in found.items()})
    if format in (None, "synsets") and (table := beside(folder, "synsets.tsv")):
        edges = beside(folder, "synset-edges.tsv")
        return Found("synsets", folder, {"": [table], "edges": [edges] if edges else []})
    if format in (None, "omw"):
        tabs = sorted(
            path for path in folder.iterdir() if re.match(r"wn-(?:data|wikt|cldr)-.*\.tab\Z", bare_name(path))
        )
        if tabs:
            return Found("omw", folder, {"": tabs})
    return None


def _in_single_file(folder: Path, format: str | None, selection: Selection) -> Found:
    """Return what the only file of a folder is."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    if len(files) == 1 and format not in ("wvg", "wordnet"):  # these are folders
        return find_form(files[0], format, selection)
    listed = ", ".join(path.name for path in files[:5]) + (", …" if len(files) > 5 else "")
    raise FormatError(
        f"{folder} holds no graph{'' if format is None else f' of format {format}'}; expected MRCONSO.RRF or "
        "MRREL.RRF, data.noun (there or in dict), synsets.tsv, wn-data-*.tab, a graph of ours, or a single file; "
        f"else name a file{f' of it: {listed}' if files else ''}."
    )


def _by_name(path: Path) -> str | None:
    name = bare_name(path)
    if name.removesuffix(".RRF") in RRF_FIELDS and name.endswith(".RRF"):
        return "umls"
    if re.fullmatch(r"(?:data|index)\.(?:noun|verb|adj|adv)", name):
        return "wordnet"
    return "obo" if name.lower().endswith(".obo") else None


def _by_header(line: str) -> str | None:
    names = [name.strip().lower() for name in line.split("\t")]
    if line.startswith(("format-version:", "[Term]")):
        return "obo"
    if line.startswith("#") and len(names) in (3, 4):
        return "omw"
    if all(name in names for name in _SYNSETS):
        return "synsets"
    if names[0] in ("tree number", "tree_number", "treenumber"):
        return "mesh"
    if names[0] in ("synset", "synset_id") and names[1:2] in (["language"], ["lang"], ["relation"], ["rel"]):
        return "babelnet"
    return "edges" if find_columns(names) is not None and len(names) > 1 else None


def _by_lines(source: LineSource, lines: list[str]) -> str:
    first = lines[0]
    fields = first.split("\t")
    bars = first.split("|")
    if len(bars) >= min(RRF_FIELDS.values()) and _CUI.match(bars[0]):
        return "umls"
    if BABELNET_ID.match(fields[0]):
        return "babelnet"
    if fields[0].startswith("/a/[") or (len(fields) > 3 and fields[1].startswith("/r/")):
        return "conceptnet"
    if (TREE_NUMBER.match(fields[0]) and len(fields) == 3) or TREE_NUMBER.match(first.rpartition(";")[2].strip()):
        return "mesh"
    rows = [_words(line) for line in lines]
    if any("\t" in line for line in lines):
        if all(len(row) == 2 or (len(row) == 3 and is_number(row[2])) for row in rows):
            return "pairs"
        raise FormatError(
            f"{source.where(1)}: cannot tell the format of {len(fields)} columns separated by tabs ({first[:60]!r}); "
            f"give it a header (source, target, relation, weight), or name the format, one of {', '.join(FORMATS)}."
        )
    if all(len(row) == 1 for row in rows):
        raise FormatError(f"{source.path}: one word a line; a graph needs words that belong together.")
    numbers = sum(sum(map(is_number, row[1:])) > 2 for row in rows)
    if 2 * numbers > len(rows):
        raise FormatError(f"{source.path} looks like vectors: words and numbers; a graph needs words, or a header.")
    if all(len(row) == 2 or (len(row) == 3 and is_number(row[2])) for row in rows):
        return "pairs"
    return "lexicon"


def _words(line: str) -> list[str]:
    return [word.strip() for word in line.split("\t")] if "\t" in line else line.split()


def _is_prefixed(line: str) -> bool:
    words = _words(line)
    return all(PREFIXED.match(word) for word in (words[:2] if is_number(words[-1]) else words))


def _rrf_kind(source: LineSource, first: str) -> str:
    """Tell MRCONSO, MRREL and MRSTY by the name of the file, else by the fields of its first line."""
    name = bare_name(source.path).removesuffix(".RRF")
    if name in RRF_FIELDS:
        return name
    fields = first.split("|")
    count = len(fields) - (not fields[-1].strip())
    found = next((kind for kind, width in RRF_FIELDS.items() if count == width), None)
    if found is None:
        widths = ", ".join(f"{width} ({kind})" for kind, width in RRF_FIELDS.items())
        raise FormatError(f"{source.where(1)}: expected fields separated by |: {widths}; found {count}.")
    return found
