"""Words as a column of a table."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["text_column"]


def text_column(words: Sequence[str] | Any) -> "pd.Series[Any]":
    r"""Return words as a column of text; as plain objects where Arrow, if it is installed, cannot hold one.

    Examples
    --------
    >>> text_column(["sea", "\ud800"]).tolist() == ["sea", "\ud800"]
    True
    """
    import pandas as pd

    try:
        return pd.Series(words, dtype="str")
    except UnicodeEncodeError:  # half a character, which no UTF-8 file holds but a vocabulary in memory may
        return pd.Series(words, dtype=object)
