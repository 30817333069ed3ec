"""How fast are slices trained against a frozen compass, beside slices that gensim trains?

    python benchmarks/slices.py

A Wikipedia text is cut into slices of equal size, and a compass is trained on all of it. Then ours: the
slices against that compass (``CompassAligner.add``). gensim cannot freeze its output matrix, so its fair
counterpart is one ``Word2Vec`` for each slice, with the words of the compass, as many epochs, dim and
threads; like any use of gensim it needs an alignment afterwards, which is not counted. The mean
WordSim-353 of the slices' vectors stands beside the speed.
"""

import statistics
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from harness import Sample, arguments_parser, interleaved, peer, ratios, record, show, timed
from text import wikipedia, word_similarity

import wordvec as wv

SETTINGS = {"window": 5, "negative": 5, "subsample": 1e-3, "lr": 0.025}


def train_ours(
    aligner: wv.CompassAligner, base: wv.AlignedSlices, corpus: wv.Corpus, mode: dict[str, bool], threads: int
) -> Sample:
    """Add every slice of ``corpus`` to ``base``; the result is the new slices' vectors."""
    sample = timed(lambda: aligner.add(base, corpus, threads=threads, **mode))
    return sample._replace(result=list(sample.result.embeddings[len(base.labels) :]))


def train_gensim(slices: list[list[list[str]]], vocabulary: wv.Vocabulary, trainer: Any, threads: int) -> Sample:
    """Train one model of gensim for each slice, with the words of the compass."""
    from gensim.models import Word2Vec

    counts = dict(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True))

    def train() -> list[Any]:
        made = []
        for sentences in slices:
            model = Word2Vec(vector_size=trainer.dim, sg=1, min_count=1, workers=threads, seed=1, sample=1e-3)
            model.build_vocab_from_freq(counts)
            model.train(sentences, total_examples=len(sentences), epochs=trainer.epochs)
            made.append(model.wv)
        return made

    sample = timed(train)
    vectors = [wv.Embeddings(vocabulary, each[list(vocabulary.words)].copy()) for each in sample.result]
    return sample._replace(result=vectors)


def measure(arguments: Any, tokens: int, rounds: int, folder: Path) -> list[dict[str, Any]]:
    """Return one row for each contender and number of threads."""
    text = wikipedia(arguments.data, tokens, folder / "text.txt")
    sentences, number = text.sentences, arguments.slices
    cuts = [len(sentences) * i // number for i in range(number + 1)]
    parts = {f"part {i + 1}": sentences[cuts[i] : cuts[i + 1]] for i in range(number)}
    corpus = wv.Corpus.from_sentences(parts, min_count=5)
    whole = wv.Corpus.from_sentences({"whole": sentences}, vocabulary=corpus.vocabulary)
    trainer = wv.SkipGram(dim=arguments.dim, epochs=arguments.epochs, **SETTINGS)
    aligner = wv.CompassAligner(trainer)
    base = aligner.align(whole)  # warms up, too
    rows = []
    for threads in arguments.threads:
        tasks = {"wordvec": partial(train_ours, aligner, base, corpus, {}, threads)}
        tasks["wordvec racing"] = partial(train_ours, aligner, base, corpus, {"racing": True}, threads)
        if peer("gensim"):
            tasks["gensim"] = partial(train_gensim, list(parts.values()), corpus.vocabulary, trainer, threads)
        for name in tasks:
            if name.startswith("wordvec"):
                tasks[name]()
        samples = interleaved(tasks, rounds)
        for name, found in samples.items():
            row: dict[str, Any] = {"contender": name, "slices": number, "tokens": corpus.n_tokens}
            row |= {"dim": trainer.dim, "epochs": trainer.epochs, "threads": threads, "rounds": rounds}
            row["seconds"] = round(statistics.median(sample.wall for sample in found), 2)
            if "gensim" in samples:
                row["ratio"] = ratios([s.wall for s in samples["gensim"]], [s.wall for s in found])
                row["cpu ratio"] = ratios([s.cpu for s in samples["gensim"]], [s.cpu for s in found])
            scores = [word_similarity(vectors, arguments.data) for vectors in found[-1].result]
            row["WordSim-353"] = round(statistics.mean(scores), 4)
            rows.append(row)
        show(rows[-len(samples) :])
    return rows


def main() -> None:
    parser = arguments_parser(__doc__)
    parser.add_argument(
        "--tokens", type=int, default=None, help="of all slices together; default: 7,000,000; short: 500,000"
    )
    parser.add_argument("--slices", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=None, help="default: 5; short: 2")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--epochs", type=int, default=None, help="default: 5; short: 2")
    parser.add_argument("--threads", type=int, nargs="*", default=[1, 2])
    arguments = parser.parse_args()
    arguments.epochs = arguments.epochs or (2 if arguments.short else 5)
    tokens = arguments.tokens or (500_000 if arguments.short else 7_000_000)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(arguments, tokens, arguments.rounds or (2 if arguments.short else 5), Path(folder))
    record("slices", rows)


if __name__ == "__main__":
    main()
