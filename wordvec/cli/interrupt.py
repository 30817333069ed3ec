"""Ctrl-C, remembered: an interrupt that a library's callback swallows is raised again at the next look."""

import signal

__all__ = ["check", "press"]

_pressed = False


def press(number: int, frame: object) -> None:
    """Handle a signal: remember it, and end as Ctrl-C (or, for SIGTERM, as the shell expects) does."""
    global _pressed
    if number == signal.SIGTERM:
        raise SystemExit(128 + number)
    _pressed = True
    raise KeyboardInterrupt


def check() -> None:
    """Raise :class:`KeyboardInterrupt` if Ctrl-C was pressed and nobody has stopped for it."""
    global _pressed
    if _pressed:
        _pressed = False
        raise KeyboardInterrupt
