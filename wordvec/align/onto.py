"""What aligners share that bring separately trained slices onto one of them: which words, and which slice."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import AlignmentError, require

__all__ = ["check_base", "check_dims", "finite_rows", "fit_slices", "shared_words"]


def fit_slices(
    labels: Sequence[str],
    embeddings: Sequence[Embeddings],
    base: str,
    fit: Callable[[Embeddings, Embeddings], Embeddings],
    key: str,
) -> tuple[tuple[Embeddings, ...], list[dict[str, Any]]]:
    """Bring every slice onto its base, and return them with an account of each fit.

    Parameters
    ----------
    labels, embeddings : sequence of str, of Embeddings
        The slices.
    base : str
        ``"last"``, ``"first"``, ``"previous"`` or a label.
    fit : callable
        Returns its first argument in the space of its second, and says under ``metadata[key]`` how.
    key : str
        Where.

    Raises
    ------
    AlignmentError
        If two slices cannot be fitted; the message names them.
    ParameterError
        If ``base`` is unknown, there is no slice, or lengths differ.
    """
    check_base(base, labels)
    require(len(labels) >= 1, "labels", "at least one slice", len(labels))
    require(len(embeddings) == len(labels), "embeddings", f"{len(labels)} slices", len(embeddings))
    moved, fits = list(embeddings), []
    for t, onto in _steps(labels, base):
        try:
            moved[t] = fit(embeddings[t], moved[onto])
        except AlignmentError as error:
            raise AlignmentError(f"slice {labels[t]!r} cannot be {_DONE[key]} {labels[onto]!r}: {error}") from error
        fits.append({"slice": labels[t], "onto": labels[onto], **moved[t].metadata[key]})
    return tuple(moved), fits


_DONE = {"procrustes": "rotated onto", "linear": "mapped onto", "local_linear": "mapped onto"}


def check_base(base: str, labels: Sequence[str]) -> None:
    """Raise :class:`ParameterError` unless ``base`` is a way to choose one, or a slice."""
    known = base in ("first", "last", "previous") or base in labels
    require(known, "base", "'first', 'last', 'previous' or the label of a slice", base)


def check_dims(source: Embeddings, target: Embeddings, what: str) -> None:
    """Raise :class:`AlignmentError` unless both have vectors of one length."""
    if source.dim != target.dim:
        raise AlignmentError(
            f"source has dim {source.dim} and target has dim {target.dim}; {what} needs one dim. "
            f"Train both with --dim {target.dim}."
        )


def shared_words(source: Embeddings, target: Embeddings, anchors: Collection[str] | None) -> tuple[list[str], int]:
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


def finite_rows(embeddings: Embeddings, words: Sequence[str]) -> NDArray[np.float64]:
    """Return float64[n, D], the vectors of ``words``, or raise :class:`AlignmentError` if one is not finite."""
    rows = np.array(embeddings.vectors[[embeddings.vocabulary[w] for w in words]], dtype=np.float64)
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        word = words[int(np.argmin(finite))]
        raise AlignmentError(f"the vector of {word!r} holds a number that is not finite; train it again.")
    return rows


def _steps(labels: Sequence[str], base: str) -> list[tuple[int, int]]:
    """Return (slice, slice to bring it onto), in an order in which the second is always ready."""
    n = len(labels)
    if base == "previous":
        return [(t, t - 1) for t in range(1, n)]
    fixed = 0 if base == "first" else n - 1 if base == "last" else list(labels).index(base)
    return [(t, fixed) for t in range(n) if t != fixed]
