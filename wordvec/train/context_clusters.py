"""Senses by clustering contexts: k-means over the contexts of each word, after training."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings, Training, scale_rows
from ..errors import AlignmentError, FormatError, require
from ..progress import Progress, Watcher
from ..search import run_spans
from ..senses.embeddings import SenseEmbeddings
from ..text.corpus import Corpus
from ..threads import count_threads
from .schedule import document_order
from .settings import check_integers

if TYPE_CHECKING:
    from ..kernels.lloyd import Occurrences, Room

__all__ = ["ContextClusters"]

#: Words that a thread takes at a time.
_WORDS = 32


@dataclass(frozen=True, kw_only=True)
class ContextClusters:
    """Context k-means: the senses of a word are clusters of the contexts that it occurs in.

    It needs the vectors of a training and the text. The object holds settings and nothing else. The same settings,
    vectors and text give the same bits, for any number of threads and any order of documents.

    Parameters
    ----------
    senses : int >= 2, default 3
        Clusters of each word; those that turn out rare are pruned.
    window : int >= 1, default 10
        Words on either side, within the sentence, that are a context.
    min_gate_count : int >= senses, default 20
        Words with fewer occurrences keep one sense.
    occurrences : int, default 2000
        Occurrences of a word that are clustered, at most; they are spread evenly over the text.
    smoothing : float > 0, default 1e-4
        A word of relative frequency p weighs a / (a + p) in the mean of a context, with this a.
    restarts : int >= 1, default 4
        Clusterings of each word from other first centers; the tightest is kept.
    iterations : int >= 1, default 50
        How often centers move, at most.
    prune : float in [0, 1), default 0.05
        Senses with a smaller share of the word's occurrences are dropped.
    sharpness : float > 0, default 15
        What the gate's logits are multiplied by: says how sure the gate is, and never which sense is the best.
    matrix : {"input", "output"}, default "input"
        Which vectors of a training contexts are means of.
    seed : int >= 0, default 1
        Where all randomness comes from.

    Notes
    -----
    A context is the weighted mean of the unit vectors of its words, the word itself left out, scaled to unit length
    (Arora et al. 2017, without the removal of a common direction). The gate of a sense with center c is the logit
    ``sharpness * (x . c - |c|^2 / 2)`` of a context x: the nearest center has the largest. The vector of a sense is
    the word's unit vector, moved by what sets the sense's center apart from the mean of all the word's contexts.

    References
    ----------
    Reisinger and Mooney (2010), "Multi-prototype vector-space models of word meaning"; Huang et al. (2012), "Improving
    word representations via global context and multiple word prototypes", sec. 3; Arora et al. (2017), "A simple but
    tough-to-beat baseline for sentence embeddings", eq. 3, for the weights.

    Examples
    --------
    >>> from wordvec import Corpus, SkipGram
    >>> river, money = ["bank", "river", "water"], ["bank", "loan", "money"]
    >>> corpus = Corpus.from_sentences([river, money] * 50, min_count=1)
    >>> training = SkipGram(dim=8, epochs=20, subsample=0).train(corpus)
    >>> senses = ContextClusters(senses=2, min_gate_count=100).induce(corpus, training)
    >>> senses.kept("bank"), senses.kept("river")
    ((1, 2), (1,))
    >>> chosen = [senses.disambiguate("bank", [word]).best for word in ("river", "money")]
    >>> sorted(chosen)
    [1, 2]
    """

    model: ClassVar[str] = "context-clusters"

    senses: int = 3
    window: int = 10
    min_gate_count: int = 20
    occurrences: int = 2_000
    smoothing: float = 1e-4
    restarts: int = 4
    iterations: int = 50
    prune: float = 0.05
    sharpness: float = 15.0
    matrix: Literal["input", "output"] = "input"
    seed: int = 1

    def __post_init__(self) -> None:
        check_integers(
            self,
            ("senses", 2, 100),
            ("window", 1, 1_000),
            ("min_gate_count", self.senses, 1 << 40),
            ("occurrences", self.senses, 1_000_000),
            ("restarts", 1, 100),
            ("iterations", 1, 10_000),
            ("seed", 0, 2**63 - 1),
        )
        require(0.0 < self.smoothing < np.inf, "smoothing", "above 0 and finite", self.smoothing)
        require(0.0 <= self.prune < 1.0, "prune", "from 0 to below 1", self.prune)
        require(0.0 < self.sharpness < np.inf, "sharpness", "above 0 and finite", self.sharpness)
        require(self.matrix in ("input", "output"), "matrix", "'input' or 'output'", self.matrix)

    def induce(
        self,
        corpus: Corpus,
        vectors: Embeddings | Training,
        *,
        threads: int | None = None,
        progress: Watcher | None = None,
        stage: str = "senses",
    ) -> SenseEmbeddings:
        """Find the senses of the words of ``vectors`` in ``corpus``.

        Parameters
        ----------
        corpus : Corpus
            Where the words occur; it is read in the words of ``vectors``, others count as not there.
        vectors : Embeddings or Training
            One vector a word; ``matrix="output"`` takes a training.
        threads : int >= 1, optional
            Threads to use; one for each CPU by default. The result does not depend on it.
        progress : callable, optional
            Called several times a second with a :class:`Progress`.
        stage : str, default "senses"
            What progress reports are headed with.

        Returns
        -------
        SenseEmbeddings
            ``metadata["clustered"]`` counts words, those too rare, and occurrences used and left out.

        Raises
        ------
        FormatError
            If no word occurs ``min_gate_count`` times.
        AlignmentError
            If the text has none of the words of ``vectors``.
        ParameterError
            If ``matrix`` is "output" and there is no output matrix.
        """
        n_threads = count_threads(threads)
        words, context = self._matrices(vectors)
        corpus = _in_words_of(words, corpus)
        counts = corpus.word_counts
        chosen = self._frequent(words, counts)
        units = scale_rows(context.vectors)
        weights = _weights(counts, self.smoothing, units)
        places = pick(corpus, counts, np.where(counts >= self.min_gate_count, self.occurrences, 0), self.seed)
        rows = units * weights[:, None]
        found = self._cluster(chosen, places, rows, n_threads, progress, stage)
        return self._assemble(words, units, weights, chosen, counts, found, corpus.digest)

    def _matrices(self, vectors: Embeddings | Training) -> tuple[Embeddings, Embeddings]:
        """Return the vectors of words and those that contexts are means of."""
        words = vectors.embeddings if isinstance(vectors, Training) else vectors
        if self.matrix == "input":
            return words, words
        domain = "'input' where vectors come without their output matrix (give a Training)"
        require(isinstance(vectors, Training), "matrix", domain, self.matrix)
        assert isinstance(vectors, Training)
        return words, vectors.context

    def _frequent(self, words: Embeddings, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the words that are clustered, or raise :class:`FormatError` if there are none."""
        chosen = np.flatnonzero(counts >= self.min_gate_count)
        if not len(chosen):
            best = int(counts.argmax())
            raise FormatError(
                f"this text is too small to induce senses: its most frequent word, {words.vocabulary.words[best]!r}, "
                f"occurs {counts[best]} times, and a word needs {self.min_gate_count} occurrences; give more text, or "
                f"lower min_gate_count (to {self.senses}, the number of senses, at least)."
            )
        return chosen

    def _cluster(
        self,
        chosen: NDArray[np.int64],
        places: "Occurrences",
        rows: NDArray[np.float32],
        threads: int,
        progress: Watcher | None,
        stage: str,
    ) -> "_Found":
        """Cluster the contexts of words, a few words at a time."""
        from ..kernels.lloyd import cluster_words

        shape = len(chosen), self.senses
        found = _Found(np.empty((*shape, rows.shape[1]), np.float32), np.empty(shape, np.int64), np.empty(shape[0]))
        sizes = np.diff(places.begins)[chosen]
        done = [0]

        def work(take: Callable[[], tuple[int, int] | None]) -> None:
            room = make_room(int(sizes.max()), rows.shape[1], self.senses, self.restarts)
            numbers = self.senses, self.restarts, self.iterations
            while span := take():
                task = (np.uint64(self.seed), chosen, self.window, numbers, places, rows, room)
                cluster_words(*span, *task, found.centers, found.counts, found.losses)
                done[0] += int(sizes[slice(*span)].sum())  # a report that is off by a few words does no harm
                if progress is not None:
                    progress(Progress(stage, done[0], int(sizes.sum()), "occurrences"))

        run_spans(len(chosen), _WORDS, threads, work)
        return found

    def _assemble(
        self,
        words: Embeddings,
        units: NDArray[np.float32],
        weights: NDArray[np.float32],
        chosen: NDArray[np.int64],
        counts: NDArray[np.int64],
        found: "_Found",
        digest: str,
    ) -> SenseEmbeddings:
        """Prune and order clusters, and make vectors and gates of them."""
        centers, sizes = found.ordered()
        totals = sizes.sum(axis=1)
        shares = sizes / np.maximum(totals, 1)[:, None]
        is_kept = (shares >= self.prune) & (sizes > 0)
        is_kept[:, 0] = True
        shares = np.where(is_kept, shares, 0.0)
        shares[:, 0] = np.where(totals > 0, shares[:, 0], 1.0)
        shares /= shares.sum(axis=1, keepdims=True)
        n_words, n_senses = len(words), self.senses
        prevalence = np.zeros((n_words, n_senses))
        prevalence[:, 0] = 1.0
        prevalence[chosen] = shares
        means = (centers * (sizes / np.maximum(totals, 1)[:, None])[:, :, None]).sum(axis=1)
        vectors = np.zeros((n_words, n_senses, words.dim), np.float32)
        vectors[:, 0] = scale_rows(words.vectors)
        several = np.flatnonzero(is_kept.sum(axis=1) > 1)
        asked = chosen[several]
        offsets = (centers - means[:, None])[several] * is_kept[several, :, None]
        vectors[asked] = vectors[asked, :1] * is_kept[several, :, None] + offsets
        gates = np.zeros((len(several) + 1, n_senses, units.shape[1]), np.float32)
        gates[1:] = self.sharpness * centers[several]
        biases = np.zeros((len(several) + 1, n_senses), np.float32)
        biases[1:] = -0.5 * self.sharpness * (centers[several].astype(np.float64) ** 2).sum(axis=2)
        gate_rows = np.zeros(n_words, np.int32)
        gate_rows[asked] = np.arange(1, len(several) + 1)
        report = {
            "words": len(chosen),
            "words_too_rare": int(np.count_nonzero(counts < self.min_gate_count)),
            "words_with_one_sense_left": len(chosen) - len(several),
            "senses": int(np.count_nonzero(prevalence)),
            "occurrences": int(totals.sum()),
            "occurrences_without_context": int(np.minimum(counts[chosen], self.occurrences).sum() - totals.sum()),
            "loss": float(found.losses.sum() / max(1, totals.sum())),
        }
        metadata: dict[str, Any] = {
            "model": self.model,
            "settings": asdict(self),
            "seed": self.seed,
            "window": self.window,
            "corpus": digest,
            "vectors": {key: words.metadata[key] for key in ("model", "settings", "corpus") if key in words.metadata},
            "clustered": report,
        }
        return SenseEmbeddings(
            words.vocabulary,
            vectors,
            prevalence,
            context=units,
            gates=gates,
            gate_biases=biases,
            gate_rows=gate_rows,
            context_weights=weights,
            metadata=metadata,
            unit_contexts=True,
        )


@dataclass(frozen=True, eq=False)
class _Found:
    """Clusters: centers, how many contexts each has, and sums of squared distances."""

    centers: NDArray[np.float32]
    counts: NDArray[np.int64]
    losses: NDArray[np.float64]

    def ordered(self) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return centers and counts, the largest cluster of each word first."""
        order = np.argsort(-self.counts, axis=1, kind="stable")
        return np.take_along_axis(self.centers, order[:, :, None], 1), np.take_along_axis(self.counts, order, 1)


def make_room(points: int, columns: int, senses: int, restarts: int) -> "Room":
    """Return the memory that clustering up to so many points takes."""
    from ..kernels._product import NARROW, NARROW_ROWS, STEP
    from ..kernels.lloyd import Room

    centers = -(-senses * restarts // STEP) * STEP
    return Room(
        points=np.zeros((points, columns), np.float32),
        packed=np.zeros((-(-points // NARROW), columns, NARROW), np.float32),
        nearest=np.zeros((restarts, points), np.float32),
        labels=np.zeros((restarts, points), np.int32),
        centers=np.zeros((centers, columns), np.float32),
        sums=np.zeros((centers, columns), np.float32),
        halves=np.zeros(centers, np.float32),
        numbers=np.arange(centers, dtype=np.int64),
        tile=np.zeros((NARROW_ROWS, NARROW), np.float32),
        scores=np.zeros((centers, NARROW), np.float32),
        sizes=np.zeros(centers, np.int64),
        losses=np.zeros(restarts, np.float64),
    )


def pick(corpus: Corpus, counts: NDArray[np.int64], wanted: NDArray[np.int64], seed: int) -> "Occurrences":
    """Draw up to ``wanted`` occurrences of each word, spread evenly over the documents in the order they are read."""
    from ..kernels.lloyd import Occurrences, pick_occurrences

    quotas = np.minimum(counts, wanted)
    begins = np.concatenate([[0], np.cumsum(quotas)]).astype(np.int64)
    ends = corpus.documents.offsets
    order = document_order(corpus, seed)
    lengths = np.diff(ends)[order]
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    sentences = np.repeat(ends[:-1][order] - ends[0], lengths) + within
    ids = np.frombuffer(corpus.ids, dtype=np.int32) if isinstance(corpus.ids, np.memmap) else corpus.ids
    offsets = np.array(corpus.offsets)
    places = Occurrences(ids, offsets, begins, np.empty(begins[-1], np.int64), np.empty(begins[-1], np.int64))
    scratch = np.empty_like(counts), np.empty_like(counts)
    pick_occurrences(np.uint64(seed), sentences, counts, quotas, *scratch, places)
    return places


def _in_words_of(words: Embeddings, corpus: Corpus) -> Corpus:
    """Return ``corpus`` in the ids of the words of ``words``."""
    if corpus.vocabulary.digest != words.vocabulary.digest:
        corpus = corpus.recoded(words.vocabulary)
    if not corpus.n_tokens:
        raise AlignmentError("the corpus has none of the words of the vectors; give the text that they were made from.")
    return corpus


def _weights(counts: NDArray[np.int64], smoothing: float, units: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return float32[V]: a / (a + p) for a word of relative frequency p; 0 for one without a direction."""
    shares = counts / max(1, int(counts.sum()))
    return np.where(units.any(axis=1), smoothing / (smoothing + shares), 0.0).astype(np.float32)
