"""What every benchmark shares: where it ran, JSON lines, fair timing, the tables of the README.

    python benchmarks/harness.py table

writes the tables of ``benchmarks/README.md`` anew from ``benchmarks/results``.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

RESULTS = Path(__file__).parent / "results"
PAGE = RESULTS.parent / "README.md"
DATA = Path(os.environ.get("WORDVEC_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
#: What figures depend on; the peers that are not installed are left out.
LIBRARIES = ("wordvec", "numba", "numpy", "scipy", "gensim", "fasttext-wheel", "itembed")


class Sample(NamedTuple):
    """One timed piece of work: seconds on the wall, seconds of all its threads, and what it returned."""

    wall: float
    cpu: float
    result: Any = None


def arguments_parser(text: str) -> argparse.ArgumentParser:
    """Return a parser with what all scripts take; ``text`` is the script's docstring."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of corpora and test sets")
    parser.add_argument("--short", action="store_true", help="little text, few rounds: what make bench runs")
    return parser


@cache
def peer(name: str) -> ModuleType | None:
    """Return another tool's module, or None, saying so, where it is not installed."""
    try:
        return import_module(name)
    except ImportError as error:
        print(f"{name} is left out ({error}); pip install -r benchmarks/requirements.txt", file=sys.stderr)
        return None


def machine() -> dict[str, Any]:
    """Return CPU, load, versions and commit: what a figure depends on."""
    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        cpu = f"{len(names)} x {names[0]}" if names else cpu
    load = round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
    found = {"cpu": cpu, "load": load, "python": platform.python_version(), "commit": _commit()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _commit() -> str:
    def git(*words: str) -> str:
        run = ["git", *words]
        return subprocess.run(run, capture_output=True, text=True, cwd=RESULTS.parent, check=False).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "../wordvec", "../kernels")
    return git("rev-parse", "--short", "HEAD") + (" and changes" if changed else "")


def record(name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows as JSON lines to ``results/NAME.jsonl``, the machine first."""
    RESULTS.mkdir(exist_ok=True)
    lines = [json.dumps({"machine": machine()}), *(json.dumps(row) for row in rows)]
    (RESULTS / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Print rows as they will stand in the table, one a line."""
    for row in rows:
        print(*(f"{key} {_shown(value)}" for key, value in row.items()), sep="\t", flush=True)


def timed(task: Callable[[], Any]) -> Sample:
    """Run ``task`` once on the clock."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = task()
    return Sample(time.perf_counter() - wall, time.process_time() - cpu, result)


def interleaved(tasks: dict[str, Callable[[], Sample]], rounds: int) -> dict[str, list[Sample]]:
    """Run each task once a round, in turn, every other round backwards; samples by task, one a round.

    A task times itself (:func:`timed`) so that what it prepares is not counted; warm it up before.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in tasks}
    for number in range(rounds):
        for name in list(tasks) if number % 2 == 0 else list(tasks)[::-1]:
            samples[name].append(tasks[name]())
    return samples


def walls(tasks: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Run each task once to warm up, then once a round, in turn; seconds of wall clock by task, one a round."""
    for task in tasks.values():
        task()
    samples = interleaved({name: lambda task=task: timed(task) for name, task in tasks.items()}, rounds)
    return {name: [sample.wall for sample in found] for name, found in samples.items()}


def ratios(slow: Sequence[float], fast: Sequence[float]) -> dict[str, float]:
    """Return the median, lowest and highest of the ratios of each round."""
    found = sorted(a / b for a, b in zip(slow, fast, strict=True))
    return {"median": round(statistics.median(found), 3), "low": round(found[0], 3), "high": round(found[-1], 3)}


def best_of(*series: Sequence[float]) -> list[float]:
    """Return, round by round, the least of several series: a peer's better mode."""
    return [min(values) for values in zip(*series, strict=True)]


def markdown(name: str) -> str:
    """Return the results of one benchmark as a table, with the machine they were measured on."""
    first, *rows = [json.loads(line) for line in (RESULTS / f"{name}.jsonl").read_text("utf-8").splitlines()]
    where = ", ".join(f"{key} {value}" for key, value in first["machine"].items() if value not in (None, ""))
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [f"| {' | '.join(_shown(row.get(key, '')) for key in columns)} |" for row in rows]
    pictures = "".join(f"![{path.stem}](results/{path.name})\n\n" for path in sorted(RESULTS.glob(f"{name}*.svg")))
    return f"### {name}\n\nMeasured with {where}.\n\n{pictures}" + "\n".join(lines) + "\n"


def page() -> str:
    """Return the README with tables made anew from the results."""
    head = PAGE.read_text("utf-8").partition("## Results\n")[0]
    tables = "\n".join(markdown(path.stem) for path in sorted(RESULTS.glob("*.jsonl")))
    return f"{head}## Results\n\n{tables}"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        if set(value) == {"median", "low", "high"}:
            return f"{_shown(value['median'])} ({_shown(value['low'])}-{_shown(value['high'])})"
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) and value >= 10_000 else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["table"], help="table: make the tables of the README from the results")
    parser.parse_args()
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
