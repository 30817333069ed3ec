"""Drift tables of several measures as one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["join_measures"]


def join_measures(tables: "Sequence[pd.DataFrame]", measures: Sequence[str]) -> "pd.DataFrame":
    """Put the rows of drift tables together: by pair of slices, then by measure, in each as they are.

    Parameters
    ----------
    tables : sequence of pandas.DataFrame
        Drift tables of the same pairs. The attributes are the first's.
    measures : sequence of str
        The order of measures.

    Returns
    -------
    pandas.DataFrame
        The columns of all, NaN where a table has none. ``attrs["settings"]`` are those of all tables, the first's where
        they differ, with these measures; ``attrs["left_out_contexts"]`` is ``left_out`` of the table of contexts.

    Examples
    --------
    >>> import pandas as pd
    >>> pair = {"word": ["sea"], "source": "then", "target": "now"}
    >>> cosine = pd.DataFrame({**pair, "measure": "cosine", "drift": 0.4})
    >>> contexts = pd.DataFrame({**pair, "measure": "contexts", "drift": 0.1, "chance": 0.02})
    >>> join_measures([cosine, contexts], ["contexts", "cosine"])[["measure", "chance"]].values.tolist()
    [['contexts', 0.02], ['cosine', nan]]
    """
    import pandas as pd

    filled = [table for table in tables if len(table)] or [tables[0]]
    columns = list(dict.fromkeys(name for table in filled for name in table.columns))
    joined = pd.concat([table.reindex(columns=columns) for table in filled], ignore_index=True)
    pairs = list(dict.fromkeys(zip(joined["source"], joined["target"], strict=True)))
    order = {(pair, measure): (p, m) for p, pair in enumerate(pairs) for m, measure in enumerate(measures)}
    cells = zip(joined["source"], joined["target"], joined["measure"], strict=True)
    places = np.array([order[(s, t), m] for s, t, m in cells], dtype=np.int64).reshape(-1, 2)
    joined = joined.iloc[np.lexsort((places[:, 1], places[:, 0]))].reset_index(drop=True)
    joined.attrs = dict(tables[0].attrs)
    settings = {key: value for table in tables[::-1] for key, value in table.attrs.get("settings", {}).items()}
    joined.attrs["settings"] = {**settings, "measures": list(measures)}
    for table in tables[1:]:
        if table.attrs.get("settings", {}).get("measures") == ["contexts"]:
            joined.attrs["left_out_contexts"] = table.attrs["left_out"]
    return joined
