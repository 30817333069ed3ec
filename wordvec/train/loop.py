"""The loop around a training kernel: spans of blocks, progress, and a guard against divergence."""

import hashlib
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from .._version import __version__
from ..checkpoints import Checkpoints
from ..embeddings import Embeddings, Training, matrix_digest
from ..errors import AlignmentError, FormatError, ParameterError, require
from ..kernels._vector import ROWS
from ..kernels.disambiguated import SenseTask
from ..kernels.graph_term import GraphTask
from ..kernels.random import fill_uniform
from ..kernels.references import ReferenceTask
from ..kernels.schedule import Schedule
from ..kernels.sense_windows import SenseDraws
from ..kernels.steps import Task
from ..kernels.windows import Draws
from ..lexicon import Lexicon
from ..progress import Progress, Watcher
from ..text.corpus import Corpus
from ..threads import count_threads
from .graph import Links, link_rows
from .keeping import Keeper
from .schedule import block_rates, block_tokens, choose_threading, lost_pairs, make_draws, make_schedule
from .settings import Hyperparameters
from .team import Team, count_places, padded, unpadded

__all__ = ["describe_run", "digest_array", "make_watch", "run_epochs", "train_vectors"]

#: A mean loss above this, in nats for each output of a pair, is no loss of vectors that learn anything.
_WORST = 1e3
#: How long the kernel runs before Ctrl-C, progress and the guard get their turn, in seconds.
_SPAN = 0.25


def train_vectors(
    trainer: Hyperparameters,
    model: int,
    corpus: Corpus,
    *,
    compass: Embeddings | None,
    initial: Embeddings | None,
    initial_context: Embeddings | None,
    weights: NDArray[np.float32] | None,
    lexicon: Lexicon | None,
    graph_weight: float,
    threads: int | None,
    racing: bool,
    progress: Watcher | None,
    stage: str,
    checkpoints: Checkpoints | None,
) -> Training:
    """Train the vectors of one corpus; the trainers' ``train`` documents the arguments.

    ``model`` is one of the numbers in :mod:`wordvec.kernels.steps`.
    """
    n_threads = count_threads(threads)
    require(compass is None or initial_context is None, "initial_context", "left out with a compass", initial_context)
    for other, name in ((compass, "compass"), (initial, "initial"), (initial_context, "initial_context")):
        _check_partner(other, name, corpus, trainer.dim)
    began = time.perf_counter()
    counts = corpus.word_counts
    links = None
    if lexicon is not None:
        whole = compass is None  # a slice may lack the words that are linked
        links = link_rows(lexicon, corpus.vocabulary, counts, graph_weight, trainer.lr, required=whole)
    schedule = make_schedule(corpus, trainer.seed, weights)
    lost = lost_pairs(corpus, trainer.window)  # takes memory, as long as there are no vectors yet
    W, U = _first_vectors(trainer, len(counts), initial, initial_context if compass is None else compass)
    frozen_digest = None if compass is None else matrix_digest(U, trainer.dim)
    threading = choose_threading(trainer, counts, racing)
    draws = make_draws(trainer, counts, threading)
    n_blocks = len(schedule.blocks) - 1
    shape = (model, count_places(trainer.negative), -(-2 * trainer.window // ROWS))
    plain = Task(*shape, 0, compass is None, np.empty(0, np.float32), W, U, np.zeros(n_blocks), np.zeros(n_blocks))
    task = plain if links is None or graph_weight == 0 else links.join(plain, trainer.seed)
    given = {"compass": compass, "initial": initial, "initial_context": initial_context}
    kept = None
    if checkpoints is not None:
        about = {**describe_run(trainer, corpus, threading), **_describe_given(given, weights, links)}
        kept = checkpoints.stage(stage, about)
    changing = {"W": W, "losses": plain.losses, "pairs": plain.pairs} | ({"U": U} if compass is None else {})
    keeper = Keeper(kept, changing)
    with Team(n_threads, threading, schedule, draws) as team:
        rates = block_rates(schedule, trainer.lr, trainer.epochs)
        tasks = (task._replace(epoch=epoch, rates=rates[epoch]) for epoch in range(trainer.epochs))
        watch = make_watch(trainer, progress, stage, trainer.epochs * int(block_tokens(schedule).sum()))
        losses = run_epochs(tasks, schedule, draws, team, watch, keeper)
    metadata: dict[str, Any] = {
        "model": trainer.model,
        "settings": asdict(cast(Any, trainer)),
        "seed": trainer.seed,
        "corpus": corpus.digest,
        "threading": threading,
        "tokens": corpus.n_tokens,
        "pairs_lost_at_cuts": lost,
    }
    metadata |= _recorded(given, weights, links, corpus)
    if frozen_digest is not None:
        metadata["compass_sha256_before"] = frozen_digest
        metadata["compass_sha256_after"] = matrix_digest(U, trainer.dim)
        if metadata["compass_sha256_after"] != frozen_digest:
            raise AlignmentError("the compass changed while a slice was trained; please report this as a bug.")
    vocabulary, rows = corpus.vocabulary.select(counts)
    if len(vocabulary) < len(counts):
        metadata["words_without_occurrence"] = len(counts) - len(vocabulary)
    run = {"threads": team.n_threads, "seconds": round(time.perf_counter() - began, 3)}
    return Training(
        Embeddings(vocabulary, unpadded(W, rows, trainer.dim), metadata),
        Embeddings(vocabulary, unpadded(U, rows, trainer.dim), metadata),
        tuple(losses),
        run,
    )


def run_epochs(
    tasks: Iterable[Task | GraphTask | ReferenceTask | SenseTask],
    schedule: Schedule,
    draws: Draws | SenseDraws,
    team: Team,
    watch: Callable[[int, float], None],
    keeper: Keeper,
    phase: int = 0,
) -> list[float]:
    """Have the blocks of all epochs trained, span by span, from where the keeper says.

    Returns the mean loss of each epoch, in nats per pair.

    Parameters
    ----------
    tasks : iterable of Task, GraphTask, ReferenceTask or SenseTask
        One for each epoch.
    schedule, draws, team
        What is trained, and by whom.
    watch : callable
        Called after each span with the tokens that were read in all these epochs, and the mean loss of the span.
    keeper : Keeper
        Knows what was trained already, and keeps what is. Whoever stops the training in ``watch`` can go on later.
    phase : int, default 0
        Which part of the training these epochs are.
    """
    tokens_before = np.concatenate([[0], np.cumsum(block_tokens(schedule))])
    n_blocks = len(schedule.blocks) - 1
    losses = keeper.begin(phase)
    if keeper.phase > phase:
        return losses
    span = 16
    for number, task in enumerate(tasks):
        first = keeper.block if number == keeper.epoch else 0
        if number < keeper.epoch:
            continue
        while first < n_blocks:
            last = min(n_blocks, first + span)
            seconds = team.train(first, last, schedule, draws, task)
            # How blocks are grouped to spans changes no bit, so the clock may decide it.
            span = max(1, min(4 * span, n_blocks, round((last - first) * _SPAN / seconds)))
            mean = _mean(task.losses[first:last], task.pairs[first:last])
            _look(watch, number * int(tokens_before[-1]) + int(tokens_before[last]), mean, keeper, (number, last))
            first = last
        losses.append(round(_mean(task.losses, task.pairs), 6))
        if not math.fsum(task.pairs) and (schedule.weights.any() or not len(schedule.weights)):
            raise FormatError(
                "nothing could be learnt: with its frequent words thinned out, no line of this text has two words "
                "left; give more text, or turn thinning off (--subsample 0)."
            )
        keeper.reach(number + 1, 0)
    keeper.finish(phase)
    return losses


def _look(
    watch: Callable[[int, float], None], tokens: int, mean: float, keeper: Keeper, place: tuple[int, int]
) -> None:
    """Have the watch look; keep the place, whatever stops the training there but vectors that are not finite."""
    try:
        watch(tokens, mean)
    except ParameterError:
        raise
    except BaseException:
        keeper.epoch, keeper.block = place
        keeper.save()
        raise
    keeper.reach(*place)


def make_watch(
    trainer: Hyperparameters, progress: Watcher | None, stage: str, total: int, before: int = 0
) -> Callable[[int, float], None]:
    """Return what guards a training against divergence and reports its progress.

    Parameters
    ----------
    trainer : Hyperparameters
        Its learning rate is to blame.
    progress : callable, optional
        Whom to tell.
    stage : str
        What reports are headed with.
    total, before : int
        Tokens to read in all, and those read before.
    """

    def watch(tokens: int, mean: float) -> None:
        if not mean <= _WORST * (trainer.negative + 1):
            raise ParameterError(
                "lr must be small enough for the vectors to stay finite; they did not after "
                f"{before + tokens:,} words, got {trainer.lr!r}"
            )
        if progress is not None:
            progress(Progress(stage, before + tokens, total, "words", mean))

    return watch


def _mean(losses: NDArray[np.float64], pairs: NDArray[np.float64]) -> float:
    count = math.fsum(pairs)
    return math.fsum(losses) / count if count and np.isfinite(losses).all() else (0.0 if not count else math.nan)


def _first_vectors(
    trainer: Hyperparameters, n_words: int, initial: Embeddings | None, context: Embeddings | None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return padded W and U: random and zero, or copies of what was given."""
    W, U = padded(n_words, trainer.dim), padded(n_words, trainer.dim)
    if initial is None:
        fill_uniform(np.uint64(trainer.seed), np.float32(0.5 / trainer.dim), trainer.dim, W)
    else:
        W[:, : trainer.dim] = initial.vectors
    if context is not None:
        U[:, : trainer.dim] = context.vectors
    return W, U


def describe_run(trainer: Hyperparameters, corpus: Corpus, threading: str) -> dict[str, Any]:
    """Return what the bits of every training depend on, as a checkpoint records it."""
    return {
        "version": __version__,
        "model": trainer.model,
        "settings": asdict(cast(Any, trainer)),
        "corpus": corpus.digest,
        "vocabulary": corpus.vocabulary.digest,
        "threading": threading,
    }


def _describe_given(
    given: dict[str, Embeddings | None], weights: NDArray[np.float32] | None, links: Links | None
) -> dict[str, Any]:
    """Return digests of what a training was given beside the corpus."""
    return {
        "weights": None if weights is None else digest_array(weights),
        "graph": None if links is None else [links.account["sha256"], links.account["weight"]],
        **{name: None if other is None else matrix_digest(other.vectors, other.dim) for name, other in given.items()},
    }


def _recorded(
    given: dict[str, Embeddings | None], weights: NDArray[np.float32] | None, links: Links | None, corpus: Corpus
) -> dict[str, Any]:
    """Return what the metadata of vectors say of what was given beside the corpus."""
    found: dict[str, Any] = {}
    for name in ("initial", "initial_context"):
        other = given[name]
        if other is not None:
            found[f"{name}_sha256"] = matrix_digest(other.vectors, other.dim)
    if weights is not None:
        found["weights_sha256"] = digest_array(weights)
    if "phrases" in corpus.metadata.get("settings", {}):
        found["phrases"] = corpus.metadata["settings"]["phrases"]
    if links is not None:
        found["graph"] = links.account
    return found


def digest_array(array: NDArray[Any]) -> str:
    """Return the SHA-256 of the numbers in ``array``."""
    return hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()


def _check_partner(other: Embeddings | None, name: str, corpus: Corpus, dim: int) -> None:
    if other is None:
        return
    require(other.dim == dim, f"{name}.dim", f"{dim}, the trainer's", other.dim)
    if other.vocabulary.digest != corpus.vocabulary.digest:
        raise AlignmentError(
            f"{name} and corpus have different vocabularies ({len(other)} and {len(corpus.vocabulary)} words); "
            "encode the corpus against the vocabulary of the compass (wordvec encode --vocabulary)."
        )
