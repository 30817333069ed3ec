"""Two hands: one thread fetches what the other one works on."""

from collections.abc import Generator, Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Event, Thread
from typing import TypeVar

__all__ = ["fetch_ahead"]

T = TypeVar("T")


def fetch_ahead(items: Iterator[T], depth: int = 4) -> Generator[T, None, None]:
    """Yield ``items`` in their order; a thread fetches up to ``depth`` of them while the caller works.

    It pays if fetching waits for a disk or works without the GIL: reading, decompressing, hashing. What an item
    raises is raised here, in its turn. The thread is gone when the iterator is exhausted or closed, so each item
    has to come of its own accord: not for pipes.

    Parameters
    ----------
    items : iterator
        What to fetch.
    depth : int, default 4
        How many items may wait.

    Examples
    --------
    >>> list(fetch_ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    ready: Queue[tuple[T] | BaseException | None] = Queue(depth)
    stopped = Event()

    def fetch() -> None:
        last: BaseException | None = None
        try:
            for item in items:
                ready.put((item,))
                if stopped.is_set():
                    break
        except BaseException as error:  # not ours to judge: it belongs to whoever asked
            last = error
        ready.put(last)

    thread = Thread(target=fetch, name="wordvec-fetch", daemon=True)
    thread.start()
    try:
        while (found := ready.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found[0]
    finally:
        stopped.set()
        while thread.is_alive():
            with suppress(Empty):
                ready.get(timeout=0.02)
        thread.join()
