"""Words around words: counts, divergence, intervals, what is left out, and the words of every error."""

from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import jensenshannon

from wordvec import AlignmentError, Corpus, FormatError, ParameterError, UnknownWordError
from wordvec.drift.context_words import list_contexts
from wordvec.drift.contexts import measure_contexts


def texts(seed=0, sentences=60, words=12, slices=("a", "b")):
    rng = np.random.default_rng(seed)
    return {
        label: [[f"w{i:02d}" for i in rng.integers(0, words, rng.integers(1, 9))] for _ in range(sentences)]
        for label in slices
    }


def around(sentences, word, window):
    found = Counter()
    for sentence in sentences:
        for i, center in enumerate(sentence):
            if center == word:
                found.update(sentence[max(0, i - window) : i] + sentence[i + 1 : i + 1 + window])
    return found


@pytest.mark.parametrize("window", [1, 3])
def test_drift_is_scipys_divergence_of_plain_counts(window):
    said = texts()
    corpus = Corpus.from_sentences(said, min_count=1)
    table = measure_contexts(corpus, min_count=1, window=window)
    assert len(table) == 12
    for row in table.itertuples():
        sides = [around(said[label], row.word, window) for label in "ab"]
        counts = [[side[w] for w in corpus.vocabulary] for side in sides]
        assert row.drift == pytest.approx(jensenshannon(*counts, base=2) ** 2, abs=1e-12)
        assert row.count_source == sum(s.count(row.word) for s in said["a"])


def test_the_same_text_does_not_differ_and_order_does_not_matter():
    said = texts()
    same = measure_contexts(Corpus.from_sentences({"a": said["a"], "b": said["a"]}, min_count=1))
    assert_allclose(same["drift"], 0.0, atol=1e-12)
    there = measure_contexts(Corpus.from_sentences(said, min_count=1), min_count=1).set_index("word")
    back = measure_contexts(Corpus.from_sentences({"b": said["b"], "a": said["a"]}, min_count=1), min_count=1)
    back = back.set_index("word").loc[there.index]
    assert_allclose(there["drift"], back["drift"], atol=1e-12)
    assert abs(there["chance"] - back["chance"]).max() < 0.02


def test_chance_is_what_unchanged_words_have_and_the_planted_word_comes_first():
    said = texts(3, sentences=400)
    said["a"] += [["turn", f"w{i % 3:02d}"] for i in range(60)]
    said["b"] += [["turn", f"w{9 + i % 3:02d}"] for i in range(60)]
    table = measure_contexts(Corpus.from_sentences(said, min_count=1), draws=20)
    assert table["word"].iloc[0] == "turn" and table["drift"].iloc[0] == 1.0
    others = table[table["word"] < "turn"]
    plain = table[table["word"].isin([f"w{i:02d}" for i in range(3, 9)])]
    assert abs(plain["drift"] - plain["chance"]).max() < 0.02 and len(others) == 0


def test_left_out_words_are_counted():
    said = {"a": [["x", "y"]] * 30 + [["lone"]] * 30 + [["rare", "x"]], "b": [["x", "y"]] * 30 + [["lone"]] * 30}
    table = measure_contexts(Corpus.from_sentences(said, min_count=1), words=["x", "lone", "rare"])
    assert table.attrs["left_out"] == [
        {
            **{"source": "a", "target": "b", "compared": 1, "too_rare": 1, "absent": 1},
            **{"words": ["lone", "rare"], "shared": 3, "largest_floor": 30},
        }
    ]
    assert table.attrs["settings"]["window"] == 5 and "above 0 even where nothing changed" in table.attrs["note"]


def test_pairs_of_slices_with_and_without_an_order():
    corpus = Corpus.from_sentences(texts(slices="abc"), min_count=1)
    pairs = {}
    for name, options in {"ordered": {}, "unordered": {"ordered": False}, "first": {"against": "first"}}.items():
        table = measure_contexts(corpus, min_count=1, **options)
        pairs[name] = list(dict.fromkeys(table["source"] + table["target"]))
    assert pairs == {"ordered": ["ab", "bc"], "unordered": ["ab", "ac", "bc"], "first": ["ab", "ac"]}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"min_count": 0}, "min_count must be an integer >= 1, got 0"),
        ({"draws": 0}, "draws must be an integer >= 1, got 0"),
        ({"seed": -1}, "seed must be an integer >= 0, got -1"),
        ({"window": 0}, "window must be an integer from 1 to 1000, got 0"),
        ({"against": "last"}, "against must be previous, first or every, got 'last'"),
        (
            {"ordered": False, "against": "previous"},
            "against must be first or every where slices have no order, got 'previous'",
        ),
    ],
)
def test_parameters_outside_their_domain(options, message):
    with pytest.raises(ParameterError) as caught:
        measure_contexts(Corpus.from_sentences(texts(), min_count=1), **options)
    assert str(caught.value) == message


def test_one_slice_and_unknown_words_are_refused():
    with pytest.raises(AlignmentError, match=r"^drift needs two slices or more; this corpus holds 1\.$"):
        measure_contexts(Corpus.from_sentences([["a", "b"]], min_count=1))
    with pytest.raises(UnknownWordError, match="^'zz' is not among the 12 words"):
        measure_contexts(Corpus.from_sentences(texts(), min_count=1), words=["zz"])


def test_listed_counts_are_plain_counts():
    said = texts(5)
    corpus = Corpus.from_sentences(said, min_count=1)
    found = list_contexts(corpus, "w03", window=2, min_count=1, top=None)
    assert len(found) + found.attrs["same"] == 12 and found.attrs["too_rare"] == 0
    for end, label in (("source", "a"), ("target", "b")):
        counts = around(said[label], "w03", 2)
        assert dict(zip(found["context"], found[f"count_{end}"], strict=True)) == {
            c: counts[c] for c in found["context"]
        }
        units = [sum(bool(around([s], "w03", 2)[c]) for s in said[label]) for c in found["context"]]
        assert list(found[f"units_{end}"]) == units
    assert found.attrs["contexts"] == [around(said[label], "w03", 2).total() for label in "ab"]
    assert (found["low"] <= found["log_odds"]).all() and (found["log_odds"] <= found["high"]).all()
    grew = found[found["direction"] == "grew"]
    assert (grew["log_odds"] > 0).all() and list(grew["low"]) == sorted(grew["low"], reverse=True)


def test_views_and_exchanged_slices_give_the_same_with_the_sign_turned():
    corpus = Corpus.from_sentences(texts(6, slices="abc"), min_count=1)
    there = list_contexts(corpus, "w01", source="b", target="c", min_count=1, top=None).set_index("context")
    back = list_contexts(corpus, "w01", source="c", target="b", min_count=1, top=None).set_index("context")
    assert_allclose(there["log_odds"], -back.loc[there.index, "log_odds"], atol=1e-12)
    assert_allclose(there["low"], -back.loc[there.index, "high"], atol=1e-12)


def test_a_word_that_one_document_repeats_is_weak_evidence():
    """The same counts, spread over documents or heaped in one."""
    from dataclasses import replace

    from wordvec.text.documents import Column

    then = [["tax", "high"]] * 40
    now = [["tax", "high"]] * 20 + [["tax", "carbon"]] * 20
    corpus = Corpus.from_sentences({"then": then, "now": now}, min_count=1)
    heaped = Column.from_values([f"t{i}" for i in range(40)] + [f"n{i}" for i in range(20)] + ["one"] * 20)
    corpus = replace(corpus, documents=replace(corpus.documents, columns={"author": heaped}))
    spread = list_contexts(corpus, "tax").iloc[0]
    heap = list_contexts(corpus, "tax", unit="author").iloc[0]
    assert (spread.context, heap.context) == ("carbon", "carbon") and spread.log_odds == heap.log_odds
    assert spread.low > 0 > heap.low


def test_documents_without_a_unit_are_their_own_and_counted():
    from dataclasses import replace

    from wordvec.text.documents import Column

    corpus = Corpus.from_sentences({"a": [["x", "y"]] * 6, "b": [["x", "z"]] * 6}, min_count=1)
    column = Column.from_values(["p", "p", "p", "", "", "q"] * 2)
    corpus = replace(corpus, documents=replace(corpus.documents, columns={"speaker": column}))
    found = list_contexts(corpus, "x", unit="speaker")
    assert found.attrs["without_unit"] == 4
    assert list(found[["units_source", "units_target"]].to_numpy().ravel()) == [0, 4, 4, 0]


def test_intervals_cover_when_words_come_in_heaps():
    """Nothing differs; each document favors some words. About 95 of 100 intervals hold 0."""
    rng = np.random.default_rng(0)
    words, held = [f"c{i}" for i in range(8)], []
    for _ in range(12):
        said = {}
        for label in "ab":
            said[label] = []
            for _ in range(40):
                share = rng.dirichlet(np.full(8, 2.0))
                said[label].append([x for i in rng.choice(8, size=10, p=share) for x in ("tax", words[i], "#", "#")])
        found = list_contexts(Corpus.from_sentences(said, min_count=1), "tax", window=1, top=None)
        found = found[found["context"] != "#"]
        held += list((found["low"] <= 0) & (found["high"] >= 0))
    assert 0.88 <= np.mean(held) <= 1.0


def test_one_document_a_side_has_no_interval():
    corpus = Corpus.from_sentences({"a": [["x", "y"] * 9], "b": [["x", "z"] * 9]}, min_count=1)
    found = list_contexts(corpus, "x")
    assert list(found["context"]) == ["z", "y"] and found[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": 0}, "window must be an integer from 1 to 1000, got 0"),
        ({"min_count": 0}, "min_count must be an integer >= 1, got 0"),
        ({"top": 0}, "top must be an integer >= 1, or None, got 0"),
        ({"confidence": 1.0}, "confidence must be between 0 and 1, got 1.0"),
        ({"source": "a"}, "source and target must be two of a, b, c, got 'a' and None"),
        ({"source": "a", "target": "d"}, "slice must be one of a, b, c, got 'd'"),
        ({"source": "a", "target": "a"}, "target must be another slice than source, got 'a'"),
        ({}, "source and target must be two of a, b, c, got None and None"),
        ({"source": "a", "target": "b", "unit": "mood"}, "unit must be one of document in this corpus, got 'mood'"),
    ],
)
def test_options_of_listing_outside_their_domain(options, message):
    with pytest.raises(ParameterError) as caught:
        list_contexts(Corpus.from_sentences(texts(slices="abc"), min_count=1), "w01", **options)
    assert str(caught.value) == message


def test_words_that_stand_alone_or_are_unknown():
    corpus = Corpus.from_sentences({"a": [["x"]] * 5, "b": [["x", "y"]] * 5}, min_count=1)
    with pytest.raises(FormatError, match=r"^no word stands beside 'x' in slice 'a': there is nothing to count\.$"):
        list_contexts(corpus, "x")
    with pytest.raises(UnknownWordError, match="^'zz' is not among the 2 words"):
        list_contexts(corpus, "zz")
