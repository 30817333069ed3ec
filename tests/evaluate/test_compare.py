"""Is one model better than another: properties, hand tables, calibration, and what cannot be compared."""

import math
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats
from evaluate.outcomes import hits, shared_pairs, shifted, similarities
from hypothesis import given, settings
from hypothesis import strategies as st

from wordvec.errors import AlignmentError, FormatError, ParameterError
from wordvec.evaluate.comparison.compare import Compared, compare_outcomes
from wordvec.evaluate.comparison.configurations import match_outcomes, score_configurations, summarize
from wordvec.evaluate.comparison.verdicts import VERDICTS, comparison_remarks, verdict_table
from wordvec.evaluate.measures import MACRO_MEAN, PEARSON, SPEARMAN
from wordvec.statistics.hypotheses import adjust_holm, compare_correlations


def chance(n, share=0.5, seed=1, **named):
    return hits(np.random.default_rng(seed).random(n) < share, **named)


def only(table):
    assert len(table) == 1
    return table.iloc[0]


def test_one_seed_of_independent_questions_is_the_paired_t_test():
    one, other = chance(120, 0.6, 1), chance(120, 0.4, 2)
    row = only(compare_outcomes({"A": [[one]], "B": [[other]]}))
    theirs = scipy.stats.ttest_rel(one.values[:, 0], other.values[:, 0])
    low, high = theirs.confidence_interval()
    assert (row.p, row.low, row.high) == pytest.approx((theirs.pvalue, low, high), rel=1e-9)
    assert row.p_holm == row.p and row.freedom == 119
    assert row.difference == pytest.approx(one.score - other.score)
    assert row.p_bootstrap == pytest.approx(row.p, abs=0.02)
    assert row.verdict == "better" and math.isnan(row.p_williams) and math.isnan(row.p_equivalence)
    assert row.remark == "one seed each: variance between trainings unknown"
    assert list(compare_outcomes({"A": [[one]], "B": [[other]]}).columns) == list(Compared._fields)


def test_scores_are_made_anew_from_common_items():
    one = hits([1, 1, 1, 0, 0, 1, 0, 1], items=[0, 1, 2, 3, 4, 5, 6, 7])
    other = hits([1, 0, 0, 1, 0, 1], items=[2, 3, 4, 5, 6, 9])
    row = only(compare_outcomes({"A": [[one]], "B": [[other]]}))
    assert (row.n, row.dropped) == (5, 4)  # 2 to 6 of 0 to 7 and 9
    assert (row.score_first, row.score_second) == (0.4, 0.4)
    assert row.difference == 0.0 and row.p == 1.0
    scores = score_configurations({"A": [[one]], "B": [[other]]})
    assert scores[["model", "score", "n", "dropped"]].values.tolist() == [["A", 0.4, 5, 3], ["B", 0.4, 5, 1]]


def test_items_that_one_seed_lacks_are_dropped_for_all():
    runs = [hits([1, 0, 1, 1], items=[0, 1, 2, 3]), hits([0, 1, 1], items=[1, 2, 3])]
    common = match_outcomes({"A": [[run] for run in runs], "B": [[hits([1, 1, 1, 1, 1])]]})[0]
    assert all(o.items.tolist() == [1, 2, 3] for seeds in common.runs.values() for o in seeds)
    assert (common.total, common.found) == (5, {"A": 4, "B": 5})


@st.composite
def two_models(draw, seeds=(1, 3)):
    n, sizes = draw(st.integers(10, 40)), [draw(st.integers(*seeds)) for _ in range(2)]
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    if draw(st.booleans()):
        units = shared_pairs(rng, n, 2 * n)
        truth = rng.normal(size=len(units))
        return [
            [[similarities(truth + rng.normal(size=len(units)), truth, units=units)] for _ in range(k)] for k in sizes
        ]
    return [[[hits(rng.random(n) < 0.5)] for _ in range(k)] for k in sizes]


@given(two_models())
@settings(max_examples=40, deadline=None)
def test_swapping_models_negates_the_difference_and_keeps_p(models):
    a, b = models
    one, other = (
        only(compare_outcomes(pair, margin=0.1, resamples=50)) for pair in ({"A": a, "B": b}, {"B": b, "A": a})
    )
    assert one.difference == -other.difference
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), nan_ok=True)
    for name in ("p", "p_holm", "p_equivalence", "p_bootstrap", "p_williams", "se", "freedom"):
        assert one[name] == pytest.approx(other[name], nan_ok=True, rel=1e-9)
    turned = {"better": "worse", "worse": "better"}
    assert other.verdict == turned.get(one.verdict, one.verdict)


@given(two_models())
@settings(max_examples=30, deadline=None)
def test_a_model_is_as_good_as_itself(models):
    a, _ = models
    again = [[replace(outcome) for outcome in seed] for seed in reversed(a)]
    for other in (a, again):
        row = only(compare_outcomes({"A": a, "again": other}, resamples=50))
        assert (row.difference, row.p, row.p_bootstrap) == (0.0, 1.0, 1.0)
        assert row.verdict == "not distinguishable"


def test_where_no_item_differs_equivalence_depends_on_how_many_there_are():
    for n, verdict in ((5, "not distinguishable"), (50, "not distinguishable"), (300, "equivalent")):
        one = chance(n)
        for a, b in (([[one]], [[one]]), ([[one]] * 3, [[one]])):
            row = only(compare_outcomes({"A": a, "B": b}, margin=0.01))
            assert (row.difference, row.p, row.verdict) == (0.0, 1.0, verdict)
            assert row.p_equivalence == pytest.approx(0.99**n)


@given(two_models(), st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_another_model_of_the_same_items_changes_no_p(models, seed):
    a, b = models
    rng = np.random.default_rng(seed)
    example = a[0][0]
    values = example.values.copy()
    values[:, 0] = rng.permutation(values[:, 0])
    third = [[replace(example, values=values)]]
    two = only(compare_outcomes({"A": a, "B": b}, margin=0.05, resamples=50))
    three = compare_outcomes({"A": a, "C": third, "B": b}, margin=0.05, resamples=50)
    row = only(three[(three["first"] == "A") & (three["second"] == "B")])
    for name in ("difference", "low", "high", "p", "p_equivalence", "p_williams", "p_bootstrap"):
        assert row[name] == two[name] or (math.isnan(row[name]) and math.isnan(two[name]))
    if not math.isnan(row.p):
        assert row.p_holm >= row.p


def test_holm_is_over_the_primary_rows_and_over_the_others():
    def model(seed):
        overall = chance(90, 0.5, seed, dataset="Q: all", metric="3cosadd accuracy")
        part = replace(overall.take(np.arange(30)), dataset="Q: family")
        other = chance(40, 0.5, seed + 50, dataset="S", sha256="01")
        return [[part, replace(part, metric="3cosadd MRR@10"), overall, other]]

    table = compare_outcomes({name: model(seed) for seed, name in enumerate("ABC")})
    primary = table["primary"].to_numpy()
    assert set(table["dataset"][primary]) == {"Q: all", "S"} and primary.sum() == 6
    for family in (primary, ~primary):
        assert table["p_holm"][family].tolist() == adjust_holm(table["p"][family].to_numpy()).tolist()
    named = compare_outcomes(
        {name: model(seed) for seed, name in enumerate("ABC")}, primary=[("Q: family", "3cosadd MRR@10")]
    )
    assert set(named["dataset"][named["primary"]]) == {"Q: family"}


def test_several_seeds_are_one_model():
    rng, truth = np.random.default_rng(3), np.random.default_rng(4).random(300)
    hard = rng.random(300)
    a, b = ([[hits(truth + shift + 0.2 * rng.normal(size=300) > hard)] for _ in range(3)] for shift in (0.3, 0.0))
    row = only(compare_outcomes({"A": a, "B": b}))
    scores = [[seed[0].score for seed in seeds] for seeds in (a, b)]
    assert row.difference == pytest.approx(np.mean(scores[0]) - np.mean(scores[1]))
    assert (row.sd_seeds_first, row.sd_seeds_second) == pytest.approx([np.std(s, ddof=1) for s in scores])
    assert row.se_seeds == pytest.approx(math.sqrt(sum(np.var(s, ddof=1) / 3 for s in scores)))
    assert max(row.se_items, row.se_seeds) <= row.se <= math.hypot(row.se_items, row.se_seeds)
    assert (row.seeds_first, row.verdict, row.remark) == (3, "better", "")
    lone = only(compare_outcomes({"A": a, "B": b[:1]}))
    assert lone.remark == "one seed of B: variance between trainings unknown"
    assert lone.se_seeds == pytest.approx(math.sqrt(np.var(scores[0], ddof=1) / 3))
    scored = score_configurations({"A": a, "B": b[:1]})
    assert scored["seeds"].tolist() == [3, 1] and scored["unit"].tolist() == ["question, seed", "question"]
    assert scored["score"][0] == pytest.approx(np.mean(scores[0])) and math.isnan(scored["se_seeds"][1])
    assert (scored["low"] < scored["score"]).all() and (scored["score"] < scored["high"]).all()


def test_seeds_that_agree_no_better_than_models_show_no_difference():
    # Items alone would call these two surely different: seeds shift whole scores.
    shares = ((0.5, 0.6, 0.7), (0.55, 0.65, 0.75))
    a, b = ([[hits(np.arange(2000) % 100 < 100 * share)] for share in seeds] for seeds in shares)
    single = only(compare_outcomes({"A": a[:1], "B": b[:1]}))
    several = only(compare_outcomes({"A": a, "B": b}))
    assert single.verdict == "worse" and several.verdict == "not distinguishable"
    assert several.p > 0.4 and several.freedom < 5


@pytest.mark.parametrize("measure", [SPEARMAN, PEARSON])
def test_williams_stands_beside_correlations(measure):
    rng = np.random.default_rng(5)
    truth = rng.normal(size=80)
    x, y = truth + rng.normal(size=80), truth + 2 * rng.normal(size=80)
    row = only(compare_outcomes({n: [[similarities(v, truth, measure=measure)]] for n, v in (("A", x), ("B", y))}))
    correlate = scipy.stats.spearmanr if measure is SPEARMAN else scipy.stats.pearsonr
    r = [correlate(*pair)[0] for pair in ((x, truth), (y, truth), (x, y))]
    assert row.p_williams == pytest.approx(compare_correlations(*r, 80), rel=1e-9)
    assert row.p == pytest.approx(row.p_williams, abs=0.05)
    mean = only(
        compare_outcomes(
            {
                "A": [[similarities(x + d, truth, measure=measure)] for d in (0.0, y)],
                "B": [[similarities(y, truth, measure=measure)]],
            }
        )
    )
    blend = [correlate(*pair)[0] for pair in ((x + y / 2, truth), (y, truth), (x + y / 2, y))]
    assert mean.p_williams == pytest.approx(compare_correlations(*blend, 80), rel=1e-9)


def test_equivalence_needs_a_margin_and_enough_items():
    def models(n):
        base = np.arange(n) % 10 < 6
        moved = base.copy()
        moved[:: n // 10] ^= True
        moved[9 :: n // 10] ^= True
        return {"A": [[hits(base)]], "B": [[hits(moved)]]}

    assert only(compare_outcomes(models(4000))).verdict == "not distinguishable"
    found = only(compare_outcomes(models(4000), margin=0.02))
    assert found.verdict == "equivalent" and found.p_equivalence_holm <= 0.05 and found.margin == 0.02
    assert only(compare_outcomes(models(40), margin=0.02)).verdict == "not distinguishable"


def test_better_by_less_than_the_margin_is_said():
    base = np.arange(20_000) % 10 < 6
    moved = base.copy()
    moved[9::200] = True
    row = only(compare_outcomes({"A": [[hits(moved)]], "B": [[hits(base)]]}, margin=0.05, resamples=0))
    assert row.verdict == "better" and row.remark.startswith("different, yet surely by less than 0.05; one seed each")


def test_few_items_test_nothing():
    row = only(compare_outcomes({"A": [[hits([1, 1, 1, 1])]], "B": [[hits([0, 0, 0, 1])]]}))
    assert math.isnan(row.p) and math.isnan(row.low) and row.verdict == "not distinguishable"
    assert row.remark.startswith("too few items with no question in common: no test; ")
    row = only(compare_outcomes({"A": [[hits([1] * 8)]], "B": [[hits([0] * 8)]]}, margin=0.1))
    assert math.isnan(row.p) and row.difference == 1.0 and row.verdict == "not distinguishable"
    assert row.remark.startswith("every item differs alike: no variance to test by; ")


def test_no_score_is_no_verdict():
    truth = np.arange(20.0)
    constant, right = similarities(np.zeros(20), truth), similarities(truth, truth)
    row = only(compare_outcomes({"A": [[constant]], "B": [[right]]}, margin=0.1))
    assert math.isnan(row.difference) and math.isnan(row.p) and row.verdict == "not distinguishable"
    assert row.remark.startswith("no score: too few items, or nothing varies; ")
    scores = score_configurations({"A": [[constant]], "B": [[right]]})
    assert scores["score"].isna().tolist() == [True, False]
    table = verdict_table(scores, compare_outcomes({"A": [[constant]], "B": [[right]]}))
    assert not set(VERDICTS) & set(table.columns)


def test_a_category_without_common_items_is_a_row_without_a_score():
    def model(items, part):
        overall = hits(np.ones(len(items)), items=items, dataset="Q: all")
        return [[hits(np.ones(len(part)), items=part, dataset="Q: x"), overall]]

    table = compare_outcomes({"A": model(range(0, 12), [0, 1]), "B": model(range(2, 14), [12, 13])})
    row = table.iloc[0]
    assert (row.dataset, row.n, row.dropped, row.verdict) == ("Q: x", 0, 4, "not distinguishable")
    assert math.isnan(row.score_first) and row.remark.startswith("no common item; ")
    assert table.iloc[1].n == 10


def test_macro_means_are_compared():
    rng = np.random.default_rng(1)
    category = np.repeat([0.0, 1.0, 2.0], [60, 30, 10])
    a, b = (np.stack([rng.random(100) < share, category], axis=1) for share in (0.8, 0.3))
    one, other = (hits(v, measure=MACRO_MEAN) for v in (a, b))
    row = only(compare_outcomes({"A": [[one]], "B": [[other]]}))
    means = [[v[category == c, 0].mean() for c in range(3)] for v in (a, b)]
    assert row.difference == pytest.approx(np.mean(means[0]) - np.mean(means[1]))
    variance = (
        sum(
            np.sum((a[category == c, 0] - b[category == c, 0] - (means[0][c] - means[1][c])) ** 2)
            / (category == c).sum() ** 2
            for c in range(3)
        )
        / 9
        * 100
        / 99
    )
    assert row.se == pytest.approx(math.sqrt(variance))


def test_the_printed_table_says_it_in_words():
    a, b, c = (chance(400, share, seed) for seed, share in enumerate((0.8, 0.5, 0.52)))
    models = {"A": [[a]], "B": [[b]], "C": [[c.take(np.arange(390))]]}
    compared = compare_outcomes(models)
    table = verdict_table(score_configurations(models), compared)
    better, worse, _, unknown = VERDICTS
    assert list(table.columns)[:8] == ["dataset", "metric", "model", "score", "low", "high", "n", "dropped"]
    assert list(table.columns)[8:] == [better, worse, unknown]
    assert table[[better, worse, unknown]].values.tolist() == [["B, C", "", ""], ["", "A", "C"], ["", "A", "B"]]
    short = verdict_table(score_configurations(models), compared, short={"A": "1", "B": "2", "C": "3"})
    assert short[better].tolist() == ["2, 3", "", ""]
    assert comparison_remarks(compared) == [
        "Verdicts are adjusted for 3 comparisons (Holm); intervals are not.",
        "toy: 390 items are common to all models, 10 are not and are left out.",
        "One seed of A, B, C: variance between trainings unknown.",
    ]
    seeds = {"A": [[a], [a]], "B": [[replace(a)]]}
    table = verdict_table(score_configurations(seeds), compare_outcomes(seeds, margin=0.02))
    assert table["as good as"].tolist() == ["B", "A"]
    assert "As good as: the difference is within 0.02 (two one-sided tests)." in comparison_remarks(
        compare_outcomes(seeds, margin=0.02)
    )
    assert table["sd seeds"].tolist()[0] == 0.0


def test_what_only_one_model_was_scored_on_is_shown_and_not_compared():
    models = {"A": [[chance(40), chance(40, dataset="other", sha256="01")]], "B": [[chance(40, seed=2)]]}
    assert compare_outcomes(models)["dataset"].tolist() == ["toy"]
    table = verdict_table(score_configurations(models), compare_outcomes(models))
    assert table[["dataset", "model"]].values.tolist() == [["toy", "A"], ["toy", "B"], ["other", "A"]]
    assert table[[name for name in VERDICTS if name in table]].values.tolist()[2] == [""]


def test_nothing_in_common():
    models = {"A": [[hits([1, 0], items=[0, 1])]], "B": [[hits([1, 0], items=[2, 3])]]}
    for work in (compare_outcomes, score_configurations):
        with pytest.raises(AlignmentError, match="^A, B have no item in common in toy: no question whose words all"):
            work(models)


def test_other_files_and_policies():
    one = chance(20)
    with pytest.raises(AlignmentError, match=r"toy: A was scored on a file of SHA-256 00, B on one of ff\. Score"):
        compare_outcomes({"A": [[one]], "B": [[replace(one, sha256="ff")]]})
    with pytest.raises(
        AlignmentError, match="toy, accuracy: A was scored with 'skip unknown, ignore case', B with 'zero for unknown'"
    ):
        compare_outcomes({"A": [[one]], "B": [[replace(one, policy="zero for unknown")]]})
    with pytest.raises(AlignmentError, match=r"A \(seed 1\) was scored with .*, A \(seed 2\) with 'zero"):
        compare_outcomes({"A": [[one], [replace(one, policy="zero for unknown")]], "B": [[one]]})
    with pytest.raises(AlignmentError, match="toy: A and B have different questions for the same items"):
        compare_outcomes({"A": [[one]], "B": [[replace(one, units=one.units + 1)]]})


def test_two_files_of_one_name_are_two_test_sets():
    both = [chance(20), chance(30, sha256="ff")]
    table = compare_outcomes({"A": [both], "B": [both], "C": [both[:1]]})
    assert sorted(table["dataset_sha256"]) == ["00", "00", "00", "ff"]


def test_configurations_that_are_none():
    one = chance(20)
    with pytest.raises(ParameterError, match=r"models must be at least two configurations, got \['A'\]"):
        compare_outcomes({"A": [[one]]})
    with pytest.raises(ParameterError, match=r"models\['B'\] must be a list of outcomes for each seed, at least one"):
        compare_outcomes({"A": [[one]], "B": []})
    with pytest.raises(ParameterError, match=r"models\['B'\] must be a list of outcomes for each seed"):
        compare_outcomes({"A": [[one]], "B": [one]})
    with pytest.raises(FormatError, match="B, seed 1: two outcomes for toy, accuracy"):
        compare_outcomes({"A": [[one]], "B": [[one, one]]})
    with pytest.raises(FormatError, match="B, seed 2: no outcome for toy, accuracy, which another seed has"):
        compare_outcomes({"A": [[one]], "B": [[one], []]})


@pytest.mark.parametrize(
    "named, message",
    [
        ({"margin": 0.0}, "margin must be above 0, got 0.0"),
        ({"confidence": 95}, "confidence must be between 0 and 1, got 95"),
        ({"resamples": -1}, "resamples must be an integer >= 0, got -1"),
    ],
)
def test_numbers_out_of_their_domain(named, message):
    with pytest.raises(ParameterError, match=message):
        compare_outcomes({"A": [[chance(20)]], "B": [[chance(20)]]}, **named)


def test_no_resamples_no_bootstrap():
    table = compare_outcomes({"A": [[chance(20)]], "B": [[chance(20, seed=2)]]}, resamples=0)
    assert math.isnan(only(table).p_bootstrap)


def test_a_summary_of_seeds():
    found = summarize([chance(30), chance(30, seed=2)])
    assert found.influence.sum() == pytest.approx(0.0, abs=1e-12)
    assert found.seeds.size == 2


@pytest.mark.parametrize("kind", ["word pairs", "analogies"])
def test_models_of_one_distribution_are_called_different_in_five_of_a_hundred_trials(kind):
    rng, wrong, trials = np.random.default_rng(8), 0, 500
    for _ in range(trials):
        units = shared_pairs(rng, 200, 180)
        if kind == "word pairs":
            truth = shifted(rng, units, 1.0)
            pair = [similarities(truth + shifted(rng, units, 1.0), truth, units=units) for _ in range(2)]
        else:
            hard = shifted(rng, units, 1.0)
            pair = [hits(hard + shifted(rng, units, 0.7) > 0, units=units) for _ in range(2)]
        wrong += (
            only(compare_outcomes({"A": [[pair[0]]], "B": [[pair[1]]]}, resamples=0)).verdict != "not distinguishable"
        )
    # A level of 5 % is seen as 2.1 to 7.9 %, three standard errors away.
    assert 0.021 <= wrong / trials <= 0.079
