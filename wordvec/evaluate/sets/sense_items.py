"""Sense-tagged instances: a word, what stands around it, and the senses that people gave it there."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from .columns import checked_word
from .contexts import ContextTokenizer, Occurrence, cut_at, find_tokens
from .datasets import Dataset, combined_digest, read_dataset
from .numbering import number_keys
from .sense_keys import Gold, Key, check_instances, listed, read_key
from .sense_xml import read_sense_xml

__all__ = ["SenseItems", "lemma_of", "read_sense_items"]

_WITH_PART_OF_SPEECH = re.compile(r"([^.]+)[.-](?:n|v|a|j|r|adj|adv)")
_JOINED = ("lemma", "instance", "gold_sense", "left_context", "right_context")
_COARSE = ("target", "instance", "sense_label", "target_token_index", "text")
_TWSI = ("context_id", "target", "target_position", "gold_sense_ids", "context")
#: Two labels for one instance in the key of SemEval-2010.
_DOUBLE = "&&"


@dataclass(frozen=True, eq=False)
class SenseItems:
    """Occurrences of words with the senses that people gave them.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from, and its key.
    targets : tuple of str
        What each is an occurrence of, as the file calls it: ``"access.n"``.
    instances : tuple of str
        What each is called, different within a target.
    around : tuple of Occurrence
        The tokens before and after each.
    gold : tuple of mapping of str to float
        Sense labels with weights above 0; of one sense ``{"access.n.3": 1.0}``.
    notes : tuple of str
        What was read from the file by rule, and what was left out.
    """

    name: str
    sha256: str
    targets: tuple[str, ...]
    instances: tuple[str, ...]
    around: tuple[Occurrence, ...]
    gold: tuple[Gold, ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def words(self) -> tuple[str, ...]:
        """The word of each, without its part of speech."""
        return tuple(lemma_of(target) for target in self.targets)

    @property
    def target(self) -> NDArray[np.int64]:
        """int64[n], a number for each target, from 0 in the order in which they come."""
        return number_keys(self.targets)

    @property
    def graded(self) -> bool:
        """Whether some instance has several senses."""
        return any(len(gold) > 1 for gold in self.gold)


class _Entry(NamedTuple):
    """An instance as it stands in a file."""

    where: str
    target: str
    instance: str
    around: Occurrence
    gold: Gold


def lemma_of(target: str) -> str:
    """Return a word without its part of speech.

    Parameters
    ----------
    target : str
        Such as ``access.n`` or ``line-n``.

    Examples
    --------
    >>> lemma_of("access.n"), lemma_of("line-n"), lemma_of("apple")
    ('access', 'line', 'apple')
    """
    found = _WITH_PART_OF_SPEECH.fullmatch(target)
    return found[1] if found else target


def read_sense_items(
    path: Path | str | Dataset, key: Path | str | Dataset | None = None, *, tokenizer: ContextTokenizer = "alnum"
) -> SenseItems:
    """Read sense-tagged instances, plain or compressed. The form is found by the first line:

    - a header with ``lemma, instance, gold_sense, left_context, right_context``: tab-separated, as SemEval-2010
      task 14 joined with its key;
    - one with ``target, instance, sense_label, target_token_index, text``: CoarseWSD-20;
    - one with ``context_id, target, target_position, gold_sense_ids, context``: TWSI. Its offsets are a few
      characters off: the word is the occurrence nearest to the offset of its first letters, all but the last two,
      at least three;
    - ``<``: the XML of Senseval-2, SemEval-2013 and NLTK's ``senseval`` corpus, with answers in it or a key;
    - a word and a number, ``access.n 48``: so many lines follow, left context, tab, right context, as AdaGram has
      them, with a key; the first line is the instance with the smallest number.

    A key has Senseval's form (see :func:`~wordvec.evaluate.sets.sense_keys.read_key`). Left out and counted in
    ``notes``: instances with a double label (``access.n.1&&2``), without a sense in the key or without the word.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.
    key : Path, str or Dataset, optional
        Its key, for the forms that have one.
    tokenizer : {"alnum", "words", "whitespace"}, default "alnum"
        How contexts are cut into words; see :func:`~wordvec.evaluate.sets.contexts.find_tokens`.

    Raises
    ------
    FormatError
        Naming file and line, if the file is in none of these forms, an instance is there twice, or the key names
        instances that are missing (they are listed).

    Examples
    --------
    >>> table = "target\\tinstance\\tclass\\tsense_label\\ttarget_token_index\\ttext\\n"
    >>> table += "bank\\tb.1\\t0\\tbank_river\\t1\\tthe bank of the Rhine\\n"
    >>> found = read_sense_items(Dataset("toy", table, ""))
    >>> found.words, found.around[0].right, found.gold
    (('bank',), ('of', 'the', 'rhine'), ({'bank_river': 1.0},))
    """
    source = read_dataset(path)
    keyed = None if key is None else read_dataset(key)
    notes: list[str] = []
    first = next(line for _, line in source.lines())
    columns = tuple(name.strip().casefold() for name in first.split("\t"))
    if first.lstrip().startswith("<"):
        entries = _from_xml(source, keyed, tokenizer, notes)
    elif re.fullmatch(r"\S+ \d+", first.strip()):
        entries = _from_blocks(source, keyed, tokenizer)
    else:
        forms = ((_JOINED, _joined), (_COARSE, _coarse), (_TWSI, _twsi))
        form = next(((names, read) for names, read in forms if set(names) <= set(columns)), None)
        if form is None:
            raise FormatError(
                f"{source.shown}: no form of sense-tagged instances that is known: the first line is neither XML, nor "
                f"a word and a number, nor a header with {', '.join(_JOINED)} (SemEval-2010), {', '.join(_COARSE)} "
                f"(CoarseWSD-20) or {', '.join(_TWSI)} (TWSI); got {first[:80]!r}."
            )
        names, read = form
        rows = _rows(source, columns, names)
        entries = [entry for where, fields in rows if (entry := read(where, fields, tokenizer)) is not None]
        entries = _told_apart(entries, notes) if read is _twsi else entries
        if len(entries) < len(rows):
            notes.append(f"{len(rows) - len(entries)} of {len(rows)} instances do not hold their word and are left out")
        if keyed is not None:
            entries = _keyed(entries, read_key(keyed), source, notes)
    return _checked(source, keyed, tokenizer, entries, notes)


def _checked(
    source: Dataset, key: Dataset | None, tokenizer: str, entries: Sequence[_Entry], notes: list[str]
) -> SenseItems:
    """Return instances that are there once, without those of double labels."""
    seen: dict[tuple[str, str], str] = {}
    for entry in entries:
        checked_word(entry.target, entry.where)
        if (entry.target, entry.instance) in seen:
            first = seen[entry.target, entry.instance]
            raise FormatError(f"{entry.where}: the instance {entry.instance} is there already ({first}).")
        seen[entry.target, entry.instance] = entry.where
    kept = [entry for entry in entries if not any(_DOUBLE in label for label in entry.gold)]
    if len(kept) < len(entries):
        notes.append(f"{len(entries) - len(kept)} of {len(entries)} instances with a double label ({_DOUBLE}) left out")
    if not kept:
        raise FormatError(f"{source.shown} holds no instance with a sense.")
    labels: dict[str, set[str]] = {}
    for entry in kept:
        labels.setdefault(entry.target, set()).update(entry.gold)
    alone = [target for target, found in labels.items() if len(found) == 1]
    if alone:
        notes.append(f"{len(alone)} of {len(labels)} words have one sense only and are not scored: {listed(alone, 5)}")
    notes.append(f"{len(kept)} instances of {len(labels)} words")
    name = source.name if tokenizer == "alnum" else f"{source.name}, {tokenizer} tokens"
    digest = source.sha256 if key is None else combined_digest([("instances", source), ("key", key)])
    _, targets, instances, around, gold = zip(*kept, strict=True)
    return SenseItems(name, digest, targets, instances, around, gold, tuple(notes))


def _rows(source: Dataset, columns: Sequence[str], names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return file and line, and the fields that have these names, of each line below the header."""
    places = [columns.index(name) for name in names]
    found = []
    for number, line in list(source.lines())[1:]:
        fields = line.split("\t")
        if len(fields) <= max(places):
            raise FormatError(
                f"{source.where(number)}: expected {len(columns)} columns like the header, got {len(fields)}."
            )
        found.append((source.where(number), [fields[place] for place in places]))
    return found


def _joined(where: str, fields: list[str], tokenizer: ContextTokenizer) -> _Entry:
    target, instance, sense, left, right = fields
    around = Occurrence(find_tokens(left, tokenizer), find_tokens(right, tokenizer))
    return _Entry(where, target, instance, around, {checked_word(sense, where): 1.0})


def _coarse(where: str, fields: list[str], tokenizer: ContextTokenizer) -> _Entry:
    target, instance, sense, index, text = fields
    tokens = text.split()
    if not (index.isdecimal() and int(index) < len(tokens)):
        raise FormatError(f"{where}: target_token_index must be 0 to {len(tokens) - 1}, got {index!r}.")
    place = int(index)
    parts = " ".join(tokens[:place]), " ".join(tokens[place + 1 :])
    around = Occurrence(*(find_tokens(part, tokenizer) for part in parts))
    return _Entry(where, target, instance, around, {checked_word(sense, where): 1.0})


def _twsi(where: str, fields: list[str], tokenizer: ContextTokenizer) -> _Entry | None:
    instance, target, position, senses, text = fields
    start = position.partition(",")[0].strip()
    if not start.isdecimal():
        raise FormatError(f"{where}: target_position must be two places in the text, as in 4,12, got {position!r}.")
    stem = target[: max(3, len(target) - 2)]
    places = [found.start() for found in re.finditer(re.escape(stem), text, re.IGNORECASE)]
    if not places:
        return None
    place = min(places, key=lambda one: (abs(one - int(start)), one))
    gold = dict.fromkeys(filter(None, re.split(r"[,\s]+", senses)), 1.0)
    if not gold:
        raise FormatError(f"{where}: gold_sense_ids is empty.")
    # A sentence that holds the word twice is there twice, under one id.
    return _Entry(where, target, f"{instance}:{start}", cut_at(text, place, place + len(stem), tokenizer), gold)


def _told_apart(entries: Sequence[_Entry], notes: list[str]) -> list[_Entry]:
    """Return instances of which those that were annotated twice have names of their own."""
    times: dict[tuple[str, str], int] = {}
    found = []
    for entry in entries:
        again = times[entry.target, entry.instance] = times.get((entry.target, entry.instance), 0) + 1
        found.append(entry._replace(instance=f"{entry.instance}/{again}") if again > 1 else entry)
    repeated = len(entries) - len(times)
    if repeated:
        notes.append(f"{repeated} of {len(entries)} lines give an instance a second time and are kept")
    return found


def _from_xml(source: Dataset, key: Dataset | None, tokenizer: ContextTokenizer, notes: list[str]) -> list[_Entry]:
    held = read_sense_xml(source, tokenizer)
    entries = [_Entry(one.where, one.target, one.instance, one.around, dict.fromkeys(one.senses, 1.0)) for one in held]
    more = sum(one.heads > 1 for one in held)
    if more:
        notes.append(f"{more} contexts have several <head>; the first is the word, the others are left out")
    if key is not None:
        return _keyed(entries, read_key(key), source, notes)
    if not any(entry.gold for entry in entries):
        raise FormatError(f"{source.shown} holds no <answer senseid=...>; name its key: key=FILE.")
    return _with_gold(entries, notes)


def _from_blocks(source: Dataset, key: Dataset | None, tokenizer: ContextTokenizer) -> list[_Entry]:
    """Return instances of a file of words, each with its number of lines below it."""
    if key is None:
        raise FormatError(f"{source.shown} holds contexts without senses; name its key: key=FILE.")
    gold = read_key(key)
    by_target: dict[str, list[str]] = {}
    for instance, said in gold.items():
        by_target.setdefault(said.target, []).append(instance)
    entries: list[_Entry] = []
    lines = iter(enumerate(source.text.splitlines(), start=1))  # a context may be empty on both sides
    for number, line in lines:
        if not line.strip():
            continue
        target, _, count = line.strip().partition(" ")
        where = source.where(number)
        if not count.isdecimal():
            raise FormatError(f"{where}: expected a word and how many contexts follow, got {line[:60]!r}.")
        instances = sorted(by_target.pop(target, []), key=_place)
        if len(instances) != int(count):
            raise FormatError(f"{where}: {target} has {count} contexts, and {len(instances)} lines in the key.")
        for instance in instances:
            number, context = next(lines, (number, ""))
            left, tab, right = context.partition("\t")
            if not tab:
                raise FormatError(f"{source.where(number)}: expected left context, tab, right context of {instance}.")
            around = Occurrence(find_tokens(left, tokenizer), find_tokens(right, tokenizer))
            entries.append(_Entry(source.where(number), target, instance, around, gold[instance].gold))
    check_instances(gold, {entry.instance: () for entry in entries}, source.shown)
    return entries


def _place(instance: str) -> tuple[int, str]:
    """Return the number at the end of an instance's name, by which instances are in order."""
    last = instance.rpartition(".")[2]
    return (int(last) if last.isdecimal() else 0), instance


def _keyed(entries: Iterable[_Entry], key: Key, source: Dataset, notes: list[str]) -> list[_Entry]:
    """Return the instances with the senses of a key."""
    held = list(entries)
    check_instances(key, {entry.instance: () for entry in held}, source.shown)
    return _with_gold([e._replace(gold=key[e.instance].gold if e.instance in key else {}) for e in held], notes)


def _with_gold(entries: Sequence[_Entry], notes: list[str]) -> list[_Entry]:
    """Return the instances that have a sense; say which have none."""
    without = [entry.instance for entry in entries if not entry.gold]
    if without:
        notes.append(f"{len(without)} of {len(entries)} instances have no sense and are left out: {listed(without, 5)}")
    return [entry for entry in entries if entry.gold]
