"""What a thread fetches ahead comes in order, with its errors, and leaves no thread behind."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from wordvec.errors import FormatError
from wordvec.progress import Progress
from wordvec.text.ahead import fetch_ahead
from wordvec.text.encode import encode


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
    endless.close()
    assert not threads()


def test_a_run_that_ends_early_leaves_no_thread(tmp_path: Path) -> None:
    def interrupt(report: Progress) -> None:
        assert threads()
        raise KeyboardInterrupt

    path = tmp_path / "text.txt"
    path.write_bytes(b"some words\n" * 200_000)
    with pytest.raises(KeyboardInterrupt) as caught:
        encode(path, progress=interrupt)
    assert caught.value.__traceback__ is not None  # it holds the frames, and what they read
    assert not threads()
    path.write_bytes(b"some words\n" * 200_000 + b"caf\xe9\n" + b"some words\n" * 200_000)
    with pytest.raises(FormatError, match=r"line 200001, byte offset 2200003: the byte 0xe9 is not UTF-8 here"):
        encode(path)
    assert not threads()
