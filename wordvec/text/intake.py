"""Reading texts once: every line goes to its slice as provisional ids, and everything left out is counted."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError, require
from ..progress import Progress, Watcher
from .decoding import check_encoding
from .folders import describe_files
from .readers import STANDARD_INPUT, LineReader
from .sources import Bins, Header, TextSlice, compile_header, describe_empty_bin, parse_header
from .spool import DOCUMENTS, TOO_LONG, SliceSpool
from .tokenize import CASES, MAX_TOKEN, TOKENIZERS, is_unsegmented, spell

__all__ = ["Intake", "Reading"]

ERRORS = ("strict", "replace", "ignore")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How text is read: its encoding, its words, where documents and slices end.

    Parameters
    ----------
    tokenizer : {"words", "whitespace"}, default "words"
        How a line is cut into words; see :mod:`wordvec.text.tokenize`.
    case : {"lower", "keep"}, default "lower"
        Whether words are lowered.
    encoding : str, default "utf-8"
        Any text encoding that Python knows.
    errors : {"strict", "replace", "ignore"}, default "strict"
        What to do with bytes that are not in the encoding: refuse the file, read U+FFFD in their
        place, or leave them out.
    documents : {"blank", "line", "header", "file"}, optional
        Where a document ends: at blank lines, at every line, at header lines, at the end of a file
        (which ends it in any case). If None: at headers if ``header`` is given, else at blank lines
        if there is one between two lines of text, else at every line.
    header : str, optional
        Regular expression found in header lines, which are not text: group 1, or the whole match, is
        the key (a year) of what follows; the rest of the line is its name.
    bins : str, optional
        Slices as ranges of header keys, ``"1790-1859,1860-1899"``; see :class:`wordvec.text.sources.Bins`.

    Raises
    ------
    ParameterError
        If one of them is not as described.

    Examples
    --------
    >>> Reading(case="keep").tokenizer
    'words'
    """

    tokenizer: str = "words"
    case: str = "lower"
    encoding: str = "utf-8"
    errors: str = "strict"
    documents: str | None = None
    header: str | None = None
    bins: str | None = None

    def __post_init__(self) -> None:
        require(self.tokenizer in TOKENIZERS, "tokenizer", f"one of {', '.join(TOKENIZERS)}", self.tokenizer)
        require(self.case in CASES, "case", f"one of {', '.join(CASES)}", self.case)
        require(self.errors in ERRORS, "errors", f"one of {', '.join(ERRORS)}", self.errors)
        domain = f"one of {', '.join(DOCUMENTS)}"
        require(self.documents is None or self.documents in DOCUMENTS, "documents", domain, self.documents)
        check_encoding(self.encoding)
        if self.header is not None:
            compile_header(self.header)
        elif self.documents == "header":
            raise ParameterError("documents='header' needs a header: the regular expression of such a line")
        elif self.bins is not None:
            raise ParameterError("bins need a header: a regular expression whose group 1 is the key that is binned")
        if self.bins is not None:
            Bins(self.bins)

    def settings(self) -> dict[str, str | None]:
        """Return the options as a dict."""
        return asdict(self)


class _Words(dict[str, int]):
    """Token as found to provisional id; words get ids in the order in which they come, from 1."""

    def __init__(self, case: str) -> None:
        self.ids: dict[str, int] = {}
        self.long_unsegmented = 0
        self._case = case

    def __missing__(self, token: str) -> int:
        word = spell(token, self._case) if len(token) <= MAX_TOKEN else ""
        if not 0 < len(word) <= MAX_TOKEN:
            self.long_unsegmented += is_unsegmented(token)
            return TOO_LONG
        self[token] = number = self.ids.setdefault(word, len(self.ids) + 1)
        return number


@dataclass
class LineCounts:
    """What became of the lines of the input."""

    read: int = 0
    sentences: int = 0
    blank: int = 0
    headers: int = 0
    outside_bins: int = 0
    without_words: int = 0


class Intake:
    """Read files into one spool per slice.

    Parameters
    ----------
    folder : Path
        For temporary files.
    reading : Reading
        How to read.
    sources : sequence of TextSlice
        What to read; with bins, their labels do not count.
    progress : callable, optional
        Is told how many bytes were read.

    Attributes
    ----------
    labels : tuple of str
    spools : list of SliceSpool
        One per slice.
    words : dict of str to int
        Word to provisional id.
    lines : LineCounts
    files : list of dict
        For each file its path, bytes, SHA-256, and whether its lines were kept.
    left_out : dict of str to int
        What folders hold besides, as in :class:`wordvec.text.folders.Found`.
    kept : Path
        The lines of files that cannot be quoted from, as UTF-8; present if ``n_kept`` is not 0.
    """

    def __init__(self, folder: Path, reading: Reading, sources: Sequence[TextSlice], progress: Watcher | None) -> None:
        self._reading, self._sources, self._progress = reading, sources, progress
        self._header = None if reading.header is None else compile_header(reading.header)
        self._bins = None if reading.bins is None else Bins(reading.bins)
        self._find = TOKENIZERS[reading.tokenizer]
        self._words = _Words(reading.case)
        self.labels = self._bins.labels if self._bins else tuple(source.label for source in sources)
        self.spools = [SliceSpool(folder, number) for number in range(len(self.labels))]
        self.words = self._words.ids
        self.lines = LineCounts()
        self.files: list[dict[str, Any]] = []
        self.kept = folder / "text"
        self.n_kept = self.undecodable = self.empty_files = self.files_with_returns = self.documents_outside = 0
        self._keys: set[str] = set()
        self._blank_between = False
        left_out = sum((Counter(source.left_out) for source in sources), Counter())
        self.left_out = dict(sorted(left_out.items()))
        self._sizes = [_size(file) for source in sources for file in source.files]

    def read(self) -> None:
        """Read everything.

        Raises
        ------
        FormatError
            If a file cannot be read or is empty, no line is a header, or a bin stays without one.
        """
        with self.kept.open("wb") as kept:
            self._keep: Callable[[bytes], int] = kept.write
            for number, source in enumerate(self._sources):
                for name in source.files:
                    self._read_file(name, self.spools[0 if self._bins else number], source)
        for spool in self.spools:
            spool.finish()
        self._check_headers()

    @property
    def documents(self) -> str:
        """Where documents end: as asked, or as the text suggests."""
        if self._reading.documents is not None:
            return self._reading.documents
        if self._header is not None:
            return "header"
        return "blank" if self._blank_between else "line"

    def count_unsegmented(self, counts: NDArray[np.int64]) -> int:
        """Return how many tokens are clauses of a script without spaces; 0 if the text came as tokens.

        Parameters
        ----------
        counts : int64[words]
            Occurrences of each word.
        """
        if self._reading.tokenizer == "whitespace":
            return 0
        found = np.fromiter(map(is_unsegmented, self.words), dtype=bool, count=len(self.words))
        return int(counts[found].sum()) + self._words.long_unsegmented

    def _read_file(self, name: str, spool: SliceSpool, source: TextSlice) -> None:
        reader = LineReader(name, encoding=self._reading.encoding, errors=self._reading.errors)
        self._target: SliceSpool | None = None if self._bins else spool
        self._default, self._seen_text, self._after_blank = spool, False, False
        if self._target is not None:
            by_file = self._reading.documents == "file"
            named = by_file or self._header is not None
            shown = " ".join(Path(name).name.split()) if named else ""
            self._target.mark(len(self.files), shown, (source.date or "") if by_file else "")
        self._read_lines(reader)
        if reader.n_bytes == 0:
            if name not in source.optional:
                raise FormatError(f"{reader.name} is empty.")
            self.empty_files += 1
        self.undecodable += reader.undecodable
        self.files_with_returns += reader.has_returns
        entry = {"path": name, "kept": not reader.is_quotable, "bytes": reader.n_bytes, "sha256": reader.sha256}
        self.files.append(entry)

    def _read_lines(self, reader: LineReader) -> None:
        fresh, is_header, is_blank, line, seen = True, False, True, 0, -1
        for piece in reader.pieces():
            if reader.n_bytes != seen:
                seen = reader.n_bytes
                self._report(reader)
            if fresh:
                self.lines.read += 1
                is_header = self._header is not None and self._take_header(piece.text)
                is_blank, line = True, piece.offset if reader.is_quotable else self.n_kept
            fresh = piece.ends
            if is_header:
                continue
            is_blank = is_blank and not piece.text.strip()
            if self._target is not None:
                if not reader.is_quotable and not (is_blank and piece.ends):
                    self.n_kept += self._keep((piece.text + "\n" * piece.ends).encode("utf-8"))
                self._target.add([self._words[token] for token in self._find(piece.text)])
            if piece.ends:
                self._end_line(line, is_blank)

    def _end_line(self, line: int, is_blank: bool) -> None:
        if is_blank:
            self.lines.blank += 1
            self._after_blank = self._seen_text
        elif self._target is None:
            self.lines.outside_bins += 1
        elif self._target.end_sentence(line, self._after_blank):
            self._blank_between = self._blank_between or self._after_blank
            self._seen_text, self._after_blank = True, False
            self.lines.sentences += 1
        else:
            self.lines.without_words += 1

    def _take_header(self, text: str) -> bool:
        """Start what a header line announces; return False if ``text`` is not one."""
        assert self._header is not None
        header: Header | None = parse_header(self._header, text)
        if header is None:
            return False
        self.lines.headers += 1
        self._keys.add(header.key)
        self._seen_text, self._after_blank = False, False
        self._target = self._default
        if self._bins is not None:
            number = self._bins.find(header.key)
            self._target = None if number is None else self.spools[number]
        if self._target is None:
            self.documents_outside += 1
        else:
            self._target.mark(len(self.files), header.name, header.key)
        return True

    def _check_headers(self) -> None:
        if self._header is None:
            return
        if not self._keys:
            names = describe_files([entry["path"] for entry in self.files])
            raise FormatError(
                f"header {self._reading.header!r} matches no line of {names}; look at a header line and mend the "
                "expression."
            )
        if self._bins is not None:
            found = {self._bins.find(key) for key in self._keys}
            for number, label in enumerate(self._bins.labels):
                if number not in found:
                    raise FormatError(describe_empty_bin(label, self._keys))

    def _report(self, reader: LineReader) -> None:
        if self._progress is not None:
            done = sum(size or 0 for size in self._sizes[: len(self.files)]) + reader.position
            total = 0 if None in self._sizes else sum(size or 0 for size in self._sizes)
            self._progress(Progress("reading", done, total, "bytes"))


def _size(name: str) -> int | None:
    """Return the size of a file, None if it is not known beforehand."""
    return Path(name).stat().st_size if name != STANDARD_INPUT and Path(name).is_file() else None
