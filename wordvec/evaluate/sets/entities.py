"""Entities written as labels of tokens: IOB1, IOB2, IOBES and BILOU, and what to do about broken ones."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Entity", "count_broken", "entities", "entity_counts", "find_scheme", "iob2", "split_label"]

#: First letters of labels by what they say; BILOU's last and unit are IOBES' end and single.
_LETTERS = {"B": "B", "I": "I", "E": "E", "S": "S", "L": "E", "U": "S"}


class Entity(NamedTuple):
    """An entity of a sentence.

    Parameters
    ----------
    first, last : int
        Its first and its last token, counted from 0.
    type : str
        ``"PER"``, ``"location"``, ...
    """

    first: int
    last: int
    type: str


@lru_cache(maxsize=4096)
def split_label(label: str) -> tuple[str, str] | None:
    """Return what a label says, one of ``B I E S O``, and its type; None for what is no label of an entity.

    Parameters
    ----------
    label : str
        ``"O"``, or a letter, a hyphen and a type.

    Examples
    --------
    >>> split_label("B-PER"), split_label("U-PER"), split_label("O"), split_label("NOUN")
    (('B', 'PER'), ('S', 'PER'), ('O', ''), None)
    """
    if label == "O":
        return "O", ""
    letter, hyphen, kind = label.partition("-")
    return (_LETTERS[letter], kind) if hyphen and kind and letter in _LETTERS else None


def entities(labels: Sequence[str]) -> list[Entity]:
    """Return the entities of a sentence, by the rule of ``conlleval``, which reads every scheme and broken labels.

    An entity begins with B or S, and with any label but O that follows O, E, S or another type. It ends before
    the next one and before O.

    Parameters
    ----------
    labels : sequence of str
        Of each token; what is no label of an entity is read as O.

    References
    ----------
    Tjong Kim Sang and De Meulder (2003), "Introduction to the CoNLL-2003 shared task".

    Examples
    --------
    >>> entities(["B-PER", "I-PER", "O", "I-LOC", "I-ORG"])
    [Entity(first=0, last=1, type='PER'), Entity(first=3, last=3, type='LOC'), Entity(first=4, last=4, type='ORG')]
    """
    found: list[Entity] = []
    previous = ("O", "")
    for i, label in enumerate(labels):
        current = split_label(label) or ("O", "")
        if current[0] != "O":
            if current[0] in "BS" or previous[0] in "OES" or previous[1] != current[1]:
                found.append(Entity(i, i, current[1]))
            else:
                found[-1] = found[-1]._replace(last=i)
        previous = current
    return found


def iob2(labels: Sequence[str]) -> list[str]:
    """Return labels in IOB2, which says of every token whether an entity begins (B), goes on (I) or neither (O).

    Parameters
    ----------
    labels : sequence of str
        Of the tokens of a sentence, in any scheme, broken or not.

    Examples
    --------
    >>> iob2(["I-PER", "I-PER", "O", "S-LOC", "B-LOC", "E-LOC"])
    ['B-PER', 'I-PER', 'O', 'B-LOC', 'B-LOC', 'I-LOC']
    """
    written = ["O"] * len(labels)
    for first, last, kind in entities(labels):
        written[first : last + 1] = [f"B-{kind}"] + [f"I-{kind}"] * (last - first)
    return written


def find_scheme(sentences: Iterable[Sequence[str]]) -> str:
    """Return the scheme of labels: ``"IOBES"`` with an E, S, L or U, ``"IOB1"`` if no entity begins with B, or IOB2.

    In IOB1 an entity begins with I, and with B only straight after another of its type.

    Parameters
    ----------
    sentences : iterable of sequences of str
        Labels of each sentence of a file.

    Examples
    --------
    >>> find_scheme([["I-PER", "B-PER", "O"]]), find_scheme([["O", "B-PER"]]), find_scheme([["U-PER"]])
    ('IOB1', 'IOB2', 'IOBES')
    """
    begun = inside = 0
    for labels in sentences:
        previous = ("O", "")
        for label in labels:
            current = split_label(label) or ("O", "")
            if current[0] in "ES":
                return "IOBES"
            if current[0] != "O" and (previous[0] == "O" or previous[1] != current[1]):
                begun += current[0] == "B"
                inside += current[0] == "I"
            previous = current
    return "IOB1" if inside and not begun else "IOB2"


def count_broken(labels: Sequence[str], scheme: str) -> int:
    """Return how many labels of a sentence cannot follow the one before them.

    In IOB2 that is I after O, after another type or at the start. In IOBES also I and E after an entity that has
    ended, and, counted where the next label or the end of the sentence stands, what ends an entity without E.
    In IOB1 nothing is broken.

    Parameters
    ----------
    labels : sequence of str
        Of each token.
    scheme : {"IOB1", "IOB2", "IOBES"}
        See :func:`find_scheme`.

    Examples
    --------
    >>> count_broken(["I-PER", "O", "B-LOC", "I-ORG"], "IOB2"), count_broken(["B-PER", "I-PER", "O"], "IOBES")
    (2, 1)
    """
    if scheme == "IOB1":
        return 0
    broken, previous = 0, ("O", "")
    for label in [*labels, "O"]:
        current = split_label(label) or ("O", "")
        goes_on = current[0] in "IE" and previous[0] in "BI" and previous[1] == current[1]
        starts_inside = current[0] in "IE" and not goes_on
        unended = scheme == "IOBES" and previous[0] in "BI" and not goes_on
        broken += starts_inside or unended
        previous = current
    return broken


def entity_counts(true: Sequence[Sequence[str]], predicted: Sequence[Sequence[str]]) -> NDArray[np.int64]:
    """Return int64[S, 3]: of each sentence the entities found, those that are there, and those predicted.

    An entity is found if its first and last token and its type are right.

    Parameters
    ----------
    true, predicted : sequence of S sequences of str
        Labels of each sentence.

    Examples
    --------
    >>> entity_counts([["B-PER", "I-PER", "O", "B-LOC"]], [["B-PER", "O", "O", "B-LOC"]]).tolist()
    [[1, 2, 2]]
    """
    counts = np.zeros((len(true), 3), dtype=np.int64)
    for i, (gold, said) in enumerate(zip(true, predicted, strict=True)):
        there, named = set(entities(gold)), set(entities(said))
        counts[i] = len(there & named), len(there), len(named)
    return counts
