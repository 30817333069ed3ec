"""How much faster than a plain dictionary, and than products of sparse matrices, is retrofitting, and what bounds it?

    python benchmarks/retrofit_speed.py --words 400000 --nodes 149000 --edges 1870000 --rounds 5

Ten sweeps over random vectors and a random graph of WordNet's size (synonyms, hypernyms, hyponyms); time does not
depend on what they mean. The plain implementation is the method as one would write it from its equation, with a dict of
vectors and a dict of neighbors; some nodes are swept over and the time is multiplied. SciPy multiplies a sparse matrix
of the graph with the vectors of its nodes. The copy moves as many bytes as a sweep has to read: what memory allows.
The three results are checked against each other.
"""

import sys
from pathlib import Path

import numpy as np
from harness import arguments_parser, ratios, record, show, walls
from scipy import sparse

from wordvec import Embeddings, Vocabulary
from wordvec.knowledge.retrofit import retrofit
from wordvec.knowledge.solvers import Sweeper, make_pulls
from wordvec.lexicon import Lexicon, make_csr

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import naive_retrofit

SWEEPS = 10


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--words", type=int, default=None, help="default: 400,000; short: 40,000")
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--nodes", type=int, default=None, help="words with an edge; default: 149,000; short: 15,000")
    parser.add_argument("--edges", type=int, default=None, help="both ways counted; default: 1,870,000; short: 187,000")
    parser.add_argument("--sample", type=int, default=None, help="nodes of the dictionary; default: 5,000; short: 500")
    parser.add_argument("--threads", type=int, default=2, help="of the run with threads")
    parser.add_argument("--rounds", type=int, default=None, help="default: 5; short: 2")
    arguments = parser.parse_args()
    part = 10 if arguments.short else 1
    for name, full in (("words", 400_000), ("nodes", 149_000), ("edges", 1_870_000), ("sample", 5_000)):
        setattr(arguments, name, getattr(arguments, name) or full // part)
    rounds = arguments.rounds or (2 if arguments.short else 5)
    embeddings, lexicon = random_graph(arguments.words, arguments.dim, arguments.nodes, arguments.edges)
    pulls = make_pulls(lexicon, alpha=1.0, beta="degree")
    sample = first_nodes(lexicon, pulls.nodes[: arguments.sample])
    found: dict[str, np.ndarray] = {}
    names = embeddings.vocabulary.words
    needed = np.union1d(pulls.nodes[: arguments.sample], sample.indices).tolist()
    rows = {names[i]: embeddings.vectors[i].astype(np.float64) for i in needed}  # as a text file is read into a dict
    neighbors = {names[node]: sample.neighbors(names[node]) for node in pulls.nodes[: arguments.sample].tolist()}

    def dictionary() -> None:
        moved = naive_retrofit.retrofit(rows, neighbors, iterations=SWEEPS)
        found["dictionary"] = np.array([moved[word] for word in neighbors])

    def scipy() -> None:
        found["scipy"] = by_products(embeddings, lexicon, pulls.nodes)

    def sweeps(threads: int) -> None:
        moved, sweep = embeddings.vectors.copy(), Sweeper(pulls, arguments.dim, threads)
        for _ in range(SWEEPS):
            sweep(embeddings.vectors, moved, moved)
        found[f"{threads}"] = moved

    numbers = np.empty(len(lexicon.indices) * arguments.dim // 2, np.float32)  # a copy reads them and writes as many
    other = np.ones_like(numbers)

    def copy() -> None:
        for _ in range(SWEEPS):
            np.copyto(numbers, other)

    tasks = {
        "dictionary": dictionary,
        "scipy": scipy,
        "copy": copy,
        "whole call": lambda: retrofit(embeddings, lexicon, iterations=SWEEPS, tolerance=0.0),
        f"{arguments.threads} threads": lambda: sweeps(arguments.threads),
        "sweeps": lambda: sweeps(1),
    }
    seconds = walls(tasks, rounds)
    factor = len(pulls.nodes) / len(neighbors)
    seconds["dictionary"] = [second * factor for second in seconds["dictionary"]]
    if found["1"].tobytes() != found[f"{arguments.threads}"].tobytes():
        raise SystemExit("threads changed a bit")
    check(found, embeddings, lexicon, sample, len(neighbors), pulls.nodes)
    size = {"words": arguments.words, "dim": arguments.dim, "nodes": len(pulls.nodes), "edges": len(lexicon.indices)}
    rows_read = len(lexicon.indices) * arguments.dim * 4 * SWEEPS / 1e9
    result = [
        {
            "peer": peer,
            **size,
            "ratio to ours": ratios(seconds[peer], seconds["sweeps"]),
            "seconds": {tool: sorted(seconds[tool])[rounds // 2] for tool in (peer, "sweeps")},
            "GB/s of neighbors read": round(rows_read / sorted(seconds[peer])[rounds // 2], 2),
            "extrapolated": f"from {len(neighbors)} nodes" if peer == "dictionary" else "no",
        }
        for peer in seconds
    ]
    show(result)
    record("retrofit_speed", result)


def random_graph(words: int, dim: int, nodes: int, edges: int) -> tuple[Embeddings, Lexicon]:
    """Return random vectors, and edges both ways between random pairs of some of their words."""
    rng = np.random.default_rng(1)
    vocabulary = Vocabulary(tuple(f"w{i}" for i in range(words)), np.arange(words, 0, -1))
    vectors = rng.standard_normal((words, dim), dtype=np.float32)
    linked = np.sort(rng.choice(words, nodes, replace=False))
    ends = np.unique(np.sort(linked[rng.integers(0, nodes, (edges // 2, 2))], axis=1), axis=0)
    ends = ends[ends[:, 0] != ends[:, 1]]
    ends = np.concatenate([ends, ends[:, ::-1]])
    csr = make_csr(ends[:, 0], ends[:, 1], np.ones(len(ends)), np.zeros(len(ends)), words)
    return Embeddings(vocabulary, vectors), Lexicon(vocabulary, *csr)


def first_nodes(lexicon: Lexicon, nodes: np.ndarray) -> Lexicon:
    """Return the lexicon in which only some nodes are pulled."""
    sources = np.repeat(np.arange(lexicon.n_nodes), lexicon.degrees)
    kept = np.isin(sources, nodes)
    edges = sources[kept], lexicon.indices[kept], lexicon.weights[kept], lexicon.relations[kept]
    return Lexicon(lexicon.vocabulary, *make_csr(*edges, lexicon.n_nodes))


def by_products(embeddings: Embeddings, lexicon: Lexicon, nodes: np.ndarray) -> np.ndarray:
    """Return the vectors of the nodes after as many sweeps that move all at once, each a product."""
    place = np.zeros(len(embeddings), np.int64)
    place[nodes] = np.arange(len(nodes))
    degrees = lexicon.degrees[nodes]
    shares = np.repeat(0.5 / degrees, degrees).astype(np.float32)
    indptr = np.concatenate([[0], np.cumsum(degrees)])
    matrix = sparse.csr_matrix((shares, place[lexicon.indices], indptr), shape=(len(nodes), len(nodes)))
    halves = np.float32(0.5) * embeddings.vectors[nodes]
    rows = embeddings.vectors[nodes]
    for _ in range(SWEEPS):
        rows = matrix @ rows
        rows += halves
    return rows


def check(
    found: dict[str, np.ndarray],
    embeddings: Embeddings,
    lexicon: Lexicon,
    sample: Lexicon,
    count: int,
    nodes: np.ndarray,
) -> None:
    """Raise unless each peer found what the kernel finds by the same sweeps."""
    few = retrofit(embeddings, sample, iterations=SWEEPS, tolerance=0.0).vectors[nodes[:count]]
    jacobi = retrofit(embeddings, lexicon, iterations=SWEEPS, tolerance=0.0, solver="jacobi").vectors[nodes]
    for peer, difference in (
        ("dictionary", float(np.abs(found["dictionary"] - few).max())),
        ("scipy", float(np.abs(found["scipy"] - jacobi).max())),
    ):
        print(f"{peer}\tlargest difference from ours {difference:.1e}")
        if difference > 1e-5:
            raise SystemExit(f"{peer} and the kernel differ")


if __name__ == "__main__":
    main()
