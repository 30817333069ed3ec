"""Digests of documents: provisional, until the kernel proper is merged."""

from numba import njit
from numpy import uint64 as np_u64


@njit(nogil=True)
def document_digests(ids, offsets, document_offsets, out):
    """Write the FNV-1a digest of each document's ids and sentence breaks to ``out``."""
    prime, basis = np_u64(1099511628211), np_u64(14695981039346656037)
    for document in range(out.shape[0]):
        digest = basis
        for sentence in range(document_offsets[document], document_offsets[document + 1]):
            for position in range(offsets[sentence], offsets[sentence + 1]):
                digest = (digest ^ np_u64(ids[position])) * prime
            digest = (digest ^ np_u64(0xFFFFFFFF)) * prime
        out[document] = digest
