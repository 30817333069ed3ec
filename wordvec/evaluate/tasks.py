"""All tasks by name: how a test set of each is read, and vectors are scored on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError, require
from ..progress import Watcher
from .outcome import Outcome
from .words import Lookup

if TYPE_CHECKING:
    from .tagger import TaggerSettings

__all__ = ["OF_SENSES", "OF_SLICES", "Test", "read_task", "score_slices", "score_test"]

#: Tasks that are asked of vectors of senses only.
OF_SENSES = ("induction", "wic")
#: Tasks that are asked of aligned slices, all together, and what their items are.
OF_SLICES = {"temporal": "temporal analogies", "drift": "gold changes", "slice-pairs": "pairs across slices"}


@dataclass(frozen=True, eq=False)
class Test:
    """A test set, read, with how it is to be scored.

    Parameters
    ----------
    task : str
        Its name, one of :data:`~wordvec.evaluate.suite.TASKS`.
    data : object
        The test set, as its ``read_...`` returns it.
    options : mapping
        Further arguments of its ``score_...``.
    target : Path, optional
        Vectors of the other language, where there are two.
    """

    task: str
    data: Any
    options: Mapping[str, Any]
    target: Path | None = None

    __test__ = False  # not one of pytest's

    @property
    def notes(self) -> tuple[str, ...]:
        """What was read from the file by rule."""
        return tuple(getattr(self.data, "notes", ()))


def read_task(task: str, file: Any, options: Mapping[str, Any]) -> Any:
    """Return the test set of a task.

    Parameters
    ----------
    task : str
        Which task.
    file : Path or Dataset
        Its file or folder.
    options : mapping
        Further arguments of its ``read_...``.

    Raises
    ------
    FormatError
        If the file is not one of the task.
    """
    match task:
        case "similarity" | "cross-similarity":
            from .sets.pairs import read_pairs

            return read_pairs(file, **options)
        case "analogy":
            from .sets.questions import read_questions

            return read_questions(file, **options)
        case "categorization":
            from .categorization import read_categories

            return read_categories(file, **options)
        case "outliers":
            from .outliers import read_topics

            return read_topics(file)
        case "synonyms":
            from .synonyms import read_choices

            return read_choices(file, **options)
        case "definitions":
            from .definitions import read_definitions

            return read_definitions(file, **options)
        case "entailment":
            from .entailment import read_entailment

            return read_entailment(file, **options)
        case "relations":
            from .relations import read_relations

            return read_relations(file, **options)
        case "relational":
            from .relational import read_relational

            return read_relational(file)
        case "sentences":
            from .sentences import read_sentences

            return read_sentences(file, **options)
        case "tagging":
            from .tagging import read_tagging

            return read_tagging(options["train"], file, task=options.get("what"), column=options.get("column"))
        case "induction" | "wic" | "scws":
            return _read_of_contexts(task, file, options)
        case "bilingual":
            from .bilingual import read_dictionary

            return read_dictionary(file)
        case _:
            return _read_of_slices(task, file, options)


def score_test(
    test: Test,
    lookup: Lookup,
    *,
    target: Lookup | None = None,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> list[Outcome]:
    """Score vectors on a test set; those of :data:`OF_SLICES` have :func:`score_slices`.

    Parameters
    ----------
    test : Test
        What to ask.
    lookup : Lookup
        The vectors.
    target : Lookup, optional
        Those of the other language, where ``test.target`` names them.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; no score depends on it.
    progress : callable, optional
        Told how far analogies are.

    Raises
    ------
    ParameterError
        If an option is out of its domain, or the task is one of :data:`OF_SENSES` and there is one vector per word.
    UnknownWordError
        If ``lookup`` says so.
    """
    options = dict(test.options)
    match test.task:
        case "similarity":
            from .similarity import score_similarity

            return score_similarity(lookup, test.data)
        case "analogy":
            from .analogy import score_analogies

            return score_analogies(lookup, test.data, threads=threads, progress=progress, **options)
        case "categorization":
            from .categorization import score_categorization

            return score_categorization(lookup, test.data)
        case "outliers":
            from .outliers import score_outliers

            return score_outliers(lookup, test.data)
        case "synonyms":
            from .synonyms import score_synonyms

            return score_synonyms(lookup, test.data)
        case "definitions":
            from .definitions import score_definitions

            return score_definitions(lookup, test.data, **options)
        case "entailment":
            from .entailment import score_entailment

            return score_entailment(lookup, test.data)
        case "relations":
            from .relations import score_relations

            return score_relations(lookup, test.data)
        case "relational":
            from .relational import score_relational

            return score_relational(lookup, test.data, **options)
        case "sentences":
            from .sentences import score_sentences

            return score_sentences(lookup, test.data, **options)
        case "tagging":
            from .tagging import score_tagging

            return score_tagging(lookup, test.data, settings=_settings(options), threads=threads)
        case "induction" | "wic" | "scws":
            return _score_of_contexts(test, lookup, options)
        case _:
            return _score_pair(test, lookup, target, options, threads)


def _read_of_contexts(task: str, file: Any, options: Mapping[str, Any]) -> Any:
    """Return a test set of words in context."""
    if task == "induction":
        from .induction import read_sense_items

        return read_sense_items(file, **options)
    if task == "wic":
        from .word_in_context import read_word_in_context

        return read_word_in_context(file, **options)
    from .contextual_similarity import read_context_pairs

    return read_context_pairs(file, **options)


def _read_of_slices(task: str, file: Any, options: Mapping[str, Any]) -> Any:
    """Return a test set of aligned slices."""
    if task == "drift":
        from .sets.drift_targets import read_drift_targets

        return read_drift_targets(file, **options)
    if task == "slice-pairs":
        from .sets.slice_pairs import read_slice_pairs

        return read_slice_pairs(file, **options)
    from .temporal import read_temporal

    return read_temporal(file)


def _score_of_contexts(test: Test, lookup: Lookup, options: dict[str, Any]) -> list[Outcome]:
    """Score words in context; a window of 0 stands for all of it."""
    if "window" in options:
        options["window"] = options["window"] or None
    if test.task == "induction":
        from .induction import score_induction

        return score_induction(lookup, test.data, **options)
    if test.task == "wic":
        from .word_in_context import score_word_in_context

        return score_word_in_context(lookup, test.data, **options)
    from .contextual_similarity import score_contextual_similarity

    return score_contextual_similarity(lookup, test.data, **options)


def _settings(options: dict[str, Any]) -> "TaggerSettings":
    """Return the settings of a tagger; 0 among the sizes stands for all of the text."""
    from dataclasses import replace

    from .tagging import HUNGARIAN, PLAIN

    presets = {"plain": PLAIN, "hungarian": HUNGARIAN}
    preset = options.pop("preset", "plain")
    require(preset in presets, "preset", "'plain' or 'hungarian'", preset)
    if "sizes" in options:
        options["sizes"] = tuple(size or None for size in options["sizes"])
    return replace(presets[preset], **options)


def _score_pair(
    test: Test, source: Lookup, target: Lookup | None, options: dict[str, Any], threads: int | None
) -> list[Outcome]:
    """Score two languages in one space."""
    if target is None:
        raise ParameterError(f"target must be the vectors of the second side of {test.data.name}, got None")
    if test.task == "bilingual":
        from .bilingual import score_bilingual

        return score_bilingual(source, target, test.data, threads=threads, **options)
    from .bilingual import score_cross_similarity

    return score_cross_similarity(source, target, test.data)


def score_slices(
    test: Test, lookups: Mapping[str, Lookup], *, threads: int | None = None
) -> tuple[list[Outcome], tuple[str, ...]]:
    """Score aligned slices on a test set of slices; also return what to know beside the scores.

    Parameters
    ----------
    test : Test
        What to ask: its task is one of :data:`OF_SLICES`.
    lookups : mapping of str to Lookup
        The slices, by label.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise.

    Raises
    ------
    ParameterError
        If there are fewer than two slices, or an option is out of its domain.
    """
    what = OF_SLICES[test.task]
    require(len(lookups) > 1, "slices", f"two or more, for the {what} of {test.data.name}", list(lookups))
    if test.task == "drift":
        from .gold_drift import score_drift

        return score_drift(lookups, test.data, **test.options)
    if test.task == "slice-pairs":
        from .slice_pairs import score_slice_pairs

        return score_slice_pairs(lookups, test.data, threads=threads, **test.options)
    from .temporal import assign_slices, score_temporal

    notes = assign_slices(test.data, tuple(lookups))[1]
    return score_temporal(lookups, test.data, threads=threads), notes
