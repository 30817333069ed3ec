"""Do the clusters of vectors agree with the categories that people put words into?"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError
from .geometry import unit_rows
from .measures import MEAN, V_MEASURE
from .outcome import Outcome, outcome_table, timed
from .sets.columns import Columns, Role, read_table
from .sets.datasets import Dataset, read_dataset
from .sets.numbering import number_keys, number_words
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Categories", "evaluate_categorization", "purity_hits", "read_categories", "score_categorization"]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Column names as they are compared: lower case, letters and digits only.
_ROLES: list[Role] = [("word", {"word", "term", "concept"}), ("category", {"category", "class", "label"})]
#: k-means is started so often, from different places; the tightest clusters are taken.
_STARTS, _SEED = 50, 0


@dataclass(frozen=True, eq=False)
class Categories:
    """Words, each in a category.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    words : tuple of str
        The words.
    categories : tuple of str
        Names of the categories.
    category : int64[n]
        Which category each word is in.
    notes : tuple of str
        What was read from the file by rule, and what is odd about it.
    """

    name: str
    sha256: str
    words: tuple[str, ...]
    categories: tuple[str, ...]
    category: Ids
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_categories(path: Path | str | Dataset, *, columns: Columns | None = None) -> Categories:
    """Read a file of words and their categories, one word a line, plain or compressed.

    The separator is the first of tab, semicolon and comma that the first line has. The first line is a header if
    one of its fields is ``word`` (``term``, ``concept``) and one ``category`` (``class``, ``label``). Without a
    header there must be two columns: word, category. Lines with a category and no word, as tables
    padded to one length have, are left out; words that stand on several lines are kept; ``notes`` counts both.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.
    columns : (int or str, int or str), optional
        Names (with a header) or numbers from 1 of the columns of word and category.

    Raises
    ------
    FormatError
        Naming file and line, if the rules find no two columns, a category is empty, or there are not two categories.

    Examples
    --------
    >>> found = read_categories(Dataset("toy", ",category,word\\n0,animal,cat\\n1,fruit,plum\\n", ""))
    >>> found.words, found.categories, found.category.tolist()
    (('cat', 'plum'), ('animal', 'fruit'), [0, 1])
    """
    source = read_dataset(path)
    table = read_table(source, _ROLES, columns)
    empty = next((where for where, (_, label) in table.rows if not label), None)
    if empty:
        raise FormatError(f"{empty}: the category is empty.")
    given = [fields for _, fields in table.rows if fields[0]]
    words, names = [word for word, _ in given], tuple(dict.fromkeys(label for _, label in given))
    if len(names) < 2:
        raise FormatError(f"{source.shown}: expected words of two categories at least, got {len(names)}.")
    notes = list(table.notes)
    if len(given) < len(table.rows):
        notes.append(f"{len(table.rows) - len(given)} lines with a category and no word left out")
    again = len(words) - len({one.casefold() for one in words})
    if again:
        notes.append(f"{again} lines repeat a word; all are kept")
    category = number_keys(label for _, label in given)
    return Categories(table.name, source.sha256, tuple(words), names, category, tuple(notes))


def evaluate_categorization(
    embeddings: Embeddings,
    categories: Categories | Path | str,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Cluster words by their vectors, and compare the clusters with categories: purity and V-measure.

    The vectors are brought to length 1 and clustered by k-means, into as many clusters as there are categories
    with a word left, from 50 starts with a fixed seed.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    categories : Categories, Path or str
        Words with categories, or a file of them (see :func:`read_categories`).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about an unknown word: leave it out and count it, raise, or cluster zeros or the mean vector for
        it.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        Two rows with the columns of :class:`~wordvec.evaluate.scores.Score`.

    Raises
    ------
    FormatError
        If the file is not one of words and categories.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Notes
    -----
    Purity is the share of words that are in the most frequent category of their cluster. It grows with the number
    of clusters, and random clusters do not have a purity of 0. V-measure does not reward many clusters by itself,
    but of few words it is not 0 by chance either. The intervals are over another draw of words from the clusters
    that were found; they do not hold what another clustering would change.

    References
    ----------
    Almuhareb (2006) and Baroni and Lenci (2010) for the task; Rosenberg and Hirschberg (2007), "V-measure: a
    conditional entropy-based external cluster evaluation measure".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("cat", "dog", "plum", "pear"), np.array([4, 3, 2, 1]))
    >>> rows = np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0], [0.1, 1.0]], np.float32)
    >>> asked = Categories("toy", "", ("cat", "dog", "plum", "pear"), ("animal", "fruit"), np.array([0, 0, 1, 1]))
    >>> evaluate_categorization(Embeddings(words, rows), asked)[["metric", "score", "n"]].values.tolist()
    [['purity', 1.0, 4], ['v-measure', 1.0, 4]]
    """
    held = categories if isinstance(categories, Categories) else read_categories(categories)
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    return outcome_table(score_categorization(lookup, held))


def score_categorization(lookup: Lookup, categories: Categories) -> list[Outcome]:
    """Return the category and the cluster of each word, and whether it is in the category of most in its cluster.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    categories : Categories
        Words with categories.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    rows = lookup.rows([word] for word in categories.words)[:, 0]
    items = np.flatnonzero(lookup.kept(rows[:, None]))
    # In order of words: the clusters do not depend on the order of lines.
    items = np.array(sorted(items.tolist(), key=lambda i: (categories.words[i], i)), dtype=np.int64)
    classes = categories.category[items]
    clusters = _clustered(lookup.vectors(rows[items]), len(np.unique(classes)))
    order = np.argsort(items)
    items, classes, clusters = items[order], classes[order], clusters[order]
    units = number_words(categories.words)
    values = {
        "purity": (MEAN, purity_hits(classes, clusters)[:, None]),
        "v-measure": (V_MEASURE, np.stack([classes, clusters], axis=1).astype(np.float64)),
    }
    outcomes = [
        Outcome(
            "categorization",
            categories.name,
            categories.sha256,
            metric,
            measure,
            items,
            value,
            units[items, None],
            "word",
            int((rows < 0).sum()),
            lookup.policy,
        )
        for metric, (measure, value) in values.items()
    ]
    return timed(outcomes, time.perf_counter() - start)


def purity_hits(classes: Ids, clusters: Ids) -> Floats:
    """Return float64[n], whether each item is of the class that most items of its cluster are of.

    Where several classes are as frequent in a cluster, each item of them counts one over their number: the mean is
    the purity, and no class is preferred.

    Parameters
    ----------
    classes, clusters : int64[n]
        Numbers >= 0.

    Examples
    --------
    >>> purity_hits(np.array([0, 0, 1, 1, 2]), np.array([0, 0, 0, 1, 1])).tolist()
    [1.0, 1.0, 0.0, 0.5, 0.5]
    """
    if not len(classes):
        return np.zeros(0)
    table = np.zeros((int(clusters.max()) + 1, int(classes.max()) + 1))
    np.add.at(table, (clusters, classes), 1.0)
    most = table.max(axis=1)
    tied = (table == most[:, None]).sum(axis=1)
    return np.asarray((table[clusters, classes] == most[clusters]) / tied[clusters])


def _clustered(vectors: Floats, count: int) -> Ids:
    """Return int64[n], the cluster of each vector; ``count`` clusters, or as many as there are distinct vectors."""
    if not len(vectors):
        return np.zeros(0, dtype=np.int64)
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    units = unit_rows(vectors)
    count = min(count, len(np.unique(units, axis=0)))
    # Several threads add up centers in another order: the last bits differ, and with them, now and then, a cluster.
    with threadpool_limits(limits=1):
        return np.asarray(KMeans(count, n_init=_STARTS, random_state=_SEED).fit_predict(units), dtype=np.int64)
