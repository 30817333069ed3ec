"""Are our vectors as good as gensim's? Equal text, equal settings, several seeds of each.

Trains skip-gram and CBOW with both tools on one part of the enwiki2014 corpus (lower-cased, split at
white space), scores them on WordSim-353, MEN and the Google analogies, and prints each tool's mean,
the difference and its 95 % interval (Welch). One JSON line per model goes to ``results/``.

    python benchmarks/quality_gensim.py --data ../shared/data --models build/models --seeds 8

A model that is already in ``--models`` is not trained again.
"""

import argparse
import lzma
import time
from pathlib import Path

import numpy as np
from harness import DATA, record

import wordvec as wv
from wordvec.evaluate.analogy import read_questions
from wordvec.evaluate.datasets import bundled

SETTINGS = {"dim": 100, "window": 5, "negative": 5, "epochs": 5}
RATES = {"skipgram": 0.025, "cbow": 0.05}
MIN_COUNT = 5


def read_sentences(path: Path) -> list[list[str]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        return [line.lower().split() for line in lines if line.strip()]


def train_gensim(sentences: list[list[str]], model: str, seed: int) -> wv.Embeddings:
    from gensim.models import Word2Vec

    trained = Word2Vec(
        sentences,
        vector_size=SETTINGS["dim"],
        window=SETTINGS["window"],
        negative=SETTINGS["negative"],
        epochs=SETTINGS["epochs"],
        min_count=MIN_COUNT,
        alpha=RATES[model],
        sg=int(model == "skipgram"),
        seed=seed,
        workers=1,
    ).wv
    counts = np.array([trained.get_vecattr(word, "count") for word in trained.index_to_key])
    return wv.Embeddings(wv.Vocabulary(tuple(trained.index_to_key), counts), trained.vectors, {"tool": "gensim"})


def train_ours(corpus: wv.Corpus, model: str, seed: int) -> wv.Embeddings:
    trainer = {"skipgram": wv.SkipGram, "cbow": wv.CBOW}[model]
    return trainer(**SETTINGS, lr=RATES[model], seed=seed).train(corpus).embeddings


def train_all(data: Path, models: Path, seeds: int, tools: list[str]) -> None:
    sentences = read_sentences(data / "corpus" / "enwiki2014" / "enwiki2014-01.txt.xz")
    corpus = wv.Corpus.from_sentences(sentences, min_count=MIN_COUNT)
    print(f"{corpus.n_tokens} tokens, {len(corpus.vocabulary)} words", flush=True)
    for seed in range(1, seeds + 1):
        for model in RATES:
            for tool in tools:
                path = models / f"{tool}-{model}-{seed}.wv"
                if path.exists():
                    continue
                began = time.perf_counter()
                made = train_gensim(sentences, model, seed) if tool == "gensim" else train_ours(corpus, model, seed)
                made.save(path)
                print(f"{path.name}\t{time.perf_counter() - began:.1f} s", flush=True)


def score(path: Path, data: Path) -> dict[str, float]:
    vectors = wv.Embeddings.load(path)
    scores = {}
    for name, file in (("WordSim-353", "EN-WS-353-ALL.txt"), ("MEN", "EN-MEN-TR-3k.txt")):
        rows = wv.evaluate_similarity(vectors, data / "eval" / "similarity" / file, resamples=1)
        scores[name] = float(rows.loc[rows["metric"] == "spearman", "score"].iloc[0])
    questions = read_questions(bundled("questions-words.txt"))
    rows = wv.evaluate_analogies(vectors, questions, method=("3cosadd",), resamples=1)
    overall = rows["metric"].str.contains("accuracy") & rows["dataset"].str.endswith(": all")
    scores["Google analogies"] = float(rows.loc[overall, "score"].iloc[0])
    return scores


def compare(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return both tools' means, their difference and its 95 % interval (Welch), for each model and set."""
    from scipy import stats

    found = []
    for model in RATES:
        for name in ("WordSim-353", "MEN", "Google analogies"):
            ours, theirs = (
                np.array([r[name] for r in rows if r["tool"] == tool and r["model"] == model], dtype=float)
                for tool in ("wordvec", "gensim")
            )
            interval = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval()
            found.append(
                {
                    "model": model,
                    "set": name,
                    "wordvec": round(float(ours.mean()), 4),
                    "gensim": round(float(theirs.mean()), 4),
                    "difference": round(float(ours.mean() - theirs.mean()), 4),
                    "low": round(float(interval.low), 4),
                    "high": round(float(interval.high), 4),
                    "seeds": f"{len(ours)} + {len(theirs)}",
                }
            )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--models", type=Path, default=Path("build/models"))
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--tools", nargs="*", default=["wordvec", "gensim"])
    parser.add_argument("--no-scores", action="store_true")
    arguments = parser.parse_args()
    arguments.models.mkdir(parents=True, exist_ok=True)
    train_all(arguments.data, arguments.models, arguments.seeds, arguments.tools)
    if arguments.no_scores:
        return
    rows = []
    for path in sorted(arguments.models.glob("*.wv")):
        tool, model, seed = path.stem.split("-")
        rows.append({"tool": tool, "model": model, "seed": int(seed), **score(path, arguments.data)})
    record("quality_gensim_seeds", rows)
    summary = compare(rows)
    record("quality_gensim", summary)
    for row in summary:
        print(*(f"{key} {value}" for key, value in row.items()), sep="\t")


if __name__ == "__main__":
    main()
