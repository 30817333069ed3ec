"""Ctrl-C, remembered: an interrupt that a library's callback swallows is raised again at the next look.

A command that can keep its place has Ctrl-C and SIGTERM wait for its next look; a second one does not wait.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["check", "deferred", "press"]

_pressed: int | None = None
_waits = False


def press(number: int, frame: object) -> None:
    """Handle a signal: remember it, and end as Ctrl-C (or, for SIGTERM, as the shell expects) does."""
    global _pressed
    if _waits and _pressed is None:
        _pressed = number
        return
    _pressed = number if number == signal.SIGINT else None
    _stop(number)


def check() -> None:
    """Raise :class:`KeyboardInterrupt` (or :class:`SystemExit`) if a signal came and nobody has stopped for it."""
    global _pressed
    if _pressed is not None:
        number, _pressed = _pressed, None
        _stop(number)


@contextmanager
def deferred() -> Iterator[None]:
    """Have the first signal within the block wait for the next :func:`check`, or for the end of the block."""
    global _waits
    _waits = True
    try:
        yield
    finally:
        _waits = False
    check()


def _stop(number: int) -> None:
    if number == signal.SIGTERM:
        raise SystemExit(128 + number)
    raise KeyboardInterrupt
