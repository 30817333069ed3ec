"""The part of the drift report that lets another person make it again: method and settings, in plain words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._version import versions
from ..slices import AlignedSlices
from .markup import definition_list

__all__ = ["method"]

_AGAINST = {
    "previous": "each slice with the one before it",
    "first": "each slice with the first",
    "every": "every slice with every earlier one",
}
#: What alignment records, in plain words; a name that is missing here is shown with spaces for underscores.
_NAMES = {
    "method": "slices were brought into one space by",
    "model": "kind of training",
    "dim": "length of a vector (dim)",
    "window": "words looked at on either side (window)",
    "negative": "random words set against each pair (negative)",
    "epochs": "passes over the text (epochs)",
    "lr": "learning rate at the start (lr)",
    "subsample": "threshold above which frequent words are thinned (subsample)",
    "noise_power": "exponent of the random words (noise_power)",
    "seed": "seed of align (seed)",
    "init": "where a slice starts (init)",
    "min_slice_count": "fewest occurrences for a place in a slice (min_slice_count)",
    "corpus": "digest of the corpus",
    "compass_sha256": "digest of the compass",
}
#: Settings of an assessment.
_ASSESSED = {
    "unit": "what is drawn, left out or exchanged as a whole",
    "strata": "exchanged only among texts with the same",
    "within": "groups inside a slice by",
    "min_count": "fewest occurrences on either side",
    "min_units": "fewest units of a word on either side",
    "splits": "random halves of a slice",
    "floors": "random halves of the groups inside it",
    "permutations": "exchanges of units between slices",
    "confidence": "coverage of the intervals",
    "seed": "seed of all draws",
}
#: The page shows these elsewhere, or they describe the file.
_ELSEWHERE = ("format", "kind", "labels", "slices")


def method(slices: AlignedSlices, settings: Mapping[str, Any]) -> str:
    """List what another person needs to make this page again; ``settings`` are those of the drift table."""
    measured = _assessed(slices, settings) if "splits" in settings else _measured(slices, settings)
    entries = dict.fromkeys([*measured, *_recorded(slices.metadata)])
    if not any(name == _NAMES["dim"] for name, _ in entries):
        entries[_NAMES["dim"], str(slices.dim)] = None
    entries.update(dict.fromkeys((f"version of {name}", version) for name, version in versions().items()))
    return (
        "<h2 id='method'>Method and settings</h2>"
        "<p>Word vectors were made for each slice and brought into one space; drift is one minus a similarity of a "
        "word's two sides. For the record, with the names of the options in parentheses:</p>"
        + definition_list(list(entries))
    )


def _measured(slices: AlignedSlices, settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the settings of the drift table that its measures use."""
    measures = [str(measure) for measure in settings.get("measures", ())]
    profiles = sorted({"lncs2", "moving_lncs2"} & set(measures))
    used = {
        "min_count": "fewest occurrences on either side (min_count)",
        "k": f"nearest words for {' and '.join(profiles)} (k)" if profiles else "",
        "t": "weight of the cosine in moving_lncs2 (t)" if "moving_lncs2" in measures else "",
        "k_intersection": "nearest words for intersection (k_intersection)" if "intersection" in measures else "",
        "anchors": "words that second_order looks from (anchors)" if "second_order" in measures else "",
    }
    yield "measure" if len(measures) == 1 else "measures", ", ".join(measures)
    if "against" in settings:
        pairs = _AGAINST.get(str(settings["against"]), str(settings["against"]))
        yield "compared (against)", " with ".join(slices.labels) if len(slices.labels) == 2 else pairs
    for name, label in used.items():
        if label and name in settings:
            yield label, _plain(settings[name])
    if profiles and settings.get("duplicates"):
        yield "a neighbor that both slices share (duplicates)", "counts twice"


def _assessed(slices: AlignedSlices, settings: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the settings of an assessed drift table."""
    yield "measure", "one minus the cosine, corrected for noise by the likeness of halves of the text"
    for name, label in _ASSESSED.items():
        if settings.get(name) is not None:
            yield f"{label} ({name})", _plain(settings[name])
    if "against" in settings:
        pairs = _AGAINST.get(str(settings["against"]), str(settings["against"]))
        yield "compared (against)", " with ".join(slices.labels) if len(slices.labels) == 2 else pairs


def _recorded(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the alignment recorded, innermost names only; what has no value is left out."""
    for name, value in record.items():
        if name in _ELSEWHERE or value is None:
            continue
        if isinstance(value, Mapping):
            yield from _recorded(value)
        else:
            shown = _plain(value)
            yield _NAMES.get(name, name.replace("_", " ")), shown if len(shown) <= 300 else f"{shown[:299]}…"


def _plain(value: object) -> str:
    """Return ``value`` as a reader who does not program would write it.

    Examples
    --------
    >>> _plain([{"slice": "uk", "shared_words": 1417, "center": False, "note": None}, 0.5])
    'slice uk, shared words 1,417, center no; 0.5'
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, Mapping):
        known = ((str(name), item) for name, item in value.items() if item is not None)
        return ", ".join(f"{name.replace('_', ' ')} {_plain(item)}" for name, item in known)
    if isinstance(value, list | tuple):
        between = "; " if any(isinstance(item, Mapping) for item in value) else ", "
        return between.join(map(_plain, value))
    text = str(value)
    return f"{text[:16]}…" if re.fullmatch("[0-9a-f]{64}", text) else text
