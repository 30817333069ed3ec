"""Which word does not belong to the others?"""

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError
from .geometry import unit_rows
from .measures import MEAN
from .outcome import Outcome, outcome_table, timed
from .sets.columns import Role, read_table
from .sets.datasets import Dataset, combined_digest, read_dataset
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Topics", "evaluate_outliers", "outlier_positions", "read_topics", "score_outliers"]

Floats = NDArray[np.float64]

_ROLES: list[Role] = [("category", {"category", "topic"}), ("words", {"words", "cluster"}), ("outliers", {"outliers"})]
#: One string of a written list, in single or double quotes, without a backslash.
_STRING = r"""'[^'\\]*'|"[^"\\]*\""""
_LIST = re.compile(rf"\[\s*(?:(?:{_STRING})\s*(?:,\s*(?:{_STRING})\s*)*)?\]")
#: Mean similarities that differ by less are equal: sums of the same numbers in another order differ by less.
_EQUAL = 1e-9


@dataclass(frozen=True, eq=False)
class Topics:
    """Clusters of words, and for each words that do not belong to it.

    Parameters
    ----------
    name, sha256 : str
        Of the file or folder they are from.
    topics : tuple of str
        Names of the clusters.
    words : tuple of tuples of str
        The words of each cluster.
    outliers : tuple of tuples of str
        The words that do not belong to each; every one is an item.
    notes : tuple of str
        What was read by rule.
    """

    name: str
    sha256: str
    topics: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    outliers: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return sum(map(len, self.outliers))


def read_topics(path: Path | str | Dataset) -> Topics:
    """Read clusters and outliers: a folder with a file for each topic, one such file, or a table.

    A file of a topic is as in the 8-8-8 set as published: the words of the cluster, one a line, a blank line, the
    outliers, one a line; the topic is called like the file. A folder is read in the order of its names ending in
    ``.txt``. A table has a header with ``category`` (``topic``), ``words`` (``cluster``) and ``outliers``; the last
    two hold lists as Python writes them, ``['tiger', 'lion']``. A file is a table if its first line has these
    three names. Empty words in a list are left out, and ``notes`` counts them.

    Parameters
    ----------
    path : Path, str or Dataset
        The file or folder.

    Raises
    ------
    FormatError
        Naming file and line, if there are not two words and one outlier at least, a list cannot be read, or a word
        stands twice in a topic.

    Examples
    --------
    >>> found = read_topics(Dataset("cats.txt", "tiger\\nlion\\n\\ndog\\n", ""))
    >>> found.topics, found.words, found.outliers
    (('cats',), (('tiger', 'lion'),), (('dog',),))
    """
    if not isinstance(path, Dataset) and Path(path).is_dir():
        files = sorted(Path(path).glob("*.txt"))
        if not files:
            raise FormatError(f"{path} holds no file ending in .txt; expected one for each topic.")
        sources = [read_dataset(file) for file in files]
        digest = combined_digest((source.name, source) for source in sources)
        return _topics(Path(path).name, digest, [_read_topic(source) for source in sources], ())
    source = read_dataset(path)
    first = re.sub(r"[^a-z\t;,]", "", next(source.lines())[1].lower())
    if all(set(re.split(r"[\t;,]", first)) & names for _, names in _ROLES):
        found, empty = _read_table(source)
        notes = (f"{empty} empty words left out",) if empty else ()
        return _topics(source.name, source.sha256, found, notes)
    return _topics(source.name, source.sha256, [_read_topic(source)], ())


_Topic = tuple[str, list[str], list[str]]


def _topics(name: str, sha256: str, found: list[_Topic], notes: tuple[str, ...]) -> Topics:
    names, words, outliers = zip(*found, strict=True)
    return Topics(name, sha256, names, tuple(map(tuple, words)), tuple(map(tuple, outliers)), notes)


def _read_topic(source: Dataset) -> _Topic:
    """Return name, words and outliers of a file: two blocks of lines."""
    blocks: list[list[str]] = []
    last = -1
    for number, line in source.lines():
        if number != last + 1:
            blocks.append([])
        last = number
        blocks[-1].append(line.strip())
    if len(blocks) != 2:
        raise FormatError(
            f"{source.shown}: expected two blocks of lines, words and outliers, with a blank line between them, "
            f"got {len(blocks)}."
        )
    _check(blocks[0], blocks[1], source.shown)
    return source.name.removesuffix(".txt"), blocks[0], blocks[1]


def _read_table(source: Dataset) -> tuple[list[_Topic], int]:
    """Return name, words and outliers of each line of a table, and how many empty words were left out."""
    found, empty = [], 0
    for where, (topic, words, outliers) in read_table(source, _ROLES).rows:
        lists = [_read_list(text, where) for text in (words, outliers)]
        filled = [[word for word in one if word] for one in lists]
        empty += sum(map(len, lists)) - sum(map(len, filled))
        _check(filled[0], filled[1], where)
        found.append((topic, filled[0], filled[1]))
    return found, empty


def _read_list(text: str, where: str) -> list[str]:
    if not _LIST.fullmatch(text):
        raise FormatError(f"{where}: expected a list such as ['tiger', 'lion'], got {text[:60]!r}.")
    return [quoted[1:-1].strip() for quoted in re.findall(_STRING, text)]


def _check(words: list[str], outliers: list[str], where: str) -> None:
    if len(words) < 2 or not outliers:
        raise FormatError(
            f"{where}: expected two words and one outlier at least, got {len(words)} and {len(outliers)}."
        )
    seen: set[str] = set()
    for word in words + outliers:
        if word in seen:
            raise FormatError(f"{where}: {word!r} stands twice in a topic.")
        seen.add(word)


def evaluate_outliers(
    embeddings: Embeddings,
    topics: Topics | Path | str,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    r"""Find the word that does not belong to a cluster: accuracy and outlier position percentage.

    Each outlier is put among the n words of its cluster alone. A word's compactness is the mean cosine of all
    pairs of the other words, so that without the outlier the rest is most compact. The position of the outlier is
    how many words have a lower compactness, 0 to n. Accuracy is the share of outliers at position n, OPP the mean
    of position / n. A word with the same compactness (to :math:`10^{-9}`) counts half for the position; an outlier
    that shares the last position with others is a hit by one over their number.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    topics : Topics, Path or str
        Clusters with outliers, or a file or folder of them (see :func:`read_topics`).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about an outlier that is unknown, or whose cluster has an unknown word: leave it out and count
        it, raise, or take zeros or the mean vector for words of the cluster; an unknown outlier then is not
        found, at position 0.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        Two rows with the columns of :class:`~wordvec.evaluate.scores.Score`. The interval is over another draw of
        topics: all outliers of a topic are set against the same words.

    Raises
    ------
    FormatError
        If the file is not one of clusters and outliers.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    References
    ----------
    Camacho-Collados and Navigli (2016), "Find the word that does not belong: a framework for an intrinsic
    evaluation of word vector representations", RepEval; equations 1 to 3.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("lion", "tiger", "lynx", "tax"), np.array([4, 3, 2, 1]))
    >>> rows = np.array([[1.0, 0.1], [0.9, 0.2], [1.0, 0.2], [0.1, 1.0]], np.float32)
    >>> asked = Topics("toy", "", ("cats",), (("lion", "tiger", "lynx"),), (("tax", "law"),))
    >>> table = evaluate_outliers(Embeddings(words, rows), asked)
    >>> table[["metric", "score", "n", "missing"]].values.tolist()
    [['accuracy', 1.0, 1, 1], ['OPP', 1.0, 1, 1]]
    """
    held = topics if isinstance(topics, Topics) else read_topics(topics)
    return outcome_table(score_outliers(look_up(embeddings, missing=missing, case=case, restrict=restrict), held))


def score_outliers(lookup: Lookup, topics: Topics) -> list[Outcome]:
    """Return for each outlier whether it was found, and its position.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    topics : Topics
        Clusters with outliers.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    items, units, values, item, missing = [], [], [], 0, 0
    for topic, (words, outliers) in enumerate(zip(topics.words, topics.outliers, strict=True)):
        rows = lookup.rows((*words, outlier) for outlier in outliers)
        missing += int((rows < 0).any(axis=1).sum())
        for asked, kept in zip(rows, lookup.kept(rows).tolist(), strict=True):
            if kept:
                items.append(item)
                units.append(topic)
                values.append(_answer(lookup.vectors(asked)) if asked[-1] >= 0 else (0.0, 0.0))
            item += 1
    found = np.array(values, dtype=np.float64).reshape(-1, 2)
    outcomes = [
        Outcome(
            "outlier detection",
            topics.name,
            topics.sha256,
            metric,
            MEAN,
            np.array(items, dtype=np.int64),
            found[:, k : k + 1],
            np.array(units, dtype=np.int64).reshape(-1, 1),
            "topic",
            missing,
            lookup.policy,
        )
        for k, metric in enumerate(("accuracy", "OPP"))
    ]
    return timed(outcomes, time.perf_counter() - start)


def _answer(vectors: Floats) -> tuple[float, float]:
    """Return hit and position, 0 to 1, of the last vector, the outlier."""
    units = unit_rows(vectors)
    # einsum adds up in one order, whatever number of threads a matrix product would take.
    hits, positions = outlier_positions(np.einsum("id,jd->ij", units, units)[None])
    return float(hits[0]), float(positions[0])


def outlier_positions(similarities: Floats) -> tuple[Floats, Floats]:
    r"""Return whether the last of n + 1 words is the outlier by compactness, and its position divided by n.

    The compactness of word w, the mean similarity of the pairs without it, is :math:`(S - 2 s_w) / (n (n - 1))`,
    with S the sum over all pairs and :math:`s_w` that of the pairs with w: the higher, the lower :math:`s_w`.

    Parameters
    ----------
    similarities : float64[m, n + 1, n + 1]
        Symmetric; what is on the diagonal does not matter.

    Returns
    -------
    hits : float64[m]
        1 where the last word has the highest compactness, 1 / k where it shares it with k - 1 others, else 0.
    positions : float64[m]
        Share of the other words with a lower compactness; those with the same count half.

    Examples
    --------
    >>> hits, positions = outlier_positions(np.array([[[1, 0.9, 0.1], [0.9, 1, 0.1], [0.1, 0.1, 1]]]))
    >>> hits.tolist(), positions.tolist()
    ([1.0], [1.0])
    """
    n = similarities.shape[-1] - 1
    sums = similarities.sum(axis=2) - np.einsum("mii->mi", similarities)
    difference = (sums[:, :-1] - sums[:, -1:]) / n
    above, equal = (difference > _EQUAL).sum(axis=1), (np.abs(difference) <= _EQUAL).sum(axis=1)
    hits = np.where(above + equal == n, 1.0 / (1.0 + equal), 0.0)
    return hits, np.asarray((above + equal / 2.0) / n)
