"""CoNLL-U: text that was cut into sentences and words, with lemmas and parts of speech."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import regex

from ..errors import FormatError
from .readers import STANDARD_INPUT
from .records import Record
from .table_rows import TableFile
from .tokenize import spell

__all__ = ["TOKENIZER", "read_conllu"]

#: The tokenizer and the case for what :func:`read_conllu` has made into words.
TOKENIZER = ("whitespace", "keep")
_COLUMNS = 10
_SPOKEN = regex.compile(r"[\p{L}\p{N}]")
_WORD_ID = regex.compile(r"[1-9]\d{0,6}")
_RANGE = regex.compile(r"[1-9]\d{0,6}-[1-9]\d{0,6}")
_EMPTY = regex.compile(r"\d{1,7}\.[1-9]\d{0,6}")
#: A sentence of more words is none.
_MOST_WORDS = 1_000_000
#: Comments about a sentence, not about a document.
_OF_SENTENCES = ("sent_id", "newpar", "text", "newdoc", "global.columns")


def read_conllu(file: TableFile, layer: str, tokenizer: str, case: str, counts: Counter[str]) -> Iterator[Record]:
    """Yield the sentences of a file; ``# newdoc`` begins a document, other comments there are what is known of it.

    Words are taken as they are annotated, never cut anew: a contraction's parts (``du``: ``de``, ``le``) are words, its
    own line (``1-2``) and empty nodes (``8.1``) are none. With ``tokenizer="words"`` a word has a letter or a number,
    as in plain text, and apostrophes and hyphens have one spelling; with ``"whitespace"`` punctuation counts, too.

    Parameters
    ----------
    file : TableFile
        What to read.
    layer : {"form", "lemma", "lemma_pos"}
        Which words: as written, lemmas, or lemma, underscore and part of speech: ``bank_NOUN``.
    tokenizer, case : str
        As in :class:`wordvec.text.reading.Reading`; a part of speech keeps its case.
    counts : Counter
        Gets ``ranges``, ``empty_nodes``, ``punctuation``, ``without_lemma`` and ``words``.

    Raises
    ------
    FormatError
        If the file cannot be read, is empty, or a line is not as described; if no word has a lemma that was asked for.
    """
    sentence = _Sentence(layer, tokenizer, case, counts)
    document: dict[str, str] | None = {"id": "standard input" if file.name == STANDARD_INPUT else Path(file.name).name}
    head: dict[str, str] = {}
    for number, line in file.lines():
        if line.startswith("#") and not sentence.surface:
            key, _, value = line[1:].partition("=")
            head[key.strip()] = value.strip()
        elif line.strip():
            sentence.add(line, number, file.shown)
            continue
        if line.strip() or not sentence.surface:
            continue
        document = _document(head, document)
        yield sentence.end(head, document)
        document, head = None, {}
    if sentence.surface:
        yield sentence.end(head, _document(head, document))
    elif counts["words"] == 0:
        raise FormatError(f"{file.shown} is empty.")
    if layer != "form" and counts["words"] and counts["without_lemma"] == counts["words"]:
        raise FormatError(
            f"{file.shown}: no word has a lemma{' and a part of speech' * (layer != 'lemma')}; pass --layer form."
        )


def _document(head: dict[str, str], pending: dict[str, str] | None) -> dict[str, str] | None:
    """Return what the comments say of a document that begins here, None if none does."""
    name = next((head[key] for key in ("newdoc id", "newdoc") if key in head), None)
    if name is None:
        return pending
    told = {key.removeprefix("meta::"): value for key, value in head.items() if not key.startswith(_OF_SENTENCES)}
    return {**told, "id": name}


class _Sentence:
    """The words of the sentence under way."""

    def __init__(self, layer: str, tokenizer: str, case: str, counts: Counter[str]) -> None:
        self._layer, self._tokenizer, self._case, self._counts = layer, tokenizer, case, counts
        self.surface: list[str] = []
        self._words: list[str] = []
        self._covered = self._first = 0

    def add(self, line: str, number: int, file: str) -> None:
        """Take a line of a word, a range or an empty node."""
        cells = line.split("\t")
        if len(cells) != _COLUMNS:
            raise FormatError(
                f"{file}, line {number}: expected a word, {_COLUMNS} cells between tabs (CoNLL-U), got {len(cells)}."
            )
        self._first = self._first if self.surface else number
        identifier = cells[0]
        if _EMPTY.fullmatch(identifier):
            self._counts["empty_nodes"] += 1
            return
        space = "" if "SpaceAfter=No" in cells[9].split("|") else " "
        if _RANGE.fullmatch(identifier):
            self._counts["ranges"] += 1
            self._covered = int(identifier.partition("-")[2])
            self.surface.append(cells[1] + space)
            return
        if not _WORD_ID.fullmatch(identifier) or len(self._words) >= _MOST_WORDS:
            raise FormatError(
                f"{file}, line {number}: a word's number must be 1, 2, ..., a range 1-2 or an empty node 1.1, and a "
                f"sentence may have {_MOST_WORDS:,} words, got {identifier[:20]!r}."
            )
        self.surface.append("" if int(identifier) <= self._covered else cells[1] + space)
        self._add_word(cells[1], cells[2], cells[3])

    def _add_word(self, form: str, lemma: str, part: str) -> None:
        self._counts["words"] += 1
        word = form if self._layer == "form" else lemma
        is_missing = self._layer != "form" and lemma == "_" and form != "_"
        if is_missing or (self._layer == "lemma_pos" and part == "_"):
            self._counts["without_lemma"] += 1
            return
        spelled = _spell(word, self._tokenizer, self._case)
        if not spelled:
            self._counts["punctuation"] += 1
            return
        self._words.append(f"{spelled}_{part}" if self._layer == "lemma_pos" else spelled)

    def end(self, head: dict[str, str], document: dict[str, str] | None) -> Record:
        """Return the sentence, and begin the next."""
        shown = head.get("text") or "".join(self.surface)
        record = Record(" ".join(shown.split()) or "_", self._first, document, " ".join(self._words))
        self.surface, self._words, self._covered = [], [], 0
        return record


@lru_cache(maxsize=1 << 16)
def _spell(word: str, tokenizer: str, case: str) -> str:
    """Return a word as the tokenizer would spell it; ``""`` for what is no word to it."""
    if tokenizer == "words":
        if not _SPOKEN.search(word):
            return ""
        word = word.replace("\u00ad", "").replace("\u2019", "'").replace("\u2010", "-").replace("\u2011", "-")
    return spell("_".join(word.split()), case)
