"""A file of text to saved vectors, each tool a whole process: how long, how much memory, how much disk?

    python benchmarks/end_to_end.py --mb 100

English Wikipedia, one sentence a line; 5 epochs, dim 100, 2 threads. ``wordvec train`` on the command
line stands beside a script that uses gensim as its documentation shows (``LineSentence``) and beside
gensim's faster way (``corpus_file``), both saving their vectors. The ratio is gensim's better mode of
the same round by the contender, on the wall. The vectors of the last round are scored on WordSim-353.
"""

import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from harness import Sample, arguments_parser, best_of, interleaved, peer, ratios, record, show
from process import run
from text import word_similarity, write_bytes

import wordvec as wv

GENSIM = """
import sys
from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence
mode, text, output, dim, epochs, threads = sys.argv[1:]
source = {"corpus_file": text} if mode == "file" else {"sentences": LineSentence(text)}
settings = {"vector_size": int(dim), "epochs": int(epochs), "workers": int(threads)}
model = Word2Vec(**source, **settings, sg=1, window=5, negative=5, sample=1e-3, min_count=5)
model.wv.save_word2vec_format(output, binary=True)
"""


def commands(text: Path, folder: Path, dim: int, epochs: int, threads: int) -> dict[str, tuple[list[object], Path]]:
    """Return each contender's command and where its vectors will be."""
    settings = [dim, epochs, threads]
    ours = [sys.executable, "-m", "wordvec", "train", text, "--tokenizer", "whitespace", "--overwrite"]
    ours += ["--dim", dim, "--epochs", epochs, "--threads", threads]
    found: dict[str, tuple[list[object], Path]] = {"wordvec": ([*ours, "-o", folder / "ours.wv"], folder / "ours.wv")}
    found["wordvec racing"] = ([*ours, "-o", folder / "racing.wv", "--racing"], folder / "racing.wv")
    if peer("gensim"):
        for name, mode in (("gensim, LineSentence", "lines"), ("gensim, file", "file")):
            output = folder / f"{mode}.bin"
            found[name] = ([sys.executable, "-c", GENSIM, mode, text, output, *settings], output)
    return found


def measure(text: Path, arguments: Any, folder: Path, rounds: int) -> list[dict[str, Any]]:
    """Return one row for each contender."""
    found = commands(text, folder, arguments.dim, arguments.epochs, arguments.threads)
    small = folder / "small.txt"
    small.write_text("we sow the seed in the field .\n" * 200, encoding="utf-8")
    run([sys.executable, "-m", "wordvec", "doctor", "--warmup"])  # what a first run compiles is not counted
    for command, _ in commands(small, folder, arguments.dim, 1, arguments.threads).values():
        run(command)

    def task(command: list[object]) -> Sample:
        done = run(command)
        return Sample(done.wall, done.cpu, done)

    samples = interleaved({name: partial(task, command) for name, (command, _) in found.items()}, rounds)
    peers = [[s.wall for s in samples[name]] for name in samples if name.startswith("gensim")]
    rows = []
    for name, (_, output) in found.items():
        wall = [sample.wall for sample in samples[name]]
        row: dict[str, Any] = {"contender": name, "MB": round(text.stat().st_size / 1e6, 1)}
        row |= {"dim": arguments.dim, "epochs": arguments.epochs, "threads": arguments.threads, "rounds": rounds}
        row["seconds"] = round(statistics.median(wall), 2)
        row["CPU seconds"] = round(statistics.median(sample.cpu for sample in samples[name]), 2)
        if peers:
            row["ratio"] = ratios(best_of(*peers), wall)
        row["peak MB"] = round(max(sample.result.peak_mb for sample in samples[name]))
        row["MB written"] = round(max(sample.result.written_mb for sample in samples[name]))
        row["WordSim-353"] = round(word_similarity(wv.read_vectors(output), arguments.data), 4)
        rows.append(row)
    return rows


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--mb", type=float, default=None, help="size of the text in MB; default: 100; short: 5")
    parser.add_argument("--rounds", type=int, default=None, help="default: 3; short: 1")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    size = arguments.mb or (5 if arguments.short else 100)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_bytes(arguments.data, int(size * 1e6), folder / "text.txt")
        rows = measure(folder / "text.txt", arguments, folder, arguments.rounds or (1 if arguments.short else 3))
    show(rows)
    record("end_to_end", rows)


if __name__ == "__main__":
    main()
