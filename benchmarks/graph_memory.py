"""How much memory do knowledge graphs take: read, held, and refused?

    python benchmarks/graph_memory.py
    python benchmarks/graph_memory.py --edges 100000 --mb 50

Synthetic files are written to a temporary folder and read by processes of their own:

- a table of a million edges between 200,000 concepts, with and without weights of their own;
- an ``MRREL.RRF`` of 1 GB in the columns of UMLS, each relation from both of its ends and some of them twice;
- files that are no graphs: a line of 300 MB, plain and packed, and packed repetitions of one row.

Memory is anonymous memory (what belongs to the process and to no file), sampled every 10 ms. ``held`` is what a process
has after it read the graph, less what it had before; ``peak`` the highest while it read, less the same. What a process
has before is an interpreter that has read a graph of three edges with the same reader.
"""

import gc
import gzip
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness import arguments_parser, record, show
from process import anonymous_mb, run

#: Concepts of the table of edges; of MRREL, one for so many bytes.
CONCEPTS, BYTES_PER_CONCEPT = 200_000, 2_000
HEADER = "source\ttarget\trelation\tweight\n"
SMALL_ROW = "C0000001|A1|AUI|PAR|C0000002|A2|AUI||R1||MSH|MSH|||N||\n"
BOMB_MB = 300


def edge_lines(edges: int, concepts: int, weighted: bool) -> Iterator[str]:
    """Yield rows of a table of distinct edges, drawn with a fixed seed."""
    import numpy as np

    rng = np.random.default_rng(1)
    names = ("synonym", "isa", "part_of", "related")
    for start in range(0, edges, 100_000):
        count = min(100_000, edges - start)
        sources = rng.integers(0, concepts, count)
        targets = (sources + rng.integers(1, concepts, count)) % concepts
        weights = rng.random(count) + 0.1
        for i, (source, target) in enumerate(zip(sources.tolist(), targets.tolist(), strict=True)):
            weight = f"{weights[i]:.4f}" if weighted else "1"
            yield f"C{source:07d}\tC{target:07d}\t{names[i % 4]}\t{weight}\n"


def rrf_lines(size: int) -> Iterator[str]:
    """Yield some 100,000 rows at a time of an MRREL of about so many bytes."""
    import numpy as np

    rng = np.random.default_rng(2)
    concepts = max(100, size // BYTES_PER_CONCEPT)
    labels = (
        ("PAR", "CHD", "inverse_isa", "isa"),
        ("RO", "RO", "has_finding_site", "finding_site_of"),
        ("RB", "RN", "", ""),
    )
    written = number = 0
    while written < size:
        first = rng.integers(0, concepts, 25_000)
        second = (first + rng.integers(1, concepts, 25_000)) % concepts
        rows = []
        for a, b, kind in zip(first.tolist(), second.tolist(), rng.integers(0, 3, 25_000).tolist(), strict=True):
            there, back, label, label_back = labels[kind]
            number += 1
            end = "||SNOMEDCT_US|SNOMEDCT_US||Y|N||\n"
            rows.append(f"C{a:07d}|A{a:08d}|SCUI|{there}|C{b:07d}|A{b:08d}|SCUI|{label}|R{number:09d}{end}")
            rows.append(f"C{b:07d}|A{b:08d}|SCUI|{back}|C{a:07d}|A{a:08d}|SCUI|{label_back}|R{number:09d}{end}")
        rows += rows[::20]
        text = "".join(rows)
        written += len(text)
        yield text


def write_lines(path: Path, head: str, lines: Iterator[str]) -> None:
    """Write a file line by line."""
    with path.open("w", encoding="utf-8") as stream:
        stream.write(head)
        stream.writelines(lines)


def write_bomb(path: Path, megabytes: int) -> None:
    """Write a line, or rows, of so many MB; packed if the name says so."""
    row = SMALL_ROW.encode() if "MRREL" in path.name else b"a" * 64
    with gzip.open(path, "wb", 6) if path.suffix == ".gz" else path.open("wb") as stream:
        for _ in range(megabytes):
            stream.write(row * (2**20 // len(row)))


def read(path: Path, small: Path) -> dict[str, Any]:
    """Read a graph in this process; return what it took."""
    from wordvec.errors import WordvecError
    from wordvec.knowledge.reading import read_graph

    read_graph(small)
    gc.collect()
    before, highest, ended = anonymous_mb(), [0.0], threading.Event()

    def watch() -> None:
        while not ended.wait(0.01):
            highest[0] = max(highest[0], anonymous_mb())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    try:
        graph = read_graph(path)
        found = {"concepts": len(graph), "edges": graph.n_edges, "refused": ""}
        arrays = (graph.indptr, graph.indices, graph.relations)
        found["arrays MB"] = round(sum(array.nbytes for array in arrays) / 2**20, 1)
    except WordvecError as error:
        found = {"concepts": 0, "edges": 0, "refused": str(error).replace(str(path), path.name)}
    seconds = time.perf_counter() - began
    gc.collect()
    held = anonymous_mb() - before
    ended.set()
    watcher.join()
    return found | {"seconds": round(seconds, 2), "held MB": round(held, 1), "peak MB": round(highest[0] - before, 1)}


def measure(what: str, path: Path, small: Path) -> dict[str, Any]:
    """Return the row of one file, read by a process of its own."""
    done = run([sys.executable, __file__, "--one", json.dumps([str(path), str(small)])])
    size = path.stat().st_size / 2**20
    path.unlink()
    return {"file": what, "MB": round(size, 1), **json.loads(done.output.splitlines()[-1])}


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument(
        "--edges", type=int, default=None, help="rows of the table (default: 1,000,000; short: 100,000)"
    )
    parser.add_argument("--mb", type=int, default=None, help="size of MRREL in MB (default: 1,024; short: 20)")
    parser.add_argument("--one", help="used by the script itself: read once and report")
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(read(*map(Path, json.loads(arguments.one)))))
        return
    edges = arguments.edges or (100_000 if arguments.short else 1_000_000)
    megabytes = arguments.mb or (20 if arguments.short else 1024)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small_table, small_rrf = folder / "small.tsv", folder / "small.RRF"
        small_table.write_text(HEADER + "a\tb\tisa\t1\nb\tc\tisa\t2\n", encoding="utf-8")
        small_rrf.write_text(SMALL_ROW, encoding="utf-8")
        concepts = min(CONCEPTS, max(10, edges // 5))
        for what, head, weighted in (
            ("edges, both ways, weights 1", HEADER.replace("source", "node1").replace("target", "node2"), False),
            ("edges, one way, weights 1", HEADER, False),
            (
                "edges, both ways, weights of their own",
                HEADER.replace("source", "node1").replace("target", "node2"),
                True,
            ),
        ):
            path = folder / "edges.tsv"
            write_lines(path, head, edge_lines(edges, concepts, weighted))
            rows.append(measure(what, path, small_table))
            show(rows[-1:])
        path = folder / "MRREL.RRF"
        write_lines(path, "", rrf_lines(megabytes << 20))
        rows.append(measure("MRREL", path, small_rrf))
        show(rows[-1:])
        for bomb in ("line.txt", "line.obo.gz", "MRREL.RRF.gz"):
            write_bomb(folder / bomb, BOMB_MB)
            rows.append(measure(bomb, folder / bomb, small_rrf))
            show(rows[-1:])
    record("graph_memory", rows)


if __name__ == "__main__":
    main()
