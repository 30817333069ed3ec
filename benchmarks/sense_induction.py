"""Do senses that were learnt without labels agree with those that people gave?

    python benchmarks/sense_induction.py --parts 3 --seeds 1 2 3
    python benchmarks/sense_induction.py --parts 8 --seeds 1

Trained on parts of enwiki2014 (lower case; tokens without letter or digit dropped) with every seed: the
disambiguated skip-gram as it comes (K = 3) and with five senses, and for comparison context k-means (k = 3) on a
skip-gram of five epochs. ``ARI`` is the mean over words of the adjusted Rand index, ``k`` how many labels a word was
given; ``less k-means`` is the difference word by word, with a 95 % interval over words and seeds. Contexts are all
known words of an instance, or the ten nearest on either side. Settings were chosen on pseudo-words, on the training
part of CoarseWSD-20 and on the training pairs of MCL-WiC (``sense_pairs.py``).
"""

import lzma
import math
import sys
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show
from numpy.typing import NDArray
from scipy.stats import t as student

from wordvec import Corpus, SkipGram
from wordvec.evaluate.induction import score_induction
from wordvec.evaluate.outcome import Outcome
from wordvec.evaluate.sets.sense_items import SenseItems, read_sense_items
from wordvec.evaluate.words import look_up
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.train.context_clusters import ContextClusters
from wordvec.train.disambiguated import DisambiguatedSkipGram

OURS, FIVE, THEIRS = "disambiguated, K = 3", "disambiguated, K = 5", "context k-means, k = 3"
SETS = {
    "SemEval-2010": "semeval2010-task14/instances.tsv.xz",
    "TWSI": "twsi/Dataset-TWSI-dev.csv.xz",
    "CoarseWSD-20 test": "coarsewsd-20/test.tsv.xz",
}


def read_corpus(data: Path, parts: int) -> Corpus:
    """Return the first parts of enwiki2014, tokenized as the published figures were."""
    return Corpus.from_sentences(list(_sentences(data, parts)), min_count=5)


def _sentences(data: Path, parts: int) -> Iterator[list[str]]:
    for number in range(1, parts + 1):
        with lzma.open(
            data / "corpus" / "enwiki2014" / f"enwiki2014-{number:02d}.txt.xz", "rt", encoding="utf-8"
        ) as file:
            for line in file:
                words = [sys.intern(word) for word in line.lower().split() if any(c.isalnum() for c in word)]
                if words:
                    yield words


def train(corpus: Corpus, seed: int) -> Iterator[tuple[str, SenseEmbeddings, float]]:
    """Yield each system's senses, and the seconds they took."""
    began = time.perf_counter()
    yield OURS, DisambiguatedSkipGram(seed=seed).train(corpus), time.perf_counter() - began
    began = time.perf_counter()
    yield FIVE, DisambiguatedSkipGram(senses=5, seed=seed).train(corpus), time.perf_counter() - began
    began = time.perf_counter()
    vectors = SkipGram(seed=seed).train(corpus)
    yield THEIRS, ContextClusters(seed=seed).induce(corpus, vectors), time.perf_counter() - began


def scores(senses: SenseEmbeddings, items: SenseItems, window: int | None) -> dict[str, Outcome]:
    """Return the outcomes of a test set by metric."""
    found = score_induction(look_up(senses), items, window=window)
    return {outcome.metric.partition(",")[0]: outcome for outcome in found}


def interval(differences: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return mean and 95 % interval of float[seeds, words]: other words, and other seeds, would have given others."""
    mean = float(differences.mean())
    words, seeds = differences.mean(axis=0), differences.mean(axis=1)
    variance = float(words.var(ddof=1)) / len(words)
    if len(seeds) > 1:
        variance += float(seeds.var(ddof=1)) / len(seeds)
    reach = float(student.ppf(0.975, len(words) - 1)) * math.sqrt(variance)
    return mean, mean - reach, mean + reach


Held = dict[tuple[str, str, int | None], list[Outcome]]


def compare(held: Held, sets: list[str], n_tokens: int) -> list[dict[str, Any]]:
    """Return what ours are better than k-means by, word by word."""
    rows = []
    for system, name, window in product((OURS, FIVE), sets, (None, 10)):
        ours, theirs = (held[key, name, window] for key in (system, THEIRS))
        gaps = np.array([a.values[:, 0] - b.values[:, 0] for a, b in zip(ours, theirs, strict=True)])
        mean, low, high = (round(value, 4) for value in interval(gaps))
        shape = {"seed": f"{len(gaps)} seeds", "tokens": n_tokens, "ARI": mean, "low": low, "high": high}
        rows.append({"system": f"{system}, less k-means", "set": name, "window": window or "all", **shape})
    return rows


def keep(parts: int, rows: list[dict[str, Any]]) -> None:
    """Record the run on as much text as the published figures had, or on more, each in a file of its own."""
    if parts <= 3:
        record("sense_induction", rows)
    else:
        record("sense_induction_more", rows)


def main() -> None:
    parser = arguments_parser(__doc__ or "")
    parser.add_argument("--parts", type=int, default=3, help="parts of enwiki2014 to train on")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--save", type=Path, help="keep the first seed's senses here")
    options = parser.parse_args()
    corpus = read_corpus(options.data, 1 if options.short else options.parts)
    sets = {name: read_sense_items(options.data / "eval" / "wsi" / file) for name, file in SETS.items()}
    rows: list[dict[str, Any]] = []
    held: Held = {}
    for seed in options.seeds[: 1 if options.short else None]:
        for system, senses, seconds in train(corpus, seed):
            if options.save and system == OURS and seed == options.seeds[0]:
                senses.save(options.save)
            for name, items in sets.items():
                for window in (None, 10):
                    found = scores(senses, items, window)
                    held.setdefault((system, name, window), []).append(found["ARI"])
                    rows.append(
                        {
                            "system": system,
                            "set": name,
                            "window": window or "all",
                            "seed": seed,
                            "tokens": corpus.n_tokens,
                            "ARI": round(found["ARI"].score, 4),
                            "k": round(found["k"].score, 2),
                            "V": round(found["V-measure"].score, 4),
                            "words": len(found["ARI"]),
                            "seconds": round(seconds, 1),
                        }
                    )
                    print(rows[-1], flush=True)
        keep(options.parts, rows + compare(held, list(sets), corpus.n_tokens))
    rows += compare(held, list(sets), corpus.n_tokens)
    keep(options.parts, rows)
    show(rows)


if __name__ == "__main__":
    main()
