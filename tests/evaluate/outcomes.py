"""Outcomes made by hand and by chance, for tests of comparisons."""

import numpy as np

from wordvec.evaluate.measures import MEAN, SPEARMAN
from wordvec.evaluate.outcome import Outcome

POLICY = "skip unknown, ignore case"


def hits(values, *, items=None, units=None, dataset="toy", task="synonyms", metric="accuracy", measure=MEAN,
         sha256="00", policy=POLICY, missing=0):  # fmt: skip
    """An outcome of hits and misses, one unit an item unless given."""
    items = np.arange(len(values)) if items is None else np.asarray(items, dtype=np.int64)
    units = items[:, None] if units is None else np.asarray(units, dtype=np.int64)
    columns = np.asarray(values, dtype=np.float64).reshape(len(items), -1)
    return Outcome(task, dataset, sha256, metric, measure, items, columns, units, "question", missing, policy)


def similarities(predicted, truth, *, items=None, units=None, dataset="pairs", measure=SPEARMAN, policy=POLICY):
    """An outcome of predicted and true similarities."""
    items = np.arange(len(truth)) if items is None else np.asarray(items, dtype=np.int64)
    units = np.stack([2 * items, 2 * items + 1], axis=1) if units is None else units
    values = np.stack([predicted, truth], axis=1).astype(np.float64)
    return Outcome(
        "similarity", dataset, "11", measure.name, measure, items, values, units, "word", 0, policy
    )  # fmt: skip


def shared_pairs(rng, n=200, words=150):
    """Word pairs that share words, with similarities that words themselves shift."""
    units = rng.integers(0, words, (n, 2))
    return units[units[:, 0] != units[:, 1]]


def shifted(rng, units, spread):
    """Chance that words have in common: each pair is moved by both of its words, and by itself."""
    words = rng.normal(size=int(units.max()) + 1) * spread
    return words[units].sum(axis=1) + rng.normal(size=len(units)) * spread
