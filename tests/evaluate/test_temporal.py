"""Temporal analogies: planted swaps, the static baseline, a plain twin, the files, the slices of years."""

import numpy as np
import pytest

from wordvec import AlignedSlices, Embeddings, Vocabulary
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.scores import Score
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.temporal import (
    TemporalAnalogies,
    assign_slices,
    evaluate_temporal,
    look_up_slices,
    read_temporal,
    score_temporal,
    slice_of_year,
)

WORDS = tuple(f"w{i}" for i in range(30))


def embeddings_of(rows, words=WORDS):
    return Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), np.asarray(rows, np.float32))


def aligned_of(**slices):
    parts = {label.removeprefix("y"): part for label, part in slices.items()}
    words = tuple(dict.fromkeys(word for part in parts.values() for word in part.vocabulary.words))
    vocabulary = Vocabulary(words, np.arange(len(words), 0, -1))
    return AlignedSlices(tuple(parts), tuple(parts.values()), vocabulary, np.ones((len(parts), len(words)), np.int64))


def items_of(*items):
    return TemporalAnalogies("toy", "sha", items)


def scores_of(table):
    return {(d.removeprefix("toy: "), m): s for d, m, s in table[["dataset", "metric", "score"]].values}


def swapped(seed=0):
    """Two slices in which w0 and w1, w2 and w3, ... to w9 have swapped their vectors; the others have not moved."""
    rows = np.random.default_rng(seed).normal(size=(30, 12))
    order = np.arange(30)
    order[:10] = order[:10].reshape(5, 2)[:, ::-1].ravel()
    return aligned_of(y1990=embeddings_of(rows), y2000=embeddings_of(rows[order]))


def swap_items():
    moved = [(f"w{i}", "1990", f"w{i ^ 1}", "2000") for i in range(10)]
    return items_of(*moved, *((f"w{i}", "1990", f"w{i}", "2000") for i in range(10, 20)))


def test_words_that_swapped_are_found():
    table = evaluate_temporal(swapped(), swap_items())
    assert tuple(table.columns) == Score._fields
    assert table["dataset"].tolist() == [f"toy: {part}" for part in ("all", "static", "dynamic") for _ in range(5)]
    assert table["metric"].tolist() == ["MRR@10", "P@1", "P@3", "P@5", "P@10"] * 3
    assert table["score"].tolist() == [1.0] * 15
    assert table["n"].tolist() == [20] * 5 + [10] * 10
    assert set(table["policy"]) == {"skip unknown, ignore case"}
    assert set(table["unit"]) == {"word (exact)"}


def test_vectors_that_never_change_answer_what_never_changes():
    rows = np.random.default_rng(0).normal(size=(30, 12))
    still = aligned_of(y1990=embeddings_of(rows), y2000=embeddings_of(rows))
    found = scores_of(evaluate_temporal(still, swap_items()))
    assert found["static", "P@1"] == found["static", "MRR@10"] == 1.0
    assert found["dynamic", "P@1"] == 0.0  # the word itself is there, and nearer
    assert found["all", "P@1"] == 0.5


def test_hand_table():
    # Ranks 1, 2 and 11 among words on a fan: the further from the query, the later.
    fan = np.stack([np.cos(np.arange(30) * 0.05), np.sin(np.arange(30) * 0.05)], axis=1)
    then = embeddings_of([[1.0, 0.0]] * 3, ("a", "b", "c"))
    aligned = aligned_of(y1990=then, y2000=embeddings_of(fan))
    asked = items_of(("a", "1990", "w0", "2000"), ("b", "1990", "w1", "2000"), ("c", "1990", "w10", "2000"))
    found = scores_of(evaluate_temporal(aligned, asked))
    assert found["all", "MRR@10"] == pytest.approx((1 + 0.5 + 0) / 3)
    assert [found["all", f"P@{k}"] for k in (1, 3, 5, 10)] == pytest.approx([1 / 3, 2 / 3, 2 / 3, 2 / 3])
    assert np.isnan(found["static", "P@1"])


def twin_ranks(aligned, items):
    """Return the rank of each answer among all words of its slice."""
    ranks = []
    for w, t, v, u in items:
        query, there = aligned[t][w].astype(float), aligned[u]
        vectors = there.vectors.astype(float)
        cosines = vectors @ query / np.linalg.norm(vectors, axis=1) / np.linalg.norm(query)
        ranks.append(1 + int((cosines > cosines[there.vocabulary[v]] + 1e-9).sum()))
    return np.array(ranks)


def test_scores_equal_a_plain_twin_for_any_number_of_threads():
    rng = np.random.default_rng(1)
    parts = {f"y{1990 + t}": embeddings_of(rng.normal(size=(30, 3))) for t in range(4)}
    aligned = aligned_of(**parts)
    items = []
    for _ in range(200):
        t, u = rng.permutation(4)[:2].tolist()
        w, v = rng.integers(0, 12, 2).tolist()
        items.append((f"w{w}", str(1990 + t), f"w{v}", str(1990 + u)))
    ranks = twin_ranks(aligned, items)
    for threads in (1, 2):
        outcomes = score_temporal(look_up_slices(aligned), items_of(*items), threads=threads)
        assert outcomes[0].values[:, 0] == pytest.approx(np.where(ranks <= 10, 1 / ranks, 0))
        for outcome, depth in zip(outcomes[1:5], (1, 3, 5, 10), strict=True):
            assert (outcome.values[:, 0] == (ranks <= depth)).all()
    same = np.array([w == v for w, _, v, _ in items])
    assert (outcomes[5].items == np.flatnonzero(same)).all()
    assert (outcomes[10].items == np.flatnonzero(~same)).all()


def test_equal_words_share_their_places():
    then, now = embeddings_of([[1, 0]], ("a",)), embeddings_of([[1, 0], [0, 1], [1, 0]], ("b", "c", "d"))
    aligned = aligned_of(y1990=then, y2000=now)
    for answer in ("b", "d"):
        found = scores_of(evaluate_temporal(aligned, items_of(("a", "1990", answer, "2000"))))
        assert (found["all", "P@1"], found["all", "MRR@10"], found["all", "P@3"]) == (0.5, 0.75, 1.0)


def test_units_are_words_whatever_the_slices():
    aligned = swapped()
    asked = items_of(("w0", "1990", "W1", "2000"), ("W0", "1990", "w0", "2000"), ("w1", "2000", "w0", "1990"))
    outcome = score_temporal(look_up_slices(aligned), asked)[0]
    assert (outcome.units.tolist(), outcome.unit) == ([[0, 1], [0, 0], [1, 0]], "word")
    parts = score_temporal(look_up_slices(aligned), asked)
    assert parts[5].items.tolist() == [1]  # W0 and w0 are one word where case is ignored
    assert parts[5].units.tolist() == [[0, 0]]
    kept = score_temporal(look_up_slices(aligned, case="keep"), asked)
    assert (len(kept[0]), kept[0].missing) == (1, 2)


def test_years_in_slices_that_are_periods():
    rows = np.random.default_rng(0).normal(size=(30, 12))
    parts = {"1980-1989": embeddings_of(rows), "1990s": embeddings_of(rows[::-1])}
    aligned = AlignedSlices(
        tuple(parts), tuple(parts.values()), Vocabulary(WORDS, np.arange(30, 0, -1)), np.ones((2, 30), np.int64)
    )
    asked = items_of(
        ("w0", "1981", "w29", "1999"),
        ("w0", "1982", "w29", "1991"),
        ("w0", "1981", "w0", "1989"),
        ("w0", "1981", "w0", "2000"),
        ("w3", "1985", "gone", "1995"),
    )
    table = evaluate_temporal(aligned, asked)
    assert table[["score", "n", "missing"]].values.tolist()[0] == [1.0, 2, 1]
    assert table.attrs["notes"] == (
        "1 of 5 items left out: a year is in no slice",
        "1 of 5 items left out: both years are in one slice",
        "1 of 3 items ask what another one asks: their years share slices",
    )
    by_hand = {"1981": "1990s", "1999": "1980-1989"}
    slices, _ = assign_slices(asked, aligned.labels, slice_of=by_hand.get)
    assert slices.tolist() == [[1, 0], [-1, -1], [1, -1], [1, -1], [-1, -1]]
    found = evaluate_temporal(aligned, asked, slice_of=by_hand.get)
    assert (found["score"][0], found["n"][0]) == (1.0, 1)


def test_slices_of_years():
    labels = ["1790-1859", "1860 – 1899", "1900_1949", "1950/1959", "1960s", "1970", "UK", "v2-5"]
    years = ["1790", "1859", "1860", "1899", "1949", "1950", "1969", "1970", "1971", "UK", "US", "3"]
    assert [slice_of_year(labels, year) for year in years] == [
        "1790-1859",
        "1790-1859",
        "1860 – 1899",
        "1860 – 1899",
        "1900_1949",
        "1950/1959",
        "1960s",
        "1970",
        None,
        "UK",
        None,
        None,
    ]
    assert slice_of_year(["1990", "1990-1999"], "1990") == "1990"
    with pytest.raises(ParameterError, match="slices must not overlap: the year 1995 is in 1990-1995 and in 1995-1999"):
        slice_of_year(["1990-1995", "1995-1999"], "1995")
    with pytest.raises(ParameterError, match=r"slice_of\('1990'\) must be None or one of a, b, got 'c'"):
        assign_slices(items_of(("x", "1990", "y", "2000")), ["a", "b"], slice_of=lambda year: "c")


def test_unknown_words_by_policy():
    aligned = swapped()
    asked = items_of(
        ("w0", "1990", "w1", "2000"),
        ("w10", "1990", "w10", "2000"),
        ("gone", "1990", "w3", "2000"),
        ("w2", "1990", "gone", "2000"),
        ("gone", "1990", "gone", "2000"),
    )
    table = evaluate_temporal(aligned, asked).set_index(["dataset", "metric"])
    assert table.loc[("toy: all", "P@1"), ["score", "n", "missing"]].tolist() == [1.0, 2, 3]
    assert table.loc[("toy: static", "P@1"), ["n", "missing"]].tolist() == [1, 1]
    assert table.loc[("toy: dynamic", "P@1"), ["n", "missing"]].tolist() == [1, 2]
    zero = evaluate_temporal(aligned, asked, missing="zero")
    assert zero[["n", "missing"]].values.tolist()[0] == [5, 3]
    assert zero["score"][1] == pytest.approx((1 + 1 + 1 / 30 + 0 + 0) / 5)  # zeros are as near to all words
    mean = evaluate_temporal(aligned, asked, missing="mean")
    assert (mean["n"][0], mean["policy"][0]) == (5, "mean for unknown, ignore case")
    with pytest.raises(UnknownWordError, match="'gone' is not among the 30 words"):
        evaluate_temporal(aligned, asked, missing="error")


def test_a_word_must_be_known_in_its_own_slice():
    rows = np.eye(3)
    aligned = aligned_of(y1990=embeddings_of(rows, ("a", "b", "c")), y2000=embeddings_of(rows, ("b", "c", "d")))
    asked = items_of(("a", "1990", "b", "2000"), ("a", "2000", "b", "1990"), ("d", "1990", "b", "2000"))
    table = evaluate_temporal(aligned, asked)
    assert table[["score", "n", "missing"]].values.tolist()[0] == [1.0, 1, 2]
    few = evaluate_temporal(aligned, asked, restrict=1)
    assert (few["n"][0], few["policy"][0]) == (1, "skip unknown, ignore case, first 1 words")


def test_nothing_left_has_no_score():
    table = evaluate_temporal(swapped(), items_of(("x", "1990", "y", "2000"), ("w0", "1800", "w1", "2000")))
    assert table["score"].isna().all()
    assert table[["n", "missing"]].values.tolist()[0] == [0, 1]


def test_slices_are_needed():
    with pytest.raises(ParameterError, match=r"lookups must be at least one slice, got \[\]"):
        score_temporal({}, swap_items())


def test_the_order_of_lines_does_not_matter():
    rng = np.random.default_rng(3)
    aligned = aligned_of(y1=embeddings_of(rng.normal(size=(30, 4))), y2=embeddings_of(rng.normal(size=(30, 4))))
    items = [(f"w{i % 29}", "1", f"w{i % 23}", "2") for i in range(90)]
    one, other = items_of(*items), items_of(*(items[i] for i in rng.permutation(90)))
    columns = ["score", "low", "high", "n"]
    tables = [evaluate_temporal(aligned, asked)[columns].to_numpy(float) for asked in (one, other)]
    assert tables[0] == pytest.approx(tables[1], abs=1e-9)


TABLE = "Year,President,Mayor\n1988,reagan,koch\n1998,clinton,giuliani\n1999,clinton,\n"


def test_tables_ask_from_every_year_for_every_other():
    found = read_temporal(Dataset("toy.csv", TABLE, "sha"))
    assert len(found) == 6 + 2
    assert ("reagan", "1988", "clinton", "1999") in found.items
    assert ("clinton", "1999", "clinton", "1998") in found.items
    assert ("giuliani", "1998", "koch", "1988") in found.items
    assert found.notes == ("a table of 3 years and 2 roles", "1 of 6 cells are empty")


@pytest.mark.parametrize(
    "text",
    [
        "reagan-1988\tclinton-1998\n",
        "reagan-1988 clinton-1998\r\n",
        "reagan-1988,clinton-1998\n",
        "reagan,1988,clinton,1998\n",
        '"reagan","1988","clinton","1998"\n',
        "reagan\t1988\tclinton\t1998\n",
        "w1,y1,w2,y2\nreagan,1988,clinton,1998\n",
        "Word 1;Year 1;Word 2;Year 2\nreagan;1988;clinton;1998\n",
    ],
)
def test_forms_of_pairs(text):
    found = read_temporal(Dataset("toy", text, "sha"))
    assert found.items == (("reagan", "1988", "clinton", "1998"),)
    head = text.splitlines()[0].replace(",", " ").replace(";", " ")
    assert found.notes == ((f"line 1 taken for a header: {head}",) if len(text.splitlines()) > 1 else ())


def test_a_year_stands_behind_the_last_hyphen():
    found = read_temporal(Dataset("toy", "e-mail-1998 fax-1985\n", ""))
    assert found.items == (("e-mail", "1998", "fax", "1985"),)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "toy is empty"),
        ("a b c\n", "toy, line 1: expected a header that begins with 'year', or two fields .* got 3 fields"),
        ("word\n", "got 1 field"),
        ("a-1990 b-2000\n\nc-1990 d\n", "toy, line 3: expected a word and a year, such as reagan-1988, got 'd'"),
        ("a-1990 b-2000\nc-1990\n", "toy, line 2: expected 2 columns like the first line, got 1"),
        ("a,1990,b,2000\na,,b,2000\n", "toy, line 2: a word or a year is empty"),
        ("w1,y1,w2,y2\n", "toy holds no analogy between two years"),
        ("year,role\n1990,a\n", "toy holds no analogy between two years"),
        ("year,role\n1990,a\n1991\n", "toy, line 3: expected 2 columns like the first line, got 1"),
        ("year,role\n1990,a\n1990,b\n", "toy, line 3: the year 1990 is there twice"),
        ("year,role\n,a\n1990,b\n", "toy, line 2: the year is empty"),
        ('a,1990,"b,2000\n', "toy, line 1: unexpected end of data"),
    ],
)
def test_bad_files(text, message):
    with pytest.raises(FormatError, match=message):
        read_temporal(Dataset("toy", text, ""))


def test_the_published_table(shared_data):
    found = read_temporal(shared_data / "eval" / "semantic-change" / "szymanski2017-temporal-analogies.csv")
    assert len(found) == 4200
    assert found.notes == ("a table of 21 years and 10 roles",)
    same = np.mean([w == v for w, _, v, _ in found.items])
    assert same == pytest.approx(0.201, abs=0.012)  # what the baseline of never moving gets right
