"""Maps that are learnt: linear regression between slices, for all words at once or for each from its neighbors."""

import hashlib
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..embeddings import Embeddings
from ..errors import AlignmentError, require
from ..progress import Watcher
from ..search import nearest_rows
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..train.cbow import CBOW
from ..train.skipgram import SkipGram
from .onto import check_dims, finite_rows, fit_slices, shared_words
from .training import gather_slices, prepare_slices, train_separately

__all__ = ["align_linear", "align_local_linear", "train_slices_linear", "train_slices_local_linear"]

Floats = NDArray[np.float64]
#: The ridge, as a share of the mean squared length of a direction (linear) or of a row (local).
_RIDGE = 1e-3
_LOCAL_RIDGE = 1e-2
#: Rows that are mapped together.
_BLOCK = 4_096
#: Numbers in the largest array of a block of local maps.
_NUMBERS = 1 << 23


def align_linear(source: Embeddings, target: Embeddings, *, share: float = 0.5, seed: int = 1) -> Embeddings:
    r"""Map ``source`` onto ``target`` by the linear map, with intercept, that predicts shared words best.

    Finds :math:`M` and :math:`c` that minimize :math:`\lVert A M + 1 c^\top - B\rVert_F^2` over a random share of the
    shared words, and maps every row of ``source``. Unlike a rotation it changes cosines inside ``source``.

    Parameters
    ----------
    source, target : Embeddings
        Of one ``dim``; ``target`` stays where it is.
    share : float in (0, 1], default 0.5
        The share of the shared words that the map is fitted on; the others show how well it predicts.
    seed : int >= 0, default 1
        With the words' spelling, it decides which.

    Returns
    -------
    Embeddings
        ``metadata["linear"]``: ``shared_words``, ``fitted_words``, ``ridge`` (0 for plain least squares; above it
        where the words are not more than ``dim``) and ``held_out_cosine``, the mean cosine of predicted and real
        vectors of the other words, missing where there are none.

    Raises
    ------
    AlignmentError
        If the two differ in ``dim``, share no word, or hold a number that is not finite.

    References
    ----------
    Szymanski (2017), "Temporal word analogies: identifying lexical replacement with diachronic word embeddings".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(tuple("abcdefgh"), np.arange(8, 0, -1))
    >>> target = Embeddings(words, np.random.default_rng(1).normal(size=(8, 2)).astype(np.float32))
    >>> source = Embeddings(words, 3 * target.vectors[:, ::-1] + 1)
    >>> bool(np.allclose(align_linear(source, target, share=1.0).vectors, target.vectors, atol=1e-5))
    True
    """
    from threadpoolctl import threadpool_limits

    require(0.0 < share <= 1.0, "share", "above 0 and at most 1", share)
    check_dims(source, target, "a linear map between slices")
    words, _ = shared_words(source, target, None)
    fitted = _draw(words, share, seed)
    held_out = sorted(set(words) - set(fitted))
    a, b = (finite_rows(side, fitted) for side in (source, target))
    center_a, center_b = a.mean(axis=0), b.mean(axis=0)
    a, b = a - center_a, b - center_b
    vectors = np.empty(source.vectors.shape, dtype=np.float32)
    with threadpool_limits(1):
        fit, ridge = _regress(a, b)
        for start in range(0, len(source), _BLOCK):
            part = slice(start, start + _BLOCK)
            vectors[part] = (source.vectors[part].astype(np.float64) - center_a) @ fit + center_b
    about: dict[str, Any] = {"shared_words": len(words), "fitted_words": len(fitted), "ridge": float(f"{ridge:.6g}")}
    if held_out:
        predicted = vectors[[source.vocabulary[word] for word in held_out]]
        about["held_out_cosine"] = round(float(_cosines(predicted, finite_rows(target, held_out)).mean()), 6)
    return Embeddings(source.vocabulary, vectors, {**source.metadata, "linear": about})


def align_local_linear(
    source: Embeddings, target: Embeddings, *, neighbors: int = 100, threads: int | None = None
) -> Embeddings:
    r"""Map each word of ``source`` onto ``target`` by a linear map of its own, fitted on its nearest neighbors.

    The map of word w minimizes :math:`\lVert A M_w - B\rVert_F^2 + \lambda\lVert M_w\rVert_F^2`, where A and B hold
    the unit rows of the k words nearest to w in ``source`` that both sides have, w itself left out: where a word's
    neighbors went, there it is expected. The ridge (a hundredth of a row's squared length, times k) decides between
    maps where the neighbors are fewer than ``dim``.

    Parameters
    ----------
    source, target : Embeddings
        Of one ``dim``; ``target`` stays where it is.
    neighbors : int >= 1, default 100
        k; all shared words where they are fewer.
    threads : int >= 1, optional
        For the search of neighbors; it changes nothing.

    Returns
    -------
    Embeddings
        Each row at the length it had. ``metadata["local_linear"]``: ``shared_words``, ``neighbors``, ``unmapped``,
        the words whose vector has no direction and stays zero.

    Raises
    ------
    AlignmentError
        If the two differ in ``dim``, share fewer than two words, or hold a number that is not finite.

    Notes
    -----
    What is needed is :math:`x M_w`, and :math:`x M_w = x A^\top(A A^\top + \lambda I)^{-1} B`: a system of k
    equations for each word, however long its vector.

    References
    ----------
    Kulkarni et al. (2015), "Statistically significant detection of linguistic change", sec. 3.3 and eq. 5.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(tuple("abcdefgh"), np.arange(8, 0, -1))
    >>> target = Embeddings(words, np.random.default_rng(1).normal(size=(8, 2)).astype(np.float32))
    >>> source = Embeddings(words, target.vectors[:, ::-1].copy())
    >>> align_local_linear(source, target).metadata["local_linear"]
    {'shared_words': 8, 'neighbors': 7, 'unmapped': 0}
    """
    from threadpoolctl import threadpool_limits

    require(neighbors >= 1, "neighbors", "an integer >= 1", neighbors)
    check_dims(source, target, "a linear map between slices")
    words, _ = shared_words(source, target, None)
    if len(words) < 2:
        raise AlignmentError("source and target share one word only; a map from neighbors needs two at least.")
    finite_rows(source, source.vocabulary.words)
    b = _unit(finite_rows(target, words))
    shared = np.array([source.vocabulary[word] for word in words], dtype=np.int64)
    place = np.full(len(source), -1, dtype=np.int64)
    place[shared] = np.arange(len(words))
    k = min(neighbors, len(words) - 1)
    units = _unit(source.vectors.astype(np.float64))
    queries = units.astype(np.float32)
    found = nearest_rows(
        queries,
        source.vectors,
        k,
        scale=source.reciprocals,
        candidates=np.sort(shared),
        own=np.arange(len(source)),
        threads=threads,
    )
    vectors = np.empty(source.vectors.shape, dtype=np.float32)
    step = max(1, _NUMBERS // (k * max(k, source.dim)))
    with threadpool_limits(1):  # small systems: more threads than one only wait for each other
        for start in range(0, len(source), step):
            part = slice(start, start + step)
            rows = found.rows[part]
            moved = _map_by_neighbors(units[part], units[rows], b[place[rows]])
            vectors[part] = _unit(moved) * source.norms[part, None]
    unmapped = int(np.count_nonzero(source.norms == 0))
    about = {"shared_words": len(words), "neighbors": k, "unmapped": unmapped}
    return Embeddings(source.vocabulary, vectors, {**source.metadata, "local_linear": about})


def train_slices_linear(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    share: float = 0.5,
    base: str = "last",
    equal_tokens: bool = False,
    min_slice_count: int = 5,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train every slice on its own and map the results into one space by linear regression.

    Parameters
    ----------
    corpus, trainer, min_slice_count, base, equal_tokens, threads, racing, progress, checkpoints
        As for :func:`train_slices_procrustes`.
    share
        As for :func:`align_linear`; the trainer's seed draws the words.

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> texts = {"then": [["a", "b", "c"]] * 20, "now": [["a", "c", "b"]] * 20}
    >>> corpus = Corpus.from_sentences(texts, min_count=1)
    >>> aligned = train_slices_linear(corpus, SkipGram(dim=4, epochs=1, subsample=0))
    >>> aligned.metadata["fits"][0]["fitted_words"]
    2
    """
    began = time.perf_counter()
    require(0.0 < share <= 1.0, "share", "above 0 and at most 1", share)
    corpus = prepare_slices(corpus, min_slice_count, equal_tokens=equal_tokens, seed=trainer.seed)
    slices = train_separately(
        corpus,
        trainer,
        min_slice_count=min_slice_count,
        threads=threads,
        racing=racing,
        progress=progress,
        checkpoints=checkpoints,
    )
    mapped, fits = fit_slices(
        corpus.labels, slices, base, lambda a, b: align_linear(a, b, share=share, seed=trainer.seed), "linear"
    )
    settings = {"min_slice_count": min_slice_count, "base": base, "share": share, "equal_tokens": equal_tokens}
    return gather_slices("linear", trainer, corpus, mapped, settings, more={"fits": fits}, threads=threads, began=began)


def train_slices_local_linear(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    neighbors: int = 100,
    base: str = "last",
    equal_tokens: bool = False,
    min_slice_count: int = 5,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train every slice on its own and map each word from its neighbors.

    Parameters
    ----------
    corpus, trainer, min_slice_count, base, equal_tokens, threads, racing, progress, checkpoints
        As for :func:`train_slices_procrustes`.
    neighbors
        As for :func:`align_local_linear`.

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> texts = {"then": [["a", "b", "c"]] * 20, "now": [["a", "c", "b"]] * 20}
    >>> corpus = Corpus.from_sentences(texts, min_count=1)
    >>> aligned = train_slices_local_linear(corpus, SkipGram(dim=4, epochs=1, subsample=0))
    >>> aligned.metadata["fits"][0]["neighbors"]
    2
    """
    began = time.perf_counter()
    require(neighbors >= 1, "neighbors", "an integer >= 1", neighbors)
    corpus = prepare_slices(corpus, min_slice_count, equal_tokens=equal_tokens, seed=trainer.seed)
    slices = train_separately(
        corpus,
        trainer,
        min_slice_count=min_slice_count,
        threads=threads,
        racing=racing,
        progress=progress,
        checkpoints=checkpoints,
    )
    mapped, fits = fit_slices(
        corpus.labels,
        slices,
        base,
        lambda a, b: align_local_linear(a, b, neighbors=neighbors, threads=threads),
        "local_linear",
    )
    settings = {"min_slice_count": min_slice_count, "base": base, "neighbors": neighbors, "equal_tokens": equal_tokens}
    return gather_slices(
        "local-linear", trainer, corpus, mapped, settings, more={"fits": fits}, threads=threads, began=began
    )


def _regress(a: Floats, b: Floats) -> tuple[Floats, float]:
    """Return the map from centered ``a`` to centered ``b``, and its ridge: 0 where the rows are more than columns."""
    n, dim = a.shape
    if n > dim:
        return np.asarray(np.linalg.lstsq(a, b, rcond=None)[0]), 0.0
    gram = a.T @ a
    ridge = _RIDGE * float(np.trace(gram)) / dim or 1.0  # one word: nothing but the intercept
    return np.asarray(np.linalg.solve(gram + ridge * np.eye(dim), a.T @ b)), ridge


def _draw(words: list[str], share: float, seed: int) -> list[str]:
    """Return a share of the words, one at least, drawn by seed and spelling, in the order they had."""

    def key(word: str) -> bytes:
        return hashlib.sha256(f"{seed} {word}".encode("utf-8", "surrogatepass")).digest()

    chosen = set(sorted(words, key=key)[: max(1, round(share * len(words)))])
    return [word for word in words if word in chosen]


def _map_by_neighbors(x: Floats, a: Floats, b: Floats) -> Floats:
    """Return float64[n, D]: each row of ``x``, [n, D], through the ridge map from ``a`` to ``b``, [n, k, D]."""
    k = a.shape[1]
    gram = a @ a.transpose(0, 2, 1)
    gram[:, np.arange(k), np.arange(k)] += _LOCAL_RIDGE * k
    products = a @ x[:, :, None]
    weights = np.linalg.solve(gram, products)
    return np.asarray((weights * b).sum(axis=1))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0))


def _cosines(a: NDArray[Any], b: NDArray[Any]) -> Floats:
    return np.asarray((_unit(a.astype(np.float64)) * _unit(b.astype(np.float64))).sum(axis=1))
