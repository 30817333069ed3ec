"""What do many trainings in one pass cost, beside one plain training, and beside each by itself?

    python benchmarks/speed_replicates.py --rounds 2

UN General Debate, 1946-1956 against 2015-2018, 100 dimensions, 5 passes. ``replicates``: 50 exchanges of speeches and
the slices as they are, for every word that both slices have five times, in one pass (:mod:`wordvec.drift.replicates`).
``plain``: one training of the same text with nothing frozen. ``frozen``: one with the output vectors frozen, as a slice
is trained. ``frozen``, times 51, is what separate trainings would take. All in one run, in turn, with the same number
of threads. That a row equals a training of its own to 1e-5 is a test (tests/drift/test_assess.py).
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, interleaved, ratios, record, show, timed

import wordvec as wv
from wordvec.drift.replicates import make_pass, train_replicates
from wordvec.drift.units import count_uses, cut_parts, make_plan
from wordvec.text.encode import Reading, encode_slices

PERIODS = ("1946-1956", "2015-2018")
EXCHANGES = 50


def debates(data: Path, output: Path) -> wv.Corpus:
    """Return the speeches of both periods, each a document."""
    paths = {period: data / "corpus" / "ungd" / f"ungd-{period}.txt.xz" for period in PERIODS}
    return encode_slices(paths, reading=Reading(header=r"^### (\d+) (\w+)"), output=output)


def main() -> None:
    parser = arguments_parser(__doc__ or "")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(debates(options.data, Path(folder, "corpus")), options.short, options.rounds)
    show(rows)
    if not options.short:
        record("speed_replicates", rows)


def measure(corpus: wv.Corpus, short: bool, rounds: int) -> list[dict[str, Any]]:
    """Return one row for each number of threads."""
    trainer = wv.SkipGram(epochs=1 if short else 5)
    compass = trainer.train(corpus).context
    words = np.flatnonzero((corpus.counts >= (200 if short else 5)).all(axis=0))
    parts = cut_parts(corpus, corpus.units(), None, np.zeros(len(corpus.documents), np.int64))
    uses = count_uses(corpus, parts, words)
    places = np.searchsorted(words, uses.words)
    sizes = {"splits": 0, "floors": 0, "exchanges": EXCHANGES}
    plan = make_plan(parts, uses, places, len(words), **sizes, seed=1)
    common = make_pass(corpus, trainer, compass)
    found = []
    for threads in (1, 2):
        tasks = {
            "replicates": lambda n=threads: timed(
                lambda: train_replicates(common, parts, uses, places, plan, threads=n) is not None
            ),
            "plain": lambda n=threads: timed(lambda: trainer.train(corpus, threads=n)),
            "frozen": lambda n=threads: timed(lambda: trainer.train(corpus, compass=compass, threads=n)),
        }
        for name, task in tasks.items():
            if name != "replicates":
                task()
        walls = {name: [s.wall for s in taken] for name, taken in interleaved(tasks, rounds).items()}
        found.append(
            {
                "threads": threads,
                "replicates": EXCHANGES,
                "words": len(words),
                "tokens": corpus.n_tokens,
                **{f"{name} s": round(float(np.median(values)), 2) for name, values in walls.items()},
                "replicates / plain": ratios(walls["replicates"], walls["plain"]),
                "replicates / frozen": ratios(walls["replicates"], walls["frozen"]),
            }
        )
    return found


if __name__ == "__main__":
    main()
