import signal

import pytest

from wordvec.cli import interrupt
from wordvec.cli.output import watching
from wordvec.progress import Progress


def test_an_interrupt_that_was_swallowed_is_raised_at_the_next_report() -> None:
    with watching() as watch:
        watch(Progress("training", 1, 2, "words"))
        with pytest.raises(KeyboardInterrupt):
            interrupt.press(signal.SIGINT, None)  # inside a callback of a library, say, which swallows it
        with pytest.raises(KeyboardInterrupt):
            watch(Progress("training", 2, 2, "words"))
        watch(Progress("training", 2, 2, "words"))


def test_a_request_to_end_is_no_interrupt() -> None:
    with pytest.raises(SystemExit) as caught:
        interrupt.press(signal.SIGTERM, None)
    assert caught.value.code == 143
    interrupt.check()
