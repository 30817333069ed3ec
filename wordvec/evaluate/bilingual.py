"""Two languages in one space: is the nearest word its translation, and are similarities across them right?"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, require
from .geometry import cosines
from .measures import MEAN, PEARSON, SPEARMAN
from .outcome import Outcome, outcome_table, timed
from .retrieval import Places, candidates_of, csls_bias, find_places, precision_at, reciprocal_ranks
from .sets.columns import read_rows
from .sets.datasets import Dataset, read_dataset
from .sets.numbering import number_words
from .sets.pairs import Pairs, read_pairs
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Dictionary",
    "Retrieval",
    "evaluate_bilingual",
    "evaluate_cross_similarity",
    "read_dictionary",
    "score_bilingual",
    "score_cross_similarity",
]

Retrieval = Literal["cosine", "csls"]
_RETRIEVALS: tuple[Retrieval, ...] = ("cosine", "csls")
_DEPTHS = (1, 5, 10)


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Words of one language with their translations into another.

    Parameters
    ----------
    name, sha256 : str
        Of the file it is from.
    words : tuple of str
        Source words, each once.
    translations : tuple of tuple of str
        All translations of each, each once.
    notes : tuple of str
        What was read from the file by rule, and what was found twice.
    """

    name: str
    sha256: str
    words: tuple[str, ...]
    translations: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_dictionary(path: Path | str | Dataset) -> Dictionary:
    """Read a bilingual dictionary: a source word and one translation a line, plain or compressed.

    If the first line has a tab, tabs separate the two words, which may then be of several parts (``new york``);
    otherwise white space does. This is the form of MUSE and of xling-bli. A source word on several lines is one
    word with several translations; a line that is there twice is counted once, and ``notes`` says so.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.

    Raises
    ------
    FormatError
        Naming file and line, if a line has not two words.

    Examples
    --------
    >>> found = read_dictionary(Dataset("en-de", "bank Bank\\nbank Ufer\\nsea Meer\\n", ""))
    >>> found.words, found.translations
    (('bank', 'sea'), (('Bank', 'Ufer'), ('Meer',)))
    """
    source = read_dataset(path)
    rows = read_rows(source, "\t ")
    line, first = rows[0]
    if len(first) != 2:
        count = f"{len(first)} {'field' if len(first) == 1 else 'fields'}"
        raise FormatError(f"{source.where(line)}: expected a word and its translation, got {count}.")
    found: dict[str, dict[str, None]] = {}
    for number, (word, translation) in rows:
        if not (word and translation):
            raise FormatError(f"{source.where(number)}: a word is empty.")
        found.setdefault(word, {})[translation] = None
    twice = len(rows) - sum(map(len, found.values()))
    notes = [f"{twice} of {len(rows)} lines are there twice"] if twice else []
    return Dictionary(source.name, source.sha256, tuple(found), tuple(map(tuple, found.values())), tuple(notes))


def evaluate_bilingual(
    source: Embeddings,
    target: Embeddings,
    dictionary: Dictionary | Path | str,
    *,
    retrieval: Sequence[Retrieval] = _RETRIEVALS,
    k: int = 10,
    neighborhoods: Literal["all", "test"] = "all",
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
    threads: int | None = None,
) -> "pd.DataFrame":
    r"""Translate words by the nearest word of another language (bilingual lexicon induction).

    Both sets of vectors must lie in one space already: no mapping is learnt here. Each source word is compared
    with all words of the target, by cosine and by :math:`\mathrm{CSLS}(x, y) = 2\cos(x, y) - r_T(x) - r_S(y)`,
    where :math:`r_S(y)` is the mean cosine of y with its k nearest source words, which holds back words that are
    near to everything. (:math:`r_T(x)` is the same for all answers to x, and moves none before another.)

    Parameters
    ----------
    source, target : Embeddings
        Vectors of both languages, of one ``dim``.
    dictionary : Dictionary, Path or str
        Words and translations, or a file of them (see :func:`read_dictionary`).
    retrieval : sequence of {"cosine", "csls"}
        What words are compared by; both by default.
    k : int >= 1, default 10
        How many neighbors :math:`r_S` is taken over.
    neighborhoods : {"all", "test"}, default "all"
        Which source words may be such neighbors: all, as in MUSE, or only those of the dictionary that are scored,
        which are quicker, and make the score depend on what else is asked.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a source word that is unknown, or of which every translation is: leave it out and count
        it, raise, or take zeros or the mean vector for it; without a known translation it then counts as wrong.
        Of several translations, unknown ones are passed over.
    case : {"ignore", "keep"}, default "ignore"
        On both sides (see :func:`~wordvec.evaluate.words.look_up`); ``"keep"`` tells *Morgen* from *morgen*.
    restrict : int >= 1, optional
        Use the first (most frequent) so many words of either side only, to ask, to answer and as neighbors.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; the scores are the same for any number.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`; for each kind of retrieval P\@1, P\@5, P\@10
        and MRR. ``n`` counts source words. ``attrs["notes"]`` lists the dictionary's.

    Raises
    ------
    FormatError
        If the file is not a dictionary.
    ParameterError
        If the vectors are not of one ``dim``, or an argument is outside its domain.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Notes
    -----
    The rank of an item is that of the best of its translations; the others are no rivals. Words that score the
    same to the last bit may stand in any order: what is reported is the mean over these orders, so that of two
    words tied for the first place each is half right. A word without a direction (all zeros) is found by nobody.

    All pairs are compared, nothing is approximated. Ranks are counted, a block of words at a time, so that the
    cosines of all pairs never lie in memory together.

    References
    ----------
    Conneau, Lample, Ranzato, Denoyer and Jégou (2018), "Word translation without parallel data", section 2.3;
    Glavaš, Litschko, Ruder and Vulić (2019), "How to (properly) evaluate cross-lingual word embeddings", for MRR.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> english = Embeddings(Vocabulary(("sea", "war"), np.array([5, 4])), np.array([[1, 0.1], [0.1, 1]], np.float32))
    >>> german = Embeddings(Vocabulary(("Krieg", "Meer"), np.array([3, 2])), np.array([[0, 1], [1, 0]], np.float32))
    >>> asked = read_dictionary(Dataset("en-de", "sea Meer\nsea See\nwar Krieg\npeace Frieden\n", ""))
    >>> table = evaluate_bilingual(english, german, asked, retrieval=["csls"], k=1)
    >>> table[["metric", "score", "n", "missing"]].values.tolist()[0]
    ['csls (k=1) P@1', 1.0, 2, 1]
    """
    held = dictionary if isinstance(dictionary, Dictionary) else read_dictionary(dictionary)
    one, other = (look_up(side, missing=missing, case=case, restrict=restrict) for side in (source, target))
    table = outcome_table(
        score_bilingual(one, other, held, retrieval=retrieval, k=k, neighborhoods=neighborhoods, threads=threads)
    )
    table.attrs["notes"] = held.notes
    return table


def score_bilingual(
    source: Lookup,
    target: Lookup,
    dictionary: Dictionary,
    *,
    retrieval: Sequence[Retrieval] = _RETRIEVALS,
    k: int = 10,
    neighborhoods: Literal["all", "test"] = "all",
    threads: int | None = None,
) -> list[Outcome]:
    """Return for each source word where its translation stands among all target words.

    Parameters
    ----------
    source, target : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`), with one policy about unknown words.
    dictionary : Dictionary
        What to ask.
    retrieval, k, neighborhoods, threads
        See :func:`evaluate_bilingual`.

    Raises
    ------
    UnknownWordError
        If ``source`` says so, and a source word or all its translations are unknown.
    """
    bad = [name for name in retrieval if name not in _RETRIEVALS]
    require(bool(retrieval) and not bad, "retrieval", "'cosine' or 'csls'", bad[0] if bad else None)
    require(k >= 1, "k", "an integer >= 1", k)
    require(neighborhoods in ("all", "test"), "neighborhoods", "'all' or 'test'", neighborhoods)
    policy, start = _policy(source, target), time.perf_counter()
    rows, answers = source.rows((word,) for word in dictionary.words), _answers(target, dictionary)
    answered = np.zeros(len(dictionary), dtype=np.bool_)
    answered[answers[:, 0]] = True
    kept = source.kept(rows) & (answered | (source.missing in ("zero", "mean")))
    items, lost = np.flatnonzero(kept), (rows[:, 0] < 0) | ~answered
    near = candidates_of(source, rows[kept, 0] if neighborhoods == "test" else None)
    far, queries = candidates_of(target), source.vectors(rows[kept, 0])
    none = np.zeros(len(far.scale), dtype=np.float32)
    biases = [csls_bias(far, near, k, threads=threads) if name == "csls" else none for name in retrieval]
    answers = answers[kept[answers[:, 0]]]
    answers[:, 0] = np.searchsorted(items, answers[:, 0])
    found = find_places(queries, far, answers, biases=biases, threads=threads)
    outcomes = []
    units = number_words(dictionary.words)[kept, None]
    for name, places in zip(retrieval, found, strict=True):
        shown = _called(name, k, neighborhoods)
        for metric, values in _measured(places).items():
            outcomes.append(
                Outcome(
                    "bilingual",
                    dictionary.name,
                    dictionary.sha256,
                    f"{shown} {metric}",
                    MEAN,
                    items,
                    values[:, None],
                    units,
                    "source word",
                    int(lost.sum()),
                    policy,
                )
            )
    return timed(outcomes, time.perf_counter() - start)


def _policy(source: Lookup, target: Lookup) -> str:
    """Return how words are found on both sides, or raise if they cannot be compared."""
    dim = source.embeddings.dim
    require(target.embeddings.dim == dim, "target.dim", f"{dim}, that of the source", target.embeddings.dim)
    alike = source.missing == target.missing
    require(alike, "target.missing", f"{source.missing!r}, that of the source", target.missing)
    one, other = source.policy, target.policy
    return one if one == other else f"source: {one}; target: {other}"


def _answers(target: Lookup, dictionary: Dictionary) -> NDArray[np.int64]:
    """Return int64[p, 2], the number of a source word and the row of a known translation of it."""
    found = []
    for number, words in enumerate(dictionary.translations):
        rows = [row for row in map(target.get, words) if row >= 0]
        if not rows and target.missing == "error":
            raise target.unknown(words[0])
        found += [(number, row) for row in rows]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _called(name: Retrieval, k: int, neighborhoods: str) -> str:
    """Return what a kind of retrieval is called in a table: what is not as usual is named."""
    options = [f"k={k}"] * (k != 10) + ["test neighborhoods"] * (neighborhoods == "test")
    return f"csls ({', '.join(options)})" if name == "csls" and options else name


def _measured(places: Places) -> dict[str, NDArray[np.float64]]:
    """Return what each source word adds to each metric."""
    found = {f"P@{depth}": precision_at(places, depth) for depth in _DEPTHS}
    return {**found, "MRR": reciprocal_ranks(places)}


def evaluate_cross_similarity(
    source: Embeddings,
    target: Embeddings,
    pairs: Pairs | Path | str,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Compare cosines across two languages with judgements: Spearman's and Pearson's correlation.

    Both sets of vectors must lie in one space already: no mapping is learnt here.

    Parameters
    ----------
    source, target : Embeddings
        Vectors of the first and of the second word of each pair, of one ``dim``.
    pairs : Pairs, Path or str
        Word pairs, or a file of them (see :func:`~wordvec.evaluate.similarity.read_pairs`), such as the
        cross-lingual sets of SemEval-2017 task 2.
    missing, case, restrict
        As in :func:`~wordvec.evaluate.similarity.evaluate_similarity`, on both sides.

    Returns
    -------
    pandas.DataFrame
        Two rows with the columns of :class:`~wordvec.evaluate.scores.Score`. The interval is over another draw of
        words; one that is written alike in both languages is two.

    Raises
    ------
    FormatError
        If the file is not one of word pairs.
    ParameterError
        If the vectors are not of one ``dim``.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> english = Embeddings(Vocabulary(("sea", "war"), np.array([5, 4])), np.array([[1, 0.1], [0.1, 1]], np.float32))
    >>> german = Embeddings(Vocabulary(("Krieg", "Meer"), np.array([3, 2])), np.array([[0, 1], [1, 0]], np.float32))
    >>> pairs = read_pairs(Dataset("en-de", "sea Meer 4\\nsea Krieg 1\\nwar Meer 0\\nwar Frieden 2\\n", ""))
    >>> evaluate_cross_similarity(english, german, pairs)[["metric", "n", "missing"]].values.tolist()
    [['spearman', 3, 1], ['pearson', 3, 1]]
    """
    held = pairs if isinstance(pairs, Pairs) else read_pairs(pairs)
    one, other = (look_up(side, missing=missing, case=case, restrict=restrict) for side in (source, target))
    return outcome_table(score_cross_similarity(one, other, held))


def score_cross_similarity(source: Lookup, target: Lookup, pairs: Pairs) -> list[Outcome]:
    """Return the cosine of each pair across two languages beside its judgement, as two correlations.

    Parameters
    ----------
    source, target : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`), with one policy about unknown words.
    pairs : Pairs
        Word pairs, the first word of the source, the second of the target.

    Raises
    ------
    UnknownWordError
        If ``source`` says so.
    """
    policy, start = _policy(source, target), time.perf_counter()
    sides = (source, target)
    rows = np.concatenate([sides[s].rows((pair[s],) for pair in pairs.words) for s in (0, 1)], axis=1)
    kept, missing = source.kept(rows), int((rows < 0).any(axis=1).sum())
    found = cosines(*(sides[s].vectors(rows[kept, s]) for s in (0, 1)))
    units = np.stack([number_words([pair[s] for pair in pairs.words]) for s in (0, 1)], axis=1)
    units[:, 1] += len(pairs)  # a word of either language is a unit of its own
    return timed(
        [
            Outcome(
                "cross-lingual similarity",
                pairs.name,
                pairs.sha256,
                measure.name,
                measure,
                np.flatnonzero(kept),
                np.stack([found, pairs.scores[kept]], axis=1),
                units[kept],
                "word",
                missing,
                policy,
            )
            for measure in (SPEARMAN, PEARSON)
        ],
        time.perf_counter() - start,
    )
