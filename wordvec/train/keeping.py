"""Where a training is, and how that is kept and found again."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..checkpoints import Stage
from ..errors import CorruptFileError, ParameterError

__all__ = ["Keeper"]


class Keeper:
    """The place a training has reached: phase, epoch, block; kept on disk with all that has changed so far.

    A training has one phase or several, one after the other; block ``block`` of epoch ``epoch`` of phase ``phase`` is
    the next to be trained. Without a stage nothing is kept.

    Parameters
    ----------
    stage : Stage or None
        Where it is kept. What is found there is read at once, into ``arrays``.
    arrays : mapping of str to ndarray
        All that the training changes.

    Raises
    ------
    AlignmentError, CorruptFileError
        As :meth:`wordvec.checkpoints.Stage.restore`.

    Examples
    --------
    >>> keeper = Keeper(None, {})
    >>> keeper.phase, keeper.epoch, keeper.block, keeper.losses
    (0, 0, 0, [])
    """

    def __init__(self, stage: Stage | None, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._stage, self._arrays = stage, arrays
        self.phase = self.epoch = self.block = 0
        #: Mean losses of the epochs that have ended, of each phase that has begun.
        self.losses: list[list[float]] = []
        found = stage.restore(arrays) if stage is not None else None
        if found is None:
            return
        try:
            self.phase, self.epoch, self.block = (int(found[name]) for name in ("phase", "epoch", "block"))
            self.losses = [[float(loss) for loss in phase] for phase in found["losses"]]
        except (KeyError, TypeError, ValueError) as error:
            raise CorruptFileError("the checkpoint does not say which block is the next; start again.") from error

    def begin(self, phase: int) -> list[float]:
        """Begin ``phase``, or go on with it; return its losses so far, a list to append to."""
        if self.phase < phase:
            self.phase, self.epoch, self.block = phase, 0, 0
        while len(self.losses) <= phase:
            self.losses.append([])
        return self.losses[phase]

    def reach(self, epoch: int, block: int) -> None:
        """Note that ``block`` of ``epoch`` is the next; keep it if it is time."""
        self.epoch, self.block = epoch, block
        if self._stage is not None and self._stage.is_due:
            self.save()

    def finish(self, phase: int) -> None:
        """Note that ``phase`` has ended; keep it if it took a while."""
        self.phase, self.epoch, self.block = phase + 1, 0, 0
        if self._stage is not None and self._stage.is_long:
            self.save()

    def save(self) -> None:
        """Keep the place and all that has changed; what is not finite is never kept."""
        if self._stage is None:
            return
        for name, array in self._arrays.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise ParameterError(f"lr must be small enough for the vectors to stay finite; {name} did not.")
        place = {"phase": self.phase, "epoch": self.epoch, "block": self.block, "losses": self.losses}
        self._stage.save(self._arrays, place)
