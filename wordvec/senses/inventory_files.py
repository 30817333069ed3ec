"""Inventories in files: which form a file or folder has, by rule, and the readers of tables."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from ..errors import FormatError, ParameterError, require
from ..text.tables import LineSource, beside, combined_digest
from ..text.wordnet_files import find_wordnet
from .inventory import InventorySense, Related, SenseInventory, fold
from .inventory_graph import Synset, join_synsets, relate
from .inventory_wordnet import read_wordnet

__all__ = ["FORMS", "Form", "read_inventory"]

Form = Literal["wordnet", "synsets", "babelnet", "twsi", "table"]
FORMS: tuple[Form, ...] = ("wordnet", "synsets", "babelnet", "twsi", "table")

_BABELNET = re.compile(r"bn:\d{8}[nvar]\Z")
_WEIGHTED = re.compile(r"\s*[^,]*[^,\s][^,]*:\d+(?:\.\d+)?\s*(?:,|\Z)")
#: Names of columns, in lower case, that headers of each form have.
_COLUMNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "synsets": (("synset",), ("lemmas",), ("gloss", "definition")),
    "babelnet": (("synset", "synset_id", "id"), ("language", "lang"), ("lemma", "word"), ("gloss", "definition")),
    "table": (("word", "lemma"), ("label", "sense")),
}


def read_inventory(path: Path | str, *, form: Form | None = None, language: str | None = None) -> SenseInventory:
    """Read an inventory of senses; what it was taken for is in ``form`` and ``notes``.

    ==========  ====================================================================================================
    form        what it looks like
    ==========  ====================================================================================================
    wordnet     a folder with ``index.noun`` and ``data.noun`` (verb, adj, adv), or with such a folder ``dict`` in it
    synsets     a table with a header ``synset ... lemmas ... gloss``, lemmas joined by ``|``; or a folder with
                ``synsets.tsv``. Edges come from ``synset-edges.tsv`` (``synset1 relation synset2``) beside it
    babelnet    ``synset language lemma gloss``, one line per lemma, with or without a header; ids ``bn:00008364n``
    twsi        ``word number word:weight, word:weight, ...`` without a header: substitutes of a sense
    table       ``word label gloss related|words``, with or without a header; the last two may be missing
    ==========  ====================================================================================================

    Columns are separated by tabs; files are UTF-8, plain, ``.xz``, ``.gz`` or ``.bz2``. The rules are tried in this
    order: a folder by the names in it; then a header; then, by the first line, twsi, babelnet, table.

    Parameters
    ----------
    path : Path or str
        File or folder.
    form : {"wordnet", "synsets", "babelnet", "twsi", "table"}, optional
        Say it where the rules would say something else.
    language : str, optional
        Of a BabelNet-style table with several languages: which to keep, as the table spells it (case aside).

    Returns
    -------
    SenseInventory
        Its notes count what was left out.

    Raises
    ------
    FormatError
        Naming file and line, if it cannot be read or does not fit its form.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "senses.tsv"
    >>> _ = path.write_text("bank\\tbank.n.01\\tland beside a river\\tshore|slope\\nbank\\tbank.n.02\\tlends money\\n")
    >>> found = read_inventory(path)
    >>> found.form, found.notes
    ('table', ('taken for a table: word, label, gloss, related words; no header',))
    >>> [related.word for related in found.senses("bank")[0].related]
    ['shore', 'slope']
    """
    path = Path(path)
    require(form is None or form in FORMS, "form", f"one of {', '.join(FORMS)}", form)
    if not path.exists():
        raise FormatError(f"{path} does not exist.")
    if path.is_dir():
        path, form = _in_folder(path, form)
        if form == "wordnet":
            found = read_wordnet(path)
            return replace(found, notes=(f"taken for WordNet's database files in {path.name}", *found.notes))
    elif form == "wordnet":
        raise FormatError(f"{path} is a file; WordNet's database is a folder with index.noun and data.noun.")
    source = LineSource(path)
    first = source.head()[0][1]
    header, form = _tell(source, first, form)
    if form == "synsets":
        return _read_synsets(source, header)
    if form == "babelnet":
        return _read_babelnet(source, header, language)
    return _read_twsi(source) if form == "twsi" else _read_table(source, header)


def _in_folder(folder: Path, form: Form | None) -> tuple[Path, Form]:
    """Return the folder or file to read, and its form where the name says it."""
    if form in (None, "wordnet"):
        for place in (folder, folder / "dict"):
            if find_wordnet(place):
                return place, "wordnet"
    table = beside(folder, "synsets.tsv")
    if form in (None, "synsets") and table is not None:
        return table, "synsets"
    raise FormatError(
        f"{folder} holds no inventory{'' if form is None else f' of form {form}'}; expected index.noun and data.noun, "
        "there or in dict, or synsets.tsv; else name a file."
    )


def _tell(source: LineSource, first: str, form: Form | None) -> tuple[list[str] | None, Form]:
    """Return the header, None if there is none, and the form."""
    fields = [field.strip() for field in first.split("\t")]
    names = [field.lower() for field in fields]
    for known, roles in _COLUMNS.items():
        if form in (None, known) and all(any(name in names for name in role) for role in roles):
            return names, known  # type: ignore[return-value]
    if form is None:
        if len(fields) == 3 and fields[1].isdecimal() and _WEIGHTED.match(fields[2]):
            form = "twsi"
        elif len(fields) == 4 and _BABELNET.match(fields[0]):
            form = "babelnet"
        elif 2 <= len(fields) <= 4:
            form = "table"
        else:
            raise FormatError(
                f"{source.where(1)}: cannot tell the form of {len(fields)} columns separated by tabs "
                f"({first[:60]!r}); expected word, label, gloss, related words, "
                f"or pass form=, one of {', '.join(FORMS)}."
            )
    if form == "synsets":
        raise FormatError(f"{source.where(1)}: expected a header with synset, lemmas and gloss, got {first[:60]!r}.")
    return None, form


def _rows(source: LineSource, header: Sequence[str] | None, least: int, most: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the fields of each line below the header."""
    if header is None:
        return source.rows(least, most)
    rows = source.rows(least, len(header))
    next(rows)
    return rows


def _column(header: Sequence[str] | None, names: Sequence[str], place: int) -> int:
    """Return the column with one of these names; without a header ``place``; -1 if it is not there."""
    if header is None:
        return place
    return next((header.index(name) for name in names if name in header), -1)


def _field(fields: Sequence[str], column: int) -> str:
    return fields[column] if 0 <= column < len(fields) else ""


def _read_table(source: LineSource, header: list[str] | None) -> SenseInventory:
    word, label, gloss, related, synset = (
        _column(header, names, place)
        for names, place in (
            (("word", "lemma"), 0), (("label", "sense"), 1), (("gloss", "definition"), 2), (("related",), 3),
            (("synset",), -1),
        )
    )  # fmt: skip
    entries: dict[str, list[InventorySense]] = defaultdict(list)
    for number, fields in _rows(source, header, 2, 4):
        lemma, name = fold(_field(fields, word)), _field(fields, label)
        if not lemma or not name:
            raise FormatError(f"{source.where(number)}: the {'label' if lemma else 'word'} is empty.")
        if any(sense.label == name for sense in entries[lemma]):
            raise FormatError(f"{source.where(number)}: {lemma!r} has the label {name!r} twice.")
        near = tuple(Related(" ".join(w.split())) for w in _field(fields, related).split("|") if w.strip())
        entries[lemma].append(InventorySense(name, _field(fields, synset), _field(fields, gloss), near))
    note = f"taken for a table: word, label, gloss, related words; {_header_note(header)}"
    return _finish(entries, "table", [source], [note])


def _read_twsi(source: LineSource) -> SenseInventory:
    entries: dict[str, list[InventorySense]] = defaultdict(list)
    for number, (word, name, listing) in _rows(source, None, 3, 3):
        lemma = fold(word)
        if not lemma or not name.isdecimal():
            raise FormatError(
                f"{source.where(number)}: expected a word and the number of a sense, got {word!r} {name!r}."
            )
        if any(sense.label == f"{lemma}.{name}" for sense in entries[lemma]):
            raise FormatError(f"{source.where(number)}: {lemma!r} has the sense {name} twice.")
        related = []
        for item in filter(str.strip, listing.split(",")):
            near, colon, weight = item.rpartition(":")
            if not colon or not near.strip() or not re.fullmatch(r"\d{1,9}(?:\.\d{1,9})?", weight.strip()):
                raise FormatError(f"{source.where(number)}: expected word:weight, got {item.strip()[:60]!r}.")
            related.append((" ".join(near.split()), float(weight)))
        total = sum(weight for _, weight in related) or 1.0
        near_words = tuple(Related(w, "substitute", len(related) * weight / total) for w, weight in related if weight)
        entries[lemma].append(InventorySense(f"{lemma}.{name}", related=near_words))
    return _finish(entries, "twsi", [source], ["taken for a TWSI inventory: word, number, word:weight"])


def _read_synsets(source: LineSource, header: list[str] | None) -> SenseInventory:
    number_at, lemmas_at, gloss_at = (_column(header, names, 0) for names in _COLUMNS["synsets"])
    part_at = _column(header, ("ss_type", "part", "pos"), -1)
    synsets: dict[str, Synset] = {}
    for number, fields in _rows(source, header, max(number_at, lemmas_at, gloss_at) + 1, 0):
        name, lemmas = fields[number_at], [w.strip() for w in fields[lemmas_at].split("|") if w.strip()]
        if not name or not lemmas:
            raise FormatError(f"{source.where(number)}: the {'synset has no lemmas' if name else 'synset is empty'}.")
        if name in synsets:
            raise FormatError(f"{source.where(number)}: the synset {name!r} is there twice.")
        part = _field(fields, part_at).replace("s", "a")
        synsets[name] = Synset(part if part in tuple("nvar") else "", lemmas, fields[gloss_at])
    sources, notes = [source], ["taken for a table of synsets"]
    edges = beside(source.path.parent, "synset-edges.tsv")
    if edges is not None:
        sources.append(LineSource(edges))
        loose = relate(synsets, _read_edges(sources[-1]))
        notes.append(f"edges from {edges.name}" + (f", {loose:,} to synsets that are not there" if loose else ""))
    else:
        notes.append("no synset-edges.tsv beside it: synonyms only")
    return _finish(join_synsets(synsets), "synsets", sources, notes)


def _read_edges(source: LineSource) -> Iterator[tuple[str, str, str, str | None]]:
    for number, fields in _rows(source, None, 3, 3):
        if fields != ["synset1", "relation", "synset2"]:
            if not all(fields):
                raise FormatError(f"{source.where(number)}: expected synset, relation, synset, got an empty one.")
            yield fields[0], fields[1], fields[2], None


def _read_babelnet(source: LineSource, header: list[str] | None, language: str | None) -> SenseInventory:
    columns = [_column(header, names, place) for place, names in enumerate(_COLUMNS["babelnet"])]
    rows: list[tuple[str, str, str, str]] = []
    spoken: Counter[str] = Counter()
    for number, fields in _rows(source, header, max(columns) + 1, 4):
        name, tongue, lemma, gloss = (fields[column] for column in columns)
        if not name or not lemma:
            raise FormatError(f"{source.where(number)}: the {'lemma' if name else 'synset'} is empty.")
        rows.append((name, tongue.lower(), lemma, gloss))
        spoken[tongue.lower()] += 1
    wanted = next(iter(spoken)) if language is None and len(spoken) == 1 else (language or "").lower()
    if wanted not in spoken:
        listed = ", ".join(sorted(spoken)[:20])
        if language is None:
            raise FormatError(f"{source.path} is in several languages ({listed}); choose one: language=.")
        raise ParameterError(f"language must be one of {listed}, got {language!r}")
    synsets: dict[str, Synset] = {}
    for name, tongue, lemma, gloss in rows:
        if tongue == wanted:
            synset = synsets.setdefault(name, Synset(name[-1] if _BABELNET.match(name) else "", [], ""))
            synset.lemmas.append(lemma)
            if gloss and gloss not in synset.gloss.split("; "):
                synset.gloss = f"{synset.gloss}; {gloss}".removeprefix("; ")
    for synset in synsets.values():
        synset.related = [Related(lemma.replace("_", " "), "synonym") for lemma in dict.fromkeys(synset.lemmas)]
    notes = [f"taken for a BabelNet-style table: synset, language, lemma, gloss; {_header_note(header)}"]
    if lost := len(rows) - spoken[wanted]:
        notes.append(f"language {wanted}; {lost:,} line{'s' * (lost != 1)} in other languages left out")
    return _finish(join_synsets(synsets), "babelnet", [source], notes)


def _header_note(header: Sequence[str] | None) -> str:
    return "no header" if header is None else "line 1 taken for a header"


def _finish(
    entries: dict[str, list[InventorySense]] | dict[str, tuple[InventorySense, ...]],
    form: Form,
    sources: list[LineSource],
    notes: list[str],
) -> SenseInventory:
    if not entries:
        raise FormatError(f"{sources[0].path} holds a header and no line below it.")
    held = {lemma: tuple(senses) for lemma, senses in entries.items()}
    return SenseInventory(held, form, str(sources[0].path), tuple(notes), {"sha256": combined_digest(sources)})
