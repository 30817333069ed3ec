"""The parts of a corpus on disk: read, and checked against each other."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..artifact import Artifact
from ..artifact_writer import ArtifactWriter
from ..errors import CorruptFileError
from .documents import Column, Documents, Lines

if TYPE_CHECKING:
    from .corpus import Corpus

__all__ = ["check_arrays", "load_columns", "load_lines", "save_columns", "select_slices"]


def load_lines(artifact: Artifact, arrays: Mapping[str, NDArray[Any]], mmap: bool) -> Lines:
    """Return the way back to the text, or raise :class:`CorruptFileError` if it leads nowhere."""
    named, offsets = artifact.metadata.get("files"), artifact.array("lines", mmap=mmap)
    files: list[Any] = named if isinstance(named, list) else [named]
    sound = offsets.shape == (len(arrays["offsets"]) - 1,) and all(
        isinstance(f, dict) and [type(f.get(key)) for key in ("path", "kept", "bytes")] == [str, bool, int]
        for f in files
    )
    sources = arrays["document_files"]
    if not sound or (len(sources) and not 0 <= sources.min() <= sources.max() < len(files)):
        raise CorruptFileError(f"{artifact.path}: the table of files and lines does not fit this corpus.")
    kept = artifact.file("text") if "text" in artifact else None
    return Lines(offsets, tuple((f["path"], f["kept"]) for f in files), kept, tuple(f["bytes"] for f in files))


def load_columns(artifact: Artifact, n_documents: int, mmap: bool) -> dict[str, Column]:
    """Return what the table says of each document."""
    columns = {}
    for number, name in enumerate(artifact.metadata.get("columns", []), start=1):
        codes = artifact.array(f"column_{number:02d}", mmap=mmap)
        values = tuple(artifact.lines(f"column_{number:02d}_values"))
        if codes.shape != (n_documents,) or (n_documents and not -1 <= codes.min() <= codes.max() < len(values)):
            raise CorruptFileError(f"{artifact.path}: column {name!r} does not fit the documents of this corpus.")
        columns[str(name)] = Column(codes, values)
    return columns


def save_columns(writer: ArtifactWriter, columns: Mapping[str, Column]) -> None:
    """Add what the table says of each document to an artefact; its metadata name the columns."""
    for number, column in enumerate(columns.values(), start=1):
        writer.array(f"column_{number:02d}", column.codes)
        writer.text(f"column_{number:02d}_values", (" ".join(value.split()) for value in column.values))


def check_arrays(artifact: Artifact, arrays: Mapping[str, NDArray[Any]], n_words: int, n_slices: int) -> None:
    """Raise :class:`CorruptFileError` unless every index of the corpus is in range."""

    def climbs(name: str, last: int) -> bool:
        array = arrays[name]
        if array.ndim != 1 or not len(array) or array[0] != 0 or array[-1] != last:
            return False
        # Blocks: a mapped array is not copied whole.
        return all((np.diff(array[i : i + 65_537]) >= 0).all() for i in range(0, len(array), 65_536))

    ids, sentences = arrays["ids"], len(arrays["offsets"]) - 1
    documents = len(arrays["documents"]) - 1
    sound = (
        climbs("offsets", len(ids))
        and climbs("documents", sentences)
        and climbs("slices", documents)
        and len(arrays["slices"]) == n_slices + 1
        and arrays["document_files"].shape == (documents,)
        and arrays["counts"].shape == (n_slices, n_words)
        and (len(ids) == 0 or (ids.min() >= 0 and ids.max() < n_words))
    )
    if not sound:
        raise CorruptFileError(f"{artifact.path}: the arrays of this corpus do not fit together.")


def select_slices(corpus: "Corpus", labels: Sequence[str]) -> "Corpus":
    """Return some slices of a corpus as a corpus of their own, in the order of ``labels``; the arrays are copied.

    Examples
    --------
    >>> from wordvec import Corpus
    >>> corpus = Corpus.from_sentences({"a": [["x"]], "b": [["y"]], "c": [["x", "y"]]}, min_count=1)
    >>> list(select_slices(corpus, ["c", "a"]).sentences())
    [['x', 'y'], ['x']]
    """
    views = [corpus[label] for label in labels]
    sentences = [_steps(view.offsets) for view in views]
    documents = [_steps(view.documents.offsets) for view in views]
    tables = [view.documents for view in views]
    columns = {
        name: Column(np.concatenate([table.columns[name].codes for table in tables]), column.values)
        for name, column in corpus.documents.columns.items()
    }
    joined = Documents(
        _ends(documents),
        np.concatenate([table.files for table in tables]),
        None if corpus.documents.names is None else tuple(name for table in tables for name in table.names or ()),
        None if corpus.documents.dates is None else tuple(date for table in tables for date in table.dates or ()),
        columns,
    )
    lines = corpus.lines
    offsets = [view.lines.offsets for view in views if view.lines is not None]
    return replace(
        corpus,
        ids=np.concatenate([view.ids[int(view.offsets[0]) : int(view.offsets[-1])] for view in views]),
        offsets=_ends(sentences),
        documents=joined,
        labels=tuple(labels),
        slice_offsets=np.cumsum([0, *(len(table) for table in tables)], dtype=np.int64),
        counts=np.concatenate([view.counts for view in views]),
        lines=None if lines is None else replace(lines, offsets=np.concatenate(offsets)),
        metadata={
            key: value for key, value in corpus.metadata.items() if key not in ("report", "digest", "labels", "dates")
        },
    )


def _steps(offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.diff(offsets)


def _ends(steps: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.cumsum(np.concatenate([np.zeros(1, np.int64), *steps]), dtype=np.int64)
