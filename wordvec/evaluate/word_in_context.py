"""Does a word mean the same in two sentences? (WiC)"""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import FormatError
from ..senses.embeddings import SenseEmbeddings
from ..senses.gating import Contexts, Rule
from .contextual_similarity import context_vectors, similarities_in_context
from .geometry import cosines
from .measures import MEAN
from .outcome import Outcome, outcome_table, timed
from .sense_tags import describe_rule, gather_contexts, held_senses
from .sets.context_pairs import ContextPairs, read_usage_pairs
from .sets.contexts import ContextTokenizer
from .sets.numbering import number_words
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "WordInContext",
    "best_threshold",
    "evaluate_word_in_context",
    "read_word_in_context",
    "score_word_in_context",
]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

#: Names of a training part beside that of a part to be scored.
_PARTS = (("dev", "training"), ("test", "training"), ("dev", "train"), ("test", "train"))


@dataclass(frozen=True, eq=False)
class WordInContext:
    """Pairs of sentences to choose a threshold on, and to be scored on.

    Parameters
    ----------
    name, sha256 : str
        Of the part to be scored.
    train, test : ContextPairs
        The two parts.
    notes : tuple of str
        What was read from the files by rule.
    """

    name: str
    sha256: str
    train: ContextPairs
    test: ContextPairs
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.test)


def read_word_in_context(
    path: Path | str,
    train: Path | str | None = None,
    *,
    gold: Path | str | None = None,
    train_gold: Path | str | None = None,
    tokenizer: ContextTokenizer = "words",
) -> WordInContext:
    """Read a part to be scored and the training part, in the form of WiC or MCL-WiC.

    Parameters
    ----------
    path : Path or str
        The part to be scored (see :func:`~wordvec.evaluate.sets.context_pairs.read_usage_pairs`).
    train : Path or str, optional
        The training part. By default the file that is called ``training`` or ``train`` where this one is called
        ``dev`` or ``test``, beside it or, as WiC comes, in the folder ``train`` beside its own.
    gold, train_gold : Path or str, optional
        Their gold, by default the files beside them.
    tokenizer : {"words", "alnum", "whitespace"}, default "words"
        See :func:`~wordvec.evaluate.sets.contexts.find_tokens`.

    Raises
    ------
    FormatError
        If a file is missing or in another form, or the two parts are one.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for part in ("train", "dev"):
    ...     _ = (folder / f"{part}.data.txt").write_text(f"bank\\tN\\t1-0\\ta bank {part}\\tbanks of it\\n")
    ...     _ = (folder / f"{part}.gold.txt").write_text("F\\n")
    >>> found = read_word_in_context(folder / "dev.data.txt")
    >>> len(found), found.notes
    (1, ('threshold from train.data.txt, 1 pairs', '1 of 1 words are in both parts'))
    """
    learnt = read_usage_pairs(_train_beside(Path(path)) if train is None else train, train_gold, tokenizer=tokenizer)
    asked = read_usage_pairs(path, gold, tokenizer=tokenizer)
    if learnt.sha256 == asked.sha256:
        raise FormatError(f"{path}: the training part is the same file; a threshold is chosen on other pairs.")
    words, known = {one for one, _ in asked.words}, {one for one, _ in learnt.words}
    notes = (
        f"threshold from {learnt.name}, {len(learnt)} pairs",
        f"{len(words & known)} of {len(words)} words are in both parts",
    )
    return WordInContext(asked.name, asked.sha256, learnt, asked, notes)


def _train_beside(path: Path) -> Path:
    for own, other in _PARTS:
        if own in path.name:
            name = path.name.replace(own, other)
            for candidate in (path.with_name(name), path.parent.parent / other / name):
                if candidate.exists():
                    return candidate
    raise FormatError(f"{path}: there is no training part beside it; name it: train=FILE, in a suite train = 'FILE'.")


def evaluate_word_in_context(
    senses: SenseEmbeddings,
    data: WordInContext | Path | str,
    *,
    train: Path | str | None = None,
    rule: Rule = "gate",
    temperature: float = 1.0,
    window: int | None = None,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Say whether a word means the same in two sentences, by the similarity of its senses there.

    A pair is taken for "the same" if its similarity reaches a threshold: the one with which most pairs of the training
    part are right.

    Parameters
    ----------
    senses : SenseEmbeddings
        The vectors.
    data : WordInContext, Path or str
        Both parts, or the file to be scored.
    train : Path or str, optional
        The training part, where ``data`` is a file (see :func:`read_word_in_context`).
    rule, temperature
        See :func:`~wordvec.senses.gating.sense_probabilities`.
    window : int >= 1, optional
        How many known words on either side are the context; all by default.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about an unknown word: leave its pairs out and count them, raise, or (``"zero"`` and ``"mean"``
        alike) take it for a word of one sense.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`: accuracy by ``AvgSimC``, the expected cosine of the
        senses, and by ``MaxSimC``, that of the most probable ones; ``contexts (baseline)`` by the cosine of the two
        contexts' vectors, which knows no senses; ``majority (baseline)``, the answer of most of the training part. The
        interval is over another draw of words.

    Raises
    ------
    FormatError
        If a file is not one of pairs of sentences, or no word of the training part is known.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    References
    ----------
    Pilehvar and Camacho-Collados (2019), "WiC: the word-in-context dataset for evaluating context-sensitive meaning
    representations"; Martelli, Kalach, Tola and Navigli (2021), "SemEval-2021 task 2".
    """
    held = data if isinstance(data, WordInContext) else read_word_in_context(data, train)
    lookup = look_up(senses, missing=missing, case=case, restrict=restrict)
    return outcome_table(score_word_in_context(lookup, held, rule=rule, temperature=temperature, window=window))


def score_word_in_context(
    lookup: Lookup,
    data: WordInContext,
    *,
    rule: Rule = "gate",
    temperature: float = 1.0,
    window: int | None = None,
) -> list[Outcome]:
    """Return of each pair to be scored whether it is answered rightly.

    Parameters
    ----------
    lookup : Lookup
        The vectors of senses (see :func:`~wordvec.evaluate.words.look_up`).
    data : WordInContext
        Both parts.
    rule, temperature, window
        See :func:`evaluate_word_in_context`.

    Raises
    ------
    ParameterError
        If there is one vector per word, or an option is outside its domain.
    FormatError
        If no word of the training part is known.
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    held_senses(lookup, "wic")
    parts = [_similarities(lookup, part, rule, temperature, window) for part in (data.train, data.test)]
    (learnt, learnt_items, _), (asked, items, missing) = parts
    if not len(learnt_items):
        raise FormatError(f"{data.train.name}: no word of the training part is known, so there is no threshold.")
    truth, given = data.test.scores[items] > 0.5, data.train.scores[learnt_items] > 0.5
    how = describe_rule(rule, temperature, window)
    hits = {}
    for name, values in asked.items():
        threshold = best_threshold(learnt[name], given)
        suffix = how if "baseline" not in name else describe_rule("gate", 1.0, window)
        hits[f"{name} accuracy{suffix}"] = (values >= threshold) == truth
    hits["majority (baseline) accuracy"] = truth == (given.mean() >= 0.5)
    units = number_words(word for word, _ in data.test.words)
    outcomes = [
        Outcome(
            "wic",
            data.name,
            data.sha256,
            metric,
            MEAN,
            items,
            values.astype(np.float64)[:, None],
            units[items, None],
            "word",
            missing,
            f"{lookup.policy}, threshold from {data.train.name} {data.train.sha256[:8]}",
        )
        for metric, values in hits.items()
    ]
    return timed(outcomes, time.perf_counter() - start)


def _similarities(
    lookup: Lookup, pairs: ContextPairs, rule: Rule, temperature: float, window: int | None
) -> tuple[dict[str, Floats], Ids, int]:
    """Return similarities by name, the pairs that they are of, and how many have an unknown word."""
    rows = lookup.rows((word,) for word, _ in pairs.words).reshape(-1)
    items = np.flatnonzero(lookup.kept(rows[:, None]))
    sides: list[tuple[Ids, Contexts]] = []
    for side in (0, 1):
        around = [pairs.around[item][side] for item in items.tolist()]
        sides.append((rows[items], gather_contexts(lookup, rows[items], around, window)))
    told = similarities_in_context(lookup, "wic", sides[0], sides[1], rule=rule, temperature=temperature)
    found = {name: told[name].round(6) for name in ("AvgSimC", "MaxSimC")}
    vectors = [context_vectors(lookup, contexts) for _, contexts in sides]
    found["contexts (baseline)"] = cosines(vectors[0], vectors[1]).round(6)
    return found, items, int((rows < 0).sum())


def best_threshold(scores: Floats, labels: NDArray[np.bool_]) -> float:
    """Return the threshold with which most of ``scores >= threshold`` are as labelled.

    It is midway between two neighboring scores, or infinite where no threshold is better than one answer for all; of
    several the middle one.

    Parameters
    ----------
    scores : float64[n]
        Higher for what is held for true.
    labels : bool[n]
        What is true.

    Examples
    --------
    >>> best_threshold(np.array([0.1, 0.2, 0.6, 0.9]), np.array([False, False, True, True]))
    0.4
    """
    values, place = np.unique(scores, return_inverse=True)
    # Right with a threshold below value i: the true ones from i on, and the false ones before it.
    gain = np.bincount(place, np.where(labels, -1.0, 1.0), minlength=len(values))
    right = labels.sum() + np.concatenate([[0.0], np.cumsum(gain)])
    best = np.flatnonzero(right == right.max())
    edges = np.concatenate([[-np.inf], (values[1:] + values[:-1]) / 2.0, [np.inf]])
    return float(edges[best[(len(best) - 1) // 2]])
