"""Analogies: planted answers, a peer, and the table."""

import math

import numpy as np
import pytest
from synthetic import corpus_of, latent_neighbors, walk

from wordvec import Embeddings, SkipGram, Vocabulary, to_gensim
from wordvec.errors import ParameterError, UnknownWordError
from wordvec.evaluate.analogy import evaluate_analogies, read_questions
from wordvec.evaluate.ranks import METHODS, answer_ranks
from wordvec.evaluate.scores import Score
from wordvec.evaluate.sets.datasets import Dataset


def embeddings_of(words, rows):
    return Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), np.asarray(rows, np.float32))


def questions_of(text):
    return read_questions(Dataset("toy.txt", text, "sha"))


def score(table, dataset, metric):
    row = table[(table["dataset"] == f"toy.txt: {dataset}") & (table["metric"] == metric)]
    assert len(row) == 1
    return row.iloc[0]


@pytest.fixture
def planted():
    """Eight countries on their own axes; each capital is its country plus the same vector."""
    countries = [f"Country{i}" for i in range(8)]
    capitals = [f"Capital{i}" for i in range(8)]
    grid = np.hstack([3 * np.eye(8), np.zeros((8, 1))])
    relation = np.zeros(9)
    relation[8] = 1.0
    words = countries + capitals + ["filler"]
    return embeddings_of(words, np.vstack([grid, grid + relation, np.ones((1, 9))]))


def capital_questions(n=8):
    return ": capitals\n" + "".join(
        f"country{i} capital{i} country{j} capital{j}\n" for i in range(n) for j in range(n) if i != j
    )


@pytest.mark.parametrize("method", METHODS)
def test_planted_grid_is_answered_without_a_mistake(planted, method):
    table = evaluate_analogies(planted, questions_of(capital_questions()), method=[method])
    assert tuple(table.columns) == Score._fields
    assert table["score"].tolist() == [1.0] * 6
    row = score(table, "all", f"{method} accuracy")
    assert (row["high"], row["n"], row["missing"], row["unit"]) == (1.0, 56, 0, "word pair (exact)")
    assert row["low"] == pytest.approx(0.025 ** (1 / 4))  # 8 pairs make 4 questions without a common pair


def test_nothing_right_is_no_proof_of_zero(planted):
    # Twelve questions without a common pair: 24 pairs that are all answered wrong.
    words = [f"w{i}" for i in range(48)]
    rows = np.random.default_rng(5).normal(size=(48, 30))
    text = ": x\n" + "".join(f"{' '.join(words[i : i + 4])}\n" for i in range(0, 48, 4))
    table = evaluate_analogies(embeddings_of(words, rows), questions_of(text), method=["3cosadd"])
    for name in ("x", "all", "macro"):
        row = score(table, name, "3cosadd accuracy")
        assert (row["score"], row["low"], row["unit"]) == (0.0, 0.0, "word pair (exact)")
        assert row["high"] == pytest.approx(1 - 0.025 ** (1 / 12))


def test_macro_counts_no_more_of_a_category_than_the_smallest_has(planted):
    text = capital_questions() + ": few\ncountry0 capital0 country1 capital1\n"
    table = evaluate_analogies(planted, questions_of(text), method=["3cosadd"])
    assert score(table, "few", "3cosadd accuracy")["low"] == pytest.approx(0.025)
    assert score(table, "all", "3cosadd accuracy")["low"] == pytest.approx(0.025 ** (1 / 5))
    assert score(table, "macro", "3cosadd accuracy")["low"] == pytest.approx(0.025 ** (1 / 2))


def test_enough_pairs_are_resampled():
    rng = np.random.default_rng(2)
    base = rng.normal(size=(20, 4))
    words = [f"a{i}" for i in range(20)] + [f"b{i}" for i in range(20)]
    rows = np.vstack([base, base + 0.8 + 0.4 * rng.normal(size=(20, 4))])
    text = ": x\n" + "".join(f"a{i} b{i} a{j} b{j}\n" for i in range(20) for j in range(20) if i != j)
    table = evaluate_analogies(embeddings_of(words, rows), questions_of(text), method=["3cosadd"])
    assert set(table["unit"]) == {"word pair"}
    assert (table["low"] < table["score"]).all() and (table["score"] < table["high"]).all()


def test_words_of_the_question_are_no_answers():
    # With a = b the best word would be c itself.
    embeddings = embeddings_of(["a", "c", "near"], [[1, 0], [0, 1], [0.1, 1]])
    table = evaluate_analogies(embeddings, questions_of(": x\na a c near\n: y\na a c c\n"), method=["3cosadd"])
    assert score(table, "x", "3cosadd accuracy")["score"] == 1.0
    assert score(table, "y", "3cosadd accuracy")["score"] == 0.0
    assert score(table, "y", "3cosadd MRR@10")["score"] == 0.0


@pytest.mark.parametrize("case, insensitive", [("keep", False), ("ignore", True)])
@pytest.mark.parametrize("restrict", [40, 60])
def test_accuracy_equals_gensim(tmp_path, case, insensitive, restrict):
    gensim = pytest.importorskip("gensim")
    rng = np.random.default_rng(7)
    words = [f"Word{i}" if i % 3 else f"word{i}" for i in range(60)]
    base = rng.normal(size=(30, 3))
    rows = np.vstack([base, base + 0.8 + 0.2 * rng.normal(size=(30, 3))])
    embeddings = embeddings_of(words, rows)
    lines = [": one\n"]
    for i in range(30):
        if i == 15:
            lines.append(": two\n")
        lines += [f"{words[i]} {words[i + 30]} {words[j]} {words[j + 30].lower()}\n" for j in range(30) if i != j]
    path = tmp_path / "questions.txt"
    path.write_text("".join(lines), "utf-8")
    keyed = gensim.models.KeyedVectors(3)
    keyed.add_vectors(words, embeddings.vectors)
    theirs, sections = keyed.evaluate_word_analogies(str(path), restrict_vocab=restrict, case_insensitive=insensitive)
    table = evaluate_analogies(embeddings, path, method=["3cosadd"], restrict=restrict, case=case)
    ours = table[table["metric"] == "3cosadd accuracy"].set_index("dataset")
    assert ours.loc["questions.txt: all", "score"] == pytest.approx(theirs, abs=1e-12)
    assert 0.0 < theirs < 1.0
    for section in sections[:-1]:
        used = len(section["correct"]) + len(section["incorrect"])
        row = ours.loc[f"questions.txt: {section['section']}"]
        assert row["n"] == used
        assert row["n"] + row["missing"] == 435
        if used:
            assert row["score"] == pytest.approx(len(section["correct"]) / used)


def test_case_policies_and_coverage(planted):
    questions = questions_of(capital_questions(3) + ": other\ncountry0 capital0 gone away\n")
    folded = evaluate_analogies(planted, questions, method=["3cosadd"], restrict=11)
    assert score(folded, "capitals", "3cosadd accuracy")["n"] == 6
    other = score(folded, "other", "3cosadd accuracy")
    assert (other["n"], other["missing"]) == (0, 1)
    assert math.isnan(other["score"]) and math.isnan(other["low"])
    assert score(folded, "macro", "3cosadd accuracy")["score"] == 1.0
    assert other["policy"] == "skip unknown, ignore case, first 11 words"
    kept = evaluate_analogies(planted, questions, case="keep")
    assert kept["n"].tolist() == [0] * 16
    assert kept["score"].isna().all()


def test_the_most_frequent_of_case_variants_stands_for_all():
    words = ["king", "queen", "man", "woman", "QUEEN"]
    rows = [[1, 1, 0], [1, 0, 1], [0, 1, 0], [0, 0, 1], [1, 0, 1]]
    embeddings = embeddings_of(words, rows)
    table = evaluate_analogies(embeddings, questions_of(": x\nMan Woman King Queen\n"))
    assert score(table, "x", "3cosadd accuracy")["score"] == 1.0


def test_micro_and_macro_differ_as_they_should(planted):
    questions = questions_of(capital_questions() + ": wrong\nCountry0 Capital0 Country1 filler\n")
    table = evaluate_analogies(planted, questions, method=["3cosadd"])
    assert score(table, "all", "3cosadd accuracy")["score"] == pytest.approx(56 / 57)
    assert score(table, "macro", "3cosadd accuracy")["score"] == pytest.approx(0.5)
    assert table.equals(table.assign(seconds=table["seconds"]))
    again = evaluate_analogies(planted, questions, method=["3cosadd"])
    assert again.drop(columns="seconds").equals(table.drop(columns="seconds"))


def test_progress_is_reported(planted):
    seen = []
    evaluate_analogies(planted, questions_of(capital_questions()), progress=seen.append)
    assert (seen[-1].done, seen[-1].total, seen[-1].unit) == (56, 56, "questions")


def test_bad_parameters(planted):
    questions = questions_of(": x\na b c d\n")
    known = "'3cosadd', '3cosmul', '3cosavg' or 'pairdirection'"
    with pytest.raises(ParameterError, match=f"method must be {known}, got 'cos'"):
        evaluate_analogies(planted, questions, method=["cos"])
    for wrong in ("some", ()):
        with pytest.raises(ParameterError, match="candidates must be 'all', 'asked' or a collection of words, got"):
            evaluate_analogies(planted, questions, candidates=wrong)
    with pytest.raises(UnknownWordError, match="'a' is not among the 17 words"):
        evaluate_analogies(planted, questions, missing="error")


def test_question_words_may_be_allowed(planted):
    questions = questions_of(capital_questions())
    table = evaluate_analogies(planted, questions, method=METHODS, exclude=False)
    for method in METHODS:
        row = score(table, "all", f"{method} accuracy, question words allowed")
        assert row["n"] == 56
        barred = score(evaluate_analogies(planted, questions, method=[method]), "all", f"{method} accuracy")
        assert row["score"] <= barred["score"] == 1.0


def test_candidates_may_be_the_answers_of_the_set():
    # Without the word that is nearest, but no answer to anything, the answer is found.
    rows = [[1, 0, 0, 0], [1, 0, 1, 0], [0, 1, 0, 0], [0, 1, 0.5, 0.5], [0, 1, 1, 0]]
    embeddings = embeddings_of(["boy", "girl", "king", "queen", "rival"], rows)
    asked = questions_of(": x\nboy girl king queen\n")
    both = [evaluate_analogies(embeddings, asked, method=["3cosadd"], candidates=which) for which in ("all", "asked")]
    assert [score(table, "all", "3cosadd accuracy")["score"] for table in both] == [0.0, 1.0]
    policies = [table["policy"].unique().tolist() for table in both]
    assert policies == [["skip unknown, ignore case"], ["skip unknown, ignore case, answers of the set only"]]


def test_the_protocol_of_a_common_vocabulary(planted):
    """3CosAdd, MRR@10 and accuracy by category and over all questions, among the words that all models know.

    A second model lacks country 7 and the capital of country 6; what it knows, it answers like the first.
    """
    lost = {"Country7", "Capital6", "filler"}
    keep = [row for row, word in enumerate(planted.vocabulary.words) if word not in lost]
    words = [planted.vocabulary.words[row] for row in keep]
    other = embeddings_of(words[::-1], planted.vectors[keep][::-1])
    common = set(words) & {"Country7", *planted.vocabulary.words}
    questions = questions_of(capital_questions() + ": odd\ncountry0 country1 capital0 capital1\nCountry7 a b c\n")
    first, second = (
        evaluate_analogies(model, questions, method=["3cosadd"], candidates=common) for model in (planted, other)
    )
    columns = ["dataset", "metric", "score", "low", "high", "n", "missing", "policy"]
    assert first[columns].equals(second[columns])
    capitals, odd, micro = (score(first, name, "3cosadd accuracy") for name in ("capitals", "odd", "all"))
    assert (capitals["n"], capitals["missing"], odd["n"], odd["missing"]) == (30, 26, 1, 1)
    assert (micro["n"], micro["missing"], micro["score"]) == (31, 27, 1.0)
    assert score(first, "all", "3cosadd MRR@10")["score"] == 1.0
    assert micro["policy"].startswith("skip unknown, ignore case, 14 given words (") and micro["policy"].endswith(
        ") only"
    )
    fewer = evaluate_analogies(planted, questions, method=["3cosadd"], candidates=common - {"Country0"})
    assert fewer["policy"][0] != first["policy"][0]


def test_substitutes_for_unknown_words(planted):
    asked = ["nobody capital0 country1 capital1", "country0 capital0 country1 nobody"]
    text = "\n".join([": x", *asked, "country0 capital0 country1 capital1"])
    mean = planted.vectors.mean(axis=0)
    with_mean = embeddings_of([*planted.vocabulary.words, "nobody"], np.vstack([planted.vectors, mean]))
    with_zero = embeddings_of([*planted.vocabulary.words, "nobody"], np.vstack([planted.vectors, 0 * mean]))
    for missing, whole in (("mean", with_mean), ("zero", with_zero)):
        table = evaluate_analogies(planted, questions_of(text), method=METHODS, missing=missing)
        # The word that stands for the unknown one is no candidate, so it must be barred where it is not asked with.
        first = answer_ranks(whole, np.array([[17, 8, 1, 9]]), np.ones(18, bool), exclude=True)
        rest = answer_ranks(whole, np.array([[0, 8, 1, 9]]), np.arange(18) < 17)
        assert (table["n"] == 3).all() and (table["missing"] == 2).all()
        for method in ("3cosadd", "3cosmul", "pairdirection"):
            hits = (first[method][0] == 1) + 0 + (rest[method][0] == 1)
            assert score(table, "x", f"{method} accuracy")["score"] == pytest.approx(hits / 3)
    assert score(evaluate_analogies(planted, questions_of(text)), "x", "3cosadd accuracy")["n"] == 1


def test_scores_do_not_depend_on_the_order_of_lines(planted):
    rng = np.random.default_rng(4)
    embeddings = embeddings_of(planted.vocabulary.words, rng.normal(size=(17, 5)))
    lines = capital_questions().splitlines()
    tables = [
        evaluate_analogies(embeddings, questions_of("\n".join([lines[0], *order])), method=METHODS)
        for order in (lines[1:], lines[:0:-1])
    ]
    np.testing.assert_allclose(tables[0]["score"], tables[1]["score"], rtol=1e-12)


@pytest.fixture(scope="module")
def trained():
    """Vectors of a small made-up language."""
    sentences = walk(latent_neighbors(np.random.default_rng(1)), 60_000, np.random.default_rng(2))
    return SkipGram(dim=20, epochs=2, seed=1).train(corpus_of({"all": sentences}), threads=1).embeddings


@pytest.mark.parametrize("dummy", [False, True])
def test_counts_equal_gensim_on_trained_vectors(tmp_path, trained, dummy):
    rng = np.random.default_rng(9)
    words = trained.vocabulary.words
    lines = []
    for label in ("one", "two", "three"):
        lines.append(f": {label}")
        for _ in range(60):
            # Questions with something to find: what is near to c, and b near to a.
            a, c = (str(word) for word in rng.choice(words[:300], 2, replace=False))
            b, d = (str(rng.choice([word for word, _ in trained.nearest(near, k=3)])) for near in (a, c))
            lines.append(f"{a} {b} {c} {'nobody' if rng.random() < 0.2 else d}")
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    pytest.importorskip("gensim")
    _, sections = to_gensim(trained).evaluate_word_analogies(str(path), dummy4unknown=dummy)
    # gensim counts a question with an unknown word as wrong, as we do one whose answer is unknown.
    table = evaluate_analogies(trained, path, method=["3cosadd"], missing="zero" if dummy else "skip")
    ours = table[table["metric"] == "3cosadd accuracy"].set_index("dataset")
    counts = []
    for section in sections[:-1]:
        row = ours.loc[f"questions.txt: {section['section']}"]
        counts.append(len(section["correct"]))
        assert (round(row["score"] * row["n"]), row["n"]) == (counts[-1], counts[-1] + len(section["incorrect"]))
    assert sum(counts) > 10
