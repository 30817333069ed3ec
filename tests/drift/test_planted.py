"""Planted drift: counts kept, truth right, words alike, draws that the content decides."""

import numpy as np
import pandas as pd
import pytest
from drift.controlled import corpus_of, occurrences, said, text_of, two_slices

from wordvec import Corpus
from wordvec.drift.planted import Planted, plant_drift
from wordvec.drift.rewriting import count_units, own_units
from wordvec.errors import ParameterError, UnknownWordError


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return two_slices()


@pytest.fixture(scope="module")
def planted(corpus: Corpus) -> Planted:
    return plant_drift(corpus)


def test_swapping_keeps_every_count(corpus: Corpus, planted: Planted) -> None:
    for label in corpus.labels:
        assert (occurrences(planted.corpus, label) == occurrences(corpus, label)).all()
    assert said(planted.corpus, "then") == said(corpus, "then")
    truth = planted.truth
    assert (truth["count_target"] == truth["count_target_before"]).all()
    assert set(truth["expected"]) == {"changed"} and set(truth["role"]) == {"swapped"}


def test_the_truth_counts_what_was_moved(corpus: Corpus, planted: Planted) -> None:
    before, after = corpus["now"], planted.corpus["now"]
    old = np.array(before.vocabulary.words)[before.ids[before.offsets[0] : before.offsets[-1]]]
    new = np.array(after.vocabulary.words)[after.ids[after.offsets[0] : after.offsets[-1]]]
    for row in planted.truth.itertuples():
        here = new == row.word
        assert set(old[here]) <= {row.word, row.partner}
        assert (old[here] == row.partner).mean() == pytest.approx(row.foreign)
        assert abs(row.foreign - row.share) < 0.25 * row.share + 0.02
    untouched = ~np.isin(old, planted.truth["word"])
    assert (old[untouched] == new[untouched]).all()
    settings = planted.truth.attrs["settings"]
    assert settings["tokens_renamed"] == int((old != new).sum())
    assert settings["pairs"] * 2 == len(planted.truth) == planted.truth["word"].nunique()


def test_partners_are_alike_and_shares_take_turns(planted: Planted) -> None:
    truth = planted.truth.set_index("word")
    partners = truth.loc[truth["partner"]]
    ratio = truth["count_target"].to_numpy() / partners["count_target"].to_numpy()
    assert (np.maximum(ratio, 1 / ratio) <= 1.25).all()
    assert (truth["share"].to_numpy() == partners["share"].to_numpy()).all()
    assert (partners["partner"] == truth.index.to_numpy()).all()
    per_share = planted.truth["share"].value_counts()
    assert set(per_share.index) == {0.1, 0.25, 0.5, 1.0} and per_share.max() - per_share.min() <= 8
    assert len(truth) == pytest.approx(0.05 * planted.truth.attrs["settings"]["eligible"], abs=2)


def test_units_are_those_of_the_planted_corpus(corpus: Corpus) -> None:
    found = plant_drift(corpus, unit="country", portion=0.02)
    made = found.corpus
    met = [count_units(made, t, own_units(made.units("country"))) for t in (0, 1)]
    for row in found.truth.itertuples():
        i = made.vocabulary[row.word]
        assert (row.units_source, row.units_target) == (met[0][i], met[1][i])
        documents = [d for d, code in enumerate(made.units("country").codes) if d < made.slice_offsets[1]]
        assert 5 <= row.units_source <= min(40, len(documents))


def test_units_are_counted_as_one_counts_them(corpus: Corpus) -> None:
    codes, word = corpus.units("country").codes, corpus.vocabulary.words[17]
    part = corpus["now"]
    offsets = part.documents.offsets
    met = {
        int(part.units("country").codes[d])
        for d in range(len(part.documents))
        if any(word in part.sentence(s) for s in range(offsets[d], offsets[d + 1]))
    }
    assert count_units(corpus, 1, own_units(corpus.units("country")))[17] == len(met) <= len(set(codes.tolist()))


def test_blending_lets_hosts_grow_and_donors_shrink(corpus: Corpus) -> None:
    found = plant_drift(corpus, kind="blend", share=0.5)
    hosts, donors = (found.truth[found.truth["role"] == role] for role in ("host", "donor"))
    assert set(hosts["expected"]) == {"changed"} and set(donors["expected"]) == {"unchanged"}
    moved = (hosts["count_target"] - hosts["count_target_before"]).to_numpy()
    lost = (donors["count_target_before"] - donors["count_target"]).to_numpy()
    assert (moved == lost).all() and (moved == np.rint(donors["count_target_before"] * 0.5)).all()
    assert (hosts["foreign"].to_numpy() == moved / hosts["count_target"].to_numpy()).all()
    assert (donors["foreign"] == 0).all() and found.corpus.n_tokens == corpus.n_tokens
    assert (np.diff(found.corpus.vocabulary.counts) <= 0).all()


def test_named_words_are_planted(corpus: Corpus) -> None:
    found = plant_drift(corpus, words=["w0005", "w0009"], share=[0.5, 1.0])
    assert found.truth["word"].tolist()[::2] == ["w0005", "w0009"]
    assert found.truth["share"].tolist() == [0.5, 0.5, 1.0, 1.0]
    assert not {"w0005", "w0009"} & set(found.truth["partner"][::2])


def test_the_same_seed_plants_the_same_whatever_the_order() -> None:
    rng = np.random.default_rng(3)
    texts = {label: text_of(rng, 500) for label in ("a", "b", "c")}
    turned = {label: texts[label][::-1] for label in ("c", "a", "b")}
    first, second, other = (
        plant_drift(corpus_of(t), source="a", target="b", seed=seed)
        for t, seed in ((texts, 1), (turned, 1), (texts, 2))
    )
    columns = ["word", "partner", "share", "foreign", "count_source", "count_target"]
    pd.testing.assert_frame_equal(first.truth[columns], second.truth[columns])
    for label in texts:
        assert said(first.corpus, label) == said(second.corpus, label)
    assert set(first.truth["word"]) != set(other.truth["word"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "mix"}, "kind must be one of swap, blend, got 'mix'"),
        ({"share": 0.0}, r"share must be more than 0 and at most 1, got \[0.0\]"),
        ({"share": []}, r"share must be more than 0 and at most 1, got \[\]"),
        ({"portion": 2.0}, "portion must be more than 0 and at most 1, got 2.0"),
        ({"tolerance": 0.5}, "tolerance must be a number >= 1, got 0.5"),
        ({"count_bands": [50, 20]}, r"count_bands must be increasing integers >= 1, got \[50, 20\]"),
        ({"unit_bands": []}, r"unit_bands must be increasing integers >= 1, got \[\]"),
        ({"words": []}, r"words must be at least one word, got \[\]"),
        ({"count_bands": [900]}, "no two words with at least 900 uses in 5 units of both slices are alike in count"),
        ({"words": ["w0005"], "count_bands": [900]}, "'w0005' cannot be planted: it has .* uses in 'then' and 'now', "
            "under 900; lower the bands"),
        ({"words": ["w0005"], "unit": "genre"}, "'w0005' cannot be planted: it has .* units in 'then' and 'now'"),
        ({"unit": "speaker"}, "unit must be one of document, country, genre in this corpus, got 'speaker'"),
    ],
)  # fmt: skip
def test_bad_arguments(corpus: Corpus, options: dict[str, object], message: str) -> None:
    unit = {"unit_bands": [500]} if options.get("unit") == "genre" else {}
    with pytest.raises(ParameterError, match=message):
        plant_drift(corpus, **{**unit, **options})


def test_words_too_common_or_alone_are_not_planted() -> None:
    sentences = [["the", f"a{i % 600:03d}", f"b{i % 600:03d}"] for i in range(20_000)]
    corpus = Corpus.from_sentences({"then": sentences, "now": sentences}, min_count=1)
    with pytest.raises(ParameterError, match=r"'the' cannot be planted: it is more than 0.2 % of the text of 'then'"):
        plant_drift(corpus, words=["the"])
    sentences += [["once", "more", "x"]] * 40
    corpus = Corpus.from_sentences({"then": sentences, "now": sentences}, min_count=1)
    with pytest.raises(ParameterError, match="no other word in its bands has as many uses to a factor of 1.1; raise"):
        plant_drift(corpus, words=["once", "more", "x"], tolerance=1.1)


def test_unknown_words_are_named(corpus: Corpus) -> None:
    with pytest.raises(UnknownWordError, match="'w9999' is not among the 1200 words"):
        plant_drift(corpus, words=["w9999"])
