"""What a test of reliability tries, a sample or all of it, and the figures it hands on.

``pytest --deep`` tries everything (``make reliability``); otherwise a sample that takes seconds. With
``--figures FILE`` each figure becomes a line of JSON in FILE, from which the README's line of reliability is made.
"""

import json
import threading
from pathlib import Path

_LOCK = threading.Lock()


class Reliability:
    """How much to try, and where figures go.

    Parameters
    ----------
    deep : bool
        Whether to try all of it.
    figures : Path, optional
        A file that each figure is added to.
    test : str
        Name of the test.
    """

    def __init__(self, deep: bool, figures: Path | None, test: str) -> None:
        self.deep, self._figures, self._test = deep, figures, test

    def cases(self, sample: int, full: int) -> int:
        """Return how many cases to try: ``sample``, or ``full`` with ``--deep``."""
        return full if self.deep else sample

    def record(self, row: str, **figures: float) -> None:
        """Hand on figures of a row of the table, such as ``record("mutations", tried=14000, accepted=0)``."""
        if self._figures is not None:
            line = json.dumps({"row": row, "test": self._test, "deep": self.deep, **figures})
            with _LOCK, self._figures.open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
