"""Tables of test sets: separators, headers, columns."""

import pytest

from wordvec.errors import FormatError
from wordvec.evaluate.columns import find_columns, read_rows
from wordvec.evaluate.datasets import Dataset

ROLES = [("word", {"word", "term"}), ("category", {"category"})]


@pytest.mark.parametrize(
    "text, fields",
    [
        ("a\tb,c\n", ["a", "b,c"]),
        ("a; b,c\n", ["a", "b,c"]),
        ('a,"b, ""c"" "\r\n', ["a", 'b, "c"']),
        ("\n\ta\t\n", ["", "a", ""]),
        ("don't,can't\n", ["don't", "can't"]),
    ],
)
def test_separators_and_quotes(text, fields):
    assert [row for _, row in read_rows(Dataset("x", text, ""), "x")] == [fields]


@pytest.mark.parametrize(
    "text, message",
    [
        ("a b\n", "x, line 1: expected columns with tabs or semicolons or commas between them, got 'a b'."),
        ("a\tb\n\nc\n", "x, line 3: expected 2 columns like the first line, got 1."),
        ("a,b\nc,d,e\n", "x, line 2: expected 2 columns like the first line, got 3."),
        ('a,b\nc,"d\n', "x, line 2: unexpected end of data."),
    ],
)
def test_rows_that_do_not_fit(text, message):
    with pytest.raises(FormatError) as caught:
        read_rows(Dataset("x", text, ""), "x")
    assert str(caught.value) == message


def test_columns_by_rule_and_by_name():
    assert find_columns(["", "Category", "Word"], ROLES, None, "x") == (True, [2, 1])
    assert find_columns(["cat", "animal"], ROLES, None, "x") == (False, [0, 1])
    assert find_columns(["cat", "7", "animal"], ROLES, (1, 3), "x") == (False, [0, 2])
    assert find_columns(["Word", "7", "category"], ROLES, (1, 2), "x") == (True, [0, 1])
    assert find_columns(["left", "right"], ROLES, ("right", "left"), "x") == (True, [1, 0])


@pytest.mark.parametrize(
    "first, columns, message",
    [
        (["a", "b", "c"], None, "x: cannot tell which of 3 columns are word and category (a, b, c); keep these 2, "),
        (["word", "term", "category"], None, "x: cannot tell which of 3 columns"),
        (["word", "x"], None, "x: cannot tell which of 2 columns"),
        (["a", "b"], ("a",), "x: expected 2 columns to be named (word, category), got 1."),
        (["a", "b"], (1, 3), "x: there is no column 3 among a, b."),
        (["a", "b"], ("a", "c"), "x: there is no column 'c' among a, b."),
    ],
)
def test_columns_that_cannot_be_told(first, columns, message):
    with pytest.raises(FormatError) as caught:
        find_columns(first, ROLES, columns, "x")
    assert str(caught.value).startswith(message)
