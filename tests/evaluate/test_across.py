"""Models over tasks: Wilcoxon's test, Borda count and gain ratio against hand tables and SciPy."""

import math

import numpy as np
import pytest
import scipy.stats
from evaluate.outcomes import hits, similarities
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wordvec.embeddings import Embeddings
from wordvec.errors import AlignmentError, ParameterError
from wordvec.evaluate.comparison.across import borda_points, compare_across
from wordvec.evaluate.comparison.baseline import random_embeddings
from wordvec.text.vocabulary import Vocabulary


def model(*rights, n=40):
    """One seed that answers the first so many of n questions in each task."""
    return [[hits(np.arange(n) < right, dataset=f"task {i}", sha256=f"{i}") for i, right in enumerate(rights)]]


@given(arrays(np.float64, (3, 4), elements=st.integers(0, 3).map(float)))
def test_borda_points_are_counted(scores):
    points = [
        sum(
            (a > b) + 0.5 * (a == b)
            for t in range(4)
            for j, b in enumerate(scores[:, t])
            if j != i
            for a in [scores[i, t]]
        )
        for i in range(3)
    ]
    assert borda_points(scores).tolist() == points
    assert borda_points(scores).sum() == 4 * 3


def test_wilcoxon_is_that_of_scipy():
    a, b = [31, 28, 33, 20, 25, 30, 29, 22], [30, 25, 28, 22, 21, 24, 20, 12]
    found = compare_across({"A": model(*a), "B": model(*b)})
    row = found.pairs.iloc[0]
    p = scipy.stats.wilcoxon(np.array(a) - b, method="exact").pvalue
    assert row.p == pytest.approx(p) and row.p_holm == row.p == pytest.approx(0.0234375)
    assert (row.tasks, row.higher, row.lower, row.equal, row.verdict, row.remark) == (8, 7, 1, 0, "better", "")
    assert row.mean_difference == pytest.approx((sum(a) - sum(b)) / 8 / 40)
    turned = compare_across({"B": model(*b), "A": model(*a)}).pairs.iloc[0]
    assert (turned.p, turned.verdict) == (row.p, "worse")
    assert found.ranking[["model", "borda", "tasks"]].values.tolist() == [["A", 7.0, 8], ["B", 1.0, 8]]
    assert found.gain is None and found.remarks == ()


def test_few_tasks_cannot_decide_and_it_is_said():
    found = compare_across({"A": model(30, 31, 32, 33, 34), "B": model(1, 2, 4, 7, 11)})
    row = found.pairs.iloc[0]
    assert (row.p, row.verdict) == (0.0625, "not distinguishable")
    assert row.remark == "5 tasks differ: p cannot be below 0.0625"
    assert found.remarks == ("5 tasks: Wilcoxon's p cannot be below 0.0625, whatever the models.",)
    same = compare_across({"A": model(30, 31), "B": model(30, 31)}).pairs.iloc[0]
    assert (same.p, same.equal, same.verdict) == (1.0, 2, "not distinguishable")


def test_pairs_are_adjusted_for_their_number():
    a, b, c = (np.arange(8) * 2 + shift for shift in (20, 10, 11))
    found = compare_across({"A": model(*a), "B": model(*b), "C": model(*c)})
    assert found.pairs["p"].tolist() == [0.0078125] * 3
    assert found.pairs["p_holm"].tolist() == pytest.approx([0.0234375] * 3)
    assert found.pairs["verdict"].tolist() == ["better", "better", "worse"]
    assert found.ranking["model"].tolist() == ["A", "C", "B"]


def test_the_gain_ratio_by_hand():
    models = {"A": model(30, 40, 6), "B": model(20, 40, 7), "zero": model(10, 20, 6)}
    found = compare_across(models, random="zero")
    assert found.gain.loc["A"].tolist()[:2] == pytest.approx([100.0, 100.0])
    assert found.gain.loc["B"].tolist()[:2] == pytest.approx([50.0, 100.0])
    assert found.gain["task 2"].isna().all()  # 7 of 40 against 6 of 40 by chance
    assert "No gain ratio where the best model is not better than random vectors: task 2." in found.remarks
    assert "zero" not in found.ranking["model"].tolist() and "zero" not in found.scores.index
    ranking = found.ranking.set_index("model")
    assert ranking.loc["B", "pgr"] == pytest.approx(75.0) and ranking["pgr_tasks"].tolist() == [2, 2]


def test_random_vectors_above_all_give_no_ratio():
    found = compare_across({"A": model(10), "B": model(8), "zero": model(35)}, random="zero")
    assert found.gain.isna().all(axis=None)
    assert found.ranking["pgr"].isna().all() and found.ranking["pgr_tasks"].tolist() == [0, 0]


def test_incomplete_tasks_are_left_out_and_named():
    a, b = model(30, 20, 10), model(20, 10, 5)
    found = compare_across({"A": a, "B": [b[0][:2]]})
    assert list(found.scores.columns) == ["task 0", "task 1"]
    assert found.remarks[0] == "task 2: left out, not every model has a score."
    with pytest.raises(AlignmentError, match=r"A, B have no task in common\. Score all"):
        compare_across({"A": [a[0][:1]], "B": [b[0][1:]]})


def test_one_row_stands_for_a_test_set():
    def scored(share):
        n, truth = 40, np.arange(40.0)
        overall = [
            hits(np.arange(n) < share * n, dataset=name, metric=m, sha256="q")
            for m in ("3cosadd accuracy", "3cosadd MRR@10")
            for name in ("Q: family", "Q: all", "Q: macro")
        ]
        return [[*overall, similarities(truth * share, truth)]]

    found = compare_across({"A": scored(0.5), "B": scored(0.25)})
    assert found.scores.columns.tolist() == ["Q", "pairs"]
    named = compare_across({"A": scored(0.5), "B": scored(0.25)}, primary=[("Q: macro", "3cosadd MRR@10")])
    assert named.scores.columns.tolist() == ["Q: macro"]


def test_tasks_of_one_name_are_told_apart():
    def scored(right):
        runs = [("synonyms", "01"), ("outliers", "02"), ("outliers", "03")]
        return [[hits(np.arange(20) < right, task=task, sha256=sha) for task, sha in runs]]

    names = compare_across({"A": scored(9), "B": scored(5)}).scores.columns.tolist()
    assert len(set(names)) == 3 and names[0] == "toy (synonyms, accuracy)"


def test_seeds_are_averaged():
    a = [*model(30, 20), *model(20, 20)]
    assert compare_across({"A": a, "B": model(5, 5)}).scores.loc["A"].tolist() == [0.625, 0.5]


def test_bad_input():
    with pytest.raises(ParameterError, match="random must be one of A, B, got 'zero'"):
        compare_across({"A": model(1), "B": model(2)}, random="zero")
    with pytest.raises(ParameterError, match="models must be at least two configurations beside random vectors"):
        compare_across({"A": model(1), "B": model(2)}, random="B")


def test_random_vectors_have_the_lengths_and_nothing_else():
    rng = np.random.default_rng(2)
    vectors = (rng.normal(size=(500, 20)) * rng.exponential(size=(500, 1))).astype(np.float32)
    vectors[3] = 0.0
    words = Vocabulary(tuple(f"w{i}" for i in range(500)), np.arange(500, 0, -1))
    one, again, other = (random_embeddings(Embeddings(words, vectors), seed=s) for s in (1, 1, 2))
    assert one.vocabulary is words and one.vectors.dtype == np.float32
    assert one.norms == pytest.approx(np.linalg.norm(vectors, axis=1), rel=1e-5)
    assert np.array_equal(one.vectors, again.vectors) and not np.array_equal(one.vectors, other.vectors)
    cosines = (one.vectors * vectors).sum(axis=1) / np.maximum(one.norms**2, 1e-9)
    assert abs(cosines.mean()) < 4 / math.sqrt(20 * 500)
    with pytest.raises(ParameterError, match="seed must be an integer >= 0, got -1"):
        random_embeddings(one, seed=-1)
