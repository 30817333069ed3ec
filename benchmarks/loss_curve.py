"""Do the kernels lose what the plain loops lose? The same text, the same draws, the loss tenth by tenth.

    python benchmarks/loss_curve.py --tokens 100000

The kernels work in float32, in tiles; their twins in ``tests/naive.py`` in float64, one pair after the other. Both
train one epoch, by blocks (the default) and window after window (racing, one thread), from the same start. Loss in
nats per pair (per window for CBOW) of each tenth of the text, and the largest difference of a block's loss.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show
from text import wikipedia
from wordvec.kernels._vector import ROWS
from wordvec.kernels.random import fill_uniform
from wordvec.kernels.steps import CBOW, SKIPGRAM, Task

import wordvec as wv
from wordvec.train.schedule import block_rates, make_draws, make_schedule
from wordvec.train.team import Team, count_places, padded

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import naive


def curves(trainer: wv.SkipGram | wv.CBOW, number: int, mode: str, corpus: wv.Corpus) -> dict[str, Any]:
    """Return the losses of a kernel and of its twin."""
    schedule = make_schedule(corpus, trainer.seed)
    draws = make_draws(trainer, corpus.word_counts, mode)
    W, U = (padded(len(corpus.vocabulary), trainer.dim) for _ in range(2))
    fill_uniform(np.uint64(trainer.seed), np.float32(0.5 / trainer.dim), trainer.dim, W)
    rates, n = block_rates(schedule, trainer.lr, 1)[0], len(schedule.blocks) - 1
    shape = number, count_places(trainer.negative), -(-2 * trainer.window // ROWS)
    task = Task(*shape, 0, True, rates, W, U, np.zeros(n), np.zeros(n))
    plain = naive.train_blocks if mode == "blocks" else naive.train_racing
    with np.errstate(over="ignore"):
        _, _, losses, pairs = plain(0, n, schedule, draws, task)  # copies the vectors
    with Team(1, mode, schedule, draws) as team:
        team.train(0, n, schedule, draws, task)
    assert task.pairs.tolist() == pairs
    mine, theirs, counts = task.losses, np.array(losses), np.maximum(task.pairs, 1)
    tenths = np.array_split(np.arange(n), 10)
    row: dict[str, Any] = {"model": trainer.model, "threading": mode, "tokens": corpus.n_tokens, "blocks": n}
    for name, values in (("kernel", mine), ("plain", theirs)):
        row[name] = " ".join(f"{values[part].sum() / task.pairs[part].sum():.4f}" for part in tenths)
    return row | {"largest difference in a block": float(np.abs((mine - theirs) / counts).max())}


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--tokens", type=int, default=None, help="default: 100,000; short: 20,000")
    parser.add_argument("--dim", type=int, default=100)
    arguments = parser.parse_args()
    tokens = arguments.tokens or (20_000 if arguments.short else 100_000)
    with tempfile.TemporaryDirectory() as folder:
        corpus = wikipedia(arguments.data, tokens, Path(folder) / "text.txt").corpus
    rows = []
    for trainer, number in ((wv.SkipGram(dim=arguments.dim), SKIPGRAM), (wv.CBOW(dim=arguments.dim), CBOW)):
        for mode in ("blocks", "racing"):
            rows.append(curves(trainer, number, mode, corpus))
            show(rows[-1:])
    record("loss_curve", rows)


if __name__ == "__main__":
    main()
