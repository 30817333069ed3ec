"""How much do vectors help a small tagger? Parts of speech and entities, against random vectors."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..embeddings import Embeddings
from ..errors import FormatError, ParameterError, require
from ..senses.embeddings import SenseEmbeddings
from ..threads import count_threads
from .measures import RATIO, RATIO_GAIN, Measure
from .outcome import Outcome, outcome_table, timed
from .sets.datasets import Dataset
from .sets.entities import entity_counts
from .sets.tagged_text import TaggedText, TaggingTask, read_tagged_text
from .tagger import TaggerSettings, tag
from .tagger_input import Seen, see
from .words import CasePolicy, Lookup, MissingPolicy, look_up

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HUNGARIAN", "PLAIN", "TaggingSet", "evaluate_tagging", "gain_ratio", "read_tagging", "score_tagging"]

PLAIN = TaggerSettings()

#: Hidden units and passes as in the Hungarian protocol (made for NYTK-NerKor), which has a recurrent network in
#: place of the window. Every label is scored, also the one that is first in the alphabet, and no padding is.
HUNGARIAN = TaggerSettings(sizes=(None,), hidden=(1, 2, 4, 8, 16, 32, 64), epochs=5)


@dataclass(frozen=True, eq=False)
class TaggingSet:
    """A text to learn tags from and one to tag.

    Parameters
    ----------
    name, sha256 : str
        Of the file to tag; the name says also what is asked: ``"test.conllu: pos"``.
    task : {"pos", "ner"}
        Accuracy over tokens, or entities found.
    train, test : TaggedText
        The texts.
    notes : tuple of str
        What was read from the files by rule.
    """

    name: str
    sha256: str
    task: TaggingTask
    train: TaggedText
    test: TaggedText
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.test)


def read_tagging(
    train: Path | str | Dataset,
    test: Path | str | Dataset,
    *,
    task: TaggingTask | None = None,
    column: int | None = None,
) -> TaggingSet:
    """Read a text to learn from and one to tag: CoNLL-U, or columns as in CoNLL-2003.

    Parameters
    ----------
    train, test : Path, str or Dataset
        The files (see :func:`~wordvec.evaluate.sets.tagged_text.read_tagged_text`).
    task : {"pos", "ner"}, optional
        What their labels are. By default parts of speech if ``test`` is CoNLL-U, entities if not.
    column : int >= 1, optional
        Where they are, in both files.

    Raises
    ------
    FormatError
        Naming file and line, if a file is not in one of these forms, or if the two have no label in common.

    Examples
    --------
    >>> text = Dataset("toy", "Ada B-PER\\nran O\\n", "")
    >>> read_tagging(text, text).notes[-1]
    '1 of 1 sentences to tag is in the text to learn from'
    """
    asked = read_tagged_text(test, task=task, column=column)
    learnt = read_tagged_text(train, task=asked.task, column=column)
    notes = [f"{text.name}: {note}" for text in (learnt, asked) for note in text.notes]
    new = sorted(set(asked.labels) - set(learnt.labels))
    if not set(asked.labels) & set(learnt.labels) - {"O"}:
        raise FormatError(
            f"{learnt.name} and {asked.name} have no label in common: {', '.join(sorted(set(learnt.labels))[:5])} in "
            f"the one, {', '.join(new[:5])} in the other; name the column that holds them."
        )
    if new:
        notes.append(f"labels to tag that cannot be learnt: {', '.join(new[:20])}")
    known = set(learnt.sentences(learnt.words))
    both = sum(sentence in known for sentence in asked.sentences(asked.words))
    if both:
        verb = "is" if both == 1 else "are"
        notes.append(f"{both} of {len(asked)} sentences to tag {verb} in the text to learn from")
    shown = f"{asked.name}: {asked.task}" + (f" in column {column}" if column else "")
    return TaggingSet(shown, asked.sha256, asked.task, learnt, asked, tuple(notes))


def evaluate_tagging(
    embeddings: Embeddings | SenseEmbeddings,
    train: TaggingSet | Path | str,
    test: Path | str | None = None,
    *,
    task: TaggingTask | None = None,
    column: int | None = None,
    settings: TaggerSettings = PLAIN,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
    threads: int | None = None,
) -> "pd.DataFrame":
    """Learn to tag words by their vectors and those of their neighbors, and count what is right in another text.

    Vectors stay as they are. They are shifted to a mean of zero and scaled by one number, so that a rotation or
    another length of all vectors makes no difference but for the first weights. For each size the same tagger
    learns from random vectors too: of the same dimension, for the same words, normal, the same for all models.

    Parameters
    ----------
    embeddings : Embeddings or SenseEmbeddings
        The vectors. Of senses a token is seen by the mean of its word's senses, weighed by how probable they are in
        its sentence (``senses.window`` known words on either side).
    train : TaggingSet, Path or str
        Both texts, or the file to learn from.
    test : Path or str, optional
        The file to tag.
    task, column
        See :func:`read_tagging`.
    settings : TaggerSettings, default PLAIN
        How much is learnt and by what; :data:`HUNGARIAN` for the Hungarian protocol.
    missing : {"skip", "error", "zero", "mean"}, default "skip"
        What stands for an unknown word. With ``"skip"`` no vector does: the tagger sees a mark that says
        "unknown". Else an error is raised, or zeros or the mean vector are seen, without a mark. A token is
        tagged and counted all the same, so that all models answer for the same tokens.
    case : {"ignore", "keep"}, default "ignore"
        Whether ``Paris`` in the file may mean ``paris`` (see :func:`~wordvec.evaluate.words.look_up`).
    restrict : int >= 1, optional
        Use the first so many words of the vocabulary only.
    threads : int >= 1, optional
        How many taggers learn at the same time; as many as there are CPUs otherwise. The result is the same.

    Returns
    -------
    pandas.DataFrame
        With the columns of :class:`~wordvec.evaluate.scores.Score`: ``known tokens``, the share of tokens whose
        word is known; then for each size and number of hidden units ``accuracy``, or ``F1``, ``precision`` and
        ``recall`` of entities with the right first token, last token and type (all types together); the same of
        random vectors; and the gain, their difference. ``n`` counts sentences and ``missing`` those with an
        unknown word. Intervals are over another draw of documents, where the file tells them apart, or sentences
        to tag; not of the text to learn from, and not of the seed.

    Raises
    ------
    FormatError
        If a file is in no known form.
    ParameterError
        If no size is left, or no file to tag is given.
    UnknownWordError
        If ``missing="error"`` and a word is unknown.

    References
    ----------
    Lai, Liu, He and Zhao (2016), "How to generate a good word embedding", IEEE Intelligent Systems 31, for the
    gain over random vectors.

    Examples
    --------
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("cat", "dog", "runs", "eats"), np.array([4, 3, 2, 1]))
    >>> rows = np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0], [0.1, 1.1]], np.float32)
    >>> text = Dataset("toy", "cat N\\nruns V\\n\\n" * 50 + "dog N\\neats V\\n\\n" * 50, "")
    >>> texts = read_tagging(text, text, task="pos")
    >>> table = evaluate_tagging(Embeddings(words, rows), texts, settings=TaggerSettings(epochs=50))
    >>> table[["metric", "score"]].values.tolist()[:2]
    [['accuracy', 1.0], ['accuracy, random vectors', 1.0]]
    """
    if isinstance(train, TaggingSet):
        if test is not None or task is not None or column is not None:
            raise ParameterError("test, task and column are for files, and these texts have been read; leave them out")
        held = train
    elif test is None:
        raise ParameterError("test must be a file to tag, got None")
    else:
        held = read_tagging(train, test, task=task, column=column)
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    return outcome_table(score_tagging(lookup, held, settings=settings, threads=threads))


def score_tagging(
    lookup: Lookup, data: TaggingSet, *, settings: TaggerSettings = PLAIN, threads: int | None = None
) -> list[Outcome]:
    """Return of each sentence the tokens known, and what taggers of each size got right.

    Parameters
    ----------
    lookup : Lookup
        The vectors (see :func:`~wordvec.evaluate.words.look_up`).
    data : TaggingSet
        The texts.
    settings, threads
        See :func:`evaluate_tagging`.

    Raises
    ------
    ParameterError
        If all sizes are larger than the text to learn from.
    UnknownWordError
        If ``lookup`` says so.
    """
    sizes = sorted({size or len(data.train) for size in settings.sizes if (size or 0) <= len(data.train)})
    require(bool(sizes), "sizes", f"<= {len(data.train)}, the sentences to learn from", settings.sizes)
    start = time.perf_counter()
    seen = see(lookup, data.train, data.test, settings)
    jobs = [(size, hidden, table) for size in sizes for hidden in settings.hidden for table in seen.tables]
    tagged = iter(_run(jobs, seen, data, settings, count_threads(threads)))
    starts = data.test.starts[:-1]
    unknown = int((np.add.reduceat(seen.known.astype(np.int64), starts) < np.diff(data.test.starts)).sum())
    policy = f"{_policy(lookup, settings)}, from {data.train.name} {data.train.sha256[:8]}".rstrip()

    def outcome(part: str, metric: str, measure: Measure, values: NDArray[np.float64]) -> Outcome:
        return Outcome(
            "tagging",
            data.name + part,
            data.sha256,
            metric,
            measure,
            np.arange(len(data)),
            values,
            data.test.units[:, None],
            data.test.unit,
            unknown,
            policy,
        )

    outcomes = []
    for size in sizes:
        for hidden in settings.hidden:
            part = f", {size} sentences, {hidden or 'no'} unit{'s' * (hidden != 1)}"
            found, chance = (_measured(data, next(tagged)) for _ in seen.tables)
            first = next(iter(found))
            outcomes += [outcome(part, metric, RATIO, values) for metric, values in found.items()]
            outcomes.append(outcome(part, f"{first}, random vectors", RATIO, chance[first]))
            gain = np.concatenate([found[first], chance[first]], axis=1)
            outcomes.append(outcome(part, f"{first}, gain over random", RATIO_GAIN, gain))
    outcomes.append(outcome("", "known tokens", RATIO, _shares(seen.known, data.test)))
    return timed(outcomes, time.perf_counter() - start)


def gain_ratio(score: float, random: float, best: float) -> float:
    r"""Return the performance gain ratio :math:`(p - p_r) / (p_b - p_r)`, which makes tasks comparable.

    Parameters
    ----------
    score, random, best : float
        Of some vectors, of random vectors and of the best vectors that they are compared with.

    Returns
    -------
    float
        1 for the best vectors, 0 for vectors no better than random ones; NaN if a score is NaN or the best is not
        above random.

    References
    ----------
    Lai, Liu, He and Zhao (2016), "How to generate a good word embedding", IEEE Intelligent Systems 31, section 4.

    Examples
    --------
    >>> gain_ratio(0.85, 0.75, 0.95), gain_ratio(0.7, 0.75, 0.75)
    (0.5, nan)
    """
    whole = best - random
    return (score - random) / whole if whole > 0.0 else float("nan")


def _run(
    jobs: Sequence[tuple[int, int, NDArray[np.float32]]],
    seen: Seen,
    data: TaggingSet,
    settings: TaggerSettings,
    threads: int,
) -> list[list[str]]:
    """Return the labels of the tokens to tag, as each tagger says."""
    import sklearn.neural_network  # noqa: F401  # loads its BLAS before that is told how many threads to use
    from threadpoolctl import threadpool_limits

    def run(job: tuple[int, int, NDArray[np.float32]]) -> list[str]:
        size, hidden, table = job
        end = int(seen.ends[size - 1])
        found = tag(
            table,
            (seen.train[:end], seen.targets[:end]),
            seen.test,
            classes=len(seen.labels),
            hidden=hidden,
            epochs=settings.epochs,
            seed=settings.seed,
            shapes=seen.test.shape[1] // 2 if settings.shape else 0,
        )
        return [str(label) for label in seen.labels[found]]

    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, jobs))


def _measured(data: TaggingSet, predicted: list[str]) -> dict[str, NDArray[np.float64]]:
    """Return for each metric, the main one first, what the sentences add above and below the line of a ratio."""
    test = data.test
    if data.task == "pos":
        return {
            "accuracy": _shares(
                np.array([one == other for one, other in zip(test.labels, predicted, strict=True)]), test
            )
        }
    found, there, said = entity_counts(test.sentences(test.labels), test.sentences(predicted)).astype(np.float64).T
    return {
        "F1": np.stack([2.0 * found, there + said], axis=1),
        "precision": np.stack([found, said], axis=1),
        "recall": np.stack([found, there], axis=1),
    }


def _shares(hits: NDArray[np.bool_], text: TaggedText) -> NDArray[np.float64]:
    """Return float64[S, 2], hits and tokens of each sentence."""
    sums = np.add.reduceat(hits.astype(np.float64), text.starts[:-1])
    return np.stack([sums, np.diff(text.starts).astype(np.float64)], axis=1)


def _policy(lookup: Lookup, settings: TaggerSettings) -> str:
    """What was done about words, and how tags were learnt; unknown words are never left out here."""
    parts = [lookup.policy.replace("skip unknown", "mark for unknown"), f"window {settings.window}"]
    if settings.shape:
        parts.append("shapes")
    return ", ".join([*parts, f"{settings.epochs} epochs", f"seed {settings.seed}"])
