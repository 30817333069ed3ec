"""Do synonyms and antonyms from WordNet and PPDB make English vectors better at similarity, and what do they cost?

    python benchmarks/graph_english.py --parts 7 --models build/models

Skip-gram vectors of English Wikipedia (2014), SimLex-999 before and after retrofitting (synonyms), counter-fitting and
Attract-Repel (synonyms alone, and antonyms too); WordSim-353, MEN and the Google analogies beside it. All pairs of
SimLex-999, WordSim-353 and MEN are taken out of the edges first, in either order. An edge that was taken out may come
back as a path of two, so the pairs of SimLex-999 that no third word joins stand beside it: what is learnt about them
was not read off the graph.

What is chosen (whether vectors are centered first; steps of counter-fitting; epochs of Attract-Repel) is chosen by a
tenth of the edges that is held out, those that no third word joins: how often a synonym pair is nearer than an antonym
pair, and than a random pair (``held out``: the mean of both). No test set takes part in it. The final run uses all
edges. ``gain`` is the difference to the vectors as they were trained, on the same pairs, ``low`` and ``high`` its 95 %
interval over words; ``p`` that of a paired bootstrap, which is the more cautious.
"""

import hashlib
import lzma
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from typing import Any

import numpy as np
from harness import arguments_parser, record, show

import wordvec as wv
from wordvec.embeddings import scale_rows
from wordvec.evaluate.analogy import read_questions, score_analogies
from wordvec.evaluate.comparison.compare import compare_outcomes
from wordvec.evaluate.outcome import Outcome
from wordvec.evaluate.sets.datasets import bundled
from wordvec.evaluate.similarity import Pairs, read_pairs, score_similarity
from wordvec.evaluate.words import look_up
from wordvec.knowledge.attract_repel import AttractRepel
from wordvec.knowledge.constraints import join_pairs
from wordvec.knowledge.counter_fitting import counter_fit
from wordvec.lexicon import Lexicon

TESTS = ("SimLex-999", "EN-WS-353-ALL", "EN-MEN-TR-3k")
SYNONYMS = ("wordnet-3.0/wordnet-synonyms.txt.xz", "faruqui-retrofitting-lexicons/ppdb-xl.txt.xz")
ANTONYMS = ("counter-fitting/ppdb_antonyms.txt", "counter-fitting/wordnet_antonyms.txt.xz")
#: Words that may answer an analogy.
WORDS = 50_000

Pair = tuple[str, str]
Method = Callable[[wv.Embeddings, Lexicon], wv.Embeddings]


@dataclass(frozen=True)
class Edges:
    """Synonyms and antonyms; none of them is a pair of a test set."""

    synonyms: tuple[Pair, ...]
    antonyms: tuple[Pair, ...]
    excluded: int = 0

    def lexicon(self, vocabulary: wv.Vocabulary, antonyms: bool) -> Lexicon:
        pairs = {"synonym": self.synonyms} | ({"antonym": self.antonyms} if antonyms else {})
        return join_pairs(pairs, vocabulary)

    def split(self) -> "tuple[Edges, Edges]":
        """Return nine tenths, and the tenth that is held out: a hash of the pair decides."""
        parts = [
            (tuple(p for p in pairs if is_held(p)), tuple(p for p in pairs if not is_held(p))) for pairs in self.both
        ]
        kept = Edges(parts[0][1], parts[1][1])
        held = [tuple(pair for pair, is_apart in zip(p[0], kept.apart(p[0]), strict=True) if is_apart) for p in parts]
        return kept, Edges(*held)

    def apart(self, pairs: Sequence[Pair]) -> list[bool]:
        """Tell of each pair whether no third word is joined with both of its words."""
        around: dict[str, set[str]] = defaultdict(set)
        for one, other in chain(*self.both):
            around[one].add(other)
            around[other].add(one)
        return [not around[one.lower()] & around[other.lower()] for one, other in pairs]

    @property
    def both(self) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
        return self.synonyms, self.antonyms


def is_held(pair: Pair) -> bool:
    return hashlib.sha256(" ".join(sorted(pair)).encode()).digest()[0] % 10 == 0


def read_lines(path: Path) -> Iterator[list[str]]:
    with (lzma.open if path.suffix == ".xz" else open)(path, "rt", encoding="utf-8") as lines:
        yield from (line.lower().split() for line in lines)


def read_edges(data: Path, names: tuple[str, ...]) -> set[Pair]:
    """Return pairs in alphabetical order: the first word of a line with each of the others."""
    found = set()
    for name in names:
        for words in read_lines(data / "kg" / name):
            found.update((min(words[0], other), max(words[0], other)) for other in words[1:] if other != words[0])
    return found


def load_edges(data: Path) -> Edges:
    tests = {tuple(sorted(map(str.lower, pair))) for name in TESTS for pair in read_pairs(test_file(data, name)).words}
    synonyms, antonyms = read_edges(data, SYNONYMS), read_edges(data, ANTONYMS)
    excluded = len(synonyms & tests) + len(antonyms & tests)
    return Edges(tuple(sorted(synonyms - tests)), tuple(sorted(antonyms - tests)), excluded)


def test_file(data: Path, name: str) -> Path:
    return data / "eval" / "similarity" / f"{name}.txt"


def trained(data: Path, parts: int, dim: int, epochs: int, folder: Path) -> wv.Embeddings:
    """Return vectors of the first parts of the corpus; those in the folder are not trained again."""
    path = folder / f"graph-english-{parts}-{dim}-{epochs}.wv"
    if not path.exists():
        texts = sorted((data / "corpus" / "enwiki2014").glob("enwiki2014-*.txt.xz"))[:parts]
        corpus = wv.encode(texts, reading=wv.Reading(tokenizer="whitespace"), min_count=5)
        folder.mkdir(parents=True, exist_ok=True)
        wv.SkipGram(dim=dim, epochs=epochs).train(corpus).save(path)
    return wv.Embeddings.load(path)


def centered(vectors: wv.Embeddings) -> wv.Embeddings:
    """Return vectors without what all have in common; neighbors within a radius mean little before."""
    units = scale_rows(vectors.vectors)
    return wv.Embeddings(
        vectors.vocabulary, scale_rows(units - units.mean(axis=0, dtype=np.float64).astype(np.float32))
    )


def unit_length(vectors: wv.Embeddings) -> wv.Embeddings:
    return wv.Embeddings(vectors.vocabulary, scale_rows(vectors.vectors))


def retrofitting() -> Method | None:
    try:
        from wordvec.knowledge.retrofit import retrofit
    except ImportError:
        return None
    return lambda vectors, lexicon: retrofit(vectors, lexicon)


def counter_fitting(iterations: int) -> Method:
    return lambda vectors, lexicon: counter_fit(vectors, lexicon, iterations=iterations)


def attract_repel(epochs: int) -> Method:
    return AttractRepel(epochs=epochs).specialize


def choices(short: bool) -> dict[str, dict[str, Method]]:
    """Return the settings that are tried, by method."""
    retrofit = retrofitting()
    steps, epochs = ((5, 20), (2, 5)) if short else ((5, 10, 20, 40), (1, 2, 5, 10))
    return {
        **({"retrofit": {"": retrofit}} if retrofit else {}),
        "counter_fit": {f"iterations={n}": counter_fitting(n) for n in steps},
        "AttractRepel": {f"epochs={n}": attract_repel(n) for n in epochs},
    }


def held_out_score(vectors: wv.Embeddings, held: Edges, rng: np.random.Generator) -> float:
    """Return how often held-out synonyms are nearer than held-out antonyms, and than random pairs: the mean of both."""
    units = scale_rows(vectors.vectors)
    near, far = (
        np.array([[vectors.vocabulary.get(word) for word in pair] for pair in pairs])
        for pairs in (held.synonyms, held.antonyms)
    )
    near, far = near[(near >= 0).all(axis=1)], far[(far >= 0).all(axis=1)]
    random = np.stack([near[:, 0], rng.permutation(near[:, 1])], axis=1)
    cosines = [(units[pairs[:, 0]] * units[pairs[:, 1]]).sum(axis=1) for pairs in (near, far, random)]
    return float(np.mean([auc(cosines[0], others) for others in cosines[1:]]))


def auc(high: np.ndarray, low: np.ndarray) -> float:
    """Return how often a number of ``high`` is above one of ``low``."""
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, "left") + np.searchsorted(ordered, high, "right")
    return float(below.mean() / (2 * len(low)))


def load_tests(data: Path, edges: Edges) -> list[Pairs]:
    """Return the test sets, and after the first those of its pairs that no third word joins."""
    tests = [read_pairs(test_file(data, name)) for name in TESTS]
    first = tests[0]
    apart = edges.apart(first.words)
    words = tuple(pair for pair, is_apart in zip(first.words, apart, strict=True) if is_apart)
    return [first, Pairs(f"{first.name}, no third word", "", words, first.scores[apart]), *tests[1:]]


def outcomes(vectors: wv.Embeddings, tests: list[Pairs]) -> list[Outcome]:
    """Return Spearman's correlations and the accuracy of analogies."""
    found = []
    for pairs in tests:
        scored = score_similarity(look_up(vectors), pairs)
        found += [outcome for outcome in scored if outcome.metric == "spearman"]
    questions = read_questions(bundled("questions-words.txt"))
    every = score_analogies(look_up(vectors, restrict=WORDS), questions, method=["3cosadd"])
    return found + [
        outcome for outcome in every if outcome.metric.endswith("accuracy") and outcome.dataset.endswith(": all")
    ]


def gains(name: str, vectors: wv.Embeddings, before: list[Outcome], tests: list[Pairs]) -> Iterator[dict[str, Any]]:
    """Yield a row for each test set."""
    table = compare_outcomes({"after": [outcomes(vectors, tests)], "before": [before]})
    for row in table.to_dict("records"):
        yield {
            "vectors": name,
            "test": row["dataset"],
            "n": row["n"],
            "before": round(row["score_second"], 4),
            "after": round(row["score_first"], 4),
            "gain": round(row["difference"], 4),
            "low": round(row["low"], 4),
            "high": round(row["high"], 4),
            "p": round(row["p_bootstrap"], 4),
        }


def choose(
    starts: dict[str, wv.Embeddings], edges: Edges, antonyms: bool, short: bool
) -> Iterator[tuple[str, str, str, Method, float]]:
    """Yield for each method the start and settings that do best on held-out edges, and how well."""
    kept, held = edges.split()
    for method, tried in choices(short).items():
        if method == "retrofit" and antonyms:
            continue
        scores = {}
        for start, setting in product(starts, tried):
            lexicon = kept.lexicon(starts[start].vocabulary, antonyms)
            after = tried[setting](starts[start], lexicon)
            scores[start, setting] = held_out_score(after, held, np.random.default_rng(1))
            print(
                "tried",
                method,
                "with antonyms" if antonyms else "",
                start,
                setting,
                f"{scores[start, setting]:.4f}",
                flush=True,
            )
        start, setting = max(scores, key=lambda key: scores[key])
        yield method, start, setting, tried[setting], scores[start, setting]


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--parts", type=int, default=None, help="parts of the corpus; default: all 7; short: 1")
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--models", type=Path, default=Path("build/models"), help="folder of vectors")
    parser.add_argument("--vectors", type=Path, default=None, help="vectors to use instead of training any")
    arguments = parser.parse_args()
    data, short = arguments.data, arguments.short
    if arguments.vectors:
        vectors = wv.Embeddings.load(arguments.vectors)
    else:
        parts = arguments.parts or (1 if short else 7)
        vectors = trained(data, parts, arguments.dim, 1 if short else arguments.epochs, arguments.models)
    edges, starts = load_edges(data), {"unit length": unit_length(vectors), "centered": centered(vectors)}
    tests = load_tests(data, edges)
    before = outcomes(vectors, tests)
    rows = list(gains("centered", starts["centered"], before, tests))
    for antonyms in (False, True):
        lexicon = edges.lexicon(vectors.vocabulary, antonyms)
        print(f"{lexicon}; {edges.excluded:,} pairs of test sets taken out", flush=True)
        for method, start, setting, apply, score in choose(starts, edges, antonyms, short):
            after = apply(starts[start], lexicon)
            name = f"{method}, {'synonyms and antonyms' if antonyms else 'synonyms'}"
            settings = {"start": start, "setting": setting, "held out": round(score, 4), "edges": lexicon.n_pairs}
            rows += [{**row, **settings} for row in gains(name, after, before, tests)]
            show(rows[-len(before) :])
    record("graph_english", rows)


if __name__ == "__main__":
    main()
