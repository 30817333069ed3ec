"""Does the aligner find words that swapped their meanings? The planted corpus of the tests, five seeds.

    python benchmarks/swap_test.py

Prints, for each method, the share of swapped words whose nearest word in the other slice is the one
they swapped with (p@1), the same for words that stayed, and the AUC with which drift tells them apart.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from harness import record
from synthetic import WORDS, cosine, cosines, mapped_share, renamed_corpus, static, swap_corpus, swapped_names, word

import wordvec as wv
from wordvec.align.procrustes import train_slices_procrustes

SETTINGS = {"dim": 50, "window": 3, "negative": 10, "epochs": 8, "subsample": 0}


def judge(aligned: wv.AlignedSlices, case) -> dict[str, float]:
    sources, targets = swapped_names(case)
    stable = [word(i) for i in case.stable]
    changed, same = cosines(aligned, sources), cosines(aligned, stable)
    return {
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


def methods(trainer, case):
    """Yield the name and the aligned slices of every method."""
    for init in ("random", "compass"):
        aligned = wv.CompassAligner(trainer=trainer, init=init).align(case.corpus)
        yield f"compass, init {init}", aligned
        if init == "random":
            yield "static", static(aligned.compass.embeddings, case.corpus.vocabulary, case.corpus.counts)
    yield "Procrustes", train_slices_procrustes(case.corpus, trainer)


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
    seeds = range(1, 6)
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
    record("swap_test", rows + whole(seeds) + overlap(seeds))


if __name__ == "__main__":
    main()
