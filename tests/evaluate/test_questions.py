"""Question files in the forms of Google, MSR and BATS, and what is wrong with bad ones."""

import lzma

import numpy as np
import pytest

from wordvec import Embeddings, Vocabulary, evaluate_analogies
from wordvec.errors import FormatError, ParameterError, UnknownWordError
from wordvec.evaluate.ranks import METHODS
from wordvec.evaluate.sets.datasets import Dataset
from wordvec.evaluate.sets.questions import read_questions


def questions_of(text, **options):
    return read_questions(Dataset("toy.txt", text, "sha"), **options)


def write_bats(folder):
    """Write a BATS folder of two files, with what else lies about in one."""
    for name, text in {
        "1_Inflectional_morphology/I01 [noun - plural_reg].txt": "cat\tcats\ndog\tdogs\nox\toxen/oxes\n",
        "4_Lexicographic_semantics/L01 [hypernyms - animals].txt": "cat\tfeline/animal\ndog\tcanine/animal\n",
        "metadata.json": "{}",
        ".hidden.txt": "one two three\n",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_google():
    found = questions_of(": one\na b c d\n\n:two\na b  e\tf\na b e f\n: three\n: one\ng h i j\n")
    assert found.words == (("a", "b", "c", "d"), ("a", "b", "e", "f"), ("a", "b", "e", "f"), ("g", "h", "i", "j"))
    assert found.categories == ("one", "two")
    assert found.category.tolist() == [0, 1, 1, 0]
    assert found.also == ()
    assert found.notes == ("no question in three", "1 questions are there more than once, and count each time")


def test_msr_is_read_where_it_is_meant():
    found = questions_of("good better rough rougher\nbetter good rougher rough\n", form="msr")
    assert (found.categories, len(found)) == (("uncategorized",), 2)
    assert found.notes == ("read in MSR form, without categories",)


@pytest.mark.parametrize(
    "line", ["{} good better rough rougher", "good better rough {} rougher", "good better rough rougher {}"]
)
def test_msr_tags_are_categories(line):
    text = "\n".join([line.format("JJ_JJR"), line.format("NNPOS_NN"), line.format("JJ_JJR")])
    found = questions_of(text)
    assert found.words == (("good", "better", "rough", "rougher"),) * 3
    assert found.categories == ("JJ_JJR", "NNPOS_NN")
    assert found.category.tolist() == [0, 1, 0]
    place = line.split().index("{}") + 1
    assert found.notes[0] == f"read in MSR form, tags in place {place} for categories"


def test_bats_folder(tmp_path):
    found = read_questions(write_bats(tmp_path / "BATS_3.0"))
    assert found.name == "BATS_3.0"
    assert found.categories == ("I01 [noun - plural_reg]", "L01 [hypernyms - animals]")
    assert found.words[:3] == (
        ("cat", "cats", "dog", "dogs"),
        ("cat", "cats", "ox", "oxen"),
        ("dog", "dogs", "cat", "cats"),
    )
    assert found.words[6:] == (("cat", "feline", "dog", "canine"), ("dog", "canine", "cat", "feline"))
    assert found.also == ((), ("oxes",), (), ("oxes",), (), (), ("animal",), ("animal",))
    assert found.notes == ("read in BATS form: 2 categories", "left out 1 files that are no .txt: metadata.json")


def test_bats_digest_is_of_names_and_contents(tmp_path):
    first = read_questions(write_bats(tmp_path / "one")).sha256
    folder = write_bats(tmp_path / "two")
    plain = next(folder.rglob("I01*"))
    plain.with_name(plain.name + ".xz").write_bytes(lzma.compress(plain.read_bytes()))
    plain.unlink()
    assert read_questions(folder).sha256 == first and len(first) == 64
    next(folder.rglob("L01*")).write_text("cat\tfeline\ndog\tcanine\n", "utf-8")
    assert read_questions(folder).sha256 != first


def test_bats_files_of_one_name_are_two_categories(tmp_path):
    for part in ("a", "b"):
        (tmp_path / part).mkdir()
        (tmp_path / part / "E01.txt").write_text("x\ty\nv\tw\n", "utf-8")
    assert read_questions(tmp_path).categories == ("a/E01", "b/E01")


def test_bats_file_is_found_by_its_tab():
    found = questions_of("tree\ttrees\nold oak\told oaks//old oaks/\n")
    assert found.words[0] == ("tree", "trees", "old oak", "old oaks")
    assert (found.categories, found.also) == (("toy",), ())
    assert found.notes == ("read in BATS form: 1 categories", "left out 2 empty answers")
    assert questions_of("tree trees\noak oaks\n", form="bats").words[0] == ("tree", "trees", "oak", "oaks")


@pytest.mark.parametrize(
    "text, form, message",
    [
        (": x\na b c d\na b c\n", None, "toy.txt, line 3: expected four words, got 3"),
        (":\na b c d\n", None, "toy.txt, line 1: the category has no name"),
        (": x\n", None, "toy.txt holds no question: four words on a line"),
        ("\na b c d\n", None, "toy.txt, line 2: a question before any category; put a line such as ': family' before"),
        ("a b c d\n: x\n", None, "if the file has no categories, read it with form='msr'"),
        ("a b c\n", None, "toy.txt, line 1: expected four words, got 3"),
        (
            "a b c d\n: x\n",
            "msr",
            "toy.txt, line 2: a category line, which form='msr' has none of; read it with form='g",
        ),
        ("a b c d e\n", "msr", "toy.txt, line 1: expected four words, got 5"),
        ("JJ_JJR a b c d\nJJ_JJR a b c\n", None, "line 2: expected five fields with a tag such as JJ_JJR in place 1"),
        ("JJ_JJR a b c d\na b c d JJ_JJR\n", None, "in place 1, as in the first line, got 5: a b c d JJ_JJR"),
        ("a\tb\nc\td\te\n", None, r"toy.txt, line 2: expected a word, a tab and its answers \(one/two\), got 3 fields"),
        ("a\tb\nc\t//\n", None, "toy.txt, line 2: the answer is empty"),
        ("a\tb\n", None, "toy.txt holds 1 word pair; a question takes two"),
        (
            "".join(f"a\t{i}\n" for i in range(1500)),
            None,
            "its 1500 lines make 2248500 questions in all; at most 2097152",
        ),
    ],
)
def test_bad_question_files(text, form, message):
    with pytest.raises(FormatError, match=message):
        questions_of(text, form=form)


def test_bad_folders_and_forms(tmp_path):
    with pytest.raises(FormatError, match="holds no .txt file of word pairs; a BATS folder has some such as 1_Inf"):
        read_questions(tmp_path)
    with pytest.raises(FormatError, match="is a folder, which is read as form='bats'; name a file for form='msr'"):
        read_questions(tmp_path, form="msr")
    with pytest.raises(ParameterError, match="form must be 'google', 'msr' or 'bats', got 'word2vec'"):
        questions_of(": x\na b c d\n", form="word2vec")
    bad = tmp_path / "E01.txt"
    bad.write_bytes(b"caf\xe9\tx\n")
    with pytest.raises(FormatError, match=r"E01.txt, line 1: byte 3 is not UTF-8"):
        read_questions(tmp_path)


@pytest.mark.parametrize(
    "name, form, questions, categories",
    [
        ("questions-words.txt", None, 19544, 14),
        ("questions-phrases.txt", None, 3218, 5),
        ("questions-words-hu.txt", None, 21396, 14),
        ("msr-analogies.txt", "msr", 8000, 1),
    ],
)
def test_published_files(shared_data, name, form, questions, categories):
    found = read_questions(shared_data / "eval/analogy" / name, form=form)
    assert (len(found), len(found.categories)) == (questions, categories)


def test_bats_by_hand(tmp_path):
    """By hand: with s for the root of a half, b - a + c is (s-1, 1, 0, s, 0) for cat : cats as dog : ?

    Its products are s + s^2 with pups, s with dogs, 1 with dog: rank 1, as pups is right too. For dog : dogs as
    cat : ? they are s + s^2 with tiger, s with cats, 1 with cat: rank 2, and 3 where cat may be an answer.
    """
    rows = {
        "cat": (1, 0, 0, 0, 0),
        "dog": (0, 1, 0, 0, 0),
        "ox": (0, 0, -1, 0, 1),
        "cats": (1, 0, 0, 1, 0),
        "dogs": (0, 1, 1, 0, 0),
        "pups": (0, 1, 0, 1, 0),
        "tiger": (1, 0, 1, 0, 0),
    }
    (tmp_path / "I01.txt").write_text("cat\tcats/kitties\ndog\tdogs/pups\nox\toxen\n", "utf-8")
    vectors = Embeddings(Vocabulary(tuple(rows), np.arange(7, 0, -1)), np.array(list(rows.values()), np.float32))

    def scores(**options):
        table = evaluate_analogies(vectors, tmp_path, **options)
        table = table[table["dataset"].str.endswith(": I01")]
        return table[["metric", "n", "missing", "score"]].values.tolist()

    # Of six questions, four are of ox and oxen, which is unknown.
    for method in METHODS:
        expected = [[f"{method} accuracy", 2, 4, 0.5], [f"{method} MRR@10", 2, 4, 0.75]]
        assert scores(method=[method]) == expected
    (_, *accuracy), (metric, *mrr) = scores(method=["3cosadd"], exclude=False)
    assert metric == "3cosadd MRR@10, question words allowed"
    assert accuracy == [2, 4, 0.5]
    assert mrr == [2, 4, pytest.approx(2 / 3)]
    # Words that no line has for an answer are left out: no tiger.
    assert scores(method=["3cosadd"], candidates="asked")[0] == ["3cosadd accuracy", 2, 4, 1.0]
    # An unknown answer is wrong: ox : oxen is asked for twice, and shown twice, with zeros for oxen.
    assert [row[1:3] for row in scores(method=["3cosadd"], missing="zero")] == [[6, 4]] * 2
    with pytest.raises(UnknownWordError, match="'oxen' is not among the 7 words"):
        scores(missing="error")


@pytest.mark.parametrize("name", ["all", "macro"])
def test_no_category_is_called_like_a_row_of_every_table(name):
    with pytest.raises(FormatError, match=f"toy, line 1: a category may not be called '{name}'"):
        read_questions(Dataset("toy", f": {name}\na b c d\n", ""))
