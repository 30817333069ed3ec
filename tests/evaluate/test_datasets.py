"""Test sets that ship with the package."""

import pytest

from wordvec.errors import ParameterError
from wordvec.evaluate.analogy import read_questions
from wordvec.evaluate.datasets import bundled


def test_google_analogies_are_the_published_ones():
    dataset = bundled("questions-words.txt")
    assert dataset.sha256 == "8c29b3332afc46f3fb8be04cb5297bf96f39aa7131272dff57869b4485b22a36"
    questions = read_questions(dataset)
    assert (len(questions), len(questions.categories)) == (19544, 14)
    assert questions.categories[4] == "family"


def test_unknown_name():
    with pytest.raises(ParameterError, match=r"name must be one of questions-words.txt, got 'msr'"):
        bundled("msr")
