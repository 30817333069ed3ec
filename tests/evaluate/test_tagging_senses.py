"""Tagging by vectors of senses: a token is seen by what its word means in its sentence."""

import numpy as np
from small_senses import small_senses

from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.tagger import TaggerSettings
from wordvec.evaluate.tagger_input import see
from wordvec.evaluate.tagging import evaluate_tagging, read_tagging
from wordvec.evaluate.words import look_up


def test_a_token_is_seen_by_its_sense_in_its_sentence() -> None:
    senses = small_senses()
    text = Dataset("toy", "bank A\nriver B\n\nbank C\nmoney D\nzebra E\n\nwater B\n", "")
    texts = read_tagging(text, text, task="pos")
    seen = see(look_up(senses), texts.train, texts.test, TaggerSettings(window=0))
    plain = see(look_up(senses.merge()), texts.train, texts.test, TaggerSettings(window=0))
    # Two tokens of bank in each of two texts; the other words have one sense.
    assert len(seen.tables[0]) == len(plain.tables[0]) + 4
    assert seen.known.tolist() == plain.known.tolist() == [True, True, True, True, False, True]
    np.testing.assert_array_equal(seen.targets, plain.targets)
    first, second = (senses.disambiguate("bank", [other]).probabilities for other in ("river", "money"))
    vectors = np.stack([senses["bank", 1], senses["bank", 2]])
    expected = np.stack([np.array(first) @ vectors, np.array(second) @ vectors, senses["river", 1], senses["water", 1]])
    rows = seen.tables[0][seen.test[[0, 2, 1, 5], 0], :2]
    # The table is shifted and scaled by one number, so differences keep their ratios.
    ratio = (rows[0] - rows[1]) / (expected[0] - expected[1])
    np.testing.assert_allclose((rows[2] - rows[3]) / (expected[2] - expected[3]), ratio, rtol=1e-4)
    np.testing.assert_allclose((rows[0] - rows[2]) / (expected[0] - expected[2]), ratio, rtol=1e-4)
    # Random vectors are the words', whatever their sense.
    assert np.array_equal(*seen.tables[1][seen.test[[0, 2], 0]])


def test_senses_help_where_one_vector_cannot() -> None:
    sentences = ["bank A\nriver B", "water B\nbank A", "bank C\nmoney D", "loan D\nbank C"] * 30
    text = Dataset("toy", "\n\n".join(sentences), "")
    texts = read_tagging(text, text, task="pos")
    settings = TaggerSettings(sizes=(None,), window=0, epochs=60)
    told, plain = (
        evaluate_tagging(vectors, texts, settings=settings)["score"].iloc[0]
        for vectors in (small_senses(), small_senses().merge())
    )
    assert told > 0.85 and plain <= 0.75
