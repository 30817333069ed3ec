"""Sentence similarity: agreement with a plain twin, policies, the files."""

import numpy as np
import pytest
import scipy.stats

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.scores import Score
from wordvec.evaluate.sentences import SentencePairs, evaluate_sentences, read_sentences, score_sentences
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.words import look_up

COUNTS = np.arange(40, 0, -1) ** 2


def embeddings_of(seed=0, counts=COUNTS):
    vocabulary = Vocabulary(tuple(f"w{i}" for i in range(40)), counts)
    return Embeddings(vocabulary, np.random.default_rng(seed).normal(size=(40, 6)).astype(np.float32))


def pairs_of(n=60, seed=1):
    rng = np.random.default_rng(seed)
    texts = [" ".join(f"w{i}" for i in rng.integers(0, 44, rng.integers(3, 9)).tolist()) + "." for _ in range(2 * n)]
    return SentencePairs("toy", "sha", tuple(zip(texts[:n], texts[n:], strict=True)), rng.normal(size=n))


def twin(embeddings, pairs, weights, remove):
    """Return the cosine of each pair, a sentence at a time."""
    vectors = []
    for text in (text for pair in pairs.sentences for text in pair):
        rows = [embeddings.vocabulary.get(word) for word in text.rstrip(".").split()]
        rows = [row for row in rows if row >= 0]
        vectors.append(sum(weights[row] * embeddings.vectors[row].astype(float) for row in rows) / len(rows))
    vectors = np.array(vectors)
    if remove:
        direction = np.linalg.svd(vectors)[2][0]
        vectors = vectors - np.outer(vectors @ direction, direction)
    x, y = vectors[::2], vectors[1::2]
    return (x * y).sum(axis=1) / np.linalg.norm(x, axis=1) / np.linalg.norm(y, axis=1)


def test_scores_agree_with_scipy():
    embeddings, pairs = embeddings_of(), pairs_of()
    table = evaluate_sentences(embeddings, pairs)
    assert tuple(table.columns) == Score._fields
    wanted = {}
    for name, weights in (("sif", 1e-3 / (1e-3 + COUNTS / COUNTS.sum())), ("mean", np.ones(40))):
        for remove, shown in ((0, name), (1, f"{name} (remove=1)")):
            cosines = twin(embeddings, pairs, weights, remove)
            wanted[f"{shown} spearman"] = scipy.stats.spearmanr(cosines, pairs.scores).statistic
            wanted[f"{shown} pearson"] = scipy.stats.pearsonr(cosines, pairs.scores).statistic
    assert table["metric"].tolist() == list(wanted)
    assert table["score"].tolist() == pytest.approx(list(wanted.values()), abs=1e-9)
    assert (table["low"] < table["score"]).all() and (table["score"] < table["high"]).all()
    row = table.iloc[0]
    assert (row["task"], row["n"], row["missing"], row["unit"]) == ("sentence similarity", 60, 0, "sentence")
    words = [word for pair in pairs.sentences for text in pair for word in text.rstrip(".").split()]
    unknown = sum(word not in embeddings for word in words)
    assert table.attrs["notes"] == (f"{unknown} of {len(words)} words of sentences are unknown",)


def test_options():
    embeddings, pairs = embeddings_of(), pairs_of()
    table = evaluate_sentences(embeddings, pairs, pooling=["sif"], remove=[2], a=0.01)
    assert table["metric"].tolist() == ["sif (a=0.01, remove=2) spearman", "sif (a=0.01, remove=2) pearson"]
    by_space = evaluate_sentences(embeddings, pairs, pooling=["mean"], remove=[0], tokenizer="whitespace")
    assert by_space["score"][0] != evaluate_sentences(embeddings, pairs, pooling=["mean"], remove=[0])["score"][0]
    with pytest.raises(ParameterError, match="pooling must be 'mean' or 'sif', got 'max'"):
        evaluate_sentences(embeddings, pairs, pooling=["max"])
    with pytest.raises(ParameterError, match=r"remove must be at least one number of components, got \(\)"):
        evaluate_sentences(embeddings, pairs, remove=[])
    with pytest.raises(ParameterError, match="tokenizer must be one of"):
        evaluate_sentences(embeddings, pairs, tokenizer="none")
    with pytest.raises(ParameterError, match="use pooling='mean'"):
        evaluate_sentences(embeddings_of(counts=np.zeros(40, np.int64)), pairs)


def test_sentences_that_are_there_again_are_one_unit():
    asked = (("w0 w1.", "w2"), ("w2", "w3  w4"), ("w0 w1.", "w3 w4"), ("none at all", "w2"))
    outcome = score_sentences(look_up(embeddings_of()), SentencePairs("toy", "", asked, np.arange(4.0)))[0]
    assert outcome.units.tolist() == [[0, 1], [1, 2], [0, 2]]
    assert (outcome.missing, outcome.items.tolist(), outcome.unit) == (1, [0, 1, 2], "sentence")


def test_pairs_of_the_same_words_tie():
    embeddings = embeddings_of()
    words = [f"w{i}" for i in range(40)]
    rng = np.random.default_rng(5)
    drawn = [rng.permutation(words)[:7].tolist() for _ in range(50)]
    asked = tuple((" ".join(text), " ".join(rng.permutation(text))) for text in drawn)
    outcome = score_sentences(look_up(embeddings), SentencePairs("toy", "", asked, rng.normal(size=50)))[0]
    assert (outcome.values[:, 0] == 1.0).all()
    assert np.isnan(outcome.score)


def test_unknown_sentences_by_policy():
    embeddings = embeddings_of()
    asked = (("w0", "w1"), ("w2", "gone"), ("...", "w3"), ("w4", "w5"))
    pairs = SentencePairs("toy", "", asked, np.array([1.0, 2.0, 3.0, 4.0]))
    table = evaluate_sentences(embeddings, pairs, remove=[0])
    assert table[["n", "missing"]].values.tolist() == [[2, 2]] * 4
    zero = score_sentences(look_up(embeddings, missing="zero"), pairs, pooling=["mean"], remove=[0])[0]
    assert (len(zero), zero.missing, zero.values[[1, 2], 0].tolist()) == (4, 2, [0.0, 0.0])
    mean = score_sentences(look_up(embeddings, missing="mean"), pairs, pooling=["mean"], remove=[0])[0]
    centre = embeddings.vectors[:6].astype(float).mean(axis=0)
    wanted = [centre @ v / np.linalg.norm(centre) / np.linalg.norm(v) for v in embeddings.vectors[2:4].astype(float)]
    assert mean.values[[1, 2], 0] == pytest.approx(wanted)
    with pytest.raises(UnknownWordError, match="'gone' is not among the 40 words"):
        evaluate_sentences(embeddings, pairs, missing="error")
    only = SentencePairs("toy", "", (("...", "w3"),), np.ones(1))
    with pytest.raises(UnknownWordError, match=r"'...' is not among"):
        evaluate_sentences(embeddings, only, missing="error")
    nothing = evaluate_sentences(embeddings, SentencePairs("toy", "", (("gone", "w3"),), np.ones(1)), missing="skip")
    assert nothing["score"].isna().all()
    assert nothing[["n", "missing"]].values.tolist()[0] == [0, 1]


def test_case():
    embeddings, plain = embeddings_of(), pairs_of(20)
    upper = SentencePairs("toy", "", tuple((a.upper(), b.upper()) for a, b in plain.sentences), plain.scores)
    scores = [evaluate_sentences(embeddings, pairs)["score"].tolist() for pairs in (plain, upper)]
    assert scores[0] == scores[1]
    assert evaluate_sentences(embeddings, upper, case="keep")["n"][0] == 0


def test_the_order_of_lines_does_not_matter():
    embeddings, pairs = embeddings_of(), pairs_of()
    order = np.random.default_rng(2).permutation(len(pairs))
    mixed = SentencePairs("toy", "sha", tuple(pairs.sentences[i] for i in order), pairs.scores[order])
    columns = ["score", "low", "high", "n"]
    tables = [evaluate_sentences(embeddings, asked)[columns].to_numpy(float) for asked in (pairs, mixed)]
    assert tables[0] == pytest.approx(tables[1], abs=1e-9)


SICK = "pair_ID\tsentence_A\tsentence_B\trelatedness_score\tentailment_judgment\n"
PUBLISHED = 'main-news\tMSRpar\t2012\t0001\t3.5\tA "cat, here\tA dog\tmore\n'


@pytest.mark.parametrize(
    "text, sentences, score",
    [
        ('"A cat, here",A dog,3.5\n', ("A cat, here", "A dog"), 3.5),
        ('"A ""cat""",A dog, 3.5\n', ('A "cat"', "A dog"), 3.5),
        ('A "cat, here\tA dog\t3.5\n', ('A "cat, here', "A dog"), 3.5),
        (SICK + "6\tA cat\tA dog\t3.5\tNEUTRAL\n", ("A cat", "A dog"), 3.5),
        ("sentence1,sentence2,score\nA cat,A dog,3.5\n", ("A cat", "A dog"), 3.5),
    ],
)
def test_columns_are_found_by_rule(text, sentences, score):
    found = read_sentences(Dataset("toy", text, "sha"))
    assert (found.sentences, found.scores.tolist(), found.sha256) == ((sentences,), [score], "sha")


def test_what_was_done_by_rule_is_noted():
    found = read_sentences(Dataset("toy", SICK + "6\tA cat\tA dog\t3.5\tNEUTRAL\n", ""))
    assert found.notes == (
        "columns 2, 3 and 4 of 5",
        "line 1 taken for a header: pair_ID sentence_A sentence_B relatedness_score entailment_j",
    )
    assert read_sentences(Dataset("toy", "A cat\tA dog\t3\n", "")).notes == ()


def test_columns_can_be_named():
    found = read_sentences(Dataset("toy", PUBLISHED + PUBLISHED.replace("\tmore", ""), ""), columns=(6, 7, 5))
    assert (found.sentences[1], found.scores.tolist()) == (('A "cat, here', "A dog"), [3.5, 3.5])
    named = Dataset("toy", "left\tright\tgood\nA cat\tA dog\t3\n", "")
    assert read_sentences(named, columns=("left", "right", "good")).sentences == (("A cat", "A dog"),)
    assert len(read_sentences(named, columns=(1, 2, 3))) == 1
    with pytest.raises(FormatError, match="toy, line 1: there is no column 'best' among left, right, good."):
        read_sentences(named, columns=("left", "right", "best"))
    with pytest.raises(FormatError, match="there is no column 4"):
        read_sentences(named, columns=(1, 2, 4))


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "toy is empty"),
        (PUBLISHED, r"toy, line 1: cannot tell which of 8 columns are sentence 1, sentence 2 and score \(main-news"),
        ("A cat\tA dog\tgood\nA\tB\t1\n", "toy, line 1: the score must be a number, got 'good'"),
        ("A cat\tA dog\t1\n\nA\tB\tnan\n", "toy, line 3: the score must be a number, got 'nan'"),
        ("A cat\tA dog\t1\nA\tB\tfour\n", "toy, line 2: the score must be a number, got 'four'"),
        ("A cat\tA dog\t1\nA\tB\n", "toy, line 2: expected 3 columns like the first line, got 2"),
        ("A cat,A dog,1\nA, too,B,2\n", "toy, line 2: expected 3 columns like the first line, got 4"),
        ("A cat\tA dog\t1\n\tB\t1\n", "toy, line 2: a sentence is empty"),
        (SICK, "toy holds a header and no line below it"),
        ('A cat,A dog,1\n"A,B,2\n', "toy, line 2: unexpected end of data; is a quotation mark missing?"),
    ],
)
def test_bad_files(text, message):
    with pytest.raises(FormatError, match=message):
        read_sentences(Dataset("toy", text, ""))


@pytest.mark.parametrize(
    "name, n",
    [
        ("stsb/stsb-en-test.csv", 1379),
        ("stsb/stsb-en-dev.csv", 1500),
        ("stsb/stsb-en-train.csv", 5749),
        ("sick/SICK_test_annotated.txt.xz", 4927),
        ("sick/SICK_trial.txt", 500),
    ],
)
def test_published_sets(shared_data, name, n):
    assert len(read_sentences(shared_data / "eval" / "sentence" / name)) == n


def test_another_tokenizer_is_another_policy():
    """Else scores of sentences that were cut in two ways would be compared as if they were alike."""
    words = Vocabulary(("a", "b", "c"), np.array([3, 2, 1]))
    lookup = look_up(Embeddings(words, np.eye(3, dtype=np.float32)))
    pairs = read_sentences(Dataset("toy", "a b\ta\t1\nb\tc\t2\n", ""))
    found = [score_sentences(lookup, pairs, tokenizer=name, remove=[0])[0] for name in ("words", "whitespace")]
    assert found[0].key != found[1].key and found[1].policy.endswith(", tokens by whitespace")


@pytest.mark.parametrize("missing", ["zero", "mean"])
def test_where_nothing_is_known_nothing_is_scored(missing):
    words = Embeddings(Vocabulary(("x",), np.array([1])), np.ones((1, 2), np.float32))
    pairs = read_sentences(Dataset("toy", "a b\ta\t1\nb\tc\t2\n", ""))
    table = evaluate_sentences(words, pairs, missing=missing)
    assert table["n"].eq(0).all() and table["missing"].eq(2).all() and table["score"].isna().all()
