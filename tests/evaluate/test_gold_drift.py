"""Gold sets of words that changed: the files, planted drift, baselines, coverage, tables of drift, the threshold."""

import lzma

import numpy as np
import pandas as pd
import pytest

from wordvec import AlignedSlices, Embeddings, Vocabulary
from wordvec.drift.measures import measure_drift
from wordvec.errors import AlignmentError, FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.comparison.compare import compare_outcomes
from wordvec.evaluate.gold_drift import evaluate_drift, pair_of_slices, score_drift
from wordvec.evaluate.measures import auc, average_precision, spearman
from wordvec.evaluate.scores import Score
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.sets.drift_targets import read_drift_targets
from wordvec.evaluate.standing import drift_standing
from wordvec.evaluate.temporal import look_up_slices

WORDS = tuple(f"w{i:03d}" for i in range(200))


def text(content, name="gold"):
    return Dataset(name, content, name)


def drifted(seed=0, noise=0.05, labels=("then", "now")):
    """Two slices of 200 words; w000 to w019 are turned by growing angles, the others by a little noise."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(200, 20))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    away = rng.normal(size=(200, 20))
    away -= (away * rows).sum(axis=1, keepdims=True) * rows
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    angle = np.abs(rng.normal(size=200)) * noise
    angle[:20] = np.linspace(0.5, 1.5, 20)
    later = np.cos(angle)[:, None] * rows + np.sin(angle)[:, None] * away
    vocabulary = Vocabulary(WORDS, np.arange(400, 0, -2))
    parts = [Embeddings(Vocabulary(WORDS, np.arange(200, 0, -1)), part.astype(np.float32)) for part in (rows, later)]
    counts = np.tile(np.arange(200, 0, -1), (2, 1))
    return AlignedSlices(labels, tuple(parts), vocabulary, counts), angle


def gold_of(angle, extra=""):
    asked = [*range(20), *range(100, 120)]
    graded = "".join(f"{WORDS[i]}\t{angle[i]}\n" for i in asked)
    binary = "".join(f"{WORDS[i]}\t{int(i < 20)}\n" for i in asked)
    if extra:
        graded, binary = f"{graded}{extra}\t0.5\n", f"{binary}{extra}\t1\n"
    return read_drift_targets(text(graded, "graded"), binary=text(binary, "binary"))


def scores_of(table):
    return dict(zip(table["metric"], table["score"], strict=True))


def test_planted_drift_is_found():
    aligned, angle = drifted()
    table = evaluate_drift(aligned, gold_of(angle), threshold=6.0)  # the noise is half a normal one: a long tail
    assert tuple(table.columns) == Score._fields
    assert set(table["task"]) == {"drift"}
    assert set(table["dataset"]) == {"graded + binary"}
    found = scores_of(table)
    assert found["cosine spearman"] == pytest.approx(1.0)
    assert found["cosine AUC"] == found["cosine AP"] == found["cosine accuracy"] == 1.0
    assert scores_of(evaluate_drift(aligned, gold_of(angle), threshold=-9.0))["cosine accuracy"] == 0.5
    assert found["majority (baseline) accuracy"] == found["share of changed (baseline) AP"] == 0.5
    assert table["n"].tolist() == [40] * len(table)
    known = table[table["score"].notna()]  # of equal counts there is no frequency baseline
    assert (known["low"] <= known["score"] + 1e-9).all()
    assert (known["high"] >= known["score"] - 1e-9).all()


def test_scores_equal_plain_ones():
    aligned, angle = drifted(noise=0.6)
    targets = gold_of(angle)
    drift = measure_drift(aligned).set_index("word")["drift"]
    values = np.array([drift[word] for word in targets.words])
    gold = np.random.default_rng(3).permutation(targets.graded)
    mixed = read_drift_targets(
        text("".join(f"{w} {g}\n" for w, g in zip(targets.words, gold, strict=True))),
        binary=text("".join(f"{w} {b:g}\n" for w, b in zip(targets.words, targets.binary, strict=True))),
    )
    found = scores_of(evaluate_drift(aligned, mixed))
    assert found["cosine spearman"] == pytest.approx(spearman(values, gold))
    assert found["cosine AUC"] == pytest.approx(auc(values, targets.binary))
    assert found["cosine AP"] == pytest.approx(average_precision(values, targets.binary))


def test_missing_words_are_counted_and_named():
    aligned, angle = drifted()
    table = evaluate_drift(aligned, gold_of(angle, extra="unheard"))
    assert set(table["missing"]) == {1}
    assert "1 of 41 words have no drift: unheard" in table.attrs["notes"]
    with pytest.raises(UnknownWordError, match="unheard"):
        evaluate_drift(aligned, gold_of(angle, extra="unheard"), missing="error")


def test_case_is_kept_unless_nothing_else_is_there():
    aligned, angle = drifted()
    upper = read_drift_targets(text("".join(f"{w.upper()} {a}\n" for w, a in zip(WORDS, angle[:20], strict=False))))
    ignored = evaluate_drift(aligned, upper)
    assert ignored["n"].iloc[0] == 20
    assert "20 of 20 words found in other letters only; --case keep leaves them out" in ignored.attrs["notes"]
    assert evaluate_drift(aligned, upper, case="keep")["n"].iloc[0] == 0
    # A word that is there as it is written is never answered by one in other letters, however frequent.
    words = ("Abend", "abend", "haus")
    rows = np.array([[1, 0], [0, 1], [1, 1]], np.float32)
    turned = np.array([[0, 1], [0, 1], [1, 1]], np.float32)
    counts = np.array([[9, 5, 4], [9, 5, 4]])
    parts = tuple(Embeddings(Vocabulary(words, counts[0]), part) for part in (rows, turned))
    two = AlignedSlices(("a", "b"), parts, Vocabulary(words, counts.sum(axis=0)), counts)
    lower = evaluate_drift(two, read_drift_targets(text("abend 0.1\nhaus 0.2\nAbend 0.9\n")))
    assert lower["n"].iloc[0] == 3
    assert lower["score"].iloc[0] == pytest.approx(np.sqrt(3) / 2)  # abend did not move, Abend did


def test_one_lookup_of_slices_says_the_same_as_the_slices():
    aligned, angle = drifted(noise=0.4)
    targets = gold_of(angle)
    for measure in ("cosine", "lncs2"):
        outcomes, _ = score_drift(look_up_slices(aligned), targets, measure=measure)
        whole = evaluate_drift(aligned, targets, measure=measure)
        found = {outcome.metric: outcome.score for outcome in outcomes}
        assert found == pytest.approx(scores_of(whole), nan_ok=True)
    few = evaluate_drift(aligned, targets, restrict=20)
    assert few["n"].iloc[0] == 20


def test_any_table_of_drift_is_scored():
    aligned, angle = drifted()
    table = measure_drift(aligned, measures=("cosine", "lncs2"))
    targets = gold_of(angle)
    found = scores_of(evaluate_drift(table, targets, measure="lncs2"))
    assert found["lncs2 spearman"] == pytest.approx(
        scores_of(evaluate_drift(aligned, targets, measure="lncs2"))["lncs2 spearman"]
    )
    assessed = measure_drift(aligned).drop(columns="measure").assign(low=lambda rows: rows["drift"] - 0.1)
    assert scores_of(evaluate_drift(assessed, targets, measure="low"))["low spearman"] == pytest.approx(1.0)
    with pytest.raises(ParameterError, match="measure must be one of cosine, lncs2, drift in this table, got"):
        evaluate_drift(table, targets, measure="nothing")
    with pytest.raises(AlignmentError, match="the table has several rows for 'w.*' from then to now; name its measure"):
        evaluate_drift(table, targets, measure="drift")
    with pytest.raises(AlignmentError, match="no drift from now to then; it has then to now"):
        evaluate_drift(table, targets, source_slice="now", target_slice="then")
    with pytest.raises(AlignmentError, match="a table of drift has the columns word, .*; count_source is not there"):
        evaluate_drift(table.drop(columns="count_source"), targets)


def test_aligners_are_compared_on_the_same_words():
    aligned, angle = drifted()
    still = AlignedSlices(aligned.labels, (aligned.embeddings[0],) * 2, aligned.vocabulary, np.array(aligned.counts))
    mixed = drifted(seed=0, noise=1.2)[0]
    targets = gold_of(angle)
    models = {n: [score_drift(look_up_slices(a), targets)[0]] for n, a in (("good", aligned), ("noisy", mixed))}
    row = compare_outcomes(models, resamples=0).set_index("metric").loc["cosine spearman"]
    assert row["difference"] > 0.1
    assert row["n"] == 40
    assert np.isnan(scores_of(evaluate_drift(still, targets))["cosine spearman"])


def test_slices_are_named_or_the_first_and_the_last():
    three, angle = drifted()
    three = AlignedSlices(
        ("a", "b", "c"),
        (three.embeddings[0], three.embeddings[0], three.embeddings[1]),
        three.vocabulary,
        np.tile(three.counts[0], (3, 1)),
    )
    assert scores_of(evaluate_drift(three, gold_of(angle)))["cosine AUC"] == 1.0
    assert scores_of(evaluate_drift(three, gold_of(angle), target_slice="b"))["cosine AUC"] == 0.5
    with pytest.raises(ParameterError, match="source_slice must be one of a, b, c, got 'x'"):
        evaluate_drift(three, gold_of(angle), source_slice="x")
    with pytest.raises(ParameterError, match="target_slice must be another slice than c, got 'c'"):
        pair_of_slices("abc", "c")
    with pytest.raises(ParameterError, match="slices must be two or more"):
        pair_of_slices(["a"])


def test_standing_is_among_words_as_frequent():
    rng = np.random.default_rng(0)
    counts = np.repeat(np.array([[10, 10], [1000, 1000]]), 300, axis=0)
    drift = np.where(counts[:, 0] == 10, 0.5, 0.05) + rng.normal(size=600) * 0.02
    drift[0], drift[300] = 0.5, 0.5
    low, high = drift_standing(drift, counts, np.array([0, 300]))
    assert abs(low) < 1 < 5 < high
    assert np.isnan(drift_standing(drift[:30], counts[:30], np.array([0]))).all()
    # Words that are asked for are not their own yardstick.
    asked = np.arange(100)
    assert drift_standing(drift, counts, asked)[0] == pytest.approx(
        drift_standing(np.append(drift[:1], drift[100:]), np.vstack([counts[:1], counts[100:]]), np.array([0]))[0]
    )


def test_without_words_as_frequent_there_is_no_accuracy():
    words = ("sea", "war", "ship")
    part = Embeddings(Vocabulary(words, np.array([9, 8, 7])), np.eye(3, dtype=np.float32))
    small = AlignedSlices(("a", "b"), (part, part), Vocabulary(words, np.array([18, 16, 14])), np.full((2, 3), 9))
    table = evaluate_drift(small, read_drift_targets(text("sea 1\nwar 0\n")))
    assert "cosine accuracy" not in set(table["metric"])
    assert "2 words have too few as frequent beside them: no accuracy" in table.attrs["notes"]


@pytest.mark.parametrize(
    ("content", "graded", "binary"),
    [
        ("a\t0.5\nb\t0.25\n", [0.5, 0.25], None),
        ("a\t1\nb\t0\n", None, [1, 0]),
        ("Lexeme\tPOS\tLSC\na\tNN\t-1.5\nb\tVV\t-3\n", [-1.5, -3], None),
        ("word\tp1\tp2\taverage\na\t3\t2\t2.5\nb\t0\t1\t0.5\n", [2.5, 0.5], None),
    ],
)
def test_forms_of_files(content, graded, binary):
    found = read_drift_targets(text(content))
    assert found.words == ("a", "b")
    assert graded == (None if found.graded is None else found.graded.tolist())
    assert binary == (None if found.binary is None else found.binary.tolist())


def test_ratings_are_kept_and_described():
    found = read_drift_targets(text("word\tp1\tp2\taverage\na\t3\t2\t2.5\nb\t0\t1\t2\nc\t1\t\t1\n"))
    assert np.isnan(found.ratings[2, 1])
    assert found.ratings[:, 0].tolist() == [3, 0, 1]
    assert (
        found.notes[-1]
        == "2 raters, each with the mean of the others: Spearman 1.00; 1 means are not those of the ratings"
    )


def test_values_alone_belong_to_a_list_of_words():
    found = read_drift_targets(text("-3.5\n-2\n", "rank"), words=text("Abend\nPresse\n", "targets"))
    assert found.words == ("Abend", "Presse")
    assert found.graded.tolist() == [-3.5, -2.0]
    assert found.name == "rank + targets"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"path": "-3.5\n-2\n"}, r"gold, line 1: '-3.5' is a value without a word; name the list \(words=...\)"),
        ({"path": "-3.5\n", "words": "a\nb\n"}, "gold holds 1 values for 2 words of words"),
        ({"path": "a 1\na 0\n"}, "gold: the word 'a' is there twice"),
        ({"path": "a_nn 0.1\na_vb 0.2\n", "parts_of_speech": "cut"}, "gold: the word 'a' is there twice"),
        ({"path": "a 0.3\n", "binary": "a 2\n"}, "binary: binary change must be 0 or 1, got 2"),
        ({"path": "a 0.3\nb 0.2\n", "binary": "a 1\n"}, r"not of the same words: 1 are in one only \('b'\)"),
        ({"path": "a 0.3\n", "words": "a\nc\n"}, r"gold and words are not of the same words: 1 .*\('c'\)"),
        ({"path": "a 0.3\nb much\n"}, "gold, line 2: the score must be a number, got 'much'"),
    ],
)
def test_bad_files_are_named(files, message):
    given = {k: v if k == "parts_of_speech" else text(v, "gold" if k == "path" else k) for k, v in files.items()}
    with pytest.raises(FormatError, match=message):
        read_drift_targets(given.pop("path"), **given)
    with pytest.raises(ParameterError, match="parts_of_speech must be 'keep' or 'cut', got 'lose'"):
        read_drift_targets(text("a 1\n"), parts_of_speech="lose")


def test_real_files(shared_data):
    folder = shared_data / "eval" / "semantic-change"
    semeval = folder / "semeval2020-task1"
    for language, words, changed in (("english", 37, 16), ("german", 48, 17), ("latin", 40, 26)):
        files = {"binary": semeval / f"task1-{language}.txt", "words": semeval / f"targets-{language}.txt"}
        found = read_drift_targets(semeval / f"task2-{language}.txt", **files)
        assert (len(found), found.binary.sum()) == (words, changed)
    assert read_drift_targets(folder / "gems" / "gems.tsv").ratings.shape == (98, 5)
    ranks = read_drift_targets(folder / "durel" / "rank.tsv", words=folder / "durel" / "targets.tsv")
    table = read_drift_targets(folder / "durel" / "durel.tsv")
    assert dict(zip(ranks.words, ranks.graded, strict=True)) == dict(zip(table.words, table.graded, strict=True))


def test_lower_casing_loses_most_german_words(shared_data):
    gold = shared_data / "eval" / "semantic-change" / "semeval2020-task1" / "task1-german.txt"
    targets = read_drift_targets(gold)
    folder = shared_data / "corpus" / "semeval2020-downsampled" / "german"
    with lzma.open(folder / "dta.txt.xz", "rt", encoding="utf-8") as lines:
        words = {word for line in lines for word in line.split()}
    assert all(word in words for word in targets.words)
    lowered = {word.lower() for word in words}
    assert sum(word in lowered for word in targets.words) == 16


def test_rows_of_a_table_without_a_number_are_missing():
    aligned, angle = drifted()
    table = measure_drift(aligned)
    table.loc[table["word"] == "w003", "drift"] = np.nan
    found = evaluate_drift(table, gold_of(angle))
    assert set(found["missing"]) == {1}
    assert isinstance(found, pd.DataFrame)
