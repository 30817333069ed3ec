"""Instances in Senseval's XML: ``<lexelt item> <instance id> <answer senseid> <context> ... <head>``.

The parser is expat, told to refuse entities: what is read is no larger than the file.
"""

from typing import NamedTuple
from xml.parsers import expat

from ...errors import FormatError
from .contexts import ContextTokenizer, Occurrence, find_tokens
from .datasets import Dataset

__all__ = ["XmlInstance", "read_sense_xml"]


class XmlInstance(NamedTuple):
    """One instance: where it is, whose it is, what stands around its word, and senses that are given beside it."""

    where: str
    target: str
    instance: str
    around: Occurrence
    senses: tuple[str, ...]
    heads: int


def read_sense_xml(source: Dataset, tokenizer: ContextTokenizer = "alnum") -> list[XmlInstance]:
    """Return the instances of a file in the form of Senseval-2, SemEval-2013 or NLTK's ``senseval`` corpus.

    The context is cut at the first ``<head>``; what stands in a later one is left out too.

    Parameters
    ----------
    source : Dataset
        The file. An entity of its own, or one that XML does not define, is an error.
    tokenizer : {"alnum", "words", "whitespace"}, default "alnum"
        See :func:`~wordvec.evaluate.sets.contexts.find_tokens`.

    Raises
    ------
    FormatError
        Naming file and line, if this is no well-formed XML, or an instance has no id, word, context or head.

    Examples
    --------
    >>> text = "<c><lexelt item='bank.n'><instance id='b1'><context>a <head>bank</head> robber</context></instance>"
    >>> found = read_sense_xml(Dataset("toy", text + "</lexelt></c>", ""))
    >>> found[0].target, found[0].around
    ('bank.n', Occurrence(left=('a',), right=('robber',)))
    """
    reader = _Reader(source, tokenizer)
    try:
        reader.parser.Parse(source.text, True)
    except expat.ExpatError as error:
        raise FormatError(
            f"{source.where(error.lineno)}: this is not well-formed XML ({expat.ErrorString(error.code)}); "
            "a bare & or < is written &amp; or &lt;."
        ) from error
    return reader.found


class _Reader:
    """What was read so far of a file."""

    def __init__(self, source: Dataset, tokenizer: ContextTokenizer) -> None:
        self.source, self.tokenizer = source, tokenizer
        self.found: list[XmlInstance] = []
        self.target = self.instance = ""
        self.senses: list[str] = []
        self.parts: tuple[list[str], list[str]] | None = None
        self.heads, self.in_head, self.in_context = 0, False, False
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = parser.ExternalEntityRefHandler = parser.SkippedEntityHandler = self._entity

    @property
    def where(self) -> str:
        return self.source.where(self.parser.CurrentLineNumber)

    def _entity(self, *said: object) -> int:
        raise FormatError(f"{self.where}: entities are not read, got {said[0]!r}; write the character itself.")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "lexelt":
            self.target = attributes.get("item", "")
        elif name == "instance":
            self.instance, self.senses, self.parts, self.heads = attributes.get("id", ""), [], None, 0
            if not (self.instance and self.target):
                what = "an instance has no id" if self.target else "an instance stands in no <lexelt item=...>"
                raise FormatError(f"{self.where}: {what}.")
        elif name == "answer":
            self.senses.append(attributes.get("senseid", ""))
        elif name == "context":
            self.parts, self.in_context = ([], []), True
        elif name == "head" and self.in_context:
            self.in_head = True
            self.heads += 1
        self._text(" ")

    def _end(self, name: str) -> None:
        self._text(" ")
        if name == "head":
            self.in_head = False
        elif name == "context":
            self.in_context = False
        elif name == "instance":
            self._keep()

    def _text(self, text: str) -> None:
        if self.in_context and not self.in_head and self.parts is not None:
            self.parts[self.heads > 0].append(text)

    def _keep(self) -> None:
        if self.parts is None or not self.heads:
            lacks = "<context>" if self.parts is None else "<head> in its context"
            raise FormatError(f"{self.where}: the instance {self.instance} has no {lacks}.")
        left, right = (find_tokens("".join(part), self.tokenizer) for part in self.parts)
        senses = tuple(dict.fromkeys(filter(None, self.senses)))
        self.found.append(
            XmlInstance(self.where, self.target, self.instance, Occurrence(left, right), senses, self.heads)
        )
