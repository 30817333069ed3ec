"""Which tasks others predict: equal to plain scikit-learn, and right where the answer is planted."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from wordvec.errors import FormatError, ParameterError
from wordvec.evaluate.comparison.selection import leave_one_out, predictability, select_tasks


def table(columns, models=20):
    return pd.DataFrame(columns, index=[f"model {i}" for i in range(models)])


def independent(tasks=6, models=20, seed=1):
    drawn = np.random.default_rng(seed).normal(size=(models, tasks))
    return table({f"task {i}": drawn[:, i] for i in range(tasks)}, models)


def one_type(scores):
    return dict.fromkeys(scores.columns, "similarity")


@pytest.mark.parametrize("models, tasks", [(20, 5), (12, 30), (6, 1)])
@pytest.mark.parametrize("ridge", [0.1, 1.0, 10.0])
def test_leaving_out_one_by_one_is_the_same(models, tasks, ridge):
    from sklearn.linear_model import Ridge

    rng = np.random.default_rng(models)
    others = rng.normal(size=(models, tasks)) * 5 + 2
    true = others @ rng.normal(size=tasks) + rng.normal(size=models)
    x = (others - others.mean(axis=0)) / others.std(axis=0)
    theirs = [
        Ridge(alpha=ridge).fit(np.delete(x, i, axis=0), np.delete(true, i)).predict(x[i : i + 1])[0]
        for i in range(models)
    ]
    assert leave_one_out(true, others, ridge=ridge) == pytest.approx(np.array(theirs), rel=1e-8)
    z = (true - true.mean()) / true.std()
    predicted = (np.array(theirs) - true.mean()) / true.std()
    found = predictability(true, others, ridge=ridge)
    assert found.spearman == pytest.approx(scipy.stats.spearmanr(predicted, z)[0])
    assert found.pearson == pytest.approx(scipy.stats.pearsonr(predicted, z)[0])
    assert found.mse == pytest.approx(np.mean((predicted - z) ** 2))


def test_a_copy_is_removed_first_and_then_nothing():
    scores = independent()
    scores["copy"] = scores["task 3"]
    found = select_tasks(scores, one_type(scores))
    assert found.removed["task"].tolist() == ["copy"]  # by name before "task 3"
    assert found.kept == tuple(f"task {i}" for i in range(6))
    row = found.removed.iloc[0]
    assert row.spearman > 0.95 and row.mse < 0.2 and row.type == "similarity"
    whole, part = scores.mean(axis=1), scores[list(found.kept)].mean(axis=1)
    assert row.mean_pearson == pytest.approx(scipy.stats.pearsonr(whole, part)[0])
    assert row.mean_spearman == pytest.approx(scipy.stats.spearmanr(whole, part)[0])
    assert any(remark.startswith("1 of 7 tasks removed; over models the mean score") for remark in found.remarks)


def test_two_collinear_tasks_of_six():
    scores = independent(5)
    scores["sum"] = 3.0 * scores["task 0"] - 2.0
    found = select_tasks(scores, one_type(scores))
    assert len(found.removed) == 1 and found.removed["task"][0] in ("sum", "task 0")


def test_a_blend_of_three_is_removed():
    scores = independent(4, models=40)
    scores["blend"] = scores["task 0"] + scores["task 1"] + scores["task 2"]
    found = select_tasks(scores, one_type(scores))
    assert len(found.removed) == 1  # any one of the four, and then the others are independent
    assert found.removed["task"][0] != "task 3"


@pytest.mark.parametrize("seed", range(5))
def test_independent_tasks_all_stay(seed):
    scores = independent(seed=seed)
    found = select_tasks(scores, one_type(scores))
    assert found.kept == tuple(scores.columns) and len(found.removed) == 0
    assert not any("removed;" in remark for remark in found.remarks)


def test_the_last_of_its_type_stays():
    scores = independent(2)
    for i in range(3):
        scores[f"copy {i}"] = scores["task 0"]
    types = {"task 0": "a", "copy 0": "b", "copy 1": "c", "copy 2": "c", "task 1": "d"}
    found = select_tasks(scores, types)
    assert found.removed["task"].tolist() == ["copy 1"]
    assert {types[name] for name in found.kept} == set(types.values())


def test_the_order_of_columns_and_models_changes_nothing():
    base = np.random.default_rng(3).normal(size=(30, 3))
    mixed = base @ np.random.default_rng(4).normal(size=(3, 9)) + 0.05 * np.random.default_rng(5).normal(size=(30, 9))
    scores = table({f"t{i}": mixed[:, i] for i in range(9)}, 30)
    types = {name: "ab"[i % 2] for i, name in enumerate(scores.columns)}
    first = select_tasks(scores, types)
    assert len(first.removed) >= 3
    for seed in range(5):
        rng = np.random.default_rng(seed)
        shuffled = scores.iloc[rng.permutation(30), rng.permutation(9)]
        found = select_tasks(shuffled, types)
        assert set(found.kept) == set(first.kept)
        pd.testing.assert_frame_equal(found.removed, first.removed)


def test_few_models_are_warned_of():
    scores = independent(6, models=17)
    assert select_tasks(scores, one_type(scores)).remarks[0].startswith("17 models and 6 tasks: with fewer than 18")
    assert select_tasks(independent(6, models=18), one_type(scores)).remarks == ()


def test_a_constant_task_is_neither_predicted_nor_removed():
    scores = independent(3)
    scores["flat"] = 0.25
    found = select_tasks(scores, one_type(scores))
    assert "flat" in found.kept
    assert found.remarks == ("The same score for all models, so neither predicted nor removed: flat.",)
    assert np.isnan(predictability(np.full(5, 0.1), np.eye(5))).all()


def test_thresholds_decide():
    scores = independent(5, models=40)
    scores["near"] = scores["task 0"] + 0.3 * np.random.default_rng(9).normal(size=40)
    assert len(select_tasks(scores, one_type(scores), spearman=0.8).removed) == 1
    assert len(select_tasks(scores, one_type(scores), spearman=0.8, mse=0.01).removed) == 0


def test_bad_tables():
    scores = independent(3)
    types = one_type(scores)
    hole = scores.copy()
    hole.iloc[2, 1] = np.nan
    with pytest.raises(FormatError, match="must be complete: 'model 2' has nan in 'task 1'"):
        select_tasks(hole, types)
    with pytest.raises(FormatError, match="must be complete: 'model 0' has 'x' in 'task 0'"):
        select_tasks(scores.astype(object).replace(scores.iloc[0, 0], "x"), types)
    with pytest.raises(FormatError, match="two tasks called 'task 0'"):
        select_tasks(pd.concat([scores, scores[["task 0"]]], axis=1), types)
    with pytest.raises(FormatError, match="two models called 'model 0'"):
        select_tasks(pd.concat([scores, scores.iloc[:1]]), types)
    with pytest.raises(ParameterError, match="types must be a type for each task, also 'task 2'"):
        select_tasks(scores, {"task 0": "a", "task 1": "a"})
    with pytest.raises(ParameterError, match="scores must be of at least 4 models, got 3"):
        select_tasks(scores.iloc[:3], types)
    for named, message in (
        ({"spearman": 2.0}, "spearman must be between -1 and 1, got 2.0"),
        ({"mse": -1.0}, "mse must be at least 0, got -1.0"),
        ({"ridge": 0.0}, "ridge must be above 0, got 0.0"),
    ):
        with pytest.raises(ParameterError, match=message):
            select_tasks(scores, types, **named)
