"""Named lists of test sets: what ``wordvec evaluate`` runs, read before any vectors are.

A suite is a TOML file with a table ``[[test]]`` for each test set: ``task``, ``file`` and options of the task. The
names are those of the arguments of ``read_...`` and ``score_...`` in this package.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..embeddings import Embeddings
from ..errors import FormatError, ParameterError
from ..senses.embeddings import SenseEmbeddings
from .outcome import Outcome
from .sets.datasets import BUNDLED, bundled
from .tasks import OF_SLICES, Test, read_task, score_test
from .words import CasePolicy, MissingPolicy, look_up

__all__ = ["TASKS", "check_repeats", "read_suite", "read_test", "score_suite"]


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
#: How a context tells senses apart.
_CONTEXT: dict[str, Callable[[Any], bool]] = {"rule": _text, "temperature": _number, "window": _whole}
#: Which slice leads to which.
_SLICES: dict[str, Callable[[Any], bool]] = {"source_slice": _text, "target_slice": _text}
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
    "tagging": (
        {"train": _text, "what": _text, "column": _whole},
        {
            "sizes": _numbers,
            "hidden": _numbers,
            "window": _whole,
            "shape": _switch,
            "preset": _text,
            "epochs": _whole,
            "seed": _whole,
        },
    ),
    "induction": ({"key": _text, "tokenizer": _text}, _CONTEXT),
    "wic": ({"train": _text, "gold": _text, "train_gold": _text, "tokenizer": _text}, _CONTEXT),
    "scws": ({"tokenizer": _text}, _CONTEXT),
    "bilingual": ({"target": _text}, {"retrieval": _texts, "k": _whole, "neighborhoods": _text}),
    "cross-similarity": ({"target": _text, "columns": _columns}, {}),
    "temporal": ({}, {}),
    "drift": (
        {"binary": _text, "words": _text, "columns": _columns, "parts_of_speech": _text},
        {"measure": _text, "threshold": _number, **_SLICES},
    ),
    "slice-pairs": ({"columns": _columns}, _SLICES),
}
#: Options that name a file beside the suite.
_FILES = ("answers", "negative", "train", "target", "key", "gold", "train_gold", "binary", "words")
_NEEDED = {"tagging": ("train",), "bilingual": ("target",), "cross-similarity": ("target",)}


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
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise FormatError(f"{path} is not a suite, which is a TOML file: {error}.") from error
    tests = held.get("test")
    strange = [name for name in held if name != "test"]
    if not isinstance(tests, list) or not tests or strange:
        found = f"got {', '.join(strange)}" if strange else "there is none"
        raise FormatError(f"{path}: a suite holds a table [[test]] for each test set and nothing else; {found}.")
    read = [_from_table(table, path.parent, f"{path}, test {number}") for number, table in enumerate(tests, start=1)]
    check_repeats(read)
    return read


def check_repeats(tests: Sequence[Test]) -> None:
    """Raise FormatError if a test set is asked twice in one way: its results could not be told apart.

    Parameters
    ----------
    tests : sequence of Test
        All that will be asked of the same vectors.

    Examples
    --------
    >>> check_repeats([read_test("similarity", "UMNSRS-sim.txt"), read_test("similarity", "UMNSRS-rel.txt")])
    """
    asked: set[tuple[str, ...]] = set()
    for test in tests:
        data, learnt = test.data, getattr(getattr(test.data, "train", None), "sha256", "")
        # What the vectors of the other language are does not stand in a result.
        how = "" if test.target is not None else repr(sorted(test.options.items()))
        key = (test.task, data.name, data.sha256, learnt, how)
        if key in asked:
            raise FormatError(f"{data.name} is asked twice for {test.task}; name each test set once in a run.")
        asked.add(key)


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
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    for name in _FILES:
        if name in reading and name in plain:
            plain[name] = folder / plain[name]
    target = plain.pop("target", None)
    read = {name: value for name, value in plain.items() if name in reading}
    data = read_task(task, _place(file, folder), read)
    return Test(task, data, {name: value for name, value in plain.items() if name in scoring}, target)


def _check(task: str, given: Mapping[str, Any], allowed: Mapping[str, Callable[[Any], bool]], where: str) -> None:
    for name, value in given.items():
        if name not in allowed:
            known = f"it takes {', '.join(allowed)}" if allowed else "it takes none"
            raise FormatError(f"{where}: {name!r} is no option of {task}; {known}.")
        if not allowed[name](value):
            raise FormatError(f"{where}: {name} must be {_KINDS[allowed[name]]}, got {value!r}.")
        if isinstance(value, list) and len(set(value)) < len(value):
            raise FormatError(f"{where}: {name} must hold each of its values once, got {value!r}.")
    for name in _NEEDED.get(task, ()):
        if name not in given:
            raise FormatError(f"{where}: {task} needs {name!r}, the name of a file; put it in a suite.")


def _place(file: Path | str, folder: Path) -> Any:
    """Return the path of a file, or the test set of that name that ships with the package."""
    path = folder / file
    return bundled(str(file)) if not path.exists() and str(file) in BUNDLED else path


def score_suite(
    embeddings: Embeddings | SenseEmbeddings,
    suite: Sequence[Test] | Path | str,
    *,
    target: Embeddings | None = None,
    missing: MissingPolicy = "skip",
    case: CasePolicy = "ignore",
    restrict: int | None = None,
    threads: int | None = None,
) -> list[Outcome]:
    """Score vectors on all test sets of a suite.

    Parameters
    ----------
    embeddings : Embeddings or SenseEmbeddings
        The vectors.
    suite : sequence of Test, Path or str
        A suite, or its file (see :func:`read_suite`).
    target : Embeddings, optional
        Vectors of the other language, for tests of two.
    missing, case, restrict
        See :func:`~wordvec.evaluate.words.look_up`.
    threads : int >= 1, optional
        As many as the machine has CPUs otherwise; no score depends on it.

    Returns
    -------
    list of Outcome
        For :func:`~wordvec.evaluate.outcome.outcome_table`, or, of several models, for
        :func:`~wordvec.evaluate.comparison.compare.compare_outcomes`.

    Raises
    ------
    FormatError, UnknownWordError
        If a test set cannot be read, or a word is unknown and ``missing="error"``.
    ParameterError
        If a test is of aligned slices (see :func:`~wordvec.evaluate.tasks.score_slices`), or of senses and
        there is one vector per word.

    Examples
    --------
    >>> import numpy as np
    >>> from wordvec import Vocabulary
    >>> words = Vocabulary(("aspirin", "tylenol", "fever"), np.array([3, 2, 1]))
    >>> vectors = Embeddings(words, np.array([[1.0, 0.1], [0.9, 0.2], [0.0, 1.0]], np.float32))
    >>> [outcome.metric for outcome in score_suite(vectors, [read_test("similarity", "UMNSRS-sim.txt")])]
    ['spearman', 'pearson']
    """
    tests = read_suite(suite) if isinstance(suite, str | Path) else suite
    for test in tests:
        if test.task in OF_SLICES:
            verb = f"evaluate_{test.task.replace('-', '_')}"
            what = OF_SLICES[test.task]
            raise ParameterError(f"suite must hold no {what}, which aligned slices are asked: {verb}")
    lookup = look_up(embeddings, missing=missing, case=case, restrict=restrict)
    other = None if target is None else look_up(target, missing=missing, case=case, restrict=restrict)
    return [outcome for test in tests for outcome in score_test(test, lookup, target=other, threads=threads)]
