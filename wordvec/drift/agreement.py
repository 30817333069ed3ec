"""Several methods on the same slices: where they agree, and how much of that chance would bring.

What methods agree on is a description, not a vote: they read the same text, so that they err together.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import AlignmentError, ParameterError, require
from ..slices import AlignedSlices
from ..statistics.intervals import fisher_interval
from .measures import Against, measure_drift

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["agreement_rates", "compare_methods", "correlate_methods"]

_KEYS = ["word", "source", "target"]
_PAIR = ["source", "target"]
_COUNTS = ["count_source", "count_target"]


def compare_methods(
    methods: "Mapping[str, AlignedSlices | pd.DataFrame]",
    *,
    measures: Sequence[str] = ("cosine",),
    against: Against | None = None,
    ordered: bool = True,
    min_count: int = 20,
    top: int = 100,
) -> "pd.DataFrame":
    """Put the drift that several methods find on the same slices side by side.

    Parameters
    ----------
    methods : mapping of str to AlignedSlices or pandas.DataFrame
        Slices of the same labels, by the name of their method; or a drift table that was made already (of context
        words, of senses, with statistics).
    measures : sequence of str, default ("cosine",)
        How to measure slices. With several, a method is called ``"NAME MEASURE"``; so is one of a table that holds
        several.
    against, ordered, min_count
        As for :func:`wordvec.measure_drift`.
    top : int >= 1, default 100
        How many words of a comparison count as those that changed most.

    Returns
    -------
    pandas.DataFrame
        Columns ``word source target count_source count_target``, for each method ``drift NAME`` and ``rank NAME``
        (between 0 for the word that drifts least and 1 for the one that drifts most, ties in the middle), then
        ``agree``, how many methods have the word among their ``top``, and ``rank``, the mean of the ranks. Rows are by
        pair in slice order, then by ``agree`` and ``rank``, the highest first. Words that some method does not compare
        in a pair are left out of it; ``attrs["left_out"]`` counts them: ``source``, ``target``, ``compared`` (by all),
        ``not_by_all``. ``attrs["methods"]`` names the methods, and ``attrs["settings"]`` has the arguments.

    Raises
    ------
    ParameterError
        If there are fewer than two methods, or an argument is outside its domain.
    AlignmentError
        If methods differ in their slices, or no word is compared by all.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> vocabulary = Vocabulary(("sea", "war", "tax"), np.array([90, 70, 60]))
    >>> def make(seed):
    ...     rng = np.random.default_rng(seed)
    ...     rows = [Embeddings(vocabulary, rng.normal(size=(3, 4)).astype(np.float32)) for _ in range(2)]
    ...     return AlignedSlices(("then", "now"), tuple(rows), vocabulary, np.full((2, 3), 30))
    >>> table = compare_methods({"one": make(1), "same": make(1), "other": make(2)}, top=1)
    >>> table[["word", "rank one", "rank same", "rank other", "agree"]].values.tolist()
    [['sea', 1.0, 1.0, 0.5, 2], ['war', 0.5, 0.5, 1.0, 1], ['tax', 0.0, 0.0, 0.0, 0]]
    """
    require(top >= 1, "top", "an integer >= 1", top)
    options: dict[str, Any] = {"against": against, "ordered": ordered, "min_count": min_count}
    found = _drifts(methods, measures, options)
    names = list(found)
    table, left_out = _joined(found)
    if not len(table):
        raise AlignmentError(f"no word is compared by all of {', '.join(names)}; lower min_count, or leave one out.")
    groups = table.groupby(_PAIR, sort=False)
    shown = {}
    for name in names:
        drift = f"drift {name}"
        shown[drift] = table[drift]
        shown[f"rank {name}"] = (groups[drift].rank() - 1.0) / (groups[drift].transform("size") - 1).clip(lower=1)
    ranks = np.mean([shown[f"rank {name}"] for name in names], axis=0)
    agree = np.sum([_among(table, name, top) for name in names], axis=0)
    found_table = table[[*_KEYS, *_COUNTS]].assign(**shown, agree=agree, rank=ranks)
    place = groups.ngroup()
    order = np.lexsort((-ranks, -agree, place))
    found_table = found_table.iloc[order].reset_index(drop=True)
    settings = {"measures": [measures] if isinstance(measures, str) else list(measures), **options, "top": top}
    found_table.attrs = {"methods": names, "left_out": left_out, "settings": settings}
    return found_table


def _drifts(
    methods: "Mapping[str, AlignedSlices | pd.DataFrame]", measures: Sequence[str], options: Mapping[str, Any]
) -> "dict[str, pd.DataFrame]":
    """Return the drift table of each method and measure."""
    found: dict[str, pd.DataFrame] = {}
    of_slices = {name: method for name, method in methods.items() if isinstance(method, AlignedSlices)}
    labels = {name: slices.labels for name, slices in of_slices.items()}
    for name, own in labels.items():
        first = next(iter(labels))
        if own != labels[first]:
            raise AlignmentError(
                f"{name} has the slices {', '.join(own)}, {first} has {', '.join(labels[first])}; "
                "compare methods on the same slices."
            )
    for name, method in methods.items():
        table = method
        if isinstance(table, AlignedSlices):
            table = measure_drift(table, measures=measures, **options)
        lacking = [column for column in (*_KEYS, "drift", *_COUNTS) if column not in table.columns]
        if lacking:
            raise ParameterError(f"the drift table of {name} lacks the column(s) {', '.join(lacking)}.")
        kinds = (list(dict.fromkeys(table["measure"])) if "measure" in table.columns else []) or [""]
        for kind in kinds:
            part = table[table["measure"] == kind] if kind else table
            found[f"{name} {kind}" if len(kinds) > 1 else name] = part[np.isfinite(part["drift"])]
    if len(found) < 2:
        raise ParameterError(f"methods must be two or more to compare, got {list(found)!r}")
    return found


def _joined(found: "dict[str, pd.DataFrame]") -> "tuple[pd.DataFrame, list[dict[str, Any]]]":
    """Return the words of each pair that all methods compare, by pair and word, and how many others there are."""
    import pandas as pd

    first = next(iter(found.values()))
    pairs = list(dict.fromkeys(zip(first["source"], first["target"], strict=True)))
    joined = first[[*_KEYS, *_COUNTS]]
    every = set()
    for name, table in found.items():
        own = table[[*_KEYS, "drift"]].rename(columns={"drift": f"drift {name}"})
        joined = joined.merge(own, on=_KEYS, how="inner", validate="one_to_one")
        every |= set(zip(table["word"], table["source"], table["target"], strict=True))
    number = {pair: place for place, pair in enumerate(pairs)}
    places = pd.Series([number[pair] for pair in zip(joined["source"], joined["target"], strict=True)], dtype=np.int64)
    order = pd.DataFrame({"place": places, "word": joined["word"]}).sort_values(["place", "word"]).index
    left_out = []
    for source, target in pairs:
        compared = int(((joined["source"] == source) & (joined["target"] == target)).sum())
        seen = sum(1 for _, *pair in every if pair == [source, target])
        left_out.append({"source": source, "target": target, "compared": compared, "not_by_all": seen - compared})
    return joined.loc[order].reset_index(drop=True), left_out


def _among(table: "pd.DataFrame", name: str, top: int) -> NDArray[np.bool_]:
    """Return bool[rows]: whether a method has the row among the first of its pair; ties go to earlier rows."""
    ranks = table.groupby(_PAIR, sort=False)[f"drift {name}"].rank(ascending=False, method="first")
    return np.asarray(ranks <= top, dtype=np.bool_)


def agreement_rates(table: "pd.DataFrame", null: "pd.DataFrame | None" = None) -> "pd.DataFrame":
    """Tell how many words several methods have among their first, and how many chance would bring.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`compare_methods` returns it, with all its rows.
    null : pandas.DataFrame, optional
        The same methods with the same ``top`` on slices between which nothing differs (one text cut at random).

    Returns
    -------
    pandas.DataFrame
        Columns ``source target at_least words compared rate expected null``: in each pair, for each number of methods,
        the words that so many have among their first, of how many words, and the share; the share that methods would
        bring which choose as many words independently of each other; and the share in the null, over all its pairs,
        NaN where there is none. Methods read the same text, so that the null, not independence, is what agreement is
        to be compared with.

    Raises
    ------
    ParameterError
        If the null was made of other methods or with another ``top``.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"source": "then", "target": "now", "agree": [2, 1, 1, 0, 0, 0, 0, 0]})
    >>> table.attrs = {"methods": ["one", "other"], "settings": {"top": 2}}
    >>> agreement_rates(table)[["at_least", "words", "rate", "expected"]].values.tolist()
    [[1.0, 3.0, 0.375, 0.4375], [2.0, 1.0, 0.125, 0.0625]]
    """
    import pandas as pd
    from scipy.stats import binom

    methods, top = list(table.attrs["methods"]), int(table.attrs["settings"]["top"])
    if null is not None:
        theirs, their_top = list(null.attrs["methods"]), int(null.attrs["settings"]["top"])
        if (theirs, their_top) != (methods, top):
            raise ParameterError(
                f"the null must be of the methods {', '.join(methods)} with top {top}, "
                f"got {', '.join(theirs)} with top {their_top}"
            )
    rows = []
    for (source, target), part in table.groupby(_PAIR, sort=False):
        size = len(part)
        for least in range(1, len(methods) + 1):
            words = int((part["agree"] >= least).sum())
            expected = float(binom.sf(least - 1, len(methods), min(top, size) / size))
            by_chance = np.nan if null is None or not len(null) else float((null["agree"] >= least).mean())
            rows.append((source, target, least, words, size, words / size, expected, by_chance))
    columns = ["source", "target", "at_least", "words", "compared", "rate", "expected", "null"]
    return pd.DataFrame(rows, columns=columns)


def correlate_methods(table: "pd.DataFrame", *, confidence: float = 0.95) -> "pd.DataFrame":
    """Correlate the drift that methods find, two by two.

    Parameters
    ----------
    table : pandas.DataFrame
        As :func:`compare_methods` returns it, with all its rows.
    confidence : float, default 0.95
        Nominal coverage of the intervals, between 0 and 1; they take words for independent.

    Returns
    -------
    pandas.DataFrame
        Columns ``source target first second rho low high words overlap``: Spearman's rank correlation of two methods in
        a pair of slices, its interval (Bonett and Wright's), how many words it is of, and the share of the ``top``
        words of one that are among those of the other.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"drift a": [4.0, 3, 2, 1, 0], "drift b": [3.0, 4, 2, 0, 1]})
    >>> table = table.assign(word=list("vwxyz"), source="then", target="now")
    >>> table.attrs = {"methods": ["a", "b"], "settings": {"top": 2}}
    >>> correlate_methods(table)[["first", "second", "rho", "words", "overlap"]].round(2).values.tolist()
    [['a', 'b', 0.8, 5, 1.0]]
    """
    import pandas as pd
    from scipy.stats import spearmanr

    methods, top = list(table.attrs["methods"]), int(table.attrs["settings"]["top"])
    rows = []
    for (source, target), part in table.groupby(_PAIR, sort=False):
        part = part.sort_values("word")
        among = {name: _among(part, name, top) for name in methods}
        for first, second in combinations(methods, 2):
            a, b = part[f"drift {first}"].to_numpy(), part[f"drift {second}"].to_numpy()
            varied = len(part) > 1 and np.ptp(a) > 0.0 and np.ptp(b) > 0.0
            rho = float(spearmanr(a, b).statistic) if varied else np.nan
            ends = fisher_interval(rho, len(part), rank=True, unit="word", confidence=confidence)
            overlap = float((among[first] & among[second]).sum()) / min(top, len(part))
            rows.append((source, target, first, second, rho, ends.low, ends.high, len(part), overlap))
    columns = ["source", "target", "first", "second", "rho", "low", "high", "words", "overlap"]
    return pd.DataFrame(rows, columns=columns)
