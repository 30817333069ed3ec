"""Words in context: similarity of senses, thresholds, and what needs no senses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_senses import small_senses

from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.contextual_similarity import (
    context_vectors,
    evaluate_contextual_similarity,
    score_contextual_similarity,
    similarities_in_context,
)
from wordvec.evaluate.sense_tags import gather_contexts, sense_rows
from wordvec.evaluate.sets.context_pairs import ContextPairs
from wordvec.evaluate.sets.contexts import Occurrence
from wordvec.evaluate.word_in_context import (
    WordInContext,
    best_threshold,
    evaluate_word_in_context,
    score_word_in_context,
)
from wordvec.evaluate.words import look_up

WATER, MONEY = Occurrence(("the", "river"), ("water",)), Occurrence(("money",), ("loan",))


def pairs(*rows, name="toy", sha256="1"):
    words, around, scores = zip(*((tuple(w.split()), sides, score) for w, sides, score in rows), strict=True)
    return ContextPairs(name, sha256, words, around, np.array(scores, dtype=float))


def cosine(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_similarities_are_their_definitions():
    senses = small_senses()
    lookup = look_up(senses)
    rows = np.array([0, 0]), np.array([0, 3])
    contexts = [gather_contexts(lookup, part, [side, side]) for part, side in zip(rows, (WATER, MONEY), strict=True)]
    found = similarities_in_context(lookup, "scws", (rows[0], contexts[0]), (rows[1], contexts[1]))
    here = senses.disambiguate("bank", ["river", "water"]).probabilities
    there = senses.disambiguate("bank", ["money", "loan"]).probabilities
    near = [[cosine(senses["bank", i], senses["bank", j]) for j in (1, 2)] for i in (1, 2)]
    assert found["AvgSimC"][0] == pytest.approx(np.array(here) @ near @ np.array(there))
    assert found["MaxSimC"][0] == pytest.approx(near[0][1])
    assert found["AvgSim"][0] == pytest.approx(np.mean(near))
    assert found["AvgSim by prevalence"][0] == pytest.approx(np.array([0.6, 0.4]) @ near @ np.array([0.6, 0.4]))
    alone = [cosine(senses["bank", i], senses["money", 1]) for i in (1, 2)]  # money's pruned sense counts nothing
    assert found["AvgSim"][1] == pytest.approx(np.mean(alone))
    assert found["MaxSimC"][1] == pytest.approx(alone[0])


def test_contexts_tell_similarities():
    data = pairs(
        ("bank river", (WATER, WATER), 9), ("bank river", (MONEY, WATER), 2), ("bank money", (MONEY, MONEY), 8),
        ("bank money", (WATER, MONEY), 1), ("bank zebra", (WATER, MONEY), 1), ("bank bank", (WATER, MONEY), 3),
    )  # fmt: skip
    table = evaluate_contextual_similarity(small_senses(), data)
    found = dict(zip(table["metric"], table["score"], strict=True))
    assert list(found) == [
        "AvgSimC spearman", "MaxSimC spearman", "AvgSim spearman", "AvgSim by prevalence spearman",
        "one vector (baseline) spearman", "word + 0.3 context (baseline) spearman",
    ]  # fmt: skip
    assert found["AvgSimC spearman"] > 0.75 > found["one vector (baseline) spearman"]
    assert set(table["n"]) == {5} and set(table["missing"]) == {1} and set(table["unit"]) == {"word (too few)"}
    plain = evaluate_contextual_similarity(small_senses().merge(), data)
    assert plain["metric"].tolist() == table["metric"].tolist()[4:]
    np.testing.assert_array_equal(plain["score"], table["score"][4:])
    flat = evaluate_contextual_similarity(small_senses(), data, temperature=10, rule="cosine")["metric"].tolist()
    assert flat[:3] == [f"{name} spearman{how}" for name, how in (
        ("AvgSimC", ", cosine rule, temperature 10"), ("MaxSimC", ", cosine rule, temperature 10"), ("AvgSim", ""),
    )]  # fmt: skip


def test_unknown_words_of_pairs():
    data = pairs(*[("bank zebra", (WATER, MONEY), 1), ("bank river", (WATER, WATER), 2)] * 2)
    lookup = look_up(small_senses(), missing="mean")
    rows = sense_rows(lookup, "scws", np.array([-1]))
    np.testing.assert_allclose(rows.vectors[0, 0], small_senses().merge().vectors.mean(axis=0), rtol=1e-6)
    assert rows.prevalence.tolist() == [[1.0, 0.0]] and not rows.vectors[0, 1].any()
    assert {len(one) for one in score_contextual_similarity(lookup, data)} == {4}
    with pytest.raises(UnknownWordError, match="'zebra' is not among"):
        evaluate_contextual_similarity(small_senses(), data, missing="error")


def test_equal_similarities_tie():
    data = pairs(*[("river river", (WATER, MONEY), score) for score in range(12)])
    outcome = score_contextual_similarity(look_up(small_senses()), data)[0]
    assert len(set(outcome.values[:, 0])) == 1


def test_context_vectors_are_centered_weighted_means():
    lookup = look_up(small_senses())
    contexts = gather_contexts(lookup, np.array([0, 0]), [WATER, Occurrence(("zebra",), ())])
    found = context_vectors(lookup, contexts)
    units = lookup.embeddings.vectors / np.linalg.norm(lookup.embeddings.vectors, axis=1, keepdims=True)
    shares = lookup.embeddings.vocabulary.counts / lookup.embeddings.vocabulary.counts.sum()
    weights = 1e-4 / (1e-4 + shares)
    mean = (weights[1] * units[1] + weights[2] * units[2]) / (weights[1] + weights[2])
    mean = mean - (shares * weights) @ units / (shares @ weights)
    np.testing.assert_allclose(found[0], mean / np.linalg.norm(mean), rtol=1e-5)
    assert not found[1].any()


def usages(seed, count, sha256):
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(count):
        one, other = rng.integers(0, 2, 2)
        rows.append(("bank bank", ((WATER, MONEY)[one], (WATER, MONEY)[other]), float(one == other)))
    return pairs(*rows, name=sha256, sha256=sha256)


def test_the_same_sense_is_told_from_another():
    data = WordInContext("b", "b", usages(1, 40, "a"), usages(2, 30, "b"))
    table = evaluate_word_in_context(small_senses(), data)
    assert table["metric"].tolist() == [
        "AvgSimC accuracy", "MaxSimC accuracy", "contexts (baseline) accuracy", "majority (baseline) accuracy",
    ]  # fmt: skip
    assert table["score"].tolist()[:2] == [1.0, 1.0] and table["score"].iloc[3] < 0.8
    assert set(table["n"]) == {30} and table["policy"].str.endswith("threshold from a a").all()


def test_the_threshold_is_of_the_training_part_alone():
    train = usages(1, 40, "a")
    turned = ContextPairs("a", "a", train.words, train.around, 1.0 - train.scores)
    test = usages(2, 30, "b")
    lookup = look_up(small_senses())
    right = score_word_in_context(lookup, WordInContext("b", "b", train, test))[0]
    wrong = score_word_in_context(lookup, WordInContext("b", "b", turned, test))[0]
    assert right.score == 1.0 and wrong.score in (test.scores.mean(), 1.0 - test.scores.mean())


def test_word_in_context_counts_and_refuses():
    unknown = pairs(("zebra zebra", (WATER, MONEY), 1.0), name="a", sha256="a")
    test = usages(2, 30, "b")
    with pytest.raises(FormatError, match="a: no word of the training part is known, so there is no threshold"):
        evaluate_word_in_context(small_senses(), WordInContext("b", "b", unknown, test))
    outcomes = score_word_in_context(look_up(small_senses()), WordInContext("a", "a", test, unknown))
    assert {(len(one), one.missing) for one in outcomes} == {(0, 1)}
    with pytest.raises(ParameterError, match="vectors must be those of senses for the task wic"):
        score_word_in_context(look_up(small_senses().merge()), WordInContext("b", "b", test, test))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), n=st.integers(1, 15))
def test_no_threshold_is_better(seed, n):
    rng = np.random.default_rng(seed)
    scores, labels = rng.integers(0, 6, n) / 5, rng.random(n) < 0.5
    found = best_threshold(scores, labels)
    best = max(((scores >= t) == labels).mean() for t in [-1.0, 2.0, *(np.unique(scores) + 1e-9), *np.unique(scores)])
    assert ((scores >= found) == labels).mean() == best
