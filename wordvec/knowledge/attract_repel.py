"""Attract-Repel: pairs are drawn together or pushed apart relative to others of their batch."""

import math
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings, scale_rows
from ..errors import FormatError, require
from ..lexicon import Lexicon
from ..progress import Progress, Watcher
from ..train.settings import check_integers
from .constraints import ANTONYM, SYNONYM, Constraints, list_names, read_constraints
from .retrofit import describe

if TYPE_CHECKING:
    from ..kernels.attract_repel import Room

__all__ = ["AttractRepel"]

Floats = NDArray[np.float32]

#: Batches that a kernel is called for: some tenths of a second, so that Ctrl-C is heard.
_BATCHES = 200
#: Sums of squared slopes begin here, so that first steps are not of full length whatever the slope.
_FIRST_SUM = 0.1


@dataclass(frozen=True, kw_only=True)
class AttractRepel:
    """Attract-Repel: synonyms become nearer to each other than to any other word of their batch, antonyms farther.

    The object holds settings and nothing else. The same settings, vectors and lexicon give the same bits, whatever the
    order of edges. It runs on one thread: batches build on each other.

    Parameters
    ----------
    batch : int >= 2, default 50
        Pairs that are compared with each other.
    attract_margin : float in [0, 2], default 0.6
        By how much the cosine of synonyms should exceed that with their negatives.
    repel_margin : float in [0, 2], default 0
        By how much the cosine of antonyms should stay below that with their negatives.
    regularization : float >= 0, default 1e-9
        Of half the squared distance of each end of a pair, at length 1, to its original unit vector.
    epochs : int >= 0, default 5
        Passes over all pairs.
    lr : float > 0, default 0.05
        Of AdaGrad.
    clip : float > 0, default 2
        No slope is larger than this, either way.
    random_negatives : float in [0, 1], default 0.5
        Chance that a word's negative is any other word of the batch instead of the nearest one (of antonyms: the
        farthest). The paper's text knows the nearest only, which is 0.
    seed : int >= 0, default 1
        Where all randomness comes from.

    Notes
    -----
    Each epoch shuffles synonyms and antonyms, cuts each to batches, and shuffles the batches together. A batch at the
    end that is not full is trained like the others. Fewer pairs than a batch are an error, for all pairs together; a
    lexicon with few antonyms beside many synonyms trains what it has. Neither the word itself nor its partner is ever
    its negative, in whatever pair of the batch it stands. The weights of edges are not used. Synonyms and antonyms have
    their own sums of squared slopes.

    Words in no pair never move, so the vectors fall in two parts that have become less comparable.

    References
    ----------
    Mrkšić et al. (2017), "Semantic specialization of distributional word vector spaces using monolingual and
    cross-lingual constraints", eq. 1 to 4.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> from wordvec.knowledge.constraints import join_pairs
    >>> vocabulary = Vocabulary.from_counts({"east": 4, "west": 3, "orient": 2, "occident": 1})
    >>> rows = np.array([[1, 0.1, 0.3], [1, 0.3, 0.1], [0.1, 1, 0.3], [0.3, 1, 0.1]], np.float32)
    >>> synonyms, antonyms = [("east", "orient"), ("west", "occident")], [("east", "west"), ("orient", "occident")]
    >>> lexicon = join_pairs({"synonym": synonyms, "antonym": antonyms}, vocabulary)
    >>> after = AttractRepel(batch=2, epochs=20).specialize(Embeddings(vocabulary, rows), lexicon)
    >>> after.nearest("east", k=1)[0].word, float(after.similarities("east")[1]) < 0.5
    ('orient', True)
    """

    batch: int = 50
    attract_margin: float = 0.6
    repel_margin: float = 0.0
    regularization: float = 1e-9
    epochs: int = 5
    lr: float = 0.05
    clip: float = 2.0
    random_negatives: float = 0.5
    seed: int = 1

    def __post_init__(self) -> None:
        check_integers(self, ("batch", 2, 10_000), ("epochs", 0, 10_000), ("seed", 0, 2**63 - 1))
        for name in ("attract_margin", "repel_margin"):
            require(0.0 <= getattr(self, name) <= 2.0, name, "from 0 to 2", getattr(self, name))
        require(0.0 <= self.regularization < math.inf, "regularization", "from 0 and finite", self.regularization)
        require(0.0 < self.lr < math.inf, "lr", "above 0 and finite", self.lr)
        require(0.0 < self.clip < math.inf, "clip", "above 0 and finite", self.clip)
        require(0.0 <= self.random_negatives <= 1.0, "random_negatives", "from 0 to 1", self.random_negatives)

    def specialize(
        self,
        embeddings: Embeddings,
        lexicon: Lexicon,
        *,
        synonyms: str | Collection[str] = SYNONYM,
        antonyms: str | Collection[str] = ANTONYM,
        progress: Watcher | None = None,
    ) -> Embeddings:
        """Move the words of a lexicon.

        Parameters
        ----------
        embeddings : Embeddings
            Vectors; they are scaled to length 1 first.
        lexicon : Lexicon
            Edges between words of the same vocabulary.
        synonyms, antonyms : str or collection of str
            Relations of the lexicon. Pairs that are both are taken for antonyms only.
        progress : callable, optional
            Called several times a second with a :class:`Progress`.

        Returns
        -------
        Embeddings
            All vectors at length 1. Words in no pair have the bits of their scaled input; those of length 0 stay 0.
            ``metadata["attract_repel"]`` has the settings, the counts and the mean loss of a pair in each epoch.

        Raises
        ------
        FormatError
            If there are fewer pairs than a batch holds, none at all, or a vector is not finite.
        AlignmentError
            If the lexicon was made for another vocabulary.
        ParameterError
            If a relation is not in the lexicon.
        """
        found = read_constraints(embeddings, lexicon, synonyms, antonyms)
        n_pairs = len(found.synonyms) + len(found.antonyms)
        if n_pairs < self.batch:
            raise FormatError(
                f"the lexicon has {n_pairs:,} pairs of known words, fewer than a batch of {self.batch:,}: a pair would "
                f"have few others to be compared with; give more pairs, or batch={max(2, n_pairs)}."
            )
        rows, vectors = found.rows, scale_rows(embeddings.vectors)
        originals = vectors[rows]
        moved = originals.copy()
        losses = self._train(found, originals, moved, progress)
        changed = np.flatnonzero((moved != originals).any(axis=1))
        vectors[rows[changed]] = scale_rows(moved[changed])
        counts = {**found.counts, "moved": len(changed)}
        settings = {name: value for name, value in asdict(self).items() if name != "seed"}
        named = {"synonyms": list_names(synonyms), "antonyms": list_names(antonyms)}
        report = {"settings": asdict(self), "counts": counts, "losses": losses}
        facts = describe(embeddings, lexicon, {"settings": settings, **named}, report, record="attract_repel")
        return Embeddings(embeddings.vocabulary, vectors, facts)

    def _train(self, found: Constraints, originals: Floats, moved: Floats, progress: Watcher | None) -> list[float]:
        """Move rows in place, and return the mean loss of each epoch."""
        from ..kernels.attract_repel import Pull, train_batches

        place = replace(
            found,
            synonyms=np.searchsorted(found.rows, found.synonyms),
            antonyms=np.searchsorted(found.rows, found.antonyms),
        )
        sums = np.full_like(moved, _FIRST_SUM), np.full_like(moved, _FIRST_SUM)
        room = make_room(self.batch, moved.shape[1])
        margins = float(self.attract_margin), float(self.repel_margin)
        rest = float(self.regularization), float(self.random_negatives), float(self.lr), float(self.clip)
        pull, means = Pull(*margins, *rest), []
        for epoch, (starts, signs, pairs) in enumerate(self._epochs(place)):
            losses = np.zeros(len(signs))
            for first in range(0, len(signs), _BATCHES):
                last = min(len(signs), first + _BATCHES)
                task = np.uint64(self.seed), epoch, starts, signs, pairs, pull, originals, moved, *sums, room, losses
                train_batches(first, last, *task)
                if progress is not None:
                    done = epoch * len(pairs) + int(starts[last])
                    progress(Progress("attract-repel", done, self.epochs * len(pairs), "pairs"))
            means.append(math.fsum(losses) / len(pairs))
        return means

    def _epochs(self, found: Constraints) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]]:
        """Yield where batches start, their signs, and all pairs, for each epoch."""
        for epoch in range(self.epochs):
            batches = []
            for kind, pairs in enumerate((found.synonyms, found.antonyms)):
                order = _shuffled(len(pairs), self.seed, epoch, kind)
                cuts = np.split(pairs[order], range(self.batch, len(pairs), self.batch)) if len(pairs) else []
                batches += [(1.0 - 2.0 * kind, part) for part in cuts]
            batches = [batches[i] for i in _shuffled(len(batches), self.seed, epoch, 2)]
            sizes = [len(pairs) for _, pairs in batches]
            starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
            yield starts, np.array([sign for sign, _ in batches]), np.concatenate([pairs for _, pairs in batches])


def _shuffled(n: int, seed: int, epoch: int, kind: int) -> NDArray[np.int64]:
    """Return an order of ``range(n)`` drawn from the seed, the epoch and what is shuffled."""
    from ..kernels.digest import mix_all

    numbers = np.arange(n, dtype=np.uint64) | np.uint64((epoch * 3 + kind) << 40)
    keys = np.empty(n, np.uint64)
    mix_all(np.uint64(seed), numbers, keys)
    return np.argsort(keys, kind="stable")


def make_room(batch: int, columns: int) -> "Room":
    """Return the memory that a batch of so many pairs takes."""
    from ..kernels.attract_repel import Room

    places = 2 * batch
    return Room(
        words=np.zeros(places, np.int64),
        firsts=np.zeros(places, np.int64),
        negatives=np.zeros(places, np.int64),
        units=np.zeros((places, columns), np.float32),
        turned=np.zeros((columns, places), np.float32),
        lengths=np.zeros(places, np.float32),
        products=np.zeros((places, places), np.float32),
        slopes=np.zeros((places, columns), np.float32),
    )
