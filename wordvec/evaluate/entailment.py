"""Does a cat have to be an animal? Lexical entailment: the directed relation from a word to a more general one."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError
from .folds import Fold, count_straddling, cross_validate, random_folds, word_folds
from .geometry import cosines, unit_rows
from .measures import AUC, AVERAGE_PRECISION, MEAN
from .outcome import Outcome, outcome_table, timed
from .sets.columns import Columns, Role, Table, read_table
from .sets.datasets import Dataset, combined_digest, read_dataset
from .sets.numbering import number_pairs
from .sets.pairs import SEPARATORS, WORDS, checked_pair, count_repeats, cut_parts_of_speech
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Entailments", "evaluate_entailment", "read_entailment", "score_entailment"]

#: A header has no name for the labels; it has none of them either.
_ROLES: list[Role] = [
    *WORDS,
    ("label (true/false, 1/0, yes/no; else name the other file: negative = ... in a suite)", frozenset()),
]
_LABELS = {"true": 1, "1": 1, "yes": 1, "false": 0, "0": 0, "no": 0}


@dataclass(frozen=True, eq=False)
class Entailments:
    """Pairs of words of which the first entails the second, or does not.

    Parameters
    ----------
    name, sha256 : str
        Of the file they are from; of two files the names joined by ``" + "`` and the digest of the two digests.
    words : tuple of (str, str)
        The pairs.
    labels : int64[n]
        1 where the first word entails the second, else 0.
    notes : tuple of str
        What was read by rule, what repeats, and what a split without shared words leaves out.
    """

    name: str
    sha256: str
    words: tuple[tuple[str, str], ...]
    labels: NDArray[np.int64]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


def read_entailment(
    path: Path | str | Dataset,
    *,
    negative: Path | str | Dataset | None = None,
    columns: Columns | None = None,
) -> Entailments:
    """Read pairs with labels from one file, or from two, of pairs that entail and pairs that do not.

    One file has the columns word, word, label, where a label is ``true``, ``1``, ``yes`` or ``false``, ``0``,
    ``no`` in any case. The first line is a header if two of its fields are ``word1`` and ``word2`` (also
    ``term1``, ``w1``), or if it has three fields and the third is no label. With ``negative``, both files have two
    columns. Separators and parts of speech such as ``cat-n`` are treated as by
    :func:`~wordvec.evaluate.sets.pairs.read_pairs`.

    Parameters
    ----------
    path : Path, str or Dataset
        The file, or the one of positive pairs.
    negative : Path, str or Dataset, optional
        The file of negative pairs.
    columns : (int or str, int or str, int or str), optional
        Names or numbers from 1 of the columns of the first word, the second and the label.

    Raises
    ------
    FormatError
        Naming file and line, if a line has another number of fields or no label, or all labels are alike.

    Examples
    --------
    >>> found = read_entailment(Dataset("toy", "cat animal True\\nanimal cat False\\n", ""))
    >>> found.words, found.labels.tolist()
    ((('cat', 'animal'), ('animal', 'cat')), [1, 0])
    """
    if negative is not None and columns is not None:
        raise FormatError("columns are named for one file with labels; two files have two columns of words each.")
    sources = [read_dataset(path)]
    if negative is None:
        table = read_table(sources[0], _ROLES, columns, separators=SEPARATORS, value=_is_label)
        name = table.name
        notes = list(table.notes)
        words = [checked_pair(fields, where) for where, fields in table.rows]
        labels = [_label(fields[2], where) for where, fields in table.rows]
    else:
        sources.append(read_dataset(negative))
        tables = [_read_words(source) for source in sources]
        name = " + ".join(s.name for s in sources)
        notes = [f"{s.name}: {note}" for s, table in zip(sources, tables, strict=True) for note in table.notes]
        words = [checked_pair(fields, where) for table in tables for where, fields in table.rows]
        labels = [1] * len(tables[0].rows) + [0] * len(tables[1].rows)
    if len(set(labels)) < 2:
        kind, other = ("positive", "negative") if labels[0] else ("negative", "positive")
        raise FormatError(
            f"{sources[0].shown} holds {kind} pairs only; name the file of {other} ones too (negative=...)."
        )
    words, cut = cut_parts_of_speech(words)
    digest = sources[0].sha256 if negative is None else combined_digest((s.name, s) for s in sources)
    folded = [(one.casefold(), other.casefold()) for one, other in words]
    repeats = count_repeats(folded, labels, "labels", "pairs more than once")
    notes = [*notes, *cut, *repeats, count_straddling(word_folds(words))]
    return Entailments(name, digest, tuple(words), np.array(labels), tuple(notes))


def _read_words(source: Dataset) -> Table:
    """Return a table of two columns, and no more: a column of labels would say something else than its file does."""
    table = read_table(source, WORDS, separators=SEPARATORS)
    if table.width != len(WORDS):
        raise FormatError(f"{source.shown}: expected 2 columns of words, beside a second file, got {table.width}.")
    return table


def _is_label(text: str) -> bool:
    return text.lower() in _LABELS


def _label(text: str, where: str) -> int:
    if not _is_label(text):
        raise FormatError(f"{where}: the label must be true or false, 1 or 0, yes or no; got {text!r}.")
    return _LABELS[text.lower()]


def evaluate_entailment(
    embeddings: Embeddings,
    data: Entailments | Path | str,
    *,
    negative: Path | str | None = None,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    r"""Tell pairs of which the first word entails the second from other pairs.

    Without training, pairs are ranked by ``cosine``, which knows no direction, and by ``norm-weighted cosine``
    :math:`\cos(a, b) |b| / |a|` (HyperScore), higher where the second vector is longer. Beside them stands what
    needs no vectors: ``count ratio (baseline)``, how much more often the second word was in the text. ``rank
    ratio (baseline)`` is by place in the vocabulary, where counts are unknown. A score that is no better than the
    baseline has shown that general words are frequent.

    With training, logistic regression on ``b - a`` (of vectors of length one) is tested by cross-validation: on
    ``random folds``, and with ``no shared words``, where training has no word of the test, and fewer pairs
    (``notes`` says how many). The gap between the two is what was learnt about single words, as is what ``b alone
    (baseline)`` reaches without having seen the first word.

    Parameters
    ----------
    embeddings : Embeddings
        The vectors.
    data : Entailments, Path or str
        Pairs, or a file of them (see :func:`read_entailment`).
    negative : Path or str, optional
        The file of negative pairs, if ``data`` is one of positive pairs.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about a pair with an unknown word: leave it out and count it, raise, or take zeros or the
        mean vector, and a count of 0, for the word.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`. AUC is the chance that a positive pair is
        above a negative one, ties as halves: 0.5 says nothing. AP is average precision, ties together: the share of
        positive pairs says nothing. Accuracy is beside that of the more frequent label, ``majority (baseline)``.

    Raises
    ------
    FormatError
        If the file is not one of labeled pairs.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    Notes
    -----
    The intervals are over another draw of words, with the classifiers as they are; what another draw of training
    pairs would make of those is not in them. AUC and AP of classifiers put the probabilities of all folds together.

    References
    ----------
    Baroni et al. (2012), "Entailment above the word level in distributional semantics"; Nguyen et al. (2017),
    "Hierarchical embeddings for hypernymy detection and directionality"; Levy et al. (2015), "Do
    supervised distributional methods really learn lexical inference relations?".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("animal", "plant", "cat", "oak"), np.array([9, 8, 2, 1]))
    >>> rows = np.array([[3.0, 0.1], [0.1, 3.0], [1.0, 0.0], [0.0, 1.0]], np.float32)
    >>> text = "cat animal 1\noak plant 1\nanimal cat 0\nplant oak 0\ncat plant 0\n"
    >>> table = evaluate_entailment(Embeddings(words, rows), read_entailment(Dataset("toy", text, "")))
    >>> table[["metric", "score"]].values.tolist()[0::2][:2]
    [['cosine AUC', 0.6666666666666666], ['norm-weighted cosine AUC', 1.0]]
    """
    held = data if isinstance(data, Entailments) else read_entailment(data, negative=negative)
    return outcome_table(score_entailment(look_up(embeddings, missing=missing, case=case, restrict=restrict), held))


def score_entailment(lookup: Lookup, data: Entailments) -> list[Outcome]:
    """Return for each pair what ranks it, and what classifiers say of it, beside its label.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    data : Entailments
        Labeled pairs.

    Raises
    ------
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    rows = lookup.rows(data.words)
    kept, missing = lookup.kept(rows), int((rows < 0).any(axis=1).sum())
    items, labels = np.flatnonzero(kept), data.labels[kept]
    units = number_pairs(data.words)[kept]
    empty = Outcome(
        "entailment", data.name, data.sha256, "", MEAN, items, np.empty(0), units, "word", missing, lookup.policy
    )
    outcomes = []
    for name, scores in _untrained(lookup, rows[kept]).items():
        values = np.stack([scores, labels], axis=1)
        outcomes += [
            replace(empty, metric=f"{name} {short}", measure=measure, values=values) for short, measure in _RANKED
        ]
    hits = _majority(labels)[:, None]
    outcomes.append(replace(empty, metric="majority (baseline) accuracy", values=hits))
    for name, chances in _trained(lookup, data, rows, kept).items():
        side = chances - 0.5
        right = np.where(side == 0.0, 0.5, (side > 0.0) == (labels > 0))
        method, _, split = name.partition(", ")
        outcomes.append(replace(empty, metric=f"{method} accuracy, {split}", values=right[:, None]))
        values = np.stack([chances, labels], axis=1)
        outcomes += [
            replace(empty, metric=f"{method} {short}, {split}", measure=measure, values=values)
            for short, measure in _RANKED
        ]
    return timed(outcomes, time.perf_counter() - start)


_RANKED = (("AUC", AUC), ("AP", AVERAGE_PRECISION))


def _untrained(lookup: Lookup, rows: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Return float64[n] by each score that needs no training."""
    first, second = (lookup.vectors(rows[:, side]) for side in (0, 1))
    similar = cosines(first, second)
    lengths = [np.linalg.norm(vectors, axis=1) for vectors in (first, second)]
    ratio = np.divide(lengths[1], lengths[0], out=np.zeros(len(rows)), where=lengths[0] > 0.0)
    counts = lookup.embeddings.vocabulary.counts
    name, frequent = ("count", counts) if counts.any() else ("rank", 1.0 / np.arange(1.0, len(counts) + 1.0))
    weight = np.where(rows < 0, 0.0, frequent[rows]) + (1.0 if name == "count" else 1.0 / (len(counts) + 1.0))
    baseline = np.log(weight[:, 1] / weight[:, 0])
    return {"cosine": similar, "norm-weighted cosine": similar * ratio, f"{name} ratio (baseline)": baseline}


def _majority(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return float64[n], whether the label is the more frequent one; halves where both are as frequent."""
    share = float(labels.mean()) if len(labels) else 0.5
    return np.full(len(labels), 0.5) if share == 0.5 else np.asarray((labels > 0) == (share > 0.5), dtype=np.float64)


def _trained(
    lookup: Lookup, data: Entailments, rows: NDArray[np.int64], kept: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    """Return float64[n], the probability of entailment, by features and split."""
    first, second = (unit_rows(lookup.vectors(rows[kept, side])) for side in (0, 1))
    words = [pair for pair, there in zip(data.words, kept, strict=True) if there]
    found = {}
    for split, rounds in (("random folds", random_folds(data.words)), ("no shared words", word_folds(data.words))):
        folds = [Fold(fold.test[kept], fold.train[kept]) for fold in rounds]
        for name, features in (("b - a", second - first), ("b alone (baseline)", second)):
            chances = cross_validate(features, data.labels[kept], folds, words)
            found[f"{name}, {split}"] = chances[:, 1] if chances.shape[1] > 1 else np.full(len(words), 0.5)
    return found
