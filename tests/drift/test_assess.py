"""Drift with intervals and p-values, on small text."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from wordvec import CBOW, AlignmentError, CompassAligner, Corpus, Embeddings, ParameterError, SkipGram, UnknownWordError
from wordvec.drift.assess import assess_drift
from wordvec.drift.replicates import make_pass, train_replicates
from wordvec.drift.units import count_uses, cut_parts, make_plan
from wordvec.text.documents import Column, Documents

TRAINER = SkipGram(dim=10, window=3, negative=5, epochs=4, lr=0.05, subsample=0, seed=3)
SMALL = {"splits": 6, "floors": 3, "permutations": 6}


def text(seed=1, sentences=240, words=14):
    """Return two slices: 'turn' keeps other company in the second; sentences hold no word twice."""
    rng = np.random.default_rng(seed)
    groups = {"then": "abcdefg", "now": "hijklmn"}
    slices = {}
    for label in groups:
        lines = []
        for number in range(sentences):
            letters = list(groups["then"] if number % 2 else groups["now"])
            line = [letters[i] for i in rng.permutation(7)[:5]]
            if (label == "then") == bool(number % 2):
                line.insert(2, "turn")
            line.insert(1, "stay")
            lines.append(line)
        slices[label] = lines
    return slices


def in_documents(corpus, size, dates=None, **columns):
    """Return the corpus with ``size`` sentences a document."""
    n = corpus.n_sentences // size
    documents = Documents(
        np.arange(n + 1) * size,
        np.zeros(n, np.int32),
        None if dates is None else tuple(f"d{i}" for i in range(n)),
        dates,
        {name: Column.from_values(values) for name, values in columns.items()},
    )
    return replace(corpus, documents=documents, slice_offsets=corpus.documents.offsets[corpus.slice_offsets] // size)


@pytest.fixture(scope="module")
def corpus():
    return in_documents(Corpus.from_sentences(text(), min_count=1), 4)


@pytest.fixture(scope="module")
def aligned(corpus):
    return CompassAligner(TRAINER).align(corpus)


@pytest.fixture(scope="module")
def table(aligned, corpus):
    return assess_drift(aligned, corpus, **SMALL)


def test_a_row_equals_a_training_of_its_own():
    """A replicate is a weight per unit: the same compass, windows, noise and rates, and a start from zero."""
    then = text()["then"]
    slices = {"then": then, "now": [line[::-1] for line in then]}  # equal counts: one table of noise words
    corpus = in_documents(Corpus.from_sentences(slices, min_count=1), 4)
    aligned = CompassAligner(TRAINER).align(corpus)
    words = np.arange(len(corpus.vocabulary))
    parts = cut_parts(corpus, corpus.units(), None, np.zeros(len(corpus.documents), int))
    uses = count_uses(corpus, parts, words)
    places = np.searchsorted(words, uses.words)
    plan = make_plan(parts, uses, places, len(words), splits=2, floors=0, exchanges=3, seed=1)
    rng = np.random.default_rng(1)
    chosen = rng.integers(0, 2, (len(parts.sides), 3))  # halves drawn by unit, for all words alike
    rows = plan.rows.copy()
    rows[:, 3:] = plan.n_rows - 6 + 2 * np.arange(3) + chosen[uses.parts]
    plan = replace(plan, rows=rows, keep=np.full_like(plan.keep, 1 << 32))
    common = make_pass(corpus, TRAINER, aligned.compass.context)
    found = train_replicates(common, parts, uses, places, plan, threads=2)
    zero = Embeddings(corpus.vocabulary, np.zeros((len(words), TRAINER.dim), np.float32))
    for replicate in range(3):
        for side in (0, 1):
            weights = (chosen[parts.of_document, replicate] == side).astype(np.float32)
            alone = TRAINER.train(corpus, compass=aligned.compass.context, initial=zero, weights=weights)
            mine = found[:, plan.n_rows - 6 + 2 * replicate + side]
            assert_allclose(mine, alone.embeddings.vectors, atol=1e-5)
    for side in (0, 1):
        weights = (parts.sides[parts.of_document] == side).astype(np.float32)
        alone = TRAINER.train(corpus, compass=aligned.compass.context, initial=zero, weights=weights)
        assert_allclose(found[:, side], alone.embeddings.vectors, atol=1e-5)


def test_the_word_that_changed_its_company_comes_first_and_one_that_did_not_stays(table):
    assert table["word"].iloc[0] == "turn"
    turn = table.iloc[0]
    assert turn["low"] > 0.2 > turn["floor"]
    assert turn["p"] < 0.02
    assert turn["q"] < 0.001
    stay = table.set_index("word").loc["stay"]
    assert stay["low"] < 0.0 < stay["high"]
    assert stay["drift"] < 0.02 < stay["drift_raw"] + 0.02
    assert stay["q"] > 0.2
    assert (table["drift_raw"] > table["drift"]).mean() > 0.8
    assert table["low"].is_monotonic_decreasing


def test_columns_and_attributes(table, aligned):
    assert list(table.columns[:7]) == ["word", "source", "target", "drift", "drift_raw", "low", "high"]
    assert set(table["source"]) == {"then"}
    assert (table["unit"] == "document").all()
    assert (table["why"] == "").all()
    assert table.attrs["left_out"] == [
        {"source": "then", "target": "now", "compared": 16, "too_rare": 0, "few_units": 0, "words": []}
    ]
    assert any("compass" in note for note in table.attrs["notes"])
    assert table.attrs["notes"][-1] == (
        "then → now: groups inside a slice are its first and second half, as the documents stand."
    )


@pytest.mark.parametrize("options", [{"threads": 1}, {"threads": 3}, {"max_memory": 1 << 20}])
def test_the_same_table_for_any_threads_and_memory(aligned, corpus, table, options):
    found = assess_drift(aligned, corpus, **SMALL, **options)
    numbers = table.select_dtypes("number").columns
    assert found["word"].tolist() == table["word"].tolist()
    assert (found[numbers].to_numpy() == table[numbers].to_numpy()).all()


def test_words_can_be_chosen_and_their_rows_stay(aligned, corpus, table):
    found = assess_drift(aligned, corpus, words=["turn", "a"], **SMALL).set_index("word")
    whole = table.set_index("word").loc[found.index]
    for column in ("drift", "drift_raw", "low", "high", "floor"):
        assert (found[column] == whole[column]).all()
    with pytest.raises(UnknownWordError, match="turnip"):
        assess_drift(aligned, corpus, words=["turnip"], **SMALL)


def test_slices_may_be_in_any_order(aligned, corpus, table):
    from wordvec.text.corpus_parts import select_slices

    turned = assess_drift(aligned, select_slices(corpus, ["now", "then"]), **SMALL).set_index("word")
    assert_allclose(turned["drift_raw"].to_numpy(), table.set_index("word").loc[turned.index, "drift_raw"], atol=1e-6)


def test_units_may_be_authors_and_groups_may_be_dates(aligned, corpus):
    n = len(corpus.documents)
    authors = [f"author {i % 12}" for i in range(n)]
    dates = tuple(str(1900 + i % 30) for i in range(n))
    by_author = in_documents(corpus, 4, dates, author=authors)
    table = assess_drift(aligned, by_author, unit="author", **SMALL)
    assert (table["units_source"] <= 12).all()
    assert table.attrs["notes"][-1] == "then → now: groups inside a slice are its earlier and its later documents."
    assert table["word"].iloc[0] == "turn"
    found = assess_drift(aligned, by_author, within="author", strata="author", **SMALL)
    assert found.attrs["notes"][-1] == "then → now: groups inside a slice are two sets of values of author."


def test_few_units_have_no_q_and_the_table_says_why(aligned, corpus):
    few = in_documents(corpus, 4, author=[f"author {i % 6}" for i in range(len(corpus.documents))])
    table = assess_drift(aligned, few, unit="author", **SMALL)
    assert table["q"].isna().all()
    assert table["p"].notna().all()
    assert set(table["why"]) == {"a slice has 6 units (author), fewer than 10"}
    assert "then → now: no q, as a slice has 6 units (author), fewer than 10." in table.attrs["notes"]


def test_words_with_few_units_have_no_p(aligned, corpus):
    table = assess_drift(aligned, corpus, min_units=60, **SMALL).set_index("word")  # every document has these two
    few = table.drop(["turn", "stay"])
    assert few[["p", "low", "high", "q"]].isna().all().all()
    assert set(few["why"]) == {"fewer than 60 units in a slice"}
    assert table.loc[["turn", "stay"], ["p", "low", "high", "q"]].notna().all().all()
    assert table.attrs["left_out"][0]["few_units"] == len(few)


def test_slices_of_one_document_are_refused_before_anything_is_trained(aligned, corpus):
    n = len(corpus.documents)
    one = in_documents(corpus, 4, author=["all"] * (n // 2) + [f"author {i}" for i in range(n - n // 2)])
    with pytest.raises(AlignmentError) as caught:
        assess_drift(aligned, one, unit="author", **SMALL)
    assert str(caught.value) == (
        "no statistics are possible: intervals and tests are over units (author), and both slices of a comparison need "
        "5 or more; 'then' has 1, 'now' has 60. Encode the text with more documents (one a file, a row or a header "
        "line), or choose another unit."
    )
    whole = in_documents(corpus, corpus.n_sentences // 2)
    with pytest.raises(AlignmentError, match="over documents, and both .* need 5 or more; 'then' has 1, 'now' has 1"):
        assess_drift(aligned, whole, **SMALL)


def test_exchanges_that_are_too_few_for_a_correction_are_told_with_their_number(aligned, corpus, table):
    (note,) = [note for note in table.attrs["notes"] if "exchanges of" in note]
    assert note == (
        "then → now: with 6 exchanges of 16 words p cannot fall below 0.01; a single one of them would need 0.0031 to "
        "stand a correction over all, and that about 20 exchanges (--permutations). q is of another test, which has no "
        "such limit."
    )
    more = assess_drift(aligned, corpus, splits=4, floors=2, permutations=30)
    assert not [note for note in more.attrs["notes"] if "exchanges of" in note]
    assert table["p"].min() >= 1 / (1 + 6 * 16)


def test_dates_that_repeat_or_lack_are_told(aligned, corpus):
    n = len(corpus.documents)
    dates = tuple("1900" if i % (n // 2) < n // 2 - 3 else "1901" for i in range(n))
    repeated = in_documents(corpus, 4, dates)
    (note,) = [note for note in assess_drift(aligned, repeated, **SMALL).attrs["notes"] if "slice 'now' have" in note]
    assert note == (
        "then → now: groups inside slice 'now' have 95% and 5% of its words, as many documents are alike in date: its "
        "floor is of little text."
    )
    lacking = in_documents(corpus, 4, ("", *(str(1900 + i % 30) for i in range(1, n))))
    notes = assess_drift(aligned, lacking, **SMALL).attrs["notes"]
    assert "then → now: documents without a date (1 and 0) are among the earlier ones of their slice." in notes


def test_no_permutations_and_no_floors(aligned, corpus):
    table = assess_drift(aligned, corpus, splits=4, floors=0, permutations=0)
    assert table[["p", "q", "p_floor", "floor"]].isna().all().all()
    assert table["low"].notna().all()


def test_other_slices_are_refused(aligned, corpus):
    from wordvec.align.procrustes import train_slices_procrustes

    with pytest.raises(AlignmentError, match="aligned by the compass with skip-gram; these are procrustes, skipgram"):
        assess_drift(train_slices_procrustes(corpus, TRAINER), corpus)
    cbow = CompassAligner(CBOW(dim=4, epochs=1, subsample=0)).align(corpus)
    with pytest.raises(AlignmentError, match="these are compass, cbow"):
        assess_drift(cbow, corpus)
    other = Corpus.from_sentences(text(seed=2), min_count=1)
    with pytest.raises(AlignmentError, match="of the corpus has other words than that of the aligned slices"):
        assess_drift(aligned, other)
    with pytest.raises(AlignmentError, match="the corpus has no slice 'now'; its slices are then"):
        assess_drift(aligned, corpus["then"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unit": "author"}, "unit must be one of document in this corpus, got 'author'"),
        ({"splits": 1}, "splits must be an integer from 2 to 500, got 1"),
        ({"floors": 20}, "floors must be 0, or an integer from 2 to the number of splits, 16, got 20"),
        ({"permutations": 2}, "permutations must be 0, or an integer from 3 to 10,000, got 2"),
        ({"lr": 1.0}, "lr must be between 0 and 1, got 1.0"),
        ({"confidence": 1.0}, "confidence must be between 0 and 1, got 1.0"),
        ({"min_units": 1}, "min_units must be an integer >= 2, got 1"),
        ({"max_memory": 5}, "max_memory must be an integer >= 1048576, in bytes, got 5"),
        ({"against": "next"}, "against must be previous, first or every, got 'next'"),
    ],
)
def test_arguments_outside_their_domain(aligned, corpus, options, message):
    with pytest.raises(ParameterError, match=message):
        assess_drift(aligned, corpus, **options)
