"""What a thread fetches ahead comes in order, with its errors, and leaves no thread behind."""

import threading
from collections.abc import Iterator

import pytest

from wordvec.text.ahead import fetch_ahead


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "wordvec-fetch"]


@pytest.mark.parametrize("depth", [1, 4, 1000])
def test_everything_comes_in_order(depth: int) -> None:
    assert list(fetch_ahead(iter(range(300)), depth)) == list(range(300))
    assert list(fetch_ahead(iter([None, ()]), depth)) == [None, ()]
    assert not threads()


def test_an_error_comes_in_its_turn() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("disk")

    seen = []
    with pytest.raises(OSError, match="^disk$"):
        seen.extend(fetch_ahead(items()))
    found = fetch_ahead(items())
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(OSError, match="^disk$"):
        next(found)
    assert not threads()


def test_a_reader_who_stops_early_leaves_no_thread() -> None:
    endless = fetch_ahead(iter(int, 1), 2)
    assert next(endless) == 0
    assert threads()
    endless.close()  # type: ignore[attr-defined]
    assert not threads()
