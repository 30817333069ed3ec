"""WordNet as an inventory: its own database files, or an installed ``wn`` package."""

from collections.abc import Iterator
from pathlib import Path

from ..errors import FormatError
from ..text.tables import LineSource, combined_digest
from ..text.wordnet_files import WORDNET_FILES, find_wordnet, open_wn, read_data, wordnet_lines
from .inventory import PARTS, InventorySense, SenseInventory, fold
from .inventory_graph import Synset, relate

__all__ = ["find_wordnet", "from_wn", "read_wordnet"]

#: First digit of a sense key to a part of speech; 5 is an adjective satellite.
_KEY_PARTS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}
_Edge = tuple[str, str, str, int, int]


def read_wordnet(folder: Path | str) -> SenseInventory:
    """Read WordNet's database files: ``index.noun``, ``data.noun`` and those of verb, adj, adv as far as there.

    Parameters
    ----------
    folder : Path
        The ``dict`` folder; files plain, ``.xz``, ``.gz`` or ``.bz2``. Tag counts come from ``cntlist.rev`` or
        ``index.sense`` if one is there; without, the index tells how many senses of a lemma were tagged at all.

    Returns
    -------
    SenseInventory
        Labels are ``lemma.part.number``, as WordNet numbers the senses of a lemma; synsets ``offset-part``. Senses
        of a lemma stand by tag count; without counts tagged ones stand first, then by number, then n, v, a, r.

    Raises
    ------
    FormatError
        Naming file and line of what is not as the WordNet manual (wndb) says.
    """
    files = find_wordnet(folder)
    parts = [p for p in PARTS if f"index.{WORDNET_FILES[p]}" in files]
    if not parts:
        raise FormatError(f"{folder}: no WordNet database here; expected index.noun and data.noun, plain or .xz.")
    sources, notes = [], []
    synsets: dict[str, Synset] = {}
    edges: list[_Edge] = []
    for part in parts:
        if f"data.{WORDNET_FILES[part]}" not in files:
            raise FormatError(f"{folder}: index.{WORDNET_FILES[part]} is there, data.{WORDNET_FILES[part]} is not.")
        sources.append(LineSource(files[f"data.{WORDNET_FILES[part]}"]))
        _read_data(sources[-1], part, synsets, edges)
    named = ((a, r, b, synsets[b].lemmas[t - 1] if t and b in synsets else None) for a, r, b, _, t in edges)
    loose = relate(synsets, named)
    counts: dict[tuple[str, str, int], int] | None = None
    if counted := next((files[n] for n in ("cntlist.rev", "index.sense") if n in files), None):
        sources.append(LineSource(counted))
        counts = _read_counts(sources[-1])
        notes.append(f"tag counts from {counted.name}")
    else:
        notes.append("no cntlist.rev and no index.sense: senses stand in WordNet's order, without tag counts")
    if missing := [WORDNET_FILES[p] for p in PARTS if p not in parts]:
        notes.append(f"not there: {', '.join(missing)}; {loose:,} pointer{'s' * (loose != 1)} to them")
    elif loose:
        notes.append(f"{loose:,} pointer{'s' * (loose != 1)} to synsets that are not there")
    related = {number: tuple(dict.fromkeys(synset.related)) for number, synset in synsets.items()}
    ranked: dict[str, list[tuple[int, InventorySense]]] = {}
    for part in parts:
        sources.append(LineSource(files[f"index.{WORDNET_FILES[part]}"]))
        for lemma, place, number, is_tagged in _read_index(sources[-1], part, synsets):
            label = f"{lemma}.{part}.{place:02d}"
            count = None if counts is None else counts.get((lemma, part, place), 0)
            tagged = is_tagged if count is None else count > 0
            sense = InventorySense(label, number, synsets[number].gloss, related[number], part, count, tagged)
            ranked.setdefault(lemma, []).append((place, sense))
    entries = {lemma: _by_frequency(senses) for lemma, senses in ranked.items()}
    digest = {"sha256": combined_digest(sources)}
    return SenseInventory(entries, "wordnet", str(folder), tuple(notes), digest, is_ranked=True)


def _by_frequency(senses: list[tuple[int, InventorySense]]) -> tuple[InventorySense, ...]:
    def key(item: tuple[int, InventorySense]) -> tuple[int, bool, int, int]:
        place, sense = item
        return -(sense.count or 0), not sense.is_tagged, place, PARTS.index(sense.part)

    return tuple(sense for _, sense in sorted(senses, key=key))


def _read_data(source: LineSource, part: str, synsets: dict[str, Synset], edges: list[_Edge]) -> None:
    for synset, words, gloss, pointers in read_data(source, part):
        edges += [(synset, *pointer) for pointer in pointers]
        synsets[synset] = Synset(part, words, gloss)


def _read_index(source: LineSource, part: str, synsets: dict[str, Synset]) -> Iterator[tuple[str, int, str, bool]]:
    """Yield lemma, number of the sense, synset, and whether the sense was tagged."""
    for number, line in wordnet_lines(source):
        fields = line.split()
        try:
            lemma, kind, n_synsets = fields[0], fields[1], int(fields[2])
            n_tagged = int(fields[-n_synsets - 1])
            offsets = fields[-n_synsets:]
            if kind != part or n_synsets < 1 or len(fields) != 6 + int(fields[3]) + n_synsets:
                raise ValueError
        except (ValueError, IndexError):
            raise FormatError(
                f"{source.where(number)}: not a lemma as WordNet's index.{WORDNET_FILES[part]} has them, "
                f"got {line[:60]!r}."
            ) from None
        for place, offset in enumerate(offsets, start=1):
            if f"{offset}-{part}" not in synsets:
                raise FormatError(
                    f"{source.where(number)}: {lemma!r} has the synset {offset}, which data.{WORDNET_FILES[part]} "
                    "has not; are the files of one release?"
                )
            yield fold(lemma), place, f"{offset}-{part}", place <= n_tagged


def _read_counts(source: LineSource) -> dict[tuple[str, str, int], int]:
    """Read ``sense_key number count`` (cntlist.rev) or ``sense_key offset number count`` (index.sense)."""
    counts: dict[tuple[str, str, int], int] = {}
    for number, line in wordnet_lines(source):
        fields = line.split()
        key, percent, rest = fields[0].partition("%")
        try:
            if not percent or len(fields) not in (3, 4):
                raise ValueError
            at = fold(key), _KEY_PARTS[rest[:1]], int(fields[-2])
            counts[at] = counts.get(at, 0) + int(fields[-1])
        except (ValueError, KeyError):
            raise FormatError(
                f"{source.where(number)}: expected a sense key, its number and its count, got {line[:60]!r}."
            ) from None
    return counts


def from_wn(lexicon: str = "oewn:2023") -> SenseInventory:
    """Read a wordnet by the ``wn`` package, which is installed, and has downloaded it, by the user.

    Parameters
    ----------
    lexicon : str, default "oewn:2023"
        What ``wn.Wordnet`` takes.

    Returns
    -------
    SenseInventory
        Labels are ``lemma.part.number`` in the order of the wordnet, synsets its own ids.

    Raises
    ------
    ParameterError
        If the package is not installed, or has no such lexicon.
    """
    source, version = open_wn(lexicon)
    synsets: dict[str, Synset] = {}
    order: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for word in source.words():
        for sense in word.senses():
            part = word.pos.replace("s", "a")
            order.setdefault((fold(word.lemma()), part), []).append((sense.synset().id, sum(sense.counts())))
    edges = []
    for node in source.synsets():
        gloss = "; ".join([node.definition() or "", *node.examples()])
        synsets[node.id] = Synset(node.pos.replace("s", "a"), list(node.lemmas()), gloss)
        edges += [(node.id, name, other.id, None) for name, others in node.relations().items() for other in others]
    relate(synsets, edges)
    is_counted = any(count for senses in order.values() for _, count in senses)
    ranked: dict[str, list[tuple[int, InventorySense]]] = {}
    for (lemma, part), senses in order.items():
        for place, (number, count) in enumerate(senses, start=1):
            held, label = synsets[number], f"{lemma}.{part}.{place:02d}"
            related = tuple(dict.fromkeys(held.related))
            tagged = count > 0 if is_counted else None
            sense = InventorySense(label, number, held.gloss, related, part, count if is_counted else None, tagged)
            ranked.setdefault(lemma, []).append((place, sense))
    entries = {lemma: _by_frequency(senses) for lemma, senses in ranked.items()}
    return SenseInventory(entries, "wordnet", lexicon, (f"read by wn {version}",), is_ranked=True)
