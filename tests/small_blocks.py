"""A text of three small blocks, for the tests of kernels."""

import numpy as np
from wordvec.kernels.schedule import Schedule
from wordvec.kernels.windows import Draws


def text_case(seed=0, negative=3, window=3, decay=True):
    """Return a schedule of three blocks with a document of each weight, and draws."""
    rng = np.random.default_rng(seed)
    lengths = np.array([7, 1, 4, 9, 2, 6], np.int32)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    ids = rng.integers(0, 6, lengths.sum(), dtype=np.int32)
    documents, weights = np.array([0, 0, 1, 1, 2, 2], np.int32), np.array([1.0, 2.0, 0.0], np.float32)
    schedule = Schedule(ids, starts, lengths, documents, weights, np.array([0, 2, 3, 6]))
    keep, table = rng.integers(2**31, 2**32 + 1, 6), rng.integers(0, 6, 32).astype(np.int32)
    return schedule, Draws(np.uint64(11), keep, table, window, negative, np.float32(1.5 * decay), np.float32(2 * decay))
