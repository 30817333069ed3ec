"""Multi-sense skip-gram: senses are clusters of contexts that form while their vectors are trained."""

import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError, require
from ..progress import Progress, Watcher
from ..senses.embeddings import SenseEmbeddings
from ..text.corpus import Corpus
from ..threads import count_threads
from .schedule import block_rates, block_tokens, make_draws, make_schedule
from .settings import check_integers, check_settings
from .team import count_places, padded

if TYPE_CHECKING:
    from ..kernels.mssg import Bench, SenseRows

__all__ = ["MultiSenseSkipGram"]

#: How long the kernel runs before Ctrl-C, progress and the guard get their turn, in seconds.
_SPAN = 0.25
_WORST = 1e3
#: How much one context changes the running mean of all.
_PACE = 1e-3


@dataclass(frozen=True, kw_only=True)
class MultiSenseSkipGram:
    """MSSG: skip-gram in which each occurrence trains one sense, the one whose contexts are most like its own.

    The object holds hyper-parameters and nothing else. One thread takes window after window (the metadata say
    ``threading: sequential``); the same object and the same corpus give the same bits.

    Parameters
    ----------
    senses : int >= 1, default 3
        Senses of a word; with ``new_below``, at most.
    new_below : float in (-1, 1), optional
        Give it for the non-parametric form (NP-MSSG): words start with one sense, and a context whose cosine with the
        mean of every sense's contexts is below makes a new one.
    centered : bool, default True
        Take the running mean of all contexts off each before cosines are taken; False is the paper's way, in which
        nearly all occurrences of most words in real text end in one sense.
    min_gate_count : int >= 1, default 20
        Words with fewer occurrences have one sense.
    prune : float in [0, 1), default 0.05
        Senses with a smaller share of the word's occurrences in the last epoch are dropped.
    sharpness : float > 0, default 10
        What cosines (of a context of typical length) are multiplied by to make logits of a gate: says how sure it is,
        never which sense is the best.
    dim, window, negative, epochs, lr, subsample, noise_power, seed
        As for :class:`wordvec.SkipGram`; ``negative`` noise words are drawn for each pair of center and context word.

    Notes
    -----
    The sense's vector is the input, the context words are predicted, each against noise words of its own. Contexts are
    means of the vectors of context words, which serve as outputs too; both start at random. A sense's center is the
    mean of the contexts that it was met in; with a fixed number of senses, centers start at random.

    Two things are not the paper's. A running mean of all contexts is taken off each (``centered``): the vectors of all
    words share a direction, so that else the sense that has been met most is the most like any context. And the paper
    passes over its text once; here the mean of earlier epochs counts as one context in the next, since the vectors
    that it was taken of have moved on.

    References
    ----------
    Neelakantan et al. (2014), "Efficient non-parametric estimation of multiple embeddings per word in vector space",
    sec. 4 (MSSG) and 5 (NP-MSSG).

    Examples
    --------
    >>> from wordvec import Corpus
    >>> river, money = ["bank", "river", "water"], ["bank", "loan", "money"]
    >>> corpus = Corpus.from_sentences([river, money] * 50, min_count=1)
    >>> senses = MultiSenseSkipGram(senses=2, dim=8, epochs=2, subsample=0, min_gate_count=100).train(corpus)
    >>> senses.n_senses, senses.kept("river")
    (2, (1,))
    """

    model: ClassVar[str] = "mssg"

    senses: int = 3
    new_below: float | None = None
    centered: bool = True
    min_gate_count: int = 20
    prune: float = 0.05
    sharpness: float = 10.0
    dim: int = 100
    window: int = 5
    negative: int = 5
    epochs: int = 5
    lr: float = 0.025
    subsample: float = 1e-3
    noise_power: float = 0.75
    seed: int = 1

    def __post_init__(self) -> None:
        check_settings(self)
        check_integers(self, ("senses", 1, 100), ("min_gate_count", 1, 1 << 40))
        in_range = self.new_below is None or -1.0 < self.new_below < 1.0
        require(in_range, "new_below", "between -1 and 1, or None for a fixed number of senses", self.new_below)
        require(0.0 <= self.prune < 1.0, "prune", "from 0 to below 1", self.prune)
        require(0.0 < self.sharpness < np.inf, "sharpness", "above 0 and finite", self.sharpness)

    def train(
        self,
        corpus: Corpus,
        *,
        weights: NDArray[np.float32] | None = None,
        threads: int | None = None,
        progress: Watcher | None = None,
        stage: str = "training",
    ) -> SenseEmbeddings:
        """Train senses of the words of ``corpus``.

        Parameters
        ----------
        corpus : Corpus
            What to read, all its slices together.
        weights : float32[documents], optional
            Weight of each document; 1 by default, 0 leaves it out.
        threads : int >= 1, optional
            One is used, whatever is given.
        progress : callable, optional
            Called several times a second with a :class:`Progress`.
        stage : str, default "training"
            What progress reports are headed with.

        Returns
        -------
        SenseEmbeddings
            Of the words that occur. ``metadata["losses"]`` has the mean loss of each epoch, in nats per pair.

        Raises
        ------
        FormatError
            If the corpus has fewer than two distinct words, or none occurs ``min_gate_count`` times.
        ParameterError
            If the vectors do not stay finite, or a size does not fit.
        """
        count_threads(threads)
        counts = corpus.word_counts
        if self.senses > 1 and 0 < counts.max(initial=0) < self.min_gate_count:
            best = int(counts.argmax())
            raise FormatError(
                f"this text is too small to induce senses: its most frequent word, {corpus.vocabulary.words[best]!r}, "
                f"occurs {counts[best]} times, and a word needs {self.min_gate_count} occurrences; give more text, or "
                "lower min_gate_count."
            )
        schedule = make_schedule(corpus, self.seed, weights)
        draws = make_draws(self, counts, "sequential")
        senses = self._first_senses(counts)
        rates, tokens = block_rates(schedule, self.lr, self.epochs), np.cumsum(block_tokens(schedule))
        bench = make_bench(int(schedule.lengths.max(initial=1)), self.negative, senses.W.shape[1])
        losses = [
            self._run_epoch(epoch, schedule, draws, rates[epoch], tokens, senses, bench, progress, stage)
            for epoch in range(self.epochs)
        ]
        metadata: dict[str, Any] = {
            "model": self.model if self.new_below is None else "np-mssg",
            "settings": asdict(self),
            "seed": self.seed,
            "window": self.window,
            "corpus": corpus.digest,
            "threading": "sequential",
            "tokens": corpus.n_tokens,
            "losses": losses,
        }
        return self._assemble(corpus, senses, counts, metadata)

    def _first_senses(self, counts: NDArray[np.int64]) -> "SenseRows":
        """Return senses before training: random vectors, and centers that are random or not there yet."""
        from ..kernels.mssg import SenseRows
        from ..kernels.random import fill_uniform

        room = np.where(counts >= self.min_gate_count, self.senses, 1)
        rows = np.concatenate([[0], np.cumsum(room)]).astype(np.int64)
        scale = np.float32(0.5 / self.dim)
        W, U, sums = (padded(n, self.dim) for n in (int(rows[-1]), len(counts), int(rows[-1])))
        for number, matrix in enumerate((W, U, sums)):
            fill_uniform(np.uint64(self.seed) ^ np.uint64(number << 63 - number), scale, self.dim, matrix)
        if self.new_below is not None:
            sums[:] = 0.0
        used = np.where(room > 1, 0 if self.new_below is not None else self.senses, 1).astype(np.int32)
        threshold = -2.0 if self.new_below is None else self.new_below
        pace = np.float32(_PACE if self.centered else 0.0)
        met = np.zeros(int(rows[-1]), np.int64)
        return SenseRows(rows, used, W, U, sums, met, threshold, padded(1, self.dim), np.zeros(1), pace)

    def _run_epoch(
        self,
        epoch: int,
        schedule: Any,
        draws: Any,
        rates: NDArray[np.float32],
        tokens: NDArray[np.int64],
        senses: "SenseRows",
        bench: "Bench",
        progress: Watcher | None,
        stage: str,
    ) -> float:
        """Pass over the text once, span by span; return the mean loss in nats per pair."""
        from ..kernels.mssg import train_mssg

        n_blocks = len(tokens)
        losses, pairs = np.zeros(n_blocks), np.zeros(n_blocks)
        # Contexts of earlier epochs are of vectors that have moved since: their mean counts as one context.
        senses.sums[:] /= np.maximum(1, senses.counts)[:, None]
        senses.counts[:] = 0
        first, span = 0, 16
        while first < n_blocks:
            last, began = min(n_blocks, first + span), time.perf_counter()
            train_mssg(first, last, epoch, schedule, draws, rates, senses, bench, losses, pairs)
            seconds = max(1e-6, time.perf_counter() - began)
            span = max(1, min(4 * span, round((last - first) * _SPAN / seconds)))
            mean = _mean(losses[first:last], pairs[first:last])
            if not mean <= _WORST * (self.negative + 1):
                raise ParameterError(
                    f"lr must be small enough for the vectors to stay finite; they did not in epoch {epoch + 1}, "
                    f"got {self.lr!r}"
                )
            if progress is not None:
                done, total = epoch * int(tokens[-1]) + int(tokens[last - 1]), self.epochs * int(tokens[-1])
                progress(Progress(stage, done, total, "words", mean))
            first = last
        return round(_mean(losses, pairs), 6)

    def _assemble(
        self, corpus: Corpus, senses: "SenseRows", counts: NDArray[np.int64], metadata: dict[str, Any]
    ) -> SenseEmbeddings:
        """Prune and order senses, and make gates of their centers."""
        words, chosen = corpus.vocabulary.select(counts)
        # Rows of each word's senses; places that a word has no sense for stand for its first one and do not count.
        places = np.arange(self.senses)
        exists = places < np.maximum(1, senses.used[chosen])[:, None]
        rows = senses.rows[chosen][:, None] + np.where(exists, places, 0)
        met = np.where(exists, senses.counts[rows], 0)
        order = np.argsort(-met, axis=1, kind="stable")
        rows, met = np.take_along_axis(rows, order, 1), np.take_along_axis(met, order, 1)
        shares = met / np.maximum(1, met.sum(axis=1, keepdims=True))
        is_kept = (shares >= self.prune) & (shares > 0)
        is_kept[:, 0] = True
        shares[:, 0] = np.where(met.any(axis=1), shares[:, 0], 1.0)
        shares = np.where(is_kept, shares, 0.0)
        several = is_kept.sum(axis=1) > 1
        centers = senses.sums[rows[several], : self.dim].astype(np.float64)
        centers /= np.maximum(np.linalg.norm(centers, axis=2, keepdims=True), 1e-300)
        gates = np.zeros((1 + len(centers), self.senses, self.dim), np.float32)
        length = math.sqrt(senses.spread[0]) if self.centered else 1.0
        sharpness = self.sharpness / (length or 1.0)
        gates[1:] = sharpness * centers * is_kept[several][:, :, None]
        biases = -(gates @ senses.middle[0, : self.dim])
        gate_rows = np.zeros(len(words), np.int32)
        gate_rows[several] = np.arange(1, len(gates))
        if len(words) < len(counts):
            metadata["words_without_occurrence"] = len(counts) - len(words)
        metadata["words_with_several_senses"] = int(several.sum())
        return SenseEmbeddings(
            words,
            senses.W[rows, : self.dim] * is_kept[:, :, None],
            shares / shares.sum(axis=1, keepdims=True),
            context=senses.U[chosen, : self.dim],
            gates=gates,
            gate_biases=biases,
            gate_rows=gate_rows,
            metadata=metadata,
            unit_contexts=not self.centered,
        )


def make_bench(longest: int, negative: int, columns: int) -> "Bench":
    """Return memory for segments of up to ``longest`` tokens, for one thread."""
    from ..kernels._vector import LANES
    from ..kernels.mssg import Bench

    return Bench(
        words=np.zeros(longest + 1, np.int32),
        reaches=np.zeros(longest + 1, np.int32),
        outputs=np.zeros((1, count_places(negative)), np.int32),
        mean=np.zeros(columns, np.float32),
        step=np.zeros(columns, np.float32),
        lanes=np.zeros(LANES, np.float32),
    )


def _mean(losses: NDArray[np.float64], pairs: NDArray[np.float64]) -> float:
    count = math.fsum(pairs)
    return math.fsum(losses) / count if count and np.isfinite(losses).all() else (0.0 if not count else math.nan)
