"""From two files of text to aligned slices on the disk, each tool a whole process: how long, how much memory?

    python benchmarks/aligned_speed.py

English Wikipedia, lower-cased, one sentence a line, cut into slices of equal size; 5 epochs, dim 100, the same
threads. ``wordvec align`` trains the compass and all slices (twice the text in all); gensim trains one ``Word2Vec`` for
each slice (once the text), from the files (``corpus_file``, its faster way) and as its documentation shows
(``LineSentence``), and rotates them by orthogonal Procrustes (NumPy), which is how people align its vectors.
``wordvec align --method procrustes`` is that very work by our trainers. The published CADE package stands beside them
where it runs: it needs a fork of gensim that replaces gensim, so it is looked for in the Python that ``--cade``
names. The ratio is a peer's time of the same round by ours; WordSim-353 is the mean over the slices.
"""

import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from harness import Sample, arguments_parser, best_of, interleaved, peer, ratios, record, show
from process import run
from text import wikipedia, word_similarity

import wordvec as wv

GENSIM = """
import sys
import numpy as np
from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence
mode, sg, output, dim, epochs, threads, *files = sys.argv[1:]
found = []
for file in files:
    source = {"corpus_file": file} if mode == "file" else {"sentences": LineSentence(file)}
    settings = {"vector_size": int(dim), "epochs": int(epochs), "workers": int(threads), "sg": int(sg)}
    found.append(Word2Vec(**source, **settings, window=5, negative=5, sample=1e-3, min_count=5).wv)
base = found[-1]
for number, wv in enumerate(found):
    if wv is not base:
        words = [word for word in base.index_to_key if word in wv.key_to_index]
        a, b = (part / np.linalg.norm(part, axis=1, keepdims=True) for part in (wv[words], base[words]))
        u, _, vt = np.linalg.svd(a.T @ b)
        wv.vectors = wv.vectors @ (u @ vt)
    wv.save_word2vec_format(f"{output}-{number}.bin", binary=True)
"""
CADE = """
import sys
from cade.cade import CADE
whole, sg, output, dim, epochs, threads, *files = sys.argv[1:]
settings = {"size": int(dim), "siter": int(epochs), "diter": int(epochs), "workers": int(threads), "sg": int(sg)}
aligner = CADE(**settings, ns=5, window=5, opath=output)
aligner.train_compass(whole, overwrite=True)
for number, file in enumerate(files):
    aligner.train_slice(file, save=True).wv.save_word2vec_format(f"{output}-{number}.bin", binary=True)
"""


def commands(files: list[Path], whole: Path, folder: Path, arguments: Any) -> dict[str, tuple[list[Any], list[Path]]]:
    """Return each contender's command, and what it will have written: slices, or files of vectors."""
    sg = int(arguments.model == "skipgram")
    settings = [arguments.dim, arguments.epochs, arguments.threads]
    ours = [sys.executable, "-m", "wordvec", "align", "--tokenizer", "whitespace", "--overwrite"]
    ours += ["--dim", settings[0], "--epochs", settings[1], "--threads", settings[2], "--model", arguments.model]
    ours += [part for number, file in enumerate(files) for part in ("--slice", f"s{number}={file}")]
    found = {}
    for name, more in (("wordvec, compass", []), ("wordvec, Procrustes", ["--method", "procrustes"])):
        output = folder / f"{name.split()[-1]}.wvs"
        found[name] = ([*ours, *more, "-o", output], [output])
    if peer("gensim"):
        for name, mode in (("gensim, file", "file"), ("gensim, LineSentence", "lines")):
            stem = folder / mode
            written = [folder / f"{mode}-{number}.bin" for number in range(len(files))]
            found[name] = ([sys.executable, "-c", GENSIM, mode, sg, stem, *settings, *files], written)
    if arguments.cade:
        written = [folder / f"cade-{number}.bin" for number in range(len(files))]
        found["CADE"] = ([arguments.cade, "-c", CADE, whole, sg, folder / "cade", *settings, *files], written)
    return found


def quality(written: list[Path], data: Path) -> float:
    """Return the mean WordSim-353 of the slices."""
    if written[0].suffix == ".wvs":
        vectors = list(wv.AlignedSlices.load(written[0]).embeddings)
    else:
        vectors = [wv.read_vectors(path) for path in written]
    return statistics.mean(word_similarity(each, data) for each in vectors)


def cut(lines: list[str], number: int, folder: Path, stem: str) -> list[Path]:
    """Write lines to so many files of equal length."""
    files = [folder / f"{stem}{i}.txt" for i in range(number)]
    for i, file in enumerate(files):
        file.write_text("".join(lines[len(lines) * i // number : len(lines) * (i + 1) // number]), encoding="utf-8")
    return files


def measure(arguments: Any, tokens: int, rounds: int, folder: Path) -> list[dict[str, Any]]:
    """Return one row for each contender."""
    text = wikipedia(arguments.data, tokens, folder / "whole.txt")
    files = cut(text.path.read_text("utf-8").splitlines(keepends=True), arguments.slices, folder, "slice")
    small = cut(["we sow the seed in the field .\n"] * 400, arguments.slices, folder, "small")
    for command, _ in commands(small, small[0], folder, arguments).values():
        run(command)  # what a first run compiles is not counted
    found = commands(files, text.path, folder, arguments)

    def task(command: list[Any]) -> Sample:
        done = run(command)
        return Sample(done.wall, done.cpu, done)

    samples = interleaved({name: partial(task, command) for name, (command, _) in found.items()}, rounds)
    peers = {"gensim": [[s.wall for s in samples[name]] for name in samples if name.startswith("gensim")]}
    peers["CADE"] = [[s.wall for s in samples[name]] for name in samples if name == "CADE"]
    rows = []
    for name, (_, written) in found.items():
        wall = [sample.wall for sample in samples[name]]
        row: dict[str, Any] = {"contender": name, "model": arguments.model, "slices": len(files), "tokens": tokens}
        row |= {"dim": arguments.dim, "epochs": arguments.epochs, "threads": arguments.threads, "rounds": rounds}
        row["seconds"] = round(statistics.median(wall), 2)
        row["CPU seconds"] = round(statistics.median(sample.cpu for sample in samples[name]), 2)
        row |= {f"ratio, {other}": ratios(best_of(*series), wall) for other, series in peers.items() if series}
        row["peak MB"] = round(max(sample.result.peak_mb for sample in samples[name]))
        rows.append(row | {"WordSim-353": round(quality(written, arguments.data), 4)})
    return rows


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--tokens", type=int, default=None, help="of all slices; default: 8,000,000; short: 400,000")
    parser.add_argument("--rounds", type=int, default=None, help="default: 2; short: 1")
    parser.add_argument("--models", nargs="*", default=["skipgram", "cbow"], choices=["skipgram", "cbow"])
    parser.add_argument("--slices", type=int, default=2)
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cade", metavar="PYTHON", help="a Python in which CADE and its fork of gensim are installed")
    arguments = parser.parse_args()
    tokens = arguments.tokens or (400_000 if arguments.short else 8_000_000)
    rows = []
    for model in arguments.models:
        arguments.model = model
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(arguments, tokens, arguments.rounds or (1 if arguments.short else 2), Path(folder))
    show(rows)
    record("aligned_speed", rows)


if __name__ == "__main__":
    main()
