"""Texts for benchmarks, and what can be said of them: sizes, pairs, scores of vectors made from them."""

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

import wordvec as wv
from wordvec.text.documents import Documents


def wikipedia_lines(data: Path) -> Iterator[str]:
    """Yield the sentences of English Wikipedia (2014), lower-cased, all parts after each other, then again."""
    parts = sorted((data / "corpus" / "enwiki2014").glob("enwiki2014-*.txt.xz"))
    if not parts:
        raise SystemExit(f"{data} has no corpus/enwiki2014; name the folder of data with --data.")
    while True:
        for part in parts:
            with lzma.open(part, "rt", encoding="utf-8") as lines:
                yield from (line.lower() for line in lines if line.strip())


def write_bytes(data: Path, size: int, path: Path) -> int:
    """Write sentences to ``path`` until it has ``size`` bytes; return how many it has."""
    written = 0
    with path.open("wb") as stream:
        for line in wikipedia_lines(data):
            written += stream.write(line.encode())
            if written >= size:
                return written
    return written


@dataclass(frozen=True)
class Text:
    """One text in the shapes that tools want it in: a file of lines, lists of words, our corpus."""

    path: Path
    min_count: int = 5

    @cached_property
    def sentences(self) -> list[list[str]]:
        return [line.split() for line in self.path.read_text("utf-8").splitlines()]

    @cached_property
    def corpus(self) -> wv.Corpus:
        return wv.Corpus.from_sentences(self.sentences, min_count=self.min_count)


def wikipedia(data: Path, tokens: int, path: Path) -> Text:
    """Write the first ``tokens`` tokens to ``path`` and return the text."""
    written = 0
    with path.open("w", encoding="utf-8") as stream:
        for line in wikipedia_lines(data):
            stream.write(line)
            written += len(line.split())
            if written >= tokens:
                break
    return Text(path)


def expected_work(corpus: wv.Corpus, window: int, subsample: float, negative: int) -> dict[str, float]:
    """Return what an epoch comes to: survivors of thinning, windows, (center, context) pairs, (context, output) pairs.

    Words are thinned once, at random; windows shrink to 1 to ``window`` words on each side, each equally
    often. A pair at distance k is in the window with probability ``(window - k + 1) / window``.
    """
    frequency = corpus.word_counts / corpus.n_tokens
    with np.errstate(divide="ignore"):
        keep = (
            np.minimum(1.0, np.sqrt(subsample / frequency) + subsample / frequency) if subsample else frequency * 0 + 1
        )
    base = int(corpus.offsets[0])
    ids = np.asarray(corpus.ids[base : int(corpus.offsets[-1])])
    survives = np.concatenate([[0], np.cumsum(np.random.default_rng(20_140).random(len(ids)) < keep[ids])])
    lengths = np.diff(survives[corpus.offsets - base])
    steps = np.arange(1, window + 1)
    pairs = sum(2 * np.maximum(0, lengths - k).sum() * (window - k + 1) / window for k in steps)
    survivors = float(lengths.sum())
    windows = float(lengths[lengths > 1].sum())
    return {"survivors": survivors, "windows": windows, "pairs": float(pairs), "outputs": float(pairs) * (negative + 1)}


def word_similarity(vectors: wv.Embeddings, data: Path) -> float:
    """Return Spearman's correlation with WordSim-353."""
    rows = wv.evaluate_similarity(vectors, data / "eval" / "similarity" / "EN-WS-353-ALL.txt")
    return float(rows.loc[rows["metric"] == "spearman", "score"].iloc[0])


def zipf_corpus(tokens: int, words: int, *, seed: int = 1, sentence: int = 20) -> wv.Corpus:
    """Return a corpus of words drawn by Zipf's law, each at least once; every sentence is a document."""
    stream = np.random.default_rng(seed)
    weights = 1.0 / np.arange(1, words + 1)
    bounds = np.cumsum(weights / weights.sum())
    ids = np.empty(tokens, np.int32)
    for start in range(0, tokens, 1 << 20):
        part = ids[start : start + (1 << 20)]
        part[:] = np.minimum(words - 1, np.searchsorted(bounds, stream.random(len(part))))
    ids[stream.choice(tokens, words, replace=False)] = np.arange(words)
    counts = np.bincount(ids, minlength=words)
    order = np.lexsort((np.arange(words), -counts))
    rank = np.empty(words, np.int32)
    rank[order] = np.arange(words)
    names = tuple(f"w{number:07d}" for number in range(words))
    vocabulary = wv.Vocabulary(tuple(names[i] for i in order), counts[order])
    ids = rank[ids]
    offsets = np.append(np.arange(0, tokens, sentence), tokens).astype(np.int64)
    documents = Documents(np.arange(len(offsets)), np.zeros(len(offsets) - 1, np.int32))
    slices = np.array([0, len(documents)], np.int64)
    metadata: dict[str, Any] = {"settings": {"text": "Zipf", "seed": seed}}
    return wv.Corpus(vocabulary, ids, offsets, documents, ("all",), slices, counts[order][None], None, metadata)
