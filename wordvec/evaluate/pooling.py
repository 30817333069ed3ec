"""One vector for a text: the mean of its words' vectors, plain or with frequent words weighed down."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, require
from .words import Lookup

__all__ = ["POOLINGS", "Pooling", "pool"]

Floats = NDArray[np.float64]
Pooling = Literal["mean", "sif"]
POOLINGS: tuple[Pooling, ...] = ("sif", "mean")

#: Tokens whose vectors are added up together: 20 MB at 300 dimensions.
_TOKENS = 1 << 13


def pool(
    lookup: Lookup,
    texts: Sequence[Sequence[str]],
    *,
    pooling: Pooling = "mean",
    a: float = 1e-3,
    remove: int = 0,
) -> tuple[Floats, NDArray[np.int64]]:
    r"""Return one vector for each text, from the tokens that are known.

    ``"mean"`` is the mean of the tokens' vectors. ``"sif"``, smooth inverse frequency, weighs each token with
    :math:`a / (a + p(w))` (equation 3 of the paper), p its share of the corpus that the vectors were trained on:

    .. math:: v_s = \frac{1}{|s|} \sum_{w \in s} \frac{a}{a + p(w)} v_w

    Unknown tokens are left out, whatever ``lookup.missing`` says: hardly a text is without them. Callers decide by
    ``known`` what is done about a text.

    Parameters
    ----------
    lookup : Lookup
        The vectors, as they are, not brought to length 1.
    texts : sequence of sequences of str
        The tokens of each text.
    pooling : {"mean", "sif"}, default "mean"
        Which of the two.
    a : float > 0, default 1e-3
        For ``"sif"``: a word with this share counts half.
    remove : int >= 0, default 0
        How many common components to take away: the first right singular vectors of the matrix of all text
        vectors, not centered (algorithm 1 of the paper, which takes one). The vectors then depend on which texts
        are given.

    Returns
    -------
    vectors : float64[n, D]
        Zeros for a text without a known token. Each depends on its own text alone unless ``remove`` is set.
    known : int64[n]
        How many tokens of each text are known.

    Raises
    ------
    ParameterError
        If an option is outside its domain, or ``"sif"`` is asked of vectors without word counts.

    References
    ----------
    Arora, Liang and Ma (2017), "A simple but tough-to-beat baseline for sentence embeddings", ICLR.

    Examples
    --------
    >>> from wordvec import Embeddings, Vocabulary
    >>> from wordvec.evaluate.words import look_up
    >>> words = Vocabulary(("the", "cat", "sat"), np.array([998, 1, 1]))
    >>> lookup = look_up(Embeddings(words, np.eye(3, dtype=np.float32)))
    >>> vectors, known = pool(lookup, [["the", "cat"], ["a", "dog"]], pooling="sif")
    >>> vectors.round(3).tolist(), known.tolist()
    ([[0.001, 0.25, 0.0], [0.0, 0.0, 0.0]], [2, 0])
    """
    require(pooling in POOLINGS, "pooling", "'mean' or 'sif'", pooling)
    require(a > 0.0, "a", "a number > 0", a)
    require(0 <= remove <= lookup.embeddings.dim, "remove", f"an integer 0 to {lookup.embeddings.dim}", remove)
    weights = _frequency_weights(lookup, a) if pooling == "sif" else None
    places: dict[str, int] = {}
    rows = [[row for row in (_place(lookup, places, token) for token in text) if row >= 0] for text in texts]
    known = np.array([len(text) for text in rows], dtype=np.int64)
    vectors = np.zeros((len(rows), lookup.embeddings.dim))
    filled = np.flatnonzero(known)
    for part in _parts(filled, known):
        vectors[part] = _means(lookup, [rows[text] for text in part.tolist()], weights)
    return _without_components(vectors, remove), known


def _place(lookup: Lookup, places: dict[str, int], token: str) -> int:
    """Return the row of a token; a token is looked for once."""
    row = places.get(token)
    if row is None:
        row = places[token] = lookup.get(token)
    return row


def _frequency_weights(lookup: Lookup, a: float) -> Floats:
    """Return float64[V], a / (a + p) of each word."""
    counts = lookup.embeddings.vocabulary.counts
    total = int(counts.sum())
    if total <= 0:
        raise ParameterError(
            "pooling='sif' weighs words by how frequent they are, but these vectors hold no word counts "
            "(files in word2vec's formats have none); use pooling='mean'."
        )
    return np.asarray(a / (a + counts / total))


def _parts(texts: NDArray[np.int64], known: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the numbers of texts in runs of about as many tokens."""
    before = np.cumsum(known[texts]) - known[texts]
    return np.split(texts, np.flatnonzero(np.diff(before // _TOKENS)) + 1) if len(texts) else []


def _means(lookup: Lookup, rows: list[list[int]], weights: Floats | None) -> Floats:
    """Return float64[n, D]; a text's tokens are added up in their order, whatever texts stand beside it."""
    lengths = np.array([len(text) for text in rows])
    flat = np.concatenate([np.array(text, dtype=np.int64) for text in rows])
    vectors = lookup.embeddings.vectors[flat].astype(np.float64)
    if weights is not None:
        vectors *= weights[flat, None]
    return np.asarray(np.add.reduceat(vectors, np.cumsum(lengths) - lengths, axis=0) / lengths[:, None])


def _without_components(vectors: Floats, remove: int) -> Floats:
    """Return vectors less their projections on the first right singular vectors of all of them."""
    if not remove or not len(vectors):
        return vectors
    directions = np.linalg.eigh(vectors.T @ vectors)[1][:, -remove:]
    return np.asarray(vectors - (vectors @ directions) @ directions.T)
