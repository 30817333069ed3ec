"""Methods side by side: ranks, tops, correlations, chance, and the words of every error."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from wordvec import AlignedSlices, AlignmentError, Embeddings, ParameterError, Vocabulary, measure_drift
from wordvec.drift.agreement import agreement_rates, compare_methods, correlate_methods

N = 120


def make(seed, labels=("a", "b"), moved=(), noise=0.3):
    rng, base = np.random.default_rng(seed), np.random.default_rng(0).normal(size=(N, 8))
    words = Vocabulary(tuple(f"w{i:03d}" for i in range(N)), np.arange(N, 0, -1) + 100)
    rows = []
    for t in range(len(labels)):
        own = base.copy()
        if t:
            own[list(moved)] *= -1.0
        own += noise * rng.normal(size=own.shape)
        rows.append(Embeddings(words, own.astype(np.float32)))
    return AlignedSlices(labels, tuple(rows), words, np.full((len(labels), N), 50))


def test_drifts_ranks_and_tops():
    methods = {"one": make(1, moved=range(5)), "other": make(2, moved=range(5))}
    table = compare_methods(methods, top=10)
    assert list(table.columns) == [
        *("word", "source", "target", "count_source", "count_target"),
        *("drift one", "rank one", "drift other", "rank other", "agree", "rank"),
    ]
    for name, slices in methods.items():
        own = measure_drift(slices).set_index("word")["drift"]
        assert (table.set_index("word")[f"drift {name}"].sort_index() == own.sort_index()).all()
        assert table[f"rank {name}"].min() == 0 and table[f"rank {name}"].max() == 1
    tops = [set(measure_drift(slices)["word"].head(10)) for slices in methods.values()]
    assert {row.word: row.agree for row in table.itertuples()} == {
        word: sum(word in top for top in tops) for word in table["word"]
    }
    assert list(table["agree"]) == sorted(table["agree"], reverse=True)
    assert set(table["word"].head(5)) == {f"w{i:03d}" for i in range(5)}


def test_equal_methods_agree_wholly():
    table = compare_methods({"one": make(1), "same": make(1)}, top=7)
    assert sorted(table["agree"].unique()) == [0, 2] and (table["agree"] == 2).sum() == 7
    found = correlate_methods(table).iloc[0]
    assert found["rho"] == pytest.approx(1.0) and found["overlap"] == 1.0 and found["low"] <= 1.0
    assert agreement_rates(table)["words"].tolist() == [7, 7]


def test_several_measures_pairs_and_ready_tables():
    slices = make(3, labels=("a", "b", "c"))
    ready = measure_drift(slices).assign(measure="senses")
    table = compare_methods(
        {"x": slices, "y": make(4, labels=("a", "b", "c")), "z": ready}, measures=("cosine", "lncs2")
    )
    assert table.attrs["methods"] == ["x cosine", "x lncs2", "y cosine", "y lncs2", "z"]
    assert list(dict.fromkeys(zip(table["source"], table["target"], strict=True))) == [("a", "b"), ("b", "c")]
    assert (table["drift x cosine"] == table["drift z"]).all()
    correlations = correlate_methods(table)
    assert len(correlations) == 2 * 10
    row = correlations.iloc[1]
    part = table[table["target"] == "b"]
    expected = spearmanr(part[f"drift {row['first']}"], part[f"drift {row['second']}"]).statistic
    assert row["rho"] == pytest.approx(expected) and row["low"] < row["rho"] < row["high"] and row["words"] == N


def test_unrelated_methods_agree_as_often_as_independence_says():
    rng = np.random.default_rng(0)
    tables = {}
    for name in "xyz":
        drift = rng.random(4000)
        columns = {"word": [f"w{i}" for i in range(4000)], "source": "a", "target": "b", "drift": drift}
        tables[name] = pd.DataFrame({**columns, "count_source": 50, "count_target": 50})
    rates = agreement_rates(compare_methods(tables, top=800))
    assert rates["at_least"].tolist() == [1, 2, 3]
    np.testing.assert_allclose(rates["rate"], rates["expected"], atol=0.02)
    np.testing.assert_allclose(rates["expected"], [1 - 0.8**3, 3 * 0.04 * 0.8 + 0.008, 0.008])
    assert rates["null"].isna().all()


def test_methods_that_share_noise_agree_in_the_null_too():
    """Both read the same text: independence is no null."""
    shared = make(5, noise=0.5)
    near = [make(6 + i, noise=0.0) for i in range(2)]
    methods = {
        name: AlignedSlices(shared.labels, tuple(_jittered(e, i) for e in shared.embeddings), s.vocabulary, s.counts)
        for i, (name, s) in enumerate(zip("xy", near, strict=True))
    }
    table = compare_methods(methods, top=12)
    rates = agreement_rates(table, table)
    assert rates["null"].tolist() == rates["rate"].tolist()
    assert rates["rate"].iloc[1] > 3 * rates["expected"].iloc[1]


def _jittered(embeddings, seed):
    noise = 0.05 * np.random.default_rng(seed).normal(size=embeddings.vectors.shape)
    return Embeddings(embeddings.vocabulary, (embeddings.vectors + noise).astype(np.float32))


def test_words_that_one_method_lacks_are_left_out_and_counted():
    first, second = measure_drift(make(1)), measure_drift(make(2))
    table = compare_methods({"x": first.iloc[3:], "y": second[second["word"] != first["word"].iloc[10]]})
    assert table.attrs["left_out"] == [{"source": "a", "target": "b", "compared": N - 4, "not_by_all": 4}]
    missing = first.assign(drift=first["drift"].where(first["word"] != "w005"))
    assert compare_methods({"x": missing, "y": second}).attrs["left_out"][0]["not_by_all"] == 1


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ParameterError, match=r"^methods must be two or more to compare, got \['x'\]$"):
        compare_methods({"x": make(1)})
    with pytest.raises(ParameterError, match="^top must be an integer >= 1, got 0$"):
        compare_methods({"x": make(1), "y": make(2)}, top=0)
    message = "^y has the slices a, c, x has a, b; compare methods on the same slices.$"
    with pytest.raises(AlignmentError, match=message):
        compare_methods({"x": make(1), "y": make(2, labels=("a", "c"))})
    with pytest.raises(
        AlignmentError, match="^no word is compared by all of x, y; lower min_count, or leave one out.$"
    ):
        compare_methods({"x": make(1), "y": make(2)}, min_count=51)
    with pytest.raises(ParameterError, match=r"^the drift table of y lacks the column\(s\) count_target\.$"):
        compare_methods({"x": make(1), "y": measure_drift(make(2)).drop(columns="count_target")})
    table, other = (compare_methods({"x": make(1), "y": make(2)}, top=top) for top in (5, 6))
    with pytest.raises(ParameterError, match="^the null must be of the methods x, y with top 5, got x, y with top 6$"):
        agreement_rates(table, other)
