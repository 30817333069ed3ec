"""What is drawn from a corpus's word counts: noise words, and frequent words to skip."""

import numpy as np

from ._jit import kernel
from .random import STEP, mix64

_32 = np.uint64(32)


@kernel
def fill_noise_table(slots, seed, table):
    """Fill ``table`` with word ids, ``slots[w]`` times word w, and shuffle it.

    Trainers read the table in order from a place drawn for each sentence, so that a run of
    entries is a sample from the noise distribution.

    Parameters
    ----------
    slots : int64[V]
        How often each word occurs; must add up to ``len(table)``, unchecked.
    seed : uint64
        Seed of the Fisher-Yates shuffle.
    table : int32[T]
        Overwritten; T < 2**31.
    """
    position = 0
    for word in range(slots.shape[0]):
        for _ in range(slots[word]):
            table[position] = word
            position += 1
    state = mix64(np.uint64(seed) ^ STEP)
    for last in range(table.shape[0] - 1, 0, -1):
        state += STEP
        chosen = np.int64(((mix64(state) >> _32) * np.uint64(last + 1)) >> _32)
        word = table[last]
        table[last] = table[chosen]
        table[chosen] = word
