"""Mittens: GloVe on the counts of a small text, held near vectors that come from a large one."""

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings, Training
from ..errors import FormatError, ParameterError, require
from ..progress import Progress, Watcher
from ..search import run_spans
from ..threads import count_threads
from ..train.settings import check_integers
from .cooccurrence import Cooccurrences
from .retrofit import digest_arrays

if TYPE_CHECKING:
    from ..kernels.glove import Anchors, Logs, Side

__all__ = ["Mittens"]

Floats = NDArray[np.float32]

#: Rows that a thread takes at a time.
_ROWS = 256
_FIRST_SUM = 0.1
#: Standard deviation of what sets the two halves of a given vector apart at the start.
_NOISE = 0.01


@dataclass(frozen=True, kw_only=True)
class Mittens:
    """GloVe that keeps words near vectors they already have: retraining for a domain, or plain GloVe with ``mu=0``.

    The object holds settings and nothing else. The same settings, counts and vectors give the same bits, for any number
    of threads.

    Parameters
    ----------
    dim : int >= 1, optional
        Length of a vector: that of the vectors given, or 100 without.
    mu : float >= 0, default 0.1
        How much the distance to given vectors weighs; 0 is GloVe.
    xmax, alpha : float > 0, default 100 and 0.75
        A count X weighs min(X / xmax, 1) ** alpha.
    lr : float in (0, 1), default 0.05
        Of AdaGrad.
    iterations : int >= 0, default 100
        Steps, each over all counts. Small texts take 1,000 well.
    seed : int >= 0, default 1
        Where all randomness comes from.

    Notes
    -----
    The loss is half of ``sum f(X_ij) (w_i . c_j + a_i + b_j - log X_ij)^2 + mu sum |w_i + c_i - r_i|^2``; the first sum
    is over the cells that are not 0, which is exact because f(0) = 0, and the second over the words that have a vector
    r. A word's vector is w + c. Known words start at w = c = r / 2 and a little noise, which tells w from c; others at
    random. Vectors are not scaled: mu weighs the distance to those given as they are.

    References
    ----------
    Dingwall and Potts (2018), "Mittens: an extension of GloVe for learning domain-specialized representations", eq. 3;
    Pennington et al. (2014), "GloVe: global vectors for word representation", eq. 8.

    Examples
    --------
    >>> from wordvec import Corpus, Vocabulary
    >>> from wordvec.knowledge.cooccurrence import count_cooccurrences
    >>> corpus = Corpus.from_sentences([["the", "cat", "sat"], ["the", "dog", "sat"]] * 10, min_count=1)
    >>> counts = count_cooccurrences(corpus)
    >>> Mittens(dim=4, mu=0).train(counts)
    Training(4 words, dim 4, loss 0.005 after 100 epochs)
    >>> known = Embeddings(Vocabulary.from_counts({"cat": 2, "dog": 1}), np.eye(2, 4, dtype=np.float32))
    >>> training = Mittens(mu=10.0).train(counts, known)
    >>> training.embeddings["cat"].round(1).tolist(), training.embeddings.metadata["known"]
    ([1.0, 0.0, 0.0, 0.0], 2)
    """

    dim: int | None = None
    mu: float = 0.1
    xmax: float = 100.0
    alpha: float = 0.75
    lr: float = 0.05
    iterations: int = 100
    seed: int = 1

    def __post_init__(self) -> None:
        if self.dim is not None:
            check_integers(self, ("dim", 1, 65_536))
        check_integers(self, ("iterations", 0, 1_000_000), ("seed", 0, 2**63 - 1))
        require(0.0 <= self.mu < math.inf, "mu", "from 0 and finite", self.mu)
        require(0.0 < self.xmax < math.inf, "xmax", "above 0 and finite", self.xmax)
        require(0.0 < self.alpha < math.inf, "alpha", "above 0 and finite", self.alpha)
        require(0.0 < self.lr < 1.0, "lr", "between 0 and 1", self.lr)

    def train(
        self,
        counts: Cooccurrences,
        embeddings: Embeddings | None = None,
        *,
        threads: int | None = None,
        progress: Watcher | None = None,
    ) -> Training:
        """Train vectors for the words of ``counts``.

        Parameters
        ----------
        counts : Cooccurrences
            Counts of pairs.
        embeddings : Embeddings, optional
            Vectors that words which are in both vocabularies stay near.
        threads : int >= 1, optional
            Threads to use; one for each CPU by default. The result does not depend on it.
        progress : callable, optional
            Called after each iteration.

        Returns
        -------
        Training
            ``embeddings`` are w + c and ``context`` c. A loss is that of an iteration's start, a cell's share of it;
            ``embeddings.metadata`` has the settings, ``known`` (words that had a vector), ``unknown``, ``unused``
            (given vectors of words that are not counted) and ``distance``, the mean one of known words to theirs.

        Raises
        ------
        ParameterError
            If ``mu`` is above 0 without vectors, ``dim`` is not that of the vectors, or nothing stays finite.
        FormatError
            If there are no counts, none of the words has a vector, or one is not finite.
        """
        if embeddings is None and self.mu > 0:
            raise ParameterError(
                f"mu must be 0 without vectors to stay near, got {self.mu:g}; give embeddings, or mu=0 for plain GloVe."
            )
        if not len(counts.values):
            raise FormatError("there are no counts: every cell is 0.")
        dim = self._dim(embeddings)
        given, known = _given(counts, embeddings, dim)
        sides = self._start(given, known, dim)
        losses, cells = self._descend(counts, given, known, sides, count_threads(threads), progress)
        rows, context = sides[0].rows + sides[1].rows, sides[1].rows
        if not (np.isfinite(rows).all() and np.isfinite(context).all()):
            raise ParameterError(f"the vectors did not stay finite; take a smaller lr than {self.lr:g} or mu.")
        gaps = np.linalg.norm(rows[known].astype(np.float64) - given[known], axis=1)
        facts: dict[str, Any] = {
            "model": "mittens" if self.mu else "glove",
            "settings": {**asdict(self), "dim": dim, "given": None if embeddings is None else _origin(embeddings)},
            "seed": self.seed,
            "corpus": counts.metadata.get("corpus"),
            "counts": dict(counts.metadata),
            "cells": len(counts.values),
            "known": int(known.sum()),
            "unknown": int(len(known) - known.sum()) if embeddings is not None else 0,
            "unused": 0 if embeddings is None else len(embeddings) - int(known.sum()),
            "distance": float(gaps.mean()) if len(gaps) else None,
            "cell_losses": cells,
        }
        vocabulary = counts.vocabulary
        return Training(Embeddings(vocabulary, rows, facts), Embeddings(vocabulary, context, facts), tuple(losses))

    def _dim(self, embeddings: Embeddings | None) -> int:
        if embeddings is None:
            return 100 if self.dim is None else self.dim
        fits = self.dim in (None, embeddings.dim)
        require(fits, "dim", f"that of the vectors, {embeddings.dim}, or None", self.dim)
        return embeddings.dim

    def _start(self, given: Floats, known: NDArray[np.bool_], dim: int) -> "tuple[Side, Side]":
        """Return both matrices before the first step."""
        from ..kernels.glove import Side
        from ..kernels.random import fill_uniform

        sides = []
        for number in range(2):
            rows, noise = np.empty((len(given), dim + 1), np.float32), np.empty((len(given), dim), np.float32)
            # uint64 sums wrap round, so that every seed has two others of its own
            seed = np.uint64((self.seed + (number + 1) * 0x9E3779B97F4A7C15) & (2**64 - 1))
            fill_uniform(seed, np.float32(math.sqrt(6.0 / (len(given) + dim))), dim + 1, rows)
            fill_uniform(~seed, np.float32(_NOISE * math.sqrt(3.0)), dim, noise)
            start = np.ascontiguousarray(rows[:, :dim])
            start[known] = given[known] / np.float32(2.0) + noise[known]
            sums = np.full_like(start, _FIRST_SUM), np.full(len(start), _FIRST_SUM, np.float32)
            sides.append(Side(start, rows[:, dim].copy(), *sums))
        return sides[0], sides[1]

    def _descend(
        self,
        counts: Cooccurrences,
        given: Floats,
        known: NDArray[np.bool_],
        sides: "tuple[Side, Side]",
        threads: int,
        progress: Watcher | None,
    ) -> tuple[list[float], list[float]]:
        """Take all steps in place; return the loss before each, and the part of it that is the cells'."""
        from ..kernels.glove import Anchors

        both = self._logs(counts)
        anchors = Anchors(given, known, np.float32(self.mu))
        spare = [(np.empty_like(side.rows), np.empty_like(side.biases)) for side in sides]
        parts, losses, cells = np.empty((len(known), 2)), [], []
        for iteration in range(self.iterations):
            for mine in (1, 0):  # row by row last: its losses stay
                task = both[mine], anchors, np.float32(self.lr), sides[mine], sides[1 - mine], *spare[mine], parts
                _step(len(known), threads, task)
            for side, new in zip(sides, spare, strict=True):
                side.rows[:], side.biases[:] = new
            cells.append(math.fsum(parts[:, 0]) / len(counts.values))
            losses.append(math.fsum(parts.ravel()) / len(counts.values))
            if progress is not None:
                progress(Progress("mittens", iteration + 1, self.iterations, "iterations", losses[-1]))
        return losses, cells

    def _logs(self, counts: Cooccurrences) -> "tuple[Logs, Logs]":
        """Return logarithms and weights by rows, and by columns; the same arrays if the counts are symmetric."""
        by_row = self._weighed(counts.indptr, counts.indices, counts.values)
        turned = counts.to_scipy().T.tocsr()
        turned.sort_indices()
        is_same = np.array_equal(turned.indptr, counts.indptr) and np.array_equal(turned.indices, counts.indices)
        if is_same and np.array_equal(turned.data, counts.values):
            return by_row, by_row
        return by_row, self._weighed(turned.indptr, turned.indices, turned.data)

    def _weighed(self, indptr: NDArray[Any], indices: NDArray[Any], values: Floats) -> "Logs":
        from ..kernels.glove import Logs

        shares = np.minimum(values / np.float32(self.xmax), np.float32(1.0)) ** np.float32(self.alpha)
        arrays = indptr.astype(np.int64), indices.astype(np.int32), np.log(values), shares
        return Logs(*map(np.ascontiguousarray, arrays))


def _origin(embeddings: Embeddings) -> dict[str, Any]:
    """Return what tells given vectors from those of another model: how they were trained, or what they are."""
    trained = embeddings.metadata.get("settings")
    if isinstance(trained, Mapping):
        settings = {name: value for name, value in trained.items() if name != "seed"}
        return {"settings": settings, **{key: embeddings.metadata.get(key) for key in ("model", "corpus")}}
    digest = digest_arrays([embeddings.vectors])
    return {"words": embeddings.vocabulary.digest, "vectors_sha256": digest.hexdigest()}


def _given(counts: Cooccurrences, embeddings: Embeddings | None, dim: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Return float32[V, D], the vectors of words that have one; and which do."""
    given = np.zeros((len(counts.vocabulary), dim), np.float32)
    if embeddings is None:
        return given, np.zeros(len(given), np.bool_)
    rows = np.array([embeddings.vocabulary.get(word) for word in counts.vocabulary], np.int64)
    known = rows >= 0
    if not known.any():
        raise FormatError(
            f"none of the {len(given):,} words that were counted has a vector among the {len(embeddings):,} given; "
            "are they spelt alike, and is case the same?"
        )
    given[known] = embeddings.vectors[rows[known]]
    if not np.isfinite(given).all():
        bad = counts.vocabulary.words[int(np.argmin(np.isfinite(given).all(axis=1)))]
        raise FormatError(f"the vector of {bad!r} is not finite; train or read it anew.")
    return given, known


def _step(
    n: int,
    threads: int,
    task: "tuple[Logs, Anchors, np.float32, Side, Side, Floats, Floats, NDArray[np.float64]]",
) -> None:
    from ..kernels.glove import descend_rows

    def work(take: Callable[[], tuple[int, int] | None]) -> None:
        while span := take():
            descend_rows(*span, *task)

    run_spans(n, _ROWS, threads, work)
