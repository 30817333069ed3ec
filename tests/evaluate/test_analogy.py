"""Analogies: planted answers, a plain twin, a peer, and the table."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic import corpus_of, latent_neighbors, walk

import wordvec.evaluate.ranks as module
from wordvec import Embeddings, SkipGram, Vocabulary, to_gensim
from wordvec.errors import ParameterError, UnknownWordError
from wordvec.evaluate.analogy import evaluate_analogies, read_questions
from wordvec.evaluate.datasets import Dataset
from wordvec.evaluate.ranks import METHODS, NEVER, answer_ranks
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


def unit_rows(vectors, substitute):
    """Return float64 vectors of length 1 or 0; the last, for row -1, is the substitute."""
    rows = np.vstack([vectors, substitute]).astype(float)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def naive_scores(units, question, method, others):
    """Return the score of every word, one at a time; None where the question has no answer."""
    a, b, c = (units[row] for row in question[:3])
    if method == "3cosadd":
        return [d @ b - d @ a + d @ c for d in units[:-1]]
    if method == "3cosmul":
        return [(d @ b + 1) / 2 * (d @ c + 1) / 2 / ((d @ a + 1) / 2 + 0.001) for d in units[:-1]]
    if method == "3cosavg":
        query = c + (np.mean([units[y] - units[x] for x, y in others], axis=0) if others else 0)
        return [d @ query for d in units[:-1]]
    if np.linalg.norm(b - a) < 1e-3:
        return None
    return [(d - c) @ (b - a) / np.linalg.norm(b - a) / max(1e-3, np.linalg.norm(d - c)) for d in units[:-1]]


def naive_bounds(units, question, right, usable, method, exclude, others):
    """Return the least and the highest rank of the best right answer, scores the same to rounding being ties."""
    scores = naive_scores(units, question, method, others)
    barred = (set(question[2:3]) if method == "3cosavg" else set(question[:3])) if exclude else set()
    allowed = [w for w in range(len(usable)) if usable[w] and w not in barred]
    right = [w for w in right if w in allowed]
    if scores is None or not right:
        return NEVER, NEVER
    best = max(scores[w] for w in right)
    return 1 + sum(scores[w] > best + 1e-4 for w in allowed), sum(scores[w] > best - 1e-4 for w in allowed)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(5, 30),
    dim=st.integers(3, 8),
    block=st.sampled_from([1, 5, 1 << 15]),
    threads=st.integers(1, 3),
    exclude=st.booleans(),
    mean=st.booleans(),
    answers=st.integers(0, 9),
)
def test_ranks_equal_the_plain_loop(seed, n, dim, block, threads, exclude, mean, answers):
    rng = np.random.default_rng(seed)
    embeddings = embeddings_of([str(i) for i in range(n)], rng.normal(size=(n, dim)))
    usable = rng.random(n) < 0.8
    asked = rng.choice(np.append(np.flatnonzero(usable), [0, -1]), size=(12, 4))
    usable[0] = True
    category = rng.integers(0, 2, 12)
    more = np.column_stack([rng.integers(0, 12, answers), rng.integers(-1, n, answers)])
    substitute = embeddings.vectors.mean(axis=0) if mean else np.zeros(dim, np.float32)
    keep, module._BLOCK = module._BLOCK, block
    keep_offsets, module._OFFSETS = module._OFFSETS, min(block, 3)
    try:
        ranks = answer_ranks(
            embeddings,
            asked,
            usable,
            category=category,
            more=more,
            exclude=exclude,
            substitute=substitute if mean else None,
            threads=threads,
        )
    finally:
        module._BLOCK, module._OFFSETS = keep, keep_offsets
    units = unit_rows(embeddings.vectors, substitute)
    assert tuple(ranks) == METHODS
    for i, question in enumerate(asked.tolist()):
        right = [question[3], *more[more[:, 0] == i, 1]]
        pairs = {
            tuple(pair) for q in asked[category == category[i]].tolist() for pair in (q[:2], q[2:]) if min(pair) >= 0
        }
        others = sorted(pairs - {tuple(question[2:])})
        for method in METHODS:
            low, high = naive_bounds(units, question, right, usable, method, exclude, others)
            assert low <= ranks[method][i] <= high, (method, question)


def test_asked_for_itself_the_answer_is_the_third_word():
    # With a = b the best word is c; without c it must be another one, and a direction there is none.
    embeddings = embeddings_of("abcdef", np.random.default_rng(3).normal(size=(6, 4)))
    asked = np.array([[0, 0, 2, d] for d in range(6)])
    allowed = answer_ranks(embeddings, asked, np.ones(6, bool), exclude=False)
    barred = answer_ranks(embeddings, asked, np.ones(6, bool))
    for method in ("3cosadd", "3cosmul"):
        assert allowed[method].tolist().index(1) == 2
        assert sorted(barred[method]) == [1, 2, 3, 4, NEVER, NEVER]
        assert barred[method].tolist().index(1) not in (0, 2)
    assert set(allowed["pairdirection"]) == set(barred["pairdirection"]) == {NEVER}


def test_the_pair_asked_for_is_not_in_the_mean():
    # Alone, the first two pairs point up, the third to the right; each is asked with the mean of the two others.
    rows = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1], [1, 0, 0, 1]], np.float32)
    embeddings = embeddings_of("abcdef", rows)
    asked = np.array([[0, 1, 2, 3], [2, 3, 0, 1], [0, 1, 4, 5], [2, 3, 4, 5]])
    units = unit_rows(rows, np.zeros(4))
    up, right = (units[1] - units[0] + units[3] - units[2]) / 2, units[5] - units[4]
    first = units[2] + ((units[1] - units[0]) + right) / 2
    third = units[4] + up
    expected = [1 + int(sum(units[:-1] @ query > units[d] @ query)) for query, d in ((first, 3), (third, 5))]
    found = answer_ranks(embeddings, asked, np.ones(6, bool), ["3cosavg"], exclude=False)["3cosavg"]
    assert (found[0], found[2], found[3]) == (expected[0], expected[1], expected[1])


def test_exact_ties_go_to_the_first_word():
    rows = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1], [0, 1, 1]]
    embeddings = embeddings_of("abcde", rows)
    asked = np.array([[0, 1, 2, 3], [0, 1, 2, 4]])
    assert answer_ranks(embeddings, asked, np.ones(5, bool))["3cosadd"].tolist() == [1, 2]


def test_vectors_without_length_are_no_trouble():
    embeddings = embeddings_of("abcde", [[1, 0], [0, 1], [1, 1], [0, 0], [2, 1]])
    ranks = answer_ranks(embeddings, np.array([[0, 1, 2, 3], [3, 1, 2, 4]]), np.ones(5, bool))
    assert all(1 <= rank <= 4 for ranks_of in ranks.values() for rank in ranks_of)
    none = embeddings_of("abcd", np.zeros((4, 2)))
    ranks = answer_ranks(none, np.array([[0, 1, 2, 3]]), np.ones(4, bool))
    assert [of.tolist() for of in ranks.values()] == [[1], [1], [3], [NEVER]]


def test_an_answer_without_a_score_is_never_right():
    embeddings = embeddings_of("abcde", [[1, 0], [0, 1], [1, 1], [np.nan, 0], [2, 1]])
    ranks = answer_ranks(embeddings, np.array([[0, 1, 2, 3], [3, 1, 2, 4], [0, 1, 2, 4]]), np.ones(5, bool))
    assert [of.tolist()[:2] for of in ranks.values()] == [[NEVER, NEVER]] * 4
    assert [of.tolist()[2] for of in ranks.values()][:2] == [1, 1]


def test_ranks_are_the_same_for_any_number_of_threads():
    rng = np.random.default_rng(8)
    embeddings = embeddings_of([str(i) for i in range(5000)], rng.normal(size=(5000, 20)))
    asked = rng.integers(0, 5000, (50, 4))
    usable = rng.random(5000) < 0.9
    one, three = (answer_ranks(embeddings, asked, usable, threads=threads) for threads in (1, 3))
    assert tuple(one) == METHODS and all((one[method] == three[method]).all() for method in one)
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
