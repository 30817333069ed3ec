"""Word sense induction: senses that were planted are found, and every row says what it rests on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_senses import small_senses

from wordvec import Vocabulary
from wordvec.errors import ParameterError, UnknownWordError
from wordvec.evaluate.agreement import adjusted_rand
from wordvec.evaluate.comparison.compare import compare_outcomes
from wordvec.evaluate.comparison.store import Result, add_results, read_results
from wordvec.evaluate.induction import (
    SenseItems,
    evaluate_induction,
    score_answers,
    score_assignments,
    score_induction,
)
from wordvec.evaluate.outcome import outcome_table
from wordvec.evaluate.sets.contexts import Occurrence
from wordvec.evaluate.words import look_up
from wordvec.senses.embeddings import SenseEmbeddings

DIM, WORDS, TOPICS = 8, 24, 3


def planted(noise=0.0, seed=0):
    """Words ``t0 ...`` with a sense for each of three topics, and topics of twenty context words each."""
    rng = np.random.default_rng(seed)
    centers = np.eye(DIM, dtype=np.float32)[:TOPICS] * 4
    own = np.repeat(centers, 20, axis=0) + noise * rng.normal(size=(60, DIM)).astype(np.float32)
    names = [f"t{i}" for i in range(WORDS)] + [f"c{i}" for i in range(60)]
    prevalence = np.zeros((len(names), TOPICS))
    prevalence[:WORDS] = 1 / TOPICS
    prevalence[WORDS:, 0] = 1.0
    vectors = np.concatenate([np.repeat(centers[None], WORDS, axis=0), np.repeat(own[:, None], TOPICS, axis=1)])
    return SenseEmbeddings(
        Vocabulary(tuple(names), np.arange(len(names), 0, -1)),
        vectors=vectors.astype(np.float32),
        prevalence=prevalence,
        context=np.concatenate([np.zeros((WORDS, DIM)), own]).astype(np.float32),
        gates=np.stack([np.zeros((TOPICS, DIM)), centers]).astype(np.float32),
        gate_biases=np.zeros((2, TOPICS), np.float32),
        gate_rows=np.array([1] * WORDS + [0] * 60, np.int32),
    )


def instances(words=WORDS, each=12, seed=1, graded=False):
    rng = np.random.default_rng(seed)
    targets, names, around, gold = [], [], [], []
    for word in range(words):
        for i in range(each):
            topic = int(rng.integers(TOPICS)) if i >= TOPICS else i
            tokens = [f"c{20 * topic + int(rng.integers(20))}" for _ in range(4)]
            targets.append(f"t{word}.n")
            names.append(f"t{word}.n.{i}")
            around.append(Occurrence(tuple(tokens[:2]), ("unknown", f"t{word}", *tokens[2:])))
            other = {f"s{(topic + 1) % TOPICS}": 1.0} if graded and i % 4 == 0 else {}
            gold.append({f"s{topic}": 4.0, **other})
    return SenseItems("toy", "11", tuple(targets), tuple(names), tuple(around), tuple(gold))


def scores(table):
    return dict(zip(table["metric"], table["score"], strict=True))


def test_planted_senses_are_found():
    table = evaluate_induction(planted(0.1), instances())
    found = scores(table)
    assert list(found)[:4] == ["ARI", "k", "V-measure", "paired F"]
    assert (found["ARI"], found["k"], found["V-measure"], found["paired F"]) == (1.0, 3.0, 1.0, 1.0)
    assert (found["one sense (baseline) ARI"], found["one sense (baseline) k"]) == (0.0, 1.0)
    assert abs(found["random of 3 (baseline) ARI"]) < 0.1 and found["known instances"] == 1.0
    assert set(table["n"]) == {WORDS} and set(table["missing"]) == {0} and set(table["task"]) == {"induction"}
    assert table.loc[table["metric"] == "one sense (baseline) ARI", "unit"].item() == "word (all alike)"


def test_scores_are_means_over_words_of_their_own_scores():
    data, senses = instances(), planted(6.0)
    outcome = score_induction(look_up(senses), data)[0]
    for word in (0, 7, 23):
        here = [i for i, target in enumerate(data.targets) if target == f"t{word}.n"]
        labels = []
        for i in here:
            tokens = [*data.around[i].left, *data.around[i].right]
            labels.append(senses.disambiguate(f"t{word}", tokens).best)
        gold = np.unique([max(data.gold[i]) for i in here], return_inverse=True)[1]
        assert outcome.values[word, 0] == pytest.approx(adjusted_rand(gold, np.array(labels)))
    assert outcome.score == pytest.approx(outcome.values[:, 0].mean()) and 0.0 < outcome.score < 1.0
    interval = outcome.interval()
    plain = 2.069 * outcome.values[:, 0].std(ddof=1) / np.sqrt(WORDS)  # t of 23 degrees of freedom
    assert interval.high - interval.low == pytest.approx(2 * plain, rel=0.05)
    assert interval.unit == "word"


def test_the_window_is_of_known_words_and_not_of_the_word_itself():
    gold = tuple({sense: 1.0} for sense in ("shore", "shore", "firm", "firm"))
    water, money = Occurrence(("money", "river", "bank", "xyz"), ()), Occurrence(("river", "loan", "bank"), ())
    data = SenseItems("toy", "", ("bank.n",) * 4, tuple("1234"), (water, water, money, money), gold)
    near = scores(evaluate_induction(small_senses(), data, window=1))
    assert near["ARI, window 1"] == 1.0
    assert scores(evaluate_induction(small_senses(), data, window=1, rule="cosine", temperature=2))[
        "ARI, cosine rule, temperature 2, window 1"
    ] == pytest.approx(1.0)
    with pytest.raises(ParameterError, match="window must be an integer >= 1, or None for all words, got 0"):
        evaluate_induction(small_senses(), data, window=0)


def test_unknown_words_are_counted_and_answered_as_asked():
    data = instances()
    data = replace(data, targets=tuple("zebra.n" if target == "t3.n" else target for target in data.targets))
    senses = planted()
    table = evaluate_induction(senses, data)
    assert set(table["n"][:4]) == {WORDS - 1} and set(table["missing"]) == {1}
    assert scores(table)["known instances"] == pytest.approx((WORDS - 1) / WORDS)
    one = evaluate_induction(senses, data, missing="zero")
    assert set(one["n"]) == {WORDS} and set(one["missing"]) == {1}
    assert scores(one)["ARI"] == pytest.approx((WORDS - 1) / WORDS)
    with pytest.raises(UnknownWordError, match="'zebra' is not among"):
        evaluate_induction(senses, data, missing="error")
    nothing = evaluate_induction(small_senses(), data, missing="zero")
    assert set(nothing["n"]) == {0} and nothing["score"].isna().all()


def test_one_vector_per_word_is_refused():
    with pytest.raises(ParameterError, match="vectors must be those of senses for the task induction, got one vector"):
        score_induction(look_up(planted().merge()), instances())


def test_graded_keys_have_fuzzy_measures_too():
    found = scores(evaluate_induction(planted(), instances(graded=True)))
    assert 0.5 < found["fuzzy NMI"] < 1.0 and 0.5 < found["fuzzy B-cubed"] < 1.0
    assert found["ARI"] == 1.0  # of the heaviest sense
    assert found["one sense (baseline) fuzzy NMI"] == 0.0
    same = score_answers(instances(graded=True), instances(graded=True).gold)
    assert {o.metric: round(o.score, 12) for o in same}["fuzzy B-cubed"] == 1.0


def test_words_of_one_sense_are_not_scored():
    data = instances(words=3)
    gold = tuple({"s": 1.0} if target == "t1.n" else one for target, one in zip(data.targets, data.gold, strict=True))
    assert set(evaluate_induction(planted(), replace(data, gold=gold))["n"]) == {2}


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_the_order_of_lines_changes_nothing(seed):
    data, order = instances(words=6), np.random.default_rng(seed).permutation(72)
    parts = [tuple(part[i] for i in order) for part in (data.targets, data.instances, data.around, data.gold)]
    moved = SenseItems(data.name, data.sha256, *parts)
    one, other = (scores(evaluate_induction(planted(1.5), one)) for one in (data, moved))
    assert one == pytest.approx(other, abs=1e-12)


def test_answers_from_elsewhere_are_scored_alike():
    data = instances()
    answers = [{sense: 1.0 for sense in gold} for gold in data.gold]
    found = score_answers(data, [*answers[:-1], None])
    assert found[0].score == 1.0 and len(found[0]) == WORDS - 1 and found[0].missing == 1
    assert score_answers(data, ["x"] * len(data))[0].score == 0.0
    with pytest.raises(ParameterError, match="answers must be one for each of 288 instances, got 2"):
        score_answers(data, ["x", "y"])
    with pytest.raises(ParameterError, match=r"found.shape must be \(288, K\), got \(3, 1\)"):
        score_assignments(data, np.ones((3, 1)), policy="")


def test_two_systems_are_compared_by_the_words_that_both_know():
    data = instances(words=20)
    sharp = score_induction(look_up(planted(2.0)), data)
    blurred = score_induction(look_up(planted(7.0)), data)
    table = compare_outcomes({"A": [sharp], "B": [blurred]}, resamples=0)
    row = table[table["metric"] == "ARI"].iloc[0]
    one, other = sharp[0].values[:, 0], blurred[0].values[:, 0]
    differences = one - other
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    assert row["difference"] == pytest.approx(differences.mean()) and row["se"] == pytest.approx(error)
    assert row["high"] - row["low"] == pytest.approx(2 * 2.093 * error, rel=1e-3)  # t of 19 degrees of freedom
    assert row["n"] == 20 and row["unit"] == "word" and row["primary"] and row["verdict"] == "better"


def test_results_are_kept_and_read_again(tmp_path):
    outcomes = tuple(score_induction(look_up(planted(1.0)), instances()))
    add_results(tmp_path / "r.jsonl", [Result("a", "d", outcomes)])
    again = read_results(tmp_path / "r.jsonl")[0].outcomes
    left, right = (outcome_table(one).drop(columns="seconds") for one in (outcomes, again))
    assert left.equals(right)


def test_counts_have_an_interval_without_an_upper_bound():
    data = instances()
    k = next(one for one in score_induction(look_up(planted(7.0)), data) if one.metric == "k")
    mixed = replace(k, values=np.where(np.arange(WORDS) % 2 == 0, 2.0, 5.0)[:, None])
    interval = mixed.interval()
    assert 1.0 < interval.low < mixed.score == 3.5 < interval.high < 5.0
    few = mixed.take(np.arange(3)).interval()
    assert np.isnan(few.low) and few.unit == "word (too few)"
    alike = replace(k, values=np.full((WORDS, 1), 3.0)).interval()
    assert (alike.low, alike.high, alike.unit) == (3.0, 3.0, "word (all alike)")
