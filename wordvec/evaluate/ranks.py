"""The rank of the right answer to each analogy question, among a whole vocabulary."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import require
from ..progress import Progress, Watcher
from ..search import run_spans
from ..threads import count_threads

__all__ = ["METHODS", "NEVER", "Method", "answer_ranks"]

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Method = Literal["3cosadd", "3cosmul", "3cosavg", "pairdirection"]
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul", "3cosavg", "pairdirection")
#: The rank of an answer that cannot be found.
NEVER = int(np.iinfo(np.int64).max)

#: Methods that go by three words of the question: columns of ranks.
_BY_WORDS: tuple[Method, ...] = ("3cosadd", "3cosmul", "pairdirection")
#: Keeps 3CosMul from dividing by zero (Levy and Goldberg 2014), where cosines are not halved.
_EPSILON = np.float32(2 * 0.001)
#: Squared distances of unit vectors below this are rounding errors.
_LEAST = np.float32(1e-6)
#: Questions that are answered together.
_BLOCK = 1 << 15
#: Pairs whose offsets are added up together.
_OFFSETS = 1 << 12
#: Words of the vocabulary at a time: as many columns of cosines as this many numbers are room for, within limits.
_CELLS, _FEWEST, _MOST = 1 << 22, 64, 1024
#: Panels of words that are packed together.
_PANELS = 4


def answer_ranks(
    embeddings: Embeddings,
    questions: Ids,
    usable: NDArray[np.bool_],
    method: Sequence[Method] = METHODS,
    *,
    category: Ids | None = None,
    more: Ids | None = None,
    exclude: bool = True,
    substitute: Floats | None = None,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> dict[Method, Ids]:
    """Return the rank of the right answer to each question, 1 for the best.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    questions : int64[n, 4]
        Rows of ``a, b, c, d``, -1 for unknown words.
    usable : bool[N]
        Which of the first N rows may be an answer.
    method : sequence of {"3cosadd", "3cosmul", "3cosavg", "pairdirection"}
        Which to use (see :func:`~wordvec.evaluate.analogy.evaluate_analogies`).
    category : int64[n], optional
        Whose other pairs 3CosAvg takes the mean of; all questions are of one otherwise.
    more : int64[m, 2], optional
        Question and row of further right answers; the one with the best score counts.
    exclude : bool, default True
        Leave out the words of the question: ``a, b, c``; for 3CosAvg, which does not look at a and b, ``c``.
    substitute : float32[D], optional
        Vector of unknown words; zeros otherwise.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the ranks are the same for any number.
    progress : callable, optional
        Told how many questions are answered, from several threads, one at a time.

    Returns
    -------
    dict of str to int64[n]
        Method to ranks among all usable words that are not left out, exact ties in the order of rows (which is
        that of frequency, and has nothing to do with the test set); the largest int64 where no right answer is
        usable, or it is left out, or it has no score because a vector is not finite or, for PairDirection, a and b
        are the same (nearer than 0.001, at length 1).

    Raises
    ------
    ParameterError
        If ``threads`` is below 1.

    Notes
    -----
    The cosines of a block's distinct words with all N words are one matrix product, a panel of words after the
    other; each panel is scanned for all questions and all methods. Beside the vectors, it takes copies of those of
    the distinct words of 32,768 questions, and for each thread their cosines with at most 1,024 words (twice that
    with PairDirection). 3CosAvg is 3CosAdd with a vector for each pair in place of c, and with a equal to b.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("france", "paris", "italy", "rome"), np.arange(4, 0, -1))
    >>> rows = np.array([[3, 0, 0], [3, 0, 1], [0, 3, 0], [0, 3, 1]], np.float32)
    >>> asked = np.array([[0, 1, 2, 3]])
    >>> answer_ranks(Embeddings(words, rows), asked, np.ones(4, np.bool_), ["3cosadd", "pairdirection"])
    {'3cosadd': array([1]), 'pairdirection': array([1])}
    """
    require(threads is None or threads >= 1, "threads", "an integer >= 1", threads)
    questions = questions.reshape(-1, 4)
    owner, answers = np.arange(len(questions)), questions[:, 3]
    if more is not None:
        owner, answers = np.append(owner, more[:, 0]), np.append(answers, more[:, 1])
    words = _Words.of(embeddings, usable, substitute, count_threads(threads))
    by_words = tuple(name for name in _BY_WORDS if name in method)
    found: dict[Method, Ids] = {}
    if by_words:
        asked = np.column_stack([questions[owner, :3], answers])
        tell = _Tell(progress, "analogies", len(questions), len(asked))
        ranks = _rank_words(words, asked, owner, by_words, exclude, tell)
        found.update((name, ranks[:, _BY_WORDS.index(name)]) for name in by_words)
    if "3cosavg" in method:
        groups = np.zeros(len(questions), dtype=np.int64) if category is None else category
        keys = np.column_stack([groups, questions[:, 2:4]])
        pairs, number = np.unique(keys, axis=0, return_inverse=True)
        sought = np.column_stack([number.reshape(-1)[owner], answers])
        sought, number = np.unique(sought, axis=0, return_inverse=True)
        tell = _Tell(progress, "3CosAvg", len(questions), len(sought))
        each = _rank_pairs(words, _Offsets.of(words, questions, groups), pairs, sought, exclude, tell)
        found["3cosavg"] = np.full(len(questions), NEVER)
        np.minimum.at(found["3cosavg"], owner, each[number.reshape(-1)])
    return {name: found[name] for name in method}


@dataclass(frozen=True, eq=False)
class _Words:
    """A vocabulary as it is searched."""

    vectors: Floats
    lengths: Floats
    scale: Floats
    squares: Floats
    rows: Ids
    columns: Ids
    substitute: Floats
    threads: int

    @classmethod
    def of(cls, embeddings: Embeddings, usable: NDArray[np.bool_], substitute: Floats | None, threads: int) -> "_Words":
        norms = embeddings.norms
        lengths = np.where(norms > 0, norms, np.float32(1.0)).astype(np.float32)
        vectors = np.ascontiguousarray(embeddings.vectors).view(np.ndarray)
        vectors.setflags(write=False)
        rows = np.flatnonzero(usable)
        columns = np.full(len(embeddings) + 1, -1)  # the last is for row -1
        columns[rows] = np.arange(len(rows))
        unknown = np.zeros(embeddings.dim, dtype=np.float32)
        if substitute is not None and np.any(substitute):
            unknown = (substitute / np.linalg.norm(substitute.astype(np.float64))).astype(np.float32)
        with np.errstate(invalid="ignore", divide="ignore"):
            scale = (1 / lengths).astype(np.float32)
        return cls(vectors, lengths, scale, (norms > 0).astype(np.float32), rows, columns, unknown, threads)

    def units(self, rows: Ids) -> Floats:
        """Return float32[n, D], rows divided by their length; the substitute for -1."""
        with np.errstate(invalid="ignore"):
            found = np.divide(self.vectors[rows], self.lengths[rows, None], dtype=np.float32)
        found[rows < 0] = self.substitute
        return found


@dataclass(frozen=True, eq=False)
class _Block:
    """Questions that are answered together: arguments of the kernels."""

    units: Floats
    asked: Ids
    places: Ids
    own: Floats
    lengths: Floats
    shift: Floats


def _rank_words(words: _Words, asked: Ids, owner: Ids, method: Sequence[Method], exclude: bool, tell: "_Tell") -> Ids:
    """Return int64[n, 3], ranks of questions by method, from rows ``a, b, c, d`` and the question that each is of."""
    ranks = np.full((int(owner.max(initial=-1)) + 1, len(_BY_WORDS)), NEVER)
    a, b, c, d = asked.T
    possible = words.columns[d] >= 0
    if exclude:
        possible &= (d != a) & (d != b) & (d != c)
    # Questions that share a and b become neighbors: the kernels then combine these two once.
    order = np.lexsort((d, owner, c, b, a))
    order = order[possible[order]]
    done = len(asked) - len(order)
    for start in range(0, len(order), _BLOCK):
        part = order[start : start + _BLOCK]
        block = _block_of(words, asked[part], exclude, "pairdirection" in method)
        best = _best(block.own, owner[part])
        block = replace(block, **{name: getattr(block, name)[best] for name in ("asked", "places", "own", "shift")})
        better = _count_better(words, block, method, tell.span(done + start, len(part)))
        np.minimum.at(ranks, owner[part[best]], np.where(np.isfinite(block.own), 1 + better, NEVER))
    tell.end()
    return ranks


def _rank_pairs(words: _Words, offsets: "_Offsets", pairs: Ids, sought: Ids, exclude: bool, tell: "_Tell") -> Ids:
    """Return int64[m], the rank by 3CosAvg of each answer that is sought (number of the pair, row)."""
    ranks = np.full(len(sought), NEVER)
    barred = pairs[:, 1] if exclude else np.full(len(pairs), -1)
    possible = words.columns[sought[:, 1]] >= 0
    order = np.flatnonzero(possible & (sought[:, 1] != barred[sought[:, 0]]))
    done = len(sought) - len(order)
    for start in range(0, len(order), _BLOCK):
        part = order[start : start + _BLOCK]
        number, row = sought[part].T
        distinct, place = np.unique(number, return_inverse=True)
        queries = offsets.queries(words, pairs[distinct])
        units = np.concatenate([queries, np.zeros_like(queries[:1])])
        asked = np.full((len(part), 3), len(distinct))  # a and b are the row of zeros
        asked[:, 2] = place
        none = np.full(len(part), -1)
        places = np.column_stack([none, none, words.columns[barred[number]], words.columns[row]])
        own = _cosines(words, units, asked[:, 2], row)
        block = _Block(units, asked, places, np.column_stack([own, own, own]), words.lengths[:0], own)
        better = _count_better(words, block, ("3cosadd",), tell.span(done + start, len(part)))
        ranks[part] = np.where(np.isfinite(own), 1 + better[:, 0], NEVER)
    tell.end()
    return ranks


def _best(own: Floats, owner: Ids) -> Ids:
    """Return numbers, ascending, of answers that are the best of their question by some method; the first of equals."""
    if len(np.unique(owner)) == len(owner):
        return np.arange(len(owner))
    chosen = []
    for scores in own.T:
        order = np.lexsort((-scores, owner))  # stable; what is not a number comes last
        chosen.append(order[np.flatnonzero(np.diff(owner[order], prepend=-1))])
    return np.unique(np.concatenate(chosen))


@dataclass(frozen=True, eq=False)
class _Offsets:
    """The sum of b - a over the distinct pairs of each category, both words known."""

    groups: Ids
    totals: NDArray[np.float64]
    pairs: frozenset[tuple[int, int, int]]
    sizes: Ids

    @classmethod
    def of(cls, words: _Words, questions: Ids, groups: Ids) -> "_Offsets":
        both = np.concatenate([np.column_stack([groups, questions[:, side : side + 2]]) for side in (0, 2)])
        names = np.unique(groups)
        both = np.unique(both[(both[:, 1:] >= 0).all(axis=1)], axis=0)
        ends = np.searchsorted(both[:, 0], names, "right")
        totals = np.zeros((len(names), words.vectors.shape[1]))
        for number, (first, last) in enumerate(zip([0, *ends], ends, strict=False)):
            for start in range(first, last, _OFFSETS):
                _, a, b = both[start : min(last, start + _OFFSETS)].T
                totals[number] += (words.units(b).astype(np.float64) - words.units(a)).sum(axis=0)
        pairs = frozenset((int(group), int(a), int(b)) for group, a, b in both)
        return cls(names, totals, pairs, np.diff(ends, prepend=0))

    def queries(self, words: _Words, pairs: Ids) -> Floats:
        """Return float32[P, D]: for each category, c and d, c plus the mean of b - a over the other pairs."""
        number = np.searchsorted(self.groups, pairs[:, 0])
        mine = np.array([tuple(pair) in self.pairs for pair in pairs.tolist()], dtype=np.int64)
        c = words.units(pairs[:, 1]).astype(np.float64)
        others = self.totals[number] - mine[:, None] * (words.units(pairs[:, 2]) - c)
        left = self.sizes[number] - mine
        return (c + np.where(left > 0, 1 / np.maximum(left, 1), 0.0)[:, None] * others).astype(np.float32)


def _products(units: Floats, numbers: Ids, vectors: Floats, rows: Ids) -> Floats:
    """Return float32[n], products of rows of two matrices, pair by pair: the bits that the kernels see."""
    from ..kernels.combinations import pair_products

    vectors = vectors.view()
    vectors.setflags(write=False)  # one type of array, whoever asks: the kernel is compiled once
    found = np.empty(len(rows), dtype=np.float32)
    pair_products(units, np.ascontiguousarray(numbers), vectors, np.ascontiguousarray(rows), found)
    return found


def _cosines(words: _Words, units: Floats, numbers: Ids, rows: Ids) -> Floats:
    """Return float32[n], the cosine of a unit vector and a row, pair by pair."""
    with np.errstate(invalid="ignore"):
        return np.asarray(_products(units, numbers, words.vectors, rows) * words.scale[rows])


def _block_of(words: _Words, questions: Ids, exclude: bool, directions: bool) -> _Block:
    """Return the distinct words of the questions as unit vectors, and the scores of the right answers."""
    known, asked = np.unique(questions[:, :3], return_inverse=True)
    asked, given = asked.reshape(-1, 3), questions[:, 3]
    units, one = words.units(known), np.float32(1.0)
    lengths = np.where(known >= 0, words.squares[known], np.float32(units[0].any()))
    x, y, z = (_cosines(words, units, asked[:, side], given) for side in range(3))
    own, shift = np.full((len(questions), 3), np.nan, dtype=np.float32), x
    with np.errstate(invalid="ignore"):
        own[:, 0] = (y - x) + z
        own[:, 1] = (y + one) / (x + (one + _EPSILON)) * (z + one)
        if directions:
            own[:, 2], shift = _directions(words, units, lengths, asked, questions, (y - x, z))
    places = words.columns[questions]
    for first, second in ((0, 1), (0, 2), (1, 2)):  # a word that is there twice is left out once
        places[questions[:, first] == questions[:, second], second] = -1
    if not exclude:
        places[:, :3] = -1
    return _Block(units, asked, places, own, lengths, shift)


def _directions(
    words: _Words, units: Floats, lengths: Floats, asked: Ids, questions: Ids, cosines: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return PairDirection's score of each right answer, and what b - a is at c, to be taken off.

    ``cosines`` are those of the answer with b less that with a, and with c.
    """
    (a, b, c), (third, given) = asked.T, questions[:, 2:].T
    # Of a known c with the bits of its own column, so that c, and what is equal to it, has the score 0.
    at_c = [np.where(third >= 0, _cosines(words, units, i, third), _products(units, i, units, c)) for i in (a, b)]
    shift = at_c[1] - at_c[0]
    gaps = (words.squares[given] + lengths[c]) - (cosines[1] + cosines[1])
    scores = (cosines[0] - shift) * (np.float32(1.0) / np.sqrt(np.maximum(gaps, _LEAST)))
    apart = lengths[a] + lengths[b] - 2 * _products(units, a, units, b) > _LEAST
    return np.where((a != b) & apart, scores, np.float32(np.nan)), shift


def _count_better(
    words: _Words, block: _Block, method: Sequence[Method], watch: Callable[[int, int], None] | None
) -> Ids:
    """Return int64[n, 3]: for each question the words that answer it better than the right one, by method."""
    from ..kernels._product import STEP, WIDE, WIDE_ROWS
    from ..kernels.combinations import count_better, count_straighter, fill_nearness, fill_products

    count, dim = block.units.shape
    numbers = np.concatenate([np.arange(count), np.full(STEP - 1, count - 1)])
    width = max(_FEWEST, min(_MOST, _CELLS // count // _FEWEST * _FEWEST))
    level = np.nextafter(block.own, np.float32(-np.inf))
    pairs = tuple(np.ascontiguousarray(part[:, :2]) for part in (block.own, level))
    scale, squares = words.scale[words.rows], words.squares[words.rows]
    directions, combinations = "pairdirection" in method, any(name != "pairdirection" for name in method)
    third = tuple(np.ascontiguousarray(part[:, 2]) for part in (block.own, level))

    def work(take: Callable[[], tuple[int, int] | None]) -> Ids:
        better, straighter = np.zeros((len(block.asked), 2), np.int64), np.zeros(len(block.asked), np.int64)
        packed, tile = np.empty((_PANELS, dim, WIDE), np.float32), np.empty((WIDE_ROWS, WIDE), np.float32)
        cosines, scratch = np.empty((count, width), np.float32), np.empty((2, width), np.float32)
        nearness = np.empty((count, width) if directions else (0, 0), np.float32)
        left = (block.units, count, numbers, words.vectors, words.rows)
        while span := take():
            first, last = span
            fill_products(*left, first, last, scale, packed, tile, cosines)
            given = (first, last - first, block.asked, block.places)
            if combinations:
                count_better(cosines, *given, *pairs, _EPSILON, better, scratch[0], scratch[1])
            if directions:
                fill_nearness(cosines, last - first, squares[first:last], block.lengths, _LEAST, nearness)
                count_straighter(cosines, nearness, *given, block.shift, *third, straighter, scratch[0])
            if watch is not None:
                watch(last - first, len(words.rows))
        return np.column_stack([better, straighter])

    return np.asarray(sum(run_spans(len(words.rows), width, words.threads, work)))


@dataclass(frozen=True)
class _Tell:
    """Tells how many questions are answered, when so many of the answers that are looked for are ranked."""

    progress: Watcher | None
    stage: str
    questions: int
    of: int

    def span(self, before: int, size: int) -> Callable[[int, int], None] | None:
        """Return a function that is told of words that were compared with ``size`` answers."""
        if self.progress is None:
            return None
        lock, compared = threading.Lock(), 0

        def watch(words: int, of: int) -> None:
            nonlocal compared
            with lock:
                compared += words
                self._tell(before + size * compared // of)

        return watch

    def end(self) -> None:
        """Tell that all is done."""
        self._tell(self.of)

    def _tell(self, done: int) -> None:
        if self.progress is not None:
            part = self.questions * done // self.of if self.of else self.questions
            self.progress(Progress(self.stage, part, self.questions, "questions"))
