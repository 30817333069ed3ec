"""Named lists of test sets: what ``wordvec evaluate`` runs, read before any vectors are.

A suite is a TOML file with a table ``[[test]]`` for each test set: ``task``, ``file`` and options of the task. The
names are those of the arguments of ``read_...`` and ``score_...`` in this package.
"""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import FormatError, require
from ..progress import Watcher
from .datasets import BUNDLED, bundled
from .outcome import Outcome
from .words import Lookup

__all__ = ["TASKS", "Test", "read_suite", "read_test", "score_slices", "score_test"]


def _columns(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(type(part) in (int, str) for part in value)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _numbers(value: Any) -> bool:
    return isinstance(value, list) and all(type(part) is int for part in value)


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _number(value: Any) -> bool:
    return type(value) in (int, float)


def _whole(value: Any) -> bool:
    return type(value) is int


def _switch(value: Any) -> bool:
    return isinstance(value, bool)


#: What a value may be, and how that is said.
_KINDS: dict[Callable[[Any], bool], str] = {
    _columns: "a list of column numbers or names",
    _texts: "a list of texts",
    _numbers: "a list of whole numbers",
    _text: "a text",
    _number: "a number",
    _whole: "a whole number",
    _switch: "true or false",
}
#: Task to the options of reading its file, and of scoring it.
TASKS: dict[str, tuple[dict[str, Callable[[Any], bool]], dict[str, Callable[[Any], bool]]]] = {
    "similarity": ({"columns": _columns}, {}),
    "analogy": ({"form": _text}, {"method": _texts, "exclude": _switch, "candidates": _text}),
    "categorization": ({"columns": _columns}, {}),
    "outliers": ({}, {}),
    "synonyms": ({"answers": _text}, {}),
    "definitions": (
        {"columns": _columns},
        {"pooling": _text, "a": _number, "remove": _whole, "candidates": _text, "exclude": _switch},
    ),
    "entailment": ({"negative": _text, "columns": _columns}, {}),
    "relations": ({"columns": _columns}, {}),
    "relational": ({}, {"classes": _switch}),
    "sentences": ({"columns": _columns}, {"pooling": _texts, "remove": _numbers, "a": _number, "tokenizer": _text}),
    "tagging": ({"train": _text, "what": _text, "column": _whole}, {"sizes": _numbers, "hidden": _numbers}),
    "bilingual": ({"target": _text}, {"retrieval": _texts, "k": _whole, "neighborhoods": _text}),
    "cross-similarity": ({"target": _text, "columns": _columns}, {}),
    "temporal": ({}, {}),
}
#: Options that name a file beside the suite.
_FILES = ("answers", "negative", "train", "target")
_NEEDED = {"tagging": ("train",), "bilingual": ("target",), "cross-similarity": ("target",)}


@dataclass(frozen=True, eq=False)
class Test:
    """A test set, read, with how it is to be scored.

    Parameters
    ----------
    task : str
        One of :data:`TASKS`.
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


def read_suite(path: Path | str) -> list[Test]:
    """Read all test sets that a suite names.

    Parameters
    ----------
    path : Path or str
        A TOML file.

    Raises
    ------
    FormatError
        If it is not one of test sets, naming the test by its number, or a test set cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "clinic.toml"
    >>> _ = path.write_text('[[test]]\\ntask = "similarity"\\nfile = "UMNSRS-sim.txt"\\n')
    >>> [(test.task, len(test.data)) for test in read_suite(path)]
    [('similarity', 566)]
    """
    path = Path(path)
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FormatError(f"{path} is not a suite, which is a TOML file: {error}.") from error
    tests = held.get("test")
    strange = [name for name in held if name != "test"]
    if not isinstance(tests, list) or not tests or strange:
        found = f"got {', '.join(strange)}" if strange else "there is none"
        raise FormatError(f"{path}: a suite holds a table [[test]] for each test set and nothing else; {found}.")
    return [_from_table(table, path.parent, f"{path}, test {number}") for number, table in enumerate(tests, start=1)]


def _from_table(table: Any, folder: Path, where: str) -> Test:
    if not isinstance(table, dict) or not isinstance(table.get("task"), str) or not isinstance(table.get("file"), str):
        raise FormatError(f"{where}: a test needs a task and a file, both texts.")
    options = {name: value for name, value in table.items() if name not in ("task", "file")}
    return read_test(table["task"], table["file"], options, folder=folder, where=where)


def read_test(
    task: str, file: Path | str, options: Mapping[str, Any] | None = None, *, folder: Path = Path(), where: str = "test"
) -> Test:
    """Read one test set.

    Parameters
    ----------
    task : str
        One of :data:`TASKS`.
    file : Path or str
        The file, or the folder. A name that is not there may be that of a set that ships with the package.
    options : mapping, optional
        Options of the task, as in a suite.
    folder : Path, optional
        Where files are looked for.
    where : str, default "test"
        What errors call it.

    Raises
    ------
    FormatError
        If the task or an option is unknown, a value is of another kind, or the test set cannot be read.

    Examples
    --------
    >>> read_test("analogy", "questions-words.txt", {"method": ["3cosadd"]}).options
    {'method': ('3cosadd',)}
    """
    if task not in TASKS:
        raise FormatError(f"{where}: task must be one of {', '.join(TASKS)}, got {task!r}.")
    reading, scoring = TASKS[task]
    given = dict(options or {})
    _check(task, given, {**reading, **scoring}, where)
    plain = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    for name in _FILES:
        if name in reading and name in plain:
            plain[name] = folder / plain[name]
    target = plain.pop("target", None)
    read = {name: value for name, value in plain.items() if name in reading}
    data = _read(task, _place(file, folder), read)
    return Test(task, data, {name: value for name, value in plain.items() if name in scoring}, target)


def _check(task: str, given: Mapping[str, Any], allowed: Mapping[str, Callable[[Any], bool]], where: str) -> None:
    for name, value in given.items():
        if name not in allowed:
            known = f"it takes {', '.join(allowed)}" if allowed else "it takes none"
            raise FormatError(f"{where}: {name!r} is no option of {task}; {known}.")
        if not allowed[name](value):
            raise FormatError(f"{where}: {name} must be {_KINDS[allowed[name]]}, got {value!r}.")
    for name in _NEEDED.get(task, ()):
        if name not in given:
            raise FormatError(f"{where}: {task} needs {name!r}, the name of a file; put it in a suite.")


def _place(file: Path | str, folder: Path) -> Any:
    """Return the path of a file, or the test set of that name that ships with the package."""
    path = folder / file
    return bundled(str(file)) if not path.exists() and str(file) in BUNDLED else path


def _read(task: str, file: Any, options: dict[str, Any]) -> Any:
    match task:
        case "similarity" | "cross-similarity":
            from .pairs import read_pairs

            return read_pairs(file, **options)
        case "analogy":
            from .questions import read_questions

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
        case "bilingual":
            from .bilingual import read_dictionary

            return read_dictionary(file)
        case _:
            from .temporal import read_temporal

            return read_temporal(file)


def score_test(
    test: Test,
    lookup: Lookup,
    *,
    target: Lookup | None = None,
    threads: int | None = None,
    progress: Watcher | None = None,
) -> list[Outcome]:
    """Score vectors on a test set; temporal analogies, which need slices, have :func:`score_slices`.

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
        If an option is out of its domain.
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

            return score_tagging(lookup, test.data, threads=threads, **options)
        case _:
            return _score_pair(test, lookup, target, options, threads)


def _score_pair(
    test: Test, source: Lookup, target: Lookup | None, options: dict[str, Any], threads: int | None
) -> list[Outcome]:
    """Score two languages in one space."""
    require(target is not None, "target", f"vectors for the second side of {test.data.name}", None)
    assert target is not None
    if test.task == "bilingual":
        from .bilingual import score_bilingual

        return score_bilingual(source, target, test.data, threads=threads, **options)
    from .bilingual import score_cross_similarity

    return score_cross_similarity(source, target, test.data)


def score_slices(test: Test, lookups: Mapping[str, Lookup], *, threads: int | None = None) -> list[Outcome]:
    """Score aligned slices on temporal analogies.

    Parameters
    ----------
    test : Test
        What to ask: its task is ``"temporal"``.
    lookups : mapping of str to Lookup
        The slices, by label.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise.

    Raises
    ------
    ParameterError
        If there are fewer than two slices.
    """
    require(len(lookups) > 1, "slices", f"two or more, for the temporal analogies of {test.data.name}", list(lookups))
    from .temporal import score_temporal

    return score_temporal(lookups, test.data, threads=threads)
