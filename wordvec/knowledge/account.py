"""What a graph did to vectors: how far words moved, who pulled, and which test pairs changed places because of it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import ParameterError, require
from ..lexicon import Lexicon
from .retrofit import keep_edges

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Move", "MovedPair", "account_moves", "account_pairs", "exclude_pairs"]

#: Edges of which the vectors are held at once.
_EDGES = 16_384


class Move(NamedTuple):
    """What a graph did to one word: a row of :func:`account_moves`.

    Parameters
    ----------
    word : str
        The word, or a node that had no vector before.
    degree : int
        Its edges to nodes with a vector.
    cosine : float
        Of its vectors before and after; NaN without a vector before, or without length.
    distance : float
        Between them; NaN without a vector before.
    pull : float
        Length of the mean of its neighbors' pulls, by their weights.
    pulled_by : str
        The neighbors with the largest shares of the pull, each as ``neighbor (relation share)``; shares of all
        neighbors add up to 1, and one that pulled against the others has a negative one.
    """

    word: str
    degree: int
    cosine: float
    distance: float
    pull: float
    pulled_by: str


class MovedPair(NamedTuple):
    """A test pair before and after: a row of :func:`account_pairs`.

    Parameters
    ----------
    word1, word2 : str
        The words.
    score : float
        What people said.
    cosine_before, cosine_after : float
        Their similarities.
    rank, rank_before, rank_after : float
        Place among the pairs by score and by similarities, 1 for the most similar; ties share the mean of their places.
    change : float
        ``rank_before - rank_after``: above 0 for a pair that became more similar.
    nearer : float
        By how many places it is nearer to ``rank``; below 0 if it is farther.
    because_of : str
        Edges of either word with the largest shares of its pull, each as ``word < neighbor (relation share)``.
    """

    word1: str
    word2: str
    score: float
    cosine_before: float
    cosine_after: float
    rank: float
    rank_before: float
    rank_after: float
    change: float
    nearer: float
    because_of: str


class _Pull(NamedTuple):
    """The pull on one node."""

    node: int
    length: float
    neighbors: tuple[tuple[int, str, float], ...]


def account_moves(
    before: Embeddings, after: Embeddings, lexicon: Lexicon, *, top: int = 3, repelling: Collection[str] = ()
) -> "pd.DataFrame":
    """Return what the graph did to each word with an edge, those that turned most (by ``cosine``) first.

    A neighbor pulls with its weight times the way from where the word was to where the neighbor is now; its share is
    how much of the sum of these pulls that is, along the sum. Edges of ``repelling`` relations push: their way counts
    backwards.

    Parameters
    ----------
    before, after : Embeddings
        The vectors that were retrofitted, and what became of them; ``after`` may have extras of the lexicon.
    lexicon : Lexicon
        The edges that were used.
    top : int >= 0, default 3
        How many neighbors to name, at most.
    repelling : collection of str
        Relations that push, such as ``("antonym",)`` after counter-fitting; others pull.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`Move`.

    Raises
    ------
    ParameterError
        If the lexicon or ``after`` is over other words.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> from wordvec.knowledge.retrofit import retrofit
    >>> words = Vocabulary.from_counts({"cat": 3, "feline": 2, "tax": 1})
    >>> embeddings = Embeddings(words, np.array([[3, 0], [0, 3], [1, 1]], np.float32))
    >>> lexicon = Lexicon.from_pairs([("cat", "feline")], words)
    >>> table = account_moves(embeddings, retrofit(embeddings, lexicon, solver="direct"), lexicon)
    >>> table[["word", "degree", "distance", "pulled_by"]].round(2).values.tolist()[0]
    ['cat', 1, 1.41, 'feline (synonym 1.00)']
    """
    import pandas as pd

    require(isinstance(top, int) and top >= 0, "top", "an integer >= 0", top)
    nodes, rows = lexicon.nodes, _rows_after(before, after, lexicon)
    degrees = _degrees(lexicon, rows)
    moved = []
    for pull in _pulls(before, after, lexicon, rows, np.flatnonzero(degrees), top, repelling):
        cosine, distance = _compare(before, after, pull.node, int(rows[pull.node]))
        shown = ", ".join(f"{nodes[j]} ({relation} {share:.2f})" for j, relation, share in pull.neighbors)
        moved.append(Move(nodes[pull.node], int(degrees[pull.node]), cosine, distance, pull.length, shown))
    table = pd.DataFrame(moved, columns=list(Move._fields))
    # By distance, a few words with long vectors would come first, whatever was done to them.
    return table.sort_values("cosine", kind="stable", na_position="last", ignore_index=True)


def account_pairs(
    before: Embeddings,
    after: Embeddings,
    lexicon: Lexicon,
    pairs: Sequence[tuple[str, str]],
    scores: Sequence[float] | NDArray[np.float64],
    *,
    top: int = 3,
    repelling: Collection[str] = (),
) -> "pd.DataFrame":
    """Return which test pairs changed places, and the edges that pulled on their words, the largest change first.

    Parameters
    ----------
    before, after, lexicon
        As for :func:`account_moves`.
    pairs : sequence of (str, str)
        Words as they stand in the vocabulary; pairs with another word are left out, and counted in
        ``table.attrs["missing"]``.
    scores : sequence of float
        What people said of each pair.
    top : int >= 0, default 3
        How many edges to name for each word, at most.
    repelling : collection of str
        As for :func:`account_moves`.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`MovedPair`; all pairs that are known.

    Raises
    ------
    ParameterError
        If lengths differ, or the lexicon or ``after`` is over other words.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> from wordvec.knowledge.retrofit import retrofit
    >>> words = Vocabulary.from_counts({"cat": 3, "feline": 2, "tax": 1})
    >>> embeddings = Embeddings(words, np.array([[3, 0], [0, 3], [2, 1]], np.float32))
    >>> lexicon = Lexicon.from_pairs([("cat", "feline")], words)
    >>> asked = [("cat", "tax"), ("feline", "tax"), ("cat", "feline")]
    >>> table = account_pairs(embeddings, retrofit(embeddings, lexicon), lexicon, asked, [1, 2, 9])
    >>> table[["word1", "word2", "rank_before", "rank_after", "because_of"]].values.tolist()[0]
    ['feline', 'tax', 2.0, 3.0, 'feline < cat (synonym 1.00)']
    """
    import pandas as pd

    require(len(pairs) == len(scores), "scores", f"one for each of {len(pairs)} pairs", len(scores))
    nodes, rows = lexicon.nodes, _rows_after(before, after, lexicon)
    found = np.array([[before.vocabulary.get(word) for word in pair] for pair in pairs], np.int64).reshape(-1, 2)
    known = (found >= 0).all(axis=1)
    ends, judged = found[known], np.asarray(scores, np.float64)[known]
    asked = np.unique(ends)
    pulls = _pulls(before, after, lexicon, rows, asked[_degrees(lexicon, rows)[asked] > 0], top, repelling)
    causes = {
        pull.node: [
            f"{nodes[pull.node]} < {nodes[j]} ({relation} {share:.2f})" for j, relation, share in pull.neighbors
        ]
        for pull in pulls
    }
    cosines = [_cosines(held.vectors[ends[:, 0]], held.vectors[ends[:, 1]]) for held in (before, after)]
    ranks = [_rank(values) for values in (judged, *cosines)]
    moved = [
        MovedPair(
            nodes[a],
            nodes[b],
            float(judged[k]),
            float(cosines[0][k]),
            float(cosines[1][k]),
            float(ranks[0][k]),
            float(ranks[1][k]),
            float(ranks[2][k]),
            float(ranks[1][k] - ranks[2][k]),
            float(abs(ranks[1][k] - ranks[0][k]) - abs(ranks[2][k] - ranks[0][k])),
            ", ".join(causes.get(a, []) + causes.get(b, [])),
        )
        for k, (a, b) in enumerate(ends.tolist())
    ]
    table = pd.DataFrame(moved, columns=list(MovedPair._fields))
    table = table.sort_values("change", ascending=False, key=abs, kind="stable", ignore_index=True)
    table.attrs["missing"] = int(np.count_nonzero(~known))
    return table


def exclude_pairs(lexicon: Lexicon, pairs: Iterable[tuple[str, str]]) -> Lexicon:
    """Return the lexicon without the edges whose two ends are a test pair, in either order.

    Case does not count, and ``_`` is a blank: an edge is left out if a test that ignores case would ask for it.

    Parameters
    ----------
    lexicon : Lexicon
        The edges.
    pairs : iterable of (str, str)
        The words of test pairs.

    Returns
    -------
    Lexicon
        ``metadata["excluded"]`` holds the number of different test pairs (``"pairs"``) and of edges that were left out
        (``"edges"``, those that lead both ways counted once).

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary.from_counts({"cat": 3, "feline": 2, "tax": 1})
    >>> lexicon = Lexicon.from_pairs([("cat", "feline"), ("cat", "tax")], words)
    >>> exclude_pairs(lexicon, [("Feline", "cat"), ("dog", "cat")]).metadata["excluded"]
    {'pairs': 2, 'edges': 1}
    """
    numbers: dict[str, int] = {}
    tests = {tuple(sorted(numbers.setdefault(_fold(word), len(numbers)) for word in pair)) for pair in pairs}
    own = np.array([numbers.get(_fold(node), -1) for node in lexicon.nodes], np.int64)
    sources = np.repeat(own, lexicon.degrees)
    targets = own[lexicon.indices]
    keys = np.minimum(sources, targets) * len(numbers) + np.maximum(sources, targets)
    barred = np.array([a * len(numbers) + b for a, b in tests], np.int64)
    kept = (sources < 0) | (targets < 0) | ~np.isin(keys, barred)
    found = keep_edges(lexicon, kept)
    before = lexicon.metadata.get("excluded", {"edges": 0})
    counts = {"pairs": len(tests), "edges": int(before["edges"]) + lexicon.n_pairs - found.n_pairs}
    return replace(found, metadata={**lexicon.metadata, "excluded": counts})


def _fold(word: str) -> str:
    return word.casefold().replace("_", " ")


def _rows_after(before: Embeddings, after: Embeddings, lexicon: Lexicon) -> NDArray[np.int64]:
    """Return the row in ``after`` of each node, -1 for none; raise if words differ."""
    size = len(before)
    if lexicon.vocabulary.words != before.vocabulary.words:
        raise ParameterError("lexicon must be over the vocabulary of the vectors before, got one over other words")
    if after.vocabulary.words[:size] != before.vocabulary.words or after.dim != before.dim:
        raise ParameterError("after must have the words and the dim of the vectors before, perhaps and more words")
    extra = [after.vocabulary.index.get(node, -1) for node in lexicon.extras]
    return np.concatenate([np.arange(size), np.array(extra, np.int64)])


def _degrees(lexicon: Lexicon, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many neighbors with a vector each node with one has."""
    sources = np.repeat(np.arange(lexicon.n_nodes), lexicon.degrees)
    there = (rows[sources] >= 0) & (rows[lexicon.indices] >= 0)
    return np.bincount(sources[there], minlength=lexicon.n_nodes)


def _pulls(
    before: Embeddings,
    after: Embeddings,
    lexicon: Lexicon,
    rows: NDArray[np.int64],
    nodes: NDArray[np.int64],
    top: int,
    repelling: Collection[str],
) -> Iterator[_Pull]:
    """Yield the pull on each of some nodes, all of which have a neighbor with a vector."""
    size = len(before)
    signs = np.array([-1 if name in repelling else 1 for name in lexicon.relation_names], np.float32)
    forces = lexicon.weights * signs[lexicon.relations]
    for node in nodes.tolist():
        start = before.vectors[node].astype(np.float64) if node < size else np.zeros(before.dim)
        first, last = int(lexicon.indptr[node]), int(lexicon.indptr[node + 1])
        there = first + np.flatnonzero(rows[lexicon.indices[first:last]] >= 0)
        total = np.zeros(before.dim)
        for begin in range(0, len(there), _EDGES):
            total += _each_pull(after, lexicon, forces, rows, there[begin : begin + _EDGES], start).sum(axis=0)
        square = float(total @ total)
        shares = np.zeros(len(there))
        for begin in range(0, len(there) if square > 0 else 0, _EDGES):
            part = slice(begin, begin + _EDGES)
            shares[part] = _each_pull(after, lexicon, forces, rows, there[part], start) @ total / square
        chosen = np.argsort(-np.abs(shares), kind="stable")[:top].tolist()
        length = float(np.sqrt(square)) / float(lexicon.weights[there].sum(dtype=np.float64))
        named = tuple(
            (
                int(lexicon.indices[there[k]]),
                lexicon.relation_names[int(lexicon.relations[there[k]])],
                float(shares[k]),
            )
            for k in chosen
        )
        yield _Pull(node, length, named)


def _each_pull(
    after: Embeddings,
    lexicon: Lexicon,
    forces: NDArray[np.float32],
    rows: NDArray[np.int64],
    edges: NDArray[np.int64],
    start: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return what each edge pulls: its force times the way from the start to its neighbor."""
    ways = after.vectors[rows[lexicon.indices[edges]]] - start
    return np.asarray(forces[edges, None] * ways, np.float64)


def _compare(before: Embeddings, after: Embeddings, node: int, row: int) -> tuple[float, float]:
    """Return cosine and distance of a node's two vectors."""
    if node >= len(before):
        return float("nan"), float("nan")
    old, new = before.vectors[node].astype(np.float64), after.vectors[row].astype(np.float64)
    return float(_cosines(old[None], new[None])[0]), float(np.linalg.norm(new - old))


def _cosines(a: NDArray[np.floating[Any]], b: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Return the cosine of each row of ``a`` with that of ``b``; NaN where one has no length."""
    x, y = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    cosines: NDArray[np.float64] = np.full(len(x), np.nan)
    np.divide((x * y).sum(axis=1), lengths, out=cosines, where=lengths > 0)
    return cosines


def _rank(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the place of each value, 1 for the largest, ties at the mean of their places."""
    order, places = np.unique(-values, return_inverse=True)
    counts = np.bincount(places, minlength=len(order))
    ends = np.cumsum(counts)
    return np.asarray((ends - (counts - 1) / 2)[places])
