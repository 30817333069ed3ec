"""Ranks of answers: plain loops, hand-made ties, threads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wordvec.evaluate.ranks as module
from wordvec import Embeddings, Vocabulary
from wordvec.errors import ParameterError
from wordvec.evaluate.ranks import METHODS, NEVER, answer_ranks


def embeddings_of(words, rows):
    return Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), np.asarray(rows, np.float32))


def unit_rows(vectors, substitute):
    """Return float64 vectors of length 1 or 0; the last, for row -1, is the substitute."""
    rows = np.vstack([vectors, substitute]).astype(float)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def naive_scores(units, question, method, others):
    """Return the score of every word, one at a time; None where the question has no answer."""
    a, b, c = (units[row] for row in question[:3])
    if method == "3cosadd":
        return [d @ b - d @ a + d @ c for d in units[:-1]]
    if method == "3cosmul":
        return [(d @ b + 1) / 2 * (d @ c + 1) / 2 / ((d @ a + 1) / 2 + 0.001) for d in units[:-1]]
    if method == "3cosavg":
        query = c + (np.mean([units[y] - units[x] for x, y in others], axis=0) if others else 0)
        return [d @ query for d in units[:-1]]
    if np.linalg.norm(b - a) < 1e-3:
        return None
    return [(d - c) @ (b - a) / np.linalg.norm(b - a) / max(1e-3, np.linalg.norm(d - c)) for d in units[:-1]]


def naive_bounds(units, question, right, usable, method, exclude, others):
    """Return the least and the highest rank of the best right answer, scores the same to rounding being ties."""
    scores = naive_scores(units, question, method, others)
    barred = (set(question[2:3]) if method == "3cosavg" else set(question[:3])) if exclude else set()
    allowed = [w for w in range(len(usable)) if usable[w] and w not in barred]
    right = [w for w in right if w in allowed]
    if scores is None or not right:
        return NEVER, NEVER
    best = max(scores[w] for w in right)
    return 1 + sum(scores[w] > best + 1e-4 for w in allowed), sum(scores[w] > best - 1e-4 for w in allowed)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(5, 30),
    dim=st.integers(3, 8),
    block=st.sampled_from([1, 5, 1 << 15]),
    threads=st.integers(1, 3),
    exclude=st.booleans(),
    mean=st.booleans(),
    answers=st.integers(0, 9),
)
def test_ranks_equal_the_plain_loop(seed, n, dim, block, threads, exclude, mean, answers):
    rng = np.random.default_rng(seed)
    embeddings = embeddings_of([str(i) for i in range(n)], rng.normal(size=(n, dim)))
    usable = rng.random(n) < 0.8
    asked = rng.choice(np.append(np.flatnonzero(usable), [0, -1]), size=(12, 4))
    usable[0] = True
    category = rng.integers(0, 2, 12)
    more = np.column_stack([rng.integers(0, 12, answers), rng.integers(-1, n, answers)])
    substitute = embeddings.vectors.mean(axis=0) if mean else np.zeros(dim, np.float32)
    keep, module._BLOCK = module._BLOCK, block
    keep_offsets, module._OFFSETS = module._OFFSETS, min(block, 3)
    try:
        ranks = answer_ranks(
            embeddings,
            asked,
            usable,
            category=category,
            more=more,
            exclude=exclude,
            substitute=substitute if mean else None,
            threads=threads,
        )
    finally:
        module._BLOCK, module._OFFSETS = keep, keep_offsets
    units = unit_rows(embeddings.vectors, substitute)
    assert tuple(ranks) == METHODS
    for i, question in enumerate(asked.tolist()):
        right = [question[3], *more[more[:, 0] == i, 1]]
        pairs = {
            tuple(pair) for q in asked[category == category[i]].tolist() for pair in (q[:2], q[2:]) if min(pair) >= 0
        }
        others = sorted(pairs - {tuple(question[2:])})
        for method in METHODS:
            low, high = naive_bounds(units, question, right, usable, method, exclude, others)
            assert low <= ranks[method][i] <= high, (method, question)


def test_asked_for_itself_the_answer_is_the_third_word():
    # With a = b the best word is c; without c it must be another one, and a direction there is none.
    embeddings = embeddings_of("abcdef", np.random.default_rng(3).normal(size=(6, 4)))
    asked = np.array([[0, 0, 2, d] for d in range(6)])
    allowed = answer_ranks(embeddings, asked, np.ones(6, bool), exclude=False)
    barred = answer_ranks(embeddings, asked, np.ones(6, bool))
    for method in ("3cosadd", "3cosmul"):
        assert allowed[method].tolist().index(1) == 2
        assert sorted(barred[method]) == [1, 2, 3, 4, NEVER, NEVER]
        assert barred[method].tolist().index(1) not in (0, 2)
    assert set(allowed["pairdirection"]) == set(barred["pairdirection"]) == {NEVER}


def test_the_pair_asked_for_is_not_in_the_mean():
    # Alone, the first two pairs point up, the third to the right; each is asked with the mean of the two others.
    rows = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1], [1, 0, 0, 1]], np.float32)
    embeddings = embeddings_of("abcdef", rows)
    asked = np.array([[0, 1, 2, 3], [2, 3, 0, 1], [0, 1, 4, 5], [2, 3, 4, 5]])
    units = unit_rows(rows, np.zeros(4))
    up, right = (units[1] - units[0] + units[3] - units[2]) / 2, units[5] - units[4]
    first = units[2] + ((units[1] - units[0]) + right) / 2
    third = units[4] + up
    expected = [1 + int(sum(units[:-1] @ query > units[d] @ query)) for query, d in ((first, 3), (third, 5))]
    found = answer_ranks(embeddings, asked, np.ones(6, bool), ["3cosavg"], exclude=False)["3cosavg"]
    assert (found[0], found[2], found[3]) == (expected[0], expected[1], expected[1])


def test_exact_ties_go_to_the_first_word():
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1], [0, 1, 1]]
    embeddings = embeddings_of("abcde", rows)
    asked = np.array([[0, 1, 2, 3], [0, 1, 2, 4]])
    assert answer_ranks(embeddings, asked, np.ones(5, bool))["3cosadd"].tolist() == [1, 2]


def test_vectors_without_length_are_no_trouble():
    embeddings = embeddings_of("abcde", [[1, 0], [0, 1], [1, 1], [0, 0], [2, 1]])
    ranks = answer_ranks(embeddings, np.array([[0, 1, 2, 3], [3, 1, 2, 4]]), np.ones(5, bool))
    assert all(1 <= rank <= 4 for ranks_of in ranks.values() for rank in ranks_of)
    none = embeddings_of("abcd", np.zeros((4, 2)))
    ranks = answer_ranks(none, np.array([[0, 1, 2, 3]]), np.ones(4, bool))
    assert [of.tolist() for of in ranks.values()] == [[1], [1], [3], [NEVER]]


def test_an_answer_without_a_score_is_never_right():
    embeddings = embeddings_of("abcde", [[1, 0], [0, 1], [1, 1], [np.nan, 0], [2, 1]])
    ranks = answer_ranks(embeddings, np.array([[0, 1, 2, 3], [3, 1, 2, 4], [0, 1, 2, 4]]), np.ones(5, bool))
    assert [of.tolist()[:2] for of in ranks.values()] == [[NEVER, NEVER]] * 4
    assert [of.tolist()[2] for of in ranks.values()][:2] == [1, 1]


def test_ranks_are_the_same_for_any_number_of_threads():
    rng = np.random.default_rng(8)
    embeddings = embeddings_of([str(i) for i in range(5000)], rng.normal(size=(5000, 20)))
    asked = rng.integers(0, 5000, (50, 4))
    usable = rng.random(5000) < 0.9
    one, three = (answer_ranks(embeddings, asked, usable, threads=threads) for threads in (1, 3))
    assert tuple(one) == METHODS and all((one[method] == three[method]).all() for method in one)
    with pytest.raises(ParameterError, match="threads must be an integer >= 1, got 0"):
        answer_ranks(embeddings, asked, usable, threads=0)
