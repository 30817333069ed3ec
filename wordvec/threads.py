"""How many threads to use."""

import math
import os
from pathlib import Path

from .errors import require

__all__ = ["count_threads"]

#: Where Linux says how much CPU time a container may use: one file of "quota period", or two files.
_QUOTAS = (
    (Path("/sys/fs/cgroup/cpu.max"),),
    (Path("/sys/fs/cgroup/cpu/cpu.cfs_quota_us"), Path("/sys/fs/cgroup/cpu/cpu.cfs_period_us")),
)


def count_threads(threads: int | None) -> int:
    """Return how many threads to use: as asked, or one for each CPU that this process may use.

    Raises
    ------
    ParameterError
        If ``threads`` is no integer, or below 1.

    Examples
    --------
    >>> count_threads(3)
    3
    """
    is_integer = isinstance(threads, int) and not isinstance(threads, bool)
    require(threads is None or (is_integer and threads >= 1), "threads", "an integer >= 1", threads)
    if threads is not None:
        return threads
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, _quota()))


def _quota() -> int:
    """Return how many CPUs' worth of time a container grants, a very large number if it does not say."""
    for files in _QUOTAS:
        try:
            quota, period = " ".join(file.read_text("ascii") for file in files).split()
            if int(quota) > 0:
                return math.ceil(int(quota) / int(period))
        except (OSError, ValueError):  # not there, or "max"
            continue
    return 1 << 30
