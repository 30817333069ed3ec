"""How often words stand near each other: what GloVe and Mittens are trained on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError, ParameterError, require
from ..progress import Progress, Watcher
from ..search import run_spans
from ..text.corpus import Corpus
from ..text.vocabulary import Vocabulary
from ..threads import count_threads

if TYPE_CHECKING:
    import scipy.sparse

__all__ = ["Cooccurrences", "count_cooccurrences"]

#: Shares of a count are whole multiples of 2**-32, so that sums are exact and no order matters.
_ONE = 1 << 32
#: Cells that a thread fills before they are copied to their size.
_CELLS = 1 << 22


@dataclass(frozen=True, eq=False)
class Cooccurrences:
    """Counts of pairs of words that stand near each other, in compressed sparse rows.

    Parameters
    ----------
    vocabulary : Vocabulary
        Row and column ``i`` belong to word ``i``.
    indptr : int64[V + 1]
        Cells of row ``i`` are ``indptr[i]:indptr[i + 1]``.
    indices : int32[n]
        The other word of each cell, ascending in each row.
    values : float32[n]
        What the cell adds up to; positive and finite.
    metadata : mapping
        How they were counted.

    Raises
    ------
    ParameterError
        If shapes, types or values differ from these.

    Examples
    --------
    >>> counts = Cooccurrences.from_dense(Vocabulary.from_counts({"a": 2, "b": 1}), np.array([[0, 2.5], [2.5, 0]]))
    >>> counts, counts.indices.tolist()
    (Cooccurrences(2 words, 2 cells), [1, 0])
    """

    vocabulary: Vocabulary
    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    values: NDArray[np.float32]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n, cells = len(self.vocabulary), len(self.values)
        require(self.indptr.shape == (n + 1,), "indptr.shape", f"({n + 1},)", self.indptr.shape)
        require(int(self.indptr[-1]) == cells, "indptr[-1]", f"the number of cells, {cells}", int(self.indptr[-1]))
        require(self.indices.shape == (cells,), "indices.shape", f"({cells},)", self.indices.shape)
        for name, dtype in {"indptr": np.int64, "indices": np.int32, "values": np.float32}.items():
            array = getattr(self, name)
            require(array.dtype == dtype, f"{name}.dtype", np.dtype(dtype).name, str(array.dtype))
            array.setflags(write=False)
        wrong = self.values[~((self.values > 0) & (self.values < np.inf))]
        require(not len(wrong), "values", "positive and finite", wrong[:1].tolist())

    def __repr__(self) -> str:
        n, cells = len(self.vocabulary), len(self.values)
        return f"Cooccurrences({n:,} word{'' if n == 1 else 's'}, {cells:,} cell{'' if cells == 1 else 's'})"

    def to_scipy(self) -> "scipy.sparse.csr_array":
        """Return a SciPy array that shares the cells."""
        import scipy.sparse

        size = len(self.vocabulary)
        return scipy.sparse.csr_array((self.values, self.indices, self.indptr), shape=(size, size))

    @classmethod
    def from_dense(cls, vocabulary: Vocabulary, matrix: NDArray[Any]) -> "Cooccurrences":
        """Take the cells of a matrix that are not 0.

        Parameters
        ----------
        vocabulary : Vocabulary
            Words of rows and columns.
        matrix : float[V, V]
            Counts.

        Raises
        ------
        ParameterError
            If the matrix has another shape, or a cell is negative, NaN or infinite.
        """
        size = len(vocabulary)
        require(matrix.shape == (size, size), "matrix.shape", f"({size}, {size})", matrix.shape)
        rows, columns = np.nonzero(matrix)
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))]).astype(np.int64)
        return cls(vocabulary, indptr, columns.astype(np.int32), matrix[rows, columns].astype(np.float32))


def count_cooccurrences(
    corpus: Corpus,
    *,
    window: int = 10,
    weighting: Literal["distance", "shrunk", "flat"] = "distance",
    threads: int | None = None,
    progress: Watcher | None = None,
) -> Cooccurrences:
    """Count the words around each word of a corpus.

    Parameters
    ----------
    corpus : Corpus
        Text; a window never leaves a sentence. Words that were left out of the vocabulary leave no gap.
    window : int in [1, 1000], default 10
        Words on either side.
    weighting : {"distance", "shrunk", "flat"}, default "distance"
        What a neighbor at distance d counts: 1 / d as in GloVe; (window - d + 1) / window, which is what skip-gram's
        windows of random reach come to; or 1.
    threads : int >= 1, optional
        Threads to use; one for each CPU by default.
    progress : callable, optional
        Called several times a second with a :class:`Progress`.

    Returns
    -------
    Cooccurrences
        Symmetric; a word that stands near itself is counted, too. The same bits for any number of threads and any order
        of sentences: sums are whole multiples of 2**-32.

    Raises
    ------
    ParameterError
        If a parameter is out of its domain, or the corpus has 2**32 tokens or more.
    FormatError
        If no two words stand in one sentence.

    Notes
    -----
    Beside the cells (8 bytes each) it holds 5 bytes a token, and for each thread 16 bytes a word and 48 MB.

    References
    ----------
    Pennington et al. (2014), "GloVe: global vectors for word representation", sec. 4.2.

    Examples
    --------
    >>> corpus = Corpus.from_sentences([["a", "b", "c"], ["a", "b"]], min_count=1)
    >>> count_cooccurrences(corpus).to_scipy().toarray().tolist()
    [[0.0, 2.0, 0.5], [2.0, 0.0, 1.0], [0.5, 1.0, 0.0]]
    """
    require(isinstance(window, int) and 1 <= window <= 1_000, "window", "an integer from 1 to 1000", window)
    shares = _shares(window, weighting)
    if corpus.n_tokens >= 1 << 32:
        raise ParameterError(f"corpus must have fewer than 2**32 tokens, got {corpus.n_tokens:,}; count its slices.")
    task = _Task(corpus, shares)
    parts: list[_Part] = [None] * (len(task.ends) - 1)

    def work(take: Callable[[], tuple[int, int] | None]) -> None:
        scratch = task.scratch()
        while span := take():
            number = span[0]
            parts[number] = task.count(number, scratch)
            if progress is not None:
                progress(Progress("co-occurrences", task.tokens_before(number + 1), corpus.n_tokens, "words"))

    run_spans(len(parts), 1, count_threads(threads), work)
    sizes, indices, values = (np.concatenate([part[i] for part in parts if part is not None]) for i in range(3))
    if not len(indices):
        raise FormatError("no two words of this corpus stand in one sentence: there is nothing to count.")
    indptr = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    facts = {"window": window, "weighting": weighting, "tokens": corpus.n_tokens, "corpus": corpus.digest}
    return Cooccurrences(corpus.vocabulary, indptr, indices, values, facts)


_Part = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32]] | None
_Scratch = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32], NDArray[np.int64]]


class _Task:
    """A text, where each word stands in it, and which words are counted together."""

    def __init__(self, corpus: Corpus, shares: NDArray[np.int64]) -> None:
        from ..kernels.cooccurrence import place_items

        start, stop = int(corpus.offsets[0]), int(corpus.offsets[-1])
        # One type of array, whoever asks: each kernel is compiled once.
        self.ids = np.frombuffer(corpus.ids, dtype=np.int32)[start:stop]
        self.shares, self.size = shares, len(corpus.vocabulary)
        self.opens = np.zeros(stop - start + 1, np.bool_)
        self.opens[corpus.offsets - start] = True
        self.begins = np.concatenate([[0], np.cumsum(corpus.word_counts)]).astype(np.int64)
        self.places = np.empty(stop - start, np.uint32)
        place_items(self.ids, self.begins[:-1].copy(), self.places)
        #: Cells that the row of each word may have.
        self.bounds = np.minimum(self.size, 2 * len(shares) * corpus.word_counts)
        self.ends = _cut(self.bounds)

    def tokens_before(self, number: int) -> int:
        """Return how many tokens the words before a span make up."""
        return int(self.begins[self.ends[number]])

    def scratch(self) -> _Scratch:
        """Return the memory of one thread."""
        cells = int(np.add.reduceat(self.bounds, self.ends[:-1]).max())
        sums, touched = np.zeros(self.size, np.int64), np.empty(self.size, np.int64)
        return sums, touched, np.empty(cells, np.int32), np.empty(cells, np.int64)

    def count(self, number: int, scratch: _Scratch) -> _Part:
        """Return the sizes, columns and values of the rows of a span of words."""
        from ..kernels.cooccurrence import count_contexts

        first, last = int(self.ends[number]), int(self.ends[number + 1])
        sizes = np.empty(last - first, np.int64)
        text = self.shares, self.ids, self.opens, self.begins, self.places
        count_contexts(first, last, *text, *scratch, sizes)
        n = int(sizes.sum())
        return sizes, scratch[2][:n].copy(), (scratch[3][:n] / _ONE).astype(np.float32)


def _cut(bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return int64[n + 1]: where spans of words begin that have at most so many cells together, or are one word."""
    ends, filled = [0], 0
    for word, cells in enumerate(bounds.tolist()):
        if filled + cells > _CELLS and word > ends[-1]:
            ends.append(word)
            filled = 0
        filled += cells
    return np.array([*ends, len(bounds)], np.int64)


def _shares(window: int, weighting: str) -> NDArray[np.int64]:
    """Return int64[window]: what a neighbor at each distance counts, in multiples of 2**-32."""
    names = ("distance", "shrunk", "flat")
    require(weighting in names, "weighting", " or ".join(map(repr, names)), weighting)
    distances = range(1, window + 1)
    if weighting == "distance":
        shares = [round(_ONE / d) for d in distances]
    elif weighting == "shrunk":
        shares = [round(_ONE * (window - d + 1) / window) for d in distances]
    else:
        shares = [_ONE] * window
    return np.array(shares, np.int64)
