"""In how many documents each word occurs, before it is known which words are kept."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .phrases import make_lists
from .spool import SliceSpool, number_documents

__all__ = ["count_documents"]


def count_documents(
    spools: Sequence[SliceSpool], documents: str, size: int, becomes: Mapping[int, Sequence[int]]
) -> NDArray[np.int64]:
    """Return int64[size]: in how many documents each provisional id occurs.

    Parameters
    ----------
    spools : sequence of SliceSpool
        The slices.
    documents : {"blank", "line", "header", "file"}
        Where a document ends.
    size : int
        Provisional ids.
    becomes : mapping of int to ids
        Ids that stand for others, or for none.
    """
    from ..kernels.groups import count_groups

    lists = make_lists(np.arange(size, dtype=np.int32), becomes)
    seen, counts = np.full(size, -1, dtype=np.int64), np.zeros(size, dtype=np.int64)
    before = 0
    for spool in spools:
        last = 0
        for part, numbers in number_documents(spool, documents):
            token = part.token
            for ids in spool.ids(part.token, int(part.ends[-1])):
                ends = np.clip(part.ends - token, 0, len(ids))
                count_groups(ids, ends, before + numbers, lists.offsets, lists.others, seen, counts)
                token += len(ids)
            last = int(numbers[-1])
        before += last
    return counts
