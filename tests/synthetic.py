"""Corpora with a known answer: a random walk over words with latent meanings, and words that swap."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wordvec import AlignedSlices, Corpus, Embeddings, Vocabulary
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.senses.gating import Rule, cut_contexts, sense_probabilities

WORDS = 600
STABLE = 400  # ids below are frequent enough to be judged
SWAPPED_FROM = 300


@dataclass(frozen=True)
class SwapCorpus:
    """Two slices of one language in which pairs of words have swapped their meanings."""

    corpus: Corpus
    pairs: NDArray[np.int64]  # (30, 2) word ids
    stable: NDArray[np.int64]


def word(number: int) -> str:
    return f"w{number:03d}"


def latent_neighbors(rng: np.random.Generator) -> NDArray[np.int64]:
    """Return int64[WORDS, 12]: each word's nearest words by the cosine of latent vectors in R^8."""
    latent = rng.normal(size=(WORDS, 8))
    latent /= np.linalg.norm(latent, axis=1, keepdims=True)
    cosine = latent @ latent.T
    np.fill_diagonal(cosine, -np.inf)
    return np.argsort(-cosine, axis=1)[:, :12]


def walk(neighbors: NDArray[np.int64], tokens: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Return sentences of 8 to 15 ids: steps to a latent neighbor, now and then a fresh start."""
    weight = np.arange(1, WORDS + 1) ** -0.6
    start = np.cumsum(weight) / weight.sum()
    steps = np.cumsum(weight[neighbors], axis=1)
    steps /= steps[:, -1:]
    lengths = rng.integers(8, 16, size=tokens // 11)
    sentences = np.empty((len(lengths), 15), dtype=np.int64)
    current = np.searchsorted(start, rng.random(len(lengths)))
    for position in range(15):
        sentences[:, position] = current
        chosen = (rng.random((len(lengths), 1)) > steps[current]).sum(axis=1)
        fresh = np.searchsorted(start, rng.random(len(lengths)))
        current = np.where(rng.random(len(lengths)) < 0.1, fresh, neighbors[current, chosen])
    return [sentence[:length] for sentence, length in zip(sentences, lengths, strict=True)]


def swap_corpus(seed: int, tokens: int = 150_000) -> SwapCorpus:
    """Return two slices; in the second, 30 pairs of words have swapped surface forms."""
    rng = np.random.default_rng(seed)
    neighbors = latent_neighbors(rng)
    pairs = rng.permutation(SWAPPED_FROM)[:60].reshape(30, 2)
    surface = np.arange(WORDS)
    surface[pairs[:, 0]], surface[pairs[:, 1]] = pairs[:, 1], pairs[:, 0]
    first = walk(neighbors, tokens, rng)
    second = [surface[sentence] for sentence in walk(neighbors, tokens, rng)]
    return SwapCorpus(corpus_of({"A": first, "B": second}), pairs, np.setdiff1d(np.arange(STABLE), pairs))


def renamed_corpus(seed: int, share: float, tokens: int = 150_000) -> tuple[Corpus, NDArray[np.int64]]:
    """Return two slices; in the second a share of the words has new names; and the renamed ids."""
    rng = np.random.default_rng(seed)
    neighbors = latent_neighbors(rng)
    renamed = rng.permutation(WORDS)[: round(share * WORDS)]
    surface = np.arange(WORDS)
    surface[renamed] += WORDS
    first = walk(neighbors, tokens, rng)
    second = [surface[sentence] for sentence in walk(neighbors, tokens, rng)]
    return corpus_of({"A": first, "B": second}), renamed


def corpus_of(slices: dict[str, list[NDArray[np.int64]]]) -> Corpus:
    named = {label: [[word(i) for i in s.tolist()] for s in sentences] for label, sentences in slices.items()}
    return Corpus.from_sentences(named, min_count=5)


def mapped_share(aligned: AlignedSlices, sources: list[str], targets: list[str]) -> float:
    """Return p@1: how often the nearest word in B of a source's vector in A is its target."""
    a, b = aligned["A"], aligned["B"]
    hits = [b.nearest(np.asarray(a[s]), k=1)[0].word == t for s, t in zip(sources, targets, strict=True)]
    return float(np.mean(hits))


def target_ranks(aligned: AlignedSlices, sources: list[str], targets: list[str]) -> NDArray[np.int64]:
    """Return the rank (from 1) of each target in B among the words nearest to its source's vector in A."""
    a, b = aligned["A"], aligned["B"]
    similarities = (b.similarities(np.asarray(a[s])) for s in sources)
    return np.array([int((s >= s[b.vocabulary[t]]).sum()) for s, t in zip(similarities, targets, strict=True)])


def swapped_names(case: SwapCorpus) -> tuple[list[str], list[str]]:
    both = np.concatenate([case.pairs, case.pairs[:, ::-1]])
    return [word(i) for i in both[:, 0]], [word(i) for i in both[:, 1]]


def cosines(aligned: AlignedSlices, words: list[str]) -> NDArray[np.float64]:
    """Return the cosine of each word's vectors in A and B."""
    return np.array([cosine(aligned["A"][w], aligned["B"][w]) for w in words])


def cosine(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    return float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))


def static(embeddings: Embeddings, vocabulary: Vocabulary, counts: NDArray[np.int64]) -> AlignedSlices:
    """Return one set of vectors as both slices: the baseline in which nothing ever changes."""
    return AlignedSlices(("A", "B"), (embeddings, embeddings), vocabulary, counts)


@dataclass(frozen=True)
class PseudoWords:
    """A text in which pairs of words share one surface form.

    ``gold[p]`` is the word (an id of the walk) behind place p of ``corpus.ids``; ``pairs`` are those that share the
    form of their first; ``ordinary`` are other words of like frequency.
    """

    corpus: Corpus
    gold: NDArray[np.int64]
    pairs: NDArray[np.int64]
    ordinary: NDArray[np.int64]

    def names(self) -> list[str]:
        """Return the surface forms that have two senses."""
        return [word(i) for i in self.pairs[:, 0]]

    def scores(self, senses: SenseEmbeddings, rule: Rule = "gate") -> NDArray[np.float64]:
        """Return the adjusted Rand index of each pair's surface form, over all its occurrences."""
        from sklearn.metrics import adjusted_rand_score

        found = []
        for name in self.names():
            places = np.flatnonzero(self.corpus.ids == self.corpus.vocabulary[name])
            contexts = cut_contexts(self.corpus.ids, self.corpus.offsets, places, senses.window)
            numbers = np.full(len(places), senses.vocabulary[name])
            chosen = sense_probabilities(senses, numbers, contexts, rule=rule).argmax(axis=1)
            found.append(adjusted_rand_score(self.gold[places], chosen))
        return np.array(found)

    def kept(self, senses: SenseEmbeddings) -> tuple[float, float]:
        """Return how many senses words of two meanings, and ordinary words, have on average."""
        ordinary = [len(senses.kept(word(i))) for i in self.ordinary]
        return float(np.mean([len(senses.kept(name)) for name in self.names()])), float(np.mean(ordinary))


def pseudo_words(seed: int, tokens: int = 200_000, n_pairs: int = 20, highest: int = 200) -> PseudoWords:
    """Return a walk in which pairs of words below id ``highest``, of unlike meanings, share one surface form."""
    rng = np.random.default_rng(seed)
    latent = rng.normal(size=(WORDS, 8))
    latent /= np.linalg.norm(latent, axis=1, keepdims=True)
    cosine_table = latent @ latent.T
    free, pairs = list(rng.permutation(highest)), []
    while len(pairs) < n_pairs:
        first = free.pop()
        partner = next(other for other in free if cosine_table[first, other] < 0)
        free.remove(partner)
        pairs.append((first, partner))
    np.fill_diagonal(cosine_table, -np.inf)
    sentences = walk(np.argsort(-cosine_table, axis=1)[:, :12], tokens, rng)
    chosen = np.array(pairs)
    surface = np.arange(WORDS)
    surface[chosen[:, 1]] = chosen[:, 0]
    corpus = Corpus.from_sentences([[word(i) for i in surface[s].tolist()] for s in sentences], min_count=1)
    return PseudoWords(corpus, np.concatenate(sentences), chosen, np.array(sorted(free)))
