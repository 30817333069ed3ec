import numpy as np
import pytest
from small_blocks import text_case
from wordvec.kernels.steps import SKIPGRAM, Task

from wordvec.train.team import Pace, Team, count_places, padded


def run(threads, speed_of, spans):
    """Return how many threads were chosen for each span."""
    pace, chosen = Pace(threads), []
    for number in range(spans):
        chosen.append(pace.choose())
        pace.note(chosen[-1], speed_of(chosen[-1], number))
    return chosen


def test_every_number_is_tried_and_the_fastest_kept():
    chosen = run(8, lambda threads, _: {8: 3.0, 4: 5.0, 2: 4.0, 1: 2.0}[threads], 200)
    assert chosen[:5] == [8, 8, 4, 2, 1]  # the first one compiles and does not count
    assert chosen.count(4) > 180
    assert {8, 2, 1} <= set(chosen[20:])


def test_change_is_noticed():
    chosen = run(2, lambda threads, number: float(threads == (2 if number < 100 else 1)), 300)
    assert chosen[50:100].count(2) > 45
    assert chosen[200:].count(1) > 90


def test_one_thread_has_no_choice():
    assert set(run(1, lambda *_: 1.0, 50)) == {1}
    assert set(run(3, lambda *_: 1.0, 50)) == {3, 1}


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_how_many_threads_train_a_span_changes_no_bit(threads, monkeypatch):
    schedule, draws = text_case()
    rates = np.array([0.05, 0.04, 0.03], np.float32)
    found = []
    for plan in ([1, 1, 1], [threads, 1, threads], [1, threads, 1]):
        W, U = padded(6, 48), padded(6, 48)
        W[:] = np.random.default_rng(1).normal(0, 0.3, W.shape)
        task = Task(SKIPGRAM, count_places(3), 1, 0, True, rates, W, U, np.zeros(3), np.zeros(3))
        chosen = iter(plan)
        monkeypatch.setattr(Pace, "choose", lambda _, chosen=chosen: next(chosen))
        with Team(threads, "blocks", schedule, draws) as team:
            for block in range(3):
                team.train(block, block + 1, schedule, draws, task)
        found.append(W.tobytes() + U.tobytes())
    assert len(set(found)) == 1
