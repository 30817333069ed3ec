"""Open Multilingual Wordnet: tab files of lemmas, several languages joined by their synsets."""

import re
from pathlib import Path

from ..errors import FormatError
from .intake import Intake

__all__ = ["read_omw"]

#: What MultiWordNet writes where a language has no word.
_GAPS = ("GAP!", "PSEUDOGAP!")
_SYNSET = re.compile(r"\d{8}-[nvars]\Z")


def read_omw(path: Path, intake: Intake) -> None:
    """Read ``synset  type  word`` below a line ``# name  language  address  licence``.

    The language is that of the type (``fra:lemma``) or, where it has none (``lemma``), of the first line. Synsets are
    those of WordNet 3.0, satellites ``-a``, so that languages, and WordNet itself, meet in them. Definitions,
    examples and gaps (``GAP!``) are counted and left out.

    Parameters
    ----------
    path : Path
        ``wn-data-fra.tab``, ``wn-wikt-hun.tab``.
    intake : Intake
        Takes what is read.

    Raises
    ------
    FormatError
        Naming file and line of what is not so.
    """
    source = intake.open(path)
    intake.defines = True
    own = ""
    for number, line in source.lines():
        fields = line.split("\t")
        if line.startswith("#"):
            own = own or (fields[1].strip() if len(fields) > 1 else "")
            continue
        kind = fields[1].strip() if len(fields) > 1 else ""
        language, _, kind = kind.rpartition(":")
        if kind != "lemma" and len(fields) in (3, 4) and kind:
            intake.leave_out("definitions_and_examples")
            continue
        if len(fields) < 3 or not _SYNSET.match(fields[0]):
            raise FormatError(
                f"{source.where(number)}: expected a synset (00001740-n), a type (fra:lemma) and a word, "
                f"separated by tabs, got {line[:60]!r}."
            )
        if not (language or own):
            raise FormatError(
                f"{source.where(number)}: of which language? Expected fra:lemma, or a first line # name, language."
            )
        synset = fields[0][:-1] + "a" if fields[0].endswith("s") else fields[0]
        if fields[2].strip() in _GAPS:
            intake.leave_out("lexical_gaps")
        elif intake.wants("languages", language or own):
            intake.builder.term(synset, fields[2], language or own)
