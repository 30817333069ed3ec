"""A lexicon as a training reads it: edges between rows that have a text, and with what chance each is drawn."""

import hashlib
import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import AlignmentError, require
from ..kernels.graph_term import GraphTask
from ..kernels.steps import Task
from ..lexicon import Lexicon, make_csr
from ..text.vocabulary import Vocabulary

__all__ = ["REPELLING", "Links", "link_rows"]

#: Relations whose ends should not be alike.
REPELLING = ("antonym", "antonyms")
#: Draws of edges have seeds that no trainer can have.
_SEEDS = 1 << 63
#: Two rows meet half-way at most.
_MOST = 0.5


class Links(NamedTuple):
    """Edges between the rows of a training.

    Parameters
    ----------
    indptr, indices, bounds
        As in :class:`wordvec.kernels.graph_term.GraphTask`.
    weight : float
        lambda.
    account : dict
        How many edges there are, and what was left out, for the metadata.
    """

    indptr: NDArray[np.int64]
    indices: NDArray[np.int32]
    bounds: NDArray[np.uint32]
    weight: float
    account: dict[str, Any]

    def join(self, task: Task, seed: int) -> GraphTask:
        """Return a task with these edges."""
        return GraphTask(
            *task, np.uint64(_SEEDS + seed), np.float32(self.weight), self.indptr, self.indices, self.bounds
        )


def link_rows(
    lexicon: Lexicon,
    vocabulary: Vocabulary,
    counts: NDArray[np.int64],
    weight: float,
    lr: float,
    *,
    required: bool = True,
) -> Links:
    """Find the edges of a lexicon between words that occur.

    Parameters
    ----------
    lexicon : Lexicon
        Over any vocabulary; words are found by their names.
    vocabulary : Vocabulary
        That of the rows.
    counts : int64[V]
        How often each of its words occurs in the text: one that does not has no vector to move towards.
    weight, lr : float
        lambda, and the learning rate at the start.
    required : bool, default True
        Whether it is an error if no edge is left: in a slice it is none.

    Raises
    ------
    ParameterError
        If ``weight`` is not in its domain.
    AlignmentError
        If no edge is left, and one is required.
    """
    most = _MOST / (2.0 * lr)
    sound = isinstance(weight, int | float) and math.isfinite(weight) and 0.0 <= weight <= most
    require(sound, "graph_weight", f"from 0 to {most:g} at a learning rate of {lr:g}", weight)
    place = np.full(lexicon.n_nodes, -1, np.int64)
    place[: len(lexicon.vocabulary)] = [vocabulary.index.get(word, -1) for word in lexicon.vocabulary.words]
    place[place >= 0] = np.where(counts[place[place >= 0]] > 0, place[place >= 0], -1)
    sources, targets = np.repeat(place, lexicon.degrees), place[lexicon.indices]
    repels = np.isin(lexicon.relations, [n for n, name in enumerate(lexicon.relation_names) if name in REPELLING])
    known = (sources >= 0) & (targets >= 0)
    kept = known & ~repels & (sources != targets)
    if required and not kept.any():
        raise AlignmentError(_describe_nothing(lexicon, vocabulary, known, repels))
    relations = lexicon.relations[kept]
    indptr, indices, weights, _ = make_csr(
        sources[kept], targets[kept], lexicon.weights[kept], relations, len(vocabulary)
    )
    bounds = _make_bounds(indptr, weights)
    edges = {lexicon.relation_names[n]: int(np.count_nonzero(relations == n)) for n in np.unique(relations).tolist()}
    left_out = {"absent_words": int(np.count_nonzero(~known)), "antonyms": int(np.count_nonzero(known & repels))}
    digest = hashlib.sha256()
    for array in (indptr, indices, bounds):
        digest.update(np.ascontiguousarray(array).data)
    account = {
        "weight": float(weight),
        "linked_words": int(np.count_nonzero(np.diff(indptr))),
        "edges": edges,
        "left_out": {reason: n for reason, n in left_out.items() if n},
        "sha256": digest.hexdigest(),
    }
    return Links(indptr, indices, bounds, float(weight), account)


def _make_bounds(indptr: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.uint32]:
    """Return, for each edge, up to which of 2**32 draws it or one before it in its row is chosen."""
    owners = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    total = np.cumsum(weights, dtype=np.float64)
    before = np.concatenate([[0.0], total])[indptr[:-1]]
    sums = np.concatenate([[0.0], total])[indptr[1:]] - before
    shares = (total - before[owners]) / sums[owners]
    bounds = np.clip(np.rint(shares * 2.0**32) - 1.0, 0.0, 2.0**32 - 1.0).astype(np.uint32)
    ends = indptr[1:][np.diff(indptr) > 0] - 1
    bounds[ends] = np.uint32(2**32 - 1)
    return np.asarray(bounds, np.uint32)


def _describe_nothing(
    lexicon: Lexicon, vocabulary: Vocabulary, known: NDArray[np.bool_], repels: NDArray[np.bool_]
) -> str:
    """Return why no edge is left to train with."""
    if known.any() and repels[known].all():
        return "the lexicon has antonyms only, which joint training cannot use; give it other relations."
    linked = np.flatnonzero(lexicon.degrees)
    theirs = ", ".join(repr(lexicon.nodes[i]) for i in linked[:3].tolist()) or "no edge at all"
    ours = ", ".join(map(repr, vocabulary.words[:3]))
    return (
        f"no edge of the lexicon is between two words that occur in the corpus: it links {theirs}; the corpus has "
        f"{ours}. Make it with make_lexicon(graph, corpus.vocabulary), which says what was found."
    )
