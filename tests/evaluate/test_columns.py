"""Tables of test sets: separators, headers, columns."""

import pytest

from wordvec.errors import FormatError
from wordvec.evaluate.sets.columns import checked_number, find_columns, is_numeric, read_rows, read_table
from wordvec.evaluate.sets.datasets import Dataset

ROLES = [("word", {"word", "term"}), ("category", {"category"})]
SCORED = [("first", {"word1"}), ("second", {"word2"}), ("score", {"score", "mean"})]


def rows_of(text, *args, **options):
    return read_rows(Dataset("x", text, ""), *args, **options)


@pytest.mark.parametrize(
    "text, separators, least, fields",
    [
        ("a\tb,c\n", "\t;,", 2, ["a", "b,c"]),
        ("a; b,c\n", "\t;,", 2, ["a", "b,c"]),
        ('a,"b, ""c"" "\r\n', "\t;,", 2, ["a", 'b, "c"']),
        ("\n\ta\tb\t\n", "\t;,", 2, ["", "a", "b", ""]),
        ("don't,can't\n", "\t;,", 2, ["don't", "can't"]),
        ("a b\t\n", "\t ", 2, ["a", "b"]),
        ("a\tb;c;d\n", "\t;,", 3, ["a\tb", "c", "d"]),
        ("a:b:c\n", "\t;,: ", 3, ["a", "b", "c"]),
        ("a:b c:d\n", "\t;,: ", 3, ["a:b", "c:d"]),
        ("alone\n", "\t;,: ", 3, ["alone"]),
    ],
)
def test_separators_and_quotes(text, separators, least, fields):
    assert [row for _, row in rows_of(text, separators, least=least)] == [fields]


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "x is empty."),
        ("a b\n", "x, line 1: expected columns with a tab, a semicolon or a comma between them, got 'a b'."),
        ("\ta\t\n", "x, line 1: expected columns with a tab, a semicolon or a comma between them, got 'a'."),
        ("a\tb\n\nc\n", "x, line 3: expected 2 columns like the first line, got 1 (a tab between columns)."),
        ("a,b\nc,d,e\n", "x, line 2: expected 2 columns like the first line, got 3 (a comma between columns)."),
        ('a,b\nc,"d\n', "x, line 2: unexpected end of data; is a quotation mark missing?"),
        ('a,b\n"c"d,e\n', "x, line 2: ',' expected after '\"'; is a quotation mark missing?"),
    ],
)
def test_rows_that_do_not_fit(text, message):
    with pytest.raises(FormatError) as caught:
        rows_of(text)
    assert str(caught.value) == message


def test_columns_by_rule_and_by_name():
    assert find_columns(["", "Category", "Word"], ROLES, None, "x") == (True, [2, 1])
    assert find_columns(["cat", "animal"], ROLES, None, "x") == (False, [0, 1])
    assert find_columns(["cat", "7", "animal"], ROLES, (1, 3), "x") == (False, [0, 2])
    assert find_columns(["Word", "7", "category"], ROLES, (1, 2), "x") == (True, [0, 1])
    assert find_columns(["word", "term", "category"], ROLES, (1, 3), "x") == (True, [0, 2])
    assert find_columns(["left", "right"], ROLES, ("right", "left"), "x") == (True, [1, 0])


@pytest.mark.parametrize(
    "first, columns, found",
    [
        (["cat", "dog", "3"], None, (False, [0, 1, 2])),
        (["cat", "dog", "nan"], None, (False, [0, 1, 2])),
        (["mean", "score", "3"], None, (False, [0, 1, 2])),
        (["cat", "dog", "gold"], None, (True, [0, 1, 2])),
        (["word1", "word2", "gold"], None, (True, [0, 1, 2])),
        (["score", "word2", "word1"], None, (True, [2, 1, 0])),
        (["id", "word1", "word2", "score"], None, (True, [1, 2, 3])),
        (["id", "cat", "dog", "3"], (2, 3, 4), (False, [1, 2, 3])),
        (["id", "cat", "dog", "gold"], (2, 3, 4), (True, [1, 2, 3])),
        (["id", "word1", "word2", "7"], (2, 3, 4), (True, [1, 2, 3])),
    ],
)
def test_columns_with_values(first, columns, found):
    assert find_columns(first, SCORED, columns, "x", value=is_numeric) == found


def test_columns_of_a_table_without_names_may_be_others():
    assert find_columns(["a", "b", "c", "d"], SCORED, None, "x", unnamed=(1, 4, 3)) == (False, [0, 3, 2])
    with pytest.raises(FormatError, match=r"cannot tell which of 3 columns .*; keep to 4 or name them"):
        find_columns(["a", "b", "c"], SCORED, None, "x", unnamed=(1, 4, 3))


@pytest.mark.parametrize(
    "first, columns, message",
    [
        (
            ["a", "b", "c"],
            None,
            "x: cannot tell which of 3 columns are word and category (a, b, c); keep to 2 or name them: columns=(1, 2) "
            "in Python, columns = [1, 2] in a suite, --columns for similarity.",
        ),
        (["word", "term", "category"], None, "x: cannot tell which of 3 columns"),
        (["word", "x"], None, "x: cannot tell which of 2 columns"),
        (["a", "b"], ("a",), "x: expected 2 columns to be named (word and category), got 1."),
        (["a", "b"], (1, 3), "x: there is no column 3 among a, b."),
        (["a", "b"], (0, 1), "x: there is no column 0 among a, b."),
        (["a", "b"], ("a", "c"), "x: there is no column 'c' among a, b."),
    ],
)
def test_columns_that_cannot_be_told(first, columns, message):
    with pytest.raises(FormatError) as caught:
        find_columns(first, ROLES, columns, "x")
    assert str(caught.value).startswith(message)


def test_names_out_of_place_are_not_guessed_at():
    with pytest.raises(FormatError, match="cannot tell which of 3 columns are first, second and score"):
        find_columns(["word2", "word1", "gold"], SCORED, None, "x", value=is_numeric)


def test_a_table():
    found = read_table(Dataset("x", "id\tterm\tCategory\n\n7\tcat\tanimal\n", ""), ROLES)
    assert found.rows == (("x, line 3", ("cat", "animal")),)
    assert found.notes == ("columns 2 and 3 of 3", "line 1 taken for a header: id term Category")
    assert found.width == 3
    assert read_table(Dataset("x", "cat;animal\n", ""), ROLES).notes == ()
    with pytest.raises(FormatError, match="^x holds a header and no line below it.$"):
        read_table(Dataset("x", "word,category\n", ""), ROLES)


def test_a_ragged_table():
    text = Dataset("x", "cat\tanimal\tmore\ndog\tanimal\n", "")
    assert read_table(text, ROLES, (1, 2), ragged=True).rows[1] == ("x, line 2", ("dog", "animal"))
    with pytest.raises(FormatError, match="x, line 2: expected 3 columns or more, got 2."):
        read_table(text, ROLES, (1, 3), ragged=True)
    with pytest.raises(FormatError, match="x, line 2: expected 3 columns like the first line, got 2"):
        read_table(text, ROLES, (1, 2))


@pytest.mark.parametrize("text", ["", "two", "nan", "inf", "-Infinity"])
def test_scores_are_finite_numbers(text):
    with pytest.raises(FormatError, match=f"x, line 1: the score must be a number, got '{text}'"):
        checked_number(text, "x, line 1")


def test_a_number_is_what_people_call_one():
    assert [is_numeric(text) for text in ("10", "1e3", "1_0")] == [True, True, False]
