"""Train all replicates of a text in one pass, against the frozen output vectors of a compass."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import AlignmentError, ParameterError
from ..kernels._vector import LANES, ROWS
from ..kernels.replicates import Entries, Pairs, draw_pairs, sort_pairs, train_pairs
from ..kernels.schedule import Schedule
from ..kernels.steps import SKIPGRAM, Task
from ..kernels.windows import SPARE, Draws, Windows
from ..progress import Progress, Watcher
from ..text.corpus import Corpus
from ..threads import count_threads
from ..train.schedule import block_rates, block_tokens, make_draws, make_schedule
from ..train.skipgram import SkipGram
from ..train.team import count_places, make_windows, padded
from .units import Parts, Plan, Uses

__all__ = ["Pass", "make_pass", "train_replicates"]

#: Tokens whose pairs are listed at once.
_STRETCH = 1 << 16
#: A thread's share of the words is cut into so many, as some have more pairs than others.
_SHARES = 4


class Pass(NamedTuple):
    """What every replicate has in common, whatever it sees: the text, its order, windows, noise words and rates.

    Noise words and thinning are those of the slice that a document is in, wherever an exchange puts its unit: they go
    with the text. By the counts of both slices together, what both tell of a word would be which words became more
    common between the slices; of speeches seventy years apart, "the" would have drifted as far as "global".

    Parameters
    ----------
    schedule : Schedule
        The text of both slices, with the document of each segment.
    draws : tuple of Draws
        Noise and thinning by the counts of either slice.
    kinds : int8[documents]
        The slice of each document.
    rates : float32[epochs, B]
        Learning rates.
    stretches : list of (int, int)
        Blocks whose pairs are listed at once.
    U : float32[V, P]
        The compass's output vectors.
    dim : int
        Columns that are no padding.
    """

    schedule: Schedule
    draws: tuple[Draws, Draws]
    kinds: NDArray[np.int8]
    rates: NDArray[np.float32]
    stretches: list[tuple[int, int]]
    U: NDArray[np.float32]
    dim: int


def make_pass(corpus: Corpus, trainer: SkipGram, output: Embeddings) -> Pass:
    """Return what the replicates of a text have in common.

    Parameters
    ----------
    corpus : Corpus
        The text of the slices to compare, in the ids of the compass's vocabulary.
    trainer : SkipGram
        Its settings.
    output : Embeddings
        The compass's output vectors.

    Raises
    ------
    AlignmentError
        If the compass has another vocabulary or another length of vectors.
    """
    if output.vocabulary.words != corpus.vocabulary.words or output.dim != trainer.dim:
        raise AlignmentError("the corpus and the compass have different vocabularies or dims; align the corpus again.")
    weights = np.ones(len(corpus.documents), np.float32)  # so that segments know their documents
    schedule = make_schedule(corpus, trainer.seed, weights)
    U = padded(len(output), trainer.dim)
    U[:, : trainer.dim] = output.vectors
    first, second = (make_draws(trainer, counts, "sequential") for counts in corpus.counts)
    kinds = (np.arange(len(corpus.documents)) >= corpus.slice_offsets[1]).astype(np.int8)
    ends = np.cumsum(block_tokens(schedule))
    cuts = np.searchsorted(ends, np.arange(0, int(ends[-1]) if len(ends) else 0, _STRETCH))
    bounds = np.unique(np.append(cuts, len(ends)))
    stretches = list(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True))
    rates = block_rates(schedule, trainer.lr, trainer.epochs)
    return Pass(schedule, (first, second), kinds, rates, stretches, U, trainer.dim)


def train_replicates(
    common: Pass,
    parts: Parts,
    uses: Uses,
    places: NDArray[np.int64],
    plan: Plan,
    *,
    threads: int | None = None,
    progress: Watcher | None = None,
    before: int = 0,
    total: int = 0,
) -> NDArray[np.float32]:
    """Return float32[n, R, D]: every row of every word, trained on the uses that the plan lets it see.

    Rows start from zero: with the output vectors frozen the loss is convex, and a random start would be shared noise.

    Parameters
    ----------
    common : Pass
        The text and its draws.
    parts, uses : Parts, Uses
        The parts of the text, and how often they use the words.
    places : int64[E]
        The number of each entry's word, from 0 to n - 1.
    plan : Plan
        Which row sees what.
    threads : int >= 1, optional
        Threads to use. The bits do not depend on it.
    progress : callable, optional
        Called after each stretch of text.
    before, total : int
        Stretches done before in this run, and in all of it; for progress.

    Raises
    ------
    ParameterError
        If the rows do not stay finite.
    """
    offsets = np.searchsorted(uses.parts, np.arange(len(parts.sides) + 1)).astype(np.int64)
    words, numbers = uses.words.astype(np.int32), places.astype(np.int32)
    entries = Entries(parts.of_document, offsets, words, numbers, plan.rows, plan.keep)
    n, n_rows, n_designs = len(plan.keep), plan.n_rows, plan.rows.shape[1]
    if not n:
        return np.zeros((0, n_rows, common.dim), np.float32)
    W = padded(n * n_rows, common.dim)
    nothing = np.zeros(1)
    shape = (SKIPGRAM, count_places(common.draws[0].negative), -(-n_designs // ROWS))
    task = Task(*shape, 0, False, np.zeros(1, np.float32), W, common.U, nothing, nothing)
    n_threads = count_threads(threads)
    tiles = [_make_tile(n_designs, common.draws[0].negative) for _ in range(n_threads * _SHARES)]
    done = before
    with ThreadPoolExecutor(n_threads) as pool:
        for pairs in _listed(common, entries, pool, n):
            bounds = np.searchsorted(pairs.starts, np.linspace(0, pairs.starts[-1], len(tiles) + 1))
            bounds[0], bounds[-1] = 0, n
            jobs = [
                pool.submit(train_pairs, int(first), int(last), entries, pairs, task, tile)
                for first, last, tile in zip(bounds[:-1], bounds[1:], tiles, strict=True)
            ]
            for job in jobs:
                job.result()
            done += 1
            if progress is not None:
                progress(Progress("replicates", done, total or len(common.stretches) * len(common.rates), "stretches"))
    found = W.reshape(n, n_rows, -1)[:, :, : common.dim]
    if not np.isfinite(found).all():
        raise ParameterError("lr must be small enough for the vectors to stay finite; those of replicates did not")
    return found


def _listed(common: Pass, entries: Entries, pool: ThreadPoolExecutor, n: int) -> Iterator[Pairs]:
    """Yield the pairs of each stretch in each epoch; the next ones are drawn while the caller trains."""
    tokens = block_tokens(common.schedule)
    longest = max((int(tokens[a:b].sum()) for a, b in common.stretches), default=0)
    buffers = [_make_pairs(longest, common.draws[0], n) for _ in range(2)]
    turns = [(epoch, *stretch) for epoch in range(len(common.rates)) for stretch in common.stretches]

    def fill(turn: int) -> Pairs:
        epoch, first, last = turns[turn]
        pairs = buffers[turn % 2]
        found = draw_pairs(
            first, last, epoch, common.schedule, common.rates[epoch], common.draws, common.kinds, entries, pairs
        )
        sort_pairs(found, entries, pairs)
        return pairs

    following = pool.submit(fill, 0) if turns else None
    for turn in range(len(turns)):
        pairs = following.result()  # type: ignore[union-attr]
        following = pool.submit(fill, turn + 1) if turn + 1 < len(turns) else None
        yield pairs


def _make_pairs(longest: int, draws: Draws, n: int) -> Pairs:
    """Return room for the pairs of a stretch of up to ``longest`` tokens."""
    most, width = longest + SPARE, longest * 2 * draws.window
    return Pairs(
        words=np.zeros(most, np.int32),
        reaches=np.zeros(most, np.int32),
        entries=np.zeros(most, np.int32),
        marks=np.zeros(most, np.int64),
        outputs=np.zeros((most, count_places(draws.negative)), np.int32),
        rates=np.zeros(most, np.float32),
        contexts=np.zeros(width, np.int32),
        windows=np.zeros(width, np.int32),
        order=np.zeros(width, np.int32),
        starts=np.zeros(n + 1, np.int64),
    )


def _make_tile(n_designs: int, negative: int) -> Windows:
    """Return room for one window of up to ``n_designs`` context words."""
    return make_windows(1, -(-(n_designs + LANES) // 2), negative)
