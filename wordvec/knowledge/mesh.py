"""MeSH: descriptors, their places in the tree, and who is above whom."""

import re
from collections.abc import Iterator
from pathlib import Path

from ..errors import FormatError
from ..text.tables import LineSource
from .intake import Intake

__all__ = ["TREE_NUMBER", "read_mesh"]

TREE_NUMBER = re.compile(r"[A-Z]\d\d(?:\.\d{3})*\Z")
_HEADS = ("tree number", "tree_number", "treenumber")


def read_mesh(path: Path, intake: Intake) -> None:
    """Read ``tree number  descriptor  term``, or ``term;tree number`` as NLM's ``mtrees`` files have it.

    Concepts are descriptors (of ``mtrees``, which has none, terms). A tree number without its last part is the place
    above: an edge ``parent`` leads there. A descriptor with several places has several parents.

    Parameters
    ----------
    path : Path
        Columns separated by tabs, with or without a header; or by a semicolon.
    intake : Intake
        Takes what is read. A place whose upper place is not in the file is counted as dangling.

    Raises
    ------
    FormatError
        Naming file and line of what is no tree number, or of one that is there twice for different descriptors.
    """
    intake.defines = True
    source = intake.open(path)
    places: dict[str, str] = {}
    for number, (tree, descriptor, term) in _rows(source):
        if not TREE_NUMBER.match(tree) or not descriptor:
            raise FormatError(
                f"{source.where(number)}: expected a tree number (C14.280.647) and a descriptor, "
                f"got {tree[:40]!r} and {descriptor[:40]!r}."
            )
        if places.setdefault(tree, descriptor) != descriptor:
            raise FormatError(
                f"{source.where(number)}: {tree} is the place of {places[tree]} and of {descriptor}; in a tree of one."
            )
        if descriptor not in intake.builder:
            intake.term(descriptor, term, "eng")
    for tree, descriptor in places.items():
        above, dot, _ = tree.rpartition(".")
        if dot and above in places:
            intake.edge(descriptor, places[above], "parent")
        elif dot:
            intake.leave_out("dangling")


def _rows(source: LineSource) -> Iterator[tuple[int, list[str]]]:
    first = True
    for number, line in source.lines():
        if "\t" in line:
            fields = [field.strip() for field in line.split("\t")]
            if first and fields[0].lower() in _HEADS:
                first = False
                continue
            if len(fields) != 3:
                raise FormatError(
                    f"{source.where(number)}: expected tree number, descriptor and term separated by tabs, "
                    f"got {len(fields)} columns."
                )
            yield number, fields
        else:
            term, _, tree = line.strip().rpartition(";")
            yield number, [tree, term, term]
        first = False
