"""Controls: corpora in which nothing changed between two slices but what chance, counts or bad scans change."""

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, UnknownWordError, require, similar_words
from ..text.corpus import Corpus
from .rewriting import (
    document_keys,
    draw_tokens,
    gather,
    own_units,
    part_seed,
    pick_slices,
    rename,
    sentences_of,
    tokens_of_slice,
    word_keys,
)
from .scan_errors import damage

__all__ = ["DELETED", "NULLS", "NullKind", "eligible_words", "known_ids", "null_corpus"]

NullKind = Literal["same-text", "shuffled", "frequency", "ocr"]
Ids = NDArray[np.int64]

#: Every null, in the order in which help and errors name them.
NULLS = ("same-text", "shuffled", "frequency", "ocr")
#: Share of uses that the frequency null takes away, of tokens that the ocr null damages.
DELETED, DAMAGED = 0.94, 0.05
#: Words above this share of a slice are not chosen: to change them would change the contexts of all others.
TOO_COMMON = 2e-3


def null_corpus(
    corpus: Corpus,
    kind: NullKind,
    *,
    source: str | None = None,
    target: str | None = None,
    unit: str = "document",
    strata: str | None = None,
    rate: float | None = None,
    words: Collection[str] | None = None,
    portion: float = 0.1,
    min_count: int = 20,
    shuffle: bool = True,
    seed: int = 1,
) -> Corpus:
    """Return the corpus with two slices made alike, so that whatever differs between them is no finding.

    Other slices stay as they are. All draws depend on the seed and on what the documents say, not on their place.

    Parameters
    ----------
    corpus : Corpus
        Two slices or more.
    kind : {"same-text", "shuffled", "frequency", "ocr"}
        ``"same-text"``: the target gets the documents of the source, their sentences in another order, so that training
        draws anew from equal text. ``"shuffled"``: the units of both slices are dealt out at random, in random order
        and without dates, so that groups inside a slice are alike, too. ``"frequency"``: as shuffled, then a share
        ``rate`` of the uses of some words is taken away from the target. ``"ocr"``: as
        shuffled, then a share ``rate`` of the target's tokens is misread (:func:`wordvec.drift.scan_errors.damage`).
    source, target : str, optional
        The slices; the first and the second of a corpus that has just two.
    unit : str, default "document"
        What changes slices as a whole, as for :meth:`Corpus.units`. All documents of a unit come into one slice, also
        where it spoke in both. A document without a unit is one of its own.
    strata : str, optional
        A column: units are dealt out among documents with the same value only.
    rate : float, optional
        More than 0, less than 1; 0.94 of ``"frequency"``, 0.05 of ``"ocr"`` by default.
    words : collection of str, optional
        For ``"frequency"``: these; otherwise a share ``portion`` of the words that keep ``min_count`` uses in the
        target and are not more than 0.2 % of either text.
    portion : float, default 0.1
        More than 0, at most 1.
    min_count : int >= 1, default 20
        The floor that drift is to be measured with.
    shuffle : bool, default True
        False leaves the documents of ``"frequency"`` and ``"ocr"`` where they are: then the slices' own differences
        remain, and it is no null but a trial of how much the change does to the user's own result.
    seed : int >= 0, default 1
        Another seed gives another draw.

    Returns
    -------
    Corpus
        ``metadata["control"]`` has ``kind``, the settings and what was done: tokens of both slices before and after,
        units, documents that no exchange could reach, words and tokens changed. Each slice of ``"shuffled"`` keeps
        its number of tokens in every stratum, to the nearest whole unit. Where words changed, :attr:`Corpus.lines`
        is None, as the input's lines no longer say the same; the column ``file`` then names the file.

    Raises
    ------
    ParameterError
        If a parameter is outside its domain, no word is frequent enough, or a text cannot be put otherwise.
    UnknownWordError
        If some of ``words`` are not in the vocabulary.

    Examples
    --------
    >>> then, now = [["old", "ships", "sail"]] * 30, [["new", "ships", "fly"]] * 30
    >>> corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    >>> null = null_corpus(corpus, "shuffled")
    >>> null.labels, null["then"].n_sentences, null.metadata["control"]["kind"]
    (('then', 'now'), 30, 'shuffled')
    >>> bool(null["then"].counts[0, null.vocabulary["old"]] < 30)
    True
    """
    require(kind in NULLS, "kind", f"one of {', '.join(NULLS)}", kind)
    pair = pick_slices(corpus, source, target)
    labels = [corpus.labels[t] for t in pair]
    settings: dict[str, Any] = {"kind": kind, "source": labels[0], "target": labels[1], "seed": seed}
    sizes = _sizes(corpus, pair)
    if kind == "same-text":
        made, account = _repeat_source(corpus, pair, part_seed(seed, kind)), dict[str, Any]()
    else:
        made, account = corpus, {"shuffle": shuffle or kind == "shuffled"}
        if account["shuffle"]:
            settings |= {"unit": unit, "strata": strata}
            made, dealt = _shuffle(corpus, pair, unit, strata, part_seed(seed, "shuffled"))
            account |= dealt
    if kind in ("frequency", "ocr"):
        share = (DELETED if kind == "frequency" else DAMAGED) if rate is None else rate
        require(0.0 < share < 1.0, "rate", "more than 0 and less than 1", share)
        account["rate"] = share
        if kind == "ocr":
            made, done = damage(made, pair[1], share, part_seed(seed, kind))
        else:
            chosen = _chosen(made, pair, words, share, portion, min_count, part_seed(seed, "words"))
            made, done = _thin(made, pair[1], chosen, share, part_seed(seed, kind))
        account |= done
    account["tokens"] = {"before": sizes, "after": _sizes(made, pair)}
    return replace(made, metadata={**made.metadata, "control": {**settings, **account}})


def known_ids(corpus: Corpus, words: Collection[str]) -> Ids:
    """Return int64[n], the ids of words without repetition, or raise :class:`UnknownWordError`."""
    unknown = [word for word in words if word not in corpus.vocabulary]
    if unknown:
        first, size = unknown[0], len(corpus.vocabulary)
        raise UnknownWordError(first, size, similar_words(first, corpus.vocabulary.words), unknown[1:])
    return np.array(list(dict.fromkeys(corpus.vocabulary[word] for word in words)), dtype=np.int64)


def eligible_words(corpus: Corpus, pair: tuple[int, int], min_count: int, kept: float = 1.0) -> Ids:
    """Return int64[n]: words with ``min_count`` uses in both slices, that are no more than 0.2 % of either.

    ``kept`` is the share of the target's uses that are left when the words are counted.
    """
    require(min_count >= 1, "min_count", "an integer >= 1", min_count)
    there, here = corpus.counts[pair[0]], corpus.counts[pair[1]]
    enough = (there >= min_count) & (np.floor(here * kept) >= min_count)
    rare = (there <= TOO_COMMON * there.sum()) & (here <= TOO_COMMON * here.sum())
    return np.flatnonzero(enough & rare)


def _sizes(corpus: Corpus, pair: tuple[int, int]) -> dict[str, int]:
    return {corpus.labels[t]: int(corpus.counts[t].sum()) for t in pair}


def _repeat_source(corpus: Corpus, pair: tuple[int, int], seed: int) -> Corpus:
    """Give the target the documents of the source, in each of which the sentences are put in another order.

    A slice's draws are keyed by its text: an equal copy would be trained to equal bits, and show nothing.
    """
    ends = corpus.slice_offsets
    copied = np.arange(ends[pair[0]], ends[pair[0] + 1])
    sizes = np.diff(corpus.documents.offsets)[copied]
    sentences = sentences_of(corpus, copied)
    of = np.repeat(np.arange(len(copied)), sizes)
    shuffled = sentences[np.lexsort((_sentence_keys(corpus, sentences, seed), of))]
    if _same_order(corpus, sentences, shuffled):
        copied, shuffled, sizes = _join_two(corpus, copied, sizes, seed)
    documents = [np.arange(a, b) for a, b in pairwise(ends.tolist())]
    documents[pair[1]] = copied
    parts = [sentences_of(corpus, held) for held in documents]
    parts[pair[1]] = shuffled
    lengths = [np.diff(corpus.documents.offsets)[held] for held in documents]
    lengths[pair[1]] = sizes
    offsets = np.cumsum([0, *map(len, documents)])
    return gather(corpus, np.concatenate(documents), offsets, np.concatenate(parts), np.concatenate(lengths))


def _sentence_digests(corpus: Corpus) -> NDArray[np.uint64]:
    from ..kernels.digest import document_digests

    digests = np.empty(corpus.n_sentences, dtype=np.uint64)
    document_digests(corpus.ids, corpus.offsets, np.arange(corpus.n_sentences + 1), digests)
    return digests


def _sentence_keys(corpus: Corpus, sentences: Ids, seed: int) -> NDArray[np.uint64]:
    from ..kernels.digest import mix_all

    keys = np.empty(len(sentences), dtype=np.uint64)
    mix_all(np.uint64(seed), _sentence_digests(corpus)[sentences], keys)
    return keys


def _same_order(corpus: Corpus, before: Ids, after: Ids) -> bool:
    digests = _sentence_digests(corpus)
    said = np.diff(corpus.offsets) > 0
    return bool(np.array_equal(digests[before[said[before]]], digests[after[said[after]]]))


def _join_two(corpus: Corpus, documents: Ids, sizes: Ids, seed: int) -> tuple[Ids, Ids, Ids]:
    """Return the documents with two of them made one, where sentences have no other order: a window notices nothing."""
    starts = corpus.offsets[corpus.documents.offsets]
    order = np.argsort(document_keys(corpus, documents, seed), kind="stable")
    spoken = order[(starts[documents + 1] > starts[documents])[order]][:2]
    if len(spoken) < 2:
        raise ParameterError(
            "same-text needs a source with two different sentences, as equal text in equal order is trained to equal "
            "vectors; take the shuffled null"
        )
    host, guest = (int(i) for i in spoken)
    cut = np.split(sentences_of(corpus, documents), np.cumsum(sizes)[:-1])
    cut[host] = np.concatenate([cut[host], cut[guest]])
    del cut[guest]
    return np.delete(documents, guest), np.concatenate(cut), np.array([len(part) for part in cut], dtype=np.int64)


def _shuffle(
    corpus: Corpus, pair: tuple[int, int], unit: str, strata: str | None, seed: int
) -> tuple[Corpus, dict[str, Any]]:
    """Deal the units of two slices out at random, stratum by stratum; the source keeps its number of tokens."""
    ends = corpus.slice_offsets
    held = [np.arange(a, b) for a, b in pairwise(ends.tolist())]
    both = np.concatenate([held[t] for t in pair])
    from_source = np.repeat([True, False], [len(held[t]) for t in pair])
    named = corpus.units(unit)
    units = own_units(named)[both]
    stratum = np.zeros(len(both), np.int64) if strata is None else corpus.units(strata).codes[both].astype(np.int64)
    keys = document_keys(corpus, both, seed)
    starts = corpus.offsets[corpus.documents.offsets]
    tokens = (starts[1:] - starts[:-1])[both]
    to_source, stuck = np.zeros(len(both), dtype=np.bool_), 0
    for value in np.unique(stratum):
        inside = np.flatnonzero(stratum == value)
        of_source = from_source[inside]
        if of_source.all() or not of_source.any() or len(np.unique(units[inside])) < 2:  # nobody to exchange with
            to_source[inside], stuck = of_source, stuck + len(inside)
        else:
            wanted = int(tokens[inside][of_source].sum())
            to_source[inside] = _deal(units[inside], keys[inside], tokens[inside], wanted, seed)
    if stuck == len(both):
        raise ParameterError(
            f"the units of {corpus.labels[pair[0]]} and {corpus.labels[pair[1]]} cannot be exchanged: in every stratum "
            f"there is one unit, or one slice ({unit}{f' within {strata}' if strata else ''}); "
            "take a smaller unit or larger strata"
        )
    order = np.argsort(keys, kind="stable")  # groups inside a slice are to be alike, too
    held[pair[0]], held[pair[1]] = both[order][to_source[order]], both[order][~to_source[order]]
    made = _without_dates(gather(corpus, np.concatenate(held), np.cumsum([0, *map(len, held)])), pair)
    return made, {
        "units": len(np.unique(units)),
        "documents_without_unit": int((named.codes[both] < 0).sum()),
        "documents_not_exchanged": stuck,
        "documents_moved": int((to_source != from_source).sum()),
    }


def _without_dates(corpus: Corpus, pair: tuple[int, int]) -> Corpus:
    """Return the corpus with documents of two slices that have no dates any more."""
    if corpus.documents.dates is None:
        return corpus
    dates = list(corpus.documents.dates)
    for t in pair:
        first, last = corpus.slice_offsets[t : t + 2].tolist()
        dates[first:last] = [""] * (last - first)
    return replace(corpus, documents=replace(corpus.documents, dates=tuple(dates)))


def _deal(units: Ids, keys: NDArray[np.uint64], tokens: Ids, wanted: int, seed: int) -> NDArray[np.bool_]:
    """Return which documents go to the source: units in random order, until it has ``wanted`` tokens or nearly so."""
    from ..kernels.digest import mix_all

    codes, of = np.unique(units, return_inverse=True)
    said, sizes = np.zeros(len(codes), dtype=np.uint64), np.zeros(len(codes), dtype=np.int64)
    np.add.at(said, of, keys)  # a sum, so that the order of a unit's documents does not matter
    np.add.at(sizes, of, tokens)
    drawn = np.empty_like(said)
    mix_all(np.uint64(seed), said, drawn)
    order = np.argsort(drawn, kind="stable")
    reached = np.cumsum(sizes[order])[:-1]  # both slices get a unit, however large
    chosen = np.zeros(len(codes), dtype=np.bool_)
    chosen[order[: int(np.argmin(np.abs(reached - wanted))) + 1]] = True
    return np.asarray(chosen[of])


def _chosen(
    corpus: Corpus,
    pair: tuple[int, int],
    words: Collection[str] | None,
    rate: float,
    portion: float,
    min_count: int,
    seed: int,
) -> Ids:
    """Return the words whose uses are taken away: those named, or a share of those that stay frequent enough."""
    if words is not None:
        require(len(words) > 0, "words", "at least one word", list(words))
        return known_ids(corpus, words)
    require(0.0 < portion <= 1.0, "portion", "more than 0 and at most 1", portion)
    able = eligible_words(corpus, pair, min_count, 1.0 - rate)
    if not len(able):
        raise ParameterError(
            f"no word of {corpus.labels[pair[1]]} would keep {min_count} uses when {rate:.0%} of them are taken away; "
            "lower rate or min_count, or name words"
        )
    order = np.argsort(word_keys(corpus.vocabulary.words, able, seed), kind="stable")
    return able[order[: max(1, round(portion * len(able)))]]


def _thin(corpus: Corpus, target: int, chosen: Ids, rate: float, seed: int) -> tuple[Corpus, dict[str, Any]]:
    """Take away a share of the uses of each chosen word: exactly so many, rounded, wherever they are."""
    positions = tokens_of_slice(corpus, target)
    is_chosen = np.zeros(len(corpus.vocabulary), dtype=np.bool_)
    is_chosen[chosen] = True
    uses = positions[is_chosen[corpus.ids[positions]]]
    ids = np.asarray(corpus.ids[uses])
    order = np.lexsort((draw_tokens(corpus, uses, target, seed), ids))
    counts = np.bincount(ids, minlength=len(corpus.vocabulary))
    rank = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    gone = uses[order[rank < np.rint(counts * rate)[ids[order]]]]
    made = rename(corpus, gone, np.full(len(gone), -1, dtype=np.int32))
    words = sorted(corpus.vocabulary.words[i] for i in chosen.tolist())
    return made, {"words": words, "tokens_deleted": len(gone)}
