"""Dates: what is read, what is not guessed."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordvec.errors import ParameterError
from wordvec.text.dates import AmbiguousDateError, OutOfRangeError, check_date_format, read_date


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("1846", "1846"),
        (" 1846 ", "1846"),
        (1846, "1846"),
        (1846.0, "1846"),
        ("1846.0", "1846"),
        ("0850", "0850"),
        ("850", "0850"),
        ("1846-3", "1846-03"),
        ("1846/03", "1846-03"),
        ("1846-03-21", "1846-03-21"),
        ("1846.3.21", "1846-03-21"),
        ("18460321", "1846-03-21"),
        ("1846-03-21T10:20:30Z", "1846-03-21"),
        ("1846-03-21 10:20", "1846-03-21"),
        ("1846-00-00", "1846"),
        ("1846-03-XX", "1846-03"),
        (date(1846, 3, 21), "1846-03-21"),
        (datetime(1846, 3, 21, 10), "1846-03-21"),
    ],
)
def test_what_is_a_date(cell: object, text: str) -> None:
    found = read_date(cell)
    assert found is not None
    assert (found.text, found.year) == (text, int(text[:4]))


@pytest.mark.parametrize("cell", [None, "", "  ", float("nan")])
def test_an_empty_cell_is_no_date(cell: object) -> None:
    assert read_date(cell) is None


@pytest.mark.parametrize("cell", ["21/3/1846", "3-4-1846", "3.4.46"])
def test_day_and_month_are_not_guessed(cell: str) -> None:
    with pytest.raises(AmbiguousDateError, match=cell):
        read_date(cell)


@pytest.mark.parametrize("cell", ["-44", "44 BC", "0", "46", 46, 12345, -1, "−44", "-0044-03-15", 1e5, "0000"])
def test_years_that_no_corpus_is_from(cell: object) -> None:
    with pytest.raises(OutOfRangeError):
        read_date(cell)


@pytest.mark.parametrize(
    "cell", ["n.d.", "1846-13", "1846-02-30", "1846-48", "c. 1846", "1846?", "184X", True, [1846], 1846.5, "1846-1850"]
)
def test_what_is_no_date(cell: object) -> None:
    with pytest.raises(ValueError) as caught:
        read_date(cell)
    assert not isinstance(caught.value, AmbiguousDateError | OutOfRangeError)


def test_a_pattern_says_which_is_which() -> None:
    patterns = {"%d/%m/%Y": "1846-03-04", "%m/%d/%Y": "1846-04-03"}
    for pattern, text in patterns.items():
        found = read_date("4/3/1846", pattern)
        assert found is not None and found.text == text
    found = [read_date(cell, "%B %Y") for cell in ("March 1846", "1846", "1846-03-21")]
    assert [date and date.text for date in found] == ["1846-03", "1846", "1846-03-21"]


@pytest.mark.parametrize("pattern", ["%d/%m/%y", "%d/%m", "%", "text", "%d %Y"])
def test_a_pattern_has_a_year_of_four_digits(pattern: str) -> None:
    with pytest.raises(ParameterError, match="date_format must be a pattern of strptime with a year of four digits"):
        check_date_format(pattern)


@given(st.text(max_size=20) | st.integers() | st.floats() | st.from_regex(r"-?\d{1,5}[-/.]\d{1,3}([-/.]\d{1,4})?"))
def test_anything_is_a_date_or_a_value_error(cell: object) -> None:
    try:
        found = read_date(cell)
    except ValueError:
        return
    assert found is None or (1 <= found.year <= 9999 and found.text.startswith(f"{found.year:04d}"))
