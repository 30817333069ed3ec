"""How many threads to use."""

import os

from .errors import require

__all__ = ["count_threads"]


def count_threads(threads: int | None) -> int:
    """Return how many threads to use: as asked, or one for each CPU that this process may use.

    Raises
    ------
    ParameterError
        If ``threads`` is below 1.

    Examples
    --------
    >>> count_threads(3)
    3
    """
    require(threads is None or threads >= 1, "threads", "an integer >= 1", threads)
    if threads is not None:
        return threads
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
