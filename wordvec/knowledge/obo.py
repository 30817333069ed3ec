"""Ontologies in OBO format, read by obonet once their lines have been looked at."""

import re
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import FormatError
from ..text.tables import LineSource
from .intake import Intake

__all__ = ["read_obo"]

_STANZA = re.compile(r"\[[A-Za-z]+\]\s*\Z")
_SYNONYM = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(EXACT|NARROW|BROAD|RELATED)?')
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": " ", "t": " ", "W": " "}
_LINKS = ("is_a", "relationship")


@dataclass
class _Survey:
    """What one pass over the lines found: obonet joins equal ids and equal edges without a word."""

    ids: Counter[str] = field(default_factory=Counter)
    obsolete: int = 0
    links: int = 0
    linked: int = 0
    has_name: bool = False


def read_obo(path: Path, intake: Intake) -> None:
    """Read the terms of an ontology: names, synonyms, ``is_a`` and ``relationship``.

    The name of a term stands first, then its exact synonyms, then the others. Edges lead from a term to what it is
    said to be or to be part of: the target of ``is_a`` is the more general one. Obsolete terms are left out and
    counted (``obsolete``), as are ids that come again (``duplicate_ids``; obonet joins what is said of them) and links
    to terms that are not there (``dangling``).

    The lines are read twice: first to see that no line and not the whole is too large, then by obonet.

    Parameters
    ----------
    path : Path
        An ``.obo`` file.
    intake : Intake
        Takes what is read.

    Raises
    ------
    FormatError
        Naming file and line, or what obonet says, if it is no OBO file.
    """
    import obonet

    source = intake.open(path)
    survey = _survey(source)
    try:
        lines: Any = closing(_feed(source, survey))  # what obonet takes for an open file
        ontology = obonet.read_obo(lines, ignore_obsolete=True)
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{path}: obonet cannot read it ({' '.join(str(error).split())[:200]}).") from error
    intake.defines = True
    for name, attributes in ontology.nodes(data=True):
        if name not in survey.ids:
            continue
        intake.builder.concept(name)
        for text, rank in _names(attributes):
            intake.term(name, text, "", rank)
    for start, end, relation in ontology.edges(keys=True):
        intake.edge(start, end, relation)
    counts = {
        "obsolete": survey.obsolete,
        "duplicate_ids": survey.ids.total() - len(survey.ids),
        "duplicates": survey.linked - ontology.number_of_edges(),
    }
    for what, count in counts.items():
        intake.leave_out(what, max(0, count))


def _survey(source: LineSource) -> _Survey:
    """Look at every line once; nothing is kept but ids and counts."""
    survey = _Survey()
    kind, name, links, is_obsolete = "", "", 0, False
    for number, line in _with_end(source):
        if _STANZA.match(line) or line == "":
            if kind == "[Term]" and not name:
                raise FormatError(f"{source.where(number - 1)}: a [Term] without an id ends here.")
            if kind == "[Term]" and is_obsolete:
                survey.obsolete += 1
            elif kind == "[Term]":
                survey.ids[name] += 1
                survey.linked += links
            kind, name, links, is_obsolete = line.strip(), "", 0, False
            continue
        tag, colon, value = line.partition(":")
        if not colon and not line.startswith("!"):
            raise FormatError(f"{source.where(number)}: expected a tag and a value (is_a: X:1), got {line[:60]!r}.")
        tag = tag.strip()
        survey.has_name = survey.has_name or (not kind and tag in ("ontology", "name"))
        if tag == "id":
            name = value.split(" !")[0].strip()
        links += tag in _LINKS
        is_obsolete = is_obsolete or (tag == "is_obsolete" and value.strip().startswith("true"))
    if not survey.ids:
        raise FormatError(f"{source.path}: there is no [Term] in it that is not obsolete; is it an OBO file?")
    return survey


def _with_end(source: LineSource) -> Iterator[tuple[int, str]]:
    number = 0
    for number, line in source.lines():  # the last one is needed
        yield number, line
    yield number + 1, ""


def _feed(source: LineSource, survey: _Survey) -> Generator[str, None, None]:
    """Yield lines as obonet wants them: a blank one between stanzas, and a name, without which it warns."""
    if not survey.has_name:
        yield f"ontology: {source.path.name}\n"
    for _, line in source.lines():
        if _STANZA.match(line):
            yield "\n"
        yield line + "\n"


def _names(attributes: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Yield the names of a term, and their ranks."""
    if attributes.get("name"):
        yield _plain(attributes["name"]), 0
    for tag in ("synonym", "exact_synonym", "narrow_synonym", "broad_synonym"):
        for text in attributes.get(tag, ()):
            found = _SYNONYM.match(text)
            if found:
                exact = found.group(2) == "EXACT" or tag == "exact_synonym"
                yield _plain(found.group(1)), 1 if exact else 2


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found.group(1), found.group(1)), text)
