"""Nulls: what is kept, what is changed, and that the content alone decides."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from drift.controlled import corpus_of, occurrences, said, text_of, two_slices

from wordvec import CompassAligner, Corpus, SkipGram
from wordvec.drift.controls import NULLS, null_corpus
from wordvec.drift.rewriting import gather, own_units
from wordvec.drift.scan_errors import damage, misreadings
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.text.documents import Column


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return two_slices()


def reversed_slices(corpus: Corpus) -> Corpus:
    """The same documents, each slice backwards."""
    ends = corpus.slice_offsets.tolist()
    order = [np.arange(a, b)[::-1] for a, b in pairwise(ends)]
    return gather(corpus, np.concatenate(order), corpus.slice_offsets)


@pytest.mark.parametrize("kind", NULLS)
def test_the_same_seed_gives_the_same_text_wherever_documents_stand(corpus: Corpus, kind: str) -> None:
    rate = 0.5 if kind in ("frequency", "ocr") else None
    first, second = (null_corpus(each, kind, rate=rate) for each in (corpus, reversed_slices(corpus)))
    other = null_corpus(corpus, kind, rate=rate, seed=2)
    for label in corpus.labels:
        assert said(first, label) == said(second, label)
    assert said(first, "now") != said(other, "now")


@pytest.mark.parametrize("kind", NULLS)
def test_other_slices_stay_and_their_order_does_not_matter(kind: str) -> None:
    rng = np.random.default_rng(3)
    texts = {label: text_of(rng, 120) for label in ("a", "b", "c", "d")}
    options = {"source": "b", "target": "c", "min_count": 1, "rate": 0.5}
    made = null_corpus(corpus_of(texts), kind, **options)
    turned = null_corpus(corpus_of({label: texts[label] for label in ("d", "b", "a", "c")}), kind, **options)
    for label in ("a", "d"):
        assert said(made, label) == said(corpus_of(texts), label)
    for label in texts:
        assert said(made, label) == said(turned, label)
    assert made.labels == ("a", "b", "c", "d")


def test_shuffled_keeps_every_document_and_the_sizes(corpus: Corpus) -> None:
    made = null_corpus(corpus, "shuffled")
    before, after = ([*said(c, "then"), *said(c, "now")] for c in (corpus, made))
    assert sorted(before) == sorted(after)
    assert made.n_tokens == corpus.n_tokens and abs(made["then"].n_tokens - corpus["then"].n_tokens) <= 50
    assert (made.counts.sum(axis=0) == made.vocabulary.counts).all()
    control = made.metadata["control"]
    assert control["units"] == 1260 and 500 < control["documents_moved"] < 700
    assert control["tokens"]["before"] == {"then": 30_000, "now": 33_000}
    moved = set(said(made, "then")) - set(said(corpus, "then"))
    assert 250 < len(moved) < 380  # 600 * 660 / 1260 = 314


def test_columns_names_and_lines_go_with_their_documents() -> None:
    corpus = two_slices(100, with_lines=True)
    made = null_corpus(corpus, "shuffled")
    known = dict(zip(corpus.documents.names or (), corpus.units("country").codes.tolist(), strict=True))
    assert [known[n] for n in made.documents.names or ()] == made.units("country").codes.tolist()
    first = {" ".join(corpus.sentence(s)): int(corpus.lines.offsets[s]) for s in range(len(corpus)) if corpus.lines}
    assert made.lines is not None
    assert [first[" ".join(made.sentence(s))] for s in range(len(made))] == made.lines.offsets.tolist()


def test_whole_units_change_slices_inside_their_stratum(corpus: Corpus) -> None:
    made = null_corpus(corpus, "shuffled", unit="country", strata="genre")
    where: dict[tuple[int, int], set[str]] = {}
    for label in made.labels:
        part = made[label]
        for pair in zip(part.units("genre").codes.tolist(), part.units("country").codes.tolist(), strict=True):
            where.setdefault(pair, set()).add(label)
    assert all(len(labels) == 1 for labels in where.values())
    for label in made.labels:
        genres = [Counter(c[label].units("genre").codes.tolist()) for c in (corpus, made)]
        for genre, number in genres[0].items():
            assert abs(genres[1][genre] - number) <= 12  # a country in a genre has about 10 documents


def test_documents_without_a_unit_are_units_of_their_own(corpus: Corpus) -> None:
    made = null_corpus(corpus, "shuffled", unit="genre")
    assert made.metadata["control"]["documents_without_unit"] == 420
    assert own_units(Column(np.array([0, -1, 1, -1], np.int32), ("a", "b"))).tolist() == [0, 2, 1, 3]


def test_strata_of_one_slice_are_counted() -> None:
    corpus = two_slices(60)
    codes = corpus.units("genre").codes.copy()
    codes[corpus.slice_offsets[1] :][:30] = 2
    columns = {"genre": Column(codes, ("prose", "verse", "new"))}
    strange = replace(corpus, documents=replace(corpus.documents, columns=columns))
    made = null_corpus(strange, "shuffled", strata="genre")
    assert made.metadata["control"]["documents_not_exchanged"] == 30


def test_same_text_is_equal_text_with_other_draws(corpus: Corpus) -> None:
    made = null_corpus(corpus, "same-text")
    sentences = [Counter(map(tuple, made[label].sentences())) for label in made.labels]
    assert sentences[0] == sentences[1]
    assert said(made, "then") == said(corpus, "then") and made["then"].digest != made["now"].digest
    assert len(made["now"].documents) == len(made["then"].documents)
    assert made["now"].units("country").codes.tolist() == made["then"].units("country").codes.tolist()


def test_same_text_of_documents_of_one_sentence_is_trained_anew() -> None:
    rng = np.random.default_rng(1)
    sentences = [[f"w{i:02d}" for i in row] for row in rng.integers(0, 30, size=(300, 8)).tolist()]
    corpus = Corpus.from_sentences({"then": sentences, "now": sentences[:9]}, min_count=1)
    made = null_corpus(corpus, "same-text")
    assert len(made["now"].documents) == 299 and made["now"].n_sentences == 300
    aligned = CompassAligner(SkipGram(dim=8, epochs=2, subsample=0)).align(made)
    assert not np.array_equal(aligned["then"].vectors, aligned["now"].vectors)


def test_same_text_needs_two_sentences() -> None:
    corpus = Corpus.from_sentences({"then": [["a", "b"]], "now": [["a"], ["b"]]}, min_count=1)
    with pytest.raises(ParameterError, match="needs a source with two different sentences.*take the shuffled null"):
        null_corpus(corpus, "same-text")


def test_frequency_takes_away_uses_of_some_words_and_nothing_else(corpus: Corpus) -> None:
    shuffled, made = null_corpus(corpus, "shuffled"), null_corpus(corpus, "frequency", rate=0.5)
    words = made.metadata["control"]["words"]
    touched = np.array([f"w{i:04d}" in set(words) for i in range(2_400)])
    before, after = occurrences(shuffled, "now"), occurrences(made, "now")
    assert (before[~touched] == after[~touched]).all() and said(made, "then") == said(shuffled, "then")
    assert (after[touched] == before[touched] - np.rint(before[touched] * 0.5)).all()
    assert made.metadata["control"]["tokens_deleted"] == int((before - after).sum()) > 0
    assert after[touched].min() >= 20
    assert (made.counts == np.stack([made[label].word_counts for label in made.labels])).all()
    assert (np.diff(made.vocabulary.counts) <= 0).all() and made.vocabulary.counts.sum() == made.n_tokens


def test_frequency_of_named_words_where_they_are(corpus: Corpus) -> None:
    made = null_corpus(corpus, "frequency", words=["w0007"], rate=0.94, shuffle=False)
    before, after = occurrences(corpus, "now"), occurrences(made, "now")
    assert (before != after).nonzero()[0].tolist() == [7]
    assert after[7] == before[7] - round(before[7] * 0.94)
    assert said(made, "then") == said(corpus, "then") and made.metadata["control"]["shuffle"] is False


def test_a_changed_text_has_no_lines_but_keeps_its_files() -> None:
    made = null_corpus(two_slices(400, with_lines=True), "ocr")
    assert made.units("file").values == ("text.txt",)
    with pytest.raises(FormatError, match="has no lines to quote"):
        made.line(0)


def test_ocr_damages_a_share_of_one_slice() -> None:
    rng = np.random.default_rng(2)
    words = ["from", "form", "fro", "hear", "bear", "ear", "sun"]
    text = [[words[i] for i in row] for row in rng.integers(0, len(words), size=(800, 10)).tolist()]
    corpus = Corpus.from_sentences({"then": text, "now": text[::-1]}, min_count=1)
    made, account = damage(corpus, 1, 0.2, seed=1)
    assert (made["then"].word_counts.sum(), account["tokens_damaged"]) == (8_000, pytest.approx(1_600, abs=150))
    assert account["tokens_misread"] > 100 and made["now"].n_tokens == 8_000 - account["tokens_lost"]
    again, same = damage(corpus, 1, 0.2, seed=1)
    assert same == account and said(again, "now") == said(made, "now")


def test_misreadings_are_one_slip_away() -> None:
    assert "fom" in misreadings("from") and "fron" not in misreadings("from")
    assert "modem" in misreadings("modern") and "tlie" in misreadings("the")
    assert misreadings("我") == [""]


def test_nulls_can_be_saved(corpus: Corpus, tmp_path: Path) -> None:
    made = null_corpus(corpus, "ocr")
    made.save(tmp_path / "null.wvc")
    read = Corpus.load(tmp_path / "null.wvc")
    assert read.metadata["control"]["kind"] == "ocr" and read.digest == made.digest
    assert read.units("country").values == corpus.units("country").values


def test_one_slice_is_not_enough(corpus: Corpus) -> None:
    with pytest.raises(ParameterError, match="a control needs two slices, got a corpus with 1; encode it with slices"):
        null_corpus(corpus["now"], "shuffled")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "plain"}, "kind must be one of same-text, shuffled, frequency, ocr, got 'plain'"),
        ({"source": "never"}, "source must be one of then, now, got 'never'"),
        ({"source": "now", "target": "now"}, "target must be another slice than source, got 'now'"),
        ({"seed": -1}, "seed must be an integer >= 0, got -1"),
        ({"kind": "ocr", "rate": 0.0}, "rate must be more than 0 and less than 1, got 0.0"),
        ({"kind": "frequency", "rate": 1.0}, "rate must be more than 0 and less than 1, got 1.0"),
        ({"kind": "frequency", "words": []}, r"words must be at least one word, got \[\]"),
        ({"kind": "frequency", "portion": 0.0}, "portion must be more than 0 and at most 1, got 0.0"),
        ({"kind": "frequency", "min_count": 0}, "min_count must be an integer >= 1, got 0"),
        ({"kind": "frequency"}, "no word of now would keep 20 uses when 94% of them are taken away; lower rate"),
        ({"unit": "speaker"}, "unit must be one of document, country, genre in this corpus, got 'speaker'"),
        ({"unit": "country", "strata": "country"}, "cannot be exchanged: in every stratum there is one unit, or one"),
    ],
)
def test_bad_arguments(corpus: Corpus, options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        null_corpus(corpus, **{"kind": "shuffled", **options})


def test_slices_must_be_named_if_there_are_many() -> None:
    rng = np.random.default_rng(3)
    corpus = corpus_of({label: text_of(rng, 5) for label in "abc"})
    with pytest.raises(ParameterError, match="source and target must be named, as there are 3 slices: a, b, c"):
        null_corpus(corpus, "shuffled", source="a")


def test_unknown_words_are_named(corpus: Corpus) -> None:
    with pytest.raises(UnknownWordError, match="'w9999' is not among the 1200 words.*Not there either: 'x'"):
        null_corpus(corpus, "frequency", words=["w9999", "w0001", "x"])
