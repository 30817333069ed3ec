"""Does the aligner find words that swapped their meanings? The planted corpus of the tests, every aligner.

    python benchmarks/swap_test.py
    python benchmarks/swap_test.py --seeds 1 --short

Prints, for each method, how the vectors of swapped words in one slice find, in the other, the word they swapped with
(MRR@10, p@1), the same for words that stayed (p@1), the AUC with which drift tells them apart, and mean cosines.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from harness import arguments_parser, record
from synthetic import (
    WORDS,
    cosine,
    cosines,
    mapped_share,
    renamed_corpus,
    swap_corpus,
    swapped_names,
    target_ranks,
    word,
)

import wordvec as wv
from wordvec.align.methods import align_slices

SETTINGS = {"dim": 50, "window": 3, "negative": 10, "epochs": 8, "subsample": 0}


def judge(aligned: wv.AlignedSlices, case) -> dict[str, float]:
    sources, targets = swapped_names(case)
    stable = [word(i) for i in case.stable]
    changed, same = cosines(aligned, sources), cosines(aligned, stable)
    ranks = target_ranks(aligned, sources, targets)
    return {
        "swapped MRR@10": float(np.where(ranks <= 10, 1 / ranks, 0.0).mean()),
        "swapped p@1": mapped_share(aligned, sources, targets),
        "stable p@1": mapped_share(aligned, stable, stable),
        "AUC": area_under_curve(changed, same),
        "swapped cosine": float(changed.mean()),
        "stable cosine": float(same.mean()),
    }


def area_under_curve(changed: np.ndarray, same: np.ndarray) -> float:
    """Return how often a changed word's cosine is below a stable one's, ties counted half."""
    difference = np.round(same[None, :] - changed[:, None], 6)
    return float((difference > 0).mean() + (difference == 0).mean() / 2)


#: Every aligner, and what is worth to be varied. Word injection gets the swapped words and as many that stayed.
METHODS = (
    ("compass, init random", "compass", {}),
    ("compass, init compass", "compass", {"init": "compass"}),
    ("compass without slice B", "compass", {"leave_out": ("B",)}),
    ("Procrustes", "procrustes", {}),
    ("Procrustes, centered", "procrustes", {"center": True}),
    ("Procrustes, lengths kept", "procrustes", {"normalize": False}),
    ("linear, half of the words", "linear", {}),
    ("linear, all words", "linear", {"share": 1.0}),
    ("local linear, 10 neighbors", "local-linear", {"neighbors": 10}),
    ("local linear, 100 neighbors", "local-linear", {}),
    ("vector initialization", "vector-init", {}),
    ("temporal referencing", "temporal-referencing", {}),
    ("word injection", "word-injection", {"words": "swapped and as many stable"}),
    ("static", "static", {}),
    ("unaligned", "unaligned", {}),
)


def methods(trainer, case):
    """Yield the name and the aligned slices of every method."""
    chosen = [*swapped_names(case)[0], *(word(i) for i in case.stable[:60])]
    for name, method, options in METHODS:
        if "words" in options:
            options = {"words": chosen}
        yield name, align_slices(case.corpus, trainer, method=method, **options)


def overlap(seeds: range) -> list[dict]:
    rows = []
    for share in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0):
        found = []
        for seed in seeds:
            corpus, renamed = renamed_corpus(seed, share)
            aligned = wv.CompassAligner(trainer=wv.CBOW(**SETTINGS, seed=seed)).align(corpus)
            known = [i for i in renamed if word(i) in aligned["A"] and word(i + WORDS) in aligned["B"]]
            found.append(mapped_share(aligned, [word(i) for i in known], [word(i + WORDS) for i in known]))
        rows.append({"test": "overlap", "renamed": share, "p@1": float(np.mean(found))})
        print(f"renamed {share:.0%}\tp@1 {np.mean(found):.3f}", flush=True)
    return rows


def whole(seeds: range) -> list[dict]:
    """Train a slice that is the whole corpus against the compass of that corpus: does it find it again?"""
    rows = []
    for trainer in (wv.CBOW, wv.SkipGram):
        cosines_found = []
        for seed in seeds:
            case = swap_corpus(seed)
            sentences = [s for label in "AB" for s in case.corpus[label].sentences()]
            corpus = wv.Corpus.from_sentences({"all": sentences}, min_count=5)
            aligned = wv.CompassAligner(trainer(**SETTINGS, seed=seed)).align(corpus)
            own, compass = aligned["all"], aligned.compass.embeddings
            cosines_found += [cosine(own[word], compass[word]) for word in own.vocabulary]
        row = {"test": "whole corpus as a slice", "method": trainer.model, "seeds": len(seeds)}
        rows.append({**row, "stable cosine": round(float(np.mean(cosines_found)), 4)})
        print(
            f"{trainer.model}, whole corpus as a slice\tcosine to the compass {np.mean(cosines_found):.3f}", flush=True
        )
    return rows


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    seeds = range(1, arguments.seeds + 1)
    found: dict[str, list[dict[str, float]]] = {}
    for seed in seeds:
        case = swap_corpus(seed)
        for trainer in (wv.CBOW(**SETTINGS, seed=seed), wv.SkipGram(**SETTINGS, seed=seed)):
            for name, aligned in methods(trainer, case):
                found.setdefault(f"{trainer.model}, {name}", []).append(judge(aligned, case))
    rows = []
    for name, scores in found.items():
        means = {key: round(float(np.mean([s[key] for s in scores])), 4) for key in scores[0]}
        rows.append({"test": "swap", "method": name, "seeds": len(scores), **means})
        print(name, *(f"{key} {value:.3f}" for key, value in means.items()), sep="\t", flush=True)
    if not arguments.short:
        record("swap_test", rows + whole(seeds) + overlap(seeds))


if __name__ == "__main__":
    main()
