"""Reading texts line by line in plain Python: what the fast intake has to equal, byte by byte."""

import numpy as np
import regex

from wordvec.text.broken import _UNUSUAL
from wordvec.text.intake import Intake
from wordvec.text.readers import LineReader
from wordvec.text.sources import parse_header
from wordvec.text.tokenize import MAX_TOKEN, TOKENIZERS, is_unsegmented, spell
from wordvec.text.word_ids import FIRST_WORD, TOO_LONG, TOO_LONG_CLAUSE

_BROKEN = regex.compile(rf"(?<=\p{{L}}){_UNUSUAL}{{1,4}}(?=\p{{L}})")


class PlainWords(dict[str, int]):
    """Token as found to provisional id."""

    def __init__(self, case: str) -> None:
        self.spelled: dict[str, int] = {}
        self._case = case

    def __missing__(self, token: str) -> int:
        word = spell(token, self._case) if len(token) <= MAX_TOKEN else ""
        if not 0 < len(word) <= MAX_TOKEN:
            return TOO_LONG_CLAUSE if is_unsegmented(token) else TOO_LONG
        self[token] = number = self.spelled.setdefault(word, len(self.spelled) + FIRST_WORD)
        return number

    def words(self) -> list[str]:
        return list(self.spelled)


class PlainIntake(Intake):
    """An intake that takes one line after the other and asks the plain tokenizer for its tokens."""

    def _read_lines(self, reader: LineReader) -> None:
        if not isinstance(self._ids, PlainWords):
            self._ids = PlainWords(self._reading.case)  # type: ignore[assignment]
        find, known = TOKENIZERS[self._reading.tokenizer], self._ids
        fresh, is_header, is_blank, line, whole = True, False, True, 0, ""
        for piece in reader.pieces():
            if fresh:
                self.lines.read += 1
                header = None if self._header is None else parse_header(self._header, piece.text)
                if header is not None:
                    self._take_header(header)
                is_header = header is not None
                is_blank, line = True, piece.offset if reader.is_quotable else self.n_kept
                whole = ""
            fresh = piece.ends
            if is_header:
                continue
            is_blank = is_blank and not piece.text.strip()
            if self._target is not None:
                if not reader.is_quotable and not (is_blank and piece.ends):
                    self.n_kept += self._keep((piece.text + "\n" * piece.ends).encode("utf-8"))
                self._target.add(np.array([known[token] for token in find(piece.text)], dtype=np.int32))
            whole += piece.text
            if piece.ends and self._target is not None:
                self._target.n_broken += len(_BROKEN.findall(whole))
            if piece.ends:
                self._end_line(line, is_blank)
