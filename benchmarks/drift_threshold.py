"""Above which standing is a word called changed? Fixed on planted words, before any gold label is looked at.

    python benchmarks/drift_threshold.py

Wikipedia text is dealt out at random to two slices of 150,000 tokens, the size of the SemEval-2020 cuts, so that
nothing drifts. Then 40 pairs of words as frequent as each other (40 to 400 uses a slice) have a share of their uses
swapped in the second slice. Each planted word, and as many of the same counts that nobody touched, has its
standing among words as frequent (``wordvec.evaluate.standing``). The threshold is where fewest of both are
mistaken with half of the uses swapped, over all aligners and seeds; the other shares say what it then finds.
"""

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from aligners import ALIGNERS, add_aligners
from harness import arguments_parser, record, show
from text import wikipedia

import wordvec as wv
from wordvec.drift.measures import measure_drift
from wordvec.evaluate.standing import THRESHOLD, drift_standing

PAIRS, LEAST, MOST = 40, 40, 400
GRID = np.round(np.arange(-1.0, 6.01, 0.1), 1)


def plant(
    sentences: list[list[str]], share: float, seed: int
) -> tuple[dict[str, list[list[str]]], list[str], list[str]]:
    """Return two slices, the words of which a share of uses was swapped in the second one, and words left alone."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(sentences))
    halves = {"A": [sentences[i] for i in order[::2]], "B": [list(sentences[i]) for i in order[1::2]]}
    counts: dict[str, list[int]] = {}
    for number, part in enumerate(halves.values()):
        for sentence in part:
            for word in sentence:
                counts.setdefault(word, [0, 0])[number] += 1
    fitting = sorted(
        (min(found), word) for word, found in counts.items() if LEAST <= min(found) <= MOST and word.isalpha()
    )
    starts = rng.permutation(len(fitting) // 4)[:PAIRS] * 4
    planted = [(fitting[i][1], fitting[i + 2][1]) for i in starts]  # as frequent as each other
    alone = [fitting[i + step][1] for i in starts for step in (1, 3)]
    partner = {one: other for pair in planted for one, other in (pair, pair[::-1])}
    for sentence in halves["B"]:
        for place, word in enumerate(sentence):
            if word in partner and rng.random() < share:
                sentence[place] = partner[word]
    return halves, list(partner), alone


def standings(aligned: wv.AlignedSlices, changed: list[str], alone: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return how far planted words, and words left alone, drift above others that are as frequent."""
    table = measure_drift(aligned, min_count=1)
    row = {word: number for number, word in enumerate(table["word"])}
    counts = table[["count_source", "count_target"]].to_numpy(dtype=np.int64)
    asked = [np.array([row[word] for word in words if word in row]) for words in (changed, alone)]
    found = drift_standing(table["drift"].to_numpy(), counts, np.concatenate(asked))
    return found[: len(asked[0])], found[len(asked[0]) :]


def errors(changed: np.ndarray, alone: np.ndarray) -> np.ndarray:
    """Return for each threshold of the grid the mean of the two shares of mistaken words."""
    missed = (changed[:, None] <= GRID).mean(axis=0)
    false = (alone[:, None] > GRID).mean(axis=0)
    return (missed + false) / 2


def main() -> None:
    parser = arguments_parser(__doc__)
    add_aligners(parser)
    parser.add_argument("--seeds", type=int, nargs="*", default=None, help="default: 1 to 5; short: 1")
    parser.add_argument("--shares", type=float, nargs="*", default=[0.25, 0.5, 1.0])
    arguments = parser.parse_args()
    seeds = arguments.seeds or ([1] if arguments.short else [1, 2, 3, 4, 5])
    found: dict[tuple[str, float], list[tuple[np.ndarray, np.ndarray]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        text = wikipedia(arguments.data, 300_000, Path(folder) / "text.txt").sentences
    for seed in seeds:
        for share in arguments.shares:
            slices, changed, alone = plant(text, share, seed)
            corpus = wv.Corpus.from_sentences(slices, min_count=5)
            for name in arguments.aligners:
                aligned = ALIGNERS[name](corpus, seed=seed, threads=arguments.threads)
                found.setdefault((name, share), []).append(standings(aligned, changed, alone))
    half = [errors(*pair) for (_, share), pairs in found.items() if share == 0.5 for pair in pairs]
    chosen = float(GRID[np.mean(half, axis=0).argmin()]) if half else THRESHOLD
    rows: list[dict[str, Any]] = []
    for (name, share), pairs in sorted(found.items()):
        changed, alone = (np.concatenate(part) for part in zip(*pairs, strict=True))
        row = {"aligner": name, "share swapped": share, "seeds": len(seeds), "threshold": chosen}
        row |= {"found": round(float((changed > chosen).mean()), 3), "false": round(float((alone > chosen).mean()), 3)}
        best = float(GRID[np.mean([errors(*pair) for pair in pairs], axis=0).argmin()])
        rows.append(row | {"best for this row": best, "median standing": round(float(np.median(changed)), 2)})
    show(rows)
    print(f"fewest errors at {chosen:g}; wordvec.evaluate.standing.THRESHOLD is {THRESHOLD:g}")
    record("drift_threshold", rows)


if __name__ == "__main__":
    main()
