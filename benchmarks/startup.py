"""How long until something happens? Importing, asking for help, the first kernel, warm and cold.

    python benchmarks/startup.py

Every figure is a fresh process, wall seconds, the median of rounds (lowest-highest); an empty Python stands
beside the whole processes. Cold: an empty folder for compiled kernels. ``wordvec doctor --warmup``
does on your machine what the cold rows time.
"""

import statistics
import sys
import tempfile
from typing import Any

from harness import arguments_parser, record, show
from process import run, run_python

IMPORT = (
    "import json, time; began = time.perf_counter(); import wordvec; print(json.dumps(time.perf_counter() - began))"
)
#: What a first call of a kernel waits for: Numba and the kernels to be imported, then the call itself.
FIRST = """
import json, time
import numpy as np
import wordvec as wv
corpus = wv.Corpus.from_sentences([["we", "sow", "the", "seed"]] * 50, min_count=1)
trainer = getattr(wv, "SkipGram")(dim=100, epochs=1, subsample=0)
began = time.perf_counter()
from wordvec.kernels.random import fill_uniform
import wordvec.train.loop, wordvec.kernels.blocks
imported = time.perf_counter()
fill_uniform(np.uint64(1), np.float32(0.1), 16, np.zeros((8, 16), np.float32))
called = time.perf_counter()
trainer.train(corpus)
print(json.dumps({"import": imported - began, "call": called - imported, "train": time.perf_counter() - called}))
"""
#: Every kernel, stage by stage, with its own seconds.
COLD = """
import json
from wordvec.cli.warm_up import warm_up
stages = warm_up(lambda report: None)
print(json.dumps({stage.name: [stage.seconds, stage.compiled] for stage in stages}))
"""


def _row(what: str, seconds: list[float]) -> dict[str, Any]:
    low, high = min(seconds), max(seconds)
    return {"what": what, "seconds": {"median": round(statistics.median(seconds), 3), "low": low, "high": high}}


def imports(rounds: int) -> list[dict[str, Any]]:
    """Return how long importing takes, and help on the command line."""
    seconds: dict[str, list[float]] = {"import wordvec": [], "empty Python, whole process": [], "wordvec --help": []}
    for _ in range(rounds):
        seconds["import wordvec"].append(run_python(IMPORT)[1])
        seconds["empty Python, whole process"].append(run([sys.executable, "-c", "pass"]).wall)
        seconds["wordvec --help"].append(run([sys.executable, "-m", "wordvec", "--help"]).wall)
    return [_row(what, found) for what, found in seconds.items()]


def first_calls(rounds: int) -> list[dict[str, Any]]:
    """Return how long the first call takes when everything is compiled."""
    names = {
        "import": "import of Numba and the kernels",
        "call": "first call of a kernel, warm cache",
        "train": "first small training after it, warm cache",
    }
    seconds: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as cache:
        for number in range(rounds + 1):
            found = run_python(FIRST, XDG_CACHE_HOME=cache, NUMBA_CACHE_DIR="")[1]
            if number:
                for name, value in found.items():
                    seconds[name].append(value)
    return [_row(names[name], found) for name, found in seconds.items()]


def cold_kernels(rounds: int) -> list[dict[str, Any]]:
    """Return how long the slowest kernel compiles by itself, and all of them together."""
    kernels: dict[str, list[float]] = {}
    totals = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            stages = run_python(COLD, XDG_CACHE_HOME=cache, NUMBA_CACHE_DIR="")[1]
        together: dict[str, float] = {}
        for _, compiled in stages.values():
            for name, seconds in compiled.items():
                together[name] = together.get(name, 0.0) + seconds
        totals.append(sum(together.values()))
        for name, seconds in together.items():
            kernels.setdefault(name, []).append(seconds)
    slowest = sorted(kernels, key=lambda name: -statistics.median(kernels[name]))[:5]
    rows = [_row(f"compiling `{name}` (all its variants), cold cache", kernels[name]) for name in slowest]
    return [*rows, _row(f"compiling all {len(kernels)} kernels, cold cache", totals)]


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=None, help="default: 11; short: 5")
    arguments = parser.parse_args()
    rounds = arguments.rounds or (5 if arguments.short else 11)
    rows: list[dict[str, Any]] = []
    for part in (imports(rounds), first_calls(rounds), cold_kernels(max(2, rounds // 4))):
        show(part)
        rows += part
    record("startup", rows)


if __name__ == "__main__":
    main()
