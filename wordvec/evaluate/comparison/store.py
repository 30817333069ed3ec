"""Results kept in a file, item by item, so that a later run compares with an earlier one without its vectors.

One JSON object a line and outcome: the row of the table in plain fields, then the arrays behind it. The file is
replaced as a whole, so a crash leaves the earlier results.
"""

import base64
import json
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...disk import writing
from ...errors import CorruptFileError, FormatError
from ..measures import MEASURES
from ..outcome import Outcome

__all__ = ["Result", "add_results", "read_results"]

_TEXTS = ("model", "vectors_sha256", "task", "dataset", "dataset_sha256", "metric", "policy", "unit", "measure")
_ARRAYS = {"items": "int64", "values": "float64", "units": "int64"}
#: How many columns of values a measure is of; a mean is of the first of any.
_COLUMNS = {
    "macro mean": 2,
    "ratio": 2,
    "ratio gain": 4,
    "spearman": 2,
    "pearson": 2,
    "v-measure": 2,
    "auc": 2,
    "average precision": 2,
    "group mean": 2,
    "group spearman": 3,
    "best z": 4,
}
#: More items than any test set has.
_MAX_ITEMS = 10_000_000


@dataclass(frozen=True, eq=False)
class Result:
    """What one set of vectors made of test sets: one seed of one configuration.

    Parameters
    ----------
    model : str
        Name of the configuration; results of the same name are its seeds.
    vectors_sha256 : str
        Of the vectors.
    outcomes : tuple of Outcome
        One for each metric of each test set.
    """

    model: str
    vectors_sha256: str
    outcomes: tuple[Outcome, ...]


def read_results(path: Path | str) -> list[Result]:
    """Read a file of results.

    Parameters
    ----------
    path : Path or str
        Written by :func:`add_results`.

    Returns
    -------
    list of Result
        In the order in which vectors first appear.

    Raises
    ------
    FormatError
        If the file is missing, or a line is not one of a result.
    CorruptFileError
        If the arrays of a line are damaged.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "results.jsonl"
    >>> add_results(path, [])
    >>> read_results(path)
    []
    """
    path = Path(path)
    if not path.is_file():
        raise FormatError(f"{path} does not exist, or is no file; --store writes one.")
    found: dict[tuple[str, str], list[Outcome]] = {}
    for number, line in enumerate(_lines(path), start=1):
        where = f"{path}, line {number}"
        entry = _parse(line, where)
        found.setdefault((entry["model"], entry["vectors_sha256"]), []).append(_outcome(entry, where))
    return [Result(model, digest, tuple(outcomes)) for (model, digest), outcomes in found.items()]


def add_results(path: Path | str, results: Sequence[Result]) -> None:
    """Add results to a file; those of the same vectors, test set, metric and policy take the place of earlier ones.

    Parameters
    ----------
    path : Path or str
        A file made by this function, or the name of a new one.
    results : sequence of Result
        What to add.

    Raises
    ------
    FormatError, CorruptFileError
        If the file is there and is not one of results.
    ResourceError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "results.jsonl"
    >>> add_results(path, [Result("a", "", ())])
    >>> path.read_text()
    ''
    """
    path = Path(path)
    held: dict[tuple[object, ...], str] = {}
    if path.exists():
        for result in read_results(path):  # everything is read before anything is written
            held |= _written(result)
    for result in results:
        held |= _written(result)
    with writing(path, overwrite=True) as stream:
        for line in held.values():
            stream.write(line.encode() + b"\n")


def _written(result: Result) -> dict[tuple[object, ...], str]:
    """Return what makes each outcome of a result the only one of its kind, and its line."""
    return {
        (result.model, result.vectors_sha256, *outcome.key): json.dumps(_entry(result, outcome), ensure_ascii=False)
        for outcome in result.outcomes
    }


def _entry(result: Result, outcome: Outcome) -> dict[str, Any]:
    row = {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in outcome.row()._asdict().items()
    }
    arrays = {name: _pack(getattr(outcome, name).astype(kind)) for name, kind in _ARRAYS.items()}
    return {
        "model": result.model,
        "vectors_sha256": result.vectors_sha256,
        **row,
        "unit": outcome.unit,
        "measure": outcome.measure.name,
        **arrays,
    }


def _pack(array: NDArray[Any]) -> dict[str, Any]:
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return {"shape": list(array.shape), "zlib": base64.b64encode(zlib.compress(little.tobytes(), 9)).decode()}


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", newline="\n") as stream:
            yield from stream
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is not a file of results: it is not UTF-8 ({error.reason}).") from error


def _parse(line: str, where: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{where}: not a result, which is one JSON object a line ({error}).") from error
    if not isinstance(entry, dict):
        raise FormatError(f"{where}: not a result, which is one JSON object a line (a {type(entry).__name__}).")
    missing = [name for name in (*_TEXTS, "missing", "seconds", *_ARRAYS) if name not in entry]
    if missing or not all(isinstance(entry[name], str) for name in _TEXTS):
        raise FormatError(
            f"{where}: no result of wordvec evaluate: no {', '.join(missing) or 'text where it belongs'}."
        )
    numbers = isinstance(entry["missing"], int) and isinstance(entry["seconds"], int | float)
    if not numbers:
        raise FormatError(f"{where}: missing and seconds must be numbers, a whole one the first.")
    if entry["measure"] not in MEASURES:
        raise FormatError(f"{where}: measure must be one of {', '.join(MEASURES)}, got {entry['measure']!r}.")
    return entry


def _outcome(entry: Mapping[str, Any], where: str) -> Outcome:
    items, values, units = (_unpack(entry[name], kind, f"{where}, {name}") for name, kind in _ARRAYS.items())
    good = items.ndim == 1 and values.ndim == 2 and units.ndim == 2 and len(items) == len(values) == len(units)
    good = good and units.shape[1] in (1, 2)
    good = good and values.shape[1] == _COLUMNS.get(entry["measure"], max(1, values.shape[1]))
    if not good or (len(items) and (items[0] < 0 or (np.diff(items) <= 0).any() or units.min() < 0)):
        raise CorruptFileError(f"{where}: items, values and units do not belong together; remove the line.")
    return Outcome(
        task=entry["task"],
        dataset=entry["dataset"],
        sha256=entry["dataset_sha256"],
        metric=entry["metric"],
        measure=MEASURES[entry["measure"]],
        items=items,
        values=values,
        units=units,
        unit=entry["unit"],
        missing=int(entry["missing"]),
        policy=entry["policy"],
        seconds=float(entry["seconds"]),
    )


def _unpack(held: Any, kind: str, where: str) -> NDArray[Any]:
    """Return a packed array; what is unpacked is bounded by the shape that is promised."""
    try:
        shape = tuple(int(size) for size in held["shape"])
        count = math.prod(shape)
        if not 1 <= len(shape) <= 2 or min(shape) < 0 or count > 4 * _MAX_ITEMS:
            raise ValueError(f"a shape of {shape}")
        stream = zlib.decompressobj()
        content = stream.decompress(base64.b64decode(held["zlib"], validate=True), count * 8 + 1)
        if len(content) != count * 8:
            raise ValueError(f"{len(content)} bytes for a shape of {shape}")
    except (KeyError, TypeError, ValueError, zlib.error) as error:
        raise CorruptFileError(f"{where}: damaged array ({error}); remove the line, or the file.") from error
    return np.frombuffer(content, dtype=np.dtype(kind).newbyteorder("<")).astype(kind).reshape(shape)
