"""Orthogonal Procrustes: rotate separately trained vectors onto each other."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import AlignmentError, require
from ..progress import Watcher
from ..slices import AlignedSlices
from ..text.corpus import Corpus
from ..text.vocabulary import Vocabulary
from ..threads import count_threads
from ..train.cbow import CBOW
from ..train.skipgram import SkipGram
from .training import check_slices, keep_frequent, slice_seed, slice_shares, train_side_by_side

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
    if source.dim != target.dim:
        raise AlignmentError(
            f"source has dim {source.dim} and target has dim {target.dim}; a rotation needs one dim. "
            f"Train both with --dim {target.dim}."
        )
    words, missing = _fitting_words(source, target, anchors)
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
    base: Literal["first", "last", "previous"] = "last",
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
    base : {"last", "first", "previous"}, default "last"
        Rotate every slice onto the last or the first one, or each onto the one before it (chained), which
        suits long series whose ends share few words.
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
    require(base in ("first", "last", "previous"), "base", "'first', 'last' or 'previous'", base)
    require(len(labels) >= 1, "labels", "at least one slice", len(labels))
    require(len(embeddings) == len(labels), "embeddings", f"{len(labels)} slices", len(embeddings))
    rotated = list(embeddings)
    fits = []
    for t, onto in _steps(len(labels), base):
        try:
            rotated[t] = align_procrustes(
                embeddings[t], rotated[onto], anchors=anchors, center=center, normalize=normalize
            )
        except AlignmentError as error:
            raise AlignmentError(f"slice {labels[t]!r} cannot be rotated onto {labels[onto]!r}: {error}") from error
        fits.append({"slice": labels[t], "onto": labels[onto], **rotated[t].metadata["procrustes"]})
    metadata = {"method": "procrustes", "base": base, "fits": fits}
    return AlignedSlices(tuple(labels), tuple(rotated), vocabulary, np.array(counts, dtype=np.int64), None, metadata)


def train_slices_procrustes(
    corpus: Corpus,
    trainer: SkipGram | CBOW,
    *,
    min_slice_count: int = 5,
    base: Literal["first", "last", "previous"] = "last",
    threads: int | None = None,
    racing: bool = False,
    progress: Watcher | None = None,
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
    base
        As for :func:`align_slices_procrustes`.
    threads, racing, progress
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
    check_slices(corpus, min_slice_count)

    def train(label: str, share: int, watch: Watcher) -> Embeddings:
        part = corpus[label]
        seeded = replace(trainer, seed=slice_seed(trainer.seed, part.digest))
        training = seeded.train(part, threads=share, racing=racing, progress=watch, stage=f"slice {label}")
        return keep_frequent(training, min_slice_count, {**training.embeddings.metadata, "label": label})

    slices = train_side_by_side(train, corpus.labels, threads, progress)
    aligned = align_slices_procrustes(corpus.labels, slices, corpus.vocabulary, corpus.counts, base=base)
    metadata = {
        **aligned.metadata,
        "model": trainer.model,
        "settings": {"trainer": asdict(trainer), "min_slice_count": min_slice_count, "base": base},
        "seed": trainer.seed,
        "corpus": corpus.digest,
        "slices": slice_shares(corpus.labels, corpus.counts, slices),
    }
    run = {"threads": count_threads(threads), "seconds": round(time.perf_counter() - began, 3)}
    return replace(aligned, metadata=metadata, run=run)


def _steps(n: int, base: str) -> list[tuple[int, int]]:
    """Return (slice, slice to rotate it onto), in an order in which the second is always ready."""
    if base == "previous":
        return [(t, t - 1) for t in range(1, n)]
    fixed = 0 if base == "first" else n - 1
    return [(t, fixed) for t in range(n) if t != fixed]


def _fitting_words(source: Embeddings, target: Embeddings, anchors: Collection[str] | None) -> tuple[list[str], int]:
    """Return the words to fit on, in the order of the target's vocabulary, and the number of missing anchors."""
    wanted = None if anchors is None else set(anchors)
    words = [w for w in target.vocabulary if w in source and (wanted is None or w in wanted)]
    if not words:
        of = "" if wanted is None else f" among the {len(wanted)} anchors"
        raise AlignmentError(
            f"source ({len(source)} words) and target ({len(target)} words) share no word{of}; "
            "were they made from one language, with one tokenizer and one --case?"
        )
    return words, 0 if wanted is None else len(wanted) - len(words)


def _fitting_rows(
    embeddings: Embeddings, words: Sequence[str], *, center: bool, normalize: bool
) -> NDArray[np.float64]:
    rows = np.array(embeddings.vectors[[embeddings.vocabulary[w] for w in words]], dtype=np.float64)
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        word = words[int(np.argmin(finite))]
        raise AlignmentError(f"the vector of {word!r} holds a number that is not finite; train it again.")
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
