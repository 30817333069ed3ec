"""Tables of edges, and tables of synsets, with a header."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..errors import FormatError, ParameterError
from .intake import TABLES, Intake

__all__ = ["EDGE_COLUMNS", "find_columns", "is_directed", "read_edge_table", "read_synset_table"]

#: Names of columns, in lower case, and which end of an edge they are. The last rows are of edges that lead both ways.
_ENDS = (
    ("source", "target"), ("src", "dst"), ("from", "to"), ("head", "tail"), ("subject", "object"), ("start", "end"),
    ("synset1", "synset2"), ("lemma1", "lemma2"), ("concept1", "concept2"),
    ("node1", "node2"), ("word1", "word2"),
)  # fmt: skip
_BOTH_WAYS = ("node1", "word1")
EDGE_COLUMNS = {"relation": ("relation", "rel", "predicate", "type"), "weight": ("weight", "score")}


def find_columns(header: Sequence[str]) -> tuple[int, int, int, int] | None:
    """Return the columns of source, target, relation and weight (-1: not there); None if it is no table of edges.

    Examples
    --------
    >>> find_columns(["synset1", "relation", "synset2"])
    (0, 2, 1, -1)
    """
    names = [name.strip().lower() for name in header]
    for first, second in _ENDS:
        if first in names and second in names:
            relation, weight = (
                next((names.index(name) for name in EDGE_COLUMNS[role] if name in names), -1)
                for role in ("relation", "weight")
            )
            return names.index(first), names.index(second), relation, weight
    return None


def is_directed(header: Sequence[str]) -> bool:
    """Whether the edges below a header lead one way: not those of ``word1 word2`` and ``node1 node2``."""
    found = find_columns(header)
    return found is not None and header[found[0]].strip().lower() not in _BOTH_WAYS


def read_edge_table(path: Path, intake: Intake) -> None:
    """Read a table with a header such as ``source  target  relation  weight``, the last two if there.

    ``synset1  relation  synset2`` and ``lemma1  synset1  relation  lemma2  synset2`` are such, too; of the latter the
    lemmas are the ends (its senses are not told apart). Other columns are not looked at. Edges below ``word1  word2``
    and ``node1  node2`` lead both ways.

    Parameters
    ----------
    path : Path
        Columns separated by tabs.
    intake : Intake
        Takes what is read. Without a column the relation is ``list_relation`` of the selection, else ``related``.

    Raises
    ------
    FormatError
        Naming file and line of what does not fit the header.
    ParameterError
        If the relation is named for this very file, and it has a column of them.
    """
    source = intake.open(path, TABLES)
    header = source.head()[0][1].split("\t")
    columns = find_columns(header)
    if columns is None:
        raise FormatError(
            f"{source.where(1)}: expected a header with source and target (relation, weight), "
            f"got {'  '.join(header)[:60]!r}."
        )
    start, end, relation, weight = columns
    named = intake.selection.list_relation
    if relation >= 0 and isinstance(named, Mapping) and path in named:
        raise ParameterError(
            f"list_relation names the relation of {path} {named[path]!r}, and its column {header[relation]!r} does; "
            "leave it out, or choose among those relations."
        )
    default = intake.selection.relation_of(path, "related")
    words = header[start].strip().lower() == "word1"
    rows = source.rows(len(header), len(header))
    next(rows)
    for number, fields in rows:
        if not fields[start] or not fields[end]:
            raise FormatError(f"{source.where(number)}: the {'target' if fields[start] else 'source'} is empty.")
        name = fields[relation] or default if relation >= 0 else default
        if weight < 0 or fields[weight] == "1":
            intake.edge(fields[start], fields[end], name)
        else:
            intake.edge(fields[start], fields[end], name, fields[weight], source.where(number))
        if words:
            intake.words(fields[start], fields[end])


def read_synset_table(path: Path, intake: Intake) -> None:
    """Read a table with the columns ``synset`` and ``lemmas``, joined by ``|``; other columns are not looked at.

    Parameters
    ----------
    path : Path
        Columns separated by tabs.
    intake : Intake
        Takes what is read.

    Raises
    ------
    FormatError
        Naming file and line of what does not fit the header.
    """
    intake.defines = True
    source = intake.open(path)
    header = [name.strip().lower() for name in source.head()[0][1].split("\t")]
    if "synset" not in header or "lemmas" not in header:
        raise FormatError(
            f"{source.where(1)}: expected a header with synset and lemmas, got {'  '.join(header)[:60]!r}."
        )
    synset, lemmas = header.index("synset"), header.index("lemmas")
    rows = source.rows(len(header), len(header))
    next(rows)
    for number, fields in rows:
        words = [word for word in fields[lemmas].split("|") if word.strip()]
        if not fields[synset] or not words:
            raise FormatError(
                f"{source.where(number)}: the {'synset has no lemmas' if fields[synset] else 'synset is empty'}."
            )
        for rank, word in enumerate(words):
            intake.term(fields[synset], word, "", rank)
