"""SemEval-2012 task 2: averages over classes, MaxDiff, the folder, planted offsets."""

import numpy as np
import pytest
import scipy.stats

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, UnknownWordError
from wordvec.evaluate.measures import GROUP_MEAN, GROUP_SPEARMAN
from wordvec.evaluate.relational import evaluate_relational, max_diff, read_relational, score_relational
from wordvec.evaluate.words import look_up


def slow_spearman(values, group):
    x, y = values[values[:, 2] == group][:, :2].T
    return scipy.stats.spearmanr(x, y).statistic if len(x) > 1 and np.ptp(x) > 0 and np.ptp(y) > 0 else None


@pytest.mark.parametrize("measure", [GROUP_SPEARMAN, GROUP_MEAN])
def test_group_measures_and_what_each_group_adds(measure):
    rng = np.random.default_rng(6)
    groups = np.concatenate([np.repeat(np.arange(7), rng.integers(3, 12, 7)), [7]])  # the last has no correlation
    columns = [rng.integers(0, 6, len(groups)) / 6.0]
    columns += [rng.integers(0, 6, len(groups)).astype(float)] if measure is GROUP_SPEARMAN else []
    values = np.stack([*columns, groups], axis=1)

    def slow(weights):
        if measure is GROUP_SPEARMAN:
            found = [slow_spearman(values, group) for group in range(8)]
        else:
            found = [values[groups == group, 0].mean() for group in range(8)]
        held = [(score, weight) for score, weight in zip(found, weights, strict=True) if score is not None]
        return np.average([score for score, _ in held], weights=[weight for _, weight in held])

    assert measure.score(values) == pytest.approx(slow(np.ones(8)), abs=1e-12)
    influence = measure.influence(values)
    assert influence.sum() == pytest.approx(0.0, abs=1e-12)
    for group in range(8):
        up, down = (slow(np.ones(8) + step * np.eye(8)[group]) for step in (1e-6, -1e-6))
        assert influence[groups == group].sum() == pytest.approx((up - down) / 2e-6, abs=1e-8)


def test_max_diff():
    gold = np.array([[9.0, 5.0, 2.0, 0.0]])
    for scores, expected in [
        ([4.0, 3.0, 2.0, 1.0], 1.0),
        ([4.0, 1.0, 2.0, 3.0], 0.5),
        ([1.0, 2.0, 3.0, 4.0], 0.0),
        ([1.0, 1.0, 1.0, 1.0], 0.25),  # a draw among four
        ([2.0, 2.0, 1.0, 0.0], 0.75),
    ]:
        assert max_diff(np.array([scores]), gold).tolist() == [expected]
    assert max_diff(np.array([[1.0, 9.0, 3.0, 4.0]]), np.array([[7.0, 7.0, 1.0, 2.0]])).tolist() == [0.5]  # 7 is best
    assert max_diff(np.empty((0, 4)), np.empty((0, 4))).tolist() == []


PATTERN = "Question 1(a) X\n\nConsider the following word pairs:\n\n{}\n\nWhat relation?\n\nX: is a Y\n"


def write(folder, name, gold, pattern="p:q", questions=""):
    folder.mkdir(exist_ok=True)
    (folder / f"GoldRatings-{name}.txt").write_text(gold, "utf-8")
    (folder / f"Phase1Questions-{name}.txt").write_text(PATTERN.format(pattern), "utf-8")
    (folder / f"Phase2Questions-{name}.txt").write_text(questions or '"a:b","c:d","e:f","g:h"\n', "utf-8")
    return folder


GOLD = '# comment\n 50.0 "a:b"\n20 "c:d"\n-0.5 "e:f"\n-60.0 "g:h"\n'


def embeddings_of(**vectors):
    rows = np.array(list(vectors.values()), dtype=np.float32)
    return Embeddings(Vocabulary(tuple(vectors), np.arange(len(rows), 0, -1)), rows)


def planted():
    """Offsets turn away from that of the pattern as ratings fall."""
    vectors = {"p": [10, 0, 0], "q": [10, 1, 0]}
    for i, (one, other) in enumerate(("ab", "cd", "ef", "gh")):
        angle = i * 0.9
        vectors[one], vectors[other] = [10, 0, 0], [10, np.cos(angle), np.sin(angle)]
    return embeddings_of(**vectors)


def test_planted_offsets_are_all_right(tmp_path):
    data = read_relational(write(write(tmp_path / "dev", "2b", GOLD), "10a", GOLD))
    assert data.classes == ("2b", "10a")  # in order of number
    table = evaluate_relational(planted(), data, classes=True).set_index(["dataset", "metric"])
    name = f"{tmp_path.name}/dev"
    assert table.loc[(f"{name}: macro", "offset spearman"), "score"] == pytest.approx(1.0)
    assert table.loc[(f"{name}: macro", "offset MaxDiff"), "score"] == 1.0
    assert table.loc[(f"{name}: 10a", "offset spearman"), "score"] == pytest.approx(1.0)
    assert table.loc[(f"{name}: macro", "offset spearman"), ["n", "missing", "unit"]].tolist() == [
        8,
        0,
        "relation class (exact)",
    ]
    low, high = table.loc[(f"{name}: macro", "offset spearman"), ["low", "high"]]
    assert -1.0 < low < 0.0 and high == 1.0  # two classes say little
    assert set(table["unit"][table.index.get_level_values(0) == f"{name}: 2b"]) == {"word (Fisher)"}


def test_agrees_with_a_plain_twin(tmp_path):
    rng = np.random.default_rng(1)
    letters = "abcdefghpq"
    embeddings = embeddings_of(**{letter: rng.normal(size=5) for letter in letters})
    data = read_relational(write(tmp_path / "x", "1a", GOLD, "p:q\nq:a"))
    unit = {letter: row / np.linalg.norm(row) for letter, row in zip(letters, embeddings.vectors, strict=True)}
    mean = (unit["q"] - unit["p"] + unit["a"] - unit["q"]) / 2
    scores = []
    for one, other in data.words:
        offset = unit[other] - unit[one]
        scores.append(offset @ mean / np.linalg.norm(offset) / np.linalg.norm(mean))
    outcome = score_relational(look_up(embeddings), data)[0]
    assert outcome.values[:, 0] == pytest.approx(scores, abs=1e-6)
    assert outcome.score == pytest.approx(scipy.stats.spearmanr(scores, data.ratings).statistic, abs=1e-12)


def test_missing_policies(tmp_path):
    folder = write(tmp_path / "x", "1a", GOLD + '3 "gone:b"\n', "p:q\ngone:q", '"a:b","c:d","e:f","gone:b"\n' * 2)
    data = read_relational(write(folder, "1b", GOLD, "gone:q"))
    table = evaluate_relational(planted(), data)
    assert table[["n", "missing"]].values.tolist() == [[4, 5], [0, 3]] * 2  # 1b has no pattern left
    assert table["score"].isna().tolist() == [False, True] * 2
    for policy in ("zero", "mean"):
        table = evaluate_relational(planted(), data, missing=policy)
        assert table[["n", "missing"]].values.tolist() == [[9, 1], [3, 2]] * 2
    with pytest.raises(UnknownWordError, match="'gone' is not among"):
        evaluate_relational(planted(), data, missing="error")


def test_questions_that_ratings_do_not_decide_are_left_out(tmp_path):
    data = read_relational(write(tmp_path / "x", "1a", '5 "a:b"\n5 "c:d"\n5 "e:f"\n5 "g:h"\n1 "a:d"\n'))
    assert data.notes == ("1 questions left out: all four pairs have one rating",)
    table = evaluate_relational(planted(), data)
    assert table["n"].tolist() == [5, 0, 5, 0] and set(table["missing"]) == {0}


@pytest.mark.parametrize(
    "part, content, message",
    [
        (
            "GoldRatings",
            "a:b\n",
            r'GoldRatings-1a.txt, line 1: expected a rating and a pair, as in 50.0 "weapon:spear"',
        ),
        ("GoldRatings", 'nan "a:b"\n', "line 1: expected a rating and a pair"),
        ("GoldRatings", '1 "ab"\n', "line 1: expected a pair such as weapon:knife, got 'ab'"),
        ("GoldRatings", '1 "a:b"\n\n2 "a:b"\n', "line 3: 'a:b' is rated twice"),
        ("GoldRatings", "# none\n", "GoldRatings-1a.txt holds no rated pair"),
        ("Phase1Questions", "What?\n", "Phase1Questions-1a.txt holds no pair below"),
        (
            "Phase1Questions",
            "Consider the following word pairs:\n\na b\n",
            "line 3: expected a pair such as .* got 'a b'",
        ),
        ("Phase2Questions", '"a:b","c:d"\n', "Phase2Questions-1a.txt, line 1: expected four pairs in quotes, got 2"),
        ("Phase2Questions", '"a:b","c:d","e:f","x:y"\n', "line 1: 'x:y' has no rating in the file of ratings"),
    ],
)
def test_bad_files(tmp_path, part, content, message):
    folder = write(tmp_path / "x", "1a", GOLD)
    (folder / f"{part}-1a.txt").write_text(content, "utf-8")
    with pytest.raises(FormatError, match=message):
        read_relational(folder)


def test_bad_folders(tmp_path):
    write(tmp_path / "dev", "1a", GOLD)
    with pytest.raises(FormatError, match=r"holds no GoldRatings-\*.txt, .*Name one of dev in it"):
        read_relational(tmp_path)
    with pytest.raises(FormatError, match="none is no folder; name one of SemEval-2012 task 2, dev or test"):
        read_relational(tmp_path / "none")
    (tmp_path / "dev" / "Phase2Questions-1a.txt").unlink()
    with pytest.raises(FormatError, match="Phase2Questions-1a.txt does not exist"):
        read_relational(tmp_path / "dev")


@pytest.mark.parametrize("part, classes, pairs, questions", [("dev", 10, 427, 1071), ("test", 69, 2791, 6997)])
def test_published_set(shared_data, part, classes, pairs, questions):
    data = read_relational(shared_data / "eval" / "relations" / "semeval2012-task2" / part)
    assert (len(data.classes), len(data), len(data.questions)) == (classes, pairs, questions)
    assert data.name == f"semeval2012-task2/{part}" and data.notes == ()
    assert {len(pattern) for pattern in data.paradigms} <= {3, 4, 5}
    for k, pattern in enumerate(data.paradigms):  # no rated pair is its own pattern
        assert not set(pattern) & {data.words[i] for i in np.flatnonzero(data.relation == k)}
