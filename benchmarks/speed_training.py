"""How fast do the trainers train, beside other tools, and how good are the vectors of the same runs?

    python benchmarks/speed_training.py
    python benchmarks/speed_training.py --tokens 1000000 --epochs 1 --rounds 3 --dims 100

Everybody trains from scratch on the same Wikipedia text, in turn, once a round; the vectors of each run
are scored on WordSim-353. Words a second are words of the vocabulary times epochs. A ratio is the median
over rounds (lowest-highest) of gensim's seconds, in its better mode of that round, by the contender's;
``cpu ratio`` compares CPU seconds, which other work on the machine disturbs less. What a first run
compiles is not counted; ``startup.py`` tells it.
"""

import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from contenders import Contender, Task, contenders
from harness import Sample, arguments_parser, best_of, interleaved, ratios, record, show
from text import Text, wikipedia, word_similarity

#: (model, dim, threads), the most important first.
FULL = (
    *(("skipgram", dim, threads) for dim in (100, 300) for threads in (1, 2)),
    *(("cbow", 100, threads) for threads in (1, 2)),
)
SHORT = (("skipgram", 100, 1), ("skipgram", 100, 2), ("cbow", 100, 2))


def measure(text: Text, task: Task, rounds: int, data: Path) -> list[dict[str, Any]]:
    """Return one row for each contender in a task."""
    taking_part = contenders(task)
    small = Text(text.path.with_name("small.txt"))
    small.path.write_text("".join(f"{' '.join(sentence)}\n" for sentence in text.sentences[:500]), "utf-8")
    for contender in taking_part.values():
        contender(small, Task(task.model, task.dim, task.threads, 1), 1)
    scores: dict[str, list[float]] = {name: [] for name in taking_part}

    def run(name: str, contender: Contender) -> Sample:
        sample = contender(text, task, 1 + len(scores[name]))
        scores[name].append(word_similarity(sample.result, data))
        return sample._replace(result=None)

    samples = interleaved({name: partial(run, name, each) for name, each in taking_part.items()}, rounds)
    words = text.corpus.n_tokens * task.epochs
    return [_row(name, samples, scores[name], task, words) for name in taking_part]


def _row(name: str, samples: dict[str, list[Sample]], scores: list[float], task: Task, words: int) -> dict[str, Any]:
    wall = [sample.wall for sample in samples[name]]
    cpu = [sample.cpu for sample in samples[name]]
    row: dict[str, Any] = {
        "model": task.model,
        "dim": task.dim,
        "threads": task.threads,
        "contender": name,
        "words/s": round(words / statistics.median(wall)),
        "words/CPU s": round(words / statistics.median(cpu)),
    }
    modes = [samples[mode] for mode in ("gensim, lists", "gensim, file") if mode in samples]
    if modes:
        row["ratio"] = ratios(best_of(*([s.wall for s in mode] for mode in modes)), wall)
        row["cpu ratio"] = ratios(best_of(*([s.cpu for s in mode] for mode in modes)), cpu)
    row["WordSim-353"] = round(statistics.mean(scores), 4)
    row["score low-high"] = f"{min(scores):.3f}-{max(scores):.3f}"
    row["tokens"], row["epochs"], row["rounds"] = words // task.epochs, task.epochs, len(wall)
    return row


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument("--tokens", type=int, default=None, help="default: 7,000,000; short: 500,000")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=None, help="default: 5; short: 3")
    parser.add_argument("--dims", type=int, nargs="*", help="only these lengths of vectors")
    parser.add_argument("--models", nargs="*", choices=["skipgram", "cbow"], help="only these models")
    parser.add_argument("--threads", type=int, nargs="*", help="only these numbers of threads")
    arguments = parser.parse_args()
    tokens = arguments.tokens or (500_000 if arguments.short else 7_000_000)
    rounds = arguments.rounds or (3 if arguments.short else 5)
    chosen = [
        task
        for task in (SHORT if arguments.short else FULL)
        if (not arguments.models or task[0] in arguments.models)
        and (not arguments.dims or task[1] in arguments.dims)
        and (not arguments.threads or task[2] in arguments.threads)
    ]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        text = wikipedia(arguments.data, tokens, Path(folder) / "text.txt")
        print(f"{text.corpus.n_tokens:,} tokens, {len(text.corpus.vocabulary):,} words", flush=True)
        for model, dim, threads in chosen:
            found = measure(text, Task(model, dim, threads, arguments.epochs), rounds, arguments.data)
            show(found)
            rows += found
            record("speed_training", rows)


if __name__ == "__main__":
    main()
