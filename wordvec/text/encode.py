"""From text to a corpus: one pass, memory bounded by the distinct words."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..artifact_writer import ArtifactWriter
from ..errors import FormatError, ParameterError
from ..progress import Progress, Watcher
from .choice import Choice, Kept, choose
from .corpus import Corpus
from .corpus_parts import save_columns
from .documents import Documents
from .intake import Intake
from .normalize import Normalizer
from .phrases import PhraseMerger
from .quality import WordList
from .reading import Reading
from .sources import Paths, TextSlice, label_slices
from .spool import SliceCounts, write_slices
from .vocabulary import Vocabulary

__all__ = ["Reading", "encode", "encode_slices"]


def encode(
    texts: Paths,
    *,
    reading: Reading = Reading(),  # noqa: B008 (frozen)
    vocabulary: Vocabulary | None = None,
    phrases: PhraseMerger | None = None,
    min_count: int = 5,
    max_size: int | None = None,
    min_documents: int = 1,
    normalizer: Normalizer | None = None,
    lexicon: WordList | None = None,
    examples: bool = True,
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
    min_documents : int >= 1, default 1
        Drop words that occur in fewer documents. Not with ``vocabulary``.
    normalizer : Normalizer, optional
        Variant spellings and what they become.
    lexicon : WordList, optional
        Words that are taken for well read; see :func:`wordvec.text.quality.text_quality`.
    examples : bool, default True
        False: keep no way back to the text, that is no lines, no paths, and no names of documents. The corpus still
        holds, sentence by sentence, the words of the vocabulary.
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
    choice = Choice(vocabulary, min_count, max_size, phrases, min_documents, normalizer, lexicon, examples)
    return _encode(sources, reading, choice, output, overwrite, progress)


def encode_slices(
    slices: Mapping[str, Paths] | Sequence[TextSlice],
    *,
    reading: Reading = Reading(),  # noqa: B008 (frozen)
    vocabulary: Vocabulary | None = None,
    phrases: PhraseMerger | None = None,
    min_count: int = 5,
    max_size: int | None = None,
    min_documents: int = 1,
    normalizer: Normalizer | None = None,
    lexicon: WordList | None = None,
    examples: bool = True,
    output: Path | str | None = None,
    overwrite: bool = False,
    progress: Watcher | None = None,
) -> Corpus:
    """Turn labelled texts into a corpus with one slice for each label, in the order given.

    Parameters
    ----------
    slices : mapping of str to paths, or sequence of TextSlice
        Label to path or paths; or what :func:`wordvec.text.sources.read_manifest` returns.
    reading, vocabulary, phrases, min_count, max_size, min_documents, normalizer, lexicon, examples
        As for :func:`encode`; no bins.
    output, overwrite, progress
        As for :func:`encode`.

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
    choice = Choice(vocabulary, min_count, max_size, phrases, min_documents, normalizer, lexicon, examples)
    return _encode(sources, reading, choice, output, overwrite, progress)


def _encode(
    sources: tuple[TextSlice, ...],
    reading: Reading,
    choice: Choice,
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
    choice: Choice,
    progress: Watcher | None,
) -> None:
    """Write the artefact of a corpus."""
    with ArtifactWriter(output, kind="corpus", overwrite=overwrite) as writer:
        intake = Intake(writer.scratch, reading, sources, progress, choice.phrases, choice.normalizer, choice.examples)
        intake.read()
        kept = choose(intake, choice)
        if progress is not None:
            progress(Progress("writing", 0, 1, "corpora"))
        spools = list(zip(intake.labels, intake.spools, strict=True))
        slices = write_slices(
            writer, spools, kept.final, len(kept.vocabulary), intake.documents, with_lines=choice.examples
        )
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
            **({"files": intake.files} if choice.examples else {}),
            "report": {**_report(intake, kept, slices), **_told(intake.tables.report(), choice.examples)},
            "quality": kept.quality,
            **({"columns": list(columns)} if columns else {}),
        }
        writer.commit(metadata)
        if progress is not None:
            progress(Progress("writing", 1, 1, "corpora"))


def _told(report: dict[str, Any], examples: bool) -> dict[str, Any]:
    """Return what is told of tables: names, paths and dates that stand for examples only where they may be kept."""
    if examples:
        return report
    return {key: {**part, "examples": {}} if isinstance(part, dict) else part for key, part in report.items()}


def _check_slices(slices: Sequence[SliceCounts], vocabulary: Vocabulary, choice: Choice) -> None:
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


def _report(intake: Intake, kept: Kept, slices: Sequence[SliceCounts]) -> dict[str, Any]:
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
        **kept.told,
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
