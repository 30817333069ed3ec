"""Keys of sense-tagged instances: which senses people gave to each, and how strongly."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from ...errors import FormatError
from .columns import is_numeric
from .datasets import Dataset, read_dataset

__all__ = ["Gold", "Key", "KeyLine", "check_instances", "listed", "read_key"]

#: Sense label to weight, above 0.
Gold = Mapping[str, float]


class KeyLine(NamedTuple):
    """What a key says of one instance, and in which file and line."""

    target: str
    gold: Gold
    where: str


#: Instance to what is said of it.
Key = dict[str, KeyLine]


def read_key(path: Path | str | Dataset) -> Key:
    """Read a key in Senseval's form: ``word.pos instance sense[/weight] ...``, one instance a line.

    A field behind the last slash of a sense is its weight if it is a number; else the weight is 1. What follows
    ``!!`` and lines that begin with ``#`` are comments. Senses of weight 0 are none.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.

    Returns
    -------
    dict of str to KeyLine
        By instance, in the order of the lines.

    Raises
    ------
    FormatError
        Naming file and line, if a line has no sense, a weight is negative or an instance is there twice.

    Examples
    --------
    >>> found = read_key(Dataset("toy.key", "add.v add.v.1 add%2:32:01::/4 add%2:30:00::/1\\n", ""))
    >>> dict(found["add.v.1"].gold)
    {'add%2:32:01::': 4.0, 'add%2:30:00::': 1.0}
    """
    source = read_dataset(path)
    key: Key = {}
    for number, line in source.lines():
        where = source.where(number)
        fields = line.split("!!")[0].split()
        if not fields or fields[0].startswith("#"):
            continue
        if len(fields) < 3:
            raise FormatError(f"{where}: expected word, instance and senses: 'add.v add.v.1 add.2', got {line[:60]!r}.")
        target, instance, *senses = fields
        if instance in key:
            raise FormatError(f"{where}: the instance {instance} has a line already ({key[instance].where}).")
        weights = dict(_weight(sense, where) for sense in senses)
        gold = {label: weight for label, weight in weights.items() if weight > 0.0}
        if not gold:
            raise FormatError(f"{where}: no sense of {instance} has a weight above 0.")
        key[instance] = KeyLine(target, gold, where)
    if not key:
        raise FormatError(f"{source.shown} holds no line of a key: word, instance, senses.")
    return key


def _weight(field: str, where: str) -> tuple[str, float]:
    label, _, weight = field.rpartition("/")
    if not (label and is_numeric(weight)):
        return field, 1.0
    value = float(weight)
    if not (math.isfinite(value) and value >= 0.0):
        raise FormatError(f"{where}: the weight of a sense must be a number >= 0, got {field!r}.")
    return label, value


def check_instances(key: Key, known: Mapping[str, object], shown: str) -> None:
    """Raise FormatError if a key names instances that are not there; the message lists them.

    Parameters
    ----------
    key : dict of str to KeyLine
        See :func:`read_key`.
    known : mapping
        By instance.
    shown : str
        What the file of instances is called.

    Examples
    --------
    >>> check_instances({"a.1": KeyLine("a", {"s": 1.0}, "toy.key, line 1")}, {"a.1": ()}, "toy")
    """
    missing = [instance for instance in key if instance not in known]
    if missing:
        where = key[missing[0]].where
        raise FormatError(
            f"{where}: the key names {len(missing)} of {len(key)} instances that are not in {shown}: "
            f"{listed(missing)}; take the key of these instances."
        )


def listed(names: Sequence[str], most: int = 10) -> str:
    """Return names with commas between them; of many the first, and how many more there are.

    Parameters
    ----------
    names : sequence of str
        What to list.
    most : int, default 10
        How many to name.

    Examples
    --------
    >>> listed(["a", "b", "c"], 2)
    'a, b and 1 more'
    """
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
