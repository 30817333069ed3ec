"""What every benchmark shares: where it ran, JSON lines, fair timing.

    python benchmarks/harness.py

writes the tables of ``benchmarks/README.md`` anew from ``benchmarks/results``.
"""

import json
import platform
import statistics
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def machine() -> dict[str, Any]:
    """Return CPU, versions and commit: what a figure depends on."""
    cpu = platform.processor()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        cpu = f"{len(names)} x {names[0]}" if names else cpu
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=Path(__file__).parent, check=False
    ).stdout.strip()
    libraries = {name: version(name) for name in ("wordvec", "numba", "numpy", "scipy", "gensim")}
    return {"cpu": cpu, "python": platform.python_version(), "commit": commit, **libraries}


def record(name: str, rows: list[dict[str, Any]]) -> None:
    """Write rows as JSON lines to ``results/NAME.jsonl``, the machine first."""
    RESULTS.mkdir(exist_ok=True)
    lines = [json.dumps({"machine": machine()}), *(json.dumps(row) for row in rows)]
    (RESULTS / f"{name}.jsonl").write_text("\n".join(lines) + "\n")


def interleaved(tasks: dict[str, Callable[[], Any]], rounds: int) -> dict[str, list[float]]:
    """Time each task once a round, in turn, after one warm-up of each; seconds per round."""
    for task in tasks.values():
        task()
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            began = time.perf_counter()
            task()
            seconds[name].append(time.perf_counter() - began)
    return seconds


def median_ratio(slow: list[float], fast: list[float]) -> float:
    """Return the median of the ratios of each round."""
    return statistics.median(a / b for a, b in zip(slow, fast, strict=True))


def markdown(name: str) -> str:
    """Return the results of one benchmark as a table, with the machine they were measured on."""
    first, *rows = [json.loads(line) for line in (RESULTS / f"{name}.jsonl").read_text().splitlines()]
    where = ", ".join(f"{key} {value}" for key, value in first["machine"].items())
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [f"| {' | '.join(_shown(row.get(key, '')) for key in columns)} |" for row in rows]
    return f"### {name}\n\nMeasured with {where}.\n\n" + "\n".join(lines) + "\n"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"
    return str(value)


if __name__ == "__main__":
    page = RESULTS.parent / "README.md"
    head = page.read_text("utf-8").partition("## Results\n")[0]
    tables = "\n".join(markdown(path.stem) for path in sorted(RESULTS.glob("*.jsonl")))
    page.write_text(f"{head}## Results\n\n{tables}", encoding="utf-8")
