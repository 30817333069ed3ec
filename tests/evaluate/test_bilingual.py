"""Two languages in one space: plain twins with ties, planted spaces, hubs, the files, the table."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import wordvec.evaluate.retrieval as module
from wordvec import Embeddings, Vocabulary, csls_neighbors
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.bilingual import (
    Dictionary,
    evaluate_bilingual,
    evaluate_cross_similarity,
    read_dictionary,
    score_bilingual,
    score_cross_similarity,
)
from wordvec.evaluate.scores import Score
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.similarity import Pairs
from wordvec.evaluate.words import look_up

METRICS = [f"{kind} {metric}" for kind in ("cosine", "csls") for metric in ("P@1", "P@5", "P@10", "MRR")]


def space(rows, prefix):
    words = Vocabulary(tuple(f"{prefix}{i}" for i in range(len(rows))), np.arange(len(rows), 0, -1))
    return Embeddings(words, np.asarray(rows, np.float32))


def dictionary_of(pairs):
    """Return the dictionary of numbers (source, targets)."""
    words, answers = zip(*pairs, strict=True)
    return Dictionary("toy", "sha", tuple(f"s{i}" for i in words), tuple(tuple(f"t{j}" for j in js) for js in answers))


def identity(n):
    return dictionary_of([(i, (i,)) for i in range(n)])


def scores_of(table):
    return dict(zip(table["metric"], table["score"], strict=True))


def crowd(rng, n, dim):
    """Return vectors in few directions, of a length and of twice that: many tie."""
    return rng.normal(size=(6, dim)).astype(np.float32)[rng.integers(0, 6, n)] * rng.choice([1, 2], size=(n, 1))


def twin(source, target, answers, k):
    """Return for each kind float64[n, 4]: means of P@1, P@5, P@10 and 1/rank over all orders of what is tied."""
    x, y = (v / np.linalg.norm(v, axis=1)[:, None] for v in (source.astype(float), target.astype(float)))
    cosines = x @ y.T
    usual = -np.sort(-cosines, axis=0)[:k].mean(axis=0)
    found = {}
    for kind, scores in (("cosine", cosines), ("csls", 2 * cosines - usual[None])):
        rows = []
        for i, right in answers:
            away = scores[i] - max(scores[i, j] for j in right)
            assume(not ((abs(away) > 1e-9) & (abs(away) < 5e-6)).any())  # too near for float32
            wrong = [j for j in range(len(y)) if j not in right]
            above, level = sum(away[j] > 1e-9 for j in wrong), sum(abs(away[j]) <= 1e-9 for j in wrong)
            places = np.arange(above + 1, above + level + 2)
            rows.append([*(np.mean(places <= depth) for depth in (1, 5, 10)), np.mean(1 / places)])
        found[kind] = np.array(rows)
    return found


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 30),
    m=st.integers(1, 60),
    k=st.integers(1, 12),
    ties=st.booleans(),
    threads=st.integers(1, 2),
)
def test_scores_equal_a_plain_twin(seed, n, m, k, ties, threads):
    rng = np.random.default_rng(seed)
    make = crowd if ties else (lambda rng, n, dim: rng.normal(size=(n, dim)))
    source, target = make(rng, n, 6), make(rng, m, 6)
    answers = [(i, tuple(rng.integers(0, m, rng.integers(1, 4)).tolist())) for i in rng.permutation(n).tolist()]
    lookups = look_up(space(source, "s")), look_up(space(target, "t"))
    outcomes = score_bilingual(*lookups, dictionary_of(answers), k=k, threads=threads)
    wanted = twin(source, target, answers, k)
    found = np.array([outcome.values[:, 0] for outcome in outcomes])
    assert found == pytest.approx(np.concatenate([wanted["cosine"].T, wanted["csls"].T]), abs=1e-9)


def test_identical_spaces_are_translated_without_a_mistake():
    rows = np.random.default_rng(0).normal(size=(300, 20))
    table = evaluate_bilingual(space(rows, "s"), space(rows, "t"), identity(300))
    assert tuple(table.columns) == Score._fields
    assert table["metric"].tolist() == METRICS
    assert table["score"].tolist() == [1.0] * 8
    assert set(table["task"]) == {"bilingual"}
    row = table.iloc[0]
    assert (row["n"], row["missing"], row["unit"], row["policy"]) == (
        300,
        0,
        "source word (exact)",
        "skip unknown, ignore case",
    )
    assert row["dataset_sha256"] == "sha"


def test_rotating_both_sides_changes_nothing_and_one_side_everything():
    rng = np.random.default_rng(1)
    rows, turn = rng.normal(size=(200, 15)), scipy.stats.ortho_group.rvs(15, random_state=1)
    near = rows + 0.6 * rng.normal(size=rows.shape)
    plain = evaluate_bilingual(space(rows, "s"), space(near, "t"), identity(200))
    turned = evaluate_bilingual(space(rows @ turn, "s"), space(near @ turn, "t"), identity(200))
    assert turned["score"].tolist() == pytest.approx(plain["score"].tolist(), abs=1e-9)
    assert plain["score"][0] > 0.5
    apart = evaluate_bilingual(space(rows, "s"), space(near @ turn, "t"), identity(200))
    assert apart["score"][0] < 0.1


def test_threads_and_blocks_do_not_matter(monkeypatch):
    rng = np.random.default_rng(2)
    source, target = space(rng.normal(size=(150, 9)), "s"), space(rng.normal(size=(700, 9)), "t")
    asked = dictionary_of([(i, (i, 3 * i)) for i in range(150)])
    lookups = look_up(source), look_up(target)
    plain = [outcome.values for outcome in score_bilingual(*lookups, asked, threads=1)]
    for block, cells in ((40, 1 << 12), (7, 1 << 21)):
        monkeypatch.setattr(module, "_BLOCK", block)
        monkeypatch.setattr(module, "_CELLS", cells)
        again = [outcome.values for outcome in score_bilingual(*lookups, asked, threads=2)]
        assert all((one == other).all() for one, other in zip(plain, again, strict=True))


def test_the_order_of_lines_does_not_matter():
    rng = np.random.default_rng(3)
    source, target = space(rng.normal(size=(80, 5)), "s"), space(rng.normal(size=(80, 5)), "t")
    lines = [f"s{i % 80}\tt{i % 61}\n" for i in range(160)]
    one, other = (Dataset("toy", "".join(text), "") for text in (lines, [lines[i] for i in rng.permutation(160)]))
    columns = ["metric", "score", "low", "high", "n"]
    tables = [evaluate_bilingual(source, target, read_dictionary(d))[columns].values.tolist() for d in (one, other)]
    for left, right in zip(*tables, strict=True):
        assert left[0] == right[0]
        assert left[1:] == pytest.approx(right[1:], abs=1e-12)


def test_where_every_neighborhood_is_alike_csls_ranks_like_the_cosine():
    # Both sides are the corners of the same regular figure: r is the same for every target.
    rng = np.random.default_rng(4)
    target = np.vstack([np.eye(12), -np.eye(12)])
    answers = [(i, (int(rng.integers(24)),)) for i in range(24)]
    found = evaluate_bilingual(space(target, "s"), space(target, "t"), dictionary_of(answers))["score"].tolist()
    assert found[:4] == found[4:]


def hub_case():
    # The last word of the target is near to everything, nearer than the true counterparts.
    rng = np.random.default_rng(0)
    common = np.ones(20)
    rows = common + 0.8 * rng.normal(size=(200, 20))
    counterparts = rows + 1.2 * rng.normal(size=rows.shape)
    return space(rows, "s"), space(np.vstack([counterparts, common]), "t")


def test_a_hub_loses_rank_under_csls():
    source, target = hub_case()
    to_hub = dictionary_of([(i, (200,)) for i in range(200)])
    found = scores_of(evaluate_bilingual(source, target, to_hub))
    assert found["cosine P@1"] > 3 * found["csls P@1"]
    found = scores_of(evaluate_bilingual(source, target, identity(200)))
    assert found["csls P@1"] > 1.4 * found["cosine P@1"]
    first = csls_neighbors(source, target, source.vocabulary.words, k=1)["neighbor"]
    assert found["csls P@1"] == np.mean([word[1:] == str(i) for i, word in enumerate(first)])


def test_neighborhoods_may_be_those_of_the_test():
    source, target = hub_case()
    asked = identity(50)
    few = Embeddings(Vocabulary(source.vocabulary.words[:50], np.arange(50, 0, -1)), source.vectors[:50].copy())
    found = evaluate_bilingual(source, target, asked, neighborhoods="test", retrieval=["csls"], k=5)
    wanted = evaluate_bilingual(few, target, asked, retrieval=["csls"], k=5)
    assert found["score"].tolist() == wanted["score"].tolist()
    assert found["metric"][0] == "csls (k=5, test neighborhoods) P@1"
    assert wanted["metric"][0] == "csls (k=5) P@1"


def test_of_equal_words_none_is_favored():
    target = space([[1, 0], [1, 0], [0, 1], [1, 0]], "t")
    source = space([[1, 0]], "s")
    for right in (0, 1, 3):
        found = scores_of(evaluate_bilingual(source, target, dictionary_of([(0, (right,))])))
        assert found["cosine P@1"] == pytest.approx(1 / 3)
        assert found["cosine MRR"] == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)
    found = scores_of(evaluate_bilingual(source, target, dictionary_of([(0, (0, 3))])))
    assert found["cosine P@1"] == 0.5  # the other right answer is no rival


def test_unknown_words_by_policy():
    source, target = space(np.eye(4), "s"), space(np.eye(4), "t")
    asked = dictionary_of([(0, (0,)), (9, (1,)), (2, (9,)), (3, (9, 3))])
    row = evaluate_bilingual(source, target, asked).iloc[0]
    assert (row["score"], row["n"], row["missing"]) == (1.0, 2, 2)
    zero = evaluate_bilingual(source, target, asked, missing="zero").iloc[0]
    assert (zero["n"], zero["missing"], zero["policy"]) == (4, 2, "zero for unknown, ignore case")
    assert zero["score"] == pytest.approx((1 + 1 / 4 + 0 + 1) / 4)  # zeros are as near to all four
    mean = evaluate_bilingual(source, target, asked, missing="mean").iloc[0]
    assert mean["score"] == pytest.approx((1 + 1 / 4 + 0 + 1) / 4)  # the mean of the axes too
    with pytest.raises(UnknownWordError, match="'s9' is not among the 4 words"):
        evaluate_bilingual(source, target, asked, missing="error")
    with pytest.raises(UnknownWordError, match="'t9' is not among the 4 words"):
        evaluate_bilingual(source, target, dictionary_of([(2, (9,))]), missing="error")


def test_nothing_left_has_no_score():
    source, target = space(np.eye(3), "s"), space(np.eye(3), "t")
    table = evaluate_bilingual(source, target, dictionary_of([(7, (0,)), (1, (8,))]))
    assert table["score"].isna().all()
    assert table[["n", "missing"]].values.tolist() == [[0, 2]] * 8


def test_words_without_a_direction_are_found_by_nobody():
    source = space([[1, 0], [0, 0], [0, 1]], "s")
    target = space([[2, 0], [0, 0], [np.nan, 1], [0, 3]], "t")
    lookups = look_up(source), look_up(target)
    found = score_bilingual(*lookups, dictionary_of([(0, (0,)), (0, (1,)), (0, (2,)), (1, (0,)), (2, (3,))]), k=1)
    for outcome in (found[0], found[3]):
        assert outcome.values[[0, 1, 2, 4], 0].tolist() == [1.0, 0.0, 0.0, 1.0]
    assert found[0].values[3, 0] == 0.5  # a source word without one is as near to either


def test_case_and_restrict():
    rows = np.eye(3)
    source = Embeddings(Vocabulary(("Bank", "bank", "sea"), np.arange(3, 0, -1)), rows.astype(np.float32))
    target = Embeddings(Vocabulary(("bank", "Ufer", "Meer"), np.arange(3, 0, -1)), rows.astype(np.float32))
    asked = read_dictionary(Dataset("toy", "bank Ufer\nbank ufer\nSea Meer\n", ""))
    assert len(asked) == 2
    assert evaluate_bilingual(source, target, asked)["score"][0] == 0.5  # "bank" means the first, "Bank"
    kept = evaluate_bilingual(source, target, asked, case="keep")
    assert (kept["score"][0], kept["n"][0]) == (1.0, 1)
    few = evaluate_bilingual(source, target, asked, case="keep", restrict=2)
    assert few["policy"][0] == "skip unknown, keep case, first 2 words"
    assert evaluate_bilingual(source, target, asked, restrict=1)["n"][0] == 0


def test_spellings_of_one_word_are_one_unit():
    source, target = space(np.eye(3), "s"), space(np.eye(3), "t")
    asked = Dictionary("toy", "", ("s0", "S0", "s1"), (("t0",), ("t0",), ("t1",)))
    outcome = score_bilingual(look_up(source), look_up(target), asked)[0]
    assert outcome.units.tolist() == [[0], [0], [1]]
    assert outcome.items.tolist() == [0, 1, 2]


def test_bad_arguments():
    source, target = space(np.eye(3), "s"), space(np.eye(3), "t")
    with pytest.raises(ParameterError, match="retrieval must be 'cosine' or 'csls', got 'isf'"):
        evaluate_bilingual(source, target, identity(3), retrieval=["isf"])
    with pytest.raises(ParameterError, match="retrieval must be 'cosine' or 'csls', got None"):
        evaluate_bilingual(source, target, identity(3), retrieval=[])
    with pytest.raises(ParameterError, match="k must be an integer >= 1, got 0"):
        evaluate_bilingual(source, target, identity(3), k=0)
    with pytest.raises(ParameterError, match="neighborhoods must be 'all' or 'test', got 'none'"):
        evaluate_bilingual(source, target, identity(3), neighborhoods="none")
    with pytest.raises(ParameterError, match="threads must be an integer >= 1, got 0"):
        evaluate_bilingual(source, target, identity(3), threads=0)
    with pytest.raises(ParameterError, match="target.dim must be 3, that of the source, got 4"):
        evaluate_bilingual(source, space(np.eye(4), "t"), identity(3))
    with pytest.raises(ParameterError, match="target.missing must be 'skip', that of the source, got 'zero'"):
        score_bilingual(look_up(source), look_up(target, missing="zero"), identity(3))


def test_two_policies_are_both_named():
    lookups = look_up(space(np.eye(3), "s")), look_up(space(np.eye(3), "t"), case="keep")
    policy = score_bilingual(*lookups, identity(3))[0].policy
    assert policy == "source: skip unknown, ignore case; target: skip unknown, keep case"


@pytest.mark.parametrize(
    "text, words, translations",
    [
        ("sea\tMeer\nwar\tKrieg\n", ("sea", "war"), (("Meer",), ("Krieg",))),
        ("sea Meer\r\nwar  Krieg\n", ("sea", "war"), (("Meer",), ("Krieg",))),
        ("new york\tNew York\nsea\tMeer\n", ("new york", "sea"), (("New York",), ("Meer",))),
        ("sea Meer\nwar Krieg\nsea See\n", ("sea", "war"), (("Meer", "See"), ("Krieg",))),
    ],
)
def test_forms_of_dictionaries(text, words, translations):
    found = read_dictionary(Dataset("toy", text, "sha"))
    assert (found.words, found.translations, found.notes, found.sha256) == (words, translations, (), "sha")


def test_lines_that_are_there_twice_are_told():
    found = read_dictionary(Dataset("toy", "sea Meer\nsea Meer\nwar Krieg\n", ""))
    assert found.notes == ("1 of 3 lines are there twice",)
    assert len(found) == 2
    table = evaluate_bilingual(space(np.eye(3), "s"), space(np.eye(3), "t"), found)
    assert table.attrs["notes"] == found.notes


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "toy is empty"),
        ("sea Meer\n\nwar\n", r"toy, line 3: expected 2 columns like the first line, got 1 \(white space between"),
        ("new york New York\n", "toy, line 1: expected a word and its translation, got 4 fields."),
        ("word\n", "toy, line 1: expected a word and its translation, got 1 field."),
        (
            "sea\tMeer\nnew york Neuyork\n",
            r"toy, line 2: expected 2 columns like the first line, got 1 \(a tab between columns\)",
        ),
        ("sea\tMeer\tx\n", "toy, line 1: .* got 3 fields"),
        ("sea\tMeer\n\tKrieg\n", "toy, line 2: a word is empty"),
    ],
)
def test_bad_dictionaries(text, message):
    with pytest.raises(FormatError, match=message):
        read_dictionary(Dataset("toy", text, ""))


def test_published_dictionaries(shared_data):
    folder = shared_data / "bilingual"
    found = read_dictionary(folder / "xling-bli" / "en-de" / "yacle.test.freq.2k.en-de.tsv")
    assert (len(found), found.translations[0]) == (2000, ("Widmung",))
    found = read_dictionary(folder / "muse-full" / "en-hu.tsv.xz")
    lines = sum(map(len, found.translations))
    assert len(found) < lines <= 42868


def pairs_of(n, rng):
    words = tuple((f"s{i}", f"t{j}") for i, j in rng.integers(0, 40, size=(n, 2)).tolist())
    return Pairs("toy", "sha", words, rng.normal(size=n))


def test_similarity_across_languages_agrees_with_scipy():
    rng = np.random.default_rng(5)
    source, target = space(rng.normal(size=(40, 6)), "s"), space(rng.normal(size=(40, 6)), "t")
    pairs = pairs_of(120, rng)
    cosines = []
    for a, b in pairs.words:
        x, y = source[a].astype(float), target[b].astype(float)
        cosines.append(x @ y / np.linalg.norm(x) / np.linalg.norm(y))
    table = evaluate_cross_similarity(source, target, pairs)
    wanted = [scipy.stats.spearmanr(cosines, pairs.scores), scipy.stats.pearsonr(cosines, pairs.scores)]
    assert table["score"].tolist() == pytest.approx([found.statistic for found in wanted], abs=1e-9)
    assert table["metric"].tolist() == ["spearman", "pearson"]
    assert (table["low"] < table["score"]).all() and (table["score"] < table["high"]).all()
    assert (table["task"][0], table["unit"][0], table["n"][0]) == ("cross-lingual similarity", "word", 120)


def test_a_word_of_either_language_is_a_unit_of_its_own():
    words = Vocabulary(("gift", "sea", "tax"), np.arange(3, 0, -1))
    lookup = look_up(Embeddings(words, np.eye(3, dtype=np.float32)))
    pairs = Pairs("toy", "", (("gift", "sea"), ("sea", "Gift"), ("Gift", "tax"), ("gift", "none")), np.arange(4.0))
    outcome = score_cross_similarity(lookup, lookup, pairs)[0]
    left, right = outcome.units.T.tolist()
    assert (left, outcome.missing, outcome.items.tolist()) == ([0, 1, 0], 1, [0, 1, 2])
    assert not set(left) & set(right)


def test_cross_similarity_by_policy():
    source, target = space(np.eye(4), "s"), space(np.eye(4), "t")
    pairs = Pairs("toy", "", (("s0", "t0"), ("s1", "t9"), ("s9", "t2"), ("s3", "t2")), np.array([4.0, 1.0, 0.0, 2.0]))
    table = evaluate_cross_similarity(source, target, pairs)
    assert table[["n", "missing"]].values.tolist() == [[2, 2]] * 2
    assert evaluate_cross_similarity(source, target, pairs, missing="zero")["n"].tolist() == [4, 4]
    found = score_cross_similarity(look_up(source, missing="mean"), look_up(target, missing="mean"), pairs)[0]
    assert found.values[:, 0] == pytest.approx([1.0, 0.5, 0.5, 0.0])
    with pytest.raises(UnknownWordError, match="'s9'"):
        evaluate_cross_similarity(source, target, pairs, missing="error")
    with pytest.raises(ParameterError, match="target.dim must be 4"):
        evaluate_cross_similarity(source, space(np.eye(3), "t"), pairs)
    nothing = evaluate_cross_similarity(source, target, Pairs("toy", "", (("s8", "t8"),), np.ones(1)))
    assert nothing["score"].isna().all()


@pytest.mark.parametrize("name", ["en-de", "en-es", "en-fa", "en-it"])
def test_published_cross_lingual_pairs(shared_data, name):
    path = shared_data / "eval" / "similarity" / "semeval2017-task2" / f"{name}.test.txt"
    table = evaluate_cross_similarity(space(np.eye(3), "s"), space(np.eye(3), "t"), path)
    assert table["missing"][0] > 900
