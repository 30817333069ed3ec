"""Synonym choice: hits, ties, the forms of files."""

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary
from wordvec.errors import FormatError, UnknownWordError
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.synonyms import Choices, choice_hit, evaluate_synonyms, read_choices, score_synonyms
from wordvec.evaluate.words import look_up


def embeddings_of(words, rows):
    return Embeddings(Vocabulary(tuple(words), np.arange(len(words), 0, -1)), np.asarray(rows, np.float32))


def random_embeddings(n=60, dim=8, seed=0):
    return embeddings_of([f"w{i}" for i in range(n)], np.random.default_rng(seed).normal(size=(n, dim)))


def choices_of(text, answers=None):
    return read_choices(
        Dataset("toy.txt", text, "sha"), None if answers is None else Dataset("toy.ans", answers, "key")
    )


def plain_hit(embeddings, word, choices):
    """The right choice is the first; a choice among k that are best is a k-th of a hit."""
    found = []
    for choice in choices:
        a, b = (embeddings[w].astype(np.float64) for w in (word, choice))
        found.append(round(float(a @ b) / float(np.linalg.norm(a) * np.linalg.norm(b)), 9))
    best = [i for i, value in enumerate(found) if value == max(found)]
    return 1.0 / len(best) if 0 in best else 0.0


def test_hits_equal_their_plain_twin():
    embeddings = random_embeddings()
    rng = np.random.default_rng(1)
    drawn = [rng.choice(60, 5, replace=False) for _ in range(40)]
    asked = Choices("toy", "", tuple(f"w{d[0]}" for d in drawn), tuple(tuple(f"W{i}" for i in d[1:]) for d in drawn))
    (found,) = score_synonyms(look_up(embeddings), asked)
    expected = [
        plain_hit(embeddings, word, [c.lower() for c in choices])
        for word, choices in zip(asked.words, asked.choices, strict=True)
    ]
    assert found.values[:, 0].tolist() == expected and 0.0 < found.score < 1.0
    assert (found.unit, found.units[:, 0].tolist()) == ("question", list(range(40)))


def test_planted_synonyms_are_chosen_and_random_ones_by_chance():
    rng = np.random.default_rng(2)
    centers = rng.normal(size=(40, 20))
    rows = np.concatenate([centers, centers + 0.05 * rng.normal(size=centers.shape)])
    embeddings = embeddings_of([f"w{i}" for i in range(80)], rows)
    questions = [(f"w{i}", (f"w{40 + i}", f"w{(i + 1) % 40}", f"w{40 + (i + 2) % 40}")) for i in range(40)]
    planted = Choices("toy", "", tuple(w for w, _ in questions), tuple(c for _, c in questions))
    table = evaluate_synonyms(embeddings, planted)
    assert table[["task", "metric", "score", "n"]].values.tolist() == [["synonyms", "accuracy", 1.0, 40]]
    drawn = [rng.choice(2000, 5, replace=False) for _ in range(800)]
    random = Choices("r", "", tuple(f"w{d[0]}" for d in drawn), tuple(tuple(f"w{i}" for i in d[1:]) for d in drawn))
    (found,) = score_synonyms(look_up(random_embeddings(2000)), random)
    interval = found.interval()
    assert interval.low < 0.25 < interval.high


def test_ties_are_shared_wherever_the_right_choice_stands():
    assert [choice_hit(np.array(s)) for s in ([0.5, 0.5], [0.5, 0.5, 0.5], [0.5, 0.6, 0.6], [0.0] * 4)] == [
        0.5,
        pytest.approx(1 / 3),
        0.0,
        0.25,
    ]
    assert choice_hit(np.array([0.1 + 0.2, 0.3])) == 0.5  # the last bit decides nothing
    embeddings = embeddings_of("abcd", [[1, 0], [1, 1], [2, 2], [0, 1]])
    for offered in (("b", "c", "d"), ("c", "d", "b"), ("b", "d", "c")):
        assert score_synonyms(look_up(embeddings), Choices("toy", "", ("a",), (offered,)))[0].score == 0.5


def test_missing_policies():
    embeddings = embeddings_of("abcd", [[1, 0], [1, 0.1], [0.5, 1], [-1, 0]])
    asked = Choices(
        "toy", "", ("a", "a", "a", "gone"), (("b", "c"), ("gone", "d"), ("b", "gone", "c"), ("b", "c", "d", "a"))
    )
    (found,) = score_synonyms(look_up(embeddings), asked)
    assert (found.items.tolist(), found.missing, found.score) == ([0], 3, 1.0)
    (found,) = score_synonyms(look_up(embeddings, missing="zero"), asked)
    # An unknown right choice is wrong, though zeros are nearer than d; an unknown word is a guess.
    assert (found.values[:, 0].tolist(), found.missing) == ([1.0, 0.0, 1.0, 0.25], 3)
    (found,) = score_synonyms(look_up(embeddings, missing="mean"), asked)
    assert (len(found), found.values[1, 0], found.missing) == (4, 0.0, 3)
    with pytest.raises(UnknownWordError, match="'gone' is not among the 4 words"):
        evaluate_synonyms(embeddings, asked, missing="error")
    nothing = evaluate_synonyms(embeddings, Choices("toy", "", ("x",), (("y", "z"),)))
    assert nothing["score"].isna().all() and nothing[["n", "missing"]].values.tolist() == [[0, 1]]


def test_a_repeated_question_is_one_unit():
    embeddings = random_embeddings(5)
    asked = Choices("toy", "", ("w0", "w0", "w0"), (("w1", "w2", "w3"), ("w1", "w3", "w2"), ("w2", "w1", "w3")))
    assert score_synonyms(look_up(embeddings), asked)[0].units[:, 0].tolist() == [0, 0, 1]


TOEFL = "1.\tenormously\na.\tappropriately\nb.\tuniquely\nc.\ttremendously\n\n2.\tgo on\na.\tcarry on\nb.\tstop\n"


@pytest.mark.parametrize("answers", ["1\t(a,a,-)\t0\tc\n\n2\t(a,a,-)\t0\ta\n", "2. a\n1. C\n", "1 c\n2 a\n"])
def test_the_form_with_letters(answers):
    found = choices_of(TOEFL, answers)
    assert found.words == ("enormously", "go on")
    assert found.choices == (("tremendously", "appropriately", "uniquely"), ("carry on", "stop"))
    assert found.notes == ("questions with letters, answers from toy.ans",)
    assert found.sha256 != "sha" and len(found.sha256) == 64
    assert found.sha256 != read_choices(Dataset("toy.txt", TOEFL, "sha"), Dataset("x", answers, "other")).sha256


@pytest.mark.parametrize(
    "text, note",
    [
        ("# ESL\nrusty | corroded | black | dirty\n", "separated by '|', the first choice is right"),
        ("rusty: corroded, black, dirty\n", "separated by ':', the first choice is right"),
        ("word\tanswer\tchoice1\tchoice2\nrusty\tcorroded\tblack\tdirty\n", "a table with a header"),
        ("Choice1,Answer,Choice2,Word,Choice3\nblack,corroded,dirty,rusty,corroded\n", "a table with a header"),
        ("word\tanswer\tchoice1\tchoice2\tchoice3\nrusty\tcorroded\tblack\tdirty\t\n", "a table with a header"),
    ],
)
def test_the_other_forms(text, note):
    found = choices_of(text)
    assert (found.words, found.choices) == (("rusty",), (("corroded", "black", "dirty"),))
    assert found.notes == (note,) and found.sha256 == "sha"


NO_WRONG = "expected a word, its synonym and one other choice at least"


@pytest.mark.parametrize(
    "text, answers, message",
    [
        ("rusty corroded black\n", None, "toy.txt, line 1: expected 'word | right | wrong | wrong', 'word: right"),
        ("# only\n", None, "toy.txt holds no question."),
        ("a | b | c\nd | e\n", None, f"toy.txt, line 2: {NO_WRONG}"),
        ("a | b | c\nd: e, f\n", None, f"toy.txt, line 2: {NO_WRONG}"),
        ("a: b, , c\n", None, f"toy.txt, line 1: {NO_WRONG}, none of them empty"),
        ("a | b | c | c\n", None, "toy.txt, line 1: 'c' is among the choices twice."),
        ("a | b | c | b\n", None, "toy.txt, line 1: 'b' is among the choices twice."),
        ("word\tanswer\tchoice1\n", None, "toy.txt holds a header and no line below it."),
        ("word\tanswer\tchoice1\na\tb\tb\n", None, f"toy.txt, line 2: {NO_WRONG}"),
        (
            "word\tanswer\tchoice1\na\tb\n",
            None,
            "toy.txt, line 2: expected 3 columns like the first line, got 2 (a tab",
        ),
        ("a | b | c\n", "1 a\n", "toy.txt names its answers itself (separated by '|', the first choice is right); "),
        (TOEFL, None, "toy.txt: questions with numbers and letters need a file of answers."),
        (TOEFL, "1 c\n", "toy.txt, line 6: toy.ans has no answer to question 2."),
        (TOEFL, "1 c\n2 d\n", "toy.ans, line 2: question 2 has no choice 'd'."),
        (TOEFL, "1 c\n2 a\n3 a\n", "toy.txt holds 2 questions, toy.ans 3 answers; numbers must match."),
        (TOEFL, "1 c\n1 a\n", "toy.ans, line 2: expected a question's number and a letter, got a number that was"),
        (TOEFL, "1 tremendously\n", "toy.ans, line 1: expected a question's number and a letter, got '1 tremend"),
        (TOEFL + "c: x\n", "1 c\n2 a\n", "toy.txt, line 9: expected '1. word' or 'a. choice', got 'c: x'."),
        (TOEFL + "b. x\n", "1 c\n2 a\n", "toy.txt, line 9: expected '1. word' or 'a. choice', got 'b. x'."),
        ("1. a\na. b\nb. b\n", "1 a\n", "toy.txt, line 1: 'b' is among the choices twice."),
        ("1. a\na. b\n", "1 a\n", f"toy.txt, line 1: {NO_WRONG}"),
        (TOEFL + "2. x\na. y\nb. z\n", "1 c\n2 a\n", "toy.txt holds 3 questions, toy.ans 2 answers; numbers must"),
    ],
)
def test_bad_files(text, answers, message):
    with pytest.raises(FormatError) as caught:
        choices_of(text, answers)
    assert str(caught.value).startswith(message)


def test_files_from_disk(tmp_path):
    (tmp_path / "toefl.qst").write_text(TOEFL)
    (tmp_path / "toefl.ans").write_text("1 c\n2 a\n")
    assert len(read_choices(tmp_path / "toefl.qst", tmp_path / "toefl.ans")) == 2
    (tmp_path / "esl.txt").write_text("w0 | w1 | w2\nw3 | w4 | nothing\n")
    table = evaluate_synonyms(random_embeddings(), tmp_path / "esl.txt")
    assert table[["dataset", "n", "missing"]].values.tolist() == [["esl.txt", 1, 1]]
