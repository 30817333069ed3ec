"""Outlier detection: compactness, positions, files."""

import itertools

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, UnknownWordError
from wordvec.evaluate.outliers import Topics, evaluate_outliers, outlier_positions, read_topics, score_outliers
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.words import look_up


def plain_compactness(similarities, w):
    """Camacho-Collados and Navigli (2016), equation 1, as it is written."""
    others = [i for i in range(len(similarities)) if i != w]
    total = sum(similarities[i][j] for i, j in itertools.permutations(others, 2))
    return total / (len(others) * (len(others) - 1))


def plain_answer(similarities):
    scores = [round(plain_compactness(similarities, w), 9) for w in range(len(similarities))]
    n = len(scores) - 1
    lower, equal = sum(s < scores[-1] for s in scores), scores[:-1].count(scores[-1])
    return (1 / (equal + 1) if lower + equal == n else 0.0), (lower + equal / 2) / n


def embeddings_of(rows, words=None):
    words = tuple(f"w{i}" for i in range(len(rows))) if words is None else words
    return Embeddings(Vocabulary(words, np.arange(len(words), 0, -1)), np.asarray(rows, np.float32))


def topics_of(text, name="toy.csv"):
    return read_topics(Dataset(name, text, "sha"))


@pytest.mark.parametrize("n", [2, 3, 8])
@pytest.mark.parametrize("seed", range(5))
def test_positions_equal_their_plain_twin(n, seed):
    rng = np.random.default_rng(seed)
    vectors = rng.integers(0, 3, (20, n + 1, 2)).astype(float) + 0.5  # small whole numbers: many ties
    vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
    similarities = np.einsum("mid,mjd->mij", vectors, vectors)
    hits, positions = outlier_positions(similarities)
    expected = [plain_answer(matrix) for matrix in similarities]
    assert hits.tolist() == pytest.approx([hit for hit, _ in expected])
    assert positions.tolist() == pytest.approx([position for _, position in expected])


def test_positions_by_hand():
    same, apart = 0.9, 0.1
    # Two words alike and one that is not, at each place.
    outlier_last = np.array([[1, same, apart], [same, 1, apart], [apart, apart, 1]])
    outlier_first = outlier_last[[2, 0, 1]][:, [2, 0, 1]]
    hits, positions = outlier_positions(np.stack([outlier_last, outlier_first, np.full((3, 3), 0.5)]))
    assert hits.tolist() == [1.0, 0.0, pytest.approx(1 / 3)]
    assert positions.tolist() == [1.0, 0.25, 0.5]


def test_planted_outliers_are_found():
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(6, 30))
    cluster = np.repeat(centers, 8, axis=0) + 0.1 * rng.normal(size=(48, 30))
    embeddings = embeddings_of(np.concatenate([cluster, rng.normal(size=(48, 30))]))
    words = tuple(tuple(f"w{8 * t + i}" for i in range(8)) for t in range(6))
    outliers = tuple(tuple(f"W{48 + 8 * t + i}" for i in range(8)) for t in range(6))
    topics = Topics("toy", "abc", tuple("abcdef"), words, outliers)
    table = evaluate_outliers(embeddings, topics)
    assert table["metric"].tolist() == ["accuracy", "OPP"] and table["score"].tolist() == [1.0, 1.0]
    assert table["n"].tolist() == [48, 48] == [len(topics)] * 2
    assert table["unit"].tolist() == ["topic (exact)"] * 2 and table["low"][0] == pytest.approx(0.025 ** (1 / 6))
    # Words for outliers, and outliers for words: nothing to be found.
    drawn = Topics("toy", "abc", tuple("abcdef"), outliers, words)
    accuracy, opp = score_outliers(look_up(embeddings), drawn)
    assert accuracy.score < 0.35 and opp.score == pytest.approx(0.5, abs=0.12)
    assert accuracy.units[:, 0].tolist() == np.repeat(np.arange(6), 8).tolist()


def test_random_vectors_are_at_chance():
    rng = np.random.default_rng(1)
    embeddings = embeddings_of(rng.normal(size=(1800, 20)))
    words = tuple(tuple(f"w{9 * t + i}" for i in range(8)) for t in range(200))
    topics = Topics("toy", "", words[0] * 25, words, tuple((f"w{9 * t + 8}",) for t in range(200)))
    accuracy, opp = score_outliers(look_up(embeddings), topics)
    assert accuracy.score == pytest.approx(1 / 9, abs=0.06) and opp.score == pytest.approx(0.5, abs=0.06)


def test_missing_policies():
    rows = [[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0.2]]
    embeddings = embeddings_of(rows, ("lion", "lynx", "tax"))
    topics = Topics("toy", "", ("cats", "more"), (("lion", "lynx"), ("lion", "gone")), (("tax", "law"), ("tax",)))
    skipped = score_outliers(look_up(embeddings), topics)
    assert [o.items.tolist() for o in skipped] == [[0], [0]] and [o.missing for o in skipped] == [2, 2]
    for missing in ("zero", "mean"):
        accuracy, opp = score_outliers(look_up(embeddings, missing=missing), topics)
        assert accuracy.values[:2, 0].tolist() == [1.0, 0.0]  # an unknown outlier is not found
        assert opp.values[1, 0] == 0.0 and (len(accuracy), accuracy.missing) == (3, 2)
    with pytest.raises(UnknownWordError, match="'law' is not among the 3 words"):
        evaluate_outliers(embeddings, topics, missing="error")
    nothing = evaluate_outliers(embeddings, Topics("toy", "", ("x",), (("a", "b"),), (("c",),)))
    assert nothing["score"].isna().all() and nothing["missing"].tolist() == [1, 1] and nothing["n"].tolist() == [0, 0]


def test_words_of_several_parts_and_case():
    embeddings = embeddings_of(np.eye(3), ("New York", "rio_de_janeiro", "tax"))
    topics = Topics("toy", "", ("cities",), (("new_york", "Rio de Janeiro"),), (("TAX",),))
    assert evaluate_outliers(embeddings, topics)["n"].tolist() == [1, 1]
    assert evaluate_outliers(embeddings, topics, case="keep")["n"].tolist() == [0, 0]


TABLE = """,category,outliers,words
0,Cats,"['dog', 'car', '']","['lion', ""cat's eye""]"
1,Months,"[""ball""]","['May', 'June']"
"""


def test_tables():
    found = topics_of(TABLE)
    assert found.topics == ("Cats", "Months") and len(found) == 3
    assert found.words == (("lion", "cat's eye"), ("May", "June")) and found.outliers == (("dog", "car"), ("ball",))
    assert found.notes == ("1 empty words left out",)


def test_folders(tmp_path):
    folder = tmp_path / "2-2-2"
    folder.mkdir()
    (folder / "Months.txt").write_bytes(b"May\r\nJune\r\n\r\n\r\nball\r\npaper\r\n")
    (folder / "Cats.txt").write_text("\ufefflion\nbig cat \n \ndog\ncar\n", "utf-8")
    (folder / "README").write_text("not a topic")
    found = read_topics(folder)
    assert found.name == "2-2-2" and found.topics == ("Cats", "Months") and found.notes == ()
    assert found.words == (("lion", "big cat"), ("May", "June"))
    assert found.outliers == (("dog", "car"), ("ball", "paper"))
    assert len(found.sha256) == 64
    alone = read_topics(folder / "Cats.txt")
    assert (alone.name, alone.topics, alone.words) == ("Cats.txt", ("Cats",), (("lion", "big cat"),))
    (folder / "Cats.txt").write_text("lion\nlynx\n\ndog\n")
    assert read_topics(folder).sha256 != found.sha256
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError, match=r"empty holds no file ending in .txt; expected one for each topic."):
        read_topics(tmp_path / "empty")


@pytest.mark.parametrize(
    "text, message",
    [
        (
            "a\nb\nc\n",
            "toy.csv: expected two blocks of lines, words and outliers, with a blank line between them, got 1.",
        ),
        ("a\nb\n\nc\n\nd\n", "toy.csv: expected two blocks of lines, words and outliers, with a blank line between"),
        ("a\n\nb\n", "toy.csv: expected two words and one outlier at least, got 1 and 1."),
        ("a\nb\n\na\n", "toy.csv: 'a' stands twice in a topic."),
        ("category,words,outliers\n", "toy.csv holds a header and no line below it."),
        ("category,words,outliers\nx,\"['a', 'b']\",['']\n", "toy.csv, line 2: expected two words and one outlier at "),
        ("category,words,outliers\nx,\"['a', 'a']\",['b']\n", "toy.csv, line 2: 'a' stands twice in a topic."),
        (
            "category,words,outliers\nx,a b,['c']\n",
            "toy.csv, line 2: expected a list such as ['tiger', 'lion'], got 'a b'.",
        ),
        ("category,words,outliers\nx,\"['a', b]\",['c']\n", "toy.csv, line 2: expected a list such as"),
        ("category,words,outliers\nx,\"['a' 'b']\",['c']\n", "toy.csv, line 2: expected a list such as"),
        ("category,words,outliers\nx,\"['a', 'b\\n']\",['c']\n", "toy.csv, line 2: expected a list such as"),
        (
            "category,words,outliers\nx,\"['a', 'b']\"\n",
            "toy.csv, line 2: expected 3 columns like the first line, got 2 (a comma",
        ),
    ],
)
def test_bad_files(text, message):
    with pytest.raises(FormatError) as caught:
        topics_of(text)
    assert str(caught.value).startswith(message)


def test_a_long_damaged_list_is_refused_at_once():
    text = 'category,words,outliers\nx,"[' + "'a', " * 50_000 + "\",['c']\n"
    with pytest.raises(FormatError, match="line 2"):
        topics_of(text)


def test_the_real_set(shared_data):
    found = read_topics(shared_data / "eval" / "outlier" / "8-8-8.csv")
    assert len(found.topics) == 8 and len(found) == 64 and {len(words) for words in found.words} == {8}
    assert found.notes == ("8 empty words left out",)
