"""Two slices to compare: their text, its parts, and how to read them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from ..text.corpus import Corpus
from ..text.corpus_parts import select_slices
from .groups import group_documents
from .measures import Against
from .units import Uses, cut_parts

__all__ = ["AssessmentSettings", "Comparison"]

Ids = NDArray[np.int64]

#: Fewer units than this in a slice are no sample of anything: no false-discovery rate is given.
FEW_UNITS = 10
#: A group inside a slice has this many units of a word at least, so that it has two halves.
_GROUP_UNITS = 2
#: Rows of a word are numbered with 16 bits.
_MOST_EXCHANGES = 10_000


@dataclass(frozen=True, kw_only=True)
class AssessmentSettings:
    """The arguments of :func:`wordvec.drift.assess.assess_drift` that decide what a number means."""

    against: Against = "previous"
    unit: str = "document"
    strata: str | None = None
    within: str | None = None
    min_count: int = 20
    min_units: int = 5
    splits: int = 16
    floors: int = 8
    permutations: int = 20
    lr: float = 0.1
    confidence: float = 0.95
    seed: int = 1

    def __post_init__(self) -> None:
        require(self.against in ("previous", "first", "every"), "against", "previous, first or every", self.against)
        require(self.min_count >= 1, "min_count", "an integer >= 1", self.min_count)
        require(self.min_units >= 2, "min_units", "an integer >= 2", self.min_units)
        require(2 <= self.splits <= 500, "splits", "an integer from 2 to 500", self.splits)
        most = f"0, or an integer from 2 to the number of splits, {self.splits}"
        require(self.floors == 0 or 2 <= self.floors <= self.splits, "floors", most, self.floors)
        sound = self.permutations == 0 or 3 <= self.permutations <= _MOST_EXCHANGES
        require(sound, "permutations", f"0, or an integer from 3 to {_MOST_EXCHANGES:,}", self.permutations)
        require(0.0 < self.lr < 1.0, "lr", "between 0 and 1", self.lr)
        require(0.0 < self.confidence < 1.0, "confidence", "between 0 and 1", self.confidence)
        require(0 <= self.seed < 2**63, "seed", "an integer from 0 to 2**63 - 1", self.seed)

    @property
    def rows(self) -> int:
        """Rows of a word."""
        return 2 + 4 * self.splits + 8 * self.floors + 2 * self.permutations


class Comparison:
    """Two slices to compare, and what their documents are sorted by.

    Parameters
    ----------
    corpus : Corpus
        The text of all slices.
    labels : (str, str)
        Which to compare.
    settings : AssessmentSettings
        What a unit is, and what groups are.
    """

    def __init__(self, corpus: Corpus, labels: tuple[str, str], settings: AssessmentSettings) -> None:
        self.corpus, self.labels, self.settings = select_slices(corpus, labels), labels, settings
        self.groups = group_documents(self.corpus, settings.within)
        unit = self.corpus.units(settings.unit)
        strata = None if settings.strata is None else self.corpus.units(settings.strata)
        self.parts = cut_parts(self.corpus, unit, strata, self.groups.halves)
        known = [np.unique(self.parts.units[self.parts.sides == side]) for side in (0, 1)]
        self.n_units = (len(known[0]), len(known[1]))
        self._unknown = int((unit.codes < 0).sum())

    @property
    def no_q(self) -> str:
        """Why there is no false-discovery rate for any word; empty if there is one."""
        fewest = min(self.n_units)
        if fewest < FEW_UNITS:
            return f"a slice has {fewest} units ({self.settings.unit}), fewer than {FEW_UNITS}"
        if not self.settings.floors:
            return "no floors were asked for"
        return "" if any(self.groups.is_split) else "no slice has groups inside"

    def count_units(self, uses: Uses, words: Ids) -> Ids:
        """Return int64[2, n]: the units of each word in either slice."""
        return np.stack([self._count(uses, words, self.parts.sides[uses.parts] == side) for side in (0, 1)])

    def has_groups(self, uses: Uses, words: Ids, side: int) -> NDArray[np.bool_]:
        """Return bool[n]: whether each word has enough units in both groups of a slice."""
        here = self.parts.sides[uses.parts] == side
        halves = self.parts.halves[uses.parts]
        fewest = np.minimum(*(self._count(uses, words, here & (halves == half)) for half in (0, 1)))
        return np.asarray(fewest >= _GROUP_UNITS)

    def has_nested_units(self, side: int) -> bool:
        """Tell whether no unit of a slice is in both of its groups."""
        here = self.parts.sides == side
        groups = [np.unique(self.parts.units[here & (self.parts.halves == half)]) for half in (0, 1)]
        return not np.isin(groups[0], groups[1]).any()

    def notes(self) -> list[str]:
        """Return what a reader must know of this comparison."""
        between = f"{self.labels[0]} → {self.labels[1]}"
        found = [f"{between}: {note}." for note in self.groups.notes]
        if self.no_q:
            found.append(f"{between}: no q, as {self.no_q}.")
        if self._unknown:
            found.append(
                f"{between}: {self._unknown} documents without a {self.settings.unit}; each is a unit of its own."
            )
        return found

    def _count(self, uses: Uses, words: Ids, chosen: NDArray[np.bool_]) -> Ids:
        """Return int64[n]: the distinct units of each word among some of its uses."""
        places, units = np.searchsorted(words, uses.words[chosen]), self.parts.units[uses.parts[chosen]]
        pairs = np.unique(np.stack([places, units]), axis=1)
        return np.bincount(pairs[0], minlength=len(words)).astype(np.int64)
