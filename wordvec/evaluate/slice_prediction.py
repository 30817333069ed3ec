"""Which slice is a sentence from? The likelihood of held-out text under the vectors of each slice."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import AlignmentError, UnknownWordError, require
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from .measures import MEAN
from .outcome import Outcome, outcome_table, timed

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["evaluate_slice_prediction", "predict_slice", "score_slice_prediction"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Tokens that are scored together.
_BLOCK = 1 << 15
_SMOOTHING = 0.5


class _Sentences(NamedTuple):
    """The words of sentences that every slice has a vector of."""

    words: Ids
    sentence: Ids
    size: int


def predict_slice(
    aligned: AlignedSlices, corpus: Corpus, *, noise: Sequence[str] | None = None, noise_words: int = 100, seed: int = 1
) -> "pd.DataFrame":
    r"""Say for each sentence of a held-out text from which slice it is.

    A word w among the words G of its window has, in slice i, the log-likelihood of negative sampling

    .. math:: \log\sigma(u_w \cdot h) + \frac{k}{m} \sum_{n \in N} \log\sigma(-u_n \cdot h)

    where u are the output vectors of the compass, which all slices share, k is the number of noise words in training
    and N a fixed sample of m noise words, the same for all words, sentences and slices: with other noise for each
    the numbers could not be compared. With CBOW h is the mean of the slice's vectors of G; with skip-gram the mean
    of the likelihoods over the words x of G is taken, with the slice's vector of x for h. Windows have their full
    width; nothing is thinned.

    Parameters
    ----------
    aligned : AlignedSlices
        Slices that were aligned by the compass.
    corpus : Corpus
        Text that was not trained on, in slices with labels of ``aligned``; any vocabulary.
    noise : sequence of str, optional
        The noise words, with repetition. They are drawn otherwise.
    noise_words : int >= 1, default 100
        How many to draw, in proportion to the compass's counts to the power that it was trained with.
    seed : int, default 1
        Of the draw.

    Returns
    -------
    pandas.DataFrame
        A row for each sentence: ``document`` (number), ``slice`` (where it is from), ``predicted`` (the slice of
        the highest likelihood; empty where nothing could be scored), ``posterior`` (the share of the true slice in
        the likelihoods of all slices, which are held for equally probable beforehand), ``words`` (that were
        scored), ``left_out`` (known to the compass, and not to every slice, or alone in the sentence), ``unigram``
        and ``unigram_same_words`` (what plain counts of the words predict: of all words, and of the scored ones),
        and for each slice ``ll LABEL``, the log-likelihood divided by the number of words. ``attrs["noise"]`` holds
        the noise words, ``attrs["settings"]`` the rest.

    Raises
    ------
    AlignmentError
        If the slices have no compass: then they share no output vectors.
    ParameterError
        If ``corpus`` has a slice that ``aligned`` does not have, or ``noise_words`` is not positive.
    UnknownWordError
        If the compass does not know a word of ``noise``.

    Notes
    -----
    Only words that *every* slice has a vector of are scored. A word that a slice lacks says much about the slice,
    and its likelihood there is not defined; counts use it, so look at both baselines.

    References
    ----------
    Taddy (2015), "Document classification by inversion of distributed language representations", ACL; Di Carlo,
    Bianchi and Palmonari (2019), "Training temporal word embeddings with a compass", section 4.

    Examples
    --------
    >>> from wordvec import CompassAligner, SkipGram
    >>> texts = {"sea": [["the", "ship", "sails"]] * 30, "air": [["the", "plane", "sails"]] * 30}
    >>> corpus = Corpus.from_sentences(texts, min_count=1)
    >>> aligned = CompassAligner(SkipGram(dim=8, epochs=2, subsample=0)).align(corpus)
    >>> table = predict_slice(aligned, corpus)
    >>> table["unigram"].tolist() == table["slice"].tolist(), int(table["words"].iloc[0])
    (True, 2)
    """
    import pandas as pd

    require(noise_words >= 1, "noise_words", "an integer >= 1", noise_words)
    compass = aligned.compass
    if compass is None:
        raise AlignmentError(
            "the slice of a sentence is predicted with the output vectors of a compass, and these slices have none; "
            "align them with CompassAligner (wordvec align --method compass)."
        )
    for label in corpus.labels:
        require(label in aligned.labels, "corpus.labels", f"some of {', '.join(aligned.labels)}", label)
    settings = aligned.metadata["settings"]["trainer"]
    vocabulary = compass.embeddings.vocabulary
    drawn = _noise(vocabulary.words, vocabulary.counts, noise, noise_words, settings["noise_power"], seed)
    text = corpus.recoded(vocabulary)
    held = _sentences(text)
    rows = np.stack([_rows_of(aligned, label, vocabulary.words) for label in aligned.labels])
    shared = np.asarray((rows >= 0).all(axis=0))
    known = shared[held.words]
    scored = _Sentences(held.words[known], held.sentence[known], held.size)
    weigh = settings["negative"] / len(drawn)
    cbow = aligned.metadata.get("model") == "cbow"
    outputs = compass.context.vectors
    sums, words = _likelihoods(aligned, rows, outputs, scored, drawn, weigh, settings["window"], cbow)
    table = _table(aligned, text, sums, words, np.bincount(held.sentence, minlength=held.size))
    counts = _counts_in(aligned, vocabulary.words)
    table["unigram"] = _unigram(aligned.labels, counts, held)
    table["unigram_same_words"] = _unigram(aligned.labels, np.where(shared, counts, 0), scored)
    found = pd.concat([table, pd.DataFrame(_normalised(aligned.labels, sums, words))], axis=1)
    found.attrs["noise"] = [vocabulary.words[row] for row in drawn.tolist()]
    found.attrs["settings"] = {"noise_words": len(drawn), "seed": seed, "negative": settings["negative"]}
    return found


def evaluate_slice_prediction(
    aligned: AlignedSlices, corpus: Corpus, *, noise: Sequence[str] | None = None, noise_words: int = 100, seed: int = 1
) -> "pd.DataFrame":
    """Predict the slice of held-out sentences, and count how often that is right.

    Parameters
    ----------
    aligned, corpus, noise, noise_words, seed
        See :func:`predict_slice`.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`: see :func:`score_slice_prediction`.

    Examples
    --------
    >>> from wordvec import CompassAligner, SkipGram
    >>> texts = {"sea": [["the", "ship", "sails"]] * 30, "air": [["the", "plane", "sails"]] * 20}
    >>> corpus = Corpus.from_sentences(texts, min_count=1)
    >>> aligned = CompassAligner(SkipGram(dim=8, epochs=2, subsample=0)).align(corpus)
    >>> table = evaluate_slice_prediction(aligned, corpus)
    >>> table.loc[1:2, ["metric", "score", "n"]].values.tolist()
    [['majority (baseline) accuracy', 0.6, 50], ['unigram (baseline) accuracy', 1.0, 50]]
    """
    start = time.perf_counter()
    table = predict_slice(aligned, corpus, noise=noise, noise_words=noise_words, seed=seed)
    return outcome_table(timed(score_slice_prediction(table, sha256=corpus.digest), time.perf_counter() - start))


def score_slice_prediction(table: "pd.DataFrame", name: str = "held-out sentences", sha256: str = "") -> list[Outcome]:
    """Return how often the slice of a sentence was right, with what needs no vectors beside it.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`predict_slice`.
    name, sha256 : str
        Of the text: :attr:`~wordvec.text.corpus.Corpus.digest` will do.

    Returns
    -------
    list of Outcome
        Accuracy over sentences, the mean posterior of the true slice, and ``(baseline)`` accuracies: of the most
        frequent slice, and of counts of words. The unit is the document.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"document": [0, 1], "slice": ["a", "b"], "predicted": ["a", "a"], "posterior": [0.9, 0.4],
    ...         "unigram": ["a", "b"], "unigram_same_words": ["a", "b"], "words": [3, 4]}
    >>> [(outcome.metric, outcome.score) for outcome in score_slice_prediction(pd.DataFrame(rows))][0]
    ('accuracy', 0.5)
    """
    made = table["words"].to_numpy() > 0
    items, truth = np.flatnonzero(made), table["slice"].to_numpy(dtype=object)[made]
    labels, sizes = np.unique(truth.astype(str), return_counts=True)
    usual = str(labels[sizes.argmax()]) if len(labels) else ""
    values = {
        "accuracy": table["predicted"].to_numpy(dtype=object)[made] == truth,
        "majority (baseline) accuracy": truth == usual,
        "unigram (baseline) accuracy": table["unigram"].to_numpy(dtype=object)[made] == truth,
        "unigram of the same words (baseline) accuracy": table["unigram_same_words"].to_numpy(dtype=object)[made]
        == truth,
        "mean posterior": table["posterior"].to_numpy()[made],
    }
    blank = Outcome(
        "slice prediction",
        name,
        sha256,
        "",
        MEAN,
        items,
        np.zeros((len(items), 1)),
        table["document"].to_numpy(dtype=np.int64)[made][:, None],
        "document",
        int((~made).sum()),
        "words of every slice",
    )
    return [
        replace(blank, metric=metric, values=np.asarray(found, dtype=np.float64)[:, None])
        for metric, found in values.items()
    ]


def _noise(words: Sequence[str], counts: Ids, noise: Sequence[str] | None, size: int, power: float, seed: int) -> Ids:
    """Return the rows of the noise words: those named, or drawn by counts to a power."""
    if noise is not None:
        require(len(noise) > 0, "noise", "at least one word", list(noise))
        index = {word: row for row, word in enumerate(words)}
        unknown = [word for word in noise if word not in index]
        if unknown:
            raise UnknownWordError(unknown[0], len(words), [], unknown[1:])
        return np.array([index[word] for word in noise], dtype=np.int64)
    weights = counts.astype(np.float64) ** power
    return np.random.default_rng(seed).choice(len(words), size, p=weights / weights.sum()).astype(np.int64)


def _sentences(corpus: Corpus) -> _Sentences:
    base = int(corpus.offsets[0])
    words = np.asarray(corpus.ids[base : int(corpus.offsets[-1])], dtype=np.int64)
    lengths = np.diff(corpus.offsets)
    return _Sentences(words, np.repeat(np.arange(len(lengths)), lengths), len(lengths))


def _rows_of(aligned: AlignedSlices, label: str, words: Sequence[str]) -> Ids:
    index = aligned[label].vocabulary.index
    return np.array([index.get(word, -1) for word in words], dtype=np.int64)


def _counts_in(aligned: AlignedSlices, words: Sequence[str]) -> Ids:
    """Return int64[T, V]: how often each slice that was trained on has each word."""
    columns = [aligned.vocabulary[word] for word in words]
    return np.asarray(aligned.counts[:, columns])


def _log_sigmoid(x: NDArray[np.float32]) -> Floats:
    return -np.logaddexp(0.0, -x.astype(np.float64))


def _likelihoods(
    aligned: AlignedSlices,
    rows: Ids,
    outputs: NDArray[np.float32],
    held: _Sentences,
    noise: Ids,
    weigh: float,
    window: int,
    cbow: bool,
) -> tuple[Floats, Ids]:
    """Return float64[T, S], the sum over the words of each sentence, and how many words had another beside them."""
    n = len(held.words)
    sums, words = np.zeros((len(rows), held.size)), np.zeros(held.size, dtype=np.int64)
    steps = [step for step in range(-window, window + 1) if step]
    parts = [part.vectors for part in aligned.embeddings]
    against = [None if cbow else _against(part, row, outputs[noise]) for part, row in zip(parts, rows, strict=True)]
    for start in range(0, n, _BLOCK):
        here = np.arange(start, min(start + _BLOCK, n))
        near = np.stack([np.clip(here + step, 0, n - 1) for step in steps], axis=1)
        inside = (here[:, None] + steps >= 0) & (here[:, None] + steps < n)
        inside &= held.sentence[near] == held.sentence[here][:, None]
        size = inside.sum(axis=1)
        good = size > 0
        sentence, share = held.sentence[here[good]], 1.0 / np.maximum(size, 1)[good]
        words += np.bincount(sentence, minlength=held.size)
        own = outputs[held.words[here[good]]]
        for t, (vectors, row) in enumerate(zip(parts, rows, strict=True)):
            found = np.zeros(len(own))
            mean = np.zeros_like(own)
            for column in range(len(steps)):
                there, among = held.words[near[good, column]], inside[good, column]
                beside = vectors[row[there]]
                if cbow:
                    mean += beside * among[:, None]
                    continue
                score = np.einsum("nd,nd->n", own, beside)
                found += np.where(among, _log_sigmoid(score) + weigh * against[t][there], 0.0)  # type: ignore[index]
            if cbow:
                mean *= share[:, None].astype(np.float32)
                found = _log_sigmoid(np.einsum("nd,nd->n", own, mean))
                found += weigh * _log_sigmoid(-(mean @ outputs[noise].T)).sum(axis=1)
            else:
                found *= share
            sums[t] += np.bincount(sentence, found, minlength=held.size)
    return sums, words


def _against(vectors: NDArray[np.float32], rows: Ids, noise: NDArray[np.float32]) -> Floats:
    """Return float64[V], the likelihood of the noise beside each word; 0 where a slice has no vector of it."""
    found = np.zeros(len(rows))
    known = np.flatnonzero(rows >= 0)
    for start in range(0, len(known), _BLOCK):
        part = known[start : start + _BLOCK]
        found[part] = _log_sigmoid(-(vectors[rows[part]] @ noise.T)).sum(axis=1)
    return found


def _normalised(labels: Sequence[str], sums: Floats, words: Ids) -> dict[str, Floats]:
    with np.errstate(invalid="ignore"):
        return {f"ll {label}": np.where(words > 0, s / words, np.nan) for label, s in zip(labels, sums, strict=True)}


def _table(aligned: AlignedSlices, corpus: Corpus, sums: Floats, words: Ids, lengths: Ids) -> "pd.DataFrame":
    import pandas as pd

    labels = np.array(aligned.labels, dtype=object)
    ends = corpus.documents.offsets[corpus.slice_offsets] - corpus.documents.offsets[0]
    number = np.searchsorted(ends, np.arange(corpus.n_sentences), side="right") - 1
    truth = np.array(corpus.labels, dtype=object)[number]
    at = np.array([aligned.number(label) for label in truth], dtype=np.int64)
    top = sums.max(axis=0)
    shares = np.exp(sums - top)
    posterior = shares[at, np.arange(len(at))] / shares.sum(axis=0)
    starts = corpus.documents.offsets - corpus.documents.offsets[0]
    return pd.DataFrame(
        {
            "document": np.searchsorted(starts, np.arange(corpus.n_sentences), side="right") - 1,
            "slice": truth,
            "predicted": np.where(words > 0, labels[sums.argmax(axis=0)], ""),
            "posterior": np.where(words > 0, posterior, np.nan),
            "words": words,
            "left_out": lengths - words,
        }
    )


def _unigram(labels: Sequence[str], counts: Ids, held: _Sentences) -> NDArray[np.object_]:
    """Return the slice whose smoothed counts make each sentence most likely; empty for a sentence without words."""
    smooth = counts + _SMOOTHING
    logs = np.log(smooth / smooth.sum(axis=1, keepdims=True))
    sums = np.stack([np.bincount(held.sentence, row[held.words], minlength=held.size) for row in logs])
    said = np.bincount(held.sentence, minlength=held.size) > 0
    return np.where(said, np.array(labels, dtype=object)[sums.argmax(axis=0)], "")
