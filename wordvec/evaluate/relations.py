"""Which relation holds between two words? Sets such as BLESS: concepts, and words related to them in several ways."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError
from .folds import Fold, count_straddling, cross_validate, group_folds, word_folds
from .geometry import cosines, unit_rows
from .measures import AUC, BEST_Z, MACRO_MEAN, MEAN
from .outcome import Outcome, outcome_table, timed
from .sets.columns import Columns, Role, read_table
from .sets.datasets import Dataset, read_dataset
from .sets.numbering import number_keys
from .sets.pairs import SEPARATORS, WORDS, checked_pair, count_repeats, cut_parts_of_speech
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Relations", "evaluate_relations", "read_relations", "score_relations"]

_UNKNOWN = {"", "?"}
_ROLES: list[Role] = [
    ("concept", WORDS[0][1]),
    ("related word", WORDS[1][1]),
    ("relation", {"relation", "rel", "relationtype"}),
]
#: BEST_Z is bounded by 4, which is what the best of 17 can reach.
_MOST = 17


@dataclass(frozen=True, eq=False)
class Relations:
    """Concepts with related words, and how these are related.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from.
    words : tuple of (str, str)
        Concept and related word (relatum) of each pair.
    names : tuple of str
        Names of the relations, sorted.
    relation : int64[n]
        Which relation each pair is of.
    notes : tuple of str
        What was read by rule, how many pairs each relation has, what was left out, what repeats.
    """

    name: str
    sha256: str
    words: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    relation: NDArray[np.int64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)

    def concepts(self) -> tuple[NDArray[np.int64], tuple[str, ...]]:
        """Return int64[n], the number of the concept of each pair, letter case ignored, and the concepts."""
        names = [one.casefold() for one, _ in self.words]
        return number_keys(names), tuple(dict.fromkeys(names))


def read_relations(path: Path | str | Dataset, *, columns: Columns | None = None) -> Relations:
    """Read concepts, related words and relations, one pair a line.

    With a header that names ``word1``, ``word2`` (also ``term1``, ``w1``) and ``relation``, these columns are
    read; other columns do not matter. Without one there must be four columns, the form in which BLESS was
    published: concept, class of the concept, relation, related word, as in ``frog-n amphibian_reptile hyper
    animal-n``. There ``random-n``, ``random-v`` and ``random-j`` are the one relation ``random``. Lines whose relation
    is empty or ``?`` are left out and counted in ``notes``; pairs that are there twice are kept and counted.
    Separators and parts of speech are treated as by :func:`~wordvec.evaluate.sets.pairs.read_pairs`.

    Parameters
    ----------
    path : Path, str or Dataset
        The file.
    columns : (int or str, int or str, int or str), optional
        Names or numbers from 1 of the columns of concept, related word and relation.

    Raises
    ------
    FormatError
        Naming file and line, if no columns are found, a line has another number of fields, or there are fewer than
        two relations or more than 17.

    Examples
    --------
    >>> text = "frog-n amphibian hyper animal-n\\nfrog-n amphibian mero leg-n\\n"
    >>> found = read_relations(Dataset("toy", text, ""))
    >>> found.words, found.names, found.relation.tolist()
    ((('frog', 'animal'), ('frog', 'leg')), ('hyper', 'mero'), [0, 1])
    """
    source = read_dataset(path)
    table = read_table(source, _ROLES, columns, separators=SEPARATORS, unnamed=(1, 4, 3))
    lines = [(where, fields) for where, fields in table.rows if fields[2] not in _UNKNOWN]
    words = [checked_pair(fields, where) for where, fields in lines]
    given = ["random" if kind.startswith("random-") else kind for _, (_, _, kind) in lines]
    left = len(table.rows) - len(lines)
    names = sorted(set(given))
    if not 2 <= len(names) <= _MOST:
        raise FormatError(
            f"{source.shown}: expected 2 to {_MOST} relations, got {len(names)} ({', '.join(names)[:80]})."
        )
    words, cut = cut_parts_of_speech(words)
    folded = [(one.casefold(), other.casefold()) for one, other in words]
    notes = [
        *table.notes,
        *([f"{left} lines without a relation ('?' or empty) left out"] if left else []),
        *cut,
        "pairs: " + ", ".join(f"{name} {given.count(name)}" for name in names),
        *count_repeats(folded, given, "relations", "pairs more than once"),
        count_straddling(word_folds(words)),
    ]
    relation = np.array([names.index(name) for name in given], dtype=np.int64)
    return Relations(table.name, source.sha256, tuple(words), tuple(names), relation, tuple(notes))


def evaluate_relations(
    embeddings: Embeddings,
    data: Relations | Path | str,
    *,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Tell which relations vectors hold for near, and whether a classifier can tell relations apart.

    ``best z``: for each concept the cosine of its most similar word of each relation, standardised over the
    relations of the concept, population standard deviation; the mean over concepts. Above zero, the relation is
    nearer than others. ``cosine AUC``: the chance that a pair of the relation has a higher cosine than a pair of
    another one (random pairs included), ties as halves.

    ``b - a`` is logistic regression on the difference of vectors of length one, tested by cross-validation in two
    ways: ``other concepts``, with no concept of the test in training; ``no shared words``, with none of its words,
    which also learns from fewer pairs (``notes`` says how many). What ``b alone (baseline)`` reaches, without having
    seen the concept, was learnt about words and not about a relation.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    data : Relations, Path or str
        Concepts and related words, or a file of them (see :func:`read_relations`).
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a pair with an unknown word: leave it out and count it, raise, or take zeros or the
        mean vector for the word.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`. ``bless.csv: hyper`` is one relation; for
        classifiers ``: all`` is accuracy over all pairs, ``: macro`` the mean over relations of the share of their
        pairs that is found, in which ``majority (baseline)`` reaches one divided by the number of relations.

    Raises
    ------
    FormatError
        If the file is not one of relations.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Notes
    -----
    The intervals are over another draw of concepts, all pairs of which stand and fall together, with the classifiers
    as they are.

    References
    ----------
    Baroni and Lenci (2011), "How we BLESSed distributional semantic evaluation"; Levy et al. (2015), "Do
    supervised distributional methods really learn lexical inference relations?".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("frog", "toad", "animal", "tax"), np.array([4, 3, 2, 1]))
    >>> rows = np.array([[1.0, 0.0], [1.0, 0.1], [0.6, 0.4], [0.0, 1.0]], np.float32)
    >>> text = "word1,word2,relation\\nfrog,toad,coord\\nfrog,animal,hyper\\nfrog,tax,random\\n"
    >>> table = evaluate_relations(Embeddings(words, rows), read_relations(Dataset("toy", text, "")))
    >>> table[["dataset", "metric", "score"]].round(2).values.tolist()[:2]
    [['toy: coord', 'best z', 0.89], ['toy: hyper', 'best z', 0.51]]
    """
    held = data if isinstance(data, Relations) else read_relations(data)
    return outcome_table(score_relations(look_up(embeddings, missing=missing, case=case, restrict=restrict), held))


def score_relations(lookup: Lookup, data: Relations) -> list[Outcome]:
    """Return for each pair its cosine and what classifiers say of it, by relation.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    data : Relations
        Concepts and related words.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    rows = lookup.rows(data.words)
    kept, lost = lookup.kept(rows), np.asarray((rows < 0).any(axis=1))
    concept, relation = data.concepts()[0][kept], data.relation[kept]
    items = np.flatnonzero(kept)
    empty = Outcome(
        "relations",
        data.name,
        data.sha256,
        "",
        MEAN,
        items,
        np.empty(0),
        concept[:, None],
        "concept",
        int(lost.sum()),
        lookup.policy,
    )
    similar = cosines(*(lookup.vectors(rows[kept, side]) for side in (0, 1)))
    best, area = [], []
    for k, name in enumerate(data.names):
        asked = np.asarray(relation == k, dtype=np.float64)
        shown = replace(empty, dataset=f"{data.name}: {name}")
        values = np.stack([similar, relation, asked, concept], axis=1)
        best.append(replace(shown, metric="best z", measure=BEST_Z, values=values))
        area.append(replace(shown, metric="cosine AUC", measure=AUC, values=np.stack([similar, asked], axis=1)))
    outcomes = best + area
    for metric, hits in {**_trained(lookup, data, rows, kept), **_majority(relation)}.items():
        values = np.stack([hits, relation], axis=1)
        whole = replace(empty, dataset=f"{data.name}: all", metric=metric, values=values)
        for k, name in enumerate(data.names):
            part, away = whole.take(items[relation == k]), int(lost[data.relation == k].sum())
            outcomes.append(replace(part, dataset=f"{data.name}: {name}", missing=away))
        outcomes += [whole, replace(whole, dataset=f"{data.name}: macro", measure=MACRO_MEAN)]
    return timed(outcomes, time.perf_counter() - start)


def _majority(relation: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return float64[n], whether a pair is of the relation with the most pairs; equal shares if there are several."""
    sizes = np.bincount(relation) if len(relation) else np.zeros(1, dtype=np.int64)
    most = sizes == sizes.max()
    return {"majority (baseline) accuracy": np.asarray(most[relation] / most.sum(), dtype=np.float64)}


def _trained(
    lookup: Lookup, data: Relations, rows: NDArray[np.int64], kept: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    """Return float64[n], whether the relation was found, by features and split."""
    first, second = (unit_rows(lookup.vectors(rows[kept, side])) for side in (0, 1))
    relation = data.relation[kept]
    words = [pair for pair, there in zip(data.words, kept, strict=True) if there]
    splits = {"other concepts": group_folds(*data.concepts()), "no shared words": word_folds(data.words)}
    found = {}
    for split, rounds in splits.items():
        folds = [Fold(fold.test[kept], fold.train[kept]) for fold in rounds]
        for name, features in (("b - a", second - first), ("b alone (baseline)", second)):
            chances = cross_validate(features, relation, folds, words)
            top = chances == chances.max(axis=1, keepdims=True)
            right = top[np.arange(len(relation)), relation] / top.sum(axis=1)
            found[f"{name} accuracy, {split}"] = np.asarray(right, dtype=np.float64)
    return found
