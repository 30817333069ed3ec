"""Vectors that know nothing, as the zero of every scale."""

import numpy as np

from ...embeddings import Embeddings
from ...errors import require

__all__ = ["random_embeddings"]


def random_embeddings(embeddings: Embeddings, *, seed: int = 1) -> Embeddings:
    """Return random vectors for the words of others: normal directions, each of the length it had.

    What they score is what a test gives away for nothing, and for extrinsic tasks what words by themselves give.

    Parameters
    ----------
    embeddings : Embeddings
        Whose words, dimension and lengths of vectors to take.
    seed : int >= 0, default 1
        Of the directions.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("cat", "dog"), np.array([2, 1]))
    >>> drawn = random_embeddings(Embeddings(words, np.array([[3.0, 4.0], [0.0, 1.0]], np.float32)))
    >>> drawn.norms.round(3).tolist(), drawn.metadata
    ([5.0, 1.0], {'random_directions': 1})
    """
    require(seed >= 0, "seed", "an integer >= 0", seed)
    vectors = np.random.default_rng(seed).standard_normal(embeddings.vectors.shape, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1)
    vectors *= (embeddings.norms / np.maximum(lengths, np.finfo(np.float32).tiny))[:, None]
    return Embeddings(embeddings.vocabulary, vectors, {"random_directions": seed})
