"""Power and false discoveries: counted as one counts them by hand."""

import numpy as np
import pandas as pd
import pytest

from wordvec.drift.power import false_discoveries, power_surface, rejection_table
from wordvec.errors import ParameterError
from wordvec.statistics.intervals import exact_interval


def truth_of(n: int = 8) -> pd.DataFrame:
    """Return pairs (0, 1), (2, 3)...: shares .5 and 1 in turn, counts 30 and 60, then a donor."""
    rows = [
        {
            "word": f"w{i}",
            "partner": f"w{i ^ 1}",
            "source": "then",
            "target": "now",
            "share": (0.5, 1.0)[i // 2 % 2],
            "count_source": 100,
            "count_target": 30 if i < 4 else 60,
            "units_source": 7,
            "units_target": 12,
            "expected": "changed",
        }
        for i in range(n)
    ]
    return pd.DataFrame([*rows, {**rows[0], "word": "donor", "partner": "w0", "expected": "unchanged"}])


def table_of(q: list[float], unchanged: list[float] | None = None) -> pd.DataFrame:
    words = [f"w{i}" for i in range(len(q))] + [f"u{i}" for i in range(len(unchanged or []))]
    values = [*q, *(unchanged or [])]
    table = pd.DataFrame({"word": words, "source": "then", "target": "now", "q": values, "p": values})
    table = table.assign(count_source=50, count_target=range(len(words)), units_source=9, units_target=9)
    return pd.concat([table, table.assign(source="before", q=0.0, p=0.0)], ignore_index=True)


def test_power_by_hand() -> None:
    q = [0.01, 0.2, np.nan, 0.01, 0.01, 0.04, 0.05, 0.06]
    found = power_surface(table_of(q), truth_of(), by=["share", "count"])
    assert list(found.columns[:3]) == ["share", "count_from", "count_to"]
    assert found[["share", "count_from", "planted", "tested", "found"]].to_numpy().tolist() == [
        [0.5, 20, 2, 2, 1],
        [0.5, 50, 2, 2, 2],
        [1.0, 20, 2, 1, 1],
        [1.0, 50, 2, 2, 1],
    ]
    first = exact_interval(0.5, 1, unit="pair")  # two words, one pair
    assert found.loc[0, ["low", "high"]].tolist() == [first.low, first.high]
    everything = power_surface(table_of(q), truth_of(), by=[])
    assert everything[["planted", "tested", "found"]].to_numpy().tolist() == [[8, 7, 5]]
    assert everything.loc[0, "power"] == 5 / 7


def test_units_and_open_bands() -> None:
    found = power_surface(table_of([0.01] * 8), truth_of(), value="p", by=["units"], unit_bands=[5])
    assert found.loc[0, "units_from"] == 5 and np.isnan(found.loc[0, "units_to"]) and found.loc[0, "power"] == 1.0


def test_words_that_are_missing_from_the_table_are_planted_and_not_tested() -> None:
    found = power_surface(table_of([0.01] * 4), truth_of(), by=[])
    assert found[["planted", "tested", "found"]].to_numpy().tolist() == [[8, 4, 4]]
    none = power_surface(table_of([np.nan] * 4), truth_of(), by=[])
    assert np.isnan(none.loc[0, "power"])


def test_false_discoveries_by_hand() -> None:
    unchanged = [0.005, 0.03, 0.07, 0.2, 0.5, 0.9, 1.0, np.nan]
    found = false_discoveries(table_of([0.001] * 3 + [0.5] * 5, unchanged), truth_of())
    assert found.proportions["called"].tolist() == [4, 5, 6]
    assert found.proportions["false"].tolist() == [1, 2, 3]
    assert found.proportions["proportion"].tolist() == [1 / 4, 2 / 5, 3 / 6]
    every = found.rejections[found.rejections["by"] == "all"]
    assert every["words"].tolist() == [7, 7, 7] and every["rejected"].tolist() == [1, 2, 3]
    nothing = false_discoveries(table_of([0.9] * 8, [0.9] * 4), truth_of())
    assert nothing.proportions["proportion"].tolist() == [0.0, 0.0, 0.0]


def test_deciles_of_count_and_of_dispersion_inside_them() -> None:
    rng = np.random.default_rng(1)
    counts = rng.permutation(1_000) + 20
    table = pd.DataFrame({"p": rng.random(1_000), "count_source": counts, "count_target": 0, "units_target": 0})
    table["units_source"] = np.where(rng.random(1_000) < 0.1, 5, counts)
    table.loc[table["units_source"] == 5, "p"] = 0.001  # bursty words are called: only the first decile shows it
    found = rejection_table(table, levels=[0.05])
    rates = {name: group.set_index("decile")["rate"] for name, group in found.groupby("by")}
    assert rates["dispersion"][1] > 0.6 and rates["dispersion"].loc[3:].max() < 0.15
    assert rates["count"].max() < 0.3 and len(rates["count"]) == 10
    assert (found["low"] <= found["rate"]).all() and (found["rate"] <= found["high"]).all()


def test_no_word_gives_no_row() -> None:
    assert not len(rejection_table(table_of([np.nan] * 3).iloc[:3]))


def test_errors() -> None:
    with pytest.raises(ParameterError, match="level must be more than 0 and less than 1, got 1.0"):
        power_surface(table_of([0.1] * 8), truth_of(), level=1.0)
    with pytest.raises(ParameterError, match="value must be q or p, got 'drift'"):
        power_surface(table_of([0.1] * 8), truth_of(), value="drift")
    with pytest.raises(ParameterError, match=r"by must be some of share, count, units, got \['size'\]"):
        power_surface(table_of([0.1] * 8), truth_of(), by=["size"])
    with pytest.raises(ParameterError, match="must have the columns word, source, target, q, got none called 'q'; it"):
        power_surface(table_of([0.1] * 8).drop(columns="q"), truth_of())
    with pytest.raises(ParameterError, match="table must compare then with now, where drift was planted, got no such"):
        power_surface(table_of([0.1] * 8).assign(target="later"), truth_of())
    with pytest.raises(ParameterError, match=r"one row for each word and pair of slices, got \['w0'\]"):
        power_surface(pd.concat([table_of([0.1]), table_of([0.1])]), truth_of())
    with pytest.raises(ParameterError, match="truth must be at least one planted word, got 0"):
        power_surface(table_of([0.1]), truth_of().iloc[:0])
    with pytest.raises(ParameterError, match="level must be more than 0 and less than 1, got 0.0"):
        rejection_table(table_of([0.1]), levels=[0.0])
    with pytest.raises(ParameterError, match="level must be more than 0 and less than 1, got 2"):
        false_discoveries(table_of([0.1]), truth_of(), levels=[2])
