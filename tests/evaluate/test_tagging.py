"""Tagging: planted languages, what the classifier may not know, and rows that say what they rest on."""

import math
import random
from pathlib import Path

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.measures import RATIO, RATIO_GAIN
from wordvec.evaluate.outcome import Outcome
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.sets.entities import entity_counts
from wordvec.evaluate.sets.tagged_text import TaggedText
from wordvec.evaluate.tagger import TaggerSettings, tag
from wordvec.evaluate.tagger_input import reading_order, window_positions
from wordvec.evaluate.tagging import (
    HUNGARIAN,
    TaggingSet,
    evaluate_tagging,
    gain_ratio,
    read_tagging,
    score_tagging,
)
from wordvec.evaluate.words import look_up

DIM, TYPES = 12, 3000
SMALL = TaggerSettings(sizes=(None,), hidden=(32,), window=0, epochs=60)


def _language(seed: int = 1) -> tuple[Embeddings, np.ndarray]:
    """Words whose class, of three, is the highest of three linear functions of their vectors."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((TYPES, DIM)).astype(np.float32)
    classes = (vectors @ rng.standard_normal((DIM, 3))).argmax(axis=1)
    vocabulary = Vocabulary(tuple(f"w{i}" for i in range(TYPES)), np.arange(TYPES, 0, -1))
    return Embeddings(vocabulary, vectors), classes


def _pos_text(classes: np.ndarray, rows: range, seed: int, sentences: int = 400) -> str:
    draw = random.Random(seed)
    lines = []
    for _ in range(sentences):
        chosen = [draw.choice(rows) for _ in range(8)]
        lines.append("\n".join(f"w{i} {'XYZ'[classes[i]]}" for i in chosen))
    return "\n\n".join(lines) + "\n"


def _planted() -> tuple[Embeddings, TaggingSet]:
    """Words to tag are others than those to learn from, so that only vectors can help."""
    embeddings, classes = _language()
    train = Dataset("train", _pos_text(classes, range(2000), 1), "11" * 32)
    test = Dataset("test", _pos_text(classes, range(2000, TYPES), 2), "22" * 32)
    return embeddings, read_tagging(train, test, task="pos")


def _by_metric(outcomes: list[Outcome]) -> dict[str, Outcome]:
    return {outcome.metric: outcome for outcome in outcomes}


def test_a_planted_language_is_learnt_and_random_vectors_know_nothing_of_new_words() -> None:
    embeddings, data = _planted()
    found = _by_metric(score_tagging(look_up(embeddings), data, settings=SMALL))
    assert found["known tokens"].score == 1.0
    assert found["accuracy"].score > 0.96
    most = max(data.test.labels.count(label) for label in "XYZ") / len(data.test.labels)
    assert found["accuracy, random vectors"].score < most + 0.05
    gain = found["accuracy, gain over random"]
    assert gain.score == pytest.approx(found["accuracy"].score - found["accuracy, random vectors"].score)
    assert gain.interval().low < gain.score < gain.interval().high
    assert gain.measure is RATIO_GAIN and len(gain) == 400


def test_a_rotation_makes_hardly_a_difference_and_a_length_none() -> None:
    embeddings, data = _planted()
    rotation = np.linalg.qr(np.random.default_rng(5).standard_normal((DIM, DIM)))[0]
    rotated = Embeddings(embeddings.vocabulary, (embeddings.vectors @ rotation).astype(np.float32))
    longer = Embeddings(embeddings.vocabulary, embeddings.vectors * np.float32(8.0))
    scores = [
        _by_metric(score_tagging(look_up(one), data, settings=SMALL))["accuracy"].score
        for one in (embeddings, rotated, longer)
    ]
    assert abs(scores[1] - scores[0]) < 0.01
    assert scores[2] == scores[0]


def test_random_vectors_are_the_same_for_all_models_of_one_length() -> None:
    embeddings, data = _planted()
    order = np.random.default_rng(2).permutation(TYPES)
    words = tuple(embeddings.vocabulary.words[i] for i in order)
    other = Embeddings(Vocabulary(words, np.arange(TYPES, 0, -1)), embeddings.vectors[::-1].copy())
    one, two = (
        _by_metric(score_tagging(look_up(e), data, settings=SMALL))["accuracy, random vectors"]
        for e in (embeddings, other)
    )
    assert np.array_equal(one.values, two.values) and one.key == two.key


def test_the_same_bits_for_any_number_of_threads() -> None:
    embeddings, data = _planted()
    settings = TaggerSettings(sizes=(100, None), hidden=(4,), epochs=2)
    one, two = (score_tagging(look_up(embeddings), data, settings=settings, threads=threads) for threads in (1, 3))
    for a, b in zip(one, two, strict=True):
        assert np.array_equal(a.values, b.values) and a.key == b.key


def test_the_order_of_sentences_does_not_matter() -> None:
    embeddings, classes = _language()
    train = _pos_text(classes, range(2000), 1)
    test = _pos_text(classes, range(2000, TYPES), 2)
    settings = TaggerSettings(sizes=(50, None), hidden=(4,), window=1, epochs=2)

    def turned(text: str) -> str:
        return "\n\n".join(reversed(text.strip().split("\n\n"))) + "\n"

    plain, other = (
        score_tagging(
            look_up(embeddings), read_tagging(Dataset("a", x, ""), Dataset("b", y, ""), task="pos"), settings=settings
        )
        for x, y in ((train, test), (turned(train), turned(test)))
    )
    for a, b in zip(plain, other, strict=True):
        assert np.array_equal(a.values, b.values[::-1])
        assert a.row()[:10] == b.row()[:10]


def test_sizes_are_nested_and_those_not_there_are_left_out() -> None:
    embeddings, data = _planted()
    outcomes = score_tagging(look_up(embeddings), data, settings=TaggerSettings(sizes=(None, 50, 4000), epochs=1))
    assert [o.dataset for o in outcomes if o.metric == "accuracy"] == [
        "test: pos, 50 sentences, 64 units",
        "test: pos, 400 sentences, 64 units",
    ]
    with pytest.raises(ParameterError, match="sizes must be <= 400, the sentences to learn from, got"):
        score_tagging(look_up(embeddings), data, settings=TaggerSettings(sizes=(401,)))
    order = reading_order(data.train, 1).tolist()
    assert sorted(order) == list(range(400)) and order != reading_order(data.train, 2).tolist()


def test_windows_stay_within_their_sentence() -> None:
    assert window_positions(np.array([0, 3, 4]), 2).tolist() == [
        [4, 4, 0, 1, 2],
        [4, 0, 1, 2, 4],
        [0, 1, 2, 4, 4],
        [4, 4, 3, 4, 4],
    ]
    assert window_positions(np.array([0, 2]), 0).tolist() == [[0], [1]]


def _neighbors_text(seed: int) -> Dataset:
    """A word's tag is the class of the word before it in its sentence, ``-`` for the first."""
    draw = random.Random(seed)
    lines = []
    for _ in range(600):
        words = [draw.randrange(20) for _ in range(5)]
        tags = ["-", *("XY"[word % 2] for word in words[:-1])]
        lines.append("\n".join(f"w{word} {label}" for word, label in zip(words, tags, strict=True)))
    return Dataset(f"text {seed}", "\n\n".join(lines), "")


def test_the_window_is_what_a_tagger_sees() -> None:
    embeddings, _ = _language()
    data = read_tagging(_neighbors_text(1), _neighbors_text(2), task="pos")

    def accuracy(window: int) -> float:
        settings = TaggerSettings(sizes=(None,), hidden=(16,), window=window, epochs=30)
        return _by_metric(score_tagging(look_up(embeddings), data, settings=settings))["accuracy"].score

    assert accuracy(0) < 0.6
    assert accuracy(1) > 0.98


def _names_text(rows: range, seed: int) -> str:
    """Words whose first dimension is high are names, of a type that the second tells."""
    embeddings, _ = _language()
    draw = random.Random(seed)
    lines = []
    for _ in range(300):
        labels = []
        for i in (draw.choice(rows) for _ in range(8)):
            x, y = embeddings.vectors[i, :2]
            labels.append((i, f"S-{'PER' if y > 0 else 'LOC'}" if x > 0.5 else "O"))
        lines.append("\n".join(f"w{i}\tNOUN\t{label}" for i, label in labels))
    return "\n\n".join(lines) + "\n"


def _names() -> tuple[Embeddings, TaggingSet]:
    return _language()[0], read_tagging(
        Dataset("train", _names_text(range(2000), 1), ""), Dataset("test", _names_text(range(2000, TYPES), 2), "")
    )


def test_entities_are_scored_as_spans() -> None:
    embeddings, data = _names()
    settings = TaggerSettings(sizes=(None,), hidden=(16,), epochs=30)
    found = _by_metric(score_tagging(look_up(embeddings), data, settings=settings))
    assert list(found) == [
        "F1",
        "precision",
        "recall",
        "F1, random vectors",
        "F1, gain over random",
        "known tokens",
    ]
    assert found["F1"].score > 0.8 > 0.3 > found["F1, random vectors"].score
    p, r = found["precision"].score, found["recall"].score
    assert found["F1"].score == pytest.approx(2 * p * r / (p + r))
    assert data.notes[1] == "train: labels are IOBES"


def test_values_are_those_of_counts_per_sentence() -> None:
    true = [["B-P", "I-P"], ["O"], ["B-L"]]
    said = [["B-P", "O"], ["B-L"], ["B-L"]]
    found, there, named = entity_counts(true, said).sum(axis=0)
    values = np.array([[0.0, 2.0], [0.0, 1.0], [2.0, 2.0]])
    assert RATIO.score(values) == 2 * found / (there + named)


def test_the_label_that_sorts_first_is_learnt_and_scored() -> None:
    """Published scripts for the Hungarian protocol masked label 0 as if it were padding."""
    embeddings, data = _planted()
    found = _by_metric(score_tagging(look_up(embeddings), data, settings=SMALL))["accuracy"]
    assert found.values[:, 1].sum() == len(data.test.labels)
    first = next(i for i in range(2000, TYPES) if _language()[1][i] == 0)
    text = TaggedText("x", "", "pos", (f"w{first}",), ("X",), np.array([0, 1]), np.arange(1), "sentence")
    alone = TaggingSet("x", "", "pos", data.train, text)
    found = _by_metric(score_tagging(look_up(embeddings), alone, settings=SMALL))["accuracy"]
    assert found.values.tolist() == [[1.0, 1.0]]


def test_the_hungarian_protocol() -> None:
    assert HUNGARIAN.hidden == (1, 2, 4, 8, 16, 32, 64) and HUNGARIAN.epochs == 5
    embeddings, data = _names()
    outcomes = score_tagging(look_up(embeddings), data, settings=HUNGARIAN)
    names = [o.dataset for o in outcomes if o.metric == "F1"]
    assert names == [f"test: ner, 300 sentences, {n} unit{'s' * (n > 1)}" for n in HUNGARIAN.hidden]


def test_unknown_words_by_policy() -> None:
    embeddings, classes = _language()
    known = Embeddings(
        Vocabulary(embeddings.vocabulary.words[:2500], np.arange(2500, 0, -1)), embeddings.vectors[:2500]
    )
    texts = [Dataset(str(i), _pos_text(classes, range(TYPES), i), "") for i in (1, 2)]
    data = read_tagging(*texts, task="pos")
    share = np.mean([int(word[1:]) < 2500 for word in data.test.words])
    scores = {}
    for missing in ("skip", "zero", "mean"):
        outcomes = score_tagging(look_up(known, missing=missing), data, settings=SMALL)  # type: ignore[arg-type]
        found = _by_metric(outcomes)
        assert found["known tokens"].score == pytest.approx(share)
        assert found["accuracy"].values[:, 1].sum() == len(data.test.words)  # all tokens count
        assert len(found["accuracy"]) == len(data)
        lost = sum(any(int(w[1:]) >= 2500 for w in s) for s in data.test.sentences(data.test.words))
        assert {o.missing for o in outcomes} == {lost}
        scores[missing] = found["accuracy"]
    assert scores["skip"].policy == "mark for unknown, ignore case, window 0, 60 epochs, seed 1, from 1"
    assert scores["zero"].policy.startswith("zero for unknown, ")
    assert scores["mean"].policy.startswith("mean for unknown, ")
    with pytest.raises(UnknownWordError, match="'w2500' is not among the 2500 words"):
        score_tagging(look_up(known, missing="error"), data, settings=SMALL)


def test_the_mark_is_something_to_learn_from() -> None:
    embeddings, classes = _language()
    text = "\n\n".join(f"w{i} {'XYZ'[classes[i]]}\nunheard{i} U" for i in range(600))
    data = read_tagging(Dataset("a", text, ""), Dataset("b", text, ""), task="pos")

    def right(missing: str) -> float:
        outcomes = score_tagging(look_up(embeddings, missing=missing), data, settings=SMALL)  # type: ignore[arg-type]
        return _by_metric(outcomes)["accuracy"].score

    assert right("skip") > 0.9


def test_nothing_known_is_no_error_and_no_better_than_chance() -> None:
    _, data = _planted()
    foreign = Embeddings(Vocabulary(("x",), np.ones(1, np.int64)), np.ones((1, 3), np.float32))
    found = _by_metric(score_tagging(look_up(foreign), data, settings=SMALL))
    assert found["known tokens"].score == 0.0
    assert found["accuracy, gain over random"].score == 0.0
    interval = found["accuracy, gain over random"].interval()
    assert interval.low < 0.0 < interval.high
    assert interval.unit == "sentence (exact)"


def test_shapes_are_seen_if_asked_for() -> None:
    rng = np.random.default_rng(1)
    names = [f"{letter}{i}".translate(str.maketrans("0123456789", "abcdefghij")) for i in range(300) for letter in "xX"]
    embeddings = Embeddings(
        Vocabulary(tuple(dict.fromkeys(n.casefold() for n in names)), np.arange(300, 0, -1)),
        rng.standard_normal((300, 4)).astype(np.float32),
    )
    text = "\n\n".join(f"{name} {'A' if name[0] == 'X' else 'B'}" for name in names * 5)
    data = read_tagging(Dataset("a", text, ""), Dataset("b", text, ""), task="pos")
    without, seen = (
        _by_metric(score_tagging(look_up(embeddings), data, settings=settings))["accuracy"]
        for settings in (SMALL, TaggerSettings(sizes=(None,), hidden=(0,), epochs=50, shape=True))
    )
    assert without.score < 0.6 and seen.score == 1.0
    assert ", shapes, " in seen.policy


def test_one_class_is_what_everything_is() -> None:
    windows = np.zeros((5, 1), dtype=np.int64)
    learnt = (windows, np.full(5, 2))
    assert tag(np.eye(1, dtype=np.float32), learnt, windows, classes=3, hidden=4, epochs=1, seed=1).tolist() == [2] * 5


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((0.9, 0.5, 0.9), 1.0),
        ((0.5, 0.5, 0.9), 0.0),
        ((0.6, 0.5, 0.9), 0.25),
        ((0.4, 0.5, 0.9), -0.25),
        ((0.6, 0.5, 0.5), math.nan),
        ((0.6, 0.5, 0.4), math.nan),
        ((math.nan, 0.5, 0.9), math.nan),
        ((0.6, math.nan, 0.9), math.nan),
        ((0.6, 0.5, math.nan), math.nan),
    ],
)
def test_gain_ratio(values: tuple[float, float, float], expected: float) -> None:
    assert gain_ratio(*values) == pytest.approx(expected, nan_ok=True)


def test_the_influence_of_a_gain_is_its_derivative_by_weight() -> None:
    rng = np.random.default_rng(1)
    values = rng.uniform(1.0, 3.0, (9, 4))
    step = 1e-6
    for i, influence in enumerate(RATIO_GAIN.influence(values)):
        weights = np.ones(9)
        weights[i] += step
        moved = RATIO_GAIN.score(values * weights[:, None])
        assert (moved - RATIO_GAIN.score(values)) / step == pytest.approx(influence, abs=1e-5)
    assert RATIO_GAIN.influence(values).sum() == pytest.approx(0.0, abs=1e-12)


def test_what_was_decided_stands_in_the_notes() -> None:
    train = Dataset("train", "Ada B-PER\nran O\n\nPest I-LOC\n", "")
    test = Dataset("test", "Ada B-PER\nran O\n\nUSS B-SHIP\n", "")
    notes = read_tagging(train, test).notes
    assert notes == (
        "train: words in column 1, labels in column 2 of 2",
        "train: labels are IOB2",
        "train: 1 broken label repaired",
        "test: words in column 1, labels in column 2 of 2",
        "test: labels are IOB2",
        "labels to tag that cannot be learnt: B-SHIP",
        "1 of 2 sentences to tag is in the text to learn from",
    )


def test_texts_without_a_label_in_common() -> None:
    with pytest.raises(FormatError, match="one and two have no label in common: B-PER, O in the one, B-SHIP in the"):
        read_tagging(Dataset("one", "a B-PER\nb O", ""), Dataset("two", "a B-SHIP\nb O", ""))


def test_bad_parameters(tmp_path: Path) -> None:
    embeddings, data = _planted()
    with pytest.raises(ParameterError, match="test must be a file to tag, got None"):
        evaluate_tagging(embeddings, tmp_path / "x")
    with pytest.raises(ParameterError, match="test, task and column are for files"):
        evaluate_tagging(embeddings, data, task="ner")
    for name, value in (("sizes", ()), ("sizes", (0,)), ("hidden", ()), ("hidden", (-1,)), ("window", -1)):
        with pytest.raises(ParameterError, match=f"{name} must be"):
            TaggerSettings(**{name: value})  # type: ignore[arg-type]
    for name in ("epochs", "seed"):
        with pytest.raises(ParameterError, match=f"{name} must be an integer"):
            TaggerSettings(**{name: -1})  # type: ignore[arg-type]


def test_from_files_to_a_table(tmp_path: Path) -> None:
    embeddings, classes = _language()
    for name, seed in (("train", 1), ("test", 2)):
        (tmp_path / f"{name}.txt").write_text(_pos_text(classes, range(TYPES), seed))
    table = evaluate_tagging(embeddings, tmp_path / "train.txt", tmp_path / "test.txt", task="pos", settings=SMALL)
    assert table["dataset"].unique().tolist() == ["test.txt: pos, 400 sentences, 32 units", "test.txt: pos"]
    assert (table["unit"] == "sentence").sum() >= 3 and (table["n"] == 400).all()
    assert len(set(table["dataset_sha256"])) == 1 and len(table["dataset_sha256"][0]) == 64


def test_real_english(shared_data: Path) -> None:
    folder = shared_data / "tagging" / "ud-english-ewt"
    data = read_tagging(folder / "en_ewt-ud-train.from-sources.conllu.xz", folder / "en_ewt-ud-test.conllu.xz")
    words = tuple(sorted({word.casefold() for word in data.train.words}))
    rng = np.random.default_rng(1)
    embeddings = Embeddings(
        Vocabulary(words, np.arange(len(words), 0, -1)), rng.standard_normal((len(words), 20)).astype(np.float32)
    )
    found = _by_metric(score_tagging(look_up(embeddings), data, settings=TaggerSettings(sizes=(1000,), hidden=(8,))))
    assert found["accuracy"].unit == "document" and len(found["accuracy"]) == 2077
    gain = found["accuracy, gain over random"]
    assert abs(gain.score) < 0.05  # random against random
