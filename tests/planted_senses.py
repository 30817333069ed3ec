"""Text in which a word's senses are known: bank of a river and bank of money, in documents of one sense or of both."""

from dataclasses import dataclass, replace

import numpy as np

from wordvec import Corpus, Vocabulary
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.text.documents import Documents

WATER, MONEY = ("river", "water", "shore", "boat"), ("money", "loan", "credit", "rate")
WORDS = ("bank", *WATER, *MONEY, "odd")


def planted_compass() -> SenseEmbeddings:
    """Return senses of bank: #1 is a river's, #2 is money's, #3 is nobody's; other words have one."""
    n, side = len(WORDS), np.array([0.0] + [1.0] * 4 + [-1.0] * 4 + [0.0])
    context = np.stack([side, np.zeros(n)], axis=1).astype(np.float32)
    gates = np.zeros((2, 3, 2), np.float32)
    sure = 1.5 * np.log(4)  # three words around, each right in four of five: what the corpus below has
    gates[1] = [[sure, 0.0], [-sure, 0.0], [0.0, 0.0]]
    prevalence = np.zeros((n, 3))
    prevalence[:, 0] = 1.0
    prevalence[0] = [0.5, 0.45, 0.05]
    return SenseEmbeddings(
        Vocabulary(WORDS, np.arange(2 * n, n, -1)),
        vectors=np.random.default_rng(1).normal(size=(n, 3, 4)).astype(np.float32),
        prevalence=prevalence,
        context=context,
        gates=gates,
        gate_biases=np.array([[0, 0, 0], [0, 0, -2]], np.float32),
        gate_rows=np.array([1] + [0] * (n - 1), np.int32),
        metadata={"window": 3, "model": "by hand"},
    )


def planted_corpus(shares: dict[str, float], documents: int = 40, *, wrong: float = 0.2, seed: int = 1) -> Corpus:
    """Return slices in which bank is a river's in the given shares, in documents that lean to either sense.

    A sentence is bank and three words around it, each of them the other sense's with probability ``wrong``.
    """
    rng = np.random.default_rng(seed)
    slices, ends = {}, [0]
    for label, share in shares.items():
        sentences = []
        for _ in range(documents):
            own = rng.beta(4 * share, 4 * (1 - share)) if 0 < share < 1 else share
            for _ in range(rng.integers(2, 9)):
                is_water = rng.random() < own
                sides = (rng.random(3) < wrong) != is_water
                near = [str(rng.choice(WATER if side else MONEY)) for side in sides]
                sentences.append([near[0], near[1], "bank", near[2]])
            ends.append(sum(map(len, slices.values())) + len(sentences))
        slices[label] = sentences
    corpus = Corpus.from_sentences(slices, vocabulary=planted_compass().vocabulary)
    files = np.zeros(len(ends) - 1, np.int32)
    starts = np.arange(0, len(ends), documents)
    return replace(corpus, documents=Documents(np.array(ends), files), slice_offsets=starts.astype(np.int64))


@dataclass(frozen=True)
class StubTrainer:
    """Stands for a trainer: a compass that was made by hand, and slices whose vectors tell who made them."""

    seed: int = 1
    prune: float = 0.05
    dim: int = 4

    def train(self, corpus, *, compass=None, threads=None, racing=False, progress=None):
        made = planted_compass()
        if compass is None:
            assert self.prune == 0.0, "pruning waits until all slices were seen"
            return replace(made, metadata={**made.metadata, "trained on": corpus.n_tokens})
        assert compass.context.tobytes() == made.context.tobytes() and compass.gates.tobytes() == made.gates.tobytes()
        vectors = np.full((len(made), 3, self.dim), corpus.n_tokens, np.float32)
        return replace(compass, vectors=vectors)
