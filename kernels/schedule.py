"""The reading order of a corpus: sentences cut to segments, segments grouped to blocks."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ._jit import kernel


class Schedule(NamedTuple):
    """The text of a corpus in the order in which a trainer reads it.

    Parameters
    ----------
    ids : int32[N]
        Token ids.
    starts : int64[G]
        First token of each segment; see :func:`cut_segments`.
    lengths, documents : int32[G]
        Tokens of each segment, and its document; without weights, nobody asks for documents, and there are none.
    weights : float32[documents]
        Weight of each document: multiplies its learning rate. 1 is plain training, 0 skips it. Empty: all are 1.
    blocks : int64[B + 1]
        Block b is segments ``blocks[b]`` to ``blocks[b + 1] - 1``; see :func:`cut_blocks`.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int64]
    lengths: NDArray[np.int32]
    documents: NDArray[np.int32]
    weights: NDArray[np.float32]
    blocks: NDArray[np.int64]


@kernel
def count_segments(offsets, document_offsets, order, limit):
    """Return how many segments :func:`cut_segments` will write."""
    total = 0
    for position in range(order.shape[0]):
        document = order[position]
        for sentence in range(document_offsets[document], document_offsets[document + 1]):
            total += (offsets[sentence + 1] - offsets[sentence] + limit - 1) // limit
    return total


@kernel
def cut_segments(offsets, document_offsets, order, limit, starts, lengths, documents):
    """List the pieces of text that a trainer reads, in reading order.

    A piece is a sentence, or up to ``limit`` tokens of a longer one.

    Parameters
    ----------
    offsets : int64[S + 1]
        Sentence s is tokens ``offsets[s]`` to ``offsets[s + 1] - 1``.
    document_offsets : int64[documents + 1]
        Document d is sentences ``document_offsets[d]`` to ``document_offsets[d + 1] - 1``.
    order : int64[documents]
        The documents in reading order.
    limit : int
        Longest piece, in tokens.
    starts : int64[G]
        Overwritten: first token of each piece. G is what :func:`count_segments` returns.
    lengths, documents : int32[G]
        Overwritten: tokens of each piece, and its document, unless ``documents`` is empty.
    """
    g = 0
    for position in range(order.shape[0]):
        document = order[position]
        for sentence in range(document_offsets[document], document_offsets[document + 1]):
            start = offsets[sentence]
            stop = offsets[sentence + 1]
            while start < stop:
                starts[g] = start
                lengths[g] = min(limit, stop - start)
                if documents.shape[0]:
                    documents[g] = document
                start += limit
                g += 1


@kernel
def cut_blocks(lengths, size, blocks):
    """Group consecutive segments to blocks that end at the first boundary after ``size`` tokens.

    Parameters
    ----------
    lengths : int32[G]
        Tokens of each segment.
    size : int
        Tokens in a block, at least; the last block may be smaller.
    blocks : int64[G + 1]
        Overwritten: block b is segments ``blocks[b]`` to ``blocks[b + 1] - 1``.

    Returns
    -------
    int
        Number of blocks.
    """
    n = 0
    tokens = 0
    blocks[0] = 0
    for g in range(lengths.shape[0]):
        tokens += lengths[g]
        if tokens >= size or g == lengths.shape[0] - 1:
            n += 1
            blocks[n] = g + 1
            tokens = 0
    return n
