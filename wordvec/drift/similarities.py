"""How alike the two sides of a word are, seen from the words around it: none of this needs an alignment."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .neighborhoods import Space, row_cosines, shared_mask

__all__ = ["Anchors", "intersection", "lncs2", "second_order"]

Numbers = NDArray[np.float64]
Ids = NDArray[np.int64]

_GATHERED = 1 << 23
_ANCHORS = 16_384
#: Below this, a sum of squared cosines is rounding.
_NOTHING = 1e-12


def lncs2(source: Space, target: Space, words: Ids, near_source: Ids, near_target: Ids, *, duplicates: bool) -> Numbers:
    """Return float64[n], the cosine of each word's similarities to its neighbors in either slice.

    Parameters
    ----------
    source, target : Space
        Two slices; they need not be aligned.
    words : int64[n]
        Word ids that both slices hold.
    near_source, near_target : int64[n, k]
        Ids of each word's neighbors in either slice; -1 for none.
    duplicates : bool
        Count a neighbor found in both twice.

    Examples
    --------
    >>> from wordvec import AlignedSlices, Embeddings, Vocabulary
    >>> from wordvec.drift.neighborhoods import spaces_of
    >>> words = Vocabulary(("sea", "war", "tax"), np.array([9, 7, 5]))
    >>> then = Embeddings(words, np.array([[1, 0], [1, 0], [0, 1]], np.float32))
    >>> now = Embeddings(words, np.array([[1, 0], [0, 1], [1, 0]], np.float32))
    >>> source, target = spaces_of(AlignedSlices(("then", "now"), (then, now), words, np.ones((2, 3), int)))
    >>> lncs2(source, target, np.array([0]), np.array([[1]]), np.array([[2]]), duplicates=False).tolist()
    [0.0]
    """
    out = np.empty(len(words))
    width = near_source.shape[1] + near_target.shape[1]
    step = max(1, _GATHERED // max(1, width * source.vectors.shape[1]))
    size = len(source.rows)
    for start in range(0, len(words), step):
        part = slice(start, start + step)
        first, second = near_source[part], near_target[part]
        if not duplicates:
            second = np.where(shared_mask(first, second, size), -1, second)
        union = np.concatenate([first, second], axis=1)
        listed = [_similarities(space, words[part], union) for space in (source, target)]
        out[part] = row_cosines(listed[0], listed[1])
    return out


def _similarities(space: Space, words: Ids, others: Ids) -> NDArray[np.float32]:
    """Return float32[n, m], each word's cosine with its row of ``others``; 0 where that is -1."""
    found = np.matmul(space.units(others), space.units(words)[:, :, None])[:, :, 0]
    found[others < 0] = 0.0  # adds nothing to a dot product or a length
    return np.asarray(found)


def intersection(near_source: Ids, near_target: Ids, size: int) -> Numbers:
    """Return float64[n], the share of each row's ids that both have; ``size`` is above every id.

    Examples
    --------
    >>> intersection(np.array([[1, 2]]), np.array([[2, 3]]), size=4).tolist()
    [0.5]
    """
    return np.asarray(shared_mask(near_source, near_target, size).mean(axis=1), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Anchors:
    r"""Words that others are seen from in two slices, folded into three small matrices.

    With the anchors' unit vectors as the rows of :math:`A` in one slice and :math:`B` in the other, the similarities of
    a unit vector :math:`x` to them are :math:`Ax`, so :math:`(Ax)\cdot(By) = x^\top (A^\top B) y`: the cost of a word
    does not depend on how many anchors there are.

    Parameters
    ----------
    ids : int64[m]
        Word ids of the anchors; both slices hold them.
    source, target, across : float64[D, D]
        :math:`A^\top A`, :math:`B^\top B` and :math:`A^\top B`.
    """

    ids: Ids
    source: Numbers
    target: Numbers
    across: Numbers

    @classmethod
    def between(cls, source: Space, target: Space, ids: Ids) -> "Anchors":
        """Return the anchors ``ids``, which both slices hold."""
        dim = source.vectors.shape[1]
        folded = np.zeros((3, dim, dim))
        for start in range(0, len(ids), _ANCHORS):
            part = ids[start : start + _ANCHORS]
            a, b = source.units(part).astype(np.float64), target.units(part).astype(np.float64)
            for whole, one, other in zip(folded, (a, b, a), (a, b, b), strict=True):
                whole += one.T @ other
        return cls(ids, *folded)


def second_order(source: Space, target: Space, words: Ids, anchors: Anchors) -> Numbers:
    """Return float64[n], the cosine of each word's similarities to the anchors in one slice and in the other.

    A word that is an anchor is not compared with itself.

    Parameters
    ----------
    source, target : Space
        Two slices; they need not be aligned.
    words : int64[n]
        Word ids that both slices hold.
    anchors : Anchors
        Of these two slices.

    References
    ----------
    Eger and Mehler (2016), "On the linearity of semantic change: investigating meaning variation via dynamic graph
    models"; Yin, Sachidananda and Prabhakar (2018), "The global anchor method for quantifying linguistic shifts and
    domain adaptation", section 3.

    Examples
    --------
    >>> from wordvec import AlignedSlices, Embeddings, Vocabulary
    >>> from wordvec.drift.neighborhoods import spaces_of
    >>> words = Vocabulary(("sea", "war", "tax"), np.array([9, 7, 5]))
    >>> then = Embeddings(words, np.array([[1, 0], [1, 0], [0, 1]], np.float32))
    >>> now = Embeddings(words, np.array([[0, 1], [1, 0], [0, 1]], np.float32))
    >>> source, target = spaces_of(AlignedSlices(("then", "now"), (then, now), words, np.ones((2, 3), int)))
    >>> anchors = Anchors.between(source, target, np.array([1, 2]))
    >>> second_order(source, target, np.array([0, 1]), anchors).tolist()
    [0.0, 1.0]
    """
    x, y = source.units(words).astype(np.float64), target.units(words).astype(np.float64)
    own = np.isin(words, anchors.ids)
    lengths = [np.where(own, np.einsum("ij,ij->i", z, z), 0.0) for z in (x, y)]
    dots = np.einsum("ij,ij->i", x @ anchors.across, y) - lengths[0] * lengths[1]
    first = np.einsum("ij,ij->i", x @ anchors.source, x) - lengths[0] ** 2
    second = np.einsum("ij,ij->i", y @ anchors.target, y) - lengths[1] ** 2
    there = (first > _NOTHING) & (second > _NOTHING)
    cosines = np.where((first <= _NOTHING) & (second <= _NOTHING), 1.0, 0.0)
    np.divide(dots, np.sqrt(np.maximum(first * second, 0.0)), out=cosines, where=there)
    return np.clip(cosines, -1.0, 1.0)
