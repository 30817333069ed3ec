import threading
import time

import pytest

from wordvec.align.training import train_side_by_side
from wordvec.progress import Progress


@pytest.mark.parametrize("labels", [["bad", "long"], ["long", "bad"]])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_one_failure_stops_the_others(labels, error):
    ended = []

    def train(label, share, watch):
        began = time.perf_counter()
        try:
            while time.perf_counter() - began < 20:
                if label == "bad" and time.perf_counter() - began > 0.1:
                    raise error
                watch(Progress(label, 0, 0, "words"))
                time.sleep(0.01)
        finally:
            ended.append((label, time.perf_counter() - began))

    with pytest.raises(error):
        train_side_by_side(train, labels, threads=2, progress=None)
    assert {label for label, _ in ended} == {"bad", "long"}
    assert max(seconds for _, seconds in ended) < 5


def test_results_come_in_the_order_of_the_labels_and_progress_from_everywhere():
    seen, gate = [], threading.Barrier(2)

    def train(label, share, watch):
        gate.wait(timeout=10)  # both run at the same time
        watch(Progress(label, 1, 1, "words"))
        return label.upper()

    assert train_side_by_side(train, ["b", "a"], threads=2, progress=seen.append) == ("B", "A")
    assert sorted(report.stage for report in seen) == ["a", "b"]


@pytest.mark.parametrize(("threads", "share"), [(1, 1), (2, 1), (3, 1), (5, 2)])
def test_threads_are_shared_out(threads, share):
    shares = train_side_by_side(lambda label, share, watch: share, ["a", "b"], threads=threads, progress=None)
    assert shares == (share, share)
