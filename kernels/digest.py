"""Digests of documents, by which they are put in an order that their place in a file cannot decide."""

import numpy as np

from ._jit import kernel
from .random import STEP, mix64


@kernel
def document_digests(ids, offsets, document_offsets, out):
    """Write a 64-bit digest of each document's ids and sentence breaks, empty sentences left out.

    Parameters
    ----------
    ids : int32[N]
        Token ids.
    offsets : int64[S + 1]
        Sentence s is tokens ``offsets[s]`` to ``offsets[s + 1] - 1``.
    document_offsets : int64[documents + 1]
        Document d is sentences ``document_offsets[d]`` to ``document_offsets[d + 1] - 1``.
    out : uint64[documents]
        Overwritten.
    """
    for document in range(out.shape[0]):
        digest = STEP
        for sentence in range(document_offsets[document], document_offsets[document + 1]):
            if offsets[sentence] < offsets[sentence + 1]:
                digest = mix64(digest ^ STEP)
            for token in range(offsets[sentence], offsets[sentence + 1]):
                digest = mix64(digest + np.uint64(ids[token]) + np.uint64(1))
        out[document] = digest


@kernel
def mix_all(seed, values, out):
    """Write ``mix64`` of each value with ``seed``: keys for an order drawn from the seed.

    Parameters
    ----------
    seed : uint64
        Another seed gives another order.
    values : uint64[n]
        What to mix.
    out : uint64[n]
        Overwritten.
    """
    start = mix64(np.uint64(seed) + STEP)
    for i in range(values.shape[0]):
        out[i] = mix64(start ^ values[i])
