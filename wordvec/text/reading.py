"""How text is read: the options that every command which reads text shares."""

from dataclasses import asdict, dataclass
from typing import Any

from ..errors import ParameterError, require
from .decoding import check_encoding
from .records import Records, check_slices
from .sources import Bins, compile_header
from .spool import DOCUMENTS
from .tokenize import CASES, TOKENIZERS

__all__ = ["Reading"]

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
        Slices as ranges of header keys, or of years or values in a table, ``"1790-1859,1860-1899"``; see
        :class:`wordvec.text.sources.Bins`.
    join_hyphens : bool, default False
        Whether words that a hyphen breaks at the end of a line are joined; see :mod:`wordvec.text.hyphens`.
    records : Records, optional
        How tables, CoNLL-U and a table about text files are read. Files that end in ``.csv``, ``.tsv``, ``.jsonl``,
        ``.parquet`` or ``.conllu`` are read so without it, too.

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
    join_hyphens: bool = False
    records: Records | None = None

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
        elif self.bins is not None and self.records is None:
            raise ParameterError("bins need a header: a regular expression whose group 1 is the key that is binned")
        if self.bins is not None:
            Bins(self.bins)
        if self.join_hyphens and self.documents == "line":
            raise ParameterError("join_hyphens joins lines, and documents='line' parts them: leave one out")
        if self.records is not None:
            check_slices(self.records, self.bins, self.header is not None)

    def settings(self) -> dict[str, Any]:
        """Return the options as a dict; those about joined words and tables only where they were given."""
        settings = asdict(self)
        if not self.join_hyphens:
            del settings["join_hyphens"]
        if self.records is None:
            del settings["records"]
        return settings
