"""Exports of BabelNet: lemmas of synsets in many languages, and relations of synsets."""

import re
from pathlib import Path

from ..errors import FormatError
from .intake import TABLES, Intake

__all__ = ["BABELNET_ID", "read_babelnet"]

BABELNET_ID = re.compile(r"bn:\d{8}[nvar]\Z")
_HEADS = ("synset", "synset_id", "synset1", "id", "source")
_EDGE_HEADS = ("relation", "rel", "pointer")


def read_babelnet(path: Path, intake: Intake) -> None:
    """Read ``synset  language  lemma`` (a fourth column is a gloss), or ``synset  relation  synset``.

    Which of the two it is the third column of a line tells: an id (``bn:00008364n``) is an edge. Ids that are
    otherwise need a header, ``synset  language  lemma`` or ``synset  relation  synset``.

    Parameters
    ----------
    path : Path
        Columns separated by tabs, with or without a header.
    intake : Intake
        Takes what is read; a list of lemmas says which synsets there are.

    Raises
    ------
    FormatError
        Naming file and line of what is not so.
    """
    source = intake.open(path, TABLES)
    header: list[str] | None = None
    first = True
    for number, fields in source.rows(3, 4):
        if first:
            first = False
            names = [field.lower() for field in fields]
            if names[0] in _HEADS:
                header = names
                continue
        if not fields[0] or not fields[2]:
            raise FormatError(f"{source.where(number)}: the {'last column' if fields[0] else 'synset'} is empty.")
        is_edge = bool(BABELNET_ID.match(fields[2])) if header is None else header[1] in _EDGE_HEADS
        if is_edge:
            intake.edge(fields[0], fields[2], fields[1] or "related", 1.0, source.where(number))
            continue
        intake.defines = True
        intake.term(fields[0], fields[2], fields[1])
