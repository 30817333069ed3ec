"""Temporal referencing in the training kernels, against its twin."""

import naive_references as naive
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config
from numpy.testing import assert_allclose
from small_blocks import text_case
from wordvec.kernels.references import ReferenceTask, redraw, refer_windows
from wordvec.kernels.steps import CBOW, SKIPGRAM, prepare
from wordvec.kernels.windows import prepare_block

from wordvec.train.team import Team, count_places, make_windows, padded

V, P, SLICES = 6, 48, 2
#: Words 0 to 3 have a row for each slice, 4 and 5 one for both.
ROWS = np.array([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 5], np.int32)
WORDS = np.tile(np.arange(V, dtype=np.int32), 1 + SLICES)


def case(seed=0, model=SKIPGRAM, racing=False, negative=3):
    schedule, draws = text_case(seed, negative=negative, decay=not racing)
    rng = np.random.default_rng(seed)
    numbers = schedule.ids + (V * rng.integers(1, 1 + SLICES, len(schedule.ids))).astype(np.int32)
    schedule = schedule._replace(ids=numbers)
    draws = draws._replace(keep=np.tile(draws.keep, 1 + SLICES))
    W, U = padded(10, P), padded(V, P)
    W[:], U[:] = rng.normal(0, 0.3, (10, P)), rng.normal(0, 0.3, (V, P))
    rates = np.array([0.05, 0.04, 0.03], np.float32)
    text = model, count_places(negative), 1, 2, True, rates, W, U, np.zeros(3), np.zeros(3)
    return schedule, draws, ReferenceTask(*text, WORDS, ROWS)


cases = given(
    seed=st.integers(0, 999), model=st.sampled_from([SKIPGRAM, CBOW]), negative=st.sampled_from([1, 3, 5, 6, 11])
)


@pytest.mark.parametrize("racing", [False, True])
@settings(deadline=None, max_examples=5 if config.DISABLE_JIT else 40)
@cases
def test_a_span_equals_naive(racing, seed, model, negative):
    schedule, draws, task = case(seed, model, racing, negative)
    W, U = naive.train(0, 3, schedule, draws, task, racing)
    with Team(1, "racing" if racing else "blocks", schedule, draws) as team:
        team.train(0, 3, schedule, draws, task)
    assert_allclose(task.W, W, atol=1e-5)
    assert_allclose(task.U, U, atol=1e-5)


@settings(deadline=None, max_examples=5 if config.DISABLE_JIT else 40)
@cases
def test_no_noise_word_is_the_center_and_all_are_words(seed, model, negative):
    schedule, draws, task = case(seed, model, negative=negative)
    windows = make_windows(20, 3, negative)
    if config.DISABLE_JIT:
        prepare(0, schedule, draws, task, windows)
        refer_windows(0, task, draws, windows)
        outputs = windows.outputs[: windows.sizes[0]]
        used = [place for place in range(outputs.shape[1]) if place % 8 < 6][: negative + 1]
        assert (outputs < V).all()
        assert (outputs[:, used[1:]] != outputs[:, :1]).all()
    expected = naive.prepare(0, schedule, draws, task)
    assert all(window.outputs[0] not in window.outputs[1:] for window in expected)
    assert all(0 <= row < 10 for window in expected for row in window.contexts)


@settings(deadline=None, max_examples=60)
@given(block=st.integers(0, 10**6), w=st.integers(0, 511), place=st.integers(1, 15), center=st.integers(0, 5))
def test_redrawing_equals_naive(block, w, place, center):
    table = np.random.default_rng(1).integers(0, 6, 32).astype(np.int32)
    with np.errstate(over="ignore"):
        assert redraw(block, w, place, center, table) == naive.redraw(block, w, place, center, table)


@pytest.mark.parametrize("plan", [[(0, 1, 1), (1, 3, 1)], [(0, 3, 2)], [(0, 3, 5)]])
def test_spans_and_threads_give_the_bits_of_one_call(plan):
    results = []
    for spans in ([(0, 3, 1)], plan):
        schedule, draws, task = case()
        for first, last, threads in spans:
            with Team(1 if config.DISABLE_JIT else threads, "blocks", schedule, draws) as team:
                team.train(first, last, schedule, draws, task)
        results.append(task.W.tobytes() + task.U.tobytes())
    assert len(set(results)) == 1


def test_words_of_the_first_slice_alone_have_the_bits_of_plain_windows():
    """Where every number is of one slice, contexts are those that the plain kernel draws."""
    schedule, draws, task = case()
    plain = schedule._replace(ids=(schedule.ids % V).astype(np.int32))
    only = schedule._replace(ids=(schedule.ids % V + V).astype(np.int32))
    drawn = make_windows(20, 3, 3)
    prepare_block(0, 2, plain, np.float32(0.05), draws, drawn)
    referred = naive.prepare(0, only, draws, task)
    contexts = [row for window in referred for row in window.contexts]
    assert contexts == drawn.contexts[: drawn.sizes[1]].tolist()
