"""Planted drift: words whose contexts are known to differ between two slices, at the user's own size of corpus."""

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from ..text.corpus import Corpus
from .controls import eligible_words, known_ids
from .rewriting import count_units, draw_tokens, own_units, part_seed, pick_slices, rename, tokens_of_slice, word_keys

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COUNT_BANDS", "PLANTS", "SHARES", "UNIT_BANDS", "PlantKind", "Planted", "plant_drift"]

PlantKind = Literal["swap", "blend"]
Ids = NDArray[np.int64]

#: Every way to plant, in the order in which help and errors name them.
PLANTS = ("swap", "blend")
#: Shares of uses that change, dealt out to the planted pairs in turn.
SHARES = (0.1, 0.25, 0.5, 1.0)
#: Where bands of count, and of number of units, begin; both of the slice in which the word has less.
COUNT_BANDS, UNIT_BANDS = (20, 50, 100, 200, 500, 1000, 2000), (5, 10, 20, 50, 100, 200)


@dataclass(frozen=True)
class Planted:
    """A corpus with planted drift, and what was planted.

    Parameters
    ----------
    corpus : Corpus
        The corpus.
    truth : pandas.DataFrame
        A row for each word that was touched: ``word partner kind role source target share foreign count_source
        count_target count_target_before units_source units_target expected``. ``share`` is what was asked for;
        ``foreign`` the share of the word's uses in the target that were its partner's; ``role`` is ``swapped``,
        ``host`` or ``donor``; ``expected`` is ``changed`` or, for a donor, which only lost uses, ``unchanged``.
        Counts and units are those after planting. ``attrs`` has ``settings``.
    """

    corpus: Corpus
    truth: "pd.DataFrame"


@dataclass(frozen=True, kw_only=True)
class _Settings:
    """How drift is planted; kept in the truth's ``attrs``."""

    kind: str
    share: tuple[float, ...]
    portion: float
    unit: str
    count_bands: tuple[int, ...]
    unit_bands: tuple[int, ...]
    tolerance: float
    seed: int

    def __post_init__(self) -> None:
        require(self.kind in PLANTS, "kind", f"one of {', '.join(PLANTS)}", self.kind)
        sound = len(self.share) > 0 and all(0.0 < share <= 1.0 for share in self.share)
        require(sound, "share", "more than 0 and at most 1", list(self.share))
        require(0.0 < self.portion <= 1.0, "portion", "more than 0 and at most 1", self.portion)
        require(1.0 <= self.tolerance < math.inf, "tolerance", "a number >= 1", self.tolerance)
        for name in ("count_bands", "unit_bands"):
            bands = getattr(self, name)
            climbs = len(bands) > 0 and bands[0] >= 1 and all(a < b for a, b in pairwise(bands))
            require(climbs, name, "increasing integers >= 1", list(bands))


class _Places(NamedTuple):
    """Uses and units of every word in both slices, int64[V], and each word's cell of bands, -1 for none."""

    counts: tuple[Ids, Ids]
    units: tuple[Ids, Ids]
    cells: Ids


class _Pair(NamedTuple):
    """Two words that exchange uses, or of which the second gives some to the first."""

    word: int
    partner: int
    share: float


def plant_drift(
    corpus: Corpus,
    *,
    source: str | None = None,
    target: str | None = None,
    words: Collection[str] | None = None,
    share: float | Sequence[float] = SHARES,
    kind: PlantKind = "swap",
    portion: float = 0.05,
    unit: str = "document",
    count_bands: Sequence[int] = COUNT_BANDS,
    unit_bands: Sequence[int] = UNIT_BANDS,
    tolerance: float = 1.25,
    seed: int = 1,
) -> Planted:
    """Change the contexts of some words in one slice by a known share.

    Pairs of words of like count exchange uses in the target, or one gives uses to the other. Words are drawn at
    random in cells of count and number of units, as many pairs in each cell as in any other, as far as it goes. In a
    corpus from :func:`null_corpus` (``"shuffled"``) the other words are unchanged; in the corpus as it is they are not.

    Parameters
    ----------
    corpus : Corpus
        Two slices or more.
    source, target : str, optional
        The slices; the first and the second of a corpus that has just two. The target is changed.
    words : collection of str, optional
        Plant these, each with a partner that is drawn from the other words of its cell.
    share : float or sequence of float, default (0.1, 0.25, 0.5, 1.0)
        Share of uses that change hands, more than 0, at most 1; several are dealt out in turn.
    kind : {"swap", "blend"}, default "swap"
        ``"swap"``: a share of the rarer word's uses in the target is exchanged for as many of the other's, so that no
        count changes. ``"blend"``: a share of the partner's uses is renamed to the word (the host), whose count grows.
    portion : float, default 0.05
        Share of the eligible words that are planted, partners included; of no account with ``words``.
    unit : str, default "document"
        What is counted as units, as for :meth:`Corpus.units`.
    count_bands, unit_bands : sequence of int
        Where bands begin; the last is open. Words below the first of either are not eligible, nor are words that are
        more than 0.2 % of a slice: to move them would change the contexts of all others.
    tolerance : float >= 1, default 1.25
        Partners differ in their target counts by this factor at most.
    seed : int >= 0, default 1
        Another seed plants other words at other places.

    Raises
    ------
    ParameterError
        If a parameter is outside its domain, or no two words of a cell are alike enough.
    UnknownWordError
        If some of ``words`` are not in the vocabulary.

    Examples
    --------
    >>> text = [[f"w{(7 * line + place) % 1500:04d}" for place in range(10)] for line in range(3750)]
    >>> corpus = Corpus.from_sentences({"then": text, "now": text})
    >>> planted = plant_drift(corpus, words=["w0001"], share=0.4)
    >>> planted.truth.loc[:0, ["share", "foreign", "count_source", "count_target"]].to_numpy().tolist()
    [[0.4, 0.4, 25.0, 25.0]]
    >>> planted.truth["expected"].tolist()
    ['changed', 'changed']
    """
    shares = (share,) if isinstance(share, float | int) else tuple(share)
    settings = _Settings(
        kind=kind,
        share=tuple(float(s) for s in shares),
        portion=portion,
        unit=unit,
        count_bands=tuple(count_bands),
        unit_bands=tuple(unit_bands),
        tolerance=float(tolerance),
        seed=seed,
    )
    slices = pick_slices(corpus, source, target)
    units = own_units(corpus.units(unit))
    places = _places(corpus, slices, units, settings)
    pairs = _draw_pairs(corpus, slices, places, settings, words)
    positions, new = _renamings(corpus, slices[1], pairs, settings)
    made = rename(corpus, positions, new)
    labels = corpus.labels[slices[0]], corpus.labels[slices[1]]
    eligible = int((places.cells >= 0).sum())
    account = {"eligible": eligible, "pairs": len(pairs), "tokens_renamed": len(positions)}
    truth = _truth(corpus, made, slices, units, pairs, settings)
    truth.attrs["settings"] = {**asdict(settings), "source": labels[0], "target": labels[1], **account}
    control = {**corpus.metadata.get("control", {}), "planted": truth.attrs["settings"]}
    return Planted(replace(made, metadata={**made.metadata, "control": control}), truth)


def _places(corpus: Corpus, slices: tuple[int, int], units: Ids, settings: _Settings) -> _Places:
    counts = (corpus.counts[slices[0]], corpus.counts[slices[1]])
    met = (count_units(corpus, slices[0], units), count_units(corpus, slices[1], units))
    by_count = np.digitize(np.minimum(*counts), settings.count_bands) - 1
    by_unit = np.digitize(np.minimum(*met), settings.unit_bands) - 1
    cells = np.full(len(corpus.vocabulary), -1, dtype=np.int64)
    able = eligible_words(corpus, slices, settings.count_bands[0])
    able = able[by_unit[able] >= 0]
    cells[able] = by_count[able] * len(settings.unit_bands) + by_unit[able]
    return _Places(counts, met, cells)


def _draw_pairs(
    corpus: Corpus, slices: tuple[int, int], places: _Places, settings: _Settings, words: Collection[str] | None
) -> list[_Pair]:
    """Return the pairs to plant, in an order that the seed and the words' spelling decide."""
    able = np.flatnonzero(places.cells >= 0)
    keys = word_keys(corpus.vocabulary.words, able, part_seed(settings.seed, "plant", "words"))
    drawn = able[np.argsort(keys, kind="stable")]
    if words is not None:
        named = known_ids(corpus, words)
        require(len(named) > 0, "words", "at least one word", list(words))
        return _pair_named(corpus, slices, places, settings, named, drawn)
    cells = {int(cell): drawn[places.cells[drawn] == cell] for cell in np.unique(places.cells[able])}
    streams = [_pairs_of(members, places, settings.tolerance) for members in cells.values()]
    wanted, found = max(1, round(settings.portion * len(able) / 2)), list[_Pair]()
    turn = 0
    while streams and len(found) < wanted:
        left = []
        for number, stream in enumerate(streams):
            pair = next(stream, None)
            if pair is not None and len(found) < wanted:
                found.append(_Pair(*pair, settings.share[(turn + number) % len(settings.share)]))
            if pair is not None:
                left.append(stream)
        streams, turn = left, turn + 1
    if not found:
        raise ParameterError(
            f"no two words with at least {settings.count_bands[0]} uses in {settings.unit_bands[0]} units of both "
            f"slices are alike in count to a factor of {settings.tolerance:g}; lower the bands or raise tolerance"
        )
    return found


def _pairs_of(members: Ids, places: _Places, tolerance: float) -> Iterator[tuple[int, int]]:
    """Yield pairs of a cell's words: each in turn, with the one of those left that is most like it."""
    left = members
    while len(left) > 1:
        word, left = int(left[0]), left[1:]
        partner = _nearest(word, left, places, tolerance)
        if partner is not None:
            left = left[left != partner]
            yield word, partner


def _nearest(word: int, others: Ids, places: _Places, tolerance: float) -> int | None:
    """Return which of ``others`` is most like a word in counts and units, or None if none is near in target counts."""
    gaps = [np.abs(np.log(table[others] / table[word])) for table in (*places.counts, *places.units)]
    gaps[1] = np.where(gaps[1] <= math.log(tolerance) + 1e-12, gaps[1], np.inf)
    total = np.sum(gaps, axis=0) if len(others) else np.array([np.inf])
    nearest = int(np.argmin(total))
    return int(others[nearest]) if np.isfinite(total[nearest]) else None


def _pair_named(
    corpus: Corpus, slices: tuple[int, int], places: _Places, settings: _Settings, named: Ids, drawn: Ids
) -> list[_Pair]:
    """Return a pair for each word that was asked for."""
    found: list[_Pair] = []
    left = drawn[~np.isin(drawn, named)]
    for number, word in enumerate(named.tolist()):
        spelt = corpus.vocabulary.words[word]
        if places.cells[word] < 0:
            raise ParameterError(f"{spelt!r} cannot be planted: {_why_not(corpus, slices, places, settings, word)}")
        partner = _nearest(word, left[places.cells[left] == places.cells[word]], places, settings.tolerance)
        if partner is None:
            raise ParameterError(
                f"{spelt!r} cannot be planted: no other word in its bands has as many uses to a factor of "
                f"{settings.tolerance:g}; raise tolerance or widen the bands"
            )
        left = left[left != partner]
        found.append(_Pair(word, partner, settings.share[number % len(settings.share)]))
    return found


def _why_not(corpus: Corpus, slices: tuple[int, int], places: _Places, settings: _Settings, word: int) -> str:
    """Say what keeps a word from being planted, and what to do."""
    there, here = (corpus.labels[t] for t in slices)
    for name, (a, b), floor in (
        ("uses", places.counts, settings.count_bands[0]),
        ("units", places.units, settings.unit_bands[0]),
    ):
        if min(a[word], b[word]) < floor:
            return f"it has {a[word]} and {b[word]} {name} in {there!r} and {here!r}, under {floor}; lower the bands"
    return f"it is more than 0.2 % of the text of {there!r} or {here!r}; name rarer words"


def _renamings(
    corpus: Corpus, target: int, pairs: Sequence[_Pair], settings: _Settings
) -> tuple[Ids, NDArray[np.int32]]:
    """Return which tokens get another word, int64[n], and which one, int32[n]."""
    concerned = np.zeros(len(corpus.vocabulary), dtype=np.bool_)
    concerned[[i for pair in pairs for i in pair[:2]]] = True
    positions = tokens_of_slice(corpus, target)
    uses = positions[concerned[corpus.ids[positions]]]
    draws = draw_tokens(corpus, uses, target, part_seed(settings.seed, "plant", "uses"))
    ids = np.asarray(corpus.ids[uses])
    order = np.lexsort((draws, ids))
    counts = np.bincount(ids, minlength=len(corpus.vocabulary))
    begins = np.cumsum(counts) - counts
    picked, new = [], []
    for pair in pairs:
        for giver, taker, number in _transfers(pair, counts, settings.kind):
            picked.append(uses[order[begins[giver] : begins[giver] + number]])
            new.append(np.full(number, taker, dtype=np.int32))
    return np.concatenate(picked), np.concatenate(new)


def _transfers(pair: _Pair, counts: Ids, kind: str) -> list[tuple[int, int, int]]:
    """Return who gives how many uses to whom."""
    given = max(1, round(pair.share * int(counts[pair.partner])))
    if kind == "blend":
        return [(pair.partner, pair.word, given)]
    both = max(1, round(pair.share * int(min(counts[pair.word], counts[pair.partner]))))
    return [(pair.word, pair.partner, both), (pair.partner, pair.word, both)]


def _truth(
    corpus: Corpus, made: Corpus, slices: tuple[int, int], units: Ids, pairs: Sequence[_Pair], settings: _Settings
) -> "pd.DataFrame":
    import pandas as pd

    words, index = corpus.vocabulary.words, made.vocabulary.index
    before = corpus.counts[slices[1]]
    met = [count_units(made, t, units) for t in slices]
    rows: list[dict[str, Any]] = []
    for pair in pairs:
        moved = {taker: number for _, taker, number in _transfers(pair, before, settings.kind)}
        for word, partner in ((pair.word, pair.partner), (pair.partner, pair.word)):
            role = "swapped" if settings.kind == "swap" else ("host" if word == pair.word else "donor")
            row = index.get(words[word], -1)
            counts = [int(made.counts[t, row]) if row >= 0 else 0 for t in slices]
            rows.append({
                "word": words[word],
                "partner": words[partner],
                "kind": settings.kind,
                "role": role,
                "source": corpus.labels[slices[0]],
                "target": corpus.labels[slices[1]],
                "share": pair.share,
                "foreign": moved.get(word, 0) / max(counts[1], 1),
                "count_source": counts[0],
                "count_target": counts[1],
                "count_target_before": int(before[word]),
                "units_source": int(met[0][row]) if row >= 0 else 0,
                "units_target": int(met[1][row]) if row >= 0 else 0,
                "expected": "unchanged" if role == "donor" else "changed",
            })  # fmt: skip
    return pd.DataFrame(rows)
