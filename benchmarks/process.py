"""A command as a whole process: seconds, memory, bytes written."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

#: Seconds between two looks at the memory of a process.
TICK = 0.01


class Process(NamedTuple):
    """What a process took: seconds (all its threads in ``cpu``), MB at its highest, MB written, its output."""

    wall: float
    cpu: float
    peak_mb: float
    anonymous_mb: float
    written_mb: float
    output: str


def run(command: Sequence[str | Path], **environment: str) -> Process:
    """Run a command to its end; a command that fails ends the benchmark with what it said."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = subprocess.Popen(
            list(map(str, command)), stdout=output, stderr=errors, env={**os.environ, **environment}
        )
        highest = [0.0]
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(child.pid, highest, ended))
        watcher.start()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # the account of an ended process can still be read
        wall = time.perf_counter() - began
        ended.set()
        watcher.join()
        written = _written(child.pid)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if child.returncode:
            raise SystemExit(f"{' '.join(map(str, command))}\n{errors.read().decode(errors='replace')}")
        text = output.read().decode(errors="replace")
    cpu = used.ru_utime + used.ru_stime
    return Process(wall, cpu, used.ru_maxrss / 1024, highest[0], written, text)


def run_python(code: str, *arguments: object, **environment: str) -> tuple[Process, Any]:
    """Run a piece of Python in a fresh process; also return the JSON that its last line holds."""
    done = run([sys.executable, "-c", code, *map(str, arguments)], **environment)
    lines = done.output.splitlines()
    return done, json.loads(lines[-1]) if lines else None


def anonymous_mb(pid: int | str = "self") -> float:
    """Return the MB of memory that belong to a process and to no file; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("RssAnon")), 0.0)


def _watch(pid: int, highest: list[float], ended: threading.Event) -> None:
    while not ended.wait(TICK):
        highest[0] = max(highest[0], anonymous_mb(pid))


def _written(pid: int) -> float:
    try:
        account = Path(f"/proc/{pid}/io").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1e6 for line in account.splitlines() if line.startswith("wchar")), 0.0)
