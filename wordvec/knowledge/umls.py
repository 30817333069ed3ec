"""UMLS in Rich Release Format: MRCONSO, MRREL and MRSTY."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..errors import FormatError
from ..text.tables import LineSource
from .intake import TABLES, Intake, counted

__all__ = ["RRF_FIELDS", "read_umls"]

#: How many fields a row of each file has; a bar may follow the last one.
RRF_FIELDS = {"MRCONSO": 18, "MRREL": 16, "MRSTY": 6}
#: REL to what the second concept of a row is to the first.
_RELATIONS = {
    "PAR": "parent", "CHD": "child", "RB": "broader", "RN": "narrower", "SY": "synonym", "RO": "related",
    "RQ": "possibly_synonymous", "RL": "similar", "SIB": "sibling", "AQ": "allowed_qualifier", "QB": "qualified_by",
    "RU": "unspecified",
}  # fmt: skip
#: Not related, deleted: rows that say there is no relation.
_NO_RELATION = ("XR", "DEL")


def read_umls(files: Mapping[str, Sequence[Path]], intake: Intake) -> None:
    """Read strings, relations and semantic types of UMLS concepts.

    Concepts are CUIs. Of a concept the preferred string (TS = P, STT = PF, ISPREF = Y) stands first. A relation is
    called by its RELA, read as *CUI2 RELA CUI1*, which makes an edge from CUI2 to CUI1; without one by its REL, which
    says what CUI2 is to CUI1, and makes an edge from CUI1 to CUI2. Either way the target of ``isa``, ``parent`` and
    ``broader`` is the more general one.

    Parameters
    ----------
    files : mapping of str to sequence of Path
        ``MRCONSO``, ``MRREL``, ``MRSTY``, as far as there. With MRCONSO relations to other concepts are dangling.
    intake : Intake
        Its selection may name languages (LAT), relations (REL, RELA, or ours), sources (SAB), term types (TTY),
        semantic types (TUI or STY); suppressed rows (SUPPRESS other than N) are left out unless wanted.

    Raises
    ------
    FormatError
        Naming file, line, and what a broken row should be.
    """
    kept = _read_types(files.get("MRSTY", ()), intake)
    for path in files.get("MRCONSO", ()):
        intake.defines = True
        _read_strings(intake.open(path, TABLES), intake, kept)
    for path in files.get("MRREL", ()):
        _read_relations(intake.open(path, TABLES), intake, kept)


def _rows(source: LineSource, kind: str) -> Iterator[tuple[int, list[str]]]:
    width = RRF_FIELDS[kind]
    for number, line in source.lines():
        fields = line.split("|")
        if len(fields) != width and (len(fields) != width + 1 or fields[-1].strip()):
            found = len(fields) - (not fields[-1].strip())
            raise FormatError(
                f"{source.where(number)}: expected {width} fields separated by |, as {kind} has, found {found}."
            )
        if not fields[0]:
            raise FormatError(f"{source.where(number)}: the CUI is empty.")
        yield number, fields


def _read_types(paths: Sequence[Path], intake: Intake) -> set[str] | None:
    """Count concepts by semantic type; return those of the types that are wanted, None for all."""
    kept: set[str] = set()
    types: Counter[str] = Counter()
    for path in paths:
        for _, fields in _rows(intake.open(path, TABLES), "MRSTY"):
            types[fields[3]] += 1
            if intake.selection.semantic_types is not None and intake.wants("semantic_types", fields[3], fields[1]):
                kept.add(fields[0])
    if types:
        intake.facts["semantic_types"] = counted(types)
    return None if intake.selection.semantic_types is None else kept


def _read_strings(source: LineSource, intake: Intake, kept: set[str] | None) -> None:
    suppressed = intake.selection.suppressed
    for _, fields in _rows(source, "MRCONSO"):
        if kept is not None and fields[0] not in kept:
            intake.leave_out("strings_of_other_semantic_types")
        elif not suppressed and fields[16] not in ("N", ""):
            intake.leave_out("suppressed")
        elif (
            intake.wants("sources", fields[11])
            and intake.wants("term_types", fields[12])
            and intake.wants("languages", fields[1])
        ):
            rank = 2 - (fields[2] == "P") - (fields[2] == "P" and fields[4] == "PF" and fields[6] == "Y")
            intake.builder.term(fields[0], fields[14], fields[1], rank)


def _read_relations(source: LineSource, intake: Intake, kept: set[str] | None) -> None:
    suppressed, edge = intake.selection.suppressed, intake.builder.edge
    for number, fields in _rows(source, "MRREL"):
        first, code, second, label = fields[0], fields[3], fields[4], fields[7]
        if code in _NO_RELATION:
            intake.leave_out("rows_of_no_relation")
        elif not suppressed and fields[14] not in ("N", ""):
            intake.leave_out("suppressed")
        elif code not in _RELATIONS:
            expected = ", ".join((*_RELATIONS, *_NO_RELATION))
            raise FormatError(f"{source.where(number)}: REL must be one of {expected}, got {code[:20]!r}.")
        elif not second:
            raise FormatError(f"{source.where(number)}: the second CUI is empty.")
        elif kept is not None and (first not in kept or second not in kept):
            intake.leave_out("relations_of_other_semantic_types")
        elif intake.wants("sources", fields[10]) and intake.wants(
            "relations", label or _RELATIONS[code], code, _RELATIONS[code]
        ):
            if label:
                edge(second, first, label)
            else:
                edge(first, second, _RELATIONS[code])
