"""Lists of words that belong together: lexicons as for retrofitting, and pairs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import FormatError
from ..text.tables import LineSource, bare_name
from .intake import LONG_LINES, Intake

__all__ = ["PREFIXED", "is_number", "name_relation", "read_word_lists"]

#: A word that says its language, as in the lists of counter-fitting and Attract-Repel.
PREFIXED = re.compile(r"([a-z]{2,3})_(.+)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+|nan|inf(?:inity)?)\Z", re.IGNORECASE)


def is_number(text: str) -> bool:
    """Whether a field is a number, NaN and infinity among them."""
    return bool(_NUMBER.match(text))


def name_relation(path: Path) -> str:
    """Return what the name of a file says its words are to each other: synonym, antonym, or related.

    Examples
    --------
    >>> [name_relation(Path(name)) for name in ("ppdb_synonyms.txt", "full-ant-sample.txt.xz", "framenet.txt")]
    ['synonym', 'antonym', 'related']
    """
    name = bare_name(path).lower()
    if "antonym" in name or "ant" in re.split(r"[^a-z]+", name):
        return "antonym"
    return "synonym" if "synonym" in name or "syn" in re.split(r"[^a-z]+", name) else "related"


def read_word_lists(lists: Sequence[tuple[Path, str, bool]], intake: Intake) -> None:
    """Read word lists; the words are the concepts, and their own names beside a graph whose concepts have names.

    ===========  ======================================================================================
    form         a line
    ===========  ======================================================================================
    ``lexicon``  a word, then the words that belong to it, all separated by blanks
    ``pairs``    two words and perhaps a weight, separated by tabs (then words may hold blanks) or blanks
    ===========  ======================================================================================

    The relation is ``list_relation`` of the selection, else what :func:`name_relation` makes of each file's name.
    Words with a language before them (``en_cat``) lose it if all are of one language, which is noted; words of several
    languages keep it in their ids and have names in their languages. A word alone in its line is a concept without
    edges, and counted (``lone_words``).

    Parameters
    ----------
    lists : sequence of (Path, str, bool)
        File, form, and whether its words have languages before them.
    intake : Intake
        Takes what is read.

    Raises
    ------
    FormatError
        Naming file and line of what does not fit the form.
    """
    spoken: Counter[str] = Counter()
    for path, form, prefixed in lists:
        if prefixed:
            for _, words, _ in _rows(intake.open(path, LONG_LINES), form):
                spoken.update(found[1] for word in words if (found := PREFIXED.match(word)))
            intake.files.pop()
    strip = len(spoken) == 1
    if strip:
        intake.notes.append(f"words are {next(iter(spoken))}: the language before each is taken off")
    names = len(spoken) > 1
    for path, form, prefixed in lists:
        relation = intake.selection.relation_of(path, name_relation(path))
        intake.notes.append(f"{path.name} taken for a list ({form}) of relation {relation}")
        _read(intake.open(path, LONG_LINES), form, relation, intake, prefixed and strip, names)


def _read(source: LineSource, form: str, relation: str, intake: Intake, strip: bool, names: bool) -> None:
    chosen = intake.selection.languages is not None
    for number, words, weight in _rows(source, form):
        where = source.where(number)
        known = []
        for word in words:
            found = PREFIXED.match(word) if strip or names else None
            language, text = (found[1], found[2]) if found else ("", word)
            if chosen and not intake.wants("languages", language):
                continue
            own = text if strip else word
            if names:
                intake.builder.term(own, text, language)
            known.append(own)
        if known and known[0] != (words[0] if not strip else _bare(words[0])):
            continue  # the head is in another language
        if len(words) == 1:
            intake.leave_out("lone_words")
        for word in known[:1]:
            intake.builder.word(word)
        for word in known[1:]:
            intake.edge(known[0], word, relation, weight, where)
        intake.words(*known[1:])


def _bare(word: str) -> str:
    found = PREFIXED.match(word)
    return found[2] if found else word


def _rows(source: LineSource, form: str) -> Iterator[tuple[int, list[str], float | str]]:
    """Yield number, words and weight of each line."""
    for number, line in source.lines():
        if form == "lexicon":
            yield number, line.split(), 1.0
            continue
        fields = [field.strip() for field in line.split("\t")] if "\t" in line else line.split()
        if len(fields) not in (2, 3) or not all(fields[:2]):
            raise FormatError(
                f"{source.where(number)}: expected two words and perhaps a weight, got {len(fields)} columns."
            )
        yield number, fields[:2], fields[2] if len(fields) == 3 else 1.0
