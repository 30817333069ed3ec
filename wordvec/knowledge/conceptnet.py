"""Assertions of ConceptNet 5."""

import json
import re
from pathlib import Path

from ..errors import FormatError
from .intake import TABLES, Intake

__all__ = ["read_conceptnet"]

_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def read_conceptnet(path: Path, intake: Intake) -> None:
    """Read ``assertion  relation  start  end  {"weight": 1.0, ...}``.

    Concepts are ``/c/en/cat``: what follows (part of speech, sense) is cut off, so edges of several senses become
    one, with the largest weight. ``/r/IsA`` becomes ``is_a``. With languages chosen, an edge stays if both ends are in
    them. Links to other data sets (``http://``) are counted and left out.

    Parameters
    ----------
    path : Path
        ``conceptnet-assertions-5.7.0.csv.gz`` or a part of it; columns are separated by tabs.
    intake : Intake
        Takes what is read.

    Raises
    ------
    FormatError
        Naming file and line of what is not so, or of a weight that is not finite and positive.
    """
    source, builder = intake.open(path, TABLES), intake.builder
    names: dict[str, str] = {}
    for number, line in source.lines():
        fields = line.split("\t")
        if len(fields) not in (4, 5) or not fields[1].startswith("/r/"):
            raise FormatError(
                f"{source.where(number)}: expected assertion, relation (/r/IsA), start (/c/en/cat), end and JSON, "
                f"separated by tabs, got {line[:60]!r}."
            )
        start, end = fields[2].split("/", 5), fields[3].split("/", 5)
        if not _is_concept(start) or not _is_concept(end):
            intake.leave_out("links_to_other_data")
            continue
        if fields[1] not in names:
            names[fields[1]] = _CAPITAL.sub("_", fields[1][3:]).lower()
        if intake.selection.languages is not None and not (
            intake.wants("languages", start[2]) and intake.wants("languages", end[2])
        ):
            continue
        if not intake.wants("relations", names[fields[1]], fields[1], fields[1][3:]):
            continue
        ends = []
        for part in (start, end):
            name = "/".join(part[:4])
            if name not in builder:
                builder.term(name, part[3], part[2])
            ends.append(name)
        builder.edge(ends[0], ends[1], names[fields[1]], _weight(fields, source.where(number)), source.where(number))


def _is_concept(parts: list[str]) -> bool:
    return len(parts) > 3 and parts[0] == "" and parts[1] == "c" and bool(parts[2]) and bool(parts[3])


def _weight(fields: list[str], where: str) -> float:
    if len(fields) == 4 or not fields[4].strip():
        return 1.0
    try:
        found = json.loads(fields[4])
        return found.get("weight", 1.0)  # type: ignore[no-any-return]  # the builder looks at it
    except (ValueError, AttributeError, RecursionError):
        raise FormatError(f"{where}: expected JSON with a weight in column 5, got {fields[4][:60]!r}.") from None
