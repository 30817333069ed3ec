"""``wordvec evaluate``."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ..errors import FormatError
from .evaluate_tables import RANDOM, show_known_sets, show_results
from .evaluate_tests import Asked, gather_tests, test_options
from .options import format_option, threads_option

if TYPE_CHECKING:
    from wordvec import Embeddings
    from wordvec.evaluate.comparison.store import Result
    from wordvec.evaluate.outcome import Outcome
    from wordvec.evaluate.tasks import Test
    from wordvec.evaluate.words import CasePolicy, Lookup, MissingPolicy
    from wordvec.files.models import Configuration
    from wordvec.progress import Watcher
    from wordvec.senses.embeddings import SenseEmbeddings

    Held = Embeddings | SenseEmbeddings

_PATH = click.Path(path_type=Path)


class Policy(NamedTuple):
    """How words of test sets are looked up, and whether results will be kept."""

    missing: "MissingPolicy"
    case: "CasePolicy"
    restrict: int | None
    kept: bool


class Run(NamedTuple):
    """What one set of vectors scored."""

    model: str
    vectors: str
    sha256: str
    outcomes: "list[Outcome]"


@click.command()
@click.argument("vectors", nargs=-1)
@test_options
@click.option("--restrict", type=click.IntRange(1), help="Use the first so many (most frequent) words only.")
@click.option(
    "--case",
    type=click.Choice(["ignore", "keep"]),
    default="ignore",
    show_default=True,
    help="Whether Paris in a test set may mean paris.",
)
@click.option(
    "--missing",
    type=click.Choice(["skip", "error", "zero", "mean"]),
    default="skip",
    show_default=True,
    help="What to do about items with unknown words: leave them out, stop, or answer with zeros or the mean vector. "
    "They are counted.",
)
@click.option("--by-category", is_flag=True, help="Show categories and further metrics too (tsv and json always do).")
@click.option(
    "--margin",
    type=click.FloatRange(0, min_open=True),
    help="How large a difference does not matter: test for as good.",
)
@click.option("--random", "beside_random", is_flag=True, help="Score random vectors of the same words too.")
@click.option("--apart", is_flag=True, help="Do not take vectors that differ in their seed only for one model.")
@click.option("--store", type=_PATH, metavar="FILE", help="Keep results in FILE, and compare with those in it.")
@click.option("--comparison", type=_PATH, metavar="FILE", help="Write all comparisons of models to FILE (tsv).")
@click.option("--select-tasks", is_flag=True, help="Say which test sets the others make superfluous.")
@click.option("--list", "show_known", is_flag=True, help="List known test sets, with licence, source and checksum.")
@threads_option
@format_option
def evaluate(
    vectors: tuple[str, ...],
    asked: Asked,
    restrict: int | None,
    case: "CasePolicy",
    missing: "MissingPolicy",
    by_category: bool,
    margin: float | None,
    beside_random: bool,
    apart: bool,
    store: Path | None,
    comparison: Path | None,
    select_tasks: bool,
    show_known: bool,
    threads: int | None,
    table_format: str | None,
) -> None:
    """Score VECTORS on test sets, and say which are better.

    VECTORS are artefacts (.wv; of .wvs every slice is scored), word2vec text or binary files, or GloVe text. Of
    senses, tests that do not tell them apart are asked of the merged vectors. Without a test set the Google analogies
    are asked. Each score comes with a 95 % interval, the number of items used and of those missing. Several vectors
    are compared on the items that all of them know. Seeds of one training, or what a quoted pattern such as
    'A-*.wv' matches, are one model.

    \b
    Example:
        wordvec evaluate vectors.wv --restrict 30000
        wordvec evaluate vectors.wv --method 3cosavg --random
    \b
    More:
        wordvec evaluate 'sg-*.wv' 'cbow-*.wv' --suite english.toml --store results.jsonl --margin 0.01
    """
    from ..disk import check_file_output

    if show_known:
        show_known_sets(table_format)
        return
    if not vectors and store is None:
        raise click.UsageError("Missing argument 'VECTORS...'; or --store FILE, to compare the results in it.")
    tests = gather_tests(asked) if vectors else []
    if comparison is not None:
        check_file_output(comparison, overwrite=True)
    found = _find(vectors, apart)
    held = [] if store is None else _read_store(store, found)
    policy, runs = Policy(missing, case, restrict, store is not None), []
    for run in _score_all(found, tests, policy, beside_random, threads):
        runs.append(run)
        if store is not None:
            _keep(store, run)
    show_results(runs, _others(held, runs), by_category, margin, comparison, select_tasks, table_format)
    _refuse_nothing(runs)


def _find(arguments: Sequence[str], apart: bool) -> "list[Configuration]":
    """Return what the arguments name, and say which are seeds of one model."""
    from wordvec.files.models import find_configurations

    from .output import note

    found = find_configurations(arguments, together=not apart)
    for one in found:
        if len(one.paths) > 1:
            note(f"{one.name}: {len(one.paths)} sets of vectors are seeds of one model.")
    return found


def _score_all(
    found: "Sequence[Configuration]", tests: "Sequence[Test]", policy: Policy, beside_random: bool, threads: int | None
) -> Iterator[Run]:
    """Score every set of vectors on every test set, one after the other."""
    from .output import watching

    with watching() as progress:
        for one in found:
            yield from _told(_score_configuration(one, tests, policy, threads, progress))
        if beside_random and found:
            yield from _told(iter([_score_random(found[0].paths[0], tests, policy, threads, progress)]))


def _told(runs: Iterator[Run]) -> Iterator[Run]:
    """Say, where no bar is drawn, that work goes on."""
    from time import perf_counter

    from .output import note

    start = perf_counter()
    for run in runs:
        seconds = perf_counter() - start
        if seconds > 2.0 and not sys.stderr.isatty():
            note(f"{run.vectors}: scored in {seconds:.0f} s.")
        yield run
        start = perf_counter()


def _score_configuration(
    one: "Configuration", tests: "Sequence[Test]", policy: Policy, threads: int | None, progress: "Watcher"
) -> Iterator[Run]:
    from wordvec.evaluate.tasks import OF_SLICES
    from wordvec.files.models import digest_vectors

    for path in one.paths:
        slices = _read_held(path)
        _check_senses(path, slices, tests)
        lookups = {label: _look_up(embeddings, policy) for label, embeddings in slices.items()}
        of_slices = [test for test in tests if test.task in OF_SLICES]
        digests = {label: digest_vectors(embeddings) if policy.kept else "" for label, embeddings in slices.items()}
        others = [test for test in tests if test.task not in OF_SLICES]
        for label, lookup in lookups.items() if others else ():
            name = f" [{label}]" if label else ""
            outcomes = _score(lookup, others, policy, threads, progress)
            yield Run(one.name + name, f"{path}{name}", digests[label], outcomes)
        if of_slices:
            yield Run(one.name, str(path), " ".join(digests.values()), _score_slices(path, lookups, of_slices, threads))


def _read_held(path: Path) -> "Mapping[str, Held]":
    """Return vectors by slice; those of senses as they are, not merged."""
    from wordvec.files.formats import read_every_slice, read_senses, sniff

    return {"": read_senses(path)} if sniff(path) in ("senses", "sense-slices") else read_every_slice(path)


def _check_senses(path: Path, slices: "Mapping[str, Held]", tests: "Sequence[Test]") -> None:
    """Raise, before anything is scored, if vectors have no senses and a test is of nothing else."""
    from wordvec.evaluate.tasks import OF_SENSES
    from wordvec.senses.embeddings import SenseEmbeddings

    asked = [test for test in tests if test.task in OF_SENSES]
    if asked and not all(isinstance(held, SenseEmbeddings) for held in slices.values()):
        raise FormatError(
            f"{path} holds one vector per word; {asked[0].task} ({asked[0].data.name}) needs vectors of senses: "
            "wordvec senses train"
        )


def _look_up(embeddings: "Held", policy: Policy) -> "Lookup":
    from wordvec.evaluate.words import look_up

    return look_up(embeddings, missing=policy.missing, case=policy.case, restrict=policy.restrict)


def _score(
    lookup: "Lookup", tests: "Sequence[Test]", policy: Policy, threads: int | None, progress: "Watcher"
) -> "list[Outcome]":
    from wordvec.evaluate.tasks import score_test
    from wordvec.files.formats import read_vectors
    from wordvec.progress import Progress

    outcomes: list[Outcome] = []
    for number, test in enumerate(tests):
        progress(Progress("test sets", number, len(tests), "test sets"))
        target = None if test.target is None else _look_up(read_vectors(test.target), policy)
        outcomes += score_test(test, lookup, target=target, threads=threads, progress=progress)
    return outcomes


def _score_slices(
    path: Path, lookups: "Mapping[str, Lookup]", tests: "Sequence[Test]", threads: int | None
) -> "list[Outcome]":
    from wordvec.evaluate.tasks import OF_SLICES, score_slices

    from .output import note

    if len(lookups) < 2:
        raise FormatError(f"{path} holds no slices; {OF_SLICES[tests[0].task]} need them: wordvec align")
    found: list[Outcome] = []
    for test in tests:
        outcomes, notes = score_slices(test, lookups, threads=threads)
        for remark in notes:
            note(f"{test.data.name}: {path}: {remark}.")
        found += outcomes
    return found


def _score_random(path: Path, tests: "Sequence[Test]", policy: Policy, threads: int | None, progress: "Watcher") -> Run:
    """Score random vectors of the words at ``path``."""
    from wordvec.evaluate.comparison.baseline import random_embeddings
    from wordvec.evaluate.tasks import OF_SENSES, OF_SLICES
    from wordvec.files.models import digest_vectors
    from wordvec.senses.embeddings import SenseEmbeddings

    held = next(iter(_read_held(path).values()))
    embeddings = random_embeddings(held.merge() if isinstance(held, SenseEmbeddings) else held)
    others = [test for test in tests if test.task not in (*OF_SLICES, *OF_SENSES)]
    outcomes = _score(_look_up(embeddings, policy), others, policy, threads, progress)
    return Run(RANDOM, RANDOM, digest_vectors(embeddings) if policy.kept else "", outcomes)


def _read_store(store: Path, found: "Sequence[Configuration]") -> "list[Result]":
    """Return the results in a store; refuse names that it gives to other vectors, before anything is scored."""
    from wordvec.evaluate.comparison.store import read_results

    held = read_results(store) if store.exists() or not found else []
    now = _digests(found) if held else {}
    called = {digest: model for model, digests in now.items() for digest in digests}
    for result in (result for result in held if result.model != RANDOM):
        if result.vectors_sha256 not in now.get(result.model, {result.vectors_sha256}):
            raise FormatError(
                f"{store} holds results of other vectors called {result.model!r}; score all seeds of a model "
                "together, rename the vectors, or choose another store."
            )
        if called.get(result.vectors_sha256, result.model) != result.model:
            raise FormatError(
                f"{store} holds these vectors as {result.model!r}, not as {called[result.vectors_sha256]!r}; they "
                "would be compared with themselves. Write the name or pattern as before, or choose another store."
            )
    return held


def _digests(found: "Sequence[Configuration]") -> dict[str, set[str]]:
    """Return the digests of the vectors that go by each name."""
    from wordvec.files.models import digest_vectors

    named: dict[str, set[str]] = {}
    for one in found:
        for path in one.paths:
            digests = {label: digest_vectors(vectors) for label, vectors in _read_held(path).items()}
            for label, digest in digests.items():
                named.setdefault(one.name + (f" [{label}]" if label else ""), set()).add(digest)
            if len(digests) > 1:  # what tests of slices are asked
                named.setdefault(one.name, set()).add(" ".join(digests.values()))
    return named


def _keep(store: Path, run: Run) -> None:
    """Add results to a store as soon as they are there: an interruption loses only what is under way."""
    from wordvec.evaluate.comparison.store import Result, add_results

    add_results(store, [Result(run.model, run.sha256, tuple(run.outcomes))])


def _others(held: "Sequence[Result]", runs: Sequence[Run]) -> list[Run]:
    """Return results of vectors that were not scored now; random vectors are one baseline, the latest, not seeds."""
    now = {run.model for run in runs}
    random = [result for result in held if result.model == RANDOM][-1:]
    return [
        Run(result.model, result.model, result.vectors_sha256, list(result.outcomes))
        for result in held
        if result.model not in now and (result.model != RANDOM or result in random)
    ]


def _refuse_nothing(runs: Sequence[Run]) -> None:
    """Raise if a test set has no score for some vectors: a table without it must not pass for a success."""
    lost = []
    for run in (run for run in runs if run.model != RANDOM):
        sets: dict[tuple[str, str, str], bool] = {}
        for outcome in run.outcomes:
            key = (outcome.dataset.split(": ")[0], outcome.task, outcome.sha256)
            sets[key] = sets.get(key, False) or len(outcome) > 0
        lost += [
            f"{name}: no item whose words are all known to {run.vectors}"
            for (name, _, _), any_item in sets.items()
            if not any_item
        ]
    if lost:
        raise FormatError(
            "\n".join(lost) + "\nno score; are these vectors of the language and spelling of the test set?"
        )
