"""How near do the trainers come to what one core can do? Its arithmetic, its memory, and our share of them.

    python benchmarks/roofline.py

Peak: independent chains of fused multiply-adds on vectors in registers, the best of several numbers of
chains. Memory: a stream read and updated, and rows updated in random order (256 MB). The trainers' useful
work is 6 dim operations for each (context, output) pair of a window in skip-gram (a dot product and two
updates), in CBOW 6 dim for each output and 2 dim for each context word. All by CPU time, one thread,
the peak measured anew before each round; by default text is scored block by block, racing takes one window after
the other; a training is the whole call of ``train`` for one epoch.
"""

import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, interleaved, record, show, timed
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from text import expected_work, wikipedia

import wordvec as wv

LANES = 16
WINDOW, NEGATIVE, SUBSAMPLE = 5, 5, 1e-3
ROW = 112  # floats: dim 100, padded


@intrinsic(prefer_literal=True)
def _chains(typing_context, n, count):
    """Run ``count`` chains of ``n`` dependent multiply-adds on vectors of 16 floats; return a sum of them all."""
    if not isinstance(count, types.IntegerLiteral):
        return None

    def build(context, builder, signature, arguments):
        vector = ir.VectorType(ir.FloatType(), LANES)
        kind = ir.FunctionType(vector, [vector] * 3)
        fma = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f32")
        factor, term = (ir.Constant(vector, [x] * LANES) for x in (0.5, 1.0))
        chains = [
            cgutils.alloca_once_value(builder, ir.Constant(vector, [float(i)] * LANES))
            for i in range(count.literal_value)
        ]
        with cgutils.for_range(builder, arguments[0]):
            for chain in chains:
                builder.store(builder.call(fma, [builder.load(chain), factor, term]), chain)
        total = builder.load(chains[0])
        for chain in chains[1:]:
            total = builder.fadd(total, builder.load(chain))
        return builder.extract_element(total, ir.Constant(ir.IntType(32), 0))

    return types.float32(types.int64, count), build


@njit
def _chains_4(n):
    return _chains(n, 4)


@njit
def _chains_8(n):
    return _chains(n, 8)


@njit
def _chains_12(n):
    return _chains(n, 12)


@njit
def _chains_16(n):
    return _chains(n, 16)


PEAKS = {4: _chains_4, 8: _chains_8, 12: _chains_12, 16: _chains_16}


@njit(fastmath=True)
def _read(array):
    total = np.float32(0.0)
    for i in range(array.shape[0]):
        total += array[i]
    return total


@njit
def _update(array):
    for i in range(array.shape[0]):
        array[i] += np.float32(1.0)


@njit
def _update_rows(matrix, rows):
    for row in rows:
        for j in range(matrix.shape[1]):
            matrix[row, j] += np.float32(1.0)


def peak(steps: int) -> float:
    """Return the most multiply-adds that one core does, in 10^9 operations a CPU second."""
    best = 0.0
    for count, chains in PEAKS.items():
        chains(10)
        cpu = timed(lambda run=chains: run(steps)).cpu
        best = max(best, 2 * LANES * count * steps / cpu / 1e9)
    return best


def memory(size_mb: int, rounds: int) -> list[dict[str, Any]]:
    """Return what reading and updating memory reaches, the median of rounds."""
    matrix = np.zeros((size_mb * 1_000_000 // (4 * ROW), ROW), np.float32)
    flat = matrix.reshape(-1)
    rows = np.random.default_rng(1).integers(0, len(matrix), 1_000_000)
    works: dict[str, tuple[Callable[[], Any], float, str]] = {
        "stream read": (lambda: _read(flat), flat.nbytes / 1e9, "GB/s"),
        "stream update (read + write)": (lambda: _update(flat), 2 * flat.nbytes / 1e9, "GB/s"),
        f"random update of {4 * ROW}-byte rows": (
            lambda: _update_rows(matrix, rows),
            len(rows) / 1e6,
            "million rows/s",
        ),
    }
    for work, _, _ in works.values():
        work()
    samples = interleaved({name: lambda work=work: timed(work) for name, (work, _, _) in works.items()}, rounds)
    return [
        {"what": name, "value": round(statistics.median(amount / s.cpu for s in samples[name]), 2), "unit": unit}
        for name, (_, amount, unit) in works.items()
    ]


def operations(model: str, dim: int, corpus: wv.Corpus) -> float:
    """Return the useful operations of an epoch, in 10^9."""
    work = expected_work(corpus, WINDOW, SUBSAMPLE, NEGATIVE)
    if model == "skipgram":
        return 6.0 * dim * work["outputs"] / 1e9
    return (6.0 * dim * (NEGATIVE + 1) * work["windows"] + 2.0 * dim * work["pairs"]) / 1e9


def trainers(corpus: wv.Corpus, rounds: int, steps: int) -> list[dict[str, Any]]:
    """Return, for each trainer and dim, its operations a second and its share of the peak of the same round."""
    rows = []
    for model, trainer in (("skipgram", wv.SkipGram), ("cbow", wv.CBOW)):
        for dim in (100, 300):
            made = trainer(dim=dim, epochs=1, window=WINDOW, negative=NEGATIVE, subsample=SUBSAMPLE)
            useful = operations(model, dim, corpus)
            for racing in (False, True):
                work = partial(made.train, corpus, threads=1, racing=racing)
                work()
                reached, shares = [], []
                for _ in range(rounds):
                    ceiling = peak(steps)
                    reached.append(useful / timed(work).cpu)
                    shares.append(reached[-1] / ceiling)
                rows.append(
                    {
                        "what": f"{model}, dim {dim}{', racing' * racing}",
                        "value": round(statistics.median(reached), 1),
                        "unit": "GFLOP/s",
                        "share of peak": f"{statistics.median(shares):.1%} ({min(shares):.1%}-{max(shares):.1%})",
                        "tokens": corpus.n_tokens,
                    }
                )
                show(rows[-1:])
    return rows


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--tokens", type=int, default=None, help="default: 5,000,000; short: 500,000")
    parser.add_argument("--rounds", type=int, default=None, help="default: 7; short: 3")
    arguments = parser.parse_args()
    tokens = arguments.tokens or (500_000 if arguments.short else 5_000_000)
    rounds = arguments.rounds or (3 if arguments.short else 7)
    steps = 5_000_000 if arguments.short else 30_000_000
    best = [peak(steps) for _ in range(rounds)]
    rows = [{"what": "multiply-add peak, one core", "value": round(statistics.median(best), 1), "unit": "GFLOP/s"}]
    rows += memory(256, rounds)
    show(rows)
    with tempfile.TemporaryDirectory() as folder:
        corpus = wikipedia(arguments.data, tokens, Path(folder) / "text.txt").corpus
    rows += trainers(corpus, rounds, steps)
    record("roofline", rows)


if __name__ == "__main__":
    main()
