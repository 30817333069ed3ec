"""What a long run has reached, kept on disk, so that a run that was stopped can go on to the same bits."""

import hashlib
import json
import re
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .artifact import is_artifact, open_artifact
from .artifact_writer import ArtifactWriter
from .disk import check_folder
from .errors import AlignmentError, CorruptFileError, OutputExistsError, WordvecError, require

__all__ = ["Checkpoints", "Stage"]

KIND = "checkpoint"
#: A stage that took less than this share of the time between checkpoints is not kept when it ends.
_SHORT = 1 / 60
#: How many settings that differ an error names.
_NAMED = 3


class Checkpoints:
    """A folder in which the stages of one run keep what they have reached.

    A stage (a training, the compass, a slice) is one artefact in it, replaced in one step: a run that is killed at any
    moment, while it writes a checkpoint too, leaves the last one whole. A run that resumes must have the same
    settings and the same input as the one that was stopped; how many threads it has may differ.

    Parameters
    ----------
    path : Path or str
        The folder.
    every : float >= 0, default 600
        Seconds between two checkpoints of a stage; 0 keeps every step.
    resume : bool, default False
        Go on from what the folder holds. Where there is none, the run starts at the beginning.
    overwrite : bool, default False
        Forget what the folder holds.

    Raises
    ------
    OutputExistsError
        If the folder holds a checkpoint, and neither ``resume`` nor ``overwrite`` is set; or something else.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "run.checkpoint"
    >>> total = np.zeros(1)
    >>> stage = Checkpoints(folder, every=0).stage("sum", {"to": 10})
    >>> total += 3
    >>> stage.save({"total": total}, {"reached": 3})

    A later process goes on:

    >>> again = np.zeros(1)
    >>> checkpoints = Checkpoints(folder, resume=True)
    >>> checkpoints.stage("sum", {"to": 10}).restore({"total": again}), again.tolist()
    ({'reached': 3}, [3.0])
    >>> checkpoints.remove()
    >>> folder.exists()
    False
    """

    def __init__(
        self, path: Path | str, *, every: float = 600.0, resume: bool = False, overwrite: bool = False
    ) -> None:
        require(every >= 0, "every", "seconds >= 0", every)
        self.path, self.every, self.resume = Path(path), every, resume
        self._names: set[str] = set()
        self._lock = threading.Lock()
        check_folder(self.path)
        if not self.path.exists():
            return
        if not self.path.is_dir() or not all(_is_ours(part) for part in self.path.iterdir()):
            raise OutputExistsError(f"{self.path} exists and is no checkpoint of wordvec; it is kept. Move it away.")
        if resume or not self.found:
            return
        if not overwrite:
            raise OutputExistsError(
                f"{self.path} holds what an earlier run had reached when it was stopped; go on with --resume, or start "
                "again with --overwrite (in Python: resume=True, overwrite=True)."
            )
        self.remove()

    @property
    def found(self) -> bool:
        """Whether the folder holds what a run had reached."""
        return self.path.is_dir() and any(is_artifact(part) for part in self.path.iterdir())

    def __enter__(self) -> "Checkpoints":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the folder if the run has ended well."""
        if error is None:
            self.remove()

    def stage(self, name: str, settings: Mapping[str, Any]) -> "Stage":
        """Return the stage ``name`` of the run.

        Parameters
        ----------
        name : str
            Each stage has another one.
        settings : mapping
            All that the result depends on, as JSON holds it: settings, and digests of the input.
        """
        with self._lock:  # slices train side by side
            require(name not in self._names, "name", "new: each stage of a run has its own", name)
            self._names.add(name)
        legible = re.sub(r"[^A-Za-z0-9.-]+", "-", name)[:40]
        folder = self.path / f"{legible}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
        return Stage(folder, name, settings, self)

    def remove(self) -> None:
        """Remove the folder, as far as it holds checkpoints only."""
        if self.path.is_dir() and all(_is_ours(part) for part in self.path.iterdir()):
            shutil.rmtree(self.path, ignore_errors=True)


class Stage:
    """What one stage of a run has reached; made by :meth:`Checkpoints.stage`."""

    def __init__(self, folder: Path, name: str, settings: Mapping[str, Any], checkpoints: Checkpoints) -> None:
        self._folder, self._name, self._checkpoints = folder, name, checkpoints
        self._settings: dict[str, Any] = json.loads(json.dumps(settings))
        self._began = self._last = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether it is time to keep what was reached."""
        return time.monotonic() - self._last >= self._checkpoints.every

    @property
    def is_long(self) -> bool:
        """Whether the stage took long enough to be kept when it ends."""
        return time.monotonic() - self._began >= self._checkpoints.every * _SHORT

    def save(self, arrays: Mapping[str, NDArray[Any]], state: Mapping[str, Any]) -> None:
        """Keep copies of ``arrays``, and ``state``, which says what they are; the earlier checkpoint is replaced.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            All that has changed since the stage began.
        state : mapping
            As JSON holds it.

        Raises
        ------
        ResourceError
            If the disk does not take it.
        """
        self._checkpoints.path.mkdir(parents=True, exist_ok=True)
        with ArtifactWriter(self._folder, kind=KIND, overwrite=True) as writer:
            for name, array in arrays.items():
                writer.array(name, array)
            writer.commit({"stage": self._name, "settings": self._settings, "state": state})
        self._last = time.monotonic()

    def restore(self, arrays: Mapping[str, NDArray[Any]]) -> dict[str, Any] | None:
        """Fill ``arrays`` with what was kept; return its state, or None where the stage has to begin.

        Parameters
        ----------
        arrays : mapping of str to ndarray
            Of the same names, shapes and dtypes as those that were kept.

        Raises
        ------
        AlignmentError
            If it is of a run with other settings or other input; the message names them.
        CorruptFileError
            If the checkpoint was damaged since it was written.
        """
        if not self._checkpoints.resume or not is_artifact(self._folder):
            return None
        kept = open_artifact(self._folder, KIND)
        self._check(kept.metadata.get("settings", {}))
        state = kept.metadata.get("state")
        try:
            kept.verify()
            for name, array in arrays.items():
                np.copyto(array, kept.array(name), casting="no")
            if not isinstance(state, dict):
                raise CorruptFileError(f"{self._folder} says nothing of where the run was.")
        except (CorruptFileError, ValueError, TypeError) as error:
            raise CorruptFileError(
                f"the checkpoint {self._folder} is damaged: {error} Start again, with --overwrite instead of --resume."
            ) from error
        return state

    def _check(self, earlier: Mapping[str, Any]) -> None:
        before, now = dict(_flat(earlier)), dict(_flat(self._settings))
        differing = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        if differing:
            named = [f"{name} (it had {before.get(name)!r}, now {now.get(name)!r})" for name in differing[:_NAMED]]
            raise AlignmentError(
                f"{self._checkpoints.path} is of a run with another {', another '.join(named)}; resume with what it "
                "had, or start again with --overwrite instead of --resume."
            )


def _flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield settings with their names, those of nested tables with both names."""
    for name, part in value.items():
        if isinstance(part, Mapping):
            yield from _flat(part, f"{before}{name}.")
        else:
            yield f"{before}{name}", part


def _is_ours(path: Path) -> bool:
    """Tell whether ``path`` is a checkpoint of one stage, or what was left of writing one."""
    if (path.name.startswith(".") and ".partial-" in path.name) or path.name.endswith(".lock"):
        return True
    try:
        return open_artifact(path).kind == KIND
    except WordvecError:
        return False
