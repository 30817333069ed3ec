"""Small corpora for controls: documents of several sentences, with a country and a genre, in two slices or more."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from wordvec import AlignedSlices, Corpus
from wordvec.text.documents import Column, Documents, Lines

WORDS = 1_200


def text_of(rng: np.random.Generator, documents: int, start: int = 0) -> list[list[list[str]]]:
    """Return documents of five sentences of ten words, all words about equally frequent."""
    ids = rng.integers(start, start + WORDS, size=(documents, 5, 10))
    return [[[f"w{i:04d}" for i in sentence] for sentence in document] for document in ids.tolist()]


def corpus_of(texts: dict[str, list[list[list[str]]]], countries: int = 40, with_lines: bool = False) -> Corpus:
    """Return the documents as a corpus; documents take turns in countries, and in three genres."""
    flat = Corpus.from_sentences({label: [s for d in docs for s in d] for label, docs in texts.items()}, min_count=1)
    sizes = [len(d) for docs in texts.values() for d in docs]
    numbers = [number for docs in texts.values() for number in range(len(docs))]
    columns = {
        "country": Column.from_values([f"c{n % countries}" for n in numbers]),
        "genre": Column.from_values([("prose", "", "verse")[n % 3] for n in numbers]),
    }
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    names = tuple(f"{label} {n}" for label, docs in texts.items() for n in range(len(docs)))
    table = Documents(offsets, np.zeros(len(sizes), np.int32), names, None, columns)
    lines = Lines(np.arange(flat.n_sentences), (("text.txt", False),)) if with_lines else None
    ends = np.cumsum([0, *(len(docs) for docs in texts.values())])
    return replace(flat, documents=table, slice_offsets=ends, lines=lines)


def two_slices(documents: int = 600, seed: int = 1, with_lines: bool = False) -> Corpus:
    rng = np.random.default_rng(seed)
    texts = {"then": text_of(rng, documents), "now": text_of(rng, documents + 60)}
    return corpus_of(texts, with_lines=with_lines)


def said(corpus: Corpus, label: str) -> list[str]:
    """Return the documents of a slice as strings, sorted."""
    part = corpus[label]
    offsets = part.documents.offsets.tolist()
    return sorted(" / ".join(" ".join(part.sentence(s)) for s in range(a, b)) for a, b in pairwise(offsets))


def occurrences(corpus: Corpus, label: str) -> NDArray[np.int64]:
    """Return the counts of a slice in the order of the words' spelling."""
    counts = dict(zip(corpus.vocabulary.words, corpus[label].word_counts.tolist(), strict=True))
    return np.array([counts.get(f"w{i:04d}", 0) for i in range(2 * WORDS)])


def plain_assessment(aligned: AlignedSlices, corpus: Corpus) -> pd.DataFrame:
    """Stand in for the real statistics: raw drift, and as p its rank from above, which the drift table lacks."""
    from wordvec import measure_drift

    table = measure_drift(aligned, min_count=20).drop(columns="measure")
    p = table["drift"].rank(ascending=False).to_numpy() / len(table)
    return table.assign(p=p, q=np.minimum(1.0, 2.0 * p), units_source=10, units_target=10)
