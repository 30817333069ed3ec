import os
import threading

import pytest

from wordvec import Corpus, ParameterError, SkipGram
from wordvec.threads import count_threads


def test_as_many_as_asked():
    assert count_threads(7) == 7


@pytest.mark.parametrize("threads", [0, -1, 2.5, True, "2"])
def test_what_is_no_number_of_threads(threads):
    with pytest.raises(ParameterError, match=f"^threads must be an integer >= 1, got {threads!r}$"):
        count_threads(threads)


@pytest.mark.parametrize(
    ("files", "expected"),
    [(["150000 100000"], 2), (["max 100000"], 5), (["50000 100000"], 1), (["20000000", "100000"], 5), (["-1", "1"], 5)],
)
def test_a_container_s_share_of_cpu_time_counts(files, expected, tmp_path, monkeypatch):
    paths = [tmp_path / str(number) for number in range(len(files))]
    for path, text in zip(paths, files, strict=True):
        path.write_text(text + "\n")
    monkeypatch.setattr("wordvec.threads._QUOTAS", ((tmp_path / "missing",), tuple(paths)))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(5), raising=False)
    assert count_threads(None) == expected


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_thread_that_cannot_be_started_ends_the_training(error, monkeypatch):
    """The threads of a block wait for each other: none may begin before all are there."""
    lines = [[f"w{(7 * i + j) % 999}" for j in range(12)] for i in range(5_000)]
    corpus = Corpus.from_sentences(lines, min_count=1)
    SkipGram(dim=8, epochs=1).train(corpus, threads=1)
    start, started = threading.Thread.start, []

    def fail_at_the_third(thread):
        started.append(thread)
        if len(started) == 3:
            raise error("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", fail_at_the_third)
    with pytest.raises(error):
        SkipGram(dim=8, epochs=1).train(corpus, threads=4)
