"""How fast is the disambiguated skip-gram beside plain skip-gram?

    python benchmarks/speed_senses.py --rounds 3

Both train 100 dimensions on the first part of enwiki2014, window 5, 5 noise words, interleaved; K = 3. Tokens a
second are those of the text times the passes, the start of the gates and the count of senses included (``whole``)
or not (``passes``). The noise words of a window are shared by all its words to predict: ten words meet five noise
words, where skip-gram shares them among the six of a shrunk window. ``official`` is the ratio of tokens per
core-second to what the authors report of their program: about 1e9 tokens, four passes, 2.5 days on 24 cores.
"""

import time
from typing import Any

from harness import arguments_parser, interleaved, ratios, record, show, timed
from sense_induction import read_corpus

from wordvec import Corpus, SkipGram
from wordvec.progress import Progress
from wordvec.train.disambiguated import DisambiguatedSkipGram

#: Tokens per core-second of the released program, by its authors' account.
OFFICIAL = 1e9 * 4 / (2.5 * 86_400 * 24)


def passes(trainer: DisambiguatedSkipGram, corpus: Corpus, threads: int) -> float:
    """Train; return the seconds from the first to the last report of the passes over the text."""
    seen: dict[str, list[float]] = {}

    def watch(report: Progress) -> None:
        if report.unit == "words" and report.stage != "contexts":
            seen.setdefault(report.stage, []).append(time.perf_counter())

    trainer.train(corpus, threads=threads, progress=watch)
    return sum(times[-1] - times[0] for times in seen.values())


def main() -> None:
    parser = arguments_parser(__doc__ or "")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    corpus = read_corpus(options.data, 1)
    epochs = 2 if options.short else 5
    ours = DisambiguatedSkipGram(gate_epochs=epochs - 1, epochs=1) if options.short else DisambiguatedSkipGram()
    rows: list[dict[str, Any]] = []
    for threads in (1, 2):
        tasks = {
            "skip-gram": lambda n=threads: timed(lambda: SkipGram(epochs=epochs).train(corpus, threads=n)),
            "senses": lambda n=threads: timed(lambda: passes(ours, corpus, n)),
        }
        for task in tasks.values():
            task()
        samples = interleaved(tasks, 1 if options.short else options.rounds)
        tokens = corpus.n_tokens * epochs
        plain = [tokens / sample.wall for sample in samples["skip-gram"]]
        whole = [tokens / sample.wall for sample in samples["senses"]]
        core = [tokens / sample.cpu for sample in samples["senses"]]
        inside = [tokens / sample.result for sample in samples["senses"]]
        rows += [
            {
                "threads": threads,
                "tokens": corpus.n_tokens,
                "passes over the text": epochs,
                "skip-gram, tokens a second": round(sorted(plain)[len(plain) // 2]),
                "senses, whole": round(sorted(whole)[len(whole) // 2]),
                "senses / skip-gram, whole": ratios(whole, plain),
                "senses / skip-gram, passes": ratios(inside, plain),
                "tokens per core-second / official": ratios(core, [OFFICIAL] * len(core)),
            }
        ]
    record("speed_senses", rows)
    show(rows)


if __name__ == "__main__":
    main()
