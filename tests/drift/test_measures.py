"""Drift measures: naive twins, invariants, what is left out, and the words of every error."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import ortho_group

from wordvec import AlignedSlices, AlignmentError, Embeddings, ParameterError, UnknownWordError, Vocabulary
from wordvec.drift.measures import MEASURES, measure_drift
from wordvec.drift.remarks import wide_intersection

_spec = importlib.util.spec_from_file_location("twins", Path(__file__).with_name("twins.py"))
twins = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(twins)


def make(seed=0, n=40, dim=6, n_slices=2, missing=0):
    """Random slices over ``n`` words; each slice lacks ``missing`` of them and has its own word order."""
    rng = np.random.default_rng(seed)
    vocabulary = Vocabulary(tuple(f"w{i:02d}" for i in range(n)), np.arange(n, 0, -1) + 100)
    counts = rng.integers(20, 200, size=(n_slices, n))
    slices = []
    for t in range(n_slices):
        gone = rng.choice(n, size=missing, replace=False)
        counts[t, gone] = 1
        kept = sorted(set(range(n)) - set(gone.tolist()), key=lambda i: (-counts[t, i], i))
        words = Vocabulary(tuple(vocabulary.words[i] for i in kept), counts[t, kept])
        slices.append(Embeddings(words, rng.normal(size=(len(kept), dim)).astype(np.float32)))
    return AlignedSlices(tuple("abcdefgh"[:n_slices]), tuple(slices), vocabulary, counts)


def replaced(slices, **vectors):
    embeddings = tuple(
        Embeddings(e.vocabulary, np.ascontiguousarray(vectors.get(label, e.vectors), dtype=np.float32))
        for label, e in zip(slices.labels, slices.embeddings, strict=True)
    )
    return AlignedSlices(slices.labels, embeddings, slices.vocabulary, slices.counts)


def drifts(slices, measure, **options):
    table = measure_drift(slices, measures=(measure,), **options)
    return dict(zip(table["word"], table["drift"], strict=True))


@settings(deadline=None, max_examples=25)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(8, 30),
    k=st.integers(1, 40),
    missing=st.integers(0, 3),
    duplicates=st.booleans(),
    t=st.floats(0, 1),
)
def test_equals_the_naive_twin(seed, n, k, missing, duplicates, t):
    slices = make(seed, n, 4, missing=missing)
    a, b = slices.embeddings
    options = {"k": k, "k_intersection": k, "t": t, "duplicates": duplicates, "anchors": k + 1}
    table = measure_drift(slices, measures=MEASURES, **options)
    anchors = [w for w in slices.vocabulary if w in a and w in b][: k + 1]
    assert table.attrs["left_out"][0]["anchors"] == len(anchors)
    for row in table.itertuples():
        lncs2 = twins.lncs2(row.word, a, b, k, duplicates)
        direct = twins.cosine(a[row.word], b[row.word])
        expected = {
            "cosine": direct,
            "lncs2": lncs2,
            "moving_lncs2": (1 - t) * lncs2 + t * direct,
            "intersection": twins.intersection(row.word, a, b, k),
            "second_order": twins.second_order(row.word, a, b, anchors),
        }[row.measure]
        assert row.drift == pytest.approx(1 - expected, abs=2e-5)
    both = [w for w in slices.vocabulary if w in a and w in b]
    assert sorted(table.loc[table["measure"] == "cosine", "word"]) == both


@pytest.mark.parametrize("measure", MEASURES)
def test_a_slice_against_itself_does_not_drift(measure):
    slices = make(1)
    same = AlignedSlices(("x", "y"), (slices["a"], slices["a"]), slices.vocabulary, slices.counts)
    assert_allclose(list(drifts(same, measure, k=5, k_intersection=5).values()), 0.0, atol=1e-12)


def test_orthogonal_vectors_do_not_divide_by_zero():
    words = Vocabulary(("a", "b", "c"), np.array([50, 50, 50]))
    eye = Embeddings(words, np.eye(3, dtype=np.float32))
    slices = AlignedSlices(("x", "y"), (eye, eye), words, np.full((2, 3), 50))
    table = measure_drift(slices, measures=MEASURES)
    assert_allclose(table["drift"], 0.0, atol=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
def test_symmetric_in_the_slices(measure):
    slices = make(2, missing=3)
    turned = AlignedSlices(("b", "a"), slices.embeddings[::-1], slices.vocabulary, slices.counts[::-1].copy())
    there, back = (drifts(s, measure, k=7, k_intersection=9) for s in (slices, turned))
    assert there.keys() == back.keys()
    assert_allclose([there[w] for w in there], [back[w] for w in there], atol=1e-12)


def test_moving_is_linear_with_its_ends_at_lncs2_and_cosine():
    slices = make(3)
    at = {t: drifts(slices, "moving_lncs2", t=t, k=5) for t in (0.0, 0.3, 1.0)}
    assert at[0.0] == drifts(slices, "lncs2", k=5)
    assert at[1.0] == drifts(slices, "cosine")
    for word, middle in at[0.3].items():
        assert middle == pytest.approx(0.7 * at[0.0][word] + 0.3 * at[1.0][word], abs=1e-12)


@settings(deadline=None, max_examples=15)
@given(seed=st.integers(0, 2**31))
def test_rotating_one_slice_moves_the_cosine_only(seed):
    slices = make(seed)
    q = ortho_group.rvs(6, random_state=seed)
    turned = replaced(slices, b=slices["b"].vectors @ q)
    for measure, tolerance in (("lncs2", 1e-5), ("intersection", 1e-12), ("second_order", 1e-5)):
        before, after = (drifts(s, measure, k=5, k_intersection=5) for s in (slices, turned))
        assert_allclose([after[w] for w in before], list(before.values()), atol=tolerance)
    before, after = (drifts(s, "cosine") for s in (slices, turned))
    assert max(abs(after[w] - before[w]) for w in before) > 0.05


@pytest.mark.parametrize("measure", MEASURES)
def test_rotating_both_slices_leaves_everything_alone(measure):
    slices = make(4, missing=2)
    q = ortho_group.rvs(6, random_state=5)
    turned = replaced(slices, a=slices["a"].vectors @ q, b=slices["b"].vectors @ q)
    before, after = (drifts(s, measure, k=5, k_intersection=5) for s in (slices, turned))
    assert_allclose([after[w] for w in before], list(before.values()), atol=1e-5)


def test_blocks_do_not_change_the_numbers(monkeypatch):
    slices = make(5, n_slices=3, missing=4)
    whole = measure_drift(slices, measures=MEASURES, against="every", k=6, k_intersection=9)
    monkeypatch.setattr("wordvec.drift.measures.BLOCK", 7)
    monkeypatch.setattr("wordvec.drift.similarities._GATHERED", 100)
    monkeypatch.setattr("wordvec.drift.similarities._ANCHORS", 9)
    blocks = measure_drift(slices, measures=MEASURES, against="every", k=6, k_intersection=9)
    assert len(blocks) == len(whole)
    key = ["source", "target", "measure", "word"]
    assert_allclose(blocks.sort_values(key)["drift"], whole.sort_values(key)["drift"], atol=1e-6)


def test_pairs_and_order_of_the_rows():
    slices = make(6, n_slices=3)
    pairs = {
        "previous": [("a", "b"), ("b", "c")],
        "first": [("a", "b"), ("a", "c")],
        "every": [("a", "b"), ("a", "c"), ("b", "c")],
    }
    for against, expected in pairs.items():
        table = measure_drift(slices, against=against, measures=("lncs2", "cosine"))
        assert list(dict.fromkeys(zip(table["source"], table["target"], strict=True))) == expected
        assert list(dict.fromkeys(table["measure"])) == ["lncs2", "cosine"]
        for _, rows in table.groupby(["source", "target", "measure"], sort=False):
            assert list(rows["drift"]) == sorted(rows["drift"], reverse=True)
    assert list(table.columns) == ["word", "source", "target", "measure", "drift", "count_source", "count_target"]


def test_ties_go_by_word():
    words = Vocabulary(("zebra", "apple", "mango"), np.array([50, 40, 30]))
    rows = Embeddings(words, np.tile(np.array([[1.0, 2.0]], np.float32), (3, 1)))
    slices = AlignedSlices(("x", "y"), (rows, rows), words, np.full((2, 3), 30))
    assert list(measure_drift(slices)["word"]) == ["apple", "mango", "zebra"]


def test_left_out_words_are_counted_by_pair_and_stay_elsewhere():
    slices = make(7, n=10, n_slices=3)
    counts = slices.counts.copy()
    counts[0, 0] = 19  # w00 too rare in a
    vectors = slices["c"].vectors.copy()
    vectors[slices["c"].vocabulary["w01"]] = 0.0  # w01 has no direction in c
    slices = AlignedSlices(slices.labels, replaced(slices, c=vectors).embeddings, slices.vocabulary, counts)
    table = measure_drift(slices, words=["w00", "w01", "w02"])
    floors = [int(max(counts[[0, 1], 1].min(), counts[[0, 1], 2].min()))]
    floors.append(int(max(counts[[1, 2], 0].min(), counts[[1, 2], 2].min())))
    first = {"source": "a", "target": "b", "compared": 2, "too_rare": 1, "absent": 0, "words": ["w00"]}
    second = {"source": "b", "target": "c", "compared": 2, "too_rare": 0, "absent": 1, "words": ["w01"]}
    assert table.attrs["left_out"] == [
        {**first, "shared": 10, "largest_floor": floors[0]},
        {**second, "shared": 9, "largest_floor": floors[1]},
    ]
    assert set(table.loc[table["source"] == "b", "word"]) == {"w00", "w02"}
    assert table.attrs["settings"]["min_count"] == 20
    full = measure_drift(slices, against="first")
    assert full.attrs["left_out"][0] == {
        "source": "a",
        "target": "b",
        "compared": 9,
        "too_rare": 1,
        "absent": 0,
        "words": [],
        "shared": 10,
        "largest_floor": int(counts[:2].min(axis=0).max()),
    }


def test_counts_are_those_of_the_two_slices():
    slices = make(8, n_slices=3, missing=2)
    for row in measure_drift(slices, against="every").itertuples():
        i = slices.vocabulary[row.word]
        assert row.count_source == slices.counts[slices.number(row.source), i]
        assert row.count_target == slices.counts[slices.number(row.target), i]


def test_no_word_left_gives_an_empty_table():
    table = measure_drift(make(9), min_count=10_000, measures=MEASURES)
    assert len(table) == 0
    assert table.attrs["left_out"][0]["too_rare"] == 40
    floor = table.attrs["left_out"][0]["largest_floor"]
    assert len(measure_drift(make(9), min_count=floor)) > 0 == len(measure_drift(make(9), min_count=floor + 1))
    assert len(measure_drift(make(9), words=[])) == 0


def test_vectors_that_are_not_finite_count_as_absent():
    slices = make(10)
    vectors = slices["b"].vectors.copy()
    vectors[3] = np.nan
    vectors[4] = np.inf
    table = measure_drift(replaced(slices, b=vectors), measures=MEASURES, k=5)
    assert table.attrs["left_out"][0]["absent"] == 2
    assert np.isfinite(table["drift"]).all()


def test_unknown_words_are_refused_with_a_suggestion():
    with pytest.raises(UnknownWordError, match=r"^'w0' is not among the 40 words of this vocabulary\. Did you mean 'w"):
        measure_drift(make(), words=["w01", "w0"])
    with pytest.raises(
        UnknownWordError, match=r"^'zzz' is not among .* vocabulary\. Not there either: 'yyy', 'xxx'\.$"
    ):
        measure_drift(make(), words=["w01", "zzz", "yyy", "zzz", "xxx"])


def test_intersection_of_neighborhoods_as_large_as_the_slices_is_remarked():
    slices = make(n_slices=3, missing=2)
    table = measure_drift(slices, measures=["cosine", "intersection"])
    wide = wide_intersection(table.attrs)
    shared = {(e["source"], e["target"]): e["shared"] for e in table.attrs["left_out"]}
    assert wide.shared == min(shared.values()) == shared[wide.source, wide.target]
    assert (wide.k, wide.advised) == (1000, 3)
    assert wide_intersection(measure_drift(slices, measures=["intersection"], k_intersection=3).attrs) is None
    assert wide_intersection(measure_drift(slices).attrs) is None
    assert wide_intersection({}) is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"measures": ("cosin",)},
            "measures must be some of cosine, lncs2, moving_lncs2, intersection, second_order, got ['cosin']",
        ),
        ({"measures": ()}, "measures must be some of cosine, lncs2, moving_lncs2, intersection, second_order, got []"),
        ({"against": "last"}, "against must be previous, first or every, got 'last'"),
        ({"min_count": 0}, "min_count must be an integer >= 1, got 0"),
        ({"k": 0}, "k must be an integer >= 1, got 0"),
        ({"k_intersection": 0}, "k_intersection must be an integer >= 1, got 0"),
        ({"t": 1.5}, "t must be between 0 and 1, got 1.5"),
        ({"anchors": 1}, "anchors must be 2 words or more, or how many, got 1"),
        ({"anchors": ["w01"]}, "anchors must be 2 words or more, or how many, got ('w01',)"),
        (
            {"ordered": False, "against": "previous"},
            "against must be first or every where slices have no order, got 'previous'",
        ),
    ],
)
def test_parameters_outside_their_domain(options, message):
    with pytest.raises(ParameterError) as caught:
        measure_drift(make(), **options)
    assert str(caught.value) == message


def test_one_name_is_as_good_as_a_list_of_one():
    assert set(measure_drift(make(), measures="lncs2")["measure"]) == {"lncs2"}


def test_one_slice_cannot_drift():
    slices = make(n_slices=1)
    with pytest.raises(AlignmentError, match=r"^drift needs two slices or more; these hold 1\.$"):
        measure_drift(slices)


def test_a_slice_of_one_word_has_no_neighbors():
    words = Vocabulary(("a",), np.array([50]))
    rows = Embeddings(words, np.ones((1, 2), np.float32))
    slices = AlignedSlices(("x", "y"), (rows, rows), words, np.full((2, 1), 50))
    assert measure_drift(slices)["drift"].tolist() == [pytest.approx(0.0, abs=1e-12)]
    with pytest.raises(
        AlignmentError, match=r"^slice 'x' holds 1 word\(s\); lncs2 need at least 2\. Measure the cosine"
    ):
        measure_drift(slices, measures=("lncs2",))


@pytest.mark.parametrize("measure", MEASURES)
def test_words_that_traded_places_rank_first(measure):
    """Planted drift: three pairs of words swap their company, the others keep it up to noise."""
    rng = np.random.default_rng(0)
    n, swapped = 200, np.arange(6)
    base = rng.normal(size=(n, 12))
    after = base.copy()
    after[swapped] = base[swapped[::-1]]
    words = Vocabulary(tuple(f"w{i:03d}" for i in range(n)), np.arange(n, 0, -1) + 100)
    rows = [Embeddings(words, (x + rng.normal(scale=0.2, size=x.shape)).astype(np.float32)) for x in (base, after)]
    slices = AlignedSlices(("then", "now"), tuple(rows), words, np.full((2, n), 100))
    table = measure_drift(slices, measures=(measure,), k_intersection=25)
    assert set(table["word"].head(6)) == {f"w{i:03d}" for i in swapped}


def test_named_anchors_are_those_of_every_pair_and_must_be_there():
    slices = make(11, n_slices=3, missing=4)
    there = [w for w in slices.vocabulary if all(w in e for e in slices.embeddings)]
    table = measure_drift(slices, measures="second_order", anchors=there[:7], against="every")
    assert [entry["anchors"] for entry in table.attrs["left_out"]] == [7, 7, 7]
    assert table.attrs["settings"]["anchors"] == there[:7]
    row = table.iloc[0]
    expected = twins.second_order(row.word, slices[row.source], slices[row.target], there[:7])
    assert row.drift == pytest.approx(1 - expected, abs=1e-5)
    gone = next(w for w in slices.vocabulary if w not in slices["b"] and w in slices["a"])
    with pytest.raises(AlignmentError, match=f"^not every anchor has a vector in both 'a' and 'b': {gone}. Leave such"):
        measure_drift(slices, measures="second_order", anchors=[*there[:3], gone])
    with pytest.raises(UnknownWordError, match="^'zz' is not among the 40 words"):
        measure_drift(slices, measures="second_order", anchors=[*there[:3], "zz"])


def test_slices_that_share_one_word_have_no_anchors():
    words = Vocabulary(("a", "b", "c"), np.array([50, 40, 30]))
    first = Embeddings(Vocabulary(("a", "b"), np.array([50, 40])), np.eye(2, dtype=np.float32))
    second = Embeddings(Vocabulary(("a", "c"), np.array([50, 30])), np.eye(2, dtype=np.float32))
    slices = AlignedSlices(("x", "y"), (first, second), words, np.full((2, 3), 30))
    message = r"^'x' and 'y' share 1 word\(s\); second_order needs 2 anchors\. Measure the cosine\.$"
    with pytest.raises(AlignmentError, match=message):
        measure_drift(slices, measures="second_order")


def test_slices_without_an_order_are_all_compared():
    slices = make(12, n_slices=3)
    table = measure_drift(slices, ordered=False)
    assert table.attrs["settings"]["against"] == "every" and table.attrs["settings"]["ordered"] is False
    assert list(dict.fromkeys(zip(table["source"], table["target"], strict=True))) == [*map(tuple, ("ab", "ac", "bc"))]


def test_a_slice_added_later_leaves_the_drift_between_the_others():
    grown = make(13, n_slices=4, missing=3)
    old = AlignedSlices(grown.labels[:3], grown.embeddings[:3], grown.vocabulary, grown.counts[:3])
    before, after = (measure_drift(s, measures=MEASURES, against="every", k=5, k_intersection=5) for s in (old, grown))
    kept = after[after["target"] != "d"].reset_index(drop=True)
    pairs = [["word", "source", "target", "measure"], ["drift"], ["count_source", "count_target"]]
    assert all(before[part].equals(kept[part]) for part in pairs)
