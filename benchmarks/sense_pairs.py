"""Do senses tell when a word means the same in two sentences, and how alike two words in context are?

    python benchmarks/sense_pairs.py --parts 3

Trained on parts of enwiki2014, one seed: the disambiguated skip-gram with three and with five senses, with one sense
and, beside it, plain skip-gram; context k-means (k = 3) on the latter.

- ``kappa`` (MCL-WiC, training pairs): whether two sentences get the same label agrees with what people say, corrected
  for chance. The start of the gates was chosen by it.
- ``wic`` (MCL-WiC, development pairs): accuracy, threshold from the training pairs; the second number is that of
  contexts without senses.
- ``scws``: Spearman's correlation of AvgSimC at several temperatures, and of what needs no senses. Temperatures are all
  shown; none is chosen.
- ``similarity``: one sense beside plain skip-gram of as many passes on WordSim-353, MEN and SimLex-999.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show
from sense_induction import read_corpus
from sklearn.metrics import cohen_kappa_score

from wordvec import Corpus, Embeddings, SkipGram
from wordvec.evaluate.contextual_similarity import score_contextual_similarity
from wordvec.evaluate.sense_tags import gather_contexts
from wordvec.evaluate.sets.context_pairs import ContextPairs, read_context_pairs, read_usage_pairs
from wordvec.evaluate.similarity import evaluate_similarity
from wordvec.evaluate.word_in_context import read_word_in_context, score_word_in_context
from wordvec.evaluate.words import Lookup, look_up
from wordvec.senses.embeddings import SenseEmbeddings
from wordvec.senses.gating import sense_probabilities
from wordvec.train.context_clusters import ContextClusters
from wordvec.train.disambiguated import DisambiguatedSkipGram

TEMPERATURES = (1.0, 2.0, 5.0, 10.0, 20.0)
SIMILARITY = {"WordSim-353": "EN-WS-353-ALL.txt", "MEN": "EN-MEN-TR-3k.txt", "SimLex-999": "SimLex-999.txt"}


def same_labels(lookup: Lookup, senses: SenseEmbeddings, pairs: ContextPairs) -> tuple[float, int]:
    """Return Cohen's kappa of equal labels with equal meanings, and of how many pairs."""
    rows = lookup.rows(pairs.words)
    kept = np.flatnonzero((rows >= 0).all(axis=1))
    labels = []
    for side in (0, 1):
        around = [pairs.around[item][side] for item in kept.tolist()]
        contexts = gather_contexts(lookup, rows[kept, side], around)
        labels.append(sense_probabilities(senses, rows[kept, side], contexts).argmax(axis=1))
    return float(cohen_kappa_score(pairs.scores[kept] > 0.5, labels[0] == labels[1])), len(kept)


def score_senses(name: str, senses: SenseEmbeddings, data: Path) -> list[dict[str, Any]]:
    """Return the rows of one system of senses."""
    lookup, folder = look_up(senses), data / "eval" / "wic" / "mcl-wic"
    kappa, n = same_labels(lookup, senses, read_usage_pairs(folder / "training.en-en.data.xz", tokenizer="alnum"))
    rows: list[dict[str, Any]] = [
        {"system": name, "set": "MCL-WiC training", "metric": "kappa", "score": kappa, "n": n}
    ]
    for outcome in score_word_in_context(lookup, read_word_in_context(folder / "dev.en-en.data.xz", tokenizer="alnum")):
        rows.append(
            {"system": name, "set": "MCL-WiC dev", "metric": outcome.metric, "score": outcome.score, "n": len(outcome)}
        )
    scws = read_context_pairs(data / "eval" / "similarity" / "SCWS-ratings.txt.xz")
    for temperature in TEMPERATURES:
        for outcome in score_contextual_similarity(lookup, scws, temperature=temperature):
            if temperature == 1.0 or outcome.metric.startswith("AvgSimC"):
                metric = f"{outcome.metric.partition(',')[0]}, T = {temperature:g}"
                rows.append(
                    {"system": name, "set": "SCWS", "metric": metric, "score": outcome.score, "n": len(outcome)}
                )
    return rows


def score_words(name: str, vectors: Embeddings, data: Path) -> list[dict[str, Any]]:
    """Return the rows of one vector per word."""
    rows = []
    for test, file in SIMILARITY.items():
        table = evaluate_similarity(vectors, data / "eval" / "similarity" / file)
        found = table[table["metric"].str.startswith("spearman")].iloc[0]
        rows.append({"system": name, "set": test, "metric": "spearman", "score": found["score"], "n": int(found["n"])})
    return rows


def main() -> None:
    parser = arguments_parser(__doc__ or "")
    parser.add_argument("--parts", type=int, default=3, help="parts of enwiki2014 to train on")
    options = parser.parse_args()
    corpus: Corpus = read_corpus(options.data, 1 if options.short else options.parts)
    rows: list[dict[str, Any]] = []
    began = time.perf_counter()
    plain = SkipGram().train(corpus)
    one = DisambiguatedSkipGram(senses=1).train(corpus)
    rows += score_words("skip-gram", plain.embeddings, options.data)
    rows += score_words("disambiguated, K = 1", one.merge(), options.data)
    for name, senses in (
        ("disambiguated, K = 3", DisambiguatedSkipGram().train(corpus)),
        ("disambiguated, K = 5", DisambiguatedSkipGram(senses=5).train(corpus)),
        ("context k-means, k = 3", ContextClusters().induce(corpus, plain)),
    ):
        rows += score_senses(name, senses, options.data)
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    rows = [{**row, "score": round(float(row["score"]), 4), "tokens": corpus.n_tokens} for row in rows]
    record("sense_pairs", rows)
    show(rows)


if __name__ == "__main__":
    main()
