"""The two stages of the disambiguated skip-gram, and what becomes a value in the end."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Checkpoints
from ..embeddings import matrix_digest
from ..errors import AlignmentError, FormatError, ParameterError
from ..kernels.disambiguated import SenseTask
from ..kernels.gates import tally_opinions
from ..kernels.random import fill_uniform
from ..kernels.schedule import Schedule
from ..kernels.sense_windows import GUMBEL_BITS, SenseDraws
from ..progress import Watcher
from ..search import run_spans
from ..senses.embeddings import SenseEmbeddings
from ..text.corpus import Corpus
from ..threads import count_threads
from .keeping import Keeper
from .loop import describe_run, digest_array, make_watch, run_epochs
from .schedule import block_rates, block_tokens, choose_threading, make_draws, make_schedule
from .sense_start import fit_gates
from .team import Team, padded

if TYPE_CHECKING:
    from .disambiguated import DisambiguatedSkipGram

__all__ = ["train_senses"]

Floats = NDArray[np.float32]
#: The phases of a training: a gate that all words share, where their own start, and passes with their own.
_SHARED, _START, _OWN = 0, 1, 2
#: Sentences that a thread takes at a time when senses are counted.
_SENTENCES = 4_096
#: Uses of a center's rows and of a word's row within a block that count in full, times the learning rate.
INPUT_LIMIT, OUTPUT_LIMIT = 0.1, 0.3
#: The bias of a sense that a compass has lost: no gate chooses it.
_NEVER = np.float32(-60.0)
#: The share of a compass's sense that is not met in a slice; 0 would be a sense that the word has lost.
_LEAST = 1e-12


@dataclass(frozen=True, eq=False)
class _Matrices:
    """What is trained: senses and gates as rows of one matrix, and context vectors with their biases."""

    M: Floats
    U: Floats
    biases: Floats
    gate_biases: Floats
    gate_rows: NDArray[np.int32]
    masses: Floats


def train_senses(
    trainer: "DisambiguatedSkipGram",
    corpus: Corpus,
    *,
    compass: SenseEmbeddings | None,
    initial: SenseEmbeddings | None,
    weights: Floats | None,
    threads: int | None,
    racing: bool,
    progress: Watcher | None,
    checkpoints: Checkpoints | None,
) -> SenseEmbeddings:
    """Train senses; :meth:`wordvec.DisambiguatedSkipGram.train` documents the arguments."""
    n_threads = count_threads(threads)
    for other, name in ((compass, "compass"), (initial, "initial")):
        _check_partner(other, name, corpus, trainer)
    counts = corpus.word_counts
    _check_counts(corpus, counts, trainer)
    given = compass or initial
    matrices = _given_matrices(given, trainer) if given else _first_matrices(trainer, counts)
    frozen = matrix_digest(matrices.U, trainer.dim) if compass else None
    schedule = make_schedule(corpus, trainer.seed, weights)
    threading = choose_threading(trainer, counts, racing)
    draws = _make_draws(trainer, counts, threading, matrices)
    task = _make_task(trainer, schedule, matrices, is_frozen=compass is not None)
    first = 0 if given else trainer.gate_epochs
    rates = block_rates(schedule, trainer.lr, first + trainer.epochs)
    n_tokens = int(block_tokens(schedule).sum())
    total = (first + trainer.epochs) * n_tokens
    losses: list[float] = []
    run = describe_run(trainer, corpus, threading)
    keeper = _make_keeper(checkpoints, run, matrices, task, is_given=given is not None, weights=weights)
    with Team(n_threads, threading, schedule, draws) as team:
        if first:
            watch = make_watch(trainer, progress, "shared gate", total)
            shared = draws._replace(gate_rows=np.full_like(matrices.gate_rows, len(counts) * trainer.senses))
            tasks = (task._replace(epoch=epoch, rates=rates[epoch]) for epoch in range(first))
            losses += run_epochs(tasks, schedule, shared, team, watch, keeper, _SHARED)
        if compass is None and keeper.phase <= _START:
            keeper.begin(_START)
            _start_gates(trainer, corpus, matrices, draws, initial, n_threads, progress)
            keeper.finish(_START)
        watch = make_watch(trainer, progress, "senses", total, first * n_tokens)
        if trainer.temperature > 0:
            draws = draws._replace(gumbels=_gumbels())
        losses += run_epochs(_second_tasks(trainer, task, rates, first), schedule, draws, team, watch, keeper, _OWN)
    if frozen is not None and matrix_digest(matrices.U, trainer.dim) != frozen:
        raise AlignmentError("the compass changed while a slice was trained; please report this as a bug.")
    tallies = _tally(corpus, matrices, trainer, n_threads)
    metadata: dict[str, Any] = {
        "model": trainer.model,
        "settings": asdict(trainer),
        "seed": trainer.seed,
        "window": trainer.window,
        "corpus": corpus.digest,
        "threading": threading,
        "tokens": corpus.n_tokens,
        "losses": losses,
    }
    if frozen is not None:
        metadata["compass_sha256"] = frozen
    return _assemble(trainer, corpus, matrices, tallies, given, metadata, keep_order=compass is not None)


def _make_keeper(
    checkpoints: Checkpoints | None,
    run: dict[str, Any],
    matrices: _Matrices,
    task: SenseTask,
    *,
    is_given: bool,
    weights: Floats | None,
) -> Keeper:
    """Return what keeps the place of a training, and all that it changes."""
    stage = None
    if checkpoints is not None:
        begins_with = (matrices.M, matrices.U, matrices.biases, matrices.gate_biases, matrices.gate_rows)
        given = {
            "given vectors": [digest_array(array) for array in begins_with] if is_given else None,
            "compass": not task.update_output,
            "weights": None if weights is None else digest_array(weights),
        }
        stage = checkpoints.stage("senses", {**run, **given})
    names = ("U", "M", "biases", "gate_biases", "losses", "pairs")
    return Keeper(stage, {name: getattr(task, name) for name in names})


def _check_counts(corpus: Corpus, counts: NDArray[np.int64], trainer: "DisambiguatedSkipGram") -> None:
    most = int(counts.max(initial=0))
    if trainer.senses > 1 and most < trainer.min_gate_count:
        word = corpus.vocabulary.words[int(counts.argmax())] if len(counts) else ""
        raise FormatError(
            f"this text is too small to induce senses: its most frequent word, {word!r}, occurs {most} times, and a "
            f"word needs {trainer.min_gate_count} occurrences for a gate of its own; give more text, or lower "
            "min_gate_count."
        )


def _check_partner(other: SenseEmbeddings | None, name: str, corpus: Corpus, trainer: "DisambiguatedSkipGram") -> None:
    if other is None:
        return
    if other.vocabulary.digest != corpus.vocabulary.digest:
        raise AlignmentError(
            f"{name} and corpus have different vocabularies ({len(other)} and {len(corpus.vocabulary)} words); "
            f"encode the corpus against the vocabulary of the {name} (wordvec encode --vocabulary)."
        )
    found, wanted = (other.n_senses, other.dim), (trainer.senses, trainer.dim)
    if found != wanted:
        raise ParameterError(f"{name} must have {wanted[0]} senses of dim {wanted[1]}, as the trainer, got {found}")
    if other.unit_contexts or not 0 <= other.context.shape[1] - other.dim <= 1:
        raise ParameterError(
            f"{name} must have gates that read the mean of output vectors, as this trainer makes them; these read "
            "something else (give apply_inventory reads='outputs', or train without it)"
        )


def _first_matrices(trainer: "DisambiguatedSkipGram", counts: NDArray[np.int64]) -> _Matrices:
    """Return random senses, an even gate, and context vectors of zeros; frequent words have a gate of their own."""
    V, K = len(counts), trainer.senses
    own = counts >= trainer.min_gate_count if K > 1 else np.zeros(V, np.bool_)
    rows = np.full(V, V * K, np.int32)
    n_gates = 1 + int(np.count_nonzero(own))
    rows[own] = V * K + K * np.arange(1, n_gates)
    M = padded(V * K + K * n_gates, trainer.dim)
    fill_uniform(np.uint64(trainer.seed), np.float32(0.5 / trainer.dim), trainer.dim, M[: V * K])
    return _Matrices(
        M, padded(V, trainer.dim), np.zeros(V, np.float32), np.zeros(len(M), np.float32), rows, _masses(trainer, counts)
    )


def _given_matrices(given: SenseEmbeddings, trainer: "DisambiguatedSkipGram") -> _Matrices:
    """Return copies of what another training has made."""
    V, K, D = given.vectors.shape
    M, U = padded(V * K + K * len(given.gates), D), padded(V, D)
    M[: V * K, :D] = given.vectors.reshape(-1, D)
    M[V * K :, :D] = given.gates[:, :, :D].reshape(-1, D)
    U[:, :D] = given.context[:, :D]
    biases = np.ascontiguousarray(given.context[:, D]) if given.context.shape[1] > D else np.zeros(V, np.float32)
    gate_biases = np.concatenate([np.zeros(V * K, np.float32), given.gate_biases.reshape(-1)])
    rows = (V * K + K * given.gate_rows.astype(np.int64)).astype(np.int32)
    own = np.flatnonzero(np.bincount(given.gate_rows, minlength=len(given.gates))[given.gate_rows] == 1)
    lost = given.prevalence[own] == 0  # of a word with its own gate
    gate_biases[(rows[own][:, None] + np.arange(K))[lost]] = _NEVER
    return _Matrices(M, U, biases, gate_biases, rows, given.context_weights.astype(np.float32))


def _masses(trainer: "DisambiguatedSkipGram", counts: NDArray[np.int64]) -> Floats:
    """Return float32[V]: how much each word counts in a context."""
    if trainer.smoothing == 0.0:
        return np.ones(len(counts), np.float32)
    shares = counts / max(1, int(counts.sum()))
    return (trainer.smoothing / (trainer.smoothing + shares)).astype(np.float32)


def _make_draws(
    trainer: "DisambiguatedSkipGram", counts: NDArray[np.int64], threading: str, matrices: _Matrices
) -> SenseDraws:
    plain = make_draws(trainer, counts, threading)
    if threading == "blocks":  # whole windows: a row is used more often in a block than in skip-gram
        plain = plain._replace(
            input_uses=np.float32(max(1.0, INPUT_LIMIT / trainer.lr)),
            output_uses=np.float32(max(1.0, OUTPUT_LIMIT / trainer.lr)),
        )
    return SenseDraws(*plain, trainer.senses, matrices.gate_rows, np.empty(0, np.float32))


def _make_task(
    trainer: "DisambiguatedSkipGram", schedule: Schedule, matrices: _Matrices, *, is_frozen: bool
) -> SenseTask:
    n = len(schedule.blocks) - 1
    flags = not is_frozen, not is_frozen and trainer.senses > 1, trainer.exclude_target
    arrays = matrices.U, matrices.M, matrices.biases, matrices.gate_biases, matrices.masses, np.zeros(n), np.zeros(n)
    even = np.zeros(n, np.float32)
    return SenseTask(0, *flags, np.float32(trainer.gate_entropy), np.float32(trainer.gate_lr), even, even, *arrays)


def _gumbels() -> Floats:
    """Return float32[4096]: quantiles of the Gumbel distribution."""
    n = 1 << GUMBEL_BITS
    return np.array([-math.log(-math.log((i + 0.5) / n)) for i in range(n)], np.float32)


def _second_tasks(trainer: "DisambiguatedSkipGram", task: SenseTask, rates: Floats, first: int) -> Iterator[SenseTask]:
    """Yield the epochs of the second stage; the temperature falls to its last value in the first of them."""
    n = len(task.losses)
    for epoch in range(trainer.epochs):
        temperatures = np.full(n, trainer.temperature, np.float32)
        if epoch == 0 and 0.0 < trainer.temperature < 1.0:
            temperatures = (1.0 - (1.0 - trainer.temperature) * np.arange(n) / max(1, n)).astype(np.float32)
        yield task._replace(
            epoch=first + epoch,
            rates=rates[first + epoch],
            temperatures=temperatures,
            entropy=np.float32(trainer.entropy),
        )


def _start_gates(
    trainer: "DisambiguatedSkipGram",
    corpus: Corpus,
    matrices: _Matrices,
    draws: SenseDraws,
    initial: SenseEmbeddings | None,
    threads: int,
    progress: Watcher | None,
) -> None:
    """Give words their own gates: copies of the shared one, or what explains their contexts best."""
    V, K = len(matrices.gate_rows), trainer.senses
    M, gate_biases, rows = matrices.M, matrices.gate_biases, matrices.gate_rows
    own = np.flatnonzero(rows > V * K)
    if initial is not None or not len(own):
        return
    places = rows[own][:, None] + np.arange(K)
    if trainer.start == "shared":
        M[places], gate_biases[places] = M[V * K : V * K + K], gate_biases[V * K : V * K + K]
        return
    found = fit_gates(
        corpus,
        own,
        matrices.U,
        matrices.masses,
        draws.table,
        dim=trainer.dim,
        senses=K,
        window=trainer.window,
        seed=trainer.seed,
        threads=threads,
        progress=progress,
    )
    M[places], gate_biases[places] = found
    senses = own[:, None] * K + np.arange(K)
    M[senses] = M[senses].mean(axis=1, keepdims=True)  # they part again by what they are chosen for


def _tally(corpus: Corpus, matrices: _Matrices, trainer: "DisambiguatedSkipGram", threads: int) -> NDArray[np.int64]:
    """Return int64[V, K]: how often each sense is meant, by the gates' opinions."""
    V, K, D = len(matrices.gate_rows), trainer.senses, trainer.dim
    gates = np.ascontiguousarray(matrices.M[V * K :, :D]).reshape(-1, K, D)
    model = (
        np.ascontiguousarray(matrices.U[:, :D]),
        matrices.masses,
        gates,
        matrices.gate_biases[V * K :].reshape(-1, K),
        (matrices.gate_rows - V * K) // K,
    )
    ids = np.frombuffer(corpus.ids, dtype=np.int32) if isinstance(corpus.ids, np.memmap) else corpus.ids
    text = ids, np.array(corpus.offsets)
    parts: list[NDArray[np.int64]] = []

    def work(take: Callable[[], tuple[int, int] | None]) -> None:
        mine, scratch = np.zeros((V, K), np.int64), np.empty(D + K, np.float32)
        parts.append(mine)
        while span := take():
            tally_opinions(*span, trainer.window, text, model, scratch, mine)

    run_spans(corpus.n_sentences, _SENTENCES, threads, work)
    return np.sum(parts, axis=0, dtype=np.int64) if parts else np.zeros((V, K), np.int64)


def _assemble(
    trainer: "DisambiguatedSkipGram",
    corpus: Corpus,
    matrices: _Matrices,
    tallies: NDArray[np.int64],
    given: SenseEmbeddings | None,
    metadata: dict[str, Any],
    *,
    keep_order: bool,
) -> SenseEmbeddings:
    """Prune senses, order them by prevalence and make a value of them; a compass's senses stay as they are."""
    V, K, D = len(tallies), trainer.senses, trainer.dim
    prevalence = _prevalences(tallies, trainer.prune, given if keep_order else None)
    metadata["pruned"] = int(np.count_nonzero(prevalence[tallies.any(axis=1)] == 0))
    order = np.tile(np.arange(K), (V, 1)) if keep_order else np.argsort(-prevalence, axis=1, kind="stable")
    prevalence = np.take_along_axis(prevalence, order, axis=1)
    gates, biases, rows = _ordered_gates(matrices, order, V, K, D)
    labels, lost = _moved_labels(given.labels if given is not None else {}, order, prevalence)
    if lost:
        metadata["labels_pruned"] = lost
    return SenseEmbeddings(
        corpus.vocabulary,
        np.take_along_axis(matrices.M[: V * K, :D].reshape(V, K, D), order[:, :, None], axis=1),
        prevalence,
        np.concatenate([matrices.U[:, :D], matrices.biases[:, None]], axis=1),
        np.concatenate([gates, np.zeros((*gates.shape[:2], 1), np.float32)], axis=2),
        biases,
        rows,
        matrices.masses,
        labels,
        metadata,
    )


def _prevalences(tallies: NDArray[np.int64], prune: float, compass: SenseEmbeddings | None) -> NDArray[np.float64]:
    """Return float64[V, K]: shares of senses, 0 for those that are too rare, or that the compass does not have.

    A word that no context speaks of has its first sense only.
    """
    totals = tallies.sum(axis=1, keepdims=True)
    shares = np.divide(tallies, totals, out=np.zeros(tallies.shape), where=totals > 0)
    if compass is None:
        shares[shares < prune] = 0.0  # the largest share of K is at least 1 / K, but prune may be more than that
        alone = ~shares.any(axis=1)
        shares[alone, tallies[alone].argmax(axis=1)] = 1.0
    else:  # a sense that is not met in this text is still one of the word's
        shares = np.where(compass.prevalence > 0, np.maximum(shares, _LEAST), 0.0)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _moved_labels(
    labels: Mapping[tuple[int, int], str], order: NDArray[np.int64], prevalence: NDArray[np.float64]
) -> tuple[dict[tuple[int, int], str], list[str]]:
    """Return labels by the places that senses have now, and the labels of senses that were pruned."""
    kept: dict[tuple[int, int], str] = {}
    lost: list[str] = []
    for (row, old), label in labels.items():
        place = int(np.flatnonzero(order[row] == old)[0])
        if prevalence[row, place] > 0:
            kept[row, place] = label
        else:
            lost.append(label)
    return kept, lost


def _ordered_gates(
    matrices: _Matrices, order: NDArray[np.int64], V: int, K: int, D: int
) -> tuple[Floats, Floats, NDArray[np.int32]]:
    """Return gates with their rows in the order of senses; words that share one have one for each order among them."""
    number = (matrices.gate_rows.astype(np.int64) - V * K) // K
    keys = np.concatenate([number[:, None], order], axis=1)
    distinct, rows = np.unique(keys, axis=0, return_inverse=True)
    places = V * K + distinct[:, :1] * K + distinct[:, 1:]
    return matrices.M[places, :D], matrices.gate_biases[places], rows.reshape(-1).astype(np.int32)
