"""Training of senses."""

import math
from dataclasses import asdict

import numpy as np

from ..kernels.disambiguated import GUMBEL_BITS, SenseDraws, SenseTask
from ..kernels.random import fill_uniform
from ..senses.embeddings import SenseEmbeddings
from ..senses.gating import cut_contexts, sense_probabilities
from ..threads import count_threads
from .loop import make_watch, run_epochs
from .schedule import block_rates, block_tokens, choose_threading, keep_thresholds, make_schedule, noise_table
from .team import Team, padded


def gumbels():
    n = 1 << GUMBEL_BITS
    return np.array([-math.log(-math.log((i + 0.5) / n)) for i in range(n)], np.float32)


def train_senses(trainer, corpus, *, weights, threads, racing, progress):
    counts = corpus.word_counts
    V, K, D = len(counts), trainer.senses, trainer.dim
    schedule = make_schedule(corpus, trainer.seed, weights)
    gated = counts >= trainer.min_gate_count
    n_gates = 1 + int(gated.sum())
    M = padded(V * K + n_gates * K, D)
    U = padded(V, D)
    senses = M[: V * K]
    fill_uniform(np.uint64(trainer.seed), np.float32(0.5 / D), D, senses)
    threading = choose_threading(trainer, counts, racing)
    full = 1.0 / trainer.lr if threading == "blocks" else 0.0
    lim = lambda x: np.float32(min(full, max(1.0, x * full)))
    shared = np.full(V, V * K, np.int32)
    draws = SenseDraws(np.uint64(trainer.seed), keep_thresholds(counts, trainer.subsample), noise_table(counts, trainer.noise_power, trainer.seed),
        trainer.window, trainer.negative, lim(IN), lim(OUT), K, shared, np.empty(0, np.float32))
    n_blocks = len(schedule.blocks) - 1
    freq = counts / counts.sum()
    a = trainer.context_weight
    masses = (a / (a + freq)).astype(np.float32) if a else np.ones(V, np.float32)
    task = SenseTask(0, True, True, trainer.exclude_target, np.float32(trainer.gate_entropy), np.float32(trainer.gate_lr),
        np.zeros(n_blocks, np.float32), np.zeros(n_blocks, np.float32), U, M, np.zeros(V, np.float32), np.zeros(len(M), np.float32), masses,
        np.zeros(n_blocks), np.zeros(n_blocks))
    total = trainer.gate_epochs + trainer.epochs
    rates = block_rates(schedule, trainer.lr, total)
    tokens = int(block_tokens(schedule).sum())
    with Team(count_threads(threads), threading, schedule, draws) as team:
        tasks = [task._replace(epoch=e, rates=rates[e]) for e in range(trainer.gate_epochs)]
        losses = run_epochs(tasks, schedule, draws, team, make_watch(trainer, progress, "gate", total * tokens))
        rows = shared.copy()
        rows[gated] = V * K + K * np.arange(1, n_gates)
        for g in range(1, n_gates):
            M[V * K + g * K : V * K + (g + 1) * K] = M[V * K : V * K + K]
        gb = task.gate_biases
        gb[V * K :] = np.tile(gb[V * K : V * K + K], n_gates)
        draws = draws._replace(gate_rows=rows, gumbels=gumbels())
        tau0, tau1 = 1.0, trainer.temperature
        def temps(e):
            if e > 0:
                return np.full(n_blocks, tau1, np.float32)
            return np.linspace(tau0, tau1, n_blocks).astype(np.float32)
        tasks = [task._replace(epoch=trainer.gate_epochs + e, rates=rates[trainer.gate_epochs + e], temperatures=temps(e), entropy=np.float32(trainer.entropy)) for e in range(trainer.epochs)]
        losses += run_epochs(tasks, schedule, draws, team, make_watch(trainer, progress, "senses", total * tokens, trainer.gate_epochs * tokens))
    vectors = np.ascontiguousarray(senses[:, :D]).reshape(V, K, D)
    gates = np.ascontiguousarray(M[V * K :, :D]).reshape(n_gates, K, D)
    model = SenseEmbeddings(corpus.vocabulary, vectors, np.full((V, K), 1 / K), np.ascontiguousarray(U[:, :D]), gates, gb[V * K :].reshape(n_gates, K).copy(),
        ((rows - V * K) // K).astype(np.int32), masses, metadata={"window": trainer.window, "losses": losses, "model": "disambiguated", "settings": asdict(trainer)})
    return model


IN, OUT = 0.075, 0.15


def marginals(model, corpus):
    V, K = len(model), model.n_senses
    sums = np.zeros((V, K))
    for s in range(0, corpus.n_tokens, 100_000):
        places = np.arange(s, min(corpus.n_tokens, s + 100_000))
        p = sense_probabilities(model, corpus.ids[places], cut_contexts(corpus.ids, corpus.offsets, places, model.window))
        for k in range(K):
            sums[:, k] += np.bincount(corpus.ids[places], p[:, k], V)
    return sums / np.maximum(1, sums.sum(1, keepdims=True))
