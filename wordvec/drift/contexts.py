"""The words around a word, counted: how far their shares differ between slices. No vectors are needed."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AlignmentError, UnknownWordError, require, similar_words
from ..knowledge.cooccurrence import count_cooccurrences
from ..progress import Watcher
from ..text.corpus import Corpus
from .measures import Against, slice_pairs

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure_contexts"]

Numbers = NDArray[np.float64]
Ids = NDArray[np.int64]

_NOTE = (
    "The divergence of two samples is above 0 even where nothing changed, most where a word is rare: compare it with "
    "chance, its mean when the context words of both slices are shared out at random."
)


def measure_contexts(
    corpus: Corpus,
    *,
    words: Collection[str] | None = None,
    against: Against | None = None,
    ordered: bool = True,
    min_count: int = 20,
    window: int = 5,
    draws: int = 10,
    seed: int = 1,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> "pd.DataFrame":
    """Measure how far the shares of the words around each word differ between slices.

    Parameters
    ----------
    corpus : Corpus
        Two slices or more. A window never leaves a sentence.
    words : collection of str, optional
        Measure these only; every word otherwise.
    against, ordered
        As for :func:`wordvec.measure_drift`.
    min_count : int >= 1, default 20
        A word is left out of a row if it occurs less often in that row's source or target.
    window : int in [1, 1000], default 5
        Words on either side; each counts once, near or far.
    draws : int >= 1, default 10
        How often the context words of both slices are shared out at random for ``chance``.
    seed : int >= 0, default 1
        Of these draws.
    threads, progress
        As for :func:`wordvec.knowledge.cooccurrence.count_cooccurrences`.

    Returns
    -------
    pandas.DataFrame
        Columns ``word source target measure drift count_source count_target chance``; the measure is
        ``"contexts"``. ``drift`` is the Jensen-Shannon divergence of the two distributions of context words in bits:
        0 alike, 1 nothing in common. ``chance`` is its mean where the same context words fall to either slice at
        random, one by one; words of one text go together, so that texts alone bring it somewhat higher. Rows are by
        pair in slice order, then by how far ``drift`` is above ``chance``, then by word. ``attrs`` has ``left_out``
        and ``settings`` as :func:`wordvec.measure_drift` has (``absent``: never beside another word), and ``note``.

    Raises
    ------
    AlignmentError
        If there are fewer than two slices.
    UnknownWordError
        If some of ``words`` are not in the vocabulary; it names them all.
    ParameterError
        If an argument is outside its domain.

    References
    ----------
    Lin (1991), "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37.

    Examples
    --------
    >>> then, now = [["cast", "the", "seed"]] * 20, [["cast", "the", "vote"]] * 20
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    >>> table = measure_contexts(corpus)
    >>> table[["word", "drift", "count_source", "count_target"]].values.tolist()
    [['cast', 0.5, 20, 20], ['the', 0.5, 20, 20]]
    """
    settings: dict[str, Any] = {"measures": ["contexts"], "against": against or ("previous" if ordered else "every")}
    settings |= {"ordered": ordered, "min_count": min_count, "window": window, "draws": draws, "seed": seed}
    require(settings["against"] in ("previous", "first", "every"), "against", "previous, first or every", against)
    if not ordered:
        require(against != "previous", "against", "first or every where slices have no order", against)
    for name, least in {"min_count": 1, "draws": 1, "seed": 0}.items():
        require(settings[name] >= least, name, f"an integer >= {least}", settings[name])
    if len(corpus.labels) < 2:
        raise AlignmentError(f"drift needs two slices or more; this corpus holds {len(corpus.labels)}.")
    asked = _ids(corpus, words)
    rows = {t: _rows(corpus, t, asked, window, threads, progress) for t in range(len(corpus.labels))}
    tables, left_out = [], []
    for s, t in slice_pairs(len(corpus.labels), str(settings["against"])):
        often = np.asarray((corpus.counts[[s, t]][:, asked] >= min_count).all(axis=0), np.bool_)
        compared = np.asarray(often & (rows[s].totals > 0) & (rows[t].totals > 0), np.bool_)
        tables.append(_table(corpus, asked, (s, t), rows, compared, draws, seed))
        left_out.append(_left_out(corpus, asked, (s, t), often, compared, words is not None))
    import pandas as pd

    table = pd.concat(tables, ignore_index=True)
    table.attrs = {"left_out": left_out, "settings": settings, "note": _NOTE}
    return table


def _ids(corpus: Corpus, words: Collection[str] | None) -> Ids:
    """Return the ids of ``words`` in ascending order, each once; of all words if none are named."""
    vocabulary = corpus.vocabulary
    if words is None:
        return np.arange(len(vocabulary), dtype=np.int64)
    unknown = [word for word in dict.fromkeys(words) if word not in vocabulary]
    if unknown:
        near = similar_words(unknown[0], vocabulary.words)
        raise UnknownWordError(unknown[0], len(vocabulary), near, unknown[1:])
    return np.array(sorted({vocabulary[word] for word in words}), dtype=np.int64)


class _Rows:
    """Counts of the words around some words of one slice, as a list of cells.

    Parameters
    ----------
    keys : int64[n]
        Place of the word times V plus the context word, ascending.
    counts : int64[n]
        How often.
    totals : int64[words]
        Sum over the context words of each word.
    """

    def __init__(self, keys: Ids, counts: Ids, totals: Ids) -> None:
        self.keys, self.counts, self.totals = keys, counts, totals


def _rows(corpus: Corpus, number: int, asked: Ids, window: int, threads: int | None, progress: Watcher | None) -> _Rows:
    part = corpus[corpus.labels[number]]
    size = len(corpus.vocabulary)
    found = count_cooccurrences(part, window=window, weighting="flat", threads=threads, progress=progress)
    lengths = np.diff(found.indptr)[asked]
    places = np.repeat(np.arange(len(asked)), lengths)
    cells = np.repeat(found.indptr[asked], lengths) + _within(lengths)
    counts = np.rint(found.values[cells]).astype(np.int64)
    totals = np.bincount(places, counts, minlength=len(asked)).astype(np.int64)
    return _Rows(places * size + found.indices[cells], counts, totals)


def _within(lengths: Ids) -> Ids:
    """Return 0, 1, ... for each run of these lengths.

    Examples
    --------
    >>> _within(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    return np.arange(int(lengths.sum()), dtype=np.int64) - np.repeat(np.cumsum(lengths) - lengths, lengths)


def _table(
    corpus: Corpus,
    asked: Ids,
    pair: tuple[int, int],
    rows: dict[int, _Rows],
    compared: NDArray[np.bool_],
    draws: int,
    seed: int,
) -> "pd.DataFrame":
    """Return the rows of one pair of slices."""
    import pandas as pd

    # The same draws whichever of the two slices comes first.
    sides = [rows[n] for n in sorted(pair, key=lambda n: corpus.labels[n])]
    keys = np.union1d(sides[0].keys, sides[1].keys)
    places = keys // len(corpus.vocabulary)
    keys, places = keys[compared[places]], places[compared[places]]
    both = [_aligned(side, keys) for side in sides]
    drift = _divergence(places, both[0], both[1], len(asked))[compared]
    chance = _chance(places, both[0] + both[1], [side.totals for side in sides], draws, seed)[compared]
    ids = asked[compared]
    words = corpus.vocabulary.words
    table = pd.DataFrame(
        {
            "word": np.array([words[i] for i in ids.tolist()], dtype=object),
            "source": corpus.labels[pair[0]],
            "target": corpus.labels[pair[1]],
            "measure": "contexts",
            "drift": drift,
            "count_source": corpus.counts[pair[0]][ids],
            "count_target": corpus.counts[pair[1]][ids],
            "chance": chance,
        }
    )
    order = sorted(range(len(ids)), key=lambda i: (chance[i] - drift[i], words[ids[i]]))
    return table.iloc[order].reset_index(drop=True)


def _aligned(side: _Rows, keys: Ids) -> Ids:
    """Return int64, what the side counts in each cell of ``keys``; 0 where it has none."""
    if not len(side.keys):
        return np.zeros(len(keys), dtype=np.int64)
    at = np.minimum(np.searchsorted(side.keys, keys), len(side.keys) - 1)
    return np.where(side.keys[at] == keys, side.counts[at], 0)


def _divergence(places: Ids, first: Ids, second: Ids, size: int) -> Numbers:
    """Return float64[size], the divergence in bits of two lists of counts in cells that belong to ``places``."""

    def shares(counts: Ids) -> Numbers:
        totals = np.maximum(np.bincount(places, counts, minlength=size), 1.0)
        return np.asarray(counts / totals[places], dtype=np.float64)

    def bits(p: Numbers) -> Numbers:
        logs = np.log2(p, out=np.zeros_like(p), where=p > 0)
        return np.asarray(np.bincount(places, p * logs, minlength=size), np.float64)

    p, q = shares(first), shares(second)
    return np.clip((bits(p) + bits(q)) / 2.0 - bits((p + q) / 2.0), 0.0, 1.0)


def _chance(places: Ids, pooled: Ids, totals: list[Ids], draws: int, seed: int) -> Numbers:
    """Return float64[words], the mean divergence where each context word falls to a slice by its size."""
    rng = np.random.default_rng(seed)
    share = totals[0] / np.maximum(totals[0] + totals[1], 1)
    out = np.zeros(len(share))
    for _ in range(draws):
        drawn = rng.binomial(pooled, share[places])
        out += _divergence(places, drawn, pooled - drawn, len(share))
    return out / draws


def _left_out(
    corpus: Corpus,
    asked: Ids,
    pair: tuple[int, int],
    often: NDArray[np.bool_],
    compared: NDArray[np.bool_],
    named: bool,
) -> dict[str, Any]:
    words, rarer = corpus.vocabulary.words, corpus.counts[list(pair)].min(axis=0)
    return {
        "source": corpus.labels[pair[0]],
        "target": corpus.labels[pair[1]],
        "compared": int(compared.sum()),
        "too_rare": int((~often).sum()),
        "absent": int((often & ~compared).sum()),
        "words": [words[i] for i in asked[~compared].tolist()] if named else [],
        "shared": int((rarer > 0).sum()),
        "largest_floor": int(rarer[asked].max(initial=0)),
    }
