"""Are our vectors as good as gensim's? Equal text, equal settings, several seeds of each.

Trains skip-gram and CBOW with gensim and with us, in blocks (the default) and racing on one thread (one window after
the other), on 20 million words of the enwiki2014 corpus (lower-cased, split at white space); scores them on
WordSim-353, MEN and the Google analogies (top 50,000 words); prints means, difference to gensim, its 95 % interval
(Welch), and the p-value of an equivalence test (two one-sided t-tests) within 0.01 of a correlation and half a
percent of the analogies.

    python benchmarks/quality_gensim.py --models build/models

A model that is already in ``--models`` is not trained again.
"""

import lzma
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from harness import arguments_parser, record

import wordvec as wv
from wordvec.evaluate.analogy import read_questions
from wordvec.evaluate.sets.datasets import bundled

WINDOW, NEGATIVE, EPOCHS, MIN_COUNT = 5, 5, 3, 5
RATES = {"skipgram": 0.025, "cbow": 0.05}
TOOLS = ("gensim", "wordvec", "racing")
#: Seeds for each length of vectors.
SEEDS = {100: 8, 300: 3}
#: Differences that do not matter.
BOUNDS = {"WordSim-353": 0.01, "MEN": 0.01, "Google analogies": 0.005}


def read_sentences(data: Path, parts: int) -> Iterator[list[str]]:
    for number in range(1, parts + 1):
        with lzma.open(
            data / "corpus" / "enwiki2014" / f"enwiki2014-{number:02}.txt.xz", "rt", encoding="utf-8"
        ) as lines:
            for line in lines:
                if line.strip():
                    yield [sys.intern(word) for word in line.lower().split()]


def train_gensim(sentences: list[list[str]], model: str, dim: int, seed: int) -> wv.Embeddings:
    from gensim.models import Word2Vec

    trained = Word2Vec(
        sentences,
        vector_size=dim,
        window=WINDOW,
        negative=NEGATIVE,
        epochs=EPOCHS,
        min_count=MIN_COUNT,
        alpha=RATES[model],
        sg=int(model == "skipgram"),
        seed=seed,
        workers=1,
    ).wv
    counts = np.array([trained.get_vecattr(word, "count") for word in trained.index_to_key])
    return wv.Embeddings(wv.Vocabulary(tuple(trained.index_to_key), counts), trained.vectors, {"tool": "gensim"})


def train_ours(corpus: wv.Corpus, model: str, dim: int, seed: int, racing: bool) -> wv.Embeddings:
    made = {"skipgram": wv.SkipGram, "cbow": wv.CBOW}[model]
    trainer = made(dim=dim, window=WINDOW, negative=NEGATIVE, epochs=EPOCHS, lr=RATES[model], seed=seed)
    return trainer.train(corpus, threads=1 if racing else None, racing=racing).embeddings


def jobs(dims: list[int], seeds: int | None, tools: list[str]) -> list[tuple[str, str, int, int]]:
    """Return tool, model, length of vectors and seed of each training."""
    return [
        (tool, model, dim, seed)
        for dim in dims
        for model in RATES
        for seed in range(1, (seeds or SEEDS[dim]) + 1)
        for tool in tools
    ]


def train_all(data: Path, models: Path, parts: int, wanted: list[tuple[str, str, int, int]]) -> None:
    missing = [job for job in wanted if not (models / f"{name_of(*job)}.wv").exists()]
    if not missing:
        return
    sentences = list(read_sentences(data, parts))
    corpus = wv.Corpus.from_sentences(sentences, min_count=MIN_COUNT)
    print(f"{corpus.n_tokens} tokens, {len(corpus.vocabulary)} words", flush=True)
    for tool, model, dim, seed in missing:
        began = time.perf_counter()
        if tool == "gensim":
            made = train_gensim(sentences, model, dim, seed)
        else:
            made = train_ours(corpus, model, dim, seed, tool == "racing")
        made.save(models / f"{name_of(tool, model, dim, seed)}.wv")
        print(f"{name_of(tool, model, dim, seed)}\t{time.perf_counter() - began:.1f} s", flush=True)


def name_of(tool: str, model: str, dim: int, seed: int) -> str:
    return f"{tool}-{model}-{dim}-{seed}"


def score(path: Path, data: Path) -> dict[str, float]:
    vectors = wv.Embeddings.load(path)
    scores = {}
    for name, file in (("WordSim-353", "EN-WS-353-ALL.txt"), ("MEN", "EN-MEN-TR-3k.txt")):
        rows = wv.evaluate_similarity(vectors, data / "eval" / "similarity" / file)
        scores[name] = float(rows.loc[rows["metric"] == "spearman", "score"].iloc[0])
    questions = read_questions(bundled("questions-words.txt"))
    rows = wv.evaluate_analogies(vectors, questions, method=("3cosadd",), restrict=50_000)
    overall = rows["metric"].str.contains("accuracy") & rows["dataset"].str.endswith(": all")
    scores["Google analogies"] = float(rows.loc[overall, "score"].iloc[0])
    return scores


def compare(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return means, their difference to gensim's with its 95 % interval, and the p-value of equivalence."""
    from scipy import stats

    found = []
    groups = sorted({(r["dim"], r["model"], r["tool"]) for r in rows if r["tool"] != "gensim"}, key=str)
    for dim, model, tool in groups:
        for name, bound in BOUNDS.items():
            ours, theirs = (
                np.array([r[name] for r in rows if (r["tool"], r["model"], r["dim"]) == (who, model, dim)], dtype=float)
                for who in (tool, "gensim")
            )
            if len(ours) < 2 or len(theirs) < 2:
                continue
            interval = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval()
            above = stats.ttest_ind(ours + bound, theirs, equal_var=False, alternative="greater").pvalue
            below = stats.ttest_ind(ours - bound, theirs, equal_var=False, alternative="less").pvalue
            found.append(
                {
                    "model": model,
                    "dim": dim,
                    "threading": {"wordvec": "blocks", "racing": "racing, one thread"}[str(tool)],
                    "set": name,
                    "wordvec": round(float(ours.mean()), 4),
                    "gensim": round(float(theirs.mean()), 4),
                    "difference": round(float(ours.mean() - theirs.mean()), 4),
                    "low": round(float(interval.low), 4),
                    "high": round(float(interval.high), 4),
                    "not worse, p": round(float(above), 5),
                    "equivalent, p": round(float(max(above, below)), 5),
                    "seeds": f"{len(ours)} + {len(theirs)}",
                }
            )
    return found


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--models", type=Path, default=Path("build/models"))
    parser.add_argument("--parts", type=int, default=4, help="files of five million words")
    parser.add_argument("--dims", type=int, nargs="*", default=list(SEEDS))
    parser.add_argument("--seeds", type=int, default=None, help="default: 8 of 100 dimensions, 3 of 300")
    parser.add_argument("--tools", nargs="*", default=list(TOOLS), choices=TOOLS)
    parser.add_argument("--no-training", action="store_true", help="compare the models that are there")
    arguments = parser.parse_args()
    arguments.models.mkdir(parents=True, exist_ok=True)
    wanted = jobs(arguments.dims, 2 if arguments.short else arguments.seeds, arguments.tools)
    if arguments.no_training:
        wanted = [job for job in wanted if (arguments.models / f"{name_of(*job)}.wv").exists()]
    train_all(arguments.data, arguments.models, 1 if arguments.short else arguments.parts, wanted)
    rows: list[dict[str, object]] = []
    for tool, model, dim, seed in wanted:
        path = arguments.models / f"{name_of(tool, model, dim, seed)}.wv"
        rows.append({"tool": tool, "model": model, "dim": dim, "seed": seed, **score(path, arguments.data)})
    summary = compare(rows)
    for row in summary:
        print(*(f"{key} {value}" for key, value in row.items()), sep="\t")
    record("quality_gensim_seeds", rows)
    record("quality_gensim", summary)


if __name__ == "__main__":
    main()
