"""The rank of the right answer to each analogy question, among a whole vocabulary."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import require
from ..progress import Progress, Watcher
from ..search import run_spans
from ..threads import count_threads

__all__ = ["METHODS", "Method", "answer_ranks"]

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Method = Literal["3cosadd", "3cosmul"]
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul")

#: Keeps 3CosMul from dividing by zero (Levy and Goldberg 2014), where cosines are not halved.
_EPSILON = np.float32(2 * 0.001)
#: Questions that are answered together.
_BLOCK = 1 << 15
#: Words of the vocabulary at a time: as many columns of cosines as this many numbers are room for, within limits.
_CELLS, _FEWEST, _MOST = 1 << 22, 64, 1024
#: Panels of words that are packed together.
_PANELS = 4
#: The rank of an answer that is itself a word of the question.
_NEVER = int(np.iinfo(np.int64).max)


def answer_ranks(
    embeddings: Embeddings,
    questions: Ids,
    usable: NDArray[np.bool_],
    method: Sequence[Method] = METHODS,
    *,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> dict[Method, Ids]:
    """Return the rank of the right answer to each question, 1 for the best.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    questions : int64[n, 4]
        Rows of ``a, b, c, d``.
    usable : bool[N]
        Which of the first N rows may be an answer.
    method : sequence of {"3cosadd", "3cosmul"}
        Which to use.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the ranks are the same for any number.
    progress : callable, optional
        Told how many questions are answered, from several threads, one at a time.

    Returns
    -------
    dict of str to int64[n]
        Method to ranks among all usable words but ``a, b, c``, exact ties in the order of rows; the
        largest int64 where ``d`` is one of ``a, b, c``, or not usable, or has no score because a vector is not finite.

    Raises
    ------
    ParameterError
        If ``threads`` is below 1.

    Notes
    -----
    The cosines of a block's distinct words with all N words are one matrix product, a panel of words after the
    other; each panel is scanned for all questions and both methods at once. Beside the vectors, it takes copies
    of those of the distinct words of 32,768 questions, and for each thread their cosines with at most 1,024 words.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("france", "paris", "italy", "rome"), np.arange(4, 0, -1))
    >>> rows = np.array([[3, 0, 0], [3, 0, 1], [0, 3, 0], [0, 3, 1]], np.float32)
    >>> asked = np.array([[0, 1, 2, 3]])
    >>> answer_ranks(Embeddings(words, rows), asked, np.ones(4, np.bool_), ["3cosadd"])
    {'3cosadd': array([1])}
    """
    require(threads is None or threads >= 1, "threads", "an integer >= 1", threads)
    ranks = np.full((len(questions), len(METHODS)), _NEVER)
    rows = np.flatnonzero(usable)
    columns = np.full(len(embeddings), -1)
    columns[rows] = np.arange(len(rows))
    a, b, c, d = questions.reshape(-1, 4).T
    possible = (d != a) & (d != b) & (d != c) & (columns[d] >= 0)
    # Questions that share a and b become neighbors: the kernel then combines these two once.
    order = np.lexsort((c, b, a))
    order = order[possible[order]]
    lost = len(questions) - len(order)
    for start in range(0, len(order), _BLOCK):
        part = order[start : start + _BLOCK]
        block = _block_of(embeddings, questions[part], rows, columns)
        watch = None if progress is None else _watched(progress, lost + start, len(part), len(questions))
        better = _count_better(block, count_threads(threads), watch)
        ranks[part] = np.where(np.isfinite(block.own), 1 + better, _NEVER)
    if progress is not None and not len(order):
        progress(Progress("analogies", len(questions), len(questions), "questions"))
    return {name: ranks[:, METHODS.index(name)] for name in method}


@dataclass(frozen=True, eq=False)
class _Block:
    """Questions that are answered together: arguments of the kernels."""

    units: Floats
    vectors: Floats
    rows: Ids
    scale: Floats
    asked: Ids
    places: Ids
    own: Floats


def _block_of(embeddings: Embeddings, questions: Ids, rows: Ids, columns: Ids) -> _Block:
    """Return the distinct words of the questions as unit vectors, and the scores of the right answers."""
    from ..kernels.combinations import pair_products

    norms = embeddings.norms
    lengths = np.where(norms > 0, norms, np.float32(1.0)).astype(np.float32)
    vectors = np.ascontiguousarray(embeddings.vectors).view(np.ndarray)
    vectors.setflags(write=False)
    words, asked = np.unique(questions[:, :3], return_inverse=True)
    asked = asked.reshape(-1, 3)
    with np.errstate(invalid="ignore"):
        units: Floats = np.divide(vectors[words], lengths[words, None], dtype=np.float32)
        scale = (1 / lengths).astype(np.float32)
        cosines = np.empty((3, len(questions)), dtype=np.float32)
        for side in range(3):
            pair_products(units, np.ascontiguousarray(asked[:, side]), vectors, questions[:, 3].copy(), cosines[side])
        cosines *= scale[questions[:, 3]]
        x, y, z = cosines
        one = np.float32(1.0)
        own = np.stack([(y - x) + z, (y + one) / (x + (one + _EPSILON)) * (z + one)], axis=1)
    places = columns[questions]
    for first, second in ((0, 1), (0, 2), (1, 2)):  # a word that is there twice is left out once
        places[questions[:, first] == questions[:, second], second] = -1
    return _Block(units, vectors, rows, scale[rows], asked, places, own)


def _count_better(block: _Block, threads: int, watch: Callable[[int, int], None] | None) -> Ids:
    """Return int64[n, 2]: for each question the words that answer it better than the right one, by method."""
    from ..kernels._product import STEP, WIDE, WIDE_ROWS
    from ..kernels.combinations import count_better, fill_products

    count, dim = block.units.shape
    numbers = np.concatenate([np.arange(count), np.full(STEP - 1, count - 1)])
    width = max(_FEWEST, min(_MOST, _CELLS // count // _FEWEST * _FEWEST))
    level = np.nextafter(block.own, np.float32(-np.inf))

    def work(take: Callable[[], tuple[int, int] | None]) -> Ids:
        better = np.zeros((len(block.asked), 2), dtype=np.int64)
        packed, tile = np.empty((_PANELS, dim, WIDE), np.float32), np.empty((WIDE_ROWS, WIDE), np.float32)
        cosines, scratch = np.empty((count, width), np.float32), np.empty((2, width), np.float32)
        left = (block.units, count, numbers, block.vectors, block.rows)
        right = (block.asked, block.places, block.own, level, _EPSILON, better, scratch[0], scratch[1])
        while span := take():
            first, last = span
            fill_products(*left, first, last, block.scale, packed, tile, cosines)
            count_better(cosines, first, last - first, *right)
            if watch is not None:
                watch(last - first, len(block.rows))
        return better

    return np.asarray(sum(run_spans(len(block.rows), width, threads, work)))


def _watched(progress: Watcher, before: int, size: int, total: int) -> Callable[[int, int], None]:
    """Return a function that is told of words that were compared, and tells how many questions that amounts to."""
    lock, compared = threading.Lock(), 0

    def watch(words: int, of: int) -> None:
        nonlocal compared
        with lock:
            compared += words
            progress(Progress("analogies", before + size * compared // of, total, "questions"))

    return watch
