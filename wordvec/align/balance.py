"""Slices of unequal size: what each weighs in the compass, and slices thinned to equal tokens."""

import math
from collections.abc import Collection
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, require
from ..text.corpus import Corpus
from ..text.selection import count_document_tokens, take_documents
from ..train.schedule import document_order

__all__ = ["Balance", "CompassText", "compass_text", "thin_slices"]

Balance = Literal["none", "upsample", "cap"]
#: How far from the wanted number of tokens a thinned slice may stay, as a share of it.
_TOLERANCE = 0.1


class CompassText(NamedTuple):
    """What a compass is trained on.

    Parameters
    ----------
    corpus : Corpus
        The text; its counts are what slices weigh, which noise words and thinning follow.
    weights : float32[documents] or None
        The weight of each document, none above 1.
    shares : dict of str to float
        The share of each slice in the text, weights and copies counted; 0 for a slice that is left out.
    """

    corpus: Corpus
    weights: NDArray[np.float32] | None
    shares: dict[str, float]


def compass_text(corpus: Corpus, balance: Balance, leave_out: Collection[str]) -> CompassText:
    """Return what the compass of ``corpus`` is trained on.

    Parameters
    ----------
    corpus : Corpus
        All slices.
    balance : {"none", "upsample", "cap"}
        ``"upsample"``: the documents of smaller slices are read several times, until each slice counts as much as the
        largest; ``"cap"``: those of larger slices weigh less, until each counts as much as the smallest.
    leave_out : collection of str
        Slices that are not read.

    Raises
    ------
    ParameterError
        If ``leave_out`` names a slice that is not there, or all of them.
    """
    strange = sorted(set(leave_out) - set(corpus.labels))
    require(not strange, "leave_out", f"among the slices ({', '.join(corpus.labels)})", next(iter(strange), None))
    kept = [t for t, label in enumerate(corpus.labels) if label not in leave_out]
    require(len(kept) > 0, "leave_out", "some slices, not all: the compass needs text", tuple(leave_out))
    tokens = corpus.counts.sum(axis=1)
    factors = _factors(tokens[kept], balance)
    weighed = dict(zip([corpus.labels[t] for t in kept], (tokens[kept] * factors).tolist(), strict=True))
    shares = {label: round(weighed.get(label, 0.0) / math.fsum(weighed.values()), 6) for label in corpus.labels}
    if balance == "none" and len(kept) == len(corpus.labels):
        return CompassText(corpus, None, shares)
    # Copies of a document in slices of other weight are told apart by their place: so slices stand by their size.
    by_size = sorted(range(len(kept)), key=lambda n: int(tokens[kept[n]]))
    chosen, weights = {}, []
    for n in by_size:
        first, last = corpus.slice_offsets[kept[n] : kept[n] + 2].tolist()
        copies = math.ceil(factors[n] - 1e-9)
        chosen[corpus.labels[kept[n]]] = np.tile(np.arange(first, last), copies)
        weights.append(np.full(copies * (last - first), factors[n] / copies, dtype=np.float32))
    text = take_documents(corpus, chosen)
    if balance == "none":
        return CompassText(text, None, shares)
    counts = np.stack([np.ceil(corpus.counts[kept[n]] * factors[n] - 1e-9) for n in by_size]).astype(np.int64)
    return CompassText(replace(text, counts=counts), np.concatenate(weights), shares)


def _factors(tokens: NDArray[np.int64], balance: Balance) -> NDArray[np.float64]:
    if balance == "none":
        return np.ones(len(tokens))
    wanted = tokens.max() if balance == "upsample" else tokens.min()
    return np.asarray(wanted / tokens, dtype=np.float64)


def thin_slices(corpus: Corpus, *, tokens: int | None = None, seed: int = 1) -> Corpus:
    """Leave documents out until all slices have as many tokens as the smallest.

    Larger slices give more stable vectors, and so their words seem to drift less. Whoever finds drift between slices
    of unequal size should find it again at equal tokens.

    Parameters
    ----------
    corpus : Corpus
        Its slices.
    tokens : int >= 1, optional
        So many tokens for each slice, instead of the smallest slice's.
    seed : int >= 0, default 1
        With what the documents say, it decides which stay; their place and the slice's label do not.

    Returns
    -------
    Corpus
        With the same vocabulary; ``metadata["thinned"]`` says how many tokens each slice has, and had.

    Raises
    ------
    FormatError
        If a slice has too few, too large documents to come within a tenth of the number, or fewer tokens.

    Examples
    --------
    >>> corpus = Corpus.from_sentences({"then": [["a", "b"]] * 30, "now": [["b", "a"]] * 10}, min_count=1)
    >>> thin_slices(corpus).counts.sum(axis=1).tolist()
    [20, 20]
    """
    require(tokens is None or tokens >= 1, "tokens", "an integer >= 1", tokens)
    before = corpus.counts.sum(axis=1)
    wanted = int(before.min()) if tokens is None else tokens
    chosen, account = {}, []
    for t, label in enumerate(corpus.labels):
        first = int(corpus.slice_offsets[t])
        part = corpus[label]
        kept = _first_documents(part, wanted, seed) if before[t] > wanted else np.arange(len(part.documents))
        chosen[label] = first + kept
        found = int(count_document_tokens(part)[kept].sum())
        if abs(found - wanted) > max(1.0, _TOLERANCE * wanted):
            raise FormatError(
                f"slice {label!r} has {int(before[t]):,} tokens in {len(part.documents):,} documents, which cannot be "
                f"thinned to {wanted:,}; encode it with smaller documents (--header), or leave --equal-tokens out."
            )
        account.append({"label": label, "tokens": found, "before": int(before[t])})
    thinned = take_documents(corpus, chosen)
    about = {"tokens": wanted, "seed": seed, "slices": account}
    return replace(thinned, metadata={**thinned.metadata, "thinned": about})


def _first_documents(part: Corpus, wanted: int, seed: int) -> NDArray[np.int64]:
    """Return the documents, ascending, that come first in an order drawn from seed and content, up to ``wanted``."""
    order = document_order(part, seed)
    reached = np.cumsum(count_document_tokens(part)[order])
    n = int(np.searchsorted(reached, wanted))  # the first n + 1 documents reach it
    before = int(reached[n - 1]) if n else 0
    taken = n + 1 if reached[n] - wanted <= wanted - before else n
    return np.sort(order[:taken])
