"""Slices by topic: medical abstracts beside an encyclopedia. What drifts, and is a held-out sentence's slice told?

    python benchmarks/topical.py

Ohsumed's abstracts and as many tokens of English Wikipedia, lower-cased, are two slices of one corpus. Every tenth
document is held out and not trained on. ``predict_slice`` says of each of its sentences which slice it is from, by
the words that both slices have vectors of; beside it stand the more frequent slice, and plain counts (of all words, and
of the same words). The unit of the intervals is the document. The words that drift most are printed and recorded.
"""

import lzma
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show

import wordvec as wv
from wordvec.drift.measures import measure_drift
from wordvec.evaluate.outcome import outcome_table
from wordvec.evaluate.slice_prediction import predict_slice, score_slice_prediction
from wordvec.text.documents import Documents

Document = list[list[str]]
TRAINERS = {"skip-gram": wv.SkipGram, "CBOW": wv.CBOW}


def documents(path: Path, tokens: int) -> list[Document]:
    """Return documents, which an empty line ends, until they have so many tokens."""
    found: list[Document] = []
    held = 0
    for document in _documents(path):
        found.append(document)
        held += sum(map(len, document))
        if held >= tokens:
            break
    return found


def _documents(path: Path) -> Iterator[Document]:
    document: Document = []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                document.append(line.lower().split())
            elif document:
                yield document
                document = []
    if document:
        yield document


def corpus_of(slices: dict[str, list[Document]], vocabulary: wv.Vocabulary | None = None) -> wv.Corpus:
    """Return a corpus that knows which sentences make a document."""
    flat = {label: [sentence for document in held for sentence in document] for label, held in slices.items()}
    corpus = wv.Corpus.from_sentences(flat, vocabulary=vocabulary, min_count=5)
    sizes = [len(document) for held in slices.values() for document in held]
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum([len(held) for held in slices.values()])]).astype(np.int64)
    return replace(corpus, documents=Documents(offsets, np.zeros(len(sizes), np.int32)), slice_offsets=starts)


def measure(arguments: Any, tokens: int) -> list[dict[str, Any]]:
    """Return a row for each trainer, seed and score, and the words that drift most."""
    folder = arguments.data / "corpus"
    texts = {
        "medical": documents(folder / "medical" / "ohsumed-abstracts.txt.xz", tokens),
        "general": documents(folder / "enwiki2014" / "enwiki2014-03.txt.xz", tokens),
    }
    train = corpus_of({label: [d for i, d in enumerate(held) if i % 10] for label, held in texts.items()})
    held_out = corpus_of({label: held[::10] for label, held in texts.items()}, train.vocabulary)
    print(train, held_out, sep="\n")
    rows: list[dict[str, Any]] = []
    for name in arguments.models:
        for seed in arguments.seeds:
            trainer = TRAINERS[name](dim=100, epochs=arguments.epochs, seed=seed)
            aligned = wv.CompassAligner(trainer).align(train, threads=arguments.threads)
            table = predict_slice(aligned, held_out)
            for row in outcome_table(score_slice_prediction(table)).to_dict("records"):
                held = {"model": name, "seed": seed, "metric": row["metric"]}
                held |= {key: round(row[key], 4) for key in ("score", "low", "high")}
                rows.append(held | {"n": row["n"], "missing": row["missing"]})
            share = table["words"].sum() / (table["words"] + table["left_out"]).sum()
            right = {
                label: round(float((part["predicted"] == label).mean()), 3) for label, part in table.groupby("slice")
            }
            rows.append({"model": name, "seed": seed, "metric": "right by slice", "score": right, "n": len(table)})
            rows.append(
                {"model": name, "seed": seed, "metric": "share of words scored", "score": round(float(share), 4)}
            )
            drift = measure_drift(aligned, min_count=100)
            top = ", ".join(f"{word} {value:.2f}" for word, value in drift[["word", "drift"]].head(20).values)
            rows.append({"model": name, "seed": seed, "metric": "drift most", "score": top, "n": len(drift)})
    return rows


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--models", nargs="*", default=list(TRAINERS), choices=list(TRAINERS))
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--tokens", type=int, default=None, help="of each slice; default: all; short: 200,000")
    parser.add_argument("--epochs", type=int, default=None, help="default: 5; short: 2")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    arguments.epochs = arguments.epochs or (2 if arguments.short else 5)
    rows = measure(arguments, arguments.tokens or (200_000 if arguments.short else 1_700_000))
    show(rows)
    record("topical", rows)


if __name__ == "__main__":
    main()
