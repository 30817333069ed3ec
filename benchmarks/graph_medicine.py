"""Do medical ontologies make vectors of medical text better, and which diseases gain?

    python benchmarks/graph_medicine.py --seeds 1 2 3 4 5

Vectors of 6.6 million words of medical text (skip-gram; names of concepts are joined to words) are trained plainly,
jointly with a graph, and retrofitted to it. The graph is the Disease Ontology, MeSH and the Human Phenotype Ontology;
or as many edges between random words that it links ("random"); or its own edges with shuffled ends, so that each word
has as many as before ("shuffled"). Edges that are test pairs are left out.

Similarity: UMNSRS and Bio-SimLex, Spearman, each against plain by the paired test of ``compare_outcomes``.
Classification: Ohsumed's 23 groups of diseases, by the file's own split. A document is the mean of its words' unit
vectors, weighted by a / (a + p(word)), a = 1e-3 (Arora et al. 2017), scaled to length one; logistic regression, C and
the graph's weight by five-fold cross-validation (macro F1) on the training documents of the first seed. Text of all
documents, those for testing too, is in the corpus of every arm, without labels. Differences: bootstrap over the
test documents, the same draw for all seeds and arms.
"""

import argparse
import lzma
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from harness import arguments_parser, record

import wordvec as wv
from wordvec.evaluate.comparison.compare import compare_outcomes
from wordvec.evaluate.outcome import Outcome
from wordvec.evaluate.similarity import read_pairs, score_similarity
from wordvec.evaluate.words import look_up
from wordvec.knowledge.mapping import make_lexicon
from wordvec.lexicon import Lexicon, make_csr
from wordvec.text.encode import encode
from wordvec.text.phrases import PhraseMerger
from wordvec.text.tokenize import tokenize

GRAPHS = ("doid/doid-subsets-merged.obo.xz", "hpo/hp.obo.xz", "mesh/2017MeshTree.tsv.xz")
TESTS = ("UMNSRS-sim", "UMNSRS-rel", "Bio-SimLex")
JOINT, ALPHAS, COSTS = (0.03, 0.1, 0.3, 1.0, 3.0), (0.3, 1.0, 3.0), (10.0, 100.0, 1_000.0)
SIF = 1e-3
RESAMPLES = 2_000


class Documents(NamedTuple):
    """Labelled documents as words, in the order of the file; ``train`` says which are for training."""

    words: list[list[str]]
    labels: np.ndarray
    train: np.ndarray


class Arm(NamedTuple):
    """A way to make vectors: its name, the strengths to choose from, and what makes vectors from seed and strength."""

    name: str
    strengths: tuple[float, ...]
    make: Callable[[int, float], wv.Embeddings]


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=None, help="default: 1 2 3 4 5; short: 1")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=None, help="default: 10; short: 3")
    parser.add_argument("--joint", type=float, nargs="+", default=None, help="weights to choose from")
    arguments = parser.parse_args()
    arguments.seeds = arguments.seeds or ([1] if arguments.short else [1, 2, 3, 4, 5])
    arguments.epochs = arguments.epochs or (3 if arguments.short else 10)
    arguments.joint = tuple(arguments.joint or ((0.3,) if arguments.short else JOINT))
    arguments.alphas, arguments.costs = ((1.0,), COSTS[1:2]) if arguments.short else (ALPHAS, COSTS)
    record("graph_medicine", measure(arguments))


def measure(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    from wordvec.knowledge.reading import read_graph

    graph = read_graph([arguments.data / "kg" / "medical" / name for name in GRAPHS])
    assert graph.terms is not None
    merger = PhraseMerger.from_texts(graph.terms.texts)
    with tempfile.TemporaryDirectory() as folder:
        corpus = encode(
            sorted((arguments.data / "corpus" / "medical").glob("*.xz")), phrases=merger, output=folder + "/c"
        )
        documents = read_documents(arguments.data / "eval" / "medical-text" / "ohsumed23.tsv.xz", merger)
        tests = [arguments.data / "eval" / "medical-similarity" / f"{name}.txt" for name in TESTS]
        lexicon, dropped = without_pairs(make_lexicon(graph, corpus.vocabulary), tests)
        rows = [describe(corpus, lexicon, dropped)]
        show(rows[-1])
        arms = make_arms(arguments, corpus, lexicon)
        chosen = [choose(arm, arguments, corpus, documents, rows) for arm in arms]
        outcomes: dict[str, list[list[Outcome]]] = {arm.name: [] for arm in arms}
        guesses: dict[str, list[np.ndarray]] = {arm.name: [] for arm in arms}
        for seed in arguments.seeds:
            for arm, (strength, cost) in zip(arms, chosen, strict=True):
                vectors = arm.make(seed, strength)
                outcomes[arm.name].append(score_pairs(vectors, tests))
                guesses[arm.name].append(classify(features(vectors, corpus, documents), documents, cost))
        rows += [*tell_similarity(outcomes), *tell_classes(guesses, documents)]
    return rows


def show(row: dict[str, Any]) -> None:
    print(*(f"{key} {value}" for key, value in row.items()), sep="\t", flush=True)


def read_documents(path: Path, merger: PhraseMerger) -> Documents:
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        next(stream)
        rows = [line.rstrip("\n").split("\t") for line in stream]
    words = [merger.merge(tokenize(row[3])) for row in rows]
    return Documents(words, np.array([row[1] for row in rows]), np.array([row[0] == "training" for row in rows]))


def without_pairs(lexicon: Lexicon, tests: Sequence[Path]) -> tuple[Lexicon, int]:
    """Return a lexicon without edges that are test pairs, and how many pairs these were."""
    index = lexicon.vocabulary.index
    asked = chain.from_iterable(read_pairs(path).words for path in tests)
    pairs = [(index.get(a.lower(), -1), index.get(b.lower(), -1)) for a, b in asked]
    keys = {a * lexicon.n_nodes + b for x, y in pairs for a, b in ((x, y), (y, x)) if min(x, y) >= 0}
    sources = np.repeat(np.arange(lexicon.n_nodes), lexicon.degrees)
    kept = ~np.isin(sources * lexicon.n_nodes + lexicon.indices, sorted(keys))
    parts = sources[kept], lexicon.indices[kept], lexicon.weights[kept], lexicon.relations[kept]
    return with_edges(lexicon, *parts), lexicon.n_pairs - with_edges(lexicon, *parts).n_pairs


def with_edges(lexicon: Lexicon, *parts: np.ndarray) -> Lexicon:
    indptr, indices, weights, relations = make_csr(*parts, lexicon.n_nodes)
    return replace(lexicon, indptr=indptr, indices=indices, weights=weights, relations=relations)


def controls(lexicon: Lexicon, seed: int = 1) -> dict[str, Lexicon]:
    """Return as many edges between random linked words, and edges with shuffled ends (degrees as they are).

    Words that meet themselves or twice by it are drawn again, up to 100 times; what is left then is dropped.
    """
    rng = np.random.default_rng(seed)
    sources = np.repeat(np.arange(lexicon.n_nodes), lexicon.degrees)
    one_way = sources < lexicon.indices
    first, second, relation = sources[one_way], lexicon.indices[one_way].astype(np.int64), lexicon.relations[one_way]
    linked = np.flatnonzero(lexicon.degrees)
    made = {}
    for name in ("random", "shuffled"):
        a, b = first.copy(), rng.permutation(second)
        if name == "random":
            a, b = rng.choice(linked, len(first)), rng.choice(linked, len(first))
        for _ in range(100):
            bad = np.flatnonzero(faults(a, b, relation, lexicon.n_nodes))
            others = rng.choice(len(b), len(bad))
            if name == "random":
                b[bad] = rng.choice(linked, len(bad))
            else:
                for i, j in zip(bad.tolist(), others.tolist(), strict=True):
                    b[i], b[j] = b[j], b[i]
        kept = ~faults(a, b, relation, lexicon.n_nodes)
        ends = np.concatenate([a[kept], b[kept]]), np.concatenate([b[kept], a[kept]])
        made[name] = with_edges(lexicon, *ends, np.ones(len(ends[0])), np.tile(relation[kept], 2))
    return made


def faults(a: np.ndarray, b: np.ndarray, relation: np.ndarray, n: int) -> np.ndarray:
    keys = (np.minimum(a, b) * n + np.maximum(a, b)) * 1_000 + relation
    _, place, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return (a == b) | (counts[place] > 1)


def describe(corpus: wv.Corpus, lexicon: Lexicon, dropped: int) -> dict[str, Any]:
    found, phrases = lexicon.metadata["found"]["concepts"], corpus.metadata["report"]["phrases"]
    linked = int(np.count_nonzero(lexicon.degrees))
    row = {"what": "graph", "tokens": corpus.n_tokens, "words": len(corpus.vocabulary), "linked_words": linked}
    row |= {"edges": lexicon.n_pairs, "test_pairs_left_out": dropped, "concepts": found}
    kept = phrases["occurrences"] - phrases["taken_apart"]["occurrences"]
    return row | {"relations": lexicon.relation_names, "phrases_joined": kept}


def make_arms(arguments: argparse.Namespace, corpus: wv.Corpus, lexicon: Lexicon) -> list[Arm]:
    """Return all ways to make vectors; plain ones first."""
    memory: dict[tuple[int, float, str], wv.Embeddings] = {}

    def train(name: str, edges: Lexicon | None, seed: int, strength: float) -> wv.Embeddings:
        if (seed, strength, name) not in memory:
            trainer = wv.SkipGram(dim=arguments.dim, epochs=arguments.epochs, seed=seed)
            memory[seed, strength, name] = trainer.train(corpus, lexicon=edges, graph_weight=strength).embeddings
        return memory[seed, strength, name]

    def fit(edges: Lexicon, seed: int, strength: float) -> wv.Embeddings:
        from wordvec.knowledge.retrofit import retrofit

        return retrofit(train("plain", None, seed, 0.0), edges, alpha=strength)

    graphs = {"graph": lexicon, **controls(lexicon)}
    arms = [Arm("plain", (0.0,), partial(train, "plain", None))]
    arms += [Arm(f"joint {name}", arguments.joint, partial(train, name, edges)) for name, edges in graphs.items()]
    try:
        import wordvec.knowledge.retrofit  # noqa: F401
    except ImportError:
        print("retrofitting is left out: it is not there yet")
        return arms
    return arms + [Arm(f"retrofit {name}", arguments.alphas, partial(fit, edges)) for name, edges in graphs.items()]


def features(vectors: wv.Embeddings, corpus: wv.Corpus, documents: Documents) -> np.ndarray:
    """Return float64[documents, D]: weighted means of unit vectors, scaled to length one; zero without a known word."""
    index, total = vectors.vocabulary.index, corpus.n_tokens
    weights = SIF / (SIF + vectors.vocabulary.counts / total)
    unit = vectors.vectors / np.maximum(np.linalg.norm(vectors.vectors, axis=1, keepdims=True), 1e-12)
    unit = unit.astype(np.float64) * weights[:, None]
    rows = [[index[word] for word in words if word in index] for words in documents.words]
    means = np.stack([unit[found].sum(axis=0) for found in rows])
    return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)


def model(cost: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=cost, max_iter=2_000)


def choose(
    arm: Arm, arguments: argparse.Namespace, corpus: wv.Corpus, documents: Documents, rows: list[dict[str, Any]]
) -> tuple[float, float]:
    """Return the strength and the cost with the best macro F1 in the folds of the training documents."""
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    folds = StratifiedKFold(5, shuffle=True, random_state=1)
    found = {}
    for strength in arm.strengths:
        began = time.perf_counter()
        given = features(arm.make(arguments.seeds[0], strength), corpus, documents)[documents.train]
        seconds = time.perf_counter() - began
        for cost in arguments.costs:
            scored = cross_val_score(
                model(cost), given, documents.labels[documents.train], cv=folds, scoring="f1_macro"
            )
            found[strength, cost] = float(scored.mean())
        best = max(found[strength, cost] for cost in arguments.costs)
        rows.append({"what": "folds", "arm": arm.name, "strength": strength, "macro_f1": round(best, 4)})
        rows[-1]["seconds"] = round(seconds, 1)
        show(rows[-1])
    strength, cost = max(found, key=lambda key: found[key])
    return strength, cost


def classify(given: np.ndarray, documents: Documents, cost: float) -> np.ndarray:
    """Return the label that each test document is given."""
    train = documents.train
    return np.asarray(model(cost).fit(given[train], documents.labels[train]).predict(given[~train]))


def score_pairs(vectors: wv.Embeddings, tests: Sequence[Path]) -> list[Outcome]:
    return [outcome for path in tests for outcome in score_similarity(look_up(vectors), read_pairs(path))[:1]]


def tell_similarity(outcomes: dict[str, list[list[Outcome]]]) -> list[dict[str, Any]]:
    """Return Spearman's correlation of each arm, and its difference to plain with the paired interval."""
    table = compare_outcomes(outcomes, resamples=0)
    rows = []
    for _, found in table[table["first"] == "plain"].iterrows():
        row = {"what": "similarity", "test": found["dataset"], "arm": found["second"], "n": int(found["n"])}
        row |= {"plain": round(found["score_first"], 4), "score": round(found["score_second"], 4)}
        row |= {"difference": round(-found["difference"], 4), "low": round(-found["high"], 4)}
        rows.append(row | {"high": round(-found["low"], 4), "p": float(f"{found['p']:.2g}")})
        show(rows[-1])
    return rows


def f1_scores(truth: np.ndarray, guess: np.ndarray, n: int, weights: np.ndarray) -> np.ndarray:
    """Return float64[n]: F1 of each class; 0 where nobody guesses it or it is not there."""
    hits = np.bincount(truth, weights * (truth == guess), minlength=n)
    size = np.bincount(truth, weights, minlength=n) + np.bincount(guess, weights, minlength=n)
    return np.divide(2 * hits, size, out=np.zeros(n), where=size > 0)


def tell_classes(guesses: dict[str, list[np.ndarray]], documents: Documents) -> list[dict[str, Any]]:
    """Return micro and macro F1, F1 of small, middle and large classes and of each class, and differences to plain."""
    names, labels = np.unique(documents.labels, return_inverse=True)
    truth, n = labels[~documents.train], len(names)
    coded = {arm: [np.searchsorted(names, guess) for guess in found] for arm, found in guesses.items()}
    sizes = np.bincount(truth, minlength=n)
    order = np.argsort(sizes, kind="stable")
    groups = {"small": order[: n // 3], "middle": order[n // 3 : 2 * n // 3], "large": order[2 * n // 3 :]}

    def measures(arm: str, weights: np.ndarray) -> np.ndarray:
        f1 = np.mean([f1_scores(truth, guess, n, weights) for guess in coded[arm]], axis=0)
        micro = np.mean([weights @ (truth == guess) / weights.sum() for guess in coded[arm]])
        return np.array([micro, f1.mean(), *(f1[group].mean() for group in groups.values()), *f1])

    asked = ["micro", "macro", *groups, *names.tolist()]
    rng = np.random.default_rng(1)
    draws = rng.multinomial(len(truth), np.full(len(truth), 1 / len(truth)), RESAMPLES).astype(np.float64)
    whole = {arm: measures(arm, np.ones(len(truth))) for arm in coded}
    drawn = {arm: np.stack([measures(arm, weights) for weights in draws]) for arm in coded}
    rows = []
    for arm in coded:
        low, high = np.percentile(drawn[arm] - drawn["plain"], [2.5, 97.5], axis=0)
        for i, what in enumerate(asked):
            size = int(sizes[i - 2 - len(groups)]) if i >= 2 + len(groups) else len(truth)
            if what in groups:
                size = int(sizes[groups[what]].sum())
            row = {
                "what": "classes",
                "arm": arm,
                "class": what,
                "documents": size,
                "f1": round(float(whole[arm][i]), 4),
            }
            if arm != "plain":
                row["difference"] = round(float(whole[arm][i] - whole["plain"][i]), 4)
                row |= {"low": round(float(low[i]), 4), "high": round(float(high[i]), 4)}
            rows.append(row)
            if i < 2 + len(groups):
                show(row)
    return rows


if __name__ == "__main__":
    main()
