"""How do time and memory of training grow with the text and with the vocabulary?

    python benchmarks/growth.py
    python benchmarks/growth.py --tokens 1 2 --words 50000 --dim 100

Texts drawn by Zipf's law, of 1, 2, 4 ... 40 million tokens with one vocabulary, and of one size with
vocabularies of 50 thousand, 200 thousand and a million words. Each training is a process of its own that
opens a corpus on the disk and trains one epoch of skip-gram. Memory is anonymous memory (what belongs to
the process and to no file), sampled every 10 ms: the highest, less what the process had after a tiny
training, less the two padded matrices. The text is mapped, not
loaded, and every sentence is a document, as in a file of plain lines. A figure goes to
``results/growth.svg``.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from harness import RESULTS, arguments_parser, record, show
from process import anonymous_mb, run
from text import zipf_corpus

import wordvec as wv

#: Sizes of texts in million tokens, with the vocabulary beside; sizes of vocabularies, with the text beside.
TOKENS, WORDS_BESIDE = (1, 2, 4, 8, 16, 32, 40), 200_000
WORDS, TOKENS_BESIDE = (50_000, 200_000, 1_000_000), 8


def train(path: Path, dim: int, threads: int, racing: bool) -> dict[str, float]:
    """Train on the corpus at ``path`` in this process; return its seconds and its memory before."""
    import time

    trainer = wv.SkipGram(dim=dim, epochs=1)
    tiny = wv.Corpus.from_sentences([[f"w{(7 * i + j) % 999}" for j in range(12)] for i in range(6_000)], min_count=1)
    wv.SkipGram(dim=dim, epochs=1, subsample=0).train(tiny, threads=threads, racing=racing)
    idle = anonymous_mb()
    corpus = wv.Corpus.load(path)
    opened = anonymous_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    training = trainer.train(corpus, threads=threads, racing=racing)
    seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return {**seconds, "idle": idle, "opened": opened - idle, "words": len(training.embeddings)}


def measure(tokens: int, words: int, arguments: Any, folder: Path) -> dict[str, Any]:
    """Return the row of one training in a process of its own."""
    path = folder / f"{tokens}-{words}.wvc"
    if not path.exists():  # made in a process of its own too: what it used is given back
        run([sys.executable, __file__, "--make", json.dumps([str(path), tokens, words])])
    one = json.dumps([str(path), arguments.dim, arguments.threads, arguments.racing])
    done = run([sys.executable, __file__, "--one", one])
    found = json.loads(done.output.splitlines()[-1])
    padded = -(-arguments.dim // 16) * 16
    matrices = 2 * words * padded * 4 / 2**20
    return {
        "million tokens": tokens / 1e6,
        "words": words,
        "dim": arguments.dim,
        "threads": arguments.threads,
        "seconds": round(found["wall"], 2),
        "tokens/CPU s": round(tokens / found["cpu"]),
        "matrices MB": round(matrices),
        "idle MB": round(found["idle"]),
        "words and tables of the corpus MB": round(found["opened"]),
        "above idle and matrices MB": round(done.anonymous_mb - found["idle"] - matrices),
    }


def plot(rows: list[dict[str, Any]], sizes: int) -> None:
    """Draw time and memory: the first ``sizes`` rows against the text, the others against the vocabulary."""
    import matplotlib

    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "growth"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(9, 6), layout="constrained")
    parts = ((rows[:sizes], "million tokens", "text, million tokens"), (rows[sizes:], "words", "vocabulary, words"))
    for column, (part, key, label) in enumerate(parts):
        across = [row[key] for row in part]
        for line, (value, name) in enumerate(
            (("seconds", "seconds, one epoch"), ("above idle and matrices MB", "MB above idle and matrices"))
        ):
            axis = axes[line][column]
            axis.plot(across, [row[value] for row in part], marker="o")
            axis.set_xlabel(label)
            axis.set_ylabel(name)
            axis.set_xlim(left=0)
            axis.set_ylim(0, 1.1 * max(1.0, *(row[value] for row in part)))
            axis.xaxis.set_major_formatter("{x:,g}")
            axis.grid(alpha=0.3)
    figure.suptitle(f"Skip-gram, dim {rows[0]['dim']}, {rows[0]['threads']} thread(s)")
    figure.savefig(RESULTS / "growth.svg", metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--tokens", type=float, nargs="*", help="sizes of texts, in millions")
    parser.add_argument("--words", type=int, nargs="*", help="sizes of vocabularies")
    parser.add_argument("--dim", type=int, default=None, help="default: 300; short: 100")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--racing", action="store_true", help="let threads race, where the trainers can")
    parser.add_argument("--one", help="used by the script itself: train once and report")
    parser.add_argument("--make", help="used by the script itself: write a corpus")
    arguments = parser.parse_args()
    if arguments.one:
        path, *rest = json.loads(arguments.one)
        print(json.dumps(train(Path(path), *rest)))
        return
    if arguments.make:
        path, tokens, words = json.loads(arguments.make)
        zipf_corpus(tokens, words).save(path)
        return
    arguments.dim = arguments.dim or (100 if arguments.short else 300)
    sizes = arguments.tokens or ((0.5, 1, 2) if arguments.short else TOKENS)
    vocabularies = arguments.words or ((20_000, 100_000) if arguments.short else WORDS)
    beside_words = min(WORDS_BESIDE, max(vocabularies))
    beside_tokens = min(TOKENS_BESIDE, max(sizes))
    asked = [(size, beside_words) for size in sizes] + [(beside_tokens, words) for words in vocabularies]
    measured: dict[tuple[float, int], dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for millions, words in dict.fromkeys(asked):
            row = measure(max(round(millions * 1e6), words), words, arguments, Path(folder))
            show([row])
            measured[millions, words] = row
    record("growth", list(measured.values()))
    plot([measured[each] for each in asked], len(sizes))


if __name__ == "__main__":
    main()
