"""What a long run tells whoever is watching. A watcher can print; it cannot steer."""

from collections.abc import Callable
from typing import NamedTuple

__all__ = ["Progress", "Watcher"]


class Progress(NamedTuple):
    """One report of a run in progress.

    Parameters
    ----------
    stage : str
        What is being done, in a few words: ``"compass"``, ``"slice 1960-2021"``.
    done, total : int
        How far it is, in ``unit``; ``total`` is 0 when it is not known.
    unit : str
        ``"words"``, ``"bytes"``, ...
    loss : float, optional
        Mean loss since the last report, in nats per pair.
    """

    stage: str
    done: int
    total: int
    unit: str
    loss: float | None = None


Watcher = Callable[[Progress], None]
