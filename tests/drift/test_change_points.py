"""Change points: planted steps, the nominal rate where nothing happens, too few slices, and every error."""

import sys
from itertools import permutations
from math import comb

import numpy as np
import pandas as pd
import pytest

from wordvec import ParameterError
from wordvec.drift.change_points import _permuted_p, _shift, drift_series, find_change_points, segment_series
from wordvec.drift.dispersion import measure_dispersion
from wordvec.drift.trajectories import list_trajectories


def table_of(drifts, counts=None):
    n, slices = drifts.shape
    counts = np.full(drifts.shape, 90) if counts is None else counts
    rows = {
        "word": np.repeat([f"w{i:04d}" for i in range(n)], slices),
        "source": "t00",
        "target": np.tile([f"t{t + 1:02d}" for t in range(slices)], n),
        "measure": "cosine",
        "drift": drifts.ravel(),
        "count_source": 90,
        "count_target": counts.ravel(),
    }
    return pd.DataFrame(rows).sort_values(["target", "drift"], kind="stable").reset_index(drop=True)


def quiet(n=400, slices=12, seed=0):
    """Series without a change of their own: rare words noisier, noise skewed, slices shifted as a whole."""
    rng = np.random.default_rng(seed)
    counts = np.exp(rng.uniform(3, 8, size=(n, 1)) + rng.normal(0, 0.2, (n, slices))).astype(int)
    drifts = 0.1 + 0.6 / np.sqrt(counts) * (1.0 + rng.gamma(2.0, 0.5, (n, slices)))
    return drifts + np.linspace(0.0, 0.5, slices), counts


def test_a_planted_step_is_found_at_its_place_and_others_keep_the_nominal_rate():
    drifts, counts = quiet()
    at = np.arange(20) % 7 + 3
    for word, place in enumerate(at):
        drifts[word, place:] += 0.5 if word % 2 else -0.5
    found = find_change_points(table_of(drifts, counts), permutations=4000)
    planted = found[found["word"] < "w0020"].sort_values("word")
    assert (planted["at"] == [f"t{place + 1:02d}" for place in at]).mean() >= 0.9
    assert list(np.sign(planted["change"])) == [1.0 if word % 2 else -1.0 for word in range(20)]
    others = found[found["word"] >= "w0020"]["p"]
    for level in (0.05, 0.10):  # 380 words: three standard errors
        assert (others <= level).mean() <= level + 3 * np.sqrt(level * (1 - level) / 380)
    assert (others <= 0.1).mean() >= 0.04


def test_what_moves_all_words_is_no_change_of_one():
    drifts, counts = quiet(seed=3)
    drifts[:, 6:] += 0.4
    found = find_change_points(table_of(drifts, counts), permutations=1000)
    assert (found["p"] <= 0.05).mean() < 0.09
    assert found["change"].min() > 0.3


def test_p_is_the_share_of_all_orders(monkeypatch):
    monkeypatch.setattr("wordvec.drift.change_points._ENOUGH", 10**9)
    rng = np.random.default_rng(1)
    values = rng.normal(size=(3, 5))
    values[0, 2:] += 4
    seen, _ = _shift(values, 2)
    orders = np.array(list(permutations(range(5))))
    exact = [
        np.mean([_shift(row[None, o], 2)[0][0] >= s * (1 - 1e-9) for o in orders])
        for row, s in zip(values, seen, strict=True)
    ]
    np.testing.assert_allclose(_permuted_p(values, seen, 2, 5_000, 1), exact, atol=0.03)
    assert exact[0] == pytest.approx(2 / comb(5, 2))


def test_the_statistic_is_the_studentized_difference():
    from scipy.stats import ttest_ind

    values = np.random.default_rng(2).normal(size=(10, 9))
    seen, cuts = _shift(values, 2)
    for row, statistic, cut in zip(values, seen, cuts, strict=True):
        each = [abs(ttest_ind(row[:j], row[j:]).statistic) for j in range(2, 8)]
        assert statistic == pytest.approx(max(each)) and int(np.argmax(each)) == cut


def test_too_few_slices_give_no_q_and_say_why():
    drifts, counts = quiet(slices=5)
    drifts[:5, 2:] += 0.5
    found = find_change_points(table_of(drifts, counts))
    assert found["q"].isna().all() and found["p"].min() >= 0.15
    why = "5 slices: p cannot fall below 0.2, nor below 1/5! with any statistic"
    assert set(found["why"]) == {why} and found.attrs["p_least"] == pytest.approx(0.2)
    few = find_change_points(table_of(*quiet()), permutations=10)
    assert set(few["why"]) == {"10 permutations: p cannot fall below 0.091"} and few["q"].isna().all()


def test_few_words_of_interest_can_be_tested():
    drifts, counts = quiet()
    drifts[:2, 6:] += 0.5
    table = table_of(drifts, counts)
    whole = find_change_points(table, permutations=5000)
    few = find_change_points(table, words=["w0000", "w0001", "w0050"], permutations=5000)
    assert whole.attrs["needed"] == int(np.ceil(2 / comb(12, 6) * 400 / 0.05)) > 2
    assert few.attrs["tested"] == 3 and (few["q"] <= 0.05).sum() == 2
    both = whole.merge(few, on="word")
    np.testing.assert_allclose(both["statistic_x"], both["statistic_y"])
    assert few["p_least"].iloc[0] == pytest.approx(2 / comb(12, 6)) and few["why"].eq("").all()
    assert find_change_points(table, words=[]).empty


def test_words_that_a_slice_lacks_are_counted():
    drifts, counts = quiet(100)
    table = table_of(drifts, counts)
    table = table[(table["word"] != "w0003") | (table["target"] != "t04")]
    found = find_change_points(table, permutations=100)
    assert (found.attrs["incomplete"], found.attrs["tested"]) == (1, 99)
    with pytest.raises(ParameterError, match="^words must be frequent enough in every slice, got 'w0003', 'zz'$"):
        find_change_points(table, words=["w0001", "w0003", "zz"])


def test_the_order_of_rows_and_the_seed_decide_nothing_else():
    table = table_of(*quiet(100))
    first = find_change_points(table, permutations=500)
    mixed = table.sample(frac=1.0, random_state=1).sort_values("target", kind="stable")
    pd.testing.assert_frame_equal(first, find_change_points(mixed, permutations=500))


def test_series_that_cannot_be_read_are_refused():
    table = table_of(*quiet(100))
    with pytest.raises(ParameterError, match="^a series must be of one measure, got cosine, lncs2; choose the rows of"):
        drift_series(pd.concat([table, table.assign(measure="lncs2")]))
    with pytest.raises(ParameterError, match="^each slice must be compared with one other; measure with against="):
        drift_series(pd.concat([table, table.assign(source="t01")]))
    with pytest.raises(ParameterError, match="^2 words are in all slices; 60 are needed to tell a change of one word"):
        drift_series(table[table["word"] <= "w0001"])
    unordered = table.copy()
    unordered.attrs["settings"] = {"ordered": False}
    for refuse in (drift_series, list_trajectories):
        with pytest.raises(ParameterError, match="^these slices have no order: they have no change points or paths"):
            refuse(unordered)
    with pytest.raises(ParameterError, match="^3 slices are compared; a cut with 2 on either side needs 4: cut time"):
        find_change_points(table_of(*quiet(100, slices=3)))
    for options, message in (
        ({"permutations": 0}, "permutations must be an integer >= 1, got 0"),
        ({"least": 0}, "least must be an integer >= 1, got 0"),
        ({"level": 0}, "level must be between 0 and 1, got 0"),
        ({"seed": -1}, "seed must be an integer >= 0, got -1"),
    ):
        with pytest.raises(ParameterError) as caught:
            find_change_points(table, **options)
        assert str(caught.value) == message


@pytest.mark.parametrize("method", ["pelt", "binseg"])
def test_ruptures_finds_two_steps(method):
    pytest.importorskip("ruptures")
    drifts, counts = quiet(100, slices=15)
    drifts[:1, 5:10] += 0.8
    found = segment_series(table_of(drifts, counts), ["w0000"], method=method)
    assert list(found["at"]) == ["t06", "t11"] and found["change"].iloc[0] > 0.5 > -0.5 > found["change"].iloc[1]
    calm = segment_series(table_of(drifts, counts), ["w0000", "w0001"], method=method, penalty=1e9)
    assert len(calm) == 0 and calm.attrs["without"] == ["w0000", "w0001"]


def test_cutting_refuses_bad_options_and_says_what_to_install(monkeypatch):
    table = table_of(*quiet(100))
    with pytest.raises(ParameterError, match="^method must be pelt or binseg, got 'window'$"):
        segment_series(table, ["w0001"], method="window")
    with pytest.raises(ParameterError, match="^penalty must be above 0, got 0$"):
        segment_series(table, ["w0001"], penalty=0)
    monkeypatch.setitem(sys.modules, "ruptures", None)
    message = (
        r"^the package ruptures is not installed; pip install 'wordvec\[changepoints\]', or use find_change_points\.$"
    )
    with pytest.raises(ParameterError, match=message):
        segment_series(table, ["w0001"])


def test_paths_have_a_start_a_band_and_gaps():
    drifts, counts = quiet(3, slices=3)
    table = table_of(drifts, counts)
    table = table.assign(low=table["drift"] - 0.1, high=table["drift"] + 0.1)
    table = table[(table["word"] != "w0001") | (table["target"] != "t02")]
    paths = list_trajectories(table, ["w0001", "zz", "w0000"])
    assert paths.attrs["missing"] == ["zz"]
    assert list(paths["word"]) == ["w0001"] * 4 + ["w0000"] * 4
    assert list(paths["slice"]) == ["t00", "t01", "t02", "t03"] * 2
    mine = paths[paths["word"] == "w0001"]
    np.testing.assert_allclose(mine["drift"], [0, drifts[1, 0], np.nan, drifts[1, 2]])
    np.testing.assert_allclose(mine["high"] - mine["low"], [0, 0.2, np.nan, 0.2])
    np.testing.assert_allclose(mine["count"], [90, counts[1, 0], np.nan, counts[1, 2]])
    plain = list_trajectories(table.drop(columns=["low", "high"]))
    assert plain["low"].isna().all() and len(plain) == 12
    steps = table.assign(source=table["target"].map({"t01": "t00", "t02": "t01", "t03": "t02"}))
    assert list(list_trajectories(steps, ["w0000"])["slice"]) == ["t01", "t02", "t03"]
    with pytest.raises(ParameterError, match="^each slice must be compared with one other"):
        list_trajectories(pd.concat([table, table.assign(source="t01")]))


def pairs_of(places, words=("one",)):
    labels = list(places)
    rows = [
        (word, a, b, "cosine", abs(places[a] - places[b]) * scale, 30, 40)
        for word, scale in zip(words, (1.0, 2.0), strict=False)
        for i, a in enumerate(labels)
        for b in labels[i + 1 :]
    ]
    return pd.DataFrame(rows, columns=["word", "source", "target", "measure", "drift", "count_source", "count_target"])


def test_dispersion_is_the_mean_of_pairs_and_names_the_odd_one_out():
    table = pairs_of({"uk": 0.0, "us": 0.1, "india": 0.9}, ("one", "two"))
    found = measure_dispersion(table)
    assert list(found["word"]) == ["two", "one"] and set(found["odd"]) == {"india"}
    np.testing.assert_allclose(found["dispersion"], [1.2, 0.6])
    np.testing.assert_allclose(found[["drift_odd", "drift_others"]], [[1.7, 0.2], [0.85, 0.1]])
    assert set(found["slices"]) == {3} and set(found["count_min"]) == {30} and found.attrs["incomplete"] == 0
    turned = pairs_of({"india": 0.9, "us": 0.1, "uk": 0.0}, ("two", "one"))
    turned["drift"] *= [2.0] * 3 + [0.5] * 3
    again = measure_dispersion(turned)
    np.testing.assert_allclose(again["dispersion"], found["dispersion"])
    assert list(again["odd"]) == list(found["odd"])


def test_words_of_two_slices_have_no_odd_one():
    table = pairs_of({"uk": 0.0, "us": 0.1, "india": 0.9}, ("one", "two"))
    table = table[(table["word"] == "one") | (table["target"] == "us")]
    found = measure_dispersion(table).set_index("word").loc["two"]
    assert (found["slices"], found["odd"]) == (2, "") and np.isnan(found["drift_others"])
    assert measure_dispersion(table).attrs["incomplete"] == 1
    with pytest.raises(ParameterError, match="^every two slices must be compared; measure with against='every'.$"):
        measure_dispersion(table[table["source"] == "uk"])
    assert len(measure_dispersion(table.head(0))) == 0
