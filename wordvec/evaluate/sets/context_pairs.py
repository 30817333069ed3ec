"""Pairs of words in context: word in context (WiC), and similarities in context (SCWS)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import FormatError
from .columns import checked_number, checked_word
from .contexts import ContextTokenizer, Occurrence, cut_at, find_tokens
from .datasets import Dataset, combined_digest, read_dataset
from .sense_keys import listed

__all__ = ["ContextPairs", "read_context_pairs", "read_usage_pairs"]

_TAGS = {"T": 1.0, "F": 0.0}
_FIELDS = ("id", "lemma", "sentence1", "sentence2", "start1", "end1", "start2", "end2")


@dataclass(frozen=True, eq=False)
class ContextPairs:
    """Two words, each in a context, with what people say of them.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    words : tuple of (str, str)
        The words.
    around : tuple of (Occurrence, Occurrence)
        The tokens before and after each.
    scores : float64[n]
        How similar they are, on any scale; or 1 where a word has the same meaning in both, 0 where not.
    notes : tuple of str
        What was read from the file by rule.
    """

    name: str
    sha256: str
    words: tuple[tuple[str, str], ...]
    around: tuple[tuple[Occurrence, Occurrence], ...]
    scores: NDArray[np.float64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_context_pairs(path: Path | str | Dataset, *, tokenizer: ContextTokenizer = "alnum") -> ContextPairs:
    """Read word pairs in context with judgements of similarity, in the form of SCWS, plain or compressed.

    Tab-separated, without a header: number, word, part of speech, word, part of speech, context, context, mean of the
    ratings, and the ratings; ``<b>`` and ``</b>`` stand around the word in its context.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.
    tokenizer : {"alnum", "words", "whitespace"}, default "alnum"
        See :func:`~wordvec.evaluate.sets.contexts.find_tokens`.

    Raises
    ------
    FormatError
        Naming file and line, if a line does not fit.

    Examples
    --------
    >>> line = "1\\tbank\\tn\\tshore\\tn\\tthe <b> bank </b> of it\\tby the <b> shore </b>\\t7.5"
    >>> found = read_context_pairs(Dataset("toy", line, ""))
    >>> found.words, found.scores.tolist(), found.around[0][0]
    ((('bank', 'shore'),), [7.5], Occurrence(left=('the',), right=('of', 'it')))
    """
    source = read_dataset(path)
    words, around, scores = [], [], []
    for number, line in source.lines():
        where, fields = source.where(number), line.split("\t")
        if len(fields) < 8:
            raise FormatError(f"{where}: expected 8 columns or more with tabs between them, got {len(fields)}.")
        words.append((checked_word(fields[1].strip(), where), checked_word(fields[3].strip(), where)))
        around.append((_marked(fields[5], tokenizer, where), _marked(fields[6], tokenizer, where)))
        scores.append(checked_number(fields[7].strip(), where))
    return ContextPairs(
        _named(source, tokenizer, "alnum"), source.sha256, tuple(words), tuple(around), np.array(scores)
    )


def _named(source: Dataset, tokenizer: str, usual: str) -> str:
    return source.name if tokenizer == usual else f"{source.name}, {tokenizer} tokens"


def _marked(text: str, tokenizer: ContextTokenizer, where: str) -> Occurrence:
    left, opened, rest = text.partition("<b>")
    _, closed, right = rest.partition("</b>")
    if not (opened and closed):
        raise FormatError(f"{where}: a context must hold its word between <b> and </b>, got {text[:60]!r}.")
    return Occurrence(find_tokens(left, tokenizer), find_tokens(right, tokenizer))


def read_usage_pairs(
    path: Path | str | Dataset, gold: Path | str | Dataset | None = None, *, tokenizer: ContextTokenizer = "words"
) -> ContextPairs:
    """Read pairs of sentences with a word in common, and whether it means the same in both: WiC and MCL-WiC.

    MCL-WiC is JSON: a list of objects with ``id, lemma, sentence1, sentence2, start1, end1, start2, end2``, and one of
    ``id, tag`` for the gold. WiC is tab-separated: word, part of speech, the places of the word in the sentences
    (``2-5``, from 0), sentence, sentence; its gold has ``T`` or ``F`` on each line.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.
    gold : Path, str or Dataset, optional
        Its gold; by default the file beside it that is called ``.gold`` where it is called ``.data``.
    tokenizer : {"words", "alnum", "whitespace"}, default "words"
        See :func:`~wordvec.evaluate.sets.contexts.find_tokens`. Sentences of MCL-WiC are not cut into words yet.

    Raises
    ------
    FormatError
        Naming file and line, or the pair, if something does not fit, or there is no gold for a pair, or none for it.

    Examples
    --------
    >>> data = Dataset("toy", "bank\\tN\\t1-0\\ta bank robber\\tbanks of it\\n", "")
    >>> found = read_usage_pairs(data, Dataset("gold", "F\\n", ""))
    >>> found.words, found.scores.tolist(), found.around[0][1].right
    ((('bank', 'bank'),), [0.0], ('of', 'it'))
    """
    source = read_dataset(path)
    key = read_dataset(_gold_beside(path) if gold is None else gold)
    read = _from_json if source.text.lstrip().startswith("[") else _from_table
    words, around, scores = read(source, key, tokenizer)
    if not words:
        raise FormatError(f"{source.shown} holds no pair of sentences.")
    digest = combined_digest([("data", source), ("gold", key)])
    pairs = tuple((word, word) for word in words)
    return ContextPairs(_named(source, tokenizer, "words"), digest, pairs, tuple(around), np.array(scores))


_Read = tuple[list[str], list[tuple[Occurrence, Occurrence]], list[float]]


def _gold_beside(path: Path | str | Dataset) -> Path:
    if isinstance(path, Dataset):
        raise FormatError(f"{path.shown}: name its gold: gold=FILE.")
    path = Path(path)
    beside = path.with_name(path.name.replace(".data", ".gold"))
    if beside == path or not beside.exists():
        raise FormatError(f"{path}: there is no gold beside it called {beside.name!r}; name it: gold=FILE.")
    return beside


def _from_table(source: Dataset, key: Dataset, tokenizer: ContextTokenizer) -> _Read:
    lines, tags = list(source.lines()), list(key.lines())
    if len(lines) != len(tags):
        raise FormatError(
            f"{key.shown} holds {len(tags)} lines, and {source.shown} {len(lines)}; one is for each pair."
        )
    words, around, scores = [], [], []
    for (number, line), (place, tag) in zip(lines, tags, strict=True):
        where, fields = source.where(number), line.split("\t")
        if len(fields) != 5:
            raise FormatError(
                f"{where}: expected word, part of speech, places and two sentences, got {len(fields)} columns."
            )
        places = fields[2].strip().split("-")
        if len(places) != 2:
            raise FormatError(f"{where}: places of the word must be two numbers, as in 2-5, got {fields[2][:60]!r}.")
        words.append(checked_word(fields[0].strip(), where))
        one, other = (_token(text, at, tokenizer, where) for text, at in zip(fields[3:], places, strict=True))
        around.append((one, other))
        scores.append(_tag(tag.strip(), key.where(place)))
    return words, around, scores


def _token(text: str, place: str, tokenizer: ContextTokenizer, where: str) -> Occurrence:
    tokens = text.split()
    if not (place.isdecimal() and int(place) < len(tokens)):
        raise FormatError(f"{where}: the place of the word must be 0 to {len(tokens) - 1}, got {place[:60]!r}.")
    left, right = " ".join(tokens[: int(place)]), " ".join(tokens[int(place) + 1 :])
    return Occurrence(find_tokens(left, tokenizer), find_tokens(right, tokenizer))


def _tag(tag: object, where: str) -> float:
    if tag not in _TAGS:
        raise FormatError(f"{where}: a tag must be T or F, got {str(tag)[:60]!r}.")
    return _TAGS[str(tag)]


def _from_json(source: Dataset, key: Dataset, tokenizer: ContextTokenizer) -> _Read:
    tags: dict[str, float] = {}
    for one in _objects(key, ("id", "tag")):
        tags[one["id"]] = _tag(one["tag"], f"{key.shown}, {one['id']}")
    words, around, scores, seen = [], [], [], set()
    without: list[str] = []
    for one in _objects(source, _FIELDS):
        where = f"{source.shown}, {one['id']}"
        if one["id"] in seen:
            raise FormatError(f"{where}: there are two pairs of this id.")
        seen.add(one["id"])
        if one["id"] not in tags:
            without.append(one["id"])
            continue
        words.append(checked_word(one["lemma"], where))
        first, second = (_span(one, side, tokenizer, where) for side in "12")
        around.append((first, second))
        scores.append(tags[one["id"]])
    lacking: Sequence[str] = without or [name for name in tags if name not in seen]
    if lacking:
        shown = (key.shown, source.shown) if without else (source.shown, key.shown)
        raise FormatError(f"{shown[0]} lacks {len(lacking)} pairs that {shown[1]} holds: {listed(lacking)}.")
    return words, around, scores


def _span(one: dict[str, str], side: str, tokenizer: ContextTokenizer, where: str) -> Occurrence:
    text, start, end = (one[f"{name}{side}"] for name in ("sentence", "start", "end"))
    if not (start.isdecimal() and end.isdecimal() and int(start) < int(end) <= len(text)):
        raise FormatError(f"{where}: start{side} and end{side} must be places in the sentence, got {start!r}, {end!r}.")
    return cut_at(text, int(start), int(end), tokenizer)


def _objects(source: Dataset, names: Sequence[str]) -> list[dict[str, str]]:
    """Return the objects of a JSON list, the fields that are asked for as text."""
    try:
        held: Any = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{source.shown} is not JSON: {error}.") from error
    if not isinstance(held, list):
        raise FormatError(f"{source.shown}: expected a list of objects, got a {type(held).__name__}.")
    found = []
    for number, one in enumerate(held, start=1):
        lacking = [name for name in names if not isinstance(one, dict) or not isinstance(one.get(name), str | int)]
        if lacking:
            raise FormatError(f"{source.shown}, object {number}: expected {', '.join(names)}; no {lacking[0]}.")
        found.append({name: str(one[name]) for name in names})
    return found
