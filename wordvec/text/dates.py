"""Dates as people write them in tables: a year, a month or a day, and nothing guessed."""

import re
from calendar import monthrange
from datetime import date as _day
from datetime import datetime
from typing import NamedTuple

from ..errors import ParameterError

__all__ = ["AmbiguousDateError", "Date", "OutOfRangeError", "check_date_format", "read_date"]

#: Year, month and day in this order; the month, or the day, may be missing, unknown (00, XX) or followed by a time.
_PARTS = re.compile(
    r"(\d{3,4})(?:\.0+|(?:(?P<mark>[-/.])(\d{1,2}|XX)(?:(?P=mark)(\d{1,2}|XX))?)?(?:[T ]\d{1,2}:\d\d.*)?)?", re.I
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
#: Day and month, or month and day: nobody can tell.
_AMBIGUOUS = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2,4}")
#: What means a year, but none that is read.
_OTHER_YEAR = re.compile(r"[-−]?\d+(?:\.0+)?(?:\s*(?:BCE?|B\.C\.(?:E\.)?))?|[-−]\d+-\d\d(?:-\d\d)?", re.I)
_MONTHS, _DAYS = ("%m", "%b", "%B"), ("%d", "%j")
_LAST_YEAR = 9999


class Date(NamedTuple):
    """A date as far as it is known.

    Parameters
    ----------
    text : str
        ``"1846"``, ``"1846-03"`` or ``"1846-03-21"``.
    year : int
        1 to 9999.
    """

    text: str
    year: int


class AmbiguousDateError(ValueError):
    """A date whose day and month cannot be told apart."""


class OutOfRangeError(ValueError):
    """A year before 1, after 9999, or of one or two digits."""


def read_date(value: object, pattern: str | None = None) -> Date | None:
    """Return the date that a cell holds, or None if the cell is empty.

    Parameters
    ----------
    value : object
        Text, a whole number (a year), or a date. Text begins with the year: ``1846``, ``1846-03``, ``1846-3-21``,
        ``1846/03/21``, ``18460321``, with or without a time after the day; a month or day of ``00`` or ``XX`` is
        unknown. A float that is whole (what a table makes of years if one is missing) is a year.
    pattern : str, optional
        How else dates may be written, in the letters of :meth:`datetime.datetime.strptime`: ``"%d/%m/%Y"``.

    Raises
    ------
    AmbiguousDateError
        For ``21/3/1846`` and the like, which no pattern explains.
    OutOfRangeError
        For years before 1 (BCE) or after 9999, and of one or two digits.
    ValueError
        For anything else.

    Examples
    --------
    >>> [read_date(value).text for value in ("1846", 1846.0, "1846-3", "1846-03-21T10:00", "1846-00-00")]
    ['1846', '1846', '1846-03', '1846-03-21', '1846']
    >>> read_date("21/3/1846", "%d/%m/%Y").text
    '1846-03-21'
    """
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, datetime | _day):
        return _date(value.year, value.month, value.day)
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise ValueError(f"{value!r} is no date")
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    if pattern is not None and (found := _read_as(text, pattern)):
        return found
    if (match := _PARTS.fullmatch(text)) and not (match["mark"] == "." and match[4] is None):  # 1846.5 is no month
        return _date(int(match[1]), _part(match[3]), _part(match[4]))
    if (match := _COMPACT.fullmatch(text)) and 1 <= int(match[2]) <= 12:
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if _AMBIGUOUS.fullmatch(text):
        raise AmbiguousDateError(text)
    if _OTHER_YEAR.fullmatch(text):
        raise OutOfRangeError(text)
    raise ValueError(f"{text!r} is no date")


def check_date_format(pattern: str) -> None:
    """Raise :class:`ParameterError` unless ``pattern`` reads back a date, year of four digits included, that it wrote.

    Examples
    --------
    >>> check_date_format("%d %B %Y")
    """
    sample = datetime(1846, 11, 21)
    domain = "date_format must be a pattern of strptime with a year of four digits, such as %d/%m/%Y"
    try:
        found = datetime.strptime(sample.strftime(pattern), pattern)
    except ValueError as error:
        raise ParameterError(f"{domain}, got {pattern!r}: {error}") from None
    has_day = any(mark in pattern for mark in ("%d", "%e"))
    has_month = any(mark in pattern for mark in _MONTHS) or "%j" in pattern
    if "%Y" not in pattern or found.year != sample.year or (has_day and not has_month):
        raise ParameterError(f"{domain}, got {pattern!r}")


def _read_as(text: str, pattern: str) -> Date | None:
    try:
        found = datetime.strptime(text, pattern)
    except ValueError:
        return None
    has_day = any(mark in pattern for mark in _DAYS)
    has_month = has_day or any(mark in pattern for mark in _MONTHS)
    return _date(found.year, found.month if has_month else 0, found.day if has_day else 0)


def _part(digits: str | None) -> int:
    return int(digits) if digits and digits.isdecimal() else 0


def _date(year: int, month: int = 0, day: int = 0) -> Date:
    if not 1 <= year <= _LAST_YEAR:
        raise OutOfRangeError(str(year))
    if month > 12 or (day and (not month or day > monthrange(year, month)[1])):
        raise ValueError(f"there is no month {month} or day {day} in {year}")
    text = f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")
    return Date(text, year)
