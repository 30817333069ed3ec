"""A corpus: word ids in sentences, sentences in documents, documents in slices."""

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..artifact import open_artifact
from ..artifact_writer import ArtifactWriter
from ..errors import CorruptFileError, FormatError, ParameterError, require
from .corpus_parts import check_arrays, load_columns, load_lines, save_columns
from .documents import Column, Documents, Lines
from .vocabulary import Vocabulary

__all__ = ["Corpus"]


@dataclass(frozen=True, eq=False)
class Corpus:
    """Texts as word ids, cut into sentences, documents and slices.

    A sentence is what a window never leaves: a line of the input. Words outside the vocabulary are
    already gone (and counted in ``metadata["report"]``). Slices are contiguous: the documents of the
    first come first. ``corpus["1960-2021"]`` is a view that shares the arrays.

    Parameters
    ----------
    vocabulary : Vocabulary
        Words; the ids below index it.
    ids : int32[N]
        Word ids of all sentences, one after the other.
    offsets : int64[S + 1]
        Sentence ``s`` is ``ids[offsets[s]:offsets[s + 1]]``. In a view the first offset is not 0.
    documents : Documents
        Which sentences make a document.
    labels : tuple of str
        Names of the slices, in order.
    slice_offsets : int64[T + 1]
        Slice ``t`` is documents ``slice_offsets[t]`` to ``slice_offsets[t + 1] - 1``.
    counts : int64[T, V]
        Occurrences of each word in each slice.
    lines : Lines, optional
        The way back to the text.
    metadata : mapping
        Settings of the encoding and its report.

    Examples
    --------
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"], ["b"]], "now": [["b", "c"]]}, min_count=1)
    >>> corpus
    Corpus(2 slices, 3 sentences, 5 tokens, 3 words)
    >>> corpus.vocabulary.words, corpus.labels, corpus.n_tokens
    (('b', 'a', 'c'), ('then', 'now'), 5)
    >>> corpus["now"].sentence(0)
    ['b', 'c']
    """

    vocabulary: Vocabulary
    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]
    documents: Documents
    labels: tuple[str, ...]
    slice_offsets: NDArray[np.int64]
    counts: NDArray[np.int64]
    lines: Lines | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for array in (self.ids, self.offsets, self.documents.offsets, self.slice_offsets, self.counts):
            array.setflags(write=False)
        shape = (len(self.labels), len(self.vocabulary))
        require(self.counts.shape == shape, "counts.shape", f"{shape} (slices, words)", self.counts.shape)

    @classmethod
    def from_sentences(
        cls,
        slices: Mapping[str, Iterable[Sequence[str]]] | Iterable[Sequence[str]],
        *,
        vocabulary: Vocabulary | None = None,
        min_count: int = 5,
        max_size: int | None = None,
    ) -> "Corpus":
        """Encode tokenised sentences that are in memory; each sentence is its own document.

        Parameters
        ----------
        slices : mapping of str to sentences, or sentences
            Label to sentences; plain sentences make one slice called ``"all"``.
        vocabulary : Vocabulary, optional
            Encode against this one instead of building it.
        min_count, max_size
            As for :meth:`Vocabulary.from_counts`.
        """
        named = slices if isinstance(slices, Mapping) else {"all": slices}
        held = {label: [list(sentence) for sentence in sentences] for label, sentences in named.items()}
        if vocabulary is None:
            every = (sentence for sentences in held.values() for sentence in sentences)
            vocabulary = Vocabulary.from_sentences(every, min_count=min_count, max_size=max_size)
        index = vocabulary.index
        encoded = [[index[w] for w in s if w in index] for sentences in held.values() for s in sentences]
        ids = np.array([i for sentence in encoded for i in sentence], dtype=np.int32)
        offsets = np.concatenate([[0], np.cumsum([len(s) for s in encoded], dtype=np.int64)]).astype(np.int64)
        slice_offsets = np.cumsum([0, *(len(s) for s in held.values())], dtype=np.int64)
        counts = np.stack(
            [np.bincount(ids[offsets[a] : offsets[b]], minlength=len(vocabulary)) for a, b in pairwise(slice_offsets)]
        ).astype(np.int64)
        n = len(encoded)
        documents = Documents(np.arange(n + 1, dtype=np.int64), np.zeros(n, dtype=np.int32))
        return cls(vocabulary, ids, offsets, documents, tuple(held), slice_offsets, counts)

    @property
    def n_sentences(self) -> int:
        """Number of sentences."""
        return len(self.offsets) - 1

    @property
    def n_tokens(self) -> int:
        """Number of tokens, words outside the vocabulary not counted."""
        return int(self.offsets[-1] - self.offsets[0])

    @property
    def word_counts(self) -> NDArray[np.int64]:
        """int64[V]: occurrences in this corpus or view, over all its slices."""
        return np.asarray(self.counts.sum(axis=0), dtype=np.int64)

    def __len__(self) -> int:
        return self.n_sentences

    def __repr__(self) -> str:
        sizes = {
            "slice": len(self.labels),
            "sentence": self.n_sentences,
            "token": self.n_tokens,
            "word": len(self.vocabulary),
        }
        return f"Corpus({', '.join(f'{n:,} {what}' + 's' * (n != 1) for what, n in sizes.items())})"

    def sentence(self, number: int) -> list[str]:
        """Return the words of a sentence, those outside the vocabulary left out."""
        words = self.vocabulary.words
        return [words[i] for i in self.ids[self.offsets[number] : self.offsets[number + 1]]]

    def sentences(self) -> Iterator[list[str]]:
        """Yield every sentence as words."""
        return (self.sentence(number) for number in range(self.n_sentences))

    def line(self, number: int) -> str:
        """Return the input line behind a sentence, as it was written.

        Raises
        ------
        FormatError
            If the corpus was made in memory, or the file it quotes is gone.
        """
        self.check_quotable()
        if self.lines is None:
            raise FormatError("this corpus was made in memory and has no lines to quote.")
        document = int(np.searchsorted(self.documents.offsets, number, side="right")) - 1
        return self.lines.read(number, int(self.documents.files[document]))

    def check_quotable(self) -> None:
        """Raise :class:`FormatError` if the text is private: the corpus was made to keep no examples of it."""
        if self.metadata.get("settings", {}).get("examples") is False:
            raise FormatError(
                "this corpus was made with --no-examples: it keeps no lines, and nothing is quoted from it; if the "
                "text may be quoted, encode it again without."
            )

    def units(self, name: str = "document") -> Column:
        """Return which unit each document belongs to: what is drawn, left out or exchanged as a whole.

        Parameters
        ----------
        name : str, default "document"
            ``"document"``: each is a unit of its own. ``"date"`` and ``"file"``: what the input said of it. Anything
            else: a column of the table that the corpus was made from (``documents.columns``).

        Raises
        ------
        ParameterError
            If the corpus has no such column.

        Examples
        --------
        >>> Corpus.from_sentences([["a", "b"], ["b", "a"]], min_count=1).units().codes.tolist()
        [0, 1]
        """
        documents = self.documents
        if name in documents.columns:
            return documents.columns[name]
        if name == "document":
            names = documents.names or tuple(str(number) for number in range(1, len(documents) + 1))
            return Column(np.arange(len(documents), dtype=np.int32), names)
        if name == "date" and documents.dates is not None and any(documents.dates):
            return Column.from_values(documents.dates)
        if name == "file" and self.lines is not None:
            return Column(documents.files, tuple(path for path, _ in self.lines.files))
        has_dates = documents.dates is not None and any(documents.dates)
        built_in = ["document", *(["date"] if has_dates else []), *(["file"] if self.lines is not None else [])]
        known = ", ".join([*built_in, *documents.columns])
        raise ParameterError(f"unit must be one of {known} in this corpus, got {name!r}")

    def __getitem__(self, label: str) -> "Corpus":
        """Return the slice called ``label`` as a corpus of its own that shares the arrays."""
        t = self._slice_number(label)
        first, last = (int(d) for d in self.slice_offsets[t : t + 2])
        start, stop = int(self.documents.offsets[first]), int(self.documents.offsets[last])
        lines = self.lines
        return replace(
            self,
            offsets=self.offsets[start : stop + 1],
            documents=self.documents.between(first, last),
            labels=(label,),
            slice_offsets=np.array([0, last - first], dtype=np.int64),
            counts=self.counts[t : t + 1],
            lines=None if lines is None else replace(lines, offsets=lines.offsets[start:stop]),
            metadata=self._part_of_metadata(label),
        )

    def _part_of_metadata(self, label: str) -> dict[str, Any]:
        """Return what the metadata says of the slice ``label``; the report is of the whole corpus."""
        whole = ("report", "digest", "labels", "dates")
        part = {key: value for key, value in self.metadata.items() if key not in whole}
        dates = self.metadata.get("dates") or {}
        return {**part, "dates": {label: dates[label]}} if label in dates else part

    def recoded(self, vocabulary: Vocabulary) -> "Corpus":
        """Return the same texts in the ids of another vocabulary.

        Words outside it are dropped; ``metadata["recoding"]`` says how many tokens and types. The
        new vocabulary's own counts stay; ``counts`` are those of this corpus.
        """
        to_new = np.array([vocabulary.index.get(word, -1) for word in self.vocabulary], dtype=np.int32)
        base, end = int(self.offsets[0]), int(self.offsets[-1])
        ids = to_new[self.ids[base:end]]
        known = ids >= 0
        kept_before = np.concatenate([[0], np.cumsum(known, dtype=np.int64)])
        counts = np.zeros((len(self.labels), len(vocabulary)), dtype=np.int64)
        counts[:, to_new[to_new >= 0]] = self.counts[:, to_new >= 0]
        dropped = {
            "tokens": int(len(ids) - np.count_nonzero(known)),
            "types": int(np.count_nonzero(self.word_counts[to_new < 0])),
        }
        return replace(
            self,
            vocabulary=vocabulary,
            ids=ids[known],
            offsets=kept_before[self.offsets - base],
            counts=counts,
            metadata={**self.metadata, "recoding": {"dropped": dropped}},
        )

    @property
    def document_digests(self) -> NDArray[np.uint64]:
        """uint64[documents]: a digest of each document's words and sentence breaks; made anew each time."""
        from ..kernels.digest import document_digests

        digests = np.empty(len(self.documents), dtype=np.uint64)
        document_digests(self.ids, self.offsets, self.documents.offsets, digests)
        return digests

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content: vocabulary and documents that are not empty, whatever their order and slices."""
        content = hashlib.sha256(self.vocabulary.digest.encode())
        said = np.empty(len(self.documents), dtype=np.bool_)
        for start in range(0, len(said), 65_536):  # blocks: while vectors are trained, memory is dear
            ends = self.documents.offsets[start : start + 65_537]
            said[start : start + 65_536] = np.diff(self.offsets[ends]) > 0
        digests = self.document_digests[said]
        digests.sort()
        content.update(digests.data)
        return content.hexdigest()

    def save(self, path: Path | str, *, overwrite: bool = False) -> None:
        """Write the corpus as an artefact folder."""
        with ArtifactWriter(path, kind="corpus", overwrite=overwrite) as writer:
            self.vocabulary.save(writer)
            base = int(self.offsets[0])
            writer.array("ids", self.ids[base : int(self.offsets[-1])])
            writer.array("offsets", self.offsets - base)
            self.save_tables(writer)
            if self.lines is not None:
                writer.array("lines", self.lines.offsets)
                if self.lines.kept is not None:
                    copy = writer.scratch / "kept"
                    shutil.copyfile(self.lines.kept, copy)
                    writer.adopt("text", copy, ".txt")
            columns = {"columns": list(self.documents.columns)} if self.documents.columns else {}
            writer.commit({**self.metadata, "labels": list(self.labels), "digest": self.digest, **columns})

    def save_tables(self, writer: ArtifactWriter) -> None:
        """Add the document table, the slices and the counts to an artefact."""
        documents = self.documents
        writer.array("documents", documents.offsets)
        writer.array("document_files", documents.files)
        writer.array("slices", self.slice_offsets)
        writer.array("counts", self.counts)
        if documents.names is not None:
            dates = documents.dates or ("",) * len(documents)
            rows = zip(documents.names, dates, strict=True)
            writer.text("document_names", (f"{_cell(name)}\t{_cell(date)}" for name, date in rows))
        save_columns(writer, documents.columns)

    @classmethod
    def load(cls, path: Path | str, *, mmap: bool = True) -> "Corpus":
        """Open a corpus written by ``wordvec encode`` or :meth:`save`.

        Parameters
        ----------
        path : Path or str
            The folder.
        mmap : bool, default True
            Map the arrays instead of reading them.

        Raises
        ------
        FormatError
            If ``path`` is not a corpus.
        CorruptFileError
            If its parts do not fit together.
        """
        artifact = open_artifact(path, "corpus")
        arrays = {
            name: artifact.array(name, mmap=mmap)
            for name in ("ids", "offsets", "documents", "document_files", "slices", "counts")
        }
        vocabulary = Vocabulary.load(artifact)
        labels = artifact.labels
        check_arrays(artifact, arrays, len(vocabulary), len(labels))
        names = dates = None
        if "document_names" in artifact:
            rows = [line.split("\t") for line in artifact.lines("document_names")]
            names, dates = tuple(r[0] for r in rows), tuple(r[-1] for r in rows)
            if len(rows) != len(arrays["documents"]) - 1:
                raise CorruptFileError(f"{artifact.path}: {len(rows)} documents are named, not all of them.")
        lines = load_lines(artifact, arrays, mmap) if "lines" in artifact else None
        metadata = {k: v for k, v in artifact.metadata.items() if k not in ("payloads", "versions")}
        columns = load_columns(artifact, len(arrays["documents"]) - 1, mmap)
        documents = Documents(arrays["documents"], arrays["document_files"], names, dates, columns)
        return cls(
            vocabulary,
            arrays["ids"],
            arrays["offsets"],
            documents,
            labels,
            arrays["slices"],
            arrays["counts"],
            lines,
            metadata,
        )

    def _slice_number(self, label: str) -> int:
        try:
            return self.labels.index(label)
        except ValueError:
            raise ParameterError(f"slice must be one of {', '.join(self.labels)}, got {label!r}") from None


def _cell(text: str) -> str:
    return " ".join(text.split())
