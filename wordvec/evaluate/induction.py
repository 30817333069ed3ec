"""Do the senses that vectors tell apart agree with those that people do? Word sense induction."""

import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import require
from ..senses.embeddings import SenseEmbeddings
from ..senses.gating import Rule
from .agreement import adjusted_rand, fuzzy_b_cubed, fuzzy_information, hard_labels, paired_f, v_measure
from .measures import AGREEMENT, COUNT, MEAN, RATIO, Measure
from .outcome import Outcome, outcome_table, timed
from .sense_tags import describe_rule, gather_contexts, held_senses, probabilities
from .sets.sense_items import SenseItems, read_sense_items
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SenseItems",
    "evaluate_induction",
    "read_sense_items",
    "score_answers",
    "score_assignments",
    "score_induction",
]

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

#: A sense less probable than this is none of an instance's, where it may have several.
_LEAST = 0.1
#: Random labels: how many different ones, and how often they are drawn.
_RANDOM, _DRAWS = 3, 5
_MEASURES: dict[str, Measure] = {"ARI": AGREEMENT, "k": COUNT}


def evaluate_induction(
    senses: SenseEmbeddings,
    data: SenseItems | Path | str,
    *,
    key: Path | str | None = None,
    rule: Rule = "gate",
    temperature: float = 1.0,
    window: int | None = None,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
) -> "pd.DataFrame":
    """Give every instance its most probable sense, and compare these with the senses that people gave.

    Every measure is of one word, and the score is the mean over words. One label for everything and three random ones
    (the mean of five draws) stand beside it as baselines: V-measure and F alone prefer them to much that is better.

    Parameters
    ----------
    senses : SenseEmbeddings
        The vectors.
    data : SenseItems, Path or str
        Instances, or a file of them (see :func:`~wordvec.evaluate.sets.sense_items.read_sense_items`).
    key : Path or str, optional
        The key of the file, where it has one.
    rule, temperature
        How a context tells senses apart; see :func:`~wordvec.senses.gating.sense_probabilities`.
    window : int >= 1, optional
        How many known words on either side are the context; all words by default. Other occurrences of the word
        never are.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What to do about an unknown word: leave it out and count it, raise, or (``"zero"`` and ``"mean"`` alike) take
        it for a word of one sense.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`; n and missing count words. ``ARI``; ``k``, how
        many labels a word was given; ``V-measure``; ``paired F``; for keys that give several senses to an instance
        also ``fuzzy NMI`` and ``fuzzy B-cubed``, where every sense of probability 0.1 and more is one of the
        instance's, and the other measures take the heaviest given sense; all of them for the baselines; ``known
        instances``. Words that have one sense in the key are left out. The intervals are over another draw of words;
        they do not hold what another training would change.

    Raises
    ------
    FormatError
        If the file is not one of instances.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    References
    ----------
    Manandhar, Klapaftis, Dligach and Pradhan (2010), "SemEval-2010 task 14: word sense induction & disambiguation";
    Bartunov, Kondrashkin, Osokin and Vetrov (2016), "Breaking sticks and ambiguities with adaptive skip-gram", for
    ARI; Jurgens and Klapaftis (2013), "SemEval-2013 task 13".

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> from wordvec.evaluate.sets.datasets import Dataset
    >>> words = Vocabulary(("bank", "river", "money"), np.array([6, 3, 3]))
    >>> eye = np.eye(2, dtype=np.float32)
    >>> senses = SenseEmbeddings(
    ...     words,
    ...     vectors=np.stack([eye, eye, eye[::-1]]),
    ...     prevalence=np.array([[0.5, 0.5], [1.0, 0.0], [1.0, 0.0]]),
    ...     context=np.array([[0, 0], [4, 0], [0, 4]], np.float32),
    ...     gates=np.stack([0 * eye, eye]),
    ...     gate_biases=np.zeros((2, 2), np.float32),
    ...     gate_rows=np.array([1, 0, 0], np.int32),
    ... )
    >>> xml = "".join(
    ...     f"<instance id='{i}'><answer senseid='{sense}'/><context>{word} <head>bank</head></context></instance>"
    ...     for i, (word, sense) in enumerate([("river", "shore"), ("river", "shore"), ("money", "firm")])
    ... )
    >>> data = read_sense_items(Dataset("toy", f"<c><lexelt item='bank.n'>{xml}</lexelt></c>", ""))
    >>> evaluate_induction(senses, data)[["metric", "score"]].values.tolist()[:2]
    [['ARI', 1.0], ['k', 2.0]]
    """
    held = data if isinstance(data, SenseItems) else read_sense_items(data, key)
    lookup = look_up(senses, missing=missing, case=case, restrict=restrict)
    return outcome_table(score_induction(lookup, held, rule=rule, temperature=temperature, window=window))


def score_induction(
    lookup: Lookup,
    data: SenseItems,
    *,
    rule: Rule = "gate",
    temperature: float = 1.0,
    window: int | None = None,
) -> list[Outcome]:
    """Return of each word how well found and given senses agree.

    Parameters
    ----------
    lookup : Lookup
        The vectors of senses (see :func:`~wordvec.evaluate.words.look_up`).
    data : SenseItems
        Instances.
    rule, temperature, window
        See :func:`evaluate_induction`.

    Raises
    ------
    ParameterError
        If there is one vector per word, or an option is outside its domain.
    UnknownWordError
        If ``lookup`` says so.
    """
    start = time.perf_counter()
    held_senses(lookup, "induction")
    rows = lookup.rows([word] for word in data.words).reshape(-1)
    kept = lookup.kept(rows[:, None])
    contexts = gather_contexts(lookup, rows, data.around, window)
    found = probabilities(lookup, "induction", rows, contexts, rule=rule, temperature=temperature)
    found[~kept] = np.nan
    how = describe_rule(rule, temperature, window)
    outcomes = score_assignments(data, found, policy=lookup.policy, how=how, unknown=rows < 0)
    return timed(outcomes, time.perf_counter() - start)


def score_answers(
    data: SenseItems, answers: Sequence[Mapping[str, float] | str | None], *, policy: str = "as answered"
) -> list[Outcome]:
    """Return how well answers that were made elsewhere agree with the given senses.

    Parameters
    ----------
    data : SenseItems
        Instances.
    answers : sequence of (mapping of str to float, str or None)
        For each instance its label, or labels with weights; None for all of a word that is not answered.
    policy : str, default "as answered"
        Outcomes are compared where this is equal.

    Examples
    --------
    >>> from wordvec.evaluate.sets.contexts import Occurrence
    >>> gold = tuple({label: 1.0} for label in "xxyy")
    >>> data = SenseItems("toy", "", ("bank",) * 4, tuple("1234"), (Occurrence((), ()),) * 4, gold)
    >>> score_answers(data, ["a", "a", "b", "b"])[0].score
    1.0
    """
    require(len(answers) == len(data), "answers", f"one for each of {len(data)} instances", len(answers))
    given = [{answer: 1.0} if isinstance(answer, str) else answer or {} for answer in answers]
    found = _weights(given, data.target)
    found[[answer is None for answer in answers]] = np.nan
    return score_assignments(data, found, policy=policy)


def score_assignments(
    data: SenseItems, found: Floats, *, policy: str, how: str = "", unknown: NDArray[np.bool_] | None = None
) -> list[Outcome]:
    """Return how well weights of found senses agree with the given senses, word by word, and two baselines.

    Parameters
    ----------
    data : SenseItems
        Instances.
    found : float64[n, K]
        Weights of the found senses, which are numbered for each word alone. A word with a NaN in a row of one of its
        instances is left out.
    policy : str
        See :class:`~wordvec.evaluate.outcome.Outcome`.
    how : str, default ""
        What stands behind the names of metrics.
    unknown : bool[n], optional
        Instances whose word is unknown; those with NaN otherwise.

    Raises
    ------
    ParameterError
        If there is not a row for each instance.
    """
    require(found.ndim == 2 and len(found) == len(data), "found.shape", f"({len(data)}, K)", found.shape)
    answered: NDArray[np.bool_] = np.asarray(np.isfinite(found).all(axis=1))
    lost = np.asarray(~answered) if unknown is None else unknown
    target, given = data.target, _weights(data.gold, data.target)
    order = np.argsort(target, kind="stable")
    words = np.split(order, np.cumsum(np.bincount(target))[:-1])
    scores: dict[str, list[float]] = {}
    items: list[int] = []
    told = [i for i, places in enumerate(words) if len(np.unique(hard_labels(given[places]))) > 1]
    for i in told:
        places = words[i]
        if not answered[places].all():
            continue
        items.append(i)
        names = [data.instances[place] for place in places.tolist()]
        draws = _random_labels(data.targets[places[0]], names)
        for name, value in _all_scores(given[places], found[places], draws, data.graded).items():
            scores.setdefault(name, []).append(value)
    missing = sum(bool(lost[words[i]].any()) for i in told)
    told = told if items else []  # of nothing known there is no score at all
    known = [[float((~lost[words[i]]).sum()), float(len(words[i]))] for i in told]

    def outcome(metric: str, measure: Measure, used: Sequence[int], values: Floats) -> Outcome:
        numbers = np.array(used, dtype=np.int64)
        return Outcome(
            "induction",
            data.name,
            data.sha256,
            metric,
            measure,
            numbers,
            values,
            numbers[:, None],
            "word",
            missing,
            policy,
        )

    metrics = scores or {name: [] for name in _metrics(data.graded)}
    outcomes = [
        outcome(f"{name}{how}", _MEASURES.get(name.split(" ")[-1], MEAN), items, np.array(values).reshape(-1, 1))
        for name, values in metrics.items()
    ]
    return [*outcomes, outcome("known instances", RATIO, told, np.array(known).reshape(-1, 2))]


def _metrics(graded: bool) -> list[str]:
    """Return the names of all metrics, in their order."""
    one = np.ones((1, 1))
    return list(_all_scores(one, one, [np.zeros(1, dtype=np.int64)], graded))


def _all_scores(given: Floats, found: Floats, draws: Sequence[Ids], graded: bool) -> dict[str, float]:
    """Return all metrics of one word, and those of the baselines."""
    least = np.minimum(_LEAST * found.sum(axis=1, keepdims=True), found.max(axis=1, keepdims=True))
    scores = _word_scores(given, np.where(found >= least, found, 0.0), graded)
    alone = _word_scores(given, np.ones((len(given), 1)), graded)
    random = [_word_scores(given, np.eye(_RANDOM)[labels], graded) for labels in draws]
    return {
        **scores,
        **{f"one sense (baseline) {name}": value for name, value in alone.items()},
        **{f"random of {_RANDOM} (baseline) {name}": float(np.mean([one[name] for one in random])) for name in alone},
    }


def _word_scores(given: Floats, found: Floats, graded: bool) -> dict[str, float]:
    """Return the metrics of one word, the main one first and how many labels were used beside it."""
    gold, labels = hard_labels(given), hard_labels(found)
    scores = {
        "ARI": adjusted_rand(gold, labels),
        "k": float(len(np.unique(labels))),
        "V-measure": v_measure(gold, labels),
        "paired F": paired_f(gold, labels),
    }
    if graded:
        scores["fuzzy NMI"] = fuzzy_information(given, found)
        scores["fuzzy B-cubed"] = fuzzy_b_cubed(given, found)[2]
    return scores


def _weights(labels: Sequence[Mapping[str, float]], target: Ids) -> Floats:
    """Return float64[n, K], the weights of labels, numbered for each target by name."""
    named: dict[int, set[str]] = {}
    for one, word in zip(labels, target.tolist(), strict=True):
        named.setdefault(word, set()).update(one)
    number = {word: {label: i for i, label in enumerate(sorted(found))} for word, found in named.items()}
    weights = np.zeros((len(labels), max([1, *map(len, named.values())])))
    for i, (one, word) in enumerate(zip(labels, target.tolist(), strict=True)):
        for label, weight in one.items():
            weights[i, number[word][label]] = weight
    return weights


def _random_labels(target: str, instances: Sequence[str]) -> list[Ids]:
    """Return labels by chance, several times; they hang on the names of target and instances, not on their order."""
    rank = np.argsort(np.argsort(np.array(instances), kind="stable"), kind="stable")
    seed = zlib.crc32(target.encode())
    draws = (np.random.default_rng([draw, seed]).integers(_RANDOM, size=len(rank)) for draw in range(_DRAWS))
    return [labels[rank] for labels in draws]
