"""Does the compass lean towards the slice that was read last? The UN debates, in three orders.

    python benchmarks/compass_order.py

Two slices of equal size. For words used about equally often in both (and 50 times at least), how often
is the compass's vector nearer to the newer slice's? Half would be fair.
"""

import argparse
from pathlib import Path

import numpy as np
from harness import DATA, record

import wordvec as wv
import wordvec.train.schedule as schedule
from wordvec.text.encode import Reading, encode_slices

SLICES = ("1946-1956", "2015-2018")


def share_nearer_to_newer(corpus: wv.Corpus) -> tuple[float, int]:
    aligned = wv.CompassAligner(trainer=wv.SkipGram()).align(corpus)
    compass, old, new = aligned.compass.embeddings, *aligned.embeddings
    then, now = aligned.counts
    balanced = np.flatnonzero((np.minimum(then, now) >= 50) & (np.abs(np.log2((then + 1) / (now + 1))) < 0.5))
    words = [aligned.vocabulary.words[i] for i in balanced]

    def cosine(a, b):
        return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))

    nearer = [cosine(compass[w], new[w]) > cosine(compass[w], old[w]) for w in words]
    return float(np.mean(nearer)), len(words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    paths = {label: arguments.data / "corpus" / "ungd" / f"ungd-{label}.txt.xz" for label in SLICES}
    corpus = encode_slices(paths, reading=Reading(header="^### "))
    drawn = schedule.document_order
    orders = {
        "drawn from seed and content": drawn,
        "in order of time": lambda corpus, seed: np.arange(len(corpus.documents)),
        "reversed": lambda corpus, seed: np.arange(len(corpus.documents))[::-1].copy(),
    }
    rows = []
    for name, order in orders.items():
        schedule.document_order = order
        share, n = share_nearer_to_newer(corpus)
        rows.append({"order": name, "nearer_to_newer": share, "words": n})
        print(f"{name}\t{share:.3f} of {n} words nearer to the newer slice", flush=True)
    schedule.document_order = drawn
    record("compass_order", rows)


if __name__ == "__main__":
    main()
