"""Lexical entailment: the measures, the folds without shared words, the files, planted answers."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, UnknownWordError
from wordvec.evaluate.entailment import evaluate_entailment, read_entailment, score_entailment
from wordvec.evaluate.folds import cross_validate, random_folds, word_folds
from wordvec.evaluate.measures import AUC, AVERAGE_PRECISION, auc, average_precision
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.words import look_up


def toy(text, **options):
    return read_entailment(Dataset("toy.txt", text, "sha"), **options)


def weighted_auc(scores, labels, weights):
    above = (scores[:, None] > scores[None, :]) + 0.5 * (scores[:, None] == scores[None, :])
    both = np.outer(weights * (labels > 0), weights * (labels == 0))
    return (above * both).sum() / both.sum()


def weighted_precision(scores, labels, weights):
    total = 0.0
    for i in np.flatnonzero(labels):
        up = scores >= scores[i]
        total += weights[i] * (weights * labels)[up].sum() / weights[up].sum()
    return total / (weights * labels).sum()


@pytest.mark.parametrize("levels", [4, 12, 1000])
@pytest.mark.parametrize("measure, slow", [(AUC, weighted_auc), (AVERAGE_PRECISION, weighted_precision)])
def test_influence_is_the_derivative_by_weight(levels, measure, slow):
    rng = np.random.default_rng(levels)
    scores, labels = rng.integers(0, levels, 40).astype(float), (rng.random(40) < 0.3).astype(float)
    values, ones, step = np.stack([scores, labels], axis=1), np.ones(40), 1e-6
    assert measure.score(values) == pytest.approx(slow(scores, labels, ones), abs=1e-12)
    influence = measure.influence(values)
    assert influence.sum() == pytest.approx(0.0, abs=1e-12)
    for i in range(40):
        up, down = (slow(scores, labels, ones + sign * step * np.eye(40)[i]) for sign in (1, -1))
        assert influence[i] == pytest.approx((up - down) / (2 * step), abs=1e-8)


def test_measures_agree_with_scikit_learn():
    rng = np.random.default_rng(7)
    for levels in (2, 5, 50, 10**9):
        labels = (rng.random(300) < 0.4).astype(float)
        scores = rng.integers(0, levels, 300) + labels * levels / 3
        assert auc(scores, labels) == pytest.approx(roc_auc_score(labels, scores), abs=1e-12)
        assert average_precision(scores, labels) == pytest.approx(average_precision_score(labels, scores), abs=1e-12)
    assert np.isnan(auc(np.ones(3), np.ones(3)))
    assert np.isnan(average_precision(np.ones(3), np.zeros(3)))


def test_a_perfect_order_is_as_sure_as_the_smaller_class_allows():
    vocabulary = Vocabulary(tuple("abcdefghijklmnopqrstuvwxyz"), np.arange(26, 0, -1))
    rows = np.zeros((26, 2), np.float32)
    rows[:, 0], rows[6:, 1] = 1.0, np.arange(20) % 2 * 9  # three positive pairs of parallel vectors, ten of others
    text = "a b 1\nc d 1\ne f 1\n" + "".join(f"{chr(103 + 2 * i)} {chr(104 + 2 * i)} 0\n" for i in range(10))
    table = evaluate_entailment(Embeddings(vocabulary, rows), toy(text)).set_index("metric")
    assert table.loc["cosine AUC", "score"] == 1.0
    assert table.loc["cosine AUC", "unit"] == "word (exact)"
    assert table.loc["cosine AUC", "low"] == pytest.approx(0.025 ** (1 / 3))  # of three, not of thirteen


def planted(n=60, dim=20, seed=1):
    """Hypernyms lie a fixed offset away from their hyponyms; negative pairs are the positive ones turned around."""
    rng = np.random.default_rng(seed)
    low = rng.normal(size=(n, dim))
    offset = np.zeros(dim)
    offset[0] = 12.0
    words = [*(f"high{i}" for i in range(n)), *(f"low{i}" for i in range(n))]
    vectors = np.concatenate([low + offset, low - offset]).astype(np.float32)
    text = "".join(f"low{i} high{i} yes\nhigh{i} low{i} no\n" for i in range(n))
    return Embeddings(Vocabulary(tuple(words), np.arange(2 * n, 0, -1)), vectors), text


def test_a_planted_offset_is_found_without_shared_words():
    embeddings, text = planted()
    table = evaluate_entailment(embeddings, toy(text)).set_index("metric")
    for split in ("random folds", "no shared words"):
        assert (table.loc[[f"b - a accuracy, {split}", f"b - a AUC, {split}"], "score"] == 1.0).all()
    assert table.loc["cosine AUC", "score"] == 0.5  # knows no direction
    assert table.loc["count ratio (baseline) AUC", "score"] == 1.0
    assert (table["n"] == 120).all() and (table["missing"] == 0).all()


def test_noise_is_learnt_only_where_words_are_shared():
    """Each second word is always positive or always negative: Levy's trap, on vectors that mean nothing."""
    rng = np.random.default_rng(4)
    words = [*(f"b{i}" for i in range(40)), *(f"a{i}" for i in range(40))]
    embeddings = Embeddings(
        Vocabulary(tuple(words), np.arange(80, 0, -1)), rng.normal(size=(80, 60)).astype(np.float32)
    )
    text = "".join(f"a{rng.integers(40)} b{i} {i % 2}\n" for i in range(40) for _ in range(20))
    table = evaluate_entailment(embeddings, toy(text)).set_index("metric")["score"]
    assert table["b alone (baseline) AUC, random folds"] > 0.95
    assert table["b - a AUC, random folds"] > 0.9
    assert 0.3 < table["b - a AUC, no shared words"] < 0.7


def test_folds_share_no_word_and_test_everything_once():
    rng = np.random.default_rng(3)
    pairs = [(f"w{rng.integers(90)}", f"W{rng.integers(90)}") for _ in range(300)]
    rounds = word_folds(pairs)
    assert sum(fold.test.astype(int) for fold in rounds).tolist() == [1] * 300
    for fold in rounds:
        tested, learnt = (
            {word.casefold() for pair, there in zip(pairs, mask, strict=True) if there for word in pair}
            for mask in (fold.test, fold.train)
        )
        assert learnt and tested.isdisjoint(learnt)
    assert sum(fold.train.mean() for fold in rounds) / len(rounds) > 0.3
    assert sum(fold.test.astype(int) for fold in random_folds(pairs)).tolist() == [1] * 300


def test_copies_of_a_pair_stay_in_one_fold():
    for fold in random_folds([("a", "b"), ("c", "d"), ("A", "b"), ("e", "f"), ("g", "h"), ("i", "j")]):
        assert fold.test[0] == fold.test[2]


def test_training_without_a_choice():
    pairs, x = [("a", "b"), ("c", "d"), ("e", "f")], np.eye(3)
    rounds = random_folds(pairs, 3)
    assert cross_validate(x, np.array([1, 1, 0]), rounds, pairs)[2].tolist() == [0.0, 1.0]  # saw label 1 only
    alone = word_folds([("a", "b"), ("a", "c")])
    chances = cross_validate(x[:2], np.array([1, 0]), alone, [("a", "b"), ("a", "c")])
    assert chances.tolist() == [[0.5, 0.5]] * 2  # nothing to learn from


def test_the_order_of_lines_does_not_matter():
    embeddings, text = planted(25, seed=9)
    noisy = Embeddings(
        embeddings.vocabulary, embeddings.vectors + np.random.default_rng(0).normal(0, 9, (50, 20)).astype(np.float32)
    )
    lines = text.splitlines(keepends=True)
    one = evaluate_entailment(noisy, toy(text))["score"]
    other = evaluate_entailment(noisy, toy("".join(lines[::-1])))["score"]
    assert one.tolist() == pytest.approx(other.tolist(), abs=1e-12)
    assert one.nunique() > 8


def test_missing_policies():
    embeddings, text = planted(10)
    asked = toy(text + "low1 gone yes\ngone high2 no\n")
    table = evaluate_entailment(embeddings, asked)
    assert set(table["n"]) == {20} and set(table["missing"]) == {2}
    for policy in ("zero", "mean"):
        table = evaluate_entailment(embeddings, asked, missing=policy)
        assert set(table["n"]) == {22} and set(table["missing"]) == {2}
        assert table["score"].notna().all()
    with pytest.raises(UnknownWordError, match="'gone' is not among the 20 words"):
        evaluate_entailment(embeddings, asked, missing="error")
    nothing = evaluate_entailment(embeddings, toy("x y 1\ny z 0\n"))
    assert nothing["score"].isna().all() and set(nothing["n"]) == {0} and set(nothing["missing"]) == {2}


def test_without_counts_the_place_in_the_vocabulary_is_the_baseline():
    embeddings, text = planted(10)
    unknown = Embeddings(Vocabulary(embeddings.vocabulary.words, np.zeros(20, np.int64)), embeddings.vectors)
    metrics = [outcome.metric for outcome in score_entailment(look_up(unknown), toy(text))]
    assert "rank ratio (baseline) AUC" in metrics and "count ratio (baseline) AUC" not in metrics
    table = evaluate_entailment(unknown, toy(text)).set_index("metric")
    assert table.loc["rank ratio (baseline) AUC", "score"] == 1.0


@pytest.mark.parametrize(
    "text", ["cat\tpet\tTrue\npet\tcat\tFalse\n", "cat pet 1\npet cat 0\n", "cat,pet,yes\npet,cat,NO\n"]
)
def test_labels(text):
    found = toy(text)
    assert (found.words, found.labels.tolist()) == ((("cat", "pet"), ("pet", "cat")), [1, 0])


def test_headers_and_columns():
    text = "id\tword1\tword2\tgold\n1\tcat\tpet\tyes\n2\tpet\tcat\tno\n"
    assert toy(text, columns=("word1", "word2", "gold")).words[0] == ("cat", "pet")
    assert toy(text, columns=(2, 3, 4)).notes[:2] == (
        "columns 2, 3 and 4 of 4",
        "line 1 taken for a header: id word1 word2 gold",
    )
    found = toy("one two entails\ncat pet yes\npet cat no\npet cat no\n")
    assert found.notes[:2] == (
        "line 1 taken for a header: one two entails",
        "2 lines hold 1 pairs more than once; all kept; labels differ in 0",
    )
    two = read_entailment(Dataset("p", "word1,word2\ncat-n,pet-n\n", "x"), negative=Dataset("n", "pet-n\tcat-n\n", "y"))
    assert (two.name, two.words, two.labels.tolist()) == ("p + n", (("cat", "pet"), ("pet", "cat")), [1, 0])
    assert len(two.sha256) == 64
    assert two.notes[0] == "p: line 1 taken for a header: word1 word2"


@pytest.mark.parametrize(
    "text, message",
    [
        ("a b 1\nc d maybe\n", "toy.txt, line 2: the label must be true or false, 1 or 0, yes or no; got 'maybe'"),
        ("a b 1\nc d\n", "toy.txt, line 2: expected 3 columns like the first line, got 2"),
        ("a b 1\nc d 1\n", r"toy.txt holds positive pairs only; name the file of negative ones too \(negative=...\)"),
        ("a b 0\n", "toy.txt holds negative pairs only"),
        (
            "a b\nc d\n",
            r"line 1: cannot tell which of 2 columns are word1, word2 and label \(true/false, 1/0, yes/no; else "
            r"name the other file: negative = ... in a suite\) \(a, b\);",
        ),
        ("a\tb\tc\t1\n", "cannot tell which of 4 columns .* keep to 3 or name them"),
        ("one two yes?\n", "toy.txt holds a header and no line below it"),
        ("a\t\t1\n", "line 1: a word is empty"),
    ],
)
def test_bad_files(text, message):
    with pytest.raises(FormatError, match=message):
        toy(text)


def test_bad_pairs_of_files():
    good = Dataset("p", "a b\n", "")
    with pytest.raises(FormatError, match="n, line 1: cannot tell which of 3 columns are word1 and word2"):
        read_entailment(good, negative=Dataset("n", "a b 1\n", ""))
    with pytest.raises(FormatError, match="n: expected 2 columns of words, beside a second file, got 3"):
        read_entailment(good, negative=Dataset("n", "word1 word2 label\na b 1\n", ""))
    with pytest.raises(FormatError, match="n holds a header and no line below it"):
        read_entailment(good, negative=Dataset("n", "word1 word2\n", ""))
    with pytest.raises(FormatError, match="columns are named for one file with labels"):
        read_entailment(good, negative=good, columns=(1, 2, 3))


def test_published_set(shared_data):
    folder = shared_data / "eval" / "entailment"
    found = read_entailment(folder / "baroni2012-positive.txt", negative=folder / "baroni2012-negative.txt")
    assert (len(found), int(found.labels.sum())) == (2770, 1385)
    assert found.words[0] == ("abstraction", "concept")
    assert found.notes[0] == "parts of speech such as '-n' cut off every word"
    assert found.notes[-1].startswith("no shared words: learnt from 1483 of 2659 pairs, 1176 straddle")
