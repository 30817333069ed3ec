"""How a corpus is read: order, segments, blocks, learning rates, noise and thinning."""

import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, require
from ..kernels.digest import mix_all
from ..kernels.random import STEP
from ..kernels.sampling import fill_noise_table
from ..kernels.schedule import Schedule, count_segments, cut_blocks, cut_segments
from ..kernels.windows import Draws
from ..text.corpus import Corpus
from .settings import Hyperparameters

__all__ = [
    "block_rates",
    "block_size",
    "block_tokens",
    "choose_threading",
    "document_order",
    "keep_thresholds",
    "lost_pairs",
    "make_draws",
    "make_schedule",
    "noise_table",
]

Number = TypeVar("Number", np.int64, np.float64)

#: Longest piece of a sentence that is read at once; windows do not cross the cut.
SEGMENT = 1_000
#: Tokens in a block: one learning rate, and one parallel step.
BLOCK = 512
#: Uses of an input and an output row within a block that count in full, times the learning rate; later ones count
#: less. At a rate of 0.025 these are 3 and 6 uses. CBOW takes smaller steps: it has twice as many.
INPUT_LIMIT, OUTPUT_LIMIT = 0.075, 0.15
#: Texts with fewer tokens, or as poor in words as a uniform vocabulary of so many, are trained window by window.
FEW_TOKENS, FEW_WORDS = 50_000, 256
LARGEST_TABLE = 1 << 22
#: The learning rate at the end.
LAST_RATE = 1e-4


def document_order(corpus: Corpus, seed: int) -> NDArray[np.int64]:
    """Return int64[documents]: an order drawn from the seed and what the documents say.

    It does not depend on where a document stands: relabelling, reordering or interleaving slices
    changes nothing. Reading slice by slice instead would tilt the vectors towards the last one read.
    """
    keys = np.empty(len(corpus.documents), dtype=np.uint64)
    mix_all(np.uint64(seed), _numbered(corpus.document_digests), keys)
    return np.argsort(keys, kind="stable").astype(np.int64)


def _numbered(digests: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Make equal digests distinct, so that copies of a document are scattered and not read in a row."""
    order = np.argsort(digests, kind="stable")
    ordered = digests[order]
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    copy_number = np.arange(len(ordered)) - np.repeat(begins, np.diff(np.append(begins, len(ordered))))
    numbered = np.empty_like(digests)
    numbered[order] = ordered + copy_number.astype(np.uint64) * STEP
    return numbered


def make_schedule(corpus: Corpus, seed: int, weights: NDArray[np.float32] | None = None) -> Schedule:
    """Cut a corpus to segments and blocks; ``weights`` is float32[documents], 1 by default."""
    n_documents = len(corpus.documents)
    if weights is None:
        weights = np.empty(0, dtype=np.float32)
    else:
        require(weights.shape == (n_documents,), "weights.shape", f"({n_documents},)", weights.shape)
        sound = bool((np.isfinite(weights) & (weights >= 0)).all())
        require(sound, "weights", "finite and not negative", weights[~(weights >= 0)][:1].tolist() or "infinity")
    order = document_order(corpus, seed)
    arguments = (corpus.offsets, corpus.documents.offsets, order, SEGMENT)
    n = count_segments(*arguments)
    starts, lengths = np.empty(n, np.int64), np.empty(n, np.int32)
    documents = np.empty(n if len(weights) else 0, np.int32)
    cut_segments(*arguments, starts, lengths, documents)
    blocks = np.empty(n + 1, dtype=np.int64)
    n_blocks = cut_blocks(lengths, block_size(corpus.n_tokens), blocks)
    return Schedule(_plain(corpus.ids), starts, lengths, documents, weights, blocks[: n_blocks + 1].copy())


def choose_threading(trainer: Hyperparameters, counts: NDArray[np.int64], racing: bool) -> str:
    """Return how a text is trained: ``"blocks"``, ``"racing"``, or ``"sequential"`` where blocks would not do.

    In a block all steps start from the same scores. Where the same few rows are used over and over, they overshoot;
    and a small text has no need of threads. What decides is the text alone, so that the bits depend on nothing else.
    """
    if racing:
        return "racing"
    mass = _by_count(counts, lambda count: count**trainer.noise_power if count else 0.0, np.float64)
    words = math.fsum(mass) ** 2 / math.fsum(mass * mass) if counts.any() else 0.0
    return "sequential" if counts.sum() < FEW_TOKENS or words < FEW_WORDS else "blocks"


def make_draws(trainer: Hyperparameters, counts: NDArray[np.int64], threading: str) -> Draws:
    """Return what a trainer draws windows with; touch decay is for blocks only."""
    full = (2.0 if trainer.model == "cbow" else 1.0) / trainer.lr if threading == "blocks" else 0.0
    return Draws(
        np.uint64(trainer.seed),
        keep_thresholds(counts, trainer.subsample),
        noise_table(counts, trainer.noise_power, trainer.seed),
        trainer.window,
        trainer.negative,
        np.float32(min(full, max(1.0, INPUT_LIMIT * full))),
        np.float32(min(full, max(1.0, OUTPUT_LIMIT * full))),
    )


def block_size(n_tokens: int) -> int:
    """Return the tokens in a block: fewer in a small corpus, whose vectors still change much within a block."""
    return max(64, min(BLOCK, n_tokens // 4_000))


def block_tokens(schedule: Schedule) -> NDArray[np.int64]:
    """Return int64[B]: the tokens of each block."""
    starts = schedule.blocks[:-1]
    return np.add.reduceat(schedule.lengths, starts, dtype=np.int64) if len(starts) else np.zeros(0, np.int64)


def block_rates(schedule: Schedule, lr: float, epochs: int) -> NDArray[np.float32]:
    """Return float32[epochs, B]: learning rates that fall linearly with the tokens read before a block."""
    ends = np.cumsum(block_tokens(schedule))
    before = np.concatenate([[0], ends])[:-1]
    total = int(ends[-1]) if len(ends) else 1
    progress = (np.arange(epochs)[:, None] + before[None, :] / total) / max(1, epochs)
    last = min(LAST_RATE, lr)
    rates: NDArray[np.float32] = (lr - (lr - last) * progress).astype(np.float32)
    return rates


def lost_pairs(corpus: Corpus, window: int) -> int:
    """Return how many (center, context) pairs of full windows the cuts of long sentences lose."""
    lengths = np.diff(corpus.offsets)
    lost = 0
    for length in lengths[lengths > SEGMENT].tolist():
        for cut in range(SEGMENT, length, SEGMENT):
            after = min(window, length - cut)
            lost += sum(2 * min(after, window + 1 - back) for back in range(1, window + 1))
    return lost


def keep_thresholds(counts: NDArray[np.int64], subsample: float) -> NDArray[np.int64]:
    """Return int64[V]: a token stays if 32 random bits are below its word's threshold.

    word2vec keeps a word of relative frequency f with probability
    min(1, (sqrt(f / t) + 1) t / f), t = ``subsample``; 0 keeps everything.
    """
    total = int(counts.sum())
    threshold = subsample * total

    def keep(count: int) -> int:
        if subsample == 0.0 or count == 0:
            return 1 << 32
        probability = (math.sqrt(count / threshold) + 1.0) * (threshold / count)
        return int(min(1.0, probability) * 2.0**32)

    return _by_count(counts, keep, np.int64)


def table_size(n_words: int) -> int:
    """Return the length of the noise table: 128 places a word, as a power of two from 2**12 to 2**22."""
    return min(LARGEST_TABLE, max(1 << 12, 1 << (128 * n_words - 1).bit_length()))


def noise_table(counts: NDArray[np.int64], power: float, seed: int, size: int | None = None) -> NDArray[np.int32]:
    """Return int32[size]: shuffled word ids in proportion to ``counts ** power``.

    Each word with a count has at least one entry, as far as the table is long enough.

    Raises
    ------
    FormatError
        If fewer than two words have a count: there is nothing to tell a word from.
    """
    if np.count_nonzero(counts) < 2:
        raise FormatError(
            "this text has fewer than two distinct words of the vocabulary; nothing can be learnt from it."
        )
    size = table_size(len(counts)) if size is None else size
    mass = _by_count(counts, lambda count: count**power if count else 0.0, np.float64)
    slots = _apportion(mass, size)
    table = np.empty(size, dtype=np.int32)
    fill_noise_table(slots, np.uint64(seed), table)
    return table


def _apportion(mass: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """Share ``size`` places by ``mass`` (largest remainders), one at least where there is any mass."""
    used = np.flatnonzero(mass)
    minimum = 1 if len(used) <= size // 2 else 0
    quotas = mass[used] / math.fsum(mass[used]) * (size - minimum * len(used))
    places = np.floor(quotas).astype(np.int64)
    order = np.argsort(places - quotas, kind="stable")
    places[order[: size - minimum * len(used) - int(places.sum())]] += 1
    places += minimum
    if np.count_nonzero(places) == 1:  # more words than places, and one that outweighs all others
        places[np.argmax(places)] -= 1
        places[np.argmin(places)] += 1
    slots = np.zeros(len(mass), dtype=np.int64)
    slots[used] = places
    return slots


def _by_count(counts: NDArray[np.int64], function: Callable[[int], float], dtype: type[Number]) -> NDArray[Number]:
    """Apply a function of the count, once per distinct count, in plain Python's portable arithmetic."""
    distinct, inverse = np.unique(counts, return_inverse=True)
    values = np.array([function(int(count)) for count in distinct], dtype=dtype)
    return values[inverse]


def _plain(ids: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return ``ids`` as a plain read-only array: a memory map would compile a kernel of its own."""
    return np.frombuffer(ids, dtype=np.int32) if isinstance(ids, np.memmap) else ids
