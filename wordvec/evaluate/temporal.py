"""Who was to 1990 what Clinton was to 1995? Temporal analogies between the slices of one space."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from ..slices import AlignedSlices
from .measures import MEAN
from .outcome import Outcome, outcome_table, timed
from .retrieval import Places, candidates_of, find_places, precision_at, reciprocal_ranks
from .sets.numbering import number_pairs
from .sets.temporal_items import TemporalAnalogies, read_temporal
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "TemporalAnalogies",
    "assign_slices",
    "evaluate_temporal",
    "look_up_slices",
    "read_temporal",
    "score_temporal",
    "slice_of_year",
]

Ids = NDArray[np.int64]

_DEPTHS = (1, 3, 5, 10)
_RANGE = re.compile(r"(\d+)\s*[-–_/]\s*(\d+)")
_DECADE = re.compile(r"(\d+0)s")


def slice_of_year(labels: Sequence[str], year: str) -> str | None:
    """Return the slice that a year belongs to: called like it, or like a range or a decade that contains it.

    Parameters
    ----------
    labels : sequence of str
        Names of the slices: ``1990``, ``1990-1999``, ``1990s``; what has another form contains no year.
    year : str
        The year.

    Returns
    -------
    str or None
        None where no slice contains it.

    Raises
    ------
    ParameterError
        If two slices do.

    Examples
    --------
    >>> [slice_of_year(["1960-1989", "1990s", "2000"], year) for year in ("1989", "1994", "2000", "2001")]
    ['1960-1989', '1990s', '2000', None]
    """
    if year in labels or not year.isdecimal():
        return year if year in labels else None
    found = [label for label in labels if _contains(label, int(year))]
    if len(found) > 1:
        raise ParameterError(f"slices must not overlap: the year {year} is in {found[0]} and in {found[1]}")
    return found[0] if found else None


def _contains(label: str, year: int) -> bool:
    if match := _RANGE.fullmatch(label.strip()):
        return int(match[1]) <= year <= int(match[2])
    match = _DECADE.fullmatch(label.strip())
    return match is not None and int(match[1]) <= year < int(match[1]) + 10


def assign_slices(
    analogies: TemporalAnalogies, labels: Sequence[str], *, slice_of: Callable[[str], str | None] | None = None
) -> tuple[Ids, tuple[str, ...]]:
    """Return the slices that each item leads from and to.

    Parameters
    ----------
    analogies : TemporalAnalogies
        The items.
    labels : sequence of str
        Names of the slices.
    slice_of : callable, optional
        From a year to the name of its slice, None for none; :func:`slice_of_year` otherwise.

    Returns
    -------
    slices : int64[n, 2]
        Numbers of the slices; -1 for a year without one.
    notes : tuple of str
        How many items are not between two slices, and how many ask the same as another.

    Raises
    ------
    ParameterError
        If ``slice_of`` names a slice that is not there, or slices overlap.

    Examples
    --------
    >>> asked = TemporalAnalogies("toy", "", (("a", "1988", "b", "1998"), ("a", "1988", "a", "1989")))
    >>> assign_slices(asked, ["1980-1989", "1990-1999"])
    (array([[0, 1],
           [0, 0]]), ('1 of 2 items left out: both years are in one slice',))
    """
    numbers: dict[str, int] = {}
    for year in dict.fromkeys(year for item in analogies.items for year in item[1::2]):
        label = slice_of_year(labels, year) if slice_of is None else slice_of(year)
        require(label is None or label in labels, f"slice_of({year!r})", f"None or one of {', '.join(labels)}", label)
        numbers[year] = -1 if label is None else list(labels).index(label)
    slices = np.array([[numbers[year] for year in item[1::2]] for item in analogies.items], dtype=np.int64)
    slices = slices.reshape(-1, 2)
    outside, same = (slices < 0).any(axis=1), slices[:, 0] == slices[:, 1]
    asked = [
        (item[0], item[2], *pair)
        for item, pair, left in zip(analogies.items, slices.tolist(), (outside | same).tolist(), strict=True)
        if not left
    ]
    told = (
        (int(outside.sum()), len(slices), "items left out: a year is in no slice"),
        (int((same & ~outside).sum()), len(slices), "items left out: both years are in one slice"),
        (len(asked) - len(set(asked)), len(asked), "items ask what another one asks: their years share slices"),
    )
    return slices, tuple(f"{count} of {total} {what}" for count, total, what in told if count)


def look_up_slices(
    aligned: AlignedSlices,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> dict[str, Lookup]:
    """Prepare the vectors of each slice for test sets.

    Parameters
    ----------
    aligned : AlignedSlices
        The slices.
    missing, case, restrict
        As in :func:`~wordvec.evaluate.words.look_up`.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("sea", "war"), np.array([4, 3]))
    >>> both = Embeddings(words, np.eye(2, dtype=np.float32))
    >>> aligned = AlignedSlices(("then", "now"), (both, both), words, np.array([[2, 2], [2, 1]]))
    >>> look_up_slices(aligned)["now"].get("War")
    1
    """
    options = [look_up(part, missing=missing, case=case, restrict=restrict) for part in aligned.embeddings]
    return dict(zip(aligned.labels, options, strict=True))


def evaluate_temporal(
    aligned: AlignedSlices,
    analogies: TemporalAnalogies | Path | str,
    *,
    slice_of: Callable[[str], str | None] | None = None,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
    threads: int | None = None,
) -> "pd.DataFrame":
    r"""Find the word that meant in one slice what a word meant in another.

    The vector of the first word in its slice is compared with all words of the second slice by cosine; the first
    word itself is among them, for it is the answer where nothing has changed.

    Always look at the three rows together. ``static`` items have the same word on both sides, ``dynamic`` ones two
    words. Vectors that never change (one model for all times) answer every static item and no dynamic one: their
    P\@1 over all is the share of items in which nothing moves, and at P\@10 they can be ahead of vectors that do
    follow the words through time. A single number over all items says little.

    Parameters
    ----------
    aligned : AlignedSlices
        The slices, in one space.
    analogies : TemporalAnalogies, Path or str
        What to ask, or a file of it (see :func:`read_temporal`).
    slice_of : callable, optional
        From a year to the name of its slice, None for none. Otherwise a year belongs to the slice of that name, or
        to that whose name is a range (``1990-1999``) or decade (``1990s``) with the year in it. Items whose years
        are in one slice, or in none, are left out; ``attrs["notes"]`` says how many.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about an item with a word that its slice does not have: leave it out and count it, raise, or
        take zeros or the mean vector of the slice; an item whose answer is unknown then counts as wrong.
    case : {"ignore", "keep"}, default "ignore"
        With ``"ignore"``, the most frequent of words that differ in case only stands for all.
    restrict : int >= 1, optional
        Use the first (most frequent) so many words of each slice only.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the scores are the same for any number.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`: for all, static and dynamic items MRR\@10 (mean
        of 1/rank, 0 beyond rank 10), P\@1, P\@3, P\@5 and P\@10.

    Raises
    ------
    FormatError
        If the file is not one of temporal analogies.
    ParameterError
        If a year is in two slices.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Notes
    -----
    The interval is over another draw of *words*: a president of eight years is in hundreds of items, asked for and
    asking, and they are right or wrong together, because it is the same few vectors that they rest on. The words
    are those of the file, whatever the slices. The roles are held fixed, as the categories of other analogies are:
    nothing is said about roles that are not in the file.

    Words that score the same to the last bit may stand in any order; what is reported is the mean over these.

    References
    ----------
    Szymański (2017), "Temporal word analogies: identifying lexical replacement with diachronic word embeddings",
    ACL; Yao, Sun, Ding, Rao and Xiong (2018), "Dynamic word embeddings for evolving semantic discovery", WSDM; Di
    Carlo, Bianchi and Palmonari (2019), "Training temporal word embeddings with a compass", AAAI.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> words = Vocabulary(("reagan", "clinton", "pataki"), np.array([4, 3, 2]))
    >>> then = Embeddings(words, np.eye(3, dtype=np.float32))
    >>> now = Embeddings(words, np.eye(3, dtype=np.float32)[[1, 0, 2]])
    >>> aligned = AlignedSlices(("1985-1988", "1995"), (then, now), words, np.ones((2, 3), np.int64))
    >>> from wordvec.evaluate.sets.datasets import Dataset
    >>> asked = read_temporal(Dataset("toy", "reagan-1987 clinton-1995\npataki-1988 pataki-1995\n", ""))
    >>> table = evaluate_temporal(aligned, asked)
    >>> table[table["metric"] == "P@1"][["dataset", "score", "n"]].values.tolist()
    [['toy: all', 1.0, 2], ['toy: static', 1.0, 1], ['toy: dynamic', 1.0, 1]]
    """
    held = analogies if isinstance(analogies, TemporalAnalogies) else read_temporal(analogies)
    lookups = look_up_slices(aligned, missing=missing, case=case, restrict=restrict)
    table = outcome_table(score_temporal(lookups, held, slice_of=slice_of, threads=threads))
    table.attrs["notes"] = held.notes + assign_slices(held, aligned.labels, slice_of=slice_of)[1]
    return table


def score_temporal(
    lookups: Mapping[str, Lookup],
    analogies: TemporalAnalogies,
    *,
    slice_of: Callable[[str], str | None] | None = None,
    threads: int | None = None,
) -> list[Outcome]:
    """Return for each item where the answer stands among the words of its slice: over all, static, dynamic items.

    Parameters
    ----------
    lookups : mapping of str to Lookup
        The vectors of each slice (see :func:`look_up_slices`), with one policy.
    analogies : TemporalAnalogies
        What to ask.
    slice_of, threads
        See :func:`evaluate_temporal`.

    Raises
    ------
    ParameterError
        If there is no slice.
    UnknownWordError
        If the lookups say so.
    """
    start, sides = time.perf_counter(), list(lookups.values())
    require(bool(sides), "lookups", "at least one slice", sides)
    slices, _ = assign_slices(analogies, tuple(lookups), slice_of=slice_of)
    between = np.flatnonzero((slices >= 0).all(axis=1) & (slices[:, 0] != slices[:, 1]))
    rows = np.full((len(analogies), 2), -1)
    for number in between.tolist():
        for side in (0, 1):
            rows[number, side] = sides[slices[number, side]].rows([(analogies.items[number][2 * side],)])[0, 0]
    lost = np.asarray((rows < 0).any(axis=1))
    items = between[sides[0].kept(rows[between])]
    places = _places(sides, slices[items], rows[items], threads)
    same = np.array([sides[0].fold(w) == sides[0].fold(v) for w, _, v, _ in analogies.items], dtype=np.bool_)
    parts: dict[str, NDArray[np.bool_]] = {"all": np.ones_like(same), "static": same, "dynamic": ~same}
    policy = "; ".join(dict.fromkeys(side.policy for side in sides))
    units = number_pairs([(item[0], item[2]) for item in analogies.items])
    outcomes = [
        Outcome(
            "temporal analogy",
            f"{analogies.name}: {split}",
            analogies.sha256,
            metric,
            MEAN,
            items[part[items]],
            values[part[items], None],
            units[items[part[items]]],
            "word",
            int(lost[between][part[between]].sum()),
            policy,
        )
        for split, part in parts.items()
        for metric, values in _measured(places).items()
    ]
    return timed(outcomes, time.perf_counter() - start)


def _places(sides: Sequence[Lookup], slices: Ids, rows: Ids, threads: int | None) -> Places:
    """Return where the answer of each item stands among the words of its slice."""
    found = Places(np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64))
    for there in np.unique(slices[:, 1]).tolist():
        # A word of a slice asks once, however many items it is in.
        asked = np.flatnonzero(slices[:, 1] == there)
        queries, number = np.unique(np.stack([slices[asked, 0], *rows[asked].T]), axis=1, return_inverse=True)
        among = candidates_of(sides[there])
        vectors = np.zeros((queries.shape[1], sides[there].embeddings.dim))
        for here in np.unique(queries[0]).tolist():
            part = queries[0] == here
            vectors[part] = sides[here].vectors(queries[1, part])
        answers = np.stack([np.arange(queries.shape[1]), queries[2]], axis=1)
        place = find_places(vectors, among, answers, threads=threads)[0]
        found.better[asked], found.tied[asked] = place.better[number.ravel()], place.tied[number.ravel()]
    return found


def _measured(places: Places) -> dict[str, NDArray[np.float64]]:
    """Return what each item adds to each metric."""
    found = {"MRR@10": reciprocal_ranks(places, 10)}
    return {**found, **{f"P@{depth}": precision_at(places, depth) for depth in _DEPTHS}}
