"""From an inventory and trained vectors to senses with labels: gates made of glosses and neighbors, not trained."""

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings, Training
from ..errors import ParameterError, require
from ..text.corpus import Corpus
from .embeddings import SenseEmbeddings
from .inventory import SenseInventory
from .inventory_fit import Entries, WordContexts, choose_scale, spread, sweep
from .inventory_profiles import Frame, Profiles, draw_profiles, merge_alike

__all__ = ["apply_inventory"]

#: Of the smooth inverse frequency of Arora et al. (2017).
_SMOOTH = 1e-4
#: Length of the noise that tells apart the vectors of senses that nothing is known of, beside that of the word.
_NOISE = 0.05


def apply_inventory(
    inventory: SenseInventory,
    vectors: Embeddings | Training,
    corpus: Corpus | None = None,
    *,
    limit: int | None = 5,
    spare: int = 0,
    merge_above: float | None = None,
    induced: int = 1,
    reads: Literal["vectors", "outputs"] = "vectors",
    related: float = 2.0,
    confidence: float = 0.75,
    sweeps: int = 1,
    anchor: float = 50.0,
    window: int = 10,
    max_contexts: int = 1_000,
    seed: int = 1,
) -> SenseEmbeddings:
    """Give words the senses of an inventory: vectors, gates and labels, from glosses and neighbors in the graph.

    A sense's direction p is the weighted mean vector of the words of its gloss and its neighbors, less its part along
    the mean of all words, of unit length. The gate of a context's mean x is softmax(s p·x + log prior); the scale s is
    one for all words, such that probabilities are neither flat nor certain. With a corpus, ``sweeps`` of expectation
    and maximisation over each word's contexts move p towards the mean of the contexts that it claims, and priors to
    what they claim; the inventory's own p and prior count like ``anchor`` contexts. The vector of a sense is the
    word's, moved along p; the mean of a word's senses by prevalence is its old vector.

    Parameters
    ----------
    inventory : SenseInventory
        See :func:`wordvec.senses.inventory_files.read_inventory`; use :meth:`SenseInventory.select` to take parts of
        speech or tagged senses only.
    vectors : Embeddings or Training
        Trained vectors of V words.
    corpus : Corpus, optional
        Text in the same vocabulary.
    limit : int >= 1, optional, default 5
        At most so many senses of a word, the first of them; memory is that of so many tables of vectors. None is all.
    spare : {0, 1}, default 0
        1 leaves each word of the inventory a place without a label, for a sense that the inventory has not.
    merge_above : float, optional
        Merge senses of a word whose directions have a cosine above this; labels are joined by `` + ``.
    induced : int >= 1, default 1
        Senses that words without an entry have: 1 to use the result as it is, more where a training is to tell them
        apart. They share a gate of zeros, and their vectors are the word's and a little noise.
    reads : {"vectors", "outputs"}, default "vectors"
        What gates read: unit-length word vectors, weighted by smooth inverse frequency, the mean of unit length; or
        the plain mean of a Training's output vectors, as the gates of the disambiguated skip-gram do.
    related : float >= 0, default 2
        How much a related word counts beside a word of the gloss.
    confidence : float, default 0.75
        Mean of the highest probability that the scale is chosen for, between 0.5 and 1: over contexts of the corpus,
        or over glosses of the inventory where there is none.
    sweeps : int >= 0, default 1
        Used with a corpus only.
    anchor : float > 0, default 50
        How many contexts the inventory counts for.
    window : int >= 1, default 10
        Words on either side that are a context.
    max_contexts : int >= 1, default 1000
        Contexts of a word that are looked at; more are drawn from.
    seed : int >= 0, default 1
        Of noise and draws.

    Returns
    -------
    SenseEmbeddings
        ``metadata["inventory"]`` counts what was used and left out.

    Raises
    ------
    ParameterError
        If a value is outside its domain, or no word of the vocabulary has an entry.

    References
    ----------
    Chen, Liu and Sun (2014), "A unified model for word sense representation and disambiguation"; Basile, Caputo and
    Semeraro (2014), "An enhanced Lesk word sense disambiguation algorithm through a distributional semantic model".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> from wordvec.senses.inventory import InventorySense
    >>> words = Vocabulary(("bank", "river", "water", "money", "loan"), np.array([9, 5, 5, 5, 5]))
    >>> rows = np.array([[1, 1], [2, 0.1], [2, 0.3], [0.1, 2], [0.3, 2]], np.float32)
    >>> entry = (InventorySense("bank.n.01", gloss="beside a river"), InventorySense("bank.n.02", gloss="a loan"))
    >>> senses = apply_inventory(SenseInventory({"bank": entry}, "table"), Embeddings(words, rows))
    >>> number = senses.disambiguate("bank", ["the", "money"]).best
    >>> senses.labels[0, number - 1]
    'bank.n.02'
    """
    _check(spare, merge_above, induced, related, confidence, sweeps, anchor, window, max_contexts, seed)
    table = vectors.embeddings if isinstance(vectors, Training) else vectors
    vocabulary = table.vocabulary
    if corpus is not None and corpus.vocabulary.digest != vocabulary.digest:
        raise ParameterError("corpus must be in the words of the vectors; encode it with their vocabulary.")
    frames = _frames(vectors, reads)
    chosen = inventory if limit is None else inventory.select(limit=limit)
    profiles, counts = draw_profiles(chosen, vocabulary, frames[0], frames[1], related)
    if not len(profiles.words):
        raise ParameterError(
            "inventory must have an entry for a word of the vocabulary, with a known word in its gloss or beside it; "
            f"got {len(inventory):,} lemmas without, {next(iter(inventory.entries), '')!r} the first: "
            "are words and inventory of one language?"
        )
    counts |= {"words": len(profiles.words), "words_without_entry": len(vocabulary) - len(profiles.words)}
    counts |= {"senses": len(profiles.names), "merged": 0, "contexts": 0}
    if merge_above is not None:
        profiles, counts["merged"] = merge_alike(profiles, merge_above)
    n_places = max(induced, int(np.diff(profiles.starts).max()) + spare)
    entries = start = spread(profiles, n_places, spare)
    contexts = None if corpus is None else WordContexts(corpus, *frames, window, max_contexts, seed)
    scale = choose_scale(entries, contexts, profiles.glosses, confidence)
    for _ in range(sweeps if contexts is not None else 0):
        assert contexts is not None
        entries, counts["contexts"] = sweep(entries, start, contexts, frames, scale, anchor)
        scale = choose_scale(entries, contexts, profiles.glosses, confidence)
    told = {"form": inventory.form, "notes": list(chosen.notes), **inventory.metadata, **counts, "scale": scale}
    settings = {
        "limit": limit, "spare": spare, "merge_above": merge_above, "induced": induced, "reads": reads,
        "related": related, "confidence": confidence, "sweeps": sweeps if contexts else 0, "anchor": anchor,
        "max_contexts": max_contexts,
    }  # fmt: skip
    metadata = {"model": "inventory", "window": window, "seed": seed, "inventory": {**told, **settings}}
    metadata["vectors"] = dict(table.metadata)
    return _build(profiles, entries, table, frames[0], scale, induced, metadata)


def _check(
    spare: int,
    merge_above: float | None,
    induced: int,
    related: float,
    confidence: float,
    sweeps: int,
    anchor: float,
    window: int,
    max_contexts: int,
    seed: int,
) -> None:
    require(spare in (0, 1), "spare", "0 or 1", spare)
    require(merge_above is None or -1.0 <= merge_above <= 1.0, "merge_above", "a cosine, -1 to 1, or None", merge_above)
    require(induced >= 1, "induced", "an integer >= 1", induced)
    require(0.0 <= related < np.inf, "related", "a number >= 0", related)
    require(0.5 <= confidence < 1.0, "confidence", "at least 0.5 and below 1", confidence)
    require(sweeps >= 0, "sweeps", "an integer >= 0", sweeps)
    require(0.0 < anchor < np.inf, "anchor", "a number above 0", anchor)
    require(window >= 1, "window", "an integer >= 1", window)
    require(max_contexts >= 1, "max_contexts", "an integer >= 1", max_contexts)
    require(seed >= 0, "seed", "an integer >= 0", seed)


def _frames(vectors: Embeddings | Training, reads: str) -> tuple[Frame, Frame]:
    """Return how gates read contexts, and the frame of word vectors."""
    require(reads in ("vectors", "outputs"), "reads", "'vectors' or 'outputs'", reads)
    table = vectors.embeddings if isinstance(vectors, Training) else vectors
    counts = table.vocabulary.counts
    shares = counts / max(1, int(counts.sum()))
    lengths = np.where(table.norms > 0, table.norms, np.float32(1.0))
    smooth = (_SMOOTH / (_SMOOTH + shares)).astype(np.float32)
    plain = Frame((table.vectors / lengths[:, None]).astype(np.float32), smooth, shares, True)
    if reads == "vectors":
        return plain, plain
    if not isinstance(vectors, Training):
        raise ParameterError(
            "reads='outputs' must come with a Training, which has output vectors, got Embeddings; "
            "load them by Training.load, or read 'vectors'."
        )
    return Frame(vectors.context.vectors, np.ones(len(counts), np.float32), shares, False), plain


def _build(
    profiles: Profiles,
    entries: Entries,
    table: Embeddings,
    frame: Frame,
    scale: float,
    induced: int,
    metadata: dict[str, Any],
) -> SenseEmbeddings:
    """Return senses by prevalence: words of the inventory with their labels, the others as they were."""
    n_words, n_places = len(table), entries.prior.shape[1]
    order = np.argsort(-entries.prior, axis=1, kind="stable")
    prior = np.take_along_axis(entries.prior, order, axis=1)
    directions = np.take_along_axis(entries.directions, order[:, :, None], axis=1)
    shifts = np.take_along_axis(entries.shifts, order[:, :, None], axis=1)

    prevalence = np.zeros((n_words, n_places))
    prevalence[:, :induced] = 1.0 / induced
    prevalence[entries.words] = prior
    vectors = _blur(table, n_places, metadata["seed"])
    lengths = table.norms[entries.words].astype(np.float64)[:, None, None]
    # The spare sense and the places past the last one stay at the mean, so that by prevalence all is the old vector.
    is_shifted = np.asarray(shifts.any(axis=2))
    shares = np.where(is_shifted, prior, 0.0)
    total = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, total, out=np.zeros_like(shares), where=total > 0)
    means = np.einsum("nk,nkd->nd", shares, shifts)[:, None, :]
    moved = np.where(is_shifted[:, :, None], shifts - means, 0.0)
    vectors[entries.words] = table.vectors[entries.words][:, None, :] + lengths * moved

    several = np.count_nonzero(prior > 0, axis=1) > 1
    gates = np.concatenate([np.zeros((1, *directions.shape[1:])), scale * directions[several]]).astype(np.float32)
    logs = np.log(prior[several], out=np.zeros_like(prior[several]), where=prior[several] > 0)
    biases = np.concatenate([np.zeros((1, n_places)), logs]).astype(np.float32)
    gate_rows = np.zeros(n_words, np.int32)
    gate_rows[entries.words[several]] = np.arange(1, 1 + int(several.sum()), dtype=np.int32)
    labels: dict[tuple[int, int], str] = {}
    for place, word in enumerate(entries.words.tolist()):
        names = profiles.names[profiles.of(place)]
        labels |= {(word, at): names[k] for at, k in enumerate(order[place].tolist()) if k < len(names)}
    return SenseEmbeddings(
        table.vocabulary, vectors, prevalence, np.array(frame.table), gates, biases, gate_rows, frame.weights,
        labels=labels, metadata=metadata, unit_contexts=frame.is_unit,
    )  # fmt: skip


def _blur(table: Embeddings, n_places: int, seed: int) -> NDArray[np.float32]:
    """Return float32[V, K, D]: each word's vector K times, all but the first with a little noise."""
    vectors = np.repeat(table.vectors[:, None, :], n_places, axis=1)
    if n_places > 1:
        draws = np.random.default_rng(seed).standard_normal((len(table), n_places - 1, table.dim), dtype=np.float32)
        vectors[:, 1:] += draws * (np.float32(_NOISE / np.sqrt(table.dim)) * table.norms[:, None, None])
    return vectors
