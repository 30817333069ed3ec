"""How much faster than gensim, and than a matrix product with argpartition, are exact nearest neighbors found?

    python benchmarks/speed_neighbors.py --words 500000 --queries 1000 --rounds 5

Random vectors: time does not depend on what they mean. gensim answers one word at a time; a sample of the
queries is timed and its time multiplied. The neighbors are checked against each other and against float64.
"""

import numpy as np
from harness import arguments_parser, ratios, record, walls

import wordvec as wv


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--words", type=int, default=None, help="default: 500,000; short: 100,000")
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--sample", type=int, default=None, help="Queries that gensim answers; default: 30; short: 10")
    parser.add_argument("-k", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=None, help="default: 5; short: 2")
    arguments = parser.parse_args()
    arguments.words = arguments.words or (100_000 if arguments.short else 500_000)
    arguments.sample = arguments.sample or (10 if arguments.short else 30)
    arguments.rounds = arguments.rounds or (2 if arguments.short else 5)
    k, rng = arguments.k, np.random.default_rng(1)
    words = tuple(f"w{i}" for i in range(arguments.words))
    vectors = rng.standard_normal((arguments.words, arguments.dim), dtype=np.float32)
    embeddings = wv.Embeddings(wv.Vocabulary(words, np.arange(len(words), 0, -1)), vectors)
    asked = rng.choice(len(words), arguments.queries, replace=False)
    queries = [words[i] for i in asked]
    keyed = wv.to_gensim(embeddings)
    keyed.fill_norms()
    units = vectors / embeddings.norms[:, None]
    found: dict[str, np.ndarray] = {}

    def gensim() -> None:
        tables = [keyed.most_similar(word, topn=k) for word in queries[: arguments.sample]]
        found["gensim"] = np.array([[keyed.key_to_index[word] for word, _ in table] for table in tables])

    def numpy() -> None:
        found["numpy"] = by_argpartition(units, asked, k)

    def ours() -> None:
        found["wordvec"] = embeddings.nearest_many(queries, k=k).rows

    seconds = walls({"gensim": gensim, "numpy": numpy, "wordvec": ours}, arguments.rounds)
    factor = arguments.queries / arguments.sample
    seconds["gensim"] = [second * factor for second in seconds["gensim"]]
    check(found, units, asked[: arguments.sample], k)
    rows = [
        {
            "peer": peer,
            "words": arguments.words,
            "dim": arguments.dim,
            "queries": arguments.queries,
            "k": k,
            "ratio": ratios(seconds[peer], seconds["wordvec"]),
            "seconds": {tool: sorted(seconds[tool])[len(seconds[tool]) // 2] for tool in (peer, "wordvec")},
            "extrapolated": f"from {arguments.sample} queries" if peer == "gensim" else "no",
        }
        for peer in ("gensim", "numpy")
    ]
    for row in rows:
        print(row["peer"], f"ratio {row['ratio']['median']:.1f}", row["seconds"], sep="\t")
    record("speed_neighbors", rows)


def by_argpartition(units: np.ndarray, asked: np.ndarray, k: int) -> np.ndarray:
    """Return the k nearest rows by one product for 250 queries and a partition of each row, the quickest way found."""
    out = np.empty((len(asked), k), np.int64)
    for start in range(0, len(asked), 250):
        part = asked[start : start + 250]
        similarity = units[part] @ units.T
        similarity[np.arange(len(part)), part] = -np.inf
        for i, row in enumerate(similarity, start):
            best = np.argpartition(row, len(row) - k)[-k:]
            out[i] = best[np.argsort(-row[best], kind="stable")]
    return out


def check(found: dict[str, np.ndarray], units: np.ndarray, asked: np.ndarray, k: int) -> None:
    """Raise unless all tools agree with cosines in float64, but for neighbors that differ by rounding only."""
    exact = units[asked].astype(np.float64) @ units.T.astype(np.float64)
    exact[np.arange(len(asked)), asked] = -np.inf
    best = -np.sort(-exact, axis=1)[:, :k]
    for tool, rows in found.items():
        got = np.take_along_axis(exact, rows[: len(asked)], axis=1)
        difference = float(np.abs(got - best).max())
        same = float((rows[: len(asked)] == found["wordvec"][: len(asked)]).mean())
        print(f"{tool}\tlargest difference from the exact cosines {difference:.1e}, equal to ours {same:.4f}")
        if difference > 1e-6:
            raise SystemExit(f"{tool} missed a neighbor")


if __name__ == "__main__":
    main()
