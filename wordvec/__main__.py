"""``wordvec`` and ``python -m wordvec``."""

import signal

# Until the command line is loaded there is nothing to tidy up: Ctrl-C ends the process as it is.
# What was started in the background, with SIGINT ignored, goes on ignoring it.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main() -> None:
    """Load the command line and run it."""
    from .cli import main as run

    run()


if __name__ == "__main__":
    main()
