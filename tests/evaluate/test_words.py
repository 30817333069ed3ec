"""What word of a test set is which row, and what becomes of words that are not there."""

import unicodedata

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary
from wordvec.errors import ParameterError, UnknownWordError
from wordvec.evaluate.words import look_up

WORDS = ("paris", "Paris", "new_york", "café", "ice cream", "rome")


@pytest.fixture
def vectors():
    return Embeddings(Vocabulary(WORDS, np.arange(6, 0, -1)), np.arange(12, dtype=np.float32).reshape(6, 2))


def test_words_are_found_as_they_are_written_and_a_little_otherwise(vectors):
    lookup = look_up(vectors)
    asked = ["PARIS", "New York", unicodedata.normalize("NFD", "Café"), "ice_cream", "oslo"]
    assert [lookup.get(word) for word in asked] == [0, 2, 3, 4, -1]
    assert lookup.usable.tolist() == [True, False, True, True, True, True]
    exact = look_up(vectors, case="keep")
    assert [exact.get(word) for word in ("PARIS", "Paris", "new york")] == [-1, 1, 2]
    assert exact.usable.all()


def test_rows_and_what_is_kept(vectors):
    items = [("paris", "rome"), ("oslo", "rome"), ("oslo", "bonn")]
    for missing, kept in (("skip", [True, False, False]), ("zero", [True] * 3), ("mean", [True] * 3)):
        lookup = look_up(vectors, missing=missing)
        rows = lookup.rows(items)
        assert rows.tolist() == [[0, 5], [-1, 5], [-1, -1]]
        assert lookup.kept(rows).tolist() == kept
        assert lookup.kept(rows[2:]).tolist() == [False], "substitutes alone are no score"
    with pytest.raises(UnknownWordError, match="'oslo' is not among the 5 words of this vocabulary"):
        look_up(vectors, missing="error").rows(items)
    assert look_up(vectors).rows([]).shape == (0, 0)


def test_substitutes(vectors):
    rows = np.array([[0, -1], [-1, 5]])
    zero, mean = (look_up(vectors, missing=missing).vectors(rows) for missing in ("zero", "mean"))
    assert zero.tolist() == [[[0, 1], [0, 0]], [[0, 0], [10, 11]]]
    assert mean.tolist() == [[[0, 1], [5, 6]], [[5, 6], [10, 11]]]
    assert zero.dtype == np.float64


def test_the_policy_says_all(vectors):
    assert look_up(vectors).policy == "skip unknown, ignore case"
    assert look_up(vectors, missing="mean", case="keep", restrict=2).policy == (
        "mean for unknown, keep case, first 2 words"
    )
    # Also where nothing was cut: models of different size are compared under one policy.
    assert look_up(vectors, restrict=100).policy == "skip unknown, ignore case, first 100 words"


@pytest.mark.parametrize(
    "options, message",
    [
        ({"missing": "drop"}, "missing must be 'skip', 'error', 'zero' or 'mean', got 'drop'"),
        ({"case": "fold"}, "case must be 'ignore' or 'keep', got 'fold'"),
        ({"restrict": 0}, "restrict must be an integer >= 1, got 0"),
    ],
)
def test_messages(vectors, options, message):
    with pytest.raises(ParameterError, match=message):
        look_up(vectors, **options)
