"""Analogies: planted answers, a plain twin, a peer, and the table."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import wordvec.evaluate.ranks as module
from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.analogy import evaluate_analogies, read_questions
from wordvec.evaluate.datasets import Dataset
from wordvec.evaluate.ranks import answer_ranks
from wordvec.evaluate.scores import Score


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


@pytest.mark.parametrize("method", ["3cosadd", "3cosmul"])
def test_planted_grid_is_answered_without_a_mistake(planted, method):
    table = evaluate_analogies(planted, questions_of(capital_questions()), method=[method])
    assert tuple(table.columns) == Score._fields
    assert table["score"].tolist() == [1.0] * 6
    row = score(table, "all", f"{method} accuracy")
    assert (row["high"], row["n"], row["missing"], row["unit"]) == (1.0, 56, 0, "disjoint question (exact)")
    assert row["low"] == pytest.approx(0.025 ** (1 / 4))  # 8 pairs make 4 questions without a common pair


def test_nothing_right_is_no_proof_of_zero(planted):
    # Twelve questions without a common pair: 24 pairs that are all answered wrong.
    words = [f"w{i}" for i in range(48)]
    rows = np.random.default_rng(5).normal(size=(48, 30))
    text = ": x\n" + "".join(f"{' '.join(words[i : i + 4])}\n" for i in range(0, 48, 4))
    table = evaluate_analogies(embeddings_of(words, rows), questions_of(text), method=["3cosadd"])
    for name in ("x", "all", "macro"):
        row = score(table, name, "3cosadd accuracy")
        assert (row["score"], row["low"], row["unit"]) == (0.0, 0.0, "disjoint question (exact)")
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
    assert set(table["unit"]) == {"pair"}
    assert (table["low"] < table["score"]).all() and (table["score"] < table["high"]).all()


def test_words_of_the_question_are_no_answers():
    # With a = b the best word would be c itself.
    embeddings = embeddings_of(["a", "c", "near"], [[1, 0], [0, 1], [0.1, 1]])
    table = evaluate_analogies(embeddings, questions_of(": x\na a c near\n: y\na a c c\n"), method=["3cosadd"])
    assert score(table, "x", "3cosadd accuracy")["score"] == 1.0
    assert score(table, "y", "3cosadd accuracy")["score"] == 0.0
    assert score(table, "y", "3cosadd MRR@10")["score"] == 0.0


def naive_rank(vectors, question, usable, method):
    """Return the rank of the answer, one word at a time, in float64."""
    a, b, c, d = question
    cos = [
        [float(u @ v) / math.sqrt(float(u @ u) * float(v @ v)) for v in vectors.astype(float)]
        for u in vectors[[a, b, c]].astype(float)
    ]
    if method == "3cosadd":
        scores = [y - x + z for x, y, z in zip(*cos, strict=True)]
    else:
        scores = [(y + 1) / 2 * (z + 1) / 2 / ((x + 1) / 2 + 0.001) for x, y, z in zip(*cos, strict=True)]
    if d in (a, b, c):
        return np.iinfo(np.int64).max
    rivals = [w for w in range(len(usable)) if usable[w] and w not in (a, b, c)]
    return 1 + sum(scores[w] > scores[d] for w in rivals)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(5, 30),
    dim=st.integers(2, 8),
    block=st.sampled_from([1, 5, 1 << 15]),
    threads=st.integers(1, 3),
)
def test_ranks_equal_the_plain_loop(seed, n, dim, block, threads):
    rng = np.random.default_rng(seed)
    embeddings = embeddings_of([str(i) for i in range(n)], rng.normal(size=(n, dim)))
    usable = rng.random(n) < 0.8
    asked = rng.choice(np.append(np.flatnonzero(usable), 0), size=(12, 4))
    usable[0] = True
    keep, module._BLOCK = module._BLOCK, block
    try:
        ranks = answer_ranks(embeddings, asked, usable, threads=threads)
    finally:
        module._BLOCK = keep
    for method in ("3cosadd", "3cosmul"):
        expected = [naive_rank(embeddings.vectors, question, usable, method) for question in asked]
        assert ranks[method].tolist() == expected


def test_exact_ties_go_to_the_first_word():
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1], [0, 1, 1]]
    embeddings = embeddings_of("abcde", rows)
    asked = np.array([[0, 1, 2, 3], [0, 1, 2, 4]])
    assert answer_ranks(embeddings, asked, np.ones(5, bool))["3cosadd"].tolist() == [1, 2]


def test_vectors_without_length_are_no_trouble():
    embeddings = embeddings_of("abcde", [[1, 0], [0, 1], [1, 1], [0, 0], [2, 1]])
    ranks = answer_ranks(embeddings, np.array([[0, 1, 2, 3], [3, 1, 2, 4]]), np.ones(5, bool))
    assert all(1 <= rank <= 2 for ranks_of in ranks.values() for rank in ranks_of)


def test_an_answer_without_a_score_is_never_right():
    embeddings = embeddings_of("abcde", [[1, 0], [0, 1], [1, 1], [np.nan, 0], [2, 1]])
    ranks = answer_ranks(embeddings, np.array([[0, 1, 2, 3], [3, 1, 2, 4], [0, 1, 2, 4]]), np.ones(5, bool))
    never = np.iinfo(np.int64).max
    assert [of.tolist() for of in ranks.values()] == [[never, never, 1], [never, never, 1]]


def test_ranks_are_the_same_for_any_number_of_threads():
    rng = np.random.default_rng(8)
    embeddings = embeddings_of([str(i) for i in range(5000)], rng.normal(size=(5000, 20)))
    asked = rng.integers(0, 5000, (50, 4))
    usable = rng.random(5000) < 0.9
    one, three = (answer_ranks(embeddings, asked, usable, threads=threads) for threads in (1, 3))
    assert all((one[method] == three[method]).all() for method in one)
    with pytest.raises(ParameterError, match="threads must be an integer >= 1, got 0"):
        answer_ranks(embeddings, asked, usable, threads=0)


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
    table = evaluate_analogies(embeddings, questions_of("Man Woman King Queen\n"))
    assert score(table, "uncategorized", "3cosadd accuracy")["score"] == 1.0


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


@pytest.mark.parametrize(
    "text, message",
    [
        (": x\na b c d\na b c\n", "toy.txt, line 3: expected four words, got 3"),
        (":\na b c d\n", "toy.txt, line 1: the category has no name"),
        (": x\n", "toy.txt holds no question: four words on a line"),
    ],
)
def test_bad_question_files(text, message):
    with pytest.raises(FormatError, match=message):
        questions_of(text)


def test_bad_parameters(planted):
    questions = questions_of("a b c d\n")
    with pytest.raises(ParameterError, match="method must be '3cosadd' or '3cosmul', got 'cos'"):
        evaluate_analogies(planted, questions, method=["cos"])
    with pytest.raises(ParameterError, match="missing must be 'skip' or 'error', got 'mean'"):
        evaluate_analogies(planted, questions, missing="mean")
    with pytest.raises(UnknownWordError, match="'a' is not among the 17 words"):
        evaluate_analogies(planted, questions, missing="error")
