"""Five words made by hand, one of them with two senses: bank#1 is a river's, bank#2 lends money."""

from pathlib import Path

import numpy as np
from small_texts import FARM, RADIO

from wordvec import Training, Vocabulary
from wordvec.senses.embeddings import SenseEmbeddings


def small_senses() -> SenseEmbeddings:
    """Return vectors of two dimensions, water and money, for five words; at most two senses each."""
    words = Vocabulary(("bank", "river", "water", "money", "loan"), np.array([10, 6, 5, 4, 3]))
    water, money, nothing = [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]
    pairs = [[[0.9, 0.2], [0.1, 0.9]], [water, nothing], [[0.8, 0.1], nothing], [money, nothing], [[0.2, 0.8], nothing]]
    return SenseEmbeddings(
        words,
        vectors=np.array(pairs, np.float32),
        prevalence=np.array([[0.6, 0.4], *[[1.0, 0.0]] * 4]),
        context=np.array([nothing, water, water, money, money], np.float32) * np.float32(2.0),
        gates=np.array([[nothing, nothing], [water, money]], np.float32),
        gate_biases=np.zeros((2, 2), np.float32),
        gate_rows=np.array([1, 0, 0, 0, 0], np.int32),
        labels={(0, 1): "depository.n.01"},
        metadata={"window": 2, "model": "by hand", "seed": 1},
    )


def broadcast_senses(path: Path) -> SenseEmbeddings:
    """Return vectors that were trained, with two senses of "broadcast": that of the farm, and that of the radio."""
    training = Training.load(path)
    words, vectors, context = training.embeddings.vocabulary, training.embeddings.vectors, training.context.vectors
    row, subjects = words["broadcast"], [[words[word] for word in subject] for subject in (FARM, RADIO)]
    prevalence = np.tile([1.0, 0.0], (len(words), 1))
    prevalence[row] = 0.5, 0.5
    both = np.stack([vectors, vectors], axis=1)
    both[row] = [vectors[rows].mean(axis=0) for rows in subjects]
    gate = np.stack([context[rows].mean(axis=0) for rows in subjects])
    return SenseEmbeddings(
        words,
        vectors=both,
        prevalence=prevalence,
        context=context,
        gates=np.stack([np.zeros_like(gate), gate]),
        gate_biases=np.zeros((2, 2), np.float32),
        gate_rows=(np.arange(len(words)) == row).astype(np.int32),
    )
