"""From text to a corpus: one pass, memory bounded by the distinct words."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from ..artifact_writer import ArtifactWriter
from ..errors import FormatError, ParameterError
from ..progress import Progress, Watcher
from .corpus import Corpus
from .corpus_parts import save_columns
from .documents import Documents
from .folders import describe_files
from .intake import Intake
from .phrases import JOINER, Lists, PhraseMerger, make_lists
from .reading import Reading
from .sources import Paths, TextSlice, label_slices
from .spool import SliceCounts, count_ids, write_slices
from .vocabulary import Vocabulary
from .word_ids import FIRST_WORD

__all__ = ["Reading", "encode", "encode_slices"]


def encode(
    texts: Paths,
    *,
    reading: Reading = Reading(),  # noqa: B008 (frozen)
    vocabulary: Vocabulary | None = None,
    phrases: PhraseMerger | None = None,
    min_count: int = 5,
    max_size: int | None = None,
    output: Path | str | None = None,
    overwrite: bool = False,
    progress: Watcher | None = None,
) -> Corpus:
    """Turn texts into a corpus: one slice called ``"all"``, or those that ``reading`` makes of headers, dates, columns.

    A sentence is a line. Words outside the vocabulary are left out of it, and lines that have no other
    are left out of the corpus; ``corpus.metadata["report"]`` counts everything that was dropped, by reason.

    Parameters
    ----------
    texts : path or sequence of paths
        Files of plain text, tables (``.csv``, ``.tsv``, ``.jsonl``, ``.parquet``) or CoNLL-U, also packed (``.gz``,
        ``.bz2``, ``.xz``, ``.zst``), folders of them, or ``"-"`` for standard input.
    reading : Reading
        Tokenizer, case, encoding, documents, headers, and how tables are read.
    vocabulary : Vocabulary, optional
        Encode against this one: its words, order and counts stay as they are.
    phrases : PhraseMerger, optional
        Phrases that become words: ``heart_attack``; the longest match from the left. Those that occur fewer than
        ``min_count`` times, or are not in ``vocabulary``, are taken apart again.
    min_count : int >= 1, default 5
        Drop words rarer than this. Not used with ``vocabulary``.
    max_size : int >= 1, optional
        Keep at most this many words, the most frequent ones. Not used with ``vocabulary``.
    output : Path, optional
        Folder to write; the corpus that is returned is then mapped from it. Without it the corpus is
        in memory.
    overwrite : bool, default False
        Replace a corpus at ``output``.
    progress : callable, optional
        Is told how far the run is.

    Raises
    ------
    FormatError
        If a text is missing, empty, not text, in another encoding, or has fewer than two words to keep.
    ParameterError
        If an option is outside its domain.
    ResourceError
        If ``output`` exists or cannot be written.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "speeches.txt").write_text("# 1790\\nthe sea\\n# 1990\\nthe war\\nthe sea\\n")
    >>> reading = Reading(header="# (.*)", bins="1700-1799,1900-1999")
    >>> corpus = encode(folder / "speeches.txt", reading=reading, min_count=1)
    >>> corpus.labels, corpus["1900-1999"].sentence(0), corpus.documents.dates
    (('1700-1799', '1900-1999'), ['the', 'war'], ('1790', '1990'))
    """
    sources = label_slices([("all", texts)])
    choice = _Choice(vocabulary, min_count, max_size, phrases)
    return _encode(sources, reading, choice, output, overwrite, progress)


def encode_slices(
    slices: Mapping[str, Paths] | Sequence[TextSlice],
    *,
    reading: Reading = Reading(),  # noqa: B008 (frozen)
    vocabulary: Vocabulary | None = None,
    phrases: PhraseMerger | None = None,
    min_count: int = 5,
    max_size: int | None = None,
    output: Path | str | None = None,
    overwrite: bool = False,
    progress: Watcher | None = None,
) -> Corpus:
    """Turn labelled texts into a corpus with one slice for each label, in the order given.

    Parameters
    ----------
    slices : mapping of str to paths, or sequence of TextSlice
        Label to path or paths; or what :func:`wordvec.text.sources.read_manifest` returns.
    reading, vocabulary, phrases, min_count, max_size, output, overwrite, progress
        As for :func:`encode`; no bins.

    Raises
    ------
    FormatError, ParameterError, ResourceError
        As for :func:`encode`, and if a slice has no word of the vocabulary.

    Examples
    --------
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "old.txt").write_text("sow the seed broadcast\\n")
    >>> _ = (folder / "new.txt").write_text("the live broadcast\\n")
    >>> corpus = encode_slices({"old": folder / "old.txt", "new": folder / "new.txt"}, min_count=2)
    >>> corpus.vocabulary.words, corpus.counts.tolist(), corpus.line(0)
    (('broadcast', 'the'), [[1, 1], [1, 1]], 'sow the seed broadcast')
    """
    if reading.bins is not None:
        raise ParameterError("bins make the slices themselves: encode the texts without labels, or leave bins out")
    sources = label_slices(slices.items()) if isinstance(slices, Mapping) else tuple(slices)
    choice = _Choice(vocabulary, min_count, max_size, phrases)
    return _encode(sources, reading, choice, output, overwrite, progress)


@dataclass(frozen=True)
class _Choice:
    """Which words are kept."""

    vocabulary: Vocabulary | None
    min_count: int
    max_size: int | None
    phrases: PhraseMerger | None = None

    def __post_init__(self) -> None:
        Vocabulary.from_counts({}, min_count=self.min_count, max_size=self.max_size)  # checks the two
        if self.vocabulary is not None and not len(self.vocabulary):
            raise ParameterError("vocabulary must have at least one word, got none")

    def settings(self) -> dict[str, Any]:
        merger = self.phrases
        phrases = {} if merger is None else {"phrases": {"number": len(merger), "sha256": merger.digest}}
        if self.vocabulary is None:
            return {"min_count": self.min_count, "max_size": self.max_size, "vocabulary": None, **phrases}
        return {"min_count": None, "max_size": None, "vocabulary": self.vocabulary.digest, **phrases}


@dataclass
class _Kept:
    """The vocabulary, the way to it from provisional ids, and what was dropped on the way."""

    vocabulary: Vocabulary
    final: NDArray[np.int32] | Lists
    tokens: dict[str, int] = field(default_factory=dict)
    types: dict[str, int] = field(default_factory=dict)
    unsegmented: int = 0
    phrases: dict[str, Any] = field(default_factory=dict)


def _encode(
    sources: tuple[TextSlice, ...],
    reading: Reading,
    choice: _Choice,
    output: Path | str | None,
    overwrite: bool,
    progress: Watcher | None,
) -> Corpus:
    if output is not None:
        _write(Path(output), overwrite, sources, reading, choice, progress)
        return Corpus.load(output)
    with tempfile.TemporaryDirectory(prefix="wordvec-") as folder:
        path = Path(folder, "corpus")
        _write(path, False, sources, reading, choice, progress)
        corpus = Corpus.load(path, mmap=False)
        if corpus.lines is None or corpus.lines.kept is None:
            return corpus
        return replace(corpus, lines=replace(corpus.lines, kept=_keep_until_exit(corpus.lines.kept)))


def _write(
    output: Path,
    overwrite: bool,
    sources: tuple[TextSlice, ...],
    reading: Reading,
    choice: _Choice,
    progress: Watcher | None,
) -> None:
    """Write the artefact of a corpus."""
    with ArtifactWriter(output, kind="corpus", overwrite=overwrite) as writer:
        intake = Intake(writer.scratch, reading, sources, progress, choice.phrases)
        intake.read()
        kept = _choose(intake, choice)
        if progress is not None:
            progress(Progress("writing", 0, 1, "corpora"))
        spools = list(zip(intake.labels, intake.spools, strict=True))
        slices = write_slices(writer, spools, kept.final, len(kept.vocabulary), intake.documents)
        columns = intake.tables.columns(np.concatenate([rows for part in slices for rows in part.rows]))
        save_columns(writer, columns)
        _check_slices(slices, kept.vocabulary, choice)
        kept.vocabulary.save(writer)
        if intake.n_kept:
            writer.adopt("text", intake.kept, ".txt")
        has_labels = reading.bins is None and not intake.tables.makes_slices
        dates = [source.date for source in sources] if has_labels else [None] * len(slices)
        metadata = {
            "settings": {**reading.settings(), **choice.settings()},
            "documents": intake.documents,
            "labels": list(intake.labels),
            "dates": dates,
            "digest": _digest(writer, kept.vocabulary),
            "files": intake.files,
            "report": {**_report(intake, kept, slices), **intake.tables.report()},
            **({"columns": list(columns)} if columns else {}),
        }
        writer.commit(metadata)
        if progress is not None:
            progress(Progress("writing", 1, 1, "corpora"))


def _choose(intake: Intake, choice: _Choice) -> _Kept:
    """Choose the vocabulary and count what it leaves out."""
    all_counts = count_ids(intake.spools, FIRST_WORD + len(intake.words))
    split, told = _split_phrases(intake, choice, all_counts)
    unsegmented, too_long = intake.count_unsegmented(all_counts), int(all_counts[:FIRST_WORD].sum())
    present = np.flatnonzero(all_counts[FIRST_WORD:])
    counts = all_counts[FIRST_WORD:][present]
    if not len(present):
        raise FormatError(
            f"there is no word in the {_lines(intake.lines.read)} of {_names(intake)}; look at the text and at "
            "--tokenizer."
        )
    frequent = np.flatnonzero(counts >= choice.min_count) if choice.vocabulary is None else np.arange(len(present))
    words = [intake.words[number] for number in present[frequent].tolist()]
    vocabulary = choice.vocabulary
    if vocabulary is None:
        pairs = dict(zip(words, counts[frequent].tolist(), strict=True))
        vocabulary = Vocabulary.from_counts(pairs, min_count=choice.min_count, max_size=choice.max_size)
        if len(vocabulary) < 2:
            every = (intake.words[number] for number in present.tolist())
            _refuse_size(vocabulary, dict(zip(every, counts.tolist(), strict=True)), choice, _names(intake))
    index = vocabulary.index
    kept = np.full(len(present), -1, dtype=np.int32)
    kept[frequent] = np.fromiter((index.get(word, -1) for word in words), dtype=np.int32, count=len(words))
    known = kept >= 0
    rare = counts < choice.min_count if choice.vocabulary is None else np.zeros(len(words), dtype=bool)
    other = "beyond_max_size" if choice.vocabulary is None else "outside_vocabulary"
    groups = {"read": known | ~known, "kept": known, "below_min_count": rare & ~known, other: ~known & ~rare}
    tokens = {name: int(counts[group].sum()) for name, group in groups.items()}
    tokens["read"] += too_long
    types = {name: int(group.sum()) for name, group in groups.items()}
    final = np.full(len(all_counts), -1, dtype=np.int32)
    final[FIRST_WORD + present] = kept
    lists = final if not split else make_lists(final, split)
    return _Kept(vocabulary, lists, {**tokens, "too_long": too_long}, types, unsegmented, told)


def _split_phrases(
    intake: Intake, choice: _Choice, counts: NDArray[np.int64]
) -> tuple[dict[int, list[int]], dict[str, Any]]:
    """Take apart the phrases that will be no words, in ``counts`` too; return what they become, and what to report."""
    ids = intake.phrases
    if ids is None:
        return {}, {}
    found = counts[ids.ids]
    if choice.vocabulary is None:
        kept = found >= choice.min_count
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


def _names(intake: Intake) -> str:
    return describe_files([entry["path"] for entry in intake.files])


def _refuse_size(vocabulary: Vocabulary, counts: Mapping[str, int], choice: _Choice, names: str) -> NoReturn:
    """Raise :class:`FormatError`: fewer than two words are left of those in ``counts``."""
    word, count = max(counts.items(), key=lambda item: (item[1], item[0]))
    if len(counts) == 1:
        times = "once" if count == 1 else f"{count} times"
        raise FormatError(f"{names}: there is one distinct word, {word!r} ({times}); vectors need at least two.")
    if len(vocabulary) == 0:
        raise FormatError(
            f"{names}: no word occurs {choice.min_count} times (--min-count): the most frequent of {len(counts)}, "
            f"{word!r}, occurs {count} times; lower --min-count or add text."
        )
    raise FormatError(
        f"{names}: one word of {len(counts)} is left, {vocabulary.words[0]!r}; vectors need at least two: "
        "lower --min-count or raise --max-size."
    )


def _check_slices(slices: Sequence[SliceCounts], vocabulary: Vocabulary, choice: _Choice) -> None:
    """Raise :class:`FormatError` if a slice has no token left."""
    remedy = "lower --min-count" if choice.vocabulary is None else "take a vocabulary made from such text"
    for part in slices:
        if part.tokens == 0:
            raise FormatError(
                f"slice {part.label!r} has no word of the vocabulary ({len(vocabulary)} words) among the "
                f"{part.tokens_read} that were read for it; look at its files, or {remedy}."
            )


def _digest(writer: ArtifactWriter, vocabulary: Vocabulary) -> str:
    """Return the digest of the corpus that ``writer`` holds."""
    empty = np.empty(0, dtype=np.int64)
    documents = Documents(writer.written("documents"), writer.written("document_files"))
    ids, offsets, counts = (writer.written(name) for name in ("ids", "offsets", "counts"))
    labels = tuple(map(str, range(len(counts))))
    return Corpus(vocabulary, ids, offsets, documents, labels, empty, counts).digest


def _report(intake: Intake, kept: _Kept, slices: Sequence[SliceCounts]) -> dict[str, Any]:
    """Return what was read, what was kept, and what was left out for which reason."""
    total = sum(part.tokens for part in slices)
    lines = {what: n for what, n in asdict(intake.lines).items() if n or what != "without_slice"}
    unplaced = {"without_slice": intake.documents_without_slice} if intake.documents_without_slice else {}
    lines["without_kept_words"] = lines["sentences"] - sum(part.sentences for part in slices)
    lines["sentences"] = sum(part.sentences for part in slices)
    return {
        "files": {
            "read": len(intake.files),
            "empty": intake.empty_files,
            "left_out": intake.left_out,
            "with_cr_line_ends": intake.files_with_returns,
        },
        "lines": lines,
        "documents": {
            "read": sum(part.documents_read for part in slices) + intake.documents_outside + sum(unplaced.values()),
            "kept": sum(part.documents for part in slices),
            "without_kept_words": sum(part.documents_read - part.documents for part in slices),
            "outside_bins": intake.documents_outside,
            **unplaced,
        },
        "tokens": kept.tokens,
        "types": kept.types,
        "unsegmented": {"tokens": kept.unsegmented},
        **({"phrases": kept.phrases} if kept.phrases else {}),
        "characters": {"undecodable": intake.undecodable},
        "slices": [
            {
                "label": part.label,
                "documents": part.documents,
                "sentences": part.sentences,
                "tokens_read": part.tokens_read,
                "tokens": part.tokens,
                "share": round(part.tokens / total, 6),
            }
            for part in slices
        ],
    }


def _keep_until_exit(kept: Path) -> Path:
    """Copy kept lines to a temporary file that lives as long as the process."""
    handle, name = tempfile.mkstemp(prefix="wordvec-lines-", suffix=".txt")
    os.close(handle)
    shutil.copyfile(kept, name)
    copy = Path(name)
    atexit.register(copy.unlink, missing_ok=True)
    return copy
