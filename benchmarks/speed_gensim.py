"""How much faster than gensim do we train on one thread, at dim 100? Same text, same settings, in turn.

    python benchmarks/speed_gensim.py --tokens 1000000 --rounds 5

Quality beside speed: ``quality_gensim.py`` compares the vectors of equal settings.
"""

import argparse
import lzma
from pathlib import Path

from harness import DATA, interleaved, median_ratio, record

import wordvec as wv


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--tokens", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    from gensim.models import Word2Vec

    sentences, tokens = [], 0
    with lzma.open(arguments.data / "corpus" / "enwiki2014" / "enwiki2014-01.txt.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            sentences.append(line.lower().split())
            tokens += len(sentences[-1])
            if tokens >= arguments.tokens:
                break
    corpus = wv.Corpus.from_sentences(sentences, min_count=5)
    kept = corpus.n_tokens
    rows = []
    for model, trainer, lr in (("skipgram", wv.SkipGram, 0.025), ("cbow", wv.CBOW, 0.05)):
        peer = Word2Vec(vector_size=100, sg=int(model == "skipgram"), alpha=lr, workers=1, min_count=5)
        peer.build_vocab(sentences)

        def theirs(peer: Word2Vec = peer) -> None:
            peer.train(sentences, total_examples=peer.corpus_count, epochs=1)

        def ours(trainer: type = trainer, lr: float = lr) -> None:
            trainer(dim=100, epochs=1, lr=lr).train(corpus, threads=1)

        seconds = interleaved({"gensim": theirs, "wordvec": ours}, arguments.rounds)
        speed = {tool: kept / sorted(found)[len(found) // 2] for tool, found in seconds.items()}
        ratio = median_ratio(seconds["gensim"], seconds["wordvec"])
        rows.append({"model": model, "tokens": kept, "dim": 100, "ratio": ratio, "words_per_second": speed})
        print(f"{model}\tratio {ratio:.2f}", *(f"{tool} {n:,.0f} words/s" for tool, n in speed.items()), sep="\t")
    record("speed_gensim", rows)


if __name__ == "__main__":
    main()
