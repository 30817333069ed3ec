"""Orthogonal Procrustes: rotate separately trained vectors onto each other."""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..embeddings import Embeddings
from ..progress import Watcher
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..text.vocabulary import Vocabulary
from ..train.cbow import CBOW
from ..train.skipgram import SkipGram
from .onto import check_base, check_dims, finite_rows, fit_slices, shared_words
from .training import gather_slices, prepare_slices, train_separately

__all__ = ["align_procrustes", "align_slices_procrustes", "train_slices_procrustes"]

_BLOCK = 65_536


def align_procrustes(
    source: Embeddings,
    target: Embeddings,
    *,
    anchors: Collection[str] | None = None,
    center: bool = False,
    normalize: bool = True,
) -> Embeddings:
    r"""Rotate ``source`` so that the words it shares with ``target`` lie as near as they can.

    Finds the orthogonal :math:`R` that minimizes :math:`\lVert A R - B \rVert_F`, where :math:`A` and
    :math:`B` hold the rows of the shared words, and multiplies every row of ``source`` by it. A rotation
    keeps all cosines inside ``source``.

    Parameters
    ----------
    source : Embeddings
        Vectors to rotate.
    target : Embeddings
        Vectors that stay where they are; the same ``dim``.
    anchors : collection of str, optional
        Fit on these words only. Those that either side lacks are counted in the metadata.
    center : bool, default False
        Subtract each side's mean before fitting. It changes the fit alone: what is applied is a rotation.
    normalize : bool, default True
        Give each row length 1 before fitting, so that frequent words do not decide by their length.

    Returns
    -------
    Embeddings
        The words of ``source``, rotated. ``metadata["procrustes"]`` says how many words the fit used
        (``shared_words``), how many anchors were missing (``anchors_missing``) and whether the words were
        enough to determine the rotation (``determined``: at least ``dim`` of them).

    Raises
    ------
    AlignmentError
        If the two differ in ``dim``, share no word, or hold a number that is not finite.

    Notes
    -----
    Works in float64 through BLAS: equal input gives the same table, not always the same last bit.

    References
    ----------
    Schönemann (1966), "A generalized solution of the orthogonal Procrustes problem"; Hamilton, Leskovec and
    Jurafsky (2016), "Diachronic word embeddings reveal statistical laws of semantic change".

    Examples
    --------
    >>> words = Vocabulary(("sea", "war"), np.array([4, 3]))
    >>> target = Embeddings(words, np.array([[1.0, 0.0], [0.6, 0.8]], np.float32))
    >>> source = Embeddings(words, np.array([[0.0, 1.0], [-0.8, 0.6]], np.float32))
    >>> bool(np.allclose(align_procrustes(source, target).vectors, target.vectors, atol=1e-6))
    True
    """
    check_dims(source, target, "a rotation")
    words, missing = shared_words(source, target, anchors)
    a = _fitting_rows(source, words, center=center, normalize=normalize)
    b = _fitting_rows(target, words, center=center, normalize=normalize)
    fit = {
        "shared_words": len(words),
        "anchors_missing": missing,
        "determined": len(words) >= source.dim,
        "center": center,
        "normalize": normalize,
    }
    return _rotate(source, _rotation(a, b), {**source.metadata, "procrustes": fit})


def align_slices_procrustes(
    labels: Sequence[str],
    embeddings: Sequence[Embeddings],
    vocabulary: Vocabulary,
    counts: NDArray[np.int64],
    *,
    base: str = "last",
    anchors: Collection[str] | None = None,
    center: bool = False,
    normalize: bool = True,
) -> AlignedSlices:
    """Rotate separately trained slices into one space.

    Parameters
    ----------
    labels : sequence of str
        Names of the slices, in order.
    embeddings : sequence of Embeddings
        Vectors of each slice, all of one ``dim``.
    vocabulary : Vocabulary
        Words of the whole corpus.
    counts : int64[T, V]
        Occurrences of each word of ``vocabulary`` in each slice.
    base : str, default "last"
        ``"last"``, ``"first"``, or the label of a slice: rotate every slice onto that one. ``"previous"``: each
        onto the one before it (chained), which suits long series whose ends share few words.
    anchors, center, normalize
        As in :func:`align_procrustes`.

    Returns
    -------
    AlignedSlices
        Without a compass; ``metadata["fits"]`` holds one entry per rotated slice.

    Raises
    ------
    AlignmentError
        If two slices cannot be fitted; the message names them.
    ParameterError
        If ``base`` is unknown, there is no slice, or lengths differ.

    Examples
    --------
    >>> words = Vocabulary(("sea", "war"), np.array([4, 3]))
    >>> then = Embeddings(words, np.array([[0.0, 1.0], [1.0, 0.0]], np.float32))
    >>> now = Embeddings(words, np.array([[1.0, 0.0], [0.0, 1.0]], np.float32))
    >>> aligned = align_slices_procrustes(["then", "now"], [then, now], words, np.array([[2, 2], [2, 1]]))
    >>> aligned.metadata["fits"][0]["shared_words"]
    2
    """

    def fit(source: Embeddings, target: Embeddings) -> Embeddings:
        return align_procrustes(source, target, anchors=anchors, center=center, normalize=normalize)

    rotated, fits = fit_slices(labels, embeddings, base, fit, "procrustes")
    metadata = {"method": "procrustes", "base": base, "fits": fits}
    return AlignedSlices(tuple(labels), rotated, vocabulary, np.array(counts, dtype=np.int64), None, metadata)


def train_slices_procrustes(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    min_slice_count: int = 5,
    base: str = "last",
    anchors: Collection[str] | None = None,
    center: bool = False,
    normalize: bool = True,
    equal_tokens: bool = False,
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
    checkpoints: Checkpoints | None = None,
) -> AlignedSlices:
    """Train every slice on its own and rotate the results into one space: the standard comparison.

    Parameters
    ----------
    corpus : Corpus
        One slice at least.
    trainer : SkipGram or CBOW
        How each slice is trained; the seed of each is drawn from the trainer's and the slice's text.
    min_slice_count : int >= 1, default 5
        A word with fewer occurrences in a slice has no vector there.
    base, anchors, center, normalize
        As for :func:`align_slices_procrustes`. With the label of a slice as base, the order of slices changes nothing.
    equal_tokens : bool, default False
        Thin the slices to the tokens of the smallest; see :func:`thin_slices`.
    threads, racing, progress, checkpoints
        As for :meth:`CompassAligner.align`.

    Raises
    ------
    FormatError
        If a slice has too little text.
    AlignmentError
        If two slices cannot be fitted.

    References
    ----------
    Hamilton, Leskovec and Jurafsky (2016), "Diachronic word embeddings reveal statistical laws of
    semantic change", sec. 3.2.

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> texts = {"then": [["a", "b", "c"]] * 20, "now": [["a", "c", "b"]] * 20}
    >>> corpus = Corpus.from_sentences(texts, min_count=1)
    >>> train_slices_procrustes(corpus, SkipGram(dim=4, epochs=1, subsample=0)).metadata["method"]
    'procrustes'
    """
    began = time.perf_counter()
    check_base(base, corpus.labels)
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
    aligned = align_slices_procrustes(
        corpus.labels,
        slices,
        corpus.vocabulary,
        corpus.counts,
        base=base,
        anchors=anchors,
        center=center,
        normalize=normalize,
    )
    settings = {
        "min_slice_count": min_slice_count,
        "base": base,
        "anchors": None if anchors is None else len(set(anchors)),
        "center": center,
        "normalize": normalize,
        "equal_tokens": equal_tokens,
    }
    more = {"base": base, "fits": aligned.metadata["fits"]}
    return gather_slices(
        "procrustes", trainer, corpus, aligned.embeddings, settings, more=more, threads=threads, began=began
    )


def _fitting_rows(
    embeddings: Embeddings, words: Sequence[str], *, center: bool, normalize: bool
) -> NDArray[np.float64]:
    rows = finite_rows(embeddings, words)
    if normalize:
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        np.divide(rows, lengths, out=rows, where=lengths > 0)
    if center:
        rows -= rows.mean(axis=0)
    return rows


def _rotation(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return float64[D, D], the orthogonal R that minimizes the Frobenius norm of ``a @ R - b``."""
    from scipy.linalg import orthogonal_procrustes

    return np.asarray(orthogonal_procrustes(a, b)[0], dtype=np.float64)


def _rotate(embeddings: Embeddings, rotation: NDArray[np.float64], metadata: Mapping[str, Any]) -> Embeddings:
    vectors = np.empty(embeddings.vectors.shape, dtype=np.float32)
    for start in range(0, len(embeddings), _BLOCK):  # blocks: no float64 copy of the whole matrix
        vectors[start : start + _BLOCK] = embeddings.vectors[start : start + _BLOCK].astype(np.float64) @ rotation
    return Embeddings(embeddings.vocabulary, vectors, metadata)
