"""Drift beyond frequency."""

import numpy as np
import pandas as pd
import pytest

from wordvec import ParameterError
from wordvec.drift.residuals import add_residual


def made(n=400, seed=0, raised=()):
    rng = np.random.default_rng(seed)
    counts = np.exp(rng.uniform(3, 9, size=(n, 2))).astype(int)
    drift = 2.0 / np.log(counts.min(axis=1)) + rng.normal(0, 0.02, n)
    drift[list(raised)] += 0.5
    table = pd.DataFrame({"word": [f"w{i}" for i in range(n)], "source": "a", "target": "b", "measure": "cosine"})
    return table.assign(drift=drift, count_source=counts[:, 0], count_target=counts[:, 1])


def test_frequency_is_taken_away_and_what_was_planted_stays():
    raised = range(40)
    table = made(raised=raised)
    table.attrs["settings"] = {"measures": ["cosine"]}
    found = add_residual(table)
    logs = np.log(table[["count_source", "count_target"]].min(axis=1))
    plain = ~table.index.isin(raised)
    assert abs(np.corrcoef(logs[plain], table["drift"][plain])[0, 1]) > 0.8
    assert abs(np.corrcoef(logs[plain], found["residual"][plain])[0, 1]) < 0.15
    assert found["residual"][raised].median() == pytest.approx(0.5, abs=0.05)
    assert set(found.sort_values("residual").index[-40:]) == set(raised)
    assert found.attrs["settings"] == {"measures": ["cosine"]} and "residual" not in table.columns
    assert {k: v for k, v in found.attrs["residual"][0].items() if k != "explained"} == {
        **{"source": "a", "target": "b", "measure": "cosine", "words": 400, "why": ""},
    }


def test_each_comparison_has_its_own_fit_and_a_small_one_none():
    few = made(20, seed=2).assign(target="c")
    other = made(seed=1).assign(measure="lncs2")
    other["drift"] *= 10
    whole = pd.concat([made(), other, few], ignore_index=True)
    found = add_residual(whole)
    alone = [add_residual(part)["residual"].to_numpy() for part in (made(), other)]
    np.testing.assert_allclose(found["residual"][:800], np.concatenate(alone))
    assert found["residual"][800:].isna().all()
    told = found.attrs["residual"]
    assert [entry["target"] for entry in told] == ["b", "b", "c"]
    assert told[2]["why"] == "20 words; the fit needs 60: measure all words, then choose"


def test_rows_without_drift_and_drift_that_is_all_alike():
    table = made()
    table.loc[3, "drift"] = np.nan
    found = add_residual(table)
    assert np.isnan(found["residual"][3]) and found["residual"].notna().sum() == 399
    same = add_residual(table.assign(drift=0.0))
    assert (same["residual"].abs() < 1e-12).all()
    assert len(add_residual(table.head(0))) == 0


def test_tables_without_counts_are_refused():
    message = "^a drift table must have the columns drift, count_source, count_target; it lacks count_target$"
    with pytest.raises(ParameterError, match=message):
        add_residual(made().drop(columns="count_target"))
