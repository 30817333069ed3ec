"""Which words a corpus keeps: what was read is settled, counted, and left out by stated reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError, require
from .document_counts import count_documents
from .folders import describe_files
from .intake import Intake
from .normalize import Normalizer
from .phrases import JOINER, Lists, PhraseMerger, make_lists
from .quality import WordList, measure_quality
from .spool import count_ids
from .vocabulary import Vocabulary
from .word_ids import FIRST_WORD

__all__ = ["Choice", "Kept", "choose", "names_of"]


@dataclass(frozen=True)
class Choice:
    """Which words are kept, and under which spelling; what is kept beside them."""

    vocabulary: Vocabulary | None
    min_count: int
    max_size: int | None
    phrases: PhraseMerger | None = None
    min_documents: int = 1
    normalizer: Normalizer | None = None
    lexicon: WordList | None = None
    examples: bool = True

    def __post_init__(self) -> None:
        Vocabulary.from_counts({}, min_count=self.min_count, max_size=self.max_size)  # checks the two
        require(self.min_documents >= 1, "min_documents", "an integer >= 1", self.min_documents)
        if self.vocabulary is not None and not len(self.vocabulary):
            raise ParameterError("vocabulary must have at least one word, got none")
        if self.vocabulary is not None and self.min_documents > 1:
            raise ParameterError("min_documents chooses words, and vocabulary has chosen them: leave one out")

    def settings(self) -> dict[str, Any]:
        """Return the options as a dict; those that are rare are in it only where they were used."""
        merger, normalizer = self.phrases, self.normalizer
        rare: dict[str, Any] = {}
        if merger is not None:
            rare["phrases"] = {"number": len(merger), "sha256": merger.digest}
        if normalizer is not None:
            rare["normalization"] = {"parts": normalizer.names, "sha256": normalizer.digest}
        if self.min_documents > 1:
            rare["min_documents"] = self.min_documents
        if not self.examples:
            rare["examples"] = False
        if self.vocabulary is None:
            return {"min_count": self.min_count, "max_size": self.max_size, "vocabulary": None, **rare}
        return {"min_count": None, "max_size": None, "vocabulary": self.vocabulary.digest, **rare}


@dataclass
class Kept:
    """The vocabulary, the way to it from provisional ids, and what was dropped on the way."""

    vocabulary: Vocabulary
    final: NDArray[np.int32] | Lists
    tokens: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    unsegmented: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    quality: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Settled:
    """What was read: occurrences of each provisional id, and what some become."""

    counts: NDArray[np.int64]
    documents: NDArray[np.int64] | None
    becomes: dict[int, list[int]]
    told: dict[str, Any]
    quality: dict[str, Any]


def choose(intake: Intake, choice: Choice) -> Kept:
    """Choose the vocabulary and count what it leaves out."""
    settled = _settle(intake, choice)
    unsegmented, too_long = intake.count_unsegmented(settled.counts), int(settled.counts[:FIRST_WORD].sum())
    present = np.flatnonzero(settled.counts[FIRST_WORD:])
    counts = settled.counts[FIRST_WORD:][present]
    if not len(present):
        raise FormatError(
            f"there is no word in the {_lines(intake.lines.read)} of {names_of(intake)}; look at the text and at "
            "--tokenizer."
        )
    is_free = choice.vocabulary is None
    rare = (counts < choice.min_count) & is_free
    few = np.zeros(len(present), dtype=bool)
    if settled.documents is not None:
        few = ~rare & (settled.documents[FIRST_WORD:][present] < choice.min_documents)
    frequent = np.flatnonzero(~rare & ~few)
    words = [intake.words[number] for number in present[frequent].tolist()]
    vocabulary = choice.vocabulary
    if vocabulary is None:
        pairs = dict(zip(words, counts[frequent].tolist(), strict=True))
        vocabulary = Vocabulary.from_counts(pairs, min_count=choice.min_count, max_size=choice.max_size)
        if len(vocabulary) < 2:
            every = (intake.words[number] for number in present.tolist())
            found = dict(zip(every, counts.tolist(), strict=True))
            _refuse_size(vocabulary, found, choice, names_of(intake), int(few.sum()))
    index = vocabulary.index
    kept = np.full(len(present), -1, dtype=np.int32)
    kept[frequent] = np.fromiter((index.get(word, -1) for word in words), dtype=np.int32, count=len(words))
    known = kept >= 0
    groups = {"read": known | ~known, "kept": known, "below_min_count": rare}
    if settled.documents is not None:
        groups["below_min_documents"] = few
    groups["beyond_max_size" if is_free else "outside_vocabulary"] = ~known & ~rare & ~few
    tokens = {name: int(counts[group].sum()) for name, group in groups.items()}
    tokens["read"] += too_long
    types = {name: int(group.sum()) for name, group in groups.items()}
    final = np.full(len(settled.counts), -1, dtype=np.int32)
    final[FIRST_WORD + present] = kept
    lists = final if not settled.becomes else make_lists(final, settled.becomes)
    _name_most_frequent(settled.told, intake, vocabulary)
    tokens["too_long"] = too_long
    return Kept(vocabulary, lists, tokens, types, unsegmented, settled.told, settled.quality)


def _settle(intake: Intake, choice: Choice) -> _Settled:
    """Count what was read, decide what broken words and phrases become, and measure how well the text was read."""
    counts = count_ids(intake.spools, FIRST_WORD + len(intake.words))
    becomes: dict[int, list[int]] = {}
    told: dict[str, Any] = {}
    if intake.hyphens is not None:
        counts, becomes, told["hyphens"] = intake.hyphens.settle(counts, intake.normal)
        intake.update_words()
    quality = _measure(intake, choice, len(counts), becomes)
    documents = None
    if choice.min_documents > 1:
        documents = count_documents(intake.spools, intake.documents, len(counts), becomes)
    split, told_of_phrases = _split_phrases(intake, choice, counts, documents)
    if told_of_phrases:
        told["phrases"] = told_of_phrases
    if split and documents is not None:
        documents = count_documents(intake.spools, intake.documents, len(counts), becomes | split)
    return _Settled(counts, documents, becomes | split, told, quality)


def _measure(intake: Intake, choice: Choice, size: int, becomes: Mapping[int, list[int]]) -> dict[str, Any]:
    """Return the quality of the slices; phrases count as their words."""

    def count(number: int) -> NDArray[np.int64]:
        counts = count_ids(intake.spools[number : number + 1], size)
        for one, others in becomes.items():
            counts[others] += counts[one]
            counts[one] = 0
        if intake.phrases is not None:
            intake.phrases.spread(counts)
        return counts[FIRST_WORD:]

    slices = map(count, range(len(intake.spools)))
    return measure_quality(intake.labels, intake.words, slices, intake.broken, choice.lexicon)


def _name_most_frequent(told: dict[str, Any], intake: Intake, vocabulary: Vocabulary) -> None:
    """Add to a report the most frequent replacements by words that are kept; others stay unnamed."""
    if intake.normal is not None:
        told["normalization"] = intake.normal.report(vocabulary.index, intake.words)
    if intake.hyphens is not None:
        told["hyphens"]["most_frequent"] = intake.hyphens.most_frequent(vocabulary.index, intake.words)


def _split_phrases(
    intake: Intake, choice: Choice, counts: NDArray[np.int64], documents: NDArray[np.int64] | None
) -> tuple[dict[int, list[int]], dict[str, Any]]:
    """Take apart the phrases that will be no words, in ``counts`` too; return what they become, and what to report."""
    ids = intake.phrases
    if ids is None:
        return {}, {}
    found = counts[ids.ids]
    if choice.vocabulary is None:
        kept = found >= choice.min_count
        if documents is not None:
            kept &= documents[ids.ids] >= choice.min_documents
    else:
        known = choice.vocabulary.index
        kept = np.array([JOINER.join(phrase) in known for phrase in ids.merger.phrases], dtype=bool)
    told = {
        "given": len(ids.merger),
        "left_out": dict(ids.merger.left_out),
        "found": int(np.count_nonzero(found)),
        "occurrences": int(found.sum()),
        "taken_apart": {"phrases": int(np.count_nonzero(found[~kept])), "occurrences": int(found[~kept].sum())},
    }
    return ids.take_apart(counts, kept), told


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def names_of(intake: Intake) -> str:
    """Return the files that were read, in a few words."""
    return describe_files([entry["path"] for entry in intake.files])


def _refuse_size(vocabulary: Vocabulary, counts: Mapping[str, int], choice: Choice, names: str, few: int) -> NoReturn:
    """Raise :class:`FormatError`: fewer than two words are left of those in ``counts``."""
    word, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    if len(counts) == 1:
        times = "once" if count == 1 else f"{count} times"
        raise FormatError(f"{names}: there is one distinct word, {word!r} ({times}); vectors need at least two.")
    if few:
        raise FormatError(
            f"{names}: {len(vocabulary)} of {len(counts)} words occur in {choice.min_documents} documents or more "
            f"(--min-documents), {few} in fewer; vectors need at least two: lower it, or look at where documents end."
        )
    if len(vocabulary) == 0:
        raise FormatError(
            f"{names}: no word occurs {choice.min_count} times (--min-count): the most frequent of {len(counts)}, "
            f"{word!r}, occurs {count} times; lower --min-count or add text."
        )
    raise FormatError(
        f"{names}: one word of {len(counts)} is left, {vocabulary.words[0]!r}; vectors need at least two: "
        "lower --min-count or raise --max-size."
    )
