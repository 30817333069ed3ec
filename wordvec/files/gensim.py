"""Vectors to and from gensim's ``KeyedVectors``, in memory."""

from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from ..embeddings import Embeddings
from ..errors import FormatError, ParameterError, ResourceError
from ..text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from gensim.models import KeyedVectors

__all__ = ["from_gensim", "to_gensim"]


def to_gensim(embeddings: Embeddings) -> "KeyedVectors":
    """Return the vectors as gensim's ``KeyedVectors``; counts become its ``count`` attribute.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors; copied.

    Raises
    ------
    ResourceError
        If gensim is not installed.

    Examples
    --------
    >>> words = Vocabulary(("cat", "dog"), np.array([3, 2]))
    >>> keyed = to_gensim(Embeddings(words, np.eye(2, dtype=np.float32)))
    >>> keyed.index_to_key, int(keyed.get_vecattr("cat", "count"))
    (['cat', 'dog'], 3)
    """
    keyed = _gensim_models().KeyedVectors(embeddings.dim, count=len(embeddings), dtype=np.float32)
    keyed.index_to_key = list(embeddings.vocabulary)
    keyed.key_to_index = dict(embeddings.vocabulary.index)
    keyed.vectors = np.array(embeddings.vectors)
    keyed.expandos["count"] = np.array(embeddings.vocabulary.counts)
    return keyed


def from_gensim(keyed_vectors: "KeyedVectors") -> Embeddings:
    """Return gensim's ``KeyedVectors`` as :class:`~wordvec.Embeddings`.

    Parameters
    ----------
    keyed_vectors : gensim.models.KeyedVectors
        The vectors (``model.wv``); copied, as float32. Counts are taken from the ``count`` attribute;
        where it is absent, or V, V - 1, ..., 1, which gensim writes when a file had no counts, they
        are 0: unknown.

    Raises
    ------
    ResourceError
        If gensim is not installed.
    ParameterError
        If the argument is something else, such as a whole model.
    FormatError
        If a key is not a word, or a vector is not finite.

    Examples
    --------
    >>> words = Vocabulary(("cat", "dog"), np.array([3, 2]))
    >>> there = to_gensim(Embeddings(words, np.eye(2, dtype=np.float32)))
    >>> from_gensim(there).vocabulary.counts.tolist()
    [3, 2]
    """
    if not isinstance(keyed_vectors, _gensim_models().KeyedVectors):
        raise ParameterError(
            f"keyed_vectors must be gensim KeyedVectors (of a model, pass model.wv), got {type(keyed_vectors).__name__}"
        )
    keys = list(keyed_vectors.index_to_key)
    for key in keys:
        if not isinstance(key, str) or not key:
            raise FormatError(f"keyed_vectors: every key must be a word, got {key!r}.")
    size = len(keys)
    counts = np.asarray(keyed_vectors.expandos.get("count", np.zeros(size)), dtype=np.int64)[:size]
    if len(counts) < size or np.array_equal(counts, np.arange(size, 0, -1)):
        counts = np.zeros(size, dtype=np.int64)
    with np.errstate(over="ignore"):
        vectors = np.array(keyed_vectors.vectors[:size], dtype=np.float32)
    if not np.isfinite(vectors).all():
        row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
        raise FormatError(f"keyed_vectors: the vector of {keys[row]!r} is not finite.")
    return Embeddings(Vocabulary(tuple(keys), counts), vectors, {"source": {"format": "gensim"}})


def _gensim_models() -> ModuleType:
    try:
        import gensim.models
    except ImportError as error:
        raise ResourceError(
            "gensim is not installed; install it with 'pip install gensim' "
            "(for Python versions that it has no wheel for yet, use a word2vec file instead)."
        ) from error
    models: ModuleType = gensim.models
    return models
